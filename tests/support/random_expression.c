/* Random expressions that bind. */
#include "support/random_expression.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const random_words[] = { "AU", "NZ", "au", "Retail", "retail trade", "a b", "x", "axb", "ab", "b", "a_b",
                                     "50%", "", " ", "caf\xc3\xa9", "CAF\xc3\x89", "\xce\xa3\xcf\x83\xcf\x82", "\xe2\x84\xaa" "elvin",
                                     "kelvin", "O'Hara", "line\nbreak", "stra\xc3\x9f" "e", "12", "007", "trade-off", "\\x",
                                     "vip", "VIP", "new", "gold", "a;b", "vip;new", "Gold;" };
const int n_random_words = sizeof random_words / sizeof *random_words;
const char *const random_tags[] = { "vip", "VIP", "new", "gold", "a;b", "", "churn", "\xc3\xa9t\xc3\xa9", "\xc3\x89t\xc3\xa9" };
const int n_random_tags = sizeof random_tags / sizeof *random_tags;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void say(random_expression *e, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    e->length += (size_t)vsnprintf(e->text + e->length, sizeof e->text - e->length, format, arguments);
    va_end(arguments);
    if (e->length >= sizeof e->text)
        abort();
}

static int64_t between(random_expression *e, int64_t low, int64_t high) { return co_random_between(e->random, low, high); }
static bool chance(random_expression *e, uint64_t one_in) { return co_random_chance(e->random, 1, one_in); }
static int pick(random_expression *e, int n) { return (int)co_random_below(e->random, (uint64_t)n); }

static void condition(random_expression *e, int depth);
static void number(random_expression *e, int depth);
static void text_value(random_expression *e, int depth);
static void day_value(random_expression *e, int depth);
static void instant_value(random_expression *e, int depth);

/* ---- literals ---- */

static void quoted(random_expression *e, const char *text)
{
    say(e, "'");
    for (; *text != 0; text++) {
        if (*text == '\'')
            say(e, "'");
        say(e, "%c", *text);
    }
    say(e, "'");
}

static void word(random_expression *e) { quoted(e, random_words[pick(e, n_random_words)]); }

static void number_literal(random_expression *e)
{
    switch (pick(e, 6)) {
    case 0:
        say(e, "%lld", (long long)between(e, -20, 120));
        break;
    case 1:
        say(e, "%lld.%02d", (long long)between(e, -20, 120), pick(e, 100));
        break;
    case 2:
        say(e, "%lld.%d", (long long)between(e, -5, 60), pick(e, 10));
        break;
    case 3:
        say(e, "%de%d", pick(e, 9) + 1, pick(e, 3));
        break;
    case 4:
        say(e, "%lld.%03d", (long long)between(e, 0, 60), pick(e, 1000));
        break;
    default:
        say(e, "%d", pick(e, 6));
        break;
    }
}

static void date_text(random_expression *e)
{
    static const char *const dates[] = { "2026-11-22", "2024-02-29", "2026-01-01", "2025-12-31", "2026-11-01" };

    if (chance(e, 3))
        say(e, "%s", dates[pick(e, 5)]);
    else
        say(e, "%d-%02d-%02d", (int)between(e, 1950, 2030), pick(e, 12) + 1, pick(e, 28) + 1);
}

static void date_literal(random_expression *e, bool bare_allowed)
{
    say(e, bare_allowed && chance(e, 2) ? "'" : "DATE '");
    date_text(e);
    say(e, "'");
}

static void instant_literal(random_expression *e, bool bare_allowed)
{
    say(e, bare_allowed && chance(e, 2) ? "'" : "TIMESTAMP '");
    say(e, "%d-%02d-%02d %02d:%02d:%02d%s'", (int)between(e, 2020, 2027), pick(e, 12) + 1, pick(e, 28) + 1, pick(e, 24),
        pick(e, 60), pick(e, 60), chance(e, 3) ? "+02" : "");
}

static void span_literal(random_expression *e)
{
    static const char *const units[] = { "DAYS", "HOURS", "WEEKS", "MONTHS", "YEARS", "MINUTES" };
    static const char *const words[] = { "days", "hours", "weeks", "months", "years", "minutes" };
    const int n = 1 + pick(e, 40);
    const int unit = pick(e, 6);

    if (chance(e, 2))
        say(e, "INTERVAL %d %s", n, units[unit]);
    else
        say(e, "INTERVAL '%d %s'", n, words[unit]);
}

static void range_literal(random_expression *e)
{
    static const char *const units[] = { "WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR" };
    static const char *const several[] = { "DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS",
                                           "FISCAL_YEARS" };
    static const char *const days[] = { "YESTERDAY", "TODAY", "TOMORROW", "LAST_90_DAYS", "NEXT_90_DAYS" };

    switch (pick(e, 6)) {
    case 0:
        say(e, "%s", days[pick(e, 5)]);
        break;
    case 1:
        say(e, "%s_%s", chance(e, 3) ? "LAST" : chance(e, 2) ? "THIS" : "NEXT", units[pick(e, 6)]);
        break;
    case 2:
        say(e, "LAST_N_%s:%d", several[pick(e, 7)], pick(e, 5) * pick(e, 5));
        break;
    case 3:
        say(e, "NEXT_N_%s:%d", several[pick(e, 7)], pick(e, 8));
        break;
    case 4:
        say(e, "N_%s_AGO:%d", several[pick(e, 7)], pick(e, 8));
        break;
    default:
        say(e, "THIS_%s_SO_FAR", units[pick(e, 6)]);
        break;
    }
}

/* ---- names ---- */

/* A field of one of the types (bits), perhaps over references; false if there is none. collation −1: any. */
static bool name(random_expression *e, uint32_t types)
{
    const m_object *object = &e->model->objects[e->object];
    char path[300] = "";
    int fits[M_FIELDS];
    int n = 0;

    if (!e->sql_only && chance(e, 20))
        snprintf(path, sizeof path, "%s.", object->name);
    for (int hop = 0; hop < 3 && !e->sql_only && chance(e, 5); hop++) {
        int references[M_FIELDS];
        int n_references = 0;

        for (int i = 0; i < object->n_fields; i++)
            if (object->fields[i].type == COHORT_REFERENCE)
                references[n_references++] = i;
        if (n_references == 0)
            break;

        const m_field *field = &object->fields[references[pick(e, n_references)]];

        snprintf(path + strlen(path), sizeof path - strlen(path), "%s.", field->name);
        object = &e->model->objects[field->target];
    }
    for (int i = 0; i < object->n_fields; i++)
        if (types >> object->fields[i].type & 1)
            fits[n++] = i;
    if (n == 0)
        return false;
    say(e, "%s%s", path, object->fields[fits[pick(e, n)]].name);
    return true;
}

#define BIT(type) (1u << (type))

/* ---- values ---- */

static bool spent(random_expression *e, int depth) { return --e->budget <= 0 || depth <= 0; }

static void number_name(random_expression *e)
{
    if (e->names && chance(e, 12)) {
        for (int i = 0; i < e->model->n_named; i++) {
            if (e->model->named[i].is_trait && e->model->named[i].object == e->object) {
                say(e, "%s", e->model->named[i].name);
                return;
            }
        }
    }
    if (!name(e, BIT(COHORT_INT) | BIT(COHORT_DECIMAL) | (e->sql_only || chance(e, 2) ? 0 : BIT(COHORT_DOUBLE))))
        say(e, "%d", pick(e, 50));
}

static void list_of(random_expression *e, void (*item)(random_expression *, int), int n, int depth)
{
    for (int i = 0; i < n; i++) {
        if (i > 0)
            say(e, ", ");
        item(e, depth);
    }
}

static void part_of_date(random_expression *e, int depth)
{
    static const char *const parts[] = { "CALENDAR_YEAR", "CALENDAR_QUARTER", "CALENDAR_MONTH", "WEEK_IN_YEAR",
                                         "DAY_IN_YEAR", "DAY_IN_MONTH", "DAY_IN_WEEK", "FISCAL_YEAR", "FISCAL_QUARTER",
                                         "FISCAL_MONTH" };

    if (chance(e, 6)) {
        say(e, "HOUR_IN_DAY(");
        instant_value(e, depth - 1);
    } else {
        say(e, "%s(", parts[pick(e, 10)]);
        if (chance(e, 2))
            day_value(e, depth - 1);
        else
            instant_value(e, depth - 1);
    }
    say(e, ")");
}

static void time_number(random_expression *e, int depth)
{
    static const char *const units[] = { "day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year" };

    switch (pick(e, 4)) {
    case 0:
        say(e, "AGE(");
        day_value(e, depth - 1);
        say(e, ")");
        break;
    case 1:
        say(e, "DATEDIFF('%s', ", units[pick(e, 7)]);
        day_value(e, depth - 1);
        say(e, ", ");
        instant_value(e, depth - 1);
        say(e, ")");
        break;
    case 2:
        say(e, "DATEDIFF('hour', ");
        instant_value(e, depth - 1);
        say(e, ", ");
        instant_value(e, depth - 1);
        say(e, ")");
        break;
    default:
        part_of_date(e, depth);
        break;
    }
}

/* A number without doubles, so that MOD and exact rules apply. */
static void exact_name(random_expression *e)
{
    if (!name(e, BIT(COHORT_INT) | BIT(COHORT_DECIMAL)))
        say(e, "%d", pick(e, 50));
}

static void function_of_number(random_expression *e, int depth)
{
    switch (pick(e, 12)) {
    case 0:
        say(e, "ABS(");
        break;
    case 1:
        say(e, "FLOOR(");
        break;
    case 2:
        say(e, "CEIL(");
        break;
    case 3:
        say(e, "ROUND(");
        break;
    case 4:
        say(e, "ROUND(");
        exact_name(e);
        say(e, ", %d)", pick(e, 4));
        return;
    case 5:
        say(e, "MOD(");
        exact_name(e);
        say(e, ", ");
        exact_name(e);
        say(e, ")");
        return;
    case 6:
        say(e, "LN(1 + ABS(");
        number(e, depth - 1);
        say(e, "))");
        return;
    case 7:
        say(e, "EXP(0.1 * MOD(");
        exact_name(e);
        say(e, ", 7))");
        return;
    case 8:
        say(e, "POWER(2, MOD(");
        exact_name(e);
        say(e, ", 9))");
        return;
    case 9:
        say(e, "LENGTH(");
        text_value(e, depth - 1);
        say(e, ")");
        return;
    case 10:
        say(e, "CARDINALITY(");
        if (!name(e, BIT(COHORT_SET))) {
            e->length -= strlen("CARDINALITY(");
            say(e, "ABS(1");
        }
        say(e, ")");
        return;
    default:
        say(e, "%s(", chance(e, 2) ? "LEAST" : "GREATEST");
        list_of(e, number, 2 + pick(e, 2), depth - 1);
        say(e, ")");
        return;
    }
    number(e, depth - 1);
    say(e, ")");
}

static void choice_of(random_expression *e, void (*value)(random_expression *, int), int depth)
{
    switch (pick(e, 4)) {
    case 0:
        say(e, "IF(");
        condition(e, 1);
        say(e, ", ");
        value(e, depth - 1);
        say(e, ", ");
        value(e, depth - 1);
        say(e, ")");
        break;
    case 1:
        say(e, "CASE WHEN ");
        condition(e, 1);
        say(e, " THEN ");
        value(e, depth - 1);
        say(e, " WHEN ");
        condition(e, 1);
        say(e, " THEN ");
        value(e, depth - 1);
        if (chance(e, 2)) {
            say(e, " ELSE ");
            value(e, depth - 1);
        }
        say(e, " END");
        break;
    case 2:
        say(e, "COALESCE(");
        list_of(e, value, 2, depth - 1);
        say(e, ")");
        break;
    default:
        say(e, "NULLIF(");
        list_of(e, value, 2, depth - 1);
        say(e, ")");
        break;
    }
}

static void number(random_expression *e, int depth)
{
    if (spent(e, depth) || chance(e, 3)) {
        if (chance(e, 4))
            number_literal(e);
        else
            number_name(e);
        return;
    }
    switch (e->sql_only ? 0 : pick(e, 7)) {
    case 0:
    case 1:
        say(e, "(");
        number(e, depth - 1);
        say(e, " %c ", "+-*"[pick(e, 3)]);
        number(e, depth - 1);
        say(e, ")");
        break;
    case 2:
        say(e, "(");
        number(e, depth - 1);
        say(e, " / ");
        number(e, depth - 1);
        say(e, ")");
        break;
    case 3:
        function_of_number(e, depth);
        break;
    case 4:
        choice_of(e, number, depth);
        break;
    case 5:
        time_number(e, depth);
        break;
    default:
        say(e, "-(");
        number(e, depth - 1);
        say(e, ")");
        break;
    }
}

static void text_value(random_expression *e, int depth)
{
    static const char *const functions[] = { "LOWER", "UPPER", "TRIM" };

    if (spent(e, depth) || chance(e, 2)) {
        if (chance(e, 5) || !name(e, BIT(COHORT_STRING)))
            word(e);
        return;
    }
    switch (e->sql_only ? 3 : pick(e, 4)) {
    case 0:
        say(e, "%s(", functions[pick(e, 3)]);
        text_value(e, depth - 1);
        say(e, ")");
        break;
    case 1:
        say(e, "CONCAT(");
        list_of(e, text_value, 2, depth - 1);
        say(e, ")");
        break;
    case 2:
        choice_of(e, text_value, depth);
        break;
    default:
        if (!name(e, BIT(COHORT_STRING)))
            word(e);
        break;
    }
}

static void day_value(random_expression *e, int depth)
{
    if (spent(e, depth) || chance(e, 2)) {
        if (chance(e, 6) || !name(e, BIT(COHORT_DATE)))
            date_literal(e, false);
        return;
    }
    switch (pick(e, 5)) {
    case 0:
        say(e, "TODAY()");
        break;
    case 1:
        say(e, "(");
        day_value(e, depth - 1);
        say(e, " %c %d)", "+-"[pick(e, 2)], pick(e, 400));
        break;
    case 2:
        say(e, "DAY_ONLY(");
        instant_value(e, depth - 1);
        say(e, ")");
        break;
    case 3:
        say(e, "DATE_TRUNC('%s', ", chance(e, 2) ? "month" : chance(e, 2) ? "week" : "fiscal_year");
        day_value(e, depth - 1);
        say(e, ")");
        break;
    default:
        choice_of(e, day_value, depth);
        break;
    }
}

static void instant_value(random_expression *e, int depth)
{
    if (spent(e, depth) || chance(e, 2)) {
        if (chance(e, 6) || !name(e, BIT(COHORT_TIMESTAMP)))
            instant_literal(e, false);
        return;
    }
    switch (pick(e, 3)) {
    case 0:
        say(e, "NOW()");
        break;
    case 1:
        say(e, "(");
        instant_value(e, depth - 1);
        say(e, " %c ", "+-"[pick(e, 2)]);
        span_literal(e);
        say(e, ")");
        break;
    default:
        choice_of(e, instant_value, depth);
        break;
    }
}

/* ---- leaves ---- */

static const char *comparison(random_expression *e)
{
    static const char *const operators[] = { "=", "!=", "<", "<=", ">", ">=", "<>" };

    return operators[pick(e, 7)];
}

static const char *maybe_not(random_expression *e) { return chance(e, 3) ? "NOT " : ""; }

static void number_leaf(random_expression *e)
{
    const int depth = chance(e, 3) ? 3 : 0;

    number(e, depth);
    switch (pick(e, 5)) {
    case 0:
        say(e, " %sBETWEEN ", maybe_not(e));
        number_literal(e);
        say(e, " AND ");
        if (chance(e, 4))
            number_name(e);
        else
            number_literal(e);
        break;
    case 1:
        say(e, " %sIN (", maybe_not(e));
        for (int i = 0, n = 1 + pick(e, 12); i < n; i++) {
            say(e, i > 0 ? ", " : "");
            if (chance(e, 25))
                say(e, "NULL");
            else
                number_literal(e);
        }
        say(e, ")");
        break;
    case 2:
        say(e, " %s ", comparison(e));
        number(e, depth);
        break;
    default:
        say(e, " %s ", comparison(e));
        number_literal(e);
        break;
    }
}

static void text_leaf(random_expression *e)
{
    static const char *const verbs[] = { "CONTAINS", "STARTS WITH", "ENDS WITH", "CONTAINS WORD" };
    static const char *const patterns[] = { "^a", "b$", "[0-9]", "x|y", "a.b" };
    static const char *const likes[] = { "a%", "%b", "%a_b%", "%", "_", "caf_", "%\\%", "A%", "%ra%", "x" };

    text_value(e, chance(e, 4) && !e->sql_only ? 2 : 0);
    switch (pick(e, e->sql_only ? 4 : 7)) {
    case 0:
        say(e, " %sIN (", maybe_not(e));
        for (int i = 0, n = 1 + pick(e, 8); i < n; i++) {
            say(e, i > 0 ? ", " : "");
            word(e);
        }
        say(e, ")");
        break;
    case 1:
        say(e, " %sLIKE ", maybe_not(e));
        quoted(e, likes[pick(e, 10)]);
        break;
    case 2:
    case 3:
        say(e, " %s ", comparison(e));
        word(e);
        break;
    case 4:
        say(e, " %s%s ", maybe_not(e), verbs[pick(e, 4)]);
        if (chance(e, 3)) {
            say(e, "ANY (");
            word(e);
            say(e, ", ");
            word(e);
            say(e, ")");
        } else {
            word(e);
        }
        break;
    case 5:
        say(e, " %sMATCHES ", maybe_not(e));
        quoted(e, patterns[pick(e, 5)]);
        break;
    default:
        say(e, " %sILIKE ", maybe_not(e));
        quoted(e, likes[pick(e, 10)]);
        if (chance(e, 3))
            say(e, " ESCAPE '!'");
        break;
    }
}

/* Quoted, or a list with something that each record has for itself. */
static void tag_list(random_expression *e)
{
    const bool is_quoted = chance(e, 2);

    say(e, "(");
    for (int i = 0, n = 1 + pick(e, 4); i < n; i++) {
        say(e, i > 0 ? ", " : "");
        if (is_quoted || chance(e, 3))
            quoted(e, random_tags[pick(e, n_random_tags)]);
        else
            text_value(e, 1);
    }
    say(e, ")");
}

static void set_leaf(random_expression *e)
{
    static const char *const verbs[] = { "ANY", "ALL", "NONE", "EXACTLY" };

    if (!name(e, BIT(COHORT_SET))) {
        say(e, "TRUE");
        return;
    }
    switch (pick(e, 6)) {
    case 0:
        say(e, " %sHAS ", maybe_not(e));
        if (chance(e, 3))
            text_value(e, 1);
        else
            quoted(e, random_tags[pick(e, n_random_tags)]);
        break;
    case 1:
        say(e, " %sHAS AT LEAST %d OF ", maybe_not(e), 1 + pick(e, 3));
        tag_list(e);
        break;
    case 2:
        say(e, " %s ('vip;new', ", chance(e, 2) ? "INCLUDES" : "EXCLUDES");
        if (chance(e, 2))
            text_value(e, 1);
        else
            say(e, "'gold', 'churn'");
        say(e, ")");
        break;
    case 3:
        say(e, " IS %s%s", maybe_not(e), chance(e, 2) ? "EMPTY" : "BLANK");
        break;
    default:
        say(e, " %sHAS %s ", maybe_not(e), verbs[pick(e, 4)]);
        tag_list(e);
        break;
    }
}

static void time_leaf(random_expression *e)
{
    const bool day = chance(e, 2);

    if (chance(e, 8) && day) {
        say(e, "ANNIVERSARY(");
        if (!name(e, BIT(COHORT_DATE)))
            say(e, "DATE '2000-02-29'");
        say(e, ") %s ", chance(e, 2) ? "=" : "!=");
        say(e, "NEXT_N_DAYS:%d", pick(e, 60));
        return;
    }
    if (day)
        day_value(e, chance(e, 4) ? 2 : 0);
    else
        instant_value(e, chance(e, 4) ? 2 : 0);
    switch (pick(e, 6)) {
    case 0:
        say(e, " %sIN (", maybe_not(e));
        range_literal(e);
        say(e, ", ");
        if (day)
            date_literal(e, true);
        else
            instant_literal(e, true);
        say(e, ")");
        break;
    case 1:
        say(e, " IN ");
        range_literal(e);
        break;
    case 2:
        say(e, " %sBETWEEN ", maybe_not(e));
        range_literal(e);
        say(e, " AND ");
        range_literal(e);
        break;
    case 3:
        say(e, " %s ", comparison(e));
        if (day)
            day_value(e, 1);
        else
            instant_value(e, 1);
        break;
    case 4:
        say(e, " %s ", comparison(e));
        range_literal(e);
        break;
    default:
        say(e, " %s ", comparison(e));
        if (day)
            date_literal(e, true);
        else
            instant_literal(e, true);
        break;
    }
}

static void point_leaf(random_expression *e)
{
    const m_object *object = &e->model->objects[e->object];
    int i = 0;

    while (i < object->n_fields && object->fields[i].type != COHORT_POINT)
        i++;
    if (i == object->n_fields) {
        number_leaf(e);
        return;
    }
    if (chance(e, 2)) {
        say(e, "DISTANCE(%s, GEOLOCATION(%d, %d), '%s') < %d", object->fields[i].name, pick(e, 100) - 50,
            pick(e, 200) - 100, chance(e, 2) ? "km" : "mi", pick(e, 9000));
        return;
    }
    const int south = pick(e, 40) - 40, west = pick(e, 60) - 60;

    say(e, "%s %sWITHIN POLYGON ((%d, %d), (%d, %d), (%d, %d), (%d, %d))", object->fields[i].name, maybe_not(e), south,
        west, south + pick(e, 60), west + pick(e, 20), south + 40, west + 50 + pick(e, 30), south - pick(e, 10),
        west + 40);
}

static void null_leaf(random_expression *e)
{
    const uint32_t any = BIT(COHORT_BOOL) | BIT(COHORT_INT) | BIT(COHORT_DECIMAL) | BIT(COHORT_DATE) |
                         BIT(COHORT_STRING) | (e->sql_only ? 0 : BIT(COHORT_SET) | BIT(COHORT_POINT) | BIT(COHORT_REFERENCE));

    switch (pick(e, e->sql_only ? 2 : 4)) {
    case 0:
    case 1:
        name(e, any);
        say(e, " IS %sNULL", maybe_not(e));
        break;
    case 2:
        number(e, 1);
        say(e, " IS %sDISTINCT FROM ", maybe_not(e));
        if (chance(e, 3))
            say(e, "NULL");
        else
            number(e, 1);
        break;
    default:
        if (!name(e, BIT(COHORT_STRING)))
            say(e, "''");
        say(e, " IS %s%s", maybe_not(e), chance(e, 2) ? "EMPTY" : "BLANK");
        break;
    }
}

static void bool_leaf(random_expression *e)
{
    static const char *const tests[] = { "TRUE", "FALSE", "UNKNOWN" };

    switch (pick(e, e->sql_only ? 1 : 4)) {
    case 0:
        if (!name(e, BIT(COHORT_BOOL)))
            say(e, "TRUE");
        if (chance(e, 2))
            say(e, " = %s", chance(e, 2) ? "TRUE" : "FALSE");
        break;
    case 1:
        if (!name(e, BIT(COHORT_BOOL)))
            say(e, "TRUE");
        say(e, " IS %s%s", maybe_not(e), tests[pick(e, 3)]);
        break;
    case 2:
        say(e, "(");
        condition(e, 1);
        say(e, ") IS %s%s", maybe_not(e), tests[pick(e, 3)]);
        break;
    default:
        say(e, "%s", chance(e, 2) ? "TRUE" : "FALSE");
        break;
    }
}

static void reference_leaf(random_expression *e)
{
    const m_object *object = &e->model->objects[e->object];
    int references[M_FIELDS];
    int n = 0;

    for (int i = 0; i < object->n_fields; i++)
        if (object->fields[i].type == COHORT_REFERENCE)
            references[n++] = i;
    if (n == 0) {
        number_leaf(e);
        return;
    }

    const m_field *field = &object->fields[references[pick(e, n)]];
    const m_object *target = &e->model->objects[field->target];

    say(e, "%s ", field->name);
    if (chance(e, 4))
        say(e, "%sIN (", maybe_not(e));
    else
        say(e, "%s (", chance(e, 2) ? "=" : "!=");
    if (target->key_type == COHORT_INT)
        say(e, "%d)", pick(e, 40));
    else
        say(e, "'acc%d')", pick(e, 12));
}

static void segment_leaf(random_expression *e)
{
    const model *m = e->model;
    const int at = m->n_named == 0 ? 0 : pick(e, m->n_named);

    for (int i = 0; e->names && i < m->n_named; i++) {
        const m_named *n = &m->named[(at + i) % m->n_named];

        if (n->is_trait)
            continue;
        if (n->object == e->object) {
            say(e, "SEGMENT('%s')", n->name);
            return;
        }
        for (int f = 0; f < m->objects[e->object].n_fields; f++) {
            if (m->objects[e->object].fields[f].type == COHORT_REFERENCE &&
                m->objects[e->object].fields[f].target == n->object) {
                say(e, "%s.SEGMENT('%s')", m->objects[e->object].fields[f].name, n->name);
                return;
            }
        }
    }
    if (chance(e, 2))
        say(e, "SAMPLE(%d.%d PERCENT, 's%d')", pick(e, 100), pick(e, 10), pick(e, 3));
    else
        say(e, "BUCKET(%d, 'salt') < %d", 1 + pick(e, 100), pick(e, 60));
}

static void leaf(random_expression *e)
{
    e->budget--;
    switch (pick(e, e->sql_only ? 7 : 14)) {
    case 0:
    case 1:
    case 2:
        number_leaf(e);
        break;
    case 3:
    case 4:
        text_leaf(e);
        break;
    case 5:
        null_leaf(e);
        break;
    case 6:
        bool_leaf(e);
        break;
    case 7:
    case 8:
        set_leaf(e);
        break;
    case 9:
    case 10:
        time_leaf(e);
        break;
    case 11:
        point_leaf(e);
        break;
    case 12:
        reference_leaf(e);
        break;
    default:
        segment_leaf(e);
        break;
    }
}

static void condition(random_expression *e, int depth)
{
    if (depth <= 0 || e->budget <= 0 || chance(e, 4)) {
        if (chance(e, 6)) {
            say(e, "NOT (");
            leaf(e);
            say(e, ")");
        } else {
            leaf(e);
        }
        return;
    }
    if (chance(e, 6)) {
        say(e, "NOT (");
        condition(e, depth - 1);
        say(e, ")");
        return;
    }
    if (!e->sql_only && chance(e, 8)) {
        const int n = 2 + pick(e, 3);

        say(e, "AT LEAST %d OF (", 1 + pick(e, n));
        for (int i = 0; i < n; i++) {
            say(e, i > 0 ? ", " : "");
            condition(e, depth - 1);
        }
        say(e, ")");
        return;
    }
    const char *word = chance(e, 2) ? "AND" : !e->sql_only && chance(e, 4) ? "XOR" : "OR";

    say(e, "(");
    for (int i = 0, n = 2 + pick(e, 3); i < n; i++) {
        if (i > 0)
            say(e, " %s ", word);
        condition(e, depth - 1);
    }
    say(e, ")");
}

static void begin(random_expression *e, co_random *random, const model *m, int object)
{
    e->random = random;
    e->model = m;
    e->object = object;
    e->length = 0;
    e->text[0] = 0;
    e->budget = 25;
}

void random_condition(random_expression *e, co_random *random, const model *m, int object)
{
    begin(e, random, m, object);
    condition(e, 1 + pick(e, 4));
}

void random_number(random_expression *e, co_random *random, const model *m, int object)
{
    begin(e, random, m, object);
    number(e, 2);
}

/* Random expressions that bind. */
#include "support/random_expression.h"

#include <stdio.h>
#include <string.h>

#include "support/random_parts.h"

/* ---- names ---- */

/*
 * Where a name begins: the current row's object, or sometimes one that encloses
 * it, with what says so in *path.
 */
static const m_object *begin_name(random_expression *e, char *path, size_t room)
{
    const m_object *object = &e->model->objects[e->object];

    if (e->n_outer > 0 && r_chance(e, 5) && random_can(RANDOM_OUTER)) {
        const int level = 1 + r_pick(e, e->n_outer);

        random_outer_name(e, level, path, room);
        return &e->model->objects[e->outer[e->n_outer - level]];
    }
    if (e->in_value || (!e->sql_only && r_chance(e, 20)))
        snprintf(path, room, "%s.", object->name);
    return object;
}

bool r_name(random_expression *e, uint32_t types)
{
    char path[300] = "";
    const m_object *object = begin_name(e, path, sizeof path);
    int fits[M_FIELDS];
    int n = 0;

    for (int hop = 0; hop < 3 && !e->sql_only && r_chance(e, 5); hop++) {
        int references[M_FIELDS];
        int n_references = 0;

        for (int i = 0; i < object->n_fields; i++)
            if (object->fields[i].type == COHORT_REFERENCE)
                references[n_references++] = i;
        if (n_references == 0)
            break;

        const m_field *field = &object->fields[references[r_pick(e, n_references)]];

        snprintf(path + strlen(path), sizeof path - strlen(path), "%s.", field->name);
        object = &e->model->objects[field->target];
    }
    for (int i = 0; i < object->n_fields; i++)
        if (types >> object->fields[i].type & 1)
            fits[n++] = i;
    if (n == 0)
        return false;
    r_say(e, "%s%s", path, object->fields[fits[r_pick(e, n)]].name);
    return true;
}


/* ---- values ---- */

static bool spent(random_expression *e, int depth) { return --e->budget <= 0 || depth <= 0; }

static void number_name(random_expression *e)
{
    if (e->related && r_chance(e, 10) && random_aggregate(e, RANDOM_NUMBER))
        return;
    if (e->names && !e->in_value && r_chance(e, 12)) {
        for (int i = 0; i < e->model->n_named; i++) {
            if (e->model->named[i].is_trait && e->model->named[i].object == e->object) {
                r_say(e, "%s", e->model->named[i].name);
                return;
            }
        }
    }
    if (!r_name(e, R_BIT(COHORT_INT) | R_BIT(COHORT_DECIMAL) | (e->sql_only || r_chance(e, 2) ? 0 : R_BIT(COHORT_DOUBLE))))
        r_say(e, "%d", r_pick(e, 50));
}

static void list_of(random_expression *e, void (*item)(random_expression *, int), int n, int depth)
{
    for (int i = 0; i < n; i++) {
        if (i > 0)
            r_say(e, ", ");
        item(e, depth);
    }
}

static void part_of_date(random_expression *e, int depth)
{
    static const char *const parts[] = { "CALENDAR_YEAR", "CALENDAR_QUARTER", "CALENDAR_MONTH", "WEEK_IN_YEAR",
                                         "DAY_IN_YEAR", "DAY_IN_MONTH", "DAY_IN_WEEK", "FISCAL_YEAR", "FISCAL_QUARTER",
                                         "FISCAL_MONTH" };

    if (r_chance(e, 6)) {
        r_say(e, "HOUR_IN_DAY(");
        r_instant_value(e, depth - 1);
    } else {
        r_say(e, "%s(", parts[r_pick(e, 10)]);
        if (r_chance(e, 2))
            r_day_value(e, depth - 1);
        else
            r_instant_value(e, depth - 1);
    }
    r_say(e, ")");
}

static void time_number(random_expression *e, int depth)
{
    static const char *const units[] = { "day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year" };

    switch (r_pick(e, 4)) {
    case 0:
        r_say(e, "AGE(");
        r_day_value(e, depth - 1);
        r_say(e, ")");
        break;
    case 1:
        r_say(e, "DATEDIFF('%s', ", units[r_pick(e, 7)]);
        r_day_value(e, depth - 1);
        r_say(e, ", ");
        r_instant_value(e, depth - 1);
        r_say(e, ")");
        break;
    case 2:
        r_say(e, "DATEDIFF('hour', ");
        r_instant_value(e, depth - 1);
        r_say(e, ", ");
        r_instant_value(e, depth - 1);
        r_say(e, ")");
        break;
    default:
        part_of_date(e, depth);
        break;
    }
}

/* A number without doubles, so that MOD and exact rules apply. */
static void exact_name(random_expression *e)
{
    if (!r_name(e, R_BIT(COHORT_INT) | R_BIT(COHORT_DECIMAL)))
        r_say(e, "%d", r_pick(e, 50));
}

static void function_of_number(random_expression *e, int depth)
{
    switch (r_pick(e, 12)) {
    case 0:
        r_say(e, "ABS(");
        break;
    case 1:
        r_say(e, "FLOOR(");
        break;
    case 2:
        r_say(e, "CEIL(");
        break;
    case 3:
        r_say(e, "ROUND(");
        break;
    case 4:
        r_say(e, "ROUND(");
        exact_name(e);
        r_say(e, ", %d)", r_pick(e, 4));
        return;
    case 5:
        r_say(e, "MOD(");
        exact_name(e);
        r_say(e, ", ");
        exact_name(e);
        r_say(e, ")");
        return;
    case 6:
        r_say(e, "LN(1 + ABS(");
        r_number(e, depth - 1);
        r_say(e, "))");
        return;
    case 7:
        r_say(e, "EXP(0.1 * MOD(");
        exact_name(e);
        r_say(e, ", 7))");
        return;
    case 8:
        r_say(e, "POWER(2, MOD(");
        exact_name(e);
        r_say(e, ", 9))");
        return;
    case 9:
        r_say(e, "LENGTH(");
        r_text_value(e, depth - 1);
        r_say(e, ")");
        return;
    case 10:
        r_say(e, "CARDINALITY(");
        if (!r_name(e, R_BIT(COHORT_SET))) {
            e->length -= strlen("CARDINALITY(");
            r_say(e, "ABS(1");
        }
        r_say(e, ")");
        return;
    default:
        r_say(e, "%s(", r_chance(e, 2) ? "LEAST" : "GREATEST");
        list_of(e, r_number, 2 + r_pick(e, 2), depth - 1);
        r_say(e, ")");
        return;
    }
    r_number(e, depth - 1);
    r_say(e, ")");
}

static void choice_of(random_expression *e, void (*value)(random_expression *, int), int depth)
{
    switch (r_pick(e, 4)) {
    case 0:
        r_say(e, "IF(");
        r_condition(e, 1);
        r_say(e, ", ");
        value(e, depth - 1);
        r_say(e, ", ");
        value(e, depth - 1);
        r_say(e, ")");
        break;
    case 1:
        r_say(e, "CASE WHEN ");
        r_condition(e, 1);
        r_say(e, " THEN ");
        value(e, depth - 1);
        r_say(e, " WHEN ");
        r_condition(e, 1);
        r_say(e, " THEN ");
        value(e, depth - 1);
        if (r_chance(e, 2)) {
            r_say(e, " ELSE ");
            value(e, depth - 1);
        }
        r_say(e, " END");
        break;
    case 2:
        r_say(e, "COALESCE(");
        list_of(e, value, 2, depth - 1);
        r_say(e, ")");
        break;
    default:
        r_say(e, "NULLIF(");
        list_of(e, value, 2, depth - 1);
        r_say(e, ")");
        break;
    }
}

void r_number(random_expression *e, int depth)
{
    if (spent(e, depth) || r_chance(e, 3)) {
        if (r_chance(e, 4))
            r_number_literal(e);
        else
            number_name(e);
        return;
    }
    switch (e->sql_only ? 0 : r_pick(e, 7)) {
    case 0:
    case 1:
        r_say(e, "(");
        r_number(e, depth - 1);
        r_say(e, " %c ", "+-*"[r_pick(e, 3)]);
        r_number(e, depth - 1);
        r_say(e, ")");
        break;
    case 2:
        r_say(e, "(");
        r_number(e, depth - 1);
        r_say(e, " / ");
        r_number(e, depth - 1);
        r_say(e, ")");
        break;
    case 3:
        function_of_number(e, depth);
        break;
    case 4:
        choice_of(e, r_number, depth);
        break;
    case 5:
        time_number(e, depth);
        break;
    default:
        r_say(e, "-(");
        r_number(e, depth - 1);
        r_say(e, ")");
        break;
    }
}

void r_text_value(random_expression *e, int depth)
{
    static const char *const functions[] = { "LOWER", "UPPER", "TRIM" };

    if (spent(e, depth) || r_chance(e, 2)) {
        if (e->related && r_chance(e, 10) && random_aggregate(e, RANDOM_TEXT))
            return;
        if (r_chance(e, 5) || !r_name(e, R_BIT(COHORT_STRING)))
            r_word(e);
        return;
    }
    switch (e->sql_only ? 3 : r_pick(e, 4)) {
    case 0:
        r_say(e, "%s(", functions[r_pick(e, 3)]);
        r_text_value(e, depth - 1);
        r_say(e, ")");
        break;
    case 1:
        r_say(e, "CONCAT(");
        list_of(e, r_text_value, 2, depth - 1);
        r_say(e, ")");
        break;
    case 2:
        choice_of(e, r_text_value, depth);
        break;
    default:
        if (!r_name(e, R_BIT(COHORT_STRING)))
            r_word(e);
        break;
    }
}

void r_day_value(random_expression *e, int depth)
{
    if (spent(e, depth) || r_chance(e, 2)) {
        if (e->related && r_chance(e, 10) && random_aggregate(e, RANDOM_DATE))
            return;
        if (r_chance(e, 6) || !r_name(e, R_BIT(COHORT_DATE)))
            r_date_literal(e, false);
        return;
    }
    switch (r_pick(e, 5)) {
    case 0:
        r_say(e, "TODAY()");
        break;
    case 1:
        r_say(e, "(");
        r_day_value(e, depth - 1);
        r_say(e, " %c %d)", "+-"[r_pick(e, 2)], r_pick(e, 400));
        break;
    case 2:
        r_say(e, "DAY_ONLY(");
        r_instant_value(e, depth - 1);
        r_say(e, ")");
        break;
    case 3:
        r_say(e, "DATE_TRUNC('%s', ", r_chance(e, 2) ? "month" : r_chance(e, 2) ? "week" : "fiscal_year");
        r_day_value(e, depth - 1);
        r_say(e, ")");
        break;
    default:
        choice_of(e, r_day_value, depth);
        break;
    }
}

void r_instant_value(random_expression *e, int depth)
{
    if (spent(e, depth) || r_chance(e, 2)) {
        if (e->related && r_chance(e, 10) && random_aggregate(e, RANDOM_TIMESTAMP))
            return;
        if (r_chance(e, 6) || !r_name(e, R_BIT(COHORT_TIMESTAMP)))
            r_instant_literal(e, false);
        return;
    }
    switch (r_pick(e, 3)) {
    case 0:
        r_say(e, "NOW()");
        break;
    case 1:
        r_say(e, "(");
        r_instant_value(e, depth - 1);
        r_say(e, " %c ", "+-"[r_pick(e, 2)]);
        r_span_literal(e);
        r_say(e, ")");
        break;
    default:
        choice_of(e, r_instant_value, depth);
        break;
    }
}

/* ---- leaves ---- */

const char *r_comparison(random_expression *e)
{
    static const char *const operators[] = { "=", "!=", "<", "<=", ">", ">=", "<>" };

    return operators[r_pick(e, 7)];
}

const char *r_maybe_not(random_expression *e) { return r_chance(e, 3) ? "NOT " : ""; }

static void number_leaf(random_expression *e)
{
    const int depth = r_chance(e, 3) ? 3 : 0;

    r_number(e, depth);
    switch (r_pick(e, 5)) {
    case 0:
        r_say(e, " %sBETWEEN ", r_maybe_not(e));
        r_number_literal(e);
        r_say(e, " AND ");
        if (r_chance(e, 4))
            number_name(e);
        else
            r_number_literal(e);
        break;
    case 1:
        r_say(e, " %sIN (", r_maybe_not(e));
        for (int i = 0, n = 1 + r_pick(e, 12); i < n; i++) {
            r_say(e, i > 0 ? ", " : "");
            if (r_chance(e, 25))
                r_say(e, "NULL");
            else
                r_number_literal(e);
        }
        r_say(e, ")");
        break;
    case 2:
        r_say(e, " %s ", r_comparison(e));
        r_number(e, depth);
        break;
    default:
        r_say(e, " %s ", r_comparison(e));
        r_number_literal(e);
        break;
    }
}

static void text_leaf(random_expression *e)
{
    static const char *const verbs[] = { "CONTAINS", "STARTS WITH", "ENDS WITH", "CONTAINS WORD" };
    static const char *const patterns[] = { "^a", "b$", "[0-9]", "x|y", "a.b" };
    static const char *const likes[] = { "a%", "%b", "%a_b%", "%", "_", "caf_", "%\\%", "A%", "%ra%", "x" };

    r_text_value(e, r_chance(e, 4) && !e->sql_only ? 2 : 0);
    switch (r_pick(e, e->sql_only ? 4 : 7)) {
    case 0:
        r_say(e, " %sIN (", r_maybe_not(e));
        for (int i = 0, n = 1 + r_pick(e, 8); i < n; i++) {
            r_say(e, i > 0 ? ", " : "");
            r_word(e);
        }
        r_say(e, ")");
        break;
    case 1:
        r_say(e, " %sLIKE ", r_maybe_not(e));
        r_quoted(e, likes[r_pick(e, 10)]);
        break;
    case 2:
    case 3:
        r_say(e, " %s ", r_comparison(e));
        r_word(e);
        break;
    case 4:
        r_say(e, " %s%s ", r_maybe_not(e), verbs[r_pick(e, 4)]);
        if (r_chance(e, 3)) {
            r_say(e, "ANY (");
            r_word(e);
            r_say(e, ", ");
            r_word(e);
            r_say(e, ")");
        } else {
            r_word(e);
        }
        break;
    case 5:
        r_say(e, " %sMATCHES ", r_maybe_not(e));
        r_quoted(e, patterns[r_pick(e, 5)]);
        break;
    default:
        r_say(e, " %sILIKE ", r_maybe_not(e));
        r_quoted(e, likes[r_pick(e, 10)]);
        if (r_chance(e, 3))
            r_say(e, " ESCAPE '!'");
        break;
    }
}

/* Quoted, or a list with something that each record has for itself. */
static void tag_list(random_expression *e)
{
    const bool is_quoted = r_chance(e, 2);

    r_say(e, "(");
    for (int i = 0, n = 1 + r_pick(e, 4); i < n; i++) {
        r_say(e, i > 0 ? ", " : "");
        if (is_quoted || r_chance(e, 3))
            r_quoted(e, random_tags[r_pick(e, n_random_tags)]);
        else
            r_text_value(e, 1);
    }
    r_say(e, ")");
}

static void set_leaf(random_expression *e)
{
    static const char *const verbs[] = { "ANY", "ALL", "NONE", "EXACTLY" };

    if (!r_name(e, R_BIT(COHORT_SET))) {
        r_say(e, "TRUE");
        return;
    }
    switch (r_pick(e, 6)) {
    case 0:
        r_say(e, " %sHAS ", r_maybe_not(e));
        if (r_chance(e, 3))
            r_text_value(e, 1);
        else
            r_quoted(e, random_tags[r_pick(e, n_random_tags)]);
        break;
    case 1:
        r_say(e, " %sHAS AT LEAST %d OF ", r_maybe_not(e), 1 + r_pick(e, 3));
        tag_list(e);
        break;
    case 2:
        r_say(e, " %s ('vip;new', ", r_chance(e, 2) ? "INCLUDES" : "EXCLUDES");
        if (r_chance(e, 2))
            r_text_value(e, 1);
        else
            r_say(e, "'gold', 'churn'");
        r_say(e, ")");
        break;
    case 3:
        r_say(e, " IS %s%s", r_maybe_not(e), r_chance(e, 2) ? "EMPTY" : "BLANK");
        break;
    default:
        r_say(e, " %sHAS %s ", r_maybe_not(e), verbs[r_pick(e, 4)]);
        tag_list(e);
        break;
    }
}

static void time_leaf(random_expression *e)
{
    const bool day = r_chance(e, 2);

    if (r_chance(e, 8) && day) {
        r_say(e, "ANNIVERSARY(");
        if (!r_name(e, R_BIT(COHORT_DATE)))
            r_say(e, "DATE '2000-02-29'");
        r_say(e, ") %s ", r_chance(e, 2) ? "=" : "!=");
        r_say(e, "NEXT_N_DAYS:%d", r_pick(e, 60));
        return;
    }
    if (day)
        r_day_value(e, r_chance(e, 4) ? 2 : 0);
    else
        r_instant_value(e, r_chance(e, 4) ? 2 : 0);
    switch (r_pick(e, 6)) {
    case 0:
        r_say(e, " %sIN (", r_maybe_not(e));
        r_range_literal(e);
        r_say(e, ", ");
        if (day)
            r_date_literal(e, true);
        else
            r_instant_literal(e, true);
        r_say(e, ")");
        break;
    case 1:
        r_say(e, " IN ");
        r_range_literal(e);
        break;
    case 2:
        r_say(e, " %sBETWEEN ", r_maybe_not(e));
        r_range_literal(e);
        r_say(e, " AND ");
        r_range_literal(e);
        break;
    case 3:
        r_say(e, " %s ", r_comparison(e));
        if (day)
            r_day_value(e, 1);
        else
            r_instant_value(e, 1);
        break;
    case 4:
        r_say(e, " %s ", r_comparison(e));
        r_range_literal(e);
        break;
    default:
        r_say(e, " %s ", r_comparison(e));
        if (day)
            r_date_literal(e, true);
        else
            r_instant_literal(e, true);
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
    if (r_chance(e, 2)) {
        r_say(e, "DISTANCE(%s, GEOLOCATION(%d, %d), '%s') < %d", object->fields[i].name, r_pick(e, 100) - 50,
            r_pick(e, 200) - 100, r_chance(e, 2) ? "km" : "mi", r_pick(e, 9000));
        return;
    }
    const int south = r_pick(e, 40) - 40, west = r_pick(e, 60) - 60;

    r_say(e, "%s %sWITHIN POLYGON ((%d, %d), (%d, %d), (%d, %d), (%d, %d))", object->fields[i].name, r_maybe_not(e), south,
        west, south + r_pick(e, 60), west + r_pick(e, 20), south + 40, west + 50 + r_pick(e, 30), south - r_pick(e, 10),
        west + 40);
}

static void null_leaf(random_expression *e)
{
    const uint32_t any = R_BIT(COHORT_BOOL) | R_BIT(COHORT_INT) | R_BIT(COHORT_DECIMAL) | R_BIT(COHORT_DATE) |
                         R_BIT(COHORT_STRING) | (e->sql_only ? 0 : R_BIT(COHORT_SET) | R_BIT(COHORT_POINT) | R_BIT(COHORT_REFERENCE));

    switch (r_pick(e, e->sql_only ? 2 : 4)) {
    case 0:
    case 1:
        r_name(e, any);
        r_say(e, " IS %sNULL", r_maybe_not(e));
        break;
    case 2:
        r_number(e, 1);
        r_say(e, " IS %sDISTINCT FROM ", r_maybe_not(e));
        if (r_chance(e, 3))
            r_say(e, "NULL");
        else
            r_number(e, 1);
        break;
    default:
        if (!r_name(e, R_BIT(COHORT_STRING)))
            r_say(e, "''");
        r_say(e, " IS %s%s", r_maybe_not(e), r_chance(e, 2) ? "EMPTY" : "BLANK");
        break;
    }
}

static void bool_leaf(random_expression *e)
{
    static const char *const tests[] = { "TRUE", "FALSE", "UNKNOWN" };

    switch (r_pick(e, e->sql_only ? 1 : 4)) {
    case 0:
        if (!r_name(e, R_BIT(COHORT_BOOL)))
            r_say(e, "TRUE");
        if (r_chance(e, 2))
            r_say(e, " = %s", r_chance(e, 2) ? "TRUE" : "FALSE");
        break;
    case 1:
        if (!r_name(e, R_BIT(COHORT_BOOL)))
            r_say(e, "TRUE");
        r_say(e, " IS %s%s", r_maybe_not(e), tests[r_pick(e, 3)]);
        break;
    case 2:
        r_say(e, "(");
        r_condition(e, 1);
        r_say(e, ") IS %s%s", r_maybe_not(e), tests[r_pick(e, 3)]);
        break;
    default:
        r_say(e, "%s", r_chance(e, 2) ? "TRUE" : "FALSE");
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

    const m_field *field = &object->fields[references[r_pick(e, n)]];
    const m_object *target = &e->model->objects[field->target];

    r_say(e, "%s ", field->name);
    if (r_chance(e, 4))
        r_say(e, "%sIN (", r_maybe_not(e));
    else
        r_say(e, "%s (", r_chance(e, 2) ? "=" : "!=");
    if (target->key_type == COHORT_INT)
        r_say(e, "%d)", r_pick(e, 40));
    else
        r_say(e, "'acc%d')", r_pick(e, 12));
}

static void segment_leaf(random_expression *e)
{
    const model *m = e->model;
    const int at = m->n_named == 0 ? 0 : r_pick(e, m->n_named);

    for (int i = 0; e->names && i < m->n_named; i++) {
        const m_named *n = &m->named[(at + i) % m->n_named];

        if (n->is_trait)
            continue;
        if (n->object == e->object) {
            r_say(e, "SEGMENT('%s')", n->name);
            return;
        }
        for (int f = 0; f < m->objects[e->object].n_fields; f++) {
            if (m->objects[e->object].fields[f].type == COHORT_REFERENCE &&
                m->objects[e->object].fields[f].target == n->object) {
                r_say(e, "%s.SEGMENT('%s')", m->objects[e->object].fields[f].name, n->name);
                return;
            }
        }
    }
    if (m->objects[e->object].keyless)
        number_leaf(e);
    else if (r_chance(e, 2))
        r_say(e, "SAMPLE(%d.%d PERCENT, 's%d')", r_pick(e, 100), r_pick(e, 10), r_pick(e, 3));
    else
        r_say(e, "BUCKET(%d, 'salt') < %d", 1 + r_pick(e, 100), r_pick(e, 60));
}

static void leaf(random_expression *e)
{
    e->budget--;
    if (e->related && r_chance(e, 3) && random_relation(e))
        return;
    switch (r_pick(e, e->sql_only ? 7 : 14)) {
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

void r_condition(random_expression *e, int depth)
{
    if (depth <= 0 || e->budget <= 0 || r_chance(e, 4)) {
        if (r_chance(e, 6)) {
            r_say(e, "NOT (");
            leaf(e);
            r_say(e, ")");
        } else {
            leaf(e);
        }
        return;
    }
    if (r_chance(e, 6)) {
        r_say(e, "NOT (");
        r_condition(e, depth - 1);
        r_say(e, ")");
        return;
    }
    if (!e->sql_only && r_chance(e, 8)) {
        const int n = 2 + r_pick(e, 3);

        r_say(e, "AT LEAST %d OF (", 1 + r_pick(e, n));
        for (int i = 0; i < n; i++) {
            r_say(e, i > 0 ? ", " : "");
            r_condition(e, depth - 1);
        }
        r_say(e, ")");
        return;
    }
    const char *word = r_chance(e, 2) ? "AND" : !e->sql_only && r_chance(e, 4) ? "XOR" : "OR";

    r_say(e, "(");
    for (int i = 0, n = 2 + r_pick(e, 3); i < n; i++) {
        if (i > 0)
            r_say(e, " %s ", word);
        r_condition(e, depth - 1);
    }
    r_say(e, ")");
}

static void begin(random_expression *e, co_random *random, const model *m, int object)
{
    e->random = random;
    e->model = m;
    e->object = object;
    e->length = 0;
    e->text[0] = 0;
    e->budget = 25;
    e->n_outer = 0;
    e->in_value = false;
}

void random_condition(random_expression *e, co_random *random, const model *m, int object)
{
    begin(e, random, m, object);
    r_condition(e, 1 + r_pick(e, 4));
}

void random_number(random_expression *e, co_random *random, const model *m, int object)
{
    begin(e, random, m, object);
    r_number(e, 2);
}

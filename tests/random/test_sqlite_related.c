/*
 * A second opinion on related records: random conditions on children, aggregates
 * and ranks, written in the language and in SQL side by side, asked of the library
 * and of SQLite over the same records.
 *
 * Always:  numbers are digits of three places in SQL, so that both count exactly;
 *          children are correlated subqueries, ranks are window functions whose last
 *          order is the ascending key; a condition that looks outside looks one row up.
 * Not here: texts that ignore case, doubles, chains of events.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohort.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/random_expression.h"
#include "support/random_store.h"
#include "support/sql_store.h"
#include "support/trials.h"

enum { N_STORES = 8, N_EACH = CO_TRIALS(1000) };

#ifdef CO_TEST_WITH_SQLITE

static random_store store;

/* ---- the two texts ---- */

typedef struct writing {
    char text[60000];
    size_t length;
} writing;

static writing language, sql;
static int n_aliases;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void say(writing *w, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    w->length += (size_t)vsnprintf(w->text + w->length, sizeof w->text - w->length, format, arguments);
    va_end(arguments);
    must(w->length < sizeof w->text);
}

static void say_both(const char *words)
{
    say(&language, "%s", words);
    say(&sql, "%s", words);
}

static int pick(int n) { return (int)co_random_below(&store.random, (uint64_t)n); }

static bool one_in(int n) { return pick(n) == 0; }

/* A row that conditions are about; outer: what encloses it and may be named. */
typedef struct scope {
    int object;
    int alias;
    const struct scope *outer;
} scope;

static scope scope_of(int object, const scope *outer)
{
    return (scope){ .object = object, .alias = n_aliases++, .outer = outer };
}

static const m_object *object_of(const scope *s) { return &store.model.objects[s->object]; }

static void say_operator(void)
{
    static const char *const operators[] = { " = ", " != ", " < ", " <= ", " > ", " >= " };

    say_both(operators[pick(6)]);
}

/* ---- values ---- */

static bool is_number(const m_field *field)
{
    return (field->type == COHORT_INT || field->type == COHORT_DECIMAL) && strcmp(field->name, "big") != 0;
}

static bool is_exact_text(const m_field *field)
{
    return field->type == COHORT_STRING && field->collation == COHORT_EXACT;
}

static bool is_condition(const m_field *field) { return field->type == COHORT_BOOL; }

/* What is the same in SQL when it is counted or grouped by. */
static bool is_comparable(const m_field *field)
{
    return is_number(field) || is_exact_text(field) || field->type == COHORT_BOOL || field->type == COHORT_DATE ||
           field->type == COHORT_TIMESTAMP || field->type == COHORT_REFERENCE;
}

static const m_field *field_for(const scope *s, bool (*fits)(const m_field *))
{
    const m_object *object = object_of(s);
    const m_field *found[M_FIELDS];
    int n = 0;

    for (int i = 0; i < object->n_fields; i++)
        if (fits(&object->fields[i]))
            found[n++] = &object->fields[i];
    return n == 0 ? NULL : found[pick(n)];
}

static void say_digits(int alias, const m_field *field)
{
    static const int powers[] = { 1000, 100, 10, 1 };

    if (is_number(field))
        say(&sql, "(t%d.\"%s\" * %d)", alias, field->name, powers[field->scale]);
    else
        say(&sql, "t%d.\"%s\"", alias, field->name);
}

/* A field of the row, sometimes of the one around. */
static bool say_field(const scope *s, bool (*fits)(const m_field *))
{
    const scope *from = s->outer != NULL && one_in(4) ? s->outer : s;
    const m_field *field = field_for(from, fits);

    if (field == NULL)
        return false;
    say(&language, "%s%s", from == s ? "" : "OUTER.", field->name);
    say_digits(from->alias, field);
    return true;
}

static void say_number(int least, int greatest)
{
    const int tenths = least * 10 + pick((greatest - least) * 10);
    const int whole = tenths / 10;

    if (one_in(2)) {
        say(&language, "%d", whole);
        say(&sql, "%d", whole * 1000);
    } else {
        say(&language, "%s%d.%d", tenths < 0 ? "-" : "", abs(whole), abs(tenths) % 10);
        say(&sql, "%d", tenths * 100);
    }
}

static void say_count(int n)
{
    say(&language, "%d", n);
    say(&sql, "%d", n);
}

static void say_word(void)
{
    say_both("'");
    for (const char *word = random_words[pick(n_random_words)]; *word != 0; word++) {
        const char byte[] = { *word, 0 };

        say_both(*word == '\'' ? "''" : byte);
    }
    say_both("'");
}

/* ---- children ---- */

typedef struct way {
    int child;
    int parent;
    const char *via;            /* one field, or two with a dot */
    const char *last;           /* of two: the second one */
    int between;                /* of two: the object in the middle */
} way;

static const way ways[] = {
    { VISIT, CONTACT, "contact", NULL, 0 },        { ORDER, CONTACT, "contact", NULL, 0 },
    { CLICK, CONTACT, "contact", NULL, 0 },        { TRANSFER, CONTACT, "sender", NULL, 0 },
    { TRANSFER, CONTACT, "receiver", NULL, 0 },    { TASK, CONTACT, "who", NULL, 0 },
    { CONTACT, CONTACT, "owner", NULL, 0 },        { LINE, CONTACT, "order", "contact", ORDER },
    { LINE, ORDER, "order", NULL, 0 },             { CONTACT, ACCOUNT, "account", NULL, 0 },
    { ORDER, ACCOUNT, "payer", NULL, 0 },          { ORDER, ACCOUNT, "contact", "account", CONTACT },
    { TASK, ACCOUNT, "account", NULL, 0 },         { ACCOUNT, ACCOUNT, "parent", NULL, 0 },
    { VISIT, ACCOUNT, "contact", "account", CONTACT },
};
enum { N_WAYS = sizeof ways / sizeof *ways };

static bool encloses(const scope *s, int object)
{
    for (; s != NULL; s = s->outer)
        if (s->object == object)
            return true;
    return false;
}

/* NULL: the object has no children; value: names of the child must not be those of a row around. */
static const way *way_to(const scope *s, bool value)
{
    const way *found[N_WAYS];
    int n = 0;

    for (int i = 0; i < N_WAYS; i++)
        if (ways[i].parent == s->object && !(value && encloses(s, ways[i].child)))
            found[n++] = &ways[i];
    return n == 0 ? NULL : found[pick(n)];
}

static void condition(const scope *s, int depth);

/* VIA way WHERE condition, and FROM child WHERE … of the same. */
static void say_rows(const scope *s, const way *w, const scope *child, int depth)
{
    say(&language, " VIA %s%s%s", w->via, w->last == NULL ? "" : ".", w->last == NULL ? "" : w->last);
    say(&sql, " FROM \"%s\" t%d WHERE t%d.\"%s\"", object_of(child)->name, child->alias, child->alias, w->via);
    if (w->last == NULL)
        say(&sql, " = t%d.key", s->alias);
    else
        say(&sql, " IN (SELECT m.key FROM \"%s\" m WHERE m.\"%s\" = t%d.key)", store.model.objects[w->between].name,
            w->last, s->alias);
    if (one_in(4))
        return;
    say(&language, " WHERE ");
    say(&sql, " AND ");
    condition(child, depth - 1);
}

static bool exists_leaf(const scope *s, int depth)
{
    const way *w = way_to(s, false);

    if (w == NULL)
        return false;

    const scope child = scope_of(w->child, s);

    say_both(one_in(2) ? "NOT EXISTS(" : "EXISTS(");
    say(&language, "%s", object_of(&child)->name);
    say(&sql, "SELECT 1");
    say_rows(s, w, &child, depth);
    say_both(")");
    return true;
}

static bool count_leaf(const scope *s, int depth)
{
    const way *w = way_to(s, false);

    if (w == NULL)
        return false;

    const scope child = scope_of(w->child, s);

    say(&language, "COUNT(%s", object_of(&child)->name);
    say(&sql, "(SELECT COUNT(*)");
    say_rows(s, w, &child, depth);
    say_both(")");
    say_operator();
    say_count(pick(4));
    return true;
}

typedef enum fold { COUNTED, DISTINCT, SUMMED, LEAST, GREATEST } fold;

/* An aggregate of a child's field; counts and sums of nothing are 0. */
static bool say_fold(const scope *s, fold kind, int depth)
{
    static const char *const names[] = { "COUNT(", "COUNT(DISTINCT ", "SUM(", "MIN(", "MAX(" };
    const way *w = way_to(s, true);

    if (w == NULL)
        return false;

    const scope child = scope_of(w->child, s);
    const m_field *field = field_for(&child, kind <= DISTINCT ? is_comparable : is_number);

    say(&language, "%s%s.%s", names[kind], object_of(&child)->name, field->name);
    say(&sql, "%s(SELECT %s", kind == SUMMED ? "COALESCE(" : "", names[kind]);
    say_digits(child.alias, field);
    say(&sql, ")");
    say_rows(s, w, &child, depth);
    say(&language, ")");
    say(&sql, kind == SUMMED ? "), 0)" : ")");
    return true;
}

static bool fold_leaf(const scope *s, int depth)
{
    const fold kind = (fold)pick(5);

    if (!say_fold(s, kind, depth))
        return false;
    if (one_in(6)) {
        say_both(one_in(2) ? " IS NULL" : " IS NOT NULL");
        return true;
    }
    say_operator();
    if (kind > DISTINCT)
        say_number(-10, 130);
    else
        say_count(pick(5));
    return true;
}

/* ---- ranks ---- */

/* What is ranked, by group, among which: in SQL the rows with their value, key and group. */
static void say_ranked(int object, int depth)
{
    const scope row = scope_of(object, NULL);
    const m_field *group = one_in(2) ? field_for(&row, is_comparable) : NULL;

    say(&sql, "(SELECT t%d.row AS row, t%d.key AS key, ", row.alias, row.alias);
    if (group == NULL)
        say(&sql, "1");
    else
        say_digits(row.alias, group);
    say(&sql, " AS part, ");
    if (!one_in(2) || !say_fold(&row, (fold)pick(5), depth))
        say_field(&row, is_number);
    say(&sql, " AS value FROM \"%s\" t%d", object_of(&row)->name, row.alias);
    if (group != NULL)
        say(&language, " PER %s", group->name);
    if (one_in(3)) {
        say(&language, " AMONG (");
        say(&sql, " WHERE (");
        condition(&row, 0);
        say_both(")");
    }
    say(&sql, ") WHERE value IS NOT NULL");
}

/* Percents are counted in thousandths of the group, rounded up. */
static void top_leaf(const scope *s, int depth)
{
    const bool top = one_in(2);
    const bool percent = one_in(2);
    const int n = percent ? pick(1001) : pick(12);
    const char *order = top ? "DESC" : "ASC";
    const bool ties = one_in(3);

    say(&language, "%s ", top ? "TOP" : "BOTTOM");
    if (percent)
        say(&language, "%d.%d PERCENT BY ", n / 10, n % 10);
    else
        say(&language, "%d BY ", n);
    say(&sql, "t%d.row IN (SELECT row FROM (SELECT row, ", s->alias);
    if (ties)
        say(&sql, "RANK() OVER (PARTITION BY part ORDER BY value %s)", order);
    else
        say(&sql, "ROW_NUMBER() OVER (PARTITION BY part ORDER BY value %s, key ASC)", order);
    say(&sql, " AS place, COUNT(*) OVER (PARTITION BY part) AS n FROM ");
    say_ranked(s->object, depth);
    if (percent)
        say(&sql, ") WHERE place <= (n * %d + 999) / 1000)", n);
    else
        say(&sql, ") WHERE place <= %d)", n);
    say(&language, ties ? " WITH TIES" : "");
}

/* NTILE, RANK and PERCENT_RANK; outside the population there is none. */
static void rank_leaf(const scope *s, int depth)
{
    static const char *const orders[] = { "value, key", "value DESC", "value" };
    const int kind = pick(3);
    const int n = 1 + pick(7);
    char ranked[80];

    snprintf(ranked, sizeof ranked, kind == 0 ? "NTILE(%d" : kind == 1 ? "RANK(" : "PERCENT_RANK(", n);
    say(&language, "%s%s", ranked, kind == 0 ? ", " : "");
    say(&sql, "(WITH ranked AS MATERIALIZED (SELECT row, %s) OVER (PARTITION BY part ORDER BY %s) AS place FROM ",
        ranked, orders[kind]);
    say_ranked(s->object, depth);
    say(&language, ")");
    say(&sql, ") SELECT place FROM ranked WHERE row = t%d.row)", s->alias);
    say_operator();
    if (kind == 2)
        say_both("0.");
    say_count(kind == 2 ? pick(100) : 1 + pick(kind == 0 ? n : 20));
}

/* ---- conditions ---- */

static bool plain_leaf(const scope *s)
{
    const int kind = pick(5);

    if (kind == 0 && say_field(s, is_condition))
        return true;
    if (kind == 1 && say_field(s, is_exact_text)) {
        say_both(one_in(3) ? " NOT IN (" : one_in(2) ? " IN (" : " >= (");
        say_word();
        say_both(")");
        return true;
    }
    if (kind == 2 && say_field(s, is_comparable)) {
        say_both(one_in(2) ? " IS NULL" : " IS NOT NULL");
        return true;
    }
    if (!say_field(s, is_number))
        return false;
    if (one_in(5)) {
        say_both(one_in(3) ? " NOT BETWEEN " : " BETWEEN ");
        say_number(-10, 60);
        say_both(" AND ");
        say_number(20, 110);
        return true;
    }
    say_operator();
    if (!one_in(3) || !say_field(s, is_number))
        say_number(-10, 110);
    return true;
}

static bool related_leaf(const scope *s, int depth)
{
    switch (pick(6)) {
    case 0:
    case 1:
        return exists_leaf(s, depth);
    case 2:
        return count_leaf(s, depth);
    case 3:
        top_leaf(s, depth);
        return true;
    case 4:
        rank_leaf(s, depth);
        return true;
    default:
        return fold_leaf(s, depth);
    }
}

/* Depth: how many relations may stand in one another. */
static void condition(const scope *s, int depth)
{
    const int n = one_in(3) ? 2 : 1;
    const char *word = one_in(2) ? " AND " : " OR ";

    say_both(one_in(5) ? "(NOT (" : "((");
    for (int i = 0; i < n; i++) {
        say_both(i > 0 ? word : "");
        if (depth <= 0 || (s->outer != NULL && !one_in(3)) || !related_leaf(s, depth))
            must(plain_leaf(s));
    }
    say_both("))");
}

/* ---- asking both ---- */

static uint64_t live_records(sqlite3 *database, const scope *s)
{
    sqlite3_stmt *statement;
    char count[80];
    uint64_t n;

    snprintf(count, sizeof count, "SELECT COUNT(*) FROM \"%s\"", object_of(s)->name);
    must(sqlite3_prepare_v2(database, count, -1, &statement, NULL) == SQLITE_OK);
    must(sqlite3_step(statement) == SQLITE_ROW);
    n = (uint64_t)sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return n;
}

/* True if some records are members and some are not. */
static bool ask_both(cohort_evaluator *evaluator, sqlite3 *database, const cohort_evaluate_options *options)
{
    static const int objects[] = { CONTACT, CONTACT, ACCOUNT, ORDER };
    cohort_error error = COHORT_ERROR_INIT;
    cohort_segment *segment;
    cohort_bitmap *members;
    bool splits;
    scope whole;

    n_aliases = 0;
    language.length = sql.length = 0;
    whole = scope_of(objects[pick(4)], NULL);
    say(&sql, "SELECT row FROM \"%s\" t0 WHERE ", object_of(&whole)->name);
    condition(&whole, 2);
    if (cohort_segment_parse(object_of(&whole)->name, language.text, SIZE_MAX, NULL, &segment, &error) != COHORT_OK ||
        cohort_evaluate(evaluator, store.snapshot, segment, options, &members, &error) != COHORT_OK)
        ck_abort_msg("%s: %s", language.text, error.text);
    cohort_segment_free(segment);
    sql_compare_members(database, sql.text, members, store.rows[whole.object], language.text);
    splits = cohort_bitmap_count(members) > 0 && cohort_bitmap_count(members) < live_records(database, &whole);
    cohort_bitmap_free(members);
    return splits;
}

START_TEST(related_records_have_the_same_members_in_sqlite)
{
    cohort_evaluate_options options = COHORT_EVALUATE_OPTIONS_INIT;
    cohort_evaluator *evaluator;
    sqlite3 *database;
    int n_split = 0;

    must(cohort_evaluator_new(NULL, &evaluator, NULL) == COHORT_OK);
    random_store_make(&store, 1900 + (uint64_t)_i, 60, RANDOM_STORE_RELATED, NULL);
    random_store_change(&store, 60);
    options.has_as_of = 1;
    options.as_of_us = co_random_between(&store.random, 20000, 21000) * INT64_C(86400000000);
    database = sql_store_open(&store, options.as_of_us);
    for (int i = 0; i < N_EACH; i++)
        n_split += ask_both(evaluator, database, &options);
    printf("seed %d: %d conditions, %d of them true for some and not for others\n", 1900 + _i, N_EACH, n_split);
    must(n_split >= N_EACH / 3);
    sqlite3_close(database);
    random_store_clear(&store);
    cohort_evaluator_free(evaluator);
}
END_TEST

#else

START_TEST(related_records_have_the_same_members_in_sqlite)
{
    printf("skipped: there is no SQLite to compare with\n");
}
END_TEST

#endif

static Suite *make_suite(void)
{
    Suite *suite = suite_create("related records in sqlite");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(all, related_records_have_the_same_members_in_sqlite, 0, N_STORES);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/*
 * What conditions mean, one by one: a record, a condition, its truth with SQL's
 * treatment of missing values and with the complement's. As an outsider would
 * try it, through the public functions alone.
 */
#include <stdio.h>
#include <string.h>

#include "cohort.h"
#include "support/check_main.h"
#include "support/must.h"

/* Three contacts: one with values, one with none, one whose values are empty, negative or lead nowhere. */
enum { FULL = 1, MISSING = 2, EMPTY = 3, N_FIELDS = 13 };

static cohort_store *store;
static cohort_snapshot *snapshot;
static cohort_evaluator *evaluator;

static const cohort_field fields[N_FIELDS] = {
    { sizeof(cohort_field), COHORT_INT, "n", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_DECIMAL, "d", 2, 0, NULL },
    { sizeof(cohort_field), COHORT_DOUBLE, "x", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_BOOL, "b", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_DATE, "day", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_TIMESTAMP, "at", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_STRING, "s", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_STRING, "c", 0, COHORT_NOCASE, NULL },
    { sizeof(cohort_field), COHORT_SET, "tags", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_SET, "marks", 0, COHORT_NOCASE, NULL },
    { sizeof(cohort_field), COHORT_POINT, "p", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "account", 0, 0, "account" },
    { sizeof(cohort_field), COHORT_REFERENCE, "boss", 0, 0, "contact" },
};

static cohort_value number(cohort_type type, int64_t value)
{
    return (cohort_value){ .type = type, .scale = type == COHORT_DECIMAL ? 2 : 0, .number = value };
}

static cohort_value real(double value)
{
    return (cohort_value){ .type = COHORT_DOUBLE, .real = value };
}

static cohort_value text(const char *value)
{
    return (cohort_value){ .type = COHORT_STRING, .text = { value, strlen(value) } };
}

static cohort_value set(const cohort_text *elements, size_t n)
{
    return (cohort_value){ .type = COHORT_SET, .elements = elements, .n_elements = n };
}

static int64_t instant(const char *as_written)
{
    int64_t us;

    must(cohort_instant_parse(as_written, NULL, &us, NULL) == COHORT_OK);
    return us;
}

static int64_t day(const char *as_written)
{
    return instant(as_written) / 86400000000;
}

static void put_contact(cohort_batch *batch, int64_t key, const cohort_value values[N_FIELDS])
{
    const cohort_value id = number(COHORT_INT, key);
    const char *names[N_FIELDS];

    for (int i = 0; i < N_FIELDS; i++)
        names[i] = fields[i].name;
    must(cohort_batch_upsert(batch, "contact", &id, N_FIELDS, names, values, NULL) == COHORT_OK);
}

static void fill(void)
{
    static const cohort_text tags[] = { { "a", 1 }, { "b", 1 } };
    static const cohort_text marks[] = { { "Gold", 4 } };
    static const char *const size[] = { "size" };
    const cohort_value acme = text("acme");
    const cohort_value thousand = number(COHORT_INT, 1000);
    const cohort_value full[N_FIELDS] = {
        number(COHORT_INT, 7),
        number(COHORT_DECIMAL, 130),
        real(1.3),
        number(COHORT_BOOL, 1),
        number(COHORT_DATE, day("2024-02-29")),
        number(COHORT_TIMESTAMP, instant("2026-11-22")),
        text("a_b\nc"),
        text("Kelvin"),
        set(tags, 2),
        set(marks, 1),
        { .type = COHORT_POINT, .real = 10, .longitude = 20 },
        text("acme"),
        number(COHORT_INT, 1),
    };
    const cohort_value missing[N_FIELDS] = { COHORT_VALUE_NULL };
    const cohort_value empty[N_FIELDS] = {
        number(COHORT_INT, -7),
        number(COHORT_DECIMAL, -250),
        real(-2.5),
        number(COHORT_BOOL, 0),
        number(COHORT_DATE, day("2023-12-31")),
        number(COHORT_TIMESTAMP, instant("2026-11-22 10:30")),
        text(""),
        text(" "),
        set(tags, 0),
        set(marks, 0),
        { .type = COHORT_POINT, .real = 0, .longitude = 0 },
        text("ghost"),
        number(COHORT_INT, 2),
    };
    cohort_batch *batch;

    must(cohort_batch_new(store, &batch, NULL) == COHORT_OK);
    must(cohort_batch_upsert(batch, "account", &acme, 1, size, &thousand, NULL) == COHORT_OK);
    put_contact(batch, FULL, full);
    put_contact(batch, MISSING, missing);
    put_contact(batch, EMPTY, empty);
    must(cohort_batch_commit(batch, NULL, NULL) == COHORT_OK);
    cohort_batch_free(batch);
}

static void define(const char *object, const char *name, const char *condition, int32_t nulls)
{
    cohort_segment_options options = COHORT_SEGMENT_OPTIONS_INIT;

    options.nulls = nulls;
    must(cohort_store_define(store, object, name, condition, SIZE_MAX, &options, NULL) == COHORT_OK);
}

static void open_store(void)
{
    static const cohort_field account_fields[] = { { sizeof(cohort_field), COHORT_INT, "size", 0, 0, NULL } };
    cohort_object account = COHORT_OBJECT_INIT;
    cohort_object contact = COHORT_OBJECT_INIT;

    account.name = "account";
    account.key_name = "account_id";
    account.key_type = COHORT_STRING;
    account.fields = account_fields;
    account.n_fields = 1;
    contact.name = "contact";
    contact.key_name = "id";
    contact.key_type = COHORT_INT;
    contact.fields = fields;
    contact.n_fields = N_FIELDS;
    must(cohort_store_open(NULL, NULL, &store, NULL) == COHORT_OK);
    must(cohort_store_declare(store, &account, NULL) == COHORT_OK);
    must(cohort_store_declare(store, &contact, NULL) == COHORT_OK);
    fill();
    define("contact", "positive", "n > 0", COHORT_NULLS_SQL);
    define("contact", "others", "n != 7", COHORT_NULLS_COMPLEMENT);
    define("contact", "known others", "n != 7", COHORT_NULLS_SQL);
    define("account", "big", "size > 100", COHORT_NULLS_SQL);
    must(cohort_store_define_trait(store, "contact", "nothing", "NULL", SIZE_MAX, NULL, NULL) == COHORT_OK);
    must(cohort_store_define_trait(store, "account", "worth", "COALESCE(size, 0)", SIZE_MAX, NULL, NULL) ==
         COHORT_OK);
    must(cohort_store_snapshot(store, &snapshot, NULL) == COHORT_OK);
    must(cohort_evaluator_new(NULL, &evaluator, NULL) == COHORT_OK);
}

static void close_store(void)
{
    cohort_evaluator_free(evaluator);
    cohort_snapshot_release(snapshot);
    cohort_store_close(store);
}

/* ---- asking ---- */

/* 't', 'f', 'u', or 'e' and the error, of one record; the whole run must say the same. */
static char ask(int key, const char *condition, int32_t nulls, cohort_error *error)
{
    cohort_segment_options definition = COHORT_SEGMENT_OPTIONS_INIT;
    cohort_evaluate_options options = COHORT_EVALUATE_OPTIONS_INIT;
    const cohort_value id = number(COHORT_INT, key);
    cohort_segment *segment = NULL;
    cohort_bitmap *members = NULL;
    int32_t answer = COHORT_FALSE;
    uint32_t row;

    definition.nulls = nulls;
    options.has_as_of = 1;
    options.as_of_us = instant("2026-11-22 12:00");
    must(cohort_snapshot_row(snapshot, "contact", &id, &row, NULL) == COHORT_OK);

    cohort_status status = cohort_segment_parse("contact", condition, SIZE_MAX, &definition, &segment, error);

    if (status == COHORT_OK)
        status = cohort_evaluate_contains(evaluator, snapshot, segment, &id, &options, &answer, error);
    if (status == COHORT_OK &&
        cohort_evaluate(evaluator, snapshot, segment, &options, &members, error) == COHORT_OK)
        ck_assert_msg(cohort_bitmap_contains(members, row) == (answer == COHORT_TRUE),
                      "%s: one by one and all at once", condition);
    cohort_bitmap_free(members);
    cohort_segment_free(segment);
    return status != COHORT_OK ? 'e' : "ftu"[answer];
}

/* A truth for SQL, a truth for the complement. */
typedef struct truth {
    int key;
    const char *condition;
    const char *answers;
} truth;

static void check_truth(const truth *t)
{
    for (int32_t nulls = COHORT_NULLS_SQL; nulls <= COHORT_NULLS_COMPLEMENT; nulls++) {
        cohort_error error = COHORT_ERROR_INIT;
        const char answer = ask(t->key, t->condition, nulls, &error);

        ck_assert_msg(answer == t->answers[nulls], "contact %d, nulls %d: %s is '%c', not '%c' %s", t->key,
                      nulls, t->condition, answer, t->answers[nulls], error.text);
    }
}

/* ---- the tables ---- */

static const truth truths[] = {
    /* a condition by itself */
    { FULL, "b", "tt" },
    { EMPTY, "b", "ff" },
    { MISSING, "b", "uf" },
    { MISSING, "NOT b", "ut" },
    { FULL, "b AND TRUE", "tt" },
    { MISSING, "b OR NOT b", "ut" },
    { MISSING, "b AND NOT b", "uf" },
    /* numbers of different types */
    { FULL, "n = 7.0", "tt" },
    { FULL, "d = 1.3", "tt" },
    { FULL, "x <= 1.3", "tt" },
    { FULL, "d = x", "tt" },
    { FULL, "9007199254740993 = 9007199254740992.0", "ff" },
    { FULL, "9007199254740993 = 9007199254740992e0", "tt" },
    { FULL, "n = '7'", "tt" },
    { FULL, "b = 'true'", "tt" },
    { FULL, "d < '1.31'", "tt" },
    /* arithmetic */
    { FULL, "n / 2 = 3.5", "tt" },
    { FULL, "n / 0 IS NULL", "tt" },
    { FULL, "n / 0 = 1", "uf" },
    { FULL, "NOT (n / 0 = 1)", "ut" },
    { FULL, "d * d = 1.69", "tt" },
    { FULL, "n - d = 5.7", "tt" },
    { FULL, "IF(n = 8, 9223372036854775807 * 9223372036854775807 * 9 * n, 1) = 1", "tt" },
    { FULL, "COALESCE(n, 9223372036854775807 * 9223372036854775807 * 9 * n) = 7", "tt" },
    { FULL, "ROUND(2.5) = 3", "tt" },
    { FULL, "ROUND(-2.5) = -3", "tt" },
    { EMPTY, "ROUND(d) = -3", "tt" },
    { EMPTY, "ROUND(x) = -3", "tt" },
    { FULL, "ROUND(1.25, 1) = 1.3", "tt" },
    { FULL, "FLOOR(-2.5) = -3", "tt" },
    { FULL, "CEIL(-2.5) = -2", "tt" },
    { EMPTY, "MOD(n, 4) = -3", "tt" },
    { FULL, "MOD(n, 0) IS NULL", "tt" },
    { FULL, "- -5 = 5", "tt" },
    { MISSING, "-n = 1", "uf" },
    { FULL, "-9223372036854775808 < 0", "tt" },
    /* functions that skip NULL, branches */
    { MISSING, "LEAST(n, 3) = 3", "tt" },
    { MISSING, "GREATEST(n, n) IS NULL", "tt" },
    { MISSING, "CONCAT(s, 'x') = 'x'", "tt" },
    { MISSING, "IF(n > 0, 1, 2) = 2", "tt" },
    { MISSING, "CASE WHEN n > 0 THEN 1 END IS NULL", "tt" },
    { FULL, "CASE WHEN n = 7 THEN 1 ELSE 2.5 END = 1.0", "tt" },
    { MISSING, "COALESCE(n, 4) = 4", "tt" },
    { FULL, "NULLIF(n, 7) IS NULL", "tt" },
    { MISSING, "ABS(n) = 1", "uf" },
    /* NULL as a value */
    { FULL, "n = NULL", "uf" },
    { FULL, "n != NULL", "ut" },
    { FULL, "n IN (7, NULL)", "tt" },
    { FULL, "n IN (8, NULL)", "uf" },
    { FULL, "n NOT IN (8, NULL)", "ut" },
    { FULL, "n NOT IN (7, NULL)", "ff" },
    { MISSING, "n IS DISTINCT FROM 7", "tt" },
    { MISSING, "n IS NOT DISTINCT FROM NULL", "tt" },
    { FULL, "n BETWEEN NULL AND 3", "ff" },
    { FULL, "n BETWEEN NULL AND 9", "uf" },
    { FULL, "n BETWEEN 7 AND 7", "tt" },
    { FULL, "n BETWEEN 9 AND 1", "ff" },
    { FULL, "n NOT BETWEEN 9 AND 1", "tt" },
    /* empty is not missing */
    { EMPTY, "s IS EMPTY", "tt" },
    { FULL, "s IS EMPTY", "ff" },
    { MISSING, "s IS EMPTY", "uf" },
    { EMPTY, "s = ''", "tt" },
    { EMPTY, "s IS NULL", "ff" },
    { EMPTY, "tags IS NULL", "ff" },
    { EMPTY, "tags IS EMPTY", "tt" },
    { MISSING, "tags IS EMPTY", "uf" },
    { EMPTY, "c IS EMPTY", "ff" },
    { EMPTY, "s IS BLANK", "tt" },
    { EMPTY, "c IS BLANK", "tt" },
    { MISSING, "s IS BLANK", "tt" },
    { EMPTY, "tags IS BLANK", "tt" },
    { MISSING, "tags IS NOT BLANK", "ff" },
    { FULL, "c IS NOT BLANK", "tt" },
    /* sets */
    { EMPTY, "tags HAS ANY ('a')", "ff" },
    { EMPTY, "tags HAS ALL ('a')", "ff" },
    { EMPTY, "tags HAS EXACTLY ('a')", "ff" },
    { EMPTY, "tags HAS NONE ('a')", "tt" },
    { EMPTY, "tags EXCLUDES ('a')", "tt" },
    { EMPTY, "CARDINALITY(tags) = 0", "tt" },
    { FULL, "tags HAS EXACTLY ('a', 'b', 'a')", "tt" },
    { FULL, "tags HAS EXACTLY ('a')", "ff" },
    { FULL, "tags HAS AT LEAST 2 OF ('a', 'a', 'x')", "ff" },
    { FULL, "tags HAS AT LEAST 2 OF ('a', 'b', 'x')", "tt" },
    { FULL, "tags INCLUDES ('a;b', 'c')", "tt" },
    { FULL, "tags INCLUDES ('a;c')", "ff" },
    { FULL, "tags EXCLUDES ('a;c')", "tt" },
    { MISSING, "tags HAS 'a'", "uf" },
    { MISSING, "NOT (tags HAS 'a')", "ut" },
    { MISSING, "tags HAS NONE ('a')", "ut" },
    { MISSING, "CARDINALITY(tags) IS NULL", "tt" },
    { FULL, "tags HAS 'A'", "ff" },
    { FULL, "marks HAS 'gold'", "tt" },
    { FULL, "marks HAS EXACTLY ('GOLD', 'gold')", "tt" },
    /* sets, asked for what each record has: IF(b, x, y) is x for FULL, NULLIF(s, s) is missing */
    { FULL, "tags HAS EXACTLY (IF(b, 'a', 'x'), 'b')", "tt" },
    { FULL, "tags HAS EXACTLY (IF(b, 'a', 'x'), 'a', 'b', LOWER('B'))", "tt" },
    { FULL, "tags HAS EXACTLY (IF(b, 'a', 'x'))", "ff" },
    { FULL, "tags HAS EXACTLY (s, 'a', 'b')", "ff" },
    { FULL, "tags HAS EXACTLY ('a', 'b', NULLIF(s, s))", "uf" },
    { FULL, "NOT (tags HAS EXACTLY ('a', 'b', NULLIF(s, s)))", "ut" },
    { FULL, "tags HAS EXACTLY ('x', NULLIF(s, s))", "ff" },
    { EMPTY, "tags HAS EXACTLY (s)", "ff" },
    { EMPTY, "tags HAS EXACTLY (NULLIF(s, s))", "uf" },
    { MISSING, "tags HAS EXACTLY ('a', IF(b, 'a', 'x'))", "uf" },
    { FULL, "tags HAS AT LEAST 2 OF ('b', IF(b, 'a', 'x'), s)", "tt" },
    { FULL, "tags HAS AT LEAST 2 OF ('a', IF(b, 'a', 'x'), s)", "ff" },
    { FULL, "tags HAS AT LEAST 2 OF ('a', NULLIF(s, s))", "uf" },
    { FULL, "tags HAS AT LEAST 1 OF (NULLIF(s, s), 'a')", "tt" },
    { FULL, "tags HAS AT LEAST 3 OF ('a', NULLIF(s, s))", "ff" },
    { FULL, "tags NOT HAS AT LEAST 2 OF ('a', NULLIF(s, s))", "ut" },
    { FULL, "tags HAS AT LEAST 0 OF (s)", "tt" },
    { MISSING, "tags HAS AT LEAST 0 OF (s)", "uf" },
    { EMPTY, "tags HAS AT LEAST 1 OF (s, 'a')", "ff" },
    { FULL, "marks HAS EXACTLY (UPPER('gold'), IF(b, 'gold', ''))", "tt" },
    { FULL, "marks HAS AT LEAST 2 OF ('GOLD', IF(b, 'gold', ''))", "ff" },
    { FULL, "tags HAS AT LEAST 1 OF ('A', 'B', c)", "ff" },
    { FULL, "tags HAS AT LEAST 1 OF (COALESCE('A', c))", "tt" },
    { FULL, "tags HAS EXACTLY ('a', COALESCE('A', c), 'b')", "tt" },
    { FULL, "tags INCLUDES (IF(b, 'a;b', 'x'))", "tt" },
    { FULL, "tags INCLUDES (IF(b, 'a;x', 'x'), 'y')", "ff" },
    { FULL, "tags INCLUDES (CONCAT('a', ';'))", "ff" },
    { FULL, "tags INCLUDES (NULLIF(s, s), 'b')", "tt" },
    { FULL, "tags INCLUDES (NULLIF(s, s), 'x')", "uf" },
    { FULL, "tags EXCLUDES (NULLIF(s, s), 'x')", "ut" },
    { EMPTY, "tags EXCLUDES (s)", "tt" },
    { MISSING, "tags INCLUDES (IF(b, 'a', 'x'))", "uf" },
    { FULL, "tags HAS NONE ('x', NULLIF(s, s))", "ut" },
    { FULL, "tags HAS ALL ('a', NULLIF(s, s))", "uf" },
    { FULL, "tags HAS nothing", "uf" },
    { FULL, "tags HAS ANY ('a', nothing)", "tt" },
    { FULL, "tags HAS EXACTLY ('a', 'b', nothing)", "uf" },
    { FULL, "tags HAS AT LEAST 1 OF (nothing)", "uf" },
    { FULL, "tags EXCLUDES (nothing)", "ut" },
    { FULL, "s IN ('a', nothing)", "uf" },
    { FULL, "s NOT IN ('a', nothing)", "ut" },
    { EMPTY, "s IN ('', nothing)", "tt" },
    { EMPTY, "s IN ('x', nothing)", "uf" },
    { EMPTY, "n IN (7, 1 / 0)", "uf" },
    { FULL, "n IN (7, 1 / 0)", "tt" },
    { FULL, "s IN ('x', NULLIF('a', 'a'))", "uf" },
    { FULL, "s LIKE nothing", "uf" },
    { FULL, "s CONTAINS ANY ('zz', nothing)", "uf" },
    { FULL, "nothing CONTAINS s", "uf" },
    { FULL, "nothing MATCHES '.'", "uf" },
    { FULL, "nothing IS BLANK", "tt" },
    { FULL, "nothing IS EMPTY", "uf" },
    /* collation */
    { FULL, "c = 'KELVIN'", "tt" },
    { FULL,
      "c = '\xe2\x84\xaa"
      "elvin'",
      "tt" },
    { FULL, "c IN ('x', 'kelvin')", "tt" },
    { FULL, "c LIKE 'kEL%'", "tt" },
    { FULL, "c CONTAINS 'ELV'", "tt" },
    { FULL, "c MATCHES '^kel'", "tt" },
    { FULL, "'KELVIN' = c", "tt" },
    { FULL, "s LIKE 'A%'", "ff" },
    { FULL, "s ILIKE 'A%'", "tt" },
    { FULL, "s < 'b'", "tt" },
    { FULL, "s > 'B'", "tt" },
    /* patterns */
    { FULL, "s LIKE 'a\\_b%'", "tt" },
    { FULL, "s LIKE 'a!_b%' ESCAPE '!'", "tt" },
    { FULL, "s LIKE 'a_b_c'", "tt" },
    { FULL, "s LIKE 'a%c'", "tt" },
    { EMPTY, "s LIKE '%'", "tt" },
    { EMPTY, "s LIKE '_'", "ff" },
    { FULL, "s CONTAINS WORD 'a'", "ff" },
    { FULL, "s CONTAINS WORD 'c'", "tt" },
    { EMPTY, "s CONTAINS ''", "tt" },
    { FULL, "s STARTS WITH ANY ('x', 'a')", "tt" },
    { FULL, "s NOT ENDS WITH 'c'", "ff" },
    { MISSING, "s NOT LIKE 'a'", "ut" },
    { FULL, "s MATCHES 'b.c'", "ff" },
    { FULL, "s MATCHES 'b\\sc'", "tt" },
    { MISSING, "s NOT MATCHES 'a'", "ut" },
    /* functions of text */
    { EMPTY, "TRIM(c) = ''", "tt" },
    { FULL, "LENGTH('\xc3\xa9') = 1", "tt" },
    { FULL, "TRIM(' a\t') = 'a\t'", "tt" },
    { FULL,
      "UPPER('stra\xc3\x9f"
      "e') = 'STRA\xc3\x9f"
      "E'",
      "tt" },
    { FULL,
      "LOWER('\xc3\x80"
      "B') = '\xc3\xa0"
      "b'",
      "tt" },
    /* never unknown; whose policy */
    { MISSING, "SEGMENT('positive')", "ff" },
    { MISSING, "NOT SEGMENT('positive')", "tt" },
    { MISSING, "SEGMENT('others')", "tt" },
    { MISSING, "SEGMENT('known others')", "ff" },
    { MISSING, "SAMPLE(0 PERCENT, 's')", "ff" },
    { MISSING, "SAMPLE(100 PERCENT, 's')", "tt" },
    /* parents */
    { FULL, "account.size = 1000", "tt" },
    { EMPTY, "account.size IS NULL", "tt" },
    { EMPTY, "account.size = 1", "uf" },
    { FULL, "account.SEGMENT('big')", "tt" },
    { EMPTY, "account.SEGMENT('big')", "uf" },
    { EMPTY, "NOT account.SEGMENT('big')", "ut" },
    { MISSING, "NOT account.SEGMENT('big')", "ut" },
    { EMPTY, "account.worth = 0", "uf" },
    { EMPTY, "account.worth IS NULL", "tt" },
    { FULL, "account.worth = 1000", "tt" },
    { EMPTY, "account IS NULL", "ff" },
    { MISSING, "account IS NULL", "tt" },
    { EMPTY, "account.account_id IS NULL", "tt" },
    { FULL, "account.account_id IS NOT NULL", "tt" },
    { FULL, "account = 'acme'", "tt" },
    { EMPTY, "account = 'ghost'", "tt" },
    { EMPTY, "account != 'acme'", "tt" },
    { MISSING, "account != 'acme'", "ut" },
    { FULL, "boss = boss", "tt" },
    { FULL, "boss.boss.n = 7", "tt" },
    { EMPTY, "boss.n IS NULL", "tt" },
    { EMPTY, "boss.id = 2", "tt" },
    /* dates and instants */
    { FULL, "at = '2026-11-22'", "tt" },
    { EMPTY, "at = '2026-11-22'", "ff" },
    { EMPTY, "DAY_ONLY(at) = '2026-11-22'", "tt" },
    { EMPTY, "at BETWEEN '2026-11-21' AND '2026-11-22'", "ff" },
    { FULL, "day + 1 = '2024-03-01'", "tt" },
    { FULL, "day - DATE '2024-02-28' = 1", "tt" },
    { FULL, "day + INTERVAL '1 month' = TIMESTAMP '2024-03-29'", "tt" },
    { FULL, "DATE '2024-01-31' + INTERVAL '1 month' = '2024-02-29'", "tt" },
    { FULL, "INTERVAL '1 month' = INTERVAL '30 days'", "tt" },
    { FULL, "INTERVAL '1 day' = INTERVAL '24 hours'", "tt" },
    { FULL, "at - TIMESTAMP '2026-11-21' = '1 day'", "tt" },
    { FULL, "INTERVAL '1 hour' * 24 = INTERVAL '1 day'", "tt" },
    { FULL, "DATEDIFF('year', DATE '2023-12-31', DATE '2024-01-01') = 1", "tt" },
    { FULL, "DATEDIFF('day', DATE '2024-01-02', DATE '2024-01-01') = -1", "tt" },
    { FULL, "at IN (YESTERDAY, TODAY)", "tt" },
    { EMPTY, "at BETWEEN YESTERDAY AND TODAY", "tt" },
    { EMPTY, "at = LAST_N_DAYS:0", "tt" },
    { FULL, "day < TODAY", "tt" },
    { FULL, "at != TODAY", "ff" },
    { MISSING, "at != TODAY", "ut" },
    { FULL, "at >= NOW() - INTERVAL '12 hours'", "tt" },
    { FULL, "at > NOW() - INTERVAL '12 hours'", "ff" },
    { FULL, "ANNIVERSARY(day) = '2025-03-01'", "tt" },
    { FULL, "ANNIVERSARY(day) BETWEEN '2024-02-28' AND '2024-02-29'", "tt" },
    { FULL, "AGE(day) = 2", "tt" },
    { FULL, "AGE(DATE '2027-01-01') = -1", "tt" },
    { FULL, "WEEK_IN_YEAR(DATE '2026-01-07') = 1", "tt" },
    { FULL, "WEEK_IN_YEAR(DATE '2026-01-08') = 2", "tt" },
    { FULL, "DAY_IN_WEEK(DATE '2026-11-22') = 1", "tt" },
    { FULL, "FISCAL_YEAR(DATE '2026-11-22') = 2026", "tt" },
    /* places */
    { FULL, "DISTANCE(p, GEOLOCATION(10, 20), 'km') = 0", "tt" },
    { MISSING, "DISTANCE(p, GEOLOCATION(1, 2), 'mi') < 9", "uf" },
    { EMPTY, "p WITHIN POLYGON ((0, 0), (0, 5), (5, 5), (5, 0))", "tt" },
    { FULL, "p NOT WITHIN POLYGON ((0, 0), (0, 5), (5, 5), (5, 0))", "tt" },
    /* the complement */
    { MISSING, "NOT (n < 30)", "ut" },
    { MISSING, "n >= 30", "uf" },
    { MISSING, "n != 7", "ut" },
    { MISSING, "(n = 1) IS UNKNOWN", "tt" },
    { MISSING, "n = 1 XOR TRUE", "ut" },
    { MISSING, "n NOT IN (1, 2)", "ut" },
    { MISSING, "AT LEAST 1 OF (n = 1, n != 1)", "ut" },
};

enum { N_TRUTHS = sizeof truths / sizeof *truths };

/* What is refused, or fails when it is evaluated. */
static const truth refusals[] = {
    { FULL, "s = 7", "" },
    { FULL, "b = 1", "" },
    { FULL, "n = 'seven'", "" },
    { FULL, "tags HAS ANY ('a', NULL)", "" },
    { FULL, "s LIKE 'a\\'", "" },
    { FULL, "s LIKE 'a' ESCAPE 'xy'", "" },
    { FULL, "s MATCHES '('", "" },
    { FULL, "boss = n", "" },
    { FULL, "account = boss", "" },
    { FULL, "day = '2024-02-29 10:00'", "" },
    { FULL, "n = 7days", "" },
    { FULL, "p WITHIN POLYGON ((0, -100), (0, 100), (5, 0))", "" },
    { FULL, "LN(n - 7) = 1", "" },
    { FULL, "POWER(10, 400) = n", "" },
    { FULL, "9223372036854775807 * 9223372036854775807 * 9 * n > 0", "" },
    { FULL, "SEGMENT('nobody')", "" },
    { FULL, "1 < n < 9", "" },
    { FULL, "n", "" },
    { FULL, "ANNIVERSARY(day) > TODAY", "" },
    { FULL, "n + TODAY = 1", "" },
    { FULL, "SAMPLE(1.23456 PERCENT, 's')", "" },
    { FULL, "n IN ()", "" },
};

enum { N_REFUSALS = sizeof refusals / sizeof *refusals };

START_TEST(a_condition_is_true_false_or_unknown)
{
    check_truth(&truths[_i]);
}
END_TEST

START_TEST(what_means_nothing_is_refused)
{
    cohort_error error = COHORT_ERROR_INIT;

    ck_assert_msg(ask(refusals[_i].key, refusals[_i].condition, COHORT_NULLS_SQL, &error) == 'e',
                  "%s is taken", refusals[_i].condition);
    ck_assert_msg(error.code != COHORT_OK && error.text[0] != '\0', "%s: no reason", refusals[_i].condition);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("truth");
    TCase *tables = tcase_create("tables");

    tcase_add_checked_fixture(tables, open_store, close_store);
    tcase_add_loop_test(tables, a_condition_is_true_false_or_unknown, 0, N_TRUTHS);
    tcase_add_loop_test(tables, what_means_nothing_is_refused, 0, N_REFUSALS);
    suite_add_tcase(suite, tables);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/*
 * Warnings that need no data: their stable codes and where they point; and
 * texts that are fine, or that some data could make sensible.
 */
#include "expr/reading.h"
#include "support/check_main.h"

/* Each warning as "code first end"; in the order of the text. */
typedef struct verdict {
    const char *text;
    const char *warnings;
} verdict;

static const verdict verdicts[] = {
    { "a OR b AND c", "mixed-and-or 5 12" },
    { "a OR (b AND c)", "" },
    { "a XOR b AND c", "mixed-and-or 6 13" },
    { "a = NULL", "null-comparison 0 8" },
    { "a != NULL AND b = 1", "never-true 0 19; null-comparison 0 9" },
    { "a IN (1, NULL)", "null-comparison 9 13" },
    { "a NOT IN (1, NULL) OR b", "null-comparison 13 17" },
    { "a BETWEEN 5 AND 1", "contradictory-range 0 17" },
    { "a NOT BETWEEN 5 AND 1", "contradictory-range 0 21; negation-drops-missing 0 21" },
    { "a > 5 AND a < 3", "never-true 0 15; contradictory-range 10 15" },
    { "a >= 5 AND a <= 5", "" },
    { "a > 5 AND a <= 5", "never-true 0 16; contradictory-range 10 16" },
    { "5 < a AND b AND 3 > a", "never-true 0 21; contradictory-range 16 21" },
    { "a = 1 AND a = 2", "never-true 0 15" },
    { "a = 1 AND a = 1.0", "" },
    { "a = 'x' AND a = 'X'", "" },
    { "a = 'x' AND a = 'y'", "never-true 0 19" },
    { "a = '1' AND a = '1.0'", "" },
    { "x IN ('a') AND x NOT IN ('a')", "never-true 0 29; negation-drops-missing 15 29" },
    { "x IN ('a', 'b') AND x NOT IN ('a')", "negation-drops-missing 20 34" },
    { "x IN (1, 2) AND x > 5", "never-true 0 21" },
    { "a IS NULL AND a = 1", "never-true 0 19" },
    { "a IS NULL OR a IS NOT NULL", "always-true 0 26" },
    { "a > 3 OR a <= 3", "always-true 0 15" },
    { "a > 3 OR a <= 2", "" },
    { "a = 1 OR a != 1", "always-true 0 15; negation-drops-missing 9 15" },
    { "a AND NOT a", "never-true 0 11; negation-drops-missing 6 11" },
    { "a OR NOT a", "always-true 0 10; negation-drops-missing 5 10" },
    { "a = a", "always-true 0 5" },
    { "a < a", "never-true 0 5" },
    { "1 = 1", "always-true 0 5" },
    { "1 = 2 OR a", "never-true 0 5" },
    { "TRUE", "always-true 0 4" },
    { "FALSE", "never-true 0 5" },
    { "TRUE AND a", "always-true 0 4" },
    { "NOT (a > 5 AND a < 3)", "always-true 0 21; negation-drops-missing 0 21; contradictory-range 15 20" },
    { "country != 'AU'", "negation-drops-missing 0 15" },
    { "NOT (country = 'AU')", "negation-drops-missing 0 20" },
    { "NOT (country = 'AU') OR country IS NULL", "" },
    { "country != 'AU' AND country IS NOT NULL", "" },
    { "(country != 'AU') IS NOT FALSE", "" },
    { "NOT EXISTS(purchase WHERE country != 'AU')", "negation-drops-missing 26 41" },
    { "NOT EXISTS(purchase)", "" },
    { "COUNT(x) != 5", "" },
    { "COALESCE(a, 'x') != 'y'", "" },
    { "COALESCE(a, b) != 'y'", "negation-drops-missing 0 21" },
    { "tags HAS NONE ('a')", "negation-drops-missing 0 19" },
    { "tags EXCLUDES ('a')", "negation-drops-missing 0 19" },
    { "AT LEAST 3 OF (a, b)", "never-true 0 20" },
    { "AT LEAST 0 OF (a, b)", "always-true 0 20" },
    { "SAMPLE(0 PERCENT, 's')", "never-true 0 22" },
    { "SAMPLE(100 PERCENT, 's')", "always-true 0 24" },
    { "TOP 0 BY x", "never-true 0 10" },
    { "a OR a", "repeated-condition 5 6" },
    { "a IN (1, 1)", "repeated-value 9 10" },
    { "name = “Bob”", "typographic-quote 7 16" },
    { "t = LAST_30_DAYS", "range-spelling 4 16" },
    { "a LIKE 'x'", "pattern-without-wildcard 0 10" },
    { "a CONTAINS ''", "always-true 0 13" },
    { "d > DATE '2026-02-01' AND d < DATE '2026-01-01'", "never-true 0 47; contradictory-range 26 47" },
    { "t > TIMESTAMP '2026-02-01' AND t < TIMESTAMP '2026-01-01'", "never-true 0 57; contradictory-range 31 57" },
    { "IF(1 = 2, 3, 4) = 3", "never-true 3 8" },
    { "COUNT(x WHERE a > 5 AND a < 3) > 1", "never-true 14 29; contradictory-range 24 29" },
    { "NOT a.b", "negation-drops-missing 0 7" },
    { "a = 5 AND a BETWEEN 6 AND 7", "never-true 0 27" },
    { "a = 1e0 AND a = 2", "never-true 0 17" },
    { "a > '10' AND a < '9'", "" },
    { "NOT NOT (a = 1)", "negation-drops-missing 0 15" },
    { "5 BETWEEN 6 AND 7", "never-true 0 17" },
    { "NULL", "" },
    { "NULL IS NULL", "always-true 0 12" },
    { "a = 1 AND (a = 2 OR b)", "" },
    { "a OR TRUE", "always-true 0 9" },
    { "NOT account.\"Lead Source\"", "negation-drops-missing 0 25" },
    { "a AND b OR c AND d XOR e", "mixed-and-or 0 7; mixed-and-or 11 18" },
    { "a > 1 AND b > 2 AND a < 0 OR c", "mixed-and-or 0 25; never-true 0 25; contradictory-range 20 25" },
    { "x.y IN ('a','b') AND x.y IN ('c')", "never-true 0 33" },
    { "a = TRUE AND a = FALSE", "never-true 0 22" },
    { "tags HAS ANY ('a', 'b', 'a')", "repeated-value 24 27" },
    { "a AND a AND b", "repeated-condition 6 7" },
    { "x CONTAINS ANY ('a', 'a')", "repeated-value 21 24" },
    { "a BETWEEN DATE '2026-02-01' AND DATE '2026-01-01'", "contradictory-range 0 49" },
    { "interval_field > INTERVAL '2 days' AND interval_field < INTERVAL '1 day'",
      "never-true 0 72; contradictory-range 39 72" },
    { "NULL = NULL", "null-comparison 0 11" },
    { "a IN (1) OR a NOT IN (1)", "always-true 0 24; negation-drops-missing 12 24" },
    { "a != 1 OR a != 2", "always-true 0 16; negation-drops-missing 0 6; negation-drops-missing 10 16" },
    { "account.SAMPLE(0 PERCENT, 's')", "never-true 0 30" },
    { "TRUE XOR FALSE", "always-true 0 14" },
    { "1 = 2 XOR a", "never-true 0 5" },
    { "1 = 'x'", "" },
    { "1 != 2", "always-true 0 6" },
    { "'a' != 'b'", "always-true 0 10" },
    { "'a' < 'b'", "" },
    { "'a' = 'b' OR x", "never-true 0 9" },
    { "a BETWEEN NULL AND 5", "null-comparison 0 20" },
    { "NULL IN (1, 2)", "null-comparison 0 14" },
    { "5 IN (1, 2)", "never-true 0 11" },
    { "5 IN (1, x)", "" },
    { "5 NOT IN (1, 2)", "always-true 0 15" },
    { "5 IS NULL", "never-true 0 9" },
    { "5 IS NOT NULL", "always-true 0 13" },
    { "a CONTAINS WORD ''", "" },
    { "a NOT CONTAINS ''", "negation-drops-missing 0 17; never-true 0 17" },
    { "a = TIMESTAMP '2026-01-01 10:00' AND a != TIMESTAMP '2026-01-01 10:00'",
      "never-true 0 70; negation-drops-missing 37 70" },
    { "a > TIMESTAMP '2026-01-01 10:00' AND a < TIMESTAMP '2026-01-01 09:00'", "" },
    { "a > 1 AND a < 'x'", "" },
    { "a = 1 AND a = 'x'", "" },
    { "a = 1e0 AND a = 1", "" },
    { "a > 1e0 AND a < 0", "never-true 0 17; contradictory-range 12 17" },
    { "NOT (a IS NULL)", "" },
    { "NOT (a IS EMPTY)", "negation-drops-missing 0 16" },
    { "NOT (a + b > 3)", "negation-drops-missing 0 15" },
    { "NOT (a IN (1) XOR b)", "negation-drops-missing 0 20" },
    { "(a IN (1)) IS TRUE AND NOT ((a != 1) IS TRUE)", "" },
    { "IF(a != 1, 2, 3) > 2", "" },
    { "a LIKE b", "" },
    { "a LIKE NULL", "null-comparison 0 11" },
    { "a ILIKE 'x'", "" },
    { "x >= 5 AND x < 5", "never-true 0 16; contradictory-range 11 16" },
    { "x = 'größe' AND x = 'klein'", "" },
    { "a XOR b XOR a", "" },
    { "last_n > 1", "" },
    { "t = NEXT_3_WEEKS", "range-spelling 4 16" },
    { "t = LAST_X_DAYS", "" },
    { "COALESCE(a, b, 1) != 2", "" },
    { "NULLIF(a, 1) != 2", "negation-drops-missing 0 17" },
    { "5 > a OR a >= 5", "always-true 0 15" },
    { "NOT (a = 1 OR a != 1)", "negation-drops-missing 0 21; never-true 0 21" },
};

static void describe(const co_lint *lint, co_buffer *out)
{
    for (size_t i = 0; i < lint->n_items; i++)
        co_buffer_format(out, "%s%s %u %u", i == 0 ? "" : "; ", lint->items[i].code, (unsigned)lint->items[i].position,
                         (unsigned)lint->items[i].end);
    co_buffer_byte(out, '\0');
}

START_TEST(warnings_have_stable_codes_and_places)
{
    const verdict *verdict = &verdicts[_i];
    reading reading;
    co_buffer found;
    co_lint lint;

    reading_of(&reading, verdict->text);
    ck_assert_msg(reading.status == COHORT_OK, "%s: %s", verdict->text, reading.error.text);
    co_lint_init(&lint, &reading.memory);
    co_buffer_init(&found, &reading.memory, 0);
    ck_assert_int_eq(co_expr_lint(reading.tree, &lint), COHORT_OK);
    describe(&lint, &found);
    ck_assert_msg(strcmp(found.bytes, verdict->warnings) == 0, "%s gives \"%s\", not \"%s\"", verdict->text, found.bytes,
                  verdict->warnings);
    co_buffer_clear(&found);
    co_lint_clear(&lint);
    reading_end(&reading);
}
END_TEST

START_TEST(messages_name_the_field)
{
    reading reading;
    co_lint lint;

    reading_of(&reading, "NOT account.\"Lead Source\" = 'x'");
    co_lint_init(&lint, &reading.memory);
    ck_assert_int_eq(co_expr_lint(reading.tree, &lint), COHORT_OK);
    ck_assert_uint_eq(lint.n_items, 1);
    ck_assert_str_eq(lint.items[0].message.bytes, "records without account.\"Lead Source\" are left out; add OR "
                     "account.\"Lead Source\" IS NULL, or evaluate with nulls = complement");
    co_lint_clear(&lint);
    reading_end(&reading);
}
END_TEST

START_TEST(what_others_added_stays_in_front)
{
    reading reading;
    co_lint lint;

    reading_of(&reading, "a = NULL");
    co_lint_init(&lint, &reading.memory);
    ck_assert_int_eq(co_lint_add(&lint, "other", 5, 6, "from %s", "elsewhere"), COHORT_OK);
    ck_assert_int_eq(co_expr_lint(reading.tree, &lint), COHORT_OK);
    ck_assert_uint_eq(lint.n_items, 2);
    ck_assert_str_eq(lint.items[0].code, "other");
    ck_assert_str_eq(lint.items[0].message.bytes, "from elsewhere");
    ck_assert_str_eq(lint.items[1].code, "null-comparison");
    co_lint_clear(&lint);
    reading_end(&reading);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("expr/lint");
    TCase *tests = tcase_create("warnings");

    tcase_add_loop_test(tests, warnings_have_stable_codes_and_places, 0, sizeof verdicts / sizeof verdicts[0]);
    tcase_add_test(tests, messages_name_the_field);
    tcase_add_test(tests, what_others_added_stays_in_front);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

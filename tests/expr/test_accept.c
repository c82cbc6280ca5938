/*
 * What the grammar allows, rule by rule, and how it is printed: the second
 * text of each pair is canonical, NULL where the first one is already.
 */
#include "expr/reading.h"
#include "support/check_main.h"

typedef struct pair {
    const char *text;
    const char *canonical;
} pair;

static const pair connectives[] = {
    { "a", NULL },
    { "a and b AND c", "a AND b AND c" },
    { "a AND (b AND c)", "a AND b AND c" },
    { "(a AND b) AND (c AND d)", "a AND b AND c AND d" },
    { "a OR b XOR c AND NOT d", NULL },
    { "(a OR b) XOR c", NULL },
    { "a XOR (b XOR (c XOR d))", "a XOR b XOR c XOR d" },
    { "((a))", "a" },
    { "NOT NOT a", NULL },
    { "NOT (a = 1)", "NOT a = 1" },
    { "NOT (a AND b)", NULL },
    { "(NOT a) AND b", "NOT a AND b" },
    { "a -- comment\nAND\t b\r\n-- the end", "a AND b" },
    { "TRUE or False", "TRUE OR FALSE" },
    { "AT LEAST 2 OF (a, b = 1, c OR d)", NULL },
    { "at least 0 of (a)", "AT LEAST 0 OF (a)" },
};

static const pair tests[] = {
    { "a = 1", NULL },
    { "a != 1", NULL },
    { "a <> 1", "a != 1" },
    { "a<1 AND a<=1 AND a>1 AND a>=1", "a < 1 AND a <= 1 AND a > 1 AND a >= 1" },
    { "a = (b = c)", NULL },
    { "(a < b) = (b < c)", NULL },
    { "a IS NULL OR a IS NOT NULL", NULL },
    { "a is true or a is not false or a is unknown", "a IS TRUE OR a IS NOT FALSE OR a IS UNKNOWN" },
    { "a IS EMPTY OR a IS NOT BLANK", NULL },
    { "a IS DISTINCT FROM b + 1 OR a IS NOT DISTINCT FROM NULL", NULL },
    { "(a = 1) IS UNKNOWN", NULL },
    { "a BETWEEN 1 AND 2 AND b NOT BETWEEN c AND d", NULL },
    { "a IN (1, 'b', NULL, c.d) OR a NOT IN (2)", NULL },
    { "a LIKE 'x%' ESCAPE '#' OR a NOT ILIKE CONCAT(b, '%') ESCAPE ''''", NULL },
    { "a CONTAINS 'x' OR a NOT CONTAINS b", NULL },
    { "a CONTAINS WORD 'x' OR a CONTAINS word OR a CONTAINS WORD ANY ('x', 'y')", NULL },
    { "a contains any ('x') or a contains any", "a CONTAINS ANY ('x') OR a CONTAINS any" },
    { "a STARTS WITH 'x' OR a NOT ENDS WITH ANY ('x', b)", NULL },
    { "a MATCHES '^it''s$' OR a NOT MATCHES ''", NULL },
    { "a HAS 'x' OR a NOT HAS b", NULL },
    { "a HAS ANY ('x') OR a HAS ALL ('x', 'y') OR a HAS NONE (b) OR a HAS EXACTLY ('z')", NULL },
    { "a HAS any OR a HAS all OR a HAS none OR a HAS exactly OR a HAS at", NULL },
    { "a HAS AT LEAST 2 OF ('x', 'y', 'z')", NULL },
    { "a HAS (AT LEAST 2 OF (x, y))", NULL },
    { "a HAS (AT LEAST 2 OF (x, y)) + 1", NULL },
    { "a INCLUDES ('a;b', 'c') OR a EXCLUDES ('d')", NULL },
    { "p WITHIN POLYGON ((1,2),(3.50,-4),(-5,6e0))", "p WITHIN POLYGON ((1, 2), (3.5, -4), (-5, 6))" },
    { "p NOT WITHIN POLYGON ((-90, -90), (90, -90), (90, 90), (-90, 90))", NULL },
};

static const pair values[] = {
    { "a = 'it''s'", NULL },
    { "a = ''", NULL },
    { "a = 12 AND b = -3.50 AND c = 007.0", "a = 12 AND b = -3.50 AND c = 7.0" },
    { "a = 1e3 AND b = 1E+3 AND c = 1.5e-7", "a = 1e3 AND b = 1e3 AND c = 1.5e-07" },
    { "a = 0e5 AND b = -0e5 AND c = 1500e0", "a = 0e0 AND b = -0e0 AND c = 15e2" },
    { "a = 0.1e0 AND b = 1e300", "a = 0.1e0 AND b = 1e+300" },
    { "a = -9223372036854775808", NULL },
    { "a = 99999999999999999999999999999999999999", NULL },
    { "a = 0.00000000000000000000000000000000000001", NULL },
    { "a = NULL", NULL },
    { "d = date '2026-11-22' AND t = TIMESTAMP '2026-11-22 10:00:00+02'",
      "d = DATE '2026-11-22' AND t = TIMESTAMP '2026-11-22 10:00:00+02'" },
    { "at >= NOW() - INTERVAL '90 days'", NULL },
    { "at >= now() - interval 90 days", "at >= NOW() - INTERVAL 90 DAYS" },
    { "x = INTERVAL 1 years 1 month 2 week 3 day 1 hours 1 minute 5 second 6 millisecond 7 microseconds",
      "x = INTERVAL 1 YEAR 1 MONTH 2 WEEKS 3 DAYS 1 HOUR 1 MINUTE 5 SECONDS 6 MILLISECONDS 7 MICROSECONDS" },
    { "a + b - c = (a + b) - c", "a + b - c = a + b - c" },
    { "a + (b - c) = a - (b + c)", NULL },
    { "a * b / c = (a * b) / c", "a * b / c = a * b / c" },
    { "a * (b / c) = (a + b) * c", NULL },
    { "- a * - b = -(a * b)", "-a * -b = -(a * b)" },
    { "- -5 = -(5)", "-(-5) = -(5)" },
    { "- - a = -(-a)", "- -a = - -a" },
    { "+5 = + + a", "5 = a" },
    { "a - -5 = a+-5", "a - -5 = a + -5" },
    { "a--5\n- 1 = 2", "a - 1 = 2" },
    { "IF(a = 1, 10, 0) + if(b, 5, 0) >= 12", "IF(a = 1, 10, 0) + IF(b, 5, 0) >= 12" },
    { "CASE WHEN a THEN 1 WHEN b OR c THEN 2 ELSE 3 END = 1", NULL },
    { "CASE WHEN a THEN CASE WHEN b THEN 1 END END = 1", NULL },
    { "ROUND(x) = 1 AND ROUND(x, 2) = 1.00", NULL },
    { "abs(x) + floor(x) + ceil(x) + mod(x, 2) + power(x, 2) + exp(x) + ln(x) > 0",
      "ABS(x) + FLOOR(x) + CEIL(x) + MOD(x, 2) + POWER(x, 2) + EXP(x) + LN(x) > 0" },
    { "LEAST(a, b, c) = GREATEST(a) AND COALESCE(a, b) = NULLIF(a, b)", NULL },
    { "LOWER(a) = UPPER(b) OR TRIM(a) = CONCAT(a, 'x', b) OR LENGTH(a) = CARDINALITY(b)", NULL },
    { "DATEDIFF('day', a, b) = 1 AND DATE_TRUNC('month', t) = TODAY()", NULL },
    { "DISTANCE(f, GEOLOCATION(-33.8, 151.2), 'km') < 5", NULL },
    { "AGE(b) = 1 AND ANNIVERSARY(b) = NEXT_N_DAYS:7", NULL },
    { "CALENDAR_YEAR(t) = 1 OR CALENDAR_QUARTER(t) = 1 OR CALENDAR_MONTH(t) = 1", NULL },
    { "WEEK_IN_YEAR(t) = 1 OR DAY_IN_YEAR(t) = 1 OR DAY_IN_MONTH(t) = 1 OR DAY_IN_WEEK(t) = 1", NULL },
    { "HOUR_IN_DAY(t) = 1 OR FISCAL_YEAR(t) = 1 OR FISCAL_QUARTER(t) = 1 OR FISCAL_MONTH(t) = 1 OR DAY_ONLY(t) = TODAY", NULL },
};

static const pair names[] = {
    { "\"Lead Source\" = 'x'", NULL },
    { "\"plain\" = 1", "plain = 1" },
    { "\"a\"\"b\" = 1", NULL },
    { "account.owner.\"Full Name\" = OUTER.name", NULL },
    { "a . b = 1", "a.b = 1" },
    { "case = 1 AND case.opened = 2 AND order = 3 AND at = 4 AND count = 5 AND segment = 'x'", NULL },
    { "date >= '1998-01-02' AND timestamp = 1 AND interval = 2 AND top = 3 AND bottom = 4", NULL },
    { "when AND then AND and", NULL },
    { "\"NULL\" = \"not\" AND \"True\".x = a.false", NULL },
    { "CASE WHEN when THEN \"case\" WHEN b THEN case END = 1", NULL },
    { "größe > 1 AND 名前 = 'x'", NULL },
    { "name = “Bob”", NULL },
    { "exists AND every AND sequence AND percent AND ties", NULL },
};

static const pair date_ranges[] = {
    { "t = today AND t = \"today\" AND today = 1 AND t = TODAY()", "t = TODAY AND t = \"today\" AND today = 1 AND t = TODAY()" },
    { "t = today.x AND t = (\"today\" + 1)", "t = today.x AND t = \"today\" + 1" },
    { "t != YESTERDAY AND t < TOMORROW AND t >= LAST_WEEK AND t <= NEXT_MONTH AND t > THIS_QUARTER", NULL },
    { "t IN LAST_YEAR AND t NOT IN THIS_FISCAL_QUARTER", NULL },
    { "t IN (last_n_days:007, NEXT_FISCAL_YEAR, '2026-01-01')", "t IN (LAST_N_DAYS:7, NEXT_FISCAL_YEAR, '2026-01-01')" },
    { "t BETWEEN LAST_90_DAYS AND next_90_days", "t BETWEEN LAST_90_DAYS AND NEXT_90_DAYS" },
    { "t = N_WEEKS_AGO:3 OR t = LAST_N_FISCAL_YEARS:2 OR t = NEXT_N_QUARTERS:000", "t = N_WEEKS_AGO:3 OR t = LAST_N_FISCAL_YEARS:2 OR t = NEXT_N_QUARTERS:0" },
    { "t = THIS_WEEK_SO_FAR OR t = THIS_FISCAL_YEAR_SO_FAR", NULL },
};

static const pair relations[] = {
    { "COUNT(case WHERE priority = 'High' AND opened = LAST_N_DAYS:60) > 3", NULL },
    { "count(distinct purchase.product where x) > 1", "COUNT(DISTINCT purchase.product WHERE x) > 1" },
    { "COUNT(DISTINCT DAY_ONLY(visit.at)) = 1 AND COUNT(purchase.amount) = 2 AND COUNT((purchase)) = 3",
      "COUNT(DISTINCT DAY_ONLY(visit.at)) = 1 AND COUNT(purchase.amount) = 2 AND COUNT(purchase) = 3" },
    { "COUNT(\"distinct\") = COUNT(\"DISTINCT\".x) + COUNT(DISTINCT distinct)", NULL },
    { "COUNT(transfer VIA sender WHERE a OR b) = COUNT(line VIA order.customer)", NULL },
    { "SUM(line.quantity * line.product.price VIA buyer WHERE a) + AVG(l.x) + MIN(l.x) + MAX(l.x) > MEDIAN(l.x)", NULL },
    { "FIRST(p.x) = LAST(p.x WHERE a) OR MODE(p.x) = 'x' OR MAX_GAP(p.at) > AVG_GAP(p.at)", NULL },
    { "SUM(distinct) > 0", NULL },
    { "EXISTS(purchase) AND NOT exists(\"not\" WHERE a) AND EXISTS(case VIA \"x y\".z)",
      "EXISTS(purchase) AND NOT EXISTS(\"not\" WHERE a) AND EXISTS(case VIA \"x y\".z)" },
    { "EVERY(c SATISFIES p) AND EVERY(c VIA v WHERE w OR x SATISFIES p AND q)", NULL },
    { "SEQUENCE(view, cart WITHIN 7 days, purchase WITHIN 1 day; WITHIN 10 days SAME product)",
      "SEQUENCE(view, cart WITHIN 7 DAYS, purchase WITHIN 1 DAY; WITHIN 10 DAYS SAME product)" },
    { "SEQUENCE(cart, NOT purchase WITHIN INTERVAL '3 days')", NULL },
    { "SEQUENCE(a, b WITHIN INTERVAL 3 days;)", "SEQUENCE(a, b WITHIN 3 DAYS)" },
    { "SEQUENCE(a, NOT b, NOT c, d; STRICT)", NULL },
    { "SEQUENCE(a; SAME x, \"y z\", strict STRICT)", NULL },
    { "SEQUENCE(a WHERE p WITHIN POLYGON ((1, 1), (2, 2), (3, 3)), b VIA c WHERE q WITHIN 1 WEEK 2 DAYS)", NULL },
    { "FUNNEL(view, cart, purchase; WITHIN 7 DAYS) >= 2", NULL },
    { "SEGMENT('vip') AND account.SEGMENT('it''s') AND a.b.COUNT(c) > 1", NULL },
    { "BUCKET(100, 'salt') < 50 AND SAMPLE(10 PERCENT, 's') AND SAMPLE(0.0001 percent, '')",
      "BUCKET(100, 'salt') < 50 AND SAMPLE(10 PERCENT, 's') AND SAMPLE(0.0001 PERCENT, '')" },
    { "BUCKET(4294967296, 's') = 1", NULL },
    { "NTILE(5, v) = 1 AND RANK(v PER (a.b, c)) < 5 AND PERCENT_RANK(v AMONG (a = 1)) > 0.5", NULL },
    { "household.SAMPLE(10 PERCENT, 's')", NULL },
    { "TOP 1000 BY revenue", NULL },
    { "bottom 2.5 percent by SUM(p.x) per (job) among (a or b) with ties",
      "BOTTOM 2.5 PERCENT BY SUM(p.x) PER job AMONG (a OR b) WITH TIES" },
    { "TOP 5 BY x + 1 PER y = TRUE", NULL },
    { "(TOP 5 BY x) + 1 = 2", NULL },
    { "1 + TOP 5 BY x", NULL },
    { "TOP 5 BY TOP 3 BY x PER y", NULL },
    { "TOP 5 BY (TOP 3 BY x) PER y", NULL },
    { "TOP 5 BY TOP 3 BY x PER y AMONG (a) AMONG (b)", "TOP 5 BY TOP 3 BY x PER y AMONG (a) AMONG (b)" },
    { "AT LEAST 1 OF (TOP 5 BY x PER y, z)", NULL },
};

static void check_pairs(const pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *wanted = pairs[i].canonical == NULL ? pairs[i].text : pairs[i].canonical;
        reading first;
        reading second;

        reading_of(&first, pairs[i].text);
        ck_assert_msg(first.status == COHORT_OK, "%s: %s", pairs[i].text, first.error.text);
        ck_assert_str_eq(first.text.bytes, wanted);
        reading_of(&second, first.text.bytes);
        ck_assert_msg(second.status == COHORT_OK, "%s: %s", first.text.bytes, second.error.text);
        ck_assert_str_eq(second.text.bytes, wanted);
        ck_assert(co_expr_equal(first.tree->root, second.tree->root));
        reading_end(&second);
        reading_end(&first);
    }
}

#define CHECK(name, pairs)                                                      \
    START_TEST(name)                                                            \
    {                                                                           \
        check_pairs(pairs, sizeof pairs / sizeof pairs[0]);                     \
    }                                                                           \
    END_TEST

CHECK(connectives_bind_and_flatten, connectives)
CHECK(every_test_is_known, tests)
CHECK(values_keep_their_digits_and_signs, values)
CHECK(words_are_names_where_only_names_can_stand, names)
CHECK(date_ranges_stand_on_the_right, date_ranges)
CHECK(relations_and_ranks_are_known, relations)

static Suite *make_suite(void)
{
    Suite *suite = suite_create("expr/accept");
    TCase *cases = tcase_create("grammar");

    tcase_add_test(cases, connectives_bind_and_flatten);
    tcase_add_test(cases, every_test_is_known);
    tcase_add_test(cases, values_keep_their_digits_and_signs);
    tcase_add_test(cases, words_are_names_where_only_names_can_stand);
    tcase_add_test(cases, date_ranges_stand_on_the_right);
    tcase_add_test(cases, relations_and_ranks_are_known);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

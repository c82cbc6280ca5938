/* Every function and operator on values, by tables of expression and result. */
#include <stdio.h>
#include <string.h>

#include "support/asking.h"
#include "support/check_main.h"
#include "support/crm.h"

typedef struct row {
    const char *expression;
    const char *value;
} row;

/* Contact 1: age 25, balance 1.05, score 0.1, active, born 1979-12-30, seen 1970-01-02, AU, Sydney, {a}. Contact 6: nothing. */
static const row numbers[] = {
    { "age + 1", "26" },
    { "age - 30", "-5" },
    { "age * balance", "26.25" },
    { "balance * balance", "1.1025" },
    { "balance + 0.001", "1.051" },
    { "-balance", "-1.05" },
    { "age / 10", "2.5" },
    { "1 / 3", "0.3333333333333333" },
    { "balance / 0", "NULL" },
    { "score / 0.0e0", "NULL" },
    { "score + 0.2", "0.30000000000000004" },
    { "NULL + 1", "NULL" },
    { "9223372036854775807 + 1", "9223372036854775808" },
    { "9223372036854775807 * 9223372036854775807", "85070591730234615847396907784232501249" },
    { "age * 0 + 9223372036854775807 * 9223372036854775807 * 2", "170141183460469231694793815568465002498" },
    { "ABS(0 - age)", "25" },
    { "ABS(-1.5e0)", "1.5" },
    { "ABS(age - age - 9223372036854775807 - 1)", "9223372036854775808" },
    { "ROUND(balance)", "1" },
    { "ROUND(balance + 0.45)", "2" },
    { "ROUND(-balance - 0.45)", "-2" },
    { "ROUND(balance, 1)", "1.1" },
    { "ROUND(-balance, 1)", "-1.1" },
    { "ROUND(age, -1)", "30" },
    { "ROUND(age + 0.0, -2)", "0" },
    { "ROUND(score * 25)", "3" },
    { "ROUND(-score * 25)", "-3" },
    { "ROUND(score, 0)", "0" },
    { "FLOOR(balance)", "1" },
    { "FLOOR(-balance)", "-2" },
    { "CEIL(balance)", "2" },
    { "CEIL(-balance)", "-1" },
    { "FLOOR(-score)", "-1" },
    { "CEIL(score)", "1" },
    { "FLOOR(age)", "25" },
    { "MOD(age, 10)", "5" },
    { "MOD(0 - age, 10)", "-5" },
    { "MOD(age, -10)", "5" },
    { "MOD(age, 0)", "NULL" },
    { "MOD(balance, 0.5)", "0.05" },
    { "MOD(7.5e0, 2)", "1.5" },
    { "POWER(age, 2)", "625" },
    { "POWER(4, 0.5)", "2" },
    { "EXP(0)", "1" },
    { "LN(1)", "0" },
    { "LEAST(age, 3.5, NULL)", "3.5" },
    { "GREATEST(age, 3.5, NULL)", "25.0" },
    { "LEAST(NULL, age)", "25" },
    { "NULLIF(age, 25)", "NULL" },
    { "NULLIF(age, 26)", "25" },
    { "COALESCE(NULL, age, 1)", "25" },
    { "score * 0", "0" },
    { "0.0e0 / score", "0" },
    { "POWER(0, age)", "0" },
    { "IF(age > 20, 1, 2.5)", "1.0" },
    { "IF(age > 30, 1, 2.5)", "2.5" },
    { "CASE WHEN age > 100 THEN 'old' WHEN age > 20 THEN 'adult' ELSE 'young' END", "'adult'" },
    { "CASE WHEN age > 100 THEN 1 END", "NULL" },
    { "CARDINALITY(tags)", "1" },
};

static const row errors[] = {
    { "9223372036854775807 * 9223372036854775807 * (age + 9223372036854775807)",
      "OVERFLOW: contact 1: a result of arithmetic does not fit in 128 bits" },
    { "EXP(age * 100)", "OVERFLOW: contact 1: EXP is too large for a double" },
    { "LN(age - 25)", "OVERFLOW: contact 1: LN of zero" },
    { "LN(0 - age)", "OVERFLOW: contact 1: LN of a negative number" },
    { "score * 1e-200 * 1e-200", "OVERFLOW: contact 1: a result of arithmetic is too small for a double" },
    { "score / 1e200 / 1e200", "OVERFLOW: contact 1: a result of arithmetic is too small for a double" },
    { "1e-200 * 1e-200 + score", "OVERFLOW: contact 1: a result of arithmetic is too small for a double" },
    { "1e-200 / 1e200 * score", "OVERFLOW: contact 1: a result of arithmetic is too small for a double" },
    { "EXP(0 - age * 100)", "OVERFLOW: contact 1: EXP is too small for a double" },
    { "POWER(score, 1000)", "OVERFLOW: contact 1: POWER is too small for a double" },
    { "POWER(age, 1000)", "OVERFLOW: contact 1: POWER is too large for a double" },
    { "POWER(age - 25, -1)", "OVERFLOW: contact 1: POWER of zero with a negative exponent" },
    { "POWER(0 - age, 0.5)", "OVERFLOW: contact 1: POWER of a negative number with a fraction as exponent" },
    { "1e308 * age", "OVERFLOW: contact 1: a result of arithmetic is too large for a double" },
    { "born + 9223372036854775807", "OVERFLOW: contact 1: a date outside the years 1 to 9999" },
    { "seen + INTERVAL '9000 years'", "OVERFLOW: contact 1: a date outside the years 1 to 9999" },
};

static const row untaken[] = {
    { "IF(age > 0, 1, LN(age - 25))", "1" },
    { "CASE WHEN age = 25 THEN 2 WHEN LN(age - 25) > 0 THEN 3 ELSE 4 END", "2" },
    { "COALESCE(age, LN(age - 25))", "25" },
    { "IF(age > 0, IF(age = 25, 7, LN(age - 25)), 0)", "7" },
};

static const row texts[] = {
    { "CONCAT(country, '-', city)", "'AU-Sydney'" },
    { "CONCAT(NULL, 'x')", "'x'" },
    { "UPPER('straße é')", "'STRAßE É'" },
    { "LOWER('ÀB')", "'àb'" },
    { "TRIM('  a b ')", "'a b'" },
    { "LENGTH('añ€😀')", "4" },
    { "LENGTH('')", "0" },
    { "LEAST('b', 'a')", "'a'" },
    { "NULLIF(city, 'SYDNEY')", "NULL" },
    { "NULLIF(country, 'au')", "'AU'" },
    { "COALESCE(UPPER(city), 'x')", "'SYDNEY'" },
    { "IF(active, CONCAT('a', 'b'), 'c')", "'ab'" },
    { "tags", "{'a'}" },
    { "account.industry", "'Retail'" },
};

static const row dates[] = {
    { "born", "1979-12-30" },
    { "born + 2", "1980-01-01" },
    { "born - 1", "1979-12-29" },
    { "born - DATE '1979-12-01'", "29" },
    { "born + INTERVAL '1 month'", "1980-01-30T00:00:00Z" },
    { "DATE '2024-01-31' + INTERVAL '1 month'", "2024-02-29T00:00:00Z" },
    { "DATE '2024-03-31' - INTERVAL '1 month 1 day'", "2024-02-28T00:00:00Z" },
    { "seen - TIMESTAMP '1970-01-01 12:00:00'", "12:00:00" },
    { "INTERVAL '1 day' * 3", "3 days" },
    { "INTERVAL '1 day' + INTERVAL '2 months'", "2 months 1 day" },
    { "NOW()", "2026-03-15T10:30:00Z" },
    { "TODAY()", "2026-03-15" },
    { "AGE(born)", "46" },
    { "AGE(DATE '2004-02-29')", "22" },
    { "AGE(DATE '2026-03-16')", "-1" },
    { "DATEDIFF('year', DATE '2025-12-31', DATE '2026-01-01')", "1" },
    { "DATEDIFF('month', DATE '2026-03-01', DATE '2026-02-28')", "-1" },
    { "DATEDIFF('day', seen, NOW())", "20526" },
    { "DATEDIFF('hour', TIMESTAMP '2026-01-01 00:59:00', TIMESTAMP '2026-01-01 01:00:00')", "1" },
    { "DATE_TRUNC('month', born)", "1979-12-01" },
    { "DATE_TRUNC('week', DATE '2026-03-15')", "2026-03-09" },
    { "DATE_TRUNC('quarter', NOW())", "2026-01-01" },
    { "CALENDAR_YEAR(born)", "1979" },
    { "CALENDAR_QUARTER(born)", "4" },
    { "CALENDAR_MONTH(born)", "12" },
    { "WEEK_IN_YEAR(DATE '2026-01-07')", "1" },
    { "WEEK_IN_YEAR(DATE '2026-01-08')", "2" },
    { "DAY_IN_YEAR(born)", "364" },
    { "DAY_IN_MONTH(born)", "30" },
    { "DAY_IN_WEEK(DATE '2026-03-15')", "1" },
    { "HOUR_IN_DAY(NOW())", "10" },
    { "DAY_ONLY(NOW())", "2026-03-15" },
    { "FISCAL_MONTH(born)", "12" },
    { "LEAST(born, TODAY())", "1979-12-30" },
};

static const row places[] = {
    { "ROUND(DISTANCE(GEOLOCATION(48.8566, 2.3522), GEOLOCATION(51.5074, -0.1278), 'km'), 3)", "343.557" },
    { "DISTANCE(place, place, 'km')", "0" },
    { "ROUND(DISTANCE(place, GEOLOCATION(1, 2), 'mi'), 4)", "69.0829" },
    { "place", "(1,1)" },
    { "DISTANCE(place, GEOLOCATION(age + 70, 0), 'km')", "NULL" },
};

static void assert_values(const row *rows, size_t n, int64_t contact)
{
    co_store *store = co_crm_new();
    co_asking asking;

    co_asking_start(&asking, store, "2026-03-15 10:30");
    for (size_t i = 0; i < n; i++) {
        const char *value = co_ask_value(&asking, contact, rows[i].expression);

        ck_assert_msg(strcmp(value, rows[i].value) == 0, "%s is %s, not %s", rows[i].expression, value,
                      rows[i].value);
    }
    co_asking_end(&asking);
    co_store_free(store);
}

#define ASSERT_VALUES(rows) assert_values(rows, sizeof(rows) / sizeof(rows)[0], 1)

START_TEST(numbers_are_exact_and_rounded_away_from_zero)
{
    ASSERT_VALUES(numbers);
}
END_TEST

START_TEST(what_does_not_fit_names_the_record)
{
    ASSERT_VALUES(errors);
}
END_TEST

START_TEST(branches_not_taken_never_fail)
{
    ASSERT_VALUES(untaken);
}
END_TEST

START_TEST(texts_are_code_points)
{
    ASSERT_VALUES(texts);
}
END_TEST

START_TEST(dates_follow_the_calendar)
{
    ASSERT_VALUES(dates);
}
END_TEST

START_TEST(places_lie_on_a_sphere)
{
    ASSERT_VALUES(places);
}
END_TEST

START_TEST(missing_operands_give_missing_values)
{
    static const row rows[] = {
        { "age + 1", "NULL" },        { "-balance", "NULL" },           { "score * 2", "NULL" },
        { "UPPER(city)", "NULL" },    { "CONCAT(city, 'x')", "'x'" },   { "CONCAT(city)", "''" },
        { "LENGTH(city)", "NULL" },   { "born + 1", "NULL" },           { "AGE(born)", "NULL" },
        { "place", "NULL" },          { "CARDINALITY(tags)", "NULL" },  { "account.industry", "NULL" },
        { "LEAST(age, 1)", "1" },     { "COALESCE(age, 0 - 1)", "-1" }, { "IF(age > 1, 1, 0)", "0" },
        { "NULLIF(age, 1)", "NULL" },
    };

    assert_values(rows, sizeof rows / sizeof rows[0], 6);
}
END_TEST

START_TEST(parts_are_those_of_the_zone)
{
    static const row rows[] = {
        { "TODAY()", "2026-03-15" },
        { "HOUR_IN_DAY(NOW())", "21" },
        { "DAY_ONLY(TIMESTAMP '2026-03-14 14:00:00Z')", "2026-03-15" },
        { "DATE_TRUNC('day', TIMESTAMP '2026-03-14 14:00:00Z')", "2026-03-15" },
        { "DATEDIFF('day', TIMESTAMP '2026-03-14 12:59:00Z', TIMESTAMP '2026-03-14 13:00:00Z')", "1" },
        { "DATE '2026-04-05' + INTERVAL '0 days'", "2026-04-04T13:00:00Z" },
        { "DATE '2026-04-05' + INTERVAL '1 month'", "2026-05-04T14:00:00Z" },
    };
    co_store *store = co_crm_new();
    co_asking asking;

    co_asking_start(&asking, store, "2026-03-15 10:30");
    if (co_asking_in_zone(&asking, "Australia/Sydney")) {
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
            ck_assert_str_eq(co_ask_value(&asking, 1, rows[i].expression), rows[i].value);
    } else {
        printf("skipped: no zoneinfo here\n");
    }
    co_asking_end(&asking);
    co_store_free(store);
}
END_TEST

START_TEST(a_bucket_is_the_published_hash)
{
    co_store *store = co_crm_new();
    co_asking asking;

    co_asking_start(&asking, store, NULL);
    /* XXH64("salt" 0x00 "1") = 17065979777622673782 */
    ck_assert_str_eq(co_ask_value(&asking, 1, "BUCKET(1000, 'salt')"), "782");
    ck_assert_str_eq(co_ask_value(&asking, 1, "BUCKET(4294967296, 'salt')"), "892537206");
    co_asking_end(&asking);
    co_store_free(store);
}
END_TEST

/* Found anew wherever it is named, the last trait would take 2^60 additions. */
START_TEST(what_is_named_twice_is_found_once)
{
    co_store *store = co_crm_new();
    co_asking asking;
    char name[16];
    char text[64];

    co_crm_define(store, "contact", CO_DEFINED_TRAIT, "t0", "age", 0);
    for (int i = 1; i <= 60; i++) {
        snprintf(name, sizeof name, "t%d", i);
        snprintf(text, sizeof text, "IF(active, t%d, 0) + IF(age > 3, t%d, 1)", i - 1, i - 1);
        co_crm_define(store, "contact", CO_DEFINED_TRAIT, name, text, 0);
    }
    co_asking_start(&asking, store, NULL);
    ck_assert_str_eq(co_ask_value(&asking, 1, "t1"), "50");
    ck_assert_str_eq(co_ask_value(&asking, 1, "t60"), "28823037615171174400");
    ck_assert_str_eq(co_ask_truth(&asking, 1, "t60 > 0 AND t59 = 14411518807585587200"), "true");
    ck_assert_str_eq(co_ask_value(&asking, 6, "t60"), "1");
    co_asking_end(&asking);
    co_store_free(store);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("values");
    TCase *all = tcase_create("all");

    tcase_add_test(all, numbers_are_exact_and_rounded_away_from_zero);
    tcase_add_test(all, what_does_not_fit_names_the_record);
    tcase_add_test(all, branches_not_taken_never_fail);
    tcase_add_test(all, texts_are_code_points);
    tcase_add_test(all, dates_follow_the_calendar);
    tcase_add_test(all, places_lie_on_a_sphere);
    tcase_add_test(all, missing_operands_give_missing_values);
    tcase_add_test(all, parts_are_those_of_the_zone);
    tcase_add_test(all, a_bucket_is_the_published_hash);
    tcase_add_test(all, what_is_named_twice_is_found_once);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/*
 * Pairs of conditions that mean the same but are planned differently: folded
 * into ranges or compared value by value, asked of the parent or along the way.
 * Both are evaluated, and must be true and false for the same records.
 */
#include <string.h>

#include "eval/eval.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/planning.h"

static co_store *store;
static co_eval *eval;

static void open_crm(void)
{
    store = co_crm_new();
    co_crm_define(store, "contact", CO_DEFINED_SEGMENT, "grown", "age >= 18", 0);
    co_crm_define(store, "contact", CO_DEFINED_TRAIT, "years", "age * 2", 0);
    co_crm_define(store, "account", CO_DEFINED_TRAIT, "rich", "revenue > 500", 0);
    co_crm_define(store, "account", CO_DEFINED_TRAIT, "zero", "COALESCE(revenue, 0)", 0);
    must(co_eval_new(NULL, 1, 0, &eval, NULL) == COHORT_OK);
}

static void close_crm(void)
{
    co_eval_free(eval);
    co_store_free(store);
}

typedef struct equivalents {
    const char *one;
    const char *other;
} equivalents;

static const equivalents sql[] = {
    { "age < 30", "age + 0 < 30" },
    { "age < 30.5", "age + 0.0 <= 30" },
    { "balance = 2.05", "balance * 1 = 2.05" },
    { "balance > 2.049", "balance + 0.000 > 2.049" },
    { "balance >= 2e0", "balance + 0e0 >= 2" },
    { "score = 0.3", "score * 1e0 = 0.3" },
    { "score <= 0.3", "NOT (score * 1e0 > 0.3)" },
    { "age BETWEEN 25 AND 45", "age >= 25 AND age + 0 <= 45" },
    { "age NOT BETWEEN 25 AND 45", "age < 25 OR age + 0 > 45" },
    { "age IN (25, 45, 65)", "age = 25 OR age + 0 = 45 OR age = 65" },
    { "age NOT IN (25, NULL)", "age != 25 AND age != NULL" },
    { "country = 'AU'", "TRIM(country) = 'AU'" },
    { "country IN ('AU', 'DE')", "NULLIF(country, '') = 'AU' OR NULLIF(country, '') = 'DE'" },
    { "country > 'AU'", "NULLIF(country, '') > 'AU'" },
    { "country LIKE 'A%'", "country STARTS WITH 'A'" },
    { "country LIKE '%U%'", "NULLIF(country, '') CONTAINS 'U'" },
    { "city = 'sydney'", "LOWER(city) = 'SYDNEY'" },
    { "city IN ('PARIS', 'sydney')", "NULLIF(city, '') = 'paris' OR city ILIKE 'SYDNEY'" },
    { "city > 'berlin'", "NULLIF(city, '') > 'BERLIN'" },
    { "country MATCHES '^A'", "country LIKE 'A%'" },
    { "country LIKE COALESCE('A_', city)", "country LIKE 'A_'" },
    { "country ILIKE COALESCE('a%', city)", "country ILIKE 'a%'" },
    { "city LIKE COALESCE('%Y', country)", "city LIKE '%y'" },
    { "country CONTAINS COALESCE('U', city)", "country CONTAINS 'U'" },
    { "country STARTS WITH COALESCE('A', city)", "country STARTS WITH 'A'" },
    { "country NOT ENDS WITH COALESCE('Z', city)", "NOT country ENDS WITH 'Z'" },
    { "country CONTAINS ANY ('A', COALESCE('Z', city), NULL)", "country CONTAINS ANY ('A', 'Z', NULL)" },
    { "city CONTAINS country", "city LIKE CONCAT('%', country, '%') AND country = country" },
    { "country CONTAINS account.industry",
      "account.industry = '' OR NULLIF(account.industry, '') = country" },
    { "active", "active = TRUE" },
    { "NOT active", "active = FALSE" },
    { "active IS NOT TRUE", "NOT active OR active IS NULL" },
    { "(age > 30) IS UNKNOWN", "age IS NULL" },
    { "age IS DISTINCT FROM 25", "age IS NULL OR age != 25" },
    { "age IS NOT DISTINCT FROM NULL", "age IS NULL" },
    { "age > 30 XOR active", "(age > 30 AND NOT active) OR (NOT age > 30 AND active)" },
    { "AT LEAST 2 OF (age > 30, active, country = 'AU')",
      "(age > 30 AND active) OR (age > 30 AND country = 'AU') OR (active AND country = 'AU')" },
    { "7 BETWEEN 10 AND account.revenue", "7 >= 10 AND 7 <= account.revenue" },
    { "7 BETWEEN account.revenue AND 5", "FALSE AND account.revenue IS NULL" },
    { "7 IN (7, account.revenue)", "TRUE" },
    { "7 IN (8, account.revenue)", "account.revenue = 7" },
    { "account = 'ACME'", "NULLIF(account, '') = 'ACME'" },
    { "account.industry = 'Retail'", "account.industry = COALESCE('Retail', country)" },
    { "account.industry != 'Retail'", "NOT (account.industry = COALESCE('Retail', country))" },
    { "account.revenue > 40 AND account.industry != 'Retail'",
      "account.revenue + 0 * age > 40 AND NOT account.industry = 'Retail'" },
    { "account.revenue IS NULL", "COALESCE(account.revenue, -7) = -7" },
    { "account.industry IS BLANK", "account.industry IS NULL OR account.industry = ''" },
    { "account.parent.revenue > account.revenue", "account.parent.revenue > LEAST(account.revenue, NULL)" },
    { "account.rich", "account.revenue > 500" },
    { "NOT account.rich", "account.revenue <= 500" },
    { "account.zero = 0", "account.zero + age * 0 = 0" },
    { "account.zero > -5", "COALESCE(account.zero, -9) > -5 OR account.zero = NULL" },
    { "years > 60", "age > 30" },
    { "manager.years > 60", "manager.age > 30" },
    { "manager.age < age", "manager.age + 0 < age + 0" },
    { "manager = 2", "NULLIF(manager, -1) = 2" },
    { "manager IN (1, 3, 77)", "manager = 1 OR manager = 3 OR manager = 77" },
    { "manager < 3", "manager = 0 OR manager = 1 OR manager = 2" },
    { "SEGMENT('grown')", "COALESCE(age >= 18, FALSE)" },
    { "manager.SEGMENT('grown')", "COALESCE(manager.age, 0) >= 18 OR (manager.id IS NULL AND NULL)" },
    { "seen = '1970-01-03'", "seen + INTERVAL '0 days' = TIMESTAMP '1970-01-03 00:00:00'" },
    { "DAY_ONLY(seen) = '1970-01-03'", "DATE_TRUNC('day', seen) = '1970-01-03'" },
    { "DAY_ONLY(seen) >= '1970-01-03'", "DATE_TRUNC('day', seen) >= '1970-01-03'" },
    { "born < '1999-12-25'", "born + 0 < '1999-12-25'" },
    { "born < TIMESTAMP '1999-12-25 00:00:01'",
      "born + INTERVAL '0 days' < TIMESTAMP '1999-12-25 00:00:01'" },
    { "born <= THIS_YEAR", "born + 0 <= THIS_YEAR" },
    { "born = LAST_N_YEARS:10", "born + 0 = LAST_N_YEARS:10" },
    { "AGE(born) >= 18", "born <= '2008-11-22'" },
    { "AGE(born) >= 36.5", "AGE(born) + 0 >= 36.5" },
    { "AGE(born) < 37e0", "AGE(born) + 0 < 37" },
    { "AGE(born) = 36", "AGE(born) + 0 = 36" },
    { "AGE(born) IN (16, 26, 36)", "AGE(born) + 0 IN (16, 26, 36)" },
    { "AGE(born) BETWEEN 16 AND 36", "AGE(born) + 0 BETWEEN 16 AND 36" },
    { "AGE(born) > 1000", "age < -1000" },
    { "CALENDAR_YEAR(born) = 1989", "CALENDAR_YEAR(born) + 0 = 1989" },
    { "CALENDAR_YEAR(born) > 1989", "born > '1989-12-31'" },
    { "FISCAL_YEAR(born) <= 1999", "FISCAL_YEAR(born) + 0 <= 1999" },
    { "tags HAS 'a'", "tags HAS ANY ('a')" },
    { "tags HAS NONE ('a', 'b')", "NOT tags HAS 'a' AND NOT tags HAS 'b'" },
    { "tags HAS ALL ('a', 'b')", "tags HAS 'a' AND tags HAS 'b'" },
    { "tags HAS AT LEAST 2 OF ('a', 'b', 'c')", "AT LEAST 2 OF (tags HAS 'a', tags HAS 'b', tags HAS 'c')" },
    { "tags HAS EXACTLY ('a', 'b')", "tags HAS ALL ('a', 'b') AND CARDINALITY(tags) = 2" },
    { "tags HAS EXACTLY ('a', 'zz')", "tags HAS 'zz'" },
    { "badges HAS 'GOLD'", "badges HAS ANY ('gold', 'Gold')" },
    { "tags INCLUDES ('a;b', 'c')", "tags HAS ALL ('a', 'b') OR tags HAS 'c'" },
    { "tags HAS AT LEAST 2 OF ('a', 'b', 'c')",
      "tags HAS AT LEAST 2 OF ('a', COALESCE('b', country), 'c', 'a')" },
    { "tags HAS AT LEAST 1 OF (country, 'a')", "tags HAS ANY (country, 'a')" },
    { "tags HAS EXACTLY ('b', 'a')", "tags HAS EXACTLY ('a', COALESCE('b', country))" },
    { "tags HAS EXACTLY (LOWER(country), 'a')",
      "tags HAS ALL (LOWER(country), 'a') AND CARDINALITY(tags) = CASE WHEN country IS NULL THEN NULL "
      "WHEN LOWER(country) = 'a' THEN 1 ELSE 2 END" },
    { "badges HAS EXACTLY ('gold')", "badges HAS EXACTLY (COALESCE('GOLD', country))" },
    { "tags INCLUDES ('a;b', 'c')", "tags INCLUDES (COALESCE('a;b', country), 'c')" },
    { "tags EXCLUDES ('b;', 'c')", "tags EXCLUDES ('c', COALESCE('b;', country))" },
    { "tags IS EMPTY", "CARDINALITY(tags) = 0" },
    { "tags IS BLANK", "tags IS NULL OR tags IS EMPTY" },
    { "manager.tags HAS 'a'", "IF(manager.tags HAS 'a', 1, IF(NOT manager.tags HAS 'a', 0, NULL)) = 1" },
    { "CASE WHEN age > 30 THEN 1 WHEN active THEN 2 END = 2",
      "NOT COALESCE(age > 30, FALSE) AND (active OR active IS NULL) AND CASE WHEN age > 30 THEN 1 WHEN "
      "active THEN 2 END = 2" },
    { "BUCKET(10, 's') < 5", "NOT BUCKET(10, 's') >= 5" },
    { "DISTANCE(place, GEOLOCATION(1, 1), 'km') < 1", "DISTANCE(place, GEOLOCATION(1, 1), 'mi') < 0.5" },
};

static const equivalents complement[] = {
    { "country != 'AU'", "NOT (country = 'AU')" },
    { "country != 'AU'", "country IS NULL OR CONCAT(country) != 'AU'" },
    { "NOT (age < 30)", "age IS NULL OR age >= 30" },
    { "age >= 30", "age + 0 >= 30" },
    { "tags HAS NONE ('a')", "tags IS NULL OR NOT tags HAS 'a'" },
    { "tags EXCLUDES ('a')", "tags HAS NONE ('a')" },
    { "NOT account.SEGMENT('rich')", "account.industry IS NULL OR account.revenue <= 500" },
    { "NOT active", "active IS NOT TRUE" },
    { "(age = 25) IS UNKNOWN", "age IS NULL" },
    { "(age != 25) IS UNKNOWN", "FALSE" },
    { "seen != LAST_N_DAYS:30000", "seen IS NULL OR seen < LAST_N_DAYS:30000" },
};

static void members(const char *text, int32_t nulls, co_bitmap *sets)
{
    co_planned planned;
    uint32_t wanted[2];
    uint64_t counts[2];
    cohort_error error = COHORT_ERROR_INIT;

    co_planned_make(&planned, store, &co_noon, (co_question){ "contact", text, nulls });
    wanted[0] = planned.plan->results[0].true_step;
    wanted[1] = planned.plan->results[0].false_step;

    const cohort_status status = co_eval_run(eval, planned.plan, NULL, wanted, 2, counts, sets, NULL, &error);

    if (status != COHORT_OK)
        ck_abort_msg("%s: %s", text, error.text);
    must(counts[0] == co_bitmap_count(&sets[0]));
    must(!co_bitmap_intersect(&sets[0], &sets[1]));
    co_planned_clear(&planned);
}

static void check(const equivalents *pair, int32_t nulls)
{
    co_bitmap sets[4];

    for (size_t i = 0; i < 4; i++)
        co_bitmap_init(&sets[i], co_eval_memory(eval));
    members(pair->one, nulls, &sets[0]);
    members(pair->other, nulls, &sets[2]);
    ck_assert_msg(co_bitmap_equal(&sets[0], &sets[2]), "true sets differ: %llu of %s, %llu of %s",
                  (unsigned long long)co_bitmap_count(&sets[0]), pair->one,
                  (unsigned long long)co_bitmap_count(&sets[2]), pair->other);
    ck_assert_msg(co_bitmap_equal(&sets[1], &sets[3]), "false sets differ: %llu of %s, %llu of %s",
                  (unsigned long long)co_bitmap_count(&sets[1]), pair->one,
                  (unsigned long long)co_bitmap_count(&sets[3]), pair->other);
    for (size_t i = 0; i < 4; i++)
        co_bitmap_clear(&sets[i]);
}

START_TEST(what_means_the_same_is_the_same)
{
    check(&sql[_i], 0);
}
END_TEST

START_TEST(what_means_the_same_under_complement_is_the_same)
{
    co_crm_define(store, "account", CO_DEFINED_SEGMENT, "rich", "revenue > 500", 0);
    check(&complement[_i], 1);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("equivalents");
    TCase *pairs = tcase_create("equivalents");

    tcase_add_checked_fixture(pairs, open_crm, close_crm);
    tcase_add_loop_test(pairs, what_means_the_same_is_the_same, 0, sizeof sql / sizeof *sql);
    tcase_add_loop_test(pairs, what_means_the_same_under_complement_is_the_same, 0,
                        sizeof complement / sizeof *complement);
    suite_add_tcase(suite, pairs);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

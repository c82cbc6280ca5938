/* The truth tables of three-valued logic, and every rule about missing values, literally. */
#include <stdio.h>
#include <string.h>

#include "cohort/segment.h"
#include "support/asking.h"
#include "support/check_main.h"
#include "support/crm.h"

typedef struct row {
    const char *condition;
    const char *answer;
} row;

/* Of contact 6, which has no value in any field; of contact 1 where a table says so. */
#define U "(age = 1)"

static const row connectives[] = {
    { "TRUE AND TRUE", "true" },
    { "TRUE AND FALSE", "false" },
    { "FALSE AND FALSE", "false" },
    { U " AND TRUE", "unknown" },
    { U " AND FALSE", "false" },
    { U " AND " U, "unknown" },
    { "TRUE OR TRUE", "true" },
    { "TRUE OR FALSE", "true" },
    { "FALSE OR FALSE", "false" },
    { U " OR TRUE", "true" },
    { U " OR FALSE", "unknown" },
    { U " OR " U, "unknown" },
    { "TRUE XOR TRUE", "false" },
    { "TRUE XOR FALSE", "true" },
    { "FALSE XOR FALSE", "false" },
    { U " XOR TRUE", "unknown" },
    { U " XOR FALSE", "unknown" },
    { "TRUE XOR TRUE XOR TRUE", "true" },
    { "NOT TRUE", "false" },
    { "NOT FALSE", "true" },
    { "NOT " U, "unknown" },
    { "NOT (" U " AND FALSE)", "true" },
    { "NOT (" U " OR TRUE)", "false" },
    { "AT LEAST 1 OF (TRUE, " U ")", "true" },
    { "AT LEAST 2 OF (TRUE, " U ")", "unknown" },
    { "AT LEAST 2 OF (FALSE, " U ")", "false" },
    { "AT LEAST 2 OF (TRUE, " U ", FALSE, " U ")", "unknown" },
    { "AT LEAST 2 OF (TRUE, TRUE, " U ")", "true" },
    { "AT LEAST 3 OF (TRUE, FALSE, " U ")", "false" },
    { "NOT (AT LEAST 2 OF (FALSE, " U "))", "true" },
    { "NOT (AT LEAST 2 OF (TRUE, " U "))", "unknown" },
};

static const row missing[] = {
    { "age = 1", "unknown" },
    { "age != 1", "unknown" },
    { "age < 1", "unknown" },
    { "NOT (age < 1)", "unknown" },
    { "age = NULL", "unknown" },
    { "age IN (1, 2)", "unknown" },
    { "age NOT IN (1, 2)", "unknown" },
    { "age BETWEEN 1 AND 2", "unknown" },
    { "age NOT BETWEEN 1 AND 2", "unknown" },
    { "age IS NULL", "true" },
    { "age IS NOT NULL", "false" },
    { "NOT (age IS NULL)", "false" },
    { "age IS DISTINCT FROM 1", "true" },
    { "age IS DISTINCT FROM NULL", "false" },
    { "age IS NOT DISTINCT FROM NULL", "true" },
    { "active", "unknown" },
    { "NOT active", "unknown" },
    { "active IS TRUE", "false" },
    { "active IS NOT TRUE", "true" },
    { "active IS FALSE", "false" },
    { "active IS NOT FALSE", "true" },
    { "active IS UNKNOWN", "true" },
    { "active IS NOT UNKNOWN", "false" },
    { "(age = 1) IS UNKNOWN", "true" },
    { "(age = 1 AND FALSE) IS UNKNOWN", "false" },
    { "country = ''", "unknown" },
    { "country IS EMPTY", "unknown" },
    { "country IS BLANK", "true" },
    { "country IS NOT BLANK", "false" },
    { "country LIKE '%'", "unknown" },
    { "country NOT LIKE 'x'", "unknown" },
    { "country CONTAINS ''", "unknown" },
    { "country MATCHES '.'", "unknown" },
    { "tags HAS 'a'", "unknown" },
    { "tags HAS NONE ('a')", "unknown" },
    { "tags HAS EXACTLY ('a')", "unknown" },
    { "tags IS EMPTY", "unknown" },
    { "tags IS BLANK", "true" },
    { "CARDINALITY(tags) >= 0", "unknown" },
    { "age + 1 > 0", "unknown" },
    { "age / 0 > 0", "unknown" },
    { "age > score", "unknown" },
    { "CONCAT(country) = ''", "true" },
    { "born = TODAY", "unknown" },
    { "ANNIVERSARY(born) = THIS_YEAR", "unknown" },
    { "DISTANCE(place, GEOLOCATION(0, 0), 'km') < 1e9", "unknown" },
    { "place WITHIN POLYGON ((0, 0), (0, 9), (9, 9))", "unknown" },
    { "place NOT WITHIN POLYGON ((0, 0), (0, 9), (9, 9))", "unknown" },
    { "account.industry = 'Retail'", "unknown" },
    { "account.industry IS NULL", "true" },
    { "account IS NULL", "true" },
    { "account = 'ACME'", "unknown" },
    { "account.SEGMENT('large')", "unknown" },
    { "NOT account.SEGMENT('large')", "unknown" },
    { "SEGMENT('adult')", "false" },
    { "NOT SEGMENT('adult')", "true" },
    { "SAMPLE(100 PERCENT, 's')", "true" },
    { "NOT SAMPLE(0 PERCENT, 's')", "true" },
};

/* The same contact under nulls = complement: every leaf is two-valued. */
static const row complement[] = {
    { "age = 1", "false" },
    { "age != 1", "true" },
    { "NOT (age = 1)", "true" },
    { "NOT (age < 30)", "true" },
    { "age >= 30", "false" },
    { "age NOT IN (1, 2)", "true" },
    { "age NOT BETWEEN 1 AND 2", "true" },
    { "country NOT LIKE 'x'", "true" },
    { "country NOT CONTAINS 'x'", "true" },
    { "tags HAS NONE ('a')", "true" },
    { "tags EXCLUDES ('a')", "true" },
    { "born != TODAY", "true" },
    { "NOT active", "true" },
    { "active", "false" },
    { "(age = 1) IS UNKNOWN", "true" },
    { "age IS NULL", "true" },
    { "NOT account.SEGMENT('large')", "true" },
    { "account.industry != 'Retail'", "true" },
    { "NOT (age = 1 AND country = 'AU')", "true" },
    { "AT LEAST 2 OF (age != 1, country != 'AU')", "true" },
};

/* Contact 3: age 45, balance 3.05, score 0.3, DE, Berlin, tags {a, b, c}, badges {Gold}, place (3, 3), account NULLS. */
static const row present[] = {
    { "age IN (45, NULL)", "true" },
    { "age IN (44, NULL)", "unknown" },
    { "age NOT IN (45, NULL)", "false" },
    { "age NOT IN (44, NULL)", "unknown" },
    { "age BETWEEN 45 AND 45", "true" },
    { "age BETWEEN 46 AND 44", "false" },
    { "balance = 3.05", "true" },
    { "balance > 3.049999", "true" },
    { "score <= 0.3", "true" },
    { "score = 0.1 + 0.2", "true" },
    { "age > balance", "true" },
    { "age = 45.0", "true" },
    { "city = 'BERLIN'", "true" },
    { "country = 'de'", "false" },
    { "city LIKE 'b%N'", "true" },
    { "country LIKE '_E'", "true" },
    { "country ILIKE 'd_'", "true" },
    { "tags HAS ALL ('a', 'b', 'a')", "true" },
    { "tags HAS EXACTLY ('a', 'b')", "false" },
    { "tags HAS EXACTLY ('c', 'b', 'a')", "true" },
    { "tags HAS NONE ('x', 'y')", "true" },
    { "tags HAS AT LEAST 2 OF ('a', 'x', 'c')", "true" },
    { "tags HAS AT LEAST 3 OF ('a', 'x', 'c')", "false" },
    { "tags INCLUDES ('a;x', 'b;c')", "true" },
    { "badges HAS 'GOLD'", "true" },
    { "place WITHIN POLYGON ((0, 0), (0, 9), (9, 9))", "true" },
    { "place WITHIN POLYGON ((3, 3), (0, 9), (9, 9))", "true" },
    { "place WITHIN POLYGON ((0, 0), (0, 1), (1, 1))", "false" },
    { "place NOT WITHIN POLYGON ((0, 0), (0, 1), (1, 1))", "true" },
    { "account = 'NULLS'", "true" },
    { "account != 'ACME'", "true" },
    { "account IS NULL", "false" },
    { "account.industry = ''", "true" },
    { "account.industry IS EMPTY", "true" },
    { "account.parent.industry IS NULL", "true" },
    { "manager.age = 35", "true" },
    { "manager.manager.age = 25", "true" },
    { "manager.tags HAS 'b'", "true" },
    { "manager.tags HAS NONE ('c')", "true" },
    { "manager.SEGMENT('adult')", "true" },
    { "account.SEGMENT('large')", "false" },
    { "SEGMENT('adult')", "true" },
    { "SEGMENT('picked')", "true" },
    { "NOT SEGMENT('picked')", "false" },
    { "double_age = 90", "true" },
    { "manager.double_age = 70", "true" },
    { "SEGMENT('keeps')", "true" },
};

/* Contact 4: its account's key is dangling. */
static const row dangling[] = {
    { "account IS NULL", "false" },           { "account = 'DANGLING'", "true" },
    { "account.account_id IS NULL", "true" }, { "account.industry IS NULL", "true" },
    { "account.industry = 'x'", "unknown" },  { "NOT account.SEGMENT('large')", "unknown" },
};

static co_store *segmented_crm(void)
{
    co_store *store = co_crm_new();
    const co_key keys[] = { { .number = 3 }, { .number = 99 } };

    co_crm_define(store, "account", CO_DEFINED_SEGMENT, "large", "revenue > 100", COHORT_NULLS_SQL);
    co_crm_define(store, "contact", CO_DEFINED_SEGMENT, "adult", "age >= 18", COHORT_NULLS_SQL);
    co_crm_define(store, "contact", CO_DEFINED_SEGMENT, "keeps", "NOT (country = 'AU')",
                  COHORT_NULLS_COMPLEMENT);
    co_crm_define(store, "contact", CO_DEFINED_TRAIT, "double_age", "age * 2", COHORT_NULLS_SQL);
    ck_assert_int_eq(
        co_store_define_static(store, co_crm_object(store, "contact"), CO_TEXT("picked"), 2, keys, NULL),
        COHORT_OK);
    return store;
}

static void assert_answers(const row *rows, size_t n, int64_t contact, int32_t nulls)
{
    co_store *store = segmented_crm();
    co_asking asking;

    co_asking_start(&asking, store, "2026-03-15 10:30");
    asking.nulls = nulls;
    for (size_t i = 0; i < n; i++) {
        const char *answer = co_ask_truth(&asking, contact, rows[i].condition);

        ck_assert_msg(strcmp(answer, rows[i].answer) == 0, "%s is %s, not %s", rows[i].condition, answer,
                      rows[i].answer);
    }
    co_asking_end(&asking);
    co_store_free(store);
}

#define ASSERT_ANSWERS(rows, contact, nulls) \
    assert_answers(rows, sizeof(rows) / sizeof(rows)[0], contact, nulls)

START_TEST(connectives_have_three_values)
{
    ASSERT_ANSWERS(connectives, 6, COHORT_NULLS_SQL);
}
END_TEST

START_TEST(missing_values_are_unknown)
{
    ASSERT_ANSWERS(missing, 6, COHORT_NULLS_SQL);
}
END_TEST

START_TEST(complement_makes_leaves_two_valued)
{
    ASSERT_ANSWERS(complement, 6, COHORT_NULLS_COMPLEMENT);
}
END_TEST

START_TEST(values_that_are_there_are_compared)
{
    ASSERT_ANSWERS(present, 3, COHORT_NULLS_SQL);
}
END_TEST

START_TEST(a_dangling_key_is_a_value_but_no_parent)
{
    ASSERT_ANSWERS(dangling, 4, COHORT_NULLS_SQL);
}
END_TEST

START_TEST(a_segment_keeps_its_own_policy)
{
    static const row rows[] = { { "SEGMENT('keeps')", "true" }, { "NOT (country = 'AU')", "unknown" } };

    ASSERT_ANSWERS(rows, 6, COHORT_NULLS_SQL);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("truth");
    TCase *all = tcase_create("all");

    tcase_add_test(all, connectives_have_three_values);
    tcase_add_test(all, missing_values_are_unknown);
    tcase_add_test(all, complement_makes_leaves_two_valued);
    tcase_add_test(all, values_that_are_there_are_compared);
    tcase_add_test(all, a_dangling_key_is_a_value_but_no_parent);
    tcase_add_test(all, a_segment_keeps_its_own_policy);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

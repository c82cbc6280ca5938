/* What does not bind: the code, where, and in which words. */
#include <stdio.h>
#include <string.h>

#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/must.h"
#include "support/planning.h"

static co_store *store;

static void open_crm(void)
{
    store = co_crm_new();
    co_crm_define(store, "contact", CO_DEFINED_SEGMENT, "grown", "age >= 18", 0);
    co_crm_define(store, "contact", CO_DEFINED_SEGMENT, "young", "NOT SEGMENT('grown')", 1);
    co_crm_define(store, "contact", CO_DEFINED_TRAIT, "years", "age * 2", 0);
    co_crm_define(store, "account", CO_DEFINED_TRAIT, "rich", "revenue > 500", 0);
    co_crm_define(store, "account", CO_DEFINED_TRAIT, "zero", "COALESCE(revenue, 0)", 0);
}

static void close_crm(void)
{
    co_store_free(store);
}

typedef struct example {
    const char *text;
    const char *plan;
} example;

static const example refusals[] = {
    { "country = \"x\"",
      "COHORT_NOT_FOUND@10 unknown field 'x' of contact; a text is written in single quotes" },
    { "country = ‘AU’",
      "COHORT_NOT_FOUND@10 unknown field '‘AU’' of contact; typographic quotes are no quotes, a text "
      "is written 'text'" },
    { "name = 'x'", "COHORT_NOT_FOUND@0 unknown field 'name' of contact" },
    { "contry = 'AU'", "COHORT_NOT_FOUND@0 unknown field 'contry' of contact, did you mean 'country'?" },
    { "account.indstry = 'x'",
      "COHORT_NOT_FOUND@8 unknown field 'indstry' of account, did you mean 'industry'?" },
    { "age.x = 1", "COHORT_TYPE@0 'age' is no reference, so nothing can follow it" },
    { "ghost.foo = 1", "COHORT_NOT_FOUND@6 unknown field 'foo' of phantom" },
    { "OUTER.country = 'x'", "COHORT_NOT_FOUND@0 OUTER has no meaning here: no record encloses this one" },
    { "age = 'x'", "COHORT_PARSE@6 'x' is not a number" },
    { "age = '3.5'", "COHORT_PARSE@6 '3.5' is not a whole number" },
    { "country = 5", "COHORT_TYPE@10 text does not compare with a number; write '5'" },
    { "active = 1", "COHORT_TYPE@9 true or false does not compare with a number; write '1'" },
    { "born = '2020-01-01 10:00'",
      "COHORT_PARSE@7 '2020-01-01 10:00' has a time of day where a date was wanted" },
    { "seen = 'yesterday'",
      "COHORT_PARSE@7 'yesterday' is not a date or time like 2026-11-22 or 2026-11-22 10:00:00" },
    { "born > 5", "COHORT_TYPE@5 a date does not go with a whole number" },
    { "age = TODAY", "COHORT_TYPE@4 a whole number does not compare with the days of TODAY" },
    { "account = 5", "COHORT_TYPE@10 the keys are text, not numbers; write '5'" },
    { "account = age",
      "COHORT_TYPE@8 a reference compares with a key or a reference to the same object only" },
    { "manager = account", "COHORT_TYPE@8 references to different objects do not compare" },
    { "manager = 'x'", "COHORT_PARSE@10 'x' is no key: the keys are whole numbers" },
    { "manager = 5.5", "COHORT_TYPE@10 a reference compares with a key, not with this number" },
    { "active = 'maybe'", "COHORT_PARSE@9 'maybe' is neither true nor false" },
    { "tags = 'a'", "COHORT_TYPE@7 a set does not compare with text; write HAS 'a'" },
    { "place = place", "COHORT_TYPE@6 a point does not compare; use DISTANCE or WITHIN POLYGON" },
    { "tags CONTAINS 'x'", "COHORT_TYPE@5 this test is for text, not for a set; use HAS" },
    { "tags HAS EXACTLY ('a', age)", "COHORT_TYPE@23 the elements of a set are text; write them in quotes" },
    { "tags INCLUDES ('a', 5)", "COHORT_TYPE@20 the elements of a set are text; write them in quotes" },
    { "age LIKE 'x'", "COHORT_TYPE@4 this test is for text, not for a whole number" },
    { "country LIKE 'A\\'", "COHORT_PARSE@13 the pattern ends in its escape character" },
    { "country LIKE 'A!' ESCAPE '!'", "COHORT_PARSE@13 the pattern ends in its escape character" },
    { "country MATCHES '(x'", "COHORT_PARSE@19 regular expression: missing closing parenthesis" },
    { "country LIKE age", "COHORT_TYPE@13 text was wanted, this is a whole number" },
    { "age", "COHORT_TYPE@0 a condition was wanted, this is a whole number" },
    { "country AND active", "COHORT_TYPE@0 a condition was wanted, this is text" },
    { "age + country = 1", "COHORT_TYPE@6 a whole number + text is not possible" },
    { "active + 1 = 2", "COHORT_TYPE@9 true or false + a whole number is not possible" },
    { "CASE WHEN age > 1 THEN country ELSE 1 END = 'x'",
      "COHORT_TYPE@36 text does not compare with a number; write '1'" },
    { "CASE WHEN age > 1 THEN 1 ELSE 'x' END = 1", "COHORT_PARSE@30 'x' is not a number" },
    { "COALESCE(tags) IS NULL", "COHORT_TYPE@0 a set cannot be chosen among values" },
    { "IF(active, tags, tags) IS NULL", "COHORT_TYPE@0 a set does not compare; use HAS" },
    { "ROUND(age, age) = 1", "COHORT_TYPE@11 the digits of ROUND are a whole number from -400 to 400" },
    { "LENGTH(age) = 2", "COHORT_TYPE@7 text was wanted, this is a whole number" },
    { "ABS(country) = 1", "COHORT_TYPE@4 a number was wanted, this is text" },
    { "DATEDIFF('foo', born, seen) > 3", "COHORT_PARSE@9 'foo' is none of day, week, month, quarter, year, "
                                         "fiscal_quarter, fiscal_year, hour, minute, second" },
    { "DATE_TRUNC('hour', seen) = TODAY()",
      "COHORT_PARSE@11 'hour' is none of day, week, month, quarter, year, fiscal_quarter, fiscal_year" },
    { "DISTANCE(place, place, 'miles') < 1", "COHORT_PARSE@23 the unit of DISTANCE is 'km' or 'mi'" },
    { "DISTANCE(place, GEOLOCATION(91, 2), 'km') < 5",
      "COHORT_INVALID@28 a latitude lies between -90 and 90" },
    { "ANNIVERSARY(born) < TODAY", "COHORT_TYPE@18 ANNIVERSARY stands only left of =, !=, IN or BETWEEN" },
    { "ANNIVERSARY(born) = seen", "COHORT_TYPE@20 ANNIVERSARY compares with a date or a range of days" },
    { "SEGMENT('gron')", "COHORT_NOT_FOUND@0 unknown segment 'gron' of contact, did you mean 'grown'?" },
    { "account.SEGMENT('x')", "COHORT_NOT_FOUND@0 unknown segment 'x' of account" },
    { "SUM(visit.x) > 3", "COHORT_NOT_FOUND@10 unknown field 'x' of visit" },
    { "TOP 10 BY tags", "COHORT_TYPE@10 TOP cannot rank by a set" },
    { "NTILE(5, age PER place) = 1", "COHORT_TYPE@17 NTILE cannot group by a point" },
};

static const example without_instant[] = {
    { "seen = TODAY", "COHORT_INVALID@7 TODAY needs an as-of instant" },
    { "born < LAST_WEEK", "COHORT_INVALID@7 LAST_WEEK needs an as-of instant" },
    { "NOW() > seen", "COHORT_INVALID@0 NOW() needs an as-of instant" },
    { "AGE(born) > 3", "COHORT_INVALID@0 AGE(born) needs an as-of instant" },
    { "DATEDIFF('day', TODAY(), born) > 3", "COHORT_INVALID@16 TODAY() needs an as-of instant" },
    { "ANNIVERSARY(born) = TODAY", "COHORT_INVALID@20 TODAY needs an as-of instant" },
    { "SEGMENT('grown') AND born = LAST_N_DAYS:3", "COHORT_INVALID@28 LAST_N_DAYS:3 needs an as-of instant" },
};

static void check(const example *wanted, const co_when *when)
{
    const co_question question = { "contact", wanted->text, 0 };
    char found[1000];

    co_plan_text_of(store, when, &question, 1, found, sizeof found);
    ck_assert_str_eq(found, wanted->plan);
}

START_TEST(what_does_not_bind_says_why_and_where)
{
    check(&refusals[_i], &co_noon);
}
END_TEST

START_TEST(relative_times_need_an_instant)
{
    static const co_when never = { 0 };

    check(&without_instant[_i], &never);
}
END_TEST

START_TEST(keyless_records_are_not_sampled)
{
    const co_question question = { "visit", "SAMPLE(10 PERCENT, 's')", 0 };
    char found[1000];

    co_plan_text_of(store, &co_noon, &question, 1, found, sizeof found);
    ck_assert_str_eq(found, "COHORT_TYPE@0 SAMPLE needs keys, and the records of visit have none");
}
END_TEST

/* The store itself does not look: cycles come only from files, and are still refused. */
START_TEST(cycles_are_printed)
{
    const co_question questions[] = { { "contact", "active OR SEGMENT('a')", 0 },
                                      { "contact", "t1 > 3", 0 },
                                      { "account", "SEGMENT('up')", 0 } };
    static const char *const wanted[] = {
        "COHORT_INVALID@10 a cycle of names: contact.a > contact.b > contact.a",
        "COHORT_INVALID@0 a cycle of names: contact.t1 > contact.t2 > contact.t1",
        "COHORT_INVALID@0 a cycle of names: account.up > account.up"
    };
    char found[1000];

    co_crm_define(store, "contact", CO_DEFINED_SEGMENT, "a", "active AND SEGMENT('b')", 0);
    co_crm_define(store, "contact", CO_DEFINED_SEGMENT, "b", "NOT SEGMENT('a')", 0);
    co_crm_define(store, "contact", CO_DEFINED_TRAIT, "t1", "t2 + 1", 0);
    co_crm_define(store, "contact", CO_DEFINED_TRAIT, "t2", "manager.t1 * 2", 0);
    co_crm_define(store, "account", CO_DEFINED_SEGMENT, "up", "parent.SEGMENT('up')", 0);
    for (size_t i = 0; i < 3; i++) {
        co_plan_text_of(store, &co_noon, &questions[i], 1, found, sizeof found);
        ck_assert_str_eq(found, wanted[i]);
    }
}
END_TEST

START_TEST(what_fails_inside_is_said_at_the_place_that_names_it)
{
    const co_question question = { "contact", "active OR SEGMENT('broken')", 0 };
    char found[1000];

    co_crm_define(store, "contact", CO_DEFINED_SEGMENT, "broken", "active AND nme = 'x'", 0);
    co_plan_text_of(store, &co_noon, &question, 1, found, sizeof found);
    ck_assert_str_eq(found, "COHORT_NOT_FOUND@10 in segment 'broken': unknown field 'nme' of contact");
}
END_TEST

/* s0 is a field; every next one names the one before twice, and still each is bound once. */
static void define_chain(uint32_t n, co_definition_kind kind)
{
    char name[20], text[100];

    for (uint32_t i = 0; i <= n; i++) {
        snprintf(name, sizeof name, "s%u", i);
        if (i == 0)
            snprintf(text, sizeof text, "%s", kind == CO_DEFINED_TRAIT ? "age" : "active");
        else
            snprintf(text, sizeof text,
                     kind == CO_DEFINED_TRAIT ? "s%u + s%u" : "SEGMENT('s%u') AND NOT SEGMENT('s%u')", i - 1,
                     i - 1);
        co_crm_define(store, "contact", kind, name, text, 0);
    }
}

START_TEST(names_may_be_64_deep)
{
    const co_question segments[] = { { "contact", "SEGMENT('s63')", 0 }, { "contact", "SEGMENT('s64')", 0 } };
    const co_question traits[] = { { "contact", "manager.s63 > 1", 0 },
                                   { "contact", "manager.s64 > age", 0 } };
    char found[65536];

    define_chain(70, CO_DEFINED_SEGMENT);
    define_chain(70, CO_DEFINED_TRAIT);
    co_plan_text_of(store, &co_noon, &segments[0], 1, found, sizeof found);
    ck_assert_ptr_nonnull(strstr(found, "= #"));
    co_plan_text_of(store, &co_noon, &traits[0], 1, found, sizeof found);
    ck_assert_ptr_nonnull(strstr(found, "= #"));
    co_plan_text_of(store, &co_noon, &segments[1], 1, found, sizeof found);
    ck_assert_str_eq(found, "COHORT_LIMIT@0 segments and traits name each other more than 64 deep");
    co_plan_text_of(store, &co_noon, &traits[1], 1, found, sizeof found);
    ck_assert_str_eq(found, "COHORT_LIMIT@0 segments and traits name each other more than 64 deep");
}
END_TEST

static const char *const hungry[] = {
    "age IN (1, 5, 9) AND country IN ('a', 'b') OR account.industry LIKE 'a%_b'",
    "country MATCHES 'a+' AND city CONTAINS ANY ('x', 'y') AND country IS NOT BLANK",
    "badges HAS ALL ('gold', 'silver') OR tags INCLUDES ('a;b', 'c')",
    "SEGMENT('young') AND account.rich AND account.zero + years > age XOR active",
    "AT LEAST 2 OF (age > 1, active, manager.SEGMENT('grown'), country = 'AU')",
    "CASE WHEN age > 3 THEN LOWER(country) WHEN active THEN CONCAT(age, 'x') END = 'x'",
    "seen = LAST_WEEK AND ANNIVERSARY(born) = TODAY AND ROUND(balance / 3, 2) > 1",
    "unknown = 5",
};

START_TEST(planning_without_memory_leaves_nothing_behind)
{
    co_version *version = co_store_current(store);
    co_failing state = { 0 };
    const cohort_allocator allocator = co_failing_allocator(&state);
    cohort_status status = COHORT_MEMORY;
    co_memory memory, tree_memory;
    co_tree *tree;

    co_memory_init(&memory, &allocator, 0);
    co_memory_init(&tree_memory, NULL, 0);
    must(co_expr_parse(&tree_memory, co_text_of(hungry[_i]), NULL, &tree, NULL) == COHORT_OK);

    const co_plan_request request = {
        .object = co_crm_object(store, "contact"), .tree = tree, .want_unknown = true, .want_nodes = true
    };

    for (uint64_t n = 1; status == COHORT_MEMORY; n++) {
        cohort_error error = COHORT_ERROR_INIT;
        co_plan *plan;

        state = (co_failing){ .fail_at = n };
        status = co_plan_new(&memory, version, &co_noon, &request, 1, &plan, &error);
        must((status == COHORT_OK) == (plan != NULL));
        must(status == error.code);
        co_plan_free(plan);
        must(co_failing_is_clean(&state));
    }
    ck_assert_int_eq(status, _i == 7 ? COHORT_NOT_FOUND : COHORT_OK);
    co_tree_free(tree);
    co_version_release(version);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("refusals");
    TCase *refused = tcase_create("refusals");

    tcase_add_checked_fixture(refused, open_crm, close_crm);
    tcase_add_loop_test(refused, what_does_not_bind_says_why_and_where, 0,
                        sizeof refusals / sizeof *refusals);
    tcase_add_loop_test(refused, relative_times_need_an_instant, 0,
                        sizeof without_instant / sizeof *without_instant);
    tcase_add_test(refused, keyless_records_are_not_sampled);
    tcase_add_test(refused, cycles_are_printed);
    tcase_add_test(refused, what_fails_inside_is_said_at_the_place_that_names_it);
    tcase_add_test(refused, names_may_be_64_deep);
    tcase_add_loop_test(refused, planning_without_memory_leaves_nothing_behind, 0,
                        sizeof hungry / sizeof *hungry);
    suite_add_tcase(suite, refused);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/* Lint that needs data: which warnings, where, and what is left alone. */
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
}

static void close_crm(void)
{
    co_store_free(store);
}

static cohort_status lint_of(co_memory *memory, const char *object, const char *text, char *out, size_t size)
{
    co_version *version = co_store_current(store);
    co_memory tree_memory;
    co_tree *tree;
    co_lint lint;

    co_memory_init(&tree_memory, NULL, 0);
    must(co_expr_parse(&tree_memory, co_text_of(text), NULL, &tree, NULL) == COHORT_OK);
    co_lint_init(&lint, memory);

    const co_plan_request request = { .object = co_crm_object(store, object), .tree = tree };
    const cohort_status status = co_plan_lint(memory, version, &co_noon, &request, &lint, NULL);
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < lint.n_items && status == COHORT_OK; i++)
        used += (size_t)snprintf(out + used, size - used, "%s@%u " CO_FMT "\n", lint.items[i].code,
                                 lint.items[i].position, CO_ARG(lint.items[i].message));
    co_lint_clear(&lint);
    co_tree_free(tree);
    co_version_release(version);
    return status;
}

typedef struct warning {
    const char *object, *text;
    const char *items;
} warning;

static const warning warnings[] = {
    { "contact", "country = 'AU'", "" },
    { "contact", "country = 'AX'", "unknown-value@10 no record has 'AX' as country\n" },
    { "contact", "NOT country != 'AX' OR active", "unknown-value@15 no record has 'AX' as country\n" },
    { "contact", "country IN ('AU', 'XX')", "unknown-value@18 no record has 'XX' as country\n" },
    { "contact", "city = 'sydney'", "" },
    { "contact", "account.industry = 'retail'", "unknown-value@19 no record has 'retail' as industry\n" },
    { "contact", "tags HAS ALL ('a', 'zz')", "unknown-value@19 no record has 'zz' as tags\n" },
    { "contact", "badges HAS 'SILVER'", "" },
    { "contact", "badges HAS 'Sliver'",
      "unknown-value@11 no record has 'Sliver' as badges, did you mean 'Silver'?\n" },
    { "contact", "country LIKE 'X%'", "" },
    { "contact", "age > 30", "" },
    { "contact", "age > 200", "never-true@0 no record fits: age runs from 25 to 65\n" },
    { "contact", "age >= 25", "always-true@0 every known age fits: they run from 25 to 65\n" },
    { "contact", "balance < 1.05", "never-true@0 no record fits: balance runs from 1.05 to 5.05\n" },
    { "contact", "account.revenue < 0", "never-true@0 no record fits: revenue runs from 0 to 1000\n" },
    { "contact", "score > 1", "never-true@0 no record fits: score runs from 0.1 to 0.5\n" },
    { "contact", "seen > '1970-01-03' AND seen = '1970-01-04'",
      "day-as-instant@24 this compares with the first instant of the day only; write DAY_ONLY(seen) = …\n" },
    { "contact", "seen BETWEEN '1970-01-03' AND '1970-01-04'",
      "ends-at-midnight@30 this ends at the first instant of the last day; write DAY_ONLY(seen) BETWEEN …\n" },
    { "contact", "seen BETWEEN '1970-01-03' AND '1970-01-04 12:00'", "" },
    { "contact", "born = '1989-12-27'", "" },
    { "visit", "at = NEXT_N_DAYS:7",
      "future-event@5 records whose at lies after the as-of instant do not exist yet; keep planned dates in another "
      "field\n" },
    { "visit", "at = LAST_N_DAYS:7", "" },
    { "contact", "born = NEXT_YEAR", "never-true@0 no record fits: born runs from 1979-12-30 to 2019-12-20\n" },
};

START_TEST(what_the_data_make_pointless_is_said)
{
    const warning *wanted = &warnings[_i];
    co_memory memory;
    char found[1000];

    co_memory_init(&memory, NULL, 0);
    ck_assert_int_eq(lint_of(&memory, wanted->object, wanted->text, found, sizeof found), COHORT_OK);
    ck_assert_str_eq(found, wanted->items);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

START_TEST(what_does_not_bind_is_no_lint)
{
    co_memory memory;
    char found[1000];

    co_memory_init(&memory, NULL, 0);
    ck_assert_int_eq(lint_of(&memory, "contact", "nothing = 1", found, sizeof found), COHORT_NOT_FOUND);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

START_TEST(lint_without_memory_leaves_nothing_behind)
{
    cohort_status status = COHORT_MEMORY;

    for (uint64_t n = 1; status == COHORT_MEMORY; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        co_memory memory;
        char found[1000];

        co_memory_init(&memory, &allocator, 0);
        status = lint_of(&memory, "contact", "badges HAS 'Sliver' AND country = 'AX' AND age > 200", found, sizeof found);
        must(co_failing_is_clean(&state));
    }
    ck_assert_int_eq(status, COHORT_OK);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("lint");
    TCase *lint = tcase_create("lint");

    tcase_add_checked_fixture(lint, open_crm, close_crm);
    tcase_add_loop_test(lint, what_the_data_make_pointless_is_said, 0, sizeof warnings / sizeof *warnings);
    tcase_add_test(lint, what_does_not_bind_is_no_lint);
    tcase_add_test(lint, lint_without_memory_leaves_nothing_behind);
    suite_add_tcase(suite, lint);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

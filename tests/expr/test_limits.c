/* Limits at n − 1, n and n + 1; long chains; running out of memory at every allocation. */
#include <stdlib.h>
#include <time.h>

#include "expr/reading.h"
#include "support/check_main.h"
#include "support/failing_memory.h"

/* `before` n times, then `middle`, then `after` n times. */
static char *nest(const char *before, const char *middle, const char *after, size_t n)
{
    const size_t n_before = strlen(before);
    const size_t n_after = strlen(after);
    char *text = malloc(n * (n_before + n_after) + strlen(middle) + 1);
    char *end = text;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < n; i++, end += n_before)
        memcpy(end, before, n_before);
    memcpy(end, middle, strlen(middle));
    end += strlen(middle);
    for (size_t i = 0; i < n; i++, end += n_after)
        memcpy(end, after, n_after);
    *end = '\0';
    return text;
}

static cohort_status status_of(const char *text, const co_expr_limits *limits)
{
    reading reading;

    reading_of_text(&reading, co_text_of(text), limits);
    const cohort_status status = reading.status;
    reading_end(&reading);
    return status;
}

static const struct {
    const char *before, *middle, *after;
} nests[] = {
    { "(", "a", ")" },
    { "NOT ", "a", "" },
    { "- ", "a", "" },
    { "- ", "-5", "" },
    { "-(", "a", ")" },
    { "ABS(", "a", ")" },
    { "x = (", "a", ")" },
    { "a IN (1, (", "a", "))" },
    { "COUNT(x WHERE ", "a", ")" },
    { "b.COUNT(x WHERE ", "a", ")" },
    { "EVERY(x SATISFIES ", "a", ")" },
    { "SEQUENCE(x WHERE ", "a", ")" },
    { "RANK(", "a", ")" },
    { "TOP 1 BY ", "a", "" },
    { "AT LEAST 1 OF (", "a", ")" },
    { "CASE WHEN ", "a", " THEN 1 END" },
    { "CASE WHEN a THEN 1 ELSE ", "a", " END" },
};

START_TEST(nesting_is_limited)
{
    static const struct {
        size_t depth;
        cohort_status status;
    } depths[] = { { 199, COHORT_OK }, { 200, COHORT_OK }, { 201, COHORT_LIMIT }, { 100000, COHORT_LIMIT } };

    for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++) {
        char *text = nest(nests[_i].before, nests[_i].middle, nests[_i].after, depths[i].depth);

        ck_assert_int_eq(status_of(text, NULL), depths[i].status);
        free(text);
    }
}
END_TEST

START_TEST(what_is_nested_to_the_limit_prints_and_parses_back)
{
    char *text = nest(nests[_i].before, nests[_i].middle, nests[_i].after, 200);
    reading first;

    reading_of(&first, text);
    ck_assert_int_eq(first.status, COHORT_OK);
    ck_assert_int_eq(status_of(first.text.bytes, NULL), COHORT_OK);
    reading_end(&first);
    free(text);
}
END_TEST

START_TEST(depth_can_be_set_up_to_a_thousand)
{
    static const co_expr_limits five = { .depth = 5 };
    static const co_expr_limits boundless = { .depth = UINT32_MAX };
    static const struct {
        const co_expr_limits *limits;
        size_t depth;
        cohort_status status;
    } cases[] = { { &five, 5, COHORT_OK },
                  { &five, 6, COHORT_LIMIT },
                  { &boundless, 1000, COHORT_OK },
                  { &boundless, 1001, COHORT_LIMIT } };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = nest("(", "a", ")", cases[i].depth);

        ck_assert_int_eq(status_of(text, cases[i].limits), cases[i].status);
        free(text);
    }
}
END_TEST

START_TEST(nodes_are_limited)
{
    static const co_expr_limits ten = { .nodes = 10 };
    reading reading;

    ck_assert_int_eq(status_of("a AND b AND c AND d AND e AND f AND g AND h", &ten), COHORT_OK);
    ck_assert_int_eq(status_of("a AND b AND c AND d AND e AND f AND g AND h AND i", &ten), COHORT_OK);
    reading_of_text(&reading, CO_TEXT("a AND b AND c AND d AND e AND f AND g AND h AND i AND j"), &ten);
    ck_assert_int_eq(reading.status, COHORT_LIMIT);
    ck_assert_uint_eq(reading.error.position, 54);
    ck_assert_str_eq(reading.error.text, "the expression has more than 10 parts");
    reading_end(&reading);

    char *most = nest("a OR ", "a", "", 99998);
    char *too_many = nest("a OR ", "a", "", 99999);
    ck_assert_int_eq(status_of(most, NULL), COHORT_OK);
    ck_assert_int_eq(status_of(too_many, NULL), COHORT_LIMIT);
    free(most);
    free(too_many);
}
END_TEST

START_TEST(bytes_are_limited)
{
    static const co_expr_limits ten = { .text_bytes = 10 };
    char *most = nest(" ", "a", "", 16 * 1024 * 1024 - 1);
    char *too_many = nest(" ", "a", "", 16 * 1024 * 1024);

    ck_assert_int_eq(status_of("'12345678'", &ten), COHORT_OK);
    ck_assert_int_eq(status_of("'123456789'", &ten), COHORT_LIMIT);
    ck_assert_int_eq(status_of(most, NULL), COHORT_OK);
    ck_assert_int_eq(status_of(too_many, NULL), COHORT_LIMIT);
    free(most);
    free(too_many);
}
END_TEST

START_TEST(paths_are_limited)
{
    char *most = nest("a.", "a", "", 199);
    char *too_many = nest("a.", "a", "", 200);

    ck_assert_int_eq(status_of(most, NULL), COHORT_OK);
    ck_assert_int_eq(status_of(too_many, NULL), COHORT_LIMIT);
    free(most);
    free(too_many);
}
END_TEST

static const struct {
    const char *before, *middle;
    uint32_t nodes; /* per link */
} chains[] = {
    { "a AND ", "a", 1 },     { "a OR ", "a", 1 },        { "a XOR ", "a", 1 },
    { "a + ", "a", 1 },       { "a / ", "a", 1 },         { "a = 1 AND ", "a", 3 },
    { "a != 1 OR ", "a", 3 }, { "a.b > 5 AND ", "a", 3 }, { "x IS NULL AND ", "a", 2 },
};

/* The time and memory of n links are about n times those of one; the tree stays flat. */
START_TEST(long_chains_are_flat_and_linear)
{
    static const size_t n_links = 100000;
    const co_expr_limits limits = { .nodes = 1000000 };
    char *text = nest(chains[_i].before, chains[_i].middle, "", n_links);
    const clock_t start = clock();
    reading first;
    co_lint lint;

    reading_of_text(&first, co_text_of(text), &limits);
    ck_assert_int_eq(first.status, COHORT_OK);
    ck_assert_uint_eq(first.tree->root->n_children, n_links + 1);
    ck_assert_uint_eq(first.tree->n_nodes, n_links * chains[_i].nodes + 2);
    ck_assert_uint_lt(first.memory.peak_bytes, 1024 * (size_t)first.tree->n_nodes);
    ck_assert_str_eq(first.text.bytes, text);
    co_lint_init(&lint, &first.memory);
    ck_assert_int_eq(co_expr_lint(first.tree, &lint), COHORT_OK);
    co_lint_clear(&lint);
    reading_end(&first);
    free(text);
    ck_assert_int_lt((clock() - start) / CLOCKS_PER_SEC, 10);
}
END_TEST

/* Parentheses around ever longer chains must not copy them at every level. */
START_TEST(nested_chains_flatten_in_linear_memory)
{
    char *inner = nest("a AND ", "a", "", 90000);
    char *text = nest("(", inner, " AND b)", 190);
    char *sum = nest("a - ", "a", "", 90000);
    char *sums = nest("(", sum, " + b)", 190);
    reading reading;

    reading_of(&reading, text);
    ck_assert_int_eq(reading.status, COHORT_OK);
    ck_assert_uint_eq(reading.tree->root->n_children, 90001 + 190);
    ck_assert_uint_lt(reading.memory.peak_bytes, 100 * 1024 * 1024);
    reading_end(&reading);
    reading_of(&reading, sums);
    ck_assert_int_eq(reading.status, COHORT_OK);
    ck_assert_uint_eq(reading.tree->root->n_children, 90001 + 190);
    reading_end(&reading);
    free(inner);
    free(text);
    free(sum);
    free(sums);
}
END_TEST

static const char *const everything[] = {
    "a = 'it''s' AND (b AND \"c\"\"d\".e IN (1, LAST_N_DAYS:3)) OR (a + b) - c > -1.5e3",
    "SEQUENCE(a, NOT b WHERE c, d WITHIN 7 DAYS; WITHIN INTERVAL '2 weeks' SAME e, f STRICT)",
    "x.COUNT(DISTINCT y.z VIA p.q WHERE r) > 1 AND TOP 5 BY b PER (c, d) AMONG (e) WITH TIES",
    "f WITHIN POLYGON ((1, 2), (3, -4), (5, 6)) AND g MATCHES 'h''i' AND i = DATE '2026-01-01'",
    "a > 5 AND a < 3 AND b != 1 AND NOT b AND c NOT IN (1, NULL) OR d OR d",
    "SEGMENT('it''s') AND BUCKET(5, 'b') = 1 AND INTERVAL '1 day' = x AND y LIKE 'a' ESCAPE ''''",
};

/* Parses and lints with the nth request refused; tells whether one was. */
static bool survives(co_text text, uint64_t n)
{
    co_failing state = { .fail_at = n };
    const cohort_allocator allocator = co_failing_allocator(&state);
    cohort_error error = COHORT_ERROR_INIT;
    co_memory memory;
    co_tree *tree;
    co_lint lint;

    co_memory_init(&memory, &allocator, 0);
    co_lint_init(&lint, &memory);
    const cohort_status status = co_expr_parse(&memory, text, NULL, &tree, &error);
    if (status == COHORT_OK) {
        const cohort_status linted = co_expr_lint(tree, &lint);
        must(linted == COHORT_OK || (linted == COHORT_MEMORY && lint.n_items == 0));
    } else {
        must(status == COHORT_MEMORY && error.code == COHORT_MEMORY && tree == NULL);
    }
    co_lint_clear(&lint);
    co_tree_free(tree);
    must(co_failing_is_clean(&state));
    return state.n_refused > 0;
}

/* Blanks in front move the nodes within their blocks of memory, so that every node comes to be the refused one. */
START_TEST(every_failed_allocation_is_survived)
{
    for (size_t n_blanks = 0; n_blanks < 1024; n_blanks += 16) {
        char *text = nest(" ", everything[_i], "", n_blanks);

        for (uint64_t n = 1; survives(co_text_of(text), n); n++)
            continue;
        free(text);
    }
}
END_TEST

START_TEST(an_error_is_not_needed)
{
    co_memory memory;
    co_tree *tree;

    co_memory_init(&memory, NULL, 0);
    ck_assert_int_eq(co_expr_parse(&memory, CO_TEXT("a = (1"), NULL, &tree, NULL), COHORT_PARSE);
    ck_assert_ptr_null(tree);
    co_tree_free(NULL);
}
END_TEST

#define N_OF(list) ((int)(sizeof(list) / sizeof(list)[0]))

static Suite *make_suite(void)
{
    Suite *suite = suite_create("expr/limits");
    TCase *tests = tcase_create("limits");

    tcase_add_loop_test(tests, nesting_is_limited, 0, N_OF(nests));
    tcase_add_loop_test(tests, what_is_nested_to_the_limit_prints_and_parses_back, 0, N_OF(nests));
    tcase_add_test(tests, depth_can_be_set_up_to_a_thousand);
    tcase_add_test(tests, nodes_are_limited);
    tcase_add_test(tests, bytes_are_limited);
    tcase_add_test(tests, paths_are_limited);
    tcase_add_loop_test(tests, long_chains_are_flat_and_linear, 0, N_OF(chains));
    tcase_add_test(tests, nested_chains_flatten_in_linear_memory);
    tcase_add_loop_test(tests, every_failed_allocation_is_survived, 0, N_OF(everything));
    tcase_add_test(tests, an_error_is_not_needed);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

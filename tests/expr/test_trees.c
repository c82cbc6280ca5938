/* What is in a tree: kinds, children, places in the text; and when two trees are equal. */
#include "expr/reading.h"
#include "support/check_main.h"

static void check_span(const co_node *node, const char *source, const char *wanted)
{
    ck_assert_uint_le(node->position, node->end);
    ck_assert_msg(strncmp(source + node->position, wanted, strlen(wanted)) == 0 &&
                      node->end - node->position == strlen(wanted),
                  "[%u, %u) of %s is not %s", (unsigned)node->position, (unsigned)node->end, source, wanted);
}

START_TEST(nodes_know_their_place_in_the_text)
{
    static const char source[] = " a.b >= - 5 AND (c + 1) NOT IN ('x')";
    reading reading;

    reading_of(&reading, source);
    ck_assert_int_eq(reading.status, COHORT_OK);
    const co_node *root = reading.tree->root;
    const co_node *comparison = root->children[0];
    const co_node *in = root->children[1];
    check_span(root, source, "a.b >= - 5 AND (c + 1) NOT IN ('x')");
    check_span(comparison, source, "a.b >= - 5");
    ck_assert_uint_eq(comparison->operator_position, 5);
    check_span(comparison->children[0], source, "a.b");
    check_span(comparison->children[1], source, "- 5");
    check_span(in->children[0], source, "c + 1");
    check_span(in->children[1], source, "'x'");
    ck_assert(in->negated && in->children[0]->parenthesised && !comparison->parenthesised);
    ck_assert_uint_eq(in->operator_position, 28);
    reading_end(&reading);
}
END_TEST

START_TEST(numbers_are_exact_or_doubles)
{
    static const struct {
        const char *text;
        int64_t digits;
        uint32_t scale;
        double number;
        bool is_double;
    } numbers[] = {
        { "a = 12", 12, 0, 0, false },
        { "a = -3.50", -350, 2, 0, false },
        { "a = -9223372036854775808", INT64_MIN, 0, 0, false },
        { "a = 0.07", 7, 2, 0, false },
        { "a = 1e3", 0, 0, 1000, true },
        { "a = -1.5E-1", 0, 0, -0.15, true },
    };

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        reading reading;

        reading_of(&reading, numbers[i].text);
        const co_node *number = reading.tree->root->children[1];
        ck_assert_int_eq(number->kind, CO_NODE_NUMBER);
        ck_assert_int_eq(number->is_double, numbers[i].is_double);
        ck_assert_int_eq(co_wide_compare(number->digits, co_wide_of(numbers[i].digits)), 0);
        ck_assert_uint_eq(number->scale, numbers[i].scale);
        ck_assert_double_eq(number->number, numbers[i].number);
        reading_end(&reading);
    }
}
END_TEST

START_TEST(rankings_keep_their_parts_in_order)
{
    reading reading;

    reading_of(&reading, "TOP 10 PERCENT BY x PER (a.b, c) AMONG (d) WITH TIES");
    const co_node *top = reading.tree->root;
    ck_assert_int_eq(top->kind, CO_NODE_TOP);
    ck_assert(top->percent && top->with_ties && top->has_among && !top->bottom);
    ck_assert_uint_eq(top->n_children, 5);
    ck_assert_uint_eq(top->n_per, 2);
    ck_assert_int_eq(top->children[0]->kind, CO_NODE_NUMBER);
    ck_assert(co_text_equal(top->children[1]->names[0], CO_TEXT("x")));
    ck_assert(co_text_equal(top->children[2]->names[0], CO_TEXT("d")));
    ck_assert_uint_eq(top->children[3]->n_names, 2);
    ck_assert(co_text_equal(top->children[4]->names[0], CO_TEXT("c")));
    reading_end(&reading);
}
END_TEST

START_TEST(steps_keep_their_windows)
{
    reading reading;

    reading_of(&reading, "a.SEQUENCE(b VIA c.d WHERE e, NOT \"f g\", h WITHIN 1 MONTH 2 days; WITHIN "
                         "INTERVAL '3 weeks' SAME i STRICT)");
    const co_node *sequence = reading.tree->root;
    const co_node *const *steps = (const co_node *const *)sequence->children;
    ck_assert_int_eq(sequence->kind, CO_NODE_SEQUENCE);
    ck_assert_uint_eq(sequence->n_path, 1);
    ck_assert_uint_eq(sequence->n_children, 3);
    ck_assert_int_eq(sequence->within.microseconds, INT64_C(21) * 86400000000);
    ck_assert(sequence->strict && sequence->n_same == 1);
    ck_assert_uint_eq(steps[0]->n_via, 2);
    ck_assert(steps[0]->has_where && !steps[0]->negated);
    ck_assert(steps[1]->negated && co_text_equal(steps[1]->names[0], CO_TEXT("f g")));
    ck_assert_int_eq(steps[2]->within.months, 1);
    ck_assert_int_eq(steps[2]->within.microseconds, INT64_C(2) * 86400000000);
    reading_end(&reading);
}
END_TEST

START_TEST(quotes_are_undone)
{
    reading reading;

    reading_of(&reading, "\"a\"\"\" = '''it''s'''");
    ck_assert(co_text_equal(reading.tree->root->children[0]->names[0], CO_TEXT("a\"")));
    ck_assert(co_text_equal(reading.tree->root->children[1]->text, CO_TEXT("'it's'")));
    reading_end(&reading);
}
END_TEST

START_TEST(equal_is_what_prints_the_same)
{
    static const struct {
        const char *a;
        const char *b;
        bool is_equal;
    } pairs[] = {
        { "a = 1", "(a) = (1)", true },
        { "a = 1", "\"a\" = 1", true },
        { "a = 1", "A = 1", false },
        { "a = 1", "a = 1.0", false },
        { "a = 1", "a = 1e0", false },
        { "a = 0e0", "a = -0e0", false },
        { "a = 1", "a != 1", false },
        { "a AND b", "a OR b", false },
        { "a AND b", "a AND b AND c", false },
        { "a AND b AND c", "(a AND b) AND c", true },
        { "a + b", "a - b", false },
        { "a IN (TODAY)", "a IN TODAY", false },
        { "a IN (LAST_90_DAYS)", "a IN (LAST_N_DAYS:90)", false },
        { "a LIKE 'x'", "a ILIKE 'x'", false },
        { "a LIKE 'x'", "a NOT LIKE 'x'", false },
        { "a CONTAINS 'x'", "a CONTAINS ANY ('x')", false },
        { "COUNT(a)", "COUNT(DISTINCT a)", false },
        { "SUM(a.b)", "AVG(a.b)", false },
        { "SUM(a.b)", "SUM(a.b VIA c)", false },
        { "SUM(a.b)", "x.SUM(a.b)", false },
        { "ABS(a)", "CEIL(a)", false },
        { "a IS TRUE", "a IS FALSE", false },
        { "SEGMENT('a')", "SEGMENT('b')", false },
        { "TOP 5 BY a", "BOTTOM 5 BY a", false },
        { "TOP 5 BY a", "TOP 5 BY a WITH TIES", false },
        { "INTERVAL 7 DAYS > a", "INTERVAL 1 WEEK > a", false },
        { "SEQUENCE(a, b WITHIN 7 days)", "SEQUENCE(a, b WITHIN INTERVAL 7 DAY)", true },
        { "SEQUENCE(a, b)", "SEQUENCE(a, b; STRICT)", false },
        { "a WITHIN POLYGON ((1,2),(3,4),(5,6))", "a WITHIN POLYGON ((1,2),(3,4),(5,7))", false },
        { "CASE WHEN a THEN b ELSE c END", "CASE WHEN a THEN b WHEN c THEN d END", false },
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        reading a;
        reading b;

        reading_of(&a, pairs[i].a);
        reading_of(&b, pairs[i].b);
        ck_assert_msg(co_expr_equal(a.tree->root, b.tree->root) == pairs[i].is_equal, "%s and %s", pairs[i].a,
                      pairs[i].b);
        ck_assert_int_eq(strcmp(a.text.bytes, b.text.bytes) == 0, pairs[i].is_equal);
        reading_end(&b);
        reading_end(&a);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("expr/trees");
    TCase *tests = tcase_create("nodes");

    tcase_add_test(tests, nodes_know_their_place_in_the_text);
    tcase_add_test(tests, numbers_are_exact_or_doubles);
    tcase_add_test(tests, rankings_keep_their_parts_in_order);
    tcase_add_test(tests, steps_keep_their_windows);
    tcase_add_test(tests, quotes_are_undone);
    tcase_add_test(tests, equal_is_what_prints_the_same);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

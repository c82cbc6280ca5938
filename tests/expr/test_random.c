/*
 * Random trees: what is printed parses back to the same tree and prints the
 * same again. With the tree made by hand and the tree parsed compared by
 * structure, printer and parser check each other.
 */
#include <stdio.h>

#include "expr/reading.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/random_tree.h"
#include "support/trials.h"

static void check_round_trip(const co_node *made, uint64_t seed)
{
    static const co_expr_limits wide = { .depth = 1000 };
    co_memory memory;
    co_buffer text;
    reading again;

    co_memory_init(&memory, NULL, 0);
    co_buffer_init(&text, &memory, 0);
    co_expr_print(made, &text);
    must(text.status == COHORT_OK);
    const co_text printed = { text.bytes, text.length };
    reading_of_text(&again, printed, &wide);
    if (again.status != COHORT_OK)
        ck_abort_msg("seed %llu: %s at %llu in %.*s", (unsigned long long)seed, again.error.text,
                     (unsigned long long)again.error.position, (int)printed.length, printed.bytes);
    if (!co_text_equal(printed, reading_text(&again)) || !co_expr_equal(made, again.tree->root))
        ck_abort_msg("seed %llu:\n%.*s\nreads back as\n%s", (unsigned long long)seed, (int)printed.length,
                     printed.bytes, again.text.bytes);
    reading_end(&again);
    co_buffer_clear(&text);
    must(memory.used_bytes == 0);
}

static void check_seeds(uint64_t first, uint64_t n, unsigned most_size)
{
    for (uint64_t seed = first; seed < first + n; seed++) {
        co_random random = co_random_of(seed);
        const unsigned size = 1 + (unsigned)co_random_below(&random, most_size);
        co_memory memory;
        co_arena arena;

        co_memory_init(&memory, NULL, 0);
        co_arena_init(&arena, &memory);
        check_round_trip(seed % 4 == 0 ? co_random_value(&random, &arena, size)
                                       : co_random_condition(&random, &arena, size),
                         seed);
        co_arena_clear(&arena);
    }
}

START_TEST(small_trees_print_and_parse_back)
{
    check_seeds(1, CO_TRIALS(200000), 6);
}
END_TEST

START_TEST(large_trees_print_and_parse_back)
{
    check_seeds(1000000000, CO_TRIALS(4000), 300);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("expr/random");
    TCase *tests = tcase_create("trees");

    tcase_add_test(tests, small_trees_print_and_parse_back);
    tcase_add_test(tests, large_trees_print_and_parse_back);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

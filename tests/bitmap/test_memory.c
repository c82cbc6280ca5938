/* Every allocation of every operation refused once: clean failure, operands as they were. */
#include <stdlib.h>
#include <string.h>

#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/flags.h"
#include "support/must.h"
#include "support/random.h"

typedef struct world {
    co_failing state;
    cohort_allocator allocator;
    co_memory memory;
    uint8_t *a_flags;
    uint8_t *b_flags;
    co_bitmap a;
    co_bitmap b;
    co_bitmap out;
} world;

typedef cohort_status operation(world *w);

static cohort_status run_and(world *w) { return co_bitmap_combine(CO_AND, &w->a, &w->b, &w->out); }
static cohort_status run_or(world *w) { return co_bitmap_combine(CO_OR, &w->a, &w->b, &w->out); }
static cohort_status run_xor(world *w) { return co_bitmap_combine(CO_XOR, &w->a, &w->b, &w->out); }
static cohort_status run_andnot(world *w) { return co_bitmap_combine(CO_ANDNOT, &w->a, &w->b, &w->out); }
static cohort_status run_copy(world *w) { return co_bitmap_copy(&w->a, &w->out); }

static cohort_status run_or_many(world *w)
{
    const co_bitmap *const sets[] = { &w->a, &w->b, &w->a };

    return co_bitmap_or_many(sets, 3, &w->out);
}

static cohort_status run_and_many(world *w)
{
    const co_bitmap *const sets[] = { &w->a, &w->b, &w->a };

    return co_bitmap_and_many(sets, 3, &w->out);
}

static cohort_status run_at_least(world *w)
{
    const co_bitmap *const sets[] = { &w->a, &w->b, &w->a };

    return co_bitmap_at_least(sets, 3, 2, &w->out);
}

static cohort_status run_read(world *w)
{
    const size_t size = co_bitmap_portable_bytes(&w->a);
    void *bytes = malloc(size);
    size_t used;

    co_bitmap_write_portable(&w->a, bytes);
    const cohort_status status = co_bitmap_read_portable(bytes, size, &w->out, &used, NULL);

    free(bytes);
    return status;
}

static operation *const makers[] = { run_and,      run_or,       run_xor,      run_andnot, run_copy,
                                     run_or_many, run_and_many, run_at_least, run_read };
enum { N_MAKERS = sizeof makers / sizeof makers[0] };

/* These change a; whether they have is told by the status. */
static cohort_status run_and_into(world *w) { return co_bitmap_combine_into(CO_AND, &w->a, &w->b); }
static cohort_status run_or_into(world *w) { return co_bitmap_combine_into(CO_OR, &w->a, &w->b); }
static cohort_status run_xor_into(world *w) { return co_bitmap_combine_into(CO_XOR, &w->a, &w->b); }
static cohort_status run_andnot_into(world *w) { return co_bitmap_combine_into(CO_ANDNOT, &w->a, &w->b); }
static cohort_status run_optimise(world *w) { return co_bitmap_optimise(&w->a); }
static cohort_status run_add_range(world *w) { return co_bitmap_add_range(&w->a, 100, 3 * 65536 + 5); }
static cohort_status run_remove_range(world *w) { return co_bitmap_remove_range(&w->a, 100, 70000); }

static cohort_status run_add_rows(world *w)
{
    uint32_t rows[3000];

    for (uint32_t i = 0; i < 3000; i++)
        rows[i] = i % 3 == 0 ? 5 * i : i < 1500 ? 65536 * 9 + 7 * i : 65536 * 1000 + i;
    return co_bitmap_add_rows(&w->a, rows, 3000);
}

static cohort_status run_append(world *w)
{
    const uint16_t slots[] = { 1, 2, 4, 6, 8, 10 };

    return co_bitmap_append_slots(&w->a, 65535, slots, 6);
}

static operation *const changers[] = { run_and_into,  run_or_into,      run_xor_into, run_andnot_into, run_optimise,
                                       run_add_range, run_remove_range, run_add_rows };
enum { N_CHANGERS = sizeof changers / sizeof changers[0] };

static void begin(world *w, uint64_t seed)
{
    co_random random = co_random_of(seed);
    co_fill fills[CO_FLAG_TILES];

    memset(&w->state, 0, sizeof w->state);
    w->allocator = co_failing_allocator(&w->state);
    co_memory_init(&w->memory, &w->allocator, 0);
    co_bitmap_init(&w->a, &w->memory);
    co_bitmap_init(&w->b, &w->memory);
    co_bitmap_init(&w->out, &w->memory);
    for (unsigned t = 0; t < CO_FLAG_TILES; t++)
        fills[t] = (co_fill)co_random_below(&random, CO_N_FILLS);
    co_flags_fill(&random, fills, w->a_flags, &w->a);
    for (unsigned t = 0; t < CO_FLAG_TILES; t++)
        fills[t] = (co_fill)co_random_below(&random, CO_N_FILLS);
    co_flags_fill(&random, fills, w->b_flags, &w->b);
}

static void end(world *w)
{
    co_bitmap_clear(&w->a);
    co_bitmap_clear(&w->b);
    co_bitmap_clear(&w->out);
    must(w->memory.used_bytes == 0);
    must(co_failing_is_clean(&w->state));
}

/* Refuses the nth request of the operation; true if there was one. */
static bool refused(world *w, operation *operation, uint64_t n, cohort_status *status)
{
    w->state.n_requests = 0;
    w->state.n_refused = 0;
    w->state.fail_at = n;
    *status = operation(w);
    w->state.fail_at = 0;
    return w->state.n_refused != 0;
}

static void check(world *w, operation *operation, uint64_t seed, bool changes)
{
    bool any_refused = true;
    co_bitmap a;
    co_bitmap b;

    begin(w, seed);
    co_bitmap_init(&a, &w->memory);
    co_bitmap_init(&b, &w->memory);
    must(co_bitmap_copy(&w->a, &a) == COHORT_OK && co_bitmap_copy(&w->b, &b) == COHORT_OK);
    for (uint64_t n = 1; any_refused; n++) {
        cohort_status status;

        must(co_bitmap_copy(&a, &w->a) == COHORT_OK);
        co_bitmap_clear(&w->out);
        any_refused = refused(w, operation, n, &status);
        must(status == (any_refused ? COHORT_MEMORY : COHORT_OK));
        must(co_bitmap_validate(&w->a) == NULL && co_bitmap_validate(&w->out) == NULL);
        must(co_bitmap_equal(&a, &w->a) || (changes && !any_refused));
        must(co_bitmap_equal(&b, &w->b));
        must(co_bitmap_is_empty(&w->out) || !any_refused);
    }
    co_bitmap_clear(&a);
    co_bitmap_clear(&b);
    end(w);
}

START_TEST(refused_memory_changes_nothing_and_leaks_nothing)
{
    world w = { .a_flags = malloc(CO_FLAG_ROWS), .b_flags = malloc(CO_FLAG_ROWS) };

    for (uint64_t seed = 0; seed < 3; seed++) {
        if (_i < N_MAKERS)
            check(&w, makers[_i], seed, false);
        else
            check(&w, changers[_i - N_MAKERS], seed, true);
    }
    free(w.a_flags);
    free(w.b_flags);
}
END_TEST

START_TEST(refused_memory_while_adding_and_removing_single_rows_changes_nothing)
{
    world w = { .a_flags = malloc(CO_FLAG_ROWS), .b_flags = malloc(CO_FLAG_ROWS) };
    co_random random = co_random_of((uint64_t)_i);

    begin(&w, (uint64_t)_i);
    for (unsigned i = 0; i < 8000; i++) {
        const uint32_t flag = (uint32_t)co_random_below(&random, CO_FLAG_ROWS);
        const bool add = co_random_chance(&random, 1, 2);
        cohort_status status;

        w.state.n_requests = 0;
        w.state.fail_at = 1;
        status = add ? co_bitmap_add(&w.a, co_flag_row(flag), NULL) : co_bitmap_remove(&w.a, co_flag_row(flag), NULL);
        w.state.fail_at = 0;
        if (status == COHORT_OK)
            w.a_flags[flag] = add;
        else
            must(status == COHORT_MEMORY);
        if (i % 1000 == 0 || status != COHORT_OK)
            must(co_bitmap_validate(&w.a) == NULL && co_bitmap_contains(&w.a, co_flag_row(flag)) == w.a_flags[flag]);
    }
    co_flags_compare(w.a_flags, &w.a);
    end(&w);
    free(w.a_flags);
    free(w.b_flags);
}
END_TEST

START_TEST(refused_memory_while_appending_leaves_the_tiles_before)
{
    world w = { .a_flags = malloc(CO_FLAG_ROWS), .b_flags = malloc(CO_FLAG_ROWS) };
    bool any_refused = true;

    for (uint64_t n = 1; any_refused; n++) {
        cohort_status status;

        begin(&w, (uint64_t)_i);
        must(co_bitmap_remove_range(&w.a, UINT64_C(65535) << 16, UINT64_C(1) << 32) == COHORT_OK);
        any_refused = refused(&w, run_append, n, &status);
        must(status == (any_refused ? COHORT_MEMORY : COHORT_OK));
        must(co_bitmap_validate(&w.a) == NULL);
        end(&w);
    }
    free(w.a_flags);
    free(w.b_flags);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bitmap memory");
    TCase *tests = tcase_create("all");

    tcase_add_loop_test(tests, refused_memory_changes_nothing_and_leaks_nothing, 0, N_MAKERS + N_CHANGERS);
    tcase_add_loop_test(tests, refused_memory_while_adding_and_removing_single_rows_changes_nothing, 0, 8);
    tcase_add_loop_test(tests, refused_memory_while_appending_leaves_the_tiles_before, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) { return co_run_suite(make_suite()); }

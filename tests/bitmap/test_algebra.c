/* The algebra of bitmaps against a flag a row: every pair of fills, every operation, every kernel. */
#include <stdlib.h>
#include <string.h>

#include "support/check_main.h"
#include "support/every_kernel.h"
#include "support/flags.h"
#include "support/must.h"
#include "support/random.h"

typedef struct fixture {
    co_memory memory;
    uint8_t *a_flags;
    uint8_t *b_flags;
    uint8_t *flags;
    co_bitmap a;
    co_bitmap b;
    co_bitmap out;
} fixture;

static void begin(fixture *f)
{
    co_memory_init(&f->memory, NULL, 0);
    f->a_flags = malloc(CO_FLAG_ROWS);
    f->b_flags = malloc(CO_FLAG_ROWS);
    f->flags = malloc(CO_FLAG_ROWS);
    co_bitmap_init(&f->a, &f->memory);
    co_bitmap_init(&f->b, &f->memory);
    co_bitmap_init(&f->out, &f->memory);
}

static void end(fixture *f)
{
    co_bitmap_clear(&f->a);
    co_bitmap_clear(&f->b);
    co_bitmap_clear(&f->out);
    must(f->memory.used_bytes == 0);
    free(f->a_flags);
    free(f->b_flags);
    free(f->flags);
}

static bool rule(co_set_operation operation, bool a, bool b)
{
    switch (operation) {
    case CO_AND:
        return a && b;
    case CO_OR:
        return a || b;
    case CO_XOR:
        return a != b;
    case CO_ANDNOT:
        return a && !b;
    }
    return false;
}

static void check_operation(fixture *f, co_set_operation operation)
{
    for (uint32_t i = 0; i < CO_FLAG_ROWS; i++)
        f->flags[i] = rule(operation, f->a_flags[i], f->b_flags[i]);
    must(co_bitmap_combine_count(operation, &f->a, &f->b) == co_flags_count(f->flags));
    must(co_bitmap_combine(operation, &f->a, &f->b, &f->out) == COHORT_OK);
    co_flags_compare(f->flags, &f->out);
    must(co_bitmap_copy(&f->a, &f->out) == COHORT_OK);
    must(co_bitmap_combine_into(operation, &f->out, &f->b) == COHORT_OK);
    co_flags_compare(f->flags, &f->out);
}

static void check_relations(fixture *f)
{
    bool equal = true;
    bool subset = true;
    bool meet = false;

    for (uint32_t i = 0; i < CO_FLAG_ROWS; i++) {
        equal = equal && f->a_flags[i] == f->b_flags[i];
        subset = subset && f->a_flags[i] <= f->b_flags[i];
        meet = meet || (f->a_flags[i] && f->b_flags[i]);
    }
    must(co_bitmap_equal(&f->a, &f->b) == equal);
    must(co_bitmap_subset(&f->a, &f->b) == subset);
    must(co_bitmap_intersect(&f->a, &f->b) == meet);
}

START_TEST(every_pair_of_fills_combines_as_flags_do_on_every_kernel)
{
    fixture f;
    co_random random = co_random_of((uint64_t)_i);

    begin(&f);
    for_every_kernel(kernel) {
        const co_fill a = (co_fill)(_i / CO_N_FILLS);
        const co_fill b = (co_fill)(_i % CO_N_FILLS);
        const co_fill a_fills[CO_FLAG_TILES] = { a, a, CO_FILL_SPARSE, b };
        const co_fill b_fills[CO_FLAG_TILES] = { b, b, CO_FILL_NONE, a };

        co_flags_fill(&random, a_fills, f.a_flags, &f.a);
        co_flags_fill(&random, b_fills, f.b_flags, &f.b);
        co_flags_compare(f.a_flags, &f.a);
        for (co_set_operation operation = CO_AND; operation <= CO_ANDNOT; operation++)
            check_operation(&f, operation);
        check_relations(&f);

        /* A part of b, so that "subset" is asked where it is true, in mixed forms. */
        must(co_bitmap_combine(CO_AND, &f.a, &f.b, &f.out) == COHORT_OK);
        must(co_bitmap_subset(&f.out, &f.a) && co_bitmap_subset(&f.out, &f.b));
        must(co_bitmap_copy(&f.a, &f.out) == COHORT_OK);
        must(co_bitmap_optimise(&f.out) == COHORT_OK);
        co_flags_compare(f.a_flags, &f.out);
        must(co_bitmap_equal(&f.a, &f.out) && co_bitmap_equal(&f.out, &f.a));
    }
    end(&f);
}
END_TEST

START_TEST(a_bitmap_combines_with_itself_in_place)
{
    fixture f;
    co_random random = co_random_of((uint64_t)_i);

    begin(&f);
    for (co_set_operation operation = CO_AND; operation <= CO_ANDNOT; operation++) {
        const co_fill fills[CO_FLAG_TILES] = { (co_fill)_i, (co_fill)_i, CO_FILL_RUNS, CO_FILL_ALL };

        co_flags_fill(&random, fills, f.a_flags, &f.a);
        must(co_bitmap_combine_into(operation, &f.a, &f.a) == COHORT_OK);
        if (operation == CO_XOR || operation == CO_ANDNOT)
            memset(f.a_flags, 0, CO_FLAG_ROWS);
        co_flags_compare(f.a_flags, &f.a);
    }
    end(&f);
}
END_TEST

enum { MOST_SETS = 9 };

static void check_many(fixture *f, const co_bitmap *const *sets, const uint8_t *totals, size_t n)
{
    for (size_t least = 1; least <= n + 1; least++) {
        for (uint32_t i = 0; i < CO_FLAG_ROWS; i++)
            f->flags[i] = totals[i] >= least;
        must(co_bitmap_at_least(sets, n, least, &f->out) == COHORT_OK);
        co_flags_compare(f->flags, &f->out);
        if (least == 1) {
            must(co_bitmap_or_many(sets, n, &f->out) == COHORT_OK);
            co_flags_compare(f->flags, &f->out);
        } else if (least == n) {
            must(co_bitmap_and_many(sets, n, &f->out) == COHORT_OK);
            co_flags_compare(f->flags, &f->out);
        }
    }
}

/* Each pair, as the operation on two counts it; how many a set has lies on the diagonal. */
static void check_overlap(fixture *f, const co_bitmap *const *sets, size_t n)
{
    uint64_t counts[MOST_SETS * MOST_SETS];

    must(co_bitmap_overlap(sets, n, &f->memory, counts) == COHORT_OK);
    for (size_t i = 0; i < n; i++) {
        must(counts[i * n + i] == co_bitmap_count(sets[i]));
        for (size_t j = 0; j < n; j++)
            must(counts[i * n + j] == co_bitmap_combine_count(CO_AND, sets[i], sets[j]));
    }
}

START_TEST(many_sets_at_once_agree_with_counting_flags)
{
    fixture f;
    co_random random = co_random_of(1000 + (uint64_t)_i);
    const size_t n = 1 + (size_t)_i % MOST_SETS;
    co_bitmap sets[MOST_SETS];
    const co_bitmap *list[MOST_SETS];
    uint8_t *totals = calloc(CO_FLAG_ROWS, 1);

    begin(&f);
    for (size_t i = 0; i < n; i++) {
        co_fill fills[CO_FLAG_TILES];

        for (unsigned t = 0; t < CO_FLAG_TILES; t++)
            fills[t] = t == 1 ? CO_FILL_FEW : t == 2 ? CO_FILL_DENSE : (co_fill)co_random_below(&random, CO_N_FILLS);
        co_bitmap_init(&sets[i], &f.memory);
        list[i] = &sets[i];
        if (i > 0 && co_random_chance(&random, 1, 4)) {
            must(co_bitmap_copy(&sets[i - 1], &sets[i]) == COHORT_OK);
            memcpy(f.a_flags, f.b_flags, CO_FLAG_ROWS);
        } else {
            co_flags_fill(&random, fills, f.a_flags, &sets[i]);
        }
        memcpy(f.b_flags, f.a_flags, CO_FLAG_ROWS);
        for (uint32_t r = 0; r < CO_FLAG_ROWS; r++)
            totals[r] = (uint8_t)(totals[r] + f.a_flags[r]);
    }
    for_every_kernel(kernel) {
        check_many(&f, list, totals, n);
        check_overlap(&f, list, n);
    }
    for (size_t i = 0; i < n; i++)
        co_bitmap_clear(&sets[i]);
    free(totals);
    end(&f);
}
END_TEST

/* So many tiles of words on both sides that results are written past the caches. */
enum { LARGE_TILES = 5200, WORD_KINDS = 7 };

/* The same few tiles over and over: words of half the bits, of a quarter, and of so few that they are rather listed. */
static void fill_large(uint64_t kinds[WORD_KINDS][CO_TILE_WORDS], uint32_t step, co_bitmap *bitmap)
{
    for (uint32_t tile = 0; tile < LARGE_TILES; tile++)
        must(co_bitmap_append_tile(bitmap, tile, kinds[tile * step % WORD_KINDS], CO_TILE_WORDS) == COHORT_OK);
    must(co_bitmap_optimise(bitmap) == COHORT_OK);
}

static uint64_t combined_word(co_set_operation operation, uint64_t a, uint64_t b)
{
    return operation == CO_AND ? a & b : operation == CO_OR ? a | b : operation == CO_XOR ? a ^ b : a & ~b;
}

START_TEST(more_than_the_caches_hold_combines_word_by_word_on_every_kernel)
{
    static uint64_t kinds[WORD_KINDS][CO_TILE_WORDS];
    const co_set_operation operation = (co_set_operation)_i;
    co_random random = co_random_of(77);
    fixture f;

    begin(&f);
    for (size_t k = 0; k < WORD_KINDS; k++) {
        for (size_t i = 0; i < CO_TILE_WORDS; i++) {
            kinds[k][i] = co_random_u64(&random) & (k % 3 == 0 ? UINT64_MAX : co_random_u64(&random));
            if (k >= 5)
                kinds[k][i] = i % 2 == k % 2 ? 0x1f : 0x100;
        }
    }
    fill_large(kinds, 1, &f.a);
    fill_large(kinds, 3, &f.b);
    must(co_bitmap_memory_bytes(&f.a) + co_bitmap_memory_bytes(&f.b) > 65 * 1024 * 1024);
    for_every_kernel(kernel) {
        must(co_bitmap_combine(operation, &f.a, &f.b, &f.out) == COHORT_OK);
        must(co_bitmap_validate(&f.out) == NULL);
        must(co_bitmap_count(&f.out) == co_bitmap_combine_count(operation, &f.a, &f.b));
        for (uint32_t tile = 0; tile < LARGE_TILES; tile++) {
            const uint64_t *a = kinds[tile % WORD_KINDS];
            const uint64_t *b = kinds[tile * 3 % WORD_KINDS];
            uint64_t words[CO_TILE_WORDS];

            co_bitmap_tile_words(&f.out, tile, words);
            for (size_t i = 0; i < CO_TILE_WORDS; i++)
                must(words[i] == combined_word(operation, a[i], b[i]));
        }
    }
    end(&f);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bitmap algebra");
    TCase *tests = tcase_create("all");

    tcase_add_loop_test(tests, every_pair_of_fills_combines_as_flags_do_on_every_kernel, 0, CO_N_FILLS * CO_N_FILLS);
    tcase_add_loop_test(tests, a_bitmap_combines_with_itself_in_place, 0, CO_N_FILLS);
    tcase_add_loop_test(tests, many_sets_at_once_agree_with_counting_flags, 0, 18);
    tcase_add_loop_test(tests, more_than_the_caches_hold_combines_word_by_word_on_every_kernel, CO_AND, CO_ANDNOT + 1);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) { return co_run_suite(make_suite()); }

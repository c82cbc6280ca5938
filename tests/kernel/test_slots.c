/* Every kernel's loops over slots, against one flag a slot. */
#include <stdlib.h>
#include <string.h>

#include "kernel/bits.h"
#include "support/check_main.h"
#include "support/every_kernel.h"
#include "support/must.h"
#include "support/random.h"

static const size_t lengths[] = { 0, 1, 2, 7, 8, 9, 16, 17, 100, 1000, 4096 };
enum { N_LENGTHS = sizeof lengths / sizeof lengths[0] };

typedef struct set {
    bool *in;                   /* one a slot */
    uint16_t *slots;            /* in a block of exactly n */
    uint64_t *words;
    size_t n;
} set;

/* n slots out of the first `spread`, n <= spread. */
static set random_set(co_random *random, size_t n, size_t spread)
{
    set s = { calloc(CO_TILE_ROWS, 1), malloc(n * 2 + 1), calloc(CO_TILE_WORDS, 8), n };
    size_t at = 0;

    for (size_t left = n; left > 0;) {
        const size_t slot = (size_t)co_random_below(random, spread);

        left -= !s.in[slot];
        s.in[slot] = true;
    }
    for (size_t slot = 0; slot < CO_TILE_ROWS; slot++) {
        if (s.in[slot]) {
            s.slots[at++] = (uint16_t)slot;
            co_bit_set(s.words, slot);
        }
    }
    return s;
}

static void free_set(set *s)
{
    free(s->in);
    free(s->slots);
    free(s->words);
}

typedef bool rule(bool a, bool b);
static bool rule_and(bool a, bool b) { return a && b; }
static bool rule_or(bool a, bool b) { return a || b; }
static bool rule_xor(bool a, bool b) { return a != b; }
static bool rule_andnot(bool a, bool b) { return a && !b; }

static void assert_slots(const uint16_t *slots, size_t n, const set *a, const set *b, rule *rule)
{
    size_t at = 0;

    for (size_t slot = 0; slot < CO_TILE_ROWS; slot++) {
        if (rule(a->in[slot], b->in[slot])) {
            must(at < n);
            must(slots[at++] == slot);
        }
    }
    ck_assert_uint_eq(at, n);
}

static void check_lists(const co_kernel *kernel, const set *a, const set *b)
{
    uint16_t *few = malloc(a->n * 2 + 1);
    uint16_t *many = malloc((a->n + b->n) * 2 + 1);
    const size_t common = kernel->intersect_slots(a->slots, a->n, b->slots, b->n, few);

    assert_slots(few, common, a, b, rule_and);
    ck_assert_uint_eq(kernel->intersect_slots_count(a->slots, a->n, b->slots, b->n), common);
    must(kernel->slots_meet(a->slots, a->n, b->slots, b->n) == (common != 0));
    assert_slots(few, kernel->difference_slots(a->slots, a->n, b->slots, b->n, few), a, b, rule_andnot);
    assert_slots(many, kernel->union_slots(a->slots, a->n, b->slots, b->n, many), a, b, rule_or);
    assert_slots(many, kernel->xor_slots(a->slots, a->n, b->slots, b->n, many), a, b, rule_xor);
    free(few);
    free(many);
}

static void assert_words(const uint64_t *words, const set *a, const set *b, rule *rule)
{
    for (size_t slot = 0; slot < CO_TILE_ROWS; slot++)
        must(co_bit_test(words, slot) == rule(b->in[slot], a->in[slot]));
}

static void check_words(const co_kernel *kernel, const set *a, const set *b)
{
    const size_t bytes = CO_TILE_WORDS * sizeof(uint64_t);
    uint16_t *few = malloc(a->n * 2 + 1);
    uint64_t *words = malloc(bytes);
    const size_t common = kernel->slots_in_words(a->slots, a->n, b->words, few);

    assert_slots(few, common, a, b, rule_and);
    ck_assert_uint_eq(kernel->slots_in_words_count(a->slots, a->n, b->words), common);
    assert_slots(few, kernel->slots_not_in_words(a->slots, a->n, b->words, few), a, b, rule_andnot);

    memcpy(words, b->words, bytes);
    ck_assert_uint_eq(kernel->set_slots(a->slots, a->n, words), a->n - common);
    assert_words(words, a, b, rule_or);
    memcpy(words, b->words, bytes);
    kernel->add_slots(a->slots, a->n, words);
    assert_words(words, a, b, rule_or);
    memcpy(words, b->words, bytes);
    ck_assert_uint_eq(kernel->clear_slots(a->slots, a->n, words), common);
    assert_words(words, a, b, rule_andnot);
    memcpy(words, b->words, bytes);
    kernel->flip_slots(a->slots, a->n, words);
    assert_words(words, a, b, rule_xor);
    free(few);
    free(words);
}

/* In place and from a list beside it: the same slots. */
static void check_in_place(co_combine_slots *combine, const set *a, const set *b)
{
    uint16_t *beside = malloc(a->n * 2 + 1);
    uint16_t *within = malloc(a->n * 2 + 1);

    memcpy(within, a->slots, a->n * sizeof *within);

    const size_t n = combine(a->slots, a->n, b->slots, b->n, beside);

    must(combine(within, a->n, b->slots, b->n, within) == n);
    must(memcmp(within, beside, n * sizeof *within) == 0);
    free(beside);
    free(within);
}

START_TEST(short_lists_combine_in_place_on_every_kernel)
{
    co_random random = co_random_of((uint64_t)_i);

    for (int trial = 0; trial < 300; trial++) {
        const size_t spread = 1 + (size_t)co_random_below(&random, 100);
        set a = random_set(&random, (size_t)co_random_below(&random, spread + 1), spread);
        set b = random_set(&random, (size_t)co_random_below(&random, spread + 1), spread);

        for_every_kernel(kernel) {
            check_in_place(kernel->intersect_slots, &a, &b);
            check_in_place(kernel->difference_slots, &a, &b);
        }
        free_set(&a);
        free_set(&b);
    }
}
END_TEST

START_TEST(slots_agree_with_flags_on_every_kernel)
{
    static const size_t spreads[] = { 0, 200, 5000, CO_TILE_ROWS };
    const size_t n_a = lengths[_i / N_LENGTHS];
    const size_t n_b = lengths[_i % N_LENGTHS];
    co_random random = co_random_of((uint64_t)_i);

    for (unsigned s = 0; s < 4; s++) {
        const size_t most = n_a > n_b ? n_a : n_b;
        const size_t spread = spreads[s] > most ? spreads[s] : most + (most == 0);
        set a = random_set(&random, n_a, spread);
        set b = random_set(&random, n_b, spread);

        for_every_kernel(kernel) {
            check_lists(kernel, &a, &b);
            check_words(kernel, &a, &b);
        }
        free_set(&a);
        free_set(&b);
    }
}
END_TEST

START_TEST(lists_of_rows_stop_at_their_room_on_every_kernel)
{
    static const size_t fills[] = { 0, 1, 50, 3000, 20000, 50000, 65535, 65536 };
    co_random random = co_random_of((uint64_t)_i);
    set s = random_set(&random, fills[_i], CO_TILE_ROWS);
    const size_t rooms[] = { 0, 1, s.n / 2, s.n - (s.n > 0), s.n, s.n + 1 };

    for_every_kernel(kernel) {
        for (unsigned r = 0; r < sizeof rooms / sizeof rooms[0]; r++) {
            const size_t wanted = rooms[r] < s.n ? rooms[r] : s.n;
            uint16_t *slots = malloc(rooms[r] * sizeof *slots + 1);
            uint32_t *rows = malloc(rooms[r] * sizeof *rows + 1);

            ck_assert_uint_eq(kernel->words_to_slots(s.words, CO_TILE_WORDS, slots, rooms[r]), wanted);
            ck_assert_mem_eq(slots, s.slots, wanted * sizeof *slots);
            ck_assert_uint_eq(kernel->words_to_rows(s.words, CO_TILE_WORDS, 0xabcd0000, rows, rooms[r]), wanted);
            for (size_t i = 0; i < wanted; i++)
                must(rows[i] == 0xabcd0000 + (uint32_t)s.slots[i]);
            kernel->slots_to_rows(s.slots, wanted, 0xffff0000, rows);
            for (size_t i = 0; i < wanted; i++)
                must(rows[i] == 0xffff0000 + (uint32_t)s.slots[i]);
            free(slots);
            free(rows);
        }
    }
    free_set(&s);
}
END_TEST

START_TEST(a_list_that_does_not_rise_is_noticed_wherever_it_falls_on_every_kernel)
{
    const size_t n = lengths[_i];
    co_random random = co_random_of((uint64_t)_i);
    set s = random_set(&random, n, CO_TILE_ROWS);
    uint16_t *copy = malloc(n * sizeof *copy + 1);

    for_every_kernel(kernel) {
        must(kernel->slots_rise(s.slots, n));
        must(kernel->copy_rising(s.slots, n, copy));
        must(n == 0 || memcmp(copy, s.slots, n * sizeof *copy) == 0);
        for (size_t i = 1; i < n; i++) {
            const uint16_t kept = s.slots[i];

            s.slots[i] = s.slots[i - 1];
            must(!kernel->slots_rise(s.slots, n));
            must(!kernel->copy_rising(s.slots, n, copy));
            s.slots[i] = kept;
        }
    }
    free(copy);
    free_set(&s);
}
END_TEST

/* Runs of 1 to most rows, as far apart, as pairs in a block of exactly so many. */
static size_t random_runs(co_random *random, size_t most, uint16_t **runs)
{
    uint16_t all[2 * 32768];
    size_t n = 0;
    size_t at = (size_t)co_random_below(random, most);

    while (at < CO_TILE_ROWS) {
        const size_t end = at + 1 + (size_t)co_random_below(random, most);

        all[2 * n] = (uint16_t)at;
        all[2 * n++ + 1] = (uint16_t)((end < CO_TILE_ROWS ? end : CO_TILE_ROWS) - 1);
        at = end + 1 + (size_t)co_random_below(random, most);
    }
    *runs = malloc(n * 4 + 1);
    memcpy(*runs, all, n * 4);
    return n;
}

/* Turned to lengths and back; then each run in turn made to touch the one before, and to leave the tile. */
static void check_lengths(const uint16_t *runs, size_t n_runs, size_t n_rows)
{
    uint16_t *pairs = malloc(n_runs * 4 + 1);
    const size_t step = n_runs / 50 + 1;

    for_every_kernel(kernel) {
        for (size_t wrong = 0; wrong < 3 * n_runs; wrong += step) {
            const size_t at = wrong / 3;
            const unsigned kind = wrong == 0 || at == 0 ? 0 : 1 + wrong % 2;

            for (size_t i = 0; i < n_runs; i++) {
                pairs[2 * i] = runs[2 * i];
                pairs[2 * i + 1] = (uint16_t)(runs[2 * i + 1] - runs[2 * i]);
            }
            if (kind == 1)
                pairs[2 * at] = (uint16_t)(runs[2 * at - 1] + 1);
            if (kind == 2)
                pairs[2 * at + 1] = (uint16_t)(65536 - runs[2 * at]);
            ck_assert_uint_eq(kernel->runs_of_lengths(pairs, n_runs), kind == 0 ? n_rows : 0);
            must(kind != 0 || memcmp(pairs, runs, n_runs * 4) == 0);
        }
    }
    free(pairs);
}

START_TEST(runs_agree_with_flags_on_every_kernel)
{
    static const size_t most[] = { 1, 5, 40, 300, 5000, 40000 };
    co_random random = co_random_of((uint64_t)_i);
    set s = random_set(&random, 20000, CO_TILE_ROWS);
    uint16_t *runs;
    const size_t n_runs = random_runs(&random, most[_i], &runs);
    uint32_t *expected = malloc(CO_TILE_ROWS * sizeof *expected);
    size_t n = 0;
    size_t common = 0;

    for (size_t i = 0; i < n_runs; i++) {
        for (size_t slot = runs[2 * i]; slot <= runs[2 * i + 1]; slot++) {
            common += s.in[slot];
            expected[n++] = 0xabcd0000 + (uint32_t)slot;
        }
    }
    const size_t rooms[] = { 0, 1, n / 2, n - (n > 0), n, n + 100 };

    for_every_kernel(kernel) {
        ck_assert_uint_eq(kernel->runs_in_words_count(runs, n_runs, s.words), common);
        for (unsigned r = 0; r < sizeof rooms / sizeof rooms[0]; r++) {
            const size_t wanted = rooms[r] < n ? rooms[r] : n;
            uint32_t *rows = malloc(rooms[r] * sizeof *rows + 1);

            ck_assert_uint_eq(kernel->runs_to_rows(runs, n_runs, 0xabcd0000, rows, rooms[r]), wanted);
            must(memcmp(rows, expected, wanted * sizeof *rows) == 0);
            free(rows);
        }
    }
    check_lengths(runs, n_runs, n);
    free(expected);
    free(runs);
    free_set(&s);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("kernel slots");
    TCase *tests = tcase_create("all");

    tcase_add_loop_test(tests, slots_agree_with_flags_on_every_kernel, 0, N_LENGTHS * N_LENGTHS);
    tcase_add_loop_test(tests, short_lists_combine_in_place_on_every_kernel, 0, 4);
    tcase_add_loop_test(tests, lists_of_rows_stop_at_their_room_on_every_kernel, 0, 8);
    tcase_add_loop_test(tests, a_list_that_does_not_rise_is_noticed_wherever_it_falls_on_every_kernel, 0, N_LENGTHS);
    tcase_add_loop_test(tests, runs_agree_with_flags_on_every_kernel, 0, 6);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) { return co_run_suite(make_suite()); }

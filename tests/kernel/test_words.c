/* Every kernel's word loops and the bit ranges, against one bit at a time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/bits.h"
#include "support/check_main.h"
#include "support/every_kernel.h"
#include "support/must.h"
#include "support/random.h"

static const size_t lengths[] = { 0,  1,   2,   31,  32,  63,   64,   65,   127,  128,   129,   255,   256,
                                  257, 511, 512, 513, 1000, 2047, 2048, 2049, 4096, 65535, 65536, 65537 };
enum { N_LENGTHS = sizeof lengths / sizeof lengths[0] };

/* How full the words are: 0 empty, 4 full, 1 to 3 between. */
enum { N_FILLS = 5 };

/* Words for n rows in a block of exactly that size, so that a sanitizer sees one word too many. */
static uint64_t *random_words(co_random *random, size_t n, unsigned fill)
{
    uint64_t *words = calloc(co_words_for(n) + 1, sizeof *words);

    for (size_t i = 0; i < n; i++) {
        if (co_random_chance(random, fill * fill, (N_FILLS - 1) * (N_FILLS - 1)))
            co_bit_set(words, i);
    }
    return realloc(words, co_words_for(n) * sizeof *words + (n == 0));
}

static uint64_t *blank_words(size_t n)
{
    uint64_t *words = malloc(co_words_for(n) * sizeof *words + (n == 0));

    memset(words, 0xa5, co_words_for(n) * sizeof *words);
    return words;
}

typedef bool rule(bool a, bool b);
static bool rule_and(bool a, bool b) { return a && b; }
static bool rule_or(bool a, bool b) { return a || b; }
static bool rule_xor(bool a, bool b) { return a != b; }
static bool rule_andnot(bool a, bool b) { return a && !b; }

typedef struct operation {
    rule *rule;
    size_t combine_at;
    size_t counting_at;
    size_t count_at;
    size_t test_at;             /* 0: there is none */
} operation;

#define OPERATION(name, test_at)                                                                \
    { rule_##name, offsetof(co_kernel, name##_words), offsetof(co_kernel, name##_counting),     \
      offsetof(co_kernel, name##_count), test_at }

static const operation operations[] = {
    OPERATION(and, offsetof(co_kernel, and_any)),
    OPERATION(or, 0),
    OPERATION(xor, 0),
    OPERATION(andnot, offsetof(co_kernel, andnot_any)),
};
enum { N_OPERATIONS = sizeof operations / sizeof operations[0] };

#define FUNCTION(type, kernel, at) (*(type *const *)(const void *)((const char *)(kernel) + (at)))

/* Written and counted at once, through the caches and past them; nothing behind the last word changes. */
static void check_counting(const co_kernel *kernel, co_combine_counting *combine, const uint64_t *a, const uint64_t *b,
                           const uint64_t *wanted, size_t n_words, size_t count)
{
    const size_t room = n_words / 8 * 8 + 8;
    uint64_t *out = aligned_alloc(64, room * sizeof *out);

    for (unsigned past_caches = 0; past_caches < 2; past_caches++) {
        memset(out, 0xa5, room * sizeof *out);
        ck_assert_uint_eq(combine(a, b, out, n_words, past_caches != 0), count);
        kernel->settle();
        ck_assert_mem_eq(out, wanted, n_words * sizeof *out);
        for (size_t i = n_words; i < room; i++)
            ck_assert_uint_eq(out[i], UINT64_C(0xa5a5a5a5a5a5a5a5));
    }
    free(out);
}

static void check_operation(const co_kernel *kernel, const operation *operation, const uint64_t *a, const uint64_t *b,
                            size_t n)
{
    const size_t n_words = co_words_for(n);
    uint64_t *out = blank_words(n);
    uint64_t *wanted = blank_words(n);
    size_t count = 0;

    memset(wanted, 0, n_words * sizeof *wanted);
    for (size_t i = 0; i < n; i++) {
        if (operation->rule(co_bit_test(a, i), co_bit_test(b, i))) {
            co_bit_set(wanted, i);
            count++;
        }
    }
    FUNCTION(co_combine_words, kernel, operation->combine_at)(a, b, out, n_words);
    ck_assert_mem_eq(out, wanted, n_words * sizeof *out);
    ck_assert_uint_eq(FUNCTION(co_count_words, kernel, operation->count_at)(a, b, n_words), count);
    check_counting(kernel, FUNCTION(co_combine_counting, kernel, operation->counting_at), a, b, wanted, n_words, count);
    if (operation->test_at != 0)
        must(FUNCTION(co_test_words, kernel, operation->test_at)(a, b, n_words) == (count != 0));

    if (n_words != 0)
        memcpy(out, b, n_words * sizeof *out);
    FUNCTION(co_combine_words, kernel, operation->combine_at)(a, out, out, n_words);
    ck_assert_mem_eq(out, wanted, n_words * sizeof *out);
    free(out);
    free(wanted);
}

START_TEST(combining_words_agrees_with_single_bits_on_every_kernel)
{
    const size_t n = lengths[_i];
    co_random random = co_random_of((uint64_t)_i);

    for_every_kernel(kernel) {
        for (unsigned fills = 0; fills < N_FILLS * N_FILLS; fills++) {
            uint64_t *a = random_words(&random, n, fills / N_FILLS);
            uint64_t *b = random_words(&random, n, fills % N_FILLS);

            for (size_t o = 0; o < N_OPERATIONS; o++)
                check_operation(kernel, &operations[o], a, b, n);
            free(a);
            free(b);
        }
    }
}
END_TEST

START_TEST(counting_and_inverting_agree_with_single_bits_on_every_kernel)
{
    const size_t n = lengths[_i];
    const size_t n_words = co_words_for(n);
    co_random random = co_random_of((uint64_t)_i);

    for_every_kernel(kernel) {
        for (unsigned fill = 0; fill < N_FILLS; fill++) {
            uint64_t *words = random_words(&random, n, fill);
            uint64_t *out = blank_words(n);
            size_t count = 0;

            for (size_t i = 0; i < n; i++)
                count += co_bit_test(words, i);
            ck_assert_uint_eq(kernel->count(words, n_words), count);
            must(kernel->any(words, n_words) == (count != 0));
            must(kernel->all_rows(words, n) == (count == n));

            kernel->not_rows(words, n, out);
            for (size_t i = 0; i < n_words * 64; i++)
                must(co_bit_test(out, i) == (i < n && !co_bit_test(words, i)));
            free(words);
            free(out);
        }
    }
}
END_TEST

START_TEST(one_bit_anywhere_is_seen_by_every_test)
{
    const size_t n = lengths[_i];
    uint64_t *none = blank_words(n);
    uint64_t *one = blank_words(n);
    uint64_t *rest = blank_words(n);

    memset(none, 0, co_words_for(n) * sizeof *none);
    for_every_kernel(kernel) {
        for (size_t i = 0; i < n; i += 1 + i / 7) {
            memcpy(one, none, co_words_for(n) * sizeof *one);
            co_bit_set(one, i);
            kernel->not_rows(one, n, rest);
            must(kernel->any(one, co_words_for(n)));
            must(kernel->and_any(one, one, co_words_for(n)));
            must(!kernel->and_any(one, rest, co_words_for(n)));
            must(kernel->andnot_any(one, rest, co_words_for(n)));
            must(!kernel->andnot_any(one, one, co_words_for(n)));
            must(!kernel->all_rows(rest, n));
        }
    }
    free(none);
    free(one);
    free(rest);
}
END_TEST

START_TEST(counters_in_planes_count_and_stop_at_their_greatest)
{
    const size_t n = lengths[_i] < 5000 ? lengths[_i] : 5000;
    const size_t n_words = co_words_for(n);
    co_random random = co_random_of((uint64_t)_i);

    for_every_kernel(kernel) {
        for (size_t n_planes = 1; n_planes <= 4; n_planes++) {
            uint64_t *planes = calloc(n_planes * n_words + 1, sizeof *planes);
            uint64_t *out = blank_words(n);
            unsigned *naive = calloc(n + 1, sizeof *naive);

            for (unsigned round = 0; round < 20; round++) {
                uint64_t *words = random_words(&random, n, 1 + round % 3);

                kernel->add_bits(words, n_words, planes, n_planes);
                for (size_t i = 0; i < n; i++)
                    naive[i] += co_bit_test(words, i);
                free(words);
                for (unsigned least = 1; least < 1u << n_planes; least++) {
                    kernel->at_least(planes, n_planes, n_words, least, out);
                    for (size_t i = 0; i < n_words * 64; i++)
                        must(co_bit_test(out, i) == (i < n && naive[i] >= least));
                }
            }
            free(planes);
            free(out);
            free(naive);
        }
    }
}
END_TEST

typedef struct range {
    size_t first;
    size_t end;
} range;

static const range ranges[] = { { 0, 0 },   { 0, 1 },    { 0, 63 },    { 0, 64 },    { 0, 65 },     { 1, 1 },
                                { 1, 64 },  { 63, 64 },  { 63, 65 },   { 64, 64 },   { 64, 128 },   { 5, 300 },
                                { 65, 70 }, { 64, 640 }, { 127, 129 }, { 100, 1000 }, { 1000, 1024 }, { 0, 1024 },
                                { 1023, 1024 }, { 1024, 1024 } };
enum { N_RANGES = sizeof ranges / sizeof ranges[0], N_BITS = 1024 };

START_TEST(ranges_of_bits_agree_with_single_bits)
{
    const range r = ranges[_i];
    co_random random = co_random_of((uint64_t)_i);

    for (unsigned fill = 0; fill < N_FILLS; fill++) {
        uint64_t *words = random_words(&random, N_BITS, fill);
        uint64_t out[N_BITS / 64];
        size_t count = 0;

        for (size_t i = r.first; i < r.end; i++)
            count += co_bit_test(words, i);
        ck_assert_uint_eq(co_bits_count(words, r.first, r.end), count);
        must(co_bits_all(words, r.first, r.end) == (count == r.end - r.first));

        memcpy(out, words, sizeof out);
        co_bits_fill(out, r.first, r.end);
        for (size_t i = 0; i < N_BITS; i++)
            must(co_bit_test(out, i) == (co_bit_test(words, i) || (i >= r.first && i < r.end)));
        memcpy(out, words, sizeof out);
        co_bits_clear(out, r.first, r.end);
        for (size_t i = 0; i < N_BITS; i++)
            must(co_bit_test(out, i) == (co_bit_test(words, i) && !(i >= r.first && i < r.end)));
        memcpy(out, words, sizeof out);
        co_bits_flip(out, r.first, r.end);
        for (size_t i = 0; i < N_BITS; i++)
            must(co_bit_test(out, i) == (co_bit_test(words, i) != (i >= r.first && i < r.end)));
        free(words);
    }
}
END_TEST

START_TEST(bits_are_found_forward_backward_and_by_index)
{
    co_random random = co_random_of((uint64_t)_i);
    uint64_t *words = random_words(&random, N_BITS, (unsigned)_i);
    size_t index = 0;

    for (size_t from = 0; from <= N_BITS; from++) {
        size_t next = from;
        size_t previous = from;

        while (next < N_BITS && !co_bit_test(words, next))
            next++;
        while (previous > 0 && !co_bit_test(words, previous - 1))
            previous--;
        ck_assert_uint_eq(co_bits_next(words, from, N_BITS), next);
        ck_assert_uint_eq(co_bits_previous(words, from), previous == 0 ? SIZE_MAX : previous - 1);
        if (from < N_BITS && co_bit_test(words, from))
            ck_assert_uint_eq(co_bits_select(words, index++), from);
    }
    free(words);
}
END_TEST

START_TEST(the_list_ends_with_the_scalar_kernel_and_the_best_is_used)
{
    size_t n;
    const co_kernel *const *list = co_kernel_list(&n);

    ck_assert_uint_ge(n, 1);
    ck_assert_str_eq(list[n - 1]->name, "scalar");
    co_kernel_force(NULL);
    ck_assert_ptr_eq(co_kernel_now(), list[0]);
    co_kernel_force(list[n - 1]);
    ck_assert_ptr_eq(co_kernel_now(), list[n - 1]);
    for (size_t i = 0; i < n; i++)
        printf("kernel %s\n", list[i]->name);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("kernel words");
    TCase *tests = tcase_create("all");

    tcase_add_test(tests, the_list_ends_with_the_scalar_kernel_and_the_best_is_used);
    tcase_add_loop_test(tests, combining_words_agrees_with_single_bits_on_every_kernel, 0, N_LENGTHS);
    tcase_add_loop_test(tests, counting_and_inverting_agree_with_single_bits_on_every_kernel, 0, N_LENGTHS);
    tcase_add_loop_test(tests, one_bit_anywhere_is_seen_by_every_test, 0, N_LENGTHS);
    tcase_add_loop_test(tests, counters_in_planes_count_and_stop_at_their_greatest, 0, N_LENGTHS);
    tcase_add_loop_test(tests, ranges_of_bits_agree_with_single_bits, 0, N_RANGES);
    tcase_add_loop_test(tests, bits_are_found_forward_backward_and_by_index, 0, N_FILLS);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) { return co_run_suite(make_suite()); }

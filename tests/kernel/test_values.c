/* Every kernel's comparisons, look-ups, widening and byte search, against one value at a time. */
#include <stdlib.h>
#include <string.h>

#include "kernel/bits.h"
#include "support/check_main.h"
#include "support/every_kernel.h"
#include "support/must.h"
#include "support/random.h"

static const size_t lengths[] = { 0,   1,   7,   31,  32,   63,   64,   65,  127,
                                  128, 129, 191, 192, 1000, 4097, 65535, 65536 };
enum { N_LENGTHS = sizeof lengths / sizeof lengths[0] };

/* Values of `size` bytes that begin one item off the allocation, and end at its end. */
static void *random_values(co_random *random, size_t n, size_t size, uint64_t spread)
{
    unsigned char *block = malloc((n + 1) * size);

    for (size_t i = 0; i <= n; i++) {
        uint64_t value = spread == 0 ? co_random_u64(random) : co_random_below(random, spread);
        unsigned char bytes[8];

        for (unsigned b = 0; b < 8; b++, value >>= 8)
            bytes[b] = (unsigned char)value;
        if (size == 1)
            memcpy(block + i, bytes, 1);
        else if (size == 2)
            memcpy(block + i * 2, &(uint16_t){ (uint16_t)(bytes[0] | bytes[1] << 8) }, 2);
        else
            memcpy(block + i * size, bytes, size);
    }
    return block;
}

static uint64_t *exact_words(size_t n)
{
    uint64_t *words = malloc(co_words_for(n) * sizeof *words + (n == 0));

    memset(words, 0xa5, co_words_for(n) * sizeof *words);
    return words;
}

#define DEFINE_BETWEEN_CHECK(kind, type)                                                        \
    static void check_##kind(const co_kernel *kernel, const type *values, size_t n, type low, type high) \
    {                                                                                           \
        uint64_t *out = exact_words(n);                                                         \
                                                                                                \
        kernel->between_##kind(values, n, low, high, out);                                      \
        for (size_t i = 0; i < co_words_for(n) * 64; i++)                                       \
            must(co_bit_test(out, i) == (i < n && low <= values[i] && values[i] <= high)); \
        free(out);                                                                              \
    }                                                                                           \
                                                                                                \
    START_TEST(between_##kind##_agrees_with_naive_on_every_kernel)                              \
    {                                                                                           \
        const size_t n = lengths[_i];                                                           \
        co_random random = co_random_of((uint64_t)_i);                                          \
                                                                                                \
        for (unsigned spread = 0; spread < 2; spread++) {                                       \
            type *block = random_values(&random, n, sizeof *block, spread == 0 ? 0 : 9);        \
            const type *values = block + 1;                                                     \
            const type edges[] = { 0, 1, 4, 5, 8, 9, (type)-1, (type)-2, (type)(1ull << (sizeof(type) * 8 - 1)), \
                                   (type)((1ull << (sizeof(type) * 8 - 1)) - 1), n == 0 ? (type)3 : values[n / 2], \
                                   n == 0 ? (type)3 : values[n - 1] };                          \
            const size_t n_edges = sizeof edges / sizeof edges[0];                              \
                                                                                                \
            for_every_kernel(kernel) {                                                          \
                for (size_t e = 0; e < n_edges * n_edges; e++)                                  \
                    check_##kind(kernel, values, n, edges[e / n_edges], edges[e % n_edges]);    \
            }                                                                                   \
            free(block);                                                                        \
        }                                                                                       \
    }                                                                                           \
    END_TEST

DEFINE_BETWEEN_CHECK(u8, uint8_t)
DEFINE_BETWEEN_CHECK(u16, uint16_t)
DEFINE_BETWEEN_CHECK(u32, uint32_t)
DEFINE_BETWEEN_CHECK(u64, uint64_t)
DEFINE_BETWEEN_CHECK(i64, int64_t)

START_TEST(codes_are_looked_up_alike_on_every_kernel)
{
    const size_t n = lengths[_i];
    co_random random = co_random_of((uint64_t)_i);
    uint8_t *narrow = random_values(&random, n, 1, 0);
    uint16_t *wide = random_values(&random, n, 2, 0);
    uint64_t *out = exact_words(n);
    uint64_t *set = malloc(CO_TILE_WORDS * sizeof *set);

    for_every_kernel(kernel) {
        for (unsigned fill = 0; fill <= 4; fill++) {
            for (size_t i = 0; i < CO_TILE_WORDS; i++) {
                set[i] = co_random_u64(&random);
                set[i] = fill == 0 ? 0 : fill == 1 ? set[i] & co_random_u64(&random) : fill == 4 ? UINT64_MAX : set[i];
            }
            kernel->in_u8(narrow + 1, n, set, out);
            for (size_t i = 0; i < co_words_for(n) * 64; i++)
                must(co_bit_test(out, i) == (i < n && co_bit_test(set, narrow[i + 1])));
            kernel->in_u16(wide + 1, n, set, out);
            for (size_t i = 0; i < co_words_for(n) * 64; i++)
                must(co_bit_test(out, i) == (i < n && co_bit_test(set, wide[i + 1])));
        }
    }
    free(narrow);
    free(wide);
    free(out);
    free(set);
}
END_TEST

START_TEST(a_code_table_is_read_no_further_than_its_greatest_code)
{
    co_random random = co_random_of(3);
    uint64_t *set = calloc(2, sizeof *set);
    uint16_t *codes = random_values(&random, 128, 2, 128);
    uint64_t out[2];

    set[1] = UINT64_C(1) << 63;
    for_every_kernel(kernel) {
        kernel->in_u16(codes + 1, 128, set, out);
        for (size_t i = 0; i < 128; i++)
            must(co_bit_test(out, i) == (codes[i + 1] == 127));
    }
    free(set);
    free(codes);
}
END_TEST

static const int64_t units[] = { 0, 1, 2, -1, 100, -86400, INT64_C(5000000000), INT64_MIN, INT64_MAX };
enum { N_UNITS = sizeof units / sizeof units[0] };

START_TEST(codes_are_widened_alike_on_every_kernel)
{
    const size_t n = lengths[_i];
    co_random random = co_random_of((uint64_t)_i);
    uint8_t *u8 = random_values(&random, n, 1, 0);
    uint16_t *u16 = random_values(&random, n, 2, 0);
    uint32_t *u32 = random_values(&random, n, 4, 0);
    int64_t *out = malloc(n * sizeof *out + 1);

    for_every_kernel(kernel) {
        for (unsigned u = 0; u < N_UNITS; u++) {
            const int64_t base = co_random_int64(&random);
            const uint64_t unit = (uint64_t)units[u];

            kernel->widen_u8(u8 + 1, n, base, units[u], out);
            for (size_t i = 0; i < n; i++)
                must((uint64_t)out[i] == (uint64_t)base + unit * u8[i + 1]);
            kernel->widen_u16(u16 + 1, n, base, units[u], out);
            for (size_t i = 0; i < n; i++)
                must((uint64_t)out[i] == (uint64_t)base + unit * u16[i + 1]);
            kernel->widen_u32(u32 + 1, n, base, units[u], out);
            for (size_t i = 0; i < n; i++)
                must((uint64_t)out[i] == (uint64_t)base + unit * u32[i + 1]);
        }
    }
    free(u8);
    free(u16);
    free(u32);
    free(out);
}
END_TEST

/* The number that divided by an odd one gives 1, modulo 2^64. */
static uint64_t inverse_of(uint64_t odd)
{
    uint64_t inverse = odd * 3 ^ 2;

    for (unsigned bits = 5; bits < 64; bits *= 2)
        inverse *= 2 - odd * inverse;
    return inverse;
}

static void check_narrow(const co_kernel *kernel, const int64_t *values, const uint64_t *codes, size_t n,
                         int64_t base, co_exact by)
{
    void *out = malloc(n * sizeof(uint64_t) + 1);

    must(kernel->divides_i64(values, n, base, by));
    kernel->narrow_u8(values, n, base, by, out);
    for (size_t i = 0; i < n; i++)
        must(((uint8_t *)out)[i] == (uint8_t)codes[i]);
    kernel->narrow_u16(values, n, base, by, out);
    for (size_t i = 0; i < n; i++)
        must(((uint16_t *)out)[i] == (uint16_t)codes[i]);
    kernel->narrow_u32(values, n, base, by, out);
    for (size_t i = 0; i < n; i++)
        must(((uint32_t *)out)[i] == (uint32_t)codes[i]);
    kernel->narrow_u64(values, n, base, by, out);
    for (size_t i = 0; i < n; i++)
        must(((uint64_t *)out)[i] == codes[i]);
    free(out);
}

/* Values base + unit × code: their range, whether the unit divides them, their codes. */
START_TEST(values_are_narrowed_alike_on_every_kernel)
{
    static const struct { uint64_t odd; unsigned shift; } divisors[] = {
        { 1, 0 }, { 1, 1 }, { 3, 0 }, { 15625, 6 }, { 1, 40 }, { UINT64_C(0x7fffffffff), 3 },
    };
    const size_t n = lengths[_i];
    co_random random = co_random_of((uint64_t)_i);
    int64_t *values = malloc(n * sizeof *values + 1);
    uint64_t *codes = malloc(n * sizeof *codes + 1);

    for_every_kernel(kernel) {
        for (unsigned d = 0; d < sizeof divisors / sizeof *divisors; d++) {
            const uint64_t unit = divisors[d].odd << divisors[d].shift;
            const co_exact by = { inverse_of(divisors[d].odd), UINT64_MAX / unit, divisors[d].shift };
            const int64_t base = co_random_int64(&random);
            int64_t least = INT64_MAX, greatest = INT64_MIN, low = INT64_MAX, high = INT64_MIN;

            for (size_t i = 0; i < n; i++) {
                codes[i] = co_random_u64(&random) % (UINT64_MAX / unit);
                values[i] = (int64_t)((uint64_t)base + unit * codes[i]);
                low = values[i] < low ? values[i] : low;
                high = values[i] > high ? values[i] : high;
            }
            kernel->range_i64(values, n, &least, &greatest);
            must(least == low && greatest == high);
            check_narrow(kernel, values, codes, n, base, by);
            if (n > 0 && unit > 1) {
                values[n / 2] = (int64_t)((uint64_t)values[n / 2] + 1);
                must(!kernel->divides_i64(values, n, base, by));
            }
        }
    }
    free(values);
    free(codes);
}
END_TEST

START_TEST(wanted_bytes_are_found_alike_on_every_kernel)
{
    const size_t n_blocks = (size_t)_i;
    co_random random = co_random_of((uint64_t)_i);
    static const uint8_t wanted[][4] = { { ',', '"', '\n', '\r' }, { 0, 0, 0, 0 }, { 255, 128, 127, 0 } };

    for (unsigned w = 0; w < 3; w++) {
        uint8_t *block = random_values(&random, n_blocks * 64, 1, 0);
        uint64_t *masks = exact_words(n_blocks * 64 * 4);

        for (size_t i = 0; i <= n_blocks * 64; i += 1 + (size_t)co_random_below(&random, 5))
            block[i] = wanted[w][co_random_below(&random, 4)];
        for_every_kernel(kernel) {
            kernel->find_bytes(block + 1, n_blocks, wanted[w], masks);
            for (size_t i = 0; i < n_blocks * 64; i++)
                for (size_t k = 0; k < 4; k++)
                    must(co_bit_test(masks, i / 64 * 256 + k * 64 + i % 64) == (block[i + 1] == wanted[w][k]));
        }
        free(block);
        free(masks);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("kernel values");
    TCase *tests = tcase_create("all");

    tcase_add_loop_test(tests, between_u8_agrees_with_naive_on_every_kernel, 0, N_LENGTHS);
    tcase_add_loop_test(tests, between_u16_agrees_with_naive_on_every_kernel, 0, N_LENGTHS);
    tcase_add_loop_test(tests, between_u32_agrees_with_naive_on_every_kernel, 0, N_LENGTHS);
    tcase_add_loop_test(tests, between_u64_agrees_with_naive_on_every_kernel, 0, N_LENGTHS);
    tcase_add_loop_test(tests, between_i64_agrees_with_naive_on_every_kernel, 0, N_LENGTHS);
    tcase_add_loop_test(tests, codes_are_looked_up_alike_on_every_kernel, 0, N_LENGTHS);
    tcase_add_test(tests, a_code_table_is_read_no_further_than_its_greatest_code);
    tcase_add_loop_test(tests, codes_are_widened_alike_on_every_kernel, 0, N_LENGTHS);
    tcase_add_loop_test(tests, values_are_narrowed_alike_on_every_kernel, 0, N_LENGTHS);
    tcase_add_loop_test(tests, wanted_bytes_are_found_alike_on_every_kernel, 0, 6);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) { return co_run_suite(make_suite()); }

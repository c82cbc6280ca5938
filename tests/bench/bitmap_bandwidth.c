/*
 * Our bitmaps where no cache holds them, against what the machine's memory gives.
 *
 * Used:    bench_bitmap_bandwidth
 * Gives:   gigabytes a second of the two operands, the best of several passes, for plain
 *          loops with the same pattern (two read, or two read and one written), and for
 *          and_count and and of each kernel.
 * Always:  "and" makes a new bitmap each time, from what the C library gives; after the
 *          first pass most of that has been written before. Memory that the system has
 *          to hand out first is several times slower to write, for everybody.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef __SSE2__
#  include <emmintrin.h>
#endif

#include "bitmap/bitmap.h"
#include "support/random.h"

enum { TILES = 16384, PASSES = 7 };

static const double bytes = 2.0 * TILES * CO_TILE_WORDS * sizeof(uint64_t);

static double now_ns(void)
{
    struct timespec t;

    /* Of this process, so that what else runs on the machine counts little. */
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void must(bool fine)
{
    if (!fine) {
        fputs("out of memory, or something does not work\n", stderr);
        exit(3);
    }
}

static void fill(co_bitmap *bitmap, uint64_t seed)
{
    co_random random = co_random_of(seed);
    uint64_t words[CO_TILE_WORDS];

    for (uint32_t tile = 0; tile < TILES; tile++) {
        for (size_t i = 0; i < CO_TILE_WORDS; i++)
            words[i] = co_random_u64(&random);
        must(co_bitmap_append_tile(bitmap, tile, words, CO_TILE_WORDS) == COHORT_OK);
    }
    must(co_bitmap_optimise(bitmap) == COHORT_OK);
}

static const uint64_t *words_of(const co_bitmap *bitmap, uint32_t tile)
{
    uint64_t scratch[CO_TILE_WORDS];

    return co_bitmap_tile(bitmap, tile, scratch).words;
}

/* ---- passes over both ---- */

/* `there`: as large as one operand, at a multiple of 64 bytes. Gives any number, so that nothing is left out. */
typedef uint64_t pass(const co_bitmap *a, const co_bitmap *b, uint64_t *there);

static uint64_t only_read(const co_bitmap *a, const co_bitmap *b, uint64_t *there)
{
    uint64_t sums[8] = { 1 };

    (void)there;
    for (uint32_t tile = 0; tile < TILES; tile++) {
        const uint64_t *x = words_of(a, tile);
        const uint64_t *y = words_of(b, tile);

        for (size_t i = 0; i < CO_TILE_WORDS; i += 8) {
            for (size_t j = 0; j < 8; j++)
                sums[j] += x[i + j] ^ y[i + j];
        }
    }
    for (size_t j = 1; j < 8; j++)
        sums[0] += sums[j];
    return sums[0] | 1;
}

/* Past the caches, where the compiler knows how. */
static void write_pair(uint64_t *to, uint64_t first, uint64_t second)
{
#ifdef __SSE2__
    _mm_stream_si128((__m128i *)(void *)to, _mm_set_epi64x((long long)second, (long long)first));
#else
    to[0] = first;
    to[1] = second;
#endif
}

static uint64_t write_there(const co_bitmap *a, const co_bitmap *b, uint64_t *there)
{
    for (uint32_t tile = 0; tile < TILES; tile++) {
        const uint64_t *x = words_of(a, tile);
        const uint64_t *y = words_of(b, tile);
        uint64_t *to = there + (size_t)tile * CO_TILE_WORDS;

        for (size_t i = 0; i < CO_TILE_WORDS; i += 2)
            write_pair(to + i, x[i] & y[i], x[i + 1] & y[i + 1]);
    }
    return 1;
}

static uint64_t and_count(const co_bitmap *a, const co_bitmap *b, uint64_t *there)
{
    (void)there;
    return co_bitmap_combine_count(CO_AND, a, b);
}

static uint64_t and_new(const co_bitmap *a, const co_bitmap *b, uint64_t *there)
{
    co_bitmap out;

    (void)there;
    co_bitmap_init(&out, a->memory);
    must(co_bitmap_combine(CO_AND, a, b, &out) == COHORT_OK);
    const uint64_t count = co_bitmap_count(&out);

    co_bitmap_clear(&out);
    return count;
}

static double best_speed(pass *pass, const co_bitmap *a, const co_bitmap *b, uint64_t *there)
{
    double best = 0;

    for (unsigned i = 0; i < PASSES; i++) {
        const double start = now_ns();

        must(pass(a, b, there) != 0);
        const double speed = bytes / (now_ns() - start);

        best = speed > best ? speed : best;
    }
    return best;
}

int main(void)
{
    co_memory memory;
    co_bitmap a;
    co_bitmap b;
    uint64_t *there = aligned_alloc(64, (size_t)bytes / 2);
    size_t n;
    const co_kernel *const *kernels = co_kernel_list(&n);

    must(there != NULL);
    co_memory_init(&memory, NULL, 0);
    co_bitmap_init(&a, &memory);
    co_bitmap_init(&b, &memory);
    fill(&a, 1);
    fill(&b, 2);
    printf("GB/s over %.0f MB\nplain  read %.1f, read and written %.1f\n", bytes / 1e6,
           best_speed(only_read, &a, &b, there), best_speed(write_there, &a, &b, there));
    free(there);
    for (size_t i = 0; i < n; i++) {
        co_kernel_force(kernels[i]);
        printf("%-6s and_count %.1f, and %.1f\n", kernels[i]->name, best_speed(and_count, &a, &b, NULL),
               best_speed(and_new, &a, &b, NULL));
    }
    co_bitmap_clear(&a);
    co_bitmap_clear(&b);
    return 0;
}

/*
 * Random draws that depend on nothing but a seed and a place: row 7 of a table is the
 * same row however many rows are made, and in whatever order.
 *
 * Source: Weyl sequence, scrambled by two rounds of multiply and shift
 */
#ifndef BENCH_DRAW_H
#define BENCH_DRAW_H

#include <stdint.h>

typedef struct draw {
    uint64_t state;
} draw;

static inline uint64_t draw_scramble(uint64_t x)
{
    x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
    x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

static inline draw draw_begin(uint64_t seed, uint64_t table, uint64_t row)
{
    return (draw){ draw_scramble(draw_scramble(seed * 64 + table) + row) };
}

static inline uint64_t draw_bits(draw *d)
{
    d->state += UINT64_C(0x9e3779b97f4a7c15);
    return draw_scramble(d->state);
}

/* In [0, 1). */
static inline double draw_unit(draw *d)
{
    return (double)(draw_bits(d) >> 11) * 0x1p-53;
}

/* In [0, n); n is small beside 2^53. */
static inline uint64_t draw_below(draw *d, uint64_t n)
{
    return (uint64_t)(draw_unit(d) * (double)n);
}

#endif

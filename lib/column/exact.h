/*
 * Division by a number fixed beforehand, where it goes without remainder: one
 * multiplication by its inverse modulo 2^64 instead of a division.
 *
 * Source:  Warren, Hacker's Delight, "Exact Division by Constants" and "Test
 *          for Zero Remainder after Division by a Constant".
 */
#ifndef CO_COLUMN_EXACT_H
#define CO_COLUMN_EXACT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/bits.h"
#include "kernel/kernel.h"

typedef struct co_divisor {
    uint64_t number;
    uint64_t inverse; /* of its odd part */
    uint64_t greatest_quotient;
    unsigned shift; /* its factors of 2 */
} co_divisor;

/* number at least 1. */
static inline co_divisor co_divisor_of(uint64_t number)
{
    const unsigned shift = co_lowest_bit(number);
    const uint64_t odd = number >> shift;
    uint64_t inverse = odd * 3 ^ 2; /* right in its lowest 5 bits */

    for (unsigned bits = 5; bits < 64; bits *= 2)
        inverse *= 2 - odd * inverse;
    return (co_divisor){ number, inverse, UINT64_MAX / number, shift };
}

/* value / number; there must be no remainder. */
static inline uint64_t co_divide_exactly(const co_divisor *by, uint64_t value)
{
    return (value >> by->shift) * by->inverse;
}

/* Is there no remainder? */
static inline bool co_divides(const co_divisor *by, uint64_t value)
{
    const uint64_t product = value * by->inverse;

    return (product >> by->shift | product << (-by->shift & 63)) <= by->greatest_quotient;
}

/* The same for a kernel. */
static inline co_exact co_exact_of(const co_divisor *by)
{
    return (co_exact){ by->inverse, by->greatest_quotient, by->shift };
}

static inline uint64_t co_greatest_common(uint64_t a, uint64_t b)
{
    while (b != 0) {
        const uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

#endif

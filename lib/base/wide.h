/*
 * Exact 128-bit signed integers, on compilers with and without __int128.
 * Every operation that can overflow says so instead of wrapping.
 */
#ifndef CO_BASE_WIDE_H
#define CO_BASE_WIDE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct co_wide {
    uint64_t low;
    int64_t high;
} co_wide;

static inline co_wide co_wide_of(int64_t value)
{
    return (co_wide){ (uint64_t)value, value < 0 ? -1 : 0 };
}

/* False, and *result untouched, if the value does not fit. */
bool co_wide_to_int64(co_wide value, int64_t *result);
bool co_wide_add(co_wide a, co_wide b, co_wide *sum);
bool co_wide_subtract(co_wide a, co_wide b, co_wide *difference);
bool co_wide_multiply(co_wide a, co_wide b, co_wide *product);
bool co_wide_negate(co_wide a, co_wide *result);
/* a × 10^digits. */
bool co_wide_scale_up(co_wide a, uint32_t digits, co_wide *result);
/* a / 10^digits, half away from zero; *exact (may be NULL) says whether nothing was lost. */
co_wide co_wide_scale_down(co_wide a, uint32_t digits, bool *exact);
/* Quotient truncated and remainder with the sign of a; b must not be 0; false only for the least value / -1. */
bool co_wide_divide(co_wide a, co_wide b, co_wide *quotient, co_wide *remainder);

int co_wide_compare(co_wide a, co_wide b);
static inline int co_wide_sign(co_wide a) { return a.high < 0 ? -1 : (a.high | (int64_t)(a.low >> 1) | (int64_t)(a.low & 1)) != 0; }
/* Correctly rounded double of (a × 10^-a_scale) / (b × 10^-b_scale); b not 0. */
double co_wide_quotient(co_wide a, uint32_t a_scale, co_wide b, uint32_t b_scale);
/* Nearest double of a × 10^-scale. */
double co_wide_decimal_to_double(co_wide a, uint32_t scale);
/* Exact order of a × 10^-a_scale and b × 10^-b_scale. */
int co_wide_compare_decimal(co_wide a, uint32_t a_scale, co_wide b, uint32_t b_scale);

#endif

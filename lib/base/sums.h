/* Sums of sizes that cannot wrap: false when the true result does not fit. */
#ifndef CO_BASE_SUMS_H
#define CO_BASE_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool co_add_size(size_t a, size_t b, size_t *sum)
{
    *sum = a + b;
    return *sum >= a;
}

static inline bool co_multiply_size(size_t a, size_t b, size_t *product)
{
    *product = a * b;
    return a == 0 || *product / a == b;
}

#endif

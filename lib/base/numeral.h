/*
 * A number as it is written, taken apart but not yet valued: shared by the
 * readers of whole numbers, decimals and doubles.
 */
#ifndef CO_BASE_NUMERAL_H
#define CO_BASE_NUMERAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Exponents are cut to ±this, which is beyond what any text of digits makes up for. */
#define CO_NUMERAL_MOST_EXPONENT (INT64_C(1) << 60)

typedef struct co_numeral {
    bool negative;
    bool has_point;
    bool has_exponent;
    co_text whole;              /* digits before the point */
    co_text fraction;           /* digits after it */
    int64_t exponent;
} co_numeral;

/* False if the whole text is not [+-] digits [. digits] [e [+-] digits]. */
bool co_numeral_scan(co_text text, co_numeral *numeral);

/* The digits before and after the point, read as one run. */
static inline size_t co_numeral_length(const co_numeral *numeral)
{
    return numeral->whole.length + numeral->fraction.length;
}

static inline unsigned co_numeral_digit(const co_numeral *numeral, size_t i)
{
    const size_t n_whole = numeral->whole.length;

    return (unsigned)((i < n_whole ? numeral->whole.bytes[i] : numeral->fraction.bytes[i - n_whole]) - '0');
}

/* How many of the digits are zeros in front. */
size_t co_numeral_leading_zeros(const co_numeral *numeral);
/* Whether a digit from the ith on is not zero. */
bool co_numeral_has_more(const co_numeral *numeral, size_t i);

#endif

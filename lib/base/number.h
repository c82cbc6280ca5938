/*
 * Numbers as text, and what is exact about doubles.
 *
 * Always:  no locale, no errno, no C library conversion. Reading a double gives
 *          the nearest one, printing the shortest text that reads back the same.
 *          Texts are taken whole: no blanks around, no grouping, nothing behind.
 * Costs:   up to 19 digits and small exponents by plain arithmetic, the rest by
 *          whole numbers of any length (a few microseconds).
 */
#ifndef CO_BASE_NUMBER_H
#define CO_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/wide.h"

typedef enum co_parse {
    CO_PARSED,
    CO_PARSE_SYNTAX,            /* not a number */
    CO_PARSE_RANGE,             /* a number that does not fit */
    CO_PARSE_NAN,               /* the word nan: *value is untouched */
    CO_PARSE_INFINITE           /* [+-]inf or infinity: *value is ±infinity */
} co_parse;

/* What a number looks like before anybody decides its type. */
typedef struct co_number_shape {
    bool negative;
    bool has_point;
    bool has_exponent;
    bool leading_zero;          /* a zero in front of another digit, as in 007 */
    size_t n_whole;             /* digits before the point */
    size_t n_fraction;          /* digits after the point */
} co_number_shape;

/* False if text is not [+-] digits [. digits] [e [+-] digits] with a digit before or after the point. */
bool co_number_scan(co_text text, co_number_shape *shape);

/* [+-] digits. */
co_parse co_parse_int64(co_text text, int64_t *value);
co_parse co_parse_wide(co_text text, co_wide *value);
/* Any number as value × 10^-scale, half away from zero; *rounded (may be NULL) if digits were lost. Never NAN or INFINITE. */
co_parse co_parse_decimal(co_text text, uint32_t scale, int64_t *value, bool *rounded);
/* Too large is CO_PARSE_RANGE; too small is 0. Words in any letter case. */
co_parse co_parse_double(co_text text, double *value);

/* Printing gives the length; no zero byte is written. */
#define CO_INT64_TEXT 20
#define CO_DOUBLE_TEXT 26
#define CO_WIDE_MOST_SCALE 80
#define CO_WIDE_TEXT 88

size_t co_print_int64(int64_t value, char out[CO_INT64_TEXT]);
/* value × 10^-scale with all `scale` digits, "-0.05"; scale at most CO_WIDE_MOST_SCALE. */
size_t co_print_decimal(int64_t value, uint32_t scale, char out[CO_WIDE_TEXT]);
size_t co_print_wide(co_wide value, uint32_t scale, char out[CO_WIDE_TEXT]);
/* "0.1", "12", "1e+15", "2.5e-05", "nan", "inf", "-inf"; -0.0 is "-0". */
size_t co_print_double(double value, char out[CO_DOUBLE_TEXT]);

/* Order-preserving 64 bits; -0.0 becomes 0.0. Not for NaN. */
int64_t co_double_to_ordered(double value);
double co_ordered_to_double(int64_t ordered);

/*
 * value with `digits` digits after the point (before it if negative), half away
 * from zero, then the nearest double; infinite if that is too large.
 */
double co_round_double(double value, int32_t digits);


#endif

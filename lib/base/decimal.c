/*
 * 128-bit integers as decimals: scaling, exact order, nearest doubles.
 *
 * Always:  the short way is taken only where it is exact; otherwise the answer
 *          comes from whole numbers of any needed length (base/big.h).
 */
#include <stddef.h>

#include "base/big.h"
#include "base/wide.h"

/* No 128-bit value has more digits than this. */
#define MOST_DIGITS 39
/* Beyond this difference of scales a quotient is certainly zero or infinite. */
#define MOST_SCALE 420
#define EXACT_IN_DOUBLE (INT64_C(1) << 53)

static const int64_t powers_of_ten[] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};
#define LARGEST_POWER 18u

static bool is_zero(co_wide a)
{
    return (a.low | (uint64_t)a.high) == 0;
}

bool co_wide_scale_up(co_wide a, uint32_t digits, co_wide *result)
{
    if (is_zero(a)) {
        *result = a;
        return true;
    }
    if (digits > MOST_DIGITS)
        return false;
    while (digits > 0) {
        const uint32_t step = digits < LARGEST_POWER ? digits : LARGEST_POWER;

        if (!co_wide_multiply(a, co_wide_of(powers_of_ten[step]), &a))
            return false;
        digits -= step;
    }
    *result = a;
    return true;
}

/* Whether the absolute value of a remainder is half of the power or more. */
static bool rounds_away(co_wide remainder, int64_t power)
{
    const int64_t rest = (int64_t)remainder.low < 0 ? -(int64_t)remainder.low : (int64_t)remainder.low;

    return rest >= power - rest;
}

co_wide co_wide_scale_down(co_wide a, uint32_t digits, bool *exact)
{
    const int64_t away = a.high < 0 ? -1 : 1;
    bool nothing_lost = true;
    co_wide remainder = co_wide_of(0);

    if (digits > MOST_DIGITS) {
        nothing_lost = is_zero(a);
        a = co_wide_of(0);
        digits = 0;
    }

    /* All but the last digit are cut off first: they cannot turn a lower half into an upper one. */
    while (digits > 0) {
        const uint32_t step = digits > LARGEST_POWER ? LARGEST_POWER : digits > 1 ? digits - 1 : 1;
        const bool last = digits == 1;

        (void)co_wide_divide(a, co_wide_of(powers_of_ten[step]), &a, &remainder);
        nothing_lost = nothing_lost && is_zero(remainder);
        if (last && rounds_away(remainder, powers_of_ten[step]))
            (void)co_wide_add(a, co_wide_of(away), &a);
        digits -= step;
    }
    if (exact != NULL)
        *exact = nothing_lost;
    return a;
}

/* The absolute value of a, times 10^digits. */
static void big_of(co_wide a, uint32_t digits, co_big *big)
{
    const uint64_t flip = a.high < 0 ? UINT64_MAX : 0;
    const uint64_t low = (a.low ^ flip) + (flip & 1);
    const uint64_t high = ((uint64_t)a.high ^ flip) + (flip != 0 && low == 0);

    co_big_set(big, low, high);
    co_big_multiply_by_power_of_ten(big, digits);
}

int co_wide_compare_decimal(co_wide a, uint32_t a_scale, co_wide b, uint32_t b_scale)
{
    const int sign_a = co_wide_sign(a);
    const int sign_b = co_wide_sign(b);
    const uint32_t a_digits = b_scale > a_scale ? b_scale - a_scale : 0;
    const uint32_t b_digits = a_scale > b_scale ? a_scale - b_scale : 0;
    co_wide scaled;

    if (sign_a != sign_b)
        return sign_a < sign_b ? -1 : 1;
    if (sign_a == 0)
        return 0;
    if (a_digits > MOST_DIGITS)
        return sign_a;
    if (b_digits > MOST_DIGITS)
        return -sign_a;

    /* The one that is scaled up is the greater in size if it then no longer fits. */
    if (!co_wide_scale_up(a, a_digits, &scaled))
        return sign_a;
    if (a_digits > 0)
        return co_wide_compare(scaled, b);
    if (!co_wide_scale_up(b, b_digits, &scaled))
        return -sign_a;
    return co_wide_compare(a, scaled);
}

/* Whether a × 10^digits is a whole number that a double holds exactly. */
static bool fits_double(co_wide a, uint32_t digits, double *result)
{
    int64_t value;

    if (digits > LARGEST_POWER || !co_wide_scale_up(a, digits, &a) || !co_wide_to_int64(a, &value))
        return false;
    if (value > EXACT_IN_DOUBLE || value < -EXACT_IN_DOUBLE)
        return false;
    *result = (double)value;
    return true;
}

double co_wide_quotient(co_wide a, uint32_t a_scale, co_wide b, uint32_t b_scale)
{
    uint32_t a_digits = b_scale > a_scale ? b_scale - a_scale : 0;
    uint32_t b_digits = a_scale > b_scale ? a_scale - b_scale : 0;
    double exact_a;
    double exact_b;

    if (is_zero(a))
        return 0.0;

    /* One rounding of two exact numbers is the correct rounding. */
    if (CO_DOUBLES_ROUND_ONCE && fits_double(a, a_digits, &exact_a) && fits_double(b, b_digits, &exact_b))
        return exact_a / exact_b;

    co_big numerator;
    co_big denominator;

    big_of(a, a_digits < MOST_SCALE ? a_digits : MOST_SCALE, &numerator);
    big_of(b, b_digits < MOST_SCALE ? b_digits : MOST_SCALE, &denominator);

    const double size = co_big_quotient(&numerator, &denominator);

    return (a.high < 0) != (b.high < 0) ? -size : size;
}

double co_wide_decimal_to_double(co_wide a, uint32_t scale)
{
    return co_wide_quotient(a, scale, co_wide_of(1), 0);
}

/*
 * 128-bit arithmetic, written twice: on the compiler's own type where there is
 * one, and on two words everywhere. CO_WIDE_PORTABLE asks for the second, so
 * that a test can compare them.
 *
 * Not here: decimals and doubles, which need only these (base/decimal.c).
 */
#include <assert.h>

#include "base/wide.h"


static bool is_least(co_wide a)
{
    return a.low == 0 && a.high == INT64_MIN;
}

bool co_wide_to_int64(co_wide value, int64_t *result)
{
    const int64_t low = (int64_t)value.low;

    if (value.high != (low < 0 ? -1 : 0))
        return false;
    *result = low;
    return true;
}

int co_wide_compare(co_wide a, co_wide b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

/* The value modulo 2^128, negated. */
static co_wide negated(co_wide a)
{
    const uint64_t low = 0 - a.low;

    return (co_wide){ low, (int64_t)(~(uint64_t)a.high + (low == 0)) };
}

bool co_wide_negate(co_wide a, co_wide *result)
{
    if (is_least(a))
        return false;
    *result = negated(a);
    return true;
}

#if defined(__SIZEOF_INT128__) && !defined(CO_WIDE_PORTABLE)

__extension__ typedef __int128 whole;
__extension__ typedef unsigned __int128 unsigned_whole;

static whole whole_of(co_wide a)
{
    return (whole)((unsigned_whole)(uint64_t)a.high << 64 | a.low);
}

static co_wide parts_of(whole a)
{
    return (co_wide){ (uint64_t)a, (int64_t)(a >> 64) };
}

bool co_wide_add(co_wide a, co_wide b, co_wide *sum)
{
    whole result;

    if (__builtin_add_overflow(whole_of(a), whole_of(b), &result))
        return false;
    *sum = parts_of(result);
    return true;
}

bool co_wide_subtract(co_wide a, co_wide b, co_wide *difference)
{
    whole result;

    if (__builtin_sub_overflow(whole_of(a), whole_of(b), &result))
        return false;
    *difference = parts_of(result);
    return true;
}

bool co_wide_multiply(co_wide a, co_wide b, co_wide *product)
{
    int64_t small_a;
    int64_t small_b;
    whole result;

    if (co_wide_to_int64(a, &small_a) && co_wide_to_int64(b, &small_b)) {
        *product = parts_of((whole)small_a * small_b);
        return true;
    }
    if (__builtin_mul_overflow(whole_of(a), whole_of(b), &result))
        return false;
    *product = parts_of(result);
    return true;
}

bool co_wide_divide(co_wide a, co_wide b, co_wide *quotient, co_wide *remainder)
{
    assert((b.low | (uint64_t)b.high) != 0);

    if (is_least(a) && b.high == -1 && b.low == UINT64_MAX)
        return false;

    const whole result = whole_of(a) / whole_of(b);

    *remainder = parts_of(whole_of(a) - result * whole_of(b));
    *quotient = parts_of(result);
    return true;
}

#else

/* The absolute value; that of the least value is 2^127 when read as unsigned. */
typedef struct magnitude {
    uint64_t low;
    uint64_t high;
} magnitude;

static magnitude magnitude_of(co_wide a)
{
    const co_wide positive = a.high < 0 ? negated(a) : a;

    return (magnitude){ positive.low, (uint64_t)positive.high };
}

/* False if the magnitude with that sign does not fit. */
static bool signed_of(magnitude a, bool negative, co_wide *result)
{
    const co_wide value = { a.low, (int64_t)a.high };

    if (value.high < 0) {
        if (!negative || !is_least(value))
            return false;
        *result = value;
        return true;
    }
    *result = negative ? negated(value) : value;
    return true;
}

bool co_wide_add(co_wide a, co_wide b, co_wide *sum)
{
    const uint64_t low = a.low + b.low;
    const int64_t high = (int64_t)((uint64_t)a.high + (uint64_t)b.high + (low < a.low));

    if ((a.high < 0) == (b.high < 0) && (high < 0) != (a.high < 0))
        return false;
    *sum = (co_wide){ low, high };
    return true;
}

bool co_wide_subtract(co_wide a, co_wide b, co_wide *difference)
{
    const uint64_t low = a.low - b.low;
    const int64_t high = (int64_t)((uint64_t)a.high - (uint64_t)b.high - (a.low < b.low));

    if ((a.high < 0) != (b.high < 0) && (high < 0) != (a.high < 0))
        return false;
    *difference = (co_wide){ low, high };
    return true;
}

static magnitude product_of_words(uint64_t a, uint64_t b)
{
    const uint64_t a_low = (uint32_t)a;
    const uint64_t a_high = a >> 32;
    const uint64_t b_low = (uint32_t)b;
    const uint64_t b_high = b >> 32;
    const uint64_t lowest = a_low * b_low;
    const uint64_t middle = a_high * b_low + (lowest >> 32);
    const uint64_t other_middle = a_low * b_high + (uint32_t)middle;

    return (magnitude){ other_middle << 32 | (uint32_t)lowest,
                        a_high * b_high + (middle >> 32) + (other_middle >> 32) };
}

bool co_wide_multiply(co_wide a, co_wide b, co_wide *product)
{
    const magnitude x = magnitude_of(a);
    const magnitude y = magnitude_of(b);

    if (x.high != 0 && y.high != 0)
        return false;

    magnitude result = product_of_words(x.low, y.low);
    const magnitude cross = x.high != 0 ? product_of_words(x.high, y.low) : product_of_words(x.low, y.high);

    if (cross.high != 0 || result.high + cross.low < cross.low)
        return false;
    result.high += cross.low;
    return signed_of(result, (a.high < 0) != (b.high < 0), product);
}

static bool at_least(magnitude a, magnitude b)
{
    return a.high != b.high ? a.high > b.high : a.low >= b.low;
}

static magnitude minus(magnitude a, magnitude b)
{
    return (magnitude){ a.low - b.low, a.high - b.high - (a.low < b.low) };
}

/* Schoolbook division, bit by bit; nothing is shifted out, for b is at most 2^127. One word is left to the machine. */
static void divide_magnitudes(magnitude a, magnitude b, magnitude *quotient, magnitude *remainder)
{
    magnitude rest = { 0, 0 };

    if (a.high == 0 && b.high == 0) {
        *quotient = (magnitude){ a.low / b.low, 0 };
        *remainder = (magnitude){ a.low % b.low, 0 };
        return;
    }

    for (int bit = 0; bit < 128; bit++) {
        rest = (magnitude){ rest.low << 1 | a.high >> 63, rest.high << 1 | rest.low >> 63 };
        a = (magnitude){ a.low << 1, a.high << 1 | a.low >> 63 };
        if (at_least(rest, b)) {
            rest = minus(rest, b);
            a.low |= 1;
        }
    }
    *quotient = a;
    *remainder = rest;
}

bool co_wide_divide(co_wide a, co_wide b, co_wide *quotient, co_wide *remainder)
{
    magnitude whole_part;
    magnitude rest;

    assert((b.low | (uint64_t)b.high) != 0);

    divide_magnitudes(magnitude_of(a), magnitude_of(b), &whole_part, &rest);
    if (!signed_of(whole_part, (a.high < 0) != (b.high < 0), quotient))
        return false;
    return signed_of(rest, a.high < 0, remainder);
}

#endif

/* Large natural numbers in 32-bit limbs, and the nearest double of their quotient. */
#include <assert.h>
#include <string.h>

#include "base/big.h"

#define MANTISSA_BITS 53
#define LEAST_EXPONENT (-1074)      /* of the last bit of a subnormal double */
#define GREATEST_EXPONENT 971       /* of the last bit of the greatest double */
#define INFINITY_BITS (UINT64_C(0x7ff) << 52)

static const uint32_t powers_of_ten[] = { 1,      10,      100,      1000,      10000,
                                          100000, 1000000, 10000000, 100000000, 1000000000 };
#define LARGEST_SMALL_POWER 9

uint32_t co_bit_length(uint64_t word)
{
#if defined(__GNUC__)
    return word == 0 ? 0 : 64 - (uint32_t)__builtin_clzll(word);
#else
    uint32_t bits = 0;

    for (uint32_t step = 32; step > 0; step /= 2) {
        if (word >> step != 0) {
            word >>= step;
            bits += step;
        }
    }
    return word == 0 ? 0 : bits + 1;
#endif
}

static void trim(co_big *big)
{
    while (big->n_limbs > 0 && big->limbs[big->n_limbs - 1] == 0)
        big->n_limbs--;
}

void co_big_copy(co_big *to, const co_big *from)
{
    to->n_limbs = from->n_limbs;
    memcpy(to->limbs, from->limbs, from->n_limbs * sizeof from->limbs[0]);
}

void co_big_set(co_big *big, uint64_t low, uint64_t high)
{
    big->limbs[0] = (uint32_t)low;
    big->limbs[1] = (uint32_t)(low >> 32);
    big->limbs[2] = (uint32_t)high;
    big->limbs[3] = (uint32_t)(high >> 32);
    big->n_limbs = 4;
    trim(big);
}

bool co_big_is_zero(const co_big *big)
{
    return big->n_limbs == 0;
}

uint32_t co_big_bit_length(const co_big *big)
{
    if (big->n_limbs == 0)
        return 0;
    return (big->n_limbs - 1) * 32 + co_bit_length(big->limbs[big->n_limbs - 1]);
}

int co_big_compare(const co_big *a, const co_big *b)
{
    if (a->n_limbs != b->n_limbs)
        return a->n_limbs < b->n_limbs ? -1 : 1;
    for (uint32_t i = a->n_limbs; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
    }
    return 0;
}

void co_big_multiply(co_big *big, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;

    for (uint32_t i = 0; i < big->n_limbs; i++) {
        carry += (uint64_t)big->limbs[i] * factor;
        big->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) {
        assert(big->n_limbs < CO_BIG_LIMBS);
        big->limbs[big->n_limbs++] = (uint32_t)carry;
    }
    trim(big);
}

void co_big_multiply_by_power_of_ten(co_big *big, uint32_t exponent)
{
    for (; exponent > LARGEST_SMALL_POWER; exponent -= LARGEST_SMALL_POWER)
        co_big_multiply(big, powers_of_ten[LARGEST_SMALL_POWER], 0);
    co_big_multiply(big, powers_of_ten[exponent], 0);
}

void co_big_shift_left(co_big *big, uint32_t bits)
{
    const uint32_t limbs = bits / 32;
    const uint32_t rest = bits % 32;
    uint32_t carry = 0;

    if (big->n_limbs == 0)
        return;
    assert(co_big_bit_length(big) + bits <= CO_BIG_BITS);

    memmove(big->limbs + limbs, big->limbs, big->n_limbs * sizeof big->limbs[0]);
    memset(big->limbs, 0, limbs * sizeof big->limbs[0]);
    big->n_limbs += limbs;
    if (rest == 0)
        return;
    for (uint32_t i = limbs; i < big->n_limbs; i++) {
        const uint32_t limb = big->limbs[i];

        big->limbs[i] = limb << rest | carry;
        carry = limb >> (32 - rest);
    }
    if (carry != 0)
        big->limbs[big->n_limbs++] = carry;
}

void co_big_add(co_big *a, const co_big *b)
{
    uint64_t carry = 0;

    for (uint32_t i = 0; i < a->n_limbs || i < b->n_limbs; i++) {
        carry += i < a->n_limbs ? a->limbs[i] : 0;
        carry += i < b->n_limbs ? b->limbs[i] : 0;
        assert(i < CO_BIG_LIMBS);
        a->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (b->n_limbs > a->n_limbs)
        a->n_limbs = b->n_limbs;
    if (carry != 0) {
        assert(a->n_limbs < CO_BIG_LIMBS);
        a->limbs[a->n_limbs++] = (uint32_t)carry;
    }
}

void co_big_subtract(co_big *a, const co_big *b)
{
    uint64_t borrow = 0;

    assert(co_big_compare(a, b) >= 0);
    for (uint32_t i = 0; i < a->n_limbs; i++) {
        const uint64_t taken = (i < b->n_limbs ? b->limbs[i] : 0) + borrow;

        borrow = a->limbs[i] < taken;
        a->limbs[i] = (uint32_t)(a->limbs[i] - taken);
    }
    trim(a);
}

double co_double_of_bits(uint64_t bits, bool sticky, int32_t exponent)
{
    const uint32_t length = co_bit_length(bits);
    int32_t dropped = (int32_t)length - MANTISSA_BITS;
    uint64_t result = bits;
    double value;

    if (length == 0)
        return 0.0;
    if (exponent + dropped < LEAST_EXPONENT)
        dropped = LEAST_EXPONENT - exponent;

    if (dropped > 64) {
        result = 0;
    } else if (dropped > 0) {
        const uint64_t half = UINT64_C(1) << (dropped - 1);
        const uint64_t lost = bits & (half | (half - 1));

        result = dropped == 64 ? 0 : bits >> dropped;
        result += lost > half || (lost == half && (sticky || (result & 1) != 0));
    } else {
        result = bits << -dropped;
    }

    /* A mantissa that rounded up to 2^53 carries into the exponent by itself. */
    exponent += dropped;
    if (exponent > GREATEST_EXPONENT)
        result = INFINITY_BITS;
    else if (exponent > LEAST_EXPONENT)
        result += (uint64_t)(exponent - LEAST_EXPONENT) << 52;
    memcpy(&value, &result, sizeof value);
    return value;
}

/*
 * The whole part of numerator × 2^63 / denominator, for a numerator below twice
 * the denominator; what is left of the numerator tells whether that was exact.
 */
static uint64_t quotient_bits(co_big *numerator, const co_big *denominator)
{
    uint64_t quotient = 0;

    for (int bit = 0; bit < 64; bit++) {
        quotient <<= 1;
        if (co_big_compare(numerator, denominator) >= 0) {
            co_big_subtract(numerator, denominator);
            quotient |= 1;
        }
        co_big_shift_left(numerator, 1);
    }
    return quotient;
}

uint64_t co_big_divide(co_big *numerator, co_big *denominator)
{
    assert(denominator->n_limbs > 0);
    co_big_shift_left(denominator, 63);
    return quotient_bits(numerator, denominator);
}

double co_big_quotient(co_big *numerator, co_big *denominator)
{
    assert(denominator->n_limbs > 0);
    if (numerator->n_limbs == 0)
        return 0.0;

    /* With the highest bits aligned the quotient is in (1/2, 2), times 2^exponent. */
    const int32_t exponent = (int32_t)co_big_bit_length(numerator) - (int32_t)co_big_bit_length(denominator);

    if (exponent > 0)
        co_big_shift_left(denominator, (uint32_t)exponent);
    else
        co_big_shift_left(numerator, (uint32_t)-exponent);

    const uint64_t quotient = quotient_bits(numerator, denominator);

    return co_double_of_bits(quotient, numerator->n_limbs > 0, exponent - 63);
}

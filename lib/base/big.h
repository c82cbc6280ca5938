/*
 * Natural numbers of a fixed greatest size, for the few places where a double
 * must be exactly right: reading, printing, rounding, quotients of decimals.
 *
 * Always:  limbs above n_limbs are not read; no highest limb is zero.
 *          Callers keep within CO_BIG_BITS; asserts say so.
 * Costs:   every operation is linear in the limbs in use.
 */
#ifndef CO_BASE_BIG_H
#define CO_BASE_BIG_H

#include <float.h>
#include <stdbool.h>
#include <stdint.h>

/* Whether an operation on doubles rounds once, to a double; the short ways need that. */
#define CO_DOUBLES_ROUND_ONCE (FLT_EVAL_METHOD == 0)

#define CO_BIG_LIMBS 144
#define CO_BIG_BITS (CO_BIG_LIMBS * 32)

typedef struct co_big {
    uint32_t n_limbs;
    uint32_t limbs[CO_BIG_LIMBS];   /* least significant first */
} co_big;

/* Copies only the limbs in use; plain assignment copies all of them. */
void co_big_copy(co_big *to, const co_big *from);
void co_big_set(co_big *big, uint64_t low, uint64_t high);
bool co_big_is_zero(const co_big *big);
uint32_t co_big_bit_length(const co_big *big);
int co_big_compare(const co_big *a, const co_big *b);

/* big × factor + addend. */
void co_big_multiply(co_big *big, uint32_t factor, uint32_t addend);
void co_big_multiply_by_power_of_ten(co_big *big, uint32_t exponent);
void co_big_shift_left(co_big *big, uint32_t bits);
void co_big_add(co_big *a, const co_big *b);
/* a − b; a must not be less. */
void co_big_subtract(co_big *a, const co_big *b);

/*
 * The whole part of numerator / denominator, which must be below 2^64. The
 * numerator is zero afterwards if and only if nothing was left; the denominator
 * is used up.
 */
uint64_t co_big_divide(co_big *numerator, co_big *denominator);

/*
 * The nearest double of numerator / denominator, ties to even; infinity when
 * it is too large. Both are used up. Their bit lengths may differ by any amount;
 * the longer one may have CO_BIG_BITS − 64 bits.
 */
double co_big_quotient(co_big *numerator, co_big *denominator);

/* How many bits a word has: 0 for 0, 64 for the highest. */
uint32_t co_bit_length(uint64_t word);

/* The nearest double of (bits + a little more if `sticky`) × 2^exponent. */
double co_double_of_bits(uint64_t bits, bool sticky, int32_t exponent);

#endif

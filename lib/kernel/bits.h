/*
 * Single bits and ranges of bits in an array of words. Ranges are half-open
 * and cost one step a word, so no CPU needs a version of its own.
 */
#ifndef CO_KERNEL_BITS_H
#define CO_KERNEL_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool co_bit_test(const uint64_t *words, size_t i) { return words[i / 64] >> (i % 64) & 1; }
static inline void co_bit_set(uint64_t *words, size_t i) { words[i / 64] |= UINT64_C(1) << (i % 64); }
static inline void co_bit_clear(uint64_t *words, size_t i) { words[i / 64] &= ~(UINT64_C(1) << (i % 64)); }

#if defined(__POPCNT__) || defined(__ARM_NEON)
static inline unsigned co_bits_in(uint64_t word) { return (unsigned)__builtin_popcountll(word); }
#else
static inline unsigned co_bits_in(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned)(word * UINT64_C(0x0101010101010101) >> 56);
}
#endif

#if defined(__GNUC__)
/* The lowest and the highest bit of a word that is not zero. */
static inline unsigned co_lowest_bit(uint64_t word) { return (unsigned)__builtin_ctzll(word); }
static inline unsigned co_highest_bit(uint64_t word) { return 63u - (unsigned)__builtin_clzll(word); }
#else
static inline unsigned co_lowest_bit(uint64_t word) { return co_bits_in((word & (0 - word)) - 1); }

static inline unsigned co_highest_bit(uint64_t word)
{
    for (unsigned by = 1; by < 64; by *= 2)
        word |= word >> by;
    return co_bits_in(word) - 1;
}
#endif

/* Ones in the lowest n bits, n <= 64. */
static inline uint64_t co_low_bits(size_t n) { return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1; }

/* Over [first, end); first <= end. */
void co_bits_fill(uint64_t *words, size_t first, size_t end);
void co_bits_clear(uint64_t *words, size_t first, size_t end);
void co_bits_flip(uint64_t *words, size_t first, size_t end);
size_t co_bits_count(const uint64_t *words, size_t first, size_t end);
bool co_bits_all(const uint64_t *words, size_t first, size_t end);

/* The first set bit at or after `first`, or `end`; the last set bit before `end`, or SIZE_MAX. */
size_t co_bits_next(const uint64_t *words, size_t first, size_t end);
size_t co_bits_previous(const uint64_t *words, size_t end);

/* The set bit that has `index` set bits before it; there must be one. */
size_t co_bits_select(const uint64_t *words, size_t index);

#endif

/* Single bits of the words that say which rows of a tile are live or changed. */
#ifndef CO_STORE_WORDS_H
#define CO_STORE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool co_word_has(const uint64_t *words, uint32_t i)
{
    return words[i / 64] >> (i % 64) & 1;
}
static inline void co_word_add(uint64_t *words, uint32_t i)
{
    words[i / 64] |= UINT64_C(1) << (i % 64);
}
static inline void co_word_drop(uint64_t *words, uint32_t i)
{
    words[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

static inline uint32_t co_word_count(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(word * UINT64_C(0x0101010101010101) >> 56);
}

static inline uint32_t co_words_count(const uint64_t *words, size_t n_words)
{
    uint32_t n = 0;

    for (size_t i = 0; i < n_words; i++)
        n += co_word_count(words[i]);
    return n;
}

/* Sets the first n bits and clears the rest of their last word. */
static inline void co_words_fill(uint64_t *words, uint32_t n)
{
    for (uint32_t i = 0; i < n / 64; i++)
        words[i] = UINT64_MAX;
    if (n % 64 != 0)
        words[n / 64] = (UINT64_C(1) << (n % 64)) - 1;
}

/* Sets the bits [first, first + n). */
static inline void co_words_set(uint64_t *words, uint32_t first, uint32_t n)
{
    while (n > 0) {
        const uint32_t room = 64 - first % 64;
        const uint32_t step = n < room ? n : room;

        words[first / 64] |= (step == 64 ? UINT64_MAX : (UINT64_C(1) << step) - 1) << (first % 64);
        first += step;
        n -= step;
    }
}

#endif

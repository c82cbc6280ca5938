/*
 * Slots and words as Roaring's portable layout has them, little-endian, copied
 * to and from memory: whole where memory has the same byte order.
 */
#ifndef CO_BITMAP_LAYOUT_H
#define CO_BITMAP_LAYOUT_H

#include <string.h>

#include "base/bytes.h"
#include "bitmap/rowset.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CO_LITTLE_ENDIAN 1
#else
#define CO_LITTLE_ENDIAN 0
#endif

static inline void co_store_slots(uint8_t *to, const uint16_t *slots, size_t n)
{
#if CO_LITTLE_ENDIAN
    memcpy(to, slots, n * sizeof *slots);
#else
    for (size_t i = 0; i < n; i++)
        co_store_u16(to + 2 * i, slots[i]);
#endif
}

static inline void co_load_slots(uint16_t *slots, const uint8_t *from, size_t n)
{
#if CO_LITTLE_ENDIAN
    memcpy(slots, from, n * sizeof *slots);
#else
    for (size_t i = 0; i < n; i++)
        slots[i] = co_load_u16(from + 2 * i);
#endif
}

/* Runs become first slots and lengths less one. With the last slot in the upper half, that is one subtraction a run. */
static inline void co_store_runs(uint8_t *restrict to, const co_run *restrict runs, size_t n)
{
#if CO_LITTLE_ENDIAN
    for (size_t i = 0; i < n; i++) {
        uint32_t pair;

        memcpy(&pair, &runs[i], sizeof pair);
        pair -= pair << 16;
        memcpy(to + 4 * i, &pair, sizeof pair);
    }
#else
    for (size_t i = 0; i < n; i++) {
        co_store_u16(to + 4 * i, runs[i].first);
        co_store_u16(to + 4 * i + 2, (uint16_t)(runs[i].last - runs[i].first));
    }
#endif
}

/* Do they rise, too? */
static inline bool co_load_rising_slots(uint16_t *slots, const uint8_t *from, size_t n)
{
#if CO_LITTLE_ENDIAN
    return co_kernel_now()->copy_rising(from, n, slots);
#else
    co_load_slots(slots, from, n);
    return co_kernel_now()->slots_rise(slots, n);
#endif
}

static inline void co_store_words(uint8_t *to, const uint64_t *words)
{
#if CO_LITTLE_ENDIAN
    memcpy(to, words, CO_WORDS_BYTES);
#else
    for (size_t i = 0; i < CO_TILE_WORDS; i++)
        co_store_u64(to + 8 * i, words[i]);
#endif
}

static inline void co_load_words(uint64_t *words, const uint8_t *from)
{
#if CO_LITTLE_ENDIAN
    memcpy(words, from, CO_WORDS_BYTES);
#else
    for (size_t i = 0; i < CO_TILE_WORDS; i++)
        words[i] = co_load_u64(from + 8 * i);
#endif
}

#endif

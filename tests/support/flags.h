/*
 * The naive bitmap: a flag a row over the first few tiles. Fills it and a real
 * one alike, and compares the two.
 */
#ifndef CO_TESTS_FLAGS_H
#define CO_TESTS_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

#include "bitmap/bitmap.h"
#include "support/random.h"

enum { CO_FLAG_TILES = 4, CO_FLAG_ROWS = CO_FLAG_TILES * 65536 };

/* The flag tiles stand for these tiles of the bitmap, the last one among them. */
extern const uint32_t co_flag_tile[CO_FLAG_TILES];

static inline uint32_t co_flag_row(uint32_t flag) { return co_flag_tile[flag >> 16] << 16 | (flag & 65535); }

/* How a tile is filled. */
typedef enum co_fill {
    CO_FILL_NONE, CO_FILL_ONE, CO_FILL_FEW, CO_FILL_SPARSE, CO_FILL_EDGE, CO_FILL_DENSE, CO_FILL_HOLES, CO_FILL_RUNS,
    CO_FILL_MANY_RUNS, CO_FILL_RANGE, CO_FILL_ALL, CO_N_FILLS
} co_fill;

/* The same rows into both, which are emptied first; each tile in a form of its own choice. */
void co_flags_fill(co_random *random, const co_fill fills[CO_FLAG_TILES], uint8_t *flags, co_bitmap *bitmap);

/* Fails the test unless both hold the same rows and the bitmap is sound. */
void co_flags_compare(const uint8_t *flags, const co_bitmap *bitmap);

uint64_t co_flags_count(const uint8_t *flags);

#endif

/*
 * Values of every row of an object, held from one pass for later ones: one
 * vector a tile, of the tile's length.
 *
 * Always:  made and filled by one run, counted against the evaluator's memory,
 *          gone with the run. Texts live as long as their tile here, or as the version.
 * Used:    co_kept_open, co_kept_tile for each tile to be filled (different ones
 *          at the same time), co_kept_gather; co_kept_clear.
 */
#ifndef CO_EVAL_KEPT_H
#define CO_EVAL_KEPT_H

#include "eval/values.h"

typedef struct co_kept_tile {
    co_vector values;           /* n 0: nothing there */
    void *block;
    size_t n_bytes;
    co_arena texts;
} co_kept_tile;

typedef struct co_kept_values {
    co_memory *memory;
    co_vtype type;
    uint32_t scale;
    bool is_wide;
    uint32_t n_tiles;
    co_kept_tile *tiles;        /* by number; NULL: not opened */
} co_kept_values;

/* For n_tiles tiles, none there yet. False for want of memory. */
bool co_kept_open(co_memory *memory, uint32_t n_tiles, co_vtype type, uint32_t scale, bool is_wide,
                  co_kept_values *kept);
void co_kept_clear(co_kept_values *kept);

/* The tile's vector of n_rows values, all NULL to begin with; NULL for want of memory. Not for SET. */
co_kept_tile *co_kept_tile_open(co_kept_values *kept, uint32_t number, uint32_t n_rows);

/* out[i] = the value of rows[i]; NULL for CO_NONE and for what is not there. */
void co_kept_gather(const co_kept_values *kept, const uint32_t *rows, co_vector *out);

#endif

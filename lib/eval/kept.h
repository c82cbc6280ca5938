/*
 * Values of rows of an object, held from one pass for later ones: one vector a
 * tile, of the rows that somebody may ask for.
 *
 *     row ──slot──▶ place among the tile's kept rows ──▶ value
 *
 * Always:  made and filled by one run, in the room that a worker has for that from run to
 *          run, so that not every one asks the system for the same pages again; void
 *          with the run. Texts live as long as their tile here, or as the version.
 * Used:    co_kept_open, co_kept_tile_open for each tile to be filled (different ones
 *          at the same time), co_kept_gather; co_kept_clear.
 * Costs:   a value for each kept row and, unless these are all, 10 KB a tile and two
 *          bytes a row; a place is found with one count of bits.
 */
#ifndef CO_EVAL_KEPT_H
#define CO_EVAL_KEPT_H

#include "eval/values.h"

/* Which rows of a tile: place i has slots[i]. */
typedef struct co_kept_rows {
    uint32_t n;
    const uint64_t *words;      /* NULL: all from slot 0 on, and the rest, too */
    const uint16_t *before;     /* by word: places of the words before it */
    const uint16_t *slots;      /* by place */
} co_kept_rows;

typedef struct co_kept_tile {
    co_kept_rows rows;
    co_vector values;           /* by place; n 0: nothing there */
    bool has_range;             /* of numbers: */
    int64_t least, greatest;
    uint8_t *bytes;             /* or, if not NULL, by place: the number + 1; 0: none. rows belong to another tile */
    void *block;                /* in somebody's room */
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

/* The tile's vector for those rows, all NULL to begin with; NULL for want of memory. `rows` is not empty. Not for SET. */
co_kept_tile *co_kept_tile_open(co_kept_values *kept, uint32_t number, const co_register *rows, co_stack *room);
/* The same for the rows of another kept tile, which must live as long; or with a byte each, all 0. */
co_kept_tile *co_kept_tile_share(co_kept_values *kept, uint32_t number, const co_kept_rows *rows, bool in_bytes,
                                 co_stack *room);

/* The place of a slot; CO_NONE if the row is not kept. */
static inline uint32_t co_kept_place(const co_kept_rows *rows, uint32_t slot)
{
    const uint64_t bit = UINT64_C(1) << slot % 64;

    if (rows->words == NULL)
        return slot < rows->n ? slot : CO_NONE;
    if ((rows->words[slot / 64] & bit) == 0)
        return CO_NONE;
    return rows->before[slot / 64] + co_bits_in(rows->words[slot / 64] & (bit - 1));
}

static inline uint32_t co_kept_slot(const co_kept_rows *rows, uint32_t place)
{
    return rows->words == NULL ? place : rows->slots[place];
}

/* keeping.c: finds a value step for rows of the tile and keeps it, in run->kept_values. */
cohort_status co_value_keep(co_worker *worker, co_scope *scope, uint32_t vstep, const co_register *rows);

/* out[i] = the value of rows[i]; NULL for CO_NONE and for what is not there. */
void co_kept_gather(const co_kept_values *kept, const uint32_t *rows, co_vector *out);

#endif

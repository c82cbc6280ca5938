/*
 * Rows of a tile in bytes of Roaring's portable layout that belong to someone
 * else: what views are made of. They are read where they lie, at any address
 * and in any byte order.
 *
 * Always:  the bytes were checked when the rowset was made, and have not changed since.
 *          Bytes that lie as memory would have them, aligned and little-endian, make an
 *          ordinary rowset, which costs nothing to use; so do up to four slots or two
 *          runs, which are copied inside. The others are raw: CO_RAW is in their form.
 * Used:    functions of rowset.h ask co_rowset_is_raw() first and come here.
 * Costs:   membership, or a step of a cursor, as elsewhere; whatever takes the whole
 *          tile, order of bits and runs included, first copies it to the stack, 8 KiB
 *          at most.
 * Source:  Roaring format specification, "containers".
 */
#ifndef CO_BITMAP_RAW_H
#define CO_BITMAP_RAW_H

#include "bitmap/rowset.h"

static inline bool co_rowset_is_raw(const co_rowset *set) { return (set->form & CO_RAW) != 0; }

/* Point at the bytes; counts must be right, the rows may still be checked. */
void co_raw_of_slots(const uint8_t *bytes, size_t count, co_rowset *set);
void co_raw_of_words(const uint8_t *bytes, size_t count, co_rowset *set);
/* n_runs as pairs of first slot and length - 1; not the whole tile. */
void co_raw_of_runs(const uint8_t *bytes, size_t n_runs, size_t count, co_rowset *set);

/* A rowset made ordinary for as long as this lives. */
typedef struct co_plain {
    co_rowset set;
    uint64_t block[CO_TILE_WORDS];
} co_plain;

/* The set itself if it is ordinary. */
const co_rowset *co_raw_plain(const co_rowset *set, co_plain *plain);

/* As the functions of rowset.h without `raw`, for a set that is. */
bool co_raw_contains(const co_rowset *set, uint16_t slot);
size_t co_raw_rank(const co_rowset *set, uint32_t slot);
uint16_t co_raw_select(const co_rowset *set, size_t index);
uint32_t co_raw_next(const co_rowset *set, uint32_t slot, uint32_t *hint);
uint32_t co_raw_previous(const co_rowset *set, uint32_t slot, uint32_t *hint);
size_t co_raw_rows(const co_rowset *set, uint32_t first, uint32_t base, uint32_t *rows, size_t room);
const char *co_raw_validate(const co_rowset *set);
bool co_raw_copy(co_shelf *shelf, const co_rowset *set, co_rowset *to);
void co_raw_spell_over(const co_rowset *set, uint64_t *words);
/* One of the two is raw, or both are. */
size_t co_raw_and_count(const co_rowset *a, const co_rowset *b);
bool co_raw_combine(co_shelf *shelf, co_set_operation operation, const co_rowset *a, const co_rowset *b,
                    co_rowset *result);
/* Writes the rows as they are in the layout, to the place after them. */
uint8_t *co_raw_write(const co_rowset *set, uint8_t *to);

#endif

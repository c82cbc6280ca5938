/*
 * Sets of 32-bit rows, kept tile by tile in whichever form is small: up to
 * 4,096 rising slots, 1,024 words, runs, or nothing at all for a full tile.
 *
 * Always:  tiles strictly rise, none is empty, each knows how many rows it has.
 *          What fails returns COHORT_MEMORY and has changed nothing.
 * Used:    co_bitmap set; co_bitmap_init(&set, memory); … co_bitmap_clear(&set);
 *          A result must be initialised and must not be an operand; what it held goes.
 * Costs:   one step a tile to walk, O(log tiles) to find one.
 * Threads: one changes a bitmap or any number read it.
 * Source:  Roaring format specification (RoaringFormatSpec), 32-bit portable form.
 */
#ifndef CO_BITMAP_BITMAP_H
#define CO_BITMAP_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "cohort/base.h"
#include "kernel/kernel.h"

/* One tile of a bitmap; see rowset.h. Where the rows of many tiles lie; see shelf.h. */
typedef struct co_rowset co_rowset;
typedef struct co_board co_board;

/* Said of what lies in storage of another type that a caller keeps. */
#if defined(__GNUC__)
#  define CO_MAY_ALIAS __attribute__((may_alias))
#else
#  define CO_MAY_ALIAS
#endif

typedef struct co_bitmap {
    co_memory *memory;
    co_rowset *tiles;
    size_t n_tiles;
    size_t capacity;
    co_board *boards;           /* the newest first */
    bool is_view;               /* the tiles point into someone else's bytes: never changed, nothing of theirs freed */
} co_bitmap;

typedef enum co_set_operation { CO_AND, CO_OR, CO_XOR, CO_ANDNOT } co_set_operation;

void co_bitmap_init(co_bitmap *bitmap, co_memory *memory);
/* Empty again, memory given back; may be used on. */
void co_bitmap_clear(co_bitmap *bitmap);
/* Takes the rows of `from`, which becomes empty; both must use one memory. */
void co_bitmap_move(co_bitmap *from, co_bitmap *to);
cohort_status co_bitmap_copy(const co_bitmap *from, co_bitmap *to);

/* Single rows. *changed (may be NULL): it was not, or was, in. */
cohort_status co_bitmap_add(co_bitmap *bitmap, uint32_t row, bool *changed);
cohort_status co_bitmap_remove(co_bitmap *bitmap, uint32_t row, bool *changed);
bool co_bitmap_contains(const co_bitmap *bitmap, uint32_t row);
/* Any order, repeats allowed; all or none. */
cohort_status co_bitmap_add_rows(co_bitmap *bitmap, const uint32_t *rows, size_t n);
cohort_status co_bitmap_remove_rows(co_bitmap *bitmap, const uint32_t *rows, size_t n);

/* Rows in [first, end), end at most 2^32. */
cohort_status co_bitmap_add_range(co_bitmap *bitmap, uint64_t first, uint64_t end);
cohort_status co_bitmap_remove_range(co_bitmap *bitmap, uint64_t first, uint64_t end);
/* Those that are in go out, the others come in. */
cohort_status co_bitmap_flip_range(co_bitmap *bitmap, uint64_t first, uint64_t end);

/* result = every row + by; rows that would leave [0, 2^32) are left out. */
cohort_status co_bitmap_shift(const co_bitmap *bitmap, int64_t by, co_bitmap *result);

/* Tiles in rising order, each past the last one in; an empty tile adds nothing. */
cohort_status co_bitmap_append_tile(co_bitmap *bitmap, uint32_t tile, const uint64_t *words, size_t n_words);
cohort_status co_bitmap_append_slots(co_bitmap *bitmap, uint32_t tile, const uint16_t *slots, size_t n);
/* The first n_rows rows of the tile. */
cohort_status co_bitmap_append_full(co_bitmap *bitmap, uint32_t tile, size_t n_rows);

/* One tile as it lies, for one who computes with it. */
typedef enum co_tile_form { CO_TILE_EMPTY, CO_TILE_FULL, CO_TILE_SLOTS, CO_TILE_BITS } co_tile_form;

typedef struct co_tile_view {
    co_tile_form form;
    uint32_t count;             /* rows in it */
    const uint16_t *slots;      /* form SLOTS: count of them */
    const uint64_t *words;      /* form BITS: CO_TILE_WORDS of them */
} co_tile_view;

/* Borrows from the bitmap; runs are spelled out into scratch (CO_TILE_WORDS words). */
co_tile_view co_bitmap_tile(const co_bitmap *bitmap, uint32_t tile, uint64_t *scratch);
/* Always CO_TILE_WORDS words; how many rows are in. */
uint32_t co_bitmap_tile_words(const co_bitmap *bitmap, uint32_t tile, uint64_t *words);
/* The first tile that has rows at or after `tile`; false if none. */
bool co_bitmap_next_tile(const co_bitmap *bitmap, uint32_t tile, uint32_t *found);

/* result = a OP b; in place a = a OP b. */
cohort_status co_bitmap_combine(co_set_operation operation, const co_bitmap *a, const co_bitmap *b, co_bitmap *result);
cohort_status co_bitmap_combine_into(co_set_operation operation, co_bitmap *a, const co_bitmap *b);
uint64_t co_bitmap_combine_count(co_set_operation operation, const co_bitmap *a, const co_bitmap *b);

/* n sets at once; n is at least 1. at_least: the rows in `least` (1 or more) or more of them. */
cohort_status co_bitmap_and_many(const co_bitmap *const *sets, size_t n, co_bitmap *result);
cohort_status co_bitmap_or_many(const co_bitmap *const *sets, size_t n, co_bitmap *result);
/* The rows in an odd number of the sets. */
cohort_status co_bitmap_xor_many(const co_bitmap *const *sets, size_t n, co_bitmap *result);
cohort_status co_bitmap_at_least(const co_bitmap *const *sets, size_t n, size_t least, co_bitmap *result);
/* counts[i * n + j]: the rows in sets i and j. All 0 on failure; memory is for what is needed meanwhile. */
cohort_status co_bitmap_overlap(const co_bitmap *const *sets, size_t n, co_memory *memory, uint64_t *counts);

bool co_bitmap_is_empty(const co_bitmap *bitmap);
uint64_t co_bitmap_count(const co_bitmap *bitmap);
uint64_t co_bitmap_count_range(const co_bitmap *bitmap, uint64_t first, uint64_t end);
bool co_bitmap_equal(const co_bitmap *a, const co_bitmap *b);
/* Every row of a is in b. */
bool co_bitmap_subset(const co_bitmap *a, const co_bitmap *b);
bool co_bitmap_intersect(const co_bitmap *a, const co_bitmap *b);

/* How many rows are below `row`; up to 2^32. */
uint64_t co_bitmap_rank(const co_bitmap *bitmap, uint64_t row);
/* The row with `index` rows below it; false if there are not so many. */
bool co_bitmap_select(const co_bitmap *bitmap, uint64_t index, uint32_t *row);
bool co_bitmap_greatest(const co_bitmap *bitmap, uint32_t *row);

/* Up to `room` rows, from `first` on, rising; how many. Costs a fraction of a nanosecond a row. */
size_t co_bitmap_rows(const co_bitmap *bitmap, uint64_t first, uint32_t *rows, size_t room);
/* Likewise, after leaving out the `offset` lowest. */
size_t co_bitmap_rows_at(const co_bitmap *bitmap, uint64_t offset, uint32_t *rows, size_t room);

/*
 * A place between rows, moved over one row at a time in either direction. Stays
 * good while the bitmap is not changed.
 */
typedef struct CO_MAY_ALIAS co_bitmap_cursor {
    const co_bitmap *bitmap;
    uint64_t place;             /* rows below are behind, the others ahead; only the tile while n_slots are next */
    union {
        uint64_t bits;          /* rows ahead among the 64 of `place`, as far as they are known */
        const uint16_t *end_of_slots;   /* the n_slots before it are next, in the tile of `place` */
    } ahead;
    uint32_t n_slots;           /* 0: bits are ahead, or nothing known */
    uint16_t tile_index;        /* where the last step was */
    uint16_t hint;              /* slot or run there */
} co_bitmap_cursor;

/* Before the first row. */
co_bitmap_cursor co_bitmap_cursor_of(const co_bitmap *bitmap);
/* Next is the first row at or after `place` (up to 2^32), previous the last one before it. */
void co_cursor_seek(co_bitmap_cursor *cursor, uint64_t place);
bool co_cursor_next(co_bitmap_cursor *cursor, uint32_t *row);
bool co_cursor_previous(co_bitmap_cursor *cursor, uint32_t *row);
/* Steps over up to `room` rows and lists them; how many. */
size_t co_cursor_rows(co_bitmap_cursor *cursor, uint32_t *rows, size_t room);

/* Each tile in its smallest form, runs included; spare room given back. */
cohort_status co_bitmap_optimise(co_bitmap *bitmap);
/* Bytes held, the bitmap struct itself not counted. */
size_t co_bitmap_memory_bytes(const co_bitmap *bitmap);
/* How many tiles lie in which form, full ones among the runs. */
typedef struct co_bitmap_forms {
    size_t n_slots;
    size_t n_words;
    size_t n_runs;
} co_bitmap_forms;

co_bitmap_forms co_bitmap_count_forms(const co_bitmap *bitmap);
/* NULL if all that must always be true is; else what is not. */
const char *co_bitmap_validate(const co_bitmap *bitmap);

/*
 * Roaring's portable 32-bit layout. Runs are written for the tiles that are kept
 * as runs: after co_bitmap_optimise, where ranges were added, or as they were read.
 * Reading believes nothing; *used says how many bytes the set took, more may follow.
 */
size_t co_bitmap_portable_bytes(const co_bitmap *bitmap);
/* Writes exactly that many bytes. */
void co_bitmap_write_portable(const co_bitmap *bitmap, void *bytes);
cohort_status co_bitmap_read_portable(const void *bytes, size_t length, co_bitmap *result, size_t *used,
                                      cohort_error *error);
/* The same, but the rows stay in the bytes, which must last as long and not change. The result is only read. */
cohort_status co_bitmap_view_portable(const void *bytes, size_t length, co_bitmap *result, size_t *used,
                                      cohort_error *error);

#endif

/*
 * Sets of rows: who is in. A bitmap comes out of an evaluation or is made by
 * hand, and can be combined, counted, walked, and exchanged with every library
 * that reads Roaring's portable layout.
 *
 * Always:  a row is a number in [0, 2^32). A bitmap is a value you own: one thread
 *          changes it or any number read it.
 *          A bitmap that came from a store remembers which store, object and epoch
 *          its rows belong to; two of different origin are refused together
 *          (COHORT_INVALID). Bitmaps made by hand go with every origin.
 *          Questions that cannot fail answer 0 or false to a NULL bitmap.
 *          A view (cohort_bitmap_view) is read like any other bitmap; whatever
 *          would change it fails with COHORT_READ_ONLY.
 * Costs:   memory: 0.1 to 16 bits a row, 24 bytes a tile of 65,536 rows in which there
 *          is any, nothing for a tile without rows. Time is given in tiles, meaning
 *          those with rows: one combined with another takes some ten nanoseconds
 *          where few rows are in, about a microsecond at most.
 * Source:  the forms of tiles and the portable layout: Roaring format specification.
 */
#ifndef COHORT_BITMAP_H
#define COHORT_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cohort/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cohort_bitmap cohort_bitmap;

/**
 * Makes an empty bitmap.
 *
 * Takes    allocator  where its memory comes from; NULL: malloc. Copied.
 * Gives    *bitmap    yours until cohort_bitmap_free(); NULL on failure
 * Fails    COHORT_INVALID  bitmap is NULL
 *          COHORT_MEMORY   no memory
 * Costs    one allocation of about 100 bytes
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_new(const cohort_allocator *allocator, cohort_bitmap **bitmap, cohort_error *error);

/**
 * Frees a bitmap. NULL is allowed.
 *
 * Costs    a step a tile
 * Since    0.1
 */
COHORT_API void
cohort_bitmap_free(cohort_bitmap *bitmap);

/**
 * Makes a second bitmap with the same rows, origin and allocator. The copy of a
 * view owns its rows and may be changed.
 *
 * Gives    *copy  yours until cohort_bitmap_free(); NULL on failure
 * Fails    COHORT_INVALID  a pointer is NULL
 *          COHORT_MEMORY   no memory
 * Costs    the bytes of its memory, once
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_copy(const cohort_bitmap *bitmap, cohort_bitmap **copy, cohort_error *error);

/**
 * Takes every row out. The origin stays.
 *
 * Fails    COHORT_INVALID    bitmap is NULL
 *          COHORT_READ_ONLY  it is a view
 * Costs    a step a tile
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_clear(cohort_bitmap *bitmap, cohort_error *error);

/**
 * Adds one row; one that is in already stays.
 *
 * Fails    COHORT_INVALID    bitmap is NULL
 *          COHORT_READ_ONLY  it is a view
 *          COHORT_MEMORY     no memory; nothing has changed
 * Costs    O(log tiles), and O(4,096) moves at worst where the tile has few rows
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_add(cohort_bitmap *bitmap, uint32_t row, cohort_error *error);

/**
 * Takes one row out; one that is not in is no error.
 *
 * Fails    COHORT_INVALID    bitmap is NULL
 *          COHORT_READ_ONLY  it is a view
 *          COHORT_MEMORY     no memory; nothing has changed
 * Costs    as cohort_bitmap_add()
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_remove(cohort_bitmap *bitmap, uint32_t row, cohort_error *error);

/**
 * Adds n rows, or takes them out, in any order, repeats allowed; fastest when they rise.
 *
 * Takes    rows  n of them; may be NULL if n is 0
 * Fails    COHORT_INVALID    bitmap is NULL, or rows is while n is not 0
 *          COHORT_READ_ONLY  it is a view
 *          COHORT_MEMORY     no memory; nothing has changed
 * Costs    a nanosecond or two a row, some ten in no order, and a step a tile;
 *          memory for the rows given, while it lasts
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_add_rows(cohort_bitmap *bitmap, const uint32_t *rows, size_t n, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_remove_rows(cohort_bitmap *bitmap, const uint32_t *rows, size_t n, cohort_error *error);

/**
 * Changes the half-open range [first, end): every row of it is added, or taken
 * out, or flipped: those that are in go out, the others come in.
 *
 * Takes    end  at most 2^32; a range without rows changes nothing
 * Fails    COHORT_INVALID    bitmap is NULL, first > end, or end > 2^32
 *          COHORT_READ_ONLY  it is a view
 *          COHORT_MEMORY     no memory; nothing has changed
 * Costs    a step a tile of the bitmap and of the range; a tile that is full afterwards
 *          holds no memory but its 24 bytes
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_add_range(cohort_bitmap *bitmap, uint64_t first, uint64_t end, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_remove_range(cohort_bitmap *bitmap, uint64_t first, uint64_t end, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_flip_range_into(cohort_bitmap *bitmap, uint64_t first, uint64_t end, cohort_error *error);

/**
 * Makes a new bitmap in which the rows of [first, end) are flipped.
 *
 * Takes    end      at most 2^32
 * Gives    *result  with the same origin and allocator; yours until
 *                   cohort_bitmap_free(); NULL on failure
 * Fails    COHORT_INVALID  a pointer is NULL, first > end, or end > 2^32
 *          COHORT_MEMORY   no memory
 * Costs    a copy, and a step a tile of the range
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_flip_range(const cohort_bitmap *bitmap, uint64_t first, uint64_t end, cohort_bitmap **result,
                         cohort_error *error);

/**
 * Adds `by` to every row. Rows that would leave [0, 2^32) are left out, at either end.
 * The origin stays. The second form changes the bitmap itself.
 *
 * Takes    by       any number; below 0 moves down
 * Gives    *result  with the same origin and allocator; yours until
 *                   cohort_bitmap_free(); NULL on failure
 * Fails    COHORT_INVALID    a pointer is NULL
 *          COHORT_READ_ONLY  shift_into: the bitmap is a view
 *          COHORT_MEMORY     no memory; nothing has changed
 * Costs    a copy if `by` is a multiple of 65,536, else about twice as much;
 *          in place both are held for a moment
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_shift(const cohort_bitmap *bitmap, int64_t by, cohort_bitmap **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_shift_into(cohort_bitmap *bitmap, int64_t by, cohort_error *error);

/** Is the row in? O(log tiles + log rows of the tile). Since 0.1 */
COHORT_API bool
cohort_bitmap_contains(const cohort_bitmap *bitmap, uint32_t row);

/** Is every row of [first, end) in? True for a range without rows; false for NULL. A step a tile. Since 0.1 */
COHORT_API bool
cohort_bitmap_contains_range(const cohort_bitmap *bitmap, uint64_t first, uint64_t end);

/** How many rows are in; costs a step a tile. Since 0.1 */
COHORT_API uint64_t
cohort_bitmap_count(const cohort_bitmap *bitmap);

/** How many rows of [first, end) are in; a step a tile below `end`. Since 0.1 */
COHORT_API uint64_t
cohort_bitmap_count_range(const cohort_bitmap *bitmap, uint64_t first, uint64_t end);

/** Is no row in? True for NULL. One step. Since 0.1 */
COHORT_API bool
cohort_bitmap_is_empty(const cohort_bitmap *bitmap);

/**
 * Do both hold the same rows? Origins are not compared. False if one is NULL.
 *
 * Costs    a step a tile if the counts of any differ, else as cohort_bitmap_and_count()
 * Since    0.1
 */
COHORT_API bool
cohort_bitmap_equal(const cohort_bitmap *a, const cohort_bitmap *b);

/** Is every row of a in b? False if one is NULL. As cohort_bitmap_and_count(), up to the first not. Since 0.1 */
COHORT_API bool
cohort_bitmap_subset(const cohort_bitmap *a, const cohort_bitmap *b);

/** Is any row in both? False if one is NULL. As cohort_bitmap_and_count(), up to the first that is. Since 0.1 */
COHORT_API bool
cohort_bitmap_intersect(const cohort_bitmap *a, const cohort_bitmap *b);

/** How many rows are below `row` (row itself not counted); a step a tile below it. Since 0.1 */
COHORT_API uint64_t
cohort_bitmap_rank(const cohort_bitmap *bitmap, uint64_t row);

/**
 * Finds the row that has `index` rows below it; index 0 is the least row.
 *
 * Gives    *row   untouched unless true; may be NULL
 * Returns  false if fewer than index + 1 rows are in
 * Costs    a step a tile below it
 * Since    0.1
 */
COHORT_API bool
cohort_bitmap_select(const cohort_bitmap *bitmap, uint64_t index, uint32_t *row);

/** Finds the least row; false if none is in. One step. Since 0.1 */
COHORT_API bool
cohort_bitmap_least(const cohort_bitmap *bitmap, uint32_t *row);

/** Finds the greatest row; false if none is in. One step. Since 0.1 */
COHORT_API bool
cohort_bitmap_greatest(const cohort_bitmap *bitmap, uint32_t *row);

/**
 * Combines two sets into a new one: the rows in both (and), in either (or), in
 * exactly one (xor), in a but not in b (andnot).
 *
 * Takes    a, b     read only; of one origin, or one of them made by hand
 * Gives    *result  with a's allocator and the origin of either; yours until
 *                   cohort_bitmap_free(); NULL on failure
 * Fails    COHORT_INVALID  a pointer is NULL, or the origins differ
 *          COHORT_MEMORY   no memory
 * Costs    a tile of both is combined, one of only one copied or passed over
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_and(const cohort_bitmap *a, const cohort_bitmap *b, cohort_bitmap **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_or(const cohort_bitmap *a, const cohort_bitmap *b, cohort_bitmap **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_xor(const cohort_bitmap *a, const cohort_bitmap *b, cohort_bitmap **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_andnot(const cohort_bitmap *a, const cohort_bitmap *b, cohort_bitmap **result, cohort_error *error);

/**
 * The same, in place: a becomes the result. a and b may be one bitmap.
 *
 * Fails    COHORT_INVALID    a pointer is NULL, or the origins differ
 *          COHORT_READ_ONLY  a is a view
 *          COHORT_MEMORY     no memory; a has not changed
 * Costs    a tile of both is combined, one that only a has stays where it is
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_and_into(cohort_bitmap *a, const cohort_bitmap *b, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_or_into(cohort_bitmap *a, const cohort_bitmap *b, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_xor_into(cohort_bitmap *a, const cohort_bitmap *b, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_andnot_into(cohort_bitmap *a, const cohort_bitmap *b, cohort_error *error);

/**
 * How many rows the combination would have, without making it.
 *
 * Gives    *count  0 on failure
 * Fails    COHORT_INVALID  a pointer is NULL, or the origins differ
 * Costs    as the combination, without its memory
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_and_count(const cohort_bitmap *a, const cohort_bitmap *b, uint64_t *count, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_or_count(const cohort_bitmap *a, const cohort_bitmap *b, uint64_t *count, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_xor_count(const cohort_bitmap *a, const cohort_bitmap *b, uint64_t *count, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_andnot_count(const cohort_bitmap *a, const cohort_bitmap *b, uint64_t *count, cohort_error *error);

/**
 * How alike two sets are: how many rows both have among those that either has,
 * from 0 to 1. Two sets without rows are alike: 1.
 *
 * Gives    *index  0 on failure
 * Fails    COHORT_INVALID  a pointer is NULL, or the origins differ
 * Costs    as cohort_bitmap_and_count()
 * Since    0.1     Source  P. Jaccard, 1901: the coefficient of community
 */
COHORT_API cohort_status
cohort_bitmap_jaccard(const cohort_bitmap *a, const cohort_bitmap *b, double *index, cohort_error *error);

/**
 * Combines n sets at once: the rows in all of them, in any of them, in an odd
 * number of them, or in at least `least` of them. The same bitmap may occur several
 * times and counts each time.
 *
 * Takes    sets     n of them, read only; all of one origin, or made by hand
 *          least    1 or more; more than n finds nothing
 * Gives    *result  with the allocator of sets[0]; yours until cohort_bitmap_free();
 *                   NULL on failure
 * Fails    COHORT_INVALID  n or least is 0, a pointer is NULL, or the origins differ
 *          COHORT_MEMORY   no memory
 * Costs    each tile of each set once, found in O(log n); at_least takes log2(least)
 *          times as long for a tile; 32 bytes a set and some tiles while it lasts
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_and_many(const cohort_bitmap *const *sets, size_t n, cohort_bitmap **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_or_many(const cohort_bitmap *const *sets, size_t n, cohort_bitmap **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_xor_many(const cohort_bitmap *const *sets, size_t n, cohort_bitmap **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap_at_least(const cohort_bitmap *const *sets, size_t n, size_t least, cohort_bitmap **result,
                       cohort_error *error);

/**
 * How many rows each two of n sets share: what a table of overlaps or of
 * similarities is made of. The same bitmap may occur several times.
 *
 * Takes    sets     n of them, read only; all of one origin, or made by hand
 *          counts   room for n × n
 * Gives    counts[i * n + j]  rows in both sets[i] and sets[j]; so counts[i * n + i]
 *                             is how many sets[i] has. Not to be used on failure
 * Fails    COHORT_INVALID  n is 0, a pointer is NULL, or the origins differ
 *          COHORT_MEMORY   no memory
 * Costs    each tile of each set is read once and stays in cache while it is compared;
 *          0.1 microseconds a pair and tile at most; 8 KiB a set while it lasts
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_overlap(const cohort_bitmap *const *sets, size_t n, uint64_t *counts, cohort_error *error);

/**
 * Lists rows, rising: as many as there is room for, from row `first` on. To go
 * on, ask again from the last row plus one.
 *
 * Takes    first  0 to 2^32
 *          room   how many rows fit in `rows`
 * Gives    rows   filled from the front
 * Returns  how many were listed; less than room means that no more follow
 * Costs    a fraction of a nanosecond a row
 * Since    0.1
 */
COHORT_API size_t
cohort_bitmap_rows(const cohort_bitmap *bitmap, uint64_t first, uint32_t *rows, size_t room);

/**
 * Lists rows, rising: as many as there is room for, after leaving out the `offset`
 * lowest. A page of a list, as it were.
 *
 * Gives    rows   filled from the front
 * Returns  how many were listed; less than room means that no more follow
 * Costs    a step a tile below the first, then as cohort_bitmap_rows()
 * Since    0.1
 */
COHORT_API size_t
cohort_bitmap_rows_at(const cohort_bitmap *bitmap, uint64_t offset, uint32_t *rows, size_t room);

/**
 * A place between two rows, kept by the caller; nothing to free. Good while the
 * bitmap lives and is not changed. Read it only through the functions below, which
 * cost a step, or, after a seek and from tile to tile, O(log tiles).
 *
 *     cohort_cursor cursor;
 *     uint32_t row;
 *     cohort_cursor_start(&cursor, members);
 *     while (cohort_cursor_next(&cursor, &row))
 *         …
 *
 * Since    0.1
 */
typedef struct cohort_cursor {
    uint64_t hidden[4];
} cohort_cursor;

/** Puts the cursor before the least row. A NULL bitmap counts as empty. Since 0.1 */
COHORT_API void
cohort_cursor_start(cohort_cursor *cursor, const cohort_bitmap *bitmap);

/**
 * Moves the cursor: next will be the first row at or after `place`, previous
 * the last row before it. 2^32 is behind the greatest row.
 *
 * Since    0.1
 */
COHORT_API void
cohort_cursor_seek(cohort_cursor *cursor, uint64_t place);

/** Steps over the row ahead and gives it; false, and no step, if none is. Since 0.1 */
COHORT_API bool
cohort_cursor_next(cohort_cursor *cursor, uint32_t *row);

/** Steps back over the row behind and gives it; false, and no step, if none is. Since 0.1 */
COHORT_API bool
cohort_cursor_previous(cohort_cursor *cursor, uint32_t *row);

/**
 * Steps over as many rows ahead as there is room for, and lists them.
 *
 * Gives    rows  filled from the front, rising
 * Returns  how many; less than room means that no more follow
 * Costs    as cohort_bitmap_rows()
 * Since    0.1
 */
COHORT_API size_t
cohort_cursor_read(cohort_cursor *cursor, uint32_t *rows, size_t room);

/**
 * Keeps each tile in its smallest form, runs included, and gives spare room
 * back. Rows do not change; what is written afterwards is as small as it gets.
 *
 * Fails    COHORT_INVALID    bitmap is NULL
 *          COHORT_READ_ONLY  it is a view
 *          COHORT_MEMORY     no memory; the rows are as before
 * Costs    the bytes of its memory, once or twice
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_optimise(cohort_bitmap *bitmap, cohort_error *error);

/**
 * Bytes that the bitmap has taken from its allocator and not given back, the handle
 * included: exactly those. The bytes under a view are not among them.
 *
 * Costs    a step a tile
 * Since    0.1
 */
COHORT_API size_t
cohort_bitmap_memory_bytes(const cohort_bitmap *bitmap);

/** What a bitmap holds, and in which forms. */
typedef struct cohort_bitmap_figures {
    uint32_t size;
    uint32_t reserved;
    uint64_t n_rows;
    uint64_t memory_bytes;      /* cohort_bitmap_memory_bytes() */
    uint64_t written_bytes;     /* cohort_bitmap_written_bytes() */
    uint64_t n_list_tiles;      /* 2 bytes a row; up to 4,096 rows */
    uint64_t n_bit_tiles;       /* 8,192 bytes */
    uint64_t n_run_tiles;       /* 4 bytes a run of rows; full tiles among them */
} cohort_bitmap_figures;

#define COHORT_BITMAP_FIGURES_INIT { sizeof(cohort_bitmap_figures), 0, 0, 0, 0, 0, 0, 0 }

/**
 * Measures a bitmap.
 *
 * Gives    *figures  begun with COHORT_BITMAP_FIGURES_INIT
 * Fails    COHORT_INVALID  a pointer is NULL, or figures has no size
 * Costs    a few steps a tile
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap_measure(const cohort_bitmap *bitmap, cohort_bitmap_figures *figures, cohort_error *error);

/** Bytes that cohort_bitmap_write() will write; 0 for NULL. A step a tile. Since 0.1 */
COHORT_API size_t
cohort_bitmap_written_bytes(const cohort_bitmap *bitmap);

/**
 * Writes the rows in Roaring's portable 32-bit layout, which readers in C, Java,
 * Go, Rust and Python take. The origin is not written.
 *
 * Takes    size     room at `bytes`, at least cohort_bitmap_written_bytes()
 * Gives    bytes    that many bytes, the same on every machine
 * Fails    COHORT_INVALID  a pointer is NULL, or the room is too small
 * Costs    a copy of the bytes
 * Since    0.1      Source  Roaring format specification
 */
COHORT_API cohort_status
cohort_bitmap_write(const cohort_bitmap *bitmap, void *bytes, size_t size, cohort_error *error);

/**
 * Reads Roaring's portable 32-bit layout. The bytes may come from anywhere: all
 * that the layout demands is checked before anything is believed, the offsets
 * included.
 *
 * Takes    allocator  as for cohort_bitmap_new()
 *          bytes      size of them; more may follow the set
 * Gives    *used      how many bytes the set took; may be NULL: then all must be
 *          *bitmap    made by hand; yours until cohort_bitmap_free(); NULL on failure
 * Fails    COHORT_INVALID  a pointer is NULL
 *          COHORT_CORRUPT  not such a set; error->position is the byte, the text why
 *          COHORT_MEMORY   no memory
 * Costs    a pass over the bytes; memory at most about 16 times `size`
 * Since    0.1      Source  Roaring format specification
 */
COHORT_API cohort_status
cohort_bitmap_read(const cohort_allocator *allocator, const void *bytes, size_t size, size_t *used,
                   cohort_bitmap **bitmap, cohort_error *error);

/**
 * Makes a bitmap of Roaring's portable layout that leaves its rows in the bytes:
 * a file that was mapped, a message, a page of a database. All that the layout
 * demands is checked once, here, as by cohort_bitmap_read(). The view then takes part
 * in every function that reads; what would change it fails with COHORT_READ_ONLY.
 *
 * Takes    allocator  as for cohort_bitmap_new()
 *          bytes      size of them, more may follow the set; at any address. They must
 *                     stay, and must not change, until the view is freed
 * Gives    *used      how many bytes the set took; may be NULL: then all must be
 *          *view      made by hand; yours until cohort_bitmap_free(), which leaves the
 *                     bytes alone; NULL on failure
 * Fails    COHORT_INVALID  a pointer is NULL
 *          COHORT_CORRUPT  not such a set; error->position is the byte, the text why
 *          COHORT_MEMORY   no memory
 * Costs    a pass over the bytes; memory: 24 bytes a tile. Rows that lie as memory would
 *          have them (little-endian, lists at even addresses, bits at multiples of 8)
 *          cost nothing extra to use; of the others, and of runs, up to 8 KiB are copied to
 *          the stack for each tile that is combined, listed or ranked, nothing for
 *          cohort_bitmap_contains() or a step of a cursor
 * Since    0.1      Source  Roaring format specification
 */
COHORT_API cohort_status
cohort_bitmap_view(const cohort_allocator *allocator, const void *bytes, size_t size, size_t *used,
                   cohort_bitmap **view, cohort_error *error);

#ifdef __cplusplus
}
#endif

#endif

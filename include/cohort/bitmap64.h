/*
 * Sets of 64-bit keys: cohort_bitmap for numbers that need 64 bits, such as the
 * caller's own keys, hashes, or times. The same algebra under the same names; what
 * is said in bitmap.h holds here too, and only differences are repeated.
 *
 * Always:  a key is a number in [0, 2^64). Keys belong to no store: there are no origins.
 *          Ranges include both ends, since 2^64 is no number of 64 bits; their
 *          functions are named _between, where those of cohort_bitmap, half-open,
 *          are named _range.
 *          Questions that cannot fail answer 0 or false to a NULL bitmap.
 * Costs:   a cohort_bitmap for each high half (key >> 32) that occurs, about 50 bytes
 *          each: made for keys that lie together, not for random ones.
 * Source:  Roaring format specification, "extension for 64-bit implementations".
 */
#ifndef COHORT_BITMAP64_H
#define COHORT_BITMAP64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cohort/base.h"
#include "cohort/bitmap.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cohort_bitmap64 cohort_bitmap64;

/**
 * Makes an empty bitmap, frees one, copies one.
 *
 * Takes    allocator        where its memory comes from; NULL: malloc. Copied.
 * Gives    *bitmap, *copy   yours until cohort_bitmap64_free(); NULL on failure
 * Fails    COHORT_INVALID   a pointer is NULL
 *          COHORT_MEMORY    no memory
 * Costs    as the functions of cohort_bitmap; free takes NULL
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap64_new(const cohort_allocator *allocator, cohort_bitmap64 **bitmap, cohort_error *error);
COHORT_API void
cohort_bitmap64_free(cohort_bitmap64 *bitmap);
COHORT_API cohort_status
cohort_bitmap64_copy(const cohort_bitmap64 *bitmap, cohort_bitmap64 **copy, cohort_error *error);

/**
 * Takes every key out; adds one key, or takes it out; adds n keys in any order, or
 * takes them out.
 *
 * Takes    keys  n of them, repeats allowed; may be NULL if n is 0
 * Fails    COHORT_INVALID    bitmap is NULL, or keys is while n is not 0
 *          COHORT_READ_ONLY  it is a view
 *          COHORT_MEMORY     no memory; nothing has changed
 * Costs    O(log parts) for one key more than in a cohort_bitmap, and a move of the
 *          parts behind it for the first key of a part; a list whose high halves do not
 *          rise is sorted first: some tens of nanoseconds and 20 bytes a key
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap64_clear(cohort_bitmap64 *bitmap, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_add(cohort_bitmap64 *bitmap, uint64_t key, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_remove(cohort_bitmap64 *bitmap, uint64_t key, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_add_keys(cohort_bitmap64 *bitmap, const uint64_t *keys, size_t n, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_remove_keys(cohort_bitmap64 *bitmap, const uint64_t *keys, size_t n, cohort_error *error);

/**
 * Changes every key from `least` to `greatest`, both included: adds it, takes it
 * out, or flips it. flip_between makes a new bitmap, flip_between_into changes this one.
 *
 * Gives    *result  with the same allocator; yours until cohort_bitmap64_free(); NULL on failure
 * Fails    COHORT_INVALID    a pointer is NULL, or least > greatest
 *          COHORT_READ_ONLY  what is to be changed is a view
 *          COHORT_LIMIT      adding or flipping keys of more than 1,024 high halves (2^42
 *                            keys), which would take more than 1.5 GiB; taking out has no limit
 *          COHORT_MEMORY     no memory; nothing has changed
 * Costs    1.5 MiB for each high half that is full; a step a part to take out
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap64_add_between(cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_remove_between(cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_flip_between_into(cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_flip_between(const cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest,
                             cohort_bitmap64 **result, cohort_error *error);

/**
 * Adds `by` to every key. Keys that would leave [0, 2^64) are left out, at either end.
 * The second form changes the bitmap itself.
 *
 * Gives    *result  with the same allocator; yours until cohort_bitmap64_free(); NULL on failure
 * Fails    COHORT_INVALID    a pointer is NULL
 *          COHORT_READ_ONLY  shift_into: the bitmap is a view
 *          COHORT_MEMORY     no memory; nothing has changed
 * Costs    a copy if `by` is a multiple of 65,536, else about twice as much
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap64_shift(const cohort_bitmap64 *bitmap, int64_t by, cohort_bitmap64 **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_shift_into(cohort_bitmap64 *bitmap, int64_t by, cohort_error *error);

/** Is the key in? O(log parts) more than cohort_bitmap_contains(). Since 0.1 */
COHORT_API bool
cohort_bitmap64_contains(const cohort_bitmap64 *bitmap, uint64_t key);

/** Is every key from least to greatest in? True if least > greatest; false for NULL. A step a tile. Since 0.1 */
COHORT_API bool
cohort_bitmap64_contains_between(const cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest);

/** How many keys are in. A step a tile. Since 0.1 */
COHORT_API uint64_t
cohort_bitmap64_count(const cohort_bitmap64 *bitmap);

/** How many keys from least to greatest are in; 0 if least > greatest. A step a tile. Since 0.1 */
COHORT_API uint64_t
cohort_bitmap64_count_between(const cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest);

/** Is no key in? True for NULL. One step. Since 0.1 */
COHORT_API bool
cohort_bitmap64_is_empty(const cohort_bitmap64 *bitmap);

/** The same keys? Every key of a in b? Any key in both? False if one is NULL. Costs as there. Since 0.1 */
COHORT_API bool
cohort_bitmap64_equal(const cohort_bitmap64 *a, const cohort_bitmap64 *b);
COHORT_API bool
cohort_bitmap64_subset(const cohort_bitmap64 *a, const cohort_bitmap64 *b);
COHORT_API bool
cohort_bitmap64_intersect(const cohort_bitmap64 *a, const cohort_bitmap64 *b);

/** How many keys are below `key`. A step a tile below it. Since 0.1 */
COHORT_API uint64_t
cohort_bitmap64_rank(const cohort_bitmap64 *bitmap, uint64_t key);

/**
 * Finds the key that has `index` keys below it; the least; the greatest.
 *
 * Gives    *key  untouched unless true; may be NULL
 * Returns  false if there is no such key
 * Costs    a step a tile below it; the least and the greatest one step a tile of their part
 * Since    0.1
 */
COHORT_API bool
cohort_bitmap64_select(const cohort_bitmap64 *bitmap, uint64_t index, uint64_t *key);
COHORT_API bool
cohort_bitmap64_least(const cohort_bitmap64 *bitmap, uint64_t *key);
COHORT_API bool
cohort_bitmap64_greatest(const cohort_bitmap64 *bitmap, uint64_t *key);

/**
 * Combines two sets: into a new one, in place, or only counted.
 *
 * Takes    a, b     read only, in place but for a; they may be one bitmap
 * Gives    *result  with a's allocator; yours until cohort_bitmap64_free(); NULL on failure
 *          *count   0 on failure
 * Fails    COHORT_INVALID    a pointer is NULL
 *          COHORT_READ_ONLY  in place: a is a view
 *          COHORT_MEMORY     no memory; nothing has changed
 * Costs    as the combinations of cohort_bitmap, part by part; in place, parts that both
 *          have are made anew, but for the last
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap64_and(const cohort_bitmap64 *a, const cohort_bitmap64 *b, cohort_bitmap64 **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_or(const cohort_bitmap64 *a, const cohort_bitmap64 *b, cohort_bitmap64 **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_xor(const cohort_bitmap64 *a, const cohort_bitmap64 *b, cohort_bitmap64 **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_andnot(const cohort_bitmap64 *a, const cohort_bitmap64 *b, cohort_bitmap64 **result,
                       cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_and_into(cohort_bitmap64 *a, const cohort_bitmap64 *b, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_or_into(cohort_bitmap64 *a, const cohort_bitmap64 *b, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_xor_into(cohort_bitmap64 *a, const cohort_bitmap64 *b, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_andnot_into(cohort_bitmap64 *a, const cohort_bitmap64 *b, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_and_count(const cohort_bitmap64 *a, const cohort_bitmap64 *b, uint64_t *count, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_or_count(const cohort_bitmap64 *a, const cohort_bitmap64 *b, uint64_t *count, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_xor_count(const cohort_bitmap64 *a, const cohort_bitmap64 *b, uint64_t *count, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_andnot_count(const cohort_bitmap64 *a, const cohort_bitmap64 *b, uint64_t *count, cohort_error *error);

/** How many keys both have among those that either has, 0 to 1; 1 for two empty sets. As and_count. Since 0.1 */
COHORT_API cohort_status
cohort_bitmap64_jaccard(const cohort_bitmap64 *a, const cohort_bitmap64 *b, double *index, cohort_error *error);

/**
 * Combines n sets at once: the keys in all, in any, in an odd number, in at least
 * `least` of them.
 *
 * Takes    sets     n of them, read only; the same one may occur several times
 *          least    1 or more; more than n finds nothing
 * Gives    *result  with the allocator of sets[0]; yours until cohort_bitmap64_free();
 *                   NULL on failure
 * Fails    COHORT_INVALID  n or least is 0, or a pointer is NULL
 *          COHORT_MEMORY   no memory
 * Costs    as cohort_bitmap, and n steps a high half
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap64_and_many(const cohort_bitmap64 *const *sets, size_t n, cohort_bitmap64 **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_or_many(const cohort_bitmap64 *const *sets, size_t n, cohort_bitmap64 **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_xor_many(const cohort_bitmap64 *const *sets, size_t n, cohort_bitmap64 **result, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_at_least(const cohort_bitmap64 *const *sets, size_t n, size_t least, cohort_bitmap64 **result,
                         cohort_error *error);

/**
 * Lists keys, rising: as many as there is room for, from key `first` on, or after
 * leaving out the `offset` lowest.
 *
 * Gives    keys   filled from the front
 * Returns  how many were listed; less than room means that no more follow
 * Costs    about a nanosecond a key; keys_at also a step a tile below the first
 * Since    0.1
 */
COHORT_API size_t
cohort_bitmap64_keys(const cohort_bitmap64 *bitmap, uint64_t first, uint64_t *keys, size_t room);
COHORT_API size_t
cohort_bitmap64_keys_at(const cohort_bitmap64 *bitmap, uint64_t offset, uint64_t *keys, size_t room);

/** A place between two keys; see cohort_cursor. Since 0.1 */
typedef struct cohort_cursor64 {
    uint64_t hidden[8];
} cohort_cursor64;

/**
 * Moves the cursor: before the least key, before the first key at or after `place`,
 * behind the greatest key. A NULL bitmap counts as empty.
 *
 * Costs    O(log parts + log tiles)
 * Since    0.1
 */
COHORT_API void
cohort_cursor64_start(cohort_cursor64 *cursor, const cohort_bitmap64 *bitmap);
COHORT_API void
cohort_cursor64_seek(cohort_cursor64 *cursor, uint64_t place);
COHORT_API void
cohort_cursor64_end(cohort_cursor64 *cursor);

/** Steps over the key ahead, or back over the one behind, and gives it; false, and no step, if none is. Since 0.1 */
COHORT_API bool
cohort_cursor64_next(cohort_cursor64 *cursor, uint64_t *key);
COHORT_API bool
cohort_cursor64_previous(cohort_cursor64 *cursor, uint64_t *key);

/** Steps over as many keys as there is room for, and lists them; how many. As cohort_bitmap64_keys(). Since 0.1 */
COHORT_API size_t
cohort_cursor64_read(cohort_cursor64 *cursor, uint64_t *keys, size_t room);

/**
 * Keeps each tile in its smallest form and gives spare room back; measures memory,
 * exactly, and forms.
 *
 * Gives    *figures  begun with COHORT_BITMAP_FIGURES_INIT; its rows are keys
 * Fails    COHORT_INVALID    a pointer is NULL, or figures has no size
 *          COHORT_READ_ONLY  optimise: the bitmap is a view
 *          COHORT_MEMORY     optimise: no memory; the keys are as before
 * Costs    optimise the bytes of its memory, the others a few steps a tile
 * Since    0.1
 */
COHORT_API cohort_status
cohort_bitmap64_optimise(cohort_bitmap64 *bitmap, cohort_error *error);
COHORT_API size_t
cohort_bitmap64_memory_bytes(const cohort_bitmap64 *bitmap);
COHORT_API cohort_status
cohort_bitmap64_measure(const cohort_bitmap64 *bitmap, cohort_bitmap_figures *figures, cohort_error *error);

/**
 * Writes the keys in Roaring's portable 64-bit layout, which CRoaring, Java, Go and Rust read.
 *
 * Takes    size   room at `bytes`, at least cohort_bitmap64_written_bytes() (0 for NULL)
 * Gives    bytes  that many bytes, the same on every machine
 * Fails    COHORT_INVALID  a pointer is NULL, or the room is too small
 * Costs    a copy of the bytes
 * Since    0.1      Source  Roaring format specification, 64-bit extension
 */
COHORT_API size_t
cohort_bitmap64_written_bytes(const cohort_bitmap64 *bitmap);
COHORT_API cohort_status
cohort_bitmap64_write(const cohort_bitmap64 *bitmap, void *bytes, size_t size, cohort_error *error);

/**
 * Reads Roaring's portable 64-bit layout, or makes a view that leaves the keys in
 * the bytes; see cohort_bitmap_read() and cohort_bitmap_view(). High halves must rise;
 * parts without keys are passed over.
 *
 * Takes    allocator        as for cohort_bitmap64_new()
 *          bytes            size of them, more may follow the set; those under a view must
 *                           stay, and not change, until the view is freed
 * Gives    *used            how many bytes the set took; may be NULL: then all must be
 *          *bitmap, *view   yours until cohort_bitmap64_free(); NULL on failure
 * Fails    COHORT_INVALID   a pointer is NULL
 *          COHORT_CORRUPT   not such a set; error->position is the byte, the text why
 *          COHORT_MEMORY    no memory
 * Costs    a pass over the bytes; memory at most about 16 times `size`
 * Since    0.1      Source  Roaring format specification, 64-bit extension
 */
COHORT_API cohort_status
cohort_bitmap64_read(const cohort_allocator *allocator, const void *bytes, size_t size, size_t *used,
                     cohort_bitmap64 **bitmap, cohort_error *error);
COHORT_API cohort_status
cohort_bitmap64_view(const cohort_allocator *allocator, const void *bytes, size_t size, size_t *used,
                     cohort_bitmap64 **view, cohort_error *error);

#ifdef __cplusplus
}
#endif

#endif

/*
 * Sets of 64-bit keys: an ordinary bitmap of the low halves for each high half
 * that occurs.
 *
 * Always:  high halves strictly rise, no part is empty.
 *          What fails returns COHORT_MEMORY, or what it says, and has changed nothing.
 * Used:    as co_bitmap; names and arguments are the same where the meaning is.
 *          Ranges include both ends, since 2^64 is no number of 64 bits.
 * Costs:   what the parts cost, and O(log parts) to find one.
 * Source:  Roaring format specification, "extension for 64-bit implementations".
 */
#ifndef CO_BITMAP_BITMAP64_H
#define CO_BITMAP_BITMAP64_H

#include "bitmap/bitmap.h"

typedef struct co_part {
    co_bitmap rows;             /* low halves */
    uint32_t high;
} co_part;

typedef struct co_bitmap64 {
    co_memory *memory;
    co_part *parts;
    size_t n_parts;
    size_t capacity;
    bool is_view;               /* each part is one */
} co_bitmap64;

/* A range that is added or flipped may not touch more high halves: each costs up to 1.5 MiB. */
enum { CO_RANGE_PARTS_MOST = 1024 };

void co_bitmap64_init(co_bitmap64 *bitmap, co_memory *memory);
void co_bitmap64_clear(co_bitmap64 *bitmap);
void co_bitmap64_move(co_bitmap64 *from, co_bitmap64 *to);
cohort_status co_bitmap64_copy(const co_bitmap64 *from, co_bitmap64 *to);

cohort_status co_bitmap64_add(co_bitmap64 *bitmap, uint64_t key, bool *changed);
cohort_status co_bitmap64_remove(co_bitmap64 *bitmap, uint64_t key, bool *changed);
cohort_status co_bitmap64_add_rows(co_bitmap64 *bitmap, const uint64_t *keys, size_t n);
cohort_status co_bitmap64_remove_rows(co_bitmap64 *bitmap, const uint64_t *keys, size_t n);

/* least <= greatest. COHORT_LIMIT: more than CO_RANGE_PARTS_MOST parts to add or flip. */
cohort_status co_bitmap64_add_between(co_bitmap64 *bitmap, uint64_t least, uint64_t greatest);
cohort_status co_bitmap64_remove_between(co_bitmap64 *bitmap, uint64_t least, uint64_t greatest);
cohort_status co_bitmap64_flip_between(co_bitmap64 *bitmap, uint64_t least, uint64_t greatest);
cohort_status co_bitmap64_shift(const co_bitmap64 *bitmap, int64_t by, co_bitmap64 *result);

cohort_status co_bitmap64_combine(co_set_operation operation, const co_bitmap64 *a, const co_bitmap64 *b,
                                  co_bitmap64 *result);
cohort_status co_bitmap64_combine_into(co_set_operation operation, co_bitmap64 *a, const co_bitmap64 *b);
uint64_t co_bitmap64_combine_count(co_set_operation operation, const co_bitmap64 *a, const co_bitmap64 *b);
cohort_status co_bitmap64_and_many(const co_bitmap64 *const *sets, size_t n, co_bitmap64 *result);
cohort_status co_bitmap64_or_many(const co_bitmap64 *const *sets, size_t n, co_bitmap64 *result);
cohort_status co_bitmap64_xor_many(const co_bitmap64 *const *sets, size_t n, co_bitmap64 *result);
cohort_status co_bitmap64_at_least(const co_bitmap64 *const *sets, size_t n, size_t least, co_bitmap64 *result);

bool co_bitmap64_contains(const co_bitmap64 *bitmap, uint64_t key);
bool co_bitmap64_contains_between(const co_bitmap64 *bitmap, uint64_t least, uint64_t greatest);
bool co_bitmap64_is_empty(const co_bitmap64 *bitmap);
uint64_t co_bitmap64_count(const co_bitmap64 *bitmap);
uint64_t co_bitmap64_count_between(const co_bitmap64 *bitmap, uint64_t least, uint64_t greatest);
bool co_bitmap64_equal(const co_bitmap64 *a, const co_bitmap64 *b);
bool co_bitmap64_subset(const co_bitmap64 *a, const co_bitmap64 *b);
bool co_bitmap64_intersect(const co_bitmap64 *a, const co_bitmap64 *b);
uint64_t co_bitmap64_rank(const co_bitmap64 *bitmap, uint64_t key);
bool co_bitmap64_select(const co_bitmap64 *bitmap, uint64_t index, uint64_t *key);
bool co_bitmap64_greatest(const co_bitmap64 *bitmap, uint64_t *key);
size_t co_bitmap64_rows(const co_bitmap64 *bitmap, uint64_t first, uint64_t *keys, size_t room);
size_t co_bitmap64_rows_at(const co_bitmap64 *bitmap, uint64_t offset, uint64_t *keys, size_t room);

typedef struct CO_MAY_ALIAS co_bitmap64_cursor {
    const co_bitmap64 *bitmap;
    size_t part;                /* where `inside` is; n_parts: behind all */
    co_bitmap_cursor inside;
} co_bitmap64_cursor;

co_bitmap64_cursor co_bitmap64_cursor_of(const co_bitmap64 *bitmap);
void co_cursor64_seek(co_bitmap64_cursor *cursor, uint64_t place);
/* Behind the greatest key. */
void co_cursor64_end(co_bitmap64_cursor *cursor);
bool co_cursor64_next(co_bitmap64_cursor *cursor, uint64_t *key);
bool co_cursor64_previous(co_bitmap64_cursor *cursor, uint64_t *key);
size_t co_cursor64_rows(co_bitmap64_cursor *cursor, uint64_t *keys, size_t room);

cohort_status co_bitmap64_optimise(co_bitmap64 *bitmap);
size_t co_bitmap64_memory_bytes(const co_bitmap64 *bitmap);
co_bitmap_forms co_bitmap64_count_forms(const co_bitmap64 *bitmap);
const char *co_bitmap64_validate(const co_bitmap64 *bitmap);

size_t co_bitmap64_portable_bytes(const co_bitmap64 *bitmap);
void co_bitmap64_write_portable(const co_bitmap64 *bitmap, void *bytes);
cohort_status co_bitmap64_read_portable(const void *bytes, size_t length, co_bitmap64 *result, size_t *used,
                                        cohort_error *error);
cohort_status co_bitmap64_view_portable(const void *bytes, size_t length, co_bitmap64 *result, size_t *used,
                                        cohort_error *error);

/* ---- for the files of this room only ---- */

/* The index of the first part whose high half is at least `high`, or n_parts. */
size_t co_parts_find(const co_bitmap64 *bitmap, uint32_t high);
/* The rows of exactly that part, or NULL. */
const co_bitmap *co_parts_get(const co_bitmap64 *bitmap, uint32_t high);
bool co_parts_reserve(co_bitmap64 *bitmap, size_t n_parts);
/* Behind the others, an empty part; NULL if there is no memory. */
co_bitmap *co_parts_append(co_bitmap64 *bitmap, uint32_t high);
void co_parts_drop(co_bitmap64 *bitmap, size_t index);

#endif

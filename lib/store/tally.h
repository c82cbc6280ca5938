/*
 * The distinct values of a field and how many of some rows have each.
 *
 * Always:  values that are coded are counted by their code; numbers and texts that
 *          are not, in a table. A row whose set has several elements counts once
 *          for each of them.
 * Used:    co_tally_init, co_tally_rows, the items, co_tally_clear also after a failure.
 * Costs:   a step a row that is coded, else a look-up in the table; 8 bytes a word of
 *          the field's dictionary, up to 64 a value in the table.
 */
#ifndef CO_STORE_TALLY_H
#define CO_STORE_TALLY_H

#include "bitmap/bitmap.h"
#include "store/version.h"

/* Texts lie in the version. */
typedef struct co_tally_item {
    co_text text;               /* STRING, SET */
    int64_t number;             /* other types, as fields keep them */
    uint64_t n_rows;
} co_tally_item;

typedef struct co_tally {
    co_memory *memory;
    const co_version *version;
    const co_object *object;
    uint32_t field;
    uint64_t *by_code;
    uint32_t n_codes;
    uint32_t *table;            /* index of an item + 1, or 0; n_places is a power of two */
    size_t n_places;
    co_tally_item *items;
    size_t n_items;
    size_t capacity;
    uint64_t n_missing;         /* rows without a value */
    uint32_t stranger;          /* the row that does not exist, if one was asked about */
} co_tally;

void co_tally_init(co_memory *memory, const co_version *version, const co_object *object, uint32_t field,
                   co_tally *tally);
void co_tally_clear(co_tally *tally);

/*
 * Counts the rows, all that live where NULL. The items are then those that occur, the
 * most frequent first, equally frequent ones by text or number.
 * Fails: COHORT_MEMORY; COHORT_NOT_FOUND: tally->stranger does not live.
 */
cohort_status co_tally_rows(co_tally *tally, const co_bitmap *rows);

#endif

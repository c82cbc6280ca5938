/*
 * Many rows on their way in: columns of at most 65,536 rows each, encoded
 * as those of tiles are, so that a whole file takes little memory before it is
 * committed. A part of 65,536 rows becomes a tile as it is where all its records
 * are new and their object has no home, so fill parts up.
 *
 * Used:    co_bale_new when the types of a file are known, before its object need
 *          be declared; co_bale_add for every part, from arrays that may be used
 *          again at once; co_batch_take_bale when the object is there.
 * Threads: one at a time.
 */
#ifndef CO_STORE_BALE_H
#define CO_STORE_BALE_H

#include "store/batch.h"

typedef struct co_bale co_bale;

/* has_key: the first column is the key. Shapes as in co_staged_column. */
cohort_status co_bale_new(co_memory *memory, bool has_key, uint32_t n_columns, const co_shape *shapes,
                            co_bale **bale, cohort_error *error);
/* NULL allowed. */
void co_bale_free(co_bale *bale);

/*
 * Adds n_rows ≤ 65,536 rows, cells[i] of column i (cells[i].n is not read). Everything is
 * copied. Packed texts are much faster than plain ones. Texts must be valid UTF-8, set elements without repeats; the key is never missing.
 */
cohort_status co_bale_add(co_bale *bale, uint32_t n_rows, const co_cells *cells, cohort_error *error);
uint64_t co_bale_n_rows(const co_bale *bale);

/*
 * As co_batch_columns for all these rows; columns[i] says what column i is, its cells are
 * not read. The memory must be the store's. Takes `bale` over; on failure it is still yours.
 */
cohort_status co_batch_take_bale(co_batch *batch, uint32_t object, const co_staged_column *columns,
                                   co_bale *bale, cohort_error *error);

#endif

/*
 * What is derived from the codes of a column when it is asked, and lives as long
 * as the column: the rows of single codes, and coarse codes of wide numbers.
 *
 * Always:  made once by whoever comes first, published by compare-and-swap, never
 *          changed, never saved. Without memory nothing is derived and the codes
 *          answer, which takes longer.
 */
#ifndef CO_COLUMN_DERIVED_H
#define CO_COLUMN_DERIVED_H

#include "column/layout.h"

typedef struct co_code_rows co_code_rows;
typedef struct co_coarse co_coarse;

#define CO_CODE_BUCKETS 32u
#define CO_ASKED_BOUNDS 16u

struct co_derived {
    _Atomic size_t rows_size;                    /* bytes of the rows of single codes */
    _Atomic uint32_t n_ranges;                   /* that were asked for */
    _Atomic uint64_t bounds[CO_ASKED_BOUNDS];    /* of the latest: the first code of a range, or past its last */
    _Atomic(co_coarse *) coarse;
    _Atomic(co_code_rows *) rows[CO_CODE_BUCKETS]; /* lists, by the lowest bits of the code */
};

/* NULL: no memory. */
co_derived *co_derived_of(const co_column *column);
size_t co_derived_size(const co_column *column);
void co_derived_free(co_column *column);

/*
 * The rows with a value of that code, kept from now on. False if they are not
 * kept, as the column keeps 2 bytes a row already or is of a form without need of it.
 */
bool co_code_view(const co_column *column, uint64_t code, co_view *view);

/* hits = rows whose code lies in [low, high], missing ones with code 0. False: coarse codes do not tell, or cost more. */
bool co_coarse_between(const co_column *column, uint64_t low, uint64_t high, uint64_t *hits);
size_t co_coarse_size(const co_column *column);

#endif

/* Lists of rows in no order; see scatter.c. For the files of this room only. */
#ifndef CO_BITMAP_SCATTER_H
#define CO_BITMAP_SCATTER_H

#include "bitmap/bitmap.h"

/* Shorter lists are added as they come. */
enum { CO_SCATTERED_FROM = 2048 };

/* Would dealing them out be worth it? A pass over the rows. */
bool co_rows_are_scattered(const uint32_t *rows, size_t n);
/* Into an empty bitmap, repeats allowed; n is at least 1. */
cohort_status co_bitmap_scatter(const uint32_t *rows, size_t n, co_bitmap *result);

#endif

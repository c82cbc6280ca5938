/*
 * What stands behind the public handles. Only api/ sees these structs.
 */
#ifndef CO_API_HANDLES_H
#define CO_API_HANDLES_H

#include "base/memory.h"
#include "bitmap/bitmap.h"
#include "cohort/base.h"
#include "cohort/bitmap.h"

/*
 * Whose rows a bitmap holds. All zero: nobody's, plain numbers. Bitmaps of two
 * different origins never meet in one operation.
 */
typedef struct co_origin {
    uint64_t store;
    uint32_t object;
    uint32_t epoch;
} co_origin;

struct cohort_bitmap {
    co_memory memory;           /* counts this handle too */
    co_origin origin;
    co_bitmap rows;
};

/* An empty bitmap with memory of its own, *bitmap NULL on failure. */
cohort_status co_handle_bitmap_new(const cohort_allocator *allocator, co_origin origin, cohort_bitmap **bitmap,
                                   cohort_error *error);

#endif

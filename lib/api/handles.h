/*
 * What stands behind the public handles. Only api/ sees these structs.
 */
#ifndef CO_API_HANDLES_H
#define CO_API_HANDLES_H

#include "base/memory.h"
#include "bitmap/bitmap.h"
#include "bitmap/bitmap64.h"
#include "cohort/base.h"
#include "cohort/bitmap.h"
#include "cohort/bitmap64.h"
#include "cohort/evaluate.h"
#include "cohort/segment.h"
#include "cohort/store.h"
#include "eval/eval.h"
#include "expr/expr.h"
#include "store/batch.h"
#include "store/store.h"

typedef struct co_directory co_directory;

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

/* Its keys are the caller's own, so far: the origin is nobody's. */
struct cohort_bitmap64 {
    co_memory memory;
    co_origin origin;
    co_bitmap64 rows;
};

/* A store, with the directory it lives in (NULL: memory only). The handle's own block counts nowhere. */
struct cohort_store {
    co_memory memory;
    co_store *store;
    co_directory *directory;
};

struct cohort_batch {
    co_memory memory;
    co_store *store;
    co_batch *batch;
};

struct cohort_snapshot {
    co_memory memory;
    co_version *version;
};

struct cohort_segment {
    co_memory memory;
    co_text object;             /* zero-terminated, in the tree's arena */
    co_tree *tree;
    int32_t nulls;
};

struct cohort_evaluator {
    co_memory memory;
    co_eval *eval;
    const co_zone *zone;        /* of the last call, by name; NULL: none yet */
};

/* An empty bitmap with memory of its own, *bitmap NULL on failure. */
cohort_status co_handle_bitmap_new(const cohort_allocator *allocator, co_origin origin, cohort_bitmap **bitmap,
                                   cohort_error *error);

#endif

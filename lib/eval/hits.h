/*
 * Child rows that belong to the rows of one parent tile, chunk by chunk.
 *
 *     at home   the child's tiles of this parent tile, each run here and now
 *     by link   the rows of a kept set, as an earlier pass found their parents
 *
 * Always:  every row given exists, is in the set asked for, and its parent is
 *          in `within`. Rows rise within a chunk, which is of one child tile; each
 *          row comes once. Chunks come in the order of tiles, not of time.
 * Used:    co_hits_open; while co_hits_next gives *more: chunk, co_hits_values …;
 *          co_hits_close. What a chunk points to holds until the next call, and so do
 *          texts among its values, unless co_value_text_lasts() says that they last.
 */
#ifndef CO_EVAL_HITS_H
#define CO_EVAL_HITS_H

#include "eval/values.h"

/* Child tiles that several workers take from, each the next one. */
typedef struct co_hits_share {
    _Atomic uint32_t n_taken;
} co_hits_share;

typedef struct co_hits {
    co_worker *worker;
    co_scope *scope;            /* of the parent's tile */
    const co_relation *relation;
    uint32_t set;               /* step of the child's rows */
    const co_register *within;  /* parents that matter */
    co_hits_share *share;       /* set after opening; NULL: all tiles are ours */
    /* the chunk */
    uint32_t n;                 /* at most CO_CHUNK */
    const uint16_t *parents;    /* slot of each one's parent */
    const uint32_t *rows;       /* of the child */
    struct co_hits_walk *walk;  /* where it is; hits.c */
} co_hits;

cohort_status co_hits_open(co_worker *worker, co_scope *scope, const co_relation *relation, uint32_t set,
                           const co_register *within, co_hits *hits);
cohort_status co_hits_next(co_hits *hits, bool *more);
/* A value step of the child's rows, for the rows of the chunk. */
cohort_status co_hits_values(co_hits *hits, uint32_t vstep, co_vector *out);
void co_hits_close(co_hits *hits);

#endif

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
 * Costs:   where columns tell which rows of a tile are in the set (windows.h) the tile
 *          is not opened. Whoever takes bare chunks gets those rows as they lie in
 *          the column, and without a look at each one's parent.
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
    /* set after opening */
    co_hits_share *share;       /* NULL: all tiles are ours */
    uint32_t most_bare;         /* a chunk may be bare, then of at most so many rows; 0: none is */
    bool only_parents;          /* nobody asks which rows a bare chunk has: they need not follow each other */
    /* the chunk */
    uint32_t n;                 /* at most CO_CHUNK, unless it is bare */
    const uint16_t *parents;    /* slot of each one's parent, less `base` */
    const uint32_t *rows;       /* of the child; NULL: bare, and parents may be outside of `within` */
    uint16_t base;              /* 0 unless the chunk is bare */
    uint32_t first;             /* bare: its first row, the others follow one after the other */
    bool lasts;                 /* parents lie in the version: not only until the next call */
    struct co_hits_walk *walk;  /* where it is; hits.c */
} co_hits;

cohort_status co_hits_open(co_worker *worker, co_scope *scope, const co_relation *relation, uint32_t set,
                           const co_register *within, co_hits *hits);
cohort_status co_hits_next(co_hits *hits, bool *more);
/* A value step of the child's rows, for the rows of the chunk; if it is bare, one that is found without opening the tile. */
cohort_status co_hits_values(co_hits *hits, uint32_t vstep, co_vector *out);
/* Whether a value step is: whoever reads others must not take bare chunks. */
bool co_hits_reads_bare(const co_run *run, uint32_t vstep);
void co_hits_close(co_hits *hits);

#endif

/*
 * Which child rows belong to which parent, where children do not live with
 * their parents: found when the pass over the child is done.
 *
 * Always:  in the order of the parent's tile, then of the child's row; only rows
 *          of the link's set whose way ends at a row that exists.
 * Costs:   6 bytes a pair, as many again while they are sorted.
 */
#ifndef CO_EVAL_LINKS_H
#define CO_EVAL_LINKS_H

#include "eval/worker.h"

typedef struct co_link_rows {
    uint64_t n;
    uint32_t n_tiles;           /* of the parent */
    uint64_t *starts;           /* by the parent's tile, n_tiles + 1 of them; NULL: not found */
    uint16_t *parents;          /* slots */
    uint32_t *rows;             /* of the child */
} co_link_rows;

/* Reads run->kept; the worker is the caller's, no tile open. Fails: COHORT_MEMORY, CANCELLED, DEADLINE. */
cohort_status co_link_find(co_worker *worker, uint32_t link, co_link_rows *rows);
void co_link_clear(co_memory *memory, co_link_rows *rows);

#endif

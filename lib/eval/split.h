/*
 * One parent tile with many child tiles, shared out among workers that would
 * otherwise have nothing to do.
 *
 *     fold ──co_split_run──▶ part 0 … n−1, each with a worker and a place to add up in ──▶ the fold adds the parts
 *
 * Always:  only where a pass has one tile to run; a part takes the next child
 *          tile as it comes, so the sum of the parts must not depend on who took what.
 *          A part that no thread was there for is not run.
 */
#ifndef CO_EVAL_SPLIT_H
#define CO_EVAL_SPLIT_H

#include "eval/hits.h"

/* How many may work on the children of a tile together; 1: not worth it, or nobody is free. */
uint32_t co_split_parts(const co_worker *worker, const co_scope *scope, const co_relation *relation);

typedef cohort_status co_split_work(void *context, uint32_t part, co_worker *worker, co_scope *scope,
                                    co_hits_share *share);
/* Runs the parts; the status of the first that failed. */
cohort_status co_split_run(co_worker *worker, co_scope *scope, uint32_t n_parts, co_split_work *work, void *context);

#endif

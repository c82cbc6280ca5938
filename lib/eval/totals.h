/*
 * Counts and sums of child rows compared with a number: the rows of a tile that
 * pass, without a value for each.
 *
 * Always:  only what fits in 64 bits, as the plan found. A parent without such
 *          rows has 0.
 * Costs:   what a few child rows are added to is looked at and cleared one by one,
 *          so a tile where little happened costs little.
 */
#ifndef CO_EVAL_TOTALS_H
#define CO_EVAL_TOTALS_H

#include "eval/worker.h"

/* Whether a test is such a comparison. */
bool co_totals_fit(const co_run *run, const co_step *step);

/* pass = the rows of `within` that pass it, all CO_TILE_WORDS of them. */
cohort_status co_totals_find(co_worker *worker, co_scope *scope, const co_step *step, const co_register *within,
                             uint64_t *pass);

#endif

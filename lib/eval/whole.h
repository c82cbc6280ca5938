/*
 * Tests whose answer is found as a set of the tile's rows, without a value for
 * each row: what a chain or a place among others comes to is known as a set anyway.
 *
 * Always:  the same answers as the test of the values gives. Of a chain only where
 *          no other step reads the value, which would then be found twice.
 */
#ifndef CO_EVAL_WHOLE_H
#define CO_EVAL_WHOLE_H

#include "eval/worker.h"

/* Whether a test is of that kind. */
bool co_whole_fits(const co_run *run, const co_step *step);

/* pass = the rows of `within` that pass the test, fail = those that do not, all CO_TILE_WORDS of them; others are unknown. */
cohort_status co_whole_find(co_worker *worker, co_scope *scope, const co_step *step, const co_register *within,
                            uint64_t *pass, uint64_t *fail);

/*
 * Numbers that compare so with one number lie in [*low, *high]; of NOT_EQUAL all others do. False: there
 * are none.
 */
bool co_compare_range(co_compare compare, int64_t number, int64_t *low, int64_t *high);

#endif

/*
 * Places among the records of an object, found when the pass is done that keeps
 * the values they are ranked by, and read as a value by later passes.
 *
 *     kept set AMONG, kept values ──co_ranking_find──▶ run->ranked[ranking] ──co_ranked_values──▶ a task's rows
 *
 * Always:  outside the population a place is missing; TOP and BOTTOM are false
 *          there, for every row, as a BOOL without NULLs.
 */
#ifndef CO_EVAL_RANKINGS_H
#define CO_EVAL_RANKINGS_H

#include "eval/engine.h"
#include "eval/kept.h"

/*
 * Called between passes, in the calling thread, all workers idle: eval->workers and
 * eval->crew may be used, co_worker_poll(&eval->workers[0]) tells when to stop.
 * Reads run->kept[among] and run->kept_values[value, per]; opens and fills run->ranked[ranking],
 * which the run clears. Fails: COHORT_MEMORY, CANCELLED, DEADLINE.
 */
cohort_status co_ranking_find(co_eval *eval, co_run *run, uint32_t ranking);

/* RANKED, for the rows of a task. */
co_value_family co_ranked_values;

#endif

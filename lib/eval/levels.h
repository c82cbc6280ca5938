/*
 * SEQUENCE and FUNNEL over one object's events, level by level, without putting
 * events by parent.
 *
 *     hits of each step ──▶ parents with a hit of every step ──▶ events of those, by (time, arrival)
 *     level 0 = events of the first step
 *     level r ──beside the next step's events, in order of time──▶ level r + 1
 *
 * A level holds the events at which some chain reaches a step, each with the limit
 * that its chain's first event sets. Where distances are spans of fixed length the
 * latest event of a level is the best to go on from (sequence.h), so one state a
 * parent is enough on the way from level to level, and a NOT between two steps
 * clears it. Mostly few events are on a level, and of the next step only those of
 * their parents are looked at.
 *
 * Always:  the same answers as sequence.c gives.
 * Costs:   two looks at each hit's parent; the time of an event, and its place in
 *          order, only where its parent can still have a chain. 16 bytes a hit.
 * Not here: several objects, SAME, months, NOT at the end: chains.c.
 */
#ifndef CO_EVAL_LEVELS_H
#define CO_EVAL_LEVELS_H

#include "eval/folds.h"

/* Whether a chain is one that can be searched so. */
bool co_levels_fit(const co_run *run, const co_chain *chain);

/*
 * words: the parents of `within` that have a chain of all steps. FUNNEL: `out`, all zero for
 * `within`, gets how many steps each reaches; else `out` is not looked at.
 */
cohort_status co_levels_find(co_worker *worker, co_scope *scope, const co_chain *chain, const co_register *within,
                             uint64_t *words, co_vector *out);

#endif

/*
 * What child rows come to, for each parent of a tile: counts, sums, first and
 * last ones, chains of events.
 *
 *     hits ──co_stream_fold──▶ one value a parent           COUNT SUM MIN MAX AVG
 *     hits ──by parent, by (time, arrival)──▶ co_ordered_fold, co_chain_fold
 *
 * Always:  `out` has the tile's length, is found for all parents in `within` at
 *          once and NULL for others. A fold reads each child row once.
 */
#ifndef CO_EVAL_FOLDS_H
#define CO_EVAL_FOLDS_H

#include "eval/hits.h"

typedef cohort_status co_fold_family(co_worker *worker, co_scope *scope, const co_vstep *vstep,
                                     const co_register *within, co_vector *out);
co_fold_family co_stream_fold;  /* folds.c: FOLD with COUNT of rows or values, SUM, MIN, MAX, AVG */
co_fold_family co_ordered_fold; /* ordered.c: FOLD with COUNT(DISTINCT), MEDIAN, FIRST, LAST, MODE, gaps */
co_fold_family co_chain_fold;   /* chains.c: CHAIN */

#endif

/*
 * What child rows come to, for each parent of a tile: counts, sums, first and
 * last ones, chains of events.
 *
 *     hits ──co_stream_fold──▶ one value a parent           COUNT SUM MIN MAX AVG
 *     hits ──by parent, by (time, arrival)──▶ co_ordered_fold, co_chain_fold
 *
 * Always:  `out` has the tile's length, is found for all parents in `within` at
 *          once and NULL for others; `within` holds existing rows. Texts in it last as
 *          long as the scope: those made on the way, and those of child rows that do
 *          not last by themselves, are copied to scope->shared_texts.
 */
#ifndef CO_EVAL_FOLDS_H
#define CO_EVAL_FOLDS_H

#include "eval/hits.h"

co_fold_find co_stream_fold;    /* folds.c: FOLD with COUNT of rows or values, SUM, MIN, MAX, AVG */
co_fold_find co_ordered_fold;   /* ordered.c: FOLD with COUNT(DISTINCT), MEDIAN, FIRST, LAST, MODE, gaps */
co_fold_find co_chain_fold;     /* chains.c: CHAIN */

/* Which of them finds a FOLD or CHAIN; NULL for other steps. */
co_fold_find *co_fold_of(const co_plan *plan, const co_vstep *vstep);

#endif

/* One text against a condition on text, for texts that are not looked up in a column. */
#ifndef CO_EVAL_MATCH_H
#define CO_EVAL_MATCH_H

#include "eval/worker.h"

/*
 * Whether `text`, which belongs to that row, matches. An evaluation error is
 * noted for the row and *known is false. Fails only with what stops everything.
 */
cohort_status co_match_text(co_worker *worker, uint32_t object, uint32_t row, const co_text_match *match, co_text text,
                            bool *hit, bool *known);

#endif

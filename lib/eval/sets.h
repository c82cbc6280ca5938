/* One row's set of strings, as codes of the field's dictionary, against the groups of a step. */
#ifndef CO_EVAL_SETS_H
#define CO_EVAL_SETS_H

#include "eval/worker.h"

/* The codes live in the worker's scratch. */
cohort_status co_set_elements(co_worker *worker, const co_column *column, uint32_t slot, uint32_t **codes,
                              uint32_t *n_codes);
/* Every group held and nothing else, or at least n of the groups. */
bool co_set_passes(const co_step *step, bool exactly, const uint32_t *codes, uint32_t n_codes);

#endif

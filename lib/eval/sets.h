/* One row's set of strings: as codes of the field's dictionary against the groups of a step, or as texts. */
#ifndef CO_EVAL_SETS_H
#define CO_EVAL_SETS_H

#include "eval/values.h"

/* The codes live in the worker's scratch. */
cohort_status co_set_elements(co_worker *worker, const co_column *column, uint32_t slot, uint32_t **codes,
                              uint32_t *n_codes);
/* Every group held and nothing else, or at least n of the groups. */
bool co_set_passes(const co_step *step, bool exactly, const uint32_t *codes, uint32_t n_codes);

/* Row i of a vector of sets: holds the text; holds every part of it, which end at ';' or the text's end. */
bool co_set_holds(const co_vector *sets, uint32_t i, co_text wanted, bool nocase);
bool co_set_holds_parts(const co_vector *sets, uint32_t i, co_text wanted, bool nocase);

#endif

/*
 * cohort_evaluate_options in working form: the instant, the zone loaded by name
 * and kept in the evaluator, the deadline on the monotonic clock.
 */
#ifndef CO_API_WHEN_H
#define CO_API_WHEN_H

#include "api/handles.h"

/* when->zone is the evaluator's: good until its next call. Fails: INVALID, NOT_FOUND (zone), TOO_NEW, IO, MEMORY. */
cohort_status co_when_take(cohort_evaluator *evaluator, const cohort_evaluate_options *options, co_when *when,
                           co_eval_control *control, cohort_error *error);

#endif

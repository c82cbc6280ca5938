/* What stands behind co_eval: shared by the files that run plans. */
#ifndef CO_EVAL_ENGINE_H
#define CO_EVAL_ENGINE_H

#include "eval/crew.h"
#include "eval/worker.h"

struct co_eval {
    co_memory memory;
    uint32_t n_threads;
    co_crew *crew;
    co_worker *workers;         /* n_threads of them; 0 is the caller's */
};

/* passes.c: runs the passes of which something is kept, into the run; and lets go of that, also after a failure. */
cohort_status co_run_earlier(co_eval *eval, co_run *run, co_arena *arena, cohort_error *error);
void co_run_clear(co_run *run);

/* The error text for a status that came without one. */
cohort_status co_eval_fail(cohort_status status, cohort_error *error);
/* The lowest fault of the first n workers, as an error; COHORT_OK if there is none. */
cohort_status co_eval_fault(const co_eval *eval, uint32_t n, cohort_error *error);

#endif

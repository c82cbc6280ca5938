/* Making and freeing evaluators, and how their failures are told; see eval.h. */
#include <assert.h>

#include "eval/engine.h"

#define MOST_THREADS 1024u

cohort_status co_eval_new(const cohort_allocator *allocator, uint32_t n_threads, size_t memory_limit,
                          co_eval **eval, cohort_error *error)
{
    co_memory memory;
    co_eval *made;

    *eval = NULL;
    if (n_threads == 0)
        n_threads = 1;
    if (n_threads > MOST_THREADS)
        n_threads = MOST_THREADS;
    co_memory_init(&memory, allocator, 0);
    made = co_memory_new_zeroed(&memory, 1, sizeof *made);
    if (made == NULL)
        return co_fail_memory(error);
    co_memory_init(&made->memory, allocator, memory_limit);
    made->n_threads = n_threads;
    made->crew = co_crew_new(&made->memory, n_threads);
    made->workers = co_memory_new_zeroed(&made->memory, n_threads, sizeof *made->workers);
    if (made->crew == NULL || made->workers == NULL) {
        co_eval_free(made);
        return co_fail_memory(error);
    }
    for (uint32_t i = 0; i < n_threads; i++)
        co_worker_init(&made->workers[i], &made->memory, i == 0);
    *eval = made;
    return COHORT_OK;
}

void co_eval_free(co_eval *eval)
{
    co_memory memory;

    if (eval == NULL)
        return;
    co_crew_free(eval->crew);
    if (eval->workers != NULL) {
        for (uint32_t i = 0; i < eval->n_threads; i++)
            co_worker_clear(&eval->workers[i]);
        co_memory_free(&eval->memory, eval->workers, eval->n_threads * sizeof *eval->workers);
    }
    assert(atomic_load(&eval->memory.used_bytes) == 0);
    co_memory_init(&memory, &eval->memory.allocator, 0);
    co_memory_free(&memory, eval, sizeof *eval);
}

co_memory *co_eval_memory(co_eval *eval)
{
    return &eval->memory;
}

cohort_status co_eval_fail(cohort_status status, cohort_error *error)
{
    switch (status) {
    case COHORT_OK:
        return COHORT_OK;
    case COHORT_MEMORY:
        return co_fail_memory(error);
    case COHORT_CANCELLED:
        return co_fail(error, status, "the evaluation was cancelled");
    case COHORT_DEADLINE:
        return co_fail(error, status, "the evaluation did not finish in time");
    default:
        return co_fail(error, status, "the evaluation failed");
    }
}

cohort_status co_eval_fault(const co_eval *eval, uint32_t n, cohort_error *error)
{
    const co_fault *lowest = NULL;

    for (uint32_t i = 0; i < n; i++) {
        const co_fault *fault = &eval->workers[i].fault;

        if (fault->is_set && (lowest == NULL || co_fault_is_before(fault, lowest)))
            lowest = fault;
    }
    return lowest == NULL ? COHORT_OK : co_fail(error, lowest->error.code, "%s", lowest->error.text);
}

/*
 * What is worked out about a plan once before it runs: which steps are needed,
 * which may fail, how many read a value, which objects hide rows.
 *
 * Always:  belongs to one run; everything in it lives in the arena given.
 */
#ifndef CO_EVAL_PROGRAM_H
#define CO_EVAL_PROGRAM_H

#include "plan/plan.h"

/* Steps deeper than this are refused, so that recursion over them is safe. */
#define CO_PROGRAM_DEPTH 2000u

/* Which rows of an object the as-of instant hides. */
typedef struct co_horizon {
    bool is_bounded;
    uint32_t field;             /* the event time */
    int64_t latest;             /* the last one that exists */
} co_horizon;

typedef struct co_program {
    const co_plan *plan;
    const co_schema *schema;
    bool *step_needed;
    bool *step_kept;            /* its rows are asked for by a later pass, a link or a ranking */
    bool *step_may_fail;        /* finding it may raise an evaluation error */
    bool *vstep_needed;
    bool *vstep_may_fail;
    bool *vstep_kept;           /* its values are, likewise */
    uint32_t *vstep_among;      /* of such: the step of whose rows they are; CO_NO_STEP: of all */
    bool *link_needed;
    bool *ranking_needed;
    bool reads_kept;            /* something but a VIA reads what is kept */
    uint32_t *vstep_users;      /* needed steps and value steps that read it where they are found; both sets of a test are one */
    co_horizon *horizons;       /* by object */
} co_program;

/* Which steps and value steps are asked for. Fails: COHORT_LIMIT, COHORT_MEMORY. */
cohort_status co_program_make(const co_plan *plan, const uint32_t *steps, size_t n_steps, const uint32_t *vsteps,
                              size_t n_vsteps, co_arena *arena, co_program *program, cohort_error *error);

#endif

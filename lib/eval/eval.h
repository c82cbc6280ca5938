/*
 * Running a plan over its version, tile by tile, on workers.
 *
 * Always:  the same sets whatever the number of threads and the kernel; an
 *          evaluation error names the lowest row. Callbacks come on the calling
 *          thread only.
 * Used:    one evaluator serves one call at a time and keeps its workers and
 *          scratch memory between calls.
 */
#ifndef CO_EVAL_EVAL_H
#define CO_EVAL_EVAL_H

#include "bitmap/bitmap.h"
#include "plan/plan.h"

typedef struct co_eval co_eval;

cohort_status co_eval_new(const cohort_allocator *allocator, uint32_t n_threads, size_t memory_limit, co_eval **eval,
                          cohort_error *error);
void co_eval_free(co_eval *eval);
co_memory *co_eval_memory(co_eval *eval);

typedef struct co_eval_control {
    int64_t deadline_us;                /* of base/clock.h; 0: none */
    int32_t (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
} co_eval_control;

/* What a step did, for explain. */
typedef struct co_step_report {
    uint64_t n_rows;
    uint64_t n_tiles;
    uint64_t n_tiles_skipped;           /* settled without looking at values */
    uint64_t n_values;                  /* found for it by value steps with operands, and not by lower steps */
    uint64_t time_ns;
} co_step_report;

/*
 * Runs the whole plan. For step `wanted[i]` (CO_NO_STEP: none): counts[i], and
 * members[i] (emptied first, and left empty on failure) where members is not NULL
 * and the bitmap has memory, i.e. was initialised. reports: NULL, or
 * one per step of the plan: then every step runs unmasked and is timed and
 * counted, and a value that cannot be found is unknown instead of an error.
 * control may be NULL.
 */
cohort_status co_eval_run(co_eval *eval, const co_plan *plan, const co_eval_control *control, const uint32_t *wanted,
                          uint32_t n_wanted, uint64_t *counts, co_bitmap *members, co_step_report *reports,
                          cohort_error *error);

/* How many rows of an object exist at the plan's as-of instant. */
cohort_status co_eval_count_rows(co_eval *eval, const co_plan *plan, uint32_t object, uint64_t *count,
                                 cohort_error *error);

/* What an evaluation error of a row asked about becomes. */
typedef enum co_eval_strictness { CO_EVAL_STRICT, CO_EVAL_LENIENT } co_eval_strictness;

/*
 * Three-valued answers for one row: answers[i] for nodes (true_step, false_step) given; COHORT_TRUE …
 * A false step of CO_NO_STEP: false where it is not true. A row that does not exist gives COHORT_FALSE.
 */
cohort_status co_eval_row(co_eval *eval, const co_plan *plan, uint32_t object, uint32_t row, const uint32_t *true_steps,
                          const uint32_t *false_steps, uint32_t n, co_eval_strictness strictness, int32_t *answers,
                          cohort_error *error);

/*
 * The child rows that a FOLD counts for one row of its object, in the order of their tiles: the
 * first `most` of them into rows, how many there are into *n.
 */
cohort_status co_eval_counted(co_eval *eval, const co_plan *plan, uint32_t fold, uint32_t row, uint32_t most,
                              uint32_t *rows, uint64_t *n, cohort_error *error);

/* Values of n rows. */
typedef struct co_vector {
    co_vtype type;
    uint32_t scale;
    bool is_wide;
    uint32_t n;
    uint64_t *valid;                    /* words, always there */
    int64_t *numbers;
    co_wide *wides;
    double *reals;                      /* DOUBLE; POINT latitude */
    double *longitudes;
    co_text *texts;                     /* TEXT; SET: see ends */
    uint32_t *ends;                     /* SET: texts[ends[i] .. ends[i + 1]) */
    co_interval *intervals;
} co_vector;

/* Of live rows of one object, ascending. The vector lives in `arena`, its texts there or in the plan's version. */
cohort_status co_eval_values(co_eval *eval, const co_plan *plan, uint32_t object, uint32_t vstep, const uint32_t *rows,
                             uint32_t n, co_eval_strictness strictness, co_arena *arena, co_vector *vector,
                             cohort_error *error);

#endif

/*
 * Evaluation: who is in a segment, how many, why.
 *
 * A segment is a function of (snapshot, as-of, definition). The clock is never
 * read: "now" is an option, and what needs it is refused without it.
 */
#ifndef COHORT_EVALUATE_H
#define COHORT_EVALUATE_H

#include "cohort/base.h"
#include "cohort/bitmap.h"
#include "cohort/segment.h"
#include "cohort/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cohort_evaluator cohort_evaluator;

/** n_threads: 0 is 1. memory_limit_bytes: 0 is none. */
typedef struct cohort_evaluator_options {
    uint32_t size;
    uint32_t n_threads;
    const cohort_allocator *allocator;
    uint64_t memory_limit_bytes;
} cohort_evaluator_options;

#define COHORT_EVALUATOR_OPTIONS_INIT { sizeof(cohort_evaluator_options), 0, NULL, 0 }

COHORT_API cohort_status
cohort_evaluator_new(const cohort_evaluator_options *options, cohort_evaluator **evaluator, cohort_error *error);

COHORT_API void
cohort_evaluator_free(cohort_evaluator *evaluator);

/** Called now and then on the calling thread; done of total tiles. Return non-zero to cancel. */
typedef int32_t (*cohort_progress)(void *context, uint64_t done, uint64_t total);

/**
 *   has_as_of, as_of_us   the instant of evaluation, microseconds since 1970 UTC
 *   zone                  "UTC" (NULL), "+02:00" or an IANA name
 *   week_start            1 = Monday (also 0) … 7 = Sunday
 *   fiscal_start          month 1 (also 0) … 12
 *   timeout_us            give up after this long; 0: never
 *   progress              may be NULL
 */
typedef struct cohort_evaluate_options {
    uint32_t size;
    uint32_t has_as_of;
    int64_t as_of_us;
    const char *zone;
    uint32_t week_start;
    uint32_t fiscal_start;
    uint64_t timeout_us;
    cohort_progress progress;
    void *progress_context;
} cohort_evaluate_options;

#define COHORT_EVALUATE_OPTIONS_INIT { sizeof(cohort_evaluate_options), 0, 0, NULL, 0, 0, 0, NULL, NULL }

COHORT_API cohort_status
cohort_evaluate(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                const cohort_evaluate_options *options, cohort_bitmap **members, cohort_error *error);

COHORT_API cohort_status
cohort_evaluate_count(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                      const cohort_evaluate_options *options, uint64_t *count, cohort_error *error);

/** One result per segment. members: NULL on entry; filled if want_members is not 0. Frozen. */
typedef struct cohort_result {
    cohort_bitmap *members;
    uint64_t n_members;
    uint64_t n_unknown;
} cohort_result;

/** Many segments in one run: what they share is computed once. Rows of results belong to each segment's object. */
COHORT_API cohort_status
cohort_evaluate_many(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                     const cohort_segment *const *segments, size_t n_segments,
                     const cohort_evaluate_options *options, uint32_t want_members, cohort_result *results,
                     cohort_error *error);

/** Three-valued answers. */
enum { COHORT_FALSE = 0, COHORT_TRUE = 1, COHORT_UNKNOWN = 2 };

/** Whether one record is in. COHORT_NOT_FOUND if there is no such record. */
COHORT_API cohort_status
cohort_evaluate_contains(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                         const cohort_value *key, const cohort_evaluate_options *options, int32_t *answer,
                         cohort_error *error);

/** Calls `found` with the name of every segment kept in the store that holds this record. Non-zero stops. */
COHORT_API cohort_status
cohort_evaluate_memberships(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const char *object,
                            const cohort_value *key, const cohort_evaluate_options *options,
                            int32_t (*found)(void *context, const char *segment), void *context, cohort_error *error);

/**
 * A line of the plan, or of the expression with its counts.
 *   section   "node": the expression as a tree, n_true / n_unknown records each
 *             "step": what ran, in order, with pass, estimate, actual rows, time
 */
typedef struct cohort_explain_item {
    uint32_t size;
    uint32_t is_step;
    uint32_t depth;
    uint32_t pass;
    uint32_t number;            /* of the step */
    uint32_t reserved;
    const char *object;
    const char *text;
    uint64_t n_true;
    uint64_t n_unknown;         /* nodes only */
    uint64_t n_estimated;       /* steps only */
    uint64_t n_tiles;           /* steps: tiles computed */
    uint64_t n_tiles_skipped;   /* steps: tiles settled without reading values */
    uint64_t time_ns;           /* steps only */
} cohort_explain_item;

COHORT_API cohort_status
cohort_evaluate_explain(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                        const cohort_evaluate_options *options,
                        int32_t (*item)(void *context, const cohort_explain_item *item), void *context,
                        cohort_error *error);

/** A node of the expression for one record: `seen` is the value found ("" for connectives), text the condition. */
typedef struct cohort_why_item {
    uint32_t size;
    uint32_t depth;
    int32_t answer;             /* COHORT_TRUE, COHORT_FALSE, COHORT_UNKNOWN */
    uint32_t is_leaf;
    const char *text;
    const char *seen;
} cohort_why_item;

COHORT_API cohort_status
cohort_evaluate_why(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                    const cohort_value *key, const cohort_evaluate_options *options,
                    int32_t (*item)(void *context, const cohort_why_item *item), void *context, cohort_error *error);

/** A warning: stable code ("mixed-and-or"), byte range of the text, sentence. */
typedef struct cohort_lint_item {
    uint32_t size;
    uint32_t reserved;
    const char *code;
    uint64_t position;
    uint64_t end;
    const char *message;
} cohort_lint_item;

/** What is legal but probably not meant. snapshot may be NULL: then only what needs no data. */
COHORT_API cohort_status
cohort_evaluate_lint(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                     const cohort_evaluate_options *options,
                     int32_t (*item)(void *context, const cohort_lint_item *item), void *context, cohort_error *error);

#ifdef __cplusplus
}
#endif

#endif

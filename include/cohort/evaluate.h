/*
 * Evaluation: who is in a segment, how many, why.
 *
 *     snapshot + segment + options ──evaluator──▶ bitmap, count, answer, explanation
 *
 * Always:  a segment is a function of (snapshot, as-of, definition): the same
 *          three give the same members, whatever the number of threads. The clock
 *          is never read: "now" is an option, and what needs it is refused without.
 *          What fails gives nothing: bitmaps NULL, counts 0.
 *          An evaluation error (a sum that does not fit) names the record with the
 *          lowest row; it is never a wrong answer.
 * Used:    one evaluator for many calls; it keeps its threads and working memory.
 * Threads: an evaluator serves one call at a time; snapshots and segments may be
 *          shared by any number of evaluators.
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

/**
 * How an evaluator works.
 *
 *   n_threads            with the calling thread; 0 is 1, at most 1,024
 *   allocator            for working memory and for the bitmaps given; NULL: malloc. Copied.
 *   memory_limit_bytes   of working memory, bitmaps given not counted; 0: none
 */
typedef struct cohort_evaluator_options {
    uint32_t size;
    uint32_t n_threads;
    const cohort_allocator *allocator;
    uint64_t memory_limit_bytes;
} cohort_evaluator_options;

#define COHORT_EVALUATOR_OPTIONS_INIT { sizeof(cohort_evaluator_options), 0, NULL, 0 }

/**
 * Makes an evaluator. Its threads start with the first call that has work for them.
 *
 * Takes    options       may be NULL: one thread, malloc, no limit
 * Gives    *evaluator    yours until cohort_evaluator_free(); NULL on failure
 * Fails    COHORT_INVALID  evaluator is NULL, options without a size
 *          COHORT_TOO_NEW  options that this version does not know
 *          COHORT_MEMORY   no memory
 * Since    0.1
 */
COHORT_API cohort_status
cohort_evaluator_new(const cohort_evaluator_options *options, cohort_evaluator **evaluator, cohort_error *error);

/**
 * Ends its threads and frees it. NULL is allowed. Bitmaps it gave stay.
 *
 * Since    0.1
 */
COHORT_API void
cohort_evaluator_free(cohort_evaluator *evaluator);

/**
 * Called now and then, at most every 10 ms, on the calling thread with no lock
 * held: done of total tiles of 65,536 records. Return non-zero to cancel.
 */
typedef int32_t (*cohort_progress)(void *context, uint64_t done, uint64_t total);

/**
 * What an evaluation depends on beside the data and the segment.
 *
 *   has_as_of, as_of_us   the instant of evaluation, microseconds since 1970 UTC; unset: events are not
 *                         bounded, and relative times (NOW(), LAST_WEEK …) are refused
 *   zone                  "UTC" (NULL), "+02:00" or an IANA name
 *   week_start            1 = Monday (also 0) … 7 = Sunday
 *   fiscal_start          month 1 (also 0) … 12
 *   timeout_us            give up after this long; 0: never
 *   progress              may be NULL
 *   max_names             how deep segments and traits may name each other; 0: 64, at most 1,000
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
    uint32_t max_names;
    uint32_t reserved;
} cohort_evaluate_options;

#define COHORT_EVALUATE_OPTIONS_INIT { sizeof(cohort_evaluate_options), 0, 0, NULL, 0, 0, 0, NULL, NULL, 0, 0 }

/**
 * Reads an instant as people write it.
 *
 * Takes    text  "2026-11-22" (the first instant of that day), "2026-11-22 10:00", with an offset or without
 *          zone  of a text without an offset: "UTC" (NULL), "+02:00" or an IANA name
 * Gives    *instant_us  microseconds since 1970-01-01 00:00 UTC, as as_of_us wants it
 * Fails    COHORT_PARSE      no such date or time
 *          COHORT_NOT_FOUND  no such zone
 * Threads  any number
 * Since    0.1
 */
COHORT_API cohort_status
cohort_instant_parse(const char *text, const char *zone, int64_t *instant_us, cohort_error *error);

/**
 * Finds every record that a segment describes.
 *
 * Takes    snapshot  read only
 *          segment   its names must be fields, traits and segments of the snapshot
 *          options   may be NULL: no as-of, UTC, Monday, January, no limit of time
 * Gives    *members  rows of the segment's object; yours until cohort_bitmap_free(); NULL on failure
 * Fails    COHORT_INVALID      a pointer is NULL; an option out of range; a relative time without as-of; a cycle of names
 *          COHORT_NOT_FOUND    unknown object, name (error->position points at it) or time zone
 *          COHORT_AMBIGUOUS    a name that several things answer to (likewise)
 *          COHORT_TYPE, COHORT_PARSE  operands or literals that do not fit together (likewise)
 *          COHORT_UNSUPPORTED  a construct of the language that this version cannot evaluate (likewise)
 *          COHORT_LIMIT        conditions and segments too deep in each other; a regular expression gave up on a record
 *          COHORT_OVERFLOW     a value that does not fit; the text names the record
 *          COHORT_CANCELLED    options->progress asked to stop
 *          COHORT_DEADLINE     options->timeout_us have passed
 *          COHORT_MEMORY       no memory, or the evaluator's limit
 * Costs    a range test per tile and condition; 65,536 comparisons where a range straddles
 * Since    0.1
 */
COHORT_API cohort_status
cohort_evaluate(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                const cohort_evaluate_options *options, cohort_bitmap **members, cohort_error *error);

/**
 * Counts the records that a segment describes, without making their set.
 *
 * Gives    *count  0 on failure
 * Fails    as cohort_evaluate()
 * Since    0.1
 */
COHORT_API cohort_status
cohort_evaluate_count(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                      const cohort_evaluate_options *options, uint64_t *count, cohort_error *error);

/**
 * What came of one segment. Frozen.
 *
 *   members     yours until cohort_bitmap_free(); NULL unless asked for
 *   n_members   records for which it is true
 *   n_unknown   records for which it is neither true nor false
 */
typedef struct cohort_result {
    cohort_bitmap *members;
    uint64_t n_members;
    uint64_t n_unknown;
} cohort_result;

/**
 * Evaluates many segments in one run: what they share is found once. They may be
 * of several objects; rows belong to each segment's own.
 *
 * Takes    segments      n_segments of them; the list may be NULL if there are none
 *          want_members  not 0: give the bitmaps, too
 * Gives    results       one per segment, what they held before is overwritten; all zero on failure
 * Fails    as cohort_evaluate(); one segment that fails fails the call
 * Since    0.1
 */
COHORT_API cohort_status
cohort_evaluate_many(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                     const cohort_segment *const *segments, size_t n_segments,
                     const cohort_evaluate_options *options, uint32_t want_members, cohort_result *results,
                     cohort_error *error);

/** Three-valued answers. */
enum { COHORT_FALSE = 0, COHORT_TRUE = 1, COHORT_UNKNOWN = 2 };

/**
 * Tells whether one record is in a segment. Only this record, and the parents
 * that conditions reach from it, are looked at.
 *
 * Takes    key      INT or STRING, of a record of the segment's object
 * Gives    *answer  COHORT_TRUE, COHORT_FALSE or COHORT_UNKNOWN; false, too, for an event after the as-of
 *                   instant, and on failure
 * Fails    COHORT_NOT_FOUND  no record has that key; else as cohort_evaluate()
 * Costs    a look-up per condition; the first use of an object's keys builds its index
 * Since    0.1
 */
COHORT_API cohort_status
cohort_evaluate_contains(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                         const cohort_value *key, const cohort_evaluate_options *options, int32_t *answer,
                         cohort_error *error);

/**
 * Names every segment kept in the store, static ones too, that holds a record.
 *
 * Takes    found    called with each name, in the order of names; the name is good during the call.
 *                   Non-zero stops, which is no failure
 * Fails    COHORT_NOT_FOUND  no such object or record; else as cohort_evaluate(): a segment of the object
 *                            that cannot be evaluated fails the call
 * Since    0.1
 */
COHORT_API cohort_status
cohort_evaluate_memberships(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const char *object,
                            const cohort_value *key, const cohort_evaluate_options *options,
                            int32_t (*found)(void *context, const char *segment), void *context, cohort_error *error);

/**
 * A line of an explanation: a node of the expression with its counts, or a step
 * of the plan with what it cost. Texts are good during the call.
 *
 *   is_step      0: a node, in the order written, `depth` levels in; 1: a step, in the order run
 *   object       whose records are counted
 *   text         the condition; of a step that joins others: how, and their numbers
 *   n_true       records for which it is true
 *   n_unknown    nodes: records for which it is neither true nor false
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

/**
 * Shows how a segment is evaluated: first the expression with how many records
 * each node is true and unknown for, then the steps that found it. For that each
 * step runs over all records, so times are not those of cohort_evaluate().
 *
 * Takes    item     called for each line; non-zero stops, which is no failure
 * Fails    as cohort_evaluate(). A value that cannot be found, but that the segment does not need, makes
 *          its node unknown and is no failure
 * Since    0.1
 */
COHORT_API cohort_status
cohort_evaluate_explain(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                        const cohort_evaluate_options *options,
                        int32_t (*item)(void *context, const cohort_explain_item *item), void *context,
                        cohort_error *error);

/**
 * A node of the expression for one record. Texts are good during the call.
 *
 *   depth    levels in; nodes come in the order written
 *   text     the condition
 *   seen     the value it found: 'text', 12.50, 2026-11-22, NULL; of a condition on child
 *            records also the first five that count, by key, or by time if they have no
 *            keys: "7: C1, C2, C3, C4, C5, …"; "" for connectives
 */
typedef struct cohort_why_item {
    uint32_t size;
    uint32_t depth;
    int32_t answer;             /* COHORT_TRUE, COHORT_FALSE, COHORT_UNKNOWN */
    uint32_t is_leaf;
    const char *text;
    const char *seen;
} cohort_why_item;

/**
 * Shows why a record is in a segment, or is not: each node's answer and the value it saw.
 *
 * Takes    item     called for each node; non-zero stops, which is no failure
 * Fails    as cohort_evaluate_contains()
 * Since    0.1
 */
COHORT_API cohort_status
cohort_evaluate_why(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                    const cohort_value *key, const cohort_evaluate_options *options,
                    int32_t (*item)(void *context, const cohort_why_item *item), void *context, cohort_error *error);

/** A warning: stable code ("mixed-and-or"), byte range of the text, sentence. Texts are good during the call. */
typedef struct cohort_lint_item {
    uint32_t size;
    uint32_t reserved;
    const char *code;
    uint64_t position;
    uint64_t end;
    const char *message;
} cohort_lint_item;

/**
 * Tells what is legal but probably not meant.
 *
 * Takes    snapshot  NULL: only what needs no data. Else also "empty-segment", "tiny-segment" (fewer than
 *                    100 records), "identical-segment" (the members of a segment kept in the store), and
 *                    what the fields' values say; for that the segment is evaluated
 *          item      called for each warning; non-zero stops, which is no failure
 * Fails    as cohort_evaluate()
 * Since    0.1
 */
COHORT_API cohort_status
cohort_evaluate_lint(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                     const cohort_evaluate_options *options,
                     int32_t (*item)(void *context, const cohort_lint_item *item), void *context, cohort_error *error);

#ifdef __cplusplus
}
#endif

#endif

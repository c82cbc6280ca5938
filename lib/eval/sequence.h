/*
 * Whether somebody's events hold a chain of steps, and how far they get: what
 * SEQUENCE and FUNNEL mean, for one parent's events in order, whatever they are.
 *
 *     events in order ──forwards──▶ latest place a chain may go on from, by step
 *                     ──backwards──▶ which completed chains no trailing NOT spoils
 *
 * An event goes on from a place if it comes later, within the step's reach of
 * it, and within the limit that the chain's first event set. Of two places the
 * later one is nearly always as good or better in all of that, so one is kept.
 * Months are why not always: 30 January 23:00 and a month is later than 31
 * January 01:00 and a month. Places neither of which is better are kept in a
 * heap, the farthest limit on top; those out of reach leave from there.
 *
 * Always:  the search is complete: if some choice of events fits, one is found.
 *          Of one object's events at one instant each sees what the ones before
 *          it did; other objects' events of that instant are neither before nor
 *          after them, so each object sees the state before the instant. STRICT:
 *          so does each event.
 * Costs:   a few operations for each event and step it fits, with months one more
 *          for each halving of the places kept; for an instant shared by several
 *          objects, one for each of them and step.
 */
#ifndef CO_EVAL_SEQUENCE_H
#define CO_EVAL_SEQUENCE_H

#include "base/error.h"
#include "base/interval.h"
#include "base/memory.h"
#include "base/zone.h"
#include "eval/timed.h"

typedef struct co_sequence_step {
    uint32_t object;
    bool negated;               /* never the first */
    bool has_within;            /* never between two positive ones */
    co_interval within;
} co_sequence_step;

typedef struct co_sequence_question {
    uint32_t n_steps;
    const co_sequence_step *steps;
    bool strict;
    bool has_within;
    co_interval within;         /* from the first to the last positive step */
    const co_zone *zone;        /* of months */
    int64_t as_of_us;           /* a trailing NOT with WITHIN: must be over by then */
} co_sequence_question;

typedef struct co_places co_places;

typedef struct co_sequence {
    co_memory *memory;
    const co_sequence_question *question;
    uint32_t n_positive;
    uint32_t n_trailing;        /* NOT steps after the last positive one */
    uint32_t *ranks;            /* by step: which positive one it is; of a NOT step, which one it follows */
    co_places *places;          /* by positive step */
    int64_t *next;              /* by trailing step, three times: see walk_backwards */
    uint64_t *completed;        /* by event: a chain ends there */
    size_t completed_words;
    uint64_t n_operations;      /* so far, for tests of what it costs */
} co_sequence;

/* The question must outlive the sequence. On failure there is nothing to clear. */
cohort_status co_sequence_init(co_sequence *sequence, co_memory *memory, const co_sequence_question *question);
void co_sequence_clear(co_sequence *sequence);

/*
 * Events, one for each step they fit, in the order of timed.h; `what` is the step.
 *
 * How many leading positive steps some chain reaches. All of them: also none of
 * the trailing NOTs spoils it; otherwise one fewer.
 */
cohort_status co_sequence_reach(co_sequence *sequence, const co_timed *events, size_t n_events, uint32_t *reached);

#endif

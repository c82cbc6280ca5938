/* The search for a chain of events; see sequence.h. */
#include "eval/sequence.h"

#include <assert.h>
#include <string.h>

#include "kernel/bits.h"

/* Where a chain may go on from. */
typedef struct place {
    int64_t reach; /* latest time of the next event */
    int64_t limit; /* latest time of the last one */
} place;

/* The places of one step: those of earlier instants as a heap, the greatest limit on top. */
struct co_places {
    const co_interval *within; /* of the step that goes on from here; NULL: any time */
    place *heap;
    uint32_t n;
    size_t capacity;
    int64_t farthest; /* no reach is greater */
    /* In an instant of several branches: what this one did, and what those before it did. */
    bool is_cut, was_cut;
    bool has_fresh, has_done;
    int64_t fresh, done; /* limits */
};

/* ---- time ---- */

static bool is_negative(co_interval span)
{
    return span.months < 0 || (span.months == 0 && span.microseconds < 0);
}

/* time + span, NULL without end; what would leave the calendar never ends, or never was. */
static int64_t reach_of(const co_sequence_question *question, int64_t time, const co_interval *span)
{
    int64_t sum;

    if (span == NULL)
        return INT64_MAX;
    if (span->months == 0) {
        if (span->microseconds > 0 && time > INT64_MAX - span->microseconds)
            return INT64_MAX;
        if (span->microseconds < 0 && time < INT64_MIN - span->microseconds)
            return INT64_MIN;
        return time + span->microseconds;
    }
    if (co_zone_add_interval(question->zone, time, *span, 1, &sum))
        return sum;
    return is_negative(*span) ? INT64_MIN : INT64_MAX;
}

/* ---- places ---- */

static void sink(co_sequence *sequence, co_places *places, place item)
{
    uint32_t at = 0;

    for (;;) {
        uint32_t child = 2 * at + 1;

        sequence->n_operations++;
        if (child >= places->n)
            break;
        if (child + 1 < places->n && places->heap[child + 1].limit > places->heap[child].limit)
            child++;
        if (places->heap[child].limit <= item.limit)
            break;
        places->heap[at] = places->heap[child];
        at = child;
    }
    places->heap[at] = item;
}

static void rise(co_sequence *sequence, co_places *places, place item)
{
    uint32_t at = places->n++;

    while (at > 0 && places->heap[(at - 1) / 2].limit < item.limit) {
        sequence->n_operations++;
        places->heap[at] = places->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    places->heap[at] = item;
}

/* Whether an event at that time can go on from here, and the limit that it then has. */
static bool go_on(co_sequence *sequence, co_places *places, int64_t time, int64_t *limit)
{
    sequence->n_operations++;
    while (places->n > 0 && places->heap[0].reach < time) {
        places->n--;
        if (places->n > 0)
            sink(sequence, places, places->heap[places->n]);
    }
    if (places->n == 0 || places->heap[0].limit < time)
        return false;
    *limit = places->heap[0].limit;
    return true;
}

static cohort_status enter(co_sequence *sequence, co_places *places, place item)
{
    sequence->n_operations++;
    if (places->n == 0 || (item.limit >= places->heap[0].limit && item.reach >= places->farthest)) {
        places->heap[0] = item;
        places->n = 1;
        places->farthest = item.reach;
        return COHORT_OK;
    }
    if (item.limit <= places->heap[0].limit && item.reach <= places->heap[0].reach)
        return COHORT_OK;
    if (!co_memory_grow(sequence->memory, (void **)&places->heap, &places->capacity, (size_t)places->n + 1,
                        sizeof *places->heap))
        return COHORT_MEMORY;
    if (item.reach > places->farthest)
        places->farthest = item.reach;
    rise(sequence, places, item);
    return COHORT_OK;
}

/* ---- one parent ---- */

typedef struct walk {
    co_sequence *sequence;
    const co_timed *events;
    size_t n_events;
    uint32_t reached;
    bool is_over; /* nothing further can change the answer */
} walk;

static const co_sequence_step *step_of(const walk *w, const co_timed *event)
{
    return &w->sequence->question->steps[event->what];
}

static bool is_same_event(const walk *w, const co_timed *a, const co_timed *b)
{
    return a->time == b->time && a->row == b->row && step_of(w, a)->object == step_of(w, b)->object;
}

/* Whether b, which comes next in one instant, sees the same state before the instant as if a were not there. */
static bool starts_branch(const walk *w, const co_timed *a, const co_timed *b)
{
    if (w->sequence->question->strict)
        return !is_same_event(w, a, b);
    return step_of(w, a)->object != step_of(w, b)->object;
}

/* The instant of events[first]: its end, and whether it has several branches. */
static size_t find_instant(const walk *w, size_t first, bool *branches)
{
    size_t end = first + 1;

    *branches = false;
    while (end < w->n_events && w->events[end].time == w->events[first].time) {
        *branches = *branches || starts_branch(w, &w->events[end - 1], &w->events[end]);
        end++;
    }
    return end;
}

/* A chain reaches the positive step of that rank at events[at]. */
static void note_reached(walk *w, uint32_t rank, size_t at)
{
    co_sequence *sequence = w->sequence;

    if (rank + 1 < sequence->n_positive) {
        w->reached = rank + 1 > w->reached ? rank + 1 : w->reached;
    } else if (sequence->n_trailing > 0) {
        co_bit_set(sequence->completed, at);
    } else {
        w->reached = rank + 1;
        w->is_over = true;
    }
}

/*
 * The limit of the best chain that an event can be the step of that rank in.
 * `branch`: its instant has several, so what was new in it is not in the heap.
 */
static bool find_limit(walk *w, uint32_t rank, int64_t time, bool branch, int64_t *limit)
{
    const co_sequence_question *question = w->sequence->question;

    if (rank == 0) {
        *limit = reach_of(question, time, question->has_within ? &question->within : NULL);
        return *limit >= time;
    }

    co_places *places = &w->sequence->places[rank - 1];
    bool found = false;

    if (!branch || !places->is_cut)
        found = go_on(w->sequence, places, time, limit);
    if (branch && places->has_fresh && (!found || places->fresh > *limit) &&
        reach_of(question, time, places->within) >= time) {
        *limit = places->fresh;
        found = true;
    }
    return found;
}

static cohort_status put_place(walk *w, co_places *places, int64_t time, int64_t limit)
{
    const place item = { reach_of(w->sequence->question, time, places->within), limit };

    return item.reach >= time ? enter(w->sequence, places, item) : COHORT_OK;
}

/* One event as one step sees it. */
static cohort_status take_event(walk *w, size_t at, bool branch)
{
    co_sequence *sequence = w->sequence;
    const co_timed *event = &w->events[at];
    const uint32_t rank = sequence->ranks[event->what];
    co_places *places = &sequence->places[rank];
    int64_t limit;

    sequence->n_operations++;
    if (step_of(w, event)->negated) {
        /* Those after the last step are looked at afterwards: that step has no places. */
        places->is_cut = branch;
        places->has_fresh = false;
        places->n = branch ? places->n : 0;
        return COHORT_OK;
    }
    if (!find_limit(w, rank, event->time, branch, &limit))
        return COHORT_OK;
    note_reached(w, rank, at);
    if (rank + 1 == sequence->n_positive)
        return COHORT_OK;
    if (!branch)
        return put_place(w, places, event->time, limit);
    places->fresh = places->has_fresh && places->fresh > limit ? places->fresh : limit;
    places->has_fresh = true;
    return COHORT_OK;
}

/* What a branch did waits until the others of its instant have seen the state before it. */
static void end_branch(co_sequence *sequence)
{
    for (uint32_t i = 0; i < sequence->n_positive; i++) {
        co_places *places = &sequence->places[i];

        sequence->n_operations++;
        if (places->has_fresh) {
            places->done = places->has_done && places->done > places->fresh ? places->done : places->fresh;
            places->has_done = true;
        }
        places->was_cut = places->was_cut || places->is_cut;
        places->is_cut = false;
        places->has_fresh = false;
    }
}

static cohort_status end_instant(walk *w, int64_t time)
{
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < w->sequence->n_positive && status == COHORT_OK; i++) {
        co_places *places = &w->sequence->places[i];

        w->sequence->n_operations++;
        if (places->was_cut)
            places->n = 0;
        if (places->has_done)
            status = put_place(w, places, time, places->done);
        places->was_cut = false;
        places->has_done = false;
    }
    return status;
}

/* Events of one instant, in several branches. */
static cohort_status take_branches(walk *w, size_t first, size_t end)
{
    cohort_status status = COHORT_OK;

    for (size_t i = first; i < end && !w->is_over && status == COHORT_OK; i++) {
        if (i > first && starts_branch(w, &w->events[i - 1], &w->events[i]))
            end_branch(w->sequence);
        status = take_event(w, i, true);
    }
    end_branch(w->sequence);
    return status == COHORT_OK ? end_instant(w, w->events[first].time) : status;
}

static cohort_status walk_forwards(walk *w)
{
    cohort_status status = COHORT_OK;
    size_t end;

    for (size_t i = 0; i < w->n_events && !w->is_over && status == COHORT_OK; i = end) {
        bool branches;

        end = find_instant(w, i, &branches);
        if (branches)
            status = take_branches(w, i, end);
        for (; !branches && i < end && !w->is_over && status == COHORT_OK; i++)
            status = take_event(w, i, false);
    }
    return status;
}

/* ---- trailing NOTs ---- */

/* Whether a chain that ends at that time is spoilt by none of the events that come next. */
static bool is_unspoilt(const co_sequence *sequence, int64_t time, const int64_t *next)
{
    const co_sequence_question *question = sequence->question;
    const co_sequence_step *trailing = &question->steps[question->n_steps - sequence->n_trailing];

    for (uint32_t i = 0; i < sequence->n_trailing; i++) {
        const int64_t reach = reach_of(question, time, trailing[i].has_within ? &trailing[i].within : NULL);

        if (next[i] != INT64_MAX && next[i] <= reach)
            return false;
        if (trailing[i].has_within && reach > question->as_of_us)
            return false;
    }
    return true;
}

static void walk_backwards(walk *w)
{
    co_sequence *sequence = w->sequence;
    const uint32_t n = sequence->n_trailing;
    const uint32_t first_trailing = sequence->question->n_steps - n;
    int64_t *after_instant = sequence->next; /* by trailing step: the first such event from there on */
    int64_t *after_event = after_instant + n;
    int64_t *with_instant = after_event + n;

    for (uint32_t i = 0; i < n; i++)
        with_instant[i] = INT64_MAX;
    for (size_t i = w->n_events; i-- > 0 && !w->is_over;) {
        const co_timed *event = &w->events[i];
        const bool is_last = i + 1 == w->n_events;

        sequence->n_operations++;
        if (is_last || event[1].time != event->time)
            memcpy(after_instant, with_instant, n * sizeof *after_instant);
        if (is_last || event[1].time != event->time || starts_branch(w, event, event + 1))
            memcpy(after_event, after_instant, n * sizeof *after_event);
        if (event->what >= first_trailing) {
            after_event[event->what - first_trailing] = event->time;
            with_instant[event->what - first_trailing] = event->time;
        } else if (co_bit_test(sequence->completed, i) && is_unspoilt(sequence, event->time, after_event)) {
            w->reached = sequence->n_positive;
            w->is_over = true;
        }
    }
}

/* ---- the sequence ---- */

static cohort_status begin(co_sequence *sequence, size_t n_events)
{
    const size_t n_words = co_words_for(n_events);

    for (uint32_t i = 0; i < sequence->n_positive; i++) {
        co_places *places = &sequence->places[i];

        places->n = 0;
        places->is_cut = places->was_cut = places->has_fresh = places->has_done = false;
    }
    if (sequence->n_trailing == 0)
        return COHORT_OK;
    if (!co_memory_grow(sequence->memory, (void **)&sequence->completed, &sequence->completed_words, n_words,
                        sizeof *sequence->completed))
        return COHORT_MEMORY;
    memset(sequence->completed, 0, n_words * sizeof *sequence->completed);
    return COHORT_OK;
}

cohort_status co_sequence_reach(co_sequence *sequence, const co_timed *events, size_t n_events,
                                uint32_t *reached)
{
    walk w = { .sequence = sequence, .events = events, .n_events = n_events };
    cohort_status status;

    *reached = 0;
    if (n_events == 0)
        return COHORT_OK;
    status = begin(sequence, n_events);
    if (status == COHORT_OK)
        status = walk_forwards(&w);
    if (status == COHORT_OK && sequence->n_trailing > 0)
        walk_backwards(&w);
    *reached = w.reached;
    return status;
}

/* ---- made and freed ---- */

static void count_steps(co_sequence *sequence)
{
    const co_sequence_question *question = sequence->question;

    for (uint32_t i = 0; i < question->n_steps; i++) {
        sequence->n_positive += !question->steps[i].negated;
        sequence->n_trailing = question->steps[i].negated ? sequence->n_trailing + 1 : 0;
    }
    assert(question->n_steps > 0 && !question->steps[0].negated);
}

static bool make_places(co_sequence *sequence)
{
    const co_sequence_question *question = sequence->question;
    uint32_t rank = 0;

    for (uint32_t i = 0; i < question->n_steps; i++) {
        const co_sequence_step *step = &question->steps[i];

        if (!step->negated && i > 0) {
            if (step->has_within)
                sequence->places[rank].within = &step->within;
            rank++;
        }
        sequence->ranks[i] = rank;
    }
    for (uint32_t i = 0; i < sequence->n_positive; i++) {
        co_places *places = &sequence->places[i];

        if (!co_memory_grow(sequence->memory, (void **)&places->heap, &places->capacity, 1,
                            sizeof *places->heap))
            return false;
    }
    return true;
}

cohort_status co_sequence_init(co_sequence *sequence, co_memory *memory, const co_sequence_question *question)
{
    *sequence = (co_sequence){ .memory = memory, .question = question };
    count_steps(sequence);
    sequence->ranks = co_memory_new_array(memory, question->n_steps, sizeof *sequence->ranks);
    sequence->places = co_memory_new_zeroed(memory, sequence->n_positive, sizeof *sequence->places);
    if (sequence->n_trailing > 0)
        sequence->next = co_memory_new_array(memory, sequence->n_trailing, 3 * sizeof *sequence->next);
    if (sequence->ranks != NULL && sequence->places != NULL &&
        (sequence->n_trailing == 0 || sequence->next != NULL) && make_places(sequence))
        return COHORT_OK;
    co_sequence_clear(sequence);
    return COHORT_MEMORY;
}

void co_sequence_clear(co_sequence *sequence)
{
    co_memory *memory = sequence->memory;

    for (uint32_t i = 0; sequence->places != NULL && i < sequence->n_positive; i++)
        co_memory_free(memory, sequence->places[i].heap,
                       sequence->places[i].capacity * sizeof *sequence->places[i].heap);
    co_memory_free(memory, sequence->places, sequence->n_positive * sizeof *sequence->places);
    co_memory_free(memory, sequence->ranks, sequence->question->n_steps * sizeof *sequence->ranks);
    co_memory_free(memory, sequence->next, sequence->n_trailing * 3 * sizeof *sequence->next);
    co_memory_free(memory, sequence->completed, sequence->completed_words * sizeof *sequence->completed);
}

/*
 * Chains of events against every choice of events there is: what LANGUAGE calls
 * SEQUENCE and FUNNEL, tried on small histories in which times are often equal,
 * events fit several steps, and months end on different days.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/calendar.h"
#include "eval/sequence.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/must.h"
#include "support/random.h"
#include "support/trials.h"

enum { MOST_EVENTS = 8, MOST_STEPS = 6, NO_VALUE = 0 };

typedef struct happening {
    int64_t time;
    uint32_t object;
    uint32_t arrival;
    uint32_t same;
    bool fits[MOST_STEPS];
} happening;

typedef struct history {
    co_sequence_question question;
    co_sequence_step steps[MOST_STEPS];
    bool has_same;
    uint32_t n_events;
    happening events[MOST_EVENTS];
} history;

/* ---- the model: all choices ---- */

static bool is_after(const history *h, const happening *a, const happening *b)
{
    if (b->time != a->time)
        return b->time > a->time;
    return !h->question.strict && a->object == b->object && b->arrival > a->arrival;
}

static int64_t plus(int64_t time, co_interval span)
{
    int64_t sum;

    must(co_zone_add_interval(co_zone_utc(), time, span, 1, &sum));
    return sum;
}

static bool seen_together(const history *h, const happening *a, const happening *b)
{
    return !h->has_same || (a->same != NO_VALUE && a->same == b->same);
}

static bool is_spoilt_between(const history *h, uint32_t step, const happening *a, const happening *b)
{
    for (uint32_t i = 0; i < h->n_events; i++) {
        const happening *x = &h->events[i];

        if (x->fits[step] && seen_together(h, a, x) && is_after(h, a, x) && is_after(h, x, b))
            return true;
    }
    return false;
}

static bool is_spoilt_after(const history *h, uint32_t step, const happening *a)
{
    const co_sequence_step *not = &h->steps[step];

    if (not ->has_within && plus(a->time, not ->within) > h->question.as_of_us)
        return true;
    for (uint32_t i = 0; i < h->n_events; i++) {
        const happening *x = &h->events[i];

        if (x->fits[step] && seen_together(h, a, x) && is_after(h, a, x) &&
            (!not ->has_within || x->time <= plus(a->time, not ->within)))
            return true;
    }
    return false;
}

/* Whether the events chosen for the positive steps among the first n_steps are a chain. */
static bool is_chain(const history *h, uint32_t n_steps, const happening *const *chosen)
{
    const happening *first = chosen[0];
    const happening *last = NULL;
    uint32_t before = 0;

    for (uint32_t i = 0; i < n_steps; i++) {
        if (h->steps[i].negated)
            continue;
        if (!seen_together(h, first, chosen[i]))
            return false;
        if (last != NULL) {
            if (!is_after(h, last, chosen[i]))
                return false;
            if (h->steps[i].has_within && chosen[i]->time > plus(last->time, h->steps[i].within))
                return false;
            for (uint32_t j = before + 1; j < i; j++) {
                if (is_spoilt_between(h, j, last, chosen[i]))
                    return false;
            }
        }
        last = chosen[i];
        before = i;
    }
    if (h->question.has_within && last->time > plus(first->time, h->question.within))
        return false;
    for (uint32_t j = before + 1; j < n_steps; j++) {
        if (is_spoilt_after(h, j, last))
            return false;
    }
    return true;
}

/* Some choice of events for steps [at, n_steps), those before chosen. */
static bool holds(const history *h, uint32_t n_steps, uint32_t at, const happening **chosen)
{
    if (at == n_steps)
        return is_chain(h, n_steps, chosen);
    if (h->steps[at].negated)
        return holds(h, n_steps, at + 1, chosen);
    for (uint32_t i = 0; i < h->n_events; i++) {
        chosen[at] = &h->events[i];
        if (chosen[at]->fits[at] && holds(h, n_steps, at + 1, chosen))
            return true;
    }
    return false;
}

static uint32_t model_reach(const history *h, bool *holds_all)
{
    const happening *chosen[MOST_STEPS];
    uint32_t n_positive = 0;
    uint32_t reached = 0;

    for (uint32_t i = 0; i < h->question.n_steps; i++) {
        if (h->steps[i].negated)
            continue;
        n_positive++;
        if (holds(h, i + 1, 0, chosen))
            reached = n_positive;
    }
    *holds_all = holds(h, h->question.n_steps, 0, chosen);
    return reached;
}

/* ---- random histories ---- */

static co_interval random_span(co_random *random, bool months)
{
    static const co_interval spans[] = {
        { 1, 0 },         { 1, CO_HOUR_US }, { 1, -CO_HOUR_US },    { 2, 0 },
        { 1, CO_DAY_US }, { 0, CO_DAY_US },  { 0, 30 * CO_DAY_US }, { 0, 28 * CO_DAY_US },
    };

    if (months)
        return spans[co_random_below(random, sizeof spans / sizeof spans[0])];
    return (co_interval){ 0, co_random_between(random, 0, 4) };
}

/* The ends of January, February and March, at few hours; or a handful of instants. */
static int64_t random_time(co_random *random, bool months)
{
    static const int64_t days[] = { 27, 28, 29, 30, 30, 56, 57, 58, 59, 60, 86, 87, 88, 89 };
    static const int64_t hours[] = { 0, 1, 12, 23 };

    if (!months)
        return co_random_between(random, 0, 7);
    return days[co_random_below(random, sizeof days / sizeof days[0])] * CO_DAY_US +
           hours[co_random_below(random, 4)] * CO_HOUR_US;
}

static void make_steps(co_random *random, history *h, bool months, uint32_t n_objects)
{
    const uint32_t n = 1 + (uint32_t)co_random_below(random, MOST_STEPS);

    for (uint32_t i = 0; i < n; i++) {
        co_sequence_step *step = &h->steps[i];

        *step = (co_sequence_step){ .object = (uint32_t)co_random_below(random, n_objects),
                                    .negated = i > 0 && co_random_chance(random, 1, 3) };
    }
    for (uint32_t i = n, after = 0; i-- > 0;) {
        co_sequence_step *step = &h->steps[i];

        if (step->negated ? after == 0 : i > 0) {
            step->has_within = co_random_chance(random, 1, 2);
            step->within = random_span(random, months);
        }
        after += !step->negated;
    }
    h->question = (co_sequence_question){ .n_steps = n,
                                          .steps = h->steps,
                                          .strict = co_random_chance(random, 1, 4),
                                          .has_within = co_random_chance(random, 1, 2),
                                          .within = random_span(random, months),
                                          .zone = co_zone_utc() };
    if (!months)
        h->question.within.microseconds += 2;
}

static void make_history(co_random *random, history *h)
{
    const bool months = co_random_chance(random, 1, 3);
    const uint32_t n_objects = 1 + (uint32_t)co_random_below(random, 3);
    int64_t latest = 0;

    make_steps(random, h, months, n_objects);
    h->has_same = co_random_chance(random, 1, 3);
    h->n_events = (uint32_t)co_random_below(random, MOST_EVENTS + 1);
    for (uint32_t i = 0; i < h->n_events; i++) {
        happening *event = &h->events[i];

        *event = (happening){ .time = i > 0 && co_random_chance(random, 1, 4) ? h->events[i - 1].time
                                                                              : random_time(random, months),
                              .object = (uint32_t)co_random_below(random, n_objects),
                              .arrival = i,
                              .same = (uint32_t)co_random_below(random, 5) / 2 };
        for (uint32_t j = 0; j < h->question.n_steps; j++)
            event->fits[j] = h->steps[j].object == event->object && co_random_chance(random, 3, 5);
        latest = event->time > latest ? event->time : latest;
    }
    h->question.as_of_us = latest + co_random_between(random, 0, months ? 40 : 5) * (months ? CO_DAY_US : 1);
}

/* ---- the search, with the events of each SAME value apart ---- */

static size_t list_events(co_random *random, const history *h, uint32_t same, co_timed *events)
{
    uint32_t objects[MOST_STEPS];
    co_timed room[MOST_EVENTS * MOST_STEPS];
    const co_timed_order order = { .objects = objects };
    size_t n = 0;

    for (uint32_t j = 0; j < h->question.n_steps; j++)
        objects[j] = h->steps[j].object;
    for (uint32_t i = 0; i < h->n_events; i++) {
        for (uint32_t j = 0; j < h->question.n_steps; j++) {
            if (h->events[i].fits[j] && (!h->has_same || h->events[i].same == same))
                events[n++] = (co_timed){ h->events[i].time, h->events[i].arrival, j };
        }
    }
    co_random_shuffle(random, events, n, sizeof *events);
    co_timed_sort(&order, events, n, room);
    return n;
}

static uint32_t search(co_random *random, const history *h, co_memory *memory)
{
    co_timed events[MOST_EVENTS * MOST_STEPS];
    co_sequence sequence;
    uint32_t most = 0;

    must(co_sequence_init(&sequence, memory, &h->question) == COHORT_OK);
    for (uint32_t same = 1; same <= (h->has_same ? 2 : 1); same++) {
        const size_t n = list_events(random, h, same, events);
        uint32_t reached;

        must(co_sequence_reach(&sequence, events, n, &reached) == COHORT_OK);
        most = reached > most ? reached : most;
    }
    co_sequence_clear(&sequence);
    return most;
}

typedef struct tally {
    uint64_t n_events, n_equal, n_holding, n_months, n_strict, n_same, n_trailing;
} tally;

static void count(tally *t, const history *h, bool all)
{
    t->n_events += h->n_events;
    for (uint32_t i = 0; i < h->n_events; i++) {
        bool is_equal = false;

        for (uint32_t j = 0; j < h->n_events; j++)
            is_equal = is_equal || (i != j && h->events[i].time == h->events[j].time);
        t->n_equal += is_equal;
    }
    t->n_holding += all;
    t->n_months += h->question.has_within && h->question.within.months > 0;
    t->n_strict += h->question.strict;
    t->n_same += h->has_same;
    t->n_trailing += h->steps[h->question.n_steps - 1].negated;
}

START_TEST(every_choice_of_events_is_tried_as_if_one_by_one)
{
    enum { TRIALS = CO_TRIALS(300000) };
    co_random random = co_random_of(20);
    co_memory memory;
    tally t = { 0 };

    co_memory_init(&memory, NULL, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        history h;
        bool all;

        make_history(&random, &h);

        const bool trailing = h.steps[h.question.n_steps - 1].negated;
        const uint32_t expected = model_reach(&h, &all);
        const uint32_t found = search(&random, &h, &memory);
        uint32_t n_positive = 0;

        for (uint32_t i = 0; i < h.question.n_steps; i++)
            n_positive += !h.steps[i].negated;
        ck_assert_msg((found == n_positive) == all, "history %d: holds is %d", trial, !all);
        ck_assert_msg(trailing ? found == (all || expected < n_positive ? expected : n_positive - 1)
                               : found == expected,
                      "history %d: reaches %u, not %u", trial, found, expected);
        count(&t, &h, all);
    }
    ck_assert_uint_ge(10 * t.n_equal, 3 * t.n_events);
    ck_assert_uint_ge(t.n_holding, TRIALS / 5);
    ck_assert_uint_le(t.n_holding, TRIALS * 4 / 5);
    ck_assert_uint_ge(t.n_months, TRIALS / 20);
    ck_assert_uint_ge(t.n_strict, TRIALS / 10);
    ck_assert_uint_ge(t.n_same, TRIALS / 10);
    ck_assert_uint_ge(t.n_trailing, TRIALS / 10);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

/* ---- cost ---- */

enum { LONG_STEPS = 8 };

typedef struct shape {
    const char *name;
    bool strict;
    bool months;
    bool is_each_instant_new;
    uint32_t n_objects;
    uint32_t most_a_visit; /* operations for each event and step */
} shape;

static const shape shapes[] = {
    { "one object", false, false, true, 1, 4 },
    { "every time equal", false, false, false, 1, 4 },
    { "strict, every time equal", true, false, false, 1, 6 },
    { "two objects, every time equal", false, false, false, 2, 4 },
    { "two objects, times two by two", false, false, true, 2, 6 },
    { "months", false, true, true, 1, 10 },
};

/* Operations for n events that each fit every step of theirs; some NOT now and then, the last one trailing. */
static uint64_t count_operations(const shape *s, uint32_t n)
{
    static const co_interval month = { 1, 0 };
    static const co_interval day = { 0, CO_DAY_US };
    co_sequence_step steps[LONG_STEPS];
    co_sequence_question question = { .n_steps = LONG_STEPS,
                                      .steps = steps,
                                      .strict = s->strict,
                                      .has_within = true,
                                      .within = s->months ? month : day,
                                      .zone = co_zone_utc() };
    co_timed *events = malloc((size_t)n * LONG_STEPS * sizeof *events);
    co_sequence sequence;
    co_memory memory;
    size_t n_events = 0;
    uint32_t reached;

    for (uint32_t j = 0; j < LONG_STEPS; j++)
        steps[j] = (co_sequence_step){ .object = j % s->n_objects,
                                       .negated = j == 3 || j == LONG_STEPS - 1,
                                       .has_within = j > 0 && j != 3,
                                       .within = s->months ? month : day };
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t object = s->is_each_instant_new ? i % s->n_objects : i / (n / s->n_objects + 1);

        for (uint32_t j = LONG_STEPS; j-- > 0;) {
            const bool is_rare = steps[j].negated && i % 1000 != 999;

            if (steps[j].object == object && !is_rare)
                events[n_events++] =
                    (co_timed){ s->is_each_instant_new ? i / 2 * (CO_DAY_US / 4) / s->n_objects : 0, i, j };
        }
    }
    co_memory_init(&memory, NULL, 0);
    must(co_sequence_init(&sequence, &memory, &question) == COHORT_OK);
    must(co_sequence_reach(&sequence, events, n_events, &reached) == COHORT_OK);

    const uint64_t n_operations = sequence.n_operations;

    co_sequence_clear(&sequence);
    free(events);
    return n_operations;
}

START_TEST(a_long_history_costs_a_few_operations_an_event_and_step) /* looped over shapes[] */
{
    const shape *s = &shapes[_i];
    const uint32_t n = CO_TRIALS(1000000);
    const uint64_t eighth = count_operations(s, n / 8);
    const uint64_t whole = count_operations(s, n);

    ck_assert_msg(whole <= (uint64_t)n * LONG_STEPS * s->most_a_visit, "%s: %llu operations", s->name,
                  (unsigned long long)whole);
    ck_assert_msg(whole <= eighth * 8 + eighth, "%s: %llu operations, %llu for an eighth", s->name,
                  (unsigned long long)whole, (unsigned long long)eighth);
}
END_TEST

/* ---- memory ---- */

START_TEST(refused_memory_leaves_nothing_behind)
{
    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        static const co_sequence_step steps[] = { { .object = 0 },
                                                  { .has_within = true, .within = { 1, 0 } },
                                                  { .negated = true } };
        static const co_timed events[] = { { 29 * CO_DAY_US + 23 * CO_HOUR_US, 0, 0 },
                                           { 30 * CO_DAY_US, 1, 0 },
                                           { 58 * CO_DAY_US + CO_HOUR_US, 2, 1 } };
        const co_sequence_question question = {
            .n_steps = 3, .steps = steps, .has_within = true, .within = { 2, 0 }, .zone = co_zone_utc()
        };
        co_sequence sequence;
        co_memory memory;
        uint32_t reached = 0;

        co_memory_init(&memory, &allocator, 0);

        cohort_status status = co_sequence_init(&sequence, &memory, &question);

        if (status == COHORT_OK) {
            status = co_sequence_reach(&sequence, events, 3, &reached);
            co_sequence_clear(&sequence);
        }
        ck_assert(co_failing_is_clean(&state));
        ck_assert_int_eq(status, state.n_refused > 0 ? COHORT_MEMORY : COHORT_OK);
        if (state.n_refused == 0) {
            ck_assert_uint_eq(reached, 2);
            break;
        }
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("sequence");
    TCase *tests = tcase_create("sequence");

    tcase_add_test(tests, every_choice_of_events_is_tried_as_if_one_by_one);
    tcase_add_loop_test(tests, a_long_history_costs_a_few_operations_an_event_and_step, 0,
                        sizeof shapes / sizeof shapes[0]);
    tcase_add_test(tests, refused_memory_leaves_nothing_behind);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

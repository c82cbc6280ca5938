/*
 * SEQUENCE and FUNNEL over a tile of parents.
 *
 *     each step's hits ──gather──▶ events ──by parent (and SAME values), by time──▶ sequence.c
 *
 * Positive steps come first and in order, each only for parents that have events
 * of the ones before it: nobody else's chain goes that far. So a rare first step
 * makes a chain cheap.
 *
 * Always:  where every step goes by dates, distances are days of 24 hours and no
 *          zone; as soon as one has a timestamp, a date is its first instant. What a
 *          FUNNEL reaches by steps that go by dates alone is found without zone.
 * Not here: which chains hold; see sequence.c. Chains of one object's events have a
 *          quicker way, see levels.h.
 */
#include <assert.h>
#include <string.h>

#include "eval/folds.h"
#include "eval/identity.h"
#include "eval/levels.h"
#include "eval/sequence.h"
#include "eval/times.h"

#define POLL_EVERY 16384u /* events */

typedef struct chain_fold {
    co_worker *worker;
    co_scope *scope;
    const co_chain *chain;
    co_vector *out;
    co_sequence_question question;
    co_sequence_step *steps;
    uint32_t *objects; /* by step */
    bool *dated;       /* by step: goes by dates */
    uint32_t n_dated;  /* leading steps that go by dates; n_steps: all do */
    uint32_t n_positive;
    /* events as they come, and the group of each: its parent, or its parent and SAME values */
    size_t n;
    size_t events_capacity, groups_capacity, parents_capacity;
    co_timed *events;
    uint32_t *groups;
    uint32_t *parents; /* by group, with SAME */
    co_identity *same; /* by place: values; then pairs that make tuples; then (parent, tuple) */
    /* by group */
    uint32_t n_groups;
    uint32_t *ends;
    co_timed *sorted;
    co_timed *room;
    size_t room_capacity;
} chain_fold;

/* ---- the question ---- */

static bool goes_by_date(const chain_fold *f, uint32_t object)
{
    const co_object *described = co_schema_object(f->worker->run->program->schema, object);

    return described->time == CO_NONE || described->fields[described->time].type == COHORT_DATE;
}

static bool open_question(chain_fold *f)
{
    const co_chain *chain = f->chain;
    const co_when *when = &f->worker->run->plan->when;
    co_stack *scratch = &f->worker->scratch;

    f->steps = co_stack_new(scratch, chain->n_steps, sizeof *f->steps);
    f->objects = co_stack_new(scratch, chain->n_steps, sizeof *f->objects);
    f->dated = co_stack_new(scratch, chain->n_steps, sizeof *f->dated);
    if (f->steps == NULL || f->objects == NULL || f->dated == NULL)
        return false;
    for (uint32_t i = 0; i < chain->n_steps; i++) {
        const co_chain_step *step = &chain->steps[i];

        f->objects[i] = step->relation.child;
        f->dated[i] = goes_by_date(f, step->relation.child);
        f->steps[i] =
            (co_sequence_step){ step->relation.child, step->negated, step->has_within, step->within };
        f->n_positive += !step->negated;
    }
    while (f->n_dated < chain->n_steps && f->dated[f->n_dated])
        f->n_dated++;
    f->question = (co_sequence_question){ .n_steps = chain->n_steps,
                                          .steps = f->steps,
                                          .strict = chain->strict,
                                          .has_within = chain->has_within,
                                          .within = chain->within,
                                          .zone = when->zone,
                                          .as_of_us = when->has_as_of ? when->as_of_us : INT64_MAX };
    return true;
}

/* Days without zone are the local times of a zone that never changes. */
static void forget_zone(co_sequence_question *question)
{
    if (question->as_of_us != INT64_MAX)
        question->as_of_us = co_zone_local_us(question->zone, question->as_of_us, NULL);
    question->zone = co_zone_utc();
}

static int64_t instant_of(const chain_fold *f, uint32_t step, int64_t time)
{
    if (!f->dated[step])
        return time;
    if (f->n_dated == f->chain->n_steps)
        return time * CO_DAY_US;
    return co_zone_day_start(f->worker->run->plan->when.zone, time);
}

/* ---- SAME ---- */

/* n_same identities of values, as many of pairs; the last one is of parents and tuples. */
static uint32_t n_identities(const chain_fold *f)
{
    return f->chain->n_same == 0 ? 0 : 2 * f->chain->n_same;
}

static bool open_same(chain_fold *f)
{
    const co_chain *chain = f->chain;
    const co_vstep *vsteps = f->worker->run->plan->vsteps;

    if (chain->n_same == 0)
        return true;
    f->same = co_stack_new(&f->worker->scratch, n_identities(f), sizeof *f->same);
    if (f->same == NULL)
        return false;
    for (uint32_t k = 0; k < chain->n_same; k++) {
        bool nocase = false;
        bool copies = false;

        for (uint32_t i = 0; i < chain->n_steps; i++) {
            nocase = nocase || vsteps[chain->steps[i].same[k]].nocase;
            copies = copies || !co_value_text_lasts(&vsteps[chain->steps[i].same[k]]);
        }
        co_identity_init(&f->same[k], f->worker->memory, vsteps[chain->steps[0].same[k]].type, nocase,
                         copies);
        co_identity_init(&f->same[chain->n_same + k], f->worker->memory, CO_V_EXACT, false, false);
    }
    return true;
}

/* The group of a parent's event with those values; CO_NONE if one of them is NULL. */
static cohort_status find_group(chain_fold *f, uint32_t parent, const co_vector *values, uint32_t i,
                                uint32_t *group)
{
    const uint32_t n_same = f->chain->n_same;
    uint32_t tuple = parent;

    *group = CO_NONE;
    for (uint32_t k = 0; k < n_same; k++) {
        if (!co_vector_has(&values[k], i))
            return COHORT_OK;
    }
    for (uint32_t k = 0; k < n_same; k++) {
        uint32_t number;
        cohort_status status = co_identity_find(&f->same[k], &values[k], i, &number);

        if (status == COHORT_OK)
            status = co_identity_find_pair(&f->same[n_same + k], tuple, number, &tuple);
        if (status != COHORT_OK)
            return status;
    }
    if (!co_memory_grow(f->worker->memory, (void **)&f->parents, &f->parents_capacity, (size_t)tuple + 1,
                        sizeof *f->parents))
        return COHORT_MEMORY;
    f->parents[tuple] = parent;
    *group = tuple;
    return COHORT_OK;
}

/* ---- gathering ---- */

typedef struct gathering {
    co_hits hits;
    co_times times;
    co_vector *values; /* n_same */
    uint64_t *reached; /* words: parents with an event of this step */
} gathering;

static bool make_room(chain_fold *f)
{
    co_memory *memory = f->worker->memory;

    return f->n <= UINT32_MAX - CO_CHUNK &&
           co_memory_grow(memory, (void **)&f->events, &f->events_capacity, f->n + CO_CHUNK,
                          sizeof *f->events) &&
           co_memory_grow(memory, (void **)&f->groups, &f->groups_capacity, f->n + CO_CHUNK,
                          sizeof *f->groups);
}

static cohort_status take_chunk(chain_fold *f, uint32_t step, gathering *g, const int64_t *times)
{
    if (!make_room(f))
        return COHORT_MEMORY;
    for (uint32_t i = 0; i < g->hits.n; i++) {
        const uint32_t parent = g->hits.parents[i];
        uint32_t group = parent;
        cohort_status status = COHORT_OK;

        if (times[i] == CO_NO_TIME)
            continue;
        if (f->chain->n_same > 0)
            status = find_group(f, parent, g->values, i, &group);
        if (status != COHORT_OK)
            return status;
        if (group == CO_NONE)
            continue;
        f->groups[f->n] = group;
        f->events[f->n++] = (co_timed){ instant_of(f, step, times[i]), g->hits.rows[i], step };
        co_bit_set(g->reached, parent);
    }
    return COHORT_OK;
}

static cohort_status gather_chunk(chain_fold *f, uint32_t step, gathering *g, bool *more)
{
    int64_t times[CO_CHUNK];
    cohort_status status = co_hits_next(&g->hits, more);

    if (status == COHORT_OK && *more)
        status = co_times_find(&g->times, &g->hits, times);
    for (uint32_t k = 0; k < f->chain->n_same && *more && status == COHORT_OK; k++)
        status = co_hits_values(&g->hits, f->chain->steps[step].same[k], &g->values[k]);
    return status == COHORT_OK && *more ? take_chunk(f, step, g, times) : status;
}

/* The events of one step; reached = the parents of `within` that have one. */
static cohort_status gather_step(chain_fold *f, uint32_t step, const co_register *within, uint64_t *reached)
{
    const co_chain_step *described = &f->chain->steps[step];
    gathering g = { .reached = reached };
    bool more = true;
    cohort_status status;

    memset(reached, 0, CO_TILE_WORDS * sizeof *reached);
    g.values = co_stack_new(&f->worker->scratch, (size_t)f->chain->n_same + 1, sizeof *g.values);
    if (g.values == NULL)
        return COHORT_MEMORY;
    status = co_hits_open(f->worker, f->scope, &described->relation, described->rows, within, &g.hits);
    if (status != COHORT_OK)
        return status;
    co_times_init(&g.times, f->worker, described->relation.child);
    while (status == COHORT_OK && more) {
        const co_mark mark = co_stack_mark(&f->worker->scratch);

        status = gather_chunk(f, step, &g, &more);
        co_stack_release(&f->worker->scratch, mark);
    }
    co_times_clear(&g.times);
    co_hits_close(&g.hits);
    return status;
}

/* Positive steps in order, each followed by the NOT steps before it. */
static cohort_status gather(chain_fold *f, const co_register *within)
{
    const uint32_t n_steps = f->chain->n_steps;
    co_register left;
    uint32_t next_not = 0;
    bool fine;
    cohort_status status;

    co_register_init(&left, &f->worker->pool, within->n_rows);
    fine = co_register_copy(&left, within);
    status = fine ? COHORT_OK : COHORT_MEMORY;
    for (uint32_t i = 0; i <= n_steps && status == COHORT_OK && left.count > 0; i++) {
        uint64_t reached[CO_TILE_WORDS];

        if (i < n_steps && f->chain->steps[i].negated)
            continue;
        if (i < n_steps)
            status = gather_step(f, i, &left, reached);
        if (status == COHORT_OK && i < n_steps && !co_register_and_words(&left, reached))
            status = COHORT_MEMORY;
        for (; next_not < i && status == COHORT_OK && left.count > 0; next_not++) {
            if (f->chain->steps[next_not].negated)
                status = gather_step(f, next_not, &left, reached);
        }
    }
    co_register_clear(&left);
    return status;
}

/* ---- by group ---- */

static cohort_status sort_groups(chain_fold *f)
{
    co_memory *memory = f->worker->memory;

    f->n_groups = f->chain->n_same == 0 ? f->out->n : f->same[n_identities(f) - 1].n;
    f->ends = co_memory_new_array(memory, (size_t)f->n_groups + 1, sizeof *f->ends);
    f->sorted = co_memory_new_array(memory, f->n + 1, sizeof *f->sorted);
    if (f->ends == NULL || f->sorted == NULL)
        return COHORT_MEMORY;
    co_group_starts(f->groups, f->n, f->n_groups, f->ends);
    for (size_t i = 0; i < f->n; i++)
        f->sorted[f->ends[f->groups[i]]++] = f->events[i];
    return COHORT_OK;
}

static bool sort_group(chain_fold *f, co_timed *events, size_t n)
{
    const co_timed_order order = { .version = f->worker->run->plan->version, .objects = f->objects };

    if (!co_memory_grow(f->worker->memory, (void **)&f->room, &f->room_capacity, n, sizeof *f->room))
        return false;
    co_timed_sort(&order, events, n, f->room);
    return true;
}

/* The events of the steps that go by dates, without zone; into `room`. */
static size_t take_dated(chain_fold *f, const co_timed *events, size_t n)
{
    const co_zone *zone = f->worker->run->plan->when.zone;
    size_t taken = 0;

    for (size_t i = 0; i < n; i++) {
        if (events[i].what >= f->n_dated)
            continue;
        f->room[taken] = events[i];
        f->room[taken++].time = co_zone_local_day(zone, events[i].time, NULL) * CO_DAY_US;
    }
    return taken;
}

typedef struct searches {
    co_sequence whole;
    co_sequence dated; /* FUNNEL: of leading steps that go by dates, where others do not */
    co_sequence_question dated_question;
    bool has_dated;
} searches;

static cohort_status open_searches(chain_fold *f, searches *s)
{
    cohort_status status;

    *s = (searches){ .has_dated = f->chain->is_funnel && f->n_dated > 0 && f->n_dated < f->chain->n_steps };
    if (f->n_dated == f->chain->n_steps)
        forget_zone(&f->question);
    status = co_sequence_init(&s->whole, f->worker->memory, &f->question);
    if (status != COHORT_OK || !s->has_dated)
        return status;
    s->dated_question = f->question;
    forget_zone(&s->dated_question);
    s->dated_question.n_steps = f->n_dated;
    while (f->steps[s->dated_question.n_steps - 1].negated)
        s->dated_question.n_steps--;
    f->n_dated = s->dated_question.n_steps;
    status = co_sequence_init(&s->dated, f->worker->memory, &s->dated_question);
    if (status != COHORT_OK)
        co_sequence_clear(&s->whole);
    return status;
}

static void close_searches(searches *s)
{
    co_sequence_clear(&s->whole);
    if (s->has_dated)
        co_sequence_clear(&s->dated);
}

static cohort_status reach_of_group(chain_fold *f, searches *s, co_timed *events, size_t n, uint32_t *reached)
{
    cohort_status status;

    *reached = 0;
    if (n == 0 || (!f->chain->is_funnel && n < f->n_positive))
        return COHORT_OK;
    if (!sort_group(f, events, n))
        return COHORT_MEMORY;
    status = co_sequence_reach(&s->whole, events, n, reached);
    if (status == COHORT_OK && s->has_dated && *reached <= s->dated.n_positive)
        status = co_sequence_reach(&s->dated, f->room, take_dated(f, events, n), reached);
    return status;
}

static void put(chain_fold *f, uint32_t parent, uint32_t reached)
{
    if (!f->chain->is_funnel)
        f->out->numbers[parent] |= reached == f->n_positive;
    else if (co_wide_compare(co_wide_of(reached), co_vector_wide(f->out, parent)) > 0)
        co_vector_put_narrow(f->out, parent, reached);
}

static cohort_status search_groups(chain_fold *f, searches *s)
{
    size_t since = 0;
    cohort_status status = COHORT_OK;

    for (uint32_t group = 0, first = 0; group < f->n_groups && status == COHORT_OK;
         first = f->ends[group++]) {
        const size_t n = f->ends[group] - first;
        uint32_t reached;

        since += n + 1;
        if (since > POLL_EVERY) {
            status = co_worker_poll(f->worker);
            since = 0;
        }
        if (n == 0 || status != COHORT_OK)
            continue;
        status = reach_of_group(f, s, f->sorted + first, n, &reached);
        if (status == COHORT_OK)
            put(f, f->chain->n_same == 0 ? group : f->parents[group], reached);
    }
    return status;
}

/* ---- all of it ---- */

/* No chain, no step reached; for every parent that was asked for. */
static void open_out(const co_register *within, co_vector *out)
{
    uint64_t words[CO_TILE_WORDS];

    co_register_to_words(within, words);
    for (uint32_t slot = 0; slot < out->n; slot++) {
        if (co_bit_test(words, slot))
            co_vector_put_narrow(out, slot, 0);
    }
}

static cohort_status find_by_level(co_worker *worker, co_scope *scope, const co_chain *chain,
                                   const co_register *within, co_vector *out)
{
    uint64_t words[CO_TILE_WORDS];
    const cohort_status status = co_levels_find(worker, scope, chain, within, words, out);

    for (uint32_t slot = 0; slot < out->n && status == COHORT_OK && !chain->is_funnel; slot++)
        out->numbers[slot] = co_bit_test(words, slot);
    return status;
}

static void free_lists(chain_fold *f)
{
    co_memory *memory = f->worker->memory;

    co_memory_free(memory, f->events, f->events_capacity * sizeof *f->events);
    co_memory_free(memory, f->groups, f->groups_capacity * sizeof *f->groups);
    co_memory_free(memory, f->parents, f->parents_capacity * sizeof *f->parents);
    co_memory_free(memory, f->ends, ((size_t)f->n_groups + 1) * sizeof *f->ends);
    co_memory_free(memory, f->sorted, (f->n + 1) * sizeof *f->sorted);
    co_memory_free(memory, f->room, f->room_capacity * sizeof *f->room);
    for (uint32_t k = 0; f->same != NULL && k < n_identities(f); k++)
        co_identity_clear(&f->same[k]);
}

cohort_status co_chain_fold(co_worker *worker, co_scope *scope, const co_vstep *vstep,
                            const co_register *within, co_vector *out)
{
    open_out(within, out);
    if (co_levels_fit(worker->run, vstep->chain))
        return find_by_level(worker, scope, vstep->chain, within, out);

    const co_mark mark = co_stack_mark(&worker->scratch);
    chain_fold f = { .worker = worker, .scope = scope, .chain = vstep->chain, .out = out };
    searches s;
    cohort_status status = open_question(&f) && open_same(&f) ? COHORT_OK : COHORT_MEMORY;

    if (status == COHORT_OK)
        status = gather(&f, within);
    if (status == COHORT_OK)
        status = sort_groups(&f);
    if (status == COHORT_OK) {
        status = open_searches(&f, &s);
        if (status == COHORT_OK) {
            status = search_groups(&f, &s);
            close_searches(&s);
        }
    }
    free_lists(&f);
    co_stack_release(&worker->scratch, mark);
    return status;
}

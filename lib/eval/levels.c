/* Chains of one object's events; see levels.h. */
#include "eval/levels.h"

#include <assert.h>
#include <string.h>

#include "eval/timed.h"

#define POLL_EVERY 65536u /* events */

/* Rows that are looked at together. */
#define PIECE 1024u

/* Hits one after the other: rows of one tile and their parents' slots, less `base`. */
typedef struct run {
    struct run *next;
    uint32_t n;
    const uint32_t *rows; /* NULL: from `first` on */
    uint32_t first;
    const uint16_t *parents;
    uint16_t base;
} run;

typedef struct step_hits {
    run *first;
    run **last;
    uint64_t n;
} step_hits;

/* Events by (time, arrival); `what` is the parent's slot. */
typedef struct events {
    co_timed *items;
    int64_t *limits; /* of a level: the latest time of a chain's last event */
    size_t n;
} events;

/* Where a parent's chain may go on from: until when, and its limit. */
typedef struct state {
    int64_t until; /* INT64_MIN: nowhere */
    int64_t limit;
} state;

typedef struct levels {
    co_worker *worker;
    co_scope *scope;
    const co_chain *chain;
    const co_register *within;
    co_vector *out; /* FUNNEL */
    co_timed_order order;
    uint32_t field;         /* the event time */
    int64_t unit;           /* its microseconds */
    step_hits *hits;        /* by step */
    state *states;          /* by slot */
    uint64_t *parents;      /* words: who can still have a chain */
    uint64_t *next_parents; /* room for the next ones */
    bool has_parents;
} levels;

/* ---- what fits ---- */

static bool has_fixed_length(bool has_within, co_interval within)
{
    return !has_within || within.months == 0;
}

bool co_levels_fit(const co_run *run, const co_chain *chain)
{
    const uint32_t child = chain->steps[0].relation.child;

    if (chain->n_same > 0 || chain->steps[chain->n_steps - 1].negated ||
        !has_fixed_length(chain->has_within, chain->within) ||
        co_schema_object(run->program->schema, child)->time == CO_NONE)
        return false;
    for (uint32_t i = 0; i < chain->n_steps; i++) {
        const co_chain_step *step = &chain->steps[i];

        /* What may fail must be asked for no more parents than chains.c asks. */
        if (step->relation.child != child || !has_fixed_length(step->has_within, step->within) ||
            run->program->step_may_fail[step->rows])
            return false;
    }
    return true;
}

/* ---- hits ---- */

/* A copy that stays when the hits go on; NULL for want of memory. */
static void *copy_of(levels *f, const void *items, uint32_t n, size_t size)
{
    void *copy = co_stack_new(&f->worker->scratch, n, size);

    return copy != NULL ? memcpy(copy, items, n * size) : NULL;
}

static bool take_run(levels *f, step_hits *step, const co_hits *hits)
{
    run *taken = co_stack_new(&f->worker->scratch, 1, sizeof *taken);
    const bool is_bare = hits->rows == NULL;

    if (taken == NULL)
        return false;
    *taken = (run){ .n = hits->n, .first = hits->first, .parents = hits->parents, .base = hits->base };
    if (!is_bare)
        taken->rows = copy_of(f, hits->rows, hits->n, sizeof *hits->rows);
    if (!is_bare || !hits->lasts)
        taken->parents = copy_of(f, hits->parents, hits->n, sizeof *hits->parents);
    *step->last = taken;
    step->last = &taken->next;
    step->n += hits->n;
    return taken->parents != NULL && (is_bare || taken->rows != NULL);
}

static cohort_status take_hits(levels *f, uint32_t number)
{
    const co_chain_step *described = &f->chain->steps[number];
    step_hits *step = &f->hits[number];
    co_hits hits;
    bool more = true;
    cohort_status status =
        co_hits_open(f->worker, f->scope, &described->relation, described->rows, f->within, &hits);

    *step = (step_hits){ .last = &step->first };
    if (status != COHORT_OK)
        return status;
    hits.most_bare = CO_TILE_ROWS;
    while (status == COHORT_OK && more) {
        status = co_hits_next(&hits, &more);
        if (status == COHORT_OK && more && !take_run(f, step, &hits))
            status = COHORT_MEMORY;
    }
    co_hits_close(&hits);
    return status;
}

/* Those of all steps; as soon as a step that a chain must have has none, the parents are none, too. */
static cohort_status take_all_hits(levels *f)
{
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < f->chain->n_steps && status == COHORT_OK && f->has_parents; i++) {
        status = take_hits(f, i);
        if (f->hits[i].n == 0 && !f->chain->steps[i].negated && (i == 0 || !f->chain->is_funnel))
            f->has_parents = false;
    }
    return status;
}

/* ---- parents ---- */

/* Makes next_parents the parents. */
static void take_next_parents(levels *f, bool has_parents)
{
    uint64_t *before = f->parents;

    f->parents = f->next_parents;
    f->next_parents = before;
    f->has_parents = has_parents;
}

/* Only parents with a hit of the step are left. */
static cohort_status keep_parents_of(levels *f, uint32_t step)
{
    const uint64_t *before = f->parents;
    uint64_t *words = f->next_parents;
    uint64_t any = 0;
    cohort_status status = COHORT_OK;

    memset(words, 0, CO_TILE_WORDS * sizeof *words);
    for (const run *r = f->hits[step].first; r != NULL && status == COHORT_OK; r = r->next) {
        const uint16_t *parents = r->parents;
        const uint16_t base = r->base;

        for (uint32_t i = 0, n = r->n; i < n; i++) {
            const uint16_t slot = (uint16_t)(base + parents[i]);
            const uint64_t bit = before[slot / 64] & (UINT64_C(1) << slot % 64);

            words[slot / 64] |= bit;
            any |= bit;
        }
        status = co_worker_poll(f->worker);
    }
    take_next_parents(f, any != 0);
    return status;
}

/* The step after the first with the fewest hits of those not taken yet; CO_NONE: all are. */
static uint32_t rarest_step(const levels *f, const bool *is_taken)
{
    uint32_t rarest = CO_NONE;

    for (uint32_t i = 1; i < f->chain->n_steps; i++) {
        if (!f->chain->steps[i].negated && !is_taken[i] &&
            (rarest == CO_NONE || f->hits[i].n < f->hits[rarest].n))
            rarest = i;
    }
    return rarest;
}

/* Parents that have hits of all positive steps but the first, which is looked at next anyway. */
static cohort_status keep_parents_of_all(levels *f)
{
    bool *is_taken = co_stack_new(&f->worker->scratch, f->chain->n_steps, sizeof *is_taken);
    cohort_status status = is_taken != NULL ? COHORT_OK : COHORT_MEMORY;

    if (is_taken != NULL)
        memset(is_taken, 0, f->chain->n_steps * sizeof *is_taken);
    while (status == COHORT_OK && f->has_parents) {
        const uint32_t step = rarest_step(f, is_taken);

        if (step == CO_NONE)
            break;
        is_taken[step] = true;
        status = keep_parents_of(f, step);
    }
    return status;
}

/* ---- events ---- */

/* Those of n rows of one tile whose time is known. */
static void put_events(const levels *f, const uint32_t *rows, const uint16_t *slots, uint32_t n, events *list)
{
    const co_tile *tile = co_version_tile(f->order.version, f->order.object, rows[0] / CO_TILE_ROWS);
    const co_column *column = co_tile_column(tile, f->field);
    co_timed *items = list->items + list->n;
    int64_t times[PIECE];
    size_t n_items = 0;

    if (column == NULL)
        return;
    co_column_numbers_at(column, rows, n, times);
    for (uint32_t i = 0; i < n; i++) {
        items[n_items] = (co_timed){ times[i] * f->unit, rows[i], slots[i] };
        n_items += co_column_has(column, rows[i] % CO_TILE_ROWS);
    }
    list->n += n_items;
}

/* The events of a run whose parents can still have a chain. */
static void put_run(const levels *f, const run *r, events *list)
{
    const uint64_t *words = f->parents;
    const uint16_t base = r->base;

    for (uint32_t first = 0; first < r->n; first += PIECE) {
        const uint16_t *parents = r->parents + first;
        const uint32_t n = r->n - first < PIECE ? r->n - first : PIECE;
        uint32_t rows[PIECE];
        uint16_t slots[PIECE];
        uint32_t n_left = 0;

        for (uint32_t i = 0; i < n; i++) {
            const uint16_t slot = (uint16_t)(base + parents[i]);

            slots[n_left] = slot;
            rows[n_left] = r->first + first + i;
            if (r->rows != NULL)
                rows[n_left] = r->rows[first + i];
            n_left += co_bit_test(words, slot);
        }
        if (n_left > 0)
            put_events(f, rows, slots, n_left, list);
    }
}

static cohort_status put_step(const levels *f, uint32_t step, events *list)
{
    cohort_status status = COHORT_OK;

    for (const run *r = f->hits[step].first; r != NULL && status == COHORT_OK; r = r->next) {
        put_run(f, r, list);
        status = co_worker_poll(f->worker);
    }
    return status;
}

static bool is_in_order(const events *list)
{
    bool rises = true;

    for (size_t i = 1; i < list->n; i++)
        rises &=
            list->items[i - 1].time < list->items[i].time ||
            (list->items[i - 1].time == list->items[i].time && list->items[i - 1].row < list->items[i].row &&
             list->items[i - 1].row / CO_TILE_ROWS == list->items[i].row / CO_TILE_ROWS);
    return rises;
}

/* The events of the steps [first, end) in order. */
static cohort_status find_events(const levels *f, uint32_t first, uint32_t end, events *list)
{
    co_stack *scratch = &f->worker->scratch;
    size_t most = 0;
    cohort_status status = COHORT_OK;

    for (uint32_t i = first; i < end; i++)
        most += f->hits[i].n;
    *list = (events){ .items = co_stack_new(scratch, most, sizeof *list->items) };
    if (list->items == NULL)
        return COHORT_MEMORY;
    for (uint32_t i = first; i < end && status == COHORT_OK; i++)
        status = put_step(f, i, list);
    if (status != COHORT_OK || is_in_order(list))
        return status;

    const co_mark mark = co_stack_mark(scratch);
    co_timed *room = co_stack_new(scratch, list->n, sizeof *room);

    if (room != NULL)
        co_timed_sort(&f->order, list->items, list->n, room);
    co_stack_release(scratch, mark);
    return room != NULL ? COHORT_OK : COHORT_MEMORY;
}

/* ---- from level to level ---- */

/* time + span, without end if there is none or it would leave the numbers. */
static int64_t reach_of(int64_t time, bool has_span, co_interval span)
{
    if (!has_span || (span.microseconds > 0 && time > INT64_MAX - span.microseconds))
        return INT64_MAX;
    if (span.microseconds < 0 && time < INT64_MIN - span.microseconds)
        return INT64_MIN;
    return time + span.microseconds;
}

/*
 * Whether a comes before b, neither being of the next step where b is not: of one row, and of one
 * instant if that is STRICT, the next step's event is first, then that of NOT, then the level's.
 */
static inline bool comes_first(const levels *f, const co_timed *a, const co_timed *b, bool wins_ties)
{
    if (a->time != b->time)
        return a->time < b->time;
    if (f->chain->strict || a->row == b->row)
        return wins_ties;
    return co_timed_compare(&f->order, a, b) < 0;
}

static inline void go_on_from(const levels *f, const events *level, size_t at, const co_chain_step *step)
{
    const co_timed *event = &level->items[at];
    const int64_t limit = level->limits[at];
    const int64_t reach = reach_of(event->time, step->has_within, step->within);

    if (reach >= event->time)
        f->states[event->what] = (state){ reach < limit ? reach : limit, limit };
}

/* Leaves those of `next`, the events of `step`, that a chain reaches: the next level. */
static cohort_status climb(const levels *f, const events *level, const events *nots,
                           const co_chain_step *step, events *next)
{
    const size_t n = next->n;
    size_t at = 0;
    size_t cut = 0;
    cohort_status status = COHORT_OK;

    for (size_t i = 0; i < n; i++)
        f->states[next->items[i].what].until = INT64_MIN;
    next->n = 0;
    for (size_t i = 0; i < n && status == COHORT_OK; i++) {
        const co_timed event = next->items[i];
        const state *reached = &f->states[event.what];

        for (; at < level->n && comes_first(f, &level->items[at], &event, false); at++) {
            for (; cut < nots->n && comes_first(f, &nots->items[cut], &level->items[at], true); cut++)
                f->states[nots->items[cut].what].until = INT64_MIN;
            go_on_from(f, level, at, step);
        }
        for (; cut < nots->n && comes_first(f, &nots->items[cut], &event, false); cut++)
            f->states[nots->items[cut].what].until = INT64_MIN;
        if (reached->until >= event.time) {
            next->limits[next->n] = reached->limit;
            next->items[next->n++] = event;
        }
        if (i % POLL_EVERY == POLL_EVERY - 1)
            status = co_worker_poll(f->worker);
    }
    return status;
}

/* The first step's events that a chain can begin with. */
static void begin(const levels *f, events *level)
{
    const size_t n = level->n;

    level->n = 0;
    for (size_t i = 0; i < n; i++) {
        const co_timed event = level->items[i];
        const int64_t limit = reach_of(event.time, f->chain->has_within, f->chain->within);

        level->items[level->n] = event;
        level->limits[level->n] = limit;
        level->n += limit >= event.time;
    }
}

/* Only the parents of a level are left. */
static void keep_parents_on(levels *f, const events *level, uint32_t rank)
{
    uint64_t *words = f->next_parents;

    memset(words, 0, CO_TILE_WORDS * sizeof *words);
    for (size_t i = 0; i < level->n; i++)
        co_bit_set(words, level->items[i].what);
    for (size_t i = 0; i < level->n && f->out != NULL; i++)
        co_vector_put_narrow(f->out, level->items[i].what, (int64_t)rank + 1);
    take_next_parents(f, level->n > 0);
}

static bool open_level(const levels *f, events *level)
{
    level->limits = co_stack_new(&f->worker->scratch, level->n, sizeof *level->limits);
    return level->limits != NULL;
}

/* From one level to the next, which is that of the first positive step from *step on. */
static cohort_status find_level(levels *f, uint32_t *step, events *level)
{
    const uint32_t first_not = *step;
    events nots;
    events next;
    cohort_status status;

    while (f->chain->steps[*step].negated)
        ++*step;
    status = find_events(f, first_not, *step, &nots);
    if (status == COHORT_OK)
        status = find_events(f, *step, *step + 1, &next);
    if (status == COHORT_OK && !open_level(f, &next))
        status = COHORT_MEMORY;
    if (status == COHORT_OK)
        status = climb(f, level, &nots, &f->chain->steps[*step], &next);
    ++*step;
    *level = next;
    return status;
}

static cohort_status find_levels(levels *f)
{
    events level;
    uint32_t step = 1;
    cohort_status status = find_events(f, 0, 1, &level);

    if (status == COHORT_OK && !open_level(f, &level))
        status = COHORT_MEMORY;
    if (status != COHORT_OK)
        return status;
    begin(f, &level);
    keep_parents_on(f, &level, 0);
    for (uint32_t rank = 1; step < f->chain->n_steps && f->has_parents; rank++) {
        status = find_level(f, &step, &level);
        if (status != COHORT_OK)
            return status;
        keep_parents_on(f, &level, rank);
    }
    return COHORT_OK;
}

/* ---- all of it ---- */

static bool open_levels(levels *f)
{
    co_stack *scratch = &f->worker->scratch;
    const co_object *object = co_schema_object(f->worker->run->program->schema, f->order.object);

    f->field = object->time;
    f->unit = object->fields[object->time].type == COHORT_DATE ? CO_DAY_US : 1;
    f->hits = co_stack_new(scratch, f->chain->n_steps, sizeof *f->hits);
    f->states = co_stack_new(scratch, f->within->n_rows, sizeof *f->states);
    f->parents = co_stack_new(scratch, CO_TILE_WORDS, sizeof *f->parents);
    f->next_parents = co_stack_new(scratch, CO_TILE_WORDS, sizeof *f->next_parents);
    if (f->hits == NULL || f->states == NULL || f->parents == NULL || f->next_parents == NULL)
        return false;
    memset(f->parents, 0, CO_TILE_WORDS * sizeof *f->parents);
    co_register_to_words(f->within, f->parents);
    f->has_parents = f->within->count > 0;
    return true;
}

static cohort_status search(levels *f)
{
    cohort_status status = open_levels(f) ? take_all_hits(f) : COHORT_MEMORY;

    if (status == COHORT_OK && !f->chain->is_funnel)
        status = keep_parents_of_all(f);
    if (status == COHORT_OK && f->has_parents)
        status = find_levels(f);
    return status;
}

cohort_status co_levels_find(co_worker *worker, co_scope *scope, const co_chain *chain,
                             const co_register *within, uint64_t *words, co_vector *out)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    levels f = { .worker = worker,
                 .scope = scope,
                 .chain = chain,
                 .within = within,
                 .out = chain->is_funnel ? out : NULL,
                 .order = { .version = worker->run->plan->version,
                            .object = chain->steps[0].relation.child } };
    cohort_status status;

    assert(co_levels_fit(worker->run, chain));
    status = search(&f);
    if (status == COHORT_OK && f.has_parents)
        memcpy(words, f.parents, CO_TILE_WORDS * sizeof *words);
    else
        memset(words, 0, CO_TILE_WORDS * sizeof *words);
    co_stack_release(&worker->scratch, mark);
    return status;
}

/*
 * Rows that enough child rows belong to: EXISTS and comparisons of a count,
 * with a bit or a counter a row of the tile.
 *
 * Always:  rows are taken as they lie where they come bare, those of parents that
 *          do not matter among them: these are left out at the end.
 * Costs:   counters of two bytes are the worker's and zero between uses. While few
 *          rows were counted, a row that gets there is marked at once, and what was
 *          counted is undone one by one; later all are compared and cleared.
 */
#include <string.h>

#include "eval/pieces.h"
#include "eval/split.h"

/* Up to so many rows counted are gone through again to clear their counters. */
#define FEW_ROWS 4096u

/* The most that counters of two bytes are compared with, and that a chunk may add to one. */
#define MOST_NARROW 32767u

/* What is counted: words if one is enough, else counters in as many bytes as they need. */
typedef struct tally {
    uint32_t n; /* how many are enough */
    uint32_t n_rows;
    uint64_t *words; /* rows that got there, as far as they are marked */
    uint16_t *narrow;
    uint32_t *wide;
    uint32_t greatest; /* no narrow counter is above this */
    co_pieces pieces;  /* narrow ones: while they are complete, rows that got there are marked */
} tally;

/* ---- counting ---- */

static void mark_parents(const co_piece *p, uint64_t *words)
{
    CO_FOR_EACH_SLOT(p, i, slot, co_bit_set(words, slot));
}

static void count_narrow(const co_piece *p, uint16_t *counters)
{
    CO_FOR_EACH_SLOT(p, i, slot, counters[slot]++);
}

static void count_few(const co_piece *p, uint16_t *counters, uint32_t enough, uint64_t *words)
{
    CO_FOR_EACH_SLOT(p, i, slot, {
        if (++counters[slot] == enough)
            co_bit_set(words, slot);
    });
}

static void count_wide(const co_piece *p, uint32_t *counters, uint32_t most)
{
    CO_FOR_EACH_SLOT(p, i, slot, counters[slot] += counters[slot] < most);
}

/* So that n more fit in each counter: those that got there stay there. */
static void make_room(tally *t, uint32_t n)
{
    const uint16_t enough = (uint16_t)t->n;

    if (t->greatest + n > UINT16_MAX) {
        for (uint32_t i = 0; i < t->n_rows; i++)
            t->narrow[i] = t->narrow[i] > enough ? enough : t->narrow[i];
        t->greatest = enough;
    }
    t->greatest += n;
}

static void count_chunk(const co_hits *hits, tally *t)
{
    const co_piece now = co_piece_of(hits);

    if (t->wide != NULL) {
        count_wide(&now, t->wide, t->n);
    } else if (t->narrow == NULL) {
        mark_parents(&now, t->words);
    } else {
        make_room(t, now.n);
        if (co_pieces_note(&t->pieces, hits))
            count_few(&now, t->narrow, t->n, t->words);
        else
            count_narrow(&now, t->narrow);
    }
}

/* ---- one tally ---- */

/* Counters of two bytes, all zero: the worker's, unless they are in use. */
static uint16_t *take_counters(co_worker *worker)
{
    uint16_t *counters = worker->counters;

    worker->counters = NULL;
    return counters != NULL ? counters
                            : co_memory_new_zeroed(worker->memory, CO_TILE_ROWS, sizeof *counters);
}

static void give_counters_back(co_worker *worker, const tally *t)
{
    uint16_t *counters = t->narrow;

    if (worker->counters != NULL) {
        co_memory_free(worker->memory, counters, CO_TILE_ROWS * sizeof *counters);
        return;
    }
    if (t->pieces.is_incomplete) {
        memset(counters, 0, t->n_rows * sizeof *counters);
    } else {
        for (uint32_t k = 0; k < t->pieces.n; k++)
            CO_FOR_EACH_SLOT(&t->pieces.items[k], i, slot, counters[slot] = 0);
    }
    worker->counters = counters;
}

static bool open_tally(co_worker *worker, uint32_t n, uint32_t n_rows, tally *t)
{
    const bool is_narrow = n > 1 && n <= MOST_NARROW;
    const bool is_wide = n > MOST_NARROW;

    *t = (tally){ .n = n, .n_rows = n_rows, .pieces = { .most = FEW_ROWS } };
    t->words = co_stack_new(&worker->scratch, CO_TILE_WORDS, sizeof *t->words);
    if (is_wide)
        t->wide = co_stack_new(&worker->scratch, n_rows, sizeof *t->wide);
    if (t->words == NULL || (is_wide && t->wide == NULL))
        return false;
    memset(t->words, 0, co_words_for(n_rows) * sizeof *t->words);
    if (is_wide)
        memset(t->wide, 0, n_rows * sizeof *t->wide);
    if (!is_narrow)
        return true;
    t->pieces.room = co_stack_new(&worker->scratch, FEW_ROWS, sizeof *t->pieces.room);
    if (t->pieces.room == NULL)
        return false;
    t->narrow = take_counters(worker);
    return t->narrow != NULL;
}

static void close_tally(co_worker *worker, tally *t)
{
    if (t->narrow != NULL)
        give_counters_back(worker, t);
    t->narrow = NULL;
}

/* words = rows whose counter got there. */
static void finish(co_worker *worker, tally *t)
{
    if (t->wide != NULL)
        worker->kernel->between_u32(t->wide, t->n_rows, t->n, UINT32_MAX, t->words);
    else if (t->narrow != NULL && t->pieces.is_incomplete)
        worker->kernel->between_u16(t->narrow, t->n_rows, (uint16_t)t->n, UINT16_MAX, t->words);
}

static cohort_status count_tiles(co_worker *worker, co_scope *scope, const co_step *step,
                                 const co_register *within, co_hits_share *share, tally *t)
{
    co_hits hits;
    bool more = true;
    cohort_status status = co_hits_open(worker, scope, &step->relation, step->inputs[0], within, &hits);

    if (status != COHORT_OK)
        return status;
    hits.share = share;
    hits.most_bare = MOST_NARROW;
    hits.only_parents = true;
    while (status == COHORT_OK && more) {
        status = co_hits_next(&hits, &more);
        if (status == COHORT_OK && more)
            count_chunk(&hits, t);
    }
    co_hits_close(&hits);
    return status;
}

/* ---- by several workers ---- */

/* One's part; marks are of its own worker. */
typedef struct part {
    co_worker *worker; /* NULL: it did not begin */
    co_mark mark;
    tally t;
} part;

typedef struct counting {
    const co_step *step;
    const co_register *within;
    part *parts;
} counting;

static cohort_status count_part(void *context, uint32_t number, co_worker *worker, co_scope *scope,
                                co_hits_share *share)
{
    const counting *c = context;
    part *own = &c->parts[number];

    own->mark = co_stack_mark(&worker->scratch);
    own->worker = worker;
    if (!open_tally(worker, c->step->n, c->within->n_rows, &own->t))
        return COHORT_MEMORY;
    return count_tiles(worker, scope, c->step, c->within, share, &own->t);
}

static void add_tally(const co_worker *worker, tally *t, const tally *more)
{
    const uint32_t n_rows = t->n_rows;

    if (t->wide == NULL && t->narrow == NULL)
        worker->kernel->or_words(t->words, more->words, t->words, co_words_for(n_rows));
    for (uint32_t i = 0; t->narrow != NULL && i < n_rows; i++) {
        const uint32_t sum = (uint32_t)t->narrow[i] + more->narrow[i];

        t->narrow[i] = (uint16_t)(sum < t->n ? sum : t->n);
    }
    for (uint32_t i = 0; t->wide != NULL && i < n_rows; i++) {
        const uint64_t sum = (uint64_t)t->wide[i] + more->wide[i];

        t->wide[i] = sum < t->n ? (uint32_t)sum : t->n;
    }
}

static cohort_status count_together(co_worker *worker, co_scope *scope, const co_step *step,
                                    const co_register *within, uint32_t n_parts, tally *t)
{
    counting c = { step, within, co_stack_new(&worker->scratch, n_parts, sizeof *c.parts) };
    cohort_status status;

    if (c.parts == NULL)
        return COHORT_MEMORY;
    memset(c.parts, 0, n_parts * sizeof *c.parts);
    t->pieces.is_incomplete = true;
    status = co_split_run(worker, scope, n_parts, count_part, &c);
    for (uint32_t i = n_parts; i-- > 0;) {
        part *own = &c.parts[i];

        if (own->worker == NULL)
            continue;
        if (status == COHORT_OK)
            add_tally(worker, t, &own->t);
        close_tally(own->worker, &own->t);
        co_stack_release(&own->worker->scratch, own->mark);
    }
    return status;
}

cohort_status co_reached_find(co_worker *worker, co_scope *scope, const co_step *step,
                              const co_register *within, co_register *found)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    const uint32_t n_parts = co_split_parts(worker, scope, &step->relation);
    cohort_status status = COHORT_MEMORY;
    tally t;

    if (step->n == 0)
        return co_register_copy(found, within) ? COHORT_OK : COHORT_MEMORY;
    if (open_tally(worker, step->n, within->n_rows, &t))
        status = n_parts > 1 ? count_together(worker, scope, step, within, n_parts, &t)
                             : count_tiles(worker, scope, step, within, NULL, &t);
    if (status == COHORT_OK) {
        finish(worker, &t);
        if (!co_register_copy(found, within) || !co_register_and_words(found, t.words))
            status = COHORT_MEMORY;
    }
    close_tally(worker, &t);
    co_stack_release(&worker->scratch, mark);
    return status;
}

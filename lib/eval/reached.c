/*
 * Rows that enough child rows belong to: EXISTS and comparisons of a count,
 * with a bit or a counter a row of the tile.
 *
 * Always:  rows are taken as they lie where they come bare, those of parents that
 *          do not matter among them: these are left out at the end.
 * Costs:   counters of a byte are the worker's and zero between uses. While few
 *          rows were counted, what they changed is undone one by one, and a row
 *          that gets there is marked at once; later all are compared and cleared.
 */
#include <string.h>

#include "eval/split.h"

/* Up to so many rows counted, or pieces of them, are gone through again to clear their counters. */
#define FEW_ROWS 4096u
#define MOST_PIECES 32u

/* Parents of child rows that were counted: slots less base. */
typedef struct piece {
    const uint16_t *slots;
    uint32_t n;
    uint16_t base;
} piece;

/* What is counted: words if one is enough, else counters in as many bytes as they need. */
typedef struct tally {
    uint32_t n; /* how many are enough */
    uint32_t n_rows;
    uint64_t *words;   /* rows that got there, as far as they are marked */
    uint8_t *narrow;   /* each stops at 255 once all are compared; before it may start again from 0 */
    uint32_t *wide;
    bool is_few;       /* narrow ones: rows that got there are marked, and the pieces are known */
    uint32_t n_counted;
    uint32_t n_pieces;
    piece pieces[MOST_PIECES];
} tally;

/* ---- counting ---- */

static void mark_parents(const piece *p, uint64_t *words)
{
    for (uint32_t i = 0; i < p->n; i++)
        co_bit_set(words, (uint16_t)(p->base + p->slots[i]));
}

static void count_narrow(const piece *p, uint8_t *counters)
{
    for (uint32_t i = 0; i < p->n; i++) {
        uint8_t *counter = &counters[(uint16_t)(p->base + p->slots[i])];
        const uint8_t next = (uint8_t)(*counter + 1);

        *counter = (uint8_t)(next - (next == 0));
    }
}

/* A counter may start again from 0, as its row is marked by then. */
static void count_few(const piece *p, uint8_t *counters, uint8_t enough, uint64_t *words)
{
    for (uint32_t i = 0; i < p->n; i++) {
        const uint16_t slot = (uint16_t)(p->base + p->slots[i]);

        if (++counters[slot] == enough)
            co_bit_set(words, slot);
    }
}

static void count_wide(const piece *p, uint32_t *counters, uint32_t most)
{
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t *counter = &counters[(uint16_t)(p->base + p->slots[i])];

        *counter += *counter < most;
    }
}

static void count_chunk(const co_hits *hits, tally *t)
{
    const piece now = { hits->parents, hits->n, hits->base };
    const bool is_known = hits->rows == NULL && hits->lasts;

    if (t->wide != NULL) {
        count_wide(&now, t->wide, t->n);
    } else if (t->narrow == NULL) {
        mark_parents(&now, t->words);
    } else {
        t->n_counted = t->n_counted < FEW_ROWS ? t->n_counted + now.n : FEW_ROWS;
        t->is_few = t->is_few && is_known && t->n_counted < FEW_ROWS && t->n_pieces < MOST_PIECES;
        if (!t->is_few) {
            count_narrow(&now, t->narrow);
            return;
        }
        t->pieces[t->n_pieces++] = now;
        count_few(&now, t->narrow, (uint8_t)t->n, t->words);
    }
}

/* ---- one tally ---- */

/* Counters of a byte, all zero: the worker's, unless they are in use. */
static uint8_t *take_counters(co_worker *worker)
{
    uint8_t *counters = worker->counters;

    worker->counters = NULL;
    return counters != NULL ? counters : co_memory_new_zeroed(worker->memory, CO_TILE_ROWS, 1);
}

static void give_counters_back(co_worker *worker, const tally *t)
{
    if (worker->counters != NULL) {
        co_memory_free(worker->memory, t->narrow, CO_TILE_ROWS);
        return;
    }
    for (uint32_t p = 0; t->is_few && p < t->n_pieces; p++) {
        for (uint32_t i = 0; i < t->pieces[p].n; i++)
            t->narrow[(uint16_t)(t->pieces[p].base + t->pieces[p].slots[i])] = 0;
    }
    if (!t->is_few)
        memset(t->narrow, 0, t->n_rows);
    worker->counters = t->narrow;
}

static bool open_tally(co_worker *worker, uint32_t n, uint32_t n_rows, tally *t)
{
    const bool is_narrow = n > 1 && n <= UINT8_MAX;
    const bool is_wide = n > UINT8_MAX;

    *t = (tally){ .n = n, .n_rows = n_rows, .is_few = true };
    t->words = co_stack_new(&worker->scratch, CO_TILE_WORDS, sizeof *t->words);
    if (is_wide)
        t->wide = co_stack_new(&worker->scratch, n_rows, sizeof *t->wide);
    if (t->words == NULL || (is_wide && t->wide == NULL))
        return false;
    memset(t->words, 0, co_words_for(n_rows) * sizeof *t->words);
    if (is_wide)
        memset(t->wide, 0, n_rows * sizeof *t->wide);
    if (is_narrow)
        t->narrow = take_counters(worker);
    return !is_narrow || t->narrow != NULL;
}

static void close_tally(co_worker *worker, tally *t)
{
    if (t->narrow != NULL)
        give_counters_back(worker, t);
    t->narrow = NULL;
}

/* words = rows whose counter got there. */
static bool finish(co_worker *worker, tally *t)
{
    uint64_t *more;

    if (t->wide != NULL)
        worker->kernel->between_u32(t->wide, t->n_rows, t->n, UINT32_MAX, t->words);
    if (t->narrow == NULL || t->is_few)
        return true;
    more = co_stack_new(&worker->scratch, CO_TILE_WORDS, sizeof *more);
    if (more == NULL)
        return false;
    worker->kernel->between_u8(t->narrow, t->n_rows, (uint8_t)t->n, UINT8_MAX, more);
    worker->kernel->or_words(t->words, more, t->words, co_words_for(t->n_rows));
    return true;
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
    hits.most_bare = CO_TILE_ROWS;
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

/* A counter of a byte that started again from 0 has its row marked. */
static void add_tally(const co_worker *worker, tally *t, const tally *more)
{
    const uint32_t n_rows = t->n_rows;

    if (t->wide == NULL)
        worker->kernel->or_words(t->words, more->words, t->words, co_words_for(n_rows));
    for (uint32_t i = 0; t->narrow != NULL && i < n_rows; i++) {
        const uint32_t sum = (uint32_t)t->narrow[i] + more->narrow[i];

        t->narrow[i] = (uint8_t)(sum < UINT8_MAX ? sum : UINT8_MAX);
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
    t->is_few = false;
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
    if (status == COHORT_OK && !(finish(worker, &t) && co_register_copy(found, within) &&
                                 co_register_and_words(found, t.words)))
        status = COHORT_MEMORY;
    close_tally(worker, &t);
    co_stack_release(&worker->scratch, mark);
    return status;
}

/*
 * Rows that enough child rows belong to: EXISTS and comparisons of a count,
 * with a bit or a counter a row of the tile.
 */
#include <string.h>

#include "eval/split.h"

static void mark_parents(const co_hits *hits, uint64_t *words)
{
    for (uint32_t i = 0; i < hits->n; i++)
        co_bit_set(words, hits->parents[i]);
}

/* Counters stop at `most`. */
static void count_narrow(const co_hits *hits, uint8_t *counters, uint8_t most)
{
    for (uint32_t i = 0; i < hits->n; i++) {
        uint8_t *counter = &counters[hits->parents[i]];

        *counter = (uint8_t)(*counter + (*counter < most));
    }
}

static void count_wide(const co_hits *hits, uint32_t *counters, uint32_t most)
{
    for (uint32_t i = 0; i < hits->n; i++) {
        uint32_t *counter = &counters[hits->parents[i]];

        *counter += *counter < most;
    }
}

/* What is counted: words if one is enough, else counters in as many bytes as they need. */
typedef struct tally {
    uint32_t n;
    uint32_t n_rows;
    uint64_t *words;
    uint8_t *narrow;
    uint32_t *wide;
} tally;

static bool open_tally(co_stack *scratch, uint32_t n, uint32_t n_rows, tally *t)
{
    *t = (tally){ .n = n, .n_rows = n_rows };
    t->words = co_stack_new(scratch, CO_TILE_WORDS, sizeof *t->words);
    if (n > 1 && n <= UINT8_MAX)
        t->narrow = co_stack_new(scratch, n_rows, sizeof *t->narrow);
    else if (n > 1)
        t->wide = co_stack_new(scratch, n_rows, sizeof *t->wide);
    if (t->words == NULL || (n > 1 && t->narrow == NULL && t->wide == NULL))
        return false;
    memset(t->words, 0, CO_TILE_WORDS * sizeof *t->words);
    if (t->narrow != NULL)
        memset(t->narrow, 0, n_rows * sizeof *t->narrow);
    if (t->wide != NULL)
        memset(t->wide, 0, n_rows * sizeof *t->wide);
    return true;
}

static void count_chunk(const co_hits *hits, tally *t)
{
    if (t->narrow != NULL)
        count_narrow(hits, t->narrow, (uint8_t)t->n);
    else if (t->wide != NULL)
        count_wide(hits, t->wide, t->n);
    else
        mark_parents(hits, t->words);
}

/* words = rows whose counter got there. */
static void finish(const co_worker *worker, tally *t)
{
    if (t->narrow != NULL)
        worker->kernel->between_u8(t->narrow, t->n_rows, (uint8_t)t->n, UINT8_MAX, t->words);
    else if (t->wide != NULL)
        worker->kernel->between_u32(t->wide, t->n_rows, t->n, UINT32_MAX, t->words);
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
    if (!open_tally(&worker->scratch, c->step->n, c->within->n_rows, &own->t)) {
        own->t.n_rows = 0;
        return COHORT_MEMORY;
    }
    return count_tiles(worker, scope, c->step, c->within, share, &own->t);
}

static void add_tally(const co_worker *worker, tally *t, const tally *more)
{
    const uint32_t n_rows = more->n_rows;

    if (n_rows > 0 && t->narrow == NULL && t->wide == NULL)
        worker->kernel->or_words(t->words, more->words, t->words, co_words_for(n_rows));
    for (uint32_t i = 0; t->narrow != NULL && i < n_rows; i++) {
        const uint32_t sum = (uint32_t)t->narrow[i] + more->narrow[i];

        t->narrow[i] = (uint8_t)(sum < t->n ? sum : t->n);
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
    status = co_split_run(worker, scope, n_parts, count_part, &c);
    for (uint32_t i = n_parts; i-- > 0;) {
        if (status == COHORT_OK && c.parts[i].worker != NULL)
            add_tally(worker, t, &c.parts[i].t);
        if (c.parts[i].worker != NULL)
            co_stack_release(&c.parts[i].worker->scratch, c.parts[i].mark);
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
    if (open_tally(&worker->scratch, step->n, within->n_rows, &t))
        status = n_parts > 1 ? count_together(worker, scope, step, within, n_parts, &t)
                             : count_tiles(worker, scope, step, within, NULL, &t);
    if (status == COHORT_OK) {
        finish(worker, &t);
        if (!co_register_copy(found, within) || !co_register_and_words(found, t.words))
            status = COHORT_MEMORY;
    }
    co_stack_release(&worker->scratch, mark);
    return status;
}

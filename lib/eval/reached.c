/*
 * Rows that enough child rows belong to: EXISTS and comparisons of a count,
 * with a bit or a counter a row of the tile.
 */
#include <string.h>

#include "eval/hits.h"

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

static cohort_status count_all(co_worker *worker, co_scope *scope, const co_step *step,
                               const co_register *within, tally *t)
{
    co_hits hits;
    bool more = true;
    cohort_status status = co_hits_open(worker, scope, &step->relation, step->inputs[0], within, &hits);

    if (status != COHORT_OK)
        return status;
    while (status == COHORT_OK && more) {
        status = co_hits_next(&hits, &more);
        if (status == COHORT_OK && more)
            count_chunk(&hits, t);
    }
    co_hits_close(&hits);
    if (status == COHORT_OK)
        finish(worker, t);
    return status;
}

cohort_status co_reached_find(co_worker *worker, co_scope *scope, const co_step *step,
                              const co_register *within, co_register *found)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    cohort_status status = COHORT_MEMORY;
    tally t;

    if (step->n == 0)
        return co_register_copy(found, within) ? COHORT_OK : COHORT_MEMORY;
    if (open_tally(&worker->scratch, step->n, within->n_rows, &t))
        status = count_all(worker, scope, step, within, &t);
    if (status == COHORT_OK && (!co_register_copy(found, within) || !co_register_and_words(found, t.words)))
        status = COHORT_MEMORY;
    co_stack_release(&worker->scratch, mark);
    return status;
}

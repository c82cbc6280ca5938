/*
 * FIRST and LAST: the value of a parent's first or last child row by (time,
 * arrival), even if it is NULL; rows without time are passed over.
 *
 * Always:  texts that do not last are copied into room that each parent keeps, so
 *          a fold holds no more than twice what the longest ones take.
 */
#include <string.h>

#include "eval/ordered.h"

/* A text that a parent holds, in room that may be longer. */
typedef struct held_text {
    char *bytes;
    size_t capacity;
} held_text;

typedef struct end_fold {
    co_worker *worker;
    co_scope *scope;
    const co_vstep *vstep;
    co_timed_order order;
    bool is_last;
    co_vector *out;
    co_timed *best;   /* by slot; time CO_NO_TIME: none yet */
    held_text *texts; /* by slot, in `room`; NULL: texts last */
    co_arena room;
} end_fold;

static bool is_better(const end_fold *f, const co_timed *item, const co_timed *best)
{
    const int difference = best->time == CO_NO_TIME ? 0 : co_timed_compare(&f->order, item, best);

    return best->time == CO_NO_TIME || (f->is_last ? difference > 0 : difference < 0);
}

static cohort_status hold(end_fold *f, uint32_t slot)
{
    held_text *held = &f->texts[slot];
    co_text *text = &f->out->texts[slot];

    if (held->bytes == NULL || held->capacity < text->length) {
        held->capacity = 2 * text->length + 8;
        held->bytes = co_arena_new(&f->room, 1, held->capacity);
    }
    if (held->bytes == NULL)
        return COHORT_MEMORY;
    if (text->length > 0)
        memcpy(held->bytes, text->bytes, text->length);
    text->bytes = held->bytes;
    return COHORT_OK;
}

static cohort_status take_chunk(end_fold *f, const co_hits *hits, const co_vector *values,
                                const int64_t *times)
{
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < hits->n && status == COHORT_OK; i++) {
        const uint32_t slot = hits->parents[i];
        const co_timed item = { times[i], hits->rows[i], 0 };

        if (item.time == CO_NO_TIME || !is_better(f, &item, &f->best[slot]))
            continue;
        f->best[slot] = item;
        co_bit_clear(f->out->valid, slot);
        co_vector_copy_value(f->out, slot, values, i);
        if (f->texts != NULL && co_vector_has(f->out, slot))
            status = hold(f, slot);
    }
    return status;
}

static cohort_status take_hits(end_fold *f, co_hits *hits, co_times *times)
{
    bool more = true;
    cohort_status status = COHORT_OK;

    while (status == COHORT_OK && more) {
        const co_mark mark = co_stack_mark(&f->worker->scratch);
        int64_t found[CO_CHUNK];
        co_vector values;

        status = co_hits_next(hits, &more);
        if (status == COHORT_OK && more)
            status = co_hits_values(hits, f->vstep->operands[0], &values);
        if (status == COHORT_OK && more)
            status = co_times_find(times, hits, found);
        if (status == COHORT_OK && more)
            status = take_chunk(f, hits, &values, found);
        co_stack_release(&f->worker->scratch, mark);
    }
    return status;
}

static cohort_status run(end_fold *f, const co_register *within)
{
    co_times times;
    co_hits hits;
    cohort_status status =
        co_hits_open(f->worker, f->scope, &f->vstep->relation, f->vstep->true_step, within, &hits);

    if (status != COHORT_OK)
        return status;
    co_times_init(&times, f->worker, f->vstep->relation.child);
    status = take_hits(f, &hits, &times);
    co_times_clear(&times);
    co_hits_close(&hits);
    return status;
}

/* Texts in the fold's room now last as long as the scope. */
static cohort_status keep_texts(end_fold *f)
{
    for (uint32_t slot = 0; f->texts != NULL && slot < f->out->n; slot++) {
        co_text *text = &f->out->texts[slot];

        if (!co_vector_has(f->out, slot))
            continue;
        *text = co_arena_copy(&f->scope->shared_texts, *text);
        if (text->bytes == NULL)
            return COHORT_MEMORY;
    }
    return COHORT_OK;
}

static bool open_fold(end_fold *f)
{
    const co_vstep *operand = &f->worker->run->plan->vsteps[f->vstep->operands[0]];
    const bool holds_texts = operand->type == CO_V_TEXT && !co_value_text_lasts(operand);

    f->best = co_stack_new(&f->worker->scratch, f->out->n, sizeof *f->best);
    if (holds_texts)
        f->texts = co_stack_new(&f->worker->scratch, f->out->n, sizeof *f->texts);
    if (f->best == NULL || (holds_texts && f->texts == NULL))
        return false;
    for (uint32_t slot = 0; slot < f->out->n; slot++) {
        f->best[slot].time = CO_NO_TIME;
        if (holds_texts)
            f->texts[slot] = (held_text){ NULL, 0 };
    }
    return true;
}

cohort_status co_end_fold(co_worker *worker, co_scope *scope, const co_vstep *vstep,
                          const co_register *within, co_vector *out)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    end_fold f = { .worker = worker,
                   .scope = scope,
                   .vstep = vstep,
                   .order = { .version = worker->run->plan->version, .object = vstep->relation.child },
                   .is_last = vstep->aggregate == CO_AGGREGATE_LAST,
                   .out = out };
    cohort_status status;

    co_arena_init(&f.room, worker->memory);
    status = open_fold(&f) ? run(&f, within) : COHORT_MEMORY;
    if (status == COHORT_OK)
        status = keep_texts(&f);
    co_arena_clear(&f.room);
    co_stack_release(&worker->scratch, mark);
    return status;
}

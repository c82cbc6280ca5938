/*
 * COUNT, SUM, AVG, MIN and MAX: child rows folded one after the other into one
 * place a parent; and which fold finds a value.
 *
 * Always:  exact sums are kept in 64 bits where the plan found that they
 *          suffice, else in 192, so no order of summing overflows on the way: only
 *          a result beyond 128 bits is a fault of its parent. Of texts that are
 *          equal but for case, MIN takes the first by bytes and MAX the last.
 * Not here: sums of doubles, which depend on order; see ordered.c.
 */
#include "eval/folds.h"

#include <assert.h>
#include <string.h>

#include "base/unicode.h"
#include "eval/split.h"

static const char sum_too_large[] = "a sum does not fit in 128 bits";

/* 192 bits, two's complement. */
typedef struct long_sum {
    uint64_t low;
    uint64_t middle;
    int64_t high;
} long_sum;

/* A text that a parent holds, in room that may be longer. */
typedef struct held_text {
    char *bytes;
    size_t capacity;
} held_text;

typedef struct fold {
    co_worker *worker;
    co_scope *scope;
    const co_vstep *vstep;
    const co_register *within;
    co_vector *out;
    long_sum *sums;   /* by slot; NULL: not needed */
    uint32_t *counts; /* likewise */
    held_text *texts; /* likewise */
    co_hits hits;
} fold;

/* What a chunk of hits, with their values, does to the fold. */
typedef cohort_status fold_chunk(fold *f, const co_vector *values);

/* ---- counts ---- */

static cohort_status count_rows(fold *f, const co_vector *values)
{
    int64_t *counts = f->out->numbers;

    (void)values;
    for (uint32_t i = 0; i < f->hits.n; i++)
        counts[f->hits.parents[i]]++;
    return COHORT_OK;
}

static cohort_status count_values(fold *f, const co_vector *values)
{
    int64_t *counts = f->out->numbers;

    for (uint32_t i = 0; i < f->hits.n; i++)
        counts[f->hits.parents[i]] += co_vector_has(values, i);
    return COHORT_OK;
}

/* ---- sums ---- */

static cohort_status add_narrow(fold *f, const co_vector *values)
{
    uint64_t *sums = (uint64_t *)f->out->numbers;

    for (uint32_t i = 0; i < f->hits.n; i++) {
        const uint64_t mask = 0 - (uint64_t)co_vector_has(values, i);

        sums[f->hits.parents[i]] += (uint64_t)values->numbers[i] & mask;
    }
    return COHORT_OK;
}

static void add_long(long_sum *sum, co_wide value)
{
    const uint64_t low = sum->low + value.low;
    const uint64_t carry = low < value.low;
    const uint64_t middle = sum->middle + (uint64_t)value.high;
    const uint64_t with_carry = middle + carry;
    const int64_t over = (middle < (uint64_t)value.high) + (with_carry < carry);

    sum->low = low;
    sum->middle = with_carry;
    sum->high += over + (value.high < 0 ? -1 : 0);
}

static cohort_status add_wide(fold *f, const co_vector *values)
{
    for (uint32_t i = 0; i < f->hits.n; i++) {
        const uint32_t parent = f->hits.parents[i];

        if (!co_vector_has(values, i))
            continue;
        add_long(&f->sums[parent], co_vector_wide(values, i));
        if (f->counts != NULL)
            f->counts[parent]++;
    }
    return COHORT_OK;
}

static bool fits(const long_sum *sum)
{
    return sum->high == ((int64_t)sum->middle < 0 ? -1 : 0);
}

static co_wide wide_of(const long_sum *sum)
{
    return (co_wide){ sum->low, (int64_t)sum->middle };
}

/* ---- least and greatest ---- */

/* Less than 0: MIN, greater: MAX. */
static int direction(const fold *f)
{
    return f->vstep->aggregate == CO_AGGREGATE_MAX ? 1 : -1;
}

static cohort_status choose_number(fold *f, const co_vector *values)
{
    co_vector *out = f->out;
    const bool greatest = direction(f) > 0;

    for (uint32_t i = 0; i < f->hits.n; i++) {
        const uint32_t parent = f->hits.parents[i];
        const int64_t value = values->numbers[i];

        if (!co_vector_has(values, i))
            continue;
        if (!co_vector_has(out, parent) ||
            (greatest ? value > out->numbers[parent] : value < out->numbers[parent]))
            co_vector_put(out, parent, value);
    }
    return COHORT_OK;
}

static cohort_status choose_any(fold *f, const co_vector *values)
{
    for (uint32_t i = 0; i < f->hits.n; i++) {
        const uint32_t parent = f->hits.parents[i];

        if (!co_vector_has(values, i))
            continue;
        if (!co_vector_has(f->out, parent) ||
            co_vector_compare(values, i, f->out, parent, false) * direction(f) > 0)
            co_vector_copy_value(f->out, parent, values, i);
    }
    return COHORT_OK;
}

static int order_of_texts(co_text a, co_text b, bool nocase)
{
    const int order = nocase ? co_text_fold_compare(a, b) : 0;

    return order != 0 ? order : co_text_compare(a, b);
}

/* The text is kept in the parent's own room, which grows twofold, so replacing costs no more than the texts. */
static bool hold_text(fold *f, uint32_t parent, co_text text)
{
    held_text *held = &f->texts[parent];

    if (text.length >= held->capacity) {
        const size_t wanted = 2 * (size_t)text.length + 1;

        held->bytes = co_arena_new(&f->scope->shared_texts, wanted, 1);
        held->capacity = wanted;
    }
    if (held->bytes == NULL)
        return false;
    if (text.length > 0)
        memcpy(held->bytes, text.bytes, text.length);
    co_vector_put_text(f->out, parent, (co_text){ held->bytes, text.length });
    return true;
}

static cohort_status choose_text(fold *f, const co_vector *values)
{
    for (uint32_t i = 0; i < f->hits.n; i++) {
        const uint32_t parent = f->hits.parents[i];

        if (!co_vector_has(values, i))
            continue;
        if (co_vector_has(f->out, parent) &&
            order_of_texts(values->texts[i], f->out->texts[parent], f->vstep->nocase) * direction(f) <= 0)
            continue;
        if (f->texts == NULL)
            co_vector_put_text(f->out, parent, values->texts[i]);
        else if (!hold_text(f, parent, values->texts[i]))
            return COHORT_MEMORY;
    }
    return COHORT_OK;
}

/* ---- one fold ---- */

static const co_vstep *operand_of(const fold *f)
{
    return f->vstep->n_operands == 0 ? NULL : &f->worker->run->plan->vsteps[f->vstep->operands[0]];
}

static bool is_sum(const fold *f)
{
    return f->vstep->aggregate == CO_AGGREGATE_SUM || f->vstep->aggregate == CO_AGGREGATE_AVG;
}

static fold_chunk *how_to_fold(const fold *f)
{
    const co_vstep *operand = operand_of(f);

    if (f->vstep->aggregate == CO_AGGREGATE_COUNT)
        return operand == NULL ? count_rows : count_values;
    if (is_sum(f))
        return f->sums != NULL ? add_wide : add_narrow;
    if (operand->type == CO_V_TEXT)
        return choose_text;
    return f->out->numbers != NULL && !operand->is_wide ? choose_number : choose_any;
}

/* *items = one a row, all zero, where needed. False for want of memory. */
static bool open_items(const fold *f, bool is_needed, size_t size, void **items)
{
    if (!is_needed)
        return true;
    *items = co_stack_new(&f->worker->scratch, f->out->n, size);
    if (*items != NULL)
        memset(*items, 0, f->out->n * size);
    return *items != NULL;
}

static bool open_fold(fold *f)
{
    const co_vstep *operand = operand_of(f);
    const bool averages = f->vstep->aggregate == CO_AGGREGATE_AVG;
    const bool is_long = is_sum(f) && (averages || f->out->is_wide || operand->is_wide);
    const bool holds_texts = operand != NULL && operand->type == CO_V_TEXT &&
                             f->vstep->aggregate != CO_AGGREGATE_COUNT && !co_value_text_lasts(operand);

    if (f->out->numbers != NULL)
        memset(f->out->numbers, 0, f->out->n * sizeof *f->out->numbers);
    return open_items(f, is_long, sizeof *f->sums, (void **)&f->sums) &&
           open_items(f, averages, sizeof *f->counts, (void **)&f->counts) &&
           open_items(f, holds_texts, sizeof *f->texts, (void **)&f->texts);
}

static cohort_status fold_tiles(fold *f, co_hits_share *share)
{
    const uint32_t operand = f->vstep->n_operands == 0 ? CO_NO_STEP : f->vstep->operands[0];
    fold_chunk *how = how_to_fold(f);
    bool more = true;
    cohort_status status =
        co_hits_open(f->worker, f->scope, &f->vstep->relation, f->vstep->true_step, f->within, &f->hits);

    if (status != COHORT_OK)
        return status;
    f->hits.share = share;
    while (status == COHORT_OK && more) {
        const co_mark mark = co_stack_mark(&f->worker->scratch);
        co_vector values;

        status = co_hits_next(&f->hits, &more);
        if (status == COHORT_OK && more && operand != CO_NO_STEP)
            status = co_hits_values(&f->hits, operand, &values);
        if (status == COHORT_OK && more)
            status = how(f, &values);
        co_stack_release(&f->worker->scratch, mark);
    }
    co_hits_close(&f->hits);
    return status;
}

/* ---- by several workers ---- */

/* One's part, in its own worker's scratch. */
typedef struct part {
    co_mark mark;
    co_vector out;
    fold f; /* worker NULL: it did not begin */
} part;

typedef struct folding {
    const fold *whole;
    part *parts;
} folding;

static cohort_status fold_part(void *context, uint32_t number, co_worker *worker, co_scope *scope,
                               co_hits_share *share)
{
    const folding *all = context;
    const co_vector *out = all->whole->out;
    part *own = &all->parts[number];

    own->mark = co_stack_mark(&worker->scratch);
    own->f = *all->whole;
    own->f.worker = worker;
    own->f.scope = scope;
    own->f.out = &own->out;
    if (!co_vector_open(&worker->scratch, out->type, out->scale, out->is_wide, out->n, &own->out) ||
        !open_fold(&own->f))
        return COHORT_MEMORY;
    return fold_tiles(&own->f, share);
}

/* Sums that are long already; more may come to `high` than one carry. */
static void add_sum(long_sum *sum, const long_sum *more)
{
    const int64_t high = more->high - (more->middle >> 63 != 0 ? -1 : 0);

    add_long(sum, (co_wide){ more->low, (int64_t)more->middle });
    sum->high += high;
}

static void add_part(const fold *f, const fold *more)
{
    const bool adds = is_sum(f) || f->vstep->aggregate == CO_AGGREGATE_COUNT;
    const int direction_of = direction(f);

    for (uint32_t i = 0; i < f->out->n; i++) {
        if (f->sums != NULL)
            add_sum(&f->sums[i], &more->sums[i]);
        if (f->counts != NULL)
            f->counts[i] += more->counts[i];
        if (adds && f->sums == NULL)
            f->out->numbers[i] += more->out->numbers[i];
        if (!adds && co_vector_has(more->out, i) &&
            (!co_vector_has(f->out, i) ||
             co_vector_compare(more->out, i, f->out, i, false) * direction_of > 0))
            co_vector_copy_value(f->out, i, more->out, i);
    }
}

static cohort_status fold_together(fold *f, uint32_t n_parts)
{
    folding all = { f, co_stack_new(&f->worker->scratch, n_parts, sizeof *all.parts) };
    cohort_status status;

    if (all.parts == NULL)
        return COHORT_MEMORY;
    memset(all.parts, 0, n_parts * sizeof *all.parts);
    status = co_split_run(f->worker, f->scope, n_parts, fold_part, &all);
    for (uint32_t i = n_parts; i-- > 0;) {
        part *p = &all.parts[i];

        if (status == COHORT_OK && p->f.worker != NULL)
            add_part(f, &p->f);
        if (p->f.worker != NULL)
            co_stack_release(&p->f.worker->scratch, p->mark);
    }
    return status;
}

/* Texts lie with the one tile, so they are not divided. */
static cohort_status fold_all(fold *f)
{
    const co_vstep *operand = operand_of(f);
    const bool chooses_texts =
        operand != NULL && operand->type == CO_V_TEXT && f->vstep->aggregate != CO_AGGREGATE_COUNT;
    const uint32_t n_parts = chooses_texts ? 1 : co_split_parts(f->worker, f->scope, &f->vstep->relation);

    return n_parts > 1 ? fold_together(f, n_parts) : fold_tiles(f, NULL);
}

static void settle_sum(fold *f, uint32_t slot)
{
    const long_sum *sum = &f->sums[slot];

    if (f->counts != NULL && f->counts[slot] == 0)
        return;
    if (!fits(sum))
        co_worker_fault(f->worker, f->scope->object, f->scope->number * CO_TILE_ROWS + slot, COHORT_OVERFLOW,
                        "%s", sum_too_large);
    else if (f->counts != NULL)
        co_vector_put_real(
            f->out, slot,
            co_wide_quotient(wide_of(sum), operand_of(f)->scale, co_wide_of(f->counts[slot]), 0));
    else
        co_vector_put_wide(f->out, slot, wide_of(sum));
}

/* Counts and sums have a value for every row, that of no child rows too. */
static cohort_status settle(fold *f)
{
    uint64_t *words = co_stack_new(&f->worker->scratch, CO_TILE_WORDS, sizeof *words);

    if (words == NULL)
        return COHORT_MEMORY;
    co_register_to_words(f->within, words);
    if (f->sums == NULL) {
        memcpy(f->out->valid, words, co_words_for(f->out->n) * sizeof *words);
        return COHORT_OK;
    }
    for (uint32_t slot = 0; slot < f->out->n; slot++) {
        if (co_bit_test(words, slot))
            settle_sum(f, slot);
    }
    return COHORT_OK;
}

cohort_status co_stream_fold(co_worker *worker, co_scope *scope, const co_vstep *vstep,
                             const co_register *within, co_vector *out)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    fold f = { .worker = worker, .scope = scope, .vstep = vstep, .within = within, .out = out };
    cohort_status status = open_fold(&f) ? fold_all(&f) : COHORT_MEMORY;

    if (status == COHORT_OK && (is_sum(&f) || vstep->aggregate == CO_AGGREGATE_COUNT))
        status = settle(&f);
    co_stack_release(&worker->scratch, mark);
    return status;
}

/* ---- which fold ---- */

static bool streams(const co_plan *plan, const co_vstep *vstep)
{
    const bool has_reals = vstep->n_operands > 0 && plan->vsteps[vstep->operands[0]].type == CO_V_DOUBLE;

    switch (vstep->aggregate) {
    case CO_AGGREGATE_COUNT:
        return !vstep->distinct;
    case CO_AGGREGATE_SUM:
    case CO_AGGREGATE_AVG:
        return !has_reals;
    case CO_AGGREGATE_MIN:
    case CO_AGGREGATE_MAX:
        return true;
    default:
        return false;
    }
}

co_fold_find *co_fold_of(const co_plan *plan, const co_vstep *vstep)
{
    if (vstep->kind == CO_VS_CHAIN)
        return co_chain_fold;
    if (vstep->kind != CO_VS_FOLD)
        return NULL;
    return streams(plan, vstep) ? co_stream_fold : co_ordered_fold;
}

cohort_status co_fold_values(const co_task *task, co_vector *out)
{
    co_fold_find *find = co_fold_of(task->worker->run->plan, task->vstep);

    return co_shared_fold(task->worker, task->scope, co_task_vstep(task), find, task->choice, out);
}

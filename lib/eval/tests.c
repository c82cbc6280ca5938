/*
 * Conditions on values: comparisons, IS DISTINCT FROM, texts, sets over a way,
 * anniversaries, polygons. The rows asked for are worked through in chunks; the
 * values of a chunk stay in cache.
 */
#include <assert.h>

#include "eval/match.h"
#include "eval/points.h"
#include "eval/sets.h"
#include "eval/ways.h"

/* A chunk of rows and the operands' values for them. */
typedef struct chunk {
    co_task task;
    const co_step *step;
    co_vector a;
    co_vector b;
    uint16_t *kept; /* where slots that pass are written */
    size_t n_kept;
} chunk;

static void keep(chunk *c, uint32_t i, bool passes)
{
    c->kept[c->n_kept] = c->task.choice->slots[i];
    c->n_kept += passes;
}

/* ---- two values ---- */

/* Which orders satisfy a comparison: less, equal, greater. */
static const bool satisfied[][3] = {
    [CO_EQUAL] = { false, true, false },   [CO_NOT_EQUAL] = { true, false, true },
    [CO_LESS] = { true, false, false },    [CO_LESS_EQUAL] = { true, true, false },
    [CO_GREATER] = { false, false, true }, [CO_GREATER_EQUAL] = { false, true, true },
};

static bool ignores_case(const chunk *c)
{
    const co_vstep *vsteps = c->task.worker->run->plan->vsteps;

    return vsteps[c->step->a].nocase || vsteps[c->step->b].nocase;
}

/* Both are held as plain numbers that compare as they are. */
static bool are_numbers(const co_vector *a, const co_vector *b)
{
    return a->numbers != NULL && b->numbers != NULL && a->scale == b->scale;
}

static void compare_numbers(chunk *c, const bool *passes)
{
    for (uint32_t i = 0; i < c->a.n; i++) {
        const int64_t a = c->a.numbers[i];
        const int64_t b = c->b.numbers[i];

        keep(c, i,
             co_vector_has(&c->a, i) && co_vector_has(&c->b, i) &&
                 passes[(a > b) - (a < b) + 1] != c->step->outside);
    }
}

static void compare(chunk *c)
{
    const bool *passes = satisfied[c->step->compare];
    const bool nocase = ignores_case(c);

    if (are_numbers(&c->a, &c->b)) {
        compare_numbers(c, passes);
        return;
    }
    for (uint32_t i = 0; i < c->a.n; i++) {
        if (!co_vector_has(&c->a, i) || !co_vector_has(&c->b, i))
            continue;
        const int order = co_vector_compare(&c->a, i, &c->b, i, nocase);

        keep(c, i, passes[(order > 0) - (order < 0) + 1] != c->step->outside);
    }
}

static void tell_apart(chunk *c)
{
    const bool nocase = ignores_case(c);

    for (uint32_t i = 0; i < c->a.n; i++) {
        const bool has_a = co_vector_has(&c->a, i);
        const bool has_b = co_vector_has(&c->b, i);
        const bool differ = has_a != has_b || (has_a && co_vector_compare(&c->a, i, &c->b, i, nocase) != 0);

        keep(c, i, differ != c->step->outside);
    }
}

static void match_pairs(chunk *c)
{
    const bool nocase = ignores_case(c);

    for (uint32_t i = 0; i < c->a.n; i++) {
        if (!co_vector_has(&c->a, i) || !co_vector_has(&c->b, i))
            continue;
        keep(c, i,
             co_text_pair_test(c->step->text_verb, c->step->escape, nocase, c->a.texts[i], c->b.texts[i]) !=
                 c->step->outside);
    }
}

/* ---- one value ---- */

static cohort_status match_texts(chunk *c)
{
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < c->a.n && status == COHORT_OK; i++) {
        bool hit;
        bool known;

        if (!co_vector_has(&c->a, i))
            continue;
        status = co_match_text(c->task.worker, c->task.scope->object, co_task_row(&c->task, i),
                               c->step->match, c->a.texts[i], &hit, &known);
        keep(c, i, known && hit != c->step->outside);
    }
    return status;
}

static bool value_passes(const chunk *c, uint32_t i)
{
    const co_step *step = c->step;

    switch (step->kind) {
    case CO_STEP_HAS_VALUE:
        return true;
    case CO_STEP_TRUE:
        return c->a.numbers[i] != 0;
    case CO_STEP_ANNIVERSARY:
        return co_anniversary_in(co_vector_local_day(&c->task, &c->a, i), step->low, step->high);
    default:
        assert(step->kind == CO_STEP_POLYGON);
        return co_polygon_holds(step->points, step->n_points, c->a.reals[i], c->a.longitudes[i]);
    }
}

static void test_values(chunk *c)
{
    for (uint32_t i = 0; i < c->a.n; i++) {
        if (co_vector_has(&c->a, i))
            keep(c, i, value_passes(c, i) != c->step->outside);
        else
            keep(c, i, c->step->kind == CO_STEP_HAS_VALUE && c->step->outside);
    }
}

/* Sets are compared by the codes of their field's dictionary, so the field is read here. */
static cohort_status test_sets(chunk *c)
{
    co_worker *worker = c->task.worker;
    const co_vstep *vstep = &worker->run->plan->vsteps[c->step->a];
    const uint32_t object = co_way_object(worker, c->task.scope->object, &vstep->way, vstep->way.n);
    co_field_reader reader = co_field_reader_of(worker->run->plan->version, object, vstep->field);
    const co_choice *choice = c->task.choice;
    uint32_t *rows = co_stack_new(&worker->scratch, choice->n, sizeof *rows);
    cohort_status status = rows != NULL ? COHORT_OK : COHORT_MEMORY;

    if (vstep->kind != CO_VS_FIELD || status != COHORT_OK)
        return status;
    status = co_way_follow(worker, c->task.scope, &vstep->way, vstep->way.n, choice, rows);
    for (uint32_t i = 0; i < choice->n && status == COHORT_OK; i++) {
        const co_column *column = rows[i] != CO_NONE ? co_field_at(&reader, rows[i]) : NULL;
        const co_mark mark = co_stack_mark(&worker->scratch);
        uint32_t *codes;
        uint32_t n_codes;

        if (column == NULL)
            continue;
        status = co_set_elements(worker, column, rows[i] % CO_TILE_ROWS, &codes, &n_codes);
        if (status == COHORT_OK)
            keep(c, i, co_set_passes(c->step, c->step->set_exactly, codes, n_codes) != c->step->outside);
        co_stack_release(&worker->scratch, mark);
    }
    return status;
}

/* ---- chunk by chunk ---- */

static cohort_status find_operands(chunk *c)
{
    const co_task *task = &c->task;
    cohort_status status = co_value_find(task->worker, task->scope, c->step->a, task->choice, &c->a);

    if (status == COHORT_OK && co_step_is_pair(c->step->kind))
        status = co_value_find(task->worker, task->scope, c->step->b, task->choice, &c->b);
    return status;
}

static cohort_status test_chunk(chunk *c)
{
    cohort_status status;

    if (c->step->kind == CO_STEP_SET_TEST)
        return test_sets(c);
    status = find_operands(c);
    if (status != COHORT_OK)
        return status;
    switch (c->step->kind) {
    case CO_STEP_COMPARE:
        compare(c);
        return COHORT_OK;
    case CO_STEP_DISTINCT:
        tell_apart(c);
        return COHORT_OK;
    case CO_STEP_TEXT_PAIR:
        match_pairs(c);
        return COHORT_OK;
    case CO_STEP_TEXT:
        return match_texts(c);
    default:
        test_values(c);
        return COHORT_OK;
    }
}

static cohort_status test_all(co_worker *worker, co_scope *scope, const co_step *step, const uint16_t *slots,
                              uint32_t n, uint16_t *kept, size_t *n_kept)
{
    chunk c = { .step = step, .kept = kept };
    cohort_status status = COHORT_OK;

    for (uint32_t first = 0; first < n && status == COHORT_OK; first += CO_CHUNK) {
        const co_choice choice = { n - first < CO_CHUNK ? n - first : CO_CHUNK, slots + first };
        const co_mark mark = co_stack_mark(&worker->scratch);

        c.task = (co_task){ worker, scope, NULL, &choice };
        status = test_chunk(&c);
        co_stack_release(&worker->scratch, mark);
        if (status == COHORT_OK)
            status = co_worker_poll(worker);
    }
    *n_kept = c.n_kept;
    return status;
}

cohort_status co_test_find(co_worker *worker, co_scope *scope, const co_step *step, const co_register *within,
                           co_register *found)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    const co_register *base = scope->base;
    const bool in_value = scope->in_value;
    const bool is_dense = scope->is_dense;
    uint16_t *slots = co_stack_new(&worker->scratch, within->count, sizeof *slots);
    uint16_t *kept = co_stack_new(&worker->scratch, (size_t)within->count + 1, sizeof *kept);
    cohort_status status = slots != NULL && kept != NULL ? COHORT_OK : COHORT_MEMORY;
    size_t n_kept = 0;

    if (status == COHORT_OK) {
        co_register_to_slots(within, slots);
        scope->base = within;
        scope->in_value = true;
        scope->is_dense = is_dense || (uint64_t)within->count * 16 >= within->n_rows;
        status = test_all(worker, scope, step, slots, within->count, kept, &n_kept);
        scope->base = base;
        scope->in_value = in_value;
        scope->is_dense = is_dense;
    }
    if (status == COHORT_OK && !co_register_set_slots(found, kept, n_kept))
        status = COHORT_MEMORY;
    co_stack_release(&worker->scratch, mark);
    return status;
}

/*
 * Values that choose among others: CASE and IF, COALESCE, NULLIF, LEAST,
 * GREATEST. SELECT and COALESCE find an operand only for the rows that take it.
 */
#include <assert.h>

#include "eval/values.h"

/* Rows of a task that have no value yet: their slots and their places in it. */
typedef struct waiting {
    uint32_t n;
    uint16_t *slots;
    uint16_t *places;
} waiting;

static bool open_waiting(const co_task *task, waiting *w)
{
    const uint32_t n = task->choice->n;

    w->n = 0;
    w->slots = co_stack_new(&task->worker->scratch, n, sizeof *w->slots);
    w->places = co_stack_new(&task->worker->scratch, n, sizeof *w->places);
    return w->slots != NULL && w->places != NULL;
}

static void wait_for(waiting *w, uint16_t slot, uint16_t place)
{
    w->slots[w->n] = slot;
    w->places[w->n++] = place;
}

static void wait_for_all(const co_task *task, waiting *w)
{
    for (uint32_t i = 0; i < task->choice->n; i++)
        wait_for(w, task->choice->slots[i], (uint16_t)i);
}

/* The operand's values for those rows. */
static cohort_status take_operand(const co_task *task, uint32_t operand, const waiting *w, co_vector *out)
{
    const co_choice choice = { w->n, w->slots };
    const bool in_branch = task->scope->in_branch;
    co_vector values;
    cohort_status status;

    if (w->n == 0)
        return COHORT_OK;
    task->scope->in_branch = in_branch || operand > 0 || task->vstep->kind != CO_VS_COALESCE;
    status = co_value_find(task->worker, task->scope, task->vstep->operands[operand], &choice, &values);
    task->scope->in_branch = in_branch;
    if (status == COHORT_OK)
        co_vector_scatter(out, w->places, &values);
    return status;
}

/* Parts the waiting rows: those for which the condition is true go to `taken`. */
static cohort_status part(const co_task *task, uint32_t condition, waiting *rest, waiting *taken)
{
    co_register within;
    co_register yes;
    uint64_t taken_bits[CO_CHUNK / 64] = { 0 };
    uint32_t n = 0;
    cohort_status status = COHORT_OK;

    co_register_init(&within, &task->worker->pool, task->scope->tile->n_rows);
    co_register_init(&yes, &task->worker->pool, task->scope->tile->n_rows);
    taken->n = 0;
    if (!co_register_set_slots(&within, rest->slots, rest->n))
        status = COHORT_MEMORY;
    if (status == COHORT_OK)
        status = co_step_find(task->worker, task->scope, condition, &within, &yes);
    if (status == COHORT_OK)
        co_register_test(&yes, rest->slots, rest->n, taken_bits);
    for (uint32_t k = 0; k < rest->n && status == COHORT_OK; k++) {
        const uint16_t slot = rest->slots[k];
        const uint16_t place = rest->places[k];

        const bool is_taken = co_bit_test(taken_bits, k);

        taken->slots[taken->n] = slot;
        taken->places[taken->n] = place;
        taken->n += is_taken;
        rest->slots[n] = slot;
        rest->places[n] = place;
        n += !is_taken;
    }
    rest->n = n;
    co_register_clear(&within);
    co_register_clear(&yes);
    return status;
}

static cohort_status find_case(const co_task *task, co_vector *out)
{
    const co_vstep *vstep = task->vstep;
    waiting rest;
    waiting taken;
    cohort_status status = COHORT_OK;

    if (!open_waiting(task, &rest) || !open_waiting(task, &taken))
        return COHORT_MEMORY;
    wait_for_all(task, &rest);
    for (uint32_t i = 0; i < vstep->n_conditions && rest.n > 0 && status == COHORT_OK; i++) {
        status = part(task, vstep->conditions[i], &rest, &taken);
        if (status == COHORT_OK)
            status = take_operand(task, i, &taken, out);
    }
    if (status == COHORT_OK && vstep->n_operands > vstep->n_conditions)
        status = take_operand(task, vstep->n_conditions, &rest, out);
    return status;
}

static cohort_status find_coalesce(const co_task *task, co_vector *out)
{
    waiting rest;
    cohort_status status = COHORT_OK;

    if (!open_waiting(task, &rest))
        return COHORT_MEMORY;
    wait_for_all(task, &rest);
    for (uint32_t k = 0; k < task->vstep->n_operands && rest.n > 0 && status == COHORT_OK; k++) {
        uint32_t n = 0;

        status = take_operand(task, k, &rest, out);
        for (uint32_t j = 0; j < rest.n; j++) {
            if (co_vector_has(out, rest.places[j]))
                continue;
            rest.slots[n] = rest.slots[j];
            rest.places[n++] = rest.places[j];
        }
        rest.n = n;
    }
    return status;
}

static bool ignores_case(const co_task *task, uint32_t n_operands)
{
    bool nocase = task->vstep->nocase;

    for (uint32_t k = 0; k < n_operands; k++)
        nocase = nocase || task->worker->run->plan->vsteps[task->vstep->operands[k]].nocase;
    return nocase;
}

/* a, but NULL where it equals b. */
static cohort_status find_nullif(const co_task *task, co_vector *out)
{
    const bool nocase = ignores_case(task, 2);
    co_vector a;
    co_vector b;
    cohort_status status = co_operand_find(task, 0, &a);

    if (status == COHORT_OK)
        status = co_operand_find(task, 1, &b);
    for (uint32_t i = 0; i < out->n && status == COHORT_OK; i++) {
        if (!co_vector_has(&a, i) || !co_vector_has(&b, i) || co_vector_compare(&a, i, &b, i, nocase) != 0)
            co_vector_copy_value(out, i, &a, i);
    }
    return status;
}

/* Numbers that compare as they are; a row that has none yet takes the next one. */
static void take_further(const co_vector *values, int wanted, co_vector *out)
{
    for (uint32_t i = 0; i < out->n; i++) {
        const int64_t next = values->numbers[i];
        const int64_t before = out->numbers[i];
        const bool is_further = wanted < 0 ? next < before : next > before;

        if (co_vector_has(values, i) && (!co_vector_has(out, i) || is_further))
            co_vector_put(out, i, next);
    }
}

/* The least or greatest of the values there are. */
static cohort_status find_extreme(const co_task *task, co_vector *out)
{
    const int wanted = task->vstep->kind == CO_VS_LEAST ? -1 : 1;
    const bool nocase = ignores_case(task, task->vstep->n_operands);
    cohort_status status = COHORT_OK;

    for (uint32_t k = 0; k < task->vstep->n_operands && status == COHORT_OK; k++) {
        co_vector values;

        status = co_operand_find(task, k, &values);
        if (status == COHORT_OK && values.numbers != NULL && out->numbers != NULL) {
            take_further(&values, wanted, out);
            continue;
        }
        for (uint32_t i = 0; i < out->n && status == COHORT_OK; i++) {
            if (co_vector_has(&values, i) &&
                (!co_vector_has(out, i) || co_vector_compare(&values, i, out, i, nocase) * wanted > 0))
                co_vector_copy_value(out, i, &values, i);
        }
    }
    return status;
}

cohort_status co_select_values(const co_task *task, co_vector *out)
{
    switch (task->vstep->kind) {
    case CO_VS_SELECT:
        return find_case(task, out);
    case CO_VS_COALESCE:
        return find_coalesce(task, out);
    case CO_VS_NULLIF:
        return find_nullif(task, out);
    default:
        assert(task->vstep->kind == CO_VS_LEAST || task->vstep->kind == CO_VS_GREATEST);
        return find_extreme(task, out);
    }
}

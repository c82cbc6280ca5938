/*
 * + - * / and unary minus on numbers.
 *
 * Always:  exact numbers are added and multiplied exactly, in 64 bits where the
 *          plan found that they suffice, else in 128; what does not fit is a fault. `/` is the correctly rounded double of the
 *          exact quotient, NULL for a divisor of zero. Doubles overflow, and
 *          underflow to zero, as a fault.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "eval/values.h"

static const char does_not_fit[] = "a result of arithmetic does not fit in 128 bits";
static const char too_large[] = "a result of arithmetic is too large for a double";
static const char too_small[] = "a result of arithmetic is too small for a double";

static bool both(const co_vector *a, const co_vector *b, uint32_t i)
{
    return co_vector_has(a, i) && co_vector_has(b, i);
}

/* ---- exact ---- */

typedef bool wide_operation(co_wide a, co_wide b, co_wide *result);

/* Where operands and results have 64 bits, nothing overflows; rows without a value hold anything. */
static void combine_narrow(co_vstep_kind kind, const co_vector *a, const co_vector *b, co_vector *out)
{
    const uint64_t *x = (const uint64_t *)a->numbers;
    const uint64_t *y = (const uint64_t *)b->numbers;
    uint64_t *result = (uint64_t *)out->numbers;

    for (size_t i = 0; i < co_words_for(out->n); i++)
        out->valid[i] = a->valid[i] & b->valid[i];
    switch (kind) {
    case CO_VS_ADD:
        for (uint32_t i = 0; i < out->n; i++)
            result[i] = x[i] + y[i];
        return;
    case CO_VS_SUBTRACT:
        for (uint32_t i = 0; i < out->n; i++)
            result[i] = x[i] - y[i];
        return;
    default:
        for (uint32_t i = 0; i < out->n; i++)
            result[i] = x[i] * y[i];
    }
}

static void combine_wide(const co_task *task, wide_operation *operation, const co_vector *a,
                         const co_vector *b, co_vector *out)
{
    for (uint32_t i = 0; i < out->n; i++) {
        co_wide result;

        if (both(a, b, i) && (!operation(co_vector_wide(a, i), co_vector_wide(b, i), &result) ||
                              !co_vector_put_wide(out, i, result)))
            co_value_fault(task, out, i, does_not_fit);
    }
}

static void combine_exact(const co_task *task, const co_vector *a, const co_vector *b, co_vector *out)
{
    if (!a->is_wide && !b->is_wide && !out->is_wide) {
        combine_narrow(task->vstep->kind, a, b, out);
        return;
    }
    switch (task->vstep->kind) {
    case CO_VS_ADD:
        combine_wide(task, co_wide_add, a, b, out);
        return;
    case CO_VS_SUBTRACT:
        combine_wide(task, co_wide_subtract, a, b, out);
        return;
    default:
        combine_wide(task, co_wide_multiply, a, b, out);
    }
}

static void divide_exact(const co_vector *a, const co_vector *b, co_vector *out)
{
    for (uint32_t i = 0; i < out->n; i++) {
        if (both(a, b, i) && co_wide_sign(co_vector_wide(b, i)) != 0)
            co_vector_put_real(
                out, i, co_wide_quotient(co_vector_wide(a, i), a->scale, co_vector_wide(b, i), b->scale));
    }
}

/* ---- doubles ---- */

static double combine_two(co_vstep_kind kind, double a, double b)
{
    switch (kind) {
    case CO_VS_ADD:
        return a + b;
    case CO_VS_SUBTRACT:
        return a - b;
    case CO_VS_MULTIPLY:
        return a * b;
    default:
        return a / b;
    }
}

/* A product or quotient that is zero though it should not be, as in PostgreSQL. */
static bool underflows(co_vstep_kind kind, double a, double b, double result)
{
    return result == 0 && a != 0 &&
           ((kind == CO_VS_MULTIPLY && b != 0) || (kind == CO_VS_DIVIDE && !isinf(b)));
}

static void combine_reals(const co_task *task, const co_vector *a, const co_vector *b, co_vector *out)
{
    const co_vstep_kind kind = task->vstep->kind;

    for (uint32_t i = 0; i < out->n; i++) {
        if (!both(a, b, i) || (kind == CO_VS_DIVIDE && b->reals[i] == 0))
            continue;

        const double result = combine_two(kind, a->reals[i], b->reals[i]);

        if (underflows(kind, a->reals[i], b->reals[i], result))
            co_value_fault(task, out, i, too_small);
        else
            co_vector_put_result(task, out, i, result, isfinite(a->reals[i]) && isfinite(b->reals[i]),
                                 too_large);
    }
}

static void negate(const co_task *task, const co_vector *a, co_vector *out)
{
    if (a->numbers != NULL && out->numbers != NULL) {
        memcpy(out->valid, a->valid, co_words_for(out->n) * sizeof *out->valid);
        for (uint32_t i = 0; i < out->n; i++)
            out->numbers[i] = (int64_t)(0 - (uint64_t)a->numbers[i]);
        return;
    }
    for (uint32_t i = 0; i < out->n; i++) {
        co_wide result;

        if (!co_vector_has(a, i))
            continue;
        if (out->type == CO_V_DOUBLE)
            co_vector_put_real(out, i, -a->reals[i]);
        else if (!co_wide_negate(co_vector_wide(a, i), &result) || !co_vector_put_wide(out, i, result))
            co_value_fault(task, out, i, does_not_fit);
    }
}

cohort_status co_arithmetic_values(const co_task *task, co_vector *out)
{
    co_vector a;
    co_vector b;
    cohort_status status = co_operand_find(task, 0, &a);

    if (status != COHORT_OK)
        return status;
    if (task->vstep->kind == CO_VS_NEGATE) {
        negate(task, &a, out);
        return COHORT_OK;
    }
    status = co_operand_find(task, 1, &b);
    if (status != COHORT_OK)
        return status;
    assert(a.type == b.type);
    if (a.type == CO_V_DOUBLE)
        combine_reals(task, &a, &b, out);
    else if (task->vstep->kind == CO_VS_DIVIDE)
        divide_exact(&a, &b, out);
    else
        combine_exact(task, &a, &b, out);
    return COHORT_OK;
}

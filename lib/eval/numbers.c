/*
 * ABS ROUND FLOOR CEIL MOD POWER EXP LN.
 *
 * Always:  halves are rounded away from zero; MOD has the sign of the dividend
 *          and is NULL for a divisor of zero; a double that is too large or too
 *          small and a logarithm of zero or less are faults.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "eval/values.h"

static const char does_not_fit[] = "a rounded number does not fit in 128 bits";

/* ---- exact ---- */

/* a × 10^-scale to `digits` digits, then with the scale of the result. */
static bool round_exact(co_wide a, uint32_t scale, int64_t digits, uint32_t to_scale, co_wide *result)
{
    if (digits >= (int64_t)scale) {
        if (to_scale >= scale)
            return co_wide_scale_up(a, to_scale - scale, result);
        *result = co_wide_scale_down(a, scale - to_scale, NULL);
        return true;
    }

    const int64_t dropped = (int64_t)scale - digits;

    if (dropped > 40) { /* 2^127 has 39 digits */
        *result = co_wide_of(0);
        return true;
    }
    a = co_wide_scale_down(a, (uint32_t)dropped, NULL);
    if (digits <= (int64_t)to_scale)
        return co_wide_scale_up(a, (uint32_t)((int64_t)to_scale - digits), result);
    *result = co_wide_scale_down(a, (uint32_t)(digits - (int64_t)to_scale), NULL);
    return true;
}

/* The whole number below (CEIL: above) a × 10^-scale. */
static bool whole_exact(co_wide a, uint32_t scale, bool up, co_wide *result)
{
    co_wide unit;
    co_wide rest;

    if (scale == 0) {
        *result = a;
        return true;
    }
    if (!co_wide_scale_up(co_wide_of(1), scale, &unit)) {
        /* The unit is larger than any number: what is left is the sign. */
        const int sign = co_wide_sign(a);

        *result = co_wide_of(up ? sign > 0 : -(sign < 0));
        return true;
    }
    if (!co_wide_divide(a, unit, result, &rest))
        return false;
    if (up && co_wide_sign(rest) > 0)
        return co_wide_add(*result, co_wide_of(1), result);
    if (!up && co_wide_sign(rest) < 0)
        return co_wide_subtract(*result, co_wide_of(1), result);
    return true;
}

static bool function_of_exact(const co_vstep *vstep, co_wide a, uint32_t scale, co_wide *result)
{
    switch (vstep->function) {
    case CO_FUNCTION_ABS:
        *result = a;
        return co_wide_sign(a) >= 0 || co_wide_negate(a, result);
    case CO_FUNCTION_ROUND:
        return round_exact(a, scale, (int64_t)vstep->n, vstep->scale, result);
    default:
        return whole_exact(a, scale, vstep->function == CO_FUNCTION_CEIL, result);
    }
}

/* Where the plan found that 64 bits suffice. */
static void absolute_narrow(const co_vector *a, co_vector *out)
{
    memcpy(out->valid, a->valid, co_words_for(out->n) * sizeof *out->valid);
    for (uint32_t i = 0; i < out->n; i++) {
        const uint64_t value = (uint64_t)a->numbers[i];

        out->numbers[i] = (int64_t)(a->numbers[i] < 0 ? 0 - value : value);
    }
}

static void functions_of_exact(const co_task *task, const co_vector *a, co_vector *out)
{
    for (uint32_t i = 0; i < out->n; i++) {
        co_wide result;

        if (!co_vector_has(a, i))
            continue;
        if (!function_of_exact(task->vstep, co_vector_wide(a, i), a->scale, &result) ||
            !co_vector_put_wide(out, i, result))
            co_value_fault(task, out, i, does_not_fit);
    }
}

static void remainders_of_exact(const co_task *task, const co_vector *a, const co_vector *b, co_vector *out)
{
    assert(a->scale == b->scale);
    for (uint32_t i = 0; i < out->n; i++) {
        co_wide quotient;
        co_wide rest = co_wide_of(0);

        if (!co_vector_has(a, i) || !co_vector_has(b, i) || co_wide_sign(co_vector_wide(b, i)) == 0)
            continue;
        /* The one quotient that does not fit leaves nothing. */
        if (!co_wide_divide(co_vector_wide(a, i), co_vector_wide(b, i), &quotient, &rest))
            rest = co_wide_of(0);
        if (!co_vector_put_wide(out, i, rest))
            co_value_fault(task, out, i, does_not_fit);
    }
}

/* ---- doubles ---- */

static double round_real(double a, int64_t digits)
{
    const int32_t most = 1100; /* beyond the digits of any double */

    if (digits > most)
        digits = most;
    if (digits < -most)
        digits = -most;
    return isfinite(a) ? co_round_double(a, (int32_t)digits) : a;
}

static void function_of_real(const co_task *task, const co_vector *a, uint32_t i, co_vector *out)
{
    const double x = a->reals[i];

    switch (task->vstep->function) {
    case CO_FUNCTION_ABS:
        co_vector_put_real(out, i, fabs(x));
        return;
    case CO_FUNCTION_ROUND:
        co_vector_put_result(task, out, i, round_real(x, (int64_t)task->vstep->n), isfinite(x),
                             "a rounded number is too large for a double");
        return;
    case CO_FUNCTION_FLOOR:
        co_vector_put_real(out, i, floor(x));
        return;
    case CO_FUNCTION_CEIL:
        co_vector_put_real(out, i, ceil(x));
        return;
    case CO_FUNCTION_EXP:
        if (isfinite(x) && exp(x) == 0)
            co_value_fault(task, out, i, "EXP is too small for a double");
        else
            co_vector_put_result(task, out, i, exp(x), isfinite(x), "EXP is too large for a double");
        return;
    default:
        assert(task->vstep->function == CO_FUNCTION_LN);
        if (x <= 0)
            co_value_fault(task, out, i, x == 0 ? "LN of zero" : "LN of a negative number");
        else
            co_vector_put_real(out, i, log(x));
    }
}

static void power(const co_task *task, double a, double b, uint32_t i, co_vector *out)
{
    if (a == 0 && b < 0)
        co_value_fault(task, out, i, "POWER of zero with a negative exponent");
    else if (a < 0 && isfinite(b) && b != floor(b))
        co_value_fault(task, out, i, "POWER of a negative number with a fraction as exponent");
    else if (a != 0 && isfinite(a) && isfinite(b) && pow(a, b) == 0)
        co_value_fault(task, out, i, "POWER is too small for a double");
    else
        co_vector_put_result(task, out, i, pow(a, b), isfinite(a) && isfinite(b),
                             "POWER is too large for a double");
}

static void functions_of_reals(const co_task *task, const co_vector *a, const co_vector *b, co_vector *out)
{
    for (uint32_t i = 0; i < out->n; i++) {
        if (!co_vector_has(a, i) || (b != NULL && !co_vector_has(b, i)))
            continue;
        if (b == NULL)
            function_of_real(task, a, i, out);
        else if (task->vstep->function == CO_FUNCTION_POWER)
            power(task, a->reals[i], b->reals[i], i, out);
        else if (b->reals[i] != 0)
            co_vector_put_result(task, out, i, fmod(a->reals[i], b->reals[i]), true, does_not_fit);
    }
}

cohort_status co_number_values(const co_task *task, co_vector *out)
{
    const bool is_binary =
        task->vstep->function == CO_FUNCTION_MOD || task->vstep->function == CO_FUNCTION_POWER;
    co_vector a;
    co_vector b;
    cohort_status status = co_operand_find(task, 0, &a);

    if (status == COHORT_OK && is_binary)
        status = co_operand_find(task, 1, &b);
    if (status != COHORT_OK)
        return status;
    if (a.type == CO_V_DOUBLE)
        functions_of_reals(task, &a, is_binary ? &b : NULL, out);
    else if (is_binary)
        remainders_of_exact(task, &a, &b, out);
    else if (task->vstep->function == CO_FUNCTION_ABS && !a.is_wide && !out->is_wide)
        absolute_narrow(&a, out);
    else
        functions_of_exact(task, &a, out);
    return COHORT_OK;
}

/*
 * Dates, timestamps and intervals added, subtracted and scaled. Months move
 * the local calendar and come before days; years stay within 1 to 9999, and
 * what would leave them is a fault.
 */
#include <assert.h>

#include "eval/values.h"

static const char outside_calendar[] = "a date outside the years 1 to 9999";
static const char long_interval[] = "an interval that is too long";

static void add_days(const co_task *task, const co_vector *a, const co_vector *b, uint32_t i, co_vector *out)
{
    const co_wide days = co_vector_wide(b, i);
    const co_wide day = co_wide_of(a->numbers[i]);
    co_wide sum;
    int64_t result;
    const bool fits =
        task->vstep->subtract ? co_wide_subtract(day, days, &sum) : co_wide_add(day, days, &sum);

    if (fits && co_wide_to_int64(sum, &result) && co_day_in_range(result))
        co_vector_put(out, i, result);
    else
        co_value_fault(task, out, i, outside_calendar);
}

static void add_to_instant(const co_task *task, const co_vector *a, const co_vector *b, uint32_t i,
                           co_vector *out)
{
    int64_t result;

    if (co_zone_add_interval(task->worker->run->plan->when.zone, a->numbers[i], b->intervals[i],
                             task->vstep->subtract ? -1 : 1, &result))
        co_vector_put(out, i, result);
    else
        co_value_fault(task, out, i, outside_calendar);
}

static void put_interval(const co_task *task, bool fits, co_interval interval, uint32_t i, co_vector *out)
{
    if (fits) {
        out->intervals[i] = interval;
        co_vector_set_valid(out, i);
    } else {
        co_value_fault(task, out, i, long_interval);
    }
}

static void add_intervals(const co_task *task, const co_vector *a, const co_vector *b, uint32_t i,
                          co_vector *out)
{
    const bool subtracts = task->vstep->subtract || task->vstep->kind == CO_VS_SUBTRACT;
    co_interval right = b->intervals[i];
    co_interval sum = { 0, 0 };
    const bool fits =
        (!subtracts || co_interval_negate(right, &right)) && co_interval_add(a->intervals[i], right, &sum);

    put_interval(task, fits, sum, i, out);
}

static void scale_interval(const co_task *task, const co_vector *a, const co_vector *b, uint32_t i,
                           co_vector *out)
{
    co_interval product = { 0, 0 };
    int64_t factor;
    const bool fits = co_wide_to_int64(co_vector_wide(b, i), &factor) &&
                      co_interval_multiply(a->intervals[i], factor, &product);

    put_interval(task, fits, product, i, out);
}

static void combine(const co_task *task, const co_vector *a, const co_vector *b, uint32_t i, co_vector *out)
{
    switch (task->vstep->kind) {
    case CO_VS_DATE_ADD_DAYS:
        add_days(task, a, b, i, out);
        return;
    case CO_VS_DATE_DIFFERENCE:
        co_vector_put_narrow(out, i, a->numbers[i] - b->numbers[i]);
        return;
    case CO_VS_TIMESTAMP_DIFFERENCE:
        put_interval(task, true, (co_interval){ 0, a->numbers[i] - b->numbers[i] }, i, out);
        return;
    case CO_VS_INTERVAL_SCALE:
        scale_interval(task, a, b, i, out);
        return;
    default:
        if (a->type == CO_V_INTERVAL)
            add_intervals(task, a, b, i, out);
        else
            add_to_instant(task, a, b, i, out);
    }
}

cohort_status co_span_values(const co_task *task, co_vector *out)
{
    co_vector a;
    co_vector b;
    cohort_status status = co_operand_find(task, 0, &a);

    if (status != COHORT_OK)
        return status;
    if (task->vstep->kind == CO_VS_NEGATE) {
        for (uint32_t i = 0; i < out->n; i++) {
            co_interval negative = { 0, 0 };

            if (co_vector_has(&a, i))
                put_interval(task, co_interval_negate(a.intervals[i], &negative), negative, i, out);
        }
        return COHORT_OK;
    }
    status = co_operand_find(task, 1, &b);
    for (uint32_t i = 0; i < out->n && status == COHORT_OK; i++) {
        if (co_vector_has(&a, i) && co_vector_has(&b, i))
            combine(task, &a, &b, i, out);
    }
    return status;
}

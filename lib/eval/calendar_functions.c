/* DATEDIFF, DATE_TRUNC, AGE and the parts of a date, all in the evaluation's zone and calendar. */
#include <assert.h>

#include "eval/values.h"

static int64_t part_of_day(const co_task *task, int64_t day)
{
    const co_plan *plan = task->worker->run->plan;
    const co_calendar *calendar = &plan->when.calendar;

    switch (task->vstep->function) {
    case CO_FUNCTION_AGE:
        return co_age(day, plan->today);
    case CO_FUNCTION_CALENDAR_YEAR:
        return co_date_of_day(day).year;
    case CO_FUNCTION_CALENDAR_QUARTER:
        return co_quarter_of_day(day);
    case CO_FUNCTION_CALENDAR_MONTH:
        return co_date_of_day(day).month;
    case CO_FUNCTION_WEEK_IN_YEAR:
        return co_week_in_year(day);
    case CO_FUNCTION_DAY_IN_YEAR:
        return co_day_in_year(day);
    case CO_FUNCTION_DAY_IN_MONTH:
        return co_date_of_day(day).day;
    case CO_FUNCTION_DAY_IN_WEEK:
        return co_day_in_week(day);
    case CO_FUNCTION_FISCAL_YEAR:
        return co_fiscal_year(day, calendar);
    case CO_FUNCTION_FISCAL_QUARTER:
        return co_fiscal_quarter(day, calendar);
    case CO_FUNCTION_FISCAL_MONTH:
        return co_fiscal_month(day, calendar);
    default:
        assert(task->vstep->function == CO_FUNCTION_DAY_ONLY);
        return day;
    }
}

static void put_part(const co_task *task, const co_vector *a, uint32_t i, co_vector *out)
{
    const co_plan *plan = task->worker->run->plan;
    const co_vstep *vstep = task->vstep;

    if (vstep->function == CO_FUNCTION_HOUR_IN_DAY) {
        const int64_t us = co_us_in_day(co_vector_local_us(task, a, i));

        co_vector_put_narrow(out, i, us / CO_HOUR_US);
        return;
    }

    const int64_t day = co_vector_local_day(task, a, i);

    if (vstep->function == CO_FUNCTION_DATE_TRUNC)
        co_vector_put(out, i, co_unit_start((co_unit)vstep->unit, day, 0, &plan->when.calendar));
    else if (out->type == CO_V_DATE)
        co_vector_put(out, i, part_of_day(task, day));
    else
        co_vector_put_narrow(out, i, part_of_day(task, day));
}

static cohort_status differences(const co_task *task, const co_vector *a, co_vector *out)
{
    const co_calendar *calendar = &task->worker->run->plan->when.calendar;
    co_vector b;
    const cohort_status status = co_operand_find(task, 1, &b);

    for (uint32_t i = 0; i < out->n && status == COHORT_OK; i++) {
        if (!co_vector_has(a, i) || !co_vector_has(&b, i))
            continue;
        const int64_t crossed =
            co_boundaries_crossed((co_unit)task->vstep->unit, co_vector_local_us(task, a, i),
                                  co_vector_local_us(task, &b, i), calendar);

        co_vector_put_narrow(out, i, crossed);
    }
    return status;
}

cohort_status co_calendar_values(const co_task *task, co_vector *out)
{
    co_vector a;
    const cohort_status status = co_operand_find(task, 0, &a);

    if (status != COHORT_OK)
        return status;
    if (task->vstep->function == CO_FUNCTION_DATEDIFF)
        return differences(task, &a, out);
    for (uint32_t i = 0; i < out->n; i++) {
        if (co_vector_has(&a, i))
            put_part(task, &a, i, out);
    }
    return COHORT_OK;
}

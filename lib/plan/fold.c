/*
 * Arithmetic on constants, done once while planning. What would fail or gives
 * nothing simple stays a step, so that it fails only for a record that needs it.
 */
#include <math.h>

#include "plan/binder.h"

static uint32_t fold_exact(co_binder *binder, uint32_t id, const co_vstep *step, const co_vstep *a,
                           const co_vstep *b)
{
    const co_wide x = a->constant.wide, y = b->constant.wide;
    co_wide result;
    bool fits;

    switch (step->kind) {
    case CO_VS_ADD:
        fits = co_wide_add(x, y, &result);
        break;
    case CO_VS_SUBTRACT:
        fits = co_wide_subtract(x, y, &result);
        break;
    case CO_VS_MULTIPLY:
        fits = co_wide_multiply(x, y, &result);
        break;
    case CO_VS_NEGATE:
        fits = co_wide_negate(x, &result);
        break;
    default:
        return id;
    }
    return fits ? co_vstep_exact(binder, result, step->scale) : id;
}

static uint32_t fold_double(co_binder *binder, uint32_t id, const co_vstep *step, const co_vstep *a,
                            const co_vstep *b)
{
    const double x = a->constant.real, y = b->constant.real;
    double result;

    switch (step->kind) {
    case CO_VS_ADD:
        result = x + y;
        break;
    case CO_VS_SUBTRACT:
        result = x - y;
        break;
    case CO_VS_MULTIPLY:
        result = x * y;
        break;
    case CO_VS_NEGATE:
        result = -x;
        break;
    case CO_VS_DIVIDE:
        if (a->type == CO_V_EXACT) {
            if (co_wide_sign(b->constant.wide) == 0)
                return co_vstep_null(binder, step);
            return co_vstep_double(binder,
                                   co_wide_quotient(a->constant.wide, a->scale, b->constant.wide, b->scale));
        }
        if (y == 0.0)
            return co_vstep_null(binder, step);
        result = x / y;
        break;
    default:
        return id;
    }
    /* A product or quotient of zero may be one that is too small: a fault of the record that needs it. */
    if (result == 0.0 && x != 0.0 && (step->kind == CO_VS_DIVIDE || (step->kind == CO_VS_MULTIPLY && y != 0.0)))
        return id;
    return isfinite(result) ? co_vstep_double(binder, result) : id;
}

static uint32_t fold_interval(co_binder *binder, uint32_t id, const co_vstep *step, const co_vstep *a,
                              const co_vstep *b)
{
    co_interval x = a->constant.interval, y = b->constant.interval, result = { 0, 0 };
    int64_t factor;
    bool fits = false;

    switch (step->kind) {
    case CO_VS_ADD_INTERVAL:
        fits = (!step->subtract || co_interval_negate(y, &y)) && co_interval_add(x, y, &result);
        break;
    case CO_VS_INTERVAL_SCALE:
        fits = co_wide_to_int64(b->constant.wide, &factor) && co_interval_multiply(x, factor, &result);
        break;
    case CO_VS_NEGATE:
        fits = co_interval_negate(x, &result);
        break;
    case CO_VS_TIMESTAMP_DIFFERENCE:
        result.microseconds = a->constant.number - b->constant.number;
        fits = true;
        break;
    default:
        break;
    }
    return fits ? co_vstep_constant(binder, CO_V_INTERVAL, 0, (co_constant){ .interval = result }) : id;
}

static uint32_t fold_time(co_binder *binder, uint32_t id, const co_vstep *step, const co_vstep *a,
                          const co_vstep *b)
{
    int64_t number;

    if (step->kind == CO_VS_ADD_INTERVAL &&
        co_zone_add_interval(binder->plan->when.zone, a->constant.number, b->constant.interval,
                             step->subtract ? -1 : 1, &number))
        return co_vstep_number(binder, CO_V_TIMESTAMP, number);
    if (step->kind == CO_VS_DATE_ADD_DAYS && co_wide_to_int64(b->constant.wide, &number) &&
        number > -CO_DAY_GREATEST * 2 && number < CO_DAY_GREATEST * 2) {
        const int64_t day = a->constant.number + (step->subtract ? -number : number);

        if (co_day_in_range(day))
            return co_vstep_number(binder, CO_V_DATE, day);
    }
    return id;
}

static int64_t day_of(const co_binder *binder, const co_vstep *value)
{
    return value->type == CO_V_DATE
               ? value->constant.number
               : co_zone_local_day(binder->plan->when.zone, value->constant.number, NULL);
}

static uint32_t fold_function(co_binder *binder, uint32_t id, const co_vstep *step, const co_vstep *a)
{
    const co_calendar *calendar = &binder->plan->when.calendar;
    int64_t day;

    switch (step->function) {
    case CO_FUNCTION_DAY_ONLY:
        return co_vstep_number(binder, CO_V_DATE, day_of(binder, a));
    case CO_FUNCTION_DATE_TRUNC:
        day = co_unit_start((co_unit)step->unit, day_of(binder, a), 0, calendar);
        return co_vstep_number(binder, CO_V_DATE, day);
    case CO_FUNCTION_GEOLOCATION: {
        const double latitude = a->constant.real;
        const double longitude = co_vstep_of(binder, step->operands[1])->constant.real;

        return co_vstep_constant(binder, CO_V_POINT, 0, (co_constant){ .point = { latitude, longitude } });
    }
    default:
        return id;
    }
}

uint32_t co_vstep_fold(co_binder *binder, uint32_t id)
{
    const co_vstep step = *co_vstep_of(binder, id);

    if (id == CO_NO_STEP || step.n_operands == 0 || step.kind == CO_VS_SELECT || step.kind == CO_VS_CONCAT)
        return id;
    for (uint32_t i = 0; i < step.n_operands; i++) {
        if (!co_vstep_is_constant(binder, step.operands[i]))
            return id;
        if (co_vstep_of(binder, step.operands[i])->is_null && step.kind <= CO_VS_INTERVAL_SCALE)
            return co_vstep_null(binder, &step);
        if (co_vstep_of(binder, step.operands[i])->is_null)
            return id;
    }

    const co_vstep a = *co_vstep_of(binder, step.operands[0]);
    const co_vstep b = *co_vstep_of(binder, step.operands[step.n_operands > 1 ? 1 : 0]);

    if (step.kind == CO_VS_FUNCTION)
        return fold_function(binder, id, &step, &a);
    if (step.kind == CO_VS_DATE_DIFFERENCE)
        return co_vstep_exact(binder, co_wide_of(a.constant.number - b.constant.number), 0);
    switch (step.type) {
    case CO_V_EXACT:
        return fold_exact(binder, id, &step, &a, &b);
    case CO_V_DOUBLE:
        return fold_double(binder, id, &step, &a, &b);
    case CO_V_INTERVAL:
        return fold_interval(binder, id, &step, &a, &b);
    case CO_V_DATE:
    case CO_V_TIMESTAMP:
        return fold_time(binder, id, &step, &a, &b);
    default:
        return id;
    }
}

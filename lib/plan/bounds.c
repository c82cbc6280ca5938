/*
 * Comparisons of a row's own field with a constant, as ranges of the field's
 * numbers: exact whatever the two types are.
 *
 *     dec2 < 1.005         stored hundredths ≤ 100
 *     whole < 2.5          ≤ 2               whole = 2.5   no row
 *     double <= 1.3        the double nearest to 1.3, as PostgreSQL does
 *     date >= TIMESTAMP …  days whose first instant is not before it
 *     AGE(date) >= 18      days up to one; ages fall as days rise
 *
 * A field's number rises with its value, so the numbers that are less than,
 * equal to and greater than the constant are three ranges: two binary searches
 * find their ends, and only `order` knows types.
 */
#include "base/number.h"
#include "plan/binder.h"

typedef struct co_ordering {
    const co_binder *binder;
    co_vstep field;
    co_vstep constant;
    bool is_day_of;   /* the local day of the field, a timestamp */
    bool is_function; /* AGE, CALENDAR_YEAR or FISCAL_YEAR of the field, a date */
    uint8_t function;
} co_ordering;

static int order_of_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}
static int order_of_doubles(double a, double b)
{
    return (a > b) - (a < b);
}

static int order_exact(const co_ordering *ordering, int64_t number, uint32_t scale)
{
    const co_vstep *constant = &ordering->constant;
    const co_wide wide = co_wide_of(number);

    if (constant->type == CO_V_DOUBLE)
        return order_of_doubles(co_wide_decimal_to_double(wide, scale),
                                constant->constant.real);
    return co_wide_compare_decimal(wide, scale, constant->constant.wide, constant->scale);
}

/* A function of a day against the constant; an age the other way round, so that it rises. */
static int order_function(const co_ordering *ordering, int64_t day)
{
    const co_plan *plan = ordering->binder->plan;

    switch (ordering->function) {
    case CO_FUNCTION_AGE:
        return -order_exact(ordering, co_age(day, plan->today), 0);
    case CO_FUNCTION_CALENDAR_YEAR:
        return order_exact(ordering, co_date_of_day(day).year, 0);
    default:
        return order_exact(ordering, co_fiscal_year(day, &plan->when.calendar), 0);
    }
}

/* The value of this number against the constant. */
static int order(const co_ordering *ordering, int64_t number)
{
    const co_vstep *constant = &ordering->constant;
    const co_zone *zone = ordering->binder->plan->when.zone;

    switch (ordering->field.type) {
    case CO_V_EXACT:
        return order_exact(ordering, number, ordering->field.scale);
    case CO_V_DOUBLE:
        return order_of_numbers(
            number,
            co_double_to_ordered(constant->type == CO_V_DOUBLE
                                     ? constant->constant.real
                                     : co_wide_decimal_to_double(constant->constant.wide, constant->scale)));
    case CO_V_DATE:
        if (ordering->is_function)
            return order_function(ordering, number);
        if (constant->type == CO_V_TIMESTAMP)
            return order_of_numbers(co_zone_day_start(zone, number), constant->constant.number);
        break;
    case CO_V_TIMESTAMP:
        if (ordering->is_day_of)
            return order_of_numbers(co_zone_local_day(zone, number, NULL), constant->constant.number);
        if (constant->type == CO_V_DATE)
            return order_of_numbers(number, co_zone_day_start(zone, constant->constant.number));
        break;
    default:
        break;
    }
    return order_of_numbers(number, constant->constant.number);
}

/* The least number in [low, high] whose order is at least `least`; high if none is. */
static int64_t first_at(const co_ordering *ordering, int least, int64_t low, int64_t high)
{
    while (low < high) {
        const int64_t middle = (int64_t)((uint64_t)low + ((uint64_t)high - (uint64_t)low) / 2);

        if (order(ordering, middle) >= least)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The number whose value the constant has, where their types are one; false otherwise. */
static bool same_number(const co_ordering *ordering, int64_t *number)
{
    const co_vstep *constant = &ordering->constant;

    if (constant->type != ordering->field.type || ordering->is_day_of || ordering->is_function ||
        constant->scale != ordering->field.scale || constant->is_wide || constant->type == CO_V_BOOL)
        return false;
    *number = constant->type == CO_V_DOUBLE ? co_double_to_ordered(constant->constant.real)
                                            : constant->constant.number;
    return true;
}

/* The ends of what is less and of what is not greater; an end of all there can be is no end. */
static void search(const co_ordering *ordering, co_bounds *bounds)
{
    int64_t low = INT64_MIN, high = INT64_MAX, number;

    if (same_number(ordering, &number)) {
        bounds->low = number;
        bounds->high = number;
        bounds->any_not_less = true;
        bounds->any_greater = number < INT64_MAX;
        bounds->all_greater = false;
        return;
    }
    if (ordering->field.type == CO_V_DATE) {
        low = CO_DAY_LEAST;
        high = CO_DAY_END;
    } else if (ordering->field.type == CO_V_TIMESTAMP) {
        low = CO_TIME_LEAST;
        high = CO_TIME_GREATEST;
    } else if (ordering->field.type == CO_V_BOOL) {
        low = 0;
        high = 1;
    }

    const int64_t not_less = first_at(ordering, 0, low, high), greater = first_at(ordering, 1, low, high);

    bounds->any_not_less = order(ordering, not_less) >= 0;
    bounds->any_greater = order(ordering, greater) > 0;
    bounds->all_greater = bounds->any_greater && greater == low;
    bounds->low = not_less == low && bounds->any_not_less ? INT64_MIN : not_less;
    bounds->high = bounds->any_greater && !bounds->all_greater ? greater - 1 : INT64_MAX;
}

/*
 * Whether the local clock is not turned within a day of an instant: only then
 * local days rise with instants there. (In St John's the clock went back from
 * 00:01 to 23:01 of the day before.)
 */
static bool clock_is_steady(const co_zone *zone, int64_t us)
{
    if (!co_time_in_range(us))
        return true;

    const int64_t offset = co_zone_offset_us(zone, us, NULL);

    return !co_time_in_range(us - CO_DAY_US) || !co_time_in_range(us + CO_DAY_US) ||
           (co_zone_offset_us(zone, us - CO_DAY_US, NULL) == offset &&
            co_zone_offset_us(zone, us + CO_DAY_US, NULL) == offset);
}

/* Through a function that rises or falls with the field it is of. */
static void look_inside(co_ordering *ordering)
{
    const co_vstep outer = ordering->field, constant = ordering->constant;

    if (outer.kind != CO_VS_FUNCTION)
        return;

    const co_vstep inner = *co_vstep_of(ordering->binder, outer.operands[0]);

    if (outer.function == CO_FUNCTION_DAY_ONLY && constant.type == CO_V_DATE) {
        ordering->field = inner;
        ordering->is_day_of = true;
    } else if ((outer.function == CO_FUNCTION_AGE || outer.function == CO_FUNCTION_CALENDAR_YEAR ||
                outer.function == CO_FUNCTION_FISCAL_YEAR) &&
               inner.type == CO_V_DATE && (constant.type == CO_V_EXACT || constant.type == CO_V_DOUBLE)) {
        ordering->field = inner;
        ordering->is_function = true;
        ordering->function = outer.function;
    }
}

bool co_bounds_of(const co_binder *binder, uint32_t a, uint32_t b, co_bounds *bounds)
{
    co_ordering ordering = { .binder = binder,
                             .field = *co_vstep_of(binder, a),
                             .constant = *co_vstep_of(binder, b) };

    if (ordering.constant.kind != CO_VS_CONSTANT || ordering.constant.is_null)
        return false;
    look_inside(&ordering);
    if (ordering.field.kind != CO_VS_FIELD || ordering.field.way.n > 0 ||
        ordering.field.type > CO_V_TIMESTAMP)
        return false;
    bounds->is_falling = ordering.is_function && ordering.function == CO_FUNCTION_AGE;
    bounds->field = ordering.field.field;
    search(&ordering, bounds);

    const co_zone *zone = binder->plan->when.zone;

    return !ordering.is_day_of || (clock_is_steady(zone, bounds->low) && clock_is_steady(zone, bounds->high));
}

/* ---- as sets ---- */

static uint32_t none(co_binder *binder, uint32_t object)
{
    return co_step_none(binder, object);
}

static co_pair less(co_binder *binder, uint32_t object, const co_bounds *bounds)
{
    co_pair pair;

    if (!bounds->any_not_less) {
        pair.t = co_step_valid(binder, object, bounds->field);
        pair.f = none(binder, object);
    } else if (bounds->low == INT64_MIN) {
        pair.t = none(binder, object);
        pair.f = co_step_valid(binder, object, bounds->field);
    } else {
        pair.t = co_step_between(binder, object, bounds->field, INT64_MIN, bounds->low - 1);
        pair.f = co_step_between(binder, object, bounds->field, bounds->low, INT64_MAX);
    }
    return pair;
}

static co_pair less_equal(co_binder *binder, uint32_t object, const co_bounds *bounds)
{
    co_pair pair;

    if (!bounds->any_greater) {
        pair.t = co_step_valid(binder, object, bounds->field);
        pair.f = none(binder, object);
    } else if (bounds->all_greater) {
        pair.t = none(binder, object);
        pair.f = co_step_valid(binder, object, bounds->field);
    } else {
        pair.t = co_step_between(binder, object, bounds->field, INT64_MIN, bounds->high);
        pair.f = co_step_between(binder, object, bounds->field, bounds->high + 1, INT64_MAX);
    }
    return pair;
}

bool co_bounds_some(const co_bounds *bounds)
{
    return bounds->any_not_less && !bounds->all_greater && bounds->low <= bounds->high;
}

co_pair co_bounds_compare(co_binder *binder, uint32_t object, co_compare compare, const co_bounds *bounds)
{
    switch (bounds->is_falling ? co_compare_mirror(compare) : compare) {
    case CO_LESS:
        return less(binder, object, bounds);
    case CO_LESS_EQUAL:
        return less_equal(binder, object, bounds);
    case CO_GREATER:
        return co_pair_swap(less_equal(binder, object, bounds));
    case CO_GREATER_EQUAL:
        return co_pair_swap(less(binder, object, bounds));
    default:
        break;
    }

    co_pair pair = { none(binder, object), co_step_valid(binder, object, bounds->field) };

    if (co_bounds_some(bounds)) {
        pair.t = co_step_between(binder, object, bounds->field, bounds->low, bounds->high);
        pair.f = co_step_outside(binder, object, bounds->field, bounds->low, bounds->high);
    }
    return compare == CO_EQUAL ? pair : co_pair_swap(pair);
}

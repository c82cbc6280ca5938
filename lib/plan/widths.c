/*
 * How wide exact numbers get: from the least and greatest value of each column
 * of the version and from the constants, an extent for every exact value step.
 * What stays within 64 bits is held in 64 bits and needs no look for overflow.
 *
 *     field → its columns' range    a + b → [a.low + b.low, a.high + b.high]
 *     a × b → the outermost of the four products of ends
 *
 * Always:  a value of a row lies within its step's extent; the extents of all
 *          operands come before. An extent that passes 128 bits is unknown.
 * Costs:   one look at each tile of the fields that are read.
 */
#include "plan/binder.h"

typedef struct extent {
    bool is_known;
    co_wide low, high;
} extent;

typedef struct widths {
    co_binder *binder;
    extent *extents; /* by the plan's value steps */
} widths;

static const extent unknown = { .is_known = false };

static extent between(int64_t low, int64_t high)
{
    return (extent){ true, co_wide_of(low), co_wide_of(high) };
}

static co_wide lesser(co_wide a, co_wide b)
{
    return co_wide_compare(a, b) <= 0 ? a : b;
}

static co_wide greater(co_wide a, co_wide b)
{
    return co_wide_compare(a, b) >= 0 ? a : b;
}

static extent hull(extent a, extent b)
{
    if (!a.is_known || !b.is_known)
        return unknown;
    return (extent){ true, lesser(a.low, b.low), greater(a.high, b.high) };
}

/* ---- arithmetic ---- */

static extent negative(extent a)
{
    extent result = { .is_known = a.is_known };

    result.is_known =
        a.is_known && co_wide_negate(a.high, &result.low) && co_wide_negate(a.low, &result.high);
    return result;
}

static extent sum(extent a, extent b)
{
    extent result = { .is_known = false };

    result.is_known = a.is_known && b.is_known && co_wide_add(a.low, b.low, &result.low) &&
                      co_wide_add(a.high, b.high, &result.high);
    return result;
}

static extent product(extent a, extent b)
{
    const co_wide ends[][2] = { { a.low, b.low }, { a.low, b.high }, { a.high, b.low }, { a.high, b.high } };
    extent result = { .is_known = a.is_known && b.is_known };

    for (size_t i = 0; i < 4 && result.is_known; i++) {
        co_wide end;

        if (!co_wide_multiply(ends[i][0], ends[i][1], &end))
            return unknown;
        result.low = i == 0 ? end : lesser(result.low, end);
        result.high = i == 0 ? end : greater(result.high, end);
    }
    return result;
}

static extent scaled_up(extent a, uint32_t digits)
{
    extent result = { .is_known = false };

    result.is_known = a.is_known && co_wide_scale_up(a.low, digits, &result.low) &&
                      co_wide_scale_up(a.high, digits, &result.high);
    return result;
}

/* Rounded in any direction: one more at each end than halves away from zero. */
static extent scaled_down(extent a, uint32_t digits)
{
    const uint32_t most = 40; /* 2^127 has 39 digits */
    const uint32_t dropped = digits < most ? digits : most;

    if (!a.is_known)
        return unknown;
    a.low = co_wide_scale_down(a.low, dropped, NULL);
    a.high = co_wide_scale_down(a.high, dropped, NULL);
    return sum(a, between(-1, 1));
}

/* ---- single steps ---- */

static extent of_operand(const widths *w, const co_vstep *vstep, uint32_t i)
{
    return w->extents[vstep->operands[i]];
}

static extent of_operands(const widths *w, const co_vstep *vstep)
{
    extent all = of_operand(w, vstep, 0);

    for (uint32_t i = 1; i < vstep->n_operands; i++)
        all = hull(all, of_operand(w, vstep, i));
    return all;
}

static extent of_field(const widths *w, const co_vstep *vstep)
{
    const co_column_facts *facts = co_facts_of(w->binder, vstep->way.object, vstep->field);

    if (facts == NULL || (!facts->has_range && facts->n_valid > 0))
        return between(INT64_MIN, INT64_MAX);
    return facts->has_range ? between(facts->least, facts->greatest) : between(0, 0);
}

static extent rounded(extent a, uint32_t scale, const co_vstep *vstep)
{
    const int64_t digits = (int64_t)vstep->n;
    const extent down = scaled_down(a, (uint32_t)((int64_t)scale - digits));

    return digits < 0 ? scaled_up(down, (uint32_t)-digits) : down;
}

/* What is left has the sign of the dividend and is no further from zero. */
static extent rest_of(extent a)
{
    return hull(a, between(0, 0));
}

static extent of_function(const widths *w, const co_vstep *vstep)
{
    const int64_t most_bytes = INT64_C(1) << 48; /* no memory holds a longer text */

    switch (vstep->function) {
    case CO_FUNCTION_ABS:
        return hull(of_operand(w, vstep, 0), negative(of_operand(w, vstep, 0)));
    case CO_FUNCTION_ROUND:
        return rounded(of_operand(w, vstep, 0), w->binder->plan->vsteps[vstep->operands[0]].scale, vstep);
    case CO_FUNCTION_FLOOR:
    case CO_FUNCTION_CEIL:
        return scaled_down(of_operand(w, vstep, 0), w->binder->plan->vsteps[vstep->operands[0]].scale);
    case CO_FUNCTION_MOD:
        return rest_of(of_operand(w, vstep, 0));
    case CO_FUNCTION_LENGTH:
    case CO_FUNCTION_CARDINALITY:
        return between(0, most_bytes);
    case CO_FUNCTION_DATEDIFF:
        return between(-2 * CO_DAY_END * 86400, 2 * CO_DAY_END * 86400);
    default:
        return between(-2 * CO_DAY_END, 2 * CO_DAY_END); /* years, months, days, hours */
    }
}

static extent of_fold(const widths *w, const co_vstep *vstep)
{
    const extent n_rows = between(0, (int64_t)co_version_n_live(w->binder->version, vstep->relation.child));

    if (vstep->aggregate == CO_AGGREGATE_COUNT)
        return n_rows;
    if (vstep->aggregate == CO_AGGREGATE_SUM)
        return product(n_rows, hull(of_operand(w, vstep, 0), between(0, 0)));
    return of_operand(w, vstep, 0);
}

static extent of_step(const widths *w, const co_vstep *vstep)
{
    switch (vstep->kind) {
    case CO_VS_CONSTANT:
        return vstep->is_null ? between(0, 0) : (extent){ true, vstep->constant.wide, vstep->constant.wide };
    case CO_VS_FIELD:
        return of_field(w, vstep);
    case CO_VS_BUCKET:
        return between(0, UINT32_MAX);
    case CO_VS_RESCALE:
        return scaled_up(of_operand(w, vstep, 0),
                         vstep->scale - w->binder->plan->vsteps[vstep->operands[0]].scale);
    case CO_VS_ADD:
        return sum(of_operand(w, vstep, 0), of_operand(w, vstep, 1));
    case CO_VS_SUBTRACT:
        return sum(of_operand(w, vstep, 0), negative(of_operand(w, vstep, 1)));
    case CO_VS_MULTIPLY:
        return product(of_operand(w, vstep, 0), of_operand(w, vstep, 1));
    case CO_VS_NEGATE:
        return negative(of_operand(w, vstep, 0));
    case CO_VS_DATE_DIFFERENCE:
        return between(-2 * CO_DAY_END, 2 * CO_DAY_END);
    case CO_VS_FOLD:
        return of_fold(w, vstep);
    case CO_VS_CHAIN:
    case CO_VS_RANKED:
        return between(0, UINT32_MAX);
    case CO_VS_EXISTS_GUARD:
    case CO_VS_FAR:
    case CO_VS_NULLIF:
        return of_operand(w, vstep, 0);
    case CO_VS_SELECT:
    case CO_VS_COALESCE:
    case CO_VS_LEAST:
    case CO_VS_GREATEST:
        return of_operands(w, vstep);
    case CO_VS_FUNCTION:
        return of_function(w, vstep);
    default:
        return between(INT64_MIN, INT64_MAX); /* keys */
    }
}

static bool fits(extent a)
{
    int64_t end;

    return a.is_known && co_wide_to_int64(a.low, &end) && co_wide_to_int64(a.high, &end);
}

void co_plan_widths(co_binder *binder)
{
    const co_plan *plan = binder->plan;
    widths w = { binder, co_bind_new(binder, (size_t)plan->n_vsteps + 1, sizeof *w.extents) };

    for (uint32_t i = 0; i < plan->n_vsteps && !co_bind_failed(binder); i++) {
        co_vstep *vstep = &plan->vsteps[i];

        if (vstep->type != CO_V_EXACT)
            continue;
        w.extents[i] = of_step(&w, vstep);
        vstep->is_wide = !fits(w.extents[i]);
    }
}

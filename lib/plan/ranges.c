/*
 * SOQL's ranges of days, and anniversaries.
 *
 * A range is half-open whole local days [first, end). Against a timestamp its
 * ends are the first instants of those days.
 */
#include "plan/binder.h"

static bool range_edges(const co_binder *binder, const co_range *range, int64_t *first, int64_t *end)
{
    const co_calendar *calendar = &binder->plan->when.calendar;
    const int64_t today = binder->plan->today, n = range->count;
    const co_unit unit = range->unit;

    switch (range->kind) {
    case CO_RANGE_THIS:
        *first = co_unit_start(unit, today, n, calendar);
        *end = co_unit_start(unit, today, n + 1, calendar);
        return true;
    case CO_RANGE_LAST_N:
        *first = co_unit_start(unit, today, -n, calendar);
        *end = co_unit_start(unit, today, unit == CO_UNIT_DAY ? 1 : 0, calendar);
        return true;
    case CO_RANGE_NEXT_N:
        *first = co_unit_start(unit, today, 1, calendar);
        *end = co_unit_start(unit, today, n + 1, calendar);
        return true;
    case CO_RANGE_SO_FAR:
        *first = co_unit_start(unit, today, 0, calendar);
        *end = today + 1;
        return true;
    }
    return false;
}

bool co_range_days(co_binder *binder, const co_node *node, int64_t *first, int64_t *end)
{
    (void)co_vstep_now(binder, node);
    return !co_bind_failed(binder) && range_edges(binder, &node->range, first, end);
}

co_pair co_plan_range(co_binder *binder, uint32_t object, co_compare compare, uint32_t a,
                      const co_node *range, uint64_t position)
{
    const co_vtype type = co_vstep_of(binder, a)->type;
    int64_t first = 0, end = 0;

    if (!co_bind_failed(binder) && type != CO_V_DATE && type != CO_V_TIMESTAMP)
        co_bind_fail(binder, COHORT_TYPE, position, "%s does not compare with the days of " CO_FMT,
                     co_type_text(co_vstep_of(binder, a)), CO_ARG(range->text));
    if (!co_range_days(binder, range, &first, &end))
        return (co_pair){ CO_NO_STEP, CO_NO_STEP };

    uint32_t start_id = co_vstep_number(binder, CO_V_DATE, first),
             end_id = co_vstep_number(binder, CO_V_DATE, end);

    if (type == CO_V_TIMESTAMP) {
        start_id = co_vstep_to_timestamp(binder, start_id);
        end_id = co_vstep_to_timestamp(binder, end_id);
    }
    switch (compare) {
    case CO_LESS:
        return co_plan_compare(binder, object, CO_LESS, a, start_id);
    case CO_LESS_EQUAL:
        return co_plan_compare(binder, object, CO_LESS, a, end_id);
    case CO_GREATER:
        return co_plan_compare(binder, object, CO_GREATER_EQUAL, a, end_id);
    case CO_GREATER_EQUAL:
        return co_plan_compare(binder, object, CO_GREATER_EQUAL, a, start_id);
    default:
        break;
    }

    const co_pair pair = co_pair_and(binder, co_plan_compare(binder, object, CO_GREATER_EQUAL, a, start_id),
                                     co_plan_compare(binder, object, CO_LESS, a, end_id));

    return compare == CO_EQUAL ? pair : co_pair_swap(pair);
}

/* ---- ANNIVERSARY ---- */

/* An item as days: a range, or one date. */
static bool item_days(co_binder *binder, const co_scope *scope, const co_node *node, int64_t *first,
                      int64_t *end)
{
    if (node->kind == CO_NODE_RANGE)
        return co_range_days(binder, node, first, end);

    const uint32_t id = co_node_is_untyped(node)
                            ? co_vstep_literal(binder, node, &(co_vstep){ .type = CO_V_DATE })
                            : co_bind_value(binder, scope, node);
    const co_vstep *value = co_vstep_of(binder, id);

    if (!co_bind_failed(binder) &&
        (value->kind != CO_VS_CONSTANT || value->type != CO_V_DATE || value->is_null))
        co_bind_fail(binder, COHORT_TYPE, node->position,
                     "ANNIVERSARY compares with a date or a range of days");
    *first = value->constant.number;
    *end = *first + 1;
    return !co_bind_failed(binder);
}

static co_pair anniversary_in(co_binder *binder, uint32_t object, uint32_t id, int64_t first, int64_t end)
{
    co_step step = {
        .kind = CO_STEP_ANNIVERSARY, .object = object, .a = id, .b = CO_NO_STEP, .low = first, .high = end
    };
    co_pair pair;

    pair.t = co_step_intern(binder, &step);
    step.outside = true;
    pair.f = co_step_intern(binder, &step);
    return pair;
}

co_pair co_leaf_anniversary(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const co_node *birth = node->children[0]->children[0];
    const uint32_t object = scope->rows_object, id = co_bind_value(binder, scope, birth);
    const co_vtype type = co_vstep_of(binder, id)->type;
    co_pair pair = co_pair_known(binder, object, false);
    int64_t first = 0, end = 0, last_first = 0;

    if (!co_bind_failed(binder) && type != CO_V_DATE && type != CO_V_TIMESTAMP)
        co_bind_fail(binder, COHORT_TYPE, birth->position, "ANNIVERSARY is of a date or timestamp, not of %s",
                     co_type_text(co_vstep_of(binder, id)));
    if (!co_bind_failed(binder) && node->kind == CO_NODE_COMPARE && node->compare > CO_NOT_EQUAL)
        co_bind_fail(binder, COHORT_TYPE, node->operator_position,
                     "ANNIVERSARY stands only left of =, !=, IN or BETWEEN");
    if (node->kind == CO_NODE_BETWEEN) {
        if (!item_days(binder, scope, node->children[1], &first, &end) ||
            !item_days(binder, scope, node->children[2], &last_first, &end))
            return pair;
        return anniversary_in(binder, object, id, first, end);
    }
    for (uint32_t i = 1; i < node->n_children && !co_bind_failed(binder); i++) {
        if (item_days(binder, scope, node->children[i], &first, &end))
            pair = co_pair_or(binder, pair, anniversary_in(binder, object, id, first, end));
    }
    return pair;
}

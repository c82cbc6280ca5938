/*
 * One type for values that meet: int → decimal → double, date → timestamp,
 * references by key, quoted literals whatever the others are.
 *
 * Source:  PostgreSQL's rules for UNION, CASE and comparisons, as far as there
 *          are such types here.
 */
#include "plan/binder.h"

uint32_t co_vstep_to_double(co_binder *binder, uint32_t id)
{
    const co_vstep step = *co_vstep_of(binder, id);

    if (id == CO_NO_STEP || step.type != CO_V_EXACT)
        return id;
    if (step.is_null)
        return co_vstep_null(binder, &(co_vstep){ .type = CO_V_DOUBLE });
    if (step.kind == CO_VS_CONSTANT)
        return co_vstep_double(binder, co_wide_decimal_to_double(step.constant.wide, step.scale));
    return co_vstep_over(binder, (co_vstep){ .kind = CO_VS_TO_DOUBLE, .type = CO_V_DOUBLE }, &id, 1);
}

uint32_t co_vstep_rescale(co_binder *binder, uint32_t id, uint32_t scale)
{
    const co_vstep step = *co_vstep_of(binder, id);
    co_wide digits;

    if (id == CO_NO_STEP || step.type != CO_V_EXACT || step.scale >= scale)
        return id;
    if (step.is_null)
        return co_vstep_null(binder, &(co_vstep){ .type = CO_V_EXACT, .scale = scale });
    if (step.kind == CO_VS_CONSTANT && co_wide_scale_up(step.constant.wide, scale - step.scale, &digits))
        return co_vstep_exact(binder, digits, scale);
    return co_vstep_over(binder, (co_vstep){ .kind = CO_VS_RESCALE, .type = CO_V_EXACT, .scale = scale }, &id,
                         1);
}

uint32_t co_vstep_to_timestamp(co_binder *binder, uint32_t id)
{
    const co_vstep step = *co_vstep_of(binder, id);

    if (id == CO_NO_STEP || step.type != CO_V_DATE)
        return id;
    if (step.is_null)
        return co_vstep_null(binder, &(co_vstep){ .type = CO_V_TIMESTAMP });
    if (step.kind == CO_VS_CONSTANT)
        return co_vstep_number(binder, CO_V_TIMESTAMP,
                               co_zone_day_start(binder->plan->when.zone, step.constant.number));
    return co_vstep_over(binder, (co_vstep){ .kind = CO_VS_TO_TIMESTAMP, .type = CO_V_TIMESTAMP }, &id, 1);
}

/* FIRST, LAST and the like of a reference, perhaps behind a way: the same of its key. */
static uint32_t key_within(co_binder *binder, co_vstep step)
{
    const uint32_t key = co_vstep_to_key(binder, step.operands[0]);
    const co_vstep *value = co_vstep_of(binder, key);

    step.operands = &key;
    step.type = value->type;
    step.nocase = false;
    step.target = value->target;
    return co_vstep_intern(binder, &step);
}

uint32_t co_vstep_to_key(co_binder *binder, uint32_t id)
{
    co_vstep step = *co_vstep_of(binder, id);

    if (id == CO_NO_STEP || step.type != CO_V_REFERENCE)
        return id;
    if (step.kind == CO_VS_FOLD || step.kind == CO_VS_FAR || step.kind == CO_VS_EXISTS_GUARD)
        return key_within(binder, step);
    if (step.kind != CO_VS_REFERENCE)
        return id;

    const co_object *target = co_schema_object(binder->schema, step.target);

    step.kind = CO_VS_KEY;
    step.type = !target->declared || target->fields[0].type == COHORT_STRING ? CO_V_TEXT : CO_V_EXACT;
    step.nocase = false;
    return co_vstep_intern(binder, &step);
}

uint32_t co_vstep_to_text(co_binder *binder, uint32_t id)
{
    id = co_vstep_to_key(binder, id);

    const co_vstep *step = co_vstep_of(binder, id);

    if (id == CO_NO_STEP || step->type == CO_V_TEXT)
        return id;
    return co_vstep_over(binder, (co_vstep){ .kind = CO_VS_TO_TEXT, .type = CO_V_TEXT }, &id, 1);
}

/* ---- which type ---- */

static bool is_number(co_vtype type)
{
    return type == CO_V_EXACT || type == CO_V_DOUBLE;
}
static bool is_time(co_vtype type)
{
    return type == CO_V_DATE || type == CO_V_TIMESTAMP;
}

/* Takes one more type into `common`; false if they do not meet. */
static bool meet(co_vstep *common, const co_vstep *next)
{
    if (common->type == CO_V_EXACT && next->type == CO_V_EXACT) {
        common->scale = common->scale > next->scale ? common->scale : next->scale;
        return true;
    }
    if (is_number(common->type) && is_number(next->type)) {
        common->type = CO_V_DOUBLE;
        return true;
    }
    if (is_time(common->type) && is_time(next->type)) {
        common->type = common->type == next->type ? common->type : CO_V_TIMESTAMP;
        return true;
    }
    common->nocase = common->nocase || next->nocase;
    return common->type == next->type && common->type != CO_V_SET && common->type != CO_V_POINT &&
           (common->type != CO_V_REFERENCE || common->target == next->target);
}

static uint32_t convert(co_binder *binder, uint32_t id, const co_vstep *common)
{
    switch (common->type) {
    case CO_V_DOUBLE:
        return co_vstep_to_double(binder, id);
    case CO_V_EXACT:
        return co_vstep_rescale(binder, id, common->scale);
    case CO_V_TIMESTAMP:
        return co_vstep_to_timestamp(binder, id);
    default:
        return id;
    }
}

/* A number written without quotes where the others are text, or true and false, and the like. */
static void refuse_meeting(co_binder *binder, const co_vstep *common, const co_vstep *next,
                           const co_node *node, uint64_t position)
{
    if (node->kind == CO_NODE_NUMBER && (common->type == CO_V_TEXT || common->type == CO_V_BOOL)) {
        const co_text text = co_bind_text(binder, node);

        co_bind_fail(binder, COHORT_TYPE, node->position,
                     "%s does not compare with a number; write '" CO_FMT "'", co_type_text(common),
                     CO_ARG(text));
    } else if (common->type == CO_V_SET || next->type == CO_V_SET) {
        co_bind_fail(binder, COHORT_TYPE, position, "a set does not compare; use HAS");
    } else if (common->type == CO_V_POINT || next->type == CO_V_POINT) {
        co_bind_fail(binder, COHORT_TYPE, position,
                     "a point does not compare; use DISTANCE or WITHIN POLYGON");
    } else if (common->type == CO_V_REFERENCE && next->type == CO_V_REFERENCE) {
        co_bind_fail(binder, COHORT_TYPE, position, "references to different objects do not compare");
    } else if (common->type == CO_V_REFERENCE || next->type == CO_V_REFERENCE) {
        co_bind_fail(binder, COHORT_TYPE, position,
                     "a reference compares with a key or a reference to the same object only");
    } else {
        co_bind_fail(binder, COHORT_TYPE, position, "%s does not go with %s", co_type_text(common),
                     co_type_text(next));
    }
}

/* The type of those that have one; false if none has. */
static bool common_type(co_binder *binder, uint32_t *ids, const co_node *const *nodes, uint32_t n,
                        uint64_t position, co_vstep *common)
{
    bool found = false;

    for (uint32_t i = 0; i < n && !co_bind_failed(binder); i++) {
        const co_vstep *step = co_vstep_of(binder, ids[i]);

        if (ids[i] == CO_NO_STEP)
            continue;
        if (!found && n > 1 && (step->type == CO_V_SET || step->type == CO_V_POINT)) {
            refuse_meeting(binder, step, step, nodes[i], position);
        } else if (!found) {
            *common = (co_vstep){
                .type = step->type, .scale = step->scale, .nocase = step->nocase, .target = step->target
            };
            found = true;
        } else if (!meet(common, step)) {
            const bool swap = nodes[0]->kind == CO_NODE_NUMBER;

            refuse_meeting(binder, swap ? step : common, swap ? common : step, swap ? nodes[0] : nodes[i],
                           position);
        }
    }
    return found;
}

void co_values_unify(co_binder *binder, uint32_t *ids, const co_node *const *nodes, uint32_t n,
                     bool keep_references, uint64_t position)
{
    co_vstep common = { .type = CO_V_TEXT };

    for (uint32_t i = 0; i < n && !keep_references; i++)
        ids[i] = co_vstep_to_key(binder, ids[i]);
    (void)common_type(binder, ids, nodes, n, position, &common);
    for (uint32_t i = 0; i < n && !co_bind_failed(binder); i++) {
        if (ids[i] == CO_NO_STEP)
            ids[i] = co_vstep_literal(binder, nodes[i], &common);
        ids[i] = convert(binder, ids[i], &common);
    }
}

bool co_values_comparable(co_binder *binder, uint32_t a, const co_node *a_node, uint32_t b,
                          const co_node *b_node, uint64_t position)
{
    uint32_t ids[] = { a, b };
    const co_node *nodes[] = { a_node, b_node };
    co_vstep common;

    (void)common_type(binder, ids, nodes, 2, position, &common);
    return !co_bind_failed(binder);
}

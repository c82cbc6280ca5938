/*
 * Value expressions as written, to value steps: constants, names, BUCKET,
 * conditions as values. Arithmetic and functions are in files of their own.
 */
#include "base/timetext.h"
#include "plan/binder.h"

bool co_node_is_condition(const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_BOOL:
    case CO_NODE_EXISTS:
    case CO_NODE_EVERY:
    case CO_NODE_SEQUENCE:
    case CO_NODE_SEGMENT:
    case CO_NODE_SAMPLE:
    case CO_NODE_TOP:
        return true;
    default:
        return node->kind >= CO_NODE_AND && node->kind <= CO_NODE_WITHIN_POLYGON;
    }
}

static uint32_t constant_of(co_binder *binder, const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_NULL:
        return co_vstep_null(binder, &(co_vstep){ .type = CO_V_TEXT });
    case CO_NODE_NUMBER:
        return node->is_double ? co_vstep_double(binder, node->number)
                               : co_vstep_exact(binder, node->digits, node->scale);
    case CO_NODE_STRING:
        return co_vstep_text(binder, node->text);
    case CO_NODE_DATE:
        return co_vstep_literal(binder, node, &(co_vstep){ .type = CO_V_DATE });
    case CO_NODE_TIMESTAMP:
        return co_vstep_literal(binder, node, &(co_vstep){ .type = CO_V_TIMESTAMP });
    default:
        return co_vstep_constant(binder, CO_V_INTERVAL, 0, (co_constant){ .interval = node->interval });
    }
}

static uint32_t bind_path(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_place place;

    if (!co_resolve(binder, scope, node, &place))
        return CO_NO_STEP;
    if (place.trait != NULL)
        return co_inline_trait(binder, scope, node, &place);
    return co_vstep_field(binder, scope->rows_object, place.way, place.field);
}

bool co_bind_has_keys(co_binder *binder, uint32_t object, const co_node *node, const char *word)
{
    const co_object *described = co_schema_object(binder->schema, object);

    if (described->keyless)
        co_bind_fail(binder, COHORT_TYPE, node->position,
                     "%s needs keys, and the records of " CO_FMT " have none", word, CO_ARG(described->name));
    return !co_bind_failed(binder);
}

static uint32_t bind_bucket(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_vstep vstep = { .kind = CO_VS_BUCKET,
                       .type = CO_V_EXACT,
                       .object = scope->rows_object,
                       .n = (uint64_t)node->count,
                       .constant = { .text = node->text },
                       .true_step = CO_NO_STEP,
                       .false_step = CO_NO_STEP };

    if (!co_resolve_path(binder, scope, node, &vstep.way))
        return CO_NO_STEP;
    if (!co_bind_has_keys(binder, vstep.way.object, node, "BUCKET"))
        return CO_NO_STEP;
    if (node->count < 1 || node->count > INT64_C(4294967296)) {
        co_bind_fail(binder, COHORT_INVALID, node->position, "BUCKET takes 1 to 4294967296 buckets");
        return CO_NO_STEP;
    }
    return co_vstep_intern(binder, &vstep);
}

co_pair co_bind_inner_condition(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_scope inner = *scope;

    if (scope->prefix.n > 0) {
        inner.prefix = (co_way){ 0, NULL, scope->names_object };
        inner.rows_object = scope->names_object;
    }
    inner.is_recorded = false;
    return co_pair_via(binder, scope->rows_object, scope->prefix, co_bind_condition(binder, &inner, node));
}

static uint32_t bind_condition_value(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_vstep vstep = { .kind = CO_VS_CONDITION, .type = CO_V_BOOL, .object = scope->rows_object };

    if (node->kind == CO_NODE_BOOL)
        return co_vstep_number(binder, CO_V_BOOL, node->count != 0);

    const co_pair pair = co_bind_inner_condition(binder, scope, node);

    vstep.true_step = pair.t;
    vstep.false_step = pair.f;
    return co_vstep_intern(binder, &vstep);
}

static uint32_t refuse_value(co_binder *binder, const co_node *node)
{
    if (node->kind == CO_NODE_RANGE)
        co_bind_fail(binder, COHORT_TYPE, node->position,
                     CO_FMT " is a range of days: it can stand right of a comparison, in IN or in BETWEEN",
                     CO_ARG(node->text));
    else
        co_bind_fail(binder, COHORT_TYPE, node->position, "this cannot be a value");
    return CO_NO_STEP;
}

static uint32_t bind_any(co_binder *binder, const co_scope *scope, const co_node *node)
{
    if (co_node_is_condition(node))
        return bind_condition_value(binder, scope, node);
    switch (node->kind) {
    case CO_NODE_NULL:
    case CO_NODE_NUMBER:
    case CO_NODE_STRING:
    case CO_NODE_DATE:
    case CO_NODE_TIMESTAMP:
    case CO_NODE_INTERVAL:
        return constant_of(binder, node);
    case CO_NODE_PATH:
        return bind_path(binder, scope, node);
    case CO_NODE_SUM:
    case CO_NODE_PRODUCT:
    case CO_NODE_NEGATE:
        return co_bind_arithmetic(binder, scope, node);
    case CO_NODE_CASE:
        return co_bind_case(binder, scope, node);
    case CO_NODE_FUNCTION:
        return co_bind_function(binder, scope, node);
    case CO_NODE_BUCKET:
        return bind_bucket(binder, scope, node);
    case CO_NODE_COUNT_ROWS:
    case CO_NODE_AGGREGATE:
    case CO_NODE_FUNNEL:
    case CO_NODE_NTILE:
    case CO_NODE_RANK:
    case CO_NODE_PERCENT_RANK:
        return co_bind_related_value(binder, scope, node);
    default:
        return refuse_value(binder, node);
    }
}

uint32_t co_bind_value(co_binder *binder, const co_scope *scope, const co_node *node)
{
    uint32_t id = CO_NO_STEP;

    if (co_bind_failed(binder))
        return id;
    if (co_bind_enter(binder, node))
        id = bind_any(binder, scope, node);
    co_bind_leave(binder);
    return id;
}

void co_bind_operands(co_binder *binder, const co_scope *scope, co_node *const *nodes, uint32_t *ids,
                      uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        ids[i] = co_node_is_untyped(nodes[i]) ? CO_NO_STEP : co_bind_value(binder, scope, nodes[i]);
}

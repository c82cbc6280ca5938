/*
 * Leaves: which file knows which test, and the tests of a single value.
 */
#include "plan/binder.h"

static bool is_anniversary(const co_node *node)
{
    return node->n_children > 0 && node->children[0]->kind == CO_NODE_FUNCTION &&
           node->children[0]->function == CO_FUNCTION_ANNIVERSARY;
}

/* A boolean field, trait or expression by itself. */
static co_pair bind_bare(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_place place;

    if (node->kind == CO_NODE_PATH && co_resolve(binder, scope, node, &place) && place.trait != NULL)
        return co_inline_trait_condition(binder, scope, node, &place);

    const uint32_t id = co_bind_value(binder, scope, node);

    if (!co_bind_failed(binder) && co_vstep_of(binder, id)->type != CO_V_BOOL &&
        !(node->kind == CO_NODE_NULL && co_vstep_of(binder, id)->is_null))
        co_bind_fail(binder, COHORT_TYPE, node->position, "a condition was wanted, this is %s",
                     co_type_text(co_vstep_of(binder, id)));
    return co_plan_bool(binder, scope->rows_object, id);
}

co_pair co_plan_bool(co_binder *binder, uint32_t object, uint32_t id)
{
    const co_vstep value = *co_vstep_of(binder, id);

    if (id == CO_NO_STEP || co_bind_failed(binder))
        return (co_pair){ CO_NO_STEP, CO_NO_STEP };
    if (value.kind == CO_VS_CONSTANT)
        return value.is_null ? co_pair_unknown(binder, object)
                             : co_pair_known(binder, object, value.constant.number != 0);
    if (value.kind == CO_VS_CONDITION)
        return (co_pair){ value.true_step, value.false_step };
    if (value.kind == CO_VS_FIELD && value.way.n == 0)
        return (co_pair){ co_step_between(binder, object, value.field, 1, INT64_MAX),
                          co_step_between(binder, object, value.field, INT64_MIN, 0) };

    co_step step = { .kind = CO_STEP_TRUE, .object = object, .a = id, .b = CO_NO_STEP };
    co_pair pair;

    pair.t = co_step_intern(binder, &step);
    step.outside = true;
    pair.f = co_step_intern(binder, &step);
    return pair;
}

/* ---- IS NULL, EMPTY, BLANK ---- */

uint32_t co_plan_has_value(co_binder *binder, uint32_t object, uint32_t id)
{
    const co_vstep value = *co_vstep_of(binder, id);

    if (id == CO_NO_STEP || co_bind_failed(binder))
        return CO_NO_STEP;
    if (value.kind == CO_VS_CONSTANT)
        return value.is_null ? co_step_none(binder, object) : co_step_rows(binder, object);
    if (value.kind == CO_VS_FIELD && value.way.n == 0)
        return co_step_valid(binder, object, value.field);
    if (value.kind == CO_VS_REFERENCE && value.way.n == 1)
        return co_step_valid(binder, object, value.way.fields[0]);
    if (value.kind == CO_VS_CONDITION)
        return co_step_or2(binder, value.true_step, value.false_step);

    const co_step step = { .kind = CO_STEP_HAS_VALUE, .object = object, .a = id, .b = CO_NO_STEP };

    return co_step_intern(binder, &step);
}

co_pair co_leaf_is_null(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t valid =
        co_plan_has_value(binder, scope->rows_object, co_bind_value(binder, scope, node->children[0]));

    return (co_pair){ co_step_minus(binder, valid), valid };
}

static co_pair is_empty_set(co_binder *binder, uint32_t object, uint32_t id)
{
    const co_vstep cardinality = { .kind = CO_VS_FUNCTION,
                                   .function = CO_FUNCTION_CARDINALITY,
                                   .type = CO_V_EXACT };

    return co_plan_compare(binder, object, CO_EQUAL, co_vstep_over(binder, cardinality, &id, 1),
                           co_vstep_exact(binder, co_wide_of(0), 0));
}

co_pair co_leaf_is_empty(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = co_bind_value(binder, scope, node->children[0]);
    const co_vstep value = *co_vstep_of(binder, id);

    if (value.type == CO_V_SET)
        return is_empty_set(binder, scope->rows_object, id);
    if (!co_bind_failed(binder) && value.type != CO_V_TEXT)
        co_bind_fail(binder, COHORT_TYPE, node->operator_position, "IS EMPTY asks text or a set, not %s",
                     co_type_text(&value));
    return co_plan_compare(binder, scope->rows_object, CO_EQUAL, id, co_vstep_text(binder, CO_TEXT("")));
}

co_pair co_leaf_is_blank(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t object = scope->rows_object, id = co_bind_value(binder, scope, node->children[0]);
    const uint32_t valid = co_plan_has_value(binder, object, id), missing = co_step_minus(binder, valid);
    const co_vstep value = *co_vstep_of(binder, id);
    co_pair pair = { missing, valid };

    if (co_bind_failed(binder))
        return pair;
    if (value.type == CO_V_SET)
        pair = is_empty_set(binder, object, id);
    else if (value.type == CO_V_TEXT)
        pair = co_plan_text(binder, object, id, co_match_blank(binder, co_vstep_dictionary(binder, id)));
    else
        return pair;
    pair.t = co_step_or2(binder, pair.t, missing);
    return pair;
}

/* ---- SAMPLE ---- */

/* p percent as p × 10,000; at most 4 decimals. */
static bool sample_size(co_binder *binder, const co_node *number, int64_t *size)
{
    co_wide digits = number->digits;
    bool exact = true;

    if (!number->is_double && number->scale <= 4)
        exact = co_wide_scale_up(digits, 4 - number->scale, &digits);
    else if (!number->is_double)
        digits = co_wide_scale_down(digits, number->scale - 4, &exact);
    if (number->is_double || !exact || !co_wide_to_int64(digits, size) || *size < 0 || *size > 1000000) {
        co_bind_fail(binder, COHORT_INVALID, number->position,
                     "SAMPLE takes 0 to 100 percent with at most 4 decimals");
        return false;
    }
    return true;
}

co_pair co_leaf_sample(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_vstep vstep = { .kind = CO_VS_BUCKET,
                       .type = CO_V_EXACT,
                       .object = scope->rows_object,
                       .n = 1000000,
                       .constant = { .text = node->text },
                       .true_step = CO_NO_STEP,
                       .false_step = CO_NO_STEP };
    int64_t size = 0;

    if (!co_resolve_path(binder, scope, node, &vstep.way) || !sample_size(binder, node->children[0], &size) ||
        !co_bind_has_keys(binder, vstep.way.object, node, "SAMPLE"))
        return (co_pair){ CO_NO_STEP, CO_NO_STEP };
    return co_plan_compare(binder, scope->rows_object, CO_LESS, co_vstep_intern(binder, &vstep),
                           co_vstep_exact(binder, co_wide_of(size), 0));
}

/* ---- all ---- */

co_pair co_bind_leaf(co_binder *binder, const co_scope *scope, const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_COMPARE:
        return is_anniversary(node) ? co_leaf_anniversary(binder, scope, node)
                                    : co_leaf_compare(binder, scope, node);
    case CO_NODE_BETWEEN:
        return is_anniversary(node) ? co_leaf_anniversary(binder, scope, node)
                                    : co_leaf_between(binder, scope, node);
    case CO_NODE_IN:
        return is_anniversary(node) ? co_leaf_anniversary(binder, scope, node)
                                    : co_leaf_in(binder, scope, node);
    case CO_NODE_DISTINCT_FROM:
        return co_leaf_distinct(binder, scope, node);
    case CO_NODE_LIKE:
        return co_leaf_like(binder, scope, node);
    case CO_NODE_TEXT:
        return co_leaf_text(binder, scope, node);
    case CO_NODE_MATCHES:
        return co_leaf_matches(binder, scope, node);
    case CO_NODE_HAS:
        return co_leaf_has(binder, scope, node);
    case CO_NODE_INCLUDES:
        return co_leaf_includes(binder, scope, node);
    case CO_NODE_WITHIN_POLYGON:
        return co_leaf_polygon(binder, scope, node);
    case CO_NODE_SAMPLE:
        return co_leaf_sample(binder, scope, node);
    case CO_NODE_IS:
        if (node->is == CO_IS_NULL)
            return co_leaf_is_null(binder, scope, node);
        return node->is == CO_IS_EMPTY ? co_leaf_is_empty(binder, scope, node)
                                       : co_leaf_is_blank(binder, scope, node);
    default:
        return bind_bare(binder, scope, node);
    }
}

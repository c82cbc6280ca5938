/*
 * Comparisons of two values, IS DISTINCT FROM and BETWEEN.
 */
#include "plan/binder.h"

bool co_compare_holds(co_compare compare, int order)
{
    switch (compare) {
    case CO_EQUAL:
        return order == 0;
    case CO_NOT_EQUAL:
        return order != 0;
    case CO_LESS:
        return order < 0;
    case CO_LESS_EQUAL:
        return order <= 0;
    case CO_GREATER:
        return order > 0;
    case CO_GREATER_EQUAL:
        return order >= 0;
    }
    return false;
}

static const co_pair failed = { CO_NO_STEP, CO_NO_STEP };

/* ---- two constants ---- */

static int order_of_constants(const co_vstep *a, const co_vstep *b)
{
    const co_constant *x = &a->constant, *y = &b->constant;

    switch (a->type) {
    case CO_V_EXACT:
        return co_wide_compare_decimal(x->wide, a->scale, y->wide, b->scale);
    case CO_V_DOUBLE:
        return (x->real > y->real) - (x->real < y->real);
    case CO_V_INTERVAL:
        return co_interval_compare(x->interval, y->interval);
    case CO_V_TEXT:
        return co_text_compare(x->text, y->text);
    default:
        return (x->number > y->number) - (x->number < y->number);
    }
}

/* ---- values of one type ---- */

/* Constants come second. */
static bool is_in_order(const co_binder *binder, uint32_t a, uint32_t b)
{
    const bool first = co_vstep_is_constant(binder, a);
    const bool second = co_vstep_is_constant(binder, b);

    return first == second ? a <= b : second;
}

static uint32_t compare_step(co_binder *binder, uint32_t object, co_step_kind kind, co_compare compare,
                             bool outside, uint32_t a, uint32_t b)
{
    if (!is_in_order(binder, a, b)) {
        const uint32_t swapped = a;

        a = b;
        b = swapped;
        compare = co_compare_mirror(compare);
    }

    const co_step step = {
        .kind = kind, .object = object, .compare = (uint8_t)compare, .outside = outside, .a = a, .b = b
    };

    return co_step_intern(binder, &step);
}

/* Makes a and b one type; literals are constants already. */
static void unify_pair(co_binder *binder, uint32_t *ids, bool keep_references)
{
    static const co_node nowhere = { .kind = CO_NODE_PATH };
    const co_node *nodes[] = { &nowhere, &nowhere };

    co_values_unify(binder, ids, nodes, 2, keep_references, 0);
}

static co_pair compare_generic(co_binder *binder, uint32_t object, co_compare compare, uint32_t a, uint32_t b)
{
    const bool is_equality = compare == CO_EQUAL || compare == CO_NOT_EQUAL;
    uint32_t ids[] = { a, b };

    unify_pair(binder, ids, is_equality);
    if (co_bind_failed(binder))
        return failed;
    if (co_vstep_is_constant(binder, ids[0]) && co_vstep_is_constant(binder, ids[1])) {
        const int order = order_of_constants(co_vstep_of(binder, ids[0]), co_vstep_of(binder, ids[1]));

        return co_pair_known(binder, object, co_compare_holds(compare, order));
    }

    const co_pair pair = { compare_step(binder, object, CO_STEP_COMPARE, compare, false, ids[0], ids[1]),
                           compare_step(binder, object, CO_STEP_COMPARE, co_compare_opposite(compare), false,
                                        ids[0], ids[1]) };

    return pair;
}

static co_pair compare_text(co_binder *binder, uint32_t object, co_compare compare, uint32_t a, co_text text)
{
    const bool nocase = co_vstep_of(binder, a)->nocase;
    const co_dictionary *dictionary = co_vstep_dictionary(binder, a);

    if (compare == CO_EQUAL || compare == CO_NOT_EQUAL) {
        const co_pair pair =
            co_plan_text(binder, object, a, co_match_equal(binder, dictionary, &text, 1, nocase));

        return compare == CO_EQUAL ? pair : co_pair_swap(pair);
    }
    return co_plan_text(binder, object, a, co_match_order(binder, dictionary, compare, text, nocase));
}

static bool is_own_text(const co_vstep *value)
{
    return value->kind == CO_VS_FIELD && value->type == CO_V_TEXT && value->way.n == 0;
}

static bool is_own_reference(const co_vstep *value)
{
    return value->kind == CO_VS_REFERENCE && value->way.n == 1;
}

static co_pair compare_reference(co_binder *binder, uint32_t object, co_compare compare,
                                 const co_vstep *value, int64_t row)
{
    const uint32_t field = value->way.fields[0];
    co_pair pair = { co_step_none(binder, object), co_step_valid(binder, object, field) };

    if (row >= 0) {
        pair.t = co_step_between(binder, object, field, row, row);
        pair.f = co_step_outside(binder, object, field, row, row);
    }
    return compare == CO_EQUAL ? pair : co_pair_swap(pair);
}

co_pair co_plan_compare(co_binder *binder, uint32_t object, co_compare compare, uint32_t a, uint32_t b)
{
    const co_vstep x = *co_vstep_of(binder, a), y = *co_vstep_of(binder, b);
    co_bounds bounds;
    co_pair pair;

    if (co_bind_failed(binder) || a == CO_NO_STEP || b == CO_NO_STEP)
        return failed;
    if ((x.kind == CO_VS_CONSTANT && x.is_null) || (y.kind == CO_VS_CONSTANT && y.is_null))
        return co_pair_unknown(binder, object);
    if (x.kind == CO_VS_CONSTANT && y.kind != CO_VS_CONSTANT)
        return co_plan_compare(binder, object, co_compare_mirror(compare), b, a);
    if (co_plan_count(binder, object, compare, a, b, &pair))
        return pair;
    if (co_bounds_of(binder, a, b, &bounds))
        return co_bounds_compare(binder, object, compare, &bounds);
    if (y.kind == CO_VS_CONSTANT && is_own_text(&x))
        return compare_text(binder, object, compare, a, y.constant.text);
    if (y.kind == CO_VS_CONSTANT && is_own_reference(&x) && y.type == CO_V_REFERENCE &&
        (compare == CO_EQUAL || compare == CO_NOT_EQUAL))
        return compare_reference(binder, object, compare, &x, y.constant.number);
    return compare_generic(binder, object, compare, a, b);
}

/* ---- as written ---- */

/* The constant of an operand that has no type of its own, or is a key, beside `other`. */
static uint32_t settle(co_binder *binder, const co_node *node, uint32_t id, uint32_t other,
                       co_compare compare)
{
    const co_vstep like = *co_vstep_of(binder, other);
    const bool by_row = compare == CO_EQUAL || compare == CO_NOT_EQUAL;

    if (like.type == CO_V_REFERENCE && !by_row)
        return settle(binder, node, id, co_vstep_to_key(binder, other), CO_EQUAL);
    if (like.type == CO_V_REFERENCE && node->kind == CO_NODE_NUMBER)
        return co_vstep_key_of_number(binder, node, like.target);
    return id == CO_NO_STEP ? co_vstep_literal(binder, node, &like) : id;
}

bool co_bind_two(co_binder *binder, const co_scope *scope, co_compare compare, const co_node *a,
                 const co_node *b, uint32_t *ids)
{
    ids[0] = co_node_is_untyped(a) ? CO_NO_STEP : co_bind_value(binder, scope, a);
    ids[1] = co_node_is_untyped(b) ? CO_NO_STEP : co_bind_value(binder, scope, b);
    if (!co_bind_failed(binder) && ids[0] == CO_NO_STEP && ids[1] == CO_NO_STEP) {
        ids[0] = co_bind_value(binder, scope, a);
        ids[1] = co_bind_value(binder, scope, b);
    }
    if (!co_bind_failed(binder) && ids[1] != CO_NO_STEP)
        ids[0] = settle(binder, a, ids[0], ids[1], compare);
    if (!co_bind_failed(binder) && ids[0] != CO_NO_STEP)
        ids[1] = settle(binder, b, ids[1], ids[0], compare);
    return !co_bind_failed(binder);
}

co_pair co_compare_nodes(co_binder *binder, const co_scope *scope, co_compare compare, const co_node *a,
                         const co_node *b, uint64_t position)
{
    const uint32_t object = scope->rows_object;
    uint32_t ids[2];

    if (b->kind == CO_NODE_RANGE)
        return co_plan_range(binder, object, compare, co_bind_value(binder, scope, a), b, position);
    if (!co_bind_two(binder, scope, compare, a, b, ids))
        return failed;
    if (compare != CO_EQUAL && compare != CO_NOT_EQUAL) {
        ids[0] = co_vstep_to_key(binder, ids[0]);
        ids[1] = co_vstep_to_key(binder, ids[1]);
    }
    if (!co_values_comparable(binder, ids[0], a, ids[1], b, position))
        return failed;
    return co_plan_compare(binder, object, compare, ids[0], ids[1]);
}

co_pair co_leaf_compare(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const co_compare compare = node->compare == CO_NOT_EQUAL ? CO_EQUAL : (co_compare)node->compare;

    return co_compare_nodes(binder, scope, compare, node->children[0], node->children[1],
                            node->operator_position);
}

co_pair co_leaf_between(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const co_node *value = node->children[0];
    const co_pair low =
        co_compare_nodes(binder, scope, CO_GREATER_EQUAL, value, node->children[1], node->operator_position);
    const co_pair high =
        co_compare_nodes(binder, scope, CO_LESS_EQUAL, value, node->children[2], node->operator_position);

    return co_bind_failed(binder) ? failed : co_pair_and(binder, low, high);
}

co_pair co_leaf_distinct(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const co_node *a = node->children[0], *b = node->children[1];
    const uint32_t object = scope->rows_object;
    uint32_t ids[2];

    if (!co_bind_two(binder, scope, CO_EQUAL, a, b, ids) ||
        !co_values_comparable(binder, ids[0], a, ids[1], b, node->operator_position))
        return failed;
    unify_pair(binder, ids, true);
    if (co_bind_failed(binder))
        return failed;
    if (co_vstep_is_constant(binder, ids[0]) && co_vstep_is_constant(binder, ids[1])) {
        const co_vstep *x = co_vstep_of(binder, ids[0]), *y = co_vstep_of(binder, ids[1]);
        const bool same = x->is_null || y->is_null ? x->is_null && y->is_null : order_of_constants(x, y) == 0;

        return co_pair_known(binder, object, !same);
    }

    const co_pair pair = { compare_step(binder, object, CO_STEP_DISTINCT, CO_EQUAL, false, ids[0], ids[1]),
                           compare_step(binder, object, CO_STEP_DISTINCT, CO_EQUAL, true, ids[0], ids[1]) };

    return pair;
}

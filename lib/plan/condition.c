/*
 * Conditions, to pairs of sets: connectives, both policies on missing values,
 * and the step from a parent's rows to the rows that name it.
 *
 *     nulls = complement: the largest condition without a connective is a leaf and
 *     two-valued; a negative verb is NOT of the positive one, before anything else.
 */
#include "plan/binder.h"

/* ---- which conditions are leaves ---- */

/* A verb that says no: read as NOT of the positive one. */
static bool is_negative(const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_COMPARE:
        return node->compare == CO_NOT_EQUAL;
    case CO_NODE_HAS:
        return node->negated != (node->has == CO_HAS_NONE);
    case CO_NODE_IS:
    case CO_NODE_DISTINCT_FROM:
    case CO_NODE_BETWEEN:
    case CO_NODE_IN:
    case CO_NODE_LIKE:
    case CO_NODE_TEXT:
    case CO_NODE_MATCHES:
    case CO_NODE_INCLUDES:
    case CO_NODE_WITHIN_POLYGON:
        return node->negated;
    default:
        return false;
    }
}

/* Negative verbs count as NOT; IS NOT NULL and the like are never unknown and do not. */
static bool is_connective(const co_node *node)
{
    if (node->kind >= CO_NODE_AND && node->kind <= CO_NODE_AT_LEAST)
        return true;
    if (node->kind == CO_NODE_DISTINCT_FROM || (node->kind == CO_NODE_IS && node->is != CO_IS_EMPTY))
        return false;
    return is_negative(node);
}

/* What is asked of child rows, or of others for a rank, is leaves of its own. */
static bool holds_connective(const co_node *node)
{
    if (co_node_is_related(node))
        return false;
    for (uint32_t i = 0; i < node->n_children; i++) {
        if (is_connective(node->children[i]) || holds_connective(node->children[i]))
            return true;
    }
    return false;
}

/* ---- connectives ---- */

static co_scope inside(const co_scope *scope)
{
    co_scope inner = *scope;

    inner.depth++;
    return inner;
}

/* The true and false sets of all children. */
static bool bind_children(co_binder *binder, const co_scope *scope, const co_node *node, uint32_t **t,
                          uint32_t **f)
{
    const co_scope inner = inside(scope);

    *t = co_bind_new(binder, node->n_children, sizeof **t);
    *f = co_bind_new(binder, node->n_children, sizeof **f);
    for (uint32_t i = 0; i < node->n_children && !co_bind_failed(binder); i++) {
        const co_pair pair = co_bind_condition(binder, &inner, node->children[i]);

        (*t)[i] = pair.t;
        (*f)[i] = pair.f;
    }
    return !co_bind_failed(binder);
}

static co_pair bind_xor(co_binder *binder, const uint32_t *t, const uint32_t *f, uint32_t n)
{
    co_pair result = { t[0], f[0] };

    for (uint32_t i = 1; i < n; i++) {
        const co_pair next = {
            co_step_or2(binder, co_step_and2(binder, result.t, f[i]), co_step_and2(binder, result.f, t[i])),
            co_step_or2(binder, co_step_and2(binder, result.t, t[i]), co_step_and2(binder, result.f, f[i]))
        };

        result = next;
    }
    return result;
}

static co_pair bind_connective(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t object = scope->rows_object, n = node->n_children;
    uint32_t *t, *f;
    co_pair pair;

    if (!bind_children(binder, scope, node, &t, &f))
        return (co_pair){ CO_NO_STEP, CO_NO_STEP };
    switch (node->kind) {
    case CO_NODE_AND:
        pair.t = co_step_and(binder, object, t, n);
        pair.f = co_step_or(binder, object, f, n);
        return pair;
    case CO_NODE_OR:
        pair.t = co_step_or(binder, object, t, n);
        pair.f = co_step_and(binder, object, f, n);
        return pair;
    case CO_NODE_XOR:
        return bind_xor(binder, t, f, n);
    case CO_NODE_NOT:
        return (co_pair){ f[0], t[0] };
    default:
        break;
    }
    if (node->count <= 0)
        return co_pair_known(binder, object, true);
    if (node->count > (int64_t)n)
        return co_pair_known(binder, object, false);
    pair.t = co_step_at_least(binder, object, (uint32_t)node->count, t, n);
    pair.f = co_step_at_least(binder, object, n - (uint32_t)node->count + 1, f, n);
    return pair;
}

/* ---- IS TRUE, FALSE, UNKNOWN ---- */

static co_pair bind_is(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_scope inner = inside(scope);

    inner.is_recorded = false;

    const co_pair operand = co_bind_condition(binder, &inner, node->children[0]);

    if (node->is == CO_IS_TRUE)
        return co_pair_two_valued(binder, operand.t);
    if (node->is == CO_IS_FALSE)
        return co_pair_two_valued(binder, operand.f);

    const uint32_t known = co_step_or2(binder, operand.t, operand.f);

    return (co_pair){ co_step_minus(binder, known), known };
}

/* ---- tests ---- */

/* The pair of the positive reading of a node. */
static void describe(co_binder *binder, co_pair pair, const co_node *node)
{
    co_step_describe(binder, pair.t, node, is_negative(node));
    co_step_describe(binder, pair.f, node, !is_negative(node));
}

/* On the rows of the shared way's end, then back along it. */
static co_pair bind_behind(co_binder *binder, const co_scope *scope, const co_node *node, co_way way)
{
    const bool true_if_missing =
        node->kind == CO_NODE_IS && (node->is == CO_IS_NULL || node->is == CO_IS_BLANK);
    co_scope there = *scope;

    there.rows_object = way.object;
    there.n_stripped = way.n;

    const co_pair reached = co_bind_leaf(binder, &there, node);
    co_pair pair = co_pair_via(binder, scope->rows_object, way, reached);

    describe(binder, reached, node);
    if (true_if_missing)
        pair.t = co_step_or2(binder, pair.t, co_step_via_missing(binder, scope->rows_object, way));
    return pair;
}

static co_pair bind_test(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const co_node *const *operands = (const co_node *const *)node->children;
    uint32_t n = node->n_children;
    co_way way;

    switch (node->kind) {
    case CO_NODE_BOOL:
        return co_pair_known(binder, scope->rows_object, node->count != 0);
    case CO_NODE_SEGMENT:
        return co_inline_segment(binder, scope, node);
    case CO_NODE_EXISTS:
    case CO_NODE_EVERY:
    case CO_NODE_SEQUENCE:
    case CO_NODE_TOP:
        return co_bind_related_condition(binder, scope, node);
    case CO_NODE_IS:
        if (node->is == CO_IS_TRUE || node->is == CO_IS_FALSE || node->is == CO_IS_UNKNOWN ||
            (node->is == CO_IS_NULL && co_node_is_condition(node->children[0])))
            return bind_is(binder, scope, node);
        break;
    case CO_NODE_PATH:
    case CO_NODE_FUNCTION:
    case CO_NODE_SAMPLE:
    case CO_NODE_CASE:
    case CO_NODE_COUNT_ROWS:
    case CO_NODE_AGGREGATE:
    case CO_NODE_FUNNEL:
    case CO_NODE_NTILE:
    case CO_NODE_RANK:
    case CO_NODE_PERCENT_RANK:
        operands = &node;
        n = 1;
        break;
    default:
        break;
    }
    if (node->kind != CO_NODE_DISTINCT_FROM && co_shared_way(binder, scope, operands, n, &way) > 0)
        return bind_behind(binder, scope, node, way);
    return co_bind_failed(binder) ? (co_pair){ CO_NO_STEP, CO_NO_STEP } : co_bind_leaf(binder, scope, node);
}

/* ---- what explain and why show ---- */

static size_t record(co_binder *binder, const co_scope *scope)
{
    if (!scope->is_recorded || co_bind_failed(binder))
        return SIZE_MAX;
    if (!co_memory_grow(binder->memory, (void **)&binder->nodes, &binder->nodes_capacity, binder->n_nodes + 1,
                        sizeof *binder->nodes)) {
        co_bind_no_memory(binder);
        return SIZE_MAX;
    }
    binder->nodes[binder->n_nodes] = (co_plan_node){ .depth = scope->depth,
                                                     .object = scope->rows_object,
                                                     .seen = CO_NO_STEP,
                                                     .true_step = CO_NO_STEP,
                                                     .false_step = CO_NO_STEP };
    return binder->n_nodes++;
}

/* The left side of a leaf, as a value of the row itself. */
static uint32_t value_seen(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const co_node *left = node->kind == CO_NODE_PATH || node->n_children == 0 ? node : node->children[0];
    co_scope unseen = *scope;

    unseen.is_recorded = false;
    if (co_node_is_related(node))
        return co_bind_related_count(binder, &unseen, node);
    if (left->kind == CO_NODE_FUNCTION && left->function == CO_FUNCTION_ANNIVERSARY)
        left = left->children[0];
    if (node->kind == CO_NODE_SAMPLE || co_node_is_condition(left) || co_node_is_untyped(left))
        return CO_NO_STEP;
    return co_bind_value(binder, &unseen, left);
}

static co_text node_text(co_binder *binder, const co_node *node)
{
    static const char *const words[] = {
        [CO_NODE_AND] = "AND", [CO_NODE_OR] = "OR", [CO_NODE_XOR] = "XOR", [CO_NODE_NOT] = "NOT"
    };
    co_text text = { NULL, 0 };
    co_buffer buffer;

    if (node->kind < CO_NODE_AND || node->kind > CO_NODE_AT_LEAST)
        return co_bind_text(binder, node);
    if (node->kind != CO_NODE_AT_LEAST)
        return co_text_of(words[node->kind]);
    co_buffer_init(&buffer, binder->memory, 0);
    co_buffer_format(&buffer, "AT LEAST %lld OF", (long long)node->count);
    if (buffer.status == COHORT_OK)
        text = co_arena_copy(binder->arena, (co_text){ buffer.bytes, buffer.length });
    co_buffer_clear(&buffer);
    if (text.bytes == NULL)
        co_bind_no_memory(binder);
    return text;
}

static void fill_record(co_binder *binder, const co_scope *scope, const co_node *node, size_t index,
                        co_pair pair)
{
    if (index == SIZE_MAX || co_bind_failed(binder))
        return;

    const bool is_leaf = node->kind < CO_NODE_AND || node->kind > CO_NODE_AT_LEAST;
    const uint32_t seen = is_leaf ? value_seen(binder, scope, node) : CO_NO_STEP;
    const co_text text = node_text(binder, node);
    co_plan_node *recorded = &binder->nodes[index];

    recorded->true_step = pair.t;
    recorded->false_step = pair.f;
    recorded->seen = seen;
    recorded->is_leaf = is_leaf;
    recorded->text = text;
    recorded->node = node;
}

/* ---- all ---- */

static co_pair bind_any(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_scope inner = *scope;

    if (node->kind >= CO_NODE_AND && node->kind <= CO_NODE_AT_LEAST)
        return bind_connective(binder, scope, node);

    const bool is_two_valued = scope->complement && !holds_connective(node);

    inner.complement = scope->complement && !is_two_valued;

    co_pair pair = bind_test(binder, &inner, node);

    describe(binder, pair, node);
    if (is_two_valued)
        pair = co_pair_two_valued(binder, pair.t);
    return is_negative(node) ? co_pair_swap(pair) : pair;
}

co_pair co_bind_condition(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const size_t index = record(binder, scope);
    co_pair pair = { CO_NO_STEP, CO_NO_STEP };

    if (co_bind_failed(binder))
        return pair;
    if (co_bind_enter(binder, node))
        pair = bind_any(binder, scope, node);
    co_bind_leave(binder);
    fill_record(binder, scope, node, index, pair);
    return pair;
}

/*
 * Which of true, false and unknown each condition can be, and warnings of those
 * that can never be true or never be false: see linter.h.
 *
 * Always:  a set that is too large is allowed, one that is too small is not. Of
 *          conditions inside each other only the outermost is reported.
 * Costs:   one walk; the children of a chain are also sorted.
 */
#include <assert.h>

#include "expr/linter.h"

typedef struct judge {
    co_lint *lint;
    cohort_status status;
} judge;

typedef unsigned outcomes; /* CO_CAN_BE_… */

/* --- three-valued logic on sets --- */

static outcomes swap_truth(outcomes set)
{
    return (set & CO_CAN_BE_UNKNOWN) | ((set & CO_CAN_BE_TRUE) != 0 ? CO_CAN_BE_FALSE : 0u) |
           ((set & CO_CAN_BE_FALSE) != 0 ? CO_CAN_BE_TRUE : 0u);
}

/* Every outcome of a from one set AND b from the other. */
static outcomes join_and(outcomes a, outcomes b)
{
    outcomes result = (a | b) & CO_CAN_BE_FALSE;

    if ((a & b & CO_CAN_BE_TRUE) != 0)
        result |= CO_CAN_BE_TRUE;
    if (((a | b) & CO_CAN_BE_UNKNOWN) != 0 && (a & (CO_CAN_BE_TRUE | CO_CAN_BE_UNKNOWN)) != 0 &&
        (b & (CO_CAN_BE_TRUE | CO_CAN_BE_UNKNOWN)) != 0)
        result |= CO_CAN_BE_UNKNOWN;
    return result;
}

static outcomes join_or(outcomes a, outcomes b)
{
    return swap_truth(join_and(swap_truth(a), swap_truth(b)));
}

static outcomes join_xor(outcomes a, outcomes b)
{
    outcomes result = (a | b) & CO_CAN_BE_UNKNOWN;

    if (((a & CO_CAN_BE_TRUE) != 0 && (b & CO_CAN_BE_FALSE) != 0) ||
        ((a & CO_CAN_BE_FALSE) != 0 && (b & CO_CAN_BE_TRUE) != 0))
        result |= CO_CAN_BE_TRUE;
    if ((a & b & (CO_CAN_BE_TRUE | CO_CAN_BE_FALSE)) != 0)
        result |= CO_CAN_BE_FALSE;
    return result;
}

/* --- single tests --- */

/* Orders of left against right for which the comparison holds. */
static outcomes judge_order(co_compare compare, co_order order)
{
    bool holds;

    if (order == CO_ORDER_UNSURE)
        return CO_CAN_BE_TRUE | CO_CAN_BE_FALSE;
    switch (compare) {
    case CO_EQUAL:
        holds = order == CO_ORDER_SAME;
        break;
    case CO_NOT_EQUAL:
        holds = order != CO_ORDER_SAME;
        break;
    default:
        if (order == CO_ORDER_DIFFERENT)
            return CO_CAN_BE_TRUE | CO_CAN_BE_FALSE;
        if (order == CO_ORDER_SAME)
            holds = compare == CO_LESS_EQUAL || compare == CO_GREATER_EQUAL;
        else
            holds = (order == CO_ORDER_LESS) == (compare == CO_LESS || compare == CO_LESS_EQUAL);
        break;
    }
    return holds ? CO_CAN_BE_TRUE : CO_CAN_BE_FALSE;
}

static outcomes judge_comparison(const co_node *node)
{
    const co_node *left = node->children[0];
    const co_node *right = node->children[1];

    if (left->kind == CO_NODE_NULL || right->kind == CO_NODE_NULL)
        return CO_CAN_BE_UNKNOWN;
    if (co_lint_is_constant(left) && co_lint_is_constant(right))
        return judge_order((co_compare)node->compare, co_lint_order(left, right));
    if (left->kind == CO_NODE_PATH && co_expr_equal(left, right))
        return judge_order((co_compare)node->compare, CO_ORDER_SAME) | CO_CAN_BE_UNKNOWN;
    return CO_CAN_BE_ANY;
}

static outcomes judge_between(const co_node *node)
{
    const co_node *value = node->children[0];
    const co_node *low = node->children[1];
    const co_node *high = node->children[2];
    outcomes result = CO_CAN_BE_ANY;

    if (co_lint_is_constant(value) && co_lint_is_constant(low) && co_lint_is_constant(high))
        result = join_and(judge_order(CO_GREATER_EQUAL, co_lint_order(value, low)),
                          judge_order(CO_LESS_EQUAL, co_lint_order(value, high)));
    else if (co_lint_is_constant(low) && co_lint_is_constant(high) &&
             co_lint_order(low, high) == CO_ORDER_GREATER)
        result = CO_CAN_BE_FALSE | CO_CAN_BE_UNKNOWN;
    else if (low->kind == CO_NODE_NULL || high->kind == CO_NODE_NULL)
        result = CO_CAN_BE_FALSE | CO_CAN_BE_UNKNOWN;
    return node->negated ? swap_truth(result) : result;
}

static outcomes judge_in(const co_node *node)
{
    const co_node *value = node->children[0];
    outcomes result = co_lint_is_constant(value) ? CO_CAN_BE_FALSE : (outcomes)CO_CAN_BE_ANY;

    if (value->kind == CO_NODE_NULL)
        return CO_CAN_BE_UNKNOWN;
    for (uint32_t i = 1; i < node->n_children; i++) {
        const co_node *item = node->children[i];

        if (item->kind == CO_NODE_NULL)
            result = join_or(result, CO_CAN_BE_UNKNOWN);
        else if (!co_lint_is_constant(value) || !co_lint_is_constant(item))
            result = join_or(result, CO_CAN_BE_ANY);
        else
            result = join_or(result, judge_order(CO_EQUAL, co_lint_order(value, item)));
    }
    return node->negated ? swap_truth(result) : result;
}

static outcomes judge_is(const co_node *node)
{
    const co_node *operand = node->children[0];
    outcomes result = CO_CAN_BE_TRUE | CO_CAN_BE_FALSE;

    if (node->is == CO_IS_EMPTY)
        return CO_CAN_BE_ANY;
    if (node->is == CO_IS_NULL && operand->kind == CO_NODE_NULL)
        result = CO_CAN_BE_TRUE;
    else if (node->is == CO_IS_NULL && co_lint_is_constant(operand))
        result = CO_CAN_BE_FALSE;
    return node->negated ? swap_truth(result) : result;
}

/* Every text contains the empty one. */
static outcomes judge_text(const co_node *node)
{
    const co_node *wanted = node->children[1];

    if (node->text_verb == CO_CONTAINS_WORD || wanted->kind != CO_NODE_STRING || wanted->text.length > 0)
        return CO_CAN_BE_ANY;
    return (node->negated ? CO_CAN_BE_FALSE : CO_CAN_BE_TRUE) | CO_CAN_BE_UNKNOWN;
}

/* SAMPLE and TOP by a share or number of 0 or of everything. */
static outcomes judge_share(const co_node *node)
{
    const co_node *number = node->children[0];
    outcomes result = CO_CAN_BE_TRUE | CO_CAN_BE_FALSE;

    if (co_wide_sign(number->digits) == 0)
        result = CO_CAN_BE_FALSE;
    else if (node->kind == CO_NODE_SAMPLE &&
             co_wide_compare_decimal(number->digits, number->scale, co_wide_of(100), 0) == 0)
        result = CO_CAN_BE_TRUE;
    return node->n_path > 0 ? result | CO_CAN_BE_UNKNOWN : result;
}

static outcomes judge_leaf(const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_BOOL:
        return node->count != 0 ? CO_CAN_BE_TRUE : CO_CAN_BE_FALSE;
    case CO_NODE_NULL:
        return CO_CAN_BE_UNKNOWN;
    case CO_NODE_COMPARE:
        return judge_comparison(node);
    case CO_NODE_BETWEEN:
        return judge_between(node);
    case CO_NODE_IN:
        return judge_in(node);
    case CO_NODE_IS:
        return judge_is(node);
    case CO_NODE_TEXT:
        return judge_text(node);
    case CO_NODE_SAMPLE:
    case CO_NODE_TOP:
        return judge_share(node);
    default:
        return CO_CAN_BE_ANY;
    }
}

/* --- connectives --- */

static outcomes judge_condition(judge *judge, const co_node *node);

static void warn(judge *judge, const co_node *node, const char *code, const char *message)
{
    if (judge->status == COHORT_OK)
        judge->status = co_lint_add(judge->lint, code, node->position, node->end, "%s", message);
}

static void report(judge *judge, const co_node *node, outcomes set)
{
    if (set == CO_CAN_BE_TRUE)
        warn(judge, node, "always-true", "this is true for every record");
    else if ((set & CO_CAN_BE_FALSE) == 0 && set != CO_CAN_BE_UNKNOWN)
        warn(judge, node, "always-true", "this is true for every record in which nothing is missing");
    else if ((set & CO_CAN_BE_TRUE) == 0)
        warn(judge, node, "never-true", "this is true for no record");
}

/* A child of AND and its negation side by side; looked for in short chains only. */
static bool has_opposites(const co_node *chain)
{
    enum { longest = 64 };

    for (uint32_t i = 0; chain->n_children <= longest && i < chain->n_children; i++) {
        const co_node *negation = chain->children[i];

        for (uint32_t j = 0; negation->kind == CO_NODE_NOT && j < chain->n_children; j++) {
            if (co_expr_equal(negation->children[0], chain->children[j]))
                return true;
        }
    }
    return false;
}

/* What the children of AND or OR say together about one field. */
static outcomes judge_together(judge *judge, const co_node *chain, outcomes result)
{
    const outcomes impossible = chain->kind == CO_NODE_AND ? CO_CAN_BE_TRUE : CO_CAN_BE_FALSE;
    const co_node *culprit = NULL;
    co_bounds bounds;
    const cohort_status status = co_lint_bounds(chain, judge->lint->arena.memory, &bounds, &culprit);

    if (judge->status == COHORT_OK)
        judge->status = status;
    if (bounds == CO_BOUNDS_CROSSED && chain->kind == CO_NODE_AND)
        warn(judge, culprit, "contradictory-range",
             "this bound leaves no value between the lower and the upper end");
    if (bounds == CO_BOUNDS_POSSIBLE && !has_opposites(chain))
        return result;
    result &= ~impossible;
    return result == 0 ? CO_CAN_BE_UNKNOWN | swap_truth(impossible) : result;
}

/* TRUE or FALSE as an operand decides nothing or everything. */
static outcomes judge_operand(judge *judge, const co_node *node)
{
    const outcomes set = judge_condition(judge, node);

    if (node->kind == CO_NODE_BOOL)
        report(judge, node, set);
    return set;
}

static outcomes judge_chain(judge *judge, const co_node *node)
{
    outcomes result = judge_operand(judge, node->children[0]);

    for (uint32_t i = 1; i < node->n_children; i++) {
        const outcomes child = judge_operand(judge, node->children[i]);

        result = node->kind == CO_NODE_AND  ? join_and(result, child)
                 : node->kind == CO_NODE_OR ? join_or(result, child)
                                            : join_xor(result, child);
    }
    return node->kind == CO_NODE_XOR ? result : judge_together(judge, node, result);
}

static outcomes judge_at_least(judge *judge, const co_node *node)
{
    int64_t n_surely = 0;
    int64_t n_possibly = 0;
    outcomes all = 0;

    for (uint32_t i = 0; i < node->n_children; i++) {
        const outcomes child = judge_condition(judge, node->children[i]);

        n_surely += child == CO_CAN_BE_TRUE;
        n_possibly += (child & CO_CAN_BE_TRUE) != 0;
        all |= child;
    }
    if (n_surely >= node->count)
        return CO_CAN_BE_TRUE;
    return n_possibly < node->count ? (all & CO_CAN_BE_UNKNOWN) | CO_CAN_BE_FALSE : (outcomes)CO_CAN_BE_ANY;
}

/* Conditions inside values and relations stand for themselves. */
static void judge_inner(judge *judge, const co_node *node)
{
    for (uint32_t i = 0; i < node->n_children; i++)
        (void)judge_condition(judge, node->children[i]);
}

static outcomes judge_node(judge *judge, const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_AND:
    case CO_NODE_OR:
    case CO_NODE_XOR:
        return judge_chain(judge, node);
    case CO_NODE_NOT:
        return swap_truth(judge_condition(judge, node->children[0]));
    case CO_NODE_AT_LEAST:
        return judge_at_least(judge, node);
    default:
        judge_inner(judge, node);
        return judge_leaf(node);
    }
}

/* NULL in a comparison, list or range and the ends of a range have warnings of their own. */
static bool has_own_warning(const co_node *node)
{
    for (uint32_t i = 0; node->kind != CO_NODE_IS && i < node->n_children; i++) {
        if (node->children[i]->kind == CO_NODE_NULL)
            return true;
    }
    return node->kind == CO_NODE_BETWEEN &&
           co_lint_order(node->children[1], node->children[2]) == CO_ORDER_GREATER;
}

static bool is_condition(const co_node *node)
{
    return node->kind > CO_NODE_PATH && node->kind <= CO_NODE_WITHIN_POLYGON;
}

static outcomes judge_condition(judge *judge, const co_node *node)
{
    const size_t n_before = judge->lint->n_items;
    const outcomes set = judge_node(judge, node);
    const bool is_decided = (set & CO_CAN_BE_TRUE) == 0 || (set & CO_CAN_BE_FALSE) == 0;
    const bool is_reported = is_condition(node) || node->kind == CO_NODE_SAMPLE || node->kind == CO_NODE_TOP;

    if (is_decided && is_reported && !has_own_warning(node)) {
        co_lint *lint = judge->lint;
        size_t n_kept = n_before;

        for (size_t i = n_before; i < lint->n_items; i++) {
            if (strcmp(lint->items[i].code, "contradictory-range") == 0)
                lint->items[n_kept++] = lint->items[i];
        }
        lint->n_items = n_kept;
        report(judge, node, set);
    }
    return set;
}

cohort_status co_lint_truth(const co_node *root, co_lint *lint)
{
    judge judge = { lint, COHORT_OK };

    (void)judge_operand(&judge, root);
    return judge.status;
}

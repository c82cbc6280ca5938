/*
 * Warnings that need no data: the walk over the tree and what is said of single
 * nodes; what is said of truth is in lint_truth.c.
 *
 * Codes:   mixed-and-or, null-comparison, contradictory-range, always-true,
 *          never-true, negation-drops-missing, repeated-condition, repeated-value,
 *          typographic-quote, range-spelling, pattern-without-wildcard.
 *          A code never changes its name.
 * Always:  in the order of the text.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "expr/linter.h"
#include "expr/words.h"

enum { longest_chain = 64 }; /* within which conditions are compared with each other */

/* A node and what is around it, up to the root. */
typedef struct context {
    const struct context *outer;
    const co_node *node;
} context;

static cohort_status warn(co_lint *lint, const co_node *node, const char *code, const char *message)
{
    return co_lint_add(lint, code, node->position, node->end, "%s", message);
}

/* --- AND within OR --- */

static cohort_status lint_mixture(const co_node *node, co_lint *lint)
{
    if (node->kind != CO_NODE_OR && node->kind != CO_NODE_XOR)
        return COHORT_OK;
    for (uint32_t i = 0; i < node->n_children; i++) {
        const co_node *child = node->children[i];

        if (child->parenthesised || (child->kind != CO_NODE_AND && child->kind != CO_NODE_XOR))
            continue;
        return co_lint_add(lint, "mixed-and-or", child->position, child->end,
                           "%s binds tighter than %s here; parentheses around it would say so",
                           child->kind == CO_NODE_AND ? "AND" : "XOR",
                           node->kind == CO_NODE_OR ? "OR" : "XOR");
    }
    return COHORT_OK;
}

/* --- NULL as a value --- */

static const char *null_message(const co_node *node)
{
    if (node->kind == CO_NODE_BETWEEN)
        return "an end of BETWEEN that is NULL decides nothing; compare with the other end alone";
    if (node->kind == CO_NODE_COMPARE && node->compare == CO_NOT_EQUAL)
        return "comparing with NULL is never true; write IS NOT NULL";
    return "comparing with NULL is never true; write IS NULL";
}

static cohort_status lint_null(const co_node *node, co_lint *lint)
{
    if (node->kind != CO_NODE_COMPARE && node->kind != CO_NODE_IN && node->kind != CO_NODE_BETWEEN &&
        node->kind != CO_NODE_LIKE)
        return COHORT_OK;
    for (uint32_t i = 0; i < node->n_children; i++) {
        const co_node *child = node->children[i];

        if (child->kind != CO_NODE_NULL)
            continue;
        if (node->kind == CO_NODE_IN && i > 0)
            return warn(lint, child, "null-comparison",
                        node->negated
                            ? "NOT IN a list with NULL is never true; leave it out or ask IS NOT NULL"
                            : "NULL in a list finds no missing values; ask IS NULL");
        return warn(lint, node, "null-comparison", null_message(node));
    }
    return COHORT_OK;
}

static cohort_status lint_between(const co_node *node, co_lint *lint)
{
    if (node->kind != CO_NODE_BETWEEN || !co_lint_is_constant(node->children[1]) ||
        !co_lint_is_constant(node->children[2]) ||
        co_lint_order(node->children[1], node->children[2]) != CO_ORDER_GREATER)
        return COHORT_OK;
    return warn(lint, node, "contradictory-range", "the lower end of BETWEEN is above the upper end");
}

/* --- negations that leave out missing values --- */

static const co_node *find_missing(const co_node *node);

static const co_node *find_missing_in_children(const co_node *node, uint32_t first)
{
    for (uint32_t i = first; i < node->n_children; i++) {
        const co_node *path = find_missing(node->children[i]);

        if (path != NULL)
            return path;
    }
    return NULL;
}

/* The last operand of COALESCE decides whether it can be missing. */
static const co_node *find_missing_in_function(const co_node *node)
{
    return node->function == CO_FUNCTION_COALESCE ? find_missing(node->children[node->n_children - 1])
                                                  : find_missing_in_children(node, 0);
}

/* A path within the node that makes it unknown when missing; NULL if there is none. */
static const co_node *find_missing(const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_PATH:
        return node;
    case CO_NODE_IS:
        return node->is == CO_IS_EMPTY ? find_missing_in_children(node, 0) : NULL;
    case CO_NODE_FUNCTION:
        return find_missing_in_function(node);
    case CO_NODE_AND:
    case CO_NODE_OR:
    case CO_NODE_XOR:
    case CO_NODE_NOT:
    case CO_NODE_AT_LEAST:
    case CO_NODE_COMPARE:
    case CO_NODE_BETWEEN:
    case CO_NODE_IN:
    case CO_NODE_LIKE:
    case CO_NODE_TEXT:
    case CO_NODE_MATCHES:
    case CO_NODE_HAS:
    case CO_NODE_INCLUDES:
    case CO_NODE_WITHIN_POLYGON:
    case CO_NODE_SUM:
    case CO_NODE_PRODUCT:
    case CO_NODE_NEGATE:
        return find_missing_in_children(node, 0);
    default:
        return NULL;
    }
}

static bool is_negation(const co_node *node)
{
    return node->kind == CO_NODE_NOT || (node->kind == CO_NODE_COMPARE && node->compare == CO_NOT_EQUAL) ||
           (node->kind == CO_NODE_HAS && node->has == CO_HAS_NONE) ||
           (node->negated && node->kind >= CO_NODE_BETWEEN && node->kind <= CO_NODE_WITHIN_POLYGON);
}

/* Does one of the chain's other conditions deal with the path being missing? */
static bool is_asked(const co_node *chain, const co_node *path)
{
    for (uint32_t i = 0; chain->n_children <= longest_chain && i < chain->n_children; i++) {
        const co_node *test = chain->children[i];

        if (test->kind == CO_NODE_IS && (test->is == CO_IS_NULL || test->is == CO_IS_BLANK) &&
            co_expr_equal(test->children[0], path))
            return true;
    }
    return false;
}

/* Is the negation inside another one, inside a test that is never unknown, or next to IS NULL? */
static bool is_settled(const context *around, const co_node *path)
{
    for (; around != NULL; around = around->outer) {
        const co_node_kind kind = around->node->kind;

        if (kind == CO_NODE_IS || kind == CO_NODE_NOT || kind == CO_NODE_DISTINCT_FROM)
            return true;
        if ((kind == CO_NODE_AND || kind == CO_NODE_OR) && is_asked(around->node, path))
            return true;
        if (kind >= CO_NODE_CASE)
            return kind < CO_NODE_COUNT_ROWS;
    }
    return false;
}

static bool compares_with_null(const co_node *node)
{
    for (uint32_t i = 0; i < node->n_children; i++) {
        if (node->children[i]->kind == CO_NODE_NULL)
            return true;
    }
    return false;
}

static cohort_status lint_negation(const co_node *node, const context *around, co_lint *lint)
{
    const co_node *path = is_negation(node) && !compares_with_null(node) ? find_missing(node) : NULL;
    co_buffer name;

    if (path == NULL || is_settled(around, path))
        return COHORT_OK;
    co_buffer_init(&name, lint->arena.memory, 0);
    co_expr_print(path, &name);
    const co_text text = { name.bytes, name.length };
    const cohort_status status = name.status != COHORT_OK
                                     ? COHORT_MEMORY
                                     : co_lint_add(lint, "negation-drops-missing", node->position, node->end,
                                                   "records without " CO_FMT " are left out; add OR " CO_FMT
                                                   " IS NULL, or evaluate with nulls = complement",
                                                   CO_ARG(text), CO_ARG(text));
    co_buffer_clear(&name);
    return status;
}

/* --- repetitions --- */

static cohort_status lint_repetition(const co_node *node, co_lint *lint)
{
    const bool is_list = node->kind == CO_NODE_IN || (node->kind == CO_NODE_HAS && node->has != CO_HAS_ONE) ||
                         (node->kind == CO_NODE_TEXT && node->any);
    const bool is_chain = node->kind == CO_NODE_AND || node->kind == CO_NODE_OR;

    for (uint32_t i = 1; (is_list || is_chain) && node->n_children <= longest_chain && i < node->n_children;
         i++) {
        for (uint32_t j = is_list; j < i; j++) {
            if (co_expr_equal(node->children[i], node->children[j]))
                return warn(lint, node->children[i], is_list ? "repeated-value" : "repeated-condition",
                            is_list ? "this value stands in the list twice"
                                    : "this condition stands here twice");
        }
    }
    return COHORT_OK;
}

/* --- names and patterns that look like something else --- */

static bool holds_typographic_quote(co_text name)
{
    while (name.length > 0) {
        uint32_t point = 0;
        const size_t length = co_utf8_decode(name, &point);

        if ((point >= 0x2018 && point <= 0x201F) || point == 0xAB || point == 0xBB)
            return true;
        name.bytes += length;
        name.length -= length;
    }
    return false;
}

/* LAST_30_DAYS and the like, which are written LAST_N_DAYS:30. */
static bool is_misspelt_range(co_text name)
{
    const co_text before = { name.bytes, 5 };
    size_t digits = 5;

    if (name.length < 5 ||
        (!co_word_same(before, CO_TEXT("LAST_")) && !co_word_same(before, CO_TEXT("NEXT_"))))
        return false;
    while (digits < name.length && co_is_digit(name.bytes[digits]))
        digits++;
    return digits > 5 && digits + 1 < name.length && name.bytes[digits] == '_' &&
           co_to_capital(name.bytes[name.length - 1]) == 'S';
}

static cohort_status lint_name(const co_node *node, co_lint *lint)
{
    if (node->kind != CO_NODE_PATH)
        return COHORT_OK;
    if (holds_typographic_quote(node->names[0]))
        return warn(
            lint, node, "typographic-quote",
            "this is a name that holds typographic quotes; a text is written 'text', a name \"name\"");
    if (node->n_names == 1 && is_misspelt_range(node->names[0]))
        return warn(lint, node, "range-spelling",
                    "this is a name; a date range is written as in LAST_N_DAYS:30");
    return COHORT_OK;
}

static cohort_status lint_pattern(const co_node *node, co_lint *lint)
{
    if (node->kind != CO_NODE_LIKE || node->any_case || node->children[1]->kind != CO_NODE_STRING)
        return COHORT_OK;

    const co_text pattern = node->children[1]->text;
    if (pattern.length > 0 && (memchr(pattern.bytes, '%', pattern.length) != NULL ||
                               memchr(pattern.bytes, '_', pattern.length) != NULL))
        return COHORT_OK;
    return warn(lint, node, "pattern-without-wildcard",
                "this pattern has neither % nor _; = or CONTAINS may be meant");
}

/* --- the walk --- */

static cohort_status lint_node(const co_node *node, const context *around, co_lint *lint)
{
    const context here = { around, node };
    cohort_status status = lint_mixture(node, lint);

    if (status == COHORT_OK)
        status = lint_null(node, lint);
    if (status == COHORT_OK)
        status = lint_between(node, lint);
    if (status == COHORT_OK)
        status = lint_negation(node, around, lint);
    if (status == COHORT_OK)
        status = lint_repetition(node, lint);
    if (status == COHORT_OK)
        status = lint_name(node, lint);
    if (status == COHORT_OK)
        status = lint_pattern(node, lint);
    for (uint32_t i = 0; i < node->n_children && status == COHORT_OK; i++)
        status = lint_node(node->children[i], &here, lint);
    return status;
}

static int compare_items(const void *a, const void *b)
{
    const co_lint_item *x = a;
    const co_lint_item *y = b;

    if (x->position != y->position)
        return (x->position > y->position) - (x->position < y->position);
    if (x->end != y->end)
        return (x->end < y->end) - (x->end > y->end);
    return strcmp(x->code, y->code);
}

cohort_status co_expr_lint(const co_tree *tree, co_lint *lint)
{
    const size_t n_before = lint->n_items;
    cohort_status status = lint_node(tree->root, NULL, lint);

    if (status == COHORT_OK)
        status = co_lint_truth(tree->root, lint);
    if (status == COHORT_OK && lint->n_items > n_before)
        qsort(lint->items + n_before, lint->n_items - n_before, sizeof *lint->items, compare_items);
    if (status != COHORT_OK)
        lint->n_items = n_before;
    return status;
}

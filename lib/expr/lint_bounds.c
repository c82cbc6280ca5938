/*
 * Conditions on one field that leave it no value: see linter.h.
 *
 * How:     each child that says something about one path becomes a constraint;
 *          constraints are sorted by path; those of one path are folded into a
 *          lower bound, an upper bound and, against the smallest list of allowed
 *          values, the excluded ones.
 * Costs:   n log n; allowed against excluded values at most MOST_PAIRS pairs.
 */
#include <stdlib.h>

#include "expr/linter.h"

#define MOST_PAIRS 10000

/* What a child says of its path. */
typedef struct constraint {
    const co_node *path;
    const co_node *child;
    const co_node *low; /* may be NULL */
    const co_node *high;
    bool low_is_out; /* the bound itself is no value */
    bool high_is_out;
    co_node *const *values; /* the only ones allowed, or the ones excluded */
    uint32_t n_values;
    bool is_exclusion;
    bool wants_missing;
    bool wants_present;
} constraint;

static int compare_paths(const co_node *a, const co_node *b)
{
    for (uint32_t i = 0; i < a->n_names && i < b->n_names; i++) {
        const int order = co_text_compare(a->names[i], b->names[i]);

        if (order != 0)
            return order;
    }
    return (a->n_names > b->n_names) - (a->n_names < b->n_names);
}

/* By path, then by place in the text, so that the later child is the culprit. */
static int compare_constraints(const void *a, const void *b)
{
    const constraint *x = a;
    const constraint *y = b;
    const int order = compare_paths(x->path, y->path);

    if (order != 0)
        return order;
    return (x->child->position > y->child->position) - (x->child->position < y->child->position);
}

static bool read_comparison(const co_node *node, bool is_negated, constraint *out)
{
    const bool is_reversed = node->children[0]->kind != CO_NODE_PATH;
    const co_node *constant = node->children[is_reversed ? 0 : 1];
    co_compare compare = (co_compare)node->compare;

    out->path = node->children[is_reversed ? 1 : 0];
    if (out->path->kind != CO_NODE_PATH || !co_lint_is_constant(constant))
        return false;
    compare = is_reversed ? co_compare_mirror(compare) : compare;
    compare = is_negated ? co_compare_opposite(compare) : compare;
    out->wants_present = true;
    out->low_is_out = compare == CO_GREATER;
    out->high_is_out = compare == CO_LESS;
    if (compare == CO_GREATER || compare == CO_GREATER_EQUAL)
        out->low = constant;
    else if (compare == CO_LESS || compare == CO_LESS_EQUAL)
        out->high = constant;
    out->is_exclusion = compare == CO_NOT_EQUAL;
    if (compare == CO_EQUAL || compare == CO_NOT_EQUAL) {
        out->values = node->children + (is_reversed ? 0 : 1);
        out->n_values = 1;
    }
    return true;
}

static bool read_between(const co_node *node, bool is_negated, constraint *out)
{
    out->path = node->children[0];
    out->low = node->children[1];
    out->high = node->children[2];
    out->wants_present = true;
    return !is_negated && co_lint_is_constant(out->low) && co_lint_is_constant(out->high);
}

static bool read_list(const co_node *node, bool is_negated, constraint *out)
{
    out->path = node->children[0];
    out->values = node->children + 1;
    out->n_values = node->n_children - 1;
    out->is_exclusion = is_negated;
    out->wants_present = true;
    for (uint32_t i = 0; i < out->n_values; i++) {
        if (!co_lint_is_constant(out->values[i]))
            return false;
    }
    return true;
}

static bool read_null_test(const co_node *node, bool is_negated, constraint *out)
{
    out->path = node->children[0];
    out->wants_missing = !is_negated;
    out->wants_present = is_negated;
    return node->is == CO_IS_NULL;
}

/* What holds of a path when the child is true (or false, if `fails`); false if nothing simple does. */
static bool read_constraint(const co_node *child, bool fails, constraint *out)
{
    bool is_read = false;

    *out = (constraint){ .child = child };
    for (; child->kind == CO_NODE_NOT; child = child->children[0])
        fails = !fails;
    const bool is_negated = child->negated != fails;
    if (child->kind == CO_NODE_COMPARE)
        is_read = read_comparison(child, fails, out);
    else if (child->kind == CO_NODE_BETWEEN)
        is_read = read_between(child, is_negated, out);
    else if (child->kind == CO_NODE_IN)
        is_read = read_list(child, is_negated, out);
    else if (child->kind == CO_NODE_IS)
        is_read = read_null_test(child, is_negated, out);
    return is_read && out->path->kind == CO_NODE_PATH;
}

/* Is value certainly outside the bounds? */
static bool is_outside(const co_node *value, const constraint *all)
{
    const co_order low = all->low == NULL ? CO_ORDER_UNSURE : co_lint_order(value, all->low);
    const co_order high = all->high == NULL ? CO_ORDER_UNSURE : co_lint_order(value, all->high);

    return low == CO_ORDER_LESS || (low == CO_ORDER_SAME && all->low_is_out) || high == CO_ORDER_GREATER ||
           (high == CO_ORDER_SAME && all->high_is_out);
}

/* Takes the tighter of two bounds. */
static void tighten(constraint *all, const constraint *one)
{
    const co_order low =
        one->low == NULL || all->low == NULL ? CO_ORDER_UNSURE : co_lint_order(one->low, all->low);
    const co_order high =
        one->high == NULL || all->high == NULL ? CO_ORDER_UNSURE : co_lint_order(one->high, all->high);

    if (one->low != NULL &&
        (all->low == NULL || low == CO_ORDER_GREATER || (low == CO_ORDER_SAME && one->low_is_out))) {
        all->low = one->low;
        all->low_is_out = one->low_is_out;
    }
    if (one->high != NULL &&
        (all->high == NULL || high == CO_ORDER_LESS || (high == CO_ORDER_SAME && one->high_is_out))) {
        all->high = one->high;
        all->high_is_out = one->high_is_out;
    }
    all->wants_missing |= one->wants_missing;
    all->wants_present |= one->wants_present;
}

/* Is the value certainly not what this constraint asks for? */
static bool is_refused(const co_node *value, const constraint *one)
{
    for (uint32_t i = 0; i < one->n_values; i++) {
        const co_order order = co_lint_order(value, one->values[i]);

        if (one->is_exclusion && order == CO_ORDER_SAME)
            return true;
        if (!one->is_exclusion && (order == CO_ORDER_SAME || order == CO_ORDER_UNSURE))
            return false;
    }
    return one->n_values > 0 && !one->is_exclusion;
}

/* Is there certainly no allowed value that the bounds and all other constraints leave? */
static bool leaves_no_value(const constraint *constraints, size_t n, const constraint *all)
{
    const constraint *allowed = NULL;
    size_t n_pairs = 0;

    for (size_t i = 0; i < n; i++) {
        n_pairs += constraints[i].n_values;
        if (constraints[i].n_values > 0 && !constraints[i].is_exclusion &&
            (allowed == NULL || constraints[i].n_values < allowed->n_values))
            allowed = &constraints[i];
    }
    if (allowed == NULL || n_pairs * allowed->n_values > MOST_PAIRS)
        return false;
    for (uint32_t v = 0; v < allowed->n_values; v++) {
        bool is_gone = is_outside(allowed->values[v], all);

        for (size_t i = 0; i < n && !is_gone; i++)
            is_gone = is_refused(allowed->values[v], &constraints[i]);
        if (!is_gone)
            return false;
    }
    return true;
}

static bool are_crossed(const constraint *all)
{
    const co_order order =
        all->low == NULL || all->high == NULL ? CO_ORDER_UNSURE : co_lint_order(all->low, all->high);

    return order == CO_ORDER_GREATER || (order == CO_ORDER_SAME && (all->low_is_out || all->high_is_out));
}

/* The constraints of one path. */
static co_bounds fold(const constraint *constraints, size_t n, const co_node **culprit)
{
    constraint all = { .path = NULL };

    for (size_t i = 0; i < n; i++) {
        tighten(&all, &constraints[i]);
        *culprit = constraints[i].child;
        if (are_crossed(&all))
            return CO_BOUNDS_CROSSED;
        if (all.wants_missing && all.wants_present)
            return CO_BOUNDS_IMPOSSIBLE;
    }
    return leaves_no_value(constraints, n, &all) ? CO_BOUNDS_IMPOSSIBLE : CO_BOUNDS_POSSIBLE;
}

static co_bounds fold_all(constraint *constraints, size_t n, const co_node **culprit)
{
    size_t first = 0;

    qsort(constraints, n, sizeof *constraints, compare_constraints);
    for (size_t end = 1; end <= n; end++) {
        if (end < n && compare_paths(constraints[first].path, constraints[end].path) == 0)
            continue;
        const co_bounds bounds =
            end - first > 1 ? fold(constraints + first, end - first, culprit) : CO_BOUNDS_POSSIBLE;
        if (bounds != CO_BOUNDS_POSSIBLE)
            return bounds;
        first = end;
    }
    return CO_BOUNDS_POSSIBLE;
}

cohort_status co_lint_bounds(const co_node *chain, co_memory *memory, co_bounds *bounds,
                             const co_node **culprit)
{
    constraint *constraints = co_memory_new_array(memory, chain->n_children, sizeof *constraints);
    size_t n = 0;

    *bounds = CO_BOUNDS_POSSIBLE;
    if (constraints == NULL)
        return COHORT_MEMORY;
    for (uint32_t i = 0; i < chain->n_children; i++)
        n += read_constraint(chain->children[i], chain->kind == CO_NODE_OR, &constraints[n]);
    *bounds = fold_all(constraints, n, culprit);
    co_memory_free(memory, constraints, chain->n_children * sizeof *constraints);
    return COHORT_OK;
}

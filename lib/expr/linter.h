/*
 * What the files of lint share.
 *
 *     lint.c          the walk over the tree, and what is said of single nodes
 *     lint_truth.c    which of true, false and unknown a condition can be
 *     lint_bounds.c   conditions on one field that leave it no value
 *     lint_compare.c  how two constants certainly compare
 *     lint_items.c    the list of warnings
 *
 * Always:  nothing is said that could be wrong for some data: a text may be
 *          compared without case or turn out to be a number, a date may be a day
 *          or an instant.
 */
#ifndef CO_EXPR_LINTER_H
#define CO_EXPR_LINTER_H

#include "expr/expr.h"

/* What a condition can be, as a set. */
enum { CO_CAN_BE_TRUE = 1, CO_CAN_BE_FALSE = 2, CO_CAN_BE_UNKNOWN = 4, CO_CAN_BE_ANY = 7 };

/* How two constants compare, whatever field they are compared with. */
typedef enum co_order {
    CO_ORDER_LESS = -1,
    CO_ORDER_SAME = 0,
    CO_ORDER_GREATER = 1,
    CO_ORDER_DIFFERENT = 2,     /* not the same, order unknown */
    CO_ORDER_UNSURE = 3
} co_order;

co_order co_lint_order(const co_node *a, const co_node *b);
bool co_lint_is_constant(const co_node *node);

/* Warns of everything in the tree that can never be true or never be false. */
cohort_status co_lint_truth(const co_node *root, co_lint *lint);

/* What conditions on one field, all of which hold (or, all of which fail), come to. */
typedef enum co_bounds {
    CO_BOUNDS_POSSIBLE,
    CO_BOUNDS_IMPOSSIBLE,
    CO_BOUNDS_CROSSED           /* impossible because a lower bound is above an upper one */
} co_bounds;

/*
 * Looks at the children of AND (or, negated, of OR). *culprit is the child that
 * makes it impossible. Fails with COHORT_MEMORY.
 */
cohort_status co_lint_bounds(const co_node *chain, co_memory *memory, co_bounds *bounds, const co_node **culprit);

#endif

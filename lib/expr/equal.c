/*
 * Whether two nodes print the same, without printing them.
 *
 * Always:  compares everything a node keeps but where it came from; what a kind
 *          does not use is zero in both.
 */
#include "expr/expr.h"

static bool same_texts(const co_text *a, uint32_t n_a, const co_text *b, uint32_t n_b)
{
    if (n_a != n_b)
        return false;
    for (uint32_t i = 0; i < n_a; i++) {
        if (!co_text_equal(a[i], b[i]))
            return false;
    }
    return true;
}

static bool same_bytes(const void *a, const void *b, size_t length)
{
    return length == 0 || memcmp(a, b, length) == 0;
}

static bool same_words(const co_node *a, const co_node *b)
{
    return a->kind == b->kind && a->compare == b->compare && a->is == b->is && a->text_verb == b->text_verb &&
           a->has == b->has && a->aggregate == b->aggregate && a->function == b->function &&
           a->negated == b->negated && a->any == b->any && a->any_case == b->any_case && a->bare == b->bare &&
           a->distinct == b->distinct && a->strict == b->strict && a->bottom == b->bottom &&
           a->percent == b->percent && a->with_ties == b->with_ties;
}

static bool same_shape(const co_node *a, const co_node *b)
{
    return a->n_children == b->n_children && a->n_per == b->n_per && a->n_points == b->n_points &&
           a->has_where == b->has_where && a->has_else == b->has_else && a->has_escape == b->has_escape &&
           a->has_among == b->has_among && a->has_within == b->has_within &&
           (a->signs == NULL) == (b->signs == NULL);
}

static bool same_values(const co_node *a, const co_node *b)
{
    return a->count == b->count && a->is_double == b->is_double && a->scale == b->scale &&
           co_wide_compare(a->digits, b->digits) == 0 &&
           same_bytes(&a->number, &b->number, sizeof a->number) && co_text_equal(a->text, b->text) &&
           co_text_equal(a->within_text, b->within_text) &&
           same_bytes(a->points, b->points, a->n_points * sizeof(co_point)) &&
           (a->signs == NULL || same_bytes(a->signs, b->signs, a->n_children));
}

static bool same_names(const co_node *a, const co_node *b)
{
    return same_texts(a->names, a->n_names, b->names, b->n_names) &&
           same_texts(a->path, a->n_path, b->path, b->n_path) &&
           same_texts(a->via, a->n_via, b->via, b->n_via) &&
           same_texts(a->same, a->n_same, b->same, b->n_same);
}

bool co_expr_equal(const co_node *a, const co_node *b)
{
    if (!same_words(a, b) || !same_shape(a, b) || !same_values(a, b) || !same_names(a, b))
        return false;
    for (uint32_t i = 0; i < a->n_children; i++) {
        if (!co_expr_equal(a->children[i], b->children[i]))
            return false;
    }
    return true;
}

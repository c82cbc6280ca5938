/* The naive model's conditions: three-valued logic, one record at a time. */
#include "support/model.h"

#include <stdlib.h>
#include <string.h>

static m_truth not(m_truth t) { return t == M_UNKNOWN ? M_UNKNOWN : t == M_TRUE ? M_FALSE : M_TRUE; }
static m_truth truth(bool yes) { return yes ? M_TRUE : M_FALSE; }

static m_wide wide_of(co_wide w)
{
    return (m_wide)w.high * ((m_wide)1 << 64) + (m_wide)w.low;
}

/* ---- values ---- */

m_value m_eval(m_run *run, const m_env *env, const co_node *node, int32_t nulls)
{
    m_truth t;

    switch (node->kind) {
    case CO_NODE_NULL:
        return m_null();
    case CO_NODE_BOOL:
        return m_bool(node->count != 0);
    case CO_NODE_NUMBER:
        return node->is_double ? m_double(node->number) : m_exact(wide_of(node->digits), (int32_t)node->scale);
    case CO_NODE_STRING:
        return m_text(node->text);
    case CO_NODE_DATE:
        return m_coerce(run, m_text(node->text), (m_value){ .kind = M_DATE });
    case CO_NODE_TIMESTAMP:
        return m_coerce(run, m_text(node->text), (m_value){ .kind = M_TIME });
    case CO_NODE_INTERVAL:
        return (m_value){ .kind = M_SPAN, .months = node->interval.months, .number = node->interval.microseconds };
    case CO_NODE_PATH:
        return m_path_value(run, env, node);
    case CO_NODE_CASE: {
        uint32_t i = 0;

        for (; i + 1 < node->n_children; i += 2)
            if (model_condition(run, env, node->children[i], nulls) == M_TRUE)
                return m_unified(run, env, node, m_eval(run, env, node->children[i + 1], nulls));
        return node->has_else ? m_unified(run, env, node, m_eval(run, env, node->children[i], nulls))
                              : m_null();
    }
    case CO_NODE_SUM:
    case CO_NODE_PRODUCT:
    case CO_NODE_NEGATE:
    case CO_NODE_BUCKET:
        return m_function(run, env, node, nulls);
    case CO_NODE_FUNCTION:
        return m_unified(run, env, node, m_function(run, env, node, nulls));
    case CO_NODE_COUNT_ROWS:
    case CO_NODE_AGGREGATE:
        return m_aggregate(run, env, node, nulls);
    case CO_NODE_FUNNEL:
        return m_funnel(run, env, node, nulls);
    case CO_NODE_NTILE:
    case CO_NODE_RANK:
    case CO_NODE_PERCENT_RANK:
        return m_rank(run, env, node, nulls);
    default:
        t = model_condition(run, env, node, nulls);
        return t == M_UNKNOWN ? m_null() : m_bool(t == M_TRUE);
    }
}

/* ---- leaves ---- */

static m_truth compare(m_run *run, co_compare op, m_value a, m_value b)
{
    bool known;
    const int order = m_compare(run, m_coerce(run, a, b), m_coerce(run, b, a), &known);

    if (!known)
        return M_UNKNOWN;
    switch (op) {
    case CO_EQUAL:
        return truth(order == 0);
    case CO_NOT_EQUAL:
        return truth(order != 0);
    case CO_LESS:
        return truth(order < 0);
    case CO_LESS_EQUAL:
        return truth(order <= 0);
    case CO_GREATER:
        return truth(order > 0);
    default:
        return truth(order >= 0);
    }
}

static m_truth compare_range(m_run *run, co_compare op, m_value v, co_range range)
{
    int64_t first, end;

    if (v.kind == M_NULL)
        return M_UNKNOWN;
    m_range_days(run, range, &first, &end);

    const int64_t day = m_local_day(run, v);

    switch (op) {
    case CO_EQUAL:
        return truth(day >= first && day < end);
    case CO_NOT_EQUAL:
        return truth(day < first || day >= end);
    case CO_LESS:
        return truth(day < first);
    case CO_LESS_EQUAL:
        return truth(day < end);
    case CO_GREATER:
        return truth(day >= end);
    default:
        return truth(day >= first);
    }
}

static m_truth anniversary(m_run *run, m_value birth, int64_t first, int64_t end)
{
    int year, month, day;

    if (birth.kind == M_NULL)
        return M_UNKNOWN;
    m_date(m_local_day(run, birth), &year, &month, &day);
    for (int64_t d = first; d < end; d++) {
        int y, m, in_month;

        m_date(d, &y, &m, &in_month);
        if (m == month && in_month == day)
            return M_TRUE;
        if (month == 2 && day == 29 && m == 3 && in_month == 1 && m_day(y, 3, 1) - m_day(y, 2, 1) == 28)
            return M_TRUE;
    }
    return M_FALSE;
}

/* One side that may be a range or the other's literal. */
static m_truth test_item(m_run *run, const m_env *env, co_compare op, const co_node *left, m_value v,
                         const co_node *item, int32_t nulls)
{
    const bool is_anniversary = left->kind == CO_NODE_FUNCTION && left->function == CO_FUNCTION_ANNIVERSARY;

    if (item->kind == CO_NODE_RANGE && is_anniversary) {
        int64_t first, end;

        m_range_days(run, item->range, &first, &end);
        v = m_eval(run, env, left->children[0], nulls);
        return op == CO_NOT_EQUAL ? not(anniversary(run, v, first, end)) : anniversary(run, v, first, end);
    }
    if (item->kind == CO_NODE_RANGE)
        return compare_range(run, op, v, item->range);
    return compare(run, op, v, m_eval(run, env, item, nulls));
}

static m_truth in_list(m_run *run, const m_env *env, const co_node *node, m_value v, int32_t nulls)
{
    m_truth result = M_FALSE;

    for (uint32_t i = 1; i < node->n_children; i++) {
        const m_truth t =
            test_item(run, env, CO_EQUAL, node->children[0], v, node->children[i], nulls);

        if (t == M_TRUE)
            return M_TRUE;
        if (t == M_UNKNOWN)
            result = M_UNKNOWN;
    }
    return result;
}

static m_truth and(m_truth a, m_truth b)
{
    return a == M_FALSE || b == M_FALSE ? M_FALSE : a == M_UNKNOWN || b == M_UNKNOWN ? M_UNKNOWN : M_TRUE;
}

static m_truth text_test(m_run *run, const m_env *env, const co_node *node, m_value v, int32_t nulls)
{
    m_truth result = M_FALSE;

    for (uint32_t i = 1; i < node->n_children; i++) {
        const m_value part = m_eval(run, env, node->children[i], nulls);

        if (v.kind == M_NULL || part.kind == M_NULL)
            result = M_UNKNOWN;
        else if (m_contains(v.text, part.text, (co_text_verb)node->text_verb, v.nocase || part.nocase))
            return M_TRUE;
    }
    return result;
}

static m_truth like(m_run *run, const m_env *env, const co_node *node, m_value v, int32_t nulls)
{
    const m_value pattern = m_eval(run, env, node->children[1], nulls);
    uint32_t escape = '\\';

    if (v.kind == M_NULL || pattern.kind == M_NULL)
        return M_UNKNOWN;
    if (node->has_escape)
        m_points(node->children[2]->text, &escape, 1);
    return truth(m_like(v.text, pattern.text, escape, node->any_case || v.nocase || pattern.nocase));
}

/* ---- sets ---- */

static bool holds(m_value set, m_value element)
{
    for (uint32_t i = 0; i < set.n_elements; i++)
        if (m_text_compare(set.elements[i], element.text, set.nocase || element.nocase) == 0)
            return true;
    return false;
}

/* What a list asks of a set, counted. */
typedef struct m_asked {
    m_value *items;
    uint32_t n;
    int64_t n_held, n_absent, n_missing;
    int64_t n_different; /* of those held; case matters only if it does for the set and every item */
} m_asked;

static m_asked ask_list(m_run *run, const m_env *env, const co_node *node, m_value set,
                        int32_t nulls)
{
    m_asked asked = { .n = node->n_children - 1 };
    bool nocase = set.nocase;

    asked.items = calloc(asked.n, sizeof *asked.items);
    for (uint32_t i = 0; i < asked.n; i++) {
        asked.items[i] = m_eval(run, env, node->children[i + 1], nulls);
        nocase |= m_is_nocase(run, env, node->children[i + 1]);
    }
    for (uint32_t i = 0; i < asked.n; i++) {
        const m_value *item = &asked.items[i];
        bool repeated = false;

        if (item->kind == M_NULL || !holds(set, *item)) {
            asked.n_missing += item->kind == M_NULL;
            asked.n_absent += item->kind != M_NULL;
            continue;
        }
        for (uint32_t j = 0; j < i; j++) {
            const m_value *other = &asked.items[j];

            repeated |= other->kind != M_NULL && holds(set, *other) &&
                        m_text_compare(item->text, other->text, nocase) == 0;
        }
        asked.n_held++;
        asked.n_different += !repeated;
    }
    return asked;
}

static bool nothing_else(m_value set, const m_asked *asked)
{
    for (uint32_t i = 0; i < set.n_elements; i++) {
        bool found = false;

        for (uint32_t k = 0; k < asked->n; k++)
            found |= m_text_compare(set.elements[i], asked->items[k].text, set.nocase || asked->items[k].nocase) == 0;
        if (!found)
            return false;
    }
    return true;
}

static m_truth judge(m_value set, const co_node *node, const m_asked *asked)
{
    switch (node->has) {
    case CO_HAS_ONE:
    case CO_HAS_ANY:
        return asked->n_held > 0 ? M_TRUE : asked->n_missing > 0 ? M_UNKNOWN : M_FALSE;
    case CO_HAS_NONE:
        return asked->n_held > 0 ? M_FALSE : asked->n_missing > 0 ? M_UNKNOWN : M_TRUE;
    case CO_HAS_ALL:
        return asked->n_absent > 0 ? M_FALSE : asked->n_missing > 0 ? M_UNKNOWN : M_TRUE;
    case CO_HAS_EXACTLY:
        if (asked->n_absent > 0 || asked->n_missing > 0)
            return asked->n_absent > 0 ? M_FALSE : M_UNKNOWN;
        return truth(nothing_else(set, asked));
    default:
        if (asked->n_different >= node->count)
            return M_TRUE;
        return asked->n_different + asked->n_missing < node->count ? M_FALSE : M_UNKNOWN;
    }
}

static m_truth has(m_run *run, const m_env *env, const co_node *node, m_value set, int32_t nulls)
{
    m_asked asked = ask_list(run, env, node, set, nulls);
    const m_truth result = set.kind == M_NULL ? M_UNKNOWN : judge(set, node, &asked);

    free(asked.items);
    return result;
}

/* 'a;b' is a and b. */
static bool holds_parts(m_value set, m_value item)
{
    const char *at = item.text.bytes;
    size_t left = item.text.length;

    for (;;) {
        const char *end = left > 0 ? memchr(at, ';', left) : NULL;
        m_value part = item;

        part.text = (co_text){ at, end != NULL ? (size_t)(end - at) : left };
        if (!holds(set, part))
            return false;
        if (end == NULL)
            return true;
        left -= part.text.length + 1;
        at = end + 1;
    }
}

/* Several items are alternatives. */
static m_truth includes(m_run *run, const m_env *env, const co_node *node, m_value set,
                        int32_t nulls)
{
    m_truth result = M_FALSE;

    for (uint32_t i = 1; i < node->n_children; i++) {
        const m_value item = m_eval(run, env, node->children[i], nulls);

        if (set.kind == M_NULL || item.kind == M_NULL)
            result = result == M_TRUE ? M_TRUE : M_UNKNOWN;
        else if (holds_parts(set, item))
            result = M_TRUE;
    }
    return result;
}

/* ---- polygons: even-odd, edges inside; exact for small whole coordinates ---- */

static m_truth polygon(m_value point, const co_node *node)
{
    bool inside = false;

    if (point.kind == M_NULL)
        return M_UNKNOWN;
    for (uint32_t i = 0, j = node->n_points - 1; i < node->n_points; j = i++) {
        const double x1 = node->points[i].longitude, y1 = node->points[i].latitude;
        const double x2 = node->points[j].longitude, y2 = node->points[j].latitude;
        const double x = point.longitude, y = point.real;
        const double cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);

        if (cross == 0 && x >= (x1 < x2 ? x1 : x2) && x <= (x1 < x2 ? x2 : x1) && y >= (y1 < y2 ? y1 : y2) &&
            y <= (y1 < y2 ? y2 : y1))
            return M_TRUE;
        if ((y1 > y) != (y2 > y) && x < x1 + (x2 - x1) * (y - y1) / (y2 - y1))
            inside = !inside;
    }
    return truth(inside);
}

/* ---- IS ---- */

static m_truth is_test(m_run *run, const m_env *env, const co_node *node, int32_t nulls)
{
    const bool of_condition = node->is == CO_IS_TRUE || node->is == CO_IS_FALSE || node->is == CO_IS_UNKNOWN;
    m_value v;

    if (of_condition) {
        const m_truth t = model_condition(run, env, node->children[0], nulls);

        return truth(t == (node->is == CO_IS_TRUE ? M_TRUE : node->is == CO_IS_FALSE ? M_FALSE : M_UNKNOWN));
    }
    v = m_eval(run, env, node->children[0], nulls);
    if (node->is == CO_IS_NULL)
        return truth(v.kind == M_NULL);
    if (node->is == CO_IS_EMPTY) {
        if (v.kind == M_NULL)
            return M_UNKNOWN;
        return truth(v.kind == M_SET ? v.n_elements == 0 : v.text.length == 0);
    }
    return truth(v.kind == M_NULL || (v.kind == M_SET ? v.n_elements == 0 : m_blank(v.text)));
}

static m_truth distinct(m_run *run, m_value a, m_value b)
{
    bool known;

    a = m_coerce(run, a, b);
    b = m_coerce(run, b, a);
    if (a.kind == M_NULL || b.kind == M_NULL)
        return truth(a.kind != b.kind);
    return truth(m_compare(run, a, b, &known) != 0);
}

/* ---- segments ---- */

static m_truth segment(m_run *run, const m_env *env, const co_node *node)
{
    m_env far;

    if (!m_far(run, env, node, &far))
        return M_UNKNOWN;

    const m_named *n = m_named_of(run, far.object, node->text, false);

    if (n->tree != NULL)
        return truth(model_condition(run, &(m_env){ .object = far.object, .record = far.record }, n->tree->root,
                                     n->nulls) == M_TRUE);
    for (uint32_t i = 0; i < n->n_keys; i++) {
        bool known;

        if (m_compare(run, n->keys[i], far.record->key, &known) == 0)
            return M_TRUE;
    }
    return M_FALSE;
}

static m_truth sample(m_run *run, const m_env *env, const co_node *node)
{
    co_node bucket = *node;
    const co_node *percent = node->children[0];

    bucket.kind = CO_NODE_BUCKET;
    bucket.count = 1000000;

    const m_value v = m_function(run, env, &bucket, 0);

    if (v.kind == M_NULL)
        return M_UNKNOWN;
    return truth(v.exact * m_power10((int32_t)percent->scale) < wide_of(percent->digits) * 10000);
}

/* ---- conditions ---- */

/* What other records say. */
static m_truth relation(m_run *run, const m_env *env, const co_node *node, int32_t nulls)
{
    switch (node->kind) {
    case CO_NODE_SEGMENT:
        return segment(run, env, node);
    case CO_NODE_SAMPLE:
        return sample(run, env, node);
    case CO_NODE_SEQUENCE:
        return m_sequence(run, env, node, nulls);
    case CO_NODE_TOP:
        return m_top(run, env, node, nulls);
    default:
        return m_related(run, env, node, nulls);
    }
}

/* A leaf as it is written, three-valued; `positive` leaves out the negation in its verb. */
static m_truth leaf(m_run *run, const m_env *env, const co_node *node, bool positive, int32_t nulls)
{
    const co_node *left = node->n_children > 0 ? node->children[0] : NULL;
    const bool is_anniversary =
        left != NULL && left->kind == CO_NODE_FUNCTION && left->function == CO_FUNCTION_ANNIVERSARY;
    m_value v = m_null();
    m_truth t;

    switch (node->kind) {
    case CO_NODE_COMPARE: {
        const co_compare op =
            positive && node->compare == CO_NOT_EQUAL ? CO_EQUAL : (co_compare)node->compare;

        if (!is_anniversary)
            v = m_eval(run, env, left, nulls);
        return test_item(run, env, op, left, v, node->children[1], nulls);
    }
    case CO_NODE_BETWEEN:
        v = m_eval(run, env, left, nulls);
        t = and(test_item(run, env, CO_GREATER_EQUAL, left, v, node->children[1], nulls),
                test_item(run, env, CO_LESS_EQUAL, left, v, node->children[2], nulls));
        break;
    case CO_NODE_IN:
        if (!is_anniversary)
            v = m_eval(run, env, left, nulls);
        t = in_list(run, env, node, v, nulls);
        break;
    case CO_NODE_IS:
        t = is_test(run, env, node, nulls);
        break;
    case CO_NODE_DISTINCT_FROM:
        t = distinct(run, m_eval(run, env, left, nulls),
                     m_eval(run, env, node->children[1], nulls));
        break;
    case CO_NODE_LIKE:
        t = like(run, env, node, m_eval(run, env, left, nulls), nulls);
        break;
    case CO_NODE_TEXT:
        t = text_test(run, env, node, m_eval(run, env, left, nulls), nulls);
        break;
    case CO_NODE_MATCHES:
        v = m_eval(run, env, left, nulls);
        t = v.kind == M_NULL ? M_UNKNOWN : truth(m_matches(v.text, node->text, v.nocase));
        break;
    case CO_NODE_HAS:
        t = has(run, env, node, m_eval(run, env, left, nulls), nulls);
        if (positive && node->has == CO_HAS_NONE)
            return not(t);
        break;
    case CO_NODE_INCLUDES:
        t = includes(run, env, node, m_eval(run, env, left, nulls), nulls);
        break;
    case CO_NODE_WITHIN_POLYGON:
        t = polygon(m_eval(run, env, left, nulls), node);
        break;
    case CO_NODE_SEGMENT:
    case CO_NODE_SAMPLE:
    case CO_NODE_EXISTS:
    case CO_NODE_EVERY:
    case CO_NODE_SEQUENCE:
    case CO_NODE_TOP:
        return relation(run, env, node, nulls);
    default:
        v = m_eval(run, env, node, nulls);
        return v.kind == M_NULL ? M_UNKNOWN : truth(v.number != 0);
    }
    return node->negated && !positive ? not(t) : t;
}

/* Negative verbs are NOT of the positive one; two of them are none. Never unknown tests have none. */
static bool is_negative(const co_node *node)
{
    if ((node->kind == CO_NODE_IS && node->is != CO_IS_EMPTY) || node->kind == CO_NODE_DISTINCT_FROM)
        return false;
    return node->negated != ((node->kind == CO_NODE_COMPARE && node->compare == CO_NOT_EQUAL) ||
                             (node->kind == CO_NODE_HAS && node->has == CO_HAS_NONE));
}

static m_truth at_least(m_run *run, const m_env *env, const co_node *node, int32_t nulls)
{
    int64_t n_true = 0, n_unknown = 0;

    for (uint32_t i = 0; i < node->n_children; i++) {
        const m_truth t = model_condition(run, env, node->children[i], nulls);

        n_true += t == M_TRUE;
        n_unknown += t == M_UNKNOWN;
    }
    return n_true >= node->count ? M_TRUE : n_true + n_unknown < node->count ? M_FALSE : M_UNKNOWN;
}

/*
 * Whether there is a connective in a condition below its own verb; negative verbs inside count as NOT.
 * What is asked of other records is a condition of its own.
 */
static bool has_connective(const co_node *node)
{
    bool found = node->kind >= CO_NODE_AND && node->kind <= CO_NODE_AT_LEAST;

    if (node->kind >= CO_NODE_COUNT_ROWS)
        return false;
    for (uint32_t i = 0; i < node->n_children && !found; i++)
        found = is_negative(node->children[i]) || has_connective(node->children[i]);
    return found;
}

m_truth model_condition(m_run *run, const m_env *env, const co_node *node, int32_t nulls)
{
    m_truth result;

    switch (node->kind) {
    case CO_NODE_NOT:
        return not(model_condition(run, env, node->children[0], nulls));
    case CO_NODE_AT_LEAST:
        return at_least(run, env, node, nulls);
    case CO_NODE_AND:
    case CO_NODE_OR:
    case CO_NODE_XOR:
        result = model_condition(run, env, node->children[0], nulls);
        for (uint32_t i = 1; i < node->n_children; i++) {
            const m_truth t = model_condition(run, env, node->children[i], nulls);

            if (node->kind == CO_NODE_AND)
                result = and(result, t);
            else if (node->kind == CO_NODE_OR)
                result = not(and(not(result), not(t)));
            else
                result = result == M_UNKNOWN || t == M_UNKNOWN ? M_UNKNOWN : truth(result != t);
        }
        return result;
    default:
        break;
    }
    if (nulls != COHORT_NULLS_COMPLEMENT || has_connective(node))
        return leaf(run, env, node, false, nulls);
    result = leaf(run, env, node, is_negative(node) || node->has == CO_HAS_NONE, M_NULLS_IN_LEAF);
    return truth((result == M_TRUE) != is_negative(node));
}

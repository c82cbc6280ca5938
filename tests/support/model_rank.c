/*
 * The naive model's ranks: the population is sorted as the words say, then
 * counted off.
 */
#include "support/model.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_PER = 4 };

typedef struct place {
    uint32_t record;
    m_value value;
    m_value key;
    m_value per[MOST_PER];
    uint32_t group, n_group;    /* the first place of its group, and how many there are */
} place;

/* A group in ascending order of value, ties by ascending key. */
struct m_ranking {
    m_ranking *next;
    const co_node *node;
    int object;
    int32_t nulls;
    uint32_t n;
    place *places;
    uint32_t *place_of;         /* by record: its place + 1, 0 outside the population */
};

void m_rankings_free(m_ranking *rankings)
{
    while (rankings != NULL) {
        m_ranking *next = rankings->next;

        free(rankings->places);
        free(rankings->place_of);
        free(rankings);
        rankings = next;
    }
}

/* ---- order ---- */

static m_run *sorting;          /* qsort has no context of its own */
static uint32_t sorting_n_per;

/* NULL is a value of its own. */
static int compare_per(const place *a, const place *b)
{
    for (uint32_t i = 0; i < sorting_n_per; i++) {
        const int a_is = a->per[i].kind != M_NULL, b_is = b->per[i].kind != M_NULL;
        bool known;
        const int order = a_is && b_is ? m_compare(sorting, a->per[i], b->per[i], &known) : a_is - b_is;

        if (order != 0)
            return order;
    }
    return 0;
}

static int compare_value(const place *a, const place *b)
{
    bool known;

    return m_compare(sorting, a->value, b->value, &known);
}

static int compare_key(const place *a, const place *b)
{
    return a->key.kind == M_TEXT ? co_text_compare(a->key.text, b->key.text)
                                 : (a->key.exact > b->key.exact) - (a->key.exact < b->key.exact);
}

static int ascending(const void *left, const void *right)
{
    const place *a = left, *b = right;
    int order = compare_per(a, b);

    if (order == 0)
        order = compare_value(a, b);
    return order != 0 ? order : compare_key(a, b);
}

static int descending(const void *left, const void *right)
{
    const place *a = left, *b = right;
    int order = compare_per(a, b);

    if (order == 0)
        order = compare_value(b, a);
    return order != 0 ? order : compare_key(a, b);
}

/* ---- population ---- */

/* The node's operands: of TOP its number stands in front. */
static uint32_t value_at(const co_node *node) { return node->kind == CO_NODE_TOP ? 1 : 0; }

static m_ranking *rank(m_run *run, int object, const co_node *node, int32_t nulls)
{
    const m_object *o = &run->model->objects[object];
    const int32_t inside = m_where_nulls(nulls);
    const uint32_t at = value_at(node);
    m_ranking *r = calloc(1, sizeof *r);

    *r = (m_ranking){ .node = node, .object = object, .nulls = nulls };
    r->places = calloc(o->n_records + 1, sizeof *r->places);
    for (uint32_t i = 0; i < o->n_records; i++) {
        const m_env env = { .object = object, .record = &o->records[i] };
        place *p = &r->places[r->n];

        if (!model_exists(run, object, env.record) ||
            (node->has_among &&
             model_condition(run, &env, node->children[at + 1], inside) != M_TRUE))
            continue;
        *p = (place){ .record = i, .key = env.record->key };
        p->value = m_eval(run, &env, node->children[at], inside);
        for (uint32_t k = 0; k < node->n_per && k < MOST_PER; k++)
            p->per[k] = m_eval(run, &env, node->children[node->n_children - node->n_per + k], inside);
        r->n += p->value.kind != M_NULL;
    }
    sorting = run;
    sorting_n_per = node->n_per;
    qsort(r->places, r->n, sizeof *r->places, node->kind == CO_NODE_TOP && !node->bottom ? descending : ascending);
    r->place_of = calloc(o->n_records + 1, sizeof *r->place_of);
    for (uint32_t i = 0; i < r->n; i++) {
        r->place_of[r->places[i].record] = i + 1;
        r->places[i].group = i > 0 && compare_per(&r->places[i - 1], &r->places[i]) == 0 ? r->places[i - 1].group : i;
        r->places[r->places[i].group].n_group++;
    }
    r->next = run->rankings; /* finding the values may have made others */
    run->rankings = r;
    return r;
}

static const m_ranking *ranking_of(m_run *run, int object, const co_node *node, int32_t nulls)
{
    for (m_ranking *r = run->rankings; r != NULL; r = r->next)
        if (r->node == node && r->object == object && r->nulls == nulls)
            return r;
    return rank(run, object, node, nulls);
}

/* Its place, and how many are in its group; false: outside the population. */
static bool find(const m_run *run, const m_ranking *r, const m_env *env, uint32_t *at, uint32_t *n_group)
{
    const uint32_t place = r->place_of[env->record - run->model->objects[env->object].records];

    if (place == 0)
        return false;
    *at = place - 1;
    *n_group = r->places[r->places[*at].group].n_group;
    return true;
}

/* ---- the door ---- */

m_value m_rank(m_run *run, const m_env *env, const co_node *node, int32_t nulls)
{
    uint32_t at, n;
    m_env far;

    if (!m_far(run, env, node, &far))
        return m_null();

    const m_ranking *r = ranking_of(run, far.object, node, nulls);

    if (!find(run, r, &far, &at, &n))
        return m_null();

    const uint32_t first = r->places[at].group;
    uint32_t low = at, high = at;       /* those of equal value: [low, high] */

    sorting = run;
    while (low > first && compare_value(&r->places[low - 1], &r->places[at]) == 0)
        low--;
    while (high + 1 < first + n && compare_value(&r->places[high + 1], &r->places[at]) == 0)
        high++;
    if (node->kind == CO_NODE_RANK)
        return m_int(1 + (int64_t)(first + n - 1 - high));
    if (node->kind == CO_NODE_PERCENT_RANK)
        return m_double(n == 1 ? 0 : (double)(low - first) / (double)(n - 1));

    /* NTILE: the first n mod count tiles have one more. */
    int64_t tile = 1;
    int64_t left = n / node->count + (0 < n % node->count);

    for (uint32_t i = first; i < at; i++) {
        if (--left > 0)
            continue;
        left = n / node->count + (tile < n % node->count);
        tile++;
    }
    return m_int(tile);
}

/* How many a group of n gives; per cent rounds up. */
static uint32_t how_many(const co_node *node, uint32_t n)
{
    const co_node *number = node->children[0];
    const m_wide digits = (m_wide)number->digits.high * ((m_wide)1 << 64) + (m_wide)number->digits.low;
    const m_wide unit = node->percent ? m_power10((int32_t)number->scale) * 100 : 1;
    const m_wide wanted = node->percent ? (digits * n + unit - 1) / unit : digits;

    return wanted > n ? n : (uint32_t)wanted;
}

m_truth m_top(m_run *run, const m_env *env, const co_node *node, int32_t nulls)
{
    const m_ranking *r = ranking_of(run, env->object, node, nulls);
    uint32_t at, n;

    if (!find(run, r, env, &at, &n))
        return M_FALSE;

    const uint32_t first = r->places[at].group;
    const uint32_t taken = how_many(node, n);

    if (at < first + taken)
        return M_TRUE;
    sorting = run;
    return node->with_ties && taken > 0 && compare_value(&r->places[at], &r->places[first + taken - 1]) == 0
               ? M_TRUE
               : M_FALSE;
}

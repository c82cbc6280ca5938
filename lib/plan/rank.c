/*
 * Ranks: TOP, BOTTOM, NTILE, RANK and PERCENT_RANK.
 */
#include "plan/binder.h"

static bool same_ranking(const co_ranking *a, const co_ranking *b)
{
    return a->by == b->by && a->object == b->object && a->value == b->value && a->among == b->among &&
           a->n_per == b->n_per && a->bottom == b->bottom && a->percent == b->percent &&
           a->with_ties == b->with_ties && co_wide_compare(a->n, b->n) == 0 && a->scale == b->scale &&
           co_ids_equal(a->per, b->per, a->n_per);
}

uint32_t co_ranking_intern(co_binder *binder, const co_ranking *ranking)
{
    uint32_t *per = co_bind_new(binder, (size_t)ranking->n_per + 1, sizeof *per);

    for (uint32_t i = 0; i < binder->n_rankings; i++) {
        if (same_ranking(&binder->rankings[i], ranking))
            return i;
    }
    if (per == NULL)
        return CO_NO_STEP;
    if (!co_memory_grow(binder->memory, (void **)&binder->rankings, &binder->rankings_capacity,
                        binder->n_rankings + 1, sizeof *binder->rankings)) {
        co_bind_no_memory(binder);
        return CO_NO_STEP;
    }
    for (uint32_t i = 0; i < ranking->n_per; i++)
        per[i] = ranking->per[i];
    binder->rankings[binder->n_rankings] = *ranking;
    binder->rankings[binder->n_rankings].per = per;
    return (uint32_t)binder->n_rankings++;
}

/* ---- as written ---- */

static const char *word_of(const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_NTILE:
        return "NTILE";
    case CO_NODE_RANK:
        return "RANK";
    case CO_NODE_PERCENT_RANK:
        return "PERCENT_RANK";
    default:
        return node->bottom ? "BOTTOM" : "TOP";
    }
}

static co_ranked_by by_of(const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_NTILE:
        return CO_RANKED_NTILE;
    case CO_NODE_RANK:
        return CO_RANKED_RANK;
    case CO_NODE_PERCENT_RANK:
        return CO_RANKED_PERCENT;
    default:
        return CO_RANKED_TOP;
    }
}

/* What records are ranked or grouped by; `what` is the word for it. */
static uint32_t bind_ordered(co_binder *binder, const co_scope *scope, const co_node *node, const char *word,
                             const char *what)
{
    const uint32_t id = co_bind_value(binder, scope, node);
    const co_vtype type = co_vstep_of(binder, id)->type;

    if (!co_bind_failed(binder) && (type == CO_V_SET || type == CO_V_POINT))
        co_bind_fail(binder, COHORT_TYPE, node->position, "%s cannot %s %s", word, what,
                     co_type_text(co_vstep_of(binder, id)));
    return id;
}

static uint32_t bind_ranking(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_node *const *child = node->children;
    co_ranking ranking = { .by = by_of(node),
                           .object = scope->rows_object,
                           .n_per = node->n_per,
                           .bottom = node->bottom,
                           .percent = node->percent,
                           .with_ties = node->with_ties,
                           .n = co_wide_of(node->count) };
    uint32_t *per = co_bind_new(binder, (size_t)node->n_per + 1, sizeof *per);

    if (node->kind == CO_NODE_TOP) {
        ranking.n = (*child)->digits;
        ranking.scale = (*child++)->scale;
    }
    ranking.value = co_vstep_to_key(binder, bind_ordered(binder, scope, *child++, word_of(node), "rank by"));
    ranking.among = node->has_among ? co_bind_condition(binder, scope, *child++).t
                                    : co_step_rows(binder, scope->rows_object);
    for (uint32_t i = 0; i < node->n_per && !co_bind_failed(binder); i++)
        per[i] = bind_ordered(binder, scope, child[i], word_of(node), "group by");
    ranking.per = per;
    return co_bind_failed(binder) ? CO_NO_STEP : co_ranking_intern(binder, &ranking);
}

uint32_t co_bind_ranked(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_vstep vstep = { .kind = CO_VS_RANKED,
                       .type = CO_V_EXACT,
                       .object = scope->rows_object,
                       .true_step = CO_NO_STEP,
                       .false_step = CO_NO_STEP };

    if (node->kind == CO_NODE_TOP)
        vstep.type = CO_V_BOOL;
    if (node->kind == CO_NODE_PERCENT_RANK)
        vstep.type = CO_V_DOUBLE;
    vstep.ranking = bind_ranking(binder, scope, node);
    return co_bind_failed(binder) ? CO_NO_STEP : co_vstep_intern(binder, &vstep);
}

co_pair co_leaf_top(co_binder *binder, const co_scope *scope, const co_node *node)
{
    return co_plan_bool(binder, scope->rows_object, co_bind_ranked(binder, scope, node));
}

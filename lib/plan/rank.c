/*
 * Ranks: TOP, BOTTOM, NTILE, RANK and PERCENT_RANK.
 */
#include <string.h>

#include "plan/binder.h"

static bool same_ids(const uint32_t *a, const uint32_t *b, uint32_t n)
{
    return n == 0 || memcmp(a, b, n * sizeof *a) == 0;
}

static bool same_ranking(const co_ranking *a, const co_ranking *b)
{
    return a->by == b->by && a->object == b->object && a->value == b->value && a->among == b->among &&
           a->n_per == b->n_per && a->bottom == b->bottom && a->percent == b->percent &&
           a->with_ties == b->with_ties && co_wide_compare(a->n, b->n) == 0 && a->scale == b->scale &&
           same_ids(a->per, b->per, a->n_per);
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

uint32_t co_bind_ranked(co_binder *binder, const co_scope *scope, const co_node *node)
{
    (void)scope;
    co_bind_fail(binder, COHORT_UNSUPPORTED, node->position, "ranks are not available in this version");
    return CO_NO_STEP;
}

co_pair co_leaf_top(co_binder *binder, const co_scope *scope, const co_node *node)
{
    (void)scope;
    co_bind_fail(binder, COHORT_UNSUPPORTED, node->position,
                 "TOP and BOTTOM are not available in this version");
    return (co_pair){ CO_NO_STEP, CO_NO_STEP };
}

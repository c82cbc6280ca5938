/*
 * Where conditions and values over related rows, ranks and chains are bound: on
 * the rows of the scope, or once per parent behind a path.
 *
 *     EXISTS(case)                     on the contact itself
 *     account.EXISTS(case)             a condition of accounts, via account
 *     account.COUNT(case) - 1          a value of accounts, FAR along account
 *     account.n_cases                  likewise, if the trait counts
 */
#include "plan/binder.h"

bool co_node_is_related(const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_COUNT_ROWS:
    case CO_NODE_AGGREGATE:
    case CO_NODE_EXISTS:
    case CO_NODE_EVERY:
    case CO_NODE_SEQUENCE:
    case CO_NODE_FUNNEL:
    case CO_NODE_NTILE:
    case CO_NODE_RANK:
    case CO_NODE_PERCENT_RANK:
    case CO_NODE_TOP:
        return true;
    default:
        return false;
    }
}

/* ---- where ---- */

bool co_bind_site(co_binder *binder, const co_scope *scope, const co_node *node, co_site *site)
{
    site->scope = *scope;
    if (!co_resolve_path(binder, scope, node, &site->way))
        return false;
    if (site->way.n == 0 && scope->n_stripped == 0 && scope->prefix.n == 0)
        return true;
    site->scope.names_object = site->way.object;
    site->scope.rows_object = site->way.object;
    site->scope.n_stripped = 0;
    site->scope.prefix = (co_way){ 0, NULL, site->way.object };
    site->scope.outer = NULL;
    site->scope.objects_first = false;
    site->scope.complement = scope->policy;
    return true;
}

/* Ranks are of the whole object: nothing outside is seen. */
static co_scope alone(const co_scope *scope)
{
    co_scope result = *scope;

    result.outer = NULL;
    result.objects_first = false;
    result.is_recorded = false;
    result.complement = scope->policy;
    return result;
}

/* ---- conditions ---- */

static co_pair bind_condition(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const co_scope unseen = alone(scope);

    switch (node->kind) {
    case CO_NODE_EXISTS:
        return co_bind_exists(binder, scope, node);
    case CO_NODE_EVERY:
        return co_bind_every(binder, scope, node);
    case CO_NODE_TOP:
        return co_leaf_top(binder, &unseen, node);
    default: {
        const co_step step = { .kind = CO_STEP_TRUE,
                               .object = scope->rows_object,
                               .a = co_bind_chain(binder, scope, node),
                               .b = CO_NO_STEP };

        return co_pair_two_valued(binder, co_step_intern(binder, &step));
    }
    }
}

co_pair co_bind_related_condition(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_pair pair = { CO_NO_STEP, CO_NO_STEP };
    co_site site;

    if (!co_bind_site(binder, scope, node, &site))
        return pair;
    pair = bind_condition(binder, &site.scope, node);
    if (site.way.n > 0) {
        co_step_describe(binder, pair.t, node, false);
        co_step_describe(binder, pair.f, node, true);
    }
    return co_pair_via(binder, scope->rows_object, site.way, pair);
}

/* ---- values ---- */

static uint32_t bind_value(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const co_scope unseen = alone(scope);

    switch (node->kind) {
    case CO_NODE_COUNT_ROWS:
        return co_bind_count_rows(binder, scope, node);
    case CO_NODE_AGGREGATE:
        return co_bind_aggregate(binder, scope, node);
    case CO_NODE_FUNNEL:
        return co_bind_chain(binder, scope, node);
    default:
        return co_bind_ranked(binder, &unseen, node);
    }
}

uint32_t co_bind_related_value(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_site site;

    if (!co_bind_site(binder, scope, node, &site))
        return CO_NO_STEP;

    const uint32_t id = bind_value(binder, &site.scope, node);
    return co_vstep_far(binder, scope->rows_object, site.way, id);
}

uint32_t co_bind_related_count(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_site site;
    uint32_t id = CO_NO_STEP;

    if (!co_bind_site(binder, scope, node, &site))
        return CO_NO_STEP;
    if (node->kind == CO_NODE_TOP) {
        const co_scope unseen = alone(&site.scope);

        return co_bind_value(binder, &unseen, node->children[1]);
    }
    if (node->kind == CO_NODE_EXISTS || node->kind == CO_NODE_EVERY)
        id = co_bind_count_rows(binder, &site.scope, node);
    return id == CO_NO_STEP ? id : co_vstep_far(binder, scope->rows_object, site.way, id);
}

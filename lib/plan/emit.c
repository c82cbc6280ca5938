/*
 * The binder's steps as a plan: only those that are needed, by pass.
 *
 * A pass runs over one object. A step runs in the pass of what reads it, so the
 * steps of children at home run in their parent's; what VIA, FAR, links and
 * rankings read was kept by an earlier pass over the object it is of. The level
 * of a step is the longest chain of those below it, and a stage is an (object,
 * level): what becomes a pass. All results over one object share its highest
 * level. A step needed at two levels is in both, so that only what is kept is
 * read from another pass. Links and rankings are found out after the pass that keeps what they read.
 *
 * Always:  steps were made before what reads them, so levels and emitting walk
 *          that order forwards, needs backwards; nothing recurses.
 */
#include <string.h>

#include "plan/emit.h"

/* ---- levels ---- */

static void raise_level(co_emitter *emitter, const co_read *read, void *context)
{
    uint32_t *level = context;
    const uint32_t wanted = read->is_kept ? read->level + 1 : emitter->levels[read->index];

    *level = wanted > *level ? wanted : *level;
}

static void find_levels(co_emitter *emitter)
{
    for (uint32_t i = 0; i < emitter->binder->n_made; i++) {
        uint32_t level = 0;

        co_emit_visit(emitter, i, raise_level, &level);
        emitter->levels[i] = level;
    }
}

/* ---- stages ---- */

uint32_t co_emit_stage(co_emitter *emitter, uint32_t object, uint32_t level)
{
    co_binder *binder = emitter->binder;

    for (uint32_t i = 0; i < emitter->n_stages; i++) {
        if (emitter->stages[i].object == object && emitter->stages[i].level == level)
            return i;
    }

    const co_stage stage = { object, level, co_bind_new(binder, binder->n_made + 1, 1),
                             co_bind_new(binder, binder->n_made + 1, sizeof(uint32_t)) };

    if (!co_bind_failed(binder) &&
        !co_memory_grow(binder->memory, (void **)&emitter->stages, &emitter->stages_capacity,
                        emitter->n_stages + 1, sizeof *emitter->stages))
        co_bind_no_memory(binder);
    if (co_bind_failed(binder))
        return CO_NO_STEP;
    emitter->stages[emitter->n_stages] = stage;
    return (uint32_t)emitter->n_stages++;
}

static void need(co_emitter *emitter, uint32_t stage, uint32_t index, unsigned char how)
{
    if (stage != CO_NO_STEP && index != CO_NO_STEP)
        emitter->stages[stage].needed[index] |= how;
}

static void need_read(co_emitter *emitter, const co_read *read, void *context)
{
    if (read->link != CO_NO_STEP)
        emitter->needs_link[read->link] = true;
    if (read->ranking != CO_NO_STEP)
        emitter->needs_ranking[read->ranking] = true;
    if (read->is_kept)
        need(emitter, co_emit_stage(emitter, read->object, read->level), read->index, CO_NEEDED | CO_KEPT);
    else
        need(emitter, *(uint32_t *)context, read->index, CO_NEEDED);
}

/* From what is needed to all that it reads, in this stage and in earlier ones. */
static void spread_needs(co_emitter *emitter, uint32_t stage)
{
    for (uint32_t i = (uint32_t)emitter->binder->n_made; i-- > 0 && !co_bind_failed(emitter->binder);) {
        if (emitter->stages[stage].needed[i] != 0)
            co_emit_visit(emitter, i, need_read, &stage);
    }
}

static void sort_stages(co_emitter *emitter)
{
    for (size_t i = 1; i < emitter->n_stages; i++) {
        const co_stage moved = emitter->stages[i];
        size_t at = i;

        for (; at > 0 && emitter->stages[at - 1].level > moved.level; at--)
            emitter->stages[at] = emitter->stages[at - 1];
        emitter->stages[at] = moved;
    }
}

/* ---- emitting ---- */

/* Cheap and selective first in an AND; cheap and wide first in an OR. */
static double rank_of(const co_step *step, co_step_kind kind, uint64_t n_rows)
{
    const double share = n_rows == 0 ? 0.5 : (double)step->n_estimated / (double)n_rows;
    const double gain = kind == CO_STEP_AND ? 1.0 - share : share;

    return (double)step->cost / (gain > 0.001 ? gain : 0.001);
}

static void order_inputs(const co_emitter *emitter, const co_step *step, uint32_t *inputs)
{
    const uint64_t n_rows = co_version_n_live(emitter->binder->version, step->object);

    for (uint32_t gap = step->n_inputs / 2; gap > 0; gap /= 2) {
        for (uint32_t i = gap; i < step->n_inputs; i++) {
            const uint32_t moved = inputs[i];
            const double rank = rank_of(&emitter->steps[moved], step->kind, n_rows);
            uint32_t at = i;

            for (; at >= gap && rank_of(&emitter->steps[inputs[at - gap]], step->kind, n_rows) > rank;
                 at -= gap)
                inputs[at] = inputs[at - gap];
            inputs[at] = moved;
        }
    }
}

/* Both sets of a test, once the second of them is emitted in a stage, know each other. */
static void join_twins(co_emitter *emitter, uint32_t stage, uint32_t index)
{
    const co_stage *described = &emitter->stages[stage];
    const uint32_t id = described->emitted[index];
    const uint32_t other = co_step_twin(emitter->binder, emitter->binder->made[index] / 2);
    const uint32_t at = other == CO_NO_STEP ? CO_NO_STEP : emitter->step_at[other];

    emitter->steps[id].twin = CO_NO_STEP;
    if (at == CO_NO_STEP || at >= index || described->needed[at] == 0)
        return;
    emitter->steps[id].twin = described->emitted[at];
    emitter->steps[described->emitted[at]].twin = id;
}

static void emit_step(co_emitter *emitter, uint32_t stage, uint32_t index)
{
    co_binder *binder = emitter->binder;
    co_step step = binder->steps[binder->made[index] / 2];

    co_emit_remap_step(emitter, stage, &step);
    if (co_bind_failed(binder) ||
        !co_memory_grow(binder->memory, (void **)&emitter->steps, &emitter->steps_capacity,
                        emitter->n_steps + 1, sizeof *emitter->steps)) {
        co_bind_no_memory(binder);
        return;
    }
    if (step.kind == CO_STEP_AND || step.kind == CO_STEP_OR)
        order_inputs(emitter, &step, (uint32_t *)step.inputs);
    step.pass = stage;
    step.n_users = 0;
    emitter->stages[stage].emitted[index] = emitter->n_steps;
    emitter->steps[emitter->n_steps++] = step;
    join_twins(emitter, stage, index);
}

static void emit_value(co_emitter *emitter, uint32_t stage, uint32_t index)
{
    co_binder *binder = emitter->binder;
    co_vstep vstep = binder->vsteps[binder->made[index] / 2];

    co_emit_remap_value(emitter, stage, &vstep);
    if (co_bind_failed(binder) ||
        !co_memory_grow(binder->memory, (void **)&emitter->vsteps, &emitter->vsteps_capacity,
                        emitter->n_vsteps + 1, sizeof *emitter->vsteps)) {
        co_bind_no_memory(binder);
        return;
    }
    emitter->stages[stage].emitted[index] = emitter->n_vsteps;
    emitter->vsteps[emitter->n_vsteps++] = vstep;
}

/* Ids of what a stage keeps: sets, or values. */
static uint32_t *list_kept(co_emitter *emitter, uint32_t stage, uint32_t is_value, uint32_t *n)
{
    co_binder *binder = emitter->binder;
    const co_stage *described = &emitter->stages[stage];
    uint32_t *kept = co_bind_new(binder, binder->n_made + 1, sizeof *kept);

    *n = 0;
    for (uint32_t i = 0; kept != NULL && i < binder->n_made; i++) {
        if ((described->needed[i] & CO_KEPT) != 0 && binder->made[i] % 2 == is_value)
            kept[(*n)++] = described->emitted[i];
    }
    return kept;
}

/* The links that can be found out after a stage, which is emitted. */
static void emit_links(co_emitter *emitter, uint32_t stage, co_pass *pass)
{
    co_binder *binder = emitter->binder;
    const co_stage *described = &emitter->stages[stage];
    uint32_t *ids = co_bind_new(binder, binder->n_links + 1, sizeof *ids);

    for (uint32_t i = 0; ids != NULL && i < binder->n_links; i++) {
        co_link link = binder->links[i];

        if (!emitter->needs_link[i] || link.child != described->object ||
            co_emit_link_level(emitter, i) != described->level)
            continue;
        link.rows = co_emitted_step(emitter, stage, link.rows);
        emitter->links[i] = binder->plan->n_links;
        ids[pass->n_links++] = binder->plan->n_links;
        binder->plan->links[binder->plan->n_links++] = link;
    }
    pass->links = ids;
}

static void emit_ranking(co_emitter *emitter, uint32_t stage, co_ranking *ranking)
{
    uint32_t *per = co_bind_new(emitter->binder, (size_t)ranking->n_per + 1, sizeof *per);

    for (uint32_t i = 0; per != NULL && i < ranking->n_per; i++)
        per[i] = co_emitted_value(emitter, stage, ranking->per[i]);
    ranking->per = per;
    ranking->value = co_emitted_value(emitter, stage, ranking->value);
    ranking->among = co_emitted_step(emitter, stage, ranking->among);
}

static void emit_rankings(co_emitter *emitter, uint32_t stage, co_pass *pass)
{
    co_binder *binder = emitter->binder;
    const co_stage *described = &emitter->stages[stage];
    uint32_t *ids = co_bind_new(binder, binder->n_rankings + 1, sizeof *ids);

    for (uint32_t i = 0; ids != NULL && i < binder->n_rankings; i++) {
        co_ranking ranking = binder->rankings[i];

        if (!emitter->needs_ranking[i] || ranking.object != described->object ||
            co_emit_ranking_level(emitter, i) != described->level)
            continue;
        emit_ranking(emitter, stage, &ranking);
        emitter->rankings[i] = binder->plan->n_rankings;
        ids[pass->n_rankings++] = binder->plan->n_rankings;
        binder->plan->rankings[binder->plan->n_rankings++] = ranking;
    }
    pass->rankings = ids;
}

static void emit_stage(co_emitter *emitter, uint32_t stage, co_pass *pass)
{
    co_binder *binder = emitter->binder;
    const co_stage *described = &emitter->stages[stage];

    for (uint32_t i = 0; i < binder->n_made && !co_bind_failed(binder); i++) {
        if (described->needed[i] == 0)
            continue;
        if (binder->made[i] % 2 == 0)
            emit_step(emitter, stage, i);
        else
            emit_value(emitter, stage, i);
    }
    *pass = (co_pass){ .object = described->object };
    pass->kept = list_kept(emitter, stage, 0, &pass->n_kept);
    pass->kept_values = list_kept(emitter, stage, 1, &pass->n_kept_values);
    if (!co_bind_failed(binder))
        emit_links(emitter, stage, pass);
    if (!co_bind_failed(binder))
        emit_rankings(emitter, stage, pass);
}

/* ---- results and nodes ---- */

static void raise_by_step(const co_emitter *emitter, uint32_t id, uint32_t *level)
{
    if (id != CO_NO_STEP && emitter->levels[emitter->step_at[id]] > *level)
        *level = emitter->levels[emitter->step_at[id]];
}

static void raise_by_value(const co_emitter *emitter, uint32_t id, uint32_t *level)
{
    if (id != CO_NO_STEP && emitter->levels[emitter->value_at[id]] > *level)
        *level = emitter->levels[emitter->value_at[id]];
}

/* Of the results and nodes over one object. */
static uint32_t highest_level(const co_emitter *emitter, const co_plan_result *results, uint32_t n_results,
                              const uint32_t *objects, uint32_t object)
{
    const co_binder *binder = emitter->binder;
    uint32_t highest = 0;

    for (uint32_t i = 0; i < n_results; i++) {
        if (objects[i] != object)
            continue;
        raise_by_step(emitter, results[i].true_step, &highest);
        raise_by_step(emitter, results[i].false_step, &highest);
        raise_by_value(emitter, results[i].value, &highest);
    }
    for (size_t i = 0; i < binder->n_nodes; i++) {
        const co_plan_node *node = &binder->nodes[i];

        if (node->object != object)
            continue;
        raise_by_step(emitter, node->true_step, &highest);
        raise_by_step(emitter, node->false_step, &highest);
        raise_by_value(emitter, node->seen, &highest);
    }
    return highest;
}

static void need_step(co_emitter *emitter, uint32_t stage, uint32_t id)
{
    if (id != CO_NO_STEP)
        need(emitter, stage, emitter->step_at[id], CO_NEEDED | CO_KEPT);
}

static void need_value(co_emitter *emitter, uint32_t stage, uint32_t id)
{
    if (id != CO_NO_STEP)
        need(emitter, stage, emitter->value_at[id], CO_NEEDED);
}

/* The stage of each object, CO_NO_STEP for one without results and nodes. */
static uint32_t *need_results(co_emitter *emitter, const co_plan_result *results, uint32_t n_results,
                              const uint32_t *objects)
{
    co_binder *binder = emitter->binder;
    const uint32_t n_objects = co_schema_n_objects(binder->schema);
    uint32_t *stages = co_bind_new(binder, (size_t)n_objects + 1, sizeof *stages);

    for (uint32_t i = 0; stages != NULL && i < n_objects; i++)
        stages[i] = CO_NO_STEP;
    for (uint32_t i = 0; i < n_results && !co_bind_failed(binder); i++) {
        uint32_t *stage = &stages[objects[i]];

        if (*stage == CO_NO_STEP)
            *stage = co_emit_stage(emitter, objects[i],
                                   highest_level(emitter, results, n_results, objects, objects[i]));
        need_step(emitter, *stage, results[i].true_step);
        need_step(emitter, *stage, results[i].false_step);
        need_value(emitter, *stage, results[i].value);
    }
    for (size_t i = 0; i < binder->n_nodes && !co_bind_failed(binder); i++) {
        const co_plan_node *node = &binder->nodes[i];
        uint32_t *stage = &stages[node->object];

        if (*stage == CO_NO_STEP) /* child rows, for lint */
            *stage = co_emit_stage(emitter, node->object,
                                   highest_level(emitter, results, n_results, objects, node->object));
        need_step(emitter, *stage, node->true_step);
        need_step(emitter, *stage, node->false_step);
        need_value(emitter, *stage, node->seen);
    }
    return stages;
}

static void fill_results(co_emitter *emitter, co_plan_result *results, uint32_t n_results,
                         const uint32_t *objects, const uint32_t *stages)
{
    co_binder *binder = emitter->binder;

    for (uint32_t i = 0; i < n_results; i++) {
        co_plan_result *result = &results[i];

        result->true_step = co_emitted_step(emitter, stages[objects[i]], result->true_step);
        result->false_step = co_emitted_step(emitter, stages[objects[i]], result->false_step);
        result->value = co_emitted_value(emitter, stages[objects[i]], result->value);
        co_emit_use(emitter, result->true_step);
        co_emit_use(emitter, result->false_step);
    }
    for (size_t i = 0; i < binder->n_nodes; i++) {
        co_plan_node *node = &binder->nodes[i];

        node->true_step = co_emitted_step(emitter, stages[node->object], node->true_step);
        node->false_step = co_emitted_step(emitter, stages[node->object], node->false_step);
        node->seen = co_emitted_value(emitter, stages[node->object], node->seen);
    }
}

/* ---- all ---- */

static void *keep(co_binder *binder, const void *items, size_t n, size_t size)
{
    void *copy = co_bind_new(binder, n + 1, size);

    if (copy != NULL && n > 0)
        memcpy(copy, items, n * size);
    return copy;
}

static void fill_plan(co_emitter *emitter)
{
    co_binder *binder = emitter->binder;
    co_plan *plan = binder->plan;

    plan->steps = keep(binder, emitter->steps, emitter->n_steps, sizeof *emitter->steps);
    plan->vsteps = keep(binder, emitter->vsteps, emitter->n_vsteps, sizeof *emitter->vsteps);
    plan->nodes = keep(binder, binder->nodes, binder->n_nodes, sizeof *binder->nodes);
    plan->n_steps = emitter->n_steps;
    plan->n_vsteps = emitter->n_vsteps;
    plan->n_nodes = (uint32_t)binder->n_nodes;
    if (!co_bind_failed(binder))
        co_plan_widths(binder);
}

static bool prepare(co_emitter *emitter)
{
    co_binder *binder = emitter->binder;

    emitter->levels = co_bind_new(binder, binder->n_made + 1, sizeof *emitter->levels);
    emitter->step_at = co_bind_new(binder, binder->n_steps + 1, sizeof *emitter->step_at);
    emitter->value_at = co_bind_new(binder, binder->n_vsteps + 1, sizeof *emitter->value_at);
    emitter->links = co_bind_new(binder, binder->n_links + 1, sizeof *emitter->links);
    emitter->rankings = co_bind_new(binder, binder->n_rankings + 1, sizeof *emitter->rankings);
    emitter->needs_link = co_bind_new(binder, binder->n_links + 1, sizeof *emitter->needs_link);
    emitter->needs_ranking = co_bind_new(binder, binder->n_rankings + 1, sizeof *emitter->needs_ranking);
    binder->plan->links = co_bind_new(binder, binder->n_links + 1, sizeof *binder->plan->links);
    binder->plan->rankings = co_bind_new(binder, binder->n_rankings + 1, sizeof *binder->plan->rankings);
    for (uint32_t i = 0; i < binder->n_made && !co_bind_failed(binder); i++) {
        uint32_t *at = binder->made[i] % 2 == 0 ? emitter->step_at : emitter->value_at;

        at[binder->made[i] / 2] = i;
    }
    return !co_bind_failed(binder);
}

/* A stage's needs come from higher levels only, which are walked first. */
static void spread_all_needs(co_emitter *emitter)
{
    uint32_t highest = 0;

    for (size_t i = 0; i < emitter->n_stages; i++)
        highest = emitter->stages[i].level > highest ? emitter->stages[i].level : highest;
    for (uint32_t level = highest + 1; level-- > 0;) {
        for (uint32_t i = 0; i < emitter->n_stages; i++) {
            if (emitter->stages[i].level == level)
                spread_needs(emitter, i);
        }
    }
}

void co_emit(co_binder *binder, co_plan_result *results, uint32_t n_results, const uint32_t *objects)
{
    co_emitter emitter = { .binder = binder };
    co_plan *plan = binder->plan;

    if (!prepare(&emitter))
        return;
    find_levels(&emitter);
    (void)need_results(&emitter, results, n_results, objects);
    spread_all_needs(&emitter);
    sort_stages(&emitter);

    const uint32_t *stages = need_results(&emitter, results, n_results, objects);

    plan->passes = co_bind_new(binder, emitter.n_stages + 1, sizeof *plan->passes);
    for (uint32_t i = 0; i < emitter.n_stages && !co_bind_failed(binder); i++)
        emit_stage(&emitter, i, &plan->passes[plan->n_passes++]);
    if (!co_bind_failed(binder)) {
        fill_results(&emitter, results, n_results, objects, stages);
        fill_plan(&emitter);
    }
    co_memory_free(binder->memory, emitter.stages, emitter.stages_capacity * sizeof *emitter.stages);
    co_memory_free(binder->memory, emitter.steps, emitter.steps_capacity * sizeof *emitter.steps);
    co_memory_free(binder->memory, emitter.vsteps, emitter.vsteps_capacity * sizeof *emitter.vsteps);
}

/*
 * The binder's steps as a plan: only those that are needed, by pass.
 *
 * A pass runs over one object. A step runs in the pass of what reads it; what
 * a VIA reads runs in an earlier pass over the parent. The level of a step is
 * the longest chain of VIAs below it, and a stage is an (object, level): what
 * becomes a pass. All results over one object share its highest level. A step
 * needed at two levels is in both, so that within a pass only VIA reads another.
 *
 * Always:  steps were made before what reads them, so levels and emitting walk
 *          that order forwards, needs backwards; nothing recurses.
 */
#include <string.h>

#include "plan/binder.h"

typedef struct co_stage {
    uint32_t object;
    uint32_t level;
    unsigned char *needed; /* by what was made: NEEDED, KEPT */
    uint32_t *emitted;     /* by what was made: the plan's id */
} co_stage;

enum { NEEDED = 1, KEPT = 2 };

typedef struct co_emitter {
    co_binder *binder;
    uint32_t *levels;  /* by what was made */
    uint32_t *step_at; /* binder's id → index in made */
    uint32_t *value_at;
    co_stage *stages;
    size_t n_stages, stages_capacity;
    uint32_t n_steps, n_vsteps; /* of the plan */
    size_t steps_capacity, vsteps_capacity;
    co_step *steps;
    co_vstep *vsteps;
} co_emitter;

/* ---- what a step or value step reads ---- */

typedef void (*co_visit)(co_emitter *emitter, uint32_t index, void *context);

static void visit_step(co_emitter *emitter, uint32_t id, co_visit visit, void *context)
{
    if (id != CO_NO_STEP)
        visit(emitter, emitter->step_at[id], context);
}

static void visit_value(co_emitter *emitter, uint32_t id, co_visit visit, void *context)
{
    if (id != CO_NO_STEP)
        visit(emitter, emitter->value_at[id], context);
}

/* All that made[index] reads in its own pass. */
static void visit_reads(co_emitter *emitter, uint32_t index, co_visit visit, void *context)
{
    const co_binder *binder = emitter->binder;
    const uint32_t id = binder->made[index] / 2;

    if (binder->made[index] % 2 == 0) {
        const co_step *step = &binder->steps[id];

        for (uint32_t i = 0; i < step->n_inputs && step->kind != CO_STEP_VIA; i++)
            visit_step(emitter, step->inputs[i], visit, context);
        visit_value(emitter, step->a, visit, context);
        visit_value(emitter, step->b, visit, context);
        return;
    }

    const co_vstep *vstep = &binder->vsteps[id];

    for (uint32_t i = 0; i < vstep->n_operands; i++)
        visit_value(emitter, vstep->operands[i], visit, context);
    for (uint32_t i = 0; i < vstep->n_conditions; i++)
        visit_step(emitter, vstep->conditions[i], visit, context);
    if (vstep->kind == CO_VS_CONDITION) {
        visit_step(emitter, vstep->true_step, visit, context);
        visit_step(emitter, vstep->false_step, visit, context);
    }
}

/* The step that a VIA maps, as an index in made; or CO_NO_STEP. */
static uint32_t mapped_by(const co_emitter *emitter, uint32_t index)
{
    const co_binder *binder = emitter->binder;
    const co_step *step = binder->made[index] % 2 == 0 ? &binder->steps[binder->made[index] / 2] : NULL;

    return step != NULL && step->kind == CO_STEP_VIA ? emitter->step_at[step->inputs[0]] : CO_NO_STEP;
}

/* ---- levels ---- */

static void raise_level(co_emitter *emitter, uint32_t index, void *context)
{
    uint32_t *level = context;

    if (emitter->levels[index] > *level)
        *level = emitter->levels[index];
}

static void find_levels(co_emitter *emitter)
{
    for (uint32_t i = 0; i < emitter->binder->n_made; i++) {
        const uint32_t mapped = mapped_by(emitter, i);
        uint32_t level = mapped == CO_NO_STEP ? 0 : emitter->levels[mapped] + 1;

        visit_reads(emitter, i, raise_level, &level);
        emitter->levels[i] = level;
    }
}

/* ---- stages ---- */

static uint32_t stage_of(co_emitter *emitter, uint32_t object, uint32_t level)
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

static void need_read(co_emitter *emitter, uint32_t index, void *context)
{
    need(emitter, *(uint32_t *)context, index, NEEDED);
}

/* From what is needed to all that it reads, in this stage and in earlier ones. */
static void spread_needs(co_emitter *emitter, uint32_t stage)
{
    const co_binder *binder = emitter->binder;

    for (uint32_t i = (uint32_t)binder->n_made; i-- > 0 && !co_bind_failed(binder);) {
        if (emitter->stages[stage].needed[i] == 0)
            continue;

        const uint32_t mapped = mapped_by(emitter, i);

        visit_reads(emitter, i, need_read, &stage);
        if (mapped != CO_NO_STEP)
            need(emitter,
                 stage_of(emitter, binder->steps[binder->made[mapped] / 2].object, emitter->levels[mapped]),
                 mapped, NEEDED | KEPT);
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

static uint32_t emitted_step(const co_emitter *emitter, uint32_t stage, uint32_t id)
{
    return id == CO_NO_STEP ? CO_NO_STEP : emitter->stages[stage].emitted[emitter->step_at[id]];
}

static uint32_t emitted_value(const co_emitter *emitter, uint32_t stage, uint32_t id)
{
    return id == CO_NO_STEP ? CO_NO_STEP : emitter->stages[stage].emitted[emitter->value_at[id]];
}

static void use(co_emitter *emitter, uint32_t id)
{
    if (id != CO_NO_STEP)
        emitter->steps[id].n_users++;
}

static uint32_t *used_steps(co_emitter *emitter, uint32_t stage, const uint32_t *ids, uint32_t n)
{
    uint32_t *copy = co_bind_new(emitter->binder, (size_t)n + 1, sizeof *copy);

    for (uint32_t i = 0; copy != NULL && i < n; i++) {
        copy[i] = emitted_step(emitter, stage, ids[i]);
        use(emitter, copy[i]);
    }
    return copy;
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
    uint32_t inputs_stage = stage;

    if (step.kind == CO_STEP_VIA)
        inputs_stage = stage_of(emitter, step.way.object, emitter->levels[mapped_by(emitter, index)]);

    uint32_t *inputs = used_steps(emitter, inputs_stage, step.inputs, step.n_inputs);

    if (co_bind_failed(binder) ||
        !co_memory_grow(binder->memory, (void **)&emitter->steps, &emitter->steps_capacity,
                        emitter->n_steps + 1, sizeof *emitter->steps)) {
        co_bind_no_memory(binder);
        return;
    }
    if (step.kind == CO_STEP_AND || step.kind == CO_STEP_OR)
        order_inputs(emitter, &step, inputs);
    step.inputs = inputs;
    step.a = emitted_value(emitter, stage, step.a);
    step.b = emitted_value(emitter, stage, step.b);
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
    uint32_t *operands = co_bind_new(binder, (size_t)vstep.n_operands + 1, sizeof *operands);

    vstep.conditions = used_steps(emitter, stage, vstep.conditions, vstep.n_conditions);
    if (co_bind_failed(binder) ||
        !co_memory_grow(binder->memory, (void **)&emitter->vsteps, &emitter->vsteps_capacity,
                        emitter->n_vsteps + 1, sizeof *emitter->vsteps)) {
        co_bind_no_memory(binder);
        return;
    }
    for (uint32_t i = 0; i < vstep.n_operands; i++)
        operands[i] = emitted_value(emitter, stage, vstep.operands[i]);
    vstep.operands = operands;
    if (vstep.kind == CO_VS_CONDITION) {
        vstep.true_step = emitted_step(emitter, stage, vstep.true_step);
        vstep.false_step = emitted_step(emitter, stage, vstep.false_step);
        use(emitter, vstep.true_step);
        use(emitter, vstep.false_step);
    }
    emitter->stages[stage].emitted[index] = emitter->n_vsteps;
    emitter->vsteps[emitter->n_vsteps++] = vstep;
}

static void emit_stage(co_emitter *emitter, uint32_t stage, co_pass *pass)
{
    co_binder *binder = emitter->binder;
    const co_stage *described = &emitter->stages[stage];
    uint32_t n_kept = 0;

    for (uint32_t i = 0; i < binder->n_made && !co_bind_failed(binder); i++) {
        if (described->needed[i] == 0)
            continue;
        if (binder->made[i] % 2 == 0)
            emit_step(emitter, stage, i);
        else
            emit_value(emitter, stage, i);
        n_kept += (described->needed[i] & KEPT) != 0;
    }

    uint32_t *kept = co_bind_new(binder, (size_t)n_kept + 1, sizeof *kept);

    *pass = (co_pass){ .object = described->object, .kept = kept };
    for (uint32_t i = 0; i < binder->n_made && !co_bind_failed(binder); i++) {
        if ((described->needed[i] & KEPT) != 0)
            kept[pass->n_kept++] = described->emitted[i];
    }
}

/* ---- results and nodes ---- */

/* Of the results and nodes over one object. */
static uint32_t highest_level(co_emitter *emitter, const co_plan_result *results, uint32_t n_results,
                              const uint32_t *objects, uint32_t object)
{
    const co_binder *binder = emitter->binder;
    uint32_t highest = 0;

    for (uint32_t i = 0; i < n_results; i++) {
        if (objects[i] != object)
            continue;
        visit_step(emitter, results[i].true_step, raise_level, &highest);
        visit_step(emitter, results[i].false_step, raise_level, &highest);
        visit_value(emitter, results[i].value, raise_level, &highest);
    }
    for (size_t i = 0; i < binder->n_nodes; i++) {
        const co_plan_node *node = &binder->nodes[i];

        if (node->object != object)
            continue;
        visit_step(emitter, node->true_step, raise_level, &highest);
        visit_step(emitter, node->false_step, raise_level, &highest);
        visit_value(emitter, node->seen, raise_level, &highest);
    }
    return highest;
}

static void need_kept(co_emitter *emitter, uint32_t index, void *context)
{
    need(emitter, *(uint32_t *)context, index, NEEDED | KEPT);
}

/* The stage of each object, CO_NO_STEP for one without results. */
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
            *stage = stage_of(emitter, objects[i],
                              highest_level(emitter, results, n_results, objects, objects[i]));
        visit_step(emitter, results[i].true_step, need_kept, stage);
        visit_step(emitter, results[i].false_step, need_kept, stage);
        visit_value(emitter, results[i].value, need_read, stage);
    }
    for (size_t i = 0; i < binder->n_nodes && !co_bind_failed(binder); i++) {
        const co_plan_node *node = &binder->nodes[i];

        visit_step(emitter, node->true_step, need_kept, &stages[node->object]);
        visit_step(emitter, node->false_step, need_kept, &stages[node->object]);
        visit_value(emitter, node->seen, need_read, &stages[node->object]);
    }
    return stages;
}

static void fill_results(co_emitter *emitter, co_plan_result *results, uint32_t n_results,
                         const uint32_t *objects, const uint32_t *stages)
{
    co_binder *binder = emitter->binder;

    for (uint32_t i = 0; i < n_results; i++) {
        co_plan_result *result = &results[i];

        result->true_step = emitted_step(emitter, stages[objects[i]], result->true_step);
        result->false_step = emitted_step(emitter, stages[objects[i]], result->false_step);
        result->value = emitted_value(emitter, stages[objects[i]], result->value);
        use(emitter, result->true_step);
        use(emitter, result->false_step);
    }
    for (size_t i = 0; i < binder->n_nodes; i++) {
        co_plan_node *node = &binder->nodes[i];

        node->true_step = emitted_step(emitter, stages[node->object], node->true_step);
        node->false_step = emitted_step(emitter, stages[node->object], node->false_step);
        node->seen = emitted_value(emitter, stages[node->object], node->seen);
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

/*
 * What each step and value step reads, and the same in the plan's ids.
 *
 *     same pass     inputs, operands, conditions; of children at home their rows and values
 *     kept before   what VIA and FAR map; rows and values of linked children; what a ranking ranks
 */
#include "plan/emit.h"

typedef struct visiting {
    co_emitter *emitter;
    co_visit *visit;
    void *context;
} visiting;

static uint32_t greater(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* ---- levels of what is found out between passes ---- */

static uint32_t level_of_step(const co_emitter *emitter, uint32_t id)
{
    return emitter->levels[emitter->step_at[id]];
}

static uint32_t level_of_value(const co_emitter *emitter, uint32_t id)
{
    return emitter->levels[emitter->value_at[id]];
}

uint32_t co_emit_link_level(const co_emitter *emitter, uint32_t link)
{
    return level_of_step(emitter, emitter->binder->links[link].rows);
}

/* A value of linked rows is kept no earlier than they are. */
static uint32_t linked_level(const co_emitter *emitter, uint32_t link, uint32_t value)
{
    return greater(level_of_value(emitter, value), co_emit_link_level(emitter, link));
}

uint32_t co_emit_ranking_level(const co_emitter *emitter, uint32_t ranking)
{
    const co_ranking *described = &emitter->binder->rankings[ranking];
    uint32_t level =
        greater(level_of_value(emitter, described->value), level_of_step(emitter, described->among));

    for (uint32_t i = 0; i < described->n_per; i++)
        level = greater(level, level_of_value(emitter, described->per[i]));
    return level;
}

/* ---- visiting ---- */

static void visit_here(const visiting *v, const uint32_t *at, uint32_t id)
{
    if (id == CO_NO_STEP)
        return;

    const co_read read = { .index = at[id], .link = CO_NO_STEP, .ranking = CO_NO_STEP };

    v->visit(v->emitter, &read, v->context);
}

static void visit_step(const visiting *v, uint32_t id)
{
    visit_here(v, v->emitter->step_at, id);
}

static void visit_value(const visiting *v, uint32_t id)
{
    visit_here(v, v->emitter->value_at, id);
}

static void visit_kept(const visiting *v, co_read read)
{
    read.is_kept = true;
    v->visit(v->emitter, &read, v->context);
}

/* A set of a child's rows, and n values of them. */
static void visit_relation(const visiting *v, const co_relation *relation, uint32_t rows,
                           const uint32_t *values, uint32_t n)
{
    const co_emitter *emitter = v->emitter;
    const uint32_t link = relation->link;
    co_read read = { .object = relation->child, .link = link, .ranking = CO_NO_STEP };

    if (link == CO_NO_STEP) {
        visit_step(v, rows);
        for (uint32_t i = 0; i < n; i++)
            visit_value(v, values[i]);
        return;
    }
    read.index = emitter->step_at[rows];
    read.level = co_emit_link_level(emitter, link);
    visit_kept(v, read);
    for (uint32_t i = 0; i < n; i++) {
        read.index = emitter->value_at[values[i]];
        read.level = linked_level(emitter, link, values[i]);
        visit_kept(v, read);
    }
}

static void visit_ranking(const visiting *v, uint32_t ranking)
{
    const co_emitter *emitter = v->emitter;
    const co_ranking *described = &emitter->binder->rankings[ranking];
    co_read read = { .object = described->object,
                     .level = co_emit_ranking_level(emitter, ranking),
                     .link = CO_NO_STEP,
                     .ranking = ranking };

    read.index = emitter->step_at[described->among];
    visit_kept(v, read);
    read.index = emitter->value_at[described->value];
    visit_kept(v, read);
    for (uint32_t i = 0; i < described->n_per; i++) {
        read.index = emitter->value_at[described->per[i]];
        visit_kept(v, read);
    }
}

static void visit_reads_of_step(const visiting *v, const co_step *step)
{
    visit_value(v, step->a);
    visit_value(v, step->b);
    if (step->kind == CO_STEP_REACHED) {
        visit_relation(v, &step->relation, step->inputs[0], NULL, 0);
        return;
    }
    if (step->kind == CO_STEP_VIA) {
        visit_kept(v, (co_read){ .index = v->emitter->step_at[step->inputs[0]],
                                 .object = step->way.object,
                                 .level = level_of_step(v->emitter, step->inputs[0]),
                                 .link = CO_NO_STEP,
                                 .ranking = CO_NO_STEP });
        return;
    }
    for (uint32_t i = 0; i < step->n_inputs; i++)
        visit_step(v, step->inputs[i]);
}

static void visit_reads_of_value(const visiting *v, const co_vstep *vstep)
{
    switch (vstep->kind) {
    case CO_VS_FOLD:
        visit_relation(v, &vstep->relation, vstep->true_step, vstep->operands, vstep->n_operands);
        return;
    case CO_VS_CHAIN:
        for (uint32_t i = 0; i < vstep->chain->n_steps; i++) {
            const co_chain_step *step = &vstep->chain->steps[i];

            visit_relation(v, &step->relation, step->rows, step->same, vstep->chain->n_same);
        }
        return;
    case CO_VS_RANKED:
        visit_ranking(v, vstep->ranking);
        return;
    case CO_VS_FAR:
        visit_kept(v, (co_read){ .index = v->emitter->value_at[vstep->operands[0]],
                                 .object = vstep->way.object,
                                 .level = level_of_value(v->emitter, vstep->operands[0]),
                                 .link = CO_NO_STEP,
                                 .ranking = CO_NO_STEP });
        return;
    case CO_VS_CONDITION:
        visit_step(v, vstep->true_step);
        visit_step(v, vstep->false_step);
        break;
    default:
        break;
    }
    for (uint32_t i = 0; i < vstep->n_operands; i++)
        visit_value(v, vstep->operands[i]);
    for (uint32_t i = 0; i < vstep->n_conditions; i++)
        visit_step(v, vstep->conditions[i]);
}

void co_emit_visit(co_emitter *emitter, uint32_t index, co_visit *visit, void *context)
{
    const co_binder *binder = emitter->binder;
    const visiting v = { emitter, visit, context };
    const uint32_t id = binder->made[index] / 2;

    if (binder->made[index] % 2 == 0)
        visit_reads_of_step(&v, &binder->steps[id]);
    else
        visit_reads_of_value(&v, &binder->vsteps[id]);
}

/* ---- in the plan's ids ---- */

uint32_t co_emitted_step(const co_emitter *emitter, uint32_t stage, uint32_t id)
{
    return id == CO_NO_STEP ? CO_NO_STEP : emitter->stages[stage].emitted[emitter->step_at[id]];
}

uint32_t co_emitted_value(const co_emitter *emitter, uint32_t stage, uint32_t id)
{
    return id == CO_NO_STEP ? CO_NO_STEP : emitter->stages[stage].emitted[emitter->value_at[id]];
}

void co_emit_use(co_emitter *emitter, uint32_t id)
{
    if (id != CO_NO_STEP)
        emitter->steps[id].n_users++;
}

static uint32_t used_step(co_emitter *emitter, uint32_t stage, uint32_t id)
{
    const uint32_t emitted = co_emitted_step(emitter, stage, id);

    co_emit_use(emitter, emitted);
    return emitted;
}

static uint32_t *used_steps(co_emitter *emitter, uint32_t stage, const uint32_t *ids, uint32_t n)
{
    uint32_t *copy = co_bind_new(emitter->binder, (size_t)n + 1, sizeof *copy);

    for (uint32_t i = 0; copy != NULL && i < n; i++)
        copy[i] = used_step(emitter, stage, ids[i]);
    return copy;
}

static uint32_t *values_at(co_emitter *emitter, uint32_t stage, const uint32_t *ids, uint32_t n)
{
    uint32_t *copy = co_bind_new(emitter->binder, (size_t)n + 1, sizeof *copy);

    for (uint32_t i = 0; copy != NULL && i < n; i++)
        copy[i] = co_emitted_value(emitter, stage, ids[i]);
    return copy;
}

/* The rows and values of a relation, wherever they are found, and its link. */
static uint32_t remap_relation(co_emitter *emitter, uint32_t stage, co_relation *relation, uint32_t rows,
                               const uint32_t **values, uint32_t n)
{
    const uint32_t link = relation->link;

    if (link == CO_NO_STEP) {
        *values = values_at(emitter, stage, *values, n);
        return used_step(emitter, stage, rows);
    }

    uint32_t *copy = co_bind_new(emitter->binder, (size_t)n + 1, sizeof *copy);

    for (uint32_t i = 0; copy != NULL && i < n; i++) {
        const uint32_t level = linked_level(emitter, link, (*values)[i]);

        copy[i] = co_emitted_value(emitter, co_emit_stage(emitter, relation->child, level), (*values)[i]);
    }
    *values = copy;
    relation->link = emitter->links[link];
    return used_step(emitter, co_emit_stage(emitter, relation->child, co_emit_link_level(emitter, link)),
                     rows);
}

void co_emit_remap_step(co_emitter *emitter, uint32_t stage, co_step *step)
{
    step->a = co_emitted_value(emitter, stage, step->a);
    step->b = co_emitted_value(emitter, stage, step->b);
    if (step->kind == CO_STEP_REACHED) {
        const uint32_t *none = NULL;
        const uint32_t rows = remap_relation(emitter, stage, &step->relation, step->inputs[0], &none, 0);
        uint32_t *inputs = co_bind_new(emitter->binder, 1, sizeof *inputs);

        if (inputs != NULL)
            inputs[0] = rows;
        step->inputs = inputs;
        return;
    }
    if (step->kind == CO_STEP_VIA)
        stage = co_emit_stage(emitter, step->way.object, level_of_step(emitter, step->inputs[0]));
    step->inputs = used_steps(emitter, stage, step->inputs, step->n_inputs);
}

static const co_chain *remap_chain(co_emitter *emitter, uint32_t stage, const co_chain *chain)
{
    co_binder *binder = emitter->binder;
    co_chain *copy = co_bind_new(binder, 1, sizeof *copy);
    co_chain_step *steps = co_bind_new(binder, chain->n_steps, sizeof *steps);

    if (co_bind_failed(binder))
        return chain;
    *copy = *chain;
    copy->steps = steps;
    for (uint32_t i = 0; i < chain->n_steps; i++) {
        steps[i] = chain->steps[i];
        steps[i].rows =
            remap_relation(emitter, stage, &steps[i].relation, steps[i].rows, &steps[i].same, chain->n_same);
    }
    return copy;
}

void co_emit_remap_value(co_emitter *emitter, uint32_t stage, co_vstep *vstep)
{
    vstep->conditions = used_steps(emitter, stage, vstep->conditions, vstep->n_conditions);
    switch (vstep->kind) {
    case CO_VS_FOLD:
        vstep->true_step = remap_relation(emitter, stage, &vstep->relation, vstep->true_step,
                                          &vstep->operands, vstep->n_operands);
        return;
    case CO_VS_CHAIN:
        vstep->chain = remap_chain(emitter, stage, vstep->chain);
        return;
    case CO_VS_RANKED:
        vstep->ranking = emitter->rankings[vstep->ranking];
        return;
    case CO_VS_FAR:
        stage = co_emit_stage(emitter, vstep->way.object, level_of_value(emitter, vstep->operands[0]));
        break;
    case CO_VS_CONDITION:
        vstep->true_step = used_step(emitter, stage, vstep->true_step);
        vstep->false_step = used_step(emitter, stage, vstep->false_step);
        break;
    default:
        break;
    }
    vstep->operands = values_at(emitter, stage, vstep->operands, vstep->n_operands);
}

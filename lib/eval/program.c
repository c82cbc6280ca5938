/* What is worked out about a plan before it runs; see program.h. */
#include "eval/program.h"

/*
 * Steps and value steps are nodes of one graph without cycles: step i is node
 * i, value step i is node n_steps + i. The walk goes down from what is asked
 * for with a stack of its own, and finishes a node after all it refers to.
 */
typedef struct frame {
    uint32_t node;
    uint32_t next; /* child to look at */
} frame;

typedef struct walk {
    co_program *program;
    frame *frames;
    uint32_t n_frames;
    uint32_t *depths; /* by node; 0: not finished */
} walk;

static uint32_t node_of_vstep(const co_plan *plan, uint32_t vstep)
{
    return plan->n_steps + vstep;
}

/* Of a step: its inputs, then its value steps. CO_NO_STEP past the last. */
static uint32_t child_of_step(const co_plan *plan, const co_step *step, uint32_t k)
{
    uint32_t values[2];
    uint32_t n_values = 0;

    if (k < step->n_inputs)
        return step->inputs[k];
    if (step->kind >= CO_STEP_COMPARE)
        values[n_values++] = step->a;
    if (co_step_is_pair(step->kind))
        values[n_values++] = step->b;
    k -= step->n_inputs;
    return k < n_values ? node_of_vstep(plan, values[k]) : CO_NO_STEP;
}

/* Of a chain: of each step its rows, then the values that must agree. */
static uint32_t child_of_chain(const co_plan *plan, const co_chain *chain, uint32_t k)
{
    const uint32_t i = k / (chain->n_same + 1);
    const uint32_t part = k % (chain->n_same + 1);

    if (i >= chain->n_steps)
        return CO_NO_STEP;
    return part == 0 ? chain->steps[i].rows : node_of_vstep(plan, chain->steps[i].same[part - 1]);
}

/* Of a ranking: who takes part, the value, what groups are by. */
static uint32_t child_of_ranking(const co_plan *plan, const co_ranking *ranking, uint32_t k)
{
    if (k == 0)
        return ranking->among;
    if (k == 1)
        return node_of_vstep(plan, ranking->value);
    return k - 2 < ranking->n_per ? node_of_vstep(plan, ranking->per[k - 2]) : CO_NO_STEP;
}

/* Of a value step: its operands, then the steps of its conditions, then what its kind refers to. */
static uint32_t child_of_vstep(const co_plan *plan, const co_vstep *vstep, uint32_t k)
{
    if (k < vstep->n_operands)
        return node_of_vstep(plan, vstep->operands[k]);
    k -= vstep->n_operands;
    if (k < vstep->n_conditions)
        return vstep->conditions[k];
    k -= vstep->n_conditions;
    switch (vstep->kind) {
    case CO_VS_CONDITION:
        return k == 0 ? vstep->true_step : k == 1 ? vstep->false_step : CO_NO_STEP;
    case CO_VS_FOLD:
        return k == 0 ? vstep->true_step : CO_NO_STEP;
    case CO_VS_CHAIN:
        return child_of_chain(plan, vstep->chain, k);
    case CO_VS_RANKED:
        return child_of_ranking(plan, &plan->rankings[vstep->ranking], k);
    default:
        return CO_NO_STEP;
    }
}

static uint32_t child_of(const co_plan *plan, uint32_t node, uint32_t k)
{
    return node < plan->n_steps ? child_of_step(plan, &plan->steps[node], k)
                                : child_of_vstep(plan, &plan->vsteps[node - plan->n_steps], k);
}

static bool text_test_may_fail(const co_step *step)
{
    return (step->kind == CO_STEP_MATCH || step->kind == CO_STEP_TEXT) && step->match->equal == NULL;
}

/* Only a sum can be too large. */
static bool fold_may_fail(const co_plan *plan, const co_vstep *vstep)
{
    const co_vstep *operand = vstep->n_operands == 0 ? NULL : &plan->vsteps[vstep->operands[0]];

    return (vstep->aggregate == CO_AGGREGATE_SUM || vstep->aggregate == CO_AGGREGATE_AVG) &&
           (vstep->is_wide || operand->is_wide || operand->type == CO_V_DOUBLE);
}

/* By itself, whatever its operands do. */
static bool vstep_may_fail(const co_plan *plan, const co_vstep *vstep)
{
    switch (vstep->kind) {
    case CO_VS_CONSTANT:
    case CO_VS_FIELD:
    case CO_VS_REFERENCE:
    case CO_VS_KEY:
    case CO_VS_BUCKET:
    case CO_VS_EXISTS_GUARD:
    case CO_VS_CONDITION:
    case CO_VS_TO_DOUBLE:
    case CO_VS_TO_TIMESTAMP:
    case CO_VS_TO_TEXT:
    case CO_VS_SELECT:
    case CO_VS_COALESCE:
    case CO_VS_NULLIF:
    case CO_VS_LEAST:
    case CO_VS_GREATEST:
    case CO_VS_CONCAT:
    case CO_VS_SET_AT_LEAST:
    case CO_VS_SET_EXACTLY:
    case CO_VS_FAR:
    case CO_VS_CHAIN:
    case CO_VS_RANKED:
        return false;
    case CO_VS_FOLD:
        return fold_may_fail(plan, vstep);
    default:
        return true;
    }
}

static bool node_may_fail(const co_program *program, uint32_t node)
{
    const uint32_t n_steps = program->plan->n_steps;

    return node < n_steps ? program->step_may_fail[node] : program->vstep_may_fail[node - n_steps];
}

/* By link; at home nothing is kept. */
static bool is_linked(co_program *program, const co_relation *relation)
{
    if (relation->link == CO_NO_STEP)
        return false;
    program->link_needed[relation->link] = true;
    return true;
}

/* Whether the node reads its child k as an earlier pass kept it; for a VIA that is only how it may be. */
static bool reads_kept(co_program *program, uint32_t node, uint32_t k)
{
    const co_plan *plan = program->plan;
    const co_vstep *vstep = node < plan->n_steps ? NULL : &plan->vsteps[node - plan->n_steps];

    if (vstep == NULL)
        return plan->steps[node].kind == CO_STEP_REACHED && is_linked(program, &plan->steps[node].relation);
    switch (vstep->kind) {
    case CO_VS_FAR:
        return true;
    case CO_VS_RANKED:
        program->ranking_needed[vstep->ranking] = true;
        return true;
    case CO_VS_FOLD:
        return is_linked(program, &vstep->relation);
    case CO_VS_CHAIN:
        return is_linked(program, &vstep->chain->steps[k / (vstep->chain->n_same + 1)].relation);
    default:
        return false;
    }
}

/* The rows for which the node's readers want the values that it reads as kept. */
static uint32_t among_of(const co_plan *plan, uint32_t node)
{
    const co_vstep *vstep = node < plan->n_steps ? NULL : &plan->vsteps[node - plan->n_steps];

    return vstep != NULL && vstep->kind == CO_VS_RANKED ? plan->rankings[vstep->ranking].among : CO_NO_STEP;
}

/* The child is kept, for a reader that wants the values of those rows. */
static void note_kept(co_program *program, uint32_t child, uint32_t among)
{
    const uint32_t n_steps = program->plan->n_steps;

    program->reads_kept = true;
    if (child < n_steps) {
        program->step_kept[child] = true;
        return;
    }

    uint32_t *of_rows = &program->vstep_among[child - n_steps];

    *of_rows = !program->vstep_kept[child - n_steps] || *of_rows == among ? among : CO_NO_STEP;
    program->vstep_kept[child - n_steps] = true;
}

static void finish(walk *w, uint32_t node)
{
    co_program *program = w->program;
    const co_plan *plan = program->plan;
    const bool is_step = node < plan->n_steps;
    uint32_t depth = 0;
    bool may_fail = is_step ? text_test_may_fail(&plan->steps[node])
                            : vstep_may_fail(plan, &plan->vsteps[node - plan->n_steps]);

    for (uint32_t k = 0, child; (child = child_of(plan, node, k)) != CO_NO_STEP; k++) {
        const bool is_kept = reads_kept(program, node, k);

        depth = w->depths[child] > depth ? w->depths[child] : depth;
        may_fail = may_fail || (node_may_fail(program, child) && !is_kept);
        if (is_kept)
            note_kept(program, child, among_of(plan, node));
    }
    w->depths[node] = depth + 1;
    if (!is_step) {
        program->vstep_needed[node - plan->n_steps] = true;
        program->vstep_may_fail[node - plan->n_steps] = may_fail;
        return;
    }
    program->step_needed[node] = true;
    program->step_may_fail[node] = may_fail;
    if (plan->steps[node].kind == CO_STEP_VIA)
        program->step_kept[plan->steps[node].inputs[0]] = true;
}

static cohort_status visit(walk *w, uint32_t root, cohort_error *error)
{
    const co_plan *plan = w->program->plan;

    if (w->depths[root] != 0)
        return COHORT_OK;
    w->frames[0] = (frame){ root, 0 };
    w->n_frames = 1;
    while (w->n_frames > 0) {
        frame *top = &w->frames[w->n_frames - 1];
        const uint32_t child = child_of(plan, top->node, top->next++);

        if (child == CO_NO_STEP) {
            finish(w, top->node);
            w->n_frames--;
        } else if (w->depths[child] == 0) {
            if (w->n_frames == CO_PROGRAM_DEPTH)
                return co_fail(error, COHORT_LIMIT,
                               "conditions and segments lie more than %u levels deep in each other",
                               CO_PROGRAM_DEPTH);
            w->frames[w->n_frames++] = (frame){ child, 0 };
        }
    }
    return COHORT_OK;
}

/* ---- what as-of hides ---- */

static bool find_horizons(co_program *program, co_arena *arena)
{
    const co_plan *plan = program->plan;
    const uint32_t n_objects = co_schema_n_objects(program->schema);

    program->horizons = co_arena_new(arena, (size_t)n_objects + 1, sizeof *program->horizons);
    if (program->horizons == NULL)
        return false;
    if (!plan->when.has_as_of)
        return true;
    for (uint32_t i = 0; i < n_objects; i++) {
        const co_object *object = co_schema_object(program->schema, i);

        if (object->time == CO_NONE)
            continue;
        const bool is_date = object->fields[object->time].type == COHORT_DATE;

        program->horizons[i] =
            (co_horizon){ true, object->time, is_date ? plan->today : plan->when.as_of_us };
    }
    return true;
}

/* ---- users of values ---- */

static void count_users(co_program *program)
{
    const co_plan *plan = program->plan;
    const uint32_t n_nodes = plan->n_steps + plan->n_vsteps;

    for (uint32_t i = 0; i < n_nodes; i++) {
        const bool is_step = i < plan->n_steps;

        if (!(is_step ? program->step_needed[i] : program->vstep_needed[i - plan->n_steps]))
            continue;
        if (!is_step && plan->vsteps[i - plan->n_steps].kind == CO_VS_RANKED) /* reads what is kept */
            continue;
        if (is_step && plan->steps[i].kind >= CO_STEP_COMPARE && plan->steps[i].twin < i &&
            program->step_needed[plan->steps[i].twin])
            continue;
        for (uint32_t k = 0, child; (child = child_of(plan, i, k)) != CO_NO_STEP; k++) {
            if (child >= plan->n_steps)
                program->vstep_users[child - plan->n_steps]++;
        }
    }
}

static bool make_room(co_program *program, walk *w, co_arena *arena)
{
    const size_t n_steps = (size_t)program->plan->n_steps + 1;
    const size_t n_vsteps = (size_t)program->plan->n_vsteps + 1;

    program->step_needed = co_arena_new(arena, n_steps, sizeof(bool));
    program->step_kept = co_arena_new(arena, n_steps, sizeof(bool));
    program->step_may_fail = co_arena_new(arena, n_steps, sizeof(bool));
    program->vstep_needed = co_arena_new(arena, n_vsteps, sizeof(bool));
    program->vstep_may_fail = co_arena_new(arena, n_vsteps, sizeof(bool));
    program->vstep_kept = co_arena_new(arena, n_vsteps, sizeof(bool));
    program->vstep_among = co_arena_new(arena, n_vsteps, sizeof *program->vstep_among);
    program->link_needed = co_arena_new(arena, (size_t)program->plan->n_links + 1, sizeof(bool));
    program->ranking_needed = co_arena_new(arena, (size_t)program->plan->n_rankings + 1, sizeof(bool));
    program->vstep_users = co_arena_new(arena, n_vsteps, sizeof *program->vstep_users);
    w->depths = co_arena_new(arena, n_steps + n_vsteps, sizeof *w->depths);
    w->frames = co_arena_new(arena, CO_PROGRAM_DEPTH, sizeof *w->frames);
    return program->step_needed != NULL && program->step_kept != NULL && program->step_may_fail != NULL &&
           program->vstep_needed != NULL && program->vstep_may_fail != NULL && program->vstep_kept != NULL &&
           program->vstep_among != NULL && program->link_needed != NULL && program->ranking_needed != NULL &&
           program->vstep_users != NULL && w->depths != NULL && w->frames != NULL;
}

cohort_status co_program_make(const co_plan *plan, const uint32_t *steps, size_t n_steps,
                              const uint32_t *vsteps, size_t n_vsteps, co_arena *arena, co_program *program,
                              cohort_error *error)
{
    walk w = { .program = program };
    cohort_status status = COHORT_OK;

    *program = (co_program){ .plan = plan, .schema = co_version_schema(plan->version) };
    if (!make_room(program, &w, arena))
        return co_fail_memory(error);
    for (size_t i = 0; i < n_steps && status == COHORT_OK; i++) {
        if (steps[i] != CO_NO_STEP)
            status = visit(&w, steps[i], error);
    }
    for (size_t i = 0; i < n_vsteps && status == COHORT_OK; i++)
        status = visit(&w, node_of_vstep(plan, vsteps[i]), error);
    if (status != COHORT_OK)
        return status;
    count_users(program);
    if (!find_horizons(program, arena))
        return co_fail_memory(error);
    return COHORT_OK;
}

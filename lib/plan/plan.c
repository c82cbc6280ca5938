/*
 * Plans made and freed: every request bound by one binder, so that what they
 * share is one step, then emitted together.
 */
#include "plan/plan.h"

#include "plan/binder.h"

static void start_binder(co_binder *binder, co_memory *memory, co_plan *plan, cohort_error *error)
{
    *binder = (co_binder){ .memory = memory,
                           .plan = plan,
                           .arena = &plan->arena,
                           .version = plan->version,
                           .schema = co_version_schema(plan->version),
                           .error = error };
    binder->no_step = (co_step){ .kind = CO_STEP_NONE, .a = CO_NO_STEP, .b = CO_NO_STEP };
    binder->no_vstep = (co_vstep){ .kind = CO_VS_CONSTANT,
                                   .type = CO_V_TEXT,
                                   .is_null = true,
                                   .true_step = CO_NO_STEP,
                                   .false_step = CO_NO_STEP };
}

static void clear_binder(co_binder *binder)
{
    co_memory *memory = binder->memory;

    co_memory_free(memory, binder->steps, binder->steps_capacity * sizeof *binder->steps);
    co_memory_free(memory, binder->step_table.ids,
                   binder->step_table.capacity * sizeof *binder->step_table.ids);
    co_memory_free(memory, binder->vsteps, binder->vsteps_capacity * sizeof *binder->vsteps);
    co_memory_free(memory, binder->vstep_table.ids,
                   binder->vstep_table.capacity * sizeof *binder->vstep_table.ids);
    co_memory_free(memory, binder->made, binder->made_capacity * sizeof *binder->made);
    co_memory_free(memory, binder->links, binder->links_capacity * sizeof *binder->links);
    co_memory_free(memory, binder->rankings, binder->rankings_capacity * sizeof *binder->rankings);
    co_memory_free(memory, binder->nodes, binder->nodes_capacity * sizeof *binder->nodes);
}

static co_plan_result bind_request(co_binder *binder, const co_plan_request *request)
{
    const co_inlining self = { NULL, request->self, 1 };
    const co_scope scope = { .names_object = request->object,
                             .rows_object = request->object,
                             .prefix = { 0, NULL, request->object },
                             .policy = request->nulls == COHORT_NULLS_COMPLEMENT,
                             .complement = request->nulls == COHORT_NULLS_COMPLEMENT,
                             .is_recorded = request->want_nodes && !request->is_value,
                             .source = request->tree->source,
                             .inlining = request->self == NULL ? NULL : &self };
    co_plan_result result = { CO_NO_STEP, CO_NO_STEP, CO_NO_STEP };

    binder->records_inner = request->want_inner_nodes;
    if (request->is_value) {
        result.value = co_bind_value(binder, &scope, request->tree->root);
        return result;
    }

    const co_pair pair = co_bind_condition(binder, &scope, request->tree->root);

    result.true_step = pair.t;
    result.false_step = request->want_unknown ? pair.f : CO_NO_STEP;
    return result;
}

static void bind_all(co_binder *binder, const co_plan_request *requests, uint32_t n_requests)
{
    co_plan_result *results = co_bind_new(binder, (size_t)n_requests + 1, sizeof *results);
    uint32_t *objects = co_bind_new(binder, (size_t)n_requests + 1, sizeof *objects);

    for (uint32_t i = 0; i < n_requests && !co_bind_failed(binder); i++) {
        objects[i] = requests[i].object;
        results[i] = bind_request(binder, &requests[i]);
        if (co_bind_failed(binder) && binder->error != NULL && binder->error->position != COHORT_NO_POSITION)
            co_error_locate(binder->error, requests[i].tree->source);
    }
    if (!co_bind_failed(binder))
        co_emit(binder, results, n_requests, objects);
    co_trees_hand_over(binder);
    binder->plan->results = results;
    binder->plan->n_results = n_requests;
}

static co_when settled(const co_when *when)
{
    co_when result = *when;

    if (result.zone == NULL)
        result.zone = co_zone_utc();
    if (result.calendar.week_start == 0)
        result.calendar.week_start = 1;
    if (result.calendar.fiscal_start == 0)
        result.calendar.fiscal_start = 1;
    return result;
}

cohort_status co_plan_new(co_memory *memory, co_version *version, const co_when *when,
                          const co_plan_request *requests, uint32_t n_requests, co_plan **plan,
                          cohort_error *error)
{
    co_plan *made = co_memory_new_zeroed(memory, 1, sizeof *made);
    co_binder binder;

    *plan = NULL;
    if (made == NULL)
        return co_fail_memory(error);
    co_arena_init(&made->arena, memory);
    made->version = co_version_retain(version);
    made->when = settled(when);
    made->when.zone = co_zone_retain(made->when.zone);
    if (made->when.has_as_of)
        made->today = co_zone_local_day(made->when.zone, made->when.as_of_us, NULL);
    start_binder(&binder, memory, made, error);
    bind_all(&binder, requests, n_requests);
    clear_binder(&binder);
    if (co_bind_failed(&binder)) {
        co_plan_free(made);
        return binder.status;
    }
    *plan = made;
    return COHORT_OK;
}

void co_plan_free(co_plan *plan)
{
    if (plan == NULL)
        return;

    co_memory *memory = plan->arena.memory;

    co_text_regexes_free(plan->regexes);
    for (uint32_t i = 0; i < plan->n_trees; i++)
        co_tree_free(plan->trees[i]);
    co_zone_release(plan->when.zone);
    co_version_release(plan->version);
    co_arena_clear(&plan->arena);
    co_memory_free(memory, plan, sizeof *plan);
}

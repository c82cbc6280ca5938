/* Segments bound to a snapshot; see planned.h. */
#include "api/planned.h"

#include "api/options.h"
#include "api/when.h"

cohort_status co_snapshot_object(const cohort_snapshot *snapshot, co_text name, const co_object **object,
                                 cohort_error *error)
{
    *object = co_schema_find(co_version_schema(snapshot->version), name);
    if (*object != NULL)
        return COHORT_OK;
    return co_fail(error, COHORT_NOT_FOUND, "unknown object '" CO_FMT "'", CO_ARG(name));
}

co_origin co_snapshot_origin(const cohort_snapshot *snapshot, uint32_t object)
{
    return (co_origin){ co_version_store_id(snapshot->version), object, co_version_epoch(snapshot->version) };
}

cohort_status co_planned_open_trees(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                    const co_plan_request *requests, size_t n,
                                    const cohort_evaluate_options *options, co_planned *planned,
                                    cohort_error *error)
{
    cohort_status status;
    co_when when;

    *planned = (co_planned){ .eval = evaluator->eval };
    if (n > UINT32_MAX / 4)
        return co_fail(error, COHORT_LIMIT, "%zu segments in one evaluation", n);
    status = co_when_take(evaluator, options, &when, &planned->control, error);
    if (status != COHORT_OK)
        return status;
    return co_plan_new(co_eval_memory(evaluator->eval), snapshot->version, &when, requests, (uint32_t)n,
                       &planned->plan, error);
}

void co_planned_close(co_planned *planned)
{
    if (planned->plan != NULL)
        co_plan_free(planned->plan);
    planned->plan = NULL;
}

static cohort_status make_request(const cohort_snapshot *snapshot, const cohort_segment *segment,
                                  co_wish wish, co_plan_request *request, cohort_error *error)
{
    const co_object *object;
    cohort_status status;

    if (segment == NULL)
        return co_refuse_null("the segment", error);
    status = co_snapshot_object(snapshot, segment->object, &object, error);
    if (status != COHORT_OK)
        return status;
    *request = (co_plan_request){ .object = object->id,
                                  .tree = segment->tree,
                                  .nulls = segment->nulls,
                                  .want_unknown = wish != CO_WISH_MEMBERS,
                                  .want_nodes = wish == CO_WISH_NODES };
    return COHORT_OK;
}

/* Line and column of a position are those in the text of the segment that does not bind. */
static void locate(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                   const co_plan_request *requests, size_t n, const cohort_evaluate_options *options,
                   cohort_error *error)
{
    size_t i = 0;

    if (error == NULL || error->position == COHORT_NO_POSITION)
        return;
    for (cohort_status status = COHORT_OK; n > 1 && i < n; i++) {
        co_planned alone;

        status = co_planned_open_trees(evaluator, snapshot, &requests[i], 1, options, &alone, error);
        co_planned_close(&alone);
        if (status != COHORT_OK)
            break;
    }
    if (i < n)
        co_error_locate(error, requests[i].tree->source);
}

cohort_status co_planned_open(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                              const cohort_segment *const *segments, size_t n,
                              const cohort_evaluate_options *options, co_wish wish, co_planned *planned,
                              cohort_error *error)
{
    co_memory *memory;
    co_plan_request *requests;
    cohort_status status = COHORT_OK;

    *planned = (co_planned){ 0 };
    if (evaluator == NULL)
        return co_refuse_null("the evaluator", error);
    if (snapshot == NULL)
        return co_refuse_null("the snapshot", error);
    if (segments == NULL && n > 0)
        return co_refuse_null("the list of segments", error);
    memory = co_eval_memory(evaluator->eval);
    requests = co_memory_new_zeroed(memory, n + 1, sizeof *requests);
    if (requests == NULL)
        return co_fail_memory(error);
    for (size_t i = 0; i < n && status == COHORT_OK; i++)
        status = make_request(snapshot, segments[i], wish, &requests[i], error);
    if (status == COHORT_OK) {
        status = co_planned_open_trees(evaluator, snapshot, requests, n, options, planned, error);
        if (status != COHORT_OK)
            locate(evaluator, snapshot, requests, n, options, error);
    }
    co_memory_free(memory, requests, (n + 1) * sizeof *requests);
    return status;
}

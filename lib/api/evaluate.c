/* cohort/evaluate.h: evaluators, and who is in one segment or many. */
#include "cohort/evaluate.h"

#include "api/options.h"
#include "api/planned.h"
#include "api/stores.h"

cohort_status cohort_evaluator_new(const cohort_evaluator_options *options, cohort_evaluator **evaluator,
                                   cohort_error *error)
{
    cohort_evaluator_options own;
    cohort_evaluator *made;
    co_memory memory;
    cohort_status status;

    if (evaluator == NULL)
        return co_refuse_null("the place for an evaluator", error);
    *evaluator = NULL;
    status = co_options_take(options, &own, sizeof own, "evaluator options", error);
    if (status != COHORT_OK)
        return status;
    if (own.memory_limit_bytes > SIZE_MAX)
        own.memory_limit_bytes = SIZE_MAX;
    co_memory_init(&memory, own.allocator, 0);
    made = co_handle_new(&memory, sizeof *made);
    if (made == NULL)
        return co_fail_memory(error);
    *made = (cohort_evaluator){ 0 };
    co_memory_init(&made->memory, own.allocator, 0);
    status = co_eval_new(own.allocator, own.n_threads, (size_t)own.memory_limit_bytes, &made->eval, error);
    if (status != COHORT_OK) {
        co_handle_free(&memory, made, sizeof *made);
        return status;
    }
    *evaluator = made;
    return COHORT_OK;
}

void cohort_evaluator_free(cohort_evaluator *evaluator)
{
    if (evaluator == NULL)
        return;
    co_zone_release(evaluator->zone);
    co_eval_free(evaluator->eval);
    co_handle_free(&evaluator->memory, evaluator, sizeof *evaluator);
}

/* ---- many ---- */

/* Room for one run: two steps and one count each for every segment. */
typedef struct batch {
    size_t n;
    uint32_t *steps; /* true, then false */
    uint64_t *counts;
    co_bitmap *members; /* of the true steps, the others without memory; NULL unless wanted */
    cohort_bitmap **handles;
} batch;

static bool open_batch(co_arena *arena, size_t n, bool want_members, batch *b)
{
    *b = (batch){ .n = n };
    b->steps = co_arena_new(arena, 2 * n + 1, sizeof *b->steps);
    b->counts = co_arena_new(arena, 2 * n + 1, sizeof *b->counts);
    b->handles = co_arena_new(arena, n + 1, sizeof *b->handles);
    if (want_members) {
        b->members = co_arena_new(arena, 2 * n + 1, sizeof *b->members);
        if (b->members == NULL)
            return false;
    }
    return b->steps != NULL && b->counts != NULL && b->handles != NULL;
}

/* A handle for each segment's members, and the place where they are found. */
static cohort_status open_handles(const cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                  const co_plan *plan, batch *b, cohort_error *error)
{
    cohort_status status = COHORT_OK;

    for (size_t i = 0; i < b->n && status == COHORT_OK; i++) {
        const uint32_t object = plan->steps[plan->results[i].true_step].object;

        status = co_handle_bitmap_new(&evaluator->memory.allocator, co_snapshot_origin(snapshot, object),
                                      &b->handles[i], error);
        if (status == COHORT_OK)
            co_bitmap_init(&b->members[i], &b->handles[i]->memory);
    }
    return status;
}

static void close_handles(batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        if (b->handles[i] == NULL)
            continue;
        co_bitmap_clear(&b->members[i]);
        cohort_bitmap_free(b->handles[i]);
    }
}

static cohort_status fill_results(const co_planned *planned, batch *b, bool want_unknown,
                                  cohort_result *results, cohort_error *error)
{
    const co_plan *plan = planned->plan;

    for (size_t i = 0; i < b->n && want_unknown; i++) {
        const uint32_t object = plan->steps[plan->results[i].true_step].object;
        uint64_t n_rows;
        const cohort_status status = co_eval_count_rows(planned->eval, plan, object, &n_rows, error);

        if (status != COHORT_OK)
            return status;
        results[i].n_unknown = n_rows - b->counts[i] - b->counts[b->n + i];
    }
    for (size_t i = 0; i < b->n; i++) {
        results[i].n_members = b->counts[i];
        if (b->members == NULL)
            continue;
        co_bitmap_move(&b->members[i], &b->handles[i]->rows);
        results[i].members = b->handles[i];
        b->handles[i] = NULL;
    }
    return COHORT_OK;
}

/* The true sets with their members, the false ones only counted. */
static cohort_status run_batch(const co_planned *planned, batch *b, bool want_unknown, cohort_error *error)
{
    const co_plan *plan = planned->plan;
    cohort_status status;

    for (size_t i = 0; i < b->n; i++) {
        b->steps[i] = plan->results[i].true_step;
        b->steps[b->n + i] = want_unknown ? plan->results[i].false_step : CO_NO_STEP;
    }
    status = co_eval_run(planned->eval, plan, &planned->control, b->steps,
                         (uint32_t)(want_unknown ? 2 * b->n : b->n), b->counts, b->members, NULL, error);
    return status;
}

static cohort_status evaluate(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                              const cohort_segment *const *segments, size_t n,
                              const cohort_evaluate_options *options, bool want_members, bool want_unknown,
                              cohort_result *results, cohort_error *error)
{
    co_planned planned;
    co_arena arena;
    batch b = { 0 };
    cohort_status status = co_planned_open(evaluator, snapshot, segments, n, options,
                                           want_unknown ? CO_WISH_UNKNOWN : CO_WISH_MEMBERS, &planned, error);

    if (status != COHORT_OK) {
        co_planned_close(&planned);
        return status;
    }
    co_arena_init(&arena, co_eval_memory(evaluator->eval));
    if (!open_batch(&arena, n, want_members, &b))
        status = co_fail_memory(error);
    if (status == COHORT_OK && want_members)
        status = open_handles(evaluator, snapshot, planned.plan, &b, error);
    if (status == COHORT_OK)
        status = run_batch(&planned, &b, want_unknown, error);
    if (status == COHORT_OK)
        status = fill_results(&planned, &b, want_unknown, results, error);
    if (b.handles != NULL)
        close_handles(&b);
    co_arena_clear(&arena);
    co_planned_close(&planned);
    return status;
}

/* ---- the face ---- */

cohort_status cohort_evaluate(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                              const cohort_segment *segment, const cohort_evaluate_options *options,
                              cohort_bitmap **members, cohort_error *error)
{
    cohort_result result = { NULL, 0, 0 };
    cohort_status status;

    if (members == NULL)
        return co_refuse_null("the place for the members", error);
    *members = NULL;
    status = evaluate(evaluator, snapshot, &segment, 1, options, true, false, &result, error);
    *members = result.members;
    return status;
}

cohort_status cohort_evaluate_count(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                    const cohort_segment *segment, const cohort_evaluate_options *options,
                                    uint64_t *count, cohort_error *error)
{
    cohort_result result = { NULL, 0, 0 };
    cohort_status status;

    if (count == NULL)
        return co_refuse_null("the place for the count", error);
    *count = 0;
    status = evaluate(evaluator, snapshot, &segment, 1, options, false, false, &result, error);
    *count = result.n_members;
    return status;
}

cohort_status cohort_evaluate_many(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                   const cohort_segment *const *segments, size_t n_segments,
                                   const cohort_evaluate_options *options, uint32_t want_members,
                                   cohort_result *results, cohort_error *error)
{
    if (results == NULL && n_segments > 0)
        return co_refuse_null("the list of results", error);
    for (size_t i = 0; i < n_segments; i++)
        results[i] = (cohort_result){ NULL, 0, 0 };

    const cohort_status status =
        evaluate(evaluator, snapshot, segments, n_segments, options, want_members != 0, true, results,
                 error);

    for (size_t i = 0; i < n_segments && status != COHORT_OK; i++)
        results[i].n_unknown = 0;
    return status;
}

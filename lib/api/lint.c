/*
 * cohort/evaluate.h: what is legal but probably not meant. The expression by
 * itself is expr's, what needs names and values is plan's; how many records a
 * segment holds, and which other segment holds the same, is found here by
 * evaluating.
 */
#include "api/options.h"
#include "api/planned.h"
#include "cohort/evaluate.h"

/* A segment with fewer members is tiny. */
#define TINY_MEMBERS 100u

static cohort_status pass(cohort_status status, cohort_error *error)
{
    return status == COHORT_MEMORY ? co_fail_memory(error) : status;
}

/* ---- other segments with the same members ---- */

/* A kept segment as if somebody had parsed its text. */
static cohort_status evaluate_kept(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                   const co_definition *definition, const cohort_evaluate_options *options,
                                   cohort_bitmap **members, cohort_error *error)
{
    const co_schema *schema = co_version_schema(snapshot->version);
    cohort_segment segment = { .object = co_schema_object(schema, definition->object)->name,
                               .nulls = definition->nulls };
    cohort_status status;

    *members = NULL;
    status = co_expr_parse(co_eval_memory(evaluator->eval), definition->text, NULL, &segment.tree, error);
    if (status != COHORT_OK)
        return status;
    status = cohort_evaluate(evaluator, snapshot, &segment, options, members, error);
    co_tree_free(segment.tree);
    return status;
}

/* Static segments hold rows that are not live, too: only the live ones are compared. */
static bool is_same_static(const cohort_snapshot *snapshot, const co_definition *definition,
                           const cohort_bitmap *members)
{
    uint64_t n_live = 0;
    co_bitmap_cursor cursor = co_bitmap_cursor_of(definition->rows);
    uint32_t row;

    if (!co_bitmap_subset(&members->rows, definition->rows))
        return false;
    while (co_cursor_next(&cursor, &row))
        n_live += co_version_is_live(snapshot->version, definition->object, row);
    return n_live == co_bitmap_count(&members->rows);
}

/* Whether the kept segment has the same members; one that cannot be evaluated has not. */
static cohort_status is_same(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                             const co_definition *definition, const cohort_evaluate_options *options,
                             const cohort_bitmap *members, bool *same)
{
    cohort_bitmap *others;
    cohort_status status;

    *same = definition->kind == CO_DEFINED_STATIC && is_same_static(snapshot, definition, members);
    if (definition->kind == CO_DEFINED_STATIC)
        return COHORT_OK;
    status = evaluate_kept(evaluator, snapshot, definition, options, &others, NULL);
    if (status == COHORT_OK)
        *same = co_bitmap_equal(&members->rows, &others->rows);
    cohort_bitmap_free(others);
    switch (status) {
    case COHORT_MEMORY:
    case COHORT_CANCELLED:
    case COHORT_DEADLINE:
        return status;
    default:
        return COHORT_OK;
    }
}

static cohort_status compare_with_kept(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                       const cohort_segment *segment, const cohort_evaluate_options *options,
                                       const cohort_bitmap *members, co_lint *lint)
{
    const co_version *version = snapshot->version;
    const uint32_t n = co_version_n_definitions(version);
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < n && status == COHORT_OK; i++) {
        const co_definition *definition = co_version_definition(version, i);
        bool same;

        if (definition->kind == CO_DEFINED_TRAIT || definition->object != members->origin.object)
            continue;
        status = is_same(evaluator, snapshot, definition, options, members, &same);
        if (status == COHORT_OK && same)
            status = co_lint_add(
                lint, "identical-segment", segment->tree->root->position, segment->tree->root->end,
                "holds exactly the records of segment '" CO_FMT "'", CO_ARG(definition->name));
    }
    return status;
}

/* ---- size ---- */

static cohort_status judge_size(const cohort_segment *segment, uint64_t n, co_lint *lint)
{
    const co_node *root = segment->tree->root;

    if (n == 0)
        return co_lint_add(lint, "empty-segment", root->position, root->end, "no record is in this segment");
    if (n < TINY_MEMBERS)
        return co_lint_add(lint, "tiny-segment", root->position, root->end,
                           "only %u record%s in this segment; fewer than %u is tiny", (unsigned)n,
                           n == 1 ? " is" : "s are", TINY_MEMBERS);
    return COHORT_OK;
}

static cohort_status judge_members(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                   const cohort_segment *segment, const cohort_evaluate_options *options,
                                   co_lint *lint, cohort_error *error)
{
    cohort_bitmap *members;
    cohort_status status = cohort_evaluate(evaluator, snapshot, segment, options, &members, error);

    if (status != COHORT_OK)
        return status;
    status = judge_size(segment, co_bitmap_count(&members->rows), lint);
    if (status == COHORT_OK && !co_bitmap_is_empty(&members->rows))
        status = compare_with_kept(evaluator, snapshot, segment, options, members, lint);
    cohort_bitmap_free(members);
    return pass(status, error);
}

/* ---- the face ---- */

static cohort_status collect(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                             const cohort_segment *segment, const cohort_evaluate_options *options,
                             co_lint *lint, cohort_error *error)
{
    co_planned planned;
    cohort_status status = pass(co_expr_lint(segment->tree, lint), error);

    if (status != COHORT_OK || snapshot == NULL)
        return status;
    /* Binding first: what does not bind is an error with a position, no warning. */
    status = co_planned_open(evaluator, snapshot, &segment, 1, options, CO_WISH_MEMBERS, &planned, error);
    if (status == COHORT_OK) {
        const co_plan *plan = planned.plan;
        const co_plan_request request = { .object = plan->steps[plan->results[0].true_step].object,
                                          .tree = segment->tree,
                                          .nulls = segment->nulls };

        status = pass(co_plan_lint(co_eval_memory(evaluator->eval), snapshot->version, &plan->when, &request,
                                   lint, error),
                      error);
    }
    co_planned_close(&planned);
    if (status == COHORT_OK)
        status = judge_members(evaluator, snapshot, segment, options, lint, error);
    return status;
}

cohort_status cohort_evaluate_lint(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                   const cohort_segment *segment, const cohort_evaluate_options *options,
                                   int32_t (*item)(void *context, const cohort_lint_item *item),
                                   void *context, cohort_error *error)
{
    cohort_status status;
    co_lint lint;

    if (evaluator == NULL || segment == NULL || item == NULL)
        return co_refuse_null("the evaluator, the segment or the receiver of items", error);
    co_lint_init(&lint, co_eval_memory(evaluator->eval));
    status = collect(evaluator, snapshot, segment, options, &lint, error);
    for (size_t i = 0; i < lint.n_items && status == COHORT_OK; i++) {
        const co_lint_item *from = &lint.items[i];
        const co_text message = co_arena_copy(&lint.arena, from->message);

        if (message.bytes == NULL) {
            status = co_fail_memory(error);
            break;
        }
        const cohort_lint_item line = {
            sizeof line, 0, from->code, from->position, from->end, message.bytes
        };

        if (item(context, &line) != 0)
            break;
    }
    co_lint_clear(&lint);
    return status;
}

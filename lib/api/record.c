/* cohort/evaluate.h about one record: is it in, in which segments, and why. */
#include <assert.h>

#include "api/options.h"
#include "api/planned.h"
#include "api/seen.h"
#include "cohort/evaluate.h"

/* The row of a live record of the plan's object. */
static cohort_status find_row(const cohort_snapshot *snapshot, const char *object, const cohort_value *key,
                              uint32_t *row, cohort_error *error)
{
    if (key == NULL)
        return co_refuse_null("the key", error);
    return cohort_snapshot_row(snapshot, object, key, row, error);
}

static cohort_status ask_root(const co_planned *planned, uint32_t row, int32_t *answer, cohort_error *error)
{
    const co_plan_result *root = &planned->plan->results[0];

    return co_eval_row(planned->eval, planned->plan, planned->plan->steps[root->true_step].object, row,
                       &root->true_step, &root->false_step, 1, CO_EVAL_STRICT, answer, error);
}

cohort_status cohort_evaluate_contains(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                       const cohort_segment *segment, const cohort_value *key,
                                       const cohort_evaluate_options *options, int32_t *answer,
                                       cohort_error *error)
{
    co_planned planned;
    uint32_t row;
    cohort_status status;

    if (answer == NULL)
        return co_refuse_null("the place for the answer", error);
    *answer = COHORT_FALSE;
    status = co_planned_open(evaluator, snapshot, &segment, 1, options, CO_WISH_UNKNOWN, &planned, error);
    if (status == COHORT_OK)
        status = find_row(snapshot, segment->object.bytes, key, &row, error);
    if (status == COHORT_OK)
        status = ask_root(&planned, row, answer, error);
    if (status != COHORT_OK)
        *answer = COHORT_FALSE;
    co_planned_close(&planned);
    return status;
}

/* ---- memberships ---- */

/* The segments of one object that the store keeps, each as a condition SEGMENT('name'). */
typedef struct kept_segments {
    co_memory *memory;
    co_arena arena;
    uint32_t n;
    co_text *names;
    co_tree **trees;
    co_plan_request *requests;
    uint32_t *true_steps;
    uint32_t *false_steps;
    int32_t *answers;
} kept_segments;

static void kept_close(kept_segments *kept)
{
    for (uint32_t i = 0; kept->trees != NULL && i < kept->n; i++) {
        if (kept->trees[i] != NULL)
            co_tree_free(kept->trees[i]);
    }
    co_arena_clear(&kept->arena);
}

static cohort_status name_condition(kept_segments *kept, co_text name, co_tree **tree, cohort_error *error)
{
    cohort_status status;
    co_buffer text;

    co_buffer_init(&text, kept->memory, 0);
    co_buffer_string(&text, "SEGMENT('");
    for (size_t i = 0; i < name.length; i++) {
        if (name.bytes[i] == '\'')
            co_buffer_byte(&text, '\'');
        co_buffer_byte(&text, name.bytes[i]);
    }
    co_buffer_string(&text, "')");
    if (text.status != COHORT_OK)
        status = co_fail_memory(error);
    else
        status = co_expr_parse(kept->memory, (co_text){ text.bytes, text.length }, NULL, tree, error);
    co_buffer_clear(&text);
    return status;
}

static bool kept_make_room(kept_segments *kept, uint32_t n)
{
    const size_t room = (size_t)n + 1;

    kept->names = co_arena_new(&kept->arena, room, sizeof *kept->names);
    kept->trees = co_arena_new(&kept->arena, room, sizeof *kept->trees);
    kept->requests = co_arena_new(&kept->arena, room, sizeof *kept->requests);
    kept->true_steps = co_arena_new(&kept->arena, room, sizeof *kept->true_steps);
    kept->false_steps = co_arena_new(&kept->arena, room, sizeof *kept->false_steps);
    kept->answers = co_arena_new(&kept->arena, room, sizeof *kept->answers);
    return kept->names != NULL && kept->trees != NULL && kept->requests != NULL && kept->true_steps != NULL &&
           kept->false_steps != NULL && kept->answers != NULL;
}

static cohort_status kept_open(co_memory *memory, const co_version *version, uint32_t object,
                               kept_segments *kept, cohort_error *error)
{
    const uint32_t n = co_version_n_definitions(version);

    *kept = (kept_segments){ .memory = memory };
    co_arena_init(&kept->arena, memory);
    if (!kept_make_room(kept, n))
        return co_fail_memory(error);
    for (uint32_t i = 0; i < n; i++) {
        const co_definition *definition = co_version_definition(version, i);
        cohort_status status;

        if (definition->object != object || definition->kind == CO_DEFINED_TRAIT)
            continue;
        kept->names[kept->n] = co_arena_copy(&kept->arena, definition->name);
        if (kept->names[kept->n].bytes == NULL)
            return co_fail_memory(error);
        status = name_condition(kept, definition->name, &kept->trees[kept->n], error);
        if (status != COHORT_OK)
            return status;
        kept->requests[kept->n] = (co_plan_request){ .object = object, .tree = kept->trees[kept->n] };
        kept->n++;
    }
    return COHORT_OK;
}

static cohort_status tell_memberships(kept_segments *kept, const co_planned *planned, uint32_t object,
                                      uint32_t row, int32_t (*found)(void *context, const char *segment),
                                      void *context, cohort_error *error)
{
    cohort_status status;

    for (uint32_t i = 0; i < kept->n; i++) {
        kept->true_steps[i] = planned->plan->results[i].true_step;
        kept->false_steps[i] = CO_NO_STEP;
    }
    status = co_eval_row(planned->eval, planned->plan, object, row, kept->true_steps, kept->false_steps,
                         kept->n, CO_EVAL_STRICT, kept->answers, error);
    for (uint32_t i = 0; i < kept->n && status == COHORT_OK; i++) {
        if (kept->answers[i] == COHORT_TRUE && found(context, kept->names[i].bytes) != 0)
            break;
    }
    return status;
}

cohort_status cohort_evaluate_memberships(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                          const char *object, const cohort_value *key,
                                          const cohort_evaluate_options *options,
                                          int32_t (*found)(void *context, const char *segment), void *context,
                                          cohort_error *error)
{
    const co_object *known;
    kept_segments kept;
    co_planned planned = { 0 };
    uint32_t row;
    cohort_status status;

    if (evaluator == NULL || snapshot == NULL || object == NULL || found == NULL)
        return co_refuse_null("the evaluator, snapshot, object or receiver", error);
    status = co_snapshot_object(snapshot, co_text_of(object), &known, error);
    if (status == COHORT_OK)
        status = find_row(snapshot, object, key, &row, error);
    if (status != COHORT_OK)
        return status;
    status = kept_open(co_eval_memory(evaluator->eval), snapshot->version, known->id, &kept, error);
    if (status == COHORT_OK)
        status = co_planned_open_trees(evaluator, snapshot, kept.requests, kept.n, options, &planned, error);
    if (status == COHORT_OK)
        status = tell_memberships(&kept, &planned, known->id, row, found, context, error);
    co_planned_close(&planned);
    kept_close(&kept);
    return status;
}

/* ---- why ---- */

/* The nodes of a plan that are conditions on the segment's own object, and their answers. */
typedef struct nodes {
    uint32_t n;
    const co_plan_node **nodes;
    uint32_t *true_steps;
    uint32_t *false_steps;
    int32_t *answers;
} nodes;

static bool open_nodes(co_arena *arena, const co_plan *plan, uint32_t object, nodes *list)
{
    const size_t room = (size_t)plan->n_nodes + 1;

    *list = (nodes){ 0 };
    list->nodes = co_arena_new(arena, room, sizeof *list->nodes);
    list->true_steps = co_arena_new(arena, room, sizeof *list->true_steps);
    list->false_steps = co_arena_new(arena, room, sizeof *list->false_steps);
    list->answers = co_arena_new(arena, room, sizeof *list->answers);
    if (list->nodes == NULL || list->true_steps == NULL || list->false_steps == NULL || list->answers == NULL)
        return false;
    for (uint32_t i = 0; i < plan->n_nodes; i++) {
        const co_plan_node *node = &plan->nodes[i];

        if (node->object != object || node->true_step == CO_NO_STEP)
            continue;
        list->nodes[list->n] = node;
        list->true_steps[list->n] = node->true_step;
        list->false_steps[list->n++] = node->false_step;
    }
    return true;
}

#define MOST_COUNTED 5u

/* Appends which child rows made the value of a fold: ": C1, C2", the first few of them. */
static cohort_status see_counted(const co_planned *planned, uint32_t fold, uint32_t row, co_buffer *out,
                                 cohort_error *error)
{
    const co_plan *plan = planned->plan;
    uint32_t rows[MOST_COUNTED];
    uint64_t n;
    const cohort_status status =
        co_eval_counted(planned->eval, plan, fold, row, MOST_COUNTED, rows, &n, error);

    for (uint32_t i = 0; status == COHORT_OK && i < n && i < MOST_COUNTED; i++) {
        co_buffer_string(out, i == 0 ? ": " : ", ");
        co_seen_print_record(plan, plan->vsteps[fold].relation.child, rows[i], out);
    }
    if (status == COHORT_OK && n > MOST_COUNTED)
        co_buffer_string(out, ", …");
    return status;
}

/* Appends the value seen by a node, and a zero byte. */
static cohort_status see(const co_planned *planned, const co_plan_node *node, uint32_t row, co_arena *arena,
                         co_buffer *out, cohort_error *error)
{
    const co_plan *plan = planned->plan;
    co_vector vector;
    cohort_status status = COHORT_OK;

    out->length = 0;
    if (node->seen != CO_NO_STEP) {
        status = co_eval_values(planned->eval, plan, node->object, node->seen, &row, 1, CO_EVAL_LENIENT,
                                arena, &vector, error);
        if (status != COHORT_OK)
            return status;
        co_seen_print(plan, &plan->vsteps[node->seen], &vector, 0, out);
        if (plan->vsteps[node->seen].kind == CO_VS_FOLD)
            status = see_counted(planned, node->seen, row, out, error);
        if (status != COHORT_OK)
            return status;
    }
    co_buffer_byte(out, 0);
    return out->status == COHORT_OK ? COHORT_OK : co_fail_memory(error);
}

static cohort_status tell_nodes(const co_planned *planned, uint32_t row, const nodes *list, co_arena *arena,
                                int32_t (*item)(void *context, const cohort_why_item *item), void *context,
                                cohort_error *error)
{
    cohort_status status = COHORT_OK;
    co_buffer seen;

    co_buffer_init(&seen, co_eval_memory(planned->eval), 0);
    for (uint32_t i = 0; i < list->n; i++) {
        const co_plan_node *node = list->nodes[i];
        const co_text text = co_arena_copy(arena, node->text);

        status = text.bytes != NULL ? see(planned, node, row, arena, &seen, error) : co_fail_memory(error);
        if (status != COHORT_OK)
            break;
        const cohort_why_item line = { sizeof line,   node->depth, list->answers[i],
                                       node->is_leaf, text.bytes,  seen.bytes };

        if (item(context, &line) != 0)
            break;
    }
    co_buffer_clear(&seen);
    return status;
}

static cohort_status explain_row(const co_planned *planned, uint32_t row,
                                 int32_t (*item)(void *context, const cohort_why_item *item), void *context,
                                 cohort_error *error)
{
    const co_plan *plan = planned->plan;
    const uint32_t object = plan->steps[plan->results[0].true_step].object;
    co_arena arena;
    nodes list;
    int32_t root;
    cohort_status status = ask_root(planned, row, &root, error);

    if (status != COHORT_OK)
        return status;
    co_arena_init(&arena, co_eval_memory(planned->eval));
    if (!open_nodes(&arena, plan, object, &list))
        status = co_fail_memory(error);
    if (status == COHORT_OK)
        status = co_eval_row(planned->eval, plan, object, row, list.true_steps, list.false_steps, list.n,
                             CO_EVAL_LENIENT, list.answers, error);
    if (status == COHORT_OK)
        status = tell_nodes(planned, row, &list, &arena, item, context, error);
    co_arena_clear(&arena);
    return status;
}

cohort_status cohort_evaluate_why(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                  const cohort_segment *segment, const cohort_value *key,
                                  const cohort_evaluate_options *options,
                                  int32_t (*item)(void *context, const cohort_why_item *item), void *context,
                                  cohort_error *error)
{
    co_planned planned;
    uint32_t row;
    cohort_status status;

    if (item == NULL)
        return co_refuse_null("the receiver of items", error);
    status = co_planned_open(evaluator, snapshot, &segment, 1, options, CO_WISH_NODES, &planned, error);
    if (status == COHORT_OK)
        status = find_row(snapshot, segment->object.bytes, key, &row, error);
    if (status == COHORT_OK)
        status = explain_row(&planned, row, item, context, error);
    co_planned_close(&planned);
    return status;
}

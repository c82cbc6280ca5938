/* cohort/evaluate.h: how a segment was evaluated, node by node and step by step. */

#include "api/options.h"
#include "api/planned.h"
#include "cohort/evaluate.h"

typedef int32_t receiver(void *context, const cohort_explain_item *item);

typedef struct explanation {
    const co_planned *planned;
    co_arena arena;
    uint32_t *steps; /* of the nodes: true, then false */
    uint64_t *counts;
    uint64_t *n_rows; /* by object; counted where is_counted */
    bool *is_counted;
    co_step_report *reports; /* by step */
    receiver *item;
    void *context;
    bool stopped;
} explanation;

static bool open_explanation(explanation *e)
{
    const co_plan *plan = e->planned->plan;
    const size_t n_objects = co_schema_n_objects(co_version_schema(plan->version));
    const size_t n_nodes = 2 * (size_t)plan->n_nodes + 1;

    e->steps = co_arena_new(&e->arena, n_nodes, sizeof *e->steps);
    e->counts = co_arena_new(&e->arena, n_nodes, sizeof *e->counts);
    e->n_rows = co_arena_new(&e->arena, n_objects + 1, sizeof *e->n_rows);
    e->is_counted = co_arena_new(&e->arena, n_objects + 1, sizeof *e->is_counted);
    e->reports = co_arena_new(&e->arena, (size_t)plan->n_steps + 1, sizeof *e->reports);
    return e->steps != NULL && e->counts != NULL && e->n_rows != NULL && e->is_counted != NULL &&
           e->reports != NULL;
}

static cohort_status count_rows(explanation *e, uint32_t object, uint64_t *n_rows, cohort_error *error)
{
    cohort_status status = COHORT_OK;

    if (!e->is_counted[object]) {
        status = co_eval_count_rows(e->planned->eval, e->planned->plan, object, &e->n_rows[object], error);
        e->is_counted[object] = status == COHORT_OK;
    }
    *n_rows = e->n_rows[object];
    return status;
}

static cohort_status tell(explanation *e, cohort_explain_item *line, uint32_t object, co_text text,
                          cohort_error *error)
{
    const co_schema *schema = co_version_schema(e->planned->plan->version);
    const co_text name = co_arena_copy(&e->arena, co_schema_object(schema, object)->name);
    const co_text copy = co_arena_copy(&e->arena, text);

    if (name.bytes == NULL || copy.bytes == NULL)
        return co_fail_memory(error);
    line->size = sizeof *line;
    line->object = name.bytes;
    line->text = copy.bytes;
    e->stopped = e->item(e->context, line) != 0;
    return COHORT_OK;
}

/* ---- nodes ---- */

static cohort_status tell_nodes(explanation *e, cohort_error *error)
{
    const co_plan *plan = e->planned->plan;
    cohort_status status;

    for (uint32_t i = 0; i < plan->n_nodes; i++) {
        e->steps[i] = plan->nodes[i].true_step;
        e->steps[plan->n_nodes + i] = plan->nodes[i].false_step;
    }
    status = co_eval_run(e->planned->eval, plan, &e->planned->control, e->steps, 2 * plan->n_nodes, e->counts,
                         NULL, e->reports, error);
    for (uint32_t i = 0; i < plan->n_nodes && status == COHORT_OK && !e->stopped; i++) {
        const co_plan_node *node = &plan->nodes[i];
        cohort_explain_item line = { .depth = node->depth, .n_true = e->counts[i] };
        uint64_t n_rows;

        if (node->true_step == CO_NO_STEP)
            continue;
        status = count_rows(e, node->object, &n_rows, error);
        if (status != COHORT_OK)
            break;
        if (node->false_step != CO_NO_STEP)
            line.n_unknown = n_rows - e->counts[i] - e->counts[plan->n_nodes + i];
        status = tell(e, &line, node->object, node->text, error);
    }
    return status;
}

/* ---- steps ---- */

/* "AND #1 #3" for a step that joins others and has no text of its own. */
static void print_join(const co_step *step, co_buffer *out)
{
    static const char *const verbs[] = {
        [CO_STEP_NONE] = "no record", [CO_STEP_ROWS] = "every record", [CO_STEP_AND] = "AND",
        [CO_STEP_OR] = "OR",          [CO_STEP_MINUS] = "all but",     [CO_STEP_AT_LEAST] = "at least",
        [CO_STEP_STATIC] = "static",  [CO_STEP_VIA] = "parent in",     [CO_STEP_VIA_MISSING] = "no parent",
        [CO_STEP_REACHED] = "has at least",
    };

    co_buffer_string(out, step->kind <= CO_STEP_REACHED ? verbs[step->kind] : "test");
    if (step->kind == CO_STEP_AT_LEAST || step->kind == CO_STEP_REACHED)
        co_buffer_format(out, " %u of", step->n);
    for (uint32_t i = 0; i < step->n_inputs; i++)
        co_buffer_format(out, " #%u", step->inputs[i]);
}

/* Of the pass's object, or of children that are looked at while it runs: "visit: page = 'x'". */
static cohort_status tell_step(explanation *e, uint32_t number, co_buffer *room, cohort_error *error)
{
    const co_plan *plan = e->planned->plan;
    const co_step *step = &plan->steps[number];
    const uint32_t object = plan->passes[step->pass].object;
    const co_step_report *report = &e->reports[number];
    cohort_explain_item line = { .is_step = 1,
                                 .pass = step->pass,
                                 .number = number,
                                 .n_true = report->n_rows,
                                 .n_estimated = step->n_estimated,
                                 .n_tiles = report->n_tiles - report->n_tiles_skipped,
                                 .n_tiles_skipped = report->n_tiles_skipped,
                                 .time_ns = report->time_ns };

    room->length = 0;
    if (step->object != object) {
        co_buffer_text(room, co_schema_object(co_version_schema(plan->version), step->object)->name);
        co_buffer_string(room, ": ");
    }
    if (step->text.length > 0)
        co_buffer_text(room, step->text);
    else
        print_join(step, room);
    if (room->status != COHORT_OK)
        return co_fail_memory(error);
    return tell(e, &line, object, (co_text){ room->bytes, room->length }, error);
}

static cohort_status tell_steps(explanation *e, cohort_error *error)
{
    const co_plan *plan = e->planned->plan;
    co_buffer room;
    uint64_t count;
    cohort_status status = co_eval_run(e->planned->eval, plan, &e->planned->control,
                                       &plan->results[0].true_step, 1, &count, NULL, e->reports, error);

    co_buffer_init(&room, co_eval_memory(e->planned->eval), 0);
    for (uint32_t pass = 0; pass < plan->n_passes; pass++) {
        for (uint32_t i = 0; i < plan->n_steps && status == COHORT_OK && !e->stopped; i++) {
            if (plan->steps[i].pass == pass && e->reports[i].n_tiles > 0)
                status = tell_step(e, i, &room, error);
        }
    }
    co_buffer_clear(&room);
    return status;
}

cohort_status cohort_evaluate_explain(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                      const cohort_segment *segment, const cohort_evaluate_options *options,
                                      int32_t (*item)(void *context, const cohort_explain_item *item),
                                      void *context, cohort_error *error)
{
    co_planned planned;
    explanation e = { .planned = &planned, .item = item, .context = context };
    uint64_t count;
    cohort_status status;

    if (item == NULL)
        return co_refuse_null("the receiver of items", error);
    status = co_planned_open(evaluator, snapshot, &segment, 1, options, CO_WISH_NODES, &planned, error);
    if (status == COHORT_OK) {
        co_arena_init(&e.arena, co_eval_memory(evaluator->eval));
        /* First as it is really evaluated, so that an evaluation error is told and not explained away. */
        status = co_eval_run(planned.eval, planned.plan, &planned.control,
                             &planned.plan->results[0].true_step, 1, &count, NULL, NULL, error);
        if (status == COHORT_OK && !open_explanation(&e))
            status = co_fail_memory(error);
        if (status == COHORT_OK)
            status = tell_nodes(&e, error);
        if (status == COHORT_OK && !e.stopped)
            status = tell_steps(&e, error);
        co_arena_clear(&e.arena);
    }
    co_planned_close(&planned);
    return status;
}

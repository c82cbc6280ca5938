/*
 * co_eval_row and co_eval_values: some rows, not whole tiles. What they need of
 * other rows is asked of just those rows.
 */
#include <assert.h>
#include <string.h>

#include "cohort/evaluate.h"
#include "eval/engine.h"
#include "eval/hits.h"
#include "eval/values.h"
#include "store/values.h"

/* ---- one row ---- */

typedef struct question {
    co_worker *worker;
    co_scope *scope;
    co_register within; /* the row */
    co_register found;
    uint32_t slot;
    co_eval_strictness strictness;
} question;

static cohort_status ask(question *q, uint32_t step, bool *answer, cohort_error *error)
{
    cohort_status status = co_step_find(q->worker, q->scope, step, &q->within, &q->found);

    if (status != COHORT_OK)
        return co_eval_fail(status, error);
    *answer = co_register_has(&q->found, q->slot);
    if (q->worker->fault.is_set && q->strictness == CO_EVAL_STRICT)
        return co_fail(error, q->worker->fault.error.code, "%s", q->worker->fault.error.text);
    q->worker->fault.is_set = false;
    return COHORT_OK;
}

static cohort_status answer_nodes(question *q, const uint32_t *true_steps, const uint32_t *false_steps,
                                  uint32_t n, int32_t *answers, cohort_error *error)
{
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < n && status == COHORT_OK; i++) {
        bool is_true = false;
        bool is_false = false;

        if (true_steps[i] != CO_NO_STEP)
            status = ask(q, true_steps[i], &is_true, error);
        if (status == COHORT_OK && !is_true && false_steps[i] != CO_NO_STEP)
            status = ask(q, false_steps[i], &is_false, error);
        else
            is_false = !is_true;
        answers[i] = is_true ? COHORT_TRUE : is_false ? COHORT_FALSE : COHORT_UNKNOWN;
    }
    return status;
}

static cohort_status open_question(question *q, co_worker *worker, uint32_t object, uint32_t row)
{
    const uint16_t slot = (uint16_t)(row % CO_TILE_ROWS);
    const uint32_t number = row / CO_TILE_ROWS;

    q->worker = worker;
    q->slot = slot;
    q->scope = co_scope_find(worker, object, number);
    if (q->scope == NULL)
        return COHORT_MEMORY;
    co_register_init(&q->within, &worker->pool, q->scope->tile->n_rows);
    co_register_init(&q->found, &worker->pool, q->scope->tile->n_rows);
    return co_register_set_slots(&q->within, &slot, 1) ? COHORT_OK : COHORT_MEMORY;
}

static void close_question(question *q)
{
    if (q->scope != NULL) {
        co_register_clear(&q->within);
        co_register_clear(&q->found);
    }
    co_scopes_close(q->worker);
}

/*
 * A run over rows asked for, in the caller's thread. What is kept of whole passes is found first, where anything
 * reads it; co_run_clear lets go of it.
 */
static cohort_status start_asking(co_eval *eval, const co_plan *plan, const uint32_t *steps, size_t n_steps,
                                  const uint32_t *vsteps, size_t n_vsteps, co_arena *arena,
                                  co_program *program, co_run *run, cohort_error *error)
{
    const cohort_status status =
        co_program_make(plan, steps, n_steps, vsteps, n_vsteps, arena, program, error);

    if (status != COHORT_OK)
        return status;
    run->plan = plan;
    run->program = program;
    run->memory = &eval->memory;
    run->on_demand = !program->reads_kept;
    if (program->reads_kept) {
        const cohort_status ran = co_run_earlier(eval, run, arena, error);

        if (ran != COHORT_OK) {
            co_run_clear(run);
            return ran;
        }
    }
    co_worker_start(&eval->workers[0], run);
    return COHORT_OK;
}

/* Both lists of steps, one after the other; NULL for want of memory. */
static uint32_t *join_steps(co_arena *arena, const uint32_t *true_steps, const uint32_t *false_steps,
                            uint32_t n)
{
    uint32_t *steps = co_arena_new(arena, 2 * (size_t)n + 1, sizeof *steps);

    if (steps != NULL && n > 0) {
        memcpy(steps, true_steps, n * sizeof *steps);
        memcpy(steps + n, false_steps, n * sizeof *steps);
    }
    return steps;
}

cohort_status co_eval_row(co_eval *eval, const co_plan *plan, uint32_t object, uint32_t row,
                          const uint32_t *true_steps, const uint32_t *false_steps, uint32_t n,
                          co_eval_strictness strictness, int32_t *answers, cohort_error *error)
{
    co_run run = { 0 };
    co_program program;
    co_arena arena;
    question q = { .strictness = strictness };
    cohort_status status;

    co_arena_init(&arena, &eval->memory);

    const uint32_t *steps = join_steps(&arena, true_steps, false_steps, n);

    status = steps == NULL
                 ? co_fail_memory(error)
                 : start_asking(eval, plan, steps, 2 * (size_t)n, NULL, 0, &arena, &program, &run, error);
    if (status != COHORT_OK) {
        co_arena_clear(&arena);
        return status;
    }
    if (co_row_exists(&run, object, row)) {
        status = co_eval_fail(open_question(&q, &eval->workers[0], object, row), error);
        if (status == COHORT_OK)
            status = answer_nodes(&q, true_steps, false_steps, n, answers, error);
        close_question(&q);
    } else {
        for (uint32_t i = 0; i < n; i++)
            answers[i] = COHORT_FALSE;
    }
    co_run_clear(&run);
    co_arena_clear(&arena);
    return status;
}

/* ---- the child rows of one row ---- */

static cohort_status list_hits(const question *q, const co_vstep *fold, uint32_t most, uint32_t *rows, uint64_t *n)
{
    co_hits hits;
    bool more;
    cohort_status status =
        co_hits_open(q->worker, q->scope, &fold->relation, fold->true_step, &q->within, &hits);

    if (status != COHORT_OK)
        return status;
    while ((status = co_hits_next(&hits, &more)) == COHORT_OK && more) {
        for (uint32_t i = 0; i < hits.n && *n + i < most; i++)
            rows[*n + i] = hits.rows[i];
        *n += hits.n;
    }
    co_hits_close(&hits);
    return status;
}

cohort_status co_eval_counted(co_eval *eval, const co_plan *plan, uint32_t fold, uint32_t row, uint32_t most,
                              uint32_t *rows, uint64_t *n, cohort_error *error)
{
    const co_vstep *vstep = &plan->vsteps[fold];
    co_run run = { 0 };
    co_program program;
    co_arena arena;
    question q = { 0 };
    cohort_status status;

    *n = 0;
    co_arena_init(&arena, &eval->memory);
    status = start_asking(eval, plan, NULL, 0, &fold, 1, &arena, &program, &run, error);
    if (status != COHORT_OK) {
        co_arena_clear(&arena);
        return status;
    }
    if (co_row_exists(&run, vstep->object, row)) {
        status = open_question(&q, &eval->workers[0], vstep->object, row);
        if (status == COHORT_OK)
            status = list_hits(&q, vstep, most, rows, n);
        status = co_eval_fail(status, error);
        close_question(&q);
    }
    co_run_clear(&run);
    co_arena_clear(&arena);
    return status;
}

/* ---- all rows, only counted ---- */

static cohort_status count_tiles(co_worker *worker, uint32_t object, uint64_t *count)
{
    const co_version *version = worker->run->plan->version;
    const uint32_t n_tiles = co_version_n_tiles(version, object);
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < n_tiles && status == COHORT_OK; i++) {
        co_scope *scope;

        if (co_version_tile(version, object, i) == NULL)
            continue;
        scope = co_scope_find(worker, object, i);
        status = scope != NULL ? co_scope_find_rows(worker, scope) : COHORT_MEMORY;
        if (status == COHORT_OK)
            *count += scope->rows.count;
        co_scopes_close(worker);
    }
    return status;
}

cohort_status co_eval_count_rows(co_eval *eval, const co_plan *plan, uint32_t object, uint64_t *count,
                                 cohort_error *error)
{
    co_run run = { 0 };
    co_program program;
    co_arena arena;
    cohort_status status;

    *count = 0;
    co_arena_init(&arena, &eval->memory);
    status = start_asking(eval, plan, NULL, 0, NULL, 0, &arena, &program, &run, error);
    if (status == COHORT_OK && !program.horizons[object].is_bounded)
        *count = co_version_n_live(plan->version, object);
    else if (status == COHORT_OK)
        status = co_eval_fail(count_tiles(&eval->workers[0], object, count), error);
    co_run_clear(&run);
    co_arena_clear(&arena);
    return status;
}

/* ---- values of rows ---- */

/* Arrays for n values in the arena; texts of sets come later. */
static bool open_vector(co_arena *arena, const co_vstep *vstep, uint32_t n, co_vector *vector)
{
    void *room;

    *vector = (co_vector){ .type = vstep->type,
                           .scale = vstep->scale,
                           .is_wide = vstep->is_wide && vstep->type == CO_V_EXACT,
                           .n = n };
    vector->valid = co_arena_new(arena, co_words_for(n) + 1, sizeof *vector->valid);
    room = co_arena_new(arena, (size_t)n + 1, co_vector_value_bytes(vector));
    if (vector->valid == NULL || room == NULL)
        return false;
    co_vector_use(vector, room);
    return true;
}

/* Texts made on the way go to the arena; those of fields and keys live as long as the version. */
static bool keep_texts(co_arena *arena, const co_vstep *vstep, co_vector *vector, uint32_t first, uint32_t n)
{
    if (co_value_text_lasts(vstep))
        return true;
    for (uint32_t i = first; i < first + n; i++) {
        if (!co_vector_has(vector, i))
            continue;
        vector->texts[i] = co_arena_copy(arena, vector->texts[i]);
        if (vector->texts[i].bytes == NULL)
            return false;
    }
    return true;
}

/* Appends a chunk's sets, bytewise ascending; their texts move to an array with room for all so far. */
static bool keep_sets(co_arena *arena, const co_vector *from, co_vector *vector, uint32_t first,
                      uint32_t *capacity)
{
    const uint32_t before = vector->ends[first];
    const uint32_t n_new = from->ends[from->n];

    if (vector->texts == NULL || before + n_new > *capacity) {
        const uint32_t wanted = before + n_new + before / 2;
        co_text *texts = co_arena_new(arena, (size_t)wanted + 1, sizeof *texts);

        if (texts == NULL)
            return false;
        if (before > 0)
            memcpy(texts, vector->texts, before * sizeof *texts);
        vector->texts = texts;
        *capacity = wanted;
    }
    if (n_new > 0)
        memcpy(vector->texts + before, from->texts, n_new * sizeof *from->texts);
    for (uint32_t i = 0; i < from->n; i++) {
        vector->ends[first + i + 1] = before + from->ends[i + 1];
        co_value_sort_elements(vector->texts + before + from->ends[i], from->ends[i + 1] - from->ends[i]);
        if (co_vector_has(from, i))
            co_vector_set_valid(vector, first + i);
    }
    return true;
}

typedef struct gathering {
    co_worker *worker;
    const co_vstep *vstep;
    uint32_t number; /* of vstep */
    uint32_t object;
    const uint32_t *rows;
    co_arena *arena;
    co_vector *vector;
    uint32_t capacity; /* of a SET's texts */
} gathering;

/* The values of rows [first, first + n), which lie in one tile. */
static cohort_status gather_chunk(gathering *g, uint32_t first, uint32_t n)
{
    co_stack *scratch = &g->worker->scratch;
    co_scope *scope = co_scope_find(g->worker, g->object, g->rows[first] / CO_TILE_ROWS);
    uint16_t *slots = co_stack_new(scratch, n, sizeof *slots);
    const co_choice choice = { n, slots };
    co_vector values;
    cohort_status status;

    if (scope == NULL || slots == NULL)
        return COHORT_MEMORY;
    for (uint32_t i = 0; i < n; i++)
        slots[i] = (uint16_t)(g->rows[first + i] % CO_TILE_ROWS);
    status = co_value_find(g->worker, scope, g->number, &choice, &values);
    if (status != COHORT_OK)
        return status;
    if (g->vstep->type == CO_V_SET)
        return keep_sets(g->arena, &values, g->vector, first, &g->capacity) ? COHORT_OK : COHORT_MEMORY;
    for (uint32_t i = 0; i < n; i++)
        co_vector_copy_value(g->vector, first + i, &values, i);
    if (g->vstep->type == CO_V_TEXT && !keep_texts(g->arena, g->vstep, g->vector, first, n))
        return COHORT_MEMORY;
    return COHORT_OK;
}

/* asked = the rows [first, end), which lie in one tile: what is folded is folded for all of them at once. */
static bool ask_together(gathering *g, uint32_t first, uint32_t end, co_register *asked)
{
    uint16_t *slots = co_stack_new(&g->worker->scratch, end - first, sizeof *slots);

    for (uint32_t i = first; slots != NULL && i < end; i++)
        slots[i - first] = (uint16_t)(g->rows[i] % CO_TILE_ROWS);
    return slots != NULL && co_register_set_slots(asked, slots, end - first);
}

static cohort_status gather_tile(gathering *g, uint32_t first, uint32_t end)
{
    const co_mark mark = co_stack_mark(&g->worker->scratch);
    co_scope *scope = co_scope_find(g->worker, g->object, g->rows[first] / CO_TILE_ROWS);
    co_register asked;
    cohort_status status = COHORT_OK;

    if (scope == NULL)
        return COHORT_MEMORY;
    co_register_init(&asked, &g->worker->pool, scope->tile->n_rows);
    if (!ask_together(g, first, end, &asked))
        status = COHORT_MEMORY;
    scope->base = &asked;
    scope->in_value = true;
    for (uint32_t next; first < end && status == COHORT_OK; first = next) {
        const co_mark before = co_stack_mark(&g->worker->scratch);

        next = end - first < CO_CHUNK ? end : first + CO_CHUNK;
        status = gather_chunk(g, first, next - first);
        co_stack_release(&g->worker->scratch, before);
    }
    co_register_clear(&asked);
    co_scopes_close(g->worker);
    co_stack_release(&g->worker->scratch, mark);
    return status;
}

static cohort_status gather_all(gathering *g)
{
    const uint32_t n_rows = g->vector->n;
    cohort_status status = COHORT_OK;

    for (uint32_t first = 0, end; first < n_rows && status == COHORT_OK; first = end) {
        const uint32_t tile = g->rows[first] / CO_TILE_ROWS;

        end = first + 1;
        while (end < n_rows && g->rows[end] / CO_TILE_ROWS == tile)
            end++;
        status = gather_tile(g, first, end);
    }
    return status;
}

cohort_status co_eval_values(co_eval *eval, const co_plan *plan, uint32_t object, uint32_t vstep,
                             const uint32_t *rows, uint32_t n, co_eval_strictness strictness, co_arena *arena,
                             co_vector *vector, cohort_error *error)
{
    co_run run = { 0 };
    co_program program;
    co_arena own;
    gathering g = { .worker = &eval->workers[0],
                    .vstep = &plan->vsteps[vstep],
                    .number = vstep,
                    .object = object,
                    .rows = rows,
                    .arena = arena,
                    .vector = vector };
    cohort_status status;

    co_arena_init(&own, &eval->memory);
    status = start_asking(eval, plan, NULL, 0, &vstep, 1, &own, &program, &run, error);
    if (status == COHORT_OK && !open_vector(arena, g.vstep, n, vector))
        status = co_fail_memory(error);
    if (status == COHORT_OK) {
        status = co_eval_fail(gather_all(&g), error);
        if (status == COHORT_OK && strictness == CO_EVAL_STRICT)
            status = co_eval_fault(eval, 1, error);
    }
    co_run_clear(&run);
    co_arena_clear(&own);
    if (status != COHORT_OK)
        *vector = (co_vector){ .type = plan->vsteps[vstep].type };
    return status;
}

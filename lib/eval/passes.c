/*
 * co_eval_run: the passes of a plan one after the other, each over the tiles
 * of its object, which the workers take as they come.
 *
 *     pass ── goals: steps whose counts or rows are asked for; values to keep
 *       tile 0, 1, 2 … ──worker──▶ one result a goal ──▶ appended in tile order
 *     then links and rankings, from what the pass kept
 *
 * Always:  tiles are handed out in order, so when one has an evaluation error
 *          all lower ones are being worked on and higher ones are no longer
 *          needed: the lowest row with an error is always found.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "eval/kept.h"
#include "eval/links.h"
#include "eval/rankings.h"

#define MOST_ROOM ((size_t)96 << 20)

/* One goal's rows of one tile. */
typedef struct tile_rows {
    uint32_t count;
    co_form form;
    size_t n_bytes;
    void *data; /* SLOTS, WORDS */
} tile_rows;

typedef struct goal {
    uint32_t step;
    bool keeps_rows;
    uint64_t count;
    tile_rows *tiles; /* n_tiles of the pass */
} goal;

typedef struct job {
    co_eval *eval;
    co_run *run;
    uint32_t object;
    uint32_t pass;
    uint32_t n_tiles;
    uint32_t n_goals;
    goal *goals;
    co_bitmap **sets; /* by step: where its rows go */
    _Atomic uint32_t next_tile;
    _Atomic uint32_t fault_tile; /* the lowest tile with a fault; UINT32_MAX: none */
    co_step_report *reports;     /* NULL, or n_steps for each worker */
} job;

/* What the caller wants of a step. */
typedef enum wish { NOTHING, COUNT, ROWS } wish;

/* ---- one tile ---- */

/* In the form in which a set keeps so many. */
static bool save_rows(co_worker *worker, const co_register *set, tile_rows *rows)
{
    rows->count = set->count;
    rows->form = set->form;
    if (set->form == CO_FORM_EMPTY || set->form == CO_FORM_ALL)
        return true;
    if (set->count <= CO_FEW_SLOTS)
        rows->form = CO_FORM_SLOTS;
    rows->n_bytes = rows->form == CO_FORM_SLOTS ? set->count * sizeof(uint16_t)
                                                : co_register_n_words(set) * sizeof(uint64_t);
    rows->data = co_memory_new(worker->memory, rows->n_bytes);
    if (rows->data == NULL)
        return false;
    if (rows->form == CO_FORM_SLOTS)
        co_register_to_slots(set, rows->data);
    else
        memcpy(rows->data, set->rows, rows->n_bytes);
    return true;
}

static cohort_status reach_goals(job *j, co_worker *worker, co_scope *scope)
{
    cohort_status status = COHORT_OK;
    co_register found;

    co_register_init(&found, &worker->pool, scope->tile->n_rows);
    for (uint32_t i = 0; i < j->n_goals && status == COHORT_OK; i++) {
        goal *g = &j->goals[i];

        status = co_step_find(worker, scope, g->step, &scope->rows, &found);
        if (status != COHORT_OK)
            break;
        g->tiles[scope->number].count = found.count;
        if (g->keeps_rows && !save_rows(worker, &found, &g->tiles[scope->number]))
            status = COHORT_MEMORY;
    }
    co_register_clear(&found);
    return status;
}

static bool is_leaf(co_step_kind kind)
{
    return kind >= CO_STEP_STATIC;
}

/* The tile's rows of a step that is kept, as they were found; else all rows that exist. */
static bool borrow_rows(const job *j, const co_scope *scope, uint32_t step, co_register *rows)
{
    for (uint32_t i = 0; i < j->n_goals && step != CO_NO_STEP; i++) {
        const tile_rows *found = &j->goals[i].tiles[scope->number];

        if (j->goals[i].step != step || !j->goals[i].keeps_rows || found->form == CO_FORM_ALL)
            continue;
        if (found->form == CO_FORM_WORDS)
            co_register_borrow_words(rows, found->data, found->count);
        return found->form != CO_FORM_SLOTS || co_register_borrow_slots(rows, found->data, found->count);
    }
    co_register_borrow(rows, &scope->rows);
    return true;
}

static cohort_status keep_values(const job *j, co_worker *worker, co_scope *scope)
{
    const co_pass *pass = &j->run->plan->passes[j->pass];
    const co_program *program = j->run->program;
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < pass->n_kept_values && status == COHORT_OK; i++) {
        const uint32_t vstep = pass->kept_values[i];
        co_register rows;

        if (!program->vstep_kept[vstep])
            continue;
        co_register_init(&rows, &worker->pool, scope->tile->n_rows);
        status = borrow_rows(j, scope, program->vstep_among[vstep], &rows)
                     ? co_value_keep(worker, scope, vstep, &rows)
                     : COHORT_MEMORY;
        co_register_clear(&rows);
    }
    return status;
}

/* Every needed step of the pass for all rows of the tile, each from what the lower ones left. */
static cohort_status report_steps(job *j, co_worker *worker, co_scope *scope, co_step_report *reports)
{
    const co_plan *plan = j->run->plan;
    cohort_status status = COHORT_OK;
    co_register found;

    worker->remembers_all = true;
    co_register_init(&found, &worker->pool, scope->tile->n_rows);
    for (uint32_t i = 0; i < plan->n_steps && status == COHORT_OK; i++) {
        const int64_t start = co_clock_us();
        const uint64_t n_values = worker->n_values;

        if (!j->run->program->step_needed[i] || plan->steps[i].pass != j->pass ||
            plan->steps[i].object != scope->object)
            continue;
        status = co_step_find(worker, scope, i, &scope->rows, &found);
        reports[i].time_ns += (uint64_t)(co_clock_us() - start) * 1000;
        reports[i].n_values += worker->n_values - n_values;
        reports[i].n_rows += found.count;
        reports[i].n_tiles += 1;
        reports[i].n_tiles_skipped += scope->settled && is_leaf(plan->steps[i].kind);
    }
    co_register_clear(&found);
    return status;
}

/* Whether steps of the pass are about rows of that object. */
static bool has_steps(const job *j, uint32_t object)
{
    const co_plan *plan = j->run->plan;

    for (uint32_t i = 0; i < plan->n_steps; i++) {
        if (j->run->program->step_needed[i] && plan->steps[i].pass == j->pass &&
            plan->steps[i].object == object)
            return true;
    }
    return false;
}

/* Whether rows of that object live with those of the other, and steps of the pass are about them or theirs. */
static bool is_child(const job *j, uint32_t object, uint32_t parent)
{
    const co_object *child = co_schema_object(j->run->program->schema, object);

    return child->home != CO_NONE && child->fields[child->home].target == parent && has_steps(j, object);
}

static cohort_status report_tile(job *j, co_worker *worker, co_scope *scope, co_step_report *reports);

static cohort_status report_child(job *j, co_worker *worker, uint32_t object, uint32_t number,
                                  co_step_report *reports)
{
    co_scope *scope;
    cohort_status status;

    if (co_version_tile(j->run->plan->version, object, number) == NULL)
        return COHORT_OK;
    scope = co_scope_find(worker, object, number);
    if (scope == NULL)
        return COHORT_MEMORY;
    status = co_scope_find_rows(worker, scope);
    scope->base = &scope->rows;
    if (status == COHORT_OK)
        status = report_tile(j, worker, scope, reports);
    co_scope_close(worker, scope);
    return status != COHORT_OK ? status : co_worker_poll(worker);
}

/* The children of the tile first; as deep as homes lie in each other, which is no cycle. */
static cohort_status report_tile(job *j, co_worker *worker, co_scope *scope, co_step_report *reports)
{
    const co_version *version = j->run->plan->version;
    const uint32_t n_objects = co_schema_n_objects(j->run->program->schema);
    cohort_status status = COHORT_OK;

    for (uint32_t child = 0; child < n_objects && status == COHORT_OK; child++) {
        uint32_t first;
        uint32_t n;

        if (!is_child(j, child, scope->object))
            continue;
        n = co_version_home_tiles(version, child, scope->number, &first);
        for (uint32_t i = 0; i < n && status == COHORT_OK; i++)
            status = report_child(j, worker, child, co_version_home_tile(version, child, first + i), reports);
    }
    return status == COHORT_OK ? report_steps(j, worker, scope, reports) : status;
}

static cohort_status run_tile(job *j, uint32_t number, uint32_t tile)
{
    co_worker *worker = &j->eval->workers[number];
    co_scope *scope;
    cohort_status status;

    if (co_version_tile(j->run->plan->version, j->object, tile) == NULL)
        return COHORT_OK;
    worker->unit = tile;
    scope = co_scope_find(worker, j->object, tile);
    if (scope == NULL)
        return COHORT_MEMORY;
    status = co_scope_find_rows(worker, scope);
    scope->base = &scope->rows;
    if (status == COHORT_OK && j->reports != NULL)
        status = report_tile(j, worker, scope, j->reports + (size_t)number * j->run->plan->n_steps);
    if (status == COHORT_OK)
        status = reach_goals(j, worker, scope);
    if (status == COHORT_OK)
        status = keep_values(j, worker, scope);
    co_scopes_close(worker);
    return status;
}

/* ---- all tiles of a pass ---- */

static void note_fault(job *j, co_worker *worker, uint32_t tile)
{
    uint32_t lowest = atomic_load(&j->fault_tile);

    if (j->reports != NULL) { /* what cannot be found is unknown */
        worker->fault.is_set = false;
        return;
    }
    while (tile < lowest && !atomic_compare_exchange_weak(&j->fault_tile, &lowest, tile)) {
    }
}

static void work(void *context, uint32_t number)
{
    job *j = context;
    co_worker *worker = &j->eval->workers[number];

    co_worker_start(worker, j->run);
    while (!worker->fault.is_set) {
        cohort_status status = co_worker_poll(worker);
        const uint32_t tile = status == COHORT_OK ? atomic_fetch_add(&j->next_tile, 1) : UINT32_MAX;

        if (tile >= j->n_tiles || tile > atomic_load(&j->fault_tile))
            return;
        status = run_tile(j, number, tile);
        if (status != COHORT_OK) {
            co_run_stop(j->run, status);
            return;
        }
        if (worker->fault.is_set)
            note_fault(j, worker, tile);
        atomic_fetch_add(&j->run->n_done, 1);
    }
}

static cohort_status append_rows(co_bitmap *set, uint32_t tile, uint32_t n_rows, const tile_rows *rows)
{
    switch (rows->form) {
    case CO_FORM_EMPTY:
        return COHORT_OK;
    case CO_FORM_ALL:
        return co_bitmap_append_full(set, tile, n_rows);
    case CO_FORM_SLOTS:
        return co_bitmap_append_slots(set, tile, rows->data, rows->count);
    default:
        return co_bitmap_append_tile(set, tile, rows->data, rows->n_bytes / sizeof(uint64_t));
    }
}

/* Appends the goal's rows to the set of its step, giving back each tile's. */
static cohort_status gather(job *j, goal *g)
{
    co_bitmap *set = j->sets[g->step];
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < j->n_tiles && status == COHORT_OK; i++) {
        tile_rows *rows = &g->tiles[i];

        g->count += rows->count;
        if (!g->keeps_rows || rows->count == 0)
            continue;
        status = append_rows(set, i, co_version_tile(j->run->plan->version, j->object, i)->n_rows, rows);
        co_memory_free(&j->eval->memory, rows->data, rows->n_bytes);
        rows->data = NULL;
    }
    return status;
}

static void drop_goals(job *j)
{
    co_memory *memory = &j->eval->memory;

    for (uint32_t g = 0; g < j->n_goals; g++) {
        tile_rows *tiles = j->goals[g].tiles;

        for (uint32_t i = 0; tiles != NULL && i < j->n_tiles; i++)
            co_memory_free(memory, tiles[i].data, tiles[i].n_bytes);
        co_memory_free(memory, tiles, j->n_tiles * sizeof *tiles);
    }
}

/* The goals of a pass: steps asked for or kept. False for want of memory. */
static bool set_goals(job *j, const wish *wishes)
{
    const co_plan *plan = j->run->plan;

    j->n_goals = 0;
    for (uint32_t i = 0; i < plan->n_steps; i++) {
        const bool is_kept = j->run->program->step_kept[i];

        if (plan->steps[i].pass != j->pass || !j->run->program->step_needed[i] ||
            !(is_kept || wishes[i] != NOTHING))
            continue;
        goal *g = &j->goals[j->n_goals++];

        *g = (goal){ .step = i, .keeps_rows = is_kept || wishes[i] == ROWS };
        if (j->n_tiles == 0)
            continue;
        g->tiles = co_memory_new_zeroed(&j->eval->memory, j->n_tiles, sizeof *g->tiles);
        if (g->tiles == NULL)
            return false;
    }
    return true;
}

/* Room for the values to keep, none there yet. */
static bool open_kept_values(const job *j)
{
    const co_pass *pass = &j->run->plan->passes[j->pass];

    for (uint32_t i = 0; i < pass->n_kept_values; i++) {
        const uint32_t vstep = pass->kept_values[i];
        const co_vstep *step = &j->run->plan->vsteps[vstep];

        if (j->run->program->vstep_kept[vstep] &&
            !co_kept_open(&j->eval->memory, j->n_tiles, step->type, step->scale, step->is_wide,
                          &j->run->kept_values[vstep]))
            return false;
    }
    return true;
}

/* What later passes need to know about all tiles together. */
static cohort_status find_between(const job *j)
{
    const co_pass *pass = &j->run->plan->passes[j->pass];
    const co_program *program = j->run->program;
    co_worker *worker = &j->eval->workers[0];
    cohort_status status = COHORT_OK;

    co_worker_start(worker, j->run);
    for (uint32_t i = 0; i < pass->n_links && status == COHORT_OK; i++) {
        if (program->link_needed[pass->links[i]])
            status = co_link_find(worker, pass->links[i], &j->run->linked[pass->links[i]]);
    }
    for (uint32_t i = 0; i < pass->n_rankings && status == COHORT_OK; i++) {
        if (program->ranking_needed[pass->rankings[i]])
            status = co_ranking_find(j->eval, j->run, pass->rankings[i]);
    }
    return status;
}

static cohort_status run_pass(job *j, uint64_t *step_counts, cohort_error *error)
{
    co_eval *eval = j->eval;
    const uint32_t n = eval->n_threads < j->n_tiles ? eval->n_threads : j->n_tiles;
    cohort_status status;

    atomic_store(&j->next_tile, 0);
    atomic_store(&j->fault_tile, UINT32_MAX);
    for (uint32_t i = 0; i < eval->n_threads; i++)
        eval->workers[i].fault.is_set = false;
    j->run->idle = n == 1 && eval->n_threads > 1 && j->reports == NULL ? eval : NULL;
    co_crew_run(eval->crew, n, work, j);
    j->run->idle = NULL;
    status = atomic_load(&j->run->stop);
    if (status != COHORT_OK)
        return co_eval_fail(status, error);
    status = co_eval_fault(eval, eval->n_threads, error);
    for (uint32_t g = 0; g < j->n_goals && status == COHORT_OK; g++) {
        status = co_eval_fail(gather(j, &j->goals[g]), error);
        step_counts[j->goals[g].step] = j->goals[g].count;
    }
    return status == COHORT_OK ? co_eval_fail(find_between(j), error) : status;
}

/* ---- the whole plan ---- */

typedef struct outcome {
    const uint32_t *wanted;
    uint32_t n_wanted;
    wish *wishes;          /* by step */
    uint64_t *step_counts; /* by step */
    uint64_t *counts;
    co_bitmap *members;
} outcome;

/* Whether something of the pass is asked for, by the caller or by a later pass. */
static bool is_needed(const co_program *program, const wish *wishes, uint32_t number)
{
    const co_pass *pass = &program->plan->passes[number];

    for (uint32_t i = 0; i < program->plan->n_steps; i++) {
        if (program->plan->steps[i].pass == number && program->step_needed[i] &&
            (program->step_kept[i] || wishes[i] != NOTHING))
            return true;
    }
    for (uint32_t i = 0; i < pass->n_kept_values; i++) {
        if (program->vstep_kept[pass->kept_values[i]])
            return true;
    }
    return false;
}

/* The rooms for what is kept, empty; not much of them is held from run to run. */
static void empty_rooms(co_eval *eval)
{
    const size_t limit = eval->memory.limit_bytes / 4;
    const size_t most = limit > 0 && limit < MOST_ROOM ? limit : MOST_ROOM;

    for (uint32_t i = 0; i < eval->n_threads; i++) {
        co_stack *room = &eval->workers[i].kept_room;

        co_stack_release(room, (co_mark){ NULL, 0 });
        if (co_stack_bytes(room) > most / eval->n_threads)
            co_stack_clear(room);
    }
}

static cohort_status run_passes(job *j, const outcome *o, cohort_error *error)
{
    const co_plan *plan = j->run->plan;
    cohort_status status = COHORT_OK;

    empty_rooms(j->eval);

    for (uint32_t i = 0; i < plan->n_passes; i++) {
        if (is_needed(j->run->program, o->wishes, i))
            j->run->n_total += co_version_n_tiles(plan->version, plan->passes[i].object);
    }
    for (uint32_t i = 0; i < plan->n_passes && status == COHORT_OK; i++) {
        if (!is_needed(j->run->program, o->wishes, i))
            continue;
        j->pass = i;
        j->object = plan->passes[i].object;
        j->n_tiles = co_version_n_tiles(plan->version, j->object);
        if (!set_goals(j, o->wishes) || !open_kept_values(j))
            status = co_fail_memory(error);
        if (status == COHORT_OK)
            status = run_pass(j, o->step_counts, error);
        drop_goals(j);
    }
    return status;
}

static bool wants_rows(const outcome *o, uint32_t i)
{
    return o->members != NULL && o->members[i].memory != NULL;
}

/* Gives the caller the counts, and the sets that are not in their places yet; a set may be asked for twice. */
static cohort_status hand_over(const job *j, const outcome *o)
{
    for (uint32_t i = 0; i < o->n_wanted; i++) {
        if (o->wanted[i] == CO_NO_STEP)
            continue;

        const co_bitmap *set = j->sets[o->wanted[i]];

        o->counts[i] = o->step_counts[o->wanted[i]];
        if (wants_rows(o, i) && set != &o->members[i] && co_bitmap_copy(set, &o->members[i]) != COHORT_OK)
            return COHORT_MEMORY;
    }
    return COHORT_OK;
}

/* Nothing is kept yet. */
static bool open_run(co_run *run, co_arena *arena)
{
    const co_plan *plan = run->plan;

    run->kept = co_arena_new(arena, (size_t)plan->n_steps + 1, sizeof *run->kept);
    run->kept_values = co_arena_new(arena, (size_t)plan->n_vsteps + 1, sizeof *run->kept_values);
    run->ranked = co_arena_new(arena, (size_t)plan->n_rankings + 1, sizeof *run->ranked);
    run->linked = co_arena_new(arena, (size_t)plan->n_links + 1, sizeof *run->linked);
    for (uint32_t i = 0; run->kept != NULL && i < plan->n_steps; i++)
        co_bitmap_init(&run->kept[i], run->memory);
    return run->kept != NULL && run->kept_values != NULL && run->ranked != NULL && run->linked != NULL;
}

void co_run_clear(co_run *run)
{
    const co_plan *plan = run->plan;

    for (uint32_t i = 0; run->kept != NULL && i < plan->n_steps; i++)
        co_bitmap_clear(&run->kept[i]);
    for (uint32_t i = 0; run->kept_values != NULL && i < plan->n_vsteps; i++)
        co_kept_clear(&run->kept_values[i]);
    for (uint32_t i = 0; run->ranked != NULL && i < plan->n_rankings; i++)
        co_kept_clear(&run->ranked[i]);
    for (uint32_t i = 0; run->linked != NULL && i < plan->n_links; i++) {
        if (run->linked[i].starts != NULL)
            co_link_clear(run->memory, &run->linked[i]);
    }
}

/* What is asked for of each step and where its rows go: to the caller at once, unless a later pass reads them. */
static void set_wishes(job *j, outcome *o)
{
    for (uint32_t i = 0; i < j->run->plan->n_steps; i++)
        j->sets[i] = &j->run->kept[i];
    for (uint32_t i = 0; i < o->n_wanted; i++) {
        const uint32_t step = o->wanted[i];

        if (step == CO_NO_STEP || o->wishes[step] == ROWS)
            continue;
        o->wishes[step] = wants_rows(o, i) ? ROWS : COUNT;
        if (o->wishes[step] == ROWS && !j->run->program->step_kept[step])
            j->sets[step] = &o->members[i];
    }
}

static bool make_room(job *j, outcome *o, co_arena *arena)
{
    const size_t n_steps = (size_t)j->run->plan->n_steps + 1;

    j->goals = co_arena_new(arena, n_steps, sizeof *j->goals);
    j->sets = co_arena_new(arena, n_steps, sizeof *j->sets);
    o->wishes = co_arena_new(arena, n_steps, sizeof *o->wishes);
    o->step_counts = co_arena_new(arena, n_steps, sizeof *o->step_counts);
    if (!open_run(j->run, arena) || j->goals == NULL || j->sets == NULL || o->wishes == NULL ||
        o->step_counts == NULL)
        return false;
    set_wishes(j, o);
    return true;
}

/* Room for each worker's reports; they are added up into the caller's. */
static bool open_reports(job *j, const co_step_report *reports, co_arena *arena)
{
    if (reports == NULL)
        return true;
    j->reports =
        co_arena_new(arena, (size_t)j->eval->n_threads * j->run->plan->n_steps + 1, sizeof *j->reports);
    return j->reports != NULL;
}

static void add_reports(const job *j, co_step_report *reports)
{
    const uint32_t n_steps = j->run->plan->n_steps;

    memset(reports, 0, n_steps * sizeof *reports);
    for (size_t i = 0; i < (size_t)j->eval->n_threads * n_steps; i++) {
        const co_step_report *from = &j->reports[i];
        co_step_report *to = &reports[i % n_steps];

        to->n_rows += from->n_rows;
        to->n_tiles += from->n_tiles;
        to->n_tiles_skipped += from->n_tiles_skipped;
        to->n_values += from->n_values;
        to->time_ns += from->time_ns;
    }
}

static cohort_status run_all(job *j, outcome *o, co_step_report *reports, co_arena *arena,
                             cohort_error *error)
{
    cohort_status status = COHORT_OK;

    if (!make_room(j, o, arena) || !open_reports(j, reports, arena))
        status = co_fail_memory(error);
    if (status == COHORT_OK)
        status = run_passes(j, o, error);
    if (status == COHORT_OK)
        status = co_eval_fail(hand_over(j, o), error);
    if (status == COHORT_OK && reports != NULL)
        add_reports(j, reports);
    co_run_clear(j->run);
    return status;
}

cohort_status co_run_earlier(co_eval *eval, co_run *run, co_arena *arena, cohort_error *error)
{
    outcome o = { 0 };
    job j = { .eval = eval, .run = run };

    return make_room(&j, &o, arena) ? run_passes(&j, &o, error) : co_fail_memory(error);
}

static void empty(const outcome *o, uint32_t i)
{
    if (wants_rows(o, i))
        co_bitmap_clear(&o->members[i]);
}

cohort_status co_eval_run(co_eval *eval, const co_plan *plan, const co_eval_control *control,
                          const uint32_t *wanted, uint32_t n_wanted, uint64_t *counts, co_bitmap *members,
                          co_step_report *reports, cohort_error *error)
{
    co_program program;
    co_arena arena;
    outcome o = { .wanted = wanted, .n_wanted = n_wanted, .counts = counts, .members = members };
    co_run run = { .plan = plan, .memory = &eval->memory, .control = control, .program = &program };
    job j = { .eval = eval, .run = &run };
    cohort_status status;

    for (uint32_t i = 0; i < n_wanted; i++)
        empty(&o, i);
    co_arena_init(&arena, &eval->memory);
    status = co_program_make(plan, wanted, n_wanted, NULL, 0, &arena, &program, error);
    if (status == COHORT_OK)
        status = run_all(&j, &o, reports, &arena, error);
    for (uint32_t i = 0; status != COHORT_OK && i < n_wanted; i++)
        empty(&o, i);
    co_arena_clear(&arena);
    return status;
}

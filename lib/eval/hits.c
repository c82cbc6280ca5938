/*
 * Child rows of a parent tile, chunk by chunk; see hits.h.
 *
 * At home each child tile is opened, asked for the set, and closed again before
 * the next, so memory does not grow with their number. A tile whose ranges rule
 * the set out is not opened at all. Where few parents matter, or a row of others
 * could raise an error, the tile's rows are first cut to the children of those.
 */
#include "eval/hits.h"

#include <assert.h>
#include <string.h>

#include "eval/kept.h"
#include "eval/links.h"

/* As many parents are looked for by their numbers. */
#define FEW_PARENTS CO_CHUNK

/* How deep a set is looked into before its tile is opened. */
#define LOOK_DEPTH 4

struct co_hits_walk {
    bool narrows;     /* the tile's rows are cut to children of `within` */
    bool filters;     /* rows of other parents are still among those found */
    uint64_t *within; /* words; where it filters, or narrows to many */
    /* home: tiles left, by place in the layout, and the one that is open */
    uint32_t next;
    uint32_t end;
    co_scope *child;
    bool is_ours; /* opened here */
    bool is_decoded;
    co_register found;
    uint32_t position; /* word, or place among slots, to go on from */
    uint64_t rest;     /* of that word */
    uint16_t *slots;   /* of the parents of all rows of the tile, where decoded */
    /* link: pairs left */
    const co_link_rows *link;
    uint64_t pair;
    uint64_t last_pair;
    /* the chunk */
    uint16_t chunk[CO_CHUNK];
    uint16_t parents[CO_CHUNK];
    uint32_t rows[CO_CHUNK];
};

static const co_run *run_of(const co_hits *hits)
{
    return hits->worker->run;
}

static uint32_t home_field(const co_hits *hits)
{
    return hits->relation->via.fields[0];
}

/* ---- tiles that need not be opened ---- */

/* Whether the ranges of a tile's columns say that no row can be in the set. */
static bool is_ruled_out(const co_run *run, const co_tile *tile, uint32_t number, uint32_t depth)
{
    const co_step *step = &run->plan->steps[number];
    const bool is_and = step->kind == CO_STEP_AND;
    int64_t least;
    int64_t greatest;

    switch (step->kind) {
    case CO_STEP_NONE:
        return true;
    case CO_STEP_AND:
    case CO_STEP_OR:
        for (uint32_t i = 0; i < step->n_inputs && depth > 0; i++) {
            if (is_ruled_out(run, tile, step->inputs[i], depth - 1) == is_and)
                return is_and;
        }
        return !is_and && depth > 0;
    case CO_STEP_BETWEEN:
    case CO_STEP_AMONG:
        break;
    default:
        return false;
    }
    if (co_tile_column(tile, step->field) == NULL ||
        !co_column_range(co_tile_column(tile, step->field), &least, &greatest))
        return true;
    if (step->outside)
        return false;
    return step->kind == CO_STEP_BETWEEN
               ? least > step->high || greatest < step->low
               : step->n_numbers == 0 || least > step->numbers[step->n_numbers - 1] ||
                     greatest < step->numbers[0];
}

/* ---- parents that matter ---- */

static bool take_within(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;

    walk->within = co_memory_new(hits->worker->memory, CO_TILE_WORDS * sizeof *walk->within);
    if (walk->within == NULL)
        return false;
    co_register_to_words(hits->within, walk->within);
    return true;
}

/* Rows of the child's tile whose parent is one of few, by their numbers. */
static cohort_status keep_few(co_hits *hits, const co_column *home, co_register *rows)
{
    co_stack *scratch = &hits->worker->scratch;
    const co_mark mark = co_stack_mark(scratch);
    const uint32_t n = hits->within->count;
    uint16_t *slots = co_stack_new(scratch, n, sizeof *slots);
    int64_t *parents = co_stack_new(scratch, n, sizeof *parents);
    uint64_t *words = co_stack_new(scratch, CO_TILE_WORDS, sizeof *words);
    bool fine = slots != NULL && parents != NULL && words != NULL;

    if (fine) {
        co_register_to_slots(hits->within, slots);
        for (uint32_t i = 0; i < n; i++)
            parents[i] = (int64_t)hits->scope->number * CO_TILE_ROWS + slots[i];
        co_column_among(home, parents, n, words);
        fine = co_register_and_words(rows, words);
    }
    co_stack_release(scratch, mark);
    return fine ? COHORT_OK : COHORT_MEMORY;
}

/* The parents' slots of all rows of the open tile. */
static bool decode(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;

    if (walk->slots == NULL)
        walk->slots = co_memory_new_array(hits->worker->memory, CO_TILE_ROWS, sizeof *walk->slots);
    if (walk->slots == NULL)
        return false;
    if (!walk->is_decoded)
        co_column_slots(co_tile_column(walk->child->tile, home_field(hits)), walk->slots);
    walk->is_decoded = true;
    return true;
}

static cohort_status keep_many(co_hits *hits, co_register *rows)
{
    struct co_hits_walk *walk = hits->walk;
    const uint32_t n_rows = walk->child->tile->n_rows;
    co_register belongs;
    uint64_t *words;
    bool fine;

    co_register_init(&belongs, &hits->worker->pool, n_rows);
    words = co_register_open(&belongs);
    fine = words != NULL && decode(hits);
    for (uint32_t first = 0; first < n_rows && fine; first += 64) {
        const uint32_t n = n_rows - first < 64 ? n_rows - first : 64;
        uint64_t word = 0;

        for (uint32_t i = 0; i < n; i++)
            word |= (uint64_t)co_bit_test(walk->within, walk->slots[first + i]) << i;
        words[first / 64] = word;
    }
    if (words != NULL)
        co_register_settle(&belongs);
    fine = fine && co_register_and(rows, &belongs);
    co_register_clear(&belongs);
    return fine ? COHORT_OK : COHORT_MEMORY;
}

static bool keep_between(co_hits *hits, const co_column *home, int64_t first, int64_t last, co_register *rows)
{
    co_stack *scratch = &hits->worker->scratch;
    const co_mark mark = co_stack_mark(scratch);
    uint64_t *words = co_stack_new(scratch, CO_TILE_WORDS, sizeof *words);
    bool fine = words != NULL;

    if (fine) {
        co_column_between(home, first, last, words);
        fine = co_register_and_words(rows, words);
    }
    co_stack_release(scratch, mark);
    return fine;
}

/* Cuts rows to those with a parent in this tile that matters, as far as that is asked for. */
static cohort_status narrow(co_hits *hits, const co_column *home, co_register *rows)
{
    const int64_t first = (int64_t)hits->scope->number * CO_TILE_ROWS;
    const int64_t last = first + CO_TILE_ROWS - 1;
    int64_t least;
    int64_t greatest;

    if (hits->walk->narrows && hits->within->count <= FEW_PARENTS)
        return keep_few(hits, home, rows);
    if (!co_column_range(home, &least, &greatest)) {
        co_register_set_empty(rows);
        return COHORT_OK;
    }
    if ((co_column_valid(home) != NULL || least < first || greatest > last) &&
        !keep_between(hits, home, first, last, rows))
        return COHORT_MEMORY;
    return hits->walk->narrows ? keep_many(hits, rows) : COHORT_OK;
}

/* ---- one child tile ---- */

/* Finds the set's rows in the tile that is open. */
static cohort_status find_rows(co_hits *hits, const co_column *home)
{
    struct co_hits_walk *walk = hits->walk;
    co_scope *child = walk->child;
    const co_register *base = child->base;
    const bool in_value = child->in_value;
    co_register rows;
    cohort_status status = COHORT_OK;

    if (!child->has_rows)
        status = co_scope_find_rows(hits->worker, child);
    co_register_init(&rows, &hits->worker->pool, child->tile->n_rows);
    if (status == COHORT_OK && !co_register_copy(&rows, &child->rows))
        status = COHORT_MEMORY;
    if (status == COHORT_OK)
        status = narrow(hits, home, &rows);
    child->base = walk->is_ours && !walk->narrows ? &child->rows : NULL;
    child->in_value = false;
    if (status == COHORT_OK)
        status = co_step_find(hits->worker, child, hits->set, &rows, &walk->found);
    child->base = base;
    child->in_value = in_value;
    co_register_clear(&rows);
    return status;
}

static void close_tile(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;

    co_register_clear(&walk->found);
    if (walk->is_ours)
        co_scope_close(hits->worker, walk->child);
    walk->child = NULL;
}

/* Opens a child tile and finds the set's rows there; walk->child stays NULL if there can be none. */
static cohort_status open_tile(co_hits *hits, uint32_t number)
{
    const co_run *run = run_of(hits);
    const uint32_t object = hits->relation->child;
    struct co_hits_walk *walk = hits->walk;
    const co_tile *tile = co_version_tile(run->plan->version, object, number);
    const co_column *home = tile != NULL ? co_tile_column(tile, home_field(hits)) : NULL;
    cohort_status status;

    if (home == NULL || is_ruled_out(run, tile, hits->set, LOOK_DEPTH))
        return COHORT_OK;
    walk->is_ours = !co_scope_is_open(hits->worker, object, number);
    walk->child = co_scope_find(hits->worker, object, number);
    if (walk->child == NULL)
        return COHORT_MEMORY;
    walk->is_decoded = false;
    walk->position = 0;
    walk->rest = 0;
    co_register_init(&walk->found, &hits->worker->pool, tile->n_rows);
    status = find_rows(hits, home);
    /* Where most rows are wanted, or all will be tested anyway, parents are read for the whole tile. */
    if (status == COHORT_OK && walk->found.count > tile->n_rows / 16 && !decode(hits))
        status = COHORT_MEMORY;
    if (status == COHORT_OK && walk->found.form == CO_FORM_WORDS)
        walk->rest = co_register_words(&walk->found)[0];
    return status;
}

/* ---- chunks of a tile ---- */

static uint32_t take_words(struct co_hits_walk *walk)
{
    const uint64_t *words = co_register_words(&walk->found);
    const size_t n_words = co_register_n_words(&walk->found);
    uint32_t n = 0;

    while (walk->position < n_words) {
        for (; walk->rest != 0 && n < CO_CHUNK; walk->rest &= walk->rest - 1)
            walk->chunk[n++] = (uint16_t)(walk->position * 64 + co_lowest_bit(walk->rest));
        if (walk->rest != 0)
            break;
        walk->position++;
        walk->rest = walk->position < n_words ? words[walk->position] : 0;
    }
    return n;
}

/* The next slots of the tile; 0: no more. */
static uint32_t take_slots(struct co_hits_walk *walk)
{
    const uint32_t left = walk->found.form == CO_FORM_EMPTY ? 0 : walk->found.count - walk->position;
    const uint32_t n = left < CO_CHUNK ? left : CO_CHUNK;

    if (walk->found.form == CO_FORM_WORDS)
        return take_words(walk);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t at = walk->position + i;

        walk->chunk[i] =
            walk->found.form == CO_FORM_SLOTS ? co_register_slots(&walk->found)[at] : (uint16_t)at;
    }
    walk->position += n;
    return n;
}

static void find_parents(co_hits *hits, uint32_t n)
{
    struct co_hits_walk *walk = hits->walk;
    const co_column *home = co_tile_column(walk->child->tile, home_field(hits));

    for (uint32_t i = 0; i < n && walk->is_decoded; i++)
        walk->parents[i] = walk->slots[walk->chunk[i]];
    for (uint32_t i = 0; i < n && !walk->is_decoded; i++)
        walk->parents[i] = (uint16_t)co_column_number(home, walk->chunk[i]);
}

/* Drops children of parents that do not matter. */
static uint32_t drop_others(struct co_hits_walk *walk, uint32_t n)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++) {
        const uint16_t parent = walk->parents[i];

        walk->chunk[kept] = walk->chunk[i];
        walk->rows[kept] = walk->rows[i];
        walk->parents[kept] = parent;
        kept += co_bit_test(walk->within, parent);
    }
    return kept;
}

static uint32_t take_home_chunk(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;
    const uint32_t first = walk->child->number * CO_TILE_ROWS;
    const uint32_t n = take_slots(walk);

    find_parents(hits, n);
    for (uint32_t i = 0; i < n; i++)
        walk->rows[i] = first + walk->chunk[i];
    return n;
}

/* The place of the next tile in the layout. */
static uint32_t take_tile(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;

    if (hits->share == NULL)
        return walk->next < walk->end ? walk->next++ : walk->end;
    return walk->next + atomic_fetch_add(&hits->share->n_taken, 1);
}

static cohort_status next_home(co_hits *hits, uint32_t *n)
{
    struct co_hits_walk *walk = hits->walk;
    const co_version *version = run_of(hits)->plan->version;

    for (;;) {
        cohort_status status;

        *n = walk->child != NULL ? take_home_chunk(hits) : 0;
        if (*n > 0)
            return COHORT_OK;
        if (walk->child != NULL)
            close_tile(hits);
        const uint32_t index = take_tile(hits);

        if (index >= walk->end)
            return COHORT_OK;
        status = co_worker_poll(hits->worker);
        if (status == COHORT_OK)
            status = open_tile(hits, co_version_home_tile(version, hits->relation->child, index));
        if (status != COHORT_OK)
            return status;
    }
}

/* The next pairs, of one child tile. */
static cohort_status next_link(co_hits *hits, uint32_t *n)
{
    struct co_hits_walk *walk = hits->walk;
    const co_link_rows *link = walk->link;
    uint32_t taken = 0;

    while (walk->pair < walk->last_pair && taken < CO_CHUNK &&
           (taken == 0 || link->rows[walk->pair] / CO_TILE_ROWS == walk->rows[0] / CO_TILE_ROWS)) {
        walk->rows[taken] = link->rows[walk->pair];
        walk->parents[taken] = link->parents[walk->pair];
        walk->chunk[taken++] = (uint16_t)(link->rows[walk->pair++] % CO_TILE_ROWS);
    }
    *n = taken;
    return co_worker_poll(hits->worker);
}

/* ---- for folds ---- */

static void start_home(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;
    const co_version *version = run_of(hits)->plan->version;

    walk->end = co_version_home_tiles(version, hits->relation->child, hits->scope->number, &walk->next);
    walk->end += walk->next;
    /* Rows of parents that do not matter must not raise errors. */
    walk->narrows = hits->within->count <= hits->within->n_rows / 16 ||
                    (run_of(hits)->program->step_may_fail[hits->set] && hits->within->form != CO_FORM_ALL);
    walk->filters = !walk->narrows && hits->within->form != CO_FORM_ALL;
}

static void start_link(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;
    const uint32_t number = hits->scope->number;

    walk->link = &run_of(hits)->linked[hits->relation->link];
    assert(run_of(hits)->plan->links[hits->relation->link].rows == hits->set);
    assert(walk->link->starts != NULL && number < walk->link->n_tiles);
    walk->pair = walk->link->starts[number];
    walk->last_pair = walk->link->starts[number + 1];
    walk->filters = hits->within->form != CO_FORM_ALL;
}

cohort_status co_hits_open(co_worker *worker, co_scope *scope, const co_relation *relation, uint32_t set,
                           const co_register *within, co_hits *hits)
{
    *hits = (co_hits){ .worker = worker, .scope = scope, .relation = relation, .set = set, .within = within };
    hits->walk = co_memory_new(worker->memory, sizeof *hits->walk);
    if (hits->walk == NULL)
        return COHORT_MEMORY;
    memset(hits->walk, 0, offsetof(struct co_hits_walk, chunk));
    hits->parents = hits->walk->parents;
    hits->rows = hits->walk->rows;
    if (relation->link != CO_NO_STEP)
        start_link(hits);
    else
        start_home(hits);
    if ((hits->walk->filters || hits->walk->narrows) && !take_within(hits)) {
        co_hits_close(hits);
        return COHORT_MEMORY;
    }
    return COHORT_OK;
}

cohort_status co_hits_next(co_hits *hits, bool *more)
{
    struct co_hits_walk *walk = hits->walk;
    uint32_t n;

    do {
        const cohort_status status = walk->link != NULL ? next_link(hits, &n) : next_home(hits, &n);

        if (status != COHORT_OK)
            return status;
        hits->n = n > 0 && walk->filters ? drop_others(walk, n) : n;
    } while (n > 0 && hits->n == 0);
    *more = n > 0;
    return COHORT_OK;
}

cohort_status co_hits_values(co_hits *hits, uint32_t vstep, co_vector *out)
{
    struct co_hits_walk *walk = hits->walk;
    const co_run *run = run_of(hits);
    const co_vstep *step = &run->plan->vsteps[vstep];
    const co_choice choice = { hits->n, walk->chunk };

    if (walk->link != NULL) {
        if (!co_vector_open(&hits->worker->scratch, step->type, step->scale, step->is_wide, hits->n, out))
            return COHORT_MEMORY;
        co_kept_gather(&run->kept_values[vstep], hits->rows, out);
        return COHORT_OK;
    }

    co_scope *child = walk->child;
    const co_scope before = *child;
    cohort_status status;

    child->base = &walk->found;
    child->in_value = true;
    child->in_branch = walk->filters; /* rows of parents that do not matter are among those found */
    child->is_dense = before.is_dense || (uint64_t)walk->found.count * 16 >= child->tile->n_rows;
    status = co_value_find(hits->worker, child, vstep, &choice, out);
    child->base = before.base;
    child->in_value = before.in_value;
    child->in_branch = before.in_branch;
    child->is_dense = before.is_dense;
    return status;
}

void co_hits_close(co_hits *hits)
{
    co_memory *memory = hits->worker->memory;
    struct co_hits_walk *walk = hits->walk;

    if (walk == NULL)
        return;
    if (walk->child != NULL)
        close_tile(hits);
    co_memory_free(memory, walk->within, CO_TILE_WORDS * sizeof *walk->within);
    co_memory_free(memory, walk->slots, CO_TILE_ROWS * sizeof *walk->slots);
    co_memory_free(memory, walk, sizeof *walk);
    hits->walk = NULL;
}

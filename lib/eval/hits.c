/*
 * Child rows of a parent tile, chunk by chunk; see hits.h.
 *
 * At home child tiles are taken one after the other, so memory does not grow with
 * their number. Of a tile of one cluster value not even its columns are looked at
 * if that value is not wanted. Where a window tells which rows are in the set, they
 * are taken as they lie; else the tile is opened, asked for the set, and closed
 * again. Then, where few parents matter, or a row of others could raise an error,
 * the tile's rows are first cut to the children of those.
 */
#include "eval/hits.h"

#include <assert.h>
#include <string.h>

#include "eval/kept.h"
#include "eval/links.h"
#include "eval/windows.h"

/* As many parents are looked for by their numbers. */
#define FEW_PARENTS CO_CHUNK

/* The children of so few parents are found by their numbers rather than among so many rows of a window. */
#define FEWEST_PARENTS 8u
#define MANY_ROWS 8192u

struct co_hits_walk {
    bool narrows;     /* an open tile's rows are cut to children of `within` */
    bool filters;     /* rows of other parents are still among those found in the tile at hand */
    uint64_t *within; /* words; NULL: all parents matter */
    uint16_t *room;   /* for the parents of a whole tile */
    uint16_t *list;   /* for slots of a whole tile */
    /* home: tiles left, by place in the layout, and the one at hand */
    uint32_t next;
    uint32_t end;
    const co_tile *tile; /* NULL: none */
    const co_column *home;
    uint32_t number;
    const uint16_t *listed; /* slots found; NULL: all from first to last */
    uint32_t n_listed;
    uint32_t first;
    uint32_t last;     /* past it */
    uint32_t position; /* place in the list, or slot, to go on from */
    bool is_window;    /* the rows from first to last, and the tile need not be open */
    co_scope *child; /* NULL: not open */
    bool is_ours;    /* opened here */
    co_register found;
    const uint16_t *slots; /* of the parents of all rows, less `base`; NULL: not read */
    uint16_t base;
    /* link: pairs left */
    const co_link_rows *link;
    uint64_t pair;
    uint64_t last_pair;
    /* the chunk */
    uint32_t bare_first; /* slot of its first row, if it is bare */
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

static bool is_everybody(const co_register *within)
{
    return within->form == CO_FORM_ALL;
}

/* ---- parents that matter ---- */

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

/* The parents' slots of all rows of the tile at hand. */
static void read_parents(struct co_hits_walk *walk)
{
    if (walk->slots == NULL)
        walk->slots = co_column_slots(walk->home, 0, walk->tile->n_rows, walk->room, &walk->base);
}

/* The same if they need not be decoded, or so many are wanted that it pays. */
static void read_parents_of(struct co_hits_walk *walk, uint32_t n)
{
    uint16_t base;

    if (n > walk->tile->n_rows / 16 || co_column_slots(walk->home, 0, 0, walk->room, &base) != walk->room)
        read_parents(walk);
}

static cohort_status keep_many(co_hits *hits, co_register *rows)
{
    struct co_hits_walk *walk = hits->walk;
    const uint32_t n_rows = walk->tile->n_rows;
    co_register belongs;
    uint64_t *words;
    bool fine;

    co_register_init(&belongs, &hits->worker->pool, n_rows);
    words = co_register_open(&belongs);
    fine = words != NULL;
    read_parents(walk);
    for (uint32_t first = 0; first < n_rows && fine; first += 64) {
        const uint32_t n = n_rows - first < 64 ? n_rows - first : 64;
        uint64_t word = 0;

        for (uint32_t i = 0; i < n; i++)
            word |= (uint64_t)co_bit_test(walk->within, (uint16_t)(walk->base + walk->slots[first + i])) << i;
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

/* Whether all rows of the child's tile that have a parent have it in this tile. */
static bool lives_here(const co_hits *hits, const co_column *home)
{
    const int64_t first = (int64_t)hits->scope->number * CO_TILE_ROWS;
    int64_t least;
    int64_t greatest;

    return co_column_range(home, &least, &greatest) && least >= first && greatest < first + CO_TILE_ROWS;
}

/* Cuts rows to those with a parent in this tile that matters, as far as that is asked for. */
static cohort_status narrow(co_hits *hits, const co_column *home, co_register *rows)
{
    const int64_t first = (int64_t)hits->scope->number * CO_TILE_ROWS;
    const int64_t last = first + CO_TILE_ROWS - 1;

    if (hits->walk->narrows && hits->within->count <= FEW_PARENTS)
        return keep_few(hits, home, rows);
    if ((co_column_valid(home) != NULL || !lives_here(hits, home)) && !keep_between(hits, home, first, last, rows))
        return COHORT_MEMORY;
    return hits->walk->narrows ? keep_many(hits, rows) : COHORT_OK;
}

/* ---- one child tile ---- */

/* Rows [first, end). */
static bool set_range(co_register *rows, uint32_t first, uint32_t end)
{
    uint64_t *words;

    if (first == 0 && end == rows->n_rows) {
        co_register_set_all(rows);
        return true;
    }
    words = co_register_open(rows);
    if (words == NULL)
        return false;
    memset(words, 0, co_register_n_words(rows) * sizeof *words);
    co_bits_fill(words, first, end);
    co_register_settle(rows);
    return true;
}

/* Those of the rows that are in all steps that the window leaves. */
static cohort_status find_left(co_hits *hits, const co_window *window, co_register *rows)
{
    struct co_hits_walk *walk = hits->walk;
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < window->n_left && rows->count > 0 && status == COHORT_OK; i++) {
        status = co_step_find(hits->worker, walk->child, window->left[i], rows, &walk->found);
        co_register_swap(rows, &walk->found);
    }
    co_register_swap(rows, &walk->found);
    return status;
}

/* Finds the set's rows in the tile that is open. */
static cohort_status find_rows(co_hits *hits, const co_window *window)
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
    if (status == COHORT_OK &&
        !(set_range(&rows, window->first, window->end) && co_register_and(&rows, &child->rows)))
        status = COHORT_MEMORY;
    if (status == COHORT_OK)
        status = narrow(hits, walk->home, &rows);
    child->base = walk->is_ours && !walk->narrows ? &child->rows : NULL;
    child->in_value = false;
    if (status == COHORT_OK && !walk->is_ours)
        status = co_step_find(hits->worker, child, hits->set, &rows, &walk->found);
    else if (status == COHORT_OK)
        status = find_left(hits, window, &rows);
    child->base = base;
    child->in_value = in_value;
    co_register_clear(&rows);
    return status;
}

/* Opens the tile at hand. */
static bool open_scope(co_hits *hits)
{
    const uint32_t object = hits->relation->child;
    struct co_hits_walk *walk = hits->walk;

    walk->is_ours = !co_scope_is_open(hits->worker, object, walk->number);
    walk->child = co_scope_find(hits->worker, object, walk->number);
    return walk->child != NULL;
}

static void close_tile(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;

    co_register_clear(&walk->found);
    if (walk->child != NULL && walk->is_ours)
        co_scope_close(hits->worker, walk->child);
    walk->child = NULL;
    walk->tile = NULL;
}

/* Whether the children of few parents are looked for by their numbers. */
static bool picks_few(const co_hits *hits, const co_window *window)
{
    return hits->within->count <= FEWEST_PARENTS && window->end - window->first > MANY_ROWS;
}

/* found = the set's rows, where columns tell them; else *is_read is false. */
static cohort_status read_window(co_hits *hits, const co_window *window, bool *is_read)
{
    struct co_hits_walk *walk = hits->walk;
    const co_kernel *kernel = hits->worker->kernel;
    const uint32_t start = window->first / 64 * 64;
    const size_t n_words = co_words_for(window->end - start);
    uint64_t words[CO_TILE_WORDS];
    uint16_t slots[CO_FEW_SLOTS];
    size_t n;
    uint64_t *whole;

    *is_read = co_window_read(run_of(hits), walk->tile, window, words);
    if (!*is_read)
        return COHORT_OK;
    if (co_column_valid(walk->home) != NULL)
        kernel->and_words(words, co_column_valid(walk->home) + start / 64, words, n_words);
    n = kernel->count(words, n_words);
    if (n <= CO_FEW_SLOTS) {
        kernel->words_to_slots(words, n_words, slots, n);
        for (size_t i = 0; i < n; i++)
            slots[i] = (uint16_t)(start + slots[i]);
        return co_register_set_slots(&walk->found, slots, n) ? COHORT_OK : COHORT_MEMORY;
    }
    whole = co_register_open(&walk->found);
    if (whole == NULL)
        return COHORT_MEMORY;
    memset(whole, 0, co_register_n_words(&walk->found) * sizeof *whole);
    memcpy(whole + start / 64, words, n_words * sizeof *words);
    co_register_settle(&walk->found);
    return COHORT_OK;
}

/* Lists the rows found, unless they are all of the tile. */
static void list_found(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;

    walk->listed = walk->list;
    walk->n_listed = walk->found.count;
    if (walk->found.form == CO_FORM_SLOTS) {
        walk->listed = co_register_slots(&walk->found);
    } else if (walk->found.form == CO_FORM_WORDS) {
        hits->worker->kernel->words_to_slots(co_register_words(&walk->found), co_register_n_words(&walk->found),
                                             walk->list, walk->found.count);
    } else if (walk->found.form == CO_FORM_ALL) {
        walk->listed = NULL;
        walk->first = 0;
        walk->last = walk->found.count;
    }
}

/* found = these slots, in whatever order. */
static bool set_slots(co_hits *hits, const uint16_t *slots, uint32_t n)
{
    co_register *found = &hits->walk->found;
    uint64_t *words = co_register_open(found);

    if (words == NULL)
        return false;
    memset(words, 0, co_register_n_words(found) * sizeof *words);
    hits->worker->kernel->add_slots(slots, n, words);
    co_register_settle(found);
    return true;
}

/*
 * Lists the set's rows where they are those of a span of a column whose rows were put in order: by
 * that order if only parents are asked for, else by their slots. False: they are not.
 */
static bool list_span(co_hits *hits, const co_window *window, cohort_status *status)
{
    struct co_hits_walk *walk = hits->walk;
    const uint16_t *slots;
    uint32_t n;

    if (co_column_valid(walk->home) != NULL ||
        !co_window_span(run_of(hits), hits->relation->child, walk->tile, window, walk->list, &slots, &n))
        return false;
    walk->listed = slots;
    walk->n_listed = n;
    if (hits->only_parents)
        return true;
    if (set_slots(hits, slots, n))
        list_found(hits);
    else
        *status = COHORT_MEMORY;
    return true;
}

/* Finds the set's rows in the tile at hand. */
static cohort_status find_hits(co_hits *hits, const co_window *window)
{
    struct co_hits_walk *walk = hits->walk;
    const bool takes = lives_here(hits, walk->home) && !picks_few(hits, window);
    bool is_read = false;
    bool is_span;
    cohort_status status = COHORT_OK;

    walk->slots = NULL;
    walk->listed = NULL;
    walk->is_window = takes && co_window_is_exact(window) && co_column_valid(walk->home) == NULL;
    walk->first = window->first;
    walk->last = window->end;
    co_register_init(&walk->found, &hits->worker->pool, walk->tile->n_rows);
    is_span = !walk->is_window && takes && list_span(hits, window, &status);
    if (!walk->is_window && !is_span && takes)
        status = read_window(hits, window, &is_read);
    walk->filters = walk->within != NULL && (walk->is_window || is_span || is_read || !walk->narrows);
    if (status == COHORT_OK && !walk->is_window && !is_span && !is_read)
        status = open_scope(hits) ? find_rows(hits, window) : COHORT_MEMORY;
    if (status == COHORT_OK && !walk->is_window && !is_span)
        list_found(hits);
    walk->position = walk->listed != NULL ? 0 : walk->first;
    return status;
}

/* Takes up a child tile and finds the set's rows there; walk->tile stays NULL if there can be none. */
static cohort_status open_tile(co_hits *hits, uint32_t number)
{
    const co_run *run = run_of(hits);
    const uint32_t object = hits->relation->child;
    struct co_hits_walk *walk = hits->walk;
    const co_tile *tile = co_version_tile(run->plan->version, object, number);
    const co_column *home = tile != NULL ? co_tile_column(tile, home_field(hits)) : NULL;
    co_window window;

    if (home == NULL)
        return COHORT_OK;
    window = co_window_find(run, object, tile, hits->set);
    if (co_window_is_empty(&window))
        return COHORT_OK;
    walk->tile = tile;
    walk->home = home;
    walk->number = number;
    return find_hits(hits, &window);
}

/* ---- chunks of a tile ---- */

/* The next slots of the tile; 0: no more. */
static uint32_t take_slots(struct co_hits_walk *walk)
{
    const uint32_t end = walk->listed == NULL ? walk->last : walk->n_listed;
    const uint32_t left = end - walk->position;
    const uint32_t n = left < CO_CHUNK ? left : CO_CHUNK;

    if (walk->listed != NULL)
        memcpy(walk->chunk, walk->listed + walk->position, n * sizeof *walk->chunk);
    for (uint32_t i = 0; i < n && walk->listed == NULL; i++)
        walk->chunk[i] = (uint16_t)(walk->position + i);
    walk->position += n;
    return n;
}

/* Where many rows are wanted, parents are read for the whole tile. */
static void find_parents(struct co_hits_walk *walk, uint32_t n)
{
    uint16_t base;

    if (walk->is_window && n > 0) {
        const uint16_t *slots =
            co_column_slots(walk->home, walk->chunk[0], walk->chunk[0] + n, walk->room, &base);

        for (uint32_t i = 0; i < n; i++)
            walk->parents[i] = (uint16_t)(base + slots[i]);
        return;
    }
    read_parents_of(walk, walk->found.count);
    for (uint32_t i = 0; i < n && walk->slots != NULL; i++)
        walk->parents[i] = (uint16_t)(walk->base + walk->slots[walk->chunk[i]]);
    for (uint32_t i = 0; i < n && walk->slots == NULL; i++)
        walk->parents[i] = (uint16_t)co_column_number(walk->home, walk->chunk[i]);
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

/* The next rows of the window as they lie. */
static uint32_t take_bare_chunk(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;
    const uint32_t first = walk->position;
    const uint32_t left = walk->last - first;
    const uint32_t n = left < hits->most_bare ? left : hits->most_bare;

    hits->parents = co_column_slots(walk->home, first, first + n, walk->room, &hits->base);
    hits->lasts = hits->parents != walk->room;
    hits->rows = NULL;
    hits->first = walk->number * CO_TILE_ROWS + first;
    walk->bare_first = first;
    walk->position += n;
    return n;
}

/* The parents of the next rows listed, and nothing else. */
static uint32_t take_parents(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;
    const uint16_t *listed = walk->listed + walk->position;
    const uint32_t left = walk->n_listed - walk->position;
    const uint32_t n = left < CO_CHUNK ? left : CO_CHUNK;

    read_parents(walk);
    for (uint32_t i = 0; i < n; i++)
        walk->parents[i] = walk->slots[listed[i]];
    hits->parents = walk->parents;
    hits->base = walk->base;
    hits->lasts = false;
    hits->rows = NULL;
    walk->position += n;
    return n;
}

static uint32_t take_home_chunk(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;
    const uint32_t first = walk->number * CO_TILE_ROWS;
    uint32_t n;

    if (walk->is_window && hits->most_bare > 0)
        return take_bare_chunk(hits);
    if (walk->listed != NULL && hits->only_parents)
        return take_parents(hits);
    hits->parents = walk->parents;
    hits->rows = walk->rows;
    hits->base = 0;
    hits->lasts = false;
    n = take_slots(walk);
    find_parents(walk, n);
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

/* Whether the tile at that place in the layout is of a cluster value that the set has no rows of. */
static bool is_other(const co_hits *hits, uint32_t index)
{
    const uint32_t object = hits->relation->child;
    int64_t value;

    return co_version_home_value(run_of(hits)->plan->version, object, index, &value) &&
           !co_window_may_have(run_of(hits), object, hits->set, value);
}

static cohort_status next_home(co_hits *hits, uint32_t *n)
{
    struct co_hits_walk *walk = hits->walk;
    const co_version *version = run_of(hits)->plan->version;

    for (;;) {
        uint32_t index;
        cohort_status status;

        *n = walk->tile != NULL ? take_home_chunk(hits) : 0;
        if (*n > 0)
            return COHORT_OK;
        if (walk->tile != NULL)
            close_tile(hits);
        do
            index = take_tile(hits);
        while (index < walk->end && is_other(hits, index));
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
                    (run_of(hits)->program->step_may_fail[hits->set] && !is_everybody(hits->within));
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
    walk->filters = !is_everybody(hits->within);
}

cohort_status co_hits_open(co_worker *worker, co_scope *scope, const co_relation *relation, uint32_t set,
                           const co_register *within, co_hits *hits)
{
    co_stack *scratch = &worker->scratch;
    struct co_hits_walk *walk = co_stack_new(scratch, 1, sizeof *walk);

    *hits = (co_hits){ .worker = worker, .scope = scope, .relation = relation, .set = set, .within = within };
    if (walk == NULL)
        return COHORT_MEMORY;
    memset(walk, 0, offsetof(struct co_hits_walk, chunk));
    walk->room = co_stack_new(scratch, CO_TILE_ROWS, sizeof *walk->room);
    walk->list = co_stack_new(scratch, CO_TILE_ROWS, sizeof *walk->list);
    if (!is_everybody(within))
        walk->within = co_stack_new(scratch, CO_TILE_WORDS, sizeof *walk->within);
    if (walk->room == NULL || walk->list == NULL || (walk->within == NULL && !is_everybody(within)))
        return COHORT_MEMORY;
    hits->walk = walk;
    hits->parents = walk->parents;
    hits->rows = walk->rows;
    if (walk->within != NULL)
        co_register_to_words(within, walk->within);
    if (relation->link != CO_NO_STEP)
        start_link(hits);
    else
        start_home(hits);
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
        hits->n = n > 0 && walk->filters && hits->rows != NULL ? drop_others(walk, n) : n;
    } while (n > 0 && hits->n == 0);
    *more = n > 0;
    return COHORT_OK;
}

/* ---- values ---- */

bool co_hits_reads_bare(const co_run *run, uint32_t vstep)
{
    const co_vstep *step = &run->plan->vsteps[vstep];
    const bool is_number = step->type == CO_V_BOOL || step->type == CO_V_EXACT || step->type == CO_V_DATE ||
                           step->type == CO_V_TIMESTAMP;

    return step->kind == CO_VS_FIELD && step->way.n == 0 && is_number && !step->is_wide;
}

/* bits = n bits of the words from number `first` on. */
static void copy_bits(const uint64_t *words, uint32_t first, uint32_t n, uint64_t *bits)
{
    const unsigned shift = first % 64;

    for (uint32_t i = 0; i < n; i += 64) {
        const uint64_t *from = &words[(first + i) / 64];
        const bool reaches_on = shift > 0 && n - i > 64 - shift;
        const uint64_t word = from[0] >> shift | (reaches_on ? from[1] << (64 - shift) : 0);

        bits[i / 64] = word & co_low_bits(n - i);
    }
}

/* Numbers of the tile's own column. */
static void read_numbers(const co_hits *hits, uint32_t field, co_vector *out)
{
    const struct co_hits_walk *walk = hits->walk;
    const co_column *column = co_tile_column(walk->tile, field);
    const uint64_t *valid = column != NULL ? co_column_valid(column) : NULL;

    if (column == NULL)
        return;
    if (hits->rows == NULL)
        co_column_some_numbers(column, walk->bare_first, walk->bare_first + hits->n, out->numbers);
    else
        co_column_numbers_at(column, hits->rows, hits->n, out->numbers);
    if (valid == NULL)
        co_bits_fill(out->valid, 0, hits->n);
    else if (hits->rows == NULL)
        copy_bits(valid, walk->bare_first, hits->n, out->valid);
    else
        for (uint32_t i = 0; i < hits->n; i++)
            out->valid[i / 64] |= (uint64_t)co_bit_test(valid, walk->chunk[i]) << i % 64;
}

/* Opens a tile whose rows were found without that, as values are asked for. */
static cohort_status open_late(co_hits *hits)
{
    struct co_hits_walk *walk = hits->walk;

    return open_scope(hits) && (!walk->is_window ||
                                set_range(&walk->found, walk->first, walk->last))
               ? COHORT_OK
               : COHORT_MEMORY;
}

static cohort_status find_values(co_hits *hits, uint32_t vstep, co_vector *out)
{
    struct co_hits_walk *walk = hits->walk;
    const co_choice choice = { hits->n, walk->chunk };
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

cohort_status co_hits_values(co_hits *hits, uint32_t vstep, co_vector *out)
{
    struct co_hits_walk *walk = hits->walk;
    const co_run *run = run_of(hits);
    const co_vstep *step = &run->plan->vsteps[vstep];
    const bool is_linked = walk->link != NULL;
    const bool is_read = !is_linked && co_hits_reads_bare(run, vstep);

    assert(hits->rows != NULL || is_read);
    if (!is_read && !is_linked) {
        const cohort_status status = walk->child == NULL ? open_late(hits) : COHORT_OK;

        return status == COHORT_OK ? find_values(hits, vstep, out) : status;
    }
    if (!co_vector_open(&hits->worker->scratch, step->type, step->scale, step->is_wide, hits->n, out))
        return COHORT_MEMORY;
    if (is_linked)
        co_kept_gather(&run->kept_values[vstep], hits->rows, out);
    else
        read_numbers(hits, step->field, out);
    return COHORT_OK;
}

void co_hits_close(co_hits *hits)
{
    if (hits->walk != NULL && hits->walk->tile != NULL)
        close_tile(hits);
    hits->walk = NULL;
}

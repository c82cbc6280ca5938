/*
 * Records that only come in, by their groups: a counting sort of each part, then
 * group after group the pieces of all parts.
 *
 *     cell = place of the parent tile × number of cluster values + place of the value
 *
 * Always:  both places are 0 where there is none, so cell order is group order.
 *          Within a group records are in order of time, then of arrival.
 * Costs:   a few steps a record; a sort by time only where times do not rise.
 */
#include <string.h>

#include "store/append.h"

#define MOST_CELLS (UINT32_C(1) << 24)
#define MOST_VALUES 65535

typedef struct ordering {
    co_append *append;
    uint32_t home;    /* columns, or CO_NONE */
    uint32_t cluster;
    uint32_t time;
    uint32_t n_parents; /* places */
    uint32_t n_values;
    int64_t least_value; /* of a cluster of numbers */
    uint32_t *counts;    /* rows, by cell */
    uint32_t *final;     /* by cell: where its rows go */
    uint32_t n_cells;
    int64_t *numbers; /* scratch for a part … */
    uint32_t *cells;
    uint32_t *order;
    uint32_t *spare;
    uint64_t *keys;
    uint32_t *starts; /* … and by cell */
    co_append_piece *pieces;
    size_t piece_capacity;
} ordering;

/* ---- cells ---- */

static co_column *column_of(const ordering *o, uint32_t part, uint32_t column)
{
    return column == CO_NONE ? NULL : o->append->parts[part].columns[column];
}

/* The range of a column of numbers over all parts; false if no row has a value. */
static bool range_of(const ordering *o, uint32_t column, int64_t *least, int64_t *greatest)
{
    bool any = false;

    for (uint32_t p = 0; p < o->append->n_parts; p++) {
        const co_column *here = column_of(o, p, column);
        int64_t low, high;

        if (here == NULL || !co_column_range(here, &low, &high))
            continue;
        *least = !any || low < *least ? low : *least;
        *greatest = !any || high > *greatest ? high : *greatest;
        any = true;
    }
    return any;
}

static bool count_parents(ordering *o)
{
    int64_t least, greatest;

    o->n_parents = 1;
    if (range_of(o, o->home, &least, &greatest))
        o->n_parents = (uint32_t)(greatest >> 16) + 2;
    return true;
}

/* Numbers within a narrow range, and texts that have codes. */
static bool count_values(ordering *o)
{
    int64_t least, greatest;
    uint32_t code;

    o->n_values = 1;
    if (o->cluster == CO_NONE)
        return true;
    if (o->append->columns[o->cluster].cells.shape == CO_SHAPE_NUMBERS) {
        if (!range_of(o, o->cluster, &least, &greatest))
            return true;
        o->least_value = least;
        o->n_values += 1 + (uint32_t)((uint64_t)greatest - (uint64_t)least);
        return (uint64_t)greatest - (uint64_t)least < MOST_VALUES;
    }
    o->n_values += o->append->words[o->cluster].n;
    for (uint32_t p = 0; p < o->append->n_parts; p++) {
        const co_column *column = column_of(o, p, o->cluster);

        if (column != NULL && !co_column_codes_part(column, 0, 0, &code))
            return false;
    }
    return true;
}

static void add_parents(ordering *o, const co_column *column, uint32_t n)
{
    co_column_numbers(column, o->numbers);
    for (uint32_t i = 0; i < n; i++)
        o->cells[i] = ((uint32_t)(o->numbers[i] >> 16) + 1) * o->n_values;
    for (uint32_t i = 0; co_column_valid(column) != NULL && i < n; i++)
        o->cells[i] = co_column_has(column, i) ? o->cells[i] : 0;
}

static void add_values(ordering *o, const co_column *column, uint32_t n)
{
    const bool all = co_column_valid(column) == NULL;
    uint32_t *codes = o->spare;

    if (co_column_shape(column) == CO_SHAPE_NUMBERS) {
        co_column_numbers(column, o->numbers);
        for (uint32_t i = 0; i < n; i++)
            codes[i] = (uint32_t)((uint64_t)o->numbers[i] - (uint64_t)o->least_value);
    } else {
        co_column_codes_part(column, 0, n, codes);
    }
    for (uint32_t i = 0; i < n; i++)
        o->cells[i] += all || co_column_has(column, i) ? codes[i] + 1 : 0;
}

/* The cell of every row of a part. */
static void find_cells(ordering *o, uint32_t part)
{
    const uint32_t n = o->append->parts[part].n_rows;
    const co_column *home = column_of(o, part, o->home);
    const co_column *cluster = column_of(o, part, o->cluster);

    if (home != NULL)
        add_parents(o, home, n);
    else
        memset(o->cells, 0, n * sizeof *o->cells);
    if (cluster != NULL)
        add_values(o, cluster, n);
}

static co_group group_of(const ordering *o, uint32_t cell)
{
    const uint32_t parent = cell / o->n_values;
    const uint32_t value = cell % o->n_values;
    co_group group = { .parent_tile = parent == 0 ? CO_NONE : parent - 1 };

    if (value == 0)
        return group;
    group.clustered = true;
    group.value = o->append->columns[o->cluster].cells.shape == CO_SHAPE_NUMBERS
                      ? (int64_t)((uint64_t)o->least_value + (value - 1))
                      : (int64_t)o->append->words[o->cluster].codes[value - 1];
    return group;
}

/* Values too rare for tiles of their own go to the mixed tiles, the cell of no value. */
static void settle(ordering *o)
{
    const co_placing placing = { .commit = o->append->commit, .work = o->append->work };

    for (uint32_t cell = 0; cell < o->n_cells; cell++) {
        const co_group group = group_of(o, cell);

        o->final[cell] = cell;
        if (o->counts[cell] > 0 && group.clustered && co_group_is_rare(&placing, &group, o->counts[cell]))
            o->final[cell] = cell - cell % o->n_values;
    }
}

/* ---- one part ---- */

/* The order in which times rise, those without one last. */
static void order_by_time(ordering *o, uint32_t part)
{
    const uint32_t n = o->append->parts[part].n_rows;
    const co_column *time = column_of(o, part, o->time);
    bool rises = true;

    for (uint32_t i = 0; i < n; i++)
        o->order[i] = i;
    if (time == NULL)
        return;
    co_column_numbers(time, o->numbers);
    for (uint32_t i = 0; i < n; i++)
        o->keys[i] = (uint64_t)o->numbers[i] ^ UINT64_C(1) << 63;
    for (uint32_t i = 0; co_column_valid(time) != NULL && i < n; i++)
        o->keys[i] = co_column_has(time, i) ? o->keys[i] : UINT64_MAX;
    for (uint32_t i = 1; i < n && rises; i++)
        rises = o->keys[i - 1] <= o->keys[i];
    if (!rises)
        co_sort_by_key(o->keys, n, &o->order, &o->spare);
}

/* Moves the order into that of the cells, and notes where each begins. False: no memory. */
static bool order_by_cell(ordering *o, co_append_part *part)
{
    const uint32_t n = part->n_rows;
    uint32_t sum = 0;

    memset(o->starts, 0, o->n_cells * sizeof *o->starts);
    for (uint32_t i = 0; i < n; i++)
        o->starts[o->cells[i]]++;
    for (uint32_t cell = 0; cell < o->n_cells; cell++)
        part->n_runs += o->starts[cell] > 0;
    part->runs = co_arena_new(&o->append->commit->arena, part->n_runs + (size_t)1, sizeof *part->runs);
    if (part->runs == NULL)
        return false;
    part->n_runs = 0;
    for (uint32_t cell = 0; cell < o->n_cells; cell++) {
        const uint32_t count = o->starts[cell];

        if (count > 0)
            part->runs[part->n_runs++] = (co_append_run){ cell, sum };
        o->starts[cell] = sum;
        sum += count;
    }
    part->runs[part->n_runs] = (co_append_run){ o->n_cells, n };
    for (uint32_t i = 0; i < n; i++)
        o->spare[o->starts[o->cells[o->order[i]]]++] = o->order[i];
    return true;
}

static cohort_status reorder(ordering *o, co_append_part *part, cohort_error *error)
{
    bool stays = true;

    for (uint32_t i = 0; i < part->n_rows && stays; i++)
        stays = o->spare[i] == i;
    for (uint32_t c = 0; !stays && c <= o->append->n_columns; c++) {
        co_column *old = part->columns[c];

        if (old == NULL)
            continue;

        const cohort_status status = co_column_reorder(old, o->spare, &part->columns[c], error);

        co_column_release(old);
        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

static cohort_status order_part(ordering *o, uint32_t p, cohort_error *error)
{
    co_append_part *part = &o->append->parts[p];

    order_by_time(o, p);
    find_cells(o, p);
    for (uint32_t i = 0; i < part->n_rows; i++)
        o->cells[i] = o->final[o->cells[i]];
    return order_by_cell(o, part) ? reorder(o, part, error) : co_fail_memory(error);
}

/* ---- one group ---- */

static uint64_t time_key(const ordering *o, uint32_t part, uint32_t row)
{
    const co_column *time = column_of(o, part, o->time);

    return time == NULL || !co_column_has(time, row)
               ? UINT64_MAX
               : (uint64_t)co_column_number(time, row) ^ UINT64_C(1) << 63;
}

/* The pieces of a cell, in order of arrival. False: no memory. */
static bool find_pieces(ordering *o, uint32_t cell, size_t *n)
{
    *n = 0;
    for (uint32_t p = 0; p < o->append->n_parts; p++) {
        co_append_part *part = &o->append->parts[p];
        const co_append_run *run = &part->runs[part->next_run];

        if (run->cell != cell)
            continue;
        part->next_run++;
        if (!co_memory_grow(o->append->commit->memory, (void **)&o->pieces, &o->piece_capacity, *n + 1,
                            sizeof *o->pieces))
            return false;
        o->pieces[(*n)++] = (co_append_piece){ p, run->first, run[1].first - run->first };
    }
    return true;
}

static bool pieces_rise(const ordering *o, size_t n)
{
    for (size_t i = 1; o->time != CO_NONE && i < n; i++) {
        const co_append_piece *a = &o->pieces[i - 1];
        const co_append_piece *b = &o->pieces[i];

        if (time_key(o, a->part, a->first + a->n - 1) > time_key(o, b->part, b->first))
            return false;
    }
    return true;
}

/* Rows of the pieces in order of time, as pieces; *sorted of *n. */
static size_t cut_again(const uint32_t *order, const co_append_piece *rows, size_t n, co_append_piece *sorted)
{
    size_t n_sorted = 0;

    for (size_t i = 0; i < n; i++) {
        const co_append_piece *row = &rows[order[i]];
        co_append_piece *last = n_sorted == 0 ? NULL : &sorted[n_sorted - 1];

        if (last != NULL && last->part == row->part && last->first + last->n == row->first)
            last->n++;
        else
            sorted[n_sorted++] = *row;
    }
    return n_sorted;
}

static cohort_status append_sorted(ordering *o, const co_group *group, size_t n_pieces, size_t n,
                                   cohort_error *error)
{
    co_memory *memory = o->append->commit->memory;
    uint64_t *keys = co_memory_new_array(memory, n, sizeof *keys);
    uint32_t *order = co_memory_new_array(memory, n, 2 * sizeof *order);
    co_append_piece *rows = co_memory_new_array(memory, n, 2 * sizeof *rows);
    cohort_status status = COHORT_OK;

    if (keys == NULL || order == NULL || rows == NULL) {
        status = co_fail_memory(error);
    } else {
        uint32_t *sorted = order;
        uint32_t *spare = order + n;
        size_t at = 0;

        for (size_t i = 0; i < n_pieces; i++) {
            for (uint32_t j = 0; j < o->pieces[i].n; j++, at++) {
                rows[at] = (co_append_piece){ o->pieces[i].part, o->pieces[i].first + j, 1 };
                keys[at] = time_key(o, rows[at].part, rows[at].first);
                sorted[at] = (uint32_t)at;
            }
        }
        co_sort_by_key(keys, n, &sorted, &spare);
        status = co_append_tiles(o->append, group, rows + n, cut_again(sorted, rows, n, rows + n), error);
    }
    co_memory_free(memory, rows, n * 2 * sizeof *rows);
    co_memory_free(memory, order, n * 2 * sizeof *order);
    co_memory_free(memory, keys, n * sizeof *keys);
    return status;
}

static cohort_status append_cell(ordering *o, uint32_t cell, cohort_error *error)
{
    const co_group group = group_of(o, cell);
    size_t n;

    if (!find_pieces(o, cell, &n))
        return co_fail_memory(error);
    if (n == 0)
        return COHORT_OK;
    if (pieces_rise(o, n))
        return co_append_tiles(o->append, &group, o->pieces, n, error);

    size_t n_rows = 0;

    for (size_t i = 0; i < n; i++)
        n_rows += o->pieces[i].n;
    return append_sorted(o, &group, n, n_rows, error);
}

/* ---- all ---- */

static bool make_room(ordering *o)
{
    co_memory *memory = o->append->commit->memory;

    o->numbers = co_memory_new_array(memory, CO_TILE_ROWS, sizeof *o->numbers);
    o->cells = co_memory_new_array(memory, CO_TILE_ROWS, sizeof *o->cells);
    o->order = co_memory_new_array(memory, CO_TILE_ROWS, sizeof *o->order);
    o->spare = co_memory_new_array(memory, CO_TILE_ROWS, sizeof *o->spare);
    o->keys = co_memory_new_array(memory, CO_TILE_ROWS, sizeof *o->keys);
    o->counts = co_memory_new_zeroed(memory, o->n_cells, sizeof *o->counts);
    o->final = co_memory_new_array(memory, o->n_cells, sizeof *o->final);
    o->starts = co_memory_new_array(memory, o->n_cells, sizeof *o->starts);
    return o->numbers != NULL && o->cells != NULL && o->order != NULL && o->spare != NULL && o->keys != NULL &&
           o->counts != NULL && o->final != NULL && o->starts != NULL;
}

static void free_room(ordering *o)
{
    co_memory *memory = o->append->commit->memory;

    co_memory_free(memory, o->numbers, CO_TILE_ROWS * sizeof *o->numbers);
    co_memory_free(memory, o->cells, CO_TILE_ROWS * sizeof *o->cells);
    co_memory_free(memory, o->order, CO_TILE_ROWS * sizeof *o->order);
    co_memory_free(memory, o->spare, CO_TILE_ROWS * sizeof *o->spare);
    co_memory_free(memory, o->keys, CO_TILE_ROWS * sizeof *o->keys);
    co_memory_free(memory, o->counts, o->n_cells * sizeof *o->counts);
    co_memory_free(memory, o->final, o->n_cells * sizeof *o->final);
    co_memory_free(memory, o->starts, o->n_cells * sizeof *o->starts);
    co_memory_free(memory, o->pieces, o->piece_capacity * sizeof *o->pieces);
}

static cohort_status order_and_append(ordering *o, cohort_error *error)
{
    const co_append *append = o->append;

    for (uint32_t p = 0; p < append->n_parts; p++) {
        find_cells(o, p);
        for (uint32_t i = 0; i < append->parts[p].n_rows; i++)
            o->counts[o->cells[i]]++;
    }
    settle(o);
    for (uint32_t p = 0; p < append->n_parts; p++) {
        const cohort_status status = order_part(o, p, error);

        if (status != COHORT_OK)
            return status;
    }
    for (uint32_t cell = 0; cell < o->n_cells; cell++) {
        const cohort_status status = append_cell(o, cell, error);

        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

static uint32_t field_column(const co_append *append, uint32_t field)
{
    return field == CO_NONE ? CO_NONE : co_append_column(append, field);
}

cohort_status co_append_groups(co_append *append, bool *fits, cohort_error *error)
{
    ordering o = { .append = append,
                   .home = field_column(append, append->object->home),
                   .cluster = field_column(append, append->object->cluster),
                   .time = field_column(append, append->object->time) };

    *fits = append->n_rows < UINT32_MAX && count_parents(&o) && count_values(&o) &&
            (uint64_t)o.n_parents * o.n_values <= MOST_CELLS;
    if (!*fits)
        return COHORT_OK;
    o.n_cells = o.n_parents * o.n_values;

    const cohort_status status = make_room(&o) ? order_and_append(&o, error) : co_fail_memory(error);

    free_room(&o);
    return status;
}

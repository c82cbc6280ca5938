/*
 * Second half of a commit: rows for pending records and for those that move.
 *
 * Always:  parents before children, so that a child can lie beside its parent.
 *          A group is filled in order of (time, arrival): first what its last tile
 *          has room for, then new tiles. Rows are never given twice.
 * Costs:   linear, with a radix sort by time where the batch is not in order.
 */
#include <string.h>

#include "store/place.h"

/* ---- order within a group ---- */

/* One pass of counting by a byte of the keys; false if that byte is the same for all. */
static bool pass(const uint64_t *keys, const uint32_t *from, uint32_t *to, size_t n, unsigned shift)
{
    size_t starts[257] = { 0 };

    for (size_t i = 0; i < n; i++)
        starts[(keys[i] >> shift & 255) + 1]++;
    if (starts[(keys[0] >> shift & 255) + 1] == n)
        return false;
    for (size_t b = 0; b < 256; b++)
        starts[b + 1] += starts[b];
    for (size_t i = 0; i < n; i++)
        to[starts[keys[from[i]] >> shift & 255]++] = from[i];
    return true;
}

void co_sort_by_key(const uint64_t *keys, size_t n, uint32_t **order, uint32_t **spare)
{
    for (unsigned shift = 0; shift < 64; shift += 8) {
        if (pass(keys, *order, *spare, n, shift)) {
            uint32_t *swapped = *order;

            *order = *spare;
            *spare = swapped;
        }
    }
}

static bool is_sorted(const uint64_t *keys, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (keys[i - 1] > keys[i])
            return false;
    }
    return true;
}

/* Positions in order of time, those without one last; NULL: no memory. */
static cohort_status order_by_time(const co_placing *placing, uint32_t **order, uint32_t **spare,
                                   cohort_error *error)
{
    const uint32_t field = placing->work->object->time;
    co_arena *arena = &placing->commit->arena;
    const size_t n = placing->n;

    *order = co_arena_new(arena, n, sizeof **order);
    *spare = co_arena_new(arena, n, sizeof **spare);
    if (*order == NULL || *spare == NULL)
        return co_fail_memory(error);
    for (size_t i = 0; i < n; i++)
        (*order)[i] = (uint32_t)i;
    if (field == CO_NONE)
        return COHORT_OK;

    int64_t *times = co_arena_new(arena, n, sizeof *times);
    uint64_t *keys = co_arena_new(arena, n, sizeof *keys);
    uint8_t *has = co_arena_new(arena, n, sizeof *has);

    if (times == NULL || keys == NULL || has == NULL)
        return co_fail_memory(error);

    const cohort_status status = co_place_values(placing, field, times, has, error);

    if (status != COHORT_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        keys[i] = has[i] ? (uint64_t)times[i] ^ UINT64_C(1) << 63 : UINT64_MAX;
    if (!is_sorted(keys, n))
        co_sort_by_key(keys, n, order, spare);
    return COHORT_OK;
}

/* ---- rows ---- */

uint32_t co_layout_last(const co_layout *layout, const co_group *group)
{
    uint32_t low = 0;
    uint32_t high = layout == NULL ? 0 : layout->n;

    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;

        if (co_group_compare(&layout->entries[middle].group, group) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || co_group_compare(&layout->entries[low - 1].group, group) != 0)
        return CO_NONE;
    return layout->entries[low - 1].tile;
}

static void give_rows(const co_placing *placing, const co_growth *growth)
{
    co_work *work = placing->work;

    for (uint32_t i = 0; i < growth->n; i++) {
        const uint64_t id = work->order[growth->first + i];
        const uint32_t row = growth->tile << 16 | (growth->first_slot + i);

        if (id >= CO_ORDER_MOVE)
            work->moved_to[(uint32_t)id] = row;
        else
            work->pending[id].row = row;
    }
}

static bool add_growth(const co_placing *placing, co_growth growth)
{
    co_work *work = placing->work;

    if (!co_memory_grow(placing->commit->memory, (void **)&work->growth, &work->growth_capacity,
                        work->n_growth + 1, sizeof *work->growth))
        return false;
    work->growth[work->n_growth++] = growth;
    give_rows(placing, &growth);
    return true;
}

cohort_status co_fail_full(const co_object *object, cohort_error *error)
{
    return co_fail(error, COHORT_FULL,
                   "'" CO_FMT
                   "' would need more than %u tiles; load what is past into an object of its own, or "
                   "declare it without home or cluster",
                   CO_ARG(object->name), CO_MOST_TILES);
}

/* Gives rows to order[first .. end), all of one group. */
static cohort_status fill_group(const co_placing *placing, const co_group *group, size_t first, size_t end,
                                uint32_t *next_tile, cohort_error *error)
{
    const uint32_t open = co_layout_last(placing->work->base->layout, group);
    const co_tile_node *node = open == CO_NONE ? NULL : co_object_node_tile(placing->work->base, open);

    if (node != NULL && first < end) {
        const uint32_t used = node->tile.n_rows;
        const size_t room = CO_TILE_ROWS - used;
        const uint32_t n = (uint32_t)(end - first < room ? end - first : room);

        if (n > 0 && !add_growth(placing, (co_growth){ open, used, n, first, *group, false }))
            return co_fail_memory(error);
        first += n;
    }
    while (first < end) {
        const uint32_t n = (uint32_t)(end - first < CO_TILE_ROWS ? end - first : CO_TILE_ROWS);

        if (*next_tile == CO_MOST_TILES)
            return co_fail_full(placing->work->object, error);
        if (!add_growth(placing, (co_growth){ (*next_tile)++, 0, n, first, *group, true }))
            return co_fail_memory(error);
        first += n;
    }
    return COHORT_OK;
}

/* Puts the positions into order of their group and fills group after group. */
static cohort_status fill_groups(const co_placing *placing, const uint32_t *order, cohort_error *error)
{
    co_work *work = placing->work;
    size_t *starts = co_arena_new(&placing->commit->arena, placing->n_groups + 1, sizeof *starts);
    uint32_t next_tile = work->base->n_tiles;

    if (starts == NULL)
        return co_fail_memory(error);
    for (size_t i = 0; i < placing->n; i++)
        starts[placing->groups[i] + 1]++;
    for (size_t g = 0; g < placing->n_groups; g++)
        starts[g + 1] += starts[g];
    for (size_t i = 0; i < placing->n; i++) {
        const uint32_t p = order[i];

        work->order[starts[placing->groups[p]]++] =
            p < work->n_pending ? p : CO_ORDER_MOVE | (uint64_t)(p - work->n_pending);
    }
    for (size_t g = 0; g < placing->n_groups; g++) {
        const size_t first = g == 0 ? 0 : starts[g - 1];
        const cohort_status status =
            fill_group(placing, &placing->group[g], first, starts[g], &next_tile, error);

        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

static cohort_status place_rows(co_placing *placing, cohort_error *error)
{
    co_work *work = placing->work;
    co_arena *arena = &placing->commit->arena;
    uint32_t *order, *spare;

    if (placing->n > UINT32_MAX)
        return co_fail_full(placing->work->object, error);
    work->n_order = placing->n;
    work->order = co_arena_new(arena, placing->n, sizeof *work->order);
    work->moved_to = co_arena_new(arena, work->moved.n, sizeof *work->moved_to);
    if (work->order == NULL || work->moved_to == NULL)
        return co_fail_memory(error);

    cohort_status status = order_by_time(placing, &order, &spare, error);

    if (status == COHORT_OK)
        status = co_place_groups(placing, error);
    return status == COHORT_OK ? fill_groups(placing, order, error) : status;
}

/* ---- objects ---- */

static bool parent_moved(const co_commit *commit, const co_object *object)
{
    if (object->home == CO_NONE)
        return false;

    const co_work *parent = commit->works[object->fields[object->home].target];

    return parent != NULL && parent->moved.n > 0;
}

/* What moved leaves its old place behind, empty. */
static bool leave(co_commit *commit, co_work *work)
{
    for (size_t i = 0; i < work->moved.n; i++) {
        if (!co_work_act(commit, work, work->moved.rows[i], CO_ACTION_LEAVE, 0))
            return false;
    }
    return true;
}

static cohort_status place_object(co_commit *commit, uint32_t id, cohort_error *error)
{
    const co_object *object = co_schema_object(commit->base->schema, id);

    if (commit->works[id] == NULL && !parent_moved(commit, object))
        return COHORT_OK;

    co_placing placing = { .commit = commit, .work = co_commit_work(commit, id) };

    if (placing.work == NULL)
        return co_fail_memory(error);

    cohort_status status = co_place_homes(&placing, error);

    if (status == COHORT_OK && placing.n > 0)
        status = place_rows(&placing, error);
    if (status == COHORT_OK && !leave(commit, placing.work))
        status = co_fail_memory(error);
    co_memory_free(commit->memory, placing.parent_tiles, placing.capacity * sizeof *placing.parent_tiles);
    return status;
}

/* Places the object and before it those it lives with; `chain` has room for all objects. */
static cohort_status place_chain(co_commit *commit, uint32_t id, uint32_t *chain, uint8_t *placed,
                                 cohort_error *error)
{
    uint32_t n = 0;

    for (uint32_t at = id; !placed[at];) {
        const co_object *object = co_schema_object(commit->base->schema, at);

        placed[at] = 1;
        chain[n++] = at;
        if (object->home == CO_NONE)
            break;
        at = object->fields[object->home].target;
    }
    while (n > 0) {
        const cohort_status status = place_object(commit, chain[--n], error);

        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

cohort_status co_commit_place(co_commit *commit, cohort_error *error)
{
    const uint32_t n = commit->base->n_objects;
    uint32_t *chain = co_arena_new(&commit->arena, n, sizeof *chain);
    uint8_t *placed = co_arena_new(&commit->arena, n, sizeof *placed);

    if (chain == NULL || placed == NULL)
        return co_fail_memory(error);
    for (uint32_t i = 0; i < n; i++) {
        const cohort_status status = place_chain(commit, i, chain, placed, error);

        if (status != COHORT_OK)
            return status;
    }
    return co_place_touch(commit, error);
}

/*
 * Which group a record belongs to: its parent tile and, where its cluster value
 * is frequent there, that value.
 *
 * Always:  a value gets tiles of its own in a parent tile once 4,096 rows have it;
 *          those before stay in the mixed tiles. A record whose cluster value
 *          changes stays in its tile: evaluation reads the column, never the group.
 * Costs:   rows of earlier commits are counted in the last mixed tiles only.
 */
#include <string.h>

#include "store/place.h"

#define ROWS_FOR_A_TILE 4096u
#define TILES_COUNTED 16u

size_t co_placing_of(const co_placing *placing, const co_action *action)
{
    if ((action->source & CO_ACTION_PENDING) != 0)
        return action->row;
    if (placing->work->moved.n == 0)
        return SIZE_MAX;

    const uint32_t position = co_rowmap_find(&placing->work->moved, action->row);

    return position == CO_NONE ? SIZE_MAX : placing->work->n_pending + position;
}

/* ---- values ---- */

static bool code_text(const co_field *field, co_text text, int64_t *value)
{
    const uint32_t code = co_dictionary_add(field->dictionary, text);

    *value = code;
    return code != CO_NO_CODE;
}

/* What the moving records have so far. False: no memory. */
static bool old_values(const co_placing *placing, uint32_t number, int64_t *values, uint8_t *has)
{
    const co_work *work = placing->work;
    const co_field *field = &work->object->fields[number];

    for (size_t i = 0; i < work->moved.n; i++) {
        const uint32_t row = work->moved.rows[i];
        const co_column *column = co_tile_column(&co_object_node_tile(work->base, row >> 16)->tile, number);
        const size_t p = work->n_pending + i;

        if (column == NULL || !co_column_has(column, row & 65535))
            continue;
        has[p] = 1;
        if (field->dictionary == NULL)
            values[p] = co_column_number(column, row & 65535);
        else if (!code_text(field, co_column_text(column, row & 65535), &values[p]))
            return false;
    }
    return true;
}

cohort_status co_place_values(const co_placing *placing, uint32_t number, int64_t *values, uint8_t *has,
                              cohort_error *error)
{
    const co_work *work = placing->work;
    const co_field *field = &work->object->fields[number];
    const co_chunk *chunk = NULL;
    const co_chunk_column *column = NULL;

    if (!old_values(placing, number, values, has))
        return co_fail_memory(error);
    for (size_t i = 0; i < work->n_actions; i++) {
        const co_action *action = &work->actions[i];
        const co_chunk *here = co_action_chunk(placing->commit, action);
        const size_t p = here == NULL ? SIZE_MAX : co_placing_of(placing, action);

        if (p == SIZE_MAX)
            continue;
        if (here != chunk) {
            chunk = here;
            column = co_chunk_find(chunk, number);
        }
        if (chunk->verb == CO_DELETE) {
            has[p] = 0;
        } else if (column != NULL) {
            has[p] = co_slots_has(&column->cells, action->index);
            if (has[p] && field->dictionary == NULL)
                values[p] = column->cells.numbers[action->index];
            else if (has[p] && !code_text(field, column->cells.texts[action->index], &values[p]))
                return co_fail_memory(error);
        }
    }
    return COHORT_OK;
}

/* ---- groups ---- */

/* Groups met so far, by hash. */
typedef struct groups {
    co_memory *memory;
    co_index index;
    co_group *items;
    size_t *counts;
    size_t n;
    size_t capacity;
    size_t count_capacity;
} groups;

static uint64_t hash_group(const co_group *group)
{
    const int64_t place = (int64_t)group->parent_tile << 1 | (int64_t)group->clustered;

    return co_hash_int64(place) ^
           (group->clustered ? co_hash_int64(group->value ^ INT64_C(0x5bd1e995)) * 3 : 0);
}

static bool rehash(groups *groups)
{
    co_index larger;

    if (co_index_has_room(&groups->index, 1))
        return true;
    if (!co_index_init(groups->memory, &larger, groups->n * 2 + 1))
        return false;
    for (size_t i = 0; i < groups->n; i++)
        co_index_add(&larger, hash_group(&groups->items[i]), (uint32_t)i);
    co_index_clear(groups->memory, &groups->index);
    groups->index = larger;
    return true;
}

/* Position of the group, added if new; CO_NONE: no memory. */
static uint32_t group_position(groups *groups, const co_group *group)
{
    const uint64_t hash = hash_group(group);
    co_probe probe = co_index_probe(&groups->index, hash);
    uint32_t found;

    while (co_probe_next(&probe, &found)) {
        if (co_group_compare(&groups->items[found], group) == 0)
            return found;
    }
    if (!rehash(groups) ||
        !co_memory_grow(groups->memory, (void **)&groups->items, &groups->capacity, groups->n + 1,
                        sizeof *groups->items) ||
        !co_memory_grow(groups->memory, (void **)&groups->counts, &groups->count_capacity, groups->n + 1,
                        sizeof *groups->counts))
        return CO_NONE;
    groups->items[groups->n] = *group;
    groups->counts[groups->n] = 0;
    co_index_add(&groups->index, hash, (uint32_t)groups->n);
    return (uint32_t)groups->n++;
}

static size_t count_value(const co_column *column, const co_field *field, int64_t value)
{
    uint64_t hits[CO_TILE_WORDS] = { 0 };
    const size_t n_words = co_words_for(co_column_length(column));
    size_t n = 0;

    if (field->dictionary == NULL) {
        co_column_between(column, value, value, hits);
    } else {
        const co_text text = co_dictionary_text(field->dictionary, (uint32_t)value);
        const co_text_match match = { .equal = &text, .n_equal = 1 };
        uint32_t slot;

        if (co_column_match(column, &match, NULL, hits, &slot, NULL) != COHORT_OK)
            return 0;
    }
    for (size_t i = 0; i < n_words; i++) {
        for (uint64_t word = hits[i]; word != 0; word &= word - 1)
            n++;
    }
    return n;
}

/* Rows of the value in the last mixed tiles of its parent tile. */
static size_t count_mixed(const co_placing *placing, const co_group *group)
{
    const co_work *work = placing->work;
    const co_layout *layout = work->base->layout;
    const co_group mixed = { .parent_tile = group->parent_tile };
    const co_group after = { .parent_tile = group->parent_tile, .clustered = true, .value = INT64_MIN };
    const uint32_t first = co_layout_find(layout, &mixed);
    const uint32_t end = co_layout_find(layout, &after);
    size_t n = 0;

    for (uint32_t i = end - first > TILES_COUNTED ? end - TILES_COUNTED : first; i < end; i++) {
        const co_tile_node *node = co_object_node_tile(work->base, layout->entries[i].tile);
        const co_column *column = node == NULL ? NULL : co_tile_column(&node->tile, work->object->cluster);

        n += column == NULL ? 0
                            : count_value(column, &work->object->fields[work->object->cluster], group->value);
    }
    return n;
}

static bool has_tiles(const co_layout *layout, const co_group *group)
{
    const uint32_t i = co_layout_find(layout, group);

    return layout != NULL && i < layout->n && co_group_compare(&layout->entries[i].group, group) == 0;
}

bool co_group_is_rare(const co_placing *placing, const co_group *group, size_t n_rows)
{
    return n_rows < ROWS_FOR_A_TILE && !has_tiles(placing->work->base->layout, group) &&
           n_rows + count_mixed(placing, group) < ROWS_FOR_A_TILE;
}

/* Sends the values that are too rare for tiles of their own to the mixed tiles. */
static bool settle(co_placing *placing, groups *groups)
{
    const size_t n = groups->n;
    uint32_t *final = co_arena_new(&placing->commit->arena, n, sizeof *final);

    if (final == NULL)
        return false;
    for (size_t g = 0; g < n; g++) {
        const co_group group = groups->items[g];
        const co_group mixed = { .parent_tile = group.parent_tile };

        final[g] = (uint32_t)g;
        if (group.clustered && co_group_is_rare(placing, &group, groups->counts[g]))
            final[g] = group_position(groups, &mixed);
        if (final[g] == CO_NONE)
            return false;
    }
    for (size_t i = 0; i < placing->n; i++)
        placing->groups[i] = final[placing->groups[i]];
    return true;
}

static bool find_groups(co_placing *placing, const int64_t *values, const uint8_t *has, groups *groups)
{
    for (size_t i = 0; i < placing->n; i++) {
        co_group group = { .parent_tile = placing->parent_tiles[i] };

        if (has != NULL && has[i]) {
            group.clustered = true;
            group.value = values[i];
        }

        const uint32_t position = group_position(groups, &group);

        if (position == CO_NONE)
            return false;
        placing->groups[i] = position;
        groups->counts[position]++;
    }
    return has == NULL || settle(placing, groups);
}

static bool copy_groups(co_placing *placing, const groups *groups)
{
    placing->n_groups = groups->n;
    placing->group = co_arena_new(&placing->commit->arena, groups->n, sizeof *placing->group);
    if (placing->group == NULL)
        return false;
    memcpy(placing->group, groups->items, groups->n * sizeof *placing->group);
    return true;
}

cohort_status co_place_groups(co_placing *placing, cohort_error *error)
{
    const uint32_t cluster = placing->work->object->cluster;
    co_arena *arena = &placing->commit->arena;
    groups groups = { .memory = placing->commit->memory };
    int64_t *values = NULL;
    uint8_t *has = NULL;

    placing->groups = co_arena_new(arena, placing->n, sizeof *placing->groups);
    if (placing->groups == NULL)
        return co_fail_memory(error);
    if (cluster != CO_NONE) {
        values = co_arena_new(arena, placing->n, sizeof *values);
        has = co_arena_new(arena, placing->n, sizeof *has);
        if (values == NULL || has == NULL)
            return co_fail_memory(error);

        const cohort_status status = co_place_values(placing, cluster, values, has, error);

        if (status != COHORT_OK)
            return status;
    }

    const bool fine = find_groups(placing, values, has, &groups) && copy_groups(placing, &groups);

    co_index_clear(groups.memory, &groups.index);
    co_memory_free(groups.memory, groups.items, groups.capacity * sizeof *groups.items);
    co_memory_free(groups.memory, groups.counts, groups.count_capacity * sizeof *groups.counts);
    return fine ? COHORT_OK : co_fail_memory(error);
}

/*
 * Records and their homes: which parent tile each record belongs to, who leaves
 * it, and who names those that left.
 *
 * Always:  the parent's object has been placed before. A deleted record stays
 *          where it is until it comes back: with a parent to the parent's tile,
 *          without one to the tiles of those that have none.
 * Costs:   the actions of the batch; where a parent moved, its old tile's child
 *          tiles; where anything moved, one range test per tile of a column that
 *          may name it.
 */
#include <string.h>

#include "store/place.h"
#include "store/words.h"

/* What becomes of the home of a row that was there before. */
typedef struct home {
    uint32_t parent; /* final row, or CO_NONE */
    bool deleted;
} home;

typedef struct homes {
    co_rowmap rows;
    home *items;
    size_t capacity;
} homes;

/* The column of `field` in the chunks of consecutive actions. */
typedef struct reader {
    const co_chunk *chunk;
    const co_chunk_column *column;
    const uint64_t *resolved;
} reader;

static void turn_to(const co_commit *commit, reader *reader, const co_chunk *chunk, uint32_t field)
{
    if (reader->chunk == chunk)
        return;
    reader->chunk = chunk;
    reader->column = chunk == NULL ? NULL : co_chunk_find(chunk, field);
    reader->resolved = NULL;
    if (reader->column != NULL)
        reader->resolved = commit->resolved[chunk - commit->batch->chunks][reader->column - chunk->columns];
}

static uint32_t parent_given(const co_work *parent, const reader *reader, uint32_t index)
{
    if (!co_slots_has(&reader->column->cells, index))
        return CO_NONE;
    return co_work_resolved(parent, reader->resolved[index]);
}

static home *home_of(co_placing *placing, homes *homes, uint32_t row)
{
    const size_t before = homes->rows.n;
    const uint32_t position = co_rowmap_add(placing->commit->memory, &homes->rows, row);

    if (position == CO_NONE || !co_memory_grow(placing->commit->memory, (void **)&homes->items,
                                               &homes->capacity, homes->rows.n, sizeof *homes->items))
        return NULL;
    if (homes->rows.n > before)
        homes->items[position] = (home){ CO_NONE, false };
    return &homes->items[position];
}

/*
 * One action on a row that was there before. The reader's column is NULL if the
 * action does not say who the parent is. False: no memory.
 */
static bool follow_action(co_placing *placing, homes *homes, const co_work *parent, const reader *reader,
                          const co_action *action)
{
    const bool deletes = reader->chunk != NULL && reader->chunk->verb == CO_DELETE;
    const bool gives = reader->column != NULL && !deletes;

    /* The parent of a record that stays, unless it is changed, is the one its tile was chosen for. */
    if (!gives && !deletes && co_rowmap_find(&homes->rows, action->row) == CO_NONE &&
        co_version_is_live(placing->commit->base, placing->work->object->id, action->row))
        return true;

    home *home = home_of(placing, homes, action->row);

    if (home == NULL)
        return false;
    if (gives)
        home->parent = parent_given(parent, reader, action->index);
    else if (deletes)
        home->parent = CO_NONE;
    home->deleted = deletes;
    return true;
}

static bool follow_actions(co_placing *placing, homes *homes, const co_work *parent)
{
    const co_work *work = placing->work;
    reader reader = { 0 };

    for (size_t i = 0; i < work->n_actions; i++) {
        const co_action *action = &work->actions[i];
        const co_chunk *chunk = co_action_chunk(placing->commit, action);

        turn_to(placing->commit, &reader, chunk, work->object->home);
        if ((action->source & CO_ACTION_PENDING) == 0) {
            if (!follow_action(placing, homes, parent, &reader, action))
                return false;
            continue;
        }

        uint32_t *tile = &placing->parent_tiles[action->row];

        if (chunk != NULL && chunk->verb == CO_DELETE) {
            *tile = CO_NONE;
        } else if (reader.column != NULL) {
            const uint32_t row = parent_given(parent, &reader, action->index);

            *tile = row == CO_NONE ? CO_NONE : row >> 16;
        }
    }
    return true;
}

static bool move(co_placing *placing, uint32_t row, uint32_t parent_tile)
{
    const size_t before = placing->work->moved.n;

    if (co_rowmap_add(placing->commit->memory, &placing->work->moved, row) == CO_NONE)
        return false;
    return placing->work->moved.n == before || co_placing_grow(placing, parent_tile);
}

static bool move_changed(co_placing *placing, const homes *homes)
{
    for (size_t i = 0; i < homes->rows.n; i++) {
        const uint32_t row = homes->rows.rows[i];
        const home *home = &homes->items[i];
        const uint32_t tile = home->parent == CO_NONE ? CO_NONE : home->parent >> 16;
        const co_tile_node *node = co_object_node_tile(placing->work->base, row >> 16);

        if (!home->deleted && node->group.parent_tile != tile && !move(placing, row, tile))
            return false;
    }
    return true;
}

/* The old rows of moved records as sorted numbers, in the arena; NULL: no memory. */
static int64_t *sorted_moves(co_commit *commit, const co_work *work)
{
    const size_t n = work->moved.n;
    int64_t *rows = co_arena_new(&commit->arena, n, sizeof *rows);

    for (size_t i = 0; rows != NULL && i < n; i++)
        rows[i] = work->moved.rows[i];
    if (rows != NULL)
        co_sort_numbers(rows, n);
    return rows;
}

/* Those of a child tile whose parents moved. */
static bool move_children(co_placing *placing, const homes *homes, const co_work *parent,
                          const int64_t *moved, uint32_t tile)
{
    const co_tile_node *node = co_object_node_tile(placing->work->base, tile);
    const co_column *column = node == NULL ? NULL : co_tile_column(&node->tile, placing->work->object->home);
    uint64_t hits[CO_TILE_WORDS] = { 0 };

    if (column == NULL)
        return true;
    co_column_among(column, moved, parent->moved.n, hits);
    for (uint32_t slot = 0; slot < node->tile.n_rows; slot++) {
        const uint32_t row = tile << 16 | slot;

        if (!co_word_has(hits, slot) || co_rowmap_find(&homes->rows, row) != CO_NONE)
            continue;
        if (!move(placing, row, co_work_row(parent, (uint32_t)co_column_number(column, slot)) >> 16))
            return false;
    }
    return true;
}

/* Whether the sorted rows have one in this tile. */
static bool any_in_tile(const int64_t *rows, size_t n, uint32_t tile)
{
    size_t low = 0;
    size_t high = n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (rows[middle] < (int64_t)tile << 16)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && rows[low] >> 16 == (int64_t)tile;
}

static bool move_followers(co_placing *placing, const homes *homes, const co_work *parent)
{
    const co_layout *layout = placing->work->base->layout;
    const int64_t *moved;

    if (parent == NULL || parent->moved.n == 0 || layout == NULL)
        return true;
    moved = sorted_moves(placing->commit, parent);
    if (moved == NULL)
        return false;
    for (uint32_t i = 0; i < layout->n; i++) {
        const uint32_t parent_tile = layout->entries[i].group.parent_tile;

        if (parent_tile != CO_NONE && any_in_tile(moved, parent->moved.n, parent_tile) &&
            !move_children(placing, homes, parent, moved, layout->entries[i].tile))
            return false;
    }
    return true;
}

cohort_status co_place_homes(co_placing *placing, cohort_error *error)
{
    const co_object *object = placing->work->object;
    co_memory *memory = placing->commit->memory;
    homes homes = { 0 };

    for (size_t i = 0; i < placing->work->n_pending; i++) {
        if (!co_placing_grow(placing, CO_NONE))
            return co_fail_memory(error);
    }
    if (object->home == CO_NONE)
        return COHORT_OK;

    const co_work *parent = placing->commit->works[object->fields[object->home].target];
    const bool fine = follow_actions(placing, &homes, parent) && move_changed(placing, &homes) &&
                      move_followers(placing, &homes, parent);

    co_rowmap_clear(memory, &homes.rows);
    co_memory_free(memory, homes.items, homes.capacity * sizeof *homes.items);
    return fine ? COHORT_OK : co_fail_memory(error);
}

/* ---- who names what moved ---- */

static bool touch_tile(co_commit *commit, uint32_t object, uint32_t tile, const co_column *column,
                       const co_work *target, const int64_t *moved)
{
    uint64_t hits[CO_TILE_WORDS] = { 0 };
    int64_t least, greatest;
    co_work *work = NULL;

    if (!co_column_range(column, &least, &greatest) || greatest < moved[0] ||
        least > moved[target->moved.n - 1])
        return true;
    co_column_among(column, moved, target->moved.n, hits);
    for (uint32_t slot = 0; slot < co_column_length(column); slot++) {
        if (!co_word_has(hits, slot))
            continue;
        work = co_commit_work(commit, object);
        if (work == NULL || !co_work_act(commit, work, tile << 16 | slot, CO_ACTION_TOUCH, 0))
            return false;
    }
    return true;
}

static bool touch_field(co_commit *commit, uint32_t object, uint32_t field, const co_work *target,
                        const int64_t *moved)
{
    const uint32_t n_tiles = co_version_n_tiles(commit->base, object);

    for (uint32_t t = 0; t < n_tiles; t++) {
        const co_tile *tile = co_version_tile(commit->base, object, t);
        const co_column *column = tile == NULL ? NULL : co_tile_column(tile, field);

        if (column != NULL && !touch_tile(commit, object, t, column, target, moved))
            return false;
    }
    return true;
}

static bool touch_all(co_commit *commit, const co_work *target)
{
    const co_schema *schema = commit->base->schema;
    const int64_t *moved = sorted_moves(commit, target);

    if (moved == NULL)
        return false;
    for (uint32_t o = 0; o < co_schema_n_objects(schema); o++) {
        const co_object *object = co_schema_object(schema, o);

        for (uint32_t f = 1; f < object->n_fields; f++) {
            if (object->fields[f].target == target->object->id && !touch_field(commit, o, f, target, moved))
                return false;
        }
    }
    return true;
}

cohort_status co_place_touch(co_commit *commit, cohort_error *error)
{
    for (uint32_t o = 0; o < commit->base->n_objects; o++) {
        const co_work *work = commit->works[o];

        if (work != NULL && work->moved.n > 0 && !touch_all(commit, work))
            return co_fail_memory(error);
    }
    return COHORT_OK;
}

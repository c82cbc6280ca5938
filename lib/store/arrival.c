/*
 * Numbers that tell in which order events with keys came, which their rows do
 * not: those follow time, the event's parent and perhaps its cluster.
 *
 * Always:  a record gets its number when it first comes into being, in the order
 *          of the batch, and keeps it however it is changed, deleted, made again or
 *          moved. A key that is only named so far has none.
 * Costs:   a column of such objects (see co_object_keeps_arrival); nothing of others.
 * Not here: records without keys, whose key is that number, and records without a
 *          time, where rows of one parent tile are in order of arrival.
 */
#include "store/rebuild.h"
#include "store/words.h"

uint64_t co_version_arrival(const co_version *version, uint32_t object, uint32_t row)
{
    const co_tile *tile = co_version_tile(version, object, row >> 16);
    const bool keyless = co_schema_object(version->schema, object)->keyless;
    const co_column *column;

    if (tile == NULL || (row & 65535) >= tile->n_rows)
        return 0;
    column = keyless ? co_tile_column(tile, 0) : tile->arrival;
    return column == NULL ? 0 : (uint64_t)co_column_number(column, row & 65535);
}

/* ---- giving numbers ---- */

/* The number of a row that was there before; 0 if it has none yet. */
static uint64_t number_before(const co_work *work, uint32_t row)
{
    const co_tile_node *node = co_object_node_tile(work->base, row >> 16);

    return node->tile.arrival == NULL ? 0 : (uint64_t)co_column_number(node->tile.arrival, row & 65535);
}

/* A row that was only named before comes into being. False: no memory. */
static bool number_late(co_commit *commit, co_work *work, uint32_t row)
{
    const size_t before = work->late.n;
    const uint32_t position = co_rowmap_add(commit->memory, &work->late, row);

    if (position == CO_NONE ||
        !co_memory_grow(commit->memory, (void **)&work->late_numbers, &work->late_capacity, work->late.n,
                        sizeof *work->late_numbers))
        return false;
    if (work->late.n > before)
        work->late_numbers[position] = ++work->last_number;
    return true;
}

cohort_status co_number_arrivals(co_commit *commit, co_work *work, cohort_error *error)
{
    if (!co_object_keeps_arrival(work->object))
        return COHORT_OK;
    work->numbers = co_arena_new(&commit->arena, work->n_pending, sizeof *work->numbers);
    if (work->numbers == NULL)
        return co_fail_memory(error);
    for (size_t i = 0; i < work->n_actions; i++) {
        const co_action *action = &work->actions[i];
        const co_chunk *chunk = co_action_chunk(commit, action);
        const bool is_pending = (action->source & CO_ACTION_PENDING) != 0;

        if (chunk == NULL ? (action->source & ~CO_ACTION_PENDING) != CO_ACTION_LIVE
                          : chunk->verb != CO_UPSERT)
            continue;
        if (is_pending && work->numbers[action->row] == 0)
            work->numbers[action->row] = ++work->last_number;
        if (!is_pending && number_before(work, action->row) == 0 && !number_late(commit, work, action->row))
            return co_fail_memory(error);
    }
    return COHORT_OK;
}

/* ---- one tile ---- */

/* The number of a row that was there before, those given now included. */
static uint64_t number_now(const co_work *work, uint32_t row)
{
    const uint32_t position = co_rowmap_find(&work->late, row);

    return position == CO_NONE ? number_before(work, row) : work->late_numbers[position];
}

static void write_number(co_scratch *scratch, uint32_t slot, uint64_t number)
{
    scratch->numbers[slot] = (int64_t)number;
    if (number != 0)
        co_word_add(scratch->valid, slot);
}

static void write_numbers(const co_tile_draft *draft, co_scratch *scratch)
{
    const co_work *work = draft->work;
    const co_growth *growth = draft->growth;

    for (size_t a = 0; work->late.n > 0 && a < draft->n_actions; a++) {
        const uint32_t row = draft->actions[a].row;

        if ((row & 65535) < draft->n_old)
            write_number(scratch, row & 65535, number_now(work, row));
    }
    for (uint32_t i = 0; growth != NULL && i < growth->n; i++) {
        const uint64_t id = work->order[growth->first + i];

        write_number(scratch, growth->first_slot + i,
                     id < CO_ORDER_MOVE ? work->numbers[id]
                                        : number_now(work, work->moved.rows[(uint32_t)id]));
    }
}

cohort_status co_rebuild_arrival(const co_tile_draft *draft, co_scratch *scratch, co_column **column,
                                 cohort_error *error)
{
    co_column *old = draft->old == NULL ? NULL : draft->old->arrival;

    *column = NULL;
    if (!co_object_keeps_arrival(draft->work->object))
        return COHORT_OK;
    if (draft->growth == NULL && draft->work->late.n == 0) {
        *column = old == NULL ? NULL : co_column_retain(old);
        return COHORT_OK;
    }

    const cohort_status status = co_scratch_load(draft, scratch, old, CO_SHAPE_NUMBERS, error);

    if (status != COHORT_OK)
        return status;
    write_numbers(draft, scratch);
    return co_scratch_encode(draft, scratch, CO_SHAPE_NUMBERS, NULL, column, error);
}

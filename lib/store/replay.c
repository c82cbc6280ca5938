/*
 * One field of one tile: the old values, then what the actions say, in order.
 *
 * Always:  texts point into the old column, its dictionary or the batch, all of
 *          which outlive the work. References are final rows when written.
 */
#include <string.h>

#include "store/rebuild.h"
#include "store/values.h"
#include "store/words.h"

void co_scratch_clear(co_scratch *scratch)
{
    co_memory *memory = scratch->memory;

    co_memory_free(memory, scratch->numbers, CO_TILE_ROWS * sizeof *scratch->numbers);
    co_memory_free(memory, scratch->texts, CO_TILE_ROWS * sizeof *scratch->texts);
    co_memory_free(memory, scratch->spans, CO_TILE_ROWS * sizeof *scratch->spans);
    co_memory_free(memory, scratch->latitudes, CO_TILE_ROWS * sizeof *scratch->latitudes);
    co_memory_free(memory, scratch->longitudes, CO_TILE_ROWS * sizeof *scratch->longitudes);
    co_memory_free(memory, scratch->ends, (CO_TILE_ROWS + 1) * sizeof *scratch->ends);
    co_memory_free(memory, scratch->elements, scratch->element_capacity * sizeof *scratch->elements);
    if (scratch->room != NULL)
        co_cells_room_free(scratch->room);
}

static bool array_for(co_memory *memory, void **array, size_t n, size_t size)
{
    if (*array == NULL)
        *array = co_memory_new_array(memory, n, size);
    return *array != NULL;
}

/* Sees to it that the arrays of a shape are there. */
static bool prepare(co_scratch *scratch, co_shape shape)
{
    co_memory *memory = scratch->memory;

    if (scratch->room == NULL)
        scratch->room = co_cells_room_new(memory);
    if (scratch->room == NULL)
        return false;
    if (shape == CO_SHAPE_NUMBERS)
        return array_for(memory, (void **)&scratch->numbers, CO_TILE_ROWS, sizeof *scratch->numbers);
    if (shape == CO_SHAPE_STRINGS)
        return array_for(memory, (void **)&scratch->texts, CO_TILE_ROWS, sizeof *scratch->texts);
    if (shape == CO_SHAPE_SETS)
        return array_for(memory, (void **)&scratch->spans, CO_TILE_ROWS, sizeof *scratch->spans) &&
               array_for(memory, (void **)&scratch->ends, CO_TILE_ROWS + 1, sizeof *scratch->ends);
    return array_for(memory, (void **)&scratch->latitudes, CO_TILE_ROWS, sizeof *scratch->latitudes) &&
           array_for(memory, (void **)&scratch->longitudes, CO_TILE_ROWS, sizeof *scratch->longitudes);
}

static void clear_cell(co_scratch *scratch, co_shape shape, uint32_t slot)
{
    co_word_drop(scratch->valid, slot);
    if (shape == CO_SHAPE_NUMBERS)
        scratch->numbers[slot] = 0;
    else if (shape == CO_SHAPE_STRINGS)
        scratch->texts[slot] = (co_text){ NULL, 0 };
    else if (shape == CO_SHAPE_SETS)
        scratch->spans[slot] = (co_span){ NULL, 0 };
    else
        scratch->latitudes[slot] = scratch->longitudes[slot] = 0.0;
}

/* ---- the old values ---- */

static void copy_old(co_scratch *scratch, co_shape shape, uint32_t n)
{
    const co_cells *old = &scratch->old;

    if (old->valid != NULL)
        memcpy(scratch->valid, old->valid, co_words_for(n) * sizeof *old->valid);
    else
        co_words_fill(scratch->valid, n);
    if (shape == CO_SHAPE_NUMBERS) {
        memcpy(scratch->numbers, old->numbers, n * sizeof *old->numbers);
    } else if (shape == CO_SHAPE_STRINGS) {
        memcpy(scratch->texts, old->texts, n * sizeof *old->texts);
    } else if (shape == CO_SHAPE_SETS) {
        for (uint32_t i = 0; i < n; i++)
            scratch->spans[i] = (co_span){ old->texts + old->ends[i], old->ends[i + 1] - old->ends[i] };
    } else {
        memcpy(scratch->latitudes, old->latitudes, n * sizeof *old->latitudes);
        memcpy(scratch->longitudes, old->longitudes, n * sizeof *old->longitudes);
    }
}

cohort_status co_scratch_load(const co_tile_draft *draft, co_scratch *scratch, const co_column *column,
                              co_shape shape, cohort_error *error)
{
    if (!prepare(scratch, shape))
        return co_fail_memory(error);
    memset(scratch->valid, 0, sizeof scratch->valid);
    scratch->old = (co_cells){ .shape = shape };
    if (column != NULL) {
        const cohort_status status = co_column_cells(column, scratch->room, &scratch->old, error);

        if (status != COHORT_OK)
            return status;
        copy_old(scratch, shape, draft->n_old);
    }
    for (uint32_t slot = column == NULL ? 0 : draft->n_old; slot < draft->n_rows; slot++)
        clear_cell(scratch, shape, slot);
    return COHORT_OK;
}

/* ---- records that come to this tile ---- */

static const co_work *target_work(const co_tile_draft *draft, const co_field *field)
{
    return field->target == CO_NONE ? NULL : draft->commit->works[field->target];
}

bool co_span_of(co_arena *arena, const co_column *column, uint32_t from, co_span *span)
{
    const uint32_t n = co_column_cardinality(column, from);
    uint32_t *codes = co_arena_new(arena, n, sizeof *codes);
    co_text *texts = co_arena_new(arena, n, sizeof *texts);

    if (codes == NULL || texts == NULL)
        return false;
    co_column_elements(column, from, codes, n);
    for (uint32_t i = 0; i < n; i++)
        texts[i] = co_dictionary_text(co_column_dictionary(column), codes[i]);
    *span = (co_span){ texts, n };
    return true;
}

static bool copy_moved(const co_tile_draft *draft, co_scratch *scratch, uint32_t number, uint32_t old_row,
                       uint32_t slot)
{
    const co_field *field = &draft->work->object->fields[number];
    const co_tile_node *node = co_object_node_tile(draft->work->base, old_row >> 16);
    const co_column *column = co_tile_column(&node->tile, number);
    const uint32_t from = old_row & 65535;

    if (column == NULL || !co_column_has(column, from))
        return true;
    co_word_add(scratch->valid, slot);
    switch (co_shape_of(field->type)) {
    case CO_SHAPE_NUMBERS:
        scratch->numbers[slot] = co_column_number(column, from);
        if (field->type == COHORT_REFERENCE)
            scratch->numbers[slot] = co_work_row(target_work(draft, field), (uint32_t)scratch->numbers[slot]);
        return true;
    case CO_SHAPE_STRINGS:
        scratch->texts[slot] = co_column_text(column, from);
        return true;
    case CO_SHAPE_SETS:
        return co_span_of(&draft->commit->arena, column, from, &scratch->spans[slot]);
    default:
        co_column_point(column, from, &scratch->latitudes[slot], &scratch->longitudes[slot]);
        return true;
    }
}

static bool enter(const co_tile_draft *draft, co_scratch *scratch, uint32_t number)
{
    const co_growth *growth = draft->growth;
    const co_work *work = draft->work;

    for (uint32_t i = 0; growth != NULL && i < growth->n; i++) {
        const uint64_t id = work->order[growth->first + i];
        const uint32_t slot = growth->first_slot + i;

        if (id >= CO_ORDER_MOVE) {
            if (!copy_moved(draft, scratch, number, work->moved.rows[(uint32_t)id], slot))
                return false;
        } else if (number == 0) {
            co_word_add(scratch->valid, slot);
            if (work->text_keys)
                scratch->texts[slot] = work->pending[id].key.text;
            else
                scratch->numbers[slot] = work->pending[id].key.number;
        }
    }
    return true;
}

/* ---- actions ---- */

static void write_cell(co_scratch *scratch, co_shape shape, uint32_t slot, const co_slots *cells, uint32_t i)
{
    if (!co_slots_has(cells, i)) {
        clear_cell(scratch, shape, slot);
        return;
    }
    co_word_add(scratch->valid, slot);
    if (shape == CO_SHAPE_NUMBERS) {
        scratch->numbers[slot] = cells->numbers[i];
    } else if (shape == CO_SHAPE_STRINGS) {
        scratch->texts[slot] = cells->texts[i];
    } else if (shape == CO_SHAPE_SETS) {
        scratch->spans[slot] =
            (co_span){ cells->texts + cells->ends[i], cells->ends[i + 1] - cells->ends[i] };
    } else {
        scratch->latitudes[slot] = cells->latitudes[i];
        scratch->longitudes[slot] = cells->longitudes[i];
    }
}

static void write_reference(co_scratch *scratch, uint32_t slot, const co_slots *cells,
                            const uint64_t *resolved, uint32_t i, const co_work *target)
{
    if (!co_slots_has(cells, i)) {
        clear_cell(scratch, CO_SHAPE_NUMBERS, slot);
        return;
    }
    co_word_add(scratch->valid, slot);
    scratch->numbers[slot] = co_work_resolved(target, resolved[i]);
}

static void replay(const co_tile_draft *draft, co_scratch *scratch, uint32_t number)
{
    const co_commit *commit = draft->commit;
    const co_field *field = &draft->work->object->fields[number];
    const co_work *target = target_work(draft, field);
    const co_shape shape = co_shape_of(field->type);
    const co_chunk *chunk = NULL;
    const co_chunk_column *column = NULL;

    for (size_t a = 0; a < draft->n_actions; a++) {
        const co_action *action = &draft->actions[a];
        const uint32_t slot = action->row & 65535;
        const co_chunk *here = co_action_chunk(commit, action);

        if (here == NULL) {
            if (action->source == CO_ACTION_LEAVE)
                clear_cell(scratch, shape, slot);
            else if (action->source == CO_ACTION_TOUCH && field->type == COHORT_REFERENCE &&
                     co_word_has(scratch->valid, slot))
                scratch->numbers[slot] = co_work_row(target, (uint32_t)scratch->numbers[slot]);
            continue;
        }
        if (number == 0)
            continue;
        if (here != chunk) {
            chunk = here;
            column = co_chunk_find(chunk, number);
        }
        if (chunk->verb == CO_DELETE)
            clear_cell(scratch, shape, slot);
        else if (column != NULL && field->type == COHORT_REFERENCE)
            write_reference(scratch, slot, &column->cells,
                            commit->resolved[action->source][column - chunk->columns], action->index, target);
        else if (column != NULL)
            write_cell(scratch, shape, slot, &column->cells, action->index);
    }
}

/* ---- what differs ---- */

static bool holds(const co_span *span, co_text text)
{
    for (uint32_t i = 0; i < span->n; i++) {
        if (co_text_equal(span->texts[i], text))
            return true;
    }
    return false;
}

/* Neither has repeats, so equal sizes and one inclusion are enough. */
bool co_span_equal(const co_span *a, const co_span *b)
{
    if (a->n != b->n)
        return false;
    for (uint32_t i = 0; i < b->n; i++) {
        if (!holds(a, b->texts[i]))
            return false;
    }
    return true;
}

static bool same_set(const co_scratch *scratch, uint32_t slot)
{
    const co_cells *cells = &scratch->old;
    const co_span old = { cells->texts + cells->ends[slot], cells->ends[slot + 1] - cells->ends[slot] };

    return co_span_equal(&old, &scratch->spans[slot]);
}

static bool same_cell(const co_scratch *scratch, co_shape shape, uint32_t slot)
{
    const co_cells *old = &scratch->old;
    const bool had = slot < old->n && (old->valid == NULL || co_word_has(old->valid, slot));
    const bool has = co_word_has(scratch->valid, slot);

    if (!had || !has)
        return had == has;
    if (shape == CO_SHAPE_NUMBERS)
        return old->numbers[slot] == scratch->numbers[slot];
    if (shape == CO_SHAPE_STRINGS)
        return co_text_equal(old->texts[slot], scratch->texts[slot]);
    if (shape == CO_SHAPE_SETS)
        return same_set(scratch, slot);
    return old->latitudes[slot] == scratch->latitudes[slot] &&
           old->longitudes[slot] == scratch->longitudes[slot];
}

/* Marks the rows there were before whose value is another now; whether there are any. */
static bool mark_changes(co_tile_draft *draft, const co_scratch *scratch, co_shape shape)
{
    bool any = false;

    for (size_t a = 0; a < draft->n_actions; a++) {
        const uint32_t slot = draft->actions[a].row & 65535;

        if (slot < draft->n_old && !same_cell(scratch, shape, slot)) {
            co_word_add(draft->changed, slot);
            any = true;
        }
    }
    return any;
}

/* ---- encoding ---- */

/* Sets end to end, as columns want them. */
static bool flatten(co_scratch *scratch, uint32_t n_rows)
{
    size_t n = 0;

    for (uint32_t i = 0; i < n_rows; i++)
        n += scratch->spans[i].n;
    if (n > UINT32_MAX || !co_memory_grow(scratch->memory, (void **)&scratch->elements,
                                          &scratch->element_capacity, n, sizeof *scratch->elements))
        return false;
    n = 0;
    for (uint32_t i = 0; i < n_rows; i++) {
        scratch->ends[i] = (uint32_t)n;
        if (scratch->spans[i].n > 0)
            memcpy(scratch->elements + n, scratch->spans[i].texts,
                   scratch->spans[i].n * sizeof *scratch->elements);
        n += scratch->spans[i].n;
    }
    scratch->ends[n_rows] = (uint32_t)n;
    return true;
}

cohort_status co_scratch_encode(const co_tile_draft *draft, co_scratch *scratch, co_shape shape,
                                co_dictionary *dictionary, co_column **column, cohort_error *error)
{
    const uint32_t n_rows = draft->n_rows;
    const uint32_t n_valid = co_words_count(scratch->valid, co_words_for(n_rows));
    co_cells cells = { .shape = shape,
                       .n = n_rows,
                       .valid = n_valid == n_rows ? NULL : scratch->valid,
                       .numbers = scratch->numbers,
                       .texts = scratch->texts,
                       .ends = scratch->ends,
                       .latitudes = scratch->latitudes,
                       .longitudes = scratch->longitudes };

    if (n_valid == 0)
        return COHORT_OK;
    if (shape == CO_SHAPE_SETS) {
        if (!flatten(scratch, n_rows))
            return co_fail_memory(error);
        cells.texts = scratch->elements;
    }
    return co_column_new(scratch->memory, &cells, dictionary, column, error);
}

/* ---- few changes ---- */

#define MOST_PATCHES 64u

/* The value that an action gives the field; false if it does something else to the row. */
static bool patch_of(const co_tile_draft *draft, uint32_t number, const co_action *action, bool *gives,
                     co_patch *patch)
{
    const co_commit *commit = draft->commit;
    const co_field *field = &draft->work->object->fields[number];
    const co_chunk *chunk = co_action_chunk(commit, action);

    if (chunk == NULL || chunk->verb == CO_DELETE)
        return false;

    const co_chunk_column *column = co_chunk_find(chunk, number);

    *gives = column != NULL;
    if (column == NULL)
        return true;
    if (!co_slots_has(&column->cells, action->index))
        return false;
    *patch = (co_patch){ .slot = action->row & 65535 };
    if (field->type == COHORT_REFERENCE)
        patch->number = co_work_resolved(target_work(draft, field),
                                         commit->resolved[action->source][column - chunk->columns][action->index]);
    else if (column->cells.shape == CO_SHAPE_STRINGS)
        patch->text = column->cells.texts[action->index];
    else
        patch->number = column->cells.numbers[action->index];
    return true;
}

/* Adds a patch, or puts it in the place of that of the same slot; how many there are. */
static size_t add_patch(co_patch *patches, size_t n, const co_patch *patch)
{
    size_t i = 0;

    while (i < n && patches[i].slot != patch->slot)
        i++;
    patches[i] = *patch;
    return i < n ? n : n + 1;
}

static bool is_changed(const co_column *old, const co_patch *patch)
{
    if (co_column_shape(old) == CO_SHAPE_STRINGS)
        return !co_text_equal(co_column_text(old, patch->slot), patch->text);
    return co_column_number(old, patch->slot) != patch->number;
}

/* The patches that change a value. SIZE_MAX: something else happens to the tile, or too much. */
static size_t find_patches(co_tile_draft *draft, uint32_t number, const co_column *old, co_patch *patches)
{
    const co_shape shape = co_shape_of(draft->work->object->fields[number].type);
    size_t n = 0;
    size_t n_changed = 0;

    if (draft->growth != NULL || old == NULL || number == 0 || draft->n_actions > MOST_PATCHES ||
        (shape != CO_SHAPE_NUMBERS && shape != CO_SHAPE_STRINGS))
        return SIZE_MAX;
    for (size_t a = 0; a < draft->n_actions; a++) {
        co_patch patch;
        bool gives;

        if (!patch_of(draft, number, &draft->actions[a], &gives, &patch) ||
            (gives && !co_column_has(old, patch.slot)))
            return SIZE_MAX;
        if (gives)
            n = add_patch(patches, n, &patch);
    }
    for (size_t i = 0; i < n; i++) {
        if (is_changed(old, &patches[i]))
            patches[n_changed++] = patches[i];
    }
    return n_changed;
}

/* As co_rebuild_field where few values change; *done false: it must be done by spelling the column out. */
static cohort_status patch_field(co_tile_draft *draft, uint32_t number, co_column *old, co_column **column,
                                 bool *done, cohort_error *error)
{
    co_patch patches[MOST_PATCHES];
    const size_t n = find_patches(draft, number, old, patches);
    cohort_status status = COHORT_OK;

    *done = n == 0;
    if (n == 0)
        *column = co_column_retain(old);
    if (n == 0 || n == SIZE_MAX)
        return COHORT_OK;
    status = co_column_patch(old, patches, n, column, error);
    *done = *column != NULL;
    for (size_t i = 0; *done && i < n; i++)
        co_word_add(draft->changed, patches[i].slot);
    return status;
}

cohort_status co_rebuild_field(co_tile_draft *draft, co_scratch *scratch, uint32_t number, co_column **column,
                               cohort_error *error)
{
    const co_field *field = &draft->work->object->fields[number];
    const co_shape shape = co_shape_of(field->type);
    co_column *old =
        draft->old == NULL || number >= draft->old->tile.n_columns ? NULL : draft->old->columns[number];

    bool done;

    *column = NULL;

    cohort_status status = patch_field(draft, number, old, column, &done, error);

    if (status != COHORT_OK || done)
        return status;
    status = co_scratch_load(draft, scratch, old, shape, error);
    if (status != COHORT_OK)
        return status;
    if (!enter(draft, scratch, number))
        return co_fail_memory(error);
    replay(draft, scratch, number);
    if (!mark_changes(draft, scratch, shape) && draft->growth == NULL) {
        *column = old == NULL ? NULL : co_column_retain(old);
        return COHORT_OK;
    }
    return co_scratch_encode(draft, scratch, shape, field->dictionary, column, error);
}

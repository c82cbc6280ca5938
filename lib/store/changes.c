/*
 * What a commit adds to histories: one event for each record whose field has
 * another value after the commit than before.
 *
 * Always:  the net change counts. A record that does not exist after the commit
 *          gives none; one that did not exist before had no value.
 * Used:    between resolving and placing. The events become a chunk behind those
 *          of the batch, so that they are placed, written and counted like
 *          any records without keys; it lies in the commit's arena and goes with it.
 * Costs:   nothing where no chunk touches the field; else a step an action of the
 *          object, and a look-up where the record is not new.
 */
#include <string.h>

#include "store/rebuild.h"
#include "store/words.h"

/* Where the value of a record comes from, and whether the record exists. */
typedef struct fate {
    uint32_t source; /* a chunk's number + 1; 0: there is none */
    uint32_t index;  /* row of the chunk */
    bool live;
} fate;

typedef struct change {
    uint64_t record; /* row, or pending record with CO_PENDING */
    fate fate;
} change;

/* One field with a history on its way. */
typedef struct keeping {
    co_commit *commit;
    co_work *work;
    uint32_t number;
    const co_field *field;
    fate *pending;  /* of each pending record; in the arena */
    co_rowmap rows; /* those there were before and that something may happen to … */
    fate *fates;    /* … what it is */
    size_t capacity;
    change *changes;
    size_t n_changes;
    size_t change_capacity;
} keeping;

/* ---- what happens to records ---- */

static bool chunk_matters(const co_chunk *chunk, uint32_t object, uint32_t field)
{
    return chunk->object == object && (chunk->verb == CO_DELETE || co_chunk_find(chunk, field) != NULL);
}

static bool anything_matters(const co_commit *commit, uint32_t object, uint32_t field)
{
    for (size_t i = 0; i < commit->n_given; i++) {
        if (chunk_matters(&commit->batch->chunks[i], object, field))
            return true;
    }
    return false;
}

/* The fate of the action's record, NULL in *fate if it has none and needs none. False: no memory. */
static bool fate_of(keeping *keeping, const co_action *action, bool needed, fate **fate)
{
    if ((action->source & CO_ACTION_PENDING) != 0) {
        *fate = &keeping->pending[action->row];
        return true;
    }

    uint32_t position = co_rowmap_find(&keeping->rows, action->row);

    *fate = NULL;
    if (position == CO_NONE && !needed)
        return true;
    if (position == CO_NONE) {
        position = co_rowmap_add(keeping->commit->memory, &keeping->rows, action->row);
        if (position == CO_NONE ||
            !co_memory_grow(keeping->commit->memory, (void **)&keeping->fates, &keeping->capacity,
                            keeping->rows.n, sizeof *keeping->fates))
            return false;
    }
    *fate = &keeping->fates[position];
    return true;
}

/* `column` is that of the field in the action's chunk, NULL if it brings none. */
static void follow(fate *fate, const co_action *action, const co_chunk *chunk, const co_chunk_column *column)
{
    fate->live = chunk == NULL || chunk->verb != CO_DELETE;
    if (!fate->live) {
        fate->source = 0;
    } else if (column != NULL) {
        fate->source =
            co_slots_has(&column->cells, action->index) ? (action->source & ~CO_ACTION_PENDING) + 1 : 0;
        fate->index = action->index;
    }
}

static bool follow_all(keeping *keeping)
{
    const co_chunk *chunk = NULL;
    const co_chunk_column *column = NULL;

    for (size_t i = 0; i < keeping->work->n_actions; i++) {
        const co_action *action = &keeping->work->actions[i];
        const co_chunk *here = co_action_chunk(keeping->commit, action);
        fate *fate;

        if (here != chunk) {
            chunk = here;
            column = chunk == NULL ? NULL : co_chunk_find(chunk, keeping->number);
        }
        if (!fate_of(keeping, action, column != NULL || (chunk != NULL && chunk->verb == CO_DELETE), &fate))
            return false;
        if (fate != NULL)
            follow(fate, action, chunk, column);
    }
    return true;
}

/* ---- values ---- */

/* One value of any shape; what a reference names as resolved. */
typedef struct value {
    bool has;
    uint64_t number;
    co_text text;
    co_span span;
    double latitude;
    double longitude;
} value;

/* What the record had before. False: no memory. */
static bool load_old(const keeping *keeping, uint64_t record, value *value)
{
    const uint32_t row = (uint32_t)record;
    const uint32_t slot = row & 65535;
    const co_tile_node *node =
        record >= CO_PENDING ? NULL : co_object_node_tile(keeping->work->base, row >> 16);
    const co_column *column = node == NULL ? NULL : co_tile_column(&node->tile, keeping->number);

    memset(value, 0, sizeof *value);
    if (column == NULL || !co_column_has(column, slot))
        return true;
    value->has = true;
    switch (co_shape_of(keeping->field->type)) {
    case CO_SHAPE_NUMBERS:
        value->number = (uint64_t)co_column_number(column, slot);
        return true;
    case CO_SHAPE_STRINGS:
        value->text = co_column_text(column, slot);
        return true;
    case CO_SHAPE_SETS:
        return co_span_of(&keeping->commit->arena, column, slot, &value->span);
    default:
        co_column_point(column, slot, &value->latitude, &value->longitude);
        return true;
    }
}

/* What it has afterwards. */
static void load_new(const keeping *keeping, const change *change, value *value)
{
    const fate *fate = &change->fate;

    memset(value, 0, sizeof *value);
    if (fate->source == 0)
        return;

    const co_chunk *chunk = &keeping->commit->batch->chunks[fate->source - 1];
    const co_chunk_column *column = co_chunk_find(chunk, keeping->number);
    const co_slots *cells = &column->cells;
    const uint32_t i = fate->index;

    value->has = true;
    if (keeping->field->type == COHORT_REFERENCE) {
        value->number = keeping->commit->resolved[fate->source - 1][column - chunk->columns][i];
    } else if (cells->shape == CO_SHAPE_NUMBERS) {
        value->number = (uint64_t)cells->numbers[i];
    } else if (cells->shape == CO_SHAPE_STRINGS) {
        value->text = cells->texts[i];
    } else if (cells->shape == CO_SHAPE_SETS) {
        value->span = (co_span){ cells->texts + cells->ends[i], cells->ends[i + 1] - cells->ends[i] };
    } else {
        value->latitude = cells->latitudes[i];
        value->longitude = cells->longitudes[i];
    }
}

static bool is_same(const value *a, const value *b)
{
    if (!a->has || !b->has)
        return a->has == b->has;
    return a->number == b->number && co_text_equal(a->text, b->text) && co_span_equal(&a->span, &b->span) &&
           a->latitude == b->latitude && a->longitude == b->longitude;
}

/* ---- the changes ---- */

/* Remembers a record that has another value now. False: no memory. */
static bool compare(keeping *keeping, uint64_t record, const fate *fate)
{
    const change change = { record, *fate };
    value old, new;

    if (!fate->live)
        return true;
    if (!load_old(keeping, record, &old))
        return false;
    load_new(keeping, &change, &new);
    if (is_same(&old, &new))
        return true;
    if (!co_memory_grow(keeping->commit->memory, (void **)&keeping->changes, &keeping->change_capacity,
                        keeping->n_changes + 1, sizeof *keeping->changes))
        return false;
    keeping->changes[keeping->n_changes++] = change;
    return true;
}

static bool find_changes(keeping *keeping)
{
    keeping->pending =
        co_arena_new(&keeping->commit->arena, keeping->work->n_pending, sizeof *keeping->pending);
    if (keeping->pending == NULL || !follow_all(keeping))
        return false;
    for (size_t i = 0; i < keeping->rows.n; i++) {
        if (!compare(keeping, keeping->rows.rows[i], &keeping->fates[i]))
            return false;
    }
    for (size_t i = 0; i < keeping->work->n_pending; i++) {
        if (!compare(keeping, CO_PENDING | i, &keeping->pending[i]))
            return false;
    }
    return true;
}

/* ---- as a chunk ---- */

static bool load(const keeping *keeping, uint32_t side, const change *change, value *value)
{
    if (side == CO_HISTORY_OLD)
        return load_old(keeping, change->record, value);
    load_new(keeping, change, value);
    return true;
}

/* Elements of all sets on one side; SIZE_MAX: no memory. */
static size_t count_elements(const keeping *keeping, uint32_t side)
{
    size_t n = 0;

    for (size_t i = 0; i < keeping->n_changes; i++) {
        value value;

        if (!load(keeping, side, &keeping->changes[i], &value) || n > UINT32_MAX - value.span.n)
            return SIZE_MAX;
        n += value.span.n;
    }
    return n;
}

/* Room for the values of one side. False: no memory. */
static bool make_room(const keeping *keeping, uint32_t side, co_slots *slots)
{
    co_arena *arena = &keeping->commit->arena;
    const size_t n = keeping->n_changes;

    slots->shape = co_shape_of(keeping->field->type);
    slots->valid = co_arena_new(arena, co_words_for((uint32_t)n), sizeof *slots->valid);
    if (slots->valid == NULL)
        return false;
    if (slots->shape == CO_SHAPE_NUMBERS) {
        slots->numbers = co_arena_new(arena, n, sizeof *slots->numbers);
        return slots->numbers != NULL;
    }
    if (slots->shape == CO_SHAPE_POINTS) {
        slots->latitudes = co_arena_new(arena, n, sizeof *slots->latitudes);
        slots->longitudes = co_arena_new(arena, n, sizeof *slots->longitudes);
        return slots->latitudes != NULL && slots->longitudes != NULL;
    }

    const size_t n_texts = slots->shape == CO_SHAPE_SETS ? count_elements(keeping, side) : n;

    if (n_texts == SIZE_MAX)
        return false;
    slots->texts = co_arena_new(arena, n_texts, sizeof *slots->texts);
    slots->ends = co_arena_new(arena, n + 1, sizeof *slots->ends);
    return slots->texts != NULL && slots->ends != NULL;
}

static void write(co_slots *slots, uint32_t i, const value *value)
{
    if (value->has)
        co_word_add(slots->valid, i);
    if (slots->shape == CO_SHAPE_NUMBERS) {
        slots->numbers[i] = (int64_t)value->number;
    } else if (slots->shape == CO_SHAPE_STRINGS) {
        slots->texts[i] = value->text;
    } else if (slots->shape == CO_SHAPE_SETS) {
        slots->ends[i + 1] = slots->ends[i] + value->span.n;
        if (value->span.n > 0)
            memcpy(slots->texts + slots->ends[i], value->span.texts,
                   value->span.n * sizeof *value->span.texts);
    } else {
        slots->latitudes[i] = value->latitude;
        slots->longitudes[i] = value->longitude;
    }
}

/* Values before or after. What references name goes where resolved chunks have it, too. */
static bool fill_side(const keeping *keeping, uint32_t side, co_slots *slots, uint64_t **resolved)
{
    if (!make_room(keeping, side, slots))
        return false;
    if (keeping->field->type == COHORT_REFERENCE) {
        *resolved = co_arena_new(&keeping->commit->arena, keeping->n_changes, sizeof **resolved);
        if (*resolved == NULL)
            return false;
    }
    for (uint32_t i = 0; i < keeping->n_changes; i++) {
        value value;

        if (!load(keeping, side, &keeping->changes[i], &value))
            return false;
        write(slots, i, &value);
        if (*resolved != NULL)
            (*resolved)[i] = value.number;
    }
    return true;
}

/* When, and whose. */
static bool fill_places(const keeping *keeping, co_slots *at, uint64_t **resolved)
{
    co_arena *arena = &keeping->commit->arena;
    const size_t n = keeping->n_changes;

    at->numbers = co_arena_new(arena, n, sizeof *at->numbers);
    *resolved = co_arena_new(arena, n, sizeof **resolved);
    if (at->numbers == NULL || *resolved == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        at->numbers[i] = keeping->commit->batch->at_us;
        (*resolved)[i] = keeping->changes[i].record;
    }
    return true;
}

/* The changes as a chunk of the history's. False: no memory. */
static bool make_chunk(keeping *keeping, co_chunk *chunk, uint64_t ***resolved)
{
    const uint32_t n_columns = CO_HISTORY_FIELDS - 1;
    co_arena *arena = &keeping->commit->arena;
    co_chunk_column *columns = co_arena_new(arena, n_columns, sizeof *columns);
    uint64_t **rows = co_arena_new(arena, n_columns, sizeof *rows);

    if (columns == NULL || rows == NULL)
        return false;
    for (uint32_t i = 0; i < n_columns; i++)
        columns[i].field = i + 1;
    *chunk = (co_chunk){ .verb = CO_UPSERT,
                         .object = keeping->field->history,
                         .n_rows = (uint32_t)keeping->n_changes,
                         .n_columns = n_columns,
                         .columns = columns };
    *resolved = rows;
    return fill_places(keeping, &columns[CO_HISTORY_AT - 1].cells, &rows[CO_HISTORY_OF - 1]) &&
           fill_side(keeping, CO_HISTORY_OLD, &columns[CO_HISTORY_OLD - 1].cells,
                     &rows[CO_HISTORY_OLD - 1]) &&
           fill_side(keeping, CO_HISTORY_NEW, &columns[CO_HISTORY_NEW - 1].cells, &rows[CO_HISTORY_NEW - 1]);
}

static cohort_status add_chunk(keeping *keeping, cohort_error *error)
{
    co_commit *commit = keeping->commit;
    co_batch *batch = commit->batch;
    co_work *history = co_commit_work(commit, keeping->field->history);
    const uint32_t number = (uint32_t)batch->n_chunks;
    co_chunk chunk;

    if (!batch->has_time)
        return co_fail(error, COHORT_INVALID,
                       "the changes of '" CO_FMT "' of " CO_FMT
                       " are kept: the batch needs their time (cohort_batch_set_time)",
                       CO_ARG(keeping->field->name), CO_ARG(keeping->work->object->name));
    if (history == NULL || !make_chunk(keeping, &chunk, &commit->resolved[number]) ||
        !co_memory_grow(commit->memory, (void **)&batch->chunks, &batch->chunk_capacity, number + (size_t)1,
                        sizeof *batch->chunks))
        return co_fail_memory(error);
    batch->chunks[batch->n_chunks++] = chunk;
    commit->n_changes += chunk.n_rows;
    return co_commit_resolve_rows(commit, history, number, error);
}

static cohort_status keep(co_commit *commit, co_work *work, uint32_t number, cohort_error *error)
{
    keeping keeping = {
        .commit = commit, .work = work, .number = number, .field = &work->object->fields[number]
    };
    cohort_status status = COHORT_OK;

    if (keeping.field->history == CO_NONE || !anything_matters(commit, work->object->id, number))
        return COHORT_OK;
    if (!find_changes(&keeping))
        status = co_fail_memory(error);
    if (status == COHORT_OK && keeping.n_changes > 0)
        status = add_chunk(&keeping, error);
    co_rowmap_clear(commit->memory, &keeping.rows);
    co_memory_free(commit->memory, keeping.fates, keeping.capacity * sizeof *keeping.fates);
    co_memory_free(commit->memory, keeping.changes, keeping.change_capacity * sizeof *keeping.changes);
    return status;
}

cohort_status co_commit_keep_changes(co_commit *commit, cohort_error *error)
{
    for (uint32_t o = 0; o < commit->base->n_objects; o++) {
        const uint32_t n_fields = commit->works[o] == NULL ? 0 : commit->works[o]->object->n_fields;

        for (uint32_t f = 1; f < n_fields; f++) {
            const cohort_status status = keep(commit, commit->works[o], f, error);

            if (status != COHORT_OK)
                return status;
        }
    }
    return COHORT_OK;
}

/*
 * Staging: chunks in an arena, or in memory that was handed over.
 *
 * Always:  a call adds all its rows or none. Rows put one by one with the same
 *          verb and fields as the last of their object share a chunk, whose arrays
 *          double; what they leave behind stays in the arena until the end.
 */
#include <string.h>

#include "base/calendar.h"
#include "base/sums.h"
#include "store/chunk.h"
#include "store/root.h"

cohort_status co_batch_new(co_store *store, co_batch **result, cohort_error *error)
{
    co_batch *batch = co_memory_new_zeroed(&store->memory, 1, sizeof *batch);

    *result = batch;
    if (batch == NULL)
        return co_fail_memory(error);
    co_store_retain(store);
    batch->store = store;
    co_arena_init(&batch->arena, &store->memory);
    return COHORT_OK;
}

void co_batch_clear(co_batch *batch)
{
    co_memory *memory = &batch->store->memory;

    for (size_t i = 0; i < batch->n_blocks; i++)
        co_memory_free(memory, batch->blocks[i].bytes, batch->blocks[i].size);
    for (size_t i = 0; i < batch->n_bales; i++)
        co_bale_free(batch->bales[i]);
    co_memory_free(memory, batch->bales, batch->bale_capacity * sizeof *batch->bales);
    co_memory_free(memory, batch->blocks, batch->block_capacity * sizeof *batch->blocks);
    co_memory_free(memory, batch->row, batch->row_size);
    co_memory_free(memory, batch->chunks, batch->chunk_capacity * sizeof *batch->chunks);
    co_arena_clear(&batch->arena);
    *batch = (co_batch){ .store = batch->store };
    co_arena_init(&batch->arena, memory);
}

void co_batch_free(co_batch *batch)
{
    if (batch == NULL)
        return;

    co_store *store = batch->store;

    co_batch_clear(batch);
    co_memory_free(&store->memory, batch, sizeof *batch);
    co_store_release(store);
}

cohort_status co_batch_set_time(co_batch *batch, int64_t at_us, cohort_error *error)
{
    if (!co_time_in_range(at_us))
        return co_fail(error, COHORT_OVERFLOW, "the time of a batch lies beyond the years 1 to 9999");
    batch->has_time = true;
    batch->at_us = at_us;
    return COHORT_OK;
}

const co_chunk_column *co_chunk_find(const co_chunk *chunk, uint32_t field)
{
    for (uint32_t i = 0; i < chunk->n_columns; i++) {
        if (chunk->columns[i].field == field)
            return &chunk->columns[i];
    }
    return NULL;
}

bool co_batch_room_for_chunk(co_batch *batch)
{
    return co_memory_grow(&batch->store->memory, (void **)&batch->chunks, &batch->chunk_capacity,
                          batch->n_chunks + 1, sizeof *batch->chunks);
}

/* ---- many rows ---- */

/* A key or reference may come as either kind of key. */
static bool shape_fits(const co_object *object, const co_staged_column *column)
{
    const co_shape shape = column->cells.shape;
    const cohort_type type = object->fields[column->field].type;

    if (column->field == 0 || type == COHORT_REFERENCE)
        return shape == CO_SHAPE_NUMBERS || shape == CO_SHAPE_STRINGS;
    return shape == co_shape_of(type);
}

static cohort_status check_column(const co_object *object, const co_staged_column *columns, size_t i,
                                  cohort_error *error)
{
    if (columns[i].field >= object->n_fields)
        return co_fail(error, COHORT_INVALID, CO_FMT " has no field number %u", CO_ARG(object->name),
                       columns[i].field);

    const co_text name = object->fields[columns[i].field].name;

    if (!shape_fits(object, &columns[i]))
        return co_fail(error, COHORT_INVALID, "the values of '" CO_FMT "' have the wrong shape",
                       CO_ARG(name));
    for (size_t j = 0; j < i; j++) {
        if (columns[j].field == columns[i].field)
            return co_fail(error, COHORT_INVALID, "field '" CO_FMT "' is given twice", CO_ARG(name));
    }
    if (columns[i].field == 0 && columns[i].cells.valid != NULL)
        return co_fail(error, COHORT_INVALID, "the key '" CO_FMT "' may not be missing", CO_ARG(name));
    return COHORT_OK;
}

static cohort_status check_columns(const co_object *object, size_t n_columns, const co_staged_column *columns,
                                   cohort_error *error)
{
    bool has_key = false;

    for (size_t i = 0; i < n_columns; i++) {
        const cohort_status status = check_column(object, columns, i, error);

        if (status != COHORT_OK)
            return status;
        has_key = has_key || columns[i].field == 0;
    }
    if (!has_key && !object->keyless)
        return co_fail(error, COHORT_INVALID, "records of " CO_FMT " need the key '" CO_FMT "'",
                       CO_ARG(object->name), CO_ARG(object->fields[0].name));
    return COHORT_OK;
}

/* The array, or a copy of it in the arena. False: no memory. */
static bool place_array(co_arena *arena, bool copy, const void *from, size_t n, size_t size, void **to)
{
    *to = (void *)(uintptr_t)from;
    if (from == NULL || !copy || n == 0)
        return true;
    *to = co_arena_new(arena, n, size);
    if (*to != NULL)
        memcpy(*to, from, n * size);
    return *to != NULL;
}

static bool place_texts(co_arena *arena, bool copy, const co_cells *from, uint32_t n_rows, co_slots *to)
{
    const size_t n = from->shape == CO_SHAPE_SETS ? (n_rows == 0 ? 0 : from->ends[n_rows]) : n_rows;
    size_t n_bytes = 0;
    void *texts;

    if (!place_array(arena, copy, from->texts, n, sizeof *from->texts, &texts))
        return false;
    to->texts = texts;
    if (!copy || from->texts == NULL)
        return true;
    for (size_t i = 0; i < n; i++) {
        if (!co_add_size(n_bytes, to->texts[i].length, &n_bytes))
            return false;
    }

    char *bytes = co_arena_new(arena, n_bytes + 1, 1);

    for (size_t i = 0; bytes != NULL && i < n; i++) {
        if (to->texts[i].length > 0)
            memcpy(bytes, to->texts[i].bytes, to->texts[i].length);
        to->texts[i].bytes = bytes;
        bytes += to->texts[i].length;
    }
    return bytes != NULL;
}

static bool place_cells(co_arena *arena, bool copy, const co_cells *from, uint32_t n_rows, co_slots *to)
{
    void *valid, *numbers, *ends, *latitudes, *longitudes;

    if (!place_array(arena, copy, from->valid, co_words_for(n_rows), sizeof *from->valid, &valid) ||
        !place_array(arena, copy, from->numbers, n_rows, sizeof *from->numbers, &numbers) ||
        !place_array(arena, copy, from->ends, n_rows + (size_t)1, sizeof *from->ends, &ends) ||
        !place_array(arena, copy, from->latitudes, n_rows, sizeof *from->latitudes, &latitudes) ||
        !place_array(arena, copy, from->longitudes, n_rows, sizeof *from->longitudes, &longitudes))
        return false;
    *to = (co_slots){ .shape = from->shape,
                      .valid = valid,
                      .numbers = numbers,
                      .ends = ends,
                      .latitudes = latitudes,
                      .longitudes = longitudes,
                      .packed = from->packed };
    return place_texts(arena, copy, from, n_rows, to);
}

static bool place_columns(co_batch *batch, bool copy, co_chunk *chunk, const co_staged_column *columns)
{
    uint32_t next = 0;

    chunk->columns = co_arena_new(&batch->arena, chunk->n_columns, sizeof *chunk->columns);
    if (chunk->columns == NULL)
        return false;
    for (uint32_t i = 0; i < chunk->n_columns; i++) {
        if (columns[i].field == 0)
            next = 1;
    }
    for (uint32_t i = 0; i < chunk->n_columns; i++) {
        co_chunk_column *column = &chunk->columns[columns[i].field == 0 ? 0 : next++];

        column->field = columns[i].field;
        column->create_parents = columns[i].create_parents;
        if (!place_cells(&batch->arena, copy, &columns[i].cells, chunk->n_rows, &column->cells))
            return false;
    }
    return true;
}

cohort_status co_batch_check_columns(co_batch *batch, uint32_t object, size_t n_columns,
                                     const co_staged_column *columns, cohort_error *error)
{
    co_version *version = co_store_current(batch->store);
    cohort_status status;

    if (object >= version->n_objects)
        status = co_fail(error, COHORT_INVALID, "there is no object number %u", object);
    else
        status = check_columns(co_schema_object(version->schema, object), n_columns, columns, error);
    co_version_release(version);
    return status;
}

static cohort_status stage(co_batch *batch, bool copy, uint32_t object, uint32_t n_rows, size_t n_columns,
                           const co_staged_column *columns, cohort_error *error)
{
    const cohort_status status = co_batch_check_columns(batch, object, n_columns, columns, error);

    if (status != COHORT_OK || n_rows == 0)
        return status;

    co_chunk chunk = {
        .verb = CO_UPSERT, .object = object, .n_rows = n_rows, .n_columns = (uint32_t)n_columns
    };

    if (!co_batch_room_for_chunk(batch) || !place_columns(batch, copy, &chunk, columns))
        return co_fail_memory(error);
    batch->chunks[batch->n_chunks++] = chunk;
    return COHORT_OK;
}

cohort_status co_batch_columns(co_batch *batch, uint32_t object, uint32_t n_rows, size_t n_columns,
                               const co_staged_column *columns, cohort_error *error)
{
    return stage(batch, true, object, n_rows, n_columns, columns, error);
}

cohort_status co_batch_take_columns(co_batch *batch, uint32_t object, uint32_t n_rows, size_t n_columns,
                                    const co_staged_column *columns, size_t n_blocks, const co_block *blocks,
                                    cohort_error *error)
{
    if (!co_memory_grow(&batch->store->memory, (void **)&batch->blocks, &batch->block_capacity,
                        batch->n_blocks + n_blocks, sizeof *batch->blocks))
        return co_fail_memory(error);

    const cohort_status status = stage(batch, false, object, n_rows, n_columns, columns, error);

    if (status != COHORT_OK)
        return status;
    if (n_blocks > 0)
        memcpy(batch->blocks + batch->n_blocks, blocks, n_blocks * sizeof *blocks);
    batch->n_blocks += n_blocks;
    return COHORT_OK;
}

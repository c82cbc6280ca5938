/*
 * Packed and baled columns of a batch as plain ones, for all who go row by row.
 *
 * Costs:   once a chunk, a pass over its values and 8 or 16 bytes of memory each.
 */
#include <string.h>

#include "store/chunk.h"
#include "store/root.h"

static bool unpack_numbers(co_arena *arena, co_slots *cells, size_t n)
{
    const co_packed *packed = cells->packed;

    cells->numbers = co_arena_new(arena, n, sizeof *cells->numbers);
    for (size_t i = 0; cells->numbers != NULL && i < n; i++) {
        const uint64_t offset = (uint64_t)packed->unit * co_packed_code(packed, i);

        cells->numbers[i] = (int64_t)((uint64_t)packed->base + offset);
    }
    return cells->numbers != NULL;
}

static bool unpack_texts(co_arena *arena, co_slots *cells, size_t n)
{
    const co_packed *packed = cells->packed;

    cells->texts = co_arena_new(arena, n, sizeof *cells->texts);
    for (size_t i = 0; cells->texts != NULL && packed->n_words > 0 && i < n; i++)
        cells->texts[i] = packed->words[co_packed_code(packed, i)];
    return cells->texts != NULL;
}

static bool unpack_cells(co_arena *arena, co_slots *cells, uint32_t n_rows)
{
    const size_t n = cells->shape == CO_SHAPE_SETS ? cells->ends[n_rows] : n_rows;
    const bool fine = (cells->shape == CO_SHAPE_NUMBERS ? unpack_numbers : unpack_texts)(arena, cells, n);

    if (fine)
        cells->packed = NULL;
    return fine;
}

/* ---- bales ---- */

/* A copy of the array in the arena; NULL of NULL or nothing. False: no memory. */
static bool copy_array(co_arena *arena, const void *from, size_t n, size_t size, void **to)
{
    *to = NULL;
    if (from == NULL || n == 0)
        return true;
    *to = co_arena_new(arena, n, size);
    if (*to != NULL)
        memcpy(*to, from, n * size);
    return *to != NULL;
}

/* Texts go on lying in the baled column or its dictionary. */
static bool copy_cells(co_arena *arena, const co_cells *from, co_slots *to)
{
    const bool is_sets = from->shape == CO_SHAPE_SETS;
    void *valid, *numbers, *texts, *ends, *latitudes, *longitudes;

    if (!copy_array(arena, from->valid, co_words_for(from->n), sizeof *from->valid, &valid) ||
        !copy_array(arena, from->numbers, from->n, sizeof *from->numbers, &numbers) ||
        !copy_array(arena, from->texts, is_sets ? from->ends[from->n] : from->n, sizeof *from->texts, &texts) ||
        !copy_array(arena, from->ends, from->n + (size_t)1, sizeof *from->ends, &ends) ||
        !copy_array(arena, from->latitudes, from->n, sizeof *from->latitudes, &latitudes) ||
        !copy_array(arena, from->longitudes, from->n, sizeof *from->longitudes, &longitudes))
        return false;
    *to = (co_slots){ .shape = from->shape,
                      .valid = valid,
                      .numbers = numbers,
                      .texts = texts,
                      .ends = ends,
                      .latitudes = latitudes,
                      .longitudes = longitudes };
    return true;
}

/* No row has a value, which must never be read. */
static bool no_cells(co_arena *arena, uint32_t n_rows, co_slots *to)
{
    *to = (co_slots){ .shape = to->shape };
    to->valid = co_arena_new(arena, co_words_for(n_rows), sizeof *to->valid);
    return to->valid != NULL;
}

static cohort_status unbale(co_batch *batch, co_cells_room *room, co_chunk_column *column, uint32_t n_rows,
                            cohort_error *error)
{
    co_cells cells;

    if (column->baled == NULL)
        return no_cells(&batch->arena, n_rows, &column->cells) ? COHORT_OK : co_fail_memory(error);

    const cohort_status status = co_column_cells(column->baled, room, &cells, error);

    if (status != COHORT_OK)
        return status;
    return copy_cells(&batch->arena, &cells, &column->cells) ? COHORT_OK : co_fail_memory(error);
}

cohort_status co_chunk_unpack(co_batch *batch, co_chunk *chunk, cohort_error *error)
{
    co_cells_room *room = chunk->is_baled ? co_cells_room_new(&batch->store->memory) : NULL;
    cohort_status status = chunk->is_baled && room == NULL ? co_fail_memory(error) : COHORT_OK;

    for (uint32_t i = 0; i < chunk->n_columns && status == COHORT_OK; i++) {
        co_chunk_column *column = &chunk->columns[i];

        if (chunk->is_baled)
            status = unbale(batch, room, column, chunk->n_rows, error);
        else if (column->cells.packed != NULL && !unpack_cells(&batch->arena, &column->cells, chunk->n_rows))
            status = co_fail_memory(error);
    }
    co_cells_room_free(room);
    chunk->is_baled = chunk->is_baled && status != COHORT_OK;
    return status;
}

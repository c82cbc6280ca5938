/*
 * Baling rows: encoding them before anybody knows which records they are.
 *
 * Always:  texts of a column share a dictionary that belongs to these rows alone, so
 *          nothing of the store is touched before a commit. A part is in whole or not.
 */
#include <string.h>

#include "store/chunk.h"
#include "store/root.h"
#include "store/words.h"

static bool has_dictionary(const co_bale *bale, uint32_t column)
{
    const co_shape shape = bale->shapes[column];

    return (shape == CO_SHAPE_STRINGS && !(bale->has_key && column == 0)) || shape == CO_SHAPE_SETS;
}

static bool make_dictionaries(co_bale *bale)
{
    for (uint32_t i = 0; i < bale->n_columns; i++) {
        if (!has_dictionary(bale, i))
            continue;
        bale->dictionaries[i] = co_dictionary_new(bale->memory);
        if (bale->dictionaries[i] == NULL)
            return false;
    }
    return true;
}

cohort_status co_bale_new(co_memory *memory, bool has_key, uint32_t n_columns, const co_shape *shapes,
                            co_bale **result, cohort_error *error)
{
    co_bale *bale = co_memory_new_zeroed(memory, 1, sizeof *bale);

    *result = NULL;
    if (bale == NULL)
        return co_fail_memory(error);
    *bale = (co_bale){ .memory = memory, .has_key = has_key, .n_columns = n_columns };
    bale->shapes = co_memory_new_array(memory, n_columns, sizeof *bale->shapes);
    bale->dictionaries = co_memory_new_zeroed(memory, n_columns, sizeof *bale->dictionaries);
    if (bale->shapes != NULL)
        memcpy(bale->shapes, shapes, n_columns * sizeof *shapes);
    if (n_columns > 0 &&
        (bale->shapes == NULL || bale->dictionaries == NULL || !make_dictionaries(bale))) {
        co_bale_free(bale);
        return co_fail_memory(error);
    }
    *result = bale;
    return COHORT_OK;
}

void co_bale_free(co_bale *bale)
{
    if (bale == NULL)
        return;

    co_memory *memory = bale->memory;

    for (size_t i = 0; i < bale->n_parts * bale->n_columns; i++)
        co_column_release(bale->columns[i]);
    for (uint32_t i = 0; bale->dictionaries != NULL && i < bale->n_columns; i++)
        co_dictionary_release(bale->dictionaries[i]);
    co_memory_free(memory, bale->columns, bale->column_capacity * sizeof *bale->columns);
    co_memory_free(memory, bale->n_rows, bale->row_capacity * sizeof *bale->n_rows);
    co_memory_free(memory, bale->dictionaries, bale->n_columns * sizeof *bale->dictionaries);
    co_memory_free(memory, bale->shapes, bale->n_columns * sizeof *bale->shapes);
    co_memory_free(memory, bale, sizeof *bale);
}

/* ---- adding ---- */

/* *column stays NULL where no row has a value. */
static cohort_status pack(const co_bale *bale, uint32_t i, uint32_t n_rows, const co_cells *cells,
                          co_column **column, cohort_error *error)
{
    co_cells own = *cells;

    own.n = n_rows;
    *column = NULL;
    if (own.valid != NULL && co_words_count(own.valid, co_words_for(n_rows)) == 0)
        return COHORT_OK;
    return co_column_new(bale->memory, &own, bale->dictionaries[i], column, error);
}

cohort_status co_bale_add(co_bale *bale, uint32_t n_rows, const co_cells *cells, cohort_error *error)
{
    const size_t first = bale->n_parts * bale->n_columns;

    if (n_rows == 0)
        return COHORT_OK;
    if (!co_memory_grow(bale->memory, (void **)&bale->columns, &bale->column_capacity,
                        first + bale->n_columns, sizeof *bale->columns) ||
        !co_memory_grow(bale->memory, (void **)&bale->n_rows, &bale->row_capacity, bale->n_parts + 1,
                        sizeof *bale->n_rows))
        return co_fail_memory(error);
    for (uint32_t i = 0; i < bale->n_columns; i++) {
        const cohort_status status = pack(bale, i, n_rows, &cells[i], &bale->columns[first + i], error);

        if (status != COHORT_OK) {
            while (i > 0)
                co_column_release(bale->columns[first + --i]);
            return status;
        }
    }
    bale->n_rows[bale->n_parts++] = n_rows;
    return COHORT_OK;
}

uint64_t co_bale_n_rows(const co_bale *bale)
{
    uint64_t n = 0;

    for (size_t i = 0; i < bale->n_parts; i++)
        n += bale->n_rows[i];
    return n;
}

/* ---- into a batch ---- */

/* What the columns are, as check_columns wants to know it. */
static co_staged_column *describe(co_batch *batch, const co_bale *bale, const co_staged_column *columns)
{
    co_staged_column *described = co_arena_new(&batch->arena, bale->n_columns, sizeof *described);

    for (uint32_t i = 0; described != NULL && i < bale->n_columns; i++) {
        described[i] = columns[i];
        described[i].cells = (co_cells){ .shape = bale->shapes[i] };
    }
    return described;
}

static bool add_part(co_batch *batch, const co_bale *bale, size_t part, uint32_t object,
                     const co_staged_column *columns)
{
    co_chunk chunk = { .verb = CO_UPSERT,
                       .object = object,
                       .n_rows = bale->n_rows[part],
                       .is_baled = true,
                       .n_columns = bale->n_columns };

    chunk.columns = co_arena_new(&batch->arena, chunk.n_columns, sizeof *chunk.columns);
    if (chunk.columns == NULL || !co_batch_room_for_chunk(batch))
        return false;
    for (uint32_t i = 0; i < chunk.n_columns; i++)
        chunk.columns[i] = (co_chunk_column){ .field = columns[i].field,
                                              .create_parents = columns[i].create_parents,
                                              .cells = { .shape = bale->shapes[i] },
                                              .baled = bale->columns[part * bale->n_columns + i] };
    batch->chunks[batch->n_chunks++] = chunk;
    return true;
}

cohort_status co_batch_take_bale(co_batch *batch, uint32_t object, const co_staged_column *columns,
                                   co_bale *bale, cohort_error *error)
{
    const size_t n_before = batch->n_chunks;
    const co_staged_column *described = describe(batch, bale, columns);

    if (described == NULL || !co_memory_grow(&batch->store->memory, (void **)&batch->bales, &batch->bale_capacity,
                                             batch->n_bales + 1, sizeof *batch->bales))
        return co_fail_memory(error);

    const cohort_status status = co_batch_check_columns(batch, object, bale->n_columns, described, error);

    if (status != COHORT_OK)
        return status;
    for (size_t part = 0; part < bale->n_parts; part++) {
        if (!add_part(batch, bale, part, object, columns)) {
            batch->n_chunks = n_before;
            return co_fail_memory(error);
        }
    }
    batch->bales[batch->n_bales++] = bale;
    return COHORT_OK;
}

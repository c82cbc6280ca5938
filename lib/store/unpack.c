/*
 * Packed columns of a batch as plain ones, for all who go row by row.
 *
 * Costs:   once a chunk, a pass over its values and 8 or 16 bytes of memory each.
 */
#include "store/chunk.h"

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

bool co_chunk_unpack(co_batch *batch, co_chunk *chunk)
{
    for (uint32_t c = 0; c < chunk->n_columns; c++) {
        co_slots *cells = &chunk->columns[c].cells;

        if (cells->packed == NULL)
            continue;

        const size_t n = cells->shape == CO_SHAPE_SETS ? cells->ends[chunk->n_rows] : chunk->n_rows;

        if (!(cells->shape == CO_SHAPE_NUMBERS ? unpack_numbers : unpack_texts)(&batch->arena, cells, n))
            return false;
        cells->packed = NULL;
    }
    return true;
}

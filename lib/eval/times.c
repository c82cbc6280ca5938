/* Event times of child rows; see times.h. */
#include "eval/times.h"

void co_times_init(co_times *times, co_worker *worker, uint32_t object)
{
    *times = (co_times){ .worker = worker,
                         .object = object,
                         .field = co_schema_object(worker->run->program->schema, object)->time,
                         .tile = CO_NONE };
}

void co_times_clear(co_times *times)
{
    co_memory_free(times->worker->memory, times->decoded, CO_TILE_ROWS * sizeof *times->decoded);
}

static bool decode(co_times *times, uint32_t tile, const co_column *column)
{
    if (times->decoded == NULL)
        times->decoded = co_memory_new_array(times->worker->memory, CO_TILE_ROWS, sizeof *times->decoded);
    if (times->decoded == NULL)
        return false;
    co_column_numbers(column, times->decoded);
    times->tile = tile;
    return true;
}

cohort_status co_times_find(co_times *times, const co_hits *hits, int64_t out[CO_CHUNK])
{
    const uint32_t number = hits->rows[0] / CO_TILE_ROWS;
    const co_tile *tile = co_version_tile(times->worker->run->plan->version, times->object, number);
    const co_column *column = times->field == CO_NONE ? NULL : co_tile_column(tile, times->field);
    const uint64_t *valid = column == NULL ? NULL : co_column_valid(column);

    if (column == NULL) {
        for (uint32_t i = 0; i < hits->n; i++)
            out[i] = CO_NO_TIME;
        return COHORT_OK;
    }
    if (hits->n == CO_CHUNK && times->tile != number && !decode(times, number, column))
        return COHORT_MEMORY;
    for (uint32_t i = 0; i < hits->n; i++) {
        const uint32_t slot = hits->rows[i] % CO_TILE_ROWS;

        if (valid != NULL && !co_bit_test(valid, slot))
            out[i] = CO_NO_TIME;
        else
            out[i] = times->tile == number ? times->decoded[slot] : co_column_number(column, slot);
    }
    return COHORT_OK;
}

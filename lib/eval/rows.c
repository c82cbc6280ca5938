/* Which rows exist: those that are live and, of events, not later than the as-of instant. */
#include "eval/worker.h"

#include <string.h>

/* words = those of the live rows that the horizon leaves. */
static void hide_later(co_worker *worker, const co_scope *scope, const co_column *times, int64_t latest,
                       uint64_t *words)
{
    uint64_t later[CO_TILE_WORDS];

    co_column_between(times, latest + 1, INT64_MAX, later);
    worker->kernel->andnot_words(words, later, words, co_register_n_words(&scope->rows));
}

cohort_status co_scope_find_rows(co_worker *worker, co_scope *scope)
{
    const co_tile *tile = scope->tile;
    const co_horizon *horizon = &worker->run->program->horizons[scope->object];
    const co_column *times = horizon->is_bounded ? co_tile_column(tile, horizon->field) : NULL;
    int64_t least;
    int64_t greatest;

    scope->has_rows = true;

    const bool hides =
        times != NULL && co_column_range(times, &least, &greatest) && greatest > horizon->latest;

    if (tile->live == NULL && !hides) {
        co_register_set_all(&scope->rows);
        return COHORT_OK;
    }

    uint64_t *words = co_register_open(&scope->rows);

    if (words == NULL)
        return COHORT_MEMORY;
    if (tile->live != NULL) {
        memcpy(words, tile->live, co_register_n_words(&scope->rows) * sizeof *words);
    } else {
        memset(words, 0, co_register_n_words(&scope->rows) * sizeof *words);
        co_bits_fill(words, 0, tile->n_rows);
    }
    if (hides)
        hide_later(worker, scope, times, horizon->latest, words);
    co_register_settle(&scope->rows);
    return COHORT_OK;
}

bool co_row_exists(const co_run *run, uint32_t object, uint32_t row)
{
    const co_horizon *horizon = &run->program->horizons[object];

    if (!co_version_is_live(run->plan->version, object, row))
        return false;
    if (!horizon->is_bounded)
        return true;

    const co_tile *tile = co_version_tile(run->plan->version, object, row / CO_TILE_ROWS);
    const co_column *times = co_tile_column(tile, horizon->field);
    const uint32_t slot = row % CO_TILE_ROWS;

    return times == NULL || !co_column_has(times, slot) || co_column_number(times, slot) <= horizon->latest;
}

/* Along reference fields; see ways.h. */
#include "eval/ways.h"

co_field_reader co_field_reader_of(const co_version *version, uint32_t object, uint32_t field)
{
    return (co_field_reader){ .version = version, .object = object, .field = field, .number = CO_NONE };
}

const co_column *co_field_at(co_field_reader *reader, uint32_t row)
{
    const uint32_t number = row / CO_TILE_ROWS;
    const uint32_t slot = row % CO_TILE_ROWS;

    if (reader->number != number) {
        const co_tile *tile = co_version_tile(reader->version, reader->object, number);

        reader->number = number;
        reader->column = tile != NULL ? co_tile_column(tile, reader->field) : NULL;
    }
    if (reader->column == NULL || slot >= co_column_length(reader->column) ||
        !co_column_has(reader->column, slot))
        return NULL;
    return reader->column;
}

uint32_t co_way_object(const co_worker *worker, uint32_t object, const co_way *way, uint32_t n_hops)
{
    for (uint32_t hop = 0; hop < n_hops; hop++)
        object = co_schema_object(worker->run->program->schema, object)->fields[way->fields[hop]].target;
    return object;
}

/* rows[i] = where the field of rows[i] leads, if that row exists. */
static void hop_on(const co_run *run, co_field_reader *reader, uint32_t target, uint32_t *rows, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (rows[i] == CO_NONE)
            continue;
        if (co_field_at(reader, rows[i]) == NULL) {
            rows[i] = CO_NONE;
            continue;
        }
        rows[i] = (uint32_t)co_field_number(reader, rows[i]);
        if (!co_row_exists(run, target, rows[i]))
            rows[i] = CO_NONE;
    }
}

cohort_status co_way_follow(co_worker *worker, co_scope *scope, const co_way *way, uint32_t n_hops,
                            const co_choice *choice, uint32_t *rows)
{
    const co_run *run = worker->run;
    uint32_t object = scope->object;

    for (uint32_t i = 0; i < choice->n; i++)
        rows[i] = scope->number * CO_TILE_ROWS + choice->slots[i];
    for (uint32_t hop = 0; hop < n_hops; hop++) {
        const uint32_t field = way->fields[hop];
        const uint32_t target = co_schema_object(run->program->schema, object)->fields[field].target;
        co_field_reader reader = co_field_reader_of(run->plan->version, object, field);

        reader.numbers_of = scope->number;
        if (hop == 0 && co_scope_numbers(worker, scope, field, &reader.numbers) != COHORT_OK)
            return COHORT_MEMORY;
        hop_on(run, &reader, target, rows, choice->n);
        object = target;
    }
    return COHORT_OK;
}

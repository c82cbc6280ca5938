/*
 * Staging one record at a time.
 *
 * Always:  values are checked and converted before anything is written, so a
 *          refused record leaves the batch as it was.
 */
#include <string.h>

#include "base/number.h"
#include "store/chunk.h"
#include "store/root.h"
#include "store/values.h"
#include "store/words.h"

#define FIRST_CAPACITY 16u
#define CHUNKS_LOOKED_AT 16u

/* One converted value, its bytes in the arena. */
typedef struct cell {
    uint32_t field;
    co_shape shape;
    bool missing;
    int64_t number;
    co_text text;
    co_text *elements;
    uint32_t n_elements;
    double latitude;
    double longitude;
} cell;

/* ---- checking and converting ---- */

static cohort_status copy_text(co_batch *batch, const co_field *field, co_text text, co_text *copy,
                               cohort_error *error)
{
    const cohort_status status = co_value_check_text(field, text, error);

    if (status != COHORT_OK)
        return status;
    *copy = co_arena_copy(&batch->arena, text);
    return copy->bytes == NULL ? co_fail_memory(error) : COHORT_OK;
}

/* A key as an object with int or text keys wants it. */
static cohort_status convert_key(co_batch *batch, const co_field *field, bool wants_int, const co_key *key,
                                 cell *cell, cohort_error *error)
{
    char digits[CO_INT64_TEXT];

    cell->shape = wants_int ? CO_SHAPE_NUMBERS : CO_SHAPE_STRINGS;
    cell->number = key->number;
    if (wants_int) {
        if (key->is_text && co_parse_int64(key->text, &cell->number) != CO_PARSED)
            return co_fail(error, COHORT_TYPE, "key '" CO_FMT "' of '" CO_FMT "' is not an int",
                           CO_ARG(key->text), CO_ARG(field->name));
        return COHORT_OK;
    }
    if (key->is_text)
        return copy_text(batch, field, key->text, &cell->text, error);
    return copy_text(batch, field, (co_text){ digits, co_print_int64(key->number, digits) }, &cell->text,
                     error);
}

static bool keyed_by_int(const co_object *object)
{
    return object->fields[0].type == COHORT_INT;
}

static cohort_status convert_reference(co_batch *batch, const co_schema *schema, const co_field *field,
                                       const cohort_value *value, cell *cell, cohort_error *error)
{
    const bool wants_int = keyed_by_int(co_schema_object(schema, field->target));
    const co_key key = { value->type == COHORT_STRING,
                         value->number,
                         { value->text.bytes, value->text.length } };

    if (cell->missing) {
        cell->shape = wants_int ? CO_SHAPE_NUMBERS : CO_SHAPE_STRINGS;
        return COHORT_OK;
    }
    if (value->type != COHORT_INT && value->type != COHORT_STRING)
        return co_value_wrong_type(field, value->type, error);
    return convert_key(batch, field, wants_int, &key, cell, error);
}

static cohort_status convert_set(co_batch *batch, const co_field *field, const cohort_value *value,
                                 cell *cell, cohort_error *error)
{
    if (value->n_elements > UINT32_MAX || (value->n_elements > 0 && value->elements == NULL))
        return co_fail(error, COHORT_INVALID, "the elements of '" CO_FMT "' are not there",
                       CO_ARG(field->name));
    cell->elements = co_arena_new(&batch->arena, value->n_elements, sizeof *cell->elements);
    if (cell->elements == NULL)
        return co_fail_memory(error);
    for (size_t i = 0; i < value->n_elements; i++) {
        const co_text element = { value->elements[i].bytes, value->elements[i].length };
        const cohort_status status = copy_text(batch, field, element, &cell->elements[i], error);

        if (status != COHORT_OK)
            return status;
    }
    cell->n_elements = (uint32_t)co_value_sort_elements(cell->elements, value->n_elements);
    return COHORT_OK;
}

static cohort_status convert(co_batch *batch, const co_schema *schema, const co_field *field,
                             const cohort_value *value, cell *cell, cohort_error *error)
{
    cell->shape = co_shape_of(field->type);
    cell->missing = value->type == COHORT_NULL;
    if (field->type == COHORT_REFERENCE)
        return convert_reference(batch, schema, field, value, cell, error);
    if (cell->missing)
        return COHORT_OK;
    if (cell->shape == CO_SHAPE_NUMBERS)
        return co_value_number(field, value->type, value->scale, value->number, value->real, &cell->number,
                               &cell->missing, error);
    if (value->type != field->type)
        return co_value_wrong_type(field, value->type, error);
    if (cell->shape == CO_SHAPE_STRINGS)
        return copy_text(batch, field, (co_text){ value->text.bytes, value->text.length }, &cell->text,
                         error);
    if (cell->shape == CO_SHAPE_SETS)
        return convert_set(batch, field, value, cell, error);
    cell->latitude = value->real;
    cell->longitude = value->longitude;
    return co_value_check_point(field, value->real, value->longitude, error);
}

/* ---- chunks that grow ---- */

static bool larger(co_arena *arena, void **array, size_t n, size_t room, size_t size)
{
    void *copy = co_arena_new(arena, room, size);

    if (copy == NULL)
        return false;
    if (n > 0)
        memcpy(copy, *array, n * size);
    *array = copy;
    return true;
}

static bool grow_column(co_arena *arena, co_slots *cells, uint32_t n, uint32_t room)
{
    bool fine =
        larger(arena, (void **)&cells->valid, co_words_for(n), co_words_for(room), sizeof *cells->valid);

    if (cells->shape == CO_SHAPE_NUMBERS)
        return fine && larger(arena, (void **)&cells->numbers, n, room, sizeof *cells->numbers);
    if (cells->shape == CO_SHAPE_STRINGS)
        return fine && larger(arena, (void **)&cells->texts, n, room, sizeof *cells->texts);
    if (cells->shape == CO_SHAPE_SETS)
        return fine &&
               larger(arena, (void **)&cells->ends, n == 0 ? 0 : n + 1, room + 1, sizeof *cells->ends);
    return fine && larger(arena, (void **)&cells->latitudes, n, room, sizeof *cells->latitudes) &&
           larger(arena, (void **)&cells->longitudes, n, room, sizeof *cells->longitudes);
}

/* Room for one more row, and for the elements it brings. False: no memory. */
static bool room_for_row(co_batch *batch, co_chunk *chunk, const cell *cells)
{
    if (chunk->n_rows == chunk->capacity) {
        const uint32_t room = chunk->capacity == 0               ? 1
                              : chunk->capacity < FIRST_CAPACITY ? FIRST_CAPACITY
                                                                 : chunk->capacity * 2;

        for (uint32_t i = 0; i < chunk->n_columns; i++) {
            if (!grow_column(&batch->arena, &chunk->columns[i].cells, chunk->n_rows, room))
                return false;
        }
        chunk->capacity = room;
    }
    for (uint32_t i = 0; i < chunk->n_columns; i++) {
        co_slots *slots = &chunk->columns[i].cells;

        if (slots->shape != CO_SHAPE_SETS)
            continue;

        const uint32_t n = slots->ends[chunk->n_rows];
        const uint64_t wanted = (uint64_t)n + cells[i].n_elements;

        if (wanted > slots->texts_capacity) {
            if (wanted * 2 > UINT32_MAX ||
                !larger(&batch->arena, (void **)&slots->texts, n, (size_t)wanted * 2, sizeof *slots->texts))
                return false;
            slots->texts_capacity = (uint32_t)wanted * 2;
        }
    }
    return true;
}

static void write_cell(co_slots *slots, uint32_t row, const cell *cell)
{
    if (!cell->missing)
        co_word_add(slots->valid, row);
    switch (slots->shape) {
    case CO_SHAPE_NUMBERS:
        slots->numbers[row] = cell->missing ? 0 : cell->number;
        break;
    case CO_SHAPE_STRINGS:
        slots->texts[row] = cell->text;
        break;
    case CO_SHAPE_SETS:
        if (cell->n_elements > 0)
            memcpy(slots->texts + slots->ends[row], cell->elements,
                   cell->n_elements * sizeof *cell->elements);
        slots->ends[row + 1] = slots->ends[row] + cell->n_elements;
        break;
    default:
        slots->latitudes[row] = cell->latitude;
        slots->longitudes[row] = cell->longitude;
        break;
    }
}

/* ---- finding or starting a chunk ---- */

static bool same_fields(const co_chunk *chunk, uint32_t n_cells, const cell *cells)
{
    if (chunk->n_columns != n_cells)
        return false;
    for (uint32_t i = 0; i < n_cells; i++) {
        if (chunk->columns[i].field != cells[i].field || chunk->columns[i].cells.shape != cells[i].shape)
            return false;
    }
    return true;
}

/* The last chunk of the object if the row fits it; NULL otherwise. */
static co_chunk *open_chunk(co_batch *batch, co_verb verb, uint32_t object, uint32_t n_cells,
                            const cell *cells)
{
    for (size_t i = 0; i < batch->n_chunks && i < CHUNKS_LOOKED_AT; i++) {
        co_chunk *chunk = &batch->chunks[batch->n_chunks - 1 - i];

        if (chunk->capacity == 0 || chunk->n_rows > UINT32_MAX / 4)
            return NULL;
        if (chunk->object == object)
            return chunk->verb == verb && same_fields(chunk, n_cells, cells) ? chunk : NULL;
    }
    return NULL;
}

static bool start_chunk(co_batch *batch, co_verb verb, uint32_t object, uint32_t n_cells, const cell *cells,
                        co_chunk *chunk)
{
    *chunk = (co_chunk){ .verb = verb, .object = object, .n_columns = n_cells };
    chunk->columns = co_arena_new(&batch->arena, n_cells, sizeof *chunk->columns);
    if (chunk->columns == NULL)
        return false;
    for (uint32_t i = 0; i < n_cells; i++) {
        chunk->columns[i].field = cells[i].field;
        chunk->columns[i].cells.shape = cells[i].shape;
    }
    return co_memory_grow(&batch->store->memory, (void **)&batch->chunks, &batch->chunk_capacity,
                          batch->n_chunks + 1, sizeof *batch->chunks);
}

static cohort_status append(co_batch *batch, co_verb verb, uint32_t object, uint32_t n_cells,
                            const cell *cells, cohort_error *error)
{
    co_chunk *chunk = open_chunk(batch, verb, object, n_cells, cells);
    co_chunk fresh;
    const bool is_new = chunk == NULL;

    if (is_new) {
        if (!start_chunk(batch, verb, object, n_cells, cells, &fresh))
            return co_fail_memory(error);
        chunk = &fresh;
    }
    if (!room_for_row(batch, chunk, cells))
        return co_fail_memory(error);
    for (uint32_t i = 0; i < n_cells; i++)
        write_cell(&chunk->columns[i].cells, chunk->n_rows, &cells[i]);
    chunk->n_rows++;
    if (is_new)
        batch->chunks[batch->n_chunks++] = fresh;
    return COHORT_OK;
}

/* ---- one record ---- */

static cohort_status check_fields(const co_object *object, size_t n_fields, const uint32_t *fields,
                                  cohort_error *error)
{
    for (size_t i = 0; i < n_fields; i++) {
        if (fields[i] == 0 || fields[i] >= object->n_fields)
            return co_fail(error, COHORT_INVALID, CO_FMT " has no field number %u to set",
                           CO_ARG(object->name), fields[i]);
        for (size_t j = 0; j < i; j++) {
            if (fields[i] == fields[j])
                return co_fail(error, COHORT_INVALID, "field '" CO_FMT "' is given twice",
                               CO_ARG(object->fields[fields[i]].name));
        }
    }
    return COHORT_OK;
}

/* The batch's scratch, zeroed, for n cells; NULL: no memory. */
static cell *scratch(co_batch *batch, size_t n)
{
    const size_t size = n * sizeof(cell);

    if (size > batch->row_size) {
        void *row = co_memory_resize(&batch->store->memory, batch->row, batch->row_size, size);

        if (row == NULL)
            return NULL;
        batch->row = row;
        batch->row_size = size;
    }
    memset(batch->row, 0, size);
    return batch->row;
}

static cohort_status put(co_batch *batch, const co_schema *schema, co_verb verb, uint32_t id,
                         const co_key *key, size_t n_fields, const uint32_t *fields,
                         const cohort_value *values, cohort_error *error)
{
    const co_object *object = co_schema_object(schema, id);
    cohort_status status = check_fields(object, n_fields, fields, error);
    uint32_t n = 0;

    if (status != COHORT_OK)
        return status;
    if (key == NULL && (!object->keyless || verb != CO_UPSERT))
        return co_fail(error, COHORT_INVALID, "a record of " CO_FMT " needs its key '" CO_FMT "'",
                       CO_ARG(object->name), CO_ARG(object->fields[0].name));

    cell *cells = scratch(batch, n_fields + 1);

    if (cells == NULL)
        return co_fail_memory(error);
    if (key != NULL) {
        status = convert_key(batch, &object->fields[0], keyed_by_int(object), key, &cells[n++], error);
        if (status != COHORT_OK)
            return status;
    }
    for (size_t i = 0; i < n_fields; i++) {
        cells[n].field = fields[i];
        status = convert(batch, schema, &object->fields[fields[i]], &values[i], &cells[n++], error);
        if (status != COHORT_OK)
            return status;
    }
    return append(batch, verb, id, n, cells, error);
}

cohort_status co_batch_put(co_batch *batch, co_verb verb, uint32_t object, const co_key *key, size_t n_fields,
                           const uint32_t *fields, const cohort_value *values, cohort_error *error)
{
    co_version *version = co_store_current(batch->store);
    cohort_status status;

    if (object >= version->n_objects)
        status = co_fail(error, COHORT_INVALID, "there is no object number %u", object);
    else
        status = put(batch, version->schema, verb, object, key, n_fields, fields, values, error);
    co_version_release(version);
    return status;
}

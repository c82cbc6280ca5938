/* cohort/store.h, third part: reading what a snapshot pins. */
#include "api/options.h"
#include "api/stores.h"
#include "base/number.h"
#include "store/values.h"

cohort_status cohort_store_snapshot(cohort_store *store, cohort_snapshot **result, cohort_error *error)
{
    if (result == NULL)
        return co_refuse_null("snapshot", error);
    *result = NULL;
    if (store == NULL)
        return co_refuse_null("store", error);

    cohort_snapshot *snapshot = co_handle_new(&store->memory, sizeof *snapshot);

    if (snapshot == NULL)
        return co_fail_memory(error);
    *snapshot = (cohort_snapshot){ .version = co_store_current(store->store) };
    co_memory_init(&snapshot->memory, &store->memory.allocator, 0);
    *result = snapshot;
    return COHORT_OK;
}

void cohort_snapshot_release(cohort_snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    co_version_release(snapshot->version);
    co_handle_free(&snapshot->memory, snapshot, sizeof *snapshot);
}

uint64_t cohort_snapshot_version(const cohort_snapshot *snapshot)
{
    return snapshot == NULL ? 0 : co_version_number(snapshot->version);
}

uint64_t cohort_snapshot_count(const cohort_snapshot *snapshot, const char *name)
{
    const co_object *object = NULL;

    if (snapshot == NULL || co_api_object(snapshot->version, name, &object, NULL) != COHORT_OK)
        return 0;
    return co_version_n_live(snapshot->version, object->id);
}

cohort_status cohort_snapshot_object(const cohort_snapshot *snapshot, size_t index, cohort_object *out,
                                     cohort_error *error)
{
    if (snapshot == NULL || out == NULL)
        return co_refuse_null(snapshot == NULL ? "snapshot" : "object", error);

    const co_schema *schema = co_version_schema(snapshot->version);
    size_t declared = 0;

    for (uint32_t i = 0; i < co_schema_n_objects(schema); i++) {
        if (!co_schema_object(schema, i)->declared || declared++ != index)
            continue;
        return co_options_give(co_schema_describe(schema, i), sizeof *out, out, "cohort_object", error);
    }
    return co_fail(error, COHORT_NOT_FOUND, "there are %zu objects, not more than %zu", declared, index);
}

/* ---- usage ---- */

static uint64_t count_values(const co_tile *tile, const co_column *column)
{
    const uint64_t *valid = co_column_valid(column);
    uint64_t n = 0;

    if (tile->live == NULL || valid == NULL)
        return tile->live == NULL ? co_column_n_valid(column) : tile->n_live;
    for (uint32_t i = 0; i < tile->n_rows; i++)
        n += (tile->live[i / 64] & valid[i / 64]) >> (i % 64) & 1;
    return n;
}

cohort_status cohort_snapshot_usage(const cohort_snapshot *snapshot, const char *object_name,
                                    const char *field_name, cohort_field_usage *usage, cohort_error *error)
{
    cohort_field_usage ours = COHORT_FIELD_USAGE_INIT;
    const co_object *object = NULL;
    uint32_t field = 0;

    if (snapshot == NULL || usage == NULL)
        return co_refuse_null(snapshot == NULL ? "snapshot" : "usage", error);

    cohort_status status = co_api_object(snapshot->version, object_name, &object, error);

    if (status == COHORT_OK)
        status = co_api_field(object, field_name, &field, error);
    if (status != COHORT_OK)
        return status;
    for (uint32_t t = 0; t < co_version_n_tiles(snapshot->version, object->id); t++) {
        const co_tile *tile = co_version_tile(snapshot->version, object->id, t);
        const co_column *column = tile == NULL ? NULL : co_tile_column(tile, field);

        if (column != NULL) {
            ours.n_values += count_values(tile, column);
            ours.memory_bytes += co_column_bytes(column);
        }
    }
    if (object->fields[field].dictionary != NULL) {
        ours.n_distinct = co_dictionary_count(object->fields[field].dictionary);
        ours.memory_bytes += co_dictionary_bytes(object->fields[field].dictionary);
    }
    return co_options_give(&ours, sizeof ours, usage, "cohort_field_usage", error);
}

/* ---- records ---- */

cohort_status co_api_no_record(const co_object *object, uint32_t row, cohort_error *error)
{
    return co_fail(error, COHORT_NOT_FOUND, "row %u of " CO_FMT " is no record", row, CO_ARG(object->name));
}

cohort_status cohort_snapshot_row(const cohort_snapshot *snapshot, const char *object_name,
                                  const cohort_value *value, uint32_t *row, cohort_error *error)
{
    const co_object *object = NULL;
    char digits[CO_INT64_TEXT];
    co_key key;

    if (snapshot == NULL || value == NULL || row == NULL)
        return co_refuse_null(snapshot == NULL ? "snapshot" : value == NULL ? "key" : "row", error);
    *row = 0;

    cohort_status status = co_api_object(snapshot->version, object_name, &object, error);

    if (status == COHORT_OK)
        status = co_api_key(object, value, &key, error);
    if (status != COHORT_OK)
        return status;
    if (!key.is_text)
        key.text = (co_text){ digits, co_print_int64(key.number, digits) };

    const bool wants_text = object->fields[0].type == COHORT_STRING;
    uint32_t found = CO_NONE;
    const bool fits = wants_text || !key.is_text || co_parse_int64(key.text, &key.number) == CO_PARSED;

    key.is_text = wants_text;
    if (fits)
        status = co_version_row(snapshot->version, object->id, key, &found, error);
    if (status != COHORT_OK)
        return status;
    if (found == CO_NONE || !co_version_is_live(snapshot->version, object->id, found))
        return co_fail(error, COHORT_NOT_FOUND, "there is no " CO_FMT " with the key '" CO_FMT "'",
                       CO_ARG(object->name), CO_ARG(key.text));
    *row = found;
    return COHORT_OK;
}

static void give_key(const co_version *version, uint32_t object, uint32_t row, cohort_value *value)
{
    const co_key key = co_version_key(version, object, row);

    *value = (cohort_value)COHORT_VALUE_NULL;
    value->type = key.is_text ? COHORT_STRING : COHORT_INT;
    value->number = key.is_text ? 0 : key.number;
    value->text = (cohort_text){ key.text.bytes, key.text.length };
}

/* The object by name and its live record by row. */
static cohort_status find_record(const cohort_snapshot *snapshot, const char *name, uint32_t row,
                                 const co_object **object, cohort_error *error)
{
    if (snapshot == NULL)
        return co_refuse_null("snapshot", error);

    const cohort_status status = co_api_object(snapshot->version, name, object, error);

    if (status != COHORT_OK)
        return status;
    return co_version_is_live(snapshot->version, (*object)->id, row) ? COHORT_OK
                                                                     : co_api_no_record(*object, row, error);
}

cohort_status cohort_snapshot_key(const cohort_snapshot *snapshot, const char *name, uint32_t row,
                                  cohort_value *key, cohort_error *error)
{
    const co_object *object = NULL;

    if (key == NULL)
        return co_refuse_null("key", error);
    *key = (cohort_value)COHORT_VALUE_NULL;

    const cohort_status status = find_record(snapshot, name, row, &object, error);

    if (status == COHORT_OK)
        give_key(snapshot->version, object->id, row, key);
    return status;
}

void co_api_give_number(const co_version *version, const co_field *field, int64_t number, cohort_value *value)
{
    value->type = field->type;
    if (field->type == COHORT_REFERENCE) {
        give_key(version, field->target, (uint32_t)number, value);
    } else if (field->type == COHORT_DOUBLE) {
        value->real = co_ordered_to_double(number);
    } else {
        value->scale = field->scale;
        value->number = number;
    }
}

static void give_value(const co_version *version, const co_field *field, const co_column *column,
                       uint32_t slot, cohort_value *value)
{
    value->type = field->type;
    switch (field->type) {
    case COHORT_STRING: {
        const co_text text = co_column_text(column, slot);

        value->text = (cohort_text){ text.bytes, text.length };
        break;
    }
    case COHORT_SET:
        value->n_elements = co_column_cardinality(column, slot);
        break;
    case COHORT_POINT:
        co_column_point(column, slot, &value->real, &value->longitude);
        break;
    default:
        co_api_give_number(version, field, co_column_number(column, slot), value);
        break;
    }
}

/* A field's column in the tile of a row; *column NULL where the record has no value. */
static cohort_status find_cell(const cohort_snapshot *snapshot, const char *object_name, uint32_t row,
                               const char *field_name, const co_field **field, const co_column **column,
                               cohort_error *error)
{
    const co_object *object = NULL;
    uint32_t number = 0;
    cohort_status status = find_record(snapshot, object_name, row, &object, error);

    if (status == COHORT_OK)
        status = co_api_field(object, field_name, &number, error);
    if (status != COHORT_OK)
        return status;
    *field = &object->fields[number];
    *column = co_tile_column(co_version_tile(snapshot->version, object->id, row >> 16), number);
    if (*column != NULL && !co_column_has(*column, row & 65535))
        *column = NULL;
    return COHORT_OK;
}

cohort_status cohort_snapshot_value(const cohort_snapshot *snapshot, const char *object, uint32_t row,
                                    const char *field_name, cohort_value *value, cohort_error *error)
{
    const co_field *field = NULL;
    const co_column *column = NULL;

    if (value == NULL)
        return co_refuse_null("value", error);
    *value = (cohort_value)COHORT_VALUE_NULL;

    const cohort_status status = find_cell(snapshot, object, row, field_name, &field, &column, error);

    if (status == COHORT_OK && column != NULL)
        give_value(snapshot->version, field, column, row & 65535, value);
    return status;
}

/* The texts of a set's codes, sorted bytewise, n of them. */
static void sorted_elements(const co_column *column, uint32_t slot, uint32_t *codes, co_text *texts,
                            uint32_t n)
{
    const co_dictionary *dictionary = co_column_dictionary(column);

    co_column_elements(column, slot, codes, n);
    for (uint32_t i = 0; i < n; i++)
        texts[i] = co_dictionary_text(dictionary, codes[i]);
    co_value_sort_elements(texts, n);
}

cohort_status cohort_snapshot_elements(const cohort_snapshot *snapshot, const char *object, uint32_t row,
                                       const char *field_name, cohort_text *elements, size_t capacity,
                                       size_t *n, cohort_error *error)
{
    const co_field *field = NULL;
    const co_column *column = NULL;

    if (n == NULL || (elements == NULL && capacity > 0))
        return co_refuse_null(n == NULL ? "n" : "elements", error);
    *n = 0;

    const cohort_status status = find_cell(snapshot, object, row, field_name, &field, &column, error);

    if (status != COHORT_OK)
        return status;
    if (field->type != COHORT_SET)
        return co_fail(error, COHORT_TYPE, "field '" CO_FMT "' is a %s, not a set", CO_ARG(field->name),
                       co_type_name(field->type));

    const uint32_t count = column == NULL ? 0 : co_column_cardinality(column, row & 65535);

    if (count == 0)
        return COHORT_OK;

    co_memory *memory = co_version_memory(snapshot->version);
    uint32_t *codes = co_memory_new_array(memory, count, sizeof *codes);
    co_text *texts = co_memory_new_array(memory, count, sizeof *texts);

    if (codes != NULL && texts != NULL) {
        sorted_elements(column, row & 65535, codes, texts, count);
        for (size_t i = 0; i < count && i < capacity; i++)
            elements[i] = (cohort_text){ texts[i].bytes, texts[i].length };
        *n = count;
    }
    co_memory_free(memory, texts, count * sizeof *texts);
    co_memory_free(memory, codes, count * sizeof *codes);
    return *n == count ? COHORT_OK : co_fail_memory(error);
}

/* The flat model of a store, and how it is filled: see store_model.h. */
#include "support/store_model.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/chunk.h"
#include "store/root.h"

static const cohort_field region_fields[] = {
    { sizeof(cohort_field), COHORT_STRING, "title", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_DOUBLE, "area", 0, 0, NULL },
};
static const cohort_field firm_fields[] = {
    { sizeof(cohort_field), COHORT_STRING, "name", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "region", 0, 0, "region" },
    { sizeof(cohort_field), COHORT_SET, "tags", 0, 0, NULL },
};
static const cohort_field person_fields[] = {
    { sizeof(cohort_field), COHORT_INT, "age", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "firm", 0, 0, "firm" },
    { sizeof(cohort_field), COHORT_REFERENCE, "boss", 0, 0, "person" },
    { sizeof(cohort_field), COHORT_STRING, "zip", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_SET, "likes", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_POINT, "place", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_BOOL, "vip", 0, 0, NULL },
};
static const cohort_field visit_fields[] = {
    { sizeof(cohort_field), COHORT_TIMESTAMP, "at", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "person", 0, 0, "person" },
    { sizeof(cohort_field), COHORT_STRING, "page", 0, 0, NULL },
};
static const cohort_object objects[CO_MODEL_OBJECTS] = {
    { sizeof(cohort_object), COHORT_INT, "region", NULL, NULL, NULL, NULL, region_fields, 2, NULL, 0 },
    { sizeof(cohort_object), COHORT_STRING, "firm", "code", "region", NULL, NULL, firm_fields, 3, NULL, 0 },
    { sizeof(cohort_object), COHORT_INT, "person", "id", "firm", NULL, NULL, person_fields, 7, NULL, 0 },
    { sizeof(cohort_object), 0, "visit", NULL, NULL, "at", "page", visit_fields, 3, NULL, 0 },
};

/* A record's texts; kept in slots that live until the next call of put or bulk. */
typedef struct texts {
    char bytes[CO_MODEL_FIELDS][32];
    cohort_text elements[CO_MODEL_FIELDS][8];
} texts;

static const char letters[] = "abcdefgh";

uint32_t co_model_n_fields(uint32_t object)
{
    return (uint32_t)objects[object].n_fields;
}

cohort_type co_model_type(uint32_t object, uint32_t field)
{
    return objects[object].fields[field - 1].type;
}

uint32_t co_model_target(uint32_t object, uint32_t field)
{
    const char *target = objects[object].fields[field - 1].target;

    for (uint32_t o = 0; o < CO_MODEL_OBJECTS; o++) {
        if (strcmp(objects[o].name, target) == 0)
            return o;
    }
    abort();
}

void co_model_declare(co_store *store)
{
    for (int i = 0; i < CO_MODEL_OBJECTS; i++)
        ck_assert_int_eq(co_store_declare(store, &objects[i], NULL), COHORT_OK);
}

co_model co_model_new(size_t n_records)
{
    co_model model = { 0 };

    for (int o = 0; o < CO_MODEL_OBJECTS; o++) {
        model.n_records[o] = n_records;
        model.records[o] = calloc(n_records + 1, sizeof *model.records[o]);
    }
    return model;
}

co_model co_model_copy(const co_model *from)
{
    co_model model = *from;

    for (int o = 0; o < CO_MODEL_OBJECTS; o++) {
        const size_t size = (from->n_records[o] + 1) * sizeof *from->records[o];

        model.records[o] = malloc(size);
        memcpy(model.records[o], from->records[o], size);
    }
    return model;
}

void co_model_free(co_model *model)
{
    for (int o = 0; o < CO_MODEL_OBJECTS; o++)
        free(model->records[o]);
}

/* ---- values in ---- */

co_model_value co_model_random(co_random *random, uint32_t object, uint32_t field, size_t n_targets)
{
    co_model_value value = { !co_random_chance(random, 1, 8), 0 };

    if (!value.has)
        return value;
    switch (co_model_type(object, field)) {
    case COHORT_REFERENCE:
        value.n = co_random_between(random, 1, (int64_t)n_targets);
        break;
    case COHORT_BOOL:
        value.n = co_random_between(random, 0, 1);
        break;
    case COHORT_SET:
        value.n = co_random_between(random, 0, 255);
        break;
    case COHORT_POINT:
        value.n = co_random_between(random, -700, 700);
        break;
    default:
        value.n = co_random_between(random, 0, co_random_chance(random, 1, 2) ? 3 : 100000);
        break;
    }
    return value;
}

static cohort_value to_value(uint32_t object, uint32_t field, co_model_value from, texts *texts)
{
    cohort_value value = COHORT_VALUE_NULL;
    char *bytes = texts->bytes[field];

    if (!from.has)
        return value;
    value.type = co_model_type(object, field);
    value.number = from.n;
    value.real = (double)from.n;
    if (value.type == COHORT_POINT) {
        value.real = (double)from.n / 8;
        value.longitude = (double)from.n / 4;
    } else if (value.type == COHORT_STRING) {
        value.text = (cohort_text){ bytes, (size_t)snprintf(bytes, 32, "s%lld", (long long)from.n) };
    } else if (value.type == COHORT_REFERENCE && co_model_target(object, field) == CO_FIRM) {
        value.type = COHORT_STRING;
        value.text = (cohort_text){ bytes, (size_t)snprintf(bytes, 32, "f%lld", (long long)from.n) };
    } else if (value.type == COHORT_REFERENCE) {
        value.type = COHORT_INT;
    } else if (value.type == COHORT_SET) {
        for (int i = 7; i >= 0; i--) {
            if ((from.n >> i & 1) != 0)
                texts->elements[field][value.n_elements++] = (cohort_text){ letters + i, 1 };
        }
        value.elements = texts->elements[field];
    }
    return value;
}

static co_key key_of(uint32_t object, size_t number, char *bytes)
{
    co_key key = { .number = (int64_t)number };

    if (object == CO_FIRM) {
        key.is_text = true;
        key.text = (co_text){ bytes, (size_t)snprintf(bytes, 32, "f%zu", number) };
    }
    return key;
}

/* Changes the model alone. */
static bool change(co_model *model, co_verb verb, uint32_t object, size_t key, size_t n_fields,
                   const uint32_t *fields, const co_model_value *values)
{
    co_model_record *record = &model->records[object][key];

    if (verb != CO_UPSERT && !record->live)
        return false;
    if (verb == CO_DELETE)
        *record = (co_model_record){ 0 };
    else
        record->live = true;
    for (size_t i = 0; i < n_fields; i++)
        record->values[fields[i]] = values[i];
    return true;
}

bool co_model_put(co_model *model, co_batch *batch, co_verb verb, uint32_t object, size_t key,
                  size_t n_fields, const uint32_t *fields, const co_model_value *values)
{
    cohort_value given[CO_MODEL_FIELDS];
    texts texts;
    char bytes[32];
    const bool is_new_visit = object == CO_VISIT && verb == CO_UPSERT;
    const co_key id = key_of(object, key, bytes);
    cohort_error error = COHORT_ERROR_INIT;

    for (size_t i = 0; i < n_fields; i++)
        given[i] = to_value(object, fields[i], values[i], &texts);
    if (is_new_visit)
        key = ++model->n_visits;

    const cohort_status status =
        co_batch_put(batch, verb, object, is_new_visit ? NULL : &id, n_fields, fields, given, &error);

    ck_assert_msg(status == COHORT_OK, "%s", error.text);
    ck_assert_uint_le(key, model->n_records[object]);
    return change(model, verb, object, key, n_fields, fields, values);
}

/* ---- in bulk ---- */

typedef struct bulk_column {
    uint64_t *valid;
    int64_t *numbers;
    co_text *texts;
    uint32_t *ends;
    double *latitudes;
    double *longitudes;
    char *bytes;
} bulk_column;

static void put_bulk(bulk_column *column, co_cells *cells, uint32_t i, cohort_value value, bool has)
{
    if (has)
        column->valid[i / 64] |= UINT64_C(1) << (i % 64);
    if (cells->shape == CO_SHAPE_NUMBERS) {
        column->numbers[i] = value.number;
    } else if (cells->shape == CO_SHAPE_STRINGS) {
        if (value.text.length > 0)
            memcpy(column->bytes + i * 32, value.text.bytes, value.text.length);
        column->texts[i] = (co_text){ column->bytes + i * 32, value.text.length };
    } else if (cells->shape == CO_SHAPE_POINTS) {
        column->latitudes[i] = value.real;
        column->longitudes[i] = value.longitude;
    } else {
        column->ends[i + 1] = column->ends[i] + (uint32_t)value.n_elements;
        for (size_t e = 0; e < value.n_elements; e++)
            column->texts[column->ends[i] + e] = (co_text){ value.elements[e].bytes, 1 };
    }
}

static bulk_column new_bulk(uint32_t n)
{
    return (bulk_column){ calloc(n / 64 + 1, 8), calloc(n, 8), calloc(n * (size_t)8, sizeof(co_text)),
                          calloc(n + 1, 4),      calloc(n, 8), calloc(n, 8),
                          calloc(n, 32) };
}

static void free_bulk(bulk_column *column)
{
    free(column->valid);
    free(column->numbers);
    free(column->texts);
    free(column->ends);
    free(column->latitudes);
    free(column->longitudes);
    free(column->bytes);
}

static co_shape shape_given(uint32_t object, uint32_t field)
{
    const cohort_type type = co_model_type(object, field);

    if (type == COHORT_REFERENCE)
        return co_model_target(object, field) == CO_FIRM ? CO_SHAPE_STRINGS : CO_SHAPE_NUMBERS;
    return co_shape_of(type);
}

/* The column of the field for keys first … first + n − 1, written to the model too. */
static void fill_bulk(co_model *model, uint32_t object, uint32_t field, size_t first, uint32_t n,
                      co_random *random, size_t n_targets, bulk_column *column, co_staged_column *staged)
{
    texts texts;

    staged->field = field;
    staged->cells = (co_cells){ .shape = shape_given(object, field),
                                .n = n,
                                .valid = column->valid,
                                .numbers = column->numbers,
                                .texts = column->texts,
                                .ends = column->ends,
                                .latitudes = column->latitudes,
                                .longitudes = column->longitudes };
    for (uint32_t i = 0; i < n; i++) {
        const co_model_value value = co_model_random(random, object, field, n_targets);
        cohort_value given = to_value(object, field, value, &texts);

        if (co_model_type(object, field) == COHORT_DOUBLE)
            given.number = 0;
        model->records[object][first + i].values[field] = value;
        put_bulk(column, &staged->cells, i, given, value.has);
    }
}

/* ---- bales ---- */

/* Texts as words and codes. */
static void pack_texts(co_packed *packed, const co_cells *cells, uint32_t n)
{
    co_text *words = calloc(n + 1, sizeof *words);
    uint16_t *codes = calloc(n + 1, sizeof *codes);

    *packed = (co_packed){ .codes = codes, .width = 2, .unit = 1, .words = words };
    for (uint32_t i = 0; i < n; i++) {
        uint32_t code = 0;

        while (code < packed->n_words && !co_text_equal(words[code], cells->texts[i]))
            code++;
        if (code == packed->n_words)
            words[packed->n_words++] = cells->texts[i];
        codes[i] = (uint16_t)code;
    }
}

/* Rows [first, first + n) of a column, n and first multiples of 64 unless they are the last. */
static co_cells slice(const co_cells *from, uint32_t first, uint32_t n, uint32_t *ends)
{
    co_cells cells = *from;

    cells.n = n;
    cells.valid = from->valid == NULL ? NULL : from->valid + first / 64;
    cells.numbers = from->numbers == NULL ? NULL : from->numbers + first;
    cells.latitudes = from->latitudes == NULL ? NULL : from->latitudes + first;
    cells.longitudes = from->longitudes == NULL ? NULL : from->longitudes + first;
    if (from->shape == CO_SHAPE_SETS) {
        for (uint32_t i = 0; i <= n; i++)
            ends[i] = from->ends[first + i] - from->ends[first];
        cells.ends = ends;
        cells.texts = from->texts + from->ends[first];
    } else if (from->shape == CO_SHAPE_STRINGS) {
        cells.texts = from->texts + first;
    }
    return cells;
}

static void add_part(co_bale *bale, uint32_t first, uint32_t n, size_t n_columns, const co_staged_column *staged,
                     bool packs)
{
    co_cells cells[CO_MODEL_FIELDS];
    co_packed packed[CO_MODEL_FIELDS] = { 0 };
    uint32_t *ends[CO_MODEL_FIELDS];

    for (size_t c = 0; c < n_columns; c++) {
        ends[c] = calloc(n + 1, sizeof **ends);
        cells[c] = slice(&staged[c].cells, first, n, ends[c]);

        const bool is_sets = cells[c].shape == CO_SHAPE_SETS;

        if (packs && (is_sets || (cells[c].shape == CO_SHAPE_STRINGS && staged[c].field != 0))) {
            pack_texts(&packed[c], &cells[c], is_sets ? ends[c][n] : n);
            cells[c].packed = &packed[c];
            cells[c].texts = NULL;
        }
    }
    ck_assert_int_eq(co_bale_add(bale, n, cells, NULL), COHORT_OK);
    for (size_t c = 0; c < n_columns; c++) {
        free(ends[c]);
        free((void *)packed[c].words);
        free((void *)packed[c].codes);
    }
}

/* The same rows by way of a bale, in parts of any size. */
static void give_bale(co_batch *batch, uint32_t object, uint32_t n, size_t n_columns, co_staged_column *staged,
                      co_random *random)
{
    const bool has_key = staged[n_columns - 1].field == 0;
    const bool packs = n < 2000 && co_random_chance(random, 1, 2);
    co_shape shapes[CO_MODEL_FIELDS];
    co_bale *bale;
    uint32_t part = n < 100 || co_random_chance(random, 1, 2) ? 65536 : 64 * (uint32_t)co_random_between(random, 1, 1024);

    if (has_key) {
        const co_staged_column key = staged[n_columns - 1];

        memmove(staged + 1, staged, (n_columns - 1) * sizeof *staged);
        staged[0] = key;
    }
    for (size_t c = 0; c < n_columns; c++)
        shapes[c] = staged[c].cells.shape;
    ck_assert_int_eq(co_bale_new(&batch->store->memory, has_key, (uint32_t)n_columns, shapes, &bale, NULL), COHORT_OK);
    for (uint32_t first = 0; first < n; first += part)
        add_part(bale, first, n - first < part ? n - first : part, n_columns, staged, packs);
    ck_assert_uint_eq(co_bale_n_rows(bale), n);
    ck_assert_int_eq(co_batch_take_bale(batch, object, staged, bale, NULL), COHORT_OK);
}

void co_model_bulk(co_model *model, co_batch *batch, uint32_t object, size_t first, uint32_t n,
                   co_random *random, size_t n_targets)
{
    const uint32_t n_fields = co_model_n_fields(object);
    bulk_column columns[CO_MODEL_FIELDS];
    co_staged_column staged[CO_MODEL_FIELDS] = { 0 };
    size_t n_columns = 0;
    char bytes[32];

    if (object == CO_VISIT)
        first = model->n_visits + 1;
    for (uint32_t f = 1; f <= n_fields; f++) {
        if (co_model_type(object, f) == COHORT_DOUBLE)
            continue;
        columns[n_columns] = new_bulk(n);
        fill_bulk(model, object, f, first, n, random, n_targets, &columns[n_columns], &staged[n_columns]);
        n_columns++;
    }
    if (object == CO_VISIT) {
        model->n_visits += n;
    } else {
        columns[n_columns] = new_bulk(n);
        staged[n_columns].cells.shape = object == CO_FIRM ? CO_SHAPE_STRINGS : CO_SHAPE_NUMBERS;
        for (uint32_t i = 0; i < n; i++) {
            const co_key key = key_of(object, first + i, bytes);
            cohort_value value = COHORT_VALUE_NULL;

            value.number = key.number;
            value.text = (cohort_text){ key.text.bytes, key.text.length };
            put_bulk(&columns[n_columns], &staged[n_columns].cells, i, value, true);
        }
        staged[n_columns].cells.numbers = columns[n_columns].numbers;
        staged[n_columns].cells.texts = columns[n_columns].texts;
        n_columns++;
    }
    for (uint32_t i = 0; i < n; i++)
        model->records[object][first + i].live = true;
    if (co_random_chance(random, 1, 2))
        give_bale(batch, object, n, n_columns, staged, random);
    else
        ck_assert_int_eq(co_batch_columns(batch, object, n, n_columns, staged, NULL), COHORT_OK);
    for (size_t c = 0; c < n_columns; c++)
        free_bulk(&columns[c]);
}

/* ---- values out ---- */

static int64_t number_of(co_text text)
{
    char bytes[32] = { 0 };

    ck_assert_uint_lt(text.length, sizeof bytes);
    memcpy(bytes, text.bytes, text.length);
    return strtoll(bytes + 1, NULL, 10);
}

static int64_t key_number(const co_version *version, uint32_t object, uint32_t row)
{
    const co_key key = co_version_key(version, object, row);

    return key.is_text ? number_of(key.text) : key.number;
}

static int64_t set_bits(const co_column *column, uint32_t slot)
{
    uint32_t codes[8];
    const uint32_t n = co_column_elements(column, slot, codes, 8);
    int64_t bits = 0;

    ck_assert_uint_le(n, 8);
    for (uint32_t i = 0; i < n; i++)
        bits |= INT64_C(1) << (co_dictionary_text(co_column_dictionary(column), codes[i]).bytes[0] - 'a');
    return bits;
}

static co_model_value read_value(const co_version *version, uint32_t object, uint32_t row, uint32_t field)
{
    const co_tile *tile = co_version_tile(version, object, row >> 16);
    const co_column *column = co_tile_column(tile, field);
    const uint32_t slot = row & 65535;
    double latitude, longitude;

    if (column == NULL || !co_column_has(column, slot))
        return (co_model_value){ false, 0 };
    switch (co_model_type(object, field)) {
    case COHORT_STRING:
        return (co_model_value){ true, number_of(co_column_text(column, slot)) };
    case COHORT_SET:
        return (co_model_value){ true, set_bits(column, slot) };
    case COHORT_POINT:
        co_column_point(column, slot, &latitude, &longitude);
        ck_assert(longitude == latitude * 2);
        return (co_model_value){ true, (int64_t)(latitude * 8) };
    case COHORT_REFERENCE:
        return (co_model_value){ true, key_number(version, co_model_target(object, field),
                                                  (uint32_t)co_column_number(column, slot)) };
    case COHORT_DOUBLE: {
        const uint64_t bits = (uint64_t)co_column_number(column, slot);
        double real;

        memcpy(&real, &bits, sizeof real);
        return (co_model_value){ true, (int64_t)real };
    }
    default:
        return (co_model_value){ true, co_column_number(column, slot) };
    }
}

static void check_record(const co_model *model, const co_version *version, uint32_t object, size_t number)
{
    const co_model_record *record = &model->records[object][number];
    char bytes[32];
    uint32_t row;

    ck_assert_int_eq(co_version_row(version, object, key_of(object, number, bytes), &row, NULL), COHORT_OK);
    ck_assert_msg((row != CO_NONE && co_version_is_live(version, object, row)) == record->live,
                  "%s %zu is %s", objects[object].name, number, record->live ? "gone" : "there");
    if (!record->live)
        return;
    ck_assert_int_eq(key_number(version, object, row), (int64_t)number);
    for (uint32_t f = 1; f <= co_model_n_fields(object); f++) {
        const co_model_value found = read_value(version, object, row, f);
        const co_model_value wanted = record->values[f];

        ck_assert_msg(found.has == wanted.has && (!found.has || found.n == wanted.n),
                      "%s %zu.%s is %s%lld, not %s%lld", objects[object].name, number,
                      objects[object].fields[f - 1].name, found.has ? "" : "missing ", (long long)found.n,
                      wanted.has ? "" : "missing ", (long long)wanted.n);
    }
}

void co_model_check(const co_model *model, const co_version *version, size_t step)
{
    for (uint32_t o = 0; o < CO_MODEL_OBJECTS; o++) {
        uint64_t live = 0;

        for (size_t i = 1; i <= model->n_records[o]; i++)
            live += model->records[o][i].live;
        ck_assert_uint_eq(co_version_n_live(version, o), live);
        for (size_t i = 1; i <= model->n_records[o]; i += step)
            check_record(model, version, o, i);
    }
}

co_model_counts co_model_difference(const co_model *before, const co_model *after,
                                    unsigned char *const asked[])
{
    co_model_counts counts = { 0 };

    for (uint32_t o = 0; o < CO_MODEL_OBJECTS; o++) {
        for (size_t i = 1; i <= after->n_records[o]; i++) {
            const co_model_record *a = &before->records[o][i];
            const co_model_record *b = &after->records[o][i];
            bool same = true;

            for (uint32_t f = 1; f <= co_model_n_fields(o); f++)
                same = same && a->values[f].has == b->values[f].has &&
                       (!a->values[f].has || a->values[f].n == b->values[f].n);
            counts.inserted += !a->live && b->live;
            counts.deleted += a->live && !b->live;
            counts.updated += a->live && b->live && asked[o][i] && !same;
            counts.unchanged += a->live && b->live && asked[o][i] && same;
        }
    }
    return counts;
}

static void check_tile(const co_version *version, const co_object *object, uint32_t number)
{
    const co_tile *tile = co_version_tile(version, object->id, number);
    uint32_t n_live = 0;

    for (uint32_t slot = 0; slot < tile->n_rows; slot++) {
        const bool live = tile->live == NULL || (tile->live[slot / 64] >> (slot % 64) & 1) != 0;

        n_live += live;
        ck_assert(!live || co_column_has(tile->columns[0], slot));
        if (object->home == CO_NONE)
            continue;
        if (co_tile_column(tile, object->home) == NULL ||
            !co_column_has(tile->columns[object->home], slot)) {
            ck_assert(!live || tile->parent_tile == CO_NONE);
            continue;
        }
        ck_assert_int_eq(co_column_number(tile->columns[object->home], slot) >> 16, tile->parent_tile);
    }
    ck_assert_uint_eq(n_live, tile->n_live);
    for (uint32_t f = 0; f < tile->n_columns; f++)
        ck_assert(tile->columns[f] == NULL || co_column_length(tile->columns[f]) == tile->n_rows);
}

void co_model_check_structure(const co_version *version)
{
    const co_schema *schema = co_version_schema(version);

    for (uint32_t o = 0; o < co_schema_n_objects(schema); o++) {
        for (uint32_t t = 0; t < co_version_n_tiles(version, o); t++) {
            if (co_version_tile(version, o, t) != NULL)
                check_tile(version, co_schema_object(schema, o), t);
        }
    }
}

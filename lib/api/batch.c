/* cohort/store.h, second part: batches and commits. */
#include <string.h>

#include "api/options.h"
#include "api/stores.h"
#include "base/sums.h"
#include "store/values.h"

cohort_status cohort_batch_new(cohort_store *store, cohort_batch **result, cohort_error *error)
{
    if (result == NULL)
        return co_refuse_null("batch", error);
    *result = NULL;
    if (store == NULL)
        return co_refuse_null("store", error);

    cohort_batch *batch = co_handle_new(&store->memory, sizeof *batch);

    if (batch == NULL)
        return co_fail_memory(error);
    *batch = (cohort_batch){ .store = store->store };
    co_memory_init(&batch->memory, &store->memory.allocator, 0);

    const cohort_status status = co_batch_new(store->store, &batch->batch, error);

    if (status != COHORT_OK) {
        co_handle_free(&store->memory, batch, sizeof *batch);
        return status;
    }
    *result = batch;
    return COHORT_OK;
}

void cohort_batch_free(cohort_batch *batch)
{
    if (batch == NULL)
        return;
    co_batch_free(batch->batch);
    co_handle_free(&batch->memory, batch, sizeof *batch);
}

/* The schema to name things by; INVALID once the store is closed. */
static cohort_status current_version(const cohort_batch *batch, co_version **version, cohort_error *error)
{
    *version = co_store_current(batch->store);
    if (*version == NULL)
        return co_fail(error, COHORT_INVALID, "the store of this batch is closed");
    return COHORT_OK;
}

/* ---- one record ---- */

static cohort_status find_fields(const co_object *object, size_t n, const char *const *names,
                                 uint32_t *fields, cohort_error *error)
{
    for (size_t i = 0; i < n; i++) {
        const cohort_status status = co_api_field(object, names[i], &fields[i], error);

        if (status != COHORT_OK)
            return status;
        if (fields[i] == 0)
            return co_fail(error, COHORT_INVALID, "the key '%.120s' of " CO_FMT " is given twice", names[i],
                           CO_ARG(object->name));
    }
    return COHORT_OK;
}

/* With names looked up in the version; `ids` has room for n_fields. */
static cohort_status put_found(cohort_batch *batch, const co_version *version, co_verb verb, const char *name,
                               const cohort_value *key, size_t n_fields, const char *const *fields,
                               const cohort_value *values, uint32_t *ids, cohort_error *error)
{
    const co_object *object = NULL;
    co_key id;
    const bool has_key = key != NULL && key->type != COHORT_NULL;
    cohort_status status = co_api_object(version, name, &object, error);

    if (status == COHORT_OK)
        status = find_fields(object, n_fields, fields, ids, error);
    if (status == COHORT_OK && has_key)
        status = co_api_key(object, key, &id, error);
    if (status != COHORT_OK)
        return status;
    return co_batch_put(batch->batch, verb, object->id, has_key ? &id : NULL, n_fields, ids, values, error);
}

static cohort_status put(cohort_batch *batch, co_verb verb, const char *object, const cohort_value *key,
                         size_t n_fields, const char *const *fields, const cohort_value *values,
                         cohort_error *error)
{
    if (batch == NULL)
        return co_refuse_null("batch", error);
    if (n_fields > 0 && (fields == NULL || values == NULL))
        return co_refuse_null(fields == NULL ? "fields" : "values", error);

    co_memory *memory = co_store_memory(batch->store);
    size_t size;

    if (!co_add_size(n_fields, 1, &size) || !co_multiply_size(size, sizeof(uint32_t), &size))
        return co_fail_memory(error);

    co_version *version;
    cohort_status status = current_version(batch, &version, error);

    if (status != COHORT_OK)
        return status;

    uint32_t *ids = co_memory_new(memory, size);

    status = ids == NULL ? co_fail_memory(error)
                         : put_found(batch, version, verb, object, key, n_fields, fields, values, ids, error);
    co_version_release(version);
    co_memory_free(memory, ids, size);
    return status;
}

cohort_status cohort_batch_upsert(cohort_batch *batch, const char *object, const cohort_value *key,
                                  size_t n_fields, const char *const *fields, const cohort_value *values,
                                  cohort_error *error)
{
    return put(batch, CO_UPSERT, object, key, n_fields, fields, values, error);
}

cohort_status cohort_batch_patch(cohort_batch *batch, const char *object, const cohort_value *key,
                                 size_t n_fields, const char *const *fields, const cohort_value *values,
                                 cohort_error *error)
{
    return put(batch, CO_PATCH, object, key, n_fields, fields, values, error);
}

cohort_status cohort_batch_delete(cohort_batch *batch, const char *object, const cohort_value *key,
                                  cohort_error *error)
{
    return put(batch, CO_DELETE, object, key, 0, NULL, NULL, error);
}

/* ---- many records ---- */

/* What a bulk call makes before the batch takes it over. */
typedef struct intake {
    co_memory *memory;
    const co_object *object;
    uint32_t n_rows;
    co_block *blocks; /* 4 a column: valid, values, second values, bytes */
    size_t n_blocks;
} intake;

#define BLOCKS_A_COLUMN 4u

/* A block of n × size bytes, never of 0; NULL: no memory. */
static void *new_block(intake *intake, size_t n, size_t size)
{
    size_t bytes;

    if (!co_multiply_size(n == 0 ? 1 : n, size, &bytes))
        return NULL;

    void *block = co_memory_new(intake->memory, bytes);

    if (block != NULL)
        intake->blocks[intake->n_blocks++] = (co_block){ block, bytes };
    return block;
}

static bool has_value(const cohort_column *column, size_t i)
{
    return column->valid == NULL || (column->valid[i / 64] >> (i % 64) & 1) != 0;
}

static bool lacks_values(const intake *intake, const cohort_column *column)
{
    size_t i = 0;

    while (i < intake->n_rows && has_value(column, i))
        i++;
    return i < intake->n_rows;
}

/* The valid words, with bits past the last row clear. */
static uint64_t *take_valid(intake *intake, const cohort_column *column)
{
    const size_t n_words = co_words_for(intake->n_rows);
    uint64_t *valid = new_block(intake, n_words, sizeof *valid);

    if (valid == NULL)
        return NULL;
    if (column->valid != NULL)
        memcpy(valid, column->valid, n_words * sizeof *valid);
    else
        memset(valid, 0xff, n_words * sizeof *valid);
    if (intake->n_rows % 64 != 0)
        valid[n_words - 1] &= (UINT64_C(1) << (intake->n_rows % 64)) - 1;
    return valid;
}

static cohort_status missing_array(const cohort_column *column, const char *what, cohort_error *error)
{
    return co_fail(error, COHORT_INVALID, "column '%.120s' comes without %s", column->field, what);
}

static cohort_status take_numbers(intake *intake, const co_field *field, const cohort_column *column,
                                  uint64_t *valid, co_cells *cells, cohort_error *error)
{
    const bool is_real = column->type == COHORT_DOUBLE;
    int64_t *numbers = new_block(intake, intake->n_rows, sizeof *numbers);

    if (numbers == NULL)
        return co_fail_memory(error);
    if (is_real ? column->reals == NULL : column->numbers == NULL)
        return missing_array(column, is_real ? "reals" : "numbers", error);
    for (size_t i = 0; i < intake->n_rows; i++) {
        bool missing = true;

        numbers[i] = 0;
        if (has_value(column, i)) {
            const cohort_status status =
                co_value_number(field, column->type, column->scale, is_real ? 0 : column->numbers[i],
                                is_real ? column->reals[i] : 0.0, &numbers[i], &missing, error);

            if (status != COHORT_OK)
                return status;
        }
        if (missing)
            valid[i / 64] &= ~(UINT64_C(1) << (i % 64));
    }
    cells->numbers = numbers;
    return COHORT_OK;
}

/* n texts cut out of the column's bytes, which are copied; checked. */
static cohort_status take_texts(intake *intake, const co_field *field, const cohort_column *column, size_t n,
                                co_text **result, cohort_error *error)
{
    if (column->offsets == NULL)
        return missing_array(column, "offsets", error);

    const uint64_t first = column->offsets[0];
    const uint64_t n_bytes = column->offsets[n] - first;

    if (column->offsets[n] < first || n_bytes > SIZE_MAX || (n_bytes > 0 && column->bytes == NULL))
        return missing_array(column, "bytes for its offsets", error);

    co_text *texts = new_block(intake, n, sizeof *texts);
    char *bytes = new_block(intake, (size_t)n_bytes, 1);

    if (texts == NULL || bytes == NULL)
        return co_fail_memory(error);
    if (n_bytes > 0)
        memcpy(bytes, column->bytes + first, (size_t)n_bytes);
    for (size_t i = 0; i < n; i++) {
        const uint64_t start = column->offsets[i];

        if (column->offsets[i + 1] < start || start < first || column->offsets[i + 1] > first + n_bytes)
            return co_fail(error, COHORT_INVALID, "the offsets of column '%.120s' fall at %zu", column->field,
                           i);
        texts[i] = (co_text){ bytes + (start - first), (size_t)(column->offsets[i + 1] - start) };

        const cohort_status status = co_value_check_text(field, texts[i], error);

        if (status != COHORT_OK)
            return status;
    }
    *result = texts;
    return COHORT_OK;
}

static cohort_status take_strings(intake *intake, const co_field *field, const cohort_column *column,
                                  co_cells *cells, cohort_error *error)
{
    co_text *texts = NULL;
    const cohort_status status = take_texts(intake, field, column, intake->n_rows, &texts, error);

    cells->texts = texts;
    return status;
}

static cohort_status take_sets(intake *intake, const co_field *field, const cohort_column *column,
                               co_cells *cells, cohort_error *error)
{
    uint32_t *ends = new_block(intake, intake->n_rows + (size_t)1, sizeof *ends);
    co_text *texts = NULL;
    uint32_t n = 0;

    if (ends == NULL)
        return co_fail_memory(error);
    if (column->ends == NULL || column->ends[0] != 0 || column->ends[intake->n_rows] > UINT32_MAX)
        return missing_array(column, "ends that begin with 0", error);
    for (size_t i = 0; i < intake->n_rows; i++) {
        if (column->ends[i + 1] < column->ends[i])
            return co_fail(error, COHORT_INVALID, "the ends of column '%.120s' fall at %zu", column->field,
                           i);
    }

    const cohort_status status =
        take_texts(intake, field, column, (size_t)column->ends[intake->n_rows], &texts, error);

    if (status != COHORT_OK)
        return status;
    ends[0] = 0;
    for (size_t i = 0; i < intake->n_rows; i++) {
        co_text *own = texts + column->ends[i];
        const size_t kept = co_value_sort_elements(own, (size_t)(column->ends[i + 1] - column->ends[i]));

        memmove(texts + n, own, kept * sizeof *own);
        n += (uint32_t)kept;
        ends[i + 1] = n;
    }
    cells->ends = ends;
    cells->texts = texts;
    return COHORT_OK;
}

static cohort_status take_points(intake *intake, const co_field *field, const cohort_column *column,
                                 co_cells *cells, cohort_error *error)
{
    double *latitudes = new_block(intake, intake->n_rows, sizeof *latitudes);
    double *longitudes = new_block(intake, intake->n_rows, sizeof *longitudes);

    if (latitudes == NULL || longitudes == NULL)
        return co_fail_memory(error);
    if (column->reals == NULL || column->longitudes == NULL)
        return missing_array(column, "reals and longitudes", error);
    for (size_t i = 0; i < intake->n_rows; i++) {
        const bool has = has_value(column, i);

        latitudes[i] = has ? column->reals[i] : 0.0;
        longitudes[i] = has ? column->longitudes[i] : 0.0;

        const cohort_status status = co_value_check_point(field, latitudes[i], longitudes[i], error);

        if (status != COHORT_OK)
            return status;
    }
    cells->latitudes = latitudes;
    cells->longitudes = longitudes;
    return COHORT_OK;
}

static cohort_status take_ints(intake *intake, const cohort_column *column, co_cells *cells,
                               cohort_error *error)
{
    int64_t *numbers = new_block(intake, intake->n_rows, sizeof *numbers);

    if (numbers == NULL)
        return co_fail_memory(error);
    if (column->numbers == NULL)
        return missing_array(column, "numbers", error);
    memcpy(numbers, column->numbers, intake->n_rows * sizeof *numbers);
    cells->numbers = numbers;
    return COHORT_OK;
}

/* Keys and references come as ints or strings. */
static cohort_status take_keys(intake *intake, const co_field *field, const cohort_column *column,
                               co_cells *cells, cohort_error *error)
{
    if (column->type == COHORT_INT) {
        cells->shape = CO_SHAPE_NUMBERS;
        return take_ints(intake, column, cells, error);
    }
    if (column->type != COHORT_STRING)
        return co_fail(error, COHORT_TYPE, "column '%.120s' holds keys, which are ints or strings",
                       column->field);
    cells->shape = CO_SHAPE_STRINGS;
    return take_strings(intake, field, column, cells, error);
}

static cohort_status take_column(intake *intake, const cohort_column *column, co_staged_column *staged,
                                 cohort_error *error)
{
    cohort_status status = co_api_field(intake->object, column->field, &staged->field, error);

    if (status != COHORT_OK)
        return status;

    const co_field *field = &intake->object->fields[staged->field];
    uint64_t *valid = take_valid(intake, column);
    co_cells *cells = &staged->cells;

    if (valid == NULL)
        return co_fail_memory(error);
    cells->n = intake->n_rows;
    cells->shape = co_shape_of(field->type);
    if (staged->field != 0 || lacks_values(intake, column))
        cells->valid = valid;
    if (staged->field == 0 || field->type == COHORT_REFERENCE)
        return take_keys(intake, field, column, cells, error);
    if (cells->shape == CO_SHAPE_NUMBERS)
        return take_numbers(intake, field, column, valid, cells, error);
    if (column->type != field->type)
        return co_value_wrong_type(field, column->type, error);
    if (cells->shape == CO_SHAPE_STRINGS)
        return take_strings(intake, field, column, cells, error);
    if (cells->shape == CO_SHAPE_SETS)
        return take_sets(intake, field, column, cells, error);
    return take_points(intake, field, column, cells, error);
}

/* Makes every column and hands all to the batch. */
static cohort_status take_columns(cohort_batch *batch, intake *intake, size_t n_columns,
                                  const cohort_column *columns, co_staged_column *staged, cohort_error *error)
{
    cohort_status status = COHORT_OK;

    for (size_t i = 0; i < n_columns && status == COHORT_OK; i++)
        status = take_column(intake, &columns[i], &staged[i], error);
    if (status == COHORT_OK)
        status = co_batch_take_columns(batch->batch, intake->object->id, intake->n_rows, n_columns, staged,
                                       intake->n_blocks, intake->blocks, error);
    for (size_t i = 0; i < intake->n_blocks && status != COHORT_OK; i++)
        co_memory_free(intake->memory, intake->blocks[i].bytes, intake->blocks[i].size);
    return status;
}

static cohort_status stage(cohort_batch *batch, const co_object *object, uint32_t n_rows, size_t n_columns,
                           const cohort_column *columns, cohort_error *error)
{
    co_memory *memory = co_store_memory(batch->store);
    intake intake = { .memory = memory, .object = object, .n_rows = n_rows };
    co_staged_column *staged = co_memory_new_zeroed(memory, n_columns + 1, sizeof *staged);
    cohort_status status;

    intake.blocks = co_memory_new_zeroed(memory, n_columns * BLOCKS_A_COLUMN + 1, sizeof *intake.blocks);
    if (staged == NULL || intake.blocks == NULL)
        status = co_fail_memory(error);
    else
        status = take_columns(batch, &intake, n_columns, columns, staged, error);
    co_memory_free(memory, intake.blocks, (n_columns * BLOCKS_A_COLUMN + 1) * sizeof *intake.blocks);
    co_memory_free(memory, staged, (n_columns + 1) * sizeof *staged);
    return status;
}

cohort_status cohort_batch_columns(cohort_batch *batch, const char *object, size_t n_rows, size_t n_columns,
                                   const cohort_column *columns, cohort_error *error)
{
    const co_object *found = NULL;

    if (batch == NULL)
        return co_refuse_null("batch", error);
    if (n_columns > 0 && columns == NULL)
        return co_refuse_null("columns", error);
    if (n_rows >= UINT32_MAX)
        return co_fail(error, COHORT_LIMIT, "%zu records in one call; give them in parts", n_rows);

    co_version *version;
    cohort_status status = current_version(batch, &version, error);

    if (status != COHORT_OK)
        return status;
    status = co_api_object(version, object, &found, error);
    if (status == COHORT_OK && n_columns > found->n_fields)
        status = co_fail(error, COHORT_INVALID, CO_FMT " has %u fields, not %zu", CO_ARG(found->name),
                         found->n_fields, n_columns);
    if (status == COHORT_OK && n_rows > 0)
        status = stage(batch, found, (uint32_t)n_rows, n_columns, columns, error);
    co_version_release(version);
    return status;
}

/* ---- commit ---- */

cohort_status cohort_batch_set_time(cohort_batch *batch, int64_t at_us, cohort_error *error)
{
    co_version *version;

    if (batch == NULL)
        return co_refuse_null("batch", error);

    const cohort_status status = current_version(batch, &version, error);

    if (status != COHORT_OK)
        return status;
    co_version_release(version);
    return co_batch_set_time(batch->batch, at_us, error);
}

cohort_status cohort_batch_commit(cohort_batch *batch, cohort_commit_report *report, cohort_error *error)
{
    cohort_commit_report ours = COHORT_COMMIT_REPORT_INIT;
    co_commit_counts counts;
    co_commit *commit;

    if (batch == NULL)
        return co_refuse_null("batch", error);
    if (report != NULL) {
        const cohort_status status =
            co_options_give(&ours, sizeof ours, report, "cohort_commit_report", error);

        if (status != COHORT_OK)
            return status;
    }

    const cohort_status status = co_commit_prepare(batch->batch, &commit, error);

    if (status != COHORT_OK)
        return status;
    co_commit_publish(commit, &counts);
    ours.inserted = counts.inserted;
    ours.updated = counts.updated;
    ours.unchanged = counts.unchanged;
    ours.deleted = counts.deleted;
    ours.version = counts.version;
    return report == NULL ? COHORT_OK
                          : co_options_give(&ours, sizeof ours, report, "cohort_commit_report", error);
}

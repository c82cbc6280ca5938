/* cohort/store.h, first part: opening, declaring, saving. */
#include "api/options.h"
#include "api/stores.h"
#include "base/utf8.h"
#include "io/directory.h"

/* ---- handles: their own blocks come from the allocator directly ---- */

void *co_handle_new(const co_memory *memory, size_t size)
{
    return memory->allocator.resize(memory->allocator.context, NULL, 0, size);
}

void co_handle_free(const co_memory *memory, void *handle, size_t size)
{
    const cohort_allocator allocator = memory->allocator;

    allocator.resize(allocator.context, handle, size, 0);
}

/* ---- opening ---- */

static cohort_status open_store(const char *path, const cohort_store_options *options, cohort_store *store,
                                cohort_error *error)
{
    if (path != NULL)
        return co_directory_open(path, options, &store->directory, &store->store, error);
    return co_store_new(options->allocator, (size_t)options->memory_limit_bytes, &store->store, error);
}

cohort_status cohort_store_open(const char *path, const cohort_store_options *given, cohort_store **result,
                                cohort_error *error)
{
    cohort_store_options options;
    co_memory memory;

    if (result == NULL)
        return co_refuse_null("store", error);
    *result = NULL;

    cohort_status status = co_options_take(given, &options, sizeof options, "cohort_store_options", error);

    if (status != COHORT_OK)
        return status;
    if (options.memory_limit_bytes > SIZE_MAX)
        return co_fail(error, COHORT_INVALID, "memory_limit_bytes is beyond what this machine can address");
    co_memory_init(&memory, options.allocator, 0);

    cohort_store *store = co_handle_new(&memory, sizeof *store);

    if (store == NULL)
        return co_fail_memory(error);
    *store = (cohort_store){ 0 };
    co_memory_init(&store->memory, options.allocator, 0);
    status = open_store(path, &options, store, error);
    if (status != COHORT_OK) {
        co_handle_free(&memory, store, sizeof *store);
        return status;
    }
    *result = store;
    return COHORT_OK;
}

void cohort_store_close(cohort_store *store)
{
    if (store == NULL)
        return;
    co_directory_close(store->directory);
    co_store_free(store->store);
    co_handle_free(&store->memory, store, sizeof *store);
}

cohort_status cohort_store_save(cohort_store *store, cohort_error *error)
{
    if (store == NULL)
        return co_refuse_null("store", error);
    if (store->directory == NULL)
        return co_fail(error, COHORT_INVALID, "this store lives in memory only and cannot be saved");
    return co_directory_save(store->directory, store->store, error);
}

cohort_status cohort_store_check(const char *path, cohort_error *error)
{
    if (path == NULL)
        return co_refuse_null("path", error);
    return co_directory_check(path, error);
}

/* ---- declaring ---- */

/* Older and newer callers' fields, each as long as it says, as an array of ours. NULL: *status says why. */
static cohort_field *take_fields(co_memory *memory, const cohort_object *object, cohort_status *status,
                                 cohort_error *error)
{
    cohort_field *fields = co_memory_new_zeroed(memory, object->n_fields + 1, sizeof *fields);
    const char *next = (const char *)object->fields;

    *status = fields == NULL ? co_fail_memory(error) : COHORT_OK;
    for (size_t i = 0; i < object->n_fields && *status == COHORT_OK; i++) {
        *status = co_options_take(next, &fields[i], sizeof *fields, "cohort_field", error);
        next += *status == COHORT_OK ? object->fields[0].size : 0;
    }
    if (*status != COHORT_OK) {
        co_memory_free(memory, fields, (object->n_fields + 1) * sizeof *fields);
        return NULL;
    }
    return fields;
}

cohort_status cohort_store_declare(cohort_store *store, const cohort_object *given, cohort_error *error)
{
    cohort_object object;
    cohort_status status;

    if (store == NULL)
        return co_refuse_null("store", error);
    if (given == NULL)
        return co_refuse_null("object", error);
    status = co_options_take(given, &object, sizeof object, "cohort_object", error);
    if (status != COHORT_OK)
        return status;
    if (object.n_fields > 0 && object.fields == NULL)
        return co_refuse_null("fields", error);

    cohort_field *fields = take_fields(&store->memory, &object, &status, error);

    if (fields == NULL)
        return status;
    object.fields = fields;
    status = co_store_declare(store->store, &object, error);
    co_memory_free(&store->memory, fields, (object.n_fields + 1) * sizeof *fields);
    return status;
}

/* ---- names ---- */

cohort_status co_api_object(const co_version *version, const char *name, const co_object **object,
                            cohort_error *error)
{
    if (name == NULL)
        return co_refuse_null("object", error);
    *object = co_schema_find(co_version_schema(version), co_text_of(name));
    if (*object == NULL)
        return co_fail(error, COHORT_NOT_FOUND, "unknown object '%.120s'", name);
    return COHORT_OK;
}

cohort_status co_api_field(const co_object *object, const char *name, uint32_t *field, cohort_error *error)
{
    if (name == NULL)
        return co_refuse_null("field", error);
    *field = co_object_find(object, co_text_of(name));
    if (*field == CO_NONE)
        return co_fail(error, COHORT_NOT_FOUND, "unknown field '%.120s' of " CO_FMT, name, CO_ARG(object->name));
    return COHORT_OK;
}

cohort_status co_api_key(const co_object *object, const cohort_value *value, co_key *key, cohort_error *error)
{
    *key = (co_key){ .is_text = value->type == COHORT_STRING, .number = value->number,
                     .text = { value->text.bytes, value->text.length } };
    if (value->type != COHORT_INT && value->type != COHORT_STRING)
        return co_fail(error, COHORT_TYPE, "a key of " CO_FMT " is an int or a string", CO_ARG(object->name));
    if (key->is_text && key->text.length > 0 && key->text.bytes == NULL)
        return co_fail(error, COHORT_INVALID, "a key of " CO_FMT " has a length but no bytes", CO_ARG(object->name));
    if (key->is_text && !co_utf8_valid(key->text, NULL))
        return co_fail(error, COHORT_INVALID, "a key of " CO_FMT " is no UTF-8", CO_ARG(object->name));
    return COHORT_OK;
}

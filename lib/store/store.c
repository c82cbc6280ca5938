/*
 * The root: the current version, the writer's place, definitions.
 *
 * Always:  the store's own memory is allocated from its allocator directly, so
 *          that the count of bytes in use can live inside it.
 */
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "store/definitions.h"
#include "store/naming.h"
#include "store/root.h"
#include "store/schema_build.h"

/* ---- life ---- */

static bool init_recursive(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;

    if (pthread_mutexattr_init(&attributes) != 0)
        return false;
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);

    const bool fine = pthread_mutex_init(mutex, &attributes) == 0;

    pthread_mutexattr_destroy(&attributes);
    return fine;
}

static bool init_locks(co_store *store)
{
    if (!init_recursive(&store->writer))
        return false;
    if (pthread_mutex_init(&store->gate, NULL) != 0) {
        pthread_mutex_destroy(&store->writer);
        return false;
    }
    return true;
}

/* Different for any two stores alive at once, and with near certainty for any two ever. */
static uint64_t make_id(const co_store *store)
{
    uint64_t seed[2] = { (uint64_t)(uintptr_t)store, (uint64_t)co_clock_us() };
    const uint64_t id = co_hash_fast(seed, sizeof seed, 0);

    return id == 0 ? 1 : id;
}

cohort_status co_store_empty(const cohort_allocator *allocator, size_t limit_bytes, uint64_t id,
                             co_store **result, cohort_error *error)
{
    co_memory memory;

    *result = NULL;
    co_memory_init(&memory, allocator, limit_bytes);

    const cohort_allocator *real = &memory.allocator;
    co_store *store = real->resize(real->context, NULL, 0, sizeof *store);

    if (store == NULL)
        return co_fail_memory(error);
    memset(store, 0, sizeof *store);
    atomic_init(&store->references, 1);
    co_memory_init(&store->memory, allocator, limit_bytes);
    store->id = id == 0 ? make_id(store) : id;
    if (!init_locks(store)) {
        real->resize(real->context, store, sizeof *store, 0);
        return co_fail(error, COHORT_MEMORY, "the system has no mutex left");
    }
    *result = store;
    return COHORT_OK;
}

cohort_status co_store_new(const cohort_allocator *allocator, size_t limit_bytes, co_store **result,
                           cohort_error *error)
{
    const cohort_status status = co_store_empty(allocator, limit_bytes, 0, result, error);

    if (status != COHORT_OK)
        return status;
    (*result)->current = co_draft_first(*result, &(*result)->memory);
    if ((*result)->current == NULL) {
        co_store_release(*result);
        *result = NULL;
        return co_fail_memory(error);
    }
    return COHORT_OK;
}

void co_store_retain(co_store *store)
{
    atomic_fetch_add_explicit(&store->references, 1, memory_order_relaxed);
}

void co_store_release(co_store *store)
{
    if (atomic_fetch_sub_explicit(&store->references, 1, memory_order_acq_rel) != 1)
        return;

    const cohort_allocator allocator = store->memory.allocator;

    pthread_mutex_destroy(&store->gate);
    pthread_mutex_destroy(&store->writer);
    allocator.resize(allocator.context, store, sizeof *store, 0);
}

void co_store_free(co_store *store)
{
    if (store == NULL)
        return;

    co_store_publish(store, NULL);
    co_store_release(store);
}

co_memory *co_store_memory(co_store *store)
{
    return &store->memory;
}

uint64_t co_store_id(const co_store *store)
{
    return store->id;
}

/* ---- versions ---- */

co_version *co_store_current(co_store *store)
{
    pthread_mutex_lock(&store->gate);

    co_version *version = store->current == NULL ? NULL : co_version_retain(store->current);

    pthread_mutex_unlock(&store->gate);
    return version;
}

void co_store_publish(co_store *store, co_version *draft)
{
    pthread_mutex_lock(&store->gate);

    co_version *old = store->current;

    store->current = draft;
    pthread_mutex_unlock(&store->gate);
    co_version_release(old);
}

void co_store_revert(co_store *store, co_version *version)
{
    co_store_publish(store, co_version_retain(version));
}

void co_store_lock(co_store *store)
{
    pthread_mutex_lock(&store->writer);
}

void co_store_unlock(co_store *store)
{
    pthread_mutex_unlock(&store->writer);
}

/* ---- what a version tells ---- */

uint64_t co_version_number(const co_version *version)
{
    return version->number;
}

uint32_t co_version_epoch(const co_version *version)
{
    return version->epoch;
}

const co_schema *co_version_schema(const co_version *version)
{
    return version->schema;
}

uint64_t co_version_store_id(const co_version *version)
{
    return version->store->id;
}

co_memory *co_version_memory(const co_version *version)
{
    return version->memory;
}

uint32_t co_version_n_tiles(const co_version *version, uint32_t object)
{
    return co_version_object(version, object)->n_tiles;
}

const co_tile *co_version_tile(const co_version *version, uint32_t object, uint32_t tile)
{
    const co_tile_node *node = co_object_node_tile(co_version_object(version, object), tile);

    return node == NULL ? NULL : &node->tile;
}

uint64_t co_version_n_live(const co_version *version, uint32_t object)
{
    return co_version_object(version, object)->n_live;
}

bool co_version_is_live(const co_version *version, uint32_t object, uint32_t row)
{
    const co_tile *tile = co_version_tile(version, object, row >> 16);
    const uint32_t slot = row & 65535;

    if (tile == NULL || slot >= tile->n_rows)
        return false;
    return tile->live == NULL || (tile->live[slot / 64] >> (slot % 64) & 1) != 0;
}

/* ---- definitions ---- */

/* With the writer's place held: puts the new list into a version of its own. Takes the list. */
static cohort_status publish_definitions(co_store *store, co_definitions *definitions, cohort_error *error)
{
    if (definitions == NULL)
        return co_fail_memory(error);

    co_version *draft = co_draft_new(store->current);

    if (draft == NULL) {
        co_definitions_release(&store->memory, definitions);
        return co_fail_memory(error);
    }
    co_draft_set_definitions(draft, definitions);
    co_store_publish(store, draft);
    return COHORT_OK;
}

static cohort_status check_definition(const co_version *version, const co_definition *definition,
                                      cohort_error *error)
{
    const co_object *object = co_schema_object(version->schema, definition->object);
    const bool trait = definition->kind == CO_DEFINED_TRAIT;
    const cohort_status status = co_check_name(trait ? "trait" : "segment", definition->name, error);

    if (status != COHORT_OK)
        return status;
    if (trait && co_object_find(object, definition->name) != CO_NONE)
        return co_fail(error, COHORT_EXISTS, "trait '" CO_FMT "' of " CO_FMT " has the name of a field",
                       CO_ARG(definition->name), CO_ARG(object->name));
    return COHORT_OK;
}

cohort_status co_store_define(co_store *store, co_definition_kind kind, uint32_t object, co_text name,
                              co_text text, int32_t nulls, cohort_error *error)
{
    const co_definition definition = {
        .kind = kind, .object = object, .name = name, .text = text, .nulls = nulls
    };

    co_store_lock(store);

    cohort_status status = check_definition(store->current, &definition, error);

    if (status == COHORT_OK) {
        co_definition_node *node = co_definition_new(&store->memory, &definition, NULL);
        co_definitions *list = node == NULL ? NULL
                                            : co_definitions_with(&store->memory, store->current->schema,
                                                                  store->current->definitions, node);

        if (list == NULL)
            co_definition_release(&store->memory, node);
        status = publish_definitions(store, list, error);
    }
    co_store_unlock(store);
    return status;
}

cohort_status co_store_drop(co_store *store, uint32_t object, co_text name, cohort_error *error)
{
    co_store_lock(store);

    const co_definitions *old = store->current->definitions;
    uint32_t index = co_definitions_find(old, object, name, false);
    cohort_status status;

    if (index == CO_NONE)
        index = co_definitions_find(old, object, name, true);
    if (index == CO_NONE)
        status = co_fail(error, COHORT_NOT_FOUND, "no segment or trait '" CO_FMT "' of " CO_FMT, CO_ARG(name),
                         CO_ARG(co_schema_object(store->current->schema, object)->name));
    else
        status = publish_definitions(store, co_definitions_without(&store->memory, old, index), error);
    co_store_unlock(store);
    return status;
}

/*
 * A store from sections that nobody vouches for.
 *
 * Always:  the order of kinds is the writer's, no section comes twice, and what the
 *          first one promises must have come by the end.
 */
#include <string.h>

#include "store/restore.h"

/* Far beyond what the rows of an object allow, far below what a key can count. */
#define MOST_NUMBERED (UINT64_C(1) << 60)

cohort_status co_restore_damaged(const char *kind, const char *why, cohort_error *error)
{
    return co_fail(error, COHORT_CORRUPT, "damaged %s: %s", kind, why);
}

cohort_status co_restore_new(const cohort_allocator *allocator, size_t limit_bytes, co_restore **result,
                             cohort_error *error)
{
    co_store *store;
    /* Any id but 0; the one saved takes its place. */
    const cohort_status status = co_store_empty(allocator, limit_bytes, 1, &store, error);

    *result = NULL;
    if (status != COHORT_OK)
        return status;

    co_restore *restore = co_memory_new_zeroed(&store->memory, 1, sizeof *restore);

    if (restore == NULL) {
        co_store_free(store);
        return co_fail_memory(error);
    }
    restore->store = store;
    restore->memory = &store->memory;
    *result = restore;
    return COHORT_OK;
}

static void free_parts(co_restore *restore)
{
    co_memory *memory = restore->memory;

    for (uint32_t o = 0; restore->dictionary_seen != NULL && o < restore->n_objects; o++) {
        if (restore->dictionary_seen[o] != NULL)
            co_memory_free(memory, restore->dictionary_seen[o],
                           co_schema_object(restore->schema, o)->n_fields);
    }
    co_memory_free(memory, restore->dictionary_seen, restore->n_objects * sizeof *restore->dictionary_seen);
    co_memory_free(memory, restore->promises, restore->n_objects * sizeof *restore->promises);
    co_version_release(restore->draft);
}

void co_restore_free(co_restore *restore)
{
    if (restore == NULL)
        return;

    co_store *store = restore->store;

    const bool handed_over = restore->handed_over;

    free_parts(restore);
    co_memory_free(restore->memory, restore, sizeof *restore);
    if (handed_over)
        co_store_release(store);
    else
        co_store_free(store);
}

/* ---- the first section ---- */

static cohort_status read_promises(co_restore *restore, co_reader *in, cohort_error *error)
{
    for (uint32_t o = 0; o < restore->n_objects; o++) {
        co_promise *promise = &restore->promises[o];
        co_object_node *node = co_object_node_new(restore->memory);

        if (node == NULL || !co_draft_add_object(restore->draft, node)) {
            co_object_node_release(restore->memory, node);
            return co_fail_memory(error);
        }
        promise->n_tiles = co_read_u32(in);
        promise->n_with_rows = co_read_u32(in);
        node->last_number = co_read_u64(in);
        node->n_tiles = promise->n_tiles;
        node->given_at = restore->draft->number;
        if (promise->n_tiles > CO_MOST_TILES || promise->n_with_rows > promise->n_tiles)
            return co_restore_damaged("store section", "an object has more tiles than there can be", error);
        if (node->last_number > MOST_NUMBERED)
            return co_restore_damaged("store section",
                                      "an object has numbered more records than there can be", error);
    }
    return COHORT_OK;
}

static cohort_status read_store(co_restore *restore, co_reader *in, cohort_error *error)
{
    const uint64_t id = co_read_u64(in);
    const uint32_t epoch = co_read_u32(in);
    const uint64_t number = co_read_u64(in);
    const uint32_t n_objects = co_read_u32(in);

    restore->n_definitions = co_read_u32(in);
    if (!co_reader_ok(in) || id == 0 || epoch == 0 || number == UINT64_MAX || n_objects > CO_MOST_OBJECTS ||
        co_reader_left(in) != n_objects * (size_t)16)
        return co_restore_damaged("store section", "its counts do not fit its length", error);
    restore->store->id = id;
    restore->n_objects = n_objects;
    restore->draft = co_draft_first(restore->store, restore->memory);
    restore->promises = co_memory_new_zeroed(restore->memory, n_objects, sizeof *restore->promises);
    restore->dictionary_seen =
        co_memory_new_zeroed(restore->memory, n_objects, sizeof *restore->dictionary_seen);
    if (restore->draft == NULL ||
        (n_objects > 0 && (restore->promises == NULL || restore->dictionary_seen == NULL)))
        return co_fail_memory(error);
    restore->draft->epoch = epoch;
    restore->draft->number = number;
    restore->schema = restore->draft->schema;
    return read_promises(restore, in, error);
}

/* ---- dictionaries ---- */

static cohort_status read_dictionary(co_restore *restore, co_section section, co_reader *in,
                                     cohort_error *error)
{
    if (section.object >= restore->n_objects ||
        section.index >= co_schema_object(restore->schema, section.object)->n_fields ||
        co_schema_object(restore->schema, section.object)->fields[section.index].dictionary == NULL)
        return co_restore_damaged("dictionary", "there is no such field of text", error);
    if (restore->dictionary_seen[section.object][section.index])
        return co_restore_damaged("dictionary", "it comes twice", error);

    co_dictionary *dictionary;
    const cohort_status status = co_dictionary_read(restore->memory, in, &dictionary, error);

    if (status != COHORT_OK)
        return status;
    co_schema_set_dictionary(restore->schema, section.object, section.index, dictionary);
    restore->dictionary_seen[section.object][section.index] = 1;
    restore->n_dictionaries_seen++;
    return COHORT_OK;
}

/* ---- sections in turn ---- */

static cohort_status read_section(co_restore *restore, co_section section, co_reader *in, cohort_error *error)
{
    switch (section.kind) {
    case CO_SECTION_STORE:
        return read_store(restore, in, error);
    case CO_SECTION_SCHEMA:
        return co_restore_schema(restore, in, error);
    case CO_SECTION_DICTIONARY:
        return read_dictionary(restore, section, in, error);
    case CO_SECTION_TILE:
        if (restore->n_dictionaries_seen != restore->n_dictionaries)
            return co_restore_damaged("tile", "a dictionary is missing before it", error);
        return co_restore_tile(restore, section, in, error);
    default:
        return co_restore_definition(restore, in, error);
    }
}

cohort_status co_restore_section(co_restore *restore, co_section section, const void *bytes, size_t length,
                                 cohort_error *error)
{
    co_reader in = co_reader_of(bytes, length);

    if (section.kind > CO_SECTION_DEFINITION || section.kind == 0) {
        if ((section.kind & CO_SECTION_OPTIONAL) != 0)
            return COHORT_OK;
        return co_fail(error, COHORT_TOO_NEW, "section kind %u is not known to this version", section.kind);
    }

    const bool once = section.kind <= CO_SECTION_SCHEMA;
    const bool in_turn = once ? section.kind == restore->last_kind + 1
                              : restore->last_kind >= CO_SECTION_SCHEMA && section.kind >= restore->last_kind;

    if (!in_turn)
        return co_fail(error, COHORT_CORRUPT, "section kind %u comes after %u", section.kind,
                       restore->last_kind);
    restore->last_kind = section.kind;

    const cohort_status status = read_section(restore, section, &in, error);

    if (status != COHORT_OK)
        return status;
    if (!co_reader_ok(&in) || co_reader_left(&in) != 0)
        return co_fail(error, COHORT_CORRUPT, "section kind %u has %zu bytes, %zu were expected",
                       section.kind, length, co_reader_offset(&in));
    return COHORT_OK;
}

static cohort_status all_came(const co_restore *restore, cohort_error *error)
{
    if (restore->last_kind < CO_SECTION_SCHEMA)
        return co_restore_damaged("store", "there is no schema", error);
    if (restore->n_dictionaries_seen != restore->n_dictionaries)
        return co_restore_damaged("store", "a dictionary is missing", error);
    if (restore->n_definitions_seen != restore->n_definitions)
        return co_restore_damaged("store", "a definition is missing", error);
    for (uint32_t o = 0; o < restore->n_objects; o++) {
        if (restore->promises[o].n_seen != restore->promises[o].n_with_rows)
            return co_restore_damaged("store", "a tile is missing", error);
    }
    return COHORT_OK;
}

cohort_status co_restore_finish(co_restore *restore, co_store **result, cohort_error *error)
{
    cohort_status status = all_came(restore, error);

    *result = NULL;
    if (status == COHORT_OK)
        status = co_restore_check(restore, error);
    if (status == COHORT_OK && !co_schema_seal(restore->schema))
        status = co_fail_memory(error);
    if (status != COHORT_OK)
        return status;

    co_store *store = restore->store;

    co_store_retain(store);
    restore->handed_over = true;
    co_store_publish(store, co_version_retain(restore->draft));
    *result = store;
    return COHORT_OK;
}

/*
 * A commit from end to end: prepare, publish or abandon.
 *
 * Always:  prepare reserves what publish needs, so publish cannot fail. Until
 *          then only memory nobody sees and spare room in dictionaries and key
 *          indexes have grown.
 */
#include <string.h>

#include "store/append.h"
#include "store/definitions.h"

static void free_work(co_commit *commit, co_work *work)
{
    co_memory *memory = commit->memory;

    if (work == NULL)
        return;
    co_memory_free(memory, work->pending, work->pending_capacity * sizeof *work->pending);
    co_memory_free(memory, work->actions, work->action_capacity * sizeof *work->actions);
    co_memory_free(memory, work->seen_live, work->seen_capacity * sizeof *work->seen_live);
    co_memory_free(memory, work->growth, work->growth_capacity * sizeof *work->growth);
    co_memory_free(memory, work->late_numbers, work->late_capacity * sizeof *work->late_numbers);
    co_index_clear(memory, &work->pending_index);
    co_rowmap_clear(memory, &work->seen);
    co_rowmap_clear(memory, &work->moved);
    co_rowmap_clear(memory, &work->late);
    co_memory_free(memory, work, sizeof *work);
}

/* Everything but the draft; gives the writer's place back. */
static void end(co_commit *commit)
{
    co_store *store = commit->store;

    for (uint32_t o = 0; commit->works != NULL && o < commit->base->n_objects; o++)
        free_work(commit, commit->works[o]);
    if (commit->works != NULL)
        co_memory_free(commit->memory, commit->works, commit->base->n_objects * sizeof(co_work *));
    if (commit->batch != NULL)
        commit->batch->n_chunks = commit->n_given;
    co_arena_clear(&commit->arena);
    co_version_release(commit->base);
    co_memory_free(commit->memory, commit, sizeof *commit);
    co_store_unlock(store);
    co_store_release(store);
}

void co_commit_abandon(co_commit *commit)
{
    co_version_release(commit->draft);
    end(commit);
}

/* Room in the key indexes for what will have a new row. */
static cohort_status reserve_keys(co_commit *commit, cohort_error *error)
{
    for (uint32_t o = 0; o < commit->base->n_objects; o++) {
        co_work *work = commit->works[o];
        cohort_status status = COHORT_OK;

        if (work == NULL || work->n_pending + work->moved.n == 0)
            continue;
        if (!work->object->keyless && !work->covered) {
            status = co_key_index_cover(commit->base, o, error);
            work->covered = status == COHORT_OK;
        }
        work->indexed = status == COHORT_OK && work->covered && co_key_index_is_built(commit->base, o);
        if (work->indexed)
            status = co_key_index_reserve(commit->base, o, work->n_pending + work->moved.n, error);
        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

/* Static segments of objects whose records moved name the new rows. */
static cohort_status move_rows(const co_work *work, const co_bitmap *rows, co_bitmap *moved)
{
    cohort_status status = co_bitmap_copy(rows, moved);

    for (size_t i = 0; i < work->moved.n && status == COHORT_OK; i++) {
        bool had;

        status = co_bitmap_remove(moved, work->moved.rows[i], &had);
        if (status == COHORT_OK && had)
            status = co_bitmap_add(moved, work->moved_to[i], NULL);
    }
    return status;
}

static cohort_status move_definition(co_commit *commit, const co_work *work, const co_definition *definition,
                                     cohort_error *error)
{
    co_definition_node *node = NULL;
    co_definitions *list = NULL;
    co_bitmap moved;

    co_bitmap_init(&moved, commit->memory);
    if (move_rows(work, definition->rows, &moved) == COHORT_OK)
        node = co_definition_new(commit->memory, definition, &moved);
    co_bitmap_clear(&moved);
    if (node != NULL)
        list = co_definitions_with(commit->memory, commit->draft->schema, commit->draft->definitions, node);
    if (list == NULL) {
        co_definition_release(commit->memory, node);
        return co_fail_memory(error);
    }
    co_draft_set_definitions(commit->draft, list);
    return COHORT_OK;
}

static cohort_status move_definitions(co_commit *commit, cohort_error *error)
{
    const co_version *base = commit->base;

    for (uint32_t i = 0; i < co_version_n_definitions(base); i++) {
        const co_definition *definition = co_version_definition(base, i);
        const co_work *work = commit->works[definition->object];

        if (definition->kind != CO_DEFINED_STATIC || work == NULL || work->moved.n == 0)
            continue;

        const cohort_status status = move_definition(commit, work, definition, error);

        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

cohort_status co_commit_begin(co_store *store, co_batch *batch, co_commit **result, cohort_error *error)
{
    co_memory *memory = &store->memory;
    co_commit *commit = co_memory_new_zeroed(memory, 1, sizeof *commit);

    *result = NULL;
    if (commit == NULL)
        return co_fail_memory(error);
    co_store_retain(store);
    co_store_lock(store);
    commit->store = store;
    commit->batch = batch;
    commit->n_given = batch == NULL ? 0 : batch->n_chunks;
    commit->memory = memory;
    co_arena_init(&commit->arena, memory);
    commit->base = co_store_current(store);
    if (commit->base == NULL) {
        co_commit_abandon(commit);
        return co_fail(error, COHORT_INVALID, "the store of this batch is closed");
    }
    commit->draft = co_draft_new(commit->base);
    if (commit->base->n_objects > 0)
        commit->works = co_memory_new_zeroed(memory, commit->base->n_objects, sizeof *commit->works);
    if (commit->draft == NULL || (commit->works == NULL && commit->base->n_objects > 0)) {
        co_commit_abandon(commit);
        return co_fail_memory(error);
    }
    *result = commit;
    return COHORT_OK;
}

cohort_status co_commit_finish(co_commit *commit, cohort_error *error)
{
    cohort_status status = co_commit_place(commit, error);

    if (status == COHORT_OK)
        status = co_commit_rebuild(commit, error);
    if (status == COHORT_OK)
        status = move_definitions(commit, error);
    if (status == COHORT_OK)
        status = reserve_keys(commit, error);
    commit->counts.version = commit->draft->number;
    commit->counts.inserted -= commit->n_changes;
    return status;
}

cohort_status co_commit_prepare(co_batch *batch, co_commit **result, cohort_error *error)
{
    co_commit *commit;
    bool appended;
    cohort_status status = co_commit_begin(batch->store, batch, &commit, error);

    *result = NULL;
    if (status != COHORT_OK)
        return status;
    status = co_append_try(commit, &appended, error);
    if (status == COHORT_OK && !appended)
        status = co_commit_resolve(commit, error);
    if (status == COHORT_OK && !appended)
        status = co_commit_finish(commit, error);
    if (status != COHORT_OK) {
        co_commit_abandon(commit);
        return status;
    }
    *result = commit;
    return COHORT_OK;
}

/* ---- publishing ---- */

#define KEYS_AT_A_TIME 4096u

/* New keys go into the index some at a time, so that readers wait for moments only. */
static void publish_keys(const co_commit *commit, const co_work *work)
{
    co_key_index *index = work->base->index;

    for (size_t first = 0; first < work->n_pending; first += KEYS_AT_A_TIME) {
        const size_t left = work->n_pending - first;
        const size_t n = left < KEYS_AT_A_TIME ? left : KEYS_AT_A_TIME;

        pthread_rwlock_wrlock(&index->lock);
        for (size_t i = first; i < first + n; i++)
            co_index_add(&index->table, work->pending[i].hash, work->pending[i].row);
        pthread_rwlock_unlock(&index->lock);
    }
    pthread_rwlock_wrlock(&index->lock);
    for (size_t i = 0; i < work->moved.n; i++) {
        const co_key key = co_version_key(commit->draft, work->object->id, work->moved_to[i]);

        co_index_add(&index->table, co_key_hash(&key), work->moved_to[i]);
    }
    index->until = commit->draft->number;
    pthread_rwlock_unlock(&index->lock);
}

/* The same for rows that tiles have now and had not before. */
static void publish_appended(const co_commit *commit, const co_work *work)
{
    const uint32_t object = work->object->id;
    const uint32_t n_tiles = co_version_n_tiles(commit->draft, object);
    co_key_index *index = work->base->index;

    for (uint32_t t = 0; t < n_tiles; t++) {
        const co_tile *old = co_version_tile(commit->base, object, t);
        const co_tile *new = co_version_tile(commit->draft, object, t);
        const uint32_t end = new == NULL ? 0 : new->n_rows;

        for (uint32_t slot = old == NULL ? 0 : old->n_rows; slot < end; slot += KEYS_AT_A_TIME) {
            pthread_rwlock_wrlock(&index->lock);
            co_key_index_add(commit->draft, object, t << 16 | slot,
                             end - slot < KEYS_AT_A_TIME ? end - slot : KEYS_AT_A_TIME);
            pthread_rwlock_unlock(&index->lock);
        }
    }
    pthread_rwlock_wrlock(&index->lock);
    index->until = commit->draft->number;
    pthread_rwlock_unlock(&index->lock);
}

void co_commit_publish(co_commit *commit, co_commit_counts *counts)
{
    for (uint32_t o = 0; o < commit->base->n_objects; o++) {
        const co_work *work = commit->works[o];

        if (work != NULL && work->indexed && work->n_pending + work->moved.n > 0)
            publish_keys(commit, work);
    }
    if (commit->appended != NULL)
        publish_appended(commit, commit->appended);
    if (counts != NULL)
        *counts = commit->counts;
    co_store_publish(commit->store, commit->draft);
    if (commit->batch != NULL)
        co_batch_clear(commit->batch);
    commit->n_given = 0;
    end(commit);
}

/*
 * Static segments: explicit sets of keys.
 *
 * Always:  every key has a row afterwards, live or not, so a key whose record
 *          comes later is a member from then on.
 */
#include "store/commit.h"
#include "store/definitions.h"
#include "store/naming.h"

/* Rows or pending records of the keys; NULL: *status says why. */
static uint64_t *name_keys(co_commit *commit, co_work *work, size_t n, const co_key *keys,
                           cohort_status *status, cohort_error *error)
{
    uint64_t *targets = co_arena_new(&commit->arena, n, sizeof *targets);

    *status = targets == NULL ? co_fail_memory(error) : COHORT_OK;
    for (size_t i = 0; i < n && *status == COHORT_OK; i++)
        *status = co_work_name(commit, work, keys[i], &targets[i], error);
    return *status == COHORT_OK ? targets : NULL;
}

static cohort_status put_definition(co_commit *commit, const co_definition *definition, const co_work *work,
                                    size_t n, const uint64_t *targets, cohort_error *error)
{
    uint32_t *rows = co_arena_new(&commit->arena, n, sizeof *rows);
    co_definition_node *node = NULL;
    co_definitions *list = NULL;
    co_bitmap members;

    co_bitmap_init(&members, commit->memory);
    for (size_t i = 0; rows != NULL && i < n; i++)
        rows[i] = co_work_resolved(work, targets[i]);
    if (rows != NULL && co_bitmap_add_rows(&members, rows, n) == COHORT_OK)
        node = co_definition_new(commit->memory, definition, &members);
    co_bitmap_clear(&members);
    if (node != NULL)
        list = co_definitions_with(commit->memory, commit->draft->schema, commit->draft->definitions, node);
    if (list == NULL) {
        co_definition_release(commit->memory, node);
        return co_fail_memory(error);
    }
    co_draft_set_definitions(commit->draft, list);
    return COHORT_OK;
}

static cohort_status define(co_commit *commit, const co_definition *definition, size_t n, const co_key *keys,
                            cohort_error *error)
{
    co_work *work = co_commit_work(commit, definition->object);
    cohort_status status;

    if (work == NULL)
        return co_fail_memory(error);

    const uint64_t *targets = name_keys(commit, work, n, keys, &status, error);

    if (status == COHORT_OK)
        status = co_commit_finish(commit, error);
    return status == COHORT_OK ? put_definition(commit, definition, work, n, targets, error) : status;
}

cohort_status co_store_define_static(co_store *store, uint32_t object, co_text name, size_t n,
                                     const co_key *keys, cohort_error *error)
{
    const co_definition definition = {
        .kind = CO_DEFINED_STATIC, .object = object, .name = name, .text = { "", 0 }
    };
    co_commit *commit;
    cohort_status status = co_check_name("a segment", name, error);

    if (status == COHORT_OK)
        status = co_commit_begin(store, NULL, &commit, error);
    if (status != COHORT_OK)
        return status;
    status = define(commit, &definition, n, keys, error);
    if (status == COHORT_OK)
        co_commit_publish(commit, NULL);
    else
        co_commit_abandon(commit);
    return status;
}

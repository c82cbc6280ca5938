/*
 * From staged columns into the store.
 *
 *     rows are baled, 65,536 at a time; declare parents ─▶ declare ─▶ batch (takes the bale) ─▶ commit
 */
#include "io/loading.h"

static cohort_status declare_parents(co_loading *l)
{
    for (uint32_t i = 0; i < l->plan.n_columns; i++) {
        const co_load_column *column = &l->plan.columns[i];
        cohort_object parent = COHORT_OBJECT_INIT;

        if (column->target == NULL || strcmp(column->target, l->plan.object) == 0)
            continue;

        co_version *version = co_store_current(l->store);
        const co_object *known = co_schema_find(co_version_schema(version), co_text_of(column->target));
        const bool declared = known != NULL && known->declared;

        co_version_release(version);
        if (declared)
            continue;
        parent.name = column->target;
        parent.key_type = column->type.type;

        const cohort_status status = co_store_declare(l->store, &parent, l->error);

        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

static cohort_status declare_object(co_loading *l)
{
    const bool has_key = l->plan.has_key;
    const uint32_t n_fields = l->plan.n_columns - has_key;
    cohort_object object = COHORT_OBJECT_INIT;
    cohort_field *fields = co_arena_new(&l->plan.arena, (size_t)n_fields + 1, sizeof *fields);

    if (fields == NULL)
        return co_fail_memory(l->error);
    for (uint32_t i = 0; i < n_fields; i++) {
        const co_load_column *column = &l->plan.columns[i + has_key];

        fields[i] = (cohort_field){ .size = sizeof *fields,
                                    .type = column->target != NULL ? COHORT_REFERENCE : column->type.type,
                                    .name = column->name.bytes,
                                    .scale = column->target != NULL ? 0 : column->type.scale,
                                    .collation = column->target != NULL ? 0 : column->type.collation,
                                    .target = column->target };
    }
    object.name = l->plan.object;
    if (has_key) {
        object.key_type = l->plan.columns[0].type.type;
        object.key_name = l->plan.columns[0].name.bytes;
    }
    object.home = l->options->home;
    object.time = l->options->time;
    object.cluster = l->options->cluster;
    object.fields = fields;
    object.n_fields = n_fields;
    return co_store_declare(l->store, &object, l->error);
}

/* ---- baling ---- */

static cohort_status start_bale(co_loading *l, co_cells *cells)
{
    const uint32_t n = l->plan.n_columns;
    co_shape *shapes = co_arena_new(&l->plan.arena, n, sizeof *shapes);

    if (shapes == NULL && n > 0)
        return co_fail_memory(l->error);
    for (uint32_t i = 0; i < n; i++)
        shapes[i] = cells[i].shape;
    return co_bale_new(l->memory, l->plan.has_key, n, shapes, &l->bale, l->error);
}

/* The texts of keys that are remembered stay. */
static void reset_columns(co_loading *l)
{
    const bool keeps_keys = l->plan.has_key && l->options->duplicates != COHORT_DUPLICATES_LAST;

    for (uint32_t i = 0; i < l->plan.n_columns; i++)
        co_stage_column_reset(&l->columns[i], keeps_keys && i == 0);
    l->n_rows = 0;
}

cohort_status co_loading_bale(co_loading *l)
{
    const uint32_t n = l->plan.n_columns;
    co_cells *cells = co_memory_new_zeroed(l->memory, n, sizeof *cells);
    cohort_status status = COHORT_OK;

    if (cells == NULL)
        return co_fail_memory(l->error);
    for (uint32_t i = 0; i < n; i++)
        cells[i] = co_stage_cells(&l->columns[i], l->n_rows);
    if (l->bale == NULL)
        status = start_bale(l, cells);
    if (status == COHORT_OK)
        status = co_bale_add(l->bale, l->n_rows, cells, l->error);
    co_memory_free(l->memory, cells, n * sizeof *cells);
    if (status == COHORT_OK)
        reset_columns(l);
    return status;
}

static cohort_status give_bale(co_loading *l, co_batch *batch)
{
    co_version *version = co_store_current(l->store);
    const co_object *object = co_schema_find(co_version_schema(version), co_text_of(l->plan.object));
    co_staged_column *staged = co_arena_new(&l->plan.arena, l->plan.n_columns, sizeof *staged);
    cohort_status status = staged == NULL ? co_fail_memory(l->error) : COHORT_OK;

    for (uint32_t i = 0; i < l->plan.n_columns && status == COHORT_OK; i++) {
        const co_load_column *column = &l->plan.columns[i];

        staged[i].field = co_object_find(object, column->name);
        staged[i].create_parents = column->target != NULL && l->options->create_parents;
    }
    if (status == COHORT_OK)
        status = co_batch_take_bale(batch, object->id, staged, l->bale, l->error);
    if (status == COHORT_OK)
        l->bale = NULL;
    co_version_release(version);
    return status;
}

static void count(co_loading *l, const co_commit_counts *counts)
{
    cohort_load_counts *c = &l->report->counts;
    const uint64_t touched = counts->inserted - counts->parents + counts->updated + counts->unchanged;
    const uint64_t given = l->n_data_rows - c->n_skipped - c->n_duplicates;

    c->n_rows = l->n_data_rows;
    c->n_rounded = l->n_rounded;
    c->n_inserted = counts->inserted - counts->parents;
    c->n_updated = counts->updated;
    c->n_unchanged = counts->unchanged;
    c->n_parents = counts->parents;
    c->n_duplicates += given - touched;
}

/* Under the writer's place; a failure takes the declarations back. */
cohort_status co_loading_commit(co_loading *l)
{
    co_batch *batch = NULL;
    co_commit *prepared = NULL;
    co_commit_counts counts;
    cohort_status status;

    co_store_lock(l->store);

    co_version *before = co_store_current(l->store);

    status = l->options->create_parents ? declare_parents(l) : COHORT_OK;
    if (status == COHORT_OK)
        status = declare_object(l);
    if (status == COHORT_OK)
        status = co_batch_new(l->store, &batch, l->error);
    if (status == COHORT_OK && l->bale != NULL)
        status = give_bale(l, batch);
    if (status == COHORT_OK)
        status = co_commit_prepare(batch, &prepared, l->error);
    if (status == COHORT_OK) {
        co_commit_publish(prepared, &counts);
        count(l, &counts);
    } else {
        co_store_revert(l->store, before);
    }
    co_version_release(before);
    co_store_unlock(l->store);
    co_batch_free(batch);
    return status;
}

/*
 * From staged chunks into the store.
 *
 *     declare parents ─▶ declare ─▶ batch (takes the chunks' memory) ─▶ commit
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

static cohort_status give_chunk(co_loading *l, co_batch *batch, const co_object *object, co_load_chunk *chunk,
                                co_staged_column *staged)
{
    size_t n_blocks = 0;
    size_t given = 0;

    for (uint32_t i = 0; i < l->plan.n_columns; i++) {
        const co_load_column *column = &l->plan.columns[i];

        staged[i] = (co_staged_column){ .field = co_object_find(object, column->name),
                                        .create_parents = column->target != NULL && l->options->create_parents,
                                        .cells = co_stage_cells(&chunk->columns[i], chunk->n_rows) };
        if (column->is_key)
            staged[i].cells.valid = NULL;
        n_blocks += co_stage_n_blocks(&chunk->columns[i]);
    }

    co_block *blocks = co_memory_new_array(l->memory, n_blocks + 1, sizeof *blocks);

    if (blocks == NULL)
        return co_fail_memory(l->error);
    for (uint32_t i = 0; i < l->plan.n_columns; i++) {
        co_stage_blocks(&chunk->columns[i], blocks + given);
        given += co_stage_n_blocks(&chunk->columns[i]);
    }
    /* The columns' own structs hold the valid words, so the batch takes them too. */
    blocks[given] = (co_block){ chunk->columns, l->plan.n_columns * sizeof *chunk->columns };

    const cohort_status status = co_batch_take_columns(batch, object->id, chunk->n_rows, l->plan.n_columns, staged,
                                                       n_blocks + 1, blocks, l->error);

    co_memory_free(l->memory, blocks, (n_blocks + 1) * sizeof *blocks);
    if (status == COHORT_OK)
        *chunk = (co_load_chunk){ 0 };
    return status;
}

static cohort_status give_chunks(co_loading *l, co_batch *batch)
{
    co_version *version = co_store_current(l->store);
    const co_object *object = co_schema_find(co_version_schema(version), co_text_of(l->plan.object));
    co_staged_column *staged = co_arena_new(&l->plan.arena, l->plan.n_columns, sizeof *staged);
    cohort_status status = staged == NULL ? co_fail_memory(l->error) : COHORT_OK;

    for (size_t i = 0; i < l->n_chunks && status == COHORT_OK && l->chunks[i].n_rows > 0; i++) {
        for (uint32_t c = 0; c < l->plan.n_columns; c++)
            l->report->counts.n_rounded += l->chunks[i].columns[c].n_rounded;
        status = give_chunk(l, batch, object, &l->chunks[i], staged);
    }
    co_version_release(version);
    return status;
}

static void count(co_loading *l, const co_commit_counts *counts)
{
    cohort_load_counts *c = &l->report->counts;
    const uint64_t touched = counts->inserted - counts->parents + counts->updated + counts->unchanged;
    const uint64_t given = l->n_data_rows - c->n_skipped - c->n_duplicates;

    c->n_rows = l->n_data_rows;
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
    if (status == COHORT_OK)
        status = give_chunks(l, batch);
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

/*
 * First half of a commit: keys become rows, or pending records where a key has
 * no row yet.
 *
 * Always:  chunks are gone through in the order given, so that what exists when
 *          a patch or delete comes is known. Nothing outside the commit changes.
 * Costs:   one look-up a row and reference.
 */
#include <string.h>

#include "base/number.h"
#include "store/commit.h"

/* ---- the work of an object ---- */

co_work *co_commit_work(co_commit *commit, uint32_t object)
{
    co_work *work = commit->works[object];

    if (work != NULL)
        return work;
    work = co_memory_new_zeroed(commit->memory, 1, sizeof *work);
    if (work == NULL)
        return NULL;
    work->object = co_schema_object(commit->base->schema, object);
    work->base = co_version_object(commit->base, object);
    work->text_keys = work->object->fields[0].type == COHORT_STRING;
    work->last_number = work->base->last_number;
    commit->works[object] = work;
    return work;
}

bool co_work_act(co_commit *commit, co_work *work, uint32_t row, uint32_t source, uint32_t index)
{
    if (!co_memory_grow(commit->memory, (void **)&work->actions, &work->action_capacity, work->n_actions + 1,
                        sizeof *work->actions))
        return false;
    work->actions[work->n_actions++] = (co_action){ row, source, index };
    return true;
}

uint32_t co_work_row(const co_work *work, uint32_t row)
{
    if (work == NULL || work->moved.n == 0)
        return row;

    const uint32_t position = co_rowmap_find(&work->moved, row);

    return position == CO_NONE ? row : work->moved_to[position];
}

uint32_t co_work_resolved(const co_work *target, uint64_t resolved)
{
    if (resolved >= CO_PENDING)
        return target->pending[(uint32_t)resolved].row;
    return co_work_row(target, (uint32_t)resolved);
}

/* ---- pending records ---- */

static bool pending_has_key(const co_work *work, uint32_t i, const co_key *key)
{
    if (work->text_keys)
        return co_text_equal(work->pending[i].key.text, key->text);
    return work->pending[i].key.number == key->number;
}

/* Room for `more` in the index of pending keys. */
static bool rehash_pending(co_commit *commit, co_work *work, size_t more)
{
    co_index larger;

    if (co_index_has_room(&work->pending_index, more))
        return true;
    if (!co_index_init(commit->memory, &larger, work->n_pending * 2 + more))
        return false;
    for (size_t i = 0; i < work->n_pending; i++)
        co_index_add(&larger, work->pending[i].hash, (uint32_t)i);
    co_index_clear(commit->memory, &work->pending_index);
    work->pending_index = larger;
    return true;
}

/* Those of a keyless object are found by counting. */
static bool add_pending(co_commit *commit, co_work *work, const co_key *key, uint64_t hash, uint64_t *target)
{
    const bool indexed = !work->object->keyless;

    if (work->n_pending >= UINT32_MAX - 1 || (indexed && !rehash_pending(commit, work, 1)) ||
        !co_memory_grow(commit->memory, (void **)&work->pending, &work->pending_capacity, work->n_pending + 1,
                        sizeof *work->pending))
        return false;

    co_pending *pending = &work->pending[work->n_pending];

    *pending = (co_pending){ .hash = hash, .row = CO_NONE };
    if (work->text_keys)
        pending->key.text = key->text;
    else
        pending->key.number = key->number;
    if (indexed)
        co_index_add(&work->pending_index, hash, (uint32_t)work->n_pending);
    *target = CO_PENDING | work->n_pending++;
    return true;
}

static uint32_t find_pending(const co_work *work, const co_key *key, uint64_t hash)
{
    co_probe probe = co_index_probe(&work->pending_index, hash);
    uint32_t found;

    if (work->object->keyless) {
        const uint64_t position = (uint64_t)key->number - work->base->last_number - 1;

        return position < work->n_pending ? (uint32_t)position : CO_NONE;
    }
    while (co_probe_next(&probe, &found)) {
        if (pending_has_key(work, found, key))
            return found;
    }
    return CO_NONE;
}

/* ---- keys ---- */

static cohort_status no_record(const co_work *work, const co_key *key, cohort_error *error)
{
    char digits[CO_INT64_TEXT];
    const co_text text = key->is_text ? key->text : (co_text){ digits, co_print_int64(key->number, digits) };

    return co_fail(error, COHORT_NOT_FOUND, "there is no " CO_FMT " with the key '" CO_FMT "'",
                   CO_ARG(work->object->name), CO_ARG(text));
}

/* The key in the object's own kind; new text lies in the commit's arena. */
static cohort_status own_kind(co_commit *commit, const co_work *work, co_key *key, cohort_error *error)
{
    char digits[CO_INT64_TEXT];

    if (key->is_text == work->text_keys)
        return COHORT_OK;
    if (!work->text_keys) {
        if (co_parse_int64(key->text, &key->number) != CO_PARSED)
            return co_fail(error, COHORT_TYPE, "'" CO_FMT "' is no key of " CO_FMT ", whose keys are ints",
                           CO_ARG(key->text), CO_ARG(work->object->name));
    } else {
        key->text = co_arena_copy(&commit->arena, (co_text){ digits, co_print_int64(key->number, digits) });
        if (key->text.bytes == NULL)
            return co_fail_memory(error);
    }
    key->is_text = work->text_keys;
    return COHORT_OK;
}

static cohort_status cover(co_commit *commit, co_work *work, cohort_error *error)
{
    if (work->covered || work->base->n_tiles == 0)
        return COHORT_OK;

    const cohort_status status = co_key_index_cover(commit->base, work->object->id, error);

    work->covered = status == COHORT_OK;
    return status;
}

/* The record of a key, if it has a row or is pending: *target, else UINT64_MAX. */
static cohort_status find(co_commit *commit, co_work *work, co_key *key, uint64_t *hash, uint64_t *target,
                          cohort_error *error)
{
    cohort_status status = own_kind(commit, work, key, error);
    uint32_t found;

    *target = UINT64_MAX;
    if (status == COHORT_OK)
        status = cover(commit, work, error);
    if (status != COHORT_OK)
        return status;
    *hash = co_key_hash(key);
    if (work->covered) {
        found = co_key_index_find(commit->base, work->object->id, key, *hash);
        if (found != CO_NONE) {
            *target = found;
            return COHORT_OK;
        }
    }

    found = find_pending(work, key, *hash);
    if (found != CO_NONE)
        *target = CO_PENDING | found;
    return COHORT_OK;
}

cohort_status co_work_name(co_commit *commit, co_work *work, co_key key, uint64_t *target,
                           cohort_error *error)
{
    uint64_t hash;
    const cohort_status status = find(commit, work, &key, &hash, target, error);

    if (status != COHORT_OK || *target != UINT64_MAX)
        return status;
    if (work->object->keyless)
        return no_record(work, &key, error);
    return add_pending(commit, work, &key, hash, target) ? COHORT_OK : co_fail_memory(error);
}

/* ---- what is alive ---- */

static bool is_live(const co_commit *commit, const co_work *work, uint64_t target)
{
    if (target >= CO_PENDING)
        return work->pending[(uint32_t)target].live;

    const uint32_t position = co_rowmap_find(&work->seen, (uint32_t)target);

    if (position != CO_NONE)
        return work->seen_live[position];
    return co_version_is_live(commit->base, work->object->id, (uint32_t)target);
}

static bool set_live(co_commit *commit, co_work *work, uint64_t target, bool live)
{
    if (target >= CO_PENDING) {
        work->pending[(uint32_t)target].live = live;
        return true;
    }
    if (!work->checked)
        return true;

    const uint32_t position = co_rowmap_add(commit->memory, &work->seen, (uint32_t)target);

    if (position == CO_NONE || !co_memory_grow(commit->memory, (void **)&work->seen_live,
                                               &work->seen_capacity, work->seen.n, sizeof *work->seen_live))
        return false;
    work->seen_live[position] = live;
    return true;
}

/* ---- chunks ---- */

static co_key key_of(const co_slots *cells, uint32_t i)
{
    if (cells->shape == CO_SHAPE_STRINGS)
        return (co_key){ .is_text = true, .text = cells->texts[i] };
    return (co_key){ .number = cells->numbers[i] };
}

static cohort_status resolve_row(co_commit *commit, co_work *work, const co_chunk *chunk, uint32_t i,
                                 uint64_t *target, cohort_error *error)
{
    const co_chunk_column *column = co_chunk_key(chunk);
    co_key key = { 0 };
    uint64_t hash;

    if (column == NULL) {
        key.number = (int64_t)++work->last_number;
        return add_pending(commit, work, &key, co_hash_int64(key.number), target) ? COHORT_OK
                                                                                  : co_fail_memory(error);
    }
    key = key_of(&column->cells, i);
    if (chunk->verb == CO_UPSERT)
        return co_work_name(commit, work, key, target, error);

    const cohort_status status = find(commit, work, &key, &hash, target, error);

    if (status == COHORT_OK && (*target == UINT64_MAX || !is_live(commit, work, *target)))
        return no_record(work, &key, error);
    return status;
}

/* Room for what a chunk brings, all at once; pending records where most will be new. */
static bool room_for_chunk(co_commit *commit, co_work *work, const co_chunk *chunk)
{
    const bool are_new = chunk->verb == CO_UPSERT && (work->object->keyless || work->base->n_tiles == 0);

    if (!co_memory_grow(commit->memory, (void **)&work->actions, &work->action_capacity,
                        work->n_actions + chunk->n_rows, sizeof *work->actions))
        return false;
    if (!are_new)
        return true;
    return (work->object->keyless || rehash_pending(commit, work, chunk->n_rows)) &&
           co_memory_grow(commit->memory, (void **)&work->pending, &work->pending_capacity,
                          work->n_pending + chunk->n_rows, sizeof *work->pending);
}

cohort_status co_commit_resolve_rows(co_commit *commit, co_work *work, uint32_t number, cohort_error *error)
{
    const co_chunk *chunk = &commit->batch->chunks[number];

    if (!room_for_chunk(commit, work, chunk))
        return co_fail_memory(error);
    for (uint32_t i = 0; i < chunk->n_rows; i++) {
        uint64_t target;
        const cohort_status status = resolve_row(commit, work, chunk, i, &target, error);

        if (status != COHORT_OK)
            return status;
        if (!co_work_act(commit, work, (uint32_t)target,
                         number | (target >= CO_PENDING ? CO_ACTION_PENDING : 0), i) ||
            (chunk->verb != CO_PATCH && !set_live(commit, work, target, chunk->verb == CO_UPSERT)))
            return co_fail_memory(error);
    }
    return COHORT_OK;
}

static cohort_status resolve_references(co_commit *commit, const co_chunk *chunk,
                                        const co_chunk_column *column, uint64_t *resolved,
                                        cohort_error *error)
{
    const co_object *object = co_schema_object(commit->base->schema, chunk->object);
    co_work *target = co_commit_work(commit, object->fields[column->field].target);

    if (target == NULL)
        return co_fail_memory(error);
    for (uint32_t i = 0; i < chunk->n_rows; i++) {
        if (!co_slots_has(&column->cells, i))
            continue;

        const cohort_status status =
            co_work_name(commit, target, key_of(&column->cells, i), &resolved[i], error);

        if (status != COHORT_OK)
            return status;
        if (!column->create_parents || is_live(commit, target, resolved[i]))
            continue;

        const uint32_t flag = resolved[i] >= CO_PENDING ? CO_ACTION_PENDING : 0;

        if (!co_work_act(commit, target, (uint32_t)resolved[i], CO_ACTION_LIVE | flag, 0) ||
            !set_live(commit, target, resolved[i], true))
            return co_fail_memory(error);
    }
    return COHORT_OK;
}

static cohort_status resolve_chunk(co_commit *commit, uint32_t number, cohort_error *error)
{
    co_chunk *chunk = &commit->batch->chunks[number];
    co_work *work = co_commit_work(commit, chunk->object);
    cohort_status status = work == NULL ? co_fail_memory(error) : COHORT_OK;

    if (status == COHORT_OK)
        status = co_chunk_unpack(commit->batch, chunk, error);
    if (status == COHORT_OK)
        status = co_commit_resolve_rows(commit, work, number, error);
    if (status != COHORT_OK)
        return status;
    commit->resolved[number] =
        co_arena_new(&commit->arena, chunk->n_columns, sizeof *commit->resolved[number]);
    if (commit->resolved[number] == NULL)
        return co_fail_memory(error);
    for (uint32_t c = 0; c < chunk->n_columns; c++) {
        const co_chunk_column *column = &chunk->columns[c];

        if (work->object->fields[column->field].type != COHORT_REFERENCE)
            continue;

        uint64_t *rows = co_arena_new(&commit->arena, chunk->n_rows, sizeof *rows);

        commit->resolved[number][c] = rows;
        status =
            rows == NULL ? co_fail_memory(error) : resolve_references(commit, chunk, column, rows, error);
        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

/* Which objects must know while resolving what is alive. */
static bool find_checked(co_commit *commit)
{
    for (size_t i = 0; i < commit->batch->n_chunks; i++) {
        const co_chunk *chunk = &commit->batch->chunks[i];
        const co_object *object = co_schema_object(commit->base->schema, chunk->object);

        for (uint32_t c = 0; c < chunk->n_columns; c++) {
            if (!chunk->columns[c].create_parents)
                continue;

            co_work *target = co_commit_work(commit, object->fields[chunk->columns[c].field].target);

            if (target == NULL)
                return false;
            target->checked = true;
        }
        if (chunk->verb != CO_UPSERT) {
            co_work *work = co_commit_work(commit, chunk->object);

            if (work == NULL)
                return false;
            work->checked = true;
        }
    }
    return true;
}

/* Each may get a chunk of its own. */
static size_t n_histories(const co_schema *schema)
{
    size_t n = 0;

    for (uint32_t o = 0; o < co_schema_n_objects(schema); o++)
        n += co_schema_describe(schema, o)->n_history;
    return n;
}

cohort_status co_commit_resolve(co_commit *commit, cohort_error *error)
{
    const size_t n = commit->n_given;
    const size_t n_kept = n_histories(commit->base->schema);

    if (n > CO_MOST_CHUNKS - n_kept)
        return co_fail(error, COHORT_LIMIT, "a batch holds %zu runs of unlike records, commit it in parts",
                       n);
    commit->resolved = co_arena_new(&commit->arena, n + n_kept, sizeof *commit->resolved);
    if (commit->resolved == NULL || !find_checked(commit))
        return co_fail_memory(error);
    for (uint32_t i = 0; i < n; i++) {
        const cohort_status status = resolve_chunk(commit, i, error);

        if (status != COHORT_OK)
            return status;
    }
    return co_commit_keep_changes(commit, error);
}

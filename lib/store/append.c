/*
 * Whether a batch only adds, and the version it leads to.
 *
 * Always:  nothing of the store is touched before every key and every reference is
 *          known to fit; what does not goes the general way.
 * Costs:   nothing for keys that rise above all there are; else a table of the new keys.
 * Not here: records that name others of their own object or such as are not there yet,
 *          histories.
 */
#include <string.h>

#include "store/append.h"

uint32_t co_append_column(const co_append *append, uint32_t field)
{
    for (uint32_t c = 0; c < append->n_columns; c++) {
        if (append->columns[c].field == field)
            return c;
    }
    return CO_NONE;
}

/* ---- what kind of batch it is ---- */

static bool same_columns(const co_chunk *a, const co_chunk *b)
{
    return a->object == b->object && a->n_columns == b->n_columns;
}

/* One bale of upserts is all there is. */
static bool is_one_bale(const co_commit *commit)
{
    const co_batch *batch = commit->batch;

    if (batch == NULL || batch->n_bales != 1 || commit->n_given == 0)
        return false;
    for (size_t i = 0; i < commit->n_given; i++) {
        const co_chunk *chunk = &batch->chunks[i];

        if (!chunk->is_baled || !same_columns(chunk, &batch->chunks[0]))
            return false;
    }
    return true;
}

static bool has_history(const co_object *object)
{
    for (uint32_t f = 0; f < object->n_fields; f++) {
        if (object->fields[f].history != CO_NONE)
            return true;
    }
    return false;
}

/* The shape that names records of an object. */
static co_shape key_shape(const co_object *object)
{
    return object->fields[0].type == COHORT_STRING ? CO_SHAPE_STRINGS : CO_SHAPE_NUMBERS;
}

/* Sets cannot be put into order, and records of the same object are not there yet. */
static bool columns_fit(const co_append *append)
{
    const co_schema *schema = append->commit->base->schema;

    for (uint32_t c = 0; c < append->n_columns; c++) {
        const co_chunk_column *column = &append->columns[c];
        const co_field *field = &append->object->fields[column->field];

        if (column->cells.shape == CO_SHAPE_SETS && co_append_is_grouped(append))
            return false;
        if (field->type == COHORT_REFERENCE &&
            (field->target == append->object->id ||
             column->cells.shape != key_shape(co_schema_object(schema, field->target))))
            return false;
    }
    return true;
}

/* ---- keys ---- */

/* The greatest int key that has a row; false if there is none. */
static bool greatest_key(const co_object_node *node, int64_t *greatest)
{
    bool any = false;

    for (uint32_t t = node->even && node->n_tiles > 0 ? node->n_tiles - 1 : 0; t < node->n_tiles; t++) {
        const co_tile_node *tile = co_object_node_tile(node, t);
        int64_t low, high;

        if (tile == NULL || !co_column_range(tile->columns[0], &low, &high))
            continue;
        *greatest = !any || high > *greatest ? high : *greatest;
        any = true;
    }
    return any;
}

static bool rises(const co_column *column, int64_t *numbers)
{
    int64_t first;
    uint64_t step;

    if (co_column_steps(column, &first, &step))
        return true;
    co_column_numbers(column, numbers);
    for (uint32_t i = 1; i < co_column_length(column); i++) {
        if (numbers[i] <= numbers[i - 1])
            return false;
    }
    return true;
}

/* Whether all keys are ints that lie above those there are and rise from record to record. */
static bool keys_rise(const co_append *append, int64_t *numbers)
{
    int64_t greatest = 0;
    bool any;

    if (append->work->text_keys)
        return false;
    any = greatest_key(append->work->base, &greatest);
    for (uint32_t p = 0; p < append->n_parts; p++) {
        const co_column *column = append->parts[p].columns[0];
        int64_t low, high;

        if (!co_column_range(column, &low, &high) || (any && low <= greatest) || !rises(column, numbers))
            return false;
        greatest = high;
        any = true;
    }
    return true;
}

static co_key key_of(const co_append *append, uint32_t part, uint32_t row)
{
    const co_column *column = append->parts[part].columns[0];
    co_key key = { .is_text = append->work->text_keys };

    if (key.is_text)
        key.text = co_column_text(column, row);
    else
        key.number = co_column_number(column, row);
    return key;
}

static bool same_key(const co_key *a, const co_key *b)
{
    return a->is_text ? co_text_equal(a->text, b->text) : a->number == b->number;
}

/* Adds the key of a row, numbered part << 16 | row; false if it is there or in the store. */
static bool add_key(const co_append *append, co_index *table, uint32_t part, uint32_t row)
{
    const co_key key = key_of(append, part, row);
    const uint64_t hash = co_key_hash(&key);
    co_probe probe = co_index_probe(table, hash);
    uint32_t found;

    while (co_probe_next(&probe, &found)) {
        const co_key other = key_of(append, found >> 16, found & 65535);

        if (same_key(&key, &other))
            return false;
    }
    co_index_add(table, hash, part << 16 | row);
    return append->work->base->n_tiles == 0 ||
           co_key_index_find(append->commit->base, append->object->id, &key, hash) == CO_NONE;
}

/* Whether the keys, in any order, are new and distinct. */
static cohort_status look_keys_up(const co_append *append, bool *fits, cohort_error *error)
{
    const cohort_status status = co_key_index_cover(append->commit->base, append->object->id, error);
    co_index table;

    *fits = append->n_parts < CO_TILE_ROWS;
    if (status != COHORT_OK || !*fits)
        return status;
    if (!co_index_init(append->commit->memory, &table, append->n_rows))
        return co_fail_memory(error);
    for (uint32_t p = 0; p < append->n_parts && *fits; p++) {
        for (uint32_t row = 0; row < append->parts[p].n_rows && *fits; row++)
            *fits = add_key(append, &table, p, row);
    }
    co_index_clear(append->commit->memory, &table);
    return COHORT_OK;
}

/* A part in which no record has a key has no column of them; that is for the general way to refuse. */
static bool has_keys(const co_append *append)
{
    for (uint32_t p = 0; p < append->n_parts; p++) {
        if (append->parts[p].columns[0] == NULL)
            return false;
    }
    return true;
}

/* Whether no record has one of the keys, and no key comes twice. */
static cohort_status keys_are_new(const co_append *append, int64_t *numbers, bool *fits, cohort_error *error)
{
    *fits = append->object->keyless;
    if (*fits || append->columns[0].cells.shape != key_shape(append->object) || !has_keys(append))
        return COHORT_OK;
    *fits = keys_rise(append, numbers);
    return *fits ? COHORT_OK : look_keys_up(append, fits, error);
}

/* ---- references ---- */

/* The rows of int keys; false if one has none. */
static bool find_numbers(const co_append *append, uint32_t target, const co_column *column, int64_t *numbers,
                         uint32_t *rows)
{
    const uint32_t n = co_column_length(column);
    bool all = true;

    co_column_numbers(column, numbers);
    co_key_index_find_all(append->commit->base, target, numbers, n, rows);
    for (uint32_t i = 0; i < n; i++) {
        all = all && (rows[i] != CO_NONE || !co_column_has(column, i));
        numbers[i] = rows[i];
    }
    return all;
}

static bool find_texts(const co_append *append, uint32_t target, const co_column *column, int64_t *numbers)
{
    for (uint32_t i = 0; i < co_column_length(column); i++) {
        const co_key key = { .is_text = true, .text = co_column_text(column, i) };

        if (!co_column_has(column, i))
            continue;

        const uint32_t row = co_key_index_find(append->commit->base, target, &key, co_key_hash(&key));

        if (row == CO_NONE)
            return false;
        numbers[i] = row;
    }
    return true;
}

static bool all_live(const co_append *append, uint32_t target, const co_column *column, const int64_t *numbers)
{
    const co_version *base = append->commit->base;

    for (uint32_t i = 0; i < co_column_length(column); i++) {
        if (co_column_has(column, i) && !co_version_is_live(base, target, (uint32_t)numbers[i]))
            return false;
    }
    return true;
}

/* The column of keys as one of rows. *fits false: a record is not there. */
static cohort_status resolve(co_append *append, uint32_t c, const co_column *keys, int64_t *numbers,
                             uint32_t *rows, co_column **column, bool *fits, cohort_error *error)
{
    const uint32_t target = append->object->fields[append->columns[c].field].target;
    const co_cells cells = { .shape = CO_SHAPE_NUMBERS,
                             .n = co_column_length(keys),
                             .valid = co_column_valid(keys),
                             .numbers = numbers };

    *fits = co_column_shape(keys) == CO_SHAPE_NUMBERS ? find_numbers(append, target, keys, numbers, rows)
                                                      : find_texts(append, target, keys, numbers);
    if (*fits && append->columns[c].create_parents)
        *fits = all_live(append, target, keys, numbers);
    if (!*fits)
        return COHORT_OK;
    return co_column_new(append->commit->memory, &cells, NULL, column, error);
}

static cohort_status resolve_parts(co_append *append, uint32_t c, int64_t *numbers, uint32_t *rows, bool *fits,
                                   cohort_error *error)
{
    const uint32_t target = append->object->fields[append->columns[c].field].target;
    cohort_status status = co_key_index_cover(append->commit->base, target, error);

    for (uint32_t p = 0; p < append->n_parts && status == COHORT_OK && *fits; p++) {
        co_column **column = &append->parts[p].columns[c];
        co_column *keys = *column;

        if (keys == NULL)
            continue;
        *column = NULL;
        status = resolve(append, c, keys, numbers, rows, column, fits, error);
        co_column_release(keys);
    }
    return status;
}

static cohort_status resolve_references(co_append *append, int64_t *numbers, bool *fits, cohort_error *error)
{
    uint32_t *rows = co_memory_new_array(append->commit->memory, CO_TILE_ROWS, sizeof *rows);
    cohort_status status = rows == NULL ? co_fail_memory(error) : COHORT_OK;

    for (uint32_t c = 0; c < append->n_columns && status == COHORT_OK && *fits; c++) {
        if (append->object->fields[append->columns[c].field].type == COHORT_REFERENCE)
            status = resolve_parts(append, c, numbers, rows, fits, error);
    }
    co_memory_free(append->commit->memory, rows, CO_TILE_ROWS * sizeof *rows);
    return status;
}

/* ---- parts ---- */

static bool make_parts(co_append *append)
{
    const co_batch *batch = append->commit->batch;
    co_arena *arena = &append->commit->arena;

    append->parts = co_arena_new(arena, append->n_parts, sizeof *append->parts);
    append->words = co_arena_new(arena, append->n_columns + 2u, sizeof *append->words);
    for (uint32_t p = 0; append->parts != NULL && p < append->n_parts; p++) {
        const co_chunk *chunk = &batch->chunks[p];
        co_column **columns = co_arena_new(arena, append->n_columns + 2u, sizeof *columns);

        if (columns == NULL)
            return false;
        for (uint32_t c = 0; c < append->n_columns; c++)
            columns[c] = chunk->columns[c].baled == NULL ? NULL : co_column_retain(chunk->columns[c].baled);
        append->parts[p] = (co_append_part){ .n_rows = chunk->n_rows, .columns = columns };
        append->n_rows += chunk->n_rows;
    }
    return append->parts != NULL && append->words != NULL;
}

static void release_parts(co_append *append)
{
    for (uint32_t p = 0; append->parts != NULL && p < append->n_parts; p++) {
        co_column **columns = append->parts[p].columns;

        for (uint32_t c = 0; columns != NULL && c <= append->n_columns; c++)
            co_column_release(columns[c]);
    }
}

/* Records get numbers where their key is one, or where their rows do not tell in which order they came. */
static bool numbers_arrivals(const co_append *append)
{
    return append->object->keyless || co_object_keeps_arrival(append->object);
}

static cohort_status number_part(co_append *append, uint64_t first, co_append_part *part, int64_t *numbers,
                                 cohort_error *error)
{
    const co_cells cells = { .shape = CO_SHAPE_NUMBERS, .n = part->n_rows, .numbers = numbers };

    for (uint32_t i = 0; i < part->n_rows; i++)
        numbers[i] = (int64_t)(first + i);
    return co_column_new(append->commit->memory, &cells, NULL, &part->columns[append->n_columns], error);
}

static cohort_status number_parts(co_append *append, int64_t *numbers, cohort_error *error)
{
    co_work *work = append->work;
    cohort_status status = COHORT_OK;

    for (uint32_t p = 0; numbers_arrivals(append) && p < append->n_parts && status == COHORT_OK; p++) {
        status = number_part(append, work->last_number + 1, &append->parts[p], numbers, error);
        work->last_number += append->parts[p].n_rows;
    }
    return status;
}

/* Codes of the bale's texts in the dictionaries of the fields. */
static cohort_status map_words(co_append *append, cohort_error *error)
{
    const co_bale *bale = append->commit->batch->bales[0];
    co_arena *arena = &append->commit->arena;

    for (uint32_t c = 0; c < append->n_columns; c++) {
        co_append_words *words = &append->words[c];
        co_dictionary *dictionary = append->object->fields[append->columns[c].field].dictionary;

        if (bale->dictionaries[c] == NULL || dictionary == NULL)
            continue;
        words->n = co_dictionary_count(bale->dictionaries[c]);
        words->texts = co_arena_new(arena, words->n, sizeof *words->texts);
        words->codes = co_arena_new(arena, words->n, sizeof *words->codes);
        if (words->texts == NULL || words->codes == NULL)
            return co_fail_memory(error);
        for (uint32_t code = 0; code < words->n; code++) {
            words->texts[code] = co_dictionary_text(bale->dictionaries[c], code);
            words->codes[code] = co_dictionary_add(dictionary, words->texts[code]);
            if (words->codes[code] == CO_NO_CODE)
                return co_fail_memory(error);
        }
    }
    return COHORT_OK;
}

/* ---- the whole ---- */

/* All rows in the order they came, one group. */
static cohort_status append_in_order(co_append *append, cohort_error *error)
{
    const co_group group = { .parent_tile = CO_NONE };
    co_append_piece *pieces = co_arena_new(&append->commit->arena, append->n_parts, sizeof *pieces);

    if (pieces == NULL)
        return co_fail_memory(error);
    for (uint32_t p = 0; p < append->n_parts; p++)
        pieces[p] = (co_append_piece){ p, 0, append->parts[p].n_rows };
    return co_append_tiles(append, &group, pieces, append->n_parts, error);
}

/* What the draft's object has to know besides its tiles. */
static cohort_status finish(co_append *append, cohort_error *error)
{
    co_commit *commit = append->commit;
    co_object_node *node = co_draft_object(commit->draft, append->object->id);

    if (node == NULL)
        return co_fail_memory(error);
    if (append->n_entries > 0) {
        co_layout *layout =
            co_layout_with(commit->memory, node->layout, append->entries, (uint32_t)append->n_entries);

        if (layout == NULL)
            return co_fail_memory(error);
        co_layout_release(commit->memory, node->layout);
        node->layout = layout;
    }
    node->given_at = commit->draft->number;
    node->last_number = append->work->last_number;
    if (co_key_index_is_built(commit->base, append->object->id)) {
        const cohort_status status =
            co_key_index_reserve(commit->base, append->object->id, append->n_rows, error);

        if (status != COHORT_OK)
            return status;
        commit->appended = append->work;
    }
    commit->counts.inserted = append->n_rows;
    commit->counts.version = commit->draft->number;
    return COHORT_OK;
}

static cohort_status check(co_append *append, int64_t *numbers, bool *fits, cohort_error *error)
{
    cohort_status status = COHORT_OK;

    *fits = columns_fit(append);
    if (*fits)
        status = keys_are_new(append, numbers, fits, error);
    if (status == COHORT_OK && *fits)
        status = resolve_references(append, numbers, fits, error);
    return status;
}

static cohort_status run(co_append *append, bool *fits, cohort_error *error)
{
    co_memory *memory = append->commit->memory;
    int64_t *numbers = co_memory_new_array(memory, CO_TILE_ROWS, sizeof *numbers);
    cohort_status status = numbers == NULL || !make_parts(append) ? co_fail_memory(error) : COHORT_OK;

    if (status == COHORT_OK)
        status = check(append, numbers, fits, error);
    if (status == COHORT_OK && *fits)
        status = map_words(append, error);
    if (status == COHORT_OK && *fits)
        status = number_parts(append, numbers, error);
    if (status == COHORT_OK && *fits)
        status = co_append_is_grouped(append) ? co_append_groups(append, fits, error)
                                              : append_in_order(append, error);
    if (status == COHORT_OK && *fits)
        status = finish(append, error);
    co_memory_free(memory, numbers, CO_TILE_ROWS * sizeof *numbers);
    return status;
}

cohort_status co_append_try(co_commit *commit, bool *done, cohort_error *error)
{
    *done = false;
    if (!is_one_bale(commit))
        return COHORT_OK;

    const co_chunk *chunk = &commit->batch->chunks[0];
    co_append append = { .commit = commit,
                         .work = co_commit_work(commit, chunk->object),
                         .object = co_schema_object(commit->base->schema, chunk->object),
                         .n_columns = chunk->n_columns,
                         .columns = chunk->columns,
                         .n_parts = (uint32_t)commit->n_given };

    if (append.work == NULL)
        return co_fail_memory(error);
    if (has_history(append.object))
        return COHORT_OK;
    append.next_tile = append.work->base->n_tiles;

    const cohort_status status = run(&append, done, error);

    append.work->last_number = append.work->base->last_number;
    release_parts(&append);
    co_append_room_free(&append);
    co_memory_free(commit->memory, append.entries, append.entry_capacity * sizeof *append.entries);
    return status;
}

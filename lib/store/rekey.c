/*
 * Keys that references gave as text become ints once their object is declared
 * with int keys.
 *
 * Always:  rows stay, and live those that references made records; only the key
 *          columns and the key index are new.
 * Costs:   one parse a key; an object not declared has no other columns.
 */
#include "base/number.h"
#include "store/declare.h"

typedef struct keys {
    const co_object *object;
    co_memory *memory;
    co_index index; /* positions in `numbers`, to find repeats */
    int64_t *numbers;
    size_t n;
} keys;

static cohort_status add_number(keys *keys, int64_t number, cohort_error *error)
{
    const uint64_t hash = co_hash_int64(number);
    co_probe probe = co_index_probe(&keys->index, hash);
    uint32_t found;

    while (co_probe_next(&probe, &found)) {
        if (keys->numbers[found] == number)
            return co_fail(error, COHORT_TYPE,
                           "two keys of " CO_FMT " are the int %lld in different spellings",
                           CO_ARG(keys->object->name), (long long)number);
    }
    co_index_add(&keys->index, hash, (uint32_t)keys->n);
    keys->numbers[keys->n++] = number;
    return COHORT_OK;
}

/* The numbers of one tile into `numbers`, one a slot. */
static cohort_status read_tile(keys *keys, const co_column *column, int64_t *numbers, cohort_error *error)
{
    for (uint32_t slot = 0; slot < co_column_length(column); slot++) {
        numbers[slot] = 0;
        if (!co_column_has(column, slot))
            continue;

        const co_text text = co_column_text(column, slot);

        if (co_parse_int64(text, &numbers[slot]) != CO_PARSED)
            return co_fail(error, COHORT_TYPE,
                           "'" CO_FMT "' is named by a reference and is no int, as keys of " CO_FMT
                           " are declared to be",
                           CO_ARG(text), CO_ARG(keys->object->name));

        const cohort_status status = add_number(keys, numbers[slot], error);

        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

static cohort_status reread_tile(co_version *draft, keys *keys, uint32_t t, int64_t *numbers,
                                 cohort_error *error)
{
    const co_tile_node *old = co_object_node_tile(draft->objects[keys->object->id], t);
    const co_column *column = old == NULL ? NULL : co_tile_column(&old->tile, 0);

    if (column == NULL)
        return COHORT_OK;

    cohort_status status = read_tile(keys, column, numbers, error);

    if (status != COHORT_OK)
        return status;

    const co_cells cells = {
        .shape = CO_SHAPE_NUMBERS, .n = old->tile.n_rows, .valid = co_column_valid(column), .numbers = numbers
    };
    co_tile_node *node =
        co_tile_node_new(draft->memory, old->tile.n_rows, keys->object->n_fields, old->group);

    if (node == NULL)
        return co_fail_memory(error);
    status = co_column_new(draft->memory, &cells, NULL, &node->columns[0], error);
    if (status == COHORT_OK && old->live != NULL && !co_tile_node_set_live(draft->memory, node, old->live))
        status = co_fail_memory(error);
    if (status != COHORT_OK) {
        co_tile_node_release(draft->memory, node);
        return status;
    }
    return co_draft_set_tile(draft, keys->object->id, t, node) ? COHORT_OK : co_fail_memory(error);
}

static cohort_status reread_tiles(co_version *draft, keys *keys, cohort_error *error)
{
    const uint32_t n_tiles = co_version_n_tiles(draft, keys->object->id);
    const size_t n = (size_t)n_tiles * CO_TILE_ROWS;
    int64_t *tile = co_memory_new_array(draft->memory, CO_TILE_ROWS, sizeof *tile);
    cohort_status status = COHORT_OK;

    keys->numbers = co_memory_new_array(draft->memory, n, sizeof *keys->numbers);
    if (tile == NULL || keys->numbers == NULL || !co_index_init(draft->memory, &keys->index, n))
        status = co_fail_memory(error);
    for (uint32_t t = 0; t < n_tiles && status == COHORT_OK; t++)
        status = reread_tile(draft, keys, t, tile, error);
    co_index_clear(draft->memory, &keys->index);
    co_memory_free(draft->memory, keys->numbers, n * sizeof *keys->numbers);
    co_memory_free(draft->memory, tile, CO_TILE_ROWS * sizeof *tile);
    return status;
}

cohort_status co_reread_keys(co_version *draft, uint32_t object, cohort_error *error)
{
    keys keys = { .object = co_schema_object(draft->schema, object), .memory = draft->memory };
    co_object_node *node = co_draft_object(draft, object);
    co_key_index *index = co_key_index_new(draft->memory);

    if (node == NULL || index == NULL) {
        co_key_index_release(draft->memory, index);
        return co_fail_memory(error);
    }
    co_key_index_release(draft->memory, node->index);
    node->index = index;
    node->given_at = draft->number;
    return reread_tiles(draft, &keys, error);
}

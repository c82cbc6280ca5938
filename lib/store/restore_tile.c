/*
 * Tiles from bytes, and whether what they name is there.
 *
 * Always:  after the check every reference, parent tile and row of a static
 *          segment leads to a row of an existing tile, so nobody needs to ask again.
 * Costs:   range tests per column; references value by value only where the
 *          tiles of their target are not all full.
 */
#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "base/number.h"
#include "store/restore.h"
#include "store/words.h"

static cohort_status damaged(const char *why, cohort_error *error)
{
    return co_restore_damaged("tile", why, error);
}

/* ---- values ---- */

/* Every number lies in what its type allows. */
static bool numbers_fit(const co_restore *restore, const co_object *object, uint32_t number,
                        const co_column *column)
{
    const co_field *field = &object->fields[number];
    int64_t least, greatest;

    if (!co_column_range(column, &least, &greatest))
        return true;
    if (number == 0 && object->keyless)
        return least >= 1 && (uint64_t)greatest <= restore->draft->objects[object->id]->last_number;
    switch (field->type) {
    case COHORT_BOOL:
        return least >= 0 && greatest <= 1;
    case COHORT_DATE:
        return co_day_in_range(least) && co_day_in_range(greatest);
    case COHORT_TIMESTAMP:
        return co_time_in_range(least) && co_time_in_range(greatest);
    case COHORT_DOUBLE:
        return least >= co_double_to_ordered(-INFINITY) && greatest <= co_double_to_ordered(INFINITY);
    case COHORT_REFERENCE:
        return least >= 0 && greatest <= UINT32_MAX;
    default:
        return true;
    }
}

static bool points_fit(const co_column *column)
{
    for (uint32_t slot = 0; slot < co_column_length(column); slot++) {
        double latitude, longitude;

        if (!co_column_has(column, slot))
            continue;
        co_column_point(column, slot, &latitude, &longitude);
        if (!(latitude >= -90.0 && latitude <= 90.0 && longitude >= -180.0 && longitude <= 180.0))
            return false;
    }
    return true;
}

/* A column that may be absent; *column stays NULL then. */
static cohort_status read_optional(co_restore *restore, co_reader *in, co_shape shape, uint32_t n_rows,
                                   co_dictionary *dictionary, co_column **column, cohort_error *error)
{
    const uint8_t has = co_read_u8(in);

    if (has == 0)
        return COHORT_OK;
    if (has != 1)
        return damaged("a column is neither there nor not", error);
    return co_column_read(restore->memory, in, shape, n_rows, dictionary, column, error);
}

static cohort_status read_arrival(co_restore *restore, const co_object *object, co_reader *in,
                                  co_tile_node *node, cohort_error *error)
{
    const uint64_t last = restore->draft->objects[object->id]->last_number;
    co_column *column = NULL;
    int64_t least, greatest;
    const cohort_status status =
        read_optional(restore, in, CO_SHAPE_NUMBERS, node->tile.n_rows, NULL, &column, error);

    co_tile_node_set_arrival(node, column);
    if (status == COHORT_OK && column != NULL && co_column_range(column, &least, &greatest) &&
        (least < 1 || (uint64_t)greatest > last))
        return damaged("a number of arrival was never given", error);
    return status;
}

static cohort_status read_column(co_restore *restore, const co_object *object, uint32_t field, co_reader *in,
                                 co_tile_node *node, cohort_error *error)
{
    const co_shape shape = co_shape_of(object->fields[field].type);
    const cohort_status status =
        read_optional(restore, in, shape, node->tile.n_rows, object->fields[field].dictionary,
                      &node->columns[field], error);

    if (status != COHORT_OK || node->columns[field] == NULL)
        return status;
    if (shape == CO_SHAPE_NUMBERS && !numbers_fit(restore, object, field, node->columns[field]))
        return damaged("a number does not fit its field", error);
    if (shape == CO_SHAPE_POINTS && !points_fit(node->columns[field]))
        return damaged("a point lies nowhere", error);
    return COHORT_OK;
}

/* ---- a tile ---- */

/* Who is live must have a key. */
static bool live_have_keys(const co_tile_node *node)
{
    const uint64_t *keyed = node->columns[0] == NULL ? NULL : co_column_valid(node->columns[0]);

    if (node->columns[0] == NULL)
        return node->tile.n_live == 0;
    for (size_t i = 0; keyed != NULL && i < co_words_for(node->tile.n_rows); i++) {
        const uint64_t all = i + 1 == co_words_for(node->tile.n_rows) && node->tile.n_rows % 64 != 0
                                 ? (UINT64_C(1) << (node->tile.n_rows % 64)) - 1
                                 : UINT64_MAX;

        if (((node->live == NULL ? all : node->live[i]) & ~keyed[i]) != 0)
            return false;
    }
    return true;
}

static cohort_status read_live(co_restore *restore, co_reader *in, co_tile_node *node, cohort_error *error)
{
    const uint32_t n_rows = node->tile.n_rows;
    const size_t n_words = co_words_for(n_rows);
    uint64_t live[1024];
    const uint8_t has = co_read_u8(in);

    if (has > 1)
        return damaged("its live rows are neither some nor all", error);
    if (has == 0)
        return COHORT_OK;
    for (size_t i = 0; i < n_words; i++)
        live[i] = co_read_u64(in);
    if (n_rows % 64 != 0 && live[n_words - 1] >> (n_rows % 64) != 0)
        return damaged("rows past its end are live", error);
    return co_tile_node_set_live(restore->memory, node, live) ? COHORT_OK : co_fail_memory(error);
}

static cohort_status read_parts(co_restore *restore, const co_object *object, co_reader *in,
                                co_tile_node *node, uint32_t n_columns, cohort_error *error)
{
    for (uint32_t f = 0; f < n_columns; f++) {
        const cohort_status status = read_column(restore, object, f, in, node, error);

        if (status != COHORT_OK)
            return status;
    }
    if (!live_have_keys(node))
        return damaged("a record has no key", error);
    return co_object_keeps_arrival(object) ? read_arrival(restore, object, in, node, error) : COHORT_OK;
}

/* The head and live words; *n_columns of columns follow. */
static cohort_status read_head(co_restore *restore, const co_object *object, co_reader *in,
                               co_tile_node **result, uint32_t *n_columns, cohort_error *error)
{
    const uint32_t n_rows = co_read_u32(in);
    co_group group = { .parent_tile = co_read_u32(in) };
    const uint8_t clustered = co_read_u8(in);

    group.value = (int64_t)co_read_u64(in);
    group.clustered = clustered == 1;
    if (!co_reader_ok(in) || n_rows == 0 || n_rows > CO_TILE_ROWS || clustered > 1 ||
        (clustered == 1 && object->cluster == CO_NONE) ||
        (object->home == CO_NONE && group.parent_tile != CO_NONE))
        return damaged("its head cannot be", error);
    if (!group.clustered && group.value != 0)
        return damaged("it has a cluster value and is mixed", error);
    *result = co_tile_node_new(restore->memory, n_rows, object->n_fields, group);
    if (*result == NULL)
        return co_fail_memory(error);

    const cohort_status status = read_live(restore, in, *result, error);

    *n_columns = co_read_u32(in);
    if (status == COHORT_OK && (!co_reader_ok(in) || *n_columns > object->n_fields))
        return damaged("it has more columns than its object has fields", error);
    return status;
}

/* Puts the tile in its place; takes it. */
static cohort_status place(co_restore *restore, co_section section, co_tile_node *node, cohort_error *error)
{
    if (!co_draft_set_tile(restore->draft, section.object, section.index, node))
        return co_fail_memory(error);
    restore->promises[section.object].n_seen++;
    return COHORT_OK;
}

cohort_status co_restore_tile(co_restore *restore, co_section section, co_reader *in, cohort_error *error)
{
    co_tile_node *node = NULL;
    uint32_t n_columns = 0;

    if (section.object >= restore->n_objects || section.index >= restore->promises[section.object].n_tiles)
        return damaged("its place was not promised", error);
    if (co_object_node_tile(restore->draft->objects[section.object], section.index) != NULL)
        return damaged("it comes twice", error);

    const co_object *object = co_schema_object(restore->schema, section.object);
    cohort_status status = read_head(restore, object, in, &node, &n_columns, error);

    if (status == COHORT_OK)
        status = read_parts(restore, object, in, node, n_columns, error);
    if (status != COHORT_OK) {
        co_tile_node_release(restore->memory, node);
        return status;
    }
    return place(restore, section, node, error);
}

/* The tiles in order of their groups. */
static cohort_status lay_out(co_restore *restore, uint32_t id, cohort_error *error)
{
    const co_promise *promise = &restore->promises[id];
    co_object_node *object = restore->draft->objects[id];
    co_layout_entry *entries;
    uint32_t n = 0;

    if (promise->n_seen == 0)
        return COHORT_OK;
    entries = co_memory_new_array(restore->memory, promise->n_seen, sizeof *entries);
    if (entries == NULL)
        return co_fail_memory(error);
    for (uint32_t t = 0; t < promise->n_tiles; t++) {
        const co_tile_node *node = co_object_node_tile(object, t);

        if (node != NULL)
            entries[n++] = (co_layout_entry){ node->group, t };
    }
    object->layout = co_layout_with(restore->memory, NULL, entries, n);
    co_memory_free(restore->memory, entries, promise->n_seen * sizeof *entries);
    return object->layout == NULL ? co_fail_memory(error) : COHORT_OK;
}

/* ---- what is named elsewhere ---- */

static bool row_exists(const co_restore *restore, uint32_t object, uint32_t row)
{
    const co_tile *tile = co_version_tile(restore->draft, object, row >> 16);

    return tile != NULL && (row & 65535) < tile->n_rows;
}

static bool is_dense(const co_restore *restore, uint32_t object)
{
    const uint32_t n_tiles = restore->promises[object].n_tiles;

    for (uint32_t t = 0; t < n_tiles; t++) {
        const co_tile *tile = co_version_tile(restore->draft, object, t);

        if (tile == NULL || (t + 1 < n_tiles && tile->n_rows < CO_TILE_ROWS))
            return false;
    }
    return true;
}

static bool references_lead(const co_restore *restore, uint32_t target, const co_column *column)
{
    int64_t least, greatest;

    if (!co_column_range(column, &least, &greatest))
        return true;
    if (!row_exists(restore, target, (uint32_t)greatest))
        return false;
    if (restore->promises[target].dense)
        return true;
    for (uint32_t slot = 0; slot < co_column_length(column); slot++) {
        if (co_column_has(column, slot) &&
            !row_exists(restore, target, (uint32_t)co_column_number(column, slot)))
            return false;
    }
    return true;
}

/* Every parent of the tile's records lies in its parent tile. */
static bool home_leads(const co_tile *tile, uint32_t home)
{
    const co_column *column = home == CO_NONE ? NULL : co_tile_column(tile, home);
    int64_t least, greatest;

    if (column == NULL || !co_column_range(column, &least, &greatest))
        return true;
    return tile->parent_tile != CO_NONE && least >> 16 == (int64_t)tile->parent_tile &&
           greatest >> 16 == (int64_t)tile->parent_tile;
}

static cohort_status check_tile(const co_restore *restore, const co_object *object, const co_tile *tile,
                                cohort_error *error)
{
    for (uint32_t f = 1; f < object->n_fields; f++) {
        const co_column *column = co_tile_column(tile, f);

        if (object->fields[f].type == COHORT_REFERENCE && column != NULL &&
            !references_lead(restore, object->fields[f].target, column))
            return damaged("a reference leads nowhere", error);
    }
    if (!home_leads(tile, object->home))
        return damaged("a parent is not in its parent tile", error);
    return COHORT_OK;
}

static cohort_status check_static(const co_restore *restore, const co_definition *definition,
                                  cohort_error *error)
{
    co_bitmap_cursor cursor = co_bitmap_cursor_of(definition->rows);
    uint32_t row;

    while (co_cursor_next(&cursor, &row)) {
        if (!row_exists(restore, definition->object, row))
            return co_restore_damaged("definition", "a key of it is nowhere", error);
    }
    return COHORT_OK;
}

static cohort_status check_tiles(const co_restore *restore, uint32_t id, cohort_error *error)
{
    const co_object *object = co_schema_object(restore->schema, id);

    for (uint32_t t = 0; t < restore->promises[id].n_tiles; t++) {
        const co_tile *tile = co_version_tile(restore->draft, id, t);
        const cohort_status status = tile == NULL ? COHORT_OK : check_tile(restore, object, tile, error);

        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

cohort_status co_restore_check(co_restore *restore, cohort_error *error)
{
    cohort_status status = COHORT_OK;

    for (uint32_t o = 0; o < restore->n_objects && status == COHORT_OK; o++) {
        restore->promises[o].dense = is_dense(restore, o);
        status = lay_out(restore, o, error);
    }
    for (uint32_t o = 0; o < restore->n_objects && status == COHORT_OK; o++)
        status = check_tiles(restore, o, error);
    for (uint32_t i = 0; i < restore->draft->definitions->n && status == COHORT_OK; i++) {
        const co_definition *definition = co_version_definition(restore->draft, i);

        if (definition->kind == CO_DEFINED_STATIC)
            status = check_static(restore, definition, error);
    }
    return status;
}

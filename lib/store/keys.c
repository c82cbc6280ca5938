/*
 * From rows to keys, one by one and many at a time.
 *
 * Always:  keys are field 0. A live row has one; so has every row that was given
 *          to a key and is not live.
 * Costs:   of many, a step for each tile they lie in, then what the key column
 *          takes to give that many values; tiles with deleted records, a test a row.
 */
#include "store/index.h"
#include "store/tree.h"

bool co_version_has_text_keys(const co_version *version, uint32_t object)
{
    return co_schema_object(version->schema, object)->fields[0].type == COHORT_STRING;
}

/* ---- one ---- */

static const co_column *key_column(const co_version *version, uint32_t object, uint32_t row)
{
    const co_tile *tile = co_version_tile(version, object, row >> 16);

    if (tile == NULL || (row & 65535) >= tile->n_rows)
        return NULL;

    const co_column *column = co_tile_column(tile, 0);

    return column != NULL && co_column_has(column, row & 65535) ? column : NULL;
}

co_key co_key_at(const co_column *column, bool is_text, uint32_t slot)
{
    co_key key = { .is_text = is_text };

    if (is_text)
        key.text = co_column_text(column, slot);
    else
        key.number = co_column_number(column, slot);
    return key;
}

co_key co_version_key(const co_version *version, uint32_t object, uint32_t row)
{
    const co_column *column = key_column(version, object, row);
    const bool is_text = co_version_has_text_keys(version, object);

    if (column == NULL)
        return (co_key){ .is_text = is_text };
    return co_key_at(column, is_text, row & 65535);
}

bool co_version_has_key(const co_version *version, uint32_t object, uint32_t row, const co_key *key)
{
    const co_column *column = key_column(version, object, row);

    if (column == NULL)
        return false;
    if (key->is_text)
        return co_text_equal(co_column_text(column, row & 65535), key->text);
    return co_column_number(column, row & 65535) == key->number;
}

/* ---- many ---- */

/* How many of n rising rows lie in the tile of the first. */
static size_t rows_of_tile(const uint32_t *rows, size_t n)
{
    const uint32_t tile = rows[0] / CO_TILE_ROWS;
    size_t end = 1;

    if (rows[n - 1] / CO_TILE_ROWS == tile)
        return n;
    while (rows[end] / CO_TILE_ROWS == tile)
        end++;
    return end;
}

static bool is_live(const co_tile *tile, uint32_t row)
{
    const uint32_t slot = row % CO_TILE_ROWS;

    return (tile->live[slot / 64] >> (slot % 64) & 1) != 0;
}

/* How many of n rising rows of the tile come before the first that is not live. */
static size_t count_live(const co_tile *tile, const uint32_t *rows, size_t n)
{
    bool all = true;

    if (tile == NULL)
        return 0;
    while (n > 0 && rows[n - 1] % CO_TILE_ROWS >= tile->n_rows)
        n--;
    for (size_t i = 0; tile->live != NULL && i < n; i++)
        all &= is_live(tile, rows[i]);
    for (size_t i = 0; !all; i++)
        if (!is_live(tile, rows[i]))
            return i;
    return n;
}

/* The key column of the next rows, which lie in one tile, and how many they are; NULL if not all are live. */
static const co_column *next_column(const co_version *version, uint32_t object, const uint32_t *rows, size_t left,
                                    size_t *n, uint32_t *stranger)
{
    const co_tile *tile = co_version_tile(version, object, rows[0] / CO_TILE_ROWS);

    *n = rows_of_tile(rows, left);

    const size_t n_live = count_live(tile, rows, *n);

    if (n_live == *n)
        return co_tile_column(tile, 0);
    *stranger = rows[n_live];
    return NULL;
}

bool co_version_number_keys(const co_version *version, uint32_t object, const uint32_t *rows, size_t n, int64_t *keys,
                            uint32_t *stranger)
{
    size_t here;

    for (size_t i = 0; i < n; i += here) {
        const co_column *column = next_column(version, object, rows + i, n - i, &here, stranger);

        if (column == NULL)
            return false;
        co_column_numbers_at(column, rows + i, here, keys + i);
    }
    return true;
}

bool co_version_text_keys(const co_version *version, uint32_t object, const uint32_t *rows, size_t n, co_text *keys,
                          uint32_t *stranger)
{
    size_t here;

    for (size_t i = 0; i < n; i += here) {
        const co_column *column = next_column(version, object, rows + i, n - i, &here, stranger);

        if (column == NULL)
            return false;
        co_column_texts_at(column, rows + i, here, keys + i);
    }
    return true;
}

/* Counts by value; see tally.h. */
#include "store/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "store/words.h"

/* Rows whose values are looked at together. */
enum { PIECE_ROWS = 1024, FEWEST_PLACES = 64 };

void co_tally_init(co_memory *memory, const co_version *version, const co_object *object, uint32_t field,
                   co_tally *tally)
{
    *tally = (co_tally){ .memory = memory, .version = version, .object = object, .field = field };
}

void co_tally_clear(co_tally *tally)
{
    co_memory_free(tally->memory, tally->by_code, tally->n_codes * sizeof *tally->by_code);
    co_memory_free(tally->memory, tally->table, tally->n_places * sizeof *tally->table);
    co_memory_free(tally->memory, tally->items, tally->capacity * sizeof *tally->items);
    tally->by_code = NULL;
    tally->table = NULL;
    tally->items = NULL;
}

/* ---- the table ---- */

static bool has_texts(const co_tally *tally)
{
    const cohort_type type = tally->object->fields[tally->field].type;

    return type == COHORT_STRING || type == COHORT_SET;
}

static uint64_t hash_of(const co_tally *tally, const co_tally_item *item)
{
    return has_texts(tally) ? co_hash_fast(item->text.bytes, item->text.length, 0)
                            : co_hash_int64(item->number);
}

/* Where the item's value stands in the table, or may be put. */
static uint32_t *place_of(const co_tally *tally, const co_tally_item *item)
{
    size_t at = (size_t)hash_of(tally, item) & (tally->n_places - 1);

    while (tally->table[at] != 0) {
        const co_tally_item *other = &tally->items[tally->table[at] - 1];

        if (other->number == item->number && co_text_equal(other->text, item->text))
            break;
        at = (at + 1) & (tally->n_places - 1);
    }
    return &tally->table[at];
}

/* At most half of the places are taken. */
static bool enlarge_table(co_tally *tally)
{
    const size_t n_places = tally->n_places == 0 ? FEWEST_PLACES : tally->n_places * 2;
    uint32_t *table = co_memory_new_zeroed(tally->memory, n_places, sizeof *table);

    if (table == NULL)
        return false;
    co_memory_free(tally->memory, tally->table, tally->n_places * sizeof *tally->table);
    tally->table = table;
    tally->n_places = n_places;
    for (size_t i = 0; i < tally->n_items; i++)
        *place_of(tally, &tally->items[i]) = (uint32_t)i + 1;
    return true;
}

static bool new_item(co_tally *tally, const co_tally_item *item)
{
    void *items = tally->items;
    const bool grown =
        co_memory_grow(tally->memory, &items, &tally->capacity, tally->n_items + 1, sizeof *item);

    tally->items = items;
    if (grown)
        tally->items[tally->n_items++] = *item;
    return grown;
}

static bool add_item(co_tally *tally, const co_tally_item *item)
{
    if (tally->n_items * 2 >= tally->n_places && !enlarge_table(tally))
        return false;

    uint32_t *place = place_of(tally, item);

    if (*place != 0) {
        tally->items[*place - 1].n_rows += item->n_rows;
        return true;
    }
    if (tally->n_items == UINT32_MAX - 1 || !new_item(tally, item))
        return false;
    *place = (uint32_t)tally->n_items;
    return true;
}

/* ---- the rows of a tile ---- */

static bool add_texts(co_tally *tally, const co_column *column, const uint32_t *rows, size_t n)
{
    co_text texts[PIECE_ROWS];
    bool fine = true;

    co_column_texts_at(column, rows, n, texts);
    for (size_t i = 0; i < n && fine; i++)
        fine = add_item(tally, &(co_tally_item){ .text = texts[i], .n_rows = 1 });
    return fine;
}

static bool add_numbers(co_tally *tally, const co_column *column, const uint32_t *rows, size_t n)
{
    int64_t numbers[PIECE_ROWS];
    bool fine = true;

    co_column_numbers_at(column, rows, n, numbers);
    for (size_t i = 0; i < n && fine; i++)
        fine = add_item(tally, &(co_tally_item){ .number = numbers[i], .n_rows = 1 });
    return fine;
}

/* Rows that have a value. */
static bool add_rows(co_tally *tally, const co_column *column, const uint32_t *rows, size_t n)
{
    bool fine = true;

    if (has_texts(tally) && co_column_tally(column, rows, n, tally->by_code))
        return true;
    for (size_t first = 0; first < n && fine; first += PIECE_ROWS) {
        const size_t piece = n - first < PIECE_ROWS ? n - first : PIECE_ROWS;

        fine = has_texts(tally) ? add_texts(tally, column, rows + first, piece)
                                : add_numbers(tally, column, rows + first, piece);
    }
    return fine;
}

/* The wanted rows of a tile as words; *n how many. False: one of them does not live. */
static bool find_wanted(co_tally *tally, const co_bitmap *rows, uint32_t number, uint64_t *words, size_t *n)
{
    const co_kernel *kernel = co_kernel_now();
    const co_tile *tile = co_version_tile(tally->version, tally->object->id, number);
    uint64_t living[CO_TILE_WORDS] = { 0 };
    uint16_t lowest;

    if (tile != NULL && tile->live != NULL)
        memcpy(living, tile->live, co_words_for(tile->n_rows) * sizeof *living);
    else if (tile != NULL)
        co_words_fill(living, tile->n_rows);
    if (rows == NULL) {
        memcpy(words, living, sizeof living);
        *n = tile == NULL ? 0 : tile->n_live;
        return true;
    }
    *n = co_bitmap_tile_words(rows, number, words);
    if (*n == 0 || !kernel->andnot_any(words, living, CO_TILE_WORDS))
        return true;
    kernel->andnot_words(words, living, words, CO_TILE_WORDS);
    kernel->words_to_slots(words, CO_TILE_WORDS, &lowest, 1);
    tally->stranger = number * CO_TILE_ROWS + lowest;
    return false;
}

/* `list` has room for a tile's rows. */
static cohort_status tally_tile(co_tally *tally, const co_bitmap *rows, uint32_t number, uint32_t *list)
{
    const co_kernel *kernel = co_kernel_now();
    uint64_t words[CO_TILE_WORDS];
    size_t n;

    if (!find_wanted(tally, rows, number, words, &n))
        return COHORT_NOT_FOUND;
    if (n == 0)
        return COHORT_OK;

    const co_tile *tile = co_version_tile(tally->version, tally->object->id, number);
    const co_column *column = co_tile_column(tile, tally->field);
    const size_t n_words = co_words_for(tile->n_rows);

    if (column != NULL && co_column_valid(column) != NULL)
        kernel->and_words(words, co_column_valid(column), words, n_words);

    const size_t n_with = column == NULL ? 0 : kernel->words_to_rows(words, n_words, 0, list, n);

    tally->n_missing += n - n_with;
    return n_with == 0 || add_rows(tally, column, list, n_with) ? COHORT_OK : COHORT_MEMORY;
}

/* ---- all of it ---- */

static int by_frequency(const void *a, const void *b)
{
    const co_tally_item *x = a;
    const co_tally_item *y = b;

    if (x->n_rows != y->n_rows)
        return x->n_rows > y->n_rows ? -1 : 1;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return co_text_compare(x->text, y->text);
}

/* Texts of the table that are words elsewhere come together. */
static bool list_codes(co_tally *tally)
{
    const co_dictionary *dictionary = tally->object->fields[tally->field].dictionary;
    const bool is_apart = tally->n_items == 0;
    bool fine = true;

    for (uint32_t code = 0; code < tally->n_codes && fine; code++) {
        if (tally->by_code[code] == 0)
            continue;

        const co_tally_item item = { .text = co_dictionary_text(dictionary, code),
                                     .n_rows = tally->by_code[code] };

        fine = is_apart ? new_item(tally, &item) : add_item(tally, &item);
    }
    return fine;
}

static bool open_codes(co_tally *tally)
{
    const co_dictionary *dictionary = tally->object->fields[tally->field].dictionary;

    if (dictionary == NULL || co_dictionary_count(dictionary) == 0)
        return true;
    tally->n_codes = co_dictionary_count(dictionary);
    tally->by_code = co_memory_new_zeroed(tally->memory, tally->n_codes, sizeof *tally->by_code);
    if (tally->by_code == NULL)
        tally->n_codes = 0;
    return tally->by_code != NULL;
}

cohort_status co_tally_rows(co_tally *tally, const co_bitmap *rows)
{
    const uint32_t n_tiles = co_version_n_tiles(tally->version, tally->object->id);
    uint32_t *list = co_memory_new_array(tally->memory, CO_TILE_ROWS, sizeof *list);
    cohort_status status = list != NULL && open_codes(tally) ? COHORT_OK : COHORT_MEMORY;
    uint32_t beyond;

    for (uint32_t number = 0; number < n_tiles && status == COHORT_OK; number++)
        status = tally_tile(tally, rows, number, list);
    if (status == COHORT_OK && rows != NULL && co_bitmap_next_tile(rows, n_tiles, &beyond))
        status = tally_tile(tally, rows, beyond, list);
    if (status == COHORT_OK && !list_codes(tally))
        status = COHORT_MEMORY;
    if (status == COHORT_OK && tally->n_items > 0)
        qsort(tally->items, tally->n_items, sizeof *tally->items, by_frequency);
    co_memory_free(tally->memory, list, CO_TILE_ROWS * sizeof *list);
    return status;
}

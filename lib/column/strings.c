/*
 * Columns of strings. Few distinct values: codes of 0, 1 or 2 bytes into the
 * tile's rising list of field codes. Mostly distinct values, and keys: the
 * texts themselves, one after the other.
 *
 * Always:  a tile is plain if it has no dictionary or more than half of its
 *          values are distinct; so a list has at most 32,768 codes.
 */
#include <assert.h>

#include "column/distinct.h"
#include "column/layout.h"

static co_text text_at(const co_cells *cells, uint32_t i)
{
    return cells->packed == NULL ? cells->texts[i] : cells->packed->words[co_packed_code(cells->packed, i)];
}

/* ---- plain ---- */

static cohort_status new_plain(co_memory *memory, const co_cells *cells, const co_presence *presence,
                               co_dictionary *dictionary, co_column **column, cohort_error *error)
{
    const size_t offsets_size = co_padded(((size_t)presence->length + 1) * sizeof(uint32_t));
    uint64_t total = 0;
    char *room;

    for (uint32_t i = 0; i < presence->length; i++)
        total += co_presence_has(presence, i) ? text_at(cells, i).length : 0;
    if (total > UINT32_MAX)
        return co_fail(error, COHORT_LIMIT, "texts of %lu rows have %llu bytes, more than 4294967295",
                       (unsigned long)presence->length, (unsigned long long)total);

    co_column *made =
        co_column_make(memory, CO_FORM_PLAIN, 0, presence, dictionary, offsets_size + (size_t)total, &room);

    if (made == NULL)
        return co_fail_memory(error);

    uint32_t *offsets = co_carve(&room, offsets_size);
    uint32_t offset = 0;

    for (uint32_t i = 0; i < presence->length; i++) {
        offsets[i] = offset;
        if (!co_presence_has(presence, i))
            continue;

        const co_text text = text_at(cells, i);

        if (text.length > 0)
            memcpy(room + offset, text.bytes, text.length);
        offset += (uint32_t)text.length;
    }
    offsets[presence->length] = offset;
    made->plain.offsets = offsets;
    made->plain.bytes = room;
    atomic_init(&made->plain.hashes, NULL);
    *column = made;
    return COHORT_OK;
}

/* ---- codes ---- */

/*
 * Numbers the texts of all rows, 0 where missing. *few is false, and the
 * numbers worth nothing, once more than half of the values are distinct.
 */
static bool number_rows(const co_cells *cells, const co_presence *presence, co_distinct *distinct,
                        uint16_t *numbers, bool *few)
{
    *few = true;
    for (uint32_t i = 0; i < presence->length; i++) {
        numbers[i] = 0;
        if (!co_presence_has(presence, i))
            continue;

        const uint32_t number = co_distinct_add(distinct, cells->texts[i]);

        if (number == CO_NO_NUMBER)
            return false;
        if (distinct->n * 2 > presence->n_valid) {
            *few = false;
            return true;
        }
        numbers[i] = (uint16_t)number;
    }
    return true;
}

/* The same of packed texts. */
static bool number_packed(const co_cells *cells, const co_presence *presence, co_distinct *distinct,
                         uint16_t *numbers, bool *few)
{
    const co_packed *packed = cells->packed;
    uint32_t *known = co_memory_new_zeroed(distinct->memory, packed->n_words, sizeof *known);
    bool done = known != NULL || packed->n_words == 0;

    for (uint32_t i = 0; done && i < presence->length; i++) {
        numbers[i] = 0;
        if (co_presence_has(presence, i)) {
            const uint32_t number = co_distinct_packed(distinct, packed, i, known);

            done = number != CO_NO_NUMBER;
            numbers[i] = (uint16_t)number;
        }
    }
    *few = distinct->n * 2 <= presence->n_valid;
    co_memory_free(distinct->memory, known, packed->n_words * sizeof *known);
    return done;
}

static void fill_codes(const co_presence *presence, const uint16_t *numbers, const uint32_t *places,
                       uint32_t width, void *codes)
{
    uint8_t *bytes = codes;
    uint16_t *pairs = codes;

    for (uint32_t i = 0; width == 1 && i < presence->length; i++)
        bytes[i] = co_presence_has(presence, i) ? (uint8_t)places[numbers[i]] : 0;
    for (uint32_t i = 0; width == 2 && i < presence->length; i++)
        pairs[i] = co_presence_has(presence, i) ? (uint16_t)places[numbers[i]] : 0;
}

static cohort_status new_codes(co_memory *memory, const co_presence *presence, const co_distinct *distinct,
                               const uint16_t *numbers, co_dictionary *dictionary, co_column **column,
                               cohort_error *error)
{
    const uint32_t n_list = (uint32_t)distinct->n;
    const uint32_t width = n_list == 0 ? 0 : co_width_for(n_list - 1);
    const size_t list_size = n_list * sizeof(uint32_t);
    char *room;
    co_column *made = co_column_make(memory, CO_FORM_CODES, width, presence, dictionary,
                                     co_padded(list_size) + (size_t)width * presence->length, &room);
    uint32_t *places = n_list == 0 ? NULL : co_memory_new(memory, list_size);
    bool done = made != NULL && (n_list == 0 || places != NULL);

    if (done) {
        uint32_t *list = co_carve(&room, list_size);

        done = co_distinct_rank(distinct, dictionary, list, places);
        made->strings = (co_code_part){ room, list, n_list };
    }
    if (done)
        fill_codes(presence, numbers, places, width, room);
    co_memory_free(memory, places, list_size);
    if (!done) {
        co_column_release(made);
        return co_fail_memory(error);
    }
    *column = made;
    return COHORT_OK;
}

cohort_status co_strings_new(co_memory *memory, const co_cells *cells, co_dictionary *dictionary,
                             co_column **column, cohort_error *error)
{
    const co_presence presence = co_presence_of(cells);
    const size_t numbers_size = presence.length * sizeof(uint16_t);
    cohort_status status = COHORT_OK;
    bool few = true;

    if (dictionary == NULL || presence.length == 0)
        return new_plain(memory, cells, &presence, dictionary, column, error);

    co_distinct distinct;
    uint16_t *numbers = co_memory_new(memory, numbers_size);
    bool (*number)(const co_cells *, const co_presence *, co_distinct *, uint16_t *, bool *) =
        cells->packed == NULL ? number_rows : number_packed;

    co_distinct_init(&distinct, memory);
    if (numbers == NULL || !number(cells, &presence, &distinct, numbers, &few))
        status = co_fail_memory(error);
    else if (few)
        status = new_codes(memory, &presence, &distinct, numbers, dictionary, column, error);
    co_distinct_clear(&distinct);
    co_memory_free(memory, numbers, numbers_size);
    return few ? status : new_plain(memory, cells, &presence, dictionary, column, error);
}

co_text co_column_text(const co_column *column, uint32_t slot)
{
    assert(co_column_shape(column) == CO_SHAPE_STRINGS && slot < column->length);

    if (!co_column_has(column, slot))
        return (co_text){ NULL, 0 };
    if (column->form == CO_FORM_PLAIN)
        return co_plain_text(&column->plain, slot);
    return co_dictionary_text(column->dictionary,
                              column->strings.list[co_code_at(column->strings.codes, column->width, slot)]);
}

void co_column_texts_at(const co_column *column, const uint32_t *rows, size_t n, co_text *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = co_column_text(column, rows[i] % CO_TILE_ROWS);
}

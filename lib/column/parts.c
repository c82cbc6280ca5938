/*
 * Columns on their way from a file into tiles: their codes read, their rows in
 * another order, their texts under the codes of another dictionary.
 *
 * Always:  what is asked for is made from the codes as they lie, without looking at
 *          a value, where the encoding allows it.
 */
#include <assert.h>

#include "column/layout.h"
#include "kernel/bits.h"

/* ---- parts ---- */

bool co_column_codes_part(const co_column *column, uint32_t first, uint32_t n, uint32_t *out)
{
    assert(co_column_shape(column) == CO_SHAPE_STRINGS && first + n <= column->length);

    const co_code_part *part = &column->strings;
    const uint8_t *bytes = part->codes;
    const uint16_t *pairs = part->codes;

    if (column->form != CO_FORM_CODES)
        return false;
    for (uint32_t i = 0; column->width == 0 && i < n; i++)
        out[i] = part->n_list == 0 ? 0 : part->list[0];
    for (uint32_t i = 0; column->width == 1 && i < n; i++)
        out[i] = part->list[bytes[first + i]];
    for (uint32_t i = 0; column->width == 2 && i < n; i++)
        out[i] = part->list[pairs[first + i]];
    return true;
}

bool co_column_steps(const co_column *column, int64_t *first, uint64_t *step)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS);

    *first = column->numbers.least;
    *step = column->numbers.unit;
    return column->form == CO_FORM_LINEAR || (column->length == 1 && column->n_valid == 1);
}

/* ---- order ---- */

static void reorder_codes(const void *from, uint32_t width, uint32_t n, const uint32_t *order, void *to)
{
    for (uint32_t i = 0; width == 1 && i < n; i++)
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[order[i]];
    for (uint32_t i = 0; width == 2 && i < n; i++)
        ((uint16_t *)to)[i] = ((const uint16_t *)from)[order[i]];
    for (uint32_t i = 0; width == 4 && i < n; i++)
        ((uint32_t *)to)[i] = ((const uint32_t *)from)[order[i]];
    for (uint32_t i = 0; width == 8 && i < n; i++)
        ((uint64_t *)to)[i] = ((const uint64_t *)from)[order[i]];
}

/* The slots themselves, as codes of a column that rose evenly. */
static void number_slots(uint32_t width, uint32_t n, const uint32_t *order, void *to)
{
    for (uint32_t i = 0; width == 1 && i < n; i++)
        ((uint8_t *)to)[i] = (uint8_t)order[i];
    for (uint32_t i = 0; width == 2 && i < n; i++)
        ((uint16_t *)to)[i] = (uint16_t)order[i];
}

static void reorder_bits(const uint64_t *from, uint32_t n, const uint32_t *order, uint64_t *to)
{
    for (uint32_t word = 0; word < co_words_for(n); word++) {
        const uint32_t first = word * 64;
        const uint32_t end = n - first < 64 ? n - first : 64;
        uint64_t bits = 0;

        for (uint32_t i = 0; i < end; i++)
            bits |= (uint64_t)co_bit_test(from, order[first + i]) << i;
        to[word] = bits;
    }
}

static void reorder_valid(const co_column *from, const uint32_t *order, co_column *to)
{
    if (from->valid != NULL)
        reorder_bits(from->valid, to->length, order, (uint64_t *)to->valid);
}

/* A column like this one but for its codes. */
static co_column *copy_head(const co_column *column, co_form form, uint32_t width, size_t list_size,
                            size_t codes_size, char **list, char **codes)
{
    const co_presence presence = { NULL, column->length, column->n_valid };
    co_column *made = co_column_make(column->memory, form, width, &presence, column->dictionary,
                                     co_padded(list_size) + codes_size, list);

    if (made != NULL)
        *codes = *list + co_padded(list_size);
    return made;
}

static co_column *reorder_numbers(const co_column *column, const uint32_t *order)
{
    const bool is_linear = column->form == CO_FORM_LINEAR;
    const bool is_bits = column->form == CO_FORM_BITS;
    const uint32_t width = is_linear ? co_width_for(column->length - 1) : column->width;
    const size_t size =
        is_bits ? co_words_for(column->length) * sizeof(uint64_t) : (size_t)width * column->length;
    char *list, *codes;
    co_column *made =
        copy_head(column, is_bits ? CO_FORM_BITS : CO_FORM_OFFSETS, width, 0, size, &list, &codes);

    if (made == NULL)
        return NULL;
    made->numbers = column->numbers;
    made->numbers.codes = codes;
    if (is_linear)
        number_slots(width, column->length, order, codes);
    else if (is_bits)
        reorder_bits(column->numbers.codes, column->length, order, (uint64_t *)(void *)codes);
    else
        reorder_codes(column->numbers.codes, width, column->length, order, codes);
    reorder_valid(column, order, made);
    return made;
}

static co_column *reorder_strings(const co_column *column, const uint32_t *order)
{
    const co_code_part *part = &column->strings;
    const size_t list_size = part->n_list * sizeof *part->list;
    char *list, *codes;
    co_column *made = copy_head(column, CO_FORM_CODES, column->width, list_size,
                                (size_t)column->width * column->length, &list, &codes);

    if (made == NULL)
        return NULL;
    if (list_size > 0)
        memcpy(list, part->list, list_size);
    made->strings = (co_code_part){ codes, (const uint32_t *)(const void *)list, part->n_list };
    reorder_codes(part->codes, column->width, column->length, order, codes);
    reorder_valid(column, order, made);
    return made;
}

/* Plain texts and points, as cells. */
static cohort_status reorder_cells(const co_column *column, const uint32_t *order, co_column **reordered,
                                   cohort_error *error)
{
    const uint32_t n = column->length;
    const bool is_text = column->form == CO_FORM_PLAIN;
    co_text *texts = is_text ? co_memory_new_array(column->memory, n, sizeof *texts) : NULL;
    double *points = is_text ? NULL : co_memory_new_array(column->memory, n, 2 * sizeof *points);
    uint64_t valid[CO_TILE_WORDS] = { 0 };
    cohort_status status = COHORT_OK;

    if (texts == NULL && points == NULL)
        return co_fail_memory(error);

    const co_cells cells = { .shape = co_column_shape(column), .n = n, .valid = valid, .texts = texts,
                             .latitudes = points, .longitudes = is_text ? NULL : points + n };

    for (uint32_t i = 0; i < n; i++) {
        if (co_column_has(column, order[i]))
            co_bit_set(valid, i);
        if (is_text)
            texts[i] = co_column_text(column, order[i]);
        else
            co_column_point(column, order[i], &points[i], &points[n + i]);
    }
    status = co_column_new(column->memory, &cells, column->dictionary, reordered, error);
    co_memory_free(column->memory, texts, n * sizeof *texts);
    co_memory_free(column->memory, points, n * 2 * sizeof *points);
    return status;
}

cohort_status co_column_reorder(const co_column *column, const uint32_t *order, co_column **reordered,
                                cohort_error *error)
{
    assert(column->form != CO_FORM_SETS);

    *reordered = NULL;
    if (column->form == CO_FORM_PLAIN || column->form == CO_FORM_POINTS)
        return reorder_cells(column, order, reordered, error);
    *reordered = co_column_shape(column) == CO_SHAPE_NUMBERS ? reorder_numbers(column, order)
                                                             : reorder_strings(column, order);
    return *reordered == NULL ? co_fail_memory(error) : COHORT_OK;
}

/* ---- dictionaries ---- */

/* Whether the codes of a list rise in the other dictionary, too. */
static bool keeps_order(const uint32_t *list, uint32_t n, const uint32_t *map)
{
    for (uint32_t i = 1; i < n; i++) {
        if (map[list[i - 1]] >= map[list[i]])
            return false;
    }
    return true;
}

/* Where the arrays behind a column begin. */
static const char *room_of(const co_column *column)
{
    const size_t valid_size = column->valid == NULL ? 0 : co_words_for(column->length) * sizeof(uint64_t);

    return (const char *)column + co_padded(sizeof *column) + valid_size;
}

/* A column with copies of all arrays; *by is how far they lie from the old ones. */
static co_column *copy_arrays(const co_column *column, co_dictionary *dictionary, ptrdiff_t *by)
{
    const co_presence presence = { column->valid, column->length, column->n_valid };
    const char *from = room_of(column);
    const size_t room_size = column->size - (size_t)(from - (const char *)column);
    char *to;
    co_column *made =
        co_column_make(column->memory, column->form, column->width, &presence, dictionary, room_size, &to);

    if (made == NULL)
        return NULL;
    memcpy(to, from, room_size);
    *by = to - from;
    return made;
}

static const void *moved(const void *array, ptrdiff_t by)
{
    return (const char *)array + by;
}

static void map_list(uint32_t *list, uint32_t n, const uint32_t *map)
{
    for (uint32_t i = 0; i < n; i++)
        list[i] = map[list[i]];
}

static co_column *recode_in_order(const co_column *column, co_dictionary *dictionary, const uint32_t *map)
{
    ptrdiff_t by;
    co_column *made = copy_arrays(column, dictionary, &by);

    if (made == NULL)
        return NULL;
    if (column->form == CO_FORM_PLAIN) {
        made->plain.offsets = moved(column->plain.offsets, by);
        made->plain.bytes = moved(column->plain.bytes, by);
        atomic_init(&made->plain.hashes, NULL);
    } else if (column->form == CO_FORM_CODES) {
        made->strings = (co_code_part){ moved(column->strings.codes, by), moved(column->strings.list, by),
                                        column->strings.n_list };
        map_list((uint32_t *)made->strings.list, made->strings.n_list, map);
    } else {
        made->sets = column->sets;
        made->sets.codes = moved(column->sets.codes, by);
        made->sets.counts = moved(column->sets.counts, by);
        made->sets.starts = moved(column->sets.starts, by);
        made->sets.words = moved(column->sets.words, by);
        made->sets.slots = moved(column->sets.slots, by);
        made->sets.cardinalities = moved(column->sets.cardinalities, by);
        map_list((uint32_t *)made->sets.codes, made->sets.n_elements, map);
    }
    return made;
}

cohort_status co_column_recode(const co_column *column, co_dictionary *dictionary, const uint32_t *map,
                               co_column **recoded, cohort_error *error)
{
    const bool in_order =
        column->form == CO_FORM_PLAIN ||
        (column->form == CO_FORM_CODES ? keeps_order(column->strings.list, column->strings.n_list, map)
                                       : keeps_order(column->sets.codes, column->sets.n_elements, map));
    co_cells cells;

    *recoded = NULL;
    if (in_order) {
        *recoded = recode_in_order(column, dictionary, map);
        return *recoded == NULL ? co_fail_memory(error) : COHORT_OK;
    }

    co_cells_room *room = co_cells_room_new(column->memory);
    cohort_status status =
        room == NULL ? co_fail_memory(error) : co_column_cells(column, room, &cells, error);

    if (status == COHORT_OK)
        status = co_column_new(column->memory, &cells, dictionary, recoded, error);
    co_cells_room_free(room);
    return status;
}

/* What all columns have in common: their block, their life, which rows have a value. */
#include <assert.h>

#include "base/sums.h"
#include "column/derived.h"
#include "kernel/bits.h"

co_presence co_presence_of(const co_cells *cells)
{
    const size_t n_valid =
        cells->valid == NULL ? cells->n : co_kernel_now()->count(cells->valid, co_words_for(cells->n));

    return (co_presence){ n_valid == cells->n ? NULL : cells->valid, cells->n, (uint32_t)n_valid };
}

co_column *co_column_make(co_memory *memory, co_form form, uint32_t width, const co_presence *presence,
                          co_dictionary *dictionary, size_t room_size, char **room)
{
    const bool some_missing = presence->n_valid < presence->length;
    const size_t valid_size = some_missing ? co_words_for(presence->length) * sizeof(uint64_t) : 0;
    const size_t head_size = co_padded(sizeof(co_column)) + valid_size;
    size_t size;

    if (!co_add_size(head_size, room_size, &size))
        return NULL;

    co_column *column = co_memory_new(memory, size);

    if (column == NULL)
        return NULL;
    *column = (co_column){ .memory = memory,
                           .size = size,
                           .form = form,
                           .width = width,
                           .length = presence->length,
                           .n_valid = presence->n_valid };
    atomic_init(&column->references, 1);
    atomic_init(&column->derived, NULL);
    *room = (char *)column + co_padded(sizeof(co_column));
    if (some_missing)
        column->valid = co_carve(room, valid_size);
    if (some_missing && presence->valid != NULL)
        memcpy((uint64_t *)column->valid, presence->valid, valid_size);
    if (dictionary != NULL)
        column->dictionary = co_dictionary_retain(dictionary);
    return column;
}

cohort_status co_column_new(co_memory *memory, const co_cells *cells, co_dictionary *dictionary,
                            co_column **column, cohort_error *error)
{
    assert(cells->n <= CO_TILE_ROWS);

    *column = NULL;
    switch (cells->shape) {
    case CO_SHAPE_NUMBERS:
        return co_numbers_new(memory, cells, column, error);
    case CO_SHAPE_STRINGS:
        return co_strings_new(memory, cells, dictionary, column, error);
    case CO_SHAPE_SETS:
        return co_sets_new(memory, cells, dictionary, column, error);
    case CO_SHAPE_POINTS:
        return co_points_new(memory, cells, column, error);
    }
    return co_fail(error, COHORT_INVALID, "shape %d is no shape of cells", (int)cells->shape);
}

co_column *co_column_retain(co_column *column)
{
    atomic_fetch_add_explicit(&column->references, 1, memory_order_relaxed);
    return column;
}

void co_column_release(co_column *column)
{
    if (column == NULL || atomic_fetch_sub_explicit(&column->references, 1, memory_order_acq_rel) != 1)
        return;
    if (column->form == CO_FORM_PLAIN) {
        uint16_t *hashes = atomic_load_explicit(&column->plain.hashes, memory_order_relaxed);

        co_memory_free(column->memory, hashes, column->length * sizeof *hashes);
    }
    co_derived_free(column);
    co_order_release(column);
    co_dictionary_release(column->dictionary);
    co_memory_free(column->memory, column, column->size);
}

co_shape co_column_shape(const co_column *column)
{
    switch (column->form) {
    case CO_FORM_OFFSETS:
    case CO_FORM_LINEAR:
    case CO_FORM_BITS:
        return CO_SHAPE_NUMBERS;
    case CO_FORM_CODES:
    case CO_FORM_PLAIN:
        return CO_SHAPE_STRINGS;
    case CO_FORM_SETS:
        return CO_SHAPE_SETS;
    case CO_FORM_POINTS:
        break;
    }
    return CO_SHAPE_POINTS;
}

uint32_t co_column_length(const co_column *column)
{
    return column->length;
}

uint32_t co_column_n_valid(const co_column *column)
{
    return column->n_valid;
}

const uint64_t *co_column_valid(const co_column *column)
{
    return column->valid;
}

bool co_column_has(const co_column *column, uint32_t slot)
{
    assert(slot < column->length);

    return column->valid == NULL || co_bit_test(column->valid, slot);
}

size_t co_column_bytes(const co_column *column)
{
    const bool is_plain = column->form == CO_FORM_PLAIN;
    const bool is_hashed =
        is_plain && atomic_load_explicit(&column->plain.hashes, memory_order_relaxed) != NULL;

    return column->size + co_derived_size(column) + co_order_size(column) + (is_hashed ? column->length * sizeof(uint16_t) : 0);
}

co_dictionary *co_column_dictionary(const co_column *column)
{
    return column->dictionary;
}

void co_all_rows(const co_column *column, uint64_t *hits)
{
    const size_t n_words = co_words_for(column->length);

    if (column->valid != NULL) {
        memcpy(hits, column->valid, n_words * sizeof *hits);
        return;
    }
    memset(hits, 0, n_words * sizeof *hits);
    co_bits_fill(hits, 0, column->length);
}

void co_only_valid(const co_column *column, uint64_t *hits)
{
    if (column->valid != NULL)
        co_kernel_now()->and_words(hits, column->valid, hits, co_words_for(column->length));
}

uint32_t co_code_place(const uint32_t *list, uint32_t n, uint32_t code)
{
    uint32_t first = 0;

    for (uint32_t left = n; left > 0;) {
        const uint32_t half = left / 2;

        if (list[first + half] < code) {
            first += half + 1;
            left -= half + 1;
        } else {
            left = half;
        }
    }
    return first < n && list[first] == code ? first : n;
}

void co_some_only_valid(const co_column *column, uint32_t first, uint32_t end, uint64_t *hits)
{
    if (column->valid != NULL)
        co_kernel_now()->and_words(hits, column->valid + first / 64, hits, co_words_for(end - first));
}

void co_some_codes_between(const co_column *column, const void *codes, uint32_t first, uint32_t end,
                           uint64_t low, uint64_t high, uint64_t *hits)
{
    const char *start = codes;

    assert(first % 64 == 0);
    co_codes_between(start + (size_t)first * column->width, column->width, end - first, low, high, hits);
}

/*
 * Any bytes as a stored column or dictionary: a column that is accepted must be
 * in order, answer every question and be encoded again, a dictionary must be
 * written as it was read; and nothing may leak.
 *
 *     u8 shape (4: a dictionary)   u16 rows   the bytes
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "column/column.h"
#include "column/validate.h"

#define N_TEXTS 300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool condition)
{
    if (!condition)
        abort();
}

static cohort_status is_short(void *context, co_text text, bool *hit, cohort_error *error)
{
    (void)context;
    (void)error;
    *hit = text.length < 3;
    return COHORT_OK;
}

static void ask(const co_column *column)
{
    uint64_t hits[CO_TILE_WORDS] = { 0 };
    const co_text some[] = { CO_TEXT(""), CO_TEXT("1"), CO_TEXT("17") };
    const int64_t values[] = { INT64_MIN, -7, 0, 1100, INT64_MAX };
    uint32_t codes[16];
    uint32_t slot;
    const co_text_match equal = { .equal = some, .n_equal = 3 };
    const co_text_match test = { .test = is_short };

    switch (co_column_shape(column)) {
    case CO_SHAPE_NUMBERS:
        co_column_between(column, -1000, 1100, hits);
        co_column_among(column, values, 5, hits);
        break;
    case CO_SHAPE_STRINGS:
        insist(co_column_match(column, &equal, NULL, hits, &slot, NULL) == COHORT_OK);
        insist(co_column_match(column, &test, NULL, hits, &slot, NULL) == COHORT_OK);
        break;
    case CO_SHAPE_SETS:
        for (uint32_t code = 0; code < 4; code++)
            co_column_holds(column, code, hits);
        for (uint32_t row = 0; row < co_column_length(column) && row < 100; row++)
            (void)co_column_elements(column, row, codes, 16);
        break;
    case CO_SHAPE_POINTS:
        break;
    }
}

/* Spelled out and encoded again, the column holds the same. */
static void check_column(const co_column *column, co_memory *memory, co_dictionary *dictionary)
{
    co_cells_room *room = co_cells_room_new(memory);
    co_column *again;
    co_cells cells;

    insist(co_column_validate(column, NULL) == COHORT_OK);
    ask(column);
    insist(co_column_cells(column, room, &cells, NULL) == COHORT_OK);
    insist(co_column_new(memory, &cells, dictionary, &again, NULL) == COHORT_OK);
    insist(co_column_n_valid(again) == co_column_n_valid(column));
    insist(co_column_validate(again, NULL) == COHORT_OK);
    co_column_release(again);
    co_cells_room_free(room);
}

static void check_bytes(const co_buffer *written, const uint8_t *data, size_t used)
{
    insist(written->status == COHORT_OK && written->length == used);
    insist(used == 0 || memcmp(written->bytes, data, used) == 0);
}

static void read_column(co_memory *memory, co_shape shape, uint32_t n_rows, co_reader in)
{
    co_dictionary *dictionary = co_dictionary_new(memory);
    co_column *column;

    for (unsigned i = 0; i < N_TEXTS; i++) {
        char text[8];

        co_dictionary_add(dictionary, (co_text){ text, (size_t)snprintf(text, sizeof text, "%u", i) });
    }
    if (co_column_read(memory, &in, shape, n_rows, dictionary, &column, NULL) == COHORT_OK) {
        check_column(column, memory, dictionary);
        co_column_release(column);
    }
    co_dictionary_release(dictionary);
}

static void read_dictionary(co_memory *memory, co_reader in)
{
    co_dictionary *dictionary;
    co_buffer written;

    if (co_dictionary_read(memory, &in, &dictionary, NULL) != COHORT_OK)
        return;
    co_buffer_init(&written, memory, 0);
    co_dictionary_write(dictionary, &written);
    check_bytes(&written, in.start, co_reader_offset(&in));
    for (uint32_t code = 0; code < co_dictionary_count(dictionary); code++)
        insist(co_dictionary_find(dictionary, co_dictionary_text(dictionary, code)) == code);
    insist(co_dictionary_add(dictionary, CO_TEXT("one more text")) != CO_NO_CODE);
    co_buffer_clear(&written);
    co_dictionary_release(dictionary);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    co_memory memory;

    if (size < 3)
        return 0;
    co_memory_init(&memory, NULL, 0);
    if (data[0] % 5 == 4)
        read_dictionary(&memory, co_reader_of(data + 3, size - 3));
    else
        read_column(&memory, (co_shape)(data[0] % 5), (uint32_t)co_load_u16(data + 1) + 1,
                    co_reader_of(data + 3, size - 3));
    insist(memory.used_bytes == 0);
    return 0;
}

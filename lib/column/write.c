/* Columns into bytes; stored.h has the layout. Failures stick in the buffer. */
#include "column/bitpack.h"
#include "column/stored.h"
#include "kernel/bits.h"

static void put_array(co_buffer *out, const void *items, size_t n, uint32_t width)
{
    void *bytes = co_buffer_extend(out, n * width);

    if (bytes != NULL)
        co_store_array(bytes, items, n, width);
}

static void write_numbers(const co_column *column, co_buffer *out)
{
    const co_number_part *part = &column->numbers;

    co_buffer_u64(out, (uint64_t)part->least);
    co_buffer_u64(out, (uint64_t)part->greatest);
    co_buffer_u64(out, part->unit);
    if (column->form == CO_FORM_BITS)
        put_array(out, part->codes, co_words_for(column->length), sizeof(uint64_t));
    else
        co_pack_array(out, part->codes, column->length, column->width);
}

static void write_codes(const co_column *column, co_buffer *out)
{
    const co_code_part *part = &column->strings;

    co_buffer_u32(out, part->n_list);
    put_array(out, part->list, part->n_list, sizeof *part->list);
    co_pack_array(out, part->codes, column->length, column->width);
}

/* The bytes that the length of each text needs. */
static uint32_t plain_width(const co_column *column)
{
    uint32_t longest = 0;

    for (uint32_t i = 0; i < column->length; i++) {
        const uint32_t length = column->plain.offsets[i + 1] - column->plain.offsets[i];

        longest = length > longest ? length : longest;
    }
    return co_width_for(longest);
}

static void write_plain(const co_column *column, uint32_t width, co_buffer *out)
{
    const uint32_t *offsets = column->plain.offsets;

    co_buffer_u32(out, offsets[column->length]);

    uint8_t *lengths = co_buffer_extend(out, (size_t)column->length * width);

    for (uint32_t i = 0; lengths != NULL && i < column->length; i++, lengths += width) {
        const uint32_t length = offsets[i + 1] - offsets[i];

        if (width == 1)
            *lengths = (uint8_t)length;
        else if (width == 2)
            co_store_u16(lengths, (uint16_t)length);
        else if (width == 4)
            co_store_u32(lengths, length);
    }
    co_buffer_append(out, column->plain.bytes, offsets[column->length]);
}

/* A dense element's words, or its slots where they take fewer bytes. */
static void write_dense(const co_column *column, const uint64_t *words, uint32_t count, co_buffer *out)
{
    const size_t n_words = co_words_for(column->length);
    uint16_t slots[CO_TILE_ROWS / 2];

    /* Where every second row has it there is nothing to gain. */
    if (count < column->length / 2) {
        co_kernel_now()->words_to_slots(words, n_words, slots, count);
        if (co_packed_slots_size(slots, count) < n_words * sizeof *words) {
            co_buffer_u8(out, CO_STORED_SLOTS);
            co_pack_slots(out, slots, count);
            return;
        }
    }
    co_buffer_u8(out, CO_STORED_WORDS);
    put_array(out, words, n_words, sizeof *words);
}

static void write_elements(const co_column *column, co_buffer *out)
{
    const co_set_part *part = &column->sets;
    const size_t n_words = co_words_for(column->length);

    for (uint32_t i = 0; i < part->n_elements; i++) {
        if (co_set_is_dense(part->counts[i], column->length))
            write_dense(column, part->words + part->starts[i] * n_words, part->counts[i], out);
        else
            co_pack_slots(out, part->slots + part->starts[i], part->counts[i]);
    }
}

static void write_sets(const co_column *column, co_buffer *out)
{
    const co_set_part *part = &column->sets;

    co_buffer_u32(out, part->n_elements);
    put_array(out, part->codes, part->n_elements, sizeof *part->codes);
    put_array(out, part->counts, part->n_elements, sizeof *part->counts);
    co_pack_array(out, part->cardinalities, column->length, column->width);
    if (column->length >= CO_PACKED_FROM) {
        write_elements(column, out);
        return;
    }
    put_array(out, part->words, part->n_dense * co_words_for(column->length), sizeof *part->words);
    put_array(out, part->slots, (size_t)part->n_slots, sizeof *part->slots);
}

void co_column_write(const co_column *column, co_buffer *out)
{
    const uint32_t width = column->form == CO_FORM_PLAIN ? plain_width(column) : column->width;

    co_buffer_u8(out, (uint8_t)column->form);
    co_buffer_u8(out, (uint8_t)width);
    co_buffer_u32(out, column->n_valid);
    if (column->valid != NULL)
        put_array(out, column->valid, co_words_for(column->length), sizeof *column->valid);

    switch (column->form) {
    case CO_FORM_OFFSETS:
    case CO_FORM_LINEAR:
    case CO_FORM_BITS:
        write_numbers(column, out);
        break;
    case CO_FORM_CODES:
        write_codes(column, out);
        break;
    case CO_FORM_PLAIN:
        write_plain(column, width, out);
        break;
    case CO_FORM_SETS:
        write_sets(column, out);
        break;
    case CO_FORM_POINTS:
        put_array(out, column->points.latitudes, column->length, sizeof(double));
        put_array(out, column->points.longitudes, column->length, sizeof(double));
        break;
    }
}

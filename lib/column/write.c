/* Columns into bytes; stored.h has the layout. Failures stick in the buffer. */
#include "column/stored.h"

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
        put_array(out, part->codes, column->length, column->width);
}

static void write_codes(const co_column *column, co_buffer *out)
{
    const co_code_part *part = &column->strings;

    co_buffer_u32(out, part->n_list);
    put_array(out, part->list, part->n_list, sizeof *part->list);
    put_array(out, part->codes, column->length, column->width);
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

static void write_sets(const co_column *column, co_buffer *out)
{
    const co_set_part *part = &column->sets;

    co_buffer_u32(out, part->n_elements);
    put_array(out, part->codes, part->n_elements, sizeof *part->codes);
    put_array(out, part->counts, part->n_elements, sizeof *part->counts);
    put_array(out, part->cardinalities, column->length, column->width);
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

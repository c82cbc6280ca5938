/* Rows of values out. */
#include "io/rowwriter.h"

#include "base/json.h"
#include "base/utf8.h"

enum { PIECE_BYTES = 64 * 1024, DEFAULT_WIDTH = 40, LEAST_WIDTH = 2 };

static const co_text ellipsis = { "\xe2\x80\xa6", 3 };

cohort_status co_row_writer_init(co_row_writer *writer, co_memory *memory, const cohort_members_options *options,
                                 uint32_t n_columns, const co_text *names, cohort_write write, void *context,
                                 cohort_error *error)
{
    *writer = (co_row_writer){ .memory = memory,
                               .format = options->format,
                               .n_columns = n_columns,
                               .names = names,
                               .max_width = options->max_width == 0 ? DEFAULT_WIDTH : options->max_width,
                               .measuring = options->format == COHORT_FORMAT_TABLE,
                               .write = write,
                               .context = context };
    if (writer->max_width < LEAST_WIDTH)
        writer->max_width = LEAST_WIDTH;
    co_buffer_init(&writer->out, memory, 0);
    co_buffer_init(&writer->cell, memory, 0);
    writer->widths = co_memory_new_zeroed(memory, (size_t)n_columns + 1, sizeof *writer->widths);
    return writer->widths == NULL ? co_fail_memory(error) : COHORT_OK;
}

void co_row_writer_clear(co_row_writer *writer)
{
    co_memory_free(writer->memory, writer->widths, ((size_t)writer->n_columns + 1) * sizeof *writer->widths);
    co_buffer_clear(&writer->out);
    co_buffer_clear(&writer->cell);
}

cohort_status co_row_writer_flush(co_row_writer *writer, cohort_error *error)
{
    if (writer->out.status != COHORT_OK || writer->cell.status != COHORT_OK)
        return co_fail_memory(error);
    if (writer->out.length > 0 && writer->write(writer->context, writer->out.bytes, writer->out.length) != 0)
        return co_fail(error, COHORT_CANCELLED, "the receiver of the output asked to stop");
    writer->out.length = 0;
    return COHORT_OK;
}

static cohort_status end_row(co_row_writer *writer, cohort_error *error)
{
    co_buffer_byte(&writer->out, '\n');
    return writer->out.length < PIECE_BYTES ? COHORT_OK : co_row_writer_flush(writer, error);
}

/* ---- CSV ---- */

/* Quoted where a delimiter, quote, line end or blank at an end asks for it, or to tell "" from NULL. */
static void csv_text(co_buffer *out, co_text text)
{
    bool plain = text.length > 0 && text.bytes[0] != ' ' && text.bytes[text.length - 1] != ' ';

    for (size_t i = 0; i < text.length && plain; i++)
        plain = memchr(",\"\r\n", text.bytes[i], 4) == NULL;
    if (plain) {
        co_buffer_text(out, text);
        return;
    }
    co_buffer_byte(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] == '"')
            co_buffer_byte(out, '"');
        co_buffer_byte(out, text.bytes[i]);
    }
    co_buffer_byte(out, '"');
}

static void csv_row(co_row_writer *writer, const co_cell_source *columns, uint32_t i)
{
    for (uint32_t c = 0; c < writer->n_columns; c++) {
        if (c > 0)
            co_buffer_byte(&writer->out, ',');
        if (co_cell_is_null(&columns[c], i))
            continue;
        writer->cell.length = 0;
        co_cell_plain(&columns[c], i, &writer->cell);
        csv_text(&writer->out, (co_text){ writer->cell.bytes, writer->cell.length });
    }
}

/* ---- JSON lines ---- */

static void json_row(co_row_writer *writer, const co_cell_source *columns, uint32_t i)
{
    co_buffer_byte(&writer->out, '{');
    for (uint32_t c = 0; c < writer->n_columns; c++) {
        if (c > 0)
            co_buffer_byte(&writer->out, ',');
        co_json_string(&writer->out, writer->names[c]);
        co_buffer_byte(&writer->out, ':');
        co_cell_json(&columns[c], i, &writer->out);
    }
    co_buffer_byte(&writer->out, '}');
}

/* ---- tables ---- */

static void widen(co_row_writer *writer, uint32_t column, co_text text)
{
    size_t width = co_utf8_count(text);

    if (width > writer->max_width)
        width = writer->max_width;
    if (width > writer->widths[column])
        writer->widths[column] = (uint32_t)width;
}

static void spaces(co_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        co_buffer_byte(out, ' ');
}

/* A text in its column: cut with an ellipsis, line ends shown as blanks, padded unless it is the last on the left. */
static void table_text(co_row_writer *writer, uint32_t column, co_text text, bool right)
{
    const size_t width = writer->widths[column];
    size_t n_points = co_utf8_count(text);
    const bool cut = n_points > width;
    const size_t length = cut ? co_utf8_offset(text, width - 1) : text.length;

    if (cut)
        n_points = width;
    if (column > 0)
        spaces(&writer->out, 2);
    if (right)
        spaces(&writer->out, width - n_points);
    for (size_t i = 0; i < length; i++)
        co_buffer_byte(&writer->out, (unsigned char)text.bytes[i] < ' ' ? ' ' : text.bytes[i]);
    if (cut)
        co_buffer_text(&writer->out, ellipsis);
    if (!right && column + 1 < writer->n_columns)
        spaces(&writer->out, width - n_points);
}

static void table_row(co_row_writer *writer, const co_cell_source *columns, uint32_t i)
{
    for (uint32_t c = 0; c < writer->n_columns; c++) {
        writer->cell.length = 0;
        co_cell_plain(&columns[c], i, &writer->cell);

        const co_text text = { writer->cell.bytes, writer->cell.length };

        if (writer->measuring)
            widen(writer, c, text);
        else
            table_text(writer, c, text, co_cell_is_number(&columns[c]));
    }
}

static void table_head(co_row_writer *writer, const co_cell_source *columns)
{
    for (uint32_t c = 0; c < writer->n_columns; c++)
        widen(writer, c, writer->names[c]);
    for (uint32_t c = 0; c < writer->n_columns; c++)
        table_text(writer, c, writer->names[c], co_cell_is_number(&columns[c]));
    co_buffer_byte(&writer->out, '\n');
    for (uint32_t c = 0; c < writer->n_columns; c++) {
        spaces(&writer->out, c > 0 ? 2 : 0);
        for (uint32_t i = 0; i < writer->widths[c]; i++)
            co_buffer_byte(&writer->out, '-');
    }
    writer->measuring = false;
}

/* ---- the door ---- */

cohort_status co_row_writer_head(co_row_writer *writer, const co_cell_source *columns, cohort_error *error)
{
    if (writer->format == COHORT_FORMAT_TABLE) {
        table_head(writer, columns);
        return end_row(writer, error);
    }
    if (writer->format != COHORT_FORMAT_CSV)
        return COHORT_OK;
    for (uint32_t c = 0; c < writer->n_columns; c++) {
        if (c > 0)
            co_buffer_byte(&writer->out, ',');
        csv_text(&writer->out, writer->names[c]);
    }
    return end_row(writer, error);
}

cohort_status co_row_writer_row(co_row_writer *writer, const co_cell_source *columns, uint32_t i, cohort_error *error)
{
    switch (writer->format) {
    case COHORT_FORMAT_CSV:
        csv_row(writer, columns, i);
        break;
    case COHORT_FORMAT_NDJSON:
        json_row(writer, columns, i);
        break;
    case COHORT_FORMAT_TABLE:
        table_row(writer, columns, i);
        if (writer->measuring)
            return writer->cell.status != COHORT_OK ? co_fail_memory(error) : COHORT_OK;
        break;
    default:
        for (uint32_t c = 0; c < writer->n_columns; c++) {
            if (c > 0)
                co_buffer_byte(&writer->out, '\t');
            co_cell_plain(&columns[c], i, &writer->out);
        }
        break;
    }
    return end_row(writer, error);
}

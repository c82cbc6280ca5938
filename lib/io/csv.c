/*
 * CSV, record by record.
 *
 *     source ─▶ bytes[start .. end) ─▶ masks (a bit a byte, for each that matters) ─▶ cells
 *
 * A record is first cut into cells without touching a byte; if the bytes end
 * before it does, more are read and it is cut again. Only a whole record has
 * its doubled quotes folded, in place.
 */
#include "io/csvreader.h"

#include <assert.h>

#include "base/utf8.h"
#include "kernel/kernel.h"

enum { FIRST_BYTES = 128 * 1024, BLOCK = CO_CSV_BLOCK };

/* What cutting a record found. */
typedef enum cut { CUT_WHOLE, CUT_MORE, CUT_BAD, CUT_MEMORY } cut;

typedef struct cutting {
    size_t at;                  /* next byte */
    uint64_t n_lines;           /* line ends passed */
    size_t bad_at;              /* CUT_BAD */
    const char *bad;
} cutting;

/* ---- bytes in ---- */

static cohort_status set_capacity(co_csv *csv, size_t capacity, cohort_error *error)
{
    const size_t bytes_size = capacity + BLOCK;
    const size_t masks_size = capacity / BLOCK * CO_CSV_MASKS * sizeof *csv->masks;
    unsigned char *bytes = co_memory_resize(csv->memory, csv->bytes, csv->bytes_size, bytes_size);

    if (bytes == NULL)
        return co_fail_memory(error);
    csv->bytes = bytes;
    csv->bytes_size = bytes_size;

    uint64_t *masks = co_memory_resize(csv->memory, csv->masks, csv->masks_size, masks_size);

    if (masks == NULL)
        return co_fail_memory(error);
    csv->masks = masks;
    csv->masks_size = masks_size;
    csv->capacity = capacity;
    return COHORT_OK;
}

/* Latin-1 to UTF-8, in place and backwards: n bytes at `from` become up to 2n. */
static size_t widen_latin1(unsigned char *bytes, size_t n)
{
    size_t n_high = 0;

    for (size_t i = 0; i < n; i++)
        n_high += bytes[i] >> 7;

    size_t to = n + n_high;

    for (size_t i = n; i > 0; i--) {
        const unsigned char byte = bytes[i - 1];

        if (byte < 0x80) {
            bytes[--to] = byte;
        } else {
            bytes[--to] = (unsigned char)(0x80 | (byte & 0x3f));
            bytes[--to] = (unsigned char)(0xc0 | byte >> 6);
        }
    }
    return n + n_high;
}

static void mark(co_csv *csv)
{
    const uint8_t wanted[CO_CSV_MASKS] = { (uint8_t)csv->form.delimiter, '"', '\n', '\r' };
    const size_t n_blocks = co_csv_blocks(csv);

    memset(csv->bytes + csv->end, 0, n_blocks * BLOCK - csv->end);
    co_kernel_now()->find_bytes(csv->bytes, n_blocks, wanted, csv->masks);
}

static void drop_byte_order_mark(co_csv *csv)
{
    if (!csv->at_first_byte || (csv->end < 3 && !csv->ended))
        return;
    csv->at_first_byte = false;
    if (csv->end >= 3 && memcmp(csv->bytes, "\xef\xbb\xbf", 3) == 0)
        csv->start = 3;
}

cohort_status co_csv_fill(co_csv *csv, cohort_error *error)
{
    const size_t left = csv->end - csv->start;

    if (csv->start > 0)
        memmove(csv->bytes, csv->bytes + csv->start, left);
    csv->start = 0;
    csv->end = left;
    if (left > csv->capacity / 2) {
        const cohort_status status = set_capacity(csv, csv->capacity * 2, error);

        if (status != COHORT_OK)
            return status;
    }
    while (csv->end <= csv->capacity / 2 && !csv->ended) {
        const size_t room = csv->capacity - csv->end;
        size_t n;
        const cohort_status status =
            co_source_read(csv->source, csv->bytes + csv->end, csv->form.latin1 ? room / 2 : room, &n, error);

        if (status != COHORT_OK)
            return status;
        csv->ended = n == 0;
        csv->end += csv->form.latin1 ? widen_latin1(csv->bytes + csv->end, n) : n;
    }
    mark(csv);
    drop_byte_order_mark(csv);
    return COHORT_OK;
}

/* ---- cutting ---- */

static bool add_cell(co_csv *csv, size_t first, size_t end, bool quoted)
{
    if (csv->n_cells == csv->n_cells_room) {
        void *cells = csv->cells;

        if (!co_memory_grow(csv->memory, &cells, &csv->n_cells_room, csv->n_cells + 1, sizeof *csv->cells))
            return false;
        csv->cells = cells;
    }
    csv->cells[csv->n_cells++] =
        (co_csv_cell){ { (const char *)csv->bytes + first, end - first }, quoted };
    return true;
}

static uint64_t marked(const co_csv *csv, size_t block)
{
    const uint64_t *masks = csv->masks + block * CO_CSV_MASKS;

    return masks[CO_CSV_DELIMITER] | masks[CO_CSV_QUOTE] | masks[CO_CSV_LF] | masks[CO_CSV_CR];
}

/* The first marked byte at or after `from`, or `end`. */
static size_t next_mark(const co_csv *csv, size_t from)
{
    size_t block = from / BLOCK;
    const size_t end_block = co_csv_blocks(csv);

    if (from >= csv->end)
        return csv->end;

    uint64_t mask = marked(csv, block) & (UINT64_MAX << from % BLOCK);

    while (mask == 0) {
        if (++block == end_block)
            return csv->end;
        mask = marked(csv, block);
    }
    return block * BLOCK + (size_t)__builtin_ctzll(mask);
}

/* From the byte after an opening quote to that after the closing one. */
static cut cut_quoted(co_csv *csv, cutting *c)
{
    const size_t first = c->at;
    size_t at = first;

    for (;;) {
        at = next_mark(csv, at);
        if (at == csv->end)
            break;
        if (csv->bytes[at] == '\n') {
            c->n_lines++;
        } else if (csv->bytes[at] == '"') {
            if (at + 1 == csv->end && !csv->ended)
                return CUT_MORE;
            if (at + 1 == csv->end || csv->bytes[at + 1] != '"') {
                c->at = at + 1;
                return add_cell(csv, first, at, true) ? CUT_WHOLE : CUT_MEMORY;
            }
            at++;
        }
        at++;
    }
    if (!csv->ended)
        return CUT_MORE;
    c->bad = "a quote that is opened here is never closed";
    c->bad_at = first - 1;
    c->at = csv->end;
    return CUT_BAD;
}

static cut cut_plain(co_csv *csv, cutting *c)
{
    const size_t first = c->at;
    size_t at = next_mark(csv, first);

    while (at < csv->end && csv->bytes[at] == '"')
        at = next_mark(csv, at + 1);
    if (at == csv->end && !csv->ended)
        return CUT_MORE;
    c->at = at;
    return add_cell(csv, first, at, false) ? CUT_WHOLE : CUT_MEMORY;
}

/* Past LF, CR or CRLF at `at`. */
static cut cut_line_end(co_csv *csv, cutting *c)
{
    if (csv->bytes[c->at] == '\r') {
        if (c->at + 1 == csv->end && !csv->ended)
            return CUT_MORE;
        if (c->at + 1 < csv->end && csv->bytes[c->at + 1] == '\n')
            c->at++;
    }
    c->at++;
    c->n_lines++;
    return CUT_WHOLE;
}

/* After a bad cell: to the end of its line, so that reading can go on. */
static cut skip_line(co_csv *csv, cutting *c)
{
    size_t at = c->at;

    while (at < csv->end && csv->bytes[at] != '\n' && csv->bytes[at] != '\r')
        at = next_mark(csv, at + 1);
    c->at = at;
    if (at == csv->end)
        return csv->ended ? CUT_BAD : CUT_MORE;
    return cut_line_end(csv, c) == CUT_MORE ? CUT_MORE : CUT_BAD;
}

static cut cut_record(co_csv *csv, cutting *c)
{
    for (;;) {
        const bool quoted = c->at < csv->end && csv->bytes[c->at] == '"';
        cut found;

        if (csv->n_cells == CO_CSV_CELLS) {
            c->bad = "more cells in a row than the 16,384 allowed";
            c->bad_at = c->at;
            return skip_line(csv, c);
        }
        if (quoted) {
            c->at++;
            found = cut_quoted(csv, c);
        } else {
            found = cut_plain(csv, c);
        }
        if (found != CUT_WHOLE)
            return found;
        if (c->at == csv->end)
            return csv->ended ? CUT_WHOLE : CUT_MORE;
        if (csv->bytes[c->at] == '\n' || csv->bytes[c->at] == '\r')
            return cut_line_end(csv, c);
        if (csv->bytes[c->at] != (unsigned char)csv->form.delimiter) {
            c->bad = "text after the closing quote of a cell; a quote inside a cell is written twice";
            c->bad_at = c->at;
            return skip_line(csv, c);
        }
        c->at++;
    }
}

static cut cut_blanks(co_csv *csv, cutting *c)
{
    for (;;) {
        while (c->at < csv->end && (csv->bytes[c->at] == ' ' || csv->bytes[c->at] == '\t'))
            c->at++;
        if (c->at == csv->end)
            return csv->ended ? CUT_WHOLE : CUT_MORE;
        if (csv->bytes[c->at] == '\n' || csv->bytes[c->at] == '\r')
            return cut_line_end(csv, c);

        const size_t first = c->at;

        while (c->at < csv->end && memchr(" \t\r\n", csv->bytes[c->at], 4) == NULL)
            c->at++;
        if (c->at == csv->end && !csv->ended)
            return CUT_MORE;
        if (csv->n_cells == CO_CSV_CELLS) {
            c->bad = "more cells in a row than the 16,384 allowed";
            c->bad_at = first;
            return skip_line(csv, c);
        }
        if (!add_cell(csv, first, c->at, false))
            return CUT_MEMORY;
    }
}

/* ---- records out ---- */

void co_csv_fold(co_csv_cell *cell)
{
    char *to = memchr(cell->text.bytes, '"', cell->text.length);

    if (to == NULL)
        return;

    const char *end = cell->text.bytes + cell->text.length;

    for (const char *from = to; from < end; from++) {
        *to++ = *from;
        if (*from == '"')
            from++;
    }
    cell->text.length = (size_t)(to - cell->text.bytes);
}

static uint32_t column_at(const co_csv *csv, size_t at)
{
    size_t line_start = at;

    while (line_start > csv->record_start && csv->bytes[line_start - 1] != '\n')
        line_start--;
    return (uint32_t)co_utf8_count((co_text){ (const char *)csv->bytes + line_start, at - line_start }) + 1;
}

static cohort_status fail_record(co_csv *csv, const cutting *c, cohort_error *error)
{
    co_fail(error, COHORT_PARSE, "%s", c->bad);
    if (error != NULL) {
        uint64_t line = csv->record_line;

        for (size_t i = csv->record_start; i < c->bad_at; i++)
            line += csv->bytes[i] == '\n';
        error->line = (uint32_t)line;
        error->column = column_at(csv, c->bad_at);
    }
    return COHORT_PARSE;
}

static bool is_blank_line(const co_csv *csv, size_t first)
{
    return first < csv->end && (csv->bytes[first] == '\n' || csv->bytes[first] == '\r');
}

/* Cuts the record at `start`, reading more while it does not end. */
static cut cut_whole(co_csv *csv, cutting *c, cohort_status *status, cohort_error *error)
{
    for (;;) {
        *c = (cutting){ .at = csv->start };
        csv->n_cells = 0;

        const cut found = csv->form.blanks ? cut_blanks(csv, c) : cut_record(csv, c);

        if (found != CUT_MORE)
            return found;
        if (csv->end - csv->start >= CO_CSV_RECORD_BYTES) {
            c->bad = "a row longer than 16 MiB: probably a quote that is never closed";
            c->bad_at = csv->start;
            return CUT_BAD;
        }
        *status = co_csv_fill(csv, error);
        if (*status != COHORT_OK)
            return CUT_MEMORY;
    }
}

cohort_status co_csv_next(co_csv *csv, co_csv_record *record, bool *more, cohort_error *error)
{
    *more = false;
    for (;;) {
        cohort_status status = COHORT_OK;
        cutting c;

        if (csv->start == csv->end && !csv->ended) {
            status = co_csv_fill(csv, error);
            if (status != COHORT_OK)
                return status;
        }
        if (csv->start == csv->end)
            return COHORT_OK;

        const bool blank = is_blank_line(csv, csv->start);
        const cut found = cut_whole(csv, &c, &status, error);

        if (status != COHORT_OK)
            return status;
        if (found == CUT_MEMORY)
            return co_fail_memory(error);
        csv->record_start = csv->start;
        csv->record_line = csv->line;
        if (found == CUT_BAD) {
            *more = c.at > csv->start && csv->end - csv->start < CO_CSV_RECORD_BYTES;
            fail_record(csv, &c, error);
        }
        csv->start = c.at;
        csv->line += c.n_lines;
        if (found == CUT_BAD)
            return COHORT_PARSE;
        if ((blank && !csv->keep_blank_lines) || csv->n_cells == 0)
            continue;

        for (uint32_t i = 0; i < csv->n_cells; i++)
            if (csv->cells[i].quoted)
                co_csv_fold(&csv->cells[i]);
        *record = (co_csv_record){ csv->cells, csv->n_cells, csv->record_line };
        *more = true;
        return COHORT_OK;
    }
}

uint32_t co_csv_column(const co_csv *csv, uint32_t cell)
{
    assert(cell < csv->n_cells);
    return column_at(csv, (size_t)((const unsigned char *)csv->cells[cell].text.bytes - csv->bytes));
}

void co_csv_keep_blank_lines(co_csv *csv)
{
    csv->keep_blank_lines = true;
}

/* ---- life ---- */

static void reset(co_csv *csv)
{
    csv->start = csv->end = csv->record_start = 0;
    csv->ended = false;
    csv->at_first_byte = true;
    csv->keep_blank_lines = false;
    csv->line = csv->record_line = 1;
    csv->n_cells = 0;
    co_csv_marks_reset(csv);
}

cohort_status co_csv_new(co_memory *memory, co_source *source, const co_csv_form *form, co_csv **csv,
                         cohort_error *error)
{
    co_csv *reader = co_memory_new_zeroed(memory, 1, sizeof *reader);

    *csv = NULL;
    if (reader == NULL)
        return co_fail_memory(error);
    reader->memory = memory;
    reader->source = source;
    reader->form = *form;
    reset(reader);

    const cohort_status status = set_capacity(reader, FIRST_BYTES, error);

    if (status != COHORT_OK) {
        co_csv_free(reader);
        return status;
    }
    *csv = reader;
    return COHORT_OK;
}

void co_csv_free(co_csv *csv)
{
    if (csv == NULL)
        return;
    co_memory_free(csv->memory, csv->bytes, csv->bytes_size);
    co_memory_free(csv->memory, csv->masks, csv->masks_size);
    co_csv_marks_free(csv);
    co_memory_free(csv->memory, csv->cells, csv->n_cells_room * sizeof *csv->cells);
    co_memory_free(csv->memory, csv, sizeof *csv);
}

cohort_status co_csv_rewind(co_csv *csv, cohort_error *error)
{
    reset(csv);
    return co_source_rewind(csv->source, error);
}

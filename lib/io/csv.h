/*
 * CSV, record by record: quotes, doubled quotes, newlines inside quotes, LF,
 * CRLF or CR, any one-byte delimiter or runs of blanks, UTF-8 with or without a
 * byte order mark, Latin-1.
 *
 * Always:  a record is whole in memory, at most CO_CSV_RECORD_BYTES, so an
 *          unclosed quote is an error and not the end of memory. Cells point
 *          into the reader until the next record is asked for.
 * Costs:   the bytes are searched 64 at a time for delimiters, quotes and line
 *          ends; every other byte is looked at only by whoever wants the value.
 * Source:  RFC 4180, and what spreadsheets really write.
 */
#ifndef CO_IO_CSV_H
#define CO_IO_CSV_H

#include "io/source.h"

#define CO_CSV_RECORD_BYTES (16u * 1024 * 1024)
#define CO_CSV_CELLS 16384u

typedef struct co_csv co_csv;

typedef struct co_csv_cell {
    co_text text;               /* without quotes */
    bool quoted;
} co_csv_cell;

typedef struct co_csv_record {
    const co_csv_cell *cells;
    uint32_t n;
    uint64_t line;              /* 1-based, where the record starts */
} co_csv_record;

typedef struct co_csv_form {
    char delimiter;
    bool blanks;                /* runs of spaces and tabs; then no quotes */
    bool latin1;
} co_csv_form;

cohort_status co_csv_new(co_memory *memory, co_source *source, const co_csv_form *form, co_csv **csv,
                         cohort_error *error);
void co_csv_free(co_csv *csv);

/*
 * The next record; *more is false after the last. Lines without any byte are
 * passed over, except where records have one cell. A record that cannot be read
 * fails with COHORT_PARSE, error->line and ->column; if *more is then true, the
 * reader stands after it and may go on.
 */
cohort_status co_csv_next(co_csv *csv, co_csv_record *record, bool *more, cohort_error *error);

/* Makes one quote of each doubled one in a quoted cell, in place. */
void co_csv_fold(co_csv_cell *cell);

/*
 * Many whole records of n_cells cells each, as they lie in the reader. Cell c of
 * row r begins behind the end of the cell before and ends at ends[r × n_cells + c],
 * which is its delimiter or LF; ends[-1] is where the first one begins, less 1.
 */
typedef struct co_csv_rows {
    const char *bytes;          /* 16 more may be read behind each cell's first */
    const uint32_t *ends;
    uint32_t n;
    uint32_t n_cells;
    bool quotes;                /* cells may be quoted, */
    bool lines;                 /* lines may end in them, */
    bool returns;               /* and a CR may stand before the LF */
} co_csv_rows;

#define CO_CSV_ROWS 4096u       /* at most so many at a time */

/*
 * Looks at the records that come next and are nothing but n_cells cells with every
 * quote in its place. There may be none: then co_csv_next knows what to say of the
 * next one. Nothing moves until co_csv_pass, which goes past the first n of them.
 */
cohort_status co_csv_look(co_csv *csv, uint32_t n_cells, co_csv_rows *rows, cohort_error *error);
void co_csv_pass(co_csv *csv, const co_csv_rows *rows, uint32_t n);

/* The bytes of a cell, quotes and all, without its line end. */
static inline co_text co_csv_rows_cell(const co_csv_rows *rows, uint32_t row, uint32_t cell)
{
    const uint32_t *end = rows->ends + (size_t)row * rows->n_cells + cell;
    const char *first = rows->bytes + (uint32_t)(end[-1] + 1);
    const size_t length = (size_t)(rows->bytes + end[0] - first);
    const bool returns = rows->returns && cell + 1 == rows->n_cells && length > 0 && first[length - 1] == '\r';

    return (co_text){ first, length - returns };
}

/* A cell of many rows without its quotes; doubled ones are folded in memory of its own. */
typedef struct co_csv_whole {
    co_csv_cell cell;
    co_memory *memory;
    char *folded;               /* NULL: the cell lies in the reader */
    size_t folded_size;
} co_csv_whole;

/* False: no memory. To be cleared in any case. */
bool co_csv_whole_init(co_csv_whole *whole, co_memory *memory, const co_csv_rows *rows, uint32_t row, uint32_t cell);
void co_csv_whole_clear(co_csv_whole *whole);

/* 1-based column, in code points, of a cell of the record last read (approximate inside cells with doubled quotes). */
uint32_t co_csv_column(const co_csv *csv, uint32_t cell);

/* From now on a line without bytes is a record of one empty cell. */
void co_csv_keep_blank_lines(co_csv *csv);

/* Reads the source from its start again. */
cohort_status co_csv_rewind(co_csv *csv, cohort_error *error);

#endif

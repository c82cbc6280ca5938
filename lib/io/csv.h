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

/* 1-based column, in code points, of a cell of the record last read (approximate inside cells with doubled quotes). */
uint32_t co_csv_column(const co_csv *csv, uint32_t cell);

/* From now on a line without bytes is a record of one empty cell. */
void co_csv_keep_blank_lines(co_csv *csv);

/* Reads the source from its start again. */
cohort_status co_csv_rewind(co_csv *csv, cohort_error *error);

#endif

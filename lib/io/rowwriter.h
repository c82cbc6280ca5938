/*
 * Rows of values out as CSV, JSON lines or an aligned table.
 *
 * Always:  output goes to the caller's function in pieces of some 64 KiB; one
 *          row is whole in memory.
 */
#ifndef CO_IO_ROWWRITER_H
#define CO_IO_ROWWRITER_H

#include "cohort/io.h"
#include "io/celltext.h"

typedef struct co_row_writer {
    co_memory *memory;
    int32_t format;             /* COHORT_FORMAT_CSV, _NDJSON, _TABLE; KEYS is CSV without header or quotes */
    uint32_t n_columns;
    const co_text *names;
    uint32_t max_width;         /* TABLE */
    uint32_t *widths;           /* TABLE: of the columns, in code points */
    bool measuring;             /* TABLE: rows only widen the columns */
    cohort_write write;
    void *context;
    co_buffer out;
    co_buffer cell;
} co_row_writer;

/* names live as long as the writer. TABLE starts out measuring: give all rows, co_row_writer_draw, give them again. */
cohort_status co_row_writer_init(co_row_writer *writer, co_memory *memory, const cohort_members_options *options,
                                 uint32_t n_columns, const co_text *names, cohort_write write, void *context,
                                 cohort_error *error);
void co_row_writer_clear(co_row_writer *writer);

/* What stands above the rows; TABLE: after measuring. */
cohort_status co_row_writer_head(co_row_writer *writer, const co_cell_source *columns, cohort_error *error);
/* Row i of n_columns vectors. */
cohort_status co_row_writer_row(co_row_writer *writer, const co_cell_source *columns, uint32_t i,
                                cohort_error *error);
/* Hands over what is left. */
cohort_status co_row_writer_flush(co_row_writer *writer, cohort_error *error);

#endif

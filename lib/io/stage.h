/*
 * Cells of a file on their way into a batch: typed columns of one chunk of
 * rows, filled cell by cell and baled whole, then filled again.
 *
 * Always:  a row is dropped by not counting it: values of a row that failed are
 *          written over by the next.
 */
#ifndef CO_IO_STAGE_H
#define CO_IO_STAGE_H

#include "base/zone.h"
#include "io/datecell.h"
#include "io/fieldtype.h"
#include "store/batch.h"

#define CO_STAGE_ROWS 65536u

typedef struct co_stage_block co_stage_block;

/* How one column of the file becomes one field. */
typedef struct co_stage_form {
    co_field_type type;         /* of a REFERENCE: its key's, INT or STRING */
    co_text separator;          /* SET */
    bool keep_empty;
    const co_date_form *dates;
    const co_zone *zone;
} co_stage_form;

typedef struct co_stage_column {
    co_memory *memory;
    co_stage_form form;
    uint32_t room;              /* rows, at most CO_STAGE_ROWS */
    uint64_t valid[CO_STAGE_ROWS / 64];
    int64_t *numbers;           /* the arrays that the type needs, `room` long */
    double *latitudes, *longitudes;
    co_text *texts;
    uint32_t *ends;             /* SET */
    size_t texts_room;
    co_stage_block *newest;     /* where texts are copied to */
    uint64_t n_rounded;
} co_stage_column;

/* For 1 to CO_STAGE_ROWS rows. */
cohort_status co_stage_column_init(co_stage_column *column, co_memory *memory, const co_stage_form *form,
                                   uint32_t room, cohort_error *error);
void co_stage_column_clear(co_stage_column *column);

/* Row `row` is NULL. */
void co_stage_null(co_stage_column *column, uint32_t row);
/* Row `row` from a cell that is not NULL. Fails with COHORT_TYPE or COHORT_OVERFLOW: "'abc' is not a whole number". */
cohort_status co_stage_cell(co_stage_column *column, uint32_t row, co_text cell, cohort_error *error);
/* Row `row` of an INT column. */
void co_stage_number(co_stage_column *column, uint32_t row, int64_t number);
/* Row `row` of a POINT. */
cohort_status co_stage_point(co_stage_column *column, uint32_t row, co_text latitude, co_text longitude,
                             cohort_error *error);

/* n_rows rows as cells, in the column's memory. */
co_cells co_stage_cells(const co_stage_column *column, uint32_t n_rows);

/* Empty again, its memory ready for other rows. keep_texts: those given so far stay until the column is cleared. */
void co_stage_column_reset(co_stage_column *column, bool keep_texts);

#endif

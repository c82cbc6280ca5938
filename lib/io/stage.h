/*
 * Cells of a file on their way into a bale: one typed column of up to 65,536
 * rows, filled cell by cell or many rows at a time, then filled anew.
 *
 * Always:  a row is dropped by not counting it: values of a row that failed are
 *          written over by the next. Texts are codes into the column's words, but
 *          for keys, and columns that turn out to have too many.
 */
#ifndef CO_IO_STAGE_H
#define CO_IO_STAGE_H

#include "base/zone.h"
#include "io/csv.h"
#include "io/datecell.h"
#include "io/fieldtype.h"
#include "io/words.h"
#include "store/batch.h"

#define CO_STAGE_ROWS CO_TILE_ROWS

/* How one column of the file becomes one field. */
typedef struct co_stage_form {
    co_field_type type;         /* of a REFERENCE: its key's, INT or STRING */
    bool is_key;                /* may not be missing; its texts are no words */
    co_text separator;          /* SET */
    bool keep_empty;            /* "" in quotes is an empty text */
    const char *const *nulls;   /* what else is NULL */
    size_t n_nulls;
    const co_date_form *dates;
    const co_zone *zone;
    uint64_t *n_rounded;        /* counts decimals that lost digits */
} co_stage_form;

typedef struct co_stage_column {
    co_memory *memory;
    co_stage_form form;
    uint32_t room;              /* rows, at most CO_STAGE_ROWS */
    uint64_t valid[CO_STAGE_ROWS / 64];
    int64_t *numbers;           /* the arrays that the type needs, at least `room` long */
    double *latitudes, *longitudes;
    uint16_t *codes;            /* of words: one a row, or of SETs one an element */
    co_text *texts;             /* in their place once `plain` */
    uint32_t *ends;             /* SET: room + 1 */
    size_t numbers_room, latitudes_room, longitudes_room, codes_room, texts_room, ends_room;
    co_text *elements;          /* SET: of one cell */
    size_t elements_room;
    co_words words;
    bool plain;
    co_textroom plain_room;
    co_packed packed;           /* what co_stage_cells gave last */
} co_stage_column;

cohort_status co_stage_column_init(co_stage_column *column, co_memory *memory, const co_stage_form *form,
                                   cohort_error *error);
void co_stage_column_clear(co_stage_column *column);
/* Room for 1 to CO_STAGE_ROWS rows; those there are stay. */
cohort_status co_stage_reserve(co_stage_column *column, uint32_t room, cohort_error *error);

/* Row `row` is NULL. */
void co_stage_null(co_stage_column *column, uint32_t row);
/*
 * Row `row` from a cell, rows before it being there. Fails with COHORT_TYPE or
 * COHORT_OVERFLOW: "'abc' is not a whole number", "the key is missing"; COHORT_MEMORY.
 */
cohort_status co_stage_cell(co_stage_column *column, uint32_t row, const co_csv_cell *cell, cohort_error *error);
/* Row `row` of an INT column. */
void co_stage_number(co_stage_column *column, uint32_t row, int64_t number);
/* Row `row` of a POINT from its two cells. */
cohort_status co_stage_point(co_stage_column *column, uint32_t row, const co_csv_cell *latitude,
                             const co_csv_cell *longitude, cohort_error *error);

/*
 * Rows `row` … from one cell each of the first *n of many rows; cells as
 * co_stage_cell takes them, the usual ones faster. *n becomes less if the cell
 * behind the last one taken is refused. Fails with COHORT_MEMORY only.
 */
cohort_status co_stage_rows(co_stage_column *column, uint32_t row, const co_csv_rows *rows, uint32_t cell, uint32_t *n,
                            cohort_error *error);

/* The same for a POINT. */
cohort_status co_stage_point_rows(co_stage_column *column, uint32_t row, const co_csv_rows *rows, uint32_t latitude,
                                  uint32_t longitude, uint32_t *n, cohort_error *error);

/* The first n_rows rows, in the column's memory: good until it is given others. */
co_cells co_stage_cells(co_stage_column *column, uint32_t n_rows);

/* Ready for other rows. keep_texts: plain texts given so far stay until the column is cleared. */
void co_stage_column_reset(co_stage_column *column, bool keep_texts);

#endif

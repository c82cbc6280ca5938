/* A CSV reader from inside: between csv.c, which goes record by record, and csvrows.c, which goes by many. */
#ifndef CO_IO_CSVREADER_H
#define CO_IO_CSVREADER_H

#include "io/csv.h"

#define CO_CSV_BLOCK 64u

/* Of the masks of one block. */
enum { CO_CSV_DELIMITER, CO_CSV_QUOTE, CO_CSV_LF, CO_CSV_CR, CO_CSV_MASKS };

/* Where the cells and lines of many rows end; see csvrows.c. */
typedef struct co_csv_marks co_csv_marks;

struct co_csv {
    co_memory *memory;
    co_source *source;
    co_csv_form form;

    unsigned char *bytes;       /* capacity + CO_CSV_BLOCK, zero past `end` up to a whole block */
    uint64_t *masks;            /* CO_CSV_MASKS words a block: one bit per byte */
    size_t capacity;            /* a multiple of CO_CSV_BLOCK */
    size_t bytes_size, masks_size;
    size_t start;               /* of the record being read */
    size_t end;
    bool ended;                 /* the source has no more */
    bool keep_blank_lines;
    bool at_first_byte;

    co_csv_cell *cells;
    size_t n_cells_room;
    uint32_t n_cells;
    size_t record_start;        /* of the record last given, for columns */
    uint64_t line;              /* of `start` */
    uint64_t record_line;

    co_csv_marks *marks;        /* NULL until many rows are asked for */
};

static inline size_t co_csv_blocks(const co_csv *csv)
{
    return csv->end / CO_CSV_BLOCK + (csv->end % CO_CSV_BLOCK != 0);
}

/* Moves the unfinished record to the front and reads more behind it. */
cohort_status co_csv_fill(co_csv *csv, cohort_error *error);
void co_csv_marks_free(co_csv *csv);
/* Looks as far ahead as at first. */
void co_csv_marks_reset(co_csv *csv);

#endif

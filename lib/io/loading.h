/* A load under way, between the files that share it. */
#ifndef CO_IO_LOADING_H
#define CO_IO_LOADING_H

#include "io/load.h"
#include "io/loadplan.h"
#include "io/seen.h"
#include "io/stage.h"
#include "store/bale.h"

typedef struct co_loading {
    co_memory *memory;          /* the store's: batches take blocks of it */
    const cohort_load_options *options;
    co_store *store;
    cohort_error *error;
    const char *name;           /* of the input, in errors */

    co_source *source;
    co_csv *csv;
    co_load_plan plan;
    co_date_form dates;
    const co_zone *zone;

    co_stage_column *columns;   /* n_columns of the plan; they hold the rows that are not baled yet */
    uint32_t n_rows, room;      /* of columns */
    co_bale *bale;
    co_seen seen;
    uint64_t n_data_rows;
    uint64_t n_rounded;
    cohort_load_report *report;
} co_loading;

/* Records of the file into a bale, or with `infer` into what types there may be; header and plan are read. */
cohort_status co_loading_read(co_loading *loading, bool infer);
void co_loading_clear_rows(co_loading *loading);
/* Bales the rows of the columns, which are empty then. */
cohort_status co_loading_bale(co_loading *loading);

/* The next record. COHORT_PARSE: it cannot be read, and `what` says why; others are in loading->error. */
cohort_status co_loading_next(co_loading *loading, co_csv_record *record, bool *more, cohort_error *what);
/* Fails with what is wrong, file, line, column and field in front of it. */
cohort_status co_loading_locate(co_loading *loading, const cohort_error *what, uint64_t line, uint32_t column,
                                const co_text *field);

/* Declares and commits what was baled, whole or not at all, and counts it in the report. */
cohort_status co_loading_commit(co_loading *loading);

#endif

/* A load under way, between the files that share it. */
#ifndef CO_IO_LOADING_H
#define CO_IO_LOADING_H

#include "io/load.h"
#include "io/loadplan.h"
#include "io/seen.h"
#include "io/stage.h"
#include "store/bale.h"

typedef struct co_load_chunk {
    co_stage_column *columns;   /* n_columns of the plan */
    uint32_t room;
    uint32_t n_rows;
} co_load_chunk;

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

    co_load_chunk chunk;                /* being filled; full, it is baled and filled anew */
    co_bale *bale;
    co_seen seen;
    uint64_t n_data_rows;
    cohort_load_report *report;
} co_loading;

/* Bales the rows of the chunk, which is empty then. */
cohort_status co_loading_bale(co_loading *loading);
/* Declares and commits what was baled, whole or not at all, and counts it in the report. */
cohort_status co_loading_commit(co_loading *loading);

#endif

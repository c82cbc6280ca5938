/*
 * Loading a CSV file into a store.
 *
 *     source ─▶ csv ─▶ [pass 1: types] ─▶ stage (chunks of 65,536 rows) ─▶ declare ─▶ batch ─▶ commit
 *
 * Always:  nothing is declared or committed before the last row was read and
 *          converted; the store then changes whole or not at all. Two passes
 *          only where a type has to be inferred.
 */
#ifndef CO_IO_LOAD_H
#define CO_IO_LOAD_H

#include "base/buffer.h"
#include "cohort/io.h"
#include "store/store.h"

/* Lines of text, each zero-terminated. */
typedef struct co_lines {
    co_buffer bytes;
    size_t *starts;
    size_t n, room;
} co_lines;

struct cohort_load_report {
    co_memory *memory;
    cohort_load_counts counts;
    co_lines types;
    co_lines skipped;
};

/* *report is new in either case of success, freed by co_load_report_free(). It must not outlive the store. */
cohort_status co_load_csv(co_store *store, const cohort_load_options *options, cohort_load_report **report,
                          cohort_error *error);
void co_load_report_free(cohort_load_report *report);
/* NULL past the end. */
const char *co_lines_at(const co_lines *lines, size_t index);

#endif

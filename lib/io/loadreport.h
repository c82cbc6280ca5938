/*
 * What a load tells of itself: counts, the types it inferred, the rows it left out.
 *
 * Always:  a report keeps memory of the store, so it must not outlive it.
 */
#ifndef CO_IO_LOADREPORT_H
#define CO_IO_LOADREPORT_H

#include "base/buffer.h"
#include "cohort/io.h"

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

/* NULL: no memory. */
cohort_load_report *co_load_report_new(co_memory *memory);
/* NULL allowed. */
void co_load_report_free(cohort_load_report *report);

cohort_status co_lines_add(co_lines *lines, co_memory *memory, co_text text, cohort_error *error);
/* NULL past the end. */
const char *co_lines_at(const co_lines *lines, size_t index);

#endif

/* What a load tells of itself. */
#include "io/loadreport.h"

cohort_status co_lines_add(co_lines *lines, co_memory *memory, co_text text, cohort_error *error)
{
    void *starts = lines->starts;

    if (!co_memory_grow(memory, &starts, &lines->room, lines->n + 1, sizeof *lines->starts))
        return co_fail_memory(error);
    lines->starts = starts;
    lines->starts[lines->n] = lines->bytes.length;
    co_buffer_text(&lines->bytes, text);
    co_buffer_byte(&lines->bytes, 0);
    if (lines->bytes.status != COHORT_OK)
        return co_fail_memory(error);
    lines->n++;
    return COHORT_OK;
}

const char *co_lines_at(const co_lines *lines, size_t index)
{
    return index < lines->n ? lines->bytes.bytes + lines->starts[index] : NULL;
}

static void clear_lines(co_lines *lines, co_memory *memory)
{
    co_memory_free(memory, lines->starts, lines->room * sizeof *lines->starts);
    co_buffer_clear(&lines->bytes);
}

cohort_load_report *co_load_report_new(co_memory *memory)
{
    cohort_load_report *report = co_memory_new_zeroed(memory, 1, sizeof *report);

    if (report == NULL)
        return NULL;
    report->memory = memory;
    report->counts.size = sizeof report->counts;
    co_buffer_init(&report->types.bytes, memory, 0);
    co_buffer_init(&report->skipped.bytes, memory, 0);
    return report;
}

void co_load_report_free(cohort_load_report *report)
{
    if (report == NULL)
        return;
    clear_lines(&report->types, report->memory);
    clear_lines(&report->skipped, report->memory);
    co_memory_free(report->memory, report, sizeof *report);
}

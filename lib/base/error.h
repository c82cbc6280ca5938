/*
 * Filling the caller's cohort_error. The deepest room that knows what happened
 * writes the text; the rooms above pass the status on unchanged.
 *
 * Text: one line, lower case: the thing, what was found, what was wanted.
 */
#ifndef CO_BASE_ERROR_H
#define CO_BASE_ERROR_H

#include "base/text.h"
#include "cohort/base.h"

#if defined(__GNUC__)
#  define CO_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#else
#  define CO_PRINTF(format_at, first_at)
#endif

/* For printf's "%.*s" with a co_text: co_fail(e, c, "unknown field '" CO_FMT "'", CO_ARG(name)). Cut at 120 bytes. */
#define CO_FMT "%.*s"
#define CO_ARG(text) ((text).length < 120 ? (int)(text).length : 120), ((text).bytes ? (text).bytes : "")

/* Writes code and text (no position) if error is not NULL; always returns code. */
cohort_status co_fail(cohort_error *error, cohort_status code, const char *format, ...) CO_PRINTF(3, 4);

/* Same, with a byte position; line and column stay 0 until co_error_locate(). */
cohort_status co_fail_at(cohort_error *error, cohort_status code, uint64_t position, const char *format, ...)
    CO_PRINTF(4, 5);

/* The one text for running out of memory. */
cohort_status co_fail_memory(cohort_error *error);

/* Works out line and column of error->position in `source`. */
void co_error_locate(cohort_error *error, co_text source);

#endif

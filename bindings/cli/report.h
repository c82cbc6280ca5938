/*
 * What the command says besides its answers, on stderr: errors with a
 * caret, warnings, a progress bar. Colour and bars on terminals only.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdbool.h>

#include <cohort.h>

/* Exit codes. */
enum { EXIT_FINE = 0, EXIT_REQUEST = 1, EXIT_DATA = 2, EXIT_SYSTEM = 3 };

#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
void complain(const char *format, ...);

_Noreturn void stop_without_memory(void);

/* Prints the error, with the line of `text` (may be NULL) that it points into; gives the exit code. */
int report_error(const cohort_error *error, const char *text);
/* A warning on stdout, with its place in `text`. */
void report_lint(const cohort_lint_item *item, const char *text);

/* The code that stands for a status. is_data: what was wrong was in a file of records. */
int exit_code(cohort_status status, bool is_data);

/* For cohort_progress: draws a bar once the work has taken a while. */
typedef struct progress_bar {
    const char *what;
    int64_t started_us;
    bool drawn;
} progress_bar;

void progress_start(progress_bar *bar, const char *what);
int32_t progress_draw(void *bar, uint64_t done, uint64_t total);
void progress_end(progress_bar *bar);

#endif

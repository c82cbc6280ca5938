/* What the command says besides its answers. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 30, PATIENCE_US = 500000 };

static bool stderr_is_terminal(void)
{
    return isatty(2) == 1;
}

static const char *colour(const char *code)
{
    return stderr_is_terminal() ? code : "";
}

static void say_kind(const char *kind, const char *code)
{
    fprintf(stderr, "cohort: %s%s%s", colour(code), kind, colour("\033[0m"));
}

void complain(const char *format, ...)
{
    va_list arguments;

    say_kind("", "");
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void stop_without_memory(void)
{
    complain("no memory");
    exit(EXIT_SYSTEM);
}

/* The line of text around a byte, and a caret under it. Control bytes show as blanks; the caret counts code points. */
static void draw_caret(const char *text, uint64_t position)
{
    const size_t length = strlen(text);
    const size_t at = position < length ? (size_t)position : length;
    size_t first = at;
    size_t end = at;

    while (first > 0 && text[first - 1] != '\n')
        first--;
    while (text[end] != 0 && text[end] != '\n')
        end++;
    fputs("  ", stderr);
    for (size_t i = first; i < end; i++)
        fputc((unsigned char)text[i] < ' ' ? ' ' : text[i], stderr);
    fputs("\n  ", stderr);
    for (size_t i = first; i < at; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            fputc(' ', stderr);
    fprintf(stderr, "%s^%s\n", colour("\033[1;31m"), colour("\033[0m"));
}

int report_error(const cohort_error *error, const char *text)
{
    say_kind("", "");
    fprintf(stderr, "%s%s%s\n", colour("\033[1m"), error->text[0] != 0 ? error->text : cohort_status_text(error->code),
            colour("\033[0m"));
    if (text != NULL && error->position != COHORT_NO_POSITION)
        draw_caret(text, error->position);
    return exit_code(error->code, text == NULL && error->line > 0);
}

void report_lint(const cohort_lint_item *item, const char *text)
{
    printf("%s [%s]\n", item->message, item->code);
    fflush(stdout);
    if (stderr_is_terminal())
        draw_caret(text, item->position);
}

int exit_code(cohort_status status, bool is_data)
{
    switch (status) {
    case COHORT_OK:
        return EXIT_FINE;
    case COHORT_CORRUPT:
    case COHORT_TOO_NEW:
        return EXIT_DATA;
    case COHORT_IO:
    case COHORT_MEMORY:
    case COHORT_CANCELLED:
    case COHORT_DEADLINE:
    case COHORT_BUSY:
        return EXIT_SYSTEM;
    default:
        return is_data ? EXIT_DATA : EXIT_REQUEST;
    }
}

/* ---- progress ---- */

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void progress_start(progress_bar *bar, const char *what)
{
    *bar = (progress_bar){ .what = what, .started_us = now_us() };
}

int32_t progress_draw(void *context, uint64_t done, uint64_t total)
{
    progress_bar *bar = context;
    const int filled = total == 0 ? 0 : (int)((double)done / (double)total * BAR_WIDTH);

    if (!stderr_is_terminal() || total == 0 || now_us() - bar->started_us < PATIENCE_US)
        return 0;
    bar->drawn = true;
    fprintf(stderr, "\r%s [", bar->what);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < filled ? '#' : ' ', stderr);
    fprintf(stderr, "] %3d %%", (int)((double)done / (double)total * 100));
    fflush(stderr);
    return 0;
}

void progress_end(progress_bar *bar)
{
    if (bar->drawn)
        fputs("\r\033[K", stderr);
}

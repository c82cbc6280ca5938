/* What the command says besides its answers. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 30, PATIENCE_US = 500000, NEAR_BYTES = 100 };

static bool stderr_is_terminal(void)
{
    return isatty(2) == 1;
}

static const char *colour(FILE *stream, const char *code)
{
    return isatty(fileno(stream)) == 1 ? code : "";
}

void complain(const char *format, ...)
{
    va_list arguments;

    fputs("cohort: ", stderr);
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

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

/* The part of text to show around a byte: its line, or what of a long one is near. */
static void find_line(const char *text, size_t at, size_t *first, size_t *end)
{
    *first = at;
    *end = at;
    while (*first > 0 && text[*first - 1] != '\n' && (at - *first < NEAR_BYTES || !begins_character(text[*first])))
        --*first;
    while (text[*end] != 0 && text[*end] != '\n' && (*end - at < NEAR_BYTES || !begins_character(text[*end])))
        ++*end;
}

/* The line of text around a byte, and a caret under it. Control bytes show as blanks; the caret counts code points. */
static void draw_caret(FILE *stream, const char *text, uint64_t position)
{
    const size_t length = strlen(text);
    const size_t at = position < length ? (size_t)position : length;
    size_t first, end;

    find_line(text, at, &first, &end);

    const bool cut_left = first > 0 && text[first - 1] != '\n';
    const bool cut_right = text[end] != 0 && text[end] != '\n';

    fputs(cut_left ? "  …" : "  ", stream);
    for (size_t i = first; i < end; i++)
        fputc((unsigned char)text[i] < ' ' ? ' ' : text[i], stream);
    fputs(cut_right ? "…\n  " : "\n  ", stream);
    if (cut_left)
        fputc(' ', stream);
    for (size_t i = first; i < at; i++)
        if (begins_character(text[i]))
            fputc(' ', stream);
    fprintf(stream, "%s^%s\n", colour(stream, "\033[1;31m"), colour(stream, "\033[0m"));
}

int report_error(const cohort_error *error, const char *text)
{
    fprintf(stderr, "cohort: %s%s%s\n", colour(stderr, "\033[1m"),
            error->text[0] != 0 ? error->text : cohort_status_text(error->code), colour(stderr, "\033[0m"));
    if (text != NULL && error->position != COHORT_NO_POSITION)
        draw_caret(stderr, text, error->position);
    return exit_code(error->code, text == NULL && error->line > 0);
}

void report_lint(const cohort_lint_item *item, const char *text)
{
    printf("%s [%s]\n", item->message, item->code);
    draw_caret(stdout, text, item->position);
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

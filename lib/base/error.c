/*
 * Writing the caller's cohort_error.
 *
 * Always:  the text is one line of valid UTF-8, zero-terminated, whatever the
 *          names quoted in it held: control characters and broken sequences
 *          become '?', and a text that is too long is cut between code points.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "base/utf8.h"

static bool is_control(char byte)
{
    return (unsigned char)byte < 0x20 || byte == 0x7f;
}

/* Makes one line of valid UTF-8 out of text[0, length); `cut` says bytes were lost behind it. */
static void tidy(char *text, size_t length, bool cut)
{
    size_t at = 0;

    while (at < length) {
        uint32_t point;
        const size_t taken = co_utf8_decode((co_text){ text + at, length - at }, &point);

        if (taken == 0 && cut && length - at < 4) {
            text[at] = '\0';
            return;
        }
        if (taken == 0 || is_control(text[at]))
            text[at] = '?';
        at += taken == 0 ? 1 : taken;
    }
    text[length] = '\0';
}

static void write_error(cohort_error *error, cohort_status code, uint64_t position, const char *format, va_list arguments)
{
    const int wanted = vsnprintf(error->text, sizeof error->text, format, arguments);
    size_t length = wanted < 0 ? 0 : (size_t)wanted;
    const bool cut = length >= sizeof error->text;

    if (cut)
        length = sizeof error->text - 1;
    tidy(error->text, length, cut);
    error->code = code;
    error->position = position;
    error->line = 0;
    error->column = 0;
}

cohort_status co_fail(cohort_error *error, cohort_status code, const char *format, ...)
{
    if (error != NULL) {
        va_list arguments;

        va_start(arguments, format);
        write_error(error, code, COHORT_NO_POSITION, format, arguments);
        va_end(arguments);
    }
    return code;
}

cohort_status co_fail_at(cohort_error *error, cohort_status code, uint64_t position, const char *format, ...)
{
    if (error != NULL) {
        va_list arguments;

        va_start(arguments, format);
        write_error(error, code, position, format, arguments);
        va_end(arguments);
    }
    return code;
}

cohort_status co_fail_memory(cohort_error *error)
{
    return co_fail(error, COHORT_MEMORY, "no memory");
}

void co_error_locate(cohort_error *error, co_text source)
{
    uint32_t line = 1;
    uint32_t column = 1;

    if (error == NULL || error->position == COHORT_NO_POSITION || error->position > source.length)
        return;

    for (size_t i = 0; i < (size_t)error->position; i++) {
        const unsigned char byte = (unsigned char)source.bytes[i];

        if (byte == '\n') {
            line++;
            column = 1;
        } else if ((byte & 0xc0) != 0x80) {
            column++;
        }
    }
    error->line = line;
    error->column = column;
}

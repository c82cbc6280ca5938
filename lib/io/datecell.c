/* What cells of all types share. */
#include "io/datecell.h"

#include <stddef.h>

/* The layout before the next '|', taken off the front of *rest. */
static co_text next_layout(co_text *rest)
{
    const char *bar = memchr(rest->bytes, '|', rest->length);
    const co_text layout = { rest->bytes, bar != NULL ? (size_t)(bar - rest->bytes) : rest->length };
    const size_t used = layout.length + (bar != NULL);

    *rest = (co_text){ rest->bytes + used, rest->length - used };
    return layout;
}

co_time_fault co_date_form_read(const co_date_form *form, co_text text, co_local_time *time)
{
    co_time_fault fault = CO_TIME_SYNTAX;

    if (form->layouts.length == 0)
        return co_parse_time(text, time);
    for (co_text rest = form->layouts; rest.length > 0;) {
        const co_time_fault this_fault = co_parse_time_as(next_layout(&rest), text, time);

        if (this_fault == CO_TIME_FINE)
            return CO_TIME_FINE;
        if (this_fault != CO_TIME_SYNTAX)
            fault = this_fault;
    }
    return fault;
}

const char *co_date_form_fault(const co_date_form *form)
{
    for (co_text rest = form->layouts; rest.length > 0;) {
        const char *fault = co_time_layout_fault(next_layout(&rest));

        if (fault != NULL)
            return fault;
    }
    return NULL;
}

co_text co_cell_trim(co_text text)
{
    while (text.length > 0 && (*text.bytes == ' ' || *text.bytes == '\t')) {
        text.bytes++;
        text.length--;
    }
    while (text.length > 0 && (text.bytes[text.length - 1] == ' ' || text.bytes[text.length - 1] == '\t'))
        text.length--;
    return text;
}

static bool is_word(co_text text, const char *word)
{
    size_t i = 0;

    for (; i < text.length && word[i] != 0; i++)
        if ((text.bytes[i] | 0x20) != word[i])
            return false;
    return i == text.length && word[i] == 0;
}

static bool is_one_of(co_text text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_word(text, words[i]))
            return true;
    return false;
}

bool co_cell_is_true_false(co_text text, bool *truth)
{
    *truth = is_word(text, "true");
    return *truth || is_word(text, "false");
}

bool co_cell_is_bool(co_text text, bool *truth)
{
    static const char *const yes[] = { "true", "t", "yes", "y", "on" };
    static const char *const no[] = { "false", "f", "no", "n", "off" };

    *truth = is_one_of(text, yes, sizeof yes / sizeof *yes) || co_text_equal(text, CO_TEXT("1"));
    return *truth || is_one_of(text, no, sizeof no / sizeof *no) || co_text_equal(text, CO_TEXT("0"));
}

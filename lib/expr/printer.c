/* Words, names and texts as they are printed: see printer.h. */
#include "expr/printer.h"

#include "base/number.h"
#include "expr/expr.h"
#include "expr/ranges.h"

void co_printer_put(co_printer *printer, const char *text)
{
    co_buffer_string(printer->out, text);
    printer->place = CO_PLACE_ORDINARY;
}

void co_printer_text(co_printer *printer, co_text text)
{
    co_buffer_text(printer->out, text);
    printer->place = CO_PLACE_ORDINARY;
}

void co_printer_word(co_printer *printer, co_word word)
{
    co_printer_text(printer, co_word_text(word));
}

/* The text between quotes, each quote inside twice. */
static void put_between(co_printer *printer, co_text text, char quote)
{
    size_t first = 0;

    printer->place = CO_PLACE_ORDINARY;
    co_buffer_byte(printer->out, quote);
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] == quote) {
            co_buffer_append(printer->out, text.bytes + first, i + 1 - first);
            first = i;
        }
    }
    co_buffer_append(printer->out, text.bytes + first, text.length - first);
    co_buffer_byte(printer->out, quote);
}

void co_printer_quoted(co_printer *printer, co_text text)
{
    put_between(printer, text, '\'');
}

void co_printer_name(co_printer *printer, co_text name)
{
    if (co_word_is_well_formed(name))
        co_printer_text(printer, name);
    else
        put_between(printer, name, '"');
}

void co_printer_object(co_printer *printer, co_text name)
{
    const co_word word = co_word_find(name);

    if (word == CO_WORD_NOT || word == CO_WORD_DISTINCT)
        put_between(printer, name, '"');
    else
        co_printer_name(printer, name);
}

void co_printer_names(co_printer *printer, const co_text *names, uint32_t n, const char *between)
{
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0)
            co_printer_put(printer, between);
        co_printer_name(printer, names[i]);
    }
}

/* Words that begin an operand wherever one can stand. */
static bool is_operand_word(co_word word)
{
    return word == CO_WORD_NOT || word == CO_WORD_NULL || word == CO_WORD_TRUE || word == CO_WORD_FALSE;
}

/* Would the grammar take the first name of a path at this place for a keyword? */
static bool is_taken(const co_printer *printer, co_text name, bool is_alone, co_follower follower)
{
    const co_word word = co_word_find(name);

    if (is_operand_word(word))
        return true;
    if (printer->place == CO_PLACE_ITEM && is_alone && co_range_is_word(name))
        return true;
    if (printer->place == CO_PLACE_COUNT && word == CO_WORD_DISTINCT)
        return true;
    return word == CO_WORD_CASE && is_alone && follower == CO_FOLLOWED_BY_WHEN;
}

void co_printer_path(co_printer *printer, const co_text *names, uint32_t n, co_follower follower)
{
    if (is_taken(printer, names[0], n == 1 && follower != CO_FOLLOWED_BY_DOT, follower))
        put_between(printer, names[0], '"');
    else
        co_printer_name(printer, names[0]);
    if (n > 1) {
        co_printer_put(printer, ".");
        co_printer_names(printer, names + 1, n - 1, ".");
    }
}

void co_printer_count(co_printer *printer, int64_t count)
{
    char text[CO_INT64_TEXT];

    co_printer_text(printer, (co_text){ text, co_print_int64(count, text) });
}

void co_printer_comma(co_printer *printer, uint32_t i)
{
    if (i > 0)
        co_printer_put(printer, ", ");
}

bool co_expr_is_plain_name(co_text name)
{
    const co_word word = co_word_find(name);

    return co_word_is_well_formed(name) && !is_operand_word(word) && word != CO_WORD_CASE &&
           word != CO_WORD_DISTINCT && !co_range_is_word(name);
}

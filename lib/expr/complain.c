/*
 * What went wrong, said so that the next attempt succeeds: what was expected,
 * what was found, and what somebody who wrote this most likely meant.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"
#include "expr/parser.h"
#include "expr/ranges.h"

enum { longest_excerpt = 40, hint_size = 200 };

static void *complain(co_parser *parser, cohort_status code, uint32_t position, const char *format,
                      va_list arguments)
{
    char text[sizeof((cohort_error *)0)->text];

    assert(parser->status == COHORT_OK);
    (void)vsnprintf(text, sizeof text, format, arguments);
    parser->status = co_fail_at(parser->error, code, position, "%s", text);
    co_error_locate(parser->error, parser->tree->source);
    return NULL;
}

void *co_complain(co_parser *parser, uint32_t position, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(parser, COHORT_PARSE, position, format, arguments);
    va_end(arguments);
    return NULL;
}

bool co_refuse(co_parser *parser, uint32_t position, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(parser, COHORT_PARSE, position, format, arguments);
    va_end(arguments);
    return false;
}

void *co_complain_limit(co_parser *parser, uint32_t position, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(parser, COHORT_LIMIT, position, format, arguments);
    va_end(arguments);
    return NULL;
}

void *co_complain_memory(co_parser *parser)
{
    if (parser->status == COHORT_OK)
        parser->status = co_fail_memory(parser->error);
    return NULL;
}

/* How much of a text is quoted back: at most 40 bytes, whole code points, no line breaks. */
static size_t excerpt_length(co_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        const unsigned char byte = (unsigned char)text.bytes[i];

        if (byte < ' ' || (i >= longest_excerpt && (byte & 0xC0) != 0x80))
            return i;
    }
    return text.length;
}

/* The token as it is quoted back. */
static void describe(const co_token *token, char *out, size_t size)
{
    const size_t length = excerpt_length(token->text);
    const char *before = token->kind == CO_TOKEN_STRING ? "the text '"
                         : token->kind == CO_TOKEN_NAME ? "the name \""
                                                        : "'";
    const char *after = token->kind == CO_TOKEN_NAME ? "\"" : "'";

    if (token->kind == CO_TOKEN_END)
        (void)snprintf(out, size, "the end of the text");
    else
        (void)snprintf(out, size, "%s%.*s%s%s", before, (int)length, token->text.bytes,
                       length < token->text.length ? "…" : "", after);
}

/* Typographic quotes are letters to the grammar; they come from word processors. */
static bool holds_typographic_quote(co_text text)
{
    while (text.length > 0) {
        uint32_t point = 0;
        const size_t length = co_utf8_decode(text, &point);

        if ((point >= 0x2018 && point <= 0x201F) || point == 0xAB || point == 0xBB)
            return true;
        text.bytes += length;
        text.length -= length;
    }
    return false;
}

/* A text ends in a backslash and something sticks to its closing quote: 'it\'s'. */
static bool follows_backslash(const co_parser *parser)
{
    const co_token *last = &parser->last;

    return last->kind == CO_TOKEN_STRING && last->text.length > 0 &&
           last->text.bytes[last->text.length - 1] == '\\';
}

/* A token that can end an operand. */
static bool ends_operand(const co_token *token)
{
    return token->kind == CO_TOKEN_NAME || token->kind == CO_TOKEN_STRING || token->kind == CO_TOKEN_NUMBER ||
           token->kind == CO_TOKEN_CLOSE ||
           (token->kind == CO_TOKEN_WORD && token->word == CO_WORD_NONE_OF_THEM);
}

/* What a clause that comes too late says of its place; NULL: the word begins none. */
static const char *place_of_clause(co_word word)
{
    switch (word) {
    case CO_WORD_VIA:
        return "; VIA comes before WHERE";
    case CO_WORD_PER:
        return "; PER comes before AMONG";
    case CO_WORD_AMONG:
        return "; AMONG comes before WITH TIES";
    case CO_WORD_WITHIN:
        return "; in a chain, WITHIN comes before SAME and STRICT";
    case CO_WORD_SAME:
        return "; in a chain, SAME comes before STRICT";
    case CO_WORD_BY:
        return "; before BY stands TOP or BOTTOM and a number that is not negative";
    default:
        return NULL;
    }
}

/* A word stands where an operator should. */
static void hint_at_word(const co_token *word, char *hint)
{
    const co_text follower = co_word_suggest_follower(word->text);

    if (word->word == CO_WORD_NULL)
        (void)snprintf(hint, hint_size, "; write IS NULL");
    else if (follower.bytes != NULL && !co_word_same(follower, word->text))
        (void)snprintf(hint, hint_size, "; did you mean '" CO_FMT "'?", CO_ARG(follower));
    else if (follower.bytes == NULL)
        (void)snprintf(hint, hint_size,
                       "; an operator is missing before it, or a name with blanks needs double quotes");
}

/* An operand is finished and something stands right behind it. */
static void hint_after_operand(const co_token *last, const co_token *now, char *hint)
{
    if (now->kind == CO_TOKEN_WORD && place_of_clause(now->word) != NULL)
        (void)snprintf(hint, hint_size, "%s", place_of_clause(now->word));
    else if (last->kind == CO_TOKEN_WORD && last->word == CO_WORD_CASE)
        (void)snprintf(hint, hint_size, "; only CASE WHEN condition THEN value END is known");
    else if (last->word == CO_WORD_AND || last->word == CO_WORD_OR || last->word == CO_WORD_XOR)
        (void)snprintf(hint, hint_size, "; '" CO_FMT "' before it was read as a name", CO_ARG(last->text));
    else if ((last->word == CO_WORD_TOP || last->word == CO_WORD_BOTTOM) && now->kind == CO_TOKEN_NUMBER)
        (void)snprintf(hint, hint_size,
                       "; TOP and BOTTOM take no path before them: save a segment of that object, ask for SEGMENT('…')");
    else if (!ends_operand(last))
        hint[0] = '\0';
    else if (now->kind == CO_TOKEN_STRING && last->kind == CO_TOKEN_STRING)
        (void)snprintf(hint, hint_size, "; texts are joined with CONCAT(a, b)");
    else if (now->kind == CO_TOKEN_STRING || now->kind == CO_TOKEN_NUMBER || now->kind == CO_TOKEN_NAME)
        (void)snprintf(hint, hint_size, "; an operator such as = is missing before it");
    else if (now->kind == CO_TOKEN_WORD)
        hint_at_word(now, hint);
}

/* What to try instead, or nothing. */
static void find_hint(const co_parser *parser, bool after_operand, char *hint)
{
    const co_token *now = &parser->now;
    const co_token *last = &parser->last;

    hint[0] = '\0';
    if (holds_typographic_quote(now->text) || (ends_operand(last) && holds_typographic_quote(last->text)))
        (void)snprintf(hint, hint_size, "; typographic quotes are no quotes, write 'text' or \"name\"");
    else if (follows_backslash(parser))
        (void)snprintf(hint, hint_size,
                       "; there are no backslash escapes, a quote inside a text is doubled: 'it''s'");
    else if (now->kind == CO_TOKEN_DOT && parser->next.kind == CO_TOKEN_NUMBER)
        (void)snprintf(hint, hint_size, "; write 0.5 for .5");
    else if (now->kind == CO_TOKEN_RANGE)
        (void)snprintf(hint, hint_size,
                       "; a date range stands only on the right of a comparison, IN or BETWEEN");
    else if (after_operand)
        hint_after_operand(last, now, hint);
    else if (now->kind == CO_TOKEN_WORD && now->word == CO_WORD_NOT)
        (void)snprintf(hint, hint_size, "; put the condition that begins with NOT in parentheses");
}

static void *complain_expected(co_parser *parser, const char *wanted, bool after_operand)
{
    char found[4 * longest_excerpt];
    char hint[hint_size];

    if (parser->status != COHORT_OK)
        return NULL;
    if (parser->now.kind == CO_TOKEN_BAD && !follows_backslash(parser))
        return co_complain(parser, parser->now.position, "%s", parser->now.fault);
    describe(&parser->now, found, sizeof found);
    find_hint(parser, after_operand, hint);
    return co_complain(parser, parser->now.position, "expected %s, found %s%s", wanted, found, hint);
}

void *co_complain_expected(co_parser *parser, const char *wanted)
{
    return complain_expected(parser, wanted, false);
}

void *co_complain_after_operand(co_parser *parser, const char *wanted)
{
    return complain_expected(parser, wanted, true);
}

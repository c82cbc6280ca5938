/* Tokens: see lexer.h. Source: the language's grammar, rules for word, name, string, number and range. */
#include "expr/lexer.h"

#include <assert.h>

/* Symbols of other languages, longest first, and what to write instead. */
typedef struct foreign_symbol {
    const char *symbol;
    const char *fault;
} foreign_symbol;

static const foreign_symbol foreign_symbols[] = {
    { "<=>", "'<=>' is no operator here; write IS NOT DISTINCT FROM" },
    { "==", "'==' is no operator here; write = to compare" },
    { "=>", "'=>' is no operator here; write >=" },
    { "=<", "'=<' is no operator here; write <=" },
    { "=!", "'=!' is no operator here; write !=" },
    { "&&", "'&&' is no operator here; write AND" },
    { "||", "'||' is no operator here; write OR, or CONCAT(a, b) to join texts" },
    { "/*", "'/*' opens no comment here; a comment is -- up to the end of the line" },
    { "//", "'//' opens no comment here; a comment is -- up to the end of the line" },
    { "**", "'**' is no operator here; write POWER(a, b)" },
    { "::", "'::' is no operator here; write DATE '2026-11-22' or TIMESTAMP '2026-11-22 10:00'" },
    { "!", "'!' is no operator here; write NOT, or != to compare" },
    { "&", "'&' is no operator here; write AND" },
    { "|", "'|' is no operator here; write OR" },
    { "%", "'%' is no operator here; write MOD(a, b)" },
    { "^", "'^' is no operator here; write POWER(a, b)" },
    { "~", "'~' is no operator here; write MATCHES for a regular expression" },
    { "#", "'#' opens no comment here; a comment is -- up to the end of the line" },
    { "[", "'[' is unknown here; lists are written in parentheses, as in IN ('a', 'b')" },
    { "{", "'{' is unknown here; lists are written in parentheses, as in IN ('a', 'b')" },
    { "`",
      "'`' is unknown here; names that need quotes are written in double quotes, as in \"Lead Source\"" },
    { "\\",
      "'\\' is unknown here; there are no backslash escapes, a quote inside a text is doubled: 'it''s'" },
    { ":", "':' belongs only in date ranges such as LAST_N_DAYS:30, without blanks" },
    { "$", "'$' is unknown here; there are no parameters" },
    { "?", "'?' is unknown here; there are no parameters" },
    { "@", "'@' is unknown here; names that need quotes are written in double quotes, as in \"e@mail\"" },
};

static char byte_at(const co_lexer *lexer, size_t position)
{
    return position < lexer->source.length ? lexer->source.bytes[position] : '\0';
}

static bool is_within(const co_lexer *lexer, size_t position)
{
    return position < lexer->source.length;
}

static void skip_blanks_and_comments(co_lexer *lexer)
{
    while (is_within(lexer, lexer->position)) {
        const char byte = byte_at(lexer, lexer->position);

        if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') {
            lexer->position++;
        } else if (byte == '-' && byte_at(lexer, lexer->position + 1) == '-') {
            while (is_within(lexer, lexer->position) && byte_at(lexer, lexer->position) != '\n')
                lexer->position++;
        } else {
            return;
        }
    }
}

static size_t skip_digits(const co_lexer *lexer, size_t position)
{
    while (co_is_digit(byte_at(lexer, position)))
        position++;
    return position;
}

static co_text slice(const co_lexer *lexer, size_t first, size_t end)
{
    return (co_text){ lexer->source.bytes + first, end - first };
}

/* Ends the token at `end`. */
static void finish(co_lexer *lexer, co_token *token, co_token_kind kind, size_t end)
{
    token->kind = kind;
    token->end = (uint32_t)end;
    if (kind != CO_TOKEN_STRING && kind != CO_TOKEN_NAME)
        token->text = slice(lexer, token->position, end);
    lexer->position = (uint32_t)end;
}

/* What stands at `position` is no token. The parser stops at it, so where it ends does not matter. */
static void fail(co_lexer *lexer, co_token *token, size_t position, const char *fault)
{
    token->kind = CO_TOKEN_BAD;
    token->position = (uint32_t)position;
    token->end = (uint32_t)lexer->source.length;
    token->text = slice(lexer, position, lexer->source.length);
    token->fault = fault;
    lexer->position = token->end;
}

/* A word, or a word, ":" and digits. */
static void read_word(co_lexer *lexer, co_token *token)
{
    size_t end = token->position;

    while (co_is_word_start(byte_at(lexer, end)) || co_is_digit(byte_at(lexer, end)))
        end++;
    if (byte_at(lexer, end) == ':' && co_is_digit(byte_at(lexer, end + 1))) {
        end = skip_digits(lexer, end + 1);
        if (co_is_word_start(byte_at(lexer, end)))
            fail(lexer, token, end, "a blank is needed between a number and the word after it");
        else
            finish(lexer, token, CO_TOKEN_RANGE, end);
        return;
    }
    finish(lexer, token, CO_TOKEN_WORD, end);
    token->word = co_word_find(token->text);
}

/* Text or a name between quotes; the quote itself is written twice inside. */
static void read_quoted(co_lexer *lexer, co_token *token, co_token_kind kind)
{
    const char quote = lexer->source.bytes[token->position];
    size_t end = (size_t)token->position + 1;

    for (; is_within(lexer, end); end++) {
        if (byte_at(lexer, end) != quote)
            continue;
        if (byte_at(lexer, end + 1) != quote)
            break;
        token->has_doubled_quotes = true;
        end++;
    }
    if (!is_within(lexer, end)) {
        fail(lexer, token, token->position,
             kind == CO_TOKEN_STRING
                 ? "this ' opens a text that is never closed; a quote inside a text is doubled: 'it''s'"
                 : "this \" opens a name that is never closed");
        return;
    }
    token->text = slice(lexer, (size_t)token->position + 1, end);
    if (kind == CO_TOKEN_NAME && token->text.length == 0)
        fail(lexer, token, token->position, "a name cannot be empty; text is written in single quotes");
    else
        finish(lexer, token, kind, end + 1);
}

/* The end of an exponent that starts at `position`, or `position` if none does. */
static size_t skip_exponent(const co_lexer *lexer, size_t position)
{
    size_t digits = position + 1;

    if (co_to_capital(byte_at(lexer, position)) != 'E')
        return position;
    if (byte_at(lexer, digits) == '+' || byte_at(lexer, digits) == '-')
        digits++;
    return co_is_digit(byte_at(lexer, digits)) ? skip_digits(lexer, digits) : position;
}

static void read_number(co_lexer *lexer, co_token *token)
{
    size_t end = skip_digits(lexer, token->position);

    if (byte_at(lexer, end) == '.') {
        if (!co_is_digit(byte_at(lexer, end + 1))) {
            fail(lexer, token, end, "digits are needed after the point of a number");
            return;
        }
        end = skip_digits(lexer, end + 1);
    }
    end = skip_exponent(lexer, end);
    if (co_is_word_start(byte_at(lexer, end)))
        fail(lexer, token, end, "a blank is needed between a number and the word after it");
    else if (byte_at(lexer, end) == '.')
        fail(lexer, token, end, "a number has only one point");
    else
        finish(lexer, token, CO_TOKEN_NUMBER, end);
}

/* Refuses what other languages write; otherwise only one-byte symbols are left. */
static bool refuse_foreign_symbol(co_lexer *lexer, co_token *token)
{
    const co_text rest = slice(lexer, token->position, lexer->source.length);

    for (size_t i = 0; i < sizeof foreign_symbols / sizeof foreign_symbols[0]; i++) {
        const co_text symbol = co_text_of(foreign_symbols[i].symbol);

        if (rest.length >= symbol.length && memcmp(rest.bytes, symbol.bytes, symbol.length) == 0) {
            fail(lexer, token, token->position, foreign_symbols[i].fault);
            return true;
        }
    }
    return false;
}

static void read_symbol(co_lexer *lexer, co_token *token)
{
    static const struct {
        char symbol[3];
        co_token_kind kind;
    } symbols[] = {
        { "!=", CO_TOKEN_NOT_EQUAL },     { "<>", CO_TOKEN_NOT_EQUAL }, { "<=", CO_TOKEN_LESS_EQUAL },
        { ">=", CO_TOKEN_GREATER_EQUAL }, { "=", CO_TOKEN_EQUAL },      { "<", CO_TOKEN_LESS },
        { ">", CO_TOKEN_GREATER },        { "(", CO_TOKEN_OPEN },       { ")", CO_TOKEN_CLOSE },
        { ",", CO_TOKEN_COMMA },          { ";", CO_TOKEN_SEMICOLON },  { ".", CO_TOKEN_DOT },
        { "+", CO_TOKEN_PLUS },           { "-", CO_TOKEN_MINUS },      { "*", CO_TOKEN_STAR },
        { "/", CO_TOKEN_SLASH },
    };
    const char first = byte_at(lexer, token->position);
    const char second = byte_at(lexer, (size_t)token->position + 1);

    if (!(first == '!' && second == '=') && refuse_foreign_symbol(lexer, token))
        return;
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        const char *symbol = symbols[i].symbol;

        if (symbol[0] == first && (symbol[1] == '\0' || symbol[1] == second)) {
            finish(lexer, token, symbols[i].kind, (size_t)token->position + (symbol[1] == '\0' ? 1 : 2));
            return;
        }
    }
    fail(lexer, token, token->position,
         first == '\0' ? "a zero byte is no part of an expression"
                       : "this character is no part of an expression");
}

void co_lexer_next(co_lexer *lexer, co_token *token)
{
    skip_blanks_and_comments(lexer);
    *token = (co_token){ .position = lexer->position, .end = lexer->position };
    if (!is_within(lexer, lexer->position)) {
        token->kind = CO_TOKEN_END;
        token->text = slice(lexer, lexer->position, lexer->position);
        return;
    }

    const char first = byte_at(lexer, lexer->position);
    assert(token->kind == CO_TOKEN_END);
    if (co_is_word_start(first))
        read_word(lexer, token);
    else if (co_is_digit(first))
        read_number(lexer, token);
    else if (first == '\'')
        read_quoted(lexer, token, CO_TOKEN_STRING);
    else if (first == '"')
        read_quoted(lexer, token, CO_TOKEN_NAME);
    else
        read_symbol(lexer, token);
}

/*
 * Constants: see literals.h.
 *
 * Always:  a number without an exponent is exact and keeps its digits as
 *          written; with one it is a double. Dates, timestamps and intervals
 *          are known to be such. Spans keep the units they were written in.
 */
#include "expr/literals.h"

#include "base/number.h"
#include "base/timetext.h"
#include "expr/ranges.h"

enum { most_digits = 38, longest_span = 1000 };

/* --- numbers --- */

/* Digits with at most one point among them, without the point and without zeros in front. */
static bool collect_digits(co_text text, char digits[most_digits], size_t *n_digits, uint32_t *scale)
{
    bool is_fraction = false;

    *n_digits = 0;
    *scale = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] == '.') {
            is_fraction = true;
            continue;
        }
        if (is_fraction && ++*scale > most_digits)
            return false;
        if (*n_digits == 0 && text.bytes[i] == '0')
            continue;
        if (*n_digits == most_digits)
            return false;
        digits[(*n_digits)++] = text.bytes[i];
    }
    return true;
}

static bool is_double(co_text text)
{
    return memchr(text.bytes, 'e', text.length) != NULL || memchr(text.bytes, 'E', text.length) != NULL;
}

static co_node *set_double(co_parser *parser, co_node *node, const co_token *token, bool is_negative)
{
    if (co_parse_double(token->text, &node->number) != CO_PARSED)
        return co_complain(parser, token->position, "'" CO_FMT "' is too large for a number",
                           CO_ARG(token->text));
    node->is_double = true;
    if (is_negative)
        node->number = -node->number;
    return node;
}

static co_node *set_exact(co_parser *parser, co_node *node, const co_token *token, bool is_negative)
{
    char digits[most_digits];
    size_t n_digits = 0;

    if (!collect_digits(token->text, digits, &n_digits, &node->scale))
        return co_complain(parser, token->position,
                           "a number has at most %d digits; write it with an exponent, as in 1e40",
                           most_digits);
    if (n_digits > 0)
        (void)co_parse_wide((co_text){ digits, n_digits }, &node->digits);
    if (is_negative)
        (void)co_wide_negate(node->digits, &node->digits);
    return node;
}

co_node *co_parse_number(co_parser *parser)
{
    co_node *node = co_parser_node(parser, CO_NODE_NUMBER, parser->now.position);

    if (node == NULL)
        return NULL;

    const bool is_negative = co_parser_accept(parser, CO_TOKEN_MINUS);
    const co_token token = parser->now;
    if (!co_parser_expect(parser, CO_TOKEN_NUMBER, "a number"))
        return NULL;
    node = is_double(token.text) ? set_double(parser, node, &token, is_negative)
                                 : set_exact(parser, node, &token, is_negative);
    return node == NULL ? NULL : co_parser_finish(parser, node);
}

bool co_parse_count(co_parser *parser, const char *what, int64_t least, int64_t greatest, int64_t *count)
{
    const co_token token = parser->now;

    if (!co_parser_expect(parser, CO_TOKEN_NUMBER, "a whole number"))
        return false;
    if (co_parse_int64(token.text, count) == CO_PARSED && *count >= least && *count <= greatest)
        return true;
    if (greatest == INT64_MAX)
        return co_refuse(parser, token.position,
                         "%s needs a whole number of at least %lld, found '" CO_FMT "'", what,
                         (long long)least, CO_ARG(token.text));
    return co_refuse(parser, token.position, "%s needs a whole number from %lld to %lld, found '" CO_FMT "'",
                     what, (long long)least, (long long)greatest, CO_ARG(token.text));
}

bool co_parse_coordinate(co_parser *parser, const char *what, double greatest, double *value)
{
    const bool is_negative = co_parser_accept(parser, CO_TOKEN_MINUS);
    const co_token token = parser->now;

    if (!co_parser_expect(parser, CO_TOKEN_NUMBER, what))
        return false;
    if (co_parse_double(token.text, value) != CO_PARSED || *value > greatest) {
        return co_refuse(parser, token.position,
                         "a %s lies between -%.0f and %.0f degrees, found '" CO_FMT "'", what, greatest,
                         greatest, CO_ARG(token.text));
    }
    if (is_negative)
        *value = -*value;
    return true;
}

/* --- texts and words --- */

co_node *co_parse_string(co_parser *parser)
{
    const co_token token = parser->now;

    if (!co_parser_expect(parser, CO_TOKEN_STRING, "a text in single quotes"))
        return NULL;

    co_node *node = co_parser_node(parser, CO_NODE_STRING, token.position);
    if (node == NULL)
        return NULL;
    node->text = co_parser_text(parser, &token);
    return node->text.bytes == NULL ? NULL : co_parser_finish(parser, node);
}

co_node *co_parse_word_literal(co_parser *parser)
{
    const co_token token = parser->now;
    co_node *node =
        co_parser_node(parser, token.word == CO_WORD_NULL ? CO_NODE_NULL : CO_NODE_BOOL, token.position);

    if (node == NULL)
        return NULL;
    node->count = token.word == CO_WORD_TRUE;
    co_parser_advance(parser);
    return co_parser_finish(parser, node);
}

co_node *co_parse_time_literal(co_parser *parser)
{
    const bool is_date = co_parser_at_word(parser, CO_WORD_DATE);
    co_node *node = co_parser_node(parser, is_date ? CO_NODE_DATE : CO_NODE_TIMESTAMP, parser->now.position);
    co_local_time time;
    int64_t day;

    if (node == NULL)
        return NULL;
    co_parser_advance(parser);
    const co_token token = parser->now;
    node->text = co_parser_text(parser, &token);
    if (node->text.bytes == NULL)
        return NULL;
    const co_time_fault fault = is_date ? co_parse_date(node->text, &day) : co_parse_time(node->text, &time);
    if (fault != CO_TIME_FINE)
        return co_complain(parser, token.position, "'" CO_FMT "' %s", CO_ARG(node->text),
                           co_time_fault_text(fault));
    co_parser_advance(parser);
    return co_parser_finish(parser, node);
}

/* --- spans of time --- */

static const co_text unit_names[] = {
    { "MICROSECOND", 11 }, { "MILLISECOND", 11 }, { "SECOND", 6 }, { "MINUTE", 6 }, { "HOUR", 4 },
    { "DAY", 3 },          { "WEEK", 4 },         { "MONTH", 5 },  { "YEAR", 4 },
};

enum { n_unit_names = sizeof unit_names / sizeof unit_names[0] };

/* Takes the unit at hand, in singular or plural: its name in singular, and what one of it is. */
static bool take_unit(co_parser *parser, co_text *name, co_interval *one)
{
    co_text word = parser->now.text;

    if (word.length > 1 && co_to_capital(word.bytes[word.length - 1]) == 'S')
        word.length--;
    for (unsigned i = 0; parser->now.kind == CO_TOKEN_WORD && i < n_unit_names; i++) {
        if (co_word_same(word, unit_names[i])) {
            *name = unit_names[i];
            co_parser_advance(parser);
            return co_interval_unit(*name, one);
        }
    }
    co_complain_expected(parser, "a unit of time such as DAYS");
    return false;
}

/* Adds `count unit` to the interval and to the text. */
static bool parse_span_part(co_parser *parser, co_interval *interval, co_buffer *text)
{
    const uint32_t position = parser->now.position;
    co_interval part;
    co_text unit;
    int64_t n = 0;

    if (!co_parse_count(parser, "a span of time", 0, INT64_MAX, &n) || !take_unit(parser, &unit, &part))
        return false;
    if (!co_interval_multiply(part, n, &part) || !co_interval_add(*interval, part, interval)) {
        return co_refuse(parser, position, "this span of time is too long");
    }
    co_buffer_format(text, "%s%lld " CO_FMT "%s", text->length == 0 ? "" : " ", (long long)n, CO_ARG(unit),
                     n == 1 ? "" : "S");
    return true;
}

/* int unit { int unit }; the text, in capitals, begins with `prefix`. */
static bool parse_span(co_parser *parser, const char *prefix, co_interval *interval, co_text *printed)
{
    co_buffer text;

    co_buffer_init(&text, parser->memory, longest_span);
    *interval = (co_interval){ 0, 0 };
    bool is_fine = parse_span_part(parser, interval, &text);
    while (is_fine && co_parser_at(parser, CO_TOKEN_NUMBER))
        is_fine = parse_span_part(parser, interval, &text);
    if (is_fine && text.status == COHORT_LIMIT) {
        co_complain(parser, parser->last.position, "this span of time has too many parts");
        is_fine = false;
    } else if (is_fine && text.status != COHORT_OK) {
        co_complain_memory(parser);
        is_fine = false;
    }
    if (is_fine) {
        *printed = co_parser_join(parser, prefix, (co_text){ text.bytes, text.length }, "");
        is_fine = printed->bytes != NULL;
    }
    co_buffer_clear(&text);
    return is_fine;
}

/* A quoted interval after INTERVAL. */
static bool parse_quoted_interval(co_parser *parser, co_interval *interval, co_text *printed)
{
    const co_token token = parser->now;
    const co_text text = co_parser_text(parser, &token);

    if (text.bytes == NULL)
        return false;
    const char *fault = co_interval_parse(text, interval);
    if (fault != NULL) {
        return co_refuse(parser, token.position, "'" CO_FMT "' %s", CO_ARG(text), fault);
    }
    co_parser_advance(parser);
    *printed = co_parser_join(parser, "INTERVAL '", token.text, "'");
    return printed->bytes != NULL;
}

static bool parse_interval(co_parser *parser, co_interval *interval, co_text *printed)
{
    return co_parser_at(parser, CO_TOKEN_STRING) ? parse_quoted_interval(parser, interval, printed)
                                                 : parse_span(parser, "INTERVAL ", interval, printed);
}

co_node *co_parse_interval_literal(co_parser *parser)
{
    co_node *node = co_parser_node(parser, CO_NODE_INTERVAL, parser->now.position);

    if (node == NULL)
        return NULL;
    co_parser_advance(parser);
    if (!parse_interval(parser, &node->interval, &node->text))
        return NULL;
    return co_parser_finish(parser, node);
}

bool co_parse_duration(co_parser *parser, co_interval *interval, co_text *text)
{
    const uint32_t position = parser->now.position;
    const bool has_word = co_parser_accept_word(parser, CO_WORD_INTERVAL);

    if (!has_word && !co_parser_at(parser, CO_TOKEN_NUMBER)) {
        co_complain_expected(parser, "a span of time such as 7 DAYS");
        return false;
    }
    if (!(has_word && co_parser_at(parser, CO_TOKEN_STRING) ? parse_quoted_interval(parser, interval, text)
                                                            : parse_span(parser, "", interval, text)))
        return false;
    if (interval->months >= 0 && interval->microseconds >= 0)
        return true;
    return co_refuse(parser, position, "WITHIN needs a span of time that is not negative");
}

/* --- date ranges --- */

bool co_parse_is_range(const co_parser *parser)
{
    if (parser->now.kind == CO_TOKEN_RANGE)
        return true;
    return parser->now.kind == CO_TOKEN_WORD && parser->next.kind != CO_TOKEN_OPEN &&
           parser->next.kind != CO_TOKEN_DOT && co_range_is_word(parser->now.text);
}

static co_node *refuse_range(co_parser *parser, co_range_reading reading)
{
    const co_text text = parser->now.text;
    const char *colon = memchr(text.bytes, ':', text.length);
    const co_text word = { text.bytes, colon == NULL ? text.length : (size_t)(colon - text.bytes) };
    const uint32_t position = parser->now.position;

    if (reading == CO_RANGE_NEEDS_NUMBER)
        return co_complain(parser, position, "'" CO_FMT "' needs a number, as in " CO_FMT ":30", CO_ARG(word),
                           CO_ARG(word));
    if (reading == CO_RANGE_TAKES_NO_NUMBER)
        return co_complain(parser, position, "'" CO_FMT "' takes no number", CO_ARG(word));
    if (reading == CO_RANGE_TOO_LONG)
        return co_complain(parser, position, "'" CO_FMT "' is too long, at most %d", CO_ARG(text),
                           CO_RANGE_LONGEST);

    const co_text suggestion = co_range_suggest(word);
    if (suggestion.bytes != NULL)
        return co_complain(parser, position, "unknown date range '" CO_FMT "', did you mean '" CO_FMT "'?",
                           CO_ARG(word), CO_ARG(suggestion));
    return co_complain(parser, position, "unknown date range '" CO_FMT "'", CO_ARG(word));
}

/* In capitals and without zeros in front of the number. */
static co_text range_text(co_parser *parser, co_text written)
{
    char text[64];
    size_t length = 0;

    for (size_t i = 0; i < written.length; i++) {
        const bool is_leading_zero =
            written.bytes[i] == '0' && text[length - 1] == ':' && i + 1 < written.length;

        if (!is_leading_zero)
            text[length++] = co_to_capital(written.bytes[i]);
    }
    return co_parser_join(parser, "", (co_text){ text, length }, "");
}

static bool is_arithmetic(co_token_kind kind)
{
    return kind == CO_TOKEN_PLUS || kind == CO_TOKEN_MINUS || kind == CO_TOKEN_STAR || kind == CO_TOKEN_SLASH;
}

co_node *co_parse_range(co_parser *parser)
{
    co_node *node = co_parser_node(parser, CO_NODE_RANGE, parser->now.position);

    if (node == NULL)
        return NULL;
    const co_range_reading reading = co_range_read(parser->now.text, &node->range);
    if (reading != CO_RANGE_READ)
        return refuse_range(parser, reading);
    node->text = range_text(parser, parser->now.text);
    if (node->text.bytes == NULL)
        return NULL;
    co_parser_advance(parser);
    if (is_arithmetic(parser->now.kind))
        return co_complain(parser, parser->now.position,
                           "a date range cannot be calculated with; "
                           "write TODAY() or NOW() for an instant, and a field named '" CO_FMT
                           "' in double quotes",
                           CO_ARG(parser->last.text));
    return co_parser_finish(parser, node);
}

/* Constants as nodes: numbers, texts, dates, spans of time and date ranges. */
#ifndef CO_EXPR_LITERALS_H
#define CO_EXPR_LITERALS_H

#include "expr/parser.h"

/* [ "-" ] number */
co_node *co_parse_number(co_parser *parser);
co_node *co_parse_string(co_parser *parser);
/* NULL, TRUE or FALSE */
co_node *co_parse_word_literal(co_parser *parser);
/* DATE or TIMESTAMP and a text that must be one. */
co_node *co_parse_time_literal(co_parser *parser);
/* INTERVAL and a text or a span. */
co_node *co_parse_interval_literal(co_parser *parser);

/* Does a date range stand at hand? */
bool co_parse_is_range(const co_parser *parser);
co_node *co_parse_range(co_parser *parser);

/* A whole number from `least` to `greatest` for `what`. */
bool co_parse_count(co_parser *parser, const char *what, int64_t least, int64_t greatest, int64_t *count);
/* A number as a double, with perhaps a minus before it. */
bool co_parse_coordinate(co_parser *parser, const char *what, double greatest, double *value);
/* INTERVAL and a text, INTERVAL and a span, or a span alone: not negative; and how it is printed. */
bool co_parse_duration(co_parser *parser, co_interval *interval, co_text *text);

#endif

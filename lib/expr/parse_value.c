/*
 * Values: sums, products, signs, operands, functions, CASE, AT LEAST, paths.
 *
 * Always:  a minus belongs to the number right after it, and then is part of
 *          the number; every other minus is a node. A plus sign leaves nothing.
 *          Parentheses leave nothing but a mark on what they held.
 * Source:  the language's grammar, from `item` to `path`.
 */
#include <assert.h>

#include "expr/literals.h"
#include "expr/parser.h"

co_node *co_parse_item(co_parser *parser)
{
    return co_parse_is_range(parser) ? co_parse_range(parser) : co_parse_sum(parser);
}

bool co_parse_list(co_parser *parser, const char *verb)
{
    const uint32_t open = parser->now.position;

    if (!co_parser_expect(parser, CO_TOKEN_OPEN, "'(' and a list"))
        return false;
    if (co_parser_at(parser, CO_TOKEN_CLOSE)) {
        return co_refuse(parser, parser->now.position, "a list cannot be empty");
    }
    do {
        if (verb != NULL && co_parse_is_range(parser)) {
            return co_refuse(parser, parser->now.position,
                             "'" CO_FMT "' is a date range, which %s does not take; "
                             "a field of that name is written in double quotes",
                             CO_ARG(parser->now.text), verb);
        }
        if (!co_parser_push(parser, co_parse_item(parser)))
            return false;
    } while (co_parser_accept(parser, CO_TOKEN_COMMA));
    return co_parser_close(parser, open);
}

/* --- parentheses and signs --- */

/* "(" expr ")" */
static co_node *parse_group(co_parser *parser)
{
    const uint32_t open = parser->now.position;

    co_parser_advance(parser);
    if (co_parser_at(parser, CO_TOKEN_CLOSE))
        return co_complain(parser, parser->now.position, "there is nothing between these parentheses");

    co_node *inner = co_parse_expr(parser);
    if (inner == NULL || !co_parser_close(parser, open))
        return NULL;
    inner->parenthesised = true;
    return inner;
}

static co_node *parse_primary(co_parser *parser);

/* { "-" | "+" } primary. Parentheses right after a minus share its level, so that -(-5) is as deep as - -5. */
static co_node *parse_unary(co_parser *parser)
{
    const uint32_t position = parser->now.position;

    while (co_parser_accept(parser, CO_TOKEN_PLUS))
        continue;
    if (!co_parser_at(parser, CO_TOKEN_MINUS))
        return parse_primary(parser);
    if (parser->next.kind == CO_TOKEN_NUMBER)
        return co_parse_number(parser);
    if (!co_parser_enter(parser))
        return NULL;
    co_parser_advance(parser);

    const size_t base = parser->n_nodes;
    co_node *node = co_parser_node(parser, CO_NODE_NEGATE, position);
    if (node == NULL)
        return NULL;
    co_node *operand = co_parser_at(parser, CO_TOKEN_OPEN) ? parse_group(parser) : parse_unary(parser);
    if (!co_parser_push(parser, operand) || !co_parser_take(parser, node, base))
        return NULL;
    co_parser_leave(parser);
    return co_parser_finish(parser, node);
}

/* --- sums and products --- */

typedef struct chain_shape {
    co_node_kind kind;
    co_token_kind plus; /* the token of the first sign, then of the other */
    co_token_kind minus;
    char plus_sign;
    char minus_sign;
    co_node *(*operand)(co_parser *parser);
} chain_shape;

static bool at_sign(const co_parser *parser, const chain_shape *shape)
{
    return co_parser_at(parser, shape->plus) || co_parser_at(parser, shape->minus);
}

/* operand { sign operand }, flat. */
static co_node *parse_signed_chain(co_parser *parser, const chain_shape *shape)
{
    const uint32_t position = parser->now.position;
    const size_t base = parser->n_nodes;
    const size_t signs_base = parser->signs.length;
    co_node *first = shape->operand(parser);

    if (first == NULL || !at_sign(parser, shape))
        return first;

    co_node *node = co_parser_node(parser, shape->kind, position);
    if (node == NULL || !co_parser_push(parser, first))
        return NULL;
    node->operator_position = parser->now.position;
    co_buffer_byte(&parser->signs, shape->plus_sign);
    while (at_sign(parser, shape)) {
        co_buffer_byte(&parser->signs,
                       co_parser_at(parser, shape->plus) ? shape->plus_sign : shape->minus_sign);
        co_parser_advance(parser);
        if (!co_parser_push(parser, shape->operand(parser)))
            return NULL;
    }
    if (!co_parser_take(parser, node, base) || !co_parser_take_signs(parser, node, signs_base))
        return NULL;
    parser->has_nested_chain |= co_parse_has_nested(node);
    return co_parser_finish(parser, node);
}

static co_node *parse_product(co_parser *parser)
{
    static const chain_shape product = {
        CO_NODE_PRODUCT, CO_TOKEN_STAR, CO_TOKEN_SLASH, '*', '/', parse_unary
    };

    return parse_signed_chain(parser, &product);
}

co_node *co_parse_sum(co_parser *parser)
{
    static const chain_shape sum = { CO_NODE_SUM, CO_TOKEN_PLUS, CO_TOKEN_MINUS, '+', '-', parse_product };

    return parse_signed_chain(parser, &sum);
}

/* --- CASE and AT LEAST --- */

static bool push_case_branches(co_parser *parser, co_node *node)
{
    while (co_parser_accept_word(parser, CO_WORD_WHEN)) {
        if (!co_parser_push(parser, co_parse_expr(parser)))
            return false;
        if (!co_parser_accept_word(parser, CO_WORD_THEN)) {
            co_complain_after_operand(parser, "THEN");
            return false;
        }
        if (!co_parser_push(parser, co_parse_expr(parser)))
            return false;
    }
    node->has_else = co_parser_accept_word(parser, CO_WORD_ELSE);
    if (node->has_else && !co_parser_push(parser, co_parse_expr(parser)))
        return false;
    if (co_parser_accept_word(parser, CO_WORD_END))
        return true;
    co_complain_after_operand(parser,
                              node->has_else ? "END to close CASE" : "WHEN, ELSE or END to close CASE");
    return false;
}

/* CASE WHEN expr THEN expr { WHEN expr THEN expr } [ ELSE expr ] END */
static co_node *parse_case(co_parser *parser)
{
    const size_t base = parser->n_nodes;
    co_node *node = co_parser_node(parser, CO_NODE_CASE, parser->now.position);

    if (node == NULL)
        return NULL;
    co_parser_advance(parser);
    if (!push_case_branches(parser, node) || !co_parser_take(parser, node, base))
        return NULL;
    return co_parser_finish(parser, node);
}

/* expr { "," expr } ")", pushed on the stack; the "(" at `open` was just taken. */
static bool push_arguments(co_parser *parser, uint32_t open)
{
    do {
        if (!co_parser_push(parser, co_parse_expr(parser)))
            return false;
    } while (co_parser_accept(parser, CO_TOKEN_COMMA));
    return co_parser_close(parser, open);
}

/* AT LEAST int OF "(" expr { "," expr } ")" */
static co_node *parse_at_least(co_parser *parser)
{
    const size_t base = parser->n_nodes;
    co_node *node = co_parser_node(parser, CO_NODE_AT_LEAST, parser->now.position);

    if (node == NULL)
        return NULL;
    co_parser_advance(parser);
    co_parser_advance(parser);
    if (!co_parse_count(parser, "AT LEAST", 0, INT64_MAX, &node->count) ||
        !co_parser_expect_word(parser, CO_WORD_OF))
        return NULL;
    const uint32_t open = parser->now.position;
    if (!co_parser_expect(parser, CO_TOKEN_OPEN, "'(' and a list of conditions") ||
        !push_arguments(parser, open) || !co_parser_take(parser, node, base))
        return NULL;
    return co_parser_finish(parser, node);
}

/* --- functions --- */

static co_node *check_arguments(co_parser *parser, co_node *node)
{
    const co_function_shape *shape = co_function_shape_of((co_function)node->function);
    const char *name = shape->name.bytes;

    if (node->n_children >= shape->least && node->n_children <= shape->greatest)
        return co_parser_finish(parser, node);
    if (shape->greatest == 0)
        return co_complain(parser, node->position, "%s takes nothing between its parentheses", name);
    if (shape->greatest == 255)
        return co_complain(parser, node->position, "%s takes %u to %u values, found %u", name,
                           (unsigned)shape->least, (unsigned)shape->greatest, (unsigned)node->n_children);
    if (shape->least == shape->greatest)
        return co_complain(parser, node->position, "%s takes %u value%s, found %u", name,
                           (unsigned)shape->least, shape->least == 1 ? "" : "s", (unsigned)node->n_children);
    return co_complain(parser, node->position, "%s takes %u or %u values, found %u", name,
                       (unsigned)shape->least, (unsigned)shape->greatest, (unsigned)node->n_children);
}

/* FUNCNAME "(" [ expr { "," expr } ] ")" */
static co_node *parse_function(co_parser *parser, co_function function)
{
    const size_t base = parser->n_nodes;
    co_node *node = co_parser_node(parser, CO_NODE_FUNCTION, parser->now.position);

    if (node == NULL)
        return NULL;
    node->function = (uint8_t)function;
    co_parser_advance(parser);
    const uint32_t open = parser->now.position;
    co_parser_advance(parser);
    if (!co_parser_accept(parser, CO_TOKEN_CLOSE) && !push_arguments(parser, open))
        return NULL;
    if (!co_parser_take(parser, node, base))
        return NULL;
    return check_arguments(parser, node);
}

static co_node *refuse_call(co_parser *parser)
{
    const co_text word = parser->now.text;
    const co_text suggestion = co_word_suggest_call(word);

    if (suggestion.bytes != NULL)
        return co_complain(parser, parser->now.position,
                           "unknown function '" CO_FMT "', did you mean '" CO_FMT "'?", CO_ARG(word),
                           CO_ARG(suggestion));
    if (parser->now.word == CO_WORD_CASE || parser->now.word == CO_WORD_IN)
        return co_complain_expected(parser, "a value");
    return co_complain(parser, parser->now.position, "unknown function '" CO_FMT "'", CO_ARG(word));
}

/* A word before "(": a relation, with or without a path before it, or a function, or a mistake. */
static co_node *parse_call(co_parser *parser, size_t names_base, uint32_t position)
{
    const co_text word = parser->now.text;
    co_node_kind kind;
    co_aggregate aggregate;
    co_function function;
    co_node *node;

    if (!co_parser_enter(parser))
        return NULL;
    if (co_relation_find(parser->now.word, &kind, &aggregate))
        node = co_parse_relation(parser, kind, aggregate, names_base, position);
    else if (!co_function_find(word, &function))
        node = refuse_call(parser);
    else if (parser->n_names > names_base)
        node = co_complain(parser, parser->now.position,
                           CO_FMT " takes no path before it; put the path inside, as in " CO_FMT
                                  "(account.field)",
                           CO_ARG(word), CO_ARG(word));
    else
        node = parse_function(parser, function);
    if (node != NULL)
        co_parser_leave(parser);
    return node;
}

/* --- paths --- */

static bool is_name(const co_token *token)
{
    return token->kind == CO_TOKEN_WORD || token->kind == CO_TOKEN_NAME;
}

/* Takes the name at hand. */
static bool push_name(co_parser *parser)
{
    const co_token name = parser->now;

    if (!is_name(&name)) {
        co_complain_expected(parser, "a name");
        return false;
    }
    co_parser_advance(parser);
    return co_parser_push_name(parser, co_parser_text(parser, &name));
}

static bool is_too_long(co_parser *parser, size_t base)
{
    if (parser->n_names - base < parser->most_depth)
        return false;
    co_complain_limit(parser, parser->now.position, "a path has more than %u names",
                      (unsigned)parser->most_depth);
    return true;
}

bool co_parse_path_names(co_parser *parser)
{
    const size_t base = parser->n_names;

    do {
        if (is_too_long(parser, base) || !push_name(parser))
            return false;
    } while (co_parser_accept(parser, CO_TOKEN_DOT));
    return true;
}

co_node *co_parse_path(co_parser *parser)
{
    const size_t base = parser->n_names;
    co_node *node = co_parser_node(parser, CO_NODE_PATH, parser->now.position);

    if (node == NULL || !co_parse_path_names(parser) ||
        !co_parser_take_names(parser, base, &node->names, &node->n_names))
        return NULL;
    return co_parser_finish(parser, node);
}

/* A path, or a relation or function with perhaps a path before it. */
static co_node *parse_path_or_call(co_parser *parser)
{
    const uint32_t position = parser->now.position;
    const size_t base = parser->n_names;

    do {
        if (parser->now.kind == CO_TOKEN_WORD && parser->next.kind == CO_TOKEN_OPEN)
            return parse_call(parser, base, position);
        if (is_too_long(parser, base) || !push_name(parser))
            return NULL;
    } while (co_parser_accept(parser, CO_TOKEN_DOT));
    if (co_parser_at(parser, CO_TOKEN_OPEN))
        return co_complain(parser, parser->now.position, "a name in double quotes cannot be a function");

    co_node *node = co_parser_node(parser, CO_NODE_PATH, position);
    if (node == NULL || !co_parser_take_names(parser, base, &node->names, &node->n_names))
        return NULL;
    return co_parser_finish(parser, node);
}

/* --- operands --- */

/* Operands that nest count as a level. */
static co_node *parse_nested(co_parser *parser, co_node *(*parse)(co_parser *))
{
    if (!co_parser_enter(parser))
        return NULL;
    co_node *node = parse(parser);
    if (node != NULL)
        co_parser_leave(parser);
    return node;
}

static co_node *parse_word_operand(co_parser *parser)
{
    const co_token_kind next = parser->next.kind;

    switch (parser->now.word) {
    case CO_WORD_NULL:
    case CO_WORD_TRUE:
    case CO_WORD_FALSE:
        return co_parse_word_literal(parser);
    case CO_WORD_NOT:
        return co_complain_expected(parser, "a value");
    case CO_WORD_CASE:
        if (co_parser_next_is_word(parser, CO_WORD_WHEN))
            return parse_nested(parser, parse_case);
        break;
    case CO_WORD_DATE:
    case CO_WORD_TIMESTAMP:
        if (next == CO_TOKEN_STRING)
            return co_parse_time_literal(parser);
        break;
    case CO_WORD_INTERVAL:
        if (next == CO_TOKEN_STRING || next == CO_TOKEN_NUMBER)
            return co_parse_interval_literal(parser);
        break;
    case CO_WORD_AT:
        if (co_parser_next_is_word(parser, CO_WORD_LEAST))
            return parse_nested(parser, parse_at_least);
        break;
    case CO_WORD_TOP:
    case CO_WORD_BOTTOM:
        if (next == CO_TOKEN_NUMBER)
            return parse_nested(parser, co_parse_top);
        break;
    default:
        break;
    }
    return parse_path_or_call(parser);
}

static co_node *parse_primary(co_parser *parser)
{
    switch (parser->now.kind) {
    case CO_TOKEN_STRING:
        return co_parse_string(parser);
    case CO_TOKEN_NUMBER:
        return co_parse_number(parser);
    case CO_TOKEN_OPEN:
        return parse_nested(parser, parse_group);
    case CO_TOKEN_NAME:
        return parse_path_or_call(parser);
    case CO_TOKEN_WORD:
        return parse_word_operand(parser);
    default:
        return co_complain_expected(parser, "a value");
    }
}

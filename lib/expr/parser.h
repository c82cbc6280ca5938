/*
 * What the files of the parser share: the token at hand, the one after it, and
 * the tree that is growing.
 *
 *     parse.c       texts, connectives        parse_value.c     sums, operands, literals
 *     parse_test.c  what follows an operand   parse_relation.c  children, behaviour, rank
 *     flatten.c     chains within chains      literals.c        constants, spans, date ranges
 *     parser.c      tokens, nodes, limits     complain.c        what went wrong
 *
 * Always:  a function that gives NULL or false has reported why, once; every
 *          caller stops at once. Recursion is bounded: co_parser_enter() counts
 *          each parenthesis, NOT, sign, call and CASE.
 *          Children are collected on one stack and copied into the tree when
 *          their number is known.
 */
#ifndef CO_EXPR_PARSER_H
#define CO_EXPR_PARSER_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "expr/expr.h"
#include "expr/lexer.h"
#include "expr/words.h"

typedef struct co_parser {
    co_tree *tree;
    co_memory *memory;
    cohort_error *error;
    cohort_status status;
    co_lexer lexer;
    co_token last;              /* the token before `now` */
    co_token now;
    co_token next;
    uint32_t depth;
    uint32_t most_depth;
    uint32_t most_nodes;
    bool has_nested_chain;      /* a chain is an operand of its own kind, see flatten.c */
    co_node **nodes;            /* the stack of children */
    size_t n_nodes;
    size_t nodes_capacity;
    co_buffer signs;            /* the stack of signs of sums and products */
    co_text *names;             /* the stack of names */
    size_t n_names;
    size_t names_capacity;
} co_parser;

/* --- tokens --- */
void co_parser_advance(co_parser *parser);
bool co_parser_accept(co_parser *parser, co_token_kind kind);
bool co_parser_accept_word(co_parser *parser, co_word word);
/* Takes the token or complains that `wanted` was expected. */
bool co_parser_expect(co_parser *parser, co_token_kind kind, const char *wanted);
bool co_parser_expect_word(co_parser *parser, co_word word);
/* Takes the ")" that belongs to the "(" at `open`. */
bool co_parser_close(co_parser *parser, uint32_t open);

static inline bool co_parser_at(const co_parser *parser, co_token_kind kind)
{
    return parser->now.kind == kind;
}

/* The token at hand is this keyword (only where the grammar offers it). */
static inline bool co_parser_at_word(const co_parser *parser, co_word word)
{
    return parser->now.kind == CO_TOKEN_WORD && parser->now.word == word;
}

static inline bool co_parser_next_is_word(const co_parser *parser, co_word word)
{
    return parser->next.kind == CO_TOKEN_WORD && parser->next.word == word;
}

/* --- the tree --- */
/* A node that starts at `position`; its end is set by co_parser_finish(). */
co_node *co_parser_node(co_parser *parser, co_node_kind kind, uint32_t position);
/* The node ends with the token just taken. Gives the node. */
co_node *co_parser_finish(co_parser *parser, co_node *node);
/* Pushes a child on the stack; false, and reported, if there is no memory or child is NULL. */
bool co_parser_push(co_parser *parser, co_node *child);
/* Moves the children above `base` into the node. */
bool co_parser_take(co_parser *parser, co_node *node, size_t base);
/* The same for signs, as many as the node has children. */
bool co_parser_take_signs(co_parser *parser, co_node *node, size_t base);
bool co_parser_push_name(co_parser *parser, co_text name);
/* Moves the names above `base` into the tree; NULL if there are none or no memory (then reported). */
bool co_parser_take_names(co_parser *parser, size_t base, co_text **names, uint32_t *n_names);
/* The text of a token without doubled quotes; bytes NULL, and reported, if there is no memory. */
co_text co_parser_text(co_parser *parser, const co_token *token);
/* A new text of three; bytes NULL, and reported, if there is no memory. */
co_text co_parser_join(co_parser *parser, const char *before, co_text text, const char *after);

/* One level deeper, at the token at hand; false, and reported, past the limit. */
bool co_parser_enter(co_parser *parser);
void co_parser_leave(co_parser *parser);

/* --- complaints; all give NULL --- */
void *co_complain(co_parser *parser, uint32_t position, const char *format, ...) CO_PRINTF(3, 4);
/* The same where a truth value is wanted: false. */
bool co_refuse(co_parser *parser, uint32_t position, const char *format, ...) CO_PRINTF(3, 4);
/* "expected <wanted>, found <the token at hand>", with a hint if one is known. */
void *co_complain_expected(co_parser *parser, const char *wanted);
/* The same where an operand was just finished, and an operator may be missing or mistyped. */
void *co_complain_after_operand(co_parser *parser, const char *wanted);
void *co_complain_memory(co_parser *parser);
void *co_complain_limit(co_parser *parser, uint32_t position, const char *format, ...) CO_PRINTF(3, 4);

/* True if an operand of a chain is a chain that could as well be part of it. */
bool co_parse_has_nested(const co_node *chain);
/* Makes `a AND (b AND c)` the chain of three that it means, all over the tree. */
bool co_parse_flatten(co_parser *parser, co_node *root);

/* --- the grammar; each gives a finished node --- */
co_node *co_parse_expr(co_parser *parser);
co_node *co_parse_test(co_parser *parser);
co_node *co_parse_sum(co_parser *parser);
/* A date range or a sum. */
co_node *co_parse_item(co_parser *parser);
/* "(" item { "," item } ")", pushed on the stack. `verb` is NULL where date ranges are allowed. */
bool co_parse_list(co_parser *parser, const char *verb);
/* name { "." name }, on the stack of names. */
bool co_parse_path_names(co_parser *parser);
co_node *co_parse_path(co_parser *parser);
/* The word before "(" at hand opens a relation. */
co_node *co_parse_relation(co_parser *parser, co_node_kind kind, co_aggregate aggregate, size_t names_base,
                           uint32_t position);
co_node *co_parse_top(co_parser *parser);

#endif

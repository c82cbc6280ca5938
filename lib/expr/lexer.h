/*
 * The text, one token at a time.
 *
 * Always:  tokens are slices of the source, which must be valid UTF-8 and
 *          shorter than 4 GiB; nothing is allocated. A word with ":" and digits
 *          right after it is one token, a date range.
 *          What is no token comes out as CO_TOKEN_BAD with a fault, so that a
 *          complaint is made only once the parser gets there.
 * Costs:   linear; every byte is read once.
 */
#ifndef CO_EXPR_LEXER_H
#define CO_EXPR_LEXER_H

#include "base/text.h"
#include "expr/words.h"

typedef enum co_token_kind {
    CO_TOKEN_END,
    CO_TOKEN_WORD,              /* text; word, if the grammar has it */
    CO_TOKEN_NAME,              /* text between the double quotes */
    CO_TOKEN_STRING,            /* text between the single quotes */
    CO_TOKEN_NUMBER,
    CO_TOKEN_RANGE,             /* word:digits */
    CO_TOKEN_EQUAL,             /* comparisons in the order of co_compare */
    CO_TOKEN_NOT_EQUAL,
    CO_TOKEN_LESS,
    CO_TOKEN_LESS_EQUAL,
    CO_TOKEN_GREATER,
    CO_TOKEN_GREATER_EQUAL,
    CO_TOKEN_OPEN,
    CO_TOKEN_CLOSE,
    CO_TOKEN_COMMA,
    CO_TOKEN_SEMICOLON,
    CO_TOKEN_DOT,
    CO_TOKEN_PLUS,
    CO_TOKEN_MINUS,
    CO_TOKEN_STAR,
    CO_TOKEN_SLASH,
    CO_TOKEN_BAD                /* fault says why; position is where */
} co_token_kind;

typedef struct co_token {
    co_token_kind kind;
    co_word word;
    uint32_t position;          /* bytes of the source, [position, end) */
    uint32_t end;
    bool has_doubled_quotes;    /* STRING, NAME: text still holds '' or "" */
    co_text text;
    const char *fault;          /* BAD: one sentence; static */
} co_token;

typedef struct co_lexer {
    co_text source;
    uint32_t position;
} co_lexer;

/* Reads the next token; at the end of the text, CO_TOKEN_END again and again. */
void co_lexer_next(co_lexer *lexer, co_token *token);

#endif

/*
 * What the two files of the printer share: the text so far and what stands
 * around the node being printed.
 *
 * A node is written without parentheses unless it binds looser than its place
 * asks, or its last operand would swallow what follows. A name is quoted if its
 * letters ask for it, or if at its place the grammar would take it for a keyword.
 */
#ifndef CO_EXPR_PRINTER_H
#define CO_EXPR_PRINTER_H

#include "base/buffer.h"
#include "expr/tree.h"
#include "expr/words.h"

/* How tightly a node binds; its place asks for at least so much. */
typedef enum co_binding {
    CO_BINDS_OR = 1,
    CO_BINDS_XOR,
    CO_BINDS_AND,
    CO_BINDS_NOT,
    CO_BINDS_TEST,
    CO_BINDS_SUM,
    CO_BINDS_PRODUCT,
    CO_BINDS_SIGN,
    CO_BINDS_OPERAND
} co_binding;

/* What comes right after a node, as far as the node's end could take it for its own. */
typedef enum co_follower {
    CO_FOLLOWED_BY_END,
    CO_FOLLOWED_BY_SIGN,        /* + - * / */
    CO_FOLLOWED_BY_PER,
    CO_FOLLOWED_BY_AMONG,
    CO_FOLLOWED_BY_TIES,
    CO_FOLLOWED_BY_WHEN,
    CO_FOLLOWED_BY_DOT
} co_follower;

/* Where the next token stands; ordinary again once anything is written. */
typedef enum co_place {
    CO_PLACE_ORDINARY,
    CO_PLACE_ITEM,              /* a date range could stand here */
    CO_PLACE_HAS,               /* after HAS: AT LEAST n OF is its own */
    CO_PLACE_COUNT              /* after COUNT(: DISTINCT could stand here */
} co_place;

typedef struct co_printer {
    co_buffer *out;
    co_place place;
} co_printer;

void co_printer_put(co_printer *printer, const char *text);
void co_printer_text(co_printer *printer, co_text text);
void co_printer_word(co_printer *printer, co_word word);
/* A text in single quotes. */
void co_printer_quoted(co_printer *printer, co_text text);
/* A name where only a name can stand. */
void co_printer_name(co_printer *printer, co_text name);
/* The name of an object after EXISTS( and the like. */
void co_printer_object(co_printer *printer, co_text name);
/* Names with `between` between them. */
void co_printer_names(co_printer *printer, const co_text *names, uint32_t n, const char *between);
/* A path where an operand could stand. */
void co_printer_path(co_printer *printer, const co_text *names, uint32_t n, co_follower follower);
void co_printer_count(co_printer *printer, int64_t count);
/* ", " before all but the first. */
void co_printer_comma(co_printer *printer, uint32_t i);

void co_print_node(co_printer *printer, const co_node *node, co_binding binding, co_follower follower);
/* Relations, without parentheses around. */
void co_print_relation(co_printer *printer, const co_node *node, co_follower follower);

#endif

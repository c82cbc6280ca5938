/*
 * The language's text form, in and out, and what can be said of an expression
 * without data.
 *
 *     text ──parse──▶ tree ──print──▶ canonical text       parse(print(t)) == t
 *
 * Always:  no data, no clock, no names resolved.
 * Costs:   time and memory linear in the text.
 */
#ifndef CO_EXPR_EXPR_H
#define CO_EXPR_EXPR_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "expr/tree.h"

typedef struct co_expr_limits {
    uint32_t depth;             /* 0: 200 */
    uint32_t nodes;             /* 0: 100,000 */
    size_t text_bytes;          /* 0: 16 MiB */
} co_expr_limits;

/*
 * Parses a whole text as one expression. *tree is new; free it with co_tree_free().
 * Fails: COHORT_PARSE with position, line and column; COHORT_LIMIT; COHORT_MEMORY.
 */
cohort_status co_expr_parse(co_memory *memory, co_text source, const co_expr_limits *limits, co_tree **tree,
                            cohort_error *error);
void co_tree_free(co_tree *tree);

/* Appends the canonical text of a node. */
void co_expr_print(const co_node *node, co_buffer *out);

/* True if two nodes print the same. */
bool co_expr_equal(const co_node *a, const co_node *b);

/* True for a word that can be written without quotes as a name. */
bool co_expr_is_plain_name(co_text name);

/* Nearest of n names within 2 edits (case-folded first), or one with NULL bytes. */
co_text co_expr_nearest(co_text wanted, const co_text *names, size_t n);

/* One warning of lint: a stable code such as "mixed-and-or", where, and a sentence. */
typedef struct co_lint_item {
    const char *code;
    uint32_t position;
    uint32_t end;
    co_text message;
} co_lint_item;

typedef struct co_lint {
    co_arena arena;
    co_lint_item *items;
    size_t n_items;
    size_t capacity;
} co_lint;

void co_lint_init(co_lint *lint, co_memory *memory);
void co_lint_clear(co_lint *lint);
/* Adds an item; also used by plan/ for what needs data. */
cohort_status co_lint_add(co_lint *lint, const char *code, uint32_t position, uint32_t end, const char *format, ...)
    CO_PRINTF(5, 6);
/* Everything that can be said without data: mixed AND/OR, = NULL, contradictory ranges, always true or false … */
cohort_status co_expr_lint(const co_tree *tree, co_lint *lint);

#endif

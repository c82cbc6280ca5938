/*
 * From text to tree: the entry, and AND, OR, XOR, NOT.
 *
 * Always:  recursive descent with two tokens in view and no backtracking; a
 *          chain of one connective is one flat node, also where parentheses
 *          grouped it, so its length never deepens the tree.
 * Costs:   linear in the text.
 * Source:  the language's grammar, from `segment` to `neg`.
 */
#include <assert.h>

#include "base/utf8.h"
#include "expr/parser.h"

enum {
    default_depth = 200,
    greatest_depth = 1000, /* what the stack of a thread can bear */
    default_nodes = 100000,
    default_text_bytes = 16 * 1024 * 1024
};

/* From loosest to tightest. */
static const struct {
    co_word word;
    co_node_kind kind;
} connectives[] = {
    { CO_WORD_OR, CO_NODE_OR },
    { CO_WORD_XOR, CO_NODE_XOR },
    { CO_WORD_AND, CO_NODE_AND },
};

enum { n_connectives = sizeof connectives / sizeof connectives[0] };

/* NOT neg | test */
static co_node *parse_not(co_parser *parser)
{
    const uint32_t position = parser->now.position;

    if (!co_parser_at_word(parser, CO_WORD_NOT))
        return co_parse_test(parser);
    if (!co_parser_enter(parser))
        return NULL;
    co_parser_advance(parser);

    const size_t base = parser->n_nodes;
    co_node *node = co_parser_node(parser, CO_NODE_NOT, position);
    if (node == NULL || !co_parser_push(parser, parse_not(parser)) || !co_parser_take(parser, node, base))
        return NULL;
    co_parser_leave(parser);
    return co_parser_finish(parser, node);
}

/* operand { connective operand }, where an operand is a chain of the next tighter connective. */
static co_node *parse_chain(co_parser *parser, unsigned level)
{
    if (level == n_connectives)
        return parse_not(parser);

    const uint32_t position = parser->now.position;
    const size_t base = parser->n_nodes;
    co_node *first = parse_chain(parser, level + 1);

    if (first == NULL || !co_parser_at_word(parser, connectives[level].word))
        return first;

    co_node *node = co_parser_node(parser, connectives[level].kind, position);
    if (node == NULL || !co_parser_push(parser, first))
        return NULL;
    node->operator_position = parser->now.position;
    while (co_parser_accept_word(parser, connectives[level].word)) {
        if (!co_parser_push(parser, parse_chain(parser, level + 1)))
            return NULL;
    }
    if (!co_parser_take(parser, node, base))
        return NULL;
    parser->has_nested_chain |= co_parse_has_nested(node);
    return co_parser_finish(parser, node);
}

co_node *co_parse_expr(co_parser *parser)
{
    return parse_chain(parser, 0);
}

/* Refuses what no lexer should see. */
static bool check_source(co_parser *parser, co_text source, size_t most_bytes)
{
    size_t bad = 0;

    if (source.length > most_bytes) {
        co_complain_limit(parser, 0, "the expression has %zu bytes, more than the %zu allowed", source.length,
                          most_bytes);
        return false;
    }
    if (!co_utf8_valid(source, &bad)) {
        return co_refuse(parser, (uint32_t)bad, "the expression is not valid UTF-8 at byte %zu", bad);
    }
    const char *zero = source.length == 0 ? NULL : memchr(source.bytes, '\0', source.length);
    if (zero != NULL) {
        return co_refuse(parser, (uint32_t)(zero - source.bytes), "an expression cannot hold a zero byte");
    }
    return true;
}

static size_t text_limit(const co_expr_limits *limits)
{
    const size_t most = limits == NULL || limits->text_bytes == 0 ? default_text_bytes : limits->text_bytes;

    return most < UINT32_MAX / 2 ? most : UINT32_MAX / 2;
}

static void set_limits(co_parser *parser, const co_expr_limits *limits)
{
    const uint32_t depth = limits == NULL || limits->depth == 0 ? default_depth : limits->depth;

    parser->most_depth = depth < greatest_depth ? depth : greatest_depth;
    parser->most_nodes = limits == NULL || limits->nodes == 0 ? default_nodes : limits->nodes;
}

/* The whole text is one expression. */
static co_node *parse_segment(co_parser *parser)
{
    co_parser_advance(parser);
    co_parser_advance(parser);
    if (co_parser_at(parser, CO_TOKEN_END))
        return co_complain(parser, parser->now.position, "the expression is empty");

    co_node *root = co_parse_expr(parser);
    if (root == NULL)
        return NULL;
    if (co_parser_at(parser, CO_TOKEN_CLOSE))
        return co_complain(parser, parser->now.position, "this ')' closes nothing");
    if (!co_parser_at(parser, CO_TOKEN_END))
        return co_complain_after_operand(parser, "AND, OR or the end of the text");
    if (parser->has_nested_chain && !co_parse_flatten(parser, root))
        return NULL;
    return root;
}

cohort_status co_expr_parse(co_memory *memory, co_text source, const co_expr_limits *limits, co_tree **result,
                            cohort_error *error)
{
    co_parser parser = { .memory = memory, .error = error };
    co_tree *tree = co_memory_new_zeroed(memory, 1, sizeof *tree);

    *result = NULL;
    if (tree == NULL)
        return co_fail_memory(error);
    co_arena_init(&tree->arena, memory);
    co_buffer_init(&parser.signs, memory, 0);
    parser.tree = tree;
    tree->source = source;
    set_limits(&parser, limits);

    if (check_source(&parser, source, text_limit(limits))) {
        tree->source = co_arena_copy(&tree->arena, source);
        if (tree->source.bytes == NULL)
            co_complain_memory(&parser);
        parser.lexer.source = tree->source;
    }
    if (parser.status == COHORT_OK)
        tree->root = parse_segment(&parser);

    co_buffer_clear(&parser.signs);
    co_memory_free(memory, parser.nodes, parser.nodes_capacity * sizeof(co_node *));
    co_memory_free(memory, parser.names, parser.names_capacity * sizeof(co_text));
    assert((tree->root != NULL) == (parser.status == COHORT_OK));
    if (parser.status == COHORT_OK)
        *result = tree;
    else
        co_tree_free(tree);
    return parser.status;
}

void co_tree_free(co_tree *tree)
{
    if (tree == NULL)
        return;

    co_memory *memory = tree->arena.memory;
    co_arena_clear(&tree->arena);
    co_memory_free(memory, tree, sizeof *tree);
}

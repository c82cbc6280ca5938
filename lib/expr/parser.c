/* Tokens, nodes and limits of the parser: see parser.h. */
#include "expr/parser.h"

#include <assert.h>
#include <stdio.h>

void co_parser_advance(co_parser *parser)
{
    parser->last = parser->now;
    parser->now = parser->next;
    if (parser->now.kind != CO_TOKEN_BAD)
        co_lexer_next(&parser->lexer, &parser->next);
}

bool co_parser_accept(co_parser *parser, co_token_kind kind)
{
    if (parser->now.kind != kind)
        return false;
    co_parser_advance(parser);
    return true;
}

bool co_parser_accept_word(co_parser *parser, co_word word)
{
    if (!co_parser_at_word(parser, word))
        return false;
    co_parser_advance(parser);
    return true;
}

bool co_parser_expect(co_parser *parser, co_token_kind kind, const char *wanted)
{
    if (co_parser_accept(parser, kind))
        return true;
    co_complain_expected(parser, wanted);
    return false;
}

bool co_parser_expect_word(co_parser *parser, co_word word)
{
    if (co_parser_accept_word(parser, word))
        return true;
    co_complain_expected(parser, co_word_text(word).bytes);
    return false;
}

bool co_parser_close(co_parser *parser, uint32_t open)
{
    cohort_error place = COHORT_ERROR_INIT;
    char wanted[80];

    if (co_parser_accept(parser, CO_TOKEN_CLOSE))
        return true;
    place.position = open;
    co_error_locate(&place, parser->tree->source);
    (void)snprintf(wanted, sizeof wanted, "')' for the '(' at line %u, column %u", (unsigned)place.line,
                   (unsigned)place.column);
    co_complain_after_operand(parser, wanted);
    return false;
}

co_node *co_parser_node(co_parser *parser, co_node_kind kind, uint32_t position)
{
    co_tree *tree = parser->tree;

    if (tree->n_nodes >= parser->most_nodes)
        return co_complain_limit(parser, position, "the expression has more than %u parts",
                                 (unsigned)parser->most_nodes);

    co_node *node = co_arena_new(&tree->arena, 1, sizeof *node);
    if (node == NULL)
        return co_complain_memory(parser);
    tree->n_nodes++;
    node->kind = kind;
    node->position = position;
    node->operator_position = position;
    return node;
}

co_node *co_parser_finish(co_parser *parser, co_node *node)
{
    node->end = parser->last.end;
    return node;
}

bool co_parser_push(co_parser *parser, co_node *child)
{
    void *items = parser->nodes;

    if (child == NULL)
        return false;
    if (!co_memory_grow(parser->memory, &items, &parser->nodes_capacity, parser->n_nodes + 1,
                        sizeof(co_node *))) {
        co_complain_memory(parser);
        return false;
    }
    parser->nodes = items;
    parser->nodes[parser->n_nodes++] = child;
    return true;
}

bool co_parser_take(co_parser *parser, co_node *node, size_t base)
{
    const size_t n = parser->n_nodes - base;

    assert(parser->n_nodes >= base);
    node->n_children = (uint32_t)n;
    if (n == 0)
        return true;
    node->children = co_arena_new(&parser->tree->arena, n, sizeof(co_node *));
    if (node->children == NULL) {
        co_complain_memory(parser);
        return false;
    }
    memcpy(node->children, parser->nodes + base, n * sizeof(co_node *));
    parser->n_nodes = base;
    return true;
}

bool co_parser_take_signs(co_parser *parser, co_node *node, size_t base)
{
    if (parser->signs.status != COHORT_OK) {
        co_complain_memory(parser);
        return false;
    }
    assert(parser->signs.length - base == node->n_children);

    const co_text copy = co_arena_copy(&parser->tree->arena,
                                       (co_text){ parser->signs.bytes + base, parser->signs.length - base });
    if (copy.bytes == NULL) {
        co_complain_memory(parser);
        return false;
    }
    node->signs = (char *)(uintptr_t)copy.bytes;
    parser->signs.length = base;
    return true;
}

bool co_parser_push_name(co_parser *parser, co_text name)
{
    void *items = parser->names;

    if (name.bytes == NULL)
        return false;
    if (!co_memory_grow(parser->memory, &items, &parser->names_capacity, parser->n_names + 1,
                        sizeof(co_text))) {
        co_complain_memory(parser);
        return false;
    }
    parser->names = items;
    parser->names[parser->n_names++] = name;
    return true;
}

bool co_parser_take_names(co_parser *parser, size_t base, co_text **names, uint32_t *n_names)
{
    const size_t n = parser->n_names - base;

    assert(parser->n_names >= base);
    *n_names = (uint32_t)n;
    *names = NULL;
    if (n == 0)
        return true;
    *names = co_arena_new(&parser->tree->arena, n, sizeof(co_text));
    if (*names == NULL) {
        co_complain_memory(parser);
        return false;
    }
    memcpy(*names, parser->names + base, n * sizeof(co_text));
    parser->n_names = base;
    return true;
}

co_text co_parser_text(co_parser *parser, const co_token *token)
{
    const char quote = token->kind == CO_TOKEN_NAME ? '"' : '\'';
    size_t length = 0;

    if (!token->has_doubled_quotes)
        return token->text;

    const co_text copy = co_arena_copy(&parser->tree->arena, token->text);
    if (copy.bytes == NULL) {
        co_complain_memory(parser);
        return copy;
    }
    char *bytes = (char *)(uintptr_t)copy.bytes;
    for (size_t i = 0; i < copy.length; i++) {
        bytes[length++] = bytes[i];
        if (bytes[i] == quote)
            i++;
    }
    return (co_text){ bytes, length };
}

co_text co_parser_join(co_parser *parser, const char *before, co_text text, const char *after)
{
    const size_t n_before = strlen(before);
    const size_t n_after = strlen(after);
    char *bytes = co_arena_new(&parser->tree->arena, n_before + text.length + n_after + 1, 1);

    if (bytes == NULL) {
        co_complain_memory(parser);
        return (co_text){ NULL, 0 };
    }
    memcpy(bytes, before, n_before);
    memcpy(bytes + n_before, text.bytes, text.length);
    memcpy(bytes + n_before + text.length, after, n_after);
    return (co_text){ bytes, n_before + text.length + n_after };
}

bool co_parser_enter(co_parser *parser)
{
    if (parser->depth >= parser->most_depth) {
        co_complain_limit(parser, parser->now.position, "the expression is nested more than %u levels deep",
                          (unsigned)parser->most_depth);
        return false;
    }
    parser->depth++;
    if (parser->depth > parser->tree->depth)
        parser->tree->depth = parser->depth;
    return true;
}

void co_parser_leave(co_parser *parser)
{
    assert(parser->depth > 0);
    parser->depth--;
}

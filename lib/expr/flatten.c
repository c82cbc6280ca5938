/*
 * Chains within chains: `a AND (b AND c)` and `(a + b) - c` are one chain, as
 * if written without the parentheses.
 *
 * Always:  AND, OR and XOR take in every operand of their own kind; sums and
 *          products only the first, because `a - (b - c)` is something else and
 *          `a + (b + c)` may round differently.
 * Costs:   each operand is moved once, whatever the depth.
 */
#include "expr/parser.h"

static bool is_nested(const co_node *chain, uint32_t i)
{
    switch (chain->kind) {
    case CO_NODE_AND:
    case CO_NODE_OR:
    case CO_NODE_XOR:
        return chain->children[i]->kind == chain->kind;
    case CO_NODE_SUM:
    case CO_NODE_PRODUCT:
        return i == 0 && chain->children[0]->kind == chain->kind;
    default:
        return false;
    }
}

/* Pushes the operands of a chain and their signs, with those of nested chains in their place. */
static bool push_operands(co_parser *parser, const co_node *chain)
{
    for (uint32_t i = 0; i < chain->n_children; i++) {
        if (is_nested(chain, i)) {
            if (!push_operands(parser, chain->children[i]))
                return false;
            continue;
        }
        if (!co_parser_push(parser, chain->children[i]))
            return false;
        if (chain->signs != NULL)
            co_buffer_byte(&parser->signs, chain->signs[i]);
    }
    return true;
}

bool co_parse_has_nested(const co_node *node)
{
    for (uint32_t i = 0; i < node->n_children; i++) {
        if (is_nested(node, i))
            return true;
    }
    return false;
}

bool co_parse_flatten(co_parser *parser, co_node *root)
{
    if (co_parse_has_nested(root)) {
        const size_t base = parser->n_nodes;
        const size_t signs_base = parser->signs.length;

        if (!push_operands(parser, root) || !co_parser_take(parser, root, base))
            return false;
        if (root->signs != NULL && !co_parser_take_signs(parser, root, signs_base))
            return false;
    }
    for (uint32_t i = 0; i < root->n_children; i++) {
        if (!co_parse_flatten(parser, root->children[i]))
            return false;
    }
    return true;
}

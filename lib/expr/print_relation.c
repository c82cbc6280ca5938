/* From tree to canonical text: related records, behaviour and rank. */
#include <assert.h>

#include "expr/printer.h"

static void print_via_where(co_printer *printer, const co_node *node, uint32_t where)
{
    if (node->n_via > 0) {
        co_printer_put(printer, " VIA ");
        co_printer_names(printer, node->via, node->n_via, ".");
    }
    if (node->has_where) {
        co_printer_put(printer, " WHERE ");
        co_print_node(printer, node->children[where], CO_BINDS_OR, CO_FOLLOWED_BY_END);
    }
}

static void print_rows(co_printer *printer, const co_node *node)
{
    co_printer_object(printer, node->names[0]);
    print_via_where(printer, node, 0);
}

/* A single name after COUNT( stands where an operand could. */
static void print_counted_rows(co_printer *printer, const co_node *node)
{
    printer->place = CO_PLACE_COUNT;
    co_printer_path(printer, node->names, 1, CO_FOLLOWED_BY_END);
    print_via_where(printer, node, 0);
}

static void print_values(co_printer *printer, const co_node *node)
{
    if (node->distinct)
        co_printer_put(printer, "DISTINCT ");
    else if (node->aggregate == CO_AGGREGATE_COUNT)
        printer->place = CO_PLACE_COUNT;
    co_print_node(printer, node->children[0], CO_BINDS_SUM, CO_FOLLOWED_BY_END);
    print_via_where(printer, node, 1);
}

static void print_every(co_printer *printer, const co_node *node)
{
    print_rows(printer, node);
    co_printer_put(printer, " SATISFIES ");
    co_print_node(printer, node->children[node->n_children - 1], CO_BINDS_OR, CO_FOLLOWED_BY_END);
}

static void print_within(co_printer *printer, const co_node *node)
{
    if (node->has_within) {
        co_printer_put(printer, " WITHIN ");
        co_printer_text(printer, node->within_text);
    }
}

static void print_step(co_printer *printer, const co_node *node)
{
    if (node->negated)
        co_printer_put(printer, "NOT ");
    print_rows(printer, node);
    print_within(printer, node);
}

static void print_steps(co_printer *printer, const co_node *node)
{
    for (uint32_t i = 0; i < node->n_children; i++) {
        co_printer_comma(printer, i);
        print_step(printer, node->children[i]);
    }
    if (!node->has_within && node->n_same == 0 && !node->strict)
        return;
    co_printer_put(printer, ";");
    print_within(printer, node);
    if (node->n_same > 0) {
        co_printer_put(printer, " SAME ");
        co_printer_names(printer, node->same, node->n_same, ", ");
    }
    if (node->strict)
        co_printer_put(printer, " STRICT");
}

/* value [ PER per ] [ AMONG "(" expr ")" ], the value being child `first`. */
static void print_ranked(co_printer *printer, const co_node *node, uint32_t first, co_follower follower)
{
    const uint32_t first_per = node->n_children - node->n_per;
    const co_follower next = node->n_per > 0   ? CO_FOLLOWED_BY_PER
                             : node->has_among ? CO_FOLLOWED_BY_AMONG
                             : node->with_ties ? CO_FOLLOWED_BY_TIES
                                               : follower;

    co_print_node(printer, node->children[first], CO_BINDS_SUM, next);
    if (node->n_per > 0)
        co_printer_put(printer, node->n_per > 1 ? " PER (" : " PER ");
    for (uint32_t i = 0; i < node->n_per; i++) {
        const co_node *path = node->children[first_per + i];

        co_printer_comma(printer, i);
        co_printer_names(printer, path->names, path->n_names, ".");
    }
    if (node->n_per > 1)
        co_printer_put(printer, ")");
    if (node->has_among) {
        co_printer_put(printer, " AMONG (");
        co_print_node(printer, node->children[first + 1], CO_BINDS_OR, CO_FOLLOWED_BY_END);
        co_printer_put(printer, ")");
    }
}

static void print_top(co_printer *printer, const co_node *node, co_follower follower)
{
    co_printer_put(printer, node->bottom ? "BOTTOM " : "TOP ");
    co_print_node(printer, node->children[0], CO_BINDS_OPERAND, CO_FOLLOWED_BY_END);
    co_printer_put(printer, node->percent ? " PERCENT BY " : " BY ");
    print_ranked(printer, node, 1, follower);
    if (node->with_ties)
        co_printer_put(printer, " WITH TIES");
}

/* BUCKET and SAMPLE */
static void print_split(co_printer *printer, const co_node *node)
{
    if (node->kind == CO_NODE_BUCKET) {
        co_printer_count(printer, node->count);
    } else {
        co_print_node(printer, node->children[0], CO_BINDS_OPERAND, CO_FOLLOWED_BY_END);
        co_printer_put(printer, " PERCENT");
    }
    co_printer_put(printer, ", ");
    co_printer_quoted(printer, node->text);
}

static void print_inside(co_printer *printer, const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_COUNT_ROWS:
        print_counted_rows(printer, node);
        break;
    case CO_NODE_AGGREGATE:
        print_values(printer, node);
        break;
    case CO_NODE_EXISTS:
        print_rows(printer, node);
        break;
    case CO_NODE_EVERY:
        print_every(printer, node);
        break;
    case CO_NODE_SEQUENCE:
    case CO_NODE_FUNNEL:
        print_steps(printer, node);
        break;
    case CO_NODE_SEGMENT:
        co_printer_quoted(printer, node->text);
        break;
    case CO_NODE_BUCKET:
    case CO_NODE_SAMPLE:
        print_split(printer, node);
        break;
    case CO_NODE_NTILE:
        co_printer_count(printer, node->count);
        co_printer_put(printer, ", ");
        print_ranked(printer, node, 0, CO_FOLLOWED_BY_END);
        break;
    default:
        assert(node->kind == CO_NODE_RANK || node->kind == CO_NODE_PERCENT_RANK);
        print_ranked(printer, node, 0, CO_FOLLOWED_BY_END);
        break;
    }
}

void co_print_relation(co_printer *printer, const co_node *node, co_follower follower)
{
    if (node->kind == CO_NODE_TOP) {
        print_top(printer, node, follower);
        return;
    }
    if (node->kind == CO_NODE_STEP) {
        print_step(printer, node);
        return;
    }
    if (node->n_path > 0) {
        co_printer_path(printer, node->path, node->n_path, CO_FOLLOWED_BY_DOT);
        co_printer_put(printer, ".");
    }
    co_printer_word(printer, co_relation_word(node->kind, (co_aggregate)node->aggregate));
    co_printer_put(printer, "(");
    print_inside(printer, node);
    co_printer_put(printer, ")");
}

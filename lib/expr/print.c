/*
 * From tree to canonical text: conditions and values.
 *
 * Always:  keywords in capitals, the fewest parentheses, one blank where blanks
 *          are; parsing the text gives the tree back, and the text of that tree
 *          is the same text.
 * Costs:   linear; recursion is as deep as the tree.
 */
#include <assert.h>
#include <math.h>

#include "base/number.h"
#include "expr/expr.h"
#include "expr/printer.h"

static bool is_below_zero(const co_node *number)
{
    return number->is_double ? signbit(number->number) != 0 : co_wide_sign(number->digits) < 0;
}

static co_binding binding_of(const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_OR:
        return CO_BINDS_OR;
    case CO_NODE_XOR:
        return CO_BINDS_XOR;
    case CO_NODE_AND:
        return CO_BINDS_AND;
    case CO_NODE_NOT:
        return CO_BINDS_NOT;
    case CO_NODE_COMPARE:
    case CO_NODE_IS:
    case CO_NODE_DISTINCT_FROM:
    case CO_NODE_BETWEEN:
    case CO_NODE_IN:
    case CO_NODE_LIKE:
    case CO_NODE_TEXT:
    case CO_NODE_MATCHES:
    case CO_NODE_HAS:
    case CO_NODE_INCLUDES:
    case CO_NODE_WITHIN_POLYGON:
        return CO_BINDS_TEST;
    case CO_NODE_SUM:
        return CO_BINDS_SUM;
    case CO_NODE_PRODUCT:
        return CO_BINDS_PRODUCT;
    case CO_NODE_NEGATE:
        return CO_BINDS_SIGN;
    case CO_NODE_NUMBER:
        return is_below_zero(node) ? CO_BINDS_SIGN : CO_BINDS_OPERAND;
    default:
        return CO_BINDS_OPERAND;
    }
}

/* --- constants --- */

/* Always with an exponent, which is what makes a double. */
static void print_double(co_printer *printer, double value)
{
    char text[CO_DOUBLE_TEXT];
    size_t length = co_print_double(value, text);
    size_t n_zeros = 0;

    if (memchr(text, 'e', length) != NULL) {
        co_printer_text(printer, (co_text){ text, length });
        return;
    }
    while (memchr(text, '.', length) == NULL && length > 1 && text[length - 1] == '0' &&
           text[length - 2] != '-') {
        length--;
        n_zeros++;
    }
    co_printer_text(printer, (co_text){ text, length });
    co_buffer_format(printer->out, "e%zu", n_zeros);
}

static void print_number(co_printer *printer, const co_node *node)
{
    char text[CO_WIDE_TEXT];

    if (node->is_double)
        print_double(printer, node->number);
    else
        co_printer_text(printer, (co_text){ text, co_print_wide(node->digits, node->scale, text) });
}

static void print_constant(co_printer *printer, const co_node *node)
{
    switch (node->kind) {
    case CO_NODE_NULL:
        co_printer_put(printer, "NULL");
        break;
    case CO_NODE_BOOL:
        co_printer_put(printer, node->count != 0 ? "TRUE" : "FALSE");
        break;
    case CO_NODE_NUMBER:
        print_number(printer, node);
        break;
    case CO_NODE_STRING:
        co_printer_quoted(printer, node->text);
        break;
    case CO_NODE_DATE:
    case CO_NODE_TIMESTAMP:
        co_printer_put(printer, node->kind == CO_NODE_DATE ? "DATE " : "TIMESTAMP ");
        co_printer_quoted(printer, node->text);
        break;
    default:
        co_printer_text(printer, node->text); /* INTERVAL, RANGE: kept as printed */
        break;
    }
}

/* --- connectives and arithmetic --- */

static void print_chain(co_printer *printer, const co_node *node, const char *between, co_follower follower)
{
    const co_binding binding = binding_of(node);

    for (uint32_t i = 0; i < node->n_children; i++) {
        const bool is_last = i + 1 == node->n_children;

        if (i > 0)
            co_printer_put(printer, between);
        co_print_node(printer, node->children[i], binding, is_last ? follower : CO_FOLLOWED_BY_END);
    }
}

static void print_signed_chain(co_printer *printer, const co_node *node, co_follower follower)
{
    const co_binding binding = binding_of(node);

    for (uint32_t i = 0; i < node->n_children; i++) {
        const bool is_last = i + 1 == node->n_children;
        const char sign[] = { ' ', node->signs[i], ' ', '\0' };

        if (i > 0)
            co_printer_put(printer, sign);
        co_print_node(printer, node->children[i], i == 0 ? binding : (co_binding)(binding + 1),
                      is_last ? follower : CO_FOLLOWED_BY_SIGN);
    }
}

/* A minus before a number would become part of it, and two of them a comment. */
static void print_negation(co_printer *printer, const co_node *node, co_follower follower)
{
    const co_node *operand = node->children[0];

    co_printer_put(printer, operand->kind == CO_NODE_NEGATE ? "- " : "-");
    co_print_node(printer, operand, operand->kind == CO_NODE_NUMBER ? CO_BINDS_OPERAND + 1 : CO_BINDS_SIGN,
                  follower);
}

/* --- tests --- */

static void print_item(co_printer *printer, const co_node *node, co_follower follower)
{
    printer->place = CO_PLACE_ITEM;
    co_print_node(printer, node, CO_BINDS_SUM, follower);
}

/* Children from `first` on, in parentheses. */
static void print_list(co_printer *printer, const co_node *node, uint32_t first)
{
    co_printer_put(printer, "(");
    for (uint32_t i = first; i < node->n_children; i++) {
        co_printer_comma(printer, i - first);
        print_item(printer, node->children[i], CO_FOLLOWED_BY_END);
    }
    co_printer_put(printer, ")");
}

static void print_comparison(co_printer *printer, const co_node *node, co_follower follower)
{
    static const char *const operators[] = { " = ", " != ", " < ", " <= ", " > ", " >= " };

    co_printer_put(printer, operators[node->compare]);
    print_item(printer, node->children[1], follower);
}

static void print_is(co_printer *printer, const co_node *node, co_follower follower)
{
    static const char *const states[] = { "NULL", "TRUE", "FALSE", "UNKNOWN", "EMPTY", "BLANK" };

    co_printer_put(printer, node->negated ? " IS NOT " : " IS ");
    if (node->kind == CO_NODE_IS) {
        co_printer_put(printer, states[node->is]);
    } else {
        co_printer_put(printer, "DISTINCT FROM ");
        co_print_node(printer, node->children[1], CO_BINDS_SUM, follower);
    }
}

static void print_between(co_printer *printer, const co_node *node, co_follower follower)
{
    co_printer_put(printer, "BETWEEN ");
    print_item(printer, node->children[1], CO_FOLLOWED_BY_END);
    co_printer_put(printer, " AND ");
    print_item(printer, node->children[2], follower);
}

static void print_in(co_printer *printer, const co_node *node)
{
    co_printer_put(printer, "IN ");
    if (node->bare)
        co_print_node(printer, node->children[1], CO_BINDS_SUM, CO_FOLLOWED_BY_END);
    else
        print_list(printer, node, 1);
}

static void print_like(co_printer *printer, const co_node *node, co_follower follower)
{
    co_printer_put(printer, node->any_case ? "ILIKE " : "LIKE ");
    co_print_node(printer, node->children[1], CO_BINDS_SUM, node->has_escape ? CO_FOLLOWED_BY_END : follower);
    if (node->has_escape) {
        co_printer_put(printer, " ESCAPE ");
        co_printer_quoted(printer, node->children[2]->text);
    }
}

static void print_text_test(co_printer *printer, const co_node *node, co_follower follower)
{
    static const char *const verbs[] = { "CONTAINS ", "CONTAINS WORD ", "STARTS WITH ", "ENDS WITH " };

    co_printer_put(printer, verbs[node->text_verb]);
    if (node->any) {
        co_printer_put(printer, "ANY ");
        print_list(printer, node, 1);
    } else {
        co_print_node(printer, node->children[1], CO_BINDS_SUM, follower);
    }
}

static void print_has(co_printer *printer, const co_node *node, co_follower follower)
{
    static const char *const verbs[] = { "HAS ",      "HAS ANY ",     "HAS ALL ",
                                         "HAS NONE ", "HAS EXACTLY ", "HAS AT LEAST " };

    co_printer_put(printer, verbs[node->has]);
    if (node->has == CO_HAS_ONE) {
        printer->place = CO_PLACE_HAS;
        co_print_node(printer, node->children[1], CO_BINDS_SUM, follower);
        return;
    }
    if (node->has == CO_HAS_AT_LEAST) {
        co_printer_count(printer, node->count);
        co_printer_put(printer, " OF ");
    }
    print_list(printer, node, 1);
}

static void print_coordinate(co_printer *printer, double degrees)
{
    char text[CO_DOUBLE_TEXT];

    co_printer_text(printer, (co_text){ text, co_print_double(degrees, text) });
}

static void print_polygon(co_printer *printer, const co_node *node)
{
    co_printer_put(printer, "WITHIN POLYGON (");
    for (uint32_t i = 0; i < node->n_points; i++) {
        co_printer_comma(printer, i);
        co_printer_put(printer, "(");
        print_coordinate(printer, node->points[i].latitude);
        co_printer_put(printer, ", ");
        print_coordinate(printer, node->points[i].longitude);
        co_printer_put(printer, ")");
    }
    co_printer_put(printer, ")");
}

/* A test whose NOT, if any, stands before the verb. */
static void print_verb(co_printer *printer, const co_node *node, co_follower follower)
{
    co_printer_put(printer, node->negated ? " NOT " : " ");
    switch (node->kind) {
    case CO_NODE_BETWEEN:
        print_between(printer, node, follower);
        break;
    case CO_NODE_IN:
        print_in(printer, node);
        break;
    case CO_NODE_LIKE:
        print_like(printer, node, follower);
        break;
    case CO_NODE_TEXT:
        print_text_test(printer, node, follower);
        break;
    case CO_NODE_MATCHES:
        co_printer_put(printer, "MATCHES ");
        co_printer_quoted(printer, node->text);
        break;
    case CO_NODE_HAS:
        print_has(printer, node, follower);
        break;
    default:
        print_polygon(printer, node);
        break;
    }
}

static void print_test(co_printer *printer, const co_node *node, co_follower follower)
{
    co_print_node(printer, node->children[0], CO_BINDS_SUM, CO_FOLLOWED_BY_END);
    switch (node->kind) {
    case CO_NODE_COMPARE:
        print_comparison(printer, node, follower);
        break;
    case CO_NODE_IS:
    case CO_NODE_DISTINCT_FROM:
        print_is(printer, node, follower);
        break;
    case CO_NODE_INCLUDES:
        co_printer_put(printer, node->negated ? " EXCLUDES " : " INCLUDES ");
        print_list(printer, node, 1);
        break;
    default:
        print_verb(printer, node, follower);
        break;
    }
}

/* --- operands --- */

static void print_arguments(co_printer *printer, const co_node *node)
{
    co_printer_put(printer, "(");
    for (uint32_t i = 0; i < node->n_children; i++) {
        co_printer_comma(printer, i);
        co_print_node(printer, node->children[i], CO_BINDS_OR, CO_FOLLOWED_BY_END);
    }
    co_printer_put(printer, ")");
}

static void print_case(co_printer *printer, const co_node *node)
{
    const uint32_t n_branches = node->n_children / 2;

    co_printer_put(printer, "CASE");
    for (uint32_t i = 0; i < n_branches; i++) {
        co_printer_put(printer, " WHEN ");
        co_print_node(printer, node->children[2 * i], CO_BINDS_OR, CO_FOLLOWED_BY_END);
        co_printer_put(printer, " THEN ");
        co_print_node(printer, node->children[2 * i + 1], CO_BINDS_OR,
                      i + 1 < n_branches ? CO_FOLLOWED_BY_WHEN : CO_FOLLOWED_BY_END);
    }
    if (node->has_else) {
        co_printer_put(printer, " ELSE ");
        co_print_node(printer, node->children[node->n_children - 1], CO_BINDS_OR, CO_FOLLOWED_BY_END);
    }
    co_printer_put(printer, " END");
}

static void print_at_least(co_printer *printer, const co_node *node)
{
    co_printer_put(printer, "AT LEAST ");
    co_printer_count(printer, node->count);
    co_printer_put(printer, " OF ");
    print_arguments(printer, node);
}

static void print_operand(co_printer *printer, const co_node *node, co_follower follower)
{
    switch (node->kind) {
    case CO_NODE_PATH:
        co_printer_path(printer, node->names, node->n_names, follower);
        break;
    case CO_NODE_CASE:
        print_case(printer, node);
        break;
    case CO_NODE_AT_LEAST:
        print_at_least(printer, node);
        break;
    case CO_NODE_FUNCTION:
        co_printer_text(printer, co_function_shape_of((co_function)node->function)->name);
        print_arguments(printer, node);
        break;
    default:
        if (node->kind <= CO_NODE_RANGE)
            print_constant(printer, node);
        else
            co_print_relation(printer, node, follower);
        break;
    }
}

/* --- any node --- */

static void print_bare(co_printer *printer, const co_node *node, co_follower follower)
{
    switch (node->kind) {
    case CO_NODE_OR:
        print_chain(printer, node, " OR ", follower);
        break;
    case CO_NODE_XOR:
        print_chain(printer, node, " XOR ", follower);
        break;
    case CO_NODE_AND:
        print_chain(printer, node, " AND ", follower);
        break;
    case CO_NODE_NOT:
        co_printer_put(printer, "NOT ");
        co_print_node(printer, node->children[0], CO_BINDS_NOT, follower);
        break;
    case CO_NODE_SUM:
    case CO_NODE_PRODUCT:
        print_signed_chain(printer, node, follower);
        break;
    case CO_NODE_NEGATE:
        print_negation(printer, node, follower);
        break;
    default:
        if (binding_of(node) == CO_BINDS_TEST)
            print_test(printer, node, follower);
        else
            print_operand(printer, node, follower);
        break;
    }
}

/* Would the end of TOP … BY value take what follows for a part of itself? */
static bool swallows(const co_node *top, co_follower follower)
{
    if (follower == CO_FOLLOWED_BY_END || follower == CO_FOLLOWED_BY_WHEN || top->with_ties)
        return false;
    if (top->has_among)
        return follower == CO_FOLLOWED_BY_TIES;
    if (top->n_per > 0)
        return follower == CO_FOLLOWED_BY_AMONG || follower == CO_FOLLOWED_BY_TIES;
    return true;
}

static bool needs_parentheses(const co_printer *printer, const co_node *node, co_binding binding,
                              co_follower follower)
{
    if (binding_of(node) < binding)
        return true;
    if (node->kind == CO_NODE_TOP)
        return swallows(node, follower);
    return node->kind == CO_NODE_AT_LEAST && printer->place == CO_PLACE_HAS;
}

void co_print_node(co_printer *printer, const co_node *node, co_binding binding, co_follower follower)
{
    if (!needs_parentheses(printer, node, binding, follower)) {
        print_bare(printer, node, follower);
        return;
    }
    co_printer_put(printer, "(");
    print_bare(printer, node, CO_FOLLOWED_BY_END);
    co_printer_put(printer, ")");
}

void co_expr_print(const co_node *node, co_buffer *out)
{
    co_printer printer = { out, CO_PLACE_ORDINARY };

    co_print_node(&printer, node, CO_BINDS_OR, CO_FOLLOWED_BY_END);
}

/*
 * Related records, behaviour and rank: COUNT(…), SUM(…), EXISTS(…), EVERY(…),
 * SEQUENCE(…), FUNNEL(…), SEGMENT(…), SAMPLE(…), NTILE(…), TOP … and the like.
 *
 * Always:  optional clauses come in the order VIA, WHERE, and PER, AMONG. What
 *          is wrong with the steps of a sequence without knowing any data is
 *          said here.
 * Source:  the language's grammar, from `relation` to `per`.
 */
#include "expr/literals.h"
#include "expr/parser.h"

#define MOST_BUCKETS (INT64_C(1) << 32)

/* [ VIA path ] [ WHERE expr ]; the condition is pushed. */
static bool parse_via_where(co_parser *parser, co_node *node)
{
    const size_t base = parser->n_names;

    if (co_parser_accept_word(parser, CO_WORD_VIA) &&
        (!co_parse_path_names(parser) || !co_parser_take_names(parser, base, &node->via, &node->n_via)))
        return false;
    node->has_where = co_parser_accept_word(parser, CO_WORD_WHERE);
    return !node->has_where || co_parser_push(parser, co_parse_expr(parser));
}

/* The name of an object; NOT and DISTINCT need quotes. */
static bool parse_object(co_parser *parser, co_node *node)
{
    const size_t base = parser->n_names;
    const co_token token = parser->now;

    if (token.kind == CO_TOKEN_WORD && (token.word == CO_WORD_NOT || token.word == CO_WORD_DISTINCT)) {
        return co_refuse(parser, token.position,
                         "expected the name of an object, found '" CO_FMT
                         "'; an object of that name is written in double quotes",
                         CO_ARG(token.text));
    }
    if (token.kind != CO_TOKEN_WORD && token.kind != CO_TOKEN_NAME) {
        co_complain_expected(parser, "the name of an object");
        return false;
    }
    co_parser_advance(parser);
    return co_parser_push_name(parser, co_parser_text(parser, &token)) &&
           co_parser_take_names(parser, base, &node->names, &node->n_names);
}

/* name [ VIA path ] [ WHERE expr ] */
static bool parse_rows(co_parser *parser, co_node *node)
{
    return parse_object(parser, node) && parse_via_where(parser, node);
}

/* sum [ VIA path ] [ WHERE expr ] */
static bool parse_values(co_parser *parser, co_node *node)
{
    return co_parser_push(parser, co_parse_sum(parser)) && parse_via_where(parser, node);
}

/* ( rows | [ DISTINCT ] values ): a single name is an object. */
static bool parse_count_of(co_parser *parser, co_node *node)
{
    if (co_parser_at(parser, CO_TOKEN_STAR)) {
        return co_refuse(parser, parser->now.position,
                         "COUNT takes what is counted, as in COUNT(purchase), not *");
    }
    node->distinct = co_parser_accept_word(parser, CO_WORD_DISTINCT);

    co_node *value = co_parse_sum(parser);
    if (value == NULL)
        return false;
    if (!node->distinct && value->kind == CO_NODE_PATH && value->n_names == 1) {
        node->kind = CO_NODE_COUNT_ROWS;
        node->names = value->names;
        node->n_names = 1;
        return parse_via_where(parser, node);
    }
    node->kind = CO_NODE_AGGREGATE;
    return co_parser_push(parser, value) && parse_via_where(parser, node);
}

/* DISTINCT before a value, where only COUNT takes it; a field may have that name. */
static bool at_stray_distinct(const co_parser *parser)
{
    return co_parser_at_word(parser, CO_WORD_DISTINCT) &&
           (parser->next.kind == CO_TOKEN_WORD || parser->next.kind == CO_TOKEN_NAME) &&
           parser->next.word != CO_WORD_VIA && parser->next.word != CO_WORD_WHERE;
}

static bool parse_aggregate(co_parser *parser, co_node *node)
{
    if (node->aggregate == CO_AGGREGATE_COUNT)
        return parse_count_of(parser, node);
    if (at_stray_distinct(parser))
        return co_refuse(parser, parser->now.position, "only COUNT takes DISTINCT");
    return parse_values(parser, node);
}

/* rows SATISFIES expr */
static bool parse_every(co_parser *parser, co_node *node)
{
    if (!parse_rows(parser, node))
        return false;
    if (!co_parser_accept_word(parser, CO_WORD_SATISFIES)) {
        co_complain_after_operand(parser, "SATISFIES");
        return false;
    }
    return co_parser_push(parser, co_parse_expr(parser));
}

/* --- SEQUENCE and FUNNEL --- */

/* [ NOT ] name [ VIA path ] [ WHERE expr ] [ WITHIN duration ] */
static co_node *parse_step(co_parser *parser)
{
    const size_t base = parser->n_nodes;
    co_node *node = co_parser_node(parser, CO_NODE_STEP, parser->now.position);

    if (node == NULL)
        return NULL;
    node->negated = co_parser_accept_word(parser, CO_WORD_NOT);
    if (!parse_rows(parser, node))
        return NULL;
    node->operator_position = parser->now.position;
    node->has_within = co_parser_accept_word(parser, CO_WORD_WITHIN);
    if (node->has_within && !co_parse_duration(parser, &node->within, &node->within_text))
        return NULL;
    return co_parser_take(parser, node, base) ? co_parser_finish(parser, node) : NULL;
}

/* The steps at `first` and above on the stack make sense together. */
static bool check_steps(co_parser *parser, size_t first, co_node_kind kind)
{
    co_node **const steps = parser->nodes + first;
    const size_t n = parser->n_nodes - first;
    size_t last_positive = n;

    if (steps[0]->negated)
        return co_refuse(parser, steps[0]->position,
                         "a sequence cannot begin with a NOT step; say it with NOT EXISTS(…)");
    if (steps[0]->has_within)
        return co_refuse(
            parser, steps[0]->operator_position,
            "the first step has none before it to be WITHIN; the whole chain is bounded after ';'");
    while (steps[last_positive - 1]->negated)
        last_positive--;
    for (size_t i = 0; i < last_positive; i++) {
        if (steps[i]->negated && steps[i]->has_within)
            return co_refuse(parser, steps[i]->operator_position,
                             "a NOT step between two others takes no WITHIN; only at the end it does");
    }
    if (kind == CO_NODE_FUNNEL && last_positive < n)
        return co_refuse(parser, steps[last_positive]->position, "FUNNEL cannot end in a NOT step");
    return true;
}

/* SAME name { "," name } */
static bool parse_same(co_parser *parser, co_node *node)
{
    const size_t base = parser->n_names;

    if (!co_parser_accept_word(parser, CO_WORD_SAME))
        return true;
    do {
        const co_token name = parser->now;

        if (name.kind != CO_TOKEN_WORD && name.kind != CO_TOKEN_NAME) {
            co_complain_expected(parser, "the name of a field");
            return false;
        }
        co_parser_advance(parser);
        if (!co_parser_push_name(parser, co_parser_text(parser, &name)))
            return false;
    } while (co_parser_accept(parser, CO_TOKEN_COMMA));
    return co_parser_take_names(parser, base, &node->same, &node->n_same);
}

/* step { "," step } [ ";" [ WITHIN duration ] [ SAME … ] [ STRICT ] ] */
static bool parse_steps(co_parser *parser, co_node *node)
{
    const size_t first = parser->n_nodes;

    do {
        if (!co_parser_push(parser, parse_step(parser)))
            return false;
    } while (co_parser_accept(parser, CO_TOKEN_COMMA));
    if (!check_steps(parser, first, node->kind) || !co_parser_accept(parser, CO_TOKEN_SEMICOLON))
        return parser->status == COHORT_OK;
    node->has_within = co_parser_accept_word(parser, CO_WORD_WITHIN);
    if (node->has_within && !co_parse_duration(parser, &node->within, &node->within_text))
        return false;
    if (!parse_same(parser, node))
        return false;
    node->strict = co_parser_accept_word(parser, CO_WORD_STRICT);
    return true;
}

/* --- segments, samples, rank --- */

/* string, into the node's text */
static bool parse_quoted(co_parser *parser, co_node *node, const char *wanted)
{
    const co_token token = parser->now;

    if (!co_parser_expect(parser, CO_TOKEN_STRING, wanted))
        return false;
    node->text = co_parser_text(parser, &token);
    return node->text.bytes != NULL;
}

/* int "," string */
static bool parse_bucket(co_parser *parser, co_node *node)
{
    return co_parse_count(parser, "BUCKET", 1, MOST_BUCKETS, &node->count) &&
           co_parser_expect(parser, CO_TOKEN_COMMA, "',' and a salt") &&
           parse_quoted(parser, node, "a salt in single quotes");
}

/* A share of 100, exact, with at most `most_decimals` digits after the point. */
static co_node *parse_percent(co_parser *parser, const char *what, uint32_t most_decimals)
{
    const uint32_t position = parser->now.position;
    co_node *number = co_parser_at(parser, CO_TOKEN_MINUS)
                          ? co_complain_expected(parser, "a number of percent")
                          : co_parse_number(parser);

    if (number == NULL)
        return NULL;
    if (number->is_double || co_wide_compare_decimal(number->digits, number->scale, co_wide_of(100), 0) > 0)
        return co_complain(parser, position, "%s needs a percentage from 0 to 100", what);
    if (number->scale > most_decimals)
        return co_complain(parser, position, "%s takes at most %u digits after the point", what,
                           (unsigned)most_decimals);
    return number;
}

/* number PERCENT "," string */
static bool parse_sample(co_parser *parser, co_node *node)
{
    return co_parser_push(parser, parse_percent(parser, "SAMPLE", 4)) &&
           co_parser_expect_word(parser, CO_WORD_PERCENT) &&
           co_parser_expect(parser, CO_TOKEN_COMMA, "',' and a salt") &&
           parse_quoted(parser, node, "a salt in single quotes");
}

/* path | "(" path { "," path } ")", pushed above what is at `base` */
static bool parse_per(co_parser *parser, co_node *node)
{
    const size_t base = parser->n_nodes;
    const uint32_t open = parser->now.position;
    const bool is_list = co_parser_accept(parser, CO_TOKEN_OPEN);

    do {
        if (!co_parser_push(parser, co_parse_path(parser)))
            return false;
    } while (is_list && co_parser_accept(parser, CO_TOKEN_COMMA));
    node->n_per = (uint32_t)(parser->n_nodes - base);
    return !is_list || co_parser_close(parser, open);
}

/* AMONG "(" expr ")", put before the n_per paths on the stack. */
static bool parse_among(co_parser *parser, co_node *node)
{
    const uint32_t open = parser->now.position;

    if (!co_parser_expect(parser, CO_TOKEN_OPEN, "'(' and a condition") ||
        !co_parser_push(parser, co_parse_expr(parser)) || !co_parser_close(parser, open))
        return false;

    co_node **const paths = parser->nodes + parser->n_nodes - 1 - node->n_per;
    co_node *among = paths[node->n_per];
    memmove(paths + 1, paths, node->n_per * sizeof(co_node *));
    paths[0] = among;
    node->has_among = true;
    return true;
}

/* sum [ PER per ] [ AMONG "(" expr ")" ] */
static bool parse_ranked(co_parser *parser, co_node *node)
{
    if (!co_parser_push(parser, co_parse_sum(parser)))
        return false;
    if (co_parser_accept_word(parser, CO_WORD_PER) && !parse_per(parser, node))
        return false;
    return !co_parser_accept_word(parser, CO_WORD_AMONG) || parse_among(parser, node);
}

/* int "," ranked */
static bool parse_ntile(co_parser *parser, co_node *node)
{
    return co_parse_count(parser, "NTILE", 1, INT64_MAX, &node->count) &&
           co_parser_expect(parser, CO_TOKEN_COMMA, "',' and a value") && parse_ranked(parser, node);
}

/* How many TOP takes: whole rows, or a percentage. */
static co_node *parse_top_number(co_parser *parser, co_node *node)
{
    const uint32_t position = parser->now.position;
    const char *word = node->bottom ? "BOTTOM" : "TOP";
    int64_t rows;

    node->percent = co_parser_next_is_word(parser, CO_WORD_PERCENT);
    if (node->percent)
        return parse_percent(parser, word, 18);

    co_node *number = co_parse_number(parser);
    if (number == NULL ||
        (!number->is_double && number->scale == 0 && co_wide_to_int64(number->digits, &rows)))
        return number;
    return co_complain(parser, position, "%s needs a whole number of records, or a number and PERCENT", word);
}

/* ( TOP | BOTTOM ) number [ PERCENT ] BY ranked [ WITH TIES ] */
co_node *co_parse_top(co_parser *parser)
{
    const size_t base = parser->n_nodes;
    co_node *node = co_parser_node(parser, CO_NODE_TOP, parser->now.position);

    if (node == NULL)
        return NULL;
    node->bottom = co_parser_at_word(parser, CO_WORD_BOTTOM);
    co_parser_advance(parser);
    if (!co_parser_push(parser, parse_top_number(parser, node)))
        return NULL;
    (void)co_parser_accept_word(parser, CO_WORD_PERCENT);
    if (!co_parser_accept_word(parser, CO_WORD_BY))
        return co_complain_expected(parser, node->percent ? "BY and what to rank by"
                                                          : "PERCENT, or BY and what to rank by");
    if (!parse_ranked(parser, node))
        return NULL;
    node->with_ties = co_parser_accept_word(parser, CO_WORD_WITH);
    if ((node->with_ties && !co_parser_expect_word(parser, CO_WORD_TIES)) ||
        !co_parser_take(parser, node, base))
        return NULL;
    return co_parser_finish(parser, node);
}

/* What stands between the parentheses of a relation. */
static bool parse_inside(co_parser *parser, co_node *node)
{
    switch (node->kind) {
    case CO_NODE_COUNT_ROWS:
    case CO_NODE_AGGREGATE:
        return parse_aggregate(parser, node);
    case CO_NODE_EXISTS:
        return parse_rows(parser, node);
    case CO_NODE_EVERY:
        return parse_every(parser, node);
    case CO_NODE_SEQUENCE:
    case CO_NODE_FUNNEL:
        return parse_steps(parser, node);
    case CO_NODE_SEGMENT:
        return parse_quoted(parser, node, "the name of a segment in single quotes");
    case CO_NODE_BUCKET:
        return parse_bucket(parser, node);
    case CO_NODE_SAMPLE:
        return parse_sample(parser, node);
    case CO_NODE_NTILE:
        return parse_ntile(parser, node);
    default:
        return parse_ranked(parser, node);
    }
}

co_node *co_parse_relation(co_parser *parser, co_node_kind kind, co_aggregate aggregate, size_t names_base,
                           uint32_t position)
{
    const size_t base = parser->n_nodes;
    co_node *node = co_parser_node(parser, kind, position);

    if (node == NULL || !co_parser_take_names(parser, names_base, &node->path, &node->n_path))
        return NULL;
    node->aggregate = (uint8_t)aggregate;
    node->operator_position = parser->now.position;
    co_parser_advance(parser);
    const uint32_t open = parser->now.position;
    co_parser_advance(parser);
    if (!parse_inside(parser, node) || !co_parser_close(parser, open) || !co_parser_take(parser, node, base))
        return NULL;
    return co_parser_finish(parser, node);
}

/*
 * What may follow an operand: comparisons, IS, BETWEEN, IN, LIKE, CONTAINS,
 * MATCHES, HAS, INCLUDES, WITHIN POLYGON.
 *
 * Always:  at most one of them; `a < b < c` is refused. Nodes start where their
 *          operand starts, operator_position is where the verb is.
 * Source:  the language's grammar, from `test` to `point`.
 */
#include "expr/literals.h"
#include "expr/parser.h"

enum { most_latitude = 90, most_longitude = 180, least_corners = 3 };

/* A test over `value`, which is pushed as its first child. */
static co_node *begin(co_parser *parser, co_node_kind kind, co_node *value, bool is_negated)
{
    co_node *node = co_parser_node(parser, kind, value->position);

    if (node == NULL || !co_parser_push(parser, value))
        return NULL;
    node->negated = is_negated;
    node->operator_position = parser->now.position;
    return node;
}

static co_node *finish(co_parser *parser, co_node *node, size_t base)
{
    return co_parser_take(parser, node, base) ? co_parser_finish(parser, node) : NULL;
}

static bool push_sum(co_parser *parser)
{
    return co_parser_push(parser, co_parse_sum(parser));
}

static bool push_item(co_parser *parser)
{
    return co_parser_push(parser, co_parse_item(parser));
}

/* ( "=" | … ) item */
static co_node *parse_comparison(co_parser *parser, co_node *left)
{
    const size_t base = parser->n_nodes;
    co_node *node = begin(parser, CO_NODE_COMPARE, left, false);

    if (node == NULL)
        return NULL;
    node->compare = (uint8_t)(parser->now.kind - CO_TOKEN_EQUAL);
    co_parser_advance(parser);
    return push_item(parser) ? finish(parser, node, base) : NULL;
}

static bool read_is(co_word word, co_is *is)
{
    static const struct {
        co_word word;
        co_is is;
    } states[] = {
        { CO_WORD_NULL, CO_IS_NULL },   { CO_WORD_TRUE, CO_IS_TRUE },       { CO_WORD_FALSE, CO_IS_FALSE },
        { CO_WORD_EMPTY, CO_IS_EMPTY }, { CO_WORD_UNKNOWN, CO_IS_UNKNOWN }, { CO_WORD_BLANK, CO_IS_BLANK },
    };

    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (states[i].word == word) {
            *is = states[i].is;
            return true;
        }
    }
    return false;
}

/* IS [ NOT ] ( NULL | … | DISTINCT FROM sum ) */
static co_node *parse_is(co_parser *parser, co_node *value)
{
    const size_t base = parser->n_nodes;
    co_node *node = begin(parser, CO_NODE_IS, value, false);
    co_is is = CO_IS_NULL;

    if (node == NULL)
        return NULL;
    co_parser_advance(parser);
    node->negated = co_parser_accept_word(parser, CO_WORD_NOT);
    if (co_parser_accept_word(parser, CO_WORD_DISTINCT)) {
        node->kind = CO_NODE_DISTINCT_FROM;
        return co_parser_expect_word(parser, CO_WORD_FROM) && push_sum(parser) ? finish(parser, node, base)
                                                                               : NULL;
    }
    if (parser->now.kind != CO_TOKEN_WORD || !read_is(parser->now.word, &is))
        return co_complain_expected(parser, "NULL, TRUE, FALSE, UNKNOWN, EMPTY, BLANK or DISTINCT FROM");
    node->is = (uint8_t)is;
    co_parser_advance(parser);
    return finish(parser, node, base);
}

/* BETWEEN item AND item */
static co_node *parse_between(co_parser *parser, co_node *value, bool is_negated)
{
    const size_t base = parser->n_nodes;
    co_node *node = begin(parser, CO_NODE_BETWEEN, value, is_negated);

    if (node == NULL)
        return NULL;
    co_parser_advance(parser);
    if (!push_item(parser))
        return NULL;
    if (!co_parser_accept_word(parser, CO_WORD_AND))
        return co_complain_after_operand(parser, "AND and the upper end of BETWEEN");
    return push_item(parser) ? finish(parser, node, base) : NULL;
}

/* IN ( range | list ) */
static co_node *parse_in(co_parser *parser, co_node *value, bool is_negated)
{
    const size_t base = parser->n_nodes;
    co_node *node = begin(parser, CO_NODE_IN, value, is_negated);

    if (node == NULL)
        return NULL;
    co_parser_advance(parser);
    node->bare = co_parse_is_range(parser);
    if (!node->bare && !co_parser_at(parser, CO_TOKEN_OPEN))
        return co_complain_expected(parser, "a list in parentheses or a date range");
    if (!(node->bare ? co_parser_push(parser, co_parse_range(parser)) : co_parse_list(parser, NULL)))
        return NULL;
    return finish(parser, node, base);
}

static bool is_one_point(co_text text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.length; i++)
        n += ((unsigned char)text.bytes[i] & 0xC0) != 0x80;
    return n == 1;
}

/* ESCAPE string, if it stands here. */
static bool push_escape(co_parser *parser, co_node *node)
{
    if (!co_parser_accept_word(parser, CO_WORD_ESCAPE))
        return true;
    node->has_escape = true;
    const uint32_t position = parser->now.position;
    co_node *escape = co_parse_string(parser);
    if (escape == NULL || !co_parser_push(parser, escape))
        return false;
    if (is_one_point(escape->text))
        return true;
    return co_refuse(parser, position, "ESCAPE needs exactly one character, found '" CO_FMT "'",
                     CO_ARG(escape->text));
}

/* ( LIKE | ILIKE ) sum [ ESCAPE string ] */
static co_node *parse_like(co_parser *parser, co_node *value, bool is_negated)
{
    const size_t base = parser->n_nodes;
    co_node *node = begin(parser, CO_NODE_LIKE, value, is_negated);

    if (node == NULL)
        return NULL;
    node->any_case = co_parser_at_word(parser, CO_WORD_ILIKE);
    co_parser_advance(parser);
    return push_sum(parser) && push_escape(parser, node) ? finish(parser, node, base) : NULL;
}

/* CONTAINS, CONTAINS WORD, STARTS WITH or ENDS WITH; WORD only before a text or ANY. */
static bool take_text_verb(co_parser *parser, co_node *node)
{
    const co_word verb = parser->now.word;

    co_parser_advance(parser);
    if (verb != CO_WORD_CONTAINS) {
        node->text_verb = verb == CO_WORD_STARTS ? CO_STARTS_WITH : CO_ENDS_WITH;
        return co_parser_expect_word(parser, CO_WORD_WITH);
    }
    node->text_verb = CO_CONTAINS;
    if (co_parser_at_word(parser, CO_WORD_WORD) &&
        (parser->next.kind == CO_TOKEN_STRING || co_parser_next_is_word(parser, CO_WORD_ANY))) {
        node->text_verb = CO_CONTAINS_WORD;
        co_parser_advance(parser);
    }
    return true;
}

/* CONTAINS WORD name: WORD was taken for a field, and another name follows. */
static bool at_misplaced_word(const co_parser *parser)
{
    const co_token *now = &parser->now;

    return parser->last.kind == CO_TOKEN_WORD && parser->last.word == CO_WORD_WORD &&
           (now->kind == CO_TOKEN_NAME || (now->kind == CO_TOKEN_WORD && now->word == CO_WORD_NONE_OF_THEM));
}

/* verb ( sum | ANY list ) */
static co_node *parse_text(co_parser *parser, co_node *value, bool is_negated)
{
    const size_t base = parser->n_nodes;
    co_node *node = begin(parser, CO_NODE_TEXT, value, is_negated);

    if (node == NULL || !take_text_verb(parser, node))
        return NULL;
    node->any = co_parser_at_word(parser, CO_WORD_ANY) && parser->next.kind == CO_TOKEN_OPEN;
    if (node->any)
        co_parser_advance(parser);
    if (!(node->any ? co_parse_list(parser, "ANY") : push_sum(parser)))
        return NULL;
    if (node->text_verb == CO_CONTAINS && at_misplaced_word(parser))
        return co_complain(parser, parser->now.position,
                           "CONTAINS WORD takes a text in single quotes or ANY (…)");
    return finish(parser, node, base);
}

/* MATCHES string */
static co_node *parse_matches(co_parser *parser, co_node *value, bool is_negated)
{
    const size_t base = parser->n_nodes;
    co_node *node = begin(parser, CO_NODE_MATCHES, value, is_negated);

    if (node == NULL)
        return NULL;
    co_parser_advance(parser);
    const co_token pattern = parser->now;
    if (!co_parser_expect(parser, CO_TOKEN_STRING, "a regular expression in single quotes"))
        return NULL;
    node->text = co_parser_text(parser, &pattern);
    return node->text.bytes == NULL ? NULL : finish(parser, node, base);
}

/* NULL is not allowed among the values of a set. */
static bool refuse_null(co_parser *parser, size_t first, const char *verb)
{
    for (size_t i = first; i < parser->n_nodes; i++) {
        if (parser->nodes[i]->kind == CO_NODE_NULL) {
            return co_refuse(parser, parser->nodes[i]->position,
                             "a set holds no NULL, so %s cannot ask for it", verb);
        }
    }
    return true;
}

/* What follows HAS, its words taken but not its operands. */
static bool take_has_verb(co_parser *parser, co_node *node)
{
    static const struct {
        co_word word;
        co_has has;
    } verbs[] = {
        { CO_WORD_ANY, CO_HAS_ANY },
        { CO_WORD_ALL, CO_HAS_ALL },
        { CO_WORD_NONE, CO_HAS_NONE },
        { CO_WORD_EXACTLY, CO_HAS_EXACTLY },
    };

    node->has = CO_HAS_ONE;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (co_parser_at_word(parser, verbs[i].word) && parser->next.kind == CO_TOKEN_OPEN) {
            node->has = (uint8_t)verbs[i].has;
            co_parser_advance(parser);
            return true;
        }
    }
    if (!co_parser_at_word(parser, CO_WORD_AT) || !co_parser_next_is_word(parser, CO_WORD_LEAST))
        return true;
    node->has = CO_HAS_AT_LEAST;
    co_parser_advance(parser);
    co_parser_advance(parser);
    return co_parse_count(parser, "AT LEAST", 0, INT64_MAX, &node->count) &&
           co_parser_expect_word(parser, CO_WORD_OF);
}

/* HAS ( ( ANY | ALL | NONE | EXACTLY ) list | AT LEAST int OF list | sum ) */
static co_node *parse_has(co_parser *parser, co_node *value, bool is_negated)
{
    const size_t base = parser->n_nodes;
    co_node *node = begin(parser, CO_NODE_HAS, value, is_negated);

    if (node == NULL)
        return NULL;
    co_parser_advance(parser);
    if (!take_has_verb(parser, node))
        return NULL;
    if (!(node->has == CO_HAS_ONE ? push_sum(parser) : co_parse_list(parser, "HAS")) ||
        !refuse_null(parser, base + 1, "HAS"))
        return NULL;
    return finish(parser, node, base);
}

/* ( INCLUDES | EXCLUDES ) list */
static co_node *parse_includes(co_parser *parser, co_node *value)
{
    const bool is_negated = co_parser_at_word(parser, CO_WORD_EXCLUDES);
    const char *verb = is_negated ? "EXCLUDES" : "INCLUDES";
    const size_t base = parser->n_nodes;
    co_node *node = begin(parser, CO_NODE_INCLUDES, value, is_negated);

    if (node == NULL)
        return NULL;
    co_parser_advance(parser);
    return co_parse_list(parser, verb) && refuse_null(parser, base + 1, verb) ? finish(parser, node, base)
                                                                              : NULL;
}

/* "(" [ "-" ] number "," [ "-" ] number ")" */
static bool parse_point(co_parser *parser, co_point *point)
{
    const uint32_t open = parser->now.position;

    return co_parser_expect(parser, CO_TOKEN_OPEN, "'(' and a corner, latitude and longitude") &&
           co_parse_coordinate(parser, "latitude", most_latitude, &point->latitude) &&
           co_parser_expect(parser, CO_TOKEN_COMMA, "',' and a longitude") &&
           co_parse_coordinate(parser, "longitude", most_longitude, &point->longitude) &&
           co_parser_close(parser, open);
}

/* point { "," point }, in a growing array. */
static bool collect_points(co_parser *parser, void **points, size_t *capacity, uint32_t *n)
{
    do {
        if (!co_memory_grow(parser->memory, points, capacity, (size_t)*n + 1, sizeof(co_point))) {
            co_complain_memory(parser);
            return false;
        }
        if (!parse_point(parser, (co_point *)*points + *n))
            return false;
        ++*n;
    } while (co_parser_accept(parser, CO_TOKEN_COMMA));
    return true;
}

/* "(" point "," point "," point { "," point } ")" */
static bool parse_corners(co_parser *parser, co_node *node)
{
    const uint32_t open = parser->now.position;
    size_t capacity = 0;
    void *points = NULL;
    bool is_fine = co_parser_expect(parser, CO_TOKEN_OPEN, "'(' and the corners of a polygon") &&
                   collect_points(parser, &points, &capacity, &node->n_points);

    if (is_fine && node->n_points < least_corners) {
        co_complain_expected(parser, "',' and another corner, of at least three");
        is_fine = false;
    }
    if (is_fine && co_parser_close(parser, open)) {
        node->points = co_arena_new(&parser->tree->arena, node->n_points, sizeof(co_point));
        if (node->points == NULL)
            co_complain_memory(parser);
        else
            memcpy(node->points, points, node->n_points * sizeof(co_point));
    }
    co_memory_free(parser->memory, points, capacity * sizeof(co_point));
    return node->points != NULL;
}

static bool spans_half_the_globe(const co_node *polygon)
{
    double west = polygon->points[0].longitude;
    double east = west;

    for (uint32_t i = 1; i < polygon->n_points; i++) {
        const double longitude = polygon->points[i].longitude;

        west = longitude < west ? longitude : west;
        east = longitude > east ? longitude : east;
    }
    return east - west > most_longitude;
}

/* WITHIN POLYGON "(" points ")" */
static co_node *parse_polygon(co_parser *parser, co_node *value, bool is_negated)
{
    const size_t base = parser->n_nodes;
    const uint32_t position = parser->now.position;
    co_node *node = begin(parser, CO_NODE_WITHIN_POLYGON, value, is_negated);

    if (node == NULL)
        return NULL;
    co_parser_advance(parser);
    co_parser_advance(parser);
    if (!parse_corners(parser, node))
        return NULL;
    if (spans_half_the_globe(node))
        return co_complain(parser, position, "the polygon spans more than 180 degrees of longitude");
    return finish(parser, node, base);
}

static bool is_comparison(co_token_kind kind)
{
    return kind >= CO_TOKEN_EQUAL && kind <= CO_TOKEN_GREATER_EQUAL;
}

/* A verb that NOT may stand before. */
static bool is_verb(const co_token *token, const co_token *next)
{
    if (token->kind != CO_TOKEN_WORD)
        return false;
    switch (token->word) {
    case CO_WORD_BETWEEN:
    case CO_WORD_IN:
    case CO_WORD_LIKE:
    case CO_WORD_ILIKE:
    case CO_WORD_CONTAINS:
    case CO_WORD_STARTS:
    case CO_WORD_ENDS:
    case CO_WORD_MATCHES:
    case CO_WORD_HAS:
        return true;
    case CO_WORD_WITHIN:
        return next == NULL || (next->kind == CO_TOKEN_WORD && next->word == CO_WORD_POLYGON);
    default:
        return false;
    }
}

/* The verb at hand is_verb(). */
static co_node *parse_verb(co_parser *parser, co_node *value, bool is_negated)
{
    switch (parser->now.word) {
    case CO_WORD_BETWEEN:
        return parse_between(parser, value, is_negated);
    case CO_WORD_IN:
        return parse_in(parser, value, is_negated);
    case CO_WORD_LIKE:
    case CO_WORD_ILIKE:
        return parse_like(parser, value, is_negated);
    case CO_WORD_CONTAINS:
    case CO_WORD_STARTS:
    case CO_WORD_ENDS:
        return parse_text(parser, value, is_negated);
    case CO_WORD_MATCHES:
        return parse_matches(parser, value, is_negated);
    case CO_WORD_HAS:
        return parse_has(parser, value, is_negated);
    default:
        return parse_polygon(parser, value, is_negated);
    }
}

/* NOT and a verb. */
static co_node *parse_negated_verb(co_parser *parser, co_node *value)
{
    co_parser_advance(parser);
    if (is_verb(&parser->now, &parser->next))
        return parse_verb(parser, value, true);
    if (co_parser_at_word(parser, CO_WORD_INCLUDES))
        return co_complain(parser, parser->now.position, "INCLUDES takes no NOT; write EXCLUDES");
    if (co_parser_at_word(parser, CO_WORD_NULL))
        return co_complain(parser, parser->last.position, "write IS NOT NULL");
    return co_complain_expected(parser,
                                "IN, BETWEEN, LIKE, CONTAINS, STARTS WITH, ENDS WITH, MATCHES, HAS or WITHIN "
                                "POLYGON after NOT");
}

static bool at_includes(const co_parser *parser)
{
    return co_parser_at_word(parser, CO_WORD_INCLUDES) || co_parser_at_word(parser, CO_WORD_EXCLUDES);
}

/* The test over `value` that begins at hand, or `value` itself if none does. */
static co_node *parse_suffix(co_parser *parser, co_node *value)
{
    if (is_comparison(parser->now.kind))
        return parse_comparison(parser, value);
    if (co_parser_at_word(parser, CO_WORD_IS))
        return parse_is(parser, value);
    if (at_includes(parser))
        return parse_includes(parser, value);
    if (co_parser_at_word(parser, CO_WORD_NOT))
        return parse_negated_verb(parser, value);
    if (is_verb(&parser->now, &parser->next))
        return parse_verb(parser, value, false);
    return value;
}

/* A second test cannot follow the first. */
static bool at_second_test(const co_parser *parser)
{
    return is_comparison(parser->now.kind) || co_parser_at_word(parser, CO_WORD_IS) || at_includes(parser) ||
           is_verb(&parser->now, &parser->next) ||
           (co_parser_at_word(parser, CO_WORD_NOT) && is_verb(&parser->next, NULL));
}

co_node *co_parse_test(co_parser *parser)
{
    co_node *value = co_parse_sum(parser);

    if (value == NULL)
        return NULL;
    co_node *node = parse_suffix(parser, value);
    if (node == NULL || node == value || !at_second_test(parser))
        return node;
    return co_complain(parser, parser->now.position,
                       "'" CO_FMT "' follows a finished comparison; join two conditions with "
                       "AND, as in a < b AND b < c, or use parentheses",
                       CO_ARG(parser->now.text));
}

/* Random trees: see random_tree.h. The shapes follow the grammar, rule by rule. */
#include "support/random_tree.h"

#include "support/must.h"

#include "base/interval.h"
#include "expr/ranges.h"

typedef struct maker {
    co_random *random;
    co_arena *arena;
    unsigned left;              /* nodes that may still be made */
} maker;

static const char *const names[] = {
    "a", "b", "amount", "case", "Case", "TODAY", "last_week", "LAST_N_DAYS", "LAST_90_DAYS", "NULL", "not", "true",
    "FALSE", "distinct", "date", "timestamp", "interval", "at", "least", "top", "bottom", "any", "all", "word", "when",
    "then", "end", "with", "within", "polygon", "per", "among", "via", "where", "same", "strict", "count", "sum", "exists",
    "segment", "if", "now", "outer", "OUTER", "Lead Source", "it\"s", "größe", "7days", "_", "x.y", " ", "--", "by", "is",
    "percent", "ties", "of", "satisfies", "now()", "“quoted”",
};

static const char *const texts[] = {
    "", "a", "it's", "''", "%_\\", "-- no comment", "a;b", "\"", "äöü €", "line\nbreak", "DATE '2026-01-01'", "day",
};

static const char *const ranges[] = {
    "TODAY", "YESTERDAY", "LAST_WEEK", "THIS_FISCAL_YEAR", "NEXT_QUARTER", "LAST_90_DAYS", "NEXT_90_DAYS", "LAST_N_DAYS:0",
    "LAST_N_DAYS:30", "NEXT_N_FISCAL_QUARTERS:4", "N_MONTHS_AGO:12", "THIS_YEAR_SO_FAR", "N_DAYS_AGO:1",
};

static const char *const intervals[][2] = {
    { "INTERVAL '90 days'", "90 days" }, { "INTERVAL 1 YEAR 2 MONTHS", "1 year 2 months" },
    { "INTERVAL '-3 hours'", "-3 hours" }, { "INTERVAL 0 SECONDS", "0 seconds" },
};

static const char *const durations[][2] = {
    { "7 DAYS", "7 days" }, { "INTERVAL '2 weeks'", "2 weeks" }, { "1 DAY 1 HOUR", "1 day 1 hour" },
};

#define PICK(list) list[below(maker, sizeof(list) / sizeof(list)[0])]

static unsigned below(maker *maker, size_t n)
{
    return (unsigned)co_random_below(maker->random, n);
}

static bool one_in(maker *maker, unsigned n)
{
    return below(maker, n) == 0;
}

static void *take(maker *maker, size_t n, size_t size)
{
    void *bytes = co_arena_new(maker->arena, n, size);

    must(bytes != NULL);
    return bytes;
}

static co_node *new_node(maker *maker, co_node_kind kind, uint32_t most_children)
{
    co_node *node = take(maker, 1, sizeof *node);

    node->kind = kind;
    if (most_children > 0)
        node->children = take(maker, most_children, sizeof(co_node *));
    maker->left -= maker->left > 0;
    return node;
}

static void add(co_node *node, co_node *child)
{
    node->children[node->n_children++] = child;
}

static co_text *random_names(maker *maker, uint32_t most, uint32_t *n)
{
    co_text *list = take(maker, most, sizeof *list);

    *n = 1 + below(maker, most);
    for (uint32_t i = 0; i < *n; i++)
        list[i] = co_text_of(PICK(names));
    return list;
}

static co_node *random_sum(maker *maker);
static co_node *random_expr(maker *maker);
static co_node *random_operand(maker *maker);

/* --- constants and paths --- */

static co_node *random_path(maker *maker)
{
    co_node *node = new_node(maker, CO_NODE_PATH, 0);

    node->names = random_names(maker, one_in(maker, 3) ? 3 : 1, &node->n_names);
    return node;
}

static co_node *random_string(maker *maker)
{
    co_node *node = new_node(maker, CO_NODE_STRING, 0);

    node->text = co_text_of(PICK(texts));
    return node;
}

static co_node *random_number(maker *maker)
{
    co_node *node = new_node(maker, CO_NODE_NUMBER, 0);

    node->is_double = one_in(maker, 4);
    if (node->is_double) {
        node->number = (double)co_random_int64(maker->random) * (one_in(maker, 2) ? 1e-9 : 1e17);
    } else {
        node->digits = co_wide_of(co_random_int64(maker->random));
        node->scale = one_in(maker, 2) ? 0 : below(maker, 30);
    }
    return node;
}

static co_node *random_small_number(maker *maker, uint32_t scale)
{
    co_node *node = new_node(maker, CO_NODE_NUMBER, 0);

    node->digits = co_wide_of((int64_t)below(maker, 101));
    node->scale = scale;
    return node;
}

static co_node *random_range(maker *maker)
{
    co_node *node = new_node(maker, CO_NODE_RANGE, 0);

    node->text = co_text_of(PICK(ranges));
    must(co_range_read(node->text, &node->range) == CO_RANGE_READ);
    return node;
}

static co_node *random_interval(maker *maker)
{
    co_node *node = new_node(maker, CO_NODE_INTERVAL, 0);
    const char *const *pair = PICK(intervals);

    node->text = co_text_of(pair[0]);
    must(co_interval_parse(co_text_of(pair[1]), &node->interval) == NULL);
    return node;
}

static co_node *random_constant(maker *maker)
{
    co_node *node;

    switch (below(maker, 8)) {
    case 0:
        return new_node(maker, CO_NODE_NULL, 0);
    case 1:
        node = new_node(maker, CO_NODE_BOOL, 0);
        node->count = below(maker, 2);
        return node;
    case 2:
        node = new_node(maker, CO_NODE_DATE, 0);
        node->text = CO_TEXT("2026-11-22");
        return node;
    case 3:
        node = new_node(maker, CO_NODE_TIMESTAMP, 0);
        node->text = CO_TEXT("2026-11-22 10:00:00+02");
        return node;
    case 4:
        return random_interval(maker);
    case 5:
        return random_string(maker);
    default:
        return random_number(maker);
    }
}

/* --- chains --- */

static bool is_chain_of(const co_node *node, co_node_kind kind)
{
    return node->kind == kind;
}

/* AND, OR, XOR: no operand of their own kind, as the parser flattens them. */
static co_node *random_connective(maker *maker, co_node_kind kind)
{
    const uint32_t n = 2 + below(maker, 3);
    co_node *node = new_node(maker, kind, n);

    while (node->n_children < n) {
        co_node *child = random_expr(maker);

        add(node, is_chain_of(child, kind) ? random_path(maker) : child);
    }
    return node;
}

static co_node *random_arithmetic(maker *maker, co_node_kind kind)
{
    const uint32_t n = 2 + below(maker, 3);
    co_node *node = new_node(maker, kind, n);

    node->signs = take(maker, n, 1);
    while (node->n_children < n) {
        co_node *child = one_in(maker, 3) ? random_expr(maker) : random_sum(maker);
        const bool is_first = node->n_children == 0;

        node->signs[node->n_children] = kind == CO_NODE_SUM ? "+-"[!is_first && one_in(maker, 2)]
                                                            : "*/"[!is_first && one_in(maker, 2)];
        add(node, is_first && is_chain_of(child, kind) ? random_path(maker) : child);
    }
    return node;
}

static co_node *random_unary(maker *maker, co_node_kind kind)
{
    co_node *node = new_node(maker, kind, 1);

    add(node, one_in(maker, 2) ? random_operand(maker) : random_expr(maker));
    return node;
}

/* --- relations --- */

static void add_prefix(maker *maker, co_node *node)
{
    if (one_in(maker, 4))
        node->path = random_names(maker, 2, &node->n_path);
}

static void add_via_where(maker *maker, co_node *node)
{
    if (one_in(maker, 3))
        node->via = random_names(maker, 2, &node->n_via);
    node->has_where = one_in(maker, 2);
    if (node->has_where)
        add(node, random_expr(maker));
}

static co_node *random_rows(maker *maker, co_node_kind kind)
{
    co_node *node = new_node(maker, kind, 2);

    node->names = random_names(maker, 1, &node->n_names);
    add_via_where(maker, node);
    if (kind == CO_NODE_EVERY)
        add(node, random_expr(maker));
    return node;
}

static co_node *random_aggregate(maker *maker)
{
    co_node *node = new_node(maker, CO_NODE_AGGREGATE, 2);
    co_node *value = random_sum(maker);

    node->aggregate = (uint8_t)below(maker, CO_AGGREGATE_AVG_GAP + 1);
    node->distinct = node->aggregate == CO_AGGREGATE_COUNT && one_in(maker, 2);
    if (node->aggregate == CO_AGGREGATE_COUNT && !node->distinct && value->kind == CO_NODE_PATH && value->n_names == 1)
        value = random_number(maker);   /* a single name would be an object */
    add(node, value);
    add_via_where(maker, node);
    return node;
}

static void add_duration(maker *maker, co_node *node)
{
    const char *const *pair = PICK(durations);

    node->has_within = true;
    node->within_text = co_text_of(pair[0]);
    must(co_interval_parse(co_text_of(pair[1]), &node->within) == NULL);
}

/* The first step is positive and has no WITHIN; NOT steps have one at the end only, and FUNNEL ends positive. */
static co_node *random_steps(maker *maker, co_node_kind kind)
{
    const uint32_t n = 1 + below(maker, 4);
    co_node *node = new_node(maker, kind, n);

    while (node->n_children < n) {
        const bool is_last = node->n_children + 1 == n;
        co_node *step = random_rows(maker, CO_NODE_STEP);

        step->negated = node->n_children > 0 && one_in(maker, 3) && !(is_last && kind == CO_NODE_FUNNEL);
        if (node->n_children > 0 && (!step->negated || is_last) && one_in(maker, 2))
            add_duration(maker, step);
        add(node, step);
    }
    if (one_in(maker, 2))
        add_duration(maker, node);
    if (one_in(maker, 3))
        node->same = random_names(maker, 2, &node->n_same);
    node->strict = one_in(maker, 3);
    return node;
}

static void add_ranked(maker *maker, co_node *node)
{
    add(node, random_sum(maker));
    node->has_among = one_in(maker, 3);
    if (node->has_among)
        add(node, random_expr(maker));
    node->n_per = one_in(maker, 2) ? below(maker, 3) : 0;
    for (uint32_t i = 0; i < node->n_per; i++)
        add(node, random_path(maker));
}

static co_node *random_ranked(maker *maker, co_node_kind kind)
{
    co_node *node = new_node(maker, kind, 5);

    if (kind == CO_NODE_NTILE)
        node->count = 1 + below(maker, 100);
    if (kind == CO_NODE_TOP) {
        node->bottom = one_in(maker, 2);
        node->percent = one_in(maker, 2);
        node->with_ties = one_in(maker, 3);
        add(node, random_small_number(maker, node->percent ? below(maker, 3) : 0));
    }
    add_ranked(maker, node);
    return node;
}

static co_node *random_named(maker *maker, co_node_kind kind)
{
    co_node *node = new_node(maker, kind, 1);

    node->text = co_text_of(PICK(texts));
    if (kind == CO_NODE_BUCKET)
        node->count = 1 + below(maker, 1000);
    if (kind == CO_NODE_SAMPLE)
        add(node, random_small_number(maker, below(maker, 5)));
    return node;
}

static co_node *random_relation(maker *maker)
{
    const co_node_kind kind = (co_node_kind)(CO_NODE_COUNT_ROWS + (int)below(maker, CO_NODE_TOP - CO_NODE_COUNT_ROWS + 1));
    co_node *node;

    switch (kind) {
    case CO_NODE_AGGREGATE:
        node = random_aggregate(maker);
        break;
    case CO_NODE_COUNT_ROWS:
    case CO_NODE_EXISTS:
    case CO_NODE_EVERY:
        node = random_rows(maker, kind);
        break;
    case CO_NODE_SEQUENCE:
    case CO_NODE_FUNNEL:
        node = random_steps(maker, kind);
        break;
    case CO_NODE_SEGMENT:
    case CO_NODE_BUCKET:
    case CO_NODE_SAMPLE:
        node = random_named(maker, kind);
        break;
    case CO_NODE_STEP:          /* never alone */
    case CO_NODE_TOP:
        return random_ranked(maker, CO_NODE_TOP);
    default:
        node = random_ranked(maker, kind);
        break;
    }
    add_prefix(maker, node);
    return node;
}

/* --- operands and values --- */

static co_node *random_function(maker *maker)
{
    static const struct {
        uint32_t least, greatest;
    } shapes[] = {
#define CO_FUNCTION_SHAPE(id, text, least, greatest) { least, greatest },
        CO_FUNCTION_LIST(CO_FUNCTION_SHAPE)
#undef CO_FUNCTION_SHAPE
    };
    const unsigned function = below(maker, CO_N_FUNCTIONS);
    const uint32_t greatest = shapes[function].greatest < 4 ? shapes[function].greatest : 4;
    const uint32_t n = shapes[function].least + below(maker, greatest - shapes[function].least + 1);
    co_node *node = new_node(maker, CO_NODE_FUNCTION, n);

    node->function = (uint8_t)function;
    while (node->n_children < n)
        add(node, random_expr(maker));
    return node;
}

static co_node *random_case(maker *maker)
{
    const uint32_t n = 1 + below(maker, 3);
    co_node *node = new_node(maker, CO_NODE_CASE, 2 * n + 1);

    while (node->n_children < 2 * n)
        add(node, random_expr(maker));
    node->has_else = one_in(maker, 2);
    if (node->has_else)
        add(node, random_expr(maker));
    return node;
}

static co_node *random_at_least(maker *maker)
{
    const uint32_t n = 1 + below(maker, 3);
    co_node *node = new_node(maker, CO_NODE_AT_LEAST, n);

    node->count = below(maker, 5);
    while (node->n_children < n)
        add(node, random_expr(maker));
    return node;
}

static co_node *random_operand(maker *maker)
{
    if (maker->left == 0)
        return one_in(maker, 3) ? random_constant(maker) : random_path(maker);
    switch (below(maker, 9)) {
    case 0:
    case 1:
    case 2:
        return random_path(maker);
    case 3:
    case 4:
        return random_constant(maker);
    case 5:
        return random_function(maker);
    case 6:
        return one_in(maker, 2) ? random_case(maker) : random_at_least(maker);
    default:
        return random_relation(maker);
    }
}

static co_node *random_sum(maker *maker)
{
    if (maker->left == 0)
        return random_operand(maker);
    switch (below(maker, 8)) {
    case 0:
        return random_arithmetic(maker, CO_NODE_SUM);
    case 1:
        return random_arithmetic(maker, CO_NODE_PRODUCT);
    case 2:
        return random_unary(maker, CO_NODE_NEGATE);
    default:
        return random_operand(maker);
    }
}

/* --- tests --- */

static co_node *random_item(maker *maker)
{
    return one_in(maker, 4) ? random_range(maker) : random_sum(maker);
}

/* A value that a set can hold. */
static co_node *random_element(maker *maker)
{
    co_node *node = random_sum(maker);

    return node->kind == CO_NODE_NULL ? random_string(maker) : node;
}

static void add_list(maker *maker, co_node *node, co_node *(*make)(struct maker *))
{
    const uint32_t n = 1 + below(maker, 4);

    for (uint32_t i = 0; i < n; i++)
        add(node, make(maker));
}

static void finish_text_test(maker *maker, co_node *node)
{
    node->text_verb = (uint8_t)below(maker, 4);
    node->any = one_in(maker, 2);
    if (node->any)
        add_list(maker, node, random_sum);
    else
        add(node, node->text_verb == CO_CONTAINS_WORD ? random_string(maker) : random_sum(maker));
}

static void finish_has(maker *maker, co_node *node)
{
    node->has = (uint8_t)below(maker, CO_HAS_AT_LEAST + 1);
    if (node->has == CO_HAS_AT_LEAST)
        node->count = below(maker, 5);
    if (node->has == CO_HAS_ONE)
        add(node, random_element(maker));
    else
        add_list(maker, node, random_element);
}

static void finish_polygon(maker *maker, co_node *node)
{
    node->n_points = 3 + below(maker, 3);
    node->points = take(maker, node->n_points, sizeof *node->points);
    for (uint32_t i = 0; i < node->n_points; i++) {
        node->points[i].latitude = (double)co_random_between(maker->random, -9000, 9000) / 100;
        node->points[i].longitude = (double)co_random_between(maker->random, -900, 900) / 10;
    }
}

static void finish_like(maker *maker, co_node *node)
{
    node->any_case = one_in(maker, 2);
    add(node, random_sum(maker));
    node->has_escape = one_in(maker, 2);
    if (node->has_escape) {
        add(node, random_string(maker));
        node->children[2]->text = one_in(maker, 2) ? CO_TEXT("'") : CO_TEXT("é");
    }
}

static void finish_in(maker *maker, co_node *node)
{
    node->bare = one_in(maker, 4);
    if (node->bare)
        add(node, random_range(maker));
    else
        add_list(maker, node, random_item);
}

static co_node *random_test(maker *maker)
{
    const co_node_kind kind =
        (co_node_kind)(CO_NODE_COMPARE + (int)below(maker, CO_NODE_WITHIN_POLYGON - CO_NODE_COMPARE + 1));
    co_node *node = new_node(maker, kind, 5);

    node->negated = kind != CO_NODE_COMPARE && one_in(maker, 2);
    add(node, one_in(maker, 6) ? random_expr(maker) : random_sum(maker));
    switch (kind) {
    case CO_NODE_COMPARE:
        node->compare = (uint8_t)below(maker, 6);
        add(node, random_item(maker));
        break;
    case CO_NODE_IS:
        node->is = (uint8_t)below(maker, CO_IS_BLANK + 1);
        break;
    case CO_NODE_BETWEEN:
        add(node, random_item(maker));
        add(node, random_item(maker));
        break;
    case CO_NODE_IN:
        finish_in(maker, node);
        break;
    case CO_NODE_LIKE:
        finish_like(maker, node);
        break;
    case CO_NODE_TEXT:
        finish_text_test(maker, node);
        break;
    case CO_NODE_MATCHES:
        node->text = co_text_of(PICK(texts));
        break;
    case CO_NODE_HAS:
        finish_has(maker, node);
        break;
    case CO_NODE_INCLUDES:
        add_list(maker, node, random_element);
        break;
    case CO_NODE_WITHIN_POLYGON:
        finish_polygon(maker, node);
        break;
    default:
        add(node, random_sum(maker));
        break;
    }
    return node;
}

/* --- conditions --- */

static co_node *random_expr(maker *maker)
{
    if (maker->left == 0)
        return random_operand(maker);
    switch (below(maker, 8)) {
    case 0:
        return random_connective(maker, CO_NODE_AND);
    case 1:
        return random_connective(maker, CO_NODE_OR);
    case 2:
        return random_connective(maker, CO_NODE_XOR);
    case 3:
        return random_unary(maker, CO_NODE_NOT);
    case 4:
        return random_sum(maker);
    default:
        return random_test(maker);
    }
}

co_node *co_random_condition(co_random *random, co_arena *arena, unsigned size)
{
    maker maker = { random, arena, size };

    return random_expr(&maker);
}

co_node *co_random_value(co_random *random, co_arena *arena, unsigned size)
{
    maker maker = { random, arena, size };

    return random_sum(&maker);
}

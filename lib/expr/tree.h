/*
 * What the user wrote, as a tree: the one meeting point of the text form, the
 * printer, lint and the planner.
 *
 * Always:  nodes live in the tree's arena and are freed with it; names are kept
 *          as written (unquoted), constants by value; `position` and `end` are
 *          the bytes of the source a node came from. AND, OR, XOR, sums and
 *          products are flat (n children), so the depth is bounded by the
 *          nesting limit and recursion over a tree is safe. Never NULL inside.
 * Not here: any knowledge of what exists; names are bound by plan/.
 */
#ifndef CO_EXPR_TREE_H
#define CO_EXPR_TREE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/calendar.h"
#include "base/interval.h"
#include "base/text.h"
#include "base/wide.h"

/* Children are listed after each kind, in order; [x] may be absent (NULL never appears: see has_* flags). */
typedef enum co_node_kind {
    /* constants */
    CO_NODE_NULL,
    CO_NODE_BOOL,               /* count 0 or 1 */
    CO_NODE_NUMBER,             /* exact: digits × 10^-scale, or a double if is_double */
    CO_NODE_STRING,             /* text */
    CO_NODE_DATE,               /* text as written inside DATE '…' */
    CO_NODE_TIMESTAMP,          /* text as written inside TIMESTAMP '…' */
    CO_NODE_INTERVAL,           /* interval; text: as printed, "INTERVAL '90 days'" or "INTERVAL 90 DAYS" */
    CO_NODE_RANGE,              /* SOQL date range: range, count */

    /* names */
    CO_NODE_PATH,               /* names[0 .. n_names) */

    /* connectives: n children */
    CO_NODE_AND,
    CO_NODE_OR,
    CO_NODE_XOR,
    CO_NODE_NOT,                /* operand */
    CO_NODE_AT_LEAST,           /* count; n operands */

    /* tests; `negated` for the NOT inside the verb */
    CO_NODE_COMPARE,            /* compare; left, right (right may be RANGE) */
    CO_NODE_IS,                 /* is; operand */
    CO_NODE_DISTINCT_FROM,      /* left, right (IS [NOT] DISTINCT FROM) */
    CO_NODE_BETWEEN,            /* value, low, high (low and high may be RANGE) */
    CO_NODE_IN,                 /* value, then the items (each may be RANGE); bare: `f IN R` without parentheses */
    CO_NODE_LIKE,               /* value, pattern, [escape]; any_case for ILIKE */
    CO_NODE_TEXT,               /* text_verb; value, then one operand or, with any, the list */
    CO_NODE_MATCHES,            /* value; text: the pattern */
    CO_NODE_HAS,                /* has; value, then the operands; count for AT LEAST n OF */
    CO_NODE_INCLUDES,           /* value, then items; negated: EXCLUDES */
    CO_NODE_WITHIN_POLYGON,     /* value; points */

    /* values */
    CO_NODE_SUM,                /* n ≥ 2 operands; signs[i] is '+' or '-', signs[0] is '+' */
    CO_NODE_PRODUCT,            /* n ≥ 2 operands; signs[i] is '*' or '/', signs[0] is '*' */
    CO_NODE_NEGATE,             /* operand: unary minus that did not fold into a number */
    CO_NODE_CASE,               /* condition, value, condition, value, …, [else if has_else] */
    CO_NODE_FUNCTION,           /* function; arguments */

    /* relations; path[0 .. n_path) is the prefix before the dot, empty without one */
    CO_NODE_COUNT_ROWS,         /* rows */
    CO_NODE_AGGREGATE,          /* aggregate; value, [where]; via; distinct for COUNT(DISTINCT …) */
    CO_NODE_EXISTS,             /* rows */
    CO_NODE_EVERY,              /* rows; the SATISFIES condition is the last child */
    CO_NODE_SEQUENCE,           /* n STEP children; within, same, strict */
    CO_NODE_FUNNEL,             /* as SEQUENCE */
    CO_NODE_STEP,               /* rows; negated; within */
    CO_NODE_SEGMENT,            /* text: the name */
    CO_NODE_BUCKET,             /* count; text: the salt */
    CO_NODE_SAMPLE,             /* percent as NUMBER child; text: the salt */
    CO_NODE_NTILE,              /* count; ranked */
    CO_NODE_RANK,               /* ranked */
    CO_NODE_PERCENT_RANK,       /* ranked */
    CO_NODE_TOP                 /* bottom, percent, with_ties; NUMBER child, then ranked */
    /* rows:   names[0] is the object, via, [where if has_where] as a child */
    /* ranked: value, [among if has_among] as children; per: the last n_per children, each a PATH */
} co_node_kind;

typedef enum co_compare { CO_EQUAL, CO_NOT_EQUAL, CO_LESS, CO_LESS_EQUAL, CO_GREATER, CO_GREATER_EQUAL } co_compare;
/* a op b as b op' a. */
co_compare co_compare_mirror(co_compare compare);
/* NOT (a op b), where both are known. */
co_compare co_compare_opposite(co_compare compare);

typedef enum co_is { CO_IS_NULL, CO_IS_TRUE, CO_IS_FALSE, CO_IS_UNKNOWN, CO_IS_EMPTY, CO_IS_BLANK } co_is;

typedef enum co_text_verb { CO_CONTAINS, CO_CONTAINS_WORD, CO_STARTS_WITH, CO_ENDS_WITH } co_text_verb;

typedef enum co_has { CO_HAS_ONE, CO_HAS_ANY, CO_HAS_ALL, CO_HAS_NONE, CO_HAS_EXACTLY, CO_HAS_AT_LEAST } co_has;

typedef enum co_aggregate {
    CO_AGGREGATE_COUNT, CO_AGGREGATE_SUM, CO_AGGREGATE_AVG, CO_AGGREGATE_MIN, CO_AGGREGATE_MAX,
    CO_AGGREGATE_MEDIAN, CO_AGGREGATE_FIRST, CO_AGGREGATE_LAST, CO_AGGREGATE_MODE,
    CO_AGGREGATE_MAX_GAP, CO_AGGREGATE_AVG_GAP
} co_aggregate;

/* Name as written, least and greatest number of arguments. */
#define CO_FUNCTION_LIST(X)                                                     \
    X(ABS, "ABS", 1, 1) X(ROUND, "ROUND", 1, 2) X(FLOOR, "FLOOR", 1, 1)         \
    X(CEIL, "CEIL", 1, 1) X(MOD, "MOD", 2, 2) X(POWER, "POWER", 2, 2)           \
    X(EXP, "EXP", 1, 1) X(LN, "LN", 1, 1)                                       \
    X(LEAST, "LEAST", 1, 255) X(GREATEST, "GREATEST", 1, 255)                   \
    X(COALESCE, "COALESCE", 1, 255) X(NULLIF, "NULLIF", 2, 2)                   \
    X(LOWER, "LOWER", 1, 1) X(UPPER, "UPPER", 1, 1) X(TRIM, "TRIM", 1, 1)       \
    X(LENGTH, "LENGTH", 1, 1) X(CONCAT, "CONCAT", 1, 255) X(IF, "IF", 3, 3)     \
    X(CARDINALITY, "CARDINALITY", 1, 1)                                         \
    X(DATEDIFF, "DATEDIFF", 3, 3) X(DATE_TRUNC, "DATE_TRUNC", 2, 2)             \
    X(NOW, "NOW", 0, 0) X(TODAY, "TODAY", 0, 0)                                 \
    X(AGE, "AGE", 1, 1) X(ANNIVERSARY, "ANNIVERSARY", 1, 1)                     \
    X(DISTANCE, "DISTANCE", 3, 3) X(GEOLOCATION, "GEOLOCATION", 2, 2)           \
    X(CALENDAR_YEAR, "CALENDAR_YEAR", 1, 1)                                     \
    X(CALENDAR_QUARTER, "CALENDAR_QUARTER", 1, 1)                               \
    X(CALENDAR_MONTH, "CALENDAR_MONTH", 1, 1)                                   \
    X(WEEK_IN_YEAR, "WEEK_IN_YEAR", 1, 1) X(DAY_IN_YEAR, "DAY_IN_YEAR", 1, 1)   \
    X(DAY_IN_MONTH, "DAY_IN_MONTH", 1, 1) X(DAY_IN_WEEK, "DAY_IN_WEEK", 1, 1)   \
    X(HOUR_IN_DAY, "HOUR_IN_DAY", 1, 1) X(FISCAL_YEAR, "FISCAL_YEAR", 1, 1)     \
    X(FISCAL_QUARTER, "FISCAL_QUARTER", 1, 1)                                   \
    X(FISCAL_MONTH, "FISCAL_MONTH", 1, 1) X(DAY_ONLY, "DAY_ONLY", 1, 1)

typedef enum co_function {
#define CO_FUNCTION_NUMBER(name, text, least, greatest) CO_FUNCTION_##name,
    CO_FUNCTION_LIST(CO_FUNCTION_NUMBER)
#undef CO_FUNCTION_NUMBER
    CO_N_FUNCTIONS
} co_function;

typedef enum co_range_kind {
    CO_RANGE_THIS,              /* TODAY, THIS_WEEK …; offset in units: LAST_WEEK −1, TOMORROW 1, N_DAYS_AGO:n −n */
    CO_RANGE_LAST_N,            /* LAST_N_DAYS:n is n days before today and today; other units exclude the current one */
    CO_RANGE_NEXT_N,
    CO_RANGE_SO_FAR             /* THIS_MONTH_SO_FAR */
} co_range_kind;

typedef struct co_range {
    co_range_kind kind;
    co_unit unit;
    int64_t count;              /* n, or the offset for CO_RANGE_THIS */
} co_range;

typedef struct co_point {
    double latitude;
    double longitude;
} co_point;

typedef struct co_node co_node;

struct co_node {
    co_node_kind kind;
    uint32_t position;          /* bytes of the source, [position, end) */
    uint32_t end;
    uint32_t operator_position; /* of the verb or operator, where an error about types points */

    uint8_t compare;            /* co_compare */
    uint8_t is;                 /* co_is */
    uint8_t text_verb;          /* co_text_verb */
    uint8_t has;                /* co_has */
    uint8_t aggregate;          /* co_aggregate */
    uint8_t function;           /* co_function */

    bool negated;
    bool any;                   /* TEXT: operands were ANY (…) */
    bool any_case;              /* ILIKE */
    bool bare;                  /* IN without parentheses */
    bool is_double;             /* NUMBER */
    bool distinct;
    bool strict;
    bool bottom, percent, with_ties;
    bool has_where, has_else, has_escape, has_among, has_within;
    bool parenthesised;         /* was written in parentheses; for lint, never printed or compared */

    uint32_t n_children;
    uint32_t n_names;
    uint32_t n_path;            /* prefix of a relation */
    uint32_t n_via;
    uint32_t n_same;
    uint32_t n_per;
    uint32_t n_points;

    co_node **children;
    co_text *names;
    co_text *path;
    co_text *via;
    co_text *same;
    co_point *points;
    char *signs;

    co_text text;               /* STRING, DATE, TIMESTAMP, pattern, salt, name; RANGE: as written */
    int64_t count;              /* AT LEAST n, NTILE n, BUCKET n */
    co_wide digits;             /* NUMBER, exact */
    uint32_t scale;             /* NUMBER, exact: digits after the point */
    double number;              /* NUMBER, double */
    co_range range;
    co_interval interval;
    co_interval within;
    co_text within_text;        /* has_within: as printed, "7 DAYS" or "INTERVAL '7 days'" */
};

typedef struct co_tree {
    co_arena arena;
    co_text source;             /* the tree's own copy of the text */
    co_node *root;
    uint32_t n_nodes;
    uint32_t depth;
} co_tree;

#endif

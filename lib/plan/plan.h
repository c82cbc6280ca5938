/*
 * Plans: expressions bound to a version, as steps that an evaluator runs.
 *
 *     trees + version + options ──co_plan_new──▶ passes of steps ──eval──▶ sets, values
 *
 * Three-valued logic is gone here. For a condition c the planner makes up to two
 * sets: T(c), the rows for which it is true, and F(c), for which it is false:
 *
 *     T(NOT a) = F(a)            T(a AND b) = T(a) ∩ T(b)     F(a AND b) = F(a) ∪ F(b)
 *     F(NOT a) = T(a)            T(a OR b)  = T(a) ∪ T(b)     F(a OR b)  = F(a) ∩ F(b)
 *     a XOR b, folded: T = Ta∩Fb ∪ Fa∩Tb, F = Ta∩Tb ∪ Fa∩Fb
 *     AT LEAST n OF m: T = at least n of the T, F = at least m−n+1 of the F
 *     a IS TRUE: T = Ta, F = rows ∖ Ta    a IS UNKNOWN: T = rows ∖ (Ta ∪ Fa)
 *     nulls = complement: T of a leaf = T (positive verb), F = rows ∖ T
 *     unknown = rows ∖ (T ∪ F)
 *
 * where "rows" are the live rows of the object that exist at the as-of instant;
 * every set is meant within them. A condition on related rows is a condition on the
 * child's rows (the outer record is what a child row's own way leads to) and a fold:
 *
 *     EXISTS(c WHERE e)   T = parents that a row of T(e) belongs to; F = the rest
 *     EVERY(c WHERE w SATISFIES p)   F = parents that a row of T(w) ∖ T(p) belongs to
 *     COUNT(…) ≥ n        parents that n such rows belong to; other aggregates are values
 * Equal steps are one step, across everything
 * planned together, but for a step needed in two passes, which is in both.
 *
 * Always:  steps refer only to steps with lower numbers; a step belongs to one
 *          pass. A pass runs over the tiles of one object; steps of children that live with
 *          it run inside. VIA, FAR, links and rankings read what an earlier pass has kept.
 *          A plan points into its version and keeps it alive.
 * Threads: immutable once made, but for the remembered answers of text tests,
 *          which are atomic.
 */
#ifndef CO_PLAN_PLAN_H
#define CO_PLAN_PLAN_H

#include "base/arena.h"
#include "base/calendar.h"
#include "base/error.h"
#include "base/regex.h"
#include "base/wide.h"
#include "base/zone.h"
#include "column/column.h"
#include "expr/expr.h"
#include "store/version.h"

#define CO_NO_STEP UINT32_MAX

/* A way from an object to a parent: reference fields, one after the other. Empty: the row itself. */
typedef struct co_way {
    uint32_t n;
    const uint32_t *fields;     /* field ids, each of the object reached so far */
    uint32_t object;            /* reached at the end */
} co_way;

/*
 * Child rows and the parent that each belongs to. At home the child's tiles lie
 * with the parent's tile, so both are worked on together; otherwise `link` says
 * who belongs to whom, found out between passes: what is then said of the child's
 * rows (sets and values) are steps of an earlier pass, which kept them.
 */
typedef struct co_relation {
    uint32_t child;             /* object */
    co_way via;                 /* from the child to the parent, not empty; via.object is the parent */
    uint32_t link;              /* of the plan's links; CO_NO_STEP at home */
} co_relation;

/* ---- values ---- */

/* How a value is held while running; exact numbers are int64 or 128 bits wide × 10^-scale. */
typedef enum co_vtype {
    CO_V_BOOL,                  /* numbers 0, 1 */
    CO_V_EXACT,                 /* numbers, or wides if is_wide; scale */
    CO_V_DOUBLE,                /* reals */
    CO_V_DATE,                  /* numbers: days */
    CO_V_TIMESTAMP,             /* numbers: microseconds UTC */
    CO_V_INTERVAL,              /* intervals */
    CO_V_TEXT,                  /* texts; two are compared folded if either is nocase */
    CO_V_SET,                   /* only as the operand of set tests */
    CO_V_POINT,                 /* latitudes, longitudes */
    CO_V_REFERENCE              /* numbers: rows of `object` */
} co_vtype;

typedef enum co_vstep_kind {
    CO_VS_CONSTANT,             /* constant, or NULL if is_null; EXACT: wide, and number too unless is_wide */
    CO_VS_FIELD,                /* way, field: NULL where the way ends early or at a row that does not exist */
    CO_VS_REFERENCE,            /* way, whose last field is itself the value: the row named, live or not */
    CO_VS_KEY,                  /* way, whose last field is a reference: the key (EXACT or TEXT) of the row named, live or not */
    CO_VS_BUCKET,               /* way, n, salt: XXH64(salt, 0, key) mod n */
    CO_VS_EXISTS_GUARD,         /* way, a: a, but NULL where the way does not end at a row that exists */
    CO_VS_CONDITION,            /* sets true_step, false_step as a BOOL; NULL elsewhere */
    CO_VS_TO_DOUBLE,            /* a: EXACT */
    CO_VS_RESCALE,              /* a: EXACT, to a larger scale */
    CO_VS_TO_TIMESTAMP,         /* a: DATE, its first instant in the zone */
    CO_VS_TO_TEXT,              /* a, for CONCAT: as printed; BOOL is t or f */
    CO_VS_ADD, CO_VS_SUBTRACT, CO_VS_MULTIPLY, CO_VS_DIVIDE,    /* a, b of one type, EXACT or DOUBLE (EXACT: one scale for ±, scales add for ×, ÷ gives DOUBLE) */
    CO_VS_NEGATE,
    CO_VS_DATE_ADD_DAYS,        /* a DATE + b EXACT scale 0 (or − if `subtract`) */
    CO_VS_ADD_INTERVAL,         /* a TIMESTAMP + b INTERVAL (or −) → TIMESTAMP, months first, in the zone; INTERVAL ± INTERVAL → INTERVAL */
    CO_VS_DATE_DIFFERENCE,      /* DATE − DATE → EXACT days */
    CO_VS_TIMESTAMP_DIFFERENCE, /* → INTERVAL */
    CO_VS_INTERVAL_SCALE,       /* a INTERVAL × b EXACT scale 0 */
    CO_VS_SELECT,               /* CASE and IF: conditions[i] (T sets) choose operands[i]; operands[n_conditions] else */
    CO_VS_COALESCE,             /* operands */
    CO_VS_NULLIF,               /* a, b already of one type; false_step unused */
    CO_VS_LEAST, CO_VS_GREATEST, CO_VS_CONCAT,                  /* operands */
    CO_VS_FAR,                  /* way, a (of the object reached, kept by an earlier pass): NULL where no row exists */
    CO_VS_FOLD,                 /* relation, aggregate, distinct; true_step: the child rows that count; a: their value, none for COUNT of rows */
    CO_VS_CHAIN,                /* chain: SEQUENCE as BOOL, FUNNEL as EXACT */
    CO_VS_RANKED,               /* ranking: NTILE and RANK as EXACT, PERCENT_RANK as DOUBLE, TOP and BOTTOM as BOOL, never NULL */
    /*
     * a SET, then texts → BOOL: n or more of the texts are held; all are and nothing else is. A text is
     * held by its and the set's nocase; two are one text under the nocase of any. Of a NULL text it is
     * unknown whether it is held.
     */
    CO_VS_SET_AT_LEAST, CO_VS_SET_EXACTLY,
    /*
     * function (co_function) of operands:
     *   ABS FLOOR CEIL         EXACT (FLOOR, CEIL give scale 0) or DOUBLE
     *   ROUND                  likewise, to n digits (int64); an EXACT result has the step's scale
     *   MOD                    EXACT of one scale, or DOUBLE        POWER EXP LN   DOUBLE
     *   LOWER UPPER TRIM       TEXT        LENGTH  TEXT → EXACT        CARDINALITY  SET → EXACT
     *   DATEDIFF               unit; operands DATE or TIMESTAMP, from and to → EXACT
     *   DATE_TRUNC             unit; DATE or TIMESTAMP → DATE
     *   AGE, CALENDAR_YEAR … FISCAL_MONTH    DATE or TIMESTAMP → EXACT
     *   DAY_ONLY               TIMESTAMP → DATE
     *   GEOLOCATION            DOUBLE, DOUBLE → POINT (NULL outside ±90, ±180)
     *   DISTANCE               POINT, POINT → DOUBLE, in km (n 0) or miles (n 1)
     * All others are constants or steps of their own.
     */
    CO_VS_FUNCTION
} co_vstep_kind;

/* EXACT operands of one operation may be held narrow and wide. */

typedef struct co_constant {
    int64_t number;
    co_wide wide;
    double real;
    co_text text;
    co_interval interval;
    co_point point;
} co_constant;

/*
 * SEQUENCE and FUNNEL: what a chain of events must be. Steps refer to sets and
 * values of their child's rows.
 */
typedef struct co_chain_step {
    co_relation relation;
    bool negated;
    bool has_within;
    co_interval within;         /* from the previous positive step; of a trailing NOT, from the last */
    uint32_t rows;              /* set step: the child rows that fit */
    const uint32_t *same;       /* value steps, n_same of the chain; of one type per place */
} co_chain_step;

typedef struct co_chain {
    bool is_funnel;
    bool strict;
    bool has_within;
    co_interval within;         /* first to last positive step */
    uint32_t n_same;
    uint32_t n_steps;
    const co_chain_step *steps;
} co_chain;

typedef enum co_ranked_by { CO_RANKED_TOP, CO_RANKED_NTILE, CO_RANKED_RANK, CO_RANKED_PERCENT } co_ranked_by;

/* Places of an object's records by a value, each within its group; found between passes. */
typedef struct co_ranking {
    co_ranked_by by;
    uint32_t object;
    uint32_t value;             /* value step of the object, kept; NULL is outside */
    uint32_t among;             /* set step, kept: ROWS or what AMONG says */
    uint32_t n_per;
    const uint32_t *per;        /* value steps, kept */
    bool bottom, percent, with_ties;
    co_wide n;                  /* TOP: records, or per cent × 10^scale; NTILE: groups */
    uint32_t scale;
} co_ranking;

typedef struct co_vstep {
    co_vstep_kind kind;
    co_vtype type;
    uint32_t object;            /* whose rows this is a value of; 0 where nothing of a row is read */
    uint32_t scale;             /* EXACT */
    bool is_wide;               /* EXACT: may pass 64 bits in this version, held in wides */
    bool is_null;               /* CONSTANT */
    bool nocase;                /* TEXT */
    bool subtract;
    uint8_t function;           /* co_function */
    uint8_t unit;               /* co_unit, for DATE_TRUNC and DATEDIFF */
    co_way way;
    uint32_t field;
    uint32_t target;            /* REFERENCE: the object whose rows these are */
    uint64_t n;                 /* BUCKET, SET_AT_LEAST n; ROUND digits (as int64) */
    co_constant constant;
    uint32_t true_step, false_step;
    uint32_t n_operands;
    const uint32_t *operands;   /* value steps; a = operands[0], b = operands[1] */
    uint32_t n_conditions;
    const uint32_t *conditions; /* set steps */
    uint8_t aggregate;          /* FOLD: co_aggregate */
    bool distinct;              /* FOLD: COUNT(DISTINCT …) */
    co_relation relation;       /* FOLD */
    const co_chain *chain;      /* CHAIN */
    uint32_t ranking;           /* RANKED: of the plan's rankings */
    uint32_t cost;              /* beyond looking at columns, as a step's */
} co_vstep;

/* ---- sets ---- */

typedef enum co_step_kind {
    CO_STEP_NONE,               /* no row */
    CO_STEP_ROWS,               /* every row that is live and exists at the as-of instant */
    CO_STEP_AND, CO_STEP_OR,    /* inputs */
    CO_STEP_MINUS,              /* ROWS without inputs[0] */
    CO_STEP_AT_LEAST,           /* in n or more of the inputs, which may repeat */
    CO_STEP_STATIC,             /* rows of a static segment that are in ROWS */
    CO_STEP_VIA,                /* way not empty: the row reached exists and is in inputs[0], a step of an earlier pass */
    CO_STEP_VIA_MISSING,        /* the way ends early, or at a row that does not exist */
    CO_STEP_REACHED,            /* relation: at least n rows of inputs[0], a set of the child's rows, belong to it */
    CO_STEP_BETWEEN,            /* field NUMBERS: low ≤ value ≤ high; outside: a value below or above */
    CO_STEP_AMONG,              /* field NUMBERS: one of numbers[0 .. n_numbers), ascending; outside: a value that is none of them */
    CO_STEP_VALID,              /* field has a value */
    CO_STEP_MATCH,              /* field STRING: match; outside: has a value that does not match */
    CO_STEP_HOLDS,              /* field SET: at least n of the groups of codes are held; outside: fewer, NULL excluded */
    CO_STEP_EXACTLY,            /* field SET: every group held and nothing else; outside likewise */
    CO_STEP_COMPARE,            /* value steps a, b of one type (EXACT: of one scale): compare; NULL is in neither set */
    CO_STEP_DISTINCT,           /* a, b: IS DISTINCT FROM; never unknown (outside: IS NOT DISTINCT) */
    CO_STEP_SET_PAIR,           /* a SET, b TEXT: a holds b, or all its parts, by the steps' nocase (outside: not) */
    CO_STEP_TEXT_PAIR,          /* a, b TEXT: co_text_pair_test by text_verb, escape and the steps' nocase (outside: not) */
    CO_STEP_HAS_VALUE,          /* value step a is not NULL */
    CO_STEP_TRUE,               /* value step a, BOOL, is true (outside: is false) */
    CO_STEP_TEXT,               /* value step a, TEXT: match (outside: not) */
    CO_STEP_SET_TEST,           /* value step a, SET over a way: as HOLDS or EXACTLY by set_test */
    CO_STEP_ANNIVERSARY,        /* value step a, DATE or TIMESTAMP: some anniversary in days [low, high) (outside: none) */
    CO_STEP_POLYGON             /* value step a, POINT: inside points (outside: not) */
} co_step_kind;

/* Codes of a field's dictionary that all spell one wanted element. */
typedef struct co_code_group {
    uint32_t n;
    const uint32_t *codes;
} co_code_group;

typedef struct co_step {
    co_step_kind kind;
    uint32_t object;
    uint32_t pass;
    uint32_t n_users;           /* steps, results and value steps that read it */
    uint32_t twin;              /* COMPARE … POLYGON: the other set of the same test, in the same pass; or CO_NO_STEP */
    bool outside;               /* the false set of the same test */
    bool set_exactly;           /* SET_TEST: EXACTLY, not HOLDS */
    bool set_parts;             /* SET_PAIR: b is 'a;b', which asks for a and b */
    uint8_t compare;            /* co_compare */
    uint8_t text_verb;          /* TEXT_PAIR: co_text_verb, or CO_PAIR_LIKE */
    uint32_t escape;            /* TEXT_PAIR, LIKE: the code point */
    uint32_t n_inputs;
    const uint32_t *inputs;     /* set steps; of AND and OR in the order to try them */
    uint32_t n;                 /* AT_LEAST, HOLDS */
    uint32_t a, b;              /* value steps */
    uint32_t field;
    co_way way;
    co_relation relation;       /* REACHED */
    int64_t low, high;
    uint32_t n_numbers;
    const int64_t *numbers;
    co_text_match *match;
    uint32_t n_groups;
    const co_code_group *groups;
    const co_bitmap *rows;      /* STATIC */
    const co_point *points;
    uint32_t n_points;
    uint64_t n_estimated;       /* rows */
    uint32_t cost;              /* of one tile, in thousandths of a pass over one byte a row */
    const co_node *node;        /* where it came from; NULL for inner ones */
    co_text text;               /* the condition, for explain; empty for what joins or maps others */
} co_step;

/* Whether a step tests two values, a and b. */
static inline bool co_step_is_pair(co_step_kind kind) { return kind >= CO_STEP_COMPARE && kind <= CO_STEP_TEXT_PAIR; }

#define CO_PAIR_LIKE 255

/* Text against text that each row has for itself. A pattern that ends in its escape fits nothing. */
bool co_text_pair_test(uint8_t text_verb, uint32_t escape, bool nocase, co_text text, co_text wanted);

/* For a relation that is not at home: which child rows of a kept set belong to which parent. */
typedef struct co_link {
    uint32_t child;
    co_way via;
    uint32_t rows;              /* set step of the child, kept: the rows that may matter */
} co_link;

typedef struct co_pass {
    uint32_t object;
    uint32_t n_kept;            /* steps whose sets later passes or results need as bitmaps */
    const uint32_t *kept;
    uint32_t n_kept_values;     /* value steps that later passes need for every row: FAR, rankings, links' values */
    const uint32_t *kept_values;
    uint32_t n_links;           /* to be found out when this pass is done */
    const uint32_t *links;
    uint32_t n_rankings;        /* likewise */
    const uint32_t *rankings;
} co_pass;

/* A node of the written expression, in preorder: for explain's counts and for why. */
typedef struct co_plan_node {
    uint32_t depth;
    uint32_t true_step, false_step;     /* CO_NO_STEP for a value node */
    uint32_t seen;                      /* value step of a leaf's left side; CO_NO_STEP if it has none */
    bool is_leaf;
    co_text text;
    uint32_t object;
    const co_node *node;
} co_plan_node;

typedef struct co_plan_result {
    uint32_t true_step;
    uint32_t false_step;                /* CO_NO_STEP unless want_unknown */
    uint32_t value;                     /* value step of a value request, else CO_NO_STEP */
} co_plan_result;

/* Evaluation options in working form. */
typedef struct co_when {
    bool has_as_of;
    int64_t as_of_us;
    const co_zone *zone;                /* never NULL */
    co_calendar calendar;
    uint32_t max_names;                 /* how deep segments and traits may name each other; 0: 64, at most 1,000 */
} co_when;

typedef struct co_plan_request {
    uint32_t object;
    const co_tree *tree;                /* lives at least as long as the plan */
    int32_t nulls;
    const co_definition *self;          /* what the tree is going to define: naming it is a cycle; or NULL */
    bool is_value;                      /* a value expression, not a condition */
    bool want_unknown;
    bool want_nodes;                    /* fill nodes */
    bool want_inner_nodes;              /* those of conditions on child rows, too; for lint */
} co_plan_request;

typedef struct co_plan {
    co_arena arena;
    co_version *version;
    co_when when;
    int64_t today;                      /* local day of as-of */
    uint32_t n_steps;
    co_step *steps;
    uint32_t n_vsteps;
    co_vstep *vsteps;
    uint32_t n_passes;
    co_pass *passes;                    /* in the order they must run */
    uint32_t n_links;
    co_link *links;
    uint32_t n_rankings;
    co_ranking *rankings;
    uint32_t n_results;
    co_plan_result *results;            /* one per request */
    uint32_t n_nodes;
    co_plan_node *nodes;
    uint32_t n_trees;
    co_tree **trees;                    /* of segments and traits inlined; freed with the plan */
    struct co_text_regex *regexes;      /* likewise */
} co_plan;

/*
 * Binds and plans. Fails with a position in the request's text:
 * COHORT_NOT_FOUND a name (with the nearest known one), COHORT_TYPE, COHORT_AMBIGUOUS,
 * COHORT_PARSE a literal that is no date or number, COHORT_INVALID a cycle of names (printed) or a relative
 * time without as-of, COHORT_LIMIT, COHORT_UNSUPPORTED what cannot be evaluated, COHORT_MEMORY.
 */
cohort_status co_plan_new(co_memory *memory, co_version *version, const co_when *when,
                          const co_plan_request *requests, uint32_t n_requests, co_plan **plan,
                          cohort_error *error);
void co_plan_free(co_plan *plan);

/* Appends one line a step: "#3 contact BETWEEN age 18 29", and value steps as "$1 …"; for tests and explain. */
void co_plan_print(const co_plan *plan, co_buffer *out);

/* Lint that needs data: unknown or unused values, empty, tiny or identical segments … appends to `lint`. */
cohort_status co_plan_lint(co_memory *memory, co_version *version, const co_when *when,
                           const co_plan_request *request, co_lint *lint, cohort_error *error);

/* Names ("object.name") that a tree uses directly: SEGMENT('…') and traits; for define and drop. */
typedef struct co_used_name {
    uint32_t object;
    bool is_trait;
    co_text name;
} co_used_name;
cohort_status co_plan_uses(co_memory *memory, const co_version *version, uint32_t object, const co_tree *tree,
                           co_arena *arena, co_used_name **names, size_t *n_names, cohort_error *error);

#endif

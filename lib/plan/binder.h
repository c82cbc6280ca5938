/*
 * What the files of this room share while a plan is being made.
 *
 *     condition.c, leaf_*.c ─▶ steps.c  ─┐
 *     value.c, function.c   ─▶ values.c ─┴─ emit.c ─▶ co_plan
 *
 * Always:  a failure sticks in `status`: whatever makes a step then gives
 *          CO_NO_STEP, which every function here accepts, so callers ask once at
 *          the end. Ids number the binder's own steps; emit.c gives the plan's.
 *          Equal steps have equal ids.
 */
#ifndef CO_PLAN_BINDER_H
#define CO_PLAN_BINDER_H

#include "plan/plan.h"
#include "cohort/segment.h"

#define CO_INLINED 64            /* names in names, unless told otherwise */
#define CO_MOST_INLINED 1000
#define CO_MOST_SCALE 76
#define CO_MOST_NESTED 2000      /* of conditions and values in one another, through all that is inlined */

/* The two sets of a condition. */
typedef struct co_pair {
    uint32_t t, f;
} co_pair;

/* A segment or trait being inlined, innermost first. */
typedef struct co_inlining {
    const struct co_inlining *outer;
    const co_definition *definition;
    uint32_t depth;
} co_inlining;

/*
 * Where names are looked up, and whose rows are spoken of.
 *
 *     names ──resolve──▶ way; the first `n_stripped` fields of it are dropped, `prefix` is put before
 *
 * Conditions have no prefix; only values of traits behind a way have one. Of a child's rows the
 * record that they belong to is `outer`: its fields are what the way `to_outer` leads to. A scope
 * with something in it is bare: nothing stripped, no prefix.
 */
typedef struct co_scope {
    uint32_t names_object;
    uint32_t rows_object;
    uint32_t n_stripped;
    co_way prefix;
    const struct co_scope *outer; /* NULL: no record encloses these */
    co_way to_outer;
    bool objects_first;         /* in an aggregate's value the name of an object wins over a field's */
    bool policy;                /* nulls = complement, of the whole expression */
    bool complement;            /* the same, and not inside a leaf */
    bool is_recorded;           /* conditions go to the plan's nodes */
    uint32_t depth;             /* of the node, for the plan's nodes */
    co_text source;
    const co_inlining *inlining;
} co_scope;

/* A table of ids by hash; open addressing. */
typedef struct co_id_table {
    uint32_t *ids;              /* id + 1; 0 free */
    size_t capacity;
    size_t n;
} co_id_table;

typedef struct co_known_match {
    co_text key;
    const co_dictionary *dictionary;
    co_text_match *match;
    struct co_known_match *next;
} co_known_match;

typedef struct co_column_facts co_column_facts;
typedef struct co_known_tree co_known_tree;

typedef struct co_binder {
    co_memory *memory;
    co_plan *plan;
    co_arena *arena;            /* the plan's */
    const co_version *version;
    const co_schema *schema;
    cohort_status status;
    cohort_error *error;

    co_step *steps;
    size_t n_steps, steps_capacity;
    co_id_table step_table;
    co_vstep *vsteps;
    size_t n_vsteps, vsteps_capacity;
    co_id_table vstep_table;

    uint32_t *made;             /* steps (id × 2) and value steps (id × 2 + 1) in the order they were made */
    size_t n_made, made_capacity;

    co_link *links;             /* rows in the binder's ids */
    size_t n_links, links_capacity;
    co_ranking *rankings;       /* likewise */
    size_t n_rankings, rankings_capacity;

    co_plan_node *nodes;
    size_t n_nodes, nodes_capacity;
    bool records_inner;         /* conditions on child rows become nodes, too */
    co_known_match *matches;
    co_column_facts *facts;
    co_known_tree *trees;
    size_t n_trees;
    uint32_t n_nested;
    bool is_of_chain;           /* the failure is of names naming each other: who was on the way is no news */
    co_step no_step;            /* what CO_NO_STEP reads as */
    co_vstep no_vstep;
} co_binder;

/* ---- failing (binder.c) ---- */

/* Keeps the first failure only. */
void co_bind_fail(co_binder *binder, cohort_status code, uint64_t position, const char *format, ...) CO_PRINTF(4, 5);
void co_bind_no_memory(co_binder *binder);
static inline bool co_bind_failed(const co_binder *binder) { return binder->status != COHORT_OK; }
/* One node deeper, for the time of a call; false past the limit. */
bool co_bind_enter(co_binder *binder, const co_node *node);
static inline void co_bind_leave(co_binder *binder) { binder->n_nested--; }
/* Zeroed, in the plan's arena; a failure sticks. */
void *co_bind_new(co_binder *binder, size_t n, size_t size);
/* The node's canonical text, in the arena. */
co_text co_bind_text(co_binder *binder, const co_node *node);

/* Room for one id more, the table at most half full; `hash` is of the thing with that id. */
bool co_id_table_reserve(co_binder *binder, co_id_table *table,
                         uint64_t (*hash)(const co_binder *binder, uint32_t id));

/* Notes that a step (id × 2) or value step (id × 2 + 1) was made; false after a failure. */
bool co_bind_made(co_binder *binder, uint32_t which);

/* ---- sets (steps.c) ---- */

const co_step *co_step_of(const co_binder *binder, uint32_t id);
/* The id of an equal step, or of a new one that copies what `step` points to. */
uint32_t co_step_intern(co_binder *binder, const co_step *step);
uint32_t co_step_none(co_binder *binder, uint32_t object);
uint32_t co_step_rows(co_binder *binder, uint32_t object);
uint32_t co_step_and(co_binder *binder, uint32_t object, const uint32_t *inputs, uint32_t n);
uint32_t co_step_or(co_binder *binder, uint32_t object, const uint32_t *inputs, uint32_t n);
uint32_t co_step_and2(co_binder *binder, uint32_t a, uint32_t b);
uint32_t co_step_or2(co_binder *binder, uint32_t a, uint32_t b);
/* Rows without a. */
uint32_t co_step_minus(co_binder *binder, uint32_t a);
uint32_t co_step_at_least(co_binder *binder, uint32_t object, uint32_t least, const uint32_t *inputs, uint32_t n);
uint32_t co_step_via(co_binder *binder, uint32_t object, co_way way, uint32_t input);
uint32_t co_step_via_missing(co_binder *binder, uint32_t object, co_way way);
/* Rows of the relation's parent that n rows of `rows`, or more, belong to. */
uint32_t co_step_reached(co_binder *binder, const co_relation *relation, uint32_t rows, uint64_t n);
uint32_t co_step_between(co_binder *binder, uint32_t object, uint32_t field, int64_t low, int64_t high);
uint32_t co_step_outside(co_binder *binder, uint32_t object, uint32_t field, int64_t low, int64_t high);
uint32_t co_step_valid(co_binder *binder, uint32_t object, uint32_t field);
/* Of a test of values: its other set, if that was made; else CO_NO_STEP. */
uint32_t co_step_twin(const co_binder *binder, uint32_t id);
/* Gives a leaf the node that explain shows; the first one given stays. */
void co_step_describe(co_binder *binder, uint32_t id, const co_node *node, bool is_false_set);

static inline co_pair co_pair_swap(co_pair pair) { return (co_pair){ pair.f, pair.t }; }
co_pair co_pair_and(co_binder *binder, co_pair a, co_pair b);
co_pair co_pair_or(co_binder *binder, co_pair a, co_pair b);
/* True for every row, for none (both known), or unknown for all. */
co_pair co_pair_known(co_binder *binder, uint32_t object, bool value);
co_pair co_pair_unknown(co_binder *binder, uint32_t object);
/* T as it is, F everything else. */
co_pair co_pair_two_valued(co_binder *binder, uint32_t t);
co_pair co_pair_via(co_binder *binder, uint32_t object, co_way way, co_pair pair);

/* ---- values (values.c) ---- */

bool co_ids_equal(const uint32_t *a, const uint32_t *b, uint32_t n);

const co_vstep *co_vstep_of(const co_binder *binder, uint32_t id);
uint32_t co_vstep_intern(co_binder *binder, const co_vstep *vstep);
uint32_t co_vstep_constant(co_binder *binder, co_vtype type, uint32_t scale, co_constant constant);
uint32_t co_vstep_exact(co_binder *binder, co_wide digits, uint32_t scale);
uint32_t co_vstep_double(co_binder *binder, double real);
uint32_t co_vstep_number(co_binder *binder, co_vtype type, int64_t number);
uint32_t co_vstep_text(co_binder *binder, co_text text);
/* NULL of the type of `like`. */
uint32_t co_vstep_null(co_binder *binder, const co_vstep *like);
uint32_t co_vstep_field(co_binder *binder, uint32_t object, co_way way, uint32_t field);
/* A step over operands, not folded. Constants belong to no object (0); others to their operands'. */
uint32_t co_vstep_over(co_binder *binder, co_vstep vstep, const uint32_t *operands, uint32_t n);
/* `id`, a value of the rows that the way leads to; itself for an empty way. */
uint32_t co_vstep_far(co_binder *binder, uint32_t object, co_way way, uint32_t id);
bool co_vstep_is_constant(const co_binder *binder, uint32_t id);
/* "text", "a whole number" … for messages. */
const char *co_type_text(const co_vstep *vstep);

/* ---- changing types (convert.c) ---- */

/* To DOUBLE, to a larger scale, to TIMESTAMP, to the key, to text; constants are folded. */
uint32_t co_vstep_to_double(co_binder *binder, uint32_t id);
uint32_t co_vstep_rescale(co_binder *binder, uint32_t id, uint32_t scale);
uint32_t co_vstep_to_timestamp(co_binder *binder, uint32_t id);
uint32_t co_vstep_to_key(co_binder *binder, uint32_t id);
uint32_t co_vstep_to_text(co_binder *binder, uint32_t id);
/* A quoted literal as a constant of the type of `like`; fails at the literal. */
uint32_t co_vstep_literal(co_binder *binder, const co_node *node, const co_vstep *like);
/* A quoted literal or NULL, which takes the type of what it stands beside. */
bool co_node_is_untyped(const co_node *node);
/* A number as the key of a record of `target`. */
uint32_t co_vstep_key_of_number(co_binder *binder, const co_node *node, uint32_t target);
/*
 * Makes n values one type (int → decimal → double, date → timestamp, literals
 * and NULLs the others' type); references become keys unless `keep_references`.
 */
void co_values_unify(co_binder *binder, uint32_t *ids, const co_node *const *nodes, uint32_t n, bool keep_references,
                     uint64_t position);
/* Refuses a comparison of two types that do not meet. */
bool co_values_comparable(co_binder *binder, uint32_t a, const co_node *a_node, uint32_t b, const co_node *b_node,
                          uint64_t position);

/* ---- arithmetic on constants (fold.c) ---- */

/* If every operand is constant and the operation is one that can be folded: the constant, else `id`. */
uint32_t co_vstep_fold(co_binder *binder, uint32_t id);

/* ---- how wide numbers get (widths.c) ---- */

/* Sets is_wide of the plan's value steps, which are there but for that. */
void co_plan_widths(co_binder *binder);

/* ---- names (names.c) ---- */

typedef struct co_place {
    co_way way;                 /* with prefix, without the stripped fields */
    const co_object *object;    /* at the end of the way */
    uint32_t field;             /* CO_NONE for a trait */
    const co_definition *trait;
} co_place;

bool co_resolve(co_binder *binder, const co_scope *scope, const co_node *node, co_place *place);
/* The prefix of a relation: references only. */
bool co_resolve_path(co_binder *binder, const co_scope *scope, const co_node *node, co_way *way);
/* How many references in front all names of a leaf share; the way they go. */
uint32_t co_shared_way(co_binder *binder, const co_scope *scope, const co_node *const *nodes, uint32_t n, co_way *way);
uint32_t co_name_position(co_text source, uint32_t position, uint32_t index);
/* Where the child's name of EXISTS(…), COUNT(…), a step stands in the source; where its VIA does. */
uint32_t co_rows_position(co_text source, const co_node *node);
uint32_t co_via_position(co_text source, const co_node *node);
co_way co_way_join(co_binder *binder, co_way front, co_way back);
bool co_way_equal(co_way a, co_way b);
/*
 * What stands in front of a path: the scope whose object the rest is looked up in (`scope`
 * itself or an outer one) and how many names that took. At least `n_left` names are left.
 */
const co_scope *co_names_start(const co_version *version, const co_scope *scope, const co_text *names, uint32_t n,
                               uint32_t n_left, uint32_t *n_read);

/* ---- relations (via.c, relation.c, chain.c; rank.c) ---- */

/*
 * Where a relation or a rank is bound: on the scope's own rows, or on those that its path
 * or the scope's prefix leads to, from where nothing outside is seen.
 */
typedef struct co_site {
    co_scope scope;
    co_way way;                 /* from the rows of the scope that asked */
} co_site;

bool co_bind_site(co_binder *binder, const co_scope *scope, const co_node *node, co_site *site);
/* The child's way to the scope's object: as written after VIA, or the only one. */
bool co_bind_via(co_binder *binder, const co_scope *scope, const co_node *node, uint32_t child, co_way *via);
/* The object of that name; fails at `position`, with the nearest name known. */
const co_object *co_bind_object(co_binder *binder, co_text name, uint64_t position);
/* The scope of the child's rows. */
co_scope co_scope_of_child(const co_binder *binder, const co_scope *scope, uint32_t child, co_way via);
/* The relation with its link to `rows`, unless it is at home. */
co_relation co_relation_of(co_binder *binder, uint32_t child, co_way via, uint32_t rows);
bool co_relation_equal(const co_relation *a, const co_relation *b);
/*
 * The object, not an enclosing one, that an aggregate's value names; CO_NONE if there is none
 * or a second one, which is then in *second, both as names of `value`'s paths.
 */
uint32_t co_value_child(const co_version *version, const co_scope *scope, const co_node *value, co_text *second);
/* The equal ranking, or a new one that copies what `ranking` points to; ids are the binder's. */
uint32_t co_ranking_intern(co_binder *binder, const co_ranking *ranking);

/* Conditions and values over related rows, ranks and chains: behind their path, if they have one. */
co_pair co_bind_related_condition(co_binder *binder, const co_scope *scope, const co_node *node);
uint32_t co_bind_related_value(co_binder *binder, const co_scope *scope, const co_node *node);
/* What why shows of EXISTS and EVERY: how many rows there are that count. */
uint32_t co_bind_related_count(co_binder *binder, const co_scope *scope, const co_node *node);
bool co_node_is_related(const co_node *node);
co_pair co_bind_exists(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_bind_every(co_binder *binder, const co_scope *scope, const co_node *node);
uint32_t co_bind_count_rows(co_binder *binder, const co_scope *scope, const co_node *node);
uint32_t co_bind_aggregate(co_binder *binder, const co_scope *scope, const co_node *node);
/* The rows of a step, whose they are, and the scope of their names. */
bool co_bind_step_rows(co_binder *binder, const co_scope *scope, const co_node *node, co_scope *child,
                       co_relation *relation, uint32_t *rows);
/* SEQUENCE as BOOL, FUNNEL as EXACT, on the rows of the scope. */
uint32_t co_bind_chain(co_binder *binder, const co_scope *scope, const co_node *node);
/* NTILE, RANK, PERCENT_RANK on the rows of the scope. */
uint32_t co_bind_ranked(co_binder *binder, const co_scope *scope, const co_node *node);
/* TOP and BOTTOM, on the rows of the scope. */
co_pair co_leaf_top(co_binder *binder, const co_scope *scope, const co_node *node);
/* COUNT of rows, as the value step says, compared with a constant: a pair in *pair, or false. */
bool co_plan_count(co_binder *binder, uint32_t object, co_compare compare, uint32_t count, uint32_t constant,
                   co_pair *pair);

/* ---- values as written (value.c, arithmetic.c, function.c) ---- */

uint32_t co_bind_value(co_binder *binder, const co_scope *scope, const co_node *node);
/* Refuses an object without keys. */
bool co_bind_has_keys(co_binder *binder, uint32_t object, const co_node *node, const char *word);
/* Binds n operands; quoted literals and NULL are left as CO_NO_STEP for unify. */
void co_bind_operands(co_binder *binder, const co_scope *scope, co_node *const *nodes, uint32_t *ids, uint32_t n);
uint32_t co_bind_arithmetic(co_binder *binder, const co_scope *scope, const co_node *node);
uint32_t co_bind_function(co_binder *binder, const co_scope *scope, const co_node *node);
uint32_t co_bind_case(co_binder *binder, const co_scope *scope, const co_node *node);
/* NOW() or, for any other node, today; refused without as-of. */
uint32_t co_vstep_now(co_binder *binder, const co_node *node);
/* A condition inside a value; behind the scope's prefix it is asked once per parent. */
co_pair co_bind_inner_condition(co_binder *binder, const co_scope *scope, const co_node *node);

/* ---- conditions ---- */

co_pair co_bind_condition(co_binder *binder, const co_scope *scope, const co_node *node);
/* A test without connective, verb read as positive, three-valued, names not behind one way. */
co_pair co_bind_leaf(co_binder *binder, const co_scope *scope, const co_node *node);
bool co_node_is_condition(const co_node *node);
co_pair co_leaf_compare(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_between(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_in(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_distinct(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_like(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_text(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_matches(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_has(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_includes(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_polygon(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_is_null(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_is_empty(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_is_blank(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_sample(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_leaf_anniversary(co_binder *binder, const co_scope *scope, const co_node *node);
/* Binds both sides of a comparison; literals take the other's type, numbers beside references are keys. */
bool co_bind_two(co_binder *binder, const co_scope *scope, co_compare compare, const co_node *a, const co_node *b,
                 uint32_t *ids);
/* `b` may be a range. */
co_pair co_compare_nodes(co_binder *binder, const co_scope *scope, co_compare compare, const co_node *a,
                         const co_node *b, uint64_t position);

/*
 * Where a field's numbers pass a constant: [low, high] equal it, what is below is
 * less. INT64_MIN and INT64_MAX stand for no end.
 */
typedef struct co_bounds {
    uint32_t field;
    int64_t low, high;
    bool any_not_less, any_greater, all_greater;
    bool is_falling;            /* the value falls as the number rises: less is above */
} co_bounds;

/* False unless a is the row's own field of numbers, or rises or falls with it alone, and b a constant. */
bool co_bounds_of(const co_binder *binder, uint32_t a, uint32_t b, co_bounds *bounds);
/* Whether any number is equal. */
bool co_bounds_some(const co_bounds *bounds);
co_pair co_bounds_compare(co_binder *binder, uint32_t object, co_compare compare, const co_bounds *bounds);
/* A comparison of two bound values of meeting types. */
co_pair co_plan_compare(co_binder *binder, uint32_t object, co_compare compare, uint32_t a, uint32_t b);
/* The rows for which a value is there. */
uint32_t co_plan_has_value(co_binder *binder, uint32_t object, uint32_t a);
/* A BOOL value as a condition. */
co_pair co_plan_bool(co_binder *binder, uint32_t object, uint32_t a);
/* A test of the text a. */
co_pair co_plan_text(co_binder *binder, uint32_t object, uint32_t a, co_text_match *match);
/* Of the row's own field; NULL for other values and keys. */
co_dictionary *co_vstep_dictionary(const co_binder *binder, uint32_t a);
/* [first, end) in local days of a range literal. */
bool co_range_days(co_binder *binder, const co_node *node, int64_t *first, int64_t *end);
co_pair co_plan_range(co_binder *binder, uint32_t object, co_compare compare, uint32_t a, const co_node *range,
                      uint64_t position);
/* Whether x op y holds given the order of x and y. */
bool co_compare_holds(co_compare compare, int order);

/* ---- text tests (text_*.c): NULL after a failure ---- */

typedef cohort_status (*co_text_test)(void *context, co_text text, bool *hit, cohort_error *error);
/* The match known under this key, or a new one; `dictionary` (may be NULL) sizes its answers. */
co_text_match *co_match_known(co_binder *binder, co_text key, const co_dictionary *dictionary);
co_text_match *co_match_new(co_binder *binder, co_text key, const co_dictionary *dictionary, co_text_test test,
                            void *context);
/* A key from the kind of test and its texts, to be cleared; and as text. */
void co_match_key(co_buffer *key, co_binder *binder, char kind, bool nocase, const co_text *texts, size_t n);
co_text co_match_key_text(const co_buffer *key);
co_text_match *co_match_equal(co_binder *binder, const co_dictionary *dictionary, const co_text *texts, size_t n,
                              bool nocase);
co_text_match *co_match_order(co_binder *binder, const co_dictionary *dictionary, co_compare compare, co_text text,
                              bool nocase);
co_text_match *co_match_like(co_binder *binder, const co_dictionary *dictionary, co_text pattern, uint32_t escape,
                             bool nocase, uint64_t position);
co_text_match *co_match_find(co_binder *binder, const co_dictionary *dictionary, co_text_verb verb,
                             const co_text *wanted, uint32_t n, bool nocase);
co_text_match *co_match_regex(co_binder *binder, const co_dictionary *dictionary, co_text pattern, bool nocase,
                              uint64_t position);
co_text_match *co_match_blank(co_binder *binder, const co_dictionary *dictionary);
void co_text_regexes_free(struct co_text_regex *regexes);

/* ---- segments and traits (inline.c) ---- */

co_pair co_inline_segment(co_binder *binder, const co_scope *scope, const co_node *node);
co_pair co_inline_trait_condition(co_binder *binder, const co_scope *scope, const co_node *node,
                                  const co_place *place);
uint32_t co_inline_trait(co_binder *binder, const co_scope *scope, const co_node *node, const co_place *place);

/* The trees into the plan, which frees them. */
void co_trees_hand_over(co_binder *binder);

/* ---- statistics (facts.c) ---- */

struct co_column_facts {
    co_column_facts *next;
    uint32_t object, field;
    uint64_t n_valid;
    bool has_range;
    int64_t least, greatest;
};
/* NULL after a failure. */
const co_column_facts *co_facts_of(co_binder *binder, uint32_t object, uint32_t field);
void co_step_estimate(co_binder *binder, co_step *step);
/* What a value costs for the rows of a tile, as steps' costs are counted, where it is more than a look at columns. */
uint32_t co_vstep_cost(const co_binder *binder, const co_vstep *vstep);

/* ---- the end (emit.c) ---- */

/* Fills the plan: steps by pass, inputs ordered by cost, nodes; results (of objects[i]) in the plan's ids instead of the binder's. */
void co_emit(co_binder *binder, co_plan_result *results, uint32_t n_results, const uint32_t *objects);

#endif

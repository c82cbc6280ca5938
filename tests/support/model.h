/*
 * The naive model: records as plain structs, expressions evaluated row by row
 * with three-valued logic, straight from the language's definition.
 *
 * Always:  shares no code with lib/ but the parser and its tree. Slow and plain
 *          on purpose: this is what the evaluator is compared with.
 * Costs:   the children of all records of an object are sorted to their parents
 *          once a run, a ranking is made once a run; else nothing is remembered.
 * Not here: named time zones (offsets only).
 */
#ifndef CO_SUPPORT_MODEL_H
#define CO_SUPPORT_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "cohort/segment.h"
#include "cohort/store.h"
#include "expr/tree.h"

__extension__ typedef __int128 m_wide;

typedef enum m_kind {
    M_NULL, M_BOOL, M_EXACT, M_DOUBLE, M_DATE, M_TIME, M_SPAN, M_TEXT, M_SET, M_POINT, M_REFERENCE
} m_kind;

typedef enum m_truth { M_FALSE = 0, M_TRUE = 1, M_UNKNOWN = 2 } m_truth;

typedef struct m_value {
    m_kind kind;
    int32_t scale;              /* EXACT */
    m_wide exact;               /* EXACT; key of a REFERENCE with an int key */
    double real;                /* DOUBLE; latitude */
    double longitude;
    int64_t number;             /* BOOL, DATE (days), TIME (µs), SPAN (µs); REFERENCE: object */
    int64_t months;             /* SPAN */
    co_text text;               /* TEXT; key of a REFERENCE with a text key */
    const co_text *elements;    /* SET */
    uint32_t n_elements;
    bool nocase;                /* TEXT, SET: compares folded */
} m_value;

typedef struct m_field {
    const char *name;
    cohort_type type;
    int32_t scale;
    int32_t collation;
    int target;                 /* object of a REFERENCE, else -1 */
} m_field;

enum { M_FIELDS = 20, M_OBJECTS = 8, M_NAMES = 16, M_HOPS = 8 };

/* A policy beside the public ones: inside a leaf that is read as IS TRUE. What is asked of other rows has the complement again. */
enum { M_NULLS_IN_LEAF = 100 };

typedef struct m_record {
    bool live;
    m_value key;                /* EXACT scale 0, or TEXT */
    m_value values[M_FIELDS];
} m_record;

typedef struct m_object {
    const char *name;
    const char *key_name;
    cohort_type key_type;
    int n_fields;
    m_field fields[M_FIELDS];
    int time_field;             /* of an event object, else -1 */
    int home;                   /* field, else -1 */
    int cluster;                /* field, else -1 */
    bool keyless;               /* keys are 1, 2, … in order of arrival */
    m_record *records;
    uint32_t n_records, room;
    uint32_t *slots;            /* hash of keys: record + 1 */
    uint32_t n_slots;
} m_object;

/* A named segment (tree), static segment (keys) or trait (tree). */
typedef struct m_named {
    char name[32];
    int object;
    co_tree *tree;              /* NULL: static */
    int32_t nulls;
    bool is_trait;
    m_value *keys;
    uint32_t n_keys;
} m_named;

typedef struct model {
    int n_objects;
    m_object objects[M_OBJECTS];
    int n_named;
    m_named named[M_NAMES];
} model;

typedef struct m_when {
    int64_t as_of_us;
    int64_t offset_us;          /* of the zone, east positive */
    int week_start;             /* 1 = Monday … 7 */
    int fiscal_start;           /* 1 … 12 */
} m_when;

typedef struct m_children m_children;
typedef struct m_ranking m_ranking;

/* One evaluation: what is asked, and whether anything overflowed on the way. */
typedef struct m_run {
    const model *model;
    m_when when;
    bool overflow;
    m_children *children;       /* lists of what was found out once; see m_run_end() */
    m_ranking *rankings;
} m_run;

/* The record that is asked, and those that enclose it: names are looked up innermost first. */
typedef struct m_env {
    int object;
    const m_record *record;     /* NULL where only types are asked for */
    const struct m_env *outer;
    bool in_value;              /* of an aggregate: the object's name wins over its fields */
} m_env;

void model_clear(model *m);
/* The record of a key, made (not live) if it is not there. */
m_record *model_record(m_object *object, m_value key);
/* NULL if there is none. */
m_record *model_find(const m_object *object, m_value key);

/* Frees what a run remembers. */
void m_run_end(m_run *run);

/* The condition `node` for one record; outer: NULL. */
m_truth model_condition(m_run *run, const m_env *env, const co_node *node, int32_t nulls);
/* Does the record exist at the as-of instant? */
bool model_exists(const m_run *run, int object, const m_record *record);

/* ---- between the model's files ---- */

/* A field of that name, else -1. */
int m_field_named(const m_object *object, co_text name);
const m_named *m_named_of(const m_run *run, int object, co_text name, bool is_trait);
m_value m_path_value(m_run *run, const m_env *env, const co_node *node);
/* Where a relation's prefix leads, with nothing enclosing it; env itself without one. False: to no record. */
bool m_far(const m_run *run, const m_env *env, const co_node *node, m_env *far);
/* The parent that a reference field names, NULL if it does not exist. */
const m_record *m_parent(const m_run *run, int object, const m_record *record, int field);
bool m_is_double(const m_run *run, const m_env *env, const co_node *node);
/* Whether a text folds when compared. */
bool m_is_nocase(const m_run *run, const m_env *env, const co_node *node);
/* A choice's value in the type of the whole. */
m_value m_unified(const m_run *run, const m_env *env, const co_node *node, m_value v);

/* A way from a child to a parent. */
typedef struct m_way {
    int n;
    int fields[M_HOPS];
} m_way;

/* Without VIA: the only direct reference, else the only path. False if there is none, or a choice. */
bool m_implicit_way(const model *m, int child, int parent, m_way *way);
/* The child object and its way to the record's object, of rows or steps (names) or an aggregate (value). */
int m_relation(const m_run *run, const m_env *env, const co_node *node, m_way *way);
/* The object that a value names: one that does not enclose it. */
int m_value_child(const m_run *run, const m_env *env, const co_node *value);
/* The rows of a child object that belong to the record, in order of (time, arrival), no time last. */
const uint32_t *m_children_of(m_run *run, const m_env *env, int child, const m_way *way, uint32_t *n);
/* What `nulls` means in all that is asked of other rows. */
int32_t m_where_nulls(int32_t nulls);

m_value m_aggregate(m_run *run, const m_env *env, const co_node *node, int32_t nulls);
/* EXISTS and EVERY. */
m_truth m_related(m_run *run, const m_env *env, const co_node *node, int32_t nulls);
m_truth m_sequence(m_run *run, const m_env *env, const co_node *node, int32_t nulls);
m_value m_funnel(m_run *run, const m_env *env, const co_node *node, int32_t nulls);
/* NTILE, RANK and PERCENT_RANK. */
m_value m_rank(m_run *run, const m_env *env, const co_node *node, int32_t nulls);
m_truth m_top(m_run *run, const m_env *env, const co_node *node, int32_t nulls);
void m_rankings_free(m_ranking *rankings);

m_value m_add(m_run *run, m_value a, m_value b);
/* a / n, the nearest double. */
m_value m_mean(m_run *run, m_value sum, int64_t n);
m_value m_eval(m_run *run, const m_env *env, const co_node *node, int32_t nulls);
m_value m_function(m_run *run, const m_env *env, const co_node *node, int32_t nulls);
/* Order of two values of comparable kinds; M_UNKNOWN is not an order: *known tells. */
int m_compare(m_run *run, m_value a, m_value b, bool *known);
/* A text literal read as the kind of `like`; other values as they are. */
m_value m_coerce(const m_run *run, m_value value, m_value like);

m_value m_null(void);
m_value m_bool(bool truth);
m_value m_int(int64_t value);
m_value m_exact(m_wide value, int32_t scale);
m_value m_double(double value);
m_value m_text(co_text text);
m_wide m_power10(int32_t digits);
double m_to_double(m_value v);

/* Dates: days since 1970-01-01, by walking the calendar. */
void m_date(int64_t day, int *year, int *month, int *day_of_month);
int64_t m_day(int year, int month, int day_of_month);
int64_t m_floor(int64_t a, int64_t b);
int64_t m_local_day(const m_run *run, m_value v);
int64_t m_unit_index(const m_run *run, co_unit unit, int64_t day);
int64_t m_unit_first_day(const m_run *run, co_unit unit, int64_t index);
/* [first, end) of a range literal. */
void m_range_days(const m_run *run, co_range range, int64_t *first, int64_t *end);
m_value m_add_span(m_run *run, m_value a, m_value span, int sign);

/* Text. */
uint32_t m_fold(uint32_t point);
uint32_t m_upper(uint32_t point);
uint32_t m_lower(uint32_t point);
size_t m_points(co_text text, uint32_t *points, size_t room);
int m_text_compare(co_text a, co_text b, bool nocase);
bool m_like(co_text text, co_text pattern, uint32_t escape, bool nocase);
bool m_contains(co_text text, co_text part, co_text_verb verb, bool nocase);
bool m_matches(co_text text, co_text pattern, bool nocase);
bool m_blank(co_text text);

#endif

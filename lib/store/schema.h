/*
 * What objects and fields there are. A schema is part of a version and never
 * changes; declaring makes a new one that shares what did not change.
 *
 * Always:  field 0 of every object is its key; ids are positions and are never
 *          reused. An object that is only named by a reference so far is
 *          `declared` false and keeps its keys as text.
 */
#ifndef CO_STORE_SCHEMA_H
#define CO_STORE_SCHEMA_H

#include "base/memory.h"
#include "base/text.h"
#include "cohort/store.h"
#include "column/column.h"

#define CO_NONE UINT32_MAX
#define CO_MOST_FIELDS 4096u

typedef struct co_field {
    co_text name;
    cohort_type type; /* field 0: COHORT_INT or COHORT_STRING */
    int32_t scale;
    int32_t collation;
    uint32_t target;           /* object id of a REFERENCE, else CO_NONE */
    uint32_t history;          /* object id of what keeps its changes, or CO_NONE */
    co_dictionary *dictionary; /* STRING (not the key) and SET, else NULL */
} co_field;

typedef struct co_object {
    co_text name;
    uint32_t id;
    bool declared;
    bool keyless; /* keys are 1, 2, … in order of arrival */
    uint32_t n_fields;
    const co_field *fields;
    uint32_t home; /* field id, or CO_NONE */
    uint32_t time;
    uint32_t cluster;
} co_object;

/*
 * Whether records carry a number of arrival: events with keys, whose rows follow time and move
 * with their parents. Without keys, the key is that number.
 */
static inline bool co_object_keeps_arrival(const co_object *object)
{
    return !object->keyless && object->time != CO_NONE;
}

/* The fields of an object that keeps changes: a history. More may have been declared. */
enum {
    CO_HISTORY_AT = 1, /* its time */
    CO_HISTORY_OLD = 2,
    CO_HISTORY_NEW = 3,
    CO_HISTORY_OF = 4, /* the record, its home */
    CO_HISTORY_FIELDS = 5
};

typedef struct co_schema co_schema;

uint32_t co_schema_n_objects(const co_schema *schema);
const co_object *co_schema_object(const co_schema *schema, uint32_t id);
/* NULL if there is none. */
const co_object *co_schema_find(const co_schema *schema, co_text name);
/* CO_NONE if there is none. */
uint32_t co_object_find(const co_object *object, co_text field_name);

/* The object as its declaration would be written; fields without the key. Lives as long as the schema. */
const cohort_object *co_schema_describe(const co_schema *schema, uint32_t id);

/* STRINGS for STRING, SETS for SET, POINTS for POINT, else NUMBERS. */
co_shape co_shape_of(cohort_type type);

#endif

/*
 * Making schemas. A schema is copied, the copy changed while nobody else knows
 * it, then shared for good.
 */
#ifndef CO_STORE_SCHEMA_BUILD_H
#define CO_STORE_SCHEMA_BUILD_H

#include "store/schema.h"

/* Without objects; NULL: no memory. */
co_schema *co_schema_new(co_memory *memory);
/* NULL: no memory. */
co_schema *co_schema_copy(const co_schema *schema);
co_schema *co_schema_retain(co_schema *schema);
void co_schema_release(co_schema *schema);

/* For the maker of a copy only. */
co_object *co_schema_edit(co_schema *schema, uint32_t object);
/* An undeclared object with a text key named "key"; NULL: no memory. */
co_object *co_schema_add(co_schema *schema, co_text name);
/* Copies name; true, or false if there is no memory. */
bool co_schema_set_key(co_schema *schema, uint32_t object, co_text name, cohort_type type);
/* Adds a field, copying its name; gives it a dictionary unless one comes along (then retained). */
bool co_schema_add_field(co_schema *schema, uint32_t object, const co_field *field);

/* Takes the dictionary in place of the field's own. */
void co_schema_set_dictionary(co_schema *schema, uint32_t object, uint32_t field, co_dictionary *dictionary);
/* From now on the changes of the field are kept in the object `history`. */
void co_schema_set_history(co_schema *schema, uint32_t object, uint32_t field, uint32_t history);
/* The last step: makes what co_schema_describe tells. False: no memory. */
bool co_schema_seal(co_schema *schema);

/* Whether following home references from `object` comes back to it. */
bool co_schema_home_cycle(const co_schema *schema, uint32_t object);

#endif

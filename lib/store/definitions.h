/*
 * The named segments and traits of a version, in order of (object name, name).
 *
 * Always:  a list never changes; a new one shares the definitions that stay.
 *          Segments and traits have separate names.
 */
#ifndef CO_STORE_DEFINITIONS_H
#define CO_STORE_DEFINITIONS_H

#include "store/tree.h"

/* A list of n places, all NULL; NULL: no memory. */
co_definitions *co_definitions_new(co_memory *memory, uint32_t n);
co_definitions *co_definitions_retain(co_definitions *definitions);
void co_definitions_release(co_memory *memory, co_definitions *definitions);

/* Copies name and text; moves the rows (may be NULL) in on success. NULL: no memory. */
co_definition_node *co_definition_new(co_memory *memory, const co_definition *definition, co_bitmap *rows);
void co_definition_release(co_memory *memory, co_definition_node *node);

/*
 * The list with `node` in its place, instead of the one of its name if there is
 * one. Takes node on success. NULL: no memory.
 */
co_definitions *co_definitions_with(co_memory *memory, const co_schema *schema,
                                    const co_definitions *definitions, co_definition_node *node);
/* The list without the entry at `index`. NULL: no memory. */
co_definitions *co_definitions_without(co_memory *memory, const co_definitions *definitions, uint32_t index);
/* Where the segment or trait is; CO_NONE if it is not. */
uint32_t co_definitions_find(const co_definitions *definitions, uint32_t object, co_text name, bool trait);

#endif

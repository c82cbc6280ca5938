/* Objects that keep the changes of a field; see histories.c. */
#ifndef CO_STORE_HISTORIES_H
#define CO_STORE_HISTORIES_H

#include "store/root.h"
#include "store/schema_build.h"

/* Adds those that the declaration of the object asks for and that are not there. Fails: as co_store_declare. */
cohort_status co_declare_histories(co_schema *schema, uint32_t object, const cohort_object *wanted,
                                   cohort_error *error);
/* What could be the history of the field, by name and by what it is; NULL if there is no such object. */
const co_object *co_history_find(const co_schema *schema, const co_object *object, uint32_t field);

#endif

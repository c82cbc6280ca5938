/* Between the files of the public store, its batches and snapshots. */
#ifndef CO_API_STORES_H
#define CO_API_STORES_H

#include "api/handles.h"

/* A handle's own block, from the allocator of `memory`, counted nowhere; NULL: no memory. */
void *co_handle_new(const co_memory *memory, size_t size);
void co_handle_free(const co_memory *memory, void *handle, size_t size);

/* NOT_FOUND or INVALID for what a caller named. */
cohort_status co_api_object(const co_version *version, const char *name, const co_object **object,
                            cohort_error *error);
cohort_status co_api_field(const co_object *object, const char *name, uint32_t *field, cohort_error *error);
/* NOT_FOUND, said of a row. */
cohort_status co_api_no_record(const co_object *object, uint32_t row, cohort_error *error);
/* Whether the bitmap may hold rows of the object; INVALID. */
cohort_status co_api_rows_of(const cohort_snapshot *snapshot, const co_object *object, const cohort_bitmap *rows,
                             cohort_error *error);
/* A number as a field of NUMBERS keeps it, as callers are given it; a reference as the key it names. */
void co_api_give_number(const co_version *version, const co_field *field, int64_t number, cohort_value *value);
/* A caller's key, of either kind; TYPE, INVALID. */
cohort_status co_api_key(const co_object *object, const cohort_value *value, co_key *key,
                         cohort_error *error);

#endif

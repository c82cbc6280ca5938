/* Between the files that read sections. */
#ifndef CO_STORE_RESTORE_H
#define CO_STORE_RESTORE_H

#include "store/root.h"
#include "store/schema_build.h"
#include "store/sections.h"

/* What the first section promises of an object, and what has come. */
typedef struct co_promise {
    uint32_t n_tiles;
    uint32_t n_with_rows;
    uint32_t n_seen;
    bool dense; /* every tile but the last is full, and none is absent */
} co_promise;

struct co_restore {
    co_store *store;
    co_memory *memory;
    co_version *draft; /* NULL before the first section */
    co_schema *schema; /* the draft's, while it may still be changed */
    co_promise *promises;
    uint32_t n_objects;
    uint32_t n_definitions;
    uint32_t n_definitions_seen;
    uint32_t n_dictionaries;
    uint32_t n_dictionaries_seen;
    uint8_t **dictionary_seen; /* by object and field */
    uint32_t last_kind;
    bool handed_over; /* the store is its new owner's */
};

/* CORRUPT: "damaged section of KIND: WHY". */
cohort_status co_restore_damaged(const char *kind, const char *why, cohort_error *error);

/* Objects and fields; makes the objects of the draft. */
cohort_status co_restore_schema(co_restore *restore, co_reader *in, cohort_error *error);
/* One tile whose own values are right; what it names elsewhere is checked at the end. */
cohort_status co_restore_tile(co_restore *restore, co_section section, co_reader *in, cohort_error *error);
cohort_status co_restore_definition(co_restore *restore, co_reader *in, cohort_error *error);

/* References, parent tiles and rows of static segments lead to rows that there are. */
cohort_status co_restore_check(co_restore *restore, cohort_error *error);

#endif

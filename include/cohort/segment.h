/*
 * Segments: what a user wrote, parsed, printed, named and kept in a store.
 *
 * A segment is a definition over one object: text that is true, false or
 * unknown for each record. It knows no data until it is evaluated.
 */
#ifndef COHORT_SEGMENT_H
#define COHORT_SEGMENT_H

#include "cohort/base.h"
#include "cohort/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cohort_segment cohort_segment;

/** What a missing value does: SQL's three values, or `NOT` of a condition is everything else. */
enum { COHORT_NULLS_SQL = 0, COHORT_NULLS_COMPLEMENT = 1 };

/** Limits: 0 is the default (depth 200, nodes 100,000, text 16 MiB). */
typedef struct cohort_segment_options {
    uint32_t size;
    int32_t nulls;
    uint32_t max_depth;
    uint32_t max_nodes;
    uint64_t max_text_bytes;
} cohort_segment_options;

#define COHORT_SEGMENT_OPTIONS_INIT { sizeof(cohort_segment_options), 0, 0, 0, 0 }

/**
 * Receives output in pieces. Returns 0 to go on, anything else to stop (the
 * call then fails with COHORT_CANCELLED). May be NULL nowhere.
 */
typedef int32_t (*cohort_write)(void *context, const void *bytes, size_t length);

/** Parses `text` as a condition over `object`. Nothing is looked up yet. length SIZE_MAX: zero-terminated. */
COHORT_API cohort_status
cohort_segment_parse(const char *object, const char *text, size_t length, const cohort_segment_options *options,
                     cohort_segment **segment, cohort_error *error);

COHORT_API void
cohort_segment_free(cohort_segment *segment);

/** Writes the canonical text. */
COHORT_API cohort_status
cohort_segment_print(const cohort_segment *segment, cohort_write write, void *context, cohort_error *error);

/* ---- kept in a store ---- */

enum { COHORT_DEFINITION_SEGMENT = 1, COHORT_DEFINITION_STATIC = 2, COHORT_DEFINITION_TRAIT = 3 };

typedef struct cohort_definition {
    uint32_t size;
    int32_t kind;
    int32_t nulls;
    uint32_t reserved;
    const char *object;
    const char *name;
    const char *text;           /* canonical; "" for a static segment */
    uint64_t n_keys;            /* keys of a static segment, whether or not their records exist */
} cohort_definition;

#define COHORT_DEFINITION_INIT { sizeof(cohort_definition), 0, 0, 0, NULL, NULL, NULL, 0 }

/** Names a segment (or replaces it). Refused if it does not bind, or would make a cycle. */
COHORT_API cohort_status
cohort_store_define(cohort_store *store, const char *object, const char *name, const char *text, size_t length,
                    const cohort_segment_options *options, cohort_error *error);

/** Names an explicit set of keys; keys without a record count once it exists. */
COHORT_API cohort_status
cohort_store_define_keys(cohort_store *store, const char *object, const char *name, size_t n_keys,
                         const cohort_value *keys, cohort_error *error);

/** Names a value expression (a computed field), usable wherever a field is. */
COHORT_API cohort_status
cohort_store_define_trait(cohort_store *store, const char *object, const char *name, const char *text, size_t length,
                          const cohort_segment_options *options, cohort_error *error);

/** Forgets a segment or trait. COHORT_EXISTS, naming the users, while others use it. */
COHORT_API cohort_status
cohort_store_drop(cohort_store *store, const char *object, const char *name, cohort_error *error);

/** Fills *definition for index 0, 1, …, ordered by object and name; borrowed. COHORT_NOT_FOUND past the end. */
COHORT_API cohort_status
cohort_snapshot_definition(const cohort_snapshot *snapshot, size_t index, cohort_definition *definition,
                           cohort_error *error);

/** Names, one a line as "object.name", what uses this segment or trait directly. */
COHORT_API cohort_status
cohort_snapshot_dependents(const cohort_snapshot *snapshot, const char *object, const char *name, cohort_write write,
                           void *context, cohort_error *error);

#ifdef __cplusplus
}
#endif

#endif

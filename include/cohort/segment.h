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

/** A parsed condition over one object. */
typedef struct cohort_segment cohort_segment;

/** What a missing value does: SQL's three values, or `NOT` of a condition is everything else. */
enum { COHORT_NULLS_SQL = 0, COHORT_NULLS_COMPLEMENT = 1 };

/**
 * nulls: one of the above. Limits: 0 is the default (depth 200, nodes 100,000,
 * text 16 MiB). max_depth counts parentheses and operators inside one another.
 * allocator: of a segment that stands by itself; NULL is malloc. What is kept in a
 * store has the store's. max_names: how deep segments and traits may name each other
 * when one is defined (64, at most 1,000).
 */
typedef struct cohort_segment_options {
    uint32_t size;
    int32_t nulls;
    uint32_t max_depth;
    uint32_t max_nodes;
    uint64_t max_text_bytes;
    const cohort_allocator *allocator;
    uint32_t max_names;
    uint32_t reserved;
} cohort_segment_options;

#define COHORT_SEGMENT_OPTIONS_INIT { sizeof(cohort_segment_options), 0, 0, 0, 0, NULL, 0, 0 }

/**
 * Receives output in pieces. Returns 0 to go on, anything else to stop (the
 * call then fails with COHORT_CANCELLED). May be NULL nowhere.
 */
typedef int32_t (*cohort_write)(void *context, const void *bytes, size_t length);

/**
 * Parses text as a condition over the records of an object.
 *
 * Takes    object   its name; looked up only when the segment is evaluated
 *          text     `length` bytes of UTF-8, SIZE_MAX: zero-terminated
 *          options  may be NULL
 * Gives    *segment  immutable, yours until cohort_segment_free(); NULL on failure
 * Fails    COHORT_PARSE    not an expression (error->position, line and column say where)
 *          COHORT_LIMIT    too deep, too many nodes, too long
 *          COHORT_INVALID  a NULL argument, or `nulls` out of range
 *          COHORT_MEMORY
 * Threads  any number may use one segment
 * Costs    linear in the text
 * Since    0.1
 */
COHORT_API cohort_status
cohort_segment_parse(const char *object, const char *text, size_t length, const cohort_segment_options *options,
                     cohort_segment **segment, cohort_error *error);

/** Frees a segment; NULL is allowed. Since 0.1. */
COHORT_API void
cohort_segment_free(cohort_segment *segment);

/**
 * Writes the canonical text: keywords in capitals, fewest parentheses. Parsing it
 * gives an equal segment.
 *
 * Takes    write  called with pieces; see cohort_write
 * Fails    COHORT_CANCELLED  `write` asked to stop
 *          COHORT_MEMORY
 * Since    0.1
 */
COHORT_API cohort_status
cohort_segment_print(const cohort_segment *segment, cohort_write write, void *context, cohort_error *error);

/* ---- kept in a store ---- */

enum { COHORT_DEFINITION_SEGMENT = 1, COHORT_DEFINITION_STATIC = 2, COHORT_DEFINITION_TRAIT = 3 };

/** What is kept under a name: kind, one of the above; nulls, as it was given. */
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

/**
 * Names a segment, or replaces the segment of that name.
 *
 * Takes    text     as cohort_segment_parse(); kept as canonical text
 *          options  `nulls` is kept with the segment and holds wherever it is named
 * Fails    COHORT_PARSE, COHORT_LIMIT  the text itself
 *          COHORT_NOT_FOUND  the object, or a name in the text (error->position points at it, the
 *                            text gives the nearest known name)
 *          COHORT_TYPE       a comparison of types that do not meet
 *          COHORT_INVALID    a cycle of names, which the text prints
 *          COHORT_UNSUPPORTED  what this version cannot evaluate
 *          COHORT_MEMORY
 *          On failure the store is as it was.
 * Threads  waits for other writers; snapshots already taken do not change
 * Since    0.1
 */
COHORT_API cohort_status
cohort_store_define(cohort_store *store, const char *object, const char *name, const char *text, size_t length,
                    const cohort_segment_options *options, cohort_error *error);

/**
 * Names an explicit set of keys: a suppression list, a list picked by hand.
 *
 * Takes    keys     INT or STRING as the object's keys are; repeated ones count once;
 *                   keys without a record are kept and count once it exists
 * Fails    COHORT_NOT_FOUND  the object
 *          COHORT_TYPE       a key of the wrong type
 *          COHORT_FULL, COHORT_MEMORY
 *          On failure the store is as it was.
 * Threads  waits for other writers; snapshots already taken do not change
 * Costs    a look-up a key; unknown keys take rows
 * Since    0.1
 */
COHORT_API cohort_status
cohort_store_define_keys(cohort_store *store, const char *object, const char *name, size_t n_keys,
                         const cohort_value *keys, cohort_error *error);

/**
 * Names a value expression (a computed field), usable wherever a field is.
 *
 * Fails    COHORT_EXISTS  a field of the object has that name
 *          otherwise as cohort_store_define()
 * Threads  as cohort_store_define()
 * Since    0.1
 */
COHORT_API cohort_status
cohort_store_define_trait(cohort_store *store, const char *object, const char *name, const char *text, size_t length,
                          const cohort_segment_options *options, cohort_error *error);

/**
 * Forgets the segment of that name, failing that the trait.
 *
 * Fails    COHORT_EXISTS     others use it; the text names them
 *          COHORT_NOT_FOUND  there is none
 *          COHORT_MEMORY
 * Threads  as cohort_store_define()
 * Since    0.1
 */
COHORT_API cohort_status
cohort_store_drop(cohort_store *store, const char *object, const char *name, cohort_error *error);

/**
 * One definition after the other, ordered by object and name.
 *
 * Takes    index       0, 1, …
 * Gives    *definition  its strings borrowed from the snapshot
 * Fails    COHORT_NOT_FOUND  past the last one
 * Threads  any number on one snapshot
 * Since    0.1
 */
COHORT_API cohort_status
cohort_snapshot_definition(const cohort_snapshot *snapshot, size_t index, cohort_definition *definition,
                           cohort_error *error);

/**
 * Writes, one a line as "object.name", what names this segment (failing that,
 * trait) in its own text. Nothing is written if nobody does.
 *
 * Fails    COHORT_NOT_FOUND  there is no such object, segment or trait
 *          COHORT_CANCELLED  `write` asked to stop
 *          COHORT_MEMORY
 * Since    0.1
 */
COHORT_API cohort_status
cohort_snapshot_dependents(const cohort_snapshot *snapshot, const char *object, const char *name, cohort_write write,
                           void *context, cohort_error *error);

#ifdef __cplusplus
}
#endif

#endif

/*
 * Stores: objects, fields, records and the versions of all of them.
 *
 *     declare ──▶ batch ──commit──▶ new version ──▶ snapshot (pinned, immutable)
 *
 * Always:  a commit happens whole or not at all; a snapshot never changes;
 *          readers are never blocked by a writer.
 * Words:   a *key* (or id) is the caller's name for a record, a *row* is ours.
 */
#ifndef COHORT_STORE_H
#define COHORT_STORE_H

#include "cohort/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cohort_store cohort_store;
typedef struct cohort_batch cohort_batch;
typedef struct cohort_snapshot cohort_snapshot;

/** Field types. 0 as the type of a value is NULL (missing). */
typedef int32_t cohort_type;

enum {
    COHORT_NULL = 0,
    COHORT_BOOL = 1,
    COHORT_INT = 2,             /* 64-bit signed */
    COHORT_DECIMAL = 3,         /* number × 10^-scale, scale 0 … 18 */
    COHORT_DOUBLE = 4,          /* NaN is NULL */
    COHORT_DATE = 5,            /* days since 1970-01-01 */
    COHORT_TIMESTAMP = 6,       /* microseconds since 1970-01-01 00:00 UTC, years 1 … 9999 */
    COHORT_STRING = 7,          /* UTF-8 */
    COHORT_SET = 8,             /* set of strings */
    COHORT_POINT = 9,           /* latitude, longitude in degrees */
    COHORT_REFERENCE = 10       /* the key of a record of another object */
};

/** How strings compare: bytes of UTF-8, or simple Unicode case folding. */
enum { COHORT_EXACT = 0, COHORT_NOCASE = 1 };

/** Bytes that the caller (in) or the snapshot (out) owns. Frozen. */
typedef struct cohort_text {
    const char *bytes;
    size_t length;
} cohort_text;

/**
 * One value. Frozen. Which members count depends on `type`:
 *   BOOL INT DECIMAL DATE TIMESTAMP   number (DECIMAL: with scale)
 *   DOUBLE                            real
 *   POINT                             real (latitude), longitude
 *   STRING                            text
 *   SET                               elements[0 .. n_elements)
 *   REFERENCE                         as its key: type INT or STRING
 */
typedef struct cohort_value {
    cohort_type type;
    int32_t scale;
    int64_t number;
    double real;
    double longitude;
    cohort_text text;
    const cohort_text *elements;
    size_t n_elements;
} cohort_value;

#define COHORT_VALUE_NULL { 0, 0, 0, 0.0, 0.0, { NULL, 0 }, NULL, 0 }

/** What a field is. Names: 1 to 255 bytes of UTF-8. */
typedef struct cohort_field {
    uint32_t size;
    cohort_type type;
    const char *name;
    int32_t scale;              /* DECIMAL */
    int32_t collation;          /* STRING, SET: COHORT_EXACT or COHORT_NOCASE */
    const char *target;         /* REFERENCE: the object; it need not be declared yet */
} cohort_field;

#define COHORT_FIELD_INIT { sizeof(cohort_field), 0, NULL, 0, 0, NULL }

/**
 * What an object is.
 *   key_name   how expressions name the key; NULL: "key"
 *   key_type   COHORT_INT or COHORT_STRING; 0: records have no key, and the
 *              library numbers them 1, 2, … in order of arrival (only for
 *              objects with a reference)
 *   home       the reference by which records live beside their parent; NULL: an
 *              object with `time` takes its only reference
 *   time       a DATE or TIMESTAMP field that makes this an event object
 *   cluster    a field whose frequent values get tiles of their own
 */
typedef struct cohort_object {
    uint32_t size;
    cohort_type key_type;
    const char *name;
    const char *key_name;
    const char *home;
    const char *time;
    const char *cluster;
    const cohort_field *fields;
    size_t n_fields;
} cohort_object;

#define COHORT_OBJECT_INIT { sizeof(cohort_object), 0, NULL, NULL, NULL, NULL, NULL, NULL, 0 }

/** allocator: NULL is malloc. memory_limit_bytes: 0 is none. create: make the directory if it is not there. */
typedef struct cohort_store_options {
    uint32_t size;
    uint32_t create;
    uint32_t read_only;
    uint32_t reserved;
    const cohort_allocator *allocator;
    uint64_t memory_limit_bytes;
} cohort_store_options;

#define COHORT_STORE_OPTIONS_INIT { sizeof(cohort_store_options), 0, 0, 0, NULL, 0 }

COHORT_API cohort_status
cohort_store_open(const char *path, const cohort_store_options *options, cohort_store **store, cohort_error *error);

COHORT_API void
cohort_store_close(cohort_store *store);

COHORT_API cohort_status
cohort_store_save(cohort_store *store, cohort_error *error);

COHORT_API cohort_status
cohort_store_check(const char *path, cohort_error *error);

COHORT_API cohort_status
cohort_store_declare(cohort_store *store, const cohort_object *object, cohort_error *error);

/* ---- batches ---- */

COHORT_API cohort_status
cohort_batch_new(cohort_store *store, cohort_batch **batch, cohort_error *error);

COHORT_API void
cohort_batch_free(cohort_batch *batch);

/** key may be NULL (or of type COHORT_NULL) only for an object without keys. */
COHORT_API cohort_status
cohort_batch_upsert(cohort_batch *batch, const char *object, const cohort_value *key, size_t n_fields,
                    const char *const *fields, const cohort_value *values, cohort_error *error);

COHORT_API cohort_status
cohort_batch_patch(cohort_batch *batch, const char *object, const cohort_value *key, size_t n_fields,
                   const char *const *fields, const cohort_value *values, cohort_error *error);

COHORT_API cohort_status
cohort_batch_delete(cohort_batch *batch, const char *object, const cohort_value *key, cohort_error *error);

/**
 * One column of many records, in the caller's memory. Frozen.
 *   valid      bit i of word i / 64: record i has a value; NULL: all have
 *   numbers    BOOL INT DECIMAL DATE TIMESTAMP, int keys of a REFERENCE
 *   reals      DOUBLE; POINT latitude      longitudes   POINT
 *   offsets    STRING (and string keys): bytes[offsets[i] .. offsets[i + 1])
 *   ends       SET: elements ends[i] .. ends[i + 1] of offsets
 */
typedef struct cohort_column {
    const char *field;
    cohort_type type;           /* of the values given: an INT may fill a DECIMAL or DOUBLE field */
    int32_t scale;
    const uint64_t *valid;
    const int64_t *numbers;
    const double *reals;
    const double *longitudes;
    const uint64_t *ends;
    const uint64_t *offsets;
    const char *bytes;
} cohort_column;

/** Upserts n_rows records at once; the column named as the key is the key. */
COHORT_API cohort_status
cohort_batch_columns(cohort_batch *batch, const char *object, size_t n_rows, size_t n_columns,
                     const cohort_column *columns, cohort_error *error);

typedef struct cohort_commit_report {
    uint32_t size;
    uint32_t reserved;
    uint64_t inserted;
    uint64_t updated;
    uint64_t unchanged;
    uint64_t deleted;
    uint64_t version;
} cohort_commit_report;

#define COHORT_COMMIT_REPORT_INIT { sizeof(cohort_commit_report), 0, 0, 0, 0, 0, 0 }

/** Applies the batch whole, or changes nothing. Afterwards the batch is empty and reusable. report may be NULL. */
COHORT_API cohort_status
cohort_batch_commit(cohort_batch *batch, cohort_commit_report *report, cohort_error *error);

/* ---- snapshots ---- */

COHORT_API cohort_status
cohort_store_snapshot(cohort_store *store, cohort_snapshot **snapshot, cohort_error *error);

COHORT_API void
cohort_snapshot_release(cohort_snapshot *snapshot);

/** The number of the version, rising by one with each commit or declaration. */
COHORT_API uint64_t
cohort_snapshot_version(const cohort_snapshot *snapshot);

/** Live records of an object; 0 for an unknown one. */
COHORT_API uint64_t
cohort_snapshot_count(const cohort_snapshot *snapshot, const char *object);

/** Fills *object for index 0, 1, …; its strings and fields are borrowed. COHORT_NOT_FOUND past the end. */
COHORT_API cohort_status
cohort_snapshot_object(const cohort_snapshot *snapshot, size_t index, cohort_object *object, cohort_error *error);

/** What a column costs, for schema listings. */
typedef struct cohort_field_usage {
    uint32_t size;
    uint32_t reserved;
    uint64_t n_values;          /* live records with a value */
    uint64_t n_distinct;        /* of dictionary-coded strings and sets, else 0 */
    uint64_t memory_bytes;
} cohort_field_usage;

#define COHORT_FIELD_USAGE_INIT { sizeof(cohort_field_usage), 0, 0, 0, 0 }

COHORT_API cohort_status
cohort_snapshot_usage(const cohort_snapshot *snapshot, const char *object, const char *field,
                      cohort_field_usage *usage, cohort_error *error);

/** The row of a live record. COHORT_NOT_FOUND if there is none. */
COHORT_API cohort_status
cohort_snapshot_row(const cohort_snapshot *snapshot, const char *object, const cohort_value *key, uint32_t *row,
                    cohort_error *error);

/** The key of a live record; its text is borrowed from the snapshot. */
COHORT_API cohort_status
cohort_snapshot_key(const cohort_snapshot *snapshot, const char *object, uint32_t row, cohort_value *key,
                    cohort_error *error);

/** A field of a live record, borrowed. A reference reads as the key it names; a SET gives n_elements only. */
COHORT_API cohort_status
cohort_snapshot_value(const cohort_snapshot *snapshot, const char *object, uint32_t row, const char *field,
                      cohort_value *value, cohort_error *error);

/** The elements of a set, bytewise ascending: writes at most `capacity`, *n is how many there are. */
COHORT_API cohort_status
cohort_snapshot_elements(const cohort_snapshot *snapshot, const char *object, uint32_t row, const char *field,
                         cohort_text *elements, size_t capacity, size_t *n, cohort_error *error);

#ifdef __cplusplus
}
#endif

#endif

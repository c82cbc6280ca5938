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
#include "cohort/bitmap.h"

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
 *   history    names of n_history fields whose changes are kept, see cohort_batch_set_time().
 *              For each there is an object OBJECT_FIELD_history from then on: events without
 *              keys, at home with their record, with the fields `at` (their time), `old` and
 *              `new` (of the field's type) and a reference named like the object. It can be
 *              asked, loaded (with what happened before) and deleted from like any other;
 *              once kept, always kept
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
    const char *const *history;
    size_t n_history;
} cohort_object;

#define COHORT_OBJECT_INIT { sizeof(cohort_object), 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0 }

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

/**
 * Opens a store: in a directory, or in memory alone.
 *
 * Takes    path     a directory, or NULL for memory
 *          options  NULL: defaults
 * Gives    *store   yours until cohort_store_close(); NULL on failure
 * Fails    COHORT_INVALID      an argument is NULL that may not be
 *          COHORT_TOO_NEW      options, or the files, ask for what this version does not know
 *          COHORT_NOT_FOUND    no store there, and options->create is 0
 *          COHORT_BUSY         another process writes there
 *          COHORT_CORRUPT      damaged files; the text says where
 *          COHORT_IO, COHORT_MEMORY
 * Threads  any number; the store may then be shared
 * Costs    in memory a kilobyte; from a directory reading and checking every byte, no key index
 * Since    0.1
 */
COHORT_API cohort_status
cohort_store_open(const char *path, const cohort_store_options *options, cohort_store **store, cohort_error *error);

/**
 * Gives up the handle. What was not saved is lost. Snapshots that are still held stay
 * good and keep their memory until they go; batches can only be freed.
 *
 * Takes    store  NULL is fine
 * Threads  none may still be using the handle
 * Since    0.1
 */
COHORT_API void
cohort_store_close(cohort_store *store);

/**
 * Writes the current version into the store's directory, whole or not at all.
 *
 * Fails    COHORT_INVALID     the store lives in memory alone
 *          COHORT_READ_ONLY   opened with read_only
 *          COHORT_IO          what was saved before is still there
 *          COHORT_FORK, COHORT_MEMORY
 * Threads  any; writers may go on meanwhile, their commits are in the next save
 * Costs    writes everything; one tile at a time in memory
 * Since    0.1
 */
COHORT_API cohort_status
cohort_store_save(cohort_store *store, cohort_error *error);

/**
 * Reads a store's files and checks all that opening would, changing nothing.
 *
 * Fails    COHORT_CORRUPT  the text says what and where; COHORT_NOT_FOUND, COHORT_TOO_NEW,
 *          COHORT_IO, COHORT_MEMORY
 * Threads  any
 * Costs    as opening
 * Since    0.1
 */
COHORT_API cohort_status
cohort_store_check(const char *path, cohort_error *error);

/**
 * Says what an object is, or adds fields to one there is. Repeating what was
 * declared is fine. Objects named by references come into being undeclared and keep
 * keys as text until they are declared themselves.
 *
 * Takes    object  copied; names are 1 to 255 bytes of UTF-8. Fields not named stay as they are
 * Fails    COHORT_INVALID    a name, scale or collation that cannot be; a field twice; a home
 *                            that leads back to its object; neither key nor reference; a
 *                            history of a history
 *          COHORT_EXISTS     declared otherwise: the text says how it is and how it would be;
 *                            a history whose name, or a field of it, is taken
 *          COHORT_NOT_FOUND  home, time, cluster or history name no field
 *          COHORT_TYPE       home is no reference, time no date or timestamp, cluster a set, point
 *                            or reference; a key given by a reference is no int
 *          COHORT_LIMIT      4,096 objects, 4,096 fields an object
 *          COHORT_MEMORY
 * Threads  any; waits for other writers, never for readers
 * Costs    the schema is copied; records are not touched, but keys given as text become ints
 * Since    0.1
 */
COHORT_API cohort_status
cohort_store_declare(cohort_store *store, const cohort_object *object, cohort_error *error);

/* ---- batches ---- */

/**
 * Starts an empty batch: changes that become visible together.
 *
 * Gives    *batch  yours until cohort_batch_free(); it keeps the store's memory alive
 * Fails    COHORT_INVALID, COHORT_MEMORY
 * Threads  a batch belongs to the thread that fills it; many may be filled at once
 * Since    0.1
 */
COHORT_API cohort_status
cohort_batch_new(cohort_store *store, cohort_batch **batch, cohort_error *error);

/** Drops a batch and what it still holds. NULL is fine. Since 0.1. */
COHORT_API void
cohort_batch_free(cohort_batch *batch);

/**
 * Stages one record: created if its key has none, else these fields of it are set
 * and the others keep their values. Later calls win over earlier ones.
 *
 * Takes    key     may be NULL (or of type COHORT_NULL) only for an object without keys: the next
 *                  record of it
 *          fields  n_fields names, none twice, not the key
 *          values  as many, copied. A COHORT_NULL clears the field. Ints may fill decimals and
 *                  doubles, decimals those of a larger scale; NaN is NULL; references are given by key
 * Fails    COHORT_NOT_FOUND  no such object or field
 *          COHORT_TYPE       a value of another type, or digits a decimal cannot keep
 *          COHORT_OVERFLOW   a number, date or time that does not fit
 *          COHORT_INVALID    no UTF-8, a point off the map, a key that is missing or not wanted
 *          COHORT_MEMORY     The batch is then as it was before the call.
 * Costs    a copy; keys are looked up by commit. Records with the same fields in a row are cheapest
 * Since    0.1
 */
COHORT_API cohort_status
cohort_batch_upsert(cohort_batch *batch, const char *object, const cohort_value *key, size_t n_fields,
                    const char *const *fields, const cohort_value *values, cohort_error *error);

/**
 * Stages fields of a record that must exist when its turn comes.
 *
 * Takes    as cohort_batch_upsert()
 * Fails    as cohort_batch_upsert(); commit fails with COHORT_NOT_FOUND and the key if there is no record
 * Since    0.1
 */
COHORT_API cohort_status
cohort_batch_patch(cohort_batch *batch, const char *object, const cohort_value *key, size_t n_fields,
                   const char *const *fields, const cohort_value *values, cohort_error *error);

/**
 * Stages the end of a record, which must exist when its turn comes. Records that refer
 * to it keep its key; a record of that key that comes later is bound to them again.
 *
 * Fails    as cohort_batch_upsert(); commit fails with COHORT_NOT_FOUND and the key if there is no record
 * Since    0.1
 */
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

/**
 * Stages n_rows upserts at once; the column named as the key holds the keys. An
 * object without keys takes no such column and gets n_rows new records. Where a
 * key repeats the last row wins and the first gives the place.
 *
 * Takes    columns  all of n_rows; copied. Arrays that a type does not use may be NULL
 * Fails    as cohort_batch_upsert, for the first value that is wrong; COHORT_LIMIT 2^32 rows.
 *          The batch is then as it was before the call.
 * Costs    one pass over the values: the way to load millions
 * Since    0.1
 */
COHORT_API cohort_status
cohort_batch_columns(cohort_batch *batch, const char *object, size_t n_rows, size_t n_columns,
                     const cohort_column *columns, cohort_error *error);

/**
 * Says when the changes of the batch happened: the `at` of what its commit adds to
 * histories. Such a commit needs it, others do not look at it.
 *
 * A commit adds one row for each field with a history and each record of its object that
 * exists afterwards and has another value than before: `old`, or NULL where the record did
 * not exist or had none, and `new`. So the first value of a new record counts, several
 * changes in one batch are one, and changing back is none. Deleting a record adds nothing
 * and leaves its history as it is; a record of that key that comes later goes on with it,
 * starting from NULL.
 *
 * Takes    at_us  microseconds since 1970-01-01 00:00 UTC; later calls win; forgotten once
 *                 the batch is committed
 * Fails    COHORT_OVERFLOW  beyond the years 1 to 9999
 *          COHORT_INVALID   batch is NULL, or its store closed
 * Since    0.1
 */
COHORT_API cohort_status
cohort_batch_set_time(cohort_batch *batch, int64_t at_us, cohort_error *error);

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

/**
 * Applies the batch whole, or changes nothing. Afterwards the batch is empty and reusable;
 * after a failure it still holds its changes.
 *
 * Gives    *report  may be NULL. inserted: records that exist now and did not; deleted: the other
 *                   way round; updated and unchanged: upserted or patched records in which
 *                   something differs, or nothing; version: as cohort_snapshot_version. What
 *                   is added to histories is not counted
 * Fails    COHORT_NOT_FOUND  a patch or delete of no record; the text has the key
 *          COHORT_TYPE       a text is no key of an object keyed by ints
 *          COHORT_INVALID    a history grows and the batch has no time, see cohort_batch_set_time()
 *          COHORT_FULL       an object would need more than 65,536 tiles of 65,536 rows
 *          COHORT_MEMORY
 * Threads  commits of one store queue; readers go on with the version they have
 * Costs    a look-up a key and reference, and each changed column of each changed tile is made
 *          anew: a record costs what its tile's fields cost, never what the store costs
 * Since    0.1
 */
COHORT_API cohort_status
cohort_batch_commit(cohort_batch *batch, cohort_commit_report *report, cohort_error *error);

/* ---- snapshots ---- */

/**
 * Pins the current version: what it shows never changes, whatever is committed.
 *
 * Gives    *snapshot  yours until cohort_snapshot_release(); it outlives the store's handle
 * Fails    COHORT_INVALID, COHORT_MEMORY
 * Threads  any number may read one snapshot
 * Costs    nothing; while held, columns that were replaced since stay in memory
 * Since    0.1
 */
COHORT_API cohort_status
cohort_store_snapshot(cohort_store *store, cohort_snapshot **snapshot, cohort_error *error);

/** Lets a snapshot go, and all that was borrowed from it. NULL is fine. Since 0.1. */
COHORT_API void
cohort_snapshot_release(cohort_snapshot *snapshot);

/** The number of the version, rising by one with each commit or declaration; 0 for NULL. Since 0.1. */
COHORT_API uint64_t
cohort_snapshot_version(const cohort_snapshot *snapshot);

/** Live records of an object; 0 for an unknown one, and for NULL. Since 0.1. */
COHORT_API uint64_t
cohort_snapshot_count(const cohort_snapshot *snapshot, const char *object);

/**
 * Describes one object after the other. Objects that references name and nobody
 * declared are left out.
 *
 * Takes    index    0, 1, … in order of declaration
 * Gives    *object  its strings and fields are borrowed from the snapshot
 * Fails    COHORT_NOT_FOUND  past the last
 *          COHORT_INVALID    snapshot or object is NULL, object without a size
 * Since    0.1
 */
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

/**
 * Counts a field's values and bytes.
 *
 * Gives    *usage  n_distinct also counts values that no record has any more
 * Fails    COHORT_NOT_FOUND  no such object or field
 *          COHORT_INVALID    snapshot or usage is NULL, usage without a size
 * Costs    a step a tile, and one a row where records of a tile are deleted
 * Since    0.1
 */
COHORT_API cohort_status
cohort_snapshot_usage(const cohort_snapshot *snapshot, const char *object, const char *field,
                      cohort_field_usage *usage, cohort_error *error);

/**
 * Finds a live record by its key.
 *
 * Gives    *row  0 on failure
 * Fails    COHORT_NOT_FOUND  no such object, or no record of it with that key
 *          COHORT_TYPE       a key that is neither int nor string
 *          COHORT_INVALID    a pointer is NULL, a key that is no UTF-8
 *          COHORT_MEMORY     no memory for the key index
 * Costs    one hash look-up; the first of an object builds its key index
 * Since    0.1
 */
COHORT_API cohort_status
cohort_snapshot_row(const cohort_snapshot *snapshot, const char *object, const cohort_value *key, uint32_t *row,
                    cohort_error *error);

/**
 * The key of a live record.
 *
 * Gives    *key  borrowed from the snapshot; COHORT_NULL on failure
 * Fails    COHORT_NOT_FOUND  no such object, or no live record in that row
 *          COHORT_INVALID    snapshot or key is NULL
 * Since    0.1
 */
COHORT_API cohort_status
cohort_snapshot_key(const cohort_snapshot *snapshot, const char *object, uint32_t row, cohort_value *key,
                    cohort_error *error);

/**
 * The keys of many records, in the order of their rows, as many as there is room for:
 *
 *     for (uint64_t done = 0;; done += n) {
 *         status = cohort_snapshot_int_keys(snapshot, "contact", members, done, keys, 4096, &n, &error);
 *         if (status != COHORT_OK || n == 0)
 *             break;
 *         … n keys …
 *     }
 *
 * The first form is for objects keyed by ints, and those without keys of their own, whose
 * records are numbered; the second for objects keyed by strings.
 *
 * Takes    rows      live records of the object: found in this snapshot, or made by hand
 *          offset    how many of the lowest rows are left out
 *          keys      place for `capacity` keys; may be NULL if that is 0
 * Gives    *n        keys written: `capacity`, or all the others if they are fewer; 0 on failure,
 *                    and what then lies in the place is nothing to go by. Texts are borrowed
 *                    from the snapshot
 * Fails    COHORT_NOT_FOUND  no such object, or one of the rows is no live record: the text
 *                            has the lowest such row. Rows that are left out, or for which there is no
 *                            room, are not looked at
 *          COHORT_TYPE       the object's keys are of the other kind
 *          COHORT_INVALID    snapshot, rows, n, or keys for some capacity is NULL; the bitmap holds
 *                            rows of another store, object or epoch
 * Threads  any number on one snapshot and one bitmap
 * Costs    about a nanosecond a key where rows lie close together, two or three where few of a tile
 *          are in; a step a tile for the offset. Asks for no memory
 * Since    0.1
 */
COHORT_API cohort_status
cohort_snapshot_int_keys(const cohort_snapshot *snapshot, const char *object, const cohort_bitmap *rows,
                         uint64_t offset, int64_t *keys, size_t capacity, size_t *n, cohort_error *error);
COHORT_API cohort_status
cohort_snapshot_text_keys(const cohort_snapshot *snapshot, const char *object, const cohort_bitmap *rows,
                          uint64_t offset, cohort_text *keys, size_t capacity, size_t *n, cohort_error *error);

/**
 * Breaks records down by a field: how many of them have each value. Of a SET each
 * element counts once for every record that has it; empty sets count nowhere.
 *
 * Takes    rows     live records of the object: found in this snapshot, or made by hand;
 *                   NULL: all that live
 *          item     called for each value that occurs, the most frequent first, equally frequent
 *                   ones in their order; last with COHORT_NULL for those without a value, if
 *                   there are any. The value is good during the call: of strings and sets a
 *                   STRING, a reference as the key it names. Non-zero stops, which is no failure
 * Fails    COHORT_NOT_FOUND  no such object or field, or one of the rows is no live record
 *          COHORT_TYPE       the field is the key, or holds points
 *          COHORT_INVALID    snapshot or item is NULL; the bitmap holds rows of another store,
 *                            object or epoch
 *          COHORT_MEMORY     no memory
 * Threads  any number on one snapshot and one bitmap
 * Costs    about a nanosecond a row of repeating strings, some 10 of numbers and 50 of strings that
 *          mostly differ; of a set some 100 an element and tile, more where many rows hold it;
 *          up to 64 bytes a distinct value
 * Since    0.1
 */
COHORT_API cohort_status
cohort_snapshot_breakdown(const cohort_snapshot *snapshot, const char *object, const char *field,
                          const cohort_bitmap *rows,
                          int32_t (*item)(void *context, const cohort_value *value, uint64_t n_rows), void *context,
                          cohort_error *error);

/**
 * A field of a live record.
 *
 * Gives    *value  borrowed from the snapshot; COHORT_NULL if missing and on failure. A reference
 *                  reads as the key it names, a SET gives n_elements only
 * Fails    COHORT_NOT_FOUND  no such object or field, or no live record in that row
 *          COHORT_INVALID    snapshot or value is NULL
 * Since    0.1
 */
COHORT_API cohort_status
cohort_snapshot_value(const cohort_snapshot *snapshot, const char *object, uint32_t row, const char *field,
                      cohort_value *value, cohort_error *error);

/**
 * The elements of a set, bytewise ascending.
 *
 * Takes    elements  place for `capacity` texts; may be NULL if that is 0
 * Gives    *n        how many there are; at most `capacity` are written, borrowed from the snapshot
 * Fails    COHORT_NOT_FOUND  no such object or field, or no live record in that row
 *          COHORT_TYPE       the field is no set
 *          COHORT_INVALID    snapshot, n, or elements for some capacity is NULL
 *          COHORT_MEMORY     no memory
 * Since    0.1
 */
COHORT_API cohort_status
cohort_snapshot_elements(const cohort_snapshot *snapshot, const char *object, uint32_t row, const char *field,
                         cohort_text *elements, size_t capacity, size_t *n, cohort_error *error);

#ifdef __cplusplus
}
#endif

#endif

/*
 * Files: records in from CSV; members out as keys, CSV, JSON lines, a table or a
 * Roaring bitmap; the schema as JSON.
 *
 * Always:  a load is taken whole or leaves the store as it was. Nothing is saved:
 *          cohort_store_save() does that.
 *          Everything is read and written in pieces; a file is never in memory whole,
 *          but the records of a load are, until they are committed.
 */
#ifndef COHORT_IO_H
#define COHORT_IO_H

#include "cohort/base.h"
#include "cohort/bitmap.h"
#include "cohort/evaluate.h"
#include "cohort/segment.h"
#include "cohort/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A name and what it is set to: field and object, field and type, old and new name. Frozen. */
typedef struct cohort_pair {
    const char *name;
    const char *value;
} cohort_pair;

/** Which row of a key counts when a file has several. */
enum { COHORT_DUPLICATES_LAST = 0, COHORT_DUPLICATES_FIRST = 1, COHORT_DUPLICATES_ERROR = 2 };

/** Reads up to `capacity` bytes; returns how many, 0 at the end, negative for a failure. */
typedef int64_t (*cohort_read)(void *context, void *bytes, size_t capacity);

/**
 * How to read a CSV file into an object. Zero or NULL is the default everywhere.
 * Columns are named as in the file in `columns` and the left of `renames`; by their
 * new names everywhere else.
 *
 *   object          the object, declared by the first load into it
 *   path            the file (gzip is recognised by content), or NULL: read / read_context
 *   name            how errors call the input; NULL: the path
 *   key             the column that holds the key; NULL: the key's column of an object that is
 *                   declared, else records have none. row_number instead names a key made
 *                   from the 1-based data row
 *   create_parents  not 0: makes the records that references name and that are not there
 *   home, time, cluster   as in cohort_object
 *   refs            field → object: these columns are references
 *   types           field → bool int decimal(s) money double date timestamp
 *                   string string(nocase) set set(nocase); others are inferred from the whole file
 *   renames         name in the file → name of the field
 *   sets            field → separator: a cell holds several values
 *   points          field → "lat,lon": two columns are one place
 *   columns         only these columns of the file
 *   nulls           further texts that are NULL, beside the empty cell
 *   delimiter       one character; "tab"; "blanks" is runs of spaces and tabs, without quotes; NULL: ","
 *   encoding        "utf-8" (NULL) or "latin1"
 *   date_format     as strptime, several separated by '|'; NULL: ISO 8601
 *   zone            for timestamps without an offset; NULL: UTC
 *   duplicates      which row of a key counts: COHORT_DUPLICATES_LAST, _FIRST, or none: _ERROR
 *   keep_empty      not 0: "" in quotes is an empty text, not NULL
 *   skip_errors     how many bad rows may be left out
 *   progress        bytes done of bytes in all (0 if unknown), those of a file that is read twice
 *                   counted twice; about every 16,384 rows
 */
typedef struct cohort_load_options {
    uint32_t size;
    uint32_t create_parents;
    const char *object;
    const char *path;
    const char *name;
    cohort_read read;
    void *read_context;
    const char *key;
    const char *row_number;
    const char *home;
    const char *time;
    const char *cluster;
    const cohort_pair *refs;
    size_t n_refs;
    const cohort_pair *types;
    size_t n_types;
    const cohort_pair *renames;
    size_t n_renames;
    const cohort_pair *sets;
    size_t n_sets;
    const cohort_pair *points;
    size_t n_points;
    const char *const *columns;
    size_t n_columns;
    const char *const *nulls;
    size_t n_nulls;
    const char *delimiter;
    const char *encoding;
    const char *date_format;
    const char *zone;
    int32_t duplicates;
    uint32_t keep_empty;
    uint64_t skip_errors;
    cohort_progress progress;
    void *progress_context;
} cohort_load_options;

#define COHORT_LOAD_OPTIONS_INIT                                                \
    {                                                                           \
        sizeof(cohort_load_options), 0, NULL, NULL, NULL, NULL, NULL, NULL,     \
        NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0,    \
        NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, NULL           \
    }

/** What a load did. */
typedef struct cohort_load_report cohort_load_report;

/**
 * Loads a CSV file and commits it: whole, or not at all. Declares the object, and
 * fields that the file has and the object has not.
 *
 * A record whose key is there is changed: the file's fields get the file's values,
 * others keep theirs. Records without keys are appended.
 *
 * Takes    options  what to read and how; its strings are read during the call only
 * Gives    *report  may be NULL; yours until cohort_load_report_free(), before the store is closed
 * Fails    COHORT_PARSE      no CSV, or a row with more or fewer cells than the header
 *          COHORT_TYPE, COHORT_OVERFLOW   a value that is not of its type, or does not fit
 *                            For these the text names file, line, column, field and value, and
 *                            error->line and error->column are set
 *          COHORT_EXISTS     a key twice, with COHORT_DUPLICATES_ERROR; or the object is
 *                            declared otherwise
 *          COHORT_NOT_FOUND  the file, a column that an option names, a time zone
 *          COHORT_AMBIGUOUS  two columns of one name
 *          COHORT_INVALID    options that contradict each other or say nothing; no key
 *          COHORT_FULL       the object has no rows left
 *          COHORT_IO, COHORT_CANCELLED, COHORT_MEMORY
 * Threads  waits for other writers when the file has been read; readers are not disturbed
 * Costs    one pass over the file, two where types are inferred; memory for all records
 * Since    0.1     Source  RFC 4180
 */
COHORT_API cohort_status
cohort_store_load_csv(cohort_store *store, const cohort_load_options *options, cohort_load_report **report,
                      cohort_error *error);

/** Frees a report. NULL is allowed. Since 0.1. */
COHORT_API void
cohort_load_report_free(cohort_load_report *report);

/**
 * What became of the rows.
 *
 *   n_rows        data rows in the file
 *   n_inserted    records that are new
 *   n_updated     records of which a value changed
 *   n_unchanged   records that already were so
 *   n_skipped     rows left out for an error
 *   n_duplicates  rows left out for another row of the same key
 *   n_parents     records made because a reference named them
 *   n_rounded     values with more digits than their decimal keeps
 */
typedef struct cohort_load_counts {
    uint32_t size;
    uint32_t reserved;
    uint64_t n_rows;
    uint64_t n_inserted;
    uint64_t n_updated;
    uint64_t n_unchanged;
    uint64_t n_skipped;
    uint64_t n_duplicates;
    uint64_t n_parents;
    uint64_t n_rounded;
} cohort_load_counts;

#define COHORT_LOAD_COUNTS_INIT { sizeof(cohort_load_counts), 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * Tells the numbers of a load.
 *
 * Gives    *counts  begun with COHORT_LOAD_COUNTS_INIT
 * Fails    COHORT_INVALID  a pointer is NULL, or counts has no size
 * Threads  any number may read one report
 * Since    0.1
 */
COHORT_API cohort_status
cohort_load_report_counts(const cohort_load_report *report, cohort_load_counts *counts, cohort_error *error);

/**
 * Tells a type that was inferred: "age int", field and type.
 *
 * Takes    index    0, 1, … in the order of the file
 * Returns  the text, good until the report is freed; NULL past the last one
 * Since    0.1
 */
COHORT_API const char *
cohort_load_report_type(const cohort_load_report *report, size_t index);

/**
 * Tells a row that was left out: "contacts.csv:17:3: column 'age': 'old' is not a
 * whole number", the text that the load would have failed with.
 *
 * Takes    index    0, 1, … in the order of the file
 * Returns  the text, good until the report is freed; NULL past the last one
 * Since    0.1
 */
COHORT_API const char *
cohort_load_report_skipped(const cohort_load_report *report, size_t index);

/** How members are written. */
enum {
    COHORT_FORMAT_KEYS = 0,
    COHORT_FORMAT_CSV = 1,
    COHORT_FORMAT_NDJSON = 2,
    COHORT_FORMAT_TABLE = 3,
    COHORT_FORMAT_ROARING = 4
};

/**
 * What is written of each member.
 *
 *   format     one of the above
 *   columns    value expressions over the object (fields, paths, traits); none:
 *              the key alone for KEYS and ROARING, which take no others, else every field
 *   order_by   expressions with commas between, each with an optional ASC or DESC;
 *              missing values come last (DESC: first), equal ones in row order; NULL: row order
 *   limit      at most this many; 0: all
 *   max_width  TABLE: of a cell in characters; 0: 40
 */
typedef struct cohort_members_options {
    uint32_t size;
    int32_t format;
    const char *const *columns;
    size_t n_columns;
    const char *order_by;
    uint64_t limit;
    uint32_t max_width;
    uint32_t reserved;
} cohort_members_options;

#define COHORT_MEMBERS_OPTIONS_INIT { sizeof(cohort_members_options), 0, NULL, 0, NULL, 0, 0, 0 }

/**
 * Writes who is in a segment.
 *
 *   KEYS     a key a line
 *   CSV      RFC 4180 with a header; a missing value is an empty cell, an empty text ""
 *   NDJSON   a JSON object a line; sets are arrays, points [latitude,longitude], dates text
 *   TABLE    for people: columns of equal width, long values cut, numbers to the right
 *   ROARING  the keys as a bitmap in Roaring's portable format, 32 bits
 *
 * Takes    evaluate   as-of, zone and so on; may be NULL
 *          options    may be NULL: KEYS
 *          write      is called with pieces; see cohort_write
 * Gives    *n_written members written, 0 on failure; may be NULL. What was passed to
 *                     `write` before a failure is not taken back
 * Fails    COHORT_INVALID    an unknown format, columns where the format takes none
 *          COHORT_PARSE, COHORT_NOT_FOUND, COHORT_TYPE, COHORT_AMBIGUOUS, COHORT_UNSUPPORTED
 *                            a column or an order, which the text names; the segment as in cohort_evaluate()
 *          COHORT_TYPE, COHORT_OVERFLOW   ROARING: keys that are text, negative or wider than 32 bits
 *          COHORT_CANCELLED  `write` or `progress` asked to stop
 *          else as cohort_evaluate()
 * Threads  as cohort_evaluate(); `write` is called on the calling thread
 * Costs    the evaluation, 4 bytes a member, values 4,096 members at a time; with order_by
 *          its values for all members; TABLE reads the values twice, to know their widths
 * Since    0.1     Source  RFC 4180, RFC 8259, Roaring format specification
 */
COHORT_API cohort_status
cohort_members_write(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                     const cohort_evaluate_options *evaluate, const cohort_members_options *options,
                     cohort_write write, void *context, uint64_t *n_written, cohort_error *error);

/**
 * Writes objects and fields, with counts and sizes, as one JSON document.
 *
 * Fails    COHORT_INVALID    a pointer is NULL
 *          COHORT_CANCELLED  `write` asked to stop
 *          COHORT_MEMORY
 * Threads  any number on one snapshot
 * Since    0.1     Source  RFC 8259
 */
COHORT_API cohort_status
cohort_snapshot_schema_json(const cohort_snapshot *snapshot, cohort_write write, void *context, cohort_error *error);

#ifdef __cplusplus
}
#endif

#endif

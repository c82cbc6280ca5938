/*
 * Files: records in from CSV, members out as keys, CSV, JSON lines, a table
 * or a Roaring bitmap.
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

/** A name and what it is set to: reference and object, field and type, old and new name. Frozen. */
typedef struct cohort_pair {
    const char *name;
    const char *value;
} cohort_pair;

enum { COHORT_DUPLICATES_LAST = 0, COHORT_DUPLICATES_FIRST = 1, COHORT_DUPLICATES_ERROR = 2 };

/** Reads up to `capacity` bytes; 0 at the end; negative is a failure. */
typedef int64_t (*cohort_read)(void *context, void *bytes, size_t capacity);

/**
 * How to read a CSV file into an object. Zero or NULL is the default everywhere.
 *
 *   path            the file (.gz is recognised by content), or NULL: read / read_context
 *   name            how errors call the input; NULL: the path
 *   key             the column that holds the key; row_number instead names a
 *                   key made from the 1-based data row
 *   refs            field → object: these columns are references
 *   types           field → bool int decimal(s) money double date timestamp
 *                   string string(nocase) set point; others are inferred
 *   renames         name in the file → name of the field
 *   columns         only these columns of the file, by file name
 *   sets            field → separator         points   field → "lat,lon" columns
 *   nulls           further texts that are NULL, beside the empty cell
 *   delimiter       "," ";" "\t" …; "blanks" is runs of spaces; NULL: ","
 *   encoding        "utf-8" or "latin1"
 *   date_format     as strptime; NULL: ISO 8601
 *   zone            for timestamps without an offset; NULL: UTC
 *   skip_errors     how many bad rows may be left out
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
    cohort_progress progress;   /* bytes done of bytes in all (0 if unknown) */
    void *progress_context;
} cohort_load_options;

#define COHORT_LOAD_OPTIONS_INIT                                                \
    {                                                                           \
        sizeof(cohort_load_options), 0, NULL, NULL, NULL, NULL, NULL, NULL,     \
        NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0,    \
        NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, NULL           \
    }

/** What a load did. `notes` borrow from the report and are freed with it. */
typedef struct cohort_load_report cohort_load_report;

/**
 * Loads a CSV file and commits it: whole, or not at all. On failure the error
 * names file, line, column, field and value. *report may be NULL.
 */
COHORT_API cohort_status
cohort_store_load_csv(cohort_store *store, const cohort_load_options *options, cohort_load_report **report,
                      cohort_error *error);

COHORT_API void
cohort_load_report_free(cohort_load_report *report);

/** rows read, inserted, updated, unchanged, skipped, parents created, values rounded. */
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

COHORT_API cohort_status
cohort_load_report_counts(const cohort_load_report *report, cohort_load_counts *counts, cohort_error *error);

/** Line i: "age int", a type that was inferred; or a row left out, with its reason. NULL past the end. */
COHORT_API const char *
cohort_load_report_type(const cohort_load_report *report, size_t index);

COHORT_API const char *
cohort_load_report_skipped(const cohort_load_report *report, size_t index);

enum {
    COHORT_FORMAT_KEYS = 0,
    COHORT_FORMAT_CSV = 1,
    COHORT_FORMAT_NDJSON = 2,
    COHORT_FORMAT_TABLE = 3,
    COHORT_FORMAT_ROARING = 4
};

/**
 *   columns    value expressions over the object (fields, paths, traits); none:
 *              the key alone for KEYS and ROARING, else every field
 *   order_by   expressions, each with optional ASC or DESC; NULL: row order
 *   limit      at most this many; 0: all
 */
typedef struct cohort_members_options {
    uint32_t size;
    int32_t format;
    const char *const *columns;
    size_t n_columns;
    const char *order_by;
    uint64_t limit;
    uint32_t max_width;         /* TABLE: of a cell in characters; 0: 40 */
    uint32_t reserved;
} cohort_members_options;

#define COHORT_MEMBERS_OPTIONS_INIT { sizeof(cohort_members_options), 0, NULL, 0, NULL, 0, 0, 0 }

/** Writes who is in a segment, in the chosen format. `evaluate` gives as-of and zone. */
COHORT_API cohort_status
cohort_members_write(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_segment *segment,
                     const cohort_evaluate_options *evaluate, const cohort_members_options *options,
                     cohort_write write, void *context, uint64_t *n_written, cohort_error *error);

/** Writes objects and fields, with counts and sizes, as one JSON document. */
COHORT_API cohort_status
cohort_snapshot_schema_json(const cohort_snapshot *snapshot, cohort_write write, void *context, cohort_error *error);

#ifdef __cplusplus
}
#endif

#endif

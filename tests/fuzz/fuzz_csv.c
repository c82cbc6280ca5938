/*
 * Any bytes as a CSV file, loaded with options that the first bytes pick:
 *
 *     u8 delimiter and encoding   u8 key and duplicates   u8 types and nulls
 *     u8 errors allowed   u8 what is loaded twice   the file
 *
 * Columns named id, a, b, c, lat, lon and parent get roles where there are such.
 * Whatever is loaded is asked and written out; a load that fails changes nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "support/exercise.h"

enum { HEAD_BYTES = 5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct feed {
    const uint8_t *bytes;
    size_t left;
    size_t piece;
} feed;

static void insist(int condition)
{
    if (!condition)
        abort();
}

static int64_t read_feed(void *context, void *bytes, size_t capacity)
{
    feed *f = context;
    size_t n = f->left < capacity ? f->left : capacity;

    if (n > f->piece)
        n = f->piece;
    memcpy(bytes, f->bytes, n);
    f->bytes += n;
    f->left -= n;
    return (int64_t)n;
}

static const char *const delimiters[] = { NULL, ";", "tab", "blanks", "|" };
static const char *const layouts[] = { NULL, "%d/%m/%Y", "%m/%d/%Y|%Y-%m-%d %H:%M" };
static const cohort_pair types[] = { { "a", "string" },       { "a", "int" },    { "a", "decimal(2)" }, { "a", "money" },
                                     { "a", "double" },       { "a", "date" },   { "a", "timestamp" },  { "a", "bool" },
                                     { "a", "string(nocase)" }, { "a", "set(nocase)" } };
static const cohort_pair sets[] = { { "b", ";" }, { "b", ", " } };
static const cohort_pair points[] = { { "place", "lat,lon" } };
static const cohort_pair refs[] = { { "parent", "thing" }, { "parent", "firm" } };
static const cohort_pair renames[] = { { "c", "a \"name\"" } };
static const char *const nulls[] = { "unknown", "N/A" };

static void pick(cohort_load_options *options, const uint8_t *head, feed *input)
{
    options->object = "thing";
    options->read = read_feed;
    options->read_context = input;
    options->delimiter = delimiters[head[0] % 5];
    options->encoding = head[0] & 64 ? "latin1" : NULL;
    input->piece = head[0] & 128 ? 1 : SIZE_MAX;
    if (head[1] & 1)
        options->row_number = "number";
    else
        options->key = head[1] & 2 ? NULL : "id";
    options->duplicates = (head[1] >> 2) % 3;
    options->create_parents = head[1] >> 4 & 1;
    options->refs = &refs[head[1] >> 5 & 1];
    options->n_refs = head[1] >> 6 & 1;
    options->types = &types[head[2] % 10];
    options->n_types = head[2] >> 4 & 1;
    options->sets = &sets[head[2] >> 5 & 1];
    options->n_sets = head[2] >> 6 & 1;
    options->keep_empty = head[2] >> 7 & 1;
    options->skip_errors = head[3] & 15;
    options->n_points = head[3] >> 4 & 1;
    options->points = points;
    options->n_nulls = head[3] >> 5 & 1 ? 2 : 0;
    options->nulls = nulls;
    options->n_renames = head[3] >> 6 & 1;
    options->renames = renames;
    options->date_format = layouts[head[4] % 3];
    options->zone = head[4] & 16 ? "+05:30" : NULL;
    options->cluster = head[4] & 32 ? "a" : NULL;
    options->home = head[4] & 64 && head[1] >> 6 & 1 ? "parent" : NULL;
}

static uint64_t version_of(cohort_store *store)
{
    cohort_snapshot *snapshot;
    uint64_t version;

    insist(cohort_store_snapshot(store, &snapshot, NULL) == COHORT_OK);
    version = cohort_snapshot_version(snapshot);
    cohort_snapshot_release(snapshot);
    return version;
}

static void load(cohort_store *store, const uint8_t *data, size_t size)
{
    feed input = { data + HEAD_BYTES, size - HEAD_BYTES, SIZE_MAX };
    cohort_load_options options = COHORT_LOAD_OPTIONS_INIT;
    cohort_load_counts counts = COHORT_LOAD_COUNTS_INIT;
    cohort_error error = COHORT_ERROR_INIT;
    cohort_load_report *report;
    const uint64_t before = version_of(store);

    pick(&options, data, &input);
    if (cohort_store_load_csv(store, &options, &report, &error) != COHORT_OK) {
        insist(report == NULL && error.text[0] != 0 && version_of(store) == before);
        return;
    }
    insist(cohort_load_report_counts(report, &counts, NULL) == COHORT_OK);
    insist(counts.n_skipped <= options.skip_errors);
    insist(counts.n_inserted + counts.n_updated + counts.n_unchanged + counts.n_skipped + counts.n_duplicates ==
           counts.n_rows);
    cohort_load_report_free(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cohort_store_options options = COHORT_STORE_OPTIONS_INIT;
    cohort_store *store;

    if (size < HEAD_BYTES)
        return 0;
    options.memory_limit_bytes = UINT64_C(512) * 1024 * 1024;
    insist(cohort_store_open(NULL, &options, &store, NULL) == COHORT_OK);
    load(store, data, size);
    if (data[4] & 128)
        load(store, data, size);
    exercise_store(store);
    cohort_store_close(store);
    return 0;
}

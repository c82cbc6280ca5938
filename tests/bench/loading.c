/*
 * Loads the made-up CRM with every type given, and changes a record of it.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "workload.h"

enum { LONGEST_LINE = 1024 };

static const cohort_pair contact_types[] = {
    { "id", "int" }, { "country", "string" }, { "industry", "string" },  { "stage", "string" }, { "age", "int" },
    { "revenue", "money" },  { "signup", "date" },      { "opt_in", "bool" },  { "tags", "set" },
    { "city", "string" },    { "score", "int" },
};
static const cohort_pair contact_sets[] = { { "tags", ";" } };
static const cohort_pair event_types[] = { { "type", "string" }, { "at", "timestamp" }, { "amount", "decimal(2)" } };
static const cohort_pair case_types[] = { { "case_id", "int" }, { "priority", "string" }, { "status", "string" },
                                          { "opened", "timestamp" } };
static const cohort_pair to_contact[] = { { "contact", "contact" } };

static const cohort_load_options files[] = {
    { .size = sizeof(cohort_load_options), .object = "contact", .name = "contacts.csv", .key = "id", .keep_empty = 1,
      .types = contact_types, .n_types = 11, .sets = contact_sets, .n_sets = 1 },
    { .size = sizeof(cohort_load_options), .object = "event", .name = "events.csv", .time = "at", .cluster = "type",
      .types = event_types, .n_types = 3, .refs = to_contact, .n_refs = 1 },
    { .size = sizeof(cohort_load_options), .object = "case", .name = "cases.csv", .key = "case_id", .time = "opened",
      .types = case_types, .n_types = 4, .refs = to_contact, .n_refs = 1 },
};

static void print_step(const char *step, const char *what, uint64_t n, cost spent)
{
    printf("%s\t%s\t%" PRIu64 "\t%" PRId64 "\t%" PRId64 "\n", step, what, n, spent.cpu_ns, spent.wall_ns);
    fflush(stdout);
}

/* What the files of a folder take, those of folders in it not counted. */
static uint64_t folder_bytes(const char *folder)
{
    DIR *listing = opendir(folder);
    const struct dirent *entry;
    uint64_t bytes = 0;

    while (listing != NULL && (entry = readdir(listing)) != NULL) {
        struct stat file;
        char path[1024];

        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &file) == 0 && S_ISREG(file.st_mode))
            bytes += (uint64_t)file.st_size;
    }
    if (listing != NULL)
        closedir(listing);
    return bytes;
}

/* Builds the index of keys that the first look-up needs; the key need not exist. */
static void index_keys(bench *b, const char *object)
{
    const cohort_value key = { .type = COHORT_INT, .number = 1 };
    cohort_snapshot *now = NULL;
    uint32_t row;

    must(cohort_store_snapshot(b->store, &now, NULL), NULL, "snapshot");
    cohort_snapshot_row(now, object, &key, &row, NULL);
    cohort_snapshot_release(now);
}

/* A CSV file in pieces, each with the file's header before its rows. */
typedef struct pieces {
    FILE *file;
    char header[LONGEST_LINE];
    size_t header_done;
    uint64_t rest;              /* bytes that the piece may still have; it ends with a line */
    uint64_t piece_bytes;
} pieces;

static uint64_t file_bytes(const char *path)
{
    struct stat file;

    return stat(path, &file) == 0 ? (uint64_t)file.st_size : 0;
}

static void open_pieces(pieces *p, const char *path, unsigned n)
{
    p->file = fopen(path, "rb");
    if (p->file == NULL || fgets(p->header, sizeof p->header, p->file) == NULL) {
        perror(path);
        exit(1);
    }
    p->piece_bytes = file_bytes(path) / n + 1;
}

/* Goes on to the next piece; false if there is none. */
static bool begin_piece(pieces *p)
{
    const int next = getc(p->file);

    if (next == EOF)
        return false;
    ungetc(next, p->file);
    p->header_done = 0;
    p->rest = p->piece_bytes;
    return true;
}

/* Finishes the line at which the piece ends. */
static size_t end_of_line(pieces *p, char *bytes)
{
    return fgets(bytes, LONGEST_LINE, p->file) != NULL ? strlen(bytes) : 0;
}

static int64_t read_piece(void *context, void *bytes, size_t capacity)
{
    pieces *p = context;
    const size_t header = strlen(p->header) - p->header_done;
    size_t n = 0;

    if (header > 0) {
        n = header < capacity ? header : capacity;
        memcpy(bytes, p->header + p->header_done, n);
        p->header_done += n;
    } else if (p->rest > 0 && capacity > LONGEST_LINE) {
        const size_t room = capacity - LONGEST_LINE;

        n = fread(bytes, 1, room < p->rest ? room : (size_t)p->rest, p->file);
        p->rest -= n;
        if (p->rest == 0 && n > 0 && ((char *)bytes)[n - 1] != '\n')
            n += end_of_line(p, (char *)bytes + n);
    }
    return (int64_t)n;
}

/* Loads one piece, or the whole file if it is in one; returns its rows. */
static uint64_t load_part(bench *b, const cohort_load_options *options)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_load_report *report = NULL;
    cohort_load_counts counts = COHORT_LOAD_COUNTS_INIT;

    must(cohort_store_load_csv(b->store, options, &report, &error), &error, options->name);
    must(cohort_load_report_counts(report, &counts, &error), &error, options->name);
    cohort_load_report_free(report);
    return counts.n_rows;
}

static uint64_t load_parts(bench *b, const char *path, cohort_load_options options, unsigned n_batches)
{
    pieces p = { 0 };
    uint64_t n = 0;

    if (n_batches <= 1) {
        options.path = path;
        return load_part(b, &options);
    }
    open_pieces(&p, path, n_batches);
    options.read = read_piece;
    options.read_context = &p;
    while (begin_piece(&p))
        n += load_part(b, &options);
    fclose(p.file);
    return n;
}

static void load_file(bench *b, const char *folder, const char *store, const cohort_load_options *file,
                      unsigned n_batches)
{
    cohort_error error = COHORT_ERROR_INIT;
    char path[1024];
    uint64_t n;
    cost start;

    snprintf(path, sizeof path, "%s/%s", folder, file->name);
    if (file_bytes(path) == 0)
        return;
    start = cost_now();
    n = load_parts(b, path, *file, file->key != NULL ? 1 : n_batches);
    if (file->key != NULL)
        index_keys(b, file->object);
    print_step("load", file->object, n, cost_since(start));

    start = cost_now();
    must(cohort_store_save(b->store, &error), &error, "save");
    print_step("save", file->object, n, cost_since(start));
    printf("resident\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", file->object, b->store_bytes, resident_bytes(),
           folder_bytes(store));
    fflush(stdout);
}

void load_folder(bench *b, const char *folder, const char *path, unsigned n_batches)
{
    const cohort_store_options options = { .size = sizeof options, .create = 1, .allocator = &b->store_memory };
    cohort_error error = COHORT_ERROR_INIT;

    must(cohort_store_open(path, &options, &b->store, &error), &error, path);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        load_file(b, folder, path, &files[i], n_batches);
}

void change_one(bench *b, unsigned repeats)
{
    static const char *const fields[] = { "score", "city" };
    const uint64_t n = cohort_snapshot_count(b->snapshot, "contact");
    cohort_error error = COHORT_ERROR_INIT;
    cohort_batch *batch = NULL;
    cost costs[MOST_REPEATS];

    must(cohort_batch_new(b->store, &batch, &error), &error, "batch");
    for (unsigned i = 0; i <= repeats; i++) {
        const cohort_value key = { .type = COHORT_INT, .number = (int64_t)(n * i / (repeats + 1)) + 1 };
        const cohort_value values[] = { { .type = COHORT_INT, .number = 2000 + i },
                                        { .type = COHORT_STRING, .text = { "elsewhere", 9 } } };
        const cost start = cost_now();

        must(cohort_batch_upsert(batch, "contact", &key, 2, fields, values, &error), &error, "upsert");
        must(cohort_batch_commit(batch, NULL, &error), &error, "commit");
        if (i > 0)              /* the first one builds the index of keys */
            costs[i - 1] = cost_since(start);
    }
    cohort_batch_free(batch);
    print_step("upsert", "contact", n, cost_median(costs, repeats));
}

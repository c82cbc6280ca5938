/*
 * Loads the made-up CRM with every type given, and changes a record of it.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "workload.h"

static const cohort_pair contact_types[] = {
    { "country", "string" }, { "industry", "string" },  { "stage", "string" }, { "age", "int" },
    { "revenue", "money" },  { "signup", "date" },      { "opt_in", "bool" },  { "tags", "set" },
    { "city", "string" },    { "score", "int" },
};
static const cohort_pair contact_sets[] = { { "tags", ";" } };
static const cohort_pair event_types[] = { { "type", "string" }, { "at", "timestamp" }, { "amount", "decimal(2)" } };
static const cohort_pair case_types[] = { { "priority", "string" }, { "status", "string" }, { "opened", "timestamp" } };
static const cohort_pair to_contact[] = { { "contact", "contact" } };

static const cohort_load_options files[] = {
    { .size = sizeof(cohort_load_options), .object = "contact", .name = "contacts.csv", .key = "id", .keep_empty = 1,
      .types = contact_types, .n_types = 10, .sets = contact_sets, .n_sets = 1 },
    { .size = sizeof(cohort_load_options), .object = "event", .name = "events.csv", .time = "at", .cluster = "type",
      .types = event_types, .n_types = 3, .refs = to_contact, .n_refs = 1 },
    { .size = sizeof(cohort_load_options), .object = "case", .name = "cases.csv", .key = "case_id", .time = "opened",
      .types = case_types, .n_types = 3, .refs = to_contact, .n_refs = 1 },
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

static void load_file(bench *b, const char *folder, const char *store, const cohort_load_options *file)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_load_options options = *file;
    cohort_load_report *report = NULL;
    cohort_load_counts counts = COHORT_LOAD_COUNTS_INIT;
    char path[1024];
    FILE *there;
    cost start;

    snprintf(path, sizeof path, "%s/%s", folder, file->name);
    there = fopen(path, "r");
    if (there == NULL)
        return;
    fclose(there);
    options.path = path;

    start = cost_now();
    must(cohort_store_load_csv(b->store, &options, &report, &error), &error, path);
    if (file->key != NULL)
        index_keys(b, file->object);
    must(cohort_load_report_counts(report, &counts, &error), &error, path);
    print_step("load", file->object, counts.n_rows, cost_since(start));
    cohort_load_report_free(report);

    start = cost_now();
    must(cohort_store_save(b->store, &error), &error, "save");
    print_step("save", file->object, counts.n_rows, cost_since(start));
    printf("resident\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", file->object, b->store_bytes, resident_bytes(),
           folder_bytes(store));
    fflush(stdout);
}

void load_folder(bench *b, const char *folder, const char *path)
{
    const cohort_store_options options = { .size = sizeof options, .create = 1, .allocator = &b->store_memory };
    cohort_error error = COHORT_ERROR_INIT;

    must(cohort_store_open(path, &options, &b->store, &error), &error, path);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        load_file(b, folder, path, &files[i]);
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

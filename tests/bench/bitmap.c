/*
 * Our bitmaps and CRoaring's on the same sets, operation by operation.
 *
 * Used:    bench_bitmap FOLDER…  each with text files of integers, one set a
 *          file, separated by commas (the real-roaring-datasets, unpacked)
 * Gives:   a line an operation: nanoseconds per value of the input for both, and
 *          how many times faster ours is. The answers are compared first.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bitmap/bitmap.h"

#ifdef CO_TEST_WITH_ROARING

#include <roaring/roaring.h>

enum { MOST_SETS = 256, REPEATS = 7 };

typedef struct bench {
    co_memory memory;
    size_t n;
    uint64_t n_values;
    co_bitmap ours[MOST_SETS];
    roaring_bitmap_t *theirs[MOST_SETS];
} bench;

static double now_ns(void)
{
    struct timespec t;

    /* Of this process, so that what else runs on the machine counts little. */
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int read_set(bench *b, const char *path)
{
    FILE *file = fopen(path, "r");
    co_bitmap *ours = &b->ours[b->n];
    roaring_bitmap_t *theirs = roaring_bitmap_create();
    unsigned long value;

    if (file == NULL)
        return -1;
    co_bitmap_init(ours, &b->memory);
    while (fscanf(file, "%lu%*[,\n ]", &value) >= 1) {
        if (co_bitmap_add(ours, (uint32_t)value, NULL) != COHORT_OK)
            exit(3);
        roaring_bitmap_add(theirs, (uint32_t)value);
    }
    fclose(file);
    if (co_bitmap_optimise(ours) != COHORT_OK)
        exit(3);
    roaring_bitmap_run_optimize(theirs);
    roaring_bitmap_shrink_to_fit(theirs);
    b->n_values += co_bitmap_count(ours);
    b->theirs[b->n++] = theirs;
    return 0;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void read_sets(bench *b, const char *folder)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    char *names[MOST_SETS];
    size_t n = 0;

    while (entries != NULL && (entry = readdir(entries)) != NULL && n < MOST_SETS) {
        if (strstr(entry->d_name, ".txt") != NULL) {
            names[n] = malloc(strlen(folder) + strlen(entry->d_name) + 2);
            sprintf(names[n++], "%s/%s", folder, entry->d_name);
        }
    }
    if (entries != NULL)
        closedir(entries);
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        if (read_set(b, names[i]) != 0)
            fprintf(stderr, "cannot read %s\n", names[i]);
        free(names[i]);
    }
}

/* ---- operations: each gives a number that both must agree on ---- */

typedef uint64_t operation(bench *b);

static uint64_t pairs_ours(bench *b, co_set_operation operation)
{
    uint64_t total = 0;
    co_bitmap out;

    co_bitmap_init(&out, &b->memory);
    for (size_t i = 0; i + 1 < b->n; i++) {
        if (co_bitmap_combine(operation, &b->ours[i], &b->ours[i + 1], &out) != COHORT_OK)
            exit(3);
        total += co_bitmap_count(&out);
    }
    co_bitmap_clear(&out);
    return total;
}

typedef roaring_bitmap_t *combiner(const roaring_bitmap_t *a, const roaring_bitmap_t *b);

static uint64_t pairs_theirs(bench *b, combiner *combine)
{
    uint64_t total = 0;

    for (size_t i = 0; i + 1 < b->n; i++) {
        roaring_bitmap_t *out = combine(b->theirs[i], b->theirs[i + 1]);

        total += roaring_bitmap_get_cardinality(out);
        roaring_bitmap_free(out);
    }
    return total;
}

static uint64_t and_ours(bench *b) { return pairs_ours(b, CO_AND); }
static uint64_t or_ours(bench *b) { return pairs_ours(b, CO_OR); }
static uint64_t xor_ours(bench *b) { return pairs_ours(b, CO_XOR); }
static uint64_t andnot_ours(bench *b) { return pairs_ours(b, CO_ANDNOT); }
static uint64_t and_theirs(bench *b) { return pairs_theirs(b, roaring_bitmap_and); }
static uint64_t or_theirs(bench *b) { return pairs_theirs(b, roaring_bitmap_or); }
static uint64_t xor_theirs(bench *b) { return pairs_theirs(b, roaring_bitmap_xor); }
static uint64_t andnot_theirs(bench *b) { return pairs_theirs(b, roaring_bitmap_andnot); }

static uint64_t and_count_ours(bench *b)
{
    uint64_t total = 0;

    for (size_t i = 0; i + 1 < b->n; i++)
        total += co_bitmap_combine_count(CO_AND, &b->ours[i], &b->ours[i + 1]);
    return total;
}

static uint64_t and_count_theirs(bench *b)
{
    uint64_t total = 0;

    for (size_t i = 0; i + 1 < b->n; i++)
        total += roaring_bitmap_and_cardinality(b->theirs[i], b->theirs[i + 1]);
    return total;
}

static uint64_t or_many_ours(bench *b)
{
    const co_bitmap *sets[MOST_SETS];
    co_bitmap out;

    for (size_t i = 0; i < b->n; i++)
        sets[i] = &b->ours[i];
    co_bitmap_init(&out, &b->memory);
    if (co_bitmap_or_many(sets, b->n, &out) != COHORT_OK)
        exit(3);
    const uint64_t total = co_bitmap_count(&out);

    co_bitmap_clear(&out);
    return total;
}

static uint64_t or_many_theirs(bench *b)
{
    roaring_bitmap_t *out = roaring_bitmap_or_many(b->n, (const roaring_bitmap_t **)b->theirs);
    const uint64_t total = roaring_bitmap_get_cardinality(out);

    roaring_bitmap_free(out);
    return total;
}

static uint64_t list_ours(bench *b)
{
    uint64_t total = 0;

    for (size_t i = 0; i < b->n; i++) {
        const size_t n = (size_t)co_bitmap_count(&b->ours[i]);
        uint32_t *rows = malloc(n * sizeof *rows + 1);

        total += co_bitmap_rows(&b->ours[i], 0, rows, n) + rows[n / 2];
        free(rows);
    }
    return total;
}

static uint64_t list_theirs(bench *b)
{
    uint64_t total = 0;

    for (size_t i = 0; i < b->n; i++) {
        const size_t n = (size_t)roaring_bitmap_get_cardinality(b->theirs[i]);
        uint32_t *rows = malloc(n * sizeof *rows + 1);

        roaring_bitmap_to_uint32_array(b->theirs[i], rows);
        total += n + rows[n / 2];
        free(rows);
    }
    return total;
}

static uint64_t walk_ours(bench *b)
{
    uint64_t total = 0;
    uint32_t row;

    for (size_t i = 0; i < b->n; i++) {
        co_bitmap_cursor cursor = co_bitmap_cursor_of(&b->ours[i]);

        while (co_cursor_next(&cursor, &row))
            total += row;
    }
    return total;
}

static uint64_t walk_theirs(bench *b)
{
    uint64_t total = 0;

    for (size_t i = 0; i < b->n; i++) {
        roaring_uint32_iterator_t *walker = roaring_create_iterator(b->theirs[i]);

        for (; walker->has_value; roaring_advance_uint32_iterator(walker))
            total += walker->current_value;
        roaring_free_uint32_iterator(walker);
    }
    return total;
}

static uint64_t bytes_ours(bench *b)
{
    uint64_t total = 0;

    for (size_t i = 0; i < b->n; i++) {
        const size_t size = co_bitmap_portable_bytes(&b->ours[i]);
        void *bytes = malloc(size);
        co_bitmap read;
        size_t used;

        co_bitmap_init(&read, &b->memory);
        co_bitmap_write_portable(&b->ours[i], bytes);
        if (co_bitmap_read_portable(bytes, size, &read, &used, NULL) != COHORT_OK)
            exit(3);
        total += size + co_bitmap_count(&read);
        co_bitmap_clear(&read);
        free(bytes);
    }
    return total;
}

static uint64_t bytes_theirs(bench *b)
{
    uint64_t total = 0;

    for (size_t i = 0; i < b->n; i++) {
        const size_t size = roaring_bitmap_portable_size_in_bytes(b->theirs[i]);
        char *bytes = malloc(size);

        roaring_bitmap_portable_serialize(b->theirs[i], bytes);
        roaring_bitmap_t *read = roaring_bitmap_portable_deserialize_safe(bytes, size);

        total += size + roaring_bitmap_get_cardinality(read);
        roaring_bitmap_free(read);
        free(bytes);
    }
    return total;
}

typedef struct line {
    const char *name;
    operation *ours;
    operation *theirs;
} line;

static const line lines[] = {
    { "and", and_ours, and_theirs },
    { "or", or_ours, or_theirs },
    { "xor", xor_ours, xor_theirs },
    { "andnot", andnot_ours, andnot_theirs },
    { "and_count", and_count_ours, and_count_theirs },
    { "or_many", or_many_ours, or_many_theirs },
    { "list", list_ours, list_theirs },
    { "walk", walk_ours, walk_theirs },
    { "write+read", bytes_ours, bytes_theirs },
};

static double best_ns(bench *b, operation *operation)
{
    double best = 1e300;

    for (unsigned i = 0; i < REPEATS; i++) {
        const double start = now_ns();

        operation(b);
        const double took = now_ns() - start;

        best = took < best ? took : best;
    }
    return best;
}

static int measure(const char *folder)
{
    static bench b;
    int wrong = 0;

    memset(&b, 0, sizeof b);
    co_memory_init(&b.memory, NULL, 0);
    read_sets(&b, folder);
    printf("%s: %zu sets, %llu values, kernel %s\n", folder, b.n, (unsigned long long)b.n_values,
           co_kernel_now()->name);
    for (size_t i = 0; b.n > 1 && i < sizeof lines / sizeof lines[0]; i++) {
        const uint64_t ours = lines[i].ours(&b);
        const uint64_t theirs = lines[i].theirs(&b);
        const double our_ns = best_ns(&b, lines[i].ours) / (double)b.n_values;
        const double their_ns = best_ns(&b, lines[i].theirs) / (double)b.n_values;

        wrong += ours != theirs;
        printf("  %-11s %9.4f %9.4f ns/value %7.2fx%s\n", lines[i].name, our_ns, their_ns, their_ns / our_ns,
               ours == theirs ? "" : "  DIFFERENT ANSWERS");
    }
    for (size_t i = 0; i < b.n; i++) {
        co_bitmap_clear(&b.ours[i]);
        roaring_bitmap_free(b.theirs[i]);
    }
    return wrong;
}

int main(int n_arguments, char **arguments)
{
    int wrong = 0;

    for (int i = 1; i < n_arguments; i++)
        wrong += measure(arguments[i]);
    return wrong != 0;
}

#else

int main(void)
{
    puts("skipped: built without CRoaring, nothing to compare with");
    return 0;
}

#endif

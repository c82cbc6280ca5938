/*
 * Our bitmaps and CRoaring's on the same sets, operation by operation, in one
 * process: answers are compared, then both are timed by turns.
 *
 * Used:    bench_bitmap [--kernel NAME] [--only OPERATION] [--on NAME] [--times] [--memory] FOLDER…
 *          each folder with text files of integers, one set a file, separated by
 *          commas (the real-roaring-datasets, unpacked); made-up sets come along.
 *          tests/bench/bitmap.sh unpacks and runs all of it.
 * Gives:   how many times faster ours is, a row an operation and a column a
 *          collection of sets; nanoseconds per value of the input with --times; the
 *          memory of both, alone with --memory. Times are of this process, the median
 *          of several turns.
 * Always:  memory is what the C library counts as given out, and that counts the
 *          small blocks it keeps aside for a thread: without those, which is how
 *          bitmap.sh asks for it, the count is exact.
 */
#include <dirent.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bitmap/bitmap.h"
#include "support/random.h"

#ifdef CO_TEST_WITH_ROARING

#include <roaring/roaring.h>

#ifndef CROARING_DEPRECATED
/* As they were called before, when what was read could not be checked either. */
#  define roaring_iterator_create roaring_create_iterator
#  define roaring_uint32_iterator_advance roaring_advance_uint32_iterator
#  define roaring_uint32_iterator_free roaring_free_uint32_iterator
#  define roaring_bitmap_internal_validate(bitmap, reason) ((void)(reason), true)
#endif

enum { MOST_SETS = 256, MOST_COLLECTIONS = 16, TURNS = 9, PROBES = 512 };

typedef struct collection {
    char name[32];
    co_memory memory;
    size_t n;
    uint64_t n_values;
    uint32_t *values[MOST_SETS];        /* rising */
    size_t n_of[MOST_SETS];
    uint32_t *probes[MOST_SETS];        /* PROBES of each, every other one a value */
    co_bitmap ours[MOST_SETS];
    roaring_bitmap_t *theirs[MOST_SETS];
    uint8_t *written[MOST_SETS];
    size_t n_written[MOST_SETS];
    size_t our_bytes;                   /* of heap, both optimised and shrunk */
    size_t their_bytes;
} collection;

static double now_ns(void)
{
    struct timespec t;

    /* Of this process, so that what else runs on the machine counts little. */
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void must(bool fine)
{
    if (!fine) {
        fputs("out of memory, or something does not work\n", stderr);
        exit(3);
    }
}

static size_t heap_bytes(void)
{
    const struct mallinfo2 heap = mallinfo2();

    return heap.uordblks + heap.hblkhd;
}

/* ---- collections ---- */

static void take_values(collection *c, uint32_t *values, size_t n)
{
    must(n != 0 && c->n < MOST_SETS);
    c->values[c->n] = values;
    c->n_of[c->n++] = n;
    c->n_values += n;
}

static void read_values(collection *c, const char *path)
{
    FILE *file = fopen(path, "r");
    size_t room = 1024;
    size_t n = 0;
    uint32_t *values = malloc(room * sizeof *values);
    unsigned long value;

    must(file != NULL && values != NULL);
    while (fscanf(file, "%lu%*[,\n ]", &value) >= 1) {
        if (n == room)
            values = realloc(values, (room *= 2) * sizeof *values);
        must(values != NULL);
        values[n++] = (uint32_t)value;
    }
    fclose(file);
    take_values(c, values, n);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void read_folder(collection *c, const char *folder)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    char *names[MOST_SETS];
    size_t n = 0;

    while (entries != NULL && (entry = readdir(entries)) != NULL && n < MOST_SETS) {
        if (strstr(entry->d_name, ".txt") != NULL) {
            names[n] = malloc(strlen(folder) + strlen(entry->d_name) + 2);
            must(names[n] != NULL);
            sprintf(names[n++], "%s/%s", folder, entry->d_name);
        }
    }
    if (entries != NULL)
        closedir(entries);
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        read_values(c, names[i]);
        free(names[i]);
    }
}

/* Made-up sets: at each place a row or not, then so far to the next place. */
typedef struct recipe {
    const char *name;
    size_t n_sets;
    uint32_t n_rows;            /* of the row space */
    uint32_t most_together;     /* rows in a stretch: 1 to this */
    uint32_t most_apart;        /* and to the next stretch: 1 to this */
    uint32_t first_apart;       /* likewise in every other set; 0: the same */
} recipe;

static const recipe recipes[] = {
    { "dense", 16, 8 << 16, 1, 5, 0 },
    { "sparse", 64, 256 << 16, 1, 1100, 0 },
    { "runs", 64, 16 << 16, 300, 500, 0 },
    { "tiny", 64, 8192 << 16, 1, 60000, 0 },
    { "uneven", 32, 32 << 16, 1, 4000, 40 },
    { "mixed", 32, 16 << 16, 3, 10, 600 },
};

enum { N_RECIPES = sizeof recipes / sizeof recipes[0] };

static void make_up(collection *c, const recipe *r)
{
    co_random random = co_random_of(7);

    for (size_t i = 0; i < r->n_sets; i++) {
        const uint32_t apart = i % 2 == 0 && r->first_apart != 0 ? r->first_apart : r->most_apart;
        uint32_t *values = malloc(r->n_rows * sizeof *values);
        size_t n = 0;
        uint64_t row = co_random_below(&random, apart);

        must(values != NULL);
        while (row < r->n_rows) {
            const uint64_t end = row + 1 + co_random_below(&random, r->most_together);

            for (; row < end && row < r->n_rows; row++)
                values[n++] = (uint32_t)row;
            row += 1 + co_random_below(&random, apart);
        }
        values = realloc(values, n * sizeof *values);
        take_values(c, values, n);
    }
}

static void make_ours(collection *c)
{
    for (size_t i = 0; i < c->n; i++) {
        co_bitmap_init(&c->ours[i], &c->memory);
        must(co_bitmap_add_rows(&c->ours[i], c->values[i], c->n_of[i]) == COHORT_OK);
        must(co_bitmap_optimise(&c->ours[i]) == COHORT_OK);
    }
}

static void make_theirs(collection *c)
{
    for (size_t i = 0; i < c->n; i++) {
        c->theirs[i] = roaring_bitmap_of_ptr(c->n_of[i], c->values[i]);
        roaring_bitmap_run_optimize(c->theirs[i]);
        roaring_bitmap_shrink_to_fit(c->theirs[i]);
    }
}

static void drop_both(collection *c)
{
    for (size_t i = 0; i < c->n; i++) {
        co_bitmap_clear(&c->ours[i]);
        roaring_bitmap_free(c->theirs[i]);
    }
}

/* Keeps what they write for reading; ours, read by them, is the same set. */
static void write_both(collection *c, size_t i)
{
    const size_t n_ours = co_bitmap_portable_bytes(&c->ours[i]);
    char *ours = malloc(n_ours);
    roaring_bitmap_t *read;

    c->n_written[i] = roaring_bitmap_portable_size_in_bytes(c->theirs[i]);
    c->written[i] = malloc(c->n_written[i]);
    must(ours != NULL && c->written[i] != NULL);
    roaring_bitmap_portable_serialize(c->theirs[i], (char *)c->written[i]);
    co_bitmap_write_portable(&c->ours[i], ours);
    read = roaring_bitmap_portable_deserialize_safe(ours, n_ours);
    must(read != NULL && roaring_bitmap_equals(read, c->theirs[i]));
    roaring_bitmap_free(read);
    free(ours);
}

static void build_both(collection *c)
{
    co_random random = co_random_of(11);
    size_t before;

    /* Once for nothing: what the C library keeps of freed blocks it then has kept already. */
    make_ours(c);
    make_theirs(c);
    drop_both(c);
    before = heap_bytes();
    make_ours(c);
    /* The handle of each, which is ours to place here and theirs to allocate. */
    c->our_bytes = heap_bytes() - before + c->n * sizeof(co_bitmap);
    before = heap_bytes();
    make_theirs(c);
    c->their_bytes = heap_bytes() - before;
    for (size_t i = 0; i < c->n; i++) {
        const uint32_t greatest = c->values[i][c->n_of[i] - 1];

        c->probes[i] = malloc(PROBES * sizeof(uint32_t));
        must(c->probes[i] != NULL);
        write_both(c, i);
        for (size_t p = 0; p < PROBES; p++)
            c->probes[i][p] = p % 2 == 0 ? c->values[i][co_random_below(&random, c->n_of[i])]
                                         : (uint32_t)co_random_below(&random, (uint64_t)greatest + 1);
    }
}

static void free_collection(collection *c)
{
    drop_both(c);
    for (size_t i = 0; i < c->n; i++) {
        free(c->values[i]);
        free(c->probes[i]);
        free(c->written[i]);
    }
}

/* ---- operations: each gives a number that both must agree on ---- */

typedef uint64_t operation(collection *c);

#define DEFINE_PAIRS(name, code, combine)                                                       \
    static uint64_t name##_ours(collection *c)                                                  \
    {                                                                                           \
        uint64_t total = 0;                                                                     \
        co_bitmap out;                                                                          \
                                                                                                \
        co_bitmap_init(&out, &c->memory);                                                       \
        for (size_t i = 0; i + 1 < c->n; i++) {                                                 \
            must(co_bitmap_combine(code, &c->ours[i], &c->ours[i + 1], &out) == COHORT_OK);     \
            total += co_bitmap_count(&out);                                                     \
            co_bitmap_clear(&out);                                                              \
        }                                                                                       \
        return total;                                                                           \
    }                                                                                           \
                                                                                                \
    static uint64_t name##_theirs(collection *c)                                                \
    {                                                                                           \
        uint64_t total = 0;                                                                     \
                                                                                                \
        for (size_t i = 0; i + 1 < c->n; i++) {                                                 \
            roaring_bitmap_t *out = combine(c->theirs[i], c->theirs[i + 1]);                    \
                                                                                                \
            total += roaring_bitmap_get_cardinality(out);                                       \
            roaring_bitmap_free(out);                                                           \
        }                                                                                       \
        return total;                                                                           \
    }                                                                                           \
                                                                                                \
    static uint64_t name##_count_ours(collection *c)                                            \
    {                                                                                           \
        uint64_t total = 0;                                                                     \
                                                                                                \
        for (size_t i = 0; i + 1 < c->n; i++)                                                   \
            total += co_bitmap_combine_count(code, &c->ours[i], &c->ours[i + 1]);               \
        return total;                                                                           \
    }                                                                                           \
                                                                                                \
    static uint64_t name##_count_theirs(collection *c)                                          \
    {                                                                                           \
        uint64_t total = 0;                                                                     \
                                                                                                \
        for (size_t i = 0; i + 1 < c->n; i++)                                                   \
            total += combine##_cardinality(c->theirs[i], c->theirs[i + 1]);                     \
        return total;                                                                           \
    }

DEFINE_PAIRS(and, CO_AND, roaring_bitmap_and)
DEFINE_PAIRS(or, CO_OR, roaring_bitmap_or)
DEFINE_PAIRS(xor, CO_XOR, roaring_bitmap_xor)
DEFINE_PAIRS(andnot, CO_ANDNOT, roaring_bitmap_andnot)

static uint64_t or_many_ours(collection *c)
{
    const co_bitmap *sets[MOST_SETS];
    co_bitmap out;

    for (size_t i = 0; i < c->n; i++)
        sets[i] = &c->ours[i];
    co_bitmap_init(&out, &c->memory);
    must(co_bitmap_or_many(sets, c->n, &out) == COHORT_OK);
    const uint64_t total = co_bitmap_count(&out);

    co_bitmap_clear(&out);
    return total;
}

static uint64_t or_many_theirs(collection *c)
{
    roaring_bitmap_t *out = roaring_bitmap_or_many(c->n, (const roaring_bitmap_t **)c->theirs);
    const uint64_t total = roaring_bitmap_get_cardinality(out);

    roaring_bitmap_free(out);
    return total;
}

static uint64_t contains_ours(collection *c)
{
    uint64_t total = 0;

    for (size_t i = 0; i < c->n; i++) {
        for (size_t p = 0; p < PROBES; p++)
            total += co_bitmap_contains(&c->ours[i], c->probes[i][p]);
    }
    return total;
}

static uint64_t contains_theirs(collection *c)
{
    uint64_t total = 0;

    for (size_t i = 0; i < c->n; i++) {
        for (size_t p = 0; p < PROBES; p++)
            total += roaring_bitmap_contains(c->theirs[i], c->probes[i][p]);
    }
    return total;
}

static uint64_t list_ours(collection *c)
{
    uint64_t total = 0;

    for (size_t i = 0; i < c->n; i++) {
        const size_t n = (size_t)co_bitmap_count(&c->ours[i]);
        uint32_t *rows = malloc(n * sizeof *rows + 1);

        must(rows != NULL);
        total += co_bitmap_rows(&c->ours[i], 0, rows, n) + rows[n / 2];
        free(rows);
    }
    return total;
}

static uint64_t list_theirs(collection *c)
{
    uint64_t total = 0;

    for (size_t i = 0; i < c->n; i++) {
        const size_t n = (size_t)roaring_bitmap_get_cardinality(c->theirs[i]);
        uint32_t *rows = malloc(n * sizeof *rows + 1);

        must(rows != NULL);
        roaring_bitmap_to_uint32_array(c->theirs[i], rows);
        total += n + rows[n / 2];
        free(rows);
    }
    return total;
}

static uint64_t walk_ours(collection *c)
{
    uint64_t total = 0;
    uint32_t row;

    for (size_t i = 0; i < c->n; i++) {
        co_bitmap_cursor cursor = co_bitmap_cursor_of(&c->ours[i]);

        while (co_cursor_next(&cursor, &row))
            total += row;
    }
    return total;
}

static uint64_t walk_theirs(collection *c)
{
    uint64_t total = 0;

    for (size_t i = 0; i < c->n; i++) {
        roaring_uint32_iterator_t *walker = roaring_iterator_create(c->theirs[i]);

        for (; walker->has_value; roaring_uint32_iterator_advance(walker))
            total += walker->current_value;
        roaring_uint32_iterator_free(walker);
    }
    return total;
}

/* That each can read what the other wrote is seen once, in build_both. */
static uint64_t write_ours(collection *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const size_t size = co_bitmap_portable_bytes(&c->ours[i]);
        uint8_t *bytes = malloc(size);

        must(bytes != NULL);
        co_bitmap_write_portable(&c->ours[i], bytes);
        free(bytes);
    }
    return c->n;
}

static uint64_t write_theirs(collection *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const size_t size = roaring_bitmap_portable_size_in_bytes(c->theirs[i]);
        char *bytes = malloc(size);

        must(bytes != NULL && roaring_bitmap_portable_serialize(c->theirs[i], bytes) == size);
        free(bytes);
    }
    return c->n;
}

static uint64_t read_ours(collection *c)
{
    uint64_t total = 0;
    co_bitmap read;
    size_t used;

    co_bitmap_init(&read, &c->memory);
    for (size_t i = 0; i < c->n; i++) {
        must(co_bitmap_read_portable(c->written[i], c->n_written[i], &read, &used, NULL) == COHORT_OK);
        total += co_bitmap_count(&read);
        co_bitmap_clear(&read);
    }
    return total;
}

static uint64_t read_theirs(collection *c)
{
    uint64_t total = 0;

    for (size_t i = 0; i < c->n; i++) {
        roaring_bitmap_t *read = roaring_bitmap_portable_deserialize_safe((char *)c->written[i], c->n_written[i]);
        const char *reason;

        must(read != NULL && roaring_bitmap_internal_validate(read, &reason));
        total += roaring_bitmap_get_cardinality(read);
        roaring_bitmap_free(read);
    }
    return total;
}

static uint64_t build(collection *c, bool optimise)
{
    uint64_t total = 0;
    co_bitmap made;

    co_bitmap_init(&made, &c->memory);
    for (size_t i = 0; i < c->n; i++) {
        must(co_bitmap_add_rows(&made, c->values[i], c->n_of[i]) == COHORT_OK);
        must(!optimise || co_bitmap_optimise(&made) == COHORT_OK);
        total += co_bitmap_count(&made);
        co_bitmap_clear(&made);
    }
    return total;
}

static uint64_t build_of_theirs(collection *c, bool optimise)
{
    uint64_t total = 0;

    for (size_t i = 0; i < c->n; i++) {
        roaring_bitmap_t *made = roaring_bitmap_of_ptr(c->n_of[i], c->values[i]);

        if (optimise) {
            roaring_bitmap_run_optimize(made);
            roaring_bitmap_shrink_to_fit(made);
        }
        total += roaring_bitmap_get_cardinality(made);
        roaring_bitmap_free(made);
    }
    return total;
}

static uint64_t build_ours(collection *c) { return build(c, false); }
static uint64_t build_theirs(collection *c) { return build_of_theirs(c, false); }
static uint64_t build_small_ours(collection *c) { return build(c, true); }
static uint64_t build_small_theirs(collection *c) { return build_of_theirs(c, true); }

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
    { "or_count", or_count_ours, or_count_theirs },
    { "xor_count", xor_count_ours, xor_count_theirs },
    { "andnot_count", andnot_count_ours, andnot_count_theirs },
    { "or_many", or_many_ours, or_many_theirs },
    { "contains", contains_ours, contains_theirs },
    { "iterate", walk_ours, walk_theirs },
    { "to_array", list_ours, list_theirs },
    { "write", write_ours, write_theirs },
    { "read", read_ours, read_theirs },
    { "build", build_ours, build_theirs },
    { "build+shrink", build_small_ours, build_small_theirs },
};

enum { N_LINES = sizeof lines / sizeof lines[0] };

/* ---- measuring ---- */

typedef struct cell {
    double our_ns;              /* a value of the input */
    double their_ns;
} cell;

typedef struct table {
    size_t n;
    collection *collections[MOST_COLLECTIONS];
    cell cells[N_LINES][MOST_COLLECTIONS];
    bool memory;                /* nothing but memory */
    const char *only;           /* NULL: every operation */
    const char *on;             /* NULL: every collection */
} table;

static double time_of(collection *c, operation *operation, size_t times)
{
    const double start = now_ns();

    for (size_t i = 0; i < times; i++)
        operation(c);
    return (now_ns() - start) / (double)times;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Both by turns, each turn at least two milliseconds long; the median of the turns. */
static cell measure(collection *c, const line *l)
{
    double ours[TURNS];
    double theirs[TURNS];
    size_t times = 1;

    while (time_of(c, l->ours, times) * (double)times < 2e6)
        times *= 2;
    for (size_t i = 0; i < TURNS; i++) {
        ours[i] = time_of(c, l->ours, times);
        theirs[i] = time_of(c, l->theirs, times);
    }
    qsort(ours, TURNS, sizeof *ours, by_size);
    qsort(theirs, TURNS, sizeof *theirs, by_size);
    return (cell){ ours[TURNS / 2] / (double)c->n_values, theirs[TURNS / 2] / (double)c->n_values };
}

static bool asked_for(const table *t, size_t i) { return t->only == NULL || strcmp(t->only, lines[i].name) == 0; }

/* How many answers differ. */
static int fill_column(table *t, size_t column)
{
    collection *c = t->collections[column];
    int wrong = 0;

    for (size_t i = 0; i < N_LINES; i++) {
        if (!asked_for(t, i))
            continue;
        if (lines[i].ours(c) != lines[i].theirs(c)) {
            printf("%s on %s: DIFFERENT ANSWERS\n", lines[i].name, c->name);
            wrong++;
        }
        t->cells[i][column] = measure(c, &lines[i]);
    }
    return wrong;
}

static void print_head(const table *t, const char *title)
{
    printf("\n%-13s", title);
    for (size_t j = 0; j < t->n; j++)
        printf(" %15.15s", t->collections[j]->name);
    putchar('\n');
}

static void print_times(const table *t)
{
    print_head(t, "ns per value");
    for (size_t i = 0; i < N_LINES; i++) {
        if (!asked_for(t, i))
            continue;
        printf("%-13s", lines[i].name);
        for (size_t j = 0; j < t->n; j++)
            printf(" %7.3f/%7.3f", t->cells[i][j].our_ns, t->cells[i][j].their_ns);
        putchar('\n');
    }
}

static void print_ratios(const table *t)
{
    double logs[MOST_COLLECTIONS] = { 0 };
    double all = 0;
    double worst = 1e9;
    size_t n = 0;
    size_t worst_i = 0;
    size_t worst_j = 0;

    print_head(t, "times faster");
    for (size_t i = 0; i < N_LINES; i++) {
        if (!asked_for(t, i))
            continue;
        printf("%-13s", lines[i].name);
        for (size_t j = 0; j < t->n; j++) {
            const double ratio = t->cells[i][j].their_ns / t->cells[i][j].our_ns;

            printf(" %15.2f", ratio);
            logs[j] += log(ratio);
            if (ratio < worst) {
                worst = ratio;
                worst_i = i;
                worst_j = j;
            }
        }
        putchar('\n');
        n++;
    }
    printf("%-13s", "mean");
    for (size_t j = 0; j < t->n; j++) {
        printf(" %15.2f", exp(logs[j] / (double)n));
        all += logs[j];
    }
    printf("\n\ngeometric mean %.2f, worst %.2f: %s on %s\n", exp(all / (double)(n * t->n)), worst,
           lines[worst_i].name, t->collections[worst_j]->name);
}

static void print_memory(const table *t)
{
    print_head(t, "bytes");
    printf("%-13s", "ours");
    for (size_t j = 0; j < t->n; j++)
        printf(" %15zu", t->collections[j]->our_bytes);
    printf("\n%-13s", "theirs");
    for (size_t j = 0; j < t->n; j++)
        printf(" %15zu", t->collections[j]->their_bytes);
    printf("\n%-13s", "theirs/ours");
    for (size_t j = 0; j < t->n; j++)
        printf(" %15.2f", (double)t->collections[j]->their_bytes / (double)t->collections[j]->our_bytes);
    putchar('\n');
}

/* ---- the program ---- */

static int force_kernel(const char *name)
{
    size_t n;
    const co_kernel *const *kernels = co_kernel_list(&n);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(kernels[i]->name, name) == 0) {
            co_kernel_force(kernels[i]);
            return 0;
        }
    }
    fprintf(stderr, "no kernel %s here\n", name);
    return 2;
}

static collection *add_collection(table *t, const char *name)
{
    collection *c = calloc(1, sizeof *c);

    must(c != NULL && t->n < MOST_COLLECTIONS);
    t->collections[t->n++] = c;
    snprintf(c->name, sizeof c->name, "%s", name);
    co_memory_init(&c->memory, NULL, 0);
    return c;
}

static bool asked_on(const table *t, const char *name) { return t->on == NULL || strcmp(t->on, name) == 0; }

static void add_folder(table *t, const char *folder)
{
    const char *slash = strrchr(folder, '/');
    const char *name = slash == NULL ? folder : slash + 1;

    if (asked_on(t, name))
        read_folder(add_collection(t, name), folder);
}

static int run(table *t, bool times)
{
    int wrong = 0;

    for (size_t i = 0; i < N_RECIPES; i++) {
        if (asked_on(t, recipes[i].name))
            make_up(add_collection(t, recipes[i].name), &recipes[i]);
    }
    printf("kernel %s, CRoaring %d.%d.%d\n", co_kernel_now()->name, ROARING_VERSION_MAJOR, ROARING_VERSION_MINOR,
           ROARING_VERSION_REVISION);
    for (size_t j = 0; j < t->n; j++) {
        build_both(t->collections[j]);
        if (!t->memory)
            wrong += fill_column(t, j);
    }
    if (times)
        print_times(t);
    print_memory(t);
    if (!t->memory)
        print_ratios(t);
    for (size_t j = 0; j < t->n; j++) {
        free_collection(t->collections[j]);
        free(t->collections[j]);
    }
    return wrong != 0;
}

int main(int n_arguments, char **arguments)
{
    static table t;
    bool times = false;

    for (int i = 1; i < n_arguments; i++) {
        const char *argument = arguments[i];

        if (strcmp(argument, "--times") == 0) {
            times = true;
        } else if (strcmp(argument, "--memory") == 0) {
            t.memory = true;
        } else if (strcmp(argument, "--only") == 0 && i + 1 < n_arguments) {
            t.only = arguments[++i];
        } else if (strcmp(argument, "--on") == 0 && i + 1 < n_arguments) {
            t.on = arguments[++i];
        } else if (strcmp(argument, "--kernel") == 0 && i + 1 < n_arguments) {
            if (force_kernel(arguments[++i]) != 0)
                return 2;
        } else {
            add_folder(&t, argument);
        }
    }
    return run(&t, times);
}

#else

int main(void)
{
    puts("skipped: built without CRoaring, nothing to compare with");
    return 0;
}

#endif

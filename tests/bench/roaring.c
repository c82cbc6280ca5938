/*
 * A segment index written by hand on CRoaring: a bitmap for each value of country,
 * industry, opt-in and tag, and five stored segments; S1, S4 and S10 as somebody who
 * knows the questions would write them.
 *
 *     bench_roaring FOLDER          answers requests as bench_workload does
 *
 * Gives    the same lines as `bench_workload ask`, for "count", "bitmap" and "keys"
 * Always:  rows are keys less one, which are dense here, so a key costs an addition
 */
#include <inttypes.h>
#include <roaring/roaring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "timing.h"

enum { CELLS = 11, LONGEST_ROW = 1024, WANTED_INDUSTRIES = 3, WANTED_TAGS = 5, LONGEST_NAME = 64 };

typedef char word[LONGEST_NAME];

typedef struct roaring_index {
    word country;               /* the words that the questions name */
    word industries[WANTED_INDUSTRIES];
    word stage;
    word tags[WANTED_TAGS];
    roaring_bitmap_t *of_country;
    roaring_bitmap_t *of_industry[WANTED_INDUSTRIES];
    roaring_bitmap_t *of_tag[WANTED_TAGS];
    roaring_bitmap_t *opted;
    roaring_bitmap_t *customers;
    roaring_bitmap_t *midsize;
    roaring_bitmap_t *young;
    roaring_bitmap_t *target;
    uint32_t *keys;
    uint64_t n_rows;
} roaring_index;

/* ---- building ---- */

static void read_names(roaring_index *x, const char *folder)
{
    char path[1024];
    char line[LONGEST_ROW];
    FILE *file;

    snprintf(path, sizeof path, "%s/names.txt", folder);
    file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned i;
        word name;

        if (sscanf(line, "country%u=%63[^\n]", &i, name) == 2 && i == 3)
            strcpy(x->country, name);
        else if (sscanf(line, "industry%u=%63[^\n]", &i, name) == 2 && i < WANTED_INDUSTRIES)
            strcpy(x->industries[i], name);
        else if (sscanf(line, "stage%u=%63[^\n]", &i, name) == 2 && i == 5)
            strcpy(x->stage, name);
        else if (sscanf(line, "tag%u=%63[^\n]", &i, name) == 2 && i % 10 == 0 && i >= 10 && i <= 50)
            strcpy(x->tags[i / 10 - 1], name);
    }
    fclose(file);
}

/* Cuts a row into cells; none of ours has a separator or a line break in quotes. */
static void cut(char *line, char separator, char **cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cells[i] = line;
        if (line == NULL)
            continue;
        line = strchr(line, separator);
        if (line != NULL)
            *line++ = '\0';
    }
}

static void add_row(roaring_index *x, uint32_t row, char **cells)
{
    char *tags[16];
    const double revenue = strtod(cells[5], NULL);

    if (strcmp(cells[1], x->country) == 0)
        roaring_bitmap_add(x->of_country, row);
    for (size_t i = 0; i < WANTED_INDUSTRIES; i++)
        if (strcmp(cells[2], x->industries[i]) == 0)
            roaring_bitmap_add(x->of_industry[i], row);
    if (strcmp(cells[3], x->stage) == 0)
        roaring_bitmap_add(x->customers, row);
    if (cells[4][0] != '\0' && atoi(cells[4]) < 25)
        roaring_bitmap_add(x->young, row);
    if (cells[5][0] != '\0' && revenue >= 100000 && revenue <= 1000000)
        roaring_bitmap_add(x->midsize, row);
    if (strcmp(cells[7], "true") == 0)
        roaring_bitmap_add(x->opted, row);
    cut(cells[8], ';', tags, 16);
    for (size_t i = 0; i < 16 && tags[i] != NULL; i++)
        for (size_t k = 0; k < WANTED_TAGS; k++)
            if (strcmp(tags[i], x->tags[k]) == 0)
                roaring_bitmap_add(x->of_tag[k], row);
}

static void make_empty(roaring_index *x)
{
    x->of_country = roaring_bitmap_create();
    for (size_t i = 0; i < WANTED_INDUSTRIES; i++)
        x->of_industry[i] = roaring_bitmap_create();
    for (size_t i = 0; i < WANTED_TAGS; i++)
        x->of_tag[i] = roaring_bitmap_create();
    x->opted = roaring_bitmap_create();
    x->customers = roaring_bitmap_create();
    x->midsize = roaring_bitmap_create();
    x->young = roaring_bitmap_create();
}

static void finish(roaring_bitmap_t *set)
{
    roaring_bitmap_run_optimize(set);
    roaring_bitmap_shrink_to_fit(set);
}

/* Country, opt-in and one of three industries. */
static roaring_bitmap_t *ask_s1(const roaring_index *x)
{
    const roaring_bitmap_t *sets[WANTED_INDUSTRIES];
    roaring_bitmap_t *members = roaring_bitmap_and(x->of_country, x->opted);
    roaring_bitmap_t *any;

    for (size_t i = 0; i < WANTED_INDUSTRIES; i++)
        sets[i] = roaring_bitmap_and(members, x->of_industry[i]);
    any = roaring_bitmap_or_many(WANTED_INDUSTRIES, sets);
    for (size_t i = 0; i < WANTED_INDUSTRIES; i++)
        roaring_bitmap_free(sets[i]);
    roaring_bitmap_free(members);
    return any;
}

static void build(roaring_index *x, const char *folder)
{
    char path[1024];
    char line[LONGEST_ROW];
    char *cells[CELLS];
    FILE *file;

    read_names(x, folder);
    make_empty(x);
    snprintf(path, sizeof path, "%s/contacts.csv", folder);
    file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, file) != NULL) {
        cut(line, ',', cells, CELLS);
        add_row(x, (uint32_t)x->n_rows++, cells);
    }
    fclose(file);
    finish(x->of_country);
    for (size_t i = 0; i < WANTED_INDUSTRIES; i++)
        finish(x->of_industry[i]);
    for (size_t i = 0; i < WANTED_TAGS; i++)
        finish(x->of_tag[i]);
    finish(x->opted);
    finish(x->customers);
    finish(x->midsize);
    finish(x->young);
    x->target = ask_s1(x);
    finish(x->target);
    x->keys = calloc(x->n_rows + 1, sizeof *x->keys);
}

static void drop(roaring_index *x)
{
    roaring_bitmap_free(x->of_country);
    for (size_t i = 0; i < WANTED_INDUSTRIES; i++)
        roaring_bitmap_free(x->of_industry[i]);
    for (size_t i = 0; i < WANTED_TAGS; i++)
        roaring_bitmap_free(x->of_tag[i]);
    roaring_bitmap_free(x->opted);
    roaring_bitmap_free(x->customers);
    roaring_bitmap_free(x->midsize);
    roaring_bitmap_free(x->young);
    roaring_bitmap_free(x->target);
    free(x->keys);
}

/* ---- asking ---- */

/* The industries have no member in common, so counts add up. */
static uint64_t count_s1(const roaring_index *x)
{
    roaring_bitmap_t *members = roaring_bitmap_and(x->of_country, x->opted);
    uint64_t n = 0;

    for (size_t i = 0; i < WANTED_INDUSTRIES; i++)
        n += roaring_bitmap_and_cardinality(members, x->of_industry[i]);
    roaring_bitmap_free(members);
    return n;
}

static roaring_bitmap_t *ask_s4(const roaring_index *x)
{
    return roaring_bitmap_or_many(WANTED_TAGS, (const roaring_bitmap_t **)(uintptr_t)x->of_tag);
}

static uint64_t count_s4(const roaring_index *x)
{
    roaring_bitmap_t *members = ask_s4(x);
    const uint64_t n = roaring_bitmap_get_cardinality(members);

    roaring_bitmap_free(members);
    return n;
}

/* ((customers ∪ midsize) ∩ opted ∖ young), to which the target comes. */
static roaring_bitmap_t *ask_s10_but_target(const roaring_index *x)
{
    roaring_bitmap_t *members = roaring_bitmap_or(x->customers, x->midsize);

    roaring_bitmap_and_inplace(members, x->opted);
    roaring_bitmap_andnot_inplace(members, x->young);
    return members;
}

static roaring_bitmap_t *ask_s10(const roaring_index *x)
{
    roaring_bitmap_t *members = ask_s10_but_target(x);

    roaring_bitmap_or_inplace(members, x->target);
    return members;
}

static uint64_t count_s10(const roaring_index *x)
{
    roaring_bitmap_t *members = ask_s10_but_target(x);
    const uint64_t n = roaring_bitmap_or_cardinality(members, x->target);

    roaring_bitmap_free(members);
    return n;
}

typedef struct known {
    const char *name;
    uint64_t (*count)(const roaring_index *x);
    roaring_bitmap_t *(*members)(const roaring_index *x);
} known;

static const known questions[] = { { "S1", count_s1, ask_s1 },
                                   { "S4", count_s4, ask_s4 },
                                   { "S10", count_s10, ask_s10 },
                                   { "S10 bitmaps", count_s10, ask_s10 } };

static cost ask(const roaring_index *x, const known *q, const char *way, uint64_t *count, uint64_t *sum)
{
    const cost start = cost_now();
    roaring_bitmap_t *members;
    cost spent;

    *sum = 0;
    if (strcmp(way, "count") == 0) {
        *count = q->count(x);
        return cost_since(start);
    }
    members = q->members(x);
    *count = roaring_bitmap_get_cardinality(members);
    if (strcmp(way, "keys") == 0) {
        roaring_bitmap_to_uint32_array(members, x->keys);
        for (uint64_t i = 0; i < *count; i++)
            x->keys[i]++;
    }
    spent = cost_since(start);
    for (uint64_t i = 0; i < *count && strcmp(way, "keys") == 0; i++)
        *sum += x->keys[i];
    roaring_bitmap_free(members);
    return spent;
}

static void answer(const roaring_index *x, char **words)
{
    const unsigned long wanted = strtoul(words[5], NULL, 10);
    const unsigned repeats = wanted >= 1 && wanted <= MOST_REPEATS ? (unsigned)wanted : 1;
    cost costs[MOST_REPEATS];

    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        uint64_t count;
        uint64_t sum;
        cost first;
        cost middle;

        if (strcmp(questions[i].name, words[1]) != 0)
            continue;
        first = ask(x, &questions[i], words[2], &count, &sum);
        for (unsigned k = 0; k < repeats; k++) {
            if (strcmp(words[3], "cold") == 0)
                stream_through_caches();
            costs[k] = ask(x, &questions[i], words[2], &count, &sum);
        }
        middle = cost_median(costs, repeats);
        printf("%s\t%s\t%s\t1\t%" PRIu64 "\t%" PRIu64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\n", words[1], words[2],
               words[3], count, sum, middle.cpu_ns, middle.wall_ns, first.wall_ns);
        return;
    }
    printf("%s\tnot yet\tno plan was written for it\n", words[1]);
}

int main(int argc, char **argv)
{
    static roaring_index x;
    char request[LONGEST_ROW];
    char *words[6];

    if (argc != 2) {
        fputs("usage: bench_roaring FOLDER\n", stderr);
        return 1;
    }
    build(&x, argv[1]);
    puts("ready");
    fflush(stdout);
    while (fgets(request, sizeof request, stdin) != NULL) {
        request[strcspn(request, "\n")] = '\0';
        cut(request, '\t', words, 6);
        if (words[5] != NULL)
            answer(&x, words);
        fflush(stdout);
    }
    drop(&x);
    return 0;
}

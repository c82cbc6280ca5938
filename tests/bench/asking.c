/*
 * One question, asked one way: how many, which rows, which keys.
 *
 * Several lines of one name are one question: they are evaluated together and what
 * they count is added up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workload.h"

enum { MOST_HELD = 16 };

/* Keys of members into the array, which has room for those of all contacts. */
static void list_keys(bench *b, const cohort_bitmap *members, answer *given)
{
    const uint64_t n_members = cohort_bitmap_count(members);
    size_t n;

    must(cohort_snapshot_int_keys(b->snapshot, "contact", members, 0, b->keys, n_members, &n, NULL), NULL, "keys");
    given->n_keys = given->count = n;
}

static void add_keys(const bench *b, answer *given)
{
    for (uint64_t i = 0; i < given->n_keys; i++)
        given->sum += (uint64_t)b->keys[i];
}

/* ---- expressions ---- */

static cohort_status evaluate_one(bench *b, cohort_evaluator *evaluator, const cohort_segment *segment, const char *way,
                                  answer *given, cohort_error *error)
{
    cohort_bitmap *members = NULL;
    cohort_status status;

    if (strcmp(way, "count") == 0)
        return cohort_evaluate_count(evaluator, b->snapshot, segment, &b->options, &given->count, error);
    status = cohort_evaluate(evaluator, b->snapshot, segment, &b->options, &members, error);
    if (status == COHORT_OK && strcmp(way, "keys") == 0)
        list_keys(b, members, given);
    else
        given->count = cohort_bitmap_count(members);
    cohort_bitmap_free(members);
    return status;
}

static cohort_status evaluate_all(bench *b, cohort_evaluator *evaluator, const cohort_segment *const *segments, size_t n,
                                  const char *way, answer *given, cohort_error *error)
{
    static cohort_result results[MOST_PARTS];
    const cohort_status status = cohort_evaluate_many(evaluator, b->snapshot, segments, n, &b->options,
                                                      strcmp(way, "count") != 0, results, error);

    for (size_t i = 0; i < n && status == COHORT_OK; i++) {
        given->count += results[i].n_members;
        cohort_bitmap_free(results[i].members);
    }
    return status;
}

static cohort_status ask_expressions(bench *b, const question *const *parts, size_t n, const char *way, unsigned threads,
                                     answer *given, cost *spent, cohort_error *error)
{
    cohort_evaluator *evaluator = b->evaluators[threads - 1];
    cohort_segment *segments[MOST_PARTS] = { NULL };
    cohort_status status = COHORT_OK;

    for (size_t i = 0; i < n && status == COHORT_OK; i++)
        status = cohort_segment_parse("contact", parts[i]->text, SIZE_MAX, NULL, &segments[i], error);
    if (status == COHORT_OK) {
        const cost start = cost_now();

        status = n == 1 ? evaluate_one(b, evaluator, segments[0], way, given, error)
                        : evaluate_all(b, evaluator, (const cohort_segment *const *)segments, n, way, given, error);
        *spent = cost_since(start);
    }
    for (size_t i = 0; i < n; i++)
        cohort_segment_free(segments[i]);
    return status;
}

/* ---- stored members ---- */

static const stored *find_stored(const bench *b, const char *name, size_t length)
{
    for (size_t i = 0; i < b->n_stored; i++)
        if (strlen(b->stored[i].name) == length && memcmp(b->stored[i].name, name, length) == 0)
            return &b->stored[i];
    return NULL;
}

typedef cohort_status (*combine)(const cohort_bitmap *a, const cohort_bitmap *b, cohort_bitmap **result,
                                 cohort_error *error);

static combine find_operation(const char *word, size_t length)
{
    static const struct {
        const char *word;
        combine act;
    } operations[] = { { "and", cohort_bitmap_and },
                       { "or", cohort_bitmap_or },
                       { "xor", cohort_bitmap_xor },
                       { "andnot", cohort_bitmap_andnot } };

    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strlen(operations[i].word) == length && memcmp(operations[i].word, word, length) == 0)
            return operations[i].act;
    return NULL;
}

/* Carries out "a b or c and"; the result is the caller's. What is held is ours or a stored set. */
static cohort_status combine_stored(bench *b, const char *text, cohort_bitmap **result, cohort_error *error)
{
    const cohort_bitmap *held[MOST_HELD];
    cohort_bitmap *ours[MOST_HELD] = { NULL };
    cohort_status status = COHORT_OK;
    size_t n = 0;

    while (*text != '\0' && status == COHORT_OK) {
        const size_t length = strcspn(text, " ");
        const stored *set = find_stored(b, text, length);
        const combine act = find_operation(text, length);
        cohort_bitmap *both = NULL;

        if (set != NULL && n < MOST_HELD) {
            ours[n] = NULL;
            held[n++] = set->members;
        } else if (act != NULL && n >= 2) {
            status = act(held[n - 2], held[n - 1], &both, error);
            cohort_bitmap_free(ours[--n]);
            cohort_bitmap_free(ours[n - 1]);
            held[n - 1] = ours[n - 1] = both;
        } else {
            fprintf(stderr, "neither a stored segment nor an operation with two operands: %s\n", text);
            exit(1);
        }
        text += length + strspn(text + length, " ");
    }
    *result = n == 1 ? ours[0] : NULL;
    return status;
}

static cohort_status ask_bitmaps(bench *b, const char *text, const char *way, answer *given, cost *spent,
                                 cohort_error *error)
{
    const cost start = cost_now();
    cohort_bitmap *members = NULL;
    const cohort_status status = combine_stored(b, text, &members, error);

    if (strcmp(way, "keys") == 0)
        list_keys(b, members, given);
    else
        given->count = cohort_bitmap_count(members);
    cohort_bitmap_free(members);
    *spent = cost_since(start);
    return status;
}

/* Shared members of every pair, added up. */
static cohort_status ask_overlap(bench *b, answer *given, cost *spent, cohort_error *error)
{
    const cost start = cost_now();
    const size_t n = b->n_stored;
    const cohort_bitmap *sets[MOST_STORED];
    uint64_t shared[MOST_STORED * MOST_STORED];
    cohort_status status;

    for (size_t i = 0; i < n; i++)
        sets[i] = b->stored[i].members;
    status = cohort_bitmap_overlap(sets, n, shared, error);
    for (size_t i = 0; i < n && status == COHORT_OK; i++)
        for (size_t j = i + 1; j < n; j++)
            given->count += shared[i * n + j];
    *spent = cost_since(start);
    return status;
}

static int32_t add_up(void *context, const cohort_value *value, uint64_t n_rows)
{
    (void)value;
    *(uint64_t *)context += n_rows;
    return 0;
}

/* "field: expression": how many members have each value, added up. */
static cohort_status ask_breakdown(bench *b, const char *text, unsigned threads, answer *given, cost *spent,
                                   cohort_error *error)
{
    const size_t length = strcspn(text, ":");
    char field[64];
    cohort_segment *segment = NULL;
    cohort_bitmap *members = NULL;
    cohort_status status;

    snprintf(field, sizeof field, "%.*s", (int)length, text);
    status = cohort_segment_parse("contact", text + length + 1, SIZE_MAX, NULL, &segment, error);
    if (status == COHORT_OK) {
        const cost start = cost_now();

        status = cohort_evaluate(b->evaluators[threads - 1], b->snapshot, segment, &b->options, &members, error);
        if (status == COHORT_OK)
            status = cohort_snapshot_breakdown(b->snapshot, "contact", field, members, add_up, &given->count, error);
        cohort_bitmap_free(members);
        *spent = cost_since(start);
    }
    cohort_segment_free(segment);
    return status;
}

/* Names the members as a static segment, which takes their keys. */
static void define_static(bench *b, const char *name, const cohort_bitmap *members)
{
    cohort_error error = COHORT_ERROR_INIT;
    answer listed = { 0 };
    cohort_value *keys;

    list_keys(b, members, &listed);
    keys = calloc(listed.count + 1, sizeof *keys);
    for (uint64_t i = 0; i < listed.count; i++)
        keys[i] = (cohort_value){ .type = COHORT_INT, .number = b->keys[i] };
    must(cohort_store_define_keys(b->store, "contact", name, listed.count, keys, &error), &error, name);
    free(keys);
}

void store_segments(bench *b)
{
    cohort_error error = COHORT_ERROR_INIT;

    for (size_t i = 0; i < b->n_questions; i++) {
        const question *q = &b->questions[i];
        stored *kept = &b->stored[b->n_stored];
        cohort_segment *segment = NULL;

        if (strcmp(q->kind, "segment") != 0 || b->n_stored == MOST_STORED)
            continue;
        must(cohort_segment_parse("contact", q->text, SIZE_MAX, NULL, &segment, &error), &error, q->text);
        must(cohort_evaluate(b->evaluators[0], b->snapshot, segment, &b->options, &kept->members, &error), &error,
             q->text);
        cohort_segment_free(segment);
        kept->name = q->name;
        define_static(b, q->name, kept->members);
        b->n_stored++;
    }
}

cohort_status ask(bench *b, const char *name, const char *way, unsigned threads, answer *given, cost *spent,
                  cohort_error *error)
{
    const question *parts[MOST_PARTS];
    cohort_status status;
    size_t n = 0;

    *given = (answer){ 0 };
    for (size_t i = 0; i < b->n_questions && n < MOST_PARTS; i++)
        if (strcmp(b->questions[i].name, name) == 0 && strcmp(b->questions[i].kind, "segment") != 0)
            parts[n++] = &b->questions[i];
    if (n == 0) {
        snprintf(error->text, sizeof error->text, "no such question: %s", name);
        return COHORT_NOT_FOUND;
    }
    if (strcmp(parts[0]->kind, "overlap") == 0)
        status = ask_overlap(b, given, spent, error);
    else if (strcmp(parts[0]->kind, "breakdown") == 0)
        status = ask_breakdown(b, parts[0]->text, threads, given, spent, error);
    else if (strcmp(parts[0]->kind, "bitmaps") == 0)
        status = ask_bitmaps(b, parts[0]->text, way, given, spent, error);
    else
        status = ask_expressions(b, parts, n, way, threads, given, spent, error);
    add_keys(b, given);
    return status;
}

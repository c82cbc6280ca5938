/*
 * Keys of many records at once, against the call for one: every encoding of a key
 * column, tiles at their edges, records deleted, every form of a bitmap, in pieces.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohort.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/random.h"

/* ---- stores of one object, `item` ---- */

typedef enum pattern { RISING, LEAPING, BYTES, PAIRS, QUADS, ANY, UNITS, TEXTS, NUMBERED, N_PATTERNS } pattern;

static const uint32_t sizes[] = { 1, 200, 65535, 65536, 65537, 131080 };

enum { N_SIZES = sizeof sizes / sizeof *sizes };

typedef struct world {
    cohort_store *store;
    cohort_snapshot *snapshot;
    uint32_t n;
    bool texts;
    int64_t *numbers; /* what the call for one says of each row; live: which rows it knows */
    cohort_text *strings;
    bool *live;
} world;

/* Keys of n records, each once. */
static void make_keys(pattern pattern, uint32_t n, int64_t *keys)
{
    co_random random = co_random_of(n);

    for (uint32_t i = 0; i < n; i++) {
        const uint64_t spread = i * UINT64_C(0x9e3779b97f4a7c15);

        keys[i] = pattern == LEAPING ? -5 + (int64_t)i * 1000000007
                : pattern == QUADS   ? (int64_t)(spread >> 8 & UINT32_MAX)
                : pattern == ANY     ? (int64_t)spread
                : pattern == UNITS   ? (int64_t)i * 86400000000
                                     : (int64_t)i - 3;
    }
    if (pattern == ANY && n > 2) {
        keys[n / 2] = INT64_MIN;
        keys[n - 1] = INT64_MAX;
    }
    if (pattern == BYTES || pattern == PAIRS || pattern == UNITS)
        co_random_shuffle(&random, keys, n, sizeof *keys);
}

static void declare(const world *w, pattern pattern)
{
    static const cohort_field fields[] = { { sizeof(cohort_field), COHORT_INT, "at", 0, 0, NULL },
                                           { sizeof(cohort_field), COHORT_REFERENCE, "of", 0, 0, "owner" } };
    cohort_object object = COHORT_OBJECT_INIT;

    object.name = "item";
    object.key_name = pattern == NUMBERED ? NULL : "id";
    object.key_type = w->texts ? COHORT_STRING : pattern == NUMBERED ? 0 : COHORT_INT;
    object.fields = fields;
    object.n_fields = 2;
    must(cohort_store_declare(w->store, &object, NULL) == COHORT_OK);
}

/* The texts of numbers, one behind the other. */
static void spell(const int64_t *keys, uint32_t n, char *bytes, uint64_t *offsets)
{
    offsets[0] = 0;
    for (uint32_t i = 0; i < n; i++)
        offsets[i + 1] = offsets[i] + (uint64_t)sprintf(bytes + offsets[i], "k%lld", (long long)keys[i]);
}

static void fill(const world *w, pattern pattern)
{
    int64_t *keys = calloc(w->n, sizeof *keys);
    char *bytes = calloc(w->n, 24);
    uint64_t *offsets = calloc((size_t)w->n + 1, sizeof *offsets);
    cohort_column columns[2] = { { .field = "at", .type = COHORT_INT, .numbers = keys },
                                 { .field = "id", .type = COHORT_INT, .numbers = keys } };
    cohort_batch *batch;

    make_keys(pattern, w->n, keys);
    if (w->texts) {
        spell(keys, w->n, bytes, offsets);
        columns[1] = (cohort_column){ .field = "id", .type = COHORT_STRING, .offsets = offsets, .bytes = bytes };
    }
    must(cohort_batch_new(w->store, &batch, NULL) == COHORT_OK);
    must(cohort_batch_columns(batch, "item", w->n, pattern == NUMBERED ? 1 : 2, columns, NULL) == COHORT_OK);
    must(cohort_batch_commit(batch, NULL, NULL) == COHORT_OK);
    cohort_batch_free(batch);
    free(offsets);
    free(bytes);
    free(keys);
}

/* Every row as the call for one knows it. */
static void look(world *w)
{
    must(cohort_store_snapshot(w->store, &w->snapshot, NULL) == COHORT_OK);
    for (uint32_t row = 0; row < w->n; row++) {
        cohort_value key;

        w->live[row] = cohort_snapshot_key(w->snapshot, "item", row, &key, NULL) == COHORT_OK;
        w->numbers[row] = key.number;
        w->strings[row] = key.text;
    }
}

static void start(world *w, pattern pattern, uint32_t n)
{
    *w = (world){ .n = n, .texts = pattern == TEXTS };
    w->numbers = calloc(n, sizeof *w->numbers);
    w->strings = calloc(n, sizeof *w->strings);
    w->live = calloc(n, sizeof *w->live);
    must(cohort_store_open(NULL, NULL, &w->store, NULL) == COHORT_OK);
    declare(w, pattern);
    fill(w, pattern);
    look(w);
}

static void stop(world *w)
{
    cohort_snapshot_release(w->snapshot);
    cohort_store_close(w->store);
    free(w->live);
    free(w->strings);
    free(w->numbers);
}

/* Deletes the records of some rows, all of the first tile if there are two, and looks again. */
static void delete_some(world *w)
{
    cohort_batch *batch;

    must(cohort_batch_new(w->store, &batch, NULL) == COHORT_OK);
    for (uint32_t row = 0; row < w->n; row++) {
        const cohort_value key = { .type = w->texts ? COHORT_STRING : COHORT_INT,
                                   .number = w->numbers[row],
                                   .text = w->strings[row] };

        if (row % 7 == 3 || (w->n > 65536 && row < 65536))
            must(cohort_batch_delete(batch, "item", &key, NULL) == COHORT_OK);
    }
    must(cohort_batch_commit(batch, NULL, NULL) == COHORT_OK);
    cohort_batch_free(batch);
    cohort_snapshot_release(w->snapshot);
    look(w);
}

/* ---- bitmaps of live rows ---- */

typedef enum form { ALL, MOST, FEW, STRETCHES, VIEW, N_FORMS } form;

static bool wanted(form form, uint32_t row, co_random *random)
{
    switch (form) {
    case MOST:
        return co_random_chance(random, 2, 3);
    case FEW:
    case VIEW:
        return co_random_chance(random, 1, 60);
    case STRETCHES:
        return row / 700 % 2 == 0;
    default:
        return true;
    }
}

/* Bytes at an odd address, so that the rows of a view are read as they lie. */
static cohort_bitmap *as_view(cohort_bitmap *rows, char **bytes)
{
    const size_t size = cohort_bitmap_written_bytes(rows);
    cohort_bitmap *view;

    *bytes = malloc(size + 1);
    must(cohort_bitmap_write(rows, *bytes + 1, size, NULL) == COHORT_OK);
    must(cohort_bitmap_view(NULL, *bytes + 1, size, NULL, &view, NULL) == COHORT_OK);
    cohort_bitmap_free(rows);
    return view;
}

static cohort_bitmap *make_rows(const world *w, form form, char **bytes)
{
    co_random random = co_random_of(form);
    cohort_bitmap *rows;

    *bytes = NULL;
    must(cohort_bitmap_new(NULL, &rows, NULL) == COHORT_OK);
    for (uint32_t row = 0; row < w->n; row++)
        if (wanted(form, row, &random) && w->live[row])
            must(cohort_bitmap_add(rows, row, NULL) == COHORT_OK);
    must(form != STRETCHES || cohort_bitmap_optimise(rows, NULL) == COHORT_OK);
    return form == VIEW ? as_view(rows, bytes) : rows;
}

/* ---- agreement ---- */

static bool same_text(cohort_text a, cohort_text b)
{
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

/* One piece at most `capacity` long; how long it is. What lies behind it is untouched. */
static size_t check_piece(const world *w, const cohort_bitmap *rows, const uint32_t *list, uint64_t n_rows,
                          uint64_t offset, size_t capacity)
{
    const size_t wanted = offset >= n_rows ? 0 : n_rows - offset < capacity ? (size_t)(n_rows - offset) : capacity;
    int64_t *numbers = calloc(capacity + 1, sizeof *numbers);
    cohort_text *strings = calloc(capacity + 1, sizeof *strings);
    size_t n = 77;

    numbers[wanted] = 4711;
    if (w->texts)
        must(cohort_snapshot_text_keys(w->snapshot, "item", rows, offset, strings, capacity, &n, NULL) == COHORT_OK);
    else
        must(cohort_snapshot_int_keys(w->snapshot, "item", rows, offset, numbers, capacity, &n, NULL) == COHORT_OK);
    must(n == wanted && numbers[wanted] == 4711 && strings[wanted].bytes == NULL);
    for (size_t i = 0; i < n; i++) {
        const uint32_t row = list[offset + i];

        must(w->texts ? same_text(strings[i], w->strings[row]) : numbers[i] == w->numbers[row]);
    }
    free(strings);
    free(numbers);
    return n;
}

static void check_rows(const world *w, form form)
{
    static const size_t capacities[] = { 1, 511, 512, 513, 4096, 70000, 200000 };
    char *bytes;
    cohort_bitmap *rows = make_rows(w, form, &bytes);
    const uint64_t n_rows = cohort_bitmap_count(rows);
    uint32_t *list = calloc(n_rows + 1, sizeof *list);

    must(cohort_bitmap_rows(rows, 0, list, n_rows) == n_rows);
    for (size_t i = w->n > 1000 ? 1 : 0; i < sizeof capacities / sizeof *capacities; i++)
        for (uint64_t offset = 0, n = 1; n > 0; offset += n)
            n = check_piece(w, rows, list, n_rows, offset, capacities[i]);
    for (uint64_t offset = 0; offset < n_rows + 3; offset += 1 + n_rows / 9)
        check_piece(w, rows, list, n_rows, offset, 1);
    check_piece(w, rows, list, n_rows, UINT64_MAX, 4);
    check_piece(w, rows, list, n_rows, 0, 0);
    free(list);
    cohort_bitmap_free(rows);
    free(bytes);
}

START_TEST(keys_of_many_are_those_of_each)
{
    const pattern pattern = (enum pattern)_i;

    for (size_t i = 0; i < N_SIZES; i++) {
        world w;

        if (pattern == BYTES && sizes[i] > 256)
            continue;
        start(&w, pattern, sizes[i]);
        for (int form = 0; form < N_FORMS; form++)
            check_rows(&w, (enum form)form);
        if (pattern != NUMBERED) {
            delete_some(&w);
            for (int form = 0; form < N_FORMS; form++)
                check_rows(&w, (enum form)form);
        }
        stop(&w);
    }
}
END_TEST

START_TEST(members_that_were_found_are_listed)
{
    cohort_evaluator *evaluator;
    cohort_segment *segment;
    cohort_bitmap *members;
    int64_t keys[200];
    size_t n;
    world w;

    start(&w, RISING, 200);
    must(cohort_evaluator_new(NULL, &evaluator, NULL) == COHORT_OK);
    must(cohort_segment_parse("item", "id BETWEEN 10 AND 12 OR id = 40", SIZE_MAX, NULL, &segment, NULL) == COHORT_OK);
    must(cohort_evaluate(evaluator, w.snapshot, segment, NULL, &members, NULL) == COHORT_OK);
    ck_assert_int_eq(cohort_snapshot_int_keys(w.snapshot, "item", members, 0, keys, 200, &n, NULL), COHORT_OK);
    ck_assert_uint_eq(n, 4);
    ck_assert_int_eq(keys[0], 10);
    ck_assert_int_eq(keys[2], 12);
    ck_assert_int_eq(keys[3], 40);
    cohort_bitmap_free(members);
    cohort_segment_free(segment);
    cohort_evaluator_free(evaluator);
    stop(&w);
}
END_TEST

/* ---- refusals ---- */

static void refuse(const world *w, uint32_t row, uint64_t offset, size_t capacity, const char *text)
{
    cohort_error error = COHORT_ERROR_INIT;
    int64_t keys[8];
    cohort_bitmap *rows;
    size_t n = 77;

    must(cohort_bitmap_new(NULL, &rows, NULL) == COHORT_OK);
    for (uint32_t live = 0; live < 3; live++)
        must(cohort_bitmap_add(rows, live, NULL) == COHORT_OK);
    must(cohort_bitmap_add(rows, row, NULL) == COHORT_OK && cohort_bitmap_add(rows, UINT32_MAX, NULL) == COHORT_OK);

    const cohort_status status = cohort_snapshot_int_keys(w->snapshot, "item", rows, offset, keys, capacity, &n, &error);

    if (text == NULL) {
        ck_assert_int_eq(status, COHORT_OK);
        ck_assert_uint_eq(n, capacity);
    } else {
        ck_assert_int_eq(status, COHORT_NOT_FOUND);
        ck_assert_str_eq(error.text, text);
        ck_assert_uint_eq(n, 0);
    }
    cohort_bitmap_free(rows);
}

START_TEST(rows_that_are_no_records_are_refused_where_they_are_reached)
{
    world w;

    start(&w, RISING, 65537);
    refuse(&w, 65537, 0, 8, "row 65537 of item is no record");
    refuse(&w, 70000, 0, 8, "row 70000 of item is no record");
    refuse(&w, 131072, 0, 8, "row 131072 of item is no record");
    refuse(&w, UINT32_MAX - 1, 0, 8, "row 4294967294 of item is no record");
    refuse(&w, UINT32_MAX - 1, 0, 3, NULL);
    refuse(&w, 65537, 3, 1, "row 65537 of item is no record");
    refuse(&w, 65537, 4, 1, "row 4294967295 of item is no record");
    stop(&w);

    start(&w, RISING, 200);
    delete_some(&w);
    refuse(&w, 3, 0, 8, "row 3 of item is no record");
    refuse(&w, 10, 2, 2, "row 10 of item is no record");
    refuse(&w, 11, 0, 8, "row 4294967295 of item is no record");
    refuse(&w, 200, 0, 4, "row 200 of item is no record");
    stop(&w);
}
END_TEST

START_TEST(what_cannot_be_asked_is_refused)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_text texts[4];
    cohort_bitmap *rows;
    int64_t numbers[4];
    size_t n = 77;
    world ints, strings;

    start(&ints, RISING, 1);
    start(&strings, TEXTS, 1);
    must(cohort_bitmap_new(NULL, &rows, NULL) == COHORT_OK);
    ck_assert_int_eq(cohort_snapshot_text_keys(ints.snapshot, "item", rows, 0, texts, 4, &n, &error), COHORT_TYPE);
    ck_assert_str_eq(error.text, "keys of item are numbers, not texts");
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(cohort_snapshot_int_keys(strings.snapshot, "item", rows, 0, numbers, 4, &n, &error), COHORT_TYPE);
    ck_assert_str_eq(error.text, "keys of item are texts, not numbers");
    ck_assert_int_eq(cohort_snapshot_int_keys(ints.snapshot, "thing", rows, 0, numbers, 4, &n, &error),
                     COHORT_NOT_FOUND);
    ck_assert_int_eq(cohort_snapshot_int_keys(ints.snapshot, NULL, rows, 0, numbers, 4, &n, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_snapshot_int_keys(NULL, "item", rows, 0, numbers, 4, &n, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_snapshot_int_keys(ints.snapshot, "item", NULL, 0, numbers, 4, &n, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_snapshot_int_keys(ints.snapshot, "item", rows, 0, NULL, 4, &n, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_snapshot_int_keys(ints.snapshot, "item", rows, 0, numbers, 4, NULL, &error),
                     COHORT_INVALID);
    ck_assert_int_eq(cohort_snapshot_text_keys(strings.snapshot, "item", rows, 0, NULL, 1, &n, &error),
                     COHORT_INVALID);
    ck_assert_int_eq(cohort_snapshot_text_keys(strings.snapshot, "item", rows, 0, texts, 1, NULL, &error),
                     COHORT_INVALID);
    ck_assert_int_eq(cohort_snapshot_int_keys(ints.snapshot, "item", rows, 0, NULL, 0, &n, &error), COHORT_OK);
    cohort_bitmap_free(rows);
    stop(&strings);
    stop(&ints);
}
END_TEST

START_TEST(members_of_another_store_are_refused)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_evaluator *evaluator;
    cohort_segment *all;
    cohort_bitmap *members;
    int64_t keys[4];
    size_t n = 77;
    world ours, theirs;

    start(&ours, RISING, 1);
    start(&theirs, RISING, 1);
    must(cohort_evaluator_new(NULL, &evaluator, NULL) == COHORT_OK);
    must(cohort_segment_parse("item", "TRUE", SIZE_MAX, NULL, &all, NULL) == COHORT_OK);
    must(cohort_evaluate(evaluator, theirs.snapshot, all, NULL, &members, NULL) == COHORT_OK);
    ck_assert_int_eq(cohort_snapshot_int_keys(ours.snapshot, "item", members, 0, keys, 4, &n, &error), COHORT_INVALID);
    ck_assert_str_eq(error.text, "the bitmap holds rows of another store, object or epoch than those of item");
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(cohort_snapshot_int_keys(theirs.snapshot, "item", members, 0, keys, 4, &n, &error), COHORT_OK);
    ck_assert_uint_eq(n, 1);
    cohort_bitmap_free(members);
    cohort_segment_free(all);
    cohort_evaluator_free(evaluator);
    stop(&theirs);
    stop(&ours);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("api/keys");
    TCase *tests = tcase_create("keys");

    tcase_add_loop_test(tests, keys_of_many_are_those_of_each, 0, N_PATTERNS);
    tcase_add_test(tests, members_that_were_found_are_listed);
    tcase_add_test(tests, rows_that_are_no_records_are_refused_where_they_are_reached);
    tcase_add_test(tests, what_cannot_be_asked_is_refused);
    tcase_add_test(tests, members_of_another_store_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/* Records broken down by a field, against a look at each record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohort.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/random.h"

enum { N_ROWS = 70000, MOST_ELEMENTS = 4, MOST_LINES = N_ROWS * MOST_ELEMENTS };

/* Few texts, texts that mostly differ in every second tile, numbers, references and sets, all with gaps. */
static const cohort_field fields[] = {
    { sizeof(cohort_field), COHORT_STRING, "country", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_STRING, "city", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_INT, "age", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_DECIMAL, "spent", 2, 0, NULL },
    { sizeof(cohort_field), COHORT_DOUBLE, "score", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_BOOL, "opted", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "friend", 0, 0, "item" },
    { sizeof(cohort_field), COHORT_SET, "tags", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_POINT, "home", 0, 0, NULL },
};
enum { N_FIELDS = sizeof fields / sizeof *fields, N_COUNTED = N_FIELDS - 1 };

typedef struct world {
    cohort_store *store;
    cohort_snapshot *snapshot;
} world;

static cohort_text text_of(const char *text) { return (cohort_text){ text, strlen(text) }; }

static void put_row(cohort_batch *batch, uint32_t row, co_random *random, bool differs)
{
    static const char *const countries[] = { "AU", "NZ", "US", "", "FJ" };
    static const char *const tags[] = { "a", "b", "c", "dd" };
    const cohort_value key = { .type = COHORT_INT, .number = row };
    char city[24];
    cohort_text elements[4];
    cohort_value values[N_FIELDS] = { { 0 } };
    const char *names[N_FIELDS];
    size_t n = 0;

    snprintf(city, sizeof city, "city %u", differs ? row : row % 30);
    values[0] = (cohort_value){ .type = COHORT_STRING, .text = text_of(countries[co_random_below(random, 5)]) };
    values[1] = (cohort_value){ .type = COHORT_STRING, .text = text_of(city) };
    values[2] = (cohort_value){ .type = COHORT_INT, .number = (int64_t)co_random_below(random, 300) };
    values[3] = (cohort_value){ .type = COHORT_DECIMAL, .scale = 2, .number = (int64_t)co_random_below(random, 9) };
    values[4] = (cohort_value){ .type = COHORT_DOUBLE, .real = (double)co_random_below(random, 5) / 4 - 1 };
    values[5] = (cohort_value){ .type = COHORT_BOOL, .number = (int64_t)co_random_below(random, 2) };
    values[6] = (cohort_value){ .type = COHORT_INT, .number = (int64_t)co_random_below(random, 7) };
    for (size_t i = 0; i < 4; i++)
        if (co_random_chance(random, 1 + i, 9))
            elements[values[7].n_elements++] = text_of(tags[i]);
    values[7].type = COHORT_SET;
    values[7].elements = elements;
    values[8] = (cohort_value){ .type = COHORT_POINT, .real = 1, .longitude = 2 };
    for (size_t i = 0; i < N_FIELDS; i++) {
        if (co_random_chance(random, 1, 6))
            continue;
        names[n] = fields[i].name;
        values[n++] = values[i];
    }
    must(cohort_batch_upsert(batch, "item", &key, n, names, values, NULL) == COHORT_OK);
}

static void start(world *w)
{
    co_random random = co_random_of(5);
    cohort_object object = COHORT_OBJECT_INIT;
    cohort_batch *batch;

    object.name = "item";
    object.key_name = "id";
    object.key_type = COHORT_INT;
    object.fields = fields;
    object.n_fields = N_FIELDS;
    must(cohort_store_open(NULL, NULL, &w->store, NULL) == COHORT_OK);
    must(cohort_store_declare(w->store, &object, NULL) == COHORT_OK);
    must(cohort_batch_new(w->store, &batch, NULL) == COHORT_OK);
    for (uint32_t row = 0; row < N_ROWS; row++)
        put_row(batch, row, &random, row >= 65536 && row % 5 != 0);
    for (uint32_t row = 0; row < N_ROWS; row += 11) {
        const cohort_value key = { .type = COHORT_INT, .number = row };

        must(cohort_batch_delete(batch, "item", &key, NULL) == COHORT_OK);
    }
    must(cohort_batch_commit(batch, NULL, NULL) == COHORT_OK);
    cohort_batch_free(batch);
    must(cohort_store_snapshot(w->store, &w->snapshot, NULL) == COHORT_OK);
}

static void stop(world *w)
{
    cohort_snapshot_release(w->snapshot);
    cohort_store_close(w->store);
}

/* ---- by looking at each record ---- */

typedef struct line {
    char value[28];
    uint64_t n;
} line;

static void print_value(const cohort_value *value, line *out)
{
    *out = (line){ .n = 1 };
    if (value->type == COHORT_STRING)
        snprintf(out->value, sizeof out->value, "'%.*s'", (int)value->text.length, value->text.bytes);
    else if (value->type == COHORT_DOUBLE)
        snprintf(out->value, sizeof out->value, "%.3f", value->real);
    else if (value->type != COHORT_NULL)
        snprintf(out->value, sizeof out->value, "%d:%d:%lld", (int)value->type, (int)value->scale,
                 (long long)value->number);
}

static size_t print_row(const world *w, uint32_t row, const char *field, line *out)
{
    cohort_text elements[MOST_ELEMENTS];
    cohort_value value;
    size_t n = 0;

    must(cohort_snapshot_value(w->snapshot, "item", row, field, &value, NULL) == COHORT_OK);
    if (value.type != COHORT_SET) {
        print_value(&value, out);
        return 1;
    }
    must(cohort_snapshot_elements(w->snapshot, "item", row, field, elements, MOST_ELEMENTS, &n, NULL) == COHORT_OK);
    for (size_t i = 0; i < n; i++)
        print_value(&(cohort_value){ .type = COHORT_STRING, .text = elements[i] }, &out[i]);
    return n;
}

static int by_value(const void *a, const void *b) { return strcmp(((const line *)a)->value, ((const line *)b)->value); }

/* Each value once; how many. */
static size_t count_lines(line *lines, size_t n)
{
    size_t n_distinct = 0;

    qsort(lines, n, sizeof *lines, by_value);
    for (size_t i = 0; i < n; i++) {
        if (n_distinct > 0 && by_value(&lines[n_distinct - 1], &lines[i]) == 0)
            lines[n_distinct - 1].n++;
        else
            lines[n_distinct++] = lines[i];
    }
    return n_distinct;
}

/* ---- agreement ---- */

typedef struct listing {
    line *items;
    size_t n;
    size_t most;
} listing;

static int32_t take_item(void *context, const cohort_value *value, uint64_t n_rows)
{
    listing *list = context;

    print_value(value, &list->items[list->n]);
    list->items[list->n++].n = n_rows;
    return list->n == list->most;
}

/* The most frequent first, those without a value last. */
static void assert_order(const listing *list)
{
    for (size_t i = 1; i < list->n; i++)
        must(list->items[i].value[0] == '\0' || list->items[i - 1].n >= list->items[i].n);
    for (size_t i = 0; i + 1 < list->n; i++)
        must(list->items[i].value[0] != '\0');
}

static void check_field(const world *w, const char *field, const cohort_bitmap *rows, const uint32_t *list, size_t n)
{
    line *lines = malloc(MOST_LINES * sizeof *lines);
    listing found = { .items = malloc(MOST_LINES * sizeof *found.items), .most = MOST_LINES };
    size_t n_lines = 0;

    for (size_t i = 0; i < n; i++)
        n_lines += print_row(w, list[i], field, &lines[n_lines]);
    n_lines = count_lines(lines, n_lines);
    must(cohort_snapshot_breakdown(w->snapshot, "item", field, rows, take_item, &found, NULL) == COHORT_OK);
    must(found.n == n_lines);
    assert_order(&found);
    for (size_t i = 0; i < found.n; i++) {
        const line *wanted = bsearch(&found.items[i], lines, n_lines, sizeof *lines, by_value);

        must(wanted != NULL && wanted->n == found.items[i].n);
    }
    free(found.items);
    free(lines);
}

START_TEST(counts_by_value_are_those_of_looking_at_each_record)
{
    static uint32_t list[N_ROWS];
    co_random random = co_random_of(8);
    world w;

    start(&w);
    for (int part = 0; part < 4; part++) { /* all; most; few; none */
        cohort_bitmap *rows;
        size_t n = 0;

        must(cohort_bitmap_new(NULL, &rows, NULL) == COHORT_OK);
        for (uint32_t row = 0; row < N_ROWS; row++)
            if (row % 11 != 0 && (part == 0 || (part == 1 && row % 5 != 0) || (part == 2 && co_random_chance(&random, 1, 90))))
                list[n++] = row;
        must(cohort_bitmap_add_rows(rows, list, n, NULL) == COHORT_OK);
        for (size_t f = 0; f < N_COUNTED; f++)
            check_field(&w, fields[f].name, part == 0 ? NULL : rows, list, n);
        cohort_bitmap_free(rows);
    }
    stop(&w);
}
END_TEST

START_TEST(what_cannot_be_broken_down_is_refused)
{
    cohort_error error = COHORT_ERROR_INIT;
    line room[8];
    listing found = { .items = room, .most = 2 };
    cohort_bitmap *rows;
    world w;

    start(&w);
    must(cohort_bitmap_new(NULL, &rows, NULL) == COHORT_OK);
    ck_assert_int_eq(cohort_snapshot_breakdown(NULL, "item", "age", rows, take_item, &found, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_snapshot_breakdown(w.snapshot, "item", "age", rows, NULL, &found, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_snapshot_breakdown(w.snapshot, "thing", "age", rows, take_item, &found, &error),
                     COHORT_NOT_FOUND);
    ck_assert_int_eq(cohort_snapshot_breakdown(w.snapshot, "item", "shoe", rows, take_item, &found, &error),
                     COHORT_NOT_FOUND);
    ck_assert_int_eq(cohort_snapshot_breakdown(w.snapshot, "item", "id", rows, take_item, &found, &error), COHORT_TYPE);
    ck_assert_int_eq(cohort_snapshot_breakdown(w.snapshot, "item", "home", rows, take_item, &found, &error),
                     COHORT_TYPE);
    must(cohort_bitmap_add(rows, 12, NULL) == COHORT_OK && cohort_bitmap_add(rows, 22, NULL) == COHORT_OK);
    ck_assert_int_eq(cohort_snapshot_breakdown(w.snapshot, "item", "age", rows, take_item, &found, &error),
                     COHORT_NOT_FOUND);
    ck_assert_str_eq(error.text, "row 22 of item is no record");
    must(cohort_bitmap_remove(rows, 22, NULL) == COHORT_OK && cohort_bitmap_add(rows, 800000, NULL) == COHORT_OK);
    ck_assert_int_eq(cohort_snapshot_breakdown(w.snapshot, "item", "age", rows, take_item, &found, &error),
                     COHORT_NOT_FOUND);
    ck_assert_str_eq(error.text, "row 800000 of item is no record");
    ck_assert_uint_eq(found.n, 0);
    ck_assert_int_eq(cohort_snapshot_breakdown(w.snapshot, "item", "age", NULL, take_item, &found, &error), COHORT_OK);
    ck_assert_uint_eq(found.n, 2);
    cohort_bitmap_free(rows);
    stop(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("breakdown");
    TCase *all = tcase_create("all");

    tcase_add_test(all, counts_by_value_are_those_of_looking_at_each_record);
    tcase_add_test(all, what_cannot_be_broken_down_is_refused);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

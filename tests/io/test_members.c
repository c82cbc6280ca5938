/*
 * Members written out: every format against a naive rendering, every order
 * against a naive sort, memory that fails, and bitmaps that read back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitmap/bitmap.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/loading.h"
#include "support/random.h"
#include "support/trials.h"

static const char table[] =
    "id,name,city,n,x,tags,lat,lon,boss\n"
    "3,Zo\xc3\xab,berlin,5,0.5,b;a,1,2.5,1\n"
    "1,\"a,b\",Berlin,,-1e300,,,,3\n"
    "2,\"q\"\"t\",,5,,\"\",,,\n"
    "10,\"two\nlines\",BERLIN,-7,2,z,-1,0,2\n"
    "4,,aachen,12,2,,,,77\n";

static void declare_and_load(cohort_store *store)
{
    static const cohort_pair types[] = { { "city", "string(nocase)" }, { "x", "double" } };
    static const cohort_pair sets[] = { { "tags", ";" } };
    static const cohort_pair points[] = { { "place", "lat,lon" } };
    static const cohort_pair refs[] = { { "boss", "t" } };
    cohort_load_options options = COHORT_LOAD_OPTIONS_INIT;

    options.object = "t";
    options.key = "id";
    options.types = types;
    options.n_types = 2;
    options.sets = sets;
    options.n_sets = 1;
    options.points = points;
    options.n_points = 1;
    options.refs = refs;
    options.n_refs = 1;
    options.keep_empty = 1;
    must_load(store, &options, table);
}

/* ---- formats ---- */

static const char *const three[] = { "id", "name", "n * 2" };
static const char *const one[] = { "city" };
static const char *const wide[] = { "name", "id" };

static const struct {
    const char *condition;
    cohort_members_options options;
    const char *wanted;
} outputs[] = {
    { "TRUE", { .format = COHORT_FORMAT_KEYS, .order_by = "id" }, "1\n2\n3\n4\n10\n" },
    { "FALSE", { .format = COHORT_FORMAT_KEYS }, "" },
    { "TRUE", { .format = COHORT_FORMAT_KEYS, .order_by = "id DESC", .limit = 2 }, "10\n4\n" },
    { "id < 4",
      { .format = COHORT_FORMAT_CSV, .order_by = "id" },
      "id,place,name,city,n,x,tags,boss\n"
      "1,,\"a,b\",Berlin,,-1e+300,,3\n"
      "2,,\"q\"\"t\",,5,,\"\",\n"
      "3,\"1,2.5\",Zo\xc3\xab,berlin,5,0.5,a;b,1\n" },
    { "id IN (4, 10)",
      { .format = COHORT_FORMAT_CSV, .columns = three, .n_columns = 3, .order_by = "id" },
      "id,name,n * 2\n4,,24\n10,\"two\nlines\",-14\n" },
    { "FALSE", { .format = COHORT_FORMAT_CSV, .columns = one, .n_columns = 1 }, "city\n" },
    { "id IN (1, 3)",
      { .format = COHORT_FORMAT_NDJSON, .order_by = "id" },
      "{\"id\":1,\"place\":null,\"name\":\"a,b\",\"city\":\"Berlin\",\"n\":null,\"x\":-1e+300,\"tags\":null,\"boss\":3}\n"
      "{\"id\":3,\"place\":[1,2.5],\"name\":\"Zo\xc3\xab\",\"city\":\"berlin\",\"n\":5,\"x\":0.5,\"tags\":[\"a\",\"b\"],"
      "\"boss\":1}\n" },
    { "id >= 3",
      { .format = COHORT_FORMAT_TABLE, .columns = wide, .n_columns = 2, .order_by = "id", .max_width = 5 },
      "name   id\n-----  --\nZo\xc3\xab     3\n        4\ntwo \xe2\x80\xa6  10\n" },
};

START_TEST(members_are_written_in_each_format)
{
    cohort_store *store = store_in_memory();
    cohort_members_options options = outputs[_i].options;
    char *text;

    options.size = sizeof options;
    declare_and_load(store);
    text = members_text(store, "t", outputs[_i].condition, &options);
    ck_assert_str_eq(text, outputs[_i].wanted);
    free(text);
    cohort_store_close(store);
}
END_TEST

START_TEST(written_as_csv_and_loaded_again_a_store_is_the_same)
{
    static const cohort_pair sets[] = { { "tags", ";" } };
    cohort_store *store = store_in_memory();
    cohort_store *again = store_in_memory();
    cohort_members_options csv = COHORT_MEMBERS_OPTIONS_INIT;
    cohort_load_options options = COHORT_LOAD_OPTIONS_INIT;
    const char *const columns[] = { "id", "name", "city", "n", "x", "tags" };
    char *text, *copy;

    csv.format = COHORT_FORMAT_CSV;
    csv.columns = columns;
    csv.n_columns = 6;
    declare_and_load(store);
    text = members_text(store, "t", "TRUE", &csv);
    options.object = "t";
    options.key = "id";
    options.sets = sets;
    options.n_sets = 1;
    options.keep_empty = 1;
    must_load(again, &options, text);
    copy = members_text(again, "t", "TRUE", &csv);
    ck_assert_str_eq(text, copy);
    free(text);
    free(copy);
    cohort_store_close(store);
    cohort_store_close(again);
}
END_TEST

/* ---- order ---- */

static const struct {
    const char *order_by;
    const char *wanted;         /* keys; rows came as 3 1 2 10 4 */
} orders[] = {
    { NULL, "3 1 2 10 4 " },
    { "n", "10 3 2 4 1 " },
    { "n DESC", "1 4 3 2 10 " },
    { "n desc, id asc", "1 4 2 3 10 " },
    { "city", "4 3 1 10 2 " },
    { "city DESC, id", "2 1 3 10 4 " },
    { "boss", "3 10 1 4 2 " },
    { "boss DESC", "2 4 1 10 3 " },
    { "x, n", "1 3 10 4 2 " },
    { "tags", "2 3 10 1 4 " },
    { "COALESCE(n, 6), id", "10 2 3 1 4 " },
    { "boss.n,id", "1 10 2 3 4 " },
    { "  name  DESC ", "4 10 2 1 3 " },
};

START_TEST(members_come_in_the_order_asked_for)
{
    cohort_store *store = store_in_memory();
    cohort_members_options options = COHORT_MEMBERS_OPTIONS_INIT;
    char *text;

    declare_and_load(store);
    options.order_by = orders[_i].order_by;
    text = members_text(store, "t", "TRUE", &options);
    for (char *c = text; *c != 0; c++)
        *c = *c == '\n' ? ' ' : *c;
    ck_assert_str_eq(text, orders[_i].wanted);
    free(text);
    cohort_store_close(store);
}
END_TEST

/* Rows as numbers that are sorted the naive way. */
typedef struct item {
    int64_t id, n, m;           /* INT64_MAX: missing, so that it comes last */
} item;

static int compare_items(const void *a, const void *b)
{
    const item *x = a;
    const item *y = b;

    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    if (x->m != y->m)
        return x->m > y->m ? -1 : 1;
    return x->id < y->id ? -1 : 1;
}

enum { MANY = 20000 };

START_TEST(many_members_are_sorted_as_the_naive_way_sorts_them)
{
    static item items[MANY];
    const int n = CO_TRIALS(MANY);
    co_random random = co_random_of(77);
    cohort_store *store = store_in_memory();
    cohort_load_options load = COHORT_LOAD_OPTIONS_INIT;
    cohort_members_options options = COHORT_MEMBERS_OPTIONS_INIT;
    text_out rows = { 0 }, wanted = { 0 };
    char line[100];
    char *text;

    text_write(&rows, "id,n,m\n", 7);
    for (int i = 0; i < n; i++) {
        items[i] = (item){ i, (int64_t)co_random_below(&random, 50), (int64_t)co_random_below(&random, 20) };
        /* A number of no digits is nothing where it is 0. */
        snprintf(line, sizeof line, "%d,%.0d,%.0d\n", i, (int)items[i].n, (int)items[i].m);
        items[i].n = items[i].n == 0 ? INT64_MAX : items[i].n;
        items[i].m = items[i].m == 0 ? INT64_MAX : items[i].m;
        text_write(&rows, line, strlen(line));
    }
    qsort(items, (size_t)n, sizeof *items, compare_items);
    for (int i = 0; i < n; i++) {
        snprintf(line, sizeof line, "%d\n", (int)items[i].id);
        text_write(&wanted, line, strlen(line));
    }
    load.object = "t";
    load.key = "id";
    must_load(store, &load, rows.bytes);
    options.order_by = "n, m DESC";
    text = members_text(store, "t", "TRUE", &options);
    ck_assert_int_eq(strcmp(text, wanted.bytes), 0);
    free(text);
    free(rows.bytes);
    free(wanted.bytes);
    cohort_store_close(store);
}
END_TEST

START_TEST(a_name_that_ends_in_desc_is_a_name)
{
    cohort_store *store = store_in_memory();
    cohort_load_options load = COHORT_LOAD_OPTIONS_INIT;
    cohort_members_options options = COHORT_MEMBERS_OPTIONS_INIT;
    char *text;

    load.object = "t";
    load.key = "id";
    must_load(store, &load, "id,desc,\xc3\xa9" "desc\n1,7,5\n2,6,6\n");
    options.order_by = "desc";
    text = members_text(store, "t", "TRUE", &options);
    ck_assert_str_eq(text, "2\n1\n");
    free(text);
    options.order_by = "\"\xc3\xa9" "desc\" DESC";
    text = members_text(store, "t", "TRUE", &options);
    ck_assert_str_eq(text, "2\n1\n");
    free(text);
    cohort_store_close(store);
}
END_TEST

/* ---- Roaring ---- */

START_TEST(a_roaring_bitmap_holds_the_keys)
{
    cohort_store *store = store_in_memory();
    cohort_members_options options = COHORT_MEMBERS_OPTIONS_INIT;
    cohort_snapshot *snapshot;
    cohort_evaluator *evaluator;
    cohort_segment *segment;
    text_out out = { 0 };
    co_memory memory;
    co_bitmap keys;
    uint64_t n;
    size_t used;

    options.format = COHORT_FORMAT_ROARING;
    declare_and_load(store);
    ck_assert_int_eq(cohort_store_snapshot(store, &snapshot, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_evaluator_new(NULL, &evaluator, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_segment_parse("t", "id > 1", SIZE_MAX, NULL, &segment, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_members_write(evaluator, snapshot, segment, NULL, &options, text_write, &out, &n, NULL),
                     COHORT_OK);
    ck_assert_uint_eq(n, 4);
    co_memory_init(&memory, NULL, 0);
    co_bitmap_init(&keys, &memory);
    ck_assert_int_eq(co_bitmap_read_portable(out.bytes, out.length, &keys, &used, NULL), COHORT_OK);
    ck_assert_uint_eq(used, out.length);
    ck_assert_uint_eq(co_bitmap_count(&keys), 4);
    ck_assert(co_bitmap_contains(&keys, 2) && co_bitmap_contains(&keys, 3) && co_bitmap_contains(&keys, 4) &&
              co_bitmap_contains(&keys, 10));
    co_bitmap_clear(&keys);
    free(out.bytes);
    cohort_segment_free(segment);
    cohort_evaluator_free(evaluator);
    cohort_snapshot_release(snapshot);
    cohort_store_close(store);
}
END_TEST

/* ---- refusals ---- */

static const char *const wrong[] = { "nmae" };

static const struct {
    const char *condition;
    cohort_members_options options;
    const char *wanted;         /* how the error begins */
} refusals[] = {
    { "TRUE", { .format = 9 }, "ERROR COHORT_INVALID: format 9 is not known" },
    { "TRUE", { .columns = one, .n_columns = 1 }, "ERROR COHORT_INVALID: columns can be chosen for" },
    { "TRUE", { .format = COHORT_FORMAT_CSV, .columns = wrong, .n_columns = 1 }, "ERROR COHORT_NOT_FOUND: " },
    { "TRUE", { .order_by = "id, n +" }, "ERROR COHORT_PARSE: " },
    { "TRUE", { .order_by = "id,,n" }, "ERROR COHORT_PARSE: " },
    { "nmae = 'x'", { .format = COHORT_FORMAT_KEYS }, "ERROR COHORT_NOT_FOUND: " },
};

START_TEST(what_cannot_be_written_is_refused_before_anything_is)
{
    cohort_store *store = store_in_memory();
    cohort_members_options options = refusals[_i].options;
    char *text;

    options.size = sizeof options;
    declare_and_load(store);
    text = members_text(store, "t", refusals[_i].condition, &options);
    ck_assert_msg(strncmp(text, refusals[_i].wanted, strlen(refusals[_i].wanted)) == 0, "%s", text);
    free(text);
    cohort_store_close(store);
}
END_TEST

START_TEST(keys_that_are_no_rows_of_a_bitmap_are_refused)
{
    static const char *const files[] = { "id\na\n", "id\n-1\n", "id\n4294967296\n" };
    static const char *const said[] = { "ERROR COHORT_TYPE: keys of 't' are text", "ERROR COHORT_OVERFLOW: key -1 ",
                                        "ERROR COHORT_OVERFLOW: key 4294967296 " };
    cohort_members_options options = COHORT_MEMBERS_OPTIONS_INIT;
    cohort_load_options load = COHORT_LOAD_OPTIONS_INIT;

    options.format = COHORT_FORMAT_ROARING;
    load.object = "t";
    load.key = "id";
    for (int i = 0; i < 3; i++) {
        cohort_store *store = store_in_memory();
        char *text;

        must_load(store, &load, files[i]);
        text = members_text(store, "t", "TRUE", &options);
        ck_assert_msg(strncmp(text, said[i], strlen(said[i])) == 0, "%s", text);
        free(text);
        cohort_store_close(store);
    }
}
END_TEST

static int32_t refuse_all(void *context, const void *bytes, size_t length)
{
    (void)bytes;
    *(size_t *)context += length;
    return 1;
}

/* Every format, then a receiver that stops. */
START_TEST(no_allocation_that_fails_while_writing_does_harm)
{
    cohort_store *store = store_in_memory();
    cohort_snapshot *snapshot;
    cohort_segment *segment;
    cohort_members_options options = COHORT_MEMBERS_OPTIONS_INIT;

    options.format = _i;
    options.order_by = "n DESC, city, boss";
    declare_and_load(store);
    ck_assert_int_eq(cohort_store_snapshot(store, &snapshot, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_segment_parse("t", "TRUE", SIZE_MAX, NULL, &segment, NULL), COHORT_OK);
    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        cohort_evaluator_options with = COHORT_EVALUATOR_OPTIONS_INIT;
        cohort_evaluator *evaluator = NULL;
        cohort_error error = COHORT_ERROR_INIT;
        text_out out = { 0 };
        uint64_t n_written = 0;
        size_t n_refused_bytes = 0;
        cohort_status status;

        with.allocator = &allocator;
        status = cohort_evaluator_new(&with, &evaluator, &error);
        if (status == COHORT_OK)
            status = cohort_members_write(evaluator, snapshot, segment, NULL, &options, text_write, &out, &n_written,
                                          &error);
        ck_assert_msg(status == (state.n_refused > 0 ? COHORT_MEMORY : COHORT_OK), "%d: %s", (int)n, error.text);
        ck_assert_uint_eq(n_written, status == COHORT_OK ? 5 : 0);
        state.fail_at = 0;
        if (status == COHORT_OK)
            ck_assert_int_eq(cohort_members_write(evaluator, snapshot, segment, NULL, &options, refuse_all,
                                                  &n_refused_bytes, NULL, NULL),
                             COHORT_CANCELLED);
        cohort_evaluator_free(evaluator);
        free(out.bytes);
        ck_assert(co_failing_is_clean(&state));
        if (status == COHORT_OK)
            break;
    }
    cohort_segment_free(segment);
    cohort_snapshot_release(snapshot);
    cohort_store_close(store);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("members");
    TCase *tests = tcase_create("members");

    tcase_add_loop_test(tests, members_are_written_in_each_format, 0, (int)(sizeof outputs / sizeof *outputs));
    tcase_add_test(tests, written_as_csv_and_loaded_again_a_store_is_the_same);
    tcase_add_loop_test(tests, members_come_in_the_order_asked_for, 0, (int)(sizeof orders / sizeof *orders));
    tcase_add_test(tests, many_members_are_sorted_as_the_naive_way_sorts_them);
    tcase_add_test(tests, a_name_that_ends_in_desc_is_a_name);
    tcase_add_test(tests, a_roaring_bitmap_holds_the_keys);
    tcase_add_loop_test(tests, what_cannot_be_written_is_refused_before_anything_is, 0,
                        (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, keys_that_are_no_rows_of_a_bitmap_are_refused);
    tcase_add_loop_test(tests, no_allocation_that_fails_while_writing_does_harm, COHORT_FORMAT_KEYS,
                        COHORT_FORMAT_ROARING + 1);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

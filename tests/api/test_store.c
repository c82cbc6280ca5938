/* cohort/store.h as a caller sees it. */
#include <string.h>

#include "cohort/store.h"
#include "support/check_main.h"
#include "support/failing_memory.h"

#define TEXT(literal)                \
    {                                \
        literal, sizeof(literal) - 1 \
    }

static cohort_value number(cohort_type type, int64_t n)
{
    cohort_value value = COHORT_VALUE_NULL;

    value.type = type;
    value.number = n;
    return value;
}

static cohort_value string(const char *text)
{
    cohort_value value = COHORT_VALUE_NULL;

    value.type = COHORT_STRING;
    value.text = (cohort_text){ text, strlen(text) };
    return value;
}

static const cohort_field every_type[] = {
    { sizeof(cohort_field), COHORT_BOOL, "vip", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_INT, "age", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_DECIMAL, "balance", 2, 0, NULL },
    { sizeof(cohort_field), COHORT_DOUBLE, "score", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_DATE, "born", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_TIMESTAMP, "seen", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_STRING, "name", 0, COHORT_NOCASE, NULL },
    { sizeof(cohort_field), COHORT_SET, "tags", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_POINT, "place", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "account", 0, 0, "account" },
};
static const char *const every_name[] = { "vip",  "age",  "balance", "score", "born",
                                          "seen", "name", "tags",    "place", "account" };

static cohort_status declare_contact(cohort_store *store, cohort_error *error)
{
    cohort_object object = COHORT_OBJECT_INIT;

    object.name = "contact";
    object.key_name = "id";
    object.key_type = COHORT_STRING;
    object.fields = every_type;
    object.n_fields = 10;
    return cohort_store_declare(store, &object, error);
}

static void every_value(cohort_value values[10])
{
    static const cohort_text tags[] = { TEXT("red"), TEXT("blue"), TEXT("red") };

    for (int i = 0; i < 10; i++)
        values[i] = number(every_type[i].type, i);
    values[2] = number(COHORT_DECIMAL, 1250);
    values[2].scale = 1;
    values[2].number = 125;
    values[3].real = 2.5;
    values[6] = string("Ann");
    values[7].elements = tags;
    values[7].n_elements = 3;
    values[8].real = -33.9;
    values[8].longitude = 151.2;
    values[9] = string("Acme");
}

/* Everything a careful caller does, stopping at the first failure. */
static cohort_status whole_life(cohort_store *store, cohort_error *error)
{
    cohort_batch *batch = NULL;
    cohort_snapshot *snapshot = NULL;
    cohort_value values[10];
    const cohort_value key = string("c1");
    cohort_value value;
    cohort_text elements[4];
    uint32_t row;
    size_t n;

    every_value(values);

    cohort_status status = declare_contact(store, error);

    if (status == COHORT_OK)
        status = cohort_batch_new(store, &batch, error);
    if (status == COHORT_OK)
        status = cohort_batch_upsert(batch, "contact", &key, 10, every_name, values, error);
    if (status == COHORT_OK)
        status = cohort_batch_commit(batch, NULL, error);
    if (status == COHORT_OK)
        status = cohort_store_snapshot(store, &snapshot, error);
    if (status == COHORT_OK)
        status = cohort_snapshot_row(snapshot, "contact", &key, &row, error);
    if (status == COHORT_OK)
        status = cohort_snapshot_value(snapshot, "contact", row, "account", &value, error);
    if (status == COHORT_OK)
        status = cohort_snapshot_elements(snapshot, "contact", row, "tags", elements, 4, &n, error);
    cohort_snapshot_release(snapshot);
    cohort_batch_free(batch);
    return status;
}

START_TEST(every_type_of_value_comes_back_as_it_was_given)
{
    cohort_store *store;
    cohort_snapshot *snapshot;
    cohort_value value;
    cohort_text elements[2];
    size_t n;

    ck_assert_int_eq(cohort_store_open(NULL, NULL, &store, NULL), COHORT_OK);
    ck_assert_int_eq(whole_life(store, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_store_snapshot(store, &snapshot, NULL), COHORT_OK);
    cohort_store_close(store);
    ck_assert_uint_eq(cohort_snapshot_count(snapshot, "contact"), 1);
    ck_assert_uint_eq(cohort_snapshot_count(snapshot, "account"), 0);
    ck_assert_int_eq(cohort_snapshot_key(snapshot, "contact", 0, &value, NULL), COHORT_OK);
    ck_assert_mem_eq(value.text.bytes, "c1", 2);
    cohort_snapshot_value(snapshot, "contact", 0, "balance", &value, NULL);
    ck_assert_int_eq(value.number, 1250);
    ck_assert_int_eq(value.scale, 2);
    cohort_snapshot_value(snapshot, "contact", 0, "score", &value, NULL);
    ck_assert(value.real == 2.5);
    cohort_snapshot_value(snapshot, "contact", 0, "place", &value, NULL);
    ck_assert(value.real == -33.9 && value.longitude == 151.2);
    cohort_snapshot_value(snapshot, "contact", 0, "account", &value, NULL);
    ck_assert_int_eq(value.type, COHORT_STRING);
    ck_assert_mem_eq(value.text.bytes, "Acme", 4);
    ck_assert_int_eq(cohort_snapshot_elements(snapshot, "contact", 0, "tags", elements, 2, &n, NULL),
                     COHORT_OK);
    ck_assert_uint_eq(n, 2);
    ck_assert_mem_eq(elements[0].bytes, "blue", 4);
    ck_assert_int_eq(cohort_snapshot_value(snapshot, "contact", 0, "nothing", &value, NULL),
                     COHORT_NOT_FOUND);
    ck_assert_int_eq(cohort_snapshot_value(snapshot, "contact", 1, "age", &value, NULL), COHORT_NOT_FOUND);
    cohort_snapshot_release(snapshot);
}
END_TEST

START_TEST(schema_reads_back_as_declared)
{
    cohort_store *store;
    cohort_snapshot *snapshot;
    cohort_object object = COHORT_OBJECT_INIT;

    ck_assert_int_eq(cohort_store_open(NULL, NULL, &store, NULL), COHORT_OK);
    ck_assert_int_eq(declare_contact(store, NULL), COHORT_OK);
    ck_assert_int_eq(declare_contact(store, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_store_snapshot(store, &snapshot, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_snapshot_object(snapshot, 0, &object, NULL), COHORT_OK);
    ck_assert_str_eq(object.name, "contact");
    ck_assert_str_eq(object.key_name, "id");
    ck_assert_uint_eq(object.n_fields, 10);
    ck_assert_str_eq(object.fields[9].target, "account");
    ck_assert_int_eq(cohort_snapshot_object(snapshot, 1, &object, NULL), COHORT_NOT_FOUND);
    cohort_snapshot_release(snapshot);
    cohort_store_close(store);
}
END_TEST

START_TEST(columns_bring_many_records_at_once)
{
    static const int64_t ages[] = { 10, 20, 30 };
    static const uint64_t valid[] = { 5 };
    static const uint64_t offsets[] = { 0, 1, 2, 3 };
    static const uint64_t ends[] = { 0, 2, 2, 3 };
    const cohort_column columns[] = {
        { "id", COHORT_STRING, 0, NULL, NULL, NULL, NULL, NULL, offsets, "abc" },
        { "age", COHORT_INT, 0, valid, ages, NULL, NULL, NULL, NULL, NULL },
        { "balance", COHORT_INT, 0, NULL, ages, NULL, NULL, NULL, NULL, NULL },
        { "tags", COHORT_SET, 0, NULL, NULL, NULL, NULL, ends, offsets, "xxy" },
        { "account", COHORT_INT, 0, NULL, ages, NULL, NULL, NULL, NULL, NULL },
    };
    cohort_store *store;
    cohort_batch *batch;
    cohort_snapshot *snapshot;
    cohort_value value;
    cohort_commit_report report = COHORT_COMMIT_REPORT_INIT;

    ck_assert_int_eq(cohort_store_open(NULL, NULL, &store, NULL), COHORT_OK);
    ck_assert_int_eq(declare_contact(store, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_new(store, &batch, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_columns(batch, "contact", 3, 5, columns, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_commit(batch, &report, NULL), COHORT_OK);
    ck_assert_uint_eq(report.inserted, 3);
    ck_assert_int_eq(cohort_store_snapshot(store, &snapshot, NULL), COHORT_OK);
    cohort_snapshot_value(snapshot, "contact", 1, "age", &value, NULL);
    ck_assert_int_eq(value.type, COHORT_NULL);
    cohort_snapshot_value(snapshot, "contact", 2, "balance", &value, NULL);
    ck_assert_int_eq(value.number, 3000);
    cohort_snapshot_value(snapshot, "contact", 0, "tags", &value, NULL);
    ck_assert_uint_eq(value.n_elements, 1);
    cohort_snapshot_value(snapshot, "contact", 2, "account", &value, NULL);
    ck_assert_mem_eq(value.text.bytes, "30", 2);
    cohort_snapshot_release(snapshot);
    cohort_batch_free(batch);
    cohort_store_close(store);
}
END_TEST

/* What is refused, and how. */
static const struct {
    const char *object;
    const char *field;
    cohort_value value;
    cohort_status status;
} refusals[] = {
    { "person", "age", { COHORT_INT, 0, 1, 0, 0, TEXT(""), NULL, 0 }, COHORT_NOT_FOUND },
    { "contact", "shoe", { COHORT_INT, 0, 1, 0, 0, TEXT(""), NULL, 0 }, COHORT_NOT_FOUND },
    { "contact", "id", { COHORT_INT, 0, 1, 0, 0, TEXT(""), NULL, 0 }, COHORT_INVALID },
    { "contact", "age", { COHORT_STRING, 0, 1, 0, 0, TEXT("1"), NULL, 0 }, COHORT_TYPE },
    { "contact", "age", { COHORT_DECIMAL, 1, 10, 0, 0, TEXT(""), NULL, 0 }, COHORT_TYPE },
    { "contact", "balance", { COHORT_DECIMAL, 3, 1, 0, 0, TEXT(""), NULL, 0 }, COHORT_TYPE },
    { "contact", "balance", { COHORT_INT, 0, INT64_MAX, 0, 0, TEXT(""), NULL, 0 }, COHORT_OVERFLOW },
    { "contact", "born", { COHORT_DATE, 0, INT64_MAX, 0, 0, TEXT(""), NULL, 0 }, COHORT_OVERFLOW },
    { "contact", "name", { COHORT_STRING, 0, 0, 0, 0, TEXT("\xff"), NULL, 0 }, COHORT_INVALID },
    { "contact", "place", { COHORT_POINT, 0, 0, 90.5, 0, TEXT(""), NULL, 0 }, COHORT_INVALID },
    { "contact", "account", { COHORT_DOUBLE, 0, 0, 1, 0, TEXT(""), NULL, 0 }, COHORT_TYPE },
};

START_TEST(wrong_values_are_refused_and_leave_the_batch_as_it_was)
{
    cohort_store *store;
    cohort_batch *batch;
    cohort_error error = COHORT_ERROR_INIT;
    cohort_commit_report report = COHORT_COMMIT_REPORT_INIT;
    const cohort_value key = string("c");

    ck_assert_int_eq(cohort_store_open(NULL, NULL, &store, NULL), COHORT_OK);
    ck_assert_int_eq(declare_contact(store, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_new(store, &batch, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_upsert(batch, refusals[_i].object, &key, 1, &refusals[_i].field,
                                         &refusals[_i].value, &error),
                     refusals[_i].status);
    ck_assert_int_eq(error.code, refusals[_i].status);
    ck_assert_int_eq(cohort_batch_commit(batch, &report, NULL), COHORT_OK);
    ck_assert_uint_eq(report.inserted, 0);
    cohort_batch_free(batch);
    cohort_store_close(store);
}
END_TEST

START_TEST(patch_and_delete_need_the_record)
{
    cohort_store *store;
    cohort_batch *batch;
    cohort_error error = COHORT_ERROR_INIT;
    const cohort_value key = string("nobody");

    ck_assert_int_eq(cohort_store_open(NULL, NULL, &store, NULL), COHORT_OK);
    ck_assert_int_eq(declare_contact(store, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_new(store, &batch, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_delete(batch, "contact", &key, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_commit(batch, NULL, &error), COHORT_NOT_FOUND);
    ck_assert_str_eq(error.text, "there is no contact with the key 'nobody'");
    cohort_batch_free(batch);
    cohort_store_close(store);
}
END_TEST

START_TEST(a_batch_of_a_closed_store_is_refused)
{
    cohort_store *store;
    cohort_batch *batch;
    const cohort_value key = string("c");

    ck_assert_int_eq(cohort_store_open(NULL, NULL, &store, NULL), COHORT_OK);
    ck_assert_int_eq(declare_contact(store, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_new(store, &batch, NULL), COHORT_OK);
    cohort_store_close(store);
    ck_assert_int_eq(cohort_batch_upsert(batch, "contact", &key, 0, NULL, NULL, NULL), COHORT_INVALID);
    ck_assert_int_eq(cohort_batch_commit(batch, NULL, NULL), COHORT_INVALID);
    cohort_batch_free(batch);
}
END_TEST

START_TEST(every_refused_allocation_gives_a_clean_error)
{
    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        cohort_store_options options = COHORT_STORE_OPTIONS_INIT;
        cohort_store *store;
        cohort_error error = COHORT_ERROR_INIT;

        options.allocator = &allocator;
        cohort_status status = cohort_store_open(NULL, &options, &store, &error);
        if (status == COHORT_OK) {
            status = whole_life(store, &error);
            if (status == COHORT_MEMORY)
                ck_assert_int_eq(whole_life(store, NULL), COHORT_OK);
            cohort_store_close(store);
        }
        ck_assert_msg(status == COHORT_OK || status == COHORT_MEMORY, "%s", error.text);
        ck_assert(co_failing_is_clean(&state));
        if (state.n_requests < n)
            break;
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("store");
    TCase *tests = tcase_create("public");

    tcase_add_test(tests, every_type_of_value_comes_back_as_it_was_given);
    tcase_add_test(tests, schema_reads_back_as_declared);
    tcase_add_test(tests, columns_bring_many_records_at_once);
    tcase_add_loop_test(tests, wrong_values_are_refused_and_leave_the_batch_as_it_was, 0,
                        (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, patch_and_delete_need_the_record);
    tcase_add_test(tests, a_batch_of_a_closed_store_is_refused);
    tcase_add_test(tests, every_refused_allocation_gives_a_clean_error);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

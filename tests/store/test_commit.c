/* Batches in, versions out: small stories told step by step. */
#include <string.h>

#include "store/batch.h"
#include "support/check_main.h"

static co_store *store;

static void open_store(void)
{
    ck_assert_int_eq(co_store_new(NULL, 0, &store, NULL), COHORT_OK);
}

static void close_store(void)
{
    co_store_free(store);
}

static void declare(const cohort_object *object)
{
    cohort_error error = COHORT_ERROR_INIT;
    const cohort_status status = co_store_declare(store, object, &error);

    ck_assert_msg(status == COHORT_OK, "%s", error.text);
}

static uint32_t id_of(const char *name)
{
    co_version *version = co_store_current(store);
    const co_object *object = co_schema_find(co_version_schema(version), co_text_of(name));

    ck_assert_ptr_nonnull(object);
    co_version_release(version);
    return object->id;
}

static co_commit_counts commit(co_batch *batch)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_commit_counts counts;
    co_commit *ready;
    const cohort_status status = co_commit_prepare(batch, &ready, &error);

    ck_assert_msg(status == COHORT_OK, "%s", error.text);
    co_commit_publish(ready, &counts);
    return counts;
}

static const cohort_field person_fields[] = {
    { sizeof(cohort_field), COHORT_INT, "age", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_STRING, "name", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "firm", 0, 0, "firm" },
};

static void declare_person(void)
{
    cohort_object object = COHORT_OBJECT_INIT;

    object.name = "person";
    object.key_type = COHORT_INT;
    object.fields = person_fields;
    object.n_fields = 3;
    declare(&object);
}

static void put_person(co_batch *batch, int64_t key, int64_t age, const char *name, const char *firm)
{
    cohort_value values[3] = { COHORT_VALUE_NULL, COHORT_VALUE_NULL, COHORT_VALUE_NULL };
    const uint32_t fields[3] = { 1, 2, 3 };
    const co_key id = { .number = key };
    cohort_error error = COHORT_ERROR_INIT;

    values[0].type = COHORT_INT;
    values[0].number = age;
    if (name != NULL) {
        values[1].type = COHORT_STRING;
        values[1].text = (cohort_text){ name, strlen(name) };
    }
    if (firm != NULL) {
        values[2].type = COHORT_STRING;
        values[2].text = (cohort_text){ firm, strlen(firm) };
    }
    const cohort_status status =
        co_batch_put(batch, CO_UPSERT, id_of("person"), &id, 3, fields, values, &error);

    ck_assert_msg(status == COHORT_OK, "%s", error.text);
}

static uint32_t row_of(const co_version *version, uint32_t object, co_key key)
{
    uint32_t row;

    ck_assert_int_eq(co_version_row(version, object, key, &row, NULL), COHORT_OK);
    return row;
}

START_TEST(records_come_in_and_change)
{
    co_batch *batch;

    declare_person();
    ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
    put_person(batch, 7, 30, "Ann", "Acme");
    put_person(batch, 8, 31, "Bob", NULL);
    put_person(batch, 7, 32, "Ann", "Acme");

    co_commit_counts counts = commit(batch);
    const uint32_t person = id_of("person");
    const uint32_t firm = id_of("firm");
    co_version *first = co_store_current(store);

    ck_assert_uint_eq(counts.inserted, 2);
    ck_assert_uint_eq(co_version_n_live(first, person), 2);
    ck_assert_uint_eq(co_version_n_live(first, firm), 0);

    const uint32_t row = row_of(first, person, (co_key){ .number = 7 });
    const co_tile *tile = co_version_tile(first, person, 0);

    ck_assert_uint_eq(row, 0);
    ck_assert_int_eq(co_column_number(tile->columns[1], row), 32);
    ck_assert_int_eq(co_column_number(tile->columns[3], row),
                     row_of(first, firm, (co_key){ .is_text = true, .text = CO_TEXT("Acme") }));

    put_person(batch, 7, 33, "Ann", "Acme");
    put_person(batch, 8, 31, "Bob", NULL);
    put_person(batch, 9, 5, NULL, "Bits");
    counts = commit(batch);
    ck_assert_uint_eq(counts.inserted, 1);
    ck_assert_uint_eq(counts.updated, 1);
    ck_assert_uint_eq(counts.unchanged, 1);
    ck_assert_int_eq(co_column_number(co_version_tile(first, person, 0)->columns[1], row), 32);

    co_version *second = co_store_current(store);

    ck_assert_int_eq(co_column_number(co_version_tile(second, person, 0)->columns[1], row), 33);
    ck_assert_uint_eq(row_of(first, person, (co_key){ .number = 9 }), CO_NONE);
    ck_assert_uint_eq(row_of(second, person, (co_key){ .number = 9 }), 2);
    co_version_release(first);
    co_version_release(second);
    co_batch_free(batch);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("commit");
    TCase *tests = tcase_create("stories");

    tcase_add_checked_fixture(tests, open_store, close_store);
    tcase_add_test(tests, records_come_in_and_change);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/* An object that runs out of tiles: refused whole, with what to do about it. */
#include <stdlib.h>
#include <string.h>

#include "store/batch.h"
#include "support/check_main.h"
#include "support/saved.h"

enum { CUSTOMER, VISIT };

#define ROWS_OF_A_CLUSTER 4096u
#define HEAD_BYTES 28u   /* of the store section, before what it says of objects … */
#define OBJECT_BYTES 16u /* … of which the first four are the number of tiles */

static const cohort_field visit_fields[] = {
    { sizeof(cohort_field), COHORT_TIMESTAMP, "at", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "customer", 0, 0, "customer" },
    { sizeof(cohort_field), COHORT_STRING, "kind", 0, 0, NULL },
};
static const cohort_object customer = {
    sizeof(cohort_object), COHORT_INT, "customer", NULL, NULL, NULL, NULL, NULL, 0, NULL, 0
};
static const cohort_object visit = { sizeof(cohort_object), 0, "visit", NULL, NULL, "at", "kind",
                                     visit_fields,          3, NULL, 0 };

static void put_customer(co_batch *batch, int64_t key)
{
    const co_key id = { .number = key };

    ck_assert_int_eq(co_batch_put(batch, CO_UPSERT, CUSTOMER, &id, 0, NULL, NULL, NULL), COHORT_OK);
}

/* n visits of one kind; of customer 1, or of nobody. */
static void put_visits(co_batch *batch, uint32_t n, bool of_somebody, const char *kind)
{
    const uint32_t fields[2] = { 2, 3 };
    cohort_value values[2] = { COHORT_VALUE_NULL, COHORT_VALUE_NULL };

    values[0].type = of_somebody ? COHORT_INT : COHORT_NULL;
    values[0].number = 1;
    values[1].type = COHORT_STRING;
    values[1].text = (cohort_text){ kind, strlen(kind) };
    for (uint32_t i = 0; i < n; i++)
        ck_assert_int_eq(co_batch_put(batch, CO_UPSERT, VISIT, NULL, 2, fields, values, NULL), COHORT_OK);
}

static cohort_status commit(co_batch *batch, cohort_error *error)
{
    co_commit *ready;
    const cohort_status status = co_commit_prepare(batch, &ready, error);

    if (status == COHORT_OK)
        co_commit_publish(ready, NULL);
    return status;
}

/* Tile numbers are never given twice, so a store may have used nearly all and hold one: as this one says. */
static co_store *with_tiles_used(uint32_t n_tiles)
{
    co_store *store;
    co_store *used;
    co_batch *batch;
    co_version *version;

    ck_assert_int_eq(co_store_new(NULL, 0, &store, NULL), COHORT_OK);
    ck_assert_int_eq(co_store_declare(store, &customer, NULL), COHORT_OK);
    ck_assert_int_eq(co_store_declare(store, &visit, NULL), COHORT_OK);
    ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
    put_customer(batch, 1);
    put_visits(batch, 1, true, "view");
    ck_assert_int_eq(commit(batch, NULL), COHORT_OK);
    co_batch_free(batch);
    version = co_store_current(store);

    co_saved saved = co_saved_of(version);

    for (unsigned i = 0; i < 4; i++)
        saved.bytes[0][HEAD_BYTES + VISIT * OBJECT_BYTES + i] = (char)(n_tiles >> 8 * i & 255);
    ck_assert_int_eq(co_saved_restore(&saved, NULL, &used, NULL), COHORT_OK);
    co_saved_free(&saved);
    co_version_release(version);
    co_store_free(store);
    return used;
}

static const struct {
    uint32_t used;
    bool unparented;   /* visits of nobody need a tile */
    uint32_t n_clicks; /* enough of them need another */
    cohort_status status;
} cases[] = {
    { 65534, true, ROWS_OF_A_CLUSTER, COHORT_OK },      { 65535, true, ROWS_OF_A_CLUSTER, COHORT_FULL },
    { 65535, true, ROWS_OF_A_CLUSTER - 1, COHORT_OK },  { 65535, false, ROWS_OF_A_CLUSTER, COHORT_OK },
    { 65536, false, ROWS_OF_A_CLUSTER, COHORT_FULL },   { 65536, true, 0, COHORT_FULL },
    { 65536, false, ROWS_OF_A_CLUSTER - 1, COHORT_OK },
};

START_TEST(a_commit_that_needs_more_tiles_than_there_are_is_refused_whole)
{
    co_store *store = with_tiles_used(cases[_i].used);
    co_version *before = co_store_current(store);
    co_version *after;
    cohort_error error = COHORT_ERROR_INIT;
    co_batch *batch;

    ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
    put_customer(batch, 2);
    put_visits(batch, 5, true, "view");
    put_visits(batch, cases[_i].n_clicks, true, "click");
    put_visits(batch, cases[_i].unparented ? 1 : 0, false, "view");
    ck_assert_int_eq(commit(batch, &error), cases[_i].status);
    after = co_store_current(store);
    if (cases[_i].status == COHORT_OK) {
        ck_assert_uint_eq(co_version_n_live(after, VISIT), 6 + cases[_i].n_clicks + cases[_i].unparented);
    } else {
        ck_assert_ptr_eq(before, after);
        ck_assert_str_eq(error.text,
                         "'visit' would need more than 65536 tiles; load what is past into an object of "
                         "its own, or declare it without home or cluster");
        ck_assert_int_eq(commit(batch, NULL), COHORT_FULL);
        co_batch_clear(batch);
        put_visits(batch, 5, true, "view");
        ck_assert_int_eq(commit(batch, NULL), COHORT_OK);
    }
    co_version_release(before);
    co_version_release(after);
    co_batch_free(batch);
    co_store_free(store);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("full");
    TCase *tests = tcase_create("tiles");

    tcase_add_loop_test(tests, a_commit_that_needs_more_tiles_than_there_are_is_refused_whole, 0,
                        (int)(sizeof cases / sizeof *cases));
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

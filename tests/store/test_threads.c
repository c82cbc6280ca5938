/* Readers go on while a writer commits; every refused allocation leaves all as it was. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/store_model.h"

#define N_READERS 3
#define N_COMMITS 60
#define N_KEYS 50

typedef struct shared {
    co_store *store;
    _Atomic int done;
    _Atomic int wrong;
} shared;

/* Every commit sets all ages to one number: a reader must see one number only. */
static void *read_all(void *context)
{
    shared *shared = context;

    while (atomic_load(&shared->done) == 0) {
        co_version *version = co_store_current(shared->store);
        int64_t first = -1;

        for (int64_t k = 1; k <= N_KEYS; k++) {
            uint32_t row;

            if (co_version_row(version, CO_PERSON, (co_key){ .number = k }, &row, NULL) != COHORT_OK)
                atomic_fetch_add(&shared->wrong, 1);
            if (row == CO_NONE || !co_version_is_live(version, CO_PERSON, row)) {
                if (first != -1)
                    atomic_fetch_add(&shared->wrong, 1);
                continue;
            }

            const int64_t age =
                co_column_number(co_version_tile(version, CO_PERSON, row >> 16)->columns[1], row & 65535);

            if (first != -1 && first != age)
                atomic_fetch_add(&shared->wrong, 1);
            first = age;
        }
        co_version_release(version);
    }
    return NULL;
}

static void write_all(shared *shared)
{
    co_batch *batch;

    ck_assert_int_eq(co_batch_new(shared->store, &batch, NULL), COHORT_OK);
    for (int64_t c = 1; c <= N_COMMITS; c++) {
        co_commit *commit;

        for (int64_t k = 1; k <= N_KEYS + c; k++) {
            const co_key key = { .number = k };
            const uint32_t fields[2] = { 1, 2 };
            cohort_value values[2] = { COHORT_VALUE_NULL, COHORT_VALUE_NULL };

            values[0].type = COHORT_INT;
            values[0].number = c;
            if (c > N_COMMITS / 2) {
                values[1].type = COHORT_STRING;
                values[1].text = (cohort_text){ "f1", 2 };
            }
            ck_assert_int_eq(co_batch_put(batch, CO_UPSERT, CO_PERSON, &key, 2, fields, values, NULL),
                             COHORT_OK);
        }
        ck_assert_int_eq(co_commit_prepare(batch, &commit, NULL), COHORT_OK);
        co_commit_publish(commit, NULL);
    }
    co_batch_free(batch);
}

START_TEST(readers_see_whole_commits_while_a_writer_goes_on)
{
    shared shared = { 0 };
    pthread_t readers[N_READERS];

    ck_assert_int_eq(co_store_new(NULL, 0, &shared.store, NULL), COHORT_OK);
    co_model_declare(shared.store);
    for (int i = 0; i < N_READERS; i++)
        ck_assert_int_eq(pthread_create(&readers[i], NULL, read_all, &shared), 0);
    write_all(&shared);
    atomic_store(&shared.done, 1);
    for (int i = 0; i < N_READERS; i++)
        pthread_join(readers[i], NULL);
    ck_assert_int_eq(shared.wrong, 0);
    co_store_free(shared.store);
}
END_TEST

/* Two commits: one that fills, one that moves people to a firm, deletes and names new keys. */
static cohort_status second_commit(co_store *store, co_model *model, co_random *random, cohort_error *error)
{
    co_batch *batch;
    co_commit *commit = NULL;
    cohort_status status = co_batch_new(store, &batch, error);

    (void)model;
    if (status != COHORT_OK)
        return status;
    for (int64_t k = 1; k <= 12 && status == COHORT_OK; k++) {
        const co_key key = { .number = k };
        const uint32_t fields[3] = { 2, 4, 5 };
        const cohort_text likes[] = { { "a", 1 }, { "c", 1 } };
        cohort_value values[3] = { COHORT_VALUE_NULL, COHORT_VALUE_NULL, COHORT_VALUE_NULL };

        values[0].type = COHORT_STRING;
        values[0].text = (cohort_text){ "f9", 2 };
        values[1].type = COHORT_STRING;
        values[1].text = (cohort_text){ "zz", (size_t)co_random_below(random, 3) };
        values[2].type = COHORT_SET;
        values[2].elements = likes;
        values[2].n_elements = 2;
        status = co_batch_put(batch, CO_UPSERT, CO_PERSON, &key, 3, fields, values, error);
    }
    if (status == COHORT_OK)
        status = co_batch_put(batch, CO_DELETE, CO_PERSON, &(co_key){ .number = 3 }, 0, NULL, NULL, error);
    if (status == COHORT_OK)
        status = co_commit_prepare(batch, &commit, error);
    if (status == COHORT_OK)
        co_commit_publish(commit, NULL);
    co_batch_free(batch);
    if (status == COHORT_OK)
        status =
            co_store_define_static(store, CO_PERSON, CO_TEXT("few"), 1, &(co_key){ .number = 77 }, error);
    return status;
}

START_TEST(a_commit_that_runs_out_of_memory_changes_nothing)
{
    for (uint64_t n = 1;; n++) {
        co_failing state = { 0 };
        const cohort_allocator allocator = co_failing_allocator(&state);
        co_random random = co_random_of(3);
        co_model model = co_model_new(10);
        co_store *store;
        co_batch *batch;
        co_commit *commit;
        cohort_error error = COHORT_ERROR_INIT;

        ck_assert_int_eq(co_store_new(&allocator, 0, &store, NULL), COHORT_OK);
        co_model_declare(store);
        ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
        for (uint32_t o = CO_PERSON; o < CO_MODEL_OBJECTS; o++)
            co_model_bulk(&model, batch, o, 1, 10, &random, 10);
        ck_assert_int_eq(co_commit_prepare(batch, &commit, NULL), COHORT_OK);
        co_commit_publish(commit, NULL);
        co_batch_free(batch);

        state.fail_at = state.n_requests + n;
        const cohort_status status = second_commit(store, &model, &random, &error);
        const bool refused = state.n_refused > 0;

        state.fail_at = 0;
        if (refused) {
            co_version *version = co_store_current(store);

            ck_assert_int_eq(status, COHORT_MEMORY);
            if (co_version_find_segment(version, CO_PERSON, CO_TEXT("few")) == NULL &&
                co_version_number(version) == CO_MODEL_OBJECTS + 1)
                co_model_check(&model, version, 1);
            co_version_release(version);
            ck_assert_int_eq(second_commit(store, &model, &random, NULL), COHORT_OK);
        }
        co_store_free(store);
        co_model_free(&model);
        ck_assert(co_failing_is_clean(&state));
        if (!refused)
            break;
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("threads");
    TCase *tests = tcase_create("together");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, readers_see_whole_commits_while_a_writer_goes_on);
    tcase_add_test(tests, a_commit_that_runs_out_of_memory_changes_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

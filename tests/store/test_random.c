/* Random programs on the store and on plain arrays. */
#include <stdlib.h>
#include <string.h>

#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/store_model.h"

#ifdef CO_QUICK
#define N_SEEDS 10
#define REFUSAL_STEP 5 /* every how many allocations one is refused, in turn once and for ever */
#else
#define N_SEEDS 30
#define REFUSAL_STEP 1
#endif
#define N_COMMITS 12
#define N_SMALL 40
#define N_LARGE 70000

typedef struct program {
    co_random random;
    co_store *store;
    co_batch *batch;
    co_model model;
    size_t n_keys; /* keys drawn from 1 … n */
    size_t stride; /* times this */
    unsigned char *asked[CO_MODEL_OBJECTS];
} program;

static program start_with(uint64_t seed, size_t n_records, const cohort_allocator *allocator)
{
    program program = {
        .random = co_random_of(seed), .model = co_model_new(n_records), .n_keys = n_records, .stride = 1
    };

    ck_assert_int_eq(co_store_new(allocator, 0, &program.store, NULL), COHORT_OK);
    co_model_declare(program.store);
    ck_assert_int_eq(co_batch_new(program.store, &program.batch, NULL), COHORT_OK);
    for (int o = 0; o < CO_MODEL_OBJECTS; o++)
        program.asked[o] = calloc(n_records + 1, 1);
    return program;
}

static program start(uint64_t seed, size_t n_records)
{
    return start_with(seed, n_records, NULL);
}

static void stop(program *program)
{
    for (int o = 0; o < CO_MODEL_OBJECTS; o++)
        free(program->asked[o]);
    co_model_free(&program->model);
    co_batch_free(program->batch);
    co_store_free(program->store);
}

static size_t random_key(program *program)
{
    return 1 + (size_t)co_random_below(&program->random, program->n_keys) * program->stride;
}

/* One random change; false if it asks for a record that is not there. */
static bool random_change(program *program)
{
    const uint32_t object = (uint32_t)co_random_below(&program->random, CO_MODEL_OBJECTS);
    const uint64_t dice = co_random_below(&program->random, 100);
    co_verb verb = dice < 70 ? CO_UPSERT : dice < 85 ? CO_PATCH : CO_DELETE;
    uint32_t fields[CO_MODEL_FIELDS];
    co_model_value values[CO_MODEL_FIELDS];
    size_t n = 0;
    size_t key = random_key(program);

    if (object == CO_VISIT && verb == CO_UPSERT &&
        program->model.n_visits >= program->model.n_records[CO_VISIT])
        verb = CO_PATCH;
    /* Mostly ask for what is there, or a batch hardly ever succeeds. */
    if (verb != CO_UPSERT && !program->model.records[object][key].live &&
        !co_random_chance(&program->random, 1, 50))
        return true;
    for (uint32_t f = 1; verb != CO_DELETE && f <= co_model_n_fields(object); f++) {
        if (co_random_chance(&program->random, 1, 2))
            continue;
        fields[n] = f;
        values[n] = co_model_random(&program->random, object, f, program->n_keys);
        if (values[n].has && co_model_type(object, f) == COHORT_REFERENCE)
            values[n].n = 1 + (values[n].n - 1) * (int64_t)program->stride;
        n++;
    }
    if (!co_model_put(&program->model, program->batch, verb, object, key, n, fields, values))
        return false;
    if (verb != CO_DELETE)
        program->asked[object][object == CO_VISIT && verb == CO_UPSERT ? program->model.n_visits : key] = 1;
    return true;
}

/* A batch of random changes, committed or refused as the model says. */
static void random_commit(program *program, size_t n_changes)
{
    const co_model before = co_model_copy(&program->model);
    bool fine = true;
    co_commit *commit = NULL;
    co_commit_counts counts;

    for (int o = 0; o < CO_MODEL_OBJECTS; o++)
        memset(program->asked[o], 0, program->model.n_records[o] + 1);
    if (co_random_chance(&program->random, 1, 3) && program->n_keys == program->model.n_records[0]) {
        const uint32_t object = (uint32_t)co_random_below(&program->random, CO_VISIT);
        const uint32_t n = (uint32_t)co_random_between(&program->random, 1, (int64_t)program->n_keys);

        co_model_bulk(&program->model, program->batch, object, 1, n, &program->random, program->n_keys);
        memset(program->asked[object] + 1, 1, n);
    }
    for (size_t i = 0; i < n_changes && fine; i++)
        fine = random_change(program);

    const cohort_status status = co_commit_prepare(program->batch, &commit, NULL);

    if (!fine) {
        ck_assert_int_eq(status, COHORT_NOT_FOUND);
        co_model_free(&program->model);
        program->model = before;
        co_batch_clear(program->batch);
        return;
    }
    ck_assert_int_eq(status, COHORT_OK);
    co_commit_publish(commit, &counts);

    const co_model_counts wanted = co_model_difference(&before, &program->model, program->asked);

    ck_assert_uint_eq(counts.inserted, wanted.inserted);
    ck_assert_uint_eq(counts.deleted, wanted.deleted);
    ck_assert_uint_eq(counts.updated + counts.unchanged, wanted.updated + wanted.unchanged);
    ck_assert_uint_ge(counts.updated, wanted.updated);
    co_model_free((co_model *)&before);
}

START_TEST(any_program_ends_as_plain_arrays_say_and_snapshots_stay)
{
    program program = start((uint64_t)_i + 1, N_SMALL);
    co_version *versions[N_COMMITS];
    co_model models[N_COMMITS];

    for (int c = 0; c < N_COMMITS; c++) {
        random_commit(&program, (size_t)co_random_below(&program.random, 40));
        versions[c] = co_store_current(program.store);
        models[c] = co_model_copy(&program.model);
        co_model_check(&program.model, versions[c], 1);
        co_model_check_structure(versions[c]);
    }
    for (int c = 0; c < N_COMMITS; c++) {
        co_model_check(&models[c], versions[c], 1);
        co_version_release(versions[c]);
        co_model_free(&models[c]);
    }
    stop(&program);
}
END_TEST

/* Every object spans two tiles, so that records move between parent tiles. */
static void fill_large(program *program)
{
    for (uint32_t o = 0; o < CO_MODEL_OBJECTS; o++) {
        co_commit *commit;
        const uint32_t n = o == CO_VISIT ? N_LARGE - 2000 : N_LARGE;

        co_model_bulk(&program->model, program->batch, o, 1, n, &program->random, N_LARGE);
        ck_assert_int_eq(co_commit_prepare(program->batch, &commit, NULL), COHORT_OK);
        co_commit_publish(commit, NULL);
    }
    program->n_keys = 10;
    program->stride = N_LARGE / 10;
}

START_TEST(records_move_with_their_parents_between_tiles)
{
    program program = start((uint64_t)_i + 1000, N_LARGE);
    co_version *first;
    co_model model;

    fill_large(&program);
    first = co_store_current(program.store);
    model = co_model_copy(&program.model);
    co_model_check(&model, first, 7);
    co_model_check_structure(first);
    for (int c = 0; c < 4; c++) {
        co_version *version;

        random_commit(&program, 30);
        version = co_store_current(program.store);
        co_model_check(&program.model, version, c == 3 ? 3 : 101);
        co_model_check_structure(version);
        co_version_release(version);
    }
    co_model_check(&model, first, 11);
    co_version_release(first);
    co_model_free(&model);
    stop(&program);
}
END_TEST

/* Firms live in both tiles of regions, with persons and visits; regions alone fill a tile. */
static void fill_two_tiles(program *program)
{
    co_commit *commit;

    co_model_bulk(&program->model, program->batch, CO_REGION, 1, N_LARGE, &program->random, N_LARGE);
    for (uint32_t o = CO_FIRM; o <= CO_VISIT; o++)
        co_model_bulk(&program->model, program->batch, o, 1, 60, &program->random,
                      o == CO_FIRM ? N_LARGE : 60);
    ck_assert_int_eq(co_commit_prepare(program->batch, &commit, NULL), COHORT_OK);
    co_commit_publish(commit, NULL);
    program->n_keys = 60;
}

/* Every other firm changes sides, so that all its people and their visits go with it. */
static void move_firms(program *program)
{
    const uint32_t home = 2;

    for (size_t key = 1; key <= 60; key += 2) {
        const co_model_value *old = &program->model.records[CO_FIRM][key].values[home];
        const co_model_value value = { true, old->has && old->n > 65536 ? 7 : 65540 };

        ck_assert(co_model_put(&program->model, program->batch, CO_UPSERT, CO_FIRM, key, 1, &home, &value));
    }
    for (int i = 0; i < 20; i++)
        random_change(program);
}

START_TEST(every_refused_allocation_of_a_commit_that_moves_families_changes_nothing)
{
    co_failing state = { 0 };
    const cohort_allocator allocator = co_failing_allocator(&state);
    const co_key picked[] = { { .number = 1 }, { .number = 2 }, { .number = 3 } };
    program program = start_with(2000, N_LARGE, &allocator);
    co_version *before;
    co_version *now;
    co_model model;
    co_commit *commit = NULL;

    fill_two_tiles(&program);
    ck_assert_int_eq(co_store_define_static(program.store, CO_PERSON, CO_TEXT("picked"), 3, picked, NULL),
                     COHORT_OK);
    before = co_store_current(program.store);
    model = co_model_copy(&program.model);
    move_firms(&program);
    for (uint64_t n = 2; commit == NULL; n += REFUSAL_STEP) {
        state.n_requests = 0;
        state.fail_at = n / 2;
        state.for_ever = n % 2 == 0;

        const cohort_status status = co_commit_prepare(program.batch, &commit, NULL);

        state.fail_at = 0;
        state.for_ever = false;
        ck_assert_int_eq(status, commit == NULL ? COHORT_MEMORY : COHORT_OK);
        now = co_store_current(program.store);
        ck_assert_ptr_eq(now, before);
        co_version_release(now);
    }
    co_commit_publish(commit, NULL);
    now = co_store_current(program.store);
    co_model_check(&program.model, now, 1);
    co_model_check_structure(now);
    co_model_check(&model, before, 1);
    co_version_release(now);
    co_version_release(before);
    co_model_free(&model);
    stop(&program);
    ck_assert(co_failing_is_clean(&state));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("random");
    TCase *tests = tcase_create("programs");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, any_program_ends_as_plain_arrays_say_and_snapshots_stay, 0, N_SEEDS);
    tcase_add_loop_test(tests, records_move_with_their_parents_between_tiles, 0, 2);
    tcase_add_test(tests, every_refused_allocation_of_a_commit_that_moves_families_changes_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

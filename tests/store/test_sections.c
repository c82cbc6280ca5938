/* Versions as sections of bytes, and back. */
#include <stdlib.h>
#include <string.h>

#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/saved.h"
#include "support/store_model.h"

#define N_RECORDS 300

#ifdef CO_QUICK
#define N_FLIPS 2000
#else
#define N_FLIPS 20000
#endif

static void commit(co_batch *batch)
{
    co_commit *ready;

    ck_assert_int_eq(co_commit_prepare(batch, &ready, NULL), COHORT_OK);
    co_commit_publish(ready, NULL);
}

/* Some of everything, with records deleted, definitions and keys that have no record. */
static co_store *make(co_model *model, size_t n)
{
    co_random random = co_random_of(5);
    const co_key keys[] = { { .number = 3 }, { .number = 100000 } };
    co_store *store;
    co_batch *batch;

    ck_assert_int_eq(co_store_new(NULL, 0, &store, NULL), COHORT_OK);
    co_model_declare(store);
    ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
    *model = co_model_new(n + 10);
    for (uint32_t o = 0; o < CO_MODEL_OBJECTS; o++)
        co_model_bulk(model, batch, o, 1, (uint32_t)n, &random, n + 10);
    for (size_t i = 1; i < n; i += 7)
        ck_assert(co_model_put(model, batch, CO_DELETE, CO_PERSON, i, 0, NULL, NULL));
    commit(batch);
    co_batch_free(batch);
    ck_assert_int_eq(
        co_store_define(store, CO_DEFINED_SEGMENT, CO_PERSON, CO_TEXT("old"), CO_TEXT("age > 60"), 1, NULL),
        COHORT_OK);
    ck_assert_int_eq(
        co_store_define(store, CO_DEFINED_TRAIT, CO_FIRM, CO_TEXT("size"), CO_TEXT("COUNT(person)"), 0, NULL),
        COHORT_OK);
    ck_assert_int_eq(co_store_define_static(store, CO_PERSON, CO_TEXT("picked"), 2, keys, NULL), COHORT_OK);
    return store;
}

static void assert_same_definitions(const co_version *a, const co_version *b)
{
    ck_assert_uint_eq(co_version_n_definitions(a), co_version_n_definitions(b));
    for (uint32_t i = 0; i < co_version_n_definitions(a); i++) {
        const co_definition *x = co_version_definition(a, i);
        const co_definition *y = co_version_definition(b, i);

        ck_assert(x->kind == y->kind && x->object == y->object && x->nulls == y->nulls);
        ck_assert(co_text_equal(x->name, y->name) && co_text_equal(x->text, y->text));
        ck_assert(x->kind != CO_DEFINED_STATIC || co_bitmap_equal(x->rows, y->rows));
    }
}

static const size_t sizes[] = { 1, N_RECORDS, 65536, 65537 };

START_TEST(what_was_written_comes_back_and_can_be_changed)
{
    co_model model;
    co_store *store = make(&model, sizes[_i]);
    co_version *version = co_store_current(store);
    co_saved saved = co_saved_of(version);
    co_store *again;
    cohort_error error = COHORT_ERROR_INIT;
    const uint32_t field = 1;
    const co_model_value value = { true, 17 };
    co_batch *batch;

    ck_assert_msg(co_saved_restore(&saved, NULL, &again, &error) == COHORT_OK, "%s", error.text);

    co_version *restored = co_store_current(again);

    ck_assert_uint_eq(co_version_number(restored), co_version_number(version));
    ck_assert_uint_eq(co_version_store_id(restored), co_version_store_id(version));
    assert_same_definitions(version, restored);
    co_version_release(version);
    co_store_free(store);
    co_model_check(&model, restored, sizes[_i] < 1000 ? 1 : 97);
    co_model_check_structure(restored);

    ck_assert_int_eq(co_batch_new(again, &batch, NULL), COHORT_OK);
    ck_assert(co_model_put(&model, batch, CO_UPSERT, CO_PERSON, 1, 1, &field, &value));
    ck_assert(co_model_put(&model, batch, CO_UPSERT, CO_PERSON, sizes[_i] + 2, 1, &field, &value));
    ck_assert(co_model_put(&model, batch, CO_UPSERT, CO_VISIT, 0, 1, &field, &value));
    commit(batch);
    co_batch_free(batch);
    co_version_release(restored);
    restored = co_store_current(again);
    co_model_check(&model, restored, sizes[_i] < 1000 ? 1 : 97);
    co_version_release(restored);
    co_store_free(again);
    co_saved_free(&saved);
    co_model_free(&model);
}
END_TEST

START_TEST(every_shorter_section_is_refused_with_a_reason)
{
    co_model model;
    co_store *store = make(&model, 20);
    co_version *version = co_store_current(store);
    co_saved saved = co_saved_of(version);

    for (size_t s = 0; s < saved.n; s++) {
        const size_t length = saved.lengths[s];

        for (size_t cut = 0; cut < length; cut++) {
            co_store *again;
            cohort_error error = COHORT_ERROR_INIT;
            char *whole = saved.bytes[s];

            /* A block of its own, so that reading past its end is noticed. */
            saved.bytes[s] = malloc(cut + 1);
            memcpy(saved.bytes[s], whole, cut);
            saved.lengths[s] = cut;
            ck_assert_int_eq(co_saved_restore(&saved, NULL, &again, &error), COHORT_CORRUPT);
            ck_assert_uint_gt(strlen(error.text), 0);
            free(saved.bytes[s]);
            saved.bytes[s] = whole;
        }
        saved.lengths[s] = length;
    }
    co_saved_free(&saved);
    co_version_release(version);
    co_store_free(store);
    co_model_free(&model);
}
END_TEST

/* What is believed must be usable: walk over all of it. */
static void use(co_store *store)
{
    co_version *version = co_store_current(store);
    const co_schema *schema = co_version_schema(version);

    for (uint32_t o = 0; o < co_schema_n_objects(schema); o++) {
        const co_object *object = co_schema_object(schema, o);
        uint32_t row;

        ck_assert_int_eq(co_version_row(version, o, (co_key){ .number = 3 }, &row, NULL), COHORT_OK);
        for (uint32_t t = 0; t < co_version_n_tiles(version, o); t++) {
            const co_tile *tile = co_version_tile(version, o, t);

            for (uint32_t f = 1; tile != NULL && f < object->n_fields; f++) {
                const co_column *column = co_tile_column(tile, f);

                for (uint32_t slot = 0; column != NULL && slot < tile->n_rows; slot++) {
                    if (co_column_has(column, slot) && object->fields[f].type == COHORT_REFERENCE)
                        co_version_key(version, object->fields[f].target,
                                       (uint32_t)co_column_number(column, slot));
                }
            }
        }
    }
    co_version_release(version);
}

START_TEST(changed_bytes_are_refused_or_harmless)
{
    co_model model;
    co_store *store = make(&model, 20);
    co_version *version = co_store_current(store);
    co_saved saved = co_saved_of(version);
    co_random random = co_random_of(77);

    for (int i = 0; i < N_FLIPS; i++) {
        const size_t s = (size_t)co_random_below(&random, saved.n);
        const size_t at = (size_t)co_random_below(&random, saved.lengths[s]);
        const char old = saved.bytes[s][at];
        co_store *again;
        cohort_error error = COHORT_ERROR_INIT;

        saved.bytes[s][at] = (char)(co_random_chance(&random, 1, 2) ? old ^ (1 << co_random_below(&random, 8))
                                                                    : (int)co_random_below(&random, 256));
        if (co_saved_restore(&saved, NULL, &again, &error) == COHORT_OK) {
            use(again);
            co_store_free(again);
        } else {
            ck_assert_uint_gt(strlen(error.text), 0);
        }
        saved.bytes[s][at] = old;
    }
    co_saved_free(&saved);
    co_version_release(version);
    co_store_free(store);
    co_model_free(&model);
}
END_TEST

START_TEST(unknown_sections_are_skipped_only_if_they_may_be)
{
    co_restore *restore;

    ck_assert_int_eq(co_restore_new(NULL, 0, &restore, NULL), COHORT_OK);
    ck_assert_int_eq(co_restore_section(restore, (co_section){ CO_SECTION_OPTIONAL | 9, 0, 0 }, "x", 1, NULL),
                     COHORT_OK);
    ck_assert_int_eq(co_restore_section(restore, (co_section){ 9, 0, 0 }, "x", 1, NULL), COHORT_TOO_NEW);
    ck_assert_int_eq(co_restore_section(restore, (co_section){ CO_SECTION_TILE, 0, 0 }, "x", 1, NULL),
                     COHORT_CORRUPT);
    co_restore_free(restore);
}
END_TEST

START_TEST(every_refused_allocation_while_restoring_is_clean)
{
    co_model model;
    co_store *store = make(&model, 20);
    co_version *version = co_store_current(store);
    co_saved saved = co_saved_of(version);

    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n, .for_ever = _i == 1 };
        const cohort_allocator allocator = co_failing_allocator(&state);
        co_store *again;
        const cohort_status status = co_saved_restore(&saved, &allocator, &again, NULL);

        ck_assert_int_eq(status, state.n_refused == 0 ? COHORT_OK : COHORT_MEMORY);
        co_store_free(again);
        ck_assert(co_failing_is_clean(&state));
        if (state.n_refused == 0)
            break;
    }
    co_saved_free(&saved);
    co_version_release(version);
    co_store_free(store);
    co_model_free(&model);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("sections");
    TCase *tests = tcase_create("round trips");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, what_was_written_comes_back_and_can_be_changed, 0,
                        (int)(sizeof sizes / sizeof *sizes));
    tcase_add_test(tests, every_shorter_section_is_refused_with_a_reason);
    tcase_add_test(tests, changed_bytes_are_refused_or_harmless);
    tcase_add_test(tests, unknown_sections_are_skipped_only_if_they_may_be);
    /* Once, then for ever. */
    tcase_add_loop_test(tests, every_refused_allocation_while_restoring_is_clean, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

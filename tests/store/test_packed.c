/* Packed cells of a batch are the values that plain cells would have been. */
#include <string.h>

#include "store/batch.h"
#include "support/check_main.h"

enum { N_ROWS = 5, KEY = 0, NUMBER, WORD, WORDS };

static const cohort_field fields[] = {
    { sizeof(cohort_field), COHORT_INT, "number", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_STRING, "word", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_SET, "words", 0, 0, NULL },
};
static const cohort_object thing = { sizeof(cohort_object), COHORT_INT, "thing", "id", NULL, NULL, NULL,
                                     fields,                3, NULL, 0 };

static const co_text words[] = { { "a", 1 }, { "bc", 2 }, { "def", 3 } };
static const uint64_t all_but_row_1 = 0x1d;

static const uint8_t codes_1[] = { 3, 0, 0, 255, 7 };
static const uint16_t codes_2[] = { 3, 0, 0, 65535, 7 };
static const uint32_t codes_4[] = { 3, 0, 0, UINT32_MAX, 7 };
static const uint64_t codes_8[] = { 3, 0, 0, UINT64_MAX / 2, 7 };

static const co_packed numbers[] = {
    { NULL, 0, 0, 0, 1, 0, NULL },
    { NULL, 0, 0, -(INT64_C(1) << 40), INT64_C(1) << 38, 0, NULL },
    { codes_1, 1, 0, -5, 1, 255, NULL },
    { codes_2, 2, 0, INT64_MAX - 65535, 1, 65535, NULL },
    { codes_4, 4, 0, 12, 1000000, UINT32_MAX, NULL },
    { codes_8, 8, 0, INT64_MIN, 2, UINT64_MAX / 2, NULL },
};

static int64_t number(const co_packed *packed, uint32_t i)
{
    return (int64_t)((uint64_t)packed->base + (uint64_t)packed->unit * co_packed_code(packed, i));
}

START_TEST(packed_columns_are_stored_as_what_they_stand_for)
{
    static const int64_t keys[N_ROWS] = { 10, 11, 12, 13, 14 };
    static const uint8_t word_codes[N_ROWS] = { 2, 0, 1, 0, 2 };
    static const uint16_t element_codes[] = { 0, 2, 1 };
    static const uint32_t ends[N_ROWS + 1] = { 0, 2, 2, 3, 3, 3 };
    static const co_packed word = { word_codes, 1, 3, 0, 1, 0, words };
    static const co_packed set = { element_codes, 2, 3, 0, 1, 0, words };
    const bool rises = numbers[_i].width == 0;
    const co_staged_column columns[] = {
        { KEY, false, { .shape = CO_SHAPE_NUMBERS, .numbers = keys } },
        { NUMBER, false,
          { .shape = CO_SHAPE_NUMBERS, .valid = rises ? NULL : &all_but_row_1, .packed = &numbers[_i] } },
        { WORD, false, { .shape = CO_SHAPE_STRINGS, .valid = &all_but_row_1, .packed = &word } },
        { WORDS, false, { .shape = CO_SHAPE_SETS, .ends = ends, .packed = &set } },
    };
    co_store *store;
    co_batch *batch;
    co_commit *ready;

    ck_assert_int_eq(co_store_new(NULL, 0, &store, NULL), COHORT_OK);
    ck_assert_int_eq(co_store_declare(store, &thing, NULL), COHORT_OK);
    ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
    ck_assert_int_eq(co_batch_take_columns(batch, 0, N_ROWS, 4, columns, 0, NULL, NULL), COHORT_OK);
    ck_assert_int_eq(co_commit_prepare(batch, &ready, NULL), COHORT_OK);
    co_commit_publish(ready, NULL);

    co_version *version = co_store_current(store);
    const co_tile *tile = co_version_tile(version, 0, 0);

    for (uint32_t i = 0; i < N_ROWS; i++) {
        uint32_t n = 0;

        ck_assert(co_column_has(co_tile_column(tile, NUMBER), i) == (rises || i != 1));
        ck_assert(co_column_has(co_tile_column(tile, WORD), i) == (i != 1));
        if (i != 1) {
            ck_assert(co_column_number(co_tile_column(tile, NUMBER), i) == number(&numbers[_i], i));
            ck_assert(co_text_equal(co_column_text(co_tile_column(tile, WORD), i), words[word_codes[i]]));
        }
        n = co_column_cardinality(co_tile_column(tile, WORDS), i);
        ck_assert_uint_eq(n, ends[i + 1] - ends[i]);
    }
    co_version_release(version);
    co_batch_free(batch);
    co_store_free(store);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packed");
    TCase *cells = tcase_create("cells");

    tcase_add_loop_test(cells, packed_columns_are_stored_as_what_they_stand_for, 0,
                        sizeof numbers / sizeof *numbers);
    suite_add_tcase(suite, cells);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

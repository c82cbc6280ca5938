/* Columns of sets and points against the cells they were made from; every shape spelled out again. */
#include <stdlib.h>

#include "column/layout.h"
#include "column/validate.h"
#include "kernel/bits.h"
#include "support/check_main.h"
#include "support/random.h"
#include "support/tile_cells.h"

typedef struct trial {
    co_memory memory;
    co_dictionary *dictionary;
    co_tile_cells *from;
    co_column *column;
    uint32_t n;
} trial;

static void start(trial *trial, co_pattern pattern, co_missing missing, uint32_t n)
{
    co_memory_init(&trial->memory, NULL, 0);
    trial->n = n;
    trial->dictionary = co_dictionary_new(&trial->memory);
    /* Codes in another order than the texts come in the tile. */
    co_dictionary_add(trial->dictionary, CO_TEXT("15838"));
    co_dictionary_add(trial->dictionary, CO_TEXT("unused"));
    trial->from =
        co_tile_cells_new(pattern, missing, n, (uint64_t)pattern * 1000 + (uint64_t)missing * 100 + n);
    ck_assert_int_eq(
        co_column_new(&trial->memory, &trial->from->cells, trial->dictionary, &trial->column, NULL),
        COHORT_OK);
    ck_assert_int_eq(co_column_validate(trial->column, NULL), COHORT_OK);
}

static void stop(trial *trial)
{
    co_column_release(trial->column);
    co_dictionary_release(trial->dictionary);
    co_tile_cells_free(trial->from);
    ck_assert_uint_eq(trial->memory.used_bytes, 0);
}

static uint32_t cardinality(const trial *trial, uint32_t row)
{
    return co_tile_cells_has(trial->from, row) ? trial->from->ends[row + 1] - trial->from->ends[row] : 0;
}

static void check_cardinalities(const trial *trial)
{
    for (uint32_t i = 0; i < trial->n; i++)
        if (co_column_cardinality(trial->column, i) != cardinality(trial, i))
            ck_abort_msg("cardinality of row %u is wrong", i);
}

static void check_elements(const trial *trial, uint32_t row)
{
    uint32_t codes[512];
    const uint32_t n = co_column_elements(trial->column, row, codes, 512);

    ck_assert_uint_eq(n, cardinality(trial, row));
    for (uint32_t i = 0; i < n; i++) {
        const co_text text = co_dictionary_text(trial->dictionary, codes[i]);
        bool found = false;

        ck_assert(i == 0 || codes[i - 1] < codes[i]);
        for (uint32_t j = trial->from->ends[row]; j < trial->from->ends[row + 1]; j++)
            found = found || co_text_equal(trial->from->texts[j], text);
        ck_assert(found);
    }
    ck_assert_uint_eq(co_column_elements(trial->column, row, codes, n / 2), n);
}

static void check_holds(const trial *trial, uint32_t code)
{
    const co_text text = co_dictionary_text(trial->dictionary, code);
    uint64_t hits[CO_TILE_WORDS], wanted[CO_TILE_WORDS];

    /* What was in stays in. */
    memset(wanted, 0, sizeof wanted);
    co_bit_set(wanted, trial->n - 1);
    memcpy(hits, wanted, sizeof hits);
    for (uint32_t row = 0; row < trial->n; row++)
        for (uint32_t j = 0; j < cardinality(trial, row); j++)
            if (co_text_equal(trial->from->texts[trial->from->ends[row] + j], text))
                co_bit_set(wanted, row);
    co_column_holds(trial->column, code, hits);
    ck_assert_mem_eq(hits, wanted, sizeof hits);
}

START_TEST(every_question_about_sets_agrees_with_the_cells)
{
    size_t n_kernels;
    const co_kernel *const *kernels = co_kernel_list(&n_kernels);

    for (size_t i = 0; i < co_n_tile_lengths; i++)
        for (int missing = 0; missing < CO_N_MISSING; missing++) {
            trial trial;
            co_random random = co_random_of(i);

            start(&trial, (co_pattern)_i, (co_missing)missing, co_tile_lengths[i]);
            check_cardinalities(&trial);
            for (int j = 0; j < 50; j++)
                check_elements(&trial, (uint32_t)co_random_below(&random, trial.n));
            for (size_t k = 0; k < n_kernels; k++) {
                const uint32_t count = co_dictionary_count(trial.dictionary);

                co_kernel_force(kernels[k]);
                for (int j = 0; j < (trial.n < 5000 ? 20 : 3); j++)
                    check_holds(&trial, (uint32_t)co_random_below(&random, count));
                co_kernel_force(NULL);
            }
            co_column_holds(trial.column, CO_NO_CODE, NULL);
            stop(&trial);
        }
}
END_TEST

START_TEST(every_column_spells_out_the_cells_it_was_made_from)
{
    trial trial;
    co_memory memory;
    co_cells cells;

    co_memory_init(&memory, NULL, 0);

    co_cells_room *room = co_cells_room_new(&memory);

    for (size_t i = 0; i < co_n_tile_lengths; i++)
        for (int missing = 0; missing < CO_N_MISSING; missing++) {
            start(&trial, (co_pattern)_i, (co_missing)missing, co_tile_lengths[co_n_tile_lengths - 1 - i]);
            ck_assert_int_eq(co_column_cells(trial.column, room, &cells, NULL), COHORT_OK);
            co_assert_same_cells(&trial.from->cells, &cells);
            stop(&trial);
        }
    co_cells_room_free(room);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

START_TEST(points_come_back_bit_for_bit)
{
    trial trial;

    start(&trial, CO_PATTERN_PLACES, CO_MISSING_SOME, 4097);
    for (uint32_t i = 0; i < trial.n; i++) {
        const bool has = co_tile_cells_has(trial.from, i);
        const double latitude = has ? trial.from->latitudes[i] : 0,
                     longitude = has ? trial.from->longitudes[i] : 0;
        double found[2];

        co_column_point(trial.column, i, &found[0], &found[1]);
        ck_assert_mem_eq(&found[0], &latitude, sizeof latitude);
        ck_assert_mem_eq(&found[1], &longitude, sizeof longitude);
    }
    stop(&trial);
}
END_TEST

START_TEST(an_element_of_one_row_in_64_becomes_words)
{
    const co_text element = CO_TEXT("x");

    for (uint32_t n_holding = 1; n_holding <= 3; n_holding++) {
        co_memory memory;
        co_column *column;
        co_text texts[3] = { element, element, element };
        uint32_t ends[129];
        const co_cells cells = { .shape = CO_SHAPE_SETS, .n = 128, .texts = texts, .ends = ends };

        for (uint32_t i = 0; i <= 128; i++)
            ends[i] = i < n_holding ? i : n_holding;
        co_memory_init(&memory, NULL, 0);

        co_dictionary *dictionary = co_dictionary_new(&memory);

        ck_assert_int_eq(co_column_new(&memory, &cells, dictionary, &column, NULL), COHORT_OK);
        ck_assert_uint_eq(column->sets.n_dense, n_holding >= 2);
        ck_assert_uint_eq(column->sets.n_slots, n_holding >= 2 ? 0 : n_holding);
        co_column_release(column);
        co_dictionary_release(dictionary);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("column sets and points");
    TCase *tests = tcase_create("sets");

    tcase_add_loop_test(tests, every_question_about_sets_agrees_with_the_cells, CO_PATTERN_FEW_ELEMENTS,
                        CO_PATTERN_PLACES);
    tcase_add_loop_test(tests, every_column_spells_out_the_cells_it_was_made_from, 0, CO_N_PATTERNS);
    tcase_add_test(tests, points_come_back_bit_for_bit);
    tcase_add_test(tests, an_element_of_one_row_in_64_becomes_words);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/* Columns of strings: texts and conditions on them, against the plain array. */
#include <pthread.h>
#include <stdlib.h>

#include "column/layout.h"
#include "column/validate.h"
#include "kernel/bits.h"
#include "support/check_main.h"
#include "support/random.h"
#include "support/tile_cells.h"

typedef struct trial {
    co_memory memory;
    co_dictionary *dictionary; /* NULL: keys */
    co_tile_cells *from;
    co_column *column;
    uint32_t n;
} trial;

static void start(trial *trial, co_pattern pattern, co_missing missing, uint32_t n, bool keys)
{
    static const char fox[] = "the quick brown fox jumps over the lazy dog";

    co_memory_init(&trial->memory, NULL, 0);
    trial->n = n;
    trial->dictionary = keys ? NULL : co_dictionary_new(&trial->memory);
    /* Codes of the tile must not be those of the field by chance. */
    for (int i = 0; i < 40 && !keys; i++)
        co_dictionary_add(trial->dictionary, (co_text){ &fox[i], 3 });
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

/* How a condition is run: with or without rows that matter, with or without memory of answers. */
typedef struct manner {
    const uint64_t *within;
    bool remember;
} manner;

static bool matters(const trial *trial, const uint64_t *within, uint32_t row)
{
    return co_tile_cells_has(trial->from, row) && (within == NULL || co_bit_test(within, row));
}

/* Runs the condition twice, so that the second time meets what was remembered. */
static void check_match(const trial *trial, co_text_match match, const manner *how,
                        bool (*naive)(const co_text_match *match, co_text text))
{
    uint64_t hits[CO_TILE_WORDS];
    uint32_t slot = 0;

    match.n_answers = how->remember && trial->dictionary != NULL ? co_dictionary_count(trial->dictionary) : 0;
    match.answers = calloc(match.n_answers + 1, sizeof *match.answers);
    if (match.n_answers > 3)
        match.n_answers -= 3;
    for (int i = 0; i < 2; i++) {
        memset(hits, 0xa5, sizeof hits);
        ck_assert_int_eq(co_column_match(trial->column, &match, how->within, hits, &slot, NULL), COHORT_OK);
        for (uint32_t row = 0; row < co_words_for(trial->n) * 64; row++) {
            const bool wanted =
                row < trial->n && matters(trial, how->within, row) && naive(&match, trial->from->texts[row]);

            if (co_bit_test(hits, row) != wanted)
                ck_abort_msg("match is wrong at row %u of %u", row, trial->n);
        }
    }
    free(match.answers);
}

static int compare_texts(const void *a, const void *b)
{
    return co_text_compare(*(const co_text *)a, *(const co_text *)b);
}

static bool naive_equal(const co_text_match *match, co_text text)
{
    return match->n_equal > 0 &&
           bsearch(&text, match->equal, match->n_equal, sizeof text, compare_texts) != NULL;
}

/* A list of n texts, three in four of them from the tile. */
static void check_equal(const trial *trial, size_t n, const manner *how, co_random *random)
{
    co_text *list = calloc(n + 1, sizeof *list);
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        list[i] = trial->from->texts[co_random_below(random, trial->n)];
        if (co_random_chance(random, 1, 4))
            list[i] = co_random_chance(random, 1, 2) ? CO_TEXT("nowhere") : CO_TEXT("the");
    }
    qsort(list, n, sizeof *list, compare_texts);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || !co_text_equal(list[i], list[kept - 1]))
            list[kept++] = list[i];
    check_match(trial, (co_text_match){ .equal = list, .n_equal = kept }, how, naive_equal);
    free(list);
}

/* The condition: bytes sum to an odd number. */
static bool is_odd(co_text text)
{
    unsigned sum = 0;

    for (size_t i = 0; i < text.length; i++)
        sum += (unsigned char)text.bytes[i];
    return sum % 2 == 1;
}

static bool naive_odd(const co_text_match *match, co_text text)
{
    (void)match;
    return is_odd(text);
}

static cohort_status test_odd(void *context, co_text text, bool *hit, cohort_error *error)
{
    (void)error;
    ++*(size_t *)context;
    *hit = is_odd(text);
    return COHORT_OK;
}

static void check_conditions(const trial *trial, const manner *how, co_random *random)
{
    static const size_t list_lengths[] = { 0, 1, 2, 5, 40, 3000 };
    size_t n_tests = 0;

    for (size_t i = 0; i < sizeof list_lengths / sizeof *list_lengths; i++)
        check_equal(trial, list_lengths[i], how, random);
    check_match(trial, (co_text_match){ .test = test_odd, .context = &n_tests }, how, naive_odd);
}

static void check_texts(const trial *trial)
{
    for (uint32_t i = 0; i < trial->n; i++) {
        const co_text found = co_column_text(trial->column, i);
        const co_text wanted =
            co_tile_cells_has(trial->from, i) ? trial->from->texts[i] : (co_text){ NULL, 0 };

        if (!co_text_equal(found, wanted))
            ck_abort_msg("text of row %u is wrong", i);
    }
}

/* Every third row, of a tile far on. */
static void check_texts_at(const trial *trial)
{
    uint32_t *rows = calloc(trial->n, sizeof *rows);
    co_text *some = calloc(trial->n, sizeof *some);
    uint32_t n = 0;

    for (uint32_t slot = 0; slot < trial->n; slot += 3)
        rows[n++] = 77 * CO_TILE_ROWS + slot;
    co_column_texts_at(trial->column, rows, n, some);
    for (uint32_t i = 0; i < n; i++) {
        const co_text wanted = co_column_text(trial->column, 3 * i);

        if (!co_text_equal(some[i], wanted) || (some[i].bytes == NULL) != (wanted.bytes == NULL))
            ck_abort_msg("text of row %u, asked for with others, is wrong", 3 * i);
    }
    free(some);
    free(rows);
}

static void check_trial(const trial *trial, size_t seed)
{
    co_random random = co_random_of(seed);
    uint64_t many[CO_TILE_WORDS], few[CO_TILE_WORDS] = { 0 };

    co_random_bytes(&random, many, sizeof many);
    for (int i = 0; i < 20; i++)
        co_bit_set(few, (size_t)co_random_below(&random, trial->n));

    const manner manners[] = {
        { NULL, false }, { NULL, true }, { many, true }, { few, false }, { few, true }
    };

    check_texts(trial);
    check_texts_at(trial);
    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++)
        if (trial->n < 5000 || i % 3 == seed % 3)
            check_conditions(trial, &manners[i], &random);
}

static void check_pattern(co_pattern pattern, bool keys)
{
    size_t n_kernels;
    const co_kernel *const *kernels = co_kernel_list(&n_kernels);

    for (size_t i = 0; i < co_n_tile_lengths; i++)
        for (int missing = 0; missing < CO_N_MISSING; missing++)
            for (size_t k = 0; k < n_kernels; k++) {
                trial trial;

                co_kernel_force(kernels[k]);
                start(&trial, pattern, (co_missing)missing, co_tile_lengths[i], keys);
                check_trial(&trial, i + (size_t)missing);
                stop(&trial);
                co_kernel_force(NULL);
            }
}

START_TEST(conditions_on_fields_agree_with_the_plain_array)
{
    check_pattern((co_pattern)_i, false);
}
END_TEST

START_TEST(conditions_on_keys_agree_with_the_plain_array)
{
    check_pattern((co_pattern)_i, true);
}
END_TEST

START_TEST(a_condition_runs_once_for_each_distinct_value)
{
    trial trial;
    uint64_t hits[CO_TILE_WORDS];
    uint32_t slot;
    size_t n_tests = 0;
    co_text_match match = { .test = test_odd, .context = &n_tests };

    start(&trial, CO_PATTERN_MORE_TEXTS, CO_MISSING_SOME, 4097, false);
    match.n_answers = co_dictionary_count(trial.dictionary);
    match.answers = calloc(match.n_answers, sizeof *match.answers);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(co_column_match(trial.column, &match, NULL, hits, &slot, NULL), COHORT_OK);
    ck_assert_uint_eq(n_tests, 257);
    free(match.answers);
    stop(&trial);
}
END_TEST

START_TEST(mostly_distinct_texts_stay_out_of_the_dictionary)
{
    trial trial;

    start(&trial, CO_PATTERN_OWN_TEXTS, CO_MISSING_SOME, 65536, false);
    ck_assert_int_eq(trial.column->form, CO_FORM_PLAIN);
    ck_assert_uint_eq(co_dictionary_count(trial.dictionary), 38);
    stop(&trial);
}
END_TEST

START_TEST(exactly_half_distinct_is_coded_and_one_more_is_plain)
{
    static const co_text texts[] = { { "a", 1 }, { "b", 1 }, { "a", 1 }, { "b", 1 }, { "c", 1 }, { "c", 1 } };

    for (uint32_t n = 3; n <= 6; n++) {
        co_memory memory;
        co_column *column;
        const co_cells cells = { .shape = CO_SHAPE_STRINGS, .n = n, .texts = texts };

        co_memory_init(&memory, NULL, 0);

        co_dictionary *dictionary = co_dictionary_new(&memory);

        ck_assert_int_eq(co_column_new(&memory, &cells, dictionary, &column, NULL), COHORT_OK);
        ck_assert_int_eq(column->form, n % 2 == 0 ? CO_FORM_CODES : CO_FORM_PLAIN);
        ck_assert_uint_eq(co_dictionary_count(dictionary), n % 2 == 0 ? n / 2 : 0);
        co_column_release(column);
        co_dictionary_release(dictionary);
    }
}
END_TEST

/* Fails for texts that begin with a 3. */
static cohort_status test_failing(void *context, co_text text, bool *hit, cohort_error *error)
{
    (void)context;
    *hit = is_odd(text);
    if (text.length > 0 && text.bytes[0] == '3')
        return co_fail(error, COHORT_LIMIT, "text " CO_FMT " is too much", CO_ARG(text));
    return COHORT_OK;
}

static void check_failure(co_pattern pattern, bool keys)
{
    trial trial;
    co_random random = co_random_of((uint64_t)pattern);
    uint64_t hits[CO_TILE_WORDS], within[CO_TILE_WORDS];
    const co_text_match match = { .test = test_failing };

    start(&trial, pattern, CO_MISSING_SOME, 4096, keys);
    co_random_bytes(&random, within, sizeof within);
    for (uint32_t first = 0;; first++) {
        cohort_error error = COHORT_ERROR_INIT;
        uint32_t slot = UINT32_MAX;
        uint32_t wanted = first;

        while (wanted < trial.n &&
               (!matters(&trial, within, wanted) || trial.from->texts[wanted].length == 0 ||
                trial.from->texts[wanted].bytes[0] != '3'))
            wanted++;

        const cohort_status status = co_column_match(trial.column, &match, within, hits, &slot, &error);

        if (wanted == trial.n) {
            ck_assert_int_eq(status, COHORT_OK);
            break;
        }
        ck_assert_int_eq(status, COHORT_LIMIT);
        ck_assert_uint_eq(slot, wanted);
        ck_assert_ptr_nonnull(strstr(error.text, "is too much"));

        /* The next lowest one is named once this row does not matter. */
        co_bits_clear(within, 0, wanted + 1);
        first = wanted;
    }
    stop(&trial);
}

START_TEST(a_failing_condition_names_the_lowest_row_that_matters)
{
    check_failure(CO_PATTERN_FEW_TEXTS, false);
    check_failure(CO_PATTERN_MORE_TEXTS, false);
    check_failure(CO_PATTERN_OWN_TEXTS, true);
}
END_TEST

/* What several threads look for in one column, with one memory of answers. */
typedef struct search {
    const co_column *column;
    co_text_match match;
    uint32_t n_found;
} search;

static void *count_hits(void *argument)
{
    search *search = argument;
    uint64_t hits[CO_TILE_WORDS];
    uint32_t slot;

    co_column_match(search->column, &search->match, NULL, hits, &slot, NULL);
    search->n_found = (uint32_t)co_bits_count(hits, 0, co_column_length(search->column));
    return NULL;
}

static void check_threads(co_pattern pattern, bool keys)
{
    trial trial;
    search searches[4];
    pthread_t threads[4];

    start(&trial, pattern, CO_MISSING_NONE, 4097, keys);

    const co_text wanted = trial.from->texts[7];
    co_text_match match = { .equal = &wanted, .n_equal = 1, .test = test_odd };
    size_t n_tests[4] = { 0 };

    match.n_answers = keys ? 0 : co_dictionary_count(trial.dictionary);
    match.answers = calloc(match.n_answers + 1, sizeof *match.answers);
    for (int i = 0; i < 4; i++) {
        searches[i] = (search){ trial.column, match, 0 };
        searches[i].match.context = &n_tests[i];
        if (!keys)
            searches[i].match.equal = NULL;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, count_hits, &searches[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(searches[i].n_found, searches[0].n_found);
    ck_assert_uint_gt(searches[0].n_found, 0);
    free(match.answers);
    stop(&trial);
}

START_TEST(threads_share_one_column_and_its_answers)
{
    check_threads(CO_PATTERN_OWN_TEXTS, true);
    check_threads(CO_PATTERN_MORE_TEXTS, false);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("column strings");
    TCase *tests = tcase_create("strings");

    tcase_add_loop_test(tests, conditions_on_fields_agree_with_the_plain_array, CO_PATTERN_ONE_TEXT,
                        CO_PATTERN_FEW_ELEMENTS);
    tcase_add_loop_test(tests, conditions_on_keys_agree_with_the_plain_array, CO_PATTERN_MORE_TEXTS,
                        CO_PATTERN_FEW_ELEMENTS);
    tcase_add_test(tests, a_condition_runs_once_for_each_distinct_value);
    tcase_add_test(tests, mostly_distinct_texts_stay_out_of_the_dictionary);
    tcase_add_test(tests, exactly_half_distinct_is_coded_and_one_more_is_plain);
    tcase_add_test(tests, a_failing_condition_names_the_lowest_row_that_matters);
    tcase_add_test(tests, threads_share_one_column_and_its_answers);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

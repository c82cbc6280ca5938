/* Columns of numbers against the plain array they were made from. */
#include <stdlib.h>

#include "column/validate.h"
#include "kernel/bits.h"
#include "support/check_main.h"
#include "support/random.h"
#include "support/tile_cells.h"

#define N_NUMBER_PATTERNS CO_PATTERN_ONE_TEXT

/* One column and what it was made from. */
typedef struct trial {
    co_memory memory;
    co_tile_cells *from;
    co_column *column;
    uint32_t n;
} trial;

static void start(trial *trial, co_pattern pattern, co_missing missing, uint32_t n)
{
    co_memory_init(&trial->memory, NULL, 0);
    trial->n = n;
    trial->from =
        co_tile_cells_new(pattern, missing, n, (uint64_t)pattern * 1000 + (uint64_t)missing * 100 + n);
    ck_assert_int_eq(co_column_new(&trial->memory, &trial->from->cells, NULL, &trial->column, NULL),
                     COHORT_OK);
    ck_assert_int_eq(co_column_validate(trial->column, NULL), COHORT_OK);
}

static void stop(trial *trial)
{
    co_column_release(trial->column);
    co_tile_cells_free(trial->from);
    ck_assert_uint_eq(trial->memory.used_bytes, 0);
}

static void check_values(const trial *trial)
{
    const int64_t *wanted = trial->from->numbers;
    int64_t *all = calloc(trial->n, sizeof *all);
    int64_t least = INT64_MAX, greatest = INT64_MIN, found_least, found_greatest;
    uint32_t n_valid = 0;

    co_column_numbers(trial->column, all);
    for (uint32_t i = 0; i < trial->n; i++) {
        const bool has = co_tile_cells_has(trial->from, i);

        if (co_column_has(trial->column, i) != has || all[i] != (has ? wanted[i] : 0) ||
            co_column_number(trial->column, i) != all[i])
            ck_abort_msg("value of row %u is wrong", i);
        n_valid += has;
        least = has && wanted[i] < least ? wanted[i] : least;
        greatest = has && wanted[i] > greatest ? wanted[i] : greatest;
    }
    ck_assert_uint_eq(co_column_n_valid(trial->column), n_valid);
    ck_assert_int_eq(co_column_range(trial->column, &found_least, &found_greatest), n_valid > 0);
    if (n_valid > 0) {
        ck_assert_int_eq(found_least, least);
        ck_assert_int_eq(found_greatest, greatest);
    }
    free(all);
}

/* Rows of a tile far on: all, one in `apart`, or a stretch. */
static void check_values_at(const trial *trial, uint32_t first, uint32_t apart, uint32_t end)
{
    const uint32_t base = 4711 * CO_TILE_ROWS;
    uint32_t *rows = calloc(trial->n, sizeof *rows);
    int64_t *some = calloc(trial->n, sizeof *some);
    size_t n = 0;

    for (uint32_t slot = first; slot < end; slot += apart)
        rows[n++] = base + slot;
    co_column_numbers_at(trial->column, rows, n, some);
    for (size_t i = 0; i < n; i++)
        if (some[i] != co_column_number(trial->column, rows[i] - base))
            ck_abort_msg("value of row %u, of every %u, is wrong", rows[i] - base, apart);
    free(some);
    free(rows);
}

static void check_hits(const trial *trial, const uint64_t *hits, const bool *wanted, const char *what)
{
    for (uint32_t first = 0; first < trial->n; first += 64) {
        uint64_t word = 0;

        for (uint32_t i = first; i < first + 64 && i < trial->n; i++)
            word |= (uint64_t)wanted[i] << (i - first);
        if (trial->from->valid != NULL)
            word &= trial->from->valid[first / 64];
        if (word != hits[first / 64])
            ck_abort_msg("%s is wrong at rows %u … of %u", what, first, trial->n);
    }
}

static void check_between(const trial *trial, int64_t low, int64_t high)
{
    uint64_t hits[CO_TILE_WORDS];
    bool *wanted = calloc(trial->n, sizeof *wanted);

    memset(hits, 0xa5, sizeof hits);
    for (uint32_t i = 0; i < trial->n; i++)
        wanted[i] = low <= trial->from->numbers[i] && trial->from->numbers[i] <= high;
    co_column_between(trial->column, low, high, hits);
    check_hits(trial, hits, wanted, "between");
    free(wanted);
}

static int64_t beside(int64_t value, int64_t by)
{
    return (int64_t)((uint64_t)value + (uint64_t)by);
}

/* Ends at a value, beside it, at the ends of everything, in and out of order. */
static void check_ranges(const trial *trial, co_random *random)
{
    int64_t least, greatest;

    co_column_range(trial->column, &least, &greatest);

    const int64_t some = trial->from->numbers[co_random_below(random, trial->n)];
    const int64_t other = trial->from->numbers[co_random_below(random, trial->n)];
    const int64_t ends[] = { INT64_MIN,
                             INT64_MAX,
                             least,
                             beside(least, -1),
                             beside(least, 1),
                             greatest,
                             beside(greatest, -1),
                             beside(greatest, 1),
                             some,
                             beside(some, 1),
                             beside(other, -1),
                             0 };
    const size_t n = sizeof ends / sizeof *ends;

    if (trial->n > 5000) {
        for (size_t i = 0; i < n; i++)
            check_between(trial, ends[i], ends[co_random_below(random, n)]);
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            check_between(trial, ends[i], ends[j]);
}

static int compare_numbers(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static size_t sort_distinct(int64_t *values, size_t n)
{
    size_t kept = 0;

    qsort(values, n, sizeof *values, compare_numbers);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || values[i] != values[kept - 1])
            values[kept++] = values[i];
    return kept;
}

static void check_among(const trial *trial, size_t n, co_random *random)
{
    uint64_t hits[CO_TILE_WORDS];
    bool *wanted = calloc(trial->n, sizeof *wanted);
    int64_t *values = calloc(n + 1, sizeof *values);

    for (size_t i = 0; i < n; i++) {
        const int64_t some = trial->from->numbers[co_random_below(random, trial->n)];

        values[i] = co_random_chance(random, 1, 4) ? beside(some, co_random_between(random, -2, 2)) : some;
    }
    n = sort_distinct(values, n);
    memset(hits, 0xa5, sizeof hits);
    for (uint32_t i = 0; i < trial->n; i++)
        wanted[i] =
            n > 0 && bsearch(&trial->from->numbers[i], values, n, sizeof *values, compare_numbers) != NULL;
    co_column_among(trial->column, values, n, hits);
    check_hits(trial, hits, wanted, "among");
    free(values);
    free(wanted);
}

static void check_pattern(co_pattern pattern)
{
    static const size_t list_lengths[] = { 0, 1, 2, 8, 9, 3000 };
    size_t n_kernels;
    const co_kernel *const *kernels = co_kernel_list(&n_kernels);

    for (size_t i = 0; i < co_n_tile_lengths; i++)
        for (int missing = 0; missing < CO_N_MISSING; missing++) {
            trial trial;

            start(&trial, pattern, (co_missing)missing, co_tile_lengths[i]);
            for (size_t k = 0; k < n_kernels; k++) {
                co_random random = co_random_of(i);

                co_kernel_force(kernels[k]);
                check_values(&trial);
                check_values_at(&trial, 0, 1, trial.n);
                check_values_at(&trial, trial.n / 3, 1, trial.n - trial.n / 5);
                check_values_at(&trial, 0, 3, trial.n);
                check_values_at(&trial, trial.n - 1, 1, trial.n);
                check_ranges(&trial, &random);
                for (size_t l = 0; l < sizeof list_lengths / sizeof *list_lengths; l++)
                    check_among(&trial, list_lengths[l], &random);
            }
            co_kernel_force(NULL);
            stop(&trial);
        }
}

START_TEST(every_operation_agrees_with_the_plain_array)
{
    check_pattern((co_pattern)_i);
}
END_TEST

/* What a pattern of 65,536 rows may cost, its head aside. */
static const struct {
    co_pattern pattern;
    size_t bits_per_row;
} sizes[] = {
    { CO_PATTERN_CONSTANT, 0 },    { CO_PATTERN_BYTES, 8 }, { CO_PATTERN_PAIRS, 16 },
    { CO_PATTERN_QUADS, 32 },      { CO_PATTERN_ANY, 64 },  { CO_PATTERN_UNITS, 16 },
    { CO_PATTERN_WIDE_UNITS, 32 }, { CO_PATTERN_ENDS, 1 },  { CO_PATTERN_RISING, 0 },
    { CO_PATTERN_LEAPING, 0 },
};

START_TEST(numbers_take_no_more_room_than_their_spread_needs)
{
    trial trial;

    start(&trial, sizes[_i].pattern, CO_MISSING_NONE, CO_TILE_ROWS);
    ck_assert_uint_ge(co_column_bytes(trial.column), sizes[_i].bits_per_row * CO_TILE_ROWS / 8);
    ck_assert_uint_le(co_column_bytes(trial.column), sizes[_i].bits_per_row * CO_TILE_ROWS / 8 + 256);
    stop(&trial);
}
END_TEST

START_TEST(a_tile_without_rows_is_a_column_too)
{
    co_memory memory;
    const co_cells none = { .shape = CO_SHAPE_NUMBERS };
    const int64_t values[] = { 0, 2 };
    uint64_t hits[1] = { 7 };
    int64_t least, greatest;
    co_column *column;

    co_memory_init(&memory, NULL, 0);
    ck_assert_int_eq(co_column_new(&memory, &none, NULL, &column, NULL), COHORT_OK);
    ck_assert(!co_column_range(column, &least, &greatest));
    co_column_between(column, INT64_MIN, INT64_MAX, hits);
    co_column_among(column, values, 2, hits);
    ck_assert_uint_eq(hits[0], 7);
    co_column_release(column);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("column numbers");
    TCase *tests = tcase_create("numbers");

    tcase_add_loop_test(tests, every_operation_agrees_with_the_plain_array, 0, N_NUMBER_PATTERNS);
    tcase_add_loop_test(tests, numbers_take_no_more_room_than_their_spread_needs, 0,
                        sizeof sizes / sizeof *sizes);
    tcase_add_test(tests, a_tile_without_rows_is_a_column_too);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/* Views: questions asked again and again, until what they derive answers them. */
#include <pthread.h>
#include <stdlib.h>

#include "column/derived.h"
#include "kernel/bits.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/random.h"

#define MOST_ASKS 20

/* How the numbers of a tile lie; each needs codes of at least two bytes. */
typedef enum spread { EVEN, FEW_THOUSAND, LONG_TAIL, ONE_IN_THREE_EQUAL, DAYS, BOTH_SIGNS, ENDS, N_SPREADS } spread;

static int64_t number_of(spread spread, co_random *random)
{
    switch (spread) {
    case EVEN:
        return co_random_between(random, 0, INT64_C(1) << 40);
    case FEW_THOUSAND:
        return co_random_between(random, 0, 1000);
    case LONG_TAIL:
        return (int64_t)(co_random_u64(random) >> co_random_between(random, 20, 60));
    case ONE_IN_THREE_EQUAL:
        return co_random_chance(random, 1, 3) ? 100000 : co_random_between(random, 0, 1000000);
    case DAYS:
        return INT64_C(86400000000) * co_random_between(random, 10000, 20000);
    case BOTH_SIGNS:
        return co_random_between(random, -(INT64_C(1) << 40), INT64_C(1) << 40);
    default:
        return co_random_chance(random, 1, 3)   ? INT64_MIN
               : co_random_chance(random, 1, 2) ? INT64_MAX
                                                : (int64_t)co_random_u64(random);
    }
}

typedef struct trial {
    cohort_allocator allocator;
    co_memory memory;
    uint32_t n;
    int64_t *numbers;
    uint64_t *valid; /* NULL: all */
    co_column *column;
} trial;

static void start_with(trial *trial, uint32_t n, bool some_missing, const cohort_allocator *allocator)
{
    co_random random = co_random_of(n);

    *trial = (struct trial){ .n = n };
    co_memory_init(&trial->memory, allocator, 0);
    trial->numbers = calloc(n, sizeof *trial->numbers);
    trial->valid = some_missing ? calloc(co_words_for(n), sizeof *trial->valid) : NULL;
    for (uint32_t i = 0; some_missing && i < n; i++)
        if (co_random_chance(&random, 6, 7))
            co_bit_set(trial->valid, i);
}

static void make(trial *trial)
{
    const co_cells cells = {
        .shape = CO_SHAPE_NUMBERS, .n = trial->n, .numbers = trial->numbers, .valid = trial->valid
    };

    ck_assert_int_eq(co_column_new(&trial->memory, &cells, NULL, &trial->column, NULL), COHORT_OK);
}

static void start(trial *trial, spread spread, uint32_t n, bool some_missing)
{
    co_random random = co_random_of((uint64_t)spread + n);

    start_with(trial, n, some_missing, NULL);
    for (uint32_t i = 0; i < n; i++)
        trial->numbers[i] = number_of(spread, &random);
    make(trial);
}

static void stop(trial *trial)
{
    co_column_release(trial->column);
    ck_assert_uint_eq(trial->memory.used_bytes, 0);
    free(trial->numbers);
    free(trial->valid);
}

/* The view's rows as words; it must count them rightly. */
static void spell(const co_view *view, uint32_t n, uint64_t *words)
{
    memset(words, 0, co_words_for(n) * sizeof *words);
    if (view->words != NULL)
        memcpy(words, view->words, co_words_for(n) * sizeof *words);
    for (uint32_t i = 0; view->slots != NULL && i < view->count; i++) {
        ck_assert(view->slots[i] < n && (i == 0 || view->slots[i - 1] < view->slots[i]));
        co_bit_set(words, view->slots[i]);
    }
    ck_assert_uint_eq(co_bits_count(words, 0, co_words_for(n) * 64), view->count);
    ck_assert(view->slots == NULL || (view->words == NULL && view->count <= 1024));
}

static void check_words(const trial *trial, const uint64_t *words, const bool *wanted, const char *what)
{
    for (uint32_t i = 0; i < trial->n; i++)
        if (co_bit_test(words, i) != (wanted[i] && (trial->valid == NULL || co_bit_test(trial->valid, i))))
            ck_abort_msg("%s is wrong at row %u of %u", what, i, trial->n);
}

/* Every third row, which is not too many for slots to be looked at. */
static void check_looks(const trial *trial, int64_t low, int64_t high)
{
    uint16_t slots[CO_TILE_ROWS / 3 + 1], kept[CO_TILE_ROWS / 3 + 1];
    size_t n = 0;

    for (uint32_t i = 0; i < trial->n; i += 3)
        slots[n++] = (uint16_t)i;
    for (int outside = 0; outside < 2; outside++) {
        const size_t n_kept = co_column_look_between(trial->column, low, high, outside, slots, n, kept);
        size_t next = 0;

        for (size_t i = 0; i < n; i++) {
            const int64_t value = trial->numbers[slots[i]];

            if ((trial->valid == NULL || co_bit_test(trial->valid, slots[i])) &&
                (low <= value && value <= high) == !outside)
                ck_assert(next < n_kept && kept[next++] == slots[i]);
        }
        ck_assert_uint_eq(next, n_kept);
    }
}

static void check_range(const trial *trial, int64_t low, int64_t high, int n_asks)
{
    bool *wanted = calloc(trial->n, sizeof *wanted);
    uint64_t room[CO_TILE_WORDS], words[CO_TILE_WORDS];

    for (uint32_t i = 0; i < trial->n; i++)
        wanted[i] = low <= trial->numbers[i] && trial->numbers[i] <= high;
    for (int i = 0; i < n_asks; i++) {
        co_view view;

        memset(room, 0xa5, sizeof room);
        co_column_view_between(trial->column, low, high, room, &view);
        spell(&view, trial->n, words);
        check_words(trial, words, wanted, "a view of a range");
        memset(room, 0xa5, sizeof room);
        co_column_between(trial->column, low, high, room);
        check_words(trial, room, wanted, "a range");
    }
    check_looks(trial, low, high);
    free(wanted);
}

static int64_t some_bound(const trial *trial, co_random *random)
{
    static const int64_t round[] = { 0, 100, 500, 700, 1000, 100000, 500000, 1000000000, -1000000000 };
    const int64_t value = trial->numbers[co_random_below(random, trial->n)];

    switch (co_random_below(random, 4)) {
    case 0:
        return round[co_random_below(random, sizeof round / sizeof *round)];
    case 1:
        return (int64_t)((uint64_t)value + 1);
    case 2:
        return (int64_t)((uint64_t)value - 1);
    default:
        return value;
    }
}

static void check_ranges(const trial *trial, co_random *random, int n)
{
    for (int i = 0; i < n; i++) {
        const int64_t low = some_bound(trial, random);

        check_range(trial, low, some_bound(trial, random), 1);
        check_range(trial, low, co_random_chance(random, 1, 2) ? low : INT64_MAX, 1);
    }
}

START_TEST(ranges_agree_with_the_plain_array_before_and_after_coarse_codes)
{
    static const uint32_t lengths[] = { 700, 4096, 5001, CO_TILE_ROWS };
    size_t n_kernels;
    const co_kernel *const *kernels = co_kernel_list(&n_kernels);

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (int some_missing = 0; some_missing < 2; some_missing++)
            for (size_t k = 0; k < n_kernels; k++) {
                co_random random = co_random_of(i);
                trial trial;

                co_kernel_force(kernels[k]);
                start(&trial, (spread)_i, lengths[i], some_missing);
                const size_t size = co_column_bytes(trial.column);

                check_ranges(&trial, &random, 1);
                check_range(&trial, some_bound(&trial, &random), INT64_MAX, MOST_ASKS / 2);
                check_range(&trial, INT64_MIN, some_bound(&trial, &random), MOST_ASKS / 2);
                check_ranges(&trial, &random, 15);
                if (lengths[i] >= 4096)
                    ck_assert_uint_gt(co_column_bytes(trial.column), size + lengths[i]);
                stop(&trial);
            }
    co_kernel_force(NULL);
}
END_TEST

/* Every value of a few, alone and several together; every one is kept after that. */
static void check_values(trial *trial, int64_t n_values)
{
    uint64_t room[CO_TILE_WORDS], words[CO_TILE_WORDS];
    bool *wanted = calloc(trial->n, sizeof *wanted);

    for (int64_t value = -1; value <= n_values; value++)
        check_range(trial, value, value, 2);
    for (int64_t first = 0; first < n_values; first++) {
        const int64_t list[] = { first, first + 2, first + 3, first + 7, n_values + 100 };
        co_view view;

        for (size_t n = 0; n <= 5; n++) {
            for (uint32_t i = 0; i < trial->n; i++) {
                wanted[i] = false;
                for (size_t k = 0; k < n; k++)
                    wanted[i] = wanted[i] || trial->numbers[i] == list[k];
            }
            memset(room, 0xa5, sizeof room);
            co_column_view_among(trial->column, list, n, room, &view);
            spell(&view, trial->n, words);
            check_words(trial, words, wanted, "a view of several values");
        }
    }
    free(wanted);
}

START_TEST(rows_of_single_values_are_kept_within_two_bytes_a_row)
{
    static const int64_t counts[] = { 2, 3, 20, 90, 300 };
    const int64_t n_values = counts[_i];

    for (uint32_t n = 100; n <= 20000; n *= 14)
        for (int some_missing = 0; some_missing < 2; some_missing++) {
            co_random random = co_random_of((uint64_t)n);
            trial trial;

            start_with(&trial, n, some_missing, NULL);
            for (uint32_t i = 0; i < n; i++)
                trial.numbers[i] = co_random_below(&random, 2) == 0
                                       ? (int64_t)co_random_below(&random, (uint64_t)n_values)
                                       : 0;
            make(&trial);

            const size_t size = co_column_bytes(trial.column);
            const size_t most = sizeof(co_derived) + 2 * n + co_words_for(n) * 8 + 64;

            check_values(&trial, n_values);
            ck_assert_uint_gt(co_column_bytes(trial.column), size);
            ck_assert_uint_le(co_column_bytes(trial.column), size + most + co_coarse_size(trial.column));
            stop(&trial);
        }
}
END_TEST

START_TEST(a_view_asked_for_twice_lies_in_the_column)
{
    uint64_t room[CO_TILE_WORDS];
    trial trial;
    co_view view, again;

    start_with(&trial, 6400, false, NULL);
    for (uint32_t i = 0; i < trial.n; i++)
        trial.numbers[i] = i % 50 == 0 ? 50 + i % 640 : i % 3;
    make(&trial);
    co_column_view_between(trial.column, 2, 2, room, &view);
    co_column_view_between(trial.column, 2, 2, room, &again);
    ck_assert(view.words != NULL && view.words != room && view.words == again.words);
    co_column_view_between(trial.column, 50, 50, room, &view);
    co_column_view_between(trial.column, 50, 50, room, &again);
    ck_assert(view.slots != NULL && view.slots == again.slots);
    stop(&trial);
}
END_TEST

/* Whatever is refused, the answer is right. */
START_TEST(without_memory_the_codes_answer)
{
    for (uint64_t refused = 0; refused < 8; refused++) { /* four are asked for */
        co_failing state = { 0 };
        const cohort_allocator allocator = co_failing_allocator(&state);
        co_random random = co_random_of(7);
        trial trial;

        start_with(&trial, 5000, true, &allocator);
        for (uint32_t i = 0; i < trial.n; i++)
            trial.numbers[i] = number_of(FEW_THOUSAND, &random);
        make(&trial);
        state.fail_at = state.n_requests + 1 + refused / 2;
        state.for_ever = refused % 2 == 1;
        check_range(&trial, 500, 500, 2);
        check_range(&trial, 700, INT64_MAX, MOST_ASKS);
        check_range(&trial, 3, 3, 2);
        ck_assert_uint_gt(state.n_refused, 0);
        stop(&trial);
        ck_assert(co_failing_is_clean(&state));
    }
}
END_TEST

static void *ask_all(void *argument)
{
    const co_column *column = argument;
    uint64_t room[CO_TILE_WORDS];
    uintptr_t sum = 0;
    co_view view;

    for (int i = 0; i < MOST_ASKS; i++)
        for (int64_t value = 0; value < 40; value++) {
            co_column_view_between(column, value, value, room, &view);
            sum += view.count;
            co_column_view_between(column, value, 500 + value, room, &view);
            sum += view.count;
        }
    return (void *)sum;
}

START_TEST(threads_share_what_is_derived)
{
    co_random random = co_random_of(3);
    pthread_t threads[4];
    void *sums[4];
    trial trial;

    start_with(&trial, 5000, false, NULL);
    for (uint32_t i = 0; i < trial.n; i++)
        trial.numbers[i] = number_of(FEW_THOUSAND, &random);
    make(&trial);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_all, trial.column), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], &sums[i]);
    for (int i = 0; i < 4; i++)
        ck_assert_ptr_eq(sums[i], sums[0]);
    stop(&trial);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("column views");
    TCase *tests = tcase_create("views");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, ranges_agree_with_the_plain_array_before_and_after_coarse_codes, 0, N_SPREADS);
    tcase_add_loop_test(tests, rows_of_single_values_are_kept_within_two_bytes_a_row, 0, 5);
    tcase_add_test(tests, a_view_asked_for_twice_lies_in_the_column);
    tcase_add_test(tests, without_memory_the_codes_answer);
    tcase_add_test(tests, threads_share_what_is_derived);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

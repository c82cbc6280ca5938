/* Windows of rising numbers are where a look at each row finds them. */
#include <stdlib.h>

#include "column/column.h"
#include "kernel/bits.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/random.h"
#include "support/trials.h"

enum { MOST = 3000 };

/* How much the next number is greater: evenly, in bursts, hardly ever, not at all. */
static int64_t step_of(co_random *random, int shape)
{
    static const int64_t most[] = { 1, 3, 700, 100000, INT64_C(1) << 45 };

    switch (shape) {
    case 5:
        return co_random_chance(random, 1, 50) ? 1000000 : co_random_between(random, 0, 1);
    case 6:
        return co_random_chance(random, 1, 2000) ? INT64_C(1) << 40 : 0;
    case 7:
        return 0;
    default:
        return co_random_between(random, 0, most[shape]);
    }
}

static void check_window(const co_column *column, const int64_t *numbers, uint32_t n_valid, int64_t low,
                         int64_t high)
{
    uint32_t first;
    uint32_t end;
    uint32_t n = 0;

    must(co_column_window(column, low, high, &first, &end));
    for (uint32_t i = 0; i < n_valid; i++) {
        const bool is_in = numbers[i] >= low && numbers[i] <= high;

        must(!is_in || (i >= first && i < end));
        n += is_in;
    }
    must(n == (end > first ? end - first : 0));
}

/* False if the column keeps its numbers in a way that does not say. */
static bool check_column(co_random *random)
{
    static int64_t numbers[MOST];
    uint64_t valid[MOST / 64 + 1] = { 0 };
    const uint32_t n = 1 + (uint32_t)co_random_below(random, co_random_chance(random, 1, 2) ? 80 : MOST);
    const uint32_t n_valid = co_random_chance(random, 1, 3) ? 1 + (uint32_t)co_random_below(random, n) : n;
    const int shape = (int)co_random_below(random, 8);
    co_cells cells = { .shape = CO_SHAPE_NUMBERS, .n = n, .valid = valid, .numbers = numbers };
    co_column *column;
    co_memory memory;

    numbers[0] = co_random_between(random, -1000, 1000);
    for (uint32_t i = 1; i < n; i++)
        numbers[i] = numbers[i - 1] + step_of(random, shape);
    co_bits_fill(valid, 0, n_valid);
    co_memory_init(&memory, NULL, 0);
    must(co_column_new(&memory, &cells, NULL, &column, NULL) == COHORT_OK);
    const bool rises = co_column_rises(column);

    for (int i = 0; i < 40 && rises; i++) {
        const int64_t a = numbers[co_random_below(random, n)] + co_random_between(random, -1, 1);
        const int64_t b = numbers[co_random_below(random, n)] + co_random_between(random, -1, 1);

        check_window(column, numbers, n_valid, i % 8 == 0 ? INT64_MIN : a, i % 8 == 1 ? INT64_MAX : b);
    }
    co_column_release(column);
    return rises;
}

START_TEST(a_window_has_the_rows_between_its_ends_and_no_others)
{
    enum { TRIALS = CO_TRIALS(4000) };
    co_random random = co_random_of(71);
    int n_rising = 0;

    for (int trial = 0; trial < TRIALS; trial++)
        n_rising += check_column(&random);
    ck_assert_int_ge(n_rising, TRIALS * 3 / 4);
}
END_TEST

START_TEST(numbers_of_which_one_falls_do_not_rise)
{
    static int64_t numbers[MOST];
    const co_cells cells = { .shape = CO_SHAPE_NUMBERS, .n = MOST, .numbers = numbers };
    co_column *column;
    co_memory memory;

    co_memory_init(&memory, NULL, 0);
    for (uint32_t at = 1; at < MOST; at += CO_STRIDE(97)) {
        for (uint32_t i = 0; i < MOST; i++)
            numbers[i] = 10 * (int64_t)i;
        numbers[at] = numbers[at - 1] - 1;
        ck_assert_int_eq(co_column_new(&memory, &cells, NULL, &column, NULL), COHORT_OK);
        ck_assert(!co_column_rises(column));
        co_column_release(column);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("rising");
    TCase *tests = tcase_create("windows");

    tcase_add_test(tests, a_window_has_the_rows_between_its_ends_and_no_others);
    tcase_add_test(tests, numbers_of_which_one_falls_do_not_rise);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

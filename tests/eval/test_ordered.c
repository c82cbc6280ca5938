/* What folds by order are made of: sorting, means, and numbers for values; against the plainest way to do each. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/ordered.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/must.h"
#include "support/random.h"
#include "support/trials.h"

/* ---- sorting ---- */

static int compare_int64(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a;
    const int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int compare_wide(const void *a, const void *b)
{
    return co_wide_compare(*(const co_wide *)a, *(const co_wide *)b);
}

static int64_t random_number(co_random *random, uint64_t kind)
{
    return kind == 0 ? co_random_int64(random) : co_random_between(random, -3, (int64_t)kind * 100);
}

START_TEST(numbers_are_sorted_as_by_the_c_library)
{
    enum { MOST = 3000 };
    static int64_t numbers[MOST], expected[MOST], room[MOST];
    static co_wide wides[MOST], expected_wides[MOST];
    co_random random = co_random_of(1);

    for (int trial = 0; trial < CO_TRIALS(2000); trial++) {
        const size_t n = co_random_below(&random, trial % 10 == 0 ? MOST : 120);
        const uint64_t kind = co_random_below(&random, 4);

        for (size_t i = 0; i < n; i++) {
            numbers[i] = expected[i] = random_number(&random, kind);
            wides[i] = expected_wides[i] =
                (co_wide){ (uint64_t)random_number(&random, kind), co_random_between(&random, -2, 2) };
        }
        co_numbers_sort(numbers, n, room);
        qsort(expected, n, sizeof *expected, compare_int64);
        must(n == 0 || memcmp(numbers, expected, n * sizeof *numbers) == 0);
        co_wides_sort(wides, n);
        qsort(expected_wides, n, sizeof *expected_wides, compare_wide);
        must(n == 0 || memcmp(wides, expected_wides, n * sizeof *wides) == 0);
    }
}
END_TEST

/* By time, object, row, then the greater `what`. */
static const uint32_t objects[] = { 2, 1, 2, 0 };

static int compare_timed(const void *a, const void *b)
{
    const co_timed *x = a;
    const co_timed *y = b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (objects[x->what] != objects[y->what])
        return objects[x->what] < objects[y->what] ? -1 : 1;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->what < y->what) - (x->what > y->what);
}

START_TEST(rows_are_sorted_by_time_object_and_arrival)
{
    enum { MOST = 1000 };
    static co_timed items[MOST], expected[MOST], room[MOST];
    const co_timed_order order = { .objects = objects };
    co_random random = co_random_of(2);

    for (int trial = 0; trial < CO_TRIALS(4000); trial++) {
        const uint32_t n = (uint32_t)co_random_below(&random, trial % 10 == 0 ? MOST : 60);
        const int64_t spread = co_random_between(&random, 1, 60);
        int64_t time = 0;

        for (uint32_t i = 0; i < n; i++) {
            time =
                co_random_chance(&random, 1, 20) ? 0 : time + co_random_between(&random, -spread / 8, spread);
            items[i] = expected[i] = (co_timed){ time, i / 2, (uint32_t)co_random_below(&random, 4) };
        }
        co_timed_sort(&order, items, n, room);
        qsort(expected, n, sizeof *expected, compare_timed);
        must(n == 0 || memcmp(items, expected, n * sizeof *items) == 0);
    }
}
END_TEST

START_TEST(items_come_by_group_in_the_order_they_had)
{
    static const uint32_t groups[] = { 3, 0, 3, 1, 0, 3 };
    static const uint32_t expected[] = { 1, 4, 3, 0, 2, 5 };
    uint32_t ends[4];
    uint32_t placed[6];

    co_group_starts(groups, 6, 4, ends);
    for (uint32_t i = 0; i < 6; i++)
        placed[ends[groups[i]]++] = i;
    ck_assert_mem_eq(placed, expected, sizeof placed);
    ck_assert_uint_eq(ends[0], 2);
    ck_assert_uint_eq(ends[1], 3);
    ck_assert_uint_eq(ends[2], 3);
    ck_assert_uint_eq(ends[3], 6);
}
END_TEST

/* ---- means ---- */

#define MOST_WIDE { UINT64_MAX, INT64_MAX }
#define LEAST_WIDE { 0, INT64_MIN }

static const struct {
    co_wide a, b;
    uint32_t scale;
    double mean;
} wide_means[] = {
    { { 1, 0 }, { 2, 0 }, 0, 1.5 },
    { { (uint64_t)-3, -1 }, { 2, 0 }, 1, -0.05 },
    { { 10, 0 }, { 20, 0 }, 2, 0.15 },
    { { INT64_MAX, 0 }, { INT64_MAX, 0 }, 0, 9223372036854775807.0 },
    { MOST_WIDE, MOST_WIDE, 0, 0x1p127 },
    { MOST_WIDE, { UINT64_MAX - 1, INT64_MAX }, 38, 1.7014118346046923 },
    { LEAST_WIDE, LEAST_WIDE, 0, -0x1p127 },
    { LEAST_WIDE, MOST_WIDE, 0, -0.5 },
    { LEAST_WIDE, { 1, INT64_MIN }, 38, -1.7014118346046923 },
    /* 2^53 + 1, the middle of two doubles: to the even one; half more is nearer to the other. */
    { { (1ull << 53) + 1, 0 }, { (1ull << 53) + 1, 0 }, 0, 0x1p53 },
    { { (1ull << 53) + 1, 0 }, { (1ull << 53) + 2, 0 }, 0, 0x1p53 + 2 },
};

START_TEST(the_mean_of_exact_numbers_is_rounded_once) /* looped over wide_means[] */
{
    const double mean = co_wide_mean(wide_means[_i].a, wide_means[_i].b, wide_means[_i].scale);

    ck_assert_msg(mean == wide_means[_i].mean, "%.17g", mean);
}
END_TEST

static const struct {
    double a, b, mean;
} real_means[] = {
    { 1, 2, 1.5 },
    { DBL_MAX, DBL_MAX, DBL_MAX },
    { -DBL_MAX, -DBL_MAX, -DBL_MAX },
    { DBL_MAX, -DBL_MAX, 0 },
    { 0x1p-1074, 0x1p-1074, 0x1p-1074 },
    { 0x1p-1074, 0, 0 },
    { 0x3p-1074, 0, 0x2p-1074 },
    { INFINITY, 1, INFINITY },
};

START_TEST(the_mean_of_doubles_is_rounded_once) /* looped over real_means[] */
{
    const double mean = co_real_mean(real_means[_i].a, real_means[_i].b);

    ck_assert_msg(mean == real_means[_i].mean, "%.17g", mean);
}
END_TEST

/* ---- numbers for values ---- */

enum { N_VALUES = 400 };

typedef struct values {
    co_vector vector;
    int64_t numbers[N_VALUES];
    co_wide wides[N_VALUES];
    double reals[N_VALUES];
    co_text texts[N_VALUES];
    co_interval intervals[N_VALUES];
} values;

static void make_values(co_random *random, co_vtype type, values *v)
{
    /* The last begins with the Kelvin sign. */
    static const char *const words[] = { "", "a", "A", "b", "straße", "STRAßE", "kelvin", ("\xe2\x84\xaa" "elvin") };
    static const double reals[] = { 0.0, -0.0, 1.5, -1.5, INFINITY };

    v->vector = (co_vector){ .type = type, .n = N_VALUES };
    for (int i = 0; i < N_VALUES; i++) {
        v->numbers[i] = co_random_between(random, -30, 30);
        v->wides[i] =
            (co_wide){ (uint64_t)co_random_between(random, 0, 9), co_random_between(random, -2, 2) };
        v->reals[i] = reals[co_random_below(random, 5)];
        v->texts[i] = co_text_of(words[co_random_below(random, 8)]);
        v->intervals[i] = (co_interval){ co_random_between(random, -1, 1),
                                         co_random_between(random, -1, 2) * 30 * 86400 * INT64_C(1000000) };
    }
    v->vector.is_wide = type == CO_V_EXACT && co_random_chance(random, 1, 2);
    v->vector.numbers = v->vector.is_wide || type == CO_V_DOUBLE || type == CO_V_TEXT || type == CO_V_INTERVAL
                            ? NULL
                            : v->numbers;
    v->vector.wides = v->wides;
    v->vector.reals = v->reals;
    v->vector.texts = v->texts;
    v->vector.intervals = v->intervals;
}

static const struct {
    co_vtype type;
    bool nocase, copies;
} kinds[] = {
    { CO_V_BOOL, false, false },      { CO_V_EXACT, false, false },    { CO_V_DOUBLE, false, false },
    { CO_V_DATE, false, false },      { CO_V_INTERVAL, false, false }, { CO_V_TEXT, false, false },
    { CO_V_TEXT, true, false },       { CO_V_TEXT, true, true },       { CO_V_TEXT, false, true },
    { CO_V_REFERENCE, false, false },
};

START_TEST(values_have_one_number_if_and_only_if_they_are_equal) /* looped over kinds[] */
{
    static values v;
    co_random random = co_random_of((uint64_t)_i);

    for (int trial = 0; trial < CO_TRIALS(200); trial++) {
        uint32_t numbers[N_VALUES];
        co_identity identity;
        co_memory memory;

        co_memory_init(&memory, NULL, 0);
        make_values(&random, kinds[_i].type, &v);
        co_identity_init(&identity, &memory, kinds[_i].type, kinds[_i].nocase, kinds[_i].copies);
        for (uint32_t i = 0; i < N_VALUES; i++)
            must(co_identity_find(&identity, &v.vector, i, &numbers[i]) == COHORT_OK);
        for (uint32_t i = 0; i < N_VALUES; i++) {
            for (uint32_t j = 0; j < i; j++)
                must((numbers[i] == numbers[j]) ==
                     (co_vector_compare(&v.vector, i, &v.vector, j, kinds[_i].nocase) == 0));
            must(numbers[i] < identity.n);
            must(co_vector_compare(&identity.values, numbers[i], &v.vector, i, kinds[_i].nocase) == 0);
        }
        co_identity_clear(&identity);
        must(memory.used_bytes == 0);
    }
}
END_TEST

START_TEST(pairs_have_one_number_if_both_numbers_are_equal)
{
    uint32_t numbers[40][40];
    co_identity identity;
    co_memory memory;
    uint32_t again;

    co_memory_init(&memory, NULL, 0);
    co_identity_init(&identity, &memory, CO_V_EXACT, false, false);
    for (uint32_t a = 0; a < 40; a++) {
        for (uint32_t b = 0; b < 40; b++) {
            must(co_identity_find_pair(&identity, a, b, &numbers[a][b]) == COHORT_OK);
            must(numbers[a][b] == 40 * a + b);
        }
    }
    must(co_identity_find_pair(&identity, 7, 5, &again) == COHORT_OK);
    ck_assert_uint_eq(again, numbers[7][5]);
    co_identity_clear(&identity);
}
END_TEST

START_TEST(refused_memory_leaves_no_value_behind)
{
    static values v;
    co_random random = co_random_of(3);

    make_values(&random, CO_V_TEXT, &v);
    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        cohort_status status = COHORT_OK;
        co_identity identity;
        co_memory memory;
        uint32_t number;

        co_memory_init(&memory, &allocator, 0);
        co_identity_init(&identity, &memory, CO_V_TEXT, false, true);
        for (uint32_t i = 0; i < N_VALUES && status == COHORT_OK; i++)
            status = co_identity_find(&identity, &v.vector, i, &number);
        co_identity_clear(&identity);
        ck_assert(co_failing_is_clean(&state));
        ck_assert_int_eq(status, state.n_refused > 0 ? COHORT_MEMORY : COHORT_OK);
        if (state.n_refused == 0)
            break;
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("ordered");
    TCase *tests = tcase_create("ordered");

    tcase_add_test(tests, numbers_are_sorted_as_by_the_c_library);
    tcase_add_test(tests, rows_are_sorted_by_time_object_and_arrival);
    tcase_add_test(tests, items_come_by_group_in_the_order_they_had);
    tcase_add_loop_test(tests, the_mean_of_exact_numbers_is_rounded_once, 0,
                        sizeof wide_means / sizeof wide_means[0]);
    tcase_add_loop_test(tests, the_mean_of_doubles_is_rounded_once, 0,
                        sizeof real_means / sizeof real_means[0]);
    tcase_add_loop_test(tests, values_have_one_number_if_and_only_if_they_are_equal, 0,
                        sizeof kinds / sizeof kinds[0]);
    tcase_add_test(tests, pairs_have_one_number_if_both_numbers_are_equal);
    tcase_add_test(tests, refused_memory_leaves_no_value_behind);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/* Constants against fields of every number type, next to a naive comparison. */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/planning.h"

static co_store *store;

static void open_crm(void)
{
    store = co_crm_new();
}
static void close_crm(void)
{
    co_store_free(store);
}

static const char *const operators[] = { "=", "!=", "<", "<=", ">", ">=" };

/* Whether a step of the row's own field holds for a number that is there. */
static bool holds(const co_step *step, int64_t number)
{
    switch (step->kind) {
    case CO_STEP_NONE:
        return false;
    case CO_STEP_VALID:
        return true;
    case CO_STEP_BETWEEN:
        return (step->low <= number && number <= step->high) != step->outside;
    default:
        ck_abort_msg("a step of kind %d", (int)step->kind);
    }
}

static bool naive(size_t operator, int order)
{
    const bool answers[] = { order == 0, order != 0, order<0, order <= 0, order> 0, order >= 0 };

    return answers[operator];
}

typedef int (*naive_order)(int64_t number, const char *constant);

/* Every operator over every number: the true set is what is so, the false set all else. */
static void check(const char *field, const char *constant, const int64_t *numbers, size_t n,
                  naive_order order)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        char text[100];
        co_planned planned;

        snprintf(text, sizeof text, "%s %s %s", field, operators[i], constant);
        co_planned_make(&planned, store, &co_noon, (co_question){ "contact", text, 0 });

        const co_plan_result *result = &planned.plan->results[0];

        for (size_t k = 0; k < n; k++) {
            const bool wanted = naive(i, order(numbers[k], constant));

            if (holds(&planned.plan->steps[result->true_step], numbers[k]) != wanted ||
                holds(&planned.plan->steps[result->false_step], numbers[k]) == wanted)
                ck_abort_msg("%s for %lld", text, (long long)numbers[k]);
        }
        co_planned_clear(&planned);
    }
}

/* ---- whole numbers and decimals against decimals ---- */

static const char *const decimals[] = { "0",     "-0.0",   "1",     "2.5",   "2.50000", "-2.5",
                                        "0.001", "-0.001", "1.005", "99.99", "100",     "-1" };

/* In millionths, which hold all of the constants exactly. */
static int64_t millionths(const char *constant)
{
    int64_t value;

    must(co_parse_decimal(co_text_of(constant), 6, &value, NULL) == CO_PARSED);
    return value;
}

static int order_whole(int64_t number, const char *constant)
{
    const int64_t value = millionths(constant);

    return (number * 1000000 > value) - (number * 1000000 < value);
}

static int order_hundredths(int64_t number, const char *constant)
{
    const int64_t value = millionths(constant);

    return (number * 10000 > value) - (number * 10000 < value);
}

START_TEST(decimals_bound_whole_numbers_and_decimals_exactly)
{
    int64_t numbers[1000];

    for (int64_t i = 0; i < 1000; i++)
        numbers[i] = i - 500;
    check("age", decimals[_i], numbers, 1000, order_whole);
    check("balance", decimals[_i], numbers, 1000, order_hundredths);
}
END_TEST

/* ---- doubles ---- */

static int order_doubles(double a, double b)
{
    return (a > b) - (a < b);
}

static double real_of(const char *constant)
{
    double real;

    must(co_parse_double(co_text_of(constant), &real) == CO_PARSED);
    return real;
}

static int order_whole_as_double(int64_t number, const char *constant)
{
    return order_doubles((double)number, real_of(constant));
}

static int order_ordered(int64_t number, const char *constant)
{
    return order_doubles(co_ordered_to_double(number), real_of(constant));
}

START_TEST(a_double_constant_makes_whole_numbers_doubles)
{
    static const char *const constants[] = {
        "9007199254740992e0",    "9007199254740993e0",     "1e0",  "-25e-1",
        "9223372036854775807e0", "-9223372036854775808e0", "1e19", "-1e19"
    };
    static const int64_t numbers[] = { 9007199254740991,
                                       9007199254740992,
                                       9007199254740993,
                                       9007199254740994,
                                       0,
                                       1,
                                       -2,
                                       -3,
                                       INT64_MAX,
                                       INT64_MAX - 511,
                                       INT64_MAX - 512,
                                       INT64_MAX - 513,
                                       INT64_MIN,
                                       INT64_MIN + 512,
                                       INT64_MIN + 513,
                                       INT64_MIN + 514 };

    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        check("age", constants[i], numbers, sizeof numbers / sizeof *numbers, order_whole_as_double);
}
END_TEST

/* −0.0 is stored as 0.0. */
static int64_t stored(int64_t ordered)
{
    return co_double_to_ordered(co_ordered_to_double(ordered));
}

START_TEST(constants_become_the_nearest_double_beside_a_double)
{
    static const char *const constants[] = { "1.3",  "0.1", "0",     "-0.0",
                                             "1e-1", "3",   "-2.75", "123456789012345678901" };
    int64_t numbers[64];
    size_t n = 0;

    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        for (int64_t k = -1; k <= 1; k++)
            numbers[n++] = stored(co_double_to_ordered(real_of(constants[i])) + k);
    }
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        check("score", constants[i], numbers, n, order_ordered);
}
END_TEST

/* ---- days and instants ---- */

static int order_days(int64_t day, const char *constant)
{
    /* TIMESTAMP '2001-02-03 00:00:00' is the start of day 11356; one second later is after it. */
    const int64_t instant =
        strstr(constant, ":01") != NULL ? INT64_C(11356) * 86400 + 1 : INT64_C(11356) * 86400;

    return (day * 86400 > instant) - (day * 86400 < instant);
}

START_TEST(a_date_is_its_midnight_beside_a_timestamp)
{
    static const int64_t days[] = { 11354, 11355, 11356, 11357, -719162, 2932896 };

    check("born", "TIMESTAMP '2001-02-03 00:00:00'", days, 6, order_days);
    check("born", "TIMESTAMP '2001-02-03 00:00:01'", days, 6, order_days);
}
END_TEST

/* ---- lists ---- */

START_TEST(a_list_is_the_union_of_its_items)
{
    static const int64_t numbers[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
    co_planned planned;

    co_planned_make(&planned, store, &co_noon, (co_question){ "contact", "age IN (5, 1, 3.0, 3.5, 1)", 0 });

    const co_step *step = &planned.plan->steps[planned.plan->results[0].true_step];

    ck_assert_int_eq(step->kind, CO_STEP_AMONG);
    ck_assert_uint_eq(step->n_numbers, 3);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_int_eq(step->numbers[i], numbers[2 * i + 1]);
    co_planned_clear(&planned);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bounds");
    TCase *bounds = tcase_create("bounds");

    tcase_add_checked_fixture(bounds, open_crm, close_crm);
    tcase_add_loop_test(bounds, decimals_bound_whole_numbers_and_decimals_exactly, 0,
                        sizeof decimals / sizeof *decimals);
    tcase_add_test(bounds, a_double_constant_makes_whole_numbers_doubles);
    tcase_add_test(bounds, constants_become_the_nearest_double_beside_a_double);
    tcase_add_test(bounds, a_date_is_its_midnight_beside_a_timestamp);
    tcase_add_test(bounds, a_list_is_the_union_of_its_items);
    suite_add_tcase(suite, bounds);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

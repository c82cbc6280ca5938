/*
 * 128-bit arithmetic: the portable version is compiled into this file under
 * other names and both are held against each other and against known values.
 */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/wide.h"
#include "support/check_main.h"
#include "support/random.h"
#include "support/trials.h"

#define CO_WIDE_PORTABLE
#define co_wide_to_int64 portable_to_int64
#define co_wide_add portable_add
#define co_wide_subtract portable_subtract
#define co_wide_multiply portable_multiply
#define co_wide_negate portable_negate
#define co_wide_divide portable_divide
#define co_wide_compare portable_compare
bool co_wide_to_int64(co_wide value, int64_t *result);
bool co_wide_add(co_wide a, co_wide b, co_wide *sum);
bool co_wide_subtract(co_wide a, co_wide b, co_wide *difference);
bool co_wide_multiply(co_wide a, co_wide b, co_wide *product);
bool co_wide_negate(co_wide a, co_wide *result);
bool co_wide_divide(co_wide a, co_wide b, co_wide *quotient, co_wide *remainder);
int co_wide_compare(co_wide a, co_wide b);
#include "base/wide.c"
#undef co_wide_to_int64
#undef co_wide_add
#undef co_wide_subtract
#undef co_wide_multiply
#undef co_wide_negate
#undef co_wide_divide
#undef co_wide_compare

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

static co_wide wide(const char *text)
{
    co_wide value;

    ck_assert_int_eq(co_parse_wide(co_text_of(text), &value), CO_PARSED);
    return value;
}

static bool same(co_wide a, co_wide b)
{
    return a.low == b.low && a.high == b.high;
}

static co_wide any_wide(co_random *random)
{
    static const co_wide edges[] = { { 0, 0 }, { 1, 0 }, { UINT64_MAX, -1 }, { 0, INT64_MIN }, { UINT64_MAX, INT64_MAX },
                                     { UINT64_MAX, 0 }, { 0, 1 }, { 0, -1 }, { 1, INT64_MIN } };

    if (co_random_chance(random, 1, 8))
        return edges[co_random_below(random, ROWS(edges))];
    if (co_random_chance(random, 1, 2))
        return co_wide_of(co_random_int64(random));
    return (co_wide){ co_random_u64(random), co_random_int64(random) };
}

START_TEST(both_versions_agree_on_everything)
{
    co_random random = co_random_of(41);

    for (int i = 0; i < CO_TRIALS(60000); i++) {
        const co_wide a = any_wide(&random);
        const co_wide b = any_wide(&random);
        const co_wide marker = { 7, 7 };
        co_wide x = marker;
        co_wide y = marker;
        co_wide x_rest = marker;
        co_wide y_rest = marker;

        ck_assert_int_eq(co_wide_compare(a, b), portable_compare(a, b));
        ck_assert_int_eq(co_wide_add(a, b, &x), portable_add(a, b, &y));
        ck_assert(same(x, y));
        ck_assert_int_eq(co_wide_subtract(a, b, &x), portable_subtract(a, b, &y));
        ck_assert(same(x, y));
        ck_assert_int_eq(co_wide_multiply(a, b, &x), portable_multiply(a, b, &y));
        ck_assert(same(x, y));
        ck_assert_int_eq(co_wide_negate(a, &x), portable_negate(a, &y));
        ck_assert(same(x, y));
        if (co_wide_sign(b) == 0)
            continue;

        const bool divided = co_wide_divide(a, b, &x, &x_rest);

        ck_assert_int_eq(divided, portable_divide(a, b, &y, &y_rest));
        ck_assert(!divided || (same(x, y) && same(x_rest, y_rest)));
    }
}
END_TEST

/* Not compared with each other but with the laws of arithmetic. */
START_TEST(division_undoes_multiplication)
{
    co_random random = co_random_of(42);

    for (int i = 0; i < CO_TRIALS(30000); i++) {
        const co_wide a = any_wide(&random);
        const co_wide b = any_wide(&random);
        co_wide quotient;
        co_wide rest;
        co_wide back;

        if (co_wide_sign(b) == 0 || !portable_divide(a, b, &quotient, &rest))
            continue;
        ck_assert(portable_multiply(quotient, b, &back));
        ck_assert(portable_add(back, rest, &back));
        ck_assert(same(back, a));
        ck_assert(co_wide_sign(rest) == 0 || co_wide_sign(rest) == co_wide_sign(a));
    }
}
END_TEST

static const struct {
    const char *value;
    uint32_t digits;
    const char *result;
    bool exact;
} scalings[] = {
    { "12345", 1, "1235", false },   { "12344", 1, "1234", false },   { "-12345", 1, "-1235", false },
    { "1250", 2, "13", false },      { "1249", 2, "12", false },      { "-1250", 2, "-13", false },
    { "1200", 2, "12", true },       { "0", 40, "0", true },          { "1", 40, "0", false },
    { "7", 0, "7", true },           { "5", 1, "1", false },          { "49", 2, "0", false },
    { "50", 2, "1", false },         { "-50", 2, "-1", false },       { "4999999999999999999999", 22, "0", false },
    { "5000000000000000000000", 22, "1", false },
    { "170141183460469231731687303715884105727", 38, "2", false },
    { "-170141183460469231731687303715884105728", 39, "0", false },
    { "170141183460469231731687303715884105727", 18, "170141183460469231732", false },
    { "1499999999999999999", 18, "1", false },
    { "1500000000000000000", 18, "2", false },
};

START_TEST(scaling_down_rounds_half_away)
{
    bool exact = !scalings[_i].exact;
    const co_wide found = co_wide_scale_down(wide(scalings[_i].value), scalings[_i].digits, &exact);

    ck_assert(same(found, wide(scalings[_i].result)));
    ck_assert_int_eq(exact, scalings[_i].exact);
}
END_TEST

START_TEST(scaling_up_says_when_it_does_not_fit)
{
    co_wide found = { 7, 7 };

    ck_assert(co_wide_scale_up(co_wide_of(-12), 2, &found));
    ck_assert(same(found, co_wide_of(-1200)));
    ck_assert(co_wide_scale_up(co_wide_of(1), 38, &found));
    ck_assert(same(found, wide("100000000000000000000000000000000000000")));
    ck_assert(co_wide_scale_up(co_wide_of(0), UINT32_MAX, &found));
    ck_assert(same(found, co_wide_of(0)));
    ck_assert(!co_wide_scale_up(co_wide_of(2), 38, &found));
    ck_assert(!co_wide_scale_up(co_wide_of(1), UINT32_MAX, &found));
    ck_assert(same(found, co_wide_of(0)));
}
END_TEST

static const struct {
    const char *a;
    uint32_t a_scale;
    const char *b;
    uint32_t b_scale;
    int order;
} orders[] = {
    { "150", 2, "15", 1, 0 },
    { "151", 2, "15", 1, 1 },
    { "-151", 2, "-15", 1, -1 },
    { "0", 0, "0", 500, 0 },
    { "1", 500, "0", 0, 1 },
    { "1", 500, "1", 0, -1 },
    { "-1", 500, "-1", 0, 1 },
    { "170141183460469231731687303715884105727", 0, "170141183460469231731687303715884105727", 1, 1 },
    { "-170141183460469231731687303715884105728", 0, "-170141183460469231731687303715884105728", 1, -1 },
    { "17014118346046923173168730371588410572", 0, "170141183460469231731687303715884105727", 1, -1 },
    { "1", 0, "-1", 30, 1 },
};

START_TEST(decimals_of_any_scales_are_ordered_exactly)
{
    const co_wide a = wide(orders[_i].a);
    const co_wide b = wide(orders[_i].b);

    ck_assert_int_eq(co_wide_compare_decimal(a, orders[_i].a_scale, b, orders[_i].b_scale), orders[_i].order);
    ck_assert_int_eq(co_wide_compare_decimal(b, orders[_i].b_scale, a, orders[_i].a_scale), -orders[_i].order);
}
END_TEST

/* The digits of the value, read by the reader of doubles, which has tests of its own. */
static double naive_double(co_wide value, uint32_t scale)
{
    char text[CO_WIDE_TEXT + 16];
    size_t length = co_print_wide(value, 0, text);
    double result = 0;

    text[length++] = 'e';
    text[length++] = '-';
    length += co_print_int64((int64_t)scale, text + length);
    ck_assert_int_eq(co_parse_double((co_text){ text, length }, &result), CO_PARSED);
    return result;
}

START_TEST(decimals_become_the_nearest_doubles)
{
    co_random random = co_random_of(43);

    for (int i = 0; i < CO_TRIALS(30000); i++) {
        const co_wide value = any_wide(&random);
        const uint32_t scale = (uint32_t)co_random_below(&random, 45);

        ck_assert(co_wide_decimal_to_double(value, scale) == naive_double(value, scale));
        ck_assert(co_wide_decimal_to_double(value, 0) == naive_double(value, 0));
    }
    ck_assert(co_wide_decimal_to_double(co_wide_of(INT64_MAX), 0) == 9223372036854775808.0);
    ck_assert(!signbit(co_wide_quotient(co_wide_of(0), 0, co_wide_of(-5), 0)));
}
END_TEST

#if defined(__SIZEOF_FLOAT128__) || defined(__x86_64__)
/* A quotient of two 64-bit numbers, correct in 80 bits, decides 53 unless it is too near a halfway point. */
START_TEST(quotients_are_the_nearest_doubles)
{
    co_random random = co_random_of(44);

    for (int i = 0; i < CO_TRIALS(60000); i++) {
        const int64_t a = co_random_int64(&random);
        const int64_t b = co_random_int64(&random);

        if (b == 0)
            continue;

        const long double quotient = (long double)a / (long double)b;
        const double nearest = (double)quotient;
        const long double gap = fabsl(quotient - (long double)nearest);
        const long double half = (long double)(nextafter(fabs(nearest), INFINITY) - fabs(nearest)) / 2;

        if (fabsl(gap - half) < half / 1000)
            continue;
        ck_assert(co_wide_quotient(co_wide_of(a), 3, co_wide_of(b), 3) == nearest);
    }
}
END_TEST
#endif

static const struct {
    const char *a;
    uint32_t a_scale;
    const char *b;
    uint32_t b_scale;
    double result;
} quotients[] = {
    { "1", 0, "3", 0, 1.0 / 3 },
    { "10", 1, "3", 0, 1.0 / 3 },
    { "-7", 0, "2", 0, -3.5 },
    { "1", 0, "1", 400, HUGE_VAL },
    { "1", 400, "1", 0, 0 },
    { "1", 4000000, "1", 0, 0 },
    { "-1", 0, "1", 4000000, -HUGE_VAL },
    { "170141183460469231731687303715884105727", 0, "170141183460469231731687303715884105727", 0, 1 },
    { "-170141183460469231731687303715884105728", 0, "170141183460469231731687303715884105727", 0, -1 },
    { "9007199254740993", 0, "1", 0, 9007199254740992.0 },
    { "9007199254740995", 0, "1", 0, 9007199254740996.0 },
    { "90071992547409930000000000001", 13, "1", 0, 9007199254740994.0 },
};

START_TEST(known_quotients_are_right)
{
    ck_assert(co_wide_quotient(wide(quotients[_i].a), quotients[_i].a_scale, wide(quotients[_i].b),
                               quotients[_i].b_scale) == quotients[_i].result);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("base/wide");
    TCase *all = tcase_create("wide");

    tcase_add_test(all, both_versions_agree_on_everything);
    tcase_add_test(all, division_undoes_multiplication);
    tcase_add_loop_test(all, scaling_down_rounds_half_away, 0, ROWS(scalings));
    tcase_add_test(all, scaling_up_says_when_it_does_not_fit);
    tcase_add_loop_test(all, decimals_of_any_scales_are_ordered_exactly, 0, ROWS(orders));
    tcase_add_test(all, decimals_become_the_nearest_doubles);
#if defined(__SIZEOF_FLOAT128__) || defined(__x86_64__)
    tcase_add_test(all, quotients_are_the_nearest_doubles);
#endif
    tcase_add_loop_test(all, known_quotients_are_right, 0, ROWS(quotients));
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

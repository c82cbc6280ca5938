/* Numbers as text against the C library and against long-hand arithmetic. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "support/check_main.h"
#include "support/random.h"
#include "support/trials.h"

static double double_of_bits(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t bits_of_double(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void assert_same_double(double found, double wanted, const char *text)
{
    ck_assert_msg(bits_of_double(found) == bits_of_double(wanted), "'%s' gave %.17g, wanted %.17g", text, found, wanted);
}

/* ---- whole numbers ---- */

static const struct {
    const char *text;
    co_parse result;
    int64_t value;
} whole_numbers[] = {
    { "0", CO_PARSED, 0 },
    { "-0", CO_PARSED, 0 },
    { "+7", CO_PARSED, 7 },
    { "007", CO_PARSED, 7 },
    { "9223372036854775807", CO_PARSED, INT64_MAX },
    { "-9223372036854775808", CO_PARSED, INT64_MIN },
    { "9223372036854775808", CO_PARSE_RANGE, 0 },
    { "-9223372036854775809", CO_PARSE_RANGE, 0 },
    { "18446744073709551616", CO_PARSE_RANGE, 0 },
    { "00000000000000000000000000000012", CO_PARSED, 12 },
    { "99999999999999999999999", CO_PARSE_RANGE, 0 },
    { "99999999999999999999999x", CO_PARSE_SYNTAX, 0 },
    { "", CO_PARSE_SYNTAX, 0 },
    { "-", CO_PARSE_SYNTAX, 0 },
    { "+-1", CO_PARSE_SYNTAX, 0 },
    { "1 ", CO_PARSE_SYNTAX, 0 },
    { " 1", CO_PARSE_SYNTAX, 0 },
    { "1.0", CO_PARSE_SYNTAX, 0 },
    { "1e3", CO_PARSE_SYNTAX, 0 },
};

START_TEST(whole_numbers_are_read_whole_or_refused)
{
    int64_t value = -77;
    const co_parse result = co_parse_int64(co_text_of(whole_numbers[_i].text), &value);

    ck_assert_int_eq(result, whole_numbers[_i].result);
    ck_assert_int_eq(value, result == CO_PARSED ? whole_numbers[_i].value : -77);
}
END_TEST

START_TEST(whole_numbers_print_as_the_c_library_prints_them)
{
    co_random random = co_random_of(11);

    for (int i = 0; i < CO_TRIALS(50000); i++) {
        const int64_t value = i == 0 ? INT64_MIN : i == 1 ? 0 : co_random_int64(&random);
        char found[CO_INT64_TEXT + 1];
        char wanted[32];
        int64_t back;

        found[co_print_int64(value, found)] = '\0';
        snprintf(wanted, sizeof wanted, "%" PRId64, value);
        ck_assert_str_eq(found, wanted);
        ck_assert_int_eq(co_parse_int64(co_text_of(found), &back), CO_PARSED);
        ck_assert_int_eq(back, value);
    }
}
END_TEST

/* ---- decimals ---- */

static const struct {
    const char *text;
    uint32_t scale;
    co_parse result;
    int64_t value;
    bool rounded;
} decimals[] = {
    { "12.50", 2, CO_PARSED, 1250, false },
    { "12.5", 2, CO_PARSED, 1250, false },
    { "-.5", 2, CO_PARSED, -50, false },
    { "5.", 2, CO_PARSED, 500, false },
    { ".", 2, CO_PARSE_SYNTAX, 0, false },
    { "", 2, CO_PARSE_SYNTAX, 0, false },
    { "1e", 2, CO_PARSE_SYNTAX, 0, false },
    { "1,5", 2, CO_PARSE_SYNTAX, 0, false },
    { "nan", 2, CO_PARSE_SYNTAX, 0, false },
    { "0.005", 2, CO_PARSED, 1, true },
    { "-0.005", 2, CO_PARSED, -1, true },
    { "0.00499999999999999999999999999", 2, CO_PARSED, 0, true },
    { "0.0050000", 3, CO_PARSED, 5, false },
    { "1e3", 2, CO_PARSED, 100000, false },
    { "12345e-3", 2, CO_PARSED, 1235, true },
    { "5e-3", 2, CO_PARSED, 1, true },
    { "5e-4", 2, CO_PARSED, 0, true },
    { "0e999999999999999999999", 2, CO_PARSED, 0, false },
    { "1e-999999999999999999999", 2, CO_PARSED, 0, true },
    { "1e999999999999999999999", 2, CO_PARSE_RANGE, 0, false },
    { "17850.0", 0, CO_PARSED, 17850, false },
    { "17850.5", 0, CO_PARSED, 17851, true },
    { "9223372036854775807.4", 0, CO_PARSED, INT64_MAX, true },
    { "9223372036854775807.5", 0, CO_PARSE_RANGE, 0, false },
    { "-9223372036854775808.49", 0, CO_PARSED, INT64_MIN, true },
    { "-9223372036854775808.5", 0, CO_PARSE_RANGE, 0, false },
    { "92233720368547758.07", 2, CO_PARSED, INT64_MAX, false },
    { "92233720368547758.08", 2, CO_PARSE_RANGE, 0, false },
    { "99999999999999999999", 0, CO_PARSE_RANGE, 0, false },
    { "0000000000000000000000000001.10", 1, CO_PARSED, 11, false },
};

START_TEST(decimals_are_exact_and_say_when_they_are_not)
{
    int64_t value = -77;
    bool rounded = false;
    const co_parse result = co_parse_decimal(co_text_of(decimals[_i].text), decimals[_i].scale, &value, &rounded);

    ck_assert_msg(result == decimals[_i].result, "'%s' gave result %d", decimals[_i].text, (int)result);
    ck_assert_int_eq(value, result == CO_PARSED ? decimals[_i].value : -77);
    ck_assert_int_eq(rounded, decimals[_i].rounded);
}
END_TEST

START_TEST(decimals_print_and_read_back)
{
    co_random random = co_random_of(12);

    for (int i = 0; i < CO_TRIALS(30000); i++) {
        const int64_t value = i == 0 ? INT64_MIN : co_random_int64(&random);
        const uint32_t scale = (uint32_t)co_random_below(&random, 25);
        char text[CO_WIDE_TEXT];
        char wide_text[CO_WIDE_TEXT];
        const size_t length = co_print_decimal(value, scale, text);
        int64_t back = 0;
        bool rounded = true;

        ck_assert_int_eq(co_parse_decimal((co_text){ text, length }, scale, &back, &rounded), CO_PARSED);
        ck_assert_int_eq(back, value);
        ck_assert(!rounded);
        ck_assert(co_text_equal((co_text){ text, length },
                                (co_text){ wide_text, co_print_wide(co_wide_of(value), scale, wide_text) }));
    }
}
END_TEST

static const struct {
    int64_t value;
    uint32_t scale;
    const char *text;
} printed_decimals[] = {
    { 0, 0, "0" },        { 0, 2, "0.00" },  { 5, 2, "0.05" },     { -5, 2, "-0.05" },
    { 1250, 2, "12.50" }, { 7, 0, "7" },     { -1234, 3, "-1.234" }, { INT64_MIN, 18, "-9.223372036854775808" },
};

START_TEST(decimals_print_every_digit_of_their_scale)
{
    char text[CO_WIDE_TEXT + 1];

    text[co_print_decimal(printed_decimals[_i].value, printed_decimals[_i].scale, text)] = '\0';
    ck_assert_str_eq(text, printed_decimals[_i].text);
}
END_TEST

static const struct {
    const char *text;
    co_parse result;
} wide_numbers[] = {
    { "170141183460469231731687303715884105727", CO_PARSED },
    { "-170141183460469231731687303715884105728", CO_PARSED },
    { "170141183460469231731687303715884105728", CO_PARSE_RANGE },
    { "-170141183460469231731687303715884105729", CO_PARSE_RANGE },
    { "0", CO_PARSED },
    { "1000000000000000000", CO_PARSED },
    { "1000000000000000000000000000000000001", CO_PARSED },
    { "100000000000000000000000000000000000000000000", CO_PARSE_RANGE },
    { "", CO_PARSE_SYNTAX },
    { "-", CO_PARSE_SYNTAX },
    { "1.5", CO_PARSE_SYNTAX },
};

START_TEST(wide_numbers_read_and_print)
{
    const co_text wanted = co_text_of(wide_numbers[_i].text);
    char text[CO_WIDE_TEXT];
    co_wide value;

    ck_assert_int_eq(co_parse_wide(wanted, &value), wide_numbers[_i].result);
    if (wide_numbers[_i].result == CO_PARSED)
        ck_assert(co_text_equal((co_text){ text, co_print_wide(value, 0, text) }, wanted));
}
END_TEST

static const struct {
    const char *text;
    bool is_number;
    co_number_shape shape;
} shapes[] = {
    { "007", true, { .leading_zero = true, .n_whole = 3 } },
    { "0", true, { .n_whole = 1 } },
    { "-0.5", true, { .negative = true, .has_point = true, .n_whole = 1, .n_fraction = 1 } },
    { "1e5", true, { .has_exponent = true, .n_whole = 1 } },
    { "5.", true, { .has_point = true, .n_whole = 1 } },
    { "1e", false, { 0 } },
    { "0x10", false, { 0 } },
    { "1_000", false, { 0 } },
    { "e5", false, { 0 } },
};

START_TEST(the_shape_of_a_number_is_seen)
{
    co_number_shape shape = { 0 };

    ck_assert_int_eq(co_number_scan(co_text_of(shapes[_i].text), &shape), shapes[_i].is_number);
    ck_assert_int_eq(shape.negative, shapes[_i].shape.negative);
    ck_assert_int_eq(shape.has_point, shapes[_i].shape.has_point);
    ck_assert_int_eq(shape.has_exponent, shapes[_i].shape.has_exponent);
    ck_assert_int_eq(shape.leading_zero, shapes[_i].shape.leading_zero);
    ck_assert_uint_eq(shape.n_whole, shapes[_i].shape.n_whole);
    ck_assert_uint_eq(shape.n_fraction, shapes[_i].shape.n_fraction);
}
END_TEST

/* ---- doubles ---- */

static void assert_reads_as_strtod(const char *text)
{
    double found = -77;
    const co_parse result = co_parse_double(co_text_of(text), &found);
    const double wanted = strtod(text, NULL);

    if (isinf(wanted)) {
        ck_assert_msg(result == CO_PARSE_RANGE, "'%s' gave result %d", text, (int)result);
        return;
    }
    ck_assert_msg(result == CO_PARSED, "'%s' gave result %d", text, (int)result);
    assert_same_double(found, wanted, text);
}

static const char *const hard_doubles[] = {
    "0", "-0", "0.0", "1", "0.1", "0.3", "1e22", "1e23", "-1e23", "9007199254740993", "9007199254740992.5",
    "9007199254740991.4999999999999999999999999999", "1e308", "1.7976931348623157e308", "1.7976931348623158e308",
    "1.797693134862315807e308", "1.7976931348623159e308", "1e309", "1e400", "1e99999999999999999999", "4.9e-324",
    "2.4703282292062327e-324", "2.4703282292062328e-324", "2.47e-324", "1e-324", "1e-400", "1e-99999999999999999999",
    "2.2250738585072011e-308", "2.2250738585072012e-308", "2.2250738585072014e-308", "2.225073858507201e-308",
    "6.631236846766476e-316", "8.98846567431158e307", "1.00000000000000011102230246251565404236316680908203125",
    "1.00000000000000011102230246251565404236316680908203124",
    "1.00000000000000011102230246251565404236316680908203126", "0.000000000000000000000000000000000000001e39",
    "123456789012345678901234567890", "3.1415926535897932384626433832795028841971693993751",
    "30000000000000004e-17", "7.2057594037927933e16", "72057594037927945", "5e-324", "0e400", "00000.00001e5", ".5", "5.",
};

START_TEST(hard_doubles_are_read_as_the_nearest)
{
    assert_reads_as_strtod(hard_doubles[_i]);
}
END_TEST

START_TEST(halfway_points_with_hundreds_of_digits_go_to_even)
{
    co_random random = co_random_of(13);

    for (int i = 0; i < CO_TRIALS(3000); i++) {
        char text[1300];
        const double low = double_of_bits(co_random_below(&random, UINT64_C(0x7fe) << 52));
        const double high = nextafter(low, INFINITY);
        const long double middle = ((long double)low + high) / 2;
        int length = snprintf(text, sizeof text, "%.1100Le", middle);
        char *e = strchr(text, 'e');

        assert_reads_as_strtod(text);
        if (length > 0 && e != NULL) {
            e[-1] = (char)('1' + co_random_below(&random, 9));
            assert_reads_as_strtod(text);
        }
    }
}
END_TEST

START_TEST(doubles_of_every_length_are_read_as_the_nearest)
{
    co_random random = co_random_of(14);

    for (int i = 0; i < CO_TRIALS(60000); i++) {
        char text[64];
        const int n_digits = 1 + (int)co_random_below(&random, 25);
        int at = 0;

        for (int k = 0; k < n_digits; k++)
            text[at++] = (char)('0' + co_random_below(&random, 10));
        const int spread = co_random_chance(&random, 1, 2) ? 30 : 340;
        snprintf(text + at, sizeof text - (size_t)at, "e%d", (int)co_random_between(&random, -spread, spread));
        assert_reads_as_strtod(text);
    }
}
END_TEST

/* The fewest digits that read back, found by trying; of several of that length the nearest. */
static int fewest_digits(double value)
{
    char text[40];

    for (int n = 1; n < 17; n++) {
        snprintf(text, sizeof text, "%.*e", n - 1, value);
        if (strtod(text, NULL) == value)
            return n;
    }
    return 17;
}

static int count_digits(const char *text)
{
    char digits[40];
    int n = 0;

    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text >= '0' && *text <= '9' && (n > 0 || *text != '0'))
            digits[n++] = *text;
    }
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return n;
}

static void assert_prints_shortest(double value)
{
    char text[CO_DOUBLE_TEXT + 1];
    const size_t length = co_print_double(value, text);

    text[length] = '\0';
    ck_assert_uint_le(length, CO_DOUBLE_TEXT);
    assert_same_double(strtod(text, NULL), value, text);
    ck_assert_msg(count_digits(text) <= fewest_digits(value), "%s is longer than %.*e", text, fewest_digits(value) - 1,
                  value);
}

START_TEST(random_doubles_print_short_and_read_back)
{
    co_random random = co_random_of(15);

    for (int i = 0; i < CO_TRIALS(50000); i++) {
        const uint64_t bits = co_random_u64(&random);
        const double value = double_of_bits(bits);
        char text[CO_DOUBLE_TEXT + 1];
        double back = 0;

        if (!isfinite(value))
            continue;
        text[co_print_double(value, text)] = '\0';
        ck_assert_int_eq(co_parse_double(co_text_of(text), &back), CO_PARSED);
        assert_same_double(back, value, text);
        if (i % 8 == 0)
            assert_prints_shortest(value);
    }
}
END_TEST

START_TEST(everyday_doubles_print_short_and_read_back)
{
    co_random random = co_random_of(16);

    for (int i = 0; i < CO_TRIALS(60000); i++) {
        const int64_t digits = co_random_int64(&random) >> 10;
        const double power = pow(10, (double)co_random_between(&random, -12, 12));

        assert_prints_shortest((double)digits / power);
    }
    for (int exponent = -1074; exponent < 1024; exponent++) {
        const double power = ldexp(1, exponent);

        assert_prints_shortest(power);
        assert_prints_shortest(nextafter(power, 0) > 0 ? nextafter(power, 0) : power);
        if (exponent < 1023)
            assert_prints_shortest(nextafter(power, INFINITY));
    }
}
END_TEST

static const struct {
    double value;
    const char *text;
} printed_doubles[] = {
    { 0.0, "0" },
    { -0.0, "-0" },
    { 0.1, "0.1" },
    { 12, "12" },
    { -2.5, "-2.5" },
    { 1e14, "100000000000000" },
    { 1e15, "1e+15" },
    { 123456789012345.6, "123456789012345.6" },
    { 0.0001, "0.0001" },
    { 0.00012345678901234567, "0.00012345678901234567" },
    { 0.000025, "2.5e-05" },
    { 5e-324, "5e-324" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { 5.684341886080802e-14, "5.684341886080802e-14" },
    { 9007199254740993.0, "9.007199254740992e+15" },
    { 0.30000000000000004, "0.30000000000000004" },
    { HUGE_VAL, "inf" },
    { -HUGE_VAL, "-inf" },
};

START_TEST(doubles_print_as_people_write_them)
{
    char text[CO_DOUBLE_TEXT + 1];

    text[co_print_double(printed_doubles[_i].value, text)] = '\0';
    ck_assert_str_eq(text, printed_doubles[_i].text);
}
END_TEST

static const struct {
    const char *text;
    co_parse result;
} words[] = {
    { "nan", CO_PARSE_NAN },       { "NaN", CO_PARSE_NAN },           { "-nan", CO_PARSE_NAN },
    { "inf", CO_PARSE_INFINITE },  { "-Infinity", CO_PARSE_INFINITE }, { "+INF", CO_PARSE_INFINITE },
    { "infin", CO_PARSE_SYNTAX },  { "na", CO_PARSE_SYNTAX },         { "", CO_PARSE_SYNTAX },
    { "1.2.3", CO_PARSE_SYNTAX },  { "0x1p3", CO_PARSE_SYNTAX },      { "1e+", CO_PARSE_SYNTAX },
    { "--1", CO_PARSE_SYNTAX },    { "1d", CO_PARSE_SYNTAX },         { "NULL", CO_PARSE_SYNTAX },
};

START_TEST(words_and_nonsense_are_told_apart)
{
    double value = 77;
    const co_parse result = co_parse_double(co_text_of(words[_i].text), &value);

    ck_assert_int_eq(result, words[_i].result);
    if (result == CO_PARSE_INFINITE)
        ck_assert_int_eq(value < 0, words[_i].text[0] == '-');
    else
        ck_assert(value == 77);
}
END_TEST

START_TEST(order_of_doubles_is_order_of_their_integers)
{
    co_random random = co_random_of(17);

    for (int i = 0; i < CO_TRIALS(60000); i++) {
        const double a = double_of_bits(co_random_u64(&random));
        const double b = i % 3 == 0 ? nextafter(a, 0) : double_of_bits(co_random_u64(&random));

        if (isnan(a) || isnan(b))
            continue;
        ck_assert_int_eq(a < b, co_double_to_ordered(a) < co_double_to_ordered(b));
        ck_assert_int_eq(a == b, co_double_to_ordered(a) == co_double_to_ordered(b));
        ck_assert(co_ordered_to_double(co_double_to_ordered(a)) == a);
    }
    ck_assert_int_eq(co_double_to_ordered(-0.0), co_double_to_ordered(0.0));
    ck_assert(!signbit(co_ordered_to_double(co_double_to_ordered(-0.0))));
}
END_TEST

/* ---- rounding ---- */

static const struct {
    double value;
    int32_t digits;
    double rounded;
} roundings[] = {
    { 0.5, 0, 1 },      { -0.5, 0, -1 },     { 1.5, 0, 2 },       { 2.5, 0, 3 },        { -2.5, 0, -3 },
    { 0.49999999999999994, 0, 0 },           { 2.675, 2, 2.67 },  { 1.005, 2, 1.0 },    { 1.125, 2, 1.13 },
    { -1.125, 2, -1.13 }, { 0.1, 20, 0.1 },  { 0.1, 1, 0.1 },     { 12345, -2, 12300 }, { 12350, -2, 12400 },
    { 12349.99, -2, 12300 }, { -50, -2, -100 }, { 49, -2, 0 },    { 1e300, -300, 1e300 }, { 4e300, -301, 0 },
    { 5e300, -301, 1e301 }, { 1e22, 5, 1e22 }, { 5e-324, 3, 0 },  { 5e-324, 324, 5e-324 }, { 4503599627370495.5, 0, 4503599627370496 },
    { 9007199254740991, -1, 9007199254740990 }, { -0.4, 0, 0 },   { 1e-5, 2000000000, 1e-5 }, { 1e5, -2000000000, 0 },
    { 123.456, 1, 123.5 }, { 0.285, 2, 0.28 }, { 1.7976931348623157e308, -308, HUGE_VAL },
};

START_TEST(rounding_is_half_away_on_the_exact_value)
{
    const double found = co_round_double(roundings[_i].value, roundings[_i].digits);

    assert_same_double(found, roundings[_i].rounded, "round");
}
END_TEST

/* Half away on the digits that printf gives of the whole exact value. */
static double naive_round(double value, int digits)
{
    char text[1500];
    char *point;
    int carry;

    snprintf(text, sizeof text, "0%.1100f", fabs(value));
    point = strchr(text, '.');
    carry = point[digits + 1] >= '5';
    point[digits + 1] = '\0';
    for (char *at = point + digits; carry && at >= text; at--) {
        if (*at == '.')
            continue;
        carry = *at == '9';
        *at = carry ? '0' : (char)(*at + 1);
    }
    return copysign(strtod(text, NULL), value);
}

START_TEST(rounding_agrees_with_long_hand)
{
    co_random random = co_random_of(18);

    for (int i = 0; i < CO_TRIALS(30000); i++) {
        const double value = i % 2 == 0 ? (double)co_random_between(&random, -2000000, 2000000) / 1000
                                        : ldexp((double)(co_random_int64(&random) >> 11), (int)co_random_between(&random, -80, 5));
        const int digits = (int)co_random_below(&random, i % 2 == 0 ? 5 : 30);

        assert_same_double(co_round_double(value, digits) + 0.0, naive_round(value, digits) + 0.0, "round");
    }
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

static Suite *make_suite(void)
{
    Suite *suite = suite_create("base/number");
    TCase *whole = tcase_create("whole and decimal");
    TCase *doubles = tcase_create("doubles");

    tcase_add_loop_test(whole, whole_numbers_are_read_whole_or_refused, 0, ROWS(whole_numbers));
    tcase_add_test(whole, whole_numbers_print_as_the_c_library_prints_them);
    tcase_add_loop_test(whole, decimals_are_exact_and_say_when_they_are_not, 0, ROWS(decimals));
    tcase_add_test(whole, decimals_print_and_read_back);
    tcase_add_loop_test(whole, decimals_print_every_digit_of_their_scale, 0, ROWS(printed_decimals));
    tcase_add_loop_test(whole, wide_numbers_read_and_print, 0, ROWS(wide_numbers));
    tcase_add_loop_test(whole, the_shape_of_a_number_is_seen, 0, ROWS(shapes));
    suite_add_tcase(suite, whole);
    tcase_add_loop_test(doubles, hard_doubles_are_read_as_the_nearest, 0, ROWS(hard_doubles));
    tcase_add_test(doubles, halfway_points_with_hundreds_of_digits_go_to_even);
    tcase_add_test(doubles, doubles_of_every_length_are_read_as_the_nearest);
    tcase_add_test(doubles, random_doubles_print_short_and_read_back);
    tcase_add_test(doubles, everyday_doubles_print_short_and_read_back);
    tcase_add_loop_test(doubles, doubles_print_as_people_write_them, 0, ROWS(printed_doubles));
    tcase_add_loop_test(doubles, words_and_nonsense_are_told_apart, 0, ROWS(words));
    tcase_add_test(doubles, order_of_doubles_is_order_of_their_integers);
    tcase_add_loop_test(doubles, rounding_is_half_away_on_the_exact_value, 0, ROWS(roundings));
    tcase_add_test(doubles, rounding_agrees_with_long_hand);
    suite_add_tcase(suite, doubles);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

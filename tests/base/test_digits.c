/* Digits, dates and times in words of eight bytes: what is taken, the general readers read alike. */
#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "base/number.h"
#include "base/timetext.h"
#include "support/check_main.h"
#include "support/random.h"
#include "support/trials.h"

/* Room behind the text, which the short ways may read. */
typedef struct room {
    char bytes[40];
} room;

START_TEST(every_day_of_the_calendar_is_taken)
{
    for (int64_t day = CO_DAY_LEAST; day <= CO_DAY_GREATEST; day += CO_STRIDE(1)) {
        room text = { { 0 } };
        int64_t found = 0;

        co_print_date(day, text.bytes);
        ck_assert(co_digits_date(text.bytes, &found) && found == day);
    }
}
END_TEST

START_TEST(every_second_of_a_day_is_taken)
{
    for (uint32_t second = 0; second < 86400; second++) {
        room text;
        uint32_t found = 0;

        snprintf(text.bytes, sizeof text.bytes, "%02u:%02u:%02u", second / 3600 % 24, second / 60 % 60, second % 60);
        ck_assert(co_digits_time(text.bytes, &found) && found == second);
    }
}
END_TEST

/* A byte or two of a good text replaced by any. */
static void spoil(co_random *random, char *bytes, size_t length)
{
    static const char near_digits[] = "0123456789012345678/:-., +TZ\x2f\x3a\x7f\x80\xb0\xff";

    for (uint64_t n = co_random_below(random, 3); n > 0; n--)
        bytes[co_random_below(random, length)] = near_digits[co_random_below(random, sizeof near_digits)];
}

START_TEST(dates_and_times_are_refused_where_the_general_reader_refuses)
{
    co_random random = co_random_of(1);
    unsigned n_taken = 0, n_refused = 0;

    for (int trial = 0; trial < CO_TRIALS(400000); trial++) {
        room text = { "2024-02-29 23:59:58" };
        co_local_time time;
        int64_t day = 0;
        uint32_t second = 0;

        spoil(&random, text.bytes, 10);
        spoil(&random, text.bytes + 11, 8);

        const bool has_day = co_digits_date(text.bytes, &day);
        const bool has_time = co_digits_time(text.bytes + 11, &second);
        const co_time_fault fault = co_parse_time((co_text){ text.bytes, 19 }, &time);

        if (has_day && has_time) {
            ck_assert_msg(fault == CO_TIME_FINE && time.day == day && time.us == second * CO_SECOND_US, "%s",
                          text.bytes);
            n_taken++;
        } else {
            n_refused++;
        }
    }
    ck_assert_uint_gt(n_taken, CO_TRIALS(20000));
    ck_assert_uint_gt(n_refused, CO_TRIALS(20000));
}
END_TEST

START_TEST(numbers_are_read_as_the_general_reader_reads_them)
{
    co_random random = co_random_of(2);
    unsigned n_taken = 0;

    for (int trial = 0; trial < CO_TRIALS(400000); trial++) {
        room text;
        const size_t length = 1 + co_random_below(&random, 18);
        int64_t found = 0, wanted = 0;

        for (size_t i = 0; i < sizeof text.bytes; i++)
            text.bytes[i] = (char)('0' + co_random_below(&random, 10));
        if (co_random_chance(&random, 1, 4))
            text.bytes[0] = '-';
        spoil(&random, text.bytes, length);
        if (!co_digits_signed(text.bytes, length, &found))
            continue;
        ck_assert(co_parse_int64((co_text){ text.bytes, length }, &wanted) == CO_PARSED && found == wanted);
        n_taken++;
    }
    ck_assert_uint_gt(n_taken, CO_TRIALS(100000));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("digits");
    TCase *tests = tcase_create("digits");

    tcase_add_test(tests, every_day_of_the_calendar_is_taken);
    tcase_add_test(tests, every_second_of_a_day_is_taken);
    tcase_add_test(tests, dates_and_times_are_refused_where_the_general_reader_refuses);
    tcase_add_test(tests, numbers_are_read_as_the_general_reader_reads_them);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

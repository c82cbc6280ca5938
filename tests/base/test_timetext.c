/* Dates, times and spans of time as text. */
#include "base/calendar.h"
#include "base/interval.h"
#include "base/timetext.h"
#include "support/check_main.h"
#include "support/random.h"
#include "support/trials.h"

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))
#define NO_OFFSET INT32_MIN

/* A text, what is wrong with it, and the local time it stands for as printed with a Z. */
typedef struct reading {
    const char *text;
    co_time_fault fault;
    const char *local;
    bool has_time;
    int32_t offset;
} reading;

static void assert_reading(co_time_fault fault, const co_local_time *time, const reading *wanted)
{
    char text[CO_TIME_TEXT + 1];

    ck_assert_msg(fault == wanted->fault, "'%s' gave fault %d", wanted->text, (int)fault);
    if (fault != CO_TIME_FINE)
        return;
    text[co_print_time(time->day * CO_DAY_US + time->us, text)] = '\0';
    ck_assert_str_eq(text, wanted->local);
    ck_assert_int_eq(time->has_time, wanted->has_time);
    ck_assert_int_eq(time->has_offset, wanted->offset != NO_OFFSET);
    if (time->has_offset)
        ck_assert_int_eq(time->offset_seconds, wanted->offset);
}

static const reading times[] = {
    { "2026-11-22", CO_TIME_FINE, "2026-11-22T00:00:00Z", false, NO_OFFSET },
    { " 2026-11-22 ", CO_TIME_FINE, "2026-11-22T00:00:00Z", false, NO_OFFSET },
    { "20261122", CO_TIME_FINE, "2026-11-22T00:00:00Z", false, NO_OFFSET },
    { "2026-1-2", CO_TIME_FINE, "2026-01-02T00:00:00Z", false, NO_OFFSET },
    { "2026-11-22 10:00", CO_TIME_FINE, "2026-11-22T10:00:00Z", true, NO_OFFSET },
    { "2026-11-22  9:05:07", CO_TIME_FINE, "2026-11-22T09:05:07Z", true, NO_OFFSET },
    { "2026-11-22T10:00:00Z", CO_TIME_FINE, "2026-11-22T10:00:00Z", true, 0 },
    { "2026-11-22t10:00:00z", CO_TIME_FINE, "2026-11-22T10:00:00Z", true, 0 },
    { "20261122T100000Z", CO_TIME_FINE, "2026-11-22T10:00:00Z", true, 0 },
    { "20261122T1000", CO_TIME_FINE, "2026-11-22T10:00:00Z", true, NO_OFFSET },
    { "2026-11-22 10:00:00 UTC", CO_TIME_FINE, "2026-11-22T10:00:00Z", true, 0 },
    { "2026-11-22 10:00:00+02", CO_TIME_FINE, "2026-11-22T10:00:00Z", true, 7200 },
    { "2026-11-22 10:00:00 +0200", CO_TIME_FINE, "2026-11-22T10:00:00Z", true, 7200 },
    { "2026-11-22 10:00:00.5-05:30", CO_TIME_FINE, "2026-11-22T10:00:00.5Z", true, -19800 },
    { "2026-11-22 10:00:00.1234564", CO_TIME_FINE, "2026-11-22T10:00:00.123456Z", true, NO_OFFSET },
    { "2026-11-22 10:00:00.1234565", CO_TIME_FINE, "2026-11-22T10:00:00.123457Z", true, NO_OFFSET },
    { "2026-12-31 23:59:59.9999999", CO_TIME_FINE, "2027-01-01T00:00:00Z", true, NO_OFFSET },
    { "2026-11-22 24:00", CO_TIME_FINE, "2026-11-23T00:00:00Z", true, NO_OFFSET },
    { "2026-11-22 23:59:60", CO_TIME_FINE, "2026-11-23T00:00:00Z", true, NO_OFFSET },
    { "0001-01-01", CO_TIME_FINE, "0001-01-01T00:00:00Z", false, NO_OFFSET },
    { "9999-12-31T23:59:59.999999Z", CO_TIME_FINE, "9999-12-31T23:59:59.999999Z", true, 0 },
    { "2026-02-29", CO_TIME_NO_SUCH_DAY, NULL, false, 0 },
    { "20260230", CO_TIME_NO_SUCH_DAY, NULL, false, 0 },
    { "2026-13-01", CO_TIME_NO_SUCH_DAY, NULL, false, 0 },
    { "0000-01-01", CO_TIME_YEAR_RANGE, NULL, false, 0 },
    { "10000-01-01", CO_TIME_YEAR_RANGE, NULL, false, 0 },
    { "2026-11-22 25:00", CO_TIME_NO_SUCH_TIME, NULL, false, 0 },
    { "2026-11-22 24:00:01", CO_TIME_NO_SUCH_TIME, NULL, false, 0 },
    { "2026-11-22 10:60", CO_TIME_NO_SUCH_TIME, NULL, false, 0 },
    { "2026-11-22 10:00:61", CO_TIME_NO_SUCH_TIME, NULL, false, 0 },
    { "2026-11-22 10:00+16", CO_TIME_BAD_OFFSET, NULL, false, 0 },
    { "2026-11-22 10:00+02:60", CO_TIME_BAD_OFFSET, NULL, false, 0 },
    { "2026-11-22 10:00+", CO_TIME_SYNTAX, NULL, false, 0 },
    { "2026-11-22 10:00+02:", CO_TIME_SYNTAX, NULL, false, 0 },
    { "2026-11-22 10", CO_TIME_SYNTAX, NULL, false, 0 },
    { "2026-11-22 1000", CO_TIME_SYNTAX, NULL, false, 0 },
    { "2026-11-22T", CO_TIME_SYNTAX, NULL, false, 0 },
    { "2026-11-22 10:00:00.", CO_TIME_SYNTAX, NULL, false, 0 },
    { "2026-11-22 10:00:00,5", CO_TIME_SYNTAX, NULL, false, 0 },
    { "2026-11-22x", CO_TIME_SYNTAX, NULL, false, 0 },
    { "2026-11-222", CO_TIME_SYNTAX, NULL, false, 0 },
    { "2026-11", CO_TIME_SYNTAX, NULL, false, 0 },
    { "22.11.2026", CO_TIME_SYNTAX, NULL, false, 0 },
    { "26-11-22", CO_TIME_SYNTAX, NULL, false, 0 },
    { "today", CO_TIME_SYNTAX, NULL, false, 0 },
    { "", CO_TIME_SYNTAX, NULL, false, 0 },
};

START_TEST(times_are_read_as_written_or_refused_with_the_reason)
{
    co_local_time time;

    assert_reading(co_parse_time(co_text_of(times[_i].text), &time), &time, &times[_i]);
}
END_TEST

START_TEST(a_date_with_a_time_of_day_is_no_date)
{
    int64_t day = -77;

    ck_assert_int_eq(co_parse_date(CO_TEXT("2026-11-22 10:00"), &day), CO_TIME_HAS_TIME);
    ck_assert_int_eq(co_parse_date(CO_TEXT("2026-02-30"), &day), CO_TIME_NO_SUCH_DAY);
    ck_assert_int_eq(day, -77);
    ck_assert_int_eq(co_parse_date(CO_TEXT("1970-01-02"), &day), CO_TIME_FINE);
    ck_assert_int_eq(day, 1);
}
END_TEST

START_TEST(every_time_printed_reads_back)
{
    co_random random = co_random_of(51);

    for (int i = 0; i < CO_TRIALS(30000); i++) {
        const int64_t us = i == 0   ? CO_TIME_LEAST
                           : i == 1 ? CO_TIME_GREATEST
                                    : co_random_between(&random, CO_TIME_LEAST, CO_TIME_GREATEST) / 1000 * 1000;
        char text[CO_TIME_TEXT];
        char date_text[CO_DATE_TEXT];
        co_local_time time;
        int64_t day;

        ck_assert_int_eq(co_parse_time((co_text){ text, co_print_time(us, text) }, &time), CO_TIME_FINE);
        ck_assert_int_eq(time.day * CO_DAY_US + time.us, us);
        ck_assert_int_eq(co_parse_date((co_text){ date_text, co_print_date(time.day, date_text) }, &day), CO_TIME_FINE);
        ck_assert_int_eq(day, time.day);
    }
}
END_TEST

static const struct {
    const char *layout;
    reading wanted;
} layouts[] = {
    { "%m/%d/%Y", { "11/22/2026", CO_TIME_FINE, "2026-11-22T00:00:00Z", false, NO_OFFSET } },
    { "%m/%d/%Y", { "1/2/2026", CO_TIME_FINE, "2026-01-02T00:00:00Z", false, NO_OFFSET } },
    { "%d.%m.%y", { "22.11.26", CO_TIME_FINE, "2026-11-22T00:00:00Z", false, NO_OFFSET } },
    { "%d.%m.%y", { "22.11.69", CO_TIME_FINE, "1969-11-22T00:00:00Z", false, NO_OFFSET } },
    { "%Y%m%d", { "20261122", CO_TIME_FINE, "2026-11-22T00:00:00Z", false, NO_OFFSET } },
    { "%d %b %Y", { "22 NOV 2026", CO_TIME_FINE, "2026-11-22T00:00:00Z", false, NO_OFFSET } },
    { "%B %e, %Y", { "november  2, 2026", CO_TIME_FINE, "2026-11-02T00:00:00Z", false, NO_OFFSET } },
    { "%b %d %Y", { "May 3 2026", CO_TIME_FINE, "2026-05-03T00:00:00Z", false, NO_OFFSET } },
    { "%a, %d %b %Y %T %z", { "Sun, 22 Nov 2026 10:11:12 +0200", CO_TIME_FINE, "2026-11-22T10:11:12Z", true, 7200 } },
    { "%Y-%j", { "2024-366", CO_TIME_FINE, "2024-12-31T00:00:00Z", false, NO_OFFSET } },
    { "%Y-%j", { "2026-366", CO_TIME_NO_SUCH_DAY, NULL, false, 0 } },
    { "%D %H:%M", { "11/22/26 9:30", CO_TIME_FINE, "2026-11-22T09:30:00Z", true, NO_OFFSET } },
    { "%d/%m/%Y %I:%M %p", { "22/11/2026 12:30 AM", CO_TIME_FINE, "2026-11-22T00:30:00Z", true, NO_OFFSET } },
    { "%d/%m/%Y %I:%M %p", { "22/11/2026 12:30 pm", CO_TIME_FINE, "2026-11-22T12:30:00Z", true, NO_OFFSET } },
    { "%d/%m/%Y %I:%M %p", { "22/11/2026 11:30pm", CO_TIME_FINE, "2026-11-22T23:30:00Z", true, NO_OFFSET } },
    { "%d/%m/%Y %I:%M %p", { "22/11/2026 13:30 pm", CO_TIME_SYNTAX, NULL, false, 0 } },
    { "%Y-%m-%d %H:%M:%S.%f", { "2026-11-22 10:00:00.25", CO_TIME_FINE, "2026-11-22T10:00:00.25Z", true, NO_OFFSET } },
    { "%Y-%m-%d%%", { "2026-11-22%", CO_TIME_FINE, "2026-11-22T00:00:00Z", false, NO_OFFSET } },
    { "%m/%d/%Y", { "22/11/2026", CO_TIME_NO_SUCH_DAY, NULL, false, 0 } },
    { "%m/%d/%Y", { "11/22/26", CO_TIME_SYNTAX, NULL, false, 0 } },
    { "%m/%d/%Y", { "11/22/2026 10:00", CO_TIME_SYNTAX, NULL, false, 0 } },
    { "%m/%d/%Y", { "11-22-2026", CO_TIME_SYNTAX, NULL, false, 0 } },
    { "%m/%d/%Y", { "", CO_TIME_SYNTAX, NULL, false, 0 } },
    { "%d %b %Y", { "22 Nox 2026", CO_TIME_SYNTAX, NULL, false, 0 } },
    { "%m/%d/%Y", { "11/22/0000", CO_TIME_YEAR_RANGE, NULL, false, 0 } },
};

START_TEST(layouts_are_followed)
{
    co_local_time time;

    ck_assert_ptr_null(co_time_layout_fault(co_text_of(layouts[_i].layout)));
    assert_reading(co_parse_time_as(co_text_of(layouts[_i].layout), co_text_of(layouts[_i].wanted.text), &time), &time,
                   &layouts[_i].wanted);
}
END_TEST

static const char *const bad_layouts[] = { "", "%Y", "%m/%d", "%Y-%m", "%Y-%m-%d%", "%Y-%m-%d %Q", "%Y-%m-%d %I:%M",
                                           "%Y-%m-%d %p", "yyyy-mm-dd" };

START_TEST(layouts_that_give_no_day_are_refused)
{
    ck_assert_ptr_nonnull(co_time_layout_fault(co_text_of(bad_layouts[_i])));
}
END_TEST

/* ---- spans of time ---- */

static const struct {
    const char *text;
    bool fine;
    co_interval interval;
    const char *printed;
} intervals[] = {
    { "90 days", true, { 0, 90 * CO_DAY_US }, "90 days" },
    { "1 day", true, { 0, CO_DAY_US }, "1 day" },
    { " 1  year 2 months ", true, { 14, 0 }, "1 year 2 months" },
    { "1 day 02:03:04", true, { 0, CO_DAY_US + 7384 * CO_SECOND_US }, "1 day 02:03:04" },
    { "-1 day 02:00:00", true, { 0, -22 * CO_HOUR_US }, "-22:00:00" },
    { "2 weeks ago", true, { 0, -14 * CO_DAY_US }, "-14 days" },
    { "1.5 hours", true, { 0, 90 * CO_MINUTE_US }, "01:30:00" },
    { "1.5 months", true, { 1, 15 * CO_DAY_US }, "1 month 15 days" },
    { "1.5 years", true, { 18, 0 }, "1 year 6 months" },
    { ".25 seconds", true, { 0, 250000 }, "00:00:00.25" },
    { "-14 months", true, { -14, 0 }, "-1 year -2 months" },
    { "1 year -1 day", true, { 12, -CO_DAY_US }, "1 year -1 day" },
    { "36:00", true, { 0, 36 * CO_HOUR_US }, "1 day 12:00:00" },
    { "1h30m", true, { 0, 90 * CO_MINUTE_US }, "01:30:00" },
    { "7 DAYS", true, { 0, 7 * CO_DAY_US }, "7 days" },
    { "1 microsecond", true, { 0, 1 }, "00:00:00.000001" },
    { "0 days", true, { 0, 0 }, "00:00:00" },
    { "1 quarter", true, { 3, 0 }, "3 months" },
    { "", false, { 0, 0 }, NULL },
    { "90", false, { 0, 0 }, NULL },
    { "days", false, { 0, 0 }, NULL },
    { "90 dogs", false, { 0, 0 }, NULL },
    { "1 day ago 2 days", false, { 0, 0 }, NULL },
    { "ago", false, { 0, 0 }, NULL },
    { "1:60", false, { 0, 0 }, NULL },
    { "1:00:61", false, { 0, 0 }, NULL },
    { "1.5:00", false, { 0, 0 }, NULL },
    { "- 1 day", false, { 0, 0 }, NULL },
    { "1 day,", false, { 0, 0 }, NULL },
    { "9999999999999999999 days", false, { 0, 0 }, NULL },
    { "99999999999 years 9999999999999999999999999999999999999999999 months", false, { 0, 0 }, NULL },
    { "0.00000000000000000000000000000001 days", false, { 0, 0 }, NULL },
};

START_TEST(spans_of_time_are_read_and_printed)
{
    co_interval found = { 7, 7 };
    const char *fault = co_interval_parse(co_text_of(intervals[_i].text), &found);
    char text[CO_INTERVAL_TEXT + 1];

    ck_assert_msg((fault == NULL) == intervals[_i].fine, "'%s' %s", intervals[_i].text, fault == NULL ? "" : fault);
    if (fault != NULL)
        return;
    ck_assert_int_eq(found.months, intervals[_i].interval.months);
    ck_assert_int_eq(found.microseconds, intervals[_i].interval.microseconds);
    text[co_print_interval(found, text)] = '\0';
    ck_assert_str_eq(text, intervals[_i].printed);
}
END_TEST

START_TEST(every_span_printed_reads_back)
{
    co_random random = co_random_of(52);

    for (int i = 0; i < CO_TRIALS(20000); i++) {
        const co_interval interval = { i == 0 ? INT64_MIN + 1 : co_random_int64(&random),
                                       i == 0 ? INT64_MIN + 1 : co_random_int64(&random) };
        char text[CO_INTERVAL_TEXT];
        co_interval back;
        const size_t length = co_print_interval(interval, text);

        ck_assert_uint_le(length, CO_INTERVAL_TEXT);
        ck_assert_ptr_null(co_interval_parse((co_text){ text, length }, &back));
        ck_assert_int_eq(back.months, interval.months);
        ck_assert_int_eq(back.microseconds, interval.microseconds);
    }
}
END_TEST

START_TEST(spans_add_multiply_and_compare)
{
    const co_interval month = { 1, 0 };
    const co_interval thirty_days = { 0, 30 * CO_DAY_US };
    const co_interval most = { INT64_MAX, INT64_MAX };
    co_interval result = { 7, 7 };

    ck_assert_int_eq(co_interval_compare(month, thirty_days), 0);
    ck_assert_int_eq(co_interval_compare(month, (co_interval){ 0, 30 * CO_DAY_US + 1 }), -1);
    ck_assert_int_eq(co_interval_compare(most, (co_interval){ INT64_MAX, INT64_MAX - 1 }), 1);
    ck_assert(co_interval_add(month, thirty_days, &result));
    ck_assert_int_eq(result.months, 1);
    ck_assert_int_eq(result.microseconds, 30 * CO_DAY_US);
    ck_assert(co_interval_multiply(result, -2, &result));
    ck_assert_int_eq(result.months, -2);
    ck_assert(!co_interval_add(most, month, &result));
    ck_assert(!co_interval_add((co_interval){ 0, INT64_MIN }, (co_interval){ 0, -1 }, &result));
    ck_assert(!co_interval_negate((co_interval){ INT64_MIN, 0 }, &result));
    ck_assert_int_eq(result.months, -2);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("base/timetext");
    TCase *all = tcase_create("time as text");

    tcase_add_loop_test(all, times_are_read_as_written_or_refused_with_the_reason, 0, ROWS(times));
    tcase_add_test(all, a_date_with_a_time_of_day_is_no_date);
    tcase_add_test(all, every_time_printed_reads_back);
    tcase_add_loop_test(all, layouts_are_followed, 0, ROWS(layouts));
    tcase_add_loop_test(all, layouts_that_give_no_day_are_refused, 0, ROWS(bad_layouts));
    tcase_add_loop_test(all, spans_of_time_are_read_and_printed, 0, ROWS(intervals));
    tcase_add_test(all, every_span_printed_reads_back);
    tcase_add_test(all, spans_add_multiply_and_compare);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/* The calendar against a walk through every day of the years 1 to 9999, which knows only how long months are. */
#include "base/calendar.h"
#include "support/check_main.h"
#include "support/random.h"
#include "support/trials.h"

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

static int naive_month_length(int year, int month)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const int leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);

    return lengths[month - 1] + (month == 2 && leap);
}

static int64_t day_of(int year, int month, int day)
{
    return co_day_of_date((co_date){ year, month, day });
}

static const co_calendar plain = { 0, 0 };

START_TEST(every_day_from_year_1_to_9999_has_its_date_and_parts)
{
    int64_t day = CO_DAY_LEAST;
    int weekday = 2;            /* 0001-01-01 was a Monday */

    for (int year = 1; year <= 9999; year++) {
        int in_year = 1;

        for (int month = 1; month <= 12; month++) {
            const int length = naive_month_length(year, month);

            ck_assert_int_eq(co_days_in_month(year, month), length);
            for (int d = 1; d <= length; d++, day++, in_year++, weekday = weekday % 7 + 1) {
                const co_date date = co_date_of_day(day);

                if (date.year != year || date.month != month || date.day != d || day_of(year, month, d) != day)
                    ck_abort_msg("day %lld is %d-%d-%d, not %d-%d-%d", (long long)day, date.year, date.month, date.day,
                                 year, month, d);
                if (d == 1 || d == length) {
                    ck_assert_int_eq(co_day_in_year(day), in_year);
                    ck_assert_int_eq(co_day_in_week(day), weekday);
                    ck_assert_int_eq(co_week_in_year(day), (in_year + 6) / 7);
                    ck_assert_int_eq(co_quarter_of_day(day), (month + 2) / 3);
                }
            }
        }
    }
    ck_assert_int_eq(day, CO_DAY_END);
}
END_TEST

static const struct {
    int64_t year, month, day;
    bool valid;
} dates[] = {
    { 2024, 2, 29, true }, { 2023, 2, 29, false }, { 1900, 2, 29, false }, { 2000, 2, 29, true },
    { 0, 1, 1, false },    { 1, 1, 1, true },      { 9999, 12, 31, true }, { 10000, 1, 1, false },
    { 2026, 13, 1, false }, { 2026, 0, 1, false }, { 2026, 4, 31, false }, { 2026, 4, 0, false },
};

START_TEST(days_that_do_not_exist_are_known)
{
    ck_assert_int_eq(co_date_valid(dates[_i].year, dates[_i].month, dates[_i].day), dates[_i].valid);
}
END_TEST

/* The start of the unit that holds a day, found by walking back one day at a time. */
static bool starts_unit(co_unit unit, int64_t day, const co_calendar *calendar)
{
    const co_date date = co_date_of_day(day);
    const int fiscal = calendar->fiscal_start == 0 ? 1 : (int)calendar->fiscal_start;
    const int weekday = (co_day_in_week(day) + 5) % 7 + 1;      /* 1 = Monday */

    switch (unit) {
    case CO_UNIT_WEEK:
        return weekday == (calendar->week_start == 0 ? 1 : (int)calendar->week_start);
    case CO_UNIT_MONTH:
        return date.day == 1;
    case CO_UNIT_QUARTER:
        return date.day == 1 && (date.month - 1) % 3 == 0;
    case CO_UNIT_YEAR:
        return date.day == 1 && date.month == 1;
    case CO_UNIT_FISCAL_QUARTER:
        return date.day == 1 && (date.month - fiscal + 12) % 3 == 0;
    case CO_UNIT_FISCAL_YEAR:
        return date.day == 1 && date.month == fiscal;
    default:
        return true;
    }
}

static int64_t naive_start(co_unit unit, int64_t day, int shift, const co_calendar *calendar)
{
    while (!starts_unit(unit, day, calendar))
        day--;
    for (; shift < 0; shift++)
        do
            day--;
        while (!starts_unit(unit, day, calendar));
    for (; shift > 0; shift--)
        do
            day++;
        while (!starts_unit(unit, day, calendar));
    return day;
}

START_TEST(units_start_where_a_walk_finds_them)
{
    co_random random = co_random_of(21);

    for (int i = 0; i < CO_TRIALS(4000); i++) {
        const co_calendar calendar = { (uint32_t)co_random_below(&random, 8), (uint32_t)co_random_below(&random, 13) };
        const int64_t day = co_random_between(&random, CO_DAY_LEAST + 5000, CO_DAY_GREATEST - 5000);
        const int shift = (int)co_random_between(&random, -5, 5);

        for (co_unit unit = CO_UNIT_DAY; unit <= CO_UNIT_FISCAL_YEAR; unit++)
            ck_assert_int_eq(co_unit_start(unit, day, shift, &calendar), naive_start(unit, day, shift, &calendar));
    }
}
END_TEST

START_TEST(units_stay_within_the_calendar)
{
    for (co_unit unit = CO_UNIT_DAY; unit <= CO_UNIT_FISCAL_YEAR; unit++) {
        for (uint32_t start = 0; start <= 12; start++) {
            const co_calendar calendar = { start % 8, start };

            ck_assert_int_eq(co_unit_start(unit, 0, INT64_MIN, &calendar), CO_DAY_LEAST);
            ck_assert_int_eq(co_unit_start(unit, 0, INT64_MAX, &calendar), CO_DAY_END);
            ck_assert_int_le(co_unit_start(unit, CO_DAY_LEAST, 0, &calendar), CO_DAY_LEAST);
            ck_assert_int_eq(co_unit_first_day(unit, INT64_MAX, &calendar), CO_DAY_END);
            ck_assert_int_eq(co_unit_first_day(unit, INT64_MIN, &calendar), CO_DAY_LEAST);
        }
    }
}
END_TEST

START_TEST(fiscal_years_are_named_by_their_end)
{
    const co_calendar october = { 0, 10 };

    ck_assert_int_eq(co_fiscal_year(day_of(2026, 9, 30), &october), 2026);
    ck_assert_int_eq(co_fiscal_year(day_of(2026, 10, 1), &october), 2027);
    ck_assert_int_eq(co_fiscal_month(day_of(2026, 10, 1), &october), 1);
    ck_assert_int_eq(co_fiscal_month(day_of(2026, 9, 30), &october), 12);
    ck_assert_int_eq(co_fiscal_quarter(day_of(2026, 9, 30), &october), 4);
    ck_assert_int_eq(co_fiscal_quarter(day_of(2026, 12, 31), &october), 1);
    ck_assert_int_eq(co_fiscal_year(day_of(2026, 12, 31), &plain), 2026);
    ck_assert_int_eq(co_fiscal_quarter(day_of(2026, 12, 31), &plain), 4);
}
END_TEST

static const struct {
    co_date from;
    int64_t months;
    bool fine;
    co_date to;
} month_sums[] = {
    { { 2026, 1, 31 }, 1, true, { 2026, 2, 28 } },
    { { 2024, 1, 31 }, 1, true, { 2024, 2, 29 } },
    { { 2024, 2, 29 }, 12, true, { 2025, 2, 28 } },
    { { 2024, 2, 29 }, 48, true, { 2028, 2, 29 } },
    { { 2026, 3, 31 }, -1, true, { 2026, 2, 28 } },
    { { 2026, 1, 15 }, -1, true, { 2025, 12, 15 } },
    { { 2026, 12, 31 }, 2, true, { 2027, 2, 28 } },
    { { 9999, 12, 31 }, 1, false, { 0, 0, 0 } },
    { { 1, 1, 1 }, -1, false, { 0, 0, 0 } },
    { { 2026, 1, 1 }, INT64_MAX, false, { 0, 0, 0 } },
    { { 2026, 1, 1 }, INT64_MIN, false, { 0, 0, 0 } },
};

START_TEST(months_are_added_and_days_cut)
{
    const co_date from = month_sums[_i].from;
    int64_t result = -77;

    ck_assert_int_eq(co_day_add_months(co_day_of_date(from), month_sums[_i].months, &result), month_sums[_i].fine);
    ck_assert_int_eq(result, month_sums[_i].fine ? co_day_of_date(month_sums[_i].to) : -77);
}
END_TEST

static int64_t at(int year, int month, int day, int hour, int minute)
{
    return day_of(year, month, day) * CO_DAY_US + hour * CO_HOUR_US + minute * CO_MINUTE_US;
}

START_TEST(differences_count_boundaries)
{
    const int64_t eve = at(2025, 12, 31, 23, 59);
    const int64_t new_year = at(2026, 1, 1, 0, 0);

    for (co_unit unit = CO_UNIT_DAY; unit <= CO_UNIT_SECOND; unit++) {
        const int64_t wanted = unit == CO_UNIT_WEEK ? 0 : unit == CO_UNIT_SECOND ? 60 : 1;

        ck_assert_int_eq(co_boundaries_crossed(unit, eve, new_year, &plain), wanted);
        ck_assert_int_eq(co_boundaries_crossed(unit, new_year, eve, &plain), -wanted);
        ck_assert_int_eq(co_boundaries_crossed(unit, eve, eve, &plain), 0);
    }
    /* Thursday; with weeks that start on it a boundary is crossed. */
    ck_assert_int_eq(co_boundaries_crossed(CO_UNIT_WEEK, eve, new_year, &(co_calendar){ 4, 0 }), 1);
    ck_assert_int_eq(co_boundaries_crossed(CO_UNIT_HOUR, -1, 0, &plain), 1);
    ck_assert_int_eq(co_boundaries_crossed(CO_UNIT_MONTH, at(1969, 12, 31, 23, 0), at(1970, 3, 1, 0, 0), &plain), 3);
}
END_TEST

START_TEST(units_are_known_by_name)
{
    co_unit unit;

    ck_assert(co_unit_named(CO_TEXT("Fiscal_Quarter"), &unit));
    ck_assert_int_eq(unit, CO_UNIT_FISCAL_QUARTER);
    ck_assert(co_unit_named(CO_TEXT("day"), &unit));
    ck_assert_int_eq(unit, CO_UNIT_DAY);
    ck_assert(!co_unit_named(CO_TEXT("days"), &unit));
    ck_assert(!co_unit_named(CO_TEXT("da"), &unit));
    ck_assert(!co_unit_named(CO_TEXT(""), &unit));
}
END_TEST

static const struct {
    co_date birth;
    co_date at;
    int64_t age;
} ages[] = {
    { { 2000, 5, 1 }, { 2026, 4, 30 }, 25 },  { { 2000, 5, 1 }, { 2026, 5, 1 }, 26 },
    { { 2000, 2, 29 }, { 2001, 2, 28 }, 0 },  { { 2000, 2, 29 }, { 2001, 3, 1 }, 1 },
    { { 2000, 2, 29 }, { 2004, 2, 28 }, 3 },  { { 2000, 2, 29 }, { 2004, 2, 29 }, 4 },
    { { 2026, 5, 1 }, { 2026, 4, 30 }, -1 },  { { 2027, 5, 1 }, { 2026, 5, 1 }, -1 },
    { { 2027, 5, 2 }, { 2026, 5, 1 }, -2 },   { { 2026, 5, 1 }, { 2026, 5, 1 }, 0 },
};

START_TEST(ages_are_completed_years)
{
    ck_assert_int_eq(co_age(co_day_of_date(ages[_i].birth), co_day_of_date(ages[_i].at)), ages[_i].age);
}
END_TEST

START_TEST(anniversaries_are_found_as_by_trying_each_day)
{
    co_random random = co_random_of(22);

    for (int i = 0; i < CO_TRIALS(20000); i++) {
        const int64_t leap_day = day_of(1960 + 4 * (int)co_random_below(&random, 10), 2, 29);
        const int64_t birth = i % 2 == 0 ? leap_day : co_random_between(&random, -10000, 20000);
        const int64_t first = co_random_between(&random, -10000, 30000);
        const int64_t end = first + (int64_t)co_random_below(&random, i % 7 == 0 ? 800 : 20);
        const co_date born = co_date_of_day(birth);
        bool wanted = false;

        for (int64_t day = first; day < end; day++) {
            const co_date date = co_date_of_day(day);
            const bool moved = born.month == 2 && born.day == 29 && !co_year_is_leap(date.year);

            if (moved ? date.month == 3 && date.day == 1 : date.month == born.month && date.day == born.day)
                wanted = true;
        }
        ck_assert_int_eq(co_anniversary_in(birth, first, end), wanted);
    }
    ck_assert(!co_anniversary_in(0, CO_DAY_END, CO_DAY_END + 1));
    ck_assert(co_anniversary_in(CO_DAY_GREATEST, CO_DAY_LEAST, CO_DAY_END));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("base/calendar");
    TCase *days = tcase_create("days and units");

    tcase_add_test(days, every_day_from_year_1_to_9999_has_its_date_and_parts);
    tcase_add_loop_test(days, days_that_do_not_exist_are_known, 0, ROWS(dates));
    tcase_add_test(days, units_start_where_a_walk_finds_them);
    tcase_add_test(days, units_stay_within_the_calendar);
    tcase_add_test(days, fiscal_years_are_named_by_their_end);
    tcase_add_loop_test(days, months_are_added_and_days_cut, 0, ROWS(month_sums));
    tcase_add_test(days, differences_count_boundaries);
    tcase_add_test(days, units_are_known_by_name);
    tcase_add_loop_test(days, ages_are_completed_years, 0, ROWS(ages));
    tcase_add_test(days, anniversaries_are_found_as_by_trying_each_day);
    suite_add_tcase(suite, days);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/*
 * The calendar: years are counted from March, so that a leap day is the last
 * of its year, and in cycles of 400 years, which are all alike.
 */
#include <assert.h>

#include "base/calendar.h"

#define DAYS_IN_CYCLE 146097
#define YEARS_IN_CYCLE 400
/* Days from 1 March of the year 0 to 1970-01-01. */
#define EPOCH_DAY 719468
#define LEAST_YEAR 1
#define GREATEST_YEAR 9999
/* More units than the calendar has days, in either direction. */
#define MOST_UNITS INT64_C(10000000)

static const char *const unit_names[] = {
    [CO_UNIT_DAY] = "day",
    [CO_UNIT_WEEK] = "week",
    [CO_UNIT_MONTH] = "month",
    [CO_UNIT_QUARTER] = "quarter",
    [CO_UNIT_YEAR] = "year",
    [CO_UNIT_FISCAL_QUARTER] = "fiscal_quarter",
    [CO_UNIT_FISCAL_YEAR] = "fiscal_year",
    [CO_UNIT_HOUR] = "hour",
    [CO_UNIT_MINUTE] = "minute",
    [CO_UNIT_SECOND] = "second",
};
#define N_UNITS (sizeof unit_names / sizeof unit_names[0])

bool co_year_is_leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int32_t co_days_in_month(int32_t year, int32_t month)
{
    if (month == 2)
        return co_year_is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool co_date_valid(int64_t year, int64_t month, int64_t day)
{
    if (year < LEAST_YEAR || year > GREATEST_YEAR || month < 1 || month > 12 || day < 1)
        return false;
    return day <= co_days_in_month((int32_t)year, (int32_t)month);
}

int64_t co_day_of_date(co_date date)
{
    assert(co_date_valid(date.year, date.month, date.day));

    const int32_t months_from_march = (date.month + 9) % 12;
    const int32_t year = date.year - (date.month <= 2);
    const int32_t year_in_cycle = year % YEARS_IN_CYCLE;
    const int32_t day_in_year = (153 * months_from_march + 2) / 5 + date.day - 1;
    const int32_t day_in_cycle = year_in_cycle * 365 + year_in_cycle / 4 - year_in_cycle / 100 + day_in_year;

    return (int64_t)(year / YEARS_IN_CYCLE) * DAYS_IN_CYCLE + day_in_cycle - EPOCH_DAY;
}

static int64_t clamped_day(int64_t day, int64_t greatest)
{
    if (day < CO_DAY_LEAST)
        return CO_DAY_LEAST;
    return day > greatest ? greatest : day;
}

co_date co_date_of_day(int64_t day)
{
    const int32_t from_march_0 = (int32_t)clamped_day(day, CO_DAY_END) + EPOCH_DAY;
    const int32_t cycle = from_march_0 / DAYS_IN_CYCLE;
    const int32_t day_in_cycle = from_march_0 % DAYS_IN_CYCLE;

    /* Leap days taken out: one in 4 years, not in 100, again in 400. */
    const int32_t year_in_cycle =
        (day_in_cycle - day_in_cycle / 1460 + day_in_cycle / 36524 - day_in_cycle / (DAYS_IN_CYCLE - 1)) / 365;
    const int32_t day_in_year = day_in_cycle - (year_in_cycle * 365 + year_in_cycle / 4 - year_in_cycle / 100);
    const int32_t months_from_march = (5 * day_in_year + 2) / 153;
    const int32_t month = months_from_march < 10 ? months_from_march + 3 : months_from_march - 9;

    return (co_date){
        .year = cycle * YEARS_IN_CYCLE + year_in_cycle + (month <= 2),
        .month = month,
        .day = day_in_year - (153 * months_from_march + 2) / 5 + 1,
    };
}

static int64_t month_number(co_date date)
{
    return (int64_t)date.year * 12 + date.month - 1;
}

/* The first day of a month counted from the year 0, brought into the calendar. */
static int64_t first_day_of_month(int64_t number)
{
    const int64_t year = co_floor_divide(number, 12);

    if (year < LEAST_YEAR)
        return CO_DAY_LEAST;
    if (year > GREATEST_YEAR)
        return CO_DAY_END;
    return co_day_of_date((co_date){ (int32_t)year, (int32_t)(number - year * 12) + 1, 1 });
}

bool co_day_add_months(int64_t day, int64_t months, int64_t *result)
{
    const co_date from = co_date_of_day(day);
    const int64_t limit = INT64_C(12) * (GREATEST_YEAR + 1);

    if (!co_day_in_range(day) || months > limit || months < -limit)
        return false;

    const int64_t number = month_number(from) + months;
    const int64_t year = co_floor_divide(number, 12);

    if (year < LEAST_YEAR || year > GREATEST_YEAR)
        return false;

    const int32_t month = (int32_t)(number - year * 12) + 1;
    const int32_t last = co_days_in_month((int32_t)year, month);

    *result = co_day_of_date((co_date){ (int32_t)year, month, from.day < last ? from.day : last });
    return true;
}

/* ---- units ---- */

/* Monday, 1970-01-05 less a week, is day −3; a week that starts on another weekday starts that much later. */
static int64_t week_origin(const co_calendar *calendar)
{
    return (calendar->week_start == 0 ? 1 : (int64_t)calendar->week_start) - 4;
}

static int64_t fiscal_months(const co_calendar *calendar)
{
    return calendar->fiscal_start == 0 ? 0 : (int64_t)calendar->fiscal_start - 1;
}

int64_t co_unit_number(co_unit unit, int64_t day, const co_calendar *calendar)
{
    switch (unit) {
    case CO_UNIT_WEEK:
        return co_floor_divide(day - week_origin(calendar), 7);
    case CO_UNIT_MONTH:
        return month_number(co_date_of_day(day));
    case CO_UNIT_QUARTER:
        return month_number(co_date_of_day(day)) / 3;
    case CO_UNIT_YEAR:
        return co_date_of_day(day).year;
    case CO_UNIT_FISCAL_QUARTER:
        return co_floor_divide(month_number(co_date_of_day(day)) - fiscal_months(calendar), 3);
    case CO_UNIT_FISCAL_YEAR:
        return co_floor_divide(month_number(co_date_of_day(day)) - fiscal_months(calendar), 12);
    default:
        assert(unit == CO_UNIT_DAY);
        return day;
    }
}

int64_t co_unit_first_day(co_unit unit, int64_t number, const co_calendar *calendar)
{
    if (number > MOST_UNITS)
        number = MOST_UNITS;
    if (number < -MOST_UNITS)
        number = -MOST_UNITS;

    switch (unit) {
    case CO_UNIT_WEEK:
        return clamped_day(number * 7 + week_origin(calendar), CO_DAY_END);
    case CO_UNIT_MONTH:
        return first_day_of_month(number);
    case CO_UNIT_QUARTER:
        return first_day_of_month(number * 3);
    case CO_UNIT_YEAR:
        return first_day_of_month(number * 12);
    case CO_UNIT_FISCAL_QUARTER:
        return first_day_of_month(number * 3 + fiscal_months(calendar));
    case CO_UNIT_FISCAL_YEAR:
        return first_day_of_month(number * 12 + fiscal_months(calendar));
    default:
        assert(unit == CO_UNIT_DAY);
        return clamped_day(number, CO_DAY_END);
    }
}

int64_t co_unit_start(co_unit unit, int64_t day, int64_t shift, const co_calendar *calendar)
{
    if (shift > MOST_UNITS)
        shift = MOST_UNITS;
    if (shift < -MOST_UNITS)
        shift = -MOST_UNITS;
    return co_unit_first_day(unit, co_unit_number(unit, day, calendar) + shift, calendar);
}

int64_t co_boundaries_crossed(co_unit unit, int64_t from_local_us, int64_t to_local_us, const co_calendar *calendar)
{
    int64_t length;

    switch (unit) {
    case CO_UNIT_HOUR:
        length = CO_HOUR_US;
        break;
    case CO_UNIT_MINUTE:
        length = CO_MINUTE_US;
        break;
    case CO_UNIT_SECOND:
        length = CO_SECOND_US;
        break;
    default:
        return co_unit_number(unit, co_day_of_us(to_local_us), calendar) -
               co_unit_number(unit, co_day_of_us(from_local_us), calendar);
    }
    return co_floor_divide(to_local_us, length) - co_floor_divide(from_local_us, length);
}

static bool is_name(co_text text, const char *lower_case)
{
    size_t i = 0;

    while (i < text.length && lower_case[i] != '\0') {
        const char byte = text.bytes[i];

        if ((byte >= 'A' && byte <= 'Z' ? byte + 32 : byte) != lower_case[i])
            return false;
        i++;
    }
    return i == text.length && lower_case[i] == '\0';
}

bool co_unit_named(co_text name, co_unit *unit)
{
    for (size_t i = 0; i < N_UNITS; i++) {
        if (is_name(name, unit_names[i])) {
            *unit = (co_unit)i;
            return true;
        }
    }
    return false;
}

/* ---- parts ---- */

int32_t co_day_in_week(int64_t day)
{
    /* Sunday, 1970-01-04, is day 3. */
    return (int32_t)(day - 3 - co_floor_divide(day - 3, 7) * 7) + 1;
}

int32_t co_day_in_year(int64_t day)
{
    const co_date first = { co_date_of_day(day).year, 1, 1 };

    return (int32_t)(day - co_day_of_date(first)) + 1;
}

int32_t co_week_in_year(int64_t day)
{
    return (co_day_in_year(day) - 1) / 7 + 1;
}

int32_t co_quarter_of_day(int64_t day)
{
    return (co_date_of_day(day).month - 1) / 3 + 1;
}

int32_t co_fiscal_year(int64_t day, const co_calendar *calendar)
{
    const int64_t starts_in = co_unit_number(CO_UNIT_FISCAL_YEAR, day, calendar);

    return (int32_t)(starts_in + (fiscal_months(calendar) > 0));
}

int32_t co_fiscal_month(int64_t day, const co_calendar *calendar)
{
    return (co_date_of_day(day).month - 1 - (int32_t)fiscal_months(calendar) + 12) % 12 + 1;
}

int32_t co_fiscal_quarter(int64_t day, const co_calendar *calendar)
{
    return (co_fiscal_month(day, calendar) - 1) / 3 + 1;
}

/* ---- birthdays ---- */

static int64_t anniversary_in_year(co_date birth, int32_t year)
{
    if (birth.month == 2 && birth.day == 29 && !co_year_is_leap(year))
        return co_day_of_date((co_date){ year, 3, 1 });
    return co_day_of_date((co_date){ year, birth.month, birth.day });
}

int64_t co_age(int64_t birth, int64_t at)
{
    const co_date born = co_date_of_day(birth);
    const int32_t year = co_date_of_day(at).year;

    return (int64_t)year - born.year - (anniversary_in_year(born, year) > at);
}

bool co_anniversary_in(int64_t birth, int64_t first, int64_t end)
{
    const co_date born = co_date_of_day(birth);

    if (first >= end)
        return false;

    /* Two anniversaries are at most 366 days apart: one of two years decides. */
    for (int32_t year = co_date_of_day(first).year, last = year + 1; year <= last && year <= GREATEST_YEAR; year++) {
        const int64_t day = anniversary_in_year(born, year);

        if (day >= first && day < end)
            return true;
    }
    return false;
}

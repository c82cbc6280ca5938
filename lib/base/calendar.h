/*
 * Days, months and the units that ranges are made of: the proleptic Gregorian
 * calendar from the year 1 to 9999. No time zones: a day here is a local day,
 * a number of days since 1970-01-01.
 *
 * Always:  functions accept every int64 day between CO_DAY_LEAST and CO_DAY_END;
 *          results that would lie outside are brought to the nearer end.
 * Costs:   a few dozen instructions each, no tables.
 */
#ifndef CO_BASE_CALENDAR_H
#define CO_BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define CO_SECOND_US INT64_C(1000000)
#define CO_MINUTE_US (60 * CO_SECOND_US)
#define CO_HOUR_US (60 * CO_MINUTE_US)
#define CO_DAY_US (24 * CO_HOUR_US)

#define CO_DAY_LEAST INT64_C(-719162)                   /* 0001-01-01 */
#define CO_DAY_GREATEST INT64_C(2932896)                /* 9999-12-31 */
#define CO_DAY_END (CO_DAY_GREATEST + 1)
#define CO_TIME_LEAST (CO_DAY_LEAST * CO_DAY_US)        /* microseconds */
#define CO_TIME_GREATEST (CO_DAY_END * CO_DAY_US - 1)

typedef struct co_date {
    int32_t year;
    int32_t month;              /* 1 … 12 */
    int32_t day;                /* 1 … 31 */
} co_date;

static inline bool co_day_in_range(int64_t day) { return day >= CO_DAY_LEAST && day <= CO_DAY_GREATEST; }
static inline bool co_time_in_range(int64_t us) { return us >= CO_TIME_LEAST && us <= CO_TIME_GREATEST; }

/* Quotient towards minus infinity; divisor > 0. */
static inline int64_t co_floor_divide(int64_t a, int64_t divisor)
{
    return a / divisor - (a % divisor < 0);
}

/* The local day of local microseconds, and what is left: [0, CO_DAY_US). */
static inline int64_t co_day_of_us(int64_t local_us) { return co_floor_divide(local_us, CO_DAY_US); }
static inline int64_t co_us_in_day(int64_t local_us) { return local_us - co_day_of_us(local_us) * CO_DAY_US; }

bool co_year_is_leap(int32_t year);
int32_t co_days_in_month(int32_t year, int32_t month);
/* Such a day exists, and its year is 1 … 9999. */
bool co_date_valid(int64_t year, int64_t month, int64_t day);
/* The date must be valid. */
int64_t co_day_of_date(co_date date);
co_date co_date_of_day(int64_t day);

/* Months on, the day of the month cut to the month's length; false if outside the calendar. */
bool co_day_add_months(int64_t day, int64_t months, int64_t *result);

/* The units of ranges, DATE_TRUNC and DATEDIFF. */
typedef enum co_unit {
    CO_UNIT_DAY, CO_UNIT_WEEK, CO_UNIT_MONTH, CO_UNIT_QUARTER, CO_UNIT_YEAR,
    CO_UNIT_FISCAL_QUARTER, CO_UNIT_FISCAL_YEAR,
    CO_UNIT_HOUR, CO_UNIT_MINUTE, CO_UNIT_SECOND        /* DATEDIFF only */
} co_unit;

/* How a customer counts; zeros mean Monday and January. */
typedef struct co_calendar {
    uint32_t week_start;        /* 1 = Monday … 7 = Sunday */
    uint32_t fiscal_start;      /* the month that starts the fiscal year, 1 … 12 */
} co_calendar;

/* Which unit, counted from any fixed one, a day lies in; for day and longer units. */
int64_t co_unit_number(co_unit unit, int64_t day, const co_calendar *calendar);
/* The first day of a unit with that number, brought into [CO_DAY_LEAST, CO_DAY_END]. */
int64_t co_unit_first_day(co_unit unit, int64_t number, const co_calendar *calendar);
/* The first day of the unit `shift` units after the one that holds `day`; into [CO_DAY_LEAST, CO_DAY_END]. */
int64_t co_unit_start(co_unit unit, int64_t day, int64_t shift, const co_calendar *calendar);

/* DATEDIFF: boundaries of the unit crossed between two local times, negative backwards. */
int64_t co_boundaries_crossed(co_unit unit, int64_t from_local_us, int64_t to_local_us, const co_calendar *calendar);

/* The unit with that name ("day", "fiscal_quarter", any letter case); false if there is none. */
bool co_unit_named(co_text name, co_unit *unit);

/* Parts of a day. */
int32_t co_day_in_week(int64_t day);            /* 1 = Sunday … 7 = Saturday */
int32_t co_day_in_year(int64_t day);            /* 1 … 366 */
int32_t co_week_in_year(int64_t day);           /* 1 … 53; 1 to 7 January are week 1 */
int32_t co_quarter_of_day(int64_t day);         /* 1 … 4 */
int32_t co_fiscal_year(int64_t day, const co_calendar *calendar);       /* named by the year it ends in */
int32_t co_fiscal_quarter(int64_t day, const co_calendar *calendar);    /* 1 … 4 */
int32_t co_fiscal_month(int64_t day, const co_calendar *calendar);      /* 1 … 12 */

/* AGE: completed years from birth to `at`; 29 February counts as 1 March in other years; negative for the future, floored. */
int64_t co_age(int64_t birth, int64_t at);
/* ANNIVERSARY: some anniversary of `birth` (in any year) lies in [first, end). */
bool co_anniversary_in(int64_t birth, int64_t first, int64_t end);

#endif

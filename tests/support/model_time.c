/* The naive model's time: a calendar made by walking, units counted, ranges as whole days. */
#include "support/model.h"

enum { FIRST_YEAR = 1700, LAST_YEAR = 2300, N_DAYS = 601 * 366 };

static const int64_t day_us = INT64_C(86400000000);

typedef struct walked {
    short year;
    signed char month, day;
} walked;

static walked calendar[N_DAYS];
static int64_t n_walked;
static int64_t epoch;           /* index of 1970-01-01 */

static int month_length(int year, int month)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return lengths[month - 1] + (month == 2 && leap);
}

static void walk(void)
{
    if (n_walked > 0)
        return;
    for (int year = FIRST_YEAR; year <= LAST_YEAR; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= month_length(year, month); day++) {
                if (year == 1970 && month == 1 && day == 1)
                    epoch = n_walked;
                calendar[n_walked++] = (walked){ (short)year, (signed char)month, (signed char)day };
            }
}

int64_t m_floor(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

void m_date(int64_t day, int *year, int *month, int *day_of_month)
{
    walk();
    *year = calendar[epoch + day].year;
    *month = calendar[epoch + day].month;
    *day_of_month = calendar[epoch + day].day;
}

int64_t m_day(int year, int month, int day_of_month)
{
    int64_t day = 0;

    walk();
    day = (int64_t)(year - 1970) * 365;
    while (day + epoch < 0 || calendar[epoch + day].year > year ||
           (calendar[epoch + day].year == year && calendar[epoch + day].month > month))
        day--;
    while (calendar[epoch + day].year < year || calendar[epoch + day].month < month)
        day++;
    return day - calendar[epoch + day].day + day_of_month;
}

int64_t m_local_day(const m_run *run, m_value v)
{
    return v.kind == M_DATE ? v.number : m_floor(v.number + run->when.offset_us, day_us);
}

int64_t m_unit_index(const m_run *run, co_unit unit, int64_t day)
{
    int year, month, d;

    m_date(day, &year, &month, &d);
    switch (unit) {
    case CO_UNIT_DAY:
        return day;
    case CO_UNIT_WEEK:          /* 1970-01-01 was a Thursday, the fourth day from Monday */
        return m_floor(day + 3 - (run->when.week_start - 1), 7);
    case CO_UNIT_MONTH:
        return (int64_t)year * 12 + month - 1;
    case CO_UNIT_QUARTER:
        return (int64_t)year * 4 + (month - 1) / 3;
    case CO_UNIT_YEAR:
        return year;
    case CO_UNIT_FISCAL_QUARTER:
        return m_floor((int64_t)year * 12 + month - run->when.fiscal_start, 3);
    default:                    /* fiscal year, named by the year it ends in */
        return run->when.fiscal_start == 1 ? year : month >= run->when.fiscal_start ? year + 1 : year;
    }
}

/* Found by searching: the first day with that index. */
int64_t m_unit_first_day(const m_run *run, co_unit unit, int64_t index)
{
    const int64_t today = m_floor(run->when.as_of_us + run->when.offset_us, day_us);
    const int64_t here = m_unit_index(run, unit, today);
    static const int lengths[] = { 1, 7, 30, 91, 365, 91, 365 };
    int64_t day = today + (index - here) * lengths[unit];

    while (m_unit_index(run, unit, day) >= index)
        day--;
    while (m_unit_index(run, unit, day) < index)
        day++;
    return day;
}

void m_range_days(const m_run *run, co_range range, int64_t *first, int64_t *end)
{
    const int64_t today = m_floor(run->when.as_of_us + run->when.offset_us, day_us);
    const int64_t here = m_unit_index(run, range.unit, today);
    int64_t from = here, to = here + 1;         /* units [from, to) */

    switch (range.kind) {
    case CO_RANGE_THIS:
        from = here + range.count;
        to = from + 1;
        break;
    case CO_RANGE_LAST_N:
        from = here - range.count;
        to = range.unit == CO_UNIT_DAY ? here + 1 : here;
        break;
    case CO_RANGE_NEXT_N:
        from = here + 1;
        to = here + 1 + range.count;
        break;
    default:
        *first = m_unit_first_day(run, range.unit, here);
        *end = today + 1;
        return;
    }
    *first = m_unit_first_day(run, range.unit, from);
    *end = m_unit_first_day(run, range.unit, to);
}

/* A DATE is its local midnight; months on the local calendar first, clamped to the month's last day. */
m_value m_add_span(m_run *run, m_value a, m_value span, int sign)
{
    int64_t local = a.kind == M_DATE ? a.number * day_us : a.number + run->when.offset_us;

    if (span.months != 0) {
        const int64_t day = m_floor(local, day_us);
        int year, month, d;

        m_date(day, &year, &month, &d);

        const int64_t total = (int64_t)year * 12 + month - 1 + sign * span.months;
        const int to_year = (int)m_floor(total, 12);
        const int to_month = (int)(total - m_floor(total, 12) * 12) + 1;
        const int last = month_length(to_year, to_month);

        local += (m_day(to_year, to_month, d < last ? d : last) - day) * day_us;
    }
    local += sign * span.number;
    return (m_value){ .kind = M_TIME, .number = local - run->when.offset_us };
}

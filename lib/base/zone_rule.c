/* The rule read, and applied to the years around an instant. */
#include "base/calendar.h"
#include "base/zone_rule.h"

#define DAY_SECONDS 86400
#define MOST_RULE_HOURS 167
#define MOST_OFFSET_HOURS 24
#define SHORTEST_NAME 3
/* Changes may stray by a week, so that two years on either side are enough. */
#define YEARS_AROUND 2
#define N_EVENTS (2 * (2 * YEARS_AROUND + 1))

/* ---- reading ---- */

typedef struct scanner {
    const char *next;
    const char *end;
} scanner;

static char peek(const scanner *s)
{
    return s->next < s->end ? *s->next : '\0';
}

static bool skip_byte(scanner *s, char byte)
{
    if (s->next == s->end || *s->next != byte)
        return false;
    s->next++;
    return true;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* A number of at most four digits, up to `greatest`. */
static bool take_number(scanner *s, int32_t greatest, int32_t *value)
{
    int n = 0;

    *value = 0;
    for (; n < 4 && is_digit(peek(s)); n++)
        *value = *value * 10 + (*s->next++ - '0');
    return n > 0 && *value <= greatest;
}

/* CET or <+03>. */
static bool skip_name(scanner *s)
{
    const char *first = s->next;

    if (skip_byte(s, '<')) {
        while (is_letter(peek(s)) || is_digit(peek(s)) || peek(s) == '+' || peek(s) == '-')
            s->next++;
        return skip_byte(s, '>');
    }
    while (is_letter(peek(s)))
        s->next++;
    return s->next - first >= SHORTEST_NAME;
}

/* [+-]hh[:mm[:ss]]. */
static bool take_seconds(scanner *s, int32_t most_hours, int32_t *seconds)
{
    const bool negative = skip_byte(s, '-');
    int32_t hours;
    int32_t minutes = 0;
    int32_t rest = 0;

    if (!negative)
        (void)skip_byte(s, '+');
    if (!take_number(s, most_hours, &hours))
        return false;
    if (skip_byte(s, ':')) {
        if (!take_number(s, 59, &minutes))
            return false;
        if (skip_byte(s, ':') && !take_number(s, 59, &rest))
            return false;
    }
    *seconds = (hours * 60 + minutes) * 60 + rest;
    if (negative)
        *seconds = -*seconds;
    return true;
}

static bool take_rule_day(scanner *s, co_rule_day *day)
{
    bool fine;

    *day = (co_rule_day){ .seconds = 2 * 3600 };
    if (skip_byte(s, 'M')) {
        day->kind = CO_RULE_WEEKDAY;
        fine = take_number(s, 12, &day->month) && day->month >= 1 && skip_byte(s, '.') &&
               take_number(s, 5, &day->week) && day->week >= 1 && skip_byte(s, '.') && take_number(s, 6, &day->day);
    } else if (skip_byte(s, 'J')) {
        day->kind = CO_RULE_DAY_WITHOUT_LEAP;
        fine = take_number(s, 365, &day->day) && day->day >= 1;
    } else {
        day->kind = CO_RULE_DAY_OF_YEAR;
        fine = take_number(s, 365, &day->day);
    }
    if (fine && skip_byte(s, '/'))
        fine = take_seconds(s, MOST_RULE_HOURS, &day->seconds);
    return fine;
}

bool co_zone_rule_parse(co_text text, co_zone_rule *rule)
{
    scanner s = { text.bytes, text.bytes + text.length };
    int32_t west;

    *rule = (co_zone_rule){ 0 };
    if (!skip_name(&s) || !take_seconds(&s, MOST_OFFSET_HOURS, &west))
        return false;
    rule->standard_seconds = -west;
    if (s.next == s.end)
        return true;

    rule->has_summer = true;
    rule->summer_seconds = rule->standard_seconds + 3600;
    if (!skip_name(&s))
        return false;
    if (peek(&s) != ',') {
        if (!take_seconds(&s, MOST_OFFSET_HOURS, &west))
            return false;
        rule->summer_seconds = -west;
    }
    return skip_byte(&s, ',') && take_rule_day(&s, &rule->start) && skip_byte(&s, ',') &&
           take_rule_day(&s, &rule->end) && s.next == s.end;
}

/* ---- applying ---- */

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Any year, also a few outside the calendar. */
static int64_t first_day_of_year(int64_t year)
{
    const int64_t before = year - 1;

    return CO_DAY_LEAST + before * 365 + co_floor_divide(before, 4) - co_floor_divide(before, 100) +
           co_floor_divide(before, 400);
}

/* Days from 1 January to the first of a month. */
static int32_t days_before_month(int64_t year, int32_t month)
{
    const int32_t leap_year = 2000;
    const int32_t plain_year = 2001;
    int32_t days = 0;

    for (int32_t m = 1; m < month; m++)
        days += co_days_in_month(is_leap(year) ? leap_year : plain_year, m);
    return days;
}

static int64_t day_of_rule(const co_rule_day *rule, int64_t year)
{
    const int64_t first = first_day_of_year(year);

    if (rule->kind == CO_RULE_DAY_OF_YEAR)
        return first + rule->day;
    if (rule->kind == CO_RULE_DAY_WITHOUT_LEAP)
        return first + rule->day - 1 + (is_leap(year) && rule->day >= 60);

    const int64_t first_of_month = first + days_before_month(year, rule->month);
    const int64_t first_of_next = first + days_before_month(year, rule->month + 1);
    const int64_t to_weekday = (rule->day - (co_day_in_week(first_of_month) - 1) + 7) % 7;
    int64_t day = first_of_month + to_weekday + (rule->week - 1) * INT64_C(7);

    if (day >= first_of_next)
        day -= 7;
    return day;
}

static int64_t year_of_seconds(int64_t seconds)
{
    const int64_t day = co_floor_divide(seconds, DAY_SECONDS);

    if (day < CO_DAY_LEAST)
        return 1;
    return day > CO_DAY_GREATEST ? 9999 : co_date_of_day(day).year;
}

typedef struct event {
    int64_t at;
    int32_t offset_seconds;     /* from then on */
} event;

/* All changes of the years around, in order of time; of equal times the later year's stays last. */
static void list_events(const co_zone_rule *rule, int64_t year, event events[N_EVENTS])
{
    int n = 0;

    for (int64_t y = year - YEARS_AROUND; y <= year + YEARS_AROUND; y++) {
        const int64_t start = day_of_rule(&rule->start, y) * DAY_SECONDS + rule->start.seconds - rule->standard_seconds;
        const int64_t end = day_of_rule(&rule->end, y) * DAY_SECONDS + rule->end.seconds - rule->summer_seconds;
        const event both[2] = { { start, rule->summer_seconds }, { end, rule->standard_seconds } };
        const int first = start <= end ? 0 : 1;

        for (int i = 0; i < 2; i++) {
            const event next = both[first ^ i];
            int at = n++;

            for (; at > 0 && events[at - 1].at > next.at; at--)
                events[at] = events[at - 1];
            events[at] = next;
        }
    }
}

co_zone_span co_zone_rule_span(const co_zone_rule *rule, int64_t seconds)
{
    event events[N_EVENTS];
    int at = 0;

    if (!rule->has_summer)
        return (co_zone_span){ INT64_MIN, INT64_MAX, rule->standard_seconds };

    list_events(rule, year_of_seconds(seconds), events);
    while (at + 1 < N_EVENTS && events[at + 1].at <= seconds)
        at++;
    return (co_zone_span){
        .first = events[at].at <= seconds ? events[at].at : INT64_MIN,
        .end = at + 1 < N_EVENTS ? events[at + 1].at : INT64_MAX,
        .offset_seconds = events[at].offset_seconds,
    };
}

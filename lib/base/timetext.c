/*
 * Dates and times read and printed.
 *
 * Source:  ISO 8601; PostgreSQL documentation, "Date/Time Input"; POSIX strptime().
 */
#include "base/calendar.h"
#include "base/timetext.h"

#define LARGEST_OFFSET_HOURS 15
#define FIRST_YEAR_OF_19XX 69

const char *co_time_fault_text(co_time_fault fault)
{
    switch (fault) {
    case CO_TIME_FINE:
        return "is fine";
    case CO_TIME_NO_SUCH_DAY:
        return "names a day that does not exist";
    case CO_TIME_NO_SUCH_TIME:
        return "names a time of day that does not exist";
    case CO_TIME_BAD_OFFSET:
        return "has an offset from UTC that is not within 15:59";
    case CO_TIME_YEAR_RANGE:
        return "is outside the years 1 to 9999";
    case CO_TIME_HAS_TIME:
        return "has a time of day where a date was wanted";
    default:
        return "is not a date or time like 2026-11-22 or 2026-11-22 10:00:00";
    }
}

/* ---- scanning ---- */

typedef struct scanner {
    const char *next;
    const char *end;
} scanner;

/* What was read, part by part. */
typedef struct fields {
    int32_t year;
    int32_t month;
    int32_t day;
    int32_t day_in_year;        /* 0: not given */
    int32_t hour;
    int32_t minute;
    int32_t second;
    int32_t us;                 /* up to 1,000,000, when digits rounded up */
    bool has_time;
    bool has_half;              /* AM or PM */
    bool is_afternoon;
    bool has_offset;
    int32_t offset_seconds;
} fields;

static char peek(const scanner *s)
{
    return s->next < s->end ? *s->next : '\0';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
}

static bool skip_byte(scanner *s, char byte)
{
    if (s->next == s->end || *s->next != byte)
        return false;
    s->next++;
    return true;
}

static bool skip_blanks(scanner *s)
{
    const char *first = s->next;

    while (s->next < s->end && is_blank(*s->next))
        s->next++;
    return s->next > first;
}

/* Skips a word in any letter case. */
static bool skip_word(scanner *s, const char *lower_case)
{
    const char *at = s->next;

    for (; *lower_case != '\0'; lower_case++, at++) {
        if (at == s->end || lower(*at) != *lower_case)
            return false;
    }
    s->next = at;
    return true;
}

static int count_digits(const scanner *s)
{
    int n = 0;

    while (s->next + n < s->end && is_digit(s->next[n]))
        n++;
    return n;
}

/* A number of at least `least` and at most `most` digits; further digits stay. */
static bool take_number(scanner *s, int least, int most, int32_t *value)
{
    int n = 0;

    *value = 0;
    for (; n < most && is_digit(peek(s)); n++)
        *value = *value * 10 + (*s->next++ - '0');
    return n >= least;
}

/* Digits of a fraction of a second, rounded to microseconds. */
static bool take_fraction(scanner *s, int32_t *us)
{
    int n = 0;

    *us = 0;
    for (; is_digit(peek(s)); s->next++, n++) {
        if (n < 6)
            *us = *us * 10 + (*s->next - '0');
        else if (n == 6)
            *us += *s->next >= '5';
    }
    for (int missing = n; missing < 6; missing++)
        *us *= 10;
    return n > 0;
}

/* Z, UTC, ±hh, ±hhmm, ±hh:mm. */
static co_time_fault take_offset(scanner *s, fields *f)
{
    int32_t hours;
    int32_t minutes = 0;

    f->has_offset = true;
    f->offset_seconds = 0;
    if (skip_word(s, "z") || skip_word(s, "utc"))
        return CO_TIME_FINE;

    const bool west = peek(s) == '-';

    if (!skip_byte(s, '+') && !skip_byte(s, '-'))
        return CO_TIME_SYNTAX;
    if (!take_number(s, 1, 2, &hours))
        return CO_TIME_SYNTAX;

    const bool separated = skip_byte(s, ':');

    if ((separated || is_digit(peek(s))) && !take_number(s, 2, 2, &minutes))
        return CO_TIME_SYNTAX;
    if (hours > LARGEST_OFFSET_HOURS || minutes > 59)
        return CO_TIME_BAD_OFFSET;
    f->offset_seconds = (hours * 60 + minutes) * 60;
    if (west)
        f->offset_seconds = -f->offset_seconds;
    return CO_TIME_FINE;
}

/* ---- from parts to a time ---- */

static co_time_fault day_of_fields(const fields *f, int64_t *day)
{
    if (f->year < 1 || f->year > 9999)
        return CO_TIME_YEAR_RANGE;
    if (f->day_in_year > 0) {
        if (f->day_in_year > 365 + co_year_is_leap(f->year))
            return CO_TIME_NO_SUCH_DAY;
        *day = co_day_of_date((co_date){ f->year, 1, 1 }) + f->day_in_year - 1;
        return CO_TIME_FINE;
    }
    if (!co_date_valid(f->year, f->month, f->day))
        return CO_TIME_NO_SUCH_DAY;
    *day = co_day_of_date((co_date){ f->year, f->month, f->day });
    return CO_TIME_FINE;
}

static co_time_fault time_of_fields(const fields *f, co_local_time *time)
{
    int64_t day;
    const co_time_fault fault = day_of_fields(f, &day);

    if (fault != CO_TIME_FINE)
        return fault;
    if (f->hour > 24 || f->minute > 59 || f->second > 60)
        return CO_TIME_NO_SUCH_TIME;
    if (f->hour == 24 && (f->minute | f->second | f->us) != 0)
        return CO_TIME_NO_SUCH_TIME;

    const int64_t us = ((f->hour * 60 + f->minute) * INT64_C(60) + f->second) * CO_SECOND_US + f->us;

    time->day = day + us / CO_DAY_US;
    time->us = us % CO_DAY_US;
    time->has_time = f->has_time;
    time->has_offset = f->has_offset;
    time->offset_seconds = f->offset_seconds;
    return CO_TIME_FINE;
}

/* ---- ISO 8601 ---- */

static scanner trimmed(co_text text)
{
    scanner s = { text.bytes, text.bytes + text.length };

    skip_blanks(&s);
    while (s.end > s.next && is_blank(s.end[-1]))
        s.end--;
    return s;
}

/* yyyy-m-d or yyyymmdd. */
static co_time_fault take_date(scanner *s, fields *f)
{
    const int n = count_digits(s);

    if (n == 8)
        return take_number(s, 4, 4, &f->year) && take_number(s, 2, 2, &f->month) && take_number(s, 2, 2, &f->day)
                   ? CO_TIME_FINE
                   : CO_TIME_SYNTAX;
    if (n == 5 || n == 6) {
        scanner rest = { s->next + n, s->end };

        return skip_byte(&rest, '-') && count_digits(&rest) > 0 ? CO_TIME_YEAR_RANGE : CO_TIME_SYNTAX;
    }
    if (n != 4 || !take_number(s, 4, 4, &f->year) || !skip_byte(s, '-') || !take_number(s, 1, 2, &f->month) ||
        !skip_byte(s, '-') || !take_number(s, 1, 2, &f->day))
        return CO_TIME_SYNTAX;
    return is_digit(peek(s)) ? CO_TIME_SYNTAX : CO_TIME_FINE;
}

/* hh:mm[:ss[.f]], or hhmm[ss[.f]] if that is allowed. */
static co_time_fault take_clock(scanner *s, bool allow_compact, fields *f)
{
    const int n = count_digits(s);
    const bool compact = allow_compact && (n == 4 || n == 6);

    f->has_time = true;
    if (!take_number(s, compact ? 2 : 1, 2, &f->hour))
        return CO_TIME_SYNTAX;
    if (!compact && !skip_byte(s, ':'))
        return CO_TIME_SYNTAX;
    if (!take_number(s, 2, 2, &f->minute))
        return CO_TIME_SYNTAX;
    if (compact ? n == 4 : !skip_byte(s, ':'))
        return CO_TIME_FINE;
    if (!take_number(s, 2, 2, &f->second))
        return CO_TIME_SYNTAX;
    if (skip_byte(s, '.') && !take_fraction(s, &f->us))
        return CO_TIME_SYNTAX;
    return CO_TIME_FINE;
}

co_time_fault co_parse_time(co_text text, co_local_time *time)
{
    scanner s = trimmed(text);
    fields f = { 0 };
    co_time_fault fault = take_date(&s, &f);

    if (fault == CO_TIME_FINE && s.next < s.end) {
        const bool t = skip_word(&s, "t");

        if (!t && !skip_blanks(&s))
            return CO_TIME_SYNTAX;
        fault = take_clock(&s, t, &f);
        if (fault == CO_TIME_FINE && s.next < s.end) {
            skip_blanks(&s);
            fault = take_offset(&s, &f);
        }
    }
    if (fault != CO_TIME_FINE)
        return fault;
    return s.next < s.end ? CO_TIME_SYNTAX : time_of_fields(&f, time);
}

co_time_fault co_parse_date(co_text text, int64_t *day)
{
    co_local_time time;
    const co_time_fault fault = co_parse_time(text, &time);

    if (fault != CO_TIME_FINE)
        return fault;
    if (time.has_time)
        return CO_TIME_HAS_TIME;
    *day = time.day;
    return CO_TIME_FINE;
}

/* ---- layouts ---- */

static const char *const month_names[] = { "january", "february", "march",     "april",   "may",      "june",
                                           "july",    "august",   "september", "october", "november", "december" };
static const char *const day_names[] = { "sunday",   "monday", "tuesday", "wednesday",
                                         "thursday", "friday", "saturday" };
#define N_MONTHS 12
#define N_WEEKDAYS 7
#define SHORT_NAME 3

/* Skips a name in full or its first three letters; gives its index, −1 if there is none. */
static int32_t take_name(scanner *s, const char *const *names, int32_t n_names)
{
    for (int32_t i = 0; i < n_names; i++) {
        const char cut[SHORT_NAME + 1] = { names[i][0], names[i][1], names[i][2], '\0' };

        if (skip_word(s, names[i]) || skip_word(s, cut))
            return i;
    }
    return -1;
}

static bool take_half(scanner *s, fields *f)
{
    f->has_half = true;
    f->is_afternoon = lower(peek(s)) == 'p';
    return skip_word(s, "am") || skip_word(s, "pm");
}

static bool take_short_year(scanner *s, fields *f)
{
    if (!take_number(s, 2, 2, &f->year))
        return false;
    f->year += f->year < FIRST_YEAR_OF_19XX ? 2000 : 1900;
    return true;
}

static bool take_month_name(scanner *s, fields *f)
{
    f->month = take_name(s, month_names, N_MONTHS) + 1;
    return f->month > 0;
}

static bool take_clock_number(scanner *s, fields *f, int32_t *value)
{
    f->has_time = true;
    return take_number(s, 1, 2, value);
}

/* One letter after a %, of those that are not made of others. */
static co_time_fault take_field(scanner *s, char letter, fields *f)
{
    bool fine;

    switch (letter) {
    case 'Y':
        fine = take_number(s, 4, 4, &f->year);
        break;
    case 'y':
        fine = take_short_year(s, f);
        break;
    case 'm':
        fine = take_number(s, 1, 2, &f->month);
        break;
    case 'e':
        skip_blanks(s);
        fine = take_number(s, 1, 2, &f->day);
        break;
    case 'd':
        fine = take_number(s, 1, 2, &f->day);
        break;
    case 'j':
        fine = take_number(s, 1, 3, &f->day_in_year) && f->day_in_year > 0;
        break;
    case 'b':
    case 'B':
        fine = take_month_name(s, f);
        break;
    case 'a':
    case 'A':
        fine = take_name(s, day_names, N_WEEKDAYS) >= 0;
        break;
    case 'H':
        fine = take_clock_number(s, f, &f->hour);
        break;
    case 'I':
        fine = take_clock_number(s, f, &f->hour) && f->hour >= 1 && f->hour <= 12;
        break;
    case 'M':
        fine = take_clock_number(s, f, &f->minute);
        break;
    case 'S':
        fine = take_clock_number(s, f, &f->second);
        break;
    case 'f':
        fine = take_fraction(s, &f->us);
        break;
    case 'p':
        fine = take_half(s, f);
        break;
    case 'z':
        return take_offset(s, f);
    default:
        fine = letter == '%' && skip_byte(s, '%');
        break;
    }
    return fine ? CO_TIME_FINE : CO_TIME_SYNTAX;
}

/* The layout that a letter stands for; its letters stand for themselves. */
static const char *long_form(char letter)
{
    if (letter == 'T')
        return "H:M:S";
    if (letter == 'D')
        return "m/d/y";
    return NULL;
}

static co_time_fault take_letter(scanner *s, char letter, fields *f)
{
    const char *parts = long_form(letter);
    co_time_fault fault = CO_TIME_FINE;

    if (parts == NULL)
        return take_field(s, letter, f);
    for (; *parts != '\0' && fault == CO_TIME_FINE; parts++) {
        if (*parts == ':' || *parts == '/')
            fault = skip_byte(s, *parts) ? CO_TIME_FINE : CO_TIME_SYNTAX;
        else
            fault = take_field(s, *parts, f);
    }
    return fault;
}

/* 12 AM is midnight, 12 PM noon. */
static void apply_half(fields *f)
{
    if (!f->has_half)
        return;
    f->hour = f->hour % 12 + (f->is_afternoon ? 12 : 0);
}

co_time_fault co_parse_time_as(co_text layout, co_text text, co_local_time *time)
{
    scanner s = trimmed(text);
    scanner l = trimmed(layout);
    fields f = { 0 };

    while (l.next < l.end) {
        co_time_fault fault = CO_TIME_FINE;

        if (skip_blanks(&l)) {
            skip_blanks(&s);
            continue;
        }

        const char byte = *l.next++;

        if (byte == '%' && l.next < l.end)
            fault = take_letter(&s, *l.next++, &f);
        else if (!skip_byte(&s, byte))
            fault = CO_TIME_SYNTAX;
        if (fault != CO_TIME_FINE)
            return fault;
    }
    if (s.next < s.end)
        return CO_TIME_SYNTAX;
    apply_half(&f);
    return time_of_fields(&f, time);
}

static bool contains(const char *bytes, char byte)
{
    return byte != '\0' && strchr(bytes, byte) != NULL;
}

const char *co_time_layout_fault(co_text layout)
{
    bool year = false;
    bool month = false;
    bool day = false;
    bool day_in_year = false;
    bool half = false;
    bool half_hour = false;

    for (size_t i = 0; i < layout.length; i++) {
        if (layout.bytes[i] != '%')
            continue;
        if (++i == layout.length)
            return "ends in a lone %";

        const char letter = layout.bytes[i];

        if (!contains("YymdejbBaAHIMSfpzTD%", letter))
            return "has a letter after % that is none of YymdejbBaAHIMSfpzTD%";
        year = year || contains("YyD", letter);
        month = month || contains("mbBD", letter);
        day = day || contains("deD", letter);
        day_in_year = day_in_year || letter == 'j';
        half = half || letter == 'p';
        half_hour = half_hour || letter == 'I';
    }
    if (!year)
        return "has no year (%Y or %y)";
    if (!day_in_year && !(month && day))
        return "has no month and day (%m or %b, and %d)";
    if (half_hour != half)
        return "has only one of %I and %p";
    return NULL;
}

/* ---- printing ---- */

static void put_number(char *out, int32_t value, int n_digits)
{
    for (int i = n_digits; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
}

size_t co_print_date(int64_t day, char out[CO_DATE_TEXT])
{
    const co_date date = co_date_of_day(day);

    put_number(out, date.year, 4);
    out[4] = '-';
    put_number(out + 5, date.month, 2);
    out[7] = '-';
    put_number(out + 8, date.day, 2);
    return CO_DATE_TEXT;
}

size_t co_print_time(int64_t us, char out[CO_TIME_TEXT])
{
    const int64_t in_day = co_us_in_day(us);
    const int32_t seconds = (int32_t)(in_day / CO_SECOND_US);
    const int32_t fraction = (int32_t)(in_day % CO_SECOND_US);
    size_t length = co_print_date(co_day_of_us(us), out);

    out[length] = 'T';
    put_number(out + length + 1, seconds / 3600, 2);
    out[length + 3] = ':';
    put_number(out + length + 4, seconds / 60 % 60, 2);
    out[length + 6] = ':';
    put_number(out + length + 7, seconds % 60, 2);
    length += 9;
    if (fraction > 0) {
        out[length] = '.';
        put_number(out + length + 1, fraction, 6);
        length += 7;
        while (out[length - 1] == '0')
            length--;
    }
    out[length++] = 'Z';
    return length;
}

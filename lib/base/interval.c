/*
 * Spans of time as text and as sums.
 *
 * Source:  PostgreSQL documentation, "Interval Input"; its traditional form, not ISO 8601's.
 */
#include "base/calendar.h"
#include "base/interval.h"
#include "base/number.h"
#include "base/wide.h"

#define MONTH_US (30 * CO_DAY_US)
#define MOST_FRACTION_DIGITS 12

typedef struct unit_name {
    const char *singular;
    co_interval one;
} unit_name;

static const unit_name unit_names[] = {
    { "microsecond", { 0, 1 } },
    { "usec", { 0, 1 } },
    { "us", { 0, 1 } },
    { "millisecond", { 0, 1000 } },
    { "msec", { 0, 1000 } },
    { "ms", { 0, 1000 } },
    { "second", { 0, CO_SECOND_US } },
    { "sec", { 0, CO_SECOND_US } },
    { "s", { 0, CO_SECOND_US } },
    { "minute", { 0, CO_MINUTE_US } },
    { "min", { 0, CO_MINUTE_US } },
    { "m", { 0, CO_MINUTE_US } },
    { "hour", { 0, CO_HOUR_US } },
    { "hr", { 0, CO_HOUR_US } },
    { "h", { 0, CO_HOUR_US } },
    { "day", { 0, CO_DAY_US } },
    { "d", { 0, CO_DAY_US } },
    { "week", { 0, 7 * CO_DAY_US } },
    { "w", { 0, 7 * CO_DAY_US } },
    { "month", { 1, 0 } },
    { "mon", { 1, 0 } },
    { "quarter", { 3, 0 } },
    { "year", { 12, 0 } },
    { "yr", { 12, 0 } },
    { "y", { 12, 0 } },
    { "decade", { 120, 0 } },
};
#define N_UNIT_NAMES (sizeof unit_names / sizeof unit_names[0])
#define SHORTEST_PLURAL 3

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
}

static bool is_word(co_text text, const char *lower_case)
{
    size_t i = 0;

    while (i < text.length && lower_case[i] != '\0' && lower(text.bytes[i]) == lower_case[i])
        i++;
    return i == text.length && lower_case[i] == '\0';
}

bool co_interval_unit(co_text name, co_interval *one)
{
    co_text singular = name;

    if (name.length >= SHORTEST_PLURAL && lower(name.bytes[name.length - 1]) == 's')
        singular.length--;
    for (size_t i = 0; i < N_UNIT_NAMES; i++) {
        if (is_word(name, unit_names[i].singular) || is_word(singular, unit_names[i].singular)) {
            *one = unit_names[i].one;
            return true;
        }
    }
    return false;
}

static bool add_checked(int64_t a, int64_t b, int64_t *sum)
{
    if (b >= 0 ? a > INT64_MAX - b : a < INT64_MIN - b)
        return false;
    *sum = a + b;
    return true;
}

bool co_interval_add(co_interval a, co_interval b, co_interval *result)
{
    co_interval sum;

    if (!add_checked(a.months, b.months, &sum.months) || !add_checked(a.microseconds, b.microseconds, &sum.microseconds))
        return false;
    *result = sum;
    return true;
}

static bool multiply_checked(int64_t a, int64_t b, int64_t *product)
{
    co_wide wide;

    return co_wide_multiply(co_wide_of(a), co_wide_of(b), &wide) && co_wide_to_int64(wide, product);
}

bool co_interval_multiply(co_interval a, int64_t factor, co_interval *result)
{
    co_interval product;

    if (!multiply_checked(a.months, factor, &product.months) ||
        !multiply_checked(a.microseconds, factor, &product.microseconds))
        return false;
    *result = product;
    return true;
}

bool co_interval_negate(co_interval a, co_interval *result)
{
    return co_interval_multiply(a, -1, result);
}

co_wide co_interval_length(co_interval a)
{
    co_wide length = co_wide_of(0);

    (void)co_wide_multiply(co_wide_of(a.months), co_wide_of(MONTH_US), &length);
    (void)co_wide_add(length, co_wide_of(a.microseconds), &length);
    return length;
}

int co_interval_compare(co_interval a, co_interval b)
{
    return co_wide_compare(co_interval_length(a), co_interval_length(b));
}

/* ---- reading ---- */

typedef struct scanner {
    co_text text;
    size_t at;
} scanner;

/* digits × 10^-scale. */
typedef struct quantity {
    co_wide digits;
    uint32_t scale;
} quantity;

static char peek(const scanner *s)
{
    return s->at < s->text.length ? s->text.bytes[s->at] : '\0';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static void skip_blanks(scanner *s)
{
    while (peek(s) == ' ' || peek(s) == '\t')
        s->at++;
}

/* Appends digits to the quantity; false if there are none or too many. */
static bool take_digits(scanner *s, quantity *q, bool fraction)
{
    const size_t first = s->at;

    for (; is_digit(peek(s)); s->at++) {
        if (fraction && ++q->scale > MOST_FRACTION_DIGITS)
            return false;
        if (!co_wide_multiply(q->digits, co_wide_of(10), &q->digits) ||
            !co_wide_add(q->digits, co_wide_of(peek(s) - '0'), &q->digits))
            return false;
    }
    return s->at > first;
}

static bool take_quantity(scanner *s, quantity *q)
{
    *q = (quantity){ { 0, 0 }, 0 };

    const bool whole = take_digits(s, q, false);

    if (peek(s) != '.')
        return whole;
    s->at++;
    return take_digits(s, q, true) || (whole && q->scale == 0);
}

/* quantity × unit as a whole number, half away from zero. */
static bool times(quantity q, int64_t unit, int64_t *result)
{
    co_wide product;

    return co_wide_multiply(q.digits, co_wide_of(unit), &product) &&
           co_wide_to_int64(co_wide_scale_down(product, q.scale, NULL), result);
}

/* Fractions of years and the like become whole months; those of months, days of which a month has 30. */
static bool times_unit(quantity q, co_interval one, co_interval *result)
{
    *result = (co_interval){ 0, 0 };
    if (one.months == 0)
        return times(q, one.microseconds, &result->microseconds);
    if (one.months > 1)
        return times(q, one.months, &result->months);

    co_wide power = co_wide_of(1);
    co_wide months;
    co_wide rest;

    (void)co_wide_scale_up(power, q.scale, &power);
    (void)co_wide_divide(q.digits, power, &months, &rest);
    return co_wide_to_int64(months, &result->months) &&
           times((quantity){ rest, q.scale }, MONTH_US, &result->microseconds);
}

/* hh:mm or hh:mm:ss, after the hours. */
static const char *take_clock(scanner *s, quantity hours, co_interval *result)
{
    quantity minutes = { { 0, 0 }, 0 };
    quantity seconds = { { 0, 0 }, 0 };
    int64_t part;

    s->at++;
    if (!take_digits(s, &minutes, false) || co_wide_compare(minutes.digits, co_wide_of(59)) > 0)
        return "has minutes that are not 00 to 59";
    if (peek(s) == ':') {
        s->at++;
        if (!take_quantity(s, &seconds) || !times(seconds, 1000000, &part) || part > CO_MINUTE_US)
            return "has seconds that are not 00 to 60";
    }

    *result = (co_interval){ 0, 0 };
    if (hours.scale > 0 || !times(hours, CO_HOUR_US, &result->microseconds))
        return "is too long";
    (void)times(minutes, CO_MINUTE_US, &part);
    if (!add_checked(result->microseconds, part, &result->microseconds))
        return "is too long";
    (void)times(seconds, CO_SECOND_US, &part);
    return add_checked(result->microseconds, part, &result->microseconds) ? NULL : "is too long";
}

static co_text take_word(scanner *s)
{
    const size_t first = s->at;

    while (lower(peek(s)) >= 'a' && lower(peek(s)) <= 'z')
        s->at++;
    return (co_text){ s->text.bytes + first, s->at - first };
}

/* One "[sign] number unit" or "[sign] hh:mm:ss", added to *sum. */
static const char *take_part(scanner *s, co_interval *sum)
{
    const bool negative = peek(s) == '-';
    quantity q;
    co_interval one;
    co_interval part;

    if (peek(s) == '-' || peek(s) == '+')
        s->at++;
    if (!take_quantity(s, &q))
        return "is not a span of time like 90 days";
    if (peek(s) == ':') {
        const char *fault = take_clock(s, q, &part);

        if (fault != NULL)
            return fault;
    } else {
        skip_blanks(s);

        const co_text word = take_word(s);

        if (word.length == 0)
            return "has a number without a unit of time";
        if (!co_interval_unit(word, &one))
            return "names no unit of time";
        if (!times_unit(q, one, &part))
            return "is too long";
    }
    if (negative)
        (void)co_interval_negate(part, &part);
    return co_interval_add(*sum, part, sum) ? NULL : "is too long";
}

const char *co_interval_parse(co_text text, co_interval *interval)
{
    scanner s = { text, 0 };
    co_interval sum = { 0, 0 };
    size_t n_parts = 0;

    for (skip_blanks(&s); s.at < text.length; skip_blanks(&s)) {
        scanner word = s;

        if (n_parts > 0 && is_word(take_word(&word), "ago")) {
            skip_blanks(&word);
            if (word.at < text.length)
                return "goes on after ago";
            s = word;
            if (!co_interval_negate(sum, &sum))
                return "is too long";
            break;
        }

        const char *fault = take_part(&s, &sum);

        if (fault != NULL)
            return fault;
        n_parts++;
    }
    if (n_parts == 0)
        return "is not a span of time like 90 days";
    *interval = sum;
    return NULL;
}

/* ---- printing ---- */

typedef struct writer {
    char *out;
    size_t length;
} writer;

static void put_byte(writer *w, char byte)
{
    w->out[w->length++] = byte;
}

static void put_number(writer *w, uint64_t value, bool negative)
{
    if (w->length > 0)
        put_byte(w, ' ');
    if (negative)
        put_byte(w, '-');
    w->length += co_print_int64((int64_t)value, w->out + w->length);
}

/* "3 days", with the blank before it where something stands already. */
static void put_units(writer *w, uint64_t value, bool negative, const char *unit)
{
    if (value == 0)
        return;
    put_number(w, value, negative);
    put_byte(w, ' ');
    for (; *unit != '\0'; unit++)
        put_byte(w, *unit);
    if (value > 1)
        put_byte(w, 's');
}

static void put_two(writer *w, uint64_t value)
{
    put_byte(w, (char)('0' + value / 10));
    put_byte(w, (char)('0' + value % 10));
}

static void put_clock(writer *w, uint64_t us, bool negative)
{
    const uint64_t second_us = (uint64_t)CO_SECOND_US;
    const uint64_t seconds = us / second_us;
    uint64_t fraction = us % second_us;

    if (w->length > 0)
        put_byte(w, ' ');
    if (negative)
        put_byte(w, '-');
    put_two(w, seconds / 3600);
    put_byte(w, ':');
    put_two(w, seconds / 60 % 60);
    put_byte(w, ':');
    put_two(w, seconds % 60);
    if (fraction > 0)
        put_byte(w, '.');
    for (uint64_t unit = second_us / 10; fraction > 0; unit /= 10) {
        put_byte(w, (char)('0' + fraction / unit));
        fraction %= unit;
    }
}

size_t co_print_interval(co_interval interval, char out[CO_INTERVAL_TEXT])
{
    const bool back = interval.months < 0;
    const bool negative = interval.microseconds < 0;
    const uint64_t months = back ? 0 - (uint64_t)interval.months : (uint64_t)interval.months;
    const uint64_t us = negative ? 0 - (uint64_t)interval.microseconds : (uint64_t)interval.microseconds;
    const uint64_t day_us = (uint64_t)CO_DAY_US;
    writer w = { out, 0 };

    put_units(&w, months / 12, back, "year");
    put_units(&w, months % 12, back, "month");
    put_units(&w, us / day_us, negative, "day");
    if (us % day_us != 0 || w.length == 0)
        put_clock(&w, us % day_us, negative);
    return w.length;
}

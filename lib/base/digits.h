/*
 * Short runs of decimal digits, dates and times, eight bytes at a time in one word.
 *
 * Always:  a run that is refused says nothing about what it is: general readers
 *          (base/number.h, base/timetext.h) then decide. What is taken, they read alike.
 * Used:    8 bytes from a run's first may be read, though they need not belong to it.
 * Source:  digits of a word in pairs, then fours, then eight: D. Lemire, "Quickly
 *          parsing eight digits", 2018.
 */
#ifndef CO_BASE_DIGITS_H
#define CO_BASE_DIGITS_H

#include "base/bytes.h"
#include "base/calendar.h"

#define CO_DIGITS_ZEROS UINT64_C(0x3030303030303030)
#define CO_DIGITS_HIGH UINT64_C(0x8080808080808080)

/* Whether every byte of the word, from which '0' was taken by XOR, is 0 to 9. */
static inline bool co_digits_are(uint64_t word)
{
    return ((word | (word + UINT64_C(0x7676767676767676))) & CO_DIGITS_HIGH) == 0;
}

/* Eight digits, the first in the lowest byte, as a number. */
static inline uint32_t co_digits_value(uint64_t word)
{
    const uint64_t pairs = word * 10 + (word >> 8);
    const uint64_t first = (pairs & UINT64_C(0xff000000ff)) * (100 + (UINT64_C(1000000) << 32));
    const uint64_t second = (pairs >> 16 & UINT64_C(0xff000000ff)) * (1 + (UINT64_C(10000) << 32));

    return (uint32_t)((first + second) >> 32);
}

/* n digits, 1 to 8. False if they are not. */
static inline bool co_digits_8(const char *bytes, size_t n, uint64_t *value)
{
    const uint64_t word = (co_load_u64(bytes) ^ CO_DIGITS_ZEROS) << (64 - 8 * n);

    *value = co_digits_value(word);
    return co_digits_are(word);
}

/* n digits, 1 to 16. */
static inline bool co_digits_16(const char *bytes, size_t n, uint64_t *value)
{
    uint64_t high, low;

    if (n <= 8)
        return co_digits_8(bytes, n, value);

    const bool high_fine = co_digits_8(bytes, n - 8, &high);
    const bool low_fine = co_digits_8(bytes + n - 8, 8, &low);

    *value = high * 100000000 + low;
    return high_fine && low_fine;
}

/* The same with '-' in front, of at most 17 bytes; none if n is 0. */
static inline bool co_digits_signed(const char *bytes, size_t n, int64_t *value)
{
    const bool negative = n > 0 && bytes[0] == '-';
    uint64_t size;

    if (n - negative - 1 >= 16 || !co_digits_16(bytes + negative, n - negative, &size))
        return false;
    *value = negative ? -(int64_t)size : (int64_t)size;
    return true;
}

/* "2026-11-22", 10 bytes of which all may be read: a day of the calendar, since 1970-01-01. */
static inline bool co_digits_date(const char *bytes, int64_t *day)
{
    static const uint16_t days_before[16] = { 0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };
    const uint64_t word = co_load_u64(bytes) ^ UINT64_C(0x2d30302d30303030);
    const uint32_t last = (uint32_t)(co_load_u16(bytes + 8) ^ 0x3030);
    const uint64_t pairs = word * 10 + (word >> 8);
    const uint32_t year = (uint32_t)(pairs & 0xff) * 100 + (uint32_t)(pairs >> 16 & 0xff);
    const uint32_t month = (uint32_t)(pairs >> 40 & 0xff);
    const uint32_t day_in_month = (last & 0xff) * 10 + (last >> 8);
    const uint32_t before = year - 1;   /* whole years since 0001-01-01 */
    const uint32_t centuries = before / 100;
    const bool is_leap = year % 4 == 0 && (year % 25 != 0 || year % 16 == 0);

    if (((word | (word + UINT64_C(0x7f76767f76767676))) & CO_DIGITS_HIGH) != 0 || !co_digits_are(last) || year == 0 ||
        month - 1 >= 12 || day_in_month - 1 >= (uint32_t)(days_before[month + 1] - days_before[month]) +
                                                   (is_leap && month == 2))
        return false;
    *day = (int64_t)(before * 365 + before / 4 - centuries + centuries / 4 + days_before[month] +
                     (is_leap && month > 2) + day_in_month - 1) +
           CO_DAY_LEAST;
    return true;
}

/* "23:59:59", 8 bytes: seconds since midnight. */
static inline bool co_digits_time(const char *bytes, uint32_t *seconds)
{
    const uint64_t word = co_load_u64(bytes) ^ UINT64_C(0x30303a30303a3030);
    const uint64_t pairs = word * 10 + (word >> 8);
    const uint32_t hour = (uint32_t)(pairs & 0xff);
    const uint32_t minute = (uint32_t)(pairs >> 24 & 0xff);
    const uint32_t second = (uint32_t)(pairs >> 48 & 0xff);

    *seconds = (hour * 60 + minute) * 60 + second;
    return ((word | (word + UINT64_C(0x76767f76767f7676))) & CO_DIGITS_HIGH) == 0 && hour < 24 && minute < 60 &&
           second < 60;
}

#endif

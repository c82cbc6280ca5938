/*
 * Spans of time: whole months, which depend on the calendar, and microseconds,
 * which do not. A day is 24 hours and a week 168.
 */
#ifndef CO_BASE_INTERVAL_H
#define CO_BASE_INTERVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"
#include "base/wide.h"

/* A span of time: months on the calendar, then microseconds. */
typedef struct co_interval {
    int64_t months;
    int64_t microseconds;
} co_interval;

/*
 * '90 days', '1 year 2 months', '1 day 02:03:04.5', '-3 hours', '1.5 days',
 * '2 weeks ago'. NULL on success, else why not, as words that follow the text
 * in a message ("names no unit of time").
 */
const char *co_interval_parse(co_text text, co_interval *interval);

/* What one of a unit is, by its name in singular or plural or a usual short form, any letter case. */
bool co_interval_unit(co_text name, co_interval *one);

/* False, and *result untouched, on overflow. */
bool co_interval_add(co_interval a, co_interval b, co_interval *result);
bool co_interval_negate(co_interval a, co_interval *result);
bool co_interval_multiply(co_interval a, int64_t factor, co_interval *result);

/* Microseconds, a month taken as 30 days; and the order of two by that. */
co_wide co_interval_length(co_interval interval);
int co_interval_compare(co_interval a, co_interval b);

/* "1 year 2 months 3 days 02:03:04.5"; "00:00:00" for nothing. Reads back to the same interval. */
#define CO_INTERVAL_TEXT 112
size_t co_print_interval(co_interval interval, char out[CO_INTERVAL_TEXT]);

#endif

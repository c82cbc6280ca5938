/*
 * The rule for years after a zone's last recorded transition: standard time,
 * and perhaps summer time between two days of every year.
 *
 * Source:  POSIX TZ, with the wider hours of RFC 8536 version 3.
 */
#ifndef CO_BASE_ZONE_RULE_H
#define CO_BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* No zone is further from UTC than this. */
#define CO_ZONE_MOST_OFFSET_SECONDS (26 * 3600 - 1)

typedef enum co_rule_day_kind {
    CO_RULE_DAY_WITHOUT_LEAP,   /* Jn: 1 … 365, 29 February is never counted */
    CO_RULE_DAY_OF_YEAR,        /* n: 0 … 365 */
    CO_RULE_WEEKDAY             /* Mm.w.d: the wth weekday d of month m, 5 the last */
} co_rule_day_kind;

typedef struct co_rule_day {
    co_rule_day_kind kind;
    int32_t day;
    int32_t month;
    int32_t week;
    int32_t seconds;            /* local time of the change, may lie outside the day */
} co_rule_day;

typedef struct co_zone_rule {
    int32_t standard_seconds;   /* east of Greenwich positive */
    bool has_summer;
    int32_t summer_seconds;
    co_rule_day start;          /* of summer time, told in standard time */
    co_rule_day end;            /* told in summer time */
} co_zone_rule;

/* A stretch of time with one offset: [first, end) in seconds since 1970 UTC; INT64_MIN and INT64_MAX where it is open. */
typedef struct co_zone_span {
    int64_t first;
    int64_t end;
    int32_t offset_seconds;
} co_zone_span;

/* "CET-1CEST,M3.5.0,M10.5.0/3"; false if it is not such a text. */
bool co_zone_rule_parse(co_text text, co_zone_rule *rule);

/* The span that holds an instant. */
co_zone_span co_zone_rule_span(const co_zone_rule *rule, int64_t seconds);

#endif

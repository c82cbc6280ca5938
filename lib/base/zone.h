/*
 * Time zones: which local time an instant has, and which instant a local time is.
 *
 * Always:  a zone never changes once made; any number of threads may read it,
 *          each with a cursor of its own. Zones come from bytes that io/ read
 *          from the system's zoneinfo files, which are treated as hostile.
 *          A local time that does not exist or occurs twice is read with the
 *          standard-time offset, as PostgreSQL does; a day starts at its first
 *          existing instant.
 * Costs:   a look-up near the previous one is two comparisons, else a binary search.
 * Source:  RFC 8536 (TZif versions 1 to 3), POSIX TZ.
 */
#ifndef CO_BASE_ZONE_H
#define CO_BASE_ZONE_H

#include "base/error.h"
#include "base/interval.h"
#include "base/memory.h"
#include "base/timetext.h"

typedef struct co_zone co_zone;

/* UTC; static, retain and release do nothing to it. */
const co_zone *co_zone_utc(void);

/*
 * A zone with the rules of a TZif file, under that name.
 * Fails: COHORT_CORRUPT with what is wrong with the bytes; COHORT_MEMORY.
 */
cohort_status co_zone_parse(co_memory *memory, co_text name, const void *tzif_bytes, size_t n_bytes,
                            const co_zone **zone, cohort_error *error);

/*
 * A zone that needs no file: "" or "UTC", "Z", "+02:00", "-0530", "+02".
 * COHORT_NOT_FOUND, without filling error, if the name is of another kind.
 */
cohort_status co_zone_fixed(co_memory *memory, co_text name, const co_zone **zone, cohort_error *error);

/* A name that may be looked for as a zoneinfo file: relative, plain characters, no "..". */
bool co_zone_name_is_safe(co_text name);

const co_zone *co_zone_retain(const co_zone *zone);
/* NULL is allowed. */
void co_zone_release(const co_zone *zone);
co_text co_zone_name(const co_zone *zone);

/* Remembers where the last look-up was. Starts as zeros; belongs to one thread and one zone. */
typedef struct co_zone_cursor {
    int64_t first_us;           /* the offset holds in [first_us, end_us) */
    int64_t end_us;
    int64_t offset_us;
} co_zone_cursor;

/* Local minus UTC at an instant. cursor may be NULL. */
int64_t co_zone_offset_us(const co_zone *zone, int64_t us, co_zone_cursor *cursor);
/* Local microseconds (since 1970-01-01 00:00 local) and local day of an instant. */
int64_t co_zone_local_us(const co_zone *zone, int64_t us, co_zone_cursor *cursor);
int64_t co_zone_local_day(const co_zone *zone, int64_t us, co_zone_cursor *cursor);

/* The instant of a local time. */
int64_t co_zone_instant(const co_zone *zone, int64_t local_us);
/* The first existing instant of a local day. CO_DAY_END is allowed. */
int64_t co_zone_day_start(const co_zone *zone, int64_t day);
/* The instant of a text that was read; false if it lies outside the years 1 … 9999. */
bool co_zone_instant_of_text(const co_zone *zone, const co_local_time *time, int64_t *us);

/* Instant plus interval (sign 1 or −1): months on the local calendar first; false if outside the years 1 … 9999. */
bool co_zone_add_interval(const co_zone *zone, int64_t us, co_interval interval, int sign, int64_t *result);

#endif

/*
 * Time zones: recorded transitions, then the rule. Look-ups and the way back
 * from local time see only spans of one offset, wherever they come from.
 *
 * Source:  RFC 8536; PostgreSQL documentation, "Handling of Invalid or Ambiguous
 *          Timestamps".
 */
#include <assert.h>
#include <stdatomic.h>

#include "base/bytes.h"
#include "base/calendar.h"
#include "base/sums.h"
#include "base/zone.h"
#include "base/zone_rule.h"

#define MAGIC "TZif"
#define RESERVED_BYTES 15
#define TYPE_BYTES 6
#define MOST_TYPES 256
#define MOST_NAME_BYTES 255
#define LARGEST_FIXED_HOURS 15
/* Every instant of a local time lies within this many seconds of it read as UTC. */
#define REACH_SECONDS (CO_ZONE_MOST_OFFSET_SECONDS + 1)

struct co_zone {
    co_memory *memory;          /* NULL for UTC, which is nobody's */
    size_t size_bytes;
    _Atomic uint32_t n_holders;
    uint32_t n_transitions;
    const int64_t *transitions; /* seconds, strictly rising */
    const int32_t *offsets;     /* [0] before the first transition, [i + 1] from transition i on */
    co_text name;
    bool has_rule;              /* from the last transition on */
    co_zone_rule rule;
};

static const int32_t utc_offset[1] = { 0 };
static const co_zone utc = { .offsets = utc_offset, .name = { "UTC", 3 } };

const co_zone *co_zone_utc(void)
{
    return &utc;
}

const co_zone *co_zone_retain(const co_zone *zone)
{
    if (zone->memory != NULL)
        atomic_fetch_add_explicit(&((co_zone *)zone)->n_holders, 1, memory_order_relaxed);
    return zone;
}

void co_zone_release(const co_zone *zone)
{
    if (zone == NULL || zone->memory == NULL)
        return;

    co_zone *held = (co_zone *)zone;

    if (atomic_fetch_sub_explicit(&held->n_holders, 1, memory_order_acq_rel) == 1)
        co_memory_free(held->memory, held, held->size_bytes);
}

co_text co_zone_name(const co_zone *zone)
{
    return zone->name;
}

/* ---- making ---- */

/* One block: the zone, its transitions, its offsets, its name. */
static co_zone *new_zone(co_memory *memory, co_text name, uint32_t n_transitions, int64_t **transitions,
                         int32_t **offsets)
{
    const size_t n = n_transitions;
    size_t transition_bytes;
    size_t offset_bytes;
    size_t size;

    if (!co_multiply_size(n, sizeof(int64_t), &transition_bytes) ||
        !co_multiply_size(n + 1, sizeof(int32_t), &offset_bytes) ||
        !co_add_size(sizeof(co_zone), transition_bytes, &size) || !co_add_size(size, offset_bytes, &size) ||
        !co_add_size(size, name.length, &size))
        return NULL;

    char *block = co_memory_new_zeroed(memory, 1, size);

    if (block == NULL)
        return NULL;

    co_zone *zone = (co_zone *)block;
    char *name_bytes = block + sizeof(co_zone) + transition_bytes + offset_bytes;

    *transitions = (int64_t *)(block + sizeof(co_zone));
    *offsets = (int32_t *)(block + sizeof(co_zone) + transition_bytes);
    if (name.length > 0)
        memcpy(name_bytes, name.bytes, name.length);
    zone->memory = memory;
    zone->size_bytes = size;
    atomic_init(&zone->n_holders, 1);
    zone->n_transitions = n_transitions;
    zone->transitions = *transitions;
    zone->offsets = *offsets;
    zone->name = (co_text){ name_bytes, name.length };
    return zone;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* +hh, +hhmm or +hh:mm. */
static bool read_fixed_offset(co_text name, int32_t *seconds)
{
    char digits[4] = { '0', '0', '0', '0' };
    size_t n = 0;

    if (name.length < 2 || (name.bytes[0] != '+' && name.bytes[0] != '-'))
        return false;
    for (size_t i = 1; i < name.length; i++) {
        if (i == 3 && name.bytes[i] == ':' && name.length == 6)
            continue;
        if (!is_digit(name.bytes[i]) || n == 4)
            return false;
        digits[n++] = name.bytes[i];
    }
    if (n != 2 && n != 4)
        return false;

    const int32_t hours = (digits[0] - '0') * 10 + digits[1] - '0';
    const int32_t minutes = (digits[2] - '0') * 10 + digits[3] - '0';

    if (hours > LARGEST_FIXED_HOURS || minutes > 59)
        return false;
    *seconds = (hours * 60 + minutes) * 60;
    if (name.bytes[0] == '-')
        *seconds = -*seconds;
    return true;
}

cohort_status co_zone_fixed(co_memory *memory, co_text name, const co_zone **zone, cohort_error *error)
{
    int64_t *transitions;
    int32_t *offsets;
    int32_t seconds;

    *zone = NULL;
    if (name.length == 0 || co_text_equal(name, CO_TEXT("UTC")) || co_text_equal(name, CO_TEXT("Z"))) {
        *zone = &utc;
        return COHORT_OK;
    }
    if (!read_fixed_offset(name, &seconds))
        return COHORT_NOT_FOUND;

    co_zone *made = new_zone(memory, name, 0, &transitions, &offsets);

    if (made == NULL)
        return co_fail_memory(error);
    offsets[0] = seconds;
    *zone = made;
    return COHORT_OK;
}

bool co_zone_name_is_safe(co_text name)
{
    bool after_slash = true;

    if (name.length == 0 || name.length > MOST_NAME_BYTES)
        return false;
    for (size_t i = 0; i < name.length; i++) {
        const char byte = name.bytes[i];
        const bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');

        if (byte == '/' ? after_slash : !letter && !is_digit(byte) && byte != '_' && byte != '-' && byte != '+')
            return false;
        after_slash = byte == '/';
    }
    return !after_slash;
}

/* ---- reading TZif ---- */

typedef struct block_counts {
    uint8_t version;
    uint32_t n_ut;
    uint32_t n_standard;
    uint32_t n_leaps;
    uint32_t n_transitions;
    uint32_t n_types;
    uint32_t n_name_bytes;
} block_counts;

/* TZif is big-endian. */
static uint32_t read_be32(co_reader *reader)
{
    const uint8_t *b = co_read_bytes(reader, 4);

    return b == NULL ? 0 : (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int64_t read_be64(co_reader *reader)
{
    const uint64_t high = read_be32(reader);

    return (int64_t)(high << 32 | read_be32(reader));
}

static bool read_counts(co_reader *reader, block_counts *counts)
{
    const void *magic = co_read_bytes(reader, strlen(MAGIC));

    if (magic == NULL || memcmp(magic, MAGIC, strlen(MAGIC)) != 0)
        return false;
    counts->version = co_read_u8(reader);
    (void)co_read_bytes(reader, RESERVED_BYTES);
    counts->n_ut = read_be32(reader);
    counts->n_standard = read_be32(reader);
    counts->n_leaps = read_be32(reader);
    counts->n_transitions = read_be32(reader);
    counts->n_types = read_be32(reader);
    counts->n_name_bytes = read_be32(reader);
    return co_reader_ok(reader);
}

/* Skips n items; a count that the bytes cannot hold marks the reader as failed. */
static void skip(co_reader *reader, uint32_t n, size_t item_bytes)
{
    size_t size;

    if (!co_multiply_size(n, item_bytes, &size))
        size = SIZE_MAX;
    (void)co_read_bytes(reader, size);
}

static void skip_block(co_reader *reader, const block_counts *counts, size_t time_bytes)
{
    skip(reader, counts->n_transitions, time_bytes + 1);
    skip(reader, counts->n_types, TYPE_BYTES);
    skip(reader, counts->n_name_bytes, 1);
    skip(reader, counts->n_leaps, time_bytes + 4);
    skip(reader, counts->n_standard, 1);
    skip(reader, counts->n_ut, 1);
}

/* The offsets of the types, at most MOST_TYPES; NULL or what is wrong. */
static const char *read_types(co_reader *reader, uint32_t n_types, int32_t *offsets)
{
    for (uint32_t i = 0; i < n_types; i++) {
        offsets[i] = (int32_t)read_be32(reader);
        (void)co_read_bytes(reader, TYPE_BYTES - 4);
        if (offsets[i] > CO_ZONE_MOST_OFFSET_SECONDS || offsets[i] < -CO_ZONE_MOST_OFFSET_SECONDS)
            return "holds an offset of more than 26 hours";
    }
    return NULL;
}

static const char *read_block(co_reader *reader, const block_counts *counts, size_t time_bytes, int64_t *transitions,
                              int32_t *offsets)
{
    int32_t types[MOST_TYPES];

    for (uint32_t i = 0; i < counts->n_transitions; i++) {
        transitions[i] = time_bytes == 8 ? read_be64(reader) : (int32_t)read_be32(reader);
        if (i > 0 && transitions[i] <= transitions[i - 1])
            return "holds transitions that are not in order";
    }

    const uint8_t *indexes = co_read_bytes(reader, counts->n_transitions);
    const char *fault = read_types(reader, counts->n_types, types);

    if (fault != NULL || indexes == NULL)
        return fault != NULL ? fault : "is cut short";
    offsets[0] = types[0];
    for (uint32_t i = 0; i < counts->n_transitions; i++) {
        if (indexes[i] >= counts->n_types)
            return "names a type that it does not hold";
        offsets[i + 1] = types[indexes[i]];
    }
    return NULL;
}

/* "\n", rule, "\n"; an empty rule says that nothing is known. */
static const char *read_footer(co_reader *reader, co_zone *zone)
{
    const size_t left = co_reader_left(reader);
    const char *bytes = co_read_bytes(reader, left);
    size_t length = 0;

    if (left < 2 || bytes[0] != '\n')
        return "has no footer";
    while (1 + length < left && bytes[1 + length] != '\n')
        length++;
    if (1 + length == left)
        return "has no end of its footer";
    if (length == 0)
        return NULL;
    zone->has_rule = true;
    return co_zone_rule_parse((co_text){ bytes + 1, length }, &zone->rule) ? NULL : "has a footer that is no rule";
}

/* Finds the block to use: the second, with times of eight bytes, where there are two. */
static const char *find_block(co_reader *reader, block_counts *counts, size_t *time_bytes)
{
    *time_bytes = 4;
    if (!read_counts(reader, counts))
        return "is no time zone file";
    if (counts->version >= '2') {
        skip_block(reader, counts, *time_bytes);
        *time_bytes = 8;
        if (!read_counts(reader, counts))
            return "is cut short";
    }
    if (counts->n_types == 0 || counts->n_types > MOST_TYPES)
        return "has no types of time, or too many";
    if (counts->n_leaps > 0)
        return "counts leap seconds";

    co_reader probe = *reader;

    skip_block(&probe, counts, *time_bytes);
    return co_reader_ok(&probe) ? NULL : "is cut short";
}

cohort_status co_zone_parse(co_memory *memory, co_text name, const void *tzif_bytes, size_t n_bytes,
                            const co_zone **zone, cohort_error *error)
{
    co_reader reader = co_reader_of(tzif_bytes, n_bytes);
    block_counts counts;
    size_t time_bytes;
    int64_t *transitions;
    int32_t *offsets;
    const char *fault = find_block(&reader, &counts, &time_bytes);

    *zone = NULL;
    if (fault != NULL)
        return co_fail(error, COHORT_CORRUPT, "the file of time zone " CO_FMT " %s", CO_ARG(name), fault);

    co_zone *made = new_zone(memory, name, counts.n_transitions, &transitions, &offsets);

    if (made == NULL)
        return co_fail_memory(error);

    co_reader block = reader;

    fault = read_block(&block, &counts, time_bytes, transitions, offsets);
    if (fault == NULL && time_bytes == 8) {
        skip_block(&reader, &counts, time_bytes);
        fault = read_footer(&reader, made);
    }
    if (fault != NULL) {
        co_zone_release(made);
        return co_fail(error, COHORT_CORRUPT, "the file of time zone " CO_FMT " %s", CO_ARG(name), fault);
    }
    *zone = made;
    return COHORT_OK;
}

/* ---- from UTC ---- */

/* How many transitions are at or before an instant. */
static uint32_t count_passed(const co_zone *zone, int64_t seconds)
{
    uint32_t low = 0;
    uint32_t high = zone->n_transitions;

    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;

        if (zone->transitions[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static co_zone_span span_at(const co_zone *zone, int64_t seconds)
{
    const uint32_t n = zone->n_transitions;
    const uint32_t passed = count_passed(zone, seconds);
    const int64_t first = passed == 0 ? INT64_MIN : zone->transitions[passed - 1];

    if (passed < n || !zone->has_rule) {
        const int64_t end = passed < n ? zone->transitions[passed] : INT64_MAX;

        return (co_zone_span){ first, end, zone->offsets[passed] };
    }

    co_zone_span span = co_zone_rule_span(&zone->rule, seconds);

    if (span.first < first)
        span.first = first;
    return span;
}

static int64_t us_of_seconds(int64_t seconds)
{
    if (seconds > INT64_MAX / CO_SECOND_US)
        return INT64_MAX;
    return seconds < INT64_MIN / CO_SECOND_US ? INT64_MIN : seconds * CO_SECOND_US;
}

int64_t co_zone_offset_us(const co_zone *zone, int64_t us, co_zone_cursor *cursor)
{
    if (cursor != NULL && us >= cursor->first_us && us < cursor->end_us)
        return cursor->offset_us;

    const co_zone_span span = span_at(zone, co_floor_divide(us, CO_SECOND_US));
    const int64_t offset_us = span.offset_seconds * CO_SECOND_US;

    if (cursor != NULL)
        *cursor = (co_zone_cursor){ us_of_seconds(span.first), us_of_seconds(span.end), offset_us };
    return offset_us;
}

int64_t co_zone_local_us(const co_zone *zone, int64_t us, co_zone_cursor *cursor)
{
    return us + co_zone_offset_us(zone, us, cursor);
}

int64_t co_zone_local_day(const co_zone *zone, int64_t us, co_zone_cursor *cursor)
{
    return co_day_of_us(co_zone_local_us(zone, us, cursor));
}

/* ---- to UTC ---- */

/* a + b, kept within int64 at the open ends of spans. */
static int64_t shifted(int64_t seconds, int32_t offset)
{
    return seconds == INT64_MIN || seconds == INT64_MAX ? seconds : seconds + offset;
}

/*
 * Where a local time occurs twice, the later instant has the smaller offset;
 * where it does not exist, the offset before the gap is the smaller one. The
 * smaller offset is standard time: so the last span that holds the local time
 * counts, or failing that the last that has begun by then.
 */
int64_t co_zone_instant(const co_zone *zone, int64_t local_us)
{
    const int64_t local = co_floor_divide(local_us, CO_SECOND_US);
    co_zone_span span = span_at(zone, local - REACH_SECONDS);
    int64_t offset = span.offset_seconds;
    bool held = false;

    for (;;) {
        const bool begun = local >= shifted(span.first, span.offset_seconds);
        const bool holds = begun && local < shifted(span.end, span.offset_seconds);

        if (holds || (begun && !held))
            offset = span.offset_seconds;
        held = held || holds;
        if (span.end > local + REACH_SECONDS)
            return local_us - offset * CO_SECOND_US;
        span = span_at(zone, span.end);
    }
}

int64_t co_zone_day_start(const co_zone *zone, int64_t day)
{
    const int64_t midnight = day * (CO_DAY_US / CO_SECOND_US);
    co_zone_span span = span_at(zone, midnight - REACH_SECONDS);

    while (span.end != INT64_MAX && shifted(span.end, span.offset_seconds) <= midnight)
        span = span_at(zone, span.end);

    /* A span that starts past midnight was jumped into: its start is the day's. */
    const int64_t instant = midnight - span.offset_seconds;

    return (instant < span.first ? span.first : instant) * CO_SECOND_US;
}

bool co_zone_instant_of_text(const co_zone *zone, const co_local_time *time, int64_t *us)
{
    const int64_t local_us = time->day * CO_DAY_US + time->us;
    int64_t result;

    if (time->has_offset)
        result = local_us - time->offset_seconds * CO_SECOND_US;
    else if (time->has_time)
        result = co_zone_instant(zone, local_us);
    else
        result = co_zone_day_start(zone, time->day);
    if (!co_time_in_range(result))
        return false;
    *us = result;
    return true;
}

bool co_zone_add_interval(const co_zone *zone, int64_t us, co_interval interval, int sign, int64_t *result)
{
    assert(sign == 1 || sign == -1);

    if (sign < 0 && !co_interval_negate(interval, &interval))
        return false;
    if (interval.months != 0) {
        const int64_t local_us = co_zone_local_us(zone, us, NULL);
        int64_t day;

        if (!co_day_add_months(co_day_of_us(local_us), interval.months, &day))
            return false;
        us = co_zone_instant(zone, day * CO_DAY_US + co_us_in_day(local_us));
    }
    if (interval.microseconds > CO_TIME_GREATEST - us || interval.microseconds < CO_TIME_LEAST - us)
        return false;
    *result = us + interval.microseconds;
    return true;
}

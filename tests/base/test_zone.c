/*
 * Time zones against the C library, which reads the same files with other code.
 * Without zoneinfo on the machine those tests count as skipped.
 */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/calendar.h"
#include "base/zone.h"
#include "base/zone_rule.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/random.h"
#include "support/trials.h"

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))
#define ZONEINFO "/usr/share/zoneinfo/"
#define LARGEST_FILE 65536

static co_memory memory;

static void set_up(void)
{
    co_memory_init(&memory, NULL, 0);
}

/* The bytes of a zoneinfo file; their number is 0 if there is none. */
static size_t read_zone_file(const char *name, unsigned char *bytes)
{
    char path[200];
    FILE *file;
    size_t length;

    snprintf(path, sizeof path, ZONEINFO "%s", name);
    file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    length = fread(bytes, 1, LARGEST_FILE, file);
    fclose(file);
    return length;
}

static const co_zone *zone_named(const char *name)
{
    static unsigned char bytes[LARGEST_FILE];
    const size_t length = read_zone_file(name, bytes);
    cohort_error error = COHORT_ERROR_INIT;
    const co_zone *zone = NULL;

    if (length == 0) {
        printf("skipped: no " ZONEINFO "%s\n", name);
        return NULL;
    }
    ck_assert_msg(co_zone_parse(&memory, co_text_of(name), bytes, length, &zone, &error) == COHORT_OK, "%s: %s", name,
                  error.text);
    return zone;
}

static const char *const names[] = {
    "Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Moscow", "America/New_York", "America/Los_Angeles",
    "America/St_Johns", "America/Sao_Paulo", "America/Havana", "America/Nuuk", "Australia/Sydney", "Australia/Lord_Howe",
    "Asia/Kolkata", "Asia/Tehran", "Asia/Gaza", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kiritimati",
    "Pacific/Chatham", "Africa/Casablanca", "Africa/Monrovia", "Africa/Cairo", "Antarctica/Troll", "Etc/GMT+12", "UTC",
    "Asia/Pyongyang", "America/Caracas", "Europe/Lisbon", "Atlantic/Azores", "Asia/Manila",
};

static void use_zone(const char *name)
{
    setenv("TZ", name, 1);
    tzset();
}

/* Local minus UTC in seconds, by the C library. */
static long library_offset(int64_t seconds)
{
    const time_t t = (time_t)seconds;
    struct tm local;

    if (localtime_r(&t, &local) == NULL)
        ck_abort_msg("the C library has no local time of %lld", (long long)seconds);
    return local.tm_gmtoff;
}

START_TEST(offsets_agree_with_the_c_library)
{
    const co_zone *zone = zone_named(names[_i]);
    co_random random = co_random_of((uint64_t)_i);
    co_zone_cursor cursor = { 0 };
    /* Before 1900 files may be cut or not; after 2500 the rule only repeats. */
    const int64_t first = -2208988800;
    const int64_t end = INT64_C(16725225600);

    if (zone == NULL)
        return;
    use_zone(names[_i]);
    for (int64_t t = first; t < end; t += (int64_t)co_random_below(&random, CO_STRIDE(9000000))) {
        const int64_t wanted = library_offset(t) * CO_SECOND_US;

        ck_assert_msg(co_zone_offset_us(zone, t * CO_SECOND_US, NULL) == wanted, "%s at %lld", names[_i], (long long)t);
        ck_assert_int_eq(co_zone_offset_us(zone, t * CO_SECOND_US + 999999, &cursor), wanted);
    }
    /* Jumping about must not confuse the cursor. */
    for (int i = 0; i < CO_TRIALS(5000); i++) {
        const int64_t t = co_random_between(&random, first, INT64_C(250000000000));

        ck_assert_int_eq(co_zone_offset_us(zone, t * CO_SECOND_US, &cursor), library_offset(t) * CO_SECOND_US);
    }
    co_zone_release(zone);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

/* The smallest offset with which a local time comes out right, else the smaller of those a day before and after. */
static int64_t naive_instant(int64_t local)
{
    const int64_t reach = 93600;
    long smallest = 0;
    bool found = false;

    for (int64_t t = local - reach; t <= local + reach; t += 3600) {
        const long offset = library_offset(t);

        if (library_offset(local - offset) == offset && (!found || offset < smallest)) {
            smallest = offset;
            found = true;
        }
    }
    if (!found) {
        const long before = library_offset(local - 86400);
        const long after = library_offset(local + 86400);

        smallest = before < after ? before : after;
    }
    return local - smallest;
}

/* The first instant of a local day, found by walking through it. */
static int64_t naive_day_start(int64_t day)
{
    const int64_t midnight = day * 86400;
    const int64_t step = 30;
    int64_t t = midnight - 93600;

    while (t + step + library_offset(t + step) < midnight)
        t += step;
    while (t + library_offset(t) < midnight)
        t++;
    return t;
}

/* The instant at which the offset changes from that of `low`. */
static int64_t first_change(int64_t low, int64_t high)
{
    const long offset = library_offset(low);

    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;

        if (library_offset(middle) == offset)
            low = middle;
        else
            high = middle;
    }
    return high;
}

START_TEST(local_times_around_every_transition_agree_with_a_search)
{
    const co_zone *zone = zone_named(names[_i]);
    co_random random = co_random_of((uint64_t)_i);
    const int64_t step = 43200;
    const int64_t latest = INT64_C(2600000000);

    if (zone == NULL)
        return;
    use_zone(names[_i]);
    for (int64_t low = latest - CO_TRIALS(INT64_C(4808988800)); low < latest; low += step) {
        if (library_offset(low) == library_offset(low + step) || !co_random_chance(&random, 1, 10))
            continue;

        const int64_t t = first_change(low, low + step);
        const int64_t offset = library_offset(t);

        for (int64_t shift = -7200; shift <= 7200; shift += 1800) {
            const int64_t local = t + offset + shift;

            ck_assert_msg(co_zone_instant(zone, local * CO_SECOND_US) == naive_instant(local) * CO_SECOND_US,
                          "%s, local %lld", names[_i], (long long)local);
        }

        const int64_t day = co_floor_divide(t + offset + 7200, 86400);

        ck_assert_int_eq(co_zone_day_start(zone, day), naive_day_start(day) * CO_SECOND_US);
    }
    co_zone_release(zone);
}
END_TEST

/* A text read as local time of a zone, and the instant wanted. */
static const struct {
    const char *zone;
    const char *local;
    const char *utc;
} known[] = {
    { "Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:30:00Z" },        /* does not exist */
    { "Europe/Berlin", "2026-10-25 02:30", "2026-10-25T01:30:00Z" },        /* occurs twice */
    { "Europe/Berlin", "2026-07-01", "2026-06-30T22:00:00Z" },
    { "Europe/Berlin", "2026-07-01 00:00", "2026-06-30T22:00:00Z" },
    { "Europe/Berlin", "2026-07-01 10:00+05:30", "2026-07-01T04:30:00Z" },
    { "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z" },          /* midnight is missing */
    { "America/Sao_Paulo", "2018-11-04 00:30", "2018-11-04T03:30:00Z" },
    { "America/Havana", "2026-11-01", "2026-11-01T04:00:00Z" },             /* midnight occurs twice */
    { "America/Havana", "2026-11-01 00:30", "2026-11-01T05:30:00Z" },
    { "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z" },               /* the whole day is missing */
    { "Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z" },
    { "Europe/Moscow", "2014-10-26 01:30", "2014-10-25T22:30:00Z" },
    { "America/New_York", "9999-07-01 00:00", "9999-07-01T04:00:00Z" },
};

START_TEST(known_local_times_are_the_right_instants)
{
    const co_zone *zone = zone_named(known[_i].zone);
    co_local_time time;
    char text[CO_TIME_TEXT + 1];
    int64_t us = 0;

    if (zone == NULL)
        return;
    ck_assert_int_eq(co_parse_time(co_text_of(known[_i].local), &time), CO_TIME_FINE);
    ck_assert(co_zone_instant_of_text(zone, &time, &us));
    text[co_print_time(us, text)] = '\0';
    ck_assert_str_eq(text, known[_i].utc);
    co_zone_release(zone);
}
END_TEST

START_TEST(intervals_move_the_local_calendar)
{
    const co_zone *zone = zone_named("Europe/Berlin");
    const int64_t start = co_day_of_date((co_date){ 2026, 1, 31 }) * CO_DAY_US + 11 * CO_HOUR_US;
    int64_t us = -77;

    if (zone == NULL)
        return;
    /* 12:00 local in January is 11:00 UTC; in July 10:00 UTC. */
    ck_assert(co_zone_add_interval(zone, start, (co_interval){ 6, 0 }, 1, &us));
    ck_assert_int_eq(us, co_day_of_date((co_date){ 2026, 7, 31 }) * CO_DAY_US + 10 * CO_HOUR_US);
    ck_assert(co_zone_add_interval(zone, start, (co_interval){ 1, CO_DAY_US }, 1, &us));
    ck_assert_int_eq(us, co_day_of_date((co_date){ 2026, 3, 1 }) * CO_DAY_US + 11 * CO_HOUR_US);
    ck_assert(co_zone_add_interval(zone, start, (co_interval){ 0, 90 * CO_DAY_US }, -1, &us));
    ck_assert_int_eq(us, start - 90 * CO_DAY_US);
    us = -77;
    ck_assert(!co_zone_add_interval(zone, start, (co_interval){ 1000000, 0 }, 1, &us));
    ck_assert(!co_zone_add_interval(zone, start, (co_interval){ 0, INT64_MAX }, 1, &us));
    ck_assert(!co_zone_add_interval(zone, start, (co_interval){ 0, INT64_MIN }, -1, &us));
    ck_assert(!co_zone_add_interval(zone, start, (co_interval){ 0, INT64_MIN }, 1, &us));
    ck_assert(!co_zone_add_interval(zone, start, (co_interval){ INT64_MIN, 0 }, -1, &us));
    ck_assert_int_eq(us, -77);
    co_zone_release(zone);
}
END_TEST

static const struct {
    const char *name;
    bool found;
    int64_t seconds;
} fixed[] = {
    { "", true, 0 },          { "UTC", true, 0 },        { "Z", true, 0 },          { "+02:00", true, 7200 },
    { "-05:30", true, -19800 }, { "+02", true, 7200 },   { "-0530", true, -19800 }, { "+2", false, 0 },
    { "+16:00", false, 0 },   { "+02:60", false, 0 },    { "+02:0", false, 0 },     { "+02:000", false, 0 },
    { "+", false, 0 },        { "Europe/Berlin", false, 0 }, { "+02-00", false, 0 }, { "02:00", false, 0 },
};

START_TEST(fixed_offsets_need_no_file)
{
    const co_zone *zone = NULL;
    const int64_t offset_us = fixed[_i].seconds * CO_SECOND_US;
    const cohort_status status = co_zone_fixed(&memory, co_text_of(fixed[_i].name), &zone, NULL);

    ck_assert_int_eq(status, fixed[_i].found ? COHORT_OK : COHORT_NOT_FOUND);
    if (!fixed[_i].found)
        return;
    ck_assert_int_eq(co_zone_offset_us(zone, 12345, NULL), offset_us);
    ck_assert_int_eq(co_zone_instant(zone, 12345), 12345 - offset_us);
    ck_assert_int_eq(co_zone_day_start(zone, CO_DAY_END), CO_DAY_END * CO_DAY_US - offset_us);
    co_zone_retain(zone);
    co_zone_release(zone);
    co_zone_release(zone);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

static const struct {
    const char *name;
    bool safe;
} paths[] = {
    { "Europe/Berlin", true }, { "UTC", true }, { "America/Argentina/Buenos_Aires", true }, { "Etc/GMT+5", true },
    { "", false }, { "/etc/passwd", false }, { "../x", false }, { "Europe/../x", false }, { "Europe//Berlin", false },
    { "Europe/", false }, { ".", false }, { "a b", false }, { "a\\b", false },
};

START_TEST(names_that_lead_out_of_zoneinfo_are_refused)
{
    ck_assert_int_eq(co_zone_name_is_safe(co_text_of(paths[_i].name)), paths[_i].safe);
}
END_TEST

static const struct {
    const char *text;
    bool fine;
} rules[] = {
    { "UTC0", true }, { "CET-1CEST,M3.5.0,M10.5.0/3", true }, { "<+0330>-3:30", true },
    { "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", true }, { "IST-1GMT0,M10.5.0,M3.5.0/1", true }, { "XXX-24", true },
    { "AA0", false }, { "CET", false }, { "CET-25", false }, { "CET-1CEST", false }, { "CET-1CEST,M3.5.0", false },
    { "CET-1CEST,M13.5.0,M10.5.0", false }, { "CET-1CEST,M3.6.0,M10.5.0", false }, { "CET-1CEST,M3.5.7,M10.5.0", false },
    { "CET-1CEST,J0,J365", false }, { "CET-1CEST,366,J365", false }, { "CET-1CEST,M3.5.0,M10.5.0/168", false },
    { "CET-1CEST,M3.5.0,M10.5.0x", false }, { "<CET-1", false }, { "CET-1:60", false }, { "", false },
    { "CET-1CEST,M99999.5.0,M10.5.0", false },
};

START_TEST(rules_are_read_or_refused)
{
    co_zone_rule rule;

    ck_assert_msg(co_zone_rule_parse(co_text_of(rules[_i].text), &rule) == rules[_i].fine, "%s", rules[_i].text);
}
END_TEST

START_TEST(rules_agree_with_the_c_library)
{
    co_random random = co_random_of(31);
    co_zone_rule rule;

    if (!rules[_i].fine)
        return;
    ck_assert(co_zone_rule_parse(co_text_of(rules[_i].text), &rule));
    use_zone(rules[_i].text);
    for (int i = 0; i < CO_TRIALS(5000); i++) {
        const int64_t t = co_random_between(&random, 86400 * 365, INT64_C(250000000000));
        const co_zone_span span = co_zone_rule_span(&rule, t);

        ck_assert_int_eq(span.offset_seconds, library_offset(t));
        ck_assert(span.first <= t && t < span.end);
    }
}
END_TEST

/* The C library takes the first hours of such a year for standard time; RFC 8536 does not. */
START_TEST(summer_time_can_last_all_year)
{
    co_zone_rule rule;

    ck_assert(co_zone_rule_parse(CO_TEXT("EST5EDT,0/0,J365/25"), &rule));
    for (int64_t t = 0; t < INT64_C(40000000000); t += CO_STRIDE(3600 * 5))
        ck_assert_int_eq(co_zone_rule_span(&rule, t).offset_seconds, -4 * 3600);
}
END_TEST

START_TEST(a_julian_day_never_counts_29_february)
{
    const int64_t march_2024 = co_day_of_date((co_date){ 2024, 3, 1 }) * 86400 + 3600;
    const int64_t march_2025 = co_day_of_date((co_date){ 2025, 3, 1 }) * 86400 + 3600;
    co_zone_rule rule;

    ck_assert(co_zone_rule_parse(CO_TEXT("CET-1CEST,J60,J300"), &rule));
    ck_assert_int_eq(co_zone_rule_span(&rule, march_2024).first, march_2024);
    ck_assert_int_eq(co_zone_rule_span(&rule, march_2025).first, march_2025);
}
END_TEST

START_TEST(damaged_files_never_do_harm)
{
    static unsigned char bytes[LARGEST_FILE];
    static unsigned char damaged[LARGEST_FILE];
    const size_t length = read_zone_file(_i % 2 == 0 ? "America/New_York" : "Africa/Casablanca", bytes);
    co_random random = co_random_of((uint64_t)_i);

    if (length == 0)
        return;
    for (int i = 0; i < 600; i++) {
        const co_zone *zone = NULL;
        const size_t kept = co_random_chance(&random, 1, 3) ? co_random_below(&random, length) : length;
        const size_t range = co_random_chance(&random, 1, 2) ? kept : kept < 60 ? kept : 60;

        memcpy(damaged, bytes, kept);
        for (uint64_t n = co_random_below(&random, 4); n > 0 && range > 0; n--)
            damaged[co_random_below(&random, range)] = (unsigned char)co_random_u64(&random);
        if (co_zone_parse(&memory, CO_TEXT("damaged"), damaged, kept, &zone, NULL) != COHORT_OK) {
            ck_assert_ptr_null(zone);
            continue;
        }
        for (int k = 0; k < 50; k++) {
            const int64_t us = co_random_between(&random, CO_TIME_LEAST, CO_TIME_GREATEST);
            const int64_t day = co_day_of_us(us);

            (void)co_zone_instant(zone, us);
            ck_assert_int_le(co_zone_day_start(zone, day), co_zone_day_start(zone, day + 1));
        }
        co_zone_release(zone);
    }
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

/*
 * A file by hand: two types (UTC+1 and UTC+2), three transitions at 10,000,
 * 13,600 and 20,000 seconds to types 1, 0 and 1. Byte 44 is where the second head starts.
 */
static size_t make_file(unsigned char *bytes)
{
    static const unsigned char head[] = { 'T', 'Z', 'i', 'f', '2' };
    static const unsigned char times[] = { 0, 0, 0, 0, 0, 0, 0x27, 0x10, 0, 0, 0, 0, 0, 0, 0x35, 0x20,
                                           0, 0, 0, 0, 0, 0, 0x4e, 0x20 };
    static const unsigned char types[] = { 1, 0, 1, 0, 0, 0x0e, 0x10, 0, 0, 0, 0, 0x1c, 0x20, 1, 0 };
    static const char tail[] = "X\0\nAAA-2\n";
    size_t at = 88;

    memset(bytes, 0, at);
    memcpy(bytes, head, sizeof head);
    memcpy(bytes + 44, head, sizeof head);
    bytes[44 + 35] = 3;         /* transitions */
    bytes[44 + 39] = 2;         /* types */
    bytes[44 + 43] = 2;         /* bytes of names */
    memcpy(bytes + at, times, sizeof times);
    memcpy(bytes + at + sizeof times, types, sizeof types);
    at += sizeof times + sizeof types;
    memcpy(bytes + at, tail, sizeof tail - 1);
    return at + sizeof tail - 1;
}

START_TEST(a_file_made_by_hand_is_read)
{
    unsigned char bytes[256];
    const size_t length = make_file(bytes);
    const co_zone *zone = NULL;

    ck_assert_int_eq(co_zone_parse(&memory, CO_TEXT("hand"), bytes, length, &zone, NULL), COHORT_OK);
    ck_assert_int_eq(co_zone_offset_us(zone, 9999 * CO_SECOND_US, NULL), CO_HOUR_US);
    ck_assert_int_eq(co_zone_offset_us(zone, 10000 * CO_SECOND_US, NULL), 2 * CO_HOUR_US);
    ck_assert_int_eq(co_zone_offset_us(zone, 13600 * CO_SECOND_US, NULL), CO_HOUR_US);
    ck_assert_int_eq(co_zone_offset_us(zone, CO_TIME_GREATEST, NULL), 2 * CO_HOUR_US);
    /* Local 23,700 is in the gap of the third transition, though not of the first span's. */
    ck_assert_int_eq(co_zone_instant(zone, 23700 * CO_SECOND_US), 20100 * CO_SECOND_US);
    /* Local 17,300 occurs twice. */
    ck_assert_int_eq(co_zone_instant(zone, 17300 * CO_SECOND_US), 13700 * CO_SECOND_US);
    co_zone_release(zone);
    for (size_t cut = 0; cut < length; cut++)
        ck_assert_int_eq(co_zone_parse(&memory, CO_TEXT("hand"), bytes, cut, &zone, NULL), COHORT_CORRUPT);
    ck_assert_ptr_null(zone);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

/* One byte of that file changed, and what is then wrong. */
static const struct {
    size_t at;
    unsigned char byte;
    const char *fault;
} damages[] = {
    { 0, 'X', "is no time zone file" },
    { 44, 'X', "is cut short" },
    { 44 + 31, 1, "counts leap seconds" },
    { 44 + 39, 0, "has no types of time" },
    { 44 + 38, 2, "has no types of time, or too many" },
    { 44 + 32, 255, "is cut short" },
    { 88 + 14, 0x10, "not in order" },
    { 88 + 24, 2, "names a type that it does not hold" },
    { 88 + 27, 0x7f, "an offset of more than 26 hours" },
    { 88 + 41, 'X', "has no footer" },
    { 88 + 42, '1', "a footer that is no rule" },
};

START_TEST(each_damage_is_named)
{
    unsigned char bytes[256];
    const size_t length = make_file(bytes);
    cohort_error error = COHORT_ERROR_INIT;
    const co_zone *zone = NULL;

    bytes[damages[_i].at] = damages[_i].byte;
    ck_assert_int_eq(co_zone_parse(&memory, CO_TEXT("hand"), bytes, length, &zone, &error), COHORT_CORRUPT);
    ck_assert_msg(strstr(error.text, damages[_i].fault) != NULL, "%s", error.text);
    ck_assert_ptr_null(zone);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

START_TEST(refused_memory_leaves_nothing_behind)
{
    static unsigned char bytes[LARGEST_FILE];
    const size_t length = read_zone_file("Europe/Berlin", bytes);

    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        const co_zone *zone = NULL;
        const co_zone *other = NULL;

        co_memory_init(&memory, &allocator, 0);
        (void)co_zone_fixed(&memory, CO_TEXT("+02:00"), &zone, NULL);
        if (length > 0)
            (void)co_zone_parse(&memory, CO_TEXT("Europe/Berlin"), bytes, length, &other, NULL);
        co_zone_release(zone);
        co_zone_release(other);
        ck_assert(co_failing_is_clean(&state));
        if (state.n_refused == 0)
            break;
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("base/zone");
    TCase *zones = tcase_create("zones");

    tcase_add_checked_fixture(zones, set_up, NULL);
    tcase_add_loop_test(zones, offsets_agree_with_the_c_library, 0, ROWS(names));
    tcase_add_loop_test(zones, local_times_around_every_transition_agree_with_a_search, 0, ROWS(names));
    tcase_add_loop_test(zones, known_local_times_are_the_right_instants, 0, ROWS(known));
    tcase_add_test(zones, intervals_move_the_local_calendar);
    tcase_add_loop_test(zones, fixed_offsets_need_no_file, 0, ROWS(fixed));
    tcase_add_loop_test(zones, names_that_lead_out_of_zoneinfo_are_refused, 0, ROWS(paths));
    tcase_add_loop_test(zones, rules_are_read_or_refused, 0, ROWS(rules));
    tcase_add_loop_test(zones, rules_agree_with_the_c_library, 0, ROWS(rules));
    tcase_add_test(zones, a_julian_day_never_counts_29_february);
    tcase_add_test(zones, summer_time_can_last_all_year);
    tcase_add_loop_test(zones, damaged_files_never_do_harm, 0, 8);
    tcase_add_test(zones, a_file_made_by_hand_is_read);
    tcase_add_loop_test(zones, each_damage_is_named, 0, ROWS(damages));
    tcase_add_test(zones, refused_memory_leaves_nothing_behind);
    suite_add_tcase(suite, zones);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

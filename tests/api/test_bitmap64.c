/*
 * The public bitmap of 64-bit keys: what differs from rows, what is refused, and the
 * bytes: made by hand from the format's text, damaged, and exchanged with CRoaring.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handles.h"
#include "cohort/bitmap64.h"
#include "support/check_main.h"
#include "support/keys.h"
#include "support/must.h"
#include "support/random.h"

#ifdef CO_TEST_WITH_ROARING64
#include "support/roaring64.h"
#endif

#define HIGH(part) ((uint64_t)(part) << 32)

static const uint64_t some[] = { 1, HIGH(1) - 1, HIGH(1), HIGH(7) + 65536, UINT64_MAX };
enum { N_SOME = sizeof some / sizeof *some };

static cohort_bitmap64 *bitmap_of(const uint64_t *keys, size_t n)
{
    cohort_bitmap64 *bitmap;

    ck_assert_int_eq(cohort_bitmap64_new(NULL, &bitmap, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap64_add_keys(bitmap, keys, n, NULL), COHORT_OK);
    return bitmap;
}

static void assert_keys(const cohort_bitmap64 *bitmap, const uint64_t *keys, size_t n)
{
    uint64_t found[16];

    must(co_bitmap64_validate(&bitmap->rows) == NULL);
    ck_assert_uint_eq(cohort_bitmap64_count(bitmap), n);
    ck_assert_uint_eq(cohort_bitmap64_keys(bitmap, 0, found, 16), n);
    ck_assert_mem_eq(found, keys, n * sizeof *keys);
}

START_TEST(ranges_include_both_ends_up_to_the_greatest_key)
{
    static const uint64_t left[] = { 1, HIGH(1) - 1, UINT64_MAX };
    cohort_bitmap64 *a = bitmap_of(some, N_SOME);
    cohort_bitmap64 *b;

    ck_assert_uint_eq(cohort_bitmap64_count_between(a, 0, UINT64_MAX), N_SOME);
    ck_assert_uint_eq(cohort_bitmap64_count_between(a, HIGH(1) - 1, HIGH(1)), 2);
    ck_assert_uint_eq(cohort_bitmap64_count_between(a, 2, 1), 0);
    ck_assert(cohort_bitmap64_contains_between(a, HIGH(1) - 1, HIGH(1)));
    ck_assert(!cohort_bitmap64_contains_between(a, HIGH(1) - 1, HIGH(1) + 1));
    ck_assert(!cohort_bitmap64_contains_between(a, 0, UINT64_MAX));
    ck_assert(cohort_bitmap64_contains_between(a, UINT64_MAX, UINT64_MAX));
    ck_assert(cohort_bitmap64_contains_between(a, 2, 1) && !cohort_bitmap64_contains_between(NULL, 2, 1));
    ck_assert_int_eq(cohort_bitmap64_remove_between(a, HIGH(1), UINT64_MAX - 1, NULL), COHORT_OK);
    assert_keys(a, left, 3);
    ck_assert_int_eq(cohort_bitmap64_flip_between(a, 0, HIGH(2) - 1, &b, NULL), COHORT_OK);
    ck_assert_uint_eq(cohort_bitmap64_count(b), HIGH(2) - 2 + 1);
    ck_assert(cohort_bitmap64_contains_between(b, HIGH(1), HIGH(2) - 1));
    ck_assert_int_eq(cohort_bitmap64_remove_between(b, 0, UINT64_MAX, NULL), COHORT_OK);
    ck_assert(cohort_bitmap64_is_empty(b));
    cohort_bitmap64_free(a);
    cohort_bitmap64_free(b);
}
END_TEST

START_TEST(ranges_of_too_many_parts_and_falling_ones_are_refused)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_bitmap64 *a = bitmap_of(some, N_SOME);
    cohort_bitmap64 *b = a;

    ck_assert_int_eq(cohort_bitmap64_add_between(a, 0, UINT64_MAX, &error), COHORT_LIMIT);
    ck_assert_str_eq(error.text, "a range of more than 1023 times 2^32 keys");
    ck_assert_int_eq(cohort_bitmap64_flip_between_into(a, 5, HIGH(1024), &error), COHORT_LIMIT);
    ck_assert_int_eq(cohort_bitmap64_flip_between(a, 5, HIGH(1024), &b, &error), COHORT_LIMIT);
    ck_assert_ptr_null(b);
    ck_assert_int_eq(cohort_bitmap64_add_between(a, 2, 1, &error), COHORT_INVALID);
    ck_assert_str_eq(error.text, "the least key, 2, is above the greatest, 1");
    ck_assert_int_eq(cohort_bitmap64_remove_between(a, 2, 1, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap64_flip_between(a, 2, 1, &b, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap64_add_between(NULL, 1, 2, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap64_add_keys(a, NULL, 1, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap64_and_into(a, NULL, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap64_at_least(NULL, 1, 1, &b, &error), COHORT_INVALID);
    assert_keys(a, some, N_SOME);
    cohort_bitmap64_free(a);
}
END_TEST

START_TEST(keys_shifted_out_at_either_end_are_left_out)
{
    static const struct {
        int64_t by;
        uint64_t keys[N_SOME];
        size_t n;
    } shifts[] = {
        { 1, { 2, HIGH(1), HIGH(1) + 1, HIGH(7) + 65537 }, 4 },
        { -2, { HIGH(1) - 3, HIGH(1) - 2, HIGH(7) + 65534, UINT64_MAX - 2 }, 4 },
        { -(INT64_C(1) << 32), { 0, HIGH(6) + 65536, UINT64_MAX - HIGH(1) }, 3 },
        { INT64_MAX, { HIGH(0x80000000), HIGH(0x80000001) - 2, HIGH(0x80000001) - 1, HIGH(0x80000007) + 65535 }, 4 },
        { INT64_MIN, { INT64_MAX }, 1 },
    };

    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        cohort_bitmap64 *a = bitmap_of(some, N_SOME);
        cohort_bitmap64 *b;

        ck_assert_int_eq(cohort_bitmap64_shift(a, shifts[i].by, &b, NULL), COHORT_OK);
        assert_keys(b, shifts[i].keys, shifts[i].n);
        cohort_bitmap64_free(a);
        cohort_bitmap64_free(b);
    }
}
END_TEST

START_TEST(random_keys_of_many_parts_are_sorted_first)
{
    enum { N = 20000 };
    co_random random = co_random_of(5);
    uint64_t *keys = malloc(N * sizeof *keys);

    for (size_t i = 0; i < N; i++)
        keys[i] = i % 10 == 0 && i > 0 ? keys[i - 1] : co_random_u64(&random);
    co_keys model = co_keys_of(keys, N);
    cohort_bitmap64 *a = bitmap_of(keys, N);

    must(co_bitmap64_validate(&a->rows) == NULL && cohort_bitmap64_count(a) == model.n);
    for (size_t i = 0; i < model.n; i++)
        must(cohort_bitmap64_contains(a, model.at[i]));
    ck_assert_int_eq(cohort_bitmap64_remove_keys(a, keys, N, NULL), COHORT_OK);
    ck_assert(cohort_bitmap64_is_empty(a));
    cohort_bitmap64_free(a);
    co_keys_free(&model);
    free(keys);
}
END_TEST

START_TEST(a_cursor_goes_to_either_end)
{
    cohort_bitmap64 *a = bitmap_of(some, N_SOME);
    cohort_cursor64 cursor;
    uint64_t key = 3;

    cohort_cursor64_start(&cursor, a);
    cohort_cursor64_end(&cursor);
    ck_assert(!cohort_cursor64_next(&cursor, &key));
    for (unsigned i = N_SOME; i-- > 0;)
        ck_assert(cohort_cursor64_previous(&cursor, &key) && key == some[i]);
    ck_assert(!cohort_cursor64_previous(&cursor, &key));
    for (unsigned i = 0; i < N_SOME; i++)
        ck_assert(cohort_cursor64_next(&cursor, &key) && key == some[i]);
    cohort_cursor64_seek(&cursor, UINT64_MAX);
    ck_assert(cohort_cursor64_next(&cursor, &key) && key == UINT64_MAX);
    cohort_cursor64_start(&cursor, NULL);
    cohort_cursor64_end(&cursor);
    ck_assert(!cohort_cursor64_previous(&cursor, &key) && !cohort_cursor64_next(&cursor, NULL));
    cohort_cursor64_end(NULL);
    cohort_bitmap64_free(a);
    cohort_bitmap64_free(NULL);
    ck_assert_uint_eq(cohort_bitmap64_written_bytes(NULL), 0);
    ck_assert(cohort_bitmap64_is_empty(NULL) && cohort_bitmap64_count_between(NULL, 0, 9) == 0);
}
END_TEST

/* ---- bytes ---- */

static size_t bytes_of(const char *hex, uint8_t *bytes)
{
    size_t n = 0;

    for (; *hex != 0; hex++) {
        unsigned byte;

        if (*hex == ' ')
            continue;
        must(sscanf(hex, "%2x", &byte) == 1);
        bytes[n++] = (uint8_t)byte;
        hex++;
    }
    return n;
}

/* Two parts, 0 and 7: slots 1 and 5 of tile 0; rows 65536 to 65545 as one run. */
#define PART_0 "00000000" "3a300000 01000000" "0000 0100" "10000000" "0100 0500"
#define PART_7 "07000000" "3b300000" "01" "0100 0900" "0100" "0000 0900"

START_TEST(bytes_are_as_the_format_says)
{
    static const uint64_t lowest[] = { 1, 5 };
    uint8_t wanted[80];
    uint8_t written[80];
    const size_t n = bytes_of("0200000000000000" PART_0 PART_7, wanted);
    cohort_bitmap64 *a = bitmap_of(lowest, 2);
    cohort_bitmap64 *b;
    cohort_bitmap64 *view;

    ck_assert_int_eq(cohort_bitmap64_add_between(a, HIGH(7) + 65536, HIGH(7) + 65545, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap64_optimise(a, NULL), COHORT_OK);
    ck_assert_uint_eq(cohort_bitmap64_written_bytes(a), n);
    ck_assert_int_eq(cohort_bitmap64_write(a, written, n - 1, NULL), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap64_write(a, written, n, NULL), COHORT_OK);
    ck_assert_mem_eq(written, wanted, n);
    ck_assert_int_eq(cohort_bitmap64_read(NULL, wanted, n, NULL, &b, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap64_view(NULL, wanted, n, NULL, &view, NULL), COHORT_OK);
    ck_assert(cohort_bitmap64_equal(a, b) && cohort_bitmap64_equal(a, view));
    ck_assert_int_eq(cohort_bitmap64_add(view, 1, NULL), COHORT_READ_ONLY);
    cohort_bitmap64_free(a);
    cohort_bitmap64_free(b);
    cohort_bitmap64_free(view);
}
END_TEST

START_TEST(parts_without_keys_are_passed_over)
{
    uint8_t bytes[80];
    const size_t n = bytes_of("0300000000000000" "00000000 3a300000 00000000" PART_7 "08000000 3a300000 00000000", bytes);
    cohort_bitmap64 *a;

    ck_assert_int_eq(cohort_bitmap64_read(NULL, bytes, n, NULL, &a, NULL), COHORT_OK);
    must(co_bitmap64_validate(&a->rows) == NULL);
    ck_assert_uint_eq(cohort_bitmap64_count(a), 10);
    cohort_bitmap64_free(a);
}
END_TEST

static const struct {
    const char *hex;
    uint64_t position;
    const char *text;
} damages[] = {
    { "", 0, "roaring bitmap of 64 bits: ends within the number of parts" },
    { "01000000", 0, "roaring bitmap of 64 bits: ends within the number of parts" },
    { "0100000000000000", 8, "roaring bitmap of 64 bits: says it has more parts than there are bytes for" },
    { "ffffffffffffffff" PART_0, 8, "roaring bitmap of 64 bits: says it has more parts than there are bytes for" },
    { "0200000000000000" PART_0, 32, "roaring bitmap of 64 bits: ends within the head of a part" },
    { "0200000000000000" PART_7 PART_0, 31, "roaring bitmap of 64 bits: high halves of parts do not rise" },
    { "0200000000000000" PART_7 PART_7, 31, "roaring bitmap of 64 bits: high halves of parts do not rise" },
    { "0100000000000000 00000000 3a300000 01000000 0000 0100 11000000 0100 0500", 28,
      "roaring bitmap: an offset does not point at its tile" },
    { "0100000000000000" PART_0 "00", 32, "roaring bitmap of 64 bits: 1 bytes follow its end" },
};

START_TEST(damaged_bytes_are_refused_with_place_and_reason)
{
    cohort_error error = COHORT_ERROR_INIT;
    uint8_t bytes[120];
    const size_t n = bytes_of(damages[_i].hex, bytes);
    cohort_bitmap64 *a;

    ck_assert_int_eq(cohort_bitmap64_read(NULL, bytes, n, NULL, &a, &error), COHORT_CORRUPT);
    ck_assert_ptr_null(a);
    ck_assert_str_eq(error.text, damages[_i].text);
    ck_assert_uint_eq(error.position, damages[_i].position);
    ck_assert_int_eq(cohort_bitmap64_view(NULL, bytes, n, NULL, &a, &error), COHORT_CORRUPT);
    ck_assert_str_eq(error.text, damages[_i].text);
    ck_assert_int_eq(cohort_bitmap64_view(NULL, NULL, 1, NULL, &a, NULL), COHORT_INVALID);
}
END_TEST

#ifdef CO_TEST_WITH_ROARING64
START_TEST(bytes_are_exchanged_with_croaring)
{
    enum { N = 30000, ROOM = 1 << 20 };
    co_random random = co_random_of(9 + (uint64_t)_i);
    uint64_t *keys = malloc(N * sizeof *keys);
    uint64_t *found = malloc(N * sizeof *found);
    char *theirs = malloc(ROOM);
    char *ours = malloc(ROOM);
    cohort_bitmap64 *a;

    for (size_t i = 0; i < N; i++)
        keys[i] = HIGH(co_random_below(&random, 5) * 1000000007 % 4294967296)
                | (i % 2 ? co_random_below(&random, 9000000) : i);
    co_keys model = co_keys_of(keys, N);
    const size_t n_theirs = co_roaring64_write(keys, N, _i == 1, theirs, ROOM);

    ck_assert_uint_gt(n_theirs, 0);
    ck_assert_int_eq(cohort_bitmap64_read(NULL, theirs, n_theirs, NULL, &a, NULL), COHORT_OK);
    ck_assert_uint_eq(cohort_bitmap64_keys(a, 0, found, N), model.n);
    ck_assert_mem_eq(found, model.at, model.n * sizeof *found);
    cohort_bitmap64_free(a);

    a = bitmap_of(keys, N);
    if (_i == 1)
        ck_assert_int_eq(cohort_bitmap64_optimise(a, NULL), COHORT_OK);
    ck_assert_uint_eq(cohort_bitmap64_written_bytes(a), n_theirs);
    ck_assert_int_eq(cohort_bitmap64_write(a, ours, ROOM, NULL), COHORT_OK);
    ck_assert_mem_eq(ours, theirs, n_theirs);
    ck_assert_uint_eq(co_roaring64_read(ours, found, N), model.n);
    ck_assert_mem_eq(found, model.at, model.n * sizeof *found);
    cohort_bitmap64_free(a);
    co_keys_free(&model);
    free(keys);
    free(found);
    free(theirs);
    free(ours);
}
END_TEST
#endif

static Suite *make_suite(void)
{
    Suite *suite = suite_create("api bitmap of 64 bits");
    TCase *tests = tcase_create("all");

    tcase_add_test(tests, ranges_include_both_ends_up_to_the_greatest_key);
    tcase_add_test(tests, ranges_of_too_many_parts_and_falling_ones_are_refused);
    tcase_add_test(tests, keys_shifted_out_at_either_end_are_left_out);
    tcase_add_test(tests, random_keys_of_many_parts_are_sorted_first);
    tcase_add_test(tests, a_cursor_goes_to_either_end);
    tcase_add_test(tests, bytes_are_as_the_format_says);
    tcase_add_test(tests, parts_without_keys_are_passed_over);
    tcase_add_loop_test(tests, damaged_bytes_are_refused_with_place_and_reason, 0, sizeof damages / sizeof *damages);
#ifdef CO_TEST_WITH_ROARING64
    tcase_add_loop_test(tests, bytes_are_exchanged_with_croaring, 0, 2);
#endif
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) { return co_run_suite(make_suite()); }

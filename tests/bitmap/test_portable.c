/*
 * Roaring's portable layout: the conformance files, damage of every kind, and
 * CRoaring as the second reader and writer where it is installed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "bitmap/bitmap64.h"
#include "support/check_main.h"
#include "support/fingerprint.h"
#include "support/flags.h"
#include "support/must.h"
#include "support/random.h"

#ifdef CO_TEST_WITH_ROARING
#include <roaring/roaring.h>
#endif

typedef struct bytes {
    unsigned char *at;
    size_t length;
} bytes;

static bytes write_out(const co_bitmap *set)
{
    const size_t length = co_bitmap_portable_bytes(set);
    const bytes written = { malloc(length), length };

    co_bitmap_write_portable(set, written.at);
    return written;
}

/* A whole file of the test data, at NULL if it is not there. */
static bytes read_file(const char *name)
{
    const char *folder = getenv("COHORT_TEST_DATA");
    char path[4096];
    bytes read = { NULL, 0 };

    snprintf(path, sizeof path, "%s/roaring_format/%s", folder == NULL ? "" : folder, name);
    FILE *file = folder == NULL ? NULL : fopen(path, "rb");

    if (file == NULL) {
        printf("skipped: no %s in the folder that COHORT_TEST_DATA names\n", name);
        return read;
    }
    read.at = malloc(1 << 20);
    read.length = fread(read.at, 1, 1 << 20, file);
    fclose(file);
    return read;
}

/* ---- conformance ---- */

static void add_conformance_rows(co_bitmap *set)
{
    for (uint32_t i = 0; i < 100000; i += 1000)
        must(co_bitmap_add(set, i, NULL) == COHORT_OK);
    for (uint32_t i = 100000; i < 200000; i++)
        must(co_bitmap_add(set, 3 * i, NULL) == COHORT_OK);
    for (uint32_t i = 700000; i < 800000; i++)
        must(co_bitmap_add(set, i, NULL) == COHORT_OK);
}

START_TEST(the_conformance_files_are_written_byte_for_byte)
{
    static const char *const names[] = { "bitmapwithoutruns.bin", "bitmapwithruns.bin" };
    const bytes file = read_file(names[_i]);
    co_memory memory;
    co_bitmap made;
    co_bitmap read;
    size_t used = 0;

    co_memory_init(&memory, NULL, 0);
    co_bitmap_init(&made, &memory);
    co_bitmap_init(&read, &memory);
    add_conformance_rows(&made);
    if (_i == 1)
        must(co_bitmap_optimise(&made) == COHORT_OK);
    const bytes written = write_out(&made);

    must(co_bitmap_read_portable(written.at, written.length, &read, &used, NULL) == COHORT_OK);
    must(used == written.length && co_bitmap_equal(&made, &read));
    if (file.at != NULL) {
        const bytes again = { malloc(file.length), file.length };

        must(file.length == written.length);
        must(memcmp(file.at, written.at, file.length) == 0);
        must(co_bitmap_read_portable(file.at, file.length, &read, &used, NULL) == COHORT_OK);
        must(used == file.length && co_bitmap_equal(&made, &read));
        co_bitmap_write_portable(&read, again.at);
        must(memcmp(file.at, again.at, file.length) == 0);
        free(again.at);
    }
    free(file.at);
    free(written.at);
    co_bitmap_clear(&made);
    co_bitmap_clear(&read);
}
END_TEST

/* ---- the same bytes on every machine ---- */

static void assert_fingerprint(void *bytes, size_t length, uint64_t wanted)
{
    const uint64_t found = co_fingerprint(CO_FINGERPRINT_OF_NOTHING, bytes, length);

    free(bytes);
    ck_assert_msg(found == wanted, "the bytes are those of 0x%016llx", (unsigned long long)found);
}

START_TEST(bytes_are_the_same_on_every_machine)
{
    static const uint8_t wanted[] = {
        0x3a, 0x30, 0, 0, 2, 0, 0, 0,       /* no runs, two tiles */
        0, 0, 2, 0, 2, 1, 0, 0,             /* tile 0 of 3 rows, tile 258 of 1 */
        24, 0, 0, 0, 30, 0, 0, 0,           /* where they begin */
        1, 0, 2, 1, 0xff, 0xff, 4, 3,
    };
    static const uint32_t rows[] = { 1, 0x0102, 0xffff, 0x01020304 };
    co_memory memory;
    co_bitmap set;
    co_bitmap64 wide;

    co_memory_init(&memory, NULL, 0);
    co_bitmap_init(&set, &memory);
    must(co_bitmap_add_rows(&set, rows, 4) == COHORT_OK);
    const bytes small = write_out(&set);

    ck_assert_uint_eq(small.length, sizeof wanted);
    ck_assert_mem_eq(small.at, wanted, sizeof wanted);
    free(small.at);

    add_conformance_rows(&set);
    const bytes without_runs = write_out(&set);

    must(co_bitmap_optimise(&set) == COHORT_OK);
    const bytes with_runs = write_out(&set);

    co_bitmap_clear(&set);
    co_bitmap64_init(&wide, &memory);
    for (uint64_t key = 1; key < UINT64_MAX / 3; key *= 3)
        must(co_bitmap64_add(&wide, key, NULL) == COHORT_OK);
    must(co_bitmap64_add_between(&wide, UINT64_C(0x0102030405060708), UINT64_C(0x0102030405071234)) == COHORT_OK);

    const size_t length = co_bitmap64_portable_bytes(&wide);
    void *const of_64_bits = malloc(length);

    co_bitmap64_write_portable(&wide, of_64_bits);
    co_bitmap64_clear(&wide);
    assert_fingerprint(without_runs.at, without_runs.length, UINT64_C(0xe7a76812a20b1188));
    assert_fingerprint(with_runs.at, with_runs.length, UINT64_C(0x38150f10adfa2750));
    assert_fingerprint(of_64_bits, length, UINT64_C(0x678cf2a4994fe073));
}
END_TEST

/* ---- damage ---- */

typedef struct damage {
    const char *hex;
    uint64_t position;
    const char *text;
} damage;

static const damage damages[] = {
    { "", 0, "roaring bitmap: ends within its cookie" },
    { "3a3000", 0, "roaring bitmap: ends within its cookie" },
    { "3a300000", 4, "roaring bitmap: ends within its head" },
    { "00000000", 4, "roaring bitmap: begins with neither of the two cookies, 12346 and 12347" },
    { "3a300100 00000000", 4, "roaring bitmap: begins with neither of the two cookies, 12346 and 12347" },
    { "3a300000 01000100", 8, "roaring bitmap: says it has more than 65536 tiles" },
    { "3a300000 ffffffff", 8, "roaring bitmap: says it has more than 65536 tiles" },
    { "3a300000 01000000 0000", 8, "roaring bitmap: ends within its head" },
    { "3a300000 01000000 00000000 100000", 12, "roaring bitmap: ends within its head" },
    { "3a300000 01000000 00000000 11000000 0500", 16, "roaring bitmap: an offset does not point at its tile" },
    { "3a300000 01000000 00000100 10000000 0500", 16, "roaring bitmap: ends within a list of slots" },
    { "3a300000 01000000 00000100 10000000 05000500", 20, "roaring bitmap: slots of a tile do not rise" },
    { "3a300000 01000000 00000100 10000000 05000400", 20, "roaring bitmap: slots of a tile do not rise" },
    { "3a300000 02000000 05000000 05000000 18000000 1a000000 0100 0100", 26,
      "roaring bitmap: numbers of tiles do not rise" },
    { "3a300000 01000000 0000ffff 10000000 0500", 16, "roaring bitmap: ends within the bits of a tile" },
    { "3b300000", 4, "roaring bitmap: ends within its head" },
    { "3b300000 01 00000000", 9, "roaring bitmap: ends within the runs of a tile" },
    { "3b300000 01 00000000 0100 0000", 11, "roaring bitmap: ends within the runs of a tile" },
    { "3b300000 01 00000000 0000", 11, "roaring bitmap: a tile has no runs" },
    { "3b300000 01 00000500 0200 0000 0200 0300 0200", 19, "roaring bitmap: runs of a tile overlap, touch or do not rise" },
    { "3b300000 01 00000500 0200 0500 0200 0000 0200", 19, "roaring bitmap: runs of a tile overlap, touch or do not rise" },
    { "3b300000 01 00000500 0100 feff 0500", 15, "roaring bitmap: a run leaves its tile" },
    { "3b300000 01 00000600 0100 0000 0500", 15,
      "roaring bitmap: the runs of a tile hold more or fewer rows than it says" },
    { "3b300300 00 00000000 01000000 02000000 03000000 25000000 27000000 29000000 2c000000 0100 0100 0100 0100", 43,
      "roaring bitmap: an offset does not point at its tile" },
};
enum { N_DAMAGES = sizeof damages / sizeof damages[0] };

/* In a block of exactly their length. */
static bytes bytes_of_hex(const char *hex)
{
    bytes b = { malloc(strlen(hex) / 2 + 1), 0 };
    unsigned value;

    for (; *hex != 0; hex += *hex == ' ' ? 1 : 2) {
        if (*hex != ' ' && sscanf(hex, "%2x", &value) == 1)
            b.at[b.length++] = (unsigned char)value;
    }
    b.at = realloc(b.at, b.length + (b.length == 0));
    return b;
}

START_TEST(damage_is_refused_with_its_place_and_reason)
{
    const damage *damage = &damages[_i];
    const bytes b = bytes_of_hex(damage->hex);
    cohort_error error = COHORT_ERROR_INIT;
    co_memory memory;
    co_bitmap set;
    size_t used = 12345;

    co_memory_init(&memory, NULL, 0);
    co_bitmap_init(&set, &memory);
    ck_assert_int_eq(co_bitmap_read_portable(b.at, b.length, &set, &used, &error), COHORT_CORRUPT);
    ck_assert_str_eq(error.text, damage->text);
    ck_assert_uint_eq(error.position, damage->position);
    ck_assert_uint_eq(used, 12345);
    ck_assert_uint_eq(memory.used_bytes, 0);
    free(b.at);
}
END_TEST

START_TEST(sound_bytes_next_to_the_damaged_ones_are_read)
{
    static const char *const sound[] = {
        "3a300000 00000000",
        "3a300000 01000000 00000000 10000000 0500",
        "3b300000 00 00000000 0500",
        "3b300000 01 00000500 0200 0000 0200 0400 0200",
        "3b300000 01 0000ffff 0100 0000 ffff",
        "3b300300 00 00000000 01000000 02000000 03000000 25000000 27000000 29000000 2b000000 0100 0100 0100 0100",
    };
    const bytes b = bytes_of_hex(sound[_i]);
    co_memory memory;
    co_bitmap set;
    size_t used = 0;

    co_memory_init(&memory, NULL, 0);
    co_bitmap_init(&set, &memory);
    must(co_bitmap_read_portable(b.at, b.length, &set, &used, NULL) == COHORT_OK);
    must(used == b.length);
    must(co_bitmap_validate(&set) == NULL);
    co_bitmap_clear(&set);
    free(b.at);
}
END_TEST

static void fill(co_random *random, unsigned round, uint8_t *flags, co_bitmap *set)
{
    co_fill fills[CO_FLAG_TILES];

    for (unsigned t = 0; t < CO_FLAG_TILES; t++)
        fills[t] = (co_fill)((round + t * t) % CO_N_FILLS);
    co_flags_fill(random, fills, flags, set);
}

START_TEST(bytes_cut_anywhere_are_refused_and_more_bytes_are_left)
{
    co_random random = co_random_of((uint64_t)_i);
    uint8_t *flags = malloc(CO_FLAG_ROWS);
    co_memory memory;
    co_bitmap set;
    co_bitmap read;
    size_t used = 0;

    co_memory_init(&memory, NULL, 0);
    co_bitmap_init(&set, &memory);
    co_bitmap_init(&read, &memory);
    fill(&random, (unsigned)_i, flags, &set);
    const bytes whole = write_out(&set);

    for (size_t length = 0; length < whole.length; length += 1 + (length > 64) * (size_t)co_random_below(&random, 200)) {
        unsigned char *cut = malloc(length + (length == 0));

        memcpy(cut, whole.at, length);
        must(co_bitmap_read_portable(cut, length, &read, &used, NULL) == COHORT_CORRUPT);
        must(co_bitmap_is_empty(&read));
        free(cut);
    }
    unsigned char *longer = malloc(whole.length + 5);

    memcpy(longer, whole.at, whole.length);
    memset(longer + whole.length, 0xee, 5);
    must(co_bitmap_read_portable(longer, whole.length + 5, &read, &used, NULL) == COHORT_OK);
    must(used == whole.length);
    co_flags_compare(flags, &read);
    free(longer);
    free(whole.at);
    free(flags);
    co_bitmap_clear(&set);
    co_bitmap_clear(&read);
}
END_TEST

START_TEST(changed_bytes_are_refused_or_make_a_sound_bitmap)
{
    co_random random = co_random_of((uint64_t)_i);
    uint8_t *flags = malloc(CO_FLAG_ROWS);
    co_memory memory;
    co_bitmap set;
    co_bitmap read;
    size_t used;

    co_memory_init(&memory, NULL, 0);
    co_bitmap_init(&set, &memory);
    co_bitmap_init(&read, &memory);
    fill(&random, (unsigned)_i, flags, &set);
    const bytes whole = write_out(&set);

    for (unsigned round = 0; round < 500; round++) {
        const size_t near = round % 2 == 0 && whole.length > 80 ? 80 : whole.length;
        unsigned char *byte = &whole.at[co_random_below(&random, near)];
        const unsigned char before = *byte;

        *byte = (unsigned char)co_random_u64(&random);
        if (co_bitmap_read_portable(whole.at, whole.length, &read, &used, NULL) == COHORT_OK) {
            must(used <= whole.length);
            must(co_bitmap_validate(&read) == NULL);
        } else {
            must(co_bitmap_is_empty(&read));
        }
        *byte = before;
    }
    free(whole.at);
    free(flags);
    co_bitmap_clear(&set);
    co_bitmap_clear(&read);
    must(memory.used_bytes == 0);
}
END_TEST

START_TEST(more_runs_than_a_tile_keeps_are_read_in_another_form)
{
    enum { N_RUNS = 30000 };
    unsigned char *b = malloc(11 + 4 * N_RUNS);
    co_memory memory;
    co_bitmap set;
    size_t used = 0;

    co_memory_init(&memory, NULL, 0);
    co_bitmap_init(&set, &memory);
    for (size_t n = 2047; n <= N_RUNS; n += n < 2050 ? 1 : 9317) {
        co_store_u32(b, 12347);
        b[4] = 1;
        co_store_u16(b + 5, 3);
        co_store_u16(b + 7, (uint16_t)(n - 1));
        co_store_u16(b + 9, (uint16_t)n);
        for (size_t i = 0; i < n; i++) {
            co_store_u16(b + 11 + 4 * i, (uint16_t)(2 * i + 1));
            co_store_u16(b + 13 + 4 * i, 0);
        }
        must(co_bitmap_read_portable(b, 11 + 4 * n, &set, &used, NULL) == COHORT_OK);
        must(co_bitmap_validate(&set) == NULL);
        must(co_bitmap_count(&set) == n);
        must(co_bitmap_contains(&set, 3 * 65536 + 1) && !co_bitmap_contains(&set, 3 * 65536 + 2));
    }
    free(b);
    co_bitmap_clear(&set);
}
END_TEST

/* ---- CRoaring ---- */

#ifdef CO_TEST_WITH_ROARING

static void croaring_reads_ours(const co_bitmap *set)
{
    const bytes ours = write_out(set);
    const size_t n = (size_t)co_bitmap_count(set);
    uint32_t *our_rows = malloc((n + 1) * sizeof *our_rows);
    uint32_t *their_rows = malloc((n + 1) * sizeof *their_rows);
    roaring_bitmap_t *theirs = roaring_bitmap_portable_deserialize_safe((const char *)ours.at, ours.length);

    must(theirs != NULL);
    must(roaring_bitmap_get_cardinality(theirs) == n);
    roaring_bitmap_to_uint32_array(theirs, their_rows);
    must(co_bitmap_rows(set, 0, our_rows, n + 1) == n);
    must(memcmp(our_rows, their_rows, n * sizeof *our_rows) == 0);
    must(roaring_bitmap_portable_size_in_bytes(theirs) == ours.length);
    roaring_bitmap_free(theirs);
    free(our_rows);
    free(their_rows);
    free(ours.at);
}

static bytes write_theirs(const roaring_bitmap_t *theirs)
{
    const size_t length = roaring_bitmap_portable_size_in_bytes(theirs);
    const bytes written = { malloc(length), length };

    roaring_bitmap_portable_serialize(theirs, (char *)written.at);
    return written;
}

static void assert_written_as(const co_bitmap *set, bytes wanted)
{
    const bytes written = write_out(set);

    must(written.length == wanted.length && memcmp(written.at, wanted.at, wanted.length) == 0);
    free(written.at);
}

/* What CRoaring writes is read and written back the same, and gets runs where CRoaring puts them. */
static void we_read_theirs(const uint8_t *flags, co_bitmap *read)
{
    roaring_bitmap_t *theirs = roaring_bitmap_create();
    size_t used = 0;

    for (uint32_t i = 0; i < CO_FLAG_ROWS; i++) {
        if (flags[i])
            roaring_bitmap_add(theirs, co_flag_row(i));
    }
    const bytes plain = write_theirs(theirs);

    roaring_bitmap_run_optimize(theirs);
    const bytes with_runs = write_theirs(theirs);

    must(co_bitmap_read_portable(with_runs.at, with_runs.length, read, &used, NULL) == COHORT_OK);
    must(used == with_runs.length);
    co_flags_compare(flags, read);
    assert_written_as(read, with_runs);
    must(co_bitmap_read_portable(plain.at, plain.length, read, &used, NULL) == COHORT_OK);
    co_flags_compare(flags, read);
    assert_written_as(read, plain);
    must(co_bitmap_optimise(read) == COHORT_OK);
    assert_written_as(read, with_runs);
    roaring_bitmap_free(theirs);
    free(plain.at);
    free(with_runs.at);
}

/* Around two rows a run, where runs and slots cost about the same. */
START_TEST(few_rows_in_few_runs_take_the_form_that_croaring_gives_them)
{
    uint8_t *flags = calloc(CO_FLAG_ROWS, 1);
    const uint32_t n_runs = 1 + (uint32_t)_i / 5;
    const uint32_t n_rows = 2 * n_runs - 2 + (uint32_t)_i % 5;
    co_memory memory;
    co_bitmap read;
    uint32_t row = 0;

    co_memory_init(&memory, NULL, 0);
    co_bitmap_init(&read, &memory);
    for (uint32_t r = 0; r + 1 < n_runs; r++, row += 3)
        flags[row] = flags[row + 1] = 1;
    for (uint32_t i = 2 * (n_runs - 1); i < n_rows; i++)
        flags[row++] = 1;
    we_read_theirs(flags, &read);
    co_bitmap_clear(&read);
    free(flags);
}
END_TEST

START_TEST(croaring_and_we_read_each_other)
{
    co_random random = co_random_of((uint64_t)_i);
    uint8_t *flags = malloc(CO_FLAG_ROWS);
    co_memory memory;
    co_bitmap set;
    co_bitmap read;

    co_memory_init(&memory, NULL, 0);
    co_bitmap_init(&set, &memory);
    co_bitmap_init(&read, &memory);
    fill(&random, (unsigned)_i, flags, &set);
    croaring_reads_ours(&set);
    we_read_theirs(flags, &read);
    free(flags);
    co_bitmap_clear(&set);
    co_bitmap_clear(&read);
}
END_TEST

#endif

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bitmap portable");
    TCase *tests = tcase_create("all");

    tcase_add_test(tests, bytes_are_the_same_on_every_machine);
    tcase_add_loop_test(tests, the_conformance_files_are_written_byte_for_byte, 0, 2);
    tcase_add_loop_test(tests, damage_is_refused_with_its_place_and_reason, 0, N_DAMAGES);
    tcase_add_loop_test(tests, sound_bytes_next_to_the_damaged_ones_are_read, 0, 6);
    tcase_add_loop_test(tests, bytes_cut_anywhere_are_refused_and_more_bytes_are_left, 0, CO_N_FILLS);
    tcase_add_loop_test(tests, changed_bytes_are_refused_or_make_a_sound_bitmap, 0, CO_N_FILLS);
    tcase_add_test(tests, more_runs_than_a_tile_keeps_are_read_in_another_form);
#ifdef CO_TEST_WITH_ROARING
    tcase_add_loop_test(tests, croaring_and_we_read_each_other, 0, CO_N_FILLS);
    tcase_add_loop_test(tests, few_rows_in_few_runs_take_the_form_that_croaring_gives_them, 0, 50);
#else
    printf("skipped: built without CRoaring, nobody else reads what is written\n");
#endif
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) { return co_run_suite(make_suite()); }

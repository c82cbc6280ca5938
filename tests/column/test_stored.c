/* Columns into bytes and back; bytes that lie; memory that fails. */
#include <stdlib.h>

#include "column/layout.h"
#include "column/validate.h"
#include "kernel/bits.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/fingerprint.h"
#include "support/random.h"
#include "support/tile_cells.h"

/* A column in bytes, in a block of just their size so that a sanitizer sees every byte read past them. */
typedef struct stored {
    co_memory memory;
    co_dictionary *dictionary; /* NULL for shapes and keys that need none */
    co_tile_cells *from;
    uint8_t *bytes;
    size_t length;
} stored;

static void start(stored *stored, co_pattern pattern, co_missing missing, uint32_t n)
{
    const co_shape shape = co_pattern_shape(pattern);
    co_column *column;
    co_buffer buffer;

    co_memory_init(&stored->memory, NULL, 0);
    co_buffer_init(&buffer, &stored->memory, 0);
    stored->dictionary =
        shape == CO_SHAPE_STRINGS || shape == CO_SHAPE_SETS ? co_dictionary_new(&stored->memory) : NULL;
    stored->from = co_tile_cells_new(pattern, missing, n, (uint64_t)pattern + n);
    ck_assert_int_eq(co_column_new(&stored->memory, &stored->from->cells, stored->dictionary, &column, NULL),
                     COHORT_OK);
    co_column_write(column, &buffer);
    co_column_release(column);
    ck_assert_int_eq(buffer.status, COHORT_OK);
    stored->length = buffer.length;
    stored->bytes = malloc(buffer.length);
    memcpy(stored->bytes, buffer.bytes, buffer.length);
    co_buffer_clear(&buffer);
}

static void stop(stored *stored)
{
    free(stored->bytes);
    co_tile_cells_free(stored->from);
    co_dictionary_release(stored->dictionary);
    ck_assert_uint_eq(stored->memory.used_bytes, 0);
}

static cohort_status read_bytes(stored *stored, const uint8_t *bytes, size_t length, co_column **column,
                                cohort_error *error)
{
    co_reader in = co_reader_of(bytes, length);
    const cohort_status status = co_column_read(&stored->memory, &in, stored->from->cells.shape,
                                                stored->from->cells.n, stored->dictionary, column, error);

    if (status == COHORT_OK)
        ck_assert_uint_eq(co_reader_left(&in), 0);
    return status;
}

static void assert_same(const stored *stored, const co_column *column)
{
    co_memory memory;
    co_cells cells;

    co_memory_init(&memory, NULL, 0);

    co_cells_room *room = co_cells_room_new(&memory);

    ck_assert_int_eq(co_column_cells(column, room, &cells, NULL), COHORT_OK);
    co_assert_same_cells(&stored->from->cells, &cells);
    co_cells_room_free(room);
}

START_TEST(what_was_written_is_read)
{
    for (size_t i = 0; i < co_n_tile_lengths; i++)
        for (int missing = 0; missing < CO_N_MISSING; missing++) {
            stored stored;
            co_column *column;
            co_buffer again;

            start(&stored, (co_pattern)_i, (co_missing)missing, co_tile_lengths[i]);
            co_buffer_init(&again, &stored.memory, 0);
            ck_assert_int_eq(read_bytes(&stored, stored.bytes, stored.length, &column, NULL), COHORT_OK);
            assert_same(&stored, column);
            co_column_write(column, &again);
            ck_assert_uint_eq(again.length, stored.length);
            ck_assert(memcmp(again.bytes, stored.bytes, stored.length) == 0);
            co_buffer_clear(&again);
            co_column_release(column);
            stop(&stored);
        }
}
END_TEST

/* Of each pattern's bytes: 200 and 4,097 rows, none, some, most and all missing. */
static const uint64_t fingerprints[CO_N_PATTERNS] = {
    UINT64_C(0xb0f8591713d7081b), UINT64_C(0x28af0ca5baa6af68), UINT64_C(0x02cbeadf9413c477),
    UINT64_C(0xc913f97486c90a4c), UINT64_C(0x22ee596e3bfc14fc), UINT64_C(0xd28b44e528e82401),
    UINT64_C(0x283e9c18f9c69590), UINT64_C(0x640ac270d3c77573), UINT64_C(0x07fc8bf655a038f6),
    UINT64_C(0xb68e5f1c8d83f81c), UINT64_C(0x262c5c82a5e95a5b), UINT64_C(0x6879915c8b9a8ce3),
    UINT64_C(0x613c457eca6d0a60), UINT64_C(0x1a35a101a45f4441), UINT64_C(0xe342d2e38a57814c),
    UINT64_C(0xde1b9ad06f1d54f8), UINT64_C(0x13d0b11737585908), UINT64_C(0xefdd25306061db25),
    UINT64_C(0x5a21227c7487dbdc), UINT64_C(0xdfd15f27bfd9fd31),
};

START_TEST(bytes_are_the_same_on_every_machine)
{
    static const uint32_t lengths[] = { 200, 4097 };
    uint64_t found = CO_FINGERPRINT_OF_NOTHING;

    for (int i = 0; i < 2; i++)
        for (int missing = 0; missing < CO_N_MISSING; missing++) {
            stored stored;

            start(&stored, (co_pattern)_i, (co_missing)missing, lengths[i]);
            found = co_fingerprint(found, stored.bytes, stored.length);
            stop(&stored);
        }
    ck_assert_msg(found == fingerprints[_i], "the bytes are those of 0x%016llx", (unsigned long long)found);
}
END_TEST

START_TEST(a_column_of_numbers_is_these_bytes)
{
    static const int64_t numbers[] = { -3600, 0, 86400, 2000000 * INT64_C(1200) };
    static const uint8_t wanted[] = {
        1, 4, 3, 0, 0, 0,                               /* OFFSETS of 4 bytes, 3 values */
        0x0d, 0, 0, 0, 0, 0, 0, 0,                      /* of rows 0, 2 and 3 */
        0xf0, 0xf1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* least */
        0x00, 0x18, 0x0d, 0x8f, 0, 0, 0, 0,             /* greatest */
        0xb0, 0x04, 0, 0, 0, 0, 0, 0,                   /* unit */
        0, 0, 0, 0, 0, 0, 0, 0, 0x4b, 0, 0, 0, 0x83, 0x84, 0x1e, 0,
    };
    const uint64_t valid = 13;
    const co_cells cells = { .shape = CO_SHAPE_NUMBERS, .n = 4, .valid = &valid, .numbers = numbers };
    co_memory memory;
    co_column *column;
    co_buffer buffer;

    co_memory_init(&memory, NULL, 0);
    co_buffer_init(&buffer, &memory, 0);
    ck_assert_int_eq(co_column_new(&memory, &cells, NULL, &column, NULL), COHORT_OK);
    co_column_write(column, &buffer);
    ck_assert_uint_eq(buffer.length, sizeof wanted);
    ck_assert_mem_eq(buffer.bytes, wanted, sizeof wanted);
    co_buffer_clear(&buffer);
    co_column_release(column);
}
END_TEST

static void refuse(stored *stored, const uint8_t *bytes, size_t length)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_column *column;
    const cohort_status status = read_bytes(stored, bytes, length, &column, &error);

    if (status != COHORT_CORRUPT || column != NULL || strncmp(error.text, "column ", 7) != 0)
        ck_abort_msg("%zu bytes gave %d '%s'", length, (int)status, error.text);
}

/* Arrays of few and of many rows lie differently: looped over patterns, twice. */
START_TEST(bytes_cut_short_are_refused)
{
    stored stored;
    const bool many = _i >= CO_N_PATTERNS;

    start(&stored, (co_pattern)(_i % CO_N_PATTERNS), CO_MISSING_SOME, many ? 1100 : 200);
    for (size_t length = 0; length < stored.length; length += many ? 7 : 1) {
        uint8_t *cut = malloc(length == 0 ? 1 : length);

        memcpy(cut, stored.bytes, length);
        refuse(&stored, cut, length);
        free(cut);
    }
    stop(&stored);
}
END_TEST

/* Asks a column everything there is to ask. */
static void ask_everything(const co_column *column)
{
    uint64_t hits[CO_TILE_WORDS] = { 0 };
    const co_text some[] = { CO_TEXT(""), CO_TEXT("15838 Ltd") };
    const co_text_match match = { .equal = some, .n_equal = 2 };
    const int64_t values[] = { INT64_MIN, -7, 0, 1100, INT64_MAX };
    uint32_t codes[16], slot;

    switch (co_column_shape(column)) {
    case CO_SHAPE_NUMBERS:
        co_column_between(column, -1000, 1100, hits);
        co_column_among(column, values, 5, hits);
        break;
    case CO_SHAPE_STRINGS:
        co_column_match(column, &match, NULL, hits, &slot, NULL);
        break;
    case CO_SHAPE_SETS:
        co_column_holds(column, 1, hits);
        co_column_elements(column, co_column_length(column) - 1, codes, 16);
        break;
    case CO_SHAPE_POINTS:
        break;
    }
}

/* Changed bytes are refused or make another column that is in order. */
START_TEST(changed_bytes_never_make_a_column_that_is_not_in_order)
{
    for (int missing = 0; missing < CO_N_MISSING; missing++) {
        stored stored;
        co_random random = co_random_of((uint64_t)_i * 10 + (uint64_t)missing);
        const uint32_t n = _i >= CO_N_PATTERNS ? 1100 : 150;
        co_memory memory;
        co_cells cells;

        co_memory_init(&memory, NULL, 0);

        co_cells_room *room = co_cells_room_new(&memory);

        start(&stored, (co_pattern)(_i % CO_N_PATTERNS), (co_missing)missing, n);
        for (int i = 0; i < 3000; i++) {
            uint8_t *changed = malloc(stored.length);
            const size_t at =
                (size_t)co_random_below(&random, i % 2 == 0 && stored.length > 40 ? 40 : stored.length);
            co_reader in = co_reader_of(changed, stored.length);
            co_column *column;

            memcpy(changed, stored.bytes, stored.length);
            changed[at] ^= (uint8_t)(1u << co_random_below(&random, 8));
            if (co_random_chance(&random, 1, 3))
                changed[co_random_below(&random, stored.length)] = (uint8_t)co_random_u64(&random);
            if (co_column_read(&stored.memory, &in, stored.from->cells.shape, n, stored.dictionary, &column,
                               NULL) == COHORT_OK) {
                ck_assert_int_eq(co_column_validate(column, NULL), COHORT_OK);
                ck_assert_int_eq(co_column_cells(column, room, &cells, NULL), COHORT_OK);
                ask_everything(column);
                co_column_release(column);
            }
            free(changed);
        }
        co_cells_room_free(room);
        stop(&stored);
    }
}
END_TEST

/* What one byte does: where it is, what it becomes, what is said. */
static const struct {
    co_pattern pattern;
    size_t at;
    uint8_t becomes;
    const char *why;
} lies[] = {
    { CO_PATTERN_BYTES, 0, 9, "form" },
    { CO_PATTERN_BYTES, 0, CO_FORM_POINTS, "form" },
    { CO_PATTERN_BYTES, 1, 3, "form" },
    { CO_PATTERN_BYTES, 4, 9, "more values than rows" },
    { CO_PATTERN_BYTES, 2, 99, "ends inside" }, /* so that one row is missing */
    { CO_PATTERN_BYTES, 6, 0, "too narrow" },
    { CO_PATTERN_BYTES, 14, 0, "past the last one" },
    { CO_PATTERN_BYTES, 14 + 7, 0xff, "range" },
    { CO_PATTERN_BYTES, 22, 0, "unit of 0" },
    { CO_PATTERN_BYTES, 22, 254, "range" },
    { CO_PATTERN_BYTES, 30, 255, "past the last one" },
    { CO_PATTERN_RISING, 22, 6, "range" },
    { CO_PATTERN_ENDS, 22, 1, "range" },
    { CO_PATTERN_ENDS, 6 + 7, 0, "range" },
    { CO_PATTERN_ENDS, 30 + 15, 0xff, "missing" }, /* past the last row */
    { CO_PATTERN_CONSTANT, 0, CO_FORM_BITS, "ends inside" },
    { CO_PATTERN_FEW_TEXTS, 10, 3, "order" },
    { CO_PATTERN_FEW_TEXTS, 10 + 27, 1, "dictionary" },
    { CO_PATTERN_FEW_TEXTS, 38, 7, "past the last one" },
    { CO_PATTERN_OWN_TEXTS, 6, 1, "sum" },
    { CO_PATTERN_FEW_ELEMENTS, 10, 77, "order" },
    { CO_PATTERN_FEW_ELEMENTS, 30, 0, "" },
};

START_TEST(one_changed_byte_is_refused_with_a_reason)
{
    stored stored;
    cohort_error error = COHORT_ERROR_INIT;
    co_column *column;

    start(&stored, lies[_i].pattern, CO_MISSING_NONE, 100);
    stored.bytes[lies[_i].at] = lies[_i].becomes;
    if (read_bytes(&stored, stored.bytes, stored.length, &column, &error) != COHORT_CORRUPT ||
        strstr(error.text, lies[_i].why) == NULL)
        ck_abort_msg("'%s' instead of %s", error.text, lies[_i].why);
    stop(&stored);
}
END_TEST

/* Two rows of sets; slots are the last four bytes, of element "a" in rows 1 and 130 of 200. */
START_TEST(an_element_that_names_a_row_twice_is_refused)
{
    co_memory memory;
    co_buffer buffer;
    co_column *column;
    const co_text texts[] = { CO_TEXT("a"), CO_TEXT("a") };
    uint32_t ends[201];
    const co_cells cells = { .shape = CO_SHAPE_SETS, .n = 200, .texts = texts, .ends = ends };

    for (uint32_t i = 0; i <= 200; i++)
        ends[i] = (uint32_t)(i > 1) + (uint32_t)(i > 130);
    co_memory_init(&memory, NULL, 0);
    co_buffer_init(&buffer, &memory, 0);

    co_dictionary *dictionary = co_dictionary_new(&memory);

    ck_assert_int_eq(co_column_new(&memory, &cells, dictionary, &column, NULL), COHORT_OK);
    co_column_write(column, &buffer);
    co_column_release(column);

    /* form, width, n_valid, n_elements, code, count: 18 bytes, then the cardinalities agree with the lie. */
    uint8_t *bytes = (uint8_t *)buffer.bytes;
    co_reader in = co_reader_of(bytes, buffer.length);

    ck_assert_uint_eq(buffer.length, 18 + 200 + 4);
    ck_assert_uint_eq(bytes[18 + 200], 1);
    bytes[18 + 200 + 2] = 1;
    bytes[18 + 1] = 2;
    bytes[18 + 130] = 0;
    ck_assert_int_eq(co_column_read(&memory, &in, CO_SHAPE_SETS, 200, dictionary, &column, NULL),
                     COHORT_CORRUPT);
    co_buffer_clear(&buffer);
    co_dictionary_release(dictionary);
}
END_TEST

START_TEST(every_refused_allocation_is_reported_and_nothing_is_left)
{
    stored stored;

    start(&stored, (co_pattern)_i, CO_MISSING_SOME, 1000);
    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        const bool needs_dictionary = stored.dictionary != NULL;
        co_reader in = co_reader_of(stored.bytes, stored.length);
        co_column *made = NULL, *read = NULL;
        co_memory memory;
        co_cells cells;

        co_memory_init(&memory, &allocator, 0);

        co_dictionary *dictionary = needs_dictionary ? co_dictionary_new(&memory) : NULL;
        co_cells_room *room = co_cells_room_new(&memory);
        cohort_status status =
            room == NULL || (needs_dictionary && dictionary == NULL) ? COHORT_MEMORY : COHORT_OK;

        if (status == COHORT_OK)
            status = co_column_new(&memory, &stored.from->cells, dictionary, &made, NULL);
        if (status == COHORT_OK)
            status = co_column_read(&memory, &in, stored.from->cells.shape, 1000, dictionary, &read, NULL);
        if (status == COHORT_OK)
            status = co_column_cells(read, room, &cells, NULL);
        if (status == COHORT_OK) {
            co_assert_same_cells(&stored.from->cells, &cells);
            ask_everything(read);
        }
        ck_assert(status == COHORT_OK || (status == COHORT_MEMORY && state.n_refused > 0));
        co_column_release(made);
        co_column_release(read);
        co_cells_room_free(room);
        co_dictionary_release(dictionary);
        ck_assert(co_failing_is_clean(&state));
        if (state.n_requests < n)
            break;
    }
    stop(&stored);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("column bytes");
    TCase *tests = tcase_create("bytes");

    tcase_add_loop_test(tests, what_was_written_is_read, 0, CO_N_PATTERNS);
    tcase_add_loop_test(tests, bytes_are_the_same_on_every_machine, 0, CO_N_PATTERNS);
    tcase_add_test(tests, a_column_of_numbers_is_these_bytes);
    tcase_add_loop_test(tests, bytes_cut_short_are_refused, 0, 2 * CO_N_PATTERNS);
    tcase_add_loop_test(tests, changed_bytes_never_make_a_column_that_is_not_in_order, 0, 2 * CO_N_PATTERNS);
    tcase_add_loop_test(tests, one_changed_byte_is_refused_with_a_reason, 0, sizeof lies / sizeof *lies);
    tcase_add_test(tests, an_element_that_names_a_row_twice_is_refused);
    tcase_add_loop_test(tests, every_refused_allocation_is_reported_and_nothing_is_left, 0, CO_N_PATTERNS);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

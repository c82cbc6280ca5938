/* Dictionaries: codes in order of first use, for ever, also while others read. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "column/dictionary.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/random.h"

#define N_MANY 100000u

/* Text number i: of every length from 0 on, now and then longer than a block. */
static co_text text_of(uint32_t i, char bytes[70000])
{
    const size_t pad = i % 1000 == 999 ? 66000 : i % 50 == 49 ? 400 : i % 7;
    int length = i == 0 ? 0 : snprintf(bytes, 16, "%u", i);

    memset(bytes + length, '-', i == 0 ? 0 : pad);
    return (co_text){ bytes, i == 0 ? 0 : (size_t)length + pad };
}

START_TEST(codes_count_up_in_order_of_first_use)
{
    static char bytes[70000];
    co_memory memory;

    co_memory_init(&memory, NULL, 0);

    co_dictionary *dictionary = co_dictionary_new(&memory);

    ck_assert_uint_eq(co_dictionary_find(dictionary, CO_TEXT("1")), CO_NO_CODE);
    for (uint32_t i = 0; i < N_MANY; i++)
        if (co_dictionary_add(dictionary, text_of(i, bytes)) != i || co_dictionary_count(dictionary) != i + 1)
            ck_abort_msg("text %u got another code", i);

    const char *place = co_dictionary_text(dictionary, 1234).bytes;

    for (uint32_t i = 0; i < N_MANY; i++) {
        const co_text text = text_of(i, bytes);

        if (co_dictionary_add(dictionary, text) != i || co_dictionary_find(dictionary, text) != i ||
            !co_text_equal(co_dictionary_text(dictionary, i), text))
            ck_abort_msg("text %u is not found again", i);
    }
    ck_assert_uint_eq(co_dictionary_count(dictionary), N_MANY);
    ck_assert_ptr_eq(co_dictionary_text(dictionary, 1234).bytes, place);
    ck_assert_uint_eq(co_dictionary_find(dictionary, CO_TEXT("nowhere")), CO_NO_CODE);
    ck_assert_uint_eq(co_dictionary_bytes(dictionary), memory.used_bytes);
    co_dictionary_release(co_dictionary_retain(dictionary));
    co_dictionary_release(dictionary);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

static co_dictionary *filled(co_memory *memory, uint32_t n)
{
    static char bytes[70000];
    co_dictionary *dictionary = co_dictionary_new(memory);

    for (uint32_t i = 0; dictionary != NULL && i < n; i++)
        co_dictionary_add(dictionary, text_of(i, bytes));
    return dictionary;
}

START_TEST(what_was_written_is_read_and_goes_on)
{
    static const uint32_t counts[] = { 0, 1, 2, 17, 1001 };
    co_memory memory;
    co_buffer buffer;

    co_memory_init(&memory, NULL, 0);
    co_buffer_init(&buffer, &memory, 0);

    co_dictionary *dictionary = filled(&memory, counts[_i]), *again;

    co_dictionary_write(dictionary, &buffer);
    co_buffer_byte(&buffer, 'x');

    co_reader in = co_reader_of(buffer.bytes, buffer.length);

    ck_assert_int_eq(co_dictionary_read(&memory, &in, &again, NULL), COHORT_OK);
    ck_assert_uint_eq(co_reader_left(&in), 1);
    ck_assert_uint_eq(co_dictionary_count(again), counts[_i]);
    for (uint32_t i = 0; i < counts[_i]; i++) {
        ck_assert(co_text_equal(co_dictionary_text(dictionary, i), co_dictionary_text(again, i)));
        ck_assert_uint_eq(co_dictionary_find(again, co_dictionary_text(dictionary, i)), i);
    }
    ck_assert_uint_eq(co_dictionary_add(again, CO_TEXT("new")), counts[_i]);
    ck_assert_uint_eq(co_dictionary_find(again, CO_TEXT("new")), counts[_i]);
    co_dictionary_release(dictionary);
    co_dictionary_release(again);
    co_buffer_clear(&buffer);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

/* form, count, total, then lengths and text. */
static const struct {
    const char *bytes;
    size_t length;
    const char *why;
} damaged[] = {
#define BYTES(literal) literal, sizeof(literal) - 1
    { BYTES(""), "ends before" },
    { BYTES("\x02\0\0\0\0\0\0\0\0\0\0\0\0"), "has form 2" },
    { BYTES("\x01\x01\0\0\0\0\0\0\0\0\0\0\0"), "ends before" },
    { BYTES("\x01\xff\xff\xff\xff\0\0\0\0\0\0\0\0"), "ends before" },
    { BYTES("\x01\x01\0\0\0\x02\0\0\0\0\0\0\0\x02\0\0\0a"), "ends before" },
    { BYTES("\x01\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x02\0\0\0aa"), "ends before" },
    { BYTES("\x01\x01\0\0\0\x02\0\0\0\0\0\0\0\x01\0\0\0aa"), "do not sum" },
    { BYTES("\x01\x01\0\0\0\x02\0\0\0\0\0\0\0\x02\0\0\0a\xff"), "not UTF-8" },
    { BYTES("\x01\x02\0\0\0\x02\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\xc3\xa4"), "inside a character" },
    { BYTES("\x01\x02\0\0\0\x02\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0aa"), "twice" },
    { BYTES("\x01\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "twice" },
};

START_TEST(damaged_bytes_are_refused_with_a_reason)
{
    co_memory memory;
    co_dictionary *dictionary;
    cohort_error error = COHORT_ERROR_INIT;

    co_memory_init(&memory, NULL, 0);

    co_reader in = co_reader_of(damaged[_i].bytes, damaged[_i].length);

    ck_assert_int_eq(co_dictionary_read(&memory, &in, &dictionary, &error), COHORT_CORRUPT);
    ck_assert_msg(strstr(error.text, damaged[_i].why) != NULL, "%s", error.text);
    ck_assert_ptr_null(dictionary);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

START_TEST(every_refused_allocation_leaves_the_dictionary_as_it_was)
{
    static char bytes[70000];

    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        co_memory memory;

        co_memory_init(&memory, &allocator, 0);

        co_dictionary *dictionary = co_dictionary_new(&memory);
        uint32_t wanted = 0;

        for (uint32_t i = 0; dictionary != NULL && i < 300; i++) {
            const co_text text = text_of(i, bytes);
            uint32_t code = co_dictionary_add(dictionary, text);

            if (code == CO_NO_CODE) {
                ck_assert_uint_eq(co_dictionary_count(dictionary), wanted);
                ck_assert_uint_eq(co_dictionary_find(dictionary, text), CO_NO_CODE);
                code = co_dictionary_add(dictionary, text);
            }
            ck_assert_uint_eq(code, wanted++);
        }
        co_dictionary_release(dictionary);
        ck_assert(co_failing_is_clean(&state));
        if (state.n_requests < n)
            break;
    }
}
END_TEST

START_TEST(every_refused_allocation_while_reading_is_reported)
{
    co_memory whole;
    co_buffer buffer;

    co_memory_init(&whole, NULL, 0);
    co_buffer_init(&buffer, &whole, 0);

    co_dictionary *dictionary = filled(&whole, 500);

    co_dictionary_write(dictionary, &buffer);
    co_dictionary_release(dictionary);
    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        co_memory memory;
        co_reader in = co_reader_of(buffer.bytes, buffer.length);

        co_memory_init(&memory, &allocator, 0);

        const cohort_status status = co_dictionary_read(&memory, &in, &dictionary, NULL);

        ck_assert_int_eq(status, state.n_refused > 0 ? COHORT_MEMORY : COHORT_OK);
        co_dictionary_release(dictionary);
        ck_assert(co_failing_is_clean(&state));
        if (state.n_requests < n)
            break;
    }
    co_buffer_clear(&buffer);
}
END_TEST

/* Readers look at everything they can see while the writer adds. */
#define N_SHARED 3000u
#define N_READERS 3
#define N_ROUNDS 20

typedef struct sharing {
    co_dictionary *dictionary;
    _Atomic uint32_t n_wrong;
} sharing;

static void *read_on(void *argument)
{
    sharing *shared = argument;
    co_random random = co_random_of((uint64_t)(uintptr_t)&random);
    uint32_t count;

    do {
        char bytes[16];

        count = co_dictionary_count(shared->dictionary);
        for (int i = 0; i < 20 && count > 0; i++) {
            const uint32_t code = (uint32_t)co_random_below(&random, count);
            const co_text wanted = { bytes, (size_t)snprintf(bytes, sizeof bytes, "text %u", code) };

            if (!co_text_equal(co_dictionary_text(shared->dictionary, code), wanted) ||
                co_dictionary_find(shared->dictionary, wanted) != code)
                atomic_fetch_add(&shared->n_wrong, 1);
        }
    } while (count < N_SHARED);
    return NULL;
}

static void share(co_memory *memory)
{
    sharing shared;
    pthread_t readers[N_READERS];

    shared.dictionary = co_dictionary_new(memory);
    atomic_init(&shared.n_wrong, 0);
    for (int i = 0; i < N_READERS; i++)
        ck_assert_int_eq(pthread_create(&readers[i], NULL, read_on, &shared), 0);
    for (uint32_t i = 0; i < N_SHARED; i++) {
        char bytes[16];
        const co_text text = { bytes, (size_t)snprintf(bytes, sizeof bytes, "text %u", i) };

        if (co_dictionary_add(shared.dictionary, text) != i)
            ck_abort_msg("text %u got another code", i);
    }
    for (int i = 0; i < N_READERS; i++)
        pthread_join(readers[i], NULL);
    ck_assert_uint_eq(shared.n_wrong, 0);
    co_dictionary_release(shared.dictionary);
}

START_TEST(readers_see_whole_entries_while_one_writer_adds)
{
    co_memory memory;

    co_memory_init(&memory, NULL, 0);
    for (int i = 0; i < N_ROUNDS; i++)
        share(&memory);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("column dictionary");
    TCase *tests = tcase_create("dictionary");

    tcase_add_test(tests, codes_count_up_in_order_of_first_use);
    tcase_add_loop_test(tests, what_was_written_is_read_and_goes_on, 0, 5);
    tcase_add_loop_test(tests, damaged_bytes_are_refused_with_a_reason, 0, sizeof damaged / sizeof *damaged);
    tcase_add_test(tests, every_refused_allocation_leaves_the_dictionary_as_it_was);
    tcase_add_test(tests, every_refused_allocation_while_reading_is_reported);
    tcase_add_test(tests, readers_see_whole_entries_while_one_writer_adds);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

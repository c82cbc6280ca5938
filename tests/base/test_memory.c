/* Memory, arenas, buffers, the byte cursor and errors, also when memory is refused. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/sums.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/random.h"

static co_failing state;
static cohort_allocator allocator;
static co_memory memory;

static void set_up(void)
{
    state = (co_failing){ 0 };
    allocator = co_failing_allocator(&state);
    co_memory_init(&memory, &allocator, 0);
}

static void tear_down(void)
{
    ck_assert(co_failing_is_clean(&state));
    ck_assert_uint_eq(memory.used_bytes, 0);
}

/* ---- memory ---- */

START_TEST(used_bytes_follow_every_block)
{
    char *a = co_memory_new(&memory, 100);
    char *b = co_memory_new_zeroed(&memory, 5, 8);

    ck_assert_uint_eq(memory.used_bytes, 140);
    for (int i = 0; i < 40; i++)
        ck_assert_int_eq(b[i], 0);
    memset(a, 1, 100);
    a = co_memory_resize(&memory, a, 100, 300);
    ck_assert_uint_eq(memory.used_bytes, 340);
    a = co_memory_resize(&memory, a, 300, 10);
    ck_assert_int_eq(a[9], 1);
    ck_assert_uint_eq(memory.used_bytes, 50);
    ck_assert_uint_eq(memory.used_bytes, state.n_bytes);
    ck_assert_uint_eq(memory.peak_bytes, 340);
    co_memory_free(&memory, a, 10);
    co_memory_free(&memory, b, 40);
    co_memory_free(&memory, NULL, 0);
}
END_TEST

START_TEST(the_limit_is_kept_and_the_old_block_too)
{
    co_memory_init(&memory, &allocator, 100);

    char *a = co_memory_new(&memory, 60);

    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_null(co_memory_new(&memory, 41));
    ck_assert_ptr_null(co_memory_resize(&memory, a, 60, 101));
    ck_assert_uint_eq(memory.used_bytes, 60);
    a = co_memory_resize(&memory, a, 60, 100);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_null(co_memory_new(&memory, 1));
    co_memory_free(&memory, a, 100);
}
END_TEST

START_TEST(sizes_that_do_not_exist_are_refused)
{
    ck_assert_ptr_null(co_memory_new(&memory, 0));
    ck_assert_ptr_null(co_memory_new_array(&memory, SIZE_MAX / 2, 3));
    ck_assert_ptr_null(co_memory_new_zeroed(&memory, SIZE_MAX, SIZE_MAX));

    void *items = NULL;
    size_t capacity = 0;

    ck_assert(!co_memory_grow(&memory, &items, &capacity, SIZE_MAX / 4, 8));
    ck_assert_ptr_null(items);
    ck_assert_uint_eq(capacity, 0);
    ck_assert_uint_eq(state.n_requests, 0);
}
END_TEST

START_TEST(growing_keeps_items_and_refusing_keeps_everything)
{
    for (uint64_t n = 1;; n++) {
        uint32_t *items = NULL;
        size_t capacity = 0;
        size_t kept = 0;

        set_up();
        state.fail_at = n;
        for (uint32_t i = 0; i < 1000; i++) {
            void *pointer = items;
            const size_t before = capacity;

            if (!co_memory_grow(&memory, &pointer, &capacity, kept + 1, sizeof *items)) {
                ck_assert_ptr_eq(pointer, items);
                ck_assert_uint_eq(capacity, before);
                continue;
            }
            items = pointer;
            items[kept++] = i;
        }
        for (size_t i = 1; i < kept; i++)
            ck_assert_uint_gt(items[i], items[i - 1]);
        ck_assert_uint_eq(kept, 1000 - state.n_refused);
        co_memory_free(&memory, items, capacity * sizeof *items);
        tear_down();
        if (state.n_refused == 0)
            break;
    }
}
END_TEST

/* ---- arenas ---- */

START_TEST(arena_blocks_are_zero_aligned_and_apart)
{
    co_random random = co_random_of(61);
    static unsigned char *blocks[2000];
    static size_t sizes[2000];
    co_arena arena;

    co_arena_init(&arena, &memory);
    for (size_t i = 0; i < 2000; i++) {
        sizes[i] = i % 100 == 99 ? co_random_below(&random, 200000) : co_random_below(&random, 200);
        blocks[i] = co_arena_new(&arena, sizes[i], 1);
        ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
        for (size_t k = 0; k < sizes[i]; k++)
            ck_assert_int_eq(blocks[i][k], 0);
        memset(blocks[i], (int)(i % 251) + 1, sizes[i]);
    }
    for (size_t i = 0; i < 2000; i++) {
        for (size_t k = 0; k < sizes[i]; k++)
            ck_assert_int_eq(blocks[i][k], (int)(i % 251) + 1);
    }
    ck_assert_uint_eq(arena.total_bytes, memory.used_bytes);
    co_arena_clear(&arena);
    ck_assert_uint_eq(memory.used_bytes, 0);
    ck_assert_ptr_nonnull(co_arena_new(&arena, 1, 1));
    co_arena_clear(&arena);
}
END_TEST

START_TEST(arenas_survive_refused_memory)
{
    for (uint64_t n = 1;; n++) {
        co_arena arena;
        size_t refused = 0;

        set_up();
        state.fail_at = n;
        co_arena_init(&arena, &memory);
        for (size_t i = 0; i < 300; i++) {
            const co_text copy = co_arena_copy(&arena, CO_TEXT("a name"));

            if (copy.bytes == NULL)
                refused++;
            else
                ck_assert_str_eq(copy.bytes, "a name");
            refused += co_arena_new(&arena, i % 50 == 0 ? 100000 : 40, 1) == NULL;
        }
        ck_assert_uint_eq(refused, state.n_refused);
        ck_assert_ptr_null(co_arena_new(&arena, SIZE_MAX, 2));
        ck_assert_ptr_null(co_arena_new(&arena, SIZE_MAX - 3, 1));
        co_arena_clear(&arena);
        tear_down();
        if (state.n_refused == 0)
            break;
    }
}
END_TEST

/* ---- buffers ---- */

START_TEST(buffers_hold_what_was_appended)
{
    co_buffer buffer;
    char wanted[20000];
    size_t length = 0;

    co_buffer_init(&buffer, &memory, 0);
    for (int i = 0; i < 1000; i++) {
        char piece[400];

        co_buffer_format(&buffer, "%d,%0*d;", i, i % 300, 7);
        length += (size_t)snprintf(piece, sizeof piece, "%d,%0*d;", i, i % 300, 7);
        if (i < 50)
            memcpy(wanted + length - strlen(piece), piece, strlen(piece));
    }
    ck_assert_int_eq(buffer.status, COHORT_OK);
    ck_assert_uint_eq(buffer.length, length);
    ck_assert_mem_eq(buffer.bytes, wanted, 1000);
    co_buffer_clear(&buffer);

    co_buffer_u8(&buffer, 0x01);
    co_buffer_u16(&buffer, 0x0302);
    co_buffer_u32(&buffer, 0x07060504);
    co_buffer_u64(&buffer, UINT64_C(0x0f0e0d0c0b0a0908));
    co_buffer_string(&buffer, "\x10\x11");
    co_buffer_text(&buffer, CO_TEXT("\x12"));
    co_buffer_byte(&buffer, '\x13');
    memset(co_buffer_extend(&buffer, 2), 0x14, 2);
    ck_assert_mem_eq(buffer.bytes, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x14",
                     21);
    ck_assert_uint_eq(buffer.length, 21);
    ck_assert_ptr_nonnull(co_buffer_extend(&buffer, 0));
    ck_assert_uint_eq(buffer.length, 21);
    co_buffer_clear(&buffer);
}
END_TEST

START_TEST(a_full_buffer_stays_as_it_was)
{
    co_buffer buffer;

    co_buffer_init(&buffer, &memory, 100);
    for (int i = 0; i < 10; i++)
        co_buffer_string(&buffer, "1234567890");
    ck_assert_int_eq(buffer.status, COHORT_OK);
    co_buffer_byte(&buffer, 'x');
    ck_assert_int_eq(buffer.status, COHORT_LIMIT);
    ck_assert_ptr_null(co_buffer_extend(&buffer, 0));
    co_buffer_append(&buffer, NULL, 0);
    ck_assert_uint_eq(buffer.length, 100);
    co_buffer_clear(&buffer);
    ck_assert_int_eq(buffer.status, COHORT_OK);
    co_buffer_append(&buffer, "", SIZE_MAX);
    ck_assert_int_ne(buffer.status, COHORT_OK);
    co_buffer_clear(&buffer);
}
END_TEST

START_TEST(buffers_remember_refused_memory)
{
    for (uint64_t n = 1;; n++) {
        co_buffer buffer;

        set_up();
        state.fail_at = n;
        co_buffer_init(&buffer, &memory, 0);
        for (int i = 0; i < 200; i++)
            co_buffer_format(&buffer, "%300d", i);
        ck_assert_int_eq(buffer.status, state.n_refused > 0 ? COHORT_MEMORY : COHORT_OK);
        ck_assert_uint_eq(buffer.length % 300, 0);
        co_buffer_clear(&buffer);
        tear_down();
        if (state.n_refused == 0)
            break;
    }
}
END_TEST

/* ---- the byte cursor ---- */

START_TEST(the_cursor_reads_what_the_buffer_wrote)
{
    co_buffer buffer;

    co_buffer_init(&buffer, &memory, 0);
    co_buffer_u8(&buffer, 250);
    co_buffer_u16(&buffer, 65000);
    co_buffer_u32(&buffer, 4000000000u);
    co_buffer_u64(&buffer, UINT64_MAX - 5);
    co_buffer_u32(&buffer, 3);
    co_buffer_string(&buffer, "abc");

    co_reader reader = co_reader_of(buffer.bytes, buffer.length);

    ck_assert_uint_eq(co_read_u8(&reader), 250);
    ck_assert_uint_eq(co_read_u16(&reader), 65000);
    ck_assert_uint_eq(co_read_u32(&reader), 4000000000u);
    ck_assert_uint_eq(co_read_u64(&reader), UINT64_MAX - 5);
    ck_assert_uint_eq(co_reader_offset(&reader), 15);
    ck_assert(co_text_equal(co_read_text(&reader), CO_TEXT("abc")));
    ck_assert_uint_eq(co_reader_left(&reader), 0);
    ck_assert(co_reader_ok(&reader));
    co_buffer_clear(&buffer);
}
END_TEST

START_TEST(the_cursor_never_passes_its_end_and_stays_failed)
{
    static const uint8_t bytes[] = { 255, 255, 255, 127, 'a' };

    for (size_t length = 0; length <= sizeof bytes; length++) {
        co_reader reader = co_reader_of(bytes, length);

        ck_assert_ptr_null(co_read_text(&reader).bytes);
        ck_assert(!co_reader_ok(&reader));
        ck_assert_uint_eq(co_read_u8(&reader), 0);
        ck_assert_ptr_null(co_read_bytes(&reader, 0));
    }

    co_reader reader = co_reader_of(NULL, 0);

    ck_assert_ptr_nonnull(co_read_bytes(&reader, 0));
    ck_assert_uint_eq(co_read_u64(&reader), 0);
    ck_assert(!co_reader_ok(&reader));
}
END_TEST

/* ---- errors ---- */

START_TEST(errors_hold_code_position_and_text)
{
    cohort_error error = COHORT_ERROR_INIT;
    const co_text name = CO_TEXT("contry");

    ck_assert_int_eq(co_fail(NULL, COHORT_IO, "%d", 1), COHORT_IO);
    ck_assert_int_eq(co_fail_at(&error, COHORT_NOT_FOUND, 12, "unknown field '" CO_FMT "'", CO_ARG(name)),
                     COHORT_NOT_FOUND);
    ck_assert_int_eq(error.code, COHORT_NOT_FOUND);
    ck_assert_uint_eq(error.position, 12);
    ck_assert_str_eq(error.text, "unknown field 'contry'");
    co_error_locate(&error, CO_TEXT("a = 1\n\xc3\xa9\xc3\xa9 zz"));
    ck_assert_uint_eq(error.line, 2);
    ck_assert_uint_eq(error.column, 5);
    ck_assert_int_eq(co_fail_memory(&error), COHORT_MEMORY);
    ck_assert_uint_eq(error.position, COHORT_NO_POSITION);
    ck_assert_uint_eq(error.line, 0);
    co_error_locate(&error, CO_TEXT("x"));
    ck_assert_uint_eq(error.line, 0);
}
END_TEST

START_TEST(error_texts_are_one_line_of_utf8_whatever_is_quoted)
{
    cohort_error error = COHORT_ERROR_INIT;
    char longest[1000];
    const co_text odd = CO_TEXT("a\nb\tc\xff\xc3 (\x7f");

    co_fail(&error, COHORT_PARSE, "'" CO_FMT "'", CO_ARG(odd));
    ck_assert_str_eq(error.text, "'a?b?c?? (?'");

    for (size_t shift = 0; shift < 4; shift++) {
        memset(longest, 'x', shift);
        for (size_t i = shift; i + 2 < sizeof longest; i += 2)
            memcpy(longest + i, "\xc3\xa9", 3);
        co_fail(&error, COHORT_PARSE, "%s", longest);
        ck_assert_uint_ge(strlen(error.text), sizeof error.text - 2);
        ck_assert_int_ne(error.text[strlen(error.text) - 1], '?');
        ck_assert_int_ne((unsigned char)error.text[strlen(error.text) - 1], 0xc3);
    }
}
END_TEST

START_TEST(every_status_has_a_name_and_a_text)
{
    ck_assert_str_eq(cohort_status_name(COHORT_NOT_FOUND), "COHORT_NOT_FOUND");
    ck_assert_str_eq(cohort_status_name(-1), "COHORT_?");
    ck_assert_str_eq(cohort_version(), "0.1.0");
    ck_assert_ptr_nonnull(strstr(cohort_features(), "zlib"));
    for (cohort_status status = 0; status <= COHORT_UNSUPPORTED; status++) {
        ck_assert_str_ne(cohort_status_name(status), "COHORT_?");
        ck_assert_str_ne(cohort_status_text(status), cohort_status_text(-1));
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("base/memory");
    TCase *all = tcase_create("memory and bytes");

    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, used_bytes_follow_every_block);
    tcase_add_test(all, the_limit_is_kept_and_the_old_block_too);
    tcase_add_test(all, sizes_that_do_not_exist_are_refused);
    tcase_add_test(all, growing_keeps_items_and_refusing_keeps_everything);
    tcase_add_test(all, arena_blocks_are_zero_aligned_and_apart);
    tcase_add_test(all, arenas_survive_refused_memory);
    tcase_add_test(all, buffers_hold_what_was_appended);
    tcase_add_test(all, a_full_buffer_stays_as_it_was);
    tcase_add_test(all, buffers_remember_refused_memory);
    tcase_add_test(all, the_cursor_reads_what_the_buffer_wrote);
    tcase_add_test(all, the_cursor_never_passes_its_end_and_stays_failed);
    tcase_add_test(all, errors_hold_code_position_and_text);
    tcase_add_test(all, error_texts_are_one_line_of_utf8_whatever_is_quoted);
    tcase_add_test(all, every_status_has_a_name_and_a_text);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

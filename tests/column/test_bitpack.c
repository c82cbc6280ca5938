/* Arrays in few bits come back as they were, in no more bytes than they have. */
#include <stdlib.h>
#include <string.h>

#include "column/bitpack.h"
#include "support/check_main.h"
#include "support/random.h"

enum { MOST = 3000 };

static const size_t lengths[] = { 0, 1, 7, 511, 512, 513, 1023, 1024, 1500, MOST };
static const uint32_t widths[] = { 1, 2, 4, 8 };

/* Item i of an array of `bits` bits; rising ones steps of so many. */
static uint64_t item(co_random *random, unsigned bits, bool rises, uint64_t before)
{
    const uint64_t drawn = bits == 0 ? 0 : co_random_u64(random) >> (64 - bits);

    return rises ? before + drawn : drawn;
}

static void put(void *items, uint32_t width, size_t i, uint64_t value)
{
    if (width == 1)
        ((uint8_t *)items)[i] = (uint8_t)value;
    else if (width == 2)
        ((uint16_t *)items)[i] = (uint16_t)value;
    else if (width == 4)
        ((uint32_t *)items)[i] = (uint32_t)value;
    else
        ((uint64_t *)items)[i] = value;
}

static void check_array(co_memory *memory, size_t n, uint32_t width, unsigned bits, bool rises)
{
    co_random random = co_random_of(n * 64 + bits);
    void *items = calloc(n + 1, width), *back = calloc(n + 1, width);
    uint64_t value = 0;
    co_buffer out;

    co_buffer_init(&out, memory, 0);
    for (size_t i = 0; i < n; i++) {
        value = item(&random, bits, rises, value);
        put(items, width, i, value);
    }
    co_pack_array(&out, items, n, width);

    co_reader in = co_reader_of(out.bytes, out.length);

    ck_assert_uint_le(out.length, n * width + (n >= CO_PACKED_FROM));
    if (n >= CO_PACKED_FROM && bits + 2 < 8 * width && !rises)
        ck_assert_uint_le(out.length, n * (bits + 1) / 8 + 2 + n / 512 + 1);
    ck_assert(co_unpack_fits(&in, n, width));
    ck_assert(co_unpack_array(&in, back, n, width));
    ck_assert_uint_eq(co_reader_left(&in), 0);
    ck_assert(memcmp(items, back, n * width) == 0);
    for (size_t cut = 0; cut < out.length; cut += 1 + cut / 8) {
        co_reader less = co_reader_of(out.bytes, cut);

        ck_assert(!co_unpack_array(&less, back, n, width));
    }
    co_buffer_clear(&out);
    free(items);
    free(back);
}

START_TEST(arrays_come_back)
{
    const uint32_t width = widths[_i];
    co_memory memory;

    co_memory_init(&memory, NULL, 0);
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
        for (unsigned bits = 0; bits <= 8 * width; bits++) {
            check_array(&memory, lengths[l], width, bits, false);
            if (bits + 12 <= 8 * width)
                check_array(&memory, lengths[l], width, bits, true);
        }
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

START_TEST(slots_come_back)
{
    co_random random = co_random_of((uint64_t)_i);
    uint16_t slots[MOST], back[MOST];
    co_memory memory;
    co_buffer out;
    size_t n = 0;

    for (uint32_t slot = (uint32_t)co_random_below(&random, 20); slot < 65536 && n < MOST; n++) {
        slots[n] = (uint16_t)slot;
        slot += 1 + (uint32_t)co_random_below(&random, (uint64_t)1 << (_i % 12));
    }
    co_memory_init(&memory, NULL, 0);
    co_buffer_init(&out, &memory, 0);
    co_pack_slots(&out, slots, n);
    ck_assert_uint_eq(out.length, co_packed_slots_size(slots, n));

    co_reader in = co_reader_of(out.bytes, out.length);

    ck_assert(co_unpack_slots(&in, back, n));
    ck_assert_uint_eq(co_reader_left(&in), 0);
    ck_assert(memcmp(slots, back, n * sizeof *slots) == 0);
    co_buffer_clear(&out);
}
END_TEST

START_TEST(slots_past_the_tile_are_refused)
{
    const uint8_t bytes[] = { 17, 0xff, 0xff, 0x01 };
    co_reader in = co_reader_of(bytes, sizeof bytes);
    uint16_t slot;

    ck_assert(!co_unpack_slots(&in, &slot, 1));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bitpack");
    TCase *tests = tcase_create("arrays");

    tcase_add_loop_test(tests, arrays_come_back, 0, sizeof widths / sizeof *widths);
    tcase_add_loop_test(tests, slots_come_back, 0, 24);
    tcase_add_test(tests, slots_past_the_tile_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/*
 * The readers of Roaring's portable layouts on any bytes. What they take must be
 * sound, come back the same when written and read again, and obey the laws of
 * sets; bytes after the first bitmap are read as a second one. A view must take
 * the same bytes, say the same of the others, and answer the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bitmap/bitmap.h"
#include "bitmap/bitmap64.h"

static void must(bool true_always)
{
    if (!true_always)
        abort();
}

static void check_written(const co_bitmap *set, co_bitmap *again)
{
    const size_t size = co_bitmap_portable_bytes(set);
    void *bytes = malloc(size);
    void *twice = malloc(size);
    size_t used = 0;

    must(bytes != NULL && twice != NULL);
    co_bitmap_write_portable(set, bytes);
    must(co_bitmap_read_portable(bytes, size, again, &used, NULL) == COHORT_OK);
    must(used == size && co_bitmap_portable_bytes(again) == size);
    must(co_bitmap_equal(set, again) && co_bitmap_equal(again, set));
    co_bitmap_write_portable(again, twice);
    must(memcmp(bytes, twice, size) == 0);
    free(bytes);
    free(twice);
}

static void check_order(const co_bitmap *set)
{
    const uint64_t n = co_bitmap_count(set);
    co_bitmap_cursor cursor = co_bitmap_cursor_of(set);
    uint32_t row = 0;
    uint32_t selected = 0;

    for (uint64_t i = 0; i < 300 && co_cursor_next(&cursor, &row); i++) {
        must(co_bitmap_contains(set, row));
        must(co_bitmap_rank(set, row) == i);
        must(co_bitmap_select(set, i, &selected) && selected == row);
    }
    co_cursor_seek(&cursor, UINT64_C(1) << 32);
    for (uint64_t i = n; n - i < 300 && co_cursor_previous(&cursor, &row); i--)
        must(co_bitmap_rank(set, row) == i - 1);
    must(co_bitmap_rank(set, UINT64_C(1) << 32) == n);
}

static void check_operations(co_bitmap *a, const co_bitmap *b, co_bitmap *out)
{
    const uint64_t both = co_bitmap_combine_count(CO_AND, a, b);
    const co_bitmap *const sets[] = { a, b, a };

    for (co_set_operation operation = CO_AND; operation <= CO_ANDNOT; operation++) {
        must(co_bitmap_combine(operation, a, b, out) == COHORT_OK);
        must(co_bitmap_validate(out) == NULL);
        must(co_bitmap_count(out) == co_bitmap_combine_count(operation, a, b));
        must(operation != CO_AND || (co_bitmap_subset(out, a) && co_bitmap_subset(out, b)));
        must(operation != CO_OR || (co_bitmap_subset(a, out) && co_bitmap_subset(b, out)));
        must(operation != CO_ANDNOT || !co_bitmap_intersect(out, b));
    }
    must(co_bitmap_intersect(a, b) == (both != 0));
    must(co_bitmap_at_least(sets, 3, 2, out) == COHORT_OK);
    must(co_bitmap_equal(out, a));
    must(co_bitmap_optimise(a) == COHORT_OK);
    must(co_bitmap_validate(a) == NULL);
    must(co_bitmap_combine_into(CO_XOR, out, a) == COHORT_OK);
    must(co_bitmap_is_empty(out));
}

/* A view writes its tiles as they lie, however many runs those are; what is read may be smaller. */
static void check_rewritten(const co_bitmap *view, co_bitmap *again)
{
    const size_t size = co_bitmap_portable_bytes(view);
    void *bytes = malloc(size);
    size_t used = 0;

    must(bytes != NULL);
    co_bitmap_write_portable(view, bytes);
    must(co_bitmap_read_portable(bytes, size, again, &used, NULL) == COHORT_OK);
    must(used == size && co_bitmap_equal(view, again));
    free(bytes);
}

/* The same bytes seen through a view, at an even address or an odd one. */
static void check_view(const uint8_t *data, size_t size, cohort_status status, const cohort_error *said, co_bitmap *read,
                       co_bitmap *out)
{
    uint8_t *bytes = malloc(size + 1);
    const size_t place = size > 0 ? data[size - 1] & 1 : 0;
    cohort_error error = COHORT_ERROR_INIT;
    co_bitmap view;
    size_t used = 0;

    must(bytes != NULL);
    if (size > 0)
        memcpy(bytes + place, data, size);
    co_bitmap_init(&view, read->memory);
    must(co_bitmap_view_portable(bytes + place, size, &view, &used, &error) == status);
    must(error.position == said->position && strcmp(error.text, said->text) == 0);
    must(co_bitmap_validate(&view) == NULL && co_bitmap_count(&view) == co_bitmap_count(read));
    must(co_bitmap_equal(&view, read) && co_bitmap_equal(read, &view));
    if (status == COHORT_OK) {
        check_rewritten(&view, out);
        check_order(&view);
        must(co_bitmap_combine(CO_XOR, &view, read, out) == COHORT_OK && co_bitmap_is_empty(out));
        must(co_bitmap_shift(&view, 77777, out) == COHORT_OK && co_bitmap_validate(out) == NULL);
        must(co_bitmap_copy(&view, out) == COHORT_OK && co_bitmap_equal(out, read));
    }
    co_bitmap_clear(&view);
    free(bytes);
}

static void check_written64(const co_bitmap64 *set, co_bitmap64 *again)
{
    const size_t size = co_bitmap64_portable_bytes(set);
    void *bytes = malloc(size);
    size_t used = 0;

    must(bytes != NULL);
    co_bitmap64_write_portable(set, bytes);
    must(co_bitmap64_read_portable(bytes, size, again, &used, NULL) == COHORT_OK);
    must(used == size && co_bitmap64_equal(set, again));
    free(bytes);
}

/* The bytes as a set of 64-bit keys, read and seen. */
static void check_keys(const uint8_t *data, size_t size, co_memory *memory)
{
    cohort_error errors[2] = { COHORT_ERROR_INIT, COHORT_ERROR_INIT };
    co_bitmap64 read;
    co_bitmap64 view;
    co_bitmap64 out;
    size_t used[2] = { 0, 0 };

    co_bitmap64_init(&read, memory);
    co_bitmap64_init(&view, memory);
    co_bitmap64_init(&out, memory);
    const cohort_status status = co_bitmap64_read_portable(data, size, &read, &used[0], &errors[0]);

    must(co_bitmap64_view_portable(data, size, &view, &used[1], &errors[1]) == status && used[0] == used[1]);
    must(errors[0].position == errors[1].position && strcmp(errors[0].text, errors[1].text) == 0);
    must(co_bitmap64_validate(&read) == NULL && co_bitmap64_validate(&view) == NULL);
    must(co_bitmap64_equal(&read, &view));
    if (status == COHORT_OK) {
        co_bitmap64_cursor cursor = co_bitmap64_cursor_of(&view);
        uint64_t key = 0;

        must(used[0] <= size && co_bitmap64_memory_bytes(&read) <= 16 * size + 4096);
        check_written64(&view, &out);
        for (uint64_t i = 0; i < 100 && co_cursor64_next(&cursor, &key); i++)
            must(co_bitmap64_contains(&read, key) && co_bitmap64_rank(&read, key) == i);
        must(co_bitmap64_shift(&view, INT64_MAX / 3, &out) == COHORT_OK && co_bitmap64_validate(&out) == NULL);
        must(co_bitmap64_combine_into(CO_OR, &out, &view) == COHORT_OK && co_bitmap64_subset(&view, &out));
        must(co_bitmap64_combine_into(CO_ANDNOT, &read, &view) == COHORT_OK && co_bitmap64_is_empty(&read));
    } else {
        must(errors[0].code == COHORT_CORRUPT && errors[0].position <= size && errors[0].text[0] != 0);
    }
    co_bitmap64_clear(&read);
    co_bitmap64_clear(&view);
    co_bitmap64_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_memory memory;
    co_bitmap a;
    co_bitmap b;
    co_bitmap out;
    size_t used = 0;
    size_t rest = 0;

    co_memory_init(&memory, NULL, 0);
    co_bitmap_init(&a, &memory);
    co_bitmap_init(&b, &memory);
    co_bitmap_init(&out, &memory);
    check_keys(data, size, &memory);
    const cohort_status status = co_bitmap_read_portable(data, size, &a, &used, &error);

    check_view(data, size, status, &error, &a, &out);
    if (status == COHORT_OK) {
        must(used <= size);
        must(co_bitmap_validate(&a) == NULL);
        must(co_bitmap_memory_bytes(&a) <= 16 * size + 4096);
        check_written(&a, &out);
        check_order(&a);
        if (co_bitmap_read_portable(data + used, size - used, &b, &rest, NULL) != COHORT_OK)
            must(co_bitmap_add_range(&b, size, size + 70000) == COHORT_OK);
        check_operations(&a, &b, &out);
    } else {
        must(error.code == COHORT_CORRUPT && error.position <= size && error.text[0] != 0);
    }
    co_bitmap_clear(&a);
    co_bitmap_clear(&b);
    co_bitmap_clear(&out);
    must(memory.used_bytes == 0);
    return 0;
}

/*
 * The reader of Roaring's portable layout on any bytes. What it takes must be
 * sound, come back the same when written and read again, and obey the laws of
 * sets; bytes after the first bitmap are read as a second one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bitmap/bitmap.h"

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
    if (co_bitmap_read_portable(data, size, &a, &used, &error) == COHORT_OK) {
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

/* The public face of sets of 32-bit rows: what all bitmaps have, and half-open ranges. */
#include "cohort/bitmap.h"

#include "bitmap/bitmap.h"

#define HANDLE cohort_bitmap
#define FACE(name) cohort_bitmap_##name
#define LISTS(before, after) cohort_bitmap_##before##rows##after
#define CURSOR cohort_cursor
#define WALK(name) cohort_cursor_##name
#define SET co_bitmap
#define OF_SET(name) co_bitmap_##name
#define SET_CURSOR co_bitmap_cursor
#define STEP(name) co_cursor_##name
#define ROW uint32_t
#define LAYOUT "roaring bitmap"

#include "api/bitmap_face.h"

#define ROWS_END (UINT64_C(1) << 32)

cohort_status co_handle_bitmap_new(const cohort_allocator *allocator, co_origin origin, cohort_bitmap **bitmap,
                                   cohort_error *error)
{
    return new_handle(allocator, origin, bitmap, error);
}

/* ---- every pair of many ---- */

cohort_status cohort_bitmap_overlap(const cohort_bitmap *const *sets, size_t n, uint64_t *counts, cohort_error *error)
{
    co_memory memory;
    co_origin origin;
    const co_bitmap **rows;
    cohort_status status;

    if (counts == NULL)
        return co_refuse_null("the place for counts", error);
    status = check_many(sets, n, &origin, error);
    if (status != COHORT_OK)
        return status;
    co_memory_init(&memory, &sets[0]->memory.allocator, 0);
    rows = co_memory_new_array(&memory, n, sizeof *rows);
    if (rows == NULL)
        return co_fail_memory(error);
    for (size_t i = 0; i < n; i++)
        rows[i] = &sets[i]->rows;
    status = co_bitmap_overlap(rows, n, &memory, counts);
    co_memory_free(&memory, rows, n * sizeof *rows);
    return pass(status, error);
}

/* ---- ranges ---- */

static cohort_status check_range(uint64_t first, uint64_t end, cohort_error *error)
{
    if (first <= end && end <= ROWS_END)
        return COHORT_OK;
    return co_fail(error, COHORT_INVALID, "range of rows [%llu, %llu) does not rise, or leaves [0, 4294967296)",
                   (unsigned long long)first, (unsigned long long)end);
}

typedef cohort_status change_range(co_bitmap *bitmap, uint64_t first, uint64_t end);

static cohort_status change(change_range *how, cohort_bitmap *bitmap, uint64_t first, uint64_t end,
                            cohort_error *error)
{
    cohort_status status = check_own(bitmap, error);

    if (status == COHORT_OK)
        status = check_range(first, end, error);
    return status != COHORT_OK ? status : pass(how(&bitmap->rows, first, end), error);
}

cohort_status cohort_bitmap_add_range(cohort_bitmap *bitmap, uint64_t first, uint64_t end, cohort_error *error)
{
    return change(co_bitmap_add_range, bitmap, first, end, error);
}

cohort_status cohort_bitmap_remove_range(cohort_bitmap *bitmap, uint64_t first, uint64_t end, cohort_error *error)
{
    return change(co_bitmap_remove_range, bitmap, first, end, error);
}

cohort_status cohort_bitmap_flip_range_into(cohort_bitmap *bitmap, uint64_t first, uint64_t end, cohort_error *error)
{
    return change(co_bitmap_flip_range, bitmap, first, end, error);
}

cohort_status cohort_bitmap_flip_range(const cohort_bitmap *bitmap, uint64_t first, uint64_t end,
                                       cohort_bitmap **result, cohort_error *error)
{
    cohort_bitmap *made;
    cohort_status status = begin_result(bitmap, &made, result, error);

    if (status != COHORT_OK)
        return status;
    status = check_range(first, end, error);
    if (status == COHORT_OK)
        status = co_bitmap_copy(&bitmap->rows, &made->rows);
    if (status == COHORT_OK)
        status = co_bitmap_flip_range(&made->rows, first, end);
    return deliver(status, made, result, error);
}

uint64_t cohort_bitmap_count_range(const cohort_bitmap *bitmap, uint64_t first, uint64_t end)
{
    return bitmap == NULL ? 0 : co_bitmap_count_range(&bitmap->rows, first, end);
}

bool cohort_bitmap_contains_range(const cohort_bitmap *bitmap, uint64_t first, uint64_t end)
{
    return bitmap != NULL && (first >= end || co_bitmap_count_range(&bitmap->rows, first, end) == end - first);
}

/* The public face of sets of 64-bit keys: what all bitmaps have, and ranges with both ends. */
#include "cohort/bitmap64.h"

#include "bitmap/bitmap64.h"

#define HANDLE cohort_bitmap64
#define FACE(name) cohort_bitmap64_##name
#define LISTS(before, after) cohort_bitmap64_##before##keys##after
#define CURSOR cohort_cursor64
#define WALK(name) cohort_cursor64_##name
#define SET co_bitmap64
#define OF_SET(name) co_bitmap64_##name
#define SET_CURSOR co_bitmap64_cursor
#define STEP(name) co_cursor64_##name
#define ROW uint64_t
#define LAYOUT "roaring bitmap of 64 bits"

#include "api/bitmap_face.h"

/* ---- ranges ---- */

static cohort_status check_ends(uint64_t least, uint64_t greatest, cohort_error *error)
{
    if (least <= greatest)
        return COHORT_OK;
    return co_fail(error, COHORT_INVALID, "the least key, %llu, is above the greatest, %llu",
                   (unsigned long long)least, (unsigned long long)greatest);
}

static cohort_status pass_limit(cohort_status status, cohort_error *error)
{
    if (status != COHORT_LIMIT)
        return pass(status, error);
    return co_fail(error, COHORT_LIMIT, "a range of more than %d times 2^32 keys", CO_RANGE_PARTS_MOST - 1);
}

typedef cohort_status change_range(co_bitmap64 *bitmap, uint64_t least, uint64_t greatest);

static cohort_status change(change_range *how, cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest,
                            cohort_error *error)
{
    cohort_status status = check_own(bitmap, error);

    if (status == COHORT_OK)
        status = check_ends(least, greatest, error);
    return status != COHORT_OK ? status : pass_limit(how(&bitmap->rows, least, greatest), error);
}

cohort_status cohort_bitmap64_add_between(cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest,
                                          cohort_error *error)
{
    return change(co_bitmap64_add_between, bitmap, least, greatest, error);
}

cohort_status cohort_bitmap64_remove_between(cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest,
                                             cohort_error *error)
{
    return change(co_bitmap64_remove_between, bitmap, least, greatest, error);
}

cohort_status cohort_bitmap64_flip_between_into(cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest,
                                                cohort_error *error)
{
    return change(co_bitmap64_flip_between, bitmap, least, greatest, error);
}

cohort_status cohort_bitmap64_flip_between(const cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest,
                                           cohort_bitmap64 **result, cohort_error *error)
{
    cohort_bitmap64 *made;
    cohort_status status = begin_result(bitmap, &made, result, error);

    if (status != COHORT_OK)
        return status;
    status = check_ends(least, greatest, error);
    if (status == COHORT_OK)
        status = co_bitmap64_copy(&bitmap->rows, &made->rows);
    if (status == COHORT_OK)
        status = pass_limit(co_bitmap64_flip_between(&made->rows, least, greatest), error);
    return deliver(status, made, result, error);
}

uint64_t cohort_bitmap64_count_between(const cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest)
{
    return bitmap == NULL ? 0 : co_bitmap64_count_between(&bitmap->rows, least, greatest);
}

bool cohort_bitmap64_contains_between(const cohort_bitmap64 *bitmap, uint64_t least, uint64_t greatest)
{
    return bitmap != NULL && (least > greatest || co_bitmap64_contains_between(&bitmap->rows, least, greatest));
}

void cohort_cursor64_end(cohort_cursor64 *cursor)
{
    if (cursor != NULL)
        co_cursor64_end(inside(cursor));
}

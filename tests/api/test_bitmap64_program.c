/* Random programs over every function of cohort_bitmap64; see support/bitmap_program.h. */
#include "cohort/bitmap64.h"

#define HANDLE cohort_bitmap64
#define FACE(name) cohort_bitmap64_##name
#define LISTS(before, after) cohort_bitmap64_##before##keys##after
#define CURSOR cohort_cursor64
#define WALK(name) cohort_cursor64_##name
#define ROW uint64_t
#define TOP UINT64_MAX
#define CENTRES { 0, UINT64_C(4294967296), UINT64_C(12884901888), UINT64_MAX - 4294967295, UINT64_MAX }
#define VALIDATE co_bitmap64_validate

static cohort_status add_span(cohort_bitmap64 *set, uint64_t least, uint64_t greatest)
{
    return cohort_bitmap64_add_between(set, least, greatest, NULL);
}

static cohort_status remove_span(cohort_bitmap64 *set, uint64_t least, uint64_t greatest)
{
    return cohort_bitmap64_remove_between(set, least, greatest, NULL);
}

static cohort_status flip_span(cohort_bitmap64 *set, uint64_t least, uint64_t greatest)
{
    return cohort_bitmap64_flip_between_into(set, least, greatest, NULL);
}

static cohort_status flipped_span(const cohort_bitmap64 *set, uint64_t least, uint64_t greatest,
                                  cohort_bitmap64 **result)
{
    return cohort_bitmap64_flip_between(set, least, greatest, result, NULL);
}

static uint64_t count_span(const cohort_bitmap64 *set, uint64_t least, uint64_t greatest)
{
    return cohort_bitmap64_count_between(set, least, greatest);
}

static bool contains_span(const cohort_bitmap64 *set, uint64_t least, uint64_t greatest)
{
    return cohort_bitmap64_contains_between(set, least, greatest);
}

#include "support/bitmap_program.h"

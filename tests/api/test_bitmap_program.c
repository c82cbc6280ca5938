/* Random programs over every function of cohort_bitmap; see support/bitmap_program.h. */
#include "cohort/bitmap.h"

#define HANDLE cohort_bitmap
#define FACE(name) cohort_bitmap_##name
#define LISTS(before, after) cohort_bitmap_##before##rows##after
#define CURSOR cohort_cursor
#define WALK(name) cohort_cursor_##name
#define ROW uint32_t
#define TOP UINT64_C(4294967295)
#define CENTRES { 0, 65536, 300000, UINT64_C(4294967295) }
#define VALIDATE co_bitmap_validate

static cohort_status add_span(cohort_bitmap *set, uint64_t least, uint64_t greatest)
{
    return cohort_bitmap_add_range(set, least, greatest + 1, NULL);
}

static cohort_status remove_span(cohort_bitmap *set, uint64_t least, uint64_t greatest)
{
    return cohort_bitmap_remove_range(set, least, greatest + 1, NULL);
}

static cohort_status flip_span(cohort_bitmap *set, uint64_t least, uint64_t greatest)
{
    return cohort_bitmap_flip_range_into(set, least, greatest + 1, NULL);
}

static cohort_status flipped_span(const cohort_bitmap *set, uint64_t least, uint64_t greatest, cohort_bitmap **result)
{
    return cohort_bitmap_flip_range(set, least, greatest + 1, result, NULL);
}

static uint64_t count_span(const cohort_bitmap *set, uint64_t least, uint64_t greatest)
{
    return cohort_bitmap_count_range(set, least, greatest + 1);
}

static bool contains_span(const cohort_bitmap *set, uint64_t least, uint64_t greatest)
{
    return cohort_bitmap_contains_range(set, least, greatest + 1);
}

#include "support/bitmap_program.h"

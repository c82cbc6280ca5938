/* Calls of the functions of bitmaps, to be refused memory; see memory_world.h. */
#include "support/memory_world.h"

#include "support/must.h"

static cohort_status bitmap_new(co_world *w, cohort_error *e)
{
    cohort_bitmap *given = CO_UNTOUCHED;
    const cohort_status status = cohort_bitmap_new(&w->allocator, &given, e);

    return co_world_gave(w, status, given);
}

static cohort_status bitmap_copy(co_world *w, cohort_error *e)
{
    cohort_bitmap *given = CO_UNTOUCHED;
    const cohort_status status = cohort_bitmap_copy(w->a, &given, e);

    return co_world_gave(w, status, given);
}

static cohort_status bitmap_add(co_world *w, cohort_error *e)
{
    return cohort_bitmap_add(w->a, 1000000, e);
}
static cohort_status bitmap_remove(co_world *w, cohort_error *e)
{
    return cohort_bitmap_remove(w->a, 150000, e);
}

/* The next row taken out of the tile needs room for one run more. */
static void fill_runs(co_world *w)
{
    must(cohort_bitmap_remove(w->a, 140000, NULL) == COHORT_OK);
}

static cohort_status bitmap_add_rows(co_world *w, cohort_error *e)
{
    static const uint32_t rows[] = { 1, 2, 400000, 700000, 700001, 5 };

    return cohort_bitmap_add_rows(w->a, rows, 6, e);
}

static cohort_status bitmap_add_range(co_world *w, cohort_error *e)
{
    return cohort_bitmap_add_range(w->a, 100, 600000, e);
}

static cohort_status bitmap_remove_range(co_world *w, cohort_error *e)
{
    return cohort_bitmap_remove_range(w->a, 5000, 210000, e);
}

#define TWO_SETS(name)                                                            \
    static cohort_status bitmap_##name(co_world *w, cohort_error *e)              \
    {                                                                             \
        cohort_bitmap *given = CO_UNTOUCHED;                                      \
        const cohort_status status = cohort_bitmap_##name(w->a, w->b, &given, e); \
                                                                                  \
        return co_world_gave(w, status, given);                                   \
    }                                                                             \
    static cohort_status bitmap_##name##_into(co_world *w, cohort_error *e)       \
    {                                                                             \
        return cohort_bitmap_##name##_into(w->a, w->b, e);                        \
    }

TWO_SETS(and)
TWO_SETS(or)
TWO_SETS(xor)
TWO_SETS(andnot)

#define MANY_SETS(name, ...)                                                       \
    static cohort_status bitmap_##name(co_world *w, cohort_error *e)               \
    {                                                                              \
        const cohort_bitmap *const sets[] = { w->a, w->b, w->a };                  \
        cohort_bitmap *given = CO_UNTOUCHED;                                       \
        const cohort_status status = cohort_bitmap_##name(__VA_ARGS__, &given, e); \
                                                                                   \
        return co_world_gave(w, status, given);                                    \
    }

MANY_SETS(and_many, sets, 3)
MANY_SETS(or_many, sets, 3)
MANY_SETS(at_least, sets, 3, 2)

static cohort_status bitmap_optimise(co_world *w, cohort_error *e)
{
    return cohort_bitmap_optimise(w->a, e);
}

/* Slots that are shorter as runs, too many of these for a place inside. */
static void spoil_form(co_world *w)
{
    for (uint32_t row = 2000000; row < 2000800; row++)
        if (row / 100 % 2 == 0)
            must(cohort_bitmap_add(w->a, row, NULL) == COHORT_OK);
}

static uint8_t portable[100000];

static cohort_status bitmap_read(co_world *w, cohort_error *e)
{
    cohort_bitmap *given = CO_UNTOUCHED;
    const size_t size = cohort_bitmap_written_bytes(w->a);
    size_t used = 77;

    must(size <= sizeof portable && cohort_bitmap_write(w->a, portable, size, NULL) == COHORT_OK);

    const cohort_status status = cohort_bitmap_read(&w->allocator, portable, size, &used, &given, e);

    return co_world_gave(w, status, given);
}

const co_scenario co_bitmap_scenarios[] = {
    { "cohort_bitmap_new", .call = bitmap_new, .on_bitmaps = true },
    { "cohort_bitmap_copy", .call = bitmap_copy, .on_bitmaps = true },
    { "cohort_bitmap_add", .call = bitmap_add, .on_bitmaps = true },
    { "cohort_bitmap_remove", .call = bitmap_remove, .on_bitmaps = true, .before = fill_runs },
    { "cohort_bitmap_add_rows", .call = bitmap_add_rows, .on_bitmaps = true },
    { "cohort_bitmap_add_range", .call = bitmap_add_range, .on_bitmaps = true },
    { "cohort_bitmap_remove_range", .call = bitmap_remove_range, .on_bitmaps = true },
    { "cohort_bitmap_and", .call = bitmap_and, .on_bitmaps = true },
    { "cohort_bitmap_or", .call = bitmap_or, .on_bitmaps = true },
    { "cohort_bitmap_xor", .call = bitmap_xor, .on_bitmaps = true },
    { "cohort_bitmap_andnot", .call = bitmap_andnot, .on_bitmaps = true },
    { "cohort_bitmap_and_into", .call = bitmap_and_into, .on_bitmaps = true },
    { "cohort_bitmap_or_into", .call = bitmap_or_into, .on_bitmaps = true },
    { "cohort_bitmap_xor_into", .call = bitmap_xor_into, .on_bitmaps = true },
    { "cohort_bitmap_andnot_into", .call = bitmap_andnot_into, .on_bitmaps = true },
    { "cohort_bitmap_and_many", .call = bitmap_and_many, .on_bitmaps = true },
    { "cohort_bitmap_or_many", .call = bitmap_or_many, .on_bitmaps = true },
    { "cohort_bitmap_at_least", .call = bitmap_at_least, .on_bitmaps = true },
    { "cohort_bitmap_optimise", .call = bitmap_optimise, .on_bitmaps = true, .before = spoil_form },
    { "cohort_bitmap_read", .call = bitmap_read, .on_bitmaps = true },
};

const size_t co_n_bitmap_scenarios = sizeof co_bitmap_scenarios / sizeof *co_bitmap_scenarios;

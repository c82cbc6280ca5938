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

static cohort_status bitmap_remove_rows(co_world *w, cohort_error *e)
{
    static const uint32_t rows[] = { 120000, 3, 400000, 140001, 140003, 140005, 140007 };

    return cohort_bitmap_remove_rows(w->a, rows, 7, e);
}

/* So many in no order that they are dealt out to their tiles. */
static cohort_status bitmap_add_rows_in_no_order(co_world *w, cohort_error *e)
{
    enum { N = 3000 };
    static uint32_t rows[N];

    for (uint32_t i = 0; i < N; i++)
        rows[i] = i * 2654435761u >> 11;
    return cohort_bitmap_add_rows(w->a, rows, N, e);
}

static cohort_status bitmap_flip_range_into(co_world *w, cohort_error *e)
{
    return cohort_bitmap_flip_range_into(w->a, 100, 600000, e);
}

static cohort_status bitmap_shift_into(co_world *w, cohort_error *e)
{
    return cohort_bitmap_shift_into(w->a, -1000, e);
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
MANY_SETS(xor_many, sets, 3)
MANY_SETS(at_least, sets, 3, 2)
MANY_SETS(flip_range, sets[0], 100, 600000)
MANY_SETS(shift, sets[0], 100000)

static cohort_status bitmap_overlap(co_world *w, cohort_error *e)
{
    const cohort_bitmap *const sets[] = { w->a, w->b };
    uint64_t counts[4];
    const cohort_status status = cohort_bitmap_overlap(sets, 2, counts, e);

    must(status != COHORT_OK || (counts[0] == cohort_bitmap_count(w->a) && counts[1] == counts[2]));
    return status;
}

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

static cohort_status bitmap_view(co_world *w, cohort_error *e)
{
    cohort_bitmap *given = CO_UNTOUCHED;
    const size_t size = cohort_bitmap_written_bytes(w->a);

    must(size <= sizeof portable && cohort_bitmap_write(w->a, portable, size, NULL) == COHORT_OK);

    const cohort_status status = cohort_bitmap_view(&w->allocator, portable, size, NULL, &given, e);

    return co_world_gave(w, status, given);
}

/* ---- 64-bit keys ---- */

static cohort_status keys_new(co_world *w, cohort_error *e)
{
    cohort_bitmap64 *given = CO_UNTOUCHED;
    const cohort_status status = cohort_bitmap64_new(&w->allocator, &given, e);

    return co_world_gave64(w, status, given);
}

static cohort_status keys_add(co_world *w, cohort_error *e)
{
    return cohort_bitmap64_add(w->a64, UINT64_MAX, e);
}

/* A run of a part becomes two, which needs room. */
static cohort_status keys_remove(co_world *w, cohort_error *e)
{
    return cohort_bitmap64_remove(w->a64, 150000, e);
}

static void fill_key_runs(co_world *w)
{
    must(cohort_bitmap64_remove(w->a64, 140000, NULL) == COHORT_OK);
}

static cohort_status keys_add_keys(co_world *w, cohort_error *e)
{
    static const uint64_t keys[] = { 1, UINT64_MAX, 5, UINT64_C(7) << 32, UINT64_C(1) << 32, 150000 };

    return cohort_bitmap64_add_keys(w->a64, keys, 6, e);
}

static cohort_status keys_remove_keys(co_world *w, cohort_error *e)
{
    static const uint64_t keys[] = { 140001, 140005, 140003, 140007, UINT64_MAX, 0 };

    return cohort_bitmap64_remove_keys(w->a64, keys, 6, e);
}

static cohort_status keys_add_between(co_world *w, cohort_error *e)
{
    return cohort_bitmap64_add_between(w->a64, 5, UINT64_C(4) << 32, e);
}

static cohort_status keys_remove_between(co_world *w, cohort_error *e)
{
    return cohort_bitmap64_remove_between(w->a64, 150000, (UINT64_C(3) << 32) + 70000, e);
}

static cohort_status keys_flip_between_into(co_world *w, cohort_error *e)
{
    return cohort_bitmap64_flip_between_into(w->a64, 5, UINT64_C(2) << 32, e);
}

static cohort_status keys_shift_into(co_world *w, cohort_error *e)
{
    return cohort_bitmap64_shift_into(w->a64, -100001, e);
}

#define KEYS_GIVEN(name, ...)                                                          \
    static cohort_status keys_##name(co_world *w, cohort_error *e)                     \
    {                                                                                  \
        const cohort_bitmap64 *const sets[] = { w->a64, w->b64, w->a64 };              \
        cohort_bitmap64 *given = CO_UNTOUCHED;                                         \
        const cohort_status status = cohort_bitmap64_##name(__VA_ARGS__, &given, e);   \
                                                                                       \
        return co_world_gave64(w, status, given);                                      \
    }
#define TWO_KEYS(name)                                                                 \
    KEYS_GIVEN(name, sets[0], sets[1])                                                 \
    static cohort_status keys_##name##_into(co_world *w, cohort_error *e)              \
    {                                                                                  \
        return cohort_bitmap64_##name##_into(w->a64, w->b64, e);                       \
    }

KEYS_GIVEN(copy, sets[0])
KEYS_GIVEN(flip_between, sets[0], 5, UINT64_C(2) << 32)
KEYS_GIVEN(shift, sets[0], 100001)
KEYS_GIVEN(and_many, sets, 3)
KEYS_GIVEN(or_many, sets, 3)
KEYS_GIVEN(xor_many, sets, 3)
KEYS_GIVEN(at_least, sets, 3, 2)
TWO_KEYS(and)
TWO_KEYS(or)
TWO_KEYS(xor)
TWO_KEYS(andnot)

static cohort_status keys_optimise(co_world *w, cohort_error *e)
{
    return cohort_bitmap64_optimise(w->a64, e);
}

static void spoil_key_form(co_world *w)
{
    for (uint64_t key = 2000000; key < 2000800; key++)
        if (key / 100 % 2 == 0)
            must(cohort_bitmap64_add(w->a64, key, NULL) == COHORT_OK);
}

static size_t write_keys(co_world *w)
{
    const size_t size = cohort_bitmap64_written_bytes(w->a64);

    must(size <= sizeof portable && cohort_bitmap64_write(w->a64, portable, size, NULL) == COHORT_OK);
    return size;
}

static cohort_status keys_read(co_world *w, cohort_error *e)
{
    cohort_bitmap64 *given = CO_UNTOUCHED;
    const cohort_status status = cohort_bitmap64_read(&w->allocator, portable, write_keys(w), NULL, &given, e);

    return co_world_gave64(w, status, given);
}

static cohort_status keys_view(co_world *w, cohort_error *e)
{
    cohort_bitmap64 *given = CO_UNTOUCHED;
    const cohort_status status = cohort_bitmap64_view(&w->allocator, portable, write_keys(w), NULL, &given, e);

    return co_world_gave64(w, status, given);
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
    { "cohort_bitmap_overlap", .call = bitmap_overlap, .on_bitmaps = true },
    { "cohort_bitmap_optimise", .call = bitmap_optimise, .on_bitmaps = true, .before = spoil_form },
    { "cohort_bitmap_read", .call = bitmap_read, .on_bitmaps = true },
    { "cohort_bitmap_view", .call = bitmap_view, .on_bitmaps = true },
    { "cohort_bitmap_remove_rows", .call = bitmap_remove_rows, .on_bitmaps = true },
    { "cohort_bitmap_add_rows", .call = bitmap_add_rows_in_no_order, .on_bitmaps = true },
    { "cohort_bitmap_flip_range", .call = bitmap_flip_range, .on_bitmaps = true },
    { "cohort_bitmap_flip_range_into", .call = bitmap_flip_range_into, .on_bitmaps = true },
    { "cohort_bitmap_shift", .call = bitmap_shift, .on_bitmaps = true },
    { "cohort_bitmap_shift_into", .call = bitmap_shift_into, .on_bitmaps = true },
    { "cohort_bitmap_xor_many", .call = bitmap_xor_many, .on_bitmaps = true },
    { "cohort_bitmap64_new", .call = keys_new, .on_bitmaps = true },
    { "cohort_bitmap64_copy", .call = keys_copy, .on_bitmaps = true },
    { "cohort_bitmap64_add", .call = keys_add, .on_bitmaps = true },
    { "cohort_bitmap64_remove", .call = keys_remove, .on_bitmaps = true, .before = fill_key_runs },
    { "cohort_bitmap64_add_keys", .call = keys_add_keys, .on_bitmaps = true },
    { "cohort_bitmap64_remove_keys", .call = keys_remove_keys, .on_bitmaps = true },
    { "cohort_bitmap64_add_between", .call = keys_add_between, .on_bitmaps = true },
    { "cohort_bitmap64_remove_between", .call = keys_remove_between, .on_bitmaps = true },
    { "cohort_bitmap64_flip_between", .call = keys_flip_between, .on_bitmaps = true },
    { "cohort_bitmap64_flip_between_into", .call = keys_flip_between_into, .on_bitmaps = true },
    { "cohort_bitmap64_shift", .call = keys_shift, .on_bitmaps = true },
    { "cohort_bitmap64_shift_into", .call = keys_shift_into, .on_bitmaps = true },
    { "cohort_bitmap64_and", .call = keys_and, .on_bitmaps = true },
    { "cohort_bitmap64_or", .call = keys_or, .on_bitmaps = true },
    { "cohort_bitmap64_xor", .call = keys_xor, .on_bitmaps = true },
    { "cohort_bitmap64_andnot", .call = keys_andnot, .on_bitmaps = true },
    { "cohort_bitmap64_and_into", .call = keys_and_into, .on_bitmaps = true },
    { "cohort_bitmap64_or_into", .call = keys_or_into, .on_bitmaps = true },
    { "cohort_bitmap64_xor_into", .call = keys_xor_into, .on_bitmaps = true },
    { "cohort_bitmap64_andnot_into", .call = keys_andnot_into, .on_bitmaps = true },
    { "cohort_bitmap64_and_many", .call = keys_and_many, .on_bitmaps = true },
    { "cohort_bitmap64_or_many", .call = keys_or_many, .on_bitmaps = true },
    { "cohort_bitmap64_xor_many", .call = keys_xor_many, .on_bitmaps = true },
    { "cohort_bitmap64_at_least", .call = keys_at_least, .on_bitmaps = true },
    { "cohort_bitmap64_optimise", .call = keys_optimise, .on_bitmaps = true, .before = spoil_key_form },
    { "cohort_bitmap64_read", .call = keys_read, .on_bitmaps = true },
    { "cohort_bitmap64_view", .call = keys_view, .on_bitmaps = true },
};

const size_t co_n_bitmap_scenarios = sizeof co_bitmap_scenarios / sizeof *co_bitmap_scenarios;

/*
 * Rows in no order, made a bitmap: they are dealt out to their tiles first, by
 * counting, and then each tile is made at once.
 *
 * Costs:   two passes over the rows and one over their slots; two bytes a row and
 *          512 KiB while it lasts.
 */
#include "bitmap/scatter.h"

#include <assert.h>
#include <string.h>

#include "bitmap/tiles.h"
#include "kernel/bits.h"

/* Up to so many rows of a tile are sorted, more are set as bits. */
enum { SORTED_MOST = 48 };

bool co_rows_are_scattered(const uint32_t *rows, size_t n)
{
    size_t falls = 0;

    for (size_t i = 1; i < n; i++)
        falls += rows[i] >> 16 < rows[i - 1] >> 16;
    return n >= CO_SCATTERED_FROM && falls > n / 16;
}

/* Sorts by insertion and leaves repeats out; how many are left. */
static size_t sort_few(const uint16_t *slots, size_t n, uint16_t *sorted)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        size_t at = kept;

        while (at > 0 && sorted[at - 1] > slots[i])
            at--;
        if (at > 0 && sorted[at - 1] == slots[i])
            continue;
        memmove(sorted + at + 1, sorted + at, (kept - at) * sizeof *sorted);
        sorted[at] = slots[i];
        kept++;
    }
    return kept;
}

static bool set_of(co_shelf *shelf, const uint16_t *slots, size_t n, co_rowset *set)
{
    uint64_t words[CO_TILE_WORDS];

    if (n <= SORTED_MOST) {
        uint16_t sorted[SORTED_MOST];

        return co_rowset_of_slots(shelf, sorted, sort_few(slots, n, sorted), set);
    }
    memset(words, 0, sizeof words);
    for (size_t i = 0; i < n; i++)
        co_bit_set(words, slots[i]);
    return co_rowset_of_words(shelf, words, co_kernel_now()->count(words, CO_TILE_WORDS), set);
}

/* Puts the slots of each tile behind each other; starts[t] is where tile t ends afterwards. */
static size_t deal_out(const uint32_t *rows, size_t n, size_t *starts, uint16_t *slots)
{
    size_t total = 0;
    size_t n_tiles = 0;

    for (size_t i = 0; i < n; i++)
        starts[rows[i] >> 16]++;
    for (size_t t = 0; t < CO_TILE_ROWS; t++) {
        const size_t here = starts[t];

        starts[t] = total;
        total += here;
        n_tiles += here != 0;
    }
    for (size_t i = 0; i < n; i++)
        slots[starts[rows[i] >> 16]++] = (uint16_t)rows[i];
    return n_tiles;
}

static bool take_tiles(const size_t *ends, const uint16_t *slots, co_shelf *shelf, co_bitmap *result)
{
    size_t first = 0;

    for (uint32_t t = 0; t < CO_TILE_ROWS; t++) {
        co_rowset set;

        if (ends[t] == first)
            continue;
        if (!set_of(shelf, slots + first, ends[t] - first, &set))
            return false;
        co_tiles_append(result, t, &set);
        first = ends[t];
    }
    return true;
}

cohort_status co_bitmap_scatter(const uint32_t *rows, size_t n, co_bitmap *result)
{
    co_memory *memory = result->memory;
    size_t *ends = co_memory_new_zeroed(memory, CO_TILE_ROWS, sizeof *ends);
    uint16_t *slots = co_memory_new_array(memory, n, sizeof *slots);
    co_shelf shelf = co_shelf_of(result, n * sizeof *slots);
    bool made = ends != NULL && slots != NULL;

    assert(result->n_tiles == 0 && n > 0);
    made = made && co_tiles_reserve(result, deal_out(rows, n, ends, slots)) && take_tiles(ends, slots, &shelf, result);
    co_shelf_finish(&shelf);
    co_memory_free(memory, ends, CO_TILE_ROWS * sizeof *ends);
    co_memory_free(memory, slots, n * sizeof *slots);
    if (!made)
        co_bitmap_clear(result);
    return made ? COHORT_OK : COHORT_MEMORY;
}

/* The naive bitmap. */
#include "support/flags.h"

#include <stdlib.h>
#include <string.h>

#include "support/must.h"

const uint32_t co_flag_tile[CO_FLAG_TILES] = { 0, 1, 700, 65535 };

static void fill_randomly(co_random *random, uint8_t *tile, uint64_t one_in_65536)
{
    for (uint32_t i = 0; i < CO_TILE_ROWS; i++)
        tile[i] = co_random_below(random, CO_TILE_ROWS) < one_in_65536;
}

static void fill_exactly(co_random *random, uint8_t *tile, uint32_t n)
{
    memset(tile, 0, CO_TILE_ROWS);
    while (n > 0) {
        uint8_t *flag = &tile[co_random_below(random, CO_TILE_ROWS)];

        n -= !*flag;
        *flag = 1;
    }
}

static void fill_runs(co_random *random, uint8_t *tile, uint64_t longest)
{
    uint8_t in = 0;

    for (uint32_t i = 0; i < CO_TILE_ROWS; in ^= 1) {
        const uint64_t end = i + 1 + co_random_below(random, longest);

        for (; i < end && i < CO_TILE_ROWS; i++)
            tile[i] = in;
    }
}

static void fill_tile(co_random *random, co_fill fill, uint8_t *tile)
{
    const uint32_t first = (uint32_t)co_random_below(random, CO_TILE_ROWS);

    memset(tile, fill == CO_FILL_ALL, CO_TILE_ROWS);
    switch (fill) {
    case CO_FILL_ONE:
        tile[co_random_chance(random, 1, 2) ? CO_TILE_ROWS - 1 : first] = 1;
        break;
    case CO_FILL_FEW:
        fill_exactly(random, tile, 2 + (uint32_t)co_random_below(random, 8));
        break;
    case CO_FILL_SPARSE:
        fill_randomly(random, tile, 64 + co_random_below(random, 2000));
        break;
    case CO_FILL_EDGE:
        fill_exactly(random, tile, 4094 + (uint32_t)co_random_below(random, 5));
        break;
    case CO_FILL_DENSE:
        fill_randomly(random, tile, 6000 + co_random_below(random, 55000));
        break;
    case CO_FILL_HOLES:
        memset(tile, 1, CO_TILE_ROWS);
        tile[first] = 0;
        tile[first ^ 12345] = 0;
        break;
    case CO_FILL_RUNS:
        fill_runs(random, tile, 2 + co_random_below(random, 3000));
        break;
    case CO_FILL_MANY_RUNS:
        fill_runs(random, tile, 20 + co_random_below(random, 15));
        break;
    case CO_FILL_RANGE:
        memset(tile + first, 1, (size_t)co_random_below(random, CO_TILE_ROWS - first) + 1);
        break;
    default:
        break;
    }
}

/* The tile by whole words, by slots, by single rows, or by runs. */
static void add_tile(co_random *random, const uint8_t *tile, uint32_t number, co_bitmap *bitmap)
{
    uint64_t words[CO_TILE_WORDS] = { 0 };
    const uint64_t how = co_random_below(random, 3);

    if (how == 2) {
        for (uint32_t i = 0; i < CO_TILE_ROWS; i++) {
            uint32_t end = i;

            while (end < CO_TILE_ROWS && tile[end])
                end++;
            must(co_bitmap_add_range(bitmap, (uint64_t)number << 16 | i, ((uint64_t)number << 16) + end) == COHORT_OK);
            i = end;
        }
        return;
    }
    for (uint32_t i = 0; i < CO_TILE_ROWS; i++) {
        words[i / 64] |= (uint64_t)tile[i] << (i % 64);
        if (how == 1 && tile[i])
            must(co_bitmap_add(bitmap, number << 16 | i, NULL) == COHORT_OK);
    }
    if (how == 0)
        must(co_bitmap_append_tile(bitmap, number, words, CO_TILE_WORDS) == COHORT_OK);
}

void co_flags_fill(co_random *random, const co_fill fills[CO_FLAG_TILES], uint8_t *flags, co_bitmap *bitmap)
{
    co_bitmap_clear(bitmap);
    for (uint32_t t = 0; t < CO_FLAG_TILES; t++) {
        fill_tile(random, fills[t], flags + t * CO_TILE_ROWS);
        add_tile(random, flags + t * CO_TILE_ROWS, co_flag_tile[t], bitmap);
    }
    if (co_random_chance(random, 1, 2))
        must(co_bitmap_optimise(bitmap) == COHORT_OK);
}

uint64_t co_flags_count(const uint8_t *flags)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < CO_FLAG_ROWS; i++)
        n += flags[i];
    return n;
}

void co_flags_compare(const uint8_t *flags, const co_bitmap *bitmap)
{
    const char *wrong = co_bitmap_validate(bitmap);
    uint64_t words[CO_TILE_WORDS];

    if (wrong != NULL)
        ck_abort_msg("%s", wrong);
    must(co_bitmap_count(bitmap) == co_flags_count(flags));
    for (uint32_t t = 0; t < CO_FLAG_TILES; t++) {
        const uint32_t count = co_bitmap_tile_words(bitmap, co_flag_tile[t], words);
        uint32_t found = 0;

        for (uint32_t i = 0; i < CO_TILE_ROWS; i++) {
            must((words[i / 64] >> (i % 64) & 1) == flags[t * CO_TILE_ROWS + i]);
            found += flags[t * CO_TILE_ROWS + i];
        }
        must(found == count);
    }
}

/* Makes the cells of tile_cells.h and compares them. */
#include "support/tile_cells.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/bits.h"
#include "support/random.h"

#define BYTES_PER_TEXT 32
#define LARGEST_SET 300u
#define DAY_US INT64_C(86400000000)

const uint32_t co_tile_lengths[] = { 1, 63, 64, 65, 4095, 4096, 4097, 65535, 65536 };
const size_t co_n_tile_lengths = sizeof co_tile_lengths / sizeof *co_tile_lengths;

co_shape co_pattern_shape(co_pattern pattern)
{
    if (pattern < CO_PATTERN_ONE_TEXT)
        return CO_SHAPE_NUMBERS;
    if (pattern < CO_PATTERN_FEW_ELEMENTS)
        return CO_SHAPE_STRINGS;
    return pattern < CO_PATTERN_PLACES ? CO_SHAPE_SETS : CO_SHAPE_POINTS;
}

static void *get(size_t n, size_t size)
{
    void *block = calloc(n == 0 ? 1 : n, size);

    ck_assert_ptr_nonnull(block);
    return block;
}

static int64_t number(co_pattern pattern, uint32_t row, uint32_t n, co_random *random)
{
    switch (pattern) {
    case CO_PATTERN_CONSTANT:
        return -42;
    case CO_PATTERN_BYTES:
        return 1000 + co_random_between(random, 0, 255);
    case CO_PATTERN_PAIRS:
        return -40000 + co_random_between(random, 0, 65535);
    case CO_PATTERN_QUADS:
        return INT64_MIN + 5 + co_random_between(random, 0, UINT32_MAX);
    case CO_PATTERN_UNITS:
        return DAY_US * co_random_between(random, -3000, 3000) + 17;
    case CO_PATTERN_WIDE_UNITS:
        return INT64_C(3298534883328) * co_random_between(random, -100000, 100000) - 1;
    case CO_PATTERN_ENDS:
        return co_random_chance(random, 1, 2) ? INT64_MIN : INT64_MAX;
    case CO_PATTERN_RISING:
        return (int64_t)row * 7 - 100;
    case CO_PATTERN_LEAPING:
        return n < 2 ? 0 : (int64_t)((uint64_t)INT64_MIN + row * (UINT64_MAX / (n - 1)));
    default:
        return co_random_chance(random, 1, 50)   ? INT64_MIN
               : co_random_chance(random, 1, 50) ? INT64_MAX
                                                 : co_random_int64(random);
    }
}

static uint32_t n_texts(co_pattern pattern, uint32_t n)
{
    switch (pattern) {
    case CO_PATTERN_ONE_TEXT:
        return 1;
    case CO_PATTERN_FEW_TEXTS:
        return 7;
    case CO_PATTERN_MORE_TEXTS:
        return 257;
    case CO_PATTERN_MANY_TEXTS:
        return n / 4 + 1;
    case CO_PATTERN_FEW_ELEMENTS:
        return 5;
    case CO_PATTERN_MANY_ELEMENTS:
        return 2000;
    case CO_PATTERN_LARGE_SETS:
        return LARGEST_SET + 1;
    default:
        return n * 8;
    }
}

/* Text number `which`: of any length, the first one empty, some beyond ASCII. */
static co_text text(uint32_t which, char *bytes)
{
    static const char *const endings[] = { "", " Ltd", "äß", "\xe6\x97\xa5\xe6\x9c\xac",
                                           "\xf0\x9f\x98\x80!" };
    const int length =
        which == 0 ? 0 : snprintf(bytes, BYTES_PER_TEXT, "%u%s", which * 7919u, endings[which % 5]);

    return (co_text){ bytes, (size_t)length };
}

static void make_texts(co_tile_cells *made, co_pattern pattern, uint32_t n, co_random *random)
{
    const uint32_t distinct = n_texts(pattern, n);

    made->texts = get(n, sizeof *made->texts);
    made->bytes = get(n, BYTES_PER_TEXT);
    for (uint32_t i = 0; i < n; i++)
        made->texts[i] =
            text((uint32_t)co_random_below(random, distinct), made->bytes + (size_t)i * BYTES_PER_TEXT);
}

static uint32_t set_size(co_pattern pattern, co_random *random)
{
    switch (pattern) {
    case CO_PATTERN_FEW_ELEMENTS:
        return (uint32_t)co_random_below(random, 4);
    case CO_PATTERN_MANY_ELEMENTS:
        return (uint32_t)co_random_below(random, 7);
    case CO_PATTERN_LARGE_SETS:
        return co_random_chance(random, 1, 100) ? (uint32_t)co_random_between(random, 250, LARGEST_SET) : 1;
    default:
        return 0;
    }
}

/* Neighbouring elements from a place that is more often low than high; a set has fewer than there are, so none twice. */
static void make_sets(co_tile_cells *made, co_pattern pattern, uint32_t n, co_random *random)
{
    const uint32_t distinct = n_texts(pattern, n);
    size_t total = 0;

    made->ends = get((size_t)n + 1, sizeof *made->ends);
    for (uint32_t i = 0; i < n; i++) {
        total += set_size(pattern, random);
        made->ends[i + 1] = (uint32_t)total;
    }
    made->texts = get(total, sizeof *made->texts);
    made->bytes = get(total, BYTES_PER_TEXT);
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t skew = co_random_below(random, distinct) + 1;
        const uint32_t start = (uint32_t)co_random_below(random, skew);

        for (uint32_t j = made->ends[i]; j < made->ends[i + 1]; j++)
            made->texts[j] =
                text((start + (j - made->ends[i])) % distinct, made->bytes + (size_t)j * BYTES_PER_TEXT);
    }
}

static void make_valid(co_tile_cells *made, co_missing missing, uint32_t n, co_random *random)
{
    if (missing == CO_MISSING_NONE)
        return;
    made->valid = get(co_words_for(n), sizeof *made->valid);
    for (uint32_t i = 0; i < n; i++)
        if (missing != CO_MISSING_ALL && co_random_chance(random, missing == CO_MISSING_SOME ? 9 : 1, 10))
            co_bit_set(made->valid, i);
}

co_tile_cells *co_tile_cells_new(co_pattern pattern, co_missing missing, uint32_t n, uint64_t seed)
{
    co_tile_cells *made = get(1, sizeof *made);
    const co_shape shape = co_pattern_shape(pattern);
    co_random random = co_random_of(seed);

    make_valid(made, missing, n, &random);
    if (shape == CO_SHAPE_NUMBERS) {
        made->numbers = get(n, sizeof *made->numbers);
        for (uint32_t i = 0; i < n; i++)
            made->numbers[i] =
                co_tile_cells_has(made, i) ? number(pattern, i, n, &random) : co_random_int64(&random);
    } else if (shape == CO_SHAPE_STRINGS) {
        make_texts(made, pattern, n, &random);
    } else if (shape == CO_SHAPE_SETS) {
        make_sets(made, pattern, n, &random);
    } else {
        made->latitudes = get(n, sizeof *made->latitudes);
        made->longitudes = get(n, sizeof *made->longitudes);
        for (uint32_t i = 0; i < n; i++) {
            made->latitudes[i] = i % 5 == 0 ? -0.0 : co_random_unit(&random) * 180 - 90;
            made->longitudes[i] = co_random_unit(&random) * 360 - 180;
        }
    }
    made->cells = (co_cells){ .shape = shape,
                              .n = n,
                              .valid = made->valid,
                              .numbers = made->numbers,
                              .texts = made->texts,
                              .ends = made->ends,
                              .latitudes = made->latitudes,
                              .longitudes = made->longitudes };
    return made;
}

void co_tile_cells_free(co_tile_cells *made)
{
    free(made->valid);
    free(made->numbers);
    free(made->texts);
    free(made->ends);
    free(made->latitudes);
    free(made->longitudes);
    free(made->bytes);
    free(made);
}

bool co_tile_cells_has(const co_tile_cells *made, uint32_t row)
{
    return made->valid == NULL || co_bit_test(made->valid, row);
}

static bool has(const co_cells *cells, uint32_t row)
{
    return cells->valid == NULL || co_bit_test(cells->valid, row);
}

static void assert_same_set(const co_cells *a, const co_cells *b, uint32_t row)
{
    const uint32_t n = a->ends[row + 1] - a->ends[row];

    if (n != b->ends[row + 1] - b->ends[row])
        ck_abort_msg("row %u has another number of elements", row);
    for (uint32_t i = 0; i < n; i++) {
        bool found = false;

        for (uint32_t j = 0; j < n && !found; j++)
            found = co_text_equal(a->texts[a->ends[row] + i], b->texts[b->ends[row] + j]);
        if (!found)
            ck_abort_msg("row %u has other elements", row);
    }
}

void co_assert_same_cells(const co_cells *a, const co_cells *b)
{
    ck_assert_int_eq(a->shape, b->shape);
    ck_assert_uint_eq(a->n, b->n);
    for (uint32_t i = 0; i < a->n; i++) {
        if (has(a, i) != has(b, i))
            ck_abort_msg("row %u has a value in one", i);
        if (!has(a, i))
            continue;
        if (a->shape == CO_SHAPE_NUMBERS && a->numbers[i] != b->numbers[i])
            ck_abort_msg("row %u has other numbers", i);
        if (a->shape == CO_SHAPE_STRINGS && !co_text_equal(a->texts[i], b->texts[i]))
            ck_abort_msg("row %u has other texts", i);
        if (a->shape == CO_SHAPE_SETS)
            assert_same_set(a, b, i);
        if (a->shape == CO_SHAPE_POINTS &&
            (memcmp(&a->latitudes[i], &b->latitudes[i], sizeof(double)) != 0 ||
             memcmp(&a->longitudes[i], &b->longitudes[i], sizeof(double)) != 0))
            ck_abort_msg("row %u has other points", i);
    }
}

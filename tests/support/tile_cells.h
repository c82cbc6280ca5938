/*
 * Cells of one tile to try columns on: every shape, the value patterns that
 * lead to each encoding, and rows missing or not.
 */
#ifndef CO_TESTS_TILE_CELLS_H
#define CO_TESTS_TILE_CELLS_H

#include "column/column.h"

typedef enum co_pattern {
    /* NUMBERS */
    CO_PATTERN_CONSTANT,   /* one value */
    CO_PATTERN_BYTES,      /* 0 … 255 above a base */
    CO_PATTERN_PAIRS,      /* 0 … 65,535 above a base */
    CO_PATTERN_QUADS,      /* 32 bits above a base */
    CO_PATTERN_ANY,        /* 64 bits, INT64_MIN and INT64_MAX among them */
    CO_PATTERN_UNITS,      /* multiples of a day in microseconds */
    CO_PATTERN_WIDE_UNITS, /* multiples of 3 × 2^40, more than 65,536 of them */
    CO_PATTERN_ENDS,       /* INT64_MIN and INT64_MAX alone */
    CO_PATTERN_RISING,     /* by 7 a row */
    CO_PATTERN_LEAPING,    /* from INT64_MIN to INT64_MAX as evenly as will go */
    /* STRINGS */
    CO_PATTERN_ONE_TEXT,
    CO_PATTERN_FEW_TEXTS,  /* 7 of them */
    CO_PATTERN_MORE_TEXTS, /* 257 */
    CO_PATTERN_MANY_TEXTS, /* up to a quarter of the rows distinct */
    CO_PATTERN_OWN_TEXTS,  /* nearly all distinct */
    /* SETS */
    CO_PATTERN_FEW_ELEMENTS,  /* up to 3 of 5 */
    CO_PATTERN_MANY_ELEMENTS, /* up to 6 of 2,000, skewed */
    CO_PATTERN_LARGE_SETS,    /* up to 300 of 301 in a few rows */
    CO_PATTERN_EMPTY_SETS,
    /* POINTS */
    CO_PATTERN_PLACES,
    CO_N_PATTERNS
} co_pattern;

typedef enum co_missing {
    CO_MISSING_NONE,
    CO_MISSING_SOME,
    CO_MISSING_MOST,
    CO_MISSING_ALL,
    CO_N_MISSING
} co_missing;

co_shape co_pattern_shape(co_pattern pattern);

typedef struct co_tile_cells {
    co_cells cells;
    uint64_t *valid;
    int64_t *numbers;
    co_text *texts;
    uint32_t *ends;
    double *latitudes;
    double *longitudes;
    char *bytes; /* of the texts, CO_PATTERN_BYTES_PER_TEXT each at most */
} co_tile_cells;

/* Fails the test if there is no memory. What missing rows hold is noise. */
co_tile_cells *co_tile_cells_new(co_pattern pattern, co_missing missing, uint32_t n, uint64_t seed);
void co_tile_cells_free(co_tile_cells *made);

bool co_tile_cells_has(const co_tile_cells *made, uint32_t row);

/* Two runs of cells are the same: missing rows, values, elements in any order within a row. */
void co_assert_same_cells(const co_cells *a, const co_cells *b);

/* The lengths at which words, slots and tiles end. */
extern const uint32_t co_tile_lengths[];
extern const size_t co_n_tile_lengths;

#endif

/*
 * How columns lie in memory. Private to the room: callers see operations.
 *
 * Always:  a column and its arrays are one block, arrays exactly as long as the
 *          tile's rows; codes of missing rows are 0. `valid` is NULL if and only
 *          if no row is missing.
 *
 *     form      width         array                       value of a row
 *     OFFSETS   0 1 2 4 8     codes                       least + unit × code
 *     LINEAR    0             none, no row is missing     least + unit × slot
 *     BITS      0             words, of codes 0 and 1     least + unit × code
 *     CODES     0 1 2         codes, list of field codes  text of list[code]
 *     PLAIN     -             offsets, bytes              bytes[offsets[slot] …]
 *     SETS      1 2 4         elements → slots or words; cardinalities by row
 *     POINTS    -             latitudes, longitudes
 */
#ifndef CO_COLUMN_LAYOUT_H
#define CO_COLUMN_LAYOUT_H

#include <stdatomic.h>

#include "column/column.h"
#include "kernel/kernel.h"

/* Pinned: files hold these numbers. */
typedef enum co_form {
    CO_FORM_OFFSETS = 1,
    CO_FORM_LINEAR = 2,
    CO_FORM_CODES = 3,
    CO_FORM_PLAIN = 4,
    CO_FORM_SETS = 5,
    CO_FORM_POINTS = 6,
    CO_FORM_BITS = 7
} co_form;

/* The greatest value is least + unit × greatest_code. No value: 0, 0, 1, 0. */
typedef struct co_number_part {
    int64_t least;
    int64_t greatest;
    uint64_t unit;
    uint64_t greatest_code;
    const void *codes;
    uint32_t n_ones; /* BITS */
} co_number_part;

/* What was derived from the codes: see derived.h. */
typedef struct co_derived co_derived;

/* list: codes of the field's dictionary, strictly rising. */
typedef struct co_code_part {
    const void *codes;
    const uint32_t *list;
    uint32_t n_list;
} co_code_part;

/* hashes: derived at the first search for equal texts; length of them, or NULL. */
typedef struct co_plain_part {
    const uint32_t *offsets;
    const char *bytes;
    _Atomic(uint16_t *) hashes;
} co_plain_part;

/*
 * Element i is `codes[i]` of the field's dictionary, strictly rising, held by
 * counts[i] rows, at least 1. Its rows are words if co_set_is_dense(), else
 * rising slots; starts[i] is where, counted in sets of words or in slots.
 */
typedef struct co_set_part {
    const uint32_t *codes;
    const uint32_t *counts;
    const uint32_t *starts;
    uint32_t n_elements;
    uint32_t n_dense;
    uint64_t n_slots;
    const uint64_t *words;
    const uint16_t *slots;
    const void *cardinalities;
} co_set_part;

typedef struct co_point_part {
    const double *latitudes;
    const double *longitudes;
} co_point_part;

struct co_column {
    co_memory *memory;
    size_t size; /* of the block */
    _Atomic uint32_t references;
    co_form form;
    uint32_t width; /* bytes a code, or a cardinality */
    uint32_t length;
    uint32_t n_valid;
    const uint64_t *valid;
    co_dictionary *dictionary;
    _Atomic(co_derived *) derived; /* NULL: nothing yet */
    _Atomic(unsigned char) rises;  /* derived: whether numbers rise with the row; see rising.c */
    _Atomic(unsigned char) is_order_wanted;
    _Atomic(uint16_t *) order;     /* derived: rows by their numbers, NULL: not yet; see order.c */
    union {
        co_number_part numbers;
        co_code_part strings;
        co_plain_part plain;
        co_set_part sets;
        co_point_part points;
    };
};

/* Which of a tile's rows have a value. */
typedef struct co_presence {
    const uint64_t *valid; /* NULL: all, or not known yet */
    uint32_t length;
    uint32_t n_valid;
} co_presence;

co_presence co_presence_of(const co_cells *cells);
static inline bool co_presence_has(const co_presence *presence, uint32_t slot)
{
    return presence->valid == NULL || (presence->valid[slot / 64] >> (slot % 64) & 1) != 0;
}

/* A size rounded up so that any array may follow. */
static inline size_t co_padded(size_t size)
{
    return (size + 7) & ~(size_t)7;
}

/*
 * A column with room for its arrays behind it, *room aligned for any of them,
 * the dictionary (may be NULL) retained. Where rows are missing column->valid is
 * a copy of the presence's words, to be filled if it has none. NULL: no memory.
 */
co_column *co_column_make(co_memory *memory, co_form form, uint32_t width, const co_presence *presence,
                          co_dictionary *dictionary, size_t room_size, char **room);

/* The next `size` bytes of the room, and on to the next aligned place. */
static inline void *co_carve(char **room, size_t size)
{
    void *start = *room;

    *room += co_padded(size);
    return start;
}

static inline uint64_t co_code_at(const void *codes, uint32_t width, size_t i)
{
    switch (width) {
    case 1:
        return ((const uint8_t *)codes)[i];
    case 2:
        return ((const uint16_t *)codes)[i];
    case 4:
        return ((const uint32_t *)codes)[i];
    case 8:
        return ((const uint64_t *)codes)[i];
    default:
        return 0;
    }
}

/* The narrowest of 0, 1, 2, 4 and 8 bytes that holds the number. */
static inline uint32_t co_width_for(uint64_t greatest)
{
    if (greatest == 0)
        return 0;
    if (greatest <= UINT8_MAX)
        return 1;
    if (greatest <= UINT16_MAX)
        return 2;
    return greatest <= UINT32_MAX ? 4 : 8;
}

static inline bool co_set_is_dense(uint32_t count, uint32_t length)
{
    return count >= co_words_for(length);
}

static inline co_text co_plain_text(const co_plain_part *plain, uint32_t slot)
{
    return (co_text){ plain->bytes + plain->offsets[slot], plain->offsets[slot + 1] - plain->offsets[slot] };
}

/* The place of a code in a rising list of n, or n. */
uint32_t co_code_place(const uint32_t *list, uint32_t n, uint32_t code);
/* All of the tile's words, counted. */
co_view co_view_of_words(const co_column *column, const uint64_t *words);
/* The codes of NUMBERS and CODES. */
const void *co_codes_of(const co_column *column);
/* hits = rows whose code lies in [low, high]; width 1, 2, 4 or 8. Missing rows count as code 0. */
void co_codes_between(const void *codes, uint32_t width, uint32_t length, uint64_t low, uint64_t high,
                      uint64_t *hits);
/* hits = rows with a value whose code lies in [low, high], which is not the whole range of the column. */
void co_codes_scan(const co_column *column, uint64_t low, uint64_t high, uint64_t *hits);
/*
 * view = rows with a value that have one of n codes, distinct, from the rows of each that the
 * column keeps; `room` as asking wants it. False: they are too many, or not kept.
 */
bool co_codes_join(const co_column *column, const uint64_t *codes, size_t n, uint64_t *room, co_view *view);
/* Bytes of the order, if it was made; and gives it back. */
size_t co_order_size(const co_column *column);
void co_order_release(const co_column *column);

/* The codes [*first, *last] of the values in [low, high]; false if there are none. n_valid at least 1. */
bool co_codes_of_range(const co_number_part *part, int64_t low, int64_t high, uint64_t *first,
                       uint64_t *last);
/* The same for rows [first, end), first a multiple of 64: hits begins with its word. */
void co_some_codes_between(const co_column *column, const void *codes, uint32_t first, uint32_t end,
                           uint64_t low, uint64_t high, uint64_t *hits);
/* hits without the rows that have no value, of rows from `first` up to `end` likewise. */
void co_some_only_valid(const co_column *column, uint32_t first, uint32_t end, uint64_t *hits);
/* hits = every row that has a value. */
void co_all_rows(const co_column *column, uint64_t *hits);
/* hits without the rows that have no value. */
void co_only_valid(const co_column *column, uint64_t *hits);

/* One file each: encode cells, spell them out again, write, read what was written. */
cohort_status co_numbers_new(co_memory *memory, const co_cells *cells, co_column **column,
                             cohort_error *error);
cohort_status co_strings_new(co_memory *memory, const co_cells *cells, co_dictionary *dictionary,
                             co_column **column, cohort_error *error);
cohort_status co_sets_new(co_memory *memory, const co_cells *cells, co_dictionary *dictionary,
                          co_column **column, cohort_error *error);
cohort_status co_points_new(co_memory *memory, const co_cells *cells, co_column **column,
                            cohort_error *error);

#endif

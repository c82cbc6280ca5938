/*
 * One field of one tile: up to 65,536 values, encoded, never changed once made.
 *
 * Always:  rows beyond the tile's length do not exist; bits of words beyond it
 *          are zero. A missing value matches nothing.
 * Used:    the store builds columns from cells and turns them back into cells
 *          to change them; the evaluator asks operations. Nobody outside sees
 *          an encoding.
 * Numbers: bool, int, decimal (scaled), date (days), timestamp (microseconds),
 *          reference (row number), double (as order-preserving int64, see
 *          base/number.h) are all int64 here.
 * Room:    `hits` has ⌈length / 64⌉ words, all of them written, and is no array
 *          that is read in the same call.
 * Views:   a question asked again and again is asked for a view: it lies in the
 *          caller's `room`, of as many words, or in the column, which keeps the
 *          rows of single values once they were looked for and lives longer.
 * Threads: any number ask one column; only retain and release count.
 */
#ifndef CO_COLUMN_COLUMN_H
#define CO_COLUMN_COLUMN_H

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"
#include "column/dictionary.h"
#include "kernel/kernel.h"

typedef enum co_shape { CO_SHAPE_NUMBERS, CO_SHAPE_STRINGS, CO_SHAPE_SETS, CO_SHAPE_POINTS } co_shape;

/*
 * Values in few bytes, as readers of whole files have them. A code is an unsigned
 * number of `width` bytes, 0 where missing.
 *   NUMBERS    row i is base + unit × code i; of width 0, whose values do not miss, base + unit × i
 *   STRINGS    row i is words[code i]
 *   SETS       row i has words[code j] for j of ends[i] .. ends[i + 1]
 * Words are distinct. Cells with the same `words` share one list, of which each may
 * use a part: a word has the same code in all of them.
 */
typedef struct co_packed {
    const void *codes;
    uint32_t width;         /* 1, 2, 4, 8 or for NUMBERS 0; of words 1 or 2 */
    uint32_t n_words;
    int64_t base;
    int64_t unit;           /* at least 1 */
    uint64_t greatest;      /* NUMBERS: code; 0 if all miss */
    const co_text *words;
} co_packed;

static inline uint64_t co_packed_code(const co_packed *packed, size_t i)
{
    switch (packed->width) {
    case 0:
        return i;
    case 1:
        return ((const uint8_t *)packed->codes)[i];
    case 2:
        return ((const uint16_t *)packed->codes)[i];
    case 4:
        return ((const uint32_t *)packed->codes)[i];
    default:
        return ((const uint64_t *)packed->codes)[i];
    }
}

/*
 * Plain values of n rows, in somebody's memory; what batches bring.
 *   valid      bit words, ⌈n / 64⌉ of them, bits past n zero; NULL: all valid
 *   texts      STRINGS: n of them. SETS: those of all rows, one after the other;
 *              row i has texts[ends[i] .. ends[i + 1]), without repeats
 *   packed     if not NULL, it has the values: of the other arrays only `valid` and `ends`
 *              are there. Batches and bales take such cells; columns are made of packed texts
 *              but of plain numbers
 */
typedef struct co_cells {
    co_shape shape;
    uint32_t n;
    const uint64_t *valid;
    const int64_t *numbers;
    const co_text *texts;
    const uint32_t *ends;
    const double *latitudes;
    const double *longitudes;
    const co_packed *packed;
} co_cells;

typedef struct co_column co_column;

/*
 * Rows of one tile: `words` of the tile's length, or at most 1,024 rising
 * `slots`, or, if both are NULL, none. Bits past the last row are zero.
 */
typedef struct co_view {
    uint32_t count;
    const uint64_t *words;
    const uint16_t *slots;
} co_view;

/*
 * Encodes n ≤ 65,536 cells. `dictionary` (STRINGS, SETS) receives new strings;
 * it is retained by the column. NULL for STRINGS (keys): always plain. A tile of
 * strings of which more than half are distinct is kept plain and adds nothing to
 * the dictionary.
 *
 * Fails: COHORT_MEMORY (some of the strings may then be in the dictionary, used
 * by nobody); COHORT_LIMIT if a plain tile has more than 4 GiB of text.
 */
cohort_status co_column_new(co_memory *memory, const co_cells *cells, co_dictionary *dictionary, co_column **column,
                            cohort_error *error);
co_column *co_column_retain(co_column *column);
void co_column_release(co_column *column);

co_shape co_column_shape(const co_column *column);
uint32_t co_column_length(const co_column *column);
uint32_t co_column_n_valid(const co_column *column);
/* Words of the rows that have a value; NULL if and only if all have. */
const uint64_t *co_column_valid(const co_column *column);
bool co_column_has(const co_column *column, uint32_t slot);
/* Memory held, what was derived included, the dictionary not. */
size_t co_column_bytes(const co_column *column);

/*
 * Every value back as cells; arrays live in `room` until its next use. Texts
 * point into the column or its dictionary, `valid` into the column. Fails for memory.
 */
typedef struct co_cells_room co_cells_room;     /* growing memory for one tile of cells, reusable */
co_cells_room *co_cells_room_new(co_memory *memory);
void co_cells_room_free(co_cells_room *room);
cohort_status co_column_cells(const co_column *column, co_cells_room *room, co_cells *cells, cohort_error *error);

/* ---- NUMBERS ---- */

/* Least and greatest of the values there are; false if there is none. */
bool co_column_range(const co_column *column, int64_t *least, int64_t *greatest);
/* 0 where missing. */
int64_t co_column_number(const co_column *column, uint32_t slot);
/* All values into out[0 .. length), 0 where missing. */
void co_column_numbers(const co_column *column, int64_t *out);
/*
 * The values of n rising rows of one tile, whose slots are their low 16 bits; 0 where missing.
 * Costs a fraction of a nanosecond a row where they follow each other or the values are
 * linear, else a look-up each.
 */
void co_column_numbers_at(const co_column *column, const uint32_t *rows, size_t n, int64_t *out);
/* Those of rows [first, end) into out[0 .. end - first). */
void co_column_some_numbers(const co_column *column, uint32_t first, uint32_t end, int64_t *out);
/*
 * The values of rows [first, end) modulo 2^16, of references the slots: that of row first + i is
 * (*base + result[i]) mod 2^16, anything where missing. The result lies in the column or in `room` for as many.
 */
const uint16_t *co_column_slots(const co_column *column, uint32_t first, uint32_t end, uint16_t *room, uint16_t *base);
/* hits[0 .. ⌈length / 64⌉) = rows whose value lies in [low, high], both included. */
void co_column_between(const co_column *column, int64_t low, int64_t high, uint64_t *hits);
/* The same for rows [first, end), first a multiple of 64: hits begins with its word. */
void co_column_some_between(const co_column *column, int64_t low, int64_t high, uint32_t first, uint32_t end,
                            uint64_t *hits);
/* … whose value is one of n values, ascending and distinct. */
void co_column_among(const co_column *column, const int64_t *values, size_t n, uint64_t *hits);
/*
 * Of n slots those whose value lies in [low, high], or, if `outside`, those whose
 * value does not; missing ones are left out. How many are kept; `kept` may be `slots`.
 */
size_t co_column_look_between(const co_column *column, int64_t low, int64_t high, bool outside,
                              const uint16_t *slots, size_t n, uint16_t *kept);
/* The same as views. */
void co_column_view_between(const co_column *column, int64_t low, int64_t high, uint64_t *room, co_view *view);
void co_column_view_among(const co_column *column, const int64_t *values, size_t n, uint64_t *room,
                          co_view *view);

/*
 * Whether the values there are come first and rise, none below the one before; found out when
 * first asked.
 */
bool co_column_rises(const co_column *column);
/*
 * Whether it is known without looking at each row that just rows [*first, *end) have a value in
 * [low, high]: where values rise with the row, and where none or all of them do.
 */
bool co_column_window(const co_column *column, int64_t low, int64_t high, uint32_t *first, uint32_t *end);

/*
 * Where it is not known so: the slots of the rows with a value in [low, high], in order of their
 * values, if that order was made, or is asked for again. They lie in the column; a value must be there.
 */
bool co_column_ordered(const co_column *column, int64_t low, int64_t high, const uint16_t **slots, uint32_t *n);

/* ---- NUMBERS and STRINGS ---- */

/* Whether it is known that every value there is is this number, or the text of this code. */
bool co_column_has_only(const co_column *column, int64_t value);

/* ---- STRINGS ---- */

/* Bytes NULL where missing. */
co_text co_column_text(const co_column *column, uint32_t slot);
/* The texts of n rows of one tile, bytes NULL where missing; slots are the rows' low 16 bits. */
void co_column_texts_at(const co_column *column, const uint32_t *rows, size_t n, co_text *out);

/*
 * A condition on text, run once per distinct value of a field and remembered.
 *   equal     if not NULL: the condition is being one of n_equal texts, bytewise
 *             (ascending, distinct); `test` is then not called
 *   answers   one byte per dictionary code, zeroed by the caller: 0 not asked, 1
 *             no, 2 yes. Several threads may share it. NULL: nothing is remembered
 */
typedef struct co_text_match {
    const co_text *equal;
    size_t n_equal;
    cohort_status (*test)(void *context, co_text text, bool *hit, cohort_error *error);
    void *context;
    _Atomic(unsigned char) *answers;
    size_t n_answers;
} co_text_match;

/*
 * hits = rows whose text matches. `within` (may be NULL) says which rows matter:
 * the others do not hit. Fails as `test` does: *slot is then the lowest row that
 * matters and fails, and `error` is about its text. `test` may be asked about
 * texts of rows that do not matter, then with a NULL error and without consequence.
 */
cohort_status co_column_match(const co_column *column, const co_text_match *match, const uint64_t *within,
                              uint64_t *hits, uint32_t *slot, cohort_error *error);
/* The same as a view, in which rows that do not matter may be, too. */
cohort_status co_column_view_match(const co_column *column, const co_text_match *match, const uint64_t *within,
                                   uint64_t *room, co_view *view, uint32_t *slot, cohort_error *error);

/*
 * Whether it is known without looking at each row that all texts there are match (*all), or none
 * does: where they are the same, and the condition does not fail on it.
 */
bool co_column_match_same(const co_column *column, const co_text_match *match, bool *all);
/*
 * As co_column_match for rows [first, end), first a multiple of 64: hits begins with its word.
 * False, and hits undefined: the condition failed for a text, or asking each row is quicker.
 */
bool co_column_some_match(const co_column *column, const co_text_match *match, uint32_t first, uint32_t end,
                          uint64_t *hits);
/* As that, for n slots: those that match come to `out`, which may be `slots`. */
bool co_column_match_slots(const co_column *column, const co_text_match *match, const uint16_t *slots, uint32_t n,
                           uint16_t *out, uint32_t *n_out);
/* The same for the text of one code. */
bool co_code_match(const co_dictionary *dictionary, uint32_t code, const co_text_match *match, bool *hit);

/* ---- SETS ---- */

/* hits |= rows whose set holds `code` of the field's dictionary; CO_NO_CODE: none does. */
void co_column_holds(const co_column *column, uint32_t code, uint64_t *hits);
/* … a view of them in the column. */
void co_column_view_holds(const co_column *column, uint32_t code, co_view *view);
/* Number of elements, 0 where missing. */
uint32_t co_column_cardinality(const co_column *column, uint32_t slot);
/* Codes of one row's elements, ascending, at most `capacity`; returns how many there are. */
uint32_t co_column_elements(const co_column *column, uint32_t slot, uint32_t *codes, uint32_t capacity);

/* ---- STRINGS and SETS ---- */

/* NULL for keys; borrowed. */
co_dictionary *co_column_dictionary(const co_column *column);

/*
 * counts[code] += how many of n rows of one tile, all with a value, have that text, or hold it;
 * slots are the rows' low 16 bits. False, and nothing is counted: the texts are not coded.
 */
bool co_column_tally(const co_column *column, const uint32_t *rows, size_t n, uint64_t *counts);

/* ---- POINTS ---- */

/* 0, 0 where missing. */
void co_column_points(const co_column *column, double *latitudes, double *longitudes);
void co_column_point(const co_column *column, uint32_t slot, double *latitude, double *longitude);

/* ---- a few changes ---- */

typedef struct co_patch {
    uint32_t slot;
    int64_t number; /* of NUMBERS */
    co_text text;   /* of STRINGS */
} co_patch;

/*
 * The column with n values changed, of distinct slots, at the cost of a copy; *patched is
 * NULL if it must be encoded anew instead. NUMBERS and STRINGS. Fails for memory.
 */
cohort_status co_column_patch(const co_column *column, const co_patch *patches, size_t n, co_column **patched,
                              cohort_error *error);

/* ---- from files into tiles ---- */

/* The numbers of slots [first, first + n), anything where missing. */
void co_column_numbers_part(const co_column *column, uint32_t first, uint32_t n, int64_t *out);
/* The dictionary's codes of those slots, anything where missing; false if the tile's texts have none. */
bool co_column_codes_part(const co_column *column, uint32_t first, uint32_t n, uint32_t *out);
/* Whether slot i has the number first + step × i, for every i: step is at least 1. */
bool co_column_steps(const co_column *column, int64_t *first, uint64_t *step);
/* A column whose slot i is slot order[i] of this one; no SETS. Fails for memory. */
cohort_status co_column_reorder(const co_column *column, const uint32_t *order, co_column **reordered,
                                cohort_error *error);
/* The same STRINGS or SETS under another dictionary, to which code c is map[c]. Fails for memory. */
cohort_status co_column_recode(const co_column *column, co_dictionary *dictionary, const uint32_t *map,
                               co_column **recoded, cohort_error *error);

/* ---- bytes ---- */

void co_column_write(const co_column *column, co_buffer *out);
/*
 * Reads what write gave; every byte is checked (lengths, codes below the
 * dictionary's count, range, UTF-8, sorted arrays) before it is believed. The
 * shape and length must be those expected. Leaves the reader behind the column.
 * Fails: COHORT_CORRUPT with a reason, COHORT_MEMORY.
 */
cohort_status co_column_read(co_memory *memory, co_reader *in, co_shape shape, uint32_t length,
                             co_dictionary *dictionary, co_column **column, cohort_error *error);

#endif

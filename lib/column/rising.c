/*
 * Rows that are known to be one after the other without looking at each: of a
 * column whose numbers rise with the row, as the times of events do where none
 * came late, and of one that has the same value everywhere.
 *
 * Always:  numbers rise if those there are come first, none below the one before;
 *          rows without a value may follow. Whether they do is found when first
 *          asked and remembered; it is not stored.
 * Costs:   a look at each code once, up to the first that falls; then a search
 *          by halves.
 */
#include <assert.h>

#include "column/layout.h"
#include "kernel/bits.h"

/* So many codes are compared before the next look whether one fell. */
#define PIECE 1024u

enum { NOT_ASKED, RISES, FALLS };

#define FALLS_WITHIN(type)                         \
    do {                                           \
        const type *c = codes;                     \
        bool falls = false;                        \
                                                   \
        for (uint32_t i = first + 1; i < end; i++) \
            falls |= c[i - 1] > c[i];              \
        return falls;                              \
    } while (0)

/* Is one of the codes [first, end) below the one before it? */
static bool falls_within(const void *codes, uint32_t width, uint32_t first, uint32_t end)
{
    switch (width) {
    case 1:
        FALLS_WITHIN(uint8_t);
    case 2:
        FALLS_WITHIN(uint16_t);
    case 4:
        FALLS_WITHIN(uint32_t);
    case 8:
        FALLS_WITHIN(uint64_t);
    default:
        return false;
    }
}

static bool find_whether_rises(const co_column *column)
{
    const uint32_t n = column->n_valid;

    if (column->valid != NULL && !co_bits_all(column->valid, 0, n))
        return false;
    for (uint32_t first = 0; first < n; first += PIECE) {
        const uint32_t end = n - first > PIECE ? first + PIECE + 1 : n;

        if (falls_within(column->numbers.codes, column->width, first, end))
            return false;
    }
    return true;
}

bool co_column_rises(const co_column *column)
{
    /* Derived parts appear in columns that are constant to their readers. */
    _Atomic(unsigned char) *known = (_Atomic(unsigned char) *)&column->rises;
    unsigned char answer = atomic_load_explicit(known, memory_order_relaxed);

    if (column->form != CO_FORM_OFFSETS)
        return column->form == CO_FORM_LINEAR;
    if (answer == NOT_ASKED) {
        answer = find_whether_rises(column) ? RISES : FALLS;
        atomic_store_explicit(known, answer, memory_order_relaxed);
    }
    return answer == RISES;
}

/* Rows that are looked through around the place where a code would lie if codes rose evenly. */
#define AROUND 64u

/*
 * The first of n rising codes that is not below `wanted`, or n. It lies in [first, end], which at first is
 * widened from an even guess: times mostly rise evenly, and each look further away is a miss of the cache.
 */
#define FIRST_FROM(type)                                                          \
    do {                                                                          \
        const type *c = codes;                                                    \
                                                                                  \
        if (c[guess] < wanted) {                                                  \
            first = guess + 1;                                                    \
            for (; end - first > step && c[first + step - 1] < wanted; step *= 2) \
                first += step;                                                    \
            end = end - first > step ? first + step - 1 : end;                    \
        } else {                                                                  \
            end = guess;                                                          \
            for (; end - first > step && c[end - step] >= wanted; step *= 2)      \
                end -= step;                                                      \
            first = end - first > step ? end - step + 1 : first;                  \
        }                                                                         \
        for (n = end - first; n > 1; n -= half) {                                 \
            half = n / 2;                                                         \
            first += c[first + half - 1] < wanted ? half : 0;                     \
        }                                                                         \
        return first + (n == 1 && c[first] < wanted);                             \
    } while (0)

/* n at least 1, wanted at most the greatest code. */
static uint32_t first_from(const void *codes, uint32_t width, uint32_t n, uint64_t wanted, uint64_t greatest)
{
    const double share = (double)wanted / ((double)greatest + 1);
    const uint32_t even = (uint32_t)(share * n);
    const uint32_t guess = even < n ? even : n - 1;
    uint32_t first = 0;
    uint32_t end = n;
    uint32_t step = AROUND;
    uint32_t half;

    switch (width) {
    case 1:
        FIRST_FROM(uint8_t);
    case 2:
        FIRST_FROM(uint16_t);
    case 4:
        FIRST_FROM(uint32_t);
    case 8:
        FIRST_FROM(uint64_t);
    default:
        return wanted > 0 ? n : 0;
    }
}

bool co_column_window(const co_column *column, int64_t low, int64_t high, uint32_t *first, uint32_t *end)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS);

    const co_number_part *part = &column->numbers;
    const uint32_t n = column->n_valid;
    uint64_t lowest;
    uint64_t highest;

    *first = 0;
    *end = 0;
    if (n == 0 || !co_codes_of_range(part, low, high, &lowest, &highest))
        return true;
    if (lowest == 0 && highest == part->greatest_code && n == column->length) {
        *end = n;
        return true;
    }
    if (!co_column_rises(column))
        return false;
    if (column->form == CO_FORM_LINEAR) {
        *first = (uint32_t)lowest;
        *end = (uint32_t)highest + 1;
        return true;
    }
    *first = lowest == 0 ? 0 : first_from(part->codes, column->width, n, lowest, part->greatest_code);
    *end = highest == part->greatest_code
               ? n
               : first_from(part->codes, column->width, n, highest + 1, part->greatest_code);
    return true;
}

bool co_column_has_only(const co_column *column, int64_t value)
{
    switch (column->form) {
    case CO_FORM_OFFSETS:
    case CO_FORM_LINEAR:
        return column->n_valid == 0 || (column->numbers.least == value && column->numbers.greatest == value);
    case CO_FORM_CODES:
        return column->strings.n_list == 0 ||
               (column->strings.n_list == 1 && column->strings.list[0] == value);
    default:
        return false;
    }
}

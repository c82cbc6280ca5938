/*
 * How often each word of the dictionary occurs in some rows of a tile.
 *
 * Costs:   strings: a step a row. Sets: a count of words, or a look-up a row that
 *          holds it, for each element of the tile.
 */
#include <assert.h>

#include "column/layout.h"
#include "kernel/bits.h"

static void tally_strings(const co_column *column, const uint32_t *rows, size_t n, uint64_t *counts)
{
    const uint32_t *list = column->strings.list;
    const uint8_t *bytes = column->strings.codes;
    const uint16_t *pairs = column->strings.codes;

    if (column->width == 0 && n > 0)
        counts[list[0]] += n;
    for (size_t i = 0; column->width == 1 && i < n; i++)
        counts[list[bytes[rows[i] % CO_TILE_ROWS]]]++;
    for (size_t i = 0; column->width == 2 && i < n; i++)
        counts[list[pairs[rows[i] % CO_TILE_ROWS]]]++;
}

static void tally_sets(const co_column *column, const uint32_t *rows, size_t n, uint64_t *counts)
{
    const co_kernel *kernel = co_kernel_now();
    const co_set_part *sets = &column->sets;
    const size_t n_words = co_words_for(column->length);
    uint64_t wanted[CO_TILE_WORDS];

    memset(wanted, 0, n_words * sizeof *wanted);
    for (size_t i = 0; i < n; i++)
        co_bit_set(wanted, rows[i] % CO_TILE_ROWS);
    for (uint32_t i = 0; i < sets->n_elements; i++) {
        if (co_set_is_dense(sets->counts[i], column->length))
            counts[sets->codes[i]] +=
                kernel->and_count(sets->words + sets->starts[i] * n_words, wanted, n_words);
        else
            counts[sets->codes[i]] +=
                kernel->slots_in_words_count(sets->slots + sets->starts[i], sets->counts[i], wanted);
    }
}

bool co_column_tally(const co_column *column, const uint32_t *rows, size_t n, uint64_t *counts)
{
    if (column->form == CO_FORM_CODES)
        tally_strings(column, rows, n, counts);
    else if (column->form == CO_FORM_SETS)
        tally_sets(column, rows, n, counts);
    else
        return false;
    return true;
}

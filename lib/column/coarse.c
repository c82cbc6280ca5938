/*
 * Coarse codes of wide numbers: a byte for each row, which says into which of at
 * most 256 ranges of codes its own falls. A question about a range then reads
 * the bytes, and the codes only of rows in a range that straddles an end.
 *
 *     samples of the tile, sorted, cut into equal parts ─ the roundest number of each ─▶ starts
 *     bounds that were asked for lately                 ───────────────────────────────▶ starts
 *
 * People ask for round numbers, and for the same again, so ranges start there: a
 * round number is one of its own, as it may be meant to be in or not. What the
 * least and the greatest code of each range are is known exactly.
 *
 * Always:  starts rise, the first is 0. Rows without a value have code 0.
 * Used:    made once a column was asked for so many ranges that it pays.
 * Costs:   a byte a row; some 3 ns a row to make. Of codes of 2 bytes only
 *          questions that straddle nothing gain, the others compare the codes.
 */
#include "column/derived.h"
#include "kernel/bits.h"

#define N_RANGES 256u
#define N_PARTS 119u
#define N_SAMPLES 1024u

/* Shorter tiles are compared as they are. */
#define LEAST_ROWS 4096u

/* A range is asked for so often, times the bytes a code, before codes are made. */
#define WORTH 16u

/* From this share of the rows on, looking at each costs more than comparing all. */
#define MOST_LOOKS_SHARE 32u

struct co_coarse {
    uint32_t n;
    uint64_t starts[N_RANGES]; /* past n: the greatest */
    uint64_t least[N_RANGES];
    uint64_t greatest[N_RANGES]; /* below `least` where no row is in */
    uint8_t codes[];
};

/* ---- starts ---- */

/* Shell's sort: there are few. */
static void sort(uint64_t *codes, size_t n)
{
    for (size_t gap = 701; gap > 0; gap /= 3)
        for (size_t i = gap; i < n; i++) {
            const uint64_t moved = codes[i];
            size_t at = i;

            for (; at >= gap && codes[at - gap] > moved; at -= gap)
                codes[at] = codes[at - gap];
            codes[at] = moved;
        }
}

/* Codes of evenly spaced rows that have a value, sorted. */
static size_t take_samples(const co_column *column, uint64_t *samples)
{
    const uint32_t step = column->length / N_SAMPLES;
    size_t n = 0;

    for (uint32_t i = 0; i < N_SAMPLES; i++)
        if (co_column_has(column, i * step))
            samples[n++] = co_code_at(column->numbers.codes, column->width, i * step);
    sort(samples, n);
    return n;
}

/* The roundest number in (low, high]. */
static int64_t roundest(int64_t low, int64_t high)
{
    const uint64_t span = (uint64_t)high - (uint64_t)low;

    for (int64_t power = INT64_C(1000000000000000000); power > 1; power /= 10)
        for (int64_t step = power; step >= power / 2 && step > 1; step /= 2) {
            const int64_t rest = high % step;
            const uint64_t above = (uint64_t)(rest < 0 ? rest + step : rest);

            if (above < span)
                return (int64_t)((uint64_t)high - above);
        }
    return high;
}

static int64_t value_of(const co_number_part *part, uint64_t code)
{
    return (int64_t)((uint64_t)part->least + part->unit * code);
}

/* Where the roundest value of each part of the samples is, and what is above it. */
static size_t round_starts(const co_column *column, uint64_t *starts)
{
    const co_number_part *part = &column->numbers;
    uint64_t samples[N_SAMPLES];
    const size_t n = take_samples(column, samples);
    uint64_t low = 0;
    size_t n_starts = 0;

    for (size_t i = 0; i < N_PARTS && n > 0; i++) {
        const uint64_t high = samples[((i + 1) * n - 1) / N_PARTS];

        if (high <= low)
            continue;

        const int64_t chosen = roundest(value_of(part, low), value_of(part, high));
        const uint64_t above = (uint64_t)chosen - (uint64_t)part->least;
        const uint64_t code = above / part->unit + (above % part->unit != 0);

        starts[n_starts++] = code;
        starts[n_starts++] = code + 1;
        low = high;
    }
    return n_starts;
}

static void choose_starts(const co_column *column, const co_derived *derived, co_coarse *coarse)
{
    uint64_t starts[2 * N_PARTS + CO_ASKED_BOUNDS + 1];
    size_t n = round_starts(column, starts);

    starts[n++] = 0;
    for (size_t i = 0; i < CO_ASKED_BOUNDS; i++)
        starts[n++] = atomic_load_explicit(&derived->bounds[i], memory_order_relaxed);
    sort(starts, n);
    coarse->n = 0;
    for (size_t i = 0; i < N_RANGES; i++)
        coarse->starts[i] = UINT64_MAX;
    for (size_t i = 0; i < n; i++)
        if (coarse->n == 0 || starts[i] > coarse->starts[coarse->n - 1])
            coarse->starts[coarse->n++] = starts[i];
}

/* ---- making ---- */

static uint32_t range_of(const co_coarse *coarse, uint64_t code)
{
    uint32_t range = 0;

    for (uint32_t half = N_RANGES / 2; half > 0; half /= 2)
        range += coarse->starts[range + half] <= code ? half : 0;
    return range < coarse->n ? range : coarse->n - 1;
}

#define FILL(type)                                                          \
    do {                                                                    \
        const type *codes = column->numbers.codes;                          \
                                                                            \
        for (uint32_t i = 0; i < column->length; i++) {                     \
            const uint64_t code = codes[i];                                 \
            const uint32_t range = range_of(made, code);                    \
                                                                            \
            made->codes[i] = (uint8_t)range;                                \
            if (code < made->least[range])                                  \
                made->least[range] = code;                                  \
            if (code > made->greatest[range])                               \
                made->greatest[range] = code;                               \
        }                                                                   \
    } while (0)

size_t co_coarse_size(const co_column *column)
{
    return sizeof(co_coarse) + column->length;
}

static co_coarse *make(const co_column *column, const co_derived *derived)
{
    co_coarse *made = co_memory_new(column->memory, co_coarse_size(column));

    if (made == NULL)
        return NULL;
    choose_starts(column, derived, made);
    memset(made->least, 0xff, sizeof made->least);
    memset(made->greatest, 0, sizeof made->greatest);
    if (column->width == 2)
        FILL(uint16_t);
    else if (column->width == 4)
        FILL(uint32_t);
    else
        FILL(uint64_t);
    return made;
}

/* Notes bounds that are asked for; is it time to make coarse codes? */
static bool is_time(const co_column *column, co_derived *derived, uint64_t low, uint64_t high)
{
    const uint32_t n = atomic_fetch_add_explicit(&derived->n_ranges, 1, memory_order_relaxed);

    atomic_store_explicit(&derived->bounds[2 * n % CO_ASKED_BOUNDS], low, memory_order_relaxed);
    if (high < column->numbers.greatest_code)
        atomic_store_explicit(&derived->bounds[(2 * n + 1) % CO_ASKED_BOUNDS], high + 1, memory_order_relaxed);
    return (n + 1) * column->width >= WORTH;
}

/* The coarse codes, made if it is time; NULL: there are none. */
static const co_coarse *coarse_of(const co_column *column, uint64_t low, uint64_t high)
{
    if (column->form != CO_FORM_OFFSETS || column->width < 2 || column->length < LEAST_ROWS)
        return NULL;

    co_derived *derived = co_derived_of(column);
    co_coarse *known = derived == NULL ? NULL : atomic_load_explicit(&derived->coarse, memory_order_acquire);

    if (known != NULL || derived == NULL || !is_time(column, derived, low, high))
        return known;

    co_coarse *made = make(column, derived);

    if (made == NULL)
        return NULL;
    if (atomic_compare_exchange_strong_explicit(&derived->coarse, &known, made, memory_order_acq_rel,
                                                memory_order_acquire))
        return made;
    co_memory_free(column->memory, made, co_coarse_size(column));
    return known;
}

/* ---- asking ---- */

/* Rows of a range that straddles: hits gains those whose own code lies in [low, high]. */
static bool look(const co_column *column, const co_coarse *coarse, uint32_t range, uint64_t low, uint64_t high,
                 uint64_t *hits)
{
    const co_kernel *kernel = co_kernel_now();
    const size_t n_words = co_words_for(column->length);
    uint64_t rows[CO_TILE_WORDS];
    uint16_t slots[CO_TILE_ROWS / MOST_LOOKS_SHARE];

    kernel->between_u8(coarse->codes, column->length, (uint8_t)range, (uint8_t)range, rows);

    const size_t n = kernel->words_to_slots(rows, n_words, slots, CO_TILE_ROWS / MOST_LOOKS_SHARE);

    if (n == CO_TILE_ROWS / MOST_LOOKS_SHARE)
        return false;
    for (size_t i = 0; i < n; i++) {
        const uint64_t code = co_code_at(column->numbers.codes, column->width, slots[i]);

        hits[slots[i] / 64] |= (uint64_t)(code - low <= high - low) << slots[i] % 64;
    }
    return true;
}

bool co_coarse_between(const co_column *column, uint64_t low, uint64_t high, uint64_t *hits)
{
    const co_coarse *coarse = coarse_of(column, low, high);

    if (coarse == NULL)
        return false;

    const uint32_t lowest = range_of(coarse, low);
    const uint32_t highest = range_of(coarse, high);
    const bool low_straddles = coarse->least[lowest] < low && coarse->greatest[lowest] >= low;
    const bool high_straddles = coarse->greatest[highest] > high && coarse->least[highest] <= high;

    if (column->width == 2 && (low_straddles || high_straddles))
        return false;

    /* Ranges [first, end) are in as a whole. */
    const uint32_t first = lowest + (coarse->least[lowest] < low);
    const uint32_t end = highest + (coarse->greatest[highest] <= high);

    if (first < end)
        co_kernel_now()->between_u8(coarse->codes, column->length, (uint8_t)first, (uint8_t)(end - 1), hits);
    else
        memset(hits, 0, co_words_for(column->length) * sizeof *hits);
    if (low_straddles && !look(column, coarse, lowest, low, high, hits))
        return false;
    if (high_straddles && (highest != lowest || !low_straddles))
        return look(column, coarse, highest, low, high, hits);
    return true;
}

/*
 * Columns of numbers: how far each is above the least one, counted in the
 * greatest unit that divides all distances, in as few bytes as will do, or in a
 * bit; or nothing at all where the numbers rise evenly with the slot.
 *
 * Always:  distances are unsigned and below 2^64, so that the least and the
 *          greatest int64 may meet in one tile; sums wrap back into range.
 * Costs:   encoding reads the cells three times, a multiplication a row for the
 *          unit; a question about a range is settled by least and greatest, or
 *          takes one kernel call.
 */
#include <assert.h>

#include "column/derived.h"
#include "column/exact.h"
#include "kernel/bits.h"

/* Up to so many values are looked for one by one, each with a kernel call. */
#define FEW_VALUES 8
/* Rows that are encoded at a time; what is made of them stays in the nearest cache. */
#define BLOCK 1024u

static uint64_t distance(int64_t from, int64_t to)
{
    return (uint64_t)to - (uint64_t)from;
}

static int64_t value_at(const co_number_part *part, uint64_t code)
{
    return (int64_t)((uint64_t)part->least + part->unit * code);
}

static uint64_t code_of_slot(const co_column *column, uint32_t slot)
{
    switch (column->form) {
    case CO_FORM_LINEAR:
        return slot;
    case CO_FORM_BITS:
        return co_bit_test(column->numbers.codes, slot);
    default:
        return co_code_at(column->numbers.codes, column->width, slot);
    }
}

/* ---- encoding ---- */

static uint32_t block_length(const co_presence *presence, uint32_t first)
{
    return presence->length - first < BLOCK ? presence->length - first : BLOCK;
}

/*
 * The values of rows [first, first + n), the stand-in where one is missing, so that
 * loops need not ask; `room` is for n values.
 */
static const int64_t *values_of(const co_cells *cells, const co_presence *presence, uint32_t first, uint32_t n,
                                int64_t stand_in, int64_t *room)
{
    if (presence->valid == NULL)
        return cells->numbers + first;
    for (uint32_t i = 0; i < n; i++)
        room[i] = co_presence_has(presence, first + i) ? cells->numbers[first + i] : stand_in;
    return room;
}

static void find_range(const co_cells *cells, const co_presence *presence, int64_t *least, int64_t *greatest)
{
    const co_kernel *kernel = co_kernel_now();
    int64_t room[BLOCK];

    *least = *greatest = 0;
    if (presence->n_valid == 0)
        return;

    const size_t one = presence->valid == NULL ? 0 : co_bits_next(presence->valid, 0, presence->length);

    *least = *greatest = cells->numbers[one];
    for (uint32_t first = 0; first < presence->length; first += BLOCK) {
        const uint32_t n = block_length(presence, first);

        kernel->range_i64(values_of(cells, presence, first, n, cells->numbers[one], room), n, least, greatest);
    }
}

/* The step from one number to the next, if it is the same everywhere and up; else 0. */
static uint64_t find_step(const co_cells *cells, const co_presence *presence)
{
    if (presence->n_valid != presence->length || presence->length < 2 ||
        cells->numbers[1] <= cells->numbers[0])
        return 0;

    const uint64_t step = distance(cells->numbers[0], cells->numbers[1]);

    for (uint32_t i = 2; i < presence->length; i++)
        if (cells->numbers[i] <= cells->numbers[i - 1] ||
            distance(cells->numbers[i - 1], cells->numbers[i]) != step)
            return 0;
    return step;
}

/* The greatest number that divides every distance from the least one. */
static uint64_t find_unit(const co_cells *cells, const co_presence *presence, int64_t least, int64_t greatest)
{
    const co_kernel *kernel = co_kernel_now();
    co_divisor divisor = co_divisor_of(distance(least, greatest));
    int64_t room[BLOCK];

    for (uint32_t first = 0; first < presence->length && divisor.number > 1; first += BLOCK) {
        const uint32_t n = block_length(presence, first);
        const int64_t *values = values_of(cells, presence, first, n, least, room);

        if (kernel->divides_i64(values, n, least, co_exact_of(&divisor)))
            continue;
        for (uint32_t i = 0; i < n && divisor.number > 1; i++) {
            const uint64_t above = distance(least, values[i]);

            if (!co_divides(&divisor, above))
                divisor = co_divisor_of(co_greatest_common(divisor.number, above));
        }
    }
    return divisor.number;
}

static void fill_codes(const co_cells *cells, const co_presence *presence, int64_t least, uint64_t unit,
                       uint32_t width, char *codes)
{
    const co_kernel *kernel = co_kernel_now();
    const co_divisor divisor = co_divisor_of(unit);
    const co_exact by = co_exact_of(&divisor);
    int64_t room[BLOCK];

    for (uint32_t first = 0; width > 0 && first < presence->length; first += BLOCK) {
        const uint32_t n = block_length(presence, first);
        const int64_t *values = values_of(cells, presence, first, n, least, room);
        void *out = codes + (size_t)first * width;

        if (width == 1)
            kernel->narrow_u8(values, n, least, by, out);
        else if (width == 2)
            kernel->narrow_u16(values, n, least, by, out);
        else if (width == 4)
            kernel->narrow_u32(values, n, least, by, out);
        else
            kernel->narrow_u64(values, n, least, by, out);
    }
}

/* The rows of the greater of two values; how many. */
static uint32_t fill_bits(const co_cells *cells, const co_presence *presence, int64_t greatest, uint64_t *words)
{
    memset(words, 0, co_words_for(presence->length) * sizeof *words);
    for (uint32_t i = 0; i < presence->length; i++)
        words[i / 64] |= (uint64_t)(cells->numbers[i] == greatest) << i % 64;
    for (size_t i = 0; presence->valid != NULL && i < co_words_for(presence->length); i++)
        words[i] &= presence->valid[i];
    return (uint32_t)co_kernel_now()->count(words, co_words_for(presence->length));
}

static co_form form_of(uint64_t step, uint64_t greatest_code)
{
    if (step > 0)
        return CO_FORM_LINEAR;
    return greatest_code == 1 ? CO_FORM_BITS : CO_FORM_OFFSETS;
}

cohort_status co_numbers_new(co_memory *memory, const co_cells *cells, co_column **column,
                             cohort_error *error)
{
    const co_presence presence = co_presence_of(cells);
    const uint64_t step = find_step(cells, &presence);
    co_number_part part = { .unit = 1 };

    find_range(cells, &presence, &part.least, &part.greatest);

    const uint64_t span = distance(part.least, part.greatest);

    /* A byte each cannot get narrower, so a unit would gain nothing. */
    if (step > 0)
        part.unit = step;
    else if (span > UINT8_MAX)
        part.unit = find_unit(cells, &presence, part.least, part.greatest);
    part.greatest_code = span / part.unit;

    const co_form form = form_of(step, part.greatest_code);
    const uint32_t width = form == CO_FORM_OFFSETS ? co_width_for(part.greatest_code) : 0;
    const size_t size = form == CO_FORM_BITS ? co_words_for(presence.length) * sizeof(uint64_t)
                                             : (size_t)width * presence.length;
    char *room;
    co_column *made = co_column_make(memory, form, width, &presence, NULL, co_padded(size), &room);

    if (made == NULL)
        return co_fail_memory(error);
    part.codes = room;
    if (form == CO_FORM_BITS)
        part.n_ones = fill_bits(cells, &presence, part.greatest, (uint64_t *)(void *)room);
    else
        fill_codes(cells, &presence, part.least, part.unit, width, room);
    made->numbers = part;
    *column = made;
    return COHORT_OK;
}

/* ---- reading ---- */

bool co_column_range(const co_column *column, int64_t *least, int64_t *greatest)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS);

    *least = column->numbers.least;
    *greatest = column->numbers.greatest;
    return column->n_valid > 0;
}

int64_t co_column_number(const co_column *column, uint32_t slot)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS && slot < column->length);

    const co_number_part *part = &column->numbers;

    return co_column_has(column, slot) ? value_at(part, code_of_slot(column, slot)) : 0;
}

/* `out` is of the rows [first, end). */
static void zero_missing(const co_column *column, uint32_t first, uint32_t end, int64_t *out)
{
    for (size_t word = first / 64; column->valid != NULL && word < co_words_for(end); word++)
        for (uint64_t missing = ~column->valid[word]; missing != 0; missing &= missing - 1) {
            const size_t slot = word * 64 + co_lowest_bit(missing);

            if (slot >= end)
                break;
            if (slot >= first)
                out[slot - first] = 0;
        }
}

void co_column_numbers_part(const co_column *column, uint32_t first, uint32_t n, int64_t *out)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS && first + n <= column->length);

    const co_kernel *kernel = co_kernel_now();
    const co_number_part *part = &column->numbers;
    const int64_t unit = (int64_t)part->unit;

    switch (column->width) {
    case 0:
        for (uint32_t i = 0; i < n; i++)
            out[i] = value_at(part, code_of_slot(column, first + i));
        break;
    case 1:
        kernel->widen_u8((const uint8_t *)part->codes + first, n, part->least, unit, out);
        break;
    case 2:
        kernel->widen_u16((const uint16_t *)part->codes + first, n, part->least, unit, out);
        break;
    case 4:
        kernel->widen_u32((const uint32_t *)part->codes + first, n, part->least, unit, out);
        break;
    default:
        for (uint32_t i = 0; i < n; i++)
            out[i] = value_at(part, ((const uint64_t *)part->codes)[first + i]);
        break;
    }
}

void co_column_numbers(const co_column *column, int64_t *out)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS);

    co_column_numbers_part(column, 0, column->length, out);
    zero_missing(column, 0, column->length, out);
}

void co_column_some_numbers(const co_column *column, uint32_t first, uint32_t end, int64_t *out)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS && first <= end && end <= column->length);

    co_column_numbers_part(column, first, end - first, out);
    zero_missing(column, first, end, out);
}

#define LOOK_UP(type)                                               \
    do {                                                            \
        const type *codes = part->codes;                            \
                                                                    \
        for (size_t i = 0; i < n; i++)                              \
            out[i] = value_at(part, codes[rows[i] % CO_TILE_ROWS]); \
    } while (0)

static void look_up(const co_column *column, const uint32_t *rows, size_t n, int64_t *out)
{
    const co_number_part *part = &column->numbers;

    switch (column->width) {
    case 0:
        for (size_t i = 0; i < n; i++)
            out[i] = value_at(part, code_of_slot(column, rows[i] % CO_TILE_ROWS));
        break;
    case 1:
        LOOK_UP(uint8_t);
        break;
    case 2:
        LOOK_UP(uint16_t);
        break;
    case 4:
        LOOK_UP(uint32_t);
        break;
    default:
        LOOK_UP(uint64_t);
        break;
    }
}

void co_column_numbers_at(const co_column *column, const uint32_t *rows, size_t n, int64_t *out)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS && n > 0);
    assert(rows[0] / CO_TILE_ROWS == rows[n - 1] / CO_TILE_ROWS && rows[n - 1] % CO_TILE_ROWS < column->length);

    const co_number_part *part = &column->numbers;
    const uint32_t first = rows[0] % CO_TILE_ROWS;
    /* What a row at the tile's start, as a number, would lack to be the least value. */
    const uint64_t base = (uint64_t)part->least - part->unit * (rows[0] - first);

    if (column->form == CO_FORM_LINEAR)
        co_kernel_now()->widen_u32(rows, n, (int64_t)base, (int64_t)part->unit, out);
    else if (rows[n - 1] - rows[0] == n - 1)
        co_column_numbers_part(column, first, (uint32_t)n, out);
    else
        look_up(column, rows, n, out);
    for (size_t i = 0; column->valid != NULL && i < n; i++)
        out[i] = co_bit_test(column->valid, rows[i] % CO_TILE_ROWS) ? out[i] : 0;
}

const uint16_t *co_column_slots(const co_column *column, uint32_t first, uint32_t end, uint16_t *room,
                                uint16_t *base)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS && first <= end && end <= column->length);

    const co_number_part *part = &column->numbers;
    const uint16_t unit = (uint16_t)part->unit;

    *base = (uint16_t)part->least;
    if (column->width == 2 && part->unit == 1)
        return (const uint16_t *)part->codes + first;
    for (uint32_t i = first; i < end; i++)
        room[i - first] = (uint16_t)(unit * (uint32_t)(uint16_t)code_of_slot(column, i));
    return room;
}

/* ---- asking ---- */

bool co_codes_of_range(const co_number_part *part, int64_t low, int64_t high, uint64_t *first, uint64_t *last)
{
    if (low > high || low > part->greatest || high < part->least)
        return false;

    const uint64_t below = low <= part->least ? 0 : distance(part->least, low);
    const uint64_t above = distance(part->least, high >= part->greatest ? part->greatest : high);

    *first = below / part->unit + (below % part->unit != 0);
    *last = above / part->unit;
    return *first <= *last;
}

void co_column_between(const co_column *column, int64_t low, int64_t high, uint64_t *hits)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS);

    const co_number_part *part = &column->numbers;
    uint64_t first;
    uint64_t last;

    if (column->n_valid == 0 || !co_codes_of_range(part, low, high, &first, &last))
        memset(hits, 0, co_words_for(column->length) * sizeof *hits);
    else if (first == 0 && last == part->greatest_code)
        co_all_rows(column, hits);
    else
        co_codes_scan(column, first, last, hits);
}

/* hits = rows whose code, 0 or 1, lies in [lowest, highest]. */
static void bits_between(const co_column *column, uint64_t lowest, uint64_t highest, uint32_t first,
                         uint32_t end, uint64_t *hits)
{
    const uint64_t *ones = (const uint64_t *)column->numbers.codes + first / 64;
    const size_t n_words = co_words_for(end - first);

    memset(hits, 0, n_words * sizeof *hits);
    co_bits_fill(hits, 0, end - first);
    if (lowest == 1)
        co_kernel_now()->and_words(hits, ones, hits, n_words);
    else if (highest == 0)
        co_kernel_now()->andnot_words(hits, ones, hits, n_words);
}

void co_column_some_between(const co_column *column, int64_t low, int64_t high, uint32_t first, uint32_t end,
                            uint64_t *hits)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS && first % 64 == 0 && end <= column->length);

    const size_t n_words = co_words_for(end - first);
    uint64_t lowest;
    uint64_t highest;

    if (column->n_valid == 0 || !co_codes_of_range(&column->numbers, low, high, &lowest, &highest)) {
        memset(hits, 0, n_words * sizeof *hits);
        return;
    }
    if (column->form == CO_FORM_BITS) {
        bits_between(column, lowest, highest, first, end, hits);
    } else if (column->width == 0) { /* all the same, or linear */
        const uint64_t low_row = column->form == CO_FORM_LINEAR ? lowest : 0;
        const uint64_t last_row = column->form == CO_FORM_LINEAR ? highest : column->length - 1;

        memset(hits, 0, n_words * sizeof *hits);
        if (low_row < end && last_row >= first)
            co_bits_fill(hits, low_row > first ? (size_t)low_row - first : 0,
                         (size_t)(last_row < end - 1 ? last_row : end - 1) - first + 1);
    } else {
        co_some_codes_between(column, column->numbers.codes, first, end, lowest, highest, hits);
    }
    co_some_only_valid(column, first, end, hits);
}

#define LOOK(type)                                                                               \
    do {                                                                                         \
        const type *codes = column->numbers.codes;                                               \
                                                                                                 \
        for (size_t i = 0; i < n; i++) {                                                         \
            const uint16_t slot = slots[i];                                                      \
            const bool inside = (uint64_t)codes[slot] - first <= last - first;                   \
                                                                                                 \
            kept[n_kept] = slot;                                                                 \
            n_kept += (inside != outside) & (valid == NULL || co_bit_test(valid, slot));         \
        }                                                                                        \
    } while (0)

size_t co_column_look_between(const co_column *column, int64_t low, int64_t high, bool outside,
                              const uint16_t *slots, size_t n, uint16_t *kept)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS);

    const uint64_t *valid = column->valid;
    uint64_t first;
    uint64_t last;
    size_t n_kept = 0;

    if (!co_codes_of_range(&column->numbers, low, high, &first, &last)) {
        first = 0;
        last = UINT64_MAX;
        outside = !outside;
    }
    switch (column->width) {
    case 1:
        LOOK(uint8_t);
        break;
    case 2:
        LOOK(uint16_t);
        break;
    case 4:
        LOOK(uint32_t);
        break;
    case 8:
        LOOK(uint64_t);
        break;
    default:
        for (size_t i = 0; i < n; i++)
            if (co_column_has(column, slots[i]) &&
                (code_of_slot(column, slots[i]) - first <= last - first) != outside)
                kept[n_kept++] = slots[i];
        break;
    }
    return n_kept;
}

/* The code of a value between least and greatest, if it lies on a unit. */
static bool code_of(const co_number_part *part, int64_t value, uint64_t *code)
{
    const uint64_t above = distance(part->least, value);

    *code = above / part->unit;
    return *code * part->unit == above;
}

/* The first of n rising values that is not below `value`. */
static size_t first_at_least(const int64_t *values, size_t n, int64_t value)
{
    size_t first = 0;

    while (n > 0) {
        const size_t half = n / 2;

        if (values[first + half] < value) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return first;
}

static void among_few(const co_column *column, const int64_t *values, size_t n, uint64_t *hits)
{
    const co_kernel *kernel = co_kernel_now();
    const size_t n_words = co_words_for(column->length);
    uint64_t some[CO_TILE_WORDS];
    uint64_t code;

    memset(hits, 0, n_words * sizeof *hits);
    for (size_t i = 0; i < n; i++)
        if (code_of(&column->numbers, values[i], &code)) {
            co_codes_scan(column, code, code, some);
            kernel->or_words(hits, some, hits, n_words);
        }
}

/* Codes of 1 or 2 bytes: the wanted ones as a set of bits. */
static void among_narrow(const co_column *column, const int64_t *values, size_t n, uint64_t *hits)
{
    const co_kernel *kernel = co_kernel_now();
    uint64_t wanted[CO_TILE_WORDS];
    uint64_t code;

    memset(wanted, 0, (column->width == 1 ? 4 : CO_TILE_WORDS) * sizeof *wanted);
    for (size_t i = 0; i < n; i++)
        if (code_of(&column->numbers, values[i], &code))
            co_bit_set(wanted, (size_t)code);
    if (column->width == 1)
        kernel->in_u8(column->numbers.codes, column->length, wanted, hits);
    else
        kernel->in_u16(column->numbers.codes, column->length, wanted, hits);
    if (co_bit_test(wanted, 0))
        co_only_valid(column, hits);
}

/* Wide codes: a filter of 2^16 bits lets few rows through to the search in the list. */
static void among_wide(const co_column *column, const int64_t *values, size_t n, uint64_t *hits)
{
    const uint64_t spread = UINT64_C(0x9e3779b97f4a7c15);
    const co_number_part *part = &column->numbers;
    uint64_t filter[CO_TILE_WORDS];
    uint64_t code;

    memset(filter, 0, sizeof filter);
    for (size_t i = 0; i < n; i++)
        if (code_of(part, values[i], &code))
            co_bit_set(filter, (size_t)(code * spread >> 48));
    memset(hits, 0, co_words_for(column->length) * sizeof *hits);
    for (uint32_t slot = 0; slot < column->length; slot++) {
        code = co_code_at(part->codes, column->width, slot);
        if (!co_bit_test(filter, (size_t)(code * spread >> 48)))
            continue;

        const int64_t value = value_at(part, code);
        const size_t found = first_at_least(values, n, value);

        if (found < n && values[found] == value)
            co_bit_set(hits, slot);
    }
    co_only_valid(column, hits);
}

static void among_linear(const co_column *column, const int64_t *values, size_t n, uint64_t *hits)
{
    uint64_t code;

    memset(hits, 0, co_words_for(column->length) * sizeof *hits);
    for (size_t i = 0; i < n; i++)
        if (code_of(&column->numbers, values[i], &code))
            co_bit_set(hits, (size_t)code);
}

/* The values that lie within the column's range: the first and how many. */
static size_t within_range(const co_column *column, const int64_t **values, size_t n)
{
    const co_number_part *part = &column->numbers;
    const size_t first = first_at_least(*values, n, part->least);
    size_t end = first_at_least(*values, n, part->greatest);

    end += end < n && (*values)[end] == part->greatest;
    *values += first;
    return column->n_valid == 0 ? 0 : end - first;
}

void co_column_among(const co_column *column, const int64_t *values, size_t n, uint64_t *hits)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS);

    n = within_range(column, &values, n);
    if (n == 0)
        memset(hits, 0, co_words_for(column->length) * sizeof *hits);
    else if (distance(values[0], values[n - 1]) == n - 1)
        co_column_between(column, values[0], values[n - 1], hits);
    else if (column->form == CO_FORM_LINEAR)
        among_linear(column, values, n, hits);
    else if (column->width == 1 || (column->width == 2 && n > FEW_VALUES))
        among_narrow(column, values, n, hits);
    else if (n > FEW_VALUES && column->form == CO_FORM_OFFSETS)
        among_wide(column, values, n, hits);
    else
        among_few(column, values, n, hits);
}

/* ---- asking, with the rows of single values kept ---- */

void co_column_view_between(const co_column *column, int64_t low, int64_t high, uint64_t *room, co_view *view)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS);

    uint64_t first;
    uint64_t last;

    *view = (co_view){ 0 };
    if (column->n_valid == 0 || !co_codes_of_range(&column->numbers, low, high, &first, &last))
        return;
    if (first == last && co_code_view(column, first, view))
        return;
    co_column_between(column, low, high, room);
    *view = co_view_of_words(column, room);
}

void co_column_view_among(const co_column *column, const int64_t *values, size_t n, uint64_t *room,
                          co_view *view)
{
    assert(co_column_shape(column) == CO_SHAPE_NUMBERS);

    uint64_t codes[FEW_VALUES];
    size_t n_codes = 0;

    n = within_range(column, &values, n);
    for (size_t i = 0; i < n && n <= FEW_VALUES; i++)
        n_codes += code_of(&column->numbers, values[i], &codes[n_codes]);
    if (n <= FEW_VALUES && co_codes_join(column, codes, n_codes, room, view))
        return;
    co_column_among(column, values, n, room);
    *view = co_view_of_words(column, room);
}

/*
 * The rows of a column of numbers in order of their values, where they do not
 * rise with the row: so that a span of values, of events that came late as of
 * others, is again found by halves.
 *
 * Always:  of equal values the lower slot comes first; rows without a value are left
 *          out. Made when it is wanted for the second time, so that a column that is
 *          asked once and then changed costs a comparison of its codes only.
 * Costs:   2 bytes a row; a pass of counting and one of moving for each byte of the
 *          greatest code.
 */
#include <assert.h>

#include "column/layout.h"
#include "kernel/bits.h"

/* In order of one byte of their codes. */
static void sort_by_byte(const co_column *column, unsigned byte, const uint16_t *from, uint16_t *to)
{
    const co_number_part *part = &column->numbers;
    const uint32_t n = column->n_valid;
    uint32_t starts[256] = { 0 };
    uint32_t sum = 0;

    for (uint32_t i = 0; i < n; i++)
        starts[co_code_at(part->codes, column->width, from[i]) >> 8 * byte & 255]++;
    for (unsigned value = 0; value < 256; value++) {
        const uint32_t count = starts[value];

        starts[value] = sum;
        sum += count;
    }
    for (uint32_t i = 0; i < n; i++)
        to[starts[co_code_at(part->codes, column->width, from[i]) >> 8 * byte & 255]++] = from[i];
}

static void list_valid(const co_column *column, uint16_t *slots)
{
    uint32_t n = 0;

    for (uint32_t slot = 0; slot < column->length; slot++) {
        if (co_column_has(column, slot))
            slots[n++] = (uint16_t)slot;
    }
}

/* NULL: no memory. */
static uint16_t *make_order(const co_column *column)
{
    const size_t size = column->n_valid * sizeof(uint16_t);
    uint16_t *order = co_memory_new(column->memory, size);
    uint16_t *room = co_memory_new(column->memory, size);
    unsigned byte = 0;

    if (order == NULL || room == NULL) {
        co_memory_free(column->memory, order, size);
        co_memory_free(column->memory, room, size);
        return NULL;
    }
    list_valid(column, order);
    for (; byte < column->width && column->numbers.greatest_code >> 8 * byte != 0; byte++) {
        uint16_t *sorted = room;

        sort_by_byte(column, byte, order, sorted);
        room = order;
        order = sorted;
    }
    co_memory_free(column->memory, room, size);
    return order;
}

/* NULL: not wanted often enough, or no memory. */
static const uint16_t *order_of(const co_column *column)
{
    /* Derived parts appear in columns that are constant to their readers. */
    _Atomic(uint16_t *) *published = (_Atomic(uint16_t *) *)&column->order;
    _Atomic(unsigned char) *wanted = (_Atomic(unsigned char) *)&column->is_order_wanted;
    uint16_t *known = atomic_load_explicit(published, memory_order_acquire);
    uint16_t *made;

    if (known != NULL || atomic_exchange_explicit(wanted, 1, memory_order_relaxed) == 0)
        return known;
    made = make_order(column);
    if (made == NULL || atomic_compare_exchange_strong_explicit(published, &known, made, memory_order_acq_rel,
                                                                memory_order_acquire))
        return made;
    co_memory_free(column->memory, made, column->n_valid * sizeof *made);
    return known;
}

/* The first place in the order whose code is not below `code`. */
static uint32_t place_of(const co_column *column, const uint16_t *order, uint64_t code)
{
    uint32_t first = 0;

    for (uint32_t n = column->n_valid; n > 0;) {
        const uint32_t half = n / 2;

        if (co_code_at(column->numbers.codes, column->width, order[first + half]) < code) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return first;
}

bool co_column_ordered(const co_column *column, int64_t low, int64_t high, const uint16_t **slots, uint32_t *n)
{
    const uint16_t *order = NULL;
    uint32_t first;
    uint32_t end;
    uint64_t lowest;
    uint64_t highest;

    assert(co_column_shape(column) == CO_SHAPE_NUMBERS && column->n_valid > 0);
    if (column->form == CO_FORM_OFFSETS && column->width > 0)
        order = order_of(column);
    if (order == NULL)
        return false;
    *slots = order;
    *n = 0;
    if (!co_codes_of_range(&column->numbers, low, high, &lowest, &highest))
        return true;
    first = place_of(column, order, lowest);
    end = highest == UINT64_MAX ? column->n_valid : place_of(column, order, highest + 1);
    *slots = order + first;
    *n = end - first;
    return true;
}

size_t co_order_size(const co_column *column)
{
    return atomic_load_explicit(&column->order, memory_order_relaxed) != NULL
               ? column->n_valid * sizeof(uint16_t)
               : 0;
}

void co_order_release(const co_column *column)
{
    co_memory_free(column->memory, atomic_load_explicit(&column->order, memory_order_relaxed),
                   column->n_valid * sizeof(uint16_t));
}

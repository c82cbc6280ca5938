/*
 * What all of a parent's child rows come to: COUNT(DISTINCT), MEDIAN, MODE, gaps,
 * and sums of doubles.
 *
 * Always:  the slice is the fold's own and may be put in any order.
 */
#include <math.h>
#include <string.h>

#include "base/big.h"
#include "base/number.h"
#include "eval/ordered.h"

/* ---- sorting ---- */

/* As many are sorted one by one. */
#define FEW 48u

static void insert_each(int64_t *numbers, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const int64_t number = numbers[i];
        size_t at = i;

        for (; at > 0 && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = number;
    }
}

static bool is_ascending(const int64_t *numbers, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (numbers[i - 1] > numbers[i])
            return false;
    }
    return true;
}

/* In order of one byte, least byte 0; the sign counts as the highest value of the last. */
static uint32_t byte_of(int64_t number, uint32_t byte)
{
    const uint64_t flipped = (uint64_t)number ^ UINT64_C(1) << 63;

    return (uint32_t)(flipped >> 8 * byte) & 255;
}

/* False if all have the same byte there, so that nothing needs to move. */
static bool sort_by_byte(const int64_t *numbers, size_t n, uint32_t byte, int64_t *out)
{
    size_t starts[256] = { 0 };
    size_t sum = 0;

    for (size_t i = 0; i < n; i++)
        starts[byte_of(numbers[i], byte)]++;
    if (starts[byte_of(numbers[0], byte)] == n)
        return false;
    for (uint32_t value = 0; value < 256; value++) {
        const size_t count = starts[value];

        starts[value] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        out[starts[byte_of(numbers[i], byte)]++] = numbers[i];
    return true;
}

void co_numbers_sort(int64_t *numbers, size_t n, int64_t *room)
{
    int64_t *from = numbers;
    int64_t *to = room;

    if (n <= FEW) {
        insert_each(numbers, n);
        return;
    }
    if (is_ascending(numbers, n))
        return;
    for (uint32_t byte = 0; byte < sizeof *numbers; byte++) {
        if (sort_by_byte(from, n, byte, to)) {
            int64_t *const sorted = to;

            to = from;
            from = sorted;
        }
    }
    if (from != numbers)
        memcpy(numbers, from, n * sizeof *numbers);
}

static void sink(co_wide *heap, size_t n, size_t at)
{
    const co_wide item = heap[at];

    for (size_t child = 2 * at + 1; child < n; child = 2 * at + 1) {
        if (child + 1 < n && co_wide_compare(heap[child + 1], heap[child]) > 0)
            child++;
        if (co_wide_compare(heap[child], item) <= 0)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = item;
}

void co_wides_sort(co_wide *wides, size_t n)
{
    for (size_t i = n / 2; i-- > 0;)
        sink(wides, n, i);
    for (size_t end = n; end > 1; end--) {
        const co_wide greatest = wides[0];

        wides[0] = wides[end - 1];
        wides[end - 1] = greatest;
        sink(wides, end - 1, 0);
    }
}

/* ---- COUNT(DISTINCT) ---- */

void co_distinct_slice(co_ordered *o, uint32_t slot, size_t first, size_t end)
{
    int64_t *numbers = o->sorted_numbers + first;
    int64_t count = end > first;

    co_numbers_sort(numbers, end - first, o->room);
    for (size_t i = 1; i < end - first; i++)
        count += numbers[i] != numbers[i - 1];
    co_vector_put_narrow(o->out, slot, count);
}

/* ---- MEDIAN ---- */

double co_real_mean(double a, double b)
{
    const double sum = a + b;

    return isinf(sum) && isfinite(a) && isfinite(b) ? a / 2 + b / 2 : sum / 2;
}

/* |a + b| where it passes 128 bits with its sign: both have the same one. */
static void add_magnitudes(co_wide a, co_wide b, co_big *sum)
{
    const bool negative = co_wide_sign(a) < 0;
    co_big other;

    co_big_set(sum, negative ? 0 - a.low : a.low,
               negative ? (uint64_t)~a.high + (a.low == 0) : (uint64_t)a.high);
    co_big_set(&other, negative ? 0 - b.low : b.low,
               negative ? (uint64_t)~b.high + (b.low == 0) : (uint64_t)b.high);
    co_big_add(sum, &other);
}

double co_wide_mean(co_wide a, co_wide b, uint32_t scale)
{
    co_big sum;
    co_big two;
    co_wide narrow;
    double mean;

    if (co_wide_add(a, b, &narrow))
        return co_wide_quotient(narrow, scale, co_wide_of(2), 0);
    add_magnitudes(a, b, &sum);
    co_big_set(&two, 2, 0);
    co_big_multiply_by_power_of_ten(&two, scale);
    mean = co_big_quotient(&sum, &two);
    return co_wide_sign(a) < 0 ? -mean : mean;
}

void co_median_slice(co_ordered *o, uint32_t slot, size_t first, size_t end)
{
    const size_t n = end - first;
    int64_t *numbers = o->sorted_numbers + first;

    if (n == 0)
        return;
    co_numbers_sort(numbers, n, o->room);

    const int64_t low = numbers[(n - 1) / 2];
    const int64_t high = numbers[n / 2];

    if (o->out->type != CO_V_DOUBLE)
        co_vector_put(o->out, slot, low);
    else if (o->operand->type == CO_V_DOUBLE)
        co_vector_put_real(o->out, slot, co_real_mean(co_ordered_to_double(low), co_ordered_to_double(high)));
    else
        co_vector_put_real(o->out, slot, co_wide_mean(co_wide_of(low), co_wide_of(high), o->operand->scale));
    if (o->out->type == CO_V_DOUBLE && isnan(o->out->reals[slot]))
        co_bit_clear(o->out->valid, slot);
}

void co_wide_median_slice(co_ordered *o, uint32_t slot, size_t first, size_t end)
{
    const size_t n = end - first;
    co_wide *wides = o->sorted_wides + first;

    if (n == 0)
        return;
    co_wides_sort(wides, n);
    co_vector_put_real(o->out, slot, co_wide_mean(wides[(n - 1) / 2], wides[n / 2], o->operand->scale));
}

/* ---- gaps ---- */

void co_gap_slice(co_ordered *o, uint32_t slot, size_t first, size_t end)
{
    const size_t n = end - first;
    const int64_t unit = o->operand->type == CO_V_DATE ? CO_DAY_US : 1;
    int64_t *numbers = o->sorted_numbers + first;
    int64_t gap = 0;

    if (n < 2)
        return;
    co_numbers_sort(numbers, n, o->room);
    for (size_t i = 1; i < n; i++)
        gap = numbers[i] - numbers[i - 1] > gap ? numbers[i] - numbers[i - 1] : gap;
    gap *= unit;
    if (o->vstep->aggregate == CO_AGGREGATE_AVG_GAP)
        gap = (numbers[n - 1] - numbers[0]) * unit / (int64_t)(n - 1);
    o->out->intervals[slot] = (co_interval){ 0, gap };
    co_vector_set_valid(o->out, slot);
}

/* ---- by time ---- */

static co_timed_order order_of(const co_ordered *o)
{
    return (co_timed_order){ .version = o->worker->run->plan->version, .object = o->vstep->relation.child };
}

static co_timed timed(const co_ordered *o, const co_timed *item)
{
    return (co_timed){ o->times[item->what], item->row, item->what };
}

/* Puts the value of the item. */
static void put_value(co_ordered *o, uint32_t slot, const co_timed *item)
{
    const int64_t number = o->numbers[item->what];
    const co_vector *kept = &o->identity.values;

    switch (o->out->type) {
    case CO_V_TEXT:
        co_vector_put_text(o->out, slot,
                           o->keeps_spelling ? o->spelled.texts[item->what] : kept->texts[number]);
        return;
    case CO_V_INTERVAL:
        o->out->intervals[slot] = o->spelled.intervals[item->what];
        co_vector_set_valid(o->out, slot);
        return;
    case CO_V_DOUBLE:
        co_vector_put_real(o->out, slot, co_ordered_to_double(number));
        return;
    default:
        if (o->identifies)
            co_vector_put_wide(o->out, slot, kept->wides[number]);
        else
            co_vector_put_narrow(o->out, slot, number);
    }
}

/* Items go by their numbers: the longest run wins, and of several the one with the latest row. */
void co_mode_slice(co_ordered *o, uint32_t slot, size_t first, size_t end)
{
    const co_timed_order by_number = { .version = NULL };
    const co_timed_order by_time = order_of(o);
    co_timed *items = o->sorted_items;
    size_t most = 0;
    co_timed winner = { 0, 0, 0 };

    co_timed_sort(&by_number, items + first, end - first, o->room);
    while (first < end) {
        const size_t start = first;
        co_timed latest = timed(o, &items[first]);

        for (first++; first < end && items[first].time == items[start].time; first++) {
            const co_timed item = timed(o, &items[first]);

            if (co_timed_compare(&by_time, &item, &latest) > 0)
                latest = item;
        }
        if (first - start > most ||
            (first - start == most && co_timed_compare(&by_time, &latest, &winner) > 0)) {
            most = first - start;
            winner = latest;
        }
    }
    if (most > 0)
        put_value(o, slot, &winner);
}

void co_sum_slice(co_ordered *o, uint32_t slot, size_t first, size_t end)
{
    const co_timed_order by_time = order_of(o);
    const bool averages = o->vstep->aggregate == CO_AGGREGATE_AVG;
    bool finite = true;
    double sum = 0;

    if (averages && first == end)
        return;
    co_timed_sort(&by_time, o->sorted_items + first, end - first, o->room);
    for (size_t i = first; i < end; i++) {
        double real;

        memcpy(&real, &o->numbers[o->sorted_items[i].what], sizeof real);
        finite = finite && isfinite(real);
        sum += real;
    }
    if (finite && isinf(sum))
        co_worker_fault(o->worker, o->scope->object, o->scope->number * CO_TILE_ROWS + slot, COHORT_OVERFLOW,
                        "a sum is too large for a double");
    else if (!isnan(sum))
        co_vector_put_real(o->out, slot, averages ? sum / (double)(end - first) : sum);
}

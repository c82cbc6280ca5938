/* Rows in order; see timed.h. */
#include "eval/timed.h"

#include <string.h>

/* As many are sorted one by one. */
#define FEW 16u

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_arrivals(const co_timed_order *order, uint32_t object, uint32_t a, uint32_t b)
{
    uint64_t first = 0;
    uint64_t second = 0;

    if (a != b && order->version != NULL) {
        first = co_version_arrival(order->version, object, a);
        second = co_version_arrival(order->version, object, b);
    }
    return first != second ? compare_numbers(first, second) : compare_numbers(a, b);
}

/* Of one instant. */
static int compare_ties(const co_timed_order *order, const co_timed *a, const co_timed *b)
{
    const uint32_t first = order->objects != NULL ? order->objects[a->what] : order->object;
    const uint32_t second = order->objects != NULL ? order->objects[b->what] : order->object;
    int difference;

    if (first != second)
        return compare_numbers(first, second);
    difference = compare_arrivals(order, first, a->row, b->row);
    return difference != 0 ? difference : compare_numbers(b->what, a->what);
}

int co_timed_compare(const co_timed_order *order, const co_timed *a, const co_timed *b)
{
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return compare_ties(order, a, b);
}

static void insert_each(const co_timed_order *order, co_timed *items, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const co_timed item = items[i];
        size_t at = i;

        while (at > 0 && co_timed_compare(order, &items[at - 1], &item) > 0) {
            items[at] = items[at - 1];
            at--;
        }
        items[at] = item;
    }
}

/* The end of the run that starts at `first`. */
static size_t find_run(const co_timed_order *order, const co_timed *items, size_t first, size_t n)
{
    size_t end = first + 1;

    while (end < n && co_timed_compare(order, &items[end - 1], &items[end]) <= 0)
        end++;
    return end;
}

static void merge(const co_timed_order *order, const co_timed *a, size_t n_a, const co_timed *b, size_t n_b,
                  co_timed *out)
{
    while (n_a > 0 && n_b > 0) {
        if (co_timed_compare(order, a, b) <= 0) {
            *out++ = *a++;
            n_a--;
        } else {
            *out++ = *b++;
            n_b--;
        }
    }
    memcpy(out, n_a > 0 ? a : b, (n_a + n_b) * sizeof *out);
}

/* Merges runs two by two into `out`; whether there were more than two. */
static bool merge_runs(const co_timed_order *order, const co_timed *items, size_t n, co_timed *out)
{
    size_t n_pairs = 0;

    for (size_t first = 0; first < n; n_pairs++) {
        const size_t middle = find_run(order, items, first, n);
        const size_t end = middle < n ? find_run(order, items, middle, n) : n;

        merge(order, items + first, middle - first, items + middle, end - middle, out + first);
        first = end;
    }
    return n_pairs > 1;
}

void co_timed_sort(const co_timed_order *order, co_timed *items, size_t n, co_timed *room)
{
    co_timed *from = items;
    co_timed *to = room;
    bool again = true;

    if (n <= FEW) {
        insert_each(order, items, n);
        return;
    }
    if (find_run(order, items, 0, n) == n)
        return;
    while (again) {
        co_timed *const merged = to;

        again = merge_runs(order, from, n, to);
        to = from;
        from = merged;
    }
    if (from != items)
        memcpy(items, from, n * sizeof *items);
}

void co_group_starts(const uint32_t *groups, size_t n, uint32_t n_groups, uint32_t *starts)
{
    uint32_t sum = 0;

    memset(starts, 0, n_groups * sizeof *starts);
    for (size_t i = 0; i < n; i++)
        starts[groups[i]]++;
    for (uint32_t group = 0; group < n_groups; group++) {
        const uint32_t count = starts[group];

        starts[group] = sum;
        sum += count;
    }
}

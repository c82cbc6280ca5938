/* Sorting ranked records and counting them off; see ranks.h. */
#include "eval/ranks.h"

#include <string.h>

/* ---- sorting, least byte first ---- */

#define N_DIGITS 256

/* Byte `at` of (group, value): 0 … 7 of the value, 8 … 11 of the group. */
static inline uint32_t digit_of(const co_ranked *record, unsigned at)
{
    const uint64_t word = at < 8 ? record->value : record->group;

    return (uint32_t)(word >> at % 8 * 8) & (N_DIGITS - 1);
}

/* Which bytes are not the same everywhere, as bits. */
static unsigned differing_bytes(const co_ranked *records, size_t n)
{
    uint64_t value = 0;
    uint32_t group = 0;
    unsigned bytes = 0;

    for (size_t i = 1; i < n; i++) {
        value |= records[i].value ^ records[0].value;
        group |= records[i].group ^ records[0].group;
    }
    for (unsigned at = 0; at < 8; at++)
        bytes |= (unsigned)((value >> at * 8 & 255) != 0) << at;
    for (unsigned at = 0; at < 4; at++)
        bytes |= (unsigned)((group >> at * 8 & 255) != 0) << (at + 8);
    return bytes;
}

static void sort_by_byte(const co_ranked *from, co_ranked *to, size_t n, unsigned at)
{
    size_t starts[N_DIGITS] = { 0 };
    size_t next = 0;

    for (size_t i = 0; i < n; i++)
        starts[digit_of(&from[i], at)]++;
    for (unsigned digit = 0; digit < N_DIGITS; digit++) {
        const size_t count = starts[digit];

        starts[digit] = next;
        next += count;
    }
    for (size_t i = 0; i < n; i++)
        to[starts[digit_of(&from[i], at)]++] = from[i];
}

void co_ranks_sort(co_ranked *records, co_ranked *room, size_t n)
{
    const unsigned bytes = differing_bytes(records, n);
    co_ranked *from = records;
    co_ranked *to = room;

    for (unsigned at = 0; at < 12; at++) {
        if ((bytes >> at & 1) == 0)
            continue;
        sort_by_byte(from, to, n, at);

        co_ranked *swapped = from;

        from = to;
        to = swapped;
    }
    if (from != records)
        memcpy(records, from, n * sizeof *records);
}

/* ---- places ---- */

/* The records of one group. */
typedef struct group {
    co_ranked *records;
    size_t n;
    co_key_order by_key;
    void *context;
} group;

size_t co_ranks_wanted(const co_ranking *ranking, size_t n)
{
    co_wide wanted = ranking->n;
    co_wide share;
    co_wide whole;
    co_wide rest;
    int64_t number;

    if (ranking->percent) {
        /* n × p / (100 × 10^scale); p is at most 100 and its digits few, so all of it fits. */
        if (!co_wide_multiply(ranking->n, co_wide_of((int64_t)n), &share) ||
            !co_wide_scale_up(co_wide_of(1), ranking->scale + 2, &whole) ||
            !co_wide_divide(share, whole, &wanted, &rest))
            return n;
        if (co_wide_sign(rest) > 0)
            (void)co_wide_add(wanted, co_wide_of(1), &wanted);
    }
    if (!co_wide_to_int64(wanted, &number) || (uint64_t)number >= n)
        return n;
    return (size_t)number;
}

static void set_all(co_ranked *records, size_t n, uint64_t place)
{
    for (size_t i = 0; i < n; i++)
        records[i].value = place;
}

/* The end of the records equal to the one at `first`; before it, the start of those equal to the last. */
static size_t end_of_equals(const group *g, size_t first)
{
    size_t end = first + 1;

    while (end < g->n && g->records[end].value == g->records[first].value)
        end++;
    return end;
}

static size_t start_of_equals(const group *g, size_t end)
{
    size_t first = end - 1;

    while (first > 0 && g->records[first - 1].value == g->records[end - 1].value)
        first--;
    return first;
}

/* The first `wanted` records from one end. */
static cohort_status place_top(const co_ranking *ranking, const group *g)
{
    size_t left = co_ranks_wanted(ranking, g->n);

    for (size_t done = 0, n; done < g->n; done += n) {
        const size_t first = ranking->bottom ? done : start_of_equals(g, g->n - done);
        co_ranked *equals = g->records + first;

        n = (ranking->bottom ? end_of_equals(g, first) : g->n - done) - first;
        if (n > left && left > 0 && !ranking->with_ties) {
            const cohort_status status = g->by_key(g->context, equals, n);

            if (status != COHORT_OK)
                return status;
            set_all(equals, left, 1);
            set_all(equals + left, n - left, 0);
        } else {
            set_all(equals, n, left > 0);
        }
        left -= n < left ? n : left;
    }
    return COHORT_OK;
}

uint64_t co_ranks_tile(uint64_t i, uint64_t n, uint64_t n_tiles)
{
    /* The first n % n_tiles of them have one record more. */
    const uint64_t size = n / n_tiles;
    const uint64_t n_larger = n % n_tiles;
    const uint64_t in_larger = n_larger * (size + 1);

    return (i < in_larger ? i / (size + 1) : n_larger + (i - in_larger) / size) + 1;
}

static cohort_status place_tiles(const co_ranking *ranking, const group *g)
{
    int64_t wanted;
    const uint64_t n_tiles = co_wide_to_int64(ranking->n, &wanted) ? (uint64_t)wanted : UINT64_MAX;

    for (size_t first = 0, end; first < g->n; first = end) {
        const uint64_t lowest = co_ranks_tile(first, g->n, n_tiles);

        end = end_of_equals(g, first);
        if (co_ranks_tile(end - 1, g->n, n_tiles) == lowest) {
            set_all(g->records + first, end - first, lowest);
            continue;
        }

        const cohort_status status = g->by_key(g->context, g->records + first, end - first);

        if (status != COHORT_OK)
            return status;
        for (size_t i = first; i < end; i++)
            g->records[i].value = co_ranks_tile(i, g->n, n_tiles);
    }
    return COHORT_OK;
}

static uint64_t bits_of(double real)
{
    uint64_t bits;

    memcpy(&bits, &real, sizeof bits);
    return bits;
}

/* 1 is the highest; as a share, 0 is the lowest. */
static void place_ranks(const co_ranking *ranking, const group *g)
{
    for (size_t first = 0, end; first < g->n; first = end) {
        end = end_of_equals(g, first);
        if (ranking->by == CO_RANKED_RANK)
            set_all(g->records + first, end - first, g->n - end + 1);
        else
            set_all(g->records + first, end - first,
                    bits_of(g->n == 1 ? 0.0 : (double)first / (double)(g->n - 1)));
    }
}

cohort_status co_ranks_place(const co_ranking *ranking, co_ranked *records, size_t n, co_key_order by_key,
                             void *context)
{
    cohort_status status = COHORT_OK;

    for (size_t first = 0, end; first < n && status == COHORT_OK; first = end) {
        end = first + 1;
        while (end < n && records[end].group == records[first].group)
            end++;

        const group g = { records + first, end - first, by_key, context };

        if (ranking->by == CO_RANKED_TOP)
            status = place_top(ranking, &g);
        else if (ranking->by == CO_RANKED_NTILE)
            status = place_tiles(ranking, &g);
        else
            place_ranks(ranking, &g);
    }
    return status;
}

/*
 * Slots looked up in a list that is much longer, and lists merged that way.
 *
 * Included by loops.h. A family that can compare many slots with one at a time
 * says so before that:
 *
 *     WINDOW                          how many
 *     window_below(slots, wanted)     how many of the WINDOW slots are below `wanted`
 */
#ifndef CO_KERNEL_SEARCH_H
#define CO_KERNEL_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* From these ratios of lengths on, the longer array is searched and not walked, or copied in stretches. */
enum { SEARCH_RATIO = 16, COPY_RATIO = 32, SEARCHES = 8 };

#ifndef WINDOW
#  define WINDOW 1
static inline uint32_t window_below(const uint16_t *slots, uint16_t wanted) { return *slots < wanted; }
#endif

/* The first index in [from, n) whose slot is at least `wanted`, or n: doubling steps, then halving. */
static inline size_t gallop(const uint16_t *slots, size_t from, size_t n, uint16_t wanted)
{
    size_t step = 1;
    size_t low = from;

    if (from >= n || slots[from] >= wanted)
        return from;
    while (low + step < n && slots[low + step] < wanted) {
        low += step;
        step *= 2;
    }
    /* slots[low] < wanted, and what lies at low + step is not, or does not exist. */
    size_t high = low + step < n ? low + step : n;

    while (low + 1 < high) {
        const size_t middle = low + (high - low) / 2;

        if (slots[middle] < wanted)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/*
 * How many of n slots, at least one, are below `wanted`, for some wanted at once: a
 * search waits for memory at every step, several wait together. Nothing branches.
 * The list is halved until what is left lies in a window.
 */
static inline void search_together(const uint16_t *slots, size_t n, const uint16_t *wanted, unsigned n_wanted,
                                   uint32_t *below)
{
    const size_t window = n < WINDOW ? 1 : WINDOW;

    for (unsigned k = 0; k < n_wanted; k++)
        below[k] = 0;
    for (size_t left = n; left > window; left -= left / 2) {
        const uint32_t half = (uint32_t)(left / 2);

        for (unsigned k = 0; k < n_wanted; k++)
            below[k] += half & (0u - (uint32_t)(slots[below[k] + half - 1] < wanted[k]));
    }
    for (unsigned k = 0; k < n_wanted; k++) {
        /* A whole window, which may begin among those that are below. */
        const uint32_t start = below[k] < n - window ? below[k] : (uint32_t)(n - window);

        below[k] = start + (window == 1 ? slots[start] < wanted[k] : window_below(slots + start, wanted[k]));
    }
}

/* Those of the few slots that are, or are not, among the many, at least one; out may be NULL to count. */
static inline size_t filter_by_search(const uint16_t *few, size_t n_few, bool inside, const uint16_t *many,
                                      size_t n_many, uint16_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < n_few; i += SEARCHES) {
        const size_t here = n_few - i < SEARCHES ? n_few - i : SEARCHES;
        uint16_t wanted[SEARCHES] = { 0 };
        uint32_t below[SEARCHES];

        memcpy(wanted, few + i, here * sizeof *wanted);
        if (here == 1)
            search_together(many, n_many, wanted, 1, below);
        else
            search_together(many, n_many, wanted, SEARCHES, below);
        for (size_t k = 0; k < here; k++) {
            const bool found = below[k] < n_many && many[below[k]] == wanted[k];

            if (out != NULL)
                out[n] = wanted[k];
            n += found == inside;
        }
    }
    return n;
}

/* `slots` may lie in `out`, further on. */
static inline size_t append_slots(uint16_t *out, size_t n, const uint16_t *slots, size_t n_slots)
{
    if (n_slots != 0)
        memmove(out + n, slots, n_slots * sizeof *slots);
    return n + n_slots;
}

/*
 * The many with the few, or without them, in stretches between the few. What is in
 * both goes in if the common are kept, what only the few have if they are.
 */
static inline size_t merge_by_search(const uint16_t *few, size_t n_few, bool keep_few, bool keep_common,
                                     const uint16_t *many, size_t n_many, uint16_t *out)
{
    size_t n = 0;
    size_t done = 0;

    for (size_t i = 0; i < n_few; i += SEARCHES) {
        const size_t here = n_few - i < SEARCHES ? n_few - i : SEARCHES;
        const size_t searched = done;
        uint16_t wanted[SEARCHES] = { 0 };
        uint32_t below[SEARCHES] = { 0 };

        memcpy(wanted, few + i, here * sizeof *wanted);
        if (searched != n_many)
            search_together(many + searched, n_many - searched, wanted, SEARCHES, below);
        for (size_t k = 0; k < here; k++) {
            const size_t at = searched + below[k];
            const bool common = at < n_many && many[at] == wanted[k];

            n = append_slots(out, n, many + done, at - done);
            if (common ? keep_common : keep_few)
                out[n++] = wanted[k];
            done = at + common;
        }
    }
    return append_slots(out, n, many + done, n_many - done);
}

#endif

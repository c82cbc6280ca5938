/*
 * Two lists of slots against each other in blocks of eight, written once for all
 * families that can compare eight slots with eight. The family that includes this
 * gives:
 *
 *     slot_block                          eight slots in a register
 *     load_block(slots)                   from memory
 *     common_slots(a, b)                  a bit for each slot of a that is among b's
 *     count_common(a, b)                  how many those are
 *     put_some(out, block, which)         the slots named by the bits to `out`; how many.
 *                                         It may write eight.
 *
 * The block that ends lower gives way to its next. What is known of a block of a
 * is written when the block is done, so that nothing is ever written past what
 * has been read of a.
 */
#ifndef CO_KERNEL_BLOCKS_H
#define CO_KERNEL_BLOCKS_H

#include "kernel/loops.h"

static size_t intersect_slots_blocks(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, uint16_t *out)
{
    size_t i = 0;
    size_t j = 0;
    size_t n = 0;
    unsigned found = 0;

    if (n_a < n_b / SEARCH_RATIO || n_b < n_a / SEARCH_RATIO)
        return intersect_slots(a, n_a, b, n_b, out);
    while (i + 8 <= n_a && j + 8 <= n_b) {
        const slot_block block = load_block(a + i);
        const uint16_t end_a = a[i + 7];
        const uint16_t end_b = b[j + 7];

        found |= common_slots(block, load_block(b + j));
        if (end_a <= end_b) {
            n += put_some(out + n, block, found);
            found = 0;
            i += 8;
        }
        j += end_b <= end_a ? 8 : 0;
    }
    for (; found != 0; found &= found - 1)
        out[n++] = a[i + co_lowest_bit(found)];
    /* Slots that no later b can equal, so that the rest is written behind what it reads. */
    while (j > 0 && i < n_a && a[i] <= b[j - 1])
        i++;
    return n + intersect_even(a + i, n_a - i, b + j, n_b - j, out + n);
}

static size_t intersect_slots_count_blocks(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b)
{
    size_t i = 0;
    size_t j = 0;
    size_t n = 0;

    if (n_a < n_b / SEARCH_RATIO || n_b < n_a / SEARCH_RATIO)
        return intersect_slots_count(a, n_a, b, n_b);
    while (i + 8 <= n_a && j + 8 <= n_b) {
        const uint16_t end_a = a[i + 7];
        const uint16_t end_b = b[j + 7];

        n += count_common(load_block(a + i), load_block(b + j));
        i += 8 & (0 - (size_t)(end_a <= end_b));
        j += 8 & (0 - (size_t)(end_b <= end_a));
    }
    return n + intersect_even_count(a + i, n_a - i, b + j, n_b - j);
}

/* What of the first eight of a, some of which were found already, is not in b; *at is moved on in b. */
static size_t finish_difference(const uint16_t *a, unsigned found, const uint16_t *b, size_t n_b, size_t *at,
                                uint16_t *out)
{
    size_t n = 0;

    for (unsigned k = 0; k < 8; k++) {
        const uint16_t slot = a[k];

        while (*at < n_b && b[*at] < slot)
            (*at)++;
        out[n] = slot;
        n += !(found >> k & 1) && !(*at < n_b && b[*at] == slot);
    }
    return n;
}

static size_t difference_slots_blocks(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, uint16_t *out)
{
    size_t i = 0;
    size_t j = 0;
    size_t n = 0;
    unsigned found = 0;

    if (n_a < n_b / SEARCH_RATIO || n_b < n_a / COPY_RATIO)
        return difference_slots(a, n_a, b, n_b, out);
    while (i + 8 <= n_a && j + 8 <= n_b) {
        const slot_block block = load_block(a + i);
        const uint16_t end_a = a[i + 7];
        const uint16_t end_b = b[j + 7];

        found |= common_slots(block, load_block(b + j));
        if (end_a <= end_b) {
            n += put_some(out + n, block, ~found & 255);
            found = 0;
            i += 8;
        }
        j += end_b <= end_a ? 8 : 0;
    }
    if (found != 0) {
        n += finish_difference(a + i, found, b, n_b, &j, out + n);
        i += 8;
    }
    return n + difference_slots(a + i, n_a - i, b + j, n_b - j, out + n);
}

#endif

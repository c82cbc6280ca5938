/*
 * Every loop in plain C: what a kernel function means, and what a CPU's file
 * uses where it has nothing better and for the last few values.
 *
 * Included by each file of a CPU family and compiled with its flags; nobody
 * else includes it.
 */
#ifndef CO_KERNEL_LOOPS_H
#define CO_KERNEL_LOOPS_H

#include <string.h>

#include "kernel/bits.h"
#include "kernel/kernel.h"
#include "kernel/search.h"

/* ---- words with words ---- */

/* A full adder on 64 bits: a + b + c = 2 carry + sum. */
static inline uint64_t add_bitwise(uint64_t a, uint64_t b, uint64_t c, uint64_t *sum)
{
    const uint64_t either = a ^ b;

    *sum = either ^ c;
    return (a & b) | (either & c);
}

/* Eight words are added up bitwise, so that only one in eight is counted. WORD(i) is the word at i. */
#define COUNT_WORDS(WORD, n_words)                                                              \
    uint64_t ones = 0;                                                                          \
    uint64_t twos = 0;                                                                          \
    uint64_t fours = 0;                                                                         \
    size_t n = 0;                                                                               \
    size_t i = 0;                                                                               \
                                                                                                \
    for (; i + 8 <= n_words; i += 8) {                                                          \
        const uint64_t two_a = add_bitwise(ones, WORD(i), WORD(i + 1), &ones);                  \
        const uint64_t two_b = add_bitwise(ones, WORD(i + 2), WORD(i + 3), &ones);              \
        const uint64_t four_a = add_bitwise(twos, two_a, two_b, &twos);                         \
        const uint64_t two_c = add_bitwise(ones, WORD(i + 4), WORD(i + 5), &ones);              \
        const uint64_t two_d = add_bitwise(ones, WORD(i + 6), WORD(i + 7), &ones);              \
        const uint64_t four_b = add_bitwise(twos, two_c, two_d, &twos);                         \
                                                                                                \
        n += 8 * (size_t)co_bits_in(add_bitwise(fours, four_a, four_b, &fours));                \
    }                                                                                           \
    n += co_bits_in(ones) + 2 * co_bits_in(twos) + 4 * co_bits_in(fours);                       \
    for (; i < n_words; i++)                                                                    \
        n += co_bits_in(WORD(i));                                                               \
    return n;

#define WORD_and(i) (a[i] & b[i])
#define WORD_or(i) (a[i] | b[i])
#define WORD_xor(i) (a[i] ^ b[i])
#define WORD_andnot(i) (a[i] & ~b[i])
#define WORD_first(i) words[i]
#define WRITE_and(i) (out[i] = WORD_and(i))
#define WRITE_or(i) (out[i] = WORD_or(i))
#define WRITE_xor(i) (out[i] = WORD_xor(i))
#define WRITE_andnot(i) (out[i] = WORD_andnot(i))

#define DEFINE_WORDS(name)                                                                      \
    static inline void name##_words(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n_words) \
    {                                                                                           \
        for (size_t i = 0; i < n_words; i++)                                                    \
            out[i] = WORD_##name(i);                                                            \
    }                                                                                           \
                                                                                                \
    static inline size_t name##_counting(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n_words, \
                                         bool past_caches)                                      \
    {                                                                                           \
        (void)past_caches;                                                                      \
        COUNT_WORDS(WRITE_##name, n_words)                                                      \
    }                                                                                           \
                                                                                                \
    static inline size_t name##_count(const uint64_t *a, const uint64_t *b, size_t n_words)     \
    {                                                                                           \
        COUNT_WORDS(WORD_##name, n_words)                                                       \
    }                                                                                           \
                                                                                                \
    static inline bool name##_any(const uint64_t *a, const uint64_t *b, size_t n_words)         \
    {                                                                                           \
        for (size_t i = 0; i < n_words; i++) {                                                  \
            if (WORD_##name(i) != 0)                                                            \
                return true;                                                                    \
        }                                                                                       \
        return false;                                                                           \
    }

DEFINE_WORDS(and)
DEFINE_WORDS(or)
DEFINE_WORDS(xor)
DEFINE_WORDS(andnot)

static inline size_t count(const uint64_t *words, size_t n_words)
{
    COUNT_WORDS(WORD_first, n_words)
}

/* Nothing here passes the caches by. */
static inline void settle(void) {}

static inline bool any(const uint64_t *words, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++) {
        if (words[i] != 0)
            return true;
    }
    return false;
}

static inline void not_rows(const uint64_t *words, size_t n_rows, uint64_t *out)
{
    for (size_t i = 0; i < n_rows / 64; i++)
        out[i] = ~words[i];
    if (n_rows % 64 != 0)
        out[n_rows / 64] = ~words[n_rows / 64] & co_low_bits(n_rows % 64);
}

static inline bool all_rows(const uint64_t *words, size_t n_rows)
{
    const uint64_t last = co_low_bits(n_rows % 64);

    for (size_t i = 0; i < n_rows / 64; i++) {
        if (words[i] != UINT64_MAX)
            return false;
    }
    return n_rows % 64 == 0 || (words[n_rows / 64] & last) == last;
}

/* ---- counters kept as planes ---- */

/* Plane p of this word is at planes[p × n_words]. */
static inline void add_to_word(uint64_t carry, uint64_t *planes, size_t n_words, size_t n_planes)
{
    for (size_t p = 0; p < n_planes && carry != 0; p++) {
        const uint64_t before = planes[p * n_words];

        planes[p * n_words] = before ^ carry;
        carry &= before;
    }
    for (size_t p = 0; p < n_planes && carry != 0; p++)
        planes[p * n_words] |= carry;
}

static inline void add_bits(const uint64_t *words, size_t n_words, uint64_t *planes, size_t n_planes)
{
    for (size_t i = 0; i < n_words; i++)
        add_to_word(words[i], planes + i, n_words, n_planes);
}

/* Compares the counters with `least` from the highest plane down, one plane a time. */
static inline void at_least(const uint64_t *planes, size_t n_planes, size_t n_words, uint64_t least, uint64_t *out)
{
    for (size_t i = 0; i < n_words; i++) {
        uint64_t above = 0;
        uint64_t level = UINT64_MAX;

        for (size_t p = n_planes; p-- > 0;) {
            const uint64_t plane = planes[p * n_words + i];

            if (least >> p & 1) {
                level &= plane;
            } else {
                above |= level & plane;
                level &= ~plane;
            }
        }
        out[i] = above | level;
    }
}

/* ---- values to words ---- */

/* One subtraction turns two comparisons into one: value - low <= high - low, unsigned. */
#define DEFINE_BETWEEN(name, type, wide)                                                        \
    static inline void name(const type *values, size_t n, type low, type high, uint64_t *out)   \
    {                                                                                           \
        const wide width = (wide)((wide)high - (wide)low);                                      \
                                                                                                \
        if (low > high) {                                                                       \
            memset(out, 0, co_words_for(n) * sizeof *out);                                      \
            return;                                                                             \
        }                                                                                       \
        for (size_t start = 0; start < n; start += 64) {                                        \
            const size_t end = n - start < 64 ? n : start + 64;                                 \
            uint64_t word = 0;                                                                  \
                                                                                                \
            for (size_t i = start; i < end; i++)                                                \
                word |= (uint64_t)((wide)((wide)values[i] - (wide)low) <= width) << (i - start); \
            out[start / 64] = word;                                                             \
        }                                                                                       \
    }

DEFINE_BETWEEN(between_u8, uint8_t, uint8_t)
DEFINE_BETWEEN(between_u16, uint16_t, uint16_t)
DEFINE_BETWEEN(between_u32, uint32_t, uint32_t)
DEFINE_BETWEEN(between_u64, uint64_t, uint64_t)
DEFINE_BETWEEN(between_i64, int64_t, uint64_t)

#define DEFINE_IN(name, type)                                                                   \
    static inline void name(const type *codes, size_t n, const uint64_t *set, uint64_t *out)    \
    {                                                                                           \
        for (size_t start = 0; start < n; start += 64) {                                        \
            const size_t end = n - start < 64 ? n : start + 64;                                 \
            uint64_t word = 0;                                                                  \
                                                                                                \
            for (size_t i = start; i < end; i++)                                                \
                word |= (uint64_t)co_bit_test(set, codes[i]) << (i - start);                    \
            out[start / 64] = word;                                                             \
        }                                                                                       \
    }

DEFINE_IN(in_u8, uint8_t)
DEFINE_IN(in_u16, uint16_t)

/* ---- slots with slots ---- */

static inline size_t intersect_even(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, uint16_t *out)
{
    size_t i = 0;
    size_t j = 0;
    size_t n = 0;

    while (i < n_a && j < n_b) {
        const uint16_t x = a[i];
        const uint16_t y = b[j];

        out[n] = x;
        n += x == y;
        i += x <= y;
        j += y <= x;
    }
    return n;
}

static inline size_t intersect_even_count(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b)
{
    size_t i = 0;
    size_t j = 0;
    size_t n = 0;

    while (i < n_a && j < n_b) {
        const uint16_t x = a[i];
        const uint16_t y = b[j];

        n += x == y;
        i += x <= y;
        j += y <= x;
    }
    return n;
}

static inline size_t intersect_slots(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, uint16_t *out)
{
    if (n_a < n_b / SEARCH_RATIO)
        return filter_by_search(a, n_a, true, b, n_b, out);
    if (n_b < n_a / SEARCH_RATIO)
        return filter_by_search(b, n_b, true, a, n_a, out);
    return intersect_even(a, n_a, b, n_b, out);
}

static inline size_t intersect_slots_count(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b)
{
    if (n_a < n_b / SEARCH_RATIO)
        return filter_by_search(a, n_a, true, b, n_b, NULL);
    if (n_b < n_a / SEARCH_RATIO)
        return filter_by_search(b, n_b, true, a, n_a, NULL);
    return intersect_even_count(a, n_a, b, n_b);
}

static inline bool slots_meet(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b)
{
    size_t i = 0;
    size_t j = 0;

    while (i < n_a && j < n_b) {
        if (a[i] == b[j])
            return true;
        if (a[i] < b[j])
            i = gallop(a, i, n_a, b[j]);
        else
            j = gallop(b, j, n_b, a[i]);
    }
    return false;
}

static inline size_t union_slots(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, uint16_t *out)
{
    size_t i = 0;
    size_t j = 0;
    size_t n = 0;

    if (n_a < n_b / COPY_RATIO)
        return merge_by_search(a, n_a, true, true, b, n_b, out);
    if (n_b < n_a / COPY_RATIO)
        return merge_by_search(b, n_b, true, true, a, n_a, out);
    while (i < n_a && j < n_b) {
        const uint16_t x = a[i];
        const uint16_t y = b[j];

        out[n++] = x < y ? x : y;
        i += x <= y;
        j += y <= x;
    }
    n = append_slots(out, n, a + i, n_a - i);
    return append_slots(out, n, b + j, n_b - j);
}

static inline size_t difference_slots(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, uint16_t *out)
{
    size_t i = 0;
    size_t j = 0;
    size_t n = 0;

    if (n_a < n_b / SEARCH_RATIO)
        return filter_by_search(a, n_a, false, b, n_b, out);
    if (n_b < n_a / COPY_RATIO)
        return merge_by_search(b, n_b, false, false, a, n_a, out);
    while (i < n_a && j < n_b) {
        const uint16_t x = a[i];
        const uint16_t y = b[j];

        out[n] = x;
        n += x < y;
        i += x <= y;
        j += y <= x;
    }
    return append_slots(out, n, a + i, n_a - i);
}

static inline size_t xor_slots(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, uint16_t *out)
{
    size_t i = 0;
    size_t j = 0;
    size_t n = 0;

    if (n_a < n_b / COPY_RATIO)
        return merge_by_search(a, n_a, true, false, b, n_b, out);
    if (n_b < n_a / COPY_RATIO)
        return merge_by_search(b, n_b, true, false, a, n_a, out);
    while (i < n_a && j < n_b) {
        const uint16_t x = a[i];
        const uint16_t y = b[j];

        out[n] = x < y ? x : y;
        n += x != y;
        i += x <= y;
        j += y <= x;
    }
    n = append_slots(out, n, a + i, n_a - i);
    return append_slots(out, n, b + j, n_b - j);
}

static inline bool slots_rise(const uint16_t *slots, size_t n)
{
    bool falls = false;

    for (size_t i = 1; i < n; i++)
        falls |= slots[i] <= slots[i - 1];
    return !falls;
}

static inline bool copy_rising(const void *from, size_t n, uint16_t *slots)
{
    if (n != 0)
        memcpy(slots, from, n * sizeof *slots);
    return slots_rise(slots, n);
}

/* ---- slots with words ---- */

static inline size_t slots_in_words(const uint16_t *slots, size_t n, const uint64_t *words, uint16_t *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        const uint16_t slot = slots[i];

        out[kept] = slot;
        kept += co_bit_test(words, slot);
    }
    return kept;
}

static inline size_t slots_not_in_words(const uint16_t *slots, size_t n, const uint64_t *words, uint16_t *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        const uint16_t slot = slots[i];

        out[kept] = slot;
        kept += !co_bit_test(words, slot);
    }
    return kept;
}

static inline size_t slots_in_words_count(const uint16_t *slots, size_t n, const uint64_t *words)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
        found += co_bit_test(words, slots[i]);
    return found;
}

/* Four lists in one: a slot in the word of the one before would wait for it. */
static inline void add_slots(const uint16_t *slots, size_t n, uint64_t *words)
{
    const size_t quarter = n / 4;

    for (size_t i = 0; i < quarter; i++) {
        co_bit_set(words, slots[i]);
        co_bit_set(words, slots[i + quarter]);
        co_bit_set(words, slots[i + 2 * quarter]);
        co_bit_set(words, slots[i + 3 * quarter]);
    }
    for (size_t i = 4 * quarter; i < n; i++)
        co_bit_set(words, slots[i]);
}

static inline size_t set_slots(const uint16_t *slots, size_t n, uint64_t *words)
{
    size_t changed = 0;

    for (size_t i = 0; i < n; i++) {
        changed += !co_bit_test(words, slots[i]);
        co_bit_set(words, slots[i]);
    }
    return changed;
}

static inline size_t clear_slots(const uint16_t *slots, size_t n, uint64_t *words)
{
    size_t changed = 0;

    for (size_t i = 0; i < n; i++) {
        changed += co_bit_test(words, slots[i]);
        co_bit_clear(words, slots[i]);
    }
    return changed;
}

static inline void flip_slots(const uint16_t *slots, size_t n, uint64_t *words)
{
    for (size_t i = 0; i < n; i++)
        words[slots[i] / 64] ^= UINT64_C(1) << (slots[i] % 64);
}

/* ---- runs with words: pairs of first and last slot ---- */

static inline size_t runs_in_words_count(const uint16_t *runs, size_t n_runs, const uint64_t *words)
{
    size_t n = 0;

    for (size_t i = 0; i < n_runs; i++) {
        const size_t first = runs[2 * i] / 64u;
        const size_t last = runs[2 * i + 1] / 64u;
        const uint64_t from = UINT64_MAX << (runs[2 * i] % 64);
        const uint64_t to = UINT64_MAX >> (63 - runs[2 * i + 1] % 64);

        if (first == last) {
            n += co_bits_in(words[first] & from & to);
            continue;
        }
        n += co_bits_in(words[first] & from) + co_bits_in(words[last] & to);
        for (size_t w = first + 1; w < last; w++)
            n += co_bits_in(words[w]);
    }
    return n;
}

static inline size_t runs_of_lengths(uint16_t *pairs, size_t n_runs)
{
    size_t n = 0;
    uint32_t least = 0;
    bool wrong = false;

    for (size_t i = 0; i < n_runs; i++) {
        const uint32_t first = pairs[2 * i];
        const uint32_t last = first + pairs[2 * i + 1];

        wrong |= first < least || last >= CO_TILE_ROWS;
        least = last + 2;
        n += last - first + 1;
        pairs[2 * i + 1] = (uint16_t)last;
    }
    return wrong ? 0 : n;
}

/* ---- lists ---- */

/* From word `first` on. */
static inline size_t slots_from_word(const uint64_t *words, size_t first, size_t n_words, uint16_t *out, size_t room)
{
    size_t n = 0;

    for (size_t i = first; i < n_words; i++) {
        for (uint64_t word = words[i]; word != 0; word &= word - 1) {
            if (n == room)
                return n;
            out[n++] = (uint16_t)(i * 64 + co_lowest_bit(word));
        }
    }
    return n;
}

static inline size_t words_to_slots(const uint64_t *words, size_t n_words, uint16_t *out, size_t room)
{
    return slots_from_word(words, 0, n_words, out, room);
}

static inline size_t words_to_rows(const uint64_t *words, size_t n_words, uint32_t base, uint32_t *out, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < n_words; i++) {
        for (uint64_t word = words[i]; word != 0; word &= word - 1) {
            if (n == room)
                return n;
            out[n++] = base + (uint32_t)(i * 64) + co_lowest_bit(word);
        }
    }
    return n;
}

static inline void slots_to_rows(const uint16_t *slots, size_t n, uint32_t base, uint32_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = base + slots[i];
}

static inline size_t runs_to_rows(const uint16_t *runs, size_t n_runs, uint32_t base, uint32_t *out, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < n_runs && n < room; i++) {
        const size_t length = (size_t)(runs[2 * i + 1] - runs[2 * i]) + 1;
        const size_t here = length < room - n ? length : room - n;

        for (size_t k = 0; k < here; k++)
            out[n + k] = base + runs[2 * i] + (uint32_t)k;
        n += here;
    }
    return n;
}

/* ---- codes to values ---- */

#define DEFINE_WIDEN(name, type)                                                                \
    static inline void name(const type *codes, size_t n, int64_t base, int64_t unit, int64_t *out) \
    {                                                                                           \
        for (size_t i = 0; i < n; i++)                                                          \
            out[i] = (int64_t)((uint64_t)base + (uint64_t)unit * codes[i]);                     \
    }

DEFINE_WIDEN(widen_u8, uint8_t)
DEFINE_WIDEN(widen_u16, uint16_t)
DEFINE_WIDEN(widen_u32, uint32_t)

/* ---- values to codes ---- */

static inline void range_i64(const int64_t *values, size_t n, int64_t *least, int64_t *greatest)
{
    int64_t low = *least;
    int64_t high = *greatest;

    for (size_t i = 0; i < n; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    *least = low;
    *greatest = high;
}

static inline bool divides_i64(const int64_t *values, size_t n, int64_t base, co_exact by)
{
    uint64_t rest = 0;

    for (size_t i = 0; i < n; i++) {
        const uint64_t product = ((uint64_t)values[i] - (uint64_t)base) * by.inverse;

        rest |= (uint64_t)((product >> by.shift | product << (-by.shift & 63)) > by.greatest);
    }
    return rest == 0;
}

#define DEFINE_NARROW(name, type)                                                                \
    static inline void name(const int64_t *values, size_t n, int64_t base, co_exact by, type *out)  \
    {                                                                                            \
        for (size_t i = 0; i < n; i++)                                                           \
            out[i] = (type)((type)(((uint64_t)values[i] - (uint64_t)base) >> by.shift) * (type)by.inverse); \
    }

DEFINE_NARROW(narrow_u8, uint8_t)
DEFINE_NARROW(narrow_u16, uint16_t)
DEFINE_NARROW(narrow_u32, uint32_t)
DEFINE_NARROW(narrow_u64, uint64_t)

/* ---- bytes ---- */

static inline void find_bytes(const uint8_t *bytes, size_t n_blocks, const uint8_t wanted[4], uint64_t *masks)
{
    for (size_t b = 0; b < n_blocks; b++) {
        const uint8_t *block = bytes + 64 * b;

        for (unsigned k = 0; k < 4; k++) {
            uint64_t mask = 0;

            for (unsigned i = 0; i < 64; i++)
                mask |= (uint64_t)(block[i] == wanted[k]) << i;
            masks[4 * b + k] = mask;
        }
    }
}

#endif

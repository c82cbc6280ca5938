/* Ranges of bits: the first and the last word by mask, the words between whole. */
#include "kernel/bits.h"

#include <string.h>

/* The bits of word `i` that lie in [first, end). */
static uint64_t mask_of(size_t i, size_t first, size_t end)
{
    const uint64_t from = i == first / 64 ? UINT64_MAX << (first % 64) : UINT64_MAX;
    const uint64_t to = i == (end - 1) / 64 ? co_low_bits((end - 1) % 64 + 1) : UINT64_MAX;

    return from & to;
}

void co_bits_fill(uint64_t *words, size_t first, size_t end)
{
    if (first == end)
        return;
    const size_t from = first / 64;
    const size_t to = (end - 1) / 64;

    words[from] |= mask_of(from, first, end);
    if (to > from + 1)
        memset(words + from + 1, 0xff, (to - from - 1) * sizeof *words);
    words[to] |= mask_of(to, first, end);
}

void co_bits_clear(uint64_t *words, size_t first, size_t end)
{
    if (first == end)
        return;
    const size_t from = first / 64;
    const size_t to = (end - 1) / 64;

    words[from] &= ~mask_of(from, first, end);
    if (to > from + 1)
        memset(words + from + 1, 0, (to - from - 1) * sizeof *words);
    words[to] &= ~mask_of(to, first, end);
}

void co_bits_flip(uint64_t *words, size_t first, size_t end)
{
    for (size_t i = first / 64; first < end && i <= (end - 1) / 64; i++)
        words[i] ^= mask_of(i, first, end);
}

size_t co_bits_count(const uint64_t *words, size_t first, size_t end)
{
    size_t n = 0;

    for (size_t i = first / 64; first < end && i <= (end - 1) / 64; i++)
        n += co_bits_in(words[i] & mask_of(i, first, end));
    return n;
}

bool co_bits_all(const uint64_t *words, size_t first, size_t end)
{
    for (size_t i = first / 64; first < end && i <= (end - 1) / 64; i++) {
        const uint64_t mask = mask_of(i, first, end);

        if ((words[i] & mask) != mask)
            return false;
    }
    return true;
}

size_t co_bits_next(const uint64_t *words, size_t first, size_t end)
{
    const size_t end_word = end / 64 + (end % 64 != 0);
    size_t i = first / 64;

    if (first >= end)
        return end;
    uint64_t word = words[i] & UINT64_MAX << (first % 64);

    while (word == 0 && ++i < end_word)
        word = words[i];
    const size_t found = word == 0 ? end : i * 64 + co_lowest_bit(word);

    return found < end ? found : end;
}

size_t co_bits_previous(const uint64_t *words, size_t end)
{
    for (size_t i = end / 64 + 1; i-- > 0;) {
        const uint64_t wanted = i == end / 64 ? co_low_bits(end % 64) : UINT64_MAX;

        if (wanted != 0 && (words[i] & wanted) != 0)
            return i * 64 + co_highest_bit(words[i] & wanted);
    }
    return SIZE_MAX;
}

size_t co_bits_select(const uint64_t *words, size_t index)
{
    size_t i = 0;

    for (size_t here = co_bits_in(words[0]); index >= here; here = co_bits_in(words[i])) {
        index -= here;
        i++;
    }
    uint64_t word = words[i];

    while (index-- > 0)
        word &= word - 1;
    return i * 64 + co_lowest_bit(word);
}

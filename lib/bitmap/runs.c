/*
 * Algorithms over run lists.
 *
 * Two lists are combined by walking both, in a loop for each operation. Those
 * loops branch where a list gives way to the other, although that could be
 * computed: lists that lie apart are the common case, branches guess it, and
 * what is computed waits for the run before.
 */
#include "bitmap/runs.h"

#include <string.h>

#include "kernel/bits.h"
#include "kernel/kernel.h"

/* What two runs share, then on from the one that ends first. out may be NULL to count. */
static inline size_t intersect(co_run_list a, co_run_list b, co_run *out, size_t *count)
{
    const co_run *x = a.runs;
    const co_run *y = b.runs;
    const co_run *const x_end = x + a.n;
    const co_run *const y_end = y + b.n;
    size_t n = 0;
    size_t total = 0;

    while (x < x_end && y < y_end) {
        if (x->last < y->first) {
            x++;
        } else if (y->last < x->first) {
            y++;
        } else {
            const uint16_t first = x->first > y->first ? x->first : y->first;
            const uint16_t last = x->last < y->last ? x->last : y->last;

            if (out != NULL)
                out[n] = (co_run){ first, last };
            n++;
            total += (size_t)(last - first) + 1;
            if (x->last < y->last)
                x++;
            else
                y++;
        }
    }
    *count = total;
    return n;
}

/* Of each run of a what lies between the runs of b. */
static size_t subtract(co_run_list a, co_run_list b, co_run *out, size_t *count)
{
    const co_run *y = b.runs;
    const co_run *const y_end = y + b.n;
    size_t n = 0;
    size_t total = 0;

    for (size_t i = 0; i < a.n; i++) {
        const uint32_t end = (uint32_t)a.runs[i].last + 1;
        uint32_t first = a.runs[i].first;

        while (y < y_end && y->last < first)
            y++;
        for (; y < y_end && y->first < end; y++) {
            if (y->first > first) {
                out[n++] = (co_run){ (uint16_t)first, (uint16_t)(y->first - 1) };
                total += y->first - first;
            }
            first = (uint32_t)y->last + 1;
            if (first >= end)
                break;
        }
        if (first < end) {
            out[n++] = (co_run){ (uint16_t)first, (uint16_t)(end - 1) };
            total += end - first;
        }
    }
    *count = total;
    return n;
}

static inline void join_run(co_run next, co_run *out, size_t *n)
{
    if (*n == 0 || next.first > (uint32_t)out[*n - 1].last + 1)
        out[(*n)++] = next;
    else if (next.last > out[*n - 1].last)
        out[*n - 1].last = next.last;
}

/* Runs of both in order of their first slots, each joined to the one before if they overlap or touch. */
static size_t join(co_run_list a, co_run_list b, co_run *out, size_t *count)
{
    size_t i = 0;
    size_t j = 0;
    size_t n = 0;

    while (i < a.n && j < b.n) {
        if (a.runs[i].first <= b.runs[j].first)
            join_run(a.runs[i++], out, &n);
        else
            join_run(b.runs[j++], out, &n);
    }
    const co_run_list rest = i < a.n ? (co_run_list){ a.runs + i, a.n - i } : (co_run_list){ b.runs + j, b.n - j };
    size_t k = 0;

    /* The first that stands apart is followed by others that do. */
    while (k < rest.n && n != 0 && rest.runs[k].first <= (uint32_t)out[n - 1].last + 1)
        join_run(rest.runs[k++], out, &n);
    if (k < rest.n)
        memcpy(out + n, rest.runs + k, (rest.n - k) * sizeof *out);
    n += rest.n - k;
    *count = co_runs_count((co_run_list){ out, n });
    return n;
}

/* Edge k of a list: the first slot of a run, then the slot after its last. */
static inline uint32_t edge(const uint16_t *ends, size_t k) { return ends[k] + (uint32_t)(k & 1); }

/* The edges of either list that are not of both, which come by turns as first slots and ends. */
static size_t differ(co_run_list a, co_run_list b, co_run *out, size_t *count)
{
    const uint16_t *x = (const uint16_t *)a.runs;
    const uint16_t *y = (const uint16_t *)b.runs;
    uint16_t *ends = (uint16_t *)out;
    size_t i = 0;
    size_t j = 0;
    size_t n = 0;

    while (i < 2 * a.n && j < 2 * b.n) {
        const uint32_t of_a = edge(x, i);
        const uint32_t of_b = edge(y, j);

        ends[n] = (uint16_t)((of_a < of_b ? of_a : of_b) - (n & 1));
        n += of_a != of_b;
        i += of_a <= of_b;
        j += of_b <= of_a;
    }
    /* One list is behind: whether inside a run or not, edges of the other are as they are. */
    for (; i < 2 * a.n; i++)
        ends[n++] = x[i];
    for (; j < 2 * b.n; j++)
        ends[n++] = y[j];
    *count = co_runs_count((co_run_list){ out, n / 2 });
    return n / 2;
}

size_t co_runs_combine(co_set_operation operation, co_run_list a, co_run_list b, co_run *out, size_t *count)
{
    switch (operation) {
    case CO_AND:
        return intersect(a, b, out, count);
    case CO_OR:
        return join(a, b, out, count);
    case CO_XOR:
        return differ(a, b, out, count);
    case CO_ANDNOT:
        break;
    }
    return subtract(a, b, out, count);
}

size_t co_runs_and_count(co_run_list a, co_run_list b)
{
    size_t count;

    intersect(a, b, NULL, &count);
    return count;
}

size_t co_runs_count(co_run_list list)
{
    size_t n = list.n;

    for (size_t i = 0; i < list.n; i++)
        n += (size_t)(list.runs[i].last - list.runs[i].first);
    return n;
}

size_t co_runs_find(co_run_list list, uint32_t slot)
{
    size_t low = 0;
    size_t n = list.n;

    while (n > 0) {
        const size_t half = n / 2;

        if (list.runs[low + half].last < slot) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

/* Few slots are looked up one by one among many runs. */
static size_t filter_by_slot(co_run_list list, bool inside, const uint16_t *slots, size_t n, uint16_t *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        const size_t r = co_runs_find(list, slots[i]);

        if ((r < list.n && list.runs[r].first <= slots[i]) == inside) {
            if (out != NULL)
                out[kept] = slots[i];
            kept++;
        }
    }
    return kept;
}

/* The first index in [from, n) whose slot is at least `wanted`, or n: doubling steps, then halving. */
static size_t slot_at_least(const uint16_t *slots, size_t from, size_t n, uint32_t wanted)
{
    size_t step = 1;

    if (from == n || slots[from] >= wanted)
        return from;
    while (step < n - from && slots[from + step] < wanted) {
        from += step;
        step *= 2;
    }
    size_t high = step < n - from ? from + step : n;

    while (from + 1 < high) {
        const size_t middle = from + (high - from) / 2;

        if (slots[middle] < wanted)
            from = middle;
        else
            high = middle;
    }
    return high;
}

static size_t keep(const uint16_t *slots, size_t first, size_t end, uint16_t *out, size_t kept)
{
    if (out != NULL && end != first)
        memcpy(out + kept, slots + first, (end - first) * sizeof *slots);
    return kept + (end - first);
}

size_t co_runs_filter_slots(co_run_list list, bool inside, const uint16_t *slots, size_t n, uint16_t *out)
{
    size_t kept = 0;
    size_t at = 0;

    if (n < list.n / 8)
        return filter_by_slot(list, inside, slots, n, out);
    for (size_t r = 0; r < list.n && at < n; r++) {
        const size_t first = slot_at_least(slots, at, n, list.runs[r].first);
        const size_t end = slot_at_least(slots, first, n, (uint32_t)list.runs[r].last + 1);

        kept = inside ? keep(slots, first, end, out, kept) : keep(slots, at, first, out, kept);
        at = end;
    }
    return inside ? kept : keep(slots, at, n, out, kept);
}

size_t co_runs_words_count(co_run_list list, const uint64_t *words)
{
    return co_kernel_now()->runs_in_words_count((const uint16_t *)list.runs, list.n, words);
}

/* The 64 bits from `first` on; zeros behind the tile's last. */
static inline uint64_t bits_from(const uint64_t *words, size_t first)
{
    const size_t i = first / 64;
    const uint64_t next = i + 1 < CO_TILE_WORDS ? words[i + 1] : 0;

    return words[i] >> (first % 64) | next << 1 << (63 - first % 64);
}

/* Most runs are short: of the first four rows each is written, and what is not wanted overwritten. */
size_t co_runs_filter_words(co_run_list list, bool inside, const uint64_t *words, uint16_t *out)
{
    const uint64_t unwanted = inside ? 0 : UINT64_MAX;
    size_t n = 0;

    for (size_t r = 0; r < list.n; r++) {
        const size_t end = (size_t)list.runs[r].last + 1;

        for (size_t first = list.runs[r].first; first < end; first += 64) {
            const uint64_t wanted = (bits_from(words, first) ^ unwanted) & co_low_bits(end - first);

            for (size_t k = 0; k < 4; k++) {
                out[n] = (uint16_t)(first + k);
                n += wanted >> k & 1;
            }
            for (uint64_t rest = wanted >> 4 << 4; rest != 0; rest &= rest - 1)
                out[n++] = (uint16_t)(first + co_lowest_bit(rest));
        }
    }
    return n;
}

static void clear_between(co_run_list list, uint64_t *words)
{
    size_t from = 0;

    for (size_t i = 0; i < list.n; i++) {
        co_bits_clear(words, from, list.runs[i].first);
        from = (size_t)list.runs[i].last + 1;
    }
    co_bits_clear(words, from, CO_TILE_ROWS);
}

/* Here, so that it lies in the loop: many runs end in the second word. */
static inline void fill(uint64_t *words, size_t first, size_t end)
{
    const size_t last = (end - 1) / 64;

    words[first / 64] |= UINT64_MAX << (first % 64);
    for (size_t i = first / 64 + 1; i < last; i++)
        words[i] = UINT64_MAX;
    words[last] |= co_low_bits((end - 1) % 64 + 1);
}

void co_runs_apply(co_set_operation operation, co_run_list list, uint64_t *words)
{
    if (operation == CO_AND) {
        clear_between(list, words);
        return;
    }
    for (size_t i = 0; i < list.n; i++) {
        const size_t first = list.runs[i].first;
        const size_t end = (size_t)list.runs[i].last + 1;

        if (operation == CO_OR && first / 64 == (end - 1) / 64)
            words[first / 64] |= co_low_bits(end - first) << (first % 64);
        else if (operation == CO_OR)
            fill(words, first, end);
        else if (operation == CO_XOR)
            co_bits_flip(words, first, end);
        else
            co_bits_clear(words, first, end);
    }
}

size_t co_runs_in_slots(const uint16_t *slots, size_t n)
{
    size_t n_runs = n != 0;

    for (size_t i = 1; i < n; i++)
        n_runs += slots[i] != slots[i - 1] + 1;
    return n_runs;
}

size_t co_runs_in_words(const uint64_t *words)
{
    uint64_t before = 0;
    size_t n_runs = 0;

    for (size_t i = 0; i < CO_TILE_WORDS; i++) {
        n_runs += co_bits_in(words[i] & ~(words[i] << 1 | before));
        before = words[i] >> 63;
    }
    return n_runs;
}

size_t co_runs_of_slots(const uint16_t *slots, size_t n, co_run *out)
{
    size_t n_runs = 0;

    for (size_t i = 0; i < n; i++) {
        if (n_runs != 0 && out[n_runs - 1].last + 1 == slots[i])
            out[n_runs - 1].last = slots[i];
        else
            out[n_runs++] = (co_run){ slots[i], slots[i] };
    }
    return n_runs;
}

/* From each start of a run to its end: the next zero, found as the next one of the inverted word. */
size_t co_runs_of_words(const uint64_t *words, co_run *out)
{
    size_t n_runs = 0;
    size_t at = co_bits_next(words, 0, CO_TILE_ROWS);

    while (at < CO_TILE_ROWS) {
        size_t i = at / 64;
        uint64_t zeros = ~words[i] & UINT64_MAX << (at % 64);

        while (zeros == 0 && ++i < CO_TILE_WORDS)
            zeros = ~words[i];
        const size_t end = i == CO_TILE_WORDS ? CO_TILE_ROWS : i * 64 + co_lowest_bit(zeros);

        out[n_runs++] = (co_run){ (uint16_t)at, (uint16_t)(end - 1) };
        at = co_bits_next(words, end, CO_TILE_ROWS);
    }
    return n_runs;
}

/* Four at a time while at least three runs follow, whose slots take the place of those that are too many. */
size_t co_runs_to_slots(co_run_list list, uint16_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < list.n; i++) {
        const uint32_t first = list.runs[i].first;
        const size_t length = (size_t)list.runs[i].last - first + 1;

        if (i + 3 < list.n) {
            for (size_t k = 0; k < length; k += 4) {
                for (size_t each = k; each < k + 4; each++)
                    out[n + each] = (uint16_t)(first + each);
            }
        } else {
            for (size_t k = 0; k < length; k++)
                out[n + k] = (uint16_t)(first + k);
        }
        n += length;
    }
    return n;
}

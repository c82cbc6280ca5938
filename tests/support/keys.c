/* The naive set; see keys.h. */
#include "support/keys.h"

#include <stdlib.h>
#include <string.h>

#include "support/must.h"

static co_keys room_for(size_t n)
{
    const co_keys keys = { malloc(n * sizeof(uint64_t) + 1), 0 };

    must(keys.at != NULL);
    return keys;
}

void co_keys_free(co_keys *keys)
{
    free(keys->at);
    *keys = (co_keys){ 0 };
}

void co_keys_replace(co_keys *keys, co_keys by)
{
    free(keys->at);
    *keys = by;
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a;
    const uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

co_keys co_keys_of(const uint64_t *list, size_t n)
{
    co_keys keys = room_for(n);
    size_t kept = 0;

    if (n != 0)
        memcpy(keys.at, list, n * sizeof *list);
    qsort(keys.at, n, sizeof *keys.at, compare);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || keys.at[kept - 1] != keys.at[i])
            keys.at[kept++] = keys.at[i];
    }
    keys.n = kept;
    return keys;
}

co_keys co_keys_between(uint64_t least, uint64_t greatest)
{
    co_keys keys = room_for((size_t)(greatest - least) + 1);

    for (uint64_t i = 0; i <= greatest - least; i++)
        keys.at[keys.n++] = least + i;
    return keys;
}

co_keys co_keys_combine(co_set_operation operation, const co_keys *a, const co_keys *b)
{
    static const bool wanted[4][4] = {
        /* in neither, a, b, both */
        [CO_AND] = { false, false, false, true }, [CO_OR] = { false, true, true, true },
        [CO_XOR] = { false, true, true, false }, [CO_ANDNOT] = { false, true, false, false },
    };
    co_keys keys = room_for(a->n + b->n);

    for (size_t i = 0, j = 0; i < a->n || j < b->n;) {
        const bool in_a = i < a->n && (j == b->n || a->at[i] <= b->at[j]);
        const bool in_b = j < b->n && (i == a->n || b->at[j] <= a->at[i]);

        if (wanted[operation][in_a + 2 * in_b])
            keys.at[keys.n++] = in_a ? a->at[i] : b->at[j];
        i += in_a;
        j += in_b;
    }
    return keys;
}

co_keys co_keys_shift(const co_keys *from, int64_t by, uint64_t top)
{
    co_keys keys = room_for(from->n);
    const uint64_t distance = by < 0 ? 0 - (uint64_t)by : (uint64_t)by;

    for (size_t i = 0; i < from->n; i++) {
        if (by < 0 ? from->at[i] >= distance : top - from->at[i] >= distance)
            keys.at[keys.n++] = by < 0 ? from->at[i] - distance : from->at[i] + distance;
    }
    return keys;
}

co_keys co_keys_of_many(const co_keys *const *sets, size_t n, size_t least)
{
    size_t total = 0;
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        total += sets[i]->n;
    co_keys keys = room_for(total);

    for (size_t i = 0; i < n; i++) {
        if (sets[i]->n != 0)
            memcpy(keys.at + keys.n, sets[i]->at, sets[i]->n * sizeof(uint64_t));
        keys.n += sets[i]->n;
    }
    qsort(keys.at, total, sizeof *keys.at, compare);
    for (size_t i = 0, same; i < total; i += same) {
        same = 1;
        while (i + same < total && keys.at[i + same] == keys.at[i])
            same++;
        if (least == 0 ? same % 2 == 1 : same >= least)
            keys.at[kept++] = keys.at[i];
    }
    keys.n = kept;
    return keys;
}

size_t co_keys_rank(const co_keys *keys, uint64_t key)
{
    size_t low = 0;
    size_t high = keys->n;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (keys->at[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool co_keys_contain(const co_keys *keys, uint64_t key)
{
    const size_t at = co_keys_rank(keys, key);

    return at < keys->n && keys->at[at] == key;
}

/* Sets of 64-bit keys made, filled and emptied: parts, single keys, lists, ranges. */
#include "bitmap/bitmap64.h"

#include <assert.h>
#include <string.h>

#define LOW_END (UINT64_C(1) << 32)

/* ---- parts ---- */

size_t co_parts_find(const co_bitmap64 *bitmap, uint32_t high)
{
    size_t low = 0;
    size_t n = bitmap->n_parts;

    while (n > 0) {
        const size_t half = n / 2;

        if (bitmap->parts[low + half].high < high) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

const co_bitmap *co_parts_get(const co_bitmap64 *bitmap, uint32_t high)
{
    const size_t at = co_parts_find(bitmap, high);

    return at < bitmap->n_parts && bitmap->parts[at].high == high ? &bitmap->parts[at].rows : NULL;
}

bool co_parts_reserve(co_bitmap64 *bitmap, size_t n_parts)
{
    void *parts = bitmap->parts;
    const bool grown = co_memory_grow(bitmap->memory, &parts, &bitmap->capacity, n_parts, sizeof *bitmap->parts);

    bitmap->parts = parts;
    return grown;
}

/* An empty part at that index; NULL if there is no memory. */
static co_bitmap *insert(co_bitmap64 *bitmap, size_t at, uint32_t high)
{
    if (!co_parts_reserve(bitmap, bitmap->n_parts + 1))
        return NULL;
    co_part *part = bitmap->parts + at;

    memmove(part + 1, part, (bitmap->n_parts - at) * sizeof *part);
    part->high = high;
    co_bitmap_init(&part->rows, bitmap->memory);
    bitmap->n_parts++;
    return &part->rows;
}

co_bitmap *co_parts_append(co_bitmap64 *bitmap, uint32_t high)
{
    assert(bitmap->n_parts == 0 || bitmap->parts[bitmap->n_parts - 1].high < high);
    return insert(bitmap, bitmap->n_parts, high);
}

void co_parts_drop(co_bitmap64 *bitmap, size_t index)
{
    co_part *part = bitmap->parts + index;

    co_bitmap_clear(&part->rows);
    bitmap->n_parts--;
    memmove(part, part + 1, (bitmap->n_parts - index) * sizeof *part);
}

/* ---- whole bitmaps ---- */

void co_bitmap64_init(co_bitmap64 *bitmap, co_memory *memory)
{
    *bitmap = (co_bitmap64){ .memory = memory };
}

void co_bitmap64_clear(co_bitmap64 *bitmap)
{
    for (size_t i = 0; i < bitmap->n_parts; i++)
        co_bitmap_clear(&bitmap->parts[i].rows);
    co_memory_free(bitmap->memory, bitmap->parts, bitmap->capacity * sizeof *bitmap->parts);
    co_bitmap64_init(bitmap, bitmap->memory);
}

void co_bitmap64_move(co_bitmap64 *from, co_bitmap64 *to)
{
    assert(from->memory == to->memory);
    co_bitmap64_clear(to);
    *to = *from;
    co_bitmap64_init(from, from->memory);
}

cohort_status co_bitmap64_copy(const co_bitmap64 *from, co_bitmap64 *to)
{
    cohort_status status;

    co_bitmap64_clear(to);
    status = co_parts_reserve(to, from->n_parts) ? COHORT_OK : COHORT_MEMORY;
    for (size_t i = 0; status == COHORT_OK && i < from->n_parts; i++)
        status = co_bitmap_copy(&from->parts[i].rows, co_parts_append(to, from->parts[i].high));
    if (status != COHORT_OK)
        co_bitmap64_clear(to);
    return status;
}

/* ---- single keys ---- */

cohort_status co_bitmap64_add(co_bitmap64 *bitmap, uint64_t key, bool *changed)
{
    const uint32_t high = (uint32_t)(key >> 32);
    const size_t at = co_parts_find(bitmap, high);
    const bool is_there = at < bitmap->n_parts && bitmap->parts[at].high == high;
    co_bitmap *rows = is_there ? &bitmap->parts[at].rows : insert(bitmap, at, high);
    const cohort_status status = rows == NULL ? COHORT_MEMORY : co_bitmap_add(rows, (uint32_t)key, changed);

    if (status != COHORT_OK && rows != NULL && !is_there)
        co_parts_drop(bitmap, at);
    return status;
}

cohort_status co_bitmap64_remove(co_bitmap64 *bitmap, uint64_t key, bool *changed)
{
    const uint32_t high = (uint32_t)(key >> 32);
    const size_t at = co_parts_find(bitmap, high);

    if (at == bitmap->n_parts || bitmap->parts[at].high != high) {
        if (changed != NULL)
            *changed = false;
        return COHORT_OK;
    }
    const cohort_status status = co_bitmap_remove(&bitmap->parts[at].rows, (uint32_t)key, changed);

    if (co_bitmap_is_empty(&bitmap->parts[at].rows))
        co_parts_drop(bitmap, at);
    return status;
}

/* ---- lists of keys ---- */

/* Sorts by one byte after the other, lowest first; bytes that all keys share are passed over. The sorted one of two. */
static uint64_t *sort_keys(uint64_t *keys, uint64_t *spare, size_t n)
{
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t starts[257] = { 0 };

        for (size_t i = 0; i < n; i++)
            starts[(keys[i] >> shift & 255) + 1]++;
        if (starts[(keys[0] >> shift & 255) + 1] == n)
            continue;
        for (unsigned b = 1; b < 256; b++)
            starts[b] += starts[b - 1];
        for (size_t i = 0; i < n; i++)
            spare[starts[keys[i] >> shift & 255]++] = keys[i];
        uint64_t *sorted = spare;

        spare = keys;
        keys = sorted;
    }
    return keys;
}

/* Keys whose high halves rise, into an empty bitmap; `lows` is scratch for n numbers. */
static cohort_status take_keys(const uint64_t *keys, size_t n, uint32_t *lows, co_bitmap64 *listed)
{
    cohort_status status = COHORT_OK;

    for (size_t i = 0; status == COHORT_OK && i < n;) {
        const uint32_t high = (uint32_t)(keys[i] >> 32);
        co_bitmap *rows = co_parts_append(listed, high);
        size_t same = 0;

        for (; i < n && keys[i] >> 32 == high; i++)
            lows[same++] = (uint32_t)keys[i];
        status = rows == NULL ? COHORT_MEMORY : co_bitmap_add_rows(rows, lows, same);
    }
    return status;
}

static bool highs_rise(const uint64_t *keys, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (keys[i] >> 32 < keys[i - 1] >> 32)
            return false;
    }
    return true;
}

static cohort_status list_keys(const uint64_t *keys, size_t n, co_bitmap64 *listed)
{
    co_memory *memory = listed->memory;
    const size_t n_sorted = highs_rise(keys, n) ? 0 : n;
    uint32_t *lows = co_memory_new_array(memory, n, sizeof *lows);
    uint64_t *first = n_sorted == 0 ? NULL : co_memory_new_array(memory, n_sorted, sizeof *first);
    uint64_t *second = first == NULL ? NULL : co_memory_new_array(memory, n_sorted, sizeof *second);
    cohort_status status = COHORT_MEMORY;

    if (second != NULL) {
        memcpy(first, keys, n * sizeof *keys);
        keys = sort_keys(first, second, n);
    }
    if (lows != NULL && (n_sorted == 0 || second != NULL))
        status = take_keys(keys, n, lows, listed);
    co_memory_free(memory, lows, n * sizeof *lows);
    co_memory_free(memory, first, n_sorted * sizeof *first);
    co_memory_free(memory, second, n_sorted * sizeof *second);
    return status;
}

static cohort_status combine_keys(co_set_operation operation, co_bitmap64 *bitmap, const uint64_t *keys, size_t n)
{
    co_bitmap64 listed;
    cohort_status status;

    if (n == 0)
        return COHORT_OK;
    co_bitmap64_init(&listed, bitmap->memory);
    status = list_keys(keys, n, &listed);
    if (status == COHORT_OK)
        status = co_bitmap64_combine_into(operation, bitmap, &listed);
    co_bitmap64_clear(&listed);
    return status;
}

cohort_status co_bitmap64_add_rows(co_bitmap64 *bitmap, const uint64_t *keys, size_t n)
{
    return combine_keys(CO_OR, bitmap, keys, n);
}

cohort_status co_bitmap64_remove_rows(co_bitmap64 *bitmap, const uint64_t *keys, size_t n)
{
    return combine_keys(CO_ANDNOT, bitmap, keys, n);
}

/* ---- ranges ---- */

/* Adds what [least, greatest] has of one part. */
static cohort_status append_range(co_bitmap64 *range, uint32_t high, uint64_t least, uint64_t greatest)
{
    co_bitmap *rows = co_parts_append(range, high);
    const uint64_t first = least >> 32 == high ? (uint32_t)least : 0;
    const uint64_t end = greatest >> 32 == high ? (uint64_t)(uint32_t)greatest + 1 : LOW_END;

    return rows == NULL ? COHORT_MEMORY : co_bitmap_add_range(rows, first, end);
}

static cohort_status combine_range(co_set_operation operation, co_bitmap64 *bitmap, uint64_t least, uint64_t greatest)
{
    const uint64_t high_end = (greatest >> 32) + 1;
    co_bitmap64 range;
    cohort_status status = COHORT_OK;

    assert(least <= greatest);
    if (high_end - (least >> 32) > CO_RANGE_PARTS_MOST)
        return COHORT_LIMIT;
    co_bitmap64_init(&range, bitmap->memory);
    for (uint64_t high = least >> 32; status == COHORT_OK && high < high_end; high++)
        status = append_range(&range, (uint32_t)high, least, greatest);
    if (status == COHORT_OK)
        status = co_bitmap64_combine_into(operation, bitmap, &range);
    co_bitmap64_clear(&range);
    return status;
}

cohort_status co_bitmap64_add_between(co_bitmap64 *bitmap, uint64_t least, uint64_t greatest)
{
    return combine_range(CO_OR, bitmap, least, greatest);
}

cohort_status co_bitmap64_flip_between(co_bitmap64 *bitmap, uint64_t least, uint64_t greatest)
{
    return combine_range(CO_XOR, bitmap, least, greatest);
}

/* The two parts at the ends first, which may fail; those between are dropped. */
cohort_status co_bitmap64_remove_between(co_bitmap64 *bitmap, uint64_t least, uint64_t greatest)
{
    const uint32_t low = (uint32_t)(least >> 32);
    const uint32_t high = (uint32_t)(greatest >> 32);
    co_bitmap64 ends;
    cohort_status status;

    assert(least <= greatest);
    co_bitmap64_init(&ends, bitmap->memory);
    status = append_range(&ends, low, least, greatest);
    if (status == COHORT_OK && high != low)
        status = append_range(&ends, high, least, greatest);
    if (status == COHORT_OK)
        status = co_bitmap64_combine_into(CO_ANDNOT, bitmap, &ends);
    co_bitmap64_clear(&ends);
    for (size_t i = bitmap->n_parts; status == COHORT_OK && i-- > 0;) {
        if (bitmap->parts[i].high > low && bitmap->parts[i].high < high)
            co_parts_drop(bitmap, i);
    }
    return status;
}

/* ---- shifting ---- */

/* Adds the rows of one part, moved by `by` of its own numbers, under that high half. */
static cohort_status put_shifted(const co_bitmap *rows, int64_t by, int64_t high, co_bitmap64 *result)
{
    co_bitmap moved;
    co_bitmap *last = result->n_parts == 0 ? NULL : &result->parts[result->n_parts - 1].rows;
    cohort_status status;

    if (high < 0 || high >= (int64_t)LOW_END)
        return COHORT_OK;
    co_bitmap_init(&moved, result->memory);
    status = co_bitmap_shift(rows, by, &moved);
    if (status == COHORT_OK && !co_bitmap_is_empty(&moved)) {
        if (last == NULL || result->parts[result->n_parts - 1].high != (uint32_t)high)
            last = co_parts_append(result, (uint32_t)high);
        status = last == NULL ? COHORT_MEMORY : co_bitmap_combine_into(CO_OR, last, &moved);
    }
    co_bitmap_clear(&moved);
    return status;
}

cohort_status co_bitmap64_shift(const co_bitmap64 *bitmap, int64_t by, co_bitmap64 *result)
{
    const int64_t low = by & (int64_t)(LOW_END - 1);
    const int64_t high = by / (int64_t)LOW_END - (by < 0 && low != 0);
    cohort_status status = COHORT_OK;

    assert(result != bitmap);
    co_bitmap64_clear(result);
    for (size_t i = 0; status == COHORT_OK && i < bitmap->n_parts; i++) {
        const co_part *part = &bitmap->parts[i];

        status = put_shifted(&part->rows, low, high + part->high, result);
        if (status == COHORT_OK && low != 0)
            status = put_shifted(&part->rows, low - (int64_t)LOW_END, high + part->high + 1, result);
    }
    if (status != COHORT_OK)
        co_bitmap64_clear(result);
    return status;
}

/* ---- upkeep ---- */

cohort_status co_bitmap64_optimise(co_bitmap64 *bitmap)
{
    for (size_t i = 0; i < bitmap->n_parts; i++) {
        if (co_bitmap_optimise(&bitmap->parts[i].rows) != COHORT_OK)
            return COHORT_MEMORY;
    }
    if (bitmap->n_parts != 0 && bitmap->n_parts < bitmap->capacity) {
        void *parts = co_memory_resize(bitmap->memory, bitmap->parts, bitmap->capacity * sizeof *bitmap->parts,
                                       bitmap->n_parts * sizeof *bitmap->parts);

        if (parts != NULL) {
            bitmap->parts = parts;
            bitmap->capacity = bitmap->n_parts;
        }
    }
    return COHORT_OK;
}

size_t co_bitmap64_memory_bytes(const co_bitmap64 *bitmap)
{
    size_t bytes = bitmap->capacity * sizeof *bitmap->parts;

    for (size_t i = 0; i < bitmap->n_parts; i++)
        bytes += co_bitmap_memory_bytes(&bitmap->parts[i].rows);
    return bytes;
}

co_bitmap_forms co_bitmap64_count_forms(const co_bitmap64 *bitmap)
{
    co_bitmap_forms forms = { 0 };

    for (size_t i = 0; i < bitmap->n_parts; i++) {
        const co_bitmap_forms here = co_bitmap_count_forms(&bitmap->parts[i].rows);

        forms.n_slots += here.n_slots;
        forms.n_words += here.n_words;
        forms.n_runs += here.n_runs;
    }
    return forms;
}

const char *co_bitmap64_validate(const co_bitmap64 *bitmap)
{
    if (bitmap->n_parts > bitmap->capacity)
        return "a bitmap has more parts than room";
    for (size_t i = 0; i < bitmap->n_parts; i++) {
        const char *wrong = co_bitmap_validate(&bitmap->parts[i].rows);

        if (wrong != NULL)
            return wrong;
        if (co_bitmap_is_empty(&bitmap->parts[i].rows))
            return "a part is empty";
        if (i > 0 && bitmap->parts[i].high <= bitmap->parts[i - 1].high)
            return "parts of a bitmap do not rise";
    }
    return NULL;
}

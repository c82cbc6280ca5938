/* Questions to sets of 64-bit keys, cursors, and lists of keys. Nothing here changes or allocates. */
#include "bitmap/bitmap64.h"

#define LOW_END (UINT64_C(1) << 32)

static uint64_t key_of(const co_part *part, uint32_t low) { return (uint64_t)part->high << 32 | low; }

bool co_bitmap64_is_empty(const co_bitmap64 *bitmap) { return bitmap->n_parts == 0; }

bool co_bitmap64_contains(const co_bitmap64 *bitmap, uint64_t key)
{
    const co_bitmap *rows = co_parts_get(bitmap, (uint32_t)(key >> 32));

    return rows != NULL && co_bitmap_contains(rows, (uint32_t)key);
}

/* Ends at the first part that is not there, so costs a step a part at most. */
bool co_bitmap64_contains_between(const co_bitmap64 *bitmap, uint64_t least, uint64_t greatest)
{
    size_t at = co_parts_find(bitmap, (uint32_t)(least >> 32));

    for (uint64_t high = least >> 32; high <= greatest >> 32; high++, at++) {
        const uint64_t first = high == least >> 32 ? (uint32_t)least : 0;
        const uint64_t end = high == greatest >> 32 ? (uint64_t)(uint32_t)greatest + 1 : LOW_END;

        if (at == bitmap->n_parts || bitmap->parts[at].high != high
            || co_bitmap_count_range(&bitmap->parts[at].rows, first, end) != end - first)
            return false;
    }
    return true;
}

uint64_t co_bitmap64_count(const co_bitmap64 *bitmap)
{
    uint64_t n = 0;

    for (size_t i = 0; i < bitmap->n_parts; i++)
        n += co_bitmap_count(&bitmap->parts[i].rows);
    return n;
}

uint64_t co_bitmap64_rank(const co_bitmap64 *bitmap, uint64_t key)
{
    const uint32_t high = (uint32_t)(key >> 32);
    uint64_t n = 0;

    for (size_t i = 0; i < bitmap->n_parts && bitmap->parts[i].high <= high; i++) {
        const co_part *part = &bitmap->parts[i];

        n += part->high < high ? co_bitmap_count(&part->rows) : co_bitmap_rank(&part->rows, (uint32_t)key);
    }
    return n;
}

uint64_t co_bitmap64_count_between(const co_bitmap64 *bitmap, uint64_t least, uint64_t greatest)
{
    if (least > greatest)
        return 0;
    return co_bitmap64_rank(bitmap, greatest) - co_bitmap64_rank(bitmap, least)
         + co_bitmap64_contains(bitmap, greatest);
}

bool co_bitmap64_select(const co_bitmap64 *bitmap, uint64_t index, uint64_t *key)
{
    for (size_t i = 0; i < bitmap->n_parts; i++) {
        const uint64_t n = co_bitmap_count(&bitmap->parts[i].rows);
        uint32_t low;

        if (index < n) {
            const bool found = co_bitmap_select(&bitmap->parts[i].rows, index, &low);

            *key = key_of(&bitmap->parts[i], low);
            return found;
        }
        index -= n;
    }
    return false;
}

bool co_bitmap64_greatest(const co_bitmap64 *bitmap, uint64_t *key)
{
    uint32_t low;

    if (bitmap->n_parts == 0)
        return false;
    const co_part *part = &bitmap->parts[bitmap->n_parts - 1];
    const bool found = co_bitmap_greatest(&part->rows, &low);

    *key = key_of(part, low);
    return found;
}

/* ---- cursors ---- */

static void enter(co_bitmap64_cursor *cursor, size_t part)
{
    cursor->part = part;
    if (part < cursor->bitmap->n_parts)
        cursor->inside = co_bitmap_cursor_of(&cursor->bitmap->parts[part].rows);
}

co_bitmap64_cursor co_bitmap64_cursor_of(const co_bitmap64 *bitmap)
{
    co_bitmap64_cursor cursor = { .bitmap = bitmap };

    enter(&cursor, 0);
    return cursor;
}

void co_cursor64_seek(co_bitmap64_cursor *cursor, uint64_t place)
{
    const uint32_t high = (uint32_t)(place >> 32);

    enter(cursor, co_parts_find(cursor->bitmap, high));
    if (cursor->part < cursor->bitmap->n_parts && cursor->bitmap->parts[cursor->part].high == high)
        co_cursor_seek(&cursor->inside, (uint32_t)place);
}

void co_cursor64_end(co_bitmap64_cursor *cursor) { enter(cursor, cursor->bitmap->n_parts); }

bool co_cursor64_next(co_bitmap64_cursor *cursor, uint64_t *key)
{
    const co_bitmap64 *bitmap = cursor->bitmap;
    uint32_t low;

    while (cursor->part < bitmap->n_parts) {
        if (co_cursor_next(&cursor->inside, &low)) {
            *key = key_of(&bitmap->parts[cursor->part], low);
            return true;
        }
        enter(cursor, cursor->part + 1);
    }
    return false;
}

bool co_cursor64_previous(co_bitmap64_cursor *cursor, uint64_t *key)
{
    const co_bitmap64 *bitmap = cursor->bitmap;
    uint32_t low;

    while (cursor->part == bitmap->n_parts || !co_cursor_previous(&cursor->inside, &low)) {
        if (cursor->part == 0)
            return false;
        enter(cursor, cursor->part - 1);
        co_cursor_seek(&cursor->inside, LOW_END);
    }
    *key = key_of(&bitmap->parts[cursor->part], low);
    return true;
}

size_t co_cursor64_rows(co_bitmap64_cursor *cursor, uint64_t *keys, size_t room)
{
    enum { AT_ONCE = 512 };
    uint32_t lows[AT_ONCE];
    size_t n = 0;

    while (n < room && cursor->part < cursor->bitmap->n_parts) {
        const size_t wanted = room - n < AT_ONCE ? room - n : AT_ONCE;
        const size_t got = co_cursor_rows(&cursor->inside, lows, wanted);

        for (size_t i = 0; i < got; i++)
            keys[n + i] = key_of(&cursor->bitmap->parts[cursor->part], lows[i]);
        n += got;
        if (got < wanted)
            enter(cursor, cursor->part + 1);
    }
    return n;
}

size_t co_bitmap64_rows(const co_bitmap64 *bitmap, uint64_t first, uint64_t *keys, size_t room)
{
    co_bitmap64_cursor cursor = co_bitmap64_cursor_of(bitmap);

    co_cursor64_seek(&cursor, first);
    return co_cursor64_rows(&cursor, keys, room);
}

size_t co_bitmap64_rows_at(const co_bitmap64 *bitmap, uint64_t offset, uint64_t *keys, size_t room)
{
    uint64_t first;

    return co_bitmap64_select(bitmap, offset, &first) ? co_bitmap64_rows(bitmap, first, keys, room) : 0;
}

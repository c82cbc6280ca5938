/* Questions to whole bitmaps, cursors, and lists of rows. Nothing here changes or allocates. */
#include <string.h>

#include "bitmap/raw.h"
#include "bitmap/tiles.h"
#include "kernel/bits.h"

#define ROWS_END (UINT64_C(1) << 32)

bool co_bitmap_is_empty(const co_bitmap *bitmap) { return bitmap->n_tiles == 0; }

bool co_bitmap_contains(const co_bitmap *bitmap, uint32_t row)
{
    const co_rowset *set = co_tiles_get(bitmap, row >> 16);

    /* The form that needs no call is looked at first. */
    if (set != NULL && set->form == CO_FORM_WORDS)
        return co_bit_test(set->at.words, (uint16_t)row);
    return set != NULL && co_rowset_contains(set, (uint16_t)row);
}

uint64_t co_bitmap_count(const co_bitmap *bitmap)
{
    uint64_t n = 0;

    for (size_t i = 0; i < bitmap->n_tiles; i++)
        n += bitmap->tiles[i].count;
    return n;
}

uint64_t co_bitmap_rank(const co_bitmap *bitmap, uint64_t row)
{
    uint64_t n = 0;

    for (size_t i = 0; i < bitmap->n_tiles; i++) {
        const co_rowset *set = &bitmap->tiles[i];

        if (set->tile >= row >> 16) {
            if (set->tile == row >> 16)
                n += co_rowset_rank(set, (uint32_t)(row & 65535));
            break;
        }
        n += set->count;
    }
    return n;
}

uint64_t co_bitmap_count_range(const co_bitmap *bitmap, uint64_t first, uint64_t end)
{
    return first >= end ? 0 : co_bitmap_rank(bitmap, end) - co_bitmap_rank(bitmap, first);
}

size_t co_bitmap_rows_at(const co_bitmap *bitmap, uint64_t offset, uint32_t *rows, size_t room)
{
    uint32_t first;

    return co_bitmap_select(bitmap, offset, &first) ? co_bitmap_rows(bitmap, first, rows, room) : 0;
}

bool co_bitmap_select(const co_bitmap *bitmap, uint64_t index, uint32_t *row)
{
    for (size_t i = 0; i < bitmap->n_tiles; i++) {
        const co_rowset *set = &bitmap->tiles[i];

        if (index < set->count) {
            *row = (uint32_t)set->tile << 16 | co_rowset_select(set, (size_t)index);
            return true;
        }
        index -= set->count;
    }
    return false;
}

bool co_bitmap_greatest(const co_bitmap *bitmap, uint32_t *row)
{
    if (bitmap->n_tiles == 0)
        return false;
    const co_rowset *set = &bitmap->tiles[bitmap->n_tiles - 1];
    uint32_t hint = 0;

    *row = (uint32_t)set->tile << 16 | co_rowset_previous(set, CO_TILE_ROWS, &hint);
    return true;
}

bool co_bitmap_equal(const co_bitmap *a, const co_bitmap *b)
{
    if (a->n_tiles != b->n_tiles)
        return false;
    for (size_t i = 0; i < a->n_tiles; i++) {
        if (a->tiles[i].tile != b->tiles[i].tile || a->tiles[i].count != b->tiles[i].count)
            return false;
    }
    for (size_t i = 0; i < a->n_tiles; i++) {
        if (!co_rowset_equal(&a->tiles[i], &b->tiles[i]))
            return false;
    }
    return true;
}

bool co_bitmap_subset(const co_bitmap *a, const co_bitmap *b)
{
    size_t at = 0;

    for (size_t i = 0; i < a->n_tiles; i++) {
        while (at < b->n_tiles && b->tiles[at].tile < a->tiles[i].tile)
            at++;
        if (at == b->n_tiles || b->tiles[at].tile != a->tiles[i].tile)
            return false;
        if (!co_rowset_subset(&a->tiles[i], &b->tiles[at]))
            return false;
    }
    return true;
}

bool co_bitmap_intersect(const co_bitmap *a, const co_bitmap *b)
{
    size_t i = 0;
    size_t j = 0;

    while (i < a->n_tiles && j < b->n_tiles) {
        const co_rowset *x = &a->tiles[i];
        const co_rowset *y = &b->tiles[j];

        if (x->tile == y->tile && co_rowset_meet(x, y))
            return true;
        i += x->tile <= y->tile;
        j += y->tile <= x->tile;
    }
    return false;
}

/* ---- tiles as they lie ---- */

co_tile_view co_bitmap_tile(const co_bitmap *bitmap, uint32_t tile, uint64_t *scratch)
{
    const co_rowset *set = co_tiles_get(bitmap, tile);
    co_tile_view view = { .form = CO_TILE_EMPTY };

    if (set == NULL)
        return view;
    view.count = set->count;
    if (set->count == CO_TILE_ROWS) {
        view.form = CO_TILE_FULL;
    } else if (set->form == CO_FORM_SLOTS) {
        view.form = CO_TILE_SLOTS;
        view.slots = co_rowset_slots_of(set);
    } else {
        view.form = CO_TILE_BITS;
        view.words = set->form == CO_FORM_WORDS ? set->at.words : scratch;
        if (set->form != CO_FORM_WORDS)
            co_rowset_spell(set, scratch);
    }
    return view;
}

uint32_t co_bitmap_tile_words(const co_bitmap *bitmap, uint32_t tile, uint64_t *words)
{
    const co_rowset *set = co_tiles_get(bitmap, tile);

    if (set == NULL) {
        memset(words, 0, CO_WORDS_BYTES);
        return 0;
    }
    co_rowset_spell(set, words);
    return set->count;
}

bool co_bitmap_next_tile(const co_bitmap *bitmap, uint32_t tile, uint32_t *found)
{
    const size_t at = co_tiles_find(bitmap, tile);

    if (at == bitmap->n_tiles)
        return false;
    *found = bitmap->tiles[at].tile;
    return true;
}

/* ---- lists and cursors ---- */

size_t co_bitmap_rows(const co_bitmap *bitmap, uint64_t first, uint32_t *rows, size_t room)
{
    size_t n = 0;

    if (first >= ROWS_END)
        return 0;
    for (size_t i = co_tiles_find(bitmap, (uint32_t)(first >> 16)); i < bitmap->n_tiles && n < room; i++) {
        const co_rowset *set = &bitmap->tiles[i];
        const uint32_t from = set->tile == first >> 16 ? (uint32_t)(first & 65535) : 0;

        n += co_rowset_rows(set, from, (uint32_t)set->tile << 16, rows + n, room - n);
    }
    return n;
}

co_bitmap_cursor co_bitmap_cursor_of(const co_bitmap *bitmap)
{
    return (co_bitmap_cursor){ .bitmap = bitmap };
}

static void forget(co_bitmap_cursor *cursor)
{
    cursor->ahead.bits = 0;
    cursor->n_slots = 0;
}

void co_cursor_seek(co_bitmap_cursor *cursor, uint64_t place)
{
    cursor->place = place < ROWS_END ? place : ROWS_END;
    forget(cursor);
}

/* The index of the first tile at or after the one of `row`, or n_tiles; the last answer is tried first. */
static size_t tile_index(co_bitmap_cursor *cursor, uint64_t row)
{
    const co_bitmap *bitmap = cursor->bitmap;
    const uint32_t tile = (uint32_t)(row >> 16);

    if (cursor->tile_index < bitmap->n_tiles && bitmap->tiles[cursor->tile_index].tile == tile)
        return cursor->tile_index;
    const size_t index = co_tiles_find(bitmap, tile);

    cursor->hint = 0;
    cursor->tile_index = index < bitmap->n_tiles ? (uint16_t)index : 0;
    return index;
}

/* What follows `slot`, the row just found, in its tile: the rest of the list, or of the 64 rows around it. */
static void look_ahead(co_bitmap_cursor *cursor, const co_rowset *set, uint32_t slot)
{
    const uint64_t above = UINT64_MAX << (slot % 64) << 1;

    forget(cursor);
    if (set->form == CO_FORM_SLOTS) {
        const uint32_t n = set->count - cursor->hint - 1;

        if (n != 0)
            cursor->ahead.end_of_slots = co_rowset_slots_of(set) + set->count;
        cursor->n_slots = n;
    } else if (set->form == CO_FORM_WORDS) {
        cursor->ahead.bits = set->at.words[slot / 64] & above;
    } else if (!co_rowset_is_raw(set)) {
        const uint32_t last = co_rowset_run_list(set).runs[cursor->hint].last;

        cursor->ahead.bits = above & (last / 64 == slot / 64 ? UINT64_MAX >> (63 - last % 64) : UINT64_MAX);
    }
}

/* The first row of the tile from `from` on, CO_TILE_ROWS if none. */
static uint32_t first_in(co_bitmap_cursor *cursor, const co_rowset *set, uint32_t from)
{
    uint32_t hint = cursor->hint;

    if (set->form == CO_FORM_SLOTS) {
        const uint16_t *slots = co_rowset_slots_of(set);

        /* A tile left behind, or one just entered: no need to search. */
        if (slots[set->count - 1] < from)
            return CO_TILE_ROWS;
        if (from == 0) {
            cursor->hint = 0;
            return slots[0];
        }
    }
    const uint32_t slot = co_rowset_next(set, from, &hint);

    cursor->hint = (uint16_t)hint;
    return slot;
}

/* Looks for the row ahead. Kept apart, so that the common step has no registers to save. */
#if defined(__GNUC__)
__attribute__((noinline))
#endif
static bool find_next(co_bitmap_cursor *cursor, uint32_t *row)
{
    const co_bitmap *bitmap = cursor->bitmap;

    if (cursor->place >= ROWS_END)
        return false;
    for (size_t i = tile_index(cursor, cursor->place); i < bitmap->n_tiles; i++) {
        const co_rowset *set = &bitmap->tiles[i];
        const uint64_t base = (uint64_t)set->tile << 16;
        const uint32_t from = base == (cursor->place & ~UINT64_C(65535)) ? (uint32_t)(cursor->place & 65535) : 0;
        const uint32_t slot = first_in(cursor, set, from);

        if (slot < CO_TILE_ROWS) {
            *row = (uint32_t)(base | slot);
            cursor->place = (uint64_t)*row + 1;
            cursor->tile_index = (uint16_t)i;
            look_ahead(cursor, set, slot);
            return true;
        }
        cursor->hint = 0;
    }
    return false;
}

/*
 * While slots are ahead, only their number is counted down, and the place stays anywhere in
 * their tile: a step that reads what the step before has written waits for it.
 */
bool co_cursor_next(co_bitmap_cursor *cursor, uint32_t *row)
{
    const uint32_t n = cursor->n_slots;
    uint32_t found;

    if (n != 0) {
        found = ((uint32_t)cursor->place & ~UINT32_C(65535)) | *(cursor->ahead.end_of_slots - n);
        cursor->n_slots = n - 1;
        if (n > 1) {
            *row = found;
            return true;
        }
        cursor->ahead.bits = 0;
    } else if (cursor->ahead.bits != 0) {
        /* The last row passed is among the same 64. */
        found = ((uint32_t)cursor->place & ~UINT32_C(63)) | co_lowest_bit(cursor->ahead.bits);
        cursor->ahead.bits &= cursor->ahead.bits - 1;
    } else {
        return find_next(cursor, row);
    }
    cursor->place = (uint64_t)found + 1;
    *row = found;
    return true;
}

/* Puts the place behind the last slot passed. */
static void settle(co_bitmap_cursor *cursor)
{
    if (cursor->n_slots != 0)
        cursor->place = (cursor->place & ~UINT64_C(65535)) + *(cursor->ahead.end_of_slots - cursor->n_slots - 1) + 1;
}

bool co_cursor_previous(co_bitmap_cursor *cursor, uint32_t *row)
{
    const co_bitmap *bitmap = cursor->bitmap;

    settle(cursor);
    if (cursor->place == 0)
        return false;
    const uint64_t last = cursor->place - 1;

    forget(cursor);
    for (size_t i = tile_index(cursor, last) + 1; i-- > 0;) {
        if (i == bitmap->n_tiles || bitmap->tiles[i].tile > last >> 16)
            continue;
        const co_rowset *set = &bitmap->tiles[i];
        const uint32_t before = set->tile == last >> 16 ? (uint32_t)(last & 65535) + 1 : CO_TILE_ROWS;
        uint32_t hint = cursor->hint;
        const uint32_t slot = co_rowset_previous(set, before, &hint);

        cursor->hint = (uint16_t)hint;

        if (slot < CO_TILE_ROWS) {
            *row = (uint32_t)set->tile << 16 | slot;
            cursor->place = *row;
            cursor->tile_index = (uint16_t)i;
            return true;
        }
        cursor->hint = 0;
    }
    return false;
}

size_t co_cursor_rows(co_bitmap_cursor *cursor, uint32_t *rows, size_t room)
{
    settle(cursor);
    const size_t n = co_bitmap_rows(cursor->bitmap, cursor->place, rows, room);

    if (n > 0)
        co_cursor_seek(cursor, (uint64_t)rows[n - 1] + 1);
    return n;
}

/*
 * A bitmap's list of rowsets: finding a tile, making room, putting one in. For
 * the files of this room only.
 */
#ifndef CO_BITMAP_TILES_H
#define CO_BITMAP_TILES_H

#include "bitmap/bitmap.h"
#include "bitmap/rowset.h"

/* The index of the first tile that is at least `tile`, or n_tiles. */
size_t co_tiles_find(const co_bitmap *bitmap, uint32_t tile);
/*
 * The rowset of exactly that tile, or NULL. Where tiles follow each other without gaps, the
 * first guess is right. As they rise, none lies further from either end than its number does.
 */
static inline const co_rowset *co_tiles_get(const co_bitmap *bitmap, uint32_t tile)
{
    const co_rowset *tiles = bitmap->tiles;
    const size_t n = bitmap->n_tiles;

    if (n == 0)
        return NULL;
    const size_t from_first = (size_t)tile - tiles[0].tile;

    if (from_first < n && tiles[from_first].tile == tile)
        return &tiles[from_first];
    const size_t from_last = (size_t)tiles[n - 1].tile - tile;

    if (tile < tiles[0].tile || tile > tiles[n - 1].tile)
        return NULL;
    const size_t low = from_last < n ? n - 1 - from_last : 0;
    size_t left = (from_first < n ? from_first : n - 1) - low + 1;

    tiles += low;
    while (left > 1) {
        const size_t half = left / 2;

        tiles += half & (0 - (size_t)(tiles[half].tile <= tile));
        left -= half;
    }
    return tiles->tile == tile ? tiles : NULL;
}
bool co_tiles_reserve(co_bitmap *bitmap, size_t n_tiles);
/* For an empty list: no room to grow. */
bool co_tiles_reserve_exactly(co_bitmap *bitmap, size_t n_tiles);
/* Gives room back if it is half again what is needed. */
void co_tiles_trim(co_bitmap *bitmap);
/* Room must be there. The rowset moves in. */
void co_tiles_append(co_bitmap *bitmap, uint32_t tile, const co_rowset *set);
void co_tiles_drop(co_bitmap *bitmap, size_t index);

#endif

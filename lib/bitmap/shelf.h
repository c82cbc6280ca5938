/*
 * Where the rows of a bitmap's tiles lie. What one operation makes lies side by
 * side on a shelf of few boards, so that a tiny tile does not cost a block of its
 * own; boards belong to the bitmap and go when it is cleared. What is changed later
 * moves to a block of its own, and leaves a gap that optimising closes.
 *
 * Used:    co_shelf shelf = co_shelf_of(result, bytes_expected);
 *          … co_rowset_combine(&shelf, …); co_tiles_append(result, …) …
 *          co_shelf_finish(&shelf);
 *          In place, where nothing may be left behind: co_shelf_loose(memory).
 * Costs:   a request for memory per board; a board is as large as expected, at most
 *          16 MiB, or as one thing needs.
 */
#ifndef CO_BITMAP_SHELF_H
#define CO_BITMAP_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitmap/bitmap.h"

typedef struct co_shelf {
    co_memory *memory;
    co_bitmap *bitmap;          /* whose boards; NULL: every thing in a block of its own */
    uint8_t *next;              /* free room on the newest board */
    size_t room;
    size_t board_bytes;         /* of the next board */
    bool exact;
    bool past_caches;           /* so much will lie here that the caches will have lost what came first */
} co_shelf;

/* For the tiles of a bitmap that is being made; they are appended in order. */
co_shelf co_shelf_of(co_bitmap *bitmap, size_t bytes_expected);
/* The same for what will be kept for long: boards of less than the sizes that cost whole pages, cut to the last byte. */
co_shelf co_shelf_to_keep(co_bitmap *bitmap, size_t bytes_expected);
/* The same for more than caches hold: large boards. */
co_shelf co_shelf_past_caches(co_bitmap *bitmap);
co_shelf co_shelf_loose(co_memory *memory);
/* Gives back what the boards have too much, and moves the tiles along where that moves a board. */
void co_shelf_finish(co_shelf *shelf);

/*
 * Room for `bytes` bytes at a multiple of `alignment`, a power of two up to 64; NULL if
 * there is no memory. It stays free, and is handed out again, until some of it is taken.
 */
void *co_shelf_room(co_shelf *shelf, size_t bytes, size_t alignment);
/* Keeps so many bytes of the room that was handed out last. */
void co_shelf_take(co_shelf *shelf, const void *room, size_t bytes);

/* Bytes of all boards; their end. */
size_t co_boards_bytes(const co_bitmap *bitmap);
void co_boards_free(co_bitmap *bitmap);

#endif

/* Boards taken, filled from the front, cut to what they hold, and given back. */
#include "bitmap/shelf.h"

#include <assert.h>

#include "base/sums.h"
#include "bitmap/rowset.h"

/*
 * A board much larger than what it will hold is cut at the end, and so never as large
 * as it was asked for. C libraries that give large blocks straight from the system learn
 * from the blocks that come back which sizes are worth keeping; cut ones mislead them.
 */
enum { BOARD_LEAST = 256, BOARD_MOST = 16 * 1024 * 1024, BOARD_NEXT = 8192, BOARD_KEPT = 100 * 1024 };
enum { BOARD_LARGE = 1024 * 1024 };

/* The head of a board; what lies on it follows. */
struct co_board {
    co_board *next;             /* an older one */
    size_t bytes;               /* head included */
    size_t used;                /* likewise */
};

co_shelf co_shelf_of(co_bitmap *bitmap, size_t bytes_expected)
{
    const size_t bytes = bytes_expected < BOARD_LEAST ? BOARD_LEAST
                       : bytes_expected > BOARD_MOST  ? BOARD_MOST
                                                      : bytes_expected;

    return (co_shelf){ .memory = bitmap->memory, .bitmap = bitmap, .board_bytes = bytes };
}

co_shelf co_shelf_to_keep(co_bitmap *bitmap, size_t bytes_expected)
{
    co_shelf shelf = co_shelf_of(bitmap, bytes_expected < BOARD_KEPT ? bytes_expected : BOARD_KEPT);

    shelf.exact = true;
    return shelf;
}

co_shelf co_shelf_past_caches(co_bitmap *bitmap)
{
    co_shelf shelf = co_shelf_of(bitmap, BOARD_LARGE);

    shelf.past_caches = true;
    return shelf;
}

co_shelf co_shelf_loose(co_memory *memory) { return (co_shelf){ .memory = memory }; }

static size_t gap_before(const uint8_t *at, size_t alignment) { return (size_t)(-(uintptr_t)at & (alignment - 1)); }

/* How far the newest board is filled is kept here while it is; the board learns it when the next one comes. */
static void close_board(co_shelf *shelf)
{
    co_board *board = shelf->bitmap->boards;

    if (shelf->next != NULL)
        board->used = (size_t)(shelf->next - (uint8_t *)board);
}

static bool open_board(co_shelf *shelf, size_t wanted)
{
    const size_t bytes = sizeof(co_board) + (wanted > shelf->board_bytes ? wanted : shelf->board_bytes);
    co_board *board = co_memory_new(shelf->memory, bytes);

    if (board == NULL)
        return false;
    close_board(shelf);
    *board = (co_board){ .next = shelf->bitmap->boards, .bytes = bytes, .used = sizeof *board };
    shelf->bitmap->boards = board;
    shelf->next = (uint8_t *)(board + 1);
    shelf->room = bytes - sizeof *board;
    if (!shelf->exact && !shelf->past_caches)
        shelf->board_bytes = shelf->board_bytes < BOARD_NEXT ? 2 * shelf->board_bytes : BOARD_NEXT;
    return true;
}

void *co_shelf_room(co_shelf *shelf, size_t bytes, size_t alignment)
{
    size_t gap = gap_before(shelf->next, alignment);

    assert(shelf->bitmap != NULL);
    if (gap + bytes > shelf->room || shelf->next == NULL) {
        if (!open_board(shelf, bytes + alignment - 1))
            return NULL;
        gap = gap_before(shelf->next, alignment);
    }
    return shelf->next + gap;
}

void co_shelf_take(co_shelf *shelf, const void *room, size_t bytes)
{
    const size_t taken = (size_t)((const uint8_t *)room - shelf->next) + bytes;

    assert(taken <= shelf->room);
    shelf->next += taken;
    shelf->room -= taken;
}

/* The tiles that lay on a board at `old` are found at its new place. */
static void move_tiles(co_bitmap *bitmap, uintptr_t old, const co_board *board)
{
    for (size_t i = 0; i < bitmap->n_tiles; i++) {
        co_rowset *set = &bitmap->tiles[i];

        if (set->shelved && (uintptr_t)set->at.words - old < board->bytes)
            set->at.bytes = (const uint8_t *)board + ((uintptr_t)set->at.words - old);
    }
}

static void cut(co_shelf *shelf, co_board **link)
{
    co_board *board = *link;
    const uintptr_t old = (uintptr_t)board;

    /* A sixteenth too much may stay. */
    if (board->bytes == board->used || (!shelf->exact && board->bytes - board->used <= board->bytes / 16))
        return;
    co_board *moved = co_memory_resize(shelf->memory, board, board->bytes, board->used);

    if (moved == NULL)
        return;
    moved->bytes = moved->used;
    *link = moved;
    if ((uintptr_t)moved != old)
        move_tiles(shelf->bitmap, old, moved);
}

void co_shelf_finish(co_shelf *shelf)
{
    if (shelf->next == NULL)
        return;
    close_board(shelf);
    for (co_board **link = &shelf->bitmap->boards; *link != NULL; link = &(*link)->next)
        cut(shelf, link);
    *shelf = co_shelf_of(shelf->bitmap, 0);
}

size_t co_boards_bytes(const co_bitmap *bitmap)
{
    size_t bytes = 0;

    for (const co_board *board = bitmap->boards; board != NULL; board = board->next)
        bytes += board->bytes;
    return bytes;
}

void co_boards_free(co_bitmap *bitmap)
{
    while (bitmap->boards != NULL) {
        co_board *board = bitmap->boards;

        bitmap->boards = board->next;
        co_memory_free(bitmap->memory, board, board->bytes);
    }
}

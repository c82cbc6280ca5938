/* Bytes of many texts that never move. */
#include "io/textroom.h"

#include "base/sums.h"

enum { FIRST_BLOCK_BYTES = 4096, BLOCK_BYTES = 256 * 1024 };

struct co_textroom_block {
    co_textroom_block *older;
    size_t size;                /* of the whole block */
    size_t used;                /* this head included */
};

void co_textroom_init(co_textroom *room, co_memory *memory)
{
    *room = (co_textroom){ memory, NULL };
}

static void free_blocks(co_textroom *room, co_textroom_block *newest)
{
    while (newest != NULL) {
        co_textroom_block *block = newest;

        newest = block->older;
        co_memory_free(room->memory, block, block->size);
    }
}

void co_textroom_clear(co_textroom *room)
{
    free_blocks(room, room->newest);
    room->newest = NULL;
}

void co_textroom_reset(co_textroom *room)
{
    if (room->newest == NULL)
        return;
    free_blocks(room, room->newest->older);
    room->newest->older = NULL;
    room->newest->used = sizeof *room->newest;
}

static bool add_block(co_textroom *room, size_t length)
{
    const co_textroom_block *last = room->newest;
    const size_t usual = last == NULL                    ? FIRST_BLOCK_BYTES
                         : last->size < BLOCK_BYTES / 2 ? 2 * last->size
                                                        : BLOCK_BYTES;
    size_t size;

    if (!co_add_size(length, sizeof *last, &size))
        return false;
    if (size < usual)
        size = usual;

    co_textroom_block *block = co_memory_new(room->memory, size);

    if (block == NULL)
        return false;
    *block = (co_textroom_block){ room->newest, size, sizeof *block };
    room->newest = block;
    return true;
}

bool co_textroom_copy(co_textroom *room, co_text text, co_text *copy)
{
    const co_textroom_block *last = room->newest;

    if ((last == NULL || last->size - last->used < text.length) && !add_block(room, text.length))
        return false;

    char *bytes = (char *)room->newest + room->newest->used;

    if (text.length > 0)
        memcpy(bytes, text.bytes, text.length);
    room->newest->used += text.length;
    *copy = (co_text){ bytes, text.length };
    return true;
}

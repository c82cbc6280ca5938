/*
 * Bytes of many texts that never move: a full block is kept and a new one begun,
 * twice as large at first.
 */
#ifndef CO_IO_TEXTROOM_H
#define CO_IO_TEXTROOM_H

#include "base/memory.h"
#include "base/text.h"

typedef struct co_textroom_block co_textroom_block;

typedef struct co_textroom {
    co_memory *memory;
    co_textroom_block *newest;
} co_textroom;

void co_textroom_init(co_textroom *room, co_memory *memory);
void co_textroom_clear(co_textroom *room);

/* False: no memory. */
bool co_textroom_copy(co_textroom *room, co_text text, co_text *copy);

/* Forgets all texts, but keeps a block for others. */
void co_textroom_reset(co_textroom *room);

#endif

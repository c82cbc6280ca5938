/*
 * Many small allocations freed together: trees, plans, error-free scratch.
 * Blocks double from 1 KiB to 64 KiB; larger requests get a block of their own.
 */
#ifndef CO_BASE_ARENA_H
#define CO_BASE_ARENA_H

#include "base/memory.h"
#include "base/text.h"

typedef struct co_arena_block co_arena_block;

typedef struct co_arena {
    co_memory *memory;
    co_arena_block *newest;
    size_t used_bytes;          /* in the newest block */
    size_t total_bytes;
} co_arena;

void co_arena_init(co_arena *arena, co_memory *memory);
void co_arena_clear(co_arena *arena);

/* Zeroed, 16-byte aligned; NULL if there is no memory. n × size checked. */
void *co_arena_new(co_arena *arena, size_t n, size_t size);

/* A copy of text with a zero byte after it; bytes NULL if there is no memory. */
co_text co_arena_copy(co_arena *arena, co_text text);

#endif

/*
 * Arena blocks: a chain from the newest to the oldest. A request too large for
 * a shared block gets its own, put behind the newest, which stays in use.
 */
#include <stdalign.h>
#include <string.h>

#include "base/arena.h"
#include "base/sums.h"

#define ALIGNMENT 16
#define FIRST_BLOCK_BYTES 1024
#define LARGEST_BLOCK_BYTES 65536

struct co_arena_block {
    alignas(ALIGNMENT) co_arena_block *older;
    size_t capacity;            /* bytes after this head */
};

static char *bytes_of(co_arena_block *block)
{
    return (char *)(block + 1);
}

void co_arena_init(co_arena *arena, co_memory *memory)
{
    *arena = (co_arena){ memory, NULL, 0, 0 };
}

void co_arena_clear(co_arena *arena)
{
    co_arena_block *block = arena->newest;

    while (block != NULL) {
        co_arena_block *older = block->older;

        co_memory_free(arena->memory, block, sizeof *block + block->capacity);
        block = older;
    }
    arena->newest = NULL;
    arena->used_bytes = 0;
    arena->total_bytes = 0;
}

static co_arena_block *new_block(co_arena *arena, size_t capacity)
{
    size_t size;

    if (!co_add_size(sizeof(co_arena_block), capacity, &size))
        return NULL;

    co_arena_block *block = co_memory_new(arena->memory, size);

    if (block != NULL) {
        block->capacity = capacity;
        arena->total_bytes += size;
    }
    return block;
}

static void *own_block(co_arena *arena, size_t size)
{
    co_arena_block *block = new_block(arena, size);

    if (block == NULL)
        return NULL;
    if (arena->newest == NULL) {
        block->older = NULL;
        arena->newest = block;
        arena->used_bytes = size;
    } else {
        block->older = arena->newest->older;
        arena->newest->older = block;
    }
    return bytes_of(block);
}

static size_t next_capacity(const co_arena *arena)
{
    if (arena->newest == NULL)
        return FIRST_BLOCK_BYTES;
    if (arena->newest->capacity >= LARGEST_BLOCK_BYTES / 2)
        return LARGEST_BLOCK_BYTES;
    return arena->newest->capacity * 2;
}

/* `size` bytes, a multiple of the alignment, contents undefined. */
static void *take(co_arena *arena, size_t size)
{
    if (arena->newest == NULL || arena->newest->capacity - arena->used_bytes < size) {
        const size_t capacity = next_capacity(arena);

        if (size > capacity / 2)
            return own_block(arena, size);

        co_arena_block *block = new_block(arena, capacity);

        if (block == NULL)
            return NULL;
        block->older = arena->newest;
        arena->newest = block;
        arena->used_bytes = 0;
    }

    char *bytes = bytes_of(arena->newest) + arena->used_bytes;

    arena->used_bytes += size;
    return bytes;
}

void *co_arena_new(co_arena *arena, size_t n, size_t size)
{
    size_t product;
    size_t padded;

    if (!co_multiply_size(n, size, &product) || !co_add_size(product, ALIGNMENT - 1, &padded))
        return NULL;
    padded -= padded % ALIGNMENT;
    if (padded == 0)
        padded = ALIGNMENT;

    void *bytes = take(arena, padded);

    if (bytes != NULL)
        memset(bytes, 0, padded);
    return bytes;
}

co_text co_arena_copy(co_arena *arena, co_text text)
{
    char *bytes = text.length == SIZE_MAX ? NULL : co_arena_new(arena, text.length + 1, 1);

    if (bytes == NULL)
        return (co_text){ NULL, 0 };
    if (text.length > 0)
        memcpy(bytes, text.bytes, text.length);
    return (co_text){ bytes, text.length };
}

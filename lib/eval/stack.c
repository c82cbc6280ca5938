/* Working memory as a stack of blocks; see stack.h. */
#include "eval/stack.h"

#include <stdalign.h>

#include "base/sums.h"

#define BLOCK_BYTES ((size_t)256 << 10)
#define ALIGNMENT 16u

struct co_stack_block {
    co_stack_block *above;
    size_t size; /* of bytes */
    size_t used;
    alignas(ALIGNMENT) unsigned char bytes[];
};

void co_stack_init(co_stack *stack, co_memory *memory)
{
    *stack = (co_stack){ .memory = memory };
}

void co_stack_clear(co_stack *stack)
{
    co_stack_block *block = stack->lowest;

    while (block != NULL) {
        co_stack_block *above = block->above;

        co_memory_free(stack->memory, block, sizeof *block + block->size);
        block = above;
    }
    stack->lowest = NULL;
    stack->current = NULL;
}

/* Sizes of blocks are powers of two, so that wishes that differ a little find the same block. */
static size_t size_of_block(size_t wanted)
{
    size_t size = BLOCK_BYTES;

    while (size < wanted && size <= SIZE_MAX / 4)
        size *= 2;
    return size < wanted ? wanted : size;
}

/* Makes the block above the current one the current one; a new one if that is too small. */
static bool climb(co_stack *stack, size_t wanted)
{
    co_stack_block **link = stack->current != NULL ? &stack->current->above : &stack->lowest;

    if (*link == NULL || (*link)->size < wanted) {
        const size_t size = size_of_block(wanted);
        co_stack_block *block = NULL;
        size_t bytes;

        if (!co_add_size(sizeof *block, size, &bytes))
            return false;
        block = co_memory_new(stack->memory, bytes);
        if (block == NULL)
            return false;
        block->above = *link;
        block->size = size;
        *link = block;
    }
    stack->current = *link;
    stack->current->used = 0;
    return true;
}

void *co_stack_new(co_stack *stack, size_t n, size_t size)
{
    size_t bytes;

    if (!co_multiply_size(n, size, &bytes) || !co_add_size(bytes, ALIGNMENT, &bytes))
        return NULL;
    bytes -= bytes % ALIGNMENT; /* at least the product, at least one unit */
    if (stack->current == NULL || stack->current->size - stack->current->used < bytes) {
        if (!climb(stack, bytes))
            return NULL;
    }

    void *taken = stack->current->bytes + stack->current->used;

    stack->current->used += bytes;
    return taken;
}

size_t co_stack_bytes(const co_stack *stack)
{
    size_t sum = 0;

    for (const co_stack_block *block = stack->lowest; block != NULL; block = block->above)
        sum += sizeof *block + block->size;
    return sum;
}

co_mark co_stack_mark(const co_stack *stack)
{
    return (co_mark){ stack->current, stack->current != NULL ? stack->current->used : 0 };
}

void co_stack_release(co_stack *stack, co_mark mark)
{
    stack->current = mark.block;
    if (mark.block != NULL)
        mark.block->used = mark.used_bytes;
}

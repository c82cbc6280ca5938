/*
 * Working memory of one thread, taken and given back like a stack: the vectors,
 * slots and texts of the part of an expression that is being worked on.
 *
 * Always:  what was taken after a mark is gone after its release; blocks are
 *          kept for the next time until co_stack_clear().
 * Used:    const co_mark mark = co_stack_mark(stack); … co_stack_release(stack, mark);
 */
#ifndef CO_EVAL_STACK_H
#define CO_EVAL_STACK_H

#include "base/memory.h"

typedef struct co_stack_block co_stack_block;

typedef struct co_stack {
    co_memory *memory;
    co_stack_block *lowest;
    co_stack_block *current;  /* NULL: nothing is taken */
} co_stack;

typedef struct co_mark {
    co_stack_block *block;
    size_t used_bytes;
} co_mark;

void co_stack_init(co_stack *stack, co_memory *memory);
void co_stack_clear(co_stack *stack);

/* n items, contents undefined, 16-byte aligned; never NULL but for want of memory. n × size checked. */
void *co_stack_new(co_stack *stack, size_t n, size_t size);

/* Held in all. */
size_t co_stack_bytes(const co_stack *stack);

co_mark co_stack_mark(const co_stack *stack);
void co_stack_release(co_stack *stack, co_mark mark);

#endif

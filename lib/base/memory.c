/*
 * Counting and limiting what goes through an allocator.
 *
 * Always:  used_bytes is the sum of the sizes of the blocks that are out; it
 *          is raised before the allocator is asked and lowered again if it
 *          refuses, so the limit holds between threads too.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sums.h"

#define SMALLEST_CAPACITY 8

static void *standard_resize(void *context, void *pointer, size_t old_size, size_t new_size)
{
    (void)context;
    (void)old_size;
    if (new_size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, new_size);
}

void co_memory_init(co_memory *memory, const cohort_allocator *allocator, size_t limit_bytes)
{
    if (allocator != NULL && allocator->resize != NULL)
        memory->allocator = *allocator;
    else
        memory->allocator = (cohort_allocator){ sizeof(cohort_allocator), 0, NULL, standard_resize };
    memory->limit_bytes = limit_bytes;
    atomic_init(&memory->used_bytes, 0);
    atomic_init(&memory->peak_bytes, 0);
}

static bool reserve(co_memory *memory, size_t size)
{
    size_t used = atomic_load_explicit(&memory->used_bytes, memory_order_relaxed);
    size_t wanted;

    do {
        if (!co_add_size(used, size, &wanted))
            return false;
        if (memory->limit_bytes != 0 && wanted > memory->limit_bytes)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&memory->used_bytes, &used, wanted, memory_order_relaxed,
                                                    memory_order_relaxed));

    size_t peak = atomic_load_explicit(&memory->peak_bytes, memory_order_relaxed);

    while (wanted > peak &&
           !atomic_compare_exchange_weak_explicit(&memory->peak_bytes, &peak, wanted, memory_order_relaxed,
                                                  memory_order_relaxed))
        ;
    return true;
}

static void give_back(co_memory *memory, size_t size)
{
    atomic_fetch_sub_explicit(&memory->used_bytes, size, memory_order_relaxed);
}

static void *ask(co_memory *memory, void *pointer, size_t old_size, size_t new_size)
{
    return memory->allocator.resize(memory->allocator.context, pointer, old_size, new_size);
}

void *co_memory_new(co_memory *memory, size_t size)
{
    if (size == 0 || !reserve(memory, size))
        return NULL;

    void *pointer = ask(memory, NULL, 0, size);

    if (pointer == NULL)
        give_back(memory, size);
    return pointer;
}

void *co_memory_new_array(co_memory *memory, size_t n, size_t size)
{
    size_t product;

    if (!co_multiply_size(n, size, &product))
        return NULL;
    return co_memory_new(memory, product);
}

void *co_memory_new_zeroed(co_memory *memory, size_t n, size_t size)
{
    void *pointer = co_memory_new_array(memory, n, size);

    if (pointer != NULL)
        memset(pointer, 0, n * size);
    return pointer;
}

void *co_memory_resize(co_memory *memory, void *pointer, size_t old_size, size_t new_size)
{
    assert(new_size > 0);
    assert((pointer == NULL) == (old_size == 0));

    const size_t more = new_size > old_size ? new_size - old_size : 0;

    if (more > 0 && !reserve(memory, more))
        return NULL;

    void *moved = ask(memory, pointer, old_size, new_size);

    if (moved == NULL)
        give_back(memory, more);
    else if (old_size > new_size)
        give_back(memory, old_size - new_size);
    return moved;
}

void co_memory_free(co_memory *memory, void *pointer, size_t size)
{
    if (pointer == NULL)
        return;
    ask(memory, pointer, size, 0);
    give_back(memory, size);
}

bool co_memory_grow(co_memory *memory, void **items, size_t *capacity, size_t wanted, size_t item_size)
{
    if (wanted <= *capacity)
        return true;

    size_t larger = *capacity + *capacity / 2;
    size_t bytes;

    if (larger < SMALLEST_CAPACITY)
        larger = SMALLEST_CAPACITY;
    if (larger < wanted)
        larger = wanted;
    if (!co_multiply_size(larger, item_size, &bytes))
        return false;

    void *moved = co_memory_resize(memory, *items, *capacity * item_size, bytes);

    if (moved == NULL)
        return false;
    *items = moved;
    *capacity = larger;
    return true;
}

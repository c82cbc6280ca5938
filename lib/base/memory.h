/*
 * One allocator function per root object (store, evaluator, free bitmap),
 * with the bytes in use counted and, if asked, limited.
 *
 * Always:  every block is freed with the size it was taken with.
 * Threads: any number at once; the count is atomic.
 */
#ifndef CO_BASE_MEMORY_H
#define CO_BASE_MEMORY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cohort/base.h"

typedef struct co_memory {
    cohort_allocator allocator;
    _Atomic size_t used_bytes;
    size_t limit_bytes;         /* 0: none */
    _Atomic size_t peak_bytes;
} co_memory;

/* NULL allocator, or one without a function: malloc and free of the C library. */
void co_memory_init(co_memory *memory, const cohort_allocator *allocator, size_t limit_bytes);

/* NULL if there is none, the limit would be passed, or size is 0. Contents undefined. */
void *co_memory_new(co_memory *memory, size_t size);
/* As above, all bytes zero; n × size checked. */
void *co_memory_new_zeroed(co_memory *memory, size_t n, size_t size);
/* As above, n × size checked, contents undefined. */
void *co_memory_new_array(co_memory *memory, size_t n, size_t size);
/* NULL leaves the old block as it was. */
void *co_memory_resize(co_memory *memory, void *pointer, size_t old_size, size_t new_size);
/* NULL pointer allowed. */
void co_memory_free(co_memory *memory, void *pointer, size_t size);

/*
 * Makes room for at least `wanted` items in *items, growing by half. Returns
 * false, with nothing changed, if there is no memory.
 */
bool co_memory_grow(co_memory *memory, void **items, size_t *capacity, size_t wanted, size_t item_size);

#endif

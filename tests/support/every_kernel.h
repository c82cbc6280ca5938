/*
 * Runs a block on every kernel that this CPU has, each forced in turn:
 *
 *     for_every_kernel(kernel) { … }
 *
 * Afterwards the best one is chosen again.
 */
#ifndef CO_TESTS_EVERY_KERNEL_H
#define CO_TESTS_EVERY_KERNEL_H

#include <stddef.h>

#include "kernel/kernel.h"

/* The ith kernel, forced; past the last one NULL, and the choice is free again. */
static inline const co_kernel *co_forced_kernel(size_t i)
{
    size_t n;
    const co_kernel *const *list = co_kernel_list(&n);
    const co_kernel *kernel = i < n ? list[i] : NULL;

    co_kernel_force(kernel);
    return kernel;
}

#define for_every_kernel(kernel) \
    for (size_t kernel##_index = 0, kernel##_once = 1; kernel##_once; kernel##_once = 0) \
        for (const co_kernel *kernel; (kernel = co_forced_kernel(kernel##_index)) != NULL; kernel##_index++)

#endif

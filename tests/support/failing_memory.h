/*
 * An allocator for tests: it counts what is out, checks the size given at
 * every free and resize, and refuses the nth request.
 *
 *     for (uint64_t n = 1;; n++) {
 *         co_failing state = { .fail_at = n };
 *         const cohort_allocator allocator = co_failing_allocator(&state);
 *         ...
 *         ck_assert(co_failing_is_clean(&state));
 *         if (state.n_requests < n)
 *             break;      // nothing was refused any more
 *     }
 */
#ifndef CO_TESTS_FAILING_MEMORY_H
#define CO_TESTS_FAILING_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cohort/base.h"

typedef struct co_failing {
    uint64_t fail_at;           /* the nth request that asks for more memory is refused; 0: never */
    bool for_ever;              /* and all after it */
    uint64_t n_requests;        /* so far; freeing and shrinking do not count */
    uint64_t n_refused;
    size_t n_blocks;            /* out at the moment */
    size_t n_bytes;
    uint64_t n_wrong_sizes;     /* frees and resizes with another size than the block has */
} co_failing;

/* `state` is filled by the caller (zero: never fails) and outlives the allocator. Any number of threads. */
cohort_allocator co_failing_allocator(co_failing *state);

/* Nothing is out and every size was right. */
bool co_failing_is_clean(const co_failing *state);

#endif

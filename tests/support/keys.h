/*
 * The naive set: keys in a sorted array without repeats. What bitmaps are
 * compared with.
 */
#ifndef CO_TESTS_KEYS_H
#define CO_TESTS_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitmap/bitmap.h"

typedef struct co_keys {
    uint64_t *at;               /* from malloc; may be NULL if n is 0 */
    size_t n;
} co_keys;

void co_keys_free(co_keys *keys);
/* Takes the place of *keys, which is freed. */
void co_keys_replace(co_keys *keys, co_keys by);

/* New sets. Lists may be in any order, with repeats. */
co_keys co_keys_of(const uint64_t *list, size_t n);
co_keys co_keys_between(uint64_t least, uint64_t greatest);
co_keys co_keys_combine(co_set_operation operation, const co_keys *a, const co_keys *b);
/* Keys that leave [0, top] are left out. */
co_keys co_keys_shift(const co_keys *keys, int64_t by, uint64_t top);
/* Keys in `least` or more of the sets; least 0: in an odd number of them. */
co_keys co_keys_of_many(const co_keys *const *sets, size_t n, size_t least);

/* How many are below. */
size_t co_keys_rank(const co_keys *keys, uint64_t key);
bool co_keys_contain(const co_keys *keys, uint64_t key);

#endif

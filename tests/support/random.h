/*
 * Numbers that look random and are the same for the same seed everywhere.
 * Source: Blackman and Vigna, xoshiro256**, seeded by splitmix64.
 */
#ifndef CO_TESTS_RANDOM_H
#define CO_TESTS_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct co_random {
    uint64_t state[4];
} co_random;

co_random co_random_of(uint64_t seed);

/* Any 64 bits. */
uint64_t co_random_u64(co_random *random);

/* [0, n), evenly; n at least 1. */
uint64_t co_random_below(co_random *random, uint64_t n);

/* [least, greatest], both included, evenly. */
int64_t co_random_between(co_random *random, int64_t least, int64_t greatest);

/* True with probability numerator / denominator. */
bool co_random_chance(co_random *random, uint64_t numerator, uint64_t denominator);

/* [0, 1), 53 bits. */
double co_random_unit(co_random *random);

/* Any 64 bits whose magnitude is spread over all bit lengths, either sign: finds edges sooner. */
int64_t co_random_int64(co_random *random);

/* Fills bytes. */
void co_random_bytes(co_random *random, void *bytes, size_t n);

/* Puts n items of that size into random order. */
void co_random_shuffle(co_random *random, void *items, size_t n, size_t item_size);

#endif

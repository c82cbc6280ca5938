/*
 * A number that stands for some bytes, to be written down in a test: the same on
 * every machine if and, but for an accident in 2^64, only if the bytes are.
 * Source: Fowler, Noll and Vo, FNV-1a of 64 bits.
 */
#ifndef CO_TESTS_FINGERPRINT_H
#define CO_TESTS_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

#define CO_FINGERPRINT_OF_NOTHING UINT64_C(0xcbf29ce484222325)

/* Of what `so_far` stands for and n bytes more. */
static inline uint64_t co_fingerprint(uint64_t so_far, const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        so_far = (so_far ^ ((const uint8_t *)bytes)[i]) * UINT64_C(0x100000001b3);
    return so_far;
}

#endif

/*
 * The two hashes: XXH64, whose values are promised to users (BUCKET, SAMPLE),
 * and XXH3, for hash tables and checksums of our own.
 *
 * Source:  xxHash specification; only base/hash.c sees its header.
 */
#ifndef CO_BASE_HASH_H
#define CO_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* XXH64. */
uint64_t co_hash64(const void *bytes, size_t length, uint64_t seed);

/* XXH3, 64 bits. Its values go into files as checksums, so they are stable too. */
uint64_t co_hash_fast(const void *bytes, size_t length, uint64_t seed);

/* Spreads a number over 64 bits; for int keys in tables. A bijection. */
static inline uint64_t co_hash_int64(int64_t value)
{
    uint64_t mixed = (uint64_t)value;

    mixed = (mixed ^ mixed >> 32) * UINT64_C(0xe9846af9b1a615d);
    mixed = (mixed ^ mixed >> 32) * UINT64_C(0xe9846af9b1a615d);
    return mixed ^ mixed >> 28;
}

/*
 * XXH64 of a salt's bytes, a zero byte and a key's bytes, seed 0: what BUCKET and
 * SAMPLE use. For many keys of one salt it is hashed once, up to its last whole 32
 * bytes. Holds no memory; a plain value.
 */
typedef struct co_salt {
    uint64_t state[11];
} co_salt;

co_salt co_salt_of(co_text salt);
uint64_t co_salt_hash(const co_salt *salt, co_text key);

/* XXH64 over bytes that arrive in pieces, seed 0 or any. */
typedef co_salt co_hash_stream;
void co_hash_start(co_hash_stream *stream, uint64_t seed);
void co_hash_more(co_hash_stream *stream, const void *bytes, size_t length);
uint64_t co_hash_end(const co_hash_stream *stream);

#endif

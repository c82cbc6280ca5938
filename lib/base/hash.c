/* xxHash, compiled into this file. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/hash.h"

_Static_assert(sizeof(XXH64_state_t) <= sizeof(co_salt), "co_salt must hold a state of XXH64");

uint64_t co_hash64(const void *bytes, size_t length, uint64_t seed)
{
    return XXH64(length == 0 ? "" : bytes, length, seed);
}

uint64_t co_hash_fast(const void *bytes, size_t length, uint64_t seed)
{
    return XXH3_64bits_withSeed(length == 0 ? "" : bytes, length, seed);
}

void co_hash_start(co_hash_stream *stream, uint64_t seed)
{
    XXH64_state_t state;

    XXH64_reset(&state, seed);
    *stream = (co_hash_stream){ { 0 } };
    memcpy(stream->state, &state, sizeof state);
}

void co_hash_more(co_hash_stream *stream, const void *bytes, size_t length)
{
    XXH64_state_t state;

    if (length == 0)
        return;
    memcpy(&state, stream->state, sizeof state);
    XXH64_update(&state, bytes, length);
    memcpy(stream->state, &state, sizeof state);
}

uint64_t co_hash_end(const co_hash_stream *stream)
{
    XXH64_state_t state;

    memcpy(&state, stream->state, sizeof state);
    return XXH64_digest(&state);
}

co_salt co_salt_of(co_text salt)
{
    co_salt result;

    co_hash_start(&result, 0);
    co_hash_more(&result, salt.bytes, salt.length);
    co_hash_more(&result, "", 1);
    return result;
}

uint64_t co_salt_hash(const co_salt *salt, co_text key)
{
    co_hash_stream stream = *salt;

    co_hash_more(&stream, key.bytes, key.length);
    return co_hash_end(&stream);
}

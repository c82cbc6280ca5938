/* CRoaring's set of 64-bit keys in Roaring's portable layout: written, and read back; see roaring64.cpp. */
#ifndef CO_TESTS_ROARING64_H
#define CO_TESTS_ROARING64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many bytes were written; 0 if there is no room. */
size_t co_roaring64_write(const uint64_t *keys, size_t n, bool optimise, char *bytes, size_t room);

/* Of bytes that are sound: how many keys there are, of which the first `room` are listed. */
size_t co_roaring64_read(const char *bytes, uint64_t *keys, size_t room);

#ifdef __cplusplus
}
#endif

#endif

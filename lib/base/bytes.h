/*
 * The only way to read bytes from outside: a cursor that never passes its end.
 * A read beyond the end gives zeros and marks the reader as failed; callers ask
 * `co_reader_ok` before they believe what they read. Little-endian.
 */
#ifndef CO_BASE_BYTES_H
#define CO_BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

typedef struct co_reader {
    const uint8_t *start;
    const uint8_t *next;
    const uint8_t *end;
    bool failed;
} co_reader;

static inline uint16_t co_load_u16(const void *bytes)
{
    const uint8_t *b = bytes;

    return (uint16_t)(b[0] | (unsigned)b[1] << 8);
}

static inline uint32_t co_load_u32(const void *bytes)
{
    const uint8_t *b = bytes;

    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline uint64_t co_load_u64(const void *bytes)
{
    const uint8_t *b = bytes;

    return (uint64_t)co_load_u32(b) | (uint64_t)co_load_u32(b + 4) << 32;
}

static inline void co_store_u16(void *bytes, uint16_t value)
{
    uint8_t *b = bytes;

    b[0] = (uint8_t)value;
    b[1] = (uint8_t)(value >> 8);
}

static inline void co_store_u32(void *bytes, uint32_t value)
{
    co_store_u16(bytes, (uint16_t)value);
    co_store_u16((uint8_t *)bytes + 2, (uint16_t)(value >> 16));
}

static inline void co_store_u64(void *bytes, uint64_t value)
{
    co_store_u32(bytes, (uint32_t)value);
    co_store_u32((uint8_t *)bytes + 4, (uint32_t)(value >> 32));
}

co_reader co_reader_of(const void *bytes, size_t length);
static inline size_t co_reader_left(const co_reader *reader) { return (size_t)(reader->end - reader->next); }
static inline size_t co_reader_offset(const co_reader *reader) { return (size_t)(reader->next - reader->start); }
static inline bool co_reader_ok(const co_reader *reader) { return !reader->failed; }

uint8_t co_read_u8(co_reader *reader);
uint16_t co_read_u16(co_reader *reader);
uint32_t co_read_u32(co_reader *reader);
uint64_t co_read_u64(co_reader *reader);
/* The next `length` bytes in place, or NULL (and failed). */
const void *co_read_bytes(co_reader *reader, size_t length);
/* u32 length, then that many bytes, in place. */
co_text co_read_text(co_reader *reader);

#endif

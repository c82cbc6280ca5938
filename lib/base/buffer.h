/*
 * Bytes that grow at the end, with a hard maximum. A failure sticks: append
 * freely, ask once at the end.
 */
#ifndef CO_BASE_BUFFER_H
#define CO_BASE_BUFFER_H

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

typedef struct co_buffer {
    co_memory *memory;
    char *bytes;
    size_t length;
    size_t capacity;
    size_t maximum;             /* 0: none */
    cohort_status status;       /* COHORT_OK, COHORT_MEMORY or COHORT_LIMIT; sticky */
} co_buffer;

void co_buffer_init(co_buffer *buffer, co_memory *memory, size_t maximum);
void co_buffer_clear(co_buffer *buffer);

void co_buffer_append(co_buffer *buffer, const void *bytes, size_t length);
void co_buffer_text(co_buffer *buffer, co_text text);
void co_buffer_string(co_buffer *buffer, const char *zero_terminated);
void co_buffer_byte(co_buffer *buffer, char byte);
void co_buffer_format(co_buffer *buffer, const char *format, ...) CO_PRINTF(2, 3);

/* Room for `length` more bytes to be written in place, added to length; NULL after a failure. */
void *co_buffer_extend(co_buffer *buffer, size_t length);

/* Little-endian integers, for files. */
void co_buffer_u8(co_buffer *buffer, uint8_t value);
void co_buffer_u16(co_buffer *buffer, uint16_t value);
void co_buffer_u32(co_buffer *buffer, uint32_t value);
void co_buffer_u64(co_buffer *buffer, uint64_t value);

#endif

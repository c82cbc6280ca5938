/*
 * A growing run of bytes. Growth is by half, never past the maximum; the first
 * failure is remembered and makes every later append do nothing.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/sums.h"

#define SMALLEST_BYTES 64

void co_buffer_init(co_buffer *buffer, co_memory *memory, size_t maximum)
{
    *buffer = (co_buffer){ memory, NULL, 0, 0, maximum, COHORT_OK };
}

void co_buffer_clear(co_buffer *buffer)
{
    co_memory_free(buffer->memory, buffer->bytes, buffer->capacity);
    co_buffer_init(buffer, buffer->memory, buffer->maximum);
}

/* Makes room for `length` more bytes, or remembers why there is none. */
static bool make_room(co_buffer *buffer, size_t length)
{
    size_t wanted;

    if (buffer->status != COHORT_OK)
        return false;
    if (buffer->capacity - buffer->length >= length)
        return true;
    if (!co_add_size(buffer->length, length, &wanted)) {
        buffer->status = COHORT_MEMORY;
        return false;
    }
    if (buffer->maximum != 0 && wanted > buffer->maximum) {
        buffer->status = COHORT_LIMIT;
        return false;
    }

    size_t larger = buffer->capacity + buffer->capacity / 2;

    if (larger < SMALLEST_BYTES)
        larger = SMALLEST_BYTES;
    if (larger < wanted)
        larger = wanted;
    if (buffer->maximum != 0 && larger > buffer->maximum)
        larger = buffer->maximum;

    char *moved = co_memory_resize(buffer->memory, buffer->bytes, buffer->capacity, larger);

    if (moved == NULL) {
        buffer->status = COHORT_MEMORY;
        return false;
    }
    buffer->bytes = moved;
    buffer->capacity = larger;
    return true;
}

void *co_buffer_extend(co_buffer *buffer, size_t length)
{
    if (!make_room(buffer, length == 0 ? 1 : length))
        return NULL;

    char *start = buffer->bytes + buffer->length;

    buffer->length += length;
    return start;
}

void co_buffer_append(co_buffer *buffer, const void *bytes, size_t length)
{
    if (length == 0 || !make_room(buffer, length))
        return;
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
}

void co_buffer_text(co_buffer *buffer, co_text text)
{
    co_buffer_append(buffer, text.bytes, text.length);
}

void co_buffer_string(co_buffer *buffer, const char *zero_terminated)
{
    co_buffer_append(buffer, zero_terminated, strlen(zero_terminated));
}

void co_buffer_byte(co_buffer *buffer, char byte)
{
    co_buffer_append(buffer, &byte, 1);
}

void co_buffer_format(co_buffer *buffer, const char *format, ...)
{
    char small[256];
    va_list arguments;

    va_start(arguments, format);
    const int length = vsnprintf(small, sizeof small, format, arguments);
    va_end(arguments);

    if (length < 0) {
        buffer->status = buffer->status == COHORT_OK ? COHORT_INVALID : buffer->status;
        return;
    }
    if ((size_t)length < sizeof small) {
        co_buffer_append(buffer, small, (size_t)length);
        return;
    }

    /* vsnprintf ends with a zero byte, for which there must be room too. */
    if (!make_room(buffer, (size_t)length + 1))
        return;
    va_start(arguments, format);
    vsnprintf(buffer->bytes + buffer->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->length += (size_t)length;
}

void co_buffer_u8(co_buffer *buffer, uint8_t value)
{
    co_buffer_append(buffer, &value, sizeof value);
}

void co_buffer_u16(co_buffer *buffer, uint16_t value)
{
    uint8_t bytes[sizeof value];

    co_store_u16(bytes, value);
    co_buffer_append(buffer, bytes, sizeof bytes);
}

void co_buffer_u32(co_buffer *buffer, uint32_t value)
{
    uint8_t bytes[sizeof value];

    co_store_u32(bytes, value);
    co_buffer_append(buffer, bytes, sizeof bytes);
}

void co_buffer_u64(co_buffer *buffer, uint64_t value)
{
    uint8_t bytes[sizeof value];

    co_store_u64(bytes, value);
    co_buffer_append(buffer, bytes, sizeof bytes);
}

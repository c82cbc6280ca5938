/* The cursor over bytes from outside. */
#include "base/bytes.h"

co_reader co_reader_of(const void *bytes, size_t length)
{
    static const uint8_t nothing = 0;
    const uint8_t *start = length == 0 ? &nothing : bytes;

    return (co_reader){ start, start, start + length, false };
}

const void *co_read_bytes(co_reader *reader, size_t length)
{
    if (reader->failed || co_reader_left(reader) < length) {
        reader->failed = true;
        return NULL;
    }

    const uint8_t *bytes = reader->next;

    reader->next += length;
    return bytes;
}

uint8_t co_read_u8(co_reader *reader)
{
    const uint8_t *bytes = co_read_bytes(reader, 1);

    return bytes == NULL ? 0 : bytes[0];
}

uint16_t co_read_u16(co_reader *reader)
{
    const void *bytes = co_read_bytes(reader, 2);

    return bytes == NULL ? 0 : co_load_u16(bytes);
}

uint32_t co_read_u32(co_reader *reader)
{
    const void *bytes = co_read_bytes(reader, 4);

    return bytes == NULL ? 0 : co_load_u32(bytes);
}

uint64_t co_read_u64(co_reader *reader)
{
    const void *bytes = co_read_bytes(reader, 8);

    return bytes == NULL ? 0 : co_load_u64(bytes);
}

co_text co_read_text(co_reader *reader)
{
    const uint32_t length = co_read_u32(reader);
    const char *bytes = co_read_bytes(reader, length);

    return bytes == NULL ? (co_text){ NULL, 0 } : (co_text){ bytes, length };
}

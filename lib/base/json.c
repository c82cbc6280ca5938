/*
 * JSON string literals: runs of plain bytes are copied at once.
 *
 * Source:  RFC 8259, section 7.
 */
#include "base/json.h"

/* The letter after the backslash, 'u' for the long form, 0 for a byte that stands for itself. */
static char escape_of(unsigned char byte)
{
    switch (byte) {
    case '"':
    case '\\':
        return (char)byte;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return byte < 0x20 ? 'u' : '\0';
    }
}

static void append_escape(co_buffer *out, unsigned char byte, char escape)
{
    static const char digits[] = "0123456789abcdef";
    const char text[6] = { '\\', escape, '0', '0', digits[byte >> 4], digits[byte & 15] };

    co_buffer_append(out, text, escape == 'u' ? 6 : 2);
}

void co_json_string(co_buffer *out, co_text text)
{
    size_t copied = 0;

    co_buffer_byte(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        const unsigned char byte = (unsigned char)text.bytes[i];
        const char escape = escape_of(byte);

        if (escape == '\0')
            continue;
        co_buffer_append(out, text.bytes + copied, i - copied);
        append_escape(out, byte, escape);
        copied = i + 1;
    }
    if (copied < text.length)
        co_buffer_append(out, text.bytes + copied, text.length - copied);
    co_buffer_byte(out, '"');
}

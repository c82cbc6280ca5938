/*
 * UTF-8, strictly, with a path of eight ASCII bytes at a time.
 *
 * Source:  The Unicode Standard, table 3-7, "Well-Formed UTF-8 Byte Sequences".
 */
#include "base/utf8.h"

#define HIGH_BITS UINT64_C(0x8080808080808080)

/* What may follow a lead byte: how many bytes, and the limits of the first of them. */
typedef struct sequence {
    uint8_t n_following;
    uint8_t least;
    uint8_t greatest;
} sequence;

static sequence sequence_after(uint8_t lead)
{
    if (lead >= 0xc2 && lead <= 0xdf)
        return (sequence){ 1, 0x80, 0xbf };
    if (lead == 0xe0)
        return (sequence){ 2, 0xa0, 0xbf };
    if (lead == 0xed)
        return (sequence){ 2, 0x80, 0x9f };
    if (lead >= 0xe1 && lead <= 0xef)
        return (sequence){ 2, 0x80, 0xbf };
    if (lead == 0xf0)
        return (sequence){ 3, 0x90, 0xbf };
    if (lead >= 0xf1 && lead <= 0xf3)
        return (sequence){ 3, 0x80, 0xbf };
    if (lead == 0xf4)
        return (sequence){ 3, 0x80, 0x8f };
    return (sequence){ 0, 0, 0 };
}

size_t co_utf8_decode(co_text text, uint32_t *point)
{
    if (text.length == 0)
        return 0;

    const uint8_t *bytes = (const uint8_t *)text.bytes;

    if (bytes[0] < 0x80) {
        *point = bytes[0];
        return 1;
    }

    const sequence wanted = sequence_after(bytes[0]);

    if (wanted.n_following == 0 || text.length <= wanted.n_following)
        return 0;
    if (bytes[1] < wanted.least || bytes[1] > wanted.greatest)
        return 0;

    uint32_t value = bytes[0] & (0x3fu >> wanted.n_following);

    for (size_t i = 1; i <= wanted.n_following; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (bytes[i] & 0x3fu);
    }
    *point = value;
    return (size_t)wanted.n_following + 1;
}

size_t co_utf8_encode(uint32_t point, char bytes[CO_UTF8_LONGEST])
{
    if (point < 0x80) {
        bytes[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        bytes[0] = (char)(0xc0 | point >> 6);
        bytes[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point >= 0xd800 && point <= 0xdfff)
        return 0;
    if (point < 0x10000) {
        bytes[0] = (char)(0xe0 | point >> 12);
        bytes[1] = (char)(0x80 | (point >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    if (point > 0x10ffff)
        return 0;
    bytes[0] = (char)(0xf0 | point >> 18);
    bytes[1] = (char)(0x80 | (point >> 12 & 0x3f));
    bytes[2] = (char)(0x80 | (point >> 6 & 0x3f));
    bytes[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}

/* How many of the first bytes are ASCII, counted in whole words. */
static size_t ascii_words(const char *bytes, size_t length)
{
    size_t at = 0;

    while (length - at >= sizeof(uint64_t)) {
        uint64_t word;

        memcpy(&word, bytes + at, sizeof word);
        if ((word & HIGH_BITS) != 0)
            break;
        at += sizeof word;
    }
    return at;
}

bool co_utf8_valid(co_text text, size_t *bad_offset)
{
    size_t at = 0;

    while (at < text.length) {
        if ((text.bytes[at] & 0x80) == 0) {
            const size_t skipped = ascii_words(text.bytes + at, text.length - at);

            at += skipped == 0 ? 1 : skipped;
            continue;
        }

        uint32_t point;
        const size_t taken = co_utf8_decode((co_text){ text.bytes + at, text.length - at }, &point);

        if (taken == 0) {
            if (bad_offset != NULL)
                *bad_offset = at;
            return false;
        }
        at += taken;
    }
    return true;
}

size_t co_utf8_count(co_text text)
{
    size_t n_points = 0;

    for (size_t i = 0; i < text.length; i++)
        n_points += ((unsigned char)text.bytes[i] & 0xc0) != 0x80;
    return n_points;
}

size_t co_utf8_offset(co_text text, size_t n_points)
{
    size_t at = 0;

    for (size_t seen = 0; at < text.length; at++) {
        if (((unsigned char)text.bytes[at] & 0xc0) != 0x80 && seen++ == n_points)
            break;
    }
    return at;
}

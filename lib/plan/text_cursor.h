/* Reading text by code points, folded if asked, without memory of its own. */
#ifndef CO_PLAN_TEXT_CURSOR_H
#define CO_PLAN_TEXT_CURSOR_H

#include "base/unicode.h"

typedef struct co_text_cursor {
    co_text left;
    bool nocase;
} co_text_cursor;

/* False at the end. */
static inline bool co_text_next(co_text_cursor *cursor, uint32_t *point)
{
    const size_t length = co_utf8_decode(cursor->left, point);

    if (length == 0)
        return false;
    cursor->left.bytes += length;
    cursor->left.length -= length;
    if (cursor->nocase)
        *point = co_point_fold(*point);
    return true;
}

/* To the last n code points; false if there are fewer. */
static inline bool co_text_skip_to_end(co_text_cursor *cursor, size_t n)
{
    size_t at = cursor->left.length;

    for (size_t i = 0; i < n; i++) {
        if (at == 0)
            return false;
        do
            at--;
        while (at > 0 && ((unsigned char)cursor->left.bytes[at] & 0xC0) == 0x80);
    }
    cursor->left.bytes += at;
    cursor->left.length -= at;
    return true;
}

/* Letters, digits and '_'. */
static inline bool co_text_is_word_point(uint32_t point) { return point == '_' || co_point_is_letter_or_digit(point); }

#endif

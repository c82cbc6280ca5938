/*
 * UTF-8 itself: validity, one code point at a time, counting. What the code
 * points mean is base/unicode.h.
 *
 * Always:  strict: no surrogates, no overlong forms, nothing past U+10FFFF.
 */
#ifndef CO_BASE_UTF8_H
#define CO_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define CO_UTF8_LONGEST 4

/* Whether text is UTF-8; if not, *bad_offset (may be NULL) is where its first bad sequence starts. */
bool co_utf8_valid(co_text text, size_t *bad_offset);

/* Reads the first code point; gives its length in bytes, 0 if text is empty or starts with a bad sequence. */
size_t co_utf8_decode(co_text text, uint32_t *point);

/* Writes a code point; gives its length, 0 for surrogates and beyond U+10FFFF. */
size_t co_utf8_encode(uint32_t point, char bytes[CO_UTF8_LONGEST]);

/* Code points in valid text. */
size_t co_utf8_count(co_text text);

/* Bytes of the first n_points code points of valid text; its whole length if it has fewer. */
size_t co_utf8_offset(co_text text, size_t n_points);

#endif

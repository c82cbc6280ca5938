/*
 * A run of bytes that somebody else owns; UTF-8 where it is text, never
 * zero-terminated. Passed by value.
 */
#ifndef CO_BASE_TEXT_H
#define CO_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct co_text {
    const char *bytes;
    size_t length;
} co_text;

#define CO_TEXT(literal) ((co_text){ (literal), sizeof(literal) - 1 })

static inline co_text co_text_of(const char *zero_terminated)
{
    return (co_text){ zero_terminated, strlen(zero_terminated) };
}

static inline bool co_text_equal(co_text a, co_text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

/* Bytewise, shorter first among equals: code point order for UTF-8. */
static inline int co_text_compare(co_text a, co_text b)
{
    const size_t shared = a.length < b.length ? a.length : b.length;
    const int order = shared == 0 ? 0 : memcmp(a.bytes, b.bytes, shared);

    if (order != 0)
        return order;
    return (a.length > b.length) - (a.length < b.length);
}

#endif

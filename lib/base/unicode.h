/*
 * What code points mean: case, letters, digits, white space. Simple mappings
 * only: one code point becomes one code point, without regard to language.
 *
 * Always:  texts given here are valid UTF-8 (base/utf8.h).
 *          A build without utf8proc knows the case of ASCII letters only;
 *          callers that need more ask co_unicode_available() and refuse.
 * Source:  Unicode via utf8proc; only base/unicode.c sees its header.
 */
#ifndef CO_BASE_UNICODE_H
#define CO_BASE_UNICODE_H

#include "base/buffer.h"
#include "base/utf8.h"

bool co_unicode_available(void);

uint32_t co_point_fold(uint32_t point);
uint32_t co_point_upper(uint32_t point);
uint32_t co_point_lower(uint32_t point);
/* General categories L* and N*. */
bool co_point_is_letter_or_digit(uint32_t point);
/* The property White_Space. */
bool co_point_is_white_space(uint32_t point);

/* Append the whole text, mapped; a failure sticks in the buffer. */
void co_text_fold(co_text text, co_buffer *out);
void co_text_upper(co_text text, co_buffer *out);
void co_text_lower(co_text text, co_buffer *out);

/* Equality and order of the folded texts, in code point order, without making them. */
bool co_text_fold_equal(co_text a, co_text b);
int co_text_fold_compare(co_text a, co_text b);

/* XXH3 of the folded text; equal for texts that are fold-equal. */
uint64_t co_text_fold_hash(co_text text);

/* Nothing but white space, or nothing at all. */
bool co_text_is_blank(co_text text);

#endif

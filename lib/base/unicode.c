/*
 * Simple mappings and classes of code points. ASCII, nearly all there is, is
 * answered here; the rest by utf8proc, whose mappings are brought back to
 * single code points where it gives more.
 *
 * Source:  Unicode CaseFolding.txt (statuses C and S), UnicodeData.txt,
 *          PropList.txt (White_Space).
 */
#ifdef CO_WITH_UNICODE
#include <utf8proc.h>
#endif

#include "base/hash.h"
#include "base/unicode.h"

#define FIRST_BEYOND_ASCII 0x80
#define DOTTED_CAPITAL_I 0x130      /* folds to two code points only */
#define SHARP_S 0xdf                /* has no upper case of one code point that maps back */

static bool is_upper(uint32_t point)
{
    return point - 'A' < 26;
}

static bool is_lower(uint32_t point)
{
    return point - 'a' < 26;
}

#ifdef CO_WITH_UNICODE

bool co_unicode_available(void)
{
    return true;
}

static uint32_t fold_beyond(uint32_t point)
{
    utf8proc_int32_t folded[4];
    const utf8proc_ssize_t n =
        utf8proc_decompose_char((utf8proc_int32_t)point, folded, 4, UTF8PROC_CASEFOLD, NULL);

    if (n == 1)
        return (uint32_t)folded[0];
    if (n < 1 || point == DOTTED_CAPITAL_I)
        return point;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)point);
}

static uint32_t upper_beyond(uint32_t point)
{
    return point == SHARP_S ? point : (uint32_t)utf8proc_toupper((utf8proc_int32_t)point);
}

static uint32_t lower_beyond(uint32_t point)
{
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)point);
}

static bool is_letter_or_digit_beyond(uint32_t point)
{
    switch (utf8proc_category((utf8proc_int32_t)point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

#else

bool co_unicode_available(void)
{
    return false;
}

static uint32_t fold_beyond(uint32_t point)
{
    return point;
}

static uint32_t upper_beyond(uint32_t point)
{
    return point;
}

static uint32_t lower_beyond(uint32_t point)
{
    return point;
}

static bool is_letter_or_digit_beyond(uint32_t point)
{
    (void)point;
    return false;
}

#endif

uint32_t co_point_fold(uint32_t point)
{
    if (point >= FIRST_BEYOND_ASCII)
        return fold_beyond(point);
    return is_upper(point) ? point + 32 : point;
}

uint32_t co_point_lower(uint32_t point)
{
    if (point >= FIRST_BEYOND_ASCII)
        return lower_beyond(point);
    return is_upper(point) ? point + 32 : point;
}

uint32_t co_point_upper(uint32_t point)
{
    if (point >= FIRST_BEYOND_ASCII)
        return upper_beyond(point);
    return is_lower(point) ? point - 32 : point;
}

bool co_point_is_letter_or_digit(uint32_t point)
{
    if (point >= FIRST_BEYOND_ASCII)
        return is_letter_or_digit_beyond(point);
    return is_upper(point) || is_lower(point) || point - '0' < 10;
}

bool co_point_is_white_space(uint32_t point)
{
    if (point < FIRST_BEYOND_ASCII)
        return point == ' ' || point - '\t' < 5;
    return point == 0x85 || point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) ||
           point == 0x2028 || point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}

/* The code point at *at, which moves past it; a bad byte stands for itself, so that every loop ends. */
static uint32_t next_point(co_text text, size_t *at)
{
    uint32_t point = (unsigned char)text.bytes[*at];
    const size_t taken = co_utf8_decode((co_text){ text.bytes + *at, text.length - *at }, &point);

    *at += taken == 0 ? 1 : taken;
    return point;
}

static void append_mapped(co_text text, uint32_t (*map)(uint32_t), co_buffer *out)
{
    size_t at = 0;

    while (at < text.length) {
        char bytes[CO_UTF8_LONGEST];

        co_buffer_append(out, bytes, co_utf8_encode(map(next_point(text, &at)), bytes));
    }
}

void co_text_fold(co_text text, co_buffer *out)
{
    append_mapped(text, co_point_fold, out);
}

void co_text_upper(co_text text, co_buffer *out)
{
    append_mapped(text, co_point_upper, out);
}

void co_text_lower(co_text text, co_buffer *out)
{
    append_mapped(text, co_point_lower, out);
}

int co_text_fold_compare(co_text a, co_text b)
{
    size_t a_at = 0;
    size_t b_at = 0;

    while (a_at < a.length && b_at < b.length) {
        const uint32_t left = co_point_fold(next_point(a, &a_at));
        const uint32_t right = co_point_fold(next_point(b, &b_at));

        if (left != right)
            return left < right ? -1 : 1;
    }
    return (a_at < a.length) - (b_at < b.length);
}

bool co_text_fold_equal(co_text a, co_text b)
{
    return co_text_fold_compare(a, b) == 0;
}

uint64_t co_text_fold_hash(co_text text)
{
    char folded[256 + CO_UTF8_LONGEST];
    size_t length = 0;
    size_t at = 0;
    uint64_t hash = 0;

    /* Whole pieces of at least 256 bytes; fold-equal texts are cut at the same places. */
    while (at < text.length) {
        length += co_utf8_encode(co_point_fold(next_point(text, &at)), folded + length);
        if (length >= 256) {
            hash = co_hash_fast(folded, length, hash);
            length = 0;
        }
    }
    return co_hash_fast(folded, length, hash);
}

bool co_text_is_blank(co_text text)
{
    size_t at = 0;

    while (at < text.length) {
        if (!co_point_is_white_space(next_point(text, &at)))
            return false;
    }
    return true;
}

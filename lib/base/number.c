/* Whole numbers and decimals as text, in and out. Doubles are in base/double.c. */
#include <assert.h>

#include "base/number.h"
#include "base/numeral.h"

/* Any number of this many digits fits 64 bits without a sign. */
#define SAFE_DIGITS 19

static bool is_digit(char byte)
{
    return (unsigned char)(byte - '0') < 10;
}

/* Moves *at past digits and gives them. */
static co_text take_digits(co_text text, size_t *at)
{
    const size_t first = *at;

    while (*at < text.length && is_digit(text.bytes[*at]))
        ++*at;
    return (co_text){ text.bytes + first, *at - first };
}

/* Moves *at past one of + and −; true for −. */
static bool take_sign(co_text text, size_t *at)
{
    if (*at >= text.length || (text.bytes[*at] != '-' && text.bytes[*at] != '+'))
        return false;
    return text.bytes[(*at)++] == '-';
}

static bool take_exponent(co_text text, size_t *at, int64_t *exponent)
{
    const bool negative = take_sign(text, at);
    const co_text digits = take_digits(text, at);
    int64_t value = 0;

    for (size_t i = 0; i < digits.length && value < CO_NUMERAL_MOST_EXPONENT / 10; i++)
        value = value * 10 + (digits.bytes[i] - '0');
    *exponent = negative ? -value : value;
    return digits.length > 0;
}

bool co_numeral_scan(co_text text, co_numeral *numeral)
{
    size_t at = 0;

    numeral->negative = take_sign(text, &at);
    numeral->whole = take_digits(text, &at);
    numeral->fraction = (co_text){ NULL, 0 };
    numeral->has_point = at < text.length && text.bytes[at] == '.';
    numeral->exponent = 0;
    if (numeral->has_point) {
        at++;
        numeral->fraction = take_digits(text, &at);
    }
    if (co_numeral_length(numeral) == 0)
        return false;
    numeral->has_exponent = at < text.length && (text.bytes[at] | 0x20) == 'e';
    if (numeral->has_exponent) {
        at++;
        if (!take_exponent(text, &at, &numeral->exponent))
            return false;
    }
    return at == text.length;
}

size_t co_numeral_leading_zeros(const co_numeral *numeral)
{
    const size_t length = co_numeral_length(numeral);
    size_t zeros = 0;

    while (zeros < length && co_numeral_digit(numeral, zeros) == 0)
        zeros++;
    return zeros;
}

bool co_numeral_has_more(const co_numeral *numeral, size_t i)
{
    const size_t length = co_numeral_length(numeral);

    while (i < length && co_numeral_digit(numeral, i) == 0)
        i++;
    return i < length;
}

bool co_number_scan(co_text text, co_number_shape *shape)
{
    co_numeral numeral;

    if (!co_numeral_scan(text, &numeral))
        return false;
    *shape = (co_number_shape){
        .negative = numeral.negative,
        .has_point = numeral.has_point,
        .has_exponent = numeral.has_exponent,
        .leading_zero = numeral.whole.length > 1 && numeral.whole.bytes[0] == '0',
        .n_whole = numeral.whole.length,
        .n_fraction = numeral.fraction.length,
    };
    return true;
}

static co_parse with_sign(uint64_t magnitude, bool negative, int64_t *value)
{
    if (magnitude > (uint64_t)INT64_MAX + negative)
        return CO_PARSE_RANGE;
    *value = (int64_t)(negative ? 0 - magnitude : magnitude);
    return CO_PARSED;
}

co_parse co_parse_int64(co_text text, int64_t *value)
{
    size_t at = 0;
    const bool negative = take_sign(text, &at);
    uint64_t magnitude = 0;

    if (at == text.length)
        return CO_PARSE_SYNTAX;

    const size_t first = at;

    for (; at < text.length && is_digit(text.bytes[at]); at++) {
        const uint64_t digit = (uint64_t)(text.bytes[at] - '0');

        if (at - first >= SAFE_DIGITS - 1 && magnitude > (UINT64_MAX - digit) / 10)
            break;
        magnitude = magnitude * 10 + digit;
    }
    if (at == text.length)
        return with_sign(magnitude, negative, value);
    (void)take_digits(text, &at);
    return at == text.length ? CO_PARSE_RANGE : CO_PARSE_SYNTAX;
}

co_parse co_parse_wide(co_text text, co_wide *value)
{
    size_t at = 0;
    const bool negative = take_sign(text, &at);
    const co_text digits = take_digits(text, &at);
    co_wide result = co_wide_of(0);

    if (digits.length == 0 || at < text.length)
        return CO_PARSE_SYNTAX;

    for (size_t i = 0; i < digits.length; i++) {
        const int64_t digit = digits.bytes[i] - '0';

        if (!co_wide_multiply(result, co_wide_of(10), &result) ||
            !co_wide_add(result, co_wide_of(negative ? -digit : digit), &result))
            return CO_PARSE_RANGE;
    }
    *value = result;
    return CO_PARSED;
}

/* Digits with at most `scale` of them behind a point, 18 with the zeros that are missing: what nearly all decimals look like. */
static bool parse_short_decimal(co_text text, uint32_t scale, int64_t *value)
{
    size_t at = 0;
    const bool negative = take_sign(text, &at);
    uint32_t n_digits = 0;
    uint32_t n_fraction = 0;
    bool point = false;
    int64_t magnitude = 0;

    if (text.length > SAFE_DIGITS || scale >= SAFE_DIGITS)
        return false;
    for (; at < text.length; at++) {
        if (is_digit(text.bytes[at])) {
            magnitude = magnitude * 10 + (text.bytes[at] - '0');
            n_digits++;
            n_fraction += point;
        } else if (text.bytes[at] == '.' && !point) {
            point = true;
        } else {
            return false;
        }
    }
    if (n_digits == 0 || n_fraction > scale || n_digits + scale - n_fraction >= SAFE_DIGITS)
        return false;
    for (; n_fraction < scale; n_fraction++)
        magnitude *= 10;
    *value = negative ? -magnitude : magnitude;
    return true;
}

co_parse co_parse_decimal(co_text text, uint32_t scale, int64_t *value, bool *rounded)
{
    co_numeral numeral;

    if (parse_short_decimal(text, scale, value)) {
        if (rounded != NULL)
            *rounded = false;
        return CO_PARSED;
    }
    if (!co_numeral_scan(text, &numeral))
        return CO_PARSE_SYNTAX;

    const size_t length = co_numeral_length(&numeral);
    const size_t first = co_numeral_leading_zeros(&numeral);

    /* The result is the digits before `point`, with zeros where there are none. */
    const int64_t point = (int64_t)numeral.whole.length + numeral.exponent + (int64_t)scale;
    uint64_t magnitude = 0;
    bool lost = false;

    if (first < length && point > (int64_t)first + SAFE_DIGITS)
        return CO_PARSE_RANGE;
    for (int64_t i = (int64_t)first; first < length && i < point; i++)
        magnitude = magnitude * 10 + (i < (int64_t)length ? co_numeral_digit(&numeral, (size_t)i) : 0);

    if (point < (int64_t)length) {
        const size_t cut = point > 0 ? (size_t)point : 0;

        lost = co_numeral_has_more(&numeral, cut);
        magnitude += point >= 0 && co_numeral_digit(&numeral, cut) >= 5;
    }

    const co_parse result = with_sign(magnitude, numeral.negative, value);

    if (result == CO_PARSED && rounded != NULL)
        *rounded = lost;
    return result;
}

/* Writes digits in front of `end`; gives where they start. Zero has none. */
static char *put_digits(uint64_t magnitude, char *end)
{
    for (; magnitude != 0; magnitude /= 10)
        *--end = (char)('0' + magnitude % 10);
    return end;
}

static size_t put(char *out, const char *first, const char *end)
{
    memcpy(out, first, (size_t)(end - first));
    return (size_t)(end - first);
}

size_t co_print_int64(int64_t value, char out[CO_INT64_TEXT])
{
    char text[CO_INT64_TEXT];
    char *const end = text + sizeof text;
    char *first = put_digits(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, end);

    if (first == end)
        *--first = '0';
    if (value < 0)
        *--first = '-';
    return put(out, first, end);
}

/* Gives [first, end), a run of digits, a point with `scale` digits behind it, and a sign. */
static size_t put_decimal(char *first, char *end, bool negative, uint32_t scale, char *out)
{
    size_t length = 0;

    while ((size_t)(end - first) <= scale)
        *--first = '0';
    if (negative)
        out[length++] = '-';
    length += put(out + length, first, end - scale);
    if (scale > 0) {
        out[length++] = '.';
        length += put(out + length, end - scale, end);
    }
    return length;
}

size_t co_print_decimal(int64_t value, uint32_t scale, char out[CO_WIDE_TEXT])
{
    char digits[CO_WIDE_TEXT];
    char *const end = digits + sizeof digits;

    assert(scale <= CO_WIDE_MOST_SCALE);
    return put_decimal(put_digits(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, end), end, value < 0, scale, out);
}

size_t co_print_wide(co_wide value, uint32_t scale, char out[CO_WIDE_TEXT])
{
    const int64_t group = INT64_C(1000000000000000000);
    const int group_digits = 18;
    const bool negative = co_wide_sign(value) < 0;
    char digits[CO_WIDE_TEXT];
    char *const end = digits + sizeof digits;
    char *first = end;

    assert(scale <= CO_WIDE_MOST_SCALE);
    for (char *next = end; co_wide_sign(value) != 0;) {
        co_wide rest;
        int64_t low = 0;

        (void)co_wide_divide(value, co_wide_of(group), &value, &rest);
        (void)co_wide_to_int64(rest, &low);
        first = put_digits((uint64_t)(low < 0 ? -low : low), next);
        next -= group_digits;
        while (co_wide_sign(value) != 0 && first > next)
            *--first = '0';
    }
    return put_decimal(first, end, negative, scale, out);
}

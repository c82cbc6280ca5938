/* The naive model's text: code point by code point. */
#include <string.h>

#include "support/model.h"

enum { MOST = 4096 };

/* The few letters beyond ASCII that random data uses. */
static const struct {
    uint32_t point, fold, upper, lower;
} letters[] = {
    { 0xc9, 0xe9, 0xc9, 0xe9 },         /* É */
    { 0xe9, 0xe9, 0xc9, 0xe9 },         /* é */
    { 0x3a3, 0x3c3, 0x3a3, 0x3c3 },     /* Σ */
    { 0x3c3, 0x3c3, 0x3a3, 0x3c3 },     /* σ */
    { 0x3c2, 0x3c3, 0x3a3, 0x3c2 },     /* ς */
    { 0x212a, 'k', 0x212a, 'k' },       /* Kelvin */
    { 0xdf, 0xdf, 0xdf, 0xdf },         /* ß */
};

static uint32_t map(uint32_t point, int which)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].point == point)
            return which == 0 ? letters[i].fold : which == 1 ? letters[i].upper : letters[i].lower;
    if (which == 1)
        return point >= 'a' && point <= 'z' ? point - 32 : point;
    return point >= 'A' && point <= 'Z' ? point + 32 : point;
}

uint32_t m_fold(uint32_t point) { return map(point, 0); }
uint32_t m_upper(uint32_t point) { return map(point, 1); }
uint32_t m_lower(uint32_t point) { return map(point, 2); }

size_t m_points(co_text text, uint32_t *points, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < text.length && n < room;) {
        const unsigned char c = (unsigned char)text.bytes[i];
        const int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        uint32_t point = more == 0 ? c : (uint32_t)(c & (0x3f >> more));

        for (int j = 1; j <= more; j++)
            point = point << 6 | ((unsigned char)text.bytes[i + (size_t)j] & 0x3f);
        points[n++] = point;
        i += (size_t)more + 1;
    }
    return n;
}

static size_t read(co_text text, uint32_t *points, bool nocase)
{
    const size_t n = m_points(text, points, MOST);

    for (size_t i = 0; i < n && nocase; i++)
        points[i] = m_fold(points[i]);
    return n;
}

int m_text_compare(co_text a, co_text b, bool nocase)
{
    uint32_t x[MOST], y[MOST];
    const size_t n_x = read(a, x, nocase);
    const size_t n_y = read(b, y, nocase);

    for (size_t i = 0; i < n_x && i < n_y; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return (n_x > n_y) - (n_x < n_y);
}

static bool like(const uint32_t *t, size_t n_t, const uint32_t *p, size_t n_p, uint32_t escape)
{
    if (n_p == 0)
        return n_t == 0;
    if (p[0] == escape && n_p > 1)
        return n_t > 0 && t[0] == p[1] && like(t + 1, n_t - 1, p + 2, n_p - 2, escape);
    if (p[0] == '%') {
        for (size_t skip = 0; skip <= n_t; skip++)
            if (like(t + skip, n_t - skip, p + 1, n_p - 1, escape))
                return true;
        return false;
    }
    return n_t > 0 && (p[0] == '_' || p[0] == t[0]) && like(t + 1, n_t - 1, p + 1, n_p - 1, escape);
}

bool m_like(co_text text, co_text pattern, uint32_t escape, bool nocase)
{
    uint32_t t[MOST], p[MOST];
    const size_t n_t = read(text, t, nocase);
    const size_t n_p = read(pattern, p, nocase);

    return like(t, n_t, p, n_p, escape);
}

static bool is_word(uint32_t point)
{
    return point == '_' || (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') ||
           (point >= 'A' && point <= 'Z') || point >= 0x80;
}

bool m_contains(co_text text, co_text part, co_text_verb verb, bool nocase)
{
    uint32_t t[MOST], p[MOST];
    const size_t n_t = read(text, t, nocase);
    const size_t n_p = read(part, p, nocase);

    for (size_t at = 0; at + n_p <= n_t; at++) {
        if (memcmp(t + at, p, n_p * sizeof *p) != 0)
            continue;
        if (verb == CO_CONTAINS || (verb == CO_STARTS_WITH && at == 0) || (verb == CO_ENDS_WITH && at + n_p == n_t))
            return true;
        if (verb == CO_CONTAINS_WORD && (at == 0 || !is_word(t[at - 1])) && (at + n_p == n_t || !is_word(t[at + n_p])))
            return true;
    }
    return false;
}

/* Only the patterns that random expressions use. */
bool m_matches(co_text text, co_text pattern, bool nocase)
{
    uint32_t t[MOST];
    const size_t n = read(text, t, nocase);

    if (co_text_equal(pattern, CO_TEXT("^a")))
        return n > 0 && t[0] == 'a';
    if (co_text_equal(pattern, CO_TEXT("b$")))
        return n > 0 && (t[n - 1] == 'b' || (t[n - 1] == '\n' && n > 1 && t[n - 2] == 'b'));
    for (size_t i = 0; i < n; i++) {
        if (co_text_equal(pattern, CO_TEXT("[0-9]")) && t[i] >= '0' && t[i] <= '9')
            return true;
        if (co_text_equal(pattern, CO_TEXT("x|y")) && (t[i] == 'x' || t[i] == 'y'))
            return true;
        if (co_text_equal(pattern, CO_TEXT("a.b")) && i + 2 < n && t[i] == 'a' && t[i + 1] != '\n' && t[i + 2] == 'b')
            return true;
    }
    return false;
}

bool m_blank(co_text text)
{
    for (size_t i = 0; i < text.length; i++)
        if (strchr(" \t\n\r\v\f", text.bytes[i]) == NULL)
            return false;
    return true;
}

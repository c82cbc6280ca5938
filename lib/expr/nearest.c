/*
 * The known name nearest to a mistyped one.
 *
 * Always:  at most two edits (a letter added, left out, changed, or two
 *          neighbours swapped), case forgiven; and fewer edits than half the
 *          wanted name, so that `x` never becomes `id`.
 * Costs:   names whose length differs by more than two are not looked at.
 */
#include "base/utf8.h"
#include "expr/expr.h"
#include "expr/words.h"

enum { most_edits = 2, longest = 64 };

/* Code points of a name with ASCII letters in capitals; 0 if empty, too long or not UTF-8. */
static size_t read_points(co_text name, uint32_t points[longest])
{
    size_t n = 0;

    while (name.length > 0) {
        uint32_t point = 0;
        const size_t length = co_utf8_decode(name, &point);

        if (length == 0 || n == longest)
            return 0;
        points[n++] = point < 0x80 ? (uint32_t)(unsigned char)co_to_capital((char)point) : point;
        name.bytes += length;
        name.length -= length;
    }
    return n;
}

static unsigned least_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Edits between a and b, where neighbours swapped are one (restricted Damerau-Levenshtein). */
static unsigned count_edits(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
    unsigned rows[3][longest + 1];
    unsigned *before = rows[0];
    unsigned *last = rows[1];
    unsigned *now = rows[2];

    for (size_t j = 0; j <= n_b; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= n_a; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= n_b; j++) {
            now[j] = least_of(last[j - 1] + (a[i - 1] != b[j - 1]), least_of(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least_of(now[j], before[j - 2] + 1);
        }
        unsigned *const oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[n_b];
}

co_text co_expr_nearest(co_text wanted, const co_text *names, size_t n)
{
    uint32_t wanted_points[longest];
    uint32_t points[longest];
    co_text nearest = { NULL, 0 };
    const size_t n_wanted = read_points(wanted, wanted_points);
    unsigned limit = n_wanted <= 2 ? 0 : n_wanted <= 4 ? 1 : most_edits;

    if (n_wanted == 0)
        return nearest;
    for (size_t i = 0; i < n; i++) {
        const size_t n_points = read_points(names[i], points);

        if (n_points == 0 || n_points + limit < n_wanted || n_wanted + limit < n_points)
            continue;
        const unsigned edits = count_edits(wanted_points, n_wanted, points, n_points);
        if (edits > limit || (edits == limit && nearest.bytes != NULL))
            continue;
        nearest = names[i];
        limit = edits;
        if (edits == 0)
            break;
    }
    return nearest;
}

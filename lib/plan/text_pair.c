/*
 * LIKE, CONTAINS and the others where what is looked for differs from row to
 * row, so that nothing can be prepared.
 *
 * Costs:   the text's length times that of what is looked for.
 */
#include "plan/plan.h"
#include "plan/text_cursor.h"

/* ---- looking for text ---- */

/* `wanted` here; the cursor moves behind it. */
static bool take(co_text_cursor *cursor, co_text_cursor wanted)
{
    uint32_t a, b;

    while (co_text_next(&wanted, &b)) {
        if (!co_text_next(cursor, &a) || a != b)
            return false;
    }
    return true;
}

static bool contains(co_text_cursor text, co_text_cursor wanted, bool whole_words)
{
    uint32_t before = ' ', after;

    for (;;) {
        co_text_cursor here = text;

        if (!(whole_words && co_text_is_word_point(before)) && take(&here, wanted) &&
            (!whole_words || !co_text_next(&here, &after) || !co_text_is_word_point(after)))
            return true;
        if (!co_text_next(&text, &before))
            return false;
    }
}

/* ---- LIKE ---- */

typedef enum co_sign { SIGN_POINT, SIGN_ANY_ONE, SIGN_ANY_RUN, SIGN_END, SIGN_BROKEN } co_sign;

static co_sign next_sign(co_text_cursor *pattern, uint32_t escape, uint32_t *point)
{
    const co_text_cursor plain = { pattern->left, false };
    co_text_cursor as_written = plain;

    if (!co_text_next(&as_written, point))
        return SIGN_END;
    if (*point == escape) {
        pattern->left = as_written.left;
        return co_text_next(pattern, point) ? SIGN_POINT : SIGN_BROKEN;
    }
    if (*point == '%' || *point == '_') {
        pattern->left = as_written.left;
        return *point == '%' ? SIGN_ANY_RUN : SIGN_ANY_ONE;
    }
    (void)co_text_next(pattern, point);
    return SIGN_POINT;
}

/* Back to the last '%', which then takes one code point more. */
static bool like(co_text_cursor text, co_text_cursor pattern, uint32_t escape)
{
    co_text_cursor run_text = text, run_pattern = pattern;
    bool has_run = false;
    uint32_t wanted, point;

    for (;;) {
        const co_sign sign = next_sign(&pattern, escape, &wanted);

        if (sign == SIGN_BROKEN)
            return false;
        if (sign == SIGN_ANY_RUN) {
            has_run = true;
            run_text = text;
            run_pattern = pattern;
            continue;
        }
        if (sign == SIGN_END ? text.left.length == 0
                             : co_text_next(&text, &point) && (sign == SIGN_ANY_ONE || wanted == point)) {
            if (sign == SIGN_END)
                return true;
            continue;
        }
        if (!has_run || !co_text_next(&run_text, &point))
            return false;
        text = run_text;
        pattern = run_pattern;
    }
}

bool co_text_pair_test(uint8_t text_verb, uint32_t escape, bool nocase, co_text text, co_text wanted)
{
    co_text_cursor in = { text, nocase };
    const co_text_cursor what = { wanted, nocase };

    switch (text_verb) {
    case CO_PAIR_LIKE:
        return like(in, what, escape);
    case CO_STARTS_WITH:
        return take(&in, what);
    case CO_ENDS_WITH:
        return co_text_skip_to_end(&in, co_utf8_count(wanted)) && take(&in, what);
    default:
        return contains(in, what, text_verb == CO_CONTAINS_WORD);
    }
}

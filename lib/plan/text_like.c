/*
 * LIKE: '%' is any run of code points, '_' any one; and CONTAINS, STARTS WITH,
 * ENDS WITH and CONTAINS WORD, which are looked for in the same way.
 *
 * A pattern is pieces between its '%'. The first is tied to the start unless
 * a '%' comes before it, the last to the end; those between are found from left
 * to right, each at its first place, which is always a best one.
 *
 * Costs:   linear in the text for pieces without '_' (Knuth, Morris, Pratt: no
 *          character of the text is read again); times the piece's length with '_'.
 */
#include "plan/binder.h"
#include "plan/text_cursor.h"

#define ANY_POINT UINT32_MAX

typedef struct co_piece {
    const uint32_t *points; /* folded if nocase; ANY_POINT for '_' */
    const uint32_t
        *restart; /* restart[k]: longest proper border of the first k points; NULL if there is a '_' */
    uint32_t n;
} co_piece;

typedef struct co_pattern {
    bool nocase;
    bool from_start, to_end; /* the first and last piece are tied */
    bool whole_words;
    uint32_t n_pieces;
    const co_piece *pieces;
} co_pattern;

/* Any of some patterns. */
typedef struct co_patterns {
    uint32_t n;
    const co_pattern *patterns;
} co_patterns;

/* ---- pieces in a text ---- */

static bool fits(uint32_t wanted, uint32_t point)
{
    return wanted == ANY_POINT || wanted == point;
}

/* The piece here; the cursor moves behind it. */
static bool take_piece(co_text_cursor *cursor, const co_piece *piece)
{
    uint32_t point;

    for (uint32_t i = 0; i < piece->n; i++) {
        if (!co_text_next(cursor, &point) || !fits(piece->points[i], point))
            return false;
    }
    return true;
}

/* The first place of a piece without '_'. */
static bool find_plain(co_text_cursor *cursor, const co_piece *piece)
{
    uint32_t n_met = 0, point;

    while (n_met < piece->n) {
        if (!co_text_next(cursor, &point))
            return false;
        while (n_met > 0 && piece->points[n_met] != point)
            n_met = piece->restart[n_met];
        if (piece->points[n_met] == point)
            n_met++;
    }
    return true;
}

static bool find_piece(co_text_cursor *cursor, const co_piece *piece)
{
    uint32_t point;

    if (piece->restart != NULL)
        return find_plain(cursor, piece);
    for (;;) {
        co_text_cursor here = *cursor;

        if (take_piece(&here, piece)) {
            *cursor = here;
            return true;
        }
        if (!co_text_next(cursor, &point))
            return false;
    }
}

/* ---- whole words ---- */

static bool find_word(co_text text, const co_pattern *pattern)
{
    co_text_cursor cursor = { text, pattern->nocase };
    uint32_t before = ' ', after, point;

    for (;;) {
        co_text_cursor here = cursor;

        if (!co_text_is_word_point(before) && take_piece(&here, &pattern->pieces[0]) &&
            (!co_text_next(&here, &after) || !co_text_is_word_point(after)))
            return true;
        if (!co_text_next(&cursor, &point))
            return false;
        before = point;
    }
}

/* ---- whole patterns ---- */

static bool matches(co_text text, const co_pattern *pattern)
{
    co_text_cursor cursor = { text, pattern->nocase };
    uint32_t first = 0, n = pattern->n_pieces;

    if (pattern->whole_words)
        return find_word(text, pattern);
    if (pattern->from_start && !take_piece(&cursor, &pattern->pieces[first++]))
        return false;
    if (pattern->to_end && first == n)
        return cursor.left.length == 0;
    for (; first < n - pattern->to_end; first++) {
        if (!find_piece(&cursor, &pattern->pieces[first]))
            return false;
    }
    return !pattern->to_end || (co_text_skip_to_end(&cursor, pattern->pieces[n - 1].n) &&
                                take_piece(&cursor, &pattern->pieces[n - 1]));
}

static cohort_status test_patterns(void *context, co_text text, bool *hit, cohort_error *error)
{
    const co_patterns *patterns = context;

    (void)error;
    *hit = false;
    for (uint32_t i = 0; i < patterns->n && !*hit; i++)
        *hit = matches(text, &patterns->patterns[i]);
    return COHORT_OK;
}

/* ---- making patterns ---- */

static const uint32_t *borders(co_binder *binder, const uint32_t *points, uint32_t n)
{
    uint32_t *restart = co_bind_new(binder, (size_t)n + 1, sizeof *restart);

    for (uint32_t i = 2, length = 0; restart != NULL && i <= n; i++) {
        while (length > 0 && points[i - 1] != points[length])
            length = restart[length];
        if (points[i - 1] == points[length])
            length++;
        restart[i] = length;
    }
    return restart;
}

static co_piece piece_of(co_binder *binder, const uint32_t *points, uint32_t n)
{
    co_piece piece = { points, NULL, n };

    for (uint32_t i = 0; i < n; i++) {
        if (points[i] == ANY_POINT)
            return piece;
    }
    piece.restart = borders(binder, points, n);
    return piece;
}

/* Literal text as one piece. */
static co_piece piece_of_text(co_binder *binder, co_text text, bool nocase)
{
    uint32_t *points = co_bind_new(binder, text.length + 1, sizeof *points);
    co_text_cursor cursor = { text, nocase };
    uint32_t n = 0;

    if (points == NULL)
        return (co_piece){ NULL, NULL, 0 };
    while (co_text_next(&cursor, &points[n]))
        n++;
    return piece_of(binder, points, n);
}

static co_pattern pattern_of_text(co_binder *binder, co_text_verb verb, co_text text, bool nocase)
{
    co_pattern pattern = { .nocase = nocase, .n_pieces = 1 };
    co_piece *piece = co_bind_new(binder, 1, sizeof *piece);

    if (piece != NULL)
        *piece = piece_of_text(binder, text, nocase);
    pattern.pieces = piece;
    pattern.from_start = verb == CO_STARTS_WITH;
    pattern.to_end = verb == CO_ENDS_WITH;
    pattern.whole_words = verb == CO_CONTAINS_WORD;
    return pattern;
}

typedef struct co_reading {
    uint32_t *points; /* of the piece being read */
    uint32_t n;
    co_piece *pieces;
    uint32_t n_pieces;
} co_reading;

static void end_piece(co_binder *binder, co_reading *reading)
{
    reading->pieces[reading->n_pieces++] = piece_of(binder, reading->points, reading->n);
    reading->points += reading->n;
    reading->n = 0;
}

/*
 * Cuts a LIKE pattern at its '%'. An empty piece stands before a '%' in front
 * and after one at the end, so both ends are always tied; inside none is kept.
 */
static bool read_pattern(co_binder *binder, co_text text, uint32_t escape, bool nocase, uint64_t position,
                         co_pattern *pattern)
{
    co_reading reading = { .points = co_bind_new(binder, text.length + 1, sizeof *reading.points),
                           .pieces = co_bind_new(binder, text.length + 2, sizeof *reading.pieces) };
    co_text_cursor cursor = { text, false };
    uint32_t point;

    if (co_bind_failed(binder))
        return false;
    while (co_text_next(&cursor, &point)) {
        if (point == escape) {
            if (!co_text_next(&cursor, &point)) {
                co_bind_fail(binder, COHORT_PARSE, position, "the pattern ends in its escape character");
                return false;
            }
        } else if (point == '%') {
            if (reading.n > 0 || reading.n_pieces == 0)
                end_piece(binder, &reading);
            continue;
        } else if (point == '_') {
            reading.points[reading.n++] = ANY_POINT;
            continue;
        }
        reading.points[reading.n++] = nocase ? co_point_fold(point) : point;
    }
    if (reading.n > 0 || reading.n_pieces == 0 || (text.length > 0 && text.bytes[text.length - 1] == '%'))
        end_piece(binder, &reading);
    *pattern = (co_pattern){ .nocase = nocase,
                             .from_start = true,
                             .to_end = true,
                             .n_pieces = reading.n_pieces,
                             .pieces = reading.pieces };
    return !co_bind_failed(binder);
}

/* ---- as matches ---- */

static co_text_match *match_of(co_binder *binder, const co_buffer *key, const co_dictionary *dictionary,
                               const co_pattern *patterns, uint32_t n)
{
    co_patterns *context = co_bind_new(binder, 1, sizeof *context);

    if (context == NULL)
        return NULL;
    *context = (co_patterns){ n, patterns };
    return co_match_new(binder, co_match_key_text(key), dictionary, test_patterns, context);
}

co_text_match *co_match_like(co_binder *binder, const co_dictionary *dictionary, co_text pattern,
                             uint32_t escape, bool nocase, uint64_t position)
{
    co_text_match *match = NULL;
    co_buffer key;

    co_match_key(&key, binder, 'L', nocase, &pattern, 1);
    co_buffer_u32(&key, escape);
    if (!co_bind_failed(binder))
        match = co_match_known(binder, co_match_key_text(&key), dictionary);
    if (!co_bind_failed(binder) && match == NULL) {
        co_pattern *made = co_bind_new(binder, 1, sizeof *made);

        if (made != NULL && read_pattern(binder, pattern, escape, nocase, position, made))
            match = match_of(binder, &key, dictionary, made, 1);
    }
    co_buffer_clear(&key);
    return match;
}

co_text_match *co_match_find(co_binder *binder, const co_dictionary *dictionary, co_text_verb verb,
                             const co_text *wanted, uint32_t n, bool nocase)
{
    static const char kinds[] = {
        [CO_CONTAINS] = 'C', [CO_CONTAINS_WORD] = 'W', [CO_STARTS_WITH] = 'S', [CO_ENDS_WITH] = 'E'
    };
    co_text_match *match = NULL;
    co_buffer key;

    co_match_key(&key, binder, kinds[verb], nocase, wanted, n);
    if (!co_bind_failed(binder))
        match = co_match_known(binder, co_match_key_text(&key), dictionary);
    if (!co_bind_failed(binder) && match == NULL) {
        co_pattern *made = co_bind_new(binder, n, sizeof *made);

        for (uint32_t i = 0; made != NULL && i < n; i++)
            made[i] = pattern_of_text(binder, verb, wanted[i], nocase);
        if (!co_bind_failed(binder))
            match = match_of(binder, &key, dictionary, made, n);
    }
    co_buffer_clear(&key);
    return match;
}

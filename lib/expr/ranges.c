/* Date ranges by name: see ranges.h. Source: SOQL's date literals. */
#include "expr/ranges.h"

#include "expr/expr.h"
#include "expr/words.h"

typedef struct range_word {
    co_text text;
    co_range_kind kind;
    co_unit unit;
    int64_t count; /* the offset; the sign of the number if one is needed */
    bool needs_number;
} range_word;

#define WORD(text, kind, unit, count, needs_number)                                     \
    {                                                                                   \
        { text, sizeof text - 1 }, CO_RANGE_##kind, CO_UNIT_##unit, count, needs_number \
    }

/* What every unit but the day has. */
#define UNIT_WORDS(name, unit)                                                                          \
    WORD("LAST_" name, THIS, unit, -1, false), WORD("THIS_" name, THIS, unit, 0, false),                \
        WORD("NEXT_" name, THIS, unit, 1, false), WORD("THIS_" name "_SO_FAR", SO_FAR, unit, 0, false), \
        COUNTED_WORDS(name, unit)

#define COUNTED_WORDS(name, unit)                                                                     \
    WORD("LAST_N_" name "S", LAST_N, unit, 1, true), WORD("NEXT_N_" name "S", NEXT_N, unit, 1, true), \
        WORD("N_" name "S_AGO", THIS, unit, -1, true)

static const range_word range_words[] = {
    WORD("YESTERDAY", THIS, DAY, -1, false),
    WORD("TODAY", THIS, DAY, 0, false),
    WORD("TOMORROW", THIS, DAY, 1, false),
    WORD("LAST_90_DAYS", LAST_N, DAY, 90, false),
    WORD("NEXT_90_DAYS", NEXT_N, DAY, 90, false),
    COUNTED_WORDS("DAY", DAY),
    UNIT_WORDS("WEEK", WEEK),
    UNIT_WORDS("MONTH", MONTH),
    UNIT_WORDS("QUARTER", QUARTER),
    UNIT_WORDS("YEAR", YEAR),
    UNIT_WORDS("FISCAL_QUARTER", FISCAL_QUARTER),
    UNIT_WORDS("FISCAL_YEAR", FISCAL_YEAR),
};

enum { n_range_words = sizeof range_words / sizeof range_words[0] };

static const range_word *find_range_word(co_text word)
{
    for (unsigned i = 0; i < n_range_words; i++) {
        if (co_word_same(word, range_words[i].text))
            return &range_words[i];
    }
    return NULL;
}

/* The number in `digits`; false if it is more than the longest range. */
static bool read_count(co_text digits, int64_t *count)
{
    *count = 0;
    for (size_t i = 0; i < digits.length; i++) {
        *count = *count * 10 + (digits.bytes[i] - '0');
        if (*count > CO_RANGE_LONGEST)
            return false;
    }
    return true;
}

co_range_reading co_range_read(co_text text, co_range *range)
{
    const char *colon = memchr(text.bytes, ':', text.length);
    const size_t word_length = colon == NULL ? text.length : (size_t)(colon - text.bytes);
    const range_word *word = find_range_word((co_text){ text.bytes, word_length });
    int64_t count = 0;

    if (word == NULL)
        return CO_RANGE_UNKNOWN;
    if (word->needs_number != (colon != NULL))
        return word->needs_number ? CO_RANGE_NEEDS_NUMBER : CO_RANGE_TAKES_NO_NUMBER;
    if (colon != NULL && !read_count((co_text){ colon + 1, text.length - word_length - 1 }, &count))
        return CO_RANGE_TOO_LONG;

    *range = (co_range){ word->kind, word->unit, colon == NULL ? word->count : word->count * count };
    return CO_RANGE_READ;
}

bool co_range_is_word(co_text word)
{
    return find_range_word(word) != NULL;
}

co_text co_range_suggest(co_text word)
{
    co_text names[n_range_words];

    for (unsigned i = 0; i < n_range_words; i++)
        names[i] = range_words[i].text;
    return co_expr_nearest(word, names, n_range_words);
}

/*
 * Names of date ranges: TODAY, LAST_WEEK, LAST_N_DAYS:30, THIS_YEAR_SO_FAR …
 *
 * Always:  any letter case. A range word names a range only where the grammar
 *          offers one; elsewhere it is a name like any other.
 */
#ifndef CO_EXPR_RANGES_H
#define CO_EXPR_RANGES_H

#include "base/text.h"
#include "expr/tree.h"

typedef enum co_range_reading {
    CO_RANGE_READ,
    CO_RANGE_UNKNOWN,           /* no range is named so */
    CO_RANGE_NEEDS_NUMBER,      /* LAST_N_DAYS without ":30" */
    CO_RANGE_TAKES_NO_NUMBER,   /* TODAY:3 */
    CO_RANGE_TOO_LONG           /* more than CO_RANGE_LONGEST units */
} co_range_reading;

#define CO_RANGE_LONGEST 1000000000

/* Reads "WORD" or "WORD:digits". */
co_range_reading co_range_read(co_text text, co_range *range);

/* True for a word, with or without a number to follow, that names a range. */
bool co_range_is_word(co_text word);

/* The range word nearest to a mistyped one, or one with NULL bytes. */
co_text co_range_suggest(co_text word);

#endif

/*
 * What type a column of text is, from all of its values.
 *
 * Always:  true/false alone make a bool; whole numbers an int; plain decimals a
 *          decimal with the most digits seen after the point, or a double past
 *          18 digits; anything with an exponent a double; ISO dates (or those of
 *          the given layout) a date or timestamp. A leading zero or plus (007,
 *          +61…), and whatever does not fit the others, makes a string: no digit
 *          of a code or telephone number is ever lost.
 */
#ifndef CO_IO_INFER_H
#define CO_IO_INFER_H

#include "base/digits.h"
#include "io/datecell.h"
#include "io/fieldtype.h"

typedef enum co_infer_kind {
    CO_SEEN_BOOL = 1,
    CO_SEEN_INT = 2,
    CO_SEEN_DECIMAL = 4,
    CO_SEEN_DOUBLE = 8,
    CO_SEEN_DATE = 16,
    CO_SEEN_TIME = 32,
    CO_SEEN_TEXT = 64           /* then nothing else matters */
} co_infer_kind;

typedef struct co_inference {
    uint32_t kinds;             /* bits of what was seen */
    bool fraction;              /* a digit other than 0 after a point */
    size_t most_whole;          /* digits before the point */
    size_t most_fraction;       /* and after it */
} co_inference;

/* Takes note of one value that is not NULL. */
void co_infer_value(co_inference *inference, co_text text, const co_date_form *form);

/*
 * Whether text is a whole number of up to 16 digits, not 0 in front, of which note is
 * then taken. 8 bytes must be readable.
 */
static inline bool co_infer_whole(co_inference *inference, co_text text)
{
    uint64_t number;

    if (text.length - 1 >= 16 || (text.bytes[0] == '0' && text.length > 1) ||
        !co_digits_16(text.bytes, text.length, &number))
        return false;
    inference->kinds |= CO_SEEN_INT;
    if (text.length > inference->most_whole)
        inference->most_whole = text.length;
    return true;
}

/* The type of all values seen; string if there were none. */
co_field_type co_infer_type(const co_inference *inference);

/* The same for a key or reference: an int or a string. 17850.0 is an int. */
co_field_type co_infer_key_type(const co_inference *inference);

#endif

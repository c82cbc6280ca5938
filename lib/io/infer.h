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

#include "io/datecell.h"
#include "io/fieldtype.h"

typedef struct co_inference {
    uint32_t kinds;             /* bits of what was seen; see infer.c */
    bool fraction;              /* a digit other than 0 after a point */
    size_t most_whole;          /* digits before the point */
    size_t most_fraction;       /* and after it */
} co_inference;

/* Takes note of one value that is not NULL. */
void co_infer_value(co_inference *inference, co_text text, const co_date_form *form);

/* The type of all values seen; string if there were none. */
co_field_type co_infer_type(const co_inference *inference);

/* The same for a key or reference: an int or a string. 17850.0 is an int. */
co_field_type co_infer_key_type(const co_inference *inference);

#endif

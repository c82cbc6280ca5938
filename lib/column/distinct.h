/*
 * The distinct texts of one tile, numbered 0, 1, 2, … as they come, and their
 * places in the order of a dictionary's codes. Scratch of encoding.
 */
#ifndef CO_COLUMN_DISTINCT_H
#define CO_COLUMN_DISTINCT_H

#include "base/memory.h"
#include "base/text.h"
#include "column/column.h"

#define CO_NO_NUMBER UINT32_MAX

typedef struct co_distinct_text {
    co_text text;
    uint32_t hash;
} co_distinct_text;

typedef struct co_distinct {
    co_memory *memory;
    co_distinct_text *texts; /* by number; the bytes are the caller's */
    size_t n;
    size_t capacity;
    uint32_t *table; /* number + 1, or 0 */
    size_t n_slots;
} co_distinct;

void co_distinct_init(co_distinct *distinct, co_memory *memory);
void co_distinct_clear(co_distinct *distinct);

/* The number of the text, new or old; CO_NO_NUMBER: no memory. */
uint32_t co_distinct_add(co_distinct *distinct, co_text text);

/*
 * The number of a packed text, new or old, so that each word is looked at once: `known`
 * has for every word its number + 1, 0 so far. Not to be mixed with co_distinct_add.
 */
uint32_t co_distinct_append(co_distinct *distinct, co_text word);
static inline uint32_t co_distinct_packed(co_distinct *distinct, const co_packed *packed, size_t i, uint32_t *known)
{
    const uint64_t code = co_packed_code(packed, i);

    if (known[code] == 0)
        known[code] = co_distinct_append(distinct, packed->words[code]) + 1;
    return known[code] - 1;
}

/*
 * Adds every text to the dictionary. codes[0 .. n): their codes, rising;
 * places[number]: where in `codes` that text's code is. False: no memory.
 */
bool co_distinct_rank(const co_distinct *distinct, co_dictionary *dictionary, uint32_t *codes,
                      uint32_t *places);

#endif

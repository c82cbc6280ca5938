/*
 * The distinct strings of one field, each with a code: 0, 1, 2, … in order of
 * first use.
 *
 * Always:  append-only; a code and its text never change, so versions old and
 *          new share one dictionary. Texts do not move once given.
 * Threads: one writer appends while any number find texts and read codes below
 *          the count they have seen.
 * Costs:   find and add O(length); text O(1).
 */
#ifndef CO_COLUMN_DICTIONARY_H
#define CO_COLUMN_DICTIONARY_H

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

typedef struct co_dictionary co_dictionary;

#define CO_NO_CODE UINT32_MAX

/* Shared: retain and release (NULL allowed). NULL: no memory. */
co_dictionary *co_dictionary_new(co_memory *memory);
co_dictionary *co_dictionary_retain(co_dictionary *dictionary);
void co_dictionary_release(co_dictionary *dictionary);

uint32_t co_dictionary_count(const co_dictionary *dictionary);
/* code < count. */
co_text co_dictionary_text(const co_dictionary *dictionary, uint32_t code);
/* CO_NO_CODE if it is not there. */
uint32_t co_dictionary_find(const co_dictionary *dictionary, co_text text);
/*
 * The code of `text`, valid UTF-8, new or old. Writer only. CO_NO_CODE, and
 * nothing changed: no memory, text of 4 GiB or more, or 2^32 - 2 codes given.
 */
uint32_t co_dictionary_add(co_dictionary *dictionary, co_text text);
size_t co_dictionary_bytes(const co_dictionary *dictionary);

void co_dictionary_write(const co_dictionary *dictionary, co_buffer *out);
/* Hostile bytes: validated whole (UTF-8, no duplicates) before anything is given. */
cohort_status co_dictionary_read(co_memory *memory, co_reader *in, co_dictionary **dictionary, cohort_error *error);

#endif

/*
 * The keys a load has met so far, with the line of each: only kept when the
 * first of several rows wins, or several are an error.
 */
#ifndef CO_IO_SEEN_H
#define CO_IO_SEEN_H

#include "base/error.h"
#include "store/version.h"

typedef struct co_seen_entry {
    co_key key;
    uint64_t line;              /* 0: free */
} co_seen_entry;

typedef struct co_seen {
    co_memory *memory;
    co_seen_entry *entries;     /* n_slots, a power of two; at most half in use */
    size_t n_slots;
    size_t n_keys;
} co_seen;

void co_seen_init(co_seen *seen, co_memory *memory);
void co_seen_clear(co_seen *seen);

/* Adds a key unless it is there; *first_line is 0 if it is new. Texts must live as long as `seen`. */
cohort_status co_seen_add(co_seen *seen, co_key key, uint64_t line, uint64_t *first_line, cohort_error *error);

#endif

/* A version as its sections in memory, to change bytes in and to restore from. */
#ifndef CO_SUPPORT_SAVED_H
#define CO_SUPPORT_SAVED_H

#include "store/sections.h"

#define CO_MOST_SAVED 64

typedef struct co_saved {
    size_t n;
    co_section sections[CO_MOST_SAVED];
    char *bytes[CO_MOST_SAVED];
    size_t lengths[CO_MOST_SAVED];
} co_saved;

co_saved co_saved_of(const co_version *version);
void co_saved_free(co_saved *saved);
cohort_status co_saved_restore(const co_saved *saved, const cohort_allocator *allocator, co_store **store,
                               cohort_error *error);

#endif

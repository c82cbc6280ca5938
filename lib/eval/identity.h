/*
 * Numbers for values, so that two are equal if and only if their numbers are:
 * what DISTINCT, MODE and SAME compare.
 *
 * Always:  numbers are 0, 1, … in the order in which values are first seen; equal
 *          is meant as `=` means it: texts by their collation, −0 as 0, a month as
 *          30 days.
 * Costs:   a look into a hash table each, and memory for the distinct ones.
 */
#ifndef CO_EVAL_IDENTITY_H
#define CO_EVAL_IDENTITY_H

#include "base/arena.h"
#include "eval/values.h"

typedef struct co_identity {
    co_memory *memory;
    bool nocase;
    bool copies_texts; /* texts do not last by themselves */
    co_arena texts;
    co_vector values; /* by number; EXACT is wide */
    size_t capacity;
    uint32_t n;
    uint32_t *table;  /* number + 1; 0: free */
    uint32_t *hashes; /* by number */
    size_t hashes_capacity;
    size_t n_places; /* of the table, a power of two */
} co_identity;

/* Of any type but SET and POINT. */
void co_identity_init(co_identity *identity, co_memory *memory, co_vtype type, bool nocase,
                      bool copies_texts);
void co_identity_clear(co_identity *identity);

/* The number of value i, which must be there. */
cohort_status co_identity_find(co_identity *identity, const co_vector *values, uint32_t i, uint32_t *number);
/* The number of a pair of numbers; the identity is of type EXACT and used for nothing else. */
cohort_status co_identity_find_pair(co_identity *identity, uint32_t a, uint32_t b, uint32_t *number);

#endif

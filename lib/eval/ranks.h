/*
 * Places among ranked records: what TOP, NTILE, RANK and PERCENT_RANK say of
 * each, once their values are numbers that order as they do.
 *
 * Always:  equal values are told apart by ascending key, whichever end is
 *          counted from; keys are fetched only where that matters.
 * Costs:   two entries a record; time grows with their number times the bytes
 *          in which values and groups differ.
 */
#ifndef CO_EVAL_RANKS_H
#define CO_EVAL_RANKS_H

#include "base/memory.h"
#include "plan/plan.h"

typedef struct co_ranked {
    uint64_t value;             /* before: orders as the value does; after: the place, see below */
    uint32_t group;             /* records are ranked within their group */
    uint32_t row;
} co_ranked;

/* Puts records of equal value in ascending order of their keys. */
typedef cohort_status (*co_key_order)(void *context, co_ranked *records, size_t n);

/* Ascending by (group, value), equal ones as they were. Needs room for as many again. */
void co_ranks_sort(co_ranked *records, co_ranked *room, size_t n);

/*
 * Places of records in the order of co_ranks_sort, into their `value`:
 *   TOP      1 in, 0 out          NTILE, RANK   from 1
 *   PERCENT  the bits of a double in 0 … 1
 * Equal records may change places among themselves.
 */
cohort_status co_ranks_place(const co_ranking *ranking, co_ranked *records, size_t n, co_key_order by_key, void *context);

/* How many of n records TOP wants (per cent round up), and the tile, from 1, of position i of n. */
size_t co_ranks_wanted(const co_ranking *ranking, size_t n);
uint64_t co_ranks_tile(uint64_t i, uint64_t n, uint64_t n_tiles);

#endif

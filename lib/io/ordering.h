/*
 * Rows put in the order of some values, ascending or descending each.
 *
 * Always:  as PostgreSQL: missing values last when ascending, first when
 *          descending; rows that tie stay in row order.
 */
#ifndef CO_IO_ORDERING_H
#define CO_IO_ORDERING_H

#include "eval/eval.h"

typedef struct co_order_key {
    co_vector vector;           /* of all rows */
    bool descending;
    bool nocase;
    uint32_t target;            /* REFERENCE: whose rows; they order by key */
} co_order_key;

/* One item of "x DESC, y": its text and direction; takes it off the front of *rest. False when nothing is left. */
bool co_order_next(co_text *rest, co_text *expression, bool *descending);

/* order[0 .. n) = the positions 0 … n − 1, sorted. */
cohort_status co_order_rows(co_memory *memory, const co_version *version, const co_order_key *keys, size_t n_keys,
                            uint32_t *order, uint32_t n, cohort_error *error);

#endif

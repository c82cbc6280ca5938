/*
 * Folds that look at all of a parent's child rows at once, or at their order.
 *
 *     hits ──gather──▶ lists ──by parent──▶ slices ──a function each──▶ one value a parent
 *
 * Always:  only values that are there are gathered. A value is one number, equal
 *          where values are and, where the order of values matters, in that order;
 *          wide ones keep 128 bits where that is so.
 */
#ifndef CO_EVAL_ORDERED_H
#define CO_EVAL_ORDERED_H

#include "eval/folds.h"
#include "eval/identity.h"
#include "eval/times.h"

typedef struct co_ordered {
    co_worker *worker;
    co_scope *scope;
    const co_vstep *vstep;
    const co_vstep *operand;
    const co_register *within;
    co_vector *out;
    /* what is gathered, by place */
    bool wants_items; /* rows and times, for what goes by order */
    bool wants_wides; /* not numbers */
    bool wants_place; /* rows without a place in time do not count */
    bool identifies;  /* numbers are of `identity` */
    size_t n;
    size_t numbers_capacity, wides_capacity, times_capacity, items_capacity, parents_capacity,
        spelled_capacity;
    int64_t *numbers;
    co_wide *wides;
    int64_t *times;
    co_timed *items; /* time to be set; row; place */
    uint32_t *parents;
    bool keeps_spelling; /* values that are equal may differ: as each row has it */
    co_vector spelled;
    co_identity identity;
    /* the same by parent: those of slot s are in [ends[s − 1], ends[s]) */
    uint32_t *ends;
    int64_t *sorted_numbers;
    co_wide *sorted_wides;
    co_timed *sorted_items;
    void *room; /* for sorting the longest slice */
    size_t room_bytes;
} co_ordered;

/* What the slice [first, end) comes to, for the parent in that slot. */
typedef void co_slice_fold(co_ordered *ordered, uint32_t slot, size_t first, size_t end);
co_slice_fold co_distinct_slice, co_median_slice, co_wide_median_slice, co_gap_slice, co_mode_slice,
    co_sum_slice;

/* ends.c: FIRST and LAST, which go row by row. */
co_fold_find co_end_fold;

/* Ascending; room for n as well. */
void co_numbers_sort(int64_t *numbers, size_t n, int64_t *room);
void co_wides_sort(co_wide *wides, size_t n);

/* The mean, correctly rounded, of two numbers × 10^-scale. */
double co_wide_mean(co_wide a, co_wide b, uint32_t scale);
double co_real_mean(double a, double b);

#endif

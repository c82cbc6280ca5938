/*
 * Sorting in place without allocation or recursion: heaps.
 *
 * Costs:   n log n comparisons.
 */
#ifndef CO_PLAN_SORT_H
#define CO_PLAN_SORT_H

#include <stddef.h>

/* Items of at most 64 bytes, ascending by `compare`. */
void co_sort(void *items, size_t n, size_t size, int (*compare)(const void *a, const void *b));
/* Keeps the first of equal neighbours; gives how many are left. */
size_t co_sort_unique(void *items, size_t n, size_t size, int (*compare)(const void *a, const void *b));

int co_order_of_int64(const void *a, const void *b);
int co_order_of_texts(const void *a, const void *b);
int co_order_of_folded_texts(const void *a, const void *b);

#endif

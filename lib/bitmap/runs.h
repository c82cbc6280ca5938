/*
 * Lists of runs: stretches of consecutive slots, both ends included, rising
 * and with a gap before the next.
 */
#ifndef CO_BITMAP_RUNS_H
#define CO_BITMAP_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitmap/bitmap.h"

typedef struct co_run {
    uint16_t first;
    uint16_t last;
} co_run;

typedef struct co_run_list {
    const co_run *runs;
    size_t n;
} co_run_list;

/* Writes a OP b, at most a.n + b.n runs; returns how many and sets *count to the slots in them. */
size_t co_runs_combine(co_set_operation operation, co_run_list a, co_run_list b, co_run *out, size_t *count);
size_t co_runs_and_count(co_run_list a, co_run_list b);
size_t co_runs_count(co_run_list runs);

/* The slots that are in the runs (or are not); how many. out may be NULL to count. */
size_t co_runs_filter_slots(co_run_list runs, bool inside, const uint16_t *slots, size_t n, uint16_t *out);
/* The rows of the runs that are in the words (or are not), as slots; how many. out has room for all of them and one more. */
size_t co_runs_filter_words(co_run_list runs, bool inside, const uint64_t *words, uint16_t *out);
size_t co_runs_words_count(co_run_list runs, const uint64_t *words);

/* words OP= runs. */
void co_runs_apply(co_set_operation operation, co_run_list runs, uint64_t *words);

/* The first run whose last slot is at least `slot`, or n. */
size_t co_runs_find(co_run_list runs, uint32_t slot);

/* How many runs the slots or words make, and those runs; out has room for them. */
size_t co_runs_in_slots(const uint16_t *slots, size_t n);
size_t co_runs_in_words(const uint64_t *words);
size_t co_runs_of_slots(const uint16_t *slots, size_t n, co_run *out);
size_t co_runs_of_words(const uint64_t *words, co_run *out);
/* Every slot of the runs; out has room for them. */
size_t co_runs_to_slots(co_run_list runs, uint16_t *out);

#endif

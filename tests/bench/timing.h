/*
 * What a run costs: clocks, a cold cache, the middle of several runs.
 *
 * Always:  cpu_ns is time of this process, all threads together; it hardly depends
 *          on what else the machine does. wall_ns is what a stopwatch shows.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stddef.h>
#include <stdint.h>

enum { MOST_REPEATS = 101 };

typedef struct cost {
    int64_t cpu_ns;
    int64_t wall_ns;
} cost;

/** Both clocks now; subtract with cost_since(). */
cost cost_now(void);

/** What was spent since `start`. */
cost cost_since(cost start);

/** The median of each clock; the list is reordered. n is at least 1. */
cost cost_median(cost *costs, size_t n);

/** Reads and writes 512 MB, so that nothing else is left in the caches. */
void stream_through_caches(void);

/** Bytes of this process that are in memory now. */
uint64_t resident_bytes(void);

#endif

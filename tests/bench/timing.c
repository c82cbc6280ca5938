/*
 * Clocks, medians and cache flushing for the measurements.
 */
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { STREAM_WORDS = 512 * 1024 * 1024 / 8 };

static int64_t nanoseconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

cost cost_now(void)
{
    return (cost){ nanoseconds(CLOCK_PROCESS_CPUTIME_ID), nanoseconds(CLOCK_MONOTONIC) };
}

cost cost_since(cost start)
{
    const cost now = cost_now();

    return (cost){ now.cpu_ns - start.cpu_ns, now.wall_ns - start.wall_ns };
}

static int by_cpu(const void *a, const void *b)
{
    const int64_t x = ((const cost *)a)->cpu_ns;
    const int64_t y = ((const cost *)b)->cpu_ns;

    return (x > y) - (x < y);
}

static int by_wall(const void *a, const void *b)
{
    const int64_t x = ((const cost *)a)->wall_ns;
    const int64_t y = ((const cost *)b)->wall_ns;

    return (x > y) - (x < y);
}

cost cost_median(cost *costs, size_t n)
{
    cost middle;

    qsort(costs, n, sizeof *costs, by_cpu);
    middle.cpu_ns = costs[n / 2].cpu_ns;
    qsort(costs, n, sizeof *costs, by_wall);
    middle.wall_ns = costs[n / 2].wall_ns;
    return middle;
}

void stream_through_caches(void)
{
    static volatile uint64_t *words;

    if (words == NULL)
        words = calloc(STREAM_WORDS, sizeof *words);
    if (words == NULL) {
        fputs("no memory to stream through the caches\n", stderr);
        exit(1);
    }
    for (size_t i = 0; i < STREAM_WORDS; i += 8)
        words[i]++;
}

uint64_t resident_bytes(void)
{
    unsigned long whole;
    unsigned long resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file == NULL)
        return 0;
    if (fscanf(file, "%lu %lu", &whole, &resident) != 2)
        resident = 0;
    fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

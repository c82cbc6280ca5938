/*
 * The event times of a chunk of child rows.
 *
 * Always:  a tile of which a whole chunk is asked for is decoded once; of others
 *          the rows asked for are read one by one.
 */
#ifndef CO_EVAL_TIMES_H
#define CO_EVAL_TIMES_H

#include "eval/hits.h"
#include "eval/timed.h"

typedef struct co_times {
    co_worker *worker;
    uint32_t object;
    uint32_t field;   /* CO_NONE: no row has a time */
    uint32_t tile;    /* that is decoded; CO_NONE */
    int64_t *decoded; /* room for a tile; NULL until it was needed */
} co_times;

void co_times_init(co_times *times, co_worker *worker, uint32_t object);
/* Microseconds or days, as the field has them; CO_NO_TIME where there is none. */
cohort_status co_times_find(co_times *times, const co_hits *hits, int64_t out[CO_CHUNK]);
void co_times_clear(co_times *times);

#endif

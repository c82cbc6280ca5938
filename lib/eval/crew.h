/*
 * Threads that wait for work: started when first needed, parked between calls.
 *
 * Always:  the calling thread works too, as number 0; a thread that cannot be
 *          started is simply missing. One call at a time.
 */
#ifndef CO_EVAL_CREW_H
#define CO_EVAL_CREW_H

#include "base/memory.h"

typedef struct co_crew co_crew;

/* At most n_threads together with the caller. NULL for want of memory. */
co_crew *co_crew_new(co_memory *memory, uint32_t n_threads);
void co_crew_free(co_crew *crew);

/*
 * Runs work(context, number) on up to n of the threads, numbers from 0, which is the caller; returns
 * when all are done. The caller's part must end only when nothing is left that nobody has begun: a
 * thread that comes later is left out.
 */
void co_crew_run(co_crew *crew, uint32_t n, void (*work)(void *context, uint32_t number), void *context);

#endif

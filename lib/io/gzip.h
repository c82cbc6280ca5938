/*
 * Inflating gzip streams of any number of members, piece by piece.
 *
 * Always:  output is bounded by the caller's array, so a stream that inflates
 *          a thousandfold costs time but no memory.
 * Not here: deflating.  zlib is seen in gzip.c only.
 */
#ifndef CO_IO_GZIP_H
#define CO_IO_GZIP_H

#include "base/error.h"
#include "base/memory.h"

typedef struct co_gunzip co_gunzip;

/* True for the first CO_GZIP_MAGIC bytes, or more, of a gzip stream. */
enum { CO_GZIP_MAGIC = 3 };
bool co_is_gzip(const void *bytes, size_t length);

cohort_status co_gunzip_new(co_memory *memory, co_gunzip **gunzip, cohort_error *error);
void co_gunzip_free(co_gunzip *gunzip);

/*
 * Consumes some of `in`, writes some of `out`; says how much of each. Fails with
 * COHORT_CORRUPT on bytes that are no gzip stream.
 */
cohort_status co_gunzip_run(co_gunzip *gunzip, const void *in, size_t in_length, size_t *consumed, void *out,
                            size_t capacity, size_t *written, cohort_error *error);

/* True between members and before the first: the input may end here. */
bool co_gunzip_may_end(const co_gunzip *gunzip);

#endif

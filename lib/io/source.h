/*
 * Where the bytes of an import come from: a file or the caller's function,
 * gzip inflated on the way.
 *
 * Always:  a source can be read from its start a second time: a file is opened
 *          anew, what a function gave is kept if the caller asks for it.
 */
#ifndef CO_IO_SOURCE_H
#define CO_IO_SOURCE_H

#include "base/error.h"
#include "base/memory.h"
#include "cohort/io.h"

typedef struct co_source co_source;

/* `path`, or if that is NULL `read`. keep: remember what `read` gives, so that it can be rewound. */
cohort_status co_source_open(co_memory *memory, const char *path, cohort_read read, void *context, bool keep,
                             co_source **source, cohort_error *error);
void co_source_close(co_source *source);

/* Up to `capacity` bytes; *n is 0 only at the end. */
cohort_status co_source_read(co_source *source, void *bytes, size_t capacity, size_t *n, cohort_error *error);

/* It will not be rewound: what was kept for that is let go. */
void co_source_keep_nothing(co_source *source);

/* Back to the first byte. */
cohort_status co_source_rewind(co_source *source, cohort_error *error);

/* Bytes taken so far from the file or function, before inflating, and how many there are (0 if unknown). */
uint64_t co_source_done(const co_source *source);
uint64_t co_source_total(const co_source *source);

#endif

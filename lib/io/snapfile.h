/*
 * A whole version in one file.
 *
 *     header 4,096 B │ section │ section │ … │ table │ footer 4,096 B
 *     section = blocks of at most 64 KiB, each behind a 32-byte head
 *
 * Always:  little-endian; every byte, padding included, is under a checksum
 *          that is seeded with store, generation and place, so that a block of
 *          another file or place is found out. A file is believed only after all
 *          of it was checked; checksums tell accidents, the store checks meaning.
 *          Nothing is ever written over: a file is made new, flushed, renamed.
 * Costs:   reading: one pass, about the speed of memory; a section at a time.
 */
#ifndef CO_IO_SNAPFILE_H
#define CO_IO_SNAPFILE_H

#include "store/sections.h"

/* Writes to a new file `path`, which must not be there, and flushes it. */
cohort_status co_snapfile_write(const char *path, co_memory *memory, const co_version *version, uint64_t generation,
                                cohort_error *error);

/*
 * Reads and checks a file whole. to_write: a newer version may have used what can be
 * read, but not written again, by one that does not know it.
 * Fails: NOT_FOUND, CORRUPT with the place of the damage, TOO_NEW, UNSUPPORTED, IO, MEMORY, LIMIT.
 */
cohort_status co_snapfile_read(const char *path, uint64_t generation, bool to_write, const cohort_allocator *allocator,
                               size_t limit_bytes, co_store **store, cohort_error *error);

#endif

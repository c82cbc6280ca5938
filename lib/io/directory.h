/*
 * A store in a directory:
 *
 *     NAME.cohort/LOCK                   held by the one process that may write
 *     NAME.cohort/snap-<16 hex>.chs      the store, whole; the highest number counts
 *     NAME.cohort/snap-<16 hex>.tmp      unfinished; never read
 *
 * Always:  a save writes a new file, flushes it, renames it, flushes the
 *          directory, and only then removes the file before it. Readers take no
 *          lock; if the file they chose goes away they look again.
 */
#ifndef CO_IO_DIRECTORY_H
#define CO_IO_DIRECTORY_H

#include "cohort/store.h"
#include "store/store.h"

typedef struct co_directory co_directory;

/*
 * Opens the store in a directory. options may be NULL. create: an empty store if there is none.
 * Fails: NOT_FOUND, BUSY (another writer), CORRUPT, TOO_NEW, IO, MEMORY.
 */
cohort_status co_directory_open(const char *path, const cohort_store_options *options, co_directory **directory,
                                co_store **store, cohort_error *error);
/* The store itself is the caller's to free, afterwards or before. */
void co_directory_close(co_directory *directory);

/* The store's current version becomes what the directory holds. Fails: READ_ONLY, FORK, IO, MEMORY. */
cohort_status co_directory_save(co_directory *directory, co_store *store, cohort_error *error);

/* Reads and checks everything, changes nothing. */
cohort_status co_directory_check(const char *path, cohort_error *error);

#endif

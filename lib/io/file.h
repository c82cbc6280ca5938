/*
 * The few things done to files and folders, each whole or failing with the
 * path and the reason.
 *
 * Always:  descriptors are above 2 and closed on exec; short and interrupted
 *          reads and writes go on.
 */
#ifndef CO_IO_FILE_H
#define CO_IO_FILE_H

#include "base/error.h"

/* Only if it is not there; mode 0600; never through a link. */
cohort_status co_file_create(const char *path, int *descriptor, cohort_error *error);
cohort_status co_file_open(const char *path, int *descriptor, uint64_t *size, cohort_error *error);
void co_file_close(int descriptor);

cohort_status co_file_write(int descriptor, uint64_t offset, const void *bytes, size_t length, const char *path,
                            cohort_error *error);
/* COHORT_CORRUPT if the file ends before. */
cohort_status co_file_read(int descriptor, uint64_t offset, void *bytes, size_t length, const char *path,
                           cohort_error *error);

/* Until it is on the disk. */
cohort_status co_file_sync(int descriptor, const char *path, cohort_error *error);
cohort_status co_folder_sync(const char *path, cohort_error *error);
cohort_status co_file_rename(const char *from, const char *to, cohort_error *error);
/* It need not be there. */
void co_file_remove(const char *path);

/* COHORT_EXISTS, error untouched, if it is there already. */
cohort_status co_folder_make(const char *path, cohort_error *error);

/* Opens (makes) the file and locks it against every other holder, this process included; COHORT_BUSY if it is held. */
cohort_status co_lock_take(const char *path, int *descriptor, cohort_error *error);

/* True if the path still leads to the open file. */
bool co_file_is(int descriptor, const char *path);

#endif

/*
 * The few things done to files and folders.
 *
 * Locks are of the open file description where the system has them: they hold
 * between two opens in one process and survive the closing of other
 * descriptors of the same file.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#  define _GNU_SOURCE
#endif

#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static cohort_status fail(cohort_error *error, const char *verb, const char *path)
{
    const int reason = errno;

    return co_fail(error, COHORT_IO, "cannot %s '%s': %s", verb, path, strerror(reason));
}

/* The same file under a descriptor that no closed standard stream can have had. */
static int above_standard(int descriptor)
{
    int moved;

    if (descriptor < 0 || descriptor > 2)
        return descriptor;
    moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    close(descriptor);
    return moved;
}

cohort_status co_file_create(const char *path, int *descriptor, cohort_error *error)
{
    *descriptor = above_standard(open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    return *descriptor < 0 ? fail(error, "create", path) : COHORT_OK;
}

cohort_status co_file_open(const char *path, int *descriptor, uint64_t *size, cohort_error *error)
{
    struct stat status;

    *descriptor = above_standard(open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (*descriptor < 0)
        return errno == ENOENT ? co_fail(error, COHORT_NOT_FOUND, "'%s' is not there", path)
                               : fail(error, "open", path);
    if (fstat(*descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        co_file_close(*descriptor);
        *descriptor = -1;
        return co_fail(error, COHORT_IO, "'%s' is no regular file", path);
    }
    *size = (uint64_t)status.st_size;
    return COHORT_OK;
}

void co_file_close(int descriptor)
{
    if (descriptor >= 0)
        close(descriptor);
}

cohort_status co_file_write(int descriptor, uint64_t offset, const void *bytes, size_t length, const char *path,
                            cohort_error *error)
{
    const char *next = bytes;

    while (length > 0) {
        const ssize_t n = pwrite(descriptor, next, length, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(error, "write", path);
        next += n;
        offset += (uint64_t)n;
        length -= (size_t)n;
    }
    return COHORT_OK;
}

cohort_status co_file_read(int descriptor, uint64_t offset, void *bytes, size_t length, const char *path,
                           cohort_error *error)
{
    char *next = bytes;

    while (length > 0) {
        const ssize_t n = pread(descriptor, next, length, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(error, "read", path);
        if (n == 0)
            return co_fail(error, COHORT_CORRUPT, "'%s' ends at byte %llu, too early", path,
                           (unsigned long long)offset);
        next += n;
        offset += (uint64_t)n;
        length -= (size_t)n;
    }
    return COHORT_OK;
}

cohort_status co_file_sync(int descriptor, const char *path, cohort_error *error)
{
    return fsync(descriptor) != 0 ? fail(error, "flush", path) : COHORT_OK;
}

cohort_status co_folder_sync(const char *path, cohort_error *error)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    cohort_status status;

    if (descriptor < 0)
        return fail(error, "open", path);
    status = co_file_sync(descriptor, path, error);
    close(descriptor);
    return status;
}

cohort_status co_file_rename(const char *from, const char *to, cohort_error *error)
{
    return rename(from, to) != 0 ? fail(error, "rename", from) : COHORT_OK;
}

void co_file_remove(const char *path)
{
    unlink(path);
}

cohort_status co_folder_make(const char *path, cohort_error *error)
{
    if (mkdir(path, 0700) == 0)
        return COHORT_OK;
    return errno == EEXIST ? COHORT_EXISTS : fail(error, "make the directory", path);
}

cohort_status co_lock_take(const char *path, int *descriptor, cohort_error *error)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int outcome;

    *descriptor = above_standard(open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (*descriptor < 0)
        return fail(error, "open", path);
#ifdef F_OFD_SETLK
    outcome = fcntl(*descriptor, F_OFD_SETLK, &lock);
#else
    outcome = fcntl(*descriptor, F_SETLK, &lock);
#endif
    if (outcome == 0)
        return COHORT_OK;

    const cohort_status status =
        errno == EACCES || errno == EAGAIN
            ? co_fail(error, COHORT_BUSY, "'%s' is held: the store is open for writing elsewhere", path)
            : fail(error, "lock", path);

    close(*descriptor);
    *descriptor = -1;
    return status;
}

bool co_file_is(int descriptor, const char *path)
{
    struct stat open_file, named;

    return fstat(descriptor, &open_file) == 0 && lstat(path, &named) == 0 && open_file.st_dev == named.st_dev &&
           open_file.st_ino == named.st_ino;
}

/*
 * A store in a directory.
 *
 * Threads: saves of one store queue up; opening and closing are their caller's.
 */
#ifndef _XOPEN_SOURCE
#  define _XOPEN_SOURCE 700 /* realpath */
#endif

#include "io/directory.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/file.h"
#include "io/snapfile.h"

enum { PATH_BYTES = 4096, NAME_BYTES = 64, RETRIES = 100, HEX_DIGITS = 16 };

struct co_directory {
    co_memory memory;
    char path[PATH_BYTES];
    uint64_t generation;        /* of the file there, 0: none yet */
    int lock;                   /* -1: read only */
    bool made;                  /* it was not there before */
    pid_t owner;
    pthread_mutex_t saving;     /* one save at a time; guards `generation` */
};

#ifdef PATH_MAX
_Static_assert(PATH_MAX <= PATH_BYTES, "realpath() writes up to PATH_MAX bytes");
#endif

/* ---- names ---- */

static void join(char out[PATH_BYTES + NAME_BYTES], const char *folder, const char *name)
{
    snprintf(out, PATH_BYTES + NAME_BYTES, "%s/%s", folder, name);
}

static void snapshot_path(char out[PATH_BYTES + NAME_BYTES], const char *folder, uint64_t generation,
                          const char *ending)
{
    char name[NAME_BYTES];

    snprintf(name, sizeof name, "snap-%016llx.%s", (unsigned long long)generation, ending);
    join(out, folder, name);
}

/* True for "snap-<16 hex>.<ending>" of a generation from 1. */
static bool is_snapshot(const char *name, const char *ending, uint64_t *generation)
{
    *generation = 0;
    if (strlen(name) != 5 + HEX_DIGITS + 1 + 3 || strncmp(name, "snap-", 5) != 0 || name[5 + HEX_DIGITS] != '.' ||
        strcmp(name + 5 + HEX_DIGITS + 1, ending) != 0)
        return false;
    for (int i = 0; i < HEX_DIGITS; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = strchr(digits, name[5 + i]);

        if (digit == NULL || *digit == 0)
            return false;
        *generation = *generation << 4 | (uint64_t)(digit - digits);
    }
    return *generation != 0;
}

/* ---- looking ---- */

static cohort_status no_store(const char *path, cohort_error *error)
{
    return co_fail(error, COHORT_NOT_FOUND, "'%s' holds no store; loading records makes one", path);
}

static cohort_status open_folder(const char *path, DIR **folder, cohort_error *error)
{
    *folder = opendir(path);
    if (*folder != NULL)
        return COHORT_OK;
    if (errno == ENOENT)
        return co_fail(error, COHORT_NOT_FOUND, "there is no store '%s'; loading records makes one", path);
    if (errno == ENOTDIR)
        return co_fail(error, COHORT_NOT_FOUND, "'%s' is a file; a store is a directory", path);
    return co_fail(error, COHORT_IO, "cannot read the directory '%s': %s", path, strerror(errno));
}

/* The highest generation, 0 if there is none. */
static cohort_status find_newest(const char *path, uint64_t *newest, cohort_error *error)
{
    DIR *folder;
    struct dirent *item;
    cohort_status status = open_folder(path, &folder, error);

    *newest = 0;
    if (status != COHORT_OK)
        return status;
    for (errno = 0; (item = readdir(folder)) != NULL; errno = 0) {
        uint64_t generation;

        if (is_snapshot(item->d_name, "chs", &generation) && generation > *newest)
            *newest = generation;
    }
    if (errno != 0)
        status = co_fail(error, COHORT_IO, "cannot read the directory '%s': %s", path, strerror(errno));
    closedir(folder);
    return status;
}

/* Removes unfinished files and generations older than `keep`. */
static void sweep(const char *path, uint64_t keep)
{
    DIR *folder = opendir(path);
    struct dirent *item;

    if (folder == NULL)
        return;
    while ((item = readdir(folder)) != NULL) {
        char name[PATH_BYTES + NAME_BYTES];
        uint64_t generation;

        if (is_snapshot(item->d_name, "tmp", &generation) ||
            (is_snapshot(item->d_name, "chs", &generation) && generation < keep)) {
            join(name, path, item->d_name);
            co_file_remove(name);
        }
    }
    closedir(folder);
}

/* Reads the newest file, looking again when a writer replaced it meanwhile. */
static cohort_status read_newest(const char *path, const cohort_store_options *options, bool to_write,
                                 uint64_t *generation, co_store **store, cohort_error *error)
{
    for (int i = 0;; i++) {
        char file[PATH_BYTES + NAME_BYTES];
        cohort_status status = find_newest(path, generation, error);

        if (status != COHORT_OK || *generation == 0)
            return status;
        snapshot_path(file, path, *generation, "chs");
        status = co_snapfile_read(file, *generation, to_write, options->allocator,
                                  (size_t)options->memory_limit_bytes, store, error);
        if (status != COHORT_NOT_FOUND || i == RETRIES)
            return status;
    }
}

/* ---- opening ---- */

static cohort_status check_path(const char *path, cohort_error *error)
{
    if (path[0] == 0 || strlen(path) >= PATH_BYTES)
        return co_fail(error, COHORT_INVALID, "the path of a store has 1 to %d bytes", PATH_BYTES - 1);
    return COHORT_OK;
}

/* The directory that holds `path` on the disk, so that a new entry of it lasts. */
static cohort_status sync_parent(const char *path, cohort_error *error)
{
    char parent[PATH_BYTES];
    size_t length = strlen(path);

    while (length > 0 && path[length - 1] == '/')
        length--;
    while (length > 0 && path[length - 1] != '/')
        length--;
    if (length == 0)
        return co_folder_sync(".", error);
    memcpy(parent, path, length);
    parent[length] = 0;
    return co_folder_sync(parent, error);
}

static cohort_status make_folder(co_directory *directory, cohort_error *error)
{
    const cohort_status status = co_folder_make(directory->path, error);

    directory->made = status == COHORT_OK;
    if (directory->made)
        return sync_parent(directory->path, error);
    return status == COHORT_EXISTS ? COHORT_OK : status;
}

/* Leaves no folder behind that came into being for a store that did not. */
static void unmake_folder(const co_directory *directory)
{
    char lock[PATH_BYTES + NAME_BYTES];

    join(lock, directory->path, "LOCK");
    co_file_remove(lock);
    rmdir(directory->path);
}

static cohort_status open_for_writing(co_directory *directory, bool create, cohort_error *error)
{
    char lock[PATH_BYTES + NAME_BYTES];
    uint64_t newest;
    cohort_status status = create ? make_folder(directory, error) : COHORT_OK;

    if (status == COHORT_OK)
        status = find_newest(directory->path, &newest, error);
    if (status == COHORT_OK && newest == 0 && !create)
        status = no_store(directory->path, error);
    if (status != COHORT_OK)
        return status;
    join(lock, directory->path, "LOCK");
    return co_lock_take(lock, &directory->lock, error);
}

static cohort_status open_store(co_directory *directory, const cohort_store_options *options, co_store **store,
                                cohort_error *error)
{
    const cohort_status status = read_newest(directory->path, options, directory->lock >= 0, &directory->generation,
                                             store, error);

    if (status != COHORT_OK || directory->generation != 0)
        return status;
    if (directory->lock < 0)
        return no_store(directory->path, error);
    return co_store_new(options->allocator, (size_t)options->memory_limit_bytes, store, error);
}

/* A path that stays right when the working directory, or a link on the way, changes. */
static cohort_status fix_path(co_directory *directory, cohort_error *error)
{
    char real[PATH_BYTES];

    if (realpath(directory->path, real) == NULL)
        return co_fail(error, COHORT_IO, "cannot follow '%s': %s", directory->path, strerror(errno));
    memcpy(directory->path, real, strlen(real) + 1);
    return COHORT_OK;
}

/* Closed and without a path yet. */
static cohort_status new_directory(const cohort_allocator *allocator, co_directory **directory, cohort_error *error)
{
    co_memory memory;

    co_memory_init(&memory, allocator, 0);
    *directory = co_memory_new_zeroed(&memory, 1, sizeof **directory);
    if (*directory == NULL)
        return co_fail_memory(error);
    if (pthread_mutex_init(&(*directory)->saving, NULL) != 0) {
        co_memory_free(&memory, *directory, sizeof **directory);
        *directory = NULL;
        return co_fail(error, COHORT_MEMORY, "the system has no mutex left");
    }
    co_memory_init(&(*directory)->memory, allocator, 0);
    (*directory)->lock = -1;
    (*directory)->owner = getpid();
    return COHORT_OK;
}

cohort_status co_directory_open(const char *path, const cohort_store_options *options, co_directory **directory,
                                co_store **store, cohort_error *error)
{
    const cohort_store_options defaults = COHORT_STORE_OPTIONS_INIT;
    co_directory *d;
    cohort_status status = check_path(path, error);

    *directory = NULL;
    *store = NULL;
    if (options == NULL)
        options = &defaults;
    if (status == COHORT_OK)
        status = new_directory(options->allocator, &d, error);
    if (status != COHORT_OK)
        return status;
    memcpy(d->path, path, strlen(path) + 1);
    if (!options->read_only)
        status = open_for_writing(d, options->create != 0, error);
    if (status == COHORT_OK)
        status = open_store(d, options, store, error);
    if (status == COHORT_OK && d->lock >= 0)
        status = fix_path(d, error);
    if (status != COHORT_OK) {
        co_store_free(*store);
        *store = NULL;
        co_directory_close(d);
        return status;
    }
    if (d->lock >= 0)
        sweep(d->path, d->generation);
    *directory = d;
    return COHORT_OK;
}

void co_directory_close(co_directory *directory)
{
    co_memory memory;

    if (directory == NULL)
        return;
    if (directory->made && directory->generation == 0 && directory->lock >= 0 && directory->owner == getpid())
        unmake_folder(directory);
    co_file_close(directory->lock);
    pthread_mutex_destroy(&directory->saving);
    co_memory_init(&memory, &directory->memory.allocator, 0);
    co_memory_free(&memory, directory, sizeof *directory);
}

/* ---- saving ---- */

/* This process may write there, and nobody else has been let in. */
static cohort_status check_writer(const co_directory *directory, cohort_error *error)
{
    char lock[PATH_BYTES + NAME_BYTES];

    if (directory->lock < 0)
        return co_fail(error, COHORT_READ_ONLY, "'%s' was opened to be read only", directory->path);
    if (directory->owner != getpid())
        return co_fail(error, COHORT_FORK, "'%s' belongs to the process that opened it", directory->path);
    join(lock, directory->path, "LOCK");
    if (!co_file_is(directory->lock, lock))
        return co_fail(error, COHORT_IO, "'%s' was removed or replaced while this store held it", lock);
    if (directory->generation == UINT64_MAX)
        return co_fail(error, COHORT_IO, "'%s' has no number left for another file", directory->path);
    return COHORT_OK;
}

/* A new file of that generation, under its name and on the disk, or none. */
static cohort_status write_generation(const co_directory *directory, uint64_t generation, co_store *store,
                                      cohort_error *error)
{
    char unfinished[PATH_BYTES + NAME_BYTES];
    char finished[PATH_BYTES + NAME_BYTES];
    co_version *version = co_store_current(store);
    cohort_status status;

    snapshot_path(unfinished, directory->path, generation, "tmp");
    snapshot_path(finished, directory->path, generation, "chs");
    co_file_remove(unfinished);
    status = co_snapfile_write(unfinished, co_store_memory(store), version, generation, error);
    co_version_release(version);
    if (status != COHORT_OK)
        return status;
    status = co_file_rename(unfinished, finished, error);
    if (status != COHORT_OK)
        co_file_remove(unfinished);
    return status == COHORT_OK ? co_folder_sync(directory->path, error) : status;
}

cohort_status co_directory_save(co_directory *directory, co_store *store, cohort_error *error)
{
    cohort_status status;

    pthread_mutex_lock(&directory->saving);
    status = check_writer(directory, error);
    if (status == COHORT_OK)
        status = write_generation(directory, directory->generation + 1, store, error);
    if (status == COHORT_OK) {
        directory->generation++;
        sweep(directory->path, directory->generation);
    }
    pthread_mutex_unlock(&directory->saving);
    return status;
}

cohort_status co_directory_check(const char *path, cohort_error *error)
{
    const cohort_store_options defaults = COHORT_STORE_OPTIONS_INIT;
    uint64_t generation;
    co_store *store = NULL;
    cohort_status status = check_path(path, error);

    if (status == COHORT_OK)
        status = read_newest(path, &defaults, false, &generation, &store, error);
    if (status == COHORT_OK && generation == 0)
        return co_fail(error, COHORT_NOT_FOUND, "'%s' holds no store", path);
    co_store_free(store);
    return status;
}

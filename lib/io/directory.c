/* A store in a directory. */
#include "io/directory.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
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
};

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

/* True for "snap-<16 hex>.chs". */
static bool is_snapshot(const char *name, uint64_t *generation)
{
    *generation = 0;
    if (strlen(name) != 5 + HEX_DIGITS + 4 || strncmp(name, "snap-", 5) != 0 ||
        strcmp(name + 5 + HEX_DIGITS, ".chs") != 0)
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

static bool is_unfinished(const char *name)
{
    const size_t length = strlen(name);

    return length > 9 && strncmp(name, "snap-", 5) == 0 && strcmp(name + length - 4, ".tmp") == 0;
}

/* ---- looking ---- */

/* The highest generation, 0 if there is none. */
static cohort_status find_newest(const char *path, uint64_t *newest, cohort_error *error)
{
    DIR *folder = opendir(path);
    struct dirent *item;

    *newest = 0;
    if (folder == NULL && errno == ENOTDIR)
        return co_fail(error, COHORT_NOT_FOUND, "'%s' is a file; a store is a directory", path);
    if (folder == NULL && errno == ENOENT)
        return co_fail(error, COHORT_NOT_FOUND, "there is no store '%s'; loading records makes one", path);
    if (folder == NULL)
        return co_fail(error, COHORT_IO, "cannot read the directory '%s': %s", path, strerror(errno));
    while ((item = readdir(folder)) != NULL) {
        uint64_t generation;

        if (is_snapshot(item->d_name, &generation) && generation > *newest)
            *newest = generation;
    }
    closedir(folder);
    return COHORT_OK;
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

        if (strlen(item->d_name) >= NAME_BYTES)
            continue;
        if (is_unfinished(item->d_name) || (is_snapshot(item->d_name, &generation) && generation < keep)) {
            join(name, path, item->d_name);
            co_file_remove(name);
        }
    }
    closedir(folder);
}

/* Reads the newest file, looking again when a writer replaced it meanwhile. */
static cohort_status read_newest(const char *path, const cohort_store_options *options, uint64_t *generation,
                                 co_store **store, cohort_error *error)
{
    for (int i = 0;; i++) {
        char file[PATH_BYTES + NAME_BYTES];
        cohort_status status = find_newest(path, generation, error);

        if (status != COHORT_OK || *generation == 0)
            return status;
        snapshot_path(file, path, *generation, "chs");
        status = co_snapfile_read(file, *generation, options->allocator, (size_t)options->memory_limit_bytes, store,
                                  error);
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

static cohort_status make_folder(co_directory *directory, cohort_error *error)
{
    const cohort_status status = co_folder_make(directory->path, error);

    directory->made = status == COHORT_OK;
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
        status = co_fail(error, COHORT_NOT_FOUND, "'%s' holds no store; loading records makes one", directory->path);
    if (status != COHORT_OK)
        return status;
    join(lock, directory->path, "LOCK");
    return co_lock_take(lock, &directory->lock, error);
}

static cohort_status open_store(co_directory *directory, const cohort_store_options *options, co_store **store,
                                cohort_error *error)
{
    cohort_status status = read_newest(directory->path, options, &directory->generation, store, error);

    if (status != COHORT_OK || directory->generation != 0)
        return status;
    if (directory->lock < 0)
        return co_fail(error, COHORT_NOT_FOUND, "'%s' holds no store; loading records makes one", directory->path);
    return co_store_new(options->allocator, (size_t)options->memory_limit_bytes, store, error);
}

cohort_status co_directory_open(const char *path, const cohort_store_options *options, co_directory **directory,
                                co_store **store, cohort_error *error)
{
    const cohort_store_options defaults = COHORT_STORE_OPTIONS_INIT;
    co_memory memory;
    co_directory *d;
    cohort_status status = check_path(path, error);

    *directory = NULL;
    *store = NULL;
    if (options == NULL)
        options = &defaults;
    if (status != COHORT_OK)
        return status;
    co_memory_init(&memory, options->allocator, 0);
    d = co_memory_new_zeroed(&memory, 1, sizeof *d);
    if (d == NULL)
        return co_fail_memory(error);
    co_memory_init(&d->memory, options->allocator, 0);
    d->lock = -1;
    d->owner = getpid();
    memcpy(d->path, path, strlen(path) + 1);
    if (!options->read_only)
        status = open_for_writing(d, options->create != 0, error);
    if (status == COHORT_OK)
        status = open_store(d, options, store, error);
    if (status != COHORT_OK) {
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
    co_memory_init(&memory, &directory->memory.allocator, 0);
    co_memory_free(&memory, directory, sizeof *directory);
}

/* ---- saving ---- */

cohort_status co_directory_save(co_directory *directory, co_store *store, cohort_error *error)
{
    char unfinished[PATH_BYTES + NAME_BYTES];
    char finished[PATH_BYTES + NAME_BYTES];
    const uint64_t generation = directory->generation + 1;
    co_version *version;
    cohort_status status;

    if (directory->lock < 0)
        return co_fail(error, COHORT_READ_ONLY, "'%s' was opened to be read only", directory->path);
    if (directory->owner != getpid())
        return co_fail(error, COHORT_FORK, "'%s' belongs to the process that opened it", directory->path);
    snapshot_path(unfinished, directory->path, generation, "tmp");
    snapshot_path(finished, directory->path, generation, "chs");
    co_file_remove(unfinished);
    version = co_store_current(store);
    status = co_snapfile_write(unfinished, co_store_memory(store), version, generation, error);
    co_version_release(version);
    if (status != COHORT_OK)
        return status;
    status = co_file_rename(unfinished, finished, error);
    if (status == COHORT_OK)
        status = co_folder_sync(directory->path, error);
    if (status != COHORT_OK) {
        co_file_remove(unfinished);
        return status;
    }
    directory->generation = generation;
    sweep(directory->path, generation);
    return COHORT_OK;
}

cohort_status co_directory_check(const char *path, cohort_error *error)
{
    const cohort_store_options defaults = COHORT_STORE_OPTIONS_INIT;
    uint64_t generation;
    co_store *store = NULL;
    cohort_status status = check_path(path, error);

    if (status == COHORT_OK)
        status = read_newest(path, &defaults, &generation, &store, error);
    if (status == COHORT_OK && generation == 0)
        return co_fail(error, COHORT_NOT_FOUND, "'%s' holds no store", path);
    co_store_free(store);
    return status;
}

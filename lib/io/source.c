/*
 * Where the bytes of an import come from.
 *
 *     file, function or kept bytes ──raw──▶ [gunzip] ──▶ caller
 *
 * The first raw block decides whether the stream is gzip; of one that is not, all
 * further bytes go straight to the caller.
 */
#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "io/gzip.h"

enum { RAW_BYTES = 128 * 1024 };

struct co_source {
    co_memory *memory;
    const char *path;           /* NULL: read */
    int descriptor;
    cohort_read read;
    void *context;

    bool keep;
    bool replaying;             /* raw bytes come from `kept` */
    co_buffer kept;
    size_t replayed;

    co_gunzip *gunzip;          /* NULL: plain */
    unsigned char *raw;         /* RAW_BYTES */
    size_t raw_next, raw_end;
    bool raw_ended, started;
    uint64_t done, total;
};

static cohort_status open_file(co_source *source, cohort_error *error)
{
    struct stat status;

    source->descriptor = open(source->path, O_RDONLY | O_CLOEXEC);
    if (source->descriptor < 0)
        return co_fail(error, COHORT_IO, "cannot open '%s': %s", source->path, strerror(errno));
    if (fstat(source->descriptor, &status) != 0)
        return co_fail(error, COHORT_IO, "cannot read '%s': %s", source->path, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return co_fail(error, COHORT_IO, "'%s' is a directory, not a file", source->path);
    source->total = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    return COHORT_OK;
}

cohort_status co_source_open(co_memory *memory, const char *path, cohort_read read, void *context, bool keep,
                             co_source **source, cohort_error *error)
{
    co_source *s = co_memory_new_zeroed(memory, 1, sizeof *s);
    cohort_status status = COHORT_OK;

    *source = NULL;
    if (s == NULL)
        return co_fail_memory(error);
    s->memory = memory;
    s->path = path;
    s->descriptor = -1;
    s->read = read;
    s->context = context;
    s->keep = keep && path == NULL;
    co_buffer_init(&s->kept, memory, 0);
    s->raw = co_memory_new(memory, RAW_BYTES);
    if (s->raw == NULL)
        status = co_fail_memory(error);
    else if (path != NULL)
        status = open_file(s, error);
    if (status != COHORT_OK) {
        co_source_close(s);
        return status;
    }
    *source = s;
    return COHORT_OK;
}

void co_source_close(co_source *source)
{
    if (source == NULL)
        return;
    if (source->descriptor >= 0)
        close(source->descriptor);
    co_gunzip_free(source->gunzip);
    co_buffer_clear(&source->kept);
    co_memory_free(source->memory, source->raw, RAW_BYTES);
    co_memory_free(source->memory, source, sizeof *source);
}

/* One read of a file, through interruptions. */
static cohort_status read_file(co_source *source, void *bytes, size_t room, size_t *n, cohort_error *error)
{
    ssize_t got;

    do
        got = read(source->descriptor, bytes, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return co_fail(error, COHORT_IO, "cannot read '%s': %s", source->path, strerror(errno));
    *n = (size_t)got;
    return COHORT_OK;
}

static cohort_status read_function(co_source *source, void *bytes, size_t room, size_t *n, cohort_error *error)
{
    const int64_t got = source->read(source->context, bytes, room);

    if (got < 0 || (uint64_t)got > room)
        return co_fail(error, COHORT_IO, "the input could not be read");
    *n = (size_t)got;
    if (source->keep) {
        co_buffer_append(&source->kept, bytes, *n);
        if (source->kept.status != COHORT_OK)
            return co_fail_memory(error);
    }
    return COHORT_OK;
}

static void replay(co_source *source, void *bytes, size_t room, size_t *n)
{
    const size_t left = source->kept.length - source->replayed;

    *n = left < room ? left : room;
    if (*n > 0)
        memcpy(bytes, source->kept.bytes + source->replayed, *n);
    source->replayed += *n;
}

/* Up to `room` bytes as they come; *n is 0 only at the end. */
static cohort_status read_raw(co_source *source, void *bytes, size_t room, size_t *n, cohort_error *error)
{
    cohort_status status = COHORT_OK;

    *n = 0;
    if (source->path != NULL)
        status = read_file(source, bytes, room, n, error);
    else if (!source->replaying)
        status = read_function(source, bytes, room, n, error);
    else
        replay(source, bytes, room, n);
    source->done += *n;
    source->raw_ended = status == COHORT_OK && *n == 0;
    return status;
}

/* Fills `raw` when it is used up; the first time with enough to tell a gzip stream, however small the pieces. */
static cohort_status refill(co_source *source, cohort_error *error)
{
    const size_t wanted = source->started ? 1 : CO_GZIP_MAGIC;
    cohort_status status = COHORT_OK;

    if (source->raw_next < source->raw_end || source->raw_ended)
        return COHORT_OK;
    source->raw_next = source->raw_end = 0;
    while (source->raw_end < wanted && !source->raw_ended) {
        size_t n;

        status = read_raw(source, source->raw + source->raw_end, RAW_BYTES - source->raw_end, &n, error);
        if (status != COHORT_OK)
            return status;
        source->raw_end += n;
    }
    if (!source->started && co_is_gzip(source->raw, source->raw_end))
        status = co_gunzip_new(source->memory, &source->gunzip, error);
    source->started = true;
    return status;
}

static cohort_status read_inflated(co_source *source, void *bytes, size_t capacity, size_t *n, cohort_error *error)
{
    while (*n == 0) {
        size_t consumed = 0;
        cohort_status status = refill(source, error);

        if (status != COHORT_OK)
            return status;
        if (source->raw_ended && co_gunzip_may_end(source->gunzip))
            return COHORT_OK;
        status = co_gunzip_run(source->gunzip, source->raw + source->raw_next, source->raw_end - source->raw_next,
                               &consumed, bytes, capacity, n, error);
        if (status != COHORT_OK)
            return status;
        source->raw_next += consumed;
        if (source->raw_ended && *n == 0 && !co_gunzip_may_end(source->gunzip))
            return co_fail(error, COHORT_CORRUPT, "gzip stream ends too early");
    }
    return COHORT_OK;
}

cohort_status co_source_read(co_source *source, void *bytes, size_t capacity, size_t *n, cohort_error *error)
{
    *n = 0;
    if (!source->started) {
        const cohort_status status = refill(source, error);

        if (status != COHORT_OK)
            return status;
    }
    if (source->gunzip != NULL)
        return read_inflated(source, bytes, capacity, n, error);
    if (source->raw_next == source->raw_end)
        return source->raw_ended ? COHORT_OK : read_raw(source, bytes, capacity, n, error);

    *n = source->raw_end - source->raw_next;
    if (*n > capacity)
        *n = capacity;
    if (*n > 0)
        memcpy(bytes, source->raw + source->raw_next, *n);
    source->raw_next += *n;
    return COHORT_OK;
}

void co_source_keep_nothing(co_source *source)
{
    source->keep = false;
    if (!source->replaying)
        co_buffer_clear(&source->kept);
}

cohort_status co_source_rewind(co_source *source, cohort_error *error)
{
    co_gunzip_free(source->gunzip);
    source->gunzip = NULL;
    source->raw_next = source->raw_end = 0;
    source->raw_ended = source->started = false;
    source->done = 0;
    if (source->path == NULL) {
        source->replaying = true;
        source->replayed = 0;
        source->total = source->kept.length;
        return COHORT_OK;
    }
    if (lseek(source->descriptor, 0, SEEK_SET) == 0)
        return COHORT_OK;
    return co_fail(error, COHORT_IO, "'%s' cannot be read twice; give the type of every column", source->path);
}

uint64_t co_source_done(const co_source *source)
{
    return source->done;
}

uint64_t co_source_total(const co_source *source)
{
    return source->total;
}

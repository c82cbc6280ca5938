/*
 * Time zones by name.
 *
 * Always:  only names that cannot leave the folder are opened, and only as
 *          much of a file is read as a zone can need.
 */
#include "io/zoneinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char folder[] = "/usr/share/zoneinfo/";

enum { MOST_BYTES = 256 * 1024, MOST_NAME = 255 };

static cohort_status read_all(const char *path, co_text name, unsigned char *bytes, size_t *n, cohort_error *error)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;

    *n = 0;
    if (descriptor < 0 && access(folder, X_OK) != 0)
        return co_fail(error, COHORT_NOT_FOUND, "time zone '" CO_FMT "' needs the system's zone files in %s",
                       CO_ARG(name), folder);
    if (descriptor < 0)
        return co_fail(error, COHORT_NOT_FOUND,
                       "unknown time zone '" CO_FMT "'; wanted UTC, an offset like +02:00 or a name like "
                       "Australia/Sydney",
                       CO_ARG(name));
    while (got > 0 && *n < MOST_BYTES) {
        got = read(descriptor, bytes + *n, MOST_BYTES - *n);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            *n += (size_t)got;
    }
    close(descriptor);
    if (got < 0)
        return co_fail(error, COHORT_IO, "cannot read %s: %s", path, strerror(errno));
    return COHORT_OK;
}

cohort_status co_zoneinfo_load(co_memory *memory, co_text name, const co_zone **zone, cohort_error *error)
{
    char path[sizeof folder + MOST_NAME];
    size_t n;

    *zone = NULL;
    if (name.length == 0) {
        *zone = co_zone_retain(co_zone_utc());
        return COHORT_OK;
    }

    cohort_status status = co_zone_fixed(memory, name, zone, error);

    if (status != COHORT_NOT_FOUND)
        return status;
    if (name.length > MOST_NAME || !co_zone_name_is_safe(name))
        return co_fail(error, COHORT_NOT_FOUND, "'" CO_FMT "' is no name of a time zone", CO_ARG(name));
    snprintf(path, sizeof path, "%s%.*s", folder, (int)name.length, name.bytes);

    unsigned char *bytes = co_memory_new(memory, MOST_BYTES);

    if (bytes == NULL)
        return co_fail_memory(error);

    status = read_all(path, name, bytes, &n, error);

    if (status == COHORT_OK)
        status = co_zone_parse(memory, name, bytes, n, zone, error);
    co_memory_free(memory, bytes, MOST_BYTES);
    return status;
}

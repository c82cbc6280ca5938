/* Public structs that begin with their size, taken in at the door. */
#include "api/options.h"

#include <string.h>

static cohort_status read_size(const void *given, const char *what, uint32_t *size, cohort_error *error)
{
    memcpy(size, given, sizeof *size);
    if (*size >= 2 * sizeof *size)
        return COHORT_OK;
    return co_fail(error, COHORT_INVALID, "%s has no size; start it with its _INIT macro", what);
}

cohort_status co_options_take(const void *given, void *out, size_t size, const char *what, cohort_error *error)
{
    const uint32_t own_size = (uint32_t)size;
    uint32_t given_size;

    memset(out, 0, size);
    memcpy(out, &own_size, sizeof own_size);
    if (given == NULL)
        return COHORT_OK;

    const cohort_status status = read_size(given, what, &given_size, error);

    if (status != COHORT_OK)
        return status;
    for (size_t i = size; i < given_size; i++)
        if (((const char *)given)[i] != 0)
            return co_fail(error, COHORT_TOO_NEW, "%s asks for something that this version does not know", what);
    memcpy(out, given, given_size < size ? given_size : size);
    memcpy(out, &own_size, sizeof own_size);
    return COHORT_OK;
}

cohort_status co_options_give(const void *from, size_t size, void *callers, const char *what, cohort_error *error)
{
    uint32_t callers_size;
    const cohort_status status = read_size(callers, what, &callers_size, error);

    if (status != COHORT_OK)
        return status;
    memcpy(callers, from, callers_size < size ? callers_size : size);
    memcpy(callers, &callers_size, sizeof callers_size);
    return COHORT_OK;
}

cohort_status co_refuse_null(const char *what, cohort_error *error)
{
    return co_fail(error, COHORT_INVALID, "%s is NULL", what);
}

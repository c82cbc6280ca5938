/* Names of objects, fields, segments and traits. */
#include "store/naming.h"

#include "base/utf8.h"

cohort_status co_check_name(const char *what, co_text name, cohort_error *error)
{
    if (name.length == 0)
        return co_fail(error, COHORT_INVALID, "the name of %s is empty", what);
    if (name.length > CO_LONGEST_NAME)
        return co_fail(error, COHORT_INVALID, "the name of %s has %zu bytes, at most %u are allowed", what,
                       name.length, CO_LONGEST_NAME);
    if (!co_utf8_valid(name, NULL) || memchr(name.bytes, 0, name.length) != NULL)
        return co_fail(error, COHORT_INVALID, "the name of %s is not UTF-8 text", what);
    return COHORT_OK;
}

/* cohort/base.h: version, features, and the names and texts of statuses. */
#include "cohort/base.h"

#define TEXT_OF(number) #number
#define VERSION_TEXT(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *cohort_version(void)
{
    return VERSION_TEXT(COHORT_VERSION_MAJOR, COHORT_VERSION_MINOR, COHORT_VERSION_PATCH);
}

static const char features[] =
#ifdef CO_WITH_JSON
    "json "
#endif
#ifdef CO_WITH_REGEX
    "regex "
#endif
#ifdef CO_WITH_UNICODE
    "unicode "
#endif
    "zlib";

const char *cohort_features(void)
{
    return features;
}

const char *cohort_status_name(cohort_status status)
{
    switch (status) {
#define NAME(name, number, text)                                                                                       \
    case number:                                                                                                       \
        return "COHORT_" #name;
        COHORT_STATUS_LIST(NAME)
#undef NAME
    default:
        return "COHORT_?";
    }
}

const char *cohort_status_text(cohort_status status)
{
    switch (status) {
#define SAY(name, number, text)                                                                                        \
    case number:                                                                                                       \
        return text;
        COHORT_STATUS_LIST(SAY)
#undef SAY
    default:
        return "an unknown status";
    }
}

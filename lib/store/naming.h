/* What may be a name. */
#ifndef CO_STORE_NAMING_H
#define CO_STORE_NAMING_H

#include "base/error.h"
#include "base/text.h"

#define CO_LONGEST_NAME 255u

/* 1 to 255 bytes of UTF-8 without a zero byte; `what` is the word for it in the error. COHORT_INVALID. */
cohort_status co_check_name(const char *what, co_text name, cohort_error *error);

#endif

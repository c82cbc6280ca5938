/* Between the files that change schemas. */
#ifndef CO_STORE_DECLARE_H
#define CO_STORE_DECLARE_H

#include "store/root.h"
#include "store/schema_build.h"

/*
 * Turns the text keys that references gave into ints, in place of the draft's
 * object. TYPE if one is no int, or two are the same one.
 */
cohort_status co_reread_keys(co_version *draft, uint32_t object, cohort_error *error);

#endif

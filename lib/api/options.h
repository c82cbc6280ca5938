/*
 * Public structs that begin with their size, taken in at the door. Only api/
 * sees sizes other than its own.
 *
 * Always:  NULL or zero is the default. A shorter struct is an older caller's:
 *          the rest is zero. A longer one is a newer caller's: fine while what
 *          this version does not know is zero.
 */
#ifndef CO_API_OPTIONS_H
#define CO_API_OPTIONS_H

#include "base/error.h"

/*
 * Copies `given` (may be NULL) over `out`, a struct of `size` bytes that begins with
 * its uint32_t size. what: its name, for errors. Fails: INVALID a size below the
 * least possible, TOO_NEW.
 */
cohort_status co_options_take(const void *given, void *out, size_t size, const char *what, cohort_error *error);

/*
 * The other way, for structs that the caller gives to be filled: writes as much of
 * `from` as the caller's size has room for and leaves that size alone.
 */
cohort_status co_options_give(const void *from, size_t size, void *callers, const char *what, cohort_error *error);

/* The status for a NULL where something is needed. */
cohort_status co_refuse_null(const char *what, cohort_error *error);

#endif

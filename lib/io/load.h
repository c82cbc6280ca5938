/*
 * Loading a CSV file into a store.
 *
 *     source ─▶ csv ─▶ [pass 1: types] ─▶ stage ─▶ bale ─▶ declare ─▶ batch ─▶ commit
 *
 * Always:  nothing is declared or committed before the last row was read and
 *          converted; the store then changes whole or not at all. Two passes
 *          only where a type has to be inferred.
 */
#ifndef CO_IO_LOAD_H
#define CO_IO_LOAD_H

#include "io/loadreport.h"
#include "store/store.h"

/* Gives *report, yours until co_load_report_free(); NULL on failure. */
cohort_status co_load_csv(co_store *store, const cohort_load_options *options, cohort_load_report **report,
                          cohort_error *error);

#endif

/*
 * Everything a careful caller may do with a store of which nothing is known:
 * for stores made from hostile bytes, where the only wrong answer is a crash,
 * a leak, or a contradiction.
 *
 * Always:  a contradiction aborts; errors of single calls are fine.
 */
#ifndef CO_SUPPORT_EXERCISE_H
#define CO_SUPPORT_EXERCISE_H

#include "cohort.h"

/* Looks at every object, asks conditions over its fields, writes members out, looks keys up. */
void exercise_snapshot(const cohort_snapshot *snapshot);

/* The same, then deletes and puts some records and looks again. */
void exercise_store(cohort_store *store);

#endif

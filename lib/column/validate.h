/* What must be true of every column, looked at value by value. */
#ifndef CO_COLUMN_VALIDATE_H
#define CO_COLUMN_VALIDATE_H

#include "column/column.h"

/*
 * COHORT_CORRUPT with a reason if something that must always be true is not.
 * Sets need 4 bytes a row of memory for it, and so can fail with COHORT_MEMORY.
 */
cohort_status co_column_validate(const co_column *column, cohort_error *error);

#endif

/*
 * One cell of text to one number: whole numbers, decimals, money, doubles,
 * truth, dates and instants.
 */
#ifndef CO_IO_CONVERT_H
#define CO_IO_CONVERT_H

#include "io/stage.h"

/*
 * *number as the store keeps it (a DOUBLE as ordered bits); *is_null for a NaN.
 * The form counts decimals that lost digits. Fails with COHORT_TYPE or
 * COHORT_OVERFLOW, the text quoting the cell.
 */
cohort_status co_convert_cell(const co_stage_form *form, co_text cell, int64_t *number, bool *is_null,
                              cohort_error *error);

/* A latitude or longitude, at most `most` degrees from 0. */
cohort_status co_convert_degrees(co_text cell, double most, double *degrees, cohort_error *error);

#endif

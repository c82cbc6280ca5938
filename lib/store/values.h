/* From what callers give to what fields keep. */
#ifndef CO_STORE_VALUES_H
#define CO_STORE_VALUES_H

#include "base/error.h"
#include "store/schema.h"

/*
 * A number of `type` (and scale) as a NUMBERS field keeps it: int and decimal
 * grow into decimal and double, nothing is rounded away. `real` is read for
 * DOUBLE. *missing: NaN. Fails: TYPE, OVERFLOW (dates and times beyond the years 1
 * to 9999 too).
 */
cohort_status co_value_number(const co_field *field, cohort_type type, int32_t scale, int64_t number,
                              double real, int64_t *result, bool *missing, cohort_error *error);
/* INVALID beyond the poles or 180 degrees. */
cohort_status co_value_check_point(const co_field *field, double latitude, double longitude,
                                   cohort_error *error);
/* INVALID if it is no UTF-8. */
cohort_status co_value_check_text(const co_field *field, co_text text, cohort_error *error);
/* Sorts bytewise and drops repeats; how many are left. */
size_t co_value_sort_elements(co_text *elements, size_t n);
/* "int", "decimal(2)", "reference" …; static text of the type alone. */
const char *co_type_name(cohort_type type);
/* TYPE: "field 'age' of contact takes int, not string". */
cohort_status co_value_wrong_type(const co_field *field, cohort_type found, cohort_error *error);

#endif

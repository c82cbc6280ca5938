/*
 * Field types as text: "int", "decimal(2)", "string(nocase)", "money" … as
 * --type takes them and reports print them.
 */
#ifndef CO_IO_FIELDTYPE_H
#define CO_IO_FIELDTYPE_H

#include "base/buffer.h"
#include "cohort/store.h"

typedef struct co_field_type {
    cohort_type type;           /* COHORT_NULL: not known */
    int32_t scale;
    int32_t collation;
    bool money;                 /* DECIMAL written with currency signs and thousands separators */
} co_field_type;

/* Fails with COHORT_PARSE, naming the types there are. */
cohort_status co_field_type_parse(co_text text, co_field_type *type, cohort_error *error);
void co_field_type_print(const co_field_type *type, co_buffer *out);

#endif

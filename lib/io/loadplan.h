/*
 * What a load will do with each column of the file: options, header and the
 * schema there is, brought together and checked before a row is read.
 */
#ifndef CO_IO_LOADPLAN_H
#define CO_IO_LOADPLAN_H

#include "base/arena.h"
#include "io/csv.h"
#include "io/fieldtype.h"
#include "io/infer.h"
#include "store/schema.h"

typedef struct co_load_column {
    co_text name;               /* of the field; zero-terminated */
    uint32_t cell;              /* of the record; CO_NONE: the row number */
    uint32_t longitude_cell;    /* POINT only */
    bool is_key;
    const char *target;         /* the object of a reference, else NULL */
    co_text separator;          /* SET */
    co_field_type type;         /* type 0: to be inferred. Of a reference: its key's type */
    bool inferred;
    co_inference inference;
} co_load_column;

typedef struct co_load_plan {
    co_arena arena;
    const char *object;
    uint32_t n_cells;           /* of every record */
    uint32_t n_columns;
    co_load_column *columns;    /* the key first, where there is one */
    bool has_key;
    bool infers;                /* some type is not known yet */
} co_load_plan;

/*
 * Fails: NOT_FOUND an option names a column that the file does not have (with the
 * nearest one), AMBIGUOUS a header twice, INVALID contradictory options, PARSE a
 * type, MEMORY. The plan must be cleared in every case.
 */
cohort_status co_load_plan_make(co_load_plan *plan, co_memory *memory, const cohort_load_options *options,
                                const co_csv_record *header, const co_schema *schema, cohort_error *error);
void co_load_plan_clear(co_load_plan *plan);

/* Settles the types of the columns that were inferred. */
void co_load_plan_settle(co_load_plan *plan);

#endif

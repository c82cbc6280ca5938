/*
 * From rows of one object along reference fields to rows of another, and
 * fields read there.
 *
 * Always:  CO_NONE stands for no row: the way ended early, or at a row that
 *          does not exist.
 */
#ifndef CO_EVAL_WAYS_H
#define CO_EVAL_WAYS_H

#include "eval/values.h"

/* Reads one field of one object; remembers the tile it read last. */
typedef struct co_field_reader {
    const co_version *version;
    uint32_t object;
    uint32_t field;
    uint32_t number;            /* tile read last; CO_NONE: none yet */
    const co_column *column;    /* NULL: no row of that tile has a value */
    const int64_t *numbers;     /* the tile's values decoded, or NULL */
    uint32_t numbers_of;        /* the tile they are of */
} co_field_reader;

co_field_reader co_field_reader_of(const co_version *version, uint32_t object, uint32_t field);
/* The column that has a value for `row`, or NULL. */
const co_column *co_field_at(co_field_reader *reader, uint32_t row);
static inline int64_t co_field_number(const co_field_reader *reader, uint32_t row)
{
    const uint32_t slot = row % CO_TILE_ROWS;

    return reader->numbers != NULL && reader->numbers_of == reader->number ? reader->numbers[slot]
                                                                           : co_column_number(reader->column, slot);
}

/* The rows that a choice of rows reaches by the first n_hops fields of a way. */
cohort_status co_way_follow(co_worker *worker, co_scope *scope, const co_way *way, uint32_t n_hops,
                            const co_choice *choice, uint32_t *rows);
/* The object reached after n_hops. */
uint32_t co_way_object(const co_worker *worker, uint32_t object, const co_way *way, uint32_t n_hops);

#endif

/*
 * Value steps over some rows of one tile: vectors, one value a row.
 *
 *     slots of a tile ──co_value_find──▶ vector with validity
 *
 * Always:  at most CO_CHUNK rows at a time; all rows exist. Vectors and texts
 *          live in the worker's scratch until the caller releases its mark. A
 *          row whose value cannot be found is noted as a fault and is NULL.
 *          Operands of SELECT and COALESCE are found only for rows that take them.
 */
#ifndef CO_EVAL_VALUES_H
#define CO_EVAL_VALUES_H

#include "eval/worker.h"

#define CO_CHUNK 1024u

/* Rising slots of a scope's tile. */
typedef struct co_choice {
    uint32_t n;
    const uint16_t *slots;
} co_choice;

/* Rows one after the other, without a gap. */
static inline bool co_choice_is_run(const co_choice *choice)
{
    return choice->n > 0 && choice->slots[choice->n - 1] - choice->slots[0] + 1u == choice->n;
}

cohort_status co_value_find(co_worker *worker, co_scope *scope, uint32_t vstep, const co_choice *choice,
                            co_vector *out);
/* The same without looking at what is remembered, and by it (shared.c). */
cohort_status co_value_compute(co_worker *worker, co_scope *scope, uint32_t vstep, const co_choice *choice,
                            co_vector *out);
cohort_status co_shared_find(co_worker *worker, co_scope *scope, uint32_t vstep, const co_choice *choice,
                              co_vector *out);
/*
 * The same for a step that is found for many rows of the tile at once by `find`, whose `out`
 * has the tile's length; its texts must last as long as the scope.
 */
typedef cohort_status co_fold_find(co_worker *worker, co_scope *scope, const co_vstep *vstep,
                                   const co_register *within, co_vector *out);
cohort_status co_shared_fold(co_worker *worker, co_scope *scope, uint32_t vstep, co_fold_find *find,
                             const co_choice *choice, co_vector *out);

/* One value step and the rows it is found for. */
typedef struct co_task {
    co_worker *worker;
    co_scope *scope;
    const co_vstep *vstep;
    const co_choice *choice;
} co_task;

/* Operand i of the task's step, for all its rows. */
static inline cohort_status co_operand_find(const co_task *task, uint32_t i, co_vector *out)
{
    return co_value_find(task->worker, task->scope, task->vstep->operands[i], task->choice, out);
}

/* Whether the step's texts are those of the version or the plan, not made on the way. */
static inline bool co_value_text_lasts(const co_vstep *vstep)
{
    return vstep->kind == CO_VS_FIELD || vstep->kind == CO_VS_KEY || vstep->kind == CO_VS_CONSTANT;
}

/* The number of the task's step. */
static inline uint32_t co_task_vstep(const co_task *task)
{
    return (uint32_t)(task->vstep - task->worker->run->plan->vsteps);
}

/* Notes an evaluation error of row i and makes its value NULL. */
void co_value_fault(const co_task *task, co_vector *out, uint32_t i, const char *what);
/* The row number of row i. */
static inline uint32_t co_task_row(const co_task *task, uint32_t i)
{
    return task->scope->number * CO_TILE_ROWS + task->choice->slots[i];
}

/*
 * Families of steps. `out` is ready: of the step's type, all NULL.
 */
typedef cohort_status co_value_family(const co_task *task, co_vector *out);
co_value_family co_field_values;        /* CONSTANT … CONDITION */
co_value_family co_convert_values;      /* TO_DOUBLE … TO_TEXT */
co_value_family co_arithmetic_values;   /* ADD … NEGATE on numbers */
co_value_family co_number_values;       /* ABS, ROUND … LN */
co_value_family co_span_values;         /* dates, timestamps and intervals: ADD … INTERVAL_SCALE */
co_value_family co_calendar_values;     /* DATEDIFF, DATE_TRUNC, AGE, parts */
co_value_family co_text_values;         /* CONCAT, LOWER … LENGTH */
co_value_family co_set_values;          /* SET_AT_LEAST, SET_EXACTLY */
co_value_family co_point_values;        /* GEOLOCATION, DISTANCE */
co_value_family co_select_values;       /* SELECT, COALESCE, NULLIF, LEAST, GREATEST */
co_value_family co_far_values;          /* FAR */
co_value_family co_fold_values;         /* FOLD, CHAIN */

/* ---- vectors ---- */

/* n values, all NULL; of a SET, one end more. False for want of memory. */
bool co_vector_open(co_stack *scratch, co_vtype type, uint32_t scale, bool is_wide, uint32_t n, co_vector *vector);

static inline bool co_vector_has(const co_vector *vector, uint32_t i) { return co_bit_test(vector->valid, i); }
static inline void co_vector_set_valid(co_vector *vector, uint32_t i) { co_bit_set(vector->valid, i); }

static inline void co_vector_put(co_vector *vector, uint32_t i, int64_t number)
{
    vector->numbers[i] = number;
    co_bit_set(vector->valid, i);
}

static inline void co_vector_put_real(co_vector *vector, uint32_t i, double real)
{
    vector->reals[i] = real;
    co_bit_set(vector->valid, i);
}

static inline void co_vector_put_text(co_vector *vector, uint32_t i, co_text text)
{
    vector->texts[i] = text;
    co_bit_set(vector->valid, i);
}

/* EXACT, narrow or wide. put_wide is false, and the value stays NULL, if it does not fit a narrow vector. */
static inline co_wide co_vector_wide(const co_vector *vector, uint32_t i)
{
    return vector->is_wide ? vector->wides[i] : co_wide_of(vector->numbers[i]);
}
bool co_vector_put_wide(co_vector *vector, uint32_t i, co_wide value);

static inline void co_vector_put_narrow(co_vector *vector, uint32_t i, int64_t value)
{
    if (vector->is_wide)
        vector->wides[i] = co_wide_of(value);
    else
        vector->numbers[i] = value;
    co_bit_set(vector->valid, i);
}

/* Bytes a value takes, for all types but SET; and a vector's arrays in room for n of them. */
size_t co_vector_value_bytes(const co_vector *vector);
void co_vector_use(co_vector *vector, void *room);

/* Value j of `from` becomes value i; both of one type. */
void co_vector_copy_value(co_vector *vector, uint32_t i, const co_vector *from, uint32_t j);

/* Value k of `from` becomes value places[k], which has none yet, for all of them; and from places to one after the other. */
void co_vector_scatter(co_vector *to, const uint16_t *places, const co_vector *from);
void co_vector_gather(co_vector *to, const co_vector *from, const uint16_t *places);

/* Order of two values that are there, of one type; texts folded if `nocase`. */
int co_vector_compare(const co_vector *a, uint32_t i, const co_vector *b, uint32_t j, bool nocase);

/* Puts a double: NaN is NULL, and infinity out of finite operands is a fault. */
void co_vector_put_result(const co_task *task, co_vector *out, uint32_t i, double result, bool operands_finite,
                          const char *what);

/* The local day and local microseconds of a DATE or TIMESTAMP. */
int64_t co_vector_local_day(const co_task *task, const co_vector *vector, uint32_t i);
int64_t co_vector_local_us(const co_task *task, const co_vector *vector, uint32_t i);

#endif

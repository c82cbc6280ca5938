/*
 * One thread at work: its memory, the tiles it has open and the first thing
 * that went wrong.
 *
 *     run ── what all workers share: plan, program, kept sets, control
 *      └─ worker ── buffers, scratch, fault
 *          └─ scope ── one tile: its rows, and what is known about them so far
 *
 * Two kinds of trouble are told apart. What stops everything (no memory,
 * cancelled) is a status and travels up. An evaluation error (a sum that does
 * not fit) is a *fault*: the row is noted, if it is the lowest so far, its
 * value is taken as missing, and work goes on; so the row that is finally named
 * depends on neither the order of work nor the number of threads.
 *
 * Always:  a set found is within the mask given, a row outside it is never
 *          looked at by what may fail. A memo holds for which rows of the tile a
 *          step's answer is known and where it is yes; no row is asked twice. The
 *          values of a value step with several users are held likewise, as long
 *          as there is room.
 */
#ifndef CO_EVAL_WORKER_H
#define CO_EVAL_WORKER_H

#include "eval/eval.h"
#include "eval/program.h"
#include "eval/register.h"
#include "eval/stack.h"

/* What all workers of one call share. */
typedef struct co_run {
    const co_plan *plan;
    const co_program *program;
    co_memory *memory;
    bool on_demand;             /* a parent's condition is found for the rows reached, not looked up in a kept set */
    co_bitmap *kept;            /* by step; those of earlier passes */
    struct co_kept_values *kept_values; /* by value step; likewise (kept.h) */
    struct co_kept_values *ranked;      /* by ranking; likewise (rankings.h) */
    struct co_link_rows *linked;        /* by link; likewise (links.h) */
    const co_eval_control *control;
    struct co_eval *idle;       /* all its workers but the first have nothing to do; NULL: they have */
    uint64_t n_total;           /* tiles in all, for progress */
    _Atomic uint64_t n_done;
    _Atomic int32_t stop;       /* a status other than COHORT_OK: everybody stops */
} co_run;

typedef struct co_memo {
    bool is_complete;           /* every row of the tile that exists is known */
    co_register known;
    co_register yes;
} co_memo;

typedef struct co_shared co_shared; /* the values of a step that several others read */

#define CO_DECODED_FIELDS 4

/* One field of the scope's tile as plain numbers. */
typedef struct co_decoded {
    uint32_t field;
    int64_t *numbers;           /* NULL: free place */
} co_decoded;

typedef struct co_scope {
    struct co_scope *next;
    uint32_t object;
    uint32_t number;            /* of the tile */
    const co_tile *tile;
    co_register rows;           /* rows that exist; only where the whole tile is run */
    bool has_rows;              /* they are found */
    const co_register *base;    /* rows for which what cannot fail may be found ahead; NULL: only what is asked */
    bool in_value;              /* a value's conditions are being found */
    bool in_branch;             /* and not all rows of the base need that value */
    bool is_dense;              /* most rows of the tile will be asked for */
    bool settled;               /* the last leaf needed no values */
    co_memo **memos;            /* by step */
    co_shared **shared;         /* by value step; NULL: nothing is remembered */
    size_t shared_bytes;
    co_arena shared_texts;
    co_decoded decoded[CO_DECODED_FIELDS];
} co_scope;

typedef struct co_fault {
    bool is_set;
    uint32_t unit;              /* tile of the pass */
    uint32_t object;
    uint32_t row;
    cohort_error error;
} co_fault;

typedef struct co_worker {
    co_run *run;
    const co_kernel *kernel;
    co_memory *memory;
    co_pool pool;
    co_stack scratch;
    co_stack kept_room;         /* for what the run keeps; from run to run */
    uint16_t *counters;         /* CO_TILE_ROWS of them, all zero; NULL: in use, or not needed yet */
    int64_t *sums;              /* likewise */
    co_scope *scopes;           /* open ones */
    co_fault fault;
    co_zone_cursor zone_cursor;
    bool is_caller;             /* may call back */
    int64_t next_call_us;       /* not before this time */
    bool remembers_all;         /* explain: a memo for every step */
    uint64_t n_values;          /* found so far by value steps that have operands */
    uint32_t unit;              /* tile of the pass that is worked on */
} co_worker;

/* Whether a fault is to be named rather than another. */
static inline bool co_fault_is_before(const co_fault *a, const co_fault *b)
{
    if (a->unit != b->unit)
        return a->unit < b->unit;
    return a->row != b->row ? a->row < b->row : a->object < b->object;
}

void co_worker_init(co_worker *worker, co_memory *memory, bool is_caller);
void co_worker_clear(co_worker *worker);
/* For a new run; scratch and buffers stay. */
void co_worker_start(co_worker *worker, co_run *run);

/* A look at the clock and, in the caller's thread, at the caller's wish: the reason to stop, or COHORT_OK. */
cohort_status co_worker_poll(co_worker *worker);
/* Everybody shall stop, for this reason. */
void co_run_stop(co_run *run, cohort_status status);

/* Notes an evaluation error of one row: "contact 17: …". */
void co_worker_fault(co_worker *worker, uint32_t object, uint32_t row, cohort_status status, const char *format, ...)
    CO_PRINTF(5, 6);

bool co_scope_is_open(const co_worker *worker, uint32_t object, uint32_t number);
/* The open scope of that tile, opened if need be; NULL for want of memory. The tile must have rows. */
co_scope *co_scope_find(co_worker *worker, uint32_t object, uint32_t number);
void co_scope_close(co_worker *worker, co_scope *scope);
void co_scopes_close(co_worker *worker);
/* The field of the tile as numbers, decoded once; NULL where that is not worth it. */
cohort_status co_scope_numbers(co_worker *worker, co_scope *scope, uint32_t field, const int64_t **numbers);

/* shared.c: forgets the values of a tile. */
void co_shared_close(co_worker *worker, co_scope *scope);

/* rows.c: the rows of a tile that exist, and whether one row does. */
cohort_status co_scope_find_rows(co_worker *worker, co_scope *scope);
bool co_row_exists(const co_run *run, uint32_t object, uint32_t row);

/* steps.c: found = the rows of a step within `within`, which must hold existing rows only. */
cohort_status co_step_find(co_worker *worker, co_scope *scope, uint32_t step, const co_register *within,
                           co_register *found);

/* reached.c: the same for REACHED. */
cohort_status co_reached_find(co_worker *worker, co_scope *scope, const co_step *step, const co_register *within,
                              co_register *found);

/*
 * leaves.c, tests.c, vias.c: the same for single kinds of steps; found arrives
 * empty. A test also gives its other set, where `twin` is not NULL.
 */
cohort_status co_leaf_find(co_worker *worker, co_scope *scope, const co_step *step, const co_register *within,
                           co_register *found);
cohort_status co_test_find(co_worker *worker, co_scope *scope, const co_step *step, const co_register *within,
                           co_register *found, co_register *twin);
cohort_status co_via_find(co_worker *worker, co_scope *scope, const co_step *step, const co_register *within,
                          co_register *found);

#endif

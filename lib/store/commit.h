/*
 * A commit on its way, inside the room.
 *
 *     resolve: keys become rows or pending records, in the order given
 *     changes: what histories gain becomes chunks of its own
 *     place:   pending records and those that move get rows, parents first
 *     rebuild: every tile touched gets new columns where something differs
 *
 * Words:   a *pending* record is a key that gets its row in this commit.
 *          An *action* is one thing done to one row; those of a row keep their order.
 */
#ifndef CO_STORE_COMMIT_H
#define CO_STORE_COMMIT_H

#include "base/arena.h"
#include "store/chunk.h"
#include "store/root.h"

/* A resolved reference: a row, or a pending record of the target with this bit. */
#define CO_PENDING (UINT64_C(1) << 32)

typedef struct co_action {
    uint32_t row;    /* or the pending record's number */
    uint32_t source; /* a chunk's number or one of the following */
    uint32_t index;  /* row of the chunk */
} co_action;

#define CO_ACTION_PENDING UINT32_C(0x80000000) /* flag: `row` is a pending record until it is placed */
#define CO_ACTION_LIVE UINT32_C(0x7ffffff0)    /* comes into being with only its key */
#define CO_ACTION_LEAVE UINT32_C(0x7ffffff1)   /* has moved: nothing stays */
#define CO_ACTION_TOUCH UINT32_C(0x7ffffff2)   /* names a record that moved */
#define CO_MOST_CHUNKS UINT32_C(0x7fffffef)

typedef struct co_pending {
    uint64_t hash;
    union {
        int64_t number;
        co_text text;
    } key;
    uint32_t row; /* once placed */
    bool live;    /* as of the action being resolved */
} co_pending;

/* Rows in the order first seen, found by number. */
typedef struct co_rowmap {
    co_index index;
    uint32_t *rows;
    size_t n;
    size_t capacity;
} co_rowmap;

void co_rowmap_clear(co_memory *memory, co_rowmap *map);
/* Position of the row; CO_NONE if it is not there. */
uint32_t co_rowmap_find(const co_rowmap *map, uint32_t row);
/* Position of the row, which is added if new; CO_NONE: no memory. */
uint32_t co_rowmap_add(co_memory *memory, co_rowmap *map, uint32_t row);

/* Rows that a tile gains: slots [first_slot, first_slot + n) are order[first .. first + n). */
typedef struct co_growth {
    uint32_t tile;
    uint32_t first_slot;
    uint32_t n;
    size_t first;
    co_group group;
    bool is_new;
} co_growth;

/* In `order`: a pending record's number, or with this bit the position of a move. */
#define CO_ORDER_MOVE (UINT64_C(1) << 32)

/* What a commit does to one object. */
typedef struct co_work {
    const co_object *object;
    const co_object_node *base;
    bool text_keys;
    bool covered;         /* the key index may be asked … */
    bool indexed;         /* … and has a table, with room for new keys */
    bool checked;         /* whether records are live matters while resolving */
    uint64_t last_number; /* see co_object_node */
    co_pending *pending;
    size_t n_pending;
    size_t pending_capacity;
    co_index pending_index;
    co_action *actions;
    size_t n_actions;
    size_t action_capacity;
    co_rowmap seen;  /* rows that were there before and whose life was changed … */
    bool *seen_live; /* … to this */
    size_t seen_capacity;
    co_rowmap moved;    /* old rows of records that move … */
    uint32_t *moved_to; /* … and their new ones, in the same order */
    uint64_t *order;    /* what was placed, in order of rows within each growth; in the arena */
    size_t n_order;
    co_growth *growth;
    size_t n_growth;
    size_t growth_capacity;
    uint64_t *numbers;      /* of arrival, by pending record, 0: only named; in the arena */
    co_rowmap late;         /* rows named earlier whose record comes only now … */
    uint64_t *late_numbers; /* … and their numbers of arrival */
    size_t late_capacity;
} co_work;

struct co_commit {
    co_store *store;
    co_batch *batch;
    co_memory *memory;
    co_arena arena;   /* scratch until the end */
    co_version *base; /* current; retained */
    co_version *draft;
    co_work **works;      /* by object; NULL: untouched */
    uint64_t ***resolved; /* by chunk and column; NULL: no reference */
    size_t n_given;       /* chunks of the batch; those after them are of histories and go with the commit */
    uint64_t n_changes;   /* their rows */
    const co_work *appended; /* its rows came without actions and its index has room for their keys */
    co_commit_counts counts;
};

/* The object's work, made if need be; NULL: no memory. */
co_work *co_commit_work(co_commit *commit, uint32_t object);
/* False: no memory. */
bool co_work_act(co_commit *commit, co_work *work, uint32_t row, uint32_t source, uint32_t index);
/* Ascending; in place, by Shell's gaps. */
void co_sort_numbers(int64_t *numbers, size_t n);
/* Where a row is after this commit; `work` may be NULL. */
uint32_t co_work_row(const co_work *work, uint32_t row);
/* A resolved reference as a row, once the target is placed. */
uint32_t co_work_resolved(const co_work *target, uint64_t resolved);

/* Takes the writer's place; `batch` may be NULL for changes that name rows by themselves. */
cohort_status co_commit_begin(co_store *store, co_batch *batch, co_commit **commit, cohort_error *error);
/* Everything after the actions are known; on failure abandon. */
cohort_status co_commit_finish(co_commit *commit, cohort_error *error);
cohort_status co_commit_resolve(co_commit *commit, cohort_error *error);
/* Rows or pending records for the rows of a chunk, references aside. */
cohort_status co_commit_resolve_rows(co_commit *commit, co_work *work, uint32_t chunk, cohort_error *error);
/* After resolving, before placing: see changes.c. */
cohort_status co_commit_keep_changes(co_commit *commit, cohort_error *error);
/* The row or pending record (with CO_PENDING) of a key, added if it is new. */
cohort_status co_work_name(co_commit *commit, co_work *work, co_key key, uint64_t *target,
                           cohort_error *error);
cohort_status co_commit_place(co_commit *commit, cohort_error *error);
cohort_status co_commit_rebuild(co_commit *commit, cohort_error *error);

/* The chunk behind an action; NULL for the special ones. */
static inline const co_chunk *co_action_chunk(const co_commit *commit, const co_action *action)
{
    const uint32_t source = action->source & ~CO_ACTION_PENDING;

    return source <= CO_MOST_CHUNKS ? &commit->batch->chunks[source] : NULL;
}

#endif

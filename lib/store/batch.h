/*
 * Changes on their way in: records gathered in columns, then committed whole
 * or not at all.
 *
 * Always:  rows are applied in the order given; the last write of a (key,
 *          field) wins. Nothing is looked up before commit, so a batch can name
 *          records in any order.
 * Used:    co_batch_columns / co_batch_put …; co_commit_prepare (may fail, the
 *          batch is as it was); journal; co_commit_publish (cannot fail, the
 *          batch is empty again).
 * Threads: a batch belongs to the thread that fills it; commits queue.
 */
#ifndef CO_STORE_BATCH_H
#define CO_STORE_BATCH_H

#include "store/store.h"

typedef struct co_batch co_batch;
typedef struct co_commit co_commit;

typedef enum co_verb {
    CO_UPSERT = 1, /* create the record or change these fields of it */
    CO_PATCH = 2,  /* change these fields; NOT_FOUND if there is no record */
    CO_DELETE = 3  /* NOT_FOUND if there is no record */
} co_verb;

/*
 * One field of n_rows records. `cells` is as long as the call says (cells.n is not read).
 *   field 0       the key: NUMBERS for ints, STRINGS for texts; never missing
 *   REFERENCE     the keys of the records named, NUMBERS or STRINGS
 *   DOUBLE        ordered bits (co_double_to_ordered)
 *   others        in the field's own shape and scale
 * Int keys for an object keyed by text become decimal text; text keys for an
 * object keyed by ints must be ints (at commit: COHORT_TYPE).
 */
typedef struct co_staged_column {
    uint32_t field;
    bool create_parents; /* REFERENCE: records named come into being, with only their key */
    co_cells cells;
} co_staged_column;

/* Memory that a batch takes over: from co_memory_new of the store's memory. */
typedef struct co_block {
    void *bytes;
    size_t size;
} co_block;

cohort_status co_batch_new(co_store *store, co_batch **batch, cohort_error *error);
void co_batch_free(co_batch *batch);
/* Empty again. */
void co_batch_clear(co_batch *batch);

/*
 * Upserts n_rows records. Everything is copied, so no cells may be packed. A keyless object takes no key
 * column: each row is a new record. Repeated keys: the last wins, the first
 * gives the place. Texts must be valid UTF-8, set elements without repeats.
 * Fails: INVALID (a column that is twice there or of the wrong shape, no key), MEMORY.
 */
cohort_status co_batch_columns(co_batch *batch, uint32_t object, uint32_t n_rows, size_t n_columns,
                               const co_staged_column *columns, cohort_error *error);
/*
 * The same without copying: arrays and texts lie in the blocks, which the batch
 * frees. On failure they are still yours. Cells may be packed; blocks given with one
 * call may hold words that later calls share.
 */
cohort_status co_batch_take_columns(co_batch *batch, uint32_t object, uint32_t n_rows, size_t n_columns,
                                    const co_staged_column *columns, size_t n_blocks, const co_block *blocks,
                                    cohort_error *error);

/*
 * One record. `key` NULL: the next record of a keyless object. Values are
 * converted where nothing is lost (int to decimal or double, a decimal to a larger
 * scale, int keys to text); NULL clears a field. Copied. Fails: TYPE, OVERFLOW,
 * INVALID (UTF-8, a point out of range), MEMORY.
 */
cohort_status co_batch_put(co_batch *batch, co_verb verb, uint32_t object, const co_key *key, size_t n_fields,
                           const uint32_t *fields, const cohort_value *values, cohort_error *error);

/* When its changes happened, for histories; forgotten with them. Fails: OVERFLOW beyond the years 1 to 9999. */
cohort_status co_batch_set_time(co_batch *batch, int64_t at_us, cohort_error *error);

typedef struct co_commit_counts {
    uint64_t inserted;
    uint64_t updated;
    uint64_t unchanged;
    uint64_t deleted;
    uint64_t parents; /* of inserted: made by create_parents alone */
    uint64_t version;
} co_commit_counts;

/*
 * Works out the next version and reserves all it needs. Success holds the
 * writer's place until publish or abandon, which the same thread must call.
 * Fails: NOT_FOUND (patch or delete of no record: the key), TYPE (a key of the
 * wrong kind), INVALID (changes for a history and no time), FULL, MEMORY.
 */
cohort_status co_commit_prepare(co_batch *batch, co_commit **commit, cohort_error *error);
void co_commit_publish(co_commit *commit, co_commit_counts *counts);
void co_commit_abandon(co_commit *commit);

#endif

/*
 * A commit that only adds: a bale of new records of one object. Its encoded parts
 * become tiles, without an action, a pending record or a cell for each of them.
 *
 *     check:  keys are new and rise, every record named is there
 *     order:  each part into the order of groups and of time within them
 *     tiles:  pieces of parts, one after the other, make a tile; a whole part is one
 *
 * Always:  rows and tiles are those that the general way would give. What does not
 *          fit, or fails, has changed nothing but dictionaries.
 */
#ifndef CO_STORE_APPEND_H
#define CO_STORE_APPEND_H

#include "store/place.h"

/* Rows of a part in one cell: to the next run's first row. */
typedef struct co_append_run {
    uint32_t cell;
    uint32_t first;
} co_append_run;

/*
 * A chunk on its way. Columns as the chunk has them, references as rows; behind them the
 * order of arrival, and NULL for fields that no column brings.
 */
typedef struct co_append_part {
    uint32_t n_rows;
    co_column **columns;
    co_append_run *runs; /* one more than n_runs, which ends the last */
    uint32_t n_runs;
    uint32_t next_run;
} co_append_part;

/* Rows [first, first + n) of a part. */
typedef struct co_append_piece {
    uint32_t part;
    uint32_t first;
    uint32_t n;
} co_append_piece;

/* Texts of one column: what their codes in the bale are in the field's dictionary. */
typedef struct co_append_words {
    co_text *texts;
    uint32_t *codes;
    uint32_t n;
} co_append_words;

typedef struct co_append {
    co_commit *commit;
    co_work *work;
    const co_object *object;
    uint32_t n_columns;
    const co_chunk_column *columns; /* of every chunk: fields */
    co_append_words *words;         /* by column */
    co_append_part *parts;
    uint32_t n_parts;
    uint64_t n_rows;
    uint32_t next_tile;
    co_layout_entry *entries; /* of new tiles */
    size_t n_entries;
    size_t entry_capacity;
    struct co_append_room *room; /* scratch for tiles */
} co_append;

/* Appends the batch if it is one that only adds; *done tells. */
cohort_status co_append_try(co_commit *commit, bool *done, cohort_error *error);

/* The column that holds a field; CO_NONE: the parts have none. */
uint32_t co_append_column(const co_append *append, uint32_t field);
static inline bool co_append_is_grouped(const co_append *append)
{
    return append->object->home != CO_NONE || append->object->cluster != CO_NONE || append->object->time != CO_NONE;
}

/* Puts the parts in order and makes the tiles of every group. *fits false: cluster values of a kind that must go the general way. */
cohort_status co_append_groups(co_append *append, bool *fits, cohort_error *error);

/* Makes tiles of the pieces, all of one group, first filling up its last tile. */
cohort_status co_append_tiles(co_append *append, const co_group *group, const co_append_piece *pieces,
                              size_t n_pieces, cohort_error *error);
void co_append_room_free(co_append *append);

#endif

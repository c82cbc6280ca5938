/* Between the files that give rows to records; see place.c. */
#ifndef CO_STORE_PLACE_H
#define CO_STORE_PLACE_H

#include "store/commit.h"

/*
 * The records of one object that need rows: first all that are pending, then
 * those that move, in the order of work->moved.
 */
typedef struct co_placing {
    co_commit *commit;
    co_work *work;
    uint32_t *parent_tiles; /* where each belongs */
    size_t n;
    size_t capacity;
    uint32_t *groups; /* of each; positions in `group` */
    co_group *group;
    size_t n_groups;
} co_placing;

/* Position of the action's record among those to be placed; SIZE_MAX if it stays where it is. */
size_t co_placing_of(const co_placing *placing, const co_action *action);

/*
 * Fills parent_tiles from the home reference, and work->moved with the rows that
 * leave their parent tile: because of their own change or because their parent moved.
 */
cohort_status co_place_homes(co_placing *placing, cohort_error *error);

/*
 * The final value of a field for every record to be placed: numbers as they are,
 * texts by their code. Missing where `has` is 0.
 */
cohort_status co_place_values(const co_placing *placing, uint32_t field, int64_t *values, uint8_t *has,
                              cohort_error *error);

/* Decides the group of every record. */
cohort_status co_place_groups(co_placing *placing, cohort_error *error);

/* Whether so many new rows of a cluster value are too few for tiles of their own. */
bool co_group_is_rare(const co_placing *placing, const co_group *group, size_t n_rows);

/* The last tile of a group; CO_NONE if it has none. `layout` may be NULL. */
uint32_t co_layout_last(const co_layout *layout, const co_group *group);

/* Sorts n positions by their keys, stably; `order` and `spare` may change places. */
void co_sort_by_key(const uint64_t *keys, size_t n, uint32_t **order, uint32_t **spare);

/* An object has no tile left to give. */
cohort_status co_fail_full(const co_object *object, cohort_error *error);

/* Actions that make every column naming a moved record name its new row. */
cohort_status co_place_touch(co_commit *commit, cohort_error *error);

/* One more record to be placed. False: no memory. */
static inline bool co_placing_grow(co_placing *placing, uint32_t parent_tile)
{
    if (!co_memory_grow(placing->commit->memory, (void **)&placing->parent_tiles, &placing->capacity,
                        placing->n + 1, sizeof *placing->parent_tiles))
        return false;
    placing->parent_tiles[placing->n++] = parent_tile;
    return true;
}

#endif

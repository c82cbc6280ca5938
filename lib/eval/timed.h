/*
 * Child rows by parent and in the order of time.
 *
 *     hits as they come ──co_group_starts──▶ by parent ──co_timed_sort──▶ by (time, arrival)
 *
 * Always:  both are stable. Rows mostly come in order already, in one run for each
 *          tile and set: sorting merges runs, so n rows in r runs cost n log r.
 */
#ifndef CO_EVAL_TIMED_H
#define CO_EVAL_TIMED_H

#include "base/memory.h"
#include "store/version.h"

#define CO_NO_TIME INT64_MAX /* of a row without time where it counts last */

typedef struct co_timed {
    int64_t time; /* microseconds or days */
    uint32_t row;
    uint32_t what; /* place of its value, or step of a chain that it fits */
} co_timed;

/*
 * What comes first of two rows: the earlier; of one instant by object, in it by
 * arrival; of one row the greater `what`.
 */
typedef struct co_timed_order {
    const co_version *version; /* for arrivals; NULL: rows are numbered as they came */
    uint32_t object;
    const uint32_t *objects; /* by `what`; NULL: all of `object` */
} co_timed_order;

int co_timed_compare(const co_timed_order *order, const co_timed *a, const co_timed *b);
/* `room` is for n as well. */
void co_timed_sort(const co_timed_order *order, co_timed *items, size_t n, co_timed *room);

/*
 * Where each group's items start when items are put in order of their groups:
 * items[starts[group]++] = …, for one after the other, makes each start an end.
 */
void co_group_starts(const uint32_t *groups, size_t n, uint32_t n_groups, uint32_t *starts);

#endif

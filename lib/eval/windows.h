/*
 * Where in a tile the rows of a set can lie, as far as its columns tell without
 * looking at rows: events of one kind within a span of time are rows one after
 * the other, as tiles are filled.
 *
 * Always:  no row outside of the window is in the set; if it is exact, every row
 *          inside is, and exists.
 * Costs:   a few nanoseconds for a tile that is out of question, two searches by
 *          halves for a span of time. Conditions that cannot tell, and those
 *          deep in others, leave the window wide and not exact.
 */
#ifndef CO_EVAL_WINDOWS_H
#define CO_EVAL_WINDOWS_H

#include "eval/worker.h"

typedef struct co_window {
    uint32_t first;
    uint32_t end;  /* not past the tile's rows; empty: end ≤ first */
    bool is_exact;
} co_window;

static inline bool co_window_is_empty(const co_window *window) { return window->end <= window->first; }

co_window co_window_find(const co_run *run, uint32_t object, const co_tile *tile, uint32_t step);

/*
 * Whether a set can have rows where the object's cluster field has no other value than this,
 * a number or the field's code of a text.
 */
bool co_window_may_have(const co_run *run, uint32_t object, uint32_t step, int64_t cluster_value);

#endif

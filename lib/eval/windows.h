/*
 * Where in a tile the rows of a set can lie, as far as its columns tell without
 * looking at rows: events of one kind within a span of time are rows one after
 * the other, as tiles are filled.
 *
 * Always:  no row outside of the window is in the set. Those inside are that exist, if
 *          not all do, and that are in all of the steps that are left to be asked.
 * Costs:   a few nanoseconds for a tile that is out of question, two searches by
 *          halves for a span of time. Conditions that cannot tell, and those
 *          deep in others, leave the window wide and are left.
 */
#ifndef CO_EVAL_WINDOWS_H
#define CO_EVAL_WINDOWS_H

#include "eval/worker.h"

#define CO_WINDOW_LEFT 4u

typedef struct co_window {
    uint32_t first;
    uint32_t end;    /* not past the tile's rows; empty: end ≤ first */
    bool all_live;   /* every row inside is */
    bool none_late;  /* none inside is later than the as-of instant */
    uint32_t n_left; /* steps that are left */
    uint32_t left[CO_WINDOW_LEFT];
} co_window;

static inline bool co_window_is_empty(const co_window *window) { return window->end <= window->first; }
/* Whether every row inside is in the set. */
static inline bool co_window_is_exact(const co_window *window) { return window->all_live && window->none_late && window->n_left == 0; }

co_window co_window_find(const co_run *run, uint32_t object, const co_tile *tile, uint32_t step);

/*
 * The set's rows as words, those of the tile from the row first / 64 × 64 up to end, where the
 * steps left can be told from columns within the window alone. False: ask the steps.
 */
bool co_window_read(const co_run *run, const co_tile *tile, const co_window *window, uint64_t *words);

/*
 * The set's rows where they lie in a span of one column that does not rise with the row, in the order
 * of its values, as far as that order is known (co_column_ordered); in the version, or in `room` for
 * a whole tile. False: ask otherwise.
 */
bool co_window_span(const co_run *run, uint32_t object, const co_tile *tile, const co_window *window, uint16_t *room,
                    const uint16_t **slots, uint32_t *n);

/*
 * Whether a set can have rows where the object's cluster field has no other value than this,
 * a number or the field's code of a text.
 */
bool co_window_may_have(const co_run *run, uint32_t object, uint32_t step, int64_t cluster_value);

#endif

/*
 * Which parents were counted for, while they are few: to look again at what was
 * added up for them, and to undo it, without going through all rows of the tile.
 *
 * Always:  slots that do not last as long as the hits are copied to `room`. More than
 *          `most` parents make the list incomplete for good.
 */
#ifndef CO_EVAL_PIECES_H
#define CO_EVAL_PIECES_H

#include <string.h>

#include "eval/hits.h"

#define CO_MOST_PIECES 32u

/* Slots of parents, less base. */
typedef struct co_piece {
    const uint16_t *slots;
    uint32_t n;
    uint16_t base;
} co_piece;

typedef struct co_pieces {
    uint32_t most;
    uint16_t *room; /* for as many */
    uint32_t n_parents;
    uint32_t n;
    bool is_incomplete;
    co_piece items[CO_MOST_PIECES];
} co_pieces;

static inline co_piece co_piece_of(const co_hits *hits)
{
    return (co_piece){ hits->parents, hits->n, hits->base };
}

/*
 * Runs the body for each slot in turn, the one with number i. What the body writes may overlap anything, as far as a
 * compiler knows, so what does not change is kept at hand.
 */
#define CO_FOR_EACH_SLOT(piece, i, slot, body)                 \
    do {                                                       \
        const uint16_t *const slots_ = (piece)->slots;         \
        const uint32_t n_ = (piece)->n;                        \
        const uint32_t base_ = (piece)->base;                  \
                                                               \
        for (uint32_t i = 0; i < n_; i++) {                    \
            const uint32_t slot = base_ + slots_[i];           \
            body;                                              \
        }                                                      \
    } while (0)

/* Whether the list is still complete with the chunk. */
static inline bool co_pieces_note(co_pieces *pieces, const co_hits *hits)
{
    co_piece *last = pieces->n > 0 ? &pieces->items[pieces->n - 1] : NULL;
    co_piece now = co_piece_of(hits);

    if (pieces->is_incomplete || now.n > pieces->most - pieces->n_parents) {
        pieces->is_incomplete = true;
        return false;
    }
    if (!hits->lasts)
        now.slots = memcpy(pieces->room + pieces->n_parents, now.slots, now.n * sizeof *now.slots);
    if (last != NULL && last->slots + last->n == now.slots && last->base == now.base) {
        last->n += now.n;
    } else if (pieces->n < CO_MOST_PIECES) {
        pieces->items[pieces->n++] = now;
    } else {
        pieces->is_incomplete = true;
        return false;
    }
    pieces->n_parents += now.n;
    return true;
}

#endif

/*
 * The rows of one tile, in the form that suits them. Bitmaps are made of these.
 *
 *     form    holds                                   bytes
 *     SLOTS   1 to 4,096 rising slots                 2 each
 *     WORDS   1,024 words of bits; 4,097 rows or more 8,192
 *     RUNS    1 to 2,047 rising runs that do not      4 each
 *             touch, not the whole tile
 *     FULL    nothing: every row is in                0
 *
 * Always:  `count` rows, at least 1. Four slots or two runs live in the rowset
 *          itself, more of them in a block of `capacity` items, which is the rowset's
 *          own unless it lies on a shelf.
 * Fails:   what returns bool says false when there is no memory, and then nothing has
 *          changed and nothing is held.
 * Source:  Roaring format specification, "containers".
 */
#ifndef CO_BITMAP_ROWSET_H
#define CO_BITMAP_ROWSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "bitmap/bitmap.h"
#include "bitmap/runs.h"
#include "bitmap/shelf.h"

typedef enum co_form { CO_FORM_SLOTS, CO_FORM_WORDS, CO_FORM_RUNS, CO_FORM_FULL } co_form;

enum {
    CO_SLOTS_MOST = 4096,       /* more are smaller as words */
    CO_RUNS_MOST = 2047,        /* likewise */
    CO_SLOTS_INSIDE = 4,
    CO_RUNS_INSIDE = 2,
    CO_WORDS_BYTES = 8192,
    CO_RAW = 256                /* added to the form of rows that lie in a view's bytes: raw.h */
};

struct co_rowset {
    union {
        uint16_t slots_inside[CO_SLOTS_INSIDE];
        co_run runs_inside[CO_RUNS_INSIDE];
        uint16_t *slots;
        co_run *runs;
        uint64_t *words;
        const uint8_t *bytes;   /* of someone else: raw.h */
    } at;
    uint32_t count;
    uint16_t tile;
    uint16_t form;              /* co_form, and CO_RAW or not */
    uint16_t n_runs;
    uint16_t capacity;          /* slots or runs that fit */
    bool shelved;               /* the block goes with the shelf */
};

static inline uint16_t *co_rowset_slots(co_rowset *set)
{
    return set->capacity <= CO_SLOTS_INSIDE ? set->at.slots_inside : set->at.slots;
}

static inline const uint16_t *co_rowset_slots_of(const co_rowset *set)
{
    return set->capacity <= CO_SLOTS_INSIDE ? set->at.slots_inside : set->at.slots;
}

static inline co_run *co_rowset_runs(co_rowset *set)
{
    return set->capacity <= CO_RUNS_INSIDE ? set->at.runs_inside : set->at.runs;
}

/* A full tile is one run to those who read it. */
co_run_list co_rowset_run_list(const co_rowset *set);

/* ---- making and unmaking: rowset.c ---- */

/* Room for n, not filled: count (slots) or count and n_runs (runs) are set, the rest is up to the caller. */
bool co_rowset_new_slots(co_shelf *shelf, size_t n, co_rowset *set);
bool co_rowset_new_words(co_shelf *shelf, size_t count, co_rowset *set);
bool co_rowset_new_runs(co_shelf *shelf, size_t n_runs, size_t count, co_rowset *set);
void co_rowset_new_full(co_rowset *set);
/* The first n slots, at least 1, written in the room that the shelf handed out last. */
void co_rowset_keep_slots(co_shelf *shelf, uint16_t *room, size_t n, co_rowset *set);
/*
 * Words written before it is known whether they stay words: room for them, NULL if there is
 * no memory; then either kept, with so many rows, or dropped.
 */
uint64_t *co_rowset_begin_words(co_shelf *shelf);
void co_rowset_keep_words(co_shelf *shelf, uint64_t *words, size_t count, co_rowset *set);
void co_rowset_drop_words(co_shelf *shelf, uint64_t *words);
void co_rowset_free(co_memory *memory, co_rowset *set);
bool co_rowset_copy(co_shelf *shelf, const co_rowset *from, co_rowset *to);

/* Copies into the right form. count and n are at least 1; runs into their smallest form. */
bool co_rowset_of_words(co_shelf *shelf, const uint64_t *words, size_t count, co_rowset *set);
bool co_rowset_of_slots(co_shelf *shelf, const uint16_t *slots, size_t n, co_rowset *set);
bool co_rowset_of_runs(co_shelf *shelf, co_run_list runs, size_t count, co_rowset *set);

/*
 * What the forms cost where one is chosen, as the reference counts: slots with
 * two bytes for a length that is not written. Only so do the same rows come out
 * in the same forms, and files in the same bytes.
 */
static inline size_t co_runs_cost(size_t n_runs) { return 2 + n_runs * sizeof(co_run); }

static inline size_t co_other_cost(size_t count)
{
    return count <= CO_SLOTS_MOST ? 2 + count * sizeof(uint16_t) : CO_WORDS_BYTES;
}

/* Bytes in a block of its own. */
size_t co_rowset_bytes(const co_rowset *set);
/* All CO_TILE_WORDS words. */
void co_rowset_spell(const co_rowset *set, uint64_t *words);
/* The rows added to words that may hold others. */
void co_rowset_spell_over(const co_rowset *set, uint64_t *words);
/* Takes the place of `set`, whose block goes; the tile stays. */
void co_rowset_replace(co_memory *memory, co_rowset *set, co_rowset *by);

/* ---- changing: change.c ---- */

bool co_rowset_add(co_memory *memory, co_rowset *set, uint16_t slot, bool *changed);
/* count may become 0; the caller then drops the tile. */
bool co_rowset_remove(co_memory *memory, co_rowset *set, uint16_t slot, bool *changed);
/* A second rowset of the same rows in the smallest form, without spare room. */
bool co_rowset_smallest(co_shelf *shelf, const co_rowset *set, co_rowset *to);

/* ---- two of them: pair.c ---- */

/* result has count 0 and holds nothing if no row is left; its tile is a's. */
bool co_rowset_combine(co_shelf *shelf, co_set_operation operation, const co_rowset *a, const co_rowset *b,
                       co_rowset *result);
size_t co_rowset_and_count(const co_rowset *a, const co_rowset *b);
bool co_rowset_meet(const co_rowset *a, const co_rowset *b);
bool co_rowset_subset(const co_rowset *a, const co_rowset *b);
bool co_rowset_equal(const co_rowset *a, const co_rowset *b);

/* ---- asking: ask.c ---- */

bool co_rowset_contains(const co_rowset *set, uint16_t slot);
/* Rows below `slot`, which may be 65,536. */
size_t co_rowset_rank(const co_rowset *set, uint32_t slot);
/* index < count. */
uint16_t co_rowset_select(const co_rowset *set, size_t index);
/*
 * The first row at or after `slot`, CO_TILE_ROWS if none; the last before `slot`, ditto.
 * *hint says where the last answer was, and is corrected.
 */
uint32_t co_rowset_next(const co_rowset *set, uint32_t slot, uint32_t *hint);
uint32_t co_rowset_previous(const co_rowset *set, uint32_t slot, uint32_t *hint);
/* Rows base + slot from `first` on, up to `room`; how many. */
size_t co_rowset_rows(const co_rowset *set, uint32_t first, uint32_t base, uint32_t *rows, size_t room);
/* NULL, or what is wrong with this tile. */
const char *co_rowset_validate(const co_rowset *set);

#endif

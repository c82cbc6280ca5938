/*
 * Every row moved by the same distance.
 *
 * By whole tiles, tiles are copied under other numbers. Else each tile falls on
 * two: what stays below its end, and what crosses into the next. The two that meet
 * in one tile do not overlap, the crossing ones come first, so slots and runs are
 * simply written one list after the other, and only other pairs go through words.
 */
#include <assert.h>
#include <string.h>

#include "bitmap/raw.h"
#include "bitmap/tiles.h"
#include "kernel/bits.h"
#include "kernel/kernel.h"

typedef struct shifter {
    const co_bitmap *from;
    co_bitmap *to;
    co_shelf *shelf;            /* of `to` */
    int64_t tiles;              /* the distance: whole tiles, */
    uint32_t slots;             /* and 1 to 65,535 slots more */
} shifter;

/* What falls on one tile: `crossing` from the tile before, `staying`; either may be NULL. */
typedef struct fall {
    const co_rowset *crossing;
    const co_rowset *staying;
    uint32_t slots;
} fall;

static bool is_run_list(const co_rowset *set)
{
    return set == NULL || set->form == CO_FORM_RUNS || set->form == CO_FORM_FULL;
}

static bool is_slot_list(const co_rowset *set) { return set == NULL || set->form == CO_FORM_SLOTS; }

/* ---- slots ---- */

static size_t move_slots(const co_rowset *set, bool crossing, uint32_t by, uint16_t *out)
{
    size_t n = 0;

    for (size_t i = 0; set != NULL && i < set->count; i++) {
        const uint32_t slot = co_rowset_slots_of(set)[i] + by;

        if ((slot >= CO_TILE_ROWS) == crossing)
            out[n++] = (uint16_t)slot;
    }
    return n;
}

static bool fall_as_slots(co_shelf *shelf, const fall *f, co_rowset *set)
{
    uint16_t slots[2 * CO_SLOTS_MOST];
    size_t n = move_slots(f->crossing, true, f->slots, slots);

    n += move_slots(f->staying, false, f->slots, slots + n);
    set->count = 0;
    return n == 0 || co_rowset_of_slots(shelf, slots, n, set);
}

/* ---- runs ---- */

/* Adds the part of each run that falls on this tile; the first may touch the last one there. */
static size_t move_runs(const co_rowset *set, bool crossing, uint32_t by, co_run *out, size_t n)
{
    const co_run_list list = set == NULL ? (co_run_list){ NULL, 0 } : co_rowset_run_list(set);
    const uint32_t low = crossing ? CO_TILE_ROWS : 0;

    for (size_t i = 0; i < list.n; i++) {
        const uint32_t first = list.runs[i].first + by;
        const uint32_t last = list.runs[i].last + by;
        const uint32_t from = first > low ? first : low;
        const uint32_t to = last < low + CO_TILE_ROWS ? last : low + CO_TILE_ROWS - 1;

        if (from > to)
            continue;
        if (n > 0 && (uint32_t)out[n - 1].last + 1 == from - low)
            out[n - 1].last = (uint16_t)(to - low);
        else
            out[n++] = (co_run){ (uint16_t)(from - low), (uint16_t)(to - low) };
    }
    return n;
}

static bool fall_as_runs(co_shelf *shelf, const fall *f, co_rowset *set)
{
    co_run runs[2 * CO_RUNS_MOST];
    size_t n = move_runs(f->crossing, true, f->slots, runs, 0);

    n = move_runs(f->staying, false, f->slots, runs, n);
    set->count = 0;
    return n == 0 || co_rowset_of_runs(shelf, (co_run_list){ runs, n }, co_runs_count((co_run_list){ runs, n }), set);
}

/* ---- words ---- */

/* Words of the tile moved up, those that stay or those that cross, added to out. */
static void move_words(const co_rowset *set, bool crossing, uint32_t by, uint64_t *out)
{
    const size_t whole = by / 64;
    const unsigned bits = by % 64;
    const size_t first = crossing ? CO_TILE_WORDS - whole : 0;
    uint64_t words[CO_TILE_WORDS];

    if (set == NULL)
        return;
    co_rowset_spell(set, words);
    /* Word i falls on word i + whole of the two tiles, and on the one after. */
    for (size_t i = first; i < CO_TILE_WORDS && (crossing || i + whole < CO_TILE_WORDS); i++)
        out[i + whole - (crossing ? CO_TILE_WORDS : 0)] |= words[i] << bits;
    if (bits == 0)
        return;
    for (size_t i = 0; i < CO_TILE_WORDS; i++) {
        const size_t at = i + whole + 1;

        if ((at >= CO_TILE_WORDS) == crossing)
            out[at % CO_TILE_WORDS] |= words[i] >> (64 - bits);
    }
}

static bool fall_as_words(co_shelf *shelf, const fall *f, co_rowset *set)
{
    uint64_t words[CO_TILE_WORDS] = { 0 };

    move_words(f->crossing, true, f->slots, words);
    move_words(f->staying, false, f->slots, words);
    const size_t count = co_kernel_now()->count(words, CO_TILE_WORDS);

    set->count = 0;
    return count == 0 || co_rowset_of_words(shelf, words, count, set);
}

/* ---- tiles ---- */

static bool put_fall(const shifter *s, int64_t tile, const co_rowset *crossing, const co_rowset *staying)
{
    const fall f = { crossing, staying, s->slots };
    co_rowset set;
    bool made;

    if (tile < 0 || tile >= CO_TILE_ROWS)
        return true;
    if (is_slot_list(crossing) && is_slot_list(staying))
        made = fall_as_slots(s->shelf, &f, &set);
    else if (is_run_list(crossing) && is_run_list(staying))
        made = fall_as_runs(s->shelf, &f, &set);
    else
        made = fall_as_words(s->shelf, &f, &set);
    if (made && set.count != 0)
        co_tiles_append(s->to, (uint32_t)tile, &set);
    return made;
}

static bool shift_slots(const shifter *s)
{
    const co_bitmap *from = s->from;
    bool put = true;

    for (size_t i = 0; put && i <= from->n_tiles; i++) {
        const co_rowset *here = i < from->n_tiles ? &from->tiles[i] : NULL;
        const co_rowset *before = i > 0 ? &from->tiles[i - 1] : NULL;
        const bool adjoin = here != NULL && before != NULL && before->tile + 1 == here->tile;

        if (before != NULL && !adjoin)
            put = put_fall(s, s->tiles + before->tile + 1, before, NULL);
        if (put && here != NULL)
            put = put_fall(s, s->tiles + here->tile, adjoin ? before : NULL, here);
    }
    return put;
}

static bool shift_tiles(const shifter *s)
{
    for (size_t i = 0; i < s->from->n_tiles; i++) {
        const int64_t tile = s->tiles + s->from->tiles[i].tile;
        co_rowset set;

        if (tile < 0 || tile >= CO_TILE_ROWS)
            continue;
        if (!co_rowset_copy(s->shelf, &s->from->tiles[i], &set))
            return false;
        co_tiles_append(s->to, (uint32_t)tile, &set);
    }
    return true;
}

cohort_status co_bitmap_shift(const co_bitmap *bitmap, int64_t by, co_bitmap *result)
{
    const int64_t rest = by & 65535;
    co_shelf shelf;
    const shifter s = { bitmap, result, &shelf, by / CO_TILE_ROWS - (by < 0 && rest != 0), (uint32_t)rest };
    const size_t n = rest == 0 ? bitmap->n_tiles : 2 * bitmap->n_tiles;

    assert(result != bitmap);
    co_bitmap_clear(result);
    if (by <= -(INT64_C(1) << 32) || by >= INT64_C(1) << 32)
        return COHORT_OK;
    shelf = co_shelf_of(result, co_boards_bytes(bitmap));
    const bool made = co_tiles_reserve(result, n < CO_TILE_ROWS ? n : CO_TILE_ROWS)
                   && (rest == 0 ? shift_tiles(&s) : shift_slots(&s));

    co_shelf_finish(&shelf);
    co_tiles_trim(result);
    if (!made)
        co_bitmap_clear(result);
    return made ? COHORT_OK : COHORT_MEMORY;
}

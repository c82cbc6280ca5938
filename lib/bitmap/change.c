/* One row of a rowset added or taken out, and rowsets in their smallest form. */
#include <string.h>

#include "bitmap/rowset.h"
#include "kernel/bits.h"
#include "kernel/kernel.h"

/* The index of the first slot that is at least `slot`, or n. */
static size_t find_slot(const uint16_t *slots, size_t n, uint16_t slot)
{
    size_t low = 0;

    if (n == 0 || slots[n - 1] < slot)
        return n;
    while (n > 0) {
        const size_t half = n / 2;

        if (slots[low + half] < slot) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

static uint16_t grown(uint16_t capacity, size_t most)
{
    const size_t wanted = (size_t)capacity + capacity / 2 + 4;

    return (uint16_t)(wanted < most ? wanted : most);
}

/* A block of its own of `capacity` items of `size` bytes, with what the rowset holds moved into it. */
static bool grow(co_memory *memory, co_rowset *set, uint16_t capacity, size_t size, size_t inside)
{
    const size_t held = set->capacity * size;

    if (set->capacity > inside && !set->shelved) {
        void *block = co_memory_resize(memory, set->at.words, held, capacity * size);

        if (block == NULL)
            return false;
        set->at.words = block;
    } else {
        void *block = co_memory_new(memory, capacity * size);

        if (block == NULL)
            return false;
        memcpy(block, set->capacity > inside ? set->at.bytes : (const void *)&set->at, held);
        set->at.words = block;
        set->shelved = false;
    }
    set->capacity = capacity;
    return true;
}

/* One row more or less where the form has no room for it: made anew, in the form that fits. */
static bool remake(co_memory *memory, co_set_operation operation, co_rowset *set, uint16_t slot, bool *changed)
{
    co_shelf loose = co_shelf_loose(memory);
    co_rowset one = { .count = 1, .form = CO_FORM_SLOTS, .capacity = CO_SLOTS_INSIDE };
    co_rowset result;

    one.at.slots_inside[0] = slot;
    if (!co_rowset_combine(&loose, operation, set, &one, &result))
        return false;
    co_rowset_replace(memory, set, &result);
    *changed = true;
    return true;
}

static bool add_slot(co_memory *memory, co_rowset *set, uint16_t slot, bool *changed)
{
    const size_t at = find_slot(co_rowset_slots_of(set), set->count, slot);

    if (at < set->count && co_rowset_slots_of(set)[at] == slot)
        return true;
    if (set->count == CO_SLOTS_MOST)
        return remake(memory, CO_OR, set, slot, changed);
    if (set->count == set->capacity
        && !grow(memory, set, grown(set->capacity, CO_SLOTS_MOST), sizeof(uint16_t), CO_SLOTS_INSIDE))
        return false;
    uint16_t *slots = co_rowset_slots(set);

    memmove(slots + at + 1, slots + at, (set->count - at) * sizeof *slots);
    slots[at] = slot;
    set->count++;
    *changed = true;
    return true;
}

/* Puts a run in at index `at`. */
static bool insert_run(co_memory *memory, co_rowset *set, size_t at, co_run run)
{
    if (set->n_runs == set->capacity
        && !grow(memory, set, grown(set->capacity, CO_RUNS_MOST), sizeof(co_run), CO_RUNS_INSIDE))
        return false;
    co_run *runs = co_rowset_runs(set);

    memmove(runs + at + 1, runs + at, (set->n_runs - at) * sizeof *runs);
    runs[at] = run;
    set->n_runs++;
    return true;
}

static void drop_run(co_rowset *set, size_t at)
{
    co_run *runs = co_rowset_runs(set);

    set->n_runs--;
    memmove(runs + at, runs + at + 1, (set->n_runs - at) * sizeof *runs);
}

static bool add_to_runs(co_memory *memory, co_rowset *set, uint16_t slot, bool *changed)
{
    co_run *runs = co_rowset_runs(set);
    const size_t at = co_runs_find(co_rowset_run_list(set), slot);
    const bool after = at > 0 && runs[at - 1].last + 1 == slot;
    const bool before = at < set->n_runs && runs[at].first == slot + 1;

    if (at < set->n_runs && runs[at].first <= slot)
        return true;
    if (after && before) {
        runs[at - 1].last = runs[at].last;
        drop_run(set, at);
    } else if (after) {
        runs[at - 1].last = slot;
    } else if (before) {
        runs[at].first = slot;
    } else if (set->n_runs == CO_RUNS_MOST) {
        return remake(memory, CO_OR, set, slot, changed);
    } else if (!insert_run(memory, set, at, (co_run){ slot, slot })) {
        return false;
    }
    *changed = true;
    if (++set->count == CO_TILE_ROWS && set->form == CO_FORM_RUNS) {
        co_rowset_free(memory, set);
        co_rowset_new_full(set);
    }
    return true;
}

bool co_rowset_add(co_memory *memory, co_rowset *set, uint16_t slot, bool *changed)
{
    *changed = false;
    switch ((co_form)set->form) {
    case CO_FORM_SLOTS:
        return add_slot(memory, set, slot, changed);
    case CO_FORM_WORDS:
        *changed = !co_bit_test(set->at.words, slot);
        set->count += *changed;
        co_bit_set(set->at.words, slot);
        return true;
    case CO_FORM_RUNS:
        return add_to_runs(memory, set, slot, changed);
    case CO_FORM_FULL:
        break;
    }
    return true;
}

static void remove_slot(co_rowset *set, uint16_t slot, bool *changed)
{
    uint16_t *slots = co_rowset_slots(set);
    const size_t at = find_slot(slots, set->count, slot);

    if (at == set->count || slots[at] != slot)
        return;
    set->count--;
    memmove(slots + at, slots + at + 1, (set->count - at) * sizeof *slots);
    *changed = true;
}

/* Words give way to slots when these are no larger. */
static bool remove_bit(co_memory *memory, co_rowset *set, uint16_t slot, bool *changed)
{
    co_shelf loose = co_shelf_loose(memory);
    co_rowset slots;

    if (!co_bit_test(set->at.words, slot))
        return true;
    co_bit_clear(set->at.words, slot);
    if (set->count == CO_SLOTS_MOST + 1) {
        if (!co_rowset_of_words(&loose, set->at.words, CO_SLOTS_MOST, &slots)) {
            co_bit_set(set->at.words, slot);
            return false;
        }
        co_rowset_replace(memory, set, &slots);
    } else {
        set->count--;
    }
    *changed = true;
    return true;
}

static bool remove_from_runs(co_memory *memory, co_rowset *set, uint16_t slot, bool *changed)
{
    co_run *runs = co_rowset_runs(set);
    const size_t at = co_runs_find(co_rowset_run_list(set), slot);

    if (at == set->n_runs || runs[at].first > slot)
        return true;
    const co_run run = runs[at];

    if (run.first == run.last) {
        drop_run(set, at);
    } else if (run.first == slot) {
        runs[at].first++;
    } else if (run.last == slot) {
        runs[at].last--;
    } else if (set->n_runs == CO_RUNS_MOST) {
        return remake(memory, CO_ANDNOT, set, slot, changed);
    } else {
        if (!insert_run(memory, set, at, (co_run){ run.first, (uint16_t)(slot - 1) }))
            return false;
        co_rowset_runs(set)[at + 1].first = (uint16_t)(slot + 1);
    }
    set->count--;
    *changed = true;
    return true;
}

bool co_rowset_remove(co_memory *memory, co_rowset *set, uint16_t slot, bool *changed)
{
    *changed = false;
    switch ((co_form)set->form) {
    case CO_FORM_SLOTS:
        remove_slot(set, slot, changed);
        return true;
    case CO_FORM_WORDS:
        return remove_bit(memory, set, slot, changed);
    case CO_FORM_FULL:
        /* One run lives in the rowset: no memory is asked for. */
        (void)co_rowset_new_runs(NULL, 1, CO_TILE_ROWS, set);
        co_rowset_runs(set)[0] = (co_run){ 0, CO_TILE_ROWS - 1 };
        return remove_from_runs(memory, set, slot, changed);
    case CO_FORM_RUNS:
        return remove_from_runs(memory, set, slot, changed);
    }
    return true;
}

/* Slots and words become runs only where that is strictly smaller. */
bool co_rowset_smallest(co_shelf *shelf, const co_rowset *set, co_rowset *to)
{
    const bool of_words = set->form == CO_FORM_WORDS;
    size_t n_runs;

    to->tile = set->tile;
    if (set->count == CO_TILE_ROWS) {
        co_rowset_new_full(to);
        return true;
    }
    if (set->form == CO_FORM_RUNS)
        return co_rowset_of_runs(shelf, co_rowset_run_list(set), set->count, to);
    n_runs = of_words ? co_runs_in_words(set->at.words) : co_runs_in_slots(co_rowset_slots_of(set), set->count);
    if (co_runs_cost(n_runs) >= co_other_cost(set->count))
        return co_rowset_copy(shelf, set, to);
    if (!co_rowset_new_runs(shelf, n_runs, set->count, to))
        return false;
    if (of_words)
        co_runs_of_words(set->at.words, co_rowset_runs(to));
    else
        co_runs_of_slots(co_rowset_slots_of(set), set->count, co_rowset_runs(to));
    return true;
}

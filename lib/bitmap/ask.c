/* Questions to one rowset that change nothing: membership, order, lists, soundness. */
#include <string.h>

#include "bitmap/raw.h"
#include "bitmap/rowset.h"
#include "kernel/bits.h"
#include "kernel/kernel.h"

/* The index of the first slot that is at least `slot`, or n; tried at the hint and one further before searching. */
static size_t find_slot(const co_rowset *set, uint32_t slot, uint32_t hint)
{
    const uint16_t *slots = co_rowset_slots_of(set);
    size_t low = 0;
    size_t n = set->count;

    if (hint < n && slots[hint] >= slot && (hint == 0 || slots[hint - 1] < slot))
        return hint;
    if (hint + 1 < n && slots[hint] < slot && slots[hint + 1] >= slot)
        return hint + 1;
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

static size_t find_run(co_run_list list, uint32_t slot, uint32_t hint)
{
    if (hint < list.n && list.runs[hint].last >= slot && (hint == 0 || list.runs[hint - 1].last < slot))
        return hint;
    if (hint + 1 < list.n && list.runs[hint].last < slot && list.runs[hint + 1].last >= slot)
        return hint + 1;
    return co_runs_find(list, slot);
}

/* So many slots are compared at once sooner than searched. */
enum { WINDOW = 16 };

/* The searches of contains do not branch: what is asked for is anywhere, and guessing costs more than looking. */
static bool slots_have(const co_rowset *set, uint16_t slot)
{
    const uint16_t *slots = co_rowset_slots_of(set);
    const uint16_t *const end = slots + set->count;
    size_t n = set->count;
    uint16_t found = 0;

    const size_t rest = n < WINDOW ? 1 : WINDOW;

    while (n > rest) {
        const size_t half = n / 2;

        slots += half & (0 - (size_t)(slots[half] <= slot));
        n -= half;
    }
    if (rest == 1)
        return *slots == slot;
    if (end - slots < WINDOW)
        slots = end - WINDOW;
    for (size_t i = 0; i < WINDOW; i++)
        found |= slots[i] == slot;
    return found != 0;
}

static bool runs_have(co_run_list list, uint16_t slot)
{
    const co_run *runs = list.runs;

    while (list.n > 1) {
        const size_t half = list.n / 2;

        runs += half & (0 - (size_t)(runs[half].first <= slot));
        list.n -= half;
    }
    return runs->first <= slot && slot <= runs->last;
}

bool co_rowset_contains(const co_rowset *set, uint16_t slot)
{
    if (set->form == CO_FORM_WORDS)
        return co_bit_test(set->at.words, slot);
    if (set->form == CO_FORM_SLOTS)
        return slots_have(set, slot);
    if (co_rowset_is_raw(set))
        return co_raw_contains(set, slot);
    return runs_have(co_rowset_run_list(set), slot);
}

size_t co_rowset_rank(const co_rowset *set, uint32_t slot)
{
    if (co_rowset_is_raw(set))
        return co_raw_rank(set, slot);
    if (slot == 0)
        return 0;
    if (set->form == CO_FORM_SLOTS)
        return find_slot(set, slot, UINT32_MAX - 1);
    if (set->form == CO_FORM_WORDS)
        return co_kernel_now()->count(set->at.words, slot / 64) + co_bits_count(set->at.words, slot - slot % 64, slot);

    const co_run_list list = co_rowset_run_list(set);
    const size_t at = co_runs_find(list, slot - 1);
    size_t n = co_runs_count((co_run_list){ list.runs, at });

    if (at < list.n && list.runs[at].first < slot)
        n += slot - list.runs[at].first;
    return n;
}

uint16_t co_rowset_select(const co_rowset *set, size_t index)
{
    if (co_rowset_is_raw(set))
        return co_raw_select(set, index);
    if (set->form == CO_FORM_SLOTS)
        return co_rowset_slots_of(set)[index];
    if (set->form == CO_FORM_WORDS)
        return (uint16_t)co_bits_select(set->at.words, index);

    const co_run *run = co_rowset_run_list(set).runs;

    for (; index > (size_t)(run->last - run->first); run++)
        index -= (size_t)(run->last - run->first) + 1;
    return (uint16_t)(run->first + index);
}

uint32_t co_rowset_next(const co_rowset *set, uint32_t slot, uint32_t *hint)
{
    if (co_rowset_is_raw(set))
        return co_raw_next(set, slot, hint);
    if (slot >= CO_TILE_ROWS)
        return CO_TILE_ROWS;
    if (set->form == CO_FORM_WORDS)
        return (uint32_t)co_bits_next(set->at.words, slot, CO_TILE_ROWS);
    if (set->form == CO_FORM_SLOTS) {
        *hint = (uint32_t)find_slot(set, slot, *hint);
        return *hint < set->count ? co_rowset_slots_of(set)[*hint] : CO_TILE_ROWS;
    }
    const co_run_list list = co_rowset_run_list(set);

    *hint = (uint32_t)find_run(list, slot, *hint);
    if (*hint == list.n)
        return CO_TILE_ROWS;
    return list.runs[*hint].first > slot ? list.runs[*hint].first : slot;
}

uint32_t co_rowset_previous(const co_rowset *set, uint32_t slot, uint32_t *hint)
{
    if (co_rowset_is_raw(set))
        return co_raw_previous(set, slot, hint);
    if (set->form == CO_FORM_WORDS) {
        const size_t found = co_bits_previous(set->at.words, slot);

        return found == SIZE_MAX ? CO_TILE_ROWS : (uint32_t)found;
    }
    if (set->form == CO_FORM_SLOTS) {
        const size_t at = find_slot(set, slot, *hint);

        *hint = at == 0 ? 0 : (uint32_t)at - 1;
        return at == 0 ? CO_TILE_ROWS : co_rowset_slots_of(set)[at - 1];
    }
    const co_run_list list = co_rowset_run_list(set);
    const size_t at = find_run(list, slot, *hint);

    *hint = (uint32_t)at;
    if (at < list.n && list.runs[at].first < slot)
        return slot - 1;
    return at == 0 ? CO_TILE_ROWS : list.runs[at - 1].last;
}

static size_t rows_of_runs(co_run_list list, uint32_t first, uint32_t base, uint32_t *rows, size_t room)
{
    const co_kernel *kernel = co_kernel_now();
    size_t i = co_runs_find(list, first);
    size_t n = 0;

    if (i < list.n && list.runs[i].first < first) {
        const co_run cut = { (uint16_t)first, list.runs[i++].last };

        n = kernel->runs_to_rows((const uint16_t *)&cut, 1, base, rows, room);
    }
    return n + kernel->runs_to_rows((const uint16_t *)(list.runs + i), list.n - i, base, rows + n, room - n);
}

size_t co_rowset_rows(const co_rowset *set, uint32_t first, uint32_t base, uint32_t *rows, size_t room)
{
    const co_kernel *kernel = co_kernel_now();

    if (co_rowset_is_raw(set))
        return co_raw_rows(set, first, base, rows, room);
    if (set->form == CO_FORM_SLOTS) {
        const size_t at = first == 0 ? 0 : find_slot(set, first, UINT32_MAX - 1);
        const size_t n = set->count - at < room ? set->count - at : room;

        kernel->slots_to_rows(co_rowset_slots_of(set) + at, n, base, rows);
        return n;
    }
    if (set->form != CO_FORM_WORDS)
        return rows_of_runs(co_rowset_run_list(set), first, base, rows, room);

    /* The word that `first` cuts, then the others whole. */
    const size_t i = first / 64;
    const uint64_t cut = set->at.words[i] & UINT64_MAX << (first % 64);
    const size_t n = kernel->words_to_rows(&cut, 1, base + (uint32_t)(i * 64), rows, room);

    return n + kernel->words_to_rows(set->at.words + i + 1, CO_TILE_WORDS - i - 1, base + (uint32_t)(i * 64 + 64),
                                     rows + n, room - n);
}

static const char *validate_slots(const co_rowset *set)
{
    const uint16_t *slots = co_rowset_slots_of(set);

    if (set->count > CO_SLOTS_MOST || set->count > set->capacity)
        return "a tile has more slots than its form allows";
    for (size_t i = 1; i < set->count; i++) {
        if (slots[i] <= slots[i - 1])
            return "slots of a tile do not rise";
    }
    return NULL;
}

static const char *validate_runs(const co_rowset *set)
{
    const co_run_list list = co_rowset_run_list(set);

    if (list.n == 0 || list.n > CO_RUNS_MOST || list.n > set->capacity)
        return "a tile has more runs than its form allows, or none";
    for (size_t i = 0; i < list.n; i++) {
        if (list.runs[i].last < list.runs[i].first)
            return "a run of a tile ends before it begins";
        if (i > 0 && list.runs[i].first <= list.runs[i - 1].last + 1)
            return "runs of a tile overlap, touch or do not rise";
    }
    if (set->count == CO_TILE_ROWS)
        return "a whole tile is kept as a run";
    return co_runs_count(list) == set->count ? NULL : "the runs of a tile hold more or fewer rows than it says";
}

const char *co_rowset_validate(const co_rowset *set)
{
    if (set->count == 0)
        return "a tile is empty";
    if (co_rowset_is_raw(set))
        return co_raw_validate(set);
    switch ((co_form)set->form) {
    case CO_FORM_SLOTS:
        return validate_slots(set);
    case CO_FORM_WORDS:
        if (set->count <= CO_SLOTS_MOST)
            return "a tile has so few rows that it should be slots";
        return co_kernel_now()->count(set->at.words, CO_TILE_WORDS) == set->count
                 ? NULL : "the words of a tile hold more or fewer rows than it says";
    case CO_FORM_RUNS:
        return validate_runs(set);
    case CO_FORM_FULL:
        return set->count == CO_TILE_ROWS ? NULL : "a full tile does not have 65536 rows";
    }
    return "a tile has no known form";
}

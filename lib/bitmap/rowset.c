/* Rowsets made, copied, spelled out as words, and given back. */
#include "bitmap/rowset.h"

#include <assert.h>
#include <string.h>

#include "bitmap/raw.h"
#include "kernel/bits.h"
#include "kernel/kernel.h"

/* Words begin on a cache line. */
enum { LINE_BYTES = 64 };

static const co_run whole_tile = { 0, CO_TILE_ROWS - 1 };

co_run_list co_rowset_run_list(const co_rowset *set)
{
    if (set->form == CO_FORM_FULL)
        return (co_run_list){ &whole_tile, 1 };
    return (co_run_list){ set->capacity <= CO_RUNS_INSIDE ? set->at.runs_inside : set->at.runs, set->n_runs };
}

/* One pointer, whichever form it is kept under. */
static bool new_block(co_shelf *shelf, size_t bytes, size_t alignment, co_rowset *set)
{
    set->shelved = shelf->bitmap != NULL;
    if (set->shelved) {
        set->at.words = co_shelf_room(shelf, bytes, alignment);
        if (set->at.words != NULL)
            co_shelf_take(shelf, set->at.words, bytes);
    } else {
        set->at.words = co_memory_new(shelf->memory, bytes);
    }
    return set->at.words != NULL;
}

bool co_rowset_new_slots(co_shelf *shelf, size_t n, co_rowset *set)
{
    assert(n >= 1 && n <= CO_SLOTS_MOST);
    set->form = CO_FORM_SLOTS;
    set->count = (uint32_t)n;
    set->n_runs = 0;
    set->capacity = n <= CO_SLOTS_INSIDE ? CO_SLOTS_INSIDE : (uint16_t)n;
    set->shelved = false;
    return n <= CO_SLOTS_INSIDE || new_block(shelf, n * sizeof(uint16_t), _Alignof(uint16_t), set);
}

bool co_rowset_new_words(co_shelf *shelf, size_t count, co_rowset *set)
{
    set->form = CO_FORM_WORDS;
    set->count = (uint32_t)count;
    set->n_runs = 0;
    set->capacity = 0;
    return new_block(shelf, CO_WORDS_BYTES, LINE_BYTES, set);
}

bool co_rowset_new_runs(co_shelf *shelf, size_t n_runs, size_t count, co_rowset *set)
{
    assert(n_runs >= 1 && n_runs <= CO_RUNS_MOST);
    set->form = CO_FORM_RUNS;
    set->count = (uint32_t)count;
    set->n_runs = (uint16_t)n_runs;
    set->capacity = n_runs <= CO_RUNS_INSIDE ? CO_RUNS_INSIDE : (uint16_t)n_runs;
    set->shelved = false;
    return n_runs <= CO_RUNS_INSIDE || new_block(shelf, n_runs * sizeof(co_run), _Alignof(co_run), set);
}

void co_rowset_keep_slots(co_shelf *shelf, uint16_t *room, size_t n, co_rowset *set)
{
    if (n <= CO_SLOTS_INSIDE) {
        (void)co_rowset_new_slots(NULL, n, set);
        memcpy(co_rowset_slots(set), room, n * sizeof *room);
        return;
    }
    co_shelf_take(shelf, room, n * sizeof *room);
    *set = (co_rowset){ .at.slots = room, .count = (uint32_t)n, .tile = set->tile, .form = CO_FORM_SLOTS,
                        .capacity = (uint16_t)n, .shelved = true };
}

uint64_t *co_rowset_begin_words(co_shelf *shelf)
{
    return shelf->bitmap != NULL ? co_shelf_room(shelf, CO_WORDS_BYTES, LINE_BYTES)
                                 : co_memory_new(shelf->memory, CO_WORDS_BYTES);
}

void co_rowset_keep_words(co_shelf *shelf, uint64_t *words, size_t count, co_rowset *set)
{
    const bool shelved = shelf->bitmap != NULL;

    if (shelved)
        co_shelf_take(shelf, words, CO_WORDS_BYTES);
    *set = (co_rowset){ .at.words = words, .count = (uint32_t)count, .tile = set->tile, .form = CO_FORM_WORDS,
                        .shelved = shelved };
}

void co_rowset_drop_words(co_shelf *shelf, uint64_t *words)
{
    if (shelf->bitmap == NULL)
        co_memory_free(shelf->memory, words, CO_WORDS_BYTES);
}

void co_rowset_new_full(co_rowset *set)
{
    set->form = CO_FORM_FULL;
    set->count = CO_TILE_ROWS;
    set->n_runs = 1;
    set->capacity = 0;
    set->shelved = false;
}

size_t co_rowset_bytes(const co_rowset *set)
{
    if (set->shelved)
        return 0;
    switch ((co_form)set->form) {
    case CO_FORM_SLOTS:
        return set->capacity <= CO_SLOTS_INSIDE ? 0 : set->capacity * sizeof(uint16_t);
    case CO_FORM_WORDS:
        return CO_WORDS_BYTES;
    case CO_FORM_RUNS:
        return set->capacity <= CO_RUNS_INSIDE ? 0 : set->capacity * sizeof(co_run);
    case CO_FORM_FULL:
        break;
    }
    return 0;
}

void co_rowset_free(co_memory *memory, co_rowset *set)
{
    const size_t bytes = co_rowset_bytes(set);

    if (bytes != 0)
        co_memory_free(memory, set->at.words, bytes);
}

void co_rowset_replace(co_memory *memory, co_rowset *set, co_rowset *by)
{
    by->tile = set->tile;
    co_rowset_free(memory, set);
    *set = *by;
}

bool co_rowset_copy(co_shelf *shelf, const co_rowset *from, co_rowset *to)
{
    bool made = true;

    if (co_rowset_is_raw(from))
        return co_raw_copy(shelf, from, to);
    to->tile = from->tile;
    switch ((co_form)from->form) {
    case CO_FORM_SLOTS:
        made = co_rowset_new_slots(shelf, from->count, to);
        if (made)
            memcpy(co_rowset_slots(to), co_rowset_slots_of(from), from->count * sizeof(uint16_t));
        break;
    case CO_FORM_WORDS:
        made = co_rowset_new_words(shelf, from->count, to);
        if (made)
            memcpy(to->at.words, from->at.words, CO_WORDS_BYTES);
        break;
    case CO_FORM_RUNS:
        made = co_rowset_new_runs(shelf, from->n_runs, from->count, to);
        if (made)
            memcpy(co_rowset_runs(to), co_rowset_run_list(from).runs, from->n_runs * sizeof(co_run));
        break;
    case CO_FORM_FULL:
        co_rowset_new_full(to);
        break;
    }
    return made;
}

bool co_rowset_of_words(co_shelf *shelf, const uint64_t *words, size_t count, co_rowset *set)
{
    if (count == CO_TILE_ROWS) {
        co_rowset_new_full(set);
        return true;
    }
    if (count > CO_SLOTS_MOST) {
        if (!co_rowset_new_words(shelf, count, set))
            return false;
        memcpy(set->at.words, words, CO_WORDS_BYTES);
        return true;
    }
    if (!co_rowset_new_slots(shelf, count, set))
        return false;
    co_kernel_now()->words_to_slots(words, CO_TILE_WORDS, co_rowset_slots(set), count);
    return true;
}

bool co_rowset_of_slots(co_shelf *shelf, const uint16_t *slots, size_t n, co_rowset *set)
{
    if (n == CO_TILE_ROWS) {
        co_rowset_new_full(set);
        return true;
    }
    if (n > CO_SLOTS_MOST) {
        if (!co_rowset_new_words(shelf, n, set))
            return false;
        memset(set->at.words, 0, CO_WORDS_BYTES);
        co_kernel_now()->add_slots(slots, n, set->at.words);
        return true;
    }
    if (!co_rowset_new_slots(shelf, n, set))
        return false;
    memcpy(co_rowset_slots(set), slots, n * sizeof *slots);
    return true;
}

bool co_rowset_of_runs(co_shelf *shelf, co_run_list runs, size_t count, co_rowset *set)
{
    if (count == CO_TILE_ROWS) {
        co_rowset_new_full(set);
    } else if (co_runs_cost(runs.n) <= co_other_cost(count)) {
        if (!co_rowset_new_runs(shelf, runs.n, count, set))
            return false;
        memcpy(co_rowset_runs(set), runs.runs, runs.n * sizeof(co_run));
    } else if (count <= CO_SLOTS_MOST) {
        if (!co_rowset_new_slots(shelf, count, set))
            return false;
        co_runs_to_slots(runs, co_rowset_slots(set));
    } else {
        if (!co_rowset_new_words(shelf, count, set))
            return false;
        memset(set->at.words, 0, CO_WORDS_BYTES);
        co_runs_apply(CO_OR, runs, set->at.words);
    }
    return true;
}

void co_rowset_spell_over(const co_rowset *set, uint64_t *words)
{
    if (co_rowset_is_raw(set)) {
        co_raw_spell_over(set, words);
        return;
    }
    switch ((co_form)set->form) {
    case CO_FORM_SLOTS:
        co_kernel_now()->add_slots(co_rowset_slots_of(set), set->count, words);
        break;
    case CO_FORM_WORDS:
        co_kernel_now()->or_words(words, set->at.words, words, CO_TILE_WORDS);
        break;
    case CO_FORM_RUNS:
    case CO_FORM_FULL:
        co_runs_apply(CO_OR, co_rowset_run_list(set), words);
        break;
    }
}

void co_rowset_spell(const co_rowset *set, uint64_t *words)
{
    if (set->form == CO_FORM_WORDS) {
        memcpy(words, set->at.words, CO_WORDS_BYTES);
    } else {
        memset(words, 0, CO_WORDS_BYTES);
        co_rowset_spell_over(set, words);
    }
}

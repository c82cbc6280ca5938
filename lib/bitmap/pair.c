/*
 * Two rowsets of one tile combined, whatever their forms.
 *
 * How many rows both have is cheap to count in every pair of forms, and all
 * other counts follow from it. What may become words is written as such, where
 * words would stay, and counted there; if it is few rows, they are listed. Short
 * results (slots, runs) are made in scratch on the stack and copied to exact size.
 */
#include <assert.h>
#include <string.h>

#include "bitmap/raw.h"
#include "bitmap/rowset.h"
#include "kernel/bits.h"
#include "kernel/kernel.h"

/* Up to so many slots are treated as runs of one next to real runs. */
enum { SLOTS_AS_RUNS = 512 };

typedef struct pair {
    co_shelf *shelf;
    co_set_operation operation;
    const co_rowset *a;
    const co_rowset *b;
    co_rowset *result;
} pair;

static bool is_runs(const co_rowset *set) { return set->form == CO_FORM_RUNS || set->form == CO_FORM_FULL; }

/* ---- counting ---- */

static size_t slots_and_count(const co_rowset *slots, const co_rowset *other)
{
    const co_kernel *kernel = co_kernel_now();
    const uint16_t *list = co_rowset_slots_of(slots);

    if (other->form == CO_FORM_SLOTS)
        return kernel->intersect_slots_count(list, slots->count, co_rowset_slots_of(other), other->count);
    if (other->form == CO_FORM_WORDS)
        return kernel->slots_in_words_count(list, slots->count, other->at.words);
    return co_runs_filter_slots(co_rowset_run_list(other), true, list, slots->count, NULL);
}

size_t co_rowset_and_count(const co_rowset *a, const co_rowset *b)
{
    if (co_rowset_is_raw(a) || co_rowset_is_raw(b))
        return co_raw_and_count(a, b);
    if (a->form == CO_FORM_FULL || b->form == CO_FORM_FULL)
        return a->form == CO_FORM_FULL ? b->count : a->count;
    if (a->form == CO_FORM_SLOTS)
        return slots_and_count(a, b);
    if (b->form == CO_FORM_SLOTS)
        return slots_and_count(b, a);
    if (a->form == CO_FORM_WORDS && b->form == CO_FORM_WORDS)
        return co_kernel_now()->and_count(a->at.words, b->at.words, CO_TILE_WORDS);
    if (a->form == CO_FORM_WORDS)
        return co_runs_words_count(co_rowset_run_list(b), a->at.words);
    if (b->form == CO_FORM_WORDS)
        return co_runs_words_count(co_rowset_run_list(a), b->at.words);
    return co_runs_and_count(co_rowset_run_list(a), co_rowset_run_list(b));
}

bool co_rowset_meet(const co_rowset *a, const co_rowset *b)
{
    const co_kernel *kernel = co_kernel_now();

    if (a->count + b->count > CO_TILE_ROWS)
        return true;
    if (a->form == CO_FORM_SLOTS && b->form == CO_FORM_SLOTS)
        return kernel->slots_meet(co_rowset_slots_of(a), a->count, co_rowset_slots_of(b), b->count);
    if (a->form == CO_FORM_WORDS && b->form == CO_FORM_WORDS)
        return kernel->and_any(a->at.words, b->at.words, CO_TILE_WORDS);
    return co_rowset_and_count(a, b) != 0;
}

bool co_rowset_subset(const co_rowset *a, const co_rowset *b)
{
    if (a->count > b->count)
        return false;
    if (a->form == CO_FORM_WORDS && b->form == CO_FORM_WORDS)
        return !co_kernel_now()->andnot_any(a->at.words, b->at.words, CO_TILE_WORDS);
    return co_rowset_and_count(a, b) == a->count;
}

bool co_rowset_equal(const co_rowset *a, const co_rowset *b)
{
    if (a->count != b->count)
        return false;
    if (a->form == CO_FORM_SLOTS && b->form == CO_FORM_SLOTS)
        return memcmp(co_rowset_slots_of(a), co_rowset_slots_of(b), a->count * sizeof(uint16_t)) == 0;
    if (a->form == CO_FORM_WORDS && b->form == CO_FORM_WORDS)
        return memcmp(a->at.words, b->at.words, CO_WORDS_BYTES) == 0;
    return co_rowset_subset(a, b);
}

/* ---- results made as words ---- */

/* At most one is words. One is spelled out and changed by the other. */
static void combine_spelled(const pair *p, uint64_t *words)
{
    const co_kernel *kernel = co_kernel_now();
    /* Only a \ b cares which comes first; there b may be the one to spell out, and be taken from a. */
    const bool turn = p->b->form == CO_FORM_WORDS;
    const co_rowset *base = turn ? p->b : p->a;
    const co_rowset *by = turn ? p->a : p->b;

    if (turn && p->operation == CO_ANDNOT) {
        co_rowset_spell(by, words);
        kernel->andnot_words(words, base->at.words, words, CO_TILE_WORDS);
        return;
    }
    co_rowset_spell(base, words);
    if (is_runs(by))
        co_runs_apply(p->operation, co_rowset_run_list(by), words);
    else if (p->operation == CO_OR)
        kernel->add_slots(co_rowset_slots_of(by), by->count, words);
    else if (p->operation == CO_XOR)
        kernel->flip_slots(co_rowset_slots_of(by), by->count, words);
    else
        kernel->clear_slots(co_rowset_slots_of(by), by->count, words);
}

/* How many rows there are. */
static size_t combine_into_words(const pair *p, uint64_t *words)
{
    const co_kernel *kernel = co_kernel_now();
    co_combine_counting *const combine[] = { [CO_AND] = kernel->and_counting, [CO_OR] = kernel->or_counting,
                                             [CO_XOR] = kernel->xor_counting,
                                             [CO_ANDNOT] = kernel->andnot_counting };

    if (p->a->form == CO_FORM_WORDS && p->b->form == CO_FORM_WORDS)
        return combine[p->operation](p->a->at.words, p->b->at.words, words, CO_TILE_WORDS, p->shelf->past_caches);
    combine_spelled(p, words);
    return kernel->count(words, CO_TILE_WORDS);
}

/* Few rows are listed in scratch first, as the list may take the place of the words. */
static bool combine_as_words(const pair *p)
{
    uint16_t few[CO_SLOTS_MOST];
    uint64_t *words = co_rowset_begin_words(p->shelf);

    if (words == NULL)
        return false;
    const size_t count = combine_into_words(p, words);

    if (count > CO_SLOTS_MOST && count < CO_TILE_ROWS) {
        co_rowset_keep_words(p->shelf, words, count, p->result);
        return true;
    }
    if (count <= CO_SLOTS_MOST)
        co_kernel_now()->words_to_slots(words, CO_TILE_WORDS, few, count);
    co_rowset_drop_words(p->shelf, words);
    p->result->count = 0;
    return count == 0 || co_rowset_of_slots(p->shelf, few, count, p->result);
}

/* ---- results made as slots ---- */

/*
 * Where up to `most` slots are written: on the shelf if they can stay there and will
 * be many, else in scratch. NULL if there is no memory.
 */
static uint16_t *begin_slots(const pair *p, size_t most, uint16_t *scratch)
{
    if (p->shelf->bitmap == NULL || p->operation == CO_AND || most > CO_SLOTS_MOST)
        return scratch;
    return co_shelf_room(p->shelf, most * sizeof(uint16_t), _Alignof(uint16_t));
}

static bool end_slots(const pair *p, const uint16_t *scratch, uint16_t *written, size_t n)
{
    p->result->count = 0;
    if (n == 0)
        return true;
    if (written == scratch)
        return co_rowset_of_slots(p->shelf, scratch, n, p->result);
    co_rowset_keep_slots(p->shelf, written, n, p->result);
    return true;
}

static bool combine_slots(const pair *p)
{
    const co_kernel *kernel = co_kernel_now();
    co_combine_slots *const combine[] = { [CO_AND] = kernel->intersect_slots, [CO_OR] = kernel->union_slots,
                                          [CO_XOR] = kernel->xor_slots, [CO_ANDNOT] = kernel->difference_slots };
    const bool adds = p->operation == CO_OR || p->operation == CO_XOR;
    uint16_t scratch[2 * CO_SLOTS_MOST];
    uint16_t *out = begin_slots(p, p->a->count + (adds ? p->b->count : 0), scratch);

    if (out == NULL)
        return false;
    return end_slots(p, scratch, out,
                     combine[p->operation](co_rowset_slots_of(p->a), p->a->count, co_rowset_slots_of(p->b),
                                           p->b->count, out));
}

/* Those of the slots that are in the other set, or are not. */
static bool filter_slots(const pair *p, const co_rowset *slots, const co_rowset *other, bool inside)
{
    const co_kernel *kernel = co_kernel_now();
    const uint16_t *list = co_rowset_slots_of(slots);
    uint16_t scratch[CO_SLOTS_MOST];
    uint16_t *out = begin_slots(p, slots->count, scratch);
    size_t n;

    if (out == NULL)
        return false;
    if (is_runs(other))
        n = co_runs_filter_slots(co_rowset_run_list(other), inside, list, slots->count, out);
    else if (inside)
        n = kernel->slots_in_words(list, slots->count, other->at.words, out);
    else
        n = kernel->slots_not_in_words(list, slots->count, other->at.words, out);
    return end_slots(p, scratch, out, n);
}

/* Runs of few rows and words. */
static bool filter_runs(const pair *p, const co_rowset *runs, const co_rowset *words, bool inside)
{
    uint16_t scratch[CO_SLOTS_MOST + 1];
    uint16_t *out = begin_slots(p, runs->count + 1, scratch);

    if (out == NULL)
        return false;
    return end_slots(p, scratch, out, co_runs_filter_words(co_rowset_run_list(runs), inside, words->at.words, out));
}

static bool are_few_runs(const co_rowset *set) { return set->form == CO_FORM_RUNS && set->count <= CO_SLOTS_MOST; }

/* ---- results made as runs ---- */

static bool combine_run_lists(const pair *p, co_run_list a, co_run_list b)
{
    co_run scratch[2 * CO_RUNS_MOST];
    size_t count;
    const size_t n = co_runs_combine(p->operation, a, b, scratch, &count);

    p->result->count = 0;
    return n == 0 || co_rowset_of_runs(p->shelf, (co_run_list){ scratch, n }, count, p->result);
}

/* Runs with runs, or with few slots taken as runs. */
static bool combine_as_runs(const pair *p)
{
    co_run few[SLOTS_AS_RUNS];
    co_run_list lists[2];
    const co_rowset *sets[] = { p->a, p->b };

    for (unsigned i = 0; i < 2; i++) {
        if (is_runs(sets[i]))
            lists[i] = co_rowset_run_list(sets[i]);
        else
            lists[i] = (co_run_list){ few, co_runs_of_slots(co_rowset_slots_of(sets[i]), sets[i]->count, few) };
    }
    return combine_run_lists(p, lists[0], lists[1]);
}

static bool fits_as_runs(const co_rowset *set)
{
    return is_runs(set) || (set->form == CO_FORM_SLOTS && set->count <= SLOTS_AS_RUNS);
}

/* ---- which way to go ---- */

/* The answers that need no work: nothing is left, or one operand is the answer as it stands. */
static bool settled(const pair *p, bool *made)
{
    const bool a_full = p->a->form == CO_FORM_FULL;
    const bool b_full = p->b->form == CO_FORM_FULL;

    *made = true;
    switch (p->operation) {
    case CO_AND:
        if (a_full || b_full)
            *made = co_rowset_copy(p->shelf, a_full ? p->b : p->a, p->result);
        break;
    case CO_OR:
        if (a_full || b_full)
            co_rowset_new_full(p->result);
        break;
    case CO_ANDNOT:
        if (b_full)
            p->result->count = 0;
        return b_full;
    case CO_XOR:
        return false;
    }
    return a_full || b_full;
}

static bool combine(const pair *p)
{
    const bool a_slots = p->a->form == CO_FORM_SLOTS;
    const bool b_slots = p->b->form == CO_FORM_SLOTS;
    bool made;

    if (settled(p, &made))
        return made;
    if (a_slots && b_slots)
        return combine_slots(p);
    if (p->operation == CO_AND && (a_slots || b_slots))
        return filter_slots(p, a_slots ? p->a : p->b, a_slots ? p->b : p->a, true);
    if (p->operation == CO_ANDNOT && a_slots)
        return filter_slots(p, p->a, p->b, false);
    if (fits_as_runs(p->a) && fits_as_runs(p->b))
        return combine_as_runs(p);
    if (p->b->form == CO_FORM_WORDS && are_few_runs(p->a) && (p->operation == CO_AND || p->operation == CO_ANDNOT))
        return filter_runs(p, p->a, p->b, p->operation == CO_AND);
    if (p->a->form == CO_FORM_WORDS && are_few_runs(p->b) && p->operation == CO_AND)
        return filter_runs(p, p->b, p->a, true);
    return combine_as_words(p);
}

bool co_rowset_combine(co_shelf *shelf, co_set_operation operation, const co_rowset *a, const co_rowset *b,
                       co_rowset *result)
{
    if (co_rowset_is_raw(a) || co_rowset_is_raw(b))
        return co_raw_combine(shelf, operation, a, b, result);

    const pair p = { shelf, operation, a, b, result };
    const uint16_t tile = a->tile;
    const bool made = combine(&p);

    result->tile = tile;
    return made;
}

/* Rows read where they lie in someone else's bytes; see raw.h. */
#include "bitmap/raw.h"

#include <assert.h>

#include "bitmap/layout.h"
#include "kernel/bits.h"

static unsigned form_of(const co_rowset *set) { return set->form & ~(unsigned)CO_RAW; }

static bool lies_well(const uint8_t *bytes, size_t alignment)
{
    return CO_LITTLE_ENDIAN && (uintptr_t)bytes % alignment == 0;
}

/* ---- making ---- */

static void point_at(co_form form, const uint8_t *bytes, size_t count, size_t n_runs, bool raw, co_rowset *set)
{
    set->at.bytes = bytes;
    set->count = (uint32_t)count;
    set->form = (uint16_t)(form | (raw ? CO_RAW : 0));
    set->n_runs = (uint16_t)n_runs;
    set->shelved = false;
    set->capacity = form == CO_FORM_SLOTS ? (uint16_t)count : (uint16_t)n_runs;
}

void co_raw_of_slots(const uint8_t *bytes, size_t count, co_rowset *set)
{
    if (count > CO_SLOTS_INSIDE) {
        point_at(CO_FORM_SLOTS, bytes, count, 0, !lies_well(bytes, _Alignof(uint16_t)), set);
        return;
    }
    /* They go inside: no memory is asked for. */
    (void)co_rowset_new_slots(NULL, count, set);
    co_load_slots(co_rowset_slots(set), bytes, count);
}

void co_raw_of_words(const uint8_t *bytes, size_t count, co_rowset *set)
{
    point_at(CO_FORM_WORDS, bytes, count, 0, !lies_well(bytes, _Alignof(uint64_t)), set);
}

static co_run run_at(const uint8_t *bytes, size_t i)
{
    const uint16_t first = co_load_u16(bytes + 4 * i);

    return (co_run){ first, (uint16_t)(first + co_load_u16(bytes + 4 * i + 2)) };
}

void co_raw_of_runs(const uint8_t *bytes, size_t n_runs, size_t count, co_rowset *set)
{
    if (n_runs > CO_RUNS_INSIDE) {
        point_at(CO_FORM_RUNS, bytes, count, n_runs, true, set);
        return;
    }
    (void)co_rowset_new_runs(NULL, n_runs, count, set);
    for (size_t i = 0; i < n_runs; i++)
        co_rowset_runs(set)[i] = run_at(bytes, i);
}

/* ---- the whole tile ---- */

/* More runs than a rowset keeps are spelled out, in the form that fits. */
static void spell_runs(const co_rowset *set, co_rowset *to)
{
    size_t n = 0;

    to->form = set->count <= CO_SLOTS_MOST ? CO_FORM_SLOTS : CO_FORM_WORDS;
    to->capacity = CO_SLOTS_MOST;
    if (to->form == CO_FORM_WORDS)
        memset(to->at.words, 0, CO_WORDS_BYTES);
    for (size_t i = 0; i < set->n_runs; i++) {
        const co_run run = run_at(set->at.bytes, i);

        if (to->form == CO_FORM_WORDS)
            co_bits_fill(to->at.words, run.first, (size_t)run.last + 1);
        for (uint32_t slot = run.first; to->form == CO_FORM_SLOTS && slot <= run.last; slot++)
            to->at.slots[n++] = (uint16_t)slot;
    }
}

const co_rowset *co_raw_plain(const co_rowset *set, co_plain *plain)
{
    if (!co_rowset_is_raw(set))
        return set;
    plain->set = *set;
    plain->set.form = (uint16_t)form_of(set);
    plain->set.at.words = plain->block;
    if (plain->set.form == CO_FORM_SLOTS) {
        co_load_slots(plain->set.at.slots, set->at.bytes, set->count);
    } else if (plain->set.form == CO_FORM_WORDS) {
        co_load_words(plain->block, set->at.bytes);
    } else if (set->n_runs <= CO_RUNS_MOST) {
        for (size_t i = 0; i < set->n_runs; i++)
            plain->set.at.runs[i] = run_at(set->at.bytes, i);
    } else {
        spell_runs(set, &plain->set);
    }
    return &plain->set;
}

size_t co_raw_rows(const co_rowset *set, uint32_t first, uint32_t base, uint32_t *rows, size_t room)
{
    co_plain plain;

    return co_rowset_rows(co_raw_plain(set, &plain), first, base, rows, room);
}

const char *co_raw_validate(const co_rowset *set)
{
    co_plain plain;

    return co_rowset_validate(co_raw_plain(set, &plain));
}

bool co_raw_copy(co_shelf *shelf, const co_rowset *set, co_rowset *to)
{
    co_plain plain;

    return co_rowset_copy(shelf, co_raw_plain(set, &plain), to);
}

void co_raw_spell_over(const co_rowset *set, uint64_t *words)
{
    co_plain plain;

    co_rowset_spell_over(co_raw_plain(set, &plain), words);
}

size_t co_raw_and_count(const co_rowset *a, const co_rowset *b)
{
    co_plain plain[2];

    return co_rowset_and_count(co_raw_plain(a, &plain[0]), co_raw_plain(b, &plain[1]));
}

bool co_raw_combine(co_shelf *shelf, co_set_operation operation, const co_rowset *a, const co_rowset *b,
                    co_rowset *result)
{
    co_plain plain[2];

    return co_rowset_combine(shelf, operation, co_raw_plain(a, &plain[0]), co_raw_plain(b, &plain[1]), result);
}

uint8_t *co_raw_write(const co_rowset *set, uint8_t *to)
{
    size_t n_bytes = CO_WORDS_BYTES;

    if (form_of(set) == CO_FORM_SLOTS)
        n_bytes = set->count * sizeof(uint16_t);
    if (form_of(set) == CO_FORM_RUNS) {
        n_bytes = set->n_runs * sizeof(co_run);
        co_store_u16(to, set->n_runs);
        to += 2;
    }
    memcpy(to, set->at.bytes, n_bytes);
    return to + n_bytes;
}

/* ---- single rows ---- */

static size_t n_items(const co_rowset *set) { return form_of(set) == CO_FORM_SLOTS ? set->count : set->n_runs; }

/* The last slot of item i, a slot or a run. */
static uint32_t last_of(const co_rowset *set, size_t i)
{
    return form_of(set) == CO_FORM_SLOTS ? co_load_u16(set->at.bytes + 2 * i) : run_at(set->at.bytes, i).last;
}

static uint32_t first_of(const co_rowset *set, size_t i)
{
    return form_of(set) == CO_FORM_SLOTS ? co_load_u16(set->at.bytes + 2 * i) : co_load_u16(set->at.bytes + 4 * i);
}

/* Is this the first item that ends at `slot` or later? */
static bool is_found(const co_rowset *set, size_t i, uint32_t slot)
{
    return last_of(set, i) >= slot && (i == 0 || last_of(set, i - 1) < slot);
}

/* The first item that ends at `slot` or later, or n_items(); tried at the hint and one further before searching. */
static size_t find(const co_rowset *set, uint32_t slot, uint32_t hint)
{
    size_t low = 0;
    size_t n = n_items(set);

    for (size_t i = hint; i < n && i <= (size_t)hint + 1; i++) {
        if (is_found(set, i, slot))
            return i;
    }
    while (n > 0) {
        const size_t half = n / 2;

        if (last_of(set, low + half) < slot) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

bool co_raw_contains(const co_rowset *set, uint16_t slot)
{
    if (form_of(set) == CO_FORM_WORDS)
        return set->at.bytes[slot / 8] >> (slot % 8) & 1;

    const size_t at = find(set, slot, UINT32_MAX);

    return at < n_items(set) && first_of(set, at) <= slot;
}

size_t co_raw_rank(const co_rowset *set, uint32_t slot)
{
    co_plain plain;

    if (form_of(set) == CO_FORM_SLOTS)
        return find(set, slot, UINT32_MAX);
    return co_rowset_rank(co_raw_plain(set, &plain), slot);
}

uint16_t co_raw_select(const co_rowset *set, size_t index)
{
    co_plain plain;

    if (form_of(set) == CO_FORM_SLOTS)
        return co_load_u16(set->at.bytes + 2 * index);
    return co_rowset_select(co_raw_plain(set, &plain), index);
}

static uint64_t word_at(const co_rowset *set, size_t i) { return co_load_u64(set->at.bytes + 8 * i); }

static uint32_t next_in_words(const co_rowset *set, uint32_t slot)
{
    size_t i = slot / 64;
    uint64_t word = word_at(set, i) & UINT64_MAX << (slot % 64);

    while (word == 0) {
        if (++i == CO_TILE_WORDS)
            return CO_TILE_ROWS;
        word = word_at(set, i);
    }
    return (uint32_t)(i * 64 + co_lowest_bit(word));
}

static uint32_t previous_in_words(const co_rowset *set, uint32_t slot)
{
    size_t i = (slot - 1) / 64;
    uint64_t word = word_at(set, i) & co_low_bits((slot - 1) % 64 + 1);

    while (word == 0) {
        if (i-- == 0)
            return CO_TILE_ROWS;
        word = word_at(set, i);
    }
    return (uint32_t)(i * 64 + co_highest_bit(word));
}

uint32_t co_raw_next(const co_rowset *set, uint32_t slot, uint32_t *hint)
{
    if (slot >= CO_TILE_ROWS)
        return CO_TILE_ROWS;
    if (form_of(set) == CO_FORM_WORDS)
        return next_in_words(set, slot);
    *hint = (uint32_t)find(set, slot, *hint);
    if (*hint == n_items(set))
        return CO_TILE_ROWS;

    const uint32_t first = first_of(set, *hint);

    return first > slot ? first : slot;
}

uint32_t co_raw_previous(const co_rowset *set, uint32_t slot, uint32_t *hint)
{
    if (slot == 0)
        return CO_TILE_ROWS;
    if (form_of(set) == CO_FORM_WORDS)
        return previous_in_words(set, slot);

    const size_t at = find(set, slot, *hint);

    *hint = (uint32_t)at;
    if (at < n_items(set) && first_of(set, at) < slot)
        return slot - 1;
    if (at == 0)
        return CO_TILE_ROWS;
    *hint = (uint32_t)at - 1;
    return last_of(set, at - 1);
}

/*
 * Conditions on text over one tile: once per distinct value where the tile has
 * codes, once per row where it is plain, with a look at 16 bits of hash first
 * when equal texts are wanted.
 *
 * Always:  a condition that fails, fails at the lowest row that matters: after a
 *          failure for some value the rows are asked again in their order.
 */
#include <assert.h>

#include "base/hash.h"
#include "column/derived.h"
#include "kernel/bits.h"

/* Up to so many codes are taken one by one, from the rows that the column keeps of each. */
#define FEW_CODES 8u
/* Up to so many hashes are looked for one by one, each with a kernel call. */
#define FEW_HASHES 4

/* So few distinct texts are all asked to know whether all or none match. */
#define FEW_TEXTS 32

enum { ANSWER_NO = 1, ANSWER_YES = 2 };

static bool is_one_of(const co_text_match *match, co_text text)
{
    size_t first = 0;

    for (size_t n = match->n_equal; n > 0;) {
        const size_t half = n / 2;
        const int order = co_text_compare(match->equal[first + half], text);

        if (order == 0)
            return true;
        if (order < 0) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return false;
}

/* Does the text of a code (CO_NO_CODE: of none) match? Remembered where there is a place for it. */
static cohort_status answer(const co_text_match *match, uint32_t code, co_text text, bool *hit,
                            cohort_error *error)
{
    const bool remembered = match->answers != NULL && code < match->n_answers;
    cohort_status status = COHORT_OK;

    if (remembered) {
        const unsigned char known = atomic_load_explicit(&match->answers[code], memory_order_relaxed);

        *hit = known == ANSWER_YES;
        if (known != 0)
            return COHORT_OK;
    }
    if (match->equal != NULL)
        *hit = is_one_of(match, text);
    else
        status = match->test(match->context, text, hit, error);
    if (remembered && status == COHORT_OK)
        atomic_store_explicit(&match->answers[code], *hit ? ANSWER_YES : ANSWER_NO, memory_order_relaxed);
    return status;
}

/* Row by row, rising, and so the first failure is that of the lowest row. */
static cohort_status match_rows(const co_column *column, const co_text_match *match, const uint64_t *within,
                                uint64_t *hits, uint32_t *slot, cohort_error *error)
{
    const size_t n_words = co_words_for(column->length);

    co_all_rows(column, hits);
    if (within != NULL)
        co_kernel_now()->and_words(hits, within, hits, n_words);
    for (size_t word = 0; word < n_words; word++)
        for (uint64_t rows = hits[word]; rows != 0; rows &= rows - 1) {
            const uint32_t row = (uint32_t)(word * 64 + co_lowest_bit(rows));
            const bool coded = column->form == CO_FORM_CODES;
            const uint32_t code =
                !coded ? CO_NO_CODE
                       : column->strings.list[co_code_at(column->strings.codes, column->width, row)];
            bool hit = false;
            const cohort_status status = answer(match, code, co_column_text(column, row), &hit, error);

            if (status != COHORT_OK) {
                *slot = row;
                return status;
            }
            if (!hit)
                co_bit_clear(hits, row);
        }
    return COHORT_OK;
}

/* ---- codes ---- */

/* The rows that the column keeps of a few wanted codes, joined. */
static bool join_codes(const co_column *column, const uint64_t *wanted, size_t n_wanted, uint64_t *room,
                       co_view *view)
{
    const uint32_t n_list = column->strings.n_list;
    uint64_t codes[FEW_CODES];
    size_t n = 0;

    if (n_wanted > FEW_CODES)
        return false;
    for (size_t i = co_bits_next(wanted, 0, n_list); i < n_list; i = co_bits_next(wanted, i + 1, n_list))
        codes[n++] = i;
    return co_codes_join(column, codes, n, room, view);
}

/* wanted: bit i says that rows with code i hit. */
static void view_codes(const co_column *column, const uint64_t *wanted, uint64_t *room, co_view *view)
{
    const co_kernel *kernel = co_kernel_now();
    const uint32_t n_list = column->strings.n_list;
    const size_t n_wanted = co_bits_count(wanted, 0, n_list);
    const size_t first = co_bits_next(wanted, 0, n_list);

    if (n_wanted == n_list && column->valid != NULL) {
        *view = (co_view){ column->n_valid, column->valid, NULL };
        return;
    }
    if (n_wanted < n_list && join_codes(column, wanted, n_wanted, room, view))
        return;
    if (n_wanted == n_list)
        co_all_rows(column, room);
    else if (co_bits_all(wanted, first, first + n_wanted))
        co_codes_between(column->strings.codes, column->width, column->length, first, first + n_wanted - 1,
                         room);
    else if (column->width == 1)
        kernel->in_u8(column->strings.codes, column->length, wanted, room);
    else
        kernel->in_u16(column->strings.codes, column->length, wanted, room);
    if (first == 0)
        co_only_valid(column, room);
    *view = co_view_of_words(column, room);
}

static void find_equal(const co_column *column, const co_text_match *match, uint64_t *wanted)
{
    for (size_t i = 0; i < match->n_equal; i++) {
        const uint32_t code = co_dictionary_find(column->dictionary, match->equal[i]);
        const uint32_t place = co_code_place(column->strings.list, column->strings.n_list, code);

        if (place < column->strings.n_list)
            co_bit_set(wanted, place);
    }
}

/* If a value fails, which row has it, and whether any row that matters, is not known. */
static cohort_status ask_values(const co_column *column, const co_text_match *match, uint64_t *wanted)
{
    for (uint32_t i = 0; i < column->strings.n_list; i++) {
        const uint32_t code = column->strings.list[i];
        bool hit = false;
        const cohort_status status =
            answer(match, code, co_dictionary_text(column->dictionary, code), &hit, NULL);

        if (status != COHORT_OK)
            return status;
        if (hit)
            co_bit_set(wanted, i);
    }
    return COHORT_OK;
}

/* Which of the tile's codes hit, unless the rows must be asked one by one, as one may fail or they are few. */
static cohort_status ask_codes(const co_column *column, const co_text_match *match, const uint64_t *within,
                               uint64_t *wanted, bool *by_rows)
{
    const uint32_t n_list = column->strings.n_list;
    cohort_status status;

    *by_rows = false;
    memset(wanted, 0, (n_list <= 256 ? 4 : co_words_for(n_list)) * sizeof *wanted);
    if (match->equal != NULL && match->n_equal <= n_list / 8 + 1) {
        find_equal(column, match, wanted);
        return COHORT_OK;
    }
    if (within != NULL && co_kernel_now()->count(within, co_words_for(column->length)) < n_list) {
        *by_rows = true;
        return COHORT_OK;
    }
    status = ask_values(column, match, wanted);
    *by_rows = status != COHORT_OK && status != COHORT_MEMORY;
    return *by_rows ? COHORT_OK : status;
}

/* ---- plain ---- */

static uint16_t hash_of(co_text text)
{
    return (uint16_t)co_hash_fast(text.bytes, text.length, 0);
}

/* The hashes of all rows, made by whoever comes first; NULL if there is no memory. */
static const uint16_t *hashes_of(const co_column *column)
{
    /* Derived parts appear in columns that are constant to their readers. */
    _Atomic(uint16_t *) *published = (_Atomic(uint16_t *) *)&column->plain.hashes;
    uint16_t *known = atomic_load_explicit(published, memory_order_acquire);

    if (known != NULL)
        return known;

    uint16_t *made = co_memory_new_array(column->memory, column->length, sizeof *made);

    if (made == NULL)
        return NULL;
    for (uint32_t i = 0; i < column->length; i++)
        made[i] = hash_of(co_plain_text(&column->plain, i));
    if (atomic_compare_exchange_strong_explicit(published, &known, made, memory_order_acq_rel,
                                                memory_order_acquire))
        return made;
    co_memory_free(column->memory, made, column->length * sizeof *made);
    return known;
}

/* hits = rows whose hash is that of a wanted text. */
static void hits_of_hashes(const co_column *column, const uint16_t *hashes, const co_text_match *match,
                           uint64_t *hits)
{
    const co_kernel *kernel = co_kernel_now();
    const size_t n_words = co_words_for(column->length);
    uint64_t some[CO_TILE_WORDS];

    if (match->n_equal > FEW_HASHES) {
        memset(some, 0, sizeof some);
        for (size_t i = 0; i < match->n_equal; i++)
            co_bit_set(some, hash_of(match->equal[i]));
        kernel->in_u16(hashes, column->length, some, hits);
        return;
    }
    memset(hits, 0, n_words * sizeof *hits);
    for (size_t i = 0; i < match->n_equal; i++) {
        const uint16_t hash = hash_of(match->equal[i]);

        kernel->between_u16(hashes, column->length, hash, hash, some);
        kernel->or_words(hits, some, hits, n_words);
    }
}

static void match_plain_equal(const co_column *column, const co_text_match *match, const uint64_t *within,
                              uint64_t *hits)
{
    const co_kernel *kernel = co_kernel_now();
    const size_t n_words = co_words_for(column->length);
    const bool worthwhile = within == NULL || kernel->count(within, n_words) > column->length / 16;
    const uint16_t *hashes = worthwhile ? hashes_of(column) : NULL;

    if (hashes != NULL) {
        hits_of_hashes(column, hashes, match, hits);
        co_only_valid(column, hits);
    } else {
        co_all_rows(column, hits);
    }
    if (within != NULL)
        kernel->and_words(hits, within, hits, n_words);
    for (size_t word = 0; word < n_words; word++)
        for (uint64_t rows = hits[word]; rows != 0; rows &= rows - 1) {
            const size_t row = word * 64 + co_lowest_bit(rows);

            if (!is_one_of(match, co_plain_text(&column->plain, (uint32_t)row)))
                co_bit_clear(hits, row);
        }
}

cohort_status co_column_view_match(const co_column *column, const co_text_match *match, const uint64_t *within,
                                   uint64_t *room, co_view *view, uint32_t *slot, cohort_error *error)
{
    assert(co_column_shape(column) == CO_SHAPE_STRINGS && (within == NULL || room != within));

    uint64_t wanted[CO_TILE_WORDS];
    bool by_rows = match->equal == NULL;
    cohort_status status = COHORT_OK;

    *slot = 0;
    if (column->form == CO_FORM_CODES)
        status = ask_codes(column, match, within, wanted, &by_rows);
    if (status == COHORT_MEMORY)
        return co_fail_memory(error);
    if (by_rows)
        status = match_rows(column, match, within, room, slot, error);
    else if (column->form == CO_FORM_CODES)
        view_codes(column, wanted, room, view);
    else
        match_plain_equal(column, match, within, room);
    if (by_rows || column->form != CO_FORM_CODES)
        *view = co_view_of_words(column, room);
    return status;
}

cohort_status co_column_match(const co_column *column, const co_text_match *match, const uint64_t *within,
                              uint64_t *hits, uint32_t *slot, cohort_error *error)
{
    const size_t n_words = co_words_for(column->length);
    co_view view;
    const cohort_status status = co_column_view_match(column, match, within, hits, &view, slot, error);

    if (status != COHORT_OK)
        return status;
    if (view.words == NULL)
        memset(hits, 0, n_words * sizeof *hits);
    else if (view.words != hits)
        memcpy(hits, view.words, n_words * sizeof *hits);
    if (view.slots != NULL)
        co_kernel_now()->add_slots(view.slots, view.count, hits);
    if (within != NULL)
        co_kernel_now()->and_words(hits, within, hits, n_words);
    return COHORT_OK;
}

/* ---- without looking at rows ---- */

bool co_code_match(const co_dictionary *dictionary, uint32_t code, const co_text_match *match, bool *hit)
{
    return code < co_dictionary_count(dictionary) &&
           answer(match, code, co_dictionary_text(dictionary, code), hit, NULL) == COHORT_OK;
}

/* Bit i of wanted: whether the text with code i of the list matches. False: it failed for one. */
static bool ask_list(const co_column *column, const co_text_match *match, uint64_t *wanted)
{
    memset(wanted, 0, co_words_for(column->strings.n_list) * sizeof *wanted);
    if (match->equal != NULL && match->n_equal <= column->strings.n_list / 8) {
        find_equal(column, match, wanted);
        return true;
    }
    return ask_values(column, match, wanted) == COHORT_OK;
}

bool co_column_match_same(const co_column *column, const co_text_match *match, bool *all)
{
    uint64_t wanted[1];

    *all = false;
    if (column->n_valid == 0)
        return true;
    if (column->form != CO_FORM_CODES || column->strings.n_list > FEW_TEXTS ||
        !ask_list(column, match, wanted))
        return false;
    *all = wanted[0] != 0;
    return wanted[0] == 0 || wanted[0] == co_low_bits(column->strings.n_list);
}

bool co_column_some_match(const co_column *column, const co_text_match *match, uint32_t first, uint32_t end,
                          uint64_t *hits)
{
    uint64_t wanted[CO_TILE_WORDS];
    const uint32_t n_list = column->form == CO_FORM_CODES ? column->strings.n_list : 0;
    size_t low;
    size_t n;

    if (n_list == 0 || (match->equal == NULL && n_list > end - first) || !ask_list(column, match, wanted))
        return false;
    n = co_bits_count(wanted, 0, n_list);
    low = co_bits_next(wanted, 0, n_list);
    if (n == 0) {
        memset(hits, 0, co_words_for(end - first) * sizeof *hits);
        return true;
    }
    if (!co_bits_all(wanted, low, low + n))
        return false;
    if (column->width == 0) {
        memset(hits, 0, co_words_for(end - first) * sizeof *hits);
        co_bits_fill(hits, 0, end - first);
    } else {
        co_some_codes_between(column, column->strings.codes, first, end, low, low + n - 1, hits);
    }
    co_some_only_valid(column, first, end, hits);
    return true;
}

bool co_column_match_slots(const co_column *column, const co_text_match *match, const uint16_t *slots,
                           uint32_t n, uint16_t *out, uint32_t *n_out)
{
    uint64_t wanted[CO_TILE_WORDS];
    const uint32_t n_list = column->form == CO_FORM_CODES ? column->strings.n_list : 0;
    uint32_t kept = 0;

    if (n_list == 0 || (match->equal == NULL && n_list > n) || !ask_list(column, match, wanted))
        return false;
    for (uint32_t i = 0; i < n; i++) {
        const uint16_t slot = slots[i];
        const size_t code = (size_t)co_code_at(column->strings.codes, column->width, slot);

        out[kept] = slot;
        kept += co_bit_test(wanted, code) && co_column_has(column, slot);
    }
    *n_out = kept;
    return true;
}

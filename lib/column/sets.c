/*
 * Columns of sets, inverted: for each element that occurs in the tile the rows
 * that hold it, as rising slots or, from one row in 64 on, as words; and how
 * many elements each row has.
 *
 * Always:  a row without a value holds no element. A row with an empty set is
 *          valid and has cardinality 0.
 * Costs:   one element: an OR of words or slots; the elements of one row: a
 *          look into every element of the tile.
 */
#include <assert.h>

#include "column/distinct.h"
#include "column/layout.h"
#include "kernel/bits.h"

/* Scratch of encoding. */
typedef struct inversion {
    co_memory *memory;
    co_distinct distinct;
    uint32_t *numbers; /* of each text of the cells */
    size_t n_texts;
    uint32_t *places; /* number to element; then codes, counts, starts of elements, one block of 4 × n */
    uint32_t *codes;
    uint32_t *counts;
    uint32_t *starts;
    uint32_t n_dense;
    uint32_t n_slots;
    uint32_t n_dense_slots; /* rows of dense elements, together */
    uint32_t most;          /* the greatest cardinality */
} inversion;

static void clear(inversion *made)
{
    co_memory_free(made->memory, made->places, made->distinct.n * 4 * sizeof *made->places);
    co_memory_free(made->memory, made->numbers, made->n_texts * sizeof *made->numbers);
    co_distinct_clear(&made->distinct);
}

/* The numbers of one row's texts; `known` as co_distinct_packed wants it, of packed cells. */
static bool number_row(inversion *made, const co_cells *cells, uint32_t row, uint32_t *known)
{
    for (uint32_t i = cells->ends[row]; i < cells->ends[row + 1]; i++) {
        made->numbers[i] = known == NULL ? co_distinct_add(&made->distinct, cells->texts[i])
                                         : co_distinct_packed(&made->distinct, cells->packed, i, known);
        if (made->numbers[i] == CO_NO_NUMBER)
            return false;
    }
    return true;
}

static bool number_texts(inversion *made, const co_cells *cells, const co_presence *presence)
{
    const uint32_t n_words = cells->packed == NULL ? 0 : cells->packed->n_words;
    uint32_t *known = NULL;
    bool done = true;

    made->n_texts = presence->length == 0 ? 0 : cells->ends[presence->length];
    if (made->n_texts == 0)
        return true;
    made->numbers = co_memory_new_array(made->memory, made->n_texts, sizeof *made->numbers);
    if (n_words > 0)
        known = co_memory_new_zeroed(made->memory, n_words, sizeof *known);
    if (made->numbers == NULL || (n_words > 0 && known == NULL))
        done = false;
    for (uint32_t row = 0; done && row < presence->length; row++) {
        if (!co_presence_has(presence, row))
            continue;
        if (cells->ends[row + 1] - cells->ends[row] > made->most)
            made->most = cells->ends[row + 1] - cells->ends[row];
        done = number_row(made, cells, row, known);
    }
    co_memory_free(made->memory, known, n_words * sizeof *known);
    return done;
}

static void count_rows(inversion *made, const co_cells *cells, const co_presence *presence)
{
    const uint32_t n_elements = (uint32_t)made->distinct.n;

    memset(made->counts, 0, n_elements * sizeof *made->counts);
    for (uint32_t row = 0; row < presence->length; row++) {
        if (!co_presence_has(presence, row))
            continue;
        for (uint32_t i = cells->ends[row]; i < cells->ends[row + 1]; i++)
            made->counts[made->places[made->numbers[i]]]++;
    }
    for (uint32_t i = 0; i < n_elements; i++) {
        if (co_set_is_dense(made->counts[i], presence->length)) {
            made->starts[i] = made->n_dense++;
            made->n_dense_slots += made->counts[i];
        } else {
            made->starts[i] = made->n_slots;
            made->n_slots += made->counts[i];
        }
    }
}

static bool invert(inversion *made, const co_cells *cells, const co_presence *presence,
                   co_dictionary *dictionary)
{
    if (!number_texts(made, cells, presence))
        return false;

    const size_t n_elements = made->distinct.n;

    if (n_elements == 0)
        return true;
    made->places = co_memory_new_array(made->memory, n_elements, 4 * sizeof *made->places);
    if (made->places == NULL)
        return false;
    made->codes = made->places + n_elements;
    made->counts = made->codes + n_elements;
    made->starts = made->counts + n_elements;
    if (!co_distinct_rank(&made->distinct, dictionary, made->codes, made->places))
        return false;
    count_rows(made, cells, presence);
    return true;
}

/* Writes every row behind the last one of each of its elements: next[element]. */
static void deal_rows(const inversion *made, const co_cells *cells, const co_presence *presence, uint16_t **next)
{
    for (uint32_t row = 0; row < presence->length; row++) {
        if (!co_presence_has(presence, row))
            continue;
        for (uint32_t i = cells->ends[row]; i < cells->ends[row + 1]; i++)
            *next[made->places[made->numbers[i]]]++ = (uint16_t)row;
    }
}

/*
 * Writes the rows of every element. All are dealt out as slots, so that no branch
 * depends on the element; those of dense ones become words afterwards. False: no memory.
 */
static bool fill_rows(const inversion *made, const co_cells *cells, const co_presence *presence, uint64_t *words,
                      uint16_t *slots)
{
    const size_t n_words = co_words_for(presence->length);
    const size_t n_elements = made->distinct.n;
    uint16_t **next = co_memory_new_array(made->memory, n_elements, sizeof *next);
    uint16_t *dense = co_memory_new_array(made->memory, made->n_dense_slots + (size_t)1, sizeof *dense);
    const bool done = next != NULL && dense != NULL;
    uint16_t *free_slots = dense;

    for (size_t i = 0; done && i < n_elements; i++) {
        const bool is_dense = co_set_is_dense(made->counts[i], presence->length);

        next[i] = is_dense ? free_slots : slots + made->starts[i];
        free_slots += is_dense ? made->counts[i] : 0;
    }
    if (done)
        deal_rows(made, cells, presence, next);
    for (size_t i = 0; done && i < n_elements; i++) {
        if (co_set_is_dense(made->counts[i], presence->length))
            co_kernel_now()->add_slots(next[i] - made->counts[i], made->counts[i], words + made->starts[i] * n_words);
    }
    co_memory_free(made->memory, dense, (made->n_dense_slots + (size_t)1) * sizeof *dense);
    co_memory_free(made->memory, next, n_elements * sizeof *next);
    return done;
}

static void fill_cardinalities(const co_cells *cells, const co_presence *presence, uint32_t width, void *room)
{
    uint8_t *bytes = room;
    uint16_t *pairs = room;
    uint32_t *quads = room;

    for (uint32_t row = 0; width > 0 && row < presence->length; row++) {
        const uint32_t n = co_presence_has(presence, row) ? cells->ends[row + 1] - cells->ends[row] : 0;

        if (width == 1)
            bytes[row] = (uint8_t)n;
        else if (width == 2)
            pairs[row] = (uint16_t)n;
        else
            quads[row] = n;
    }
}

static co_column *assemble(const inversion *made, const co_cells *cells, const co_presence *presence,
                           co_dictionary *dictionary)
{
    const uint32_t width = co_width_for(made->most);
    const size_t index_size = made->distinct.n * sizeof(uint32_t);
    const size_t words_size = made->n_dense * co_words_for(presence->length) * sizeof(uint64_t);
    const size_t slots_size = made->n_slots * sizeof(uint16_t);
    char *room;
    co_column *column = co_column_make(made->memory, CO_FORM_SETS, width, presence, dictionary,
                                       3 * co_padded(index_size) + words_size + co_padded(slots_size) +
                                           (size_t)width * presence->length,
                                       &room);

    if (column == NULL)
        return NULL;

    uint32_t *codes = co_carve(&room, index_size);
    uint32_t *counts = co_carve(&room, index_size);
    uint32_t *starts = co_carve(&room, index_size);
    uint64_t *words = co_carve(&room, words_size);
    uint16_t *slots = co_carve(&room, slots_size);

    if (index_size > 0) {
        memcpy(codes, made->codes, index_size);
        memcpy(counts, made->counts, index_size);
        memcpy(starts, made->starts, index_size);
        memset(words, 0, words_size);
    }
    if (index_size > 0 && !fill_rows(made, cells, presence, words, slots)) {
        co_column_release(column);
        return NULL;
    }
    fill_cardinalities(cells, presence, width, room);
    column->sets =
        (co_set_part){ codes, counts, starts, (uint32_t)made->distinct.n, made->n_dense, made->n_slots,
                       words, slots,  room };
    return column;
}

cohort_status co_sets_new(co_memory *memory, const co_cells *cells, co_dictionary *dictionary,
                          co_column **column, cohort_error *error)
{
    assert(dictionary != NULL);

    const co_presence presence = co_presence_of(cells);
    inversion made = { .memory = memory };

    co_distinct_init(&made.distinct, memory);
    if (invert(&made, cells, &presence, dictionary))
        *column = assemble(&made, cells, &presence, dictionary);
    clear(&made);
    return *column == NULL ? co_fail_memory(error) : COHORT_OK;
}

/* ---- asking ---- */

void co_column_view_holds(const co_column *column, uint32_t code, co_view *view)
{
    assert(column->form == CO_FORM_SETS);

    const co_set_part *part = &column->sets;
    const uint32_t element = co_code_place(part->codes, part->n_elements, code);

    *view = (co_view){ 0 };
    if (element == part->n_elements)
        return;
    view->count = part->counts[element];
    if (co_set_is_dense(view->count, column->length))
        view->words = part->words + part->starts[element] * co_words_for(column->length);
    else
        view->slots = part->slots + part->starts[element];
}

void co_column_holds(const co_column *column, uint32_t code, uint64_t *hits)
{
    const co_kernel *kernel = co_kernel_now();
    co_view view;

    co_column_view_holds(column, code, &view);
    if (view.words != NULL)
        kernel->or_words(hits, view.words, hits, co_words_for(column->length));
    else
        kernel->add_slots(view.slots, view.count, hits);
}

uint32_t co_column_cardinality(const co_column *column, uint32_t slot)
{
    assert(column->form == CO_FORM_SETS && slot < column->length);

    return (uint32_t)co_code_at(column->sets.cardinalities, column->width, slot);
}

static bool has_slot(const uint16_t *slots, uint32_t n, uint32_t slot)
{
    uint32_t first = 0;

    while (n > 0) {
        const uint32_t half = n / 2;

        if (slots[first + half] == slot)
            return true;
        if (slots[first + half] < slot) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return false;
}

uint32_t co_column_elements(const co_column *column, uint32_t slot, uint32_t *codes, uint32_t capacity)
{
    const co_set_part *part = &column->sets;
    const size_t n_words = co_words_for(column->length);
    const uint32_t n = co_column_cardinality(column, slot);
    uint32_t found = 0;

    for (uint32_t i = 0; found < n && found < capacity && i < part->n_elements; i++) {
        const bool held = co_set_is_dense(part->counts[i], column->length)
                              ? co_bit_test(part->words + part->starts[i] * n_words, slot)
                              : has_slot(part->slots + part->starts[i], part->counts[i], slot);

        if (held)
            codes[found++] = part->codes[i];
    }
    return n;
}

/*
 * A few values of a column changed by writing their codes into a copy.
 *
 * Always:  what patching makes is a column like any other: the least value, the
 *          greatest and every text of the list still occur. Where they would not, or
 *          a value has no code, there is no patch and the caller encodes anew.
 */
#include <assert.h>

#include "column/exact.h"
#include "column/layout.h"
#include "kernel/bits.h"

/* ---- codes ---- */

static void put_code(void *codes, uint32_t width, size_t i, uint64_t code)
{
    switch (width) {
    case 1:
        ((uint8_t *)codes)[i] = (uint8_t)code;
        break;
    case 2:
        ((uint16_t *)codes)[i] = (uint16_t)code;
        break;
    case 4:
        ((uint32_t *)codes)[i] = (uint32_t)code;
        break;
    default:
        ((uint64_t *)codes)[i] = code;
        break;
    }
}

/* Whether some row that has a value has this code. */
static bool occurs(const co_column *column, const void *codes, uint64_t code)
{
    uint64_t hits[CO_TILE_WORDS];

    co_codes_between(codes, column->width, column->length, code, code, hits);
    co_only_valid(column, hits);
    return co_kernel_now()->any(hits, co_words_for(column->length));
}

/* What the patches do to the column as a whole. */
typedef struct outcome {
    int64_t greatest;
    uint32_t new_code; /* of the dictionary: behind the list, or CO_NO_CODE */
} outcome;

/* Greater values than so far are welcome if their codes have room. */
static bool code_of_number(const co_column *column, int64_t number, outcome *outcome, uint64_t *code)
{
    const co_number_part *part = &column->numbers;
    const uint64_t above = (uint64_t)number - (uint64_t)part->least;

    *code = above / part->unit;
    if (number < part->least || *code * part->unit != above || co_width_for(*code) > column->width)
        return false;
    outcome->greatest = number > outcome->greatest ? number : outcome->greatest;
    return true;
}

/* One text that is new to the tile is welcome if it comes last in the list. */
static bool code_of_text(const co_column *column, co_text text, outcome *outcome, uint64_t *code)
{
    const co_code_part *part = &column->strings;
    uint32_t known = co_dictionary_find(column->dictionary, text);

    *code = known == CO_NO_CODE ? part->n_list : co_code_place(part->list, part->n_list, known);
    if (*code < part->n_list)
        return true;
    if (co_width_for(part->n_list) > column->width || (part->n_list + UINT64_C(1)) * 2 > column->n_valid)
        return false;
    if (known == CO_NO_CODE)
        known = co_dictionary_add(column->dictionary, text);
    if (known == CO_NO_CODE || known < part->list[part->n_list - 1] ||
        (outcome->new_code != CO_NO_CODE && outcome->new_code != known))
        return false;
    outcome->new_code = known;
    return true;
}

static bool code_of(const co_column *column, const co_patch *patch, outcome *outcome, uint64_t *code)
{
    return column->form == CO_FORM_OFFSETS ? code_of_number(column, patch->number, outcome, code)
                                           : code_of_text(column, patch->text, outcome, code);
}

/* ---- patching ---- */

/* The column with codes of its own, *codes. */
static co_column *copy(const co_column *column, const outcome *outcome, void **codes)
{
    const co_presence presence = { column->valid, column->length, column->n_valid };
    const bool is_text = column->form == CO_FORM_CODES;
    const uint32_t n_list = is_text ? column->strings.n_list + (outcome->new_code != CO_NO_CODE) : 0;
    const size_t list_size = n_list * sizeof(uint32_t);
    const size_t codes_size = (size_t)column->width * column->length;
    char *room;
    co_column *made = co_column_make(column->memory, column->form, column->width, &presence, column->dictionary,
                                     co_padded(list_size) + co_padded(codes_size), &room);

    if (made == NULL)
        return NULL;

    uint32_t *list = co_carve(&room, list_size);

    *codes = room;
    if (is_text) {
        memcpy(list, column->strings.list, column->strings.n_list * sizeof *list);
        if (outcome->new_code != CO_NO_CODE)
            list[n_list - 1] = outcome->new_code;
        memcpy(room, column->strings.codes, codes_size);
        made->strings = (co_code_part){ room, list, n_list };
    } else {
        memcpy(room, column->numbers.codes, codes_size);
        made->numbers = column->numbers;
        made->numbers.codes = room;
        made->numbers.greatest = outcome->greatest;
        made->numbers.greatest_code =
            ((uint64_t)outcome->greatest - (uint64_t)column->numbers.least) / column->numbers.unit;
    }
    return made;
}

/* Whether the code must occur in the column for it to be in order. */
static bool matters(const co_column *column, uint64_t code)
{
    return column->form == CO_FORM_CODES || code == 0 || code == column->numbers.greatest_code;
}

/* Whether every code that the patches overwrote is still there, where that matters. */
static bool is_in_order(const co_column *column, const co_patch *patches, size_t n, const co_column *made,
                        const void *codes)
{
    const void *before = column->form == CO_FORM_CODES ? column->strings.codes : column->numbers.codes;

    for (size_t i = 0; i < n; i++) {
        const uint64_t code = co_code_at(before, column->width, patches[i].slot);

        if (matters(made, code) && !occurs(made, codes, code))
            return false;
    }
    return true;
}

static bool has_codes(const co_column *column)
{
    return (column->form == CO_FORM_OFFSETS || column->form == CO_FORM_CODES) && column->width > 0;
}

cohort_status co_column_patch(const co_column *column, const co_patch *patches, size_t n, co_column **patched,
                              cohort_error *error)
{
    outcome outcome = { .new_code = CO_NO_CODE };
    void *codes;
    uint64_t code;

    *patched = NULL;
    if (!has_codes(column))
        return COHORT_OK;
    if (column->form == CO_FORM_OFFSETS)
        outcome.greatest = column->numbers.greatest;
    for (size_t i = 0; i < n; i++) {
        if (!co_column_has(column, patches[i].slot) || !code_of(column, &patches[i], &outcome, &code))
            return COHORT_OK;
    }

    co_column *made = copy(column, &outcome, &codes);

    if (made == NULL)
        return co_fail_memory(error);
    for (size_t i = 0; i < n && code_of(column, &patches[i], &outcome, &code); i++)
        put_code(codes, column->width, patches[i].slot, code);
    if (is_in_order(column, patches, n, made, codes))
        *patched = made;
    else
        co_column_release(made);
    return COHORT_OK;
}

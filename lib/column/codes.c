/*
 * Questions about the codes of a column's rows, whatever form holds them and
 * whatever was derived that answers sooner.
 */
#include <assert.h>

#include "column/derived.h"
#include "kernel/bits.h"

/* The rows of so many codes are joined where a byte of every code would be compared. */
#define JOINED_A_BYTE 4u

const void *co_codes_of(const co_column *column)
{
    return column->form == CO_FORM_CODES ? column->strings.codes : column->numbers.codes;
}

void co_codes_between(const void *codes, uint32_t width, uint32_t length, uint64_t low, uint64_t high,
                      uint64_t *hits)
{
    const co_kernel *kernel = co_kernel_now();

    switch (width) {
    case 1:
        kernel->between_u8(codes, length, (uint8_t)low, (uint8_t)high, hits);
        break;
    case 2:
        kernel->between_u16(codes, length, (uint16_t)low, (uint16_t)high, hits);
        break;
    case 4:
        kernel->between_u32(codes, length, (uint32_t)low, (uint32_t)high, hits);
        break;
    default:
        kernel->between_u64(codes, length, low, high, hits);
        break;
    }
}

/* hits = rows with a value whose one bit is `code`. */
static void scan_bits(const co_column *column, uint64_t code, uint64_t *hits)
{
    const uint64_t *ones = column->numbers.codes;
    const size_t n_words = co_words_for(column->length);

    if (code == 1) {
        memcpy(hits, ones, n_words * sizeof *hits);
        return;
    }
    co_all_rows(column, hits);
    co_kernel_now()->andnot_words(hits, ones, hits, n_words);
}

void co_codes_scan(const co_column *column, uint64_t low, uint64_t high, uint64_t *hits)
{
    assert(low <= high);

    if (column->form == CO_FORM_LINEAR) {
        memset(hits, 0, co_words_for(column->length) * sizeof *hits);
        co_bits_fill(hits, (size_t)low, (size_t)high + 1);
        return;
    }
    if (column->form == CO_FORM_BITS) {
        assert(low == high);
        scan_bits(column, low, hits);
        return;
    }
    if (!co_coarse_between(column, low, high, hits))
        co_codes_between(co_codes_of(column), column->width, column->length, low, high, hits);
    if (low == 0)
        co_only_valid(column, hits);
}

co_view co_view_of_words(const co_column *column, const uint64_t *words)
{
    return (co_view){ (uint32_t)co_kernel_now()->count(words, co_words_for(column->length)), words, NULL };
}

bool co_codes_join(const co_column *column, const uint64_t *codes, size_t n, uint64_t *room, co_view *view)
{
    const co_kernel *kernel = co_kernel_now();
    const size_t n_words = co_words_for(column->length);
    const uint64_t *so_far = NULL;
    uint32_t count = 0;

    if (n == 1)
        return co_code_view(column, codes[0], view);
    if (n > (size_t)JOINED_A_BYTE * column->width)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!co_code_view(column, codes[i], view))
            return false;
        count += view->count;
        if (so_far == NULL && view->words != NULL) {
            so_far = view->words;
            continue;
        }
        if (view->words != NULL)
            kernel->or_words(so_far, view->words, room, n_words);
        else if (so_far == NULL)
            memset(room, 0, n_words * sizeof *room);
        else if (so_far != room)
            memcpy(room, so_far, n_words * sizeof *room);
        if (view->words == NULL)
            kernel->add_slots(view->slots, view->count, room);
        so_far = room;
    }
    *view = (co_view){ count, so_far, NULL };
    return true;
}

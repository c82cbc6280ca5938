/*
 * The derived parts of a column, and of these the rows of single codes: words
 * from one row in 64 on, slots below.
 *
 * Costs:   the first look for a code compares every row's, as a column without
 *          derived parts does; each further one finds a list of a few codes.
 */
#include "column/derived.h"
#include "kernel/bits.h"

#define KEPT_BYTES_A_ROW 2u

/* Then words or slots. */
struct co_code_rows {
    co_code_rows *next;
    uint64_t code;
    size_t size;
    uint32_t count;
};

co_derived *co_derived_of(const co_column *column)
{
    /* Derived parts appear in columns that are constant to their readers. */
    _Atomic(co_derived *) *published = (_Atomic(co_derived *) *)&column->derived;
    co_derived *known = atomic_load_explicit(published, memory_order_acquire);

    if (known != NULL)
        return known;

    co_derived *made = co_memory_new_zeroed(column->memory, 1, sizeof *made);

    if (made == NULL)
        return NULL;
    if (atomic_compare_exchange_strong_explicit(published, &known, made, memory_order_acq_rel,
                                                memory_order_acquire))
        return made;
    co_memory_free(column->memory, made, sizeof *made);
    return known;
}

size_t co_derived_size(const co_column *column)
{
    const co_derived *derived = atomic_load_explicit(&column->derived, memory_order_acquire);

    if (derived == NULL)
        return 0;

    const bool is_coarse = atomic_load_explicit(&derived->coarse, memory_order_relaxed) != NULL;

    return sizeof *derived + atomic_load_explicit(&derived->rows_size, memory_order_relaxed) +
           (is_coarse ? co_coarse_size(column) : 0);
}

void co_derived_free(co_column *column)
{
    co_derived *derived = atomic_load_explicit(&column->derived, memory_order_acquire);

    if (derived == NULL)
        return;
    for (size_t i = 0; i < CO_CODE_BUCKETS; i++)
        for (co_code_rows *rows = atomic_load(&derived->rows[i]), *next; rows != NULL; rows = next) {
            next = rows->next;
            co_memory_free(column->memory, rows, rows->size);
        }
    co_memory_free(column->memory, atomic_load(&derived->coarse), co_coarse_size(column));
    co_memory_free(column->memory, derived, sizeof *derived);
}

/* ---- the rows of one code ---- */

static bool are_words(const co_column *column, uint32_t count)
{
    return count >= co_words_for(column->length);
}

static co_view view_of(const co_column *column, const co_code_rows *rows)
{
    const void *items = rows + 1;

    return are_words(column, rows->count) ? (co_view){ rows->count, items, NULL }
                                          : (co_view){ rows->count, NULL, items };
}

static const co_code_rows *find(const co_code_rows *list, uint64_t code)
{
    while (list != NULL && list->code != code)
        list = list->next;
    return list;
}

static co_code_rows *make(const co_column *column, uint64_t code)
{
    const co_kernel *kernel = co_kernel_now();
    const size_t n_words = co_words_for(column->length);
    uint64_t hits[CO_TILE_WORDS];

    co_codes_scan(column, code, code, hits);

    const uint32_t count = (uint32_t)kernel->count(hits, n_words);
    const size_t size = sizeof(co_code_rows) +
                        (are_words(column, count) ? n_words * sizeof *hits : count * sizeof(uint16_t));
    co_code_rows *made = co_memory_new(column->memory, size);

    if (made == NULL)
        return NULL;
    *made = (co_code_rows){ .code = code, .size = size, .count = count };
    if (are_words(column, count))
        memcpy(made + 1, hits, n_words * sizeof *hits);
    else
        kernel->words_to_slots(hits, n_words, (uint16_t *)(made + 1), count);
    return made;
}

/* Puts `made` in front of its list, unless somebody else has put the same code there meanwhile. */
static const co_code_rows *publish(const co_column *column, co_derived *derived, co_code_rows *made)
{
    _Atomic(co_code_rows *) *list = &derived->rows[made->code % CO_CODE_BUCKETS];
    co_code_rows *first = atomic_load_explicit(list, memory_order_acquire);

    for (;;) {
        const co_code_rows *known = find(first, made->code);

        if (known != NULL) {
            co_memory_free(column->memory, made, made->size);
            return known;
        }
        made->next = first;
        if (atomic_compare_exchange_weak_explicit(list, &first, made, memory_order_acq_rel,
                                                  memory_order_acquire)) {
            atomic_fetch_add_explicit(&derived->rows_size, made->size, memory_order_relaxed);
            return made;
        }
    }
}

bool co_code_view(const co_column *column, uint64_t code, co_view *view)
{
    if (column->form == CO_FORM_BITS && code == 1) {
        *view = (co_view){ column->numbers.n_ones, column->numbers.codes, NULL };
        return true;
    }
    if (column->form == CO_FORM_LINEAR || (column->width == 0 && column->form != CO_FORM_BITS))
        return false;

    co_derived *derived = co_derived_of(column);

    if (derived == NULL)
        return false;

    const co_code_rows *rows = find(
        atomic_load_explicit(&derived->rows[code % CO_CODE_BUCKETS], memory_order_acquire), code);

    if (rows == NULL && atomic_load_explicit(&derived->rows_size, memory_order_relaxed) <
                            (size_t)KEPT_BYTES_A_ROW * column->length) {
        co_code_rows *made = make(column, code);

        rows = made == NULL ? NULL : publish(column, derived, made);
    }
    if (rows != NULL)
        *view = view_of(column, rows);
    return rows != NULL;
}

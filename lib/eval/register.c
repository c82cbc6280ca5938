/* Sets of rows of one tile; see register.h. */
#include "eval/register.h"

#include <assert.h>
#include <string.h>

#define BUFFER_BYTES (CO_TILE_WORDS * sizeof(uint64_t))

void co_pool_init(co_pool *pool, co_memory *memory)
{
    *pool = (co_pool){ memory, co_kernel_now(), NULL };
}

void co_pool_clear(co_pool *pool)
{
    while (pool->spare != NULL) {
        void *next;

        memcpy(&next, pool->spare, sizeof next);
        co_memory_free(pool->memory, pool->spare, BUFFER_BYTES);
        pool->spare = next;
    }
}

static void *take_buffer(co_pool *pool)
{
    void *buffer = pool->spare;

    if (buffer == NULL)
        return co_memory_new(pool->memory, BUFFER_BYTES);
    memcpy(&pool->spare, buffer, sizeof pool->spare);
    return buffer;
}

static void give_buffer(co_register *set)
{
    if (set->buffer == NULL)
        return;
    memcpy(set->buffer, &set->pool->spare, sizeof set->pool->spare);
    set->pool->spare = set->buffer;
    set->buffer = NULL;
}

static bool need_buffer(co_register *set)
{
    if (set->buffer == NULL)
        set->buffer = take_buffer(set->pool);
    return set->buffer != NULL;
}

void co_register_init(co_register *set, co_pool *pool, uint32_t n_rows)
{
    *set = (co_register){ .pool = pool, .form = CO_FORM_EMPTY, .n_rows = n_rows };
}

void co_register_clear(co_register *set)
{
    co_register_set_empty(set);
}

void co_register_swap(co_register *a, co_register *b)
{
    const co_register held = *a;

    *a = *b;
    *b = held;
}

void co_register_set_empty(co_register *set)
{
    give_buffer(set);
    set->form = CO_FORM_EMPTY;
    set->count = 0;
}

void co_register_set_all(co_register *set)
{
    give_buffer(set);
    set->form = CO_FORM_ALL;
    set->count = set->n_rows;
}

bool co_register_copy(co_register *set, const co_register *from)
{
    assert(set->n_rows == from->n_rows);
    if (from->form == CO_FORM_SLOTS || from->form == CO_FORM_WORDS) {
        if (!need_buffer(set))
            return false;
        if (from->form == CO_FORM_SLOTS)
            memcpy(set->buffer, from->buffer, from->count * sizeof(uint16_t));
        else
            memcpy(set->buffer, from->buffer, co_register_n_words(from) * sizeof(uint64_t));
    } else {
        give_buffer(set);
    }
    set->form = from->form;
    set->count = from->count;
    return true;
}

/* The form that fits the count: words of few rows become slots. */
static void take_form(co_register *set)
{
    if (set->count == 0) {
        co_register_set_empty(set);
    } else if (set->count == set->n_rows) {
        co_register_set_all(set);
    } else if (set->form == CO_FORM_WORDS && set->count <= CO_FEW_SLOTS && set->count <= set->n_rows / 64) {
        uint16_t slots[CO_FEW_SLOTS];

        set->pool->kernel->words_to_slots(set->buffer, co_register_n_words(set), slots, CO_FEW_SLOTS);
        memcpy(set->buffer, slots, set->count * sizeof *slots);
        set->form = CO_FORM_SLOTS;
    }
}

bool co_register_set_slots(co_register *set, const uint16_t *slots, size_t n)
{
    co_register_set_empty(set);
    if (n == 0)
        return true;
    if (!need_buffer(set))
        return false;
    set->count = (uint32_t)n;
    if (n <= CO_FEW_SLOTS) {
        set->form = CO_FORM_SLOTS;
        memcpy(set->buffer, slots, n * sizeof *slots);
    } else {
        set->form = CO_FORM_WORDS;
        memset(set->buffer, 0, co_register_n_words(set) * sizeof(uint64_t));
        set->pool->kernel->set_slots(slots, n, set->buffer);
    }
    take_form(set);
    return true;
}

uint64_t *co_register_open(co_register *set)
{
    if (!need_buffer(set))
        return NULL;
    set->form = CO_FORM_WORDS;
    set->count = 0;
    return set->buffer;
}

void co_register_settle(co_register *set)
{
    assert(set->form == CO_FORM_WORDS);
    set->count = (uint32_t)set->pool->kernel->count(set->buffer, co_register_n_words(set));
    take_form(set);
}

static bool slots_have(const uint16_t *slots, uint32_t n, uint32_t wanted)
{
    uint32_t first = 0;

    while (n > 0) {
        const uint32_t half = n / 2;

        if (slots[first + half] < wanted) {
            first += half + 1;
            n -= half + 1;
        } else {
            if (slots[first + half] == wanted)
                return true;
            n = half;
        }
    }
    return false;
}

bool co_register_has(const co_register *set, uint32_t slot)
{
    switch (set->form) {
    case CO_FORM_EMPTY:
        return false;
    case CO_FORM_ALL:
        return slot < set->n_rows;
    case CO_FORM_SLOTS:
        return slots_have(set->buffer, set->count, slot);
    default:
        return slot < set->n_rows && co_bit_test(set->buffer, slot);
    }
}

void co_register_test(const co_register *set, const uint16_t *slots, uint32_t n, uint64_t *bits)
{
    const uint16_t *in = co_register_slots(set);
    uint32_t next = 0;

    memset(bits, 0, co_words_for(n) * sizeof *bits);
    for (uint32_t i = 0; i < n && set->form == CO_FORM_SLOTS; i++) {
        while (next < set->count && in[next] < slots[i])
            next++;
        bits[i / 64] |= (uint64_t)(next < set->count && in[next] == slots[i]) << i % 64;
    }
    for (uint32_t i = 0; i < n && set->form == CO_FORM_WORDS; i++)
        bits[i / 64] |= (uint64_t)co_bit_test(set->buffer, slots[i]) << i % 64;
    if (set->form == CO_FORM_ALL)
        co_bits_fill(bits, 0, n);
}

void co_register_to_words(const co_register *set, uint64_t *words)
{
    const size_t n_words = co_register_n_words(set);

    if (set->form == CO_FORM_WORDS) {
        memcpy(words, set->buffer, n_words * sizeof *words);
        return;
    }
    memset(words, 0, n_words * sizeof *words);
    if (set->form == CO_FORM_ALL)
        co_bits_fill(words, 0, set->n_rows);
    else if (set->form == CO_FORM_SLOTS)
        set->pool->kernel->set_slots(set->buffer, set->count, words);
}

void co_register_to_slots(const co_register *set, uint16_t *out)
{
    if (set->form == CO_FORM_SLOTS) {
        memcpy(out, set->buffer, set->count * sizeof *out);
    } else if (set->form == CO_FORM_WORDS) {
        set->pool->kernel->words_to_slots(set->buffer, co_register_n_words(set), out, set->count);
    } else {
        for (uint32_t i = 0; i < set->count; i++)
            out[i] = (uint16_t)i;
    }
}

bool co_register_and_words(co_register *set, const uint64_t *words)
{
    const co_kernel *kernel = set->pool->kernel;
    const size_t n_words = co_register_n_words(set);

    switch (set->form) {
    case CO_FORM_EMPTY:
        return true;
    case CO_FORM_SLOTS:
        set->count = (uint32_t)kernel->slots_in_words(set->buffer, set->count, words, set->buffer);
        take_form(set);
        return true;
    case CO_FORM_ALL:
        if (co_register_open(set) == NULL)
            return false;
        memcpy(set->buffer, words, n_words * sizeof *words);
        break;
    default:
        kernel->and_words(set->buffer, words, set->buffer, n_words);
    }
    co_register_settle(set);
    return true;
}

bool co_register_minus_words(co_register *set, const uint64_t *words)
{
    const co_kernel *kernel = set->pool->kernel;

    switch (set->form) {
    case CO_FORM_EMPTY:
        return true;
    case CO_FORM_SLOTS:
        set->count = (uint32_t)kernel->slots_not_in_words(set->buffer, set->count, words, set->buffer);
        take_form(set);
        return true;
    case CO_FORM_ALL:
        if (co_register_open(set) == NULL)
            return false;
        kernel->not_rows(words, set->n_rows, set->buffer);
        break;
    default:
        kernel->andnot_words(set->buffer, words, set->buffer, co_register_n_words(set));
    }
    co_register_settle(set);
    return true;
}

/* a = those of `few` (slots) that are in `words`. */
static bool keep_few(co_register *a, const co_register *few)
{
    uint16_t slots[CO_FEW_SLOTS];
    const size_t n = a->pool->kernel->slots_in_words(few->buffer, few->count, a->buffer, slots);

    return co_register_set_slots(a, slots, n);
}

bool co_register_and(co_register *a, const co_register *b)
{
    assert(a->n_rows == b->n_rows);
    if (b->form == CO_FORM_ALL || a->form == CO_FORM_EMPTY)
        return true;
    if (b->form == CO_FORM_EMPTY) {
        co_register_set_empty(a);
        return true;
    }
    if (a->form == CO_FORM_ALL)
        return co_register_copy(a, b);
    if (b->form == CO_FORM_WORDS)
        return co_register_and_words(a, b->buffer);
    if (a->form == CO_FORM_WORDS)
        return keep_few(a, b);
    a->count =
        (uint32_t)a->pool->kernel->intersect_slots(a->buffer, a->count, b->buffer, b->count, a->buffer);
    take_form(a);
    return true;
}

/* Both hold slots. */
static bool join_slots(co_register *a, const co_register *b)
{
    uint16_t slots[2 * CO_FEW_SLOTS];
    const size_t n = a->pool->kernel->union_slots(a->buffer, a->count, b->buffer, b->count, slots);

    if (!co_register_set_slots(a, slots, n))
        return false;
    take_form(a);
    return true;
}

bool co_register_or(co_register *a, const co_register *b)
{
    const co_kernel *kernel = a->pool->kernel;

    assert(a->n_rows == b->n_rows);
    if (b->form == CO_FORM_EMPTY || a->form == CO_FORM_ALL)
        return true;
    if (a->form == CO_FORM_EMPTY || b->form == CO_FORM_ALL)
        return co_register_copy(a, b);
    if (b->form == CO_FORM_SLOTS) {
        if (a->form == CO_FORM_SLOTS)
            return join_slots(a, b);
        a->count += (uint32_t)kernel->set_slots(b->buffer, b->count, a->buffer);
        take_form(a);
        return true;
    }
    if (a->form == CO_FORM_SLOTS) {
        uint16_t slots[CO_FEW_SLOTS];
        const uint32_t n = a->count;

        memcpy(slots, a->buffer, n * sizeof *slots);
        memcpy(a->buffer, b->buffer, co_register_n_words(b) * sizeof(uint64_t));
        a->form = CO_FORM_WORDS;
        a->count = b->count + (uint32_t)kernel->set_slots(slots, n, a->buffer);
        take_form(a);
        return true;
    }
    kernel->or_words(a->buffer, b->buffer, a->buffer, co_register_n_words(a));
    co_register_settle(a);
    return true;
}

bool co_register_minus(co_register *a, const co_register *b)
{
    const co_kernel *kernel = a->pool->kernel;

    assert(a->n_rows == b->n_rows);
    if (b->form == CO_FORM_EMPTY || a->form == CO_FORM_EMPTY)
        return true;
    if (b->form == CO_FORM_ALL) {
        co_register_set_empty(a);
        return true;
    }
    if (b->form == CO_FORM_WORDS)
        return co_register_minus_words(a, b->buffer);
    if (a->form == CO_FORM_SLOTS) {
        a->count = (uint32_t)kernel->difference_slots(a->buffer, a->count, b->buffer, b->count, a->buffer);
        take_form(a);
        return true;
    }
    if (a->form == CO_FORM_ALL) {
        uint64_t *words = co_register_open(a);

        if (words == NULL)
            return false;
        memset(words, 0, co_register_n_words(a) * sizeof *words);
        co_bits_fill(words, 0, a->n_rows);
        a->count = a->n_rows;
    }
    a->count -= (uint32_t)kernel->clear_slots(b->buffer, b->count, a->buffer);
    take_form(a);
    return true;
}

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

/* What was written into a buffer taken beside the register's own becomes its rows. */
static void use_buffer(co_register *set, void *buffer)
{
    give_buffer(set);
    set->buffer = buffer;
    set->rows = buffer;
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
    if (set == from)
        return true;
    co_register_borrow(set, from);
    return from->rows != from->buffer || co_register_own(set);
}

/* No row and every row are forms of their own. */
static void take_form(co_register *set)
{
    if (set->count == 0)
        co_register_set_empty(set);
    else if (set->count == set->n_rows)
        co_register_set_all(set);
}

/* More slots than are kept as such. */
static bool spread_slots(co_register *set, const uint16_t *slots, size_t n)
{
    uint64_t *words = co_register_open(set);

    if (words == NULL)
        return false;
    memset(words, 0, co_register_n_words(set) * sizeof *words);
    set->pool->kernel->add_slots(slots, n, words);
    set->count = (uint32_t)n;
    return true;
}

bool co_register_set_slots(co_register *set, const uint16_t *slots, size_t n)
{
    if (n == 0 || n == set->n_rows || n > CO_FEW_SLOTS)
        return co_register_borrow_slots(set, slots, n); /* which borrows none of these */
    if (!need_buffer(set))
        return false;
    memcpy(set->buffer, slots, n * sizeof *slots);
    set->rows = set->buffer;
    set->form = CO_FORM_SLOTS;
    set->count = (uint32_t)n;
    return true;
}

bool co_register_borrow_slots(co_register *set, const uint16_t *slots, size_t n)
{
    if (n == 0) {
        co_register_set_empty(set);
    } else if (n == set->n_rows) {
        co_register_set_all(set);
    } else if (n > CO_FEW_SLOTS) {
        return spread_slots(set, slots, n);
    } else {
        give_buffer(set);
        set->form = CO_FORM_SLOTS;
        set->count = (uint32_t)n;
        set->rows = slots;
    }
    return true;
}

void co_register_borrow_words(co_register *set, const uint64_t *words, uint32_t count)
{
    if (count == 0) {
        co_register_set_empty(set);
    } else if (count == set->n_rows) {
        co_register_set_all(set);
    } else {
        give_buffer(set);
        set->form = CO_FORM_WORDS;
        set->count = count;
        set->rows = words;
    }
}

void co_register_borrow(co_register *set, const co_register *from)
{
    assert(set != from && set->n_rows == from->n_rows);
    give_buffer(set);
    set->form = from->form;
    set->count = from->count;
    set->rows = from->rows;
}

bool co_register_own(co_register *set)
{
    const bool is_slots = set->form == CO_FORM_SLOTS;
    const void *rows = set->rows;

    if (rows == set->buffer || (!is_slots && set->form != CO_FORM_WORDS))
        return true;
    if (!need_buffer(set))
        return false;
    memcpy(set->buffer, rows,
           is_slots ? set->count * sizeof(uint16_t) : co_register_n_words(set) * sizeof(uint64_t));
    set->rows = set->buffer;
    return true;
}

uint64_t *co_register_open(co_register *set)
{
    if (!need_buffer(set))
        return NULL;
    set->form = CO_FORM_WORDS;
    set->count = 0;
    set->rows = set->buffer;
    return set->buffer;
}

void co_register_settle(co_register *set)
{
    co_register_settle_count(set, (uint32_t)set->pool->kernel->count(set->rows, co_register_n_words(set)));
}

void co_register_settle_count(co_register *set, uint32_t count)
{
    assert(set->form == CO_FORM_WORDS && set->rows == set->buffer);
    set->count = count;
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
        return slots_have(set->rows, set->count, slot);
    default:
        return slot < set->n_rows && co_bit_test(set->rows, slot);
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
        bits[i / 64] |= (uint64_t)co_bit_test(set->rows, slots[i]) << i % 64;
    if (set->form == CO_FORM_ALL)
        co_bits_fill(bits, 0, n);
}

void co_register_to_words(const co_register *set, uint64_t *words)
{
    const size_t n_words = co_register_n_words(set);

    if (set->form == CO_FORM_WORDS) {
        memcpy(words, set->rows, n_words * sizeof *words);
        return;
    }
    memset(words, 0, n_words * sizeof *words);
    if (set->form == CO_FORM_ALL)
        co_bits_fill(words, 0, set->n_rows);
    else if (set->form == CO_FORM_SLOTS)
        set->pool->kernel->set_slots(set->rows, set->count, words);
}

void co_register_to_slots(const co_register *set, uint16_t *out)
{
    if (set->form == CO_FORM_SLOTS) {
        memcpy(out, set->rows, set->count * sizeof *out);
    } else if (set->form == CO_FORM_WORDS) {
        set->pool->kernel->words_to_slots(set->rows, co_register_n_words(set), out, set->count);
    } else {
        for (uint32_t i = 0; i < set->count; i++)
            out[i] = (uint16_t)i;
    }
}

/* ---- one set of two ---- */

/* From so many slots on, spelling them out as words costs less than looking each up in words. */
#define MANY_SLOTS 1024u

/* Words to read that stand for a set; their count is not known. */
static co_register words_of(const co_register *set, const uint64_t *words)
{
    return (co_register){ .pool = set->pool, .form = CO_FORM_WORDS, .n_rows = set->n_rows, .rows = words };
}

/* A loop over slots whose result is no longer than its first list; set may be a or b. */
static bool combine_slots(co_register *set, const co_register *a, const co_register *b,
                          co_combine_slots *combine)
{
    uint16_t *slots = take_buffer(set->pool);

    if (slots == NULL)
        return false;
    set->count = (uint32_t)combine(a->rows, a->count, b->rows, b->count, slots);
    use_buffer(set, slots);
    set->form = CO_FORM_SLOTS;
    take_form(set);
    return true;
}

/* A buffer with the words of a's slots; NULL for want of memory. */
static uint64_t *spell(co_pool *pool, const co_register *a)
{
    uint64_t *words = take_buffer(pool);

    if (words == NULL)
        return NULL;
    memset(words, 0, co_register_n_words(a) * sizeof *words);
    pool->kernel->add_slots(a->rows, a->count, words);
    return words;
}

/* A buffer of words, count bits of them set, becomes the register's rows. */
static bool take_words(co_register *set, uint64_t *words, size_t count)
{
    use_buffer(set, words);
    set->form = CO_FORM_WORDS;
    set->count = (uint32_t)count;
    take_form(set);
    return true;
}

/* set = those of many slots that are in the words, or not; set may be a. */
static bool combine_many(co_register *set, const co_register *a, const uint64_t *others,
                         co_combine_counting *combine)
{
    uint64_t *words = spell(set->pool, a);

    if (words == NULL)
        return false;
    return take_words(set, words, combine(words, others, words, co_register_n_words(set), false));
}

/* set = those of a's slots that the filter leaves; the words may be set's own. */
static bool filter_slots(co_register *set, const co_register *a, const uint64_t *words,
                         co_filter_slots *filter)
{
    uint16_t *slots = take_buffer(set->pool);

    if (slots == NULL)
        return false;
    set->count = (uint32_t)filter(a->rows, a->count, words, slots);
    use_buffer(set, slots);
    set->form = CO_FORM_SLOTS;
    take_form(set);
    return true;
}

/* set = those of a's slots that are in the words, or are not; set may be a, the words may be set's own. */
static bool look_up(co_register *set, const co_register *a, const uint64_t *words, bool in)
{
    const co_kernel *kernel = set->pool->kernel;

    if (a->count < MANY_SLOTS)
        return filter_slots(set, a, words, in ? kernel->slots_in_words : kernel->slots_not_in_words);
    return combine_many(set, a, words, in ? kernel->and_counting : kernel->andnot_counting);
}

/* set = a OP b, both words; set may be a or b. */
static bool combine_words(co_register *set, const co_register *a, const co_register *b,
                          co_combine_counting *combine)
{
    const uint64_t *x = a->rows;
    const uint64_t *y = b->rows;
    uint64_t *words = co_register_open(set);

    if (words == NULL)
        return false;
    set->count = (uint32_t)combine(x, y, words, co_register_n_words(set), false);
    take_form(set);
    return true;
}

/* set = a, which is words, and b's few; set may be a or b. */
static bool add_few(co_register *set, const co_register *a, const co_register *b)
{
    uint64_t *words = spell(set->pool, b);

    if (words == NULL)
        return false;
    return take_words(set, words,
                      set->pool->kernel->or_counting(a->rows, words, words, co_register_n_words(set), false));
}

/* set = a, which is words or all rows, without b's few; set may be a. */
static bool drop_few(co_register *set, const co_register *a, const co_register *b)
{
    const co_kernel *kernel = set->pool->kernel;
    uint64_t *words = spell(set->pool, b);

    if (words == NULL)
        return false;
    if (a->form != CO_FORM_ALL)
        return take_words(set, words,
                          kernel->andnot_counting(a->rows, words, words, co_register_n_words(set), false));
    kernel->not_rows(words, set->n_rows, words);
    return take_words(set, words, set->n_rows - b->count);
}

/* a = a or b, both slots. */
static bool join_slots(co_register *a, const co_register *b)
{
    uint16_t slots[2 * CO_FEW_SLOTS];
    const size_t n = a->pool->kernel->union_slots(a->rows, a->count, b->rows, b->count, slots);

    return co_register_set_slots(a, slots, n);
}

/* set = the words, which are not counted. */
static bool copy_words(co_register *set, const uint64_t *from)
{
    uint64_t *words = co_register_open(set);

    if (words == NULL)
        return false;
    memcpy(words, from, co_register_n_words(set) * sizeof *words);
    co_register_settle(set);
    return true;
}

bool co_register_intersect(co_register *set, const co_register *a, const co_register *b)
{
    const co_kernel *kernel = set->pool->kernel;

    assert(set != b && a->n_rows == b->n_rows && set->n_rows == a->n_rows);
    if (a->form == CO_FORM_EMPTY || b->form == CO_FORM_EMPTY) {
        co_register_set_empty(set);
        return true;
    }
    if (b->form == CO_FORM_ALL)
        return co_register_copy(set, a);
    if (a->form == CO_FORM_ALL)
        return co_register_copy(set, b);
    if (a->form == CO_FORM_WORDS && b->form == CO_FORM_WORDS)
        return combine_words(set, a, b, kernel->and_counting);
    if (a->form == CO_FORM_SLOTS && b->form == CO_FORM_SLOTS)
        return combine_slots(set, a, b, kernel->intersect_slots);
    if (a->form == CO_FORM_SLOTS)
        return look_up(set, a, b->rows, true);
    return look_up(set, b, a->rows, true);
}

/* set = the rows not in the words. */
static bool take_others(co_register *set, const uint64_t *words)
{
    uint64_t *out = co_register_open(set);

    if (out == NULL)
        return false;
    set->pool->kernel->not_rows(words, set->n_rows, out);
    co_register_settle(set);
    return true;
}

bool co_register_subtract(co_register *set, const co_register *a, const co_register *b)
{
    const co_kernel *kernel = set->pool->kernel;

    assert(set != b && a->n_rows == b->n_rows && set->n_rows == a->n_rows);
    if (a->form == CO_FORM_EMPTY || b->form == CO_FORM_ALL) {
        co_register_set_empty(set);
        return true;
    }
    if (b->form == CO_FORM_EMPTY)
        return co_register_copy(set, a);
    if (a->form == CO_FORM_ALL && b->form == CO_FORM_WORDS)
        return take_others(set, b->rows);
    if (a->form == CO_FORM_SLOTS)
        return b->form == CO_FORM_SLOTS ? combine_slots(set, a, b, kernel->difference_slots)
                                        : look_up(set, a, b->rows, false);
    if (b->form == CO_FORM_WORDS)
        return combine_words(set, a, b, kernel->andnot_counting);
    return drop_few(set, a, b);
}

bool co_register_and(co_register *a, const co_register *b)
{
    return co_register_intersect(a, a, b);
}

bool co_register_minus(co_register *a, const co_register *b)
{
    return co_register_subtract(a, a, b);
}

bool co_register_and_words(co_register *set, const uint64_t *words)
{
    const co_register others = words_of(set, words);

    return set->form == CO_FORM_ALL ? copy_words(set, words) : co_register_and(set, &others);
}

bool co_register_minus_words(co_register *set, const uint64_t *words)
{
    const co_register others = words_of(set, words);

    return co_register_minus(set, &others);
}

bool co_register_or(co_register *a, const co_register *b)
{
    const co_kernel *kernel = a->pool->kernel;

    assert(a != b && a->n_rows == b->n_rows);
    if (b->form == CO_FORM_EMPTY || a->form == CO_FORM_ALL)
        return true;
    if (a->form == CO_FORM_EMPTY || b->form == CO_FORM_ALL)
        return co_register_copy(a, b);
    if (a->form == CO_FORM_WORDS && b->form == CO_FORM_WORDS)
        return combine_words(a, a, b, kernel->or_counting);
    if (a->form == CO_FORM_WORDS)
        return add_few(a, a, b);
    return b->form == CO_FORM_SLOTS ? join_slots(a, b) : add_few(a, b, a);
}

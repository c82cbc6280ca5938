/*
 * Numbering texts by a hash table that starts small, so that the few values of
 * an ordinary field stay in the nearest cache, and doubles at half full.
 */
#include <stdint.h>

#include "base/hash.h"
#include "column/distinct.h"

#define FEWEST_SLOTS 64
#define DIGIT_BITS 11
#define N_DIGITS 2048u

void co_distinct_init(co_distinct *distinct, co_memory *memory)
{
    *distinct = (co_distinct){ memory, NULL, 0, 0, NULL, 0 };
}

void co_distinct_clear(co_distinct *distinct)
{
    co_memory_free(distinct->memory, distinct->texts, distinct->capacity * sizeof *distinct->texts);
    co_memory_free(distinct->memory, distinct->table, distinct->n_slots * sizeof *distinct->table);
    co_distinct_init(distinct, distinct->memory);
}

static bool grow_table(co_distinct *distinct)
{
    const size_t n_slots = distinct->n_slots == 0 ? FEWEST_SLOTS : distinct->n_slots * 2;
    uint32_t *table = co_memory_new_zeroed(distinct->memory, n_slots, sizeof *table);

    if (table == NULL)
        return false;
    for (size_t number = 0; number < distinct->n; number++) {
        size_t i = distinct->texts[number].hash & (n_slots - 1);

        while (table[i] != 0)
            i = (i + 1) & (n_slots - 1);
        table[i] = (uint32_t)number + 1;
    }
    co_memory_free(distinct->memory, distinct->table, distinct->n_slots * sizeof *table);
    distinct->table = table;
    distinct->n_slots = n_slots;
    return true;
}

uint32_t co_distinct_add(co_distinct *distinct, co_text text)
{
    if (distinct->n * 2 >= distinct->n_slots && !grow_table(distinct))
        return CO_NO_NUMBER;

    const uint32_t hash = (uint32_t)co_hash_fast(text.bytes, text.length, (uintptr_t)distinct);
    size_t i = hash & (distinct->n_slots - 1);

    for (; distinct->table[i] != 0; i = (i + 1) & (distinct->n_slots - 1)) {
        const co_distinct_text *known = &distinct->texts[distinct->table[i] - 1];

        if (known->hash == hash && co_text_equal(known->text, text))
            return distinct->table[i] - 1;
    }
    if (!co_memory_grow(distinct->memory, (void **)&distinct->texts, &distinct->capacity, distinct->n + 1,
                        sizeof *distinct->texts))
        return CO_NO_NUMBER;
    distinct->texts[distinct->n] = (co_distinct_text){ text, hash };
    distinct->table[i] = (uint32_t)++distinct->n;
    return (uint32_t)distinct->n - 1;
}

uint32_t co_distinct_append(co_distinct *distinct, co_text text)
{
    if (distinct->n >= CO_NO_NUMBER ||
        !co_memory_grow(distinct->memory, (void **)&distinct->texts, &distinct->capacity, distinct->n + 1,
                        sizeof *distinct->texts))
        return CO_NO_NUMBER;
    distinct->texts[distinct->n++] = (co_distinct_text){ .text = text };
    return (uint32_t)distinct->n - 1;
}

/* Moves pairs of (code << 32 | number) into the order of one digit of the code. */
static void sort_digit(const uint64_t *from, uint64_t *to, size_t n, unsigned shift)
{
    size_t starts[N_DIGITS] = { 0 };
    size_t sum = 0;

    for (size_t i = 0; i < n; i++)
        starts[from[i] >> shift & (N_DIGITS - 1)]++;
    for (size_t digit = 0; digit < N_DIGITS; digit++) {
        const size_t count = starts[digit];

        starts[digit] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[starts[from[i] >> shift & (N_DIGITS - 1)]++] = from[i];
}

/* Sorts the pairs by code; `spare` is as long. Codes that came in order cost one look each. */
static const uint64_t *sort_pairs(uint64_t *pairs, uint64_t *spare, size_t n)
{
    uint64_t greatest = 0;
    bool rising = true;

    for (size_t i = 0; i < n; i++) {
        rising = rising && pairs[i] >= greatest;
        greatest = pairs[i] > greatest ? pairs[i] : greatest;
    }
    for (unsigned shift = 32; !rising && shift < 64 && greatest >> shift != 0; shift += DIGIT_BITS) {
        uint64_t *sorted = spare;

        sort_digit(pairs, sorted, n, shift);
        spare = pairs;
        pairs = sorted;
    }
    return pairs;
}

bool co_distinct_rank(const co_distinct *distinct, co_dictionary *dictionary, uint32_t *codes,
                      uint32_t *places)
{
    const size_t n = distinct->n;
    bool done = false;

    if (n == 0)
        return true;

    uint64_t *pairs = co_memory_new_array(distinct->memory, n, 2 * sizeof *pairs);

    if (pairs == NULL)
        return false;
    for (size_t number = 0; number < n; number++) {
        const uint32_t code = co_dictionary_add(dictionary, distinct->texts[number].text);

        if (code == CO_NO_CODE)
            goto done;
        pairs[number] = (uint64_t)code << 32 | number;
    }

    const uint64_t *sorted = sort_pairs(pairs, pairs + n, n);

    for (size_t place = 0; place < n; place++) {
        codes[place] = (uint32_t)(sorted[place] >> 32);
        places[(uint32_t)sorted[place]] = (uint32_t)place;
    }
    done = true;
done:
    co_memory_free(distinct->memory, pairs, n * 2 * sizeof *pairs);
    return done;
}

/* Numbers for values; see identity.h. */
#include "eval/identity.h"

#include <string.h>

#include "base/hash.h"
#include "base/unicode.h"

#define FEWEST_PLACES 64u

void co_identity_init(co_identity *identity, co_memory *memory, co_vtype type, bool nocase, bool copies_texts)
{
    *identity = (co_identity){ .memory = memory,
                               .nocase = nocase,
                               .copies_texts = copies_texts && type == CO_V_TEXT,
                               .values = { .type = type, .is_wide = type == CO_V_EXACT } };
    co_arena_init(&identity->texts, memory);
}

static size_t value_bytes(const co_identity *identity)
{
    return co_vector_value_bytes(&identity->values);
}

/* The array that values of the type are in. */
static void *items_of(const co_vector *values)
{
    if (values->type == CO_V_TEXT)
        return values->texts;
    if (values->type == CO_V_INTERVAL)
        return values->intervals;
    if (values->type == CO_V_DOUBLE)
        return values->reals;
    return values->is_wide ? (void *)values->wides : (void *)values->numbers;
}

void co_identity_clear(co_identity *identity)
{
    co_memory *memory = identity->memory;

    co_arena_clear(&identity->texts);
    co_memory_free(memory, items_of(&identity->values), identity->capacity * value_bytes(identity));
    co_memory_free(memory, identity->hashes, identity->hashes_capacity * sizeof *identity->hashes);
    co_memory_free(memory, identity->table, identity->n_places * sizeof *identity->table);
}

/* ---- hashes ---- */

/* Equal for intervals of equal length, whatever they are made of. */
static int64_t interval_number(co_interval interval)
{
    const uint64_t month_us = 30 * (uint64_t)CO_DAY_US;

    return (int64_t)((uint64_t)interval.months * month_us + (uint64_t)interval.microseconds);
}

static uint32_t hash_of(const co_identity *identity, const co_vector *values, uint32_t i)
{
    uint64_t hash;
    int64_t bits;
    double real;

    switch (identity->values.type) {
    case CO_V_TEXT:
        hash = identity->nocase ? co_text_fold_hash(values->texts[i])
                                : co_hash_fast(values->texts[i].bytes, values->texts[i].length, 0);
        break;
    case CO_V_INTERVAL:
        hash = co_hash_int64(interval_number(values->intervals[i]));
        break;
    case CO_V_DOUBLE:
        real = values->reals[i] == 0 ? 0.0 : values->reals[i];
        memcpy(&bits, &real, sizeof bits);
        hash = co_hash_int64(bits);
        break;
    case CO_V_EXACT:
        hash =
            co_hash_int64((int64_t)co_vector_wide(values, i).low) ^ (uint64_t)co_vector_wide(values, i).high;
        hash = co_hash_int64((int64_t)hash);
        break;
    default:
        hash = co_hash_int64(values->numbers[i]);
        break;
    }
    return (uint32_t)(hash ^ hash >> 32);
}

/* ---- the table ---- */

static bool grow_table(co_identity *identity)
{
    const size_t n_places = identity->n_places == 0 ? FEWEST_PLACES : 2 * identity->n_places;
    uint32_t *table = co_memory_new_zeroed(identity->memory, n_places, sizeof *table);

    if (table == NULL)
        return false;
    for (uint32_t number = 0; number < identity->n; number++) {
        size_t place = identity->hashes[number] & (n_places - 1);

        while (table[place] != 0)
            place = (place + 1) & (n_places - 1);
        table[place] = number + 1;
    }
    co_memory_free(identity->memory, identity->table, identity->n_places * sizeof *table);
    identity->table = table;
    identity->n_places = n_places;
    return true;
}

/* Room for one more number, of at most half of the table's places. */
static bool make_room(co_identity *identity)
{
    const size_t wanted = (size_t)identity->n + 1;
    void *items = items_of(&identity->values);

    if (wanted == UINT32_MAX ||
        !co_memory_grow(identity->memory, &items, &identity->capacity, wanted, value_bytes(identity)))
        return false;
    co_vector_use(&identity->values, items);
    return co_memory_grow(identity->memory, (void **)&identity->hashes, &identity->hashes_capacity, wanted,
                          sizeof *identity->hashes) &&
           (2 * wanted <= identity->n_places || grow_table(identity));
}

static bool keep(co_identity *identity, const co_vector *values, uint32_t i)
{
    co_vector *kept = &identity->values;
    const uint32_t number = identity->n;

    switch (kept->type) {
    case CO_V_TEXT:
        kept->texts[number] =
            identity->copies_texts ? co_arena_copy(&identity->texts, values->texts[i]) : values->texts[i];
        return !identity->copies_texts || kept->texts[number].bytes != NULL;
    case CO_V_INTERVAL:
        kept->intervals[number] = values->intervals[i];
        return true;
    case CO_V_DOUBLE:
        kept->reals[number] = values->reals[i];
        return true;
    case CO_V_EXACT:
        kept->wides[number] = co_vector_wide(values, i);
        return true;
    default:
        kept->numbers[number] = values->numbers[i];
        return true;
    }
}

cohort_status co_identity_find(co_identity *identity, const co_vector *values, uint32_t i, uint32_t *number)
{
    const uint32_t hash = hash_of(identity, values, i);
    size_t place;

    if (!make_room(identity))
        return COHORT_MEMORY;
    identity->values.scale = values->scale;
    place = hash & (identity->n_places - 1);
    for (; identity->table[place] != 0; place = (place + 1) & (identity->n_places - 1)) {
        *number = identity->table[place] - 1;
        if (identity->hashes[*number] == hash &&
            co_vector_compare(&identity->values, *number, values, i, identity->nocase) == 0)
            return COHORT_OK;
    }
    if (!keep(identity, values, i))
        return COHORT_MEMORY;
    identity->hashes[identity->n] = hash;
    *number = identity->n++;
    identity->table[place] = identity->n;
    return COHORT_OK;
}

cohort_status co_identity_find_pair(co_identity *identity, uint32_t a, uint32_t b, uint32_t *number)
{
    co_wide pair = { b, a };
    const co_vector values = { .type = CO_V_EXACT, .is_wide = true, .n = 1, .wides = &pair };

    return co_identity_find(identity, &values, 0, number);
}

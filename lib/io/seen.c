/* The keys a load has met so far: open addressing, linear probing. */
#include "io/seen.h"

#include "base/hash.h"

enum { FIRST_SLOTS = 64 };

void co_seen_init(co_seen *seen, co_memory *memory)
{
    *seen = (co_seen){ .memory = memory };
}

void co_seen_clear(co_seen *seen)
{
    co_memory_free(seen->memory, seen->entries, seen->n_slots * sizeof *seen->entries);
    co_seen_init(seen, seen->memory);
}

static bool same(co_key a, co_key b)
{
    return a.is_text ? co_text_equal(a.text, b.text) : a.number == b.number;
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t find(const co_seen_entry *entries, size_t n_slots, co_key key)
{
    const uint64_t hash = key.is_text ? co_hash_fast(key.text.bytes, key.text.length, 0) : co_hash_int64(key.number);
    size_t slot = (size_t)hash & (n_slots - 1);

    while (entries[slot].line != 0 && !same(entries[slot].key, key))
        slot = (slot + 1) & (n_slots - 1);
    return slot;
}

static cohort_status grow(co_seen *seen, cohort_error *error)
{
    const size_t n_slots = seen->n_slots == 0 ? FIRST_SLOTS : seen->n_slots * 2;
    co_seen_entry *entries = co_memory_new_zeroed(seen->memory, n_slots, sizeof *entries);

    if (entries == NULL)
        return co_fail_memory(error);
    for (size_t i = 0; i < seen->n_slots; i++)
        if (seen->entries[i].line != 0)
            entries[find(entries, n_slots, seen->entries[i].key)] = seen->entries[i];
    co_memory_free(seen->memory, seen->entries, seen->n_slots * sizeof *seen->entries);
    seen->entries = entries;
    seen->n_slots = n_slots;
    return COHORT_OK;
}

cohort_status co_seen_add(co_seen *seen, co_key key, uint64_t line, uint64_t *first_line, cohort_error *error)
{
    if (seen->n_keys >= seen->n_slots / 2) {
        const cohort_status status = grow(seen, error);

        if (status != COHORT_OK)
            return status;
    }

    co_seen_entry *entry = &seen->entries[find(seen->entries, seen->n_slots, key)];

    *first_line = entry->line;
    if (entry->line == 0) {
        *entry = (co_seen_entry){ key, line };
        seen->n_keys++;
    }
    return COHORT_OK;
}

/*
 * From keys to rows: one hash table per object, shared by its versions.
 *
 * Always:  the table holds rows only; whoever finds one compares its key in the
 *          key column of the version at hand, so a row that came later, or left
 *          its key, is passed over. It is built when a key is first looked up.
 * Covers:  every key of the versions whose keys were last given between `from`
 *          and `until`; later ones rebuild it, earlier ones fall back to a search
 *          of their key columns when nothing is found.
 *          Int keys that rise evenly (co_object_node.even) need none.
 * Costs:   5 bytes an entry at 64 to 80 per cent full: 6.3 to 7.8 bytes a key.
 * Threads: readers hold `lock` shared; the writer, alone in changing a table
 *          that covers the current version, holds it alone for a moment.
 */
#ifndef CO_STORE_INDEX_H
#define CO_STORE_INDEX_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "store/version.h"

/* ---- a table of numbers found by hash ---- */

typedef struct co_index {
    uint32_t *rows;    /* CO_NONE: free */
    uint8_t *tags;     /* some bits of the hash, so that few keys are compared */
    uint64_t capacity; /* places; 0 before the first */
    uint64_t count;
} co_index;

typedef struct co_probe {
    const co_index *index;
    uint64_t place;
    uint8_t tag;
} co_probe;

void co_index_clear(co_memory *memory, co_index *index);
/* A table with room for n entries; false: no memory. `index` must be empty memory. */
bool co_index_init(co_memory *memory, co_index *index, uint64_t n);
/* Whether one more entry keeps it fast. */
bool co_index_has_room(const co_index *index, uint64_t more);
/* There must be room. */
void co_index_add(co_index *index, uint64_t hash, uint32_t row);
co_probe co_index_probe(const co_index *index, uint64_t hash);
/* The next row whose hash may be the one asked for; false when there is none. */
bool co_probe_next(co_probe *probe, uint32_t *row);

uint64_t co_key_hash(const co_key *key);

/* ---- an object's ---- */

typedef struct co_key_index {
    _Atomic uint32_t references;
    co_memory *memory;
    pthread_rwlock_t lock;
    bool built;
    uint64_t from;
    uint64_t until;
    co_index table;
} co_key_index;

co_key_index *co_key_index_new(co_memory *memory);
co_key_index *co_key_index_retain(co_key_index *index);
void co_key_index_release(co_memory *memory, co_key_index *index);

/* Sees to it that the index covers this version. */
cohort_status co_key_index_cover(const co_version *version, uint32_t object, cohort_error *error);
/* As co_version_row without locking, for the writer after cover; CO_NONE if there is none. */
uint32_t co_key_index_find(const co_version *version, uint32_t object, const co_key *key, uint64_t hash);
/* The same for n int keys at once. */
void co_key_index_find_all(const co_version *version, uint32_t object, const int64_t *keys, size_t n, uint32_t *rows);
/* Whether there is a table that covers the version. */
bool co_key_index_is_built(const co_version *version, uint32_t object);
/* Writer only, after reserve: the keys of a row that the version gives. */
void co_key_index_add(const co_version *version, uint32_t object, uint32_t first_row, uint32_t n);
/*
 * Writer only, the index covering `version`, the current one: room for `more`
 * keys to come. Readers go on meanwhile.
 */
cohort_status co_key_index_reserve(const co_version *version, uint32_t object, uint64_t more,
                                   cohort_error *error);

/* ---- keys of rows: keys.c ---- */

co_key co_key_at(const co_column *column, bool is_text, uint32_t slot);
/* Whether the row has exactly this key in the version. */
bool co_version_has_key(const co_version *version, uint32_t object, uint32_t row, const co_key *key);

#endif

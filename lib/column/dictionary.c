/*
 * Distinct strings and their codes: entries in chunks that double and never
 * move, text in blocks, and a table of codes by hash for looking up.
 *
 *     code ─▶ chunk, place ─▶ entry ─▶ bytes in a block
 *     text ─▶ hash ─▶ slots of the table ─▶ code
 *
 * Always:  what is published (count, a slot, a chunk, a table) is stored with
 *          release after everything it leads to was written, and loaded with
 *          acquire. Only the writer stores.
 *          A table that was outgrown is freed when nobody is looking up: a
 *          reader counts itself in n_finding before it takes the table, so a
 *          writer that has swapped the table and then sees 0 is alone with the
 *          old one. Both steps of both are sequentially consistent.
 * Costs:   16 bytes an entry, 4 to 11 in the table, and the text itself.
 */
#include <assert.h>
#include <stdatomic.h>

#include "base/hash.h"
#include "base/sums.h"
#include "base/utf8.h"
#include "column/dictionary.h"
#include "kernel/bits.h"

#define FIRST_CHUNK_BITS 4
#define N_CHUNKS 29 /* 16, 32, … 2^32 entries */
#define FIRST_BLOCK 256
#define LARGEST_BLOCK 65536
#define FEWEST_SLOTS 16
#define MOST_CODES (CO_NO_CODE - 1)
#define STORED_FORM 1

typedef struct entry {
    const char *bytes;
    uint32_t length;
    uint32_t hash;
} entry;

typedef struct block {
    struct block *next;
    size_t size;
    size_t used;
    char bytes[];
} block;

/* Open addressing, at most 3/4 full: a slot holds a code + 1, or 0. */
typedef struct table {
    struct table *older;
    size_t n_slots;
    _Atomic uint32_t slots[];
} table;

struct co_dictionary {
    co_memory *memory;
    _Atomic uint32_t references;
    _Atomic uint32_t count;
    _Atomic size_t held_bytes;
    _Atomic uint32_t n_finding;
    _Atomic(table *) table;
    table *retired;
    block *blocks; /* the first one takes what comes next */
    _Atomic(entry *) chunks[N_CHUNKS];
};

/* Where an entry is: chunk k starts at code 2^(k + 4) - 16 and has as many entries as all before it, and 16. */
typedef struct place {
    unsigned chunk;
    size_t index;
} place;

static place place_of(uint32_t code)
{
    const uint64_t shifted = (uint64_t)code + (1u << FIRST_CHUNK_BITS);
    const unsigned bit = co_highest_bit(shifted);

    return (place){ bit - FIRST_CHUNK_BITS, (size_t)(shifted - (UINT64_C(1) << bit)) };
}

static size_t chunk_size(unsigned chunk)
{
    return ((size_t)1 << (chunk + FIRST_CHUNK_BITS)) * sizeof(entry);
}

static entry *entry_of(const co_dictionary *dictionary, uint32_t code)
{
    const place at = place_of(code);

    return atomic_load_explicit(&dictionary->chunks[at.chunk], memory_order_acquire) + at.index;
}

/* ---- life ---- */

static void *take(co_dictionary *dictionary, size_t size)
{
    void *pointer = co_memory_new(dictionary->memory, size);

    if (pointer != NULL)
        atomic_fetch_add_explicit(&dictionary->held_bytes, size, memory_order_relaxed);
    return pointer;
}

static void give(co_dictionary *dictionary, void *pointer, size_t size)
{
    co_memory_free(dictionary->memory, pointer, size);
    atomic_fetch_sub_explicit(&dictionary->held_bytes, size, memory_order_relaxed);
}

static size_t table_size(size_t n_slots)
{
    return sizeof(table) + n_slots * sizeof(_Atomic uint32_t);
}

static void free_retired(co_dictionary *dictionary)
{
    while (dictionary->retired != NULL) {
        table *older = dictionary->retired->older;

        give(dictionary, dictionary->retired, table_size(dictionary->retired->n_slots));
        dictionary->retired = older;
    }
}

co_dictionary *co_dictionary_new(co_memory *memory)
{
    co_dictionary *dictionary = co_memory_new(memory, sizeof *dictionary);

    if (dictionary == NULL)
        return NULL;
    dictionary->memory = memory;
    dictionary->retired = NULL;
    dictionary->blocks = NULL;
    atomic_init(&dictionary->references, 1);
    atomic_init(&dictionary->count, 0);
    atomic_init(&dictionary->held_bytes, sizeof *dictionary);
    atomic_init(&dictionary->n_finding, 0);
    atomic_init(&dictionary->table, NULL);
    for (unsigned i = 0; i < N_CHUNKS; i++)
        atomic_init(&dictionary->chunks[i], NULL);
    return dictionary;
}

co_dictionary *co_dictionary_retain(co_dictionary *dictionary)
{
    atomic_fetch_add_explicit(&dictionary->references, 1, memory_order_relaxed);
    return dictionary;
}

static void destroy(co_dictionary *dictionary)
{
    table *current = atomic_load_explicit(&dictionary->table, memory_order_relaxed);

    free_retired(dictionary);
    if (current != NULL)
        give(dictionary, current, table_size(current->n_slots));
    while (dictionary->blocks != NULL) {
        block *next = dictionary->blocks->next;

        give(dictionary, dictionary->blocks, sizeof(block) + dictionary->blocks->size);
        dictionary->blocks = next;
    }
    for (unsigned i = 0; i < N_CHUNKS; i++) {
        entry *chunk = atomic_load_explicit(&dictionary->chunks[i], memory_order_relaxed);

        if (chunk != NULL)
            give(dictionary, chunk, chunk_size(i));
    }
    co_memory_free(dictionary->memory, dictionary, sizeof *dictionary);
}

void co_dictionary_release(co_dictionary *dictionary)
{
    if (dictionary != NULL &&
        atomic_fetch_sub_explicit(&dictionary->references, 1, memory_order_acq_rel) == 1)
        destroy(dictionary);
}

/* ---- reading ---- */

uint32_t co_dictionary_count(const co_dictionary *dictionary)
{
    return atomic_load_explicit(&dictionary->count, memory_order_acquire);
}

co_text co_dictionary_text(const co_dictionary *dictionary, uint32_t code)
{
    const entry *found = entry_of(dictionary, code);

    return (co_text){ found->bytes, found->length };
}

size_t co_dictionary_bytes(const co_dictionary *dictionary)
{
    return atomic_load_explicit(&dictionary->held_bytes, memory_order_relaxed);
}

/* Seeded by the address, so that nobody can prepare texts that collide. */
static uint32_t hash_of(const co_dictionary *dictionary, co_text text)
{
    return (uint32_t)co_hash_fast(text.bytes, text.length, (uintptr_t)dictionary);
}

static uint32_t look(const co_dictionary *dictionary, const table *in, co_text text, uint32_t hash)
{
    for (size_t i = hash & (in->n_slots - 1);; i = (i + 1) & (in->n_slots - 1)) {
        const uint32_t slot = atomic_load_explicit(&in->slots[i], memory_order_acquire);

        if (slot == 0)
            return CO_NO_CODE;

        const entry *found = entry_of(dictionary, slot - 1);

        if (found->hash == hash && co_text_equal((co_text){ found->bytes, found->length }, text))
            return slot - 1;
    }
}

uint32_t co_dictionary_find(const co_dictionary *dictionary, co_text text)
{
    /* Counting itself in changes nothing that a caller could see. */
    co_dictionary *counted = (co_dictionary *)dictionary;
    const uint32_t hash = hash_of(dictionary, text);

    atomic_fetch_add(&counted->n_finding, 1);

    const table *current = atomic_load(&dictionary->table);
    const uint32_t code = current == NULL ? CO_NO_CODE : look(dictionary, current, text, hash);

    atomic_fetch_sub(&counted->n_finding, 1);
    return code;
}

/* ---- writing ---- */

static void put_code(table *in, uint32_t hash, uint32_t code)
{
    size_t i = hash & (in->n_slots - 1);

    while (atomic_load_explicit(&in->slots[i], memory_order_relaxed) != 0)
        i = (i + 1) & (in->n_slots - 1);
    atomic_store_explicit(&in->slots[i], code + 1, memory_order_release);
}

/* Makes sure that the table has room for n codes. */
static bool reserve_slots(co_dictionary *dictionary, uint32_t n)
{
    table *current = atomic_load_explicit(&dictionary->table, memory_order_relaxed);
    size_t n_slots = current == NULL ? FEWEST_SLOTS : current->n_slots;

    while (n_slots - n_slots / 4 < n) {
        if (n_slots > SIZE_MAX / 16)
            return false;
        n_slots *= 2;
    }
    if (current != NULL && n_slots == current->n_slots)
        return true;

    table *larger = take(dictionary, table_size(n_slots));

    if (larger == NULL)
        return false;
    larger->n_slots = n_slots;
    for (size_t i = 0; i < n_slots; i++)
        atomic_init(&larger->slots[i], 0);
    for (uint32_t code = 0; code < co_dictionary_count(dictionary); code++)
        put_code(larger, entry_of(dictionary, code)->hash, code);

    atomic_store(&dictionary->table, larger);
    if (current != NULL) {
        current->older = dictionary->retired;
        dictionary->retired = current;
    }
    if (atomic_load(&dictionary->n_finding) == 0)
        free_retired(dictionary);
    return true;
}

static bool reserve_entry(co_dictionary *dictionary, uint32_t code)
{
    const unsigned chunk = place_of(code).chunk;

    if (atomic_load_explicit(&dictionary->chunks[chunk], memory_order_relaxed) != NULL)
        return true;

    entry *entries = take(dictionary, chunk_size(chunk));

    if (entries == NULL)
        return false;
    atomic_store_explicit(&dictionary->chunks[chunk], entries, memory_order_release);
    return true;
}

/* A new block of `size` bytes, before the others if it shall take what comes next. */
static block *new_block(co_dictionary *dictionary, size_t size, bool first)
{
    block *added = size > SIZE_MAX - sizeof(block) ? NULL : take(dictionary, sizeof(block) + size);

    if (added == NULL)
        return NULL;
    added->size = size;
    added->used = 0;

    block **link = first || dictionary->blocks == NULL ? &dictionary->blocks : &dictionary->blocks->next;

    added->next = *link;
    *link = added;
    return added;
}

static const char *keep_bytes(co_dictionary *dictionary, co_text text)
{
    block *to = dictionary->blocks;

    if (text.length == 0)
        return "";
    if (to == NULL || to->size - to->used < text.length) {
        size_t size = to == NULL || to->size < FIRST_BLOCK ? FIRST_BLOCK : to->size * 2;

        while (text.length > size / 4 && size < LARGEST_BLOCK)
            size *= 2;
        if (size > LARGEST_BLOCK)
            size = LARGEST_BLOCK;
        to = text.length > size / 4 ? new_block(dictionary, text.length, false)
                                    : new_block(dictionary, size, true);
        if (to == NULL)
            return NULL;
    }

    char *bytes = to->bytes + to->used;

    memcpy(bytes, text.bytes, text.length);
    to->used += text.length;
    return bytes;
}

/* Gives the next code to bytes that stay where they are; everything is reserved. */
static uint32_t append(co_dictionary *dictionary, co_text kept, uint32_t hash)
{
    const uint32_t code = atomic_load_explicit(&dictionary->count, memory_order_relaxed);

    *entry_of(dictionary, code) = (entry){ kept.bytes, (uint32_t)kept.length, hash };
    put_code(atomic_load_explicit(&dictionary->table, memory_order_relaxed), hash, code);
    atomic_store_explicit(&dictionary->count, code + 1, memory_order_release);
    return code;
}

uint32_t co_dictionary_add(co_dictionary *dictionary, co_text text)
{
    const uint32_t hash = hash_of(dictionary, text);
    const uint32_t count = atomic_load_explicit(&dictionary->count, memory_order_relaxed);
    const table *current = atomic_load_explicit(&dictionary->table, memory_order_relaxed);
    const uint32_t known = current == NULL ? CO_NO_CODE : look(dictionary, current, text, hash);

    if (known != CO_NO_CODE)
        return known;
    if (count >= MOST_CODES || text.length > UINT32_MAX)
        return CO_NO_CODE;
    if (!reserve_slots(dictionary, count + 1) || !reserve_entry(dictionary, count))
        return CO_NO_CODE;

    const char *bytes = keep_bytes(dictionary, text);

    if (bytes == NULL)
        return CO_NO_CODE;
    return append(dictionary, (co_text){ bytes, text.length }, hash);
}

/*
 * ---- bytes ----
 *
 *     u8 form = 1   u32 count   u64 total   u32 length × count   text × total
 */

void co_dictionary_write(const co_dictionary *dictionary, co_buffer *out)
{
    const uint32_t count = co_dictionary_count(dictionary);
    uint64_t total = 0;

    for (uint32_t code = 0; code < count; code++)
        total += co_dictionary_text(dictionary, code).length;
    co_buffer_u8(out, STORED_FORM);
    co_buffer_u32(out, count);
    co_buffer_u64(out, total);
    for (uint32_t code = 0; code < count; code++)
        co_buffer_u32(out, (uint32_t)co_dictionary_text(dictionary, code).length);
    for (uint32_t code = 0; code < count; code++)
        co_buffer_text(out, co_dictionary_text(dictionary, code));
}

static bool lengths_sum_to(const uint8_t *lengths, uint32_t count, uint64_t total)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < count; i++)
        sum += co_load_u32(lengths + (size_t)i * 4);
    return sum == total;
}

/* Adds `count` texts that lie one after the other in `bytes`, which stay. */
static cohort_status append_all(co_dictionary *dictionary, const uint8_t *lengths, uint32_t count,
                                const char *bytes, cohort_error *error)
{
    for (uint32_t code = 0; code < count; code++) {
        const co_text text = { bytes, co_load_u32(lengths + (size_t)code * 4) };
        const uint32_t hash = hash_of(dictionary, text);

        if (text.length > 0 && ((uint8_t)text.bytes[0] & 0xc0) == 0x80)
            return co_fail(error, COHORT_CORRUPT, "dictionary text %lu starts inside a character",
                           (unsigned long)code);
        if (look(dictionary, atomic_load_explicit(&dictionary->table, memory_order_relaxed), text, hash) !=
            CO_NO_CODE)
            return co_fail(error, COHORT_CORRUPT, "dictionary text %lu is there twice", (unsigned long)code);
        if (!reserve_entry(dictionary, code))
            return co_fail_memory(error);
        append(dictionary, text, hash);
        bytes += text.length;
    }
    return COHORT_OK;
}

static cohort_status fill(co_dictionary *dictionary, const uint8_t *lengths, uint32_t count, co_text all,
                          cohort_error *error)
{
    block *kept = new_block(dictionary, all.length, true);

    if (kept == NULL || !reserve_slots(dictionary, count))
        return co_fail_memory(error);
    if (all.length > 0)
        memcpy(kept->bytes, all.bytes, all.length);
    kept->used = all.length;
    return append_all(dictionary, lengths, count, kept->bytes, error);
}

cohort_status co_dictionary_read(co_memory *memory, co_reader *in, co_dictionary **dictionary,
                                 cohort_error *error)
{
    *dictionary = NULL;

    const uint8_t form = co_read_u8(in);
    const uint32_t count = co_read_u32(in);
    const uint64_t total = co_read_u64(in);

    if (co_reader_ok(in) && form != STORED_FORM)
        return co_fail(error, COHORT_CORRUPT, "dictionary has form %u, not %u", (unsigned)form,
                       (unsigned)STORED_FORM);
    if (!co_reader_ok(in) || count > MOST_CODES || co_reader_left(in) / 4 < count ||
        co_reader_left(in) - (size_t)count * 4 < total)
        return co_fail(error, COHORT_CORRUPT, "dictionary ends before its %lu texts do",
                       (unsigned long)count);

    const uint8_t *lengths = co_read_bytes(in, (size_t)count * 4);
    const co_text all = { co_read_bytes(in, (size_t)total), (size_t)total };

    if (!lengths_sum_to(lengths, count, total))
        return co_fail(error, COHORT_CORRUPT, "dictionary lengths do not sum to its %llu bytes of text",
                       (unsigned long long)total);
    if (!co_utf8_valid(all, NULL))
        return co_fail(error, COHORT_CORRUPT, "dictionary text is not UTF-8");

    co_dictionary *made = co_dictionary_new(memory);

    if (made == NULL)
        return co_fail_memory(error);

    const cohort_status status = count == 0 ? COHORT_OK : fill(made, lengths, count, all, error);

    if (status != COHORT_OK) {
        co_dictionary_release(made);
        return status;
    }
    *dictionary = made;
    return COHORT_OK;
}

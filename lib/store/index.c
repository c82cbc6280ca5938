/*
 * Linear probing over rows and one byte of hash, in a table of any size: the
 * place is the upper half of the hash scaled to the capacity.
 */
#include <assert.h>
#include <string.h>

#include "store/index.h"
#include "store/root.h"
#include "store/tree.h"

#define MOST_PLACES UINT64_C(0xfffffff0)
#define FEWEST_PLACES 16u

#if defined(__GNUC__)
#define co_prefetch(address) __builtin_prefetch(address)
#else
#define co_prefetch(address) ((void)(address))
#endif

/* ---- a table ---- */

void co_index_clear(co_memory *memory, co_index *index)
{
    co_memory_free(memory, index->rows, index->capacity * sizeof *index->rows);
    co_memory_free(memory, index->tags, index->capacity);
    *index = (co_index){ 0 };
}

/* Four fifths full at most. */
static uint64_t most_entries(uint64_t capacity)
{
    return capacity - capacity / 5;
}

bool co_index_init(co_memory *memory, co_index *index, uint64_t n)
{
    uint64_t capacity = n + n / 4 + 2;

    if (capacity < FEWEST_PLACES)
        capacity = FEWEST_PLACES;
    if (capacity > MOST_PLACES || capacity > SIZE_MAX / sizeof *index->rows)
        return false;
    *index = (co_index){ .capacity = capacity };
    index->rows = co_memory_new_array(memory, (size_t)capacity, sizeof *index->rows);
    index->tags = co_memory_new_array(memory, (size_t)capacity, 1);
    if (index->rows == NULL || index->tags == NULL) {
        co_index_clear(memory, index);
        return false;
    }
    memset(index->rows, 0xff, (size_t)capacity * sizeof *index->rows);
    return true;
}

bool co_index_has_room(const co_index *index, uint64_t more)
{
    return index->count + more <= most_entries(index->capacity);
}

static uint64_t place_of(const co_index *index, uint64_t hash)
{
    return (hash >> 32) * index->capacity >> 32;
}

void co_index_add(co_index *index, uint64_t hash, uint32_t row)
{
    uint64_t place = place_of(index, hash);

    assert(index->count < index->capacity);
    while (index->rows[place] != CO_NONE)
        place = place + 1 == index->capacity ? 0 : place + 1;
    index->rows[place] = row;
    index->tags[place] = (uint8_t)hash;
    index->count++;
}

co_probe co_index_probe(const co_index *index, uint64_t hash)
{
    return (co_probe){ index, index->capacity == 0 ? 0 : place_of(index, hash), (uint8_t)hash };
}

bool co_probe_next(co_probe *probe, uint32_t *row)
{
    const co_index *index = probe->index;

    if (index->capacity == 0)
        return false;
    while (index->rows[probe->place] != CO_NONE) {
        const uint64_t place = probe->place;

        probe->place = place + 1 == index->capacity ? 0 : place + 1;
        if (index->tags[place] == probe->tag) {
            *row = index->rows[place];
            return true;
        }
    }
    return false;
}

uint64_t co_key_hash(const co_key *key)
{
    return key->is_text ? co_hash_fast(key->text.bytes, key->text.length, 0) : co_hash_int64(key->number);
}

/* ---- an object's index ---- */

co_key_index *co_key_index_new(co_memory *memory)
{
    co_key_index *index = co_memory_new_zeroed(memory, 1, sizeof *index);

    if (index == NULL)
        return NULL;
    if (pthread_rwlock_init(&index->lock, NULL) != 0) {
        co_memory_free(memory, index, sizeof *index);
        return NULL;
    }
    atomic_init(&index->references, 1);
    index->memory = memory;
    return index;
}

co_key_index *co_key_index_retain(co_key_index *index)
{
    atomic_fetch_add_explicit(&index->references, 1, memory_order_relaxed);
    return index;
}

void co_key_index_release(co_memory *memory, co_key_index *index)
{
    if (index == NULL || atomic_fetch_sub_explicit(&index->references, 1, memory_order_acq_rel) != 1)
        return;
    co_index_clear(memory, &index->table);
    pthread_rwlock_destroy(&index->lock);
    co_memory_free(memory, index, sizeof *index);
}

#define KEYS_AHEAD 32u

/* Hashes the keys of slots [first, first + n), and asks for the memory that their rows will go to. */
static void look_ahead_in_tile(const co_index *table, const co_column *column, bool is_text, uint32_t first,
                               uint32_t n, uint64_t *hashes)
{
    for (uint32_t i = 0; i < n; i++) {
        const co_key key = co_key_at(column, is_text, first + i);

        hashes[i] = co_key_hash(&key);
        co_prefetch(&table->rows[place_of(table, hashes[i])]);
        co_prefetch(&table->tags[place_of(table, hashes[i])]);
    }
}

/* Adds every key of a tile. */
static void add_tile(co_index *table, const co_tile *tile, uint32_t number, bool is_text)
{
    const co_column *column = co_tile_column(tile, 0);
    uint64_t hashes[KEYS_AHEAD];

    for (uint32_t first = 0; column != NULL && first < tile->n_rows; first += KEYS_AHEAD) {
        const uint32_t n = tile->n_rows - first < KEYS_AHEAD ? tile->n_rows - first : KEYS_AHEAD;

        look_ahead_in_tile(table, column, is_text, first, n, hashes);
        for (uint32_t i = 0; i < n; i++) {
            if (co_column_has(column, first + i))
                co_index_add(table, hashes[i], number << 16 | (first + i));
        }
    }
}

/* Rows with a key. */
static uint64_t count_keys(const co_version *version, uint32_t object)
{
    const uint32_t n_tiles = co_version_n_tiles(version, object);
    uint64_t n = 0;

    for (uint32_t t = 0; t < n_tiles; t++) {
        const co_tile *tile = co_version_tile(version, object, t);
        const co_column *column = tile == NULL ? NULL : co_tile_column(tile, 0);

        n += column == NULL ? 0 : co_column_n_valid(column);
    }
    return n;
}

/* A table of all keys of a version with room for `more`. False: no memory. */
static bool make_table(const co_version *version, uint32_t object, uint64_t more, co_index *table)
{
    const uint32_t n_tiles = co_version_n_tiles(version, object);
    const bool is_text = co_version_has_text_keys(version, object);

    if (!co_index_init(version->memory, table, count_keys(version, object) + more))
        return false;
    for (uint32_t t = 0; t < n_tiles; t++) {
        const co_tile *tile = co_version_tile(version, object, t);

        if (tile != NULL)
            add_tile(table, tile, t, is_text);
    }
    return true;
}

static bool covers(const co_key_index *index, const co_object_node *node)
{
    return index->built && index->until >= node->given_at;
}

/* With the lock held alone: from the current version if it shares this index, else from this one. */
static bool build(const co_version *version, uint32_t object, co_key_index *index)
{
    co_version *current = co_store_current(version->store);
    const co_object_node *node = current == NULL ? NULL : co_version_object(current, object);
    const co_version *source = version;
    co_index table = { 0 };

    if (node != NULL && node->index == index)
        source = current;
    node = co_version_object(source, object);

    const bool made = make_table(source, object, 0, &table);

    if (made) {
        co_index_clear(version->memory, &index->table);
        index->table = table;
        index->built = true;
        index->from = node->given_at;
        index->until = node->given_at;
    }
    co_version_release(current);
    return made;
}

bool co_key_index_is_built(const co_version *version, uint32_t object)
{
    const co_object_node *node = co_version_object(version, object);

    pthread_rwlock_rdlock(&node->index->lock);

    const bool built = covers(node->index, node);

    pthread_rwlock_unlock(&node->index->lock);
    return built;
}

cohort_status co_key_index_cover(const co_version *version, uint32_t object, cohort_error *error)
{
    const co_object_node *node = co_version_object(version, object);
    co_key_index *index = node->index;

    if (node->even)
        return COHORT_OK;
    pthread_rwlock_rdlock(&index->lock);

    bool covered = covers(index, node);

    pthread_rwlock_unlock(&index->lock);
    if (covered)
        return COHORT_OK;
    pthread_rwlock_wrlock(&index->lock);
    covered = covers(index, node) || build(version, object, index);
    pthread_rwlock_unlock(&index->lock);
    return covered ? COHORT_OK : co_fail_memory(error);
}

/* ---- even keys ---- */

static const co_column *keys_of(const co_object_node *node, uint32_t tile)
{
    return co_object_node_tile(node, tile)->columns[0];
}

/* The row of a key among those of one tile. */
static uint32_t row_in_tile(const co_column *keys, uint32_t tile, int64_t key)
{
    int64_t first;
    uint64_t step;

    co_column_steps(keys, &first, &step);

    const uint64_t above = (uint64_t)key - (uint64_t)first;
    const uint64_t slot = step == 1 ? above : above / step;

    if (key < first || slot >= co_column_length(keys) || slot * step != above)
        return CO_NONE;
    return tile << 16 | (uint32_t)slot;
}

static uint32_t find_even(const co_object_node *node, int64_t key)
{
    uint32_t low = 0;

    for (uint32_t n = node->n_tiles; n > 1;) {
        const uint32_t half = n / 2;
        int64_t least, greatest;

        co_column_range(keys_of(node, low + half), &least, &greatest);
        low += key >= least ? half : 0;
        n = key >= least ? n - half : half;
    }
    return node->n_tiles == 0 ? CO_NONE : row_in_tile(keys_of(node, low), low, key);
}

/* Keys of all tiles that are one run of rows: key = first + step × row. */
typedef struct run {
    int64_t first;
    uint64_t step;
    uint64_t n;
} run;

static bool is_one_run(const co_object_node *node, run *run)
{
    if (!node->even || node->n_tiles == 0)
        return false;
    co_column_steps(keys_of(node, 0), &run->first, &run->step);
    run->n = 0;
    for (uint32_t t = 0; t < node->n_tiles; t++) {
        const co_column *keys = keys_of(node, t);
        int64_t first;
        uint64_t step;

        co_column_steps(keys, &first, &step);
        if (run->n != (uint64_t)t << 16 || (uint64_t)first - (uint64_t)run->first != run->n * run->step ||
            (co_column_length(keys) > 1 && step != run->step))
            return false;
        run->n += co_column_length(keys);
    }
    return true;
}

static void find_in_run(const run *run, const int64_t *keys, size_t n, uint32_t *rows)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t above = (uint64_t)keys[i] - (uint64_t)run->first;
        const uint64_t row = run->step == 1 ? above : above / run->step;
        const bool found = row < run->n && row * run->step == above;

        rows[i] = found ? (uint32_t)row : CO_NONE;
    }
}

/* ---- finding ---- */

static void look_ahead(const co_index *table, const int64_t *keys, size_t n, uint64_t *hashes)
{
    for (size_t i = 0; i < n; i++) {
        hashes[i] = co_hash_int64(keys[i]);
        if (table->capacity > 0) {
            co_prefetch(&table->rows[place_of(table, hashes[i])]);
            co_prefetch(&table->tags[place_of(table, hashes[i])]);
        }
    }
}

void co_key_index_find_all(const co_version *version, uint32_t object, const int64_t *keys, size_t n, uint32_t *rows)
{
    const co_object_node *node = co_version_object(version, object);
    uint64_t hashes[KEYS_AHEAD];
    run run;

    if (is_one_run(node, &run)) {
        find_in_run(&run, keys, n, rows);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const co_key key = { .number = keys[i] };

        if (!node->even && i % KEYS_AHEAD == 0)
            look_ahead(&node->index->table, keys + i, n - i < KEYS_AHEAD ? n - i : KEYS_AHEAD, hashes);
        rows[i] = co_key_index_find(version, object, &key, node->even ? 0 : hashes[i % KEYS_AHEAD]);
    }
}

uint32_t co_key_index_find(const co_version *version, uint32_t object, const co_key *key, uint64_t hash)
{
    const co_object_node *node = co_version_object(version, object);

    if (node->even)
        return find_even(node, key->number);

    co_probe probe = co_index_probe(&node->index->table, hash);
    uint32_t row;

    while (co_probe_next(&probe, &row)) {
        if (co_version_has_key(version, object, row, key))
            return row;
    }
    return CO_NONE;
}

cohort_status co_key_index_reserve(const co_version *version, uint32_t object, uint64_t more,
                                   cohort_error *error)
{
    const co_object_node *node = co_version_object(version, object);
    co_key_index *index = node->index;
    co_index table = { 0 };

    if (co_index_has_room(&index->table, more))
        return COHORT_OK;
    /* Many keys at once get what they need; a few at a time get room for a quarter more. */
    if (!make_table(version, object, more + index->table.count / 4, &table))
        return co_fail_memory(error);
    pthread_rwlock_wrlock(&index->lock);
    if (table.count < index->table.count)
        index->from = node->given_at;
    co_index_clear(version->memory, &index->table);
    index->table = table;
    pthread_rwlock_unlock(&index->lock);
    return COHORT_OK;
}

void co_key_index_add(const co_version *version, uint32_t object, uint32_t first_row, uint32_t n)
{
    co_index *table = &co_version_object(version, object)->index->table;

    for (uint32_t row = first_row; row < first_row + n; row++) {
        const co_key key = co_version_key(version, object, row);

        co_index_add(table, co_key_hash(&key), row);
    }
}

/* Tile by tile, without any index. */
static uint32_t search(const co_version *version, uint32_t object, const co_key *key)
{
    const uint32_t n_tiles = co_version_n_tiles(version, object);

    for (uint32_t t = 0; t < n_tiles; t++) {
        const co_tile *tile = co_version_tile(version, object, t);

        for (uint32_t slot = 0; tile != NULL && slot < tile->n_rows; slot++) {
            if (co_version_has_key(version, object, t << 16 | slot, key))
                return t << 16 | slot;
        }
    }
    return CO_NONE;
}

cohort_status co_version_row(const co_version *version, uint32_t object, co_key key, uint32_t *row,
                             cohort_error *error)
{
    const co_object_node *node = co_version_object(version, object);
    bool covered;
    bool since = true;

    *row = CO_NONE;
    if (key.is_text != co_version_has_text_keys(version, object))
        return COHORT_OK;
    if (node->even) {
        *row = find_even(node, key.number);
        return COHORT_OK;
    }
    do {
        const cohort_status status = co_key_index_cover(version, object, error);

        if (status != COHORT_OK)
            return status;
        pthread_rwlock_rdlock(&node->index->lock);
        covered = covers(node->index, node);
        if (covered) {
            *row = co_key_index_find(version, object, &key, co_key_hash(&key));
            since = node->given_at >= node->index->from;
        }
        pthread_rwlock_unlock(&node->index->lock);
    } while (!covered);
    if (*row == CO_NONE && !since)
        *row = search(version, object, &key);
    return COHORT_OK;
}

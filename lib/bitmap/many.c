/*
 * Many bitmaps at once: all, any, at least so many of them. A heap hands out
 * the tiles of all sets in rising order; the rowsets of one tile are taken
 * together, each once, in scratch that fits in cache.
 */
#include <assert.h>
#include <string.h>

#include "bitmap/tiles.h"
#include "kernel/bits.h"

typedef struct walker {
    const co_rowset *next;
    const co_rowset *end;
    uint32_t tile;              /* of next */
} walker;

/* The heap, and what it handed out last. */
typedef struct gathering {
    co_memory *memory;
    co_shelf shelf;             /* of the result */
    walker *heap;               /* the one with the lowest tile first */
    const co_rowset **found;    /* the rowsets of one tile */
    size_t n_sets;
    size_t n_heap;
    size_t n_found;
    uint64_t *words;            /* one tile */
    uint64_t *planes;           /* n_planes tiles, for at_least only */
    size_t n_planes;
} gathering;

static void sink(walker *heap, size_t n, size_t i)
{
    const walker moved = heap[i];

    for (size_t child = 2 * i + 1; child < n; child = 2 * i + 1) {
        if (child + 1 < n && heap[child + 1].tile < heap[child].tile)
            child++;
        if (heap[child].tile >= moved.tile)
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = moved;
}

static void end_gathering(gathering *g)
{
    co_memory_free(g->memory, g->heap, g->n_sets * sizeof *g->heap);
    co_memory_free(g->memory, g->found, g->n_sets * sizeof *g->found);
    co_memory_free(g->memory, g->words, CO_WORDS_BYTES);
    co_memory_free(g->memory, g->planes, g->n_planes * CO_WORDS_BYTES);
}

static bool begin_gathering(const co_bitmap *const *sets, size_t n, size_t n_planes, co_memory *memory, gathering *g)
{
    *g = (gathering){ .memory = memory, .n_sets = n, .n_planes = n_planes };
    g->heap = co_memory_new_array(memory, n, sizeof *g->heap);
    g->found = co_memory_new_array(memory, n, sizeof *g->found);
    g->words = co_memory_new(memory, CO_WORDS_BYTES);
    g->planes = n_planes == 0 ? NULL : co_memory_new_array(memory, n_planes, CO_WORDS_BYTES);
    if (g->heap == NULL || g->found == NULL || g->words == NULL || (n_planes != 0 && g->planes == NULL)) {
        end_gathering(g);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (sets[i]->n_tiles != 0)
            g->heap[g->n_heap++] = (walker){ sets[i]->tiles, sets[i]->tiles + sets[i]->n_tiles, sets[i]->tiles[0].tile };
    }
    for (size_t i = g->n_heap / 2; i-- > 0;)
        sink(g->heap, g->n_heap, i);
    return true;
}

/* The rowsets of the next tile, whichever sets have it. */
static bool gather_tile(gathering *g)
{
    g->n_found = 0;
    if (g->n_heap == 0)
        return false;
    const uint32_t tile = g->heap[0].tile;

    while (g->n_heap != 0 && g->heap[0].tile == tile) {
        walker *lowest = &g->heap[0];

        g->found[g->n_found++] = lowest->next++;
        if (lowest->next == lowest->end)
            *lowest = g->heap[--g->n_heap];
        else
            lowest->tile = lowest->next->tile;
        if (g->n_heap != 0)
            sink(g->heap, g->n_heap, 0);
    }
    return true;
}

/* Up to so many slots in all, joining lists beats going through bits. */
enum { SLOTS_TOGETHER = 256 };

static bool or_of_slots(gathering *g, co_rowset *set)
{
    const co_kernel *kernel = co_kernel_now();
    uint16_t lists[2][SLOTS_TOGETHER];
    unsigned now = 0;
    size_t n = g->found[0]->count;

    memcpy(lists[0], co_rowset_slots_of(g->found[0]), n * sizeof(uint16_t));
    for (size_t i = 1; i < g->n_found; i++) {
        n = kernel->union_slots(lists[now], n, co_rowset_slots_of(g->found[i]), g->found[i]->count, lists[1 - now]);
        now = 1 - now;
    }
    return co_rowset_of_slots(&g->shelf, lists[now], n, set);
}

static bool or_of_tile(gathering *g, co_rowset *set)
{
    size_t total = 0;
    bool all_slots = true;

    for (size_t i = 0; i < g->n_found; i++) {
        if (g->found[i]->form == CO_FORM_FULL) {
            co_rowset_new_full(set);
            return true;
        }
        all_slots = all_slots && g->found[i]->form == CO_FORM_SLOTS;
        total += g->found[i]->count;
    }
    if (g->n_found == 1)
        return co_rowset_copy(&g->shelf, g->found[0], set);
    if (g->n_found == 2)
        return co_rowset_combine(&g->shelf, CO_OR, g->found[0], g->found[1], set);
    if (all_slots && total <= SLOTS_TOGETHER)
        return or_of_slots(g, set);
    co_rowset_spell(g->found[0], g->words);
    for (size_t i = 1; i < g->n_found; i++)
        co_rowset_spell_over(g->found[i], g->words);
    return co_rowset_of_words(&g->shelf, g->words, co_kernel_now()->count(g->words, CO_TILE_WORDS), set);
}

static bool at_least_of_tile(gathering *g, size_t least, co_rowset *set)
{
    const co_kernel *kernel = co_kernel_now();

    memset(g->planes, 0, g->n_planes * CO_WORDS_BYTES);
    for (size_t i = 0; i < g->n_found; i++) {
        const uint64_t *words = g->found[i]->at.words;

        if (g->found[i]->form != CO_FORM_WORDS) {
            co_rowset_spell(g->found[i], g->words);
            words = g->words;
        }
        kernel->add_bits(words, CO_TILE_WORDS, g->planes, g->n_planes);
    }
    kernel->at_least(g->planes, g->n_planes, CO_TILE_WORDS, least, g->words);
    const size_t count = kernel->count(g->words, CO_TILE_WORDS);

    set->count = 0;
    return count == 0 || co_rowset_of_words(&g->shelf, g->words, count, set);
}

/* What the largest holds: many sets overlap as a rule. */
static size_t bytes_held(const co_bitmap *const *sets, size_t n)
{
    size_t most = 0;

    for (size_t i = 0; i < n; i++) {
        const size_t bytes = co_boards_bytes(sets[i]);

        most = bytes > most ? bytes : most;
    }
    return most;
}

/* words ^= set. */
static void differ(const co_rowset *set, uint64_t *words, uint64_t *scratch)
{
    if (set->form == CO_FORM_SLOTS) {
        co_kernel_now()->flip_slots(co_rowset_slots_of(set), set->count, words);
    } else if (set->form == CO_FORM_WORDS) {
        co_kernel_now()->xor_words(words, set->at.words, words, CO_TILE_WORDS);
    } else {
        co_rowset_spell(set, scratch);
        co_kernel_now()->xor_words(words, scratch, words, CO_TILE_WORDS);
    }
}

static bool xor_of_tile(gathering *g, co_rowset *set)
{
    if (g->n_found == 1)
        return co_rowset_copy(&g->shelf, g->found[0], set);
    if (g->n_found == 2)
        return co_rowset_combine(&g->shelf, CO_XOR, g->found[0], g->found[1], set);
    co_rowset_spell(g->found[0], g->words);
    for (size_t i = 1; i < g->n_found; i++)
        differ(g->found[i], g->words, g->planes);
    const size_t count = co_kernel_now()->count(g->words, CO_TILE_WORDS);

    set->count = 0;
    return count == 0 || co_rowset_of_words(&g->shelf, g->words, count, set);
}

/* Sets a row must be in: so many or more, or any odd number. */
enum { ANY = 1, ODD = 0 };

static bool make_tile(gathering *g, size_t least, co_rowset *set)
{
    if (least == ODD)
        return xor_of_tile(g, set);
    return least == ANY ? or_of_tile(g, set) : at_least_of_tile(g, least, set);
}

/* Tiles that fewer than `least` sets have are passed over. */
static cohort_status gather_all(const co_bitmap *const *sets, size_t n, size_t n_planes, size_t least,
                                co_bitmap *result)
{
    gathering g;
    bool made = begin_gathering(sets, n, n_planes, result->memory, &g);

    co_bitmap_clear(result);
    if (!made)
        return COHORT_MEMORY;
    g.shelf = co_shelf_of(result, bytes_held(sets, n));
    while (made && gather_tile(&g)) {
        co_rowset set;

        if (g.n_found < least)
            continue;
        made = co_tiles_reserve(result, result->n_tiles + 1) && make_tile(&g, least, &set);
        if (made && set.count != 0)
            co_tiles_append(result, g.found[0]->tile, &set);
    }
    end_gathering(&g);
    co_shelf_finish(&g.shelf);
    if (!made)
        co_bitmap_clear(result);
    return made ? COHORT_OK : COHORT_MEMORY;
}

cohort_status co_bitmap_or_many(const co_bitmap *const *sets, size_t n, co_bitmap *result)
{
    assert(n >= 1);
    return gather_all(sets, n, 0, ANY, result);
}

cohort_status co_bitmap_xor_many(const co_bitmap *const *sets, size_t n, co_bitmap *result)
{
    assert(n >= 1);
    return gather_all(sets, n, 1, ODD, result);
}

cohort_status co_bitmap_at_least(const co_bitmap *const *sets, size_t n, size_t least, co_bitmap *result)
{
    size_t n_planes = 0;

    assert(n >= 1 && least >= 1);
    if (least > n) {
        co_bitmap_clear(result);
        return COHORT_OK;
    }
    if (least == n)
        return co_bitmap_and_many(sets, n, result);
    while (least > 1 && least >> n_planes != 0)
        n_planes++;
    return gather_all(sets, n, n_planes, least, result);
}

/* What all sets have of a tile; each has some of it. What is only on the way there lies loose. */
static bool and_of_tile(const co_bitmap *const *sets, size_t n, uint32_t tile, co_shelf *shelf, co_rowset *set)
{
    co_shelf loose = co_shelf_loose(shelf->memory);
    co_rowset so_far;
    const co_rowset *both = co_tiles_get(sets[0], tile);
    bool made = true;

    if (n == 1)
        return co_rowset_copy(shelf, both, set);
    for (size_t i = 1; i < n && made && both->count != 0; i++) {
        made = co_rowset_combine(i == n - 1 ? shelf : &loose, CO_AND, both, co_tiles_get(sets[i], tile), set);
        if (both == &so_far)
            co_rowset_free(shelf->memory, &so_far);
        so_far = *set;
        both = &so_far;
    }
    return made;
}

static bool all_have(const co_bitmap *const *sets, size_t n, uint32_t tile)
{
    for (size_t i = 0; i < n; i++) {
        if (co_tiles_get(sets[i], tile) == NULL)
            return false;
    }
    return true;
}

cohort_status co_bitmap_and_many(const co_bitmap *const *sets, size_t n, co_bitmap *result)
{
    size_t first = 0;

    assert(n >= 1);
    for (size_t i = 1; i < n; i++) {
        if (sets[i]->n_tiles < sets[first]->n_tiles)
            first = i;
    }
    co_bitmap_clear(result);
    co_shelf shelf = co_shelf_of(result, co_boards_bytes(sets[first]));

    for (size_t i = 0; i < sets[first]->n_tiles; i++) {
        const uint32_t tile = sets[first]->tiles[i].tile;
        co_rowset set;

        if (!all_have(sets, n, tile))
            continue;
        if (!co_tiles_reserve(result, result->n_tiles + 1) || !and_of_tile(sets, n, tile, &shelf, &set)) {
            co_bitmap_clear(result);
            return COHORT_MEMORY;
        }
        if (set.count != 0)
            co_tiles_append(result, tile, &set);
    }
    co_shelf_finish(&shelf);
    return COHORT_OK;
}

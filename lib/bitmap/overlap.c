/*
 * How many rows each two of many bitmaps share, tile by tile: what a tile of a
 * set holds is looked at once, put in a form that is quick to compare, and
 * compared with the others while all of them are in cache.
 *
 * Costs:   a count of 1,024 words a pair and tile at most; 8 KiB a set while it lasts.
 */
#include <string.h>

#include "bitmap/raw.h"
#include "bitmap/tiles.h"

/* Up to so many rows of a tile stay slots: each is looked up in words as quickly as words are counted. */
enum { SLOTS_STAY = 128 };

/* A set in the tile at hand. */
typedef struct guest {
    size_t set;
    uint32_t count;
    const uint64_t *words;      /* NULL: slots, or every row */
    const uint16_t *slots;
} guest;

typedef struct meeting {
    const co_bitmap *const *sets;
    size_t n_sets;
    size_t *next;               /* of each set, the tile to come */
    guest *guests;              /* those that have the tile at hand */
    size_t n_guests;
    uint64_t *rooms;            /* CO_TILE_WORDS a set, to write its rows in */
} meeting;

static void close_meeting(co_memory *memory, const meeting *m)
{
    co_memory_free(memory, m->next, m->n_sets * sizeof *m->next);
    co_memory_free(memory, m->guests, m->n_sets * sizeof *m->guests);
    co_memory_free(memory, m->rooms, m->n_sets * CO_WORDS_BYTES);
}

static bool open_meeting(const co_bitmap *const *sets, size_t n, co_memory *memory, meeting *m)
{
    *m = (meeting){ .sets = sets, .n_sets = n };
    m->next = co_memory_new_zeroed(memory, n, sizeof *m->next);
    m->guests = co_memory_new_array(memory, n, sizeof *m->guests);
    m->rooms = co_memory_new_array(memory, n, CO_WORDS_BYTES);
    if (m->next != NULL && m->guests != NULL && m->rooms != NULL)
        return true;
    close_meeting(memory, m);
    return false;
}

/* The rowset in a form that is quick to compare, in the set's room if it is in no such form. */
static guest seat(const co_rowset *set, size_t number, uint64_t *room)
{
    guest g = { .set = number, .count = set->count };

    if (set->count == CO_TILE_ROWS)
        return g;
    if (set->form == CO_FORM_WORDS) {
        g.words = set->at.words;
    } else if (set->count > SLOTS_STAY) {
        co_rowset_spell(set, room);
        g.words = room;
    } else if (set->form == CO_FORM_SLOTS) {
        g.slots = co_rowset_slots_of(set);
    } else {
        uint32_t rows[SLOTS_STAY];
        uint16_t *slots = (uint16_t *)room;
        const size_t n = co_rowset_rows(set, 0, 0, rows, SLOTS_STAY);

        for (size_t i = 0; i < n; i++)
            slots[i] = (uint16_t)rows[i];
        g.slots = slots;
    }
    return g;
}

/* The sets that have the lowest tile to come; false if there is none. */
static bool gather_guests(meeting *m)
{
    uint32_t lowest = UINT32_MAX;

    m->n_guests = 0;
    for (size_t i = 0; i < m->n_sets; i++) {
        const co_bitmap *set = m->sets[i];

        if (m->next[i] < set->n_tiles && set->tiles[m->next[i]].tile < lowest)
            lowest = set->tiles[m->next[i]].tile;
    }
    for (size_t i = 0; i < m->n_sets; i++) {
        const co_bitmap *set = m->sets[i];

        if (m->next[i] < set->n_tiles && set->tiles[m->next[i]].tile == lowest)
            m->guests[m->n_guests++] = seat(&set->tiles[m->next[i]++], i, m->rooms + i * CO_TILE_WORDS);
    }
    return m->n_guests > 0;
}

static size_t count_shared(const co_kernel *kernel, const guest *a, const guest *b)
{
    if (a->count == CO_TILE_ROWS || b->count == CO_TILE_ROWS)
        return a->count < b->count ? a->count : b->count;
    if (a->words != NULL && b->words != NULL)
        return kernel->and_count(a->words, b->words, CO_TILE_WORDS);
    if (a->words != NULL)
        return kernel->slots_in_words_count(b->slots, b->count, a->words);
    if (b->words != NULL)
        return kernel->slots_in_words_count(a->slots, a->count, b->words);
    return kernel->intersect_slots_count(a->slots, a->count, b->slots, b->count);
}

cohort_status co_bitmap_overlap(const co_bitmap *const *sets, size_t n, co_memory *memory, uint64_t *counts)
{
    const co_kernel *kernel = co_kernel_now();
    meeting m;

    memset(counts, 0, n * n * sizeof *counts);
    if (!open_meeting(sets, n, memory, &m))
        return COHORT_MEMORY;
    while (gather_guests(&m)) {
        for (size_t i = 0; i < m.n_guests; i++) {
            const guest *a = &m.guests[i];

            counts[a->set * n + a->set] += a->count;
            for (size_t j = i + 1; j < m.n_guests; j++)
                counts[a->set * n + m.guests[j].set] += count_shared(kernel, a, &m.guests[j]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            counts[i * n + j] = counts[j * n + i];
    }
    close_meeting(memory, &m);
    return COHORT_OK;
}

/* Bitmaps made, filled and emptied: single rows, lists, ranges, whole tiles. */
#include "bitmap/bitmap.h"

#include <assert.h>
#include <string.h>

#include "bitmap/scatter.h"
#include "bitmap/tiles.h"
#include "kernel/bits.h"

/* ---- the list of tiles ---- */

size_t co_tiles_find(const co_bitmap *bitmap, uint32_t tile)
{
    size_t low = 0;
    size_t n = bitmap->n_tiles;

    if (n == 0 || bitmap->tiles[n - 1].tile < tile)
        return n;
    while (n > 0) {
        const size_t half = n / 2;

        if (bitmap->tiles[low + half].tile < tile) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

bool co_tiles_reserve(co_bitmap *bitmap, size_t n_tiles)
{
    void *tiles = bitmap->tiles;
    const bool grown = co_memory_grow(bitmap->memory, &tiles, &bitmap->capacity, n_tiles, sizeof *bitmap->tiles);

    bitmap->tiles = tiles;
    return grown;
}

bool co_tiles_reserve_exactly(co_bitmap *bitmap, size_t n_tiles)
{
    assert(bitmap->capacity == 0 && n_tiles != 0);
    bitmap->tiles = co_memory_new_array(bitmap->memory, n_tiles, sizeof *bitmap->tiles);
    bitmap->capacity = bitmap->tiles == NULL ? 0 : n_tiles;
    return bitmap->tiles != NULL;
}

static void shorten(co_bitmap *bitmap)
{
    void *tiles = co_memory_resize(bitmap->memory, bitmap->tiles, bitmap->capacity * sizeof *bitmap->tiles,
                                   bitmap->n_tiles * sizeof *bitmap->tiles);

    if (tiles != NULL) {
        bitmap->tiles = tiles;
        bitmap->capacity = bitmap->n_tiles;
    }
}

void co_tiles_trim(co_bitmap *bitmap)
{
    if (bitmap->n_tiles == 0)
        co_bitmap_clear(bitmap);
    else if (bitmap->capacity - bitmap->n_tiles > bitmap->n_tiles / 2)
        shorten(bitmap);
}

static void insert(co_bitmap *bitmap, size_t at, uint32_t tile, const co_rowset *set)
{
    co_rowset *tiles = bitmap->tiles;

    assert(bitmap->n_tiles < bitmap->capacity);
    memmove(tiles + at + 1, tiles + at, (bitmap->n_tiles - at) * sizeof *tiles);
    tiles[at] = *set;
    tiles[at].tile = (uint16_t)tile;
    bitmap->n_tiles++;
}

void co_tiles_append(co_bitmap *bitmap, uint32_t tile, const co_rowset *set)
{
    assert(bitmap->n_tiles == 0 || bitmap->tiles[bitmap->n_tiles - 1].tile < tile);
    insert(bitmap, bitmap->n_tiles, tile, set);
}

void co_tiles_drop(co_bitmap *bitmap, size_t index)
{
    co_rowset *tiles = bitmap->tiles;

    co_rowset_free(bitmap->memory, &tiles[index]);
    bitmap->n_tiles--;
    memmove(tiles + index, tiles + index + 1, (bitmap->n_tiles - index) * sizeof *tiles);
}

/* ---- whole bitmaps ---- */

void co_bitmap_init(co_bitmap *bitmap, co_memory *memory)
{
    *bitmap = (co_bitmap){ .memory = memory };
}

void co_bitmap_clear(co_bitmap *bitmap)
{
    for (size_t i = 0; i < bitmap->n_tiles && !bitmap->is_view; i++)
        co_rowset_free(bitmap->memory, &bitmap->tiles[i]);
    co_boards_free(bitmap);
    co_memory_free(bitmap->memory, bitmap->tiles, bitmap->capacity * sizeof *bitmap->tiles);
    co_bitmap_init(bitmap, bitmap->memory);
}

void co_bitmap_move(co_bitmap *from, co_bitmap *to)
{
    assert(from->memory == to->memory);
    co_bitmap_clear(to);
    *to = *from;
    co_bitmap_init(from, from->memory);
}

cohort_status co_bitmap_copy(const co_bitmap *from, co_bitmap *to)
{
    co_shelf shelf;

    co_bitmap_clear(to);
    if (!co_tiles_reserve(to, from->n_tiles))
        return COHORT_MEMORY;
    shelf = co_shelf_of(to, co_boards_bytes(from));
    for (size_t i = 0; i < from->n_tiles; i++) {
        co_rowset set;

        if (!co_rowset_copy(&shelf, &from->tiles[i], &set)) {
            co_bitmap_clear(to);
            return COHORT_MEMORY;
        }
        co_tiles_append(to, set.tile, &set);
    }
    co_shelf_finish(&shelf);
    return COHORT_OK;
}

/* ---- single rows ---- */

cohort_status co_bitmap_add(co_bitmap *bitmap, uint32_t row, bool *changed)
{
    const uint32_t tile = row >> 16;
    const uint16_t slot = (uint16_t)row;
    const size_t at = co_tiles_find(bitmap, tile);
    bool added = true;

    if (at < bitmap->n_tiles && bitmap->tiles[at].tile == tile) {
        if (!co_rowset_add(bitmap->memory, &bitmap->tiles[at], slot, &added))
            return COHORT_MEMORY;
    } else {
        co_rowset set;

        if (!co_tiles_reserve(bitmap, bitmap->n_tiles + 1))
            return COHORT_MEMORY;
        /* One slot lives in the rowset: no memory is asked for. */
        (void)co_rowset_of_slots(NULL, &slot, 1, &set);
        insert(bitmap, at, tile, &set);
    }
    if (changed != NULL)
        *changed = added;
    return COHORT_OK;
}

cohort_status co_bitmap_remove(co_bitmap *bitmap, uint32_t row, bool *changed)
{
    const uint32_t tile = row >> 16;
    const size_t at = co_tiles_find(bitmap, tile);
    bool removed = false;

    if (at < bitmap->n_tiles && bitmap->tiles[at].tile == tile) {
        if (!co_rowset_remove(bitmap->memory, &bitmap->tiles[at], (uint16_t)row, &removed))
            return COHORT_MEMORY;
        if (bitmap->tiles[at].count == 0)
            co_tiles_drop(bitmap, at);
    }
    if (changed != NULL)
        *changed = removed;
    return COHORT_OK;
}

/* ---- lists of rows ---- */

/* The next stretch of rows of one tile, made a rowset: as slots at once if they are few enough and rise. */
static bool gather(co_shelf *shelf, const uint32_t *rows, size_t n, co_rowset *set)
{
    uint64_t words[CO_TILE_WORDS];

    if (n <= CO_SLOTS_MOST) {
        uint16_t *slots = co_shelf_room(shelf, n * sizeof *slots, _Alignof(uint16_t));

        if (slots == NULL)
            return false;
        for (size_t i = 0; i < n; i++)
            slots[i] = (uint16_t)rows[i];
        if (co_kernel_now()->slots_rise(slots, n)) {
            co_rowset_keep_slots(shelf, slots, n, set);
            return true;
        }
    }
    memset(words, 0, sizeof words);
    for (size_t i = 0; i < n; i++)
        co_bit_set(words, (uint16_t)rows[i]);
    return co_rowset_of_words(shelf, words, co_kernel_now()->count(words, CO_TILE_WORDS), set);
}

/* How many of the rows, from the first on, lie in its tile. */
static size_t stretch(const uint32_t *rows, size_t n)
{
    size_t same = 1;

    while (same < n && rows[same] >> 16 == rows[0] >> 16)
        same++;
    return same;
}

/* Puts the rowset in, or joins it to the one that is there. */
static cohort_status join(co_bitmap *bitmap, uint32_t tile, co_rowset *set)
{
    const size_t at = co_tiles_find(bitmap, tile);
    co_shelf loose = co_shelf_loose(bitmap->memory);
    co_rowset both;

    if (at == bitmap->n_tiles || bitmap->tiles[at].tile != tile) {
        if (!co_tiles_reserve(bitmap, bitmap->n_tiles + 1)) {
            co_rowset_free(bitmap->memory, set);
            return COHORT_MEMORY;
        }
        insert(bitmap, at, tile, set);
        return COHORT_OK;
    }
    const bool made = co_rowset_combine(&loose, CO_OR, &bitmap->tiles[at], set, &both);

    co_rowset_free(bitmap->memory, set);
    if (!made)
        return COHORT_MEMORY;
    co_rowset_replace(bitmap->memory, &bitmap->tiles[at], &both);
    return COHORT_OK;
}

/* The rows of a list, into an empty bitmap. */
static cohort_status list_rows(const uint32_t *rows, size_t n, co_bitmap *listed)
{
    co_shelf shelf = co_shelf_of(listed, n * sizeof(uint16_t));
    cohort_status status = COHORT_OK;

    if (co_rows_are_scattered(rows, n))
        return co_bitmap_scatter(rows, n, listed);
    for (size_t i = 0; i < n && status == COHORT_OK;) {
        const size_t same = stretch(rows + i, n - i);

        if (same == 1) {
            status = co_bitmap_add(listed, rows[i], NULL);
        } else {
            co_rowset set;

            status = gather(&shelf, rows + i, same, &set) ? join(listed, rows[i] >> 16, &set) : COHORT_MEMORY;
        }
        i += same;
    }
    co_shelf_finish(&shelf);
    return status;
}

static cohort_status combine_rows(co_set_operation operation, co_bitmap *bitmap, const uint32_t *rows, size_t n)
{
    co_bitmap listed;
    cohort_status status;

    co_bitmap_init(&listed, bitmap->memory);
    status = list_rows(rows, n, &listed);
    if (status == COHORT_OK && operation == CO_OR && bitmap->n_tiles == 0)
        co_bitmap_move(&listed, bitmap);
    else if (status == COHORT_OK)
        status = co_bitmap_combine_into(operation, bitmap, &listed);
    co_bitmap_clear(&listed);
    return status;
}

cohort_status co_bitmap_add_rows(co_bitmap *bitmap, const uint32_t *rows, size_t n)
{
    return combine_rows(CO_OR, bitmap, rows, n);
}

cohort_status co_bitmap_remove_rows(co_bitmap *bitmap, const uint32_t *rows, size_t n)
{
    return combine_rows(CO_ANDNOT, bitmap, rows, n);
}

/* ---- ranges ---- */

/* The rows of [first, end), not empty, as runs and full tiles. */
static cohort_status range_of(uint64_t first, uint64_t end, co_bitmap *range)
{
    const uint64_t last = end - 1;
    const uint32_t tile_end = (uint32_t)(last >> 16) + 1;

    if (!co_tiles_reserve(range, tile_end - (first >> 16)))
        return COHORT_MEMORY;
    for (uint32_t tile = (uint32_t)(first >> 16); tile < tile_end; tile++) {
        const co_run run = { tile == first >> 16 ? (uint16_t)first : 0,
                             tile == last >> 16 ? (uint16_t)last : CO_TILE_ROWS - 1 };
        co_rowset set;

        /* One run, or one slot, lives in the rowset: no memory, no failure. */
        (void)co_rowset_of_runs(NULL, (co_run_list){ &run, 1 }, (size_t)(run.last - run.first) + 1, &set);
        co_tiles_append(range, tile, &set);
    }
    return COHORT_OK;
}

static cohort_status combine_range(co_set_operation operation, co_bitmap *bitmap, uint64_t first, uint64_t end)
{
    co_bitmap range;
    cohort_status status;

    if (first == end)
        return COHORT_OK;
    co_bitmap_init(&range, bitmap->memory);
    status = range_of(first, end, &range);
    if (status == COHORT_OK)
        status = co_bitmap_combine_into(operation, bitmap, &range);
    co_bitmap_clear(&range);
    return status;
}

cohort_status co_bitmap_add_range(co_bitmap *bitmap, uint64_t first, uint64_t end)
{
    assert(first <= end && end <= UINT64_C(1) << 32);
    return combine_range(CO_OR, bitmap, first, end);
}

cohort_status co_bitmap_remove_range(co_bitmap *bitmap, uint64_t first, uint64_t end)
{
    assert(first <= end && end <= UINT64_C(1) << 32);
    return combine_range(CO_ANDNOT, bitmap, first, end);
}

cohort_status co_bitmap_flip_range(co_bitmap *bitmap, uint64_t first, uint64_t end)
{
    assert(first <= end && end <= UINT64_C(1) << 32);
    return combine_range(CO_XOR, bitmap, first, end);
}

/* ---- whole tiles, in order ---- */

static cohort_status append(co_bitmap *bitmap, uint32_t tile, bool made, co_rowset *set)
{
    if (!made)
        return COHORT_MEMORY;
    if (!co_tiles_reserve(bitmap, bitmap->n_tiles + 1)) {
        co_rowset_free(bitmap->memory, set);
        return COHORT_MEMORY;
    }
    co_tiles_append(bitmap, tile, set);
    return COHORT_OK;
}

cohort_status co_bitmap_append_tile(co_bitmap *bitmap, uint32_t tile, const uint64_t *words, size_t n_words)
{
    const co_kernel *kernel = co_kernel_now();
    const size_t count = kernel->count(words, n_words);
    co_shelf loose = co_shelf_loose(bitmap->memory);
    co_rowset set;
    bool made;

    assert(n_words <= CO_TILE_WORDS);
    if (count == 0)
        return COHORT_OK;
    if (n_words == CO_TILE_WORDS)
        return append(bitmap, tile, co_rowset_of_words(&loose, words, count, &set), &set);
    if (count <= CO_SLOTS_MOST) {
        made = co_rowset_new_slots(&loose, count, &set);
        if (made)
            kernel->words_to_slots(words, n_words, co_rowset_slots(&set), count);
    } else {
        made = co_rowset_new_words(&loose, count, &set);
        if (made) {
            memcpy(set.at.words, words, n_words * sizeof *words);
            memset(set.at.words + n_words, 0, (CO_TILE_WORDS - n_words) * sizeof *words);
        }
    }
    return append(bitmap, tile, made, &set);
}

cohort_status co_bitmap_append_slots(co_bitmap *bitmap, uint32_t tile, const uint16_t *slots, size_t n)
{
    co_shelf loose = co_shelf_loose(bitmap->memory);
    co_rowset set;

    if (n == 0)
        return COHORT_OK;
    return append(bitmap, tile, co_rowset_of_slots(&loose, slots, n, &set), &set);
}

cohort_status co_bitmap_append_full(co_bitmap *bitmap, uint32_t tile, size_t n_rows)
{
    co_rowset set;

    assert(n_rows <= CO_TILE_ROWS);
    if (n_rows == 0)
        return COHORT_OK;
    const co_run run = { 0, (uint16_t)(n_rows - 1) };

    return append(bitmap, tile, co_rowset_of_runs(NULL, (co_run_list){ &run, 1 }, n_rows, &set), &set);
}

/* ---- upkeep ---- */

/* What the rows of all tiles take as they are; no more do they take in their smallest forms. */
static size_t bytes_of_rows(const co_bitmap *bitmap)
{
    size_t bytes = 0;

    for (size_t i = 0; i < bitmap->n_tiles; i++) {
        const co_rowset *set = &bitmap->tiles[i];

        bytes += set->form == CO_FORM_WORDS ? CO_WORDS_BYTES
               : set->form == CO_FORM_SLOTS ? set->count * sizeof(uint16_t)
                                            : set->n_runs * sizeof(co_run);
    }
    return bytes;
}

/* Made anew beside the old tiles, side by side and without gaps. */
cohort_status co_bitmap_optimise(co_bitmap *bitmap)
{
    co_bitmap small;
    co_shelf shelf;
    bool made;

    co_bitmap_init(&small, bitmap->memory);
    shelf = co_shelf_to_keep(&small, bytes_of_rows(bitmap));
    made = bitmap->n_tiles == 0 || co_tiles_reserve_exactly(&small, bitmap->n_tiles);
    for (size_t i = 0; made && i < bitmap->n_tiles; i++) {
        co_rowset set;

        made = co_rowset_smallest(&shelf, &bitmap->tiles[i], &set);
        if (made)
            co_tiles_append(&small, set.tile, &set);
    }
    if (made) {
        co_shelf_finish(&shelf);
        co_bitmap_move(&small, bitmap);
    }
    co_bitmap_clear(&small);
    return made ? COHORT_OK : COHORT_MEMORY;
}

size_t co_bitmap_memory_bytes(const co_bitmap *bitmap)
{
    size_t bytes = bitmap->capacity * sizeof *bitmap->tiles + co_boards_bytes(bitmap);

    for (size_t i = 0; i < bitmap->n_tiles && !bitmap->is_view; i++)
        bytes += co_rowset_bytes(&bitmap->tiles[i]);
    return bytes;
}

co_bitmap_forms co_bitmap_count_forms(const co_bitmap *bitmap)
{
    co_bitmap_forms forms = { 0 };

    for (size_t i = 0; i < bitmap->n_tiles; i++) {
        const unsigned form = bitmap->tiles[i].form & ~(unsigned)CO_RAW;

        forms.n_slots += form == CO_FORM_SLOTS;
        forms.n_words += form == CO_FORM_WORDS;
        forms.n_runs += form == CO_FORM_RUNS || form == CO_FORM_FULL;
    }
    return forms;
}

const char *co_bitmap_validate(const co_bitmap *bitmap)
{
    if (bitmap->n_tiles > bitmap->capacity)
        return "a bitmap has more tiles than room";
    for (size_t i = 0; i < bitmap->n_tiles; i++) {
        const char *wrong = co_rowset_validate(&bitmap->tiles[i]);

        if (wrong != NULL)
            return wrong;
        if (i > 0 && bitmap->tiles[i].tile <= bitmap->tiles[i - 1].tile)
            return "tiles of a bitmap do not rise";
    }
    return NULL;
}

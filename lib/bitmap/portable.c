/*
 * Roaring's portable 32-bit layout, little-endian:
 *
 *     cookie      12346, then the number of tiles (u32); or, where some tile
 *                 is runs, 12347 + (tiles - 1) << 16, then a bit a tile
 *     tiles       number (u16), rows - 1 (u16) of each
 *     offsets     where each begins (u32); left out with runs and under 4 tiles
 *     rows        slots (u16 each), 1,024 words (u64) from 4,097 rows on, or
 *                 the number of runs (u16) and of each first slot, length - 1
 *
 * A reader could trust the offsets; this one walks and compares.
 * Source:  Roaring format specification.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "bitmap/layout.h"
#include "bitmap/raw.h"
#include "bitmap/tiles.h"
#include "kernel/bits.h"

enum { COOKIE_PLAIN = 12346, COOKIE_RUNS = 12347, OFFSETS_FROM = 4 };

static bool is_runs(const co_rowset *set)
{
    const unsigned form = set->form & ~(unsigned)CO_RAW;

    return form == CO_FORM_RUNS || form == CO_FORM_FULL;
}

/* ---- writing ---- */

static bool has_runs(const co_bitmap *bitmap)
{
    for (size_t i = 0; i < bitmap->n_tiles; i++) {
        if (is_runs(&bitmap->tiles[i]))
            return true;
    }
    return false;
}

static bool has_offsets(bool runs, size_t n_tiles) { return !runs || n_tiles >= OFFSETS_FROM; }

/* Everything before the rows. */
static size_t head_bytes(bool runs, size_t n_tiles)
{
    return (runs ? 4 + (n_tiles + 7) / 8 : 8) + 4 * n_tiles + (has_offsets(runs, n_tiles) ? 4 * n_tiles : 0);
}

static size_t tile_bytes(const co_rowset *set)
{
    if (is_runs(set))
        return 2 + 4 * (size_t)set->n_runs;
    return (set->form & ~CO_RAW) == CO_FORM_SLOTS ? 2 * (size_t)set->count : CO_WORDS_BYTES;
}

size_t co_bitmap_portable_bytes(const co_bitmap *bitmap)
{
    size_t bytes = head_bytes(has_runs(bitmap), bitmap->n_tiles);

    for (size_t i = 0; i < bitmap->n_tiles; i++)
        bytes += tile_bytes(&bitmap->tiles[i]);
    return bytes;
}

static uint8_t *write_head(const co_bitmap *bitmap, uint8_t *to)
{
    const bool runs = has_runs(bitmap);
    const size_t n = bitmap->n_tiles;
    size_t offset = head_bytes(runs, n);

    if (runs) {
        co_store_u32(to, COOKIE_RUNS | (uint32_t)(n - 1) << 16);
        to += 4;
        memset(to, 0, (n + 7) / 8);
        for (size_t i = 0; i < n; i++)
            to[i / 8] |= (uint8_t)(is_runs(&bitmap->tiles[i]) << (i % 8));
        to += (n + 7) / 8;
    } else {
        co_store_u32(to, COOKIE_PLAIN);
        co_store_u32(to + 4, (uint32_t)n);
        to += 8;
    }
    for (size_t i = 0; i < n; i++, to += 4) {
        co_store_u16(to, bitmap->tiles[i].tile);
        co_store_u16(to + 2, (uint16_t)(bitmap->tiles[i].count - 1));
    }
    for (size_t i = 0; has_offsets(runs, n) && i < n; i++, to += 4) {
        co_store_u32(to, (uint32_t)offset);
        offset += tile_bytes(&bitmap->tiles[i]);
    }
    return to;
}

static uint8_t *write_tile(const co_rowset *set, uint8_t *to)
{
    if (co_rowset_is_raw(set)) {
        to = co_raw_write(set, to);
    } else if (is_runs(set)) {
        const co_run_list list = co_rowset_run_list(set);

        co_store_u16(to, (uint16_t)list.n);
        co_store_runs(to + 2, list.runs, list.n);
        to += 2 + 4 * list.n;
    } else if (set->form == CO_FORM_SLOTS) {
        co_store_slots(to, co_rowset_slots_of(set), set->count);
        to += 2 * (size_t)set->count;
    } else {
        co_store_words(to, set->at.words);
        to += CO_WORDS_BYTES;
    }
    return to;
}

void co_bitmap_write_portable(const co_bitmap *bitmap, void *bytes)
{
    uint8_t *to = write_head(bitmap, bytes);

    for (size_t i = 0; i < bitmap->n_tiles; i++)
        to = write_tile(&bitmap->tiles[i], to);
}

/* ---- reading ---- */

typedef struct source {
    co_reader reader;
    co_memory *memory;
    co_shelf shelf;
    cohort_error *error;
    bool lends;                 /* what is made points into the bytes */
    size_t n_tiles;
    const uint8_t *run_flags;   /* NULL: no tile is runs */
    const uint8_t *tiles;       /* number and rows - 1 of each */
    const uint8_t *offsets;     /* NULL: left out */
} source;

static cohort_status corrupt(const source *s, const char *what)
{
    return co_fail_at(s->error, COHORT_CORRUPT, co_reader_offset(&s->reader), "roaring bitmap: %s", what);
}

static cohort_status read_head(source *s)
{
    const uint32_t cookie = co_read_u32(&s->reader);

    if (!co_reader_ok(&s->reader))
        return corrupt(s, "ends within its cookie");
    if ((cookie & 65535) == COOKIE_RUNS) {
        s->n_tiles = (size_t)(cookie >> 16) + 1;
        s->run_flags = co_read_bytes(&s->reader, (s->n_tiles + 7) / 8);
    } else if (cookie == COOKIE_PLAIN) {
        s->n_tiles = co_read_u32(&s->reader);
    } else {
        return corrupt(s, "begins with neither of the two cookies, 12346 and 12347");
    }
    if (s->n_tiles > CO_TILE_ROWS)
        return corrupt(s, "says it has more than 65536 tiles");
    s->tiles = co_read_bytes(&s->reader, 4 * s->n_tiles);
    if (has_offsets(s->run_flags != NULL, s->n_tiles))
        s->offsets = co_read_bytes(&s->reader, 4 * s->n_tiles);
    return co_reader_ok(&s->reader) ? COHORT_OK : corrupt(s, "ends within its head");
}

/* ---- what a view lends: the same checks on the bytes where they lie ---- */

static cohort_status lend_slots(source *s, const uint8_t *bytes, size_t count, co_rowset *set)
{
    co_plain plain;

    co_raw_of_slots(bytes, count, set);
    return co_kernel_now()->slots_rise(co_rowset_slots_of(co_raw_plain(set, &plain)), count) ? COHORT_OK
                                                                      : corrupt(s, "slots of a tile do not rise");
}

static cohort_status lend_words(source *s, const uint8_t *bytes, size_t count, co_rowset *set)
{
    co_plain plain;

    co_raw_of_words(bytes, count, set);
    return co_kernel_now()->count(co_raw_plain(set, &plain)->at.words, CO_TILE_WORDS) == count
             ? COHORT_OK : corrupt(s, "the bits of a tile are more or fewer than its rows");
}

/* ---- the tiles ---- */

static cohort_status read_slots(source *s, size_t count, co_rowset *set)
{
    const uint8_t *bytes = co_read_bytes(&s->reader, 2 * count);

    if (bytes == NULL)
        return corrupt(s, "ends within a list of slots");
    if (s->lends)
        return lend_slots(s, bytes, count, set);
    if (!co_rowset_new_slots(&s->shelf, count, set))
        return co_fail_memory(s->error);
    if (co_load_rising_slots(co_rowset_slots(set), bytes, count))
        return COHORT_OK;
    co_rowset_free(s->memory, set);
    return corrupt(s, "slots of a tile do not rise");
}

static cohort_status read_words(source *s, size_t count, co_rowset *set)
{
    const uint8_t *bytes = co_read_bytes(&s->reader, CO_WORDS_BYTES);

    if (bytes == NULL)
        return corrupt(s, "ends within the bits of a tile");
    if (s->lends)
        return lend_words(s, bytes, count, set);
    if (!co_rowset_new_words(&s->shelf, count, set))
        return co_fail_memory(s->error);
    co_load_words(set->at.words, bytes);
    if (co_kernel_now()->count(set->at.words, CO_TILE_WORDS) == count)
        return COHORT_OK;
    co_rowset_free(s->memory, set);
    return corrupt(s, "the bits of a tile are more or fewer than its rows");
}

/* NULL, or what is wrong with n runs of `count` rows. */
static const char *runs_fault(const uint8_t *bytes, size_t n, size_t count)
{
    size_t rows = 0;
    uint32_t end = 0;

    for (size_t i = 0; i < n; i++) {
        const uint32_t first = co_load_u16(bytes + 4 * i);
        const uint32_t length = (uint32_t)co_load_u16(bytes + 4 * i + 2) + 1;

        if (i > 0 && first <= end)
            return "runs of a tile overlap, touch or do not rise";
        end = first + length;
        if (end > CO_TILE_ROWS)
            return "a run leaves its tile";
        rows += length;
    }
    return rows == count ? NULL : "the runs of a tile hold more or fewer rows than it says";
}

/* More runs than a rowset keeps: the bits are set first, and the form found from them. */
static cohort_status take_many_runs(source *s, const uint8_t *bytes, size_t n, size_t count, co_rowset *set)
{
    uint64_t words[CO_TILE_WORDS] = { 0 };

    for (size_t i = 0; i < n; i++) {
        const size_t first = co_load_u16(bytes + 4 * i);

        co_bits_fill(words, first, first + co_load_u16(bytes + 4 * i + 2) + 1);
    }
    return co_rowset_of_words(&s->shelf, words, count, set) ? COHORT_OK : co_fail_memory(s->error);
}

/* The usual runs: checked as they are turned from lengths to last slots. */
static cohort_status copy_runs(source *s, const uint8_t *bytes, size_t n, size_t count, co_rowset *set)
{
    if (!co_rowset_new_runs(&s->shelf, n, count, set))
        return co_fail_memory(s->error);
    co_load_slots((uint16_t *)co_rowset_runs(set), bytes, 2 * n);
    if (co_kernel_now()->runs_of_lengths((uint16_t *)co_rowset_runs(set), n) == count)
        return COHORT_OK;
    co_rowset_free(s->memory, set);
    return corrupt(s, runs_fault(bytes, n, count));
}

static cohort_status read_runs(source *s, size_t count, co_rowset *set)
{
    const size_t n = co_read_u16(&s->reader);
    const uint8_t *bytes = co_read_bytes(&s->reader, 4 * n);

    if (!co_reader_ok(&s->reader))
        return corrupt(s, "ends within the runs of a tile");
    if (n != 0 && n <= CO_RUNS_MOST && count != CO_TILE_ROWS && !s->lends)
        return copy_runs(s, bytes, n, count, set);
    const char *fault = n == 0 ? "a tile has no runs" : runs_fault(bytes, n, count);

    if (fault != NULL)
        return corrupt(s, fault);
    if (count == CO_TILE_ROWS) {
        co_rowset_new_full(set);
        return COHORT_OK;
    }
    if (s->lends) {
        co_raw_of_runs(bytes, n, count, set);
        return COHORT_OK;
    }
    return take_many_runs(s, bytes, n, count, set);
}

static cohort_status read_tile(source *s, size_t i, co_rowset *set)
{
    const uint16_t tile = co_load_u16(s->tiles + 4 * i);
    const size_t count = (size_t)co_load_u16(s->tiles + 4 * i + 2) + 1;

    set->tile = tile;
    if (i > 0 && tile <= co_load_u16(s->tiles + 4 * i - 4))
        return corrupt(s, "numbers of tiles do not rise");
    if (s->offsets != NULL && co_load_u32(s->offsets + 4 * i) != co_reader_offset(&s->reader))
        return corrupt(s, "an offset does not point at its tile");
    if (s->run_flags != NULL && s->run_flags[i / 8] >> (i % 8) & 1)
        return read_runs(s, count, set);
    return count <= CO_SLOTS_MOST ? read_slots(s, count, set) : read_words(s, count, set);
}

static cohort_status read_all(const void *bytes, size_t length, bool lends, co_bitmap *result, size_t *used,
                              cohort_error *error)
{
    source s = { .reader = co_reader_of(bytes, length), .memory = result->memory, .error = error, .lends = lends };
    cohort_status status = read_head(&s);

    co_bitmap_clear(result);
    result->is_view = lends;
    s.shelf = co_shelf_of(result, (size_t)(s.reader.end - s.reader.next));
    if (status == COHORT_OK && !co_tiles_reserve(result, s.n_tiles))
        status = co_fail_memory(error);
    for (size_t i = 0; status == COHORT_OK && i < s.n_tiles; i++) {
        co_rowset set;

        status = read_tile(&s, i, &set);
        if (status == COHORT_OK)
            co_tiles_append(result, set.tile, &set);
    }
    co_shelf_finish(&s.shelf);
    if (status != COHORT_OK)
        co_bitmap_clear(result);
    else
        *used = co_reader_offset(&s.reader);
    return status;
}

cohort_status co_bitmap_read_portable(const void *bytes, size_t length, co_bitmap *result, size_t *used,
                                      cohort_error *error)
{
    return read_all(bytes, length, false, result, used, error);
}

cohort_status co_bitmap_view_portable(const void *bytes, size_t length, co_bitmap *result, size_t *used,
                                      cohort_error *error)
{
    return read_all(bytes, length, true, result, used, error);
}

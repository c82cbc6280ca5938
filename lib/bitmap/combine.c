/*
 * Two bitmaps combined: their tiles are walked together, tiles of only one are
 * copied, moved or left out, tiles of both combined.
 *
 * A new bitmap's tiles lie on its shelf. In place works on a list made beside the
 * old one, which takes its place only when all is done; tiles that a alone has are
 * lent to it and not copied, and what is new lies in blocks of its own.
 */
#include <assert.h>

#include "bitmap/tiles.h"
#include "kernel/kernel.h"

static bool keeps_a(co_set_operation operation) { return operation != CO_AND; }
static bool keeps_b(co_set_operation operation) { return operation == CO_OR || operation == CO_XOR; }

typedef struct merge {
    co_set_operation operation;
    const co_bitmap *a;
    const co_bitmap *b;
    bool lend;                  /* tiles that only a has go over as they are */
    co_shelf *shelf;
    co_bitmap *out;
} merge;

/* No more tiles than this can come out. */
static size_t most_tiles(const merge *m)
{
    const size_t n_a = m->a->n_tiles;
    const size_t n_b = m->b->n_tiles;

    if (m->operation == CO_AND)
        return n_a < n_b ? n_a : n_b;
    if (m->operation == CO_ANDNOT)
        return n_a;
    return n_a + n_b < CO_TILE_ROWS ? n_a + n_b : CO_TILE_ROWS;
}

/* The list is made when the first tile comes: often none does. */
static bool has_room(const merge *m)
{
    return m->out->capacity != 0 || co_tiles_reserve(m->out, most_tiles(m));
}

static bool put_copy(const merge *m, const co_rowset *from)
{
    co_rowset set;

    if (!has_room(m) || !co_rowset_copy(m->shelf, from, &set))
        return false;
    co_tiles_append(m->out, set.tile, &set);
    return true;
}

static bool put_only_a(const merge *m, const co_rowset *a)
{
    if (!keeps_a(m->operation))
        return true;
    if (!m->lend)
        return put_copy(m, a);
    if (!has_room(m))
        return false;
    co_tiles_append(m->out, a->tile, a);
    return true;
}

static bool put_only_b(const merge *m, const co_rowset *b)
{
    return !keeps_b(m->operation) || put_copy(m, b);
}

static bool put_both(const merge *m, const co_rowset *a, const co_rowset *b)
{
    co_rowset set;

    if (!has_room(m) || !co_rowset_combine(m->shelf, m->operation, a, b, &set))
        return false;
    if (set.count != 0)
        co_tiles_append(m->out, set.tile, &set);
    return true;
}

/* So many times more tiles on one side are not walked, but those of the other looked up. */
enum { LOOK_UP_RATIO = 8 };

static bool put_looked_up(const merge *m, const co_bitmap *few, const co_bitmap *many)
{
    for (size_t i = 0; i < few->n_tiles; i++) {
        const co_rowset *set = &few->tiles[i];
        const co_rowset *other = co_tiles_get(many, set->tile);

        if (other != NULL && !put_both(m, set, other))
            return false;
    }
    return true;
}

/* For and, where only tiles of both count; which list to go on in is computed, not guessed. */
static bool put_common(const merge *m)
{
    const co_bitmap *a = m->a;
    const co_bitmap *b = m->b;
    size_t i = 0;
    size_t j = 0;

    if (a->n_tiles < b->n_tiles / LOOK_UP_RATIO)
        return put_looked_up(m, a, b);
    if (b->n_tiles < a->n_tiles / LOOK_UP_RATIO)
        return put_looked_up(m, b, a);
    while (i < a->n_tiles && j < b->n_tiles) {
        const uint16_t of_a = a->tiles[i].tile;
        const uint16_t of_b = b->tiles[j].tile;

        if (of_a == of_b && !put_both(m, &a->tiles[i], &b->tiles[j]))
            return false;
        i += of_a <= of_b;
        j += of_b <= of_a;
    }
    return true;
}

static bool put_all(const merge *m)
{
    const co_bitmap *a = m->a;
    const co_bitmap *b = m->b;
    size_t i = 0;
    size_t j = 0;
    bool put = true;

    if (m->operation == CO_AND)
        return put_common(m);
    while (put && i < a->n_tiles && j < b->n_tiles) {
        if (a->tiles[i].tile < b->tiles[j].tile) {
            put = put_only_a(m, &a->tiles[i++]);
        } else if (b->tiles[j].tile < a->tiles[i].tile) {
            put = put_only_b(m, &b->tiles[j++]);
        } else {
            put = put_both(m, &a->tiles[i++], &b->tiles[j++]);
        }
    }
    while (put && keeps_a(m->operation) && i < a->n_tiles)
        put = put_only_a(m, &a->tiles[i++]);
    while (put && keeps_b(m->operation) && j < b->n_tiles)
        put = put_only_b(m, &b->tiles[j++]);
    return put;
}

/* From so many bytes of both operands on, a result is not in the caches when it is done. */
enum { PAST_CACHES = 64 * 1024 * 1024 };

/* About what the tiles of the result will take, and rather less: another board is soon had. */
static size_t bytes_expected(co_set_operation operation, const co_bitmap *a, const co_bitmap *b)
{
    const size_t of_a = co_boards_bytes(a);
    const size_t of_b = co_boards_bytes(b);

    if (operation == CO_AND)
        return (of_a < of_b ? of_a : of_b) / 4;
    return operation == CO_ANDNOT || of_a > of_b ? of_a : of_b;
}

cohort_status co_bitmap_combine(co_set_operation operation, const co_bitmap *a, const co_bitmap *b, co_bitmap *result)
{
    co_shelf shelf;
    const merge m = { operation, a, b, false, &shelf, result };

    assert(result != a && result != b);
    co_bitmap_clear(result);
    if (co_boards_bytes(a) + co_boards_bytes(b) >= PAST_CACHES)
        shelf = co_shelf_past_caches(result);
    else
        shelf = co_shelf_of(result, bytes_expected(operation, a, b));
    const bool put = put_all(&m);

    if (shelf.past_caches)
        co_kernel_now()->settle();
    if (!put) {
        co_bitmap_clear(result);
        return COHORT_MEMORY;
    }
    co_shelf_finish(&shelf);
    co_tiles_trim(result);
    return COHORT_OK;
}

/* For tiles asked in rising order; *at begins at 0. */
static bool has_tile(const co_bitmap *bitmap, uint16_t tile, size_t *at)
{
    while (*at < bitmap->n_tiles && bitmap->tiles[*at].tile < tile)
        (*at)++;
    return *at < bitmap->n_tiles && bitmap->tiles[*at].tile == tile;
}

/* A tile of a went over as it was if b does not have it. Such tiles are a's until the end. */
static bool was_lent(const merge *m, uint16_t tile, size_t *b_at)
{
    return keeps_a(m->operation) && !has_tile(m->b, tile, b_at);
}

/* Frees what was made, keeps what was lent. */
static void undo(const merge *m)
{
    co_bitmap *out = m->out;
    size_t a_at = 0;
    size_t b_at = 0;

    for (size_t i = 0; i < out->n_tiles; i++) {
        const bool of_a = has_tile(m->a, out->tiles[i].tile, &a_at);

        if (!(of_a && was_lent(m, out->tiles[i].tile, &b_at)))
            co_rowset_free(out->memory, &out->tiles[i]);
    }
    out->n_tiles = 0;
    co_bitmap_clear(out);
}

/* Frees the tiles of a that were not lent, and puts the new list in its place. */
static void take_over(const merge *m, co_bitmap *a)
{
    size_t b_at = 0;

    for (size_t i = 0; i < a->n_tiles; i++) {
        if (!was_lent(m, a->tiles[i].tile, &b_at))
            co_rowset_free(a->memory, &a->tiles[i]);
    }
    co_memory_free(a->memory, a->tiles, a->capacity * sizeof *a->tiles);
    a->tiles = m->out->tiles;
    a->n_tiles = m->out->n_tiles;
    a->capacity = m->out->capacity;
    if (a->n_tiles == 0)
        co_bitmap_clear(a);
}

cohort_status co_bitmap_combine_into(co_set_operation operation, co_bitmap *a, const co_bitmap *b)
{
    co_bitmap out;
    co_shelf loose = co_shelf_loose(a->memory);
    const merge m = { operation, a, b, true, &loose, &out };

    co_bitmap_init(&out, a->memory);
    if (!put_all(&m)) {
        undo(&m);
        return COHORT_MEMORY;
    }
    take_over(&m, a);
    return COHORT_OK;
}

static uint64_t and_count_looked_up(const co_bitmap *few, const co_bitmap *many)
{
    uint64_t n = 0;

    for (size_t i = 0; i < few->n_tiles; i++) {
        const co_rowset *set = co_tiles_get(many, few->tiles[i].tile);

        if (set != NULL)
            n += co_rowset_and_count(&few->tiles[i], set);
    }
    return n;
}

static uint64_t and_count(const co_bitmap *a, const co_bitmap *b)
{
    uint64_t n = 0;

    if (a->n_tiles == 0 || b->n_tiles == 0)
        return 0;
    if (a->n_tiles < b->n_tiles / LOOK_UP_RATIO)
        return and_count_looked_up(a, b);
    if (b->n_tiles < a->n_tiles / LOOK_UP_RATIO)
        return and_count_looked_up(b, a);
    const co_rowset *x = a->tiles;
    const co_rowset *y = b->tiles;
    const co_rowset *const x_end = x + a->n_tiles;
    const co_rowset *const y_end = y + b->n_tiles;

    while (x < x_end && y < y_end) {
        const uint16_t of_a = x->tile;
        const uint16_t of_b = y->tile;

        if (of_a == of_b)
            n += co_rowset_and_count(x, y);
        x = of_a <= of_b ? x + 1 : x;
        y = of_b <= of_a ? y + 1 : y;
    }
    return n;
}

uint64_t co_bitmap_combine_count(co_set_operation operation, const co_bitmap *a, const co_bitmap *b)
{
    const uint64_t both = and_count(a, b);

    switch (operation) {
    case CO_AND:
        return both;
    case CO_OR:
        return co_bitmap_count(a) + co_bitmap_count(b) - both;
    case CO_XOR:
        return co_bitmap_count(a) + co_bitmap_count(b) - 2 * both;
    case CO_ANDNOT:
        break;
    }
    return co_bitmap_count(a) - both;
}

/*
 * Two bitmaps combined: their tiles are walked together, tiles of only one are
 * copied, moved or left out, tiles of both combined.
 *
 * In place works on a list made beside the old one, which takes its place only
 * when all is done; tiles that a alone has are lent to it and not copied.
 */
#include <assert.h>

#include "bitmap/tiles.h"

static bool keeps_a(co_set_operation operation) { return operation != CO_AND; }
static bool keeps_b(co_set_operation operation) { return operation == CO_OR || operation == CO_XOR; }

typedef struct merge {
    co_set_operation operation;
    const co_bitmap *a;
    const co_bitmap *b;
    bool lend;                  /* tiles that only a has go over as they are */
    co_bitmap *out;
} merge;

static bool put_copy(const merge *m, const co_rowset *from)
{
    co_rowset set;

    if (!co_rowset_copy(m->out->memory, from, &set))
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

    if (!co_rowset_combine(m->out->memory, m->operation, a, b, &set))
        return false;
    if (set.count != 0)
        co_tiles_append(m->out, set.tile, &set);
    return true;
}

static bool put_all(const merge *m)
{
    const co_bitmap *a = m->a;
    const co_bitmap *b = m->b;
    size_t i = 0;
    size_t j = 0;
    bool put = true;

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

cohort_status co_bitmap_combine(co_set_operation operation, const co_bitmap *a, const co_bitmap *b, co_bitmap *result)
{
    const merge m = { operation, a, b, false, result };

    assert(result != a && result != b);
    co_bitmap_clear(result);
    if (co_tiles_reserve(result, most_tiles(&m)) && put_all(&m))
        return COHORT_OK;
    co_bitmap_clear(result);
    return COHORT_MEMORY;
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
    a->n_tiles = 0;
    co_bitmap_move(m->out, a);
}

cohort_status co_bitmap_combine_into(co_set_operation operation, co_bitmap *a, const co_bitmap *b)
{
    co_bitmap out;
    const merge m = { operation, a, b, true, &out };

    co_bitmap_init(&out, a->memory);
    if (!co_tiles_reserve(&out, most_tiles(&m)) || !put_all(&m)) {
        undo(&m);
        return COHORT_MEMORY;
    }
    take_over(&m, a);
    return COHORT_OK;
}

static uint64_t and_count(const co_bitmap *a, const co_bitmap *b)
{
    uint64_t n = 0;
    size_t i = 0;
    size_t j = 0;

    while (i < a->n_tiles && j < b->n_tiles) {
        if (a->tiles[i].tile < b->tiles[j].tile)
            i++;
        else if (b->tiles[j].tile < a->tiles[i].tile)
            j++;
        else
            n += co_rowset_and_count(&a->tiles[i++], &b->tiles[j++]);
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

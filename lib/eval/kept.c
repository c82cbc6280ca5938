/* Values held from pass to pass; see kept.h. */
#include "eval/kept.h"

#include <assert.h>
#include <string.h>

bool co_kept_open(co_memory *memory, uint32_t n_tiles, co_vtype type, uint32_t scale, bool is_wide,
                  co_kept_values *kept)
{
    *kept = (co_kept_values){ .memory = memory,
                              .type = type,
                              .scale = scale,
                              .is_wide = is_wide && type == CO_V_EXACT,
                              .n_tiles = n_tiles };
    kept->tiles = co_memory_new_zeroed(memory, (size_t)n_tiles + 1, sizeof *kept->tiles);
    return kept->tiles != NULL;
}

void co_kept_clear(co_kept_values *kept)
{
    for (uint32_t i = 0; kept->tiles != NULL && i < kept->n_tiles; i++) {
        co_kept_tile *tile = &kept->tiles[i];

        if (tile->block != NULL)
            co_arena_clear(&tile->texts);
    }
    co_memory_free(kept->memory, kept->tiles, ((size_t)kept->n_tiles + 1) * sizeof *kept->tiles);
    kept->tiles = NULL;
}

/* ---- one tile ---- */

static size_t whole_units(size_t n_bytes)
{
    return (n_bytes + 15) & ~(size_t)15; /* what follows stays 16-byte aligned */
}

static bool open_block(co_kept_values *kept, co_kept_tile *tile, size_t n_bytes, co_stack *room)
{
    tile->block = co_stack_new(room, n_bytes, 1);
    if (tile->block == NULL)
        return false;
    co_arena_init(&tile->texts, kept->memory);
    return true;
}

/* Where no place is left out slots are places. */
static bool has_all_places(const co_register *rows)
{
    return rows->form == CO_FORM_ALL;
}

static size_t bytes_of_rows(const co_register *rows)
{
    if (has_all_places(rows))
        return 0;
    return CO_TILE_WORDS * (sizeof(uint64_t) + sizeof(uint16_t)) +
           whole_units(rows->count * sizeof(uint16_t));
}

static void put_rows(const co_register *rows, void *room, co_kept_rows *kept)
{
    uint64_t *words = room;
    uint16_t *before = (uint16_t *)(words + CO_TILE_WORDS);
    uint16_t *slots = before + CO_TILE_WORDS;
    uint32_t n = 0;

    *kept = (co_kept_rows){ .n = rows->count };
    if (has_all_places(rows))
        return;
    memset(words, 0, CO_TILE_WORDS * sizeof *words);
    co_register_to_words(rows, words);
    co_register_to_slots(rows, slots);
    for (size_t i = 0; i < CO_TILE_WORDS; i++) {
        before[i] = (uint16_t)n;
        n += co_bits_in(words[i]);
    }
    kept->words = words;
    kept->before = before;
    kept->slots = slots;
}

static size_t bytes_of_value(const co_kept_values *kept)
{
    const co_vector values = { .type = kept->type, .is_wide = kept->is_wide };

    return co_vector_value_bytes(&values);
}

/* n values, all NULL, in room for their valid bits and them. */
static void put_vector(const co_kept_values *kept, void *room, uint32_t n, co_vector *values)
{
    const size_t n_bytes = whole_units(co_words_for(n) * sizeof(uint64_t));

    *values = (co_vector){ .type = kept->type, .scale = kept->scale, .is_wide = kept->is_wide, .n = n };
    values->valid = room;
    memset(room, 0, n_bytes);
    co_vector_use(values, (unsigned char *)room + n_bytes);
}

co_kept_tile *co_kept_tile_open(co_kept_values *kept, uint32_t number, const co_register *rows,
                                co_stack *room)
{
    const uint32_t n = rows->count;
    const size_t n_row_bytes = bytes_of_rows(rows);
    const size_t n_valid_bytes = whole_units(co_words_for(n) * sizeof(uint64_t));
    co_kept_tile *tile = &kept->tiles[number];

    assert(number < kept->n_tiles && tile->block == NULL && n > 0);
    if (!open_block(kept, tile, n_row_bytes + n_valid_bytes + n * bytes_of_value(kept), room))
        return NULL;
    put_rows(rows, tile->block, &tile->rows);
    put_vector(kept, (unsigned char *)tile->block + n_row_bytes, n, &tile->values);
    return tile;
}

co_kept_tile *co_kept_tile_share(co_kept_values *kept, uint32_t number, const co_kept_rows *rows,
                                 bool in_bytes, co_stack *room)
{
    const size_t n_valid_bytes = in_bytes ? 0 : whole_units(co_words_for(rows->n) * sizeof(uint64_t));
    co_kept_tile *tile = &kept->tiles[number];

    assert(number < kept->n_tiles && tile->block == NULL && rows->n > 0);
    if (!open_block(kept, tile, n_valid_bytes + rows->n * (in_bytes ? 1 : bytes_of_value(kept)), room))
        return NULL;
    tile->rows = *rows;
    tile->bytes = in_bytes ? tile->block : NULL;
    if (in_bytes)
        memset(tile->bytes, 0, rows->n);
    else
        put_vector(kept, tile->block, rows->n, &tile->values);
    return tile;
}

/* ---- reading ---- */

static void take(const co_kept_tile *tile, uint32_t place, co_vector *out, uint32_t i)
{
    if (tile->bytes == NULL)
        co_vector_copy_value(out, i, &tile->values, place);
    else if (tile->bytes[place] > 0)
        co_vector_put_narrow(out, i, tile->bytes[place] - 1);
}

void co_kept_gather(const co_kept_values *kept, const uint32_t *rows, co_vector *out)
{
    for (uint32_t i = 0; i < out->n; i++) {
        const uint32_t number = rows[i] / CO_TILE_ROWS;
        uint32_t place;

        if (rows[i] == CO_NONE || number >= kept->n_tiles)
            continue;
        place = co_kept_place(&kept->tiles[number].rows, rows[i] % CO_TILE_ROWS);
        if (place != CO_NONE)
            take(&kept->tiles[number], place, out, i);
    }
}

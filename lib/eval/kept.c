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

        co_memory_free(kept->memory, tile->block, tile->n_bytes);
        if (tile->block != NULL)
            co_arena_clear(&tile->texts);
    }
    co_memory_free(kept->memory, kept->tiles, ((size_t)kept->n_tiles + 1) * sizeof *kept->tiles);
    kept->tiles = NULL;
}

co_kept_tile *co_kept_tile_open(co_kept_values *kept, uint32_t number, uint32_t n_rows)
{
    const size_t n_words = (co_words_for(n_rows) + 1) & ~(size_t)1; /* values stay 16-byte aligned */
    co_kept_tile *tile = &kept->tiles[number];

    assert(number < kept->n_tiles && tile->block == NULL && n_rows > 0);
    tile->values =
        (co_vector){ .type = kept->type, .scale = kept->scale, .is_wide = kept->is_wide, .n = n_rows };
    tile->n_bytes = n_words * sizeof(uint64_t) + n_rows * co_vector_value_bytes(&tile->values);
    tile->block = co_memory_new(kept->memory, tile->n_bytes);
    if (tile->block == NULL) {
        tile->values.n = 0;
        return NULL;
    }
    co_arena_init(&tile->texts, kept->memory);
    tile->values.valid = tile->block;
    memset(tile->values.valid, 0, n_words * sizeof(uint64_t));
    co_vector_use(&tile->values, tile->values.valid + n_words);
    return tile;
}

void co_kept_gather(const co_kept_values *kept, const uint32_t *rows, co_vector *out)
{
    for (uint32_t i = 0; i < out->n; i++) {
        const uint32_t number = rows[i] / CO_TILE_ROWS;
        const uint32_t slot = rows[i] % CO_TILE_ROWS;

        if (rows[i] == CO_NONE || number >= kept->n_tiles || slot >= kept->tiles[number].values.n)
            continue;
        co_vector_copy_value(out, i, &kept->tiles[number].values, slot);
    }
}

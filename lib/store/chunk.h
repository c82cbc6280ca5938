/*
 * What a batch holds: chunks of rows that get the same treatment, in the order
 * they were given.
 */
#ifndef CO_STORE_CHUNK_H
#define CO_STORE_CHUNK_H

#include "base/arena.h"
#include "store/bale.h"

/* Cells that may still be written; see co_cells. */
typedef struct co_slots {
    co_shape shape;
    uint64_t *valid; /* NULL: all have a value */
    int64_t *numbers;
    co_text *texts;
    uint32_t *ends;
    double *latitudes;
    double *longitudes;
    const co_packed *packed; /* as in co_cells; NULL once unpacked */
    uint32_t texts_capacity; /* of sets, while rows come one by one */
} co_slots;

typedef struct co_chunk_column {
    uint32_t field;
    bool create_parents;
    co_slots cells;   /* of a baled chunk: its shape alone, until it is unpacked */
    co_column *baled; /* the same values, borrowed; NULL: not baled, or no row has a value */
} co_chunk_column;

typedef struct co_chunk {
    co_verb verb;
    uint32_t object;
    uint32_t n_rows;
    uint32_t capacity; /* rows there is room for; 0: no more rows come */
    bool is_baled;     /* the cells are not spelled out */
    uint32_t n_columns;
    co_chunk_column *columns; /* the key's first, if there is one */
} co_chunk;

/* Parts of baled rows: a column's values are columns[part * n_columns + column], NULL if no row has one. */
struct co_bale {
    co_memory *memory;
    bool has_key;
    uint32_t n_columns;
    co_shape *shapes;
    co_dictionary **dictionaries; /* of texts but the key's, else NULL */
    co_column **columns;
    size_t column_capacity;
    uint32_t *n_rows; /* of each part */
    size_t row_capacity;
    size_t n_parts;
};

struct co_batch {
    co_store *store;
    co_arena arena;
    co_chunk *chunks;
    size_t n_chunks;
    size_t chunk_capacity;
    co_block *blocks;
    size_t n_blocks;
    size_t block_capacity;
    co_bale **bales;
    size_t n_bales;
    size_t bale_capacity;
    bool has_time;
    int64_t at_us; /* when it happens */
    void *row; /* scratch for the cells of one record */
    size_t row_size;
};

/* Room for one more chunk. False: no memory. */
bool co_batch_room_for_chunk(co_batch *batch);
/* Whether records of the object may come with these columns. */
cohort_status co_batch_check_columns(co_batch *batch, uint32_t object, size_t n_columns,
                                     const co_staged_column *columns, cohort_error *error);

/* The key column, or NULL. */
static inline const co_chunk_column *co_chunk_key(const co_chunk *chunk)
{
    return chunk->n_columns > 0 && chunk->columns[0].field == 0 ? &chunk->columns[0] : NULL;
}

/* The column of a field, or NULL. */
const co_chunk_column *co_chunk_find(const co_chunk *chunk, uint32_t field);

/* Gives packed and baled columns their plain arrays, in the batch's arena. On failure what is unpacked stays so. */
cohort_status co_chunk_unpack(co_batch *batch, co_chunk *chunk, cohort_error *error);

static inline bool co_slots_has(const co_slots *cells, uint32_t i)
{
    return cells->valid == NULL || (cells->valid[i / 64] >> (i % 64) & 1) != 0;
}

#endif

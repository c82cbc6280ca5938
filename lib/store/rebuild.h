/* Between the files that make new tile columns; see rebuild.c. */
#ifndef CO_STORE_REBUILD_H
#define CO_STORE_REBUILD_H

#include "store/commit.h"

/* Elements of one set while a column is rebuilt. */
typedef struct co_span {
    const co_text *texts;
    uint32_t n;
} co_span;

/* The elements of a stored set, as texts in the arena. False: no memory. */
bool co_span_of(co_arena *arena, const co_column *column, uint32_t slot, co_span *span);
/* In whatever order. */
bool co_span_equal(const co_span *a, const co_span *b);

/* Room for one field of one tile, as cells that can be written. */
typedef struct co_scratch {
    co_memory *memory;
    uint64_t valid[1024];
    int64_t *numbers; /* 65,536 of each, made when first needed */
    co_text *texts;
    co_span *spans;
    double *latitudes;
    double *longitudes;
    uint32_t *ends;    /* 65,537 */
    co_text *elements; /* of all sets, one after the other */
    size_t element_capacity;
    co_cells_room *room;
    co_cells old; /* as the column was; n 0: there was none */
} co_scratch;

/* One tile on its way. */
typedef struct co_tile_draft {
    co_commit *commit;
    co_work *work;
    uint32_t tile;
    const co_tile_node *old;  /* or NULL */
    const co_growth *growth;  /* or NULL */
    const co_action *actions; /* on rows of this tile, in order */
    size_t n_actions;
    uint32_t n_old;
    uint32_t n_rows;
    bool all_fields;       /* something happens to whole rows */
    uint64_t before[1024]; /* live, records that move in counted where they come to */
    uint64_t after[1024];
    uint64_t asked[1024];   /* upserted or patched */
    uint64_t changed[1024]; /* some value differs */
    uint8_t *given;         /* by field: a chunk brings it */
} co_tile_draft;

void co_scratch_clear(co_scratch *scratch);
/* The values of the old column, or none if it is NULL, with room for all rows of the draft. */
cohort_status co_scratch_load(const co_tile_draft *draft, co_scratch *scratch, const co_column *column,
                              co_shape shape, cohort_error *error);
/* What the scratch holds as a column; NULL if no row has a value. */
cohort_status co_scratch_encode(const co_tile_draft *draft, co_scratch *scratch, co_shape shape,
                                co_dictionary *dictionary, co_column **column, cohort_error *error);

/*
 * Gives the field's column after the actions: the old one retained if nothing
 * differs, NULL if no row has a value. Marks slots in draft->changed.
 */
cohort_status co_rebuild_field(co_tile_draft *draft, co_scratch *scratch, uint32_t field, co_column **column,
                               cohort_error *error);

/* Numbers for the records that the commit brings into being; before its actions are sorted. See arrival.c. */
cohort_status co_number_arrivals(co_commit *commit, co_work *work, cohort_error *error);
/* As co_rebuild_field, for the numbers of arrival. */
cohort_status co_rebuild_arrival(const co_tile_draft *draft, co_scratch *scratch, co_column **column,
                                 cohort_error *error);

#endif

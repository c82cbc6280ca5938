/*
 * Tiles from pieces of encoded parts.
 *
 * Always:  a new tile that is one whole part shares or copies its columns. Any other
 *          is spelled out piece by piece, behind what its tile had before, and encoded.
 */
#include <string.h>

#include "store/append.h"
#include "store/rebuild.h"
#include "store/words.h"

typedef struct co_append_room {
    co_tile_draft draft;
    co_scratch scratch;
    co_cells_room *sets;
    uint32_t codes[CO_TILE_ROWS];
} co_append_room;

/* One tile on its way. */
typedef struct tile {
    co_append *append;
    const co_tile_node *old; /* or NULL */
    uint32_t n_old;
    uint32_t n_rows;
    const co_append_piece *pieces;
    size_t n_pieces;
    co_tile_node *node;
} tile;

static cohort_status need_room(co_append *append, cohort_error *error)
{
    if (append->room != NULL)
        return COHORT_OK;
    append->room = co_memory_new_zeroed(append->commit->memory, 1, sizeof *append->room);
    if (append->room == NULL)
        return co_fail_memory(error);
    append->room->scratch.memory = append->commit->memory;
    append->room->draft = (co_tile_draft){ .commit = append->commit, .work = append->work };
    append->room->sets = co_cells_room_new(append->commit->memory);
    return append->room->sets == NULL ? co_fail_memory(error) : COHORT_OK;
}

void co_append_room_free(co_append *append)
{
    if (append->room == NULL)
        return;
    co_scratch_clear(&append->room->scratch);
    co_cells_room_free(append->room->sets);
    co_memory_free(append->commit->memory, append->room, sizeof *append->room);
    append->room = NULL;
}

/* ---- pieces ---- */

/* Bits [first, first + n) of `from`, NULL being all, to those from `at` on, which are 0. */
static void copy_bits(const uint64_t *from, uint32_t first, uint32_t n, uint64_t *to, uint32_t at)
{
    if (from == NULL) {
        co_words_set(to, at, n);
        return;
    }
    for (uint32_t done = 0; done < n;) {
        const uint32_t source = first + done;
        const uint32_t target = at + done;
        uint32_t step = 64 - (source % 64 > target % 64 ? source % 64 : target % 64);

        step = step < n - done ? step : n - done;

        const uint64_t kept = step == 64 ? UINT64_MAX : (UINT64_C(1) << step) - 1;

        to[target / 64] |= (from[source / 64] >> (source % 64) & kept) << (target % 64);
        done += step;
    }
}

static co_column *piece_column(const tile *tile, const co_append_piece *piece, uint32_t column)
{
    return tile->append->parts[piece->part].columns[column];
}

static void mark_valid(const tile *tile, uint32_t column)
{
    uint64_t *valid = tile->append->room->scratch.valid;
    uint32_t at = tile->n_old;

    for (size_t i = 0; i < tile->n_pieces; at += tile->pieces[i].n, i++) {
        const co_append_piece *piece = &tile->pieces[i];
        const co_column *from = piece_column(tile, piece, column);

        if (from != NULL)
            copy_bits(co_column_valid(from), piece->first, piece->n, valid, at);
    }
}

static void spell_numbers(const tile *tile, uint32_t column)
{
    int64_t *numbers = tile->append->room->scratch.numbers + tile->n_old;

    for (size_t i = 0; i < tile->n_pieces; numbers += tile->pieces[i].n, i++) {
        const co_append_piece *piece = &tile->pieces[i];
        const co_column *from = piece_column(tile, piece, column);

        if (from != NULL)
            co_column_numbers_part(from, piece->first, piece->n, numbers);
        else
            memset(numbers, 0, piece->n * sizeof *numbers);
    }
}

/* Codes of the bale's dictionary; false if some texts have none. */
static bool spell_codes(const tile *tile, uint32_t column)
{
    uint32_t *codes = tile->append->room->codes;

    for (size_t i = 0; i < tile->n_pieces; codes += tile->pieces[i].n, i++) {
        const co_append_piece *piece = &tile->pieces[i];
        const co_column *from = piece_column(tile, piece, column);

        if (from == NULL)
            memset(codes, 0, piece->n * sizeof *codes);
        else if (!co_column_codes_part(from, piece->first, piece->n, codes))
            return false;
    }
    return true;
}

static void spell_others(const tile *tile, uint32_t column, co_shape shape)
{
    co_scratch *scratch = &tile->append->room->scratch;
    uint32_t slot = tile->n_old;

    for (size_t i = 0; i < tile->n_pieces; i++) {
        const co_append_piece *piece = &tile->pieces[i];
        const co_column *from = piece_column(tile, piece, column);

        for (uint32_t row = piece->first; row < piece->first + piece->n; row++, slot++) {
            if (shape == CO_SHAPE_STRINGS)
                scratch->texts[slot] = from == NULL ? (co_text){ NULL, 0 } : co_column_text(from, row);
            else if (from == NULL)
                scratch->latitudes[slot] = scratch->longitudes[slot] = 0.0;
            else
                co_column_point(from, row, &scratch->latitudes[slot], &scratch->longitudes[slot]);
        }
    }
}

/* ---- sets ---- */

/* Adds the sets of rows [first, first + n) of a column, which may be NULL, to those up to slot `at`. */
static cohort_status add_sets(const tile *tile, const co_column *from, uint32_t first, uint32_t n, uint32_t at,
                              cohort_error *error)
{
    co_scratch *scratch = &tile->append->room->scratch;
    co_cells cells;

    if (from == NULL) {
        for (uint32_t i = 0; i < n; i++)
            scratch->ends[at + i + 1] = scratch->ends[at];
        return COHORT_OK;
    }

    const cohort_status status = co_column_cells(from, tile->append->room->sets, &cells, error);

    if (status != COHORT_OK)
        return status;

    const uint32_t before = scratch->ends[at];
    const uint32_t more = cells.ends[first + n] - cells.ends[first];

    if (more > UINT32_MAX - before ||
        !co_memory_grow(scratch->memory, (void **)&scratch->elements, &scratch->element_capacity,
                        (size_t)before + more, sizeof *scratch->elements))
        return co_fail_memory(error);
    if (more > 0)
        memcpy(scratch->elements + before, cells.texts + cells.ends[first], more * sizeof *cells.texts);
    for (uint32_t i = 0; i < n; i++)
        scratch->ends[at + i + 1] = before + (cells.ends[first + i + 1] - cells.ends[first]);
    return COHORT_OK;
}

static cohort_status spell_sets(const tile *tile, const co_column *old, uint32_t column, co_cells *cells,
                                cohort_error *error)
{
    co_scratch *scratch = &tile->append->room->scratch;
    uint32_t at = tile->n_old;

    scratch->ends[0] = 0;

    cohort_status status = add_sets(tile, old, 0, tile->n_old, 0, error);

    for (size_t i = 0; i < tile->n_pieces && status == COHORT_OK; at += tile->pieces[i].n, i++) {
        const co_append_piece *piece = &tile->pieces[i];

        status = add_sets(tile, piece_column(tile, piece, column), piece->first, piece->n, at, error);
    }
    cells->ends = scratch->ends;
    cells->texts = scratch->elements;
    return status;
}

/* ---- fields ---- */

/* Words with the codes of the rows, or the texts. */
static void spell_strings(const tile *tile, const co_column *old, uint32_t column, co_packed *packed,
                          co_cells *cells)
{
    co_append_room *room = tile->append->room;
    const co_append_words *words = &tile->append->words[column];

    if (old == NULL && words->texts != NULL && spell_codes(tile, column)) {
        *packed = (co_packed){
            .codes = room->codes, .width = 4, .n_words = words->n, .unit = 1, .words = words->texts
        };
        cells->packed = packed;
        return;
    }
    spell_others(tile, column, CO_SHAPE_STRINGS);
    cells->texts = room->scratch.texts;
}

/* The column of the old rows and of the pieces. */
static cohort_status encode(const tile *tile, uint32_t column, co_shape shape, const co_column *old,
                            co_dictionary *dictionary, co_column **result, cohort_error *error)
{
    co_append_room *room = tile->append->room;
    co_scratch *scratch = &room->scratch;
    co_cells cells = { .shape = shape, .n = tile->n_rows, .valid = scratch->valid };
    co_packed packed;
    cohort_status status;

    room->draft.n_old = tile->n_old;
    room->draft.n_rows = tile->n_old;
    status = co_scratch_load(&room->draft, scratch, old, shape, error);
    if (status != COHORT_OK)
        return status;
    mark_valid(tile, column);
    if (shape == CO_SHAPE_NUMBERS)
        spell_numbers(tile, column);
    else if (shape == CO_SHAPE_STRINGS)
        spell_strings(tile, old, column, &packed, &cells);
    else if (shape == CO_SHAPE_SETS)
        status = spell_sets(tile, old, column, &cells, error);
    else
        spell_others(tile, column, shape);
    cells.numbers = scratch->numbers;
    cells.latitudes = scratch->latitudes;
    cells.longitudes = scratch->longitudes;
    if (status != COHORT_OK || co_words_count(scratch->valid, co_words_for(tile->n_rows)) == 0)
        return status;
    return co_column_new(scratch->memory, &cells, dictionary, result, error);
}

static bool is_whole_part(const tile *tile)
{
    return tile->n_old == 0 && tile->n_pieces == 1 &&
           tile->pieces[0].n == tile->append->parts[tile->pieces[0].part].n_rows;
}

static cohort_status make_column(const tile *tile, uint32_t column, co_shape shape, const co_column *old,
                                 co_dictionary *dictionary, co_column **result, cohort_error *error)
{
    if (!is_whole_part(tile))
        return encode(tile, column, shape, old, dictionary, result, error);

    co_column *whole = piece_column(tile, &tile->pieces[0], column);

    if (whole == NULL)
        return COHORT_OK;
    if (dictionary != NULL)
        return co_column_recode(whole, dictionary, tile->append->words[column].codes, result, error);
    *result = co_column_retain(whole);
    return COHORT_OK;
}

static cohort_status make_fields(const tile *tile, cohort_error *error)
{
    const co_append *append = tile->append;
    cohort_status status = COHORT_OK;

    for (uint32_t f = 0; f < append->object->n_fields && status == COHORT_OK; f++) {
        const co_field *field = &append->object->fields[f];
        const co_column *old = tile->old == NULL ? NULL : co_tile_column(&tile->old->tile, f);
        uint32_t column = co_append_column(append, f);

        if (f == 0 && append->object->keyless)
            column = append->n_columns;
        if (column == CO_NONE && old == NULL)
            continue;
        if (column == CO_NONE)
            column = append->n_columns + 1;
        status = make_column(tile, column, co_shape_of(field->type), old, field->dictionary,
                             &tile->node->columns[f], error);
    }
    return status;
}

static cohort_status make_arrival(const tile *tile, cohort_error *error)
{
    const co_column *old = tile->old == NULL ? NULL : tile->old->arrival;
    co_column *arrival = NULL;

    if (!co_object_keeps_arrival(tile->append->object))
        return COHORT_OK;

    const cohort_status status = make_column(tile, tile->append->n_columns, CO_SHAPE_NUMBERS, old, NULL, &arrival, error);

    co_tile_node_set_arrival(tile->node, arrival);
    return status;
}

/* New rows are all alive. */
static bool make_live(const tile *tile)
{
    uint64_t live[CO_TILE_WORDS] = { 0 };

    if (tile->old == NULL || tile->old->live == NULL)
        return true;
    memcpy(live, tile->old->live, co_words_for(tile->n_old) * sizeof *live);
    co_words_set(live, tile->n_old, tile->n_rows - tile->n_old);
    return co_tile_node_set_live(tile->append->commit->memory, tile->node, live);
}

static cohort_status make_tile(tile *tile, const co_group *group, uint32_t number, cohort_error *error)
{
    co_commit *commit = tile->append->commit;
    const co_object *object = tile->append->object;

    tile->node = co_tile_node_new(commit->memory, tile->n_rows, object->n_fields, *group);
    if (tile->node == NULL)
        return co_fail_memory(error);

    cohort_status status = need_room(tile->append, error);

    if (status == COHORT_OK)
        status = make_fields(tile, error);
    if (status == COHORT_OK)
        status = make_arrival(tile, error);
    if (status == COHORT_OK && !make_live(tile))
        status = co_fail_memory(error);
    if (status != COHORT_OK) {
        co_tile_node_release(commit->memory, tile->node);
        return status;
    }
    return co_draft_set_tile(commit->draft, object->id, number, tile->node) ? COHORT_OK : co_fail_memory(error);
}

/* ---- groups ---- */

/* Takes up to n rows off the pieces that are left into `taken`, of which *n_taken; how many rows. */
static uint32_t take_pieces(const co_append_piece **pieces, size_t *n_pieces, uint32_t *used, uint32_t n,
                            co_append_piece *taken, size_t *n_taken)
{
    uint32_t rows = 0;

    *n_taken = 0;
    while (*n_pieces > 0 && rows < n) {
        const co_append_piece *piece = *pieces;
        const uint32_t left = piece->n - *used;
        const uint32_t step = left < n - rows ? left : n - rows;

        taken[(*n_taken)++] = (co_append_piece){ piece->part, piece->first + *used, step };
        rows += step;
        *used += step;
        if (*used == piece->n) {
            ++*pieces;
            --*n_pieces;
            *used = 0;
        }
    }
    return rows;
}

static cohort_status add_entry(co_append *append, const co_group *group, uint32_t *number, cohort_error *error)
{
    if (append->next_tile == CO_MOST_TILES)
        return co_fail_full(append->object, error);
    if (!co_memory_grow(append->commit->memory, (void **)&append->entries, &append->entry_capacity,
                        append->n_entries + 1, sizeof *append->entries))
        return co_fail_memory(error);
    *number = append->next_tile++;
    append->entries[append->n_entries++] = (co_layout_entry){ *group, *number };
    return COHORT_OK;
}

cohort_status co_append_tiles(co_append *append, const co_group *group, const co_append_piece *pieces,
                              size_t n_pieces, cohort_error *error)
{
    const uint32_t open = co_layout_last(append->work->base->layout, group);
    const co_tile_node *old = open == CO_NONE ? NULL : co_object_node_tile(append->work->base, open);
    const size_t taken_size = n_pieces < CO_TILE_ROWS ? n_pieces : CO_TILE_ROWS;
    co_append_piece *taken = co_memory_new_array(append->commit->memory, taken_size, sizeof *taken);
    uint32_t number = open;
    uint32_t used = 0;
    cohort_status status = taken == NULL ? co_fail_memory(error) : COHORT_OK;

    if (old != NULL && old->tile.n_rows == CO_TILE_ROWS)
        old = NULL;
    while (n_pieces > 0 && status == COHORT_OK) {
        tile tile = { .append = append, .old = old, .n_old = old == NULL ? 0 : old->tile.n_rows, .pieces = taken };

        tile.n_rows = tile.n_old + take_pieces(&pieces, &n_pieces, &used, CO_TILE_ROWS - tile.n_old, taken,
                                               &tile.n_pieces);
        if (old == NULL)
            status = add_entry(append, group, &number, error);
        if (status == COHORT_OK)
            status = make_tile(&tile, group, number, error);
        old = NULL;
    }
    co_memory_free(append->commit->memory, taken, taken_size * sizeof *taken);
    return status;
}

/*
 * Last part of a commit: new tiles where something differs, counts of what
 * happened to records.
 *
 * Always:  a tile is decoded and encoded once per changed field; columns that no
 *          action reaches are shared with the old tile. A tile in which nothing
 *          differs stays the old one.
 * Costs:   nothing for tiles that no action reaches, not even a look.
 */
#include <string.h>

#include "store/rebuild.h"
#include "store/words.h"

/* ---- actions by tile ---- */

static void settle_rows(co_work *work)
{
    for (size_t i = 0; i < work->n_actions; i++) {
        co_action *action = &work->actions[i];

        if ((action->source & CO_ACTION_PENDING) != 0) {
            action->row = work->pending[action->row].row;
            action->source &= ~CO_ACTION_PENDING;
        } else if (action->source != CO_ACTION_LEAVE) {
            action->row = co_work_row(work, action->row);
        }
    }
}

/* One pass of counting by a byte of the row. */
static void pass(const co_action *from, co_action *to, size_t n, unsigned shift)
{
    size_t starts[257] = { 0 };

    for (size_t i = 0; i < n; i++)
        starts[(from[i].row >> shift & 255) + 1]++;
    for (size_t b = 0; b < 256; b++)
        starts[b + 1] += starts[b];
    for (size_t i = 0; i < n; i++)
        to[starts[from[i].row >> shift & 255]++] = from[i];
}

/* Into order of tiles, those of a tile keeping theirs. False: no memory. */
static bool sort_actions(co_commit *commit, co_work *work)
{
    const size_t n = work->n_actions;
    bool sorted = true;

    for (size_t i = 1; i < n && sorted; i++)
        sorted = work->actions[i].row >> 16 >= work->actions[i - 1].row >> 16;
    if (sorted)
        return true;

    co_action *spare = co_memory_new_array(commit->memory, n, sizeof *spare);

    if (spare == NULL)
        return false;
    pass(work->actions, spare, n, 16);
    pass(spare, work->actions, n, 24);
    co_memory_free(commit->memory, spare, n * sizeof *spare);
    return true;
}

/* ---- lives ---- */

static void start_lives(co_tile_draft *draft)
{
    if (draft->old != NULL && draft->old->live != NULL)
        memcpy(draft->after, draft->old->live, co_words_for(draft->n_old) * sizeof *draft->after);
    else
        co_words_fill(draft->after, draft->n_old);
    for (uint32_t i = 0; draft->growth != NULL && i < draft->growth->n; i++) {
        const uint64_t id = draft->work->order[draft->growth->first + i];

        if (id < CO_ORDER_MOVE)
            continue;

        const uint32_t slot = draft->growth->first_slot + i;
        const uint32_t old_row = draft->work->moved.rows[(uint32_t)id];

        if (co_version_is_live(draft->commit->base, draft->work->object->id, old_row))
            co_word_add(draft->after, slot);
        co_word_add(draft->changed, slot);
    }
    memcpy(draft->before, draft->after, sizeof draft->before);
}

static void live_action(co_tile_draft *draft, const co_action *action)
{
    const uint32_t slot = action->row & 65535;
    const co_chunk *chunk = co_action_chunk(draft->commit, action);

    if (chunk == NULL) {
        draft->all_fields = draft->all_fields || action->source != CO_ACTION_LIVE;
        if (action->source == CO_ACTION_LIVE)
            co_word_add(draft->after, slot);
        if (action->source == CO_ACTION_LEAVE) {
            co_word_drop(draft->before, slot);
            co_word_drop(draft->after, slot);
        }
        return;
    }
    if (chunk->verb == CO_DELETE) {
        draft->all_fields = true;
        co_word_drop(draft->after, slot);
        return;
    }
    if (chunk->verb == CO_UPSERT)
        co_word_add(draft->after, slot);
    co_word_add(draft->asked, slot);
}

/* Which fields the chunks bring, and who is alive. */
static void survey(co_tile_draft *draft)
{
    const co_chunk *chunk = NULL;

    start_lives(draft);
    for (size_t a = 0; a < draft->n_actions; a++) {
        const co_chunk *here = co_action_chunk(draft->commit, &draft->actions[a]);

        live_action(draft, &draft->actions[a]);
        if (here == NULL || here == chunk)
            continue;
        chunk = here;
        for (uint32_t c = 0; c < chunk->n_columns; c++)
            draft->given[chunk->columns[c].field] = 1;
    }
    draft->given[0] = draft->growth != NULL;
}

static void count(const co_tile_draft *draft)
{
    co_commit_counts *counts = &draft->commit->counts;

    for (size_t w = 0; w < co_words_for(draft->n_rows); w++) {
        const uint64_t before = draft->before[w];
        const uint64_t after = draft->after[w];
        const uint64_t stayed = before & after & draft->asked[w];

        counts->inserted += co_word_count(after & ~before);
        counts->parents += co_word_count(after & ~before & ~draft->asked[w]);
        counts->deleted += co_word_count(before & ~after);
        counts->updated += co_word_count(stayed & draft->changed[w]);
        counts->unchanged += co_word_count(stayed & ~draft->changed[w]);
    }
}

/* ---- tiles ---- */

static bool moves_in(const co_tile_draft *draft)
{
    return draft->growth != NULL && draft->work->moved.n > 0;
}

/* Whether the field of this tile can differ at all. */
static bool reaches(const co_tile_draft *draft, uint32_t field)
{
    const bool has_old = draft->old != NULL && co_tile_column(&draft->old->tile, field) != NULL;

    return draft->given[field] || moves_in(draft) ||
           (has_old && (draft->all_fields || draft->growth != NULL));
}

static cohort_status rebuild_fields(co_tile_draft *draft, co_scratch *scratch, co_tile_node *node,
                                    cohort_error *error)
{
    for (uint32_t f = 0; f < draft->work->object->n_fields; f++) {
        if (reaches(draft, f)) {
            const cohort_status status = co_rebuild_field(draft, scratch, f, &node->columns[f], error);

            if (status != COHORT_OK)
                return status;
        } else if (draft->old != NULL && co_tile_column(&draft->old->tile, f) != NULL) {
            node->columns[f] = co_column_retain(draft->old->columns[f]);
        }
    }

    co_column *arrival;
    const cohort_status status = co_rebuild_arrival(draft, scratch, &arrival, error);

    co_tile_node_set_arrival(node, arrival);
    return status;
}

/* Nothing at all differs: the old tile can stay. */
static bool is_old(const co_tile_draft *draft, const co_tile_node *node)
{
    if (draft->growth != NULL || draft->old->tile.n_live != node->tile.n_live ||
        draft->old->arrival != node->arrival)
        return false;
    for (uint32_t f = 0; f < node->tile.n_columns; f++) {
        if (node->columns[f] != co_tile_column(&draft->old->tile, f))
            return false;
    }
    return node->live == NULL || memcmp(node->live, draft->old->live, co_words_for(draft->n_rows) * 8) == 0;
}

/* Every row has left. */
static bool is_empty(const co_tile_node *node)
{
    return node->columns[0] == NULL;
}

static cohort_status rebuild_tile(co_tile_draft *draft, co_scratch *scratch, cohort_error *error)
{
    co_commit *commit = draft->commit;
    const uint32_t n_fields = draft->work->object->n_fields;
    const co_group group = draft->old != NULL ? draft->old->group : draft->growth->group;

    survey(draft);

    co_tile_node *node = co_tile_node_new(commit->memory, draft->n_rows, n_fields, group);

    if (node == NULL)
        return co_fail_memory(error);

    cohort_status status = rebuild_fields(draft, scratch, node, error);

    if (status == COHORT_OK && !co_tile_node_set_live(commit->memory, node, draft->after))
        status = co_fail_memory(error);
    if (status != COHORT_OK) {
        co_tile_node_release(commit->memory, node);
        return status;
    }
    count(draft);
    if (draft->old != NULL && is_old(draft, node)) {
        co_tile_node_release(commit->memory, node);
        return COHORT_OK;
    }
    if (is_empty(node)) {
        co_tile_node_release(commit->memory, node);
        node = NULL;
    }
    return co_draft_set_tile(commit->draft, draft->work->object->id, draft->tile, node)
               ? COHORT_OK
               : co_fail_memory(error);
}

/* ---- objects ---- */

/* The tiles that something happens to, in order. */
typedef struct touched {
    const co_work *work;
    int64_t *growths; /* tile << 32 | position in work->growth, ascending */
    size_t next_growth;
    size_t next_action;
} touched;

static bool start_touched(co_commit *commit, const co_work *work, touched *touched)
{
    touched->work = work;
    touched->growths = co_arena_new(&commit->arena, work->n_growth, sizeof *touched->growths);
    if (touched->growths == NULL)
        return false;
    for (size_t i = 0; i < work->n_growth; i++)
        touched->growths[i] = (int64_t)((uint64_t)work->growth[i].tile << 32 | i);
    co_sort_numbers(touched->growths, work->n_growth);
    return true;
}

static bool more_touched(const touched *touched)
{
    return touched->next_action < touched->work->n_actions || touched->next_growth < touched->work->n_growth;
}

/* Fills in which tile is next, how it grows and what is done to it. */
static void next_touched(touched *touched, co_tile_draft *draft)
{
    const co_work *work = touched->work;
    uint32_t tile = CO_NONE;

    if (touched->next_action < work->n_actions)
        tile = work->actions[touched->next_action].row >> 16;
    if (touched->next_growth < work->n_growth) {
        const int64_t next = touched->growths[touched->next_growth];

        if (next >> 32 <= (int64_t)tile) {
            draft->growth = &work->growth[(uint32_t)next];
            tile = draft->growth->tile;
            touched->next_growth++;
        }
    }
    draft->tile = tile;
    draft->actions = work->actions == NULL ? NULL : work->actions + touched->next_action;
    while (touched->next_action < work->n_actions && work->actions[touched->next_action].row >> 16 == tile) {
        touched->next_action++;
        draft->n_actions++;
    }
}

static cohort_status rebuild_tiles(co_commit *commit, co_work *work, co_scratch *scratch, cohort_error *error)
{
    co_tile_draft *draft = co_arena_new(&commit->arena, 1, sizeof *draft);
    uint8_t *given = co_arena_new(&commit->arena, work->object->n_fields, 1);
    touched touched = { 0 };

    settle_rows(work);
    if (draft == NULL || given == NULL || !sort_actions(commit, work) ||
        !start_touched(commit, work, &touched))
        return co_fail_memory(error);
    while (more_touched(&touched)) {
        *draft = (co_tile_draft){ .commit = commit, .work = work, .given = given };
        next_touched(&touched, draft);
        memset(given, 0, work->object->n_fields);
        draft->old = co_object_node_tile(work->base, draft->tile);
        draft->n_old = draft->old == NULL ? 0 : draft->old->tile.n_rows;
        draft->n_rows = draft->growth == NULL ? draft->n_old : draft->growth->first_slot + draft->growth->n;

        const cohort_status status = rebuild_tile(draft, scratch, error);

        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

/* New tiles get their place in the layout. */
static bool extend_layout(co_commit *commit, const co_work *work, co_object_node *node)
{
    co_layout_entry *entries = co_arena_new(&commit->arena, work->n_growth, sizeof *entries);
    uint32_t n = 0;

    if (entries == NULL)
        return false;
    for (size_t i = 0; i < work->n_growth; i++) {
        if (work->growth[i].is_new)
            entries[n++] = (co_layout_entry){ work->growth[i].group, work->growth[i].tile };
    }
    if (n == 0)
        return true;

    co_layout *layout = co_layout_with(commit->memory, node->layout, entries, n);

    if (layout == NULL)
        return false;
    co_layout_release(commit->memory, node->layout);
    node->layout = layout;
    return true;
}

static cohort_status rebuild_object(co_commit *commit, co_work *work, co_scratch *scratch,
                                    cohort_error *error)
{
    const bool gives_rows = work->n_pending > 0 || work->moved.n > 0;
    cohort_status status = co_number_arrivals(commit, work, error);

    if (status == COHORT_OK)
        status = rebuild_tiles(commit, work, scratch, error);
    if (status != COHORT_OK || (!gives_rows && work->last_number == work->base->last_number))
        return status;

    co_object_node *node = co_draft_object(commit->draft, work->object->id);

    if (node == NULL || !extend_layout(commit, work, node))
        return co_fail_memory(error);
    if (gives_rows)
        node->given_at = commit->draft->number;
    node->last_number = work->last_number;
    return COHORT_OK;
}

cohort_status co_commit_rebuild(co_commit *commit, cohort_error *error)
{
    co_scratch *scratch = co_memory_new_zeroed(commit->memory, 1, sizeof *scratch);
    cohort_status status = scratch == NULL ? co_fail_memory(error) : COHORT_OK;

    if (scratch == NULL)
        return status;
    scratch->memory = commit->memory;
    for (uint32_t o = 0; o < commit->base->n_objects && status == COHORT_OK; o++) {
        if (commit->works[o] != NULL)
            status = rebuild_object(commit, commit->works[o], scratch, error);
    }
    co_scratch_clear(scratch);
    co_memory_free(commit->memory, scratch, sizeof *scratch);
    return status;
}

/*
 * Conditions on parents: the row that a way reaches exists and is in a set.
 *
 * Where whole tiles are run, an earlier pass has kept that set; how many of its
 * rows lie between the least and greatest row that the tile names settles many
 * tiles unread. Where only some rows are asked, the parents reached are tested
 * themselves, those of one tile together.
 */
#include <assert.h>
#include <stdlib.h>

#include "eval/ways.h"

/* A kept set, remembering the tile looked at last. */
typedef struct kept_reader {
    const co_bitmap *set;
    uint32_t number; /* CO_NONE: none yet */
    co_tile_view view;
    uint64_t *scratch;
} kept_reader;

static bool holds_slot(const co_tile_view *view, uint32_t slot)
{
    uint32_t first = 0;
    uint32_t n = view->count;

    switch (view->form) {
    case CO_TILE_EMPTY:
        return false;
    case CO_TILE_FULL:
        return true;
    case CO_TILE_BITS:
        return co_bit_test(view->words, slot);
    default:
        while (n > 0) {
            const uint32_t half = n / 2;

            if (view->slots[first + half] < slot) {
                first += half + 1;
                n -= half + 1;
            } else {
                n = half;
            }
        }
        return first < view->count && view->slots[first] == slot;
    }
}

static bool is_kept(kept_reader *reader, uint32_t row)
{
    const uint32_t number = row / CO_TILE_ROWS;

    if (reader->number != number) {
        reader->view = co_bitmap_tile(reader->set, number, reader->scratch);
        reader->number = number;
    }
    return holds_slot(&reader->view, row % CO_TILE_ROWS);
}

/* ---- parents asked themselves ---- */

typedef struct asked {
    uint32_t row;
    uint32_t place;
} asked;

static int by_row(const void *a, const void *b)
{
    const asked *x = a;
    const asked *y = b;

    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Answers a run of parents of one tile. */
static cohort_status ask_tile(co_worker *worker, const co_step *step, const asked *parents, uint32_t n,
                              bool *answers)
{
    const uint32_t number = parents[0].row / CO_TILE_ROWS;
    co_scope *scope = co_scope_find(worker, step->way.object, number);
    uint16_t *slots = co_stack_new(&worker->scratch, n, sizeof *slots);
    co_register within;
    co_register found;
    uint32_t n_slots = 0;
    cohort_status status = COHORT_OK;

    if (scope == NULL || slots == NULL)
        return COHORT_MEMORY;

    const co_register *base = scope->base;

    scope->base = NULL; /* the tile may be the one whose rows ask */
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || parents[i].row != parents[i - 1].row)
            slots[n_slots++] = (uint16_t)(parents[i].row % CO_TILE_ROWS);
    }
    co_register_init(&within, &worker->pool, scope->tile->n_rows);
    co_register_init(&found, &worker->pool, scope->tile->n_rows);
    if (!co_register_set_slots(&within, slots, n_slots))
        status = COHORT_MEMORY;
    if (status == COHORT_OK)
        status = co_step_find(worker, scope, step->inputs[0], &within, &found);
    for (uint32_t i = 0; i < n && status == COHORT_OK; i++)
        answers[parents[i].place] = co_register_has(&found, parents[i].row % CO_TILE_ROWS);
    scope->base = base;
    co_register_clear(&within);
    co_register_clear(&found);
    return status;
}

static cohort_status ask_parents(co_worker *worker, const co_step *step, const uint32_t *rows, uint32_t n,
                                 bool *answers)
{
    asked *parents = co_stack_new(&worker->scratch, n, sizeof *parents);
    uint32_t n_parents = 0;
    cohort_status status = COHORT_OK;

    if (parents == NULL)
        return COHORT_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        answers[i] = false;
        if (rows[i] != CO_NONE)
            parents[n_parents++] = (asked){ rows[i], i };
    }
    qsort(parents, n_parents, sizeof *parents, by_row);
    for (uint32_t first = 0, end; first < n_parents && status == COHORT_OK; first = end) {
        end = first + 1;
        while (end < n_parents && parents[end].row / CO_TILE_ROWS == parents[first].row / CO_TILE_ROWS)
            end++;
        status = ask_tile(worker, step, parents + first, end - first, answers);
    }
    return status;
}

/* ---- a chunk of rows ---- */

static cohort_status answer(co_worker *worker, const co_step *step, const uint32_t *rows, uint32_t n,
                            kept_reader *kept, bool *answers)
{
    if (step->kind == CO_STEP_VIA && worker->run->on_demand)
        return ask_parents(worker, step, rows, n, answers);
    for (uint32_t i = 0; i < n; i++) {
        if (step->kind == CO_STEP_VIA_MISSING)
            answers[i] = rows[i] == CO_NONE;
        else
            answers[i] = rows[i] != CO_NONE && is_kept(kept, rows[i]);
    }
    return COHORT_OK;
}

static cohort_status find_rows(co_worker *worker, co_scope *scope, const co_step *step,
                               const co_register *within, kept_reader *kept, co_register *found)
{
    uint16_t *slots = co_stack_new(&worker->scratch, within->count, sizeof *slots);
    size_t n_kept = 0;

    if (slots == NULL)
        return COHORT_MEMORY;
    co_register_to_slots(within, slots);
    for (uint32_t first = 0; first < within->count; first += CO_CHUNK) {
        const uint32_t left = within->count - first;
        const co_choice choice = { left < CO_CHUNK ? left : CO_CHUNK, slots + first };
        const co_mark mark = co_stack_mark(&worker->scratch);
        uint32_t rows[CO_CHUNK];
        bool answers[CO_CHUNK];
        cohort_status status;

        status = co_way_follow(worker, scope, &step->way, step->way.n, &choice, rows);
        if (status == COHORT_OK)
            status = answer(worker, step, rows, choice.n, kept, answers);
        co_stack_release(&worker->scratch, mark);
        if (status != COHORT_OK)
            return status;
        for (uint32_t i = 0; i < choice.n; i++) {
            const uint16_t slot = choice.slots[i];

            slots[n_kept] = slot;
            n_kept += answers[i];
        }
    }
    return co_register_set_slots(found, slots, n_kept) ? COHORT_OK : COHORT_MEMORY;
}

/* How much the range of the rows that a tile names says about a way of one field. */
typedef enum verdict { READ_IT, NONE_OF_THEM, ALL_WITH_VALUE } verdict;

static verdict judge(const co_bitmap *set, const co_column *column)
{
    int64_t least;
    int64_t greatest;

    if (column == NULL || !co_column_range(column, &least, &greatest))
        return NONE_OF_THEM;

    const uint64_t n = co_bitmap_count_range(set, (uint64_t)least, (uint64_t)greatest + 1);

    if (n == 0)
        return NONE_OF_THEM;
    return n == (uint64_t)(greatest - least) + 1 ? ALL_WITH_VALUE : READ_IT;
}

cohort_status co_via_find(co_worker *worker, co_scope *scope, const co_step *step, const co_register *within,
                          co_register *found)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    const bool is_dense = scope->is_dense;
    const co_column *column = co_tile_column(scope->tile, step->way.fields[0]);
    kept_reader kept = { .number = CO_NONE };
    cohort_status status;

    assert(step->way.n > 0);
    if (step->kind == CO_STEP_VIA && !worker->run->on_demand) {
        kept.set = &worker->run->kept[step->inputs[0]];
        kept.scratch = co_stack_new(&worker->scratch, CO_TILE_WORDS, sizeof *kept.scratch);
        if (kept.scratch == NULL)
            return COHORT_MEMORY;
        const verdict said = step->way.n == 1 ? judge(kept.set, column) : READ_IT;

        if (said != READ_IT || co_bitmap_is_empty(kept.set)) {
            const uint64_t *valid = said == ALL_WITH_VALUE ? co_column_valid(column) : NULL;

            scope->settled = true;
            co_stack_release(&worker->scratch, mark);
            if (said != ALL_WITH_VALUE)
                return COHORT_OK;
            return co_register_copy(found, within) && (valid == NULL || co_register_and_words(found, valid))
                       ? COHORT_OK
                       : COHORT_MEMORY;
        }
    }
    scope->is_dense = is_dense || (uint64_t)within->count * 16 >= within->n_rows;
    status = find_rows(worker, scope, step, within, &kept, found);
    scope->is_dense = is_dense;
    co_stack_release(&worker->scratch, mark);
    return status;
}

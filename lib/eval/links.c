/* Who belongs to whom along a way; see links.h. */
#include "eval/links.h"

#include <string.h>

#include "eval/ways.h"

/* The set's rows, in order, and where each one's way ends. */
typedef struct pairs {
    uint64_t n;
    uint32_t *rows;
    uint32_t *parents;
} pairs;

static bool open_pairs(co_memory *memory, uint64_t n, pairs *p)
{
    p->rows = n <= SIZE_MAX ? co_memory_new_array(memory, (size_t)n + 1, sizeof *p->rows) : NULL;
    p->parents = n <= SIZE_MAX ? co_memory_new_array(memory, (size_t)n + 1, sizeof *p->parents) : NULL;
    return p->rows != NULL && p->parents != NULL;
}

static void close_pairs(co_memory *memory, uint64_t n, pairs *p)
{
    co_memory_free(memory, p->rows, ((size_t)n + 1) * sizeof *p->rows);
    co_memory_free(memory, p->parents, ((size_t)n + 1) * sizeof *p->parents);
}

/* Appends the rows of one tile whose way ends at a row that exists. */
static cohort_status follow_slots(co_worker *worker, const co_link *link, uint32_t number,
                                  const uint16_t *slots, uint32_t n, pairs *p)
{
    co_scope *scope = co_scope_find(worker, link->child, number);
    cohort_status status = COHORT_OK;

    if (scope == NULL)
        return COHORT_MEMORY;
    scope->is_dense = n > scope->tile->n_rows / 16;
    for (uint32_t first = 0; first < n && status == COHORT_OK; first += CO_CHUNK) {
        const co_choice choice = { n - first < CO_CHUNK ? n - first : CO_CHUNK, slots + first };
        uint32_t parents[CO_CHUNK];

        status = co_way_follow(worker, scope, &link->via, link->via.n, &choice, parents);
        for (uint32_t i = 0; i < choice.n && status == COHORT_OK; i++) {
            p->rows[p->n] = number * CO_TILE_ROWS + choice.slots[i];
            p->parents[p->n] = parents[i];
            p->n += parents[i] != CO_NONE;
        }
    }
    co_scopes_close(worker);
    return status;
}

static cohort_status follow_tile(co_worker *worker, const co_link *link, uint32_t number, pairs *p)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    uint64_t *words = co_stack_new(&worker->scratch, CO_TILE_WORDS, sizeof *words);
    uint16_t *slots = co_stack_new(&worker->scratch, CO_TILE_ROWS, sizeof *slots);
    cohort_status status = COHORT_MEMORY;

    if (words != NULL && slots != NULL) {
        const uint32_t n = (uint32_t)co_bitmap_tile_words(&worker->run->kept[link->rows], number, words);

        worker->kernel->words_to_slots(words, CO_TILE_WORDS, slots, n);
        status = n == 0 ? COHORT_OK : follow_slots(worker, link, number, slots, n, p);
    }
    co_stack_release(&worker->scratch, mark);
    return status != COHORT_OK ? status : co_worker_poll(worker);
}

/* Sorts by the parent's tile, counting; pairs of one tile stay in order. */
static bool sort_pairs(co_memory *memory, const pairs *p, co_link_rows *out)
{
    out->starts = co_memory_new_zeroed(memory, (size_t)out->n_tiles + 1, sizeof *out->starts);
    out->parents = co_memory_new_array(memory, (size_t)p->n + 1, sizeof *out->parents);
    out->rows = co_memory_new_array(memory, (size_t)p->n + 1, sizeof *out->rows);
    out->n = p->n;
    if (out->starts == NULL || out->parents == NULL || out->rows == NULL)
        return false;
    for (uint64_t i = 0; i < p->n; i++)
        out->starts[p->parents[i] / CO_TILE_ROWS] += 1;

    uint64_t before = 0;

    for (uint32_t t = 0; t <= out->n_tiles; t++) {
        const uint64_t n = out->starts[t];

        out->starts[t] = before;
        before += n;
    }
    for (uint64_t i = 0; i < p->n; i++) {
        const uint64_t at = out->starts[p->parents[i] / CO_TILE_ROWS]++;

        out->parents[at] = (uint16_t)(p->parents[i] % CO_TILE_ROWS);
        out->rows[at] = p->rows[i];
    }
    for (uint32_t t = out->n_tiles; t > 0; t--)
        out->starts[t] = out->starts[t - 1];
    out->starts[0] = 0;
    return true;
}

cohort_status co_link_find(co_worker *worker, uint32_t link, co_link_rows *rows)
{
    const co_plan *plan = worker->run->plan;
    const co_link *wanted = &plan->links[link];
    const uint64_t n = co_bitmap_count(&worker->run->kept[wanted->rows]);
    const uint32_t n_tiles = co_version_n_tiles(plan->version, wanted->child);
    pairs p = { 0 };
    cohort_status status = open_pairs(worker->memory, n, &p) ? COHORT_OK : COHORT_MEMORY;

    *rows = (co_link_rows){ .n_tiles = co_version_n_tiles(plan->version, wanted->via.object) };
    for (uint32_t i = 0; i < n_tiles && status == COHORT_OK; i++)
        status = follow_tile(worker, wanted, i, &p);
    if (status == COHORT_OK && !sort_pairs(worker->memory, &p, rows))
        status = COHORT_MEMORY;
    close_pairs(worker->memory, n, &p);
    if (status != COHORT_OK)
        co_link_clear(worker->memory, rows);
    return status;
}

void co_link_clear(co_memory *memory, co_link_rows *rows)
{
    co_memory_free(memory, rows->starts, ((size_t)rows->n_tiles + 1) * sizeof *rows->starts);
    co_memory_free(memory, rows->parents, ((size_t)rows->n + 1) * sizeof *rows->parents);
    co_memory_free(memory, rows->rows, ((size_t)rows->n + 1) * sizeof *rows->rows);
    *rows = (co_link_rows){ 0 };
}

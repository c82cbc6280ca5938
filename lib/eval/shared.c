/*
 * Values that several steps take: found once for each row of a tile.
 *
 *     choice ──rows not known yet──▶ co_value_compute ──▶ by slot ──▶ out
 *
 * Always:  without it a trait that names a trait twice, and so on, would take
 *          twice as long on every level. A row that is not asked for is not
 *          found, so nothing fails that would not have failed.
 * Costs:   8 or 16 bytes for each row of the tile and value, until the tile is
 *          left; beyond SHARED_BYTES for a tile values are found again, and the
 *          deadline is looked at each time.
 * Not here: texts, sets and points (co_program_make leaves them out).
 */
#include <assert.h>
#include <string.h>

#include "base/sums.h"
#include "eval/values.h"

#define SHARED_BYTES ((size_t)64 << 20)

struct co_shared {
    uint64_t *known; /* by slot, like the values */
    co_vector values;
    size_t size; /* of the whole block */
};

static size_t bytes_of_value(const co_vstep *vstep)
{
    if (vstep->type == CO_V_EXACT && vstep->is_wide)
        return sizeof(co_wide);
    return vstep->type == CO_V_INTERVAL ? sizeof(co_interval) : sizeof(int64_t);
}

static void point_values(co_vector *values, const co_vstep *vstep, void *place)
{
    if (vstep->type == CO_V_EXACT && vstep->is_wide)
        values->wides = place;
    else if (vstep->type == CO_V_INTERVAL)
        values->intervals = place;
    else if (vstep->type == CO_V_DOUBLE)
        values->reals = place;
    else
        values->numbers = place;
}

/* Opens the place of a value in the scope; *shared is NULL if the scope holds enough. */
static cohort_status open_shared(co_worker *worker, co_scope *scope, uint32_t number, co_shared **shared)
{
    const co_vstep *vstep = &worker->run->plan->vsteps[number];
    const size_t n_rows = scope->tile->n_rows;
    const size_t n_words = co_words_for(scope->tile->n_rows);
    const size_t size = sizeof(co_shared) + n_rows * bytes_of_value(vstep) + 2 * n_words * sizeof(uint64_t);

    *shared = NULL;
    if (scope->shared == NULL) {
        scope->shared = co_memory_new_zeroed(worker->memory, (size_t)worker->run->plan->n_vsteps + 1,
                                             sizeof *scope->shared);
        if (scope->shared == NULL)
            return COHORT_MEMORY;
    }
    *shared = scope->shared[number];
    if (*shared != NULL || size > SHARED_BYTES - scope->shared_bytes)
        return COHORT_OK;

    unsigned char *block = co_memory_new(worker->memory, size);

    if (block == NULL)
        return COHORT_MEMORY;

    co_shared *opened = (co_shared *)block;
    uint64_t *words = (uint64_t *)(block + sizeof *opened + n_rows * bytes_of_value(vstep));

    memset(words, 0, 2 * n_words * sizeof *words);
    *opened = (co_shared){ .known = words, .size = size };
    opened->values = (co_vector){ .type = vstep->type,
                                  .scale = vstep->scale,
                                  .is_wide = vstep->is_wide && vstep->type == CO_V_EXACT,
                                  .n = scope->tile->n_rows,
                                  .valid = words + n_words };
    point_values(&opened->values, vstep, block + sizeof *opened);
    scope->shared[number] = opened;
    scope->shared_bytes += size;
    *shared = opened;
    return COHORT_OK;
}

/* Finds the rows of the choice that are not known. */
static cohort_status learn(co_worker *worker, co_scope *scope, uint32_t number, const co_choice *choice,
                           co_shared *shared)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    uint16_t *slots = co_stack_new(&worker->scratch, choice->n, sizeof *slots);
    co_choice missing = { 0, slots };
    co_vector found;
    cohort_status status = slots != NULL ? COHORT_OK : COHORT_MEMORY;

    for (uint32_t i = 0; i < choice->n && status == COHORT_OK; i++) {
        if (!co_bit_test(shared->known, choice->slots[i]))
            slots[missing.n++] = choice->slots[i];
    }
    if (status == COHORT_OK && missing.n > 0) {
        status = co_value_compute(worker, scope, number, &missing, &found);
        for (uint32_t k = 0; k < missing.n && status == COHORT_OK; k++) {
            co_vector_copy_value(&shared->values, slots[k], &found, k);
            co_bit_set(shared->known, slots[k]);
        }
    }
    co_stack_release(&worker->scratch, mark);
    return status;
}

cohort_status co_shared_find(co_worker *worker, co_scope *scope, uint32_t vstep, const co_choice *choice,
                             co_vector *out)
{
    const co_vstep *step = &worker->run->plan->vsteps[vstep];
    co_shared *shared;
    cohort_status status = open_shared(worker, scope, vstep, &shared);

    if (status == COHORT_OK && shared == NULL) {
        status = co_worker_poll(worker);
        return status == COHORT_OK ? co_value_compute(worker, scope, vstep, choice, out) : status;
    }
    if (status == COHORT_OK)
        status = learn(worker, scope, vstep, choice, shared);
    if (status != COHORT_OK)
        return status;
    if (!co_vector_open(&worker->scratch, step->type, step->scale, step->is_wide, choice->n, out))
        return COHORT_MEMORY;
    for (uint32_t i = 0; i < choice->n; i++)
        co_vector_copy_value(out, i, &shared->values, choice->slots[i]);
    return COHORT_OK;
}

void co_shared_close(co_worker *worker, co_scope *scope)
{
    const size_t n = (size_t)worker->run->plan->n_vsteps + 1;

    for (size_t i = 0; scope->shared != NULL && i < n; i++) {
        if (scope->shared[i] != NULL)
            co_memory_free(worker->memory, scope->shared[i], scope->shared[i]->size);
    }
    co_memory_free(worker->memory, scope->shared, n * sizeof *scope->shared);
}

/*
 * Values that several steps read: found once for each row of a tile, whoever
 * asks first.
 *
 *     choice ──rows not known yet──▶ co_value_compute ──▶ by slot ──▶ out
 *
 * Always:  without it a trait that names a trait twice, and so on, would take
 *          twice as long on every level. A row that is not asked for is not
 *          found, so no branch that a CASE does not take. A fault is noted when
 *          its row is found; the value is then known to be NULL.
 * Costs:   8 to 16 bytes a row of the tile and value step, until the tile is
 *          closed; all together at most MOST_BYTES, or a quarter of the
 *          evaluator's limit. What finds no room is found anew each time, and the
 *          deadline is looked at each time. Folds always have room.
 */
#include <string.h>

#include "eval/values.h"

#define MOST_BYTES ((size_t)64 << 20)

struct co_shared {
    size_t n_bytes;
    uint64_t *known; /* by slot, as is the vector */
    co_vector values;
};

/* ---- room ---- */

static bool has_room(const co_worker *worker, const co_scope *scope, size_t n_bytes)
{
    const size_t limit = worker->memory->limit_bytes / 4;
    const size_t most = limit > 0 && limit < MOST_BYTES ? limit : MOST_BYTES;
    const size_t used = scope->shared_bytes + scope->shared_texts.total_bytes;

    return used <= most && n_bytes <= most - used;
}

/* In one block: the shared, the words of known and valid, the values. */
static cohort_status open_shared(co_worker *worker, co_scope *scope, const co_vstep *vstep, bool must_be,
                                 co_shared **shared)
{
    const uint32_t n_rows = scope->tile->n_rows;
    const size_t n_words = (co_words_for(n_rows) + 1) & ~(size_t)1; /* values stay 16-byte aligned */
    const size_t head = (sizeof(co_shared) + 15) & ~(size_t)15;
    co_vector values = { .type = vstep->type,
                         .scale = vstep->scale,
                         .is_wide = vstep->is_wide && vstep->type == CO_V_EXACT,
                         .n = n_rows };
    const size_t n_bytes = head + 2 * n_words * sizeof(uint64_t) + n_rows * co_vector_value_bytes(&values);
    char *block;

    if (!must_be && !has_room(worker, scope, n_bytes))
        return COHORT_OK;
    block = co_memory_new(worker->memory, n_bytes);
    if (block == NULL)
        return COHORT_MEMORY;

    uint64_t *words = (uint64_t *)(void *)(block + head);

    memset(words, 0, 2 * n_words * sizeof *words);
    values.valid = words + n_words;
    co_vector_use(&values, words + 2 * n_words);
    *shared = (co_shared *)(void *)block;
    **shared = (co_shared){ n_bytes, words, values };
    scope->shared_bytes += n_bytes;
    return COHORT_OK;
}

/* *shared NULL: there is no room, and it need not be. */
static cohort_status shared_of(co_worker *worker, co_scope *scope, uint32_t vstep, bool must_be,
                               co_shared **shared)
{
    const size_t n_shared = (size_t)worker->run->plan->n_vsteps + 1;
    cohort_status status = COHORT_OK;

    if (scope->shared == NULL)
        scope->shared = co_memory_new_zeroed(worker->memory, n_shared, sizeof(co_shared *));
    if (scope->shared == NULL)
        return COHORT_MEMORY;
    if (scope->shared[vstep] == NULL)
        status =
            open_shared(worker, scope, &worker->run->plan->vsteps[vstep], must_be, &scope->shared[vstep]);
    *shared = scope->shared[vstep];
    return status;
}

void co_shared_close(co_worker *worker, co_scope *scope)
{
    const size_t n_shared = (size_t)worker->run->plan->n_vsteps + 1;

    for (size_t i = 0; scope->shared != NULL && i < n_shared; i++) {
        if (scope->shared[i] != NULL)
            co_memory_free(worker->memory, scope->shared[i], scope->shared[i]->n_bytes);
    }
    co_memory_free(worker->memory, scope->shared, n_shared * sizeof(co_shared *));
    co_arena_clear(&scope->shared_texts);
}

/* ---- in and out ---- */

/* n values from `first` on, with their validity; the target's bits are clear. False: not by the block. */
static bool copy_run(co_vector *to, uint32_t to_first, const co_vector *from, uint32_t from_first, uint32_t n)
{
    if (to_first % 64 != 0 || from_first % 64 != 0)
        return false;
    if (to->numbers != NULL)
        memcpy(to->numbers + to_first, from->numbers + from_first, n * sizeof *to->numbers);
    else if (to->wides != NULL)
        memcpy(to->wides + to_first, from->wides + from_first, n * sizeof *to->wides);
    else if (to->reals != NULL && to->longitudes == NULL)
        memcpy(to->reals + to_first, from->reals + from_first, n * sizeof *to->reals);
    else
        return false;
    for (uint32_t i = 0; i < n; i += 64) {
        const uint64_t valid = from->valid[(from_first + i) / 64] & co_low_bits(n - i);

        to->valid[(to_first + i) / 64] |= valid;
    }
    return true;
}

/* Texts made on the way are copied, unless there is no room: then the row stays unknown. */
static cohort_status keep_text(co_worker *worker, co_scope *scope, co_shared *shared, uint32_t slot)
{
    co_text *text = &shared->values.texts[slot];

    if (!has_room(worker, scope, text->length + 1)) {
        co_bit_clear(shared->known, slot);
        co_bit_clear(shared->values.valid, slot);
        return COHORT_OK;
    }
    *text = co_arena_copy(&scope->shared_texts, *text);
    return text->bytes != NULL ? COHORT_OK : COHORT_MEMORY;
}

static cohort_status remember(co_worker *worker, co_scope *scope, const co_vstep *vstep, co_shared *shared,
                              const co_choice *choice, const co_vector *values)
{
    const bool copies_texts = vstep->type == CO_V_TEXT && !co_value_text_lasts(vstep);
    cohort_status status = COHORT_OK;

    if (co_choice_is_run(choice) && copy_run(&shared->values, choice->slots[0], values, 0, choice->n)) {
        co_bits_fill(shared->known, choice->slots[0], choice->slots[0] + choice->n);
        return COHORT_OK;
    }
    co_vector_scatter(&shared->values, choice->slots, values);
    for (uint32_t i = 0; i < choice->n && status == COHORT_OK; i++) {
        co_bit_set(shared->known, choice->slots[i]);
        if (copies_texts && co_vector_has(values, i))
            status = keep_text(worker, scope, shared, choice->slots[i]);
    }
    return status;
}

/* Rows that are not known have no value yet. */
static void take_known(const co_shared *shared, const co_choice *choice, co_vector *out)
{
    if (!co_choice_is_run(choice) || !copy_run(out, 0, &shared->values, choice->slots[0], choice->n))
        co_vector_gather(out, &shared->values, choice->slots);
}

/* Finds and remembers the rows of the choice that are not known and puts them in their places in out. */
static cohort_status find_rest(co_worker *worker, co_scope *scope, uint32_t vstep, co_shared *shared,
                               const co_choice *choice, co_vector *out)
{
    uint16_t *slots = co_stack_new(&worker->scratch, choice->n, sizeof *slots);
    uint16_t *places = co_stack_new(&worker->scratch, choice->n, sizeof *places);
    co_choice rest = { 0, slots };
    co_vector values;
    cohort_status status;

    if (slots == NULL || places == NULL)
        return COHORT_MEMORY;
    for (uint32_t i = 0; i < choice->n; i++) {
        if (co_bit_test(shared->known, choice->slots[i]))
            continue;
        slots[rest.n] = choice->slots[i];
        places[rest.n++] = (uint16_t)i;
    }
    status = co_value_compute(worker, scope, vstep, &rest, &values);
    if (status != COHORT_OK)
        return status;
    co_vector_scatter(out, places, &values);
    return remember(worker, scope, &worker->run->plan->vsteps[vstep], shared, &rest, &values);
}

static uint32_t count_known(const co_shared *shared, const co_choice *choice)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < choice->n; i++)
        n += co_bit_test(shared->known, choice->slots[i]);
    return n;
}

cohort_status co_shared_find(co_worker *worker, co_scope *scope, uint32_t vstep, const co_choice *choice,
                             co_vector *out)
{
    const co_vstep *step = &worker->run->plan->vsteps[vstep];
    co_shared *shared;
    cohort_status status = shared_of(worker, scope, vstep, false, &shared);
    uint32_t n_known;

    if (status != COHORT_OK)
        return status;
    n_known = shared != NULL ? count_known(shared, choice) : 0;
    if (shared == NULL)
        status = co_worker_poll(worker);
    if (status != COHORT_OK)
        return status;
    if (n_known == 0) {
        status = co_value_compute(worker, scope, vstep, choice, out);
        return status == COHORT_OK && shared != NULL ? remember(worker, scope, step, shared, choice, out)
                                                     : status;
    }
    if (!co_vector_open(&worker->scratch, step->type, step->scale, step->is_wide, choice->n, out))
        return COHORT_MEMORY;
    take_known(shared, choice, out);
    return n_known < choice->n ? find_rest(worker, scope, vstep, shared, choice, out) : COHORT_OK;
}

/* ---- found for many rows at once ---- */

/* Rows to find: all that will be asked for, where no row that is not could raise an error; without the known ones. */
static bool choose_rows(const co_worker *worker, const co_scope *scope, uint32_t vstep,
                        const co_shared *shared, const co_choice *choice, co_register *rows)
{
    const bool may_fail = worker->run->program->vstep_may_fail[vstep];
    const bool takes_base = scope->base != NULL && (!may_fail || !scope->in_branch);
    co_register known;
    bool fine = takes_base ? co_register_copy(rows, scope->base)
                           : co_register_set_slots(rows, choice->slots, choice->n);

    co_register_init(&known, rows->pool, rows->n_rows);
    fine = fine && co_register_open(&known) != NULL;
    if (fine) {
        memcpy(known.buffer, shared->known, co_register_n_words(&known) * sizeof(uint64_t));
        co_register_settle(&known);
        fine = co_register_minus(rows, &known);
    }
    co_register_clear(&known);
    return fine;
}

/* Finds those rows' values and remembers them. */
static cohort_status fold_rows(co_worker *worker, co_scope *scope, const co_vstep *vstep, co_shared *shared,
                               co_fold_find *find, const co_register *rows)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    const size_t n_words = co_register_n_words(rows);
    uint64_t *words = co_stack_new(&worker->scratch, n_words, sizeof *words);
    co_vector values;
    cohort_status status = COHORT_MEMORY;

    if (words != NULL &&
        co_vector_open(&worker->scratch, vstep->type, vstep->scale, vstep->is_wide, rows->n_rows, &values))
        status = find(worker, scope, vstep, rows, &values);
    if (status == COHORT_OK) {
        for (uint32_t i = 0; i < values.n; i++)
            co_vector_copy_value(&shared->values, i, &values, i);
        co_register_to_words(rows, words);
        worker->kernel->or_words(shared->known, words, shared->known, n_words);
    }
    co_stack_release(&worker->scratch, mark);
    return status;
}

cohort_status co_shared_fold(co_worker *worker, co_scope *scope, uint32_t vstep, co_fold_find *find,
                             const co_choice *choice, co_vector *out)
{
    co_shared *shared;
    co_register rows;
    cohort_status status = shared_of(worker, scope, vstep, true, &shared);

    if (status != COHORT_OK)
        return status;
    if (count_known(shared, choice) < choice->n) {
        co_register_init(&rows, &worker->pool, scope->tile->n_rows);
        status = choose_rows(worker, scope, vstep, shared, choice, &rows)
                     ? fold_rows(worker, scope, &worker->run->plan->vsteps[vstep], shared, find, &rows)
                     : COHORT_MEMORY;
        co_register_clear(&rows);
    }
    if (status == COHORT_OK)
        take_known(shared, choice, out);
    return status;
}

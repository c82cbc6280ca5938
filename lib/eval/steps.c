/* Sets of a tile from sets: AND, OR, AT LEAST, the rest; and what is known already. */
#include "eval/worker.h"

#include <assert.h>
#include <string.h>

static cohort_status find_and(co_worker *worker, co_scope *scope, const co_step *step,
                              const co_register *within, co_register *found)
{
    const co_register *left = within;
    co_register next;
    cohort_status status = COHORT_OK;

    co_register_init(&next, &worker->pool, found->n_rows);
    for (uint32_t i = 0; i < step->n_inputs && left->count > 0 && status == COHORT_OK; i++) {
        status = co_step_find(worker, scope, step->inputs[i], left, &next);
        co_register_swap(found, &next);
        left = found;
    }
    co_register_clear(&next);
    if (left == within && status == COHORT_OK && !co_register_copy(found, within))
        status = COHORT_MEMORY;
    return status;
}

/* Whether the step is as quick for all of many rows as for some of them, and cannot fail. */
static bool is_flat(const co_worker *worker, uint32_t number, const co_register *within)
{
    if (co_register_is_few(within) || worker->run->program->step_may_fail[number])
        return false;
    switch (worker->run->plan->steps[number].kind) {
    case CO_STEP_STATIC:
    case CO_STEP_BETWEEN:
    case CO_STEP_AMONG:
    case CO_STEP_VALID:
    case CO_STEP_HOLDS:
        return true;
    default:
        return false;
    }
}

/* found = found or next, which is not needed any more. */
static bool add(co_register *found, co_register *next)
{
    if (found->count > 0)
        return co_register_or(found, next);
    co_register_swap(found, next);
    return true;
}

static cohort_status find_or(co_worker *worker, co_scope *scope, const co_step *step,
                             const co_register *within, co_register *found)
{
    co_register rest;
    co_register next;
    cohort_status status = COHORT_OK;

    co_register_init(&rest, &worker->pool, found->n_rows);
    co_register_init(&next, &worker->pool, found->n_rows);
    for (uint32_t i = 0; i < step->n_inputs && found->count < within->count && status == COHORT_OK; i++) {
        const bool asks_all = found->count == 0 || is_flat(worker, step->inputs[i], within);

        if (!asks_all && !co_register_subtract(&rest, within, found))
            status = COHORT_MEMORY;
        if (status == COHORT_OK)
            status = co_step_find(worker, scope, step->inputs[i], asks_all ? within : &rest, &next);
        if (status == COHORT_OK && !add(found, &next))
            status = COHORT_MEMORY;
    }
    co_register_clear(&rest);
    co_register_clear(&next);
    return status;
}

static cohort_status find_minus(co_worker *worker, co_scope *scope, const co_step *step,
                                const co_register *within, co_register *found)
{
    co_register taken;
    cohort_status status;

    co_register_init(&taken, &worker->pool, found->n_rows);
    status = co_step_find(worker, scope, step->inputs[0], within, &taken);
    if (status == COHORT_OK && !co_register_subtract(found, within, &taken))
        status = COHORT_MEMORY;
    co_register_clear(&taken);
    return status;
}

/* ---- at least n of m ---- */

/* Counts in bit planes: rows by the word. */
typedef struct tally {
    uint64_t *planes;
    uint64_t *words;
    size_t n_words;
    size_t n_planes;
    uint32_t n_added;
} tally;

static bool tally_open(co_worker *worker, uint32_t n_rows, uint32_t wanted, tally *t)
{
    *t = (tally){ .n_words = co_words_for(n_rows), .n_planes = 1 };
    while (wanted >> t->n_planes != 0)
        t->n_planes++;
    t->planes = co_stack_new(&worker->scratch, t->n_planes * t->n_words, sizeof *t->planes);
    t->words = co_stack_new(&worker->scratch, t->n_words, sizeof *t->words);
    if (t->planes == NULL || t->words == NULL)
        return false;
    memset(t->planes, 0, t->n_planes * t->n_words * sizeof *t->planes);
    return true;
}

/* The rows of `rest` that can still go either way stay; those with enough go over to found. */
static bool take_decided(co_worker *worker, tally *t, uint32_t wanted, uint32_t n_left, co_register *rest,
                         co_register *found)
{
    co_register enough;
    bool fine = true;

    if (t->n_added >= wanted) {
        co_register_init(&enough, &worker->pool, rest->n_rows);
        fine = co_register_copy(&enough, rest);
        worker->kernel->at_least(t->planes, t->n_planes, t->n_words, wanted, t->words);
        fine = fine && co_register_and_words(&enough, t->words) && co_register_or(found, &enough) &&
               co_register_minus(rest, &enough);
        co_register_clear(&enough);
    }
    if (fine && n_left < wanted) {
        worker->kernel->at_least(t->planes, t->n_planes, t->n_words, wanted - n_left, t->words);
        fine = co_register_and_words(rest, t->words);
    }
    return fine;
}

static cohort_status find_at_least(co_worker *worker, co_scope *scope, const co_step *step,
                                   const co_register *within, co_register *found)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    cohort_status status = COHORT_OK;
    co_register rest;
    co_register next;
    tally t;

    if (step->n == 0)
        return co_register_copy(found, within) ? COHORT_OK : COHORT_MEMORY;
    co_register_init(&rest, &worker->pool, found->n_rows);
    co_register_init(&next, &worker->pool, found->n_rows);
    if (!tally_open(worker, found->n_rows, step->n, &t) || !co_register_copy(&rest, within))
        status = COHORT_MEMORY;
    for (uint32_t i = 0; i < step->n_inputs && rest.count > 0 && status == COHORT_OK; i++) {
        status = co_step_find(worker, scope, step->inputs[i], &rest, &next);
        if (status != COHORT_OK)
            break;
        co_register_to_words(&next, t.words);
        worker->kernel->add_bits(t.words, t.n_words, t.planes, t.n_planes);
        t.n_added++;
        if (!take_decided(worker, &t, step->n, step->n_inputs - t.n_added, &rest, found))
            status = COHORT_MEMORY;
    }
    co_register_clear(&rest);
    co_register_clear(&next);
    co_stack_release(&worker->scratch, mark);
    return status;
}

/* ---- one step ---- */

/* Without looking at what is known. found and, if wanted, twin arrive empty. */
static cohort_status find_anew(co_worker *worker, co_scope *scope, uint32_t number, const co_register *within,
                               co_register *found, co_register *twin)
{
    const co_step *step = &worker->run->plan->steps[number];

    scope->settled = false;
    switch (step->kind) {
    case CO_STEP_NONE:
        return COHORT_OK;
    case CO_STEP_ROWS:
        return co_register_copy(found, within) ? COHORT_OK : COHORT_MEMORY;
    case CO_STEP_AND:
        return find_and(worker, scope, step, within, found);
    case CO_STEP_OR:
        return find_or(worker, scope, step, within, found);
    case CO_STEP_MINUS:
        return find_minus(worker, scope, step, within, found);
    case CO_STEP_AT_LEAST:
        return find_at_least(worker, scope, step, within, found);
    case CO_STEP_VIA:
    case CO_STEP_VIA_MISSING:
        return co_via_find(worker, scope, step, within, found);
    case CO_STEP_REACHED:
        return co_reached_find(worker, scope, step, within, found);
    default:
        return step->kind >= CO_STEP_COMPARE ? co_test_find(worker, scope, step, within, found, twin)
                                             : co_leaf_find(worker, scope, step, within, found);
    }
}

static co_memo *memo_of(co_worker *worker, co_scope *scope, uint32_t number)
{
    co_memo *memo = scope->memos[number];

    if (memo != NULL)
        return memo;
    memo = co_memory_new_zeroed(worker->memory, 1, sizeof *memo);
    if (memo == NULL)
        return NULL;
    co_register_init(&memo->known, &worker->pool, scope->tile->n_rows);
    co_register_init(&memo->yes, &worker->pool, scope->tile->n_rows);
    scope->memos[number] = memo;
    return memo;
}

/* The other set of a test, where it is needed too; else CO_NO_STEP. */
static uint32_t twin_of(const co_run *run, uint32_t number)
{
    const co_step *step = &run->plan->steps[number];

    if (step->kind < CO_STEP_COMPARE || step->twin == CO_NO_STEP || !run->program->step_needed[step->twin])
        return CO_NO_STEP;
    return step->twin;
}

/*
 * Rows to find now: those asked for, or all that will be asked for, where that
 * is safe and as quick. Tests of values take their time for each row.
 */
static const co_register *rows_to_find(const co_worker *worker, const co_scope *scope, uint32_t number,
                                       const co_register *within)
{
    const bool is_test = worker->run->plan->steps[number].kind >= CO_STEP_COMPARE;

    if (scope->base == NULL || worker->run->program->step_may_fail[number])
        return within;
    return scope->in_value || (!co_register_is_few(within) && !is_test) ? scope->base : within;
}

/* yes is not needed any more. */
static bool note(co_scope *scope, co_memo *memo, const co_register *known, co_register *yes)
{
    if (!add(&memo->yes, yes) || !co_register_or(&memo->known, known))
        return false;
    memo->is_complete = scope->rows.count > 0 && memo->known.count == scope->rows.count;
    return true;
}

/* Makes the memo know the rows of `wanted`; that of the twin, if there is one, then knows them, too. */
static cohort_status learn(co_worker *worker, co_scope *scope, uint32_t number, const co_register *wanted,
                           co_memo *memo)
{
    const uint32_t other = twin_of(worker->run, number);
    co_memo *twin = other != CO_NO_STEP ? memo_of(worker, scope, other) : NULL;
    co_register unknown;
    co_register yes;
    co_register no;
    cohort_status status = COHORT_OK;

    if (other != CO_NO_STEP && twin == NULL)
        return COHORT_MEMORY;
    co_register_init(&unknown, &worker->pool, wanted->n_rows);
    co_register_init(&yes, &worker->pool, wanted->n_rows);
    co_register_init(&no, &worker->pool, wanted->n_rows);
    if (!co_register_subtract(&unknown, wanted, &memo->known))
        status = COHORT_MEMORY;
    if (status == COHORT_OK && unknown.count > 0) {
        status = find_anew(worker, scope, number, &unknown, &yes, twin != NULL ? &no : NULL);
        if (status == COHORT_OK &&
            (!note(scope, memo, &unknown, &yes) || (twin != NULL && !note(scope, twin, &unknown, &no))))
            status = COHORT_MEMORY;
    }
    co_register_clear(&unknown);
    co_register_clear(&yes);
    co_register_clear(&no);
    return status;
}

cohort_status co_step_find(co_worker *worker, co_scope *scope, uint32_t step, const co_register *within,
                           co_register *found)
{
    const bool shared = worker->run->plan->steps[step].n_users > 1 || scope->in_value ||
                        worker->remembers_all || twin_of(worker->run, step) != CO_NO_STEP;
    co_memo *memo;

    co_register_set_empty(found);
    if (within->count == 0)
        return COHORT_OK;
    if (!shared)
        return find_anew(worker, scope, step, within, found, NULL);
    memo = memo_of(worker, scope, step);
    if (memo == NULL)
        return COHORT_MEMORY;
    if (!memo->is_complete) {
        const cohort_status status =
            learn(worker, scope, step, rows_to_find(worker, scope, step, within), memo);

        if (status != COHORT_OK)
            return status;
    }
    return co_register_intersect(found, within, &memo->yes) ? COHORT_OK : COHORT_MEMORY;
}

/* Counts and sums compared with a number; see totals.h. */
#include "eval/totals.h"

#include <string.h>

#include "eval/pieces.h"

/* Up to so many child rows, their parents' sums are looked at one by one. */
#define FEW_ROWS 8192u

/* Where the sums that pass lie: in [low, high], or outside. */
typedef struct wanted {
    int64_t low;
    int64_t high;
    bool outside;
} wanted;

typedef struct totals {
    co_worker *worker;
    int64_t *sums; /* by slot, CO_TILE_ROWS of them; all zero between uses */
    uint32_t n_rows;
    wanted wanted;
    co_pieces pieces;
} totals;

static wanted wanted_of(const co_step *step, int64_t number)
{
    const wanted nothing = { 1, 0, false };

    switch (step->compare) {
    case CO_LESS:
        return number == INT64_MIN ? nothing : (wanted){ INT64_MIN, number - 1, false };
    case CO_LESS_EQUAL:
        return (wanted){ INT64_MIN, number, false };
    case CO_GREATER:
        return number == INT64_MAX ? nothing : (wanted){ number + 1, INT64_MAX, false };
    case CO_GREATER_EQUAL:
        return (wanted){ number, INT64_MAX, false };
    default:
        return (wanted){ number, number, step->compare == CO_NOT_EQUAL };
    }
}

static bool is_inside(const wanted *w, int64_t sum)
{
    return (sum >= w->low) & (sum <= w->high);
}

bool co_totals_fit(const co_run *run, const co_step *step)
{
    const co_vstep *a = &run->plan->vsteps[step->a];
    const co_vstep *b = &run->plan->vsteps[step->b];
    const co_vstep *operand = a->n_operands > 0 ? &run->plan->vsteps[a->operands[0]] : NULL;
    const bool counts = a->aggregate == CO_AGGREGATE_COUNT && !a->distinct;
    const bool sums = a->aggregate == CO_AGGREGATE_SUM && operand->type == CO_V_EXACT && !operand->is_wide;

    return step->kind == CO_STEP_COMPARE && a->kind == CO_VS_FOLD && (counts || sums) &&
           a->type == CO_V_EXACT && !a->is_wide && b->kind == CO_VS_CONSTANT && !b->is_null &&
           b->type == CO_V_EXACT && !b->is_wide && a->scale == b->scale &&
           run->program->vstep_users[step->a] == 1;
}

/* ---- adding up ---- */

static void count_rows(const co_piece *p, int64_t *sums)
{
    CO_FOR_EACH_SLOT(p, i, slot, sums[slot]++);
}

static void count_values(const co_piece *p, const co_vector *values, int64_t *sums)
{
    CO_FOR_EACH_SLOT(p, i, slot, sums[slot] += co_vector_has(values, i));
}

/* Of bare chunks missing values are 0. */
static void add_bare(const co_piece *p, const co_vector *values, int64_t *sums)
{
    const int64_t *numbers = values->numbers;

    CO_FOR_EACH_SLOT(p, i, slot, sums[slot] += numbers[i]);
}

static void add_values(const co_piece *p, const co_vector *values, int64_t *sums)
{
    CO_FOR_EACH_SLOT(p, i, slot, sums[slot] += co_vector_has(values, i) ? values->numbers[i] : 0);
}

static cohort_status add_chunk(totals *t, co_hits *hits, const co_vstep *fold)
{
    const co_piece now = co_piece_of(hits);
    co_vector values;
    cohort_status status;

    co_pieces_note(&t->pieces, hits);
    if (fold->n_operands == 0) {
        count_rows(&now, t->sums);
        return COHORT_OK;
    }
    status = co_hits_values(hits, fold->operands[0], &values);
    if (status != COHORT_OK)
        return status;
    if (fold->aggregate == CO_AGGREGATE_COUNT)
        count_values(&now, &values, t->sums);
    else if (hits->rows == NULL)
        add_bare(&now, &values, t->sums);
    else
        add_values(&now, &values, t->sums);
    return COHORT_OK;
}

static cohort_status add_tiles(totals *t, co_scope *scope, const co_vstep *fold, const co_register *within)
{
    co_worker *worker = t->worker;
    co_hits hits;
    bool more = true;
    cohort_status status = co_hits_open(worker, scope, &fold->relation, fold->true_step, within, &hits);

    if (status != COHORT_OK)
        return status;
    hits.only_parents = fold->n_operands == 0;
    if (fold->n_operands == 0)
        hits.most_bare = CO_TILE_ROWS;
    else if (co_hits_reads_bare(worker->run, fold->operands[0]))
        hits.most_bare = CO_CHUNK;
    while (status == COHORT_OK && more) {
        const co_mark mark = co_stack_mark(&worker->scratch);

        status = co_hits_next(&hits, &more);
        if (status == COHORT_OK && more)
            status = add_chunk(t, &hits, fold);
        co_stack_release(&worker->scratch, mark);
    }
    co_hits_close(&hits);
    return status;
}

/* ---- which pass ---- */

/*
 * words = the rows whose answer is not that of 0. The sums are cleared on the way, so that a
 * parent met again has 0.
 */
static void tell_few(totals *t, uint64_t *words)
{
    const wanted w = t->wanted;
    const bool zero_inside = is_inside(&w, 0);
    int64_t *sums = t->sums;

    memset(words, 0, CO_TILE_WORDS * sizeof *words);
    for (uint32_t k = 0; k < t->pieces.n; k++)
        CO_FOR_EACH_SLOT(&t->pieces.items[k], i, slot, {
            const bool differs = is_inside(&w, sums[slot]) != zero_inside;

            sums[slot] = 0;
            words[slot / 64] |= (uint64_t)differs << slot % 64;
        });
}

/* words = the rows whose sum lies inside. Clears the sums. */
static void tell_all(totals *t, uint64_t *words)
{
    t->worker->kernel->between_i64(t->sums, t->n_rows, t->wanted.low, t->wanted.high, words);
    memset(t->sums, 0, t->n_rows * sizeof *t->sums);
}

static cohort_status tell(totals *t, const co_register *within, uint64_t *pass)
{
    const co_kernel *kernel = t->worker->kernel;
    uint64_t *words = co_stack_new(&t->worker->scratch, CO_TILE_WORDS, sizeof *words);
    const bool is_few = !t->pieces.is_incomplete;
    const bool leaves_out = t->wanted.outside != (is_few && is_inside(&t->wanted, 0));

    if (words == NULL)
        return COHORT_MEMORY;
    if (is_few)
        tell_few(t, words);
    else
        tell_all(t, words);
    co_register_to_words(within, pass);
    (leaves_out ? kernel->andnot_words : kernel->and_words)(pass, words, pass, co_words_for(t->n_rows));
    return COHORT_OK;
}

/* ---- one tile ---- */

/* The worker's sums, unless they are in use. */
static int64_t *take_sums(co_worker *worker)
{
    int64_t *sums = worker->sums;

    worker->sums = NULL;
    return sums != NULL ? sums : co_memory_new_zeroed(worker->memory, CO_TILE_ROWS, sizeof *sums);
}

static void give_back(co_worker *worker, int64_t *sums, bool are_zero)
{
    if (worker->sums == NULL && are_zero)
        worker->sums = sums;
    else
        co_memory_free(worker->memory, sums, CO_TILE_ROWS * sizeof *sums);
}

cohort_status co_totals_find(co_worker *worker, co_scope *scope, const co_step *step,
                             const co_register *within, uint64_t *pass)
{
    const co_plan *plan = worker->run->plan;
    totals t = { .worker = worker,
                 .sums = take_sums(worker),
                 .n_rows = within->n_rows,
                 .wanted = wanted_of(step, plan->vsteps[step->b].constant.number),
                 .pieces = { .most = FEW_ROWS } };
    cohort_status status = COHORT_MEMORY;

    if (t.sums == NULL)
        return COHORT_MEMORY;
    t.pieces.room = co_stack_new(&worker->scratch, FEW_ROWS, sizeof *t.pieces.room);
    if (t.pieces.room != NULL)
        status = add_tiles(&t, scope, &plan->vsteps[step->a], within);
    if (status == COHORT_OK)
        status = tell(&t, within, pass);
    give_back(worker, t.sums, status == COHORT_OK);
    return status;
}

/*
 * The values of one tile that later passes will ask for, found and put away.
 *
 * What is folded of child rows is found for the whole tile at once anyway, so it
 * goes from there to its places; everything else chunk by chunk.
 */
#include "eval/folds.h"
#include "eval/kept.h"

/* If so many of the tile's rows are wanted, leaving others out costs more than it saves. */
#define MOST_LEFT_OUT 8u

typedef struct keeping {
    co_worker *worker;
    co_scope *scope;
    uint32_t vstep;
    const co_vstep *step;
    const co_register *rows;
    co_kept_values *kept;
    co_kept_tile *tile; /* where values go chunk by chunk */
} keeping;

static bool copies_texts(const keeping *k)
{
    return k->step->type == CO_V_TEXT && !co_value_text_lasts(k->step);
}

/* ---- folds ---- */

/* Whom to fold for: the rows, or everybody, whatever comes of the others. */
static const co_register *fold_for(const keeping *k)
{
    const bool may_fail = k->worker->run->program->vstep_may_fail[k->vstep];

    return may_fail || (uint64_t)k->rows->count * MOST_LEFT_OUT < k->rows->n_rows ? k->rows : &k->scope->rows;
}

/* Nobody else asks for the fold in this pass. */
static co_fold_find *fold_of(const keeping *k)
{
    const co_run *run = k->worker->run;

    if (run->program->vstep_users[k->vstep] > 0 || copies_texts(k))
        return NULL;
    return co_fold_of(run->plan, k->step);
}

/* Those of the rows that have a value. */
static bool find_valid(const keeping *k, const co_vector *values, co_register *valid)
{
    co_register_borrow(valid, k->rows);
    return co_register_and_words(valid, values->valid);
}

/* Puts numbers into all places, and says between which they lie. */
static void put_numbers(co_kept_tile *tile, const int64_t *numbers)
{
    const co_kept_rows *rows = &tile->rows;
    int64_t *places = tile->values.numbers;
    int64_t least = INT64_MAX;
    int64_t greatest = INT64_MIN;

    for (uint32_t place = 0, n = rows->n; place < n; place++) {
        const int64_t number = numbers[co_kept_slot(rows, place)];

        places[place] = number;
        least = number < least ? number : least;
        greatest = number > greatest ? number : greatest;
    }
    co_bits_fill(tile->values.valid, 0, rows->n);
    tile->has_range = true;
    tile->least = least;
    tile->greatest = greatest;
}

/* Keeps the values of the rows, which all have one. */
static cohort_status put_values(const keeping *k, const co_vector *values, const co_register *rows)
{
    co_kept_tile *tile = co_kept_tile_open(k->kept, k->scope->number, rows, &k->worker->kept_room);

    if (tile == NULL)
        return COHORT_MEMORY;
    if (tile->values.numbers != NULL) {
        put_numbers(tile, values->numbers);
        return COHORT_OK;
    }
    for (uint32_t place = 0; place < tile->rows.n; place++)
        co_vector_copy_value(&tile->values, place, values, co_kept_slot(&tile->rows, place));
    return COHORT_OK;
}

static cohort_status keep_fold(const keeping *k, co_fold_find *find)
{
    const co_vstep *step = k->step;
    co_vector values;
    co_register valid;
    cohort_status status = COHORT_MEMORY;

    co_register_init(&valid, &k->worker->pool, k->rows->n_rows);
    if (co_vector_open(&k->worker->scratch, step->type, step->scale, step->is_wide, k->rows->n_rows, &values))
        status = find(k->worker, k->scope, step, fold_for(k), &values);
    if (status == COHORT_OK && !find_valid(k, &values, &valid))
        status = COHORT_MEMORY;
    if (status == COHORT_OK && valid.count > 0)
        status = put_values(k, &values, &valid);
    co_register_clear(&valid);
    return status;
}

/* ---- anything else ---- */

/* The values of some of the rows, into the places from `first` on. */
static cohort_status keep_chunk(const keeping *k, uint32_t first, const co_choice *choice)
{
    uint16_t places[CO_CHUNK];
    co_vector values;
    const cohort_status status = co_value_find(k->worker, k->scope, k->vstep, choice, &values);

    if (status != COHORT_OK)
        return status;
    for (uint32_t i = 0; i < choice->n && copies_texts(k); i++) {
        if (!co_vector_has(&values, i))
            continue;
        values.texts[i] = co_arena_copy(&k->tile->texts, values.texts[i]);
        if (values.texts[i].bytes == NULL)
            return COHORT_MEMORY;
    }
    for (uint32_t i = 0; i < choice->n; i++)
        places[i] = (uint16_t)(first + i);
    co_vector_scatter(&k->tile->values, places, &values);
    return co_worker_poll(k->worker);
}

static cohort_status keep_chunks(keeping *k)
{
    const uint32_t n = k->rows->count;
    uint16_t *slots = co_stack_new(&k->worker->scratch, n, sizeof *slots);
    cohort_status status = COHORT_OK;

    k->tile = co_kept_tile_open(k->kept, k->scope->number, k->rows, &k->worker->kept_room);
    if (slots == NULL || k->tile == NULL)
        return COHORT_MEMORY;
    co_register_to_slots(k->rows, slots);
    for (uint32_t first = 0; first < n && status == COHORT_OK; first += CO_CHUNK) {
        const co_choice choice = { n - first < CO_CHUNK ? n - first : CO_CHUNK, slots + first };
        const co_mark before = co_stack_mark(&k->worker->scratch);

        status = keep_chunk(k, first, &choice);
        co_stack_release(&k->worker->scratch, before);
    }
    return status;
}

/* ---- all of it ---- */

static cohort_status keep(keeping *k)
{
    co_scope *scope = k->scope;
    const co_register *base = scope->base;
    co_fold_find *find = fold_of(k);
    cohort_status status;

    scope->base = k->rows;
    scope->is_dense = (uint64_t)k->rows->count * 16 >= k->rows->n_rows;
    scope->in_value = true;
    status = find != NULL ? keep_fold(k, find) : keep_chunks(k);
    scope->base = base;
    scope->is_dense = false;
    scope->in_value = false;
    return status;
}

cohort_status co_value_keep(co_worker *worker, co_scope *scope, uint32_t vstep, const co_register *rows)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    keeping k = { .worker = worker,
                  .scope = scope,
                  .vstep = vstep,
                  .step = &worker->run->plan->vsteps[vstep],
                  .rows = rows,
                  .kept = &worker->run->kept_values[vstep] };
    const cohort_status status = rows->count > 0 ? keep(&k) : COHORT_OK;

    co_stack_release(&worker->scratch, mark);
    return status;
}

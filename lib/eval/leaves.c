/*
 * Conditions on one field of the tile itself, answered by its column.
 *
 * A column's least and greatest value settle most tiles unread. Of the others
 * the column is asked for a view of the rows, which are borrowed where it has
 * them, unless so few rows are asked for that looking at each is quicker.
 */
#include <assert.h>
#include <string.h>

#include "eval/match.h"
#include "eval/sets.h"

/* Looking at one row costs as much as comparing this many. */
#define ROWS_A_LOOK 128u
/* So few texts are compared rather than their rows looked for. */
#define FEW_TEXTS 16u

typedef struct leaf {
    co_worker *worker;
    co_scope *scope;
    const co_step *step;
    const co_column *column;
    const co_register *within;
    co_register *found;
} leaf;

static bool is_few(const co_register *within)
{
    return within->count <= within->n_rows / ROWS_A_LOOK;
}

/* found = within, without rows that have no value. */
static cohort_status take_valid(const leaf *l)
{
    const uint64_t *words = co_column_valid(l->column);
    co_register valid;

    if (words == NULL)
        return co_register_copy(l->found, l->within) ? COHORT_OK : COHORT_MEMORY;
    co_register_init(&valid, &l->worker->pool, l->within->n_rows);
    co_register_borrow_words(&valid, words, co_column_n_valid(l->column));
    return co_register_intersect(l->found, l->within, &valid) ? COHORT_OK : COHORT_MEMORY;
}

/*
 * rows, whose words were opened for a column to answer in, as the column has
 * answered: in them or with a view of its own.
 */
static bool take_view(co_register *rows, const co_view *view)
{
    if (view->words != NULL && view->words == rows->buffer)
        co_register_settle_count(rows, view->count);
    else if (view->words != NULL)
        co_register_borrow_words(rows, view->words, view->count);
    else
        return co_register_borrow_slots(rows, view->slots, view->count);
    return true;
}

/* found = within ∩ rows, or within ∩ valid ∖ rows. The rows are cleared. */
static cohort_status take_rows(const leaf *l, co_register *rows)
{
    cohort_status status = COHORT_OK;

    if (l->step->outside) {
        status = take_valid(l);
        if (status == COHORT_OK && !co_register_minus(l->found, rows))
            status = COHORT_MEMORY;
    } else {
        co_register_swap(l->found, rows);
        if (!co_register_and(l->found, l->within))
            status = COHORT_MEMORY;
    }
    co_register_clear(rows);
    return status;
}

/* The same with what the column has answered. */
static cohort_status take_answer(const leaf *l, co_register *rows, const co_view *view)
{
    if (take_view(rows, view))
        return take_rows(l, rows);
    co_register_clear(rows);
    return COHORT_MEMORY;
}

/* Words for a column to answer in; NULL: no memory. */
static uint64_t *open_rows(const leaf *l, co_register *rows)
{
    co_register_init(rows, &l->worker->pool, l->within->n_rows);
    return co_register_open(rows);
}

/* All rows with a value, or none, whatever the values are. */
static cohort_status settle(const leaf *l, bool all)
{
    l->scope->settled = true;
    return all ? take_valid(l) : COHORT_OK;
}

/* ---- numbers ---- */

static cohort_status look_between(const leaf *l)
{
    const co_step *step = l->step;
    uint16_t slots[CO_FEW_SLOTS];
    size_t n;

    co_register_to_slots(l->within, slots);
    n = co_column_look_between(l->column, step->low, step->high, step->outside, slots, l->within->count, slots);
    return co_register_set_slots(l->found, slots, n) ? COHORT_OK : COHORT_MEMORY;
}

static cohort_status find_between(const leaf *l)
{
    const co_step *step = l->step;
    co_register rows;
    co_view view;
    int64_t least;
    int64_t greatest;

    if (!co_column_range(l->column, &least, &greatest))
        return settle(l, false);
    if (step->low > step->high || least > step->high || greatest < step->low)
        return settle(l, step->outside);
    if (least >= step->low && greatest <= step->high)
        return settle(l, !step->outside);
    if (is_few(l->within))
        return look_between(l);
    if (open_rows(l, &rows) == NULL)
        return COHORT_MEMORY;
    co_column_view_between(l->column, step->low, step->high, rows.buffer, &view);
    return take_answer(l, &rows, &view);
}

/* The first of n rising numbers that is not below `wanted`. */
static size_t first_from(const int64_t *numbers, size_t n, int64_t wanted)
{
    size_t first = 0;

    while (n > 0) {
        const size_t half = n / 2;

        if (numbers[first + half] < wanted) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return first;
}

/* found = the few rows whose value is among the numbers. */
static cohort_status look_among(const leaf *l)
{
    const co_step *step = l->step;
    uint16_t slots[CO_FEW_SLOTS];
    size_t n = 0;

    co_register_to_slots(l->within, slots);
    for (uint32_t i = 0; i < l->within->count; i++) {
        if (!co_column_has(l->column, slots[i]))
            continue;
        const int64_t value = co_column_number(l->column, slots[i]);
        const size_t place = first_from(step->numbers, step->n_numbers, value);
        const bool is_among = place < step->n_numbers && step->numbers[place] == value;

        if (is_among != step->outside)
            slots[n++] = slots[i];
    }
    return co_register_set_slots(l->found, slots, n) ? COHORT_OK : COHORT_MEMORY;
}

static cohort_status find_among(const leaf *l)
{
    const co_step *step = l->step;
    co_register rows;
    co_view view;
    int64_t least;
    int64_t greatest;

    if (!co_column_range(l->column, &least, &greatest))
        return settle(l, false);

    const size_t first = first_from(step->numbers, step->n_numbers, least);
    size_t n = 0;

    while (first + n < step->n_numbers && step->numbers[first + n] <= greatest)
        n++;
    if (n == 0)
        return settle(l, step->outside);
    if (least == greatest)
        return settle(l, !step->outside);
    if (is_few(l->within))
        return look_among(l);
    if (open_rows(l, &rows) == NULL)
        return COHORT_MEMORY;
    co_column_view_among(l->column, step->numbers + first, n, rows.buffer, &view);
    return take_answer(l, &rows, &view);
}

/* ---- texts ---- */

/* Row by row, so that every row that fails is noted and the others are answered. */
static cohort_status match_each(const leaf *l)
{
    co_worker *worker = l->worker;
    const co_mark mark = co_stack_mark(&worker->scratch);
    uint16_t *slots = co_stack_new(&worker->scratch, l->within->count, sizeof *slots);
    cohort_status status = slots != NULL ? COHORT_OK : COHORT_MEMORY;
    size_t n = 0;

    if (status == COHORT_OK)
        co_register_to_slots(l->within, slots);
    for (uint32_t i = 0; i < l->within->count && status == COHORT_OK; i++) {
        const uint32_t row = l->scope->number * CO_TILE_ROWS + slots[i];
        bool hit;
        bool known;

        if (!co_column_has(l->column, slots[i]))
            continue;
        status = co_match_text(worker, l->scope->object, row, l->step->match,
                               co_column_text(l->column, slots[i]), &hit, &known);
        if (known && hit != l->step->outside)
            slots[n++] = slots[i];
        if (status == COHORT_OK && i % 256 == 255)
            status = co_worker_poll(worker);
    }
    if (status == COHORT_OK && !co_register_set_slots(l->found, slots, n))
        status = COHORT_MEMORY;
    co_stack_release(&worker->scratch, mark);
    return status;
}

static cohort_status find_match(const leaf *l)
{
    uint64_t words[CO_TILE_WORDS];
    const uint64_t *within = words;
    cohort_error error = COHORT_ERROR_INIT;
    co_register rows;
    co_view view;
    uint32_t slot;
    cohort_status status;

    if (is_few(l->within) && (l->step->match->equal == NULL || l->within->count <= FEW_TEXTS))
        return match_each(l);
    if (open_rows(l, &rows) == NULL)
        return COHORT_MEMORY;
    if (l->within->form == CO_FORM_ALL)
        within = NULL;
    else if (l->within->form == CO_FORM_WORDS)
        within = co_register_words(l->within);
    else
        co_register_to_words(l->within, words);
    status = co_column_view_match(l->column, l->step->match, within, rows.buffer, &view, &slot, &error);
    if (status == COHORT_OK)
        return take_answer(l, &rows, &view);
    co_register_clear(&rows);
    return status == COHORT_MEMORY ? status : match_each(l);
}

/* ---- sets ---- */

/* Row by row. */
static cohort_status exactly_each(const leaf *l, const co_register *rows)
{
    co_worker *worker = l->worker;
    const co_mark mark = co_stack_mark(&worker->scratch);
    uint16_t *slots = co_stack_new(&worker->scratch, rows->count, sizeof *slots);
    cohort_status status = slots != NULL ? COHORT_OK : COHORT_MEMORY;
    const uint32_t n_rows = rows->count;
    size_t n = 0;

    if (status == COHORT_OK)
        co_register_to_slots(rows, slots);
    for (uint32_t i = 0; i < n_rows && status == COHORT_OK; i++) {
        const co_mark before = co_stack_mark(&worker->scratch);
        uint32_t *codes;
        uint32_t n_codes;

        if (!co_column_has(l->column, slots[i]))
            continue;
        status = co_set_elements(worker, l->column, slots[i], &codes, &n_codes);
        if (status == COHORT_OK && co_set_passes(l->step, true, codes, n_codes) != l->step->outside)
            slots[n++] = slots[i];
        co_stack_release(&worker->scratch, before);
    }
    if (status == COHORT_OK && !co_register_set_slots(l->found, slots, n))
        status = COHORT_MEMORY;
    co_stack_release(&worker->scratch, mark);
    return status;
}

/* words, of which some are filled already or none, | = rows that hold some code of the group. */
static void add_group(const leaf *l, const co_code_group *group, bool *is_filled, uint64_t *words)
{
    const co_kernel *kernel = l->worker->kernel;
    const size_t n_words = co_register_n_words(l->within);

    for (uint32_t k = 0; k < group->n; k++) {
        co_view view;

        co_column_view_holds(l->column, group->codes[k], &view);
        if (view.words != NULL && *is_filled)
            kernel->or_words(words, view.words, words, n_words);
        else if (view.words != NULL)
            memcpy(words, view.words, n_words * sizeof *words);
        else if (!*is_filled)
            memset(words, 0, n_words * sizeof *words);
        if (view.slots != NULL)
            kernel->add_slots(view.slots, view.count, words);
        *is_filled = true;
    }
}

/* hits = rows that hold some code of the group. */
static void find_group(const leaf *l, const co_code_group *group, uint64_t *hits)
{
    bool is_filled = false;

    add_group(l, group, &is_filled, hits);
    if (!is_filled)
        memset(hits, 0, co_register_n_words(l->within) * sizeof *hits);
}

/* rows = those that hold some code of any group. */
static bool find_any(const leaf *l, co_register *rows)
{
    const co_step *step = l->step;
    bool is_filled = false;
    co_view view;

    if (step->n_groups == 1 && step->groups[0].n == 1) {
        co_column_view_holds(l->column, step->groups[0].codes[0], &view);
        return take_view(rows, &view);
    }

    uint64_t *words = co_register_open(rows);

    if (words == NULL)
        return false;
    for (uint32_t g = 0; g < step->n_groups; g++)
        add_group(l, &step->groups[g], &is_filled, words);
    if (is_filled)
        co_register_settle(rows);
    else
        co_register_set_empty(rows);
    return true;
}

/* rows = those that hold at least n of the groups. */
static bool count_holders(const leaf *l, co_register *rows)
{
    const co_step *step = l->step;
    const co_kernel *kernel = l->worker->kernel;
    const size_t n_words = co_register_n_words(l->within);
    const co_mark mark = co_stack_mark(&l->worker->scratch);
    uint64_t one[CO_TILE_WORDS];
    size_t n_planes = 1;

    while (step->n >> n_planes != 0)
        n_planes++;

    uint64_t *planes = co_stack_new(&l->worker->scratch, n_planes * n_words, sizeof *planes);
    uint64_t *hits = co_register_open(rows);

    if (planes == NULL || hits == NULL)
        return false;
    memset(planes, 0, n_planes * n_words * sizeof *planes);
    for (uint32_t g = 0; g < step->n_groups; g++) {
        find_group(l, &step->groups[g], one);
        kernel->add_bits(one, n_words, planes, n_planes);
    }
    kernel->at_least(planes, n_planes, n_words, step->n, hits);
    co_register_settle(rows);
    co_stack_release(&l->worker->scratch, mark);
    return true;
}

static cohort_status find_holds(const leaf *l)
{
    const co_step *step = l->step;
    co_register rows;

    if (step->n == 0)
        return settle(l, !step->outside);
    if (step->n > step->n_groups)
        return settle(l, step->outside);
    co_register_init(&rows, &l->worker->pool, l->within->n_rows);
    if (!(step->n == 1 ? find_any(l, &rows) : count_holders(l, &rows))) {
        co_register_clear(&rows);
        return COHORT_MEMORY;
    }
    return take_rows(l, &rows);
}

/* Only rows that hold the rarest group at all are looked at one by one. */
static cohort_status find_exactly(const leaf *l)
{
    const co_step *step = l->step;
    uint64_t hits[CO_TILE_WORDS];
    uint64_t one[CO_TILE_WORDS];
    const size_t n_words = co_register_n_words(l->within);
    leaf inside = *l;
    co_step positive = *step;
    co_register all;
    cohort_status status = COHORT_OK;

    if (is_few(l->within) || step->n_groups == 0)
        return exactly_each(l, l->within);
    find_group(l, &step->groups[0], hits);
    for (uint32_t g = 1; g < step->n_groups; g++) {
        find_group(l, &step->groups[g], one);
        l->worker->kernel->and_words(hits, one, hits, n_words);
    }
    positive.outside = false;
    inside.step = &positive;
    co_register_init(&all, &l->worker->pool, l->within->n_rows);
    if (!co_register_copy(&all, l->within) || !co_register_and_words(&all, hits))
        status = COHORT_MEMORY;
    if (status == COHORT_OK)
        status = exactly_each(&inside, &all);
    if (status == COHORT_OK && step->outside) {
        co_register_swap(&all, l->found);
        status = take_valid(l);
        if (status == COHORT_OK && !co_register_minus(l->found, &all))
            status = COHORT_MEMORY;
    }
    co_register_clear(&all);
    return status;
}

/* ---- all of them ---- */

/* Rows of a stored set that the tile does not have yet are left out. */
static bool borrow_tile(const leaf *l, uint64_t *scratch, co_register *rows)
{
    co_tile_view view = co_bitmap_tile(l->step->rows, l->scope->number, scratch);
    const uint32_t n_rows = rows->n_rows;
    const size_t n_words = co_register_n_words(rows);

    switch (view.form) {
    case CO_TILE_EMPTY:
        return true;
    case CO_TILE_FULL:
        co_register_set_all(rows);
        return true;
    case CO_TILE_SLOTS:
        while (view.count > 0 && view.slots[view.count - 1] >= n_rows)
            view.count--;
        return co_register_borrow_slots(rows, view.slots, view.count);
    default:
        break;
    }
    if (n_rows < CO_TILE_ROWS) {
        if (view.words != scratch)
            memcpy(scratch, view.words, n_words * sizeof *scratch);
        co_bits_clear(scratch, n_rows, n_words * 64);
        view.words = scratch;
        view.count = (uint32_t)l->worker->kernel->count(scratch, n_words);
    }
    co_register_borrow_words(rows, view.words, view.count);
    return true;
}

/* The rows lie in the stored set, which outlives the run, unless they had to be spelled out. */
static cohort_status find_static(const leaf *l)
{
    uint64_t scratch[CO_TILE_WORDS];
    co_register rows;
    bool fine;

    co_register_init(&rows, l->found->pool, l->found->n_rows);
    fine = borrow_tile(l, scratch, &rows);
    l->scope->settled = rows.form == CO_FORM_EMPTY;
    fine = fine && co_register_intersect(l->found, l->within, &rows);
    if (fine && co_register_words(l->found) == scratch)
        fine = co_register_own(l->found);
    co_register_clear(&rows);
    return fine ? COHORT_OK : COHORT_MEMORY;
}

cohort_status co_leaf_find(co_worker *worker, co_scope *scope, const co_step *step, const co_register *within,
                           co_register *found)
{
    const co_column *column = step->kind == CO_STEP_STATIC ? NULL : co_tile_column(scope->tile, step->field);
    const leaf l = { worker, scope, step, column, within, found };

    if (step->kind == CO_STEP_STATIC)
        return find_static(&l);
    if (column == NULL)
        return settle(&l, false);
    switch (step->kind) {
    case CO_STEP_BETWEEN:
        return find_between(&l);
    case CO_STEP_AMONG:
        return find_among(&l);
    case CO_STEP_VALID:
        return settle(&l, true);
    case CO_STEP_MATCH:
        return find_match(&l);
    case CO_STEP_HOLDS:
        return find_holds(&l);
    case CO_STEP_EXACTLY:
        return find_exactly(&l);
    default:
        assert(false && "not a condition on one field");
        return COHORT_OK;
    }
}

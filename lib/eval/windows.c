/* Where rows of a set can lie; see windows.h. */
#include "eval/windows.h"

/* So many steps are looked at for one tile, and so deep. */
#define MOST_STEPS 24u
#define MOST_DEPTH 4u

typedef struct look {
    const co_run *run;
    const co_tile *tile;
    co_window rows;   /* those that exist */
    uint32_t n_steps; /* looked at so far */
} look;

static const co_window nothing = { 0, 0, true };

/* It could be any of them. */
static co_window any_of(const co_window *rows)
{
    return (co_window){ rows->first, rows->end, false };
}

static co_window both(const co_window *a, const co_window *b)
{
    const co_window common = { a->first > b->first ? a->first : b->first, a->end < b->end ? a->end : b->end,
                               a->is_exact && b->is_exact };

    return co_window_is_empty(&common) ? nothing : common;
}

static bool covers(const co_window *a, const co_window *b)
{
    return a->first <= b->first && b->end <= a->end;
}

/* Of windows with a gap between them the gap is inside, too; what is left is then not exact. */
static co_window either(const co_window *a, const co_window *b)
{
    co_window hull = { a->first < b->first ? a->first : b->first, a->end > b->end ? a->end : b->end, false };

    if (co_window_is_empty(a))
        return *b;
    if (co_window_is_empty(b))
        return *a;
    hull.is_exact = (a->is_exact && b->is_exact && a->first <= b->end && b->first <= a->end) ||
                    (a->is_exact && covers(a, b)) || (b->is_exact && covers(b, a));
    return hull;
}

/* The rows that are not in the window. */
static co_window rest_of(const co_window *rows, const co_window *window)
{
    if (co_window_is_empty(window))
        return *rows;
    if (!window->is_exact || !rows->is_exact)
        return any_of(rows);
    if (window->first <= rows->first)
        return window->end >= rows->end ? nothing : (co_window){ window->end, rows->end, true };
    return window->end >= rows->end ? (co_window){ rows->first, window->first, true } : any_of(rows);
}

/* ---- single conditions ---- */

/* All rows with a value are in, if the column has none missing these are all there are. */
static co_window all_valid(const look *l, const co_column *column)
{
    return co_column_valid(column) == NULL ? l->rows : any_of(&l->rows);
}

static co_window between(const look *l, const co_step *step, const co_column *column)
{
    co_window inside = { 0, 0, true };

    if (co_column_n_valid(column) == 0)
        return nothing;
    if (!co_column_window(column, step->low, step->high, &inside.first, &inside.end))
        return any_of(&l->rows);
    if (!step->outside)
        return both(&inside, &l->rows);
    return co_column_valid(column) == NULL ? rest_of(&l->rows, &inside) : any_of(&l->rows);
}

static co_window among(const look *l, const co_step *step, const co_column *column)
{
    int64_t least;
    int64_t greatest;

    if (!co_column_range(column, &least, &greatest))
        return nothing;
    if (step->n_numbers == 0 || step->numbers[0] > greatest || step->numbers[step->n_numbers - 1] < least)
        return step->outside ? all_valid(l, column) : nothing;
    if (least == greatest && step->n_numbers == 1)
        return step->outside ? nothing : all_valid(l, column);
    return any_of(&l->rows);
}

static co_window match(const look *l, const co_step *step, const co_column *column)
{
    bool all;

    if (!co_column_match_same(column, step->match, &all))
        return any_of(&l->rows);
    return all != step->outside ? all_valid(l, column) : nothing;
}

static co_window leaf(const look *l, const co_step *step)
{
    const co_column *column = co_tile_column(l->tile, step->field);

    if (column == NULL)
        return nothing;
    switch (step->kind) {
    case CO_STEP_BETWEEN:
        return between(l, step, column);
    case CO_STEP_AMONG:
        return among(l, step, column);
    case CO_STEP_MATCH:
        return match(l, step, column);
    default:
        return all_valid(l, column);
    }
}

/* ---- conditions of conditions ---- */

static co_window find(look *l, uint32_t number, uint32_t depth)
{
    const co_step *step = &l->run->plan->steps[number];
    const bool is_and = step->kind == CO_STEP_AND;
    co_window window = is_and ? l->rows : nothing;

    if (depth == 0 || l->n_steps++ >= MOST_STEPS)
        return any_of(&l->rows);
    switch (step->kind) {
    case CO_STEP_NONE:
        return nothing;
    case CO_STEP_ROWS:
        return l->rows;
    case CO_STEP_AND:
    case CO_STEP_OR:
        for (uint32_t i = 0; i < step->n_inputs && !(is_and && co_window_is_empty(&window)); i++) {
            const co_window input = find(l, step->inputs[i], depth - 1);

            window = is_and ? both(&window, &input) : either(&window, &input);
        }
        return window;
    case CO_STEP_MINUS:
        window = find(l, step->inputs[0], depth - 1);
        return rest_of(&l->rows, &window);
    case CO_STEP_BETWEEN:
    case CO_STEP_AMONG:
    case CO_STEP_MATCH:
    case CO_STEP_VALID:
        return leaf(l, step);
    default:
        return any_of(&l->rows);
    }
}

/* The rows that exist: all that are live and not later than the as-of instant. */
static co_window existing(const co_run *run, uint32_t object, const co_tile *tile)
{
    const co_horizon *horizon = &run->program->horizons[object];
    const co_column *times = horizon->is_bounded ? co_tile_column(tile, horizon->field) : NULL;
    const co_window all = { 0, tile->n_rows, tile->live == NULL };
    co_window early = { 0, 0, true };
    int64_t least;
    int64_t greatest;

    if (times == NULL || !co_column_range(times, &least, &greatest) || greatest <= horizon->latest)
        return all;
    /* Rows without a time come after those with one. */
    if (co_column_valid(times) != NULL ||
        !co_column_window(times, INT64_MIN, horizon->latest, &early.first, &early.end))
        return any_of(&all);
    return both(&all, &early);
}

co_window co_window_find(const co_run *run, uint32_t object, const co_tile *tile, uint32_t step)
{
    look l = { .run = run, .tile = tile, .rows = existing(run, object, tile) };

    return co_window_is_empty(&l.rows) ? nothing : find(&l, step, MOST_DEPTH);
}

/* ---- groups ---- */

static bool may_match(const co_run *run, uint32_t object, const co_step *step, int64_t value)
{
    const co_dictionary *dictionary =
        co_schema_object(run->program->schema, object)->fields[step->field].dictionary;
    bool hit;

    return dictionary == NULL || !co_code_match(dictionary, (uint32_t)value, step->match, &hit) || hit != step->outside;
}

static bool may_have(const co_run *run, uint32_t object, uint32_t number, int64_t value, uint32_t depth)
{
    const co_object *child = co_schema_object(run->program->schema, object);
    const co_step *step = &run->plan->steps[number];

    switch (step->kind) {
    case CO_STEP_NONE:
        return false;
    case CO_STEP_AND:
        for (uint32_t i = 0; i < step->n_inputs && depth > 0; i++) {
            if (!may_have(run, object, step->inputs[i], value, depth - 1))
                return false;
        }
        return true;
    case CO_STEP_MATCH:
        return step->field != child->cluster || may_match(run, object, step, value);
    case CO_STEP_BETWEEN:
        return step->field != child->cluster ||
               (value >= step->low && value <= step->high) != step->outside;
    default:
        return true;
    }
}

bool co_window_may_have(const co_run *run, uint32_t object, uint32_t step, int64_t cluster_value)
{
    return may_have(run, object, step, cluster_value, 2);
}

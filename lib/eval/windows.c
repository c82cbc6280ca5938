/* Where rows of a set can lie; see windows.h. */
#include "eval/windows.h"

#include <string.h>

/* So many steps are looked at for one tile, and so deep. */
#define MOST_STEPS 24u
#define MOST_DEPTH 4u

/*
 * The rows of one condition: all that exist in [first, end), or if it is not exact, perhaps not
 * all of them.
 */
typedef struct part {
    uint32_t first;
    uint32_t end;
    bool is_exact;
} part;

/* Looking at one row costs as much as comparing this many. */
#define ROWS_A_LOOK 32u

typedef struct look {
    const co_run *run;
    const co_tile *tile;
    part rows;        /* that may exist */
    uint32_t n_steps; /* looked at so far */
} look;

static const part nothing = { 0, 0, true };

static bool is_empty(const part *p)
{
    return p->end <= p->first;
}

/* It could be any of them. */
static part any_of(const part *rows)
{
    return (part){ rows->first, rows->end, false };
}

static part both(const part *a, const part *b)
{
    const part common = { a->first > b->first ? a->first : b->first, a->end < b->end ? a->end : b->end,
                          a->is_exact && b->is_exact };

    return is_empty(&common) ? nothing : common;
}

static bool covers(const part *a, const part *b)
{
    return a->first <= b->first && b->end <= a->end;
}

/* Of parts with a gap between them the gap is inside, too; what is left is then not exact. */
static part either(const part *a, const part *b)
{
    part hull = { a->first < b->first ? a->first : b->first, a->end > b->end ? a->end : b->end, false };

    if (is_empty(a))
        return *b;
    if (is_empty(b))
        return *a;
    hull.is_exact = (a->is_exact && b->is_exact && a->first <= b->end && b->first <= a->end) ||
                    (a->is_exact && covers(a, b)) || (b->is_exact && covers(b, a));
    return hull;
}

/* The rows that are not in the part. */
static part rest_of(const part *rows, const part *p)
{
    if (is_empty(p))
        return *rows;
    if (!p->is_exact)
        return any_of(rows);
    if (p->first <= rows->first)
        return p->end >= rows->end ? nothing : (part){ p->end, rows->end, true };
    return p->end >= rows->end ? (part){ rows->first, p->first, true } : any_of(rows);
}

/* ---- single conditions ---- */

/* All rows with a value are in, if the column has none missing these are all there are. */
static part all_valid(const look *l, const co_column *column)
{
    return co_column_valid(column) == NULL ? l->rows : any_of(&l->rows);
}

static part between(const look *l, const co_step *step, const co_column *column)
{
    part inside = { 0, 0, true };

    if (co_column_n_valid(column) == 0)
        return nothing;
    if (!co_column_window(column, step->low, step->high, &inside.first, &inside.end))
        return any_of(&l->rows);
    if (!step->outside)
        return both(&inside, &l->rows);
    return co_column_valid(column) == NULL ? rest_of(&l->rows, &inside) : any_of(&l->rows);
}

static part among(const look *l, const co_step *step, const co_column *column)
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

static part match(const look *l, const co_step *step, const co_column *column)
{
    bool all;

    if (!co_column_match_same(column, step->match, &all))
        return any_of(&l->rows);
    return all != step->outside ? all_valid(l, column) : nothing;
}

static part leaf(const look *l, const co_step *step)
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

static part find(look *l, uint32_t number, uint32_t depth)
{
    const co_step *step = &l->run->plan->steps[number];
    const bool is_and = step->kind == CO_STEP_AND;
    part found = is_and ? l->rows : nothing;

    if (depth == 0 || l->n_steps++ >= MOST_STEPS)
        return any_of(&l->rows);
    switch (step->kind) {
    case CO_STEP_NONE:
        return nothing;
    case CO_STEP_ROWS:
        return l->rows;
    case CO_STEP_AND:
    case CO_STEP_OR:
        for (uint32_t i = 0; i < step->n_inputs && !(is_and && is_empty(&found)); i++) {
            const part input = find(l, step->inputs[i], depth - 1);

            found = is_and ? both(&found, &input) : either(&found, &input);
        }
        return found;
    case CO_STEP_MINUS:
        found = find(l, step->inputs[0], depth - 1);
        return rest_of(&l->rows, &found);
    case CO_STEP_BETWEEN:
    case CO_STEP_AMONG:
    case CO_STEP_MATCH:
    case CO_STEP_VALID:
        return leaf(l, step);
    default:
        return any_of(&l->rows);
    }
}

/* Of all rows of the tile, those that exist: that are live and not later than the as-of instant. */
static co_window existing(const co_run *run, uint32_t object, const co_tile *tile)
{
    const co_horizon *horizon = &run->program->horizons[object];
    const co_column *times = horizon->is_bounded ? co_tile_column(tile, horizon->field) : NULL;
    co_window window = { .end = tile->n_rows, .all_live = tile->live == NULL, .none_late = true };
    int64_t least;
    int64_t greatest;

    if (times == NULL || !co_column_range(times, &least, &greatest) || greatest <= horizon->latest)
        return window;
    /* Rows without a time exist, too, and come after the others. */
    if (co_column_valid(times) != NULL ||
        !co_column_window(times, INT64_MIN, horizon->latest, &window.first, &window.end))
        window = (co_window){ .end = tile->n_rows, .all_live = window.all_live };
    return window;
}

static void narrow(co_window *window, const part *p)
{
    window->first = p->first > window->first ? p->first : window->first;
    window->end = p->end < window->end ? p->end : window->end;
}

co_window co_window_find(const co_run *run, uint32_t object, const co_tile *tile, uint32_t step)
{
    const co_step *asked = &run->plan->steps[step];
    const bool is_and = asked->kind == CO_STEP_AND;
    co_window window = existing(run, object, tile);
    look l = { .run = run, .tile = tile, .rows = { window.first, window.end, true } };

    for (uint32_t i = 0; i < (is_and ? asked->n_inputs : 1) && !co_window_is_empty(&window); i++) {
        const uint32_t input = is_and ? asked->inputs[i] : step;
        const part p = find(&l, input, MOST_DEPTH);

        narrow(&window, &p);
        if (!p.is_exact && window.n_left < CO_WINDOW_LEFT)
            window.left[window.n_left] = input;
        window.n_left += !p.is_exact;
    }
    /* Too many: the whole is asked. */
    if (window.n_left > CO_WINDOW_LEFT) {
        window.n_left = 1;
        window.left[0] = step;
    }
    return window;
}

/* ---- within a window ---- */

/* words = the window's rows, or those of them that are in `from`, of the whole tile. */
static void take(const co_window *window, const uint64_t *from, uint64_t *words)
{
    const uint32_t start = window->first / 64;
    const uint32_t n_words = (uint32_t)co_words_for(window->end) - start;

    if (from != NULL)
        memcpy(words, from + start, n_words * sizeof *words);
    else
        memset(words, 0xff, n_words * sizeof *words);
    words[0] &= ~co_low_bits(window->first % 64);
    words[n_words - 1] &= co_low_bits(window->end - (start + n_words - 1) * 64);
}

/* Keeps the rows of the step. False: it cannot be told. */
static bool keep(const co_tile *tile, const co_window *window, const co_step *step,
                 uint64_t *words)
{
    const co_column *column = co_tile_column(tile, step->field);
    const uint32_t start = window->first / 64 * 64;
    uint64_t hits[CO_TILE_WORDS];

    if (step->outside || column == NULL)
        return false;
    if (step->kind == CO_STEP_BETWEEN)
        co_column_some_between(column, step->low, step->high, start, window->end, hits);
    else if (step->kind != CO_STEP_MATCH ||
             !co_column_some_match(column, step->match, start, window->end, hits))
        return false;
    co_kernel_now()->and_words(words, hits, words, co_words_for(window->end - start));
    return true;
}

bool co_window_read(const co_run *run, const co_tile *tile, const co_window *window, uint64_t *words)
{
    if (!window->none_late)
        return false;
    take(window, tile->live, words);
    for (uint32_t i = 0; i < window->n_left; i++) {
        if (!keep(tile, window, &run->plan->steps[window->left[i]], words))
            return false;
    }
    return true;
}

/* The rows of a step that is a span of a column put in order; those of the event time end at the as-of instant. */
static bool find_span(const co_horizon *horizon, const co_tile *tile, const co_window *window,
                      const co_step *step, const uint16_t **slots, uint32_t *n)
{
    const co_column *column = co_tile_column(tile, step->field);
    const bool is_cut = !window->none_late && step->high > horizon->latest;

    if (step->kind != CO_STEP_BETWEEN || step->outside || column == NULL ||
        (!window->none_late && step->field != horizon->field))
        return false;
    return co_column_n_valid(column) > 0 &&
           co_column_ordered(column, step->low, is_cut ? horizon->latest : step->high, slots, n);
}

/* Keeps those of the slots that the step has, too. */
static bool filter(const co_tile *tile, const co_step *step, uint16_t *room, const uint16_t **slots, uint32_t *n)
{
    const co_column *column = co_tile_column(tile, step->field);

    if (step->kind != CO_STEP_MATCH || step->outside || column == NULL ||
        !co_column_match_slots(column, step->match, *slots, *n, room, n))
        return false;
    *slots = room;
    return true;
}

bool co_window_span(const co_run *run, uint32_t object, const co_tile *tile, const co_window *window,
                    uint16_t *room, const uint16_t **slots, uint32_t *n)
{
    const co_step *steps = run->plan->steps;
    uint32_t span = 0;

    if (!window->all_live || window->first > 0 || window->end < tile->n_rows)
        return false;
    while (span < window->n_left && !find_span(&run->program->horizons[object], tile, window,
                                               &steps[window->left[span]], slots, n))
        span++;
    if (span == window->n_left || (window->n_left > 1 && (uint64_t)*n * ROWS_A_LOOK > tile->n_rows))
        return false;
    for (uint32_t i = 0; i < window->n_left; i++) {
        if (i != span && !filter(tile, &steps[window->left[i]], room, slots, n))
            return false;
    }
    return true;
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

/*
 * Random programs over the whole of a public bitmap, against sorted arrays: after
 * each step everything that changed is validated, compared and asked, and each
 * step is first tried with its allocations refused, one after the other.
 *
 * Used:    by the tests of both widths, which define, as lib/api/bitmap_face.h says,
 *          HANDLE FACE LISTS CURSOR WALK ROW, and
 *
 *     TOP                      the greatest row or key
 *     CENTRES                  where rows lie, a list of numbers
 *     VALIDATE                 what checks handle->rows
 *     add_span, remove_span, flip_span, flipped_span, count_span, contains_span
 *                              (handle, least, greatest, …), both ends included
 *
 * Always:  a program owns N_SETS bitmaps, each beside its naive set.
 */
#include <stdlib.h>
#include <string.h>

#include "api/handles.h"
#include "support/check_main.h"
#include "support/every_kernel.h"
#include "support/failing_memory.h"
#include "support/keys.h"
#include "support/must.h"
#include "support/random.h"
#include "support/trials.h"

enum { N_SETS = 4, LIST_MOST = 4000, SPAN_MOST = 140000, KEYS_MOST = 400000 };

typedef struct program {
    co_failing state;
    cohort_allocator allocator;
    co_random random;
    HANDLE *sets[N_SETS];
    co_keys models[N_SETS];
} program;

static const uint64_t centres[] = CENTRES;

/* Near one of the centres, which is where tiles and parts meet. */
static ROW random_key(program *p)
{
    static const uint64_t widths[] = { 5, 300, 70000, 200000 };
    const uint64_t centre = centres[co_random_below(&p->random, sizeof centres / sizeof *centres)];
    const uint64_t by = co_random_below(&p->random, widths[co_random_below(&p->random, 4)]);

    if (co_random_chance(&p->random, 1, 2))
        return (ROW)(centre >= by ? centre - by : 0);
    return (ROW)(TOP - centre >= by ? centre + by : TOP);
}

static void random_span(program *p, uint64_t *least, uint64_t *greatest)
{
    const uint64_t width = co_random_chance(&p->random, 1, 2) ? 200 : SPAN_MOST;
    const uint64_t by = co_random_below(&p->random, width);

    *least = random_key(p);
    *greatest = TOP - *least >= by ? *least + by : TOP;
}

static HANDLE **any(program *p, co_keys **model)
{
    const size_t i = (size_t)co_random_below(&p->random, N_SETS);

    *model = &p->models[i];
    return &p->sets[i];
}

/* ---- comparing ---- */

static void compare(const HANDLE *set, const co_keys *model)
{
    const char *wrong = VALIDATE(&set->rows);
    ROW *found = malloc((model->n + 1) * sizeof *found);

    if (wrong != NULL)
        ck_abort_msg("%s", wrong);
    must(FACE(count)(set) == model->n && FACE(is_empty)(set) == (model->n == 0));
    must(LISTS(, )(set, 0, found, model->n + 1) == model->n);
    for (size_t i = 0; i < model->n; i++)
        must(found[i] == model->at[i]);
    free(found);
}

/* What all bitmaps say that they hold is what is out. */
static void compare_memory(const program *p)
{
    size_t bytes = 0;

    for (unsigned i = 0; i < N_SETS; i++)
        bytes += FACE(memory_bytes)(p->sets[i]);
    must(bytes == p->state.n_bytes && p->state.n_wrong_sizes == 0);
}

static void ask_order(program *p, const HANDLE *set, const co_keys *model)
{
    ROW found = 0;

    for (unsigned i = 0; i < 20; i++) {
        const ROW key = random_key(p);
        const size_t index = (size_t)co_random_below(&p->random, model->n + 1);
        ROW page[50];

        must(FACE(contains)(set, key) == co_keys_contain(model, key));
        must(FACE(rank)(set, key) == co_keys_rank(model, key));
        must(FACE(select)(set, index, &found) == (index < model->n));
        must(index == model->n || found == model->at[index]);
        const size_t left = model->n - index < 50 ? model->n - index : 50;

        must(LISTS(, _at)(set, index, page, 50) == left);
        must(left == 0 || (page[0] == model->at[index] && page[left - 1] == model->at[index + left - 1]));
    }
    must(FACE(least)(set, &found) == (model->n != 0) && (model->n == 0 || found == model->at[0]));
    must(FACE(greatest)(set, &found) == (model->n != 0) && (model->n == 0 || found == model->at[model->n - 1]));
}

static void ask_spans(program *p, const HANDLE *set, const co_keys *model)
{
    for (unsigned i = 0; i < 10; i++) {
        uint64_t least;
        uint64_t greatest;

        random_span(p, &least, &greatest);
        const size_t n = co_keys_rank(model, greatest) + co_keys_contain(model, greatest) - co_keys_rank(model, least);

        must(count_span(set, least, greatest) == n);
        must(contains_span(set, least, greatest) == (n == greatest - least + 1));
        must(contains_span(set, least, least) == co_keys_contain(model, least));
    }
}

/* A cursor wanders about; `at` is its place in the model. */
static void ask_cursor(program *p, const HANDLE *set, const co_keys *model)
{
    CURSOR cursor;
    size_t at = 0;
    ROW found = 0;
    ROW many[40];

    WALK(start)(&cursor, set);
    for (unsigned i = 0; i < 60; i++) {
        const ROW place = random_key(p);

        switch (co_random_below(&p->random, 8)) {
        case 0:
            WALK(seek)(&cursor, place);
            at = co_keys_rank(model, place);
            break;
        case 1: {
            const size_t n = model->n - at < 40 ? model->n - at : 40;

            must(WALK(read)(&cursor, many, 40) == n);
            must(n == 0 || (many[0] == model->at[at] && many[n - 1] == model->at[at + n - 1]));
            at += n;
            break;
        }
        case 2:
        case 3:
        case 4:
            must(WALK(previous)(&cursor, &found) == (at > 0));
            must(at == 0 || found == model->at[--at]);
            break;
        default:
            must(WALK(next)(&cursor, &found) == (at < model->n));
            must(at == model->n || found == model->at[at++]);
            break;
        }
    }
}

static void ask_pair(const HANDLE *a, const co_keys *x, const HANDLE *b, const co_keys *y)
{
    co_keys both = co_keys_combine(CO_AND, x, y);
    const size_t either = x->n + y->n - both.n;
    uint64_t n = 0;
    double alike = 0;

    must(FACE(equal)(a, b) == (both.n == x->n && both.n == y->n));
    must(FACE(subset)(a, b) == (both.n == x->n));
    must(FACE(intersect)(a, b) == (both.n != 0));
    must(FACE(and_count)(a, b, &n, NULL) == COHORT_OK && n == both.n);
    must(FACE(or_count)(a, b, &n, NULL) == COHORT_OK && n == either);
    must(FACE(xor_count)(a, b, &n, NULL) == COHORT_OK && n == either - both.n);
    must(FACE(andnot_count)(a, b, &n, NULL) == COHORT_OK && n == x->n - both.n);
    must(FACE(jaccard)(a, b, &alike, NULL) == COHORT_OK);
    must(either == 0 ? alike == 1 : alike * (double)either - (double)both.n < 1e-6 && (double)both.n - alike * (double)either < 1e-6);
    co_keys_free(&both);
}

static void ask(program *p, const HANDLE *set, const co_keys *model)
{
    const size_t other = (size_t)co_random_below(&p->random, N_SETS);

    compare(set, model);
    ask_order(p, set, model);
    ask_spans(p, set, model);
    ask_cursor(p, set, model);
    ask_pair(set, model, p->sets[other], &p->models[other]);
    ask_pair(p->sets[other], &p->models[other], set, model);
}

/* ---- trying with and without memory ---- */

/*
 * Runs a call that gives a status with its 1st, 2nd … allocation refused, until
 * none is; each time `set` must be as it was. Sets n_refusals.
 */
#define TRY(p, set, model, call)                                                            \
    do {                                                                                    \
        for (uint64_t nth_ = 1;; nth_ += 1 + nth_ / 8) {                                    \
            (p)->state.fail_at = nth_;                                                      \
            (p)->state.n_requests = (p)->state.n_refused = 0;                               \
            const cohort_status status_ = (call);                                           \
            (p)->state.fail_at = 0;                                                         \
            if ((p)->state.n_refused == 0) {                                                \
                must(status_ == COHORT_OK);                                                 \
                break;                                                                      \
            }                                                                               \
            must(status_ == COHORT_MEMORY);                                                 \
            if (co_random_chance(&(p)->random, 1, 4))                                       \
                compare(set, model);                                                        \
        }                                                                                   \
    } while (0)

/* Puts what was made in the place of a set. */
static void take(HANDLE **set, HANDLE *made, co_keys *model, co_keys by)
{
    FACE(free)(*set);
    *set = made;
    co_keys_replace(model, by);
}

/* ---- steps ---- */

static void step_single(program *p)
{
    co_keys *model;
    HANDLE **set = any(p, &model);

    for (unsigned i = 0; i < 8; i++) {
        uint64_t key = random_key(p);
        co_keys one = { &key, 1 };

        if (i % 2 == 0) {
            TRY(p, *set, model, FACE(add)(*set, (ROW)key, NULL));
            co_keys_replace(model, co_keys_combine(CO_OR, model, &one));
        } else {
            if (model->n != 0 && i % 4 == 1)
                key = model->at[co_random_below(&p->random, model->n)];
            TRY(p, *set, model, FACE(remove)(*set, (ROW)key, NULL));
            co_keys_replace(model, co_keys_combine(CO_ANDNOT, model, &one));
        }
    }
    ask(p, *set, model);
}

static void step_list(program *p)
{
    co_keys *model;
    HANDLE **set = any(p, &model);
    const size_t n = (size_t)co_random_below(&p->random, co_random_chance(&p->random, 1, 3) ? LIST_MOST : 60);
    uint64_t *wide = malloc((n + 1) * sizeof *wide);
    ROW *rows = malloc((n + 1) * sizeof *rows);
    const bool rising = co_random_chance(&p->random, 1, 2);
    const bool adding = co_random_chance(&p->random, 2, 3);
    ROW key = random_key(p);

    for (size_t i = 0; i < n; i++) {
        const ROW by = (ROW)co_random_below(&p->random, 40);

        key = !rising ? random_key(p) : TOP - key >= by ? (ROW)(key + by) : (ROW)TOP;
        wide[i] = rows[i] = key;
    }
    co_keys list = co_keys_of(wide, n);

    if (adding)
        TRY(p, *set, model, LISTS(add_, )(*set, rows, n, NULL));
    else
        TRY(p, *set, model, LISTS(remove_, )(*set, rows, n, NULL));
    co_keys_replace(model, co_keys_combine(adding ? CO_OR : CO_ANDNOT, model, &list));
    co_keys_free(&list);
    free(wide);
    free(rows);
    ask(p, *set, model);
}

static void step_span(program *p)
{
    co_keys *model;
    HANDLE **set = any(p, &model);
    HANDLE *made = NULL;
    uint64_t least;
    uint64_t greatest;

    random_span(p, &least, &greatest);
    co_keys span = co_keys_between(least, greatest);

    switch (co_random_below(&p->random, 4)) {
    case 0:
        TRY(p, *set, model, add_span(*set, least, greatest));
        co_keys_replace(model, co_keys_combine(CO_OR, model, &span));
        break;
    case 1:
        TRY(p, *set, model, remove_span(*set, least, greatest));
        co_keys_replace(model, co_keys_combine(CO_ANDNOT, model, &span));
        break;
    case 2:
        TRY(p, *set, model, flip_span(*set, least, greatest));
        co_keys_replace(model, co_keys_combine(CO_XOR, model, &span));
        break;
    default:
        TRY(p, *set, model, flipped_span(*set, least, greatest, &made));
        compare(*set, model);
        take(set, made, model, co_keys_combine(CO_XOR, model, &span));
        break;
    }
    co_keys_free(&span);
    ask(p, *set, model);
}

typedef cohort_status maker(const HANDLE *a, const HANDLE *b, HANDLE **result, cohort_error *error);
typedef cohort_status changer(HANDLE *a, const HANDLE *b, cohort_error *error);

static maker *const makers[] = { [CO_AND] = FACE(and), [CO_OR] = FACE(or), [CO_XOR] = FACE(xor),
                                 [CO_ANDNOT] = FACE(andnot) };
static changer *const changers[] = { [CO_AND] = FACE(and_into), [CO_OR] = FACE(or_into), [CO_XOR] = FACE(xor_into),
                                     [CO_ANDNOT] = FACE(andnot_into) };

static void step_pair(program *p)
{
    const co_set_operation operation = (co_set_operation)co_random_below(&p->random, 4);
    co_keys *x;
    co_keys *y;
    HANDLE **a = any(p, &x);
    HANDLE *const *b = any(p, &y);
    HANDLE *made = NULL;

    if (co_random_chance(&p->random, 1, 2)) {
        TRY(p, *a, x, changers[operation](*a, *b, NULL));
        co_keys_replace(x, co_keys_combine(operation, x, y));
    } else {
        TRY(p, *a, x, makers[operation](*a, *b, &made, NULL));
        compare(*a, x);
        take(a, made, x, co_keys_combine(operation, x, y));
    }
    ask(p, *a, x);
}

static void step_many(program *p)
{
    const HANDLE *list[8];
    const co_keys *models[8];
    const size_t n = 1 + (size_t)co_random_below(&p->random, 8);
    const size_t least = 1 + (size_t)co_random_below(&p->random, n + 1);
    co_keys *model;
    HANDLE **set = any(p, &model);
    HANDLE *made = NULL;
    size_t wanted = least;

    for (size_t i = 0; i < n; i++) {
        co_keys *member;

        list[i] = *any(p, &member);
        models[i] = member;
    }
    switch (co_random_below(&p->random, 4)) {
    case 0:
        TRY(p, *set, model, FACE(and_many)(list, n, &made, NULL));
        wanted = n;
        break;
    case 1:
        TRY(p, *set, model, FACE(or_many)(list, n, &made, NULL));
        wanted = 1;
        break;
    case 2:
        TRY(p, *set, model, FACE(xor_many)(list, n, &made, NULL));
        wanted = 0;
        break;
    default:
        TRY(p, *set, model, FACE(at_least)(list, n, least, &made, NULL));
        break;
    }
    take(set, made, model, co_keys_of_many(models, n, wanted));
    ask(p, *set, model);
}

static void step_shift(program *p)
{
    static const int64_t tile = 65536;
    co_keys *model;
    HANDLE **set = any(p, &model);
    HANDLE *made = NULL;
    int64_t by = co_random_between(&p->random, -200000, 200000);

    switch (co_random_below(&p->random, 5)) {
    case 0:
        by = tile * co_random_between(&p->random, -3, 3);
        break;
    case 1:
        by = (INT64_C(1) << 32) * co_random_between(&p->random, -2, 2) + co_random_between(&p->random, -70, 70);
        break;
    case 2:
        by = co_random_between(&p->random, -64, 64);
        break;
    default:
        break;
    }
    if (co_random_chance(&p->random, 1, 2)) {
        TRY(p, *set, model, FACE(shift_into)(*set, by, NULL));
        co_keys_replace(model, co_keys_shift(model, by, TOP));
    } else {
        TRY(p, *set, model, FACE(shift)(*set, by, &made, NULL));
        compare(*set, model);
        take(set, made, model, co_keys_shift(model, by, TOP));
    }
    ask(p, *set, model);
}

/* A view cannot be changed, whatever is tried. */
static void check_refusals(HANDLE *view, const co_keys *model)
{
    const ROW one = 1;
    cohort_error error = COHORT_ERROR_INIT;

    must(FACE(add)(view, 1, &error) == COHORT_READ_ONLY && error.text[0] != 0);
    must(FACE(remove)(view, 1, NULL) == COHORT_READ_ONLY && LISTS(add_, )(view, &one, 1, NULL) == COHORT_READ_ONLY);
    must(LISTS(remove_, )(view, &one, 1, NULL) == COHORT_READ_ONLY && FACE(clear)(view, NULL) == COHORT_READ_ONLY);
    must(add_span(view, 1, 2) == COHORT_READ_ONLY && remove_span(view, 1, 2) == COHORT_READ_ONLY);
    must(flip_span(view, 1, 2) == COHORT_READ_ONLY && FACE(shift_into)(view, 1, NULL) == COHORT_READ_ONLY);
    must(FACE(optimise)(view, NULL) == COHORT_READ_ONLY);
    for (unsigned o = 0; o < 4; o++)
        must(changers[o](view, view, NULL) == COHORT_READ_ONLY);
    compare(view, model);
}

/* Out as bytes, in as a view, and its copy takes the set's place; or read. */
static void step_bytes(program *p)
{
    co_keys *model;
    co_keys *other;
    HANDLE **set = any(p, &model);
    HANDLE *const *b = any(p, &other);
    const size_t size = FACE(written_bytes)(*set);
    const size_t place = (size_t)co_random_below(&p->random, 9);
    unsigned char *bytes = malloc(size + place);
    HANDLE *view = NULL;
    HANDLE *made = NULL;
    size_t used = 0;

    must(FACE(write)(*set, bytes + place, size, NULL) == COHORT_OK);
    TRY(p, *set, model, FACE(view)(&p->allocator, bytes + place, size, &used, &view, NULL));
    must(used == size && FACE(written_bytes)(view) == size);
    ask(p, view, model);
    check_refusals(view, model);
    if (co_random_chance(&p->random, 1, 2)) {
        const co_set_operation operation = (co_set_operation)co_random_below(&p->random, 4);
        const HANDLE *const pair[2] = { *b, view };
        co_keys wanted = co_keys_combine(operation, other, model);

        must(makers[operation](pair[0], pair[1], &made, NULL) == COHORT_OK);
        take(set, made, model, wanted);
    } else if (co_random_chance(&p->random, 1, 2)) {
        TRY(p, view, model, FACE(copy)(view, &made, NULL));
        take(set, made, model, co_keys_of(model->at, model->n));
    } else {
        TRY(p, view, model, FACE(read)(&p->allocator, bytes + place, size, NULL, &made, NULL));
        take(set, made, model, co_keys_of(model->at, model->n));
    }
    FACE(free)(view);
    free(bytes);
    ask(p, *set, model);
}

static void step_upkeep(program *p)
{
    co_keys *model;
    HANDLE **set = any(p, &model);
    cohort_bitmap_figures figures = COHORT_BITMAP_FIGURES_INIT;

    if (model->n > KEYS_MOST || co_random_chance(&p->random, 1, 8)) {
        must(FACE(clear)(*set, NULL) == COHORT_OK);
        co_keys_free(model);
    }
    const size_t before = FACE(memory_bytes)(*set);

    TRY(p, *set, model, FACE(optimise)(*set, NULL));
    must(FACE(measure)(*set, &figures, NULL) == COHORT_OK && figures.n_rows == model->n);
    must(figures.memory_bytes == FACE(memory_bytes)(*set) && figures.written_bytes == FACE(written_bytes)(*set));
    const uint64_t n_tiles = figures.n_list_tiles + figures.n_bit_tiles + figures.n_run_tiles;

    must((n_tiles == 0) == (model->n == 0));
    /* Tiles that have been moved side by side lie aligned. */
    must(figures.memory_bytes <= before + 64 * n_tiles);
    ask(p, *set, model);
}

static void run_program(uint64_t seed, unsigned n_steps)
{
    static void (*const steps[])(program *p) = { step_single, step_list, step_list, step_span, step_span, step_pair,
                                                 step_pair, step_many, step_shift, step_bytes, step_upkeep };
    program p = { .random = co_random_of(seed) };

    p.allocator = co_failing_allocator(&p.state);
    for (unsigned i = 0; i < N_SETS; i++)
        must(FACE(new)(&p.allocator, &p.sets[i], NULL) == COHORT_OK);
    for (unsigned i = 0; i < n_steps; i++) {
        steps[co_random_below(&p.random, sizeof steps / sizeof *steps)](&p);
        compare_memory(&p);
    }
    for (unsigned i = 0; i < N_SETS; i++) {
        FACE(free)(p.sets[i]);
        co_keys_free(&p.models[i]);
    }
    must(co_failing_is_clean(&p.state));
}

START_TEST(random_programs_agree_with_sorted_arrays_on_every_kernel)
{
    for_every_kernel(kernel)
        run_program(77 * (uint64_t)_i + kernel_index, 60);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bitmap programs");
    TCase *tests = tcase_create("all");

    tcase_add_loop_test(tests, random_programs_agree_with_sorted_arrays_on_every_kernel, 0, CO_TRIALS(20));
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) { return co_run_suite(make_suite()); }

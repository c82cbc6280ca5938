/*
 * Random plans of set steps over two objects, run by co_eval_run and asked row by
 * row, against the same plan worked out with one flag a row.
 */
#include <stdlib.h>
#include <string.h>

#include "cohort/evaluate.h"
#include "eval/eval.h"
#include "kernel/bits.h"
#include "store/batch.h"
#include "support/check_main.h"
#include "support/every_kernel.h"
#include "support/failing_memory.h"
#include "support/must.h"
#include "support/random.h"
#include "support/trials.h"

enum { ACCOUNT, CONTACT };          /* objects */
enum { ACCOUNT_KEY, ACCOUNT_SIZE }; /* their fields */
enum { CONTACT_KEY, CONTACT_AGE, CONTACT_SCORE, CONTACT_ACCOUNT };

static const uint32_t lengths[] = { 1, 100, 65535, 65536, 65537, 140000 };
enum { N_LENGTHS = sizeof lengths / sizeof lengths[0] };

/* ---- a store ---- */

static void declare(co_store *store)
{
    const cohort_field account_fields[] = { { sizeof(cohort_field), COHORT_INT, "size", 0, 0, NULL } };
    const cohort_field contact_fields[] = {
        { sizeof(cohort_field), COHORT_INT, "age", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_INT, "score", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_REFERENCE, "account", 0, 0, "account" },
    };
    cohort_object account = COHORT_OBJECT_INIT;
    cohort_object contact = COHORT_OBJECT_INIT;

    account.name = "account";
    account.key_type = COHORT_INT;
    account.fields = account_fields;
    account.n_fields = 1;
    contact.name = "contact";
    contact.key_type = COHORT_INT;
    contact.fields = contact_fields;
    contact.n_fields = 3;
    must(co_store_declare(store, &account, NULL) == COHORT_OK);
    must(co_store_declare(store, &contact, NULL) == COHORT_OK);
}

typedef struct cells {
    int64_t *numbers;
    uint64_t *valid;
} cells;

/* Numbers in [0, range), one in ten missing unless they are keys. */
static cells random_cells(co_random *random, uint32_t n, int64_t range)
{
    cells c = { calloc(n, sizeof *c.numbers), calloc(co_words_for(n), sizeof *c.valid) };

    for (uint32_t i = 0; i < n; i++) {
        c.numbers[i] = co_random_between(random, 0, range - 1);
        if (co_random_chance(random, 9, 10))
            co_bit_set(c.valid, i);
    }
    return c;
}

static co_staged_column stage(uint32_t field, const cells *c, bool is_key)
{
    return (co_staged_column){
        .field = field,
        .cells = { .shape = CO_SHAPE_NUMBERS, .valid = is_key ? NULL : c->valid, .numbers = c->numbers }
    };
}

static void fill(co_store *store, co_random *random, uint32_t object, uint32_t n, const int64_t *ranges,
                 uint32_t n_fields)
{
    cells columns[4];
    co_staged_column staged[4];
    co_batch *batch;
    co_commit *commit;

    for (uint32_t field = 0; field < n_fields; field++) {
        columns[field] = random_cells(random, n, ranges[field]);
        for (uint32_t i = 0; field == 0 && i < n; i++)
            columns[0].numbers[i] = i + 1;
        staged[field] = stage(field, &columns[field], field == 0);
    }
    must(co_batch_new(store, &batch, NULL) == COHORT_OK);
    must(co_batch_columns(batch, object, n, n_fields, staged, NULL) == COHORT_OK);
    for (int64_t number = 5; number <= (int64_t)n && object == CONTACT; number += 13)
        must(co_batch_put(batch, CO_DELETE, object, &(co_key){ .number = number }, 0, NULL, NULL, NULL) ==
             COHORT_OK);
    must(co_commit_prepare(batch, &commit, NULL) == COHORT_OK);
    co_commit_publish(commit, NULL);
    co_batch_free(batch);
    for (uint32_t field = 0; field < n_fields; field++) {
        free(columns[field].numbers);
        free(columns[field].valid);
    }
}

typedef struct fixture {
    co_store *store;
    co_version *version;
    uint32_t n_rows[2]; /* rows there may be, by object */
} fixture;

static fixture make_fixture(co_random *random, uint32_t n_contacts)
{
    const uint32_t n_accounts = n_contacts > 70000 ? 70000 : n_contacts / 2 + 1;
    const int64_t account_ranges[] = { 0, 50 };
    const int64_t contact_ranges[] = { 0, 100, 5000000000, (int64_t)n_accounts + n_accounts / 10 + 1 };
    fixture f = { 0 };

    must(co_store_new(NULL, 0, &f.store, NULL) == COHORT_OK);
    declare(f.store);
    fill(f.store, random, ACCOUNT, n_accounts, account_ranges, 2);
    fill(f.store, random, CONTACT, n_contacts, contact_ranges, 4);
    f.version = co_store_current(f.store);
    for (uint32_t object = 0; object < 2; object++)
        f.n_rows[object] = co_version_n_tiles(f.version, object) * CO_TILE_ROWS;
    return f;
}

static void free_fixture(fixture *f)
{
    co_version_release(f->version);
    co_store_free(f->store);
}

/* ---- random plans ---- */

enum { N_STEPS = 40, N_ACCOUNT_STEPS = 12, MOST_INPUTS = 5 };

typedef struct random_plan {
    co_plan plan;
    co_step steps[N_STEPS];
    co_vstep vsteps[3];
    co_pass passes[2];
    uint32_t inputs[N_STEPS][MOST_INPUTS];
    int64_t numbers[N_STEPS][4];
    uint32_t way_field;
    co_bitmap picked[2]; /* for STATIC */
} random_plan;

static int by_number(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a;
    const int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void make_leaf(co_random *random, random_plan *p, uint32_t i)
{
    co_step *step = &p->steps[i];
    const int64_t range = step->object == ACCOUNT ? 50 : 100;

    step->outside = co_random_chance(random, 1, 3);
    step->field = step->object == ACCOUNT ? ACCOUNT_SIZE : CONTACT_AGE;
    step->low = co_random_between(random, -5, range + 5);
    step->high = co_random_between(random, -5, range + 5);
    switch (co_random_below(random, step->object == ACCOUNT ? 5 : 8)) {
    case 0:
        step->kind = CO_STEP_BETWEEN;
        break;
    case 1:
        step->kind = CO_STEP_AMONG;
        step->n_numbers = 4;
        step->numbers = p->numbers[i];
        for (uint32_t k = 0; k < 4; k++)
            p->numbers[i][k] = 4 * co_random_between(random, 0, range / 4) + k;
        qsort(p->numbers[i], 4, sizeof(int64_t), by_number);
        break;
    case 2:
        step->kind = CO_STEP_VALID;
        step->outside = false;
        break;
    case 3:
        step->kind = CO_STEP_STATIC;
        step->outside = false;
        step->rows = &p->picked[step->object];
        break;
    case 4:
        step->kind = co_random_chance(random, 1, 2) ? CO_STEP_ROWS : CO_STEP_NONE;
        step->outside = false;
        break;
    case 5:
        step->kind = CO_STEP_VIA;
        step->outside = false;
        step->way = (co_way){ 1, &p->way_field, ACCOUNT };
        step->n_inputs = 1;
        p->inputs[i][0] = (uint32_t)co_random_below(random, N_ACCOUNT_STEPS);
        break;
    case 6:
        step->kind = CO_STEP_VIA_MISSING;
        step->outside = false;
        step->way = (co_way){ 1, &p->way_field, ACCOUNT };
        break;
    default:
        step->kind = co_random_chance(random, 1, 2) ? CO_STEP_COMPARE : CO_STEP_DISTINCT;
        step->compare = (uint8_t)co_random_below(random, 6);
        step->a = (uint32_t)co_random_below(random, 3);
        step->b = (uint32_t)co_random_below(random, 3);
    }
}

static void make_plan(co_random *random, fixture *f, random_plan *p)
{
    static const co_vstep values[] = {
        { .kind = CO_VS_FIELD, .type = CO_V_EXACT, .object = CONTACT, .field = CONTACT_AGE },
        { .kind = CO_VS_FIELD, .type = CO_V_EXACT, .object = CONTACT, .field = CONTACT_SCORE },
        { .kind = CO_VS_CONSTANT, .type = CO_V_EXACT, .object = CONTACT, .constant = { .number = 30 } },
    };
    static const co_step_kind sets[] = { CO_STEP_AND, CO_STEP_OR, CO_STEP_MINUS, CO_STEP_AT_LEAST };

    memset(p->steps, 0, sizeof p->steps);
    memcpy(p->vsteps, values, sizeof values);
    p->way_field = CONTACT_ACCOUNT;
    p->passes[0] = (co_pass){ .object = ACCOUNT };
    p->passes[1] = (co_pass){ .object = CONTACT };
    for (uint32_t i = 0; i < N_STEPS; i++) {
        const uint32_t first = i < N_ACCOUNT_STEPS ? 0 : N_ACCOUNT_STEPS;
        co_step *step = &p->steps[i];

        step->object = step->pass = i < N_ACCOUNT_STEPS ? ACCOUNT : CONTACT;
        step->n_users = 1;
        step->cost = (uint32_t)co_random_below(random, 1000);
        step->n_estimated = co_random_below(random, 1000);
        step->inputs = p->inputs[i];
        if (i == first || co_random_chance(random, 1, 2)) {
            make_leaf(random, p, i);
        } else {
            step->kind = sets[co_random_below(random, 4)];
            step->n_inputs =
                step->kind == CO_STEP_MINUS ? 1 : (uint32_t)co_random_between(random, 1, MOST_INPUTS);
            step->n = (uint32_t)co_random_between(random, 1, MOST_INPUTS);
            for (uint32_t k = 0; k < step->n_inputs; k++)
                p->inputs[i][k] = (uint32_t)co_random_between(random, first, i - 1);
        }
        for (uint32_t k = 0; k < step->n_inputs; k++)
            p->steps[p->inputs[i][k]].n_users++;
    }
    p->plan = (co_plan){ .version = f->version,
                         .n_steps = N_STEPS,
                         .steps = p->steps,
                         .n_vsteps = 3,
                         .vsteps = p->vsteps,
                         .n_passes = 2,
                         .passes = p->passes,
                         .when = { .zone = co_zone_utc() } };
}

/* ---- the same with flags ---- */

static bool read_number(const fixture *f, uint32_t object, uint32_t field, uint32_t row, int64_t *number)
{
    const co_tile *tile = co_version_tile(f->version, object, row / CO_TILE_ROWS);
    const co_column *column = tile != NULL ? co_tile_column(tile, field) : NULL;

    if (column == NULL || row % CO_TILE_ROWS >= tile->n_rows || !co_column_has(column, row % CO_TILE_ROWS))
        return false;
    *number = co_column_number(column, row % CO_TILE_ROWS);
    return true;
}

static bool satisfies(uint8_t compare, int64_t a, int64_t b)
{
    switch (compare) {
    case CO_EQUAL:
        return a == b;
    case CO_NOT_EQUAL:
        return a != b;
    case CO_LESS:
        return a < b;
    case CO_LESS_EQUAL:
        return a <= b;
    case CO_GREATER:
        return a > b;
    default:
        return a >= b;
    }
}

static bool two_values(const fixture *f, const random_plan *p, const co_step *step, uint32_t row)
{
    int64_t numbers[2] = { 30, 30 };
    bool has[2] = { true, true };

    for (uint32_t k = 0; k < 2; k++) {
        const co_vstep *vstep = &p->vsteps[k == 0 ? step->a : step->b];

        if (vstep->kind == CO_VS_FIELD)
            has[k] = read_number(f, CONTACT, vstep->field, row, &numbers[k]);
    }
    if (step->kind == CO_STEP_COMPARE)
        return has[0] && has[1] && satisfies(step->compare, numbers[0], numbers[1]) != step->outside;
    return (has[0] != has[1] || (has[0] && numbers[0] != numbers[1])) != step->outside;
}

static bool leaf_holds(const fixture *f, const random_plan *p, bool *const *flags, const co_step *step,
                       uint32_t row)
{
    int64_t number = 0;
    const bool has = read_number(f, step->object, step->field, row, &number);
    const bool leads = step->object == CONTACT && read_number(f, CONTACT, CONTACT_ACCOUNT, row, &number) &&
                       co_version_is_live(f->version, ACCOUNT, (uint32_t)number);
    const int64_t parent = number;

    switch (step->kind) {
    case CO_STEP_NONE:
        return false;
    case CO_STEP_STATIC:
        return co_bitmap_contains(step->rows, row);
    case CO_STEP_VALID:
        return has;
    case CO_STEP_VIA_MISSING:
        return !leads;
    case CO_STEP_VIA:
        return leads && flags[step->inputs[0]][parent];
    case CO_STEP_COMPARE:
    case CO_STEP_DISTINCT:
        return two_values(f, p, step, row);
    case CO_STEP_BETWEEN:
        return read_number(f, step->object, step->field, row, &number) &&
               (number >= step->low && number <= step->high) != step->outside;
    case CO_STEP_AMONG:
        return read_number(f, step->object, step->field, row, &number) &&
               (bsearch(&number, step->numbers, step->n_numbers, sizeof number, by_number) != NULL) !=
                   step->outside;
    default:
        return true;
    }
}

static bool step_holds(const fixture *f, const random_plan *p, bool *const *flags, const co_step *step,
                       uint32_t row)
{
    uint32_t n_in = 0;

    if (!co_version_is_live(f->version, step->object, row))
        return false;
    if (step->kind < CO_STEP_AND || step->kind > CO_STEP_AT_LEAST)
        return leaf_holds(f, p, flags, step, row);
    for (uint32_t k = 0; k < step->n_inputs; k++)
        n_in += flags[step->inputs[k]][row];
    switch (step->kind) {
    case CO_STEP_AND:
        return n_in == step->n_inputs;
    case CO_STEP_OR:
        return n_in > 0;
    case CO_STEP_MINUS:
        return n_in == 0;
    default:
        return n_in >= step->n;
    }
}

static void work_out(const fixture *f, const random_plan *p, bool **flags)
{
    for (uint32_t i = 0; i < N_STEPS; i++) {
        const uint32_t n_rows = f->n_rows[p->steps[i].object];

        flags[i] = calloc((size_t)n_rows + 1, 1);
        for (uint32_t row = 0; row < n_rows; row++)
            flags[i][row] = step_holds(f, p, flags, &p->steps[i], row);
    }
}

/* ---- comparing ---- */

static void assert_set(const fixture *f, const random_plan *p, uint32_t i, const bool *flags,
                       const co_bitmap *set, uint64_t count)
{
    const uint32_t n_rows = f->n_rows[p->steps[i].object];
    uint64_t n = 0;

    must(co_bitmap_validate(set) == NULL);
    must(co_bitmap_count(set) == count);
    for (uint32_t row = 0; row < n_rows; row++) {
        if (flags[row])
            must(co_bitmap_contains(set, row));
        n += flags[row];
    }
    must(n == count);
}

static void assert_run(const fixture *f, const random_plan *p, bool *const *flags, uint32_t n_threads,
                       co_step_report *reports)
{
    uint32_t wanted[N_STEPS];
    uint64_t counts[N_STEPS];
    co_bitmap members[N_STEPS];
    co_memory memory;
    co_eval *eval;

    co_memory_init(&memory, NULL, 0);
    must(co_eval_new(NULL, n_threads, 0, &eval, NULL) == COHORT_OK);
    for (uint32_t i = 0; i < N_STEPS; i++) {
        wanted[i] = N_STEPS - 1 - i;
        co_bitmap_init(&members[i], &memory);
    }
    for (int again = 0; again < 2; again++)
        must(co_eval_run(eval, &p->plan, NULL, wanted, N_STEPS, counts, members, reports, NULL) == COHORT_OK);
    for (uint32_t i = 0; i < N_STEPS; i++) {
        assert_set(f, p, wanted[i], flags[wanted[i]], &members[i], counts[i]);
        if (reports != NULL)
            must(reports[wanted[i]].n_rows == counts[i]);
        co_bitmap_clear(&members[i]);
    }
    /* The last step alone: masks are passed down. */
    must(co_eval_run(eval, &p->plan, NULL, wanted, 1, counts, members, NULL, NULL) == COHORT_OK);
    assert_set(f, p, wanted[0], flags[wanted[0]], &members[0], counts[0]);
    co_bitmap_clear(&members[0]);
    co_eval_free(eval);
    must(atomic_load(&memory.used_bytes) == 0);
}

static void assert_rows_asked(co_random *random, const fixture *f, const random_plan *p, bool *const *flags)
{
    const uint32_t step = N_STEPS - 1;
    const uint32_t none = CO_NO_STEP;
    co_eval *eval;

    must(co_eval_new(NULL, 1, 0, &eval, NULL) == COHORT_OK);
    for (int i = 0; i < 40; i++) {
        const uint32_t row = (uint32_t)co_random_below(random, f->n_rows[CONTACT]);
        int32_t answer;

        must(co_eval_row(eval, &p->plan, CONTACT, row, &step, &none, 1, CO_EVAL_STRICT, &answer, NULL) ==
             COHORT_OK);
        must((answer == COHORT_TRUE) == flags[step][row]);
    }
    co_eval_free(eval);
}

static void pick_rows(co_random *random, const fixture *f, co_memory *memory, random_plan *p)
{
    for (uint32_t object = 0; object < 2; object++) {
        co_bitmap_init(&p->picked[object], memory);
        for (uint32_t i = 0; i < f->n_rows[object] / 3; i++)
            must(co_bitmap_add(&p->picked[object], (uint32_t)co_random_below(random, f->n_rows[object]),
                               NULL) == COHORT_OK);
    }
}

START_TEST(random_plans_agree_with_flags_on_every_kernel)
{
    co_random random = co_random_of((uint64_t)_i + 1);
    fixture f = make_fixture(&random, lengths[_i]);
    random_plan *p = malloc(sizeof *p);
    bool *flags[N_STEPS];
    co_memory memory;

    co_memory_init(&memory, NULL, 0);
    pick_rows(&random, &f, &memory, p);
    for (int trial = 0; trial <= CO_TRIALS(20) / (lengths[_i] > 1000 ? 20 : 1); trial++) {
        co_step_report reports[N_STEPS];

        make_plan(&random, &f, p);
        work_out(&f, p, flags);
        for_every_kernel(kernel)
        {
            assert_run(&f, p, flags, 1, NULL);
            assert_run(&f, p, flags, 3, NULL);
        }
        assert_run(&f, p, flags, 2, reports);
        assert_rows_asked(&random, &f, p, flags);
        for (uint32_t i = 0; i < N_STEPS; i++)
            free(flags[i]);
    }
    co_bitmap_clear(&p->picked[0]);
    co_bitmap_clear(&p->picked[1]);
    free(p);
    free_fixture(&f);
}
END_TEST

/* ---- stopping ---- */

static int32_t count_calls(void *context, uint64_t done, uint64_t total)
{
    int *n_calls = context;

    must(done <= total);
    *n_calls += 1;
    return *n_calls > 0 && total == UINT64_MAX;
}

static int32_t refuse(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return 1;
}

START_TEST(a_run_stops_when_asked_and_leaves_nothing)
{
    co_random random = co_random_of(3);
    fixture f = make_fixture(&random, 140000);
    random_plan *p = malloc(sizeof *p);
    const uint32_t wanted = N_STEPS - 1;
    int n_calls = 0;
    const co_eval_control late = { .deadline_us = 1 };
    const co_eval_control cancelled = { .progress = refuse };
    const co_eval_control watched = { .progress = count_calls, .context = &n_calls };
    cohort_error error = COHORT_ERROR_INIT;
    co_memory memory;
    co_bitmap members;
    uint64_t count;
    co_eval *eval;

    co_memory_init(&memory, NULL, 0);
    pick_rows(&random, &f, &memory, p);
    make_plan(&random, &f, p);
    co_bitmap_init(&members, &memory);
    must(co_bitmap_add(&members, 77, NULL) == COHORT_OK);
    must(co_eval_new(NULL, 3, 0, &eval, NULL) == COHORT_OK);
    ck_assert_int_eq(co_eval_run(eval, &p->plan, &late, &wanted, 1, &count, &members, NULL, &error),
                     COHORT_DEADLINE);
    ck_assert(co_bitmap_is_empty(&members));
    ck_assert_int_eq(error.code, COHORT_DEADLINE);
    ck_assert_int_eq(co_eval_run(eval, &p->plan, &cancelled, &wanted, 1, &count, &members, NULL, &error),
                     COHORT_CANCELLED);
    ck_assert(co_bitmap_is_empty(&members));
    ck_assert_int_eq(co_eval_run(eval, &p->plan, &watched, &wanted, 1, &count, &members, NULL, &error),
                     COHORT_OK);
    ck_assert_int_gt(n_calls, 0);
    ck_assert_uint_eq(co_bitmap_count(&members), count);
    co_eval_free(eval);
    co_bitmap_clear(&members);
    co_bitmap_clear(&p->picked[0]);
    co_bitmap_clear(&p->picked[1]);
    free(p);
    free_fixture(&f);
}
END_TEST

START_TEST(every_refused_allocation_is_told_and_nothing_leaks)
{
    co_random random = co_random_of(4);
    fixture f = make_fixture(&random, 3000);
    random_plan *p = malloc(sizeof *p);
    const uint32_t wanted = N_STEPS - 1;
    co_memory memory;

    co_memory_init(&memory, NULL, 0);
    pick_rows(&random, &f, &memory, p);
    make_plan(&random, &f, p);
    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        cohort_error error = COHORT_ERROR_INIT;
        co_bitmap members;
        uint64_t count;
        co_eval *eval;
        cohort_status status = co_eval_new(&allocator, 1, 0, &eval, &error);

        co_bitmap_init(&members, &memory);
        if (status == COHORT_OK) {
            status = co_eval_run(eval, &p->plan, NULL, &wanted, 1, &count, &members, NULL, &error);
            ck_assert(status == COHORT_OK || co_bitmap_is_empty(&members));
            co_bitmap_clear(&members);
            co_eval_free(eval);
        }
        ck_assert_int_eq(status, state.n_refused > 0 ? COHORT_MEMORY : COHORT_OK);
        ck_assert(co_failing_is_clean(&state));
        if (state.n_refused == 0)
            break;
    }
    co_bitmap_clear(&p->picked[0]);
    co_bitmap_clear(&p->picked[1]);
    free(p);
    free_fixture(&f);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("steps");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(all, random_plans_agree_with_flags_on_every_kernel, 0, N_LENGTHS);
    tcase_add_test(all, a_run_stops_when_asked_and_leaves_nothing);
    tcase_add_test(all, every_refused_allocation_is_told_and_nothing_leaks);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

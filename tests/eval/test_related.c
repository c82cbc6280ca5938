/*
 * Child rows of several parent tiles, at home and by another reference: how many
 * there are and what their values come to, against plain loops over the data.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cohort/evaluate.h"
#include "eval/eval.h"
#include "kernel/bits.h"
#include "store/batch.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/must.h"
#include "support/random.h"

enum { CONTACT, VISIT }; /* objects */
enum { VISIT_KEY, VISIT_AT, VISIT_HOST, VISIT_PAYER, VISIT_AMOUNT, VISIT_WEIGHT, N_VISIT_FIELDS };
enum { AT_HOME, BY_LINK, N_WAYS };
enum { MISSING = 10 }; /* per cent of the values */

/* One tile of contacts with few and one with many children; three tiles of them. */
static const struct shape {
    uint32_t n_contacts, n_visits;
    int64_t low, high; /* of the amount, for a visit to count */
    bool has_as_of;
} shapes[] = {
    { 1, 10, 0, 50, false },         { 50, 3000, 10, 90, true },       { 100, 600000, 0, 4, false },
    { 70000, 140000, 20, 60, true }, { 140000, 200000, 0, 99, false }, { 140000, 2000, 50, 50, true },
};
enum { N_SHAPES = sizeof shapes / sizeof shapes[0], AS_OF = 500 };

typedef struct data {
    const struct shape *shape;
    co_store *store;
    co_version *version;
    int64_t *cells[N_VISIT_FIELDS]; /* keys of contacts in HOST and PAYER */
    uint64_t *valid[N_VISIT_FIELDS];
} data;

/* ---- a store ---- */

static void declare(co_store *store)
{
    const cohort_field visit_fields[] = {
        { sizeof(cohort_field), COHORT_TIMESTAMP, "at", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_REFERENCE, "host", 0, 0, "contact" },
        { sizeof(cohort_field), COHORT_REFERENCE, "payer", 0, 0, "contact" },
        { sizeof(cohort_field), COHORT_INT, "amount", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_INT, "weight", 0, 0, NULL },
    };
    cohort_object contact = COHORT_OBJECT_INIT;
    cohort_object visit = COHORT_OBJECT_INIT;

    contact.name = "contact";
    contact.key_type = COHORT_INT;
    visit.name = "visit";
    visit.time = "at";
    visit.home = "host";
    visit.fields = visit_fields;
    visit.n_fields = 5;
    must(co_store_declare(store, &contact, NULL) == COHORT_OK);
    must(co_store_declare(store, &visit, NULL) == COHORT_OK);
}

static void commit(co_batch *batch)
{
    co_commit *ready;

    must(co_commit_prepare(batch, &ready, NULL) == COHORT_OK);
    co_commit_publish(ready, NULL);
    co_batch_free(batch);
}

static bool is_deleted(int64_t contact)
{
    return contact % 13 == 5;
}

static void load_contacts(const data *d)
{
    int64_t *keys = calloc(d->shape->n_contacts, sizeof *keys);
    const co_staged_column column = { 0, false, { .shape = CO_SHAPE_NUMBERS, .numbers = keys } };
    co_batch *batch;

    for (uint32_t i = 0; i < d->shape->n_contacts; i++)
        keys[i] = i + 1;
    must(co_batch_new(d->store, &batch, NULL) == COHORT_OK);
    must(co_batch_columns(batch, CONTACT, d->shape->n_contacts, 1, &column, NULL) == COHORT_OK);
    for (int64_t key = 1; key <= d->shape->n_contacts; key++) {
        if (is_deleted(key))
            must(co_batch_put(batch, CO_DELETE, CONTACT, &(co_key){ .number = key }, 0, NULL, NULL, NULL) ==
                 COHORT_OK);
    }
    commit(batch);
    free(keys);
}

static void load_visits(data *d, co_random *random)
{
    const int64_t most[] = { 0, 1000, d->shape->n_contacts + 3, d->shape->n_contacts + 3, 100, INT64_MAX };
    const uint32_t n = d->shape->n_visits;
    co_staged_column columns[N_VISIT_FIELDS - 1];
    co_batch *batch;

    for (uint32_t field = VISIT_AT; field < N_VISIT_FIELDS; field++) {
        d->cells[field] = calloc(n, sizeof(int64_t));
        d->valid[field] = calloc(co_words_for(n), sizeof(uint64_t));
        for (uint32_t i = 0; i < n; i++) {
            d->cells[field][i] =
                co_random_between(random, field == VISIT_WEIGHT ? -most[field] : 0, most[field] - 1);
            if (!co_random_chance(random, MISSING, 100))
                co_bit_set(d->valid[field], i);
        }
        columns[field - 1] = (co_staged_column){
            field, false, { .shape = CO_SHAPE_NUMBERS, .valid = d->valid[field], .numbers = d->cells[field] }
        };
    }
    must(co_batch_new(d->store, &batch, NULL) == COHORT_OK);
    must(co_batch_columns(batch, VISIT, n, N_VISIT_FIELDS - 1, columns, NULL) == COHORT_OK);
    commit(batch);
}

static data make_data(const struct shape *shape, uint64_t seed)
{
    data d = { .shape = shape };
    co_random random = co_random_of(seed);

    must(co_store_new(NULL, 0, &d.store, NULL) == COHORT_OK);
    declare(d.store);
    load_contacts(&d);
    load_visits(&d, &random);
    d.version = co_store_current(d.store);
    return d;
}

static void free_data(data *d)
{
    for (uint32_t field = VISIT_AT; field < N_VISIT_FIELDS; field++) {
        free(d->cells[field]);
        free(d->valid[field]);
    }
    co_version_release(d->version);
    co_store_free(d->store);
}

/* ---- plain loops ---- */

/* Of one contact. */
typedef struct sums {
    uint32_t n_rows, n_values;
    co_wide total;
    int64_t least, greatest;
} sums;

static bool has(const data *d, uint32_t field, uint32_t i)
{
    return co_bit_test(d->valid[field], i);
}

static bool counts(const data *d, uint32_t i)
{
    const int64_t amount = d->cells[VISIT_AMOUNT][i];

    if (d->shape->has_as_of && has(d, VISIT_AT, i) && d->cells[VISIT_AT][i] > AS_OF)
        return false;
    return has(d, VISIT_AMOUNT, i) && amount >= d->shape->low && amount <= d->shape->high;
}

/* By key; of contacts that exist. */
static sums *add_up(const data *d, uint32_t way)
{
    const uint32_t field = way == AT_HOME ? VISIT_HOST : VISIT_PAYER;
    sums *all = calloc(d->shape->n_contacts + 1, sizeof *all);

    for (uint32_t i = 0; i < d->shape->n_visits; i++) {
        const int64_t key = d->cells[field][i];
        const int64_t weight = d->cells[VISIT_WEIGHT][i];

        if (!counts(d, i) || !has(d, field, i) || key < 1 || key > d->shape->n_contacts || is_deleted(key))
            continue;
        all[key].n_rows++;
        if (!has(d, VISIT_WEIGHT, i))
            continue;
        all[key].least = all[key].n_values == 0 || weight < all[key].least ? weight : all[key].least;
        all[key].greatest = all[key].n_values == 0 || weight > all[key].greatest ? weight : all[key].greatest;
        all[key].n_values++;
        must(co_wide_add(all[key].total, co_wide_of(weight), &all[key].total));
    }
    return all;
}

static uint32_t row_of(const data *d, int64_t contact)
{
    uint32_t row;

    must(co_version_row(d->version, CONTACT, (co_key){ .number = contact }, &row, NULL) == COHORT_OK);
    return row;
}

/* ---- a plan ---- */

enum { HOME_SET, LINK_SET, FIRST_REACHED }; /* steps */
static const uint32_t least_counts[] = { 1, 2, 3, 255, 256, 700 };
enum {
    N_LEAST = sizeof least_counts / sizeof least_counts[0],
    N_REACHING = FIRST_REACHED + N_WAYS * N_LEAST
};

enum { WEIGHT, FIRST_FOLD }; /* value steps */
enum { ROWS, VALUES, SUM, MIN, MAX, AVG, N_FOLDS };
enum { FIRST_BOUND = FIRST_FOLD + N_WAYS * N_FOLDS, N_VSTEPS = FIRST_BOUND + N_FOLDS };
enum {
    FIRST_COMPARED = N_REACHING,
    N_STEPS = FIRST_COMPARED + N_FOLDS
}; /* steps: a fold is at least its bound */

/* About half of the contacts of a shape with many visits each are on either side. */
static const int64_t bounds[N_FOLDS] = { 240, 215, 0, -9169000000000000000, 9169000000000000000, 0 };

typedef struct related_plan {
    co_plan plan;
    co_step steps[N_STEPS];
    co_vstep vsteps[N_VSTEPS];
    co_pass passes[2];
    co_link link;
} related_plan;

static const uint32_t home_fields[] = { VISIT_HOST };
static const uint32_t payer_fields[] = { VISIT_PAYER };
static const uint32_t sets[] = { HOME_SET, LINK_SET };
static const uint32_t weights[] = { WEIGHT };
static const uint32_t links[] = { 0 };

static co_relation relation_of(uint32_t way)
{
    return (co_relation){ VISIT,
                          { 1, way == AT_HOME ? home_fields : payer_fields, CONTACT },
                          way == AT_HOME ? CO_NO_STEP : 0 };
}

static co_vstep fold_of(uint32_t way, uint32_t fold)
{
    static const co_aggregate aggregates[] = { CO_AGGREGATE_COUNT, CO_AGGREGATE_COUNT, CO_AGGREGATE_SUM,
                                               CO_AGGREGATE_MIN,   CO_AGGREGATE_MAX,   CO_AGGREGATE_AVG };

    return (co_vstep){ .kind = CO_VS_FOLD,
                       .type = fold == AVG ? CO_V_DOUBLE : CO_V_EXACT,
                       .object = CONTACT,
                       .is_wide = fold == SUM,
                       .aggregate = (uint8_t)aggregates[fold],
                       .true_step = sets[way],
                       .n_operands = fold == ROWS ? 0 : 1,
                       .operands = weights,
                       .relation = relation_of(way) };
}

static void make_plan(const data *d, related_plan *p)
{
    memset(p, 0, sizeof *p);
    p->vsteps[WEIGHT] =
        (co_vstep){ .kind = CO_VS_FIELD, .type = CO_V_EXACT, .object = VISIT, .field = VISIT_WEIGHT };
    for (uint32_t way = 0; way < N_WAYS; way++) {
        p->steps[sets[way]] = (co_step){ .kind = CO_STEP_BETWEEN,
                                         .object = VISIT,
                                         .pass = way == AT_HOME,
                                         .n_users = 1,
                                         .field = VISIT_AMOUNT,
                                         .low = d->shape->low,
                                         .high = d->shape->high };
        for (uint32_t i = 0; i < N_LEAST; i++)
            p->steps[FIRST_REACHED + way * N_LEAST + i] = (co_step){ .kind = CO_STEP_REACHED,
                                                                     .object = CONTACT,
                                                                     .pass = 1,
                                                                     .n_users = 1,
                                                                     .n_inputs = 1,
                                                                     .inputs = &sets[way],
                                                                     .n = least_counts[i],
                                                                     .relation = relation_of(way) };
        for (uint32_t fold = 0; fold < N_FOLDS; fold++)
            p->vsteps[FIRST_FOLD + way * N_FOLDS + fold] = fold_of(way, fold);
    }
    for (uint32_t fold = 0; fold < N_FOLDS; fold++) {
        p->vsteps[FIRST_BOUND + fold] = (co_vstep){ .kind = CO_VS_CONSTANT,
                                                    .type = fold == AVG ? CO_V_DOUBLE : CO_V_EXACT,
                                                    .constant = { .number = bounds[fold] } };
        p->steps[FIRST_COMPARED + fold] = (co_step){ .kind = CO_STEP_COMPARE,
                                                     .object = CONTACT,
                                                     .pass = 1,
                                                     .n_users = 1,
                                                     .twin = CO_NO_STEP,
                                                     .compare = CO_GREATER_EQUAL,
                                                     .a = FIRST_FOLD + fold,
                                                     .b = FIRST_BOUND + fold };
    }
    p->link = (co_link){ VISIT, { 1, payer_fields, CONTACT }, LINK_SET };
    p->passes[0] = (co_pass){ .object = VISIT,
                              .n_kept = 1,
                              .kept = &sets[BY_LINK],
                              .n_kept_values = 1,
                              .kept_values = weights,
                              .n_links = 1,
                              .links = links };
    p->passes[1] = (co_pass){ .object = CONTACT };
    p->plan =
        (co_plan){ .version = d->version,
                   .n_steps = N_STEPS,
                   .steps = p->steps,
                   .n_vsteps = N_VSTEPS,
                   .vsteps = p->vsteps,
                   .n_passes = 2,
                   .passes = p->passes,
                   .n_links = 1,
                   .links = &p->link,
                   .when = { .zone = co_zone_utc(), .has_as_of = d->shape->has_as_of, .as_of_us = AS_OF } };
}

/* ---- both ---- */

static void compare_sets(const data *d, const related_plan *p, co_eval *eval, uint32_t way)
{
    sums *wanted = add_up(d, way);

    for (uint32_t i = 0; i < N_LEAST; i++) {
        const uint32_t step = FIRST_REACHED + way * N_LEAST + i;
        const uint32_t none = CO_NO_STEP;
        uint64_t count;
        uint64_t n_wanted = 0;
        co_bitmap members;

        co_bitmap_init(&members, co_eval_memory(eval));
        must(co_eval_run(eval, &p->plan, NULL, &step, 1, &count, &members, NULL, NULL) == COHORT_OK);
        for (int64_t key = 1; key <= d->shape->n_contacts; key++) {
            const bool is_in = wanted[key].n_rows >= least_counts[i];
            int32_t answer;

            n_wanted += is_in;
            must(co_bitmap_contains(&members, row_of(d, key)) == is_in);
            if (key % (d->shape->n_contacts / 5 + 1) != 0)
                continue;
            must(co_eval_row(eval, &p->plan, CONTACT, row_of(d, key), &step, &none, 1, CO_EVAL_STRICT,
                             &answer, NULL) == COHORT_OK);
            must(answer == (is_in ? COHORT_TRUE : COHORT_FALSE));
        }
        must(count == n_wanted);
        co_bitmap_clear(&members);
    }
    free(wanted);
}

static bool is_at_least(const sums *s, uint32_t fold)
{
    switch (fold) {
    case ROWS:
        return s->n_rows >= bounds[ROWS];
    case VALUES:
        return s->n_values >= bounds[VALUES];
    case MIN:
        return s->n_values > 0 && s->least >= bounds[MIN];
    case MAX:
        return s->n_values > 0 && s->greatest >= bounds[MAX];
    default:
        return (fold == SUM || s->n_values > 0) && co_wide_sign(s->total) >= 0;
    }
}

/* Over whole tiles, at home. */
static void compare_tests(const data *d, const related_plan *p, co_eval *eval)
{
    sums *wanted = add_up(d, AT_HOME);

    for (uint32_t fold = 0; fold < N_FOLDS; fold++) {
        const uint32_t step = FIRST_COMPARED + fold;
        uint64_t n_wanted = 0;
        uint64_t count;

        for (int64_t key = 1; key <= d->shape->n_contacts; key++)
            n_wanted += !is_deleted(key) && is_at_least(&wanted[key], fold);
        must(co_eval_run(eval, &p->plan, NULL, &step, 1, &count, NULL, NULL, NULL) == COHORT_OK);
        must(count == n_wanted);
    }
    free(wanted);
}

static void compare_value(const co_vector *values, uint32_t i, uint32_t fold, const sums *wanted)
{
    switch (fold) {
    case ROWS:
        must(co_bit_test(values->valid, i) && values->numbers[i] == wanted->n_rows);
        return;
    case VALUES:
        must(co_bit_test(values->valid, i) && values->numbers[i] == wanted->n_values);
        return;
    case SUM:
        must(co_bit_test(values->valid, i) && co_wide_compare(values->wides[i], wanted->total) == 0);
        return;
    default:
        must(co_bit_test(values->valid, i) == (wanted->n_values > 0));
    }
    if (wanted->n_values > 0 && fold == AVG)
        must(values->reals[i] == co_wide_quotient(wanted->total, 0, co_wide_of(wanted->n_values), 0));
    else if (wanted->n_values > 0)
        must(values->numbers[i] == (fold == MIN ? wanted->least : wanted->greatest));
}

/* The live contacts' rows, ascending with their keys, every `stride`th. */
static void compare_folds(const data *d, const related_plan *p, co_eval *eval, uint32_t way, uint32_t stride)
{
    sums *wanted = add_up(d, way);
    uint32_t *rows = calloc(d->shape->n_contacts, sizeof *rows);
    int64_t *keys = calloc(d->shape->n_contacts, sizeof *keys);
    uint32_t n = 0;

    for (int64_t key = 1; key <= d->shape->n_contacts; key += stride) {
        if (is_deleted(key))
            continue;
        keys[n] = key;
        rows[n] = row_of(d, key);
        must(n == 0 || rows[n] > rows[n - 1]);
        n++;
    }
    for (uint32_t fold = 0; fold < N_FOLDS; fold++) {
        co_arena arena;
        co_vector values;

        co_arena_init(&arena, co_eval_memory(eval));
        must(co_eval_values(eval, &p->plan, CONTACT, FIRST_FOLD + way * N_FOLDS + fold, rows, n,
                            CO_EVAL_STRICT, &arena, &values, NULL) == COHORT_OK);
        for (uint32_t i = 0; i < n; i++)
            compare_value(&values, i, fold, &wanted[keys[i]]);
        co_arena_clear(&arena);
    }
    free(keys);
    free(rows);
    free(wanted);
}

START_TEST(child_rows_are_counted_and_folded_as_plain_loops_do)
{
    data d = make_data(&shapes[_i], 7 + (uint64_t)_i);
    related_plan p;

    make_plan(&d, &p);
    for (uint32_t n_threads = 1; n_threads <= 3; n_threads += 2) {
        co_eval *eval;

        must(co_eval_new(NULL, n_threads, 0, &eval, NULL) == COHORT_OK);
        compare_tests(&d, &p, eval);
        for (uint32_t way = 0; way < N_WAYS; way++) {
            compare_sets(&d, &p, eval, way);
            compare_folds(&d, &p, eval, way, 1);
            compare_folds(&d, &p, eval, way, d.shape->n_contacts / 3 + 1);
        }
        co_eval_free(eval);
    }
    free_data(&d);
}
END_TEST

/* ---- memory ---- */

/* Everything once; the status of what failed first. */
static cohort_status ask_everything(const related_plan *p, co_eval *eval, uint32_t row)
{
    uint32_t steps[N_STEPS - FIRST_REACHED];
    uint64_t found[N_STEPS - FIRST_REACHED];
    cohort_status status;

    for (uint32_t i = 0; i < N_STEPS - FIRST_REACHED; i++)
        steps[i] = FIRST_REACHED + i;
    status = co_eval_run(eval, &p->plan, NULL, steps, N_STEPS - FIRST_REACHED, found, NULL, NULL, NULL);
    for (uint32_t vstep = FIRST_FOLD; vstep < FIRST_BOUND && status == COHORT_OK; vstep++) {
        co_arena arena;
        co_vector values;

        co_arena_init(&arena, co_eval_memory(eval));
        status =
            co_eval_values(eval, &p->plan, CONTACT, vstep, &row, 1, CO_EVAL_STRICT, &arena, &values, NULL);
        co_arena_clear(&arena);
    }
    return status;
}

START_TEST(whatever_memory_is_refused_nothing_is_left_behind)
{
    data d = make_data(&shapes[1], 3);
    const uint32_t row = row_of(&d, 1);
    cohort_status status = COHORT_MEMORY;
    related_plan p;

    make_plan(&d, &p);
    for (uint64_t n = 1; status != COHORT_OK; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        co_eval *eval;

        status = co_eval_new(&allocator, 1, 0, &eval, NULL);
        if (status == COHORT_OK) {
            status = ask_everything(&p, eval, row);
            co_eval_free(eval);
        }
        must(status == COHORT_OK || (status == COHORT_MEMORY && state.n_refused > 0));
        must(co_failing_is_clean(&state));
    }
    free_data(&d);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("related rows");
    TCase *tests = tcase_create("related");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, child_rows_are_counted_and_folded_as_plain_loops_do, 0, N_SHAPES);
    tcase_add_test(tests, whatever_memory_is_refused_nothing_is_left_behind);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

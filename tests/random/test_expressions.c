/*
 * Random expressions over random stores: the evaluator against the naive model,
 * on every kernel, with one thread and three, after random changes, before and
 * after saving and opening.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expr/expr.h"
#include "kernel/kernel.h"
#include "support/check_main.h"
#include "support/random_expression.h"
#include "support/random_store.h"

static random_store store;
static random_expression expression;

/* What the model says of every record of the object. */
typedef struct answers {
    uint8_t *truths;            /* by record; records that do not exist: 255 */
    uint64_t n_true, n_unknown;
    bool overflow;
} answers;

enum { ABSENT = 255 };

static answers ask_model(const m_when *when, int object, const co_node *root, int32_t nulls)
{
    const m_object *o = &store.model.objects[object];
    m_run run = { .model = &store.model, .when = *when };
    answers a = { .truths = malloc(o->n_records + 1) };

    for (uint32_t i = 0; i < o->n_records; i++) {
        if (!model_exists(&run, object, &o->records[i])) {
            a.truths[i] = ABSENT;
            continue;
        }
        a.truths[i] = (uint8_t)model_condition(&run, object, &o->records[i], root, nulls);
        a.n_true += a.truths[i] == M_TRUE;
        a.n_unknown += a.truths[i] == M_UNKNOWN;
    }
    a.overflow = run.overflow;
    return a;
}

static void differ(const char *what, int object, int32_t nulls, const char *kernel)
{
    ck_abort_msg("%s on kernel %s: %s%s WHERE %s", what, kernel, store.model.objects[object].name,
                 nulls == COHORT_NULLS_COMPLEMENT ? " (complement)" : "", expression.text);
}

static void compare_members(const answers *a, const cohort_result *result, int object, int32_t nulls,
                            const char *kernel)
{
    const m_object *o = &store.model.objects[object];
    char what[200];

    for (uint32_t i = 0; i < o->n_records; i++) {
        const bool in = a->truths[i] != ABSENT && cohort_bitmap_contains(result->members, store.rows[object][i]);

        if (in == (a->truths[i] == M_TRUE))
            continue;
        snprintf(what, sizeof what, "record %u (key %lld %.*s) is %s, the model says %d", i,
                 (long long)o->records[i].key.exact, (int)o->records[i].key.text.length, o->records[i].key.text.bytes,
                 in ? "in" : "out", a->truths[i]);
        differ(what, object, nulls, kernel);
    }
    if (result->n_members != a->n_true || cohort_bitmap_count(result->members) != a->n_true)
        differ("members that are no records", object, nulls, kernel);
    if (result->n_unknown != a->n_unknown) {
        snprintf(what, sizeof what, "%" PRIu64 " unknown, the model says %" PRIu64, result->n_unknown, a->n_unknown);
        differ(what, object, nulls, kernel);
    }
}

static void evaluate(cohort_evaluator *evaluator, const cohort_segment *segment,
                     const cohort_evaluate_options *options, const answers *a, int object, int32_t nulls,
                     const char *kernel)
{
    cohort_result result = { 0 };
    cohort_error error = COHORT_ERROR_INIT;
    const cohort_status status =
        cohort_evaluate_many(evaluator, store.snapshot, &segment, 1, options, 1, &result, &error);

    if (status == COHORT_OVERFLOW && a->overflow)
        return;
    if (status != COHORT_OK)
        differ(error.text, object, nulls, kernel);
    if (!a->overflow)
        compare_members(a, &result, object, nulls, kernel);
    cohort_bitmap_free(result.members);
}

static void check_expression(cohort_evaluator *const evaluators[2], int object)
{
    const int32_t nulls = co_random_chance(&store.random, 1, 4) ? COHORT_NULLS_COMPLEMENT : COHORT_NULLS_SQL;
    cohort_segment_options definition = COHORT_SEGMENT_OPTIONS_INIT;
    cohort_evaluate_options options;
    cohort_segment *segment;
    cohort_error error = COHORT_ERROR_INIT;
    char zone[16];
    const m_when when = random_when(&store, &options, zone);
    static co_memory memory;
    co_tree *tree;
    size_t n_kernels;
    const co_kernel *const *kernels = co_kernel_list(&n_kernels);

    definition.nulls = nulls;
    if (cohort_segment_parse(store.model.objects[object].name, expression.text, expression.length, &definition,
                             &segment, &error) != COHORT_OK)
        differ(error.text, object, nulls, "-");
    co_memory_init(&memory, NULL, 0);
    ck_assert_int_eq(co_expr_parse(&memory, (co_text){ expression.text, expression.length }, NULL, &tree, &error),
                     COHORT_OK);

    const answers a = ask_model(&when, object, tree->root, nulls);

    for (size_t k = 0; k < n_kernels; k++) {
        co_kernel_force(kernels[k]);
        evaluate(evaluators[0], segment, &options, &a, object, nulls, kernels[k]->name);
        if (k == 0)
            evaluate(evaluators[1], segment, &options, &a, object, nulls, "threads 3");
    }
    co_kernel_force(NULL);
    free(a.truths);
    co_tree_free(tree);
    cohort_segment_free(segment);
}

static void run_expressions(uint32_t n, bool names)
{
    cohort_evaluator *evaluators[2];

    for (uint32_t i = 0; i < 2; i++) {
        cohort_evaluator_options options = COHORT_EVALUATOR_OPTIONS_INIT;

        options.n_threads = i == 0 ? 1 : 3;
        ck_assert_int_eq(cohort_evaluator_new(&options, &evaluators[i], NULL), COHORT_OK);
    }
    for (uint32_t i = 0; i < n; i++) {
        const int object = co_random_chance(&store.random, 1, 6)   ? ACCOUNT
                           : co_random_chance(&store.random, 1, 6) ? VISIT
                                                                   : CONTACT;

        expression.sql_only = false;
        expression.names = names;
        random_condition(&expression, &store.random, &store.model, object);
        check_expression(evaluators, object);
    }
    cohort_evaluator_free(evaluators[0]);
    cohort_evaluator_free(evaluators[1]);
}

#ifdef CO_QUICK
enum { N_STORES = 25, N_EACH = 50, N_LARGE = 100 };
#else
enum { N_STORES = 500, N_EACH = 50, N_LARGE = 1250 };
#endif

/* Four rounds of N_EACH: as made, after changes twice, after saving and opening. */
static void run_store(uint64_t seed, uint32_t n_contacts)
{
    char folder[] = "/tmp/cohort-random-XXXXXX";
    char command[64];

    ck_assert_ptr_nonnull(mkdtemp(folder));
    random_store_make(&store, seed, n_contacts, true, folder);
    run_expressions(N_EACH, true);
    random_store_change(&store, 30);
    run_expressions(N_EACH, true);
    random_store_change(&store, 100);
    run_expressions(N_EACH, true);
    random_store_reopen(&store, folder);
    run_expressions(N_EACH, true);
    random_store_clear(&store);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(small_stores_agree_with_the_model)
{
    for (uint32_t i = 0; i < N_STORES / 4; i++) {
        const uint64_t seed = 1000u * (uint64_t)_i + i;

        printf("seed %" PRIu64 "\n", seed);
        run_store(seed, i % 7 == 0 ? i % 3 : 20 + i % 300);
    }
}
END_TEST

START_TEST(stores_of_more_than_a_tile_agree_with_the_model)
{
    static const uint32_t sizes[] = { 65535, 65536, 65537, 66000 };

    random_store_make(&store, 77 + (uint64_t)_i, sizes[_i], true, NULL);
    run_expressions(N_LARGE / 2, true);
    random_store_change(&store, 2000);
    run_expressions(N_LARGE / 2, true);
    random_store_clear(&store);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("expressions");
    TCase *small = tcase_create("small stores");
    TCase *large = tcase_create("large stores");

    tcase_add_loop_test(small, small_stores_agree_with_the_model, 0, 4);
    tcase_add_loop_test(large, stores_of_more_than_a_tile_agree_with_the_model, 0, 4);
    suite_add_tcase(suite, small);
    suite_add_tcase(suite, large);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

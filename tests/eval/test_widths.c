/* Exact arithmetic at the ends of 64 bits: held in 64 bits where it fits, else in 128, and always right. */
#include <stdio.h>

#include "store/batch.h"
#include "support/asking.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/planning.h"

#define QUARTER (INT64_C(1) << 62)

/* Three contacts; the third has nothing. half is 2^62, less one upwards, so that twice of it just fits. */
static const struct {
    int64_t all, half, full, small;
} contacts[] = {
    { INT64_MAX, QUARTER - 1, QUARTER, 1 },
    { INT64_MIN, -QUARTER, -QUARTER, -1 },
};

static const struct {
    const char *expression;
    bool is_wide;
    const char *first, *second;
} values[] = {
    { "all_ + small", true, "9223372036854775808", "-9223372036854775809" },
    { "all_ - small", true, "9223372036854775806", "-9223372036854775807" },
    { "all_ + all_", true, "18446744073709551614", "-18446744073709551616" },
    { "all_ - all_", true, "0", "0" },
    { "all_ * small", true, "9223372036854775807", "9223372036854775808" },
    { "all_ * all_", true, "85070591730234615847396907784232501249",
      "85070591730234615865843651857942052864" },
    { "-all_", true, "-9223372036854775807", "9223372036854775808" },
    { "ABS(all_)", true, "9223372036854775807", "9223372036854775808" },
    { "MOD(all_, 10)", false, "7", "-8" },
    { "COALESCE(all_, 1)", false, "9223372036854775807", "-9223372036854775808" },
    { "IF(small > 0, all_, half)", false, "9223372036854775807", "-4611686018427387904" },
    { "IF(small > 0, all_ + 0, half + 0)", false, "9223372036854775807", "-4611686018427387904" },
    { "half * 2", false, "9223372036854775806", "-9223372036854775808" },
    { "half * 2 + 1", false, "9223372036854775807", "-9223372036854775807" },
    { "half * 2 - 1", true, "9223372036854775805", "-9223372036854775809" },
    { "half + half", false, "9223372036854775806", "-9223372036854775808" },
    { "half * -2", true, "-9223372036854775806", "9223372036854775808" },
    { "half - half", false, "0", "0" },
    { "full * 2", true, "9223372036854775808", "-9223372036854775808" },
    { "full + full", true, "9223372036854775808", "-9223372036854775808" },
    { "full * small", false, "4611686018427387904", "4611686018427387904" },
    { "full * small * small", false, "4611686018427387904", "-4611686018427387904" },
    { "-full", false, "-4611686018427387904", "4611686018427387904" },
    { "ABS(full)", false, "4611686018427387904", "4611686018427387904" },
    { "LEAST(full, small)", false, "1", "-4611686018427387904" },
    { "NULLIF(full, 1)", false, "4611686018427387904", "-4611686018427387904" },
    { "(all_ * 100 - all_ * 99) * small", true, "9223372036854775807", "9223372036854775808" },
    { "cents + 0.05", true, "92233720368547758.12", "-92233720368547758.02" },
    { "cents + 0.99", true, "92233720368547759.06", "-92233720368547757.08" },
    { "small + 0.01", false, "1.01", "-0.99" },
    { "full + 0.1", true, "4611686018427387904.1", "-4611686018427387903.9" },
    { "ROUND(cents)", false, "92233720368547758", "-92233720368547758" },
    { "ROUND(all_, -1)", true, "9223372036854775810", "-9223372036854775810" },
    { "ROUND(full, -3)", false, "4611686018427388000", "-4611686018427388000" },
    { "FLOOR(cents)", false, "92233720368547758", "-92233720368547759" },
    { "CEIL(cents)", false, "92233720368547759", "-92233720368547758" },
    { "IF(all_ > 0, 9223372036854775807 + 1, small)", true, "9223372036854775808", "-1" },
};

static void put_contacts(co_store *store)
{
    co_batch *batch;
    co_commit *ready;
    co_commit_counts counts;
    const uint32_t fields[] = { 1, 2, 3, 4, 5 };

    must(co_batch_new(store, &batch, NULL) == COHORT_OK);
    for (int64_t i = 0; i < 3; i++) {
        cohort_value cells[5];
        const co_key key = { .number = i + 1 };

        for (int k = 0; k < 5; k++)
            cells[k] = (cohort_value)COHORT_VALUE_NULL;
        if (i < 2) {
            cells[0] = (cohort_value){ .type = COHORT_INT, .number = contacts[i].all };
            cells[1] = (cohort_value){ .type = COHORT_INT, .number = contacts[i].half };
            cells[2] = (cohort_value){ .type = COHORT_INT, .number = contacts[i].full };
            cells[3] = (cohort_value){ .type = COHORT_INT, .number = contacts[i].small };
            cells[4] = (cohort_value){ .type = COHORT_DECIMAL,
                                       .number = i == 0 ? INT64_MAX : -INT64_MAX,
                                       .scale = 2 };
        }
        must(co_batch_put(batch, CO_UPSERT, 0, &key, 5, fields, cells, NULL) == COHORT_OK);
    }
    must(co_commit_prepare(batch, &ready, NULL) == COHORT_OK);
    co_commit_publish(ready, &counts);
    co_batch_free(batch);
}

static co_store *make_store(void)
{
    static const cohort_field fields[] = {
        { sizeof(cohort_field), COHORT_INT, "all_", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_INT, "half", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_INT, "full", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_INT, "small", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_DECIMAL, "cents", 2, 0, NULL },
    };
    cohort_object object = COHORT_OBJECT_INIT;
    co_store *store;

    object.name = "contact";
    object.key_type = COHORT_INT;
    object.fields = fields;
    object.n_fields = 5;
    must(co_store_new(NULL, 0, &store, NULL) == COHORT_OK);
    must(co_store_declare(store, &object, NULL) == COHORT_OK);
    put_contacts(store);
    return store;
}

START_TEST(values_are_exact_at_the_ends)
{
    co_store *store = make_store();
    co_asking asking;

    co_asking_start(&asking, store, NULL);
    ck_assert_str_eq(co_ask_value(&asking, 1, values[_i].expression), values[_i].first);
    ck_assert_str_eq(co_ask_value(&asking, 2, values[_i].expression), values[_i].second);
    co_asking_end(&asking);
    co_store_free(store);
}
END_TEST

START_TEST(only_what_may_pass_64_bits_is_wide)
{
    co_store *store = make_store();
    co_planned planned;
    char text[128];

    snprintf(text, sizeof text, "%s > small", values[_i].expression);
    co_planned_make(&planned, store, &co_noon, (co_question){ "contact", text, 0 });

    const co_plan *plan = planned.plan;
    uint32_t last = 0;

    for (uint32_t i = 0; i < plan->n_vsteps; i++)
        last = plan->vsteps[i].n_operands > 0 && plan->vsteps[i].kind != CO_VS_RESCALE ? i : last;
    ck_assert_msg(plan->vsteps[last].is_wide == values[_i].is_wide, "%s", values[_i].expression);
    co_planned_clear(&planned);
    co_store_free(store);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("widths");
    TCase *ends = tcase_create("ends");

    tcase_add_loop_test(ends, values_are_exact_at_the_ends, 0, sizeof values / sizeof values[0]);
    tcase_add_loop_test(ends, only_what_may_pass_64_bits_is_wide, 0, sizeof values / sizeof values[0]);
    suite_add_tcase(suite, ends);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

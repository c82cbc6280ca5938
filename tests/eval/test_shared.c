/* Values that several conditions read are found once a row, whoever asks. */
#include <string.h>

#include "eval/eval.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/planning.h"

#define MOST_STEPS 64

/*
 * Values found for the six contacts of the CRM, in all steps together: value
 * steps with operands, each once a row, whatever reads them.
 */
static const struct {
    const char *text;
    uint64_t n_values;
} conditions[] = {
    { "age + 1 > 30", 6 },
    { "NOT (age + 1 > 30)", 6 },
    { "age + 1 BETWEEN 20 AND 40", 6 },
    { "age + 1 = 30 OR age + 1 = 36 OR NOT (age + 1 < 90)", 6 },
    { "(age + 1) * 2 > 30 OR age + 1 < 3", 12 },
    { "AGE(seen) BETWEEN 3 AND 80", 6 },
    { "LOWER(city) STARTS WITH 'a' OR LOWER(city) STARTS WITH 'b'", 6 },
    { "CONCAT(city, country) LIKE 'b%' OR CONCAT(city, country) LIKE '%z'", 6 },
    { "DISTANCE(place, GEOLOCATION(1, 1), 'km') BETWEEN 1 AND 300", 6 },
    { "GEOLOCATION(score, score) WITHIN POLYGON ((0, 0), (0, 9), (9, 9))", 6 },
    { "score * 2 IS NULL OR score * 2 > 0.3", 6 },
    { "score * 2 IS DISTINCT FROM score", 6 },
    /* The logarithm only for the ages above 30: 35, 45, 55, 65; the choice for all. */
    { "IF(age > 30, LN(age), 0) > 4 OR IF(age > 30, LN(age), 0) < 1", 6 + 2 * 4 },
};

static uint64_t values_found(co_store *store, const char *text)
{
    co_step_report reports[MOST_STEPS];
    uint64_t counts[2];
    co_planned planned;
    co_eval *eval;
    uint64_t n = 0;

    co_planned_make(&planned, store, &co_noon, (co_question){ "contact", text, 0 });

    const uint32_t steps[] = { planned.plan->results[0].true_step, planned.plan->results[0].false_step };

    must(planned.plan->n_steps <= MOST_STEPS);
    must(co_eval_new(NULL, 1, 0, &eval, NULL) == COHORT_OK);
    must(co_eval_run(eval, planned.plan, NULL, steps, 2, counts, NULL, reports, NULL) == COHORT_OK);
    for (uint32_t i = 0; i < planned.plan->n_steps; i++)
        n += reports[i].n_values;
    co_eval_free(eval);
    co_planned_clear(&planned);
    return n;
}

START_TEST(a_value_is_found_once_a_row)
{
    co_store *store = co_crm_new();
    const uint64_t n = values_found(store, conditions[_i].text);

    ck_assert_msg(n == conditions[_i].n_values, "%s: %d values found, not %d", conditions[_i].text, (int)n,
                  (int)conditions[_i].n_values);
    co_store_free(store);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("shared values");
    TCase *once = tcase_create("once");

    tcase_add_loop_test(once, a_value_is_found_once_a_row, 0, sizeof conditions / sizeof conditions[0]);
    suite_add_tcase(suite, once);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

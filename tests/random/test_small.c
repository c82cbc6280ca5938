/*
 * Random expressions over small random stores: as made, after random upserts,
 * patches, deletes and new fields, and after saving and opening.
 */
#include <inttypes.h>
#include <stdio.h>

#include "support/agreement.h"
#include "support/check_main.h"
#include "support/trials.h"

enum { N_STORES = CO_TRIALS(560) / 4 * 4, N_EACH = 50 };

START_TEST(small_stores_agree_with_the_model)
{
    for (uint32_t i = 0; i < N_STORES / 4; i++) {
        const uint64_t seed = 1000u * (uint64_t)_i + i;

        printf("seed %" PRIu64 "\n", seed);
        random_rounds_agree(seed, i % 7 == 0 ? i % 3 : 20 + i % 300, RANDOM_STORE_NAMED, N_EACH);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("small stores");
    TCase *tests = tcase_create("expressions");

    tcase_add_loop_test(tests, small_stores_agree_with_the_model, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

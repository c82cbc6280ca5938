/*
 * Random expressions over small stores of related records: as made, after random
 * changes, and after saving and opening; and over one of more than a tile. At least
 * 100,000 of them where nothing slows them down.
 */
#include <inttypes.h>
#include <stdio.h>

#include "support/agreement.h"
#include "support/check_main.h"
#include "support/trials.h"

enum { N_STORES = CO_TRIALS(504) / 4 * 4, N_EACH = 50, N_LARGE = CO_TRIALS(160) };

START_TEST(small_stores_agree_with_the_model)
{
    for (uint32_t i = 0; i < N_STORES / 4; i++) {
        const uint64_t seed = 1000u * (uint64_t)_i + i;

        printf("seed %" PRIu64 "\n", seed);
        random_rounds_agree(seed, i % 7 == 0 ? i % 3 : 8 + i % 24, RANDOM_STORE_RELATED, N_EACH);
    }
}
END_TEST

START_TEST(stores_of_more_than_a_tile_agree_with_the_model)
{
    random_store_make(&random_subject, 177, 65600, RANDOM_STORE_RELATED, NULL);
    random_expressions_agree(N_LARGE / 2, -1);
    random_store_change(&random_subject, 2000);
    random_expressions_agree(N_LARGE / 2, -1);
    random_store_clear(&random_subject);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("related records");
    TCase *small = tcase_create("small stores");
    TCase *large = tcase_create("large stores");

    tcase_add_loop_test(small, small_stores_agree_with_the_model, 0, 4);
    suite_add_tcase(suite, small);
    tcase_add_test(large, stores_of_more_than_a_tile_agree_with_the_model);
    suite_add_tcase(suite, large);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

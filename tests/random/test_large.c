/* Random expressions over random stores at and beyond the edge of a tile. */
#include "support/agreement.h"
#include "support/check_main.h"
#include "support/trials.h"

enum { N_EDGE = CO_TRIALS(100), N_LARGE = CO_TRIALS(1260) };

static const struct {
    uint32_t n_contacts;
    uint32_t n_expressions;
} sizes[] = {
    { 65535, N_EDGE },  { 65536, N_EDGE },  { 65537, N_EDGE },  { 131073, N_EDGE },
    { 65600, N_LARGE }, { 66000, N_LARGE }, { 66500, N_LARGE }, { 70000, N_LARGE },
};

START_TEST(stores_of_more_than_a_tile_agree_with_the_model)
{
    random_store_make(&random_subject, 77 + (uint64_t)_i, sizes[_i].n_contacts, RANDOM_STORE_NAMED, NULL);
    random_expressions_agree(sizes[_i].n_expressions / 2, CONTACT);
    random_store_change(&random_subject, 2000);
    random_expressions_agree(sizes[_i].n_expressions / 2, CONTACT);
    random_store_clear(&random_subject);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("large stores");
    TCase *tests = tcase_create("expressions");

    tcase_add_loop_test(tests, stores_of_more_than_a_tile_agree_with_the_model, 0, sizeof sizes / sizeof *sizes);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

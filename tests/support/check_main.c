/* Runs a suite with Check's settings from the environment: see check_main.h. */
#include "support/check_main.h"

#include <stdlib.h>

int co_run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);

    srunner_run_all(runner, CK_ENV);
    const int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Runs a suite with Check's settings from the environment: see check_main.h. */
#include "support/check_main.h"

#include <stdlib.h>

/* Check allows a test four seconds unless told otherwise before the suite is made. */
__attribute__((constructor)) static void allow_long_tests(void)
{
    setenv("CK_DEFAULT_TIMEOUT", "300", 0);
}

int co_run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);

    srunner_run_all(runner, CK_ENV);
    const int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

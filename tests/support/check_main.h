/*
 * The one main() all suites share: `int main(void) { return co_run_suite(make_suite()); }`.
 *
 * Always:  tests run each in a child process unless CK_FORK=no; the last line is
 *          Check's own "n%: Checks: …, Failures: …, Errors: …".
 *          A test has five minutes, or CK_DEFAULT_TIMEOUT seconds.
 *          A test that cannot run here prints a line "skipped: why" and passes.
 * Gives:   the exit code of the program, 0 when every test passed.
 */
#ifndef CO_SUPPORT_CHECK_MAIN_H
#define CO_SUPPORT_CHECK_MAIN_H

#include <check.h>

/** Runs the suite, which it takes over, and tells how the program shall exit. */
int co_run_suite(Suite *suite);

#endif

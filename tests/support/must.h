/*
 * An assertion for loops over millions of values: costs a branch while it
 * holds, where Check's own sends a message each time.
 */
#ifndef CO_TESTS_MUST_H
#define CO_TESTS_MUST_H

#include <check.h>

#define must(condition)                                                         \
    do {                                                                        \
        if (!(condition))                                                       \
            ck_abort_msg("%s:%d: not so: %s", __FILE__, __LINE__, #condition);  \
    } while (0)

#endif

/*
 * Where the fields of public structs lie. A program keeps the layout it was
 * compiled with, so a field that moves breaks every program already built.
 *
 * Always:  a failing line here is not repaired here: the header is.
 *          New fields go to the end of a struct that begins with `size`, and add
 *          lines; the last line of such a struct, its size, is the only one that
 *          may change.
 * Covers:  64-bit pointers, exactly (LP64 and LLP64 agree); elsewhere that `size`
 *          leads and the order is kept.
 */
#include "support/check_main.h"

#include "cohort/base.h"

#include <stddef.h>
#include <string.h>

#if UINTPTR_MAX == UINT64_MAX
#  define AT(type, field, offset) \
      _Static_assert(offsetof(type, field) == (offset), #type "." #field " has moved");
#  define BYTES(type, n_bytes) _Static_assert(sizeof(type) == (n_bytes), #type " has another size");
#else
#  define AT(type, field, offset) \
      _Static_assert(offsetof(type, field) <= (offset), #type "." #field " has moved");
#  define BYTES(type, n_bytes) _Static_assert(sizeof(type) <= (n_bytes), #type " has another size");
#endif

/* A struct that may grow: `size` leads, 32 bits wide. */
#define GROWS(type) \
    _Static_assert(offsetof(type, size) == 0 && sizeof(((type *)0)->size) == 4, #type " must begin with size");

GROWS(cohort_error)
AT(cohort_error, code, 4)
AT(cohort_error, position, 8)
AT(cohort_error, line, 16)
AT(cohort_error, column, 20)
AT(cohort_error, text, 24)
BYTES(cohort_error, 504)

GROWS(cohort_allocator)
AT(cohort_allocator, reserved, 4)
AT(cohort_allocator, context, 8)
AT(cohort_allocator, resize, 16)
BYTES(cohort_allocator, 24)

_Static_assert(sizeof(cohort_status) == 4 && (cohort_status)-1 < 0, "a status is a signed 32-bit number");

START_TEST(status_numbers_are_pinned)
{
    static const char *const names[] = {
        "OK",        "INVALID", "PARSE", "NOT_FOUND", "EXISTS", "AMBIGUOUS", "TYPE",
        "OVERFLOW",  "LIMIT",   "FULL",  "MEMORY",    "CANCELLED", "DEADLINE", "BUSY",
        "FORK",      "READ_ONLY", "IO",  "CORRUPT",   "TOO_NEW", "COMMIT_UNKNOWN", "UNSUPPORTED",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char full[64] = "COHORT_";

        strcat(full, names[i]);
        ck_assert_str_eq(cohort_status_name((cohort_status)i), full);
    }
    ck_assert_str_eq(cohort_status_name((cohort_status)(sizeof names / sizeof names[0])), "COHORT_?");
}
END_TEST

/* What a caller starts from: `size` is all of the struct, and zero means the default. */
START_TEST(init_macros_set_the_size_and_zero_the_rest)
{
    const cohort_error error = COHORT_ERROR_INIT;
    const cohort_allocator allocator = COHORT_ALLOCATOR_INIT;

    ck_assert_uint_eq(error.size, sizeof error);
    ck_assert_int_eq(error.code, COHORT_OK);
    ck_assert(error.position == COHORT_NO_POSITION);
    ck_assert_str_eq(error.text, "");
    ck_assert_uint_eq(allocator.size, sizeof allocator);
    ck_assert(allocator.resize == NULL && allocator.context == NULL);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("layout");
    TCase *layout = tcase_create("layout");

    tcase_add_test(layout, status_numbers_are_pinned);
    tcase_add_test(layout, init_macros_set_the_size_and_zero_the_rest);
    suite_add_tcase(suite, layout);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

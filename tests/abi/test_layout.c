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
#include "cohort/bitmap.h"
#include "cohort/bitmap64.h"
#include "cohort/evaluate.h"
#include "cohort/io.h"
#include "cohort/segment.h"
#include "cohort/store.h"

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

/* A number that means the same for ever. */
#define IS(constant, number) _Static_assert((constant) == (number), #constant " has another number");

/* cohort/base.h */
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

/* cohort/bitmap.h */
AT(cohort_cursor, hidden, 0)
BYTES(cohort_cursor, 32)

GROWS(cohort_bitmap_figures)
AT(cohort_bitmap_figures, reserved, 4)
AT(cohort_bitmap_figures, n_rows, 8)
AT(cohort_bitmap_figures, memory_bytes, 16)
AT(cohort_bitmap_figures, written_bytes, 24)
AT(cohort_bitmap_figures, n_list_tiles, 32)
AT(cohort_bitmap_figures, n_bit_tiles, 40)
AT(cohort_bitmap_figures, n_run_tiles, 48)
BYTES(cohort_bitmap_figures, 56)

/* cohort/bitmap64.h */
AT(cohort_cursor64, hidden, 0)
BYTES(cohort_cursor64, 64)

/* cohort/store.h */
AT(cohort_text, bytes, 0)
AT(cohort_text, length, 8)
BYTES(cohort_text, 16)

AT(cohort_value, type, 0)
AT(cohort_value, scale, 4)
AT(cohort_value, number, 8)
AT(cohort_value, real, 16)
AT(cohort_value, longitude, 24)
AT(cohort_value, text, 32)
AT(cohort_value, elements, 48)
AT(cohort_value, n_elements, 56)
BYTES(cohort_value, 64)

GROWS(cohort_field)
AT(cohort_field, type, 4)
AT(cohort_field, name, 8)
AT(cohort_field, scale, 16)
AT(cohort_field, collation, 20)
AT(cohort_field, target, 24)
BYTES(cohort_field, 32)

GROWS(cohort_object)
AT(cohort_object, key_type, 4)
AT(cohort_object, name, 8)
AT(cohort_object, key_name, 16)
AT(cohort_object, home, 24)
AT(cohort_object, time, 32)
AT(cohort_object, cluster, 40)
AT(cohort_object, fields, 48)
AT(cohort_object, n_fields, 56)
AT(cohort_object, history, 64)
AT(cohort_object, n_history, 72)
BYTES(cohort_object, 80)

GROWS(cohort_store_options)
AT(cohort_store_options, create, 4)
AT(cohort_store_options, read_only, 8)
AT(cohort_store_options, reserved, 12)
AT(cohort_store_options, allocator, 16)
AT(cohort_store_options, memory_limit_bytes, 24)
BYTES(cohort_store_options, 32)

AT(cohort_column, field, 0)
AT(cohort_column, type, 8)
AT(cohort_column, scale, 12)
AT(cohort_column, valid, 16)
AT(cohort_column, numbers, 24)
AT(cohort_column, reals, 32)
AT(cohort_column, longitudes, 40)
AT(cohort_column, ends, 48)
AT(cohort_column, offsets, 56)
AT(cohort_column, bytes, 64)
BYTES(cohort_column, 72)

GROWS(cohort_commit_report)
AT(cohort_commit_report, reserved, 4)
AT(cohort_commit_report, inserted, 8)
AT(cohort_commit_report, updated, 16)
AT(cohort_commit_report, unchanged, 24)
AT(cohort_commit_report, deleted, 32)
AT(cohort_commit_report, version, 40)
BYTES(cohort_commit_report, 48)

GROWS(cohort_field_usage)
AT(cohort_field_usage, reserved, 4)
AT(cohort_field_usage, n_values, 8)
AT(cohort_field_usage, n_distinct, 16)
AT(cohort_field_usage, memory_bytes, 24)
BYTES(cohort_field_usage, 32)

IS(COHORT_NULL, 0)
IS(COHORT_BOOL, 1)
IS(COHORT_INT, 2)
IS(COHORT_DECIMAL, 3)
IS(COHORT_DOUBLE, 4)
IS(COHORT_DATE, 5)
IS(COHORT_TIMESTAMP, 6)
IS(COHORT_STRING, 7)
IS(COHORT_SET, 8)
IS(COHORT_POINT, 9)
IS(COHORT_REFERENCE, 10)
IS(COHORT_EXACT, 0)
IS(COHORT_NOCASE, 1)

/* cohort/segment.h */
GROWS(cohort_segment_options)
AT(cohort_segment_options, nulls, 4)
AT(cohort_segment_options, max_depth, 8)
AT(cohort_segment_options, max_nodes, 12)
AT(cohort_segment_options, max_text_bytes, 16)
AT(cohort_segment_options, allocator, 24)
AT(cohort_segment_options, max_names, 32)
AT(cohort_segment_options, reserved, 36)
BYTES(cohort_segment_options, 40)

GROWS(cohort_definition)
AT(cohort_definition, kind, 4)
AT(cohort_definition, nulls, 8)
AT(cohort_definition, reserved, 12)
AT(cohort_definition, object, 16)
AT(cohort_definition, name, 24)
AT(cohort_definition, text, 32)
AT(cohort_definition, n_keys, 40)
BYTES(cohort_definition, 48)

IS(COHORT_NULLS_SQL, 0)
IS(COHORT_NULLS_COMPLEMENT, 1)
IS(COHORT_DEFINITION_SEGMENT, 1)
IS(COHORT_DEFINITION_STATIC, 2)
IS(COHORT_DEFINITION_TRAIT, 3)

/* cohort/evaluate.h */
GROWS(cohort_evaluator_options)
AT(cohort_evaluator_options, n_threads, 4)
AT(cohort_evaluator_options, allocator, 8)
AT(cohort_evaluator_options, memory_limit_bytes, 16)
BYTES(cohort_evaluator_options, 24)

GROWS(cohort_evaluate_options)
AT(cohort_evaluate_options, has_as_of, 4)
AT(cohort_evaluate_options, as_of_us, 8)
AT(cohort_evaluate_options, zone, 16)
AT(cohort_evaluate_options, week_start, 24)
AT(cohort_evaluate_options, fiscal_start, 28)
AT(cohort_evaluate_options, timeout_us, 32)
AT(cohort_evaluate_options, progress, 40)
AT(cohort_evaluate_options, progress_context, 48)
AT(cohort_evaluate_options, max_names, 56)
AT(cohort_evaluate_options, reserved, 60)
BYTES(cohort_evaluate_options, 64)

AT(cohort_result, members, 0)
AT(cohort_result, n_members, 8)
AT(cohort_result, n_unknown, 16)
BYTES(cohort_result, 24)

GROWS(cohort_explain_item)
AT(cohort_explain_item, is_step, 4)
AT(cohort_explain_item, depth, 8)
AT(cohort_explain_item, pass, 12)
AT(cohort_explain_item, number, 16)
AT(cohort_explain_item, reserved, 20)
AT(cohort_explain_item, object, 24)
AT(cohort_explain_item, text, 32)
AT(cohort_explain_item, n_true, 40)
AT(cohort_explain_item, n_unknown, 48)
AT(cohort_explain_item, n_estimated, 56)
AT(cohort_explain_item, n_tiles, 64)
AT(cohort_explain_item, n_tiles_skipped, 72)
AT(cohort_explain_item, time_ns, 80)
BYTES(cohort_explain_item, 88)

GROWS(cohort_why_item)
AT(cohort_why_item, depth, 4)
AT(cohort_why_item, answer, 8)
AT(cohort_why_item, is_leaf, 12)
AT(cohort_why_item, text, 16)
AT(cohort_why_item, seen, 24)
BYTES(cohort_why_item, 32)

GROWS(cohort_lint_item)
AT(cohort_lint_item, reserved, 4)
AT(cohort_lint_item, code, 8)
AT(cohort_lint_item, position, 16)
AT(cohort_lint_item, end, 24)
AT(cohort_lint_item, message, 32)
BYTES(cohort_lint_item, 40)

IS(COHORT_FALSE, 0)
IS(COHORT_TRUE, 1)
IS(COHORT_UNKNOWN, 2)

/* cohort/io.h */
AT(cohort_pair, name, 0)
AT(cohort_pair, value, 8)
BYTES(cohort_pair, 16)

GROWS(cohort_load_options)
AT(cohort_load_options, create_parents, 4)
AT(cohort_load_options, object, 8)
AT(cohort_load_options, path, 16)
AT(cohort_load_options, name, 24)
AT(cohort_load_options, read, 32)
AT(cohort_load_options, read_context, 40)
AT(cohort_load_options, key, 48)
AT(cohort_load_options, row_number, 56)
AT(cohort_load_options, home, 64)
AT(cohort_load_options, time, 72)
AT(cohort_load_options, cluster, 80)
AT(cohort_load_options, refs, 88)
AT(cohort_load_options, n_refs, 96)
AT(cohort_load_options, types, 104)
AT(cohort_load_options, n_types, 112)
AT(cohort_load_options, renames, 120)
AT(cohort_load_options, n_renames, 128)
AT(cohort_load_options, sets, 136)
AT(cohort_load_options, n_sets, 144)
AT(cohort_load_options, points, 152)
AT(cohort_load_options, n_points, 160)
AT(cohort_load_options, columns, 168)
AT(cohort_load_options, n_columns, 176)
AT(cohort_load_options, nulls, 184)
AT(cohort_load_options, n_nulls, 192)
AT(cohort_load_options, delimiter, 200)
AT(cohort_load_options, encoding, 208)
AT(cohort_load_options, date_format, 216)
AT(cohort_load_options, zone, 224)
AT(cohort_load_options, duplicates, 232)
AT(cohort_load_options, keep_empty, 236)
AT(cohort_load_options, skip_errors, 240)
AT(cohort_load_options, progress, 248)
AT(cohort_load_options, progress_context, 256)
BYTES(cohort_load_options, 264)

GROWS(cohort_load_counts)
AT(cohort_load_counts, reserved, 4)
AT(cohort_load_counts, n_rows, 8)
AT(cohort_load_counts, n_inserted, 16)
AT(cohort_load_counts, n_updated, 24)
AT(cohort_load_counts, n_unchanged, 32)
AT(cohort_load_counts, n_skipped, 40)
AT(cohort_load_counts, n_duplicates, 48)
AT(cohort_load_counts, n_parents, 56)
AT(cohort_load_counts, n_rounded, 64)
BYTES(cohort_load_counts, 72)

GROWS(cohort_members_options)
AT(cohort_members_options, format, 4)
AT(cohort_members_options, columns, 8)
AT(cohort_members_options, n_columns, 16)
AT(cohort_members_options, order_by, 24)
AT(cohort_members_options, limit, 32)
AT(cohort_members_options, max_width, 40)
AT(cohort_members_options, reserved, 44)
BYTES(cohort_members_options, 48)

IS(COHORT_DUPLICATES_LAST, 0)
IS(COHORT_DUPLICATES_FIRST, 1)
IS(COHORT_DUPLICATES_ERROR, 2)
IS(COHORT_FORMAT_KEYS, 0)
IS(COHORT_FORMAT_CSV, 1)
IS(COHORT_FORMAT_NDJSON, 2)
IS(COHORT_FORMAT_TABLE, 3)
IS(COHORT_FORMAT_ROARING, 4)

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
static void check_start(const char *name, const void *start, size_t n_bytes)
{
    const unsigned char *bytes = start;
    uint32_t size;

    memcpy(&size, bytes, sizeof size);
    ck_assert_msg(size == n_bytes, "%s says it has %u bytes, of %zu", name, (unsigned)size, n_bytes);
    for (size_t i = sizeof size; i < n_bytes; i++)
        ck_assert_msg(bytes[i] == 0, "byte %zu of %s is not zero", i, name);
}

#define STARTS(type, init)                                                                          \
    do {                                                                                            \
        const type start = init;                                                                    \
        check_start(#type, &start, sizeof start);                                                   \
    } while (0)

START_TEST(init_macros_set_the_size_and_zero_the_rest)
{
    STARTS(cohort_allocator, COHORT_ALLOCATOR_INIT);
    STARTS(cohort_bitmap_figures, COHORT_BITMAP_FIGURES_INIT);
    STARTS(cohort_field, COHORT_FIELD_INIT);
    STARTS(cohort_object, COHORT_OBJECT_INIT);
    STARTS(cohort_store_options, COHORT_STORE_OPTIONS_INIT);
    STARTS(cohort_commit_report, COHORT_COMMIT_REPORT_INIT);
    STARTS(cohort_field_usage, COHORT_FIELD_USAGE_INIT);
    STARTS(cohort_segment_options, COHORT_SEGMENT_OPTIONS_INIT);
    STARTS(cohort_definition, COHORT_DEFINITION_INIT);
    STARTS(cohort_evaluator_options, COHORT_EVALUATOR_OPTIONS_INIT);
    STARTS(cohort_evaluate_options, COHORT_EVALUATE_OPTIONS_INIT);
    STARTS(cohort_load_options, COHORT_LOAD_OPTIONS_INIT);
    STARTS(cohort_load_counts, COHORT_LOAD_COUNTS_INIT);
    STARTS(cohort_members_options, COHORT_MEMBERS_OPTIONS_INIT);
}
END_TEST

START_TEST(an_error_starts_without_a_position)
{
    cohort_error error = COHORT_ERROR_INIT;

    ck_assert(error.position == COHORT_NO_POSITION);
    error.position = 0;
    check_start("cohort_error", &error, sizeof error);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("layout");
    TCase *layout = tcase_create("layout");

    tcase_add_test(layout, status_numbers_are_pinned);
    tcase_add_test(layout, init_macros_set_the_size_and_zero_the_rest);
    tcase_add_test(layout, an_error_starts_without_a_position);
    suite_add_tcase(suite, layout);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

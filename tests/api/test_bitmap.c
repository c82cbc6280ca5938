/* The public bitmap: what is refused, who owns what, origins, memory, and one pass over every function. */
#include <stdlib.h>
#include <string.h>

#include "api/handles.h"
#include "cohort/bitmap.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/keys.h"
#include "support/must.h"
#include "support/random.h"

static cohort_bitmap *bitmap_of(const cohort_allocator *allocator, const uint32_t *rows, size_t n)
{
    cohort_bitmap *bitmap;

    ck_assert_int_eq(cohort_bitmap_new(allocator, &bitmap, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap_add_rows(bitmap, rows, n, NULL), COHORT_OK);
    return bitmap;
}

static void assert_rows(const cohort_bitmap *bitmap, const uint32_t *rows, size_t n)
{
    uint32_t found[16];

    ck_assert_uint_eq(cohort_bitmap_count(bitmap), n);
    ck_assert_uint_eq(cohort_bitmap_rows(bitmap, 0, found, 16), n);
    ck_assert_mem_eq(found, rows, n * sizeof *rows);
}

static const uint32_t some[] = { 1, 5, 65536, 4294967295 };
static const uint32_t others[] = { 5, 7, 65536 };

typedef cohort_status maker(const cohort_bitmap *a, const cohort_bitmap *b, cohort_bitmap **result,
                            cohort_error *error);
typedef cohort_status changer(cohort_bitmap *a, const cohort_bitmap *b, cohort_error *error);
typedef cohort_status counter(const cohort_bitmap *a, const cohort_bitmap *b, uint64_t *count, cohort_error *error);

typedef struct operation {
    maker *make;
    changer *change;
    counter *count;
    uint32_t rows[8];
    size_t n;
} operation;

static const operation operations[] = {
    { cohort_bitmap_and, cohort_bitmap_and_into, cohort_bitmap_and_count, { 5, 65536 }, 2 },
    { cohort_bitmap_or, cohort_bitmap_or_into, cohort_bitmap_or_count, { 1, 5, 7, 65536, 4294967295 }, 5 },
    { cohort_bitmap_xor, cohort_bitmap_xor_into, cohort_bitmap_xor_count, { 1, 7, 4294967295 }, 3 },
    { cohort_bitmap_andnot, cohort_bitmap_andnot_into, cohort_bitmap_andnot_count, { 1, 4294967295 }, 2 },
};
enum { N_OPERATIONS = sizeof operations / sizeof operations[0] };

START_TEST(an_operation_makes_changes_and_counts_alike)
{
    const operation *o = &operations[_i];
    cohort_bitmap *a = bitmap_of(NULL, some, 4);
    cohort_bitmap *b = bitmap_of(NULL, others, 3);
    cohort_bitmap *made;
    uint64_t count;

    ck_assert_int_eq(o->make(a, b, &made, NULL), COHORT_OK);
    assert_rows(made, o->rows, o->n);
    ck_assert_int_eq(o->count(a, b, &count, NULL), COHORT_OK);
    ck_assert_uint_eq(count, o->n);
    assert_rows(a, some, 4);
    ck_assert_int_eq(o->change(a, b, NULL), COHORT_OK);
    assert_rows(a, o->rows, o->n);
    assert_rows(b, others, 3);
    cohort_bitmap_free(a);
    cohort_bitmap_free(b);
    cohort_bitmap_free(made);
}
END_TEST

START_TEST(null_pointers_are_refused_by_name)
{
    const operation *o = &operations[_i];
    cohort_error error = COHORT_ERROR_INIT;
    cohort_bitmap *a = bitmap_of(NULL, some, 4);
    cohort_bitmap *made = a;
    uint64_t count = 9;

    ck_assert_int_eq(o->make(NULL, a, &made, &error), COHORT_INVALID);
    ck_assert_str_eq(error.text, "one of the bitmaps is NULL");
    ck_assert_ptr_null(made);
    ck_assert_int_eq(o->make(a, a, NULL, &error), COHORT_INVALID);
    ck_assert_int_eq(o->change(a, NULL, &error), COHORT_INVALID);
    ck_assert_int_eq(o->change(NULL, a, NULL), COHORT_INVALID);
    ck_assert_int_eq(o->count(a, NULL, &count, &error), COHORT_INVALID);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(o->count(a, a, NULL, &error), COHORT_INVALID);
    cohort_bitmap_free(a);
}
END_TEST

START_TEST(questions_to_no_bitmap_answer_nothing)
{
    cohort_cursor cursor;
    uint32_t row = 3;

    ck_assert(!cohort_bitmap_contains(NULL, 1));
    ck_assert_uint_eq(cohort_bitmap_count(NULL), 0);
    ck_assert_uint_eq(cohort_bitmap_count_range(NULL, 0, 9), 0);
    ck_assert(cohort_bitmap_is_empty(NULL));
    ck_assert(!cohort_bitmap_equal(NULL, NULL));
    ck_assert(!cohort_bitmap_subset(NULL, NULL));
    ck_assert(!cohort_bitmap_intersect(NULL, NULL));
    ck_assert_uint_eq(cohort_bitmap_rank(NULL, 5), 0);
    ck_assert(!cohort_bitmap_select(NULL, 0, &row));
    ck_assert(!cohort_bitmap_least(NULL, &row));
    ck_assert(!cohort_bitmap_greatest(NULL, &row));
    ck_assert_uint_eq(cohort_bitmap_rows(NULL, 0, &row, 1), 0);
    ck_assert_uint_eq(cohort_bitmap_memory_bytes(NULL), 0);
    ck_assert_uint_eq(cohort_bitmap_written_bytes(NULL), 0);
    cohort_cursor_start(&cursor, NULL);
    ck_assert(!cohort_cursor_next(&cursor, &row));
    ck_assert(!cohort_cursor_previous(&cursor, &row));
    ck_assert_uint_eq(row, 3);
    cohort_cursor_start(NULL, NULL);
    cohort_cursor_seek(NULL, 0);
    ck_assert(!cohort_cursor_next(NULL, NULL));
    cohort_bitmap_free(NULL);
}
END_TEST

START_TEST(changes_to_no_bitmap_and_impossible_ranges_are_refused)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_bitmap *a = bitmap_of(NULL, some, 4);

    ck_assert_int_eq(cohort_bitmap_new(NULL, NULL, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_copy(a, NULL, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_clear(NULL, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_add(NULL, 1, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_remove(NULL, 1, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_add_rows(NULL, some, 1, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_add_rows(a, NULL, 1, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_add_rows(a, NULL, 0, &error), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap_add_range(NULL, 0, 1, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_add_range(a, 2, 1, &error), COHORT_INVALID);
    ck_assert_str_eq(error.text, "range of rows [2, 1) does not rise, or leaves [0, 4294967296)");
    ck_assert_int_eq(cohort_bitmap_remove_range(a, 0, (UINT64_C(1) << 32) + 1, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_optimise(NULL, &error), COHORT_INVALID);
    assert_rows(a, some, 4);
    cohort_bitmap_free(a);
}
END_TEST

START_TEST(rows_of_two_stores_never_meet)
{
    static const co_origin here = { 1, 2, 3 };
    static const co_origin elsewhere[] = { { 9, 2, 3 }, { 1, 9, 3 }, { 1, 2, 9 } };
    const operation *o = &operations[_i];
    cohort_error error = COHORT_ERROR_INIT;
    cohort_bitmap *a = bitmap_of(NULL, some, 4);
    cohort_bitmap *b = bitmap_of(NULL, others, 3);
    cohort_bitmap *by_hand = bitmap_of(NULL, others, 3);
    cohort_bitmap *made;
    uint64_t count;

    a->origin = here;
    for (unsigned i = 0; i < 3; i++) {
        const cohort_bitmap *const three[] = { by_hand, a, b };

        b->origin = elsewhere[i];
        ck_assert_int_eq(o->make(a, b, &made, &error), COHORT_INVALID);
        ck_assert_str_eq(error.text,
                         "bitmaps hold rows of two different stores, objects or epochs, which cannot be combined");
        ck_assert_int_eq(o->change(a, b, &error), COHORT_INVALID);
        ck_assert_int_eq(o->count(a, b, &count, &error), COHORT_INVALID);
        ck_assert_int_eq(cohort_bitmap_or_many(three, 3, &made, &error), COHORT_INVALID);
        ck_assert_ptr_null(made);
    }
    ck_assert_int_eq(o->make(by_hand, a, &made, &error), COHORT_OK);
    ck_assert_uint_eq(made->origin.object, 2);
    cohort_bitmap_free(made);
    ck_assert_int_eq(o->change(by_hand, a, &error), COHORT_OK);
    ck_assert_uint_eq(by_hand->origin.store, 1);
    cohort_bitmap_free(a);
    cohort_bitmap_free(b);
    cohort_bitmap_free(by_hand);
}
END_TEST

START_TEST(many_bitmaps_are_combined_at_once)
{
    static const uint32_t third[] = { 5, 9 };
    static const uint32_t in_two[] = { 5, 65536 };
    static const uint32_t in_any[] = { 1, 5, 7, 9, 65536, 4294967295 };
    cohort_error error = COHORT_ERROR_INIT;
    cohort_bitmap *a = bitmap_of(NULL, some, 4);
    cohort_bitmap *b = bitmap_of(NULL, others, 3);
    cohort_bitmap *c = bitmap_of(NULL, third, 2);
    const cohort_bitmap *const sets[] = { a, b, c, NULL };
    cohort_bitmap *made;

    ck_assert_int_eq(cohort_bitmap_and_many(sets, 3, &made, NULL), COHORT_OK);
    assert_rows(made, third, 1);
    cohort_bitmap_free(made);
    ck_assert_int_eq(cohort_bitmap_or_many(sets, 3, &made, NULL), COHORT_OK);
    assert_rows(made, in_any, 6);
    cohort_bitmap_free(made);
    ck_assert_int_eq(cohort_bitmap_at_least(sets, 3, 2, &made, NULL), COHORT_OK);
    assert_rows(made, in_two, 2);
    cohort_bitmap_free(made);
    ck_assert_int_eq(cohort_bitmap_at_least(sets, 3, 4, &made, NULL), COHORT_OK);
    ck_assert(cohort_bitmap_is_empty(made));
    cohort_bitmap_free(made);

    uint64_t shared[9];
    static const uint64_t wanted[] = { 4, 2, 1, 2, 3, 1, 1, 1, 2 };

    ck_assert_int_eq(cohort_bitmap_overlap(sets, 3, shared, NULL), COHORT_OK);
    ck_assert_mem_eq(shared, wanted, sizeof wanted);
    ck_assert_int_eq(cohort_bitmap_overlap(sets, 4, shared, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_overlap(sets, 0, shared, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_overlap(sets, 3, NULL, &error), COHORT_INVALID);

    ck_assert_int_eq(cohort_bitmap_at_least(sets, 3, 0, &made, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_and_many(sets, 4, &made, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_and_many(sets, 0, &made, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_or_many(NULL, 1, &made, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_or_many(sets, 1, NULL, &error), COHORT_INVALID);
    cohort_bitmap_free(a);
    cohort_bitmap_free(b);
    cohort_bitmap_free(c);
}
END_TEST

/* The rows in so many of the sets, or in an odd number (0), against a count a row. */
static void check_hundreds(const cohort_bitmap *const *sets, size_t n, const uint16_t *totals, size_t n_rows)
{
    const size_t leasts[] = { 1, 2, n / 3, n - 1, n, 0 };
    cohort_bitmap *made;

    for (size_t l = 0; l < sizeof leasts / sizeof *leasts; l++) {
        uint64_t wanted = 0;

        for (size_t row = 0; row < n_rows; row++)
            wanted += leasts[l] == 0 ? totals[row] % 2 : totals[row] >= leasts[l];
        must((leasts[l] == 0 ? cohort_bitmap_xor_many(sets, n, &made, NULL)
                             : cohort_bitmap_at_least(sets, n, leasts[l], &made, NULL)) == COHORT_OK);
        must(co_bitmap_validate(&made->rows) == NULL && cohort_bitmap_count(made) == wanted);
        for (size_t row = 0; row < n_rows; row += 7)
            must(cohort_bitmap_contains(made, (uint32_t)row)
                 == (leasts[l] == 0 ? totals[row] % 2 == 1 : totals[row] >= leasts[l]));
        cohort_bitmap_free(made);
    }
}

START_TEST(hundreds_of_bitmaps_are_combined_at_once)
{
    enum { N = 300, ROWS = 150000 };
    static uint16_t totals[ROWS];
    static uint32_t rows[ROWS];
    cohort_bitmap *sets[N];
    const cohort_bitmap *list[N];

    for (size_t i = 0; i < N; i++) {
        size_t n = 0;

        for (uint32_t row = 0; row < ROWS; row++) {
            if ((row / (i % 3 == 0 ? 100 : 1) * 2654435761u >> 16) % (N + 5) >= i) {
                rows[n++] = row;
                totals[row]++;
            }
        }
        list[i] = sets[i] = bitmap_of(NULL, rows, n);
        if (i % 2 == 0)
            ck_assert_int_eq(cohort_bitmap_optimise(sets[i], NULL), COHORT_OK);
    }
    check_hundreds(list, N, totals, ROWS);
    for (size_t i = 0; i < N; i++)
        cohort_bitmap_free(sets[i]);
}
END_TEST

START_TEST(rows_are_changed_asked_and_walked)
{
    static const uint32_t left[] = { 1, 65536, 4294967295 };
    cohort_bitmap *a = bitmap_of(NULL, some, 4);
    cohort_bitmap *b;
    cohort_cursor cursor;
    uint32_t row;

    ck_assert_int_eq(cohort_bitmap_add(a, 8, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap_remove(a, 8, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap_add_range(a, 10, 20, NULL), COHORT_OK);
    ck_assert_uint_eq(cohort_bitmap_count_range(a, 0, 15), 7);
    ck_assert_int_eq(cohort_bitmap_remove_range(a, 5, 30, NULL), COHORT_OK);
    assert_rows(a, left, 3);
    ck_assert_int_eq(cohort_bitmap_optimise(a, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap_copy(a, &b, NULL), COHORT_OK);
    ck_assert(cohort_bitmap_equal(a, b) && cohort_bitmap_subset(a, b) && cohort_bitmap_intersect(a, b));
    ck_assert(cohort_bitmap_contains(a, 65536));
    ck_assert_uint_eq(cohort_bitmap_rank(a, 65537), 2);
    ck_assert(cohort_bitmap_select(a, 2, &row) && row == 4294967295);
    ck_assert(cohort_bitmap_least(a, &row) && row == 1);
    ck_assert(cohort_bitmap_greatest(a, NULL));
    ck_assert_uint_gt(cohort_bitmap_memory_bytes(a), 0);

    cohort_cursor_start(&cursor, a);
    for (unsigned i = 0; i < 3; i++)
        ck_assert(cohort_cursor_next(&cursor, &row) && row == left[i]);
    ck_assert(!cohort_cursor_next(&cursor, &row));
    for (unsigned i = 3; i-- > 0;)
        ck_assert(cohort_cursor_previous(&cursor, &row) && row == left[i]);
    cohort_cursor_seek(&cursor, 2);
    ck_assert(cohort_cursor_next(&cursor, &row) && row == 65536);

    ck_assert_int_eq(cohort_bitmap_clear(a, NULL), COHORT_OK);
    ck_assert(cohort_bitmap_is_empty(a) && !cohort_bitmap_equal(a, b));
    cohort_bitmap_free(a);
    cohort_bitmap_free(b);
}
END_TEST

START_TEST(rows_in_no_order_and_with_repeats_are_added_and_taken_out)
{
    enum { N = 6000 };
    static const unsigned high_bits[] = { 0, 4, 9, 16 };
    co_random random = co_random_of((uint64_t)_i);
    uint32_t *rows = malloc(N * sizeof *rows);
    uint64_t *wide = malloc(N * sizeof *wide);
    cohort_bitmap *a = bitmap_of(NULL, some, 4);

    for (size_t i = 0; i < N; i++) {
        rows[i] = (uint32_t)co_random_below(&random, UINT64_C(1) << high_bits[_i]) << 16
                | (uint32_t)co_random_below(&random, _i % 2 ? 65536 : 20);
        wide[i] = rows[i];
    }
    co_keys keys = co_keys_of(wide, N);

    ck_assert_int_eq(cohort_bitmap_add_rows(a, rows, N, NULL), COHORT_OK);
    must(co_bitmap_validate(&a->rows) == NULL);
    for (size_t i = 0; i < keys.n; i++)
        must(cohort_bitmap_rank(a, keys.at[i] + 1) - i <= 5 && cohort_bitmap_contains(a, (uint32_t)keys.at[i]));
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(cohort_bitmap_remove(a, some[i], NULL), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap_remove_rows(a, rows, N, NULL), COHORT_OK);
    ck_assert(cohort_bitmap_is_empty(a));
    cohort_bitmap_free(a);
    co_keys_free(&keys);
    free(rows);
    free(wide);
}
END_TEST

START_TEST(ranges_are_flipped_and_asked)
{
    static const uint32_t flipped[] = { 0, 2, 3, 4, 65536, 4294967295 };
    cohort_error error = COHORT_ERROR_INIT;
    cohort_bitmap *a = bitmap_of(NULL, some, 4);
    cohort_bitmap *b = a;

    ck_assert_int_eq(cohort_bitmap_flip_range(a, 0, 6, &b, NULL), COHORT_OK);
    assert_rows(b, flipped, 6);
    ck_assert_int_eq(cohort_bitmap_flip_range_into(b, 0, 6, NULL), COHORT_OK);
    ck_assert(cohort_bitmap_equal(a, b));
    cohort_bitmap_free(b);
    ck_assert_int_eq(cohort_bitmap_flip_range_into(a, 0, UINT64_C(1) << 32, NULL), COHORT_OK);
    ck_assert_uint_eq(cohort_bitmap_count(a), (UINT64_C(1) << 32) - 4);
    ck_assert(cohort_bitmap_contains_range(a, 6, 65536) && !cohort_bitmap_contains_range(a, 5, 65536));
    ck_assert(cohort_bitmap_contains_range(a, 5, 5) && !cohort_bitmap_contains_range(NULL, 5, 5));

    ck_assert_int_eq(cohort_bitmap_flip_range(a, 3, 2, &b, &error), COHORT_INVALID);
    ck_assert_ptr_null(b);
    ck_assert_int_eq(cohort_bitmap_flip_range(NULL, 2, 3, &b, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_flip_range(a, 2, 3, NULL, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_flip_range_into(a, 0, UINT64_MAX, &error), COHORT_INVALID);
    cohort_bitmap_free(a);
}
END_TEST

START_TEST(rows_shifted_out_at_either_end_are_left_out)
{
    static const struct {
        int64_t by;
        uint32_t rows[4];
        size_t n;
    } shifts[] = {
        { 0, { 1, 5, 65536, 4294967295 }, 4 },
        { 1, { 2, 6, 65537 }, 3 },
        { -5, { 0, 65531, 4294967290 }, 3 },
        { -65536, { 0, 4294901759 }, 2 },
        { 4294967294, { 4294967295 }, 1 },
        { 4294967295, { 0 }, 0 },
        { -4294967295, { 0 }, 1 },
        { INT64_C(4294967296), { 0 }, 0 },
        { INT64_MIN, { 0 }, 0 },
        { INT64_MAX, { 0 }, 0 },
    };

    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        cohort_bitmap *a = bitmap_of(NULL, some, 4);
        cohort_bitmap *b;

        ck_assert_int_eq(cohort_bitmap_shift(a, shifts[i].by, &b, NULL), COHORT_OK);
        assert_rows(b, shifts[i].rows, shifts[i].n);
        ck_assert_int_eq(cohort_bitmap_shift_into(a, shifts[i].by, NULL), COHORT_OK);
        ck_assert(cohort_bitmap_equal(a, b));
        cohort_bitmap_free(a);
        cohort_bitmap_free(b);
    }
}
END_TEST

START_TEST(alike_is_the_share_of_rows_in_both)
{
    cohort_bitmap *a = bitmap_of(NULL, some, 4);
    cohort_bitmap *b = bitmap_of(NULL, others, 3);
    cohort_bitmap *empty = bitmap_of(NULL, NULL, 0);
    double index = 9;

    ck_assert_int_eq(cohort_bitmap_jaccard(a, b, &index, NULL), COHORT_OK);
    ck_assert(index > 0.3999 && index < 0.4001);
    ck_assert_int_eq(cohort_bitmap_jaccard(a, empty, &index, NULL), COHORT_OK);
    ck_assert(index <= 0);
    ck_assert_int_eq(cohort_bitmap_jaccard(empty, empty, &index, NULL), COHORT_OK);
    ck_assert(index >= 1);
    ck_assert_int_eq(cohort_bitmap_jaccard(a, NULL, &index, NULL), COHORT_INVALID);
    ck_assert(index <= 0);
    ck_assert_int_eq(cohort_bitmap_jaccard(a, a, NULL, NULL), COHORT_INVALID);
    cohort_bitmap_free(a);
    cohort_bitmap_free(b);
    cohort_bitmap_free(empty);
}
END_TEST

START_TEST(a_view_reads_the_bytes_and_leaves_them_alone)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_bitmap *a = bitmap_of(NULL, some, 4);
    cohort_bitmap *view = a;
    const size_t size = cohort_bitmap_written_bytes(a);
    unsigned char *bytes = calloc(size + 3, 1);
    size_t used = 0;

    ck_assert_int_eq(cohort_bitmap_write(a, bytes, size, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap_view(NULL, bytes, size + 3, NULL, &view, &error), COHORT_CORRUPT);
    ck_assert_ptr_null(view);
    ck_assert_int_eq(cohort_bitmap_view(NULL, bytes, size - 1, &used, &view, &error), COHORT_CORRUPT);
    ck_assert_int_eq(cohort_bitmap_view(NULL, NULL, 1, &used, &view, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_view(NULL, bytes, size, &used, NULL, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_view(NULL, bytes, size + 3, &used, &view, NULL), COHORT_OK);
    ck_assert_uint_eq(used, size);
    assert_rows(view, some, 4);
    ck_assert_int_eq(cohort_bitmap_add(view, 3, &error), COHORT_READ_ONLY);
    ck_assert_str_eq(error.text, "the bitmap is a view of bytes, which is never changed; change a copy");
    /* What a view does not hold of its own shows through. */
    ck_assert_uint_le(cohort_bitmap_memory_bytes(view), 1000);
    ck_assert_int_eq(cohort_bitmap_or_into(a, view, NULL), COHORT_OK);
    assert_rows(a, some, 4);
    cohort_bitmap_free(view);
    cohort_bitmap_free(a);
    free(bytes);
}
END_TEST

START_TEST(figures_and_pages_are_exact)
{
    cohort_bitmap *a = bitmap_of(NULL, some, 4);
    cohort_bitmap_figures figures = COHORT_BITMAP_FIGURES_INIT;
    cohort_bitmap_figures unsized = { 0 };
    cohort_cursor cursor;
    uint32_t rows[4];

    ck_assert_int_eq(cohort_bitmap_add_range(a, 200000, 400000, NULL), COHORT_OK);
    for (uint32_t row = 0; row < 20000; row += 2)
        ck_assert_int_eq(cohort_bitmap_add(a, 1000000 + row, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap_measure(a, &figures, NULL), COHORT_OK);
    ck_assert_uint_eq(figures.n_rows, 210004);
    ck_assert_uint_eq(figures.n_list_tiles, 3);
    ck_assert_uint_eq(figures.n_bit_tiles, 1);
    ck_assert_uint_eq(figures.n_run_tiles, 4);
    ck_assert_uint_eq(figures.memory_bytes, cohort_bitmap_memory_bytes(a));
    ck_assert_int_eq(cohort_bitmap_measure(NULL, &figures, NULL), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_measure(a, NULL, NULL), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_measure(a, &unsized, NULL), COHORT_INVALID);

    ck_assert_uint_eq(cohort_bitmap_rows_at(a, 2, rows, 3), 3);
    ck_assert(rows[0] == 65536 && rows[1] == 200000 && rows[2] == 200001);
    ck_assert_uint_eq(cohort_bitmap_rows_at(a, 210003, rows, 3), 1);
    ck_assert_uint_eq(cohort_bitmap_rows_at(a, 210004, rows, 3), 0);
    ck_assert_uint_eq(cohort_bitmap_rows_at(NULL, 0, rows, 3), 0);
    cohort_cursor_start(&cursor, a);
    ck_assert_uint_eq(cohort_cursor_read(&cursor, rows, 3), 3);
    ck_assert(cohort_cursor_next(&cursor, rows) && rows[0] == 200000);
    cohort_cursor_seek(&cursor, 4294967295);
    ck_assert_uint_eq(cohort_cursor_read(&cursor, rows, 3), 1);
    ck_assert_uint_eq(cohort_cursor_read(&cursor, rows, 3), 0);
    ck_assert_uint_eq(cohort_cursor_read(NULL, rows, 3), 0);
    cohort_bitmap_free(a);
}
END_TEST

START_TEST(bytes_go_out_and_come_back)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_bitmap *a = bitmap_of(NULL, some, 4);
    cohort_bitmap *b;
    const size_t size = cohort_bitmap_written_bytes(a);
    unsigned char *bytes = calloc(size + 3, 1);
    size_t used = 0;

    ck_assert_int_eq(cohort_bitmap_write(a, bytes, size - 1, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_write(a, NULL, size, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_write(NULL, bytes, size, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_write(a, bytes, size, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap_read(NULL, bytes, size + 3, &used, &b, NULL), COHORT_OK);
    ck_assert_uint_eq(used, size);
    assert_rows(b, some, 4);
    cohort_bitmap_free(b);
    ck_assert_int_eq(cohort_bitmap_read(NULL, bytes, size, NULL, &b, NULL), COHORT_OK);
    cohort_bitmap_free(b);

    ck_assert_int_eq(cohort_bitmap_read(NULL, bytes, size + 3, NULL, &b, &error), COHORT_CORRUPT);
    ck_assert_str_eq(error.text, "roaring bitmap: 3 bytes follow its end");
    ck_assert_uint_eq(error.position, size);
    ck_assert_ptr_null(b);
    ck_assert_int_eq(cohort_bitmap_read(NULL, bytes, size - 1, &used, &b, &error), COHORT_CORRUPT);
    ck_assert_ptr_null(b);
    ck_assert_int_eq(cohort_bitmap_read(NULL, NULL, 0, &used, &b, &error), COHORT_CORRUPT);
    ck_assert_int_eq(cohort_bitmap_read(NULL, NULL, 1, &used, &b, &error), COHORT_INVALID);
    ck_assert_int_eq(cohort_bitmap_read(NULL, bytes, size, &used, NULL, &error), COHORT_INVALID);
    cohort_bitmap_free(a);
    free(bytes);
}
END_TEST

/* Every public function that asks for memory, one after the other, each expected to work or to say so. */
static void live_a_life(const cohort_allocator *allocator, bool *refused)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_bitmap *made[16] = { NULL };
    cohort_bitmap *a = NULL;
    unsigned char bytes[64];
    unsigned n = 0;

#define TRY(call)                                                               \
    do {                                                                        \
        const cohort_status status_ = (call);                                   \
        must(status_ == COHORT_OK || (status_ == COHORT_MEMORY && error.text[0] != 0)); \
        *refused = *refused || status_ == COHORT_MEMORY;                        \
    } while (0)

    TRY(cohort_bitmap_new(allocator, &a, &error));
    if (a != NULL) {
        TRY(cohort_bitmap_add(a, 5, &error));
        TRY(cohort_bitmap_add_rows(a, some, 4, &error));
        TRY(cohort_bitmap_add_range(a, 100, 200, &error));
        TRY(cohort_bitmap_remove_range(a, 150, 160, &error));
        TRY(cohort_bitmap_remove_range(a, 8, 5000, &error));
        TRY(cohort_bitmap_optimise(a, &error));
        const cohort_bitmap *const sets[] = { a, a, a };

        for (unsigned o = 0; o < N_OPERATIONS; o++)
            TRY(operations[o].make(a, a, &made[n++], &error));
        TRY(cohort_bitmap_copy(a, &made[n++], &error));
        TRY(cohort_bitmap_and_many(sets, 3, &made[n++], &error));
        TRY(cohort_bitmap_or_many(sets, 3, &made[n++], &error));
        TRY(cohort_bitmap_at_least(sets, 3, 2, &made[n++], &error));
        if (cohort_bitmap_write(a, bytes, sizeof bytes, &error) == COHORT_OK)
            TRY(cohort_bitmap_read(allocator, bytes, cohort_bitmap_written_bytes(a), NULL, &made[n++], &error));
        TRY(cohort_bitmap_or_into(a, a, &error));
    }
#undef TRY
    for (unsigned i = 0; i < n; i++)
        cohort_bitmap_free(made[i]);
    cohort_bitmap_free(a);
}

START_TEST(every_allocation_may_be_refused)
{
    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        bool refused = false;

        live_a_life(&allocator, &refused);
        must(co_failing_is_clean(&state));
        must(refused == (state.n_refused != 0));
        if (state.n_refused == 0)
            break;
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("api bitmap");
    TCase *tests = tcase_create("all");

    tcase_add_loop_test(tests, an_operation_makes_changes_and_counts_alike, 0, N_OPERATIONS);
    tcase_add_loop_test(tests, null_pointers_are_refused_by_name, 0, N_OPERATIONS);
    tcase_add_test(tests, questions_to_no_bitmap_answer_nothing);
    tcase_add_test(tests, changes_to_no_bitmap_and_impossible_ranges_are_refused);
    tcase_add_loop_test(tests, rows_of_two_stores_never_meet, 0, N_OPERATIONS);
    tcase_add_test(tests, many_bitmaps_are_combined_at_once);
    tcase_add_test(tests, hundreds_of_bitmaps_are_combined_at_once);
    tcase_add_test(tests, rows_are_changed_asked_and_walked);
    tcase_add_loop_test(tests, rows_in_no_order_and_with_repeats_are_added_and_taken_out, 0, 4);
    tcase_add_test(tests, ranges_are_flipped_and_asked);
    tcase_add_test(tests, rows_shifted_out_at_either_end_are_left_out);
    tcase_add_test(tests, alike_is_the_share_of_rows_in_both);
    tcase_add_test(tests, a_view_reads_the_bytes_and_leaves_them_alone);
    tcase_add_test(tests, figures_and_pages_are_exact);
    tcase_add_test(tests, bytes_go_out_and_come_back);
    tcase_add_test(tests, every_allocation_may_be_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) { return co_run_suite(make_suite()); }

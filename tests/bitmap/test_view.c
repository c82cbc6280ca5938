/*
 * Views over someone else's bytes: they answer as the bitmap that was written,
 * wherever the bytes begin, and accept exactly the bytes that the reader accepts.
 */
#include <stdlib.h>
#include <string.h>

#include "support/check_main.h"
#include "support/every_kernel.h"
#include "support/flags.h"
#include "support/must.h"
#include "support/random.h"
#include "support/trials.h"

enum { N_PLACES = 9 };

typedef struct fixture {
    co_memory memory;
    co_random random;
    uint8_t *flags;
    uint8_t *block;             /* the bytes, at a place of our choice */
    uint8_t *spare;             /* a copy of them */
    size_t length;
    co_bitmap made;
    co_bitmap view;
    co_bitmap out;
    co_bitmap wanted;
} fixture;

static void begin(fixture *f, uint64_t seed)
{
    *f = (fixture){ .random = co_random_of(seed), .flags = calloc(CO_FLAG_ROWS, 1) };
    co_memory_init(&f->memory, NULL, 0);
    co_bitmap_init(&f->made, &f->memory);
    co_bitmap_init(&f->view, &f->memory);
    co_bitmap_init(&f->out, &f->memory);
    co_bitmap_init(&f->wanted, &f->memory);
}

static void end(fixture *f)
{
    co_bitmap_clear(&f->view);
    must(f->block == NULL || memcmp(f->block + N_PLACES, f->spare, f->length) == 0);
    co_bitmap_clear(&f->made);
    co_bitmap_clear(&f->out);
    co_bitmap_clear(&f->wanted);
    must(f->memory.used_bytes == 0);
    free(f->flags);
    free(f->block);
    free(f->spare);
}

/* Writes `made` and makes a view of it, `place` bytes after an aligned address. */
static void view_at(fixture *f, size_t place)
{
    size_t used = 0;

    f->length = co_bitmap_portable_bytes(&f->made);
    free(f->block);
    free(f->spare);
    f->block = malloc(f->length + 2 * N_PLACES);
    f->spare = malloc(f->length);
    co_bitmap_write_portable(&f->made, f->spare);
    memmove(f->block + place, f->spare, f->length);
    must(co_bitmap_view_portable(f->block + place, f->length, &f->view, &used, NULL) == COHORT_OK);
    must(used == f->length);
}

/* Puts the bytes where end() compares them. */
static void settle(fixture *f, size_t place)
{
    co_bitmap_clear(&f->view);
    memmove(f->block + N_PLACES, f->block + place, f->length);
}

static void fill(fixture *f, co_fill first)
{
    co_fill fills[CO_FLAG_TILES] = { first };

    for (unsigned t = 1; t < CO_FLAG_TILES; t++)
        fills[t] = (co_fill)co_random_below(&f->random, CO_N_FILLS);
    co_flags_fill(&f->random, fills, f->flags, &f->made);
}

static void check_order(const co_bitmap *view, const co_bitmap *made)
{
    const uint64_t n = co_bitmap_count(made);
    co_bitmap_cursor cursor = co_bitmap_cursor_of(view);
    co_bitmap_cursor plain = co_bitmap_cursor_of(made);
    uint32_t a = 0;
    uint32_t b = 0;

    for (uint64_t i = 0; co_cursor_next(&plain, &a); i++) {
        must(co_cursor_next(&cursor, &b) && a == b);
        if (i % 97 == 0) {
            must(co_bitmap_contains(view, a) && co_bitmap_rank(view, a) == i);
            must(co_bitmap_select(view, i, &b) && b == a);
            must(co_bitmap_contains(view, a + 1) == co_bitmap_contains(made, a + 1));
            must(co_bitmap_rank(view, (uint64_t)a + 9) == co_bitmap_rank(made, (uint64_t)a + 9));
        }
    }
    must(!co_cursor_next(&cursor, &b));
    for (uint64_t i = 0; i < n; i++)
        must(co_cursor_previous(&plain, &a) && co_cursor_previous(&cursor, &b) && a == b);
    must(!co_cursor_previous(&cursor, &b));
}

static void check_seeks(co_random *random, const co_bitmap *view, const co_bitmap *made)
{
    co_bitmap_cursor cursor = co_bitmap_cursor_of(view);
    co_bitmap_cursor plain = co_bitmap_cursor_of(made);

    for (unsigned i = 0; i < 400; i++) {
        const uint64_t place = co_flag_row((uint32_t)co_random_below(random, CO_FLAG_ROWS));
        uint32_t rows[2][70];
        uint32_t a = 0;
        uint32_t b = 0;

        co_cursor_seek(&cursor, place);
        co_cursor_seek(&plain, place);
        for (unsigned j = 0; j < 3; j++) {
            const bool forward = co_random_chance(random, 1, 2);

            must((forward ? co_cursor_next(&plain, &a) : co_cursor_previous(&plain, &a))
                 == (forward ? co_cursor_next(&cursor, &b) : co_cursor_previous(&cursor, &b)));
            must(a == b);
        }
        const size_t n = co_bitmap_rows(made, place, rows[0], 70);

        must(co_bitmap_rows(view, place, rows[1], 70) == n && memcmp(rows[0], rows[1], n * sizeof(uint32_t)) == 0);
    }
}

static void check_copies(fixture *f)
{
    uint8_t *bytes = malloc(f->length);

    must(co_bitmap_portable_bytes(&f->view) == f->length);
    co_bitmap_write_portable(&f->view, bytes);
    must(memcmp(bytes, f->spare, f->length) == 0);
    free(bytes);
    must(co_bitmap_copy(&f->view, &f->out) == COHORT_OK);
    must(!f->out.is_view);
    co_flags_compare(f->flags, &f->out);
    must(co_bitmap_add_range(&f->out, 10, 200000) == COHORT_OK);
    must(co_bitmap_optimise(&f->out) == COHORT_OK);
    must(co_bitmap_validate(&f->out) == NULL);
}

START_TEST(a_view_answers_as_the_bitmap_that_was_written_wherever_it_lies)
{
    fixture f;

    begin(&f, (uint64_t)_i);
    for (size_t place = 0; place < N_PLACES; place++) {
        fill(&f, (co_fill)(_i % CO_N_FILLS));
        view_at(&f, place);
        co_flags_compare(f.flags, &f.view);
        must(co_bitmap_memory_bytes(&f.view) <= 1000);
        must(co_bitmap_equal(&f.view, &f.made) && co_bitmap_equal(&f.made, &f.view));
        check_order(&f.view, &f.made);
        check_seeks(&f.random, &f.view, &f.made);
        check_copies(&f);
        settle(&f, place);
    }
    end(&f);
}
END_TEST

/* a OP b however many of the two are views, against neither being one. */
static void check_operations(fixture *f, const co_bitmap *a, const co_bitmap *a_view, const co_bitmap *b,
                             const co_bitmap *b_view)
{
    for (co_set_operation operation = CO_AND; operation <= CO_ANDNOT; operation++) {
        must(co_bitmap_combine(operation, a, b, &f->wanted) == COHORT_OK);
        for (unsigned which = 1; which < 4; which++) {
            const co_bitmap *x = which & 1 ? a_view : a;
            const co_bitmap *y = which & 2 ? b_view : b;

            must(co_bitmap_combine(operation, x, y, &f->out) == COHORT_OK);
            must(co_bitmap_validate(&f->out) == NULL && co_bitmap_equal(&f->out, &f->wanted));
            must(co_bitmap_combine_count(operation, x, y) == co_bitmap_count(&f->wanted));
            must(co_bitmap_copy(x, &f->out) == COHORT_OK);
            must(co_bitmap_combine_into(operation, &f->out, y) == COHORT_OK);
            must(co_bitmap_validate(&f->out) == NULL && co_bitmap_equal(&f->out, &f->wanted));
        }
    }
    must(co_bitmap_subset(a_view, b_view) == co_bitmap_subset(a, b));
    must(co_bitmap_intersect(a_view, b_view) == co_bitmap_intersect(a, b));
    must(co_bitmap_equal(a_view, b_view) == co_bitmap_equal(a, b));
}

static void check_many(fixture *f, const co_bitmap *const *sets, const co_bitmap *const *views)
{
    for (size_t least = 1; least <= 3; least++) {
        must(co_bitmap_at_least(sets, 3, least, &f->wanted) == COHORT_OK);
        must(co_bitmap_at_least(views, 3, least, &f->out) == COHORT_OK);
        must(co_bitmap_validate(&f->out) == NULL && co_bitmap_equal(&f->out, &f->wanted));
    }
    must(co_bitmap_or_many(views, 3, &f->out) == COHORT_OK && co_bitmap_or_many(sets, 3, &f->wanted) == COHORT_OK);
    must(co_bitmap_equal(&f->out, &f->wanted));
    must(co_bitmap_and_many(views, 3, &f->out) == COHORT_OK && co_bitmap_and_many(sets, 3, &f->wanted) == COHORT_OK);
    must(co_bitmap_equal(&f->out, &f->wanted));
}

START_TEST(views_combine_as_bitmaps_do_on_every_kernel)
{
    fixture f;
    fixture g;

    begin(&f, (uint64_t)_i);
    begin(&g, 1000 + (uint64_t)_i);
    for_every_kernel(kernel) {
        const size_t places[] = { (size_t)co_random_below(&f.random, N_PLACES), (size_t)co_random_below(&f.random, 2) };

        fill(&f, (co_fill)(_i / CO_N_FILLS));
        fill(&g, (co_fill)(_i % CO_N_FILLS));
        view_at(&f, places[0]);
        view_at(&g, places[1]);
        check_operations(&f, &f.made, &f.view, &g.made, &g.view);
        const co_bitmap *const sets[] = { &f.made, &g.made, &f.made };
        const co_bitmap *const views[] = { &f.view, &g.view, &f.made };

        check_many(&f, sets, views);
        settle(&f, places[0]);
        settle(&g, places[1]);
    }
    end(&f);
    end(&g);
}
END_TEST

START_TEST(a_view_accepts_what_the_reader_accepts_and_says_the_same)
{
    fixture f;

    begin(&f, (uint64_t)_i);
    for (unsigned trial = 0; trial < CO_TRIALS(400); trial++) {
        const size_t place = (size_t)co_random_below(&f.random, N_PLACES);
        cohort_error said = COHORT_ERROR_INIT;
        cohort_error read = COHORT_ERROR_INIT;
        size_t used[2] = { 0, 0 };

        if (trial % 20 == 0)
            fill(&f, (co_fill)co_random_below(&f.random, CO_N_FILLS));
        view_at(&f, place);
        const size_t length = trial % 4 == 0 ? (size_t)co_random_below(&f.random, f.length + 1) : f.length;
        uint8_t *bytes = f.block + place;

        for (unsigned i = 0; f.length != 0 && i < 1 + trial % 3; i++) {
            const size_t most = co_random_chance(&f.random, 1, 2) && f.length > 80 ? 80 : f.length;

            bytes[co_random_below(&f.random, most)] ^= (uint8_t)(1u << co_random_below(&f.random, 8));
        }
        const cohort_status status = co_bitmap_view_portable(bytes, length, &f.view, &used[0], &said);

        must(co_bitmap_read_portable(bytes, length, &f.out, &used[1], &read) == status);
        must(said.position == read.position && strcmp(said.text, read.text) == 0 && used[0] == used[1]);
        must(status != COHORT_OK || (co_bitmap_validate(&f.view) == NULL && co_bitmap_equal(&f.view, &f.out)));
        must(status == COHORT_OK || co_bitmap_is_empty(&f.view));
        memcpy(bytes, f.spare, f.length);
        settle(&f, place);
    }
    end(&f);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bitmap view");
    TCase *tests = tcase_create("all");

    tcase_add_loop_test(tests, a_view_answers_as_the_bitmap_that_was_written_wherever_it_lies, 0, 2 * CO_N_FILLS);
    tcase_add_loop_test(tests, views_combine_as_bitmaps_do_on_every_kernel, 0, CO_N_FILLS * CO_N_FILLS);
    tcase_add_loop_test(tests, a_view_accepts_what_the_reader_accepts_and_says_the_same, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) { return co_run_suite(make_suite()); }

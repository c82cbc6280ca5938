/* A patched column is what encoding the changed cells would have made, or there is none. */
#include <stdlib.h>
#include <string.h>

#include "column/column.h"
#include "column/validate.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/random.h"

enum { N = 1500, MOST = 5, ROUNDS = 400 };

static const co_text words[] = { { "a", 1 }, { "bb", 2 }, { "c", 1 }, { "dd", 2 }, { "e", 1 }, { "new", 3 }, { "newer", 5 } };

/* Numbers base + unit × 0 … n; the odd value lies off the unit, below or far beyond. */
static const struct {
    int64_t base, unit, n, odd;
} ranges[] = {
    { 5, 1, 100, 4 }, { -1000, 10, 20000, -995 }, { 0, 3, 70000, INT64_MAX }, { 7, 1, 1, 3 }, { INT64_MIN, 1, 3, INT64_MAX },
};

typedef struct made {
    co_memory memory;
    co_dictionary *dictionary;
    int64_t numbers[N];
    co_text texts[N];
    uint64_t valid[N / 64 + 1];
    co_cells cells;
    co_column *column;
} made;

static void make(made *m, co_shape shape, int which, bool missing, co_random *random)
{
    co_memory_init(&m->memory, NULL, 0);
    m->dictionary = shape == CO_SHAPE_STRINGS ? co_dictionary_new(&m->memory) : NULL;
    memset(m->valid, 0, sizeof m->valid);
    for (uint32_t i = 0; i < N; i++) {
        if (!missing || !co_random_chance(random, 1, 10))
            m->valid[i / 64] |= UINT64_C(1) << i % 64;
        m->numbers[i] = ranges[which].base + ranges[which].unit * co_random_between(random, 0, ranges[which].n);
        m->texts[i] = words[i == 7 ? 4 : co_random_below(random, 4)];
    }
    m->cells = (co_cells){ .shape = shape, .n = N, .valid = m->valid, .numbers = m->numbers, .texts = m->texts };
    must(co_column_new(&m->memory, &m->cells, m->dictionary, &m->column, NULL) == COHORT_OK);
}

static void draw(made *m, int which, co_random *random, co_patch *patch)
{
    const uint64_t dice = co_random_below(random, 20);

    patch->slot = (uint32_t)co_random_below(random, N);
    patch->number = ranges[which].base + ranges[which].unit * co_random_between(random, 0, ranges[which].n);
    if (dice == 0)
        patch->number = ranges[which].odd;
    else if (dice == 1 && ranges[which].base >= -1000)
        patch->number = ranges[which].base + ranges[which].unit * (ranges[which].n + 5);
    patch->text = words[co_random_below(random, dice == 0 ? 7 : dice == 1 ? 6 : 5)];
    (void)m;
}

/* The column after the patches, which are written into the cells, too. */
static bool apply(made *m, const co_patch *patches, size_t n)
{
    co_column *patched, *encoded;
    bool is_there;

    must(co_column_patch(m->column, patches, n, &patched, NULL) == COHORT_OK);
    for (size_t i = 0; i < n; i++) {
        m->numbers[patches[i].slot] = patches[i].number;
        m->texts[patches[i].slot] = patches[i].text;
        m->valid[patches[i].slot / 64] |= UINT64_C(1) << patches[i].slot % 64;
    }
    must(co_column_new(&m->memory, &m->cells, m->dictionary, &encoded, NULL) == COHORT_OK);
    is_there = patched != NULL;
    if (is_there) {
        int64_t ends[4] = { 0 };

        must(co_column_validate(patched, NULL) == COHORT_OK);
        must(co_column_n_valid(patched) == co_column_n_valid(encoded));
        for (uint32_t i = 0; i < N; i++) {
            must(co_column_has(patched, i) == co_column_has(encoded, i));
            if (m->cells.shape == CO_SHAPE_STRINGS)
                must(co_text_equal(co_column_text(patched, i), co_column_text(encoded, i)));
            else
                must(co_column_number(patched, i) == co_column_number(encoded, i));
        }
        if (m->cells.shape == CO_SHAPE_NUMBERS) {
            co_column_range(patched, &ends[0], &ends[1]);
            co_column_range(encoded, &ends[2], &ends[3]);
            must(ends[0] == ends[2] && ends[1] == ends[3]);
        }
        co_column_release(encoded);
        encoded = patched;
    }
    co_column_release(m->column);
    m->column = encoded;
    return is_there;
}

static void run(co_shape shape, int which, bool missing)
{
    static made m;
    co_random random = co_random_of((uint64_t)which * 2 + missing + 1);
    unsigned n_patched = 0;

    make(&m, shape, which, missing, &random);
    for (int round = 0; round < ROUNDS; round++) {
        co_patch patches[MOST];
        size_t n = 0;

        while (n < 1 + (size_t)round % MOST) {
            bool is_new = true;

            draw(&m, which, &random, &patches[n]);
            for (size_t i = 0; i < n; i++)
                is_new = is_new && patches[i].slot != patches[n].slot;
            n += is_new;
        }
        n_patched += apply(&m, patches, n);
    }
    /* Bits and values without width are never patched. */
    must(n_patched > ROUNDS / 4 || (shape == CO_SHAPE_NUMBERS && ranges[which].n < 4));
    must(n_patched < ROUNDS);
    co_column_release(m.column);
    co_dictionary_release(m.dictionary);
    must(m.memory.used_bytes == 0);
}

START_TEST(patched_numbers_are_what_encoding_makes)
{
    run(CO_SHAPE_NUMBERS, _i, false);
    run(CO_SHAPE_NUMBERS, _i, true);
}
END_TEST

START_TEST(patched_texts_are_what_encoding_makes)
{
    run(CO_SHAPE_STRINGS, 0, false);
    run(CO_SHAPE_STRINGS, 0, true);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("patch");
    TCase *tests = tcase_create("columns");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, patched_numbers_are_what_encoding_makes, 0, sizeof ranges / sizeof *ranges);
    tcase_add_test(tests, patched_texts_are_what_encoding_makes);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

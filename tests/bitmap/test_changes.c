/* Random programs of changes, and every question after them, against a flag a row. */
#include <stdlib.h>
#include <string.h>

#include "support/check_main.h"
#include "support/every_kernel.h"
#include "support/flags.h"
#include "support/must.h"
#include "support/random.h"

typedef struct program {
    co_memory memory;
    co_random random;
    uint8_t *flags;
    uint8_t *other_flags;
    co_bitmap set;
    co_bitmap other;
} program;

static void begin(program *p, uint64_t seed)
{
    co_memory_init(&p->memory, NULL, 0);
    p->random = co_random_of(seed);
    p->flags = calloc(CO_FLAG_ROWS, 1);
    p->other_flags = calloc(CO_FLAG_ROWS, 1);
    co_bitmap_init(&p->set, &p->memory);
    co_bitmap_init(&p->other, &p->memory);
}

static void end(program *p)
{
    co_bitmap_clear(&p->set);
    co_bitmap_clear(&p->other);
    must(p->memory.used_bytes == 0);
    free(p->flags);
    free(p->other_flags);
}

static void random_fills(program *p, co_fill fills[CO_FLAG_TILES])
{
    for (unsigned t = 0; t < CO_FLAG_TILES; t++)
        fills[t] = (co_fill)co_random_below(&p->random, CO_N_FILLS);
}

/* Rows close together more often than not, so that runs grow, join and split. */
static uint32_t random_flag(program *p, uint32_t near)
{
    if (co_random_chance(&p->random, 3, 4))
        return (near + (uint32_t)co_random_below(&p->random, 9) + CO_FLAG_ROWS - 4) % CO_FLAG_ROWS;
    return (uint32_t)co_random_below(&p->random, CO_FLAG_ROWS);
}

static void change_single_rows(program *p)
{
    const bool adding = co_random_chance(&p->random, 1, 2);
    uint32_t flag = (uint32_t)co_random_below(&p->random, CO_FLAG_ROWS);

    for (unsigned i = 0; i < 300; i++) {
        const bool add = co_random_chance(&p->random, 1, 8) != adding;
        bool changed;

        flag = random_flag(p, flag);
        if (add)
            must(co_bitmap_add(&p->set, co_flag_row(flag), &changed) == COHORT_OK);
        else
            must(co_bitmap_remove(&p->set, co_flag_row(flag), &changed) == COHORT_OK);
        must(changed == (p->flags[flag] != add));
        must(co_bitmap_contains(&p->set, co_flag_row(flag)) == add);
        p->flags[flag] = add;
    }
}

static void add_list(program *p)
{
    enum { MOST = 3000 };
    uint32_t *rows = malloc(MOST * sizeof *rows);
    const size_t n = (size_t)co_random_below(&p->random, MOST);
    const bool rising = co_random_chance(&p->random, 1, 2);
    uint32_t flag = (uint32_t)co_random_below(&p->random, CO_FLAG_ROWS);

    for (size_t i = 0; i < n; i++) {
        flag = rising ? (flag + (uint32_t)co_random_below(&p->random, 3)) % CO_FLAG_ROWS : random_flag(p, flag);
        rows[i] = co_flag_row(flag);
        p->flags[flag] = 1;
    }
    must(co_bitmap_add_rows(&p->set, rows, n) == COHORT_OK);
    free(rows);
}

/* Ranges over flags of neighbouring tiles 0 and 1, or within one of the others. */
static void change_range(program *p)
{
    const uint32_t part = (uint32_t)co_random_below(&p->random, 3);
    const uint32_t low = part == 0 ? 0 : (part + 1) * CO_TILE_ROWS;
    const uint32_t size = part == 0 ? 2 * CO_TILE_ROWS : CO_TILE_ROWS;
    const uint32_t first = (uint32_t)co_random_below(&p->random, size);
    const uint32_t longest = co_random_chance(&p->random, 1, 2) ? size - first : 50;
    uint32_t length = (uint32_t)co_random_below(&p->random, longest + 1);

    if (length > size - first)
        length = size - first;
    const uint64_t row = co_flag_row(low + first);
    const bool add = co_random_chance(&p->random, 1, 2);

    if (add)
        must(co_bitmap_add_range(&p->set, row, row + length) == COHORT_OK);
    else
        must(co_bitmap_remove_range(&p->set, row, row + length) == COHORT_OK);
    memset(p->flags + low + first, add, length);
}

static void combine_with_another(program *p)
{
    const co_set_operation operation = (co_set_operation)co_random_below(&p->random, 4);
    co_fill fills[CO_FLAG_TILES];

    random_fills(p, fills);
    co_flags_fill(&p->random, fills, p->other_flags, &p->other);
    must(co_bitmap_combine_into(operation, &p->set, &p->other) == COHORT_OK);
    for (uint32_t i = 0; i < CO_FLAG_ROWS; i++) {
        const bool a = p->flags[i];
        const bool b = p->other_flags[i];

        p->flags[i] = operation == CO_AND ? a && b : operation == CO_OR ? a || b : operation == CO_XOR ? a != b : a && !b;
    }
}

static void write_and_read(program *p)
{
    const size_t size = co_bitmap_portable_bytes(&p->set);
    unsigned char *bytes = malloc(size);
    unsigned char *again = malloc(size);
    size_t used = 0;

    co_bitmap_write_portable(&p->set, bytes);
    must(co_bitmap_read_portable(bytes, size, &p->other, &used, NULL) == COHORT_OK);
    must(used == size);
    must(co_bitmap_equal(&p->set, &p->other));
    must(co_bitmap_portable_bytes(&p->other) == size);
    co_bitmap_write_portable(&p->other, again);
    must(memcmp(bytes, again, size) == 0);
    co_bitmap_move(&p->other, &p->set);
    free(bytes);
    free(again);
}

static void step(program *p)
{
    switch (co_random_below(&p->random, 12)) {
    case 0:
        combine_with_another(p);
        break;
    case 1:
        must(co_bitmap_optimise(&p->set) == COHORT_OK);
        break;
    case 2:
        write_and_read(p);
        break;
    case 3:
        add_list(p);
        break;
    case 4:
    case 5:
    case 6:
        change_range(p);
        break;
    default:
        change_single_rows(p);
        break;
    }
}

START_TEST(random_programs_leave_the_same_rows_as_flags_on_every_kernel)
{
    for_every_kernel(kernel) {
        program p;

        begin(&p, (uint64_t)_i);
        for (unsigned i = 0; i < 120; i++) {
            step(&p);
            co_flags_compare(p.flags, &p.set);
        }
        end(&p);
    }
}
END_TEST

/* ---- questions ---- */

static void check_order(program *p)
{
    uint64_t rank = 0;
    uint32_t row = 0;
    uint32_t first = UINT32_MAX;
    uint32_t last = 0;

    for (uint32_t i = 0; i < CO_FLAG_ROWS; i++) {
        if (i % 977 == 0 || (i & 65535) == 65535)
            must(co_bitmap_rank(&p->set, co_flag_row(i)) == rank);
        if (!p->flags[i])
            continue;
        if (first == UINT32_MAX)
            first = i;
        last = i;
        if (rank % 131 == 0) {
            must(co_bitmap_select(&p->set, rank, &row));
            must(row == co_flag_row(i));
        }
        rank++;
    }
    must(co_bitmap_rank(&p->set, UINT64_C(1) << 32) == rank);
    must(!co_bitmap_select(&p->set, rank, &row));
    must(co_bitmap_select(&p->set, 0, &row) == (rank != 0));
    must(rank == 0 || row == co_flag_row(first));
    must(co_bitmap_greatest(&p->set, &row) == (rank != 0));
    must(rank == 0 || row == co_flag_row(last));
    must(co_bitmap_is_empty(&p->set) == (rank == 0));
}

static void check_lists(program *p)
{
    const size_t n = (size_t)co_flags_count(p->flags);
    uint32_t *wanted = malloc((n + 1) * sizeof *wanted);
    size_t at = 0;

    for (uint32_t i = 0; i < CO_FLAG_ROWS; i++) {
        if (p->flags[i])
            wanted[at++] = co_flag_row(i);
    }
    for (unsigned round = 0; round < 40; round++) {
        const uint32_t flag = (uint32_t)co_random_below(&p->random, CO_FLAG_ROWS);
        const uint64_t first = round == 0 ? 0 : round == 1 ? UINT64_C(1) << 32 : co_flag_row(flag);
        const size_t room = round < 3 ? n + 1 : (size_t)co_random_below(&p->random, n + 2);
        uint32_t *rows = malloc(room * sizeof *rows + 1);
        size_t skip = 0;

        while (skip < n && wanted[skip] < first)
            skip++;
        const size_t expected = n - skip < room ? n - skip : room;

        must(co_bitmap_rows(&p->set, first, rows, room) == expected);
        must(memcmp(rows, wanted + skip, expected * sizeof *rows) == 0);
        free(rows);
    }
    free(wanted);
}

static void check_cursor(program *p)
{
    co_bitmap_cursor cursor = co_bitmap_cursor_of(&p->set);
    uint32_t place = 0;         /* the flag ahead */
    uint32_t row;

    must(!co_cursor_previous(&cursor, &row));
    for (unsigned i = 0; i < 4000; i++) {
        const bool ahead = co_random_chance(&p->random, i % 1000 < 500 ? 7 : 1, 8);

        if (co_random_chance(&p->random, 1, 300)) {
            place = (uint32_t)co_random_below(&p->random, CO_FLAG_ROWS + 1);
            co_cursor_seek(&cursor, place == CO_FLAG_ROWS ? UINT64_C(1) << 32 : co_flag_row(place));
        }
        uint32_t found = place;

        if (ahead) {
            while (found < CO_FLAG_ROWS && !p->flags[found])
                found++;
            must(co_cursor_next(&cursor, &row) == (found < CO_FLAG_ROWS));
            if (found < CO_FLAG_ROWS) {
                must(row == co_flag_row(found));
                place = found + 1;
            }
        } else {
            while (found > 0 && !p->flags[found - 1])
                found--;
            must(co_cursor_previous(&cursor, &row) == (found > 0));
            if (found > 0) {
                must(row == co_flag_row(found - 1));
                place = found - 1;
            }
        }
    }
}

static void check_tiles(program *p)
{
    uint64_t scratch[CO_TILE_WORDS];
    uint32_t tile = 0;
    unsigned seen = 0;

    for (uint32_t t = 0; t < CO_FLAG_TILES; t++) {
        const co_tile_view view = co_bitmap_tile(&p->set, co_flag_tile[t], scratch);
        const uint8_t *flags = p->flags + t * CO_TILE_ROWS;
        uint32_t at = 0;

        for (uint32_t i = 0; i < CO_TILE_ROWS; i++) {
            const bool in = view.form == CO_TILE_FULL
                         || (view.form == CO_TILE_SLOTS && at < view.count && view.slots[at] == i)
                         || (view.form == CO_TILE_BITS && (view.words[i / 64] >> (i % 64) & 1));

            at += in;
            must(in == flags[i]);
        }
        must(at == view.count && (at == 0) == (view.form == CO_TILE_EMPTY));
        seen += at != 0;
    }
    for (; co_bitmap_next_tile(&p->set, tile, &tile); tile++)
        seen--;
    must(seen == 0);
}

START_TEST(every_question_is_answered_as_by_flags)
{
    program p;

    for_every_kernel(kernel) {
        begin(&p, 77 + (uint64_t)_i);
        for (unsigned round = 0; round < 4; round++) {
            co_fill fills[CO_FLAG_TILES];

            random_fills(&p, fills);
            fills[round] = (co_fill)_i;
            co_flags_fill(&p.random, fills, p.flags, &p.set);
            check_order(&p);
            check_lists(&p);
            check_cursor(&p);
            check_tiles(&p);
        }
        end(&p);
    }
}
END_TEST

/* ---- edges ---- */

START_TEST(runs_give_way_when_there_are_too_many)
{
    program p;

    begin(&p, 1);
    must(co_bitmap_add_range(&p.set, 0, 60000) == COHORT_OK);
    memset(p.flags, 1, 60000);
    for (uint32_t i = 1; i < 60000; i += 2 + 2 * (uint32_t)(_i == 1)) {
        must(co_bitmap_remove(&p.set, i, NULL) == COHORT_OK);
        p.flags[i] = 0;
        if (i > 8000 && i < 8400)
            co_flags_compare(p.flags, &p.set);
    }
    co_flags_compare(p.flags, &p.set);
    co_bitmap_clear(&p.set);
    memset(p.flags, 0, CO_FLAG_ROWS);

    /* And single rows far apart, put among runs. */
    must(co_bitmap_add_range(&p.set, 0, 20000) == COHORT_OK);
    memset(p.flags, 1, 20000);
    for (uint32_t i = 20001; i < 65536; i += 11) {
        must(co_bitmap_add(&p.set, i, NULL) == COHORT_OK);
        p.flags[i] = 1;
        if (i > 42000 && i < 43000)
            co_flags_compare(p.flags, &p.set);
    }
    co_flags_compare(p.flags, &p.set);
    end(&p);
}
END_TEST

START_TEST(a_tile_filled_row_by_row_ends_full_and_is_emptied_again)
{
    program p;
    uint32_t row;

    begin(&p, 1);
    for (uint32_t i = 0; i < CO_TILE_ROWS; i++) {
        must(co_bitmap_add(&p.set, i * 40503 % CO_TILE_ROWS, NULL) == COHORT_OK);
        p.flags[i * 40503 % CO_TILE_ROWS] = 1;
        if (i % 4096 == 4095)
            must(co_bitmap_validate(&p.set) == NULL);
    }
    co_flags_compare(p.flags, &p.set);
    if (_i == 1)
        must(co_bitmap_optimise(&p.set) == COHORT_OK);
    for (uint32_t i = 0; i < CO_TILE_ROWS; i++) {
        must(co_bitmap_remove(&p.set, i * 30011 % CO_TILE_ROWS, NULL) == COHORT_OK);
        if (i % 1000 == 0)
            must(co_bitmap_validate(&p.set) == NULL);
    }
    must(co_bitmap_is_empty(&p.set));
    must(!co_bitmap_greatest(&p.set, &row));
    end(&p);
}
END_TEST

START_TEST(a_range_over_all_rows_counts_four_billion)
{
    program p;

    begin(&p, 1);
    must(co_bitmap_add_range(&p.set, 0, UINT64_C(1) << 32) == COHORT_OK);
    must(co_bitmap_count(&p.set) == UINT64_C(1) << 32);
    must(co_bitmap_contains(&p.set, UINT32_MAX));
    must(co_bitmap_count_range(&p.set, 5, UINT64_C(1) << 32) == (UINT64_C(1) << 32) - 5);
    must(co_bitmap_remove_range(&p.set, 1, (UINT64_C(1) << 32) - 1) == COHORT_OK);
    must(co_bitmap_count(&p.set) == 2);
    must(co_bitmap_validate(&p.set) == NULL);
    end(&p);
}
END_TEST

START_TEST(tiles_are_appended_as_words_slots_and_full)
{
    static const size_t lengths[] = { 1, 63, 64, 65, 4096, 5000, 65535, 65536 };
    const size_t n = lengths[_i];
    program p;
    uint64_t words[CO_TILE_WORDS] = { 0 };
    const uint16_t slots[] = { 3, 700, 65535 };

    begin(&p, (uint64_t)_i);
    for (size_t i = 0; i < n; i++) {
        p.flags[i] = co_random_chance(&p.random, 2, 3);
        words[i / 64] |= (uint64_t)p.flags[i] << (i % 64);
    }
    must(co_bitmap_append_tile(&p.set, co_flag_tile[0], words, co_words_for(n)) == COHORT_OK);
    must(co_bitmap_append_full(&p.set, co_flag_tile[1], n) == COHORT_OK);
    memset(p.flags + CO_TILE_ROWS, 1, n);
    must(co_bitmap_append_slots(&p.set, co_flag_tile[2], slots, 3) == COHORT_OK);
    for (unsigned i = 0; i < 3; i++)
        p.flags[2 * CO_TILE_ROWS + slots[i]] = 1;
    memset(words, 0, sizeof words);
    must(co_bitmap_append_tile(&p.set, co_flag_tile[3], words, CO_TILE_WORDS) == COHORT_OK);
    co_flags_compare(p.flags, &p.set);
    end(&p);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bitmap changes");
    TCase *tests = tcase_create("all");

    tcase_add_loop_test(tests, random_programs_leave_the_same_rows_as_flags_on_every_kernel, 0, 12);
    tcase_add_loop_test(tests, every_question_is_answered_as_by_flags, 0, CO_N_FILLS);
    tcase_add_loop_test(tests, runs_give_way_when_there_are_too_many, 0, 2);
    tcase_add_loop_test(tests, a_tile_filled_row_by_row_ends_full_and_is_emptied_again, 0, 2);
    tcase_add_test(tests, a_range_over_all_rows_counts_four_billion);
    tcase_add_loop_test(tests, tiles_are_appended_as_words_slots_and_full, 0, 8);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) { return co_run_suite(make_suite()); }

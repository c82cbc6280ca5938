/*
 * Rows taken many at a time are what they are one by one: the same members, counts
 * and complaints. A load in which the first of equal keys wins reads record by
 * record; with keys that are row numbers nothing else differs from one in which
 * the last wins, which takes as many as it can.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/csv.h"
#include "io/infer.h"
#include "support/check_main.h"
#include "support/every_kernel.h"
#include "support/loading.h"
#include "support/random.h"
#include "support/trials.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { N_COLUMNS = 11 };

static const char header[] = "i,d,m,x,b,day,at,s,tags,lat,lon";

static const cohort_pair types[] = { { "i", "int" },       { "d", "decimal(2)" }, { "m", "money" },
                                     { "x", "double" },    { "b", "bool" },       { "day", "date" },
                                     { "at", "timestamp" }, { "s", "string" },     { "tags", "set" } };
static const cohort_pair folded_types[] = { { "i", "string" },    { "d", "decimal(0)" }, { "m", "decimal(9)" },
                                            { "x", "double" },    { "b", "bool" },       { "day", "date" },
                                            { "at", "timestamp" }, { "s", "string(nocase)" }, { "tags", "set(nocase)" } };
static const cohort_pair separators[] = { { "tags", ";" } };
static const cohort_pair wide_separators[] = { { "tags", "; " } };
static const cohort_pair places[] = { { "place", "lat,lon" } };
static const char *const nulls[] = { "null", "0", "a" };

/* Usual cells of each column, and some that are unusual, wrong, or both. */
static const char *const cells[N_COLUMNS][24] = {
    { "0", "7", "-1", "12345678", "123456789", "-1234567890123456", "9223372036854775807", "9223372036854775808",
      "007", "+5", " 5 ", "17850.0", "1e3", "x", "-", "12a" },
    { "1.25", "0.00", "-3.10", "123456.78", "12", "1.5", "1.255", "-.5", "5.", "12345678901234.56",
      "99999999999999999.99", "1e2", "1,5", ".", "-0.00", "1234567890123456789" },
    { "1.25", "-3.10", "$1,234.50", "(12.00)", "1 234.5 EUR", "99", "12.345", "1,23", "--1", "123456789.01", "0.07" },
    { "1.5", "0.1", "-2.25", "123456789012345", "1234567890123456789", "1e300", "1e400", "nan", "inf", "-0",
      "3.141592653589793", "0.30000000000000004", "abc", "." },
    { "true", "false", "TRUE", "t", "f", "1", "0", "yes", "no", "on", "tru", "falsey", "true " },
    { "2026-11-22", "1970-01-01", "2024-02-29", "2023-02-29", "0001-01-01", "9999-12-31", "0000-01-01", "2026-13-01",
      "2026-04-31", "20261122", "2026-1-2", "22.11.2026", "2026-11-22 00:00:00", " 2026-11-22", "1900-02-29",
      "2000-02-29", "2024-03-01", "1900-03-01", "2026-11-2x" },
    { "2026-11-22 10:00:00", "2026-11-22T23:59:59", "2026-11-22", "2026-11-22 10:00", "2026-11-22 10:00:00.5",
      "2026-11-22T10:00:00Z", "2026-11-22 24:00:00", "2026-11-22 23:59:60", "2026-11-22 25:00:00", "2026-11-22x10:00:00",
      "0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-03-29 02:30:00", "2026-11-22 10:00:00+02" },
    { "a", "b", "abcdefgh", "abcdefghi", "abcdefghijklmnop", "abcdefghijklmnopq", "abcdefghijklmnopr",
      "\xc3\xa9t\xc3\xa9", "\xff", "  x ", "it's", "\"", "say \"\"hi\"\"", "A", "null" },
    { "a;b", "b;a;b", "a", ";", "a;;b", "\"", "x;\xc3\xa9", "x;\xff", "A;a; a",
      "a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p;q;r;s;t;u;v;w;x;y;z;0;1;2;3;4;5;6;7", "abcdefghij;abcdefghik;abcdefghij",
      "a string that is far too long for the short way;and yet another that is no shorter" },
    { "1", "-33.87", "90", "90.5", "north", "1e1" },
    { "2", "151.21", "-180", "181", "", " 5" },
};

static size_t n_cells_of(size_t column)
{
    size_t n = 0;

    while (n < COUNT(cells[column]) && cells[column][n] != NULL)
        n++;
    return n;
}

/* How a random file is written; chances in a thousand. */
typedef struct manner {
    unsigned odd;               /* a cell that is not one of the first few of its column */
    unsigned quoted, empty, stray;      /* cells */
    unsigned ragged, blank, torn;       /* rows */
    const char *line_end;
} manner;

static const manner manners[] = {
    { 0, 0, 20, 0, 0, 0, 0, "\n" },      { 0, 100, 100, 0, 0, 0, 0, "\r\n" }, { 5, 5, 50, 0, 1, 1, 0, "\n" },
    { 50, 300, 100, 1, 5, 5, 2, "\r\n" }, { 300, 300, 200, 20, 50, 50, 20, "\n" }, { 20, 50, 50, 1, 2, 2, 1, "\r" },
};

static void write(text_out *out, const char *text)
{
    text_write(out, text, strlen(text));
}

static void write_cell(co_random *random, const manner *m, size_t column, text_out *out)
{
    const size_t n = co_random_chance(random, m->odd, 1000) ? n_cells_of(column) : 3;
    const char *cell = cells[column][co_random_below(random, n)];
    const bool quoted = co_random_chance(random, m->quoted, 1000) || strchr(cell, ',') != NULL || cell[0] == '"';

    if (co_random_chance(random, m->empty, 1000))
        cell = "";
    if (quoted)
        write(out, "\"");
    write(out, strcmp(cell, "\"") == 0 ? "\"\"" : cell);
    if (quoted && column == 7 && co_random_chance(random, 1, 4))
        write(out, co_random_chance(random, 1, 2) ? "\nnext, line" : "\r\"\"");
    if (quoted)
        write(out, "\"");
    if (co_random_chance(random, m->stray, 1000))
        write(out, co_random_chance(random, 1, 2) ? "\"" : "\r");
}

static void write_rows(co_random *random, const manner *m, size_t n_rows, text_out *out)
{
    write(out, header);
    for (size_t r = 0; r < n_rows; r++) {
        const size_t n = co_random_chance(random, m->ragged, 1000) ? co_random_below(random, 14) : N_COLUMNS;

        write(out, co_random_chance(random, m->torn, 1000) ? "\n\r\n" : m->line_end);
        if (co_random_chance(random, m->blank, 1000))
            write(out, m->line_end);
        for (size_t c = 0; c < n; c++) {
            if (c > 0)
                write(out, ",");
            write_cell(random, m, c % N_COLUMNS, out);
        }
    }
    if (co_random_chance(random, 1, 2))
        write(out, m->line_end);
}

static cohort_load_options options_of(co_random *random)
{
    const bool folded = co_random_chance(random, 1, 3);
    cohort_load_options options = COHORT_LOAD_OPTIONS_INIT;

    options.object = "t";
    options.row_number = "n";
    options.types = folded ? folded_types : types;
    options.n_types = COUNT(types);
    options.sets = co_random_chance(random, 1, 5) ? wide_separators : separators;
    options.n_sets = 1;
    options.points = places;
    options.n_points = 1;
    options.keep_empty = co_random_chance(random, 1, 2);
    options.nulls = nulls;
    options.n_nulls = co_random_chance(random, 1, 4) ? COUNT(nulls) : 0;
    options.zone = co_random_chance(random, 1, 3) ? "+05:30" : NULL;
    options.date_format = co_random_chance(random, 1, 8) ? "%d.%m.%Y|%Y-%m-%d" : NULL;
    options.encoding = co_random_chance(random, 1, 8) ? "latin1" : NULL;
    options.skip_errors = co_random_chance(random, 4, 5) ? UINT64_MAX : co_random_below(random, 3);
    return options;
}

/* All that can be seen of a load: members, counts and what was left out, or the error. */
static char *outcome(cohort_load_options options, int32_t duplicates, const text_out *rows, size_t piece)
{
    cohort_store *store = store_in_memory();
    cohort_load_counts counts = COHORT_LOAD_COUNTS_INIT;
    cohort_error error = COHORT_ERROR_INIT;
    cohort_load_report *report;
    text_out out = { 0 };
    char line[200];

    options.duplicates = duplicates;
    if (load_text(store, &options, rows->bytes, rows->length, piece, &report, &error) == COHORT_OK) {
        ck_assert_int_eq(cohort_load_report_counts(report, &counts, NULL), COHORT_OK);
        out.bytes = store_text(store);
        out.length = strlen(out.bytes);
        for (size_t i = 0; cohort_load_report_skipped(report, i) != NULL; i++) {
            write(&out, cohort_load_report_skipped(report, i));
            write(&out, "\n");
        }
    }
    snprintf(line, sizeof line, "%llu rows, %llu in, %llu left out, %llu rounded; %u:%u ",
             (unsigned long long)counts.n_rows, (unsigned long long)counts.n_inserted,
             (unsigned long long)counts.n_skipped, (unsigned long long)counts.n_rounded, error.line, error.column);
    write(&out, line);
    write(&out, error.text);
    cohort_load_report_free(report);
    cohort_store_close(store);
    return out.bytes;
}

/* The first line in which two texts differ, for a message. */
static void assert_same(const char *many, const char *one, uint64_t seed)
{
    size_t i = 0;
    size_t line = 0;

    for (; many[i] == one[i] && many[i] != 0; i++)
        line = many[i] == '\n' ? i + 1 : line;
    ck_assert_msg(many[i] == one[i], "seed %llu: '%.*s' and '%.*s'", (unsigned long long)seed,
                  (int)strcspn(many + line, "\n"), many + line, (int)strcspn(one + line, "\n"), one + line);
}

START_TEST(rows_taken_many_at_a_time_are_the_same_as_one_by_one)
{
    static const size_t pieces[] = { 0, 1, 7, 1000 };
    const manner *m = &manners[_i];

    for (uint64_t seed = 0; seed < CO_TRIALS(40); seed++) {
        co_random random = co_random_of(seed * 100 + (uint64_t)_i);
        const size_t n_rows = co_random_below(&random, 10) == 0 ? 6000 : 1 + co_random_below(&random, 200);
        cohort_load_options options = options_of(&random);
        const size_t piece = n_rows > 200 ? 0 : pieces[co_random_below(&random, COUNT(pieces))];
        text_out rows = { 0 };
        char *one, *many;

        write_rows(&random, m, n_rows, &rows);
        one = outcome(options, COHORT_DUPLICATES_FIRST, &rows, piece);
        for_every_kernel(kernel) {
            many = outcome(options, COHORT_DUPLICATES_LAST, &rows, piece);
            assert_same(many, one, seed);
            free(many);
        }
        free(one);
        free(rows.bytes);
    }
}
END_TEST

START_TEST(a_column_of_too_many_words_holds_them_all_the_same)
{
    enum { N_ROWS = 70000 };
    cohort_load_options options = COHORT_LOAD_OPTIONS_INIT;
    static const cohort_pair both[] = { { "s", "string" }, { "tags", "set" } };
    text_out rows = { 0 };
    char *one, *many;

    rows.bytes = malloc(40 * N_ROWS);
    rows.length = (size_t)sprintf(rows.bytes, "s,tags\n");
    for (unsigned i = 0; i < N_ROWS; i++) {
        rows.length += (size_t)sprintf(rows.bytes + rows.length, "word %u,", i * 7919 % 68000);
        for (unsigned e = 0; i % 100 == 0 && e < 100; e++)
            rows.length += (size_t)sprintf(rows.bytes + rows.length, "%u;", i + e);
        rows.length += (size_t)sprintf(rows.bytes + rows.length, i % 100 == 1 ? "b;a\n" : "\n");
    }
    options.object = "t";
    options.row_number = "n";
    options.types = both;
    options.n_types = COUNT(both);
    one = outcome(options, COHORT_DUPLICATES_FIRST, &rows, 0);
    many = outcome(options, COHORT_DUPLICATES_LAST, &rows, 0);
    assert_same(many, one, 0);
    ck_assert_ptr_nonnull(strstr(many, ",word 67999,"));
    ck_assert_ptr_nonnull(strstr(many, ";69999\n"));
    free(one);
    free(many);
    free(rows.bytes);
}
END_TEST

/* ---- which rows are looked at ---- */

static const struct {
    const char *text;
    uint32_t n_cells, wanted;
} looks[] = {
    { "1,2\n3,4\n5,6", 2, 2 },
    { "1,2\r\n3,4\r\n", 2, 2 },
    { "1,2\n3\n5,6\n", 2, 1 },
    { "1\n2,3,4\n", 2, 0 },
    { "1,2\n\n3,4\n", 2, 1 },
    { "\n\n", 1, 2 },
    { "\"1,\n\"\"2\",3\n4,\"\"\n", 2, 2 },
    { "1,2\n3\",4\n", 2, 1 },
    { "1,2\n\"3\"4,5\n", 2, 1 },
    { "1,2\n3,\"4\n", 2, 1 },
    { "1,2\r3,4\n", 2, 0 },
    { "1,2\n3,\"\"\"4\"\"\"\n", 2, 2 },
    { "1,2\n3,\"4\"\r\n\"5\",6\r\n", 2, 3 },
};

/* Behind so many rows that quotes, line ends and blocks meet in every way. */
START_TEST(rows_are_looked_at_up_to_the_first_that_is_not_plain)
{
    co_memory memory;

    co_memory_init(&memory, NULL, 0);
    for (uint32_t before = 0; before < 70; before++) {
        for_every_kernel(kernel) {
            const co_csv_form form = { .delimiter = ',' };
            text_out text = { 0 };
            co_source *source;
            co_csv_rows rows;
            co_csv *csv;
            char path[] = "/tmp/cohort-rows-XXXXXX";
            FILE *file = fdopen(mkstemp(path), "w");

            for (uint32_t i = 0; i < before; i++)
                write(&text, looks[_i].n_cells == 1 ? "x\n" : "\"x\",\n");
            write(&text, looks[_i].text);
            fwrite(text.bytes, 1, text.length, file);
            fclose(file);
            ck_assert_int_eq(co_source_open(&memory, path, NULL, NULL, false, &source, NULL), COHORT_OK);
            ck_assert_int_eq(co_csv_new(&memory, source, &form, &csv, NULL), COHORT_OK);
            ck_assert_int_eq(co_csv_look(csv, looks[_i].n_cells, &rows, NULL), COHORT_OK);
            if (rows.n == 0)
                ck_assert_uint_eq(before, 0);
            ck_assert_msg(rows.n == before + looks[_i].wanted || (rows.n == 0 && looks[_i].wanted == 0),
                          "%u behind %u, not %u", rows.n, before, looks[_i].wanted);
            remove(path);
            co_csv_free(csv);
            co_source_close(source);
            free(text.bytes);
        }
    }
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

START_TEST(whole_numbers_are_inferred_alike_the_short_way)
{
    co_random random = co_random_of(1);
    const co_date_form dates = { { 0 } };
    unsigned n_short = 0;

    for (int trial = 0; trial < 20000; trial++) {
        static const char alphabet[] = "0123456789012345678901234567890123456789-+. x";
        co_inference is = { 0 }, wanted = { 0 };
        char bytes[32] = { 0 };
        const co_text text = { bytes, 1 + co_random_below(&random, 20) };

        for (size_t i = 0; i < text.length; i++)
            bytes[i] = alphabet[co_random_below(&random, sizeof alphabet - 1)];
        if (!co_infer_whole(&is, text))
            continue;
        co_infer_value(&wanted, text, &dates);
        ck_assert(is.kinds == wanted.kinds && is.most_whole == wanted.most_whole && is.fraction == wanted.fraction);
        n_short++;
    }
    ck_assert_uint_gt(n_short, 1000);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("rows");
    TCase *tests = tcase_create("rows");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, rows_taken_many_at_a_time_are_the_same_as_one_by_one, 0, (int)COUNT(manners));
    tcase_add_test(tests, a_column_of_too_many_words_holds_them_all_the_same);
    tcase_add_loop_test(tests, rows_are_looked_at_up_to_the_first_that_is_not_plain, 0, (int)COUNT(looks));
    tcase_add_test(tests, whole_numbers_are_inferred_alike_the_short_way);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

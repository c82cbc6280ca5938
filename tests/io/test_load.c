/*
 * Loading through the public face: every option, every refusal with its place,
 * all or nothing, and the same table put record by record.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/loading.h"
#include "support/random.h"
#include "support/trials.h"

#define PAIRS(...) (const cohort_pair[]){ __VA_ARGS__ }

/* Options for `object` with a key. */
static cohort_load_options keyed(const char *object, const char *key)
{
    cohort_load_options options = COHORT_LOAD_OPTIONS_INIT;

    options.object = object;
    options.key = key;
    return options;
}

/* What a store holds, and then the types that the load inferred. */
static char *loaded(const cohort_load_options *options, const char *text, size_t length, size_t piece)
{
    cohort_store *store = store_in_memory();
    cohort_error error = COHORT_ERROR_INIT;
    cohort_load_report *report;
    text_out out = { 0 };

    if (load_text(store, options, text, length, piece, &report, &error) == COHORT_OK) {
        out.bytes = store_text(store);
        out.length = strlen(out.bytes);
        for (size_t i = 0; cohort_load_report_type(report, i) != NULL; i++) {
            text_write(&out, "[", 1);
            text_write(&out, cohort_load_report_type(report, i), strlen(cohort_load_report_type(report, i)));
            text_write(&out, "]", 1);
        }
    } else {
        text_write(&out, error.text, strlen(error.text));
        ck_assert_ptr_null(report);
    }
    cohort_load_report_free(report);
    cohort_store_close(store);
    return out.bytes;
}

static void assert_loaded(const cohort_load_options *options, const char *text, const char *wanted)
{
    const size_t pieces[] = { 0, 1, 7 };

    for (size_t i = 0; i < 3; i++) {
        char *found = loaded(options, text, strlen(text), pieces[i]);

        ck_assert_str_eq(found, wanted);
        free(found);
    }
}

/* ---- options ---- */

START_TEST(types_are_inferred_from_every_row)
{
    const cohort_load_options options = keyed("t", "id");

    assert_loaded(&options,
                  "id,n,d,x,b,day,at,s,none\n"
                  "1,5,1.5,1e3,true,2026-01-02,2026-01-02 03:04,a,\n"
                  "2,-6,22.25,2,FALSE,2025-12-31,2026-01-02,007,\n",
                  "t\nid,n,d,x,b,day,at,s,none\n"
                  "1,5,1.50,1000,true,2026-01-02,2026-01-02T03:04:00Z,a,\n"
                  "2,-6,22.25,2,false,2025-12-31,2026-01-02T00:00:00Z,007,\n"
                  "[id int][n int][d decimal(2)][x double][b bool][day date][at timestamp][s string][none string]");
}
END_TEST

START_TEST(types_given_are_taken_and_nothing_is_inferred)
{
    cohort_load_options options = keyed("t", "id");

    options.types = PAIRS({ "id", "string" }, { "a", "decimal(1)" }, { "m", "money" }, { "s", "string(nocase)" });
    options.n_types = 4;
    assert_loaded(&options, "id,a,m,s\n01,2.25,\"$1,234.50\",X\n", "t\nid,a,m,s\n01,2.3,1234.50,X\n");
}
END_TEST

START_TEST(columns_are_chosen_and_renamed)
{
    cohort_load_options options = keyed("t", "id");

    options.renames = PAIRS({ "Lead Source", "source" });
    options.n_renames = 1;
    options.columns = (const char *const[]){ "Lead Source" };
    options.n_columns = 1;
    assert_loaded(&options, "x,Lead Source,id\n1,web,3\n", "t\nid,source\n3,web\n[id int][source string]");
}
END_TEST

START_TEST(rows_are_numbered_where_there_is_no_key)
{
    cohort_load_options options = keyed("t", NULL);

    options.row_number = "n";
    assert_loaded(&options, "a\nx\ny\n", "t\nn,a\n1,x\n2,y\n[a string]");
}
END_TEST

START_TEST(sets_points_nulls_and_empty_texts)
{
    cohort_load_options options = keyed("t", "id");

    options.sets = PAIRS({ "tags", "|" });
    options.n_sets = 1;
    options.points = PAIRS({ "place", "lat, lon" });
    options.n_points = 1;
    options.nulls = (const char *const[]){ "unknown", "-" };
    options.n_nulls = 2;
    assert_loaded(&options, "id,tags,lat,lon,s\n1,b|a|b,1.5,-2,\"\"\n2,unknown,-,3,-\n",
                  "t\nid,place,tags,s\n1,\"1.5,-2\",a;b,\n2,,,\n[id int][s string]");
    options.keep_empty = 1;
    assert_loaded(&options, "id,tags,lat,lon,s\n1,\"\",1.5,-2,\"\"\n2,,-,3,\n",
                  "t\nid,place,tags,s\n1,\"1.5,-2\",\"\",\"\"\n2,,,\n[id int][s string]");
}
END_TEST

START_TEST(delimiters_encodings_dates_and_zones)
{
    cohort_load_options options = keyed("t", "id");

    options.delimiter = ";";
    options.encoding = "latin1";
    options.date_format = "%d.%m.%Y|%d.%m.%Y %H:%M";
    options.zone = "+02:00";
    assert_loaded(&options, "id;day;at;s\n1;31.12.2025;01.02.2026 01:30;caf\xe9\n",
                  "t\nid,day,at,s\n1,2025-12-31,2026-01-31T23:30:00Z,caf\xc3\xa9\n"
                  "[id int][day date][at timestamp][s string]");
    options = keyed("t", "id");
    options.delimiter = "blanks";
    assert_loaded(&options, "id  a\n 1   x\n2 y\n", "t\nid,a\n1,x\n2,y\n[id int][a string]");
    options.delimiter = "tab";
    assert_loaded(&options, "id\ta\n1\tx,y\n", "t\nid,a\n1,\"x,y\"\n[id int][a string]");
}
END_TEST

START_TEST(gzip_is_recognised_however_small_its_pieces)
{
    static const char plain[] = "id,a\n1,x\n2,y\n";
    const cohort_load_options options = keyed("t", "id");
    unsigned char packed[200];
    z_stream stream = { .next_in = (z_const Bytef *)plain, .avail_in = sizeof plain - 1, .next_out = packed,
                        .avail_out = sizeof packed };
    const size_t pieces[] = { 0, 1, 2, 3 };

    ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    for (size_t i = 0; i < 4; i++) {
        char *found = loaded(&options, (char *)packed, stream.total_out, pieces[i]);

        ck_assert_str_eq(found, "t\nid,a\n1,x\n2,y\n[id int][a string]");
        free(found);
    }
    for (size_t length = 3; length < stream.total_out; length++) {
        char *found = loaded(&options, (char *)packed, length, 0);

        ck_assert_ptr_nonnull(strstr(found, "gzip"));
        free(found);
    }
    deflateEnd(&stream);
}
END_TEST

/* ---- references ---- */

START_TEST(references_take_the_type_of_their_parents_key)
{
    cohort_store *store = store_in_memory();
    cohort_load_options firm = keyed("firm", "code");
    cohort_load_options contact = keyed("contact", "id");
    char *text;

    firm.types = PAIRS({ "code", "string" });
    firm.n_types = 1;
    must_load(store, &firm, "code,city\n007,Bonn\n8,Kiel\n");
    contact.refs = PAIRS({ "firm", "firm" }, { "boss", "contact" });
    contact.n_refs = 2;
    must_load(store, &contact, "id,firm,boss\n1,007,2\n2,7,\n3,,1\n");
    text = members_text(store, "contact", "firm.city = 'Bonn' AND boss IS NOT NULL", NULL);
    ck_assert_str_eq(text, "1\n");
    free(text);
    text = members_text(store, "contact", "boss.firm.city = 'Bonn'", NULL);
    ck_assert_str_eq(text, "3\n");
    free(text);
    cohort_store_close(store);
}
END_TEST

START_TEST(parents_are_created_where_asked_also_of_the_object_itself)
{
    cohort_store *store = store_in_memory();
    cohort_load_options options = keyed("contact", "id");
    cohort_load_counts counts = COHORT_LOAD_COUNTS_INIT;
    static const char rows[] = "id,firm,boss\n1,A,9\n2,B,1\n3,A,\n";
    cohort_load_report *report;
    char *text;

    options.refs = PAIRS({ "firm", "firm" }, { "boss", "contact" });
    options.n_refs = 2;
    options.create_parents = 1;
    ck_assert_int_eq(load_text(store, &options, rows, strlen(rows), 0, &report, NULL), COHORT_OK);
    cohort_load_report_counts(report, &counts, NULL);
    cohort_load_report_free(report);
    ck_assert_uint_eq(counts.n_rows, 3);
    ck_assert_uint_eq(counts.n_inserted, 3);
    ck_assert_uint_eq(counts.n_parents, 3);
    text = members_text(store, "contact", "TRUE", NULL);
    ck_assert_ptr_nonnull(strstr(text, "9\n"));
    ck_assert_uint_eq(strlen(text), 8);
    free(text);
    text = members_text(store, "firm", "TRUE", NULL);
    ck_assert_str_eq(text, "A\nB\n");
    free(text);
    cohort_store_close(store);
}
END_TEST

/* ---- duplicates, counts ---- */

static const struct {
    int32_t duplicates;
    uint64_t skip;
    const char *rows;
    const char *wanted;         /* members as CSV, or the error */
    uint64_t n_duplicates, n_skipped;
} repeats[] = {
    { COHORT_DUPLICATES_LAST, 0, "id,a\n1,5\n2,6\n1,7\n", "id,a\n1,7\n2,6\n", 1, 0 },
    { COHORT_DUPLICATES_FIRST, 0, "id,a\n1,5\n2,6\n1,7\n", "id,a\n1,5\n2,6\n", 1, 0 },
    { COHORT_DUPLICATES_ERROR, 0, "id,a\n1,5\n2,6\n1,7\n", "input:4:1: column 'id': the key is already on line 2", 0,
      0 },
    { COHORT_DUPLICATES_ERROR, 1, "id,a\n1,5\n2,6\n1,7\n", "id,a\n1,5\n2,6\n", 0, 1 },
    { COHORT_DUPLICATES_LAST, 1, "id,a\n1,5\n1,x\n", "id,a\n1,5\n", 0, 1 },
    { COHORT_DUPLICATES_FIRST, 1, "id,a\n1,x\n1,5\n1,6\n", "id,a\n1,5\n", 1, 1 },
    { COHORT_DUPLICATES_ERROR, 1, "id,a\n1,x\n1,5\n", "id,a\n1,5\n", 0, 1 },
};

START_TEST(a_key_that_repeats_is_settled_as_asked)
{
    cohort_store *store = store_in_memory();
    cohort_load_options options = keyed("t", "id");
    cohort_members_options csv = COHORT_MEMBERS_OPTIONS_INIT;
    cohort_load_counts counts = COHORT_LOAD_COUNTS_INIT;
    cohort_error error = COHORT_ERROR_INIT;
    cohort_load_report *report;

    csv.format = COHORT_FORMAT_CSV;
    options.types = PAIRS({ "a", "int" });
    options.n_types = 1;
    options.duplicates = repeats[_i].duplicates;
    options.skip_errors = repeats[_i].skip;
    if (load_text(store, &options, repeats[_i].rows, strlen(repeats[_i].rows), 0, &report, &error) == COHORT_OK) {
        char *text = members_text(store, "t", "TRUE", &csv);

        ck_assert_str_eq(text, repeats[_i].wanted);
        free(text);
        cohort_load_report_counts(report, &counts, NULL);
        ck_assert_uint_eq(counts.n_duplicates, repeats[_i].n_duplicates);
        ck_assert_uint_eq(counts.n_skipped, repeats[_i].n_skipped);
        ck_assert_int_eq(cohort_load_report_skipped(report, 0) != NULL, repeats[_i].n_skipped > 0);
    } else {
        ck_assert_str_eq(error.text, repeats[_i].wanted);
        ck_assert_int_eq(error.code, COHORT_EXISTS);
    }
    cohort_load_report_free(report);
    cohort_store_close(store);
}
END_TEST

START_TEST(the_report_counts_what_changed)
{
    static const char more[] = "id,a\n1,5\n2,7.129\n3,8\n4,x\n";
    cohort_store *store = store_in_memory();
    cohort_load_options options = keyed("t", "id");
    cohort_load_counts counts = COHORT_LOAD_COUNTS_INIT;
    cohort_load_report *report;

    options.types = PAIRS({ "a", "decimal(2)" });
    options.n_types = 1;
    options.skip_errors = 3;
    must_load(store, &options, "id,a\n1,5\n2,6\n");
    ck_assert_int_eq(load_text(store, &options, more, strlen(more), 0, &report, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_load_report_counts(report, &counts, NULL), COHORT_OK);
    ck_assert_uint_eq(counts.n_rows, 4);
    ck_assert_uint_eq(counts.n_inserted, 1);
    ck_assert_uint_eq(counts.n_updated, 1);
    ck_assert_uint_eq(counts.n_unchanged, 1);
    ck_assert_uint_eq(counts.n_skipped, 1);
    ck_assert_uint_eq(counts.n_rounded, 1);
    ck_assert_str_eq(cohort_load_report_skipped(report, 0), "input:5:3: column 'a': 'x' is not a decimal number");
    ck_assert_ptr_null(cohort_load_report_skipped(report, 1));
    cohort_load_report_free(report);
    cohort_store_close(store);
}
END_TEST

/* ---- refusals ---- */

static const struct {
    const char *rows;
    const char *wanted;
    uint32_t line, column;
} refusals[] = {
    { "", "input:1:1: the file is empty", 1, 1 },
    { "id,a\n1,x\n", "input:2:3: column 'a': 'x' is not a whole number", 2, 3 },
    { "id,a\n1,5\n\n\"2\",99999999999999999999\n", "input:4:5: column 'a': '99999999999999999999' does not fit", 4, 5 },
    { "id,a\n1,5\n2\n", "input:3:1: the row has 1 cells, the header 2", 3, 1 },
    { "id,a\n1,5\n,6\n", "input:3:1: column 'id': the key is missing", 3, 1 },
    { "id,a\n1,5\n2,\"6\n", "input:3:3: a quote that is opened here is never closed", 3, 3 },
    { "id,a\n1,\"5\"6\n", "input:2:6: text after the closing quote", 2, 6 },
    { "id,a,a\n1,5,6\n", "columns 2 and 3 are both named 'a'", 0, 0 },
    { "id,a,\n1,5,6\n", "column 3 has no name", 0, 0 },
    { "ID,a\n1,5\n", "did you mean 'ID'?", 0, 0 },
    { "id,b\n1,5\n", "names the column 'a', which the file does not have", 0, 0 },
};

START_TEST(what_cannot_be_loaded_is_named_with_its_place_and_nothing_changes)
{
    cohort_store *store = store_in_memory();
    cohort_load_options options = keyed("t", "id");
    cohort_error error = COHORT_ERROR_INIT;
    cohort_load_report *report;
    char *before, *after;

    options.types = PAIRS({ "id", "int" }, { "a", "int" });
    options.n_types = 2;
    must_load(store, &options, "id,a\n1,4\n");
    before = store_text(store);
    ck_assert_int_ne(load_text(store, &options, refusals[_i].rows, strlen(refusals[_i].rows), 0, &report, &error),
                     COHORT_OK);
    ck_assert_ptr_null(report);
    ck_assert_msg(strstr(error.text, refusals[_i].wanted) != NULL, "%s", error.text);
    if (refusals[_i].line > 0) {
        ck_assert_uint_eq(error.line, refusals[_i].line);
        ck_assert_uint_eq(error.column, refusals[_i].column);
    }
    after = store_text(store);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    cohort_store_close(store);
}
END_TEST

START_TEST(a_zero_byte_is_no_part_of_a_name_but_of_a_value)
{
    static const char name[] = "id,a\0b\n1,x\n";
    static const char value[] = "id,a\n1,x\0y\n";
    const cohort_load_options options = keyed("t", "id");
    char *text = loaded(&options, name, sizeof name - 1, 0);
    cohort_store *store = store_in_memory();

    ck_assert_str_eq(text, "the name of column 2 has a zero byte");
    free(text);
    ck_assert_int_eq(load_text(store, &options, value, sizeof value - 1, 0, NULL, NULL), COHORT_OK);
    text = members_text(store, "t", "LENGTH(a) = 3", NULL);
    ck_assert_str_eq(text, "1\n");
    free(text);
    cohort_store_close(store);
}
END_TEST

/* A wide file of one row takes little memory, and one too wide none. */
START_TEST(memory_follows_the_file_and_not_its_columns)
{
    for (int n_columns = 1000; n_columns <= 10000; n_columns += 9000) {
        co_failing state = { 0 };
        const cohort_allocator allocator = co_failing_allocator(&state);
        cohort_store_options limited = COHORT_STORE_OPTIONS_INIT;
        const cohort_load_options options = keyed("t", "c0");
        cohort_error error = COHORT_ERROR_INIT;
        cohort_store *store;
        text_out rows = { 0 };

        for (int row = 0; row < 2; row++)
            for (int c = 0; c < n_columns; c++) {
                char cell[16];

                snprintf(cell, sizeof cell, "%s%d%s", row == 0 ? "c" : "", c, c + 1 < n_columns ? "," : "\n");
                text_write(&rows, cell, strlen(cell));
            }
        limited.allocator = &allocator;
        limited.memory_limit_bytes = 40 * 1000 * 1000;
        ck_assert_int_eq(cohort_store_open(NULL, &limited, &store, NULL), COHORT_OK);
        ck_assert_int_eq(load_text(store, &options, rows.bytes, rows.length, 0, NULL, &error),
                         n_columns > 4096 ? COHORT_LIMIT : COHORT_OK);
        cohort_store_close(store);
        ck_assert(co_failing_is_clean(&state));
        free(rows.bytes);
    }
}
END_TEST

static int32_t stop_at_once(void *context, uint64_t done, uint64_t total)
{
    *(uint64_t *)context += done > 0 && total == 0;
    return 1;
}

START_TEST(a_load_can_be_cancelled_and_changes_nothing)
{
    cohort_store *store = store_in_memory();
    cohort_load_options options = keyed("t", "id");
    cohort_error error = COHORT_ERROR_INIT;
    uint64_t n_calls = 0;
    text_out rows = { 0 };
    char *text;

    text_write(&rows, "id\n", 3);
    for (int i = 0; i < 40000; i++) {
        char line[16];

        snprintf(line, sizeof line, "%d\n", i);
        text_write(&rows, line, strlen(line));
    }
    options.progress = stop_at_once;
    options.progress_context = &n_calls;
    ck_assert_int_eq(load_text(store, &options, rows.bytes, rows.length, 0, NULL, &error), COHORT_CANCELLED);
    ck_assert_uint_eq(n_calls, 1);
    text = store_text(store);
    ck_assert_str_eq(text, "");
    free(text);
    free(rows.bytes);
    cohort_store_close(store);
}
END_TEST

/* ---- failing memory ---- */

START_TEST(no_allocation_that_fails_in_a_load_does_harm)
{
    static const char rows[] = "id,a,tags,lat,lon,boss,firm\n2,x,p;q,1,2,1,f\n3,\"y\"\"\",,,,2,g\n2,z,q,,,,\n4,1\n";

    for (uint64_t n = 1;; n++) {
        co_failing state = { 0 };
        const cohort_allocator allocator = co_failing_allocator(&state);
        cohort_store_options with = COHORT_STORE_OPTIONS_INIT;
        cohort_load_options options = keyed("t", "id");
        cohort_error error = COHORT_ERROR_INIT;
        cohort_load_report *report;
        cohort_store *store;
        cohort_status status;
        char *before, *after;

        with.allocator = &allocator;
        options.sets = PAIRS({ "tags", ";" });
        options.n_sets = 1;
        options.points = PAIRS({ "place", "lat,lon" });
        options.n_points = 1;
        options.refs = PAIRS({ "boss", "t" }, { "firm", "firm" });
        options.n_refs = 2;
        options.create_parents = 1;
        options.skip_errors = 1;
        options.duplicates = COHORT_DUPLICATES_FIRST;
        ck_assert_int_eq(cohort_store_open(NULL, &with, &store, NULL), COHORT_OK);
        must_load(store, &options, "id,a,tags,lat,lon,boss,firm\n1,old,,,,,\n");
        before = store_text(store);
        state.n_requests = 0;
        state.fail_at = n;
        status = load_text(store, &options, rows, sizeof rows - 1, 0, &report, &error);
        state.fail_at = 0;
        after = store_text(store);
        ck_assert_msg(status == (state.n_refused > 0 ? COHORT_MEMORY : COHORT_OK), "%d: %s", (int)n, error.text);
        ck_assert(status == COHORT_OK || strcmp(before, after) == 0);
        free(before);
        free(after);
        cohort_load_report_free(report);
        cohort_store_close(store);
        ck_assert(co_failing_is_clean(&state));
        if (state.n_refused == 0)
            break;
    }
}
END_TEST

/* ---- the same table put record by record ---- */

enum { N_FIELDS = 4, N_RECORDS = 3000 };

static const char *const field_names[N_FIELDS] = { "n", "d", "s", "b" };

/* A value and its cell. */
static void random_value(co_random *random, int field, cohort_value *value, char cell[64])
{
    static const char *const texts[] = { "", "a", "a,b", "q\"q", "two\nlines", "\xc3\xa9t\xc3\xa9", " x ", "007" };
    static const char *const cells[] = { "\"\"",   "a", "\"a,b\"", "\"q\"\"q\"", "\"two\nlines\"", "\xc3\xa9t\xc3\xa9",
                                         "\" x \"", "007" };
    const size_t i = co_random_below(random, 8);

    *value = (cohort_value)COHORT_VALUE_NULL;
    cell[0] = 0;
    if (co_random_chance(random, 1, 10))
        return;
    value->number = co_random_between(random, -99999, 99999);
    if (field == 0) {
        value->type = COHORT_INT;
        snprintf(cell, 64, "%lld", (long long)value->number);
    } else if (field == 1) {
        value->type = COHORT_DECIMAL;
        value->scale = 2;
        snprintf(cell, 64, "%s%lld.%02lld", value->number < 0 ? "-" : "", llabs(value->number) / 100,
                 llabs(value->number) % 100);
    } else if (field == 2) {
        value->type = COHORT_STRING;
        value->text = (cohort_text){ texts[i], strlen(texts[i]) };
        snprintf(cell, 64, "%s", cells[i]);
    } else {
        value->type = COHORT_BOOL;
        value->number = i & 1;
        snprintf(cell, 64, "%s", i & 1 ? "yes" : "F");
    }
}

static void declare(cohort_store *store)
{
    const cohort_field fields[N_FIELDS] = {
        { sizeof(cohort_field), COHORT_INT, "n", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_DECIMAL, "d", 2, 0, NULL },
        { sizeof(cohort_field), COHORT_STRING, "s", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_BOOL, "b", 0, 0, NULL },
    };
    cohort_object object = COHORT_OBJECT_INIT;

    object.name = "t";
    object.key_name = "id";
    object.key_type = COHORT_INT;
    object.fields = fields;
    object.n_fields = N_FIELDS;
    ck_assert_int_eq(cohort_store_declare(store, &object, NULL), COHORT_OK);
}

START_TEST(a_file_loads_as_its_records_put_one_by_one)
{
    co_random random = co_random_of(40 + (uint64_t)_i);
    cohort_store *by_file = store_in_memory();
    cohort_store *by_hand = store_in_memory();
    cohort_load_options options = keyed("t", "id");
    cohort_batch *batch;
    text_out rows = { 0 };
    char *a, *b;

    declare(by_file);
    declare(by_hand);
    options.keep_empty = 1;
    ck_assert_int_eq(cohort_batch_new(by_hand, &batch, NULL), COHORT_OK);
    text_write(&rows, "id,n,d,s,b\r\n", 12);
    for (int r = 0; r < CO_TRIALS(N_RECORDS); r++) {
        cohort_value values[N_FIELDS];
        cohort_value key = { .type = COHORT_INT, .number = co_random_between(&random, 0, 2000) };
        char line[400];
        int length = snprintf(line, sizeof line, "%lld", (long long)key.number);

        for (int f = 0; f < N_FIELDS; f++) {
            char cell[64];

            random_value(&random, f, &values[f], cell);
            length += snprintf(line + length, sizeof line - (size_t)length, ",%s", cell);
        }
        length += snprintf(line + length, sizeof line - (size_t)length, "\r\n");
        text_write(&rows, line, (size_t)length);
        ck_assert_int_eq(cohort_batch_upsert(batch, "t", &key, N_FIELDS, field_names, values, NULL), COHORT_OK);
    }
    ck_assert_int_eq(cohort_batch_commit(batch, NULL, NULL), COHORT_OK);
    cohort_batch_free(batch);
    ck_assert_int_eq(load_text(by_file, &options, rows.bytes, rows.length, (size_t)_i * 13, NULL, NULL), COHORT_OK);
    a = store_text(by_file);
    b = store_text(by_hand);
    ck_assert_int_eq(strcmp(a, b), 0);
    free(a);
    free(b);
    free(rows.bytes);
    cohort_store_close(by_file);
    cohort_store_close(by_hand);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("load");
    TCase *tests = tcase_create("load");

    tcase_add_test(tests, types_are_inferred_from_every_row);
    tcase_add_test(tests, types_given_are_taken_and_nothing_is_inferred);
    tcase_add_test(tests, columns_are_chosen_and_renamed);
    tcase_add_test(tests, rows_are_numbered_where_there_is_no_key);
    tcase_add_test(tests, sets_points_nulls_and_empty_texts);
    tcase_add_test(tests, delimiters_encodings_dates_and_zones);
    tcase_add_test(tests, gzip_is_recognised_however_small_its_pieces);
    tcase_add_test(tests, references_take_the_type_of_their_parents_key);
    tcase_add_test(tests, parents_are_created_where_asked_also_of_the_object_itself);
    tcase_add_loop_test(tests, a_key_that_repeats_is_settled_as_asked, 0, (int)(sizeof repeats / sizeof *repeats));
    tcase_add_test(tests, the_report_counts_what_changed);
    tcase_add_loop_test(tests, what_cannot_be_loaded_is_named_with_its_place_and_nothing_changes, 0,
                        (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, a_zero_byte_is_no_part_of_a_name_but_of_a_value);
    tcase_add_test(tests, memory_follows_the_file_and_not_its_columns);
    tcase_add_test(tests, a_load_can_be_cancelled_and_changes_nothing);
    tcase_add_test(tests, no_allocation_that_fails_in_a_load_does_harm);
    tcase_add_loop_test(tests, a_file_loads_as_its_records_put_one_by_one, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/* The CSV reader: shapes by table, random files against what was written, broken ones by their place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buffer.h"
#include "io/csv.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/must.h"
#include "support/random.h"
#include "support/trials.h"

/* Bytes given in pieces of `piece`. */
typedef struct feed {
    const char *bytes;
    size_t length, at, piece;
} feed;

static int64_t read_feed(void *context, void *bytes, size_t capacity)
{
    feed *f = context;
    size_t n = f->length - f->at;

    if (n > f->piece)
        n = f->piece;
    if (n > capacity)
        n = capacity;
    memcpy(bytes, f->bytes + f->at, n);
    f->at += n;
    return (int64_t)n;
}

/* Reads everything and writes it as <cell><cell>| per record; on an error appends !line:column. */
static cohort_status render(co_memory *memory, feed *f, const co_csv_form *form, co_buffer *out, cohort_error *error)
{
    co_source *source;
    co_csv *csv = NULL;
    bool more = true;
    cohort_status status = co_source_open(memory, NULL, read_feed, f, false, &source, error);

    if (status == COHORT_OK)
        status = co_csv_new(memory, source, form, &csv, error);
    while (status == COHORT_OK && more) {
        co_csv_record record;

        status = co_csv_next(csv, &record, &more, error);
        if (status != COHORT_OK || !more)
            break;
        for (uint32_t i = 0; i < record.n; i++) {
            co_buffer_byte(out, record.cells[i].quoted ? '{' : '<');
            co_buffer_text(out, record.cells[i].text);
            co_buffer_byte(out, record.cells[i].quoted ? '}' : '>');
        }
        co_buffer_format(out, "@%d|", (int)record.line);
    }
    if (status == COHORT_PARSE)
        co_buffer_format(out, "!%u:%u", error->line, error->column);
    co_csv_free(csv);
    co_source_close(source);
    return status;
}

static const struct {
    const char *bytes;
    const char *wanted;
    char delimiter;
    bool blanks, latin1;
} shapes[] = {
    { "a,b\n1,2\n", "<a><b>@1|<1><2>@2|", ',', 0, 0 },
    { "a,b\n1,2", "<a><b>@1|<1><2>@2|", ',', 0, 0 },
    { "a,b\r\n1,2\r\n", "<a><b>@1|<1><2>@2|", ',', 0, 0 },
    { "a,b\r1,2\r", "<a><b>@1|<1><2>@2|", ',', 0, 0 },
    { "a;b\n", "<a><b>@1|", ';', 0, 0 },
    { "a\tb\n", "<a><b>@1|", '\t', 0, 0 },
    { ",\n", "<><>@1|", ',', 0, 0 },
    { ",", "<><>@1|", ',', 0, 0 },
    { "\"\",x\n", "{}<x>@1|", ',', 0, 0 },
    { "\"a\"\"b\",\"c,d\"\n", "{a\"b}{c,d}@1|", ',', 0, 0 },
    { "\"two\nlines\",1\nx,2\n", "{two\nlines}<1>@1|<x><2>@3|", ',', 0, 0 },
    { "\"two\r\nlines\",1\n", "{two\r\nlines}<1>@1|", ',', 0, 0 },
    { "5\" pipe,a\"b\n", "<5\" pipe><a\"b>@1|", ',', 0, 0 },
    { " a , b \n", "< a >< b >@1|", ',', 0, 0 },
    { "\n\na,b\n\n1,2\n\n", "<a><b>@3|<1><2>@5|", ',', 0, 0 },
    { "\xef\xbb\xbf" "a,b\n", "<a><b>@1|", ',', 0, 0 },
    { "\xef\xbb\xbf\"a\",b\n", "{a}<b>@1|", ',', 0, 0 },
    { "", "", ',', 0, 0 },
    { "\"\"\"\"", "{\"}@1|", ',', 0, 0 },
    { "caf\xe9,\xfc\n", "<caf\xc3\xa9><\xc3\xbc>@1|", ',', 0, 1 },
    { " 00001 19970101  1   11.77\r\n 2 3\n", "<00001><19970101><1><11.77>@1|<2><3>@2|", ',', 1, 0 },
    { "  \n\t\na \"b\n", "<a><\"b>@3|", ',', 1, 0 },
    { "a,\"b\n", "<!1:3", ',', 0, 0 },
    { "a\nb,\"x\"y\n", "<a>@1|!2:6", ',', 0, 0 },
    { "a\n\"x\ny\"z\n", "<a>@1|!3:3", ',', 0, 0 },
};

START_TEST(every_shape_is_read_whole_and_byte_by_byte)
{
    const size_t pieces[] = { 1, 2, 3, 7, SIZE_MAX };

    for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
        co_memory memory;
        co_buffer out;
        cohort_error error = COHORT_ERROR_INIT;
        feed f = { shapes[_i].bytes, strlen(shapes[_i].bytes), 0, pieces[p] };
        const co_csv_form form = { shapes[_i].delimiter, shapes[_i].blanks, shapes[_i].latin1 };
        const char *wanted = shapes[_i].wanted;

        co_memory_init(&memory, NULL, 0);
        co_buffer_init(&out, &memory, 0);
        render(&memory, &f, &form, &out, &error);
        co_buffer_byte(&out, 0);
        if (wanted[0] == '<' && wanted[1] == '!')
            wanted++;
        ck_assert_str_eq(out.bytes, wanted);
        co_buffer_clear(&out);
    }
}
END_TEST

/* A random cell with what is hard in CSV. */
static void random_cell(co_random *random, co_buffer *cell)
{
    static const char *const parts[] = { "a", "\"", ",", "\n", "\r\n", ";", " ", "\xc3\xa9", "long text without end ", "" };
    const uint64_t n = co_random_chance(random, 1, 40) ? co_random_below(random, 3000) : co_random_below(random, 6);

    cell->length = 0;
    for (uint64_t i = 0; i < n; i++)
        co_buffer_string(cell, parts[co_random_below(random, sizeof parts / sizeof *parts)]);
}

static void write_cell(co_random *random, co_text cell, co_buffer *csv, co_buffer *wanted)
{
    bool quote = co_random_chance(random, 1, 3) || cell.length == 0;

    for (size_t i = 0; i < cell.length; i++)
        quote |= strchr(",\"\r\n", cell.bytes[i]) != NULL;
    co_buffer_byte(wanted, quote ? '{' : '<');
    co_buffer_text(wanted, cell);
    co_buffer_byte(wanted, quote ? '}' : '>');
    if (!quote) {
        co_buffer_text(csv, cell);
        return;
    }
    co_buffer_byte(csv, '"');
    for (size_t i = 0; i < cell.length; i++) {
        if (cell.bytes[i] == '"')
            co_buffer_byte(csv, '"');
        co_buffer_byte(csv, cell.bytes[i]);
    }
    co_buffer_byte(csv, '"');
}

static void random_file(co_random *random, co_buffer *csv, co_buffer *wanted, co_buffer *cell)
{
    const uint64_t n_rows = co_random_below(random, 60);
    const uint64_t n_columns = 1 + co_random_below(random, 6);
    int line = 1;

    csv->length = wanted->length = 0;
    for (uint64_t row = 0; row < n_rows; row++) {
        const size_t start = csv->length;

        for (uint64_t c = 0; c < n_columns; c++) {
            if (c > 0)
                co_buffer_byte(csv, ',');
            random_cell(random, cell);
            write_cell(random, (co_text){ cell->bytes, cell->length }, csv, wanted);
        }
        co_buffer_format(wanted, "@%d|", line);
        co_buffer_string(csv, co_random_chance(random, 1, 2) ? "\n" : "\r\n");
        for (size_t i = start; i < csv->length; i++)
            line += csv->bytes[i] == '\n';
    }
}

static void deflate_members(const co_buffer *plain, co_buffer *packed)
{
    const size_t half = plain->length / 2;
    const size_t parts[2][2] = { { 0, half }, { half, plain->length } };

    packed->length = 0;
    for (int i = 0; i < 2; i++) {
        z_stream stream = { 0 };
        const size_t length = parts[i][1] - parts[i][0];

        ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);

        const size_t bound = deflateBound(&stream, length) + 64;
        char *room = co_buffer_extend(packed, bound);

        stream.next_in = (Bytef *)(plain->bytes + parts[i][0]);
        stream.avail_in = (uInt)length;
        stream.next_out = (Bytef *)room;
        stream.avail_out = (uInt)bound;
        ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
        packed->length -= stream.avail_out;
        deflateEnd(&stream);
    }
}

START_TEST(random_files_give_back_what_was_written)
{
    co_random random = co_random_of(20261124);
    co_memory memory;
    co_buffer csv, wanted, cell, found, packed;

    co_memory_init(&memory, NULL, 0);
    co_buffer_init(&csv, &memory, 0);
    co_buffer_init(&wanted, &memory, 0);
    co_buffer_init(&cell, &memory, 0);
    co_buffer_init(&found, &memory, 0);
    co_buffer_init(&packed, &memory, 0);
    for (int trial = 0; trial < CO_TRIALS(2000); trial++) {
        cohort_error error = COHORT_ERROR_INIT;
        const co_csv_form form = { .delimiter = ',' };
        const bool gzip = trial % 2 == 1;

        random_file(&random, &csv, &wanted, &cell);
        if (gzip)
            deflate_members(&csv, &packed);

        const co_buffer *given = gzip ? &packed : &csv;
        feed f = { given->bytes, given->length, 0, 1 + (size_t)co_random_below(&random, 5000) };

        found.length = 0;
        must(render(&memory, &f, &form, &found, &error) == COHORT_OK);
        must(found.length == wanted.length);
        must(found.length == 0 || memcmp(found.bytes, wanted.bytes, found.length) == 0);
    }
    co_buffer_clear(&csv);
    co_buffer_clear(&wanted);
    co_buffer_clear(&cell);
    co_buffer_clear(&found);
    co_buffer_clear(&packed);
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

START_TEST(a_quote_never_closed_ends_at_the_limit_of_a_row)
{
    enum { N = 40 * 1024 * 1024 };
    char *bytes = malloc(N);
    co_memory memory;
    co_buffer out;
    cohort_error error = COHORT_ERROR_INIT;
    feed f = { bytes, N, 0, SIZE_MAX };
    const co_csv_form form = { .delimiter = ',' };

    memset(bytes, 'x', N);
    memcpy(bytes, "a\n\"", 3);
    co_memory_init(&memory, NULL, 100u * 1024 * 1024);
    co_buffer_init(&out, &memory, 0);
    ck_assert_int_eq(render(&memory, &f, &form, &out, &error), COHORT_PARSE);
    ck_assert_uint_eq(error.line, 2);
    ck_assert_ptr_nonnull(strstr(error.text, "never closed"));
    co_buffer_clear(&out);
    free(bytes);
}
END_TEST

START_TEST(damaged_gzip_is_refused)
{
    co_memory memory;
    co_buffer csv, packed, out;
    const co_csv_form form = { .delimiter = ',' };

    co_memory_init(&memory, NULL, 0);
    co_buffer_init(&csv, &memory, 0);
    co_buffer_init(&packed, &memory, 0);
    co_buffer_init(&out, &memory, 0);
    for (int i = 0; i < 2000; i++)
        co_buffer_format(&csv, "%d,%d\n", i, i * 7919 % 1000);
    deflate_members(&csv, &packed);
    for (size_t cut = 20; cut < packed.length - 1; cut += 97) {
        cohort_error error = COHORT_ERROR_INIT;
        feed f = { packed.bytes, cut, 0, SIZE_MAX };

        out.length = 0;
        const cohort_status status = render(&memory, &f, &form, &out, &error);

        ck_assert_msg(status == COHORT_CORRUPT || status == COHORT_OK, "cut at %zu gave %d", cut, (int)status);
    }
    packed.bytes[packed.length / 3] ^= 0x55;

    cohort_error error = COHORT_ERROR_INIT;
    feed f = { packed.bytes, packed.length, 0, SIZE_MAX };

    ck_assert_int_eq(render(&memory, &f, &form, &out, &error), COHORT_CORRUPT);
    co_buffer_clear(&csv);
    co_buffer_clear(&packed);
    co_buffer_clear(&out);
}
END_TEST

START_TEST(every_refused_allocation_is_a_clean_error)
{
    const char text[] = "a,b\n\"x\"\"y\",2\n";
    const co_csv_form form = { .delimiter = ',' };

    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        cohort_error error = COHORT_ERROR_INIT;
        co_memory memory, plain;
        co_buffer out;
        feed f = { text, sizeof text - 1, 0, 3 };

        co_memory_init(&memory, &allocator, 0);
        co_memory_init(&plain, NULL, 0);
        co_buffer_init(&out, &plain, 0);

        const cohort_status status = render(&memory, &f, &form, &out, &error);

        co_buffer_clear(&out);
        ck_assert(co_failing_is_clean(&state));
        ck_assert_int_eq(status, state.n_refused > 0 ? COHORT_MEMORY : COHORT_OK);
        if (state.n_requests < n)
            break;
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("csv");
    TCase *tests = tcase_create("csv");

    tcase_add_loop_test(tests, every_shape_is_read_whole_and_byte_by_byte, 0, sizeof shapes / sizeof *shapes);
    tcase_add_test(tests, random_files_give_back_what_was_written);
    tcase_add_test(tests, a_quote_never_closed_ends_at_the_limit_of_a_row);
    tcase_add_test(tests, damaged_gzip_is_refused);
    tcase_add_test(tests, every_refused_allocation_is_a_clean_error);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

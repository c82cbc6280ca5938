/* Types found from values, and one cell to one value, by table. */
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/number.h"
#include "io/convert.h"
#include "io/infer.h"
#include "support/check_main.h"

/* ---- inference ---- */

static const struct {
    const char *values;         /* separated by '|' */
    const char *type;
    const char *key_type;
    const char *layouts;
} columns[] = {
    { "", "string", "string", "" },
    { "1|2|-3", "int", "int", "" },
    { "1|2.5|-3.25", "decimal(2)", "string", "" },
    { "17850.0|13047.0", "decimal(1)", "int", "" },
    { "1e3|2", "double", "string", "" },
    { "12345678901234567.89", "double", "string", "" },
    { "1234567890123456.78", "decimal(2)", "string", "" },
    { "99999999999999999999", "string", "string", "" },
    { "007|8", "string", "string", "" },
    { "0|0.5", "decimal(1)", "string", "" },
    { "+61412345678", "string", "string", "" },
    { "true|FALSE", "bool", "string", "" },
    { "true|1", "string", "string", "" },
    { "yes|no", "string", "string", "" },
    { "2026-11-22|2020-02-29", "date", "string", "" },
    { "2026-11-22|2026-11-22 10:00", "timestamp", "string", "" },
    { "2026-11-22|2026-13-22", "string", "string", "" },
    { "2026-11-22|7", "string", "string", "" },
    { "20261122", "int", "int", "" },
    { "10/20/2016|03-01-17", "date", "string", "%m/%d/%Y|%m-%d-%y" },
    { "10/20/2016|2016-10-20", "string", "string", "%m/%d/%Y" },
    { "1|abc|2", "string", "string", "" },
    { " 1 |2", "int", "int", "" },
    { "5 |   |6", "string", "string", "" },
    { "NA|1", "string", "string", "" },
    { "-9223372036854775808|9223372036854775807", "int", "int", "" },
};

static void infer_all(co_inference *inference, const char *values, const co_date_form *form)
{
    while (*values != 0) {
        const size_t length = strcspn(values, "|");

        co_infer_value(inference, (co_text){ values, length }, form);
        values += length + (values[length] == '|');
    }
}

static void assert_type(co_field_type type, const char *wanted)
{
    co_memory memory;
    co_buffer out;

    co_memory_init(&memory, NULL, 0);
    co_buffer_init(&out, &memory, 0);
    co_field_type_print(&type, &out);
    co_buffer_byte(&out, 0);
    ck_assert_str_eq(out.bytes, wanted);
    co_buffer_clear(&out);
}

START_TEST(a_column_gets_the_type_of_all_its_values)
{
    co_inference inference = { 0 };
    const co_date_form form = { co_text_of(columns[_i].layouts) };

    infer_all(&inference, columns[_i].values, &form);
    assert_type(co_infer_type(&inference), columns[_i].type);
    assert_type(co_infer_key_type(&inference), columns[_i].key_type);
}
END_TEST

/* ---- types as text ---- */

static const struct {
    const char *text;
    const char *printed;        /* NULL: refused */
} types[] = {
    { "int", "int" },           { "bool", "bool" },         { "decimal(0)", "decimal(0)" }, { "decimal(18)", "decimal(18)" },
    { "decimal(19)", NULL },    { "decimal(-1)", NULL },    { "decimal", NULL },            { "decimal()", NULL },
    { "money", "money" },       { "double", "double" },     { "date", "date" },             { "timestamp", "timestamp" },
    { "string", "string" },     { "string(nocase)", "string(nocase)" }, { "string(exact)", "string" },
    { "string(x)", NULL },      { "set", "set" },           { "set(nocase)", "set(nocase)" }, { "point", "point" },
    { "int(3)", NULL },         { "", NULL },               { "integer", NULL },            { "decimal(2", NULL },
};

START_TEST(types_are_read_as_they_are_printed)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_field_type type;
    const cohort_status status = co_field_type_parse(co_text_of(types[_i].text), &type, &error);

    if (types[_i].printed == NULL) {
        ck_assert_int_eq(status, COHORT_PARSE);
        ck_assert_ptr_nonnull(strstr(error.text, "unknown type"));
    } else {
        ck_assert_int_eq(status, COHORT_OK);
        assert_type(type, types[_i].printed);
    }
}
END_TEST

/* ---- one cell ---- */

static const struct {
    const char *type;
    const char *cell;
    int64_t number;
    cohort_status status;
    const char *error;          /* part of the text */
} cells[] = {
    { "int", "12", 12, COHORT_OK, NULL },
    { "int", " 12 ", 12, COHORT_OK, NULL },
    { "int", "17850.0", 17850, COHORT_OK, NULL },
    { "int", "12.5", 0, COHORT_TYPE, "'12.5' is not a whole number" },
    { "int", "abc", 0, COHORT_TYPE, "'abc' is not a whole number" },
    { "int", "9223372036854775808", 0, COHORT_OVERFLOW, "does not fit" },
    { "bool", "TRUE", 1, COHORT_OK, NULL },
    { "bool", "f", 0, COHORT_OK, NULL },
    { "bool", "1", 1, COHORT_OK, NULL },
    { "bool", "maybe", 0, COHORT_TYPE, "true or false" },
    { "decimal(2)", "1.005", 101, COHORT_OK, NULL },
    { "decimal(2)", "-1.005", -101, COHORT_OK, NULL },
    { "decimal(2)", "3", 300, COHORT_OK, NULL },
    { "decimal(2)", "1e2", 10000, COHORT_OK, NULL },
    { "decimal(2)", "x", 0, COHORT_TYPE, "decimal" },
    { "decimal(2)", "99999999999999999999", 0, COHORT_OVERFLOW, "does not fit" },
    { "money", "$1,234.50", 123450, COHORT_OK, NULL },
    { "money", "-$1,234.50", -123450, COHORT_OK, NULL },
    { "money", "$-1234.5", -123450, COHORT_OK, NULL },
    { "money", "(12.00)", -1200, COHORT_OK, NULL },
    { "money", "\xe2\x82\xac 1 234 567", 123456700, COHORT_OK, NULL },
    { "money", "12 USD", 1200, COHORT_OK, NULL },
    { "money", "USD12", 1200, COHORT_OK, NULL },
    { "money", "1'000.10", 100010, COHORT_OK, NULL },
    { "money", "12,5", 0, COHORT_TYPE, "amount of money" },
    { "money", "1,23,456", 0, COHORT_TYPE, "amount of money" },
    { "money", "1.2.3", 0, COHORT_TYPE, "amount of money" },
    { "money", "$", 0, COHORT_TYPE, "amount of money" },
    { "money", "12 USD 5", 0, COHORT_TYPE, "amount of money" },
    { "date", "1970-01-02", 1, COHORT_OK, NULL },
    { "date", "19700102", 1, COHORT_OK, NULL },
    { "date", "1970-01-02 00:00:00", 1, COHORT_OK, NULL },
    { "date", "1970-01-02 10:00", 0, COHORT_TYPE, "time" },
    { "date", "1970-02-30", 0, COHORT_TYPE, "1970-02-30" },
    { "timestamp", "1970-01-01 00:00:01", 1000000, COHORT_OK, NULL },
    { "timestamp", "1970-01-01T01:00:00+01", 0, COHORT_OK, NULL },
    { "timestamp", "1970-01-02", 86400000000, COHORT_OK, NULL },
    { "timestamp", "noon", 0, COHORT_TYPE, "'noon'" },
};

START_TEST(a_cell_becomes_its_value_or_says_why_not)
{
    cohort_error error = COHORT_ERROR_INIT;
    const co_date_form dates = { { 0 } };
    uint64_t n_rounded = 0;
    co_stage_form form = { .dates = &dates, .zone = co_zone_utc(), .n_rounded = &n_rounded };
    int64_t number = 0;
    bool is_null;

    ck_assert_int_eq(co_field_type_parse(co_text_of(cells[_i].type), &form.type, NULL), COHORT_OK);

    const cohort_status status =
        co_convert_cell(&form, co_text_of(cells[_i].cell), &number, &is_null, &error);

    ck_assert_int_eq(status, cells[_i].status);
    if (status == COHORT_OK)
        ck_assert_int_eq(number, cells[_i].number);
    else
        ck_assert_msg(strstr(error.text, cells[_i].error) != NULL, "'%s' lacks '%s'", error.text, cells[_i].error);
}
END_TEST

START_TEST(rounded_decimals_are_counted_and_nan_is_null)
{
    const co_date_form dates = { { 0 } };
    uint64_t n_rounded = 0;
    co_stage_form form = { .type = { COHORT_DECIMAL, 2, 0, false }, .dates = &dates, .zone = co_zone_utc(),
                           .n_rounded = &n_rounded };
    int64_t number;
    bool is_null;

    ck_assert_int_eq(co_convert_cell(&form, CO_TEXT("1.001"), &number, &is_null, NULL), COHORT_OK);
    ck_assert_int_eq(co_convert_cell(&form, CO_TEXT("1.010"), &number, &is_null, NULL), COHORT_OK);
    ck_assert_uint_eq(n_rounded, 1);
    form.type.type = COHORT_DOUBLE;
    ck_assert_int_eq(co_convert_cell(&form, CO_TEXT("NaN"), &number, &is_null, NULL), COHORT_OK);
    ck_assert(is_null);
    ck_assert_int_eq(co_convert_cell(&form, CO_TEXT("-0.0"), &number, &is_null, NULL), COHORT_OK);
    ck_assert(!is_null && number == co_double_to_ordered(0.0));
}
END_TEST

/* ---- sets and points ---- */

START_TEST(a_set_keeps_each_element_once_untrimmed)
{
    static const struct {
        const char *cell;
        int32_t collation;
        const char *wanted;
    } sets[] = {
        { "b;a;b", COHORT_EXACT, "<a><b>" }, { "a;;b", COHORT_EXACT, "<><a><b>" }, { " a;a", COHORT_EXACT, "< a><a>" },
        { "A;a", COHORT_EXACT, "<A><a>" },   { "A;a", COHORT_NOCASE, "<A>" },      { "", COHORT_EXACT, "" },
    };
    co_memory memory;
    co_stage_column column;
    uint32_t row = 0;

    co_memory_init(&memory, NULL, 0);
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++, row = 0) {
        const co_stage_form form = { .type = { COHORT_SET, 0, sets[i].collation, false }, .separator = CO_TEXT(";"),
                                     .keep_empty = true };
        const co_csv_cell cell = { co_text_of(sets[i].cell), true };
        char found[64] = "";

        ck_assert_int_eq(co_stage_column_init(&column, &memory, &form, NULL), COHORT_OK);
        ck_assert_int_eq(co_stage_reserve(&column, 2, NULL), COHORT_OK);
        co_stage_null(&column, row++);
        ck_assert_int_eq(co_stage_cell(&column, row++, &cell, NULL), COHORT_OK);

        const co_cells staged = co_stage_cells(&column, row);

        for (uint32_t e = staged.ends[1]; e < staged.ends[2]; e++) {
            const co_text text = staged.packed->words[co_packed_code(staged.packed, e)];

            snprintf(found + strlen(found), sizeof found - strlen(found), "<%.*s>", (int)text.length, text.bytes);
        }
        ck_assert_str_eq(found, sets[i].wanted);
        ck_assert_uint_eq(staged.valid[0], 2);
        co_stage_column_clear(&column);
    }
    ck_assert_uint_eq(memory.used_bytes, 0);
}
END_TEST

START_TEST(points_must_lie_on_earth)
{
    static const struct {
        co_csv_cell latitude, longitude;
        cohort_status status;
    } points[] = {
        { { { "-33.87", 6 }, false }, { { "151.21", 6 }, false }, COHORT_OK },
        { { { "90.5", 4 }, false }, { { "0", 1 }, false }, COHORT_TYPE },
        { { { "0", 1 }, false }, { { "-181", 4 }, false }, COHORT_TYPE },
        { { { "nan", 3 }, false }, { { "0", 1 }, false }, COHORT_TYPE },
    };
    const co_stage_form form = { .type = { COHORT_POINT, 0, 0, false } };
    co_memory memory;
    co_stage_column column;

    co_memory_init(&memory, NULL, 0);
    ck_assert_int_eq(co_stage_column_init(&column, &memory, &form, NULL), COHORT_OK);
    ck_assert_int_eq(co_stage_reserve(&column, 4, NULL), COHORT_OK);
    for (uint32_t i = 0; i < 4; i++)
        ck_assert_int_eq(co_stage_point(&column, i, &points[i].latitude, &points[i].longitude, NULL), points[i].status);
    ck_assert(column.latitudes[0] == -33.87 && column.longitudes[0] == 151.21);
    co_stage_column_clear(&column);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("cells");
    TCase *tests = tcase_create("cells");

    tcase_add_loop_test(tests, a_column_gets_the_type_of_all_its_values, 0, sizeof columns / sizeof *columns);
    tcase_add_loop_test(tests, types_are_read_as_they_are_printed, 0, sizeof types / sizeof *types);
    tcase_add_loop_test(tests, a_cell_becomes_its_value_or_says_why_not, 0, sizeof cells / sizeof *cells);
    tcase_add_test(tests, rounded_decimals_are_counted_and_nan_is_null);
    tcase_add_test(tests, a_set_keeps_each_element_once_untrimmed);
    tcase_add_test(tests, points_must_lie_on_earth);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

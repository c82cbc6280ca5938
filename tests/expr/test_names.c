/* Words and names: keywords, functions, date ranges, what needs quotes, and the nearest of several. */
#include "base/utf8.h"
#include "expr/ranges.h"
#include "expr/reading.h"
#include "expr/words.h"
#include "support/check_main.h"

START_TEST(every_keyword_is_found_in_any_letter_case)
{
    for (unsigned i = 1; i < CO_N_WORDS; i++) {
        const co_text word = co_word_text((co_word)i);
        char lower[32];

        ck_assert_uint_lt(word.length, sizeof lower);
        for (size_t j = 0; j < word.length; j++)
            lower[j] = (char)(word.bytes[j] >= 'A' ? word.bytes[j] | (word.bytes[j] == '_' ? 0 : 0x20) : word.bytes[j]);
        ck_assert_uint_eq(co_word_find(word), i);
        ck_assert_uint_eq(co_word_find((co_text){ lower, word.length }), i);
        ck_assert_uint_ne(co_word_find((co_text){ lower, word.length - 1 }), i);
        if (i > 1)
            ck_assert_int_lt(co_text_compare(co_word_text((co_word)(i - 1)), word), 0);
    }
    ck_assert_uint_eq(co_word_find(CO_TEXT("ANDY")), CO_WORD_NONE_OF_THEM);
    ck_assert_uint_eq(co_word_find(CO_TEXT("")), CO_WORD_NONE_OF_THEM);
}
END_TEST

START_TEST(every_function_is_found_in_any_letter_case)
{
    co_function function;

    for (unsigned i = 0; i < CO_N_FUNCTIONS; i++) {
        ck_assert(co_function_find(co_function_shape_of((co_function)i)->name, &function));
        ck_assert_uint_eq(function, i);
    }
    ck_assert(co_function_find(CO_TEXT("day_Only"), &function));
    ck_assert_uint_eq(function, CO_FUNCTION_DAY_ONLY);
    ck_assert(!co_function_find(CO_TEXT("DAY"), &function));
}
END_TEST

START_TEST(every_date_range_reads_as_what_it_means)
{
    static const struct {
        const char *text;
        co_range range;
    } ranges[] = {
        { "YESTERDAY", { CO_RANGE_THIS, CO_UNIT_DAY, -1 } },
        { "today", { CO_RANGE_THIS, CO_UNIT_DAY, 0 } },
        { "Tomorrow", { CO_RANGE_THIS, CO_UNIT_DAY, 1 } },
        { "LAST_WEEK", { CO_RANGE_THIS, CO_UNIT_WEEK, -1 } },
        { "THIS_MONTH", { CO_RANGE_THIS, CO_UNIT_MONTH, 0 } },
        { "NEXT_QUARTER", { CO_RANGE_THIS, CO_UNIT_QUARTER, 1 } },
        { "LAST_YEAR", { CO_RANGE_THIS, CO_UNIT_YEAR, -1 } },
        { "THIS_FISCAL_QUARTER", { CO_RANGE_THIS, CO_UNIT_FISCAL_QUARTER, 0 } },
        { "NEXT_FISCAL_YEAR", { CO_RANGE_THIS, CO_UNIT_FISCAL_YEAR, 1 } },
        { "LAST_90_DAYS", { CO_RANGE_LAST_N, CO_UNIT_DAY, 90 } },
        { "NEXT_90_DAYS", { CO_RANGE_NEXT_N, CO_UNIT_DAY, 90 } },
        { "LAST_N_DAYS:0", { CO_RANGE_LAST_N, CO_UNIT_DAY, 0 } },
        { "LAST_N_DAYS:0030", { CO_RANGE_LAST_N, CO_UNIT_DAY, 30 } },
        { "NEXT_N_WEEKS:5", { CO_RANGE_NEXT_N, CO_UNIT_WEEK, 5 } },
        { "last_n_fiscal_quarters:2", { CO_RANGE_LAST_N, CO_UNIT_FISCAL_QUARTER, 2 } },
        { "NEXT_N_FISCAL_YEARS:1000000000", { CO_RANGE_NEXT_N, CO_UNIT_FISCAL_YEAR, 1000000000 } },
        { "N_DAYS_AGO:3", { CO_RANGE_THIS, CO_UNIT_DAY, -3 } },
        { "N_YEARS_AGO:1", { CO_RANGE_THIS, CO_UNIT_YEAR, -1 } },
        { "THIS_WEEK_SO_FAR", { CO_RANGE_SO_FAR, CO_UNIT_WEEK, 0 } },
        { "THIS_FISCAL_YEAR_SO_FAR", { CO_RANGE_SO_FAR, CO_UNIT_FISCAL_YEAR, 0 } },
    };
    static const struct {
        const char *text;
        co_range_reading reading;
    } others[] = {
        { "LAST_N_DAYS", CO_RANGE_NEEDS_NUMBER },     { "TODAY:1", CO_RANGE_TAKES_NO_NUMBER },
        { "LAST_30_DAYS", CO_RANGE_UNKNOWN },         { "LAST_N_DAYS:1000000001", CO_RANGE_TOO_LONG },
        { "THIS_DAY_SO_FAR", CO_RANGE_UNKNOWN },      { "LAST_N_DAYS:99999999999999999999", CO_RANGE_TOO_LONG },
        { "LAST_DAY", CO_RANGE_UNKNOWN },
    };
    co_range range;

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        ck_assert_int_eq(co_range_read(co_text_of(ranges[i].text), &range), CO_RANGE_READ);
        ck_assert_int_eq(range.kind, ranges[i].range.kind);
        ck_assert_int_eq(range.unit, ranges[i].range.unit);
        ck_assert_int_eq(range.count, ranges[i].range.count);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_int_eq(co_range_read(co_text_of(others[i].text), &range), others[i].reading);
}
END_TEST

/* Six units besides the day, four words and three counted words each; the day has three, two and three. */
START_TEST(every_unit_has_all_its_date_ranges)
{
    static const char *const units[] = { "WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR" };
    static const char *const forms[] = { "LAST_%s", "THIS_%s", "NEXT_%s", "THIS_%s_SO_FAR",
                                         "LAST_N_%sS:4", "NEXT_N_%sS:4", "N_%sS_AGO:4" };
    co_range range;

    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
            char text[64];
            const char *hole = strchr(forms[f], '%');
            const size_t n_before = (size_t)(hole - forms[f]);

            memcpy(text, forms[f], n_before);
            strcpy(text + n_before, units[u]);
            strcat(text, hole + 2);
            ck_assert_msg(co_range_read(co_text_of(text), &range) == CO_RANGE_READ, "%s", text);
        }
    }
}
END_TEST

START_TEST(plain_names_need_no_quotes_anywhere)
{
    static const char *const plain[] = { "a", "_", "a1", "größe", "名前", "order", "at", "count", "segment", "and", "where" };
    static const char *const quoted[] = { "", "1a", "Lead Source", "a-b", "a.b", "\"", "NULL", "not", "True", "FALSE",
                                          "case", "distinct", "TODAY", "last_n_days", "LAST_90_DAYS" };

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        ck_assert_msg(co_expr_is_plain_name(co_text_of(plain[i])), "%s", plain[i]);
    for (size_t i = 0; i < sizeof quoted / sizeof quoted[0]; i++)
        ck_assert_msg(!co_expr_is_plain_name(co_text_of(quoted[i])), "%s", quoted[i]);
}
END_TEST

START_TEST(the_nearest_name_is_at_most_two_edits_away)
{
    static const struct {
        const char *wanted;
        const char *found;      /* NULL: none */
    } cases[] = {
        { "contry", "country" },  { "COUNTRY", "country" },  { "cuontry", "country" },   { "countryyy", "country" },
        { "countryyyy", NULL },   { "cntr", NULL },          { "stauts", "status" },     { "stats", "status" },
        { "größen", "größe" },    { "grosse", NULL },        { "i", NULL },              { "ID", "id" },
        { "idd", "id" },          { "", NULL },              { "sector", "sector" },     { "sektor", "sector" },
        { "vector", "sector" },
    };
    const co_text names[] = { CO_TEXT("status"), CO_TEXT("country"), CO_TEXT("id"), CO_TEXT("größe"), CO_TEXT("sector"),
                              CO_TEXT("") };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const co_text found = co_expr_nearest(co_text_of(cases[i].wanted), names, sizeof names / sizeof names[0]);

        if (cases[i].found == NULL)
            ck_assert_msg(found.bytes == NULL, "%s", cases[i].wanted);
        else
            ck_assert_msg(co_text_equal(found, co_text_of(cases[i].found)), "%s", cases[i].wanted);
    }
    ck_assert_ptr_null(co_expr_nearest(CO_TEXT("x"), NULL, 0).bytes);
}
END_TEST

START_TEST(of_two_near_names_the_nearer_wins)
{
    const co_text names[] = { CO_TEXT("amounts"), CO_TEXT("amount"), CO_TEXT("amouny") };

    ck_assert(co_text_equal(co_expr_nearest(CO_TEXT("amounty"), names, 3), names[0]));
    ck_assert(co_text_equal(co_expr_nearest(CO_TEXT("amoun"), names, 3), names[1]));
    ck_assert(co_text_equal(co_expr_nearest(CO_TEXT("AMOUNY"), names, 3), names[2]));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("expr/names");
    TCase *tests = tcase_create("words");

    tcase_add_test(tests, every_keyword_is_found_in_any_letter_case);
    tcase_add_test(tests, every_function_is_found_in_any_letter_case);
    tcase_add_test(tests, every_date_range_reads_as_what_it_means);
    tcase_add_test(tests, every_unit_has_all_its_date_ranges);
    tcase_add_test(tests, plain_names_need_no_quotes_anywhere);
    tcase_add_test(tests, the_nearest_name_is_at_most_two_edits_away);
    tcase_add_test(tests, of_two_near_names_the_nearer_wins);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

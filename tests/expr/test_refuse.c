/*
 * What the grammar refuses: where, and with which words. A message says what was
 * expected and what was found, and what was probably meant.
 */
#include "expr/reading.h"
#include "support/check_main.h"

typedef struct refusal {
    const char *text;
    uint64_t position;
    const char *message;
} refusal;

static const refusal refusals[] = {
    { "a = b = c", 6,
      "'=' follows a finished comparison; join two conditions with AND, as in a < b AND b < c, or use parentheses" },
    { "a < b < c", 6,
      "'<' follows a finished comparison; join two conditions with AND, as in a < b AND b < c, or use parentheses" },
    { "a == 1", 2, "'==' is no operator here; write = to compare" },
    { "a && b", 2, "'&&' is no operator here; write AND" },
    { "a = 'it\\'s'", 9,
      "expected AND, OR or the end of the text, found 's'; there are no backslash escapes, a quote inside a text is doubled: 'it''s'" },
    { "a = “Lead Source”", 12,
      "expected AND, OR or the end of the text, found 'Source”'; typographic quotes are no quotes, write 'text' or \"name\"" },
    { "COUNT(*) > 1", 6, "COUNT takes what is counted, as in COUNT(purchase), not *" },
    { "CUONT(purchase) > 1", 0, "unknown function 'CUONT', did you mean 'COUNT'?" },
    { "a = 1 ADN b = 2", 6, "expected AND, OR or the end of the text, found 'ADN'; did you mean 'AND'?" },
    { "country BEGINS WITH 'x'", 8,
      "expected AND, OR or the end of the text, found 'BEGINS'; did you mean 'STARTS WITH'?" },
    { "a = NULL b", 9, "expected AND, OR or the end of the text, found 'b'" },
    { "a NOT NULL", 2, "write IS NOT NULL" },
    { "a IN ()", 6, "a list cannot be empty" },
    { "a IN 'x'", 5, "expected a list in parentheses or a date range, found the text 'x'" },
    { "a IN (1,2", 9, "expected ')' for the '(' at line 1, column 6, found the end of the text" },
    { "(a = 1", 6, "expected ')' for the '(' at line 1, column 1, found the end of the text" },
    { "a = 1)", 5, "this ')' closes nothing" },
    { "a = ", 4, "expected a value, found the end of the text" },
    { "= 1", 0, "expected a value, found '='" },
    { "a = 1;", 5, "expected AND, OR or the end of the text, found ';'" },
    { "a IN (1,,2)", 8, "expected a value, found ','" },
    { "a BETWEEN 1 OR 2", 12, "expected AND and the upper end of BETWEEN, found 'OR'" },
    { "a BETWEEN 1", 11, "expected AND and the upper end of BETWEEN, found the end of the text" },
    { "a IS NOT 5", 9, "expected NULL, TRUE, FALSE, UNKNOWN, EMPTY, BLANK or DISTINCT FROM, found '5'" },
    { "a = 7days", 5, "a blank is needed between a number and the word after it" },
    { "a = 1.", 5, "digits are needed after the point of a number" },
    { "a = .5", 4, "expected a value, found '.'; write 0.5 for .5" },
    { "a = 1.2.3", 7, "a number has only one point" },
    { "a = 1e", 5, "a blank is needed between a number and the word after it" },
    { "x = 1e400", 4, "'1e400' is too large for a number" },
    { "x = LAST_N_DAY:5", 4, "unknown date range 'LAST_N_DAY', did you mean 'LAST_N_DAYS'?" },
    { "x = LAST_N_DAYS", 4, "'LAST_N_DAYS' needs a number, as in LAST_N_DAYS:30" },
    { "x = TODAY:3", 4, "'TODAY' takes no number" },
    { "x = TODAY + 1", 10,
      "a date range cannot be calculated with; write TODAY() or NOW() for an instant, and a field named 'TODAY' in double quotes" },
    { "LAST_N_DAYS:5 = x", 0,
      "expected a value, found 'LAST_N_DAYS:5'; a date range stands only on the right of a comparison, IN or BETWEEN" },
    { "x HAS ANY (TODAY)", 11,
      "'TODAY' is a date range, which HAS does not take; a field of that name is written in double quotes" },
    { "x HAS ANY ('a', NULL)", 16, "a set holds no NULL, so HAS cannot ask for it" },
    { "ROUND(1,2,3) = 1", 0, "ROUND takes 1 or 2 values, found 3" },
    { "NOW(1) = 2", 0, "NOW takes nothing between its parentheses" },
    { "account.ROUND(x) = 1", 8, "ROUND takes no path before it; put the path inside, as in ROUND(account.field)" },
    { "\"COUNT\"(x) = 1", 7, "a name in double quotes cannot be a function" },
    { "DATE '2026-02-30' = x", 5, "'2026-02-30' names a day that does not exist" },
    { "TIMESTAMP 'abc' = x", 10, "'abc' is not a date or time like 2026-11-22 or 2026-11-22 10:00:00" },
    { "INTERVAL 'abc' = x", 9, "'abc' is not a span of time like 90 days" },
    { "INTERVAL 5 parsecs = x", 11, "expected a unit of time such as DAYS, found 'parsecs'" },
    { "SEQUENCE(NOT a, b)", 9, "a sequence cannot begin with a NOT step; say it with NOT EXISTS(…)" },
    { "SEQUENCE(a WITHIN 5 days, b)", 11,
      "the first step has none before it to be WITHIN; the whole chain is bounded after ';'" },
    { "SEQUENCE(a, NOT b WITHIN 5 days, c)", 18,
      "a NOT step between two others takes no WITHIN; only at the end it does" },
    { "FUNNEL(a, NOT b)", 10, "FUNNEL cannot end in a NOT step" },
    { "EXISTS(NOT a)", 7,
      "expected the name of an object, found 'NOT'; an object of that name is written in double quotes" },
    { "EXISTS(DISTINCT a)", 7,
      "expected the name of an object, found 'DISTINCT'; an object of that name is written in double quotes" },
    { "SUM(DISTINCT x.y)", 4, "only COUNT takes DISTINCT" },
    { "SAMPLE(101 PERCENT, 's')", 7, "SAMPLE needs a percentage from 0 to 100" },
    { "SAMPLE(1.12345 PERCENT, 's')", 7, "SAMPLE takes at most 4 digits after the point" },
    { "SAMPLE(10, 's')", 9, "expected PERCENT, found ','" },
    { "BUCKET(0, 's')", 7, "BUCKET needs a whole number from 1 to 4294967296, found '0'" },
    { "TOP 2.5 BY x", 4, "TOP needs a whole number of records, or a number and PERCENT" },
    { "TOP 5 x", 6, "expected PERCENT, or BY and what to rank by, found 'x'" },
    { "AT LEAST 2 (a, b)", 11, "expected OF, found '('" },
    { "x LIKE 'a' ESCAPE 'ab'", 18, "ESCAPE needs exactly one character, found 'ab'" },
    { "f WITHIN POLYGON ((1,2),(3,4))", 29, "expected ',' and another corner, of at least three, found ')'" },
    { "f WITHIN POLYGON ((91,2),(3,4),(5,6))", 19, "a latitude lies between -90 and 90 degrees, found '91'" },
    { "f WITHIN POLYGON ((1,-170),(3,4),(5,60))", 2, "the polygon spans more than 180 degrees of longitude" },
    { "a = NOT b", 4, "expected a value, found 'NOT'; put the condition that begins with NOT in parentheses" },
    { "CASE x WHEN 1 THEN 2 END", 5,
      "expected AND, OR or the end of the text, found 'x'; only CASE WHEN condition THEN value END is known" },
    { "CASE WHEN a THEN b", 18, "expected WHEN, ELSE or END to close CASE, found the end of the text" },
    { "x = $1", 4, "'$' is unknown here; there are no parameters" },
    { "x ~ 'a'", 2, "'~' is no operator here; write MATCHES for a regular expression" },
    { "x MATCHES y", 10, "expected a regular expression in single quotes, found 'y'" },
    { "'abc", 0, "this ' opens a text that is never closed; a quote inside a text is doubled: 'it''s'" },
    { "\"abc", 0, "this \" opens a name that is never closed" },
    { "a = 'x' 'y'", 8,
      "expected AND, OR or the end of the text, found the text 'y'; texts are joined with CONCAT(a, b)" },
    { "a 5", 2, "expected AND, OR or the end of the text, found '5'; an operator such as = is missing before it" },
    { "Lead Source = 'x'", 5,
      "expected AND, OR or the end of the text, found 'Source'; an operator is missing before it, or a name with blanks needs double quotes" },
    { "a = [1]", 4, "'[' is unknown here; lists are written in parentheses, as in IN ('a', 'b')" },
    { "a /* x */", 2, "'/*' opens no comment here; a comment is -- up to the end of the line" },
    { "x INCLUDES 'a'", 11, "expected '(' and a list, found the text 'a'" },
    { "x NOT INCLUDES ('a')", 6, "INCLUDES takes no NOT; write EXCLUDES" },
    { "f CONTAINS WORD name", 16, "CONTAINS WORD takes a text in single quotes or ANY (…)" },
    { "IF(a, b) = 1", 0, "IF takes 3 values, found 2" },
    { "a IS", 4, "expected NULL, TRUE, FALSE, UNKNOWN, EMPTY, BLANK or DISTINCT FROM, found the end of the text" },
    { "a = 123456789012345678901234567890123456789", 4,
      "a number has at most 38 digits; write it with an exponent, as in 1e40" },
    { "a. = 1", 3, "expected a name, found '='" },
    { "a.5 = 1", 2, "expected a name, found '5'" },
    { "a = -", 5, "expected a value, found the end of the text" },
    { "NOT", 3, "expected a value, found the end of the text" },
    { "()", 1, "there is nothing between these parentheses" },
    { "a = b c", 6,
      "expected AND, OR or the end of the text, found 'c'; an operator is missing before it, or a name with blanks needs double quotes" },
    { "lower(x) = ANY ('a')", 11, "unknown function 'ANY', did you mean 'IN (…)'?" },
    { "SEGMENT(vip)", 8, "expected the name of a segment in single quotes, found 'vip'" },
    { "EVERY(c WHERE a)", 15, "expected SATISFIES, found ')'" },
    { "a OR", 4, "expected a value, found the end of the text" },
    { "a <=> b", 2, "'<=>' is no operator here; write IS NOT DISTINCT FROM" },
    { "a => 1", 2, "'=>' is no operator here; write >=" },
    { "a || 'x' = 'y'", 2, "'||' is no operator here; write OR, or CONCAT(a, b) to join texts" },
    { "!a", 0, "'!' is no operator here; write NOT, or != to compare" },
    { "a % 2 = 1", 2, "'%' is no operator here; write MOD(a, b)" },
    { "a ^ 2 = 1", 2, "'^' is no operator here; write POWER(a, b)" },
    { "a ** 2 = 1", 2, "'**' is no operator here; write POWER(a, b)" },
    { "a::date = 1", 1, "'::' is no operator here; write DATE '2026-11-22' or TIMESTAMP '2026-11-22 10:00'" },
    { "{a}", 0, "'{' is unknown here; lists are written in parentheses, as in IN ('a', 'b')" },
    { "`a` = 1", 0,
      "'`' is unknown here; names that need quotes are written in double quotes, as in \"Lead Source\"" },
    { "a // b", 2, "'//' opens no comment here; a comment is -- up to the end of the line" },
    { "# a", 0, "'#' opens no comment here; a comment is -- up to the end of the line" },
    { "@a", 0, "'@' is unknown here; names that need quotes are written in double quotes, as in \"e@mail\"" },
    { "a : b", 2, "':' belongs only in date ranges such as LAST_N_DAYS:30, without blanks" },
    { "\\a", 0, "'\\' is unknown here; there are no backslash escapes, a quote inside a text is doubled: 'it''s'" },
    { "a = 1 & b", 6, "'&' is no operator here; write AND" },
    { "?", 0, "'?' is unknown here; there are no parameters" },
    { ";", 0, "expected a value, found ';'" },
    { "a = \"\" ", 4, "a name cannot be empty; text is written in single quotes" },
    { "x = LAST_N_DAYS:9999999999", 4, "'LAST_N_DAYS:9999999999' is too long, at most 1000000000" },
    { "x = LAST_N_DAYS:3x", 17, "a blank is needed between a number and the word after it" },
    { "WHATEVER(x)", 0, "unknown function 'WHATEVER'" },
    { "CASE(x)", 0, "expected a value, found 'CASE'" },
    { "LEN(x) = 1", 0, "unknown function 'LEN', did you mean 'LENGTH'?" },
    { "x EQUALS 1", 2, "expected AND, OR or the end of the text, found 'EQUALS'; did you mean '='?" },
    { "x BETWEEN 1 AND", 15, "expected a value, found the end of the text" },
    { "CASE WHEN a b THEN c END", 12,
      "expected THEN, found 'b'; an operator is missing before it, or a name with blanks needs double quotes" },
    { "CASE WHEN a THEN b ELSE c WHEN d THEN e END", 26, "expected END to close CASE, found 'WHEN'" },
    { "AT LEAST 1.5 OF (a)", 9, "AT LEAST needs a whole number of at least 0, found '1.5'" },
    { "AT LEAST 2 OF ()", 15, "expected a value, found ')'" },
    { "NTILE(0, x) = 1", 6, "NTILE needs a whole number of at least 1, found '0'" },
    { "SEQUENCE(a, b; WITHIN -3 days)", 22, "expected a span of time such as 7 DAYS, found '-'" },
    { "SEQUENCE(a, b; WITHIN INTERVAL '-3 days')", 22, "WITHIN needs a span of time that is not negative" },
    { "SEQUENCE(a; SAME 5)", 17, "expected the name of a field, found '5'" },
    { "SEQUENCE()", 9, "expected the name of an object, found ')'" },
    { "x = INTERVAL 9223372036854775807 days", 13, "this span of time is too long" },
    { "TOP 5 PERCENT x", 14, "expected BY and what to rank by, found 'x'" },
    { "TOP 101 PERCENT BY x", 4, "TOP needs a percentage from 0 to 100" },
    { "TOP 5 BY x WITH y", 16, "expected TIES, found 'y'" },
    { "TOP 5 BY x AMONG y", 17, "expected '(' and a condition, found 'y'" },
    { "TOP 5 BY x PER 5", 15, "expected a name, found '5'" },
    { "SAMPLE(-1 PERCENT, 's')", 7, "expected a number of percent, found '-'" },
    { "COUNT()", 6, "expected a value, found ')'" },
    { "COUNT(DISTINCT)", 14, "expected a value, found ')'" },
    { "EXISTS('x')", 7, "expected the name of an object, found the text 'x'" },
    { "COUNT(x VIA 5)", 12, "expected a name, found '5'" },
    { "COUNT(x WHERE)", 13, "expected a value, found ')'" },
    { "f WITHIN 5", 2, "expected AND, OR or the end of the text, found 'WITHIN'; in a chain, WITHIN comes before SAME and STRICT" },
    { "f NOT WITHIN 5", 6,
      "expected IN, BETWEEN, LIKE, CONTAINS, STARTS WITH, ENDS WITH, MATCHES, HAS or WITHIN POLYGON after NOT, found 'WITHIN'" },
    { "f WITHIN POLYGON (1,2)", 18, "expected '(' and a corner, latitude and longitude, found '1'" },
    { "f WITHIN POLYGON ((1,2),(3,4),(5,6)", 35,
      "expected ')' for the '(' at line 1, column 18, found the end of the text" },
    { "a IS DISTINCT b", 14, "expected FROM, found 'b'" },
    { "a LIKE", 6, "expected a value, found the end of the text" },
    { "a IN (TODAY + 1)", 12,
      "a date range cannot be calculated with; write TODAY() or NOW() for an instant, and a field named 'TODAY' in double quotes" },
    { "a INCLUDES (NULL)", 12, "a set holds no NULL, so INCLUDES cannot ask for it" },
    { "a HAS AT LEAST x OF ('a')", 15, "expected a whole number, found 'x'" },
    { "a STARTS 'x'", 9, "expected WITH, found the text 'x'" },
    { "a = 'x' AND 'y", 12, "this ' opens a text that is never closed; a quote inside a text is doubled: 'it''s'" },
    { "account.COUNT = ", 16, "expected a value, found the end of the text" },
    { "account.(x) = 1", 8, "expected a name, found '('" },
    { "DATE '2026-11-22 10:00' = x", 5, "'2026-11-22 10:00' has a time of day where a date was wanted" },
    { "TIMESTAMP '2026-11-22T25:00' = x", 10, "'2026-11-22T25:00' names a time of day that does not exist" },
    { "IN (1)", 0, "expected a value, found 'IN'" },
    { "a = 1 b = 2", 6,
      "expected AND, OR or the end of the text, found 'b'; an operator is missing before it, or a name with blanks needs double quotes" },
    { "ROUNDD(x) = 1", 0, "unknown function 'ROUNDD', did you mean 'ROUND'?" },
    { "a and or b", 9, "expected AND, OR or the end of the text, found 'b'; 'or' before it was read as a name" },
    { "a = 1 AND", 9, "expected a value, found the end of the text" },
    { "a NOT b", 6,
      "expected IN, BETWEEN, LIKE, CONTAINS, STARTS WITH, ENDS WITH, MATCHES, HAS or WITHIN POLYGON after NOT, found 'b'" },
    { "a NULL", 2,
      "expected AND, OR or the end of the text, found 'NULL'; write IS NULL" },
    { "x = FOOBARBAZ:3", 4,
      "unknown date range 'FOOBARBAZ'" },
    { "x = 0.000000000000000000000000000000000000001", 4,
      "a number has at most 38 digits; write it with an exponent, as in 1e40" },
    { "a_name_that_is_much_longer_than_the_sixty_four_letters_that_are_compared(x)", 0,
      "unknown function 'a_name_that_is_much_longer_than_the_sixty_four_letters_that_are_compared'" },
    { "a CONTAINS WORD \"b\"", 16,
      "CONTAINS WORD takes a text in single quotes or ANY (…)" },
    { "COUNT(x VIA y WHERE z) WHERE w", 23,
      "expected AND, OR or the end of the text, found 'WHERE'" },
    { "SEGMENT('a' AND b)", 12,
      "expected ')' for the '(' at line 1, column 8, found 'AND'" },
    { "a IN (LAST_WEEK:3)", 6,
      "'LAST_WEEK' takes no number" },
    { "x IS NOT DISTINCT y", 18,
      "expected FROM, found 'y'" },
    { "a BETWEEN 1 ADN 2", 12,
      "expected AND and the upper end of BETWEEN, found 'ADN'; did you mean 'AND'?" },
    { "EXISTS(a WHER b)", 9,
      "expected ')' for the '(' at line 1, column 7, found 'WHER'; did you mean 'WHERE'?" },
    { "EVERY(a WHERE b SATISFY c)", 16,
      "expected SATISFIES, found 'SATISFY'; an operator is missing before it, or a name with blanks needs double quotes" },
    { "CASE WHEN a THAN b END", 12,
      "expected THEN, found 'THAN'; did you mean 'THEN'?" },
    { "CASE WHEN a THEN b ESLE c END", 19,
      "expected WHEN, ELSE or END to close CASE, found 'ESLE'; did you mean 'ELSE'?" },
    { "(a 'x')", 3,
      "expected ')' for the '(' at line 1, column 1, found the text 'x'; an operator such as = is missing before it" },
    { "COUNT(x WHERE z VIA y) > 1", 16,
      "expected ')' for the '(' at line 1, column 6, found 'VIA'; VIA comes before WHERE" },
    { "TOP 3 BY a AMONG (b) PER c", 21,
      "expected AND, OR or the end of the text, found 'PER'; PER comes before AMONG" },
    { "TOP 3 BY a WITH TIES AMONG (b)", 21,
      "expected AND, OR or the end of the text, found 'AMONG'; AMONG comes before WITH TIES" },
    { "SEQUENCE(a, b; STRICT WITHIN 3 days)", 22,
      "expected ')' for the '(' at line 1, column 9, found 'WITHIN'; in a chain, WITHIN comes before SAME and STRICT" },
    { "SEQUENCE(a, b; STRICT SAME c)", 22,
      "expected ')' for the '(' at line 1, column 9, found 'SAME'; in a chain, SAME comes before STRICT" },
    { "TOP -1 BY a", 7,
      "expected AND, OR or the end of the text, found 'BY'; before BY stands TOP or BOTTOM and a number that is not negative" },
    { "account.TOP 3 BY a", 12,
      "expected AND, OR or the end of the text, found '3'; TOP and BOTTOM take no path before them: save a segment of that object, ask for SEGMENT('…')" },
    { "a \001 b", 2,
      "this character is no part of an expression" },
    { "", 0, "the expression is empty" },
    { " -- nothing but a comment", 25, "the expression is empty" },
};

START_TEST(refusals_say_where_and_why)
{
    const refusal *refusal = &refusals[_i];
    reading reading;

    reading_of(&reading, refusal->text);
    ck_assert_msg(reading.status == COHORT_PARSE, "%s was not refused", refusal->text);
    ck_assert_int_eq(reading.error.code, COHORT_PARSE);
    ck_assert_str_eq(reading.error.text, refusal->message);
    ck_assert_uint_eq(reading.error.position, refusal->position);
    ck_assert_uint_eq(reading.error.line, 1);
    reading_end(&reading);
}
END_TEST

START_TEST(line_and_column_are_counted_in_code_points)
{
    reading reading;

    reading_of(&reading, "größe = 1\r\n  AND 'äöü' == 2");
    ck_assert_int_eq(reading.status, COHORT_PARSE);
    ck_assert_uint_eq(reading.error.position, 28);
    ck_assert_uint_eq(reading.error.line, 2);
    ck_assert_uint_eq(reading.error.column, 13);
    reading_end(&reading);
}
END_TEST

START_TEST(bytes_that_are_no_text_are_refused)
{
    static const struct {
        const char *bytes;
        size_t length;
        uint64_t position;
    } inputs[] = {
        { "a = '\xff'", 8, 5 },         { "a = '\xc0\xaf'", 9, 5 },     { "a = '\xed\xa0\x80'", 10, 5 },
        { "a = 'x\xe2\x82", 8, 6 },    { "a = '\0'", 7, 5 },           { "a\0", 2, 1 },
    };
    reading reading;

    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        reading_of_text(&reading, (co_text){ inputs[i].bytes, inputs[i].length }, NULL);
        ck_assert_int_eq(reading.status, COHORT_PARSE);
        ck_assert_uint_eq(reading.error.position, inputs[i].position);
        reading_end(&reading);
    }
}
END_TEST

/* Every text that is accepted is cut at every byte: nothing may break, whatever comes out. */
START_TEST(cut_texts_are_read_or_refused_cleanly)
{
    static const char *const texts[] = {
        "COUNT(DISTINCT a.b VIA c.d WHERE e = LAST_N_DAYS:3) > -1.5e3 AND f IN ('a''b', \"c\"\"d\")",
        "SEQUENCE(a, NOT b, c WITHIN 7 DAYS; WITHIN INTERVAL '2 weeks' SAME d, e STRICT) OR x",
        "CASE WHEN a THEN TOP 5 PERCENT BY b PER (c, d) AMONG (e) WITH TIES ELSE - -f END IS NOT DISTINCT FROM 1",
        "f WITHIN POLYGON ((1, 2), (3, -4), (5, 6)) XOR NOT g HAS AT LEAST 2 OF ('a', 'b')",
    };
    reading reading;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (size_t length = 0; length <= strlen(texts[i]); length++) {
            reading_of_text(&reading, (co_text){ texts[i], length }, NULL);
            ck_assert(reading.status == COHORT_OK || reading.error.position <= length);
            reading_end(&reading);
        }
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("expr/refuse");
    TCase *tests = tcase_create("messages");

    tcase_add_loop_test(tests, refusals_say_where_and_why, 0, sizeof refusals / sizeof refusals[0]);
    tcase_add_test(tests, line_and_column_are_counted_in_code_points);
    tcase_add_test(tests, bytes_that_are_no_text_are_refused);
    tcase_add_test(tests, cut_texts_are_read_or_refused_cleanly);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/* Times, arithmetic, functions, sets and places, and the steps that each becomes. */
#include <string.h>

#include "support/check_main.h"
#include "support/planning.h"

static co_store *store;

static void open_crm(void)
{
    store = co_crm_new();
}

static void close_crm(void)
{
    co_store_free(store);
}

typedef struct example {
    const char *text;
    const char *plan;
} example;

static const example examples[] = {
    { "seen = TODAY", "#0 0:contact BETWEEN seen 1795305600000000 1795391999999999\n"
                      "#1 0:contact NOT BETWEEN seen 1795305600000000 1795391999999999\n"
                      "= #0 #1\n" },
    { "seen != TODAY", "#0 0:contact BETWEEN seen 1795305600000000 1795391999999999\n"
                       "#1 0:contact NOT BETWEEN seen 1795305600000000 1795391999999999\n"
                       "= #1 #0\n" },
    { "seen < THIS_WEEK", "#0 0:contact BETWEEN seen - 1794787199999999\n"
                          "#1 0:contact BETWEEN seen 1794787200000000 +\n"
                          "= #0 #1\n" },
    { "seen <= THIS_WEEK", "#0 0:contact BETWEEN seen - 1795391999999999\n"
                           "#1 0:contact BETWEEN seen 1795392000000000 +\n"
                           "= #0 #1\n" },
    { "seen > LAST_MONTH", "#0 0:contact BETWEEN seen - 1793491199999999\n"
                           "#1 0:contact BETWEEN seen 1793491200000000 +\n"
                           "= #1 #0\n" },
    { "seen >= NEXT_YEAR", "#0 0:contact BETWEEN seen - 1798761599999999\n"
                           "#1 0:contact BETWEEN seen 1798761600000000 +\n"
                           "= #1 #0\n" },
    { "seen = LAST_90_DAYS", "#0 0:contact BETWEEN seen 1787529600000000 1795391999999999\n"
                             "#1 0:contact NOT BETWEEN seen 1787529600000000 1795391999999999\n"
                             "= #0 #1\n" },
    { "seen = LAST_N_DAYS:0", "#0 0:contact BETWEEN seen 1795305600000000 1795391999999999\n"
                              "#1 0:contact NOT BETWEEN seen 1795305600000000 1795391999999999\n"
                              "= #0 #1\n" },
    { "seen = NEXT_N_DAYS:7", "#0 0:contact BETWEEN seen 1795392000000000 1795996799999999\n"
                              "#1 0:contact NOT BETWEEN seen 1795392000000000 1795996799999999\n"
                              "= #0 #1\n" },
    { "born IN (LAST_N_WEEKS:2, '2020-01-01')", "#0 0:contact BETWEEN born 20759 20772\n"
                                                "#1 0:contact NOT BETWEEN born 20759 20772\n"
                                                "#2 0:contact BETWEEN born 18262 18262\n"
                                                "#3 0:contact NOT BETWEEN born 18262 18262\n"
                                                "#4 0:contact OR #0 #2\n"
                                                "#5 0:contact AND #1 #3\n"
                                                "= #4 #5\n" },
    { "born = LAST_N_QUARTERS:1", "#0 0:contact BETWEEN born 20635 20726\n"
                                  "#1 0:contact NOT BETWEEN born 20635 20726\n"
                                  "= #0 #1\n" },
    { "born = THIS_MONTH_SO_FAR", "#0 0:contact BETWEEN born 20758 20779\n"
                                  "#1 0:contact NOT BETWEEN born 20758 20779\n"
                                  "= #0 #1\n" },
    { "born = N_DAYS_AGO:3", "#0 0:contact BETWEEN born 20776 20776\n"
                             "#1 0:contact NOT BETWEEN born 20776 20776\n"
                             "= #0 #1\n" },
    { "born BETWEEN LAST_MONTH AND THIS_MONTH", "#0 0:contact BETWEEN born 20727 20787\n"
                                                "#1 0:contact NOT BETWEEN born 20727 20787\n"
                                                "= #0 #1\n" },
    { "seen >= NOW() - INTERVAL '7 days'", "#0 0:contact BETWEEN seen - 1794743999999999\n"
                                           "#1 0:contact BETWEEN seen 1794744000000000 +\n"
                                           "= #1 #0\n" },
    { "seen = '2026-11-22 10:00'", "#0 0:contact BETWEEN seen 1795341600000000 1795341600000000\n"
                                   "#1 0:contact NOT BETWEEN seen 1795341600000000 1795341600000000\n"
                                   "= #0 #1\n" },
    { "seen = '2026-11-22'", "#0 0:contact BETWEEN seen 1795305600000000 1795305600000000\n"
                             "#1 0:contact NOT BETWEEN seen 1795305600000000 1795305600000000\n"
                             "= #0 #1\n" },
    { "born >= '2001-02-03'", "#0 0:contact BETWEEN born - 11355\n"
                              "#1 0:contact BETWEEN born 11356 +\n"
                              "= #1 #0\n" },
    { "born > TIMESTAMP '2001-02-03 00:00:01'", "#0 0:contact BETWEEN born - 11356\n"
                                                "#1 0:contact BETWEEN born 11357 +\n"
                                                "= #1 #0\n" },
    { "DAY_ONLY(seen) = '2026-01-01'", "#0 0:contact BETWEEN seen 1767225600000000 1767311999999999\n"
                                       "#1 0:contact NOT BETWEEN seen 1767225600000000 1767311999999999\n"
                                       "= #0 #1\n" },
    { "born + 30 > TODAY()", "$0 FIELD DATE born\n"
                             "$1 CONSTANT EXACT 30\n"
                             "$2 DATE_ADD_DAYS DATE $0 $1\n"
                             "$3 CONSTANT DATE 2026-11-22\n"
                             "#0 0:contact COMPARE $2 > $3\n"
                             "#1 0:contact COMPARE $2 <= $3\n"
                             "= #0 #1\n" },
    { "born + INTERVAL '1 month' < NOW()", "$0 FIELD DATE born\n"
                                           "$1 CONSTANT INTERVAL 1 month\n"
                                           "$2 TO_TIMESTAMP TIMESTAMP $0\n"
                                           "$3 ADD_INTERVAL TIMESTAMP $2 $1\n"
                                           "$4 CONSTANT TIMESTAMP 2026-11-22T12:00:00Z\n"
                                           "#0 0:contact COMPARE $3 < $4\n"
                                           "#1 0:contact COMPARE $3 >= $4\n"
                                           "= #0 #1\n" },
    { "NOW() - seen > '3 days'", "$0 CONSTANT TIMESTAMP 2026-11-22T12:00:00Z\n"
                                 "$1 FIELD TIMESTAMP seen\n"
                                 "$2 TIMESTAMP_DIFFERENCE INTERVAL $0 $1\n"
                                 "$3 CONSTANT INTERVAL 3 days\n"
                                 "#0 0:contact COMPARE $2 > $3\n"
                                 "#1 0:contact COMPARE $2 <= $3\n"
                                 "= #0 #1\n" },
    { "DATE_TRUNC('month', seen) = DATE_TRUNC('month', NOW())", "$0 FIELD TIMESTAMP seen\n"
                                                                "$1 DATE_TRUNC DATE $0\n"
                                                                "$2 CONSTANT DATE 2026-11-01\n"
                                                                "#0 0:contact COMPARE $1 = $2\n"
                                                                "#1 0:contact COMPARE $1 != $2\n"
                                                                "= #0 #1\n" },
    { "DATEDIFF('day', born, seen) > 3", "$0 FIELD DATE born\n"
                                         "$1 FIELD TIMESTAMP seen\n"
                                         "$2 DATEDIFF EXACT $0 $1\n"
                                         "$3 CONSTANT EXACT 3\n"
                                         "#0 0:contact COMPARE $2 > $3\n"
                                         "#1 0:contact COMPARE $2 <= $3\n"
                                         "= #0 #1\n" },
    { "AGE(born) >= 18", "#0 0:contact BETWEEN born - 14205\n"
                         "#1 0:contact BETWEEN born 14206 +\n"
                         "= #0 #1\n" },
    { "ANNIVERSARY(born) = NEXT_N_DAYS:7", "$0 FIELD DATE born\n"
                                           "#0 0:contact ANNIVERSARY 20780 20787 $0\n"
                                           "#1 0:contact NOT ANNIVERSARY 20780 20787 $0\n"
                                           "= #0 #1\n" },
    { "ANNIVERSARY(born) BETWEEN '2026-12-25' AND '2027-01-05'",
      "$0 FIELD DATE born\n"
      "#0 0:contact ANNIVERSARY 20812 20824 $0\n"
      "#1 0:contact NOT ANNIVERSARY 20812 20824 $0\n"
      "= #0 #1\n" },
    { "age + 1 > balance", "$0 FIELD EXACT age\n"
                           "$1 CONSTANT EXACT 1\n"
                           "$2 ADD EXACT $0 $1\n"
                           "$3 FIELD EXACT(2) balance\n"
                           "$4 RESCALE EXACT(2) $2\n"
                           "#0 0:contact COMPARE $3 < $4\n"
                           "#1 0:contact COMPARE $3 >= $4\n"
                           "= #0 #1\n" },
    { "age * balance = 3", "$0 FIELD EXACT age\n"
                           "$1 FIELD EXACT(2) balance\n"
                           "$2 MULTIPLY EXACT(2) $0 $1\n"
                           "$3 CONSTANT EXACT(2) 3.00\n"
                           "#0 0:contact COMPARE $2 = $3\n"
                           "#1 0:contact COMPARE $2 != $3\n"
                           "= #0 #1\n" },
    { "age / 2 > 3", "$0 FIELD EXACT age\n"
                     "$1 CONSTANT EXACT 2\n"
                     "$2 DIVIDE DOUBLE $0 $1\n"
                     "$3 CONSTANT DOUBLE 3\n"
                     "#0 0:contact COMPARE $2 > $3\n"
                     "#1 0:contact COMPARE $2 <= $3\n"
                     "= #0 #1\n" },
    { "-age < 0", "$0 FIELD EXACT age\n"
                  "$1 NEGATE EXACT $0\n"
                  "$2 CONSTANT EXACT 0\n"
                  "#0 0:contact COMPARE $1 < $2\n"
                  "#1 0:contact COMPARE $1 >= $2\n"
                  "= #0 #1\n" },
    { "score + age > 1", "$0 FIELD DOUBLE score\n"
                         "$1 FIELD EXACT age\n"
                         "$2 TO_DOUBLE DOUBLE $1\n"
                         "$3 ADD DOUBLE $0 $2\n"
                         "$4 CONSTANT DOUBLE 1\n"
                         "#0 0:contact COMPARE $3 > $4\n"
                         "#1 0:contact COMPARE $3 <= $4\n"
                         "= #0 #1\n" },
    { "IF(age > 3, 10, 0) + IF(active, 5, 0) >= 12", "$0 CONSTANT EXACT 10\n"
                                                     "$1 CONSTANT EXACT 0\n"
                                                     "$2 SELECT EXACT #0 $0 $1\n"
                                                     "$3 CONSTANT EXACT 5\n"
                                                     "$4 SELECT EXACT #1 $3 $1\n"
                                                     "$5 ADD EXACT $2 $4\n"
                                                     "$6 CONSTANT EXACT 12\n"
                                                     "#0 0:contact BETWEEN age 4 +\n"
                                                     "#1 0:contact BETWEEN active 1 +\n"
                                                     "#2 0:contact COMPARE $5 >= $6\n"
                                                     "#3 0:contact COMPARE $5 < $6\n"
                                                     "= #2 #3\n" },
    { "CASE WHEN age > 3 THEN 'x' WHEN active THEN country END = 'x'", "$0 FIELD TEXT country\n"
                                                                       "$1 CONSTANT TEXT 'x'\n"
                                                                       "$2 CONSTANT TEXT NULL\n"
                                                                       "$3 SELECT TEXT #0 #1 $1 $0 $2\n"
                                                                       "#0 0:contact BETWEEN age 4 +\n"
                                                                       "#1 0:contact BETWEEN active 1 +\n"
                                                                       "#2 0:contact COMPARE $3 = $1\n"
                                                                       "#3 0:contact COMPARE $3 != $1\n"
                                                                       "= #2 #3\n" },
    { "LEAST(age, balance, score) > 3", "$0 FIELD EXACT age\n"
                                        "$1 FIELD EXACT(2) balance\n"
                                        "$2 FIELD DOUBLE score\n"
                                        "$3 TO_DOUBLE DOUBLE $0\n"
                                        "$4 TO_DOUBLE DOUBLE $1\n"
                                        "$5 LEAST DOUBLE $3 $4 $2\n"
                                        "$6 CONSTANT DOUBLE 3\n"
                                        "#0 0:contact COMPARE $5 > $6\n"
                                        "#1 0:contact COMPARE $5 <= $6\n"
                                        "= #0 #1\n" },
    { "NULLIF(age, 3) > 4", "$0 FIELD EXACT age\n"
                            "$1 CONSTANT EXACT 3\n"
                            "$2 NULLIF EXACT $0 $1\n"
                            "$3 CONSTANT EXACT 4\n"
                            "#0 0:contact COMPARE $2 > $3\n"
                            "#1 0:contact COMPARE $2 <= $3\n"
                            "= #0 #1\n" },
    { "CONCAT(country, age) = 'AU3'", "$0 FIELD TEXT country\n"
                                      "$1 FIELD EXACT age\n"
                                      "$2 TO_TEXT TEXT $1\n"
                                      "$3 CONCAT TEXT $0 $2\n"
                                      "$4 CONSTANT TEXT 'AU3'\n"
                                      "#0 0:contact COMPARE $3 = $4\n"
                                      "#1 0:contact COMPARE $3 != $4\n"
                                      "= #0 #1\n" },
    { "ROUND(balance, 1) = 3.5", "$0 FIELD EXACT(2) balance\n"
                                 "$1 ROUND EXACT(1) $0\n"
                                 "$2 CONSTANT EXACT(1) 3.5\n"
                                 "#0 0:contact COMPARE $1 = $2\n"
                                 "#1 0:contact COMPARE $1 != $2\n"
                                 "= #0 #1\n" },
    { "ROUND(balance) = 3", "$0 FIELD EXACT(2) balance\n"
                            "$1 ROUND EXACT $0\n"
                            "$2 CONSTANT EXACT 3\n"
                            "#0 0:contact COMPARE $1 = $2\n"
                            "#1 0:contact COMPARE $1 != $2\n"
                            "= #0 #1\n" },
    { "tags HAS 'a'", "#0 0:contact HOLDS tags 1 0\n"
                      "#1 0:contact NOT HOLDS tags 1 0\n"
                      "= #0 #1\n" },
    { "tags HAS NONE ('a', 'b')", "#0 0:contact HOLDS tags 1 0 1\n"
                                  "#1 0:contact NOT HOLDS tags 1 0 1\n"
                                  "= #1 #0\n" },
    { "tags HAS ALL ('a', 'zz')", "#0 0:contact VALID tags\n"
                                  "#1 0:contact NONE\n"
                                  "= #1 #0\n" },
    { "tags HAS EXACTLY ('b', 'a', 'a')", "#0 0:contact EXACTLY tags 2 0 1\n"
                                          "#1 0:contact NOT EXACTLY tags 2 0 1\n"
                                          "= #0 #1\n" },
    { "tags HAS AT LEAST 2 OF ('a', 'b', 'zz')", "#0 0:contact HOLDS tags 2 0 1\n"
                                                 "#1 0:contact NOT HOLDS tags 2 0 1\n"
                                                 "= #0 #1\n" },
    { "badges HAS ANY ('GOLD', 'gold')", "#0 0:contact HOLDS badges 1 0|2\n"
                                         "#1 0:contact NOT HOLDS badges 1 0|2\n"
                                         "= #0 #1\n" },
    { "tags INCLUDES ('a;b', 'c')", "#0 0:contact HOLDS tags 2 0 1\n"
                                    "#1 0:contact NOT HOLDS tags 2 0 1\n"
                                    "#2 0:contact HOLDS tags 1 2\n"
                                    "#3 0:contact NOT HOLDS tags 1 2\n"
                                    "#4 0:contact OR #0 #2\n"
                                    "#5 0:contact AND #1 #3\n"
                                    "= #4 #5\n" },
    { "tags EXCLUDES ('a')", "#0 0:contact HOLDS tags 1 0\n"
                             "#1 0:contact NOT HOLDS tags 1 0\n"
                             "= #1 #0\n" },
    { "tags HAS AT LEAST 2 OF ('a', country)", "$0 FIELD SET tags\n"
                                               "$1 CONSTANT TEXT 'a'\n"
                                               "$2 FIELD TEXT country\n"
                                               "$3 SET_AT_LEAST BOOL 2 $0 $1 $2\n"
                                               "#0 0:contact TRUE $3\n"
                                               "#1 0:contact NOT TRUE $3\n"
                                               "= #0 #1\n" },
    { "tags NOT HAS EXACTLY (country, city)", "$0 FIELD SET tags\n"
                                              "$1 FIELD TEXT country\n"
                                              "$2 FIELD TEXT city\n"
                                              "$3 SET_EXACTLY BOOL $0 $1 $2\n"
                                              "#0 0:contact TRUE $3\n"
                                              "#1 0:contact NOT TRUE $3\n"
                                              "= #1 #0\n" },
    { "tags INCLUDES ('a', country)", "$0 FIELD SET tags\n"
                                      "$1 FIELD TEXT country\n"
                                      "#0 0:contact HOLDS tags 1 0\n"
                                      "#1 0:contact NOT HOLDS tags 1 0\n"
                                      "#2 0:contact SET_PAIR $0 $1 parts\n"
                                      "#3 0:contact NOT SET_PAIR $0 $1 parts\n"
                                      "#4 0:contact OR #0 #2\n"
                                      "#5 0:contact AND #1 #3\n"
                                      "= #4 #5\n" },
    { "CARDINALITY(tags) >= 2", "$0 FIELD SET tags\n"
                                "$1 CARDINALITY EXACT $0\n"
                                "$2 CONSTANT EXACT 2\n"
                                "#0 0:contact COMPARE $1 >= $2\n"
                                "#1 0:contact COMPARE $1 < $2\n"
                                "= #0 #1\n" },
    { "manager.tags HAS 'a' AND tags HAS 'a'", "#0 0:contact HOLDS tags 1 0\n"
                                               "#1 0:contact NOT HOLDS tags 1 0\n"
                                               "#2 1:contact HOLDS tags 1 0\n"
                                               "#3 1:contact NOT HOLDS tags 1 0\n"
                                               "#4 1:contact VIA manager #0\n"
                                               "#5 1:contact VIA manager #1\n"
                                               "#6 1:contact AND #2 #4\n"
                                               "#7 1:contact OR #3 #5\n"
                                               "= #6 #7\n" },
    { "place WITHIN POLYGON ((0, 0), (0, 10), (10, 10))", "$0 FIELD POINT place\n"
                                                          "#0 0:contact POLYGON $0\n"
                                                          "#1 0:contact NOT POLYGON $0\n"
                                                          "= #0 #1\n" },
    { "DISTANCE(place, GEOLOCATION(1, 2), 'mi') < 5", "$0 FIELD POINT place\n"
                                                      "$1 CONSTANT POINT (1, 2)\n"
                                                      "$2 DISTANCE DOUBLE $0 $1\n"
                                                      "$3 CONSTANT DOUBLE 5\n"
                                                      "#0 0:contact COMPARE $2 < $3\n"
                                                      "#1 0:contact COMPARE $2 >= $3\n"
                                                      "= #0 #1\n" },
    { "BUCKET(100, 's') < 50", "$0 BUCKET EXACT 100 's'\n"
                               "$1 CONSTANT EXACT 50\n"
                               "#0 0:contact COMPARE $0 < $1\n"
                               "#1 0:contact COMPARE $0 >= $1\n"
                               "= #0 #1\n" },
    { "SAMPLE(12.5 PERCENT, 's')", "$0 CONSTANT EXACT 125000\n"
                                   "$1 BUCKET EXACT 1000000 's'\n"
                                   "#0 0:contact COMPARE $1 < $0\n"
                                   "#1 0:contact COMPARE $1 >= $0\n"
                                   "= #0 #1\n" },
    { "account.SAMPLE(10 PERCENT, 's')", "$0 CONSTANT EXACT 100000\n"
                                         "$1 BUCKET EXACT 1000000 's'\n"
                                         "#0 0:account COMPARE $1 < $0\n"
                                         "#1 0:account COMPARE $1 >= $0\n"
                                         "#2 1:contact VIA account #0\n"
                                         "#3 1:contact VIA account #1\n"
                                         "= #2 #3\n" },
};

START_TEST(each_construct_becomes_its_steps)
{
    const example *wanted = &examples[_i];
    const co_question question = { "contact", wanted->text, 0 };
    char found[8192];

    co_plan_text_of(store, &co_noon, &question, 1, found, sizeof found);
    ck_assert_msg(strcmp(found, wanted->plan) == 0, "%s\nfound:\n%s\nwanted:\n%s", wanted->text, found,
                  wanted->plan);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("value steps");
    TCase *steps = tcase_create("value steps");

    tcase_add_checked_fixture(steps, open_crm, close_crm);
    tcase_add_loop_test(steps, each_construct_becomes_its_steps, 0, sizeof examples / sizeof *examples);
    suite_add_tcase(suite, steps);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

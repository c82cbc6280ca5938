/* Expressions over contacts, and the steps that each becomes. */
#include <string.h>

#include "support/check_main.h"
#include "support/must.h"
#include "support/planning.h"

static co_store *store;

static void open_crm(void)
{
    store = co_crm_new();
    co_crm_define(store, "contact", CO_DEFINED_SEGMENT, "grown", "age >= 18", 0);
    co_crm_define(store, "contact", CO_DEFINED_SEGMENT, "young", "NOT SEGMENT('grown')", 1);
    co_crm_define(store, "contact", CO_DEFINED_TRAIT, "years", "age * 2", 0);
    co_crm_define(store, "account", CO_DEFINED_TRAIT, "rich", "revenue > 500", 0);
    co_crm_define(store, "account", CO_DEFINED_TRAIT, "zero", "COALESCE(revenue, 0)", 0);
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
    { "TRUE", "#0 0:contact ROWS\n"
              "#1 0:contact NONE\n"
              "= #0 #1\n" },
    { "NULL", "#0 0:contact NONE\n"
              "= #0 #0\n" },
    { "active", "#0 0:contact BETWEEN active 1 +\n"
                "#1 0:contact BETWEEN active - 0\n"
                "= #0 #1\n" },
    { "NOT active", "#0 0:contact BETWEEN active 1 +\n"
                    "#1 0:contact BETWEEN active - 0\n"
                    "= #1 #0\n" },
    { "active = 'yes'", "#0 0:contact BETWEEN active 1 +\n"
                        "#1 0:contact BETWEEN active - 0\n"
                        "= #0 #1\n" },
    { "age < 30", "#0 0:contact BETWEEN age - 29\n"
                  "#1 0:contact BETWEEN age 30 +\n"
                  "= #0 #1\n" },
    { "age < 2.5", "#0 0:contact BETWEEN age - 2\n"
                   "#1 0:contact BETWEEN age 3 +\n"
                   "= #0 #1\n" },
    { "age = 2.5", "#0 0:contact NONE\n"
                   "#1 0:contact VALID age\n"
                   "= #0 #1\n" },
    { "age > 1e3", "#0 0:contact BETWEEN age - 1000\n"
                   "#1 0:contact BETWEEN age 1001 +\n"
                   "= #1 #0\n" },
    { "balance < 1.005", "#0 0:contact BETWEEN balance - 100\n"
                         "#1 0:contact BETWEEN balance 101 +\n"
                         "= #0 #1\n" },
    { "balance > '1.0'", "#0 0:contact BETWEEN balance - 100\n"
                         "#1 0:contact BETWEEN balance 101 +\n"
                         "= #1 #0\n" },
    { "score <= 1.3", "#0 0:contact BETWEEN score - 4608533498688228557\n"
                      "#1 0:contact BETWEEN score 4608533498688228558 +\n"
                      "= #0 #1\n" },
    { "5 < age", "#0 0:contact BETWEEN age - 5\n"
                 "#1 0:contact BETWEEN age 6 +\n"
                 "= #1 #0\n" },
    { "age < 9223372036854775808", "#0 0:contact VALID age\n"
                                   "#1 0:contact NONE\n"
                                   "= #0 #1\n" },
    { "age >= -9223372036854775808", "#0 0:contact NONE\n"
                                     "#1 0:contact VALID age\n"
                                     "= #1 #0\n" },
    { "age = NULL", "#0 0:contact NONE\n"
                    "= #0 #0\n" },
    { "age BETWEEN 18 AND 29", "#0 0:contact BETWEEN age 18 29\n"
                               "#1 0:contact NOT BETWEEN age 18 29\n"
                               "= #0 #1\n" },
    { "age NOT BETWEEN 18 AND 29", "#0 0:contact BETWEEN age 18 29\n"
                                   "#1 0:contact NOT BETWEEN age 18 29\n"
                                   "= #1 #0\n" },
    { "age BETWEEN 5 AND 1", "#0 0:contact NONE\n"
                             "#1 0:contact VALID age\n"
                             "= #0 #1\n" },
    { "age BETWEEN 1 AND NULL", "#0 0:contact BETWEEN age - 0\n"
                                "#1 0:contact NONE\n"
                                "= #1 #0\n" },
    { "age >= 1 AND age >= 5 AND age < 10", "#0 0:contact BETWEEN age 5 9\n"
                                            "#1 0:contact NOT BETWEEN age 5 9\n"
                                            "= #0 #1\n" },
    { "age IN (1, 2, 3)", "#0 0:contact BETWEEN age 1 3\n"
                          "#1 0:contact NOT BETWEEN age 1 3\n"
                          "= #0 #1\n" },
    { "age IN (1, 5, NULL)", "#0 0:contact NONE\n"
                             "#1 0:contact AMONG age 1 5\n"
                             "= #1 #0\n" },
    { "age IN (1, 2.5, 7)", "#0 0:contact AMONG age 1 7\n"
                            "#1 0:contact NOT AMONG age 1 7\n"
                            "= #0 #1\n" },
    { "country = 'AU'", "#0 0:contact MATCH country 'AU'\n"
                        "#1 0:contact NOT MATCH country 'AU'\n"
                        "= #0 #1\n" },
    { "country IN ('NZ', 'AU', 'AU')", "#0 0:contact MATCH country 'AU' 'NZ'\n"
                                       "#1 0:contact NOT MATCH country 'AU' 'NZ'\n"
                                       "= #0 #1\n" },
    { "country IN ('AU', city)", "$0 FIELD TEXT country\n"
                                 "$1 FIELD TEXT city\n"
                                 "#0 0:contact COMPARE $0 = $1\n"
                                 "#1 0:contact COMPARE $0 != $1\n"
                                 "#2 0:contact MATCH country 'AU'\n"
                                 "#3 0:contact NOT MATCH country 'AU'\n"
                                 "#4 0:contact OR #0 #2\n"
                                 "#5 0:contact AND #3 #1\n"
                                 "= #4 #5\n" },
    { "country > 'B'", "#0 0:contact MATCH country ?\n"
                       "#1 0:contact NOT MATCH country ?\n"
                       "= #0 #1\n" },
    { "country LIKE 'A%'", "#0 0:contact MATCH country ?\n"
                           "#1 0:contact NOT MATCH country ?\n"
                           "= #0 #1\n" },
    { "LOWER(country) = 'au'", "$0 FIELD TEXT country\n"
                               "$1 LOWER TEXT $0\n"
                               "$2 CONSTANT TEXT 'au'\n"
                               "#0 0:contact COMPARE $1 = $2\n"
                               "#1 0:contact COMPARE $1 != $2\n"
                               "= #0 #1\n" },
    { "country = city", "$0 FIELD TEXT country\n"
                        "$1 FIELD TEXT city\n"
                        "#0 0:contact COMPARE $0 = $1\n"
                        "#1 0:contact COMPARE $0 != $1\n"
                        "= #0 #1\n" },
    { "age IS NULL", "#0 0:contact VALID age\n"
                     "#1 0:contact MINUS #0\n"
                     "= #1 #0\n" },
    { "age IS DISTINCT FROM 5", "$0 FIELD EXACT age\n"
                                "$1 CONSTANT EXACT 5\n"
                                "#0 0:contact DISTINCT $0 $1\n"
                                "#1 0:contact NOT DISTINCT $0 $1\n"
                                "= #0 #1\n" },
    { "(age > 3) IS UNKNOWN", "#0 0:contact VALID age\n"
                              "#1 0:contact MINUS #0\n"
                              "= #1 #0\n" },
    { "(age > 3) IS NOT TRUE", "#0 0:contact BETWEEN age 4 +\n"
                               "#1 0:contact MINUS #0\n"
                               "= #1 #0\n" },
    { "country IS EMPTY", "#0 0:contact MATCH country ''\n"
                          "#1 0:contact NOT MATCH country ''\n"
                          "= #0 #1\n" },
    { "country IS BLANK", "#0 0:contact VALID country\n"
                          "#1 0:contact MINUS #0\n"
                          "#2 0:contact MATCH country ?\n"
                          "#3 0:contact NOT MATCH country ?\n"
                          "#4 0:contact OR #1 #2\n"
                          "= #4 #3\n" },
    { "tags IS EMPTY", "$0 FIELD SET tags\n"
                       "$1 CONSTANT EXACT 0\n"
                       "$2 CARDINALITY EXACT $0\n"
                       "#0 0:contact COMPARE $2 = $1\n"
                       "#1 0:contact COMPARE $2 != $1\n"
                       "= #0 #1\n" },
    { "age > 1 AND active", "#0 0:contact BETWEEN age - 1\n"
                            "#1 0:contact BETWEEN age 2 +\n"
                            "#2 0:contact BETWEEN active 1 +\n"
                            "#3 0:contact BETWEEN active - 0\n"
                            "#4 0:contact AND #2 #1\n"
                            "#5 0:contact OR #3 #0\n"
                            "= #4 #5\n" },
    { "age > 1 XOR active", "#0 0:contact BETWEEN age - 1\n"
                            "#1 0:contact BETWEEN age 2 +\n"
                            "#2 0:contact BETWEEN active 1 +\n"
                            "#3 0:contact BETWEEN active - 0\n"
                            "#4 0:contact AND #0 #2\n"
                            "#5 0:contact AND #3 #1\n"
                            "#6 0:contact OR #5 #4\n"
                            "#7 0:contact AND #0 #3\n"
                            "#8 0:contact AND #2 #1\n"
                            "#9 0:contact OR #8 #7\n"
                            "= #6 #9\n" },
    { "AT LEAST 2 OF (age > 1, active, country = 'AU')", "#0 0:contact BETWEEN age - 1\n"
                                                         "#1 0:contact BETWEEN age 2 +\n"
                                                         "#2 0:contact BETWEEN active 1 +\n"
                                                         "#3 0:contact BETWEEN active - 0\n"
                                                         "#4 0:contact MATCH country 'AU'\n"
                                                         "#5 0:contact NOT MATCH country 'AU'\n"
                                                         "#6 0:contact AT_LEAST 2 #1 #2 #4\n"
                                                         "#7 0:contact AT_LEAST 2 #0 #3 #5\n"
                                                         "= #6 #7\n" },
    { "AT LEAST 2 OF (active, active, country = 'AU')", "#0 0:contact BETWEEN active 1 +\n"
                                                        "#1 0:contact BETWEEN active - 0\n"
                                                        "#2 0:contact MATCH country 'AU'\n"
                                                        "#3 0:contact NOT MATCH country 'AU'\n"
                                                        "#4 0:contact AT_LEAST 2 #0 #0 #2\n"
                                                        "#5 0:contact AT_LEAST 2 #1 #1 #3\n"
                                                        "= #4 #5\n" },
    { "AT LEAST 0 OF (age = 1, active)", "#0 0:contact NONE\n"
                                         "#1 0:contact ROWS\n"
                                         "= #1 #0\n" },
    { "account = 'ACME'", "#0 0:contact BETWEEN account 0 0\n"
                          "#1 0:contact NOT BETWEEN account 0 0\n"
                          "= #0 #1\n" },
    { "account != 'NOPE'", "#0 0:contact NONE\n"
                           "#1 0:contact VALID account\n"
                           "= #1 #0\n" },
    { "account IN ('ACME', 'ZETA', 'NOPE')", "#0 0:contact BETWEEN account 0 1\n"
                                             "#1 0:contact NOT BETWEEN account 0 1\n"
                                             "= #0 #1\n" },
    { "account > 'A'", "$0 KEY TEXT account\n"
                       "$1 CONSTANT TEXT 'A'\n"
                       "#0 0:contact COMPARE $0 > $1\n"
                       "#1 0:contact COMPARE $0 <= $1\n"
                       "= #0 #1\n" },
    { "ghost = 5", "#0 0:contact BETWEEN ghost 4 4\n"
                   "#1 0:contact NOT BETWEEN ghost 4 4\n"
                   "= #0 #1\n" },
    { "manager = manager.manager", "$0 REFERENCE REFERENCE manager\n"
                                   "$1 REFERENCE REFERENCE manager.manager\n"
                                   "#0 0:contact COMPARE $0 = $1\n"
                                   "#1 0:contact COMPARE $0 != $1\n"
                                   "= #0 #1\n" },
    { "account IS NULL", "#0 0:contact VALID account\n"
                         "#1 0:contact MINUS #0\n"
                         "= #1 #0\n" },
    { "account.industry = 'Retail'", "#0 0:account MATCH industry 'Retail'\n"
                                     "#1 0:account NOT MATCH industry 'Retail'\n"
                                     "#2 1:contact VIA account #0\n"
                                     "#3 1:contact VIA account #1\n"
                                     "= #2 #3\n" },
    { "account.industry = 'Retail' AND account.revenue > 100", "#0 0:account MATCH industry 'Retail'\n"
                                                               "#1 0:account NOT MATCH industry 'Retail'\n"
                                                               "#2 0:account BETWEEN revenue - 100\n"
                                                               "#3 0:account BETWEEN revenue 101 +\n"
                                                               "#4 0:account AND #0 #3\n"
                                                               "#5 0:account OR #1 #2\n"
                                                               "#6 1:contact VIA account #4\n"
                                                               "#7 1:contact VIA account #5\n"
                                                               "= #6 #7\n" },
    { "account.industry = 'Retail' OR account.parent.revenue > 100",
      "#0 0:account MATCH industry 'Retail'\n"
      "#1 0:account NOT MATCH industry 'Retail'\n"
      "#2 0:account BETWEEN revenue - 100\n"
      "#3 0:account BETWEEN revenue 101 +\n"
      "#4 1:contact VIA account #0\n"
      "#5 1:contact VIA account #1\n"
      "#6 1:contact VIA account.parent #3\n"
      "#7 1:contact VIA account.parent #2\n"
      "#8 1:contact OR #6 #4\n"
      "#9 1:contact AND #7 #5\n"
      "= #8 #9\n" },
    { "NOT account.industry IS NULL", "#0 0:account VALID industry\n"
                                      "#1 0:account MINUS #0\n"
                                      "#2 1:contact VIA account #1\n"
                                      "#3 1:contact VIA account #0\n"
                                      "#4 1:contact VIA_MISSING account\n"
                                      "#5 1:contact OR #4 #2\n"
                                      "= #3 #5\n" },
    { "account.industry IS BLANK", "#0 0:account VALID industry\n"
                                   "#1 0:account MINUS #0\n"
                                   "#2 0:account MATCH industry ?\n"
                                   "#3 0:account NOT MATCH industry ?\n"
                                   "#4 0:account OR #1 #2\n"
                                   "#5 1:contact VIA account #4\n"
                                   "#6 1:contact VIA account #3\n"
                                   "#7 1:contact VIA_MISSING account\n"
                                   "#8 1:contact OR #7 #5\n"
                                   "= #8 #6\n" },
    { "account.revenue IS DISTINCT FROM 5", "$0 FIELD EXACT account.revenue\n"
                                            "$1 CONSTANT EXACT 5\n"
                                            "#0 0:contact DISTINCT $0 $1\n"
                                            "#1 0:contact NOT DISTINCT $0 $1\n"
                                            "= #0 #1\n" },
    { "manager.age > age", "$0 FIELD EXACT manager.age\n"
                           "$1 FIELD EXACT age\n"
                           "#0 0:contact COMPARE $0 > $1\n"
                           "#1 0:contact COMPARE $0 <= $1\n"
                           "= #0 #1\n" },
    { "manager.manager.age > manager.age", "$0 FIELD EXACT manager.age\n"
                                           "$1 FIELD EXACT age\n"
                                           "#0 0:contact COMPARE $0 > $1\n"
                                           "#1 0:contact COMPARE $0 <= $1\n"
                                           "#2 1:contact VIA manager #0\n"
                                           "#3 1:contact VIA manager #1\n"
                                           "= #2 #3\n" },
    { "account.parent.revenue > account.revenue", "$0 FIELD EXACT parent.revenue\n"
                                                  "$1 FIELD EXACT revenue\n"
                                                  "#0 0:account COMPARE $0 > $1\n"
                                                  "#1 0:account COMPARE $0 <= $1\n"
                                                  "#2 1:contact VIA account #0\n"
                                                  "#3 1:contact VIA account #1\n"
                                                  "= #2 #3\n" },
    { "contact.country = 'AU'", "#0 0:contact MATCH country 'AU'\n"
                                "#1 0:contact NOT MATCH country 'AU'\n"
                                "= #0 #1\n" },
    { "account.rich", "#0 0:account BETWEEN revenue - 500\n"
                      "#1 0:account BETWEEN revenue 501 +\n"
                      "#2 1:contact VIA account #1\n"
                      "#3 1:contact VIA account #0\n"
                      "= #2 #3\n" },
    { "account.zero = 0", "$0 FIELD EXACT revenue\n"
                          "$1 CONSTANT EXACT 0\n"
                          "$2 COALESCE EXACT $0 $1\n"
                          "#0 0:account COMPARE $2 = $1\n"
                          "#1 0:account COMPARE $2 != $1\n"
                          "#2 1:contact VIA account #0\n"
                          "#3 1:contact VIA account #1\n"
                          "= #2 #3\n" },
    { "account.zero > age", "$0 FIELD EXACT account.revenue\n"
                            "$1 CONSTANT EXACT 0\n"
                            "$2 COALESCE EXACT $0 $1\n"
                            "$3 EXISTS_GUARD EXACT account $2\n"
                            "$4 FIELD EXACT age\n"
                            "#0 0:contact COMPARE $3 > $4\n"
                            "#1 0:contact COMPARE $3 <= $4\n"
                            "= #0 #1\n" },
    { "COALESCE(account.zero, 5) = 5", "$0 FIELD EXACT account.revenue\n"
                                       "$1 CONSTANT EXACT 0\n"
                                       "$2 COALESCE EXACT $0 $1\n"
                                       "$3 EXISTS_GUARD EXACT account $2\n"
                                       "$4 CONSTANT EXACT 5\n"
                                       "$5 COALESCE EXACT $3 $4\n"
                                       "#0 0:contact COMPARE $5 = $4\n"
                                       "#1 0:contact COMPARE $5 != $4\n"
                                       "= #0 #1\n" },
    { "years > 3", "$0 FIELD EXACT age\n"
                   "$1 CONSTANT EXACT 2\n"
                   "$2 MULTIPLY EXACT $0 $1\n"
                   "$3 CONSTANT EXACT 3\n"
                   "#0 0:contact COMPARE $2 > $3\n"
                   "#1 0:contact COMPARE $2 <= $3\n"
                   "= #0 #1\n" },
    { "SEGMENT('grown')", "#0 0:contact BETWEEN age 18 +\n"
                          "#1 0:contact MINUS #0\n"
                          "= #0 #1\n" },
    { "SEGMENT('young') AND SEGMENT('grown')", "#0 0:contact BETWEEN age 18 +\n"
                                               "#1 0:contact MINUS #0\n"
                                               "#2 0:contact AND #1 #0\n"
                                               "#3 0:contact OR #0 #1\n"
                                               "= #2 #3\n" },
    { "manager.SEGMENT('grown')", "#0 0:contact BETWEEN age 18 +\n"
                                  "#1 0:contact MINUS #0\n"
                                  "#2 1:contact VIA manager #0\n"
                                  "#3 1:contact VIA manager #1\n"
                                  "= #2 #3\n" },
};

static const example complements[] = {
    { "country = 'AU'", "#0 0:contact MATCH country 'AU'\n"
                        "#1 0:contact MINUS #0\n"
                        "= #0 #1\n" },
    { "country != 'AU'", "#0 0:contact MATCH country 'AU'\n"
                         "#1 0:contact MINUS #0\n"
                         "= #1 #0\n" },
    { "NOT (age < 30)", "#0 0:contact BETWEEN age - 29\n"
                        "#1 0:contact MINUS #0\n"
                        "= #1 #0\n" },
    { "age NOT IN (1, 2)", "#0 0:contact BETWEEN age 1 2\n"
                           "#1 0:contact MINUS #0\n"
                           "= #1 #0\n" },
    { "(age = 1) IS UNKNOWN", "#0 0:contact BETWEEN age 1 1\n"
                              "#1 0:contact NOT BETWEEN age 1 1\n"
                              "#2 0:contact OR #1 #0\n"
                              "#3 0:contact MINUS #2\n"
                              "= #3 #2\n" },
    { "(age != 1) IS UNKNOWN", "#0 0:contact BETWEEN age 1 1\n"
                               "#1 0:contact MINUS #0\n"
                               "#2 0:contact OR #1 #0\n"
                               "#3 0:contact MINUS #2\n"
                               "= #3 #2\n" },
    { "tags HAS NONE ('a')", "#0 0:contact HOLDS tags 1 0\n"
                             "#1 0:contact MINUS #0\n"
                             "= #1 #0\n" },
    { "NOT tags HAS NONE ('a')", "#0 0:contact HOLDS tags 1 0\n"
                                 "#1 0:contact MINUS #0\n"
                                 "= #0 #1\n" },
    { "tags EXCLUDES ('a')", "#0 0:contact HOLDS tags 1 0\n"
                             "#1 0:contact MINUS #0\n"
                             "= #1 #0\n" },
    { "seen != TODAY", "#0 0:contact BETWEEN seen 1795305600000000 1795391999999999\n"
                       "#1 0:contact MINUS #0\n"
                       "= #1 #0\n" },
    { "NOT active", "#0 0:contact BETWEEN active 1 +\n"
                    "#1 0:contact MINUS #0\n"
                    "= #1 #0\n" },
    { "country IS NOT EMPTY", "#0 0:contact MATCH country ''\n"
                              "#1 0:contact MINUS #0\n"
                              "= #1 #0\n" },
    { "age IS NOT NULL", "#0 0:contact VALID age\n"
                         "#1 0:contact MINUS #0\n"
                         "= #0 #1\n" },
    { "account.industry != 'x'", "#0 0:account MATCH industry 'x'\n"
                                 "#1 1:contact VIA account #0\n"
                                 "#2 1:contact MINUS #1\n"
                                 "= #2 #1\n" },
    { "NOT (age = NULL)", "#0 0:contact NONE\n"
                          "#1 0:contact ROWS\n"
                          "= #1 #0\n" },
    { "IF(age = 1 AND active, 2, 3) = age", "$0 FIELD EXACT age\n"
                                            "$1 CONSTANT EXACT 2\n"
                                            "$2 CONSTANT EXACT 3\n"
                                            "$3 SELECT EXACT #2 $1 $2\n"
                                            "#0 0:contact BETWEEN age 1 1\n"
                                            "#1 0:contact BETWEEN active 1 +\n"
                                            "#2 0:contact AND #0 #1\n"
                                            "#3 0:contact COMPARE $0 = $3\n"
                                            "#4 0:contact COMPARE $0 != $3\n"
                                            "= #3 #4\n" },
    { "IF(age = 1, 2, 3) = age", "$0 FIELD EXACT age\n"
                                 "$1 CONSTANT EXACT 2\n"
                                 "$2 CONSTANT EXACT 3\n"
                                 "$3 SELECT EXACT #0 $1 $2\n"
                                 "#0 0:contact BETWEEN age 1 1\n"
                                 "#1 0:contact COMPARE $0 = $3\n"
                                 "#2 0:contact MINUS #1\n"
                                 "= #1 #2\n" },
    { "SEGMENT('young')", "#0 0:contact BETWEEN age 18 +\n"
                          "#1 0:contact MINUS #0\n"
                          "= #1 #0\n" },
    { "NOT account.SAMPLE(10 PERCENT, 's')", "$0 CONSTANT EXACT 100000\n"
                                             "$1 BUCKET EXACT 1000000 's'\n"
                                             "#0 0:account COMPARE $1 < $0\n"
                                             "#1 1:contact VIA account #0\n"
                                             "#2 1:contact MINUS #1\n"
                                             "= #2 #1\n" },
};

static void check(const example *wanted, int32_t nulls)
{
    const co_question question = { "contact", wanted->text, nulls };
    char found[8192];

    co_plan_text_of(store, &co_noon, &question, 1, found, sizeof found);
    ck_assert_msg(strcmp(found, wanted->plan) == 0, "%s\nfound:\n%s\nwanted:\n%s", wanted->text, found,
                  wanted->plan);
}

START_TEST(each_construct_becomes_its_steps)
{
    check(&examples[_i], 0);
}
END_TEST

START_TEST(complement_makes_leaves_two_valued)
{
    check(&complements[_i], 1);
}
END_TEST

/* Lines of the plan that hold a word. */
static uint32_t count_lines(const char *plan, const char *word)
{
    uint32_t n = 0;

    for (const char *at = strstr(plan, word); at != NULL; at = strstr(at + 1, word))
        n++;
    return n;
}

START_TEST(what_is_equal_is_one_step_across_requests)
{
    static const co_question questions[] = {
        { "contact", "country = 'AU' AND account.industry = 'Retail'", 0 },
        { "contact", "account.industry = 'Retail' AND country = 'AU' AND active", 0 },
        { "contact", "NOT country = 'AU' OR age + 1 > balance", 0 },
        { "contact", "balance < age + 1", 0 },
        { "account", "industry = 'Retail'", 0 },
    };
    char plan[8192];

    co_plan_text_of(store, &co_noon, questions, 5, plan, sizeof plan);
    ck_assert_uint_eq(count_lines(plan, ":contact MATCH country"), 1);
    ck_assert_uint_eq(count_lines(plan, "NOT MATCH country"), 1);
    ck_assert_uint_eq(count_lines(plan, ":account MATCH industry"), 1);
    ck_assert_uint_eq(count_lines(plan, ":contact VIA account"), 2);
    ck_assert_uint_eq(count_lines(plan, " COMPARE "), 2);
    ck_assert_uint_eq(count_lines(plan, " ADD "), 1);
}
END_TEST

START_TEST(a_step_needed_on_both_sides_of_a_reference_is_in_two_passes)
{
    const co_question question = { "contact", "age > 30 AND manager.age > 30", 0 };
    co_planned planned;

    co_planned_make(&planned, store, &co_noon, question);
    ck_assert_uint_eq(planned.plan->n_passes, 2);
    for (uint32_t i = 0; i < planned.plan->n_steps; i++) {
        const co_step *step = &planned.plan->steps[i];

        for (uint32_t k = 0; k < step->n_inputs; k++) {
            const co_step *input = &planned.plan->steps[step->inputs[k]];

            ck_assert_uint_lt(step->inputs[k], i);
            if (step->kind == CO_STEP_VIA)
                ck_assert_uint_lt(input->pass, step->pass);
            else
                ck_assert_uint_eq(input->pass, step->pass);
        }
    }
    co_planned_clear(&planned);
}
END_TEST

START_TEST(nodes_follow_the_written_order_with_what_was_seen)
{
    const co_question question = { "contact", "age > 30 AND NOT (account.industry = 'x' OR SEGMENT('grown'))",
                                   0 };
    static const char *const texts[] = {
        "AND", "age > 30", "NOT", "OR", "account.industry = 'x'", "SEGMENT('grown')"
    };
    static const uint32_t depths[] = { 0, 1, 1, 2, 3, 3 };
    co_planned planned;

    co_planned_make(&planned, store, &co_noon, question);
    ck_assert_uint_eq(planned.plan->n_nodes, 6);
    for (uint32_t i = 0; i < 6; i++) {
        const co_plan_node *node = &planned.plan->nodes[i];

        ck_assert(co_text_equal(node->text, co_text_of(texts[i])));
        ck_assert_uint_eq(node->depth, depths[i]);
        ck_assert_uint_eq(planned.plan->steps[node->true_step].object, node->object);
    }
    ck_assert_int_eq(planned.plan->vsteps[planned.plan->nodes[4].seen].way.n, 1);
    ck_assert_uint_eq(planned.plan->nodes[5].seen, CO_NO_STEP);
    co_planned_clear(&planned);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("steps");
    TCase *steps = tcase_create("steps");

    tcase_add_checked_fixture(steps, open_crm, close_crm);
    tcase_add_loop_test(steps, each_construct_becomes_its_steps, 0, sizeof examples / sizeof *examples);
    tcase_add_loop_test(steps, complement_makes_leaves_two_valued, 0,
                        sizeof complements / sizeof *complements);
    tcase_add_test(steps, what_is_equal_is_one_step_across_requests);
    tcase_add_test(steps, a_step_needed_on_both_sides_of_a_reference_is_in_two_passes);
    tcase_add_test(steps, nodes_follow_the_written_order_with_what_was_seen);
    suite_add_tcase(suite, steps);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

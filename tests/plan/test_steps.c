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

static void close_crm(void) { co_store_free(store); }

typedef struct example {
    const char *text;
    const char *plan;
} example;

static const example examples[] = {
    { "TRUE",
      "#0 0:contact ROWS\n"
      "#1 0:contact NONE\n"
      "= #0 #1\n" },
    { "NULL",
      "#0 0:contact NONE\n"
      "= #0 #0\n" },
    { "active",
      "#0 0:contact BETWEEN active 1 +\n"
      "#1 0:contact BETWEEN active - 0\n"
      "= #0 #1\n" },
    { "NOT active",
      "#0 0:contact BETWEEN active 1 +\n"
      "#1 0:contact BETWEEN active - 0\n"
      "= #1 #0\n" },
    { "active = 'yes'",
      "#0 0:contact BETWEEN active 1 +\n"
      "#1 0:contact BETWEEN active - 0\n"
      "= #0 #1\n" },
    { "age < 30",
      "#0 0:contact BETWEEN age - 29\n"
      "#1 0:contact BETWEEN age 30 +\n"
      "= #0 #1\n" },
    { "age < 2.5",
      "#0 0:contact BETWEEN age - 2\n"
      "#1 0:contact BETWEEN age 3 +\n"
      "= #0 #1\n" },
    { "age = 2.5",
      "#0 0:contact NONE\n"
      "#1 0:contact VALID age\n"
      "= #0 #1\n" },
    { "age > 1e3",
      "#0 0:contact BETWEEN age - 1000\n"
      "#1 0:contact BETWEEN age 1001 +\n"
      "= #1 #0\n" },
    { "balance < 1.005",
      "#0 0:contact BETWEEN balance - 100\n"
      "#1 0:contact BETWEEN balance 101 +\n"
      "= #0 #1\n" },
    { "balance > '1.0'",
      "#0 0:contact BETWEEN balance - 100\n"
      "#1 0:contact BETWEEN balance 101 +\n"
      "= #1 #0\n" },
    { "score <= 1.3",
      "#0 0:contact BETWEEN score - 4608533498688228557\n"
      "#1 0:contact BETWEEN score 4608533498688228558 +\n"
      "= #0 #1\n" },
    { "5 < age",
      "#0 0:contact BETWEEN age - 5\n"
      "#1 0:contact BETWEEN age 6 +\n"
      "= #1 #0\n" },
    { "age < 9223372036854775808",
      "#0 0:contact VALID age\n"
      "#1 0:contact NONE\n"
      "= #0 #1\n" },
    { "age >= -9223372036854775808",
      "#0 0:contact NONE\n"
      "#1 0:contact VALID age\n"
      "= #1 #0\n" },
    { "age = NULL",
      "#0 0:contact NONE\n"
      "= #0 #0\n" },
    { "age BETWEEN 18 AND 29",
      "#0 0:contact BETWEEN age 18 29\n"
      "#1 0:contact NOT BETWEEN age 18 29\n"
      "= #0 #1\n" },
    { "age NOT BETWEEN 18 AND 29",
      "#0 0:contact BETWEEN age 18 29\n"
      "#1 0:contact NOT BETWEEN age 18 29\n"
      "= #1 #0\n" },
    { "age BETWEEN 5 AND 1",
      "#0 0:contact NONE\n"
      "#1 0:contact VALID age\n"
      "= #0 #1\n" },
    { "age BETWEEN 1 AND NULL",
      "#0 0:contact BETWEEN age - 0\n"
      "#1 0:contact NONE\n"
      "= #1 #0\n" },
    { "age >= 1 AND age >= 5 AND age < 10",
      "#0 0:contact BETWEEN age 5 9\n"
      "#1 0:contact NOT BETWEEN age 5 9\n"
      "= #0 #1\n" },
    { "age IN (1, 2, 3)",
      "#0 0:contact BETWEEN age 1 3\n"
      "#1 0:contact NOT BETWEEN age 1 3\n"
      "= #0 #1\n" },
    { "age IN (1, 5, NULL)",
      "#0 0:contact NONE\n"
      "#1 0:contact AMONG age 1 5\n"
      "= #1 #0\n" },
    { "age IN (1, 2.5, 7)",
      "#0 0:contact AMONG age 1 7\n"
      "#1 0:contact NOT AMONG age 1 7\n"
      "= #0 #1\n" },
    { "country = 'AU'",
      "#0 0:contact MATCH country 'AU'\n"
      "#1 0:contact NOT MATCH country 'AU'\n"
      "= #0 #1\n" },
    { "country IN ('NZ', 'AU', 'AU')",
      "#0 0:contact MATCH country 'AU' 'NZ'\n"
      "#1 0:contact NOT MATCH country 'AU' 'NZ'\n"
      "= #0 #1\n" },
    { "country IN ('AU', city)",
      "$0 FIELD TEXT country\n"
      "$1 FIELD TEXT city\n"
      "#0 0:contact COMPARE $0 = $1\n"
      "#1 0:contact COMPARE $0 != $1\n"
      "#2 0:contact MATCH country 'AU'\n"
      "#3 0:contact NOT MATCH country 'AU'\n"
      "#4 0:contact OR #0 #2\n"
      "#5 0:contact AND #3 #1\n"
      "= #4 #5\n" },
    { "country > 'B'",
      "#0 0:contact MATCH country ?\n"
      "#1 0:contact NOT MATCH country ?\n"
      "= #0 #1\n" },
    { "country LIKE 'A%'",
      "#0 0:contact MATCH country ?\n"
      "#1 0:contact NOT MATCH country ?\n"
      "= #0 #1\n" },
    { "LOWER(country) = 'au'",
      "$0 FIELD TEXT country\n"
      "$1 LOWER TEXT $0\n"
      "$2 CONSTANT TEXT 'au'\n"
      "#0 0:contact COMPARE $1 = $2\n"
      "#1 0:contact COMPARE $1 != $2\n"
      "= #0 #1\n" },
    { "country = city",
      "$0 FIELD TEXT country\n"
      "$1 FIELD TEXT city\n"
      "#0 0:contact COMPARE $0 = $1\n"
      "#1 0:contact COMPARE $0 != $1\n"
      "= #0 #1\n" },
    { "age IS NULL",
      "#0 0:contact VALID age\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "age IS DISTINCT FROM 5",
      "$0 FIELD EXACT age\n"
      "$1 CONSTANT EXACT 5\n"
      "#0 0:contact DISTINCT $0 $1\n"
      "#1 0:contact NOT DISTINCT $0 $1\n"
      "= #0 #1\n" },
    { "(age > 3) IS UNKNOWN",
      "#0 0:contact VALID age\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "(age > 3) IS NOT TRUE",
      "#0 0:contact BETWEEN age 4 +\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "country IS EMPTY",
      "#0 0:contact MATCH country ''\n"
      "#1 0:contact NOT MATCH country ''\n"
      "= #0 #1\n" },
    { "country IS BLANK",
      "#0 0:contact VALID country\n"
      "#1 0:contact MINUS #0\n"
      "#2 0:contact MATCH country ?\n"
      "#3 0:contact NOT MATCH country ?\n"
      "#4 0:contact OR #1 #2\n"
      "= #4 #3\n" },
    { "tags IS EMPTY",
      "$0 FIELD SET tags\n"
      "$1 CONSTANT EXACT 0\n"
      "$2 CARDINALITY EXACT $0\n"
      "#0 0:contact COMPARE $1 = $2\n"
      "#1 0:contact COMPARE $1 != $2\n"
      "= #0 #1\n" },
    { "age > 1 AND active",
      "#0 0:contact BETWEEN age - 1\n"
      "#1 0:contact BETWEEN age 2 +\n"
      "#2 0:contact BETWEEN active 1 +\n"
      "#3 0:contact BETWEEN active - 0\n"
      "#4 0:contact AND #2 #1\n"
      "#5 0:contact OR #3 #0\n"
      "= #4 #5\n" },
    { "age > 1 XOR active",
      "#0 0:contact BETWEEN age - 1\n"
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
    { "AT LEAST 2 OF (age > 1, active, country = 'AU')",
      "#0 0:contact BETWEEN age - 1\n"
      "#1 0:contact BETWEEN age 2 +\n"
      "#2 0:contact BETWEEN active 1 +\n"
      "#3 0:contact BETWEEN active - 0\n"
      "#4 0:contact MATCH country 'AU'\n"
      "#5 0:contact NOT MATCH country 'AU'\n"
      "#6 0:contact AT_LEAST 2 #1 #2 #4\n"
      "#7 0:contact AT_LEAST 2 #0 #3 #5\n"
      "= #6 #7\n" },
    { "AT LEAST 2 OF (active, active, country = 'AU')",
      "#0 0:contact BETWEEN active 1 +\n"
      "#1 0:contact BETWEEN active - 0\n"
      "#2 0:contact MATCH country 'AU'\n"
      "#3 0:contact NOT MATCH country 'AU'\n"
      "#4 0:contact AT_LEAST 2 #0 #0 #2\n"
      "#5 0:contact AT_LEAST 2 #1 #1 #3\n"
      "= #4 #5\n" },
    { "AT LEAST 0 OF (age = 1, active)",
      "#0 0:contact NONE\n"
      "#1 0:contact ROWS\n"
      "= #1 #0\n" },
    { "account = 'ACME'",
      "#0 0:contact BETWEEN account 0 0\n"
      "#1 0:contact NOT BETWEEN account 0 0\n"
      "= #0 #1\n" },
    { "account != 'NOPE'",
      "#0 0:contact NONE\n"
      "#1 0:contact VALID account\n"
      "= #1 #0\n" },
    { "account IN ('ACME', 'ZETA', 'NOPE')",
      "#0 0:contact BETWEEN account 0 1\n"
      "#1 0:contact NOT BETWEEN account 0 1\n"
      "= #0 #1\n" },
    { "account > 'A'",
      "$0 KEY TEXT account\n"
      "$1 CONSTANT TEXT 'A'\n"
      "#0 0:contact COMPARE $0 > $1\n"
      "#1 0:contact COMPARE $0 <= $1\n"
      "= #0 #1\n" },
    { "ghost = 5",
      "#0 0:contact BETWEEN ghost 4 4\n"
      "#1 0:contact NOT BETWEEN ghost 4 4\n"
      "= #0 #1\n" },
    { "manager = manager.manager",
      "$0 REFERENCE REFERENCE manager\n"
      "$1 REFERENCE REFERENCE manager.manager\n"
      "#0 0:contact COMPARE $0 = $1\n"
      "#1 0:contact COMPARE $0 != $1\n"
      "= #0 #1\n" },
    { "account IS NULL",
      "#0 0:contact VALID account\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "account.industry = 'Retail'",
      "#0 0:account MATCH industry 'Retail'\n"
      "#1 0:account NOT MATCH industry 'Retail'\n"
      "#2 1:contact VIA account #0\n"
      "#3 1:contact VIA account #1\n"
      "= #2 #3\n" },
    { "account.industry = 'Retail' AND account.revenue > 100",
      "#0 0:account MATCH industry 'Retail'\n"
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
    { "NOT account.industry IS NULL",
      "#0 0:account VALID industry\n"
      "#1 0:account MINUS #0\n"
      "#2 1:contact VIA account #1\n"
      "#3 1:contact VIA account #0\n"
      "#4 1:contact VIA_MISSING account\n"
      "#5 1:contact OR #4 #2\n"
      "= #3 #5\n" },
    { "account.industry IS BLANK",
      "#0 0:account VALID industry\n"
      "#1 0:account MINUS #0\n"
      "#2 0:account MATCH industry ?\n"
      "#3 0:account NOT MATCH industry ?\n"
      "#4 0:account OR #1 #2\n"
      "#5 1:contact VIA account #4\n"
      "#6 1:contact VIA account #3\n"
      "#7 1:contact VIA_MISSING account\n"
      "#8 1:contact OR #7 #5\n"
      "= #8 #6\n" },
    { "account.revenue IS DISTINCT FROM 5",
      "$0 FIELD EXACT account.revenue\n"
      "$1 CONSTANT EXACT 5\n"
      "#0 0:contact DISTINCT $0 $1\n"
      "#1 0:contact NOT DISTINCT $0 $1\n"
      "= #0 #1\n" },
    { "manager.age > age",
      "$0 FIELD EXACT manager.age\n"
      "$1 FIELD EXACT age\n"
      "#0 0:contact COMPARE $0 > $1\n"
      "#1 0:contact COMPARE $0 <= $1\n"
      "= #0 #1\n" },
    { "manager.manager.age > manager.age",
      "$0 FIELD EXACT manager.age\n"
      "$1 FIELD EXACT age\n"
      "#0 0:contact COMPARE $0 > $1\n"
      "#1 0:contact COMPARE $0 <= $1\n"
      "#2 1:contact VIA manager #0\n"
      "#3 1:contact VIA manager #1\n"
      "= #2 #3\n" },
    { "account.parent.revenue > account.revenue",
      "$0 FIELD EXACT parent.revenue\n"
      "$1 FIELD EXACT revenue\n"
      "#0 0:account COMPARE $0 > $1\n"
      "#1 0:account COMPARE $0 <= $1\n"
      "#2 1:contact VIA account #0\n"
      "#3 1:contact VIA account #1\n"
      "= #2 #3\n" },
    { "contact.country = 'AU'",
      "#0 0:contact MATCH country 'AU'\n"
      "#1 0:contact NOT MATCH country 'AU'\n"
      "= #0 #1\n" },
    { "account.rich",
      "#0 0:account BETWEEN revenue - 500\n"
      "#1 0:account BETWEEN revenue 501 +\n"
      "#2 1:contact VIA account #1\n"
      "#3 1:contact VIA account #0\n"
      "= #2 #3\n" },
    { "account.zero = 0",
      "$0 FIELD EXACT revenue\n"
      "$1 CONSTANT EXACT 0\n"
      "$2 COALESCE EXACT $0 $1\n"
      "#0 0:account COMPARE $1 = $2\n"
      "#1 0:account COMPARE $1 != $2\n"
      "#2 1:contact VIA account #0\n"
      "#3 1:contact VIA account #1\n"
      "= #2 #3\n" },
    { "account.zero > age",
      "$0 FIELD EXACT account.revenue\n"
      "$1 CONSTANT EXACT 0\n"
      "$2 COALESCE EXACT $0 $1\n"
      "$3 EXISTS_GUARD EXACT account $2\n"
      "$4 FIELD EXACT age\n"
      "#0 0:contact COMPARE $3 > $4\n"
      "#1 0:contact COMPARE $3 <= $4\n"
      "= #0 #1\n" },
    { "COALESCE(account.zero, 5) = 5",
      "$0 FIELD EXACT account.revenue\n"
      "$1 CONSTANT EXACT 0\n"
      "$2 COALESCE EXACT $0 $1\n"
      "$3 EXISTS_GUARD EXACT account $2\n"
      "$4 CONSTANT EXACT 5\n"
      "$5 COALESCE EXACT $3 $4\n"
      "#0 0:contact COMPARE $4 = $5\n"
      "#1 0:contact COMPARE $4 != $5\n"
      "= #0 #1\n" },
    { "years > 3",
      "$0 FIELD EXACT age\n"
      "$1 CONSTANT EXACT 2\n"
      "$2 MULTIPLY EXACT $0 $1\n"
      "$3 CONSTANT EXACT 3\n"
      "#0 0:contact COMPARE $2 > $3\n"
      "#1 0:contact COMPARE $2 <= $3\n"
      "= #0 #1\n" },
    { "SEGMENT('grown')",
      "#0 0:contact BETWEEN age 18 +\n"
      "#1 0:contact MINUS #0\n"
      "= #0 #1\n" },
    { "SEGMENT('young') AND SEGMENT('grown')",
      "#0 0:contact BETWEEN age 18 +\n"
      "#1 0:contact MINUS #0\n"
      "#2 0:contact AND #1 #0\n"
      "#3 0:contact OR #0 #1\n"
      "= #2 #3\n" },
    { "manager.SEGMENT('grown')",
      "#0 0:contact BETWEEN age 18 +\n"
      "#1 0:contact MINUS #0\n"
      "#2 1:contact VIA manager #0\n"
      "#3 1:contact VIA manager #1\n"
      "= #2 #3\n" },
    { "seen = TODAY",
      "#0 0:contact BETWEEN seen 1795305600000000 1795391999999999\n"
      "#1 0:contact NOT BETWEEN seen 1795305600000000 1795391999999999\n"
      "= #0 #1\n" },
    { "seen != TODAY",
      "#0 0:contact BETWEEN seen 1795305600000000 1795391999999999\n"
      "#1 0:contact NOT BETWEEN seen 1795305600000000 1795391999999999\n"
      "= #1 #0\n" },
    { "seen < THIS_WEEK",
      "#0 0:contact BETWEEN seen - 1794787199999999\n"
      "#1 0:contact BETWEEN seen 1794787200000000 +\n"
      "= #0 #1\n" },
    { "seen <= THIS_WEEK",
      "#0 0:contact BETWEEN seen - 1795391999999999\n"
      "#1 0:contact BETWEEN seen 1795392000000000 +\n"
      "= #0 #1\n" },
    { "seen > LAST_MONTH",
      "#0 0:contact BETWEEN seen - 1793491199999999\n"
      "#1 0:contact BETWEEN seen 1793491200000000 +\n"
      "= #1 #0\n" },
    { "seen >= NEXT_YEAR",
      "#0 0:contact BETWEEN seen - 1798761599999999\n"
      "#1 0:contact BETWEEN seen 1798761600000000 +\n"
      "= #1 #0\n" },
    { "seen = LAST_90_DAYS",
      "#0 0:contact BETWEEN seen 1787529600000000 1795391999999999\n"
      "#1 0:contact NOT BETWEEN seen 1787529600000000 1795391999999999\n"
      "= #0 #1\n" },
    { "seen = LAST_N_DAYS:0",
      "#0 0:contact BETWEEN seen 1795305600000000 1795391999999999\n"
      "#1 0:contact NOT BETWEEN seen 1795305600000000 1795391999999999\n"
      "= #0 #1\n" },
    { "seen = NEXT_N_DAYS:7",
      "#0 0:contact BETWEEN seen 1795392000000000 1795996799999999\n"
      "#1 0:contact NOT BETWEEN seen 1795392000000000 1795996799999999\n"
      "= #0 #1\n" },
    { "born IN (LAST_N_WEEKS:2, '2020-01-01')",
      "#0 0:contact BETWEEN born 20759 20772\n"
      "#1 0:contact NOT BETWEEN born 20759 20772\n"
      "#2 0:contact BETWEEN born 18262 18262\n"
      "#3 0:contact NOT BETWEEN born 18262 18262\n"
      "#4 0:contact OR #0 #2\n"
      "#5 0:contact AND #1 #3\n"
      "= #4 #5\n" },
    { "born = LAST_N_QUARTERS:1",
      "#0 0:contact BETWEEN born 20635 20726\n"
      "#1 0:contact NOT BETWEEN born 20635 20726\n"
      "= #0 #1\n" },
    { "born = THIS_MONTH_SO_FAR",
      "#0 0:contact BETWEEN born 20758 20779\n"
      "#1 0:contact NOT BETWEEN born 20758 20779\n"
      "= #0 #1\n" },
    { "born = N_DAYS_AGO:3",
      "#0 0:contact BETWEEN born 20776 20776\n"
      "#1 0:contact NOT BETWEEN born 20776 20776\n"
      "= #0 #1\n" },
    { "born BETWEEN LAST_MONTH AND THIS_MONTH",
      "#0 0:contact BETWEEN born 20727 20787\n"
      "#1 0:contact NOT BETWEEN born 20727 20787\n"
      "= #0 #1\n" },
    { "seen >= NOW() - INTERVAL '7 days'",
      "#0 0:contact BETWEEN seen - 1794743999999999\n"
      "#1 0:contact BETWEEN seen 1794744000000000 +\n"
      "= #1 #0\n" },
    { "seen = '2026-11-22 10:00'",
      "#0 0:contact BETWEEN seen 1795341600000000 1795341600000000\n"
      "#1 0:contact NOT BETWEEN seen 1795341600000000 1795341600000000\n"
      "= #0 #1\n" },
    { "seen = '2026-11-22'",
      "#0 0:contact BETWEEN seen 1795305600000000 1795305600000000\n"
      "#1 0:contact NOT BETWEEN seen 1795305600000000 1795305600000000\n"
      "= #0 #1\n" },
    { "born >= '2001-02-03'",
      "#0 0:contact BETWEEN born - 11355\n"
      "#1 0:contact BETWEEN born 11356 +\n"
      "= #1 #0\n" },
    { "born > TIMESTAMP '2001-02-03 00:00:01'",
      "#0 0:contact BETWEEN born - 11356\n"
      "#1 0:contact BETWEEN born 11357 +\n"
      "= #1 #0\n" },
    { "DAY_ONLY(seen) = '2026-01-01'",
      "#0 0:contact BETWEEN seen 1767225600000000 1767311999999999\n"
      "#1 0:contact NOT BETWEEN seen 1767225600000000 1767311999999999\n"
      "= #0 #1\n" },
    { "born + 30 > TODAY()",
      "$0 FIELD DATE born\n"
      "$1 CONSTANT EXACT 30\n"
      "$2 DATE_ADD_DAYS DATE $0 $1\n"
      "$3 CONSTANT DATE 2026-11-22\n"
      "#0 0:contact COMPARE $2 > $3\n"
      "#1 0:contact COMPARE $2 <= $3\n"
      "= #0 #1\n" },
    { "born + INTERVAL '1 month' < NOW()",
      "$0 FIELD DATE born\n"
      "$1 CONSTANT INTERVAL 1 month\n"
      "$2 TO_TIMESTAMP TIMESTAMP $0\n"
      "$3 ADD_INTERVAL TIMESTAMP $2 $1\n"
      "$4 CONSTANT TIMESTAMP 2026-11-22T12:00:00Z\n"
      "#0 0:contact COMPARE $3 < $4\n"
      "#1 0:contact COMPARE $3 >= $4\n"
      "= #0 #1\n" },
    { "NOW() - seen > '3 days'",
      "$0 CONSTANT TIMESTAMP 2026-11-22T12:00:00Z\n"
      "$1 FIELD TIMESTAMP seen\n"
      "$2 TIMESTAMP_DIFFERENCE INTERVAL $0 $1\n"
      "$3 CONSTANT INTERVAL 3 days\n"
      "#0 0:contact COMPARE $2 > $3\n"
      "#1 0:contact COMPARE $2 <= $3\n"
      "= #0 #1\n" },
    { "DATE_TRUNC('month', seen) = DATE_TRUNC('month', NOW())",
      "$0 FIELD TIMESTAMP seen\n"
      "$1 DATE_TRUNC DATE $0\n"
      "$2 CONSTANT DATE 2026-11-01\n"
      "#0 0:contact COMPARE $1 = $2\n"
      "#1 0:contact COMPARE $1 != $2\n"
      "= #0 #1\n" },
    { "DATEDIFF('day', born, seen) > 3",
      "$0 FIELD DATE born\n"
      "$1 FIELD TIMESTAMP seen\n"
      "$2 DATEDIFF EXACT $0 $1\n"
      "$3 CONSTANT EXACT 3\n"
      "#0 0:contact COMPARE $2 > $3\n"
      "#1 0:contact COMPARE $2 <= $3\n"
      "= #0 #1\n" },
    { "AGE(born) >= 18",
      "$0 FIELD DATE born\n"
      "$1 AGE EXACT $0\n"
      "$2 CONSTANT EXACT 18\n"
      "#0 0:contact COMPARE $1 >= $2\n"
      "#1 0:contact COMPARE $1 < $2\n"
      "= #0 #1\n" },
    { "ANNIVERSARY(born) = NEXT_N_DAYS:7",
      "$0 FIELD DATE born\n"
      "#0 0:contact ANNIVERSARY 20780 20787 $0\n"
      "#1 0:contact NOT ANNIVERSARY 20780 20787 $0\n"
      "= #0 #1\n" },
    { "ANNIVERSARY(born) BETWEEN '2026-12-25' AND '2027-01-05'",
      "$0 FIELD DATE born\n"
      "#0 0:contact ANNIVERSARY 20812 20824 $0\n"
      "#1 0:contact NOT ANNIVERSARY 20812 20824 $0\n"
      "= #0 #1\n" },
    { "age + 1 > balance",
      "$0 FIELD EXACT age\n"
      "$1 CONSTANT EXACT 1\n"
      "$2 ADD EXACT $0 $1\n"
      "$3 FIELD EXACT(2) balance\n"
      "$4 RESCALE EXACT(2) $2\n"
      "#0 0:contact COMPARE $3 < $4\n"
      "#1 0:contact COMPARE $3 >= $4\n"
      "= #0 #1\n" },
    { "age * balance = 3",
      "$0 FIELD EXACT age\n"
      "$1 FIELD EXACT(2) balance\n"
      "$2 MULTIPLY EXACT(2) $0 $1\n"
      "$3 CONSTANT EXACT(2) 3.00\n"
      "#0 0:contact COMPARE $2 = $3\n"
      "#1 0:contact COMPARE $2 != $3\n"
      "= #0 #1\n" },
    { "age / 2 > 3",
      "$0 FIELD EXACT age\n"
      "$1 CONSTANT EXACT 2\n"
      "$2 DIVIDE DOUBLE $0 $1\n"
      "$3 CONSTANT DOUBLE 3\n"
      "#0 0:contact COMPARE $2 > $3\n"
      "#1 0:contact COMPARE $2 <= $3\n"
      "= #0 #1\n" },
    { "-age < 0",
      "$0 FIELD EXACT age\n"
      "$1 NEGATE EXACT $0\n"
      "$2 CONSTANT EXACT 0\n"
      "#0 0:contact COMPARE $1 < $2\n"
      "#1 0:contact COMPARE $1 >= $2\n"
      "= #0 #1\n" },
    { "score + age > 1",
      "$0 FIELD DOUBLE score\n"
      "$1 FIELD EXACT age\n"
      "$2 TO_DOUBLE DOUBLE $1\n"
      "$3 ADD DOUBLE $0 $2\n"
      "$4 CONSTANT DOUBLE 1\n"
      "#0 0:contact COMPARE $3 > $4\n"
      "#1 0:contact COMPARE $3 <= $4\n"
      "= #0 #1\n" },
    { "IF(age > 3, 10, 0) + IF(active, 5, 0) >= 12",
      "$0 CONSTANT EXACT 10\n"
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
    { "CASE WHEN age > 3 THEN 'x' WHEN active THEN country END = 'x'",
      "$0 FIELD TEXT country\n"
      "$1 CONSTANT TEXT 'x'\n"
      "$2 CONSTANT TEXT NULL\n"
      "$3 SELECT TEXT #0 #1 $1 $0 $2\n"
      "#0 0:contact BETWEEN age 4 +\n"
      "#1 0:contact BETWEEN active 1 +\n"
      "#2 0:contact COMPARE $1 = $3\n"
      "#3 0:contact COMPARE $1 != $3\n"
      "= #2 #3\n" },
    { "LEAST(age, balance, score) > 3",
      "$0 FIELD EXACT age\n"
      "$1 FIELD EXACT(2) balance\n"
      "$2 FIELD DOUBLE score\n"
      "$3 TO_DOUBLE DOUBLE $0\n"
      "$4 TO_DOUBLE DOUBLE $1\n"
      "$5 LEAST DOUBLE $3 $4 $2\n"
      "$6 CONSTANT DOUBLE 3\n"
      "#0 0:contact COMPARE $5 > $6\n"
      "#1 0:contact COMPARE $5 <= $6\n"
      "= #0 #1\n" },
    { "NULLIF(age, 3) > 4",
      "$0 FIELD EXACT age\n"
      "$1 CONSTANT EXACT 3\n"
      "$2 NULLIF EXACT $0 $1\n"
      "$3 CONSTANT EXACT 4\n"
      "#0 0:contact COMPARE $2 > $3\n"
      "#1 0:contact COMPARE $2 <= $3\n"
      "= #0 #1\n" },
    { "CONCAT(country, age) = 'AU3'",
      "$0 FIELD TEXT country\n"
      "$1 FIELD EXACT age\n"
      "$2 TO_TEXT TEXT $1\n"
      "$3 CONCAT TEXT $0 $2\n"
      "$4 CONSTANT TEXT 'AU3'\n"
      "#0 0:contact COMPARE $3 = $4\n"
      "#1 0:contact COMPARE $3 != $4\n"
      "= #0 #1\n" },
    { "ROUND(balance, 1) = 3.5",
      "$0 FIELD EXACT(2) balance\n"
      "$1 ROUND EXACT(1) $0\n"
      "$2 CONSTANT EXACT(1) 3.5\n"
      "#0 0:contact COMPARE $1 = $2\n"
      "#1 0:contact COMPARE $1 != $2\n"
      "= #0 #1\n" },
    { "ROUND(balance) = 3",
      "$0 FIELD EXACT(2) balance\n"
      "$1 ROUND EXACT $0\n"
      "$2 CONSTANT EXACT 3\n"
      "#0 0:contact COMPARE $1 = $2\n"
      "#1 0:contact COMPARE $1 != $2\n"
      "= #0 #1\n" },
    { "tags HAS 'a'",
      "#0 0:contact HOLDS tags 1 0\n"
      "#1 0:contact NOT HOLDS tags 1 0\n"
      "= #0 #1\n" },
    { "tags HAS NONE ('a', 'b')",
      "#0 0:contact HOLDS tags 1 0 1\n"
      "#1 0:contact NOT HOLDS tags 1 0 1\n"
      "= #1 #0\n" },
    { "tags HAS ALL ('a', 'zz')",
      "#0 0:contact VALID tags\n"
      "#1 0:contact NONE\n"
      "= #1 #0\n" },
    { "tags HAS EXACTLY ('b', 'a', 'a')",
      "#0 0:contact EXACTLY tags 2 0 1\n"
      "#1 0:contact NOT EXACTLY tags 2 0 1\n"
      "= #0 #1\n" },
    { "tags HAS AT LEAST 2 OF ('a', 'b', 'zz')",
      "#0 0:contact HOLDS tags 2 0 1\n"
      "#1 0:contact NOT HOLDS tags 2 0 1\n"
      "= #0 #1\n" },
    { "badges HAS ANY ('GOLD', 'gold')",
      "#0 0:contact HOLDS badges 1 0|2\n"
      "#1 0:contact NOT HOLDS badges 1 0|2\n"
      "= #0 #1\n" },
    { "tags INCLUDES ('a;b', 'c')",
      "#0 0:contact HOLDS tags 2 0 1\n"
      "#1 0:contact NOT HOLDS tags 2 0 1\n"
      "#2 0:contact HOLDS tags 1 2\n"
      "#3 0:contact NOT HOLDS tags 1 2\n"
      "#4 0:contact OR #0 #2\n"
      "#5 0:contact AND #1 #3\n"
      "= #4 #5\n" },
    { "tags EXCLUDES ('a')",
      "#0 0:contact HOLDS tags 1 0\n"
      "#1 0:contact NOT HOLDS tags 1 0\n"
      "= #1 #0\n" },
    { "CARDINALITY(tags) >= 2",
      "$0 FIELD SET tags\n"
      "$1 CARDINALITY EXACT $0\n"
      "$2 CONSTANT EXACT 2\n"
      "#0 0:contact COMPARE $1 >= $2\n"
      "#1 0:contact COMPARE $1 < $2\n"
      "= #0 #1\n" },
    { "manager.tags HAS 'a' AND tags HAS 'a'",
      "#0 0:contact HOLDS tags 1 0\n"
      "#1 0:contact NOT HOLDS tags 1 0\n"
      "#2 1:contact HOLDS tags 1 0\n"
      "#3 1:contact NOT HOLDS tags 1 0\n"
      "#4 1:contact VIA manager #0\n"
      "#5 1:contact VIA manager #1\n"
      "#6 1:contact AND #2 #4\n"
      "#7 1:contact OR #3 #5\n"
      "= #6 #7\n" },
    { "place WITHIN POLYGON ((0, 0), (0, 10), (10, 10))",
      "$0 FIELD POINT place\n"
      "#0 0:contact POLYGON $0\n"
      "#1 0:contact NOT POLYGON $0\n"
      "= #0 #1\n" },
    { "DISTANCE(place, GEOLOCATION(1, 2), 'mi') < 5",
      "$0 FIELD POINT place\n"
      "$1 CONSTANT POINT (1, 2)\n"
      "$2 DISTANCE DOUBLE $0 $1\n"
      "$3 CONSTANT DOUBLE 5\n"
      "#0 0:contact COMPARE $2 < $3\n"
      "#1 0:contact COMPARE $2 >= $3\n"
      "= #0 #1\n" },
    { "BUCKET(100, 's') < 50",
      "$0 BUCKET EXACT 100 's'\n"
      "$1 CONSTANT EXACT 50\n"
      "#0 0:contact COMPARE $0 < $1\n"
      "#1 0:contact COMPARE $0 >= $1\n"
      "= #0 #1\n" },
    { "SAMPLE(12.5 PERCENT, 's')",
      "$0 CONSTANT EXACT 125000\n"
      "$1 BUCKET EXACT 1000000 's'\n"
      "#0 0:contact COMPARE $0 > $1\n"
      "#1 0:contact COMPARE $0 <= $1\n"
      "= #0 #1\n" },
    { "account.SAMPLE(10 PERCENT, 's')",
      "$0 CONSTANT EXACT 100000\n"
      "$1 BUCKET EXACT 1000000 's'\n"
      "#0 0:account COMPARE $0 > $1\n"
      "#1 0:account COMPARE $0 <= $1\n"
      "#2 1:contact VIA account #0\n"
      "#3 1:contact VIA account #1\n"
      "= #2 #3\n" },
};

static const example complements[] = {
    { "country = 'AU'",
      "#0 0:contact MATCH country 'AU'\n"
      "#1 0:contact MINUS #0\n"
      "= #0 #1\n" },
    { "country != 'AU'",
      "#0 0:contact MATCH country 'AU'\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "NOT (age < 30)",
      "#0 0:contact BETWEEN age - 29\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "age NOT IN (1, 2)",
      "#0 0:contact BETWEEN age 1 2\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "(age = 1) IS UNKNOWN",
      "#0 0:contact BETWEEN age 1 1\n"
      "#1 0:contact NOT BETWEEN age 1 1\n"
      "#2 0:contact OR #1 #0\n"
      "#3 0:contact MINUS #2\n"
      "= #3 #2\n" },
    { "(age != 1) IS UNKNOWN",
      "#0 0:contact BETWEEN age 1 1\n"
      "#1 0:contact MINUS #0\n"
      "#2 0:contact OR #1 #0\n"
      "#3 0:contact MINUS #2\n"
      "= #3 #2\n" },
    { "tags HAS NONE ('a')",
      "#0 0:contact HOLDS tags 1 0\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "NOT tags HAS NONE ('a')",
      "#0 0:contact HOLDS tags 1 0\n"
      "#1 0:contact MINUS #0\n"
      "= #0 #1\n" },
    { "tags EXCLUDES ('a')",
      "#0 0:contact HOLDS tags 1 0\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "seen != TODAY",
      "#0 0:contact BETWEEN seen 1795305600000000 1795391999999999\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "NOT active",
      "#0 0:contact BETWEEN active 1 +\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "country IS NOT EMPTY",
      "#0 0:contact MATCH country ''\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "age IS NOT NULL",
      "#0 0:contact VALID age\n"
      "#1 0:contact MINUS #0\n"
      "= #0 #1\n" },
    { "account.industry != 'x'",
      "#0 0:account MATCH industry 'x'\n"
      "#1 1:contact VIA account #0\n"
      "#2 1:contact MINUS #1\n"
      "= #2 #1\n" },
    { "NOT (age = NULL)",
      "#0 0:contact NONE\n"
      "#1 0:contact ROWS\n"
      "= #1 #0\n" },
    { "IF(age = 1 AND active, 2, 3) = age",
      "$0 FIELD EXACT age\n"
      "$1 CONSTANT EXACT 2\n"
      "$2 CONSTANT EXACT 3\n"
      "$3 SELECT EXACT #2 $1 $2\n"
      "#0 0:contact BETWEEN age 1 1\n"
      "#1 0:contact BETWEEN active 1 +\n"
      "#2 0:contact AND #0 #1\n"
      "#3 0:contact COMPARE $0 = $3\n"
      "#4 0:contact COMPARE $0 != $3\n"
      "= #3 #4\n" },
    { "IF(age = 1, 2, 3) = age",
      "$0 FIELD EXACT age\n"
      "$1 CONSTANT EXACT 2\n"
      "$2 CONSTANT EXACT 3\n"
      "$3 SELECT EXACT #0 $1 $2\n"
      "#0 0:contact BETWEEN age 1 1\n"
      "#1 0:contact COMPARE $0 = $3\n"
      "#2 0:contact MINUS #1\n"
      "= #1 #2\n" },
    { "SEGMENT('young')",
      "#0 0:contact BETWEEN age 18 +\n"
      "#1 0:contact MINUS #0\n"
      "= #1 #0\n" },
    { "NOT account.SAMPLE(10 PERCENT, 's')",
      "$0 CONSTANT EXACT 100000\n"
      "$1 BUCKET EXACT 1000000 's'\n"
      "#0 0:account COMPARE $0 > $1\n"
      "#1 1:contact VIA account #0\n"
      "#2 1:contact MINUS #1\n"
      "= #2 #1\n" },
};

static void check(const example *wanted, int32_t nulls)
{
    const co_question question = { "contact", wanted->text, nulls };
    char found[8192];

    co_plan_text_of(store, &co_noon, &question, 1, found, sizeof found);
    ck_assert_msg(strcmp(found, wanted->plan) == 0, "%s\nfound:\n%s\nwanted:\n%s", wanted->text, found, wanted->plan);
}

START_TEST(each_construct_becomes_its_steps) { check(&examples[_i], 0); }
END_TEST

START_TEST(complement_makes_leaves_two_valued) { check(&complements[_i], 1); }
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
    const co_question question = { "contact", "age > 30 AND NOT (account.industry = 'x' OR SEGMENT('grown'))", 0 };
    static const char *const texts[] = { "AND", "age > 30", "NOT", "OR", "account.industry = 'x'", "SEGMENT('grown')" };
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
    tcase_add_loop_test(steps, complement_makes_leaves_two_valued, 0, sizeof complements / sizeof *complements);
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

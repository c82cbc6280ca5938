/* Conditions on related rows, and the steps that each becomes; what does not bind, and why. */
#include "support/check_main.h"
#include "support/must.h"
#include "support/planning.h"
#include "support/shop.h"

static co_store *store;

static void open_shop(void)
{
    store = co_shop_new();
    co_crm_define(store, "customer", CO_DEFINED_TRAIT, "n_visits", "COUNT(visit)", 0);
    co_crm_define(store, "customer", CO_DEFINED_TRAIT, "latest", "LAST(visit.product)", 0);
    co_crm_define(store, "customer", CO_DEFINED_SEGMENT, "regular", "COUNT(visit) >= 3", 0);
    co_crm_define(store, "customer", CO_DEFINED_SEGMENT, "picky", "NOT EXISTS(visit WHERE page != 'x')", 1);
    co_crm_define(store, "order", CO_DEFINED_TRAIT, "n_lines", "COUNT(line)", 0);
}

static void close_shop(void)
{
    co_store_free(store);
}

typedef struct example {
    co_question question;
    const char *plan;
} example;

static const example plans[] = {
    { { "customer", "EXISTS(visit)", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 1 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "= #1 #2\n" },
    { { "customer", "NOT EXISTS(visit WHERE page = 'x')", 0 },
      "#0 0:visit MATCH page 'x'\n"
      "#1 0:customer REACHED 1 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "= #2 #1\n" },
    { { "customer", "EVERY(visit WHERE page = 'x' SATISFIES bounced)", 0 },
      "#0 0:visit MATCH page 'x'\n"
      "#1 0:visit BETWEEN bounced 1 +\n"
      "#2 0:visit MINUS #1\n"
      "#3 0:visit AND #2 #0\n"
      "#4 0:customer REACHED 1 visit VIA customer #3\n"
      "#5 0:customer MINUS #4\n"
      "= #5 #4\n" },
    { { "customer", "COUNT(visit) > 3", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 4 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "= #1 #2\n" },
    { { "customer", "COUNT(visit) <= 2.5", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 3 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "= #2 #1\n" },
    { { "customer", "COUNT(visit) = 2", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 2 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "#3 0:customer REACHED 3 visit VIA customer #0\n"
      "#4 0:customer MINUS #3\n"
      "#5 0:customer AND #1 #4\n"
      "#6 0:customer OR #3 #2\n"
      "= #5 #6\n" },
    { { "customer", "COUNT(visit) != 2.5", 0 },
      "#0 0:customer ROWS\n"
      "#1 0:customer NONE\n"
      "= #0 #1\n" },
    { { "customer", "COUNT(visit) != 0", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 1 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "= #1 #2\n" },
    { { "customer", "3 > COUNT(visit)", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 3 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "= #2 #1\n" },
    { { "customer", "COUNT(visit) < 1e1", 0 },
      "$0 FOLD EXACT COUNT visit VIA customer #0\n"
      "$1 CONSTANT DOUBLE 10\n"
      "$2 TO_DOUBLE DOUBLE $0\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer COMPARE $2 < $1\n"
      "#2 0:customer COMPARE $2 >= $1\n"
      "= #1 #2\n" },
    { { "customer", "COUNT(visit) = NULL", 0 },
      "#0 0:customer NONE\n"
      "= #0 #0\n" },
    { { "customer", "COUNT(visit) > 5000000000", 0 },
      "#0 0:customer NONE\n"
      "#1 0:customer ROWS\n"
      "= #0 #1\n" },
    { { "customer", "COUNT(visit) BETWEEN 1 AND 3", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 1 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "#3 0:customer REACHED 4 visit VIA customer #0\n"
      "#4 0:customer MINUS #3\n"
      "#5 0:customer AND #1 #4\n"
      "#6 0:customer OR #3 #2\n"
      "= #5 #6\n" },
    { { "customer", "COUNT(visit) IN (0, 3)", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 1 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "#3 0:customer REACHED 3 visit VIA customer #0\n"
      "#4 0:customer MINUS #3\n"
      "#5 0:customer REACHED 4 visit VIA customer #0\n"
      "#6 0:customer MINUS #5\n"
      "#7 0:customer AND #3 #6\n"
      "#8 0:customer OR #5 #4\n"
      "#9 0:customer OR #2 #7\n"
      "#10 0:customer AND #1 #8\n"
      "= #9 #10\n" },
    { { "customer", "COUNT(visit) >= -1", 0 },
      "#0 0:customer ROWS\n"
      "#1 0:customer NONE\n"
      "= #0 #1\n" },
    { { "customer", "COUNT(visit.page) >= 2", 0 },
      "#0 0:visit VALID page\n"
      "#1 0:customer REACHED 2 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "= #1 #2\n" },
    { { "customer", "COUNT(visit) > age", 0 },
      "$0 FOLD EXACT COUNT visit VIA customer #0\n"
      "$1 FIELD EXACT age\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer COMPARE $0 > $1\n"
      "#2 0:customer COMPARE $0 <= $1\n"
      "= #1 #2\n" },
    { { "customer", "COUNT(visit.page WHERE bounced) > age", 0 },
      "$0 FOLD EXACT COUNT visit VIA customer #2\n"
      "$1 FIELD EXACT age\n"
      "#0 0:visit BETWEEN bounced 1 +\n"
      "#1 0:visit VALID page\n"
      "#2 0:visit AND #1 #0\n"
      "#3 0:customer COMPARE $0 > $1\n"
      "#4 0:customer COMPARE $0 <= $1\n"
      "= #3 #4\n" },
    { { "customer", "EXISTS(visit WHERE at > customer.signup)", 0 },
      "$0 FIELD TIMESTAMP at\n"
      "$1 FIELD TIMESTAMP customer.signup\n"
      "#0 0:visit COMPARE $0 > $1\n"
      "#1 0:customer REACHED 1 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "= #1 #2\n" },
    { { "customer", "EXISTS(visit WHERE at > OUTER.signup AND customer.age > 3)", 0 },
      "$0 FIELD TIMESTAMP at\n"
      "$1 FIELD TIMESTAMP customer.signup\n"
      "#0 0:customer BETWEEN age 4 +\n"
      "#1 1:visit COMPARE $0 > $1\n"
      "#2 1:visit VIA customer #0\n"
      "#3 1:visit AND #2 #1\n"
      "#4 1:customer REACHED 1 visit VIA customer #3\n"
      "#5 1:customer MINUS #4\n"
      "= #4 #5\n" },
    { { "customer", "EXISTS(order WHERE EXISTS(line WHERE price > order.total AND OUTER.OUTER.age > 3))", 0 },
      "$0 FIELD EXACT(2) price\n"
      "$1 FIELD EXACT(2) order.total\n"
      "#0 0:customer BETWEEN age 4 +\n"
      "#1 1:line COMPARE $0 > $1\n"
      "#2 1:line VIA order.customer #0\n"
      "#3 1:line AND #2 #1\n"
      "#4 1:order REACHED 1 line VIA order #3\n"
      "#5 1:customer REACHED 1 order VIA customer #4\n"
      "#6 1:customer MINUS #5\n"
      "= #5 #6\n" },
    { { "customer", "EXISTS(order WHERE COUNT(line WHERE customer.age > quantity) > 2)", 0 },
      "$0 FIELD EXACT order.customer.age\n"
      "$1 FIELD EXACT quantity\n"
      "#0 0:line COMPARE $0 > $1\n"
      "#1 0:order REACHED 3 line VIA order #0\n"
      "#2 0:customer REACHED 1 order VIA customer #1\n"
      "#3 0:customer MINUS #2\n"
      "= #2 #3\n" },
    { { "customer", "EXISTS(order WHERE COUNT(line WHERE order.total > customer.account.revenue) > 2)", 0 },
      "$0 FIELD EXACT(2) total\n"
      "$1 FIELD EXACT customer.account.revenue\n"
      "$2 RESCALE EXACT(2) $1\n"
      "#0 0:order COMPARE $0 > $2\n"
      "#1 1:line VIA order #0\n"
      "#2 1:order REACHED 3 line VIA order #1\n"
      "#3 1:customer REACHED 1 order VIA customer #2\n"
      "#4 1:customer MINUS #3\n"
      "= #3 #4\n" },
    { { "customer", "EXISTS(order WHERE order.total > 3)", 0 },
      "#0 0:order BETWEEN total 301 +\n"
      "#1 0:customer REACHED 1 order VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "= #1 #2\n" },
    { { "customer", "COUNT(line) > 2", 0 },
      "#0 0:line ROWS\n"
      "#1 1:customer REACHED 3 line VIA order.customer ~0 #0\n"
      "#2 1:customer MINUS #1\n"
      "~0 line #0 TO order.customer\n"
      "= #1 #2\n" },
    { { "customer", "COUNT(line VIA order.customer WHERE quantity > 1) > 2", 0 },
      "#0 0:line BETWEEN quantity 2 +\n"
      "#1 1:customer REACHED 3 line VIA order.customer ~0 #0\n"
      "#2 1:customer MINUS #1\n"
      "~0 line #0 TO order.customer\n"
      "= #1 #2\n" },
    { { "customer", "COUNT(line VIA line.order.customer) > age", 0 },
      "$0 FOLD EXACT COUNT line VIA order.customer ~0 #0\n"
      "$1 FIELD EXACT age\n"
      "#0 0:line ROWS\n"
      "#1 1:customer COMPARE $0 > $1\n"
      "#2 1:customer COMPARE $0 <= $1\n"
      "~0 line #0 TO order.customer\n"
      "= #1 #2\n" },
    { { "customer", "SUM(line.quantity * line.product.cost) > 3", 0 },
      "$0 FIELD EXACT quantity\n"
      "$1 FIELD EXACT(2) product.cost\n"
      "$2 MULTIPLY EXACT(2) $0 $1\n"
      "$3 FOLD EXACT(2) SUM line VIA order.customer ~0 #0 $2\n"
      "$4 CONSTANT EXACT(2) 3.00\n"
      "#0 0:line ROWS\n"
      "#1 1:customer COMPARE $3 > $4\n"
      "#2 1:customer COMPARE $3 <= $4\n"
      "~0 line #0 TO order.customer\n"
      "= #1 #2\n" },
    { { "customer", "SUM(order.total * customer.age) > 3", 0 },
      "$0 FIELD EXACT(2) total\n"
      "$1 FIELD EXACT customer.age\n"
      "$2 MULTIPLY EXACT(2) $0 $1\n"
      "$3 FOLD EXACT(2) SUM order VIA customer #0 $2\n"
      "$4 CONSTANT EXACT(2) 3.00\n"
      "#0 0:order ROWS\n"
      "#1 0:customer COMPARE $3 > $4\n"
      "#2 0:customer COMPARE $3 <= $4\n"
      "= #1 #2\n" },
    { { "customer", "AVG(order.total) > 3", 0 },
      "$0 FIELD EXACT(2) total\n"
      "$1 FOLD DOUBLE AVG order VIA customer #0 $0\n"
      "$2 CONSTANT DOUBLE 3\n"
      "#0 0:order ROWS\n"
      "#1 0:customer COMPARE $1 > $2\n"
      "#2 0:customer COMPARE $1 <= $2\n"
      "= #1 #2\n" },
    { { "customer", "MIN(visit.at) > signup", 0 },
      "$0 FIELD TIMESTAMP at\n"
      "$1 FOLD TIMESTAMP MIN visit VIA customer #0 $0\n"
      "$2 FIELD TIMESTAMP signup\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer COMPARE $1 > $2\n"
      "#2 0:customer COMPARE $1 <= $2\n"
      "= #1 #2\n" },
    { { "customer", "MAX(visit.product) > 3", 0 },
      "$0 KEY EXACT product\n"
      "$1 FOLD EXACT MAX visit VIA customer #0 $0\n"
      "$2 CONSTANT EXACT 3\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer COMPARE $1 > $2\n"
      "#2 0:customer COMPARE $1 <= $2\n"
      "= #1 #2\n" },
    { { "customer", "LAST(visit.product) = 3", 0 },
      "$0 REFERENCE REFERENCE product\n"
      "$1 FOLD REFERENCE LAST visit VIA customer #0 $0\n"
      "$2 CONSTANT REFERENCE -1\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer COMPARE $1 = $2\n"
      "#2 0:customer COMPARE $1 != $2\n"
      "= #1 #2\n" },
    { { "customer", "LAST(visit.product) > 3", 0 },
      "$0 CONSTANT EXACT 3\n"
      "$1 KEY EXACT product\n"
      "$2 FOLD EXACT LAST visit VIA customer #0 $1\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer COMPARE $2 > $0\n"
      "#2 0:customer COMPARE $2 <= $0\n"
      "= #1 #2\n" },
    { { "customer", "LAST(visit.bounced)", 0 },
      "$0 FIELD BOOL bounced\n"
      "$1 FOLD BOOL LAST visit VIA customer #0 $0\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer TRUE $1\n"
      "#2 0:customer NOT TRUE $1\n"
      "= #1 #2\n" },
    { { "customer", "MODE(visit.page) LIKE 'x%'", 0 },
      "$0 FIELD TEXT page\n"
      "$1 FOLD TEXT MODE visit VIA customer #0 $0\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer TEXT ? $1\n"
      "#2 0:customer NOT TEXT ? $1\n"
      "= #1 #2\n" },
    { { "customer", "MEDIAN(order.total) > 3", 0 },
      "$0 FIELD EXACT(2) total\n"
      "$1 FOLD DOUBLE MEDIAN order VIA customer #0 $0\n"
      "$2 CONSTANT DOUBLE 3\n"
      "#0 0:order ROWS\n"
      "#1 0:customer COMPARE $1 > $2\n"
      "#2 0:customer COMPARE $1 <= $2\n"
      "= #1 #2\n" },
    { { "customer", "MEDIAN(order.placed) = '2020-01-01'", 0 },
      "$0 FIELD DATE placed\n"
      "$1 FOLD DATE MEDIAN order VIA customer #0 $0\n"
      "$2 CONSTANT DATE 2020-01-01\n"
      "#0 0:order ROWS\n"
      "#1 0:customer COMPARE $1 = $2\n"
      "#2 0:customer COMPARE $1 != $2\n"
      "= #1 #2\n" },
    { { "customer", "MAX_GAP(visit.at) > INTERVAL '3 days'", 0 },
      "$0 FIELD TIMESTAMP at\n"
      "$1 FOLD INTERVAL MAX_GAP visit VIA customer #0 $0\n"
      "$2 CONSTANT INTERVAL 3 days\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer COMPARE $1 > $2\n"
      "#2 0:customer COMPARE $1 <= $2\n"
      "= #1 #2\n" },
    { { "customer", "COUNT(DISTINCT DAY_ONLY(visit.at)) > 2", 0 },
      "$0 FIELD TIMESTAMP at\n"
      "$1 DAY_ONLY DATE $0\n"
      "$2 FOLD EXACT COUNT DISTINCT visit VIA customer #0 $1\n"
      "$3 CONSTANT EXACT 2\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer COMPARE $2 > $3\n"
      "#2 0:customer COMPARE $2 <= $3\n"
      "= #1 #2\n" },
    { { "customer", "COUNT(DISTINCT visit.product WHERE visit.page = 'x') > age", 0 },
      "$0 REFERENCE REFERENCE product\n"
      "$1 FOLD EXACT COUNT DISTINCT visit VIA customer #0 $0\n"
      "$2 FIELD EXACT age\n"
      "#0 0:visit MATCH page 'x'\n"
      "#1 0:customer COMPARE $1 > $2\n"
      "#2 0:customer COMPARE $1 <= $2\n"
      "= #1 #2\n" },
    { { "customer", "EXISTS(transfer VIA receiver WHERE amount > 3)", 0 },
      "#0 0:transfer BETWEEN amount 4613937818241073153 +\n"
      "#1 1:customer REACHED 1 transfer VIA receiver ~0 #0\n"
      "#2 1:customer MINUS #1\n"
      "~0 transfer #0 TO receiver\n"
      "= #1 #2\n" },
    { { "customer", "SUM(transfer.amount VIA sender) > 3 AND COUNT(transfer VIA receiver) > 1", 0 },
      "$0 FIELD DOUBLE amount\n"
      "$1 FOLD DOUBLE SUM transfer VIA sender #1 $0\n"
      "$2 CONSTANT DOUBLE 3\n"
      "#0 0:transfer ROWS\n"
      "#1 1:transfer ROWS\n"
      "#2 1:customer COMPARE $1 > $2\n"
      "#3 1:customer COMPARE $1 <= $2\n"
      "#4 1:customer REACHED 2 transfer VIA receiver ~0 #0\n"
      "#5 1:customer MINUS #4\n"
      "#6 1:customer AND #4 #2\n"
      "#7 1:customer OR #5 #3\n"
      "~0 transfer #0 TO receiver\n"
      "= #6 #7\n" },
    { { "customer", "account.EXISTS(customer)", 0 },
      "#0 0:customer ROWS\n"
      "#1 0:account REACHED 1 customer VIA account #0\n"
      "#2 0:account MINUS #1\n"
      "#3 1:customer VIA account #1\n"
      "#4 1:customer VIA account #2\n"
      "= #3 #4\n" },
    { { "customer", "account.COUNT(customer) > 3", 0 },
      "#0 0:customer ROWS\n"
      "#1 0:account REACHED 4 customer VIA account #0\n"
      "#2 0:account MINUS #1\n"
      "#3 1:customer VIA account #1\n"
      "#4 1:customer VIA account #2\n"
      "= #3 #4\n" },
    { { "customer", "account.COUNT(customer) + age > 3", 0 },
      "$0 FOLD EXACT COUNT customer VIA account #0\n"
      "$1 FAR EXACT account $0\n"
      "$2 FIELD EXACT age\n"
      "$3 ADD EXACT $1 $2\n"
      "$4 CONSTANT EXACT 3\n"
      "#0 0:customer ROWS\n"
      "#1 1:customer COMPARE $3 > $4\n"
      "#2 1:customer COMPARE $3 <= $4\n"
      "= #1 #2\n" },
    { { "customer", "account.AVG(customer.age) IS NULL", 0 },
      "$0 FIELD EXACT age\n"
      "$1 FOLD DOUBLE AVG customer VIA account #0 $0\n"
      "#0 0:customer ROWS\n"
      "#1 0:account HAS_VALUE $1\n"
      "#2 0:account MINUS #1\n"
      "#3 1:customer VIA account #2\n"
      "#4 1:customer VIA account #1\n"
      "#5 1:customer VIA_MISSING account\n"
      "#6 1:customer OR #3 #5\n"
      "= #6 #4\n" },
    { { "customer", "account.SUM(customer.age) > age", 0 },
      "$0 FIELD EXACT age\n"
      "$1 FOLD EXACT SUM customer VIA account #0 $0\n"
      "$2 FIELD EXACT age\n"
      "$3 FAR EXACT account $1\n"
      "#0 0:customer ROWS\n"
      "#1 1:customer COMPARE $2 < $3\n"
      "#2 1:customer COMPARE $2 >= $3\n"
      "= #1 #2\n" },
    { { "customer", "customer.EXISTS(visit)", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 1 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "= #1 #2\n" },
    { { "customer", "EXISTS(order WHERE n_lines > 2 AND customer.n_visits > 3)", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 4 visit VIA customer #0\n"
      "#2 1:line ROWS\n"
      "#3 1:order REACHED 3 line VIA order #2\n"
      "#4 1:order VIA customer #1\n"
      "#5 1:order AND #3 #4\n"
      "#6 1:customer REACHED 1 order VIA customer #5\n"
      "#7 1:customer MINUS #6\n"
      "= #6 #7\n" },
    { { "customer", "EXISTS(order WHERE customer.SEGMENT('regular'))", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 3 visit VIA customer #0\n"
      "#2 1:order VIA customer #1\n"
      "#3 1:customer REACHED 1 order VIA customer #2\n"
      "#4 1:customer MINUS #3\n"
      "= #3 #4\n" },
    { { "customer", "EXISTS(order WHERE customer.COUNT(visit) > 2)", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 3 visit VIA customer #0\n"
      "#2 1:order VIA customer #1\n"
      "#3 1:customer REACHED 1 order VIA customer #2\n"
      "#4 1:customer MINUS #3\n"
      "= #3 #4\n" },
    { { "customer", "EXISTS(visit WHERE OUTER.SEGMENT('regular'))", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 3 visit VIA customer #0\n"
      "#2 1:visit VIA customer #1\n"
      "#3 1:customer REACHED 1 visit VIA customer #2\n"
      "#4 1:customer MINUS #3\n"
      "= #3 #4\n" },
    { { "customer", "SEQUENCE(visit, click WITHIN 7 days; WITHIN 10 days SAME product)", 0 },
      "$0 REFERENCE REFERENCE product\n"
      "$1 REFERENCE REFERENCE product\n"
      "$2 CHAIN BOOL SEQUENCE visit VIA customer #0 $0, click VIA customer #1 $1 WITHIN 7 days; WITHIN 10 "
      "days\n"
      "#0 0:visit ROWS\n"
      "#1 0:click ROWS\n"
      "#2 0:customer TRUE $2\n"
      "#3 0:customer MINUS #2\n"
      "= #2 #3\n" },
    { { "customer", "SEQUENCE(visit WHERE page = 'x', NOT click WITHIN 3 days)", 0 },
      "$0 CHAIN BOOL SEQUENCE visit VIA customer #0, NOT click VIA customer #1 WITHIN 3 days\n"
      "#0 0:visit MATCH page 'x'\n"
      "#1 0:click ROWS\n"
      "#2 0:customer TRUE $0\n"
      "#3 0:customer MINUS #2\n"
      "= #2 #3\n" },
    { { "customer", "FUNNEL(visit, visit WHERE bounced, click) >= 2", 0 },
      "$0 CHAIN EXACT FUNNEL visit VIA customer #0, visit VIA customer #1, click VIA customer #2\n"
      "$1 CONSTANT EXACT 2\n"
      "#0 0:visit ROWS\n"
      "#1 0:visit BETWEEN bounced 1 +\n"
      "#2 0:click ROWS\n"
      "#3 0:customer COMPARE $0 >= $1\n"
      "#4 0:customer COMPARE $0 < $1\n"
      "= #3 #4\n" },
    { { "customer", "account.SEQUENCE(click VIA customer.account)", 0 },
      "$0 CHAIN BOOL SEQUENCE click VIA customer.account ~0 #0\n"
      "#0 0:click ROWS\n"
      "#1 1:account TRUE $0\n"
      "#2 1:account MINUS #1\n"
      "#3 2:customer VIA account #1\n"
      "#4 2:customer VIA account #2\n"
      "~0 click #0 TO customer.account\n"
      "= #3 #4\n" },
    { { "customer", "IF(EXISTS(visit), 5, 0) + account.revenue >= 3", 0 },
      "$0 CONSTANT EXACT 5\n"
      "$1 CONSTANT EXACT 0\n"
      "$2 SELECT EXACT #1 $0 $1\n"
      "$3 FIELD EXACT account.revenue\n"
      "$4 ADD EXACT $2 $3\n"
      "$5 CONSTANT EXACT 3\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 1 visit VIA customer #0\n"
      "#2 0:customer COMPARE $4 >= $5\n"
      "#3 0:customer COMPARE $4 < $5\n"
      "= #2 #3\n" },
    { { "account", "EXISTS(account VIA parent WHERE revenue > account.revenue)", 0 },
      "$0 FIELD EXACT revenue\n"
      "#0 0:account COMPARE $0 > $0\n"
      "#1 1:account REACHED 1 account VIA parent ~0 #0\n"
      "#2 1:account MINUS #1\n"
      "~0 account #0 TO parent\n"
      "= #1 #2\n" },
    { { "account", "EXISTS(account WHERE revenue > OUTER.revenue)", 0 },
      "$0 FIELD EXACT revenue\n"
      "$1 FIELD EXACT parent.revenue\n"
      "#0 0:account COMPARE $0 > $1\n"
      "#1 1:account REACHED 1 account VIA parent ~0 #0\n"
      "#2 1:account MINUS #1\n"
      "~0 account #0 TO parent\n"
      "= #1 #2\n" },
    { { "account", "SUM(account.revenue) > 3", 0 },
      "$0 FIELD EXACT revenue\n"
      "$1 FOLD EXACT SUM account VIA parent ~0 #0 $0\n"
      "$2 CONSTANT EXACT 3\n"
      "#0 0:account ROWS\n"
      "#1 1:account COMPARE $1 > $2\n"
      "#2 1:account COMPARE $1 <= $2\n"
      "~0 account #0 TO parent\n"
      "= #1 #2\n" },
    { { "account", "parent.SUM(account.revenue) > revenue", 0 },
      "$0 FIELD EXACT revenue\n"
      "$1 FOLD EXACT SUM account VIA parent ~0 #0 $0\n"
      "$2 FIELD EXACT revenue\n"
      "$3 FAR EXACT parent $1\n"
      "#0 0:account ROWS\n"
      "#1 2:account COMPARE $2 < $3\n"
      "#2 2:account COMPARE $2 >= $3\n"
      "~0 account #0 TO parent\n"
      "= #1 #2\n" },
    { { "account", "SEQUENCE(visit, click; STRICT)", 0 },
      "$0 CHAIN BOOL SEQUENCE visit VIA customer.account ~0 #0, click VIA customer.account ~1 #1; STRICT\n"
      "#0 0:visit ROWS\n"
      "#1 1:click ROWS\n"
      "#2 2:account TRUE $0\n"
      "#3 2:account MINUS #2\n"
      "~0 visit #0 TO customer.account\n"
      "~1 click #1 TO customer.account\n"
      "= #2 #3\n" },
    { { "account", "COUNT(visit) > 2 AND COUNT(visit) < 9 AND SUM(order.total) > 3", 0 },
      "$0 FIELD EXACT(2) total\n"
      "$1 FOLD EXACT(2) SUM order VIA customer.account ~0 #0 $0\n"
      "$2 CONSTANT EXACT(2) 3.00\n"
      "#0 0:order ROWS\n"
      "#1 1:visit ROWS\n"
      "#2 2:account REACHED 3 visit VIA customer.account ~1 #1\n"
      "#3 2:account MINUS #2\n"
      "#4 2:account REACHED 9 visit VIA customer.account ~1 #1\n"
      "#5 2:account MINUS #4\n"
      "#6 2:account COMPARE $1 > $2\n"
      "#7 2:account COMPARE $1 <= $2\n"
      "#8 2:account AND #2 #5 #6\n"
      "#9 2:account OR #4 #3 #7\n"
      "~0 order #0 TO customer.account\n"
      "~1 visit #1 TO customer.account\n"
      "= #8 #9\n" },
    { { "account", "EXISTS(customer WHERE EXISTS(order WHERE EXISTS(line)))", 0 },
      "#0 0:line ROWS\n"
      "#1 0:order REACHED 1 line VIA order #0\n"
      "#2 0:customer REACHED 1 order VIA customer #1\n"
      "#3 0:account REACHED 1 customer VIA account #2\n"
      "#4 0:account MINUS #3\n"
      "= #3 #4\n" },
    { { "order", "customer.n_visits > 3", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 4 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "#3 1:order VIA customer #1\n"
      "#4 1:order VIA customer #2\n"
      "= #3 #4\n" },
    { { "order", "customer.n_visits + total > 3", 0 },
      "$0 FOLD EXACT COUNT visit VIA customer #0\n"
      "$1 FAR EXACT customer $0\n"
      "$2 FIELD EXACT(2) total\n"
      "$3 RESCALE EXACT(2) $1\n"
      "$4 ADD EXACT(2) $3 $2\n"
      "$5 CONSTANT EXACT(2) 3.00\n"
      "#0 0:visit ROWS\n"
      "#1 1:order COMPARE $4 > $5\n"
      "#2 1:order COMPARE $4 <= $5\n"
      "= #1 #2\n" },
    { { "order", "customer.latest = 3", 0 },
      "$0 REFERENCE REFERENCE product\n"
      "$1 FOLD REFERENCE LAST visit VIA customer #0 $0\n"
      "$2 CONSTANT REFERENCE -1\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer COMPARE $1 = $2\n"
      "#2 0:customer COMPARE $1 != $2\n"
      "#3 1:order VIA customer #1\n"
      "#4 1:order VIA customer #2\n"
      "= #3 #4\n" },
    { { "order", "customer.latest > 3", 0 },
      "$0 CONSTANT EXACT 3\n"
      "$1 KEY EXACT product\n"
      "$2 FOLD EXACT LAST visit VIA customer #0 $1\n"
      "#0 0:visit ROWS\n"
      "#1 0:customer COMPARE $2 > $0\n"
      "#2 0:customer COMPARE $2 <= $0\n"
      "#3 1:order VIA customer #1\n"
      "#4 1:order VIA customer #2\n"
      "= #3 #4\n" },
    { { "order", "customer.SEGMENT('regular')", 0 },
      "#0 0:visit ROWS\n"
      "#1 0:customer REACHED 3 visit VIA customer #0\n"
      "#2 0:customer MINUS #1\n"
      "#3 1:order VIA customer #1\n"
      "#4 1:order VIA customer #2\n"
      "= #3 #4\n" },
    { { "order", "SUM(line.quantity WHERE product.cost > 3) > customer.age", 0 },
      "$0 FIELD EXACT quantity\n"
      "$1 FOLD EXACT SUM line VIA order #1 $0\n"
      "$2 FIELD EXACT customer.age\n"
      "#0 0:product BETWEEN cost 301 +\n"
      "#1 1:line VIA product #0\n"
      "#2 1:order COMPARE $1 > $2\n"
      "#3 1:order COMPARE $1 <= $2\n"
      "= #2 #3\n" },
    { { "line", "order.customer.n_visits > quantity", 0 },
      "$0 FOLD EXACT COUNT visit VIA customer #0\n"
      "$1 FAR EXACT order.customer $0\n"
      "$2 FIELD EXACT quantity\n"
      "#0 0:visit ROWS\n"
      "#1 1:line COMPARE $1 > $2\n"
      "#2 1:line COMPARE $1 <= $2\n"
      "= #1 #2\n" },
    { { "product", "SEQUENCE(visit, click; SAME customer)", 0 },
      "$0 REFERENCE REFERENCE customer\n"
      "$1 REFERENCE REFERENCE customer\n"
      "$2 CHAIN BOOL SEQUENCE visit VIA product ~0 #0 $0, click VIA product ~1 #1 $1\n"
      "#0 0:visit ROWS\n"
      "#1 1:click ROWS\n"
      "#2 2:product TRUE $2\n"
      "#3 2:product MINUS #2\n"
      "~0 visit #0 TO product\n"
      "~1 click #1 TO product\n"
      "= #2 #3\n" },
    { { "customer", "NOT EXISTS(visit WHERE page != 'x' AND NOT (bounced OR page = 'y'))", 1 },
      "#0 0:visit MATCH page 'x'\n"
      "#1 0:visit MINUS #0\n"
      "#2 0:visit BETWEEN bounced 1 +\n"
      "#3 0:visit MINUS #2\n"
      "#4 0:visit MATCH page 'y'\n"
      "#5 0:visit MINUS #4\n"
      "#6 0:visit AND #3 #5\n"
      "#7 0:visit AND #1 #6\n"
      "#8 0:customer REACHED 1 visit VIA customer #7\n"
      "#9 0:customer MINUS #8\n"
      "= #9 #8\n" },
    { { "customer", "NOT AVG(order.total WHERE total > 3 AND placed != '2020-01-01') > 3", 1 },
      "$0 FIELD EXACT(2) total\n"
      "$1 FOLD DOUBLE AVG order VIA customer #3 $0\n"
      "$2 CONSTANT DOUBLE 3\n"
      "#0 0:order BETWEEN total 301 +\n"
      "#1 0:order BETWEEN placed 18262 18262\n"
      "#2 0:order MINUS #1\n"
      "#3 0:order AND #0 #2\n"
      "#4 0:customer COMPARE $1 > $2\n"
      "#5 0:customer MINUS #4\n"
      "= #5 #4\n" },
    { { "customer", "EXISTS(visit WHERE OUTER.SEGMENT('picky'))", 0 },
      "#0 0:visit MATCH page 'x'\n"
      "#1 0:visit MINUS #0\n"
      "#2 0:customer REACHED 1 visit VIA customer #1\n"
      "#3 0:customer MINUS #2\n"
      "#4 1:visit VIA customer #3\n"
      "#5 1:customer REACHED 1 visit VIA customer #4\n"
      "#6 1:customer MINUS #5\n"
      "= #5 #6\n" },
};

static const example refusals[] = {
    { { "customer", "EXISTS(vist)", 0 }, "COHORT_NOT_FOUND@7 unknown object 'vist', did you mean 'visit'?" },
    { { "customer", "EXISTS(product)", 0 },
      "COHORT_NOT_FOUND@7 no reference leads from product to customer" },
    { { "customer", "EXISTS(transfer)", 0 },
      "COHORT_AMBIGUOUS@7 several references lead from transfer to customer: VIA sender, VIA receiver" },
    { { "customer", "COUNT(visit VIA page) > 1", 0 },
      "COHORT_TYPE@16 'page' is no reference, so nothing can follow it" },
    { { "customer", "COUNT( visit  VIA product) > 1", 0 },
      "COHORT_TYPE@18 this leads to product, not to customer" },
    { { "customer", "COUNT(visit VIA visit) > 1", 0 },
      "COHORT_TYPE@16 VIA takes a reference, or several joined by dots" },
    { { "customer", "SUM((order.total) VIA order.cust) > 1", 0 },
      "COHORT_NOT_FOUND@28 unknown field 'cust' of order" },
    { { "customer", "SUM(age) > 3", 0 },
      "COHORT_TYPE@4 an aggregate takes a value of an object's rows, as in SUM(purchase.amount)" },
    { { "customer", "SUM(ordr.total) > 3", 0 },
      "COHORT_NOT_FOUND@4 unknown object 'ordr', did you mean 'order'?" },
    { { "customer", "SUM(order.total * visit.x) > 3", 0 },
      "COHORT_TYPE@4 this names both order and visit; an aggregate takes the rows of one object" },
    { { "customer", "SUM(customer.age) > 3", 0 },
      "COHORT_NOT_FOUND@4 no reference leads from customer to customer" },
    { { "customer", "AVG(order.total * age) > 3", 0 }, "COHORT_NOT_FOUND@18 unknown field 'age' of order" },
    { { "customer", "AVG(SUM(line.price)) > 3", 0 },
      "COHORT_TYPE@4 aggregates do not stand inside another's value; define this one as a trait and name "
      "that" },
    { { "customer", "SUM(order.total + COUNT(line)) > 3", 0 },
      "COHORT_TYPE@18 aggregates do not stand inside another's value; define this one as a trait and name "
      "that" },
    { { "customer", "SUM(visit.page) > 3", 0 }, "COHORT_TYPE@4 a number was wanted, this is text" },
    { { "customer", "SUM(visit.at) > 3", 0 }, "COHORT_TYPE@4 a number was wanted, this is a timestamp" },
    { { "customer", "MEDIAN(visit.page) > 3", 0 },
      "COHORT_TYPE@7 a number, a date or a timestamp was wanted, this is text" },
    { { "customer", "MEDIAN(visit.bounced) > 3", 0 },
      "COHORT_TYPE@7 a number, a date or a timestamp was wanted, this is true or false" },
    { { "customer", "MEDIAN(visit.tags) > 3", 0 },
      "COHORT_TYPE@7 a number, a date or a timestamp was wanted, this is a set" },
    { { "customer", "MAX_GAP(order.total) > INTERVAL '3 days'", 0 },
      "COHORT_TYPE@8 a date or timestamp was wanted, this is a decimal number" },
    { { "customer", "FIRST(order.total) > 3", 0 },
      "COHORT_TYPE@0 FIRST and LAST go by event time, and order has none" },
    { { "customer", "LAST(visit.tags) HAS 'x'", 0 },
      "COHORT_TYPE@5 a single value was wanted, this is a set" },
    { { "customer", "LAST(visit.product) = account", 0 },
      "COHORT_TYPE@20 references to different objects do not compare" },
    { { "customer", "COUNT(DISTINCT visit.tags) > 3", 0 },
      "COHORT_TYPE@15 a single value was wanted, this is a set" },
    { { "customer", "COUNT(DISTINCT page) > 3", 0 },
      "COHORT_TYPE@15 an aggregate takes a value of an object's rows, as in SUM(purchase.amount)" },
    { { "customer", "MIN(visit.bounced)", 0 },
      "COHORT_TYPE@4 a number, a time or text was wanted, this is true or false" },
    { { "customer", "SEQUENCE(order, visit)", 0 },
      "COHORT_TYPE@9 a chain goes by event time, and order has none" },
    { { "customer", "SEQUENCE(visit, transfer VIA sender)", 0 },
      "COHORT_TYPE@16 a chain goes by event time, and transfer has none" },
    { { "customer", "SEQUENCE(visit, click; SAME page)", 0 },
      "COHORT_TYPE@16 SAME wants 'page' to be of one type in every step: here it is a whole number, before "
      "text" },
    { { "customer", "SEQUENCE(visit, NOT click, visit; SAME nowhere)", 0 },
      "COHORT_NOT_FOUND@9 unknown field 'nowhere' of visit" },
    { { "customer", "SEQUENCE(visit; SAME tags)", 0 },
      "COHORT_TYPE@9 SAME wants 'tags' to be of one type in every step: here it is a set" },
    { { "customer", "SEQUENCE(visit, NOT cick)", 0 },
      "COHORT_NOT_FOUND@20 unknown object 'cick', did you mean 'click'?" },
    { { "customer", "EXISTS(visit WHERE OUTER.OUTER.age > 3)", 0 },
      "COHORT_NOT_FOUND@25 OUTER has no meaning here: no record encloses this one" },
    { { "customer", "OUTER.COUNT(visit) > 3", 0 },
      "COHORT_NOT_FOUND@0 OUTER has no meaning here: no record encloses this one" },
    { { "customer", "EXISTS(visit WHERE pge = 'x')", 0 },
      "COHORT_NOT_FOUND@19 unknown field 'pge' of visit, did you mean 'page'?" },
    { { "customer", "EXISTS(visit WHERE age > 3)", 0 },
      "COHORT_NOT_FOUND@19 unknown field 'age' of visit, did you mean 'page'?" },
    { { "customer", "account.EXISTS(customer WHERE age > customer.age AND OUTER.age > 3)", 0 },
      "COHORT_NOT_FOUND@59 unknown field 'age' of account" },
    { { "customer", "account.EXISTS(customer WHERE OUTER.OUTER.age > 3)", 0 },
      "COHORT_NOT_FOUND@36 OUTER has no meaning here: no record encloses this one" },
    { { "customer", "COUNT(visit)", 0 }, "COHORT_TYPE@0 a condition was wanted, this is a whole number" },
    { { "customer", "COUNT(visit) = 'x'", 0 }, "COHORT_PARSE@15 'x' is not a number" },
    { { "customer", "EXISTS(visit) > 3", 0 },
      "COHORT_TYPE@16 true or false does not compare with a number; write '3'" },
    { { "product", "EXISTS(customer)", 0 },
      "COHORT_NOT_FOUND@7 no reference leads from customer to product" },
    { { "account", "COUNT(transfer VIA sender) > 1", 0 },
      "COHORT_TYPE@19 this leads to customer, not to account" },
};

static void check(const example *wanted)
{
    char found[4000];

    co_plan_text_of(store, &co_noon, &wanted->question, 1, found, sizeof found);
    ck_assert_str_eq(found, wanted->plan);
}

START_TEST(related_rows_become_sets_and_folds_of_child_rows)
{
    check(&plans[_i]);
}
END_TEST

START_TEST(what_does_not_bind_says_why_and_where)
{
    check(&refusals[_i]);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("relations");
    TCase *shop = tcase_create("shop");

    tcase_add_checked_fixture(shop, open_shop, close_shop);
    tcase_add_loop_test(shop, related_rows_become_sets_and_folds_of_child_rows, 0,
                        (int)(sizeof plans / sizeof *plans));
    tcase_add_loop_test(shop, what_does_not_bind_says_why_and_where, 0,
                        (int)(sizeof refusals / sizeof *refusals));
    suite_add_tcase(suite, shop);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/*
 * What people did and in which order, one case at a time: a history, a condition
 * on it, and whether it holds. As an outsider would try it, through the public
 * functions alone. Every history is of a contact of its own, all in one store,
 * its events brought by one commit each, in the order they are written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohort.h"
#include "support/check_main.h"
#include "support/must.h"

typedef struct story {
    const char *history; /* "object field=value field=value; …" */
    const char *condition;
    char holds; /* t, f, u; e: refused */
} story;

#define AS_OF "2026-11-22 12:00"

/* view, cart, buy: events; meet, pay: of dates; memo: events that live with an account; item: has no time. */
static const story stories[] = {
    /* COUNT(DISTINCT) */
    { "", "COUNT(DISTINCT sale.n) = 0", 't' },
    { "sale n=1; sale n=2; sale n=2; sale", "COUNT(DISTINCT sale.n) = 2", 't' },
    { "sale s=a; sale s=A; sale s=; sale", "COUNT(DISTINCT sale.s) = 3", 't' },
    { "sale c=a; sale c=A; sale c=b", "COUNT(DISTINCT sale.c) = 2", 't' },
    { "sale s=a; sale s=A; sale s=b", "COUNT(DISTINCT LOWER(sale.s)) = 2", 't' },
    { "sale x=0; sale x=-0; sale x=1", "COUNT(DISTINCT sale.x) = 2", 't' },
    { "sale d=1.10; sale d=1.1; sale d=-1.10", "COUNT(DISTINCT sale.d) = 2", 't' },
    { "sale n=9223372036854775807; sale n=9223372036854775807; sale n=2",
      "COUNT(DISTINCT sale.n * sale.n) = 2", 't' },
    { "sale at=2026-11-01T10:00; sale at=2026-11-01T23:00; sale at=2026-11-02",
      "COUNT(DISTINCT DAY_ONLY(sale.at)) = 2", 't' },
    { "sale at=2026-11-01; sale at=2026-11-03; sale at=2026-11-05", "COUNT(DISTINCT NOW() - sale.at) = 3",
      't' },
    { "sale n=1 s=a; sale n=2 s=b; sale n=3 s=b", "COUNT(DISTINCT sale.n WHERE s = 'b') = 2", 't' },
    { "sale n=1; sale n=2", "COUNT(DISTINCT sale.contact) = 1", 't' },
    { "item n=1; item n=1", "COUNT(DISTINCT item.n) = 1", 't' },
    /* MEDIAN */
    { "", "MEDIAN(sale.n) IS NULL", 't' },
    { "sale; sale", "MEDIAN(sale.n) IS NULL", 't' },
    { "sale n=5", "MEDIAN(sale.n) = 5", 't' },
    { "sale n=2; sale; sale n=1", "MEDIAN(sale.n) = 1.5", 't' },
    { "sale n=9; sale n=1; sale n=2", "MEDIAN(sale.n) = 2", 't' },
    { "sale n=9; sale n=1; sale n=2; sale n=4", "MEDIAN(sale.n) = 3", 't' },
    { "sale d=0.01; sale d=0.02", "MEDIAN(sale.d) = 0.015e0", 't' },
    { "sale n=9223372036854775807; sale n=9223372036854775807", "MEDIAN(sale.n) = 9223372036854775807e0",
      't' },
    { "sale n=9223372036854775807; sale n=-9223372036854775807; sale n=3",
      "MEDIAN(sale.n * sale.n) = 8.507059173023462e37", 't' },
    { "sale x=1.5; sale x=2", "MEDIAN(sale.x) = 1.75", 't' },
    { "item x=1e308 n=1; item x=1.5e308 n=1", "MEDIAN(item.x) = 1.25e308", 't' },
    { "sale x=-0.5; sale x=-2; sale x=8", "MEDIAN(sale.x) = -0.5", 't' },
    { "sale day=2026-01-05; sale day=2026-01-01", "MEDIAN(sale.day) = '2026-01-01'", 't' },
    { "sale at=2026-01-05T10:00; sale at=2026-01-05T11:00; sale at=2026-01-05T12:00; sale "
      "at=2026-01-05T13:00",
      "MEDIAN(sale.at) = '2026-01-05 11:00'", 't' },
    { "", "MEDIAN(sale.s) = 'a'", 'e' },
    { "", "MEDIAN(sale.contact) = 1", 'e' },
    { "", "MEDIAN(sale.b)", 'e' },
    /* MODE */
    { "", "MODE(sale.n) IS NULL", 't' },
    { "sale", "MODE(sale.n) IS NULL", 't' },
    { "sale n=1; sale n=1; sale n=2; sale; sale; sale", "MODE(sale.n) = 1", 't' },
    { "sale n=1 at=2026-01-02; sale n=2 at=2026-01-01", "MODE(sale.n) = 1", 't' },
    { "sale n=1 at=2026-01-01; sale n=2 at=2026-01-01", "MODE(sale.n) = 2", 't' },
    { "sale n=2 at=2026-01-01; sale n=1 at=2026-01-01", "MODE(sale.n) = 1", 't' },
    { "sale n=1; sale n=2 at=2026-11-22", "MODE(sale.n) = 1", 't' },
    { "sale n=1; sale n=2 at=2026-11-22; sale n=2 at=2026-11-21", "MODE(sale.n) = 2", 't' },
    { "sale n=1 at=2026-01-01; sale n=2 at=2026-01-03; sale n=1 at=2026-01-02; sale n=2 at=2025-01-01",
      "MODE(sale.n) = 2", 't' },
    { "sale s=a; sale s=b; sale s=b", "MODE(sale.s) = 'b'", 't' },
    { "sale c=Red; sale c=blue; sale c=red", "MODE(sale.c) = 'RED'", 't' },
    { "sale c=Red; sale c=blue; sale c=red; sale c=BLUE", "CONCAT(MODE(sale.c)) = 'BLUE'", 't' },
    { "sale s=A; sale s=b; sale s=a", "MODE(LOWER(sale.s)) = 'a'", 't' },
    { "sale c=A; sale c=b; sale c=a", "LENGTH(MODE(CONCAT(sale.c, 'x'))) = 2", 't' },
    { "sale x=0; sale x=-0; sale x=1", "MODE(sale.x) = 0", 't' },
    { "sale d=1.25; sale d=1.25; sale d=3", "MODE(sale.d) = 1.25", 't' },
    { "sale n=9223372036854775807; sale n=9223372036854775807; sale n=3",
      "MODE(sale.n * sale.n) = 9223372036854775807 * 9223372036854775807", 't' },
    { "sale b=true; sale b=true; sale b=false", "MODE(sale.b)", 't' },
    { "sale b=true", "NOT MODE(sale.b)", 'f' },
    { "", "MODE(sale.b)", 'u' },
    { "", "MODE(sale.n)", 'e' },
    { "sale day=2026-01-05; sale day=2026-01-05; sale day=2026-01-01", "MODE(sale.day) = '2026-01-05'", 't' },
    { "sale at=2026-11-21; sale at=2026-11-21; sale at=2026-11-20",
      "MODE(NOW() - sale.at) = INTERVAL '1 day 12 hours'", 't' },
    { "item n=1; item n=2", "MODE(item.n) = 2", 't' },
    { "item n=2; item n=1; item n=2; item n=1", "MODE(item.n) = 1", 't' },
    /* FIRST and LAST */
    { "", "FIRST(sale.n) IS NULL", 't' },
    { "sale n=1 at=2026-01-02; sale n=2 at=2026-01-01", "FIRST(sale.n) = 2 AND LAST(sale.n) = 1", 't' },
    { "sale n=1 at=2026-01-01; sale n=2 at=2026-01-01", "FIRST(sale.n) = 1 AND LAST(sale.n) = 2", 't' },
    { "sale n=1 at=2026-01-01; sale n=2 at=2026-01-01; sale at=2026-01-01", "LAST(sale.n) IS NULL", 't' },
    { "sale at=2026-01-01; sale n=2 at=2026-01-02", "FIRST(sale.n) IS NULL", 't' },
    { "sale n=1; sale n=2 at=2026-01-02; sale n=3", "FIRST(sale.n) = 2 AND LAST(sale.n) = 2", 't' },
    { "sale n=1", "LAST(sale.n) IS NULL AND COUNT(sale) = 1", 't' },
    { "sale n=1 at=2026-11-22T12:00; sale n=2 at=2026-11-22T12:01", "LAST(sale.n) = 1", 't' },
    { "sale n=1 at=2026-01-01; sale n=2 at=2026-01-02; sale n=3 at=2026-01-03",
      "LAST(sale.n WHERE n < 3) = 2", 't' },
    { "sale s=abc at=2026-01-01; sale s=z at=2026-01-02", "LAST(sale.s) = 'z' AND FIRST(sale.s) = 'abc'",
      't' },
    { "sale s=abc at=2026-01-01; sale s=xyzw at=2026-01-02; sale s=z at=2026-01-03",
      "LAST(CONCAT(sale.s, '!')) = 'z!' AND FIRST(UPPER(sale.s)) = 'ABC'", 't' },
    { "sale s= at=2026-01-01", "LAST(LOWER(sale.s)) = ''", 't' },
    { "sale d=1.10 at=2026-01-01; sale d=2.5 at=2026-01-02", "LAST(sale.d) - FIRST(sale.d) = 1.4", 't' },
    { "sale x=1 at=2026-01-01; sale x=2 at=2026-01-02", "LAST(sale.x) / 2 = FIRST(sale.x)", 't' },
    { "sale day=2026-01-05 at=2026-01-01", "LAST(sale.day) = '2026-01-05'", 't' },
    { "sale n=9223372036854775807 at=2026-01-01", "LAST(sale.n * sale.n) > 9223372036854775807", 't' },
    { "meet on=2026-01-02; meet on=2026-01-01", "LAST(meet.on) = '2026-01-02'", 't' },
    { "meet on=2026-11-22; meet on=2026-11-23", "LAST(meet.on) = '2026-11-22'", 't' },
    { "", "FIRST(item.n) = 1", 'e' },
    /* gaps */
    { "", "MAX_GAP(sale.at) IS NULL", 't' },
    { "sale at=2026-01-01; sale", "AVG_GAP(sale.at) IS NULL", 't' },
    { "sale at=2026-01-01; sale at=2026-01-01", "MAX_GAP(sale.at) = INTERVAL '0 days'", 't' },
    { "sale at=2026-01-11; sale at=2026-01-01; sale at=2026-01-04", "MAX_GAP(sale.at) = '7 days'", 't' },
    { "sale at=2026-01-11; sale at=2026-01-01; sale at=2026-01-04", "AVG_GAP(sale.at) = '5 days'", 't' },
    { "sale day=2026-01-11 at=2026-02-01; sale day=2026-01-01 at=2026-02-01; sale at=2026-02-01; sale "
      "day=2026-01-04 at=2026-02-01",
      "MAX_GAP(sale.day) = '7 days'", 't' },
    { "sale day=2026-01-11 at=2026-02-01; sale day=2026-01-01 at=2026-02-01; sale day=2026-01-01 "
      "at=2026-02-01; sale day=2026-01-04 at=2026-02-01",
      "AVG_GAP(sale.day) = INTERVAL 3 DAYS 8 HOURS", 't' },
    { "sale at=2026-01-01T00:00:00; sale at=2026-01-01T00:00:00.000001; sale at=2026-01-01T00:00:00.000002; "
      "sale "
      "at=2026-01-01T00:00:00.000005",
      "AVG_GAP(sale.at) = INTERVAL '1 microsecond'", 't' },
    { "sale at=2026-01-01", "MAX_GAP(sale.at) > INTERVAL '1 day'", 'u' },
    { "sale day=2026-01-11 at=2026-02-01; sale day=2026-01-01; sale day=2026-01-04 at=2026-02-01",
      "MAX_GAP(sale.day) = '7 days'", 't' },
    { "item day=2026-01-11; item day=2026-01-01; item day=2026-01-04", "MAX_GAP(item.day) = '7 days'", 't' },
    { "", "MAX_GAP(sale.n) > INTERVAL '1 day'", 'e' },
    /* sums of doubles go by (time, arrival), those without time last */
    { "", "SUM(sale.x) = 0 AND AVG(sale.x) IS NULL", 't' },
    { "sale", "SUM(sale.x) = 0 AND AVG(sale.x) IS NULL", 't' },
    { "sale x=1 at=2026-01-03; sale x=1e16 at=2026-01-01; sale x=-1e16 at=2026-01-02", "SUM(sale.x) = 1",
      't' },
    { "sale x=1 at=2026-01-01; sale x=1e16 at=2026-01-02; sale x=-1e16 at=2026-01-03", "SUM(sale.x) = 0",
      't' },
    { "sale x=1; sale x=1e16 at=2026-01-02; sale x=-1e16 at=2026-01-03", "SUM(sale.x) = 1", 't' },
    { "sale x=1; sale x=1e16; sale x=-1e16", "SUM(sale.x) = 0", 't' },
    { "sale x=1 at=2026-01-03; sale x=1e16 at=2026-01-01; sale x=-1e16 at=2026-01-02; sale at=2026-01-02",
      "AVG(sale.x) = 1e0 / 3", 't' },
    { "sale x=1.5; sale x=2.5", "AVG(sale.x) = 2", 't' },
    { "item x=1; item x=1e16; item x=-1e16", "SUM(item.x WHERE n IS NULL) = 0", 't' },
    { "item x=1e16; item x=-1e16; item x=1", "SUM(item.x WHERE n IS NULL) = 1", 't' },
    { "", "SUM(item.x) = 0", 'e' },
    /* order: within one object by (time, arrival), between objects strictly later */
    { "view at=2026-01-01; cart at=2026-01-02", "SEQUENCE(view, cart)", 't' },
    { "view at=2026-01-01; cart at=2026-01-02", "SEQUENCE(cart, view)", 'f' },
    { "view at=2026-01-01; cart at=2026-01-01", "SEQUENCE(view, cart)", 'f' },
    { "cart at=2026-01-01; view at=2026-01-01", "SEQUENCE(view, cart)", 'f' },
    { "view at=2026-01-01; view at=2026-01-01", "SEQUENCE(view, view)", 't' },
    { "view at=2026-01-01; view at=2026-01-01", "SEQUENCE(view, view; STRICT)", 'f' },
    { "view at=2026-01-01; view at=2026-01-01", "SEQUENCE(view, view, view)", 'f' },
    { "view at=2026-01-01 p=A; view at=2026-01-01 p=B", "SEQUENCE(view WHERE p = 'A', view WHERE p = 'B')",
      't' },
    { "view at=2026-01-01 p=B; view at=2026-01-01 p=A", "SEQUENCE(view WHERE p = 'A', view WHERE p = 'B')",
      'f' },
    { "view at=2026-01-02 p=B; view at=2026-01-01 p=A", "SEQUENCE(view WHERE p = 'A', view WHERE p = 'B')",
      't' },
    { "view at=2026-01-01", "SEQUENCE(view WHERE p IS NULL, view WHERE at IS NOT NULL)", 'f' },
    { "view", "SEQUENCE(view)", 'f' },
    { "view; cart at=2026-01-01", "SEQUENCE(view, cart)", 'f' },
    { "", "SEQUENCE(view)", 'f' },
    { "view at=2026-01-01; cart at=2026-12-01", "SEQUENCE(view, cart)", 'f' },
    { "", "NOT SEQUENCE(view)", 't' },
    { "", "SEQUENCE(item)", 'e' },
    /* windows include both ends */
    { "view at=2026-01-01; cart at=2026-01-08", "SEQUENCE(view, cart WITHIN 7 days)", 't' },
    { "view at=2026-01-01; cart at=2026-01-08T00:00:00.000001", "SEQUENCE(view, cart WITHIN 7 days)", 'f' },
    { "view at=2026-01-01; view at=2026-01-08; cart at=2026-01-09; buy at=2026-01-10",
      "SEQUENCE(view, cart WITHIN 7 days, buy WITHIN 1 day; WITHIN 10 days)", 't' },
    { "view at=2026-01-01; cart at=2026-01-08; cart at=2026-01-10; buy at=2026-01-11",
      "SEQUENCE(view, cart WITHIN 7 days, buy WITHIN 1 day; WITHIN 10 days)", 'f' },
    { "view at=2026-01-01; cart at=2026-01-06; buy at=2026-01-11",
      "SEQUENCE(view, cart, buy; WITHIN 10 days)", 't' },
    { "view at=2026-01-01; cart at=2026-01-06; buy at=2026-01-11T00:01",
      "SEQUENCE(view, cart, buy; WITHIN 10 days)", 'f' },
    /* a greedy search would take the first of each: only the second cart is soon enough before the purchase */
    { "view at=2026-01-01; cart at=2026-01-02; cart at=2026-01-06; buy at=2026-01-07",
      "SEQUENCE(view, cart, buy WITHIN 1 day)", 't' },
    { "view at=2026-01-31; cart at=2026-02-28", "SEQUENCE(view, cart WITHIN 1 month)", 't' },
    { "view at=2026-01-31; cart at=2026-02-28T00:00:01", "SEQUENCE(view, cart WITHIN 1 month)", 'f' },
    { "view at=2026-01-30T23:00; view at=2026-01-31T01:00; cart at=2026-02-28T12:00",
      "SEQUENCE(view, cart WITHIN 1 month)", 't' },
    { "view at=2026-01-30T23:00; view at=2026-01-31T01:00; cart at=2026-02-28T12:00",
      "SEQUENCE(view, cart WITHIN 1 month; WITHIN 28 days)", 'f' },
    { "", "SEQUENCE(view WITHIN 1 day, cart)", 'e' },
    /* NOT between */
    { "view at=2026-01-01; buy at=2026-01-02; cart at=2026-01-03", "SEQUENCE(view, NOT buy, cart)", 'f' },
    { "view at=2026-01-01; buy at=2026-01-02; view at=2026-01-03; cart at=2026-01-04",
      "SEQUENCE(view, NOT buy, cart)", 't' },
    { "view at=2026-01-01; buy at=2026-01-01; cart at=2026-01-03", "SEQUENCE(view, NOT buy, cart)", 't' },
    { "view at=2026-01-01; buy at=2026-01-03; cart at=2026-01-03", "SEQUENCE(view, NOT buy, cart)", 't' },
    { "view at=2026-01-01 p=A; view at=2026-01-01 p=B; cart at=2026-01-03",
      "SEQUENCE(view WHERE p = 'A', NOT view WHERE p = 'B', cart)", 'f' },
    { "view at=2026-01-01 p=A; view at=2026-01-01 p=B; cart at=2026-01-03",
      "SEQUENCE(view WHERE p = 'A', NOT view WHERE p = 'B', cart; STRICT)", 't' },
    { "view at=2026-01-01 p=A; view at=2026-01-02 p=B; cart at=2026-01-03",
      "SEQUENCE(view WHERE p = 'A', NOT view WHERE p = 'B', cart; STRICT)", 'f' },
    { "view at=2026-01-01; view at=2026-01-02; cart at=2026-01-03", "SEQUENCE(view, NOT view, view, cart)",
      't' },
    { "view at=2026-01-01; buy at=2026-01-02; meet on=2026-01-02; cart at=2026-01-03",
      "SEQUENCE(view, NOT buy WHERE p = 'A', NOT meet, cart)", 'f' },
    { "view at=2026-01-01; buy at=2026-01-02; cart at=2026-01-03",
      "SEQUENCE(view, NOT buy WHERE p = 'A', cart)", 't' },
    { "view at=2026-01-01; buy; cart at=2026-01-03", "SEQUENCE(view, NOT buy, cart)", 't' },
    { "", "SEQUENCE(view, NOT buy WITHIN 1 day, cart)", 'e' },
    { "", "SEQUENCE(NOT buy, view)", 'e' },
    { "", "SEQUENCE(NOT buy)", 'e' },
    /* trailing NOT */
    { "cart at=2026-11-10", "SEQUENCE(cart, NOT buy WITHIN 3 days)", 't' },
    { "cart at=2026-11-10; buy at=2026-11-12", "SEQUENCE(cart, NOT buy WITHIN 3 days)", 'f' },
    { "cart at=2026-11-10; buy at=2026-11-13", "SEQUENCE(cart, NOT buy WITHIN 3 days)", 'f' },
    { "cart at=2026-11-10; buy at=2026-11-13T00:01", "SEQUENCE(cart, NOT buy WITHIN 3 days)", 't' },
    { "cart at=2026-11-10; buy at=2026-11-10", "SEQUENCE(cart, NOT buy WITHIN 3 days)", 't' },
    { "cart at=2026-11-10", "SEQUENCE(cart, NOT buy WITHIN 12 days 12 hours)", 't' },
    { "cart at=2026-11-10", "SEQUENCE(cart, NOT buy WITHIN 12 days 12 hours 1 microsecond)", 'f' },
    { "cart at=2026-11-10; buy at=2026-11-11; cart at=2026-11-15", "SEQUENCE(cart, NOT buy WITHIN 3 days)",
      't' },
    { "cart at=2026-11-10; buy at=2026-11-11; cart at=2026-11-15", "SEQUENCE(cart, NOT buy)", 't' },
    { "cart at=2026-11-10; buy at=2026-11-11", "SEQUENCE(cart, NOT buy)", 'f' },
    { "cart at=2026-11-10; buy at=2026-11-23", "SEQUENCE(cart, NOT buy)", 't' },
    { "cart at=2026-11-10; cart at=2026-11-10", "SEQUENCE(cart, NOT cart)", 't' },
    { "cart at=2026-10-21; cart at=2026-11-22", "SEQUENCE(cart, NOT cart WITHIN 1 month)", 't' },
    { "cart at=2026-10-22T12:00; cart at=2026-11-22T12:00", "SEQUENCE(cart, NOT cart WITHIN 1 month)", 'f' },
    { "cart at=2026-11-10; buy at=2026-11-12; meet on=2026-11-20",
      "SEQUENCE(cart, NOT buy WITHIN 1 day, NOT meet WITHIN 9 days)", 't' },
    { "cart at=2026-11-10; buy at=2026-11-12; meet on=2026-11-19",
      "SEQUENCE(cart, NOT buy WITHIN 1 day, NOT meet WITHIN 9 days)", 'f' },
    /* SAME */
    { "view at=2026-01-01 p=A; cart at=2026-01-02 p=A", "SEQUENCE(view, cart; SAME p)", 't' },
    { "view at=2026-01-01 p=A; cart at=2026-01-02 p=B", "SEQUENCE(view, cart; SAME p)", 'f' },
    { "view at=2026-01-01; cart at=2026-01-02", "SEQUENCE(view, cart; SAME p)", 'f' },
    { "view at=2026-01-01 p=A; view at=2026-01-02 p=B; cart at=2026-01-03 p=A",
      "SEQUENCE(view, cart; SAME p)", 't' },
    { "view at=2026-01-01 p=A; buy at=2026-01-02 p=B; cart at=2026-01-03 p=A",
      "SEQUENCE(view, NOT buy, cart; SAME p)", 't' },
    { "view at=2026-01-01 p=A; buy at=2026-01-02 p=A; cart at=2026-01-03 p=A",
      "SEQUENCE(view, NOT buy, cart; SAME p)", 'f' },
    { "view at=2026-01-01 p=A; buy at=2026-01-02; cart at=2026-01-03 p=A",
      "SEQUENCE(view, NOT buy, cart; SAME p)", 't' },
    { "view at=2026-01-01 p=a; buy at=2026-01-02 p=A", "SEQUENCE(view, buy; SAME p)", 't' },
    { "view at=2026-01-01 p=a; cart at=2026-01-02 p=A", "SEQUENCE(view, cart; SAME p)", 'f' },
    { "view at=2026-01-01 p=A q=1; cart at=2026-01-02 p=A q=2", "SEQUENCE(view, cart; SAME p, q)", 'f' },
    { "view at=2026-01-01 p=A q=1; cart at=2026-01-02 p=B q=1; cart at=2026-01-03 p=A q=1",
      "SEQUENCE(view, cart; SAME p, q)", 't' },
    { "view at=2026-01-01 p=A q=1; cart at=2026-01-02 p=B q=1", "SEQUENCE(view, cart; SAME q)", 't' },
    { "", "SEQUENCE(view, meet; SAME p)", 'e' },
    { "", "SEQUENCE(view, cart; SAME nothing)", 'e' },
    /* dates: days of 24 hours without zone, instants as soon as a step has a timestamp */
    { "meet on=2026-10-25; pay on=2026-10-26", "SEQUENCE(meet, pay WITHIN 24 hours)", 't' },
    { "meet on=2026-10-25; pay on=2026-10-26; view at=2026-10-28",
      "SEQUENCE(meet, pay WITHIN 24 hours, view)", 'f' },
    { "meet on=2026-10-25; pay on=2026-10-26; view at=2026-10-28",
      "SEQUENCE(meet, pay WITHIN 25 hours, view)", 't' },
    { "meet on=2026-10-25; pay on=2026-10-26; view at=2026-10-28",
      "FUNNEL(meet, pay WITHIN 24 hours, view) = 2", 't' },
    { "meet on=2026-10-25; pay on=2026-10-26; view at=2026-10-28",
      "FUNNEL(meet, pay WITHIN 25 hours, view) = 3", 't' },
    { "meet on=2026-01-01; view at=2025-12-31T23:00", "SEQUENCE(meet, view) OR SEQUENCE(view, meet)", 'f' },
    { "meet on=2026-01-01; view at=2025-12-31T23:01", "SEQUENCE(meet, view WITHIN 1 minute)", 't' },
    { "meet on=2026-01-01; meet on=2026-01-01", "SEQUENCE(meet, meet)", 't' },
    { "meet on=2026-01-01; meet on=2026-01-01", "SEQUENCE(meet, meet; STRICT)", 'f' },
    { "meet on=2026-01-31; pay on=2026-02-28", "SEQUENCE(meet, pay WITHIN 1 month)", 't' },
    { "meet on=2026-01-31; pay on=2026-03-01", "SEQUENCE(meet, pay WITHIN 1 month)", 'f' },
    { "meet on=2026-11-19", "SEQUENCE(meet, NOT pay WITHIN 3 days)", 't' },
    { "meet on=2026-11-20", "SEQUENCE(meet, NOT pay WITHIN 3 days)", 'f' },
    { "meet on=2026-11-19; pay on=2026-11-22", "SEQUENCE(meet, NOT pay WITHIN 3 days)", 'f' },
    /* FUNNEL */
    { "", "FUNNEL(view, cart, buy) = 0", 't' },
    { "cart at=2026-01-02", "FUNNEL(view, cart, buy) = 0", 't' },
    { "view at=2026-01-01; cart at=2026-01-02", "FUNNEL(view, cart, buy) = 2", 't' },
    { "view at=2026-01-01; cart at=2026-01-02; buy at=2026-01-03", "FUNNEL(view, cart, buy) = 3", 't' },
    { "view at=2026-01-01; buy at=2026-01-03", "FUNNEL(view, cart, buy) = 1", 't' },
    { "view at=2026-01-01; cart at=2026-01-02; buy at=2026-01-09",
      "FUNNEL(view, cart, buy; WITHIN 7 days) = 2", 't' },
    { "view at=2026-01-01; cart at=2026-01-09; buy at=2026-01-10",
      "FUNNEL(view, cart, buy; WITHIN 7 days) = 1", 't' },
    { "view at=2026-01-01; cart at=2026-01-09; view at=2026-01-10; cart at=2026-01-11; buy at=2026-01-12",
      "FUNNEL(view, cart, buy; WITHIN 7 days) = 3", 't' },
    { "view at=2026-01-01 p=A; cart at=2026-01-02 p=A; view at=2026-01-01 p=B; cart at=2026-01-02 p=B; buy "
      "at=2026-01-03 p=B",
      "FUNNEL(view, cart, buy; SAME p) = 3", 't' },
    { "view at=2026-01-01 p=A; cart at=2026-01-02 p=A; buy at=2026-01-03 p=B",
      "FUNNEL(view, cart, buy; SAME p) = 2", 't' },
    { "view at=2026-01-01; buy at=2026-01-02; cart at=2026-01-03", "FUNNEL(view, NOT buy, cart) = 1", 't' },
    { "view at=2026-01-01; cart at=2026-01-03", "FUNNEL(view, NOT buy, cart) = 2", 't' },
    { "view at=2026-01-01; view at=2026-01-01", "FUNNEL(view, view, view) = 2", 't' },
    { "view at=2026-01-01; view at=2026-01-01", "FUNNEL(view, view; STRICT) = 1", 't' },
    { "", "FUNNEL(view, cart, NOT buy) = 2", 'e' },
    /* children that do not live with the contact */
    { "memo at=2026-01-01; view at=2026-01-02; memo at=2026-01-03",
      "SEQUENCE(memo VIA contact, view, memo VIA contact)", 't' },
    { "memo at=2026-01-01; view at=2026-01-02", "SEQUENCE(memo VIA contact, view, memo VIA contact)", 'f' },
    { "memo at=2026-01-01 p=A; memo at=2026-01-03 p=B; memo at=2026-01-02 p=B",
      "LAST(memo.p VIA contact) = 'B'", 't' },
    { "memo at=2026-01-01 p=A; memo at=2026-01-03 p=B; memo at=2026-01-02 p=B",
      "LAST(LOWER(memo.p) VIA contact) = 'b' AND MODE(UPPER(memo.p) VIA contact) = 'B'", 't' },
    { "memo at=2026-01-01 p=A; memo at=2026-01-03 p=B; memo at=2026-01-02 p=B",
      "COUNT(DISTINCT memo.p VIA contact) = 2", 't' },
    { "memo at=2026-01-03; memo at=2026-01-01; memo at=2026-01-02", "MAX_GAP(memo.at VIA contact) = '1 day'",
      't' },
};

enum { N_STORIES = sizeof stories / sizeof *stories, MOST_EVENTS = 8, MOST_FIELDS = 12 };

static cohort_store *store;
static cohort_snapshot *snapshot;
static cohort_evaluator *evaluator;

/* ---- the store ---- */

#define FIELD(type, name, scale, collation, target)                         \
    {                                                                       \
        sizeof(cohort_field), COHORT_##type, name, scale, collation, target \
    }

static const cohort_field event_fields[] = {
    FIELD(REFERENCE, "contact", 0, 0, "contact"),
    FIELD(TIMESTAMP, "at", 0, 0, NULL),
    FIELD(INT, "q", 0, 0, NULL),
    FIELD(STRING, "p", 0, 0, NULL),
};
static const cohort_field buy_fields[] = {
    FIELD(REFERENCE, "contact", 0, 0, "contact"),
    FIELD(TIMESTAMP, "at", 0, 0, NULL),
    FIELD(INT, "q", 0, 0, NULL),
    FIELD(STRING, "p", 0, COHORT_NOCASE, NULL),
};
static const cohort_field date_fields[] = {
    FIELD(REFERENCE, "contact", 0, 0, "contact"),
    FIELD(DATE, "on", 0, 0, NULL),
};
static const cohort_field sale_fields[] = {
    FIELD(REFERENCE, "contact", 0, 0, "contact"),
    FIELD(TIMESTAMP, "at", 0, 0, NULL),
    FIELD(INT, "n", 0, 0, NULL),
    FIELD(DECIMAL, "d", 2, 0, NULL),
    FIELD(DOUBLE, "x", 0, 0, NULL),
    FIELD(BOOL, "b", 0, 0, NULL),
    FIELD(STRING, "s", 0, 0, NULL),
    FIELD(STRING, "c", 0, COHORT_NOCASE, NULL),
    FIELD(DATE, "day", 0, 0, NULL),
};
static const cohort_field item_fields[] = {
    FIELD(REFERENCE, "contact", 0, 0, "contact"),
    FIELD(INT, "n", 0, 0, NULL),
    FIELD(DOUBLE, "x", 0, 0, NULL),
    FIELD(DATE, "day", 0, 0, NULL),
};
static const cohort_field memo_fields[] = {
    FIELD(REFERENCE, "account", 0, 0, "account"),
    FIELD(REFERENCE, "contact", 0, 0, "contact"),
    FIELD(TIMESTAMP, "at", 0, 0, NULL),
    FIELD(STRING, "p", 0, 0, NULL),
};

#define OBJECT(name, key, home, time, fields)                                    \
    {                                                                            \
        sizeof(cohort_object), COHORT_NULL, name, key, home, time, NULL, fields, \
            sizeof fields / sizeof *fields, NULL, 0                              \
    }

static const cohort_object objects[] = {
    { sizeof(cohort_object), COHORT_INT, "account", "id", NULL, NULL, NULL, NULL, 0, NULL, 0 },
    { sizeof(cohort_object), COHORT_INT, "contact", "id", NULL, NULL, NULL, NULL, 0, NULL, 0 },
    OBJECT("view", NULL, NULL, "at", event_fields),
    OBJECT("cart", NULL, NULL, "at", event_fields),
    OBJECT("buy", NULL, NULL, "at", buy_fields),
    OBJECT("meet", NULL, NULL, "on", date_fields),
    OBJECT("pay", NULL, NULL, "on", date_fields),
    OBJECT("sale", NULL, NULL, "at", sale_fields),
    OBJECT("item", NULL, NULL, NULL, item_fields),
    OBJECT("memo", NULL, "account", "at", memo_fields),
};

enum { N_OBJECTS = sizeof objects / sizeof *objects };

static cohort_value number(cohort_type type, int64_t value)
{
    return (cohort_value){ .type = type, .number = value };
}

static int64_t instant(const char *as_written)
{
    char text[40];
    int64_t us;

    must(strlen(as_written) < sizeof text);
    strcpy(text, as_written);
    if (strchr(text, 'T') != NULL)
        *strchr(text, 'T') = ' ';
    must(cohort_instant_parse(text, NULL, &us, NULL) == COHORT_OK);
    return us;
}

static cohort_value value_of(const cohort_field *field, const char *text)
{
    cohort_value value = { .type = field->type, .scale = field->scale };

    switch (field->type) {
    case COHORT_TIMESTAMP:
        value.number = instant(text);
        break;
    case COHORT_DATE:
        value.number = instant(text) / 86400000000;
        break;
    case COHORT_DECIMAL:
        value.number = (int64_t)(strtod(text, NULL) * 100 + (text[0] == '-' ? -0.5 : 0.5));
        break;
    case COHORT_DOUBLE:
        value.real = strtod(text, NULL);
        break;
    case COHORT_BOOL:
        value.number = strcmp(text, "true") == 0;
        break;
    case COHORT_STRING:
        value.text = (cohort_text){ text, strlen(text) };
        break;
    default:
        value.number = strtoll(text, NULL, 10);
    }
    return value;
}

static const cohort_object *object_named(const char *name)
{
    for (int i = 0; i < N_OBJECTS; i++) {
        if (strcmp(objects[i].name, name) == 0)
            return &objects[i];
    }
    ck_abort_msg("no object %s", name);
    return NULL;
}

static const cohort_field *field_named(const cohort_object *object, const char *name)
{
    for (size_t i = 0; i < object->n_fields; i++) {
        if (strcmp(object->fields[i].name, name) == 0)
            return &object->fields[i];
    }
    ck_abort_msg("no field %s.%s", object->name, name);
    return NULL;
}

/* One event of a contact, as it is written. */
static void put_event(cohort_batch *batch, int64_t contact, char *written)
{
    const char *names[MOST_FIELDS];
    cohort_value values[MOST_FIELDS];
    const cohort_object *object = object_named(strtok(written, " "));
    size_t n = 0;

    names[n] = "contact";
    values[n++] = number(COHORT_INT, contact);
    if (strcmp(object->name, "memo") == 0) {
        names[n] = "account";
        values[n++] = number(COHORT_INT, contact % 3);
    }
    for (char *token = strtok(NULL, " "); token != NULL; token = strtok(NULL, " ")) {
        char *equals = strchr(token, '=');

        must(equals != NULL && n < MOST_FIELDS);
        *equals = '\0';
        names[n] = token;
        values[n++] = value_of(field_named(object, token), equals + 1);
    }
    must(cohort_batch_upsert(batch, object->name, NULL, n, names, values, NULL) == COHORT_OK);
}

/* Event number `which` of a history. */
static void put_nth(cohort_batch *batch, int story_number, int which)
{
    char written[400];
    char *start = written;

    must(strlen(stories[story_number].history) < sizeof written);
    strcpy(written, stories[story_number].history);
    for (; which > 0 && start != NULL; which--)
        start = strchr(start, ';') == NULL ? NULL : strchr(start, ';') + 1;
    if (start == NULL || *start == '\0')
        return;
    if (strchr(start, ';') != NULL)
        *strchr(start, ';') = '\0';
    put_event(batch, story_number, start);
}

static void fill(void)
{
    for (int which = 0; which < MOST_EVENTS; which++) {
        cohort_batch *batch;

        must(cohort_batch_new(store, &batch, NULL) == COHORT_OK);
        for (int i = 0; i < N_STORIES; i++) {
            const cohort_value key = number(COHORT_INT, i);

            if (which == 0)
                must(cohort_batch_upsert(batch, "contact", &key, 0, NULL, NULL, NULL) == COHORT_OK);
            put_nth(batch, i, which);
        }
        must(cohort_batch_commit(batch, NULL, NULL) == COHORT_OK);
        cohort_batch_free(batch);
    }
}

static void open_store(void)
{
    must(cohort_store_open(NULL, NULL, &store, NULL) == COHORT_OK);
    for (int i = 0; i < N_OBJECTS; i++)
        must(cohort_store_declare(store, &objects[i], NULL) == COHORT_OK);
    fill();
    must(cohort_store_snapshot(store, &snapshot, NULL) == COHORT_OK);
    must(cohort_evaluator_new(NULL, &evaluator, NULL) == COHORT_OK);
}

static void close_store(void)
{
    cohort_evaluator_free(evaluator);
    cohort_snapshot_release(snapshot);
    cohort_store_close(store);
}

/* ---- asking ---- */

/* 't', 'f', 'u', or 'e' and the error, of one contact; the whole run must say the same. */
static char ask(int contact, const char *condition, cohort_error *error)
{
    cohort_evaluate_options options = COHORT_EVALUATE_OPTIONS_INIT;
    const cohort_value id = number(COHORT_INT, contact);
    cohort_segment *segment = NULL;
    cohort_bitmap *members = NULL;
    int32_t answer = COHORT_FALSE;
    uint32_t row;

    options.has_as_of = 1;
    options.as_of_us = instant(AS_OF);
    options.zone = strstr(condition, "meet") != NULL ? "Europe/Berlin" : NULL;
    must(cohort_snapshot_row(snapshot, "contact", &id, &row, NULL) == COHORT_OK);

    cohort_status status = cohort_segment_parse("contact", condition, SIZE_MAX, NULL, &segment, error);

    if (status == COHORT_OK)
        status = cohort_evaluate_contains(evaluator, snapshot, segment, &id, &options, &answer, error);
    if (status == COHORT_OK)
        status = cohort_evaluate(evaluator, snapshot, segment, &options, &members, error);
    if (status == COHORT_OK)
        ck_assert_msg(cohort_bitmap_contains(members, row) == (answer == COHORT_TRUE),
                      "%s: one by one and all at once", condition);
    cohort_bitmap_free(members);
    cohort_segment_free(segment);
    return status != COHORT_OK ? 'e' : "ftu"[answer];
}

START_TEST(a_history_does_what_a_condition_says_or_not) /* looped over stories[] */
{
    const story *s = &stories[_i];
    cohort_error error = COHORT_ERROR_INIT;
    const char answer = ask(_i, s->condition, &error);

    ck_assert_msg(answer == s->holds, "%s: %s is '%c', not '%c' %s", s->history, s->condition, answer,
                  s->holds, error.text);
    ck_assert_msg(answer != 'e' || (error.code != COHORT_UNSUPPORTED && error.code != COHORT_MEMORY),
                  "%s: %s", s->condition, error.text);
}
END_TEST

START_TEST(what_must_not_follow_in_time_needs_an_as_of_instant)
{
    static const char condition[] = "SEQUENCE(cart, NOT buy WITHIN 3 days)";
    cohort_error error = COHORT_ERROR_INIT;
    cohort_segment *segment;
    cohort_bitmap *members;

    must(cohort_segment_parse("contact", condition, SIZE_MAX, NULL, &segment, NULL) == COHORT_OK);
    ck_assert_int_eq(cohort_evaluate(evaluator, snapshot, segment, NULL, &members, &error), COHORT_INVALID);
    ck_assert_str_eq(error.text, "NOT with WITHIN needs an as-of instant");
    cohort_segment_free(segment);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("behaviour");
    TCase *tests = tcase_create("stories");

    tcase_add_checked_fixture(tests, open_store, close_store);
    tcase_add_loop_test(tests, a_history_does_what_a_condition_says_or_not, 0, N_STORIES);
    tcase_add_test(tests, what_must_not_follow_in_time_needs_an_as_of_instant);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

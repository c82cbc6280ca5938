/*
 * Events of several kinds beside their contacts, first in order, then late,
 * deleted, changed and without a time: what is counted and summed within spans of
 * time, against plain loops over the data.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohort.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/random.h"

enum { N_CONTACTS = 66000, N_LOADED = 90000, N_MORE = 6000, N_VISITS = N_LOADED + 4 * N_MORE };
enum { N_HOURS = 480, N_QUESTIONS = 60, NO_TIME = -1, NO_AMOUNT = -1000 };
enum { MONTH_START = 1767225600 }; /* 2026-01-01, in seconds */

static const char *const kinds[] = { "open", "click", "buy", "rare", NULL };
enum { N_KINDS = 5 };

typedef struct visit {
    bool live;
    uint8_t kind;
    int32_t hour; /* of the month; NO_TIME */
    int32_t amount;
    uint32_t contact; /* key */
} visit;

typedef struct world {
    co_random random;
    cohort_store *store;
    cohort_batch *batch;
    uint32_t n_visits;
    visit *visits; /* key less 1 */
} world;

/* ---- data ---- */

static cohort_value number(cohort_type type, int64_t n)
{
    cohort_value value = COHORT_VALUE_NULL;

    value.type = type;
    value.number = n;
    return value;
}

static cohort_value text_or_null(const char *text)
{
    cohort_value value = COHORT_VALUE_NULL;

    if (text != NULL) {
        value.type = COHORT_STRING;
        value.text = (cohort_text){ text, strlen(text) };
    }
    return value;
}

static uint32_t random_below(world *w, uint32_t n)
{
    return (uint32_t)co_random_below(&w->random, n);
}

/* Most kinds are frequent enough for tiles of their own; some contacts have very many visits. */
static visit random_visit(world *w, int32_t low, int32_t high)
{
    static const uint8_t kind_of[] = { 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2 };
    const bool is_rare = co_random_chance(&w->random, 1, 50);
    const uint32_t most = co_random_chance(&w->random, 1, 3) ? 40 : N_CONTACTS;

    return (visit){ .live = true,
                    .kind = is_rare ? (uint8_t)(3 + random_below(w, 2)) : kind_of[random_below(w, 11)],
                    .hour = low + (int32_t)random_below(w, (uint32_t)(high - low)),
                    .amount = co_random_chance(&w->random, 1, 9) ? NO_AMOUNT
                                                                 : (int32_t)random_below(w, 60) - 5,
                    .contact = 1 + random_below(w, most) };
}

static void put(world *w, uint32_t i)
{
    static const char *const fields[] = { "at", "contact", "kind", "amount" };
    const visit *v = &w->visits[i];
    const cohort_value key = number(COHORT_INT, i + INT64_C(1));
    const cohort_value none = COHORT_VALUE_NULL;
    const cohort_value values[] = {
        v->hour == NO_TIME ? none
                           : number(COHORT_TIMESTAMP, (MONTH_START + INT64_C(3600) * v->hour) * 1000000),
        number(COHORT_INT, v->contact), text_or_null(kinds[v->kind]),
        v->amount == NO_AMOUNT ? none : number(COHORT_INT, v->amount)
    };

    must(cohort_batch_upsert(w->batch, "visit", &key, 4, fields, values, NULL) == COHORT_OK);
}

static void commit(world *w)
{
    cohort_error error = COHORT_ERROR_INIT;

    ck_assert_msg(cohort_batch_commit(w->batch, NULL, &error) == COHORT_OK, "%s", error.text);
}

static void add(world *w, uint32_t n, int32_t low, int32_t high, uint32_t timeless)
{
    for (uint32_t i = 0; i < n; i++) {
        w->visits[w->n_visits] = random_visit(w, low, high);
        if (co_random_chance(&w->random, timeless, 100))
            w->visits[w->n_visits].hour = NO_TIME;
        put(w, w->n_visits++);
    }
    commit(w);
}

static void declare(cohort_store *store)
{
    static const cohort_field fields[] = {
        { sizeof(cohort_field), COHORT_TIMESTAMP, "at", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_REFERENCE, "contact", 0, 0, "contact" },
        { sizeof(cohort_field), COHORT_STRING, "kind", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_INT, "amount", 0, 0, NULL },
    };
    cohort_object contact = COHORT_OBJECT_INIT;
    cohort_object visit = COHORT_OBJECT_INIT;

    contact.name = "contact";
    contact.key_type = COHORT_INT;
    visit.name = "visit";
    visit.key_type = COHORT_INT;
    visit.home = "contact";
    visit.time = "at";
    visit.cluster = "kind";
    visit.fields = fields;
    visit.n_fields = 4;
    must(cohort_store_declare(store, &contact, NULL) == COHORT_OK);
    must(cohort_store_declare(store, &visit, NULL) == COHORT_OK);
}

static void make(world *w, uint64_t seed)
{
    *w = (world){ .random = co_random_of(seed), .visits = calloc(N_VISITS, sizeof(visit)) };
    must(cohort_store_open(NULL, NULL, &w->store, NULL) == COHORT_OK);
    declare(w->store);
    must(cohort_batch_new(w->store, &w->batch, NULL) == COHORT_OK);
    for (int64_t key = 1; key <= N_CONTACTS; key++) {
        const cohort_value value = number(COHORT_INT, key);

        must(cohort_batch_upsert(w->batch, "contact", &value, 0, NULL, NULL, NULL) == COHORT_OK);
    }
    commit(w);
}

static void end(world *w)
{
    cohort_batch_free(w->batch);
    cohort_store_close(w->store);
    free(w->visits);
}

/* ---- questions ---- */

typedef enum asked { EXISTS, COUNT, SUM, COUNT_VALUES, N_ASKED } asked;

typedef struct question {
    asked what;
    const char *compare;
    int32_t limit;
    uint32_t kinds; /* bits; 0: any */
    bool other_kinds; /* none of them */
    int32_t first, last; /* hours, both in; of no span: first NO_TIME */
    bool outside;
    int32_t least_amount; /* NO_AMOUNT: any */
    int32_t as_of;        /* hour; NO_TIME: none */
    char text[600];
} question;

static void hour_text(int32_t hour, char text[32])
{
    snprintf(text, 32, "2026-01-%02d %02d:00:00", hour / 24 % 31 + 1, hour % 24);
}

static void append(question *q, const char *text)
{
    snprintf(q->text + strlen(q->text), sizeof q->text - strlen(q->text), "%s", text);
}

static void say_where(question *q)
{
    char piece[200];
    char first[32];
    char last[32];
    const char *and = " WHERE ";

    if (q->kinds != 0) {
        append(q, and);
        append(q, q->other_kinds ? "kind NOT IN (" : "kind IN (");
        for (uint32_t k = 0, n = 0; k + 1 < N_KINDS; k++) {
            if ((q->kinds >> k & 1) == 0)
                continue;
            snprintf(piece, sizeof piece, "%s'%s'", n++ > 0 ? ", " : "", kinds[k]);
            append(q, piece);
        }
        append(q, ")");
        and = " AND ";
    }
    if (q->first != NO_TIME) {
        hour_text(q->first, first);
        hour_text(q->last, last);
        snprintf(piece, sizeof piece, "%sat %sBETWEEN '%s' AND '%s'", and, q->outside ? "NOT " : "", first, last);
        append(q, piece);
        and = " AND ";
    }
    if (q->least_amount != NO_AMOUNT) {
        snprintf(piece, sizeof piece, "%samount >= %d", and, q->least_amount);
        append(q, piece);
    }
}

static question random_question(world *w)
{
    static const char *const heads[] = { "EXISTS(visit", "COUNT(visit", "SUM(visit.amount", "COUNT(visit.amount" };
    static const char *const compares[] = { ">=", ">", "=", "!=", "<", "<=" };
    question q = { .what = (asked)random_below(w, N_ASKED),
                   .compare = compares[random_below(w, 6)],
                   .limit = (int32_t)random_below(w, 5),
                   .kinds = co_random_chance(&w->random, 1, 5) ? 0 : 1 + random_below(w, 15),
                   .other_kinds = co_random_chance(&w->random, 1, 6),
                   .first = NO_TIME,
                   .least_amount = co_random_chance(&w->random, 1, 4) ? (int32_t)random_below(w, 40) : NO_AMOUNT,
                   .as_of = co_random_chance(&w->random, 1, 2) ? (int32_t)random_below(w, N_HOURS) : NO_TIME };
    char tail[40];

    if (co_random_chance(&w->random, 1, 8))
        q.limit = q.what == SUM ? (int32_t)random_below(w, 3000) - 20 : 250 + (int32_t)random_below(w, 12);
    if (!co_random_chance(&w->random, 1, 4)) {
        q.first = (int32_t)random_below(w, N_HOURS);
        q.last = co_random_chance(&w->random, 1, 3) ? q.first : (int32_t)random_below(w, N_HOURS + 30);
        q.outside = co_random_chance(&w->random, 1, 6);
    }
    append(&q, heads[q.what]);
    say_where(&q);
    append(&q, ")");
    if (q.what != EXISTS) {
        snprintf(tail, sizeof tail, " %s %d", q.compare, q.limit);
        append(&q, tail);
    }
    return q;
}

static bool counts(const question *q, const visit *v)
{
    const bool in_span = v->hour >= q->first && v->hour <= q->last;
    const bool has_kind = kinds[v->kind] != NULL && ((q->kinds >> v->kind & 1) != 0) != q->other_kinds;

    return v->live && (q->as_of == NO_TIME || v->hour <= q->as_of) && (q->kinds == 0 || has_kind) &&
           (q->first == NO_TIME || (v->hour != NO_TIME && in_span != q->outside)) &&
           (q->least_amount == NO_AMOUNT || v->amount >= q->least_amount);
}

static bool passes(const question *q, int64_t value)
{
    if (q->what == EXISTS)
        return value > 0;
    switch (q->compare[0]) {
    case '>':
        return q->compare[1] == '=' ? value >= q->limit : value > q->limit;
    case '<':
        return q->compare[1] == '=' ? value <= q->limit : value < q->limit;
    case '!':
        return value != q->limit;
    default:
        return value == q->limit;
    }
}

static void answer_naively(const world *w, const question *q, bool *members)
{
    int64_t *values = calloc(N_CONTACTS + 1, sizeof *values);

    for (uint32_t i = 0; i < w->n_visits; i++) {
        const visit *v = &w->visits[i];

        if (!counts(q, v))
            continue;
        if (q->what == EXISTS || q->what == COUNT)
            values[v->contact]++;
        else if (v->amount != NO_AMOUNT)
            values[v->contact] += q->what == SUM ? v->amount : 1;
    }
    for (uint32_t key = 1; key <= N_CONTACTS; key++)
        members[key] = passes(q, values[key]);
    free(values);
}

/* Asked together with another condition, too, so that only a few contacts matter. */
static void ask(cohort_snapshot *snapshot, cohort_evaluator *evaluator, const question *q, const char *more,
                uint32_t most, const bool *members)
{
    cohort_evaluate_options options = COHORT_EVALUATE_OPTIONS_INIT;
    cohort_error error = COHORT_ERROR_INIT;
    cohort_segment *segment;
    cohort_bitmap *found;
    char text[700];
    uint64_t expected = 0;

    snprintf(text, sizeof text, "%s%s", q->text, more);
    options.has_as_of = q->as_of != NO_TIME;
    options.as_of_us = (MONTH_START + INT64_C(3600) * q->as_of) * 1000000;
    ck_assert_msg(cohort_segment_parse("contact", text, SIZE_MAX, NULL, &segment, &error) == COHORT_OK, "%s: %s",
                  text, error.text);
    ck_assert_msg(cohort_evaluate(evaluator, snapshot, segment, &options, &found, &error) == COHORT_OK, "%s: %s",
                  text, error.text);
    for (uint32_t key = 1; key <= most; key++) {
        if (cohort_bitmap_contains(found, key - 1) != members[key])
            ck_abort_msg("%s: contact %u", text, key);
        expected += members[key];
    }
    ck_assert_msg(cohort_bitmap_count(found) == expected, "%s", text);
    cohort_bitmap_free(found);
    cohort_segment_free(segment);
}

static void agree(world *w)
{
    bool *members = malloc(N_CONTACTS + 1);
    cohort_snapshot *snapshot;
    cohort_evaluator *evaluator;

    must(cohort_store_snapshot(w->store, &snapshot, NULL) == COHORT_OK);
    must(cohort_evaluator_new(NULL, &evaluator, NULL) == COHORT_OK);
    for (uint32_t i = 0; i < N_QUESTIONS; i++) {
        const question q = random_question(w);

        answer_naively(w, &q, members);
        ask(snapshot, evaluator, &q, "", N_CONTACTS, members);
        ask(snapshot, evaluator, &q, " AND key <= 5", 5, members);
    }
    cohort_evaluator_free(evaluator);
    cohort_snapshot_release(snapshot);
    free(members);
}

/* ---- what happens to events ---- */

static void delete_some(world *w)
{
    for (uint32_t n = 0; n < 4000; n++) {
        const uint32_t i = random_below(w, w->n_visits);
        const cohort_value key = number(COHORT_INT, i + INT64_C(1));

        if (w->visits[i].live)
            must(cohort_batch_delete(w->batch, "visit", &key, NULL) == COHORT_OK);
        w->visits[i].live = false;
    }
    commit(w);
}

static void change_some(world *w)
{
    for (uint32_t n = 0; n < 300; n++) {
        const uint32_t i = random_below(w, w->n_visits);

        if (!w->visits[i].live)
            continue;
        w->visits[i] = random_visit(w, 0, N_HOURS);
        put(w, i);
    }
    commit(w);
}

START_TEST(counts_and_sums_within_spans_are_those_of_plain_loops)
{
    world w;

    make(&w, 900 + (uint64_t)_i);
    add(&w, N_LOADED, 0, N_HOURS / 2, _i % 2 == 0 ? 0 : 3);
    agree(&w);
    add(&w, N_MORE, N_HOURS / 2, N_HOURS, 0); /* later ones */
    agree(&w);
    if (_i % 3 != 0)
        delete_some(&w);
    agree(&w);
    add(&w, N_MORE, 0, N_HOURS, 0); /* late ones */
    agree(&w);
    change_some(&w);
    agree(&w);
    add(&w, N_MORE, 0, N_HOURS, 5);
    agree(&w);
    end(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("windows");
    TCase *tests = tcase_create("events");

    tcase_add_loop_test(tests, counts_and_sums_within_spans_are_those_of_plain_loops, 0, 4);
    tcase_set_timeout(tests, 300);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/*
 * Chains of one object's events are searched level by level or, if a SAME asks for
 * values to agree, parent by parent. If it asks for what is the same everywhere,
 * both must find the same parents.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohort.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/random.h"
#include "support/trials.h"

enum { CONTACTS = 70000, EVENTS = 60000, MOST_STEPS = 5, DAYS = 30 };

/* Most events are of contacts of the first tile, which has tiles for single types, then. */
static const struct world {
    const char *name;
    cohort_type time;
    uint32_t contacts_with_events; /* from the first on; a few other events go anywhere */
    uint32_t n_instants;
    uint32_t n_batches;
} worlds[] = {
    { "hours", COHORT_TIMESTAMP, 9000, 24 * DAYS, 1 },
    { "events that come late", COHORT_TIMESTAMP, 9000, 24 * DAYS, 4 },
    { "few instants", COHORT_TIMESTAMP, 20000, 4, 3 },
    { "every time equal", COHORT_TIMESTAMP, 20000, 1, 2 },
    { "dates", COHORT_DATE, 9000, DAYS, 2 },
    { "few parents", COHORT_TIMESTAMP, 40, 24 * DAYS, 2 },
};
enum { N_WORLDS = sizeof worlds / sizeof worlds[0] };

static cohort_store *store;
static cohort_snapshot *snapshot;
static cohort_evaluator *evaluator;

/* ---- a world ---- */

static void declare(const struct world *world)
{
    const cohort_field fields[] = {
        { sizeof(cohort_field), world->time, "at", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_REFERENCE, "contact", 0, 0, "contact" },
        { sizeof(cohort_field), COHORT_STRING, "type", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_INT, "n", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_INT, "one", 0, 0, NULL },
    };
    cohort_object contact = COHORT_OBJECT_INIT;
    cohort_object event = COHORT_OBJECT_INIT;

    contact.name = "contact";
    contact.key_type = COHORT_INT;
    event.name = "event";
    event.time = "at";
    event.home = "contact";
    event.cluster = "type";
    event.fields = fields;
    event.n_fields = sizeof fields / sizeof fields[0];
    must(cohort_store_declare(store, &contact, NULL) == COHORT_OK);
    must(cohort_store_declare(store, &event, NULL) == COHORT_OK);
}

static void put_event(cohort_batch *batch, const struct world *world, co_random *random)
{
    static const char *const names[] = { "contact", "type", "n", "one", "at" };
    static const char types[] = "aaaabbbccd";
    const int64_t unit = world->time == COHORT_DATE ? 1 : INT64_C(3600000000);
    const bool is_stray = co_random_chance(random, 1, 50);
    const cohort_value values[] = {
        { .type = COHORT_INT,
          .number = (int64_t)co_random_below(random, is_stray ? CONTACTS : world->contacts_with_events) },
        { .type = COHORT_STRING, .text = { &types[co_random_below(random, sizeof types - 1)], 1 } },
        { .type = COHORT_INT, .number = (int64_t)co_random_below(random, 3) },
        { .type = COHORT_INT, .number = 1 },
        { .type = world->time, .number = (int64_t)co_random_below(random, world->n_instants) * unit },
    };
    const size_t n = co_random_chance(random, 1, 40) ? 4 : 5; /* some without time */

    must(cohort_batch_upsert(batch, "event", NULL, n, names, values, NULL) == COHORT_OK);
}

static void open_world(const struct world *world)
{
    co_random random = co_random_of(51);

    must(cohort_store_open(NULL, NULL, &store, NULL) == COHORT_OK);
    declare(world);
    for (uint32_t i = 0; i < world->n_batches; i++) {
        cohort_batch *batch;

        must(cohort_batch_new(store, &batch, NULL) == COHORT_OK);
        for (int64_t key = 0; key < CONTACTS && i == 0; key++) {
            const cohort_value value = { .type = COHORT_INT, .number = key };

            must(cohort_batch_upsert(batch, "contact", &value, 0, NULL, NULL, NULL) == COHORT_OK);
        }
        for (uint32_t k = 0; k < EVENTS / world->n_batches; k++)
            put_event(batch, world, &random);
        must(cohort_batch_commit(batch, NULL, NULL) == COHORT_OK);
        cohort_batch_free(batch);
    }
    must(cohort_store_snapshot(store, &snapshot, NULL) == COHORT_OK);
    must(cohort_evaluator_new(NULL, &evaluator, NULL) == COHORT_OK);
}

static void close_world(void)
{
    cohort_evaluator_free(evaluator);
    cohort_snapshot_release(snapshot);
    cohort_store_close(store);
}

/* ---- chains ---- */

static const char *pick(co_random *random, const char *const *items, size_t n)
{
    return items[co_random_below(random, n)];
}

#define PICK(random, items) pick(random, items, sizeof(items) / sizeof(items)[0])

static const char *const spans[] = { "2 hours", "1 day", "3 days", "10 days", "40 days" };
static const char *const hits[] = {
    "type = 'a'",           "type = 'b'",         "type = 'c'",
    "type IN ('a', 'd')",   "type != 'a'",        "n = 1",
    "type = 'b' AND n > 0", "at >= '1970-01-10'", "type = 'a' AND at BETWEEN '1970-01-03' AND '1970-01-25'",
    "type = 'nothing'",
};

static size_t put_steps(co_random *random, char *out, size_t size)
{
    const uint32_t n_steps = 1 + (uint32_t)co_random_below(random, MOST_STEPS);
    size_t n = 0;

    for (uint32_t i = 0; i < n_steps; i++) {
        const bool negated = i > 0 && i + 1 < n_steps && co_random_chance(random, 1, 3);

        n += (size_t)snprintf(out + n, size - n, "%s%sevent WHERE %s", i > 0 ? ", " : "",
                              negated ? "NOT " : "", PICK(random, hits));
        if (i > 0 && !negated && co_random_chance(random, 1, 2))
            n += (size_t)snprintf(out + n, size - n, " WITHIN %s", PICK(random, spans));
    }
    return n;
}

/* The same chain twice, the second time with a SAME. */
static void make_chains(co_random *random, char chains[2][1200])
{
    const bool is_funnel = co_random_chance(random, 1, 3);
    const bool strict = co_random_chance(random, 1, 4);
    const bool has_within = co_random_chance(random, 1, 2);
    const char *within = PICK(random, spans);
    const int reached = 1 + (int)co_random_below(random, 3);
    char steps[1000];

    must(put_steps(random, steps, sizeof steps) < sizeof steps);
    for (int i = 0; i < 2; i++) {
        size_t n = (size_t)snprintf(chains[i], 1200, "%s(%s", is_funnel ? "FUNNEL" : "SEQUENCE", steps);

        if (has_within || strict || i > 0)
            n += (size_t)snprintf(chains[i] + n, 1200 - n, ";");
        if (has_within)
            n += (size_t)snprintf(chains[i] + n, 1200 - n, " WITHIN %s", within);
        if (i > 0)
            n += (size_t)snprintf(chains[i] + n, 1200 - n, " SAME one");
        n += (size_t)snprintf(chains[i] + n, 1200 - n, "%s)", strict ? " STRICT" : "");
        if (is_funnel)
            snprintf(chains[i] + n, 1200 - n, " >= %d", reached);
    }
}

static cohort_bitmap *members_of(const char *text)
{
    cohort_evaluate_options options = COHORT_EVALUATE_OPTIONS_INIT;
    cohort_error error = COHORT_ERROR_INIT;
    cohort_bitmap *members = NULL;
    cohort_segment *segment;

    options.has_as_of = 1;
    options.as_of_us = INT64_C(86400000000) * (DAYS + 1);
    if (cohort_segment_parse("contact", text, strlen(text), NULL, &segment, &error) != COHORT_OK ||
        cohort_evaluate(evaluator, snapshot, segment, &options, &members, &error) != COHORT_OK)
        ck_abort_msg("%s: %s", text, error.text);
    cohort_segment_free(segment);
    return members;
}

START_TEST(chains_level_by_level_are_those_parent_by_parent) /* looped over worlds[] */
{
    enum { TRIALS = CO_TRIALS(80) };
    const struct world *world = &worlds[_i];
    co_random random = co_random_of(52 + (uint64_t)_i);
    uint32_t n_some = 0;

    open_world(world);
    for (int trial = 0; trial < TRIALS; trial++) {
        char chains[2][1200];
        cohort_bitmap *found[2];

        make_chains(&random, chains);
        for (int i = 0; i < 2; i++)
            found[i] = members_of(chains[i]);
        ck_assert_msg(cohort_bitmap_equal(found[0], found[1]), "%s: %s has %d members, not %d", world->name,
                      chains[0], (int)cohort_bitmap_count(found[0]), (int)cohort_bitmap_count(found[1]));
        n_some += cohort_bitmap_count(found[0]) > 0;
        for (int i = 0; i < 2; i++)
            cohort_bitmap_free(found[i]);
    }
    ck_assert_uint_ge(n_some, TRIALS / 4);
    close_world();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("levels");
    TCase *tests = tcase_create("levels");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, chains_level_by_level_are_those_parent_by_parent, 0, N_WORLDS);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

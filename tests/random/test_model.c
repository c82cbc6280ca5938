/*
 * The naive model itself, held to literal answers: it must be right before it
 * judges anything else.
 *
 *     account  a: tier 1   b: tier 2, parent a   c: tier 2, no parent
 *     contact  1 of a, 20   2 of a, 30   3 of b, no age   4 of nobody, 40   5 of a missing account, 30
 *     buy      day 1 … 9, of 1 and 2         view  likewise         transfer  between contacts
 */
#include <stdio.h>
#include <string.h>

#include "expr/expr.h"
#include "support/check_main.h"
#include "support/model.h"
#include "support/must.h"

enum { ACCOUNT, CONTACT, BUY, VIEW, TRANSFER };

static model world;

static const m_field account_fields[] = {
    { "tier", COHORT_INT, 0, 0, -1 },
    { "parent", COHORT_REFERENCE, 0, 0, ACCOUNT },
};

static const m_field contact_fields[] = {
    { "age", COHORT_INT, 0, 0, -1 },
    { "account", COHORT_REFERENCE, 0, 0, ACCOUNT },
};

static const m_field event_fields[] = {
    { "at", COHORT_TIMESTAMP, 0, 0, -1 },
    { "contact", COHORT_REFERENCE, 0, 0, CONTACT },
    { "product", COHORT_STRING, 0, 0, -1 },
    { "amount", COHORT_INT, 0, 0, -1 },
};

static const m_field transfer_fields[] = {
    { "sender", COHORT_REFERENCE, 0, 0, CONTACT },
    { "receiver", COHORT_REFERENCE, 0, 0, CONTACT },
    { "age", COHORT_INT, 0, 0, -1 },
};

static void add_object(const char *name, cohort_type key_type, const m_field *fields, int n_fields, int time_field)
{
    m_object *object = &world.objects[world.n_objects++];

    *object = (m_object){ .name = name, .key_name = "id", .key_type = key_type, .n_fields = n_fields };
    memcpy(object->fields, fields, (size_t)n_fields * sizeof *fields);
    object->time_field = time_field;
    object->home = object->cluster = -1;
}

static m_record *add_record(int object, m_value key)
{
    m_record *record = model_record(&world.objects[object], key);

    record->live = true;
    return record;
}

static m_value text_of(const char *text) { return text == NULL ? m_null() : m_text(co_text_of(text)); }

static void add_account(const char *key, int tier, const char *parent)
{
    m_record *record = add_record(ACCOUNT, text_of(key));

    record->values[0] = m_int(tier);
    if (parent != NULL)
        record->values[1] = (m_value){ .kind = M_REFERENCE, .number = ACCOUNT, .text = co_text_of(parent) };
}

static void add_contact(int key, int age, const char *account)
{
    m_record *record = add_record(CONTACT, m_int(key));

    if (age > 0)
        record->values[0] = m_int(age);
    if (account != NULL)
        record->values[1] = (m_value){ .kind = M_REFERENCE, .number = ACCOUNT, .text = co_text_of(account) };
}

static m_value contact(int key) { return (m_value){ .kind = M_REFERENCE, .number = CONTACT, .exact = key }; }

/* day 0: no time; amount 0: none. */
static void add_event(int object, int key, int day, int of, const char *product, int amount)
{
    m_record *record = add_record(object, m_int(key));

    if (day > 0)
        record->values[0] = (m_value){ .kind = M_TIME, .number = m_day(2026, 1, day) * INT64_C(86400000000) };
    record->values[1] = contact(of);
    record->values[2] = text_of(product);
    if (amount != 0)
        record->values[3] = m_int(amount);
}

static void add_transfer(int key, int sender, int receiver, int age)
{
    m_record *record = add_record(TRANSFER, m_int(key));

    record->values[0] = contact(sender);
    record->values[1] = contact(receiver);
    record->values[2] = m_int(age);
}

static void make_world(void)
{
    add_object("account", COHORT_STRING, account_fields, 2, -1);
    add_object("contact", COHORT_INT, contact_fields, 2, -1);
    add_object("buy", COHORT_INT, event_fields, 4, 0);
    add_object("view", COHORT_INT, event_fields, 4, 0);
    add_object("transfer", COHORT_INT, transfer_fields, 3, -1);
    add_account("a", 1, NULL);
    add_account("b", 2, "a");
    add_account("c", 2, NULL);
    add_contact(1, 20, "a");
    add_contact(2, 30, "a");
    add_contact(3, 0, "b");
    add_contact(4, 40, NULL);
    add_contact(5, 30, "gone");
    /* Contact 1 views x, buys x, views y twice on one day, buys y late; 2 buys before it views. */
    add_event(VIEW, 1, 1, 1, "x", 0);
    add_event(BUY, 1, 2, 1, "x", 10);
    add_event(VIEW, 2, 3, 1, "y", 0);
    add_event(VIEW, 3, 3, 1, "y", 0);
    add_event(BUY, 2, 9, 1, "y", 30);
    add_event(BUY, 3, 1, 2, "x", 5);
    add_event(VIEW, 4, 2, 2, "x", 0);
    add_event(BUY, 4, 3, 2, "x", 0);
    add_event(BUY, 5, 3, 2, NULL, 7);
    add_event(BUY, 6, 0, 2, "z", 100);
    /* After the as-of instant, and of nobody. */
    add_event(BUY, 7, 25, 1, "x", 1000);
    add_event(BUY, 8, 4, 99, "x", 1000);
    add_transfer(1, 1, 2, 25);
    add_transfer(2, 2, 1, 15);
    add_transfer(3, 3, 1, 50);
    add_event(VIEW, 5, 25, 3, "x", 0);
}

static void clear_world(void) { model_clear(&world); }

/* As of 2026-01-20, UTC. */
static m_run run_of(void)
{
    return (m_run){ .model = &world,
                    .when = { .as_of_us = m_day(2026, 1, 20) * INT64_C(86400000000), .week_start = 1,
                              .fiscal_start = 1 } };
}

typedef struct example {
    int object;
    int32_t nulls;
    const char *text;
    const char *wanted;         /* a letter a record: true, false, unknown */
} example;

#define A ACCOUNT, COHORT_NULLS_SQL
#define C CONTACT, COHORT_NULLS_SQL
#define A2 ACCOUNT, COHORT_NULLS_COMPLEMENT
#define C2 CONTACT, COHORT_NULLS_COMPLEMENT

static const example examples[] = {
    /* EXISTS and EVERY: never unknown, a row counts where its WHERE is true. */
    { C, "EXISTS(buy)", "ttfff" },
    { C, "EXISTS(buy WHERE amount > 6)", "ttfff" },
    { C, "EXISTS(buy WHERE amount > 7 AND at IS NOT NULL)", "tffff" },
    { C, "NOT EXISTS(buy WHERE amount = 1000)", "ttttt" },
    { C, "EVERY(buy SATISFIES amount >= 5)", "tfttt" },
    { C, "EVERY(buy WHERE product = 'x' SATISFIES amount >= 5)", "tfttt" },
    { C, "EVERY(buy WHERE product = 'z' SATISFIES amount = 100)", "ttttt" },
    { C2, "EXISTS(buy WHERE amount != 5 AND product = 'x')", "ttfff" },
    { C, "EXISTS(buy WHERE amount != 5 AND product = 'x')", "tffff" },
    /* Names: the child's, then those around it, innermost first. */
    { C, "EXISTS(buy WHERE amount < contact.age)", "ttfff" },
    { C, "EXISTS(buy WHERE amount < OUTER.age)", "ttfff" },
    { C, "EXISTS(buy WHERE buy.amount = 30)", "tffff" },
    { C, "EXISTS(transfer VIA receiver WHERE age > OUTER.age)", "tffff" },
    { C, "EXISTS(transfer VIA receiver WHERE age > contact.age)", "tffff" },
    { C, "EXISTS(transfer VIA sender WHERE receiver.age > sender.age)", "tffff" },
    { A, "EXISTS(contact WHERE EXISTS(buy WHERE amount > 20 * OUTER.OUTER.tier))", "tff" },
    { A, "EXISTS(contact WHERE COUNT(buy) = account.tier + 1)", "tff" },
    { A, "EXISTS(account WHERE tier > OUTER.tier)", "tff" },
    /* VIA: a choice, grandchildren. */
    { C, "COUNT(transfer VIA receiver) = 2", "tffff" },
    { A, "COUNT(buy) = 6", "tff" },
    { A, "COUNT(buy VIA contact.account WHERE product = 'x') >= 3", "tff" },
    { A, "COUNT(buy VIA contact.account.parent) = 0 AND COUNT(contact VIA account.parent) = 1", "tff" },
    /* Prefixes: once per parent, unknown without one. */
    { C, "account.EXISTS(contact WHERE age = 30)", "ttfuu" },
    { C, "account.COUNT(contact) = 2", "ttfuu" },
    { C2, "NOT account.EXISTS(contact WHERE age = 30 AND id > 0)", "ffttt" },
    { C, "account.COUNT(contact WHERE id > account.tier) = 1", "tttuu" },
    /* Aggregates, of some rows and of none. */
    { C, "SUM(buy.amount) = 40", "tffff" },
    { C, "SUM(buy.amount) = 0", "ffttt" },
    { C, "COUNT(buy) = 4 AND COUNT(buy.amount) = 3", "ftfff" },
    { C, "COUNT(DISTINCT buy.product) = 2", "ttfff" },
    { C, "AVG(buy.amount WHERE product = 'x') = 10", "tfuuu" },
    { C2, "NOT (AVG(buy.amount) > 30)", "tfttt" },
    { C, "AVG(buy.amount) > 37", "ftuuu" },
    { C, "MIN(buy.amount) = 5 OR MAX(buy.amount) = 30", "ttuuu" },
    { C, "MEDIAN(buy.amount) = 20", "tfuuu" },
    { C, "MEDIAN(buy.amount) = 7", "ftuuu" },
    { C, "FIRST(buy.product) = 'x'", "ttuuu" },
    { C, "LAST(buy.product) IS NULL", "ftttt" },
    { C, "LAST(buy.amount) = 7", "ftuuu" },
    { C, "FIRST(view.product) = LAST(view.product)", "ftuuu" },
    { C, "MODE(view.product) = 'y'", "tfuuu" },
    { C, "MODE(buy.product) = 'y'", "tfuuu" },
    { C, "MODE(buy.product) = 'x'", "ftuuu" },
    { C, "MODE(buy.amount) = 100", "ftuuu" },
    { C, "MAX_GAP(buy.at) = INTERVAL '7 days'", "tfuuu" },
    { C, "AVG_GAP(buy.at) = INTERVAL '1 day'", "ftuuu" },
    { C, "MAX_GAP(view.at WHERE product = 'y') = INTERVAL '0 days'", "tuuuu" },
    { C, "SUM(buy.amount * contact.age) = 800", "tffff" },
    { C, "SUM(buy.amount * buy.contact.age) = 800", "tffff" },
    { A, "SUM(buy.amount VIA contact.account) = 152", "tff" },
    /* Chains: some choice must fit. */
    { C, "SEQUENCE(view, buy)", "ttfff" },
    { C, "SEQUENCE(buy, view)", "ttfff" },
    { C, "SEQUENCE(view, buy WITHIN 1 day)", "ttfff" },
    { C, "SEQUENCE(view, buy; SAME product)", "ttfff" },
    { C, "SEQUENCE(view WHERE product = 'y', buy WITHIN 5 days)", "fffff" },
    { C, "SEQUENCE(view WHERE product = 'y', buy WITHIN 6 days)", "tffff" },
    { C, "SEQUENCE(view, view; SAME product)", "tffff" },
    { C, "SEQUENCE(view, view; SAME product STRICT)", "fffff" },
    { C, "SEQUENCE(buy, buy WITHIN 2 days; SAME product)", "ftfff" },
    { C, "SEQUENCE(buy, NOT view, buy)", "ftfff" },
    { C, "SEQUENCE(view, NOT view, buy; WITHIN 1 day)", "ttfff" },
    { C, "SEQUENCE(view, view, NOT buy)", "fffff" },
    { C, "SEQUENCE(view, NOT buy)", "fffff" },
    { C, "SEQUENCE(view, NOT buy WITHIN 5 days)", "tffff" },
    { C, "SEQUENCE(buy, NOT view WITHIN 11 days)", "ttfff" },
    { C, "SEQUENCE(buy, NOT view WITHIN 12 days)", "ftfff" },
    { C, "SEQUENCE(buy WHERE amount = 5, view, NOT buy WITHIN 1 day)", "fffff" },
    { C, "SEQUENCE(view, NOT buy WITHIN 1 day; SAME product)", "tffff" },
    { C, "SEQUENCE(view, view, buy, buy)", "fffff" },
    { C, "SEQUENCE(view, buy, view, view, buy)", "tffff" },
    { C, "SEQUENCE(view, view, buy; WITHIN 7 days)", "tffff" },
    { C, "SEQUENCE(view, view, buy; WITHIN 5 days)", "fffff" },
    { C, "FUNNEL(view, buy, buy) = 3", "ttfff" },
    { C, "FUNNEL(view, buy, buy; STRICT) = 2", "ftfff" },
    { C, "FUNNEL(view WHERE product = 'y', buy WITHIN 1 day, buy) = 1", "tffff" },
    { C, "FUNNEL(view, buy) = 0", "ffttt" },
    /* Ranks: ties by key, those without a value are outside. */
    { C, "TOP 1 BY age", "ffftf" },
    { C, "TOP 2 BY age", "ftftf" },
    { C, "TOP 2 BY age WITH TIES", "ftftt" },
    { C, "BOTTOM 2 BY age", "ttfff" },
    { C, "TOP 26 PERCENT BY age", "ftftf" },
    { C, "TOP 1 BY age PER account", "ftftt" },
    { C, "TOP 1 BY age PER account.tier", "ftftf" },
    { C, "TOP 1 BY age AMONG (age < 40)", "ftfff" },
    { C, "TOP 0 BY age WITH TIES", "fffff" },
    { C, "NTILE(2, age) = 1", "ttuff" },
    { C, "NTILE(3, age) = 2", "ffuft" },
    { C, "RANK(age) = 2", "ftuft" },
    { C, "RANK(age) = 4", "tfuff" },
    { C, "PERCENT_RANK(age) > 0.33 AND PERCENT_RANK(age) < 0.34", "ftuft" },
    { C, "TOP 1 BY SUM(buy.amount)", "ftfff" },
    { C, "account.RANK(tier) = 3", "ttfuu" },
    { C, "EXISTS(buy WHERE TOP 1 BY amount)", "fffff" },
    { C, "EXISTS(buy WHERE TOP 2 BY amount PER contact AMONG (amount < 1000))", "ttfff" },
};

START_TEST(the_model_gives_literal_answers)
{
    const example *e = &examples[_i];
    const m_object *object;
    m_run run = run_of();
    co_memory memory;
    co_tree *tree;
    char found[8] = "";
    cohort_error error = COHORT_ERROR_INIT;

    make_world();
    object = &world.objects[e->object];
    co_memory_init(&memory, NULL, 0);
    if (co_expr_parse(&memory, co_text_of(e->text), NULL, &tree, &error) != COHORT_OK)
        ck_abort_msg("%s: %s", e->text, error.text);
    for (uint32_t i = 0; i < object->n_records; i++) {
        const m_env env = { .object = e->object, .record = &object->records[i] };

        found[i] = "ftu"[model_condition(&run, &env, tree->root, e->nulls)];
    }
    ck_assert_msg(strcmp(found, e->wanted) == 0, "%s: %s, not %s", e->text, found, e->wanted);
    m_run_end(&run);
    co_tree_free(tree);
    clear_world();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("model");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(all, the_model_gives_literal_answers, 0, sizeof examples / sizeof *examples);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

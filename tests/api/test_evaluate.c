/* cohort/evaluate.h: members, counts, single records, explanations, warnings, and how they fail. */
#include "cohort/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check_main.h"
#include "support/every_kernel.h"
#include "support/failing_memory.h"

static cohort_value number(cohort_type type, int64_t value)
{
    return (cohort_value){ .type = type, .number = value };
}

static cohort_value text(const char *value)
{
    return (cohort_value){ .type = COHORT_STRING, .text = { value, strlen(value) } };
}

/* ---- a store: contacts of accounts, and visits over time ---- */

static void declare(cohort_store *store)
{
    static const cohort_field account_fields[] = { { sizeof(cohort_field), COHORT_INT, "size", 0, 0, NULL } };
    static const cohort_field contact_fields[] = {
        { sizeof(cohort_field), COHORT_INT, "age", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_STRING, "country", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_REFERENCE, "account", 0, 0, "account" },
    };
    static const cohort_field visit_fields[] = {
        { sizeof(cohort_field), COHORT_TIMESTAMP, "at", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_REFERENCE, "contact", 0, 0, "contact" },
    };
    cohort_object account = COHORT_OBJECT_INIT;
    cohort_object contact = COHORT_OBJECT_INIT;
    cohort_object visit = COHORT_OBJECT_INIT;

    account.name = "account";
    account.key_type = COHORT_STRING;
    account.fields = account_fields;
    account.n_fields = 1;
    contact.name = "contact";
    contact.key_name = "id";
    contact.key_type = COHORT_INT;
    contact.fields = contact_fields;
    contact.n_fields = 3;
    visit.name = "visit";
    visit.time = "at";
    visit.fields = visit_fields;
    visit.n_fields = 2;
    ck_assert_int_eq(cohort_store_declare(store, &account, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_store_declare(store, &contact, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_store_declare(store, &visit, NULL), COHORT_OK);
}

static const char *const names[] = { "age", "country", "account" };

/* Contact n: age n % 100, missing for multiples of 10; country AU, NZ, DE in turn; account big or small. */
static cohort_store *make_store(int64_t n_contacts)
{
    static const char *const countries[] = { "AU", "NZ", "DE" };
    static const char *const size[] = { "size" };
    static const char *const visit_fields[] = { "at", "contact" };
    cohort_value big = text("big");
    cohort_value small = text("small");
    cohort_value sizes[2] = { number(COHORT_INT, 1000), number(COHORT_INT, 5) };
    cohort_store *store;
    cohort_batch *batch;

    ck_assert_int_eq(cohort_store_open(NULL, NULL, &store, NULL), COHORT_OK);
    declare(store);
    ck_assert_int_eq(cohort_batch_new(store, &batch, NULL), COHORT_OK);
    cohort_batch_upsert(batch, "account", &big, 1, size, &sizes[0], NULL);
    cohort_batch_upsert(batch, "account", &small, 1, size, &sizes[1], NULL);
    for (int64_t i = 1; i <= n_contacts; i++) {
        const cohort_value key = number(COHORT_INT, i);
        const cohort_value values[3] = { number(i % 10 == 0 ? COHORT_NULL : COHORT_INT, i % 100),
                                         text(countries[i % 3]), text(i % 2 == 0 ? "big" : "small") };

        ck_assert_int_eq(cohort_batch_upsert(batch, "contact", &key, 3, names, values, NULL), COHORT_OK);
    }
    for (int64_t i = 0; i < 10; i++) {
        const cohort_value values[2] = { number(i == 9 ? COHORT_NULL : COHORT_TIMESTAMP, i * 1000000),
                                         number(COHORT_INT, i + 1) };

        ck_assert_int_eq(cohort_batch_upsert(batch, "visit", NULL, 2, visit_fields, values, NULL), COHORT_OK);
    }
    ck_assert_int_eq(cohort_batch_commit(batch, NULL, NULL), COHORT_OK);
    cohort_batch_free(batch);
    return store;
}

typedef struct bench {
    cohort_store *store;
    cohort_snapshot *snapshot;
    cohort_evaluator *evaluator;
    cohort_evaluate_options options;
    cohort_error error;
} bench;

static bench open_bench(int64_t n_contacts, uint32_t n_threads)
{
    bench b = { .options = COHORT_EVALUATE_OPTIONS_INIT, .error = COHORT_ERROR_INIT };
    cohort_evaluator_options options = COHORT_EVALUATOR_OPTIONS_INIT;

    options.n_threads = n_threads;
    b.store = make_store(n_contacts);
    ck_assert_int_eq(cohort_store_snapshot(b.store, &b.snapshot, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_evaluator_new(&options, &b.evaluator, NULL), COHORT_OK);
    b.options.has_as_of = 1;
    b.options.as_of_us = 4000000;
    return b;
}

static void close_bench(bench *b)
{
    cohort_evaluator_free(b->evaluator);
    cohort_snapshot_release(b->snapshot);
    cohort_store_close(b->store);
}

static cohort_segment *parse(const char *object, const char *condition)
{
    cohort_segment *segment;

    ck_assert_int_eq(cohort_segment_parse(object, condition, SIZE_MAX, NULL, &segment, NULL), COHORT_OK);
    return segment;
}

static cohort_status count(bench *b, const char *object, const char *condition, uint64_t *n)
{
    cohort_segment *segment = parse(object, condition);
    const cohort_status status =
        cohort_evaluate_count(b->evaluator, b->snapshot, segment, &b->options, n, &b->error);

    cohort_segment_free(segment);
    return status;
}

/* ---- members and counts ---- */

START_TEST(members_and_counts_are_those_of_the_segment)
{
    static const struct {
        const char *condition;
        uint64_t n;
    } rows[] = {
        { "age >= 50", 450 },   { "NOT (age >= 50)", 450 },
        { "age IS NULL", 100 }, { "TRUE", 1000 },
        { "FALSE", 0 },         { "account.size > 100", 500 },
        { "id <= 3", 3 },       { "country = 'AU' OR age = 1", 340 },
        { "age + id = 2", 1 },
    };
    bench b = open_bench(1000, 2);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cohort_segment *segment = parse("contact", rows[i].condition);
        cohort_bitmap *members;
        uint64_t n;

        ck_assert_int_eq(cohort_evaluate(b.evaluator, b.snapshot, segment, &b.options, &members, &b.error),
                         COHORT_OK);
        ck_assert_int_eq(count(&b, "contact", rows[i].condition, &n), COHORT_OK);
        ck_assert_msg(n == rows[i].n, "%s: %u, not %u", rows[i].condition, (unsigned)n, (unsigned)rows[i].n);
        ck_assert_uint_eq(cohort_bitmap_count(members), n);
        cohort_bitmap_free(members);
        cohort_segment_free(segment);
    }
    close_bench(&b);
}
END_TEST

START_TEST(many_segments_of_several_objects_run_together)
{
    bench b = open_bench(1000, 1);
    cohort_segment *segments[3] = { parse("contact", "age >= 50"), parse("account", "size > 100"),
                                    parse("contact", "age >= 50") };
    cohort_result results[3];

    ck_assert_int_eq(cohort_evaluate_many(b.evaluator, b.snapshot, (const cohort_segment *const *)segments, 3,
                                          &b.options, 1, results, &b.error),
                     COHORT_OK);
    ck_assert_uint_eq(results[0].n_members, 450);
    ck_assert_uint_eq(results[0].n_unknown, 100);
    ck_assert_uint_eq(results[1].n_members, 1);
    ck_assert_uint_eq(results[1].n_unknown, 0);
    ck_assert(cohort_bitmap_equal(results[0].members, results[2].members));
    for (int i = 0; i < 3; i++) {
        ck_assert_uint_eq(cohort_bitmap_count(results[i].members), results[i].n_members);
        cohort_bitmap_free(results[i].members);
    }
    ck_assert_int_eq(cohort_evaluate_many(b.evaluator, b.snapshot, (const cohort_segment *const *)segments, 3,
                                          &b.options, 0, results, &b.error),
                     COHORT_OK);
    ck_assert_ptr_null(results[0].members);
    ck_assert_uint_eq(results[2].n_members, 450);
    ck_assert_int_eq(cohort_evaluate_many(b.evaluator, b.snapshot, NULL, 0, &b.options, 0, NULL, &b.error),
                     COHORT_OK);
    for (int i = 0; i < 3; i++)
        cohort_segment_free(segments[i]);
    close_bench(&b);
}
END_TEST

START_TEST(bitmaps_of_different_objects_do_not_meet)
{
    bench b = open_bench(10, 1);
    cohort_segment *contacts = parse("contact", "TRUE");
    cohort_segment *accounts = parse("account", "TRUE");
    cohort_bitmap *x;
    cohort_bitmap *y;
    cohort_bitmap *both;

    ck_assert_int_eq(cohort_evaluate(b.evaluator, b.snapshot, contacts, &b.options, &x, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_evaluate(b.evaluator, b.snapshot, accounts, &b.options, &y, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_bitmap_and(x, y, &both, NULL), COHORT_INVALID);
    cohort_bitmap_free(x);
    cohort_bitmap_free(y);
    cohort_segment_free(contacts);
    cohort_segment_free(accounts);
    close_bench(&b);
}
END_TEST

/* Sizes about the edge of a tile; one thread and three, every kernel. */
START_TEST(threads_kernels_and_edges_change_nothing)
{
    static const int64_t sizes[] = { 65535, 65536, 65537 };
    static const char *const conditions[] = {
        "age >= 50 AND NOT (country = 'AU')",
        "age / 3 > 20",
        "account.size > 100 XOR age IS NULL",
        "IF(country = 'DE', age, 0) + 1 = 1",
    };
    bench one = open_bench(sizes[_i], 1);
    bench three = open_bench(sizes[_i], 3);

    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        uint64_t first = UINT64_MAX;

        for_every_kernel(kernel)
        {
            uint64_t n;
            uint64_t m;

            ck_assert_int_eq(count(&one, "contact", conditions[i], &n), COHORT_OK);
            ck_assert_int_eq(count(&three, "contact", conditions[i], &m), COHORT_OK);
            ck_assert_uint_eq(n, m);
            ck_assert(first == UINT64_MAX || first == n);
            first = n;
        }
    }
    close_bench(&one);
    close_bench(&three);
}
END_TEST

/* ---- time ---- */

START_TEST(events_after_the_instant_do_not_exist)
{
    bench b = open_bench(10, 1);
    cohort_segment *segment = parse("visit", "TRUE");
    cohort_result result;
    const cohort_segment *const list[] = { segment };
    uint64_t n;

    /* Visits at 0 … 8 seconds and one without time; the instant is second 4. */
    ck_assert_int_eq(count(&b, "visit", "TRUE", &n), COHORT_OK);
    ck_assert_uint_eq(n, 6);
    ck_assert_int_eq(count(&b, "visit", "NOT (contact.age = 1)", &n), COHORT_OK);
    ck_assert_uint_eq(n, 4);
    ck_assert_int_eq(cohort_evaluate_many(b.evaluator, b.snapshot, list, 1, &b.options, 0, &result, NULL),
                     COHORT_OK);
    ck_assert_uint_eq(result.n_unknown, 0);
    b.options.as_of_us = 3999999;
    ck_assert_int_eq(count(&b, "visit", "TRUE", &n), COHORT_OK);
    ck_assert_uint_eq(n, 5);
    b.options.as_of_us = 7999999;
    ck_assert_int_eq(count(&b, "visit", "TRUE", &n), COHORT_OK);
    ck_assert_uint_eq(n, 9);
    b.options.has_as_of = 0;
    ck_assert_int_eq(count(&b, "visit", "TRUE", &n), COHORT_OK);
    ck_assert_uint_eq(n, 10);
    ck_assert_int_eq(count(&b, "visit", "at > NOW()", &n), COHORT_INVALID);
    ck_assert_uint_eq(n, 0);
    cohort_segment_free(segment);
    close_bench(&b);
}
END_TEST

/* ---- failing ---- */

START_TEST(what_cannot_be_evaluated_is_refused_with_its_place)
{
    static const struct {
        const char *condition;
        cohort_status status;
        uint64_t position;
    } rows[] = {
        { "age = 1 AND aeg = 2", COHORT_NOT_FOUND, 12 },
        { "age = 'x'", COHORT_PARSE, 6 },
        { "SEGMENT('none')", COHORT_NOT_FOUND, 0 },
        { "EXISTS(contact)", COHORT_NOT_FOUND, 7 },
    };
    bench b = open_bench(10, 1);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t n = 7;

        ck_assert_int_eq(count(&b, "contact", rows[i].condition, &n), rows[i].status);
        ck_assert_uint_eq(n, 0);
        ck_assert_uint_eq(b.error.position, rows[i].position);
        ck_assert_uint_eq(b.error.line, 1);
        ck_assert_uint_eq(b.error.column, rows[i].position + 1);
    }
    uint64_t n;

    ck_assert_int_eq(count(&b, "nobody", "TRUE", &n), COHORT_NOT_FOUND);
    b.options.zone = "No/Such";
    ck_assert_int_eq(count(&b, "contact", "TRUE", &n), COHORT_NOT_FOUND);
    b.options.zone = NULL;
    b.options.week_start = 8;
    ck_assert_int_eq(count(&b, "contact", "TRUE", &n), COHORT_INVALID);
    close_bench(&b);
}
END_TEST

START_TEST(the_second_of_two_segments_is_located)
{
    bench b = open_bench(10, 1);
    cohort_segment *segments[2] = { parse("contact", "age = 1"), parse("contact", "\n\n  aeg = 1") };
    cohort_result results[2];

    ck_assert_int_eq(cohort_evaluate_many(b.evaluator, b.snapshot, (const cohort_segment *const *)segments, 2,
                                          &b.options, 1, results, &b.error),
                     COHORT_NOT_FOUND);
    ck_assert_uint_eq(b.error.line, 3);
    ck_assert_uint_eq(b.error.column, 3);
    ck_assert_ptr_null(results[0].members);
    cohort_segment_free(segments[0]);
    cohort_segment_free(segments[1]);
    close_bench(&b);
}
END_TEST

START_TEST(an_evaluation_error_names_the_lowest_record)
{
    static const char *const conditions[] = { "LN(age - 7) > 1", "id < 5 OR LN(50000 - id) > 0" };
    static const char *const texts[] = { "contact 1: LN of a negative number", "contact 50000: LN of zero" };

    for (uint32_t n_threads = 1; n_threads <= 3; n_threads++) {
        bench b = open_bench(140000, n_threads);

        for (size_t i = 0; i < 2; i++) {
            uint64_t n;

            ck_assert_int_eq(count(&b, "contact", conditions[i], &n), COHORT_OVERFLOW);
            ck_assert_str_eq(b.error.text, texts[i]);
        }
        close_bench(&b);
    }
}
END_TEST

static int32_t refuse(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    return done <= total;
}

START_TEST(cancel_deadline_and_limit_stop_a_run)
{
    bench b = open_bench(140000, 2);
    cohort_evaluator_options options = COHORT_EVALUATOR_OPTIONS_INIT;
    uint64_t n;

    b.options.progress = refuse;
    ck_assert_int_eq(count(&b, "contact", "age / 2 > 1", &n), COHORT_CANCELLED);
    b.options.progress = NULL;
    b.options.timeout_us = 1;
    ck_assert_int_eq(count(&b, "contact", "age / 2 > 1", &n), COHORT_DEADLINE);
    b.options.timeout_us = 0;
    cohort_evaluator_free(b.evaluator);
    options.memory_limit_bytes = 100000;
    ck_assert_int_eq(cohort_evaluator_new(&options, &b.evaluator, NULL), COHORT_OK);
    ck_assert_int_eq(count(&b, "contact", "age / 2 > 1", &n), COHORT_MEMORY);
    ck_assert_int_eq(count(&b, "contact", "age > 98", &n), COHORT_OK);
    close_bench(&b);
}
END_TEST

/* ---- one record ---- */

START_TEST(one_record_is_asked_alone)
{
    static const struct {
        int64_t key;
        const char *condition;
        int32_t answer;
    } rows[] = {
        { 7, "age = 7", COHORT_TRUE },
        { 7, "age = 8", COHORT_FALSE },
        { 10, "age = 8", COHORT_UNKNOWN },
        { 8, "account.size = 1000", COHORT_TRUE },
        { 7, "account.size = 1000", COHORT_FALSE },
        { 7, "LN(age) > 1", COHORT_TRUE },
    };
    bench b = open_bench(1000, 1);
    const cohort_value unknown = number(COHORT_INT, 5000);
    cohort_segment *segment = parse("contact", "TRUE");
    int32_t answer = 9;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cohort_segment *asked = parse("contact", rows[i].condition);
        const cohort_value key = number(COHORT_INT, rows[i].key);

        ck_assert_int_eq(
            cohort_evaluate_contains(b.evaluator, b.snapshot, asked, &key, &b.options, &answer, NULL),
            COHORT_OK);
        ck_assert_msg(answer == rows[i].answer, "%s of %d", rows[i].condition, (int)rows[i].key);
        cohort_segment_free(asked);
    }
    ck_assert_int_eq(
        cohort_evaluate_contains(b.evaluator, b.snapshot, segment, &unknown, &b.options, &answer, NULL),
        COHORT_NOT_FOUND);
    cohort_segment_free(segment);
    close_bench(&b);
}
END_TEST

/* Lines of text as they come. */
typedef struct lines {
    char text[2000];
    size_t n;
    size_t stop_after;
} lines;

static int32_t add_line(lines *l, const char *line)
{
    const size_t length = strlen(l->text);

    snprintf(l->text + length, sizeof l->text - length, "%s\n", line);
    return ++l->n == l->stop_after;
}

static int32_t add_name(void *context, const char *name)
{
    return add_line(context, name);
}

START_TEST(a_record_knows_its_segments)
{
    bench b = open_bench(100, 1);
    const cohort_value keys[2] = { number(COHORT_INT, 7), number(COHORT_INT, 777) };
    lines all = { .n = 0 };
    lines first = { .stop_after = 1 };

    ck_assert_int_eq(cohort_store_define(b.store, "contact", "young", "age < 30", SIZE_MAX, NULL, NULL),
                     COHORT_OK);
    ck_assert_int_eq(cohort_store_define(b.store, "contact", "old", "age > 60", SIZE_MAX, NULL, NULL),
                     COHORT_OK);
    ck_assert_int_eq(
        cohort_store_define(b.store, "contact", "it's", "SEGMENT('young')", SIZE_MAX, NULL, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_store_define_keys(b.store, "contact", "list", 2, keys, NULL), COHORT_OK);
    cohort_snapshot_release(b.snapshot);
    ck_assert_int_eq(cohort_store_snapshot(b.store, &b.snapshot, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_evaluate_memberships(b.evaluator, b.snapshot, "contact", &keys[0], &b.options,
                                                 add_name, &all, &b.error),
                     COHORT_OK);
    ck_assert_str_eq(all.text, "it's\nlist\nyoung\n");
    ck_assert_int_eq(cohort_evaluate_memberships(b.evaluator, b.snapshot, "contact", &keys[0], &b.options,
                                                 add_name, &first, &b.error),
                     COHORT_OK);
    ck_assert_str_eq(first.text, "it's\n");
    ck_assert_int_eq(cohort_evaluate_memberships(b.evaluator, b.snapshot, "contact", &keys[1], &b.options,
                                                 add_name, &all, &b.error),
                     COHORT_NOT_FOUND);
    close_bench(&b);
}
END_TEST

static int32_t add_why(void *context, const cohort_why_item *item)
{
    static const char *const answers[] = { "false", "true", "unknown" };
    char line[200];

    snprintf(line, sizeof line, "%*s%s: %s%s%s", (int)item->depth * 2, "", item->text, answers[item->answer],
             item->seen[0] != 0 ? ", saw " : "", item->seen);
    return add_line(context, line);
}

START_TEST(why_shows_each_node_and_what_it_saw)
{
    bench b = open_bench(100, 1);
    cohort_segment *segment = parse("contact", "age > 30 AND NOT (country = 'AU' OR account.size > 10)");
    const cohort_value key = number(COHORT_INT, 3);
    lines why = { .n = 0 };

    ck_assert_int_eq(
        cohort_evaluate_why(b.evaluator, b.snapshot, segment, &key, &b.options, add_why, &why, &b.error),
        COHORT_OK);
    ck_assert_str_eq(why.text, "AND: false\n"
                               "  age > 30: false, saw 3\n"
                               "  NOT: false\n"
                               "    OR: true\n"
                               "      country = 'AU': true, saw 'AU'\n"
                               "      account.size > 10: false, saw 5\n");
    cohort_segment_free(segment);
    close_bench(&b);
}
END_TEST

/* ---- explanations and warnings ---- */

static int32_t add_item(void *context, const cohort_explain_item *item)
{
    char line[200];

    if (item->is_step)
        snprintf(line, sizeof line, "step %s: %u", item->text, (unsigned)item->n_true);
    else
        snprintf(line, sizeof line, "%*s%s: %u true, %u unknown", (int)item->depth * 2, "", item->text,
                 (unsigned)item->n_true, (unsigned)item->n_unknown);
    return add_line(context, line);
}

START_TEST(explain_counts_nodes_and_steps)
{
    bench b = open_bench(100, 3);
    cohort_segment *segment = parse("contact", "age >= 50 AND NOT (country = 'AU')");
    lines told = { .n = 0 };

    ck_assert_int_eq(
        cohort_evaluate_explain(b.evaluator, b.snapshot, segment, &b.options, add_item, &told, &b.error),
        COHORT_OK);
    ck_assert_ptr_nonnull(strstr(told.text, "AND: 30 true, 7 unknown\n"
                                            "  age >= 50: 45 true, 10 unknown\n"
                                            "  NOT: 67 true, 0 unknown\n"
                                            "    country = 'AU': 33 true, 0 unknown\n"));
    ck_assert_ptr_nonnull(strstr(told.text, "step age >= 50: 45\n"));
    cohort_segment_free(segment);
    close_bench(&b);
}
END_TEST

static int32_t add_warning(void *context, const cohort_lint_item *item)
{
    return add_line(context, item->code);
}

START_TEST(lint_counts_members_and_compares_segments)
{
    static const struct {
        const char *condition;
        const char *code;
    } rows[] = {
        { "age < 0 - 5", "empty-segment" },
        { "age = 3", "tiny-segment" },
        { "age <= 29", "identical-segment" },
        { "id = 7 OR id = 8", "identical-segment" },
        { "age = 1 AND age = 2 OR age = 3", "mixed-and-or" },
    };
    bench b = open_bench(1000, 1);
    const cohort_value keys[3] = { number(COHORT_INT, 7), number(COHORT_INT, 8), number(COHORT_INT, 7777) };

    ck_assert_int_eq(cohort_store_define(b.store, "contact", "young", "age < 30", SIZE_MAX, NULL, NULL),
                     COHORT_OK);
    ck_assert_int_eq(cohort_store_define_keys(b.store, "contact", "list", 3, keys, NULL), COHORT_OK);
    cohort_snapshot_release(b.snapshot);
    ck_assert_int_eq(cohort_store_snapshot(b.store, &b.snapshot, NULL), COHORT_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cohort_segment *segment = parse("contact", rows[i].condition);
        lines told = { .n = 0 };

        ck_assert_int_eq(
            cohort_evaluate_lint(b.evaluator, b.snapshot, segment, &b.options, add_warning, &told, &b.error),
            COHORT_OK);
        ck_assert_msg(strstr(told.text, rows[i].code) != NULL, "%s gives\n%s", rows[i].condition, told.text);
        cohort_segment_free(segment);
    }
    cohort_segment *segment = parse("contact", "nonsense = 1 AND a = 2 OR b = 3");
    lines told = { .n = 0 };

    ck_assert_int_eq(cohort_evaluate_lint(b.evaluator, NULL, segment, NULL, add_warning, &told, &b.error),
                     COHORT_OK);
    ck_assert_ptr_nonnull(strstr(told.text, "mixed-and-or"));
    cohort_segment_free(segment);
    close_bench(&b);
}
END_TEST

/* ---- memory ---- */

static int32_t ignore_explain(void *context, const cohort_explain_item *item)
{
    (void)context;
    (void)item;
    return 0;
}

static int32_t ignore_why(void *context, const cohort_why_item *item)
{
    (void)context;
    (void)item;
    return 0;
}

static int32_t ignore_lint(void *context, const cohort_lint_item *item)
{
    (void)context;
    (void)item;
    return 0;
}

static int32_t ignore_name(void *context, const char *name)
{
    (void)context;
    (void)name;
    return 0;
}

enum { MEMBERS, MANY, CONTAINS, EXPLAIN, WHY, LINT, MEMBERSHIPS, N_CALLS };

static cohort_status call(int which, bench *b, cohort_evaluator *evaluator, const cohort_segment *segment)
{
    const cohort_value key = number(COHORT_INT, 3);
    const cohort_segment *const list[2] = { segment, segment };
    cohort_result results[2] = { { NULL, 0, 0 }, { NULL, 0, 0 } };
    cohort_bitmap *members = NULL;
    int32_t answer;
    cohort_status status;

    switch (which) {
    case MEMBERS:
        status = cohort_evaluate(evaluator, b->snapshot, segment, &b->options, &members, &b->error);
        ck_assert((status == COHORT_OK) == (members != NULL));
        cohort_bitmap_free(members);
        return status;
    case MANY:
        status = cohort_evaluate_many(evaluator, b->snapshot, list, 2, &b->options, 1, results, &b->error);
        ck_assert((status == COHORT_OK) == (results[1].members != NULL));
        cohort_bitmap_free(results[0].members);
        cohort_bitmap_free(results[1].members);
        return status;
    case CONTAINS:
        return cohort_evaluate_contains(evaluator, b->snapshot, segment, &key, &b->options, &answer,
                                        &b->error);
    case EXPLAIN:
        return cohort_evaluate_explain(evaluator, b->snapshot, segment, &b->options, ignore_explain, NULL,
                                       &b->error);
    case WHY:
        return cohort_evaluate_why(evaluator, b->snapshot, segment, &key, &b->options, ignore_why, NULL,
                                   &b->error);
    case LINT:
        return cohort_evaluate_lint(evaluator, b->snapshot, segment, &b->options, ignore_lint, NULL,
                                    &b->error);
    default:
        return cohort_evaluate_memberships(evaluator, b->snapshot, "contact", &key, &b->options, ignore_name,
                                           NULL, &b->error);
    }
}

START_TEST(every_refused_allocation_is_told_and_nothing_leaks)
{
    bench b = open_bench(300, 1);
    cohort_segment *segment = parse(
        "contact",
        "age >= 50 XOR (UPPER(country) = 'AU' OR account.size + age > 10 OR AT LEAST 1 OF (id = 1, id = 2))");

    ck_assert_int_eq(cohort_store_define(b.store, "contact", "young", "age < 30", SIZE_MAX, NULL, NULL),
                     COHORT_OK);
    cohort_snapshot_release(b.snapshot);
    ck_assert_int_eq(cohort_store_snapshot(b.store, &b.snapshot, NULL), COHORT_OK);
    ck_assert_int_eq(call(CONTAINS, &b, b.evaluator, segment), COHORT_OK); /* the key index is the store's */
    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        cohort_evaluator_options options = COHORT_EVALUATOR_OPTIONS_INIT;
        cohort_evaluator *evaluator;
        cohort_status status;

        options.allocator = &allocator;
        status = cohort_evaluator_new(&options, &evaluator, &b.error);
        if (status == COHORT_OK) {
            status = call(_i, &b, evaluator, segment);
            cohort_evaluator_free(evaluator);
        }
        ck_assert_int_eq(status, state.n_refused > 0 ? COHORT_MEMORY : COHORT_OK);
        ck_assert_msg(co_failing_is_clean(&state), "after request %u", (unsigned)n);
        if (state.n_refused == 0)
            break;
    }
    cohort_segment_free(segment);
    close_bench(&b);
}
END_TEST

START_TEST(null_is_refused_at_the_door)
{
    bench b = open_bench(3, 1);
    cohort_segment *segment = parse("contact", "TRUE");
    const cohort_segment *none = NULL;
    cohort_result result;
    cohort_bitmap *members;
    uint64_t n;
    int32_t answer;

    ck_assert_int_eq(cohort_evaluator_new(NULL, NULL, NULL), COHORT_INVALID);
    ck_assert_int_eq(cohort_evaluate(NULL, b.snapshot, segment, NULL, &members, NULL), COHORT_INVALID);
    ck_assert_int_eq(cohort_evaluate(b.evaluator, NULL, segment, NULL, &members, NULL), COHORT_INVALID);
    ck_assert_int_eq(cohort_evaluate(b.evaluator, b.snapshot, NULL, NULL, &members, NULL), COHORT_INVALID);
    ck_assert_int_eq(cohort_evaluate(b.evaluator, b.snapshot, segment, NULL, NULL, NULL), COHORT_INVALID);
    ck_assert_int_eq(cohort_evaluate_count(b.evaluator, b.snapshot, segment, NULL, NULL, NULL),
                     COHORT_INVALID);
    ck_assert_int_eq(cohort_evaluate_count(b.evaluator, b.snapshot, segment, NULL, &n, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_evaluate_many(b.evaluator, b.snapshot, &none, 1, NULL, 0, &result, NULL),
                     COHORT_INVALID);
    ck_assert_int_eq(cohort_evaluate_contains(b.evaluator, b.snapshot, segment, NULL, NULL, &answer, NULL),
                     COHORT_INVALID);
    ck_assert_int_eq(cohort_evaluate_explain(b.evaluator, b.snapshot, segment, NULL, NULL, NULL, NULL),
                     COHORT_INVALID);
    ck_assert_int_eq(cohort_evaluate_lint(NULL, NULL, segment, NULL, NULL, NULL, NULL), COHORT_INVALID);
    ck_assert_int_eq(cohort_evaluate_memberships(b.evaluator, b.snapshot, NULL, NULL, NULL, NULL, NULL, NULL),
                     COHORT_INVALID);
    cohort_evaluator_free(NULL);
    cohort_segment_free(segment);
    close_bench(&b);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("evaluate");
    TCase *all = tcase_create("all");

    tcase_add_test(all, members_and_counts_are_those_of_the_segment);
    tcase_add_test(all, many_segments_of_several_objects_run_together);
    tcase_add_test(all, bitmaps_of_different_objects_do_not_meet);
    tcase_add_loop_test(all, threads_kernels_and_edges_change_nothing, 0, 3);
    tcase_add_test(all, events_after_the_instant_do_not_exist);
    tcase_add_test(all, what_cannot_be_evaluated_is_refused_with_its_place);
    tcase_add_test(all, the_second_of_two_segments_is_located);
    tcase_add_test(all, an_evaluation_error_names_the_lowest_record);
    tcase_add_test(all, cancel_deadline_and_limit_stop_a_run);
    tcase_add_test(all, one_record_is_asked_alone);
    tcase_add_test(all, a_record_knows_its_segments);
    tcase_add_test(all, why_shows_each_node_and_what_it_saw);
    tcase_add_test(all, explain_counts_nodes_and_steps);
    tcase_add_test(all, lint_counts_members_and_compares_segments);
    tcase_add_loop_test(all, every_refused_allocation_is_told_and_nothing_leaks, 0, N_CALLS);
    tcase_add_test(all, null_is_refused_at_the_door);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

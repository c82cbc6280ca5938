/* Fields whose changes are kept, as a caller declares, changes and asks about them. */
#include <string.h>

#include "cohort.h"
#include "support/check_main.h"

#define DAY INT64_C(86400000000)

static const cohort_field fields[] = {
    { sizeof(cohort_field), COHORT_STRING, "stage", 0, COHORT_NOCASE, NULL },
    { sizeof(cohort_field), COHORT_INT, "score", 0, 0, NULL },
};
static const char *const kept[] = { "stage", "score" };

typedef struct world {
    cohort_store *store;
    cohort_batch *batch;
    cohort_evaluator *evaluator;
} world;

static world w;

static cohort_status declare(size_t n_history, uint32_t size)
{
    cohort_object contact = COHORT_OBJECT_INIT;

    contact.size = size;
    contact.name = "contact";
    contact.key_type = COHORT_INT;
    contact.fields = fields;
    contact.n_fields = 2;
    contact.history = kept;
    contact.n_history = n_history;
    return cohort_store_declare(w.store, &contact, NULL);
}

static void set_stage(int64_t id, const char *stage, int64_t day)
{
    static const char *const names[] = { "stage" };
    cohort_value key = COHORT_VALUE_NULL;
    cohort_value value = COHORT_VALUE_NULL;

    key.type = COHORT_INT;
    key.number = id;
    value.type = COHORT_STRING;
    value.text = (cohort_text){ stage, strlen(stage) };
    ck_assert_int_eq(cohort_batch_upsert(w.batch, "contact", &key, 1, names, &value, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_set_time(w.batch, day * DAY, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_commit(w.batch, NULL, NULL), COHORT_OK);
}

static void set_up(void)
{
    ck_assert_int_eq(cohort_store_open(NULL, NULL, &w.store, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_new(w.store, &w.batch, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_evaluator_new(NULL, &w.evaluator, NULL), COHORT_OK);
    ck_assert_int_eq(declare(1, sizeof(cohort_object)), COHORT_OK);
    for (int64_t id = 1; id <= 4; id++)
        set_stage(id, "Lead", 20);
    set_stage(2, "Won", 60);
    set_stage(2, "Lost", 61);
    set_stage(1, "Won", 100);
    set_stage(3, "Won", 115);
    set_stage(3, "Lost", 116);
}

static void tear_down(void)
{
    cohort_evaluator_free(w.evaluator);
    cohort_batch_free(w.batch);
    cohort_store_close(w.store);
}

/* Keys of the contacts that the condition describes on that day, as digits. */
static void ask(const char *condition, int64_t day, char digits[8])
{
    cohort_evaluate_options options = COHORT_EVALUATE_OPTIONS_INIT;
    cohort_error error = COHORT_ERROR_INIT;
    cohort_snapshot *snapshot;
    cohort_segment *segment;
    cohort_bitmap *members;
    size_t n = 0;

    options.has_as_of = 1;
    options.as_of_us = day * DAY;
    ck_assert_int_eq(cohort_store_snapshot(w.store, &snapshot, NULL), COHORT_OK);
    ck_assert_msg(cohort_segment_parse("contact", condition, strlen(condition), NULL, &segment, &error) ==
                      COHORT_OK,
                  "%s", error.text);
    const cohort_status status = cohort_evaluate(w.evaluator, snapshot, segment, &options, &members, &error);

    ck_assert_msg(status == COHORT_OK, "%s: %s", condition, error.text);
    for (uint32_t row = 0; row < 4; row++) {
        cohort_value key;

        if (!cohort_bitmap_contains(members, row))
            continue;
        ck_assert_int_eq(cohort_snapshot_key(snapshot, "contact", row, &key, NULL), COHORT_OK);
        digits[n++] = (char)('0' + key.number);
    }
    digits[n] = 0;
    cohort_bitmap_free(members);
    cohort_segment_free(segment);
    cohort_snapshot_release(snapshot);
}

static const struct {
    const char *condition;
    int64_t day;
    const char *members;
} questions[] = {
    { "EXISTS(contact_stage_history WHERE new = 'won' AND at = LAST_N_DAYS:30)", 120, "13" },
    { "EXISTS(contact_stage_history WHERE new = 'won' AND at = LAST_N_DAYS:30)", 80, "2" },
    { "EXISTS(contact_stage_history WHERE old = 'won' AND new = 'lost')", 120, "23" },
    { "COUNT(contact_stage_history) = 1", 120, "4" },
    { "COUNT(contact_stage_history) = 1", 99, "134" },
    { "LAST(contact_stage_history.new) = stage", 120, "1234" },
    { "LAST(contact_stage_history.new) = 'lead'", 99, "134" },
    { "LAST(contact_stage_history.old) IS NULL", 120, "4" },
    { "FIRST(contact_stage_history.old) IS NULL", 120, "1234" },
    { "EXISTS(contact_stage_history WHERE new != contact.stage AND old IS NOT NULL)", 120, "23" },
};

START_TEST(a_history_is_asked_like_any_events)
{
    char members[8];

    ask(questions[_i].condition, questions[_i].day, members);
    ck_assert_str_eq(members, questions[_i].members);
}
END_TEST

static int32_t gather(void *context, const void *bytes, size_t length)
{
    strncat(context, bytes, length);
    return 0;
}

START_TEST(the_schema_tells_of_histories)
{
    cohort_object object = COHORT_OBJECT_INIT;
    cohort_snapshot *snapshot;
    static char json[8192];

    json[0] = 0;
    ck_assert_int_eq(cohort_store_snapshot(w.store, &snapshot, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_snapshot_object(snapshot, 0, &object, NULL), COHORT_OK);
    ck_assert_uint_eq(object.n_history, 1);
    ck_assert_str_eq(object.history[0], "stage");
    ck_assert_int_eq(cohort_snapshot_object(snapshot, 1, &object, NULL), COHORT_OK);
    ck_assert_str_eq(object.name, "contact_stage_history");
    ck_assert_str_eq(object.home, "contact");
    ck_assert_str_eq(object.time, "at");
    ck_assert_int_eq(object.key_type, COHORT_NULL);
    ck_assert_uint_eq(object.n_fields, 4);
    ck_assert_int_eq(object.fields[1].collation, COHORT_NOCASE);
    ck_assert_int_eq(cohort_snapshot_schema_json(snapshot, gather, json, NULL), COHORT_OK);
    ck_assert_ptr_nonnull(strstr(json, "\"history\":[\"stage\"]"));
    cohort_snapshot_release(snapshot);
}
END_TEST

/* Those before histories did not have the last two members. */
START_TEST(older_callers_declare_and_read_as_before)
{
    const uint32_t older = (uint32_t)offsetof(cohort_object, history);
    cohort_object object = COHORT_OBJECT_INIT;
    cohort_snapshot *snapshot;

    ck_assert_int_eq(declare(2, older), COHORT_OK); /* nobody reads the 2 */
    ck_assert_int_eq(cohort_store_snapshot(w.store, &snapshot, NULL), COHORT_OK);
    ck_assert_uint_eq(cohort_snapshot_count(snapshot, "contact_score_history"), 0);
    object.size = older;
    object.n_history = 77;
    ck_assert_int_eq(cohort_snapshot_object(snapshot, 0, &object, NULL), COHORT_OK);
    ck_assert_uint_eq(object.n_history, 77);
    ck_assert_str_eq(object.fields[1].name, "score");
    cohort_snapshot_release(snapshot);
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
    cohort_object contact = COHORT_OBJECT_INIT;
    cohort_error error = COHORT_ERROR_INIT;

    contact.name = "contact";
    contact.key_type = COHORT_INT;
    contact.n_history = 1;
    ck_assert_int_eq(cohort_store_declare(w.store, &contact, NULL), COHORT_INVALID);
    ck_assert_int_eq(cohort_batch_set_time(NULL, 0, NULL), COHORT_INVALID);
    ck_assert_int_eq(cohort_batch_set_time(w.batch, INT64_MIN, NULL), COHORT_OVERFLOW);
    set_stage(4, "Won", 117);
    ck_assert_int_eq(declare(2, sizeof(cohort_object)), COHORT_OK);
    cohort_store_close(w.store);
    w.store = NULL;
    ck_assert_int_eq(cohort_batch_set_time(w.batch, 0, &error), COHORT_INVALID);
    ck_assert_str_eq(error.text, "the store of this batch is closed");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("history");
    TCase *tests = tcase_create("stages");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_history_is_asked_like_any_events, 0,
                        (int)(sizeof questions / sizeof *questions));
    tcase_add_test(tests, the_schema_tells_of_histories);
    tcase_add_test(tests, older_callers_declare_and_read_as_before);
    tcase_add_test(tests, what_cannot_be_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

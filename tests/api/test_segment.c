/* cohort/segment.h as a caller sees it. */
#include <stdio.h>
#include <string.h>

#include "cohort/evaluate.h"
#include "cohort/segment.h"
#include "support/check_main.h"
#include "support/failing_memory.h"

static cohort_store *store;

static const cohort_field contact_fields[] = {
    { sizeof(cohort_field), COHORT_INT, "age", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_STRING, "country", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "account", 0, 0, "account" },
};
static const cohort_field account_fields[] = {
    { sizeof(cohort_field), COHORT_STRING, "industry", 0, 0, NULL },
};

static void declare(cohort_store *in, const char *name, const cohort_field *fields, size_t n)
{
    cohort_object object = COHORT_OBJECT_INIT;

    object.name = name;
    object.key_type = COHORT_INT;
    object.fields = fields;
    object.n_fields = n;
    ck_assert_int_eq(cohort_store_declare(in, &object, NULL), COHORT_OK);
}

static cohort_store *new_store(const cohort_allocator *allocator)
{
    cohort_store_options options = COHORT_STORE_OPTIONS_INIT;
    cohort_store *made;

    options.allocator = allocator;
    ck_assert_int_eq(cohort_store_open(NULL, &options, &made, NULL), COHORT_OK);
    declare(made, "contact", contact_fields, 3);
    declare(made, "account", account_fields, 1);
    return made;
}

static void open_store(void)
{
    store = new_store(NULL);
}
static void close_store(void)
{
    cohort_store_close(store);
}

static int32_t collect(void *context, const void *bytes, size_t length)
{
    char *text = context;

    strncat(text, bytes, length);
    return 0;
}

static int32_t refuse(void *context, const void *bytes, size_t length)
{
    (void)context;
    (void)bytes;
    (void)length;
    return 1;
}

static void define(const char *object, const char *name, const char *text)
{
    cohort_error error = COHORT_ERROR_INIT;
    const cohort_status status = cohort_store_define(store, object, name, text, SIZE_MAX, NULL, &error);

    ck_assert_msg(status == COHORT_OK, "%s: %s", name, error.text);
}

START_TEST(a_segment_prints_canonically)
{
    cohort_segment *segment;
    char text[200] = "";

    ck_assert_int_eq(
        cohort_segment_parse("contact", "age>=18 and (country = 'AU')", SIZE_MAX, NULL, &segment, NULL),
        COHORT_OK);
    ck_assert_int_eq(cohort_segment_print(segment, collect, text, NULL), COHORT_OK);
    ck_assert_str_eq(text, "age >= 18 AND country = 'AU'");
    ck_assert_int_eq(cohort_segment_print(segment, refuse, NULL, NULL), COHORT_CANCELLED);
    cohort_segment_free(segment);
}
END_TEST

typedef struct refusal {
    const char *object, *name, *text;
    bool is_trait;
    cohort_status code;
    uint64_t position;
    const char *message;
} refusal;

static const refusal refusals[] = {
    { "contact", "x", "age >", false, COHORT_PARSE, 5, NULL },
    { "contact", "x", "contry = 'AU'", false, COHORT_NOT_FOUND, 0,
      "unknown field 'contry' of contact, did you mean 'country'?" },
    { "contcat", "x", "age = 1", false, COHORT_NOT_FOUND, UINT64_MAX, NULL },
    { "contact", "x", "SEGMENT('x')", false, COHORT_INVALID, 0, "a cycle of names: contact.x > contact.x" },
    { "contact", "old", "age > 3 AND SEGMENT('grown')", false, COHORT_INVALID, 12,
      "a cycle of names: contact.old > contact.grown > contact.old" },
    { "contact", "years", "years2 + 1", true, COHORT_INVALID, 0,
      "a cycle of names: contact.years > contact.years2 > contact.years" },
    { "contact", "age", "1 + 1", true, COHORT_EXISTS, UINT64_MAX, NULL },
    { "contact", "x", "SEGMENT('groen')", false, COHORT_NOT_FOUND, 0,
      "unknown segment 'groen' of contact, did you mean 'grown'?" },
    { "contact", "x", "SEGMENT('retail')", false, COHORT_NOT_FOUND, 0,
      "unknown segment 'retail' of contact" },
    { "contact", "x", "age = 'x'", false, COHORT_PARSE, 6, NULL },
    { "contact", "x", "age", false, COHORT_TYPE, 0, NULL },
};

START_TEST(what_does_not_bind_is_refused)
{
    const refusal *wanted = &refusals[_i];
    cohort_error error = COHORT_ERROR_INIT;
    cohort_status status;

    define("contact", "old", "age > 60");
    define("contact", "grown", "SEGMENT('old') OR age >= 18");
    define("account", "retail", "industry = 'Retail'");
    ck_assert_int_eq(cohort_store_define_trait(store, "contact", "years", "age", SIZE_MAX, NULL, NULL),
                     COHORT_OK);
    ck_assert_int_eq(cohort_store_define_trait(store, "contact", "years2", "years * 2", SIZE_MAX, NULL, NULL),
                     COHORT_OK);
    if (wanted->is_trait)
        status = cohort_store_define_trait(store, wanted->object, wanted->name, wanted->text, SIZE_MAX, NULL,
                                           &error);
    else
        status =
            cohort_store_define(store, wanted->object, wanted->name, wanted->text, SIZE_MAX, NULL, &error);
    ck_assert_msg(status == wanted->code, "%s: %d %s", wanted->text, (int)status, error.text);
    ck_assert_uint_eq(error.position, wanted->position);
    if (wanted->message != NULL)
        ck_assert_str_eq(error.text, wanted->message);
}
END_TEST

START_TEST(relative_times_may_be_defined_without_an_instant)
{
    define("contact", "x", "TODAY() > DATE '2020-01-01'");
}
END_TEST

/* The status of counting t100 > 1 with names as deep as that. */
static cohort_status count_deep(cohort_store *made, uint32_t max_names)
{
    cohort_evaluate_options options = COHORT_EVALUATE_OPTIONS_INIT;
    cohort_evaluator *evaluator;
    cohort_snapshot *snapshot;
    cohort_segment *segment;
    uint64_t count;

    options.max_names = max_names;
    ck_assert_int_eq(cohort_evaluator_new(NULL, &evaluator, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_store_snapshot(made, &snapshot, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_segment_parse("contact", "t100 > 1", SIZE_MAX, NULL, &segment, NULL), COHORT_OK);

    const cohort_status status = cohort_evaluate_count(evaluator, snapshot, segment, &options, &count, NULL);

    cohort_segment_free(segment);
    cohort_snapshot_release(snapshot);
    cohort_evaluator_free(evaluator);
    return status;
}

/* t1 names a field, t2 names t1 …; what is defined counts as one. */
START_TEST(names_in_names_are_as_deep_as_the_options_say)
{
    cohort_segment_options options = COHORT_SEGMENT_OPTIONS_INIT;
    cohort_error error = COHORT_ERROR_INIT;
    cohort_store *made = new_store(NULL);
    char name[16] = "age";
    char text[32];

    for (int i = 1; i <= 100; i++) {
        snprintf(text, sizeof text, "%s + 1", name);
        snprintf(name, sizeof name, "t%d", i);
        options.max_names = i <= 64 ? 0 : 100;
        ck_assert_int_eq(cohort_store_define_trait(made, "contact", name, text, SIZE_MAX, &options, &error), COHORT_OK);
    }
    ck_assert_int_eq(cohort_store_define_trait(made, "contact", "over", "t64 > 1", SIZE_MAX, NULL, &error),
                     COHORT_LIMIT);
    ck_assert_int_eq(cohort_store_define_trait(made, "contact", "over", "t100 > 1", SIZE_MAX, &options, &error),
                     COHORT_LIMIT);
    ck_assert_ptr_nonnull(strstr(error.text, "more than 100 deep"));
    options.max_names = 101;
    ck_assert_int_eq(cohort_store_define_trait(made, "contact", "over", "t100 > 1", SIZE_MAX, &options, &error),
                     COHORT_OK);
    ck_assert_int_eq(count_deep(made, 0), COHORT_LIMIT);
    ck_assert_int_eq(count_deep(made, 99), COHORT_LIMIT);
    ck_assert_int_eq(count_deep(made, 100), COHORT_OK);
    cohort_store_close(made);
}
END_TEST

START_TEST(what_is_used_cannot_be_dropped)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_snapshot *snapshot;
    char users[200] = "";

    define("account", "retail", "industry = 'Retail'");
    define("contact", "a", "account.SEGMENT('retail')");
    define("contact", "b", "NOT account.SEGMENT('retail') AND SEGMENT('a')");
    ck_assert_int_eq(cohort_store_snapshot(store, &snapshot, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_snapshot_dependents(snapshot, "account", "retail", collect, users, NULL),
                     COHORT_OK);
    ck_assert_str_eq(users, "contact.a\ncontact.b\n");
    cohort_snapshot_release(snapshot);
    ck_assert_int_eq(cohort_store_drop(store, "account", "retail", &error), COHORT_EXISTS);
    ck_assert_str_eq(error.text, "'retail' is used by contact.a, contact.b");
    ck_assert_int_eq(cohort_store_drop(store, "contact", "b", NULL), COHORT_OK);
    ck_assert_int_eq(cohort_store_drop(store, "contact", "a", NULL), COHORT_OK);
    ck_assert_int_eq(cohort_store_drop(store, "account", "retail", NULL), COHORT_OK);
    ck_assert_int_eq(cohort_store_drop(store, "account", "retail", NULL), COHORT_NOT_FOUND);
}
END_TEST

START_TEST(a_trait_in_use_cannot_be_dropped)
{
    ck_assert_int_eq(
        cohort_store_define_trait(store, "account", "is_retail", "industry = 'Retail'", SIZE_MAX, NULL, NULL),
        COHORT_OK);
    define("contact", "a", "account.is_retail");
    ck_assert_int_eq(cohort_store_drop(store, "account", "is_retail", NULL), COHORT_EXISTS);
    ck_assert_int_eq(cohort_store_drop(store, "contact", "a", NULL), COHORT_OK);
    ck_assert_int_eq(cohort_store_drop(store, "account", "is_retail", NULL), COHORT_OK);
}
END_TEST

START_TEST(definitions_are_listed_in_order)
{
    cohort_segment_options complement = COHORT_SEGMENT_OPTIONS_INIT;
    cohort_definition definition = COHORT_DEFINITION_INIT;
    cohort_value keys[3] = { COHORT_VALUE_NULL, COHORT_VALUE_NULL, COHORT_VALUE_NULL };
    cohort_snapshot *snapshot;

    complement.nulls = COHORT_NULLS_COMPLEMENT;
    for (int i = 0; i < 3; i++) {
        keys[i].type = COHORT_INT;
        keys[i].number = i / 2;
    }
    ck_assert_int_eq(cohort_store_define(store, "contact", "z", "age<>3", SIZE_MAX, &complement, NULL),
                     COHORT_OK);
    ck_assert_int_eq(cohort_store_define_keys(store, "contact", "picked", 3, keys, NULL), COHORT_OK);
    define("account", "retail", "industry = 'Retail'");
    ck_assert_int_eq(cohort_store_snapshot(store, &snapshot, NULL), COHORT_OK);

    ck_assert_int_eq(cohort_snapshot_definition(snapshot, 0, &definition, NULL), COHORT_OK);
    ck_assert_str_eq(definition.object, "account");
    ck_assert_int_eq(cohort_snapshot_definition(snapshot, 1, &definition, NULL), COHORT_OK);
    ck_assert_str_eq(definition.name, "picked");
    ck_assert_str_eq(definition.text, "");
    ck_assert_int_eq(definition.kind, COHORT_DEFINITION_STATIC);
    ck_assert_uint_eq(definition.n_keys, 2);
    ck_assert_int_eq(cohort_snapshot_definition(snapshot, 2, &definition, NULL), COHORT_OK);
    ck_assert_str_eq(definition.text, "age != 3");
    ck_assert_int_eq(definition.nulls, COHORT_NULLS_COMPLEMENT);
    ck_assert_int_eq(cohort_snapshot_definition(snapshot, 3, &definition, NULL), COHORT_NOT_FOUND);
    cohort_snapshot_release(snapshot);
}
END_TEST

START_TEST(defining_without_memory_changes_nothing)
{
    static const char text[] = "account.industry IN ('a', 'b') AND (age + 1 > 3 OR country LIKE 'A%')";
    co_failing state = { 0 };
    const cohort_allocator allocator = co_failing_allocator(&state);
    cohort_store *mine = new_store(&allocator);
    cohort_status status = COHORT_MEMORY;

    for (uint64_t n = 1; status != COHORT_OK; n++) {
        cohort_error error = COHORT_ERROR_INIT;

        state.n_requests = 0;
        state.fail_at = n;
        status = cohort_store_define(mine, "contact", "x", text, SIZE_MAX, NULL, &error);
        state.fail_at = 0;
        if (status != COHORT_OK) {
            ck_assert_int_eq(status, COHORT_MEMORY);
            ck_assert_int_eq(cohort_store_drop(mine, "contact", "x", NULL), COHORT_NOT_FOUND);
        }
    }
    cohort_store_close(mine);
    ck_assert(co_failing_is_clean(&state));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("segments");
    TCase *segments = tcase_create("segments");

    tcase_add_checked_fixture(segments, open_store, close_store);
    tcase_add_test(segments, a_segment_prints_canonically);
    tcase_add_loop_test(segments, what_does_not_bind_is_refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(segments, relative_times_may_be_defined_without_an_instant);
    tcase_add_test(segments, names_in_names_are_as_deep_as_the_options_say);
    tcase_add_test(segments, what_is_used_cannot_be_dropped);
    tcase_add_test(segments, a_trait_in_use_cannot_be_dropped);
    tcase_add_test(segments, definitions_are_listed_in_order);
    tcase_add_test(segments, defining_without_memory_changes_nothing);
    suite_add_tcase(suite, segments);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

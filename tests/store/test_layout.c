/* Where rows lie: tiles, homes, clusters, order in time, keys that come before their record. */
#include <stdlib.h>
#include <string.h>

#include "store/batch.h"
#include "support/check_main.h"

static co_store *store;

static void open_store(void)
{
    ck_assert_int_eq(co_store_new(NULL, 0, &store, NULL), COHORT_OK);
}

static void close_store(void)
{
    co_store_free(store);
}

static const cohort_field customer_fields[] = {
    { sizeof(cohort_field), COHORT_INT, "age", 0, 0, NULL },
};
static const cohort_field visit_fields[] = {
    { sizeof(cohort_field), COHORT_TIMESTAMP, "at", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "customer", 0, 0, "customer" },
    { sizeof(cohort_field), COHORT_STRING, "kind", 0, 0, NULL },
};
static const cohort_object customer = { sizeof(cohort_object), COHORT_INT, "customer", "id", NULL, NULL, NULL,
                                        customer_fields,       1, NULL, 0 };
static const cohort_object visit = { sizeof(cohort_object), 0, "visit", NULL, NULL, "at", "kind",
                                     visit_fields,          3, NULL, 0 };

enum { CUSTOMER, VISIT };

static void declare_both(void)
{
    ck_assert_int_eq(co_store_declare(store, &customer, NULL), COHORT_OK);
    ck_assert_int_eq(co_store_declare(store, &visit, NULL), COHORT_OK);
}

static co_commit_counts commit(co_batch *batch)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_commit_counts counts;
    co_commit *ready;

    ck_assert_msg(co_commit_prepare(batch, &ready, &error) == COHORT_OK, "%s", error.text);
    co_commit_publish(ready, &counts);
    return counts;
}

/* Customers first … first + n − 1 in one bulk call. */
static void load_customers(int64_t first, uint32_t n)
{
    int64_t *keys = malloc(n * sizeof *keys);
    co_batch *batch;

    for (uint32_t i = 0; i < n; i++)
        keys[i] = first + i;

    const co_staged_column columns[] = {
        { 0, false, { .shape = CO_SHAPE_NUMBERS, .numbers = keys } },
        { 1, false, { .shape = CO_SHAPE_NUMBERS, .numbers = keys } },
    };

    ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
    ck_assert_int_eq(co_batch_columns(batch, CUSTOMER, n, 2, columns, NULL), COHORT_OK);
    ck_assert_uint_eq(commit(batch).inserted, n);
    co_batch_free(batch);
    free(keys);
}

/* n visits; what they are is up to the functions. */
static co_commit_counts load_visits(uint32_t n, int64_t (*at)(uint32_t), int64_t (*who)(uint32_t),
                                    co_text (*kind)(uint32_t), bool create_parents)
{
    int64_t *times = malloc(n * sizeof *times);
    int64_t *customers = malloc(n * sizeof *customers);
    co_text *kinds = malloc(n * sizeof *kinds);
    co_batch *batch;

    for (uint32_t i = 0; i < n; i++) {
        times[i] = at(i);
        customers[i] = who(i);
        kinds[i] = kind(i);
    }

    const co_staged_column columns[] = {
        { 1, false, { .shape = CO_SHAPE_NUMBERS, .numbers = times } },
        { 2, create_parents, { .shape = CO_SHAPE_NUMBERS, .numbers = customers } },
        { 3, false, { .shape = CO_SHAPE_STRINGS, .texts = kinds } },
    };

    ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
    ck_assert_int_eq(co_batch_columns(batch, VISIT, n, 3, columns, NULL), COHORT_OK);

    const co_commit_counts counts = commit(batch);

    co_batch_free(batch);
    free(times);
    free(customers);
    free(kinds);
    return counts;
}

static int64_t falling(uint32_t i)
{
    return 1000000 - (int64_t)i;
}
static int64_t pairs(uint32_t i)
{
    return i / 2;
}
static int64_t alternating(uint32_t i)
{
    return i % 2 == 0 ? 1 : 65537;
}
static int64_t first_customer(uint32_t i)
{
    return 1 + (i - i);
}
static co_text plain(uint32_t i)
{
    return i < UINT32_MAX ? CO_TEXT("view") : CO_TEXT("");
}
static co_text one_in_ten(uint32_t i)
{
    return i % 10 == 0 ? CO_TEXT("buy") : CO_TEXT("view");
}

static const uint32_t edges[] = { 1, 65535, 65536, 65537, 131072 };

START_TEST(tiles_hold_65536_rows)
{
    const uint32_t n = edges[_i];
    co_version *version;

    declare_both();
    load_customers(1, n);
    load_customers(n + (int64_t)1, 1);
    version = co_store_current(store);
    ck_assert_uint_eq(co_version_n_tiles(version, CUSTOMER), n / 65536 + 1);
    for (uint32_t t = 0; t <= n / 65536; t++) {
        const co_tile *tile = co_version_tile(version, CUSTOMER, t);

        ck_assert_uint_eq(tile->n_rows, t < n / 65536 ? 65536 : n % 65536 + 1);
        ck_assert_int_eq(co_column_number(tile->columns[1], tile->n_rows - 1),
                         (int64_t)t * 65536 + tile->n_rows);
    }
    ck_assert_uint_eq(co_version_n_live(version, CUSTOMER), n + (uint64_t)1);
    co_version_release(version);
}
END_TEST

START_TEST(events_lie_beside_their_parent_in_order_of_time)
{
    co_version *version;

    declare_both();
    load_customers(1, 65540);
    load_visits(3000, falling, alternating, plain, false);
    version = co_store_current(store);
    ck_assert_uint_eq(co_version_n_tiles(version, VISIT), 2);
    for (uint32_t t = 0; t < 2; t++) {
        const co_tile *tile = co_version_tile(version, VISIT, t);

        ck_assert_uint_eq(tile->n_rows, 1500);
        for (uint32_t slot = 0; slot < tile->n_rows; slot++) {
            ck_assert_int_eq(co_column_number(tile->columns[2], slot) >> 16, tile->parent_tile);
            ck_assert(slot == 0 || co_column_number(tile->columns[1], slot - 1) <
                                       co_column_number(tile->columns[1], slot));
            /* Numbers are given in order of arrival, rows in order of time. */
            ck_assert(slot == 0 || co_column_number(tile->columns[0], slot - 1) >
                                       co_column_number(tile->columns[0], slot));
        }
    }
    co_version_release(version);
}
END_TEST

START_TEST(equal_times_keep_the_order_of_arrival)
{
    co_version *version;

    declare_both();
    load_customers(1, 1);
    load_visits(100, pairs, first_customer, plain, false);
    version = co_store_current(store);
    for (uint32_t slot = 0; slot < 100; slot++)
        ck_assert_int_eq(co_column_number(co_version_tile(version, VISIT, 0)->columns[0], slot), slot + 1);
    co_version_release(version);
}
END_TEST

/* How many tiles hold nothing but this kind, and rows of it elsewhere. */
static uint32_t tiles_of(const co_version *version, co_text kind, uint32_t *n_elsewhere)
{
    uint32_t n_own = 0;

    *n_elsewhere = 0;
    for (uint32_t t = 0; t < co_version_n_tiles(version, VISIT); t++) {
        const co_tile *tile = co_version_tile(version, VISIT, t);
        uint32_t n = 0;

        for (uint32_t slot = 0; slot < tile->n_rows; slot++)
            n += co_text_equal(co_column_text(tile->columns[3], slot), kind);
        n_own += n == tile->n_rows;
        *n_elsewhere += n == tile->n_rows ? 0 : n;
    }
    return n_own;
}

START_TEST(a_frequent_cluster_value_gets_tiles_of_its_own)
{
    co_version *version;
    uint32_t n_elsewhere;

    declare_both();
    load_customers(1, 1);
    /* 300 of 3,000 is rare … */
    load_visits(3000, falling, first_customer, one_in_ten, false);
    version = co_store_current(store);
    ck_assert_uint_eq(co_version_n_tiles(version, VISIT), 1);
    co_version_release(version);
    /* … 3,000 + 2,700 is not, and neither is 4,500 later. */
    load_visits(3000, falling, first_customer, one_in_ten, false);
    load_visits(45000, falling, first_customer, one_in_ten, false);
    version = co_store_current(store);
    ck_assert_uint_eq(tiles_of(version, CO_TEXT("view"), &n_elsewhere), 1);
    ck_assert_uint_eq(n_elsewhere, 2700);
    ck_assert_uint_eq(tiles_of(version, CO_TEXT("buy"), &n_elsewhere), 1);
    ck_assert_uint_eq(n_elsewhere, 600);
    co_version_release(version);
}
END_TEST

START_TEST(parents_that_come_later_are_bound_or_made)
{
    co_version *version;
    co_commit_counts counts;

    declare_both();
    counts = load_visits(4, falling, alternating, plain, false);
    ck_assert_uint_eq(counts.inserted, 4);
    version = co_store_current(store);
    ck_assert_uint_eq(co_version_n_live(version, CUSTOMER), 0);
    co_version_release(version);
    counts = load_visits(4, falling, alternating, plain, true);
    ck_assert_uint_eq(counts.inserted, 6);
    ck_assert_uint_eq(counts.parents, 2);
    counts = load_visits(4, falling, alternating, plain, true);
    ck_assert_uint_eq(counts.inserted, 4);
    ck_assert_uint_eq(counts.parents, 0);
}
END_TEST

START_TEST(static_segments_name_keys_before_their_records)
{
    const co_key keys[] = { { .number = 5 }, { .number = 1 }, { .number = 5 } };
    const co_definition *definition;
    co_version *version;
    uint32_t row;

    declare_both();
    load_customers(1, 3);
    ck_assert_int_eq(co_store_define_static(store, CUSTOMER, CO_TEXT("vip"), 3, keys, NULL), COHORT_OK);
    version = co_store_current(store);
    definition = co_version_find_segment(version, CUSTOMER, CO_TEXT("vip"));
    ck_assert_ptr_nonnull(definition);
    ck_assert_uint_eq(co_bitmap_count(definition->rows), 2);
    ck_assert_uint_eq(co_version_n_live(version, CUSTOMER), 3);
    co_version_release(version);
    load_customers(4, 2);
    version = co_store_current(store);
    ck_assert_int_eq(co_version_row(version, CUSTOMER, (co_key){ .number = 5 }, &row, NULL), COHORT_OK);
    ck_assert(co_version_is_live(version, CUSTOMER, row));
    ck_assert(co_bitmap_contains(co_version_find_segment(version, CUSTOMER, CO_TEXT("vip"))->rows, row));
    co_version_release(version);
    ck_assert_int_eq(co_store_drop(store, CUSTOMER, CO_TEXT("vip"), NULL), COHORT_OK);
    ck_assert_int_eq(co_store_drop(store, CUSTOMER, CO_TEXT("vip"), NULL), COHORT_NOT_FOUND);
}
END_TEST

/* A contact that names accounts by these texts before accounts are declared. */
static void name_accounts(size_t n, const co_text *names)
{
    static const cohort_field fields[] = { { sizeof(cohort_field), COHORT_REFERENCE, "account", 0, 0,
                                             "account" } };
    const cohort_object contact = {
        sizeof(cohort_object), COHORT_INT, "contact", NULL, NULL, NULL, NULL, fields, 1, NULL, 0
    };
    co_batch *batch;

    ck_assert_int_eq(co_store_declare(store, &contact, NULL), COHORT_OK);
    ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
    for (size_t i = 0; i < n; i++) {
        const co_key key = { .number = (int64_t)i };
        const uint32_t field = 1;
        cohort_value value = COHORT_VALUE_NULL;

        value.type = COHORT_STRING;
        value.text = (cohort_text){ names[i].bytes, names[i].length };
        ck_assert_int_eq(co_batch_put(batch, CO_UPSERT, 0, &key, 1, &field, &value, NULL), COHORT_OK);
    }
    commit(batch);
    co_batch_free(batch);
}

static const struct {
    co_text names[2];
    cohort_status status;
} spellings[] = {
    { { { "12", 2 }, { "-7", 2 } }, COHORT_OK },
    { { { "12", 2 }, { "twelve", 6 } }, COHORT_TYPE },
    { { { "12", 2 }, { "012", 3 } }, COHORT_TYPE },
};

START_TEST(keys_that_references_gave_are_read_again_once_declared)
{
    const cohort_object account = {
        sizeof(cohort_object), COHORT_INT, "account", NULL, NULL, NULL, NULL, NULL, 0, NULL, 0
    };
    cohort_error error = COHORT_ERROR_INIT;
    co_version *before;
    co_version *after;
    uint32_t row;

    name_accounts(2, spellings[_i].names);
    before = co_store_current(store);
    ck_assert_int_eq(co_store_declare(store, &account, &error), spellings[_i].status);
    after = co_store_current(store);
    if (spellings[_i].status == COHORT_OK) {
        ck_assert_int_eq(co_version_row(after, 1, (co_key){ .number = -7 }, &row, NULL), COHORT_OK);
        ck_assert_uint_eq(row, 1);
        ck_assert_int_eq(co_version_key(after, 1, 0).number, 12);
    } else {
        ck_assert_ptr_eq(before, after);
        ck_assert_uint_gt(strlen(error.text), 0);
    }
    ck_assert_int_eq(
        co_version_row(before, 1, (co_key){ .is_text = true, .text = CO_TEXT("12") }, &row, NULL), COHORT_OK);
    ck_assert_uint_eq(row, 0);
    co_version_release(before);
    co_version_release(after);
}
END_TEST

START_TEST(records_made_by_a_reference_stay_when_their_object_is_declared)
{
    const cohort_object account = { sizeof(cohort_object),
                                    _i == 0 ? COHORT_INT : COHORT_STRING,
                                    "account",
                                    NULL,
                                    NULL,
                                    NULL,
                                    NULL,
                                    NULL,
                                    0, NULL, 0 };
    const int64_t keys[] = { 1, 2 };
    const co_text made[] = { { "12", 2 }, { "13", 2 } };
    const co_text named[] = { { "14", 2 } };
    const co_staged_column with[] = { { 0, false, { .shape = CO_SHAPE_NUMBERS, .numbers = keys } },
                                      { 1, true, { .shape = CO_SHAPE_STRINGS, .texts = made } } };
    co_version *version;
    co_batch *batch;

    name_accounts(1, named);
    ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
    ck_assert_int_eq(co_batch_columns(batch, 0, 2, 2, with, NULL), COHORT_OK);
    commit(batch);
    co_batch_free(batch);
    ck_assert_int_eq(co_store_declare(store, &account, NULL), COHORT_OK);
    version = co_store_current(store);
    ck_assert_uint_eq(co_version_n_live(version, 1), 2);
    ck_assert(!co_version_is_live(version, 1, 0));
    ck_assert(co_version_is_live(version, 1, 1) && co_version_is_live(version, 1, 2));
    co_version_release(version);
}
END_TEST

/* ---- declaring ---- */

static const cohort_field age_text = { sizeof(cohort_field), COHORT_STRING, "age", 0, 0, NULL };
static const cohort_field twice[] = {
    { sizeof(cohort_field), COHORT_INT, "x", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_INT, "x", 0, 0, NULL },
};
static const cohort_field to_visit = { sizeof(cohort_field), COHORT_REFERENCE, "last", 0, 0, "visit" };
static const cohort_field self = { sizeof(cohort_field), COHORT_REFERENCE, "up", 0, 0, "tree" };
static const cohort_field nameless = { sizeof(cohort_field), COHORT_INT, "", 0, 0, NULL };

static const struct {
    cohort_object object;
    cohort_status status;
    const char *text;
} refusals[] = {
    { { sizeof(cohort_object), COHORT_INT, "customer", NULL, NULL, NULL, NULL, &age_text, 1, NULL, 0 },
      COHORT_EXISTS,
      "field 'age' of customer is declared as int, not string" },
    { { sizeof(cohort_object), COHORT_STRING, "customer", NULL, NULL, NULL, NULL, NULL, 0, NULL, 0 },
      COHORT_EXISTS,
      "customer is declared with keys of int, not with keys of string" },
    { { sizeof(cohort_object), COHORT_INT, "customer", "nr", NULL, NULL, NULL, NULL, 0, NULL, 0 },
      COHORT_EXISTS,
      "the key of customer is declared as 'id', not 'nr'" },
    { { sizeof(cohort_object), COHORT_INT, "new", NULL, NULL, NULL, NULL, twice, 2, NULL, 0 },
      COHORT_INVALID,
      "field 'x' of new is declared twice" },
    { { sizeof(cohort_object), COHORT_INT, "new", NULL, "y", NULL, NULL, twice, 1, NULL, 0 },
      COHORT_NOT_FOUND,
      "home of new names no field: 'y'" },
    { { sizeof(cohort_object), COHORT_INT, "new", NULL, "x", NULL, NULL, twice, 1, NULL, 0 },
      COHORT_TYPE,
      "home of new is 'x', a int, and must be a reference" },
    { { sizeof(cohort_object), COHORT_INT, "tree", NULL, "up", NULL, NULL, &self, 1, NULL, 0 }, COHORT_INVALID, NULL },
    { { sizeof(cohort_object), COHORT_INT, "customer", NULL, "last", NULL, NULL, &to_visit, 1, NULL, 0 },
      COHORT_INVALID,
      NULL },
    { { sizeof(cohort_object), COHORT_INT, "new", NULL, NULL, NULL, NULL, &nameless, 1, NULL, 0 },
      COHORT_INVALID,
      "the name of a field is empty" },
    { { sizeof(cohort_object), 0, "new", NULL, NULL, NULL, NULL, twice, 1, NULL, 0 },
      COHORT_INVALID,
      "new has neither a key nor a reference" },
    { { sizeof(cohort_object), COHORT_INT, "\xff", NULL, NULL, NULL, NULL, NULL, 0, NULL, 0 },
      COHORT_INVALID,
      "the name of an object is not UTF-8 text" },
};

START_TEST(declarations_that_cannot_be_are_refused_and_change_nothing)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_version *before;
    co_version *after;

    declare_both();
    before = co_store_current(store);
    ck_assert_int_eq(co_store_declare(store, &refusals[_i].object, &error), refusals[_i].status);
    if (refusals[_i].text != NULL)
        ck_assert_str_eq(error.text, refusals[_i].text);
    after = co_store_current(store);
    ck_assert_ptr_eq(before, after);
    co_version_release(before);
    co_version_release(after);
}
END_TEST

START_TEST(fields_can_be_added_to_a_store_with_data)
{
    static const cohort_field more = { sizeof(cohort_field), COHORT_STRING, "name", 0, 0, NULL };
    const cohort_object extended = {
        sizeof(cohort_object), COHORT_INT, "customer", "id", NULL, NULL, NULL, &more, 1, NULL, 0
    };
    const co_key key = { .number = 2 };
    const uint32_t field = 2;
    cohort_value value = COHORT_VALUE_NULL;
    co_version *version;
    co_batch *batch;

    declare_both();
    load_customers(1, 3);
    ck_assert_int_eq(co_store_declare(store, &extended, NULL), COHORT_OK);
    value.type = COHORT_STRING;
    value.text = (cohort_text){ "Bob", 3 };
    ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
    ck_assert_int_eq(co_batch_put(batch, CO_PATCH, CUSTOMER, &key, 1, &field, &value, NULL), COHORT_OK);
    ck_assert_uint_eq(commit(batch).updated, 1);
    co_batch_free(batch);
    version = co_store_current(store);
    ck_assert_uint_eq(co_column_n_valid(co_version_tile(version, CUSTOMER, 0)->columns[2]), 1);
    ck_assert_int_eq(co_column_number(co_version_tile(version, CUSTOMER, 0)->columns[1], 1), 2);
    co_version_release(version);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("layout");
    TCase *tests = tcase_create("rows");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, open_store, close_store);
    tcase_add_loop_test(tests, tiles_hold_65536_rows, 0, (int)(sizeof edges / sizeof *edges));
    tcase_add_test(tests, events_lie_beside_their_parent_in_order_of_time);
    tcase_add_test(tests, equal_times_keep_the_order_of_arrival);
    tcase_add_test(tests, a_frequent_cluster_value_gets_tiles_of_its_own);
    tcase_add_test(tests, parents_that_come_later_are_bound_or_made);
    tcase_add_test(tests, static_segments_name_keys_before_their_records);
    tcase_add_loop_test(tests, keys_that_references_gave_are_read_again_once_declared, 0,
                        (int)(sizeof spellings / sizeof *spellings));
    tcase_add_loop_test(tests, records_made_by_a_reference_stay_when_their_object_is_declared, 0, 2);
    tcase_add_loop_test(tests, declarations_that_cannot_be_are_refused_and_change_nothing, 0,
                        (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, fields_can_be_added_to_a_store_with_data);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

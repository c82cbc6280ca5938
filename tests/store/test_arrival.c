/* Orders of two parent tiles, in several clusters or none: who came first is never forgotten. */
#include <stdlib.h>
#include <string.h>

#include "store/batch.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/random.h"
#include "support/saved.h"

#define N_CUSTOMERS 65600u
#define N_KEYS 16000u
#define N_TIMES 40u

#ifdef CO_QUICK
#define N_COMMITS 5
#else
#define N_COMMITS 12
#endif

enum { CUSTOMER, ORDER, LINE };
enum { AT = 1, WHO = 2, KIND = 3 };

static const cohort_field order_fields[] = {
    { sizeof(cohort_field), COHORT_TIMESTAMP, "at", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "customer", 0, 0, "customer" },
    { sizeof(cohort_field), COHORT_STRING, "kind", 0, 0, NULL },
};
static const cohort_field line_fields[] = { { sizeof(cohort_field), COHORT_REFERENCE, "order", 0, 0,
                                              "order" } };
static const cohort_object objects[] = {
    { sizeof(cohort_object), COHORT_INT, "customer", NULL, NULL, NULL, NULL, NULL, 0, NULL, 0 },
    { sizeof(cohort_object), COHORT_INT, "order", NULL, "customer", "at", "kind", order_fields, 3, NULL, 0 },
    { sizeof(cohort_object), 0, "line", NULL, NULL, NULL, NULL, line_fields, 1, NULL, 0 },
};

/* The naive version. */
typedef struct order {
    uint64_t arrival; /* 0: never was */
    bool live;
    uint32_t customer; /* 0: none */
    uint32_t kind;     /* in `kinds`; 0: missing */
} order;

typedef struct world {
    co_random random;
    co_store *store;
    co_batch *batch;
    order orders[N_KEYS + 1];
    uint64_t n_arrived;
} world;

static const char *const kinds[] = { NULL, "view", "buy", "back" };

static void commit(co_batch *batch)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_commit *ready;

    ck_assert_msg(co_commit_prepare(batch, &ready, &error) == COHORT_OK, "%s", error.text);
    co_commit_publish(ready, NULL);
}

static void load_customers(world *world)
{
    int64_t *keys = malloc(N_CUSTOMERS * sizeof *keys);

    for (uint32_t i = 0; i < N_CUSTOMERS; i++)
        keys[i] = i + INT64_C(1);

    const co_staged_column column = { 0, false, { .shape = CO_SHAPE_NUMBERS, .numbers = keys } };

    ck_assert_int_eq(co_batch_columns(world->batch, CUSTOMER, N_CUSTOMERS, 1, &column, NULL), COHORT_OK);
    commit(world->batch);
    free(keys);
}

/* With clusters for even seeds. */
static world *make(uint64_t seed, const cohort_allocator *allocator)
{
    world *world = calloc(1, sizeof *world);

    world->random = co_random_of(seed);
    ck_assert_int_eq(co_store_new(allocator, 0, &world->store, NULL), COHORT_OK);
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        cohort_object object = objects[i];

        if (seed % 2 != 0)
            object.cluster = NULL;
        ck_assert_int_eq(co_store_declare(world->store, &object, NULL), COHORT_OK);
    }
    ck_assert_int_eq(co_batch_new(world->store, &world->batch, NULL), COHORT_OK);
    load_customers(world);
    return world;
}

static void end(world *world)
{
    co_batch_free(world->batch);
    co_store_free(world->store);
    free(world);
}

/* Someone in the first or the second tile. */
static uint32_t random_customer(world *world)
{
    const uint32_t customer = (uint32_t)co_random_between(&world->random, 1, 30);

    return co_random_chance(&world->random, 1, 8) ? 65540 + customer : customer;
}

/* One order with any of its fields; mostly views, which get tiles of their own. */
static void put_order(world *world, uint32_t key, co_verb verb)
{
    order *order = &world->orders[key];
    cohort_value values[3] = { COHORT_VALUE_NULL, COHORT_VALUE_NULL, COHORT_VALUE_NULL };
    uint32_t fields[3];
    size_t n = 0;
    const co_key id = { .number = key };

    if (verb == CO_UPSERT && order->arrival == 0)
        order->arrival = ++world->n_arrived;
    if (verb == CO_DELETE || !order->live)
        order->customer = order->kind = 0;
    order->live = verb != CO_DELETE;
    if (order->live && co_random_chance(&world->random, 7, 8)) {
        values[n].type = COHORT_TIMESTAMP;
        values[n].number = (int64_t)co_random_below(&world->random, N_TIMES);
        fields[n++] = AT;
    }
    if (order->live && co_random_chance(&world->random, 7, 8)) {
        order->customer = co_random_chance(&world->random, 1, 10) ? 0 : random_customer(world);
        values[n].type = order->customer == 0 ? COHORT_NULL : COHORT_INT;
        values[n].number = order->customer;
        fields[n++] = WHO;
    }
    if (order->live && co_random_chance(&world->random, 7, 8)) {
        order->kind = 1 + (uint32_t)co_random_below(&world->random, 20) / 17;
        order->kind += order->kind == 2 && co_random_chance(&world->random, 1, 2);
        values[n].type = COHORT_STRING;
        values[n].text = (cohort_text){ kinds[order->kind], strlen(kinds[order->kind]) };
        fields[n++] = KIND;
    }
    ck_assert_int_eq(co_batch_put(world->batch, verb, ORDER, &id, n, fields, values, NULL), COHORT_OK);
}

/* A line, whose order may come later. */
static void put_line(world *world, uint32_t key)
{
    const uint32_t field = 1;
    cohort_value value = COHORT_VALUE_NULL;

    value.type = COHORT_INT;
    value.number = key;
    ck_assert_int_eq(co_batch_put(world->batch, CO_UPSERT, LINE, NULL, 1, &field, &value, NULL), COHORT_OK);
}

static uint32_t random_key(world *world)
{
    return (uint32_t)co_random_between(&world->random, 1, N_KEYS);
}

static void put_anything(world *world, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t key = random_key(world);
        const uint64_t dice = co_random_below(&world->random, 100);

        if (dice < 10)
            put_line(world, key);
        else if (!world->orders[key].live || dice < 60)
            put_order(world, key, CO_UPSERT);
        else
            put_order(world, key, dice < 80 ? CO_PATCH : CO_DELETE);
    }
}

static uint32_t row_of(const co_version *version, uint32_t object, uint32_t key)
{
    uint32_t row;

    ck_assert_int_eq(co_version_row(version, object, (co_key){ .number = key }, &row, NULL), COHORT_OK);
    return row;
}

/* Wherever its first kind put it, a record has the kind that it has. */
static void check_kind(const order *order, const co_column *column, uint32_t slot)
{
    const bool has = column != NULL && co_column_has(column, slot);

    ck_assert_int_eq(has, order->kind != 0);
    ck_assert(!has || co_text_equal(co_column_text(column, slot), co_text_of(kinds[order->kind])));
}

/* The orders in the order of their arrival, 0 where one never was. */
static void check(const world *world, const co_version *version)
{
    uint32_t *in_order = calloc(world->n_arrived + 1, sizeof *in_order);
    uint64_t last = 0;

    for (uint32_t key = 1; key <= N_KEYS; key++) {
        const order *order = &world->orders[key];
        const uint32_t row = row_of(version, ORDER, key);

        if (order->arrival != 0)
            in_order[order->arrival] = row;
        else if (row != CO_NONE)
            ck_assert_uint_eq(co_version_arrival(version, ORDER, row), 0);
        if (!order->live)
            continue;

        const co_tile *tile = co_version_tile(version, ORDER, row >> 16);

        ck_assert_uint_eq(tile->parent_tile, order->customer == 0 ? CO_NONE : (order->customer - 1) >> 16);
        check_kind(order, co_tile_column(tile, KIND), row & 65535);
    }
    for (uint64_t i = 1; i <= world->n_arrived; i++) {
        const uint64_t number = co_version_arrival(version, ORDER, in_order[i]);

        ck_assert_uint_gt(number, last);
        last = number;
    }
    free(in_order);
}

/* Replaces the store by what saving and restoring gives. */
static void reopen(world *world)
{
    co_version *version = co_store_current(world->store);
    co_saved saved = co_saved_of(version);
    cohort_error error = COHORT_ERROR_INIT;

    co_version_release(version);
    co_batch_free(world->batch);
    co_store_free(world->store);
    ck_assert_msg(co_saved_restore(&saved, NULL, &world->store, &error) == COHORT_OK, "%s", error.text);
    co_saved_free(&saved);
    ck_assert_int_eq(co_batch_new(world->store, &world->batch, NULL), COHORT_OK);
}

/* Times that lie in more than one tile of the parent tile: only there numbers matter. */
static uint32_t shared_times(const co_version *version, uint32_t parent_tile)
{
    uint32_t seen[N_TIMES] = { 0 };
    uint32_t n = 0;

    for (uint32_t t = 0; t < co_version_n_tiles(version, ORDER); t++) {
        const co_tile *tile = co_version_tile(version, ORDER, t);
        bool here[N_TIMES] = { false };

        for (uint32_t slot = 0; tile != NULL && tile->parent_tile == parent_tile && slot < tile->n_rows;
             slot++) {
            if (co_column_has(tile->columns[AT], slot))
                here[co_column_number(tile->columns[AT], slot)] = true;
        }
        for (uint32_t i = 0; i < N_TIMES; i++)
            seen[i] += here[i];
    }
    for (uint32_t i = 0; i < N_TIMES; i++)
        n += seen[i] > 1;
    return n;
}

START_TEST(the_order_of_first_insertion_survives_everything)
{
    const uint64_t seed = (uint64_t)_i + 1;
    world *world = make(seed, NULL);
    co_version *version;

    put_anything(world, 12000);
    commit(world->batch);
    for (int c = 0; c < N_COMMITS; c++) {
        put_anything(world, (uint32_t)co_random_below(&world->random, 3000));
        commit(world->batch);
        version = co_store_current(world->store);
        check(world, version);
        co_version_release(version);
        if (c % 4 == 2)
            reopen(world);
    }
    version = co_store_current(world->store);
    if (seed % 2 == 0) /* of clusters only */
        ck_assert_uint_gt(shared_times(version, 0), N_TIMES / 2);
    co_version_release(version);
    end(world);
}
END_TEST

static void put_homeless(world *world, uint32_t key)
{
    const co_key id = { .number = key };

    ck_assert_int_eq(co_batch_put(world->batch, CO_UPSERT, ORDER, &id, 0, NULL, NULL, NULL), COHORT_OK);
    commit(world->batch);
}

/* The first comes into being in the row that naming it gave. */
START_TEST(a_key_named_before_its_record_arrives_with_the_record)
{
    world *world = make(7, NULL);
    co_version *version;

    put_line(world, 5);
    put_line(world, 6);
    commit(world->batch);
    put_homeless(world, 6);
    put_homeless(world, 5);
    put_homeless(world, 4);
    version = co_store_current(world->store);
    ck_assert_uint_eq(co_version_arrival(version, ORDER, row_of(version, ORDER, 6)), 1);
    ck_assert_uint_eq(co_version_arrival(version, ORDER, row_of(version, ORDER, 5)), 2);
    ck_assert_uint_eq(co_version_arrival(version, ORDER, row_of(version, ORDER, 4)), 3);
    co_version_release(version);
    end(world);
}
END_TEST

START_TEST(objects_that_need_no_numbers_have_none)
{
    world *world = make(9, NULL);
    co_version *version;

    put_anything(world, 500);
    commit(world->batch);
    version = co_store_current(world->store);
    ck_assert_ptr_null(co_version_tile(version, CUSTOMER, 0)->arrival);
    ck_assert_uint_eq(co_version_arrival(version, CUSTOMER, 3), 0);
    ck_assert_ptr_null(co_version_tile(version, LINE, 0)->arrival);
    ck_assert_uint_eq(co_version_arrival(version, LINE, 3),
                      (uint64_t)co_version_key(version, LINE, 3).number);
    ck_assert_uint_eq(co_version_arrival(version, ORDER, UINT32_MAX), 0);
    co_version_release(version);
    end(world);
}
END_TEST

START_TEST(every_refused_allocation_of_a_commit_with_moves_changes_nothing)
{
    co_failing state = { 0 };
    const cohort_allocator allocator = co_failing_allocator(&state);
    world *world = make(4, &allocator);
    co_version *before;
    co_commit *ready = NULL;
    order *orders = malloc(sizeof world->orders);
    uint64_t n_before;

    put_anything(world, 6000);
    commit(world->batch);
    before = co_store_current(world->store);
    memcpy(orders, world->orders, sizeof world->orders);
    n_before = world->n_arrived;
    put_anything(world, 60);
    for (uint64_t n = 1; ready == NULL; n++) {
        state.n_requests = 0;
        state.fail_at = 1 + n / 2;
        state.for_ever = n % 2 == 0;

        const cohort_status status = co_commit_prepare(world->batch, &ready, NULL);

        state.fail_at = 0;
        state.for_ever = false;
        ck_assert_int_eq(status, ready == NULL ? COHORT_MEMORY : COHORT_OK);

        co_version *now = co_store_current(world->store);

        ck_assert_ptr_eq(now, before);
        co_version_release(now);
    }
    co_commit_publish(ready, NULL);

    co_version *after = co_store_current(world->store);

    check(world, after);
    memcpy(world->orders, orders, sizeof world->orders);
    world->n_arrived = n_before;
    check(world, before);
    co_version_release(before);
    co_version_release(after);
    free(orders);
    end(world);
    ck_assert(co_failing_is_clean(&state));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("arrival");
    TCase *tests = tcase_create("programs");

    tcase_add_loop_test(tests, the_order_of_first_insertion_survives_everything, 0, 3);
    tcase_add_test(tests, a_key_named_before_its_record_arrives_with_the_record);
    tcase_add_test(tests, objects_that_need_no_numbers_have_none);
    tcase_add_test(tests, every_refused_allocation_of_a_commit_with_moves_changes_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

/* Children beside their parents: which tiles hold whose, through moves, deletes, late events and late parents. */
#include <stdlib.h>
#include <string.h>

#include "store/batch.h"
#include "store/tree.h"
#include "support/check_main.h"
#include "support/random.h"
#include "support/saved.h"

#define N_LOADED 131200u   /* accounts there from the start, in three tiles */
#define N_ACCOUNTS 131300u /* the others are named before they are there, if ever */
#define N_ORDERS 9000u
#define N_LINES 4000u
#define N_KINDS 6u

#ifndef N_ONE_PARENT
#define N_ONE_PARENT 400000u
#endif
#ifdef CO_QUICK
#define N_COMMITS 6
#else
#define N_COMMITS 14
#endif

enum { ACCOUNT, ORDER, LINE, N_OBJECTS };
enum { AT = 1, WHO = 2, KIND = 3 };

static const cohort_field order_fields[] = {
    { sizeof(cohort_field), COHORT_TIMESTAMP, "at", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "account", 0, 0, "account" },
    { sizeof(cohort_field), COHORT_INT, "kind", 0, 0, NULL },
};
static const cohort_field line_fields[] = { { sizeof(cohort_field), COHORT_REFERENCE, "order", 0, 0,
                                              "order" } };

/* The naive version: a record's parent is a key, 0 for none. */
typedef struct record {
    bool live;
    uint32_t parent;
} record;

typedef struct world {
    co_random random;
    co_store *store;
    co_batch *batch;
    record *records[N_OBJECTS];
} world;

static const uint32_t n_keys[N_OBJECTS] = { N_ACCOUNTS, N_ORDERS, N_LINES };

static void declare(co_store *store, const char *cluster)
{
    cohort_object account = { .size = sizeof account, .key_type = COHORT_INT, .name = "account" };
    cohort_object order = { .size = sizeof order,
                            .key_type = COHORT_INT,
                            .name = "order",
                            .home = "account",
                            .time = "at",
                            .cluster = cluster,
                            .fields = order_fields,
                            .n_fields = 3 };
    cohort_object line = { .size = sizeof line,
                           .key_type = COHORT_INT,
                           .name = "line",
                           .home = "order",
                           .fields = line_fields,
                           .n_fields = 1 };

    ck_assert_int_eq(co_store_declare(store, &account, NULL), COHORT_OK);
    ck_assert_int_eq(co_store_declare(store, &order, NULL), COHORT_OK);
    ck_assert_int_eq(co_store_declare(store, &line, NULL), COHORT_OK);
}

static void commit(co_batch *batch)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_commit *ready;

    ck_assert_msg(co_commit_prepare(batch, &ready, &error) == COHORT_OK, "%s", error.text);
    co_commit_publish(ready, NULL);
}

static void load_accounts(co_batch *batch, uint32_t n)
{
    int64_t *keys = malloc(n * sizeof *keys);

    for (uint32_t i = 0; i < n; i++)
        keys[i] = i + INT64_C(1);

    const co_staged_column column = { 0, false, { .shape = CO_SHAPE_NUMBERS, .numbers = keys } };

    ck_assert_int_eq(co_batch_columns(batch, ACCOUNT, n, 1, &column, NULL), COHORT_OK);
    commit(batch);
    free(keys);
}

static world *make(uint64_t seed)
{
    world *world = calloc(1, sizeof *world);

    world->random = co_random_of(seed);
    ck_assert_int_eq(co_store_new(NULL, 0, &world->store, NULL), COHORT_OK);
    declare(world->store, seed % 2 == 0 ? "kind" : NULL);
    ck_assert_int_eq(co_batch_new(world->store, &world->batch, NULL), COHORT_OK);
    load_accounts(world->batch, N_LOADED);
    for (uint32_t o = 0; o < N_OBJECTS; o++)
        world->records[o] = calloc(n_keys[o] + (size_t)1, sizeof(record));
    for (uint32_t i = 1; i <= N_LOADED; i++)
        world->records[ACCOUNT][i].live = true;
    return world;
}

static void end(world *world)
{
    for (uint32_t o = 0; o < N_OBJECTS; o++)
        free(world->records[o]);
    co_batch_free(world->batch);
    co_store_free(world->store);
    free(world);
}

/* ---- changing both ---- */

/* A few of each tile, and of those that are not there yet. */
static uint32_t random_account(world *world)
{
    static const uint32_t starts[] = { 1, 65530, 131070, N_LOADED + 1 };

    if (co_random_chance(&world->random, 1, 12))
        return 0;
    return starts[co_random_below(&world->random, 4)] + (uint32_t)co_random_below(&world->random, 12);
}

static cohort_value number(cohort_type type, int64_t n)
{
    cohort_value value = COHORT_VALUE_NULL;

    value.type = type;
    value.number = n;
    return value;
}

static cohort_value reference(uint32_t key)
{
    return number(key == 0 ? COHORT_NULL : COHORT_INT, key);
}

static void put(world *world, co_verb verb, uint32_t object, uint32_t key, size_t n, const uint32_t *fields,
                const cohort_value *values)
{
    const co_key id = { .number = key };
    record *record = &world->records[object][key];

    if (verb == CO_DELETE || !record->live)
        record->parent = 0;
    record->live = verb != CO_DELETE;
    ck_assert_int_eq(co_batch_put(world->batch, verb, object, &id, n, fields, values, NULL), COHORT_OK);
}

static void put_order(world *world, uint32_t key, co_verb verb)
{
    const uint32_t fields[] = { AT, KIND, WHO };
    const uint32_t account = random_account(world);
    const bool gives = verb != CO_DELETE && co_random_chance(&world->random, 3, 4);
    cohort_value values[] = { number(COHORT_TIMESTAMP, (int64_t)co_random_below(&world->random, 1000)),
                              number(COHORT_INT, (int64_t)co_random_below(&world->random, N_KINDS)),
                              reference(account) };

    if (co_random_chance(&world->random, 1, 2))
        values[1].number = 1; /* the frequent kind */
    put(world, verb, ORDER, key, verb == CO_DELETE ? 0 : gives ? 3 : 2, fields, values);
    if (gives)
        world->records[ORDER][key].parent = account;
}

static void put_line(world *world, uint32_t key, co_verb verb)
{
    const uint32_t field = 1;
    const bool gives = verb != CO_DELETE && co_random_chance(&world->random, 3, 4);
    const uint32_t order = (uint32_t)co_random_below(&world->random, 1500) * 6;
    const cohort_value value = reference(order);

    put(world, verb, LINE, key, gives, &field, &value);
    if (gives)
        world->records[LINE][key].parent = order;
}

static void change_some(world *world, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t dice = co_random_below(&world->random, 100);
        const uint32_t object = dice < 55 ? ORDER : dice < 95 ? LINE : ACCOUNT;
        const uint32_t account = random_account(world);
        const uint32_t key = object == ACCOUNT
                                 ? account + (account == 0)
                                 : (uint32_t)co_random_between(&world->random, 1, n_keys[object]);
        const bool live = world->records[object][key].live;
        const uint64_t what = co_random_below(&world->random, 10);
        const co_verb verb = !live || what < 5 ? CO_UPSERT : what < 8 ? CO_PATCH : CO_DELETE;

        if (object == ORDER)
            put_order(world, key, verb);
        else if (object == LINE)
            put_line(world, key, verb);
        else
            put(world, verb, ACCOUNT, key, 0, NULL, NULL);
    }
}

/* ---- comparing ---- */

static uint32_t row_of(const co_version *version, uint32_t object, uint32_t key)
{
    uint32_t row;

    ck_assert_int_eq(co_version_row(version, object, (co_key){ .number = key }, &row, NULL), COHORT_OK);
    return row;
}

/* The tiles of one parent tile: marked, mixed ones first, each of that parent tile. */
static void mark_tiles(const co_version *version, uint32_t object, uint32_t parent_tile, uint8_t *seen)
{
    uint32_t first;
    const uint32_t n = co_version_home_tiles(version, object, parent_tile, &first);
    bool clustered = false;

    for (uint32_t i = first; i < first + n; i++) {
        const uint32_t number = co_version_home_tile(version, object, i);
        const co_tile_node *node = co_object_node_tile(co_version_object(version, object), number);

        ck_assert_uint_lt(number, co_version_n_tiles(version, object));
        ck_assert_uint_eq(seen[number]++, 0);
        if (node == NULL)
            continue;
        ck_assert_uint_eq(node->tile.parent_tile, parent_tile);
        ck_assert(node->group.clustered || !clustered);
        clustered = node->group.clustered;
    }
}

/* Every tile belongs to exactly one parent tile, and every row to a parent in it, or to none. */
static void check_tiles(const co_version *version, uint32_t object)
{
    const uint32_t n_tiles = co_version_n_tiles(version, object);
    const uint32_t home = co_schema_object(co_version_schema(version), object)->home;
    uint8_t *seen = calloc(n_tiles + (size_t)1, 1);

    for (uint32_t t = 0; t < co_version_n_tiles(version, object - 1); t++)
        mark_tiles(version, object, t, seen);
    mark_tiles(version, object, CO_NONE, seen);
    for (uint32_t t = 0; t < n_tiles; t++) {
        const co_tile *tile = co_version_tile(version, object, t);
        const co_column *column = tile == NULL ? NULL : co_tile_column(tile, home);

        ck_assert_uint_eq(seen[t], 1);
        for (uint32_t slot = 0; tile != NULL && slot < tile->n_rows; slot++) {
            if (!co_version_is_live(version, object, t << 16 | slot))
                continue;
            if (column == NULL || !co_column_has(column, slot))
                ck_assert_uint_eq(tile->parent_tile, CO_NONE);
            else
                ck_assert_int_eq(co_column_number(column, slot) >> 16, tile->parent_tile);
        }
    }
    free(seen);
}

static void check_records(const world *world, const co_version *version, uint32_t object)
{
    const uint32_t home = co_schema_object(co_version_schema(version), object)->home;
    uint64_t n_live = 0;

    for (uint32_t key = 1; key <= n_keys[object]; key++) {
        const record *record = &world->records[object][key];

        n_live += record->live;
        if (!record->live)
            continue;

        const uint32_t row = row_of(version, object, key);
        const co_column *column = co_tile_column(co_version_tile(version, object, row >> 16), home);
        const bool has = column != NULL && co_column_has(column, row & 65535);

        ck_assert(co_version_is_live(version, object, row));
        ck_assert_int_eq(has, record->parent != 0);
        if (!has)
            continue;

        const uint32_t parent = row_of(version, object - 1, record->parent);

        ck_assert_int_eq(co_column_number(column, row & 65535), parent);
        ck_assert_int_eq(co_version_is_live(version, object - 1, parent),
                         world->records[object - 1][record->parent].live);
    }
    ck_assert_uint_eq(co_version_n_live(version, object), n_live);
}

/* Lines of living orders found by going down from an account's tile, as a number. */
static size_t lines_below(const co_version *version, uint32_t account_tile)
{
    size_t n = 0;
    uint32_t first_order, first_line;
    const uint32_t n_orders = co_version_home_tiles(version, ORDER, account_tile, &first_order);

    for (uint32_t i = 0; i < n_orders; i++) {
        const uint32_t order_tile = co_version_home_tile(version, ORDER, first_order + i);
        const uint32_t n_lines = co_version_home_tiles(version, LINE, order_tile, &first_line);

        for (uint32_t j = 0; j < n_lines; j++) {
            const uint32_t line_tile = co_version_home_tile(version, LINE, first_line + j);
            const co_tile *tile = co_version_tile(version, LINE, line_tile);

            for (uint32_t slot = 0; tile != NULL && slot < tile->n_rows; slot++)
                n += co_version_is_live(version, LINE, line_tile << 16 | slot) &&
                     co_version_is_live(version, ORDER, (uint32_t)co_column_number(tile->columns[1], slot));
        }
    }
    return n;
}

static void check_subtrees(const world *world, const co_version *version)
{
    size_t wanted[4] = { 0 }; /* by account tile; the last: of orders without one */

    for (uint32_t key = 1; key <= N_LINES; key++) {
        const record *line = &world->records[LINE][key];
        const record *order = &world->records[ORDER][line->parent];

        if (line->live && line->parent != 0 && order->live)
            wanted[order->parent == 0 ? 3 : row_of(version, ACCOUNT, order->parent) >> 16]++;
    }
    for (uint32_t t = 0; t < 4; t++)
        ck_assert_uint_eq(lines_below(version, t == 3 ? CO_NONE : t), wanted[t]);
}

static void check(const world *world, const co_version *version)
{
    for (uint32_t o = ORDER; o <= LINE; o++) {
        check_tiles(version, o);
        check_records(world, version, o);
    }
    check_subtrees(world, version);
}

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

/* Even seeds have clusters. */
START_TEST(families_stay_together_whatever_happens)
{
    world *world = make((uint64_t)_i + 1);

    for (uint32_t key = 1; key <= N_ORDERS; key++)
        put_order(world, key, CO_UPSERT);
    for (uint32_t key = 1; key <= N_LINES; key++)
        put_line(world, key, CO_UPSERT);
    commit(world->batch);
    for (int c = 0; c < N_COMMITS; c++) {
        co_version *version = co_store_current(world->store);

        check(world, version);
        co_version_release(version);
        if (c % 4 == 3)
            reopen(world);
        change_some(world, 1 + (uint32_t)co_random_below(&world->random, c % 3 == 0 ? 8000 : 100));
        commit(world->batch);
    }
    end(world);
}
END_TEST

/* ---- few parents ---- */

/* Orders of n_parents accounts in shuffled batches, each of them going through all times again. */
static co_store *load_orders(uint32_t n_parents, uint32_t n, uint32_t n_batches)
{
    const uint32_t n_each = n / n_batches;
    int64_t *arrays = malloc(4 * (size_t)n_each * sizeof *arrays);
    int64_t *keys = arrays, *times = keys + n_each, *who = times + n_each, *kinds = who + n_each;
    co_store *store;
    co_batch *batch;

    ck_assert_int_eq(co_store_new(NULL, 0, &store, NULL), COHORT_OK);
    declare(store, "kind");
    ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
    load_accounts(batch, n_parents);
    for (uint32_t b = 0; b < n_batches; b++) {
        for (uint32_t i = 0; i < n_each; i++) {
            keys[i] = (int64_t)b * n_each + i + 1;
            times[i] = (int64_t)(i * UINT64_C(7919) % n_each);
            who[i] = 1 + i % n_parents;
            kinds[i] = i / n_parents % 100 < 90 ? 0 : i / n_parents % 10;
        }

        const co_staged_column columns[] = {
            { 0, false, { .shape = CO_SHAPE_NUMBERS, .numbers = keys } },
            { AT, false, { .shape = CO_SHAPE_NUMBERS, .numbers = times } },
            { WHO, false, { .shape = CO_SHAPE_NUMBERS, .numbers = who } },
            { KIND, false, { .shape = CO_SHAPE_NUMBERS, .numbers = kinds } },
        };

        ck_assert_int_eq(co_batch_columns(batch, ORDER, n_each, 4, columns, NULL), COHORT_OK);
        commit(batch);
    }
    co_batch_free(batch);
    free(arrays);
    return store;
}

static const struct {
    uint32_t n_parents;
    uint32_t n;
    uint32_t n_batches;
} shapes[] = {
    { 1, N_ONE_PARENT, 4 }, { 85, 300000, 1 }, { 85, 300000, 20 }, { 1, 65536, 1 }, { 1, 65537, 1 }
};

START_TEST(few_parents_fill_their_tiles)
{
    const uint32_t n = shapes[_i].n / shapes[_i].n_batches * shapes[_i].n_batches;
    co_store *store = load_orders(shapes[_i].n_parents, n, shapes[_i].n_batches);
    co_version *version = co_store_current(store);
    uint64_t counts[86] = { 0 };
    uint32_t first;

    check_tiles(version, ORDER);
    /* All in one parent tile; at most one tile of each group is not full. */
    ck_assert_uint_eq(co_version_home_tiles(version, ORDER, 0, &first), co_version_n_tiles(version, ORDER));
    ck_assert_uint_le(co_version_n_tiles(version, ORDER), n / 65536 + 11);
    for (uint32_t t = 0; t < co_version_n_tiles(version, ORDER); t++) {
        const co_tile *tile = co_version_tile(version, ORDER, t);

        for (uint32_t slot = 0; slot < tile->n_rows; slot++)
            counts[co_column_number(tile->columns[WHO], slot)]++;
    }
    for (uint32_t p = 0; p < shapes[_i].n_parents; p++) {
        const uint32_t n_each = n / shapes[_i].n_batches;

        ck_assert_uint_eq(counts[p], (n_each / shapes[_i].n_parents + (p < n_each % shapes[_i].n_parents)) *
                                         (uint64_t)shapes[_i].n_batches);
    }
    co_version_release(version);
    co_store_free(store);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("homes");
    TCase *tests = tcase_create("programs");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, families_stay_together_whatever_happens, 0, 4);
    tcase_add_loop_test(tests, few_parents_fill_their_tiles, 0, (int)(sizeof shapes / sizeof *shapes));
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

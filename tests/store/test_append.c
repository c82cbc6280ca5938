/* Records that only come in make the same store whether they come as a bale or as plain columns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/chunk.h"
#include "store/root.h"
#include "store/tree.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/must.h"
#include "support/random.h"

enum { N_CONTACTS = 150000, N_TYPES = 5, AT = 1, TYPE, OF, AMOUNT, PLACE, N_COLUMNS = 5 };

static const cohort_field contact_fields[] = {
    { sizeof(cohort_field), COHORT_INT, "age", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_STRING, "city", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_SET, "tags", 0, 0, NULL },
};
static const cohort_field event_fields[] = {
    { sizeof(cohort_field), COHORT_TIMESTAMP, "at", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_STRING, "type", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "contact", 0, 0, "contact" },
    { sizeof(cohort_field), COHORT_DECIMAL, "amount", 2, 0, NULL },
    { sizeof(cohort_field), COHORT_POINT, "place", 0, 0, NULL },
};
static const cohort_object contact = {
    .size = sizeof(cohort_object), .key_type = COHORT_INT, .name = "contact", .fields = contact_fields, .n_fields = 3
};
static const cohort_object events[] = {
    { .size = sizeof(cohort_object), .name = "event", .time = "at", .cluster = "type", .fields = event_fields,
      .n_fields = 5 },
    { .size = sizeof(cohort_object), .key_type = COHORT_INT, .name = "event", .time = "at", .fields = event_fields,
      .n_fields = 5 },
    { .size = sizeof(cohort_object), .name = "event", .home = "contact", .cluster = "type", .fields = event_fields,
      .n_fields = 5 },
    { .size = sizeof(cohort_object), .key_type = COHORT_INT, .name = "event", .fields = event_fields, .n_fields = 5 },
    { .size = sizeof(cohort_object), .key_type = COHORT_STRING, .name = "event", .time = "at", .fields = event_fields,
      .n_fields = 5 },
};

/* What the events of one test are like. */
static const struct shape {
    int object;
    bool shuffled;     /* times do not rise */
    bool mixed;        /* keys do not rise */
    bool gaps;         /* times and contacts are missing here and there, keys of contacts skip numbers */
    uint32_t n_events; /* in each of three batches */
} shapes[] = {
    { 0, false, false, false, 60000 }, { 0, true, false, true, 50000 }, { 1, false, false, true, 40000 },
    { 1, true, true, false, 70000 },   { 2, false, true, true, 30000 }, { 3, false, true, true, 70000 },
    { 0, false, false, false, 77 },    { 3, true, false, true, 1000 },  { 4, true, false, false, 20000 },
};

/* ---- filling ---- */

typedef struct side {
    co_store *store;
    bool bales;
    size_t n_appended;
} side;

static side open_side(const struct shape *shape, bool bales, const cohort_allocator *allocator)
{
    side side = { .bales = bales };

    ck_assert_int_eq(co_store_new(allocator, 0, &side.store, NULL), COHORT_OK);
    ck_assert_int_eq(co_store_declare(side.store, &contact, NULL), COHORT_OK);
    ck_assert_int_eq(co_store_declare(side.store, &events[shape->object], NULL), COHORT_OK);
    return side;
}

/* A batch of these columns; as a bale in parts of `part` rows, a multiple of 64. */
static co_batch *fill(const side *side, uint32_t object, uint32_t n, size_t n_columns, const co_staged_column *columns,
                      uint32_t part)
{
    const bool has_key = columns[0].field == 0;
    co_batch *batch;
    co_bale *bale = NULL;
    co_shape given[8];

    ck_assert_int_eq(co_batch_new(side->store, &batch, NULL), COHORT_OK);
    for (size_t c = 0; c < n_columns; c++)
        given[c] = columns[c].cells.shape;
    if (side->bales)
        ck_assert_int_eq(co_bale_new(&side->store->memory, has_key, (uint32_t)n_columns, given, &bale, NULL), COHORT_OK);
    for (uint32_t first = 0; side->bales && first < n; first += part) {
        co_cells cells[8];

        for (size_t c = 0; c < n_columns; c++) {
            cells[c] = columns[c].cells;
            cells[c].valid = cells[c].valid == NULL ? NULL : cells[c].valid + first / 64;
            cells[c].numbers = cells[c].numbers == NULL ? NULL : cells[c].numbers + first;
            cells[c].texts = cells[c].texts == NULL || cells[c].shape == CO_SHAPE_SETS ? cells[c].texts : cells[c].texts + first;
            cells[c].ends = cells[c].ends == NULL ? NULL : cells[c].ends + first;
            cells[c].latitudes = cells[c].latitudes == NULL ? NULL : cells[c].latitudes + first;
            cells[c].longitudes = cells[c].longitudes == NULL ? NULL : cells[c].longitudes + first;
        }
        ck_assert_int_eq(co_bale_add(bale, n - first < part ? n - first : part, cells, NULL), COHORT_OK);
    }
    if (side->bales)
        ck_assert_int_eq(co_batch_take_bale(batch, object, columns, bale, NULL), COHORT_OK);
    else
        ck_assert_int_eq(co_batch_columns(batch, object, n, n_columns, columns, NULL), COHORT_OK);
    return batch;
}

/* Commits and frees a batch of n new records. */
static void commit_new(side *side, co_batch *batch, uint32_t n)
{
    co_commit *commit;
    co_commit_counts counts;

    ck_assert_int_eq(co_commit_prepare(batch, &commit, NULL), COHORT_OK);
    side->n_appended += batch->chunks[0].is_baled;
    co_commit_publish(commit, &counts);
    ck_assert_uint_eq(counts.inserted, n);
    co_batch_free(batch);
}

static uint32_t n_contacts = N_CONTACTS;

static void give_contacts(side *sides, int n_sides, const struct shape *shape, co_random *random)
{
    static const co_text cities[] = { { "Rome", 4 }, { "Oslo", 4 }, { "Bern", 4 } };
    static co_text tags[2 * N_CONTACTS];
    static co_text city[N_CONTACTS];
    static int64_t keys[N_CONTACTS], ages[N_CONTACTS];
    static uint32_t ends[N_CONTACTS + 1];

    for (uint32_t i = 0; i < n_contacts; i++) {
        const int64_t number = shape->mixed ? (i + 7919) % n_contacts : i;

        keys[i] = shape->gaps ? 3 * number + number % 2 : 1 + number;
        ages[i] = (int64_t)co_random_below(random, 90);
        city[i] = cities[co_random_below(random, 3)];
        tags[ends[i]] = cities[2];
        tags[ends[i] + 1] = cities[0];
        ends[i + 1] = ends[i] + (uint32_t)co_random_below(random, 3);
    }

    const co_staged_column columns[] = {
        { 0, false, { .shape = CO_SHAPE_NUMBERS, .numbers = keys } },
        { 1, false, { .shape = CO_SHAPE_NUMBERS, .numbers = ages } },
        { 2, false, { .shape = CO_SHAPE_STRINGS, .texts = city } },
        { 3, false, { .shape = CO_SHAPE_SETS, .texts = tags, .ends = ends } },
    };

    for (int s = 0; s < n_sides; s++)
        commit_new(&sides[s], fill(&sides[s], 0, n_contacts, 4, columns, 65536), n_contacts);
}

/* The arrays of a batch of events. */
typedef struct rows {
    int64_t keys[70000], at[70000], of[70000], amount[70000];
    double latitude[70000], longitude[70000];
    co_text type[70000], names[70000];
    char name_bytes[70000][16];
    uint64_t has_at[1100], has_of[1100], has_amount[1100];
} rows;

static rows made;

static void make_events(const struct shape *shape, int64_t before, co_random *random)
{
    static const co_text types[N_TYPES] = { { "view", 4 }, { "click", 5 }, { "buy", 3 }, { "ask", 3 }, { "rare", 4 } };

    memset(&made, 0, sizeof made);
    for (uint32_t i = 0; i < shape->n_events; i++) {
        const uint64_t dice = co_random_below(random, 100);

        made.keys[i] = 10 * (before + (shape->mixed ? i ^ 1 : i)) + (int64_t)co_random_below(random, 9);
        made.names[i] = (co_text){ made.name_bytes[i], (size_t)sprintf(made.name_bytes[i], "n%lld", (long long)made.keys[i]) };
        made.at[i] = shape->shuffled ? (int64_t)co_random_below(random, 500) : (before + i) / 3;
        made.at[i] *= 1000000;
        made.of[i] = (int64_t)co_random_below(random, n_contacts);
        made.of[i] = shape->gaps ? 3 * made.of[i] + made.of[i] % 2 : 1 + made.of[i];
        made.amount[i] = (int64_t)co_random_below(random, 100000);
        made.latitude[i] = (double)(i % 90);
        made.longitude[i] = (double)(i % 180);
        made.type[i] = types[dice < 60 ? 0 : dice < 80 ? 1 : dice < 90 ? 2 : dice < 99 ? 3 : 4];
        made.has_at[i / 64] |= (uint64_t)(!shape->gaps || !co_random_chance(random, 1, 20)) << (i % 64);
        made.has_of[i / 64] |= (uint64_t)(!shape->gaps || !co_random_chance(random, 1, 20)) << (i % 64);
        made.has_amount[i / 64] |= (uint64_t)co_random_chance(random, 1, 10) << (i % 64);
    }
}

/* Batches of the same new events for every side. */
static void fill_events(const side *sides, int n_sides, const struct shape *shape, int round, co_random *random,
                        co_batch **batches)
{
    const bool has_key = events[shape->object].key_type != 0;
    const bool is_text = events[shape->object].key_type == COHORT_STRING;
    const co_staged_column columns[] = {
        { 0, false, { .shape = is_text ? CO_SHAPE_STRINGS : CO_SHAPE_NUMBERS, .numbers = made.keys, .texts = made.names } },
        { AT, false, { .shape = CO_SHAPE_NUMBERS, .numbers = made.at, .valid = made.has_at } },
        { TYPE, false, { .shape = CO_SHAPE_STRINGS, .texts = made.type } },
        { OF, round > 0, { .shape = CO_SHAPE_NUMBERS, .numbers = made.of, .valid = made.has_of } },
        { AMOUNT, false, { .shape = CO_SHAPE_NUMBERS, .numbers = made.amount, .valid = made.has_amount } },
        { PLACE, false, { .shape = CO_SHAPE_POINTS, .latitudes = made.latitude, .longitudes = made.longitude } },
    };

    make_events(shape, (int64_t)shape->n_events * round, random);
    for (int s = 0; s < n_sides; s++)
        batches[s] = fill(&sides[s], 1, shape->n_events, N_COLUMNS + has_key, has_key ? columns : columns + 1,
                          round == 0 ? 65536 : 64 * (uint32_t)co_random_between(random, 1, 200));
}

/* ---- comparing ---- */

static void same_value(const co_column *a, const co_column *b, uint32_t slot)
{
    const bool has = a != NULL && co_column_has(a, slot);
    double points[4];
    uint32_t codes[2][4];

    must(has == (b != NULL && co_column_has(b, slot)));
    if (!has)
        return;
    must(co_column_shape(a) == (co_column_shape(b)));
    switch (co_column_shape(a)) {
    case CO_SHAPE_NUMBERS:
        must(co_column_number(a, slot) == (co_column_number(b, slot)));
        break;
    case CO_SHAPE_STRINGS:
        must(co_text_equal(co_column_text(a, slot), co_column_text(b, slot)));
        break;
    case CO_SHAPE_SETS:
        must(co_column_elements(a, slot, codes[0], 4) == (co_column_elements(b, slot, codes[1], 4)));
        for (uint32_t i = 0; i < co_column_cardinality(a, slot); i++)
            must(co_text_equal(co_dictionary_text(co_column_dictionary(a), codes[0][i]),
                                    co_dictionary_text(co_column_dictionary(b), codes[1][i])));
        break;
    default:
        co_column_point(a, slot, &points[0], &points[1]);
        co_column_point(b, slot, &points[2], &points[3]);
        must(points[0] == points[2] && points[1] == points[3]);
    }
}

static void same_tile(const co_tile *a, const co_tile *b)
{
    ck_assert_uint_eq(a->n_rows, b->n_rows);
    ck_assert_uint_eq(a->n_live, b->n_live);
    ck_assert_uint_eq(a->parent_tile, b->parent_tile);
    for (uint32_t slot = 0; slot < a->n_rows; slot++) {
        for (uint32_t f = 0; f < a->n_columns; f++)
            same_value(a->columns[f], b->columns[f], slot);
        same_value(a->arrival, b->arrival, slot);
    }
}

/* Tiles may have other numbers, but those of a group are the same. */
static void same_object(const co_version *a, const co_version *b, uint32_t object)
{
    const co_layout *layouts[2] = { co_version_object(a, object)->layout, co_version_object(b, object)->layout };

    ck_assert_uint_eq(co_version_n_live(a, object), co_version_n_live(b, object));
    ck_assert_uint_eq(layouts[0]->n, layouts[1]->n);
    for (uint32_t i = 0; i < layouts[0]->n; i++) {
        ck_assert_int_eq(co_group_compare(&layouts[0]->entries[i].group, &layouts[1]->entries[i].group), 0);
        same_tile(co_version_tile(a, object, layouts[0]->entries[i].tile),
                  co_version_tile(b, object, layouts[1]->entries[i].tile));
    }
}

static void keys_are_found(const co_version *version, uint32_t object, co_random *random)
{
    for (uint32_t t = 0; t < co_version_n_tiles(version, object); t++) {
        const uint32_t row = t << 16 | (uint32_t)co_random_below(random, co_version_tile(version, object, t)->n_rows);
        uint32_t found;

        ck_assert_int_eq(co_version_row(version, object, co_version_key(version, object, row), &found, NULL), COHORT_OK);
        ck_assert_uint_eq(found, row);
    }
}

START_TEST(a_bale_makes_what_plain_columns_make)
{
    const struct shape *shape = &shapes[_i];
    co_random random = co_random_of((uint64_t)_i + 1);
    side sides[2] = { open_side(shape, true, NULL), open_side(shape, false, NULL) };
    co_batch *batches[2];

    give_contacts(sides, 2, shape, &random);
    for (int round = 0; round < 3; round++) {
        fill_events(sides, 2, shape, round, &random, batches);
        for (int s = 0; s < 2; s++)
            commit_new(&sides[s], batches[s], shape->n_events);

        co_version *a = co_store_current(sides[0].store);
        co_version *b = co_store_current(sides[1].store);

        same_object(a, b, 0);
        same_object(a, b, 1);
        keys_are_found(a, 0, &random);
        keys_are_found(a, 1, &random);
        co_version_release(a);
        co_version_release(b);
    }
    ck_assert_uint_eq(sides[0].n_appended, 4);
    ck_assert_uint_eq(sides[1].n_appended, 0);
    co_store_free(sides[0].store);
    co_store_free(sides[1].store);
}
END_TEST

/* A key that comes twice, or that there is already, changes its record: no way to append. */
START_TEST(keys_that_are_there_go_the_general_way)
{
    static const int64_t keys[] = { 5, 3, 5, 9 }, ages[] = { 1, 2, 3, 4 };
    const co_cells cells[] = { { .shape = CO_SHAPE_NUMBERS, .numbers = keys },
                               { .shape = CO_SHAPE_NUMBERS, .numbers = ages } };
    const co_staged_column columns[] = { { .field = 0 }, { .field = 1 } };
    const co_shape given[] = { CO_SHAPE_NUMBERS, CO_SHAPE_NUMBERS };
    side side = open_side(&shapes[0], true, NULL);
    co_batch *batch;
    co_commit *commit;
    co_commit_counts counts;
    uint32_t row;

    ck_assert_int_eq(co_batch_new(side.store, &batch, NULL), COHORT_OK);
    for (int round = 0; round < 3; round++) {
        co_bale *bale;

        /* Key 9 alone; then 5, 3, 5; then 5, 3. */
        const uint32_t n = round == 0 ? 1 : round == 1 ? 3 : 2;
        const co_cells some[] = { { .shape = CO_SHAPE_NUMBERS, .numbers = round == 0 ? keys + 3 : keys }, cells[1] };

        ck_assert_int_eq(co_bale_new(&side.store->memory, true, 2, given, &bale, NULL), COHORT_OK);
        ck_assert_int_eq(co_bale_add(bale, n, some, NULL), COHORT_OK);
        ck_assert_int_eq(co_batch_take_bale(batch, 0, columns, bale, NULL), COHORT_OK);
        ck_assert_int_eq(co_commit_prepare(batch, &commit, NULL), COHORT_OK);
        ck_assert_int_eq(batch->chunks[0].is_baled, round == 0);
        co_commit_publish(commit, &counts);
        ck_assert_uint_eq(counts.inserted, round == 0 ? 1 : round == 1 ? 2 : 0);
    }

    co_version *version = co_store_current(side.store);

    ck_assert_uint_eq(co_version_n_live(version, 0), 3);
    ck_assert_int_eq(co_version_row(version, 0, (co_key){ .number = 5 }, &row, NULL), COHORT_OK);
    ck_assert_int_eq(co_column_number(co_version_tile(version, 0, 0)->columns[1], row), 1);
    co_version_release(version);
    co_batch_free(batch);
    co_store_free(side.store);
}
END_TEST

/* A batch that could not be committed for want of memory can be afterwards. */
START_TEST(every_refused_allocation_leaves_the_batch_as_it_was)
{
    const struct shape shape = { .object = _i, .shuffled = true, .mixed = _i == 1, .gaps = true, .n_events = 300 };

    n_contacts = 200;
    for (uint64_t n = 1;; n++) {
        co_failing state = { 0 };
        const cohort_allocator allocator = co_failing_allocator(&state);
        co_random random = co_random_of(1);
        side side = open_side(&shape, true, &allocator);
        co_batch *batch;
        co_commit *commit;

        give_contacts(&side, 1, &shape, &random);
        fill_events(&side, 1, &shape, 1, &random, &batch);
        state.fail_at = state.n_requests + n;

        const cohort_status status = co_commit_prepare(batch, &commit, NULL);
        const bool refused = state.n_refused > 0;

        state.fail_at = 0;
        ck_assert_int_eq(status, refused ? COHORT_MEMORY : COHORT_OK);
        if (status == COHORT_OK)
            co_commit_abandon(commit);
        commit_new(&side, batch, shape.n_events);
        ck_assert_uint_eq(side.n_appended, 2);
        co_store_free(side.store);
        ck_assert(co_failing_is_clean(&state));
        if (!refused)
            break;
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("append");
    TCase *bales = tcase_create("bales");

    tcase_set_timeout(bales, 120);
    tcase_add_loop_test(bales, a_bale_makes_what_plain_columns_make, 0, sizeof shapes / sizeof *shapes);
    tcase_add_loop_test(bales, every_refused_allocation_leaves_the_batch_as_it_was, 0, 2);
    tcase_add_test(bales, keys_that_are_there_go_the_general_way);
    suite_add_tcase(suite, bales);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

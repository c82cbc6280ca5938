/* Histories of every type of field, beside a log that is kept by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "store/batch.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/random.h"
#include "support/saved.h"

#define N_REGIONS 65600u /* two tiles, so that contacts move */
#define N_CONTACTS 200u
#define N_FIELDS 8u
#define N_VALUES 4u /* of each field; 0 is NULL */

#ifdef CO_QUICK
#define N_COMMITS 12
#else
#define N_COMMITS 40
#endif

enum { REGION, CONTACT, PERSON, FIRST_HISTORY };
enum { HOME = 1, STAGE = 2, OWNER = 6, FLAG = 7, HIGHEST = N_FIELDS };

static const cohort_field contact_fields[N_FIELDS] = {
    { sizeof(cohort_field), COHORT_REFERENCE, "region", 0, 0, "region" },
    { sizeof(cohort_field), COHORT_STRING, "stage", 0, COHORT_NOCASE, NULL },
    { sizeof(cohort_field), COHORT_DECIMAL, "score", 2, 0, NULL },
    { sizeof(cohort_field), COHORT_SET, "tags", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_POINT, "place", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "owner", 0, 0, "person" },
    { sizeof(cohort_field), COHORT_BOOL, "flag", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_DOUBLE, "ratio", 0, 0, NULL },
};
static const char *const kept[N_FIELDS] = { "region", "stage", "score", "tags",
                                            "place",  "owner", "flag",  "ratio" };
static const cohort_object region = { .size = sizeof region, .key_type = COHORT_INT, .name = "region" };
static const cohort_object person = { .size = sizeof person, .key_type = COHORT_STRING, .name = "person" };
static const cohort_object contact = { .size = sizeof contact,
                                       .key_type = COHORT_INT,
                                       .name = "contact",
                                       .home = "region",
                                       .fields = contact_fields,
                                       .n_fields = N_FIELDS,
                                       .history = kept,
                                       .n_history = N_FIELDS };

/* ---- values by number ---- */

static const int64_t homes[] = { 0, 1, 65536, 65537, 65599 };
static const char *const texts[] = { NULL, "Lead", "won", "WON", "" };
static const int64_t scores[] = { 0, 0, -250, 100, 99999 };
static const cohort_text elements[] = { { "b", 1 }, { "a", 1 }, { "b", 1 }, { "c", 1 } };
static const size_t set_sizes[] = { 0, 0, 1, 2, 4 }; /* of `elements`, the last three of them if 4 */
static const double latitudes[] = { 0, 0, 0, -33.5, 90 };
static const double longitudes[] = { 0, 0, 1, 151, 151 };
static const double ratios[] = { 0, 0.0, 0.5, -1e300, 7 };

static cohort_value value_of(uint32_t field, uint32_t number)
{
    cohort_value value = COHORT_VALUE_NULL;

    if (number == 0)
        return value;
    value.type = contact_fields[field - 1].type;
    value.scale = contact_fields[field - 1].scale;
    value.real = value.type == COHORT_POINT ? latitudes[number] : ratios[number];
    value.longitude = longitudes[number];
    value.number = scores[number];
    if (value.type == COHORT_BOOL)
        value.number = number % 2;
    if (value.type == COHORT_STRING || field == OWNER)
        value.text = (cohort_text){ texts[number], strlen(texts[number]) };
    if (field == OWNER)
        value.type = COHORT_STRING;
    if (field == HOME) {
        value.type = COHORT_INT;
        value.number = homes[number];
    }
    if (value.type == COHORT_SET) {
        value.elements = elements + (set_sizes[number] == 4);
        value.n_elements = set_sizes[number] == 4 ? 3 : set_sizes[number];
    }
    return value;
}

static bool is_set_number(const co_column *column, uint32_t slot, uint32_t number)
{
    const cohort_value wanted = value_of(4, number);
    uint32_t codes[4];
    const uint32_t n = co_column_elements(column, slot, codes, 4);

    if (n != wanted.n_elements)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        const co_text text = { wanted.elements[i].bytes, wanted.elements[i].length };
        bool found = false;

        for (uint32_t j = 0; j < n; j++)
            found = found || co_text_equal(co_dictionary_text(co_column_dictionary(column), codes[j]), text);
        if (!found)
            return false;
    }
    return true;
}

/* Whether a field of a tile holds what value_of gives. */
static bool holds(const co_version *version, const co_column *column, uint32_t slot, uint32_t field,
                  uint32_t number)
{
    const cohort_value wanted = value_of(field, number);
    double latitude, longitude;

    if (column == NULL || !co_column_has(column, slot) || number == 0)
        return (column == NULL || !co_column_has(column, slot)) && number == 0;
    switch (contact_fields[field - 1].type) {
    case COHORT_STRING:
        return co_text_equal(co_column_text(column, slot), co_text_of(texts[number]));
    case COHORT_SET:
        return is_set_number(column, slot, number);
    case COHORT_POINT:
        co_column_point(column, slot, &latitude, &longitude);
        return latitude == wanted.real && longitude == wanted.longitude;
    case COHORT_REFERENCE: {
        const co_key key = co_version_key(version, field == HOME ? REGION : PERSON,
                                          (uint32_t)co_column_number(column, slot));

        return field == HOME ? key.number == homes[number]
                             : co_text_equal(key.text, co_text_of(texts[number]));
    }
    case COHORT_DOUBLE:
        return co_ordered_to_double(co_column_number(column, slot)) == wanted.real;
    default:
        return co_column_number(column, slot) == wanted.number;
    }
}

/* ---- the world and its log ---- */

typedef struct record {
    bool live;
    uint32_t values[N_FIELDS + 1];
} record;

typedef struct entry {
    uint32_t contact;
    uint32_t field;
    int64_t at;
    uint32_t old;
    uint32_t new;
    bool seen;
} entry;

typedef struct world {
    co_random random;
    co_store *store;
    co_batch *batch;
    record records[N_CONTACTS + 1];
    entry *log;
    size_t n_log;
} world;

static cohort_status declare(co_store *store, const cohort_object *object)
{
    return co_store_declare(store, object, NULL);
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

static void load_regions(co_batch *batch)
{
    int64_t *keys = malloc(N_REGIONS * sizeof *keys);

    for (uint32_t i = 0; i < N_REGIONS; i++)
        keys[i] = i;

    const co_staged_column column = { 0, false, { .shape = CO_SHAPE_NUMBERS, .numbers = keys } };

    ck_assert_int_eq(co_batch_columns(batch, REGION, N_REGIONS, 1, &column, NULL), COHORT_OK);
    commit(batch);
    free(keys);
}

static world *make(uint64_t seed, const cohort_allocator *allocator)
{
    world *world = calloc(1, sizeof *world);

    world->random = co_random_of(seed);
    ck_assert_int_eq(co_store_new(allocator, 0, &world->store, NULL), COHORT_OK);
    ck_assert_int_eq(declare(world->store, &region), COHORT_OK);
    ck_assert_int_eq(declare(world->store, &contact), COHORT_OK);
    ck_assert_int_eq(declare(world->store, &person), COHORT_OK);
    ck_assert_int_eq(co_batch_new(world->store, &world->batch, NULL), COHORT_OK);
    load_regions(world->batch);
    return world;
}

static void end(world *world)
{
    co_batch_free(world->batch);
    co_store_free(world->store);
    free(world->log);
    free(world);
}

/* The objects come in the order of declaration: region, contact, person as it was named, histories. */
static uint32_t history_of(const co_version *version, uint32_t field)
{
    char name[64];
    const co_object *object;

    snprintf(name, sizeof name, "contact_%s_history", kept[field - 1]);
    object = co_schema_find(co_version_schema(version), co_text_of(name));
    ck_assert_ptr_nonnull(object);
    ck_assert_uint_ge(object->id, FIRST_HISTORY);
    return object->id;
}

/* ---- changing both ---- */

static void change(world *world, co_verb verb, uint32_t key)
{
    record *record = &world->records[key];
    cohort_value values[N_FIELDS];
    uint32_t fields[N_FIELDS];
    const co_key id = { .number = key };
    size_t n = 0;

    if (verb == CO_DELETE)
        *record = (struct record){ 0 };
    for (uint32_t f = 1; verb != CO_DELETE && f <= N_FIELDS; f++) {
        if (co_random_chance(&world->random, 1, 2))
            continue;
        record->values[f] = (uint32_t)co_random_below(&world->random, N_VALUES + 1);
        if (f == FLAG && record->values[f] > 2)
            record->values[f] -= 2;
        values[n] = value_of(f, record->values[f]);
        fields[n++] = f;
    }
    record->live = verb != CO_DELETE;
    ck_assert_int_eq(co_batch_put(world->batch, verb, CONTACT, &id, n, fields, values, NULL), COHORT_OK);
}

static void change_some(world *world, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t key = (uint32_t)co_random_between(&world->random, 1, N_CONTACTS);
        const uint64_t dice = co_random_below(&world->random, 10);

        change(world,
               !world->records[key].live || dice < 5 ? CO_UPSERT
               : dice < 8                            ? CO_PATCH
                                                     : CO_DELETE,
               key);
    }
}

/* What the log gains between two states of the records. */
static void log_changes(world *world, const record *before, int64_t at)
{
    for (uint32_t key = 1; key <= N_CONTACTS; key++) {
        for (uint32_t f = 1; f <= N_FIELDS && world->records[key].live; f++) {
            const uint32_t old = before[key].values[f];
            const uint32_t new = world->records[key].values[f];

            if (old == new)
                continue;
            world->log = realloc(world->log, (world->n_log + 1) * sizeof *world->log);
            world->log[world->n_log++] = (entry){ key, f, at, old, new, false };
        }
    }
}

/* ---- comparing ---- */

static entry *find_entry(const world *world, uint32_t key, uint32_t field, int64_t at)
{
    for (size_t i = 0; i < world->n_log; i++) {
        entry *entry = &world->log[i];

        if (entry->contact == key && entry->field == field && entry->at == at && !entry->seen)
            return entry;
    }
    return NULL;
}

static void check_row(const world *world, const co_version *version, uint32_t field, const co_tile *tile,
                      uint32_t slot)
{
    const uint32_t of = (uint32_t)co_column_number(tile->columns[CO_HISTORY_OF], slot);
    const uint32_t key = (uint32_t)co_version_key(version, CONTACT, of).number;
    entry *entry = find_entry(world, key, field, co_column_number(tile->columns[CO_HISTORY_AT], slot));

    ck_assert_ptr_nonnull(entry);
    entry->seen = true;
    ck_assert_uint_eq(tile->parent_tile, of >> 16);
    ck_assert_int_eq(co_version_is_live(version, CONTACT, of), world->records[key].live);
    ck_assert(holds(version, co_tile_column(tile, CO_HISTORY_OLD), slot, field, entry->old));
    ck_assert(holds(version, co_tile_column(tile, CO_HISTORY_NEW), slot, field, entry->new));
}

static void check(const world *world, const co_version *version)
{
    size_t n = 0;

    for (uint32_t f = 1; f <= N_FIELDS; f++) {
        const uint32_t history = history_of(version, f);

        for (uint32_t t = 0; t < co_version_n_tiles(version, history); t++) {
            const co_tile *tile = co_version_tile(version, history, t);

            for (uint32_t slot = 0; tile != NULL && slot < tile->n_rows; slot++) {
                if (co_version_is_live(version, history, t << 16 | slot))
                    check_row(world, version, f, tile, slot);
            }
        }
        n += co_version_n_live(version, history);
    }
    ck_assert_uint_eq(n, world->n_log);
    for (size_t i = 0; i < world->n_log; i++)
        world->log[i].seen = false;
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

START_TEST(histories_are_what_a_log_of_every_commit_says)
{
    world *world = make((uint64_t)_i + 1, NULL);

    for (int64_t c = 1; c <= N_COMMITS; c++) {
        record before[N_CONTACTS + 1];
        const int64_t at = c * 7919 % 1009; /* in no order */
        const size_t n_before = world->n_log;
        size_t n_live = 0;
        co_version *version;

        memcpy(before, world->records, sizeof before);
        change_some(world, 1 + (uint32_t)co_random_below(&world->random, c % 3 == 0 ? 300 : 20));
        ck_assert_int_eq(co_batch_set_time(world->batch, at, NULL), COHORT_OK);
        log_changes(world, before, at);
        for (uint32_t key = 1; key <= N_CONTACTS; key++)
            n_live += world->records[key].live && !before[key].live;
        ck_assert_uint_ge(commit(world->batch).inserted, n_live);
        version = co_store_current(world->store);
        check(world, version);
        ck_assert_uint_ge(world->n_log, n_before);
        co_version_release(version);
        if (c % 5 == 4)
            reopen(world);
    }
    ck_assert_uint_gt(world->n_log, 200);
    end(world);
}
END_TEST

START_TEST(every_refused_allocation_of_a_commit_with_histories_changes_nothing)
{
    co_failing state = { 0 };
    const cohort_allocator allocator = co_failing_allocator(&state);
    world *world = make(5, &allocator);
    record before[N_CONTACTS + 1];
    co_version *first, *last;
    co_commit *ready = NULL;

    memcpy(before, world->records, sizeof before);
    change_some(world, 100);
    ck_assert_int_eq(co_batch_set_time(world->batch, 1, NULL), COHORT_OK);
    log_changes(world, before, 1);
    commit(world->batch);
    first = co_store_current(world->store);
    memcpy(before, world->records, sizeof before);
    change_some(world, 40);
    ck_assert_int_eq(co_batch_set_time(world->batch, 2, NULL), COHORT_OK);
    for (uint64_t n = 2; ready == NULL; n++) {
        state.n_requests = 0;
        state.fail_at = n / 2;
        state.for_ever = n % 2 == 0;

        const cohort_status status = co_commit_prepare(world->batch, &ready, NULL);

        state.fail_at = 0;
        state.for_ever = false;
        ck_assert_int_eq(status, ready == NULL ? COHORT_MEMORY : COHORT_OK);
        last = co_store_current(world->store);
        ck_assert_ptr_eq(last, first);
        co_version_release(last);
    }
    co_commit_publish(ready, NULL);
    log_changes(world, before, 2);
    last = co_store_current(world->store);
    check(world, last);
    co_version_release(first);
    co_version_release(last);
    end(world);
    ck_assert(co_failing_is_clean(&state));
}
END_TEST

/* ---- one by one ---- */

typedef struct step {
    co_verb verb; /* 0: commit, at the time of its place */
    bool gives;
    uint32_t stage; /* in `texts` */
} step;

/* Stage is followed through each program; `wanted` are its rows as "old>new" by the numbers. */
static const struct {
    step steps[8];
    const char *wanted;
    uint64_t inserted; /* by the last commit */
} programs[] = {
    { { { CO_UPSERT, true, 1 }, { 0 } }, "0>1 ", 1 },
    { { { CO_UPSERT, true, 0 }, { 0 } }, "", 1 },
    { { { CO_UPSERT, false, 0 }, { 0 } }, "", 1 },
    { { { CO_UPSERT, true, 1 }, { CO_PATCH, true, 2 }, { 0 } }, "0>2 ", 1 },
    { { { CO_UPSERT, true, 1 }, { 0 }, { CO_PATCH, true, 1 }, { 0 } }, "0>1 ", 0 },
    { { { CO_UPSERT, true, 2 }, { 0 }, { CO_PATCH, true, 3 }, { 0 } }, "0>2 2>3 ", 0 },
    { { { CO_UPSERT, true, 1 }, { 0 }, { CO_PATCH, true, 2 }, { CO_PATCH, true, 1 }, { 0 } }, "0>1 ", 0 },
    { { { CO_UPSERT, true, 1 }, { 0 }, { CO_UPSERT, false, 0 }, { 0 } }, "0>1 ", 0 },
    { { { CO_UPSERT, true, 1 }, { 0 }, { CO_PATCH, true, 0 }, { 0 } }, "0>1 1>0 ", 0 },
    { { { CO_UPSERT, true, 1 }, { 0 }, { CO_DELETE, false, 0 }, { 0 } }, "0>1 ", 0 },
    { { { CO_UPSERT, true, 1 }, { 0 }, { CO_DELETE, false, 0 }, { CO_UPSERT, true, 1 }, { 0 } }, "0>1 ", 0 },
    { { { CO_UPSERT, true, 1 }, { 0 }, { CO_DELETE, false, 0 }, { CO_UPSERT, true, 4 }, { 0 } },
      "0>1 1>4 ",
      0 },
    { { { CO_UPSERT, true, 1 }, { 0 }, { CO_DELETE, false, 0 }, { CO_UPSERT, false, 0 }, { 0 } },
      "0>1 1>0 ",
      0 },
    { { { CO_UPSERT, true, 1 }, { 0 }, { CO_DELETE, false, 0 }, { 0 }, { CO_UPSERT, true, 1 }, { 0 } },
      "0>1 0>1 ",
      1 },
    { { { CO_UPSERT, true, 1 }, { CO_DELETE, false, 0 }, { 0 } }, "", 0 },
};

static void take_step(co_batch *batch, const step *step)
{
    const co_key id = { .number = 1 };
    const uint32_t field = STAGE;
    const cohort_value value = value_of(STAGE, step->stage);

    ck_assert_int_eq(co_batch_put(batch, step->verb, CONTACT, &id, step->gives, &field, &value, NULL),
                     COHORT_OK);
}

/* The rows of the stage's history in the order they came, as in `wanted`. */
static void print_rows(const co_version *version, char *out, size_t size)
{
    const uint32_t history = history_of(version, STAGE);
    const co_tile *tile = co_version_tile(version, history, 0);
    size_t length = 0;

    out[0] = 0;
    for (uint32_t slot = 0; tile != NULL && slot < tile->n_rows; slot++) {
        uint32_t old = 0;
        uint32_t new = 0;

        while (!holds(version, co_tile_column(tile, CO_HISTORY_OLD), slot, STAGE, old))
            old++;
        while (!holds(version, co_tile_column(tile, CO_HISTORY_NEW), slot, STAGE, new))
            new ++;
        ck_assert_int_eq(co_column_number(tile->columns[0], slot), (int64_t)slot + 1);
        ck_assert_int_eq(co_column_number(tile->columns[CO_HISTORY_OF], slot), 0);
        length += (size_t)snprintf(out + length, size - length, "%u>%u ", old, new);
    }
}

START_TEST(the_net_change_of_each_commit_counts)
{
    world *world = make(1, NULL);
    const step *step = programs[_i].steps;
    co_commit_counts counts = { 0 };
    co_version *version;
    char found[64];

    for (int64_t at = 1; step->verb != 0; at++, step++) {
        for (; step->verb != 0; step++)
            take_step(world->batch, step);
        ck_assert_int_eq(co_batch_set_time(world->batch, at, NULL), COHORT_OK);
        counts = commit(world->batch);
    }
    ck_assert_uint_eq(counts.inserted, programs[_i].inserted);
    version = co_store_current(world->store);
    print_rows(version, found, sizeof found);
    ck_assert_str_eq(found, programs[_i].wanted);
    co_version_release(version);
    end(world);
}
END_TEST

START_TEST(without_a_time_only_what_changes_nothing_can_be_committed)
{
    const step won = { CO_UPSERT, true, 2 };
    const step plain = { CO_UPSERT, false, 0 };
    world *world = make(1, NULL);
    cohort_error error = COHORT_ERROR_INIT;
    co_version *version;
    co_commit *ready;

    take_step(world->batch, &plain);
    commit(world->batch);
    take_step(world->batch, &won);
    ck_assert_int_eq(co_commit_prepare(world->batch, &ready, &error), COHORT_INVALID);
    ck_assert_ptr_nonnull(strstr(error.text, "cohort_batch_set_time"));
    version = co_store_current(world->store);
    ck_assert_uint_eq(co_version_n_live(version, history_of(version, STAGE)), 0);
    co_version_release(version);
    /* The batch is as it was; its time goes with its commit. */
    ck_assert_int_eq(co_batch_set_time(world->batch, INT64_MAX, NULL), COHORT_OVERFLOW);
    ck_assert_int_eq(co_batch_set_time(world->batch, 5, NULL), COHORT_OK);
    ck_assert_uint_eq(commit(world->batch).updated, 1);
    version = co_store_current(world->store);
    ck_assert_uint_eq(co_version_n_live(version, history_of(version, STAGE)), 1);
    co_version_release(version);
    take_step(world->batch, &(step){ CO_UPSERT, true, 3 });
    ck_assert_int_eq(co_commit_prepare(world->batch, &ready, NULL), COHORT_INVALID);
    end(world);
}
END_TEST

/* ---- declaring ---- */

static co_store *empty_store(void)
{
    co_store *store;

    ck_assert_int_eq(co_store_new(NULL, 0, &store, NULL), COHORT_OK);
    ck_assert_int_eq(declare(store, &region), COHORT_OK);
    return store;
}

START_TEST(a_history_that_comes_later_starts_empty)
{
    static const char *const stage_only[] = { "stage" };
    cohort_object later = contact;
    co_store *store = empty_store();
    co_batch *batch;
    co_version *version;
    char found[64];

    later.n_history = 0;
    ck_assert_int_eq(declare(store, &later), COHORT_OK);
    ck_assert_int_eq(declare(store, &person), COHORT_OK);
    ck_assert_int_eq(co_batch_new(store, &batch, NULL), COHORT_OK);
    take_step(batch, &(step){ CO_UPSERT, true, 1 });
    commit(batch);
    later.history = stage_only;
    later.n_history = 1;
    ck_assert_int_eq(declare(store, &later), COHORT_OK);
    ck_assert_int_eq(declare(store, &later), COHORT_OK); /* again: as it was */
    later.n_history = 0;
    ck_assert_int_eq(declare(store, &later), COHORT_OK); /* not asked for: stays */
    take_step(batch, &(step){ CO_UPSERT, true, 2 });
    ck_assert_int_eq(co_batch_set_time(batch, 1, NULL), COHORT_OK);
    commit(batch);
    version = co_store_current(store);
    print_rows(version, found, sizeof found);
    ck_assert_str_eq(found, "1>2 ");
    ck_assert_uint_eq(co_schema_describe(co_version_schema(version), CONTACT)->n_history, 1);
    ck_assert_str_eq(co_schema_describe(co_version_schema(version), CONTACT)->history[0], "stage");
    co_version_release(version);
    co_batch_free(batch);
    co_store_free(store);
}
END_TEST

static const char *const nothing[] = { "shoe" };
static const char *const the_key[] = { "id" };
static const char *const stage[] = { "stage" };
static const char *const no_name[] = { NULL };
static const cohort_field stage_field = { sizeof(cohort_field), COHORT_STRING, "stage", 0, 0, NULL };
static const cohort_field long_field = { sizeof(cohort_field),
                                         COHORT_STRING,
                                         "a name that is long: 0123456789012345678901234567890123456789"
                                         "0123456789012345678901234567890123456789012345678901234567890"
                                         "0123456789012345678901234567890123456789012345678901234567890"
                                         "012345678901234567890123456789012345678901234567890123456789",
                                         0,
                                         0,
                                         NULL };
static const cohort_field taken_field = { sizeof(cohort_field), COHORT_REFERENCE, "x", 0, 0,
                                          "deal_stage_history" };

/* Declared in turn; only the last is refused. */
static const struct {
    const char *name;
    const cohort_field *field;
    const char *const *history;
    cohort_status status;
} refused[] = {
    { "deal", &stage_field, nothing, COHORT_NOT_FOUND },
    { "deal", &stage_field, the_key, COHORT_NOT_FOUND },
    { "deal", &stage_field, no_name, COHORT_NOT_FOUND },
    { "deal", &stage_field, NULL, COHORT_INVALID },
    { "old", &stage_field, stage, COHORT_EXISTS },
    { "at", &stage_field, stage, COHORT_EXISTS },
    { "key", &stage_field, stage, COHORT_EXISTS },
    { "a long name", &long_field, &long_field.name, COHORT_INVALID },
};

START_TEST(histories_that_cannot_be_are_refused)
{
    const cohort_object object = { .size = sizeof object,
                                   .key_type = COHORT_INT,
                                   .name = refused[_i].name,
                                   .key_name = "id",
                                   .fields = refused[_i].field,
                                   .n_fields = 1,
                                   .history = refused[_i].history,
                                   .n_history = 1 };
    co_store *store = empty_store();
    co_version *before = co_store_current(store);
    co_version *after;

    ck_assert_int_eq(declare(store, &object), refused[_i].status);
    after = co_store_current(store);
    ck_assert_ptr_eq(before, after);
    co_version_release(before);
    co_version_release(after);
    co_store_free(store);
}
END_TEST

/* The name is taken if it was declared, or only named by a reference. */
START_TEST(a_taken_name_is_an_error_and_a_history_has_none)
{
    const cohort_object namer = {
        .size = sizeof namer, .key_type = COHORT_INT, .name = "namer", .fields = &taken_field, .n_fields = 1
    };
    const cohort_object deal = { .size = sizeof deal,
                                 .key_type = COHORT_INT,
                                 .name = "deal",
                                 .fields = &stage_field,
                                 .n_fields = 1,
                                 .history = stage,
                                 .n_history = 1 };
    static const char *const new[] = { "new" };
    const cohort_object nested = {
        .size = sizeof nested, .name = "deal_stage_history", .history = new, .n_history = 1
    };
    co_store *store = empty_store();

    ck_assert_int_eq(declare(store, &namer), COHORT_OK);
    ck_assert_int_eq(declare(store, &deal), COHORT_EXISTS);
    co_store_free(store);
    store = empty_store();
    ck_assert_int_eq(declare(store, &deal), COHORT_OK);
    ck_assert_int_eq(declare(store, &nested), COHORT_INVALID);
    co_store_free(store);
}
END_TEST

/* What came before the store is loaded like any event. */
START_TEST(what_happened_earlier_can_be_added)
{
    world *world = make(1, NULL);
    co_version *version = co_store_current(world->store);
    const uint32_t history = history_of(version, STAGE);
    const uint32_t fields[] = { CO_HISTORY_AT, CO_HISTORY_NEW, CO_HISTORY_OF };
    cohort_value values[] = { COHORT_VALUE_NULL, value_of(STAGE, 1), COHORT_VALUE_NULL };
    char found[64];

    co_version_release(version);
    values[0].type = COHORT_TIMESTAMP;
    values[0].number = 1;
    values[2].type = COHORT_INT;
    values[2].number = 1;
    take_step(world->batch, &(step){ CO_UPSERT, true, 2 });
    ck_assert_int_eq(co_batch_put(world->batch, CO_UPSERT, history, NULL, 3, fields, values, NULL),
                     COHORT_OK);
    ck_assert_int_eq(co_batch_set_time(world->batch, 2, NULL), COHORT_OK);
    ck_assert_uint_eq(commit(world->batch).inserted, 2);
    version = co_store_current(world->store);
    print_rows(version, found, sizeof found);
    ck_assert_str_eq(found, "0>1 0>2 ");
    co_version_release(version);
    end(world);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("history");
    TCase *tests = tcase_create("programs");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, histories_are_what_a_log_of_every_commit_says, 0, 3);
    tcase_add_test(tests, every_refused_allocation_of_a_commit_with_histories_changes_nothing);
    tcase_add_loop_test(tests, the_net_change_of_each_commit_counts, 0,
                        (int)(sizeof programs / sizeof *programs));
    tcase_add_test(tests, without_a_time_only_what_changes_nothing_can_be_committed);
    tcase_add_test(tests, a_history_that_comes_later_starts_empty);
    tcase_add_loop_test(tests, histories_that_cannot_be_are_refused, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tests, a_taken_name_is_an_error_and_a_history_has_none);
    tcase_add_test(tests, what_happened_earlier_can_be_added);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

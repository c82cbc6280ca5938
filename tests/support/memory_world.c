/* The world of refused calls; see memory_world.h. */
#include "support/memory_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/must.h"

char co_untouched;

enum { N_CONTACTS = 40 };

cohort_value co_world_number(cohort_type type, int64_t value)
{
    return (cohort_value){ .type = type, .number = value };
}

cohort_value co_world_text(const char *value)
{
    return (cohort_value){ .type = COHORT_STRING, .text = { value, strlen(value) } };
}

static const cohort_field contact_fields[WORLD_FIELDS] = {
    { sizeof(cohort_field), COHORT_INT, "age", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_DECIMAL, "balance", 2, 0, NULL },
    { sizeof(cohort_field), COHORT_DOUBLE, "score", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_BOOL, "active", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_DATE, "born", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_TIMESTAMP, "seen", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_STRING, "country", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_STRING, "city", 0, COHORT_NOCASE, NULL },
    { sizeof(cohort_field), COHORT_SET, "tags", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_POINT, "place", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "account", 0, 0, "account" },
    { sizeof(cohort_field), COHORT_REFERENCE, "manager", 0, 0, "contact" },
};

static const cohort_text tag_list[] = { { "lapsed", 6 }, { "vip", 3 }, { "new", 3 } };

void co_world_record(int64_t i, cohort_value values[WORLD_FIELDS])
{
    static const char *const countries[] = { "AU", "NZ", "DE" };
    static const char *const cities[] = { "Sydney", "Auckland", "Berlin" };
    const cohort_value all[WORLD_FIELDS] = {
        co_world_number(COHORT_INT, i),
        { .type = COHORT_DECIMAL, .scale = 2, .number = i * 125 },
        { .type = COHORT_DOUBLE, .real = (double)i / 4 },
        co_world_number(COHORT_BOOL, i % 2),
        co_world_number(COHORT_DATE, i * 300),
        co_world_number(COHORT_TIMESTAMP, i * 86400000000),
        co_world_text(countries[i % 3]),
        co_world_text(cities[i % 3]),
        { .type = COHORT_SET, .elements = tag_list, .n_elements = (size_t)(i % 4) },
        { .type = COHORT_POINT, .real = -33.8, .longitude = 151.2 },
        co_world_text(i % 2 == 0 ? "big" : "small"),
        co_world_number(COHORT_INT, 1 + i / 2),
    };

    for (int64_t f = 0; f < WORLD_FIELDS; f++)
        values[f] = (i + f) % 10 == 0 ? (cohort_value)COHORT_VALUE_NULL : all[f];
}

const char *const co_world_fields[WORLD_FIELDS] = { "age",  "balance", "score",   "active",
                                                    "born", "seen",    "country", "city",
                                                    "tags", "place",   "account", "manager" };

static void declare(cohort_store *store)
{
    static const cohort_field account_fields[] = {
        { sizeof(cohort_field), COHORT_INT, "size", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_STRING, "industry", 0, 0, NULL },
    };
    cohort_object account = COHORT_OBJECT_INIT;
    cohort_object contact = COHORT_OBJECT_INIT;

    account.name = "account";
    account.key_type = COHORT_STRING;
    account.fields = account_fields;
    account.n_fields = 2;
    contact.name = "contact";
    contact.key_name = "id";
    contact.key_type = COHORT_INT;
    contact.fields = contact_fields;
    contact.n_fields = WORLD_FIELDS;
    must(cohort_store_declare(store, &account, NULL) == COHORT_OK);
    must(cohort_store_declare(store, &contact, NULL) == COHORT_OK);
}

static void fill_store(cohort_store *store)
{
    static const char *const size[] = { "size" };
    const cohort_value big = co_world_text("big");
    const cohort_value thousand = co_world_number(COHORT_INT, 1000);
    cohort_batch *batch;

    must(cohort_batch_new(store, &batch, NULL) == COHORT_OK);
    must(cohort_batch_upsert(batch, "account", &big, 1, size, &thousand, NULL) == COHORT_OK);
    for (int64_t i = 1; i <= N_CONTACTS; i++) {
        const cohort_value key = co_world_number(COHORT_INT, i);
        cohort_value values[WORLD_FIELDS];

        co_world_record(i, values);
        must(cohort_batch_upsert(batch, "contact", &key, WORLD_FIELDS, co_world_fields, values, NULL) ==
             COHORT_OK);
    }
    must(cohort_batch_commit(batch, NULL, NULL) == COHORT_OK);
    cohort_batch_free(batch);
}

static void define_names(cohort_store *store)
{
    const cohort_value keys[] = { co_world_number(COHORT_INT, 3), co_world_number(COHORT_INT, 99) };

    must(cohort_store_define(store, "contact", "grown", "age >= 18", SIZE_MAX, NULL, NULL) == COHORT_OK);
    must(cohort_store_define_trait(store, "contact", "wealth", "balance * 2", SIZE_MAX, NULL, NULL) ==
         COHORT_OK);
    must(cohort_store_define(store, "contact", "rich", "SEGMENT('grown') AND wealth > 5", SIZE_MAX, NULL,
                             NULL) == COHORT_OK);
    must(cohort_store_define_keys(store, "contact", "picked", 2, keys, NULL) == COHORT_OK);
}

static cohort_bitmap *some_rows(co_world *w, uint32_t step)
{
    uint32_t rows[500];
    cohort_bitmap *bitmap;

    for (uint32_t i = 0; i < 500; i++)
        rows[i] = i * step;
    must(cohort_bitmap_new(&w->allocator, &bitmap, NULL) == COHORT_OK);
    must(cohort_bitmap_add_rows(bitmap, rows, 500, NULL) == COHORT_OK);
    must(cohort_bitmap_add_range(bitmap, 100000, 270000, NULL) == COHORT_OK);
    must(cohort_bitmap_optimise(bitmap, NULL) == COHORT_OK);
    return bitmap;
}

/* Keys of three parts each, two of them in both. */
static cohort_bitmap64 *some_keys(co_world *w, uint64_t step)
{
    uint64_t keys[500];
    cohort_bitmap64 *bitmap;

    for (uint64_t i = 0; i < 500; i++)
        keys[i] = (i % 2 == 0 ? i * step : i << 20) + ((i % 3 == 0 ? step : i % 3) << 32);
    must(cohort_bitmap64_new(&w->allocator, &bitmap, NULL) == COHORT_OK);
    must(cohort_bitmap64_add_keys(bitmap, keys, 500, NULL) == COHORT_OK);
    must(cohort_bitmap64_add_between(bitmap, 100000, 270000, NULL) == COHORT_OK);
    must(cohort_bitmap64_optimise(bitmap, NULL) == COHORT_OK);
    return bitmap;
}

static cohort_segment *parse(co_world *w, const char *condition)
{
    cohort_segment_options options = COHORT_SEGMENT_OPTIONS_INIT;
    cohort_segment *segment;

    options.allocator = &w->allocator;
    must(cohort_segment_parse("contact", condition, SIZE_MAX, &options, &segment, NULL) == COHORT_OK);
    return segment;
}

static void make_store(co_world *w, bool on_disk)
{
    cohort_store_options options = COHORT_STORE_OPTIONS_INIT;

    if (on_disk) {
        strcpy(w->folder, "/tmp/cohort-memory-XXXXXX");
        must(mkdtemp(w->folder) != NULL);
    }
    options.allocator = &w->allocator;
    options.create = 1;
    must(cohort_store_open(on_disk ? w->folder : NULL, &options, &w->store, NULL) == COHORT_OK);
    declare(w->store);
    fill_store(w->store);
    define_names(w->store);
}

void co_world_make(co_world *w, const co_scenario *s)
{
    cohort_evaluator_options evaluator = COHORT_EVALUATOR_OPTIONS_INIT;

    *w = (co_world){ .when = COHORT_EVALUATE_OPTIONS_INIT };
    w->allocator = co_failing_allocator(&w->state);
    w->when.has_as_of = 1;
    w->when.as_of_us = 1774000000000000;
    make_store(w, s->on_disk);
    evaluator.allocator = &w->allocator;
    evaluator.n_threads = s->n_threads;
    must(cohort_store_snapshot(w->store, &w->snapshot, NULL) == COHORT_OK);
    must(cohort_evaluator_new(&evaluator, &w->evaluator, NULL) == COHORT_OK);
    must(cohort_batch_new(w->store, &w->batch, NULL) == COHORT_OK);
    w->segment = parse(w, s->condition != NULL ? s->condition : "TRUE");
    w->second = parse(w, "age < 20 OR country = 'AU'");
    if (s->on_bitmaps) {
        w->a = some_rows(w, 3);
        w->b = some_rows(w, 7);
        w->a64 = some_keys(w, 3);
        w->b64 = some_keys(w, 7);
    }
}

static void remove_folder(const char *folder)
{
    char command[64];

    snprintf(command, sizeof command, "rm -rf %s", folder);
    must(system(command) == 0);
}

void co_world_end(co_world *w)
{
    cohort_bitmap64_free(w->made64);
    cohort_bitmap64_free(w->b64);
    cohort_bitmap64_free(w->a64);
    cohort_bitmap_free(w->made);
    cohort_bitmap_free(w->b);
    cohort_bitmap_free(w->a);
    cohort_segment_free(w->second);
    cohort_segment_free(w->segment);
    cohort_batch_free(w->batch);
    cohort_evaluator_free(w->evaluator);
    cohort_snapshot_release(w->snapshot);
    cohort_store_close(w->store);
    must(co_failing_is_clean(&w->state));
    if (w->folder[0] != '\0')
        remove_folder(w->folder);
}

/* ---- what must not change ---- */

static void mix(uint64_t *digest, const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *digest = (*digest ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
}

static void mix_value(uint64_t *digest, const cohort_value *value)
{
    mix(digest, &value->type, sizeof value->type);
    mix(digest, &value->number, sizeof value->number);
    mix(digest, &value->real, sizeof value->real);
    mix(digest, &value->n_elements, sizeof value->n_elements);
    mix(digest, value->text.bytes, value->text.length);
}

static void mix_records(uint64_t *digest, const cohort_snapshot *snapshot, const cohort_object *object)
{
    for (uint32_t row = 0; row < 3 * N_CONTACTS; row++) {
        cohort_value value;

        if (cohort_snapshot_key(snapshot, object->name, row, &value, NULL) != COHORT_OK)
            continue;
        mix(digest, &row, sizeof row);
        mix_value(digest, &value);
        for (size_t f = 0; f < object->n_fields; f++) {
            must(cohort_snapshot_value(snapshot, object->name, row, object->fields[f].name, &value, NULL) ==
                 COHORT_OK);
            mix_value(digest, &value);
        }
    }
}

static void mix_rows(uint64_t *digest, const cohort_bitmap *bitmap)
{
    static uint32_t rows[200000];
    const size_t n = cohort_bitmap_rows(bitmap, 0, rows, 200000);

    must(n < 200000);
    mix(digest, &n, sizeof n);
    for (size_t i = 0; i < n; i++)
        *digest = (*digest ^ rows[i]) * 1099511628211u;
}

static void mix_keys(uint64_t *digest, const cohort_bitmap64 *bitmap)
{
    static uint64_t keys[200000];
    const size_t n = cohort_bitmap64_keys(bitmap, 0, keys, 200000);

    must(n == cohort_bitmap64_count(bitmap));
    mix(digest, keys, n * sizeof *keys);
}

uint64_t co_world_digest(const co_world *w)
{
    cohort_object object = COHORT_OBJECT_INIT;
    cohort_definition definition = COHORT_DEFINITION_INIT;
    cohort_snapshot *snapshot;
    uint64_t digest = 14695981039346656037u;

    must(cohort_store_snapshot(w->store, &snapshot, NULL) == COHORT_OK);
    const uint64_t version = cohort_snapshot_version(snapshot);

    mix(&digest, &version, sizeof version);
    for (size_t i = 0; cohort_snapshot_object(snapshot, i, &object, NULL) == COHORT_OK; i++)
        mix_records(&digest, snapshot, &object);
    for (size_t i = 0; cohort_snapshot_definition(snapshot, i, &definition, NULL) == COHORT_OK; i++) {
        mix(&digest, definition.name, strlen(definition.name));
        mix(&digest, definition.text, strlen(definition.text));
        mix(&digest, &definition.n_keys, sizeof definition.n_keys);
    }
    cohort_snapshot_release(snapshot);
    if (w->a != NULL) {
        mix_rows(&digest, w->a);
        mix_rows(&digest, w->b);
        mix_keys(&digest, w->a64);
        mix_keys(&digest, w->b64);
    }
    return digest;
}

cohort_status co_world_gave(co_world *w, cohort_status status, cohort_bitmap *given)
{
    must((status == COHORT_OK) == (given != NULL) && given != CO_UNTOUCHED);
    cohort_bitmap_free(w->made);
    w->made = given;
    return status;
}

cohort_status co_world_gave64(co_world *w, cohort_status status, cohort_bitmap64 *given)
{
    must((status == COHORT_OK) == (given != NULL) && given != CO_UNTOUCHED);
    cohort_bitmap64_free(w->made64);
    w->made64 = given;
    return status;
}

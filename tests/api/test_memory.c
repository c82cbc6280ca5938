/*
 * Every allocation of every exported function refused once: the call fails with
 * COHORT_MEMORY and a text, gives nothing, changes nothing, leaks nothing, and
 * works when it is called again.
 *
 * Always:  each name of lib/cohort.map stands in one of the lists at the end: as
 *          a scenario, or as a function that asks for no memory.
 *          What belongs to a handle comes from that handle's allocator: while a
 *          scenario runs nothing is taken from the C library, except by the
 *          functions that have no handle (is_free).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohort.h"
#include "support/check_main.h"
#include "support/memory_world.h"
#include "support/must.h"

/* ---- what the library takes from the C library: linked with --wrap=realloc ---- */

static co_failing standard;
static bool standard_armed;

void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);

void *__wrap_realloc(void *pointer, size_t size)
{
    if (standard_armed && size > 0) {
        standard.n_requests++;
        if (standard.fail_at != 0 && (standard.n_requests == standard.fail_at ||
                                      (standard.for_ever && standard.n_requests > standard.fail_at))) {
            standard.n_refused++;
            return NULL;
        }
    }
    return __real_realloc(pointer, size);
}

/* ---- one call each; what it gives is checked to be nothing when it fails, and let go when it does not ---- */

static int32_t count_bytes(void *context, const void *bytes, size_t length)
{
    (void)bytes;
    ((co_world *)context)->n_written += length;
    return 0;
}

/* ---- the store ---- */

static cohort_status open_at(co_world *w, const char *path, cohort_error *e)
{
    cohort_store_options options = COHORT_STORE_OPTIONS_INIT;
    cohort_store *store = CO_UNTOUCHED;

    options.allocator = &w->allocator;
    options.read_only = path != NULL;

    const cohort_status status = cohort_store_open(path, &options, &store, e);

    must((status == COHORT_OK) == (store != NULL) && store != CO_UNTOUCHED);
    cohort_store_close(store);
    return status;
}

static void save(co_world *w)
{
    must(cohort_store_save(w->store, NULL) == COHORT_OK);
}

static cohort_status open_in_memory(co_world *w, cohort_error *e)
{
    return open_at(w, NULL, e);
}
static cohort_status open_saved(co_world *w, cohort_error *e)
{
    return open_at(w, w->folder, e);
}
static cohort_status store_check(co_world *w, cohort_error *e)
{
    return cohort_store_check(w->folder, e);
}
static cohort_status store_save(co_world *w, cohort_error *e)
{
    return cohort_store_save(w->store, e);
}

/* What a failed save leaves is what was saved before. */
static void saved_is_whole(co_world *w)
{
    must(cohort_store_check(w->folder, NULL) == COHORT_OK);
}

static cohort_status declare_object(co_world *w, cohort_error *e)
{
    static const cohort_field fields[] = {
        { sizeof(cohort_field), COHORT_TIMESTAMP, "at", 0, 0, NULL },
        { sizeof(cohort_field), COHORT_REFERENCE, "contact", 0, 0, "contact" },
        { sizeof(cohort_field), COHORT_REFERENCE, "shop", 0, 0, "shop" },
        { sizeof(cohort_field), COHORT_STRING, "page", 0, COHORT_NOCASE, NULL },
    };
    cohort_object visit = COHORT_OBJECT_INIT;

    visit.name = "visit";
    visit.time = "at";
    visit.home = "contact";
    visit.fields = fields;
    visit.n_fields = 4;
    return cohort_store_declare(w->store, &visit, e);
}

static cohort_status declare_field(co_world *w, cohort_error *e)
{
    static const cohort_field fields[] = { { sizeof(cohort_field), COHORT_SET, "hobbies", 0, 0, NULL } };
    cohort_object contact = COHORT_OBJECT_INIT;

    contact.name = "contact";
    contact.key_name = "id";
    contact.key_type = COHORT_INT;
    contact.fields = fields;
    contact.n_fields = 1;
    return cohort_store_declare(w->store, &contact, e);
}

static cohort_status declare_histories(co_world *w, cohort_error *e)
{
    static const char *const kept[] = { "country", "balance", "tags", "account" };
    cohort_object contact = COHORT_OBJECT_INIT;

    contact.name = "contact";
    contact.key_name = "id";
    contact.key_type = COHORT_INT;
    contact.history = kept;
    contact.n_history = 4;
    return cohort_store_declare(w->store, &contact, e);
}

static cohort_status batch_new(co_world *w, cohort_error *e)
{
    cohort_batch *batch = CO_UNTOUCHED;
    const cohort_status status = cohort_batch_new(w->store, &batch, e);

    must((status == COHORT_OK) == (batch != NULL) && batch != CO_UNTOUCHED);
    cohort_batch_free(batch);
    return status;
}

static cohort_status batch_upsert(co_world *w, cohort_error *e)
{
    const cohort_value key = co_world_number(COHORT_INT, 1001);
    cohort_value values[WORLD_FIELDS];

    co_world_record(7, values);
    return cohort_batch_upsert(w->batch, "contact", &key, WORLD_FIELDS, co_world_fields, values, e);
}

static cohort_status batch_patch(co_world *w, cohort_error *e)
{
    const cohort_value key = co_world_number(COHORT_INT, 5);
    cohort_value values[WORLD_FIELDS];

    co_world_record(7, values);
    return cohort_batch_patch(w->batch, "contact", &key, WORLD_FIELDS, co_world_fields, values, e);
}

static cohort_status batch_delete(co_world *w, cohort_error *e)
{
    const cohort_value key = co_world_number(COHORT_INT, 9);

    return cohort_batch_delete(w->batch, "contact", &key, e);
}

static cohort_status batch_columns(co_world *w, cohort_error *e)
{
    static const int64_t keys[] = { 5, 2000, 2001, 5 };
    static const int64_t ages[] = { 41, 42, 43, 44 };
    static const uint64_t offsets[] = { 0, 2, 4, 6, 8 };
    static const uint64_t valid[] = { 11 };
    const cohort_column columns[] = {
        { .field = "id", .type = COHORT_INT, .numbers = keys },
        { .field = "age", .type = COHORT_INT, .numbers = ages, .valid = valid },
        { .field = "country", .type = COHORT_STRING, .offsets = offsets, .bytes = "AUNZDEFR" },
        { .field = "account", .type = COHORT_STRING, .offsets = offsets, .bytes = "a1a2a3a4" },
    };

    return cohort_batch_columns(w->batch, "contact", 4, 4, columns, e);
}

/* Staged once, however often the call was refused before. */
static void staged(co_world *w, uint64_t n)
{
    cohort_commit_report report = COHORT_COMMIT_REPORT_INIT;

    must(cohort_batch_commit(w->batch, &report, NULL) == COHORT_OK);
    must(report.inserted + report.updated + report.unchanged + report.deleted == n);
}

static void staged_one(co_world *w)
{
    staged(w, 1);
}
static void staged_three(co_world *w)
{
    staged(w, 3);
}

static void fill_batch(co_world *w)
{
    must(batch_upsert(w, NULL) == COHORT_OK);
    must(batch_patch(w, NULL) == COHORT_OK);
    must(batch_delete(w, NULL) == COHORT_OK);
    must(batch_columns(w, NULL) == COHORT_OK);
}

static void fill_with_histories(co_world *w)
{
    must(declare_histories(w, NULL) == COHORT_OK);
    must(cohort_batch_set_time(w->batch, 1, NULL) == COHORT_OK);
    fill_batch(w);
}

static cohort_status batch_commit(co_world *w, cohort_error *e)
{
    cohort_commit_report report = COHORT_COMMIT_REPORT_INIT;
    const cohort_status status = cohort_batch_commit(w->batch, &report, e);

    must(status != COHORT_OK || (report.deleted == 1 && report.inserted >= 3));
    return status;
}

static cohort_status store_snapshot(co_world *w, cohort_error *e)
{
    cohort_snapshot *snapshot = CO_UNTOUCHED;
    const cohort_status status = cohort_store_snapshot(w->store, &snapshot, e);

    must((status == COHORT_OK) == (snapshot != NULL) && snapshot != CO_UNTOUCHED);
    cohort_snapshot_release(snapshot);
    return status;
}

static int32_t add_rows(void *context, const cohort_value *value, uint64_t n_rows)
{
    (void)value;
    *(uint64_t *)context += n_rows;
    return 0;
}

static cohort_status snapshot_breakdown(co_world *w, cohort_error *e)
{
    uint64_t n = 0;
    const cohort_status status =
        cohort_snapshot_breakdown(w->snapshot, "contact", "country", NULL, add_rows, &n, e);

    must(n == (status == COHORT_OK ? cohort_snapshot_count(w->snapshot, "contact") : 0));
    return status;
}

static cohort_status snapshot_row(co_world *w, cohort_error *e)
{
    const cohort_value key = co_world_number(COHORT_INT, 5);
    uint32_t row;

    return cohort_snapshot_row(w->snapshot, "contact", &key, &row, e);
}

/* The index of keys is made by the first look-up: of a store that was just opened there is none. */
static void reopen(co_world *w)
{
    cohort_store_options options = COHORT_STORE_OPTIONS_INIT;

    save(w);
    cohort_batch_free(w->batch);
    cohort_snapshot_release(w->snapshot);
    cohort_store_close(w->store);
    options.allocator = &w->allocator;
    must(cohort_store_open(w->folder, &options, &w->store, NULL) == COHORT_OK);
    must(cohort_store_snapshot(w->store, &w->snapshot, NULL) == COHORT_OK);
    must(cohort_batch_new(w->store, &w->batch, NULL) == COHORT_OK);
}

static void reopen_and_fill(co_world *w)
{
    reopen(w);
    fill_batch(w);
}

static void reopen_and_change(co_world *w)
{
    reopen_and_fill(w);
    must(batch_commit(w, NULL) == COHORT_OK);
}

static cohort_status snapshot_elements(co_world *w, cohort_error *e)
{
    cohort_text elements[4];
    size_t n = 77;
    const cohort_status status =
        cohort_snapshot_elements(w->snapshot, "contact", 6, "tags", elements, 4, &n, e);

    must(status == COHORT_OK ? n == 3 : n == 0);
    return status;
}

static cohort_status schema_json(co_world *w, cohort_error *e)
{
    return cohort_snapshot_schema_json(w->snapshot, count_bytes, w, e);
}

static cohort_status dependents(co_world *w, cohort_error *e)
{
    return cohort_snapshot_dependents(w->snapshot, "contact", "grown", count_bytes, w, e);
}

/* ---- definitions ---- */

static const char long_condition[] = "(age BETWEEN 20 AND 60 OR country IN ('AU', 'NZ')) AND NOT tags HAS "
                                     "ANY ('vip', 'new') AND account.size > 3";

static cohort_status segment_parse(co_world *w, cohort_error *e)
{
    cohort_segment_options options = COHORT_SEGMENT_OPTIONS_INIT;
    cohort_segment *segment = CO_UNTOUCHED;

    options.allocator = &w->allocator;

    const cohort_status status =
        cohort_segment_parse("contact", long_condition, SIZE_MAX, &options, &segment, e);

    must((status == COHORT_OK) == (segment != NULL) && segment != CO_UNTOUCHED);
    cohort_segment_free(segment);
    return status;
}

static cohort_status segment_print(co_world *w, cohort_error *e)
{
    return cohort_segment_print(w->segment, count_bytes, w, e);
}

static cohort_status store_define(co_world *w, cohort_error *e)
{
    return cohort_store_define(w->store, "contact", "fresh", long_condition, SIZE_MAX, NULL, e);
}

static cohort_status redefine(co_world *w, cohort_error *e)
{
    return cohort_store_define(w->store, "contact", "grown", "NOT wealth > 3 OR SEGMENT('picked')", SIZE_MAX,
                               NULL, e);
}

static cohort_status define_trait(co_world *w, cohort_error *e)
{
    return cohort_store_define_trait(w->store, "contact", "debt", "wealth * -1 + IF(active, 1, 2)", SIZE_MAX,
                                     NULL, e);
}

static cohort_status define_keys(co_world *w, cohort_error *e)
{
    const cohort_value keys[] = { co_world_number(COHORT_INT, 1), co_world_number(COHORT_INT, 5000),
                                  co_world_number(COHORT_INT, 2) };

    return cohort_store_define_keys(w->store, "contact", "chosen", 3, keys, e);
}

static cohort_status store_drop(co_world *w, cohort_error *e)
{
    return cohort_store_drop(w->store, "contact", "rich", e);
}

/* ---- evaluation ---- */

static cohort_status evaluator_new(co_world *w, cohort_error *e)
{
    cohort_evaluator_options options = COHORT_EVALUATOR_OPTIONS_INIT;
    cohort_evaluator *evaluator = CO_UNTOUCHED;

    options.allocator = &w->allocator;
    options.n_threads = 3;

    const cohort_status status = cohort_evaluator_new(&options, &evaluator, e);

    must((status == COHORT_OK) == (evaluator != NULL) && evaluator != CO_UNTOUCHED);
    cohort_evaluator_free(evaluator);
    return status;
}

static cohort_status evaluate(co_world *w, cohort_error *e)
{
    cohort_bitmap *given = CO_UNTOUCHED;
    const cohort_status status = cohort_evaluate(w->evaluator, w->snapshot, w->segment, &w->when, &given, e);

    return co_world_gave(w, status, given);
}

static void in_a_zone(co_world *w)
{
    w->when.zone = "+02:00";
}

static cohort_status evaluate_count(co_world *w, cohort_error *e)
{
    uint64_t n = 77;
    const cohort_status status =
        cohort_evaluate_count(w->evaluator, w->snapshot, w->segment, &w->when, &n, e);

    must(n != 77 && (status == COHORT_OK || n == 0));
    return status;
}

static cohort_status evaluate_many(co_world *w, cohort_error *e)
{
    const cohort_segment *const segments[] = { w->segment, w->second };
    cohort_result results[2] = { { CO_UNTOUCHED, 7, 7 }, { CO_UNTOUCHED, 7, 7 } };
    const cohort_status status =
        cohort_evaluate_many(w->evaluator, w->snapshot, segments, 2, &w->when, 1, results, e);

    for (uint32_t i = 0; i < 2; i++) {
        must((status == COHORT_OK) == (results[i].members != NULL));
        must(status == COHORT_OK || (results[i].n_members == 0 && results[i].n_unknown == 0));
        cohort_bitmap_free(results[i].members);
    }
    return status;
}

static cohort_status evaluate_contains(co_world *w, cohort_error *e)
{
    const cohort_value key = co_world_number(COHORT_INT, 5);
    int32_t answer = 77;
    const cohort_status status =
        cohort_evaluate_contains(w->evaluator, w->snapshot, w->segment, &key, &w->when, &answer, e);

    must(answer != 77 && (status == COHORT_OK || answer == COHORT_FALSE));
    return status;
}

static int32_t count_name(void *context, const char *segment)
{
    ((co_world *)context)->n_written += strlen(segment);
    return 0;
}

static cohort_status memberships(co_world *w, cohort_error *e)
{
    const cohort_value key = co_world_number(COHORT_INT, 3);

    return cohort_evaluate_memberships(w->evaluator, w->snapshot, "contact", &key, &w->when, count_name, w,
                                       e);
}

static int32_t count_explain(void *context, const cohort_explain_item *item)
{
    return count_name(context, item->text);
}
static int32_t count_why(void *context, const cohort_why_item *item)
{
    return count_name(context, item->seen);
}
static int32_t count_lint(void *context, const cohort_lint_item *item)
{
    return count_name(context, item->message);
}

static cohort_status explain(co_world *w, cohort_error *e)
{
    return cohort_evaluate_explain(w->evaluator, w->snapshot, w->segment, &w->when, count_explain, w, e);
}

static cohort_status why(co_world *w, cohort_error *e)
{
    const cohort_value key = co_world_number(COHORT_INT, 5);

    return cohort_evaluate_why(w->evaluator, w->snapshot, w->segment, &key, &w->when, count_why, w, e);
}

static cohort_status lint(co_world *w, cohort_error *e)
{
    return cohort_evaluate_lint(w->evaluator, w->snapshot, w->segment, &w->when, count_lint, w, e);
}

static cohort_status instant_parse(co_world *w, cohort_error *e)
{
    int64_t instant;

    (void)w;
    return cohort_instant_parse("2026-03-01 10:00", "+02:00", &instant, e);
}

/* ---- files ---- */

static const char csv[] = "id,age,country,tags,lat,lon,account,born,nick\n"
                          "5,50,AU,vip;new,-33.8,151.2,big,2001-02-03,x\n"
                          "100,51,FR,,48.9,2.3,huge,1999-12-31,yy\n"
                          "100,52,FR,old,,,huge,,zzz\n"
                          "101,old,FR,,,,huge,1999-12-31,y\n"
                          "102,53,DE,\"a\"\"b\",1,2,tiny,1980-01-01,\"two\nlines\"\n";

static int64_t read_csv(void *context, void *bytes, size_t capacity)
{
    co_world *w = context;
    const size_t left = sizeof csv - 1 - w->n_read;
    const size_t n = left < capacity ? left : capacity;

    memcpy(bytes, csv + w->n_read, n);
    w->n_read += n;
    return (int64_t)n;
}

static cohort_status load_csv(co_world *w, cohort_error *e)
{
    static const cohort_pair sets[] = { { "tags", ";" } };
    static const cohort_pair points[] = { { "place", "lat,lon" } };
    static const cohort_pair renames[] = { { "nick", "nickname" } };
    static const cohort_pair refs[] = { { "account", "account" } };
    cohort_load_options options = COHORT_LOAD_OPTIONS_INIT;
    cohort_load_report *report = CO_UNTOUCHED;

    w->n_read = 0;
    options.object = "contact";
    options.key = "id";
    options.read = read_csv;
    options.read_context = w;
    options.create_parents = 1;
    options.refs = refs;
    options.n_refs = 1;
    options.sets = sets;
    options.n_sets = 1;
    options.points = points;
    options.n_points = 1;
    options.renames = renames;
    options.n_renames = 1;
    options.skip_errors = 3;

    const cohort_status status = cohort_store_load_csv(w->store, &options, &report, e);

    must((status == COHORT_OK) == (report != NULL) && report != CO_UNTOUCHED);
    cohort_load_report_free(report);
    return status;
}

static cohort_status write_members(co_world *w, int32_t format, cohort_error *e)
{
    static const char *const columns[] = { "id", "country", "tags", "balance * 2", "account.size" };
    cohort_members_options options = COHORT_MEMBERS_OPTIONS_INIT;
    uint64_t n = 77;

    options.format = format;
    if (format != COHORT_FORMAT_KEYS && format != COHORT_FORMAT_ROARING) {
        options.columns = columns;
        options.n_columns = 5;
        options.order_by = "country DESC, age";
    }

    const cohort_status status = cohort_members_write(w->evaluator, w->snapshot, w->segment, &w->when,
                                                      &options, count_bytes, w, &n, e);

    must(n != 77 && (status == COHORT_OK || n == 0));
    return status;
}

static cohort_status write_keys(co_world *w, cohort_error *e)
{
    return write_members(w, COHORT_FORMAT_KEYS, e);
}
static cohort_status write_csv(co_world *w, cohort_error *e)
{
    return write_members(w, COHORT_FORMAT_CSV, e);
}
static cohort_status write_json(co_world *w, cohort_error *e)
{
    return write_members(w, COHORT_FORMAT_NDJSON, e);
}
static cohort_status write_table(co_world *w, cohort_error *e)
{
    return write_members(w, COHORT_FORMAT_TABLE, e);
}
static cohort_status write_roaring(co_world *w, cohort_error *e)
{
    return write_members(w, COHORT_FORMAT_ROARING, e);
}

/* ---- the list of all of it ---- */

static const co_scenario scenarios[] = {
    { "cohort_store_open", .call = open_in_memory },
    { "cohort_store_open", .call = open_saved, .before = save, .on_disk = true },
    { "cohort_store_check", .call = store_check, .before = save, .on_disk = true, .is_free = true },
    { "cohort_store_save", .call = store_save, .on_disk = true, .after = saved_is_whole },
    { "cohort_store_save", .call = store_save, .on_disk = true, .before = reopen_and_change,
      .after = saved_is_whole },
    { "cohort_store_declare", .call = declare_object },
    { "cohort_store_declare", .call = declare_field },
    { "cohort_store_declare", .call = declare_histories },
    { "cohort_batch_new", .call = batch_new },
    { "cohort_batch_upsert", .call = batch_upsert, .after = staged_one },
    { "cohort_batch_patch", .call = batch_patch, .after = staged_one },
    { "cohort_batch_delete", .call = batch_delete, .after = staged_one },
    { "cohort_batch_columns", .call = batch_columns, .after = staged_three },
    { "cohort_batch_commit", .call = batch_commit, .before = fill_batch },
    { "cohort_batch_commit", .call = batch_commit, .before = fill_with_histories },
    { "cohort_batch_commit", .call = batch_commit, .on_disk = true, .before = reopen_and_fill },
    { "cohort_store_snapshot", .call = store_snapshot },
    { "cohort_snapshot_breakdown", .call = snapshot_breakdown },
    { "cohort_snapshot_row", .call = snapshot_row, .on_disk = true, .before = reopen },
    { "cohort_snapshot_elements", .call = snapshot_elements },
    { "cohort_snapshot_dependents", .call = dependents },
    { "cohort_snapshot_schema_json", .call = schema_json },
    { "cohort_segment_parse", .call = segment_parse },
    { "cohort_segment_print", .call = segment_print, .condition = long_condition },
    { "cohort_store_define", .call = store_define },
    { "cohort_store_define", .call = redefine },
    { "cohort_store_define_trait", .call = define_trait },
    { "cohort_store_define_keys", .call = define_keys },
    { "cohort_store_drop", .call = store_drop },
    { "cohort_evaluator_new", .call = evaluator_new },
    { "cohort_evaluate_count", .call = evaluate_count, .condition = long_condition },
    { "cohort_evaluate_many", .call = evaluate_many, .condition = long_condition },
    { "cohort_evaluate_many", .call = evaluate_many, .condition = long_condition, .n_threads = 3 },
    { "cohort_evaluate_contains", .call = evaluate_contains, .condition = long_condition },
    { "cohort_evaluate_memberships", .call = memberships },
    { "cohort_evaluate_explain", .call = explain, .condition = long_condition },
    { "cohort_evaluate_why", .call = why, .condition = long_condition },
    { "cohort_evaluate_lint", .call = lint, .condition = long_condition },
    { "cohort_evaluate_lint", .call = lint, .condition = "age > 5 AND age < 2 OR country = 'XX'" },
    { "cohort_instant_parse", .call = instant_parse, .is_free = true },
    { "cohort_store_load_csv", .call = load_csv },
    { "cohort_members_write", .call = write_keys },
    { "cohort_members_write", .call = write_csv },
    { "cohort_members_write", .call = write_json },
    { "cohort_members_write", .call = write_table },
    { "cohort_members_write", .call = write_roaring },
    { "cohort_evaluate", .call = evaluate, .condition = "age >= 18 AND NOT country = 'AU'",
      .before = in_a_zone },
    { "cohort_evaluate", .call = evaluate,
      .condition = "balance * 2 + age > 10 OR score / 3 < 1 OR -age = -3" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "country LIKE 'A%' OR city CONTAINS 'syd' OR country MATCHES '^A'" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "CONCAT(UPPER(country), LOWER(city)) STARTS WITH country" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "city IN ('sydney', 'berlin') AND LENGTH(TRIM(city)) > 3" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "tags HAS ANY ('vip') OR tags HAS EXACTLY ('new', 'vip') OR CARDINALITY(tags) > 1" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "tags HAS AT LEAST 2 OF ('vip', country, city) OR tags HAS EXACTLY (LOWER(country), 'new') OR "
                   "tags INCLUDES (city, 'vip;new')" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "DISTANCE(place, GEOLOCATION(-33, 151), 'km') < 500 OR "
                   "place WITHIN POLYGON ((-40, 140), (-40, 160), (-20, 160))" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "born = LAST_N_YEARS:3 OR seen >= NOW() - INTERVAL '90 days' OR AGE(born) > 20" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "DATE_TRUNC('month', seen) = DATE '1970-02-01' OR DATEDIFF('day', seen, NOW()) < 4 OR "
                   "ANNIVERSARY(born) = NEXT_N_DAYS:7 OR CALENDAR_MONTH(born) = 3" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "account.size > 3 OR manager.account.industry = 'x' OR manager.manager.age > 3" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "SEGMENT('rich') OR SEGMENT('picked') OR wealth > 100" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "AT LEAST 2 OF (age > 3, active, country = 'AU', score > 3)" },
    { "cohort_evaluate", .call = evaluate, .condition = "SAMPLE(50 PERCENT, 's') XOR BUCKET(10, 'x') < 5" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "CASE WHEN age > 10 THEN 'a' WHEN active THEN country ELSE city END = 'a' OR "
                   "COALESCE(age, 3) = LEAST(age, 7, 9)" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "manager.SEGMENT('rich') OR account = 'big' OR manager = 3" },
    { "cohort_evaluate", .call = evaluate,
      .condition = "ROUND(score, 1) = 2.5 OR POWER(score, 2) > 3 OR MOD(age, 3) = 1" },
};

enum { N_SCENARIOS = sizeof scenarios / sizeof *scenarios };

/* Each between two blanks. */
static const char without_memory[] =
    " cohort_version cohort_features cohort_batch_set_time cohort_status_name cohort_status_text"
    " cohort_bitmap_free"
    " cohort_bitmap_clear cohort_bitmap_contains cohort_bitmap_count cohort_bitmap_count_range"
    " cohort_bitmap_is_empty cohort_bitmap_equal cohort_bitmap_subset cohort_bitmap_intersect"
    " cohort_bitmap_rank cohort_bitmap_select cohort_bitmap_least cohort_bitmap_greatest"
    " cohort_bitmap_and_count cohort_bitmap_or_count cohort_bitmap_xor_count cohort_bitmap_andnot_count"
    " cohort_bitmap_jaccard cohort_bitmap_contains_range cohort_bitmap_measure cohort_bitmap_rows"
    " cohort_bitmap_rows_at cohort_cursor_start cohort_cursor_seek cohort_cursor_next cohort_cursor_previous"
    " cohort_cursor_read cohort_bitmap64_free cohort_bitmap64_clear cohort_bitmap64_contains"
    " cohort_bitmap64_contains_between cohort_bitmap64_count cohort_bitmap64_count_between"
    " cohort_bitmap64_is_empty cohort_bitmap64_equal cohort_bitmap64_subset cohort_bitmap64_intersect"
    " cohort_bitmap64_rank cohort_bitmap64_select cohort_bitmap64_least cohort_bitmap64_greatest"
    " cohort_bitmap64_and_count cohort_bitmap64_or_count cohort_bitmap64_xor_count"
    " cohort_bitmap64_andnot_count cohort_bitmap64_jaccard cohort_bitmap64_keys cohort_bitmap64_keys_at"
    " cohort_cursor64_start cohort_cursor64_seek cohort_cursor64_end cohort_cursor64_next"
    " cohort_cursor64_previous cohort_cursor64_read cohort_bitmap64_memory_bytes cohort_bitmap64_measure"
    " cohort_bitmap64_written_bytes cohort_bitmap64_write"
    " cohort_bitmap_memory_bytes cohort_bitmap_written_bytes cohort_bitmap_write cohort_store_close"
    " cohort_batch_free cohort_snapshot_release cohort_snapshot_version cohort_snapshot_count"
    " cohort_snapshot_object cohort_snapshot_usage cohort_snapshot_key cohort_snapshot_int_keys"
    " cohort_snapshot_text_keys cohort_snapshot_value"
    " cohort_snapshot_definition cohort_segment_free cohort_evaluator_free cohort_load_report_free"
    " cohort_load_report_counts cohort_load_report_type cohort_load_report_skipped"
    " ";

/* ---- trials ---- */

/* From one trial to the next: every request, or fewer and fewer of them where all is slow. */
#ifdef CO_QUICK
#define NEXT(n) (1 + (n) / 8)
#else
#define NEXT(n) 1
#endif

/* The call with its nth request refused. */
static cohort_status call_refused(co_world *w, const co_scenario *s, uint64_t n, bool for_ever,
                                  cohort_error *error)
{
    w->state.n_requests = w->state.n_refused = 0;
    w->state.fail_at = s->is_free ? 0 : n;
    w->state.for_ever = for_ever;
    standard = (co_failing){ .fail_at = s->is_free ? n : 0, .for_ever = for_ever };
    standard_armed = true;

    const cohort_status status = s->call(w, error);

    standard_armed = false;
    w->state.fail_at = 0;
    must(s->is_free || standard.n_requests == 0);
    return status;
}

/* What a column derives makes questions faster; they are answered without it, too. */
static bool can_do_without(const co_scenario *s)
{
    return strncmp(s->function, "cohort_evaluate", strlen("cohort_evaluate")) == 0;
}

/* False when there was no nth request. */
static bool refuse_one(const co_scenario *s, uint64_t n, bool for_ever)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_world w;

    co_world_make(&w, s);
    if (s->before != NULL)
        s->before(&w);

    const uint64_t before = co_world_digest(&w);
    const cohort_status status = call_refused(&w, s, n, for_ever, &error);
    const bool refused = (s->is_free ? standard.n_refused : w.state.n_refused) > 0;

    if (refused) {
        ck_assert_msg((status == COHORT_MEMORY && error.code == COHORT_MEMORY && error.text[0] != '\0') ||
                          (status == COHORT_OK && can_do_without(s)),
                      "%s, request %u refused: %s, '%s'", s->function, (unsigned)n,
                      cohort_status_name(status), error.text);
        ck_assert_msg(co_world_digest(&w) == before, "%s, request %u refused: something changed", s->function,
                      (unsigned)n);
        error = (cohort_error)COHORT_ERROR_INIT;
    }
    ck_assert_msg(!refused || s->call(&w, &error) == COHORT_OK,
                  "%s, request %u refused, and called again: '%s'", s->function, (unsigned)n, error.text);
    ck_assert_msg(refused || status == COHORT_OK, "%s: %s '%s'", s->function, cohort_status_name(status),
                  error.text);
    if (s->after != NULL)
        s->after(&w);
    co_world_end(&w);
    return refused;
}

static void refuse_all(const co_scenario *s)
{
    uint64_t n = 1;

    while (refuse_one(s, n, false))
        n += NEXT(n);
    ck_assert_msg(n > 1, "%s asked for no memory", s->function);
    for (uint64_t i = 1; i < n; i += 1 + n / 20)
        must(refuse_one(s, i, true) || i + NEXT(n) > n);
}

START_TEST(a_call_without_memory_fails_and_changes_nothing)
{
    refuse_all(&scenarios[_i]);
}
END_TEST

START_TEST(a_bitmap_without_memory_fails_and_does_not_change)
{
    refuse_all(&co_bitmap_scenarios[_i]);
}
END_TEST

/* ---- nobody is left out ---- */

static bool is_listed(const char *name)
{
    char word[210];

    for (size_t i = 0; i < N_SCENARIOS; i++)
        if (strcmp(scenarios[i].function, name) == 0)
            return true;
    for (size_t i = 0; i < co_n_bitmap_scenarios; i++)
        if (strcmp(co_bitmap_scenarios[i].function, name) == 0)
            return true;
    snprintf(word, sizeof word, " %s ", name);
    return strstr(without_memory, word) != NULL;
}

START_TEST(every_exported_function_is_listed)
{
    FILE *map = fopen(CO_TESTS_DIR "/../lib/cohort.map", "r");
    unsigned n_names = 0;
    char line[200];
    char name[200];

    ck_assert_ptr_nonnull(map);
    while (fgets(line, sizeof line, map) != NULL) {
        if (sscanf(line, " %199[a-z0-9_];", name) != 1 || strncmp(name, "cohort_", 7) != 0)
            continue;
        ck_assert_msg(is_listed(name), "%s is exported and in no list of this file", name);
        n_names++;
    }
    fclose(map);
    ck_assert_uint_gt(n_names, 90);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("memory");
    TCase *lists = tcase_create("lists");
    TCase *calls = tcase_create("calls");

    tcase_add_test(lists, every_exported_function_is_listed);
    tcase_add_loop_test(calls, a_bitmap_without_memory_fails_and_does_not_change, 0,
                        (int)co_n_bitmap_scenarios);
    tcase_add_loop_test(calls, a_call_without_memory_fails_and_changes_nothing, 0, N_SCENARIOS);
    suite_add_tcase(suite, lists);
    suite_add_tcase(suite, calls);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}

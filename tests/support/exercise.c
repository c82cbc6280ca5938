/* Everything a careful caller may do with a store of which nothing is known. */
#include "support/exercise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FIELDS = 12, MOST_OBJECTS = 6, MOST_ROWS = 200, NAME_BYTES = 600, CONDITION_BYTES = 2048 };

static void insist(int condition)
{
    if (!condition)
        abort();
}

static int32_t swallow(void *context, const void *bytes, size_t length)
{
    uint64_t *n = context;

    for (size_t i = 0; i < length; i++)
        *n = *n * 31 + ((const unsigned char *)bytes)[i];
    return 0;
}

/* ---- conditions ---- */

static uint64_t count(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const char *object,
                      const char *condition, int *known)
{
    cohort_evaluate_options options = COHORT_EVALUATE_OPTIONS_INIT;
    cohort_segment *segment;
    uint64_t n = 0;

    options.has_as_of = 1;
    options.as_of_us = INT64_C(1790000000000000);
    *known = 0;
    if (cohort_segment_parse(object, condition, SIZE_MAX, NULL, &segment, NULL) != COHORT_OK)
        return 0;
    *known = cohort_evaluate_count(evaluator, snapshot, segment, &options, &n, NULL) == COHORT_OK;
    cohort_segment_free(segment);
    return n;
}

/* A name as expressions read any name. False if it is too long. */
static int quote(const char *name, char *out, size_t room)
{
    size_t n = 0;

    out[n++] = '"';
    for (const char *c = name; *c != 0; c++) {
        if (n + 4 > room)
            return 0;
        if (*c == '"')
            out[n++] = '"';
        out[n++] = *c;
    }
    out[n++] = '"';
    out[n] = 0;
    return 1;
}

/* A condition over a field, '@'. */
static const char *condition_of(cohort_type type)
{
    switch (type) {
    case COHORT_BOOL:
        return "@ IS TRUE";
    case COHORT_INT:
    case COHORT_DECIMAL:
    case COHORT_DOUBLE:
        return "@ BETWEEN 2 AND 70 OR @ * 2 = 8";
    case COHORT_DATE:
        return "@ = THIS_YEAR OR AGE(@) > 30";
    case COHORT_TIMESTAMP:
        return "@ < NOW() OR HOUR_IN_DAY(@) = 3";
    case COHORT_STRING:
        return "@ CONTAINS 'a' OR LOWER(@) = 'b' OR @ LIKE '_%'";
    case COHORT_SET:
        return "@ HAS 'a' OR CARDINALITY(@) > 1";
    case COHORT_POINT:
        return "DISTANCE(@, GEOLOCATION(10, 20), 'km') < 9000";
    default:
        return "@ != '7' OR @ IN ('a', '1')";
    }
}

/* The pattern with the name in place of each '@'. */
static void fill_in(const char *pattern, const char *name, char out[CONDITION_BYTES])
{
    const size_t length = strlen(name);
    size_t n = 0;

    for (const char *c = pattern; *c != 0 && n + length + 1 < CONDITION_BYTES; c++) {
        memcpy(out + n, *c == '@' ? name : c, *c == '@' ? length : 1);
        n += *c == '@' ? length : 1;
    }
    out[n] = 0;
}

static void ask_field(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const char *object,
                      const char *name, cohort_type type)
{
    char quoted[NAME_BYTES];
    char condition[CONDITION_BYTES];
    int known_nulls, known_others, known;

    if (!quote(name, quoted, sizeof quoted))
        return;
    fill_in("@ IS NULL", quoted, condition);

    const uint64_t n_nulls = count(evaluator, snapshot, object, condition, &known_nulls);

    fill_in("@ IS NOT NULL", quoted, condition);

    const uint64_t n_others = count(evaluator, snapshot, object, condition, &known_others);

    if (known_nulls && known_others)
        insist(n_nulls + n_others == cohort_snapshot_count(snapshot, object));
    fill_in(condition_of(type), quoted, condition);
    count(evaluator, snapshot, object, condition, &known);
}

/* ---- objects ---- */

static bool same_key(const cohort_value *one, const int64_t *number, const cohort_text *text)
{
    if (one->type == COHORT_INT)
        return one->number == *number;
    return one->text.length == text->length && memcmp(one->text.bytes, text->bytes, text->length) == 0;
}

/* The keys of all together are those of each. */
static void list_keys(const cohort_snapshot *snapshot, const char *object, const cohort_bitmap *all)
{
    int64_t numbers[MOST_ROWS] = { 0 };
    cohort_text texts[MOST_ROWS] = { { NULL, 0 } };
    uint32_t rows[MOST_ROWS];
    const size_t n_rows = cohort_bitmap_rows(all, 0, rows, MOST_ROWS);
    size_t n = 0;

    if (cohort_snapshot_int_keys(snapshot, object, all, 0, numbers, MOST_ROWS, &n, NULL) != COHORT_OK)
        cohort_snapshot_text_keys(snapshot, object, all, 0, texts, MOST_ROWS, &n, NULL);
    insist(n == n_rows);
    for (size_t i = 0; i < n; i++) {
        cohort_value key;

        insist(cohort_snapshot_key(snapshot, object, rows[i], &key, NULL) == COHORT_OK &&
               same_key(&key, &numbers[i], &texts[i]));
    }
}

static void write_members(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const char *object)
{
    cohort_segment *all;
    cohort_bitmap *members;
    uint64_t hash = 0;

    if (cohort_segment_parse(object, "TRUE", SIZE_MAX, NULL, &all, NULL) != COHORT_OK)
        return;
    if (cohort_evaluate(evaluator, snapshot, all, NULL, &members, NULL) == COHORT_OK) {
        list_keys(snapshot, object, members);
        cohort_bitmap_free(members);
    }
    for (int32_t format = COHORT_FORMAT_KEYS; format <= COHORT_FORMAT_ROARING; format++) {
        cohort_members_options options = COHORT_MEMBERS_OPTIONS_INIT;
        uint64_t n;

        options.format = format;
        options.limit = MOST_ROWS;
        if (cohort_members_write(evaluator, snapshot, all, NULL, &options, swallow, &hash, &n, NULL) == COHORT_OK)
            insist(n <= MOST_ROWS && n <= cohort_snapshot_count(snapshot, object));
    }
    cohort_segment_free(all);
}

/* Each live row's key leads back to the row. */
static void look_up_keys(const cohort_snapshot *snapshot, const char *object)
{
    for (uint32_t row = 0; row < MOST_ROWS; row++) {
        cohort_value key;
        uint32_t found;

        if (cohort_snapshot_key(snapshot, object, row, &key, NULL) == COHORT_OK &&
            cohort_snapshot_row(snapshot, object, &key, &found, NULL) == COHORT_OK)
            insist(cohort_snapshot_key(snapshot, object, found, &key, NULL) == COHORT_OK);
    }
}

static void look_at(cohort_evaluator *evaluator, const cohort_snapshot *snapshot, const cohort_object *object)
{
    if (object->key_name != NULL)
        ask_field(evaluator, snapshot, object->name, object->key_name, object->key_type);
    for (size_t f = 0; f < object->n_fields && f < MOST_FIELDS; f++) {
        cohort_field_usage usage = COHORT_FIELD_USAGE_INIT;

        ask_field(evaluator, snapshot, object->name, object->fields[f].name, object->fields[f].type);
        if (cohort_snapshot_usage(snapshot, object->name, object->fields[f].name, &usage, NULL) == COHORT_OK)
            insist(usage.n_values <= cohort_snapshot_count(snapshot, object->name));
    }
    write_members(evaluator, snapshot, object->name);
    look_up_keys(snapshot, object->name);
}

static void ask_definitions(cohort_evaluator *evaluator, const cohort_snapshot *snapshot)
{
    cohort_definition definition = COHORT_DEFINITION_INIT;

    for (size_t i = 0; i < 8 && cohort_snapshot_definition(snapshot, i, &definition, NULL) == COHORT_OK; i++) {
        char condition[CONDITION_BYTES];
        int known;

        snprintf(condition, sizeof condition, "SEGMENT('%s') OR \"%s\" IS NULL", definition.name, definition.name);
        count(evaluator, snapshot, definition.object, condition, &known);
    }
}

void exercise_snapshot(const cohort_snapshot *snapshot)
{
    cohort_evaluator *evaluator;
    cohort_object object = COHORT_OBJECT_INIT;
    uint64_t hash = 0;

    if (cohort_evaluator_new(NULL, &evaluator, NULL) != COHORT_OK)
        return;
    for (size_t i = 0; i < MOST_OBJECTS && cohort_snapshot_object(snapshot, i, &object, NULL) == COHORT_OK; i++)
        look_at(evaluator, snapshot, &object);
    ask_definitions(evaluator, snapshot);
    cohort_snapshot_schema_json(snapshot, swallow, &hash, NULL);
    cohort_evaluator_free(evaluator);
}

/* ---- changes ---- */

/* Deletes some records of an object and puts some of them back, without fields. */
static void change(cohort_batch *batch, const cohort_snapshot *snapshot, const char *object)
{
    for (uint32_t row = 0; row < 8; row++) {
        cohort_value key;

        if (cohort_snapshot_key(snapshot, object, row, &key, NULL) != COHORT_OK)
            continue;
        if (cohort_batch_delete(batch, object, &key, NULL) == COHORT_OK && row % 2 == 0)
            cohort_batch_upsert(batch, object, &key, 0, NULL, NULL, NULL);
    }
}

void exercise_store(cohort_store *store)
{
    cohort_snapshot *snapshot;
    cohort_batch *batch;
    cohort_object object = COHORT_OBJECT_INIT;

    if (cohort_store_snapshot(store, &snapshot, NULL) != COHORT_OK)
        return;
    exercise_snapshot(snapshot);
    if (cohort_batch_new(store, &batch, NULL) == COHORT_OK) {
        for (size_t i = 0; i < MOST_OBJECTS && cohort_snapshot_object(snapshot, i, &object, NULL) == COHORT_OK; i++)
            change(batch, snapshot, object.name);
        cohort_batch_commit(batch, NULL, NULL);
        cohort_batch_free(batch);
    }
    cohort_snapshot_release(snapshot);
    if (cohort_store_snapshot(store, &snapshot, NULL) == COHORT_OK) {
        exercise_snapshot(snapshot);
        cohort_snapshot_release(snapshot);
    }
}

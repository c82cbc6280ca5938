/* Texts in and out of stores through the public face. */
#include "support/loading.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int32_t text_write(void *context, const void *bytes, size_t length)
{
    text_out *out = context;
    char *grown = realloc(out->bytes, out->length + length + 1);

    if (grown == NULL)
        return 1;
    memcpy(grown + out->length, bytes, length);
    out->bytes = grown;
    out->length += length;
    out->bytes[out->length] = 0;
    return 0;
}

/* ---- in ---- */

typedef struct feed {
    const char *bytes;
    size_t left, piece;
} feed;

static int64_t read_feed(void *context, void *bytes, size_t capacity)
{
    feed *f = context;
    size_t n = f->left < capacity ? f->left : capacity;

    if (f->piece > 0 && n > f->piece)
        n = f->piece;
    memcpy(bytes, f->bytes, n);
    f->bytes += n;
    f->left -= n;
    return (int64_t)n;
}

cohort_status load_text(cohort_store *store, const cohort_load_options *options, const char *text, size_t length,
                        size_t piece, cohort_load_report **report, cohort_error *error)
{
    feed f = { text, length, piece };
    cohort_load_options own = *options;

    own.read = read_feed;
    own.read_context = &f;
    return cohort_store_load_csv(store, &own, report, error);
}

void must_load(cohort_store *store, const cohort_load_options *options, const char *text)
{
    cohort_error error = COHORT_ERROR_INIT;
    const cohort_status status = load_text(store, options, text, strlen(text), 0, NULL, &error);

    ck_assert_msg(status == COHORT_OK, "%s", error.text);
}

cohort_store *store_in_memory(void)
{
    cohort_store *store;

    ck_assert_int_eq(cohort_store_open(NULL, NULL, &store, NULL), COHORT_OK);
    return store;
}

/* ---- out ---- */

static cohort_status write_members(const cohort_snapshot *snapshot, const char *object, const char *condition,
                                   const cohort_members_options *options, text_out *out, cohort_error *error)
{
    cohort_evaluator *evaluator = NULL;
    cohort_segment *segment = NULL;
    uint64_t n;
    cohort_status status = cohort_evaluator_new(NULL, &evaluator, error);

    if (status == COHORT_OK)
        status = cohort_segment_parse(object, condition, SIZE_MAX, NULL, &segment, error);
    if (status == COHORT_OK)
        status = cohort_members_write(evaluator, snapshot, segment, NULL, options, text_write, out, &n, error);
    cohort_segment_free(segment);
    cohort_evaluator_free(evaluator);
    return status;
}

char *members_text(cohort_store *store, const char *object, const char *condition,
                   const cohort_members_options *options)
{
    cohort_error error = COHORT_ERROR_INIT;
    text_out out = { 0 };
    cohort_snapshot *snapshot;

    ck_assert_int_eq(text_write(&out, "", 0), 0);
    ck_assert_int_eq(cohort_store_snapshot(store, &snapshot, NULL), COHORT_OK);
    if (write_members(snapshot, object, condition, options, &out, &error) != COHORT_OK) {
        free(out.bytes);
        out = (text_out){ 0 };
        text_write(&out, "ERROR ", 6);
        text_write(&out, cohort_status_name(error.code), strlen(cohort_status_name(error.code)));
        text_write(&out, ": ", 2);
        text_write(&out, error.text, strlen(error.text));
    }
    cohort_snapshot_release(snapshot);
    return out.bytes;
}

static void write_definitions(const cohort_snapshot *snapshot, text_out *out)
{
    cohort_definition definition = COHORT_DEFINITION_INIT;

    for (size_t i = 0; cohort_snapshot_definition(snapshot, i, &definition, NULL) == COHORT_OK; i++) {
        char line[512];
        const int length =
            snprintf(line, sizeof line, "%d %d %s.%s %s (%llu)\n", (int)definition.kind, (int)definition.nulls,
                     definition.object, definition.name, definition.text, (unsigned long long)definition.n_keys);

        text_write(out, line, length < 0 ? 0 : strlen(line));
    }
}

char *store_text(cohort_store *store)
{
    cohort_members_options csv = COHORT_MEMBERS_OPTIONS_INIT;
    cohort_error error = COHORT_ERROR_INIT;
    cohort_object object = COHORT_OBJECT_INIT;
    text_out out = { 0 };
    cohort_snapshot *snapshot;

    csv.format = COHORT_FORMAT_CSV;
    ck_assert_int_eq(text_write(&out, "", 0), 0);
    ck_assert_int_eq(cohort_store_snapshot(store, &snapshot, NULL), COHORT_OK);
    for (size_t i = 0; cohort_snapshot_object(snapshot, i, &object, NULL) == COHORT_OK; i++) {
        text_write(&out, object.name, strlen(object.name));
        text_write(&out, "\n", 1);
        ck_assert_msg(write_members(snapshot, object.name, "TRUE", &csv, &out, &error) == COHORT_OK, "%s", error.text);
    }
    write_definitions(snapshot, &out);
    cohort_snapshot_release(snapshot);
    return out.bytes;
}

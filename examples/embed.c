/*
 * cohort inside a C program: an object, three records, a segment, its members, an error.
 *
 *     cc embed.c $(pkg-config --cflags --libs cohort) -o embed && ./embed
 */
#include <cohort.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static cohort_error error = COHORT_ERROR_INIT;

/* What a contact is: a key that is an int, a country and a score. */
static cohort_status declare_contacts(cohort_store *store)
{
    const cohort_field fields[] = { { .size = sizeof fields[0], .type = COHORT_STRING, .name = "country" },
                                    { .size = sizeof fields[0], .type = COHORT_INT, .name = "score" } };
    const cohort_object contact = { .size = sizeof contact, .name = "contact", .key_type = COHORT_INT,
                                    .fields = fields, .n_fields = 2 };

    return cohort_store_declare(store, &contact, &error);
}

static cohort_status add_contact(cohort_batch *batch, int64_t id, const char *country, int64_t score)
{
    static const char *const names[] = { "country", "score" };
    const cohort_value key = { .type = COHORT_INT, .number = id };
    const cohort_value values[] = { { .type = COHORT_STRING, .text = { country, strlen(country) } },
                                    { .type = COHORT_INT, .number = score } };

    return cohort_batch_upsert(batch, "contact", &key, 2, names, values, &error);
}

/* Parses and evaluates; prints who is in, or what is wrong with a caret under it. */
static cohort_status ask(cohort_evaluator *evaluator, const cohort_snapshot *now, const char *text)
{
    cohort_segment *segment = NULL;
    cohort_bitmap *members = NULL;
    int64_t keys[100];
    size_t n = 0;
    cohort_status status = cohort_segment_parse("contact", text, SIZE_MAX, NULL, &segment, &error);

    if (status == COHORT_OK)
        status = cohort_evaluate(evaluator, now, segment, NULL, &members, &error);
    printf("%s\n", text);
    if (status != COHORT_OK)
        printf("%*s^ %s\n", (int)error.position, "", error.text);
    else
        status = cohort_snapshot_int_keys(now, "contact", members, 0, keys, 100, &n, &error);
    for (size_t i = 0; i < n; i++)
        printf("    contact %" PRId64 "\n", keys[i]);
    cohort_bitmap_free(members);
    cohort_segment_free(segment);
    return status;
}

int main(void)
{
    cohort_store *store = NULL;
    cohort_batch *batch = NULL;
    cohort_snapshot *now = NULL;
    cohort_evaluator *evaluator = NULL;
    int code = 0;

    if (cohort_store_open(NULL, NULL, &store, &error) || declare_contacts(store) ||
        cohort_batch_new(store, &batch, &error) || add_contact(batch, 1001, "AU", 75) ||
        add_contact(batch, 1002, "NZ", 90) || add_contact(batch, 1003, "AU", 51) ||
        cohort_batch_commit(batch, NULL, &error) || cohort_store_snapshot(store, &now, &error) ||
        cohort_evaluator_new(NULL, &evaluator, &error) || ask(evaluator, now, "country = 'AU' AND score >= 50") ||
        ask(evaluator, now, "country = 'AU' AND skore >= 50") != COHORT_NOT_FOUND) {
        fprintf(stderr, "%s\n", error.text);
        code = 1;
    }
    cohort_evaluator_free(evaluator);
    cohort_snapshot_release(now);
    cohort_batch_free(batch);
    cohort_store_close(store);
    return code;
}

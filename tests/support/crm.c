/* The CRM of crm.h. */
#include "support/crm.h"

#include <string.h>

#include "base/number.h"
#include "store/batch.h"
#include "support/must.h"

#define FIELD(type, name, scale, collation, target)                \
    {                                                              \
        sizeof(cohort_field), type, name, scale, collation, target \
    }

static const cohort_field account_fields[] = {
    FIELD(COHORT_STRING, "industry", 0, 0, NULL), FIELD(COHORT_INT, "revenue", 0, 0, NULL),
    FIELD(COHORT_BOOL, "vip", 0, 0, NULL),        FIELD(COHORT_REFERENCE, "parent", 0, 0, "account"),
    FIELD(COHORT_DATE, "founded", 0, 0, NULL),
};

static const cohort_field contact_fields[] = {
    FIELD(COHORT_INT, "age", 0, 0, NULL),
    FIELD(COHORT_DECIMAL, "balance", 2, 0, NULL),
    FIELD(COHORT_DOUBLE, "score", 0, 0, NULL),
    FIELD(COHORT_BOOL, "active", 0, 0, NULL),
    FIELD(COHORT_DATE, "born", 0, 0, NULL),
    FIELD(COHORT_TIMESTAMP, "seen", 0, 0, NULL),
    FIELD(COHORT_STRING, "country", 0, 0, NULL),
    FIELD(COHORT_STRING, "city", 0, COHORT_NOCASE, NULL),
    FIELD(COHORT_SET, "tags", 0, 0, NULL),
    FIELD(COHORT_SET, "badges", 0, COHORT_NOCASE, NULL),
    FIELD(COHORT_POINT, "place", 0, 0, NULL),
    FIELD(COHORT_REFERENCE, "account", 0, 0, "account"),
    FIELD(COHORT_REFERENCE, "manager", 0, 0, "contact"),
    FIELD(COHORT_REFERENCE, "ghost", 0, 0, "phantom"),
};

static const cohort_field visit_fields[] = {
    FIELD(COHORT_TIMESTAMP, "at", 0, 0, NULL),
    FIELD(COHORT_REFERENCE, "contact", 0, 0, "contact"),
    FIELD(COHORT_STRING, "page", 0, 0, NULL),
};

static void declare(co_store *store, const char *name, cohort_type key, const char *key_name,
                    const char *time, const cohort_field *fields, size_t n)
{
    cohort_object object = COHORT_OBJECT_INIT;
    cohort_error error = COHORT_ERROR_INIT;

    object.name = name;
    object.key_type = key;
    object.key_name = key_name;
    object.time = time;
    object.fields = fields;
    object.n_fields = n;

    const cohort_status status = co_store_declare(store, &object, &error);

    must(status == COHORT_OK);
}

uint32_t co_crm_object(co_store *store, const char *name)
{
    co_version *version = co_store_current(store);
    const co_object *object = co_schema_find(co_version_schema(version), co_text_of(name));

    must(object != NULL);
    co_version_release(version);
    return object->id;
}

void co_crm_define(co_store *store, const char *object, co_definition_kind kind, const char *name,
                   const char *text, int32_t nulls)
{
    cohort_error error = COHORT_ERROR_INIT;
    const cohort_status status = co_store_define(store, kind, co_crm_object(store, object), co_text_of(name),
                                                 co_text_of(text), nulls, &error);

    must(status == COHORT_OK);
}

static cohort_value text_value(const char *text)
{
    return (cohort_value){ .type = COHORT_STRING, .text = { text, strlen(text) } };
}

static cohort_value number_value(cohort_type type, int64_t number)
{
    return (cohort_value){ .type = type, .number = number, .scale = type == COHORT_DECIMAL ? 2 : 0 };
}

static void put(co_batch *batch, uint32_t object, const co_key *key, uint32_t n, const cohort_value *values)
{
    uint32_t fields[16];
    cohort_error error = COHORT_ERROR_INIT;

    for (uint32_t i = 0; i < n; i++)
        fields[i] = i + 1;

    const cohort_status status = co_batch_put(batch, CO_UPSERT, object, key, n, fields, values, &error);

    must(status == COHORT_OK);
}

static void put_account(co_batch *batch, uint32_t object, const char *name, const char *industry,
                        int64_t revenue, const char *parent)
{
    const co_key key = { .is_text = true, .text = co_text_of(name) };
    cohort_value values[5] = { text_value(industry), number_value(COHORT_INT, revenue),
                               number_value(COHORT_BOOL, revenue > 100), COHORT_VALUE_NULL,
                               number_value(COHORT_DATE, revenue) };

    if (parent != NULL)
        values[3] = text_value(parent);
    put(batch, object, &key, 5, values);
}

static void put_contact(co_batch *batch, uint32_t object, int64_t n)
{
    static const char *const countries[] = { "AU", "NZ", "DE", "FR", "AU" };
    static const char *const cities[] = { "Sydney", "WELLINGTON", "Berlin", "paris", "SYDNEY" };
    static const char *const accounts[] = { "ACME", "ZETA", "NULLS", "DANGLING", "ACME" };
    static const cohort_text tags[] = { { "a", 1 }, { "b", 1 }, { "c", 1 } };
    static const cohort_text badges[] = { { "Gold", 4 }, { "gold", 4 }, { "Silver", 6 } };
    const co_key key = { .number = n };
    cohort_value values[14] = { COHORT_VALUE_NULL };

    if (n <= 5) {
        values[0] = number_value(COHORT_INT, 15 + 10 * n);
        values[1] = number_value(COHORT_DECIMAL, 100 * n + 5);
        values[2] = (cohort_value){ .type = COHORT_DOUBLE, .real = (double)n / 10 };
        values[3] = number_value(COHORT_BOOL, n % 2);
        values[4] = number_value(COHORT_DATE, 3650 * n);
        values[5] = number_value(COHORT_TIMESTAMP, n * 86400000000);
        values[6] = text_value(countries[n - 1]);
        values[7] = text_value(cities[n - 1]);
        values[8] = (cohort_value){ .type = COHORT_SET, .elements = tags, .n_elements = (size_t)n % 4 };
        values[9] = (cohort_value){ .type = COHORT_SET, .elements = badges + n % 3, .n_elements = 1 };
        values[10] = (cohort_value){ .type = COHORT_POINT, .real = (double)n, .longitude = (double)n };
        values[11] = text_value(accounts[n - 1]);
        values[12] = number_value(COHORT_INT, n - 1);
        values[13] = number_value(COHORT_INT, n);
    }
    put(batch, object, &key, 14, values);
}

co_store *co_crm_new(void)
{
    co_store *store;
    co_batch *batch;
    co_commit *ready;
    co_commit_counts counts;

    must(co_store_new(NULL, 0, &store, NULL) == COHORT_OK);
    declare(store, "account", COHORT_STRING, "account_id", NULL, account_fields, 5);
    declare(store, "contact", COHORT_INT, "id", NULL, contact_fields, 14);
    declare(store, "visit", 0, NULL, "at", visit_fields, 3);
    must(co_batch_new(store, &batch, NULL) == COHORT_OK);
    put_account(batch, co_crm_object(store, "account"), "ACME", "Retail", 1000, NULL);
    put_account(batch, co_crm_object(store, "account"), "ZETA", "Mining", 50, "ACME");
    put_account(batch, co_crm_object(store, "account"), "NULLS", "", 0, NULL);
    for (int64_t n = 1; n <= 6; n++)
        put_contact(batch, co_crm_object(store, "contact"), n);
    must(co_commit_prepare(batch, &ready, NULL) == COHORT_OK);
    co_commit_publish(ready, &counts);
    co_batch_free(batch);
    return store;
}

/* The objects of random stores, as the model knows them and as they are declared. */
#include "support/random_schema.h"

#include <check.h>
#include <string.h>

static const m_field account_fields[] = {
    { "industry", COHORT_STRING, 0, COHORT_NOCASE, -1 }, { "tier", COHORT_INT, 0, 0, -1 },
    { "parent", COHORT_REFERENCE, 0, 0, ACCOUNT },       { "rating", COHORT_DECIMAL, 1, 0, -1 },
    { "founded", COHORT_DATE, 0, 0, -1 },                { "active", COHORT_BOOL, 0, 0, -1 },
    { "terms", COHORT_SET, 0, COHORT_EXACT, -1 },
};

static const m_field contact_fields[] = {
    { "age", COHORT_INT, 0, 0, -1 },
    { "score", COHORT_INT, 0, 0, -1 },
    { "big", COHORT_INT, 0, 0, -1 },
    { "balance", COHORT_DECIMAL, 2, 0, -1 },
    { "ratio", COHORT_DOUBLE, 0, 0, -1 },
    { "opted", COHORT_BOOL, 0, 0, -1 },
    { "born", COHORT_DATE, 0, 0, -1 },
    { "seen", COHORT_TIMESTAMP, 0, 0, -1 },
    { "city", COHORT_STRING, 0, COHORT_EXACT, -1 },
    { "name", COHORT_STRING, 0, COHORT_NOCASE, -1 },
    { "note", COHORT_STRING, 0, COHORT_EXACT, -1 },
    { "tags", COHORT_SET, 0, COHORT_EXACT, -1 },
    { "labels", COHORT_SET, 0, COHORT_NOCASE, -1 },
    { "place", COHORT_POINT, 0, 0, -1 },
    { "account", COHORT_REFERENCE, 0, 0, ACCOUNT },
    { "owner", COHORT_REFERENCE, 0, 0, CONTACT },
    /* These come later. */
    { "points", COHORT_INT, 0, 0, -1 },
    { "extra", COHORT_STRING, 0, COHORT_EXACT, -1 },
    { "fee", COHORT_DECIMAL, 3, 0, -1 },
};
enum { N_FIRST_CONTACT_FIELDS = 16 };

static const m_field visit_fields[] = {
    { "at", COHORT_TIMESTAMP, 0, 0, -1 },
    { "contact", COHORT_REFERENCE, 0, 0, CONTACT },
    { "page", COHORT_STRING, 0, COHORT_EXACT, -1 },
    { "amount", COHORT_DECIMAL, 2, 0, -1 },
};

static const m_field order_fields[] = {
    { "placed", COHORT_DATE, 0, 0, -1 },
    { "contact", COHORT_REFERENCE, 0, 0, CONTACT },
    { "payer", COHORT_REFERENCE, 0, 0, ACCOUNT },
    { "total", COHORT_DECIMAL, 2, 0, -1 },
    { "state", COHORT_STRING, 0, COHORT_EXACT, -1 },
    { "paid", COHORT_BOOL, 0, 0, -1 },
    { "weight", COHORT_DOUBLE, 0, 0, -1 },
};

static const m_field line_fields[] = {
    { "order", COHORT_REFERENCE, 0, 0, ORDER },
    { "quantity", COHORT_INT, 0, 0, -1 },
    { "price", COHORT_DECIMAL, 2, 0, -1 },
    { "product", COHORT_STRING, 0, COHORT_NOCASE, -1 },
};

static const m_field click_fields[] = {
    { "at", COHORT_TIMESTAMP, 0, 0, -1 },
    { "contact", COHORT_REFERENCE, 0, 0, CONTACT },
    { "page", COHORT_STRING, 0, COHORT_EXACT, -1 },
    { "value", COHORT_DOUBLE, 0, 0, -1 },
    { "depth", COHORT_INT, 0, 0, -1 },
};

static const m_field transfer_fields[] = {
    { "at", COHORT_TIMESTAMP, 0, 0, -1 },
    { "sender", COHORT_REFERENCE, 0, 0, CONTACT },
    { "receiver", COHORT_REFERENCE, 0, 0, CONTACT },
    { "amount", COHORT_DECIMAL, 2, 0, -1 },
};

static const m_field task_fields[] = {
    { "due", COHORT_TIMESTAMP, 0, 0, -1 },
    { "account", COHORT_REFERENCE, 0, 0, ACCOUNT },
    { "who", COHORT_REFERENCE, 0, 0, CONTACT },
    { "subject", COHORT_STRING, 0, COHORT_EXACT, -1 },
    { "effort", COHORT_INT, 0, 0, -1 },
    { "done", COHORT_DATE, 0, 0, -1 },
};

#define FIELDS(list) list, sizeof(list) / sizeof *(list)

static m_object *add_object(model *m, const char *name, const char *key_name, cohort_type key_type,
                            const m_field *fields, size_t n_fields)
{
    m_object *object = &m->objects[m->n_objects++];

    object->name = name;
    object->key_name = key_name;
    object->key_type = key_type;
    object->keyless = key_type == 0;
    object->n_fields = (int)n_fields;
    memcpy(object->fields, fields, n_fields * sizeof *fields);
    object->time_field = object->home = object->cluster = -1;
    return object;
}

static void add_event(model *m, const char *name, const char *key_name, cohort_type key_type, const m_field *fields,
                      size_t n_fields, int home, int cluster)
{
    m_object *object = add_object(m, name, key_name, key_type, fields, n_fields);

    object->time_field = 0;
    object->home = home;
    object->cluster = cluster;
}

void random_schema_make(model *m, co_random *random, bool related)
{
    add_object(m, "account", "account_id", COHORT_STRING, FIELDS(account_fields));
    add_object(m, "contact", "id", COHORT_INT, contact_fields, N_FIRST_CONTACT_FIELDS);
    add_event(m, "visit", "key", COHORT_INT, FIELDS(visit_fields), 1,
              related && co_random_chance(random, 1, 2) ? 2 : -1);
    if (!related)
        return;
    if (co_random_chance(random, 1, 2))
        m->objects[CONTACT].home = m_field_named(&m->objects[CONTACT], CO_TEXT("account"));
    add_event(m, "order", "number", COHORT_INT, FIELDS(order_fields), 1, -1);
    add_object(m, "line", "key", 0, FIELDS(line_fields))->home = 0;
    add_event(m, "click", "key", 0, FIELDS(click_fields), 1, 2);
    add_event(m, "transfer", "key", COHORT_INT, FIELDS(transfer_fields), 1, -1);
    add_event(m, "task", "code", COHORT_STRING, FIELDS(task_fields), 1, -1);
}

void random_schema_extend(model *m)
{
    m->objects[CONTACT].n_fields = sizeof contact_fields / sizeof *contact_fields;
    memcpy(m->objects[CONTACT].fields, contact_fields, sizeof contact_fields);
}

void random_must_be_fine(cohort_status status, const cohort_error *error)
{
    if (status != COHORT_OK)
        ck_abort_msg("%s: %s", cohort_status_name(status), error->text);
}

void random_schema_declare(const model *m, int at, cohort_store *store)
{
    const m_object *object = &m->objects[at];
    cohort_object declared = COHORT_OBJECT_INIT;
    cohort_field fields[M_FIELDS];
    cohort_error error = COHORT_ERROR_INIT;

    for (int i = 0; i < object->n_fields; i++) {
        const m_field *field = &object->fields[i];

        fields[i] = (cohort_field)COHORT_FIELD_INIT;
        fields[i].name = field->name;
        fields[i].type = field->type;
        fields[i].scale = field->scale;
        fields[i].collation = field->collation;
        fields[i].target = field->target < 0 ? NULL : m->objects[field->target].name;
    }
    declared.name = object->name;
    declared.key_name = object->keyless ? NULL : object->key_name;
    declared.key_type = object->key_type;
    declared.time = object->time_field < 0 ? NULL : object->fields[object->time_field].name;
    declared.home = object->home < 0 ? NULL : object->fields[object->home].name;
    declared.cluster = object->cluster < 0 ? NULL : object->fields[object->cluster].name;
    declared.fields = fields;
    declared.n_fields = (size_t)object->n_fields;
    random_must_be_fine(cohort_store_declare(store, &declared, &error), &error);
}

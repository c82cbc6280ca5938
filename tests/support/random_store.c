/* A store and its model, filled and changed together. */
#include "support/random_store.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"
#include "support/random_expression.h"

static const int64_t day_us = INT64_C(86400000000);

/* ---- schema ---- */

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
enum { N_FIRST_CONTACT_FIELDS = 16, N_CONTACT_FIELDS = 19 };

static const m_field visit_fields[] = {
    { "at", COHORT_TIMESTAMP, 0, 0, -1 },
    { "contact", COHORT_REFERENCE, 0, 0, CONTACT },
    { "page", COHORT_STRING, 0, COHORT_EXACT, -1 },
    { "amount", COHORT_DECIMAL, 2, 0, -1 },
};

static void add_object(model *m, const char *name, const char *key_name, cohort_type key_type, const m_field *fields,
                       int n_fields, int time_field)
{
    m_object *object = &m->objects[m->n_objects++];

    object->name = name;
    object->key_name = key_name;
    object->key_type = key_type;
    object->n_fields = n_fields;
    memcpy(object->fields, fields, (size_t)n_fields * sizeof *fields);
    object->time_field = time_field;
}

static void must_be_fine(cohort_status status, const cohort_error *error)
{
    if (status != COHORT_OK)
        ck_abort_msg("%s: %s", cohort_status_name(status), error->text);
}

static void declare(random_store *s, int at)
{
    const m_object *object = &s->model.objects[at];
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
        fields[i].target = field->target < 0 ? NULL : s->model.objects[field->target].name;
    }
    declared.name = object->name;
    declared.key_name = object->key_name;
    declared.key_type = object->key_type;
    declared.time = object->time_field < 0 ? NULL : object->fields[object->time_field].name;
    declared.fields = fields;
    declared.n_fields = (size_t)object->n_fields;
    must_be_fine(cohort_store_declare(s->store, &declared, &error), &error);
}

/* ---- values ---- */

/* Texts that random values point to, made once. */
static co_text word_at(int i) { return co_text_of(random_words[i]); }

static co_text note_at(uint64_t i)
{
    static char notes[3000][16];

    i %= 3000;
    if (notes[i][0] == 0)
        snprintf(notes[i], sizeof notes[i], "note %u", (unsigned)i);
    return co_text_of(notes[i]);
}

static co_text account_key(uint64_t i)
{
    static char keys[64][8];

    if (keys[i][0] == 0)
        snprintf(keys[i], sizeof keys[i], "acc%u", (unsigned)i);
    return co_text_of(keys[i]);
}

/* Some subset of the tags, from a fixed set of subsets. */
static m_value random_set(co_random *random, bool nocase)
{
    static co_text subsets[512][9];
    static uint32_t sizes[512];
    const uint64_t mask = co_random_below(random, 512);
    m_value v = { .kind = M_SET, .nocase = nocase };

    if (sizes[mask] == 0) {
        for (int i = 0; i < n_random_tags; i++) {
            /* Under a folding collation the upper case twins are no elements of their own. */
            if ((mask >> i & 1) && !(i == 1 || i == 8))
                subsets[mask][sizes[mask]++] = co_text_of(random_tags[i]);
        }
        if (!nocase && (mask >> 1 & 1))
            subsets[mask][sizes[mask]++] = co_text_of(random_tags[1]);
    }
    v.elements = subsets[mask];
    v.n_elements = sizes[mask];
    /* A subset made for the exact collation may hold a twin at its end. */
    for (uint32_t i = 0; nocase && i < v.n_elements; i++)
        if (co_text_equal(v.elements[i], co_text_of(random_tags[1])))
            v.n_elements = i;
    return v;
}

static m_value random_value(random_store *s, const m_field *field)
{
    co_random *r = &s->random;
    m_value v = { 0 };

    if (co_random_chance(r, 1, 9))
        return m_null();
    switch (field->type) {
    case COHORT_BOOL:
        return m_bool(co_random_chance(r, 1, 2));
    case COHORT_INT:
        if (strcmp(field->name, "big") == 0)
            return m_int(co_random_int64(r) >> (co_random_chance(r, 1, 2) ? 0 : 30));
        if (strcmp(field->name, "tier") == 0)
            return m_int(co_random_between(r, 0, 4));
        return m_int(co_random_between(r, -10, 110));
    case COHORT_DECIMAL:
        return m_exact(co_random_between(r, -2000, 12000), field->scale);
    case COHORT_DOUBLE:
        return m_double((double)co_random_between(r, -50, 600) / (co_random_chance(r, 1, 2) ? 10 : 8));
    case COHORT_DATE:
        v = (m_value){ .kind = M_DATE, .number = co_random_between(r, -7000, 21000) };
        if (co_random_chance(r, 1, 8))
            v.number = m_day(1980, 2, 29) + 1461 * co_random_between(r, 0, 9);
        return v;
    case COHORT_TIMESTAMP:
        return (m_value){ .kind = M_TIME,
                          .number = co_random_between(r, 19000, 20900) * day_us +
                                    (co_random_chance(r, 1, 4) ? 0 : co_random_between(r, 0, day_us - 1)) };
    case COHORT_STRING:
        v = m_text(strcmp(field->name, "note") == 0 ? note_at(co_random_u64(r))
                                                    : word_at((int)co_random_below(r, (uint64_t)n_random_words)));
        v.nocase = field->collation == COHORT_NOCASE;
        return v;
    case COHORT_SET:
        return random_set(r, field->collation == COHORT_NOCASE);
    case COHORT_POINT:
        return (m_value){ .kind = M_POINT,
                          .real = (double)co_random_between(r, -60, 60),
                          .longitude = (double)co_random_between(r, -100, 100) };
    default:
        v = (m_value){ .kind = M_REFERENCE, .number = field->target };
        if (field->target == ACCOUNT)
            v.text = account_key(co_random_below(r, 20));
        else
            v.exact = co_random_between(r, 0, 40);
        return v;
    }
}

static cohort_value public_value(m_value v)
{
    static cohort_text room[32][9];
    static int next;
    cohort_value out = COHORT_VALUE_NULL;

    out.number = v.number;
    switch (v.kind) {
    case M_NULL:
        break;
    case M_BOOL:
        out.type = COHORT_BOOL;
        break;
    case M_EXACT:
        out.type = v.scale > 0 ? COHORT_DECIMAL : COHORT_INT;
        out.scale = v.scale;
        out.number = (int64_t)v.exact;
        break;
    case M_DOUBLE:
        out.type = COHORT_DOUBLE;
        out.real = v.real;
        break;
    case M_DATE:
        out.type = COHORT_DATE;
        break;
    case M_TIME:
        out.type = COHORT_TIMESTAMP;
        break;
    case M_SET:
        next = (next + 1) % 32;
        for (uint32_t i = 0; i < v.n_elements; i++)
            room[next][i] = (cohort_text){ v.elements[i].bytes, v.elements[i].length };
        out.type = COHORT_SET;
        out.elements = room[next];
        out.n_elements = v.n_elements;
        break;
    case M_POINT:
        out.type = COHORT_POINT;
        out.real = v.real;
        out.longitude = v.longitude;
        break;
    case M_REFERENCE:
        if (v.text.bytes == NULL) {
            out.type = COHORT_INT;
            out.number = (int64_t)v.exact;
            break;
        }
        /* fall through */
    default:
        out.type = COHORT_STRING;
        out.text = (cohort_text){ v.text.bytes, v.text.length };
        break;
    }
    return out;
}

/* ---- changes ---- */

static m_value random_key(random_store *s, int object, uint64_t n_contacts)
{
    if (object == ACCOUNT)
        return m_text(account_key(co_random_below(&s->random, 16)));
    return m_int((int64_t)co_random_below(&s->random, n_contacts));
}

static void put(random_store *s, cohort_batch *batch, int at, m_value key, bool patch)
{
    m_object *object = &s->model.objects[at];
    m_record *record = model_record(object, key);
    const bool all = !record->live && !patch;
    const char *names[M_FIELDS];
    cohort_value values[M_FIELDS];
    cohort_error error = COHORT_ERROR_INIT;
    const cohort_value public_key = public_value(key);
    size_t n = 0;

    for (int i = 0; i < object->n_fields; i++) {
        if (!all && co_random_chance(&s->random, 2, 3))
            continue;
        record->values[i] = random_value(s, &object->fields[i]);
        names[n] = object->fields[i].name;
        values[n++] = public_value(record->values[i]);
    }
    record->live = true;
    must_be_fine((patch ? cohort_batch_patch : cohort_batch_upsert)(batch, object->name, &public_key, n, names, values,
                                                                     &error),
                 &error);
}

/* A deleted record keeps its values in the model until it is inserted anew: then they are gone. */
static void drop(random_store *s, cohort_batch *batch, int at, m_record *record)
{
    const cohort_value key = public_value(record->key);
    cohort_error error = COHORT_ERROR_INIT;

    must_be_fine(cohort_batch_delete(batch, s->model.objects[at].name, &key, &error), &error);
    record->live = false;
    for (int i = 0; i < M_FIELDS; i++)
        record->values[i] = m_null();
}

static void take_snapshot(random_store *s)
{
    cohort_error error = COHORT_ERROR_INIT;

    cohort_snapshot_release(s->snapshot);
    must_be_fine(cohort_store_snapshot(s->store, &s->snapshot, &error), &error);
    for (int o = 0; o < s->model.n_objects; o++) {
        const m_object *object = &s->model.objects[o];

        s->rows[o] = realloc(s->rows[o], (object->n_records + 1) * sizeof *s->rows[o]);
        s->n_rows[o] = object->n_records;
        for (uint32_t i = 0; i < object->n_records; i++) {
            const cohort_value key = public_value(object->records[i].key);
            const cohort_status status =
                cohort_snapshot_row(s->snapshot, object->name, &key, &s->rows[o][i], &error);

            ck_assert_int_eq(status, object->records[i].live ? COHORT_OK : COHORT_NOT_FOUND);
        }
    }
}

static void extend(random_store *s)
{
    if (s->extended)
        return;
    s->extended = true;
    s->model.objects[CONTACT].n_fields = N_CONTACT_FIELDS;
    memcpy(s->model.objects[CONTACT].fields, contact_fields, sizeof contact_fields);
    declare(s, CONTACT);
}

void random_store_change(random_store *s, uint32_t n_changes)
{
    cohort_batch *batch;
    cohort_error error = COHORT_ERROR_INIT;
    const uint64_t n_contacts = s->model.objects[CONTACT].n_records + 5;

    if (co_random_chance(&s->random, 1, 3))
        extend(s);
    must_be_fine(cohort_batch_new(s->store, &batch, &error), &error);
    for (uint32_t i = 0; i < n_changes; i++) {
        const int at = co_random_chance(&s->random, 1, 4) ? ACCOUNT : co_random_chance(&s->random, 1, 4) ? VISIT : CONTACT;
        const m_value key = random_key(s, at, n_contacts);
        m_record *record = model_find(&s->model.objects[at], key);
        const bool exists = record != NULL && record->live;

        if (exists && co_random_chance(&s->random, 1, 4))
            drop(s, batch, at, record);
        else
            put(s, batch, at, key, exists && co_random_chance(&s->random, 1, 2));
    }
    must_be_fine(cohort_batch_commit(batch, NULL, &error), &error);
    cohort_batch_free(batch);
    take_snapshot(s);
}

static void fill(random_store *s, uint32_t n_contacts)
{
    cohort_batch *batch;
    cohort_error error = COHORT_ERROR_INIT;

    must_be_fine(cohort_batch_new(s->store, &batch, &error), &error);
    for (uint32_t i = 0; i < n_contacts; i++)
        put(s, batch, CONTACT, m_int(i), false);
    for (uint32_t i = 0; i < 12; i++)
        put(s, batch, ACCOUNT, m_text(account_key(i)), false);
    for (uint32_t i = 0; i < (n_contacts < 300 ? n_contacts : 300); i++)
        put(s, batch, VISIT, m_int(i), false);
    must_be_fine(cohort_batch_commit(batch, NULL, &error), &error);
    cohort_batch_free(batch);
}

/* ---- names ---- */

static void add_named(random_store *s, const char *name, int object, bool is_trait)
{
    static random_expression e;
    m_named *n = &s->model.named[s->model.n_named];
    const char *object_name = s->model.objects[object].name;
    cohort_segment_options options = COHORT_SEGMENT_OPTIONS_INIT;
    static co_memory memory;
    cohort_error error = COHORT_ERROR_INIT;

    co_memory_init(&memory, NULL, 0);
    e = (random_expression){ .names = false };
    if (is_trait)
        random_number(&e, &s->random, &s->model, object);
    else
        random_condition(&e, &s->random, &s->model, object);
    options.nulls = !is_trait && co_random_chance(&s->random, 1, 3) ? COHORT_NULLS_COMPLEMENT : COHORT_NULLS_SQL;
    snprintf(n->name, sizeof n->name, "%s", name);
    n->object = object;
    n->is_trait = is_trait;
    n->nulls = options.nulls;
    must_be_fine((is_trait ? cohort_store_define_trait : cohort_store_define)(s->store, object_name, name, e.text,
                                                                              e.length, &options, &error),
                 &error);
    must_be_fine(co_expr_parse(&memory, (co_text){ e.text, e.length }, NULL, &n->tree, &error), &error);
    s->model.n_named++;
}

static void add_static(random_store *s, const char *name)
{
    m_named *n = &s->model.named[s->model.n_named++];
    cohort_value keys[40];
    cohort_error error = COHORT_ERROR_INIT;

    snprintf(n->name, sizeof n->name, "%s", name);
    n->object = CONTACT;
    n->n_keys = 40;
    n->keys = calloc(n->n_keys, sizeof *n->keys);
    for (uint32_t i = 0; i < n->n_keys; i++) {
        n->keys[i] = m_int((int64_t)co_random_below(&s->random, 400));
        keys[i] = public_value(n->keys[i]);
    }
    must_be_fine(cohort_store_define_keys(s->store, "contact", name, n->n_keys, keys, &error), &error);
}

/* ---- life ---- */

void random_store_make(random_store *s, uint64_t seed, uint32_t n_contacts, bool names, const char *folder)
{
    cohort_store_options options = COHORT_STORE_OPTIONS_INIT;
    cohort_error error = COHORT_ERROR_INIT;

    memset(s, 0, sizeof *s);
    s->random = co_random_of(seed);
    options.create = folder != NULL;
    must_be_fine(cohort_store_open(folder, &options, &s->store, &error), &error);
    add_object(&s->model, "account", "account_id", COHORT_STRING, account_fields,
               sizeof account_fields / sizeof *account_fields, -1);
    add_object(&s->model, "contact", "id", COHORT_INT, contact_fields, N_FIRST_CONTACT_FIELDS, -1);
    add_object(&s->model, "visit", "key", COHORT_INT, visit_fields, sizeof visit_fields / sizeof *visit_fields, 0);
    /* Contacts name accounts that nobody declared yet. */
    if (co_random_chance(&s->random, 1, 2)) {
        declare(s, CONTACT);
        declare(s, ACCOUNT);
    } else {
        declare(s, ACCOUNT);
        declare(s, CONTACT);
    }
    declare(s, VISIT);
    fill(s, n_contacts);
    if (names) {
        add_named(s, "worth", CONTACT, true);
        add_named(s, "grade", ACCOUNT, true);
        add_named(s, "first", CONTACT, false);
        add_named(s, "second", CONTACT, false);
        add_named(s, "key accounts", ACCOUNT, false);
        add_static(s, "suppressed");
    }
    take_snapshot(s);
}

void random_store_clear(random_store *s)
{
    cohort_snapshot_release(s->snapshot);
    cohort_store_close(s->store);
    model_clear(&s->model);
    for (int o = 0; o < M_OBJECTS; o++)
        free(s->rows[o]);
    memset(s, 0, sizeof *s);
}

void random_store_reopen(random_store *s, const char *folder)
{
    cohort_store_options options = COHORT_STORE_OPTIONS_INIT;
    cohort_error error = COHORT_ERROR_INIT;

    must_be_fine(cohort_store_save(s->store, &error), &error);
    cohort_snapshot_release(s->snapshot);
    s->snapshot = NULL;
    cohort_store_close(s->store);
    options.read_only = 1;
    must_be_fine(cohort_store_open(folder, &options, &s->store, &error), &error);
    take_snapshot(s);
}

m_when random_when(random_store *s, cohort_evaluate_options *options, char zone[16])
{
    static const int minutes[] = { 0, 0, 600, -300, 330 };
    const int offset = minutes[co_random_below(&s->random, 5)];
    m_when when = { .as_of_us = co_random_between(&s->random, 20000, 20800) * day_us +
                                co_random_between(&s->random, 0, day_us - 1),
                    .offset_us = offset * INT64_C(60000000),
                    .week_start = (int)co_random_between(&s->random, 1, 7),
                    .fiscal_start = (int)co_random_between(&s->random, 1, 12) };

    snprintf(zone, 16, "%c%02d:%02d", offset < 0 ? '-' : '+', abs(offset) / 60, abs(offset) % 60);
    *options = (cohort_evaluate_options)COHORT_EVALUATE_OPTIONS_INIT;
    options->has_as_of = 1;
    options->as_of_us = when.as_of_us;
    options->zone = zone;
    options->week_start = (uint32_t)when.week_start;
    options->fiscal_start = (uint32_t)when.fiscal_start;
    return when;
}

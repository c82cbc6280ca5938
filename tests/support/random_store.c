/* A store and its model, filled and changed together. */
#include "support/random_store.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"
#include "support/random_parts.h"

static const int64_t day_us = INT64_C(86400000000);

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

/* No order of texts is the order of numbers. */
static co_text task_key(uint64_t i)
{
    static char keys[4096][8];

    i %= 4096;
    if (keys[i][0] == 0)
        snprintf(keys[i], sizeof keys[i], "t%u", (unsigned)i);
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

/* When events happen: half of them at a few instants close together, some near those. */
static m_value random_event_time(co_random *random, cohort_type type)
{
    int64_t day = co_random_between(random, 19000, 20900);
    int64_t us = co_random_between(random, 0, day_us - 1);

    if (co_random_chance(random, 1, 2)) {
        day = 20400 + co_random_between(random, 0, 3);
        us = co_random_between(random, 0, 3) * (day_us / 4);
    } else if (co_random_chance(random, 1, 2)) {
        day = 20400 + co_random_between(random, 0, 40);
        us = co_random_between(random, 0, 23) * (day_us / 24);
    }
    return type == COHORT_DATE ? (m_value){ .kind = M_DATE, .number = day }
                               : (m_value){ .kind = M_TIME, .number = day * day_us + us };
}

/* Some do not exist, some have many children. */
static m_value random_reference(random_store *s, int target)
{
    co_random *r = &s->random;
    m_value v = { .kind = M_REFERENCE, .number = target };

    if (target == ACCOUNT)
        v.text = account_key(co_random_below(r, 20));
    else if (!s->related)
        v.exact = co_random_between(r, 0, 40);
    else
        v.exact = (int64_t)(co_random_chance(r, 1, 3) ? co_random_below(r, 4) : co_random_below(r, s->n_keys[target] + 3));
    return v;
}

static m_value random_value(random_store *s, int object, const m_field *field)
{
    co_random *r = &s->random;
    const int time = s->model.objects[object].time_field;
    m_value v = { 0 };

    if (co_random_chance(r, 1, 9))
        return m_null();
    if (s->related && time >= 0 && field == &s->model.objects[object].fields[time])
        return random_event_time(r, field->type);
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
        return random_reference(s, field->target);
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

/* Of a record to change; of an object without keys one there is, or the next one. */
static m_value random_key(random_store *s, int object)
{
    if (object == ACCOUNT)
        return m_text(account_key(co_random_below(&s->random, 16)));
    if (object == TASK)
        return m_text(task_key(co_random_below(&s->random, s->n_keys[object] + 5)));
    if (s->model.objects[object].keyless)
        return m_int(1 + (int64_t)co_random_below(&s->random, s->model.objects[object].n_records + 1));
    return m_int((int64_t)co_random_below(&s->random, s->n_keys[object] + 5));
}

static void put(random_store *s, cohort_batch *batch, int at, m_value key, bool patch)
{
    m_object *object = &s->model.objects[at];
    m_record *record = model_record(object, key);
    const bool all = !record->live && !patch;
    const char *names[M_FIELDS];
    cohort_value values[M_FIELDS];
    cohort_error error = COHORT_ERROR_INIT;
    const cohort_value public_key = object->keyless && !patch ? (cohort_value)COHORT_VALUE_NULL : public_value(key);
    size_t n = 0;

    for (int i = 0; i < object->n_fields; i++) {
        if (!all && co_random_chance(&s->random, 2, 3))
            continue;
        record->values[i] = random_value(s, at, &object->fields[i]);
        names[n] = object->fields[i].name;
        values[n++] = public_value(record->values[i]);
    }
    record->live = true;
    random_must_be_fine((patch ? cohort_batch_patch : cohort_batch_upsert)(batch, object->name, &public_key, n, names,
                                                                     values, &error),
                 &error);
}

/* A deleted record keeps its values in the model until it is inserted anew: then they are gone. */
static void drop(random_store *s, cohort_batch *batch, int at, m_record *record)
{
    const cohort_value key = public_value(record->key);
    cohort_error error = COHORT_ERROR_INIT;

    random_must_be_fine(cohort_batch_delete(batch, s->model.objects[at].name, &key, &error), &error);
    record->live = false;
    for (int i = 0; i < M_FIELDS; i++)
        record->values[i] = m_null();
}

static void take_snapshot(random_store *s)
{
    cohort_error error = COHORT_ERROR_INIT;

    cohort_snapshot_release(s->snapshot);
    random_must_be_fine(cohort_store_snapshot(s->store, &s->snapshot, &error), &error);
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
    random_schema_extend(&s->model);
    random_schema_declare(&s->model, CONTACT, s->store);
}

/* A new record, some fields of one, or its end. */
static void change(random_store *s, cohort_batch *batch, int at)
{
    const m_value key = random_key(s, at);
    m_record *record = model_find(&s->model.objects[at], key);
    const bool exists = record != NULL && record->live;

    if (exists && co_random_chance(&s->random, 1, 4))
        drop(s, batch, at, record);
    else if (exists || record == NULL || !s->model.objects[at].keyless)
        put(s, batch, at, key, exists && (s->model.objects[at].keyless || co_random_chance(&s->random, 1, 2)));
}

void random_store_change(random_store *s, uint32_t n_changes)
{
    cohort_batch *batch;
    cohort_error error = COHORT_ERROR_INIT;

    if (co_random_chance(&s->random, 1, 3))
        extend(s);
    s->n_keys[CONTACT] = s->model.objects[CONTACT].n_records;
    random_must_be_fine(cohort_batch_new(s->store, &batch, &error), &error);
    for (uint32_t i = 0; i < n_changes; i++) {
        int at = co_random_chance(&s->random, 1, 4) ? ACCOUNT : co_random_chance(&s->random, 1, 4) ? VISIT : CONTACT;

        if (s->related && co_random_chance(&s->random, 2, 3))
            at = (int)co_random_between(&s->random, ORDER, TASK);
        change(s, batch, at);
    }
    random_must_be_fine(cohort_batch_commit(batch, NULL, &error), &error);
    cohort_batch_free(batch);
    take_snapshot(s);
}

static m_value first_key(int object, uint32_t i)
{
    return object == ACCOUNT ? m_text(account_key(i)) : object == TASK ? m_text(task_key(i)) : m_int(i);
}

static void fill_object(random_store *s, cohort_batch *batch, int at)
{
    const bool keyless = s->model.objects[at].keyless;

    for (uint32_t i = 0; i < s->n_keys[at]; i++)
        put(s, batch, at, keyless ? m_int(1 + (int64_t)s->model.objects[at].n_records) : first_key(at, i), false);
}

/* Related objects in any order, so that children come before their parents, in a few batches. */
static void fill(random_store *s)
{
    cohort_batch *batch;
    cohort_error error = COHORT_ERROR_INIT;
    int order[M_OBJECTS] = { CONTACT, ACCOUNT, VISIT, ORDER, LINE, CLICK, TRANSFER, TASK };

    if (s->related)
        co_random_shuffle(&s->random, order, M_OBJECTS, sizeof *order);
    random_must_be_fine(cohort_batch_new(s->store, &batch, &error), &error);
    for (int i = 0; i < s->model.n_objects; i++) {
        fill_object(s, batch, order[i]);
        if (s->related && co_random_chance(&s->random, 1, 2))
            random_must_be_fine(cohort_batch_commit(batch, NULL, &error), &error);
    }
    random_must_be_fine(cohort_batch_commit(batch, NULL, &error), &error);
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
    e = (random_expression){ .related = s->related && random_can(RANDOM_NAMED) };
    if (is_trait)
        random_number(&e, &s->random, &s->model, object);
    else
        random_condition(&e, &s->random, &s->model, object);
    options.nulls = !is_trait && co_random_chance(&s->random, 1, 3) ? COHORT_NULLS_COMPLEMENT : COHORT_NULLS_SQL;
    snprintf(n->name, sizeof n->name, "%s", name);
    n->object = object;
    n->is_trait = is_trait;
    n->nulls = options.nulls;
    random_must_be_fine((is_trait ? cohort_store_define_trait : cohort_store_define)(s->store, object_name, name, e.text,
                                                                              e.length, &options, &error),
                 &error);
    random_must_be_fine(co_expr_parse(&memory, (co_text){ e.text, e.length }, NULL, &n->tree, &error), &error);
    s->model.n_named++;
    s->big_names |= strstr(e.text, "big") != NULL;
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
    random_must_be_fine(cohort_store_define_keys(s->store, "contact", name, n->n_keys, keys, &error), &error);
}

/* ---- life ---- */

static void count_keys(random_store *s, uint32_t n_contacts)
{
    const uint32_t few = n_contacts < 300 ? n_contacts : 300;

    s->n_keys[ACCOUNT] = 12;
    s->n_keys[CONTACT] = n_contacts;
    s->n_keys[VISIT] = few;
    s->n_keys[ORDER] = s->n_keys[TRANSFER] = s->n_keys[TASK] = few;
    s->n_keys[LINE] = s->n_keys[CLICK] = 2 * few;
}

static void open_store(random_store *s, const char *folder)
{
    cohort_store_options options = COHORT_STORE_OPTIONS_INIT;
    cohort_error error = COHORT_ERROR_INIT;

    options.create = folder != NULL;
    random_must_be_fine(cohort_store_open(folder, &options, &s->store, &error), &error);
}

void random_store_make(random_store *s, uint64_t seed, uint32_t n_contacts, random_store_kind kind, const char *folder)
{
    memset(s, 0, sizeof *s);
    s->random = co_random_of(seed);
    s->related = kind == RANDOM_STORE_RELATED;
    open_store(s, folder);
    random_schema_make(&s->model, &s->random, s->related);
    count_keys(s, n_contacts);
    /* Contacts name accounts that nobody declared yet. */
    if (co_random_chance(&s->random, 1, 2)) {
        random_schema_declare(&s->model, CONTACT, s->store);
        random_schema_declare(&s->model, ACCOUNT, s->store);
    } else {
        random_schema_declare(&s->model, ACCOUNT, s->store);
        random_schema_declare(&s->model, CONTACT, s->store);
    }
    for (int at = VISIT; at < s->model.n_objects; at++)
        random_schema_declare(&s->model, at, s->store);
    fill(s);
    if (kind != RANDOM_STORE_NAMELESS) {
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

    random_must_be_fine(cohort_store_save(s->store, &error), &error);
    cohort_snapshot_release(s->snapshot);
    s->snapshot = NULL;
    cohort_store_close(s->store);
    options.read_only = 1;
    random_must_be_fine(cohort_store_open(folder, &options, &s->store, &error), &error);
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

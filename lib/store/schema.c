/*
 * Schemas: names and fields in one arena, dictionaries shared with the schemas
 * before and after.
 *
 * Costs:   a copy is linear in the number of fields; finding by name likewise,
 *          as objects have tens of fields and expressions are bound once.
 */
#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "base/arena.h"
#include "store/schema_build.h"

struct co_schema {
    _Atomic uint32_t references;
    co_memory *memory;
    co_arena arena;
    uint32_t n_objects;
    uint32_t capacity;
    co_object *objects;
    cohort_object *described; /* by object, once sealed */
};

static const co_field key_field = { .name = { "key", 3 }, .type = COHORT_STRING, .target = CO_NONE, .history = CO_NONE };

co_schema *co_schema_new(co_memory *memory)
{
    co_schema *schema = co_memory_new_zeroed(memory, 1, sizeof *schema);

    if (schema == NULL)
        return NULL;
    atomic_init(&schema->references, 1);
    schema->memory = memory;
    co_arena_init(&schema->arena, memory);
    return schema;
}

co_schema *co_schema_retain(co_schema *schema)
{
    atomic_fetch_add_explicit(&schema->references, 1, memory_order_relaxed);
    return schema;
}

void co_schema_release(co_schema *schema)
{
    if (schema == NULL || atomic_fetch_sub_explicit(&schema->references, 1, memory_order_acq_rel) != 1)
        return;
    for (uint32_t i = 0; i < schema->n_objects; i++) {
        const co_object *object = &schema->objects[i];

        for (uint32_t f = 0; f < object->n_fields; f++) {
            if (object->fields[f].dictionary != NULL)
                co_dictionary_release(object->fields[f].dictionary);
        }
    }
    co_arena_clear(&schema->arena);
    co_memory_free(schema->memory, schema, sizeof *schema);
}

/* Room for one more object. */
static bool grow(co_schema *schema)
{
    if (schema->n_objects < schema->capacity)
        return true;

    const uint32_t capacity = schema->capacity == 0 ? 4 : schema->capacity * 2;
    co_object *objects = co_arena_new(&schema->arena, capacity, sizeof *objects);

    if (objects == NULL)
        return false;
    if (schema->n_objects > 0)
        memcpy(objects, schema->objects, schema->n_objects * sizeof *objects);
    schema->objects = objects;
    schema->capacity = capacity;
    return true;
}

static bool copy_name(co_schema *schema, co_text from, co_text *to)
{
    *to = co_arena_copy(&schema->arena, from);
    return to->bytes != NULL;
}

static bool needs_dictionary(const co_field *field)
{
    return field->type == COHORT_STRING || field->type == COHORT_SET;
}

/* Room is kept as a power of two, so an array is full when n is one. */
static co_field *fields_with_room(co_schema *schema, const co_object *object)
{
    const uint32_t n = object->n_fields;

    if (n > 0 && (n & (n - 1)) != 0)
        return (co_field *)(uintptr_t)object->fields;

    co_field *fields = co_arena_new(&schema->arena, n == 0 ? 1 : n * (size_t)2, sizeof *fields);

    if (fields != NULL && n > 0)
        memcpy(fields, object->fields, n * sizeof *fields);
    return fields;
}

/* `with_dictionary` false for keys. */
static bool append_field(co_schema *schema, co_object *object, const co_field *field, bool with_dictionary)
{
    co_field *fields = fields_with_room(schema, object);
    co_text name;

    if (fields == NULL || !copy_name(schema, field->name, &name))
        return false;

    co_dictionary *dictionary = NULL;

    if (with_dictionary && needs_dictionary(field)) {
        dictionary = field->dictionary == NULL ? co_dictionary_new(schema->memory)
                                               : co_dictionary_retain(field->dictionary);
        if (dictionary == NULL)
            return false;
    }
    fields[object->n_fields] = *field;
    fields[object->n_fields].name = name;
    fields[object->n_fields].dictionary = dictionary;
    object->fields = fields;
    object->n_fields++;
    return true;
}

static co_object *add_object(co_schema *schema, co_text name)
{
    co_text copy;

    if (!grow(schema) || !copy_name(schema, name, &copy))
        return NULL;

    co_object *object = &schema->objects[schema->n_objects];

    *object = (co_object){
        .name = copy, .id = schema->n_objects, .home = CO_NONE, .time = CO_NONE, .cluster = CO_NONE
    };
    schema->n_objects++;
    return object;
}

co_object *co_schema_add(co_schema *schema, co_text name)
{
    co_object *object = add_object(schema, name);

    if (object == NULL || !append_field(schema, object, &key_field, false))
        return NULL;
    return object;
}

static bool copy_object(co_schema *schema, const co_object *from)
{
    co_object *object = add_object(schema, from->name);

    if (object == NULL)
        return false;
    for (uint32_t f = 0; f < from->n_fields; f++) {
        if (!append_field(schema, object, &from->fields[f], f > 0))
            return false;
    }
    object->declared = from->declared;
    object->keyless = from->keyless;
    object->home = from->home;
    object->time = from->time;
    object->cluster = from->cluster;
    return true;
}

co_schema *co_schema_copy(const co_schema *from)
{
    co_schema *schema = co_schema_new(from->memory);

    if (schema == NULL)
        return NULL;
    for (uint32_t i = 0; i < from->n_objects; i++) {
        if (!copy_object(schema, &from->objects[i])) {
            co_schema_release(schema);
            return NULL;
        }
    }
    return schema;
}

co_object *co_schema_edit(co_schema *schema, uint32_t object)
{
    assert(object < schema->n_objects);
    return &schema->objects[object];
}

bool co_schema_set_key(co_schema *schema, uint32_t object, co_text name, cohort_type type)
{
    co_field *key = (co_field *)(uintptr_t)schema->objects[object].fields;

    if (!copy_name(schema, name, &key->name))
        return false;
    key->type = type;
    return true;
}

bool co_schema_add_field(co_schema *schema, uint32_t object, const co_field *field)
{
    return append_field(schema, &schema->objects[object], field, true);
}

void co_schema_set_dictionary(co_schema *schema, uint32_t object, uint32_t field, co_dictionary *dictionary)
{
    co_field *fields = (co_field *)(uintptr_t)schema->objects[object].fields;

    co_dictionary_release(fields[field].dictionary);
    fields[field].dictionary = dictionary;
}

void co_schema_set_history(co_schema *schema, uint32_t object, uint32_t field, uint32_t history)
{
    co_field *fields = (co_field *)(uintptr_t)schema->objects[object].fields;

    fields[field].history = history;
}

bool co_schema_home_cycle(const co_schema *schema, uint32_t object)
{
    uint32_t at = object;

    for (uint32_t steps = 0; steps <= schema->n_objects; steps++) {
        const co_object *here = &schema->objects[at];

        if (here->home == CO_NONE)
            return false;
        at = here->fields[here->home].target;
    }
    return true;
}

/* ---- as the public header tells it ---- */

static const char *name_of(const co_object *object, uint32_t field)
{
    return field == CO_NONE ? NULL : object->fields[field].name.bytes;
}

static bool describe(co_schema *schema, const co_object *object, cohort_object *out)
{
    cohort_field *fields = co_arena_new(&schema->arena, object->n_fields, sizeof *fields);
    const char **history = co_arena_new(&schema->arena, object->n_fields, sizeof *history);
    size_t n_history = 0;

    if (fields == NULL || history == NULL)
        return false;
    for (uint32_t f = 1; f < object->n_fields; f++) {
        const co_field *field = &object->fields[f];

        fields[f - 1] = (cohort_field){ .size = sizeof *fields,
                                        .type = field->type,
                                        .name = field->name.bytes,
                                        .scale = field->scale,
                                        .collation = field->collation };
        if (field->target != CO_NONE)
            fields[f - 1].target = schema->objects[field->target].name.bytes;
        if (field->history != CO_NONE)
            history[n_history++] = field->name.bytes;
    }
    *out = (cohort_object){ .size = sizeof *out,
                            .key_type = object->keyless ? 0 : object->fields[0].type,
                            .name = object->name.bytes,
                            .key_name = object->fields[0].name.bytes,
                            .home = name_of(object, object->home),
                            .time = name_of(object, object->time),
                            .cluster = name_of(object, object->cluster),
                            .fields = fields,
                            .n_fields = object->n_fields - 1,
                            .history = n_history == 0 ? NULL : history,
                            .n_history = n_history };
    return true;
}

bool co_schema_seal(co_schema *schema)
{
    schema->described = co_arena_new(&schema->arena, schema->n_objects, sizeof *schema->described);
    if (schema->described == NULL)
        return false;
    for (uint32_t i = 0; i < schema->n_objects; i++) {
        if (!describe(schema, &schema->objects[i], &schema->described[i]))
            return false;
    }
    return true;
}

const cohort_object *co_schema_describe(const co_schema *schema, uint32_t id)
{
    assert(id < schema->n_objects);
    return &schema->described[id];
}

uint32_t co_schema_n_objects(const co_schema *schema)
{
    return schema->n_objects;
}

const co_object *co_schema_object(const co_schema *schema, uint32_t id)
{
    assert(id < schema->n_objects);
    return &schema->objects[id];
}

const co_object *co_schema_find(const co_schema *schema, co_text name)
{
    for (uint32_t i = 0; i < schema->n_objects; i++) {
        if (co_text_equal(schema->objects[i].name, name))
            return &schema->objects[i];
    }
    return NULL;
}

uint32_t co_object_find(const co_object *object, co_text field_name)
{
    for (uint32_t f = 0; f < object->n_fields; f++) {
        if (co_text_equal(object->fields[f].name, field_name))
            return f;
    }
    return CO_NONE;
}

co_shape co_shape_of(cohort_type type)
{
    switch (type) {
    case COHORT_STRING:
        return CO_SHAPE_STRINGS;
    case COHORT_SET:
        return CO_SHAPE_SETS;
    case COHORT_POINT:
        return CO_SHAPE_POINTS;
    default:
        return CO_SHAPE_NUMBERS;
    }
}

/*
 * The schema and the definitions from bytes: everything a declaration would
 * have refused is refused here too.
 */
#include <string.h>

#include "base/utf8.h"
#include "store/definitions.h"
#include "store/histories.h"
#include "store/naming.h"
#include "store/restore.h"

static cohort_status damaged(const char *why, cohort_error *error)
{
    return co_restore_damaged("schema", why, error);
}

/* ---- fields ---- */

#define UNLINKED CO_MOST_OBJECTS /* the id of a history that is still to be found by its name */

static bool field_is_sound(const co_restore *restore, const co_field *field, bool is_key)
{
    const bool is_text = field->type == COHORT_STRING || field->type == COHORT_SET;

    if (co_check_name("a field", field->name, NULL) != COHORT_OK)
        return false;
    if (is_key)
        return (field->type == COHORT_INT || field->type == COHORT_STRING) && field->scale == 0 &&
               field->collation == 0 && field->target == CO_NONE && field->history == CO_NONE;
    if (field->type < COHORT_BOOL || field->type > COHORT_REFERENCE)
        return false;
    if (field->scale < 0 || field->scale > (field->type == COHORT_DECIMAL ? 18 : 0))
        return false;
    if (field->collation < 0 || field->collation > (is_text ? COHORT_NOCASE : 0))
        return false;
    return field->type == COHORT_REFERENCE ? field->target < restore->n_objects : field->target == CO_NONE;
}

static cohort_status read_field(co_restore *restore, uint32_t object, uint32_t number, co_reader *in,
                                cohort_error *error)
{
    co_field field = { .name = co_read_text(in) };

    field.type = co_read_u8(in);
    field.scale = co_read_u8(in);
    field.collation = co_read_u8(in);
    field.history = (field.collation & CO_FIELD_HISTORY) != 0 ? UNLINKED : CO_NONE;
    field.collation &= ~CO_FIELD_HISTORY;
    field.target = co_read_u32(in);
    if (!co_reader_ok(in))
        return damaged("it ends inside a field", error);
    if (!field_is_sound(restore, &field, number == 0))
        return damaged("a field that cannot be", error);
    if (number == 0)
        return co_schema_set_key(restore->schema, object, field.name, field.type) ? COHORT_OK
                                                                                  : co_fail_memory(error);
    if (co_object_find(co_schema_object(restore->schema, object), field.name) != CO_NONE)
        return damaged("two fields of one name", error);
    if (field.type == COHORT_STRING || field.type == COHORT_SET)
        restore->n_dictionaries++;
    return co_schema_add_field(restore->schema, object, &field) ? COHORT_OK : co_fail_memory(error);
}

static bool role_is_sound(const co_object *object, uint32_t field, const char *role)
{
    if (field == CO_NONE)
        return true;
    if (field == 0 || field >= object->n_fields)
        return false;

    const cohort_type type = object->fields[field].type;

    if (*role == 'h')
        return type == COHORT_REFERENCE;
    if (*role == 't')
        return type == COHORT_DATE || type == COHORT_TIMESTAMP;
    return type != COHORT_SET && type != COHORT_POINT && type != COHORT_REFERENCE;
}

static cohort_status read_fields(co_restore *restore, uint32_t id, uint32_t n_fields, co_reader *in,
                                 cohort_error *error)
{
    for (uint32_t f = 0; f < n_fields; f++) {
        const cohort_status status = read_field(restore, id, f, in, error);

        if (status != COHORT_OK)
            return status;
    }
    restore->dictionary_seen[id] = co_memory_new_zeroed(restore->memory, n_fields, 1);
    return restore->dictionary_seen[id] == NULL ? co_fail_memory(error) : COHORT_OK;
}

static cohort_status read_object(co_restore *restore, uint32_t id, co_reader *in, cohort_error *error)
{
    const co_text name = co_read_text(in);
    const uint8_t declared = co_read_u8(in);
    const uint8_t keyless = co_read_u8(in);
    const uint32_t home = co_read_u32(in);
    const uint32_t time = co_read_u32(in);
    const uint32_t cluster = co_read_u32(in);
    const uint32_t n_fields = co_read_u32(in);

    if (!co_reader_ok(in) || declared > 1 || keyless > 1 || n_fields == 0 || n_fields > CO_MOST_FIELDS ||
        co_check_name("an object", name, NULL) != COHORT_OK)
        return damaged("an object that cannot be", error);
    if (co_schema_find(restore->schema, name) != NULL)
        return damaged("two objects of one name", error);
    if (co_schema_add(restore->schema, name) == NULL)
        return co_fail_memory(error);

    const cohort_status status = read_fields(restore, id, n_fields, in, error);

    if (status != COHORT_OK)
        return status;

    co_object *object = co_schema_edit(restore->schema, id);

    if (!role_is_sound(object, home, "home") || !role_is_sound(object, time, "time") ||
        !role_is_sound(object, cluster, "cluster") || (keyless && object->fields[0].type != COHORT_INT) ||
        (!declared && (keyless || n_fields > 1 || object->fields[0].type != COHORT_STRING)))
        return damaged("a home, time, cluster or key that cannot be", error);
    object->declared = declared == 1;
    object->keyless = keyless == 1;
    object->home = home;
    object->time = time;
    object->cluster = cluster;
    return COHORT_OK;
}

/* Leads the fields of an object to their histories. False: one is not there, or is not what it should be. */
static bool link_histories(co_restore *restore, uint32_t id)
{
    for (uint32_t f = 1; f < co_schema_object(restore->schema, id)->n_fields; f++) {
        const co_object *object = co_schema_object(restore->schema, id);

        if (object->fields[f].history != UNLINKED)
            continue;

        const co_object *history = co_history_find(restore->schema, object, f);

        if (history == NULL)
            return false;
        co_schema_set_history(restore->schema, id, f, history->id);
    }
    return true;
}

cohort_status co_restore_schema(co_restore *restore, co_reader *in, cohort_error *error)
{
    if (co_read_u32(in) != restore->n_objects || !co_reader_ok(in))
        return damaged("another number of objects than promised", error);
    for (uint32_t o = 0; o < restore->n_objects; o++) {
        const cohort_status status = read_object(restore, o, in, error);

        if (status != COHORT_OK)
            return status;
    }
    for (uint32_t o = 0; o < restore->n_objects; o++) {
        if (co_schema_home_cycle(restore->schema, o))
            return damaged("a home that leads back to itself", error);
        if (!link_histories(restore, o))
            return damaged("a field without its history", error);
    }
    return COHORT_OK;
}

/* ---- definitions ---- */

static const char *why_not(const co_restore *restore, const co_definition *definition)
{
    const bool trait = definition->kind == CO_DEFINED_TRAIT;

    if (definition->kind < CO_DEFINED_SEGMENT || definition->kind > CO_DEFINED_TRAIT)
        return "it is of no known kind";
    if (definition->object >= restore->n_objects)
        return "there is no such object";
    if (co_check_name("a definition", definition->name, NULL) != COHORT_OK)
        return "its name cannot be";
    if (!co_utf8_valid(definition->text, NULL))
        return "its text is no UTF-8";
    if (definition->kind == CO_DEFINED_STATIC && definition->text.length > 0)
        return "a set of keys has a text";
    if (definition->nulls < 0 || definition->nulls > 1)
        return "it has an unknown way with missing values";
    if (trait &&
        co_object_find(co_schema_object(restore->schema, definition->object), definition->name) != CO_NONE)
        return "a trait has the name of a field";
    if (co_definitions_find(restore->draft->definitions, definition->object, definition->name, trait) !=
        CO_NONE)
        return "it comes twice";
    return NULL;
}

static cohort_status read_rows(co_reader *in, co_bitmap *rows, cohort_error *error)
{
    size_t used = 0;
    const size_t left = co_reader_left(in);
    const cohort_status status = co_bitmap_read_portable(in->next, left, rows, &used, error);

    if (status == COHORT_OK)
        co_read_bytes(in, used);
    return status;
}

/* Takes the rows. */
static cohort_status add_definition(co_restore *restore, const co_definition *definition, co_bitmap *rows,
                                    cohort_error *error)
{
    co_definition_node *node =
        co_definition_new(restore->memory, definition, definition->kind == CO_DEFINED_STATIC ? rows : NULL);
    co_definitions *list = node == NULL ? NULL
                                        : co_definitions_with(restore->memory, restore->schema,
                                                              restore->draft->definitions, node);

    if (list == NULL) {
        co_definition_release(restore->memory, node);
        return co_fail_memory(error);
    }
    co_draft_set_definitions(restore->draft, list);
    restore->n_definitions_seen++;
    return COHORT_OK;
}

cohort_status co_restore_definition(co_restore *restore, co_reader *in, cohort_error *error)
{
    co_definition definition = { .kind = (co_definition_kind)co_read_u8(in) };

    definition.object = co_read_u32(in);
    definition.nulls = (int32_t)co_read_u32(in);
    definition.name = co_read_text(in);
    definition.text = co_read_text(in);

    const char *why = co_reader_ok(in) ? why_not(restore, &definition) : "it ends too soon";
    co_bitmap rows;
    cohort_status status = COHORT_OK;

    if (why != NULL)
        return co_restore_damaged("definition", why, error);
    co_bitmap_init(&rows, restore->memory);
    if (definition.kind == CO_DEFINED_STATIC)
        status = read_rows(in, &rows, error);
    if (status == COHORT_OK)
        status = add_definition(restore, &definition, &rows, error);
    co_bitmap_clear(&rows);
    return status;
}

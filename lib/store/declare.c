/*
 * Declaring: a schema with one object new, or with more fields, and what that
 * asks of the records there are.
 *
 * Always:  what was declared never changes, so repeating it is fine and anything
 *          else is refused with what was found and wanted. Home, time and cluster
 *          decide where rows lie: they are fixed once an object has rows.
 */
#include <stdio.h>
#include <string.h>

#include "store/declare.h"
#include "store/definitions.h"
#include "store/histories.h"
#include "store/naming.h"
#include "store/values.h"

/* One declaration on its way. */
typedef struct declaration {
    co_store *store;
    const cohort_object *wanted;
    co_text name;
    co_schema *schema; /* the next one */
    uint32_t id;
    bool has_rows;
    bool was_declared;
} declaration;

static co_text text_or(const char *given, const char *otherwise)
{
    return co_text_of(given == NULL ? otherwise : given);
}

/* ---- fields ---- */

static cohort_status check_field(const co_text name, const cohort_field *field, cohort_error *error)
{
    const cohort_status status = co_check_name("a field", name, error);

    if (status != COHORT_OK)
        return status;
    if (field->type < COHORT_BOOL || field->type > COHORT_REFERENCE)
        return co_fail(error, COHORT_INVALID, "field '" CO_FMT "' has the unknown type %d", CO_ARG(name),
                       (int)field->type);
    if (field->type == COHORT_DECIMAL && (field->scale < 0 || field->scale > 18))
        return co_fail(error, COHORT_INVALID, "field '" CO_FMT "' has scale %d, 0 to 18 are allowed",
                       CO_ARG(name), (int)field->scale);
    if (field->collation != COHORT_EXACT && field->collation != COHORT_NOCASE)
        return co_fail(error, COHORT_INVALID, "field '" CO_FMT "' has the unknown collation %d", CO_ARG(name),
                       (int)field->collation);
    if (field->type == COHORT_REFERENCE && field->target == NULL)
        return co_fail(error, COHORT_INVALID, "reference '" CO_FMT "' names no object", CO_ARG(name));
    return COHORT_OK;
}

/* The id of an object, which comes into being undeclared if it is not there. */
static cohort_status find_or_add(declaration *declaration, co_text name, uint32_t *id, cohort_error *error)
{
    const co_object *object = co_schema_find(declaration->schema, name);

    if (object == NULL) {
        const cohort_status status = co_check_name("an object", name, error);

        if (status != COHORT_OK)
            return status;
        if (co_schema_n_objects(declaration->schema) == CO_MOST_OBJECTS)
            return co_fail(error, COHORT_LIMIT, "there are %u objects already, no more are possible",
                           CO_MOST_OBJECTS);
        object = co_schema_add(declaration->schema, name);
        if (object == NULL)
            return co_fail_memory(error);
    }
    *id = object->id;
    return COHORT_OK;
}

static co_field as_field(const cohort_field *wanted, uint32_t target)
{
    const bool is_text = wanted->type == COHORT_STRING || wanted->type == COHORT_SET;

    return (co_field){ .name = co_text_of(wanted->name),
                       .type = wanted->type,
                       .scale = wanted->type == COHORT_DECIMAL ? wanted->scale : 0,
                       .collation = is_text ? wanted->collation : COHORT_EXACT,
                       .target = target,
                       .history = CO_NONE };
}

static void describe(const co_schema *schema, const co_field *field, char *out, size_t size)
{
    co_text target = { "", 0 };

    if (field->type == COHORT_REFERENCE)
        target = co_schema_object(schema, field->target)->name;
    if (field->type == COHORT_DECIMAL)
        snprintf(out, size, "decimal(%d)", (int)field->scale);
    else if (field->type == COHORT_REFERENCE)
        snprintf(out, size, "reference(" CO_FMT ")", CO_ARG(target));
    else
        snprintf(out, size, "%s%s", co_type_name(field->type),
                 field->collation == COHORT_NOCASE ? "(nocase)" : "");
}

static cohort_status same_field(const declaration *declaration, const co_field *found, const co_field *wanted,
                                cohort_error *error)
{
    char is[160];
    char would_be[160];

    if (found->type == wanted->type && found->scale == wanted->scale &&
        found->collation == wanted->collation && found->target == wanted->target)
        return COHORT_OK;
    describe(declaration->schema, found, is, sizeof is);
    describe(declaration->schema, wanted, would_be, sizeof would_be);
    return co_fail(error, COHORT_EXISTS, "field '" CO_FMT "' of " CO_FMT " is declared as %s, not %s",
                   CO_ARG(found->name), CO_ARG(declaration->name), is, would_be);
}

static cohort_status add_field(declaration *declaration, const cohort_field *given, cohort_error *error)
{
    const co_text name = given->name == NULL ? (co_text){ "", 0 } : co_text_of(given->name);
    uint32_t target = CO_NONE;
    cohort_status status = check_field(name, given, error);

    if (status == COHORT_OK && given->type == COHORT_REFERENCE)
        status = find_or_add(declaration, co_text_of(given->target), &target, error);
    if (status != COHORT_OK)
        return status;

    const co_field field = as_field(given, target);
    const co_object *object = co_schema_object(declaration->schema, declaration->id);
    const uint32_t found = co_object_find(object, name);
    const co_definitions *definitions = declaration->store->current->definitions;

    if (found == 0)
        return co_fail(error, COHORT_EXISTS, "field '" CO_FMT "' of " CO_FMT " has the name of its key",
                       CO_ARG(name), CO_ARG(declaration->name));
    if (found != CO_NONE)
        return same_field(declaration, &object->fields[found], &field, error);
    if (object->n_fields == CO_MOST_FIELDS)
        return co_fail(error, COHORT_LIMIT, CO_FMT " has %u fields already, no more are possible",
                       CO_ARG(declaration->name), CO_MOST_FIELDS);
    if (co_definitions_find(definitions, declaration->id, name, true) != CO_NONE)
        return co_fail(error, COHORT_EXISTS, "field '" CO_FMT "' of " CO_FMT " has the name of a trait",
                       CO_ARG(name), CO_ARG(declaration->name));
    return co_schema_add_field(declaration->schema, declaration->id, &field) ? COHORT_OK
                                                                             : co_fail_memory(error);
}

/* The same name twice in one declaration. */
static cohort_status check_repeats(const declaration *declaration, cohort_error *error)
{
    const cohort_object *wanted = declaration->wanted;

    for (size_t i = 0; i < wanted->n_fields; i++) {
        for (size_t j = 0; j < i; j++) {
            if (wanted->fields[i].name != NULL && wanted->fields[j].name != NULL &&
                strcmp(wanted->fields[i].name, wanted->fields[j].name) == 0)
                return co_fail(error, COHORT_INVALID, "field '%.120s' of " CO_FMT " is declared twice",
                               wanted->fields[i].name, CO_ARG(declaration->name));
        }
    }
    return COHORT_OK;
}

static cohort_status add_fields(declaration *declaration, cohort_error *error)
{
    const cohort_object *wanted = declaration->wanted;

    if (wanted->n_fields >= CO_MOST_FIELDS)
        return co_fail(error, COHORT_LIMIT, CO_FMT " cannot have %zu fields, at most %u with the key",
                       CO_ARG(declaration->name), wanted->n_fields, CO_MOST_FIELDS);

    cohort_status status = check_repeats(declaration, error);

    for (size_t i = 0; i < wanted->n_fields && status == COHORT_OK; i++)
        status = add_field(declaration, &wanted->fields[i], error);
    return status;
}

/* ---- keys ---- */

static const char *key_kind(bool keyless, cohort_type type)
{
    return keyless ? "no key" : type == COHORT_INT ? "keys of int" : "keys of string";
}

static cohort_status same_key(const declaration *declaration, const co_object *object, cohort_error *error)
{
    const cohort_object *wanted = declaration->wanted;
    const bool keyless = wanted->key_type == 0;

    if (object->keyless != keyless || (!keyless && object->fields[0].type != wanted->key_type))
        return co_fail(error, COHORT_EXISTS, CO_FMT " is declared with %s, not with %s", CO_ARG(object->name),
                       key_kind(object->keyless, object->fields[0].type),
                       key_kind(keyless, wanted->key_type));
    if (wanted->key_name != NULL && !co_text_equal(object->fields[0].name, co_text_of(wanted->key_name)))
        return co_fail(error, COHORT_EXISTS,
                       "the key of " CO_FMT " is declared as '" CO_FMT "', not '%.120s'",
                       CO_ARG(object->name), CO_ARG(object->fields[0].name), wanted->key_name);
    return COHORT_OK;
}

static cohort_status set_key(declaration *declaration, cohort_error *error)
{
    const cohort_object *wanted = declaration->wanted;
    co_object *object = co_schema_edit(declaration->schema, declaration->id);
    const co_text name = text_or(wanted->key_name, "key");
    cohort_status status;

    if (object->declared)
        return same_key(declaration, object, error);
    status = co_check_name("a key", name, error);
    if (status != COHORT_OK)
        return status;
    if (wanted->key_type == 0 && declaration->has_rows)
        return co_fail(error, COHORT_TYPE, CO_FMT " needs keys, as references name its records",
                       CO_ARG(object->name));
    object->declared = true;
    object->keyless = wanted->key_type == 0;
    if (!co_schema_set_key(declaration->schema, declaration->id, name,
                           wanted->key_type == COHORT_STRING ? COHORT_STRING : COHORT_INT))
        return co_fail_memory(error);
    return COHORT_OK;
}

/* ---- home, time, cluster ---- */

/* Which field a role is given to: CO_NONE where none is asked for. */
static cohort_status find_role(const declaration *declaration, const char *role, const char *name,
                               uint32_t *field, cohort_error *error)
{
    const co_object *object = co_schema_object(declaration->schema, declaration->id);

    *field = CO_NONE;
    if (name == NULL)
        return COHORT_OK;
    *field = co_object_find(object, co_text_of(name));
    if (*field == CO_NONE || *field == 0)
        return co_fail(error, COHORT_NOT_FOUND, "%s of " CO_FMT " names no field: '%.120s'", role,
                       CO_ARG(declaration->name), name);
    return COHORT_OK;
}

static cohort_status wrong_role(const declaration *declaration, const char *role, uint32_t field,
                                const char *wanted, cohort_error *error)
{
    const co_object *object = co_schema_object(declaration->schema, declaration->id);

    return co_fail(error, COHORT_TYPE, "%s of " CO_FMT " is '" CO_FMT "', a %s, and must be %s", role,
                   CO_ARG(declaration->name), CO_ARG(object->fields[field].name),
                   co_type_name(object->fields[field].type), wanted);
}

static cohort_status check_role_type(const declaration *declaration, const char *role, uint32_t field,
                                     cohort_error *error)
{
    const co_object *object = co_schema_object(declaration->schema, declaration->id);
    const cohort_type type = field == CO_NONE ? COHORT_NULL : object->fields[field].type;

    if (field == CO_NONE)
        return COHORT_OK;
    if (strcmp(role, "home") == 0 && type != COHORT_REFERENCE)
        return wrong_role(declaration, role, field, "a reference", error);
    if (strcmp(role, "time") == 0 && type != COHORT_DATE && type != COHORT_TIMESTAMP)
        return wrong_role(declaration, role, field, "a date or timestamp", error);
    if (strcmp(role, "cluster") == 0 &&
        (type == COHORT_SET || type == COHORT_POINT || type == COHORT_REFERENCE))
        return wrong_role(declaration, role, field, "neither set, point nor reference", error);
    return COHORT_OK;
}

/* Gives `role` to the field named, if it may still be given. */
static cohort_status set_role(declaration *declaration, const char *role, const char *name, uint32_t *place,
                              cohort_error *error)
{
    uint32_t field;
    cohort_status status = find_role(declaration, role, name, &field, error);

    if (status == COHORT_OK)
        status = check_role_type(declaration, role, field, error);
    if (status != COHORT_OK || field == CO_NONE || field == *place)
        return status;
    if (declaration->was_declared && (declaration->has_rows || *place != CO_NONE))
        return co_fail(error, COHORT_EXISTS,
                       CO_FMT " is declared with another %s than '%.120s', or none, and has rows",
                       CO_ARG(declaration->name), role, name);
    *place = field;
    return COHORT_OK;
}

/* An event object lives with the only thing it refers to. */
static uint32_t only_reference(const co_object *object)
{
    uint32_t only = CO_NONE;

    for (uint32_t f = 1; f < object->n_fields; f++) {
        if (object->fields[f].type != COHORT_REFERENCE)
            continue;
        if (only != CO_NONE)
            return CO_NONE;
        only = f;
    }
    return only;
}

static bool has_reference(const co_object *object)
{
    for (uint32_t f = 1; f < object->n_fields; f++) {
        if (object->fields[f].type == COHORT_REFERENCE)
            return true;
    }
    return false;
}

static cohort_status set_roles(declaration *declaration, cohort_error *error)
{
    const cohort_object *wanted = declaration->wanted;
    co_object *object = co_schema_edit(declaration->schema, declaration->id);
    cohort_status status = set_role(declaration, "time", wanted->time, &object->time, error);

    if (status == COHORT_OK)
        status = set_role(declaration, "cluster", wanted->cluster, &object->cluster, error);
    if (status == COHORT_OK)
        status = set_role(declaration, "home", wanted->home, &object->home, error);
    if (status != COHORT_OK)
        return status;
    if (!declaration->was_declared && wanted->home == NULL && object->time != CO_NONE) {
        object->home = only_reference(object);
        if (co_schema_home_cycle(declaration->schema, declaration->id))
            object->home = CO_NONE;
    }
    if (co_schema_home_cycle(declaration->schema, declaration->id))
        return co_fail(error, COHORT_INVALID,
                       "home of " CO_FMT " leads back to " CO_FMT ": records cannot live with themselves",
                       CO_ARG(declaration->name), CO_ARG(declaration->name));
    if (object->keyless && !has_reference(object))
        return co_fail(error, COHORT_INVALID, CO_FMT " has neither a key nor a reference",
                       CO_ARG(declaration->name));
    return COHORT_OK;
}

/* ---- the next version ---- */

static bool add_objects(co_version *draft)
{
    while (draft->n_objects < co_schema_n_objects(draft->schema)) {
        co_object_node *node = co_object_node_new(draft->memory);

        if (node == NULL || !co_draft_add_object(draft, node)) {
            co_object_node_release(draft->memory, node);
            return false;
        }
    }
    return true;
}

/* Takes the schema. */
static cohort_status publish(declaration *declaration, bool reread_keys, cohort_error *error)
{
    co_version *draft = co_draft_new(declaration->store->current);
    cohort_status status = COHORT_OK;

    if (draft == NULL) {
        co_schema_release(declaration->schema);
        return co_fail_memory(error);
    }
    co_draft_set_schema(draft, declaration->schema);
    if (!add_objects(draft))
        status = co_fail_memory(error);
    if (status == COHORT_OK && reread_keys)
        status = co_reread_keys(draft, declaration->id, error);
    if (status != COHORT_OK) {
        co_version_release(draft);
        return status;
    }
    co_store_publish(declaration->store, draft);
    return COHORT_OK;
}

static cohort_status declare(declaration *declaration, cohort_error *error)
{
    const co_version *current = declaration->store->current;
    cohort_status status = find_or_add(declaration, declaration->name, &declaration->id, error);

    if (status != COHORT_OK)
        return status;
    declaration->was_declared = co_schema_object(declaration->schema, declaration->id)->declared;
    declaration->has_rows =
        declaration->id < current->n_objects && co_version_n_tiles(current, declaration->id) > 0;
    status = set_key(declaration, error);
    if (status == COHORT_OK)
        status = add_fields(declaration, error);
    if (status == COHORT_OK)
        status = set_roles(declaration, error);
    if (status == COHORT_OK)
        status = co_declare_histories(declaration->schema, declaration->id, declaration->wanted, error);
    if (status == COHORT_OK && !co_schema_seal(declaration->schema))
        status = co_fail_memory(error);
    return status;
}

cohort_status co_store_declare(co_store *store, const cohort_object *object, cohort_error *error)
{
    declaration declaration = { .store = store, .wanted = object };

    if (object->name == NULL)
        return co_fail(error, COHORT_INVALID, "an object without a name");
    if (object->key_type != 0 && object->key_type != COHORT_INT && object->key_type != COHORT_STRING)
        return co_fail(error, COHORT_INVALID, "keys are int or string, not %s",
                       co_type_name(object->key_type));
    if (object->n_fields > 0 && object->fields == NULL)
        return co_fail(error, COHORT_INVALID, "%zu fields are announced and none given", object->n_fields);
    if (object->n_history > 0 && object->history == NULL)
        return co_fail(error, COHORT_INVALID, "%zu histories are announced and none given",
                       object->n_history);
    declaration.name = co_text_of(object->name);
    co_store_lock(store);
    declaration.schema = co_schema_copy(store->current->schema);

    cohort_status status = declaration.schema == NULL ? co_fail_memory(error) : declare(&declaration, error);

    if (status != COHORT_OK)
        co_schema_release(declaration.schema);
    else
        status = publish(&declaration,
                         !declaration.was_declared && declaration.has_rows && object->key_type == COHORT_INT,
                         error);
    co_store_unlock(store);
    return status;
}

/*
 * Histories: objects OBJECT_FIELD_history that hold one event for each change
 * of a field.
 *
 * Always:  without keys, with the fields at, old, new and a reference named like
 *          the object (CO_HISTORY_AT …), at home with the record, in order of `at`.
 *          Old and new are what the field is. A history has no history itself.
 * Used:    declaring makes them; commits add to them, see changes.c.
 */
#include <string.h>

#include "store/histories.h"
#include "store/naming.h"

#define ROOM_FOR_NAME (2 * CO_LONGEST_NAME + sizeof "__history")

static size_t append(char *room, size_t length, co_text text)
{
    memcpy(room + length, text.bytes, text.length);
    return length + text.length;
}

static co_text name_in(char *room, const co_object *object, uint32_t field)
{
    size_t length = append(room, 0, object->name);

    length = append(room, length, CO_TEXT("_"));
    length = append(room, length, object->fields[field].name);
    return (co_text){ room, append(room, length, CO_TEXT("_history")) };
}

/* ---- what it is ---- */

static bool is_value_of(const co_field *value, const co_field *field)
{
    return value->type == field->type && value->scale == field->scale &&
           value->collation == field->collation && value->target == field->target;
}

const co_object *co_history_find(const co_schema *schema, const co_object *object, uint32_t field)
{
    char room[ROOM_FOR_NAME];
    const co_object *history = co_schema_find(schema, name_in(room, object, field));

    if (history == NULL || !history->keyless || history->n_fields < CO_HISTORY_FIELDS ||
        history->time != CO_HISTORY_AT || history->home != CO_HISTORY_OF ||
        history->fields[CO_HISTORY_AT].type != COHORT_TIMESTAMP ||
        !is_value_of(&history->fields[CO_HISTORY_OLD], &object->fields[field]) ||
        !is_value_of(&history->fields[CO_HISTORY_NEW], &object->fields[field]) ||
        history->fields[CO_HISTORY_OF].target != object->id)
        return NULL;
    for (uint32_t f = 1; f < history->n_fields; f++) {
        if (history->fields[f].history != CO_NONE)
            return NULL;
    }
    return history;
}

static bool is_history(const co_schema *schema, uint32_t id)
{
    for (uint32_t o = 0; o < co_schema_n_objects(schema); o++) {
        const co_object *object = co_schema_object(schema, o);

        for (uint32_t f = 1; f < object->n_fields; f++) {
            if (object->fields[f].history == id)
                return true;
        }
    }
    return false;
}

/* ---- making one ---- */

/* The object's own name is the name of a reference in its history. */
static cohort_status check_names(const co_schema *schema, const co_object *object, co_text name,
                                 cohort_error *error)
{
    static const co_text taken[] = { { "key", 3 }, { "at", 2 }, { "old", 3 }, { "new", 3 } };
    const cohort_status status = co_check_name("a history", name, error);

    if (status != COHORT_OK)
        return status;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        if (co_text_equal(object->name, taken[i]))
            return co_fail(error, COHORT_EXISTS,
                           "a history of " CO_FMT " has no room for a reference of that name, as '" CO_FMT
                           "' is one of its fields",
                           CO_ARG(object->name), CO_ARG(object->name));
    }
    if (co_schema_find(schema, name) != NULL)
        return co_fail(error, COHORT_EXISTS,
                       "the history would be called '" CO_FMT "', and there is an object of that name",
                       CO_ARG(name));
    if (co_schema_n_objects(schema) == CO_MOST_OBJECTS)
        return co_fail(error, COHORT_LIMIT, "there are %u objects already, no more are possible",
                       CO_MOST_OBJECTS);
    return COHORT_OK;
}

/* False: no memory. */
static bool add_fields(co_schema *schema, uint32_t id, const co_object *of, const co_field *field)
{
    const co_field at = {
        .name = CO_TEXT("at"), .type = COHORT_TIMESTAMP, .target = CO_NONE, .history = CO_NONE
    };
    const co_field record = {
        .name = of->name, .type = COHORT_REFERENCE, .target = of->id, .history = CO_NONE
    };
    co_field value = *field;

    value.dictionary = NULL;
    value.history = CO_NONE;
    if (!co_schema_set_key(schema, id, CO_TEXT("key"), COHORT_INT) || !co_schema_add_field(schema, id, &at))
        return false;
    value.name = CO_TEXT("old");
    if (!co_schema_add_field(schema, id, &value))
        return false;
    value.name = CO_TEXT("new");
    return co_schema_add_field(schema, id, &value) && co_schema_add_field(schema, id, &record);
}

static cohort_status add_history(co_schema *schema, uint32_t object, uint32_t field, cohort_error *error)
{
    char room[ROOM_FOR_NAME];
    const co_object of = *co_schema_object(schema, object);
    const co_text name = name_in(room, &of, field);
    const cohort_status status = check_names(schema, &of, name, error);

    if (status != COHORT_OK)
        return status;

    co_object *history = co_schema_add(schema, name);

    if (history == NULL || !add_fields(schema, history->id, &of, &of.fields[field]))
        return co_fail_memory(error);
    history->declared = true;
    history->keyless = true;
    history->time = CO_HISTORY_AT;
    history->home = CO_HISTORY_OF;
    co_schema_set_history(schema, object, field, history->id);
    return COHORT_OK;
}

cohort_status co_declare_histories(co_schema *schema, uint32_t id, const cohort_object *wanted,
                                   cohort_error *error)
{
    for (size_t i = 0; i < wanted->n_history; i++) {
        const char *name = wanted->history[i] == NULL ? "" : wanted->history[i];
        const co_object *object = co_schema_object(schema, id);
        const uint32_t field = co_object_find(object, co_text_of(name));
        cohort_status status = COHORT_OK;

        if (field == CO_NONE || field == 0)
            return co_fail(error, COHORT_NOT_FOUND, "history of " CO_FMT " names no field: '%.120s'",
                           CO_ARG(object->name), name);
        if (is_history(schema, id))
            return co_fail(error, COHORT_INVALID, CO_FMT " is a history, whose fields have none",
                           CO_ARG(object->name));
        if (object->fields[field].history == CO_NONE)
            status = add_history(schema, id, field, error);
        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

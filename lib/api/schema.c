/* The schema of a snapshot as one JSON document. */
#include "api/handles.h"
#include "api/options.h"
#include "base/buffer.h"
#include "base/json.h"
#include "cohort/io.h"

static const char *const type_names[] = { "", "bool", "int", "decimal", "double", "date", "timestamp", "string",
                                          "set", "point", "reference" };

static void member(co_buffer *out, const char *name, bool first)
{
    if (!first)
        co_buffer_byte(out, ',');
    co_json_string(out, co_text_of(name));
    co_buffer_byte(out, ':');
}

static void text_member(co_buffer *out, const char *name, const char *text)
{
    if (text == NULL)
        return;
    member(out, name, false);
    co_json_string(out, co_text_of(text));
}

static void number_member(co_buffer *out, const char *name, uint64_t number)
{
    member(out, name, false);
    co_buffer_format(out, "%llu", (unsigned long long)number);
}

static cohort_status add_field(const cohort_snapshot *snapshot, const char *object, const cohort_field *field,
                               co_buffer *out, cohort_error *error)
{
    cohort_field_usage usage = COHORT_FIELD_USAGE_INIT;
    const cohort_status status = cohort_snapshot_usage(snapshot, object, field->name, &usage, error);

    if (status != COHORT_OK)
        return status;
    co_buffer_byte(out, '{');
    member(out, "name", true);
    co_json_string(out, co_text_of(field->name));
    text_member(out, "type", type_names[field->type]);
    if (field->type == COHORT_DECIMAL)
        number_member(out, "scale", (uint64_t)field->scale);
    if (field->collation == COHORT_NOCASE)
        text_member(out, "collation", "nocase");
    text_member(out, "target", field->target);
    number_member(out, "values", usage.n_values);
    if (usage.n_distinct > 0)
        number_member(out, "distinct", usage.n_distinct);
    number_member(out, "bytes", usage.memory_bytes);
    co_buffer_byte(out, '}');
    return COHORT_OK;
}

/* Only where there are any. */
static void history_member(co_buffer *out, const cohort_object *object)
{
    if (object->n_history == 0)
        return;
    member(out, "history", false);
    for (size_t i = 0; i < object->n_history; i++) {
        co_buffer_byte(out, i == 0 ? '[' : ',');
        co_json_string(out, co_text_of(object->history[i]));
    }
    co_buffer_byte(out, ']');
}

static cohort_status add_object(const cohort_snapshot *snapshot, const cohort_object *object, co_buffer *out,
                                cohort_error *error)
{
    cohort_field key = COHORT_FIELD_INIT;
    cohort_status status;

    co_buffer_byte(out, '{');
    member(out, "name", true);
    co_json_string(out, co_text_of(object->name));
    number_member(out, "records", cohort_snapshot_count(snapshot, object->name));
    text_member(out, "home", object->home);
    text_member(out, "time", object->time);
    text_member(out, "cluster", object->cluster);
    history_member(out, object);
    member(out, "key", false);
    key.name = object->key_name;
    key.type = object->key_type == COHORT_NULL ? COHORT_INT : object->key_type;
    status = add_field(snapshot, object->name, &key, out, error);
    member(out, "fields", false);
    co_buffer_byte(out, '[');
    for (size_t i = 0; i < object->n_fields && status == COHORT_OK; i++) {
        if (i > 0)
            co_buffer_byte(out, ',');
        status = add_field(snapshot, object->name, &object->fields[i], out, error);
    }
    co_buffer_string(out, "]}");
    return status;
}

static cohort_status add_objects(const cohort_snapshot *snapshot, co_buffer *out, cohort_error *error)
{
    co_buffer_string(out, "{\"objects\":[");
    for (size_t i = 0;; i++) {
        cohort_object object = COHORT_OBJECT_INIT;

        if (cohort_snapshot_object(snapshot, i, &object, NULL) != COHORT_OK)
            break;
        if (i > 0)
            co_buffer_byte(out, ',');

        const cohort_status status = add_object(snapshot, &object, out, error);

        if (status != COHORT_OK)
            return status;
    }
    co_buffer_string(out, "]}\n");
    return out->status == COHORT_OK ? COHORT_OK : co_fail_memory(error);
}

cohort_status cohort_snapshot_schema_json(const cohort_snapshot *snapshot, cohort_write write, void *context,
                                          cohort_error *error)
{
    co_buffer out;
    cohort_status status;

    if (snapshot == NULL || write == NULL)
        return co_refuse_null(snapshot == NULL ? "snapshot" : "write", error);
    co_buffer_init(&out, co_version_memory(snapshot->version), 0);
    status = add_objects(snapshot, &out, error);
    if (status == COHORT_OK && write(context, out.bytes, out.length) != 0)
        status = co_fail(error, COHORT_CANCELLED, "the receiver of the output asked to stop");
    co_buffer_clear(&out);
    return status;
}

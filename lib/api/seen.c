/* Values as people read them; see seen.h. Numbers and times are written as in files. */
#include "api/seen.h"

#include "base/timetext.h"
#include "io/celltext.h"

static void print_quoted(co_text text, co_buffer *out)
{
    co_buffer_byte(out, '\'');
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] == '\'')
            co_buffer_byte(out, '\'');
        co_buffer_byte(out, text.bytes[i]);
    }
    co_buffer_byte(out, '\'');
}

static void print_set(const co_vector *vector, uint32_t i, co_buffer *out)
{
    co_buffer_byte(out, '{');
    for (uint32_t k = vector->ends[i]; k < vector->ends[i + 1]; k++) {
        if (k > vector->ends[i])
            co_buffer_string(out, ", ");
        print_quoted(vector->texts[k], out);
    }
    co_buffer_byte(out, '}');
}

static void print_key(co_key key, co_buffer *out)
{
    if (key.is_text)
        print_quoted(key.text, out);
    else
        co_key_plain(key, out);
}

void co_seen_print(const co_plan *plan, const co_vstep *vstep, const co_vector *vector, uint32_t i,
                   co_buffer *out)
{
    const co_cell_source source = { plan->version, vector, vstep->target };

    if (co_cell_is_null(&source, i)) {
        co_buffer_string(out, "NULL");
        return;
    }
    switch (vector->type) {
    case CO_V_BOOL:
        co_buffer_string(out, vector->numbers[i] != 0 ? "TRUE" : "FALSE");
        return;
    case CO_V_TEXT:
        print_quoted(vector->texts[i], out);
        return;
    case CO_V_SET:
        print_set(vector, i, out);
        return;
    case CO_V_POINT:
        co_buffer_byte(out, '(');
        co_cell_plain(&source, i, out);
        co_buffer_byte(out, ')');
        return;
    case CO_V_REFERENCE:
        print_key(co_version_key(plan->version, vstep->target, (uint32_t)vector->numbers[i]), out);
        return;
    default:
        co_cell_plain(&source, i, out);
    }
}

static bool print_event(const co_version *version, const co_object *object, uint32_t row, co_buffer *out)
{
    const co_tile *tile = co_version_tile(version, object->id, row >> 16);
    const co_column *times = object->time == CO_NONE ? NULL : co_tile_column(tile, object->time);
    const uint32_t slot = row & 65535;
    char text[CO_TIME_TEXT];

    if (!object->keyless || times == NULL || !co_column_has(times, slot))
        return false;
    if (object->fields[object->time].type == COHORT_DATE)
        co_buffer_append(out, text, co_print_date(co_column_number(times, slot), text));
    else
        co_buffer_append(out, text, co_print_time(co_column_number(times, slot), text));
    return true;
}

void co_seen_print_record(const co_plan *plan, uint32_t object, uint32_t row, co_buffer *out)
{
    if (!print_event(plan->version, co_schema_object(co_version_schema(plan->version), object), row, out))
        co_key_plain(co_version_key(plan->version, object, row), out);
}

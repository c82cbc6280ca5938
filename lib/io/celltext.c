/* One value of a vector as text. */
#include "io/celltext.h"

#include <math.h>

#include "base/json.h"
#include "base/number.h"

bool co_cell_is_null(const co_cell_source *source, uint32_t i)
{
    return (source->vector->valid[i >> 6] >> (i & 63) & 1) == 0;
}

bool co_cell_is_number(const co_cell_source *source)
{
    return source->vector->type == CO_V_EXACT || source->vector->type == CO_V_DOUBLE;
}

static void print_exact(const co_vector *vector, uint32_t i, co_buffer *out)
{
    char text[CO_WIDE_TEXT];
    const co_wide value = vector->is_wide ? vector->wides[i] : co_wide_of(vector->numbers[i]);

    co_buffer_append(out, text, co_print_wide(value, vector->scale, text));
}

static void print_double(double value, co_buffer *out)
{
    char text[CO_DOUBLE_TEXT];

    co_buffer_append(out, text, co_print_double(value, text));
}

static void print_int(int64_t value, co_buffer *out)
{
    char text[CO_INT64_TEXT];

    co_buffer_append(out, text, co_print_int64(value, text));
}

static void print_date(int64_t day, co_buffer *out)
{
    char text[CO_DATE_TEXT];

    co_buffer_append(out, text, co_print_date(day, text));
}

static void print_time(int64_t us, co_buffer *out)
{
    char text[CO_TIME_TEXT];

    co_buffer_append(out, text, co_print_time(us, text));
}

static void print_interval(co_interval interval, co_buffer *out)
{
    char text[CO_INTERVAL_TEXT];

    co_buffer_append(out, text, co_print_interval(interval, text));
}

static void print_set(const co_vector *vector, uint32_t i, co_buffer *out)
{
    for (uint32_t e = vector->ends[i]; e < vector->ends[i + 1]; e++) {
        if (e > vector->ends[i])
            co_buffer_byte(out, ';');
        co_buffer_text(out, vector->texts[e]);
    }
}

void co_key_plain(co_key key, co_buffer *out)
{
    if (key.is_text)
        co_buffer_text(out, key.text);
    else
        print_int(key.number, out);
}

void co_cell_plain(const co_cell_source *source, uint32_t i, co_buffer *out)
{
    const co_vector *vector = source->vector;

    if (co_cell_is_null(source, i))
        return;
    switch (vector->type) {
    case CO_V_BOOL:
        co_buffer_string(out, vector->numbers[i] ? "true" : "false");
        break;
    case CO_V_EXACT:
        print_exact(vector, i, out);
        break;
    case CO_V_DOUBLE:
        print_double(vector->reals[i], out);
        break;
    case CO_V_DATE:
        print_date(vector->numbers[i], out);
        break;
    case CO_V_TIMESTAMP:
        print_time(vector->numbers[i], out);
        break;
    case CO_V_INTERVAL:
        print_interval(vector->intervals[i], out);
        break;
    case CO_V_TEXT:
        co_buffer_text(out, vector->texts[i]);
        break;
    case CO_V_SET:
        print_set(vector, i, out);
        break;
    case CO_V_POINT:
        print_double(vector->reals[i], out);
        co_buffer_byte(out, ',');
        print_double(vector->longitudes[i], out);
        break;
    case CO_V_REFERENCE:
        co_key_plain(co_version_key(source->version, source->target, (uint32_t)vector->numbers[i]), out);
        break;
    }
}

/* ---- JSON ---- */

static void json_quoted(const co_cell_source *source, uint32_t i, co_buffer *out)
{
    co_buffer_byte(out, '"');
    co_cell_plain(source, i, out);
    co_buffer_byte(out, '"');
}

static void json_set(const co_vector *vector, uint32_t i, co_buffer *out)
{
    co_buffer_byte(out, '[');
    for (uint32_t e = vector->ends[i]; e < vector->ends[i + 1]; e++) {
        if (e > vector->ends[i])
            co_buffer_byte(out, ',');
        co_json_string(out, vector->texts[e]);
    }
    co_buffer_byte(out, ']');
}

static void json_key(co_key key, co_buffer *out)
{
    if (key.is_text)
        co_json_string(out, key.text);
    else
        print_int(key.number, out);
}

void co_cell_json(const co_cell_source *source, uint32_t i, co_buffer *out)
{
    const co_vector *vector = source->vector;

    if (co_cell_is_null(source, i) || (vector->type == CO_V_DOUBLE && !isfinite(vector->reals[i]))) {
        co_buffer_string(out, "null");
        return;
    }
    switch (vector->type) {
    case CO_V_BOOL:
    case CO_V_EXACT:
    case CO_V_DOUBLE:
        co_cell_plain(source, i, out);
        break;
    case CO_V_DATE:
    case CO_V_TIMESTAMP:
    case CO_V_INTERVAL:
        json_quoted(source, i, out);
        break;
    case CO_V_TEXT:
        co_json_string(out, vector->texts[i]);
        break;
    case CO_V_SET:
        json_set(vector, i, out);
        break;
    case CO_V_POINT:
        co_buffer_byte(out, '[');
        co_cell_plain(source, i, out);
        co_buffer_byte(out, ']');
        break;
    case CO_V_REFERENCE:
        json_key(co_version_key(source->version, source->target, (uint32_t)vector->numbers[i]), out);
        break;
    }
}

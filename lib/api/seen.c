/* Values as people read them; see seen.h. */
#include "api/seen.h"

#include "base/number.h"
#include "base/timetext.h"
#include "kernel/bits.h"

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

static void print_int64(int64_t value, co_buffer *out)
{
    char text[CO_INT64_TEXT];

    co_buffer_append(out, text, co_print_int64(value, text));
}

static void print_double(double value, co_buffer *out)
{
    char text[CO_DOUBLE_TEXT];

    co_buffer_append(out, text, co_print_double(value, text));
}

static void print_exact(const co_vector *vector, uint32_t i, co_buffer *out)
{
    char text[CO_WIDE_TEXT];
    const co_wide value = vector->is_wide ? vector->wides[i] : co_wide_of(vector->numbers[i]);

    co_buffer_append(out, text, co_print_wide(value, vector->scale, text));
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
    co_buffer_byte(out, '{');
    for (uint32_t k = vector->ends[i]; k < vector->ends[i + 1]; k++) {
        if (k > vector->ends[i])
            co_buffer_string(out, ", ");
        print_quoted(vector->texts[k], out);
    }
    co_buffer_byte(out, '}');
}

static void print_key(const co_plan *plan, uint32_t object, int64_t row, co_buffer *out)
{
    const co_key key = co_version_key(plan->version, object, (uint32_t)row);

    if (key.is_text)
        print_quoted(key.text, out);
    else
        print_int64(key.number, out);
}

void co_seen_print(const co_plan *plan, const co_vstep *vstep, const co_vector *vector, uint32_t i,
                   co_buffer *out)
{
    if (!co_bit_test(vector->valid, i)) {
        co_buffer_string(out, "NULL");
        return;
    }
    switch (vector->type) {
    case CO_V_BOOL:
        co_buffer_string(out, vector->numbers[i] != 0 ? "TRUE" : "FALSE");
        return;
    case CO_V_EXACT:
        print_exact(vector, i, out);
        return;
    case CO_V_DOUBLE:
        print_double(vector->reals[i], out);
        return;
    case CO_V_DATE:
        print_date(vector->numbers[i], out);
        return;
    case CO_V_TIMESTAMP:
        print_time(vector->numbers[i], out);
        return;
    case CO_V_INTERVAL:
        print_interval(vector->intervals[i], out);
        return;
    case CO_V_TEXT:
        print_quoted(vector->texts[i], out);
        return;
    case CO_V_SET:
        print_set(vector, i, out);
        return;
    case CO_V_POINT:
        co_buffer_byte(out, '(');
        print_double(vector->reals[i], out);
        co_buffer_string(out, ", ");
        print_double(vector->longitudes[i], out);
        co_buffer_byte(out, ')');
        return;
    default:
        print_key(plan, vstep->target, vector->numbers[i], out);
    }
}

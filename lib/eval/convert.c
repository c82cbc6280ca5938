/* Values in another type: exact to double, larger scales, dates as instants, anything as text. */
#include <assert.h>
#include <string.h>

#include "base/number.h"
#include "eval/values.h"

static void to_double(const co_vector *a, co_vector *out)
{
    for (uint32_t i = 0; i < out->n; i++) {
        if (co_vector_has(a, i))
            co_vector_put_real(out, i, co_wide_decimal_to_double(co_vector_wide(a, i), a->scale));
    }
}

static void rescale(const co_task *task, const co_vector *a, co_vector *out)
{
    co_wide factor = co_wide_of(1);
    int64_t narrow;

    if (!a->is_wide && !out->is_wide && co_wide_scale_up(factor, out->scale - a->scale, &factor) &&
        co_wide_to_int64(factor, &narrow)) {
        memcpy(out->valid, a->valid, co_words_for(out->n) * sizeof *out->valid);
        for (uint32_t i = 0; i < out->n; i++)
            out->numbers[i] = (int64_t)((uint64_t)a->numbers[i] * (uint64_t)narrow);
        return;
    }
    for (uint32_t i = 0; i < out->n; i++) {
        co_wide scaled;

        if (!co_vector_has(a, i))
            continue;
        if (!co_wide_scale_up(co_vector_wide(a, i), out->scale - a->scale, &scaled) ||
            !co_vector_put_wide(out, i, scaled))
            co_value_fault(task, out, i, "a number with so many digits does not fit in 128 bits");
    }
}

static void to_timestamp(const co_task *task, const co_vector *a, co_vector *out)
{
    const co_zone *zone = task->worker->run->plan->when.zone;

    for (uint32_t i = 0; i < out->n; i++) {
        if (co_vector_has(a, i))
            co_vector_put(out, i, co_zone_day_start(zone, a->numbers[i]));
    }
}

/* ---- as text ---- */

#define LONGEST_TEXT (CO_INTERVAL_TEXT + CO_WIDE_TEXT)

static size_t print_point(const co_vector *a, uint32_t i, char *out)
{
    size_t length = 0;

    out[length++] = '(';
    length += co_print_double(a->reals[i], out + length);
    out[length++] = ',';
    length += co_print_double(a->longitudes[i], out + length);
    out[length++] = ')';
    return length;
}

static size_t print_value(const co_vector *a, uint32_t i, char *out)
{
    switch (a->type) {
    case CO_V_BOOL:
        out[0] = a->numbers[i] != 0 ? 't' : 'f';
        return 1;
    case CO_V_EXACT:
        return co_print_wide(co_vector_wide(a, i), a->scale, out);
    case CO_V_DOUBLE:
        return co_print_double(a->reals[i], out);
    case CO_V_DATE:
        return co_print_date(a->numbers[i], out);
    case CO_V_TIMESTAMP:
        return co_print_time(a->numbers[i], out);
    case CO_V_INTERVAL:
        return co_print_interval(a->intervals[i], out);
    case CO_V_POINT:
        return print_point(a, i, out);
    default:
        return co_print_int64(a->numbers[i], out);
    }
}

static cohort_status to_text(const co_task *task, const co_vector *a, co_vector *out)
{
    for (uint32_t i = 0; i < out->n; i++) {
        char text[LONGEST_TEXT];
        size_t length;
        char *bytes;

        if (!co_vector_has(a, i))
            continue;
        if (a->type == CO_V_TEXT) {
            co_vector_put_text(out, i, a->texts[i]);
            continue;
        }
        length = print_value(a, i, text);
        bytes = co_stack_new(&task->worker->scratch, length, 1);
        if (bytes == NULL)
            return COHORT_MEMORY;
        memcpy(bytes, text, length);
        co_vector_put_text(out, i, (co_text){ bytes, length });
    }
    return COHORT_OK;
}

cohort_status co_convert_values(const co_task *task, co_vector *out)
{
    co_vector a;
    const cohort_status status = co_operand_find(task, 0, &a);

    if (status != COHORT_OK)
        return status;
    switch (task->vstep->kind) {
    case CO_VS_TO_DOUBLE:
        to_double(&a, out);
        return COHORT_OK;
    case CO_VS_RESCALE:
        rescale(task, &a, out);
        return COHORT_OK;
    case CO_VS_TO_TIMESTAMP:
        to_timestamp(task, &a, out);
        return COHORT_OK;
    default:
        assert(task->vstep->kind == CO_VS_TO_TEXT);
        return to_text(task, &a, out);
    }
}

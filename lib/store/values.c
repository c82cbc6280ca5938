/* Conversions that lose nothing; everything else is refused by name. */
#include <math.h>

#include "base/calendar.h"
#include "base/number.h"
#include "base/utf8.h"
#include "base/wide.h"
#include "store/values.h"

const char *co_type_name(cohort_type type)
{
    static const char *const names[] = { "null",      "bool",   "int", "decimal", "double",   "date",
                                         "timestamp", "string", "set", "point",   "reference" };

    return type >= COHORT_NULL && type <= COHORT_REFERENCE ? names[type] : "an unknown type";
}

cohort_status co_value_wrong_type(const co_field *field, cohort_type found, cohort_error *error)
{
    return co_fail(error, COHORT_TYPE, "field '" CO_FMT "' takes %s, not %s", CO_ARG(field->name),
                   co_type_name(field->type), co_type_name(found));
}

static cohort_status too_large(const co_field *field, cohort_error *error)
{
    return co_fail(error, COHORT_OVERFLOW, "a value of '" CO_FMT "' does not fit a %s", CO_ARG(field->name),
                   co_type_name(field->type));
}

static cohort_status to_decimal(const co_field *field, int32_t scale, int64_t number, int64_t *result,
                                cohort_error *error)
{
    co_wide wide = co_wide_of(number);

    if (scale <= field->scale) {
        if (!co_wide_scale_up(wide, (uint32_t)(field->scale - scale), &wide) ||
            !co_wide_to_int64(wide, result))
            return too_large(field, error);
        return COHORT_OK;
    }

    bool exact;

    wide = co_wide_scale_down(wide, (uint32_t)(scale - field->scale), &exact);
    if (!exact)
        return co_fail(error, COHORT_TYPE,
                       "a value of '" CO_FMT "' has more than its %d digits after the point",
                       CO_ARG(field->name), (int)field->scale);
    return co_wide_to_int64(wide, result) ? COHORT_OK : too_large(field, error);
}

static cohort_status to_double(const co_field *field, cohort_type type, int32_t scale, int64_t number,
                               double real, int64_t *result, bool *missing, cohort_error *error)
{
    if (type == COHORT_INT || type == COHORT_DECIMAL)
        real = co_wide_decimal_to_double(co_wide_of(number), type == COHORT_INT ? 0 : (uint32_t)scale);
    else if (type != COHORT_DOUBLE)
        return co_value_wrong_type(field, type, error);
    *missing = isnan(real);
    *result = *missing ? 0 : co_double_to_ordered(real);
    return COHORT_OK;
}

cohort_status co_value_number(const co_field *field, cohort_type type, int32_t scale, int64_t number,
                              double real, int64_t *result, bool *missing, cohort_error *error)
{
    *missing = false;
    *result = number;
    if (type == COHORT_DECIMAL && (scale < 0 || scale > 18))
        return co_fail(error, COHORT_INVALID, "a decimal of scale %d for '" CO_FMT "', 0 to 18 are allowed",
                       (int)scale, CO_ARG(field->name));
    if (field->type == COHORT_DOUBLE)
        return to_double(field, type, scale, number, real, result, missing, error);
    if (field->type == COHORT_DECIMAL && (type == COHORT_INT || type == COHORT_DECIMAL))
        return to_decimal(field, type == COHORT_INT ? 0 : scale, number, result, error);
    if (field->type != type)
        return co_value_wrong_type(field, type, error);
    if (type == COHORT_BOOL)
        *result = number != 0;
    if ((type == COHORT_DATE && !co_day_in_range(number)) ||
        (type == COHORT_TIMESTAMP && !co_time_in_range(number)))
        return too_large(field, error);
    return COHORT_OK;
}

cohort_status co_value_check_point(const co_field *field, double latitude, double longitude,
                                   cohort_error *error)
{
    if (latitude >= -90.0 && latitude <= 90.0 && longitude >= -180.0 && longitude <= 180.0)
        return COHORT_OK;
    return co_fail(error, COHORT_INVALID,
                   "a point of '" CO_FMT "' lies beyond 90 degrees north or south, or 180 east or west",
                   CO_ARG(field->name));
}

cohort_status co_value_check_text(const co_field *field, co_text text, cohort_error *error)
{
    size_t offset = 0;

    if (text.length > 0 && text.bytes == NULL)
        return co_fail(error, COHORT_INVALID, "a text of '" CO_FMT "' has a length but no bytes",
                       CO_ARG(field->name));
    if (text.length > UINT32_MAX)
        return co_fail(error, COHORT_LIMIT, "a text of '" CO_FMT "' has %zu bytes", CO_ARG(field->name),
                       text.length);
    if (!co_utf8_valid(text, &offset))
        return co_fail(error, COHORT_INVALID, "a text of '" CO_FMT "' is no UTF-8 at byte %zu",
                       CO_ARG(field->name), offset);
    return COHORT_OK;
}

/* Lets the element at `at` sink to its place in the heap of n. */
static void sink(co_text *heap, size_t at, size_t n)
{
    for (;;) {
        size_t child = 2 * at + 1;

        if (child >= n)
            return;
        if (child + 1 < n && co_text_compare(heap[child], heap[child + 1]) < 0)
            child++;
        if (co_text_compare(heap[at], heap[child]) >= 0)
            return;

        const co_text swapped = heap[at];

        heap[at] = heap[child];
        heap[child] = swapped;
        at = child;
    }
}

size_t co_value_sort_elements(co_text *elements, size_t n)
{
    size_t kept = 0;

    for (size_t i = n / 2; i-- > 0;)
        sink(elements, i, n);
    for (size_t end = n; end-- > 1;) {
        const co_text greatest = elements[0];

        elements[0] = elements[end];
        elements[end] = greatest;
        sink(elements, 0, end);
    }
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || !co_text_equal(elements[kept - 1], elements[i]))
            elements[kept++] = elements[i];
    }
    return kept;
}

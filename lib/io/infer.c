/* What type a column of text is. */
#include "io/infer.h"

#include "base/number.h"

enum {
    SEEN_NUMBER = CO_SEEN_INT | CO_SEEN_DECIMAL | CO_SEEN_DOUBLE,
    SEEN_DAY = CO_SEEN_DATE | CO_SEEN_TIME,
    MOST_DIGITS = 18
};

static bool is_zeros(co_text text)
{
    const char *point = memchr(text.bytes, '.', text.length);

    for (const char *c = point; c < text.bytes + text.length; c++)
        if (*c >= '1' && *c <= '9')
            return false;
    return true;
}

static co_infer_kind number_kind(co_inference *inference, co_text text, const co_number_shape *shape)
{
    int64_t whole;

    if (shape->leading_zero || text.bytes[0] == '+')
        return CO_SEEN_TEXT;
    if (shape->has_exponent)
        return CO_SEEN_DOUBLE;
    if (shape->n_whole > inference->most_whole)
        inference->most_whole = shape->n_whole;
    if (!shape->has_point)
        return co_parse_int64(text, &whole) == CO_PARSED ? CO_SEEN_INT : CO_SEEN_TEXT;
    if (shape->n_fraction > inference->most_fraction)
        inference->most_fraction = shape->n_fraction;
    inference->fraction |= !is_zeros(text);
    return CO_SEEN_DECIMAL;
}

static co_infer_kind day_kind(co_text text, const co_date_form *form)
{
    co_local_time time;

    if (co_date_form_read(form, text, &time) != CO_TIME_FINE)
        return CO_SEEN_TEXT;
    return time.has_time ? CO_SEEN_TIME : CO_SEEN_DATE;
}

void co_infer_value(co_inference *inference, co_text text, const co_date_form *form)
{
    const co_text trimmed = co_cell_trim(text);
    co_number_shape shape;
    bool truth;

    if (inference->kinds & CO_SEEN_TEXT)
        return;
    if (trimmed.length == 0)
        inference->kinds |= CO_SEEN_TEXT;
    else if (co_number_scan(trimmed, &shape))
        inference->kinds |= number_kind(inference, trimmed, &shape);
    else if (co_cell_is_true_false(trimmed, &truth))
        inference->kinds |= CO_SEEN_BOOL;
    else
        inference->kinds |= day_kind(trimmed, form);
}

co_field_type co_infer_type(const co_inference *inference)
{
    const uint32_t kinds = inference->kinds;
    const size_t digits = inference->most_whole + inference->most_fraction;

    if (kinds == CO_SEEN_BOOL)
        return (co_field_type){ .type = COHORT_BOOL };
    if (kinds == CO_SEEN_DATE)
        return (co_field_type){ .type = COHORT_DATE };
    if (kinds != 0 && (kinds & ~(uint32_t)SEEN_DAY) == 0)
        return (co_field_type){ .type = COHORT_TIMESTAMP };
    if (kinds == 0 || (kinds & ~(uint32_t)SEEN_NUMBER) != 0)
        return (co_field_type){ .type = COHORT_STRING };
    if (kinds == CO_SEEN_INT)
        return (co_field_type){ .type = COHORT_INT };
    if ((kinds & CO_SEEN_DOUBLE) || digits > MOST_DIGITS)
        return (co_field_type){ .type = COHORT_DOUBLE };
    return (co_field_type){ .type = COHORT_DECIMAL, .scale = (int32_t)inference->most_fraction };
}

co_field_type co_infer_key_type(const co_inference *inference)
{
    const bool whole = inference->kinds != 0 && (inference->kinds & ~(uint32_t)(CO_SEEN_INT | CO_SEEN_DECIMAL)) == 0 &&
                       !inference->fraction && inference->most_whole <= MOST_DIGITS;

    return (co_field_type){ .type = whole || inference->kinds == CO_SEEN_INT ? COHORT_INT : COHORT_STRING };
}

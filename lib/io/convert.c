/* One cell of text to one number. */
#include "io/convert.h"

#include "base/calendar.h"
#include "base/number.h"
#include "base/utf8.h"

static cohort_status refuse(co_text cell, const char *wanted, cohort_error *error)
{
    return co_fail(error, COHORT_TYPE, "'" CO_FMT "' is not %s", CO_ARG(cell), wanted);
}

static cohort_status too_large(co_text cell, const char *type, cohort_error *error)
{
    return co_fail(error, COHORT_OVERFLOW, "'" CO_FMT "' does not fit %s", CO_ARG(cell), type);
}

/* ---- numbers ---- */

/* 12, and 17850.0, which spreadsheets make of whole numbers. */
static cohort_status convert_int(co_text cell, int64_t *number, cohort_error *error)
{
    bool rounded;
    co_parse outcome = co_parse_int64(cell, number);

    if (outcome == CO_PARSE_SYNTAX && co_parse_decimal(cell, 0, number, &rounded) == CO_PARSED && !rounded)
        outcome = CO_PARSED;
    if (outcome == CO_PARSE_RANGE)
        return too_large(cell, "an int of 64 bits", error);
    return outcome == CO_PARSED ? COHORT_OK : refuse(cell, "a whole number", error);
}

static cohort_status convert_decimal(co_text cell, int32_t scale, int64_t *number, uint64_t *n_rounded,
                                     cohort_error *error)
{
    bool rounded = false;
    const co_parse outcome = co_parse_decimal(cell, (uint32_t)scale, number, &rounded);

    if (outcome == CO_PARSE_RANGE)
        return too_large(cell, "a decimal of 18 digits", error);
    if (outcome != CO_PARSED)
        return refuse(cell, "a decimal number", error);
    *n_rounded += rounded;
    return COHORT_OK;
}

static cohort_status convert_double(co_text cell, int64_t *number, bool *is_null, cohort_error *error)
{
    double value = 0;
    const co_parse outcome = co_parse_double(cell, &value);

    if (outcome == CO_PARSE_RANGE)
        return too_large(cell, "a double", error);
    if (outcome == CO_PARSE_SYNTAX)
        return refuse(cell, "a number", error);
    *is_null = outcome == CO_PARSE_NAN;
    *number = *is_null ? 0 : co_double_to_ordered(value);
    return COHORT_OK;
}

/* ---- money ---- */

enum { MONEY_BYTES = 64 };

/* Length of a currency sign, letter code or blank at the front of text; 0 if there is none. */
static size_t sign_length(co_text text)
{
    uint32_t point = 0;
    const size_t length = co_utf8_decode(text, &point);
    const bool is_sign = point == '$' || (point >= 0xa2 && point <= 0xa5) || (point >= 0x20a0 && point <= 0x20cf);
    const bool is_blank = point == ' ' || point == '\t' || point == 0xa0 || point == 0x202f || point == 0x2009;
    const bool is_letter = (point | 0x20) >= 'a' && (point | 0x20) <= 'z';

    return is_sign || is_blank || is_letter ? length : 0;
}

/* A comma or apostrophe before exactly three digits. */
static bool is_thousands(co_text text, size_t at)
{
    size_t digits = 0;

    if (text.bytes[at] != ',' && text.bytes[at] != '\'')
        return false;
    while (at + 1 + digits < text.length && text.bytes[at + 1 + digits] >= '0' && text.bytes[at + 1 + digits] <= '9')
        digits++;
    return digits == 3;
}

/* "-$1,234.50", "(12.00)", "1 234.5 EUR": copies sign, digits and point; 0 if it is no amount. */
static size_t plain_amount(co_text cell, char plain[MONEY_BYTES])
{
    const bool in_parens = cell.length >= 2 && cell.bytes[0] == '(' && cell.bytes[cell.length - 1] == ')';
    size_t n = 0;
    size_t i = in_parens;
    const size_t end = cell.length - in_parens;
    bool digits = false, point = false, closed = false;

    if (in_parens)
        plain[n++] = '-';
    while (i < end) {
        const char c = cell.bytes[i];
        const size_t sign = sign_length((co_text){ cell.bytes + i, end - i });
        const bool is_digit = c >= '0' && c <= '9';

        if (sign > 0) {
            closed |= digits && !(c == ' ' && i + 1 < end && cell.bytes[i + 1] >= '0' && cell.bytes[i + 1] <= '9');
            i += sign;
            continue;
        }
        if (closed || n == MONEY_BYTES)
            return 0;
        if (is_digit || (c == '.' && !point) || ((c == '-' || c == '+') && n == 0)) {
            digits |= is_digit;
            point |= c == '.';
            plain[n++] = c;
        } else if (!digits || point || !is_thousands(cell, i)) {
            return 0;
        }
        i++;
    }
    return digits ? n : 0;
}

static cohort_status convert_money(co_text cell, int32_t scale, int64_t *number, uint64_t *n_rounded,
                                   cohort_error *error)
{
    char plain[MONEY_BYTES];
    const size_t length = plain_amount(cell, plain);

    if (length == 0)
        return refuse(cell, "an amount of money", error);
    return convert_decimal((co_text){ plain, length }, scale, number, n_rounded, error);
}

/* ---- time ---- */

static cohort_status convert_time(const co_stage_form *form, co_text cell, int64_t *number, cohort_error *error)
{
    const bool is_date = form->type.type == COHORT_DATE;
    co_local_time time;
    co_time_fault fault = co_date_form_read(form->dates, cell, &time);

    if (fault == CO_TIME_FINE && is_date && time.has_time && time.us != 0)
        fault = CO_TIME_HAS_TIME;
    if (fault == CO_TIME_SYNTAX && form->dates->layouts.length > 0)
        return co_fail(error, COHORT_TYPE, "'" CO_FMT "' is not a date like '" CO_FMT "'", CO_ARG(cell),
                       CO_ARG(form->dates->layouts));
    if (fault != CO_TIME_FINE)
        return co_fail(error, COHORT_TYPE, "'" CO_FMT "' %s", CO_ARG(cell), co_time_fault_text(fault));
    if (is_date) {
        *number = time.day;
        return COHORT_OK;
    }
    if (!co_zone_instant_of_text(form->zone, &time, number))
        return too_large(cell, "the years 1 to 9999", error);
    return COHORT_OK;
}

/* ---- the door ---- */

cohort_status co_convert_cell(const co_stage_form *form, co_text cell, int64_t *number, bool *is_null,
                              cohort_error *error)
{
    const co_text text = co_cell_trim(cell);
    bool truth;

    *is_null = false;
    switch (form->type.type) {
    case COHORT_BOOL:
        if (!co_cell_is_bool(text, &truth))
            return refuse(cell, "true or false", error);
        *number = truth;
        return COHORT_OK;
    case COHORT_DECIMAL:
        if (form->type.money)
            return convert_money(text, form->type.scale, number, form->n_rounded, error);
        return convert_decimal(text, form->type.scale, number, form->n_rounded, error);
    case COHORT_DOUBLE:
        return convert_double(text, number, is_null, error);
    case COHORT_DATE:
    case COHORT_TIMESTAMP:
        return convert_time(form, text, number, error);
    default:
        return convert_int(text, number, error);
    }
}

cohort_status co_convert_degrees(co_text cell, double most, double *degrees, cohort_error *error)
{
    if (co_parse_double(co_cell_trim(cell), degrees) != CO_PARSED || !(*degrees >= -most && *degrees <= most))
        return co_fail(error, COHORT_TYPE, "'" CO_FMT "' is not a number of degrees from -%d to %d", CO_ARG(cell),
                       (int)most, (int)most);
    return COHORT_OK;
}

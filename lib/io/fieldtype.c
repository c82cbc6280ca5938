/* Field types as text. */
#include "io/fieldtype.h"

#include "base/number.h"

static const struct {
    const char *name;
    cohort_type type;
} names[] = {
    { "bool", COHORT_BOOL },
    { "int", COHORT_INT },
    { "decimal", COHORT_DECIMAL },
    { "double", COHORT_DOUBLE },
    { "date", COHORT_DATE },
    { "timestamp", COHORT_TIMESTAMP },
    { "string", COHORT_STRING },
    { "set", COHORT_SET },
    { "point", COHORT_POINT },
};

enum { N_NAMES = sizeof names / sizeof *names, MONEY_SCALE = 2, MOST_SCALE = 18 };

static cohort_status refuse(co_text text, cohort_error *error)
{
    return co_fail(error, COHORT_PARSE,
                   "unknown type '" CO_FMT "'; wanted bool, int, decimal(0 to 18), money, double, date, timestamp, "
                   "string, string(nocase), set, set(nocase) or point",
                   CO_ARG(text));
}

static bool take_argument(co_text argument, co_field_type *type)
{
    int64_t scale;

    if (type->type == COHORT_DECIMAL && co_parse_int64(argument, &scale) == CO_PARSED && scale >= 0 &&
        scale <= MOST_SCALE) {
        type->scale = (int32_t)scale;
        return true;
    }
    if (type->type != COHORT_STRING && type->type != COHORT_SET)
        return false;
    type->collation = co_text_equal(argument, CO_TEXT("nocase")) ? COHORT_NOCASE : COHORT_EXACT;
    return type->collation == COHORT_NOCASE || co_text_equal(argument, CO_TEXT("exact"));
}

cohort_status co_field_type_parse(co_text text, co_field_type *type, cohort_error *error)
{
    const char *paren = memchr(text.bytes, '(', text.length);
    const co_text name = { text.bytes, paren != NULL ? (size_t)(paren - text.bytes) : text.length };

    *type = (co_field_type){ 0 };
    if (co_text_equal(text, CO_TEXT("money"))) {
        *type = (co_field_type){ COHORT_DECIMAL, MONEY_SCALE, 0, true };
        return COHORT_OK;
    }
    for (size_t i = 0; i < N_NAMES; i++)
        if (co_text_equal(name, co_text_of(names[i].name)))
            type->type = names[i].type;
    if (type->type == COHORT_NULL)
        return refuse(text, error);
    if (paren == NULL)
        return type->type == COHORT_DECIMAL ? refuse(text, error) : COHORT_OK;
    if (text.bytes[text.length - 1] != ')' ||
        !take_argument((co_text){ paren + 1, text.length - name.length - 2 }, type))
        return refuse(text, error);
    return COHORT_OK;
}

void co_field_type_print(const co_field_type *type, co_buffer *out)
{
    if (type->money) {
        co_buffer_string(out, "money");
        return;
    }
    for (size_t i = 0; i < N_NAMES; i++)
        if (names[i].type == type->type)
            co_buffer_string(out, names[i].name);
    if (type->type == COHORT_DECIMAL)
        co_buffer_format(out, "(%d)", (int)type->scale);
    else if (type->collation == COHORT_NOCASE)
        co_buffer_string(out, "(nocase)");
}

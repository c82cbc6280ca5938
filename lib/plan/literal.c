/*
 * Quoted literals read as the type of what they stand beside.
 *
 *     born > '2001-02-03'   a date        at = '2026-11-22 10:00'  an instant of the zone
 *     age < '30'            a number      account = 'ACME'         a key
 */
#include "base/number.h"
#include "base/timetext.h"
#include "plan/binder.h"

static uint32_t refuse(co_binder *binder, const co_node *node, const char *what)
{
    co_bind_fail(binder, COHORT_PARSE, node->position, "'" CO_FMT "' %s", CO_ARG(node->text), what);
    return CO_NO_STEP;
}

/* [+-] digits [. digits] exactly, whatever its scale. */
static uint32_t read_exact(co_binder *binder, const co_node *node, bool whole)
{
    co_number_shape shape;
    co_wide digits;
    char plain[64];
    size_t n = 0;

    if (!co_number_scan(node->text, &shape) || shape.has_exponent)
        return refuse(binder, node, "is not a number");
    if (whole && shape.has_point)
        return refuse(binder, node, "is not a whole number");
    if (node->text.length > sizeof plain || shape.n_fraction > 38)
        return refuse(binder, node, "has too many digits");
    for (size_t i = 0; i < node->text.length; i++) {
        if (node->text.bytes[i] != '.')
            plain[n++] = node->text.bytes[i];
    }
    if (co_parse_wide((co_text){ plain, n }, &digits) != CO_PARSED)
        return refuse(binder, node, "has too many digits");
    return co_vstep_exact(binder, digits, (uint32_t)shape.n_fraction);
}

static uint32_t read_double(co_binder *binder, const co_node *node)
{
    double real;
    const co_parse parse = co_parse_double(node->text, &real);

    if (parse == CO_PARSE_RANGE)
        return refuse(binder, node, "does not fit in a double");
    if (parse != CO_PARSED && parse != CO_PARSE_INFINITE)
        return refuse(binder, node, "is not a number");
    return co_vstep_double(binder, real);
}

static bool says(co_text text, const char *word)
{
    size_t i = 0;

    for (; i < text.length && word[i] != '\0'; i++) {
        if ((text.bytes[i] | 0x20) != word[i] && text.bytes[i] != word[i])
            return false;
    }
    return i == text.length && word[i] == '\0';
}

static uint32_t read_bool(co_binder *binder, const co_node *node)
{
    static const char *const yes[] = { "true", "t", "yes", "y", "on", "1" };
    static const char *const no[] = { "false", "f", "no", "n", "off", "0" };

    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (says(node->text, yes[i]) || says(node->text, no[i]))
            return co_vstep_number(binder, CO_V_BOOL, says(node->text, yes[i]));
    }
    return refuse(binder, node, "is neither true nor false");
}

static uint32_t read_date(co_binder *binder, const co_node *node)
{
    int64_t day = 0;
    const co_time_fault fault = co_parse_date(node->text, &day);

    if (fault != CO_TIME_FINE)
        return refuse(binder, node, co_time_fault_text(fault));
    return co_vstep_number(binder, CO_V_DATE, day);
}

static uint32_t read_timestamp(co_binder *binder, const co_node *node)
{
    co_local_time time;
    int64_t us;
    const co_time_fault fault = co_parse_time(node->text, &time);

    if (fault != CO_TIME_FINE)
        return refuse(binder, node, co_time_fault_text(fault));
    if (!co_zone_instant_of_text(binder->plan->when.zone, &time, &us))
        return refuse(binder, node, co_time_fault_text(CO_TIME_YEAR_RANGE));
    return co_vstep_number(binder, CO_V_TIMESTAMP, us);
}

static uint32_t read_interval(co_binder *binder, const co_node *node)
{
    co_interval interval;
    const char *fault = co_interval_parse(node->text, &interval);

    if (fault != NULL)
        return refuse(binder, node, fault);
    return co_vstep_constant(binder, CO_V_INTERVAL, 0, (co_constant){ .interval = interval });
}

/* The row of a key, or −1, which no reference names. */
static uint32_t key_constant(co_binder *binder, uint32_t target, co_key key)
{
    uint32_t row = CO_NONE;
    co_vstep vstep = { .kind = CO_VS_CONSTANT,
                       .type = CO_V_REFERENCE,
                       .target = target,
                       .true_step = CO_NO_STEP,
                       .false_step = CO_NO_STEP };
    const cohort_status status = co_version_row(binder->version, target, key, &row, binder->error);

    if (status != COHORT_OK) {
        binder->status = status;
        return CO_NO_STEP;
    }
    vstep.constant.number = row == CO_NONE ? -1 : (int64_t)row;
    return co_vstep_intern(binder, &vstep);
}

static bool key_is_text(const co_binder *binder, uint32_t target)
{
    const co_object *object = co_schema_object(binder->schema, target);

    return !object->declared || object->fields[0].type == COHORT_STRING;
}

static uint32_t read_key(co_binder *binder, const co_node *node, uint32_t target)
{
    co_key key = { .is_text = key_is_text(binder, target), .text = node->text };

    if (!key.is_text && co_parse_int64(node->text, &key.number) != CO_PARSED)
        return refuse(binder, node, "is no key: the keys are whole numbers");
    return key_constant(binder, target, key);
}

uint32_t co_vstep_literal(co_binder *binder, const co_node *node, const co_vstep *like)
{
    const co_vstep kept = *like;

    if (co_bind_failed(binder))
        return CO_NO_STEP;
    if (node->kind == CO_NODE_NULL)
        return co_vstep_null(binder, &kept);
    switch (kept.type) {
    case CO_V_EXACT:
        return read_exact(binder, node, kept.scale == 0);
    case CO_V_DOUBLE:
        return read_double(binder, node);
    case CO_V_BOOL:
        return read_bool(binder, node);
    case CO_V_DATE:
        return read_date(binder, node);
    case CO_V_TIMESTAMP:
        return read_timestamp(binder, node);
    case CO_V_INTERVAL:
        return read_interval(binder, node);
    case CO_V_REFERENCE:
        return read_key(binder, node, kept.target);
    case CO_V_TEXT:
        return co_vstep_text(binder, node->text);
    case CO_V_SET:
        co_bind_fail(binder, COHORT_TYPE, node->position,
                     "a set does not compare with text; write HAS '" CO_FMT "'", CO_ARG(node->text));
        return CO_NO_STEP;
    case CO_V_POINT:
        break;
    }
    co_bind_fail(binder, COHORT_TYPE, node->position, "%s does not compare with text", co_type_text(&kept));
    return CO_NO_STEP;
}

uint32_t co_vstep_key_of_number(co_binder *binder, const co_node *node, uint32_t target)
{
    co_key key = { .is_text = key_is_text(binder, target) };
    char text[CO_INT64_TEXT];

    if (node->is_double || node->scale != 0 || !co_wide_to_int64(node->digits, &key.number)) {
        co_bind_fail(binder, COHORT_TYPE, node->position,
                     "a reference compares with a key, not with this number");
        return CO_NO_STEP;
    }
    if (key.is_text) {
        const size_t length = co_print_int64(key.number, text);

        if (co_schema_object(binder->schema, target)->declared) {
            co_bind_fail(binder, COHORT_TYPE, node->position, "the keys are text, not numbers; write '%.*s'",
                         (int)length, text);
            return CO_NO_STEP;
        }
        key.text = (co_text){ text, length };
    }
    return key_constant(binder, target, key);
}

bool co_node_is_untyped(const co_node *node)
{
    return node->kind == CO_NODE_STRING || node->kind == CO_NODE_NULL;
}

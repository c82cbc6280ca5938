/* The naive model's values: literals, arithmetic, functions. */
#include "support/model.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static const int64_t day_us = INT64_C(86400000000);

/* 113 bits at least. */
#if LDBL_MANT_DIG >= 113
typedef long double m_quad;
#else
__extension__ typedef __float128 m_quad;
#endif

/* ---- numbers ---- */

m_wide m_power10(int32_t digits)
{
    m_wide result = 1;

    while (digits-- > 0)
        result *= 10;
    return result;
}

static m_quad quad(m_value v)
{
    return v.kind == M_DOUBLE ? (m_quad)v.real : (m_quad)v.exact / (m_quad)m_power10(v.scale);
}

double m_to_double(m_value v)
{
    return (double)quad(v);
}

/* Both to the larger scale; false on overflow. */
static bool align(m_run *run, m_value *a, m_value *b)
{
    const int32_t scale = a->scale > b->scale ? a->scale : b->scale;
    const bool a_fits = !__builtin_mul_overflow(a->exact, m_power10(scale - a->scale), &a->exact);
    const bool b_fits = !__builtin_mul_overflow(b->exact, m_power10(scale - b->scale), &b->exact);

    a->scale = b->scale = scale;
    run->overflow |= !a_fits || !b_fits;
    return a_fits && b_fits;
}

/* v / 10^digits, half away from zero. */
static m_wide shrink(m_wide v, int32_t digits)
{
    const m_wide unit = m_power10(digits);
    const m_wide rest = v % unit;
    m_wide result = v / unit;

    if (digits > 0 && (rest < 0 ? -rest : rest) * 2 >= unit)
        result += v < 0 ? -1 : 1;
    return result;
}

/* ---- literals ---- */

static int64_t digits(const char **c, int n)
{
    int64_t value = 0;

    while (n-- > 0)
        value = value * 10 + (*(*c)++ - '0');
    return value;
}

/* "2026-11-22" or "2026-11-22 10:00:00[+02]": only what random expressions write. */
static m_value read_time(const m_run *run, co_text text, bool *has_time)
{
    char copy[64] = { 0 };
    const char *c = copy;
    int64_t offset = run->when.offset_us;

    memcpy(copy, text.bytes, text.length < 63 ? text.length : 63);

    const int year = (int)digits(&c, 4);
    const int month = (c++, (int)digits(&c, 2));
    const int day = (c++, (int)digits(&c, 2));
    int64_t us = m_day(year, month, day) * day_us;

    *has_time = *c == ' ';
    if (*has_time) {
        c++;
        us += digits(&c, 2) * INT64_C(3600000000);
        c++;
        us += digits(&c, 2) * 60000000;
        c++;
        us += digits(&c, 2) * 1000000;
        if (*c == '+' || *c == '-') {
            const int sign = *c++ == '+' ? 1 : -1;

            offset = sign * digits(&c, 2) * INT64_C(3600000000);
        }
    }
    return (m_value){ .kind = M_TIME, .number = us - offset };
}

static m_value read_date(co_text text)
{
    const char *c = text.bytes;
    const int year = (int)digits(&c, 4);
    const int month = (c++, (int)digits(&c, 2));
    const int day = (c++, (int)digits(&c, 2));

    return (m_value){ .kind = M_DATE, .number = m_day(year, month, day) };
}

static m_value read_number(co_text text)
{
    m_value v = { .kind = M_EXACT };
    bool negative = false, point = false;

    for (size_t i = 0; i < text.length; i++) {
        const char c = text.bytes[i];

        if (c == '-')
            negative = true;
        else if (c == '.')
            point = true;
        else {
            v.exact = v.exact * 10 + (c - '0');
            v.scale += point;
        }
    }
    if (negative)
        v.exact = -v.exact;
    return v;
}

m_value m_coerce(const m_run *run, m_value value, m_value like)
{
    bool has_time;

    if (value.kind != M_TEXT)
        return value;
    switch (like.kind) {
    case M_DATE:
        return read_date(value.text);
    case M_TIME:
        return read_time(run, value.text, &has_time);
    case M_EXACT:
        return read_number(value.text);
    case M_DOUBLE:
        return m_double(m_to_double(read_number(value.text)));
    case M_BOOL:
        return m_bool(co_text_equal(value.text, CO_TEXT("true")));
    case M_REFERENCE:
        return like.text.bytes != NULL ? value : read_number(value.text);
    default:
        return value;
    }
}

/* ---- comparing ---- */

int m_compare(m_run *run, m_value a, m_value b, bool *known)
{
    *known = a.kind != M_NULL && b.kind != M_NULL;
    if (!*known)
        return 0;
    if (a.kind == M_REFERENCE || b.kind == M_REFERENCE) {
        if (a.text.bytes != NULL)
            return co_text_compare(a.text, b.text);
        return (a.exact > b.exact) - (a.exact < b.exact);
    }
    if (a.kind == M_TEXT)
        return m_text_compare(a.text, b.text, a.nocase || b.nocase);
    if (a.kind == M_EXACT && b.kind == M_EXACT) {
        *known = align(run, &a, &b);
        return (a.exact > b.exact) - (a.exact < b.exact);
    }
    if (a.kind == M_DOUBLE || b.kind == M_DOUBLE) {
        const double x = m_to_double(a), y = m_to_double(b);

        return (x > y) - (x < y);
    }
    if (a.kind == M_SPAN) {
        const m_wide x = (m_wide)a.months * 30 * day_us + a.number;
        const m_wide y = (m_wide)b.months * 30 * day_us + b.number;

        return (x > y) - (x < y);
    }
    if (a.kind != b.kind) {     /* date against timestamp: its local midnight */
        if (a.kind == M_DATE)
            a.number = a.number * day_us - run->when.offset_us;
        else
            b.number = b.number * day_us - run->when.offset_us;
    }
    return (a.number > b.number) - (a.number < b.number);
}

/* ---- arithmetic ---- */

static m_value add(m_run *run, m_value a, m_value b, bool minus)
{
    if (a.kind == M_NULL || b.kind == M_NULL)
        return m_null();
    if (a.kind == M_EXACT && b.kind == M_EXACT) {
        m_wide sum;

        if (!align(run, &a, &b) || (minus ? __builtin_sub_overflow(a.exact, b.exact, &sum)
                                          : __builtin_add_overflow(a.exact, b.exact, &sum))) {
            run->overflow = true;
            return m_null();
        }
        return m_exact(sum, a.scale);
    }
    if (a.kind == M_DOUBLE || b.kind == M_DOUBLE) {
        const double x = m_to_double(a), y = m_to_double(b);
        const double sum = minus ? x - y : x + y;

        run->overflow |= !isfinite(sum);
        return m_double(sum);
    }
    if (a.kind == M_DATE && b.kind == M_EXACT)
        return (m_value){ .kind = M_DATE, .number = a.number + (minus ? -1 : 1) * (int64_t)b.exact };
    if (a.kind == M_DATE && b.kind == M_DATE)
        return m_int(a.number - b.number);
    if (a.kind == M_TIME && b.kind == M_TIME)
        return (m_value){ .kind = M_SPAN, .number = a.number - b.number };
    return m_add_span(run, a, b, minus ? -1 : 1);
}

m_value m_add(m_run *run, m_value a, m_value b) { return add(run, a, b, false); }

static m_value multiply(m_run *run, m_value a, m_value b)
{
    m_wide product;

    if (a.kind == M_NULL || b.kind == M_NULL)
        return m_null();
    if (a.kind == M_DOUBLE || b.kind == M_DOUBLE) {
        const double x = m_to_double(a), y = m_to_double(b), result = x * y;

        run->overflow |= !isfinite(result) || (result == 0 && x != 0 && y != 0);
        return m_double(result);
    }
    if (__builtin_mul_overflow(a.exact, b.exact, &product)) {
        run->overflow = true;
        return m_null();
    }
    return m_exact(product, a.scale + b.scale);
}

static m_value divide(m_run *run, m_value a, m_value b)
{
    if (a.kind == M_NULL || b.kind == M_NULL || quad(b) == 0)
        return m_null();
    if (a.kind == M_DOUBLE || b.kind == M_DOUBLE) {
        const double x = m_to_double(a), result = x / m_to_double(b);

        run->overflow |= !isfinite(result) || (result == 0 && x != 0);
        return m_double(result);
    }
    return m_double((double)((m_quad)a.exact * (m_quad)m_power10(b.scale) /
                             ((m_quad)b.exact * (m_quad)m_power10(a.scale))));
}

m_value m_mean(m_run *run, m_value sum, int64_t n) { return divide(run, sum, m_int(n)); }

/* ---- functions of one number ---- */

static m_value negate(m_value v)
{
    v.exact = -v.exact;
    v.real = -v.real;
    v.number = -v.number;
    v.months = -v.months;
    return v;
}

static m_value round_exact(m_value v, int32_t n)
{
    if (n >= v.scale)
        return v;
    if (n < 0)
        return m_exact(shrink(v.exact, v.scale - n) * m_power10(-n), 0);
    return m_exact(shrink(v.exact, v.scale - n), n);
}

static m_value whole(m_value v, bool up)
{
    if (v.kind == M_DOUBLE)
        return m_double(up ? ceil(v.real) : floor(v.real));

    const m_wide unit = m_power10(v.scale);
    m_wide result = v.exact / unit;

    if (v.exact % unit != 0 && (v.exact > 0) == up)
        result += up ? 1 : -1;
    return m_exact(result, 0);
}

static m_value modulo(m_run *run, m_value a, m_value b)
{
    if (a.kind == M_NULL || b.kind == M_NULL || !align(run, &a, &b) || b.exact == 0)
        return m_null();
    return m_exact(a.exact % b.exact, a.scale);
}

static m_value real_function(m_run *run, co_function function, double x, double y)
{
    const double result = function == CO_FUNCTION_EXP ? exp(x) : function == CO_FUNCTION_LN ? log(x) : pow(x, y);

    run->overflow |= !isfinite(result) || (function == CO_FUNCTION_LN && x <= 0);
    run->overflow |= result == 0 && (function == CO_FUNCTION_EXP || (function == CO_FUNCTION_POWER && x != 0));
    return m_double(result);
}

/* ---- functions of text ---- */

static co_text remap(co_text text, uint32_t (*map)(uint32_t))
{
    static char room[64][1024];
    static int next;
    char *out = room[next = (next + 1) % 64];
    uint32_t points[300];
    const size_t n = m_points(text, points, 300);
    size_t length = 0;

    for (size_t i = 0; i < n; i++) {
        const uint32_t p = map(points[i]);

        if (p < 0x80) {
            out[length++] = (char)p;
        } else if (p < 0x800) {
            out[length++] = (char)(0xc0 | p >> 6);
            out[length++] = (char)(0x80 | (p & 0x3f));
        } else {
            out[length++] = (char)(0xe0 | p >> 12);
            out[length++] = (char)(0x80 | (p >> 6 & 0x3f));
            out[length++] = (char)(0x80 | (p & 0x3f));
        }
    }
    return (co_text){ out, length };
}

static m_value trim(m_value v)
{
    while (v.text.length > 0 && v.text.bytes[0] == ' ') {
        v.text.bytes++;
        v.text.length--;
    }
    while (v.text.length > 0 && v.text.bytes[v.text.length - 1] == ' ')
        v.text.length--;
    return v;
}

static m_value text_function(co_function function, m_value v)
{
    uint32_t points[4096];

    switch (function) {
    case CO_FUNCTION_LOWER:
        v.text = remap(v.text, m_lower);
        return v;
    case CO_FUNCTION_UPPER:
        v.text = remap(v.text, m_upper);
        return v;
    case CO_FUNCTION_TRIM:
        return trim(v);
    default:
        return m_int((int64_t)m_points(v.text, points, 4096));
    }
}

static m_value concat(const m_value *values, uint32_t n)
{
    static char room[64][4096];
    static int next;
    char *out = room[next = (next + 1) % 64];
    size_t length = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (values[i].kind == M_NULL)
            continue;
        memcpy(out + length, values[i].text.bytes, values[i].text.length);
        length += values[i].text.length;
    }
    return m_text((co_text){ out, length });
}

/* ---- functions of time ---- */

static m_value date_part(const m_run *run, co_function function, m_value v)
{
    const int64_t day = m_local_day(run, v);
    int year, month, d;

    m_date(day, &year, &month, &d);

    const int64_t in_year = day - m_day(year, 1, 1);
    const int fiscal_month = (month - run->when.fiscal_start + 12) % 12;

    switch (function) {
    case CO_FUNCTION_CALENDAR_YEAR:
        return m_int(year);
    case CO_FUNCTION_CALENDAR_QUARTER:
        return m_int((month - 1) / 3 + 1);
    case CO_FUNCTION_CALENDAR_MONTH:
        return m_int(month);
    case CO_FUNCTION_WEEK_IN_YEAR:
        return m_int(in_year / 7 + 1);
    case CO_FUNCTION_DAY_IN_YEAR:
        return m_int(in_year + 1);
    case CO_FUNCTION_DAY_IN_MONTH:
        return m_int(d);
    case CO_FUNCTION_DAY_IN_WEEK:   /* 1970-01-01 was a Thursday, the fifth day from Sunday */
        return m_int(day + 4 - m_floor(day + 4, 7) * 7 + 1);
    case CO_FUNCTION_FISCAL_YEAR:
        return m_int(m_unit_index(run, CO_UNIT_FISCAL_YEAR, day));
    case CO_FUNCTION_FISCAL_QUARTER:
        return m_int(fiscal_month / 3 + 1);
    case CO_FUNCTION_FISCAL_MONTH:
        return m_int(fiscal_month + 1);
    case CO_FUNCTION_HOUR_IN_DAY:
        return m_int((v.number + run->when.offset_us - day * day_us) / INT64_C(3600000000));
    default:
        return (m_value){ .kind = M_DATE, .number = day };
    }
}

static m_value age(const m_run *run, m_value birth)
{
    const int64_t today = m_floor(run->when.as_of_us + run->when.offset_us, day_us);
    int year, month, day, y, m, d;

    m_date(m_local_day(run, birth), &year, &month, &day);
    m_date(today, &y, &m, &d);
    if (month == 2 && day == 29 && m_day(y, 3, 1) - m_day(y, 2, 1) == 28) {
        month = 3;
        day = 1;
    }
    return m_int(y - year - (m < month || (m == month && d < day)));
}

static co_unit unit_named(co_text name)
{
    static const char *const names[] = { "day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year",
                                         "hour" };

    for (int i = 0; i < 8; i++)
        if (co_text_equal(name, co_text_of(names[i])))
            return (co_unit)i;
    abort();
}

static m_value datediff(const m_run *run, co_unit unit, m_value a, m_value b)
{
    if (unit == CO_UNIT_HOUR) {
        const int64_t from = a.kind == M_DATE ? a.number * day_us : a.number + run->when.offset_us;
        const int64_t to = b.kind == M_DATE ? b.number * day_us : b.number + run->when.offset_us;

        return m_int(m_floor(to, INT64_C(3600000000)) - m_floor(from, INT64_C(3600000000)));
    }
    return m_int(m_unit_index(run, unit, m_local_day(run, b)) - m_unit_index(run, unit, m_local_day(run, a)));
}

/* ---- points ---- */

static double radians(double degrees) { return degrees * (3.14159265358979323846 / 180); }

static m_value distance(m_value a, m_value b, co_text unit)
{
    const double dlat = radians(b.real - a.real), dlon = radians(b.longitude - a.longitude);
    const double h = pow(sin(dlat / 2), 2) + cos(radians(a.real)) * cos(radians(b.real)) * pow(sin(dlon / 2), 2);
    const double km = 2 * 6371.0088 * asin(sqrt(h < 1 ? h : 1));

    return m_double(co_text_equal(unit, CO_TEXT("mi")) ? km / 1.609344 : km);
}

/* ---- the door ---- */

static m_value extreme(m_run *run, const m_value *values, uint32_t n, bool greatest)
{
    m_value best = m_null();

    for (uint32_t i = 0; i < n; i++) {
        bool known;

        if (values[i].kind == M_NULL)
            continue;
        if (best.kind == M_NULL || (m_compare(run, values[i], best, &known) > 0) == greatest)
            if (best.kind == M_NULL || m_compare(run, values[i], best, &known) != 0)
                best = values[i];
    }
    return best;
}

static m_value bucket(m_run *run, const m_env *env, const co_node *node)
{
    m_env far;
    char text[512];

    if (!m_far(run, env, node, &far))
        return m_null();

    const m_value key = far.record->key;
    char number[64];
    size_t length = node->text.length;

    memcpy(text, node->text.bytes, length);
    text[length++] = 0;
    if (key.kind == M_TEXT) {
        memcpy(text + length, key.text.bytes, key.text.length);
        length += key.text.length;
    } else {
        char *end = number + sizeof number;
        char *c = end;
        m_wide left = key.exact < 0 ? -key.exact : key.exact;

        do
            *--c = (char)('0' + (int)(left % 10));
        while ((left /= 10) > 0);
        if (key.exact < 0)
            *--c = '-';
        memcpy(text + length, c, (size_t)(end - c));
        length += (size_t)(end - c);
    }
    return m_int((int64_t)(XXH64(text, length, 0) % (uint64_t)node->count));
}

static m_value call(m_run *run, const co_node *node, m_value *v, uint32_t n)
{
    const co_function f = (co_function)node->function;

    switch (f) {
    case CO_FUNCTION_LEAST:
    case CO_FUNCTION_GREATEST:
        return extreme(run, v, n, f == CO_FUNCTION_GREATEST);
    case CO_FUNCTION_CONCAT:
        return concat(v, n);
    case CO_FUNCTION_NOW:
        return (m_value){ .kind = M_TIME, .number = run->when.as_of_us };
    case CO_FUNCTION_TODAY:
        return (m_value){ .kind = M_DATE, .number = m_floor(run->when.as_of_us + run->when.offset_us, day_us) };
    case CO_FUNCTION_NULLIF: {
        bool known;
        const int order = m_compare(run, v[0], v[1], &known);

        return known && order == 0 ? m_null() : v[0];
    }
    case CO_FUNCTION_MOD:
        return modulo(run, v[0], v[1]);
    case CO_FUNCTION_DATEDIFF:
        return v[1].kind == M_NULL || v[2].kind == M_NULL ? m_null() : datediff(run, unit_named(v[0].text), v[1], v[2]);
    case CO_FUNCTION_DATE_TRUNC:
        if (v[1].kind == M_NULL)
            return m_null();
        return (m_value){ .kind = M_DATE,
                          .number = m_unit_first_day(run, unit_named(v[0].text),
                                                     m_unit_index(run, unit_named(v[0].text), m_local_day(run, v[1]))) };
    case CO_FUNCTION_GEOLOCATION:
        return (m_value){ .kind = M_POINT, .real = m_to_double(v[0]), .longitude = m_to_double(v[1]) };
    case CO_FUNCTION_DISTANCE:
        return v[0].kind == M_NULL || v[1].kind == M_NULL ? m_null() : distance(v[0], v[1], v[2].text);
    default:
        break;
    }
    for (uint32_t i = 0; i < n; i++)
        if (v[i].kind == M_NULL)
            return m_null();
    switch (f) {
    case CO_FUNCTION_ABS:
        return (v[0].kind == M_DOUBLE ? v[0].real < 0 : v[0].exact < 0) ? negate(v[0]) : v[0];
    case CO_FUNCTION_ROUND:
        if (v[0].kind == M_DOUBLE)
            return m_double(round(v[0].real));
        return round_exact(v[0], n > 1 ? (int32_t)v[1].exact : 0);
    case CO_FUNCTION_FLOOR:
    case CO_FUNCTION_CEIL:
        return whole(v[0], f == CO_FUNCTION_CEIL);
    case CO_FUNCTION_POWER:
    case CO_FUNCTION_EXP:
    case CO_FUNCTION_LN:
        return real_function(run, f, m_to_double(v[0]), n > 1 ? m_to_double(v[1]) : 0);
    case CO_FUNCTION_LOWER:
    case CO_FUNCTION_UPPER:
    case CO_FUNCTION_TRIM:
    case CO_FUNCTION_LENGTH:
        return text_function(f, v[0]);
    case CO_FUNCTION_CARDINALITY:
        return m_int(v[0].n_elements);
    case CO_FUNCTION_AGE:
        return age(run, v[0]);
    default:
        return date_part(run, f, v[0]);
    }
}

m_value m_function(m_run *run, const m_env *env, const co_node *node, int32_t nulls)
{
    m_value v[16];

    if (node->kind == CO_NODE_BUCKET)
        return bucket(run, env, node);
    if (node->kind == CO_NODE_FUNCTION && node->function == CO_FUNCTION_IF) {
        const bool yes = model_condition(run, env, node->children[0], nulls) == M_TRUE;

        return m_eval(run, env, node->children[yes ? 1 : 2], nulls);
    }
    if (node->kind == CO_NODE_FUNCTION && node->function == CO_FUNCTION_COALESCE) {
        for (uint32_t i = 0; i < node->n_children; i++) {
            v[0] = m_eval(run, env, node->children[i], nulls);
            if (v[0].kind != M_NULL)
                break;
        }
        return v[0];
    }
    for (uint32_t i = 0; i < node->n_children && i < 16; i++)
        v[i] = m_eval(run, env, node->children[i], nulls);
    if (node->kind == CO_NODE_FUNCTION)
        return call(run, node, v, node->n_children);
    if (node->kind == CO_NODE_NEGATE)
        return v[0].kind == M_NULL ? v[0] : negate(v[0]);
    for (uint32_t i = 1; i < node->n_children; i++) {
        if (node->kind == CO_NODE_SUM)
            v[0] = add(run, v[0], v[i], node->signs[i] == '-');
        else
            v[0] = node->signs[i] == '*' ? multiply(run, v[0], v[i]) : divide(run, v[0], v[i]);
    }
    return v[0];
}

/*
 * How two constants certainly compare: see linter.h.
 *
 * Always:  numbers by value; days and local times by the calendar; texts only as
 *          the same or as different, and different only where no collation and
 *          no reading as a number or a date could make them the same.
 */
#include "base/calendar.h"
#include "base/timetext.h"
#include "expr/linter.h"
#include "expr/words.h"

bool co_lint_is_constant(const co_node *node)
{
    return node->kind <= CO_NODE_INTERVAL && node->kind != CO_NODE_NULL;
}

static co_order order_of(int sign)
{
    return sign < 0 ? CO_ORDER_LESS : sign > 0 ? CO_ORDER_GREATER : CO_ORDER_SAME;
}

static double double_of(const co_node *number)
{
    return number->is_double ? number->number : co_wide_decimal_to_double(number->digits, number->scale);
}

static co_order order_numbers(const co_node *a, const co_node *b)
{
    const double x = double_of(a);
    const double y = double_of(b);

    if (!a->is_double && !b->is_double)
        return order_of(co_wide_compare_decimal(a->digits, a->scale, b->digits, b->scale));
    if (x == y)
        return a->is_double && b->is_double ? CO_ORDER_SAME : CO_ORDER_UNSURE;
    return x < y ? CO_ORDER_LESS : CO_ORDER_GREATER;
}

/* Begins with a letter and is ASCII: no number, no date, folded by hand. */
static bool is_plain_word(co_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if ((text.bytes[i] & 0x80) != 0)
            return false;
    }
    return text.length > 0 && co_is_word_start(text.bytes[0]);
}

static co_order order_texts(co_text a, co_text b)
{
    if (co_text_equal(a, b))
        return CO_ORDER_SAME;
    return is_plain_word(a) && is_plain_word(b) && !co_word_same(a, b) ? CO_ORDER_DIFFERENT : CO_ORDER_UNSURE;
}

static co_order order_dates(const co_node *a, const co_node *b)
{
    int64_t day_a;
    int64_t day_b;

    if (co_parse_date(a->text, &day_a) != CO_TIME_FINE || co_parse_date(b->text, &day_b) != CO_TIME_FINE)
        return CO_ORDER_UNSURE;
    return order_of((day_a > day_b) - (day_a < day_b));
}

/* Two local times, or two with offsets; near a change of the clocks nothing is sure. */
static co_order order_times(const co_node *a, const co_node *b)
{
    co_local_time x;
    co_local_time y;

    if (co_text_equal(a->text, b->text))
        return CO_ORDER_SAME;
    if (co_parse_time(a->text, &x) != CO_TIME_FINE || co_parse_time(b->text, &y) != CO_TIME_FINE)
        return CO_ORDER_UNSURE;
    if (x.day - y.day > 1 || y.day - x.day > 1)
        return order_of((x.day > y.day) - (x.day < y.day));
    return CO_ORDER_UNSURE;
}

co_order co_lint_order(const co_node *a, const co_node *b)
{
    if (a->kind != b->kind)
        return CO_ORDER_UNSURE;
    switch (a->kind) {
    case CO_NODE_NUMBER:
        return order_numbers(a, b);
    case CO_NODE_BOOL:
        return a->count == b->count ? CO_ORDER_SAME : CO_ORDER_DIFFERENT;
    case CO_NODE_STRING:
        return order_texts(a->text, b->text);
    case CO_NODE_DATE:
        return order_dates(a, b);
    case CO_NODE_TIMESTAMP:
        return order_times(a, b);
    case CO_NODE_INTERVAL:
        return order_of(co_interval_compare(a->interval, b->interval));
    default:
        return CO_ORDER_UNSURE;
    }
}

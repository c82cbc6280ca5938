/*
 * + − * / and unary minus: which operation each pair of types means.
 *
 *     number ± number     exact at the larger scale, or double
 *     date ± int          a date          date − date            days
 *     date ± interval     a timestamp     timestamp − timestamp  an interval
 *     interval ± interval, interval × int
 */
#include "plan/binder.h"

typedef struct co_operation {
    co_binder *binder;
    char sign;
    uint64_t position;
} co_operation;

static uint32_t over(const co_operation *operation, co_vstep vstep, uint32_t a, uint32_t b)
{
    const uint32_t operands[] = { a, b };

    return co_vstep_fold(operation->binder, co_vstep_over(operation->binder, vstep, operands, 2));
}

static uint32_t refuse(const co_operation *operation, const co_vstep *a, const co_vstep *b)
{
    co_bind_fail(operation->binder, COHORT_TYPE, operation->position, "%s %c %s is not possible",
                 co_type_text(a), operation->sign, co_type_text(b));
    return CO_NO_STEP;
}

static bool is_number(const co_vstep *step)
{
    return step->type == CO_V_EXACT || step->type == CO_V_DOUBLE;
}
static bool is_whole(const co_vstep *step)
{
    return step->type == CO_V_EXACT && step->scale == 0;
}
static bool is_time(const co_vstep *step)
{
    return step->type == CO_V_DATE || step->type == CO_V_TIMESTAMP;
}

static uint32_t add_numbers(const co_operation *operation, uint32_t a, uint32_t b)
{
    co_binder *binder = operation->binder;
    const co_vstep *x = co_vstep_of(binder, a), *y = co_vstep_of(binder, b);
    const co_vstep_kind kind = operation->sign == '+' ? CO_VS_ADD : CO_VS_SUBTRACT;

    if (x->type == CO_V_DOUBLE || y->type == CO_V_DOUBLE) {
        a = co_vstep_to_double(binder, a);
        return over(operation, (co_vstep){ .kind = kind, .type = CO_V_DOUBLE }, a,
                    co_vstep_to_double(binder, b));
    }

    const uint32_t scale = x->scale > y->scale ? x->scale : y->scale;

    a = co_vstep_rescale(binder, a, scale);
    b = co_vstep_rescale(binder, b, scale);
    return over(operation, (co_vstep){ .kind = kind, .type = CO_V_EXACT, .scale = scale }, a, b);
}

static uint32_t subtract_times(const co_operation *operation, uint32_t a, uint32_t b)
{
    co_binder *binder = operation->binder;
    const co_vstep *x = co_vstep_of(binder, a), *y = co_vstep_of(binder, b);

    if (x->type == CO_V_DATE && y->type == CO_V_DATE)
        return over(operation, (co_vstep){ .kind = CO_VS_DATE_DIFFERENCE, .type = CO_V_EXACT }, a, b);
    a = co_vstep_to_timestamp(binder, a);
    b = co_vstep_to_timestamp(binder, b);
    return over(operation, (co_vstep){ .kind = CO_VS_TIMESTAMP_DIFFERENCE, .type = CO_V_INTERVAL }, a, b);
}

static uint32_t add(const co_operation *operation, uint32_t a, uint32_t b)
{
    co_binder *binder = operation->binder;
    const co_vstep x = *co_vstep_of(binder, a), y = *co_vstep_of(binder, b);
    const bool subtract = operation->sign == '-';

    if (is_number(&x) && is_number(&y))
        return add_numbers(operation, a, b);
    if (subtract && is_time(&x) && is_time(&y))
        return subtract_times(operation, a, b);
    if (x.type == CO_V_DATE && is_whole(&y))
        return over(operation,
                    (co_vstep){ .kind = CO_VS_DATE_ADD_DAYS, .type = CO_V_DATE, .subtract = subtract }, a, b);
    if (is_time(&x) && y.type == CO_V_INTERVAL)
        return over(operation,
                    (co_vstep){ .kind = CO_VS_ADD_INTERVAL, .type = CO_V_TIMESTAMP, .subtract = subtract },
                    co_vstep_to_timestamp(binder, a), b);
    if (x.type == CO_V_INTERVAL && y.type == CO_V_INTERVAL)
        return over(operation,
                    (co_vstep){ .kind = CO_VS_ADD_INTERVAL, .type = CO_V_INTERVAL, .subtract = subtract }, a,
                    b);
    if (!subtract && ((is_whole(&x) && y.type == CO_V_DATE) || (x.type == CO_V_INTERVAL && is_time(&y))))
        return add(operation, b, a);
    return refuse(operation, &x, &y);
}

static uint32_t multiply(const co_operation *operation, uint32_t a, uint32_t b)
{
    co_binder *binder = operation->binder;
    const co_vstep x = *co_vstep_of(binder, a), y = *co_vstep_of(binder, b);
    const bool divide = operation->sign == '/';

    if (!divide && x.type == CO_V_INTERVAL && is_whole(&y))
        return over(operation, (co_vstep){ .kind = CO_VS_INTERVAL_SCALE, .type = CO_V_INTERVAL }, a, b);
    if (!divide && y.type == CO_V_INTERVAL && is_whole(&x))
        return multiply(operation, b, a);
    if (!is_number(&x) || !is_number(&y))
        return refuse(operation, &x, &y);
    if (x.type == CO_V_DOUBLE || y.type == CO_V_DOUBLE) {
        a = co_vstep_to_double(binder, a);
        return over(operation,
                    (co_vstep){ .kind = divide ? CO_VS_DIVIDE : CO_VS_MULTIPLY, .type = CO_V_DOUBLE }, a,
                    co_vstep_to_double(binder, b));
    }
    if (divide)
        return over(operation, (co_vstep){ .kind = CO_VS_DIVIDE, .type = CO_V_DOUBLE }, a, b);
    if (x.scale + y.scale > CO_MOST_SCALE) {
        co_bind_fail(binder, COHORT_LIMIT, operation->position,
                     "the product has more than %d digits after the point", CO_MOST_SCALE);
        return CO_NO_STEP;
    }
    return over(operation,
                (co_vstep){ .kind = CO_VS_MULTIPLY, .type = CO_V_EXACT, .scale = x.scale + y.scale }, a, b);
}

/* A quoted literal beside `other`: the other's type, but what is added to a time is an interval. */
static uint32_t literal_beside(const co_operation *operation, const co_node *node, uint32_t other)
{
    const co_vstep like = *co_vstep_of(operation->binder, co_vstep_to_key(operation->binder, other));

    if (is_time(&like) && operation->sign == '+')
        return co_vstep_literal(operation->binder, node, &(co_vstep){ .type = CO_V_INTERVAL });
    if (like.type == CO_V_EXACT && node->kind == CO_NODE_STRING)
        return co_vstep_literal(operation->binder, node, &(co_vstep){ .type = CO_V_EXACT, .scale = 1 });
    return co_vstep_literal(operation->binder, node, &like);
}

static uint32_t bind_chain(co_binder *binder, const co_scope *scope, const co_node *node)
{
    uint32_t result =
        co_node_is_untyped(node->children[0]) ? CO_NO_STEP : co_bind_value(binder, scope, node->children[0]);

    for (uint32_t i = 1; i < node->n_children && !co_bind_failed(binder); i++) {
        const co_node *next = node->children[i];
        const co_operation operation = { binder, node->signs[i], next->position };
        uint32_t id = co_node_is_untyped(next) ? CO_NO_STEP : co_bind_value(binder, scope, next);

        if (co_bind_failed(binder))
            break;
        if (result == CO_NO_STEP && id == CO_NO_STEP)
            result = co_bind_value(binder, scope, node->children[0]);
        if (result == CO_NO_STEP)
            result = literal_beside(&operation, node->children[0], id);
        if (id == CO_NO_STEP)
            id = literal_beside(&operation, next, result);
        result = co_vstep_to_key(binder, result);
        id = co_vstep_to_key(binder, id);
        result = node->kind == CO_NODE_SUM ? add(&operation, result, id) : multiply(&operation, result, id);
    }
    return result;
}

static uint32_t negate(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = co_vstep_to_key(binder, co_bind_value(binder, scope, node->children[0]));
    const co_vstep step = *co_vstep_of(binder, id);

    if (!is_number(&step) && step.type != CO_V_INTERVAL) {
        co_bind_fail(binder, COHORT_TYPE, node->position, "minus wants a number, not %s",
                     co_type_text(&step));
        return CO_NO_STEP;
    }

    const co_vstep negative = { .kind = CO_VS_NEGATE, .type = step.type, .scale = step.scale };

    return co_vstep_fold(binder, co_vstep_over(binder, negative, &id, 1));
}

uint32_t co_bind_arithmetic(co_binder *binder, const co_scope *scope, const co_node *node)
{
    return node->kind == CO_NODE_NEGATE ? negate(binder, scope, node) : bind_chain(binder, scope, node);
}

/*
 * Functions and CASE: which types they take and give.
 */
#include <string.h>

#include "plan/binder.h"

static const co_vstep like_exact = { .type = CO_V_EXACT, .scale = 1 };
static const co_vstep like_text = { .type = CO_V_TEXT };
static const co_vstep like_timestamp = { .type = CO_V_TIMESTAMP };
static const co_vstep like_point = { .type = CO_V_POINT };

/* ---- arguments ---- */

static uint32_t bind_argument(co_binder *binder, const co_scope *scope, const co_node *node,
                              const co_vstep *like)
{
    if (co_node_is_untyped(node))
        return co_vstep_literal(binder, node, like);
    return co_vstep_to_key(binder, co_bind_value(binder, scope, node));
}

static uint32_t refuse(co_binder *binder, const co_node *node, const char *wanted, uint32_t id)
{
    if (!co_bind_failed(binder))
        co_bind_fail(binder, COHORT_TYPE, node->position, "%s was wanted, this is %s", wanted,
                     co_type_text(co_vstep_of(binder, id)));
    return CO_NO_STEP;
}

static uint32_t bind_number(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = bind_argument(binder, scope, node, &like_exact);
    const co_vtype type = co_vstep_of(binder, id)->type;

    return type == CO_V_EXACT || type == CO_V_DOUBLE ? id : refuse(binder, node, "a number", id);
}

static uint32_t bind_double(co_binder *binder, const co_scope *scope, const co_node *node)
{
    return co_vstep_to_double(binder, bind_number(binder, scope, node));
}

static uint32_t bind_text(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = bind_argument(binder, scope, node, &like_text);

    return co_vstep_of(binder, id)->type == CO_V_TEXT ? id : refuse(binder, node, "text", id);
}

static uint32_t bind_time(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = bind_argument(binder, scope, node, &like_timestamp);
    const co_vtype type = co_vstep_of(binder, id)->type;

    return type == CO_V_DATE || type == CO_V_TIMESTAMP ? id : refuse(binder, node, "a date or timestamp", id);
}

static uint32_t bind_point(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = bind_argument(binder, scope, node, &like_point);

    return co_vstep_of(binder, id)->type == CO_V_POINT ? id : refuse(binder, node, "a point", id);
}

static uint32_t over(co_binder *binder, co_vstep vstep, const uint32_t *operands, uint32_t n)
{
    return co_vstep_fold(binder, co_vstep_over(binder, vstep, operands, n));
}

static co_vstep function_step(const co_node *node, co_vtype type)
{
    return (co_vstep){ .kind = CO_VS_FUNCTION, .function = node->function, .type = type };
}

/* ---- numbers ---- */

static bool constant_digits(co_binder *binder, const co_scope *scope, const co_node *node, int64_t *digits)
{
    const uint32_t id = bind_number(binder, scope, node);
    const co_vstep *step = co_vstep_of(binder, id);

    if (!co_bind_failed(binder) &&
        (step->kind != CO_VS_CONSTANT || step->is_null || step->type != CO_V_EXACT || step->scale != 0 ||
         !co_wide_to_int64(step->constant.wide, digits) || *digits < -400 || *digits > 400))
        co_bind_fail(binder, COHORT_TYPE, node->position,
                     "the digits of ROUND are a whole number from -400 to 400");
    return !co_bind_failed(binder);
}

static uint32_t bind_round(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = bind_number(binder, scope, node->children[0]);
    const co_vstep x = *co_vstep_of(binder, id);
    co_vstep vstep = function_step(node, x.type);
    int64_t digits = 0;

    if (node->n_children > 1 && !constant_digits(binder, scope, node->children[1], &digits))
        return CO_NO_STEP;
    if (x.type == CO_V_EXACT) {
        if (digits >= (int64_t)x.scale)
            return id;
        vstep.scale = digits < 0 ? 0 : (uint32_t)digits;
    }
    vstep.n = (uint64_t)digits;
    return over(binder, vstep, &id, 1);
}

static uint32_t bind_numeric(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = bind_number(binder, scope, node->children[0]);
    const co_vstep x = *co_vstep_of(binder, id);
    co_vstep vstep = function_step(node, x.type);

    if (node->function == CO_FUNCTION_ABS)
        vstep.scale = x.scale;
    else if (x.type == CO_V_EXACT && x.scale == 0)
        return id;
    return over(binder, vstep, &id, 1);
}

static uint32_t bind_mod(co_binder *binder, const co_scope *scope, const co_node *node)
{
    uint32_t ids[] = { bind_number(binder, scope, node->children[0]),
                       bind_number(binder, scope, node->children[1]) };
    const co_node *nodes[] = { node->children[0], node->children[1] };

    if (co_bind_failed(binder))
        return CO_NO_STEP;
    co_values_unify(binder, ids, nodes, 2, false, node->position);

    const co_vstep *a = co_vstep_of(binder, ids[0]);
    co_vstep vstep = function_step(node, a->type);

    vstep.scale = a->scale;
    return over(binder, vstep, ids, 2);
}

static uint32_t bind_real(co_binder *binder, const co_scope *scope, const co_node *node)
{
    uint32_t ids[2] = { CO_NO_STEP, CO_NO_STEP };

    for (uint32_t i = 0; i < node->n_children; i++)
        ids[i] = bind_double(binder, scope, node->children[i]);
    return over(binder, function_step(node, CO_V_DOUBLE), ids, node->n_children);
}

/* ---- choosing among values ---- */

/* A step of the given kind over values of one type; conditions for SELECT. */
static uint32_t choose(co_binder *binder, co_vstep vstep, uint32_t *ids, const co_node *const *nodes,
                       uint32_t n, uint64_t position)
{
    co_values_unify(binder, ids, nodes, n, false, position);
    if (co_bind_failed(binder))
        return CO_NO_STEP;

    const co_vstep *first = co_vstep_of(binder, ids[0]);

    vstep.type = first->type;
    vstep.scale = first->scale;
    for (uint32_t i = 0; i < n; i++)
        vstep.nocase = vstep.nocase || co_vstep_of(binder, ids[i])->nocase;
    if (vstep.type == CO_V_SET || vstep.type == CO_V_POINT) {
        co_bind_fail(binder, COHORT_TYPE, position, "%s cannot be chosen among values", co_type_text(first));
        return CO_NO_STEP;
    }

    const uint32_t id = co_vstep_over(binder, vstep, ids, n);

    return vstep.kind == CO_VS_SELECT ? id : co_vstep_fold(binder, id);
}

static uint32_t bind_select(co_binder *binder, const co_scope *scope, const co_node *node,
                            co_node *const *conditions, uint32_t stride, uint32_t n_conditions,
                            const co_node *other)
{
    static const co_node null_node = { .kind = CO_NODE_NULL };
    uint32_t *sets = co_bind_new(binder, n_conditions, sizeof *sets);
    uint32_t *ids = co_bind_new(binder, (size_t)n_conditions + 1, sizeof *ids);
    const co_node **nodes = co_bind_new(binder, (size_t)n_conditions + 1, sizeof *nodes);

    if (co_bind_failed(binder))
        return CO_NO_STEP;
    for (uint32_t i = 0; i < n_conditions; i++) {
        sets[i] = co_bind_inner_condition(binder, scope, conditions[i * stride]).t;
        nodes[i] = conditions[i * stride + 1];
    }
    nodes[n_conditions] = other == NULL ? &null_node : other;
    for (uint32_t i = 0; i <= n_conditions; i++)
        ids[i] = co_node_is_untyped(nodes[i]) ? CO_NO_STEP : co_bind_value(binder, scope, nodes[i]);
    if (co_bind_failed(binder))
        return CO_NO_STEP;

    const co_vstep vstep = {
        .kind = CO_VS_SELECT, .object = scope->rows_object, .n_conditions = n_conditions, .conditions = sets
    };
    const uint32_t id = choose(binder, vstep, ids, nodes, n_conditions + 1, node->position);

    return id;
}

uint32_t co_bind_case(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t n = (node->n_children - node->has_else) / 2;

    return bind_select(binder, scope, node, node->children, 2, n,
                       node->has_else ? node->children[node->n_children - 1] : NULL);
}

static uint32_t bind_choice(co_binder *binder, const co_scope *scope, const co_node *node, co_vstep_kind kind)
{
    uint32_t *ids = co_bind_new(binder, node->n_children, sizeof *ids);

    if (ids == NULL)
        return CO_NO_STEP;
    co_bind_operands(binder, scope, node->children, ids, node->n_children);
    if (co_bind_failed(binder))
        return CO_NO_STEP;
    return choose(binder, (co_vstep){ .kind = kind }, ids, (const co_node *const *)node->children,
                  node->n_children, node->position);
}

/* ---- text ---- */

static uint32_t bind_text_function(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = bind_text(binder, scope, node->children[0]);
    co_vstep vstep = function_step(node, node->function == CO_FUNCTION_LENGTH ? CO_V_EXACT : CO_V_TEXT);

    vstep.nocase = vstep.type == CO_V_TEXT && co_vstep_of(binder, id)->nocase;
    return over(binder, vstep, &id, 1);
}

static uint32_t bind_concat(co_binder *binder, const co_scope *scope, const co_node *node)
{
    uint32_t *ids = co_bind_new(binder, node->n_children, sizeof *ids);
    co_vstep vstep = { .kind = CO_VS_CONCAT, .type = CO_V_TEXT };

    for (uint32_t i = 0; ids != NULL && i < node->n_children && !co_bind_failed(binder); i++) {
        ids[i] = bind_argument(binder, scope, node->children[i], &like_text);

        const co_vstep *step = co_vstep_of(binder, ids[i]);

        if (step->type == CO_V_SET || step->type == CO_V_POINT || step->type == CO_V_INTERVAL)
            return refuse(binder, node->children[i], "text", ids[i]);
        vstep.nocase = vstep.nocase || step->nocase;
        ids[i] = co_vstep_to_text(binder, ids[i]);
    }
    return co_bind_failed(binder) ? CO_NO_STEP : co_vstep_over(binder, vstep, ids, node->n_children);
}

static uint32_t bind_cardinality(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = bind_argument(binder, scope, node->children[0], &(co_vstep){ .type = CO_V_SET });

    if (co_vstep_of(binder, id)->type != CO_V_SET)
        return refuse(binder, node->children[0], "a set", id);
    return over(binder, function_step(node, CO_V_EXACT), &id, 1);
}

/* ---- time ---- */

uint32_t co_vstep_now(co_binder *binder, const co_node *node)
{
    const co_when *when = &binder->plan->when;

    if (!when->has_as_of) {
        const co_text text = co_bind_text(binder, node);

        co_bind_fail(binder, COHORT_INVALID, node->position, CO_FMT " needs an as-of instant", CO_ARG(text));
        return CO_NO_STEP;
    }
    if (node->kind == CO_NODE_FUNCTION && node->function == CO_FUNCTION_NOW)
        return co_vstep_number(binder, CO_V_TIMESTAMP, when->as_of_us);
    return co_vstep_number(binder, CO_V_DATE, binder->plan->today);
}

static bool bind_unit(co_binder *binder, const co_node *node, bool days_only, co_vstep *vstep)
{
    co_unit unit = CO_UNIT_DAY;

    if (node->kind != CO_NODE_STRING) {
        co_bind_fail(binder, COHORT_TYPE, node->position, "the unit is a quoted word such as 'day'");
    } else if (!co_unit_named(node->text, &unit) || (days_only && unit >= CO_UNIT_HOUR)) {
        co_bind_fail(binder, COHORT_PARSE, node->position,
                     "'" CO_FMT "' is none of day, week, month, quarter, year, "
                     "fiscal_quarter, fiscal_year%s",
                     CO_ARG(node->text), days_only ? "" : ", hour, minute, second");
    }
    vstep->unit = (uint8_t)unit;
    return !co_bind_failed(binder);
}

static uint32_t bind_datediff(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_vstep vstep = function_step(node, CO_V_EXACT);
    uint32_t ids[2];

    if (!bind_unit(binder, node->children[0], false, &vstep))
        return CO_NO_STEP;
    ids[0] = bind_time(binder, scope, node->children[1]);
    ids[1] = bind_time(binder, scope, node->children[2]);
    return over(binder, vstep, ids, 2);
}

static uint32_t bind_date_trunc(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_vstep vstep = function_step(node, CO_V_DATE);

    if (!bind_unit(binder, node->children[0], true, &vstep))
        return CO_NO_STEP;

    const uint32_t id = bind_time(binder, scope, node->children[1]);

    return over(binder, vstep, &id, 1);
}

static uint32_t bind_day_function(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = bind_time(binder, scope, node->children[0]);

    if (node->function == CO_FUNCTION_AGE)
        (void)co_vstep_now(binder, node);
    if (node->function != CO_FUNCTION_DAY_ONLY)
        return over(binder, function_step(node, CO_V_EXACT), &id, 1);
    if (co_vstep_of(binder, id)->type == CO_V_DATE)
        return id;
    return over(binder, function_step(node, CO_V_DATE), &id, 1);
}

/* ---- places ---- */

static uint32_t bind_geolocation(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t ids[] = { bind_double(binder, scope, node->children[0]),
                             bind_double(binder, scope, node->children[1]) };
    static const double most[] = { 90.0, 180.0 };

    for (uint32_t i = 0; i < 2; i++) {
        const co_vstep *step = co_vstep_of(binder, ids[i]);

        if (step->kind == CO_VS_CONSTANT && !step->is_null && !co_bind_failed(binder) &&
            !(step->constant.real >= -most[i] && step->constant.real <= most[i]))
            co_bind_fail(binder, COHORT_INVALID, node->children[i]->position, "%s lies between -%g and %g",
                         i == 0 ? "a latitude" : "a longitude", most[i], most[i]);
    }
    return over(binder, function_step(node, CO_V_POINT), ids, 2);
}

static uint32_t bind_distance(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const co_node *unit = node->children[2];
    co_vstep vstep = function_step(node, CO_V_DOUBLE);
    uint32_t ids[2];

    vstep.n = unit->kind == CO_NODE_STRING && co_text_equal(unit->text, CO_TEXT("mi"));
    if (vstep.n == 0 && (unit->kind != CO_NODE_STRING || !co_text_equal(unit->text, CO_TEXT("km")))) {
        co_bind_fail(binder, COHORT_PARSE, unit->position, "the unit of DISTANCE is 'km' or 'mi'");
        return CO_NO_STEP;
    }
    ids[0] = bind_point(binder, scope, node->children[0]);
    ids[1] = bind_point(binder, scope, node->children[1]);
    return over(binder, vstep, ids, 2);
}

/* ---- all ---- */

uint32_t co_bind_function(co_binder *binder, const co_scope *scope, const co_node *node)
{
    switch ((co_function)node->function) {
    case CO_FUNCTION_ROUND:
        return bind_round(binder, scope, node);
    case CO_FUNCTION_ABS:
    case CO_FUNCTION_FLOOR:
    case CO_FUNCTION_CEIL:
        return bind_numeric(binder, scope, node);
    case CO_FUNCTION_MOD:
        return bind_mod(binder, scope, node);
    case CO_FUNCTION_POWER:
    case CO_FUNCTION_EXP:
    case CO_FUNCTION_LN:
        return bind_real(binder, scope, node);
    case CO_FUNCTION_LEAST:
        return bind_choice(binder, scope, node, CO_VS_LEAST);
    case CO_FUNCTION_GREATEST:
        return bind_choice(binder, scope, node, CO_VS_GREATEST);
    case CO_FUNCTION_COALESCE:
        return bind_choice(binder, scope, node, CO_VS_COALESCE);
    case CO_FUNCTION_NULLIF:
        return bind_choice(binder, scope, node, CO_VS_NULLIF);
    case CO_FUNCTION_IF:
        return bind_select(binder, scope, node, node->children, 2, 1, node->children[2]);
    case CO_FUNCTION_LOWER:
    case CO_FUNCTION_UPPER:
    case CO_FUNCTION_TRIM:
    case CO_FUNCTION_LENGTH:
        return bind_text_function(binder, scope, node);
    case CO_FUNCTION_CONCAT:
        return bind_concat(binder, scope, node);
    case CO_FUNCTION_CARDINALITY:
        return bind_cardinality(binder, scope, node);
    case CO_FUNCTION_NOW:
    case CO_FUNCTION_TODAY:
        return co_vstep_now(binder, node);
    case CO_FUNCTION_DATEDIFF:
        return bind_datediff(binder, scope, node);
    case CO_FUNCTION_DATE_TRUNC:
        return bind_date_trunc(binder, scope, node);
    case CO_FUNCTION_ANNIVERSARY:
        co_bind_fail(binder, COHORT_TYPE, node->position,
                     "ANNIVERSARY stands only left of =, !=, IN or BETWEEN, with dates or ranges");
        return CO_NO_STEP;
    case CO_FUNCTION_GEOLOCATION:
        return bind_geolocation(binder, scope, node);
    case CO_FUNCTION_DISTANCE:
        return bind_distance(binder, scope, node);
    default:
        return bind_day_function(binder, scope, node);
    }
}

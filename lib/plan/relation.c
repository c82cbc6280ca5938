/*
 * EXISTS, EVERY and aggregates: child rows found by a condition on themselves,
 * and what they come to for the record that they belong to.
 *
 *     EXISTS(c WHERE e)                   REACHED 1 T(e), two-valued
 *     EVERY(c WHERE w SATISFIES p)        not REACHED 1 T(w) ∖ T(p)
 *     COUNT(c WHERE e) >= 3               REACHED 3 T(e)
 *     COUNT(c.f WHERE e)                  COUNT of the rows of T(e) that have f
 *     SUM(c.f WHERE e) …                  FOLD, by the type of f:
 *
 *       SUM            a number, or the exact sum's scale     AVG  a double
 *       MIN MAX        as the value: numbers, times, text, intervals
 *       MEDIAN         a double; of times the same
 *       FIRST LAST     as the value                           MODE as the value
 *       MAX_GAP AVG_GAP  dates and timestamps to an interval
 */
#include "plan/binder.h"

/* Rows of a child, and whose they are. */
typedef struct related {
    co_scope scope; /* of the child's rows */
    co_way via;
    uint32_t rows;
} related;

co_scope co_scope_of_child(const co_binder *binder, const co_scope *scope, uint32_t child, co_way via)
{
    return (co_scope){ .names_object = child,
                       .rows_object = child,
                       .prefix = { 0, NULL, child },
                       .outer = scope,
                       .to_outer = via,
                       .policy = scope->policy,
                       .complement = scope->policy,
                       .is_recorded = scope->is_recorded && binder->records_inner,
                       .source = scope->source,
                       .inlining = scope->inlining };
}

/* ---- objects by name ---- */

const co_object *co_bind_object(co_binder *binder, co_text name, uint64_t position)
{
    const co_object *object = co_schema_find(binder->schema, name);
    const uint32_t n = co_schema_n_objects(binder->schema);

    if (object != NULL || co_bind_failed(binder))
        return object;

    co_text *names = co_bind_new(binder, (size_t)n + 1, sizeof *names);

    for (uint32_t i = 0; names != NULL && i < n; i++)
        names[i] = co_schema_object(binder->schema, i)->name;

    const co_text near = names == NULL ? (co_text){ NULL, 0 } : co_expr_nearest(name, names, n);

    if (near.bytes != NULL)
        co_bind_fail(binder, COHORT_NOT_FOUND, position,
                     "unknown object '" CO_FMT "', did you mean '" CO_FMT "'?", CO_ARG(name), CO_ARG(near));
    else
        co_bind_fail(binder, COHORT_NOT_FOUND, position, "unknown object '" CO_FMT "'", CO_ARG(name));
    return NULL;
}

static bool is_enclosing(const co_scope *scope, uint32_t object)
{
    for (; scope != NULL; scope = scope->outer) {
        if (scope->names_object == object)
            return true;
    }
    return false;
}

/* What the names of a value say about its object. */
typedef struct co_naming {
    const co_schema *schema;
    const co_scope *scope;
    uint32_t child;
    bool names_own; /* the object that encloses the value's rows */
    co_text second;
} co_naming;

static void note_names(co_naming *naming, const co_node *node)
{
    if (node->kind == CO_NODE_PATH && node->n_names > 1) {
        const co_object *object = co_schema_find(naming->schema, node->names[0]);

        if (object == NULL)
            return;
        if (object->id == naming->scope->names_object)
            naming->names_own = true;
        else if (naming->child == CO_NONE && !is_enclosing(naming->scope, object->id))
            naming->child = object->id;
        else if (naming->child != object->id && !is_enclosing(naming->scope, object->id))
            naming->second = object->name;
    }
    for (uint32_t i = 0; i < node->n_children && !co_node_is_related(node); i++)
        note_names(naming, node->children[i]);
}

uint32_t co_value_child(const co_version *version, const co_scope *scope, const co_node *value,
                        co_text *second)
{
    co_naming naming = { .schema = co_version_schema(version), .scope = scope, .child = CO_NONE };

    note_names(&naming, value);
    *second = naming.second;
    /* Children of its own kind: SUM(account.revenue VIA parent). */
    return naming.child == CO_NONE && naming.names_own ? scope->names_object : naming.child;
}

/* The first name of a path that is no object, for a better message; or NULL. */
static const co_node *find_stray(const co_binder *binder, const co_node *node)
{
    const co_node *found = NULL;

    if (node->kind == CO_NODE_PATH && node->n_names > 1 &&
        co_schema_find(binder->schema, node->names[0]) == NULL)
        return node;
    for (uint32_t i = 0; i < node->n_children && found == NULL && !co_node_is_related(node); i++)
        found = find_stray(binder, node->children[i]);
    return found;
}

static uint32_t bind_value_child(co_binder *binder, const co_scope *scope, const co_node *value)
{
    co_text second = { NULL, 0 };
    const uint32_t child = co_value_child(binder->version, scope, value, &second);
    const co_node *stray = child == CO_NONE ? find_stray(binder, value) : NULL;

    if (stray != NULL)
        (void)co_bind_object(binder, stray->names[0], stray->position);
    else if (child == CO_NONE)
        co_bind_fail(binder, COHORT_TYPE, value->position,
                     "an aggregate takes a value of an object's rows, as in SUM(purchase.amount)");
    else if (second.bytes != NULL)
        co_bind_fail(binder, COHORT_TYPE, value->position,
                     "this names both " CO_FMT " and " CO_FMT "; an aggregate takes the rows of one object",
                     CO_ARG(co_schema_object(binder->schema, child)->name), CO_ARG(second));
    return co_bind_failed(binder) ? CO_NONE : child;
}

/* ---- rows ---- */

static bool open_related(co_binder *binder, const co_scope *scope, const co_node *node, uint32_t child,
                         const co_node *where, related *r)
{
    if (child == CO_NONE || !co_bind_via(binder, scope, node, child, &r->via))
        return false;
    r->scope = co_scope_of_child(binder, scope, child, r->via);
    r->rows = where == NULL ? co_step_rows(binder, child) : co_bind_condition(binder, &r->scope, where).t;
    return !co_bind_failed(binder);
}

/* name [ VIA path ] [ WHERE expr ], and of EVERY those that do not satisfy. */
static bool open_rows(co_binder *binder, const co_scope *scope, const co_node *node, related *r)
{
    const co_object *child = co_bind_object(binder, node->names[0], co_rows_position(scope->source, node));

    if (child == NULL ||
        !open_related(binder, scope, node, child->id, node->has_where ? node->children[0] : NULL, r))
        return false;
    if (node->kind == CO_NODE_EVERY) {
        const uint32_t satisfied =
            co_bind_condition(binder, &r->scope, node->children[node->n_children - 1]).t;

        r->rows = co_step_and2(binder, r->rows, co_step_minus(binder, satisfied));
    }
    return !co_bind_failed(binder);
}

static co_relation relation_to(co_binder *binder, const related *r)
{
    return co_relation_of(binder, r->scope.rows_object, r->via, r->rows);
}

static uint32_t reached(co_binder *binder, const co_scope *scope, const co_node *node)
{
    related r;

    if (!open_rows(binder, scope, node, &r))
        return CO_NO_STEP;

    const co_relation relation = relation_to(binder, &r);

    return co_step_reached(binder, &relation, r.rows, 1);
}

co_pair co_bind_exists(co_binder *binder, const co_scope *scope, const co_node *node)
{
    return co_pair_two_valued(binder, reached(binder, scope, node));
}

co_pair co_bind_every(co_binder *binder, const co_scope *scope, const co_node *node)
{
    return co_pair_swap(co_pair_two_valued(binder, reached(binder, scope, node)));
}

bool co_bind_step_rows(co_binder *binder, const co_scope *scope, const co_node *node, co_scope *child,
                       co_relation *relation, uint32_t *rows)
{
    related r;

    if (!open_rows(binder, scope, node, &r))
        return false;
    *child = r.scope;
    *relation = relation_to(binder, &r);
    *rows = r.rows;
    return !co_bind_failed(binder);
}

/* ---- counting ---- */

static co_vstep fold_step(co_binder *binder, const related *r, co_aggregate aggregate)
{
    return (co_vstep){ .kind = CO_VS_FOLD,
                       .type = CO_V_EXACT,
                       .object = r->via.object,
                       .aggregate = (uint8_t)aggregate,
                       .relation = relation_to(binder, r),
                       .true_step = r->rows,
                       .false_step = CO_NO_STEP };
}

static uint32_t count_of(co_binder *binder, const related *r)
{
    const co_vstep fold = fold_step(binder, r, CO_AGGREGATE_COUNT);

    return co_vstep_intern(binder, &fold);
}

uint32_t co_bind_count_rows(co_binder *binder, const co_scope *scope, const co_node *node)
{
    related r;

    return open_rows(binder, scope, node, &r) ? count_of(binder, &r) : CO_NO_STEP;
}

/* How many there must be at least for count > c (or ≥ c): none if n is 0, impossible if it passes 32 bits. */
static uint64_t least_count(const co_vstep *constant, bool or_equal)
{
    const co_wide digits = constant->constant.wide;
    const co_wide whole = co_wide_scale_down(digits, constant->scale, NULL);
    const int order = co_wide_compare_decimal(whole, 0, digits, constant->scale);
    int64_t n;

    if (co_wide_sign(digits) < 0)
        return 0;
    if (!co_wide_to_int64(whole, &n))
        return UINT64_MAX;
    /* Rounded up, it is the next whole number; rounded down, the one before it. */
    return (uint64_t)n + (order < 0 || (order == 0 && !or_equal));
}

bool co_plan_count(co_binder *binder, uint32_t object, co_compare compare, uint32_t count, uint32_t constant,
                   co_pair *pair)
{
    const co_vstep fold = *co_vstep_of(binder, count), number = *co_vstep_of(binder, constant);

    if (fold.kind != CO_VS_FOLD || fold.aggregate != CO_AGGREGATE_COUNT || fold.distinct ||
        fold.object != object || number.kind != CO_VS_CONSTANT || number.is_null || number.type != CO_V_EXACT)
        return false;

    const uint64_t from = least_count(&number, true), past = least_count(&number, false);
    const co_pair at_least =
        co_pair_two_valued(binder, co_step_reached(binder, &fold.relation, fold.true_step, from));
    const co_pair above =
        co_pair_two_valued(binder, co_step_reached(binder, &fold.relation, fold.true_step, past));

    if (from == past && (compare == CO_EQUAL || compare == CO_NOT_EQUAL)) {
        *pair = co_pair_known(binder, object, compare == CO_NOT_EQUAL); /* with no fraction */
        return true;
    }
    switch (compare) {
    case CO_EQUAL:
        *pair = co_pair_and(binder, at_least, co_pair_swap(above));
        break;
    case CO_NOT_EQUAL:
        *pair = co_pair_or(binder, co_pair_swap(at_least), above);
        break;
    case CO_LESS:
        *pair = co_pair_swap(at_least);
        break;
    case CO_LESS_EQUAL:
        *pair = co_pair_swap(above);
        break;
    case CO_GREATER:
        *pair = above;
        break;
    case CO_GREATER_EQUAL:
        *pair = at_least;
        break;
    }
    return true;
}

/* ---- aggregates of values ---- */

static void refuse_nested(co_binder *binder, const co_node *node)
{
    if (node->kind == CO_NODE_COUNT_ROWS || node->kind == CO_NODE_AGGREGATE || node->kind == CO_NODE_FUNNEL)
        co_bind_fail(
            binder, COHORT_TYPE, node->position,
            "aggregates do not stand inside another's value; define this one as a trait and name that");
    for (uint32_t i = 0; i < node->n_children && !co_node_is_related(node); i++)
        refuse_nested(binder, node->children[i]);
}

static bool is_number(const co_vstep *value)
{
    return value->type == CO_V_EXACT || value->type == CO_V_DOUBLE;
}
static bool is_time(const co_vstep *value)
{
    return value->type == CO_V_DATE || value->type == CO_V_TIMESTAMP;
}
static bool is_one(const co_vstep *value)
{
    return value->type != CO_V_SET && value->type != CO_V_POINT;
}

static bool wants_event_time(co_aggregate aggregate)
{
    return aggregate == CO_AGGREGATE_FIRST || aggregate == CO_AGGREGATE_LAST;
}

/* What the aggregate takes, if not this value; NULL if it does take it. */
static const char *wanted_instead(const co_node *node, const co_vstep *value)
{
    switch ((co_aggregate)node->aggregate) {
    case CO_AGGREGATE_SUM:
    case CO_AGGREGATE_AVG:
        return is_number(value) ? NULL : "a number";
    case CO_AGGREGATE_MIN:
    case CO_AGGREGATE_MAX:
        return is_one(value) && value->type != CO_V_BOOL ? NULL : "a number, a time or text";
    case CO_AGGREGATE_MEDIAN:
        return is_number(value) || is_time(value) ? NULL : "a number, a date or a timestamp";
    case CO_AGGREGATE_MAX_GAP:
    case CO_AGGREGATE_AVG_GAP:
        return is_time(value) ? NULL : "a date or timestamp";
    case CO_AGGREGATE_COUNT:
        return is_one(value) || !node->distinct ? NULL : "a single value";
    default:
        return is_one(value) ? NULL : "a single value";
    }
}

/* The type of the result, from that of the value. */
static void set_type(co_vstep *fold, const co_vstep *value)
{
    switch ((co_aggregate)fold->aggregate) {
    case CO_AGGREGATE_COUNT:
        return;
    case CO_AGGREGATE_AVG:
        fold->type = CO_V_DOUBLE;
        return;
    case CO_AGGREGATE_MEDIAN:
        fold->type = is_time(value) ? value->type : CO_V_DOUBLE;
        return;
    case CO_AGGREGATE_MAX_GAP:
    case CO_AGGREGATE_AVG_GAP:
        fold->type = CO_V_INTERVAL;
        return;
    default:
        fold->type = value->type;
        fold->scale = value->scale;
        fold->nocase = value->nocase;
        fold->target = value->target;
    }
}

/* The value of each child row; references by key where they are put in order. */
static uint32_t bind_operand(co_binder *binder, const related *r, const co_node *node)
{
    const co_node *value = node->children[0];
    co_scope scope = r->scope;

    scope.objects_first = true;
    scope.is_recorded = false;

    uint32_t id = co_bind_value(binder, &scope, value);

    if (node->aggregate == CO_AGGREGATE_MIN || node->aggregate == CO_AGGREGATE_MAX)
        id = co_vstep_to_key(binder, id);

    const char *wanted = wanted_instead(node, co_vstep_of(binder, id));

    if (!co_bind_failed(binder) && wanted != NULL)
        co_bind_fail(binder, COHORT_TYPE, value->position, "%s was wanted, this is %s", wanted,
                     co_type_text(co_vstep_of(binder, id)));
    return id;
}

uint32_t co_bind_aggregate(co_binder *binder, const co_scope *scope, const co_node *node)
{
    related r;

    refuse_nested(binder, node->children[0]);

    const uint32_t child = bind_value_child(binder, scope, node->children[0]);

    if (!open_related(binder, scope, node, child, node->has_where ? node->children[1] : NULL, &r))
        return CO_NO_STEP;

    const co_object *described = co_schema_object(binder->schema, child);
    const uint32_t operand = bind_operand(binder, &r, node);

    if (wants_event_time((co_aggregate)node->aggregate) && described->time == CO_NONE)
        co_bind_fail(binder, COHORT_TYPE, node->position,
                     "FIRST and LAST go by event time, and " CO_FMT " has none", CO_ARG(described->name));
    if (node->aggregate == CO_AGGREGATE_COUNT && !node->distinct) {
        r.rows = co_step_and2(binder, r.rows, co_plan_has_value(binder, child, operand));
        return co_bind_failed(binder) ? CO_NO_STEP : count_of(binder, &r);
    }
    if (co_bind_failed(binder))
        return CO_NO_STEP;

    co_vstep fold = fold_step(binder, &r, (co_aggregate)node->aggregate);

    fold.distinct = node->distinct;
    fold.n_operands = 1;
    fold.operands = &operand;
    set_type(&fold, co_vstep_of(binder, operand));
    return co_vstep_intern(binder, &fold);
}

/*
 * HAS and its kin, INCLUDES, and WITHIN POLYGON.
 *
 * What is wanted becomes groups of dictionary codes: one group for each
 * different element, holding every code that spells it (several under nocase).
 */
#include "plan/binder.h"
#include "plan/sort.h"

static const co_pair failed = { CO_NO_STEP, CO_NO_STEP };

/* ---- the elements that are wanted ---- */

typedef struct co_wanted {
    co_text *texts; /* ascending, distinct under the collation */
    size_t n;
    bool nocase;
    co_code_group *groups; /* one for each text; n 0: no record has it */
} co_wanted;

static size_t place_of(const co_wanted *wanted, co_text text)
{
    size_t low = 0, high = wanted->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (co_order_of_folded_texts(&wanted->texts[middle], &text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < wanted->n && co_order_of_folded_texts(&wanted->texts[low], &text) == 0 ? low : wanted->n;
}

static void add_code(co_binder *binder, co_code_group *group, uint32_t code)
{
    uint32_t *codes = co_bind_new(binder, (size_t)group->n + 1, sizeof *codes);

    for (uint32_t i = 0; codes != NULL && i < group->n; i++)
        codes[i] = group->codes[i];
    if (codes == NULL)
        return;
    codes[group->n] = code;
    group->codes = codes;
    group->n++;
}

static void find_codes(co_binder *binder, const co_dictionary *dictionary, co_wanted *wanted)
{
    const uint32_t n_codes = dictionary == NULL || !wanted->nocase ? 0 : co_dictionary_count(dictionary);

    for (uint32_t code = 0; code < n_codes && !co_bind_failed(binder); code++) {
        const size_t at = place_of(wanted, co_dictionary_text(dictionary, code));

        if (at < wanted->n)
            add_code(binder, &wanted->groups[at], code);
    }
    for (size_t i = 0; dictionary != NULL && !wanted->nocase && i < wanted->n; i++) {
        const uint32_t code = co_dictionary_find(dictionary, wanted->texts[i]);

        if (code != CO_NO_CODE)
            add_code(binder, &wanted->groups[i], code);
    }
}

static bool make_groups(co_binder *binder, const co_dictionary *dictionary, co_wanted *wanted)
{
    wanted->n = co_sort_unique(wanted->texts, wanted->n, sizeof *wanted->texts,
                               wanted->nocase ? co_order_of_folded_texts : co_order_of_texts);
    wanted->groups = co_bind_new(binder, wanted->n + 1, sizeof *wanted->groups);
    if (wanted->groups != NULL)
        find_codes(binder, dictionary, wanted);
    return !co_bind_failed(binder);
}

/* ---- a set ---- */

typedef struct co_set {
    uint32_t object;
    uint32_t id;
    co_vstep value;
    co_dictionary *dictionary;
} co_set;

static bool bind_set(co_binder *binder, const co_scope *scope, const co_node *node, const char *verb,
                     co_set *set)
{
    const co_node *left = node->children[0];

    set->object = scope->rows_object;
    set->id = co_bind_value(binder, scope, left);
    set->value = *co_vstep_of(binder, set->id);
    if (!co_bind_failed(binder) && set->value.type != CO_V_SET)
        co_bind_fail(binder, COHORT_TYPE, node->operator_position, "%s asks a set, this is %s", verb,
                     co_type_text(&set->value));
    if (co_bind_failed(binder))
        return false;
    set->dictionary =
        co_schema_object(binder->schema, set->value.way.object)->fields[set->value.field].dictionary;
    return true;
}

static uint32_t set_has_value(co_binder *binder, const co_set *set)
{
    const co_step step = { .kind = CO_STEP_HAS_VALUE, .object = set->object, .a = set->id, .b = CO_NO_STEP };

    return set->value.way.n == 0 ? co_step_valid(binder, set->object, set->value.field)
                                 : co_step_intern(binder, &step);
}

/* At least n of the groups; or, exactly, all of them and nothing else. */
static co_pair plan_groups(co_binder *binder, const co_set *set, const co_wanted *wanted, uint64_t n,
                           bool exactly)
{
    co_code_group *groups = co_bind_new(binder, wanted->n + 1, sizeof *groups);
    const bool own = set->value.way.n == 0;
    uint32_t n_groups = 0;

    for (size_t i = 0; groups != NULL && i < wanted->n; i++) {
        if (wanted->groups[i].n > 0)
            groups[n_groups++] = wanted->groups[i];
    }
    if (co_bind_failed(binder))
        return failed;

    const co_pair all = { set_has_value(binder, set), co_step_none(binder, set->object) };

    if (exactly ? n_groups < wanted->n : n_groups < n)
        return co_pair_swap(all);
    if (n == 0 && !exactly)
        return all;

    co_step step = { .object = set->object,
                     .a = own ? CO_NO_STEP : set->id,
                     .b = CO_NO_STEP,
                     .field = own ? set->value.field : 0,
                     .n = exactly ? n_groups : (uint32_t)n,
                     .set_exactly = exactly && !own,
                     .n_groups = n_groups,
                     .groups = groups };
    co_pair pair;

    step.kind = !own ? CO_STEP_SET_TEST : exactly ? CO_STEP_EXACTLY : CO_STEP_HOLDS;
    pair.t = co_step_intern(binder, &step);
    step.outside = true;
    pair.f = co_step_intern(binder, &step);
    return pair;
}

/* ---- HAS ---- */

/* An element asked for, as text: a constant, or what each record has for itself. */
static uint32_t bind_wanted(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = node->kind == CO_NODE_NULL ? CO_NO_STEP : co_bind_value(binder, scope, node);
    const co_vstep *value = co_vstep_of(binder, id);

    if (node->kind == CO_NODE_NULL)
        co_bind_fail(binder, COHORT_TYPE, node->position, "a set holds no NULL; write IS NULL or IS EMPTY");
    else if (!co_bind_failed(binder) && value->type != CO_V_TEXT)
        co_bind_fail(binder, COHORT_TYPE, node->position,
                     "the elements of a set are text; write them in quotes");
    return id;
}

/* A text known before; a trait may be NULL, which is none. */
static bool is_constant(const co_binder *binder, uint32_t id)
{
    const co_vstep *value = co_vstep_of(binder, id);

    return !co_bind_failed(binder) && value->kind == CO_VS_CONSTANT && !value->is_null;
}

/* What a list asks for, after a free place; *all_constant: it is known before. */
static uint32_t *bind_list(co_binder *binder, const co_scope *scope, const co_node *node, bool *all_constant)
{
    uint32_t *ids = co_bind_new(binder, node->n_children, sizeof *ids);

    *all_constant = true;
    for (uint32_t i = 1; i < node->n_children && !co_bind_failed(binder); i++) {
        ids[i] = bind_wanted(binder, scope, node->children[i]);
        *all_constant &= is_constant(binder, ids[i]);
    }
    return co_bind_failed(binder) ? NULL : ids;
}

/* One text that is another for each record: an element or, in parts, several. */
static co_pair plan_element(co_binder *binder, const co_set *set, uint32_t id, bool in_parts)
{
    co_step step = {
        .kind = CO_STEP_SET_PAIR, .object = set->object, .a = set->id, .b = id, .set_parts = in_parts
    };
    co_pair pair = { co_step_intern(binder, &step), CO_NO_STEP };

    step.outside = true;
    pair.f = co_step_intern(binder, &step);
    return pair;
}

/* ANY and ALL of elements that are not all known before: each for itself. */
static co_pair plan_elements(co_binder *binder, const co_set *set, co_has has, const uint32_t *ids,
                             uint32_t n)
{
    co_pair pair = plan_element(binder, set, ids[0], false);

    for (uint32_t i = 1; i < n && !co_bind_failed(binder); i++) {
        const co_pair next = plan_element(binder, set, ids[i], false);

        pair = has == CO_HAS_ALL ? co_pair_and(binder, pair, next) : co_pair_or(binder, pair, next);
    }
    return pair;
}

/* AT LEAST and EXACTLY of them: how many different ones there are is another number for each record. */
static co_pair plan_different(co_binder *binder, const co_set *set, const co_node *node, uint32_t *ids)
{
    co_vstep vstep = { .kind = CO_VS_SET_EXACTLY, .type = CO_V_BOOL };

    if (node->has == CO_HAS_AT_LEAST) {
        vstep.kind = CO_VS_SET_AT_LEAST;
        vstep.n = (uint64_t)node->count;
    }
    ids[0] = set->id;
    return co_plan_bool(binder, set->object, co_vstep_over(binder, vstep, ids, node->n_children));
}

static co_pair plan_known(co_binder *binder, const co_set *set, const co_node *node, co_wanted *wanted)
{
    if (!make_groups(binder, set->dictionary, wanted))
        return failed;
    switch ((co_has)node->has) {
    case CO_HAS_ALL:
        return plan_groups(binder, set, wanted, wanted->n, false);
    case CO_HAS_EXACTLY:
        return plan_groups(binder, set, wanted, wanted->n, true);
    case CO_HAS_AT_LEAST:
        return plan_groups(binder, set, wanted, (uint64_t)node->count, false);
    default:
        return plan_groups(binder, set, wanted, 1, false);
    }
}

co_pair co_leaf_has(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_wanted wanted = { .texts = co_bind_new(binder, node->n_children, sizeof *wanted.texts) };
    bool all_constant;
    uint32_t *ids;
    co_set set;

    if (!bind_set(binder, scope, node, "HAS", &set))
        return failed;
    ids = bind_list(binder, scope, node, &all_constant);
    if (ids == NULL)
        return failed;
    if (!all_constant && (node->has == CO_HAS_EXACTLY || node->has == CO_HAS_AT_LEAST))
        return plan_different(binder, &set, node, ids);
    if (!all_constant)
        return plan_elements(binder, &set, (co_has)node->has, ids + 1, node->n_children - 1);
    wanted.nocase = set.value.nocase;
    for (uint32_t i = 1; i < node->n_children; i++)
        wanted.texts[wanted.n++] = co_vstep_of(binder, ids[i])->constant.text;
    return plan_known(binder, &set, node, &wanted);
}

/* ---- INCLUDES ---- */

/* 'a;b' asks for a and b. */
static co_pair includes_text(co_binder *binder, const co_set *set, co_text item)
{
    co_wanted wanted = { .texts = co_bind_new(binder, item.length + 1, sizeof *wanted.texts),
                         .nocase = set->value.nocase };
    size_t start = 0;

    if (co_bind_failed(binder))
        return failed;
    for (size_t i = 0; i <= item.length; i++) {
        if (i < item.length && item.bytes[i] != ';')
            continue;
        wanted.texts[wanted.n++] = (co_text){ item.bytes + start, i - start };
        start = i + 1;
    }
    return make_groups(binder, set->dictionary, &wanted) ? plan_groups(binder, set, &wanted, wanted.n, false)
                                                         : failed;
}

static co_pair includes_item(co_binder *binder, const co_set *set, uint32_t id)
{
    return is_constant(binder, id) ? includes_text(binder, set, co_vstep_of(binder, id)->constant.text)
                                   : plan_element(binder, set, id, true);
}

co_pair co_leaf_includes(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_pair pair = failed;
    bool all_constant;
    uint32_t *ids;
    co_set set;

    if (!bind_set(binder, scope, node, node->negated ? "EXCLUDES" : "INCLUDES", &set))
        return failed;
    ids = bind_list(binder, scope, node, &all_constant);
    for (uint32_t i = 1; ids != NULL && i < node->n_children && !co_bind_failed(binder); i++) {
        const co_pair item = includes_item(binder, &set, ids[i]);

        pair = i == 1 ? item : co_pair_or(binder, pair, item);
    }
    return pair;
}

/* ---- WITHIN POLYGON ---- */

static void check_polygon(co_binder *binder, const co_node *node)
{
    double least = node->points[0].longitude, greatest = least;

    for (uint32_t i = 0; i < node->n_points; i++) {
        const co_point point = node->points[i];

        if (!(point.latitude >= -90.0 && point.latitude <= 90.0 && point.longitude >= -180.0 &&
              point.longitude <= 180.0))
            co_bind_fail(binder, COHORT_INVALID, node->operator_position,
                         "(%g, %g) is no latitude and longitude in degrees", point.latitude, point.longitude);
        least = point.longitude < least ? point.longitude : least;
        greatest = point.longitude > greatest ? point.longitude : greatest;
    }
    if (greatest - least > 180.0)
        co_bind_fail(binder, COHORT_INVALID, node->operator_position,
                     "the polygon spans %g degrees of longitude, more than 180", greatest - least);
}

co_pair co_leaf_polygon(co_binder *binder, const co_scope *scope, const co_node *node)
{
    co_step step = { .kind = CO_STEP_POLYGON,
                     .object = scope->rows_object,
                     .b = CO_NO_STEP,
                     .points = node->points,
                     .n_points = node->n_points };
    co_pair pair;

    step.a = co_bind_value(binder, scope, node->children[0]);
    if (!co_bind_failed(binder) && co_vstep_of(binder, step.a)->type != CO_V_POINT)
        co_bind_fail(binder, COHORT_TYPE, node->operator_position, "WITHIN POLYGON asks a point, this is %s",
                     co_type_text(co_vstep_of(binder, step.a)));
    if (!co_bind_failed(binder))
        check_polygon(binder, node);
    if (co_bind_failed(binder))
        return failed;
    pair.t = co_step_intern(binder, &step);
    step.outside = true;
    pair.f = co_step_intern(binder, &step);
    return pair;
}

/*
 * IN: the union of comparisons with every item.
 *
 * Items that are constants beside the row's own field become one step, however
 * many there are; the rest are compared one by one. NULL in the list makes
 * what is not found unknown.
 */
#include "plan/binder.h"
#include "plan/sort.h"

typedef struct co_list {
    co_binder *binder;
    const co_scope *scope;
    const co_node *node;
    uint32_t value;   /* value step of the left side */
    int64_t *numbers; /* of own numbers and references */
    size_t n_numbers;
    co_text *texts; /* of an own text */
    size_t n_texts;
    bool any_key; /* constants were taken, even if none can be equal */
    bool has_null;
    uint32_t field;
    co_pair others;
} co_list;

static void add_pair(co_list *list, co_pair pair)
{
    list->others = co_pair_or(list->binder, list->others, pair);
}

/* True if the item is a constant that the list itself can hold. */
static bool take_constant(co_list *list, uint32_t item)
{
    const co_vstep value = *co_vstep_of(list->binder, list->value),
                   constant = *co_vstep_of(list->binder, item);
    co_bounds bounds;

    if (co_bounds_of(list->binder, list->value, item, &bounds)) {
        if (bounds.low != bounds.high && co_bounds_some(&bounds))
            return false;
        list->any_key = true;
        list->field = bounds.field;
        if (co_bounds_some(&bounds))
            list->numbers[list->n_numbers++] = bounds.low;
        return true;
    }
    if (constant.kind != CO_VS_CONSTANT)
        return false;
    if (value.kind == CO_VS_REFERENCE && value.way.n == 1 && constant.type == CO_V_REFERENCE) {
        list->any_key = true;
        list->field = value.way.fields[0];
        if (constant.constant.number >= 0)
            list->numbers[list->n_numbers++] = constant.constant.number;
        return true;
    }
    if (value.kind == CO_VS_FIELD && value.type == CO_V_TEXT && value.way.n == 0) {
        list->texts[list->n_texts++] = constant.constant.text;
        return true;
    }
    return false;
}

static void add_item(co_list *list, const co_node *item)
{
    co_binder *binder = list->binder;
    const co_node *left = list->node->children[0];
    uint32_t ids[2];

    if (item->kind == CO_NODE_NULL) {
        list->has_null = true;
        return;
    }
    if (item->kind == CO_NODE_RANGE || co_node_is_untyped(left)) {
        add_pair(list,
                 co_compare_nodes(binder, list->scope, CO_EQUAL, left, item, list->node->operator_position));
        return;
    }
    if (!co_bind_two(binder, list->scope, CO_EQUAL, left, item, ids) ||
        !co_values_comparable(binder, ids[0], left, ids[1], item, list->node->operator_position))
        return;
    if (co_vstep_is_constant(binder, ids[1]) && co_vstep_of(binder, ids[1])->is_null) {
        list->has_null = true;
        return;
    }
    if (!take_constant(list, ids[1]))
        add_pair(list, co_plan_compare(binder, list->scope->rows_object, CO_EQUAL, ids[0], ids[1]));
}

/* Numbers without a hole are a range. */
static void add_numbers(co_list *list)
{
    co_binder *binder = list->binder;
    const uint32_t object = list->scope->rows_object;
    const size_t n = co_sort_unique(list->numbers, list->n_numbers, sizeof *list->numbers, co_order_of_int64);
    co_pair pair = { co_step_none(binder, object), co_step_valid(binder, object, list->field) };

    if (n > 0 && (uint64_t)list->numbers[n - 1] - (uint64_t)list->numbers[0] == n - 1) {
        pair.t = co_step_between(binder, object, list->field, list->numbers[0], list->numbers[n - 1]);
        pair.f = co_step_outside(binder, object, list->field, list->numbers[0], list->numbers[n - 1]);
    } else if (n > 0) {
        co_step step = { .kind = CO_STEP_AMONG,
                         .object = object,
                         .field = list->field,
                         .a = CO_NO_STEP,
                         .b = CO_NO_STEP,
                         .n_numbers = (uint32_t)n,
                         .numbers = list->numbers };

        pair.t = co_step_intern(binder, &step);
        step.outside = true;
        pair.f = co_step_intern(binder, &step);
    }
    add_pair(list, pair);
}

static void add_texts(co_list *list)
{
    co_binder *binder = list->binder;
    const bool nocase = co_vstep_of(binder, list->value)->nocase;
    co_text_match *match =
        co_match_equal(binder, co_vstep_dictionary(binder, list->value), list->texts, list->n_texts, nocase);

    add_pair(list, co_plan_text(binder, list->scope->rows_object, list->value, match));
}

co_pair co_leaf_in(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t object = scope->rows_object;
    co_list list = { .binder = binder, .scope = scope, .node = node, .value = CO_NO_STEP };

    list.others = co_pair_known(binder, object, false);
    list.numbers = co_bind_new(binder, node->n_children, sizeof *list.numbers);
    list.texts = co_bind_new(binder, node->n_children, sizeof *list.texts);
    if (!co_node_is_untyped(node->children[0]))
        list.value = co_bind_value(binder, scope, node->children[0]);
    for (uint32_t i = 1; i < node->n_children && !co_bind_failed(binder); i++)
        add_item(&list, node->children[i]);
    if (co_bind_failed(binder))
        return (co_pair){ CO_NO_STEP, CO_NO_STEP };
    if (list.any_key)
        add_numbers(&list);
    if (list.n_texts > 0)
        add_texts(&list);
    if (list.has_null)
        list.others.f = co_step_none(binder, object);
    return list.others;
}

/*
 * SEQUENCE and FUNNEL: each step is a set of a child's rows, and for SAME a
 * value of each.
 *
 *     SEQUENCE(view, cart WITHIN 7 days; SAME product)
 *
 * Always:  every child has an event time and belongs to the one object that the
 *          scope is of; the SAME values at one place have one type in all steps.
 *          What the text alone shows to be wrong the parser has refused.
 */
#include "plan/binder.h"

typedef struct chaining {
    co_binder *binder;
    const co_scope *scope;
    const co_node *node;
    co_chain_step *steps;
    uint32_t *same; /* by step, then by place */
} chaining;

static void check_time(co_binder *binder, const co_scope *scope, const co_node *step, uint32_t child)
{
    const co_object *object = co_schema_object(binder->schema, child);

    if (object->time == CO_NONE)
        co_bind_fail(binder, COHORT_TYPE, co_rows_position(scope->source, step),
                     "a chain goes by event time, and " CO_FMT " has none", CO_ARG(object->name));
}

/* What must not follow within some time waits until that time is over. */
static void check_as_of(co_binder *binder, const co_node *step)
{
    if (step->negated && step->has_within && !binder->plan->when.has_as_of)
        co_bind_fail(binder, COHORT_INVALID, step->position, "NOT with WITHIN needs an as-of instant");
}

static void bind_step(chaining *c, uint32_t i)
{
    co_binder *binder = c->binder;
    const co_node *node = c->node, *written = node->children[i];
    co_chain_step *step = &c->steps[i];
    co_scope child;

    *step = (co_chain_step){ .negated = written->negated,
                             .has_within = written->has_within,
                             .within = written->within,
                             .same = c->same + (size_t)i * node->n_same };
    if (!co_bind_step_rows(binder, c->scope, written, &child, &step->relation, &step->rows))
        return;
    check_time(binder, c->scope, written, child.rows_object);
    check_as_of(binder, written);
    for (uint32_t k = 0; k < node->n_same; k++) {
        const co_node name = {
            .kind = CO_NODE_PATH, .names = &node->same[k], .n_names = 1, .position = written->position
        };

        child.is_recorded = false;
        c->same[(size_t)i * node->n_same + k] = co_bind_value(binder, &child, &name);
    }
}

static bool is_same_type(const co_vstep *a, const co_vstep *b)
{
    return a->type == b->type && a->scale == b->scale && a->type != CO_V_SET && a->type != CO_V_POINT &&
           (a->type != CO_V_REFERENCE || a->target == b->target);
}

static void check_same(const chaining *c)
{
    const co_node *node = c->node;

    for (uint32_t i = 0; i < node->n_children; i++) {
        for (uint32_t k = 0; k < node->n_same && !co_bind_failed(c->binder); k++) {
            const co_vstep *first = co_vstep_of(c->binder, c->same[k]);
            const co_vstep *other = co_vstep_of(c->binder, c->same[(size_t)i * node->n_same + k]);

            if (!is_same_type(first, other))
                co_bind_fail(c->binder, COHORT_TYPE, node->children[i]->position,
                             "SAME wants '" CO_FMT "' to be of one type in every step: here it is %s%s%s",
                             CO_ARG(node->same[k]), co_type_text(other), i == 0 ? "" : ", before ",
                             i == 0 ? "" : co_type_text(first));
        }
    }
}

uint32_t co_bind_chain(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const size_t n_same = (size_t)node->n_same * node->n_children;
    chaining c = { .binder = binder,
                   .scope = scope,
                   .node = node,
                   .steps = co_bind_new(binder, node->n_children, sizeof *c.steps),
                   .same = co_bind_new(binder, n_same + 1, sizeof *c.same) };
    co_chain *chain = co_bind_new(binder, 1, sizeof *chain);

    for (uint32_t i = 0; i < node->n_children && !co_bind_failed(binder); i++)
        bind_step(&c, i);
    if (!co_bind_failed(binder))
        check_same(&c);
    if (co_bind_failed(binder))
        return CO_NO_STEP;
    *chain = (co_chain){ .is_funnel = node->kind == CO_NODE_FUNNEL,
                         .strict = node->strict,
                         .has_within = node->has_within,
                         .within = node->within,
                         .n_same = node->n_same,
                         .n_steps = node->n_children,
                         .steps = c.steps };

    const co_vstep vstep = { .kind = CO_VS_CHAIN,
                             .type = chain->is_funnel ? CO_V_EXACT : CO_V_BOOL,
                             .object = scope->rows_object,
                             .true_step = CO_NO_STEP,
                             .false_step = CO_NO_STEP,
                             .chain = chain };

    return co_vstep_intern(binder, &vstep);
}

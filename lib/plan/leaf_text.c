/*
 * LIKE, CONTAINS and their kin, MATCHES. What is looked for is prepared where it
 * is known while planning; one nocase side makes the test nocase.
 */
#include "base/utf8.h"
#include "plan/binder.h"

static const co_pair failed = { CO_NO_STEP, CO_NO_STEP };

co_dictionary *co_vstep_dictionary(const co_binder *binder, uint32_t a)
{
    const co_vstep *value = co_vstep_of(binder, a);

    if (a == CO_NO_STEP || value->kind != CO_VS_FIELD || value->way.n > 0)
        return NULL;
    return co_schema_object(binder->schema, value->way.object)->fields[value->field].dictionary;
}

co_pair co_plan_text(co_binder *binder, uint32_t object, uint32_t a, co_text_match *match)
{
    const co_vstep value = *co_vstep_of(binder, a);
    const bool own = value.kind == CO_VS_FIELD && value.way.n == 0;
    co_step step = { .kind = own ? CO_STEP_MATCH : CO_STEP_TEXT,
                     .object = object,
                     .a = own ? CO_NO_STEP : a,
                     .b = CO_NO_STEP,
                     .field = own ? value.field : 0,
                     .match = match };
    co_pair pair;

    if (co_bind_failed(binder))
        return failed;
    pair.t = co_step_intern(binder, &step);
    step.outside = true;
    pair.f = co_step_intern(binder, &step);
    return pair;
}

/* The left side: text, a reference by its key. */
static uint32_t bind_text(co_binder *binder, const co_scope *scope, const co_node *node, uint64_t position)
{
    const uint32_t id = co_vstep_to_key(binder, co_bind_value(binder, scope, node));
    const co_vstep *value = co_vstep_of(binder, id);

    if (!co_bind_failed(binder) && value->type != CO_V_TEXT)
        co_bind_fail(binder, COHORT_TYPE, position, "this test is for text, not for %s%s",
                     co_type_text(value), value->type == CO_V_SET ? "; use HAS" : "");
    return id;
}

/* What is looked for, as text. */
static uint32_t bind_wanted(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = co_vstep_to_key(binder, co_bind_value(binder, scope, node));
    const co_vstep *value = co_vstep_of(binder, id);

    if (!co_bind_failed(binder) && value->type != CO_V_TEXT)
        co_bind_fail(binder, COHORT_TYPE, node->position, "text was wanted, this is %s", co_type_text(value));
    return id;
}

/* Text that each record has for itself. */
static co_pair plan_pair(co_binder *binder, uint32_t object, uint8_t verb, uint32_t escape, bool any_case,
                         uint32_t a, uint32_t b)
{
    const co_vstep folding = { .kind = CO_VS_COALESCE, .type = CO_V_TEXT, .nocase = true };
    co_step step = {
        .kind = CO_STEP_TEXT_PAIR, .object = object, .text_verb = verb, .escape = escape, .b = b
    };
    co_pair pair;

    step.a = any_case && !co_vstep_of(binder, a)->nocase ? co_vstep_over(binder, folding, &a, 1) : a;
    pair.t = co_step_intern(binder, &step);
    step.outside = true;
    pair.f = co_step_intern(binder, &step);
    return pair;
}

static bool is_nocase(const co_binder *binder, uint32_t id)
{
    return co_vstep_of(binder, id)->nocase;
}

/* The constant left side is tested now. */
static co_pair plan_test(co_binder *binder, const co_scope *scope, uint32_t id, co_text_match *match)
{
    const co_vstep value = *co_vstep_of(binder, id);
    bool hit = false;

    if (match == NULL || co_bind_failed(binder))
        return failed;
    if (value.kind != CO_VS_CONSTANT)
        return co_plan_text(binder, scope->rows_object, id, match);
    if (value.is_null)
        return co_pair_unknown(binder, scope->rows_object);
    binder->status = match->test(match->context, value.constant.text, &hit, binder->error);
    return co_pair_known(binder, scope->rows_object, hit);
}

static bool bind_escape(co_binder *binder, const co_node *node, uint32_t *escape)
{
    *escape = '\\';
    if (!node->has_escape)
        return true;

    const co_node *written = node->children[2];
    const size_t length = co_utf8_decode(written->text, escape);

    if (length == 0 || length != written->text.length)
        co_bind_fail(binder, COHORT_PARSE, written->position, "ESCAPE takes one character");
    return !co_bind_failed(binder);
}

co_pair co_leaf_like(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = bind_text(binder, scope, node->children[0], node->operator_position);
    const co_node *pattern = node->children[1];
    const uint32_t wanted = co_bind_failed(binder) ? CO_NO_STEP : bind_wanted(binder, scope, pattern);
    const co_vstep value = *co_vstep_of(binder, wanted);
    uint32_t escape;

    if (co_bind_failed(binder) || !bind_escape(binder, node, &escape))
        return failed;
    if (value.kind != CO_VS_CONSTANT)
        return plan_pair(binder, scope->rows_object, CO_PAIR_LIKE, escape, node->any_case, id, wanted);
    if (value.is_null)
        return co_pair_unknown(binder, scope->rows_object);
    return plan_test(binder, scope, id,
                     co_match_like(binder, co_vstep_dictionary(binder, id), value.constant.text, escape,
                                   node->any_case || is_nocase(binder, id), pattern->position));
}

/* What is known is looked for at once; the rest one by one. */
co_pair co_leaf_text(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t object = scope->rows_object;
    const uint32_t id = bind_text(binder, scope, node->children[0], node->operator_position);
    co_text *known = co_bind_new(binder, node->n_children, sizeof *known);
    co_pair pair = co_pair_known(binder, object, false);
    uint32_t n_known = 0;

    for (uint32_t i = 1; i < node->n_children && !co_bind_failed(binder); i++) {
        const uint32_t wanted = bind_wanted(binder, scope, node->children[i]);
        const co_vstep value = *co_vstep_of(binder, wanted);

        if (co_bind_failed(binder))
            break;
        if (value.kind != CO_VS_CONSTANT)
            pair = co_pair_or(binder, pair, plan_pair(binder, object, node->text_verb, 0, false, id, wanted));
        else if (value.is_null)
            pair.f = co_step_none(binder, object);
        else
            known[n_known++] = value.constant.text;
    }
    if (co_bind_failed(binder))
        return failed;
    if (n_known > 0)
        pair = co_pair_or(
            binder, pair,
            plan_test(binder, scope, id,
                      co_match_find(binder, co_vstep_dictionary(binder, id), (co_text_verb)node->text_verb,
                                    known, n_known, is_nocase(binder, id))));
    return pair;
}

co_pair co_leaf_matches(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const uint32_t id = bind_text(binder, scope, node->children[0], node->operator_position);
    const uint64_t position = node->end - node->text.length - 2;

    if (co_bind_failed(binder))
        return failed;
    return plan_test(
        binder, scope, id,
        co_match_regex(binder, co_vstep_dictionary(binder, id), node->text, is_nocase(binder, id), position));
}

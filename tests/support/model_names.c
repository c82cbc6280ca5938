/*
 * The naive model's names: what a path means where it stands, innermost first,
 * and which record it leads to; what is known of a value's type.
 */
#include "support/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool model_exists(const m_run *run, int object, const m_record *record)
{
    const m_object *o = &run->model->objects[object];
    const int field = o->time_field;

    if (record == NULL || !record->live)
        return false;
    if (field < 0 || record->values[field].kind == M_NULL)
        return true;
    if (record->values[field].kind == M_DATE)
        return record->values[field].number <= m_floor(run->when.as_of_us + run->when.offset_us, INT64_C(86400000000));
    return record->values[field].number <= run->when.as_of_us;
}

int m_field_named(const m_object *object, co_text name)
{
    for (int i = 0; i < object->n_fields; i++)
        if (co_text_equal(co_text_of(object->fields[i].name), name))
            return i;
    return -1;
}

const m_named *m_named_of(const m_run *run, int object, co_text name, bool is_trait)
{
    for (int i = 0; i < run->model->n_named; i++) {
        const m_named *n = &run->model->named[i];

        if (n->object == object && n->is_trait == is_trait && co_text_equal(co_text_of(n->name), name))
            return n;
    }
    return NULL;
}

/* ---- ways ---- */

const m_record *m_parent(const m_run *run, int object, const m_record *record, int field)
{
    const m_object *o = &run->model->objects[object];
    const m_value *reference = &record->values[field];
    const int target = o->fields[field].target;

    if (reference->kind == M_NULL)
        return NULL;

    const m_value key = reference->text.bytes != NULL ? m_text(reference->text) : m_exact(reference->exact, 0);
    const m_record *found = model_find(&run->model->objects[target], key);

    return model_exists(run, target, found) ? found : NULL;
}

/* Follows n names; env->record NULL: the way ends early, or only types are asked for. */
static void walk(const m_run *run, m_env *env, const co_text *names, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const m_object *o = &run->model->objects[env->object];
        const int field = m_field_named(o, names[i]);

        if (field < 0 || o->fields[field].target < 0) {
            fprintf(stderr, "model: %s has no reference %.*s\n", o->name, (int)names[i].length, names[i].bytes);
            abort();
        }
        if (env->record != NULL)
            env->record = m_parent(run, env->object, env->record, field);
        env->object = o->fields[field].target;
    }
}

/* ---- who is spoken of ---- */

static bool is_outer(co_text name) { return name.length == 5 && strncasecmp(name.bytes, "OUTER", 5) == 0; }

static bool is_own(const m_run *run, const m_env *env, co_text name)
{
    return co_text_equal(name, co_text_of(run->model->objects[env->object].name));
}

static bool is_member(const m_run *run, const m_env *env, co_text name)
{
    const m_object *object = &run->model->objects[env->object];

    return m_field_named(object, name) >= 0 || co_text_equal(name, co_text_of(object->key_name)) ||
           m_named_of(run, env->object, name, true) != NULL;
}

/* The record at which a path starts; *used: how many names said so. At most `most` of them may. */
static m_env start(const m_run *run, const m_env *env, const co_text *names, uint32_t most, uint32_t *used)
{
    uint32_t n = 0;

    while (n < most && is_outer(names[n]) && m_field_named(&run->model->objects[env->object], names[n]) < 0) {
        env = env->outer;
        n++;
    }
    *used = n;
    if (n > 0 || most == 0)
        return *env;
    *used = 1;
    if (env->in_value && is_own(run, env, names[0]))
        return *env;
    *used = 0;
    if (is_member(run, env, names[0]))
        return *env;
    *used = 1;
    for (const m_env *level = env; level != NULL; level = level->outer)
        if (is_own(run, level, names[0]))
            return *level;
    abort();
}

m_value m_path_value(m_run *run, const m_env *env, const co_node *node)
{
    uint32_t used = 0;
    m_env at = *env;

    at = start(run, env, node->names, node->n_names - 1, &used);
    walk(run, &at, node->names + used, node->n_names - used - 1);
    if (at.record == NULL)
        return m_null();

    const m_object *o = &run->model->objects[at.object];
    const co_text last = node->names[node->n_names - 1];
    const int field = m_field_named(o, last);

    if (field >= 0)
        return at.record->values[field];
    if (co_text_equal(last, co_text_of(o->key_name)))
        return at.record->key;

    const m_named *trait = m_named_of(run, at.object, last, true);

    return m_eval(run, &(m_env){ .object = at.object, .record = at.record }, trait->tree->root, trait->nulls);
}

bool m_far(const m_run *run, const m_env *env, const co_node *node, m_env *far)
{
    uint32_t used = 0;

    *far = *env;
    if (node->n_path == 0)
        return far->record != NULL;
    *far = start(run, env, node->path, node->n_path, &used);
    walk(run, far, node->path + used, node->n_path - used);
    far->outer = NULL;
    far->in_value = false;
    return far->record != NULL;
}

/* ---- types ---- */

/* The field that a path ends at, or the trait; NULL if it is a key. */
static const m_field *last_field(const m_run *run, const m_env *env, const co_node *node, const m_named **trait,
                                 m_env *at)
{
    uint32_t used = 0;

    *at = start(run, env, node->names, node->n_names - 1, &used);
    at->record = NULL;
    walk(run, at, node->names + used, node->n_names - used - 1);
    at->outer = NULL;
    at->in_value = false;

    const m_object *object = &run->model->objects[at->object];
    const int field = m_field_named(object, node->names[node->n_names - 1]);

    *trait = m_named_of(run, at->object, node->names[node->n_names - 1], true);
    return field < 0 ? NULL : &object->fields[field];
}

/* Where the value of an aggregate stands, for its types; `far` holds the outer env. */
static m_env inside_value(const m_run *run, const m_env *env, const co_node *node, m_env *far)
{
    m_far(run, env, node, far);
    return (m_env){ .object = m_value_child(run, far, node->children[0]), .outer = far, .in_value = true };
}

static bool is_double_aggregate(const m_run *run, const m_env *env, const co_node *node)
{
    switch (node->aggregate) {
    case CO_AGGREGATE_AVG:
        return true;
    case CO_AGGREGATE_COUNT:
    case CO_AGGREGATE_MAX_GAP:
    case CO_AGGREGATE_AVG_GAP:
        return false;
    default: {
        m_env far;
        const m_env inside = inside_value(run, env, node, &far);

        return m_is_double(run, &inside, node->children[0]);
    }
    }
}

bool m_is_double(const m_run *run, const m_env *env, const co_node *node)
{
    bool found = node->kind == CO_NODE_NUMBER && node->is_double;
    uint32_t step = 1;
    uint32_t first = 0;

    if (node->kind == CO_NODE_PATH) {
        m_env at;
        const m_named *trait;
        const m_field *field = last_field(run, env, node, &trait, &at);

        return field != NULL ? field->type == COHORT_DOUBLE
                             : trait != NULL && m_is_double(run, &at, trait->tree->root);
    }
    if (node->kind == CO_NODE_AGGREGATE)
        return is_double_aggregate(run, env, node);
    if (node->kind == CO_NODE_PERCENT_RANK)
        return true;
    if (node->kind == CO_NODE_FUNCTION &&
        (node->function == CO_FUNCTION_LN || node->function == CO_FUNCTION_EXP || node->function == CO_FUNCTION_POWER))
        return true;
    for (uint32_t i = 1; node->kind == CO_NODE_PRODUCT && i < node->n_children; i++)
        found |= node->signs[i] == '/';
    if (node->kind == CO_NODE_CASE || (node->kind == CO_NODE_FUNCTION && node->function == CO_FUNCTION_IF))
        first = 1;
    if (node->kind == CO_NODE_CASE)
        step = 2;
    else if (node->kind != CO_NODE_FUNCTION && node->kind != CO_NODE_SUM && node->kind != CO_NODE_PRODUCT &&
             node->kind != CO_NODE_NEGATE)
        return found;
    for (uint32_t i = first; i < node->n_children && !found; i += step)
        found = m_is_double(run, env, node->children[i]);
    if (node->kind == CO_NODE_CASE && node->has_else)
        found |= m_is_double(run, env, node->children[node->n_children - 1]);
    return found;
}

/* Whether a text folds when compared: one folding field anywhere in it makes it so, whatever the value. */
bool m_is_nocase(const m_run *run, const m_env *env, const co_node *node)
{
    bool found = false;

    if (node->kind == CO_NODE_PATH) {
        m_env at;
        const m_named *trait;
        const m_field *field = last_field(run, env, node, &trait, &at);

        return field != NULL && field->collation == COHORT_NOCASE;
    }
    if (node->kind == CO_NODE_AGGREGATE) {
        m_env far;
        const m_env inside = inside_value(run, env, node, &far);

        return m_is_nocase(run, &inside, node->children[0]);
    }
    if (node->kind != CO_NODE_FUNCTION && node->kind != CO_NODE_CASE)
        return false;
    for (uint32_t i = 0; i < node->n_children && !found; i++) {
        const bool is_condition = node->kind == CO_NODE_CASE ? i % 2 == 0 && i + 1 < node->n_children
                                                             : node->function == CO_FUNCTION_IF && i == 0;

        found = !is_condition && m_is_nocase(run, env, node->children[i]);
    }
    return found;
}

m_value m_unified(const m_run *run, const m_env *env, const co_node *node, m_value v)
{
    if (v.kind == M_TEXT)
        v.nocase = m_is_nocase(run, env, node);
    return v.kind == M_EXACT && m_is_double(run, env, node) ? m_double(m_to_double(v)) : v;
}

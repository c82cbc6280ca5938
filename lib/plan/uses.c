/*
 * Which segments and traits a tree names itself. Names that lead nowhere are
 * passed over: whoever binds the tree says so.
 */
#include "plan/binder.h"

typedef struct co_uses {
    const co_version *version;
    co_memory *memory;
    co_arena *arena;
    co_used_name *names;
    size_t n_names, capacity;
    bool failed;
} co_uses;

/* ---- names ---- */

static const co_object *object_of(const co_uses *uses, uint32_t object)
{
    return co_schema_object(co_version_schema(uses->version), object);
}

/* Where names lead, of which `n_left` are left; NULL if one of them is no reference. */
static const co_object *follow(const co_uses *uses, const co_scope *scope, const co_text *names, uint32_t n,
                               uint32_t n_left)
{
    uint32_t n_read;
    const co_scope *start = co_names_start(uses->version, scope, names, n, n_left, &n_read);
    const co_object *object = object_of(uses, start->names_object);

    for (uint32_t i = n_read; i + n_left < n; i++) {
        const uint32_t field = co_object_find(object, names[i]);

        if (field == CO_NONE || object->fields[field].type != COHORT_REFERENCE)
            return NULL;
        object = object_of(uses, object->fields[field].target);
    }
    return object;
}

static bool is_known(const co_uses *uses, const co_used_name *name)
{
    for (size_t i = 0; i < uses->n_names; i++) {
        const co_used_name *known = &uses->names[i];

        if (known->object == name->object && known->is_trait == name->is_trait &&
            co_text_equal(known->name, name->name))
            return true;
    }
    return false;
}

static void add(co_uses *uses, uint32_t object, bool is_trait, co_text text)
{
    co_used_name name = { object, is_trait, text };

    if (is_known(uses, &name))
        return;
    name.name = co_arena_copy(uses->arena, text);
    if (name.name.bytes == NULL || !co_memory_grow(uses->memory, (void **)&uses->names, &uses->capacity,
                                                   uses->n_names + 1, sizeof *uses->names)) {
        uses->failed = true;
        return;
    }
    uses->names[uses->n_names++] = name;
}

/* ---- trees ---- */

static void visit(co_uses *uses, const co_scope *scope, const co_node *node);

static void visit_range(co_uses *uses, const co_scope *scope, const co_node *node, uint32_t first,
                        uint32_t end)
{
    for (uint32_t i = first; i < end && !uses->failed; i++)
        visit(uses, scope, node->children[i]);
}

static void visit_path(co_uses *uses, const co_scope *scope, const co_node *node)
{
    const co_text last = node->names[node->n_names - 1];
    const co_object *there = follow(uses, scope, node->names, node->n_names, 1);

    if (there != NULL && co_object_find(there, last) == CO_NONE &&
        co_version_find_trait(uses->version, there->id, last) != NULL)
        add(uses, there->id, true, last);
}

/* The scope of the rows that a relation is over; false if its object is none. */
static bool open_child(const co_uses *uses, const co_scope *scope, const co_node *node, co_scope *child)
{
    const co_schema *schema = co_version_schema(uses->version);
    co_text second;
    uint32_t object = CO_NONE;

    if (node->kind == CO_NODE_AGGREGATE) {
        object = co_value_child(uses->version, scope, node->children[0], &second);
    } else {
        const co_object *named = co_schema_find(schema, node->names[0]);

        object = named == NULL ? CO_NONE : named->id;
    }
    *child = (co_scope){ .names_object = object, .outer = scope };
    return object != CO_NONE;
}

/* Children of a relation see what encloses them; ranks do not. */
static void visit_related(co_uses *uses, const co_scope *scope, const co_node *node)
{
    const co_object *there = follow(uses, scope, node->path, node->n_path, 0);
    co_scope site = *scope, child;

    if (there == NULL)
        return;
    if (node->n_path > 0 || node->kind >= CO_NODE_NTILE)
        site = (co_scope){ .names_object = there->id };
    if (node->kind == CO_NODE_SEQUENCE || node->kind == CO_NODE_FUNNEL || node->kind >= CO_NODE_NTILE) {
        visit_range(uses, &site, node, 0, node->n_children);
        return;
    }
    if (!open_child(uses, &site, node, &child))
        return;
    if (node->kind == CO_NODE_AGGREGATE) {
        co_scope value = child;

        value.objects_first = true;
        visit_range(uses, &value, node, 0, 1);
    }
    visit_range(uses, &child, node, node->kind == CO_NODE_AGGREGATE, node->n_children);
}

/* SAME is over traits, too. */
static void visit_same(co_uses *uses, const co_scope *scope, const co_node *node)
{
    for (uint32_t i = 0; i < node->n_children && !uses->failed; i++) {
        co_scope child;

        for (uint32_t k = 0; k < node->n_same && open_child(uses, scope, node->children[i], &child); k++) {
            const co_node name = { .kind = CO_NODE_PATH, .names = &node->same[k], .n_names = 1 };

            visit_path(uses, &child, &name);
        }
    }
}

static void visit(co_uses *uses, const co_scope *scope, const co_node *node)
{
    if (node->kind == CO_NODE_SEGMENT) {
        const co_object *there = follow(uses, scope, node->path, node->n_path, 0);

        if (there != NULL)
            add(uses, there->id, false, node->text);
    } else if (node->kind == CO_NODE_PATH) {
        visit_path(uses, scope, node);
    } else if (co_node_is_related(node) || node->kind == CO_NODE_STEP) {
        visit_related(uses, scope, node);
        visit_same(uses, scope, node);
        return;
    }
    visit_range(uses, scope, node, 0, node->n_children);
}

cohort_status co_plan_uses(co_memory *memory, const co_version *version, uint32_t object, const co_tree *tree,
                           co_arena *arena, co_used_name **names, size_t *n_names, cohort_error *error)
{
    co_uses uses = { .version = version, .memory = memory, .arena = arena };

    *names = NULL;
    *n_names = 0;
    visit(&uses, &(co_scope){ .names_object = object }, tree->root);

    co_used_name *kept = co_arena_new(arena, uses.n_names + 1, sizeof *kept);

    for (size_t i = 0; kept != NULL && i < uses.n_names; i++)
        kept[i] = uses.names[i];
    co_memory_free(memory, uses.names, uses.capacity * sizeof *uses.names);
    if (uses.failed || kept == NULL)
        return co_fail_memory(error);
    *names = kept;
    *n_names = uses.n_names;
    return COHORT_OK;
}

/*
 * Which segments and traits a tree names itself. Names that lead nowhere are
 * passed over: whoever binds the tree says so.
 */
#include "plan/plan.h"

typedef struct co_uses {
    const co_version *version;
    co_memory *memory;
    co_arena *arena;
    co_used_name *names;
    size_t n_names, capacity;
    bool failed;
} co_uses;

/* ---- names ---- */

/* Where `n` references lead from the object; NULL if one of them is none. */
static const co_object *follow(const co_uses *uses, const co_object *object, const co_text *names, uint32_t n)
{
    const co_schema *schema = co_version_schema(uses->version);

    for (uint32_t i = 0; i < n && object != NULL; i++) {
        const uint32_t field = co_object_find(object, names[i]);

        if (i == 0 && field == CO_NONE && co_text_equal(names[0], object->name))
            continue;
        if (field == CO_NONE || object->fields[field].type != COHORT_REFERENCE)
            return NULL;
        object = co_schema_object(schema, object->fields[field].target);
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

static void visit(co_uses *uses, const co_object *object, const co_node *node)
{
    if (node->kind == CO_NODE_SEGMENT) {
        const co_object *there = follow(uses, object, node->path, node->n_path);

        if (there != NULL)
            add(uses, there->id, false, node->text);
    } else if (node->kind == CO_NODE_PATH) {
        const co_text last = node->names[node->n_names - 1];
        const co_object *there = follow(uses, object, node->names, node->n_names - 1);

        if (there != NULL && co_object_find(there, last) == CO_NONE &&
            co_version_find_trait(uses->version, there->id, last) != NULL)
            add(uses, there->id, true, last);
    }
    for (uint32_t i = 0; i < node->n_children && !uses->failed; i++)
        visit(uses, object, node->children[i]);
}

cohort_status co_plan_uses(co_memory *memory, const co_version *version, uint32_t object, const co_tree *tree,
                           co_arena *arena, co_used_name **names, size_t *n_names, cohort_error *error)
{
    co_uses uses = { .version = version, .memory = memory, .arena = arena };

    *names = NULL;
    *n_names = 0;
    visit(&uses, co_schema_object(co_version_schema(version), object), tree->root);

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

/* cohort/segment.h, second part: segments and traits kept in a store. */
#include "api/options.h"
#include "api/segments.h"
#include "api/stores.h"

/* ---- defining ---- */

typedef struct co_defining {
    cohort_store *store;
    const char *object;
    const char *name;
    co_definition_kind kind;
    int32_t nulls;
    uint32_t max_names;
    const co_tree *tree;
} co_defining;

/* Binding needs an instant only to be there; definitions are checked as of 1970. */
static cohort_status check_binds(const co_defining *defining, co_version *version, const co_definition *self,
                                 cohort_error *error)
{
    const co_when when = { .has_as_of = true, .max_names = defining->max_names };
    const co_plan_request request = { .object = self->object,
                                      .tree = defining->tree,
                                      .nulls = defining->nulls,
                                      .self = self,
                                      .is_value = self->kind == CO_DEFINED_TRAIT };
    co_plan *plan;
    const cohort_status status =
        co_plan_new(&defining->store->memory, version, &when, &request, 1, &plan, error);

    co_plan_free(plan);
    return status;
}

static cohort_status check_name(const co_defining *defining, const co_object *object, cohort_error *error)
{
    if (defining->kind == CO_DEFINED_TRAIT && co_object_find(object, co_text_of(defining->name)) != CO_NONE)
        return co_fail(error, COHORT_EXISTS, "'%s' is a field of %s; a trait needs a name of its own",
                       defining->name, defining->object);
    return COHORT_OK;
}

/* With the writer's place held. */
static cohort_status define_in(const co_defining *defining, co_version *version, cohort_error *error)
{
    const co_object *object;
    co_buffer text;
    cohort_status status = co_api_object(version, defining->object, &object, error);

    if (status == COHORT_OK)
        status = check_name(defining, object, error);
    if (status != COHORT_OK)
        return status;

    const co_definition self = { .kind = defining->kind,
                                 .object = object->id,
                                 .name = co_text_of(defining->name) };

    status = check_binds(defining, version, &self, error);
    if (status != COHORT_OK)
        return status;
    co_buffer_init(&text, &defining->store->memory, 0);
    co_expr_print(defining->tree->root, &text);
    status = text.status != COHORT_OK
                 ? co_fail_memory(error)
                 : co_store_define(defining->store->store, defining->kind, object->id, self.name,
                                   (co_text){ text.bytes, text.length }, defining->nulls, error);
    co_buffer_clear(&text);
    return status;
}

static cohort_status define(cohort_store *store, const char *object, const char *name,
                            co_definition_kind kind, const char *text, size_t length,
                            const cohort_segment_options *options, cohort_error *error)
{
    co_defining defining = { .store = store, .object = object, .name = name, .kind = kind };
    cohort_segment_options own;
    co_tree *tree;

    if (store == NULL || object == NULL || name == NULL)
        return co_refuse_null(store == NULL ? "store" : object == NULL ? "object" : "name", error);

    cohort_status status = co_options_take(options, &own, sizeof own, "cohort_segment_options", error);

    if (status == COHORT_OK)
        status = co_api_parse(&store->memory, text, length, options, &defining.nulls, &tree, error);
    if (status != COHORT_OK)
        return status;
    defining.max_names = own.max_names;
    defining.tree = tree;
    co_store_lock(store->store);

    co_version *version = co_store_current(store->store);

    status = define_in(&defining, version, error);
    co_version_release(version);
    co_store_unlock(store->store);
    co_tree_free(tree);
    return status;
}

cohort_status cohort_store_define(cohort_store *store, const char *object, const char *name, const char *text,
                                  size_t length, const cohort_segment_options *options, cohort_error *error)
{
    return define(store, object, name, CO_DEFINED_SEGMENT, text, length, options, error);
}

cohort_status cohort_store_define_trait(cohort_store *store, const char *object, const char *name,
                                        const char *text, size_t length,
                                        const cohort_segment_options *options, cohort_error *error)
{
    return define(store, object, name, CO_DEFINED_TRAIT, text, length, options, error);
}

/* ---- static segments ---- */

static cohort_status define_keys(cohort_store *store, const co_version *version, const char *object_name,
                                 const char *name, size_t n_keys, const cohort_value *keys,
                                 cohort_error *error)
{
    const co_object *object;
    cohort_status status = co_api_object(version, object_name, &object, error);

    if (status != COHORT_OK)
        return status;

    co_key *taken = co_memory_new_array(&store->memory, n_keys + 1, sizeof *taken);

    if (taken == NULL)
        return co_fail_memory(error);
    for (size_t i = 0; i < n_keys && status == COHORT_OK; i++)
        status = co_api_key(object, &keys[i], &taken[i], error);
    if (status == COHORT_OK)
        status = co_store_define_static(store->store, object->id, co_text_of(name), n_keys, taken, error);
    co_memory_free(&store->memory, taken, (n_keys + 1) * sizeof *taken);
    return status;
}

cohort_status cohort_store_define_keys(cohort_store *store, const char *object, const char *name,
                                       size_t n_keys, const cohort_value *keys, cohort_error *error)
{
    if (store == NULL || object == NULL || name == NULL)
        return co_refuse_null(store == NULL ? "store" : object == NULL ? "object" : "name", error);
    if (keys == NULL && n_keys > 0)
        return co_refuse_null("keys", error);
    if (n_keys == SIZE_MAX)
        return co_fail_memory(error);
    co_store_lock(store->store);

    co_version *version = co_store_current(store->store);
    const cohort_status status = define_keys(store, version, object, name, n_keys, keys, error);

    co_version_release(version);
    co_store_unlock(store->store);
    return status;
}

/* ---- who uses it ---- */

static bool is_used(const co_used_name *names, size_t n, const co_definition *wanted)
{
    for (size_t i = 0; i < n; i++) {
        if (names[i].object == wanted->object && names[i].is_trait == (wanted->kind == CO_DEFINED_TRAIT) &&
            co_text_equal(names[i].name, wanted->name))
            return true;
    }
    return false;
}

static cohort_status uses(co_memory *memory, const co_version *version, const co_definition *user,
                          const co_definition *wanted, bool *found, cohort_error *error)
{
    co_used_name *names;
    co_arena arena;
    co_tree *tree;
    size_t n;

    *found = false;
    if (user->kind == CO_DEFINED_STATIC)
        return COHORT_OK;

    cohort_status status = co_expr_parse(memory, user->text, NULL, &tree, error);

    if (status != COHORT_OK)
        return status;
    co_arena_init(&arena, memory);
    status = co_plan_uses(memory, version, user->object, tree, &arena, &names, &n, error);
    *found = status == COHORT_OK && is_used(names, n, wanted);
    co_arena_clear(&arena);
    co_tree_free(tree);
    return status;
}

/* Appends "object.name" of every user, with `between` between two. */
static cohort_status list_users(co_memory *memory, const co_version *version, const co_definition *wanted,
                                const char *between, co_buffer *out, cohort_error *error)
{
    for (uint32_t i = 0; i < co_version_n_definitions(version); i++) {
        const co_definition *user = co_version_definition(version, i);
        bool found;
        const cohort_status status = uses(memory, version, user, wanted, &found, error);

        if (status != COHORT_OK)
            return status;
        if (!found)
            continue;
        if (out->length > 0)
            co_buffer_string(out, between);
        co_buffer_text(out, co_schema_object(co_version_schema(version), user->object)->name);
        co_buffer_byte(out, '.');
        co_buffer_text(out, user->name);
    }
    return out->status == COHORT_OK ? COHORT_OK : co_fail_memory(error);
}

/* The segment of that name, failing that the trait. */
static cohort_status find_definition(const co_version *version, const char *object_name, const char *name,
                                     const co_definition **definition, cohort_error *error)
{
    const co_object *object;
    const cohort_status status = co_api_object(version, object_name, &object, error);

    if (status != COHORT_OK)
        return status;
    *definition = co_version_find_segment(version, object->id, co_text_of(name));
    if (*definition == NULL)
        *definition = co_version_find_trait(version, object->id, co_text_of(name));
    if (*definition == NULL)
        return co_fail(error, COHORT_NOT_FOUND, "%s has no segment or trait '%s'", object_name, name);
    return COHORT_OK;
}

cohort_status cohort_snapshot_dependents(const cohort_snapshot *snapshot, const char *object,
                                         const char *name, cohort_write write, void *context,
                                         cohort_error *error)
{
    const co_definition *definition;
    co_memory *memory;
    co_buffer out;

    if (snapshot == NULL || object == NULL || name == NULL || write == NULL)
        return co_refuse_null(snapshot == NULL ? "snapshot"
                              : object == NULL ? "object"
                              : name == NULL   ? "name"
                                               : "write",
                              error);

    cohort_status status = find_definition(snapshot->version, object, name, &definition, error);

    if (status != COHORT_OK)
        return status;
    memory = co_version_memory(snapshot->version);
    co_buffer_init(&out, memory, 0);
    status = list_users(memory, snapshot->version, definition, "\n", &out, error);
    if (status == COHORT_OK && out.length > 0)
        co_buffer_byte(&out, '\n');
    if (status == COHORT_OK)
        status = co_api_write(&out, write, context, error);
    co_buffer_clear(&out);
    return status;
}

/* ---- forgetting ---- */

static cohort_status drop(cohort_store *store, const co_version *version, const char *object,
                          const char *name, cohort_error *error)
{
    const co_definition *definition;
    co_buffer users;
    cohort_status status = find_definition(version, object, name, &definition, error);

    if (status != COHORT_OK)
        return status;
    co_buffer_init(&users, &store->memory, 0);
    status = list_users(&store->memory, version, definition, ", ", &users, error);
    if (status == COHORT_OK && users.length > 0)
        status = co_fail(error, COHORT_EXISTS, "'%s' is used by %.*s", name,
                         users.length < 300 ? (int)users.length : 300, users.bytes);
    if (status == COHORT_OK)
        status = co_store_drop(store->store, definition->object, definition->name, error);
    co_buffer_clear(&users);
    return status;
}

cohort_status cohort_store_drop(cohort_store *store, const char *object, const char *name,
                                cohort_error *error)
{
    if (store == NULL || object == NULL || name == NULL)
        return co_refuse_null(store == NULL ? "store" : object == NULL ? "object" : "name", error);
    co_store_lock(store->store);

    co_version *version = co_store_current(store->store);
    const cohort_status status = drop(store, version, object, name, error);

    co_version_release(version);
    co_store_unlock(store->store);
    return status;
}

/* ---- listing ---- */

cohort_status cohort_snapshot_definition(const cohort_snapshot *snapshot, size_t index,
                                         cohort_definition *result, cohort_error *error)
{
    cohort_definition described = COHORT_DEFINITION_INIT;

    if (snapshot == NULL || result == NULL)
        return co_refuse_null(snapshot == NULL ? "snapshot" : "definition", error);
    if (index >= co_version_n_definitions(snapshot->version))
        return co_fail(error, COHORT_NOT_FOUND, "there are %u definitions, not more than %zu",
                       co_version_n_definitions(snapshot->version), index);

    const co_definition *definition = co_version_definition(snapshot->version, (uint32_t)index);

    described.kind = (int32_t)definition->kind;
    described.nulls = definition->nulls;
    described.object = co_schema_object(co_version_schema(snapshot->version), definition->object)->name.bytes;
    described.name = definition->name.bytes;
    described.text = definition->kind == CO_DEFINED_STATIC ? "" : definition->text.bytes;
    described.n_keys = definition->rows == NULL ? 0 : co_bitmap_count(definition->rows);
    return co_options_give(&described, sizeof described, result, "cohort_definition", error);
}

/*
 * Segments and traits: bound where they are named, under their own policy on
 * missing values, each once however often it is named. Cycles are refused with
 * the names on them.
 */
#include <stdio.h>
#include <string.h>

#include "plan/binder.h"

typedef struct co_known_value {
    struct co_known_value *next;
    co_way way;
    uint32_t rows_object;
    uint32_t id;
} co_known_value;

struct co_known_tree {
    co_known_tree *next;
    const co_definition *definition;
    co_tree *tree;
    bool has_pair;
    co_pair pair;
    co_known_value *values;
};

/* ---- errors ---- */

static const char *kind_text(const co_definition *definition)
{
    return definition->kind == CO_DEFINED_TRAIT ? "trait" : "segment";
}

static bool same_definition(const co_definition *a, const co_definition *b)
{
    return a->object == b->object && (a->kind == CO_DEFINED_TRAIT) == (b->kind == CO_DEFINED_TRAIT) &&
           co_text_equal(a->name, b->name);
}

static void put_name(const co_binder *binder, co_buffer *out, const co_definition *definition)
{
    co_buffer_text(out, co_schema_object(binder->schema, definition->object)->name);
    co_buffer_byte(out, '.');
    co_buffer_text(out, definition->name);
}

static void put_chain(const co_binder *binder, co_buffer *out, const co_inlining *inlining,
                      const co_definition *until)
{
    const co_inlining *chain[CO_MOST_INLINED + 1];
    size_t n = 0;

    for (; inlining != NULL && n < CO_MOST_INLINED; inlining = inlining->outer) {
        chain[n++] = inlining;
        if (same_definition(inlining->definition, until))
            break;
    }
    while (n-- > 0) {
        put_name(binder, out, chain[n]->definition);
        co_buffer_string(out, " > ");
    }
}

/* "a > b > a", from where the chain first names it. */
static void fail_cycle(co_binder *binder, const co_inlining *inlining, const co_definition *definition,
                       uint64_t position)
{
    co_buffer text;

    co_buffer_init(&text, binder->memory, 0);
    put_chain(binder, &text, inlining, definition);
    put_name(binder, &text, definition);
    if (text.status != COHORT_OK)
        co_bind_no_memory(binder);
    else
        co_bind_fail(binder, COHORT_INVALID, position, "a cycle of names: %.*s", (int)text.length,
                     text.bytes);
    binder->is_of_chain = true;
    co_buffer_clear(&text);
}

/* What failed inside is said at the place that named it. */
static void blame(co_binder *binder, const co_definition *definition, const co_node *node)
{
    char text[sizeof binder->error->text];

    if (binder->error == NULL || binder->status == COHORT_MEMORY)
        return;
    memcpy(text, binder->error->text, sizeof text);
    if (binder->is_of_chain)
        (void)co_fail_at(binder->error, binder->status, node->position, "%s", text);
    else
        (void)co_fail_at(binder->error, binder->status, node->position, "in %s '" CO_FMT "': %s",
                         kind_text(definition), CO_ARG(definition->name), text);
}

/* ---- trees ---- */

static co_known_tree *tree_of(co_binder *binder, const co_definition *definition)
{
    for (co_known_tree *known = binder->trees; known != NULL; known = known->next) {
        if (known->definition == definition)
            return known;
    }

    co_known_tree *known = co_bind_new(binder, 1, sizeof *known);

    if (known == NULL)
        return NULL;
    known->definition = definition;

    const cohort_status status =
        co_expr_parse(binder->memory, definition->text, NULL, &known->tree, binder->error);

    if (status != COHORT_OK) {
        binder->status = status;
        return NULL;
    }
    known->next = binder->trees;
    binder->trees = known;
    binder->n_trees++;
    return known;
}

static uint32_t most_names(const co_binder *binder)
{
    const uint32_t asked = binder->plan->when.max_names == 0 ? CO_INLINED : binder->plan->when.max_names;

    return asked < CO_MOST_INLINED ? asked : CO_MOST_INLINED;
}

/* The chain with one more; false for a cycle or too deep a chain. */
static bool enter(co_binder *binder, const co_scope *scope, const co_definition *definition,
                  const co_node *node, co_inlining *inner)
{
    for (const co_inlining *outer = scope->inlining; outer != NULL; outer = outer->outer) {
        if (same_definition(outer->definition, definition)) {
            fail_cycle(binder, scope->inlining, definition, node->position);
            return false;
        }
    }
    *inner = (co_inlining){ scope->inlining, definition,
                            scope->inlining == NULL ? 1 : scope->inlining->depth + 1 };
    if (inner->depth > most_names(binder)) {
        co_bind_fail(binder, COHORT_LIMIT, node->position,
                     "segments and traits name each other more than %u deep", most_names(binder));
        binder->is_of_chain = true;
    }
    return !co_bind_failed(binder);
}

static co_scope scope_of(const co_known_tree *known, uint32_t rows_object, co_way prefix,
                         const co_inlining *inlining)
{
    const co_definition *definition = known->definition;

    return (co_scope){ .names_object = definition->object,
                       .rows_object = rows_object,
                       .prefix = prefix,
                       .policy = definition->nulls == COHORT_NULLS_COMPLEMENT,
                       .complement = definition->nulls == COHORT_NULLS_COMPLEMENT,
                       .source = known->tree->source,
                       .inlining = inlining };
}

/* The pair of a definition's expression on its own object's rows. */
static co_pair pair_of(co_binder *binder, const co_scope *scope, const co_definition *definition,
                       const co_node *node)
{
    co_inlining inner;
    const co_pair failed = { CO_NO_STEP, CO_NO_STEP };

    if (co_bind_failed(binder) || !enter(binder, scope, definition, node, &inner))
        return failed;

    co_known_tree *known = tree_of(binder, definition);

    if (known != NULL && !known->has_pair) {
        const co_way here = { 0, NULL, definition->object };
        const co_scope inside = scope_of(known, definition->object, here, &inner);

        known->pair = co_bind_condition(binder, &inside, known->tree->root);
        known->has_pair = !co_bind_failed(binder);
    }
    if (co_bind_failed(binder)) {
        blame(binder, definition, node);
        return failed;
    }
    return known->pair;
}

/* ---- segments ---- */

static const co_definition *find_segment(co_binder *binder, const co_scope *scope, uint32_t object,
                                         const co_node *node)
{
    const co_definition *definition = co_version_find_segment(binder->version, object, node->text);
    const co_definition wanted = { .kind = CO_DEFINED_SEGMENT, .object = object, .name = node->text };
    const uint32_t n = co_version_n_definitions(binder->version);
    size_t n_names = 0;

    for (const co_inlining *outer = scope->inlining; definition == NULL && outer != NULL;
         outer = outer->outer) {
        if (same_definition(outer->definition, &wanted))
            return outer->definition;
    }
    if (definition != NULL)
        return definition;

    co_text *names = co_bind_new(binder, (size_t)n + 1, sizeof *names);

    for (uint32_t i = 0; names != NULL && i < n; i++) {
        const co_definition *other = co_version_definition(binder->version, i);

        if (other->object == object && other->kind != CO_DEFINED_TRAIT)
            names[n_names++] = other->name;
    }

    const co_text near = names == NULL ? (co_text){ NULL, 0 } : co_expr_nearest(node->text, names, n_names);
    const co_object *described = co_schema_object(binder->schema, object);

    if (near.bytes != NULL)
        co_bind_fail(binder, COHORT_NOT_FOUND, node->position,
                     "unknown segment '" CO_FMT "' of " CO_FMT ", did you mean '" CO_FMT "'?",
                     CO_ARG(node->text), CO_ARG(described->name), CO_ARG(near));
    else
        co_bind_fail(binder, COHORT_NOT_FOUND, node->position, "unknown segment '" CO_FMT "' of " CO_FMT,
                     CO_ARG(node->text), CO_ARG(described->name));
    return NULL;
}

co_pair co_inline_segment(co_binder *binder, const co_scope *scope, const co_node *node)
{
    const co_pair failed = { CO_NO_STEP, CO_NO_STEP };
    co_way way;

    if (!co_resolve_path(binder, scope, node, &way))
        return failed;

    const co_definition *definition = find_segment(binder, scope, way.object, node);
    uint32_t t;

    if (definition == NULL)
        return failed;
    if (definition->kind == CO_DEFINED_STATIC) {
        const co_step step = { .kind = CO_STEP_STATIC,
                               .object = way.object,
                               .a = CO_NO_STEP,
                               .b = CO_NO_STEP,
                               .rows = definition->rows };

        t = co_step_intern(binder, &step);
    } else {
        t = pair_of(binder, scope, definition, node).t;
    }
    return co_bind_failed(binder)
               ? failed
               : co_pair_via(binder, scope->rows_object, way, co_pair_two_valued(binder, t));
}

/* ---- traits ---- */

co_pair co_inline_trait_condition(co_binder *binder, const co_scope *scope, const co_node *node,
                                  const co_place *place)
{
    return co_pair_via(binder, scope->rows_object, place->way, pair_of(binder, scope, place->trait, node));
}

/* The value behind the way, NULL where the way ends early. */
static uint32_t bind_trait(co_binder *binder, const co_known_tree *known, const co_scope *scope,
                           const co_place *place, const co_inlining *inlining)
{
    const co_scope inside = scope_of(known, scope->rows_object, place->way, inlining);
    const uint32_t id = co_bind_value(binder, &inside, known->tree->root);
    const co_vstep value = *co_vstep_of(binder, id);

    if (place->way.n == 0 || value.kind == CO_VS_FIELD || value.kind == CO_VS_REFERENCE ||
        value.kind == CO_VS_FAR || co_bind_failed(binder))
        return id;

    const co_vstep guard = { .kind = CO_VS_EXISTS_GUARD,
                             .type = value.type,
                             .object = scope->rows_object,
                             .scale = value.scale,
                             .nocase = value.nocase,
                             .target = value.target,
                             .way = place->way };

    return co_vstep_over(binder, guard, &id, 1);
}

uint32_t co_inline_trait(co_binder *binder, const co_scope *scope, const co_node *node, const co_place *place)
{
    co_inlining inner;

    if (!enter(binder, scope, place->trait, node, &inner))
        return CO_NO_STEP;

    co_known_tree *known = tree_of(binder, place->trait);

    for (co_known_value *value = known == NULL ? NULL : known->values; value != NULL; value = value->next) {
        if (value->rows_object == scope->rows_object && co_way_equal(value->way, place->way))
            return value->id;
    }

    co_known_value *value = co_bind_new(binder, 1, sizeof *value);
    const uint32_t id =
        known == NULL || value == NULL ? CO_NO_STEP : bind_trait(binder, known, scope, place, &inner);

    if (co_bind_failed(binder)) {
        blame(binder, place->trait, node);
        return CO_NO_STEP;
    }
    *value = (co_known_value){ known->values, place->way, scope->rows_object, id };
    known->values = value;
    return id;
}

void co_trees_hand_over(co_binder *binder)
{
    co_tree **trees = co_arena_new(binder->arena, binder->n_trees + 1, sizeof *trees);
    uint32_t n = 0;

    for (co_known_tree *known = binder->trees; known != NULL; known = known->next) {
        if (trees == NULL)
            co_tree_free(known->tree);
        else
            trees[n++] = known->tree;
    }
    if (trees == NULL)
        co_bind_no_memory(binder);
    binder->plan->trees = trees;
    binder->plan->n_trees = n;
}

/*
 * Names to places: innermost first, references as deep as they go.
 *
 *     contact:  country                 its field
 *               contact.country         the same
 *               account.owner.region    two references, then a field
 *               account.score           a reference, then a trait
 */
#include <string.h>

#include "plan/binder.h"

/* ---- where a name of a path stands in its text ---- */

static uint32_t skip_blanks(co_text source, uint32_t at)
{
    for (;;) {
        while (at < source.length && memchr(" \t\r\n", source.bytes[at], 4) != NULL)
            at++;
        if (at + 1 >= source.length || source.bytes[at] != '-' || source.bytes[at + 1] != '-')
            return at;
        while (at < source.length && source.bytes[at] != '\n')
            at++;
    }
}

static uint32_t skip_name(co_text source, uint32_t at)
{
    if (at < source.length && source.bytes[at] == '"') {
        for (at++; at < source.length; at++) {
            if (source.bytes[at] != '"')
                continue;
            if (at + 1 >= source.length || source.bytes[at + 1] != '"')
                return at + 1;
            at++;
        }
        return at;
    }
    while (at < source.length && memchr(" \t\r\n.-\"", source.bytes[at], 7) == NULL)
        at++;
    return at;
}

uint32_t co_name_position(co_text source, uint32_t position, uint32_t index)
{
    uint32_t at = position;

    for (uint32_t i = 0; i < index; i++) {
        at = skip_blanks(source, skip_name(source, at));
        if (at >= source.length || source.bytes[at] != '.')
            return position;
        at = skip_blanks(source, at + 1);
    }
    return at;
}

/* ---- what is near ---- */

static void add_name(co_text **names, size_t *n, co_text name)
{
    (*names)[(*n)++] = name;
}

/* Every name that could stand at this place of the object. */
static co_text *known_names(co_binder *binder, const co_object *object, size_t *n)
{
    const uint32_t n_definitions = co_version_n_definitions(binder->version);
    co_text *names = co_bind_new(binder, (size_t)object->n_fields + n_definitions + 1, sizeof *names);

    *n = 0;
    for (uint32_t i = 0; names != NULL && i < object->n_fields; i++)
        add_name(&names, n, object->fields[i].name);
    for (uint32_t i = 0; names != NULL && i < n_definitions; i++) {
        const co_definition *definition = co_version_definition(binder->version, i);

        if (definition->kind == CO_DEFINED_TRAIT && definition->object == object->id)
            add_name(&names, n, definition->name);
    }
    if (names != NULL)
        add_name(&names, n, object->name);
    return names;
}

/* What somebody who wrote a text in other quotes needs to hear. */
static const char *quoting_hint(co_text source, uint32_t position)
{
    const size_t offset = position < source.length ? position : source.length;
    const co_text rest = { source.bytes + offset, source.length - offset };

    if (rest.length > 0 && rest.bytes[0] == '"')
        return "; a text is written in single quotes";
    if (rest.length >= 3 && memcmp(rest.bytes, "\xe2\x80", 2) == 0 && (unsigned char)rest.bytes[2] >= 0x98 &&
        (unsigned char)rest.bytes[2] <= 0x9f)
        return "; typographic quotes are no quotes, a text is written 'text'";
    return "";
}

static void unknown_name(co_binder *binder, const co_object *object, co_text name, co_text source,
                         uint32_t position)
{
    size_t n;
    const co_text *names = known_names(binder, object, &n);
    const co_text near = names == NULL ? (co_text){ NULL, 0 } : co_expr_nearest(name, names, n);

    if (near.bytes != NULL)
        co_bind_fail(binder, COHORT_NOT_FOUND, position,
                     "unknown field '" CO_FMT "' of " CO_FMT ", did you mean '" CO_FMT "'?", CO_ARG(name),
                     CO_ARG(object->name), CO_ARG(near));
    else
        co_bind_fail(binder, COHORT_NOT_FOUND, position, "unknown field '" CO_FMT "' of " CO_FMT "%s",
                     CO_ARG(name), CO_ARG(object->name), quoting_hint(source, position));
}

/* ---- ways ---- */

co_way co_way_join(co_binder *binder, co_way front, co_way back)
{
    uint32_t *fields = co_bind_new(binder, (size_t)front.n + back.n + 1, sizeof *fields);

    if (fields == NULL)
        return (co_way){ 0, NULL, back.object };
    if (front.n > 0)
        memcpy(fields, front.fields, front.n * sizeof *fields);
    if (back.n > 0)
        memcpy(fields + front.n, back.fields, back.n * sizeof *fields);
    return (co_way){ front.n + back.n, fields, back.object };
}

/* Names read so far, as references from object to object; an own name in front is read, but no field. */
typedef struct co_walk {
    const co_object *object;
    uint32_t *fields;
    uint32_t n_fields;
    uint32_t n_read; /* names */
} co_walk;

static void skip_own_name(const co_binder *binder, co_walk *walk, const co_text *names, uint32_t n)
{
    if (n > 1 && co_object_find(walk->object, names[0]) == CO_NONE &&
        co_version_find_trait(binder->version, walk->object->id, names[0]) == NULL &&
        co_text_equal(names[0], walk->object->name))
        walk->n_read = 1;
}

static bool walk_references(co_binder *binder, co_walk *walk, const co_text *names, uint32_t n,
                            co_text source, uint32_t position)
{
    while (walk->n_read < n) {
        const co_text name = names[walk->n_read];
        const uint32_t field = co_object_find(walk->object, name);
        const uint32_t at = co_name_position(source, position, walk->n_read);

        if (field == CO_NONE) {
            unknown_name(binder, walk->object, name, source, at);
            return false;
        }
        if (walk->object->fields[field].type != COHORT_REFERENCE) {
            co_bind_fail(binder, COHORT_TYPE, at, "'" CO_FMT "' is no reference, so nothing can follow it",
                         CO_ARG(name));
            return false;
        }
        walk->fields[walk->n_fields++] = field;
        walk->object = co_schema_object(binder->schema, walk->object->fields[field].target);
        walk->n_read++;
    }
    return true;
}

/* The way walked, in the terms of the scope: stripped in front, prefixed. */
static co_way way_of_walk(co_binder *binder, const co_scope *scope, const co_walk *walk)
{
    const co_way back = { walk->n_fields - scope->n_stripped, walk->fields + scope->n_stripped,
                          walk->object->id };

    return co_way_join(binder, scope->prefix, back);
}

static bool is_outer(co_text name)
{
    return name.length == 5 && (name.bytes[0] | 32) == 'o' && (name.bytes[1] | 32) == 'u' &&
           (name.bytes[2] | 32) == 't' && (name.bytes[3] | 32) == 'e' && (name.bytes[4] | 32) == 'r';
}

static bool start_walk(co_binder *binder, const co_scope *scope, const co_text *names, uint32_t n,
                       uint32_t position, co_walk *walk)
{
    *walk = (co_walk){ .object = co_schema_object(binder->schema, scope->names_object) };
    walk->fields = co_bind_new(binder, (size_t)n + 1, sizeof *walk->fields);
    if (n > 1 && is_outer(names[0]) && co_object_find(walk->object, names[0]) == CO_NONE) {
        co_bind_fail(binder, COHORT_NOT_FOUND, position,
                     "OUTER has no meaning here: no record encloses this one");
        return false;
    }
    skip_own_name(binder, walk, names, n);
    return walk->fields != NULL;
}

bool co_resolve(co_binder *binder, const co_scope *scope, const co_node *node, co_place *place)
{
    co_walk walk;
    const co_text last = node->names[node->n_names - 1];

    if (!start_walk(binder, scope, node->names, node->n_names, node->position, &walk) ||
        !walk_references(binder, &walk, node->names, node->n_names - 1, scope->source, node->position))
        return false;
    *place = (co_place){ .object = walk.object, .field = co_object_find(walk.object, last) };
    if (place->field == CO_NONE)
        place->trait = co_version_find_trait(binder->version, walk.object->id, last);
    for (const co_inlining *outer = scope->inlining; outer != NULL && place->field == CO_NONE;
         outer = outer->outer) {
        if (outer->definition->kind == CO_DEFINED_TRAIT && outer->definition->object == walk.object->id &&
            co_text_equal(outer->definition->name, last))
            place->trait = outer->definition; /* a cycle, which inlining refuses */
    }
    if (place->field == CO_NONE && place->trait == NULL) {
        unknown_name(binder, walk.object, last, scope->source,
                     co_name_position(scope->source, node->position, node->n_names - 1));
        return false;
    }
    place->way = way_of_walk(binder, scope, &walk);
    return !co_bind_failed(binder);
}

bool co_resolve_path(co_binder *binder, const co_scope *scope, const co_node *node, co_way *way)
{
    co_walk walk;

    if (!start_walk(binder, scope, node->path, node->n_path, node->position, &walk))
        return false;
    if (node->n_path == 1 && co_object_find(walk.object, node->path[0]) == CO_NONE &&
        co_text_equal(node->path[0], walk.object->name))
        walk.n_read = 1;
    if (!walk_references(binder, &walk, node->path, node->n_path, scope->source, node->position))
        return false;
    *way = way_of_walk(binder, scope, &walk);
    return !co_bind_failed(binder);
}

/* ---- the way that a leaf's names share ---- */

typedef struct co_sharing {
    co_binder *binder;
    const co_scope *scope;
    uint32_t n_names;
    co_way way;
} co_sharing;

static void share(co_sharing *sharing, co_way way)
{
    uint32_t n = 0;

    if (sharing->n_names++ == 0) {
        sharing->way = way;
        return;
    }
    while (n < way.n && n < sharing->way.n && way.fields[n] == sharing->way.fields[n])
        n++;
    sharing->way.n = n;
}

/* A value that is NULL as soon as a name in it is; adds the ways of its names. */
static bool is_strict(co_sharing *sharing, const co_node *node)
{
    co_place place;
    co_way way;

    switch (node->kind) {
    case CO_NODE_PATH:
        if (!co_resolve(sharing->binder, sharing->scope, node, &place))
            return false;
        share(sharing, place.way);
        return true;
    case CO_NODE_BUCKET:
    case CO_NODE_SAMPLE:
        if (!co_resolve_path(sharing->binder, sharing->scope, node, &way))
            return false;
        share(sharing, way);
        return true;
    case CO_NODE_FUNCTION:
        if (node->function == CO_FUNCTION_COALESCE || node->function == CO_FUNCTION_CONCAT ||
            node->function == CO_FUNCTION_LEAST || node->function == CO_FUNCTION_GREATEST ||
            node->function == CO_FUNCTION_IF || node->function == CO_FUNCTION_NULLIF)
            return false;
        break;
    case CO_NODE_SUM:
    case CO_NODE_PRODUCT:
    case CO_NODE_NEGATE:
        break;
    default:
        return node->kind <= CO_NODE_RANGE;
    }
    for (uint32_t i = 0; i < node->n_children; i++) {
        if (!is_strict(sharing, node->children[i]))
            return false;
    }
    return true;
}

uint32_t co_shared_way(co_binder *binder, const co_scope *scope, const co_node *const *nodes, uint32_t n,
                       co_way *way)
{
    co_sharing sharing = { .binder = binder, .scope = scope };
    bool has_name = false;

    for (uint32_t i = 0; i < n; i++) {
        const uint32_t n_before = sharing.n_names;

        if (!is_strict(&sharing, nodes[i]))
            return 0;
        /* A value without a name is compared with each of the others: all must have one. */
        if (i > 0 && !has_name && sharing.n_names == n_before)
            return 0;
        has_name = i == 0 ? sharing.n_names > 0 : has_name;
    }
    if (sharing.n_names == 0 || sharing.way.n == 0)
        return 0;

    uint32_t object = scope->names_object;

    for (uint32_t i = 0; i < sharing.way.n; i++)
        object = co_schema_object(binder->schema, object)->fields[sharing.way.fields[i]].target;
    *way = (co_way){ sharing.way.n, sharing.way.fields, object };
    return way->n;
}

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

static uint32_t skip_word(co_text source, uint32_t at)
{
    while (at < source.length &&
           (source.bytes[at] == '_' || (source.bytes[at] >= '0' && source.bytes[at] <= '9') ||
            ((source.bytes[at] | 32) >= 'a' && (source.bytes[at] | 32) <= 'z')))
        at++;
    return at;
}

uint32_t co_rows_position(co_text source, const co_node *node)
{
    uint32_t at = node->position;

    if (node->kind == CO_NODE_AGGREGATE)
        return node->children[0]->position;
    if (node->kind == CO_NODE_STEP)
        return node->negated ? skip_blanks(source, skip_word(source, at)) : at;
    at = skip_blanks(source, skip_word(source, co_name_position(source, at, node->n_path)));
    return at < source.length && source.bytes[at] == '(' ? skip_blanks(source, at + 1) : node->position;
}

uint32_t co_via_position(co_text source, const co_node *node)
{
    uint32_t at = node->kind == CO_NODE_AGGREGATE ? node->children[0]->end
                                                  : skip_name(source, co_rows_position(source, node));

    at = skip_blanks(source, at);
    while (node->kind == CO_NODE_AGGREGATE && at < source.length && source.bytes[at] == ')')
        at = skip_blanks(source, at + 1);
    return skip_word(source, at) == at + 3 ? skip_blanks(source, at + 3) : node->position;
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

    if (co_schema_find(binder->schema, name) != NULL)
        co_bind_fail(binder, COHORT_NOT_FOUND, position,
                     "unknown field '" CO_FMT "' of " CO_FMT
                     "; records of an object are asked for as in EXISTS(" CO_FMT " WHERE ...)",
                     CO_ARG(name), CO_ARG(object->name), CO_ARG(name));
    else if (near.bytes != NULL)
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

bool co_way_equal(co_way a, co_way b)
{
    return a.n == b.n && a.object == b.object &&
           (a.n == 0 || memcmp(a.fields, b.fields, a.n * sizeof *a.fields) == 0);
}

/* ---- whose name comes first ---- */

static bool is_outer(co_text name)
{
    return name.length == 5 && (name.bytes[0] | 32) == 'o' && (name.bytes[1] | 32) == 'u' &&
           (name.bytes[2] | 32) == 't' && (name.bytes[3] | 32) == 'e' && (name.bytes[4] | 32) == 'r';
}

const co_scope *co_names_start(const co_version *version, const co_scope *scope, const co_text *names,
                               uint32_t n, uint32_t n_left, uint32_t *n_read)
{
    const co_schema *schema = co_version_schema(version);

    *n_read = 0;
    while (*n_read + n_left < n && is_outer(names[*n_read]) && scope->outer != NULL) {
        scope = scope->outer;
        ++*n_read;
    }
    if (*n_read > 0 || n <= n_left)
        return scope;
    if (!scope->objects_first &&
        (co_object_find(co_schema_object(schema, scope->names_object), names[0]) != CO_NONE ||
         co_version_find_trait(version, scope->names_object, names[0]) != NULL))
        return scope;
    for (const co_scope *named = scope; named != NULL; named = named->outer) {
        if (co_text_equal(names[0], co_schema_object(schema, named->names_object)->name)) {
            *n_read = 1;
            return named;
        }
    }
    return scope;
}

/* Names read so far, as references from object to object; what stands in front is read, but may be no field. */
typedef struct co_walk {
    const co_object *object;
    uint32_t *fields;
    uint32_t n_fields;
    uint32_t n_read; /* names */
} co_walk;

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

/* Out to the record that the first names speak of; `n_left` names are left at least. */
static bool start_walk(co_binder *binder, const co_scope *scope, const co_text *names, uint32_t n,
                       uint32_t n_left, uint32_t position, co_walk *walk)
{
    uint32_t n_outer = 0, n_read;
    const co_scope *start = co_names_start(binder->version, scope, names, n, n_left, &n_read);

    for (const co_scope *at = scope; at != start; at = at->outer)
        n_outer += at->to_outer.n;
    *walk = (co_walk){ .object = co_schema_object(binder->schema, start->names_object), .n_read = n_read };
    walk->fields = co_bind_new(binder, (size_t)n_outer + n + 1, sizeof *walk->fields);
    for (const co_scope *at = scope; at != start && walk->fields != NULL; at = at->outer) {
        for (uint32_t i = 0; i < at->to_outer.n; i++)
            walk->fields[walk->n_fields++] = at->to_outer.fields[i];
    }
    if (n_read + n_left < n && is_outer(names[n_read]) &&
        co_object_find(walk->object, names[n_read]) == CO_NONE)
        co_bind_fail(binder, COHORT_NOT_FOUND, co_name_position(scope->source, position, n_read),
                     "OUTER has no meaning here: no record encloses this one");
    return !co_bind_failed(binder);
}

bool co_resolve(co_binder *binder, const co_scope *scope, const co_node *node, co_place *place)
{
    co_walk walk;
    const co_text last = node->names[node->n_names - 1];

    if (!start_walk(binder, scope, node->names, node->n_names, 1, node->position, &walk) ||
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

    if (!start_walk(binder, scope, node->path, node->n_path, 0, node->position, &walk) ||
        !walk_references(binder, &walk, node->path, node->n_path, scope->source, node->position))
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
    case CO_NODE_COUNT_ROWS:
    case CO_NODE_AGGREGATE:
    case CO_NODE_EXISTS:
    case CO_NODE_EVERY:
    case CO_NODE_SEQUENCE:
    case CO_NODE_FUNNEL:
    case CO_NODE_NTILE:
    case CO_NODE_RANK:
    case CO_NODE_PERCENT_RANK:
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

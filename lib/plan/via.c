/*
 * Which references lead from child rows to the record they belong to: those
 * written after VIA, or the only ones that can be meant.
 *
 *     COUNT(visit)                        visit's single reference to contact
 *     COUNT(line)                         line.order, order.customer: the single path
 *     COUNT(transfer VIA sender)          one of several
 *
 * Costs:   an implicit path looks at the schema only: at most MOST_STEPS references.
 */
#include "plan/binder.h"

#define MOST_STEPS 65536u
#define MOST_CHOICES 8u

/* ---- as written ---- */

static bool written_via(co_binder *binder, const co_scope *scope, const co_node *node, uint32_t child,
                        co_way *via)
{
    const co_scope names = { .names_object = child, .rows_object = child, .source = scope->source };
    const uint32_t position = co_via_position(scope->source, node);
    const co_node path = {
        .kind = CO_NODE_PATH, .path = node->via, .n_path = node->n_via, .position = position
    };

    if (!co_resolve_path(binder, &names, &path, via))
        return false;
    if (via->n == 0)
        co_bind_fail(binder, COHORT_TYPE, position, "VIA takes a reference, or several joined by dots");
    else if (via->object != scope->rows_object)
        co_bind_fail(binder, COHORT_TYPE, position, "this leads to " CO_FMT ", not to " CO_FMT,
                     CO_ARG(co_schema_object(binder->schema, via->object)->name),
                     CO_ARG(co_schema_object(binder->schema, scope->rows_object)->name));
    return !co_bind_failed(binder);
}

/* ---- the only one ---- */

/* Paths from one object to another, depth first: fields[0 .. n) are the path now looked at. */
typedef struct co_search {
    co_binder *binder;
    uint32_t parent;
    uint32_t *objects; /* that the fields are of; objects[n] is where the path has come to */
    uint32_t *fields;
    uint32_t n;
    bool *is_visited;
    bool *leads; /* some path from the object leads to the parent */
    uint32_t n_found;
    co_way found; /* the first */
    co_buffer choices;
} co_search;

static bool is_reference(const co_object *object, uint32_t field)
{
    return field != 0 && object->fields[field].type == COHORT_REFERENCE;
}

static void note_found(co_search *search)
{
    co_binder *binder = search->binder;

    if (search->n_found++ == 0) {
        const co_way way = { search->n, search->fields, search->parent };

        search->found = co_way_join(binder, (co_way){ 0, NULL, search->objects[0] }, way);
    }
    if (search->n_found > MOST_CHOICES)
        return;
    if (search->n_found > 1)
        co_buffer_string(&search->choices, ", ");
    for (uint32_t i = 0; i < search->n; i++) {
        const co_object *object = co_schema_object(binder->schema, search->objects[i]);

        co_buffer_string(&search->choices, i == 0 ? "VIA " : ".");
        co_buffer_text(&search->choices, object->fields[search->fields[i]].name);
    }
}

static void find_direct(co_search *search)
{
    const co_object *child = co_schema_object(search->binder->schema, search->objects[0]);

    search->n = 1;
    for (uint32_t field = 0; field < child->n_fields; field++) {
        search->fields[0] = field;
        if (is_reference(child, field) && child->fields[field].target == search->parent)
            note_found(search);
    }
    search->n = 0;
}

/* From the parent backwards, until nothing more is found to lead there. */
static void mark_leading(co_search *search)
{
    const co_schema *schema = search->binder->schema;
    bool changed = true;

    search->leads[search->parent] = true;
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < co_schema_n_objects(schema); i++) {
            const co_object *object = co_schema_object(schema, i);

            for (uint32_t field = 0; field < object->n_fields && !search->leads[i]; field++) {
                if (is_reference(object, field) && search->leads[object->fields[field].target])
                    changed = search->leads[i] = true;
            }
        }
    }
}

/* Follows the field at the path's end, if it leads somewhere new. */
static void follow(co_search *search, const co_object *object, uint32_t field)
{
    const uint32_t target = object->fields[field].target;

    if (!is_reference(object, field) || !search->leads[target] || search->is_visited[target])
        return;
    search->n++;
    search->objects[search->n] = target;
    if (target == search->parent) {
        note_found(search);
        search->n--;
        return;
    }
    search->is_visited[target] = true;
    search->fields[search->n] = UINT32_MAX; /* before its first field */
}

/* False if there is too much to look at. */
static bool find_paths(co_search *search)
{
    const co_schema *schema = search->binder->schema;

    search->fields[0] = UINT32_MAX;
    search->is_visited[search->objects[0]] = true;
    for (uint32_t n_steps = 0; n_steps < MOST_STEPS; n_steps++) {
        const uint32_t at = search->n;
        const co_object *object = co_schema_object(schema, search->objects[at]);

        if (++search->fields[at] < object->n_fields) {
            follow(search, object, search->fields[at]);
            continue;
        }
        search->is_visited[search->objects[at]] = false;
        if (at == 0)
            return true;
        search->n--;
    }
    return false;
}

static bool open_search(co_binder *binder, uint32_t child, uint32_t parent, co_search *search)
{
    const size_t n = (size_t)co_schema_n_objects(binder->schema) + 1;

    *search = (co_search){ .binder = binder,
                           .parent = parent,
                           .objects = co_bind_new(binder, n, sizeof *search->objects),
                           .fields = co_bind_new(binder, n, sizeof *search->fields),
                           .is_visited = co_bind_new(binder, n, sizeof *search->is_visited),
                           .leads = co_bind_new(binder, n, sizeof *search->leads) };
    if (co_bind_failed(binder))
        return false;
    search->objects[0] = child;
    co_buffer_init(&search->choices, binder->memory, 0);
    return true;
}

static void fail_search(co_search *search, bool is_complete, uint64_t position)
{
    co_binder *binder = search->binder;
    const co_text child = co_schema_object(binder->schema, search->objects[0])->name;
    const co_text parent = co_schema_object(binder->schema, search->parent)->name;

    if (search->choices.status != COHORT_OK)
        co_bind_no_memory(binder);
    else if (!is_complete)
        co_bind_fail(binder, COHORT_AMBIGUOUS, position,
                     "too many references could lead from " CO_FMT " to " CO_FMT "; say which with VIA",
                     CO_ARG(child), CO_ARG(parent));
    else if (search->n_found == 0)
        co_bind_fail(binder, COHORT_NOT_FOUND, position, "no reference leads from " CO_FMT " to " CO_FMT,
                     CO_ARG(child), CO_ARG(parent));
    else
        co_bind_fail(binder, COHORT_AMBIGUOUS, position,
                     "several references lead from " CO_FMT " to " CO_FMT ": %.*s%s", CO_ARG(child),
                     CO_ARG(parent), (int)search->choices.length, search->choices.bytes,
                     search->n_found > MOST_CHOICES ? ", …" : "");
}

static bool only_via(co_binder *binder, uint32_t child, uint32_t parent, uint64_t position, co_way *via)
{
    co_search search;
    bool is_complete = true;

    if (!open_search(binder, child, parent, &search))
        return false;
    find_direct(&search);
    if (search.n_found == 0 && child != parent) {
        mark_leading(&search);
        is_complete = find_paths(&search);
    }
    *via = search.found;
    if (search.n_found != 1 || !is_complete)
        fail_search(&search, is_complete, position);
    co_buffer_clear(&search.choices);
    return !co_bind_failed(binder);
}

bool co_bind_via(co_binder *binder, const co_scope *scope, const co_node *node, uint32_t child, co_way *via)
{
    if (node->n_via > 0)
        return written_via(binder, scope, node, child, via);
    return only_via(binder, child, scope->rows_object, co_rows_position(scope->source, node), via);
}

/* ---- the relation ---- */

static uint32_t link_of(co_binder *binder, uint32_t child, co_way via, uint32_t rows)
{
    for (uint32_t i = 0; i < binder->n_links; i++) {
        const co_link *link = &binder->links[i];

        if (link->child == child && link->rows == rows && co_way_equal(link->via, via))
            return i;
    }
    if (co_bind_failed(binder))
        return CO_NO_STEP;
    if (!co_memory_grow(binder->memory, (void **)&binder->links, &binder->links_capacity, binder->n_links + 1,
                        sizeof *binder->links)) {
        co_bind_no_memory(binder);
        return CO_NO_STEP;
    }
    binder->links[binder->n_links] = (co_link){ .child = child, .via = via, .rows = rows };
    return (uint32_t)binder->n_links++;
}

co_relation co_relation_of(co_binder *binder, uint32_t child, co_way via, uint32_t rows)
{
    const bool at_home = via.n == 1 && via.fields[0] == co_schema_object(binder->schema, child)->home;

    return (co_relation){ child, via, at_home ? CO_NO_STEP : link_of(binder, child, via, rows) };
}

bool co_relation_equal(const co_relation *a, const co_relation *b)
{
    return a->child == b->child && a->link == b->link && co_way_equal(a->via, b->via);
}

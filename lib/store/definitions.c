/*
 * Lists of definitions. There are hundreds, not millions, and they change
 * rarely, so a change copies the list of pointers and looking up walks it.
 */
#include <string.h>

#include "store/definitions.h"
#include "store/schema_build.h"

static size_t list_size(uint32_t n)
{
    return sizeof(co_definitions) + n * sizeof(co_definition_node *);
}

co_definitions *co_definitions_new(co_memory *memory, uint32_t n)
{
    co_definitions *list = co_memory_new_zeroed(memory, 1, list_size(n));

    if (list != NULL) {
        atomic_init(&list->references, 1);
        list->n = n;
    }
    return list;
}

co_definitions *co_definitions_retain(co_definitions *definitions)
{
    atomic_fetch_add_explicit(&definitions->references, 1, memory_order_relaxed);
    return definitions;
}

void co_definitions_release(co_memory *memory, co_definitions *definitions)
{
    if (definitions == NULL ||
        atomic_fetch_sub_explicit(&definitions->references, 1, memory_order_acq_rel) != 1)
        return;
    for (uint32_t i = 0; i < definitions->n; i++)
        co_definition_release(memory, definitions->nodes[i]);
    co_memory_free(memory, definitions, list_size(definitions->n));
}

co_definition_node *co_definition_new(co_memory *memory, const co_definition *definition, co_bitmap *rows)
{
    const size_t size = sizeof(co_definition_node) + definition->name.length + definition->text.length + 2;
    co_definition_node *node = co_memory_new_zeroed(memory, 1, size);

    if (node == NULL)
        return NULL;

    char *name = (char *)(node + 1);
    char *text = name + definition->name.length + 1;

    memcpy(name, definition->name.bytes, definition->name.length);
    if (definition->text.length > 0)
        memcpy(text, definition->text.bytes, definition->text.length);
    atomic_init(&node->references, 1);
    node->size_bytes = size;
    node->definition = *definition;
    node->definition.name.bytes = name;
    node->definition.text.bytes = text;
    node->definition.rows = NULL;
    co_bitmap_init(&node->rows, memory);
    if (rows != NULL) {
        co_bitmap_move(rows, &node->rows);
        node->definition.rows = &node->rows;
    }
    return node;
}

void co_definition_release(co_memory *memory, co_definition_node *node)
{
    if (node == NULL || atomic_fetch_sub_explicit(&node->references, 1, memory_order_acq_rel) != 1)
        return;
    co_bitmap_clear(&node->rows);
    co_memory_free(memory, node, node->size_bytes);
}

static bool is_trait(const co_definition *definition)
{
    return definition->kind == CO_DEFINED_TRAIT;
}

static int compare(const co_schema *schema, const co_definition *a, const co_definition *b)
{
    int order = 0;

    if (a->object != b->object)
        order = co_text_compare(co_schema_object(schema, a->object)->name,
                                co_schema_object(schema, b->object)->name);
    if (order == 0)
        order = co_text_compare(a->name, b->name);
    if (order == 0)
        order = (int)is_trait(a) - (int)is_trait(b);
    return order;
}

static co_definition_node *shared(co_definition_node *node)
{
    atomic_fetch_add_explicit(&node->references, 1, memory_order_relaxed);
    return node;
}

co_definitions *co_definitions_with(co_memory *memory, const co_schema *schema,
                                    const co_definitions *definitions, co_definition_node *node)
{
    const co_definition *added = &node->definition;
    const bool replaces =
        co_definitions_find(definitions, added->object, added->name, is_trait(added)) != CO_NONE;
    co_definitions *list = co_definitions_new(memory, definitions->n + (replaces ? 0 : 1));
    uint32_t n = 0;
    bool placed = false;

    if (list == NULL)
        return NULL;
    for (uint32_t i = 0; i < definitions->n; i++) {
        const int order = compare(schema, &definitions->nodes[i]->definition, added);

        if (order >= 0 && !placed) {
            list->nodes[n++] = node;
            placed = true;
        }
        if (order != 0)
            list->nodes[n++] = shared(definitions->nodes[i]);
    }
    if (!placed)
        list->nodes[n] = node;
    return list;
}

co_definitions *co_definitions_without(co_memory *memory, const co_definitions *definitions, uint32_t index)
{
    co_definitions *list = co_definitions_new(memory, definitions->n - 1);

    if (list == NULL)
        return NULL;
    for (uint32_t i = 0; i < list->n; i++)
        list->nodes[i] = shared(definitions->nodes[i < index ? i : i + 1]);
    return list;
}

uint32_t co_definitions_find(const co_definitions *definitions, uint32_t object, co_text name, bool trait)
{
    for (uint32_t i = 0; i < definitions->n; i++) {
        const co_definition *definition = &definitions->nodes[i]->definition;

        if (definition->object == object && is_trait(definition) == trait &&
            co_text_equal(definition->name, name))
            return i;
    }
    return CO_NONE;
}

/* ---- what a version tells of them ---- */

uint32_t co_version_n_definitions(const co_version *version)
{
    return version->definitions->n;
}

const co_definition *co_version_definition(const co_version *version, uint32_t index)
{
    return &version->definitions->nodes[index]->definition;
}

static const co_definition *find(const co_version *version, uint32_t object, co_text name, bool trait)
{
    const uint32_t i = co_definitions_find(version->definitions, object, name, trait);

    return i == CO_NONE ? NULL : co_version_definition(version, i);
}

const co_definition *co_version_find_segment(const co_version *version, uint32_t object, co_text name)
{
    return find(version, object, name, false);
}

const co_definition *co_version_find_trait(const co_version *version, uint32_t object, co_text name)
{
    return find(version, object, name, true);
}

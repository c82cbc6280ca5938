/* The naive model's records: an array per object, found through a hash of their keys. */
#include "support/model.h"

#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"

m_value m_null(void) { return (m_value){ .kind = M_NULL }; }
m_value m_bool(bool truth) { return (m_value){ .kind = M_BOOL, .number = truth }; }
m_value m_int(int64_t value) { return (m_value){ .kind = M_EXACT, .exact = value }; }
m_value m_exact(m_wide value, int32_t scale) { return (m_value){ .kind = M_EXACT, .exact = value, .scale = scale }; }
m_value m_double(double value) { return (m_value){ .kind = M_DOUBLE, .real = value }; }
m_value m_text(co_text text) { return (m_value){ .kind = M_TEXT, .text = text }; }

void model_clear(model *m)
{
    for (int i = 0; i < m->n_objects; i++) {
        free(m->objects[i].records);
        free(m->objects[i].slots);
    }
    for (int i = 0; i < m->n_named; i++) {
        co_tree_free(m->named[i].tree);
        free(m->named[i].keys);
    }
    memset(m, 0, sizeof *m);
}

static uint64_t hash_key(m_value key)
{
    uint64_t hash = 1469598103934665603u;

    if (key.kind != M_TEXT)
        return (uint64_t)key.exact * 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < key.text.length; i++)
        hash = (hash ^ (unsigned char)key.text.bytes[i]) * 1099511628211u;
    return hash * 0x9e3779b97f4a7c15u;
}

static bool same_key(m_value a, m_value b)
{
    return a.kind == M_TEXT ? co_text_equal(a.text, b.text) : a.exact == b.exact;
}

static uint32_t *slot_of(const m_object *object, m_value key)
{
    uint32_t at = (uint32_t)(hash_key(key) >> 32) & (object->n_slots - 1);

    while (object->slots[at] != 0 && !same_key(object->records[object->slots[at] - 1].key, key))
        at = (at + 1) & (object->n_slots - 1);
    return &object->slots[at];
}

m_record *model_find(const m_object *object, m_value key)
{
    if (object->n_slots == 0)
        return NULL;

    const uint32_t slot = *slot_of(object, key);

    return slot == 0 ? NULL : &object->records[slot - 1];
}

static void grow_slots(m_object *object)
{
    object->n_slots = object->n_slots == 0 ? 1024 : object->n_slots * 4;
    free(object->slots);
    object->slots = calloc(object->n_slots, sizeof *object->slots);
    for (uint32_t i = 0; i < object->n_records; i++)
        *slot_of(object, object->records[i].key) = i + 1;
}

m_record *model_record(m_object *object, m_value key)
{
    m_record *found = model_find(object, key);

    if (found != NULL)
        return found;
    if (object->n_records == object->room) {
        object->room = object->room == 0 ? 256 : object->room * 2;
        object->records = realloc(object->records, object->room * sizeof *object->records);
    }
    if (object->n_records * 2 >= object->n_slots)
        grow_slots(object);
    *slot_of(object, key) = object->n_records + 1;
    found = &object->records[object->n_records++];
    memset(found, 0, sizeof *found);
    found->key = key;
    return found;
}

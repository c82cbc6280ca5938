/*
 * Writing a version as sections. Little-endian; texts are a u32 length and bytes.
 *
 *   STORE       u64 id, u32 epoch, u64 number, u32 objects, u32 definitions;
 *               per object u32 tiles, u32 of them with rows, u64 last number
 *   SCHEMA      u32 objects; each: name, u8 declared, u8 keyless, u32 home, time,
 *               cluster, u32 fields; each: name, u8 type, scale, collation (with bit 7 if
 *               its changes are kept), u32 target
 *   DICTIONARY  the column room's own
 *   TILE        u32 rows, u32 parent tile, u8 clustered, u64 cluster value,
 *               u8 1 and the live words or 0 (all are), u32 columns; each u8 1
 *               and the column room's own, or 0 (no values); if the object keeps
 *               arrival, one more such column
 *   DEFINITION  u8 kind, u32 object, u32 nulls, name, text; of a static segment
 *               the rows in Roaring's portable layout
 */
#include "store/sections.h"
#include "store/schema_build.h"
#include "store/tree.h"
#include "store/words.h"

static void put_text(co_buffer *out, co_text text)
{
    co_buffer_u32(out, (uint32_t)text.length);
    co_buffer_append(out, text.bytes, text.length);
}

/* ---- the list ---- */

co_sections co_sections_start(const co_version *version)
{
    return (co_sections){ version, { CO_SECTION_STORE, 0, 0 } };
}

static bool exists(const co_version *version, const co_section *section)
{
    switch (section->kind) {
    case CO_SECTION_STORE:
    case CO_SECTION_SCHEMA:
        return section->object == 0 && section->index == 0;
    case CO_SECTION_DICTIONARY: {
        const uint32_t n = co_schema_n_objects(version->schema);

        if (section->object >= n)
            return false;

        const co_object *object = co_schema_object(version->schema, section->object);

        return section->index < object->n_fields && object->fields[section->index].dictionary != NULL;
    }
    case CO_SECTION_TILE:
        return section->object < version->n_objects &&
               co_version_tile(version, section->object, section->index) != NULL;
    default:
        return section->kind == CO_SECTION_DEFINITION && section->object == 0 &&
               section->index < co_version_n_definitions(version);
    }
}

/* How many indexes of its kind and object there may be. */
static uint32_t indexes(const co_version *version, const co_section *section)
{
    if (section->kind == CO_SECTION_DEFINITION)
        return section->object == 0 ? co_version_n_definitions(version) : 0;
    if (section->object >= version->n_objects)
        return 0;
    if (section->kind == CO_SECTION_DICTIONARY)
        return co_schema_object(version->schema, section->object)->n_fields;
    if (section->kind == CO_SECTION_TILE)
        return co_version_n_tiles(version, section->object);
    return 1;
}

static void advance(const co_version *version, co_section *section)
{
    if (++section->index < indexes(version, section))
        return;
    section->index = 0;

    const bool by_object = section->kind == CO_SECTION_DICTIONARY || section->kind == CO_SECTION_TILE;

    if (by_object && ++section->object < version->n_objects)
        return;
    section->object = 0;
    section->kind++;
}

bool co_sections_next(co_sections *sections, co_section *section)
{
    while (sections->next.kind <= CO_SECTION_DEFINITION) {
        *section = sections->next;
        advance(sections->version, &sections->next);
        if (exists(sections->version, section))
            return true;
    }
    return false;
}

/* ---- each kind ---- */

static uint32_t tiles_with_rows(const co_version *version, uint32_t object)
{
    uint32_t n = 0;

    for (uint32_t t = 0; t < co_version_n_tiles(version, object); t++)
        n += co_version_tile(version, object, t) != NULL;
    return n;
}

static void write_store(const co_version *version, co_buffer *out)
{
    co_buffer_u64(out, co_version_store_id(version));
    co_buffer_u32(out, version->epoch);
    co_buffer_u64(out, version->number);
    co_buffer_u32(out, version->n_objects);
    co_buffer_u32(out, co_version_n_definitions(version));
    for (uint32_t o = 0; o < version->n_objects; o++) {
        co_buffer_u32(out, co_version_n_tiles(version, o));
        co_buffer_u32(out, tiles_with_rows(version, o));
        co_buffer_u64(out, version->objects[o]->last_number);
    }
}

static void write_schema(const co_version *version, co_buffer *out)
{
    co_buffer_u32(out, version->n_objects);
    for (uint32_t o = 0; o < version->n_objects; o++) {
        const co_object *object = co_schema_object(version->schema, o);

        put_text(out, object->name);
        co_buffer_u8(out, object->declared);
        co_buffer_u8(out, object->keyless);
        co_buffer_u32(out, object->home);
        co_buffer_u32(out, object->time);
        co_buffer_u32(out, object->cluster);
        co_buffer_u32(out, object->n_fields);
        for (uint32_t f = 0; f < object->n_fields; f++) {
            put_text(out, object->fields[f].name);
            co_buffer_u8(out, (uint8_t)object->fields[f].type);
            co_buffer_u8(out, (uint8_t)object->fields[f].scale);
            co_buffer_u8(out, (uint8_t)(object->fields[f].collation |
                                        (object->fields[f].history == CO_NONE ? 0 : CO_FIELD_HISTORY)));
            co_buffer_u32(out, object->fields[f].target);
        }
    }
}

static void write_column(const co_column *column, co_buffer *out)
{
    co_buffer_u8(out, column != NULL);
    if (column != NULL)
        co_column_write(column, out);
}

static void write_tile(const co_version *version, co_section section, co_buffer *out)
{
    const co_tile_node *node = co_object_node_tile(co_version_object(version, section.object), section.index);

    co_buffer_u32(out, node->tile.n_rows);
    co_buffer_u32(out, node->group.parent_tile);
    co_buffer_u8(out, node->group.clustered);
    co_buffer_u64(out, (uint64_t)node->group.value);
    co_buffer_u8(out, node->live != NULL);
    for (size_t i = 0; node->live != NULL && i < co_words_for(node->tile.n_rows); i++)
        co_buffer_u64(out, node->live[i]);
    co_buffer_u32(out, node->tile.n_columns);
    for (uint32_t f = 0; f < node->tile.n_columns; f++)
        write_column(node->columns[f], out);
    if (co_object_keeps_arrival(co_schema_object(version->schema, section.object)))
        write_column(node->arrival, out);
}

static void write_definition(const co_version *version, uint32_t index, co_buffer *out)
{
    const co_definition *definition = co_version_definition(version, index);

    co_buffer_u8(out, (uint8_t)definition->kind);
    co_buffer_u32(out, definition->object);
    co_buffer_u32(out, (uint32_t)definition->nulls);
    put_text(out, definition->name);
    put_text(out, definition->text);
    if (definition->kind == CO_DEFINED_STATIC) {
        void *room = co_buffer_extend(out, co_bitmap_portable_bytes(definition->rows));

        if (room != NULL)
            co_bitmap_write_portable(definition->rows, room);
    }
}

cohort_status co_section_write(const co_version *version, co_section section, co_buffer *out,
                               cohort_error *error)
{
    if (!exists(version, &section))
        return co_fail(error, COHORT_INVALID, "there is no section %u %u %u", section.kind, section.object,
                       section.index);
    switch (section.kind) {
    case CO_SECTION_STORE:
        write_store(version, out);
        break;
    case CO_SECTION_SCHEMA:
        write_schema(version, out);
        break;
    case CO_SECTION_DICTIONARY:
        co_dictionary_write(
            co_schema_object(version->schema, section.object)->fields[section.index].dictionary, out);
        break;
    case CO_SECTION_TILE:
        write_tile(version, section, out);
        break;
    default:
        write_definition(version, section.index, out);
        break;
    }
    if (out->status == COHORT_LIMIT)
        return co_fail(error, COHORT_LIMIT, "a section is larger than %zu bytes", out->maximum);
    return out->status == COHORT_OK ? COHORT_OK : co_fail_memory(error);
}

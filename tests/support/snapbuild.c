/* Store files made by hand, after the offsets in io/snapformat.h. */
#include "support/snapbuild.h"

#include "io/snapformat.h"

void snap_parts_init(snap_parts *parts, co_memory *memory)
{
    memset(parts, 0, sizeof *parts);
    parts->store = 1;
    parts->generation = 1;
    co_buffer_init(&parts->bytes, memory, 0);
}

void snap_parts_clear(snap_parts *parts)
{
    co_buffer_clear(&parts->bytes);
}

bool snap_add(snap_parts *parts, co_section section, const void *bytes, size_t length)
{
    if (parts->n == SNAP_MOST_PARTS)
        return false;
    parts->parts[parts->n++] = (snap_part){ section, parts->bytes.length, length };
    co_buffer_append(&parts->bytes, bytes, length);
    return parts->bytes.status == COHORT_OK;
}

/* ---- together ---- */

static uint64_t add_blocks(co_buffer *out, co_snap_seed seed, uint32_t section, const char *bytes, size_t length)
{
    uint32_t block = 0;

    for (size_t at = 0; at < length; at += CO_SNAP_BLOCK, block++) {
        const size_t left = length - at;
        const uint32_t n = (uint32_t)(left < CO_SNAP_BLOCK ? left : CO_SNAP_BLOCK);
        const uint64_t place = co_snap_block_place(section, block);
        uint8_t head[CO_SNAP_HEAD] = { 0 };

        co_store_u32(head, section);
        co_store_u32(head + 4, block);
        co_store_u32(head + 8, n);
        co_store_u32(head + 12, n);
        co_store_u32(head + 20, (uint32_t)co_snap_hash(seed, place, head, 20));
        co_store_u64(head + 24, co_snap_hash(seed, place, bytes + at, n));
        co_buffer_append(out, head, sizeof head);
        co_buffer_append(out, bytes + at, n);
    }
    return block;
}

static void add_section(const snap_parts *parts, uint32_t i, co_buffer *out, size_t base, uint8_t *entry)
{
    const co_snap_seed seed = { parts->store, parts->generation };
    const snap_part *part = &parts->parts[i];
    const char *bytes = part->length > 0 ? parts->bytes.bytes + part->start : "";
    const size_t offset = out->length - base;
    const uint64_t n_blocks = add_blocks(out, seed, i, bytes, part->length);

    co_store_u32(entry, part->section.kind);
    co_store_u32(entry + 4, part->section.object);
    co_store_u32(entry + 8, part->section.index);
    co_store_u64(entry + 16, offset);
    co_store_u64(entry + 24, out->length - base - offset);
    co_store_u64(entry + 32, part->length);
    co_store_u64(entry + 40, n_blocks);
    co_store_u64(entry + 48, co_snap_hash(seed, i, bytes, part->length));
}

static void fill_header(const snap_parts *parts, uint8_t *page, uint64_t length)
{
    const co_snap_seed seed = { parts->store, parts->generation };

    memcpy(page, co_snap_magic, sizeof co_snap_magic);
    co_store_u16(page + 8, CO_SNAP_MAJOR);
    co_store_u16(page + 10, CO_SNAP_MINOR);
    co_store_u64(page + 24, parts->store);
    co_store_u64(page + 40, parts->generation);
    co_store_u32(page + 64, CO_SNAP_MAJOR);
    co_store_u64(page + 72, length);
    co_store_u64(page + 80, length - CO_SNAP_PAGE);
    co_store_u64(page + 4088, co_snap_hash(seed, CO_SNAP_PLACE_HEADER, page, 4088));
}

static void fill_footer(const snap_parts *parts, uint8_t *page, const uint8_t *table, uint64_t table_offset)
{
    const co_snap_seed seed = { parts->store, parts->generation };

    memcpy(page, co_snap_magic, sizeof co_snap_magic);
    co_store_u64(page + 8, parts->store);
    co_store_u64(page + 16, parts->generation);
    co_store_u64(page + 24, table_offset);
    co_store_u64(page + 32, parts->n);
    co_store_u64(page + 40, parts->bytes.length);
    co_store_u64(page + 48, co_snap_hash(seed, CO_SNAP_PLACE_TABLE, table, parts->n * CO_SNAP_ENTRY));
    memcpy(page + 4088, co_snap_end_magic, sizeof co_snap_end_magic);
    co_store_u64(page + 4080, co_snap_hash(seed, CO_SNAP_PLACE_FOOTER, page, 4080));
}

void snap_build(const snap_parts *parts, co_buffer *out)
{
    const size_t base = out->length;
    uint8_t table[SNAP_MOST_PARTS * CO_SNAP_ENTRY] = { 0 };
    uint8_t page[CO_SNAP_PAGE] = { 0 };

    co_buffer_append(out, page, sizeof page);
    for (uint32_t i = 0; i < parts->n; i++)
        add_section(parts, i, out, base, table + (size_t)i * CO_SNAP_ENTRY);
    fill_footer(parts, page, table, out->length - base);
    co_buffer_append(out, table, parts->n * CO_SNAP_ENTRY);
    co_buffer_append(out, page, sizeof page);
    memset(page, 0, sizeof page);
    fill_header(parts, page, out->length - base);
    if (out->status == COHORT_OK)
        memcpy(out->bytes + base, page, sizeof page);
}

/* ---- apart ---- */

void snap_take_apart(const void *file, snap_parts *parts)
{
    const uint8_t *bytes = file;
    const uint8_t *footer = bytes + co_load_u64(bytes + 80);
    const uint8_t *table = bytes + co_load_u64(footer + 24);
    const uint64_t n = co_load_u64(footer + 32);

    parts->store = co_load_u64(bytes + 24);
    parts->generation = co_load_u64(bytes + 40);
    for (uint64_t i = 0; i < n && parts->n < SNAP_MOST_PARTS; i++) {
        const uint8_t *entry = table + i * CO_SNAP_ENTRY;
        const co_section section = { co_load_u32(entry), co_load_u32(entry + 4), co_load_u32(entry + 8) };
        const uint8_t *block = bytes + co_load_u64(entry + 16);

        snap_add(parts, section, "", 0);
        for (uint64_t b = 0; b < co_load_u64(entry + 40); b++) {
            const uint32_t length = co_load_u32(block + 8);

            co_buffer_append(&parts->bytes, block + CO_SNAP_HEAD, length);
            parts->parts[parts->n - 1].length += length;
            block += CO_SNAP_HEAD + length;
        }
    }
}

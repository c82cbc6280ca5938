/* A whole version into one file. */
#include "io/file.h"
#include "io/snapfile.h"
#include "io/snapformat.h"

typedef struct writing {
    const char *path;
    int descriptor;
    co_memory *memory;
    cohort_error *error;
    co_snap_seed seed;
    uint64_t offset;            /* of the next byte to write */
    uint64_t raw_total;
    uint32_t n_sections;
    co_buffer table;
    co_buffer raw;              /* of one section */
    co_buffer framed;
} writing;

static cohort_status put(writing *w, const void *bytes, size_t length)
{
    const cohort_status status = co_file_write(w->descriptor, w->offset, bytes, length, w->path, w->error);

    w->offset += length;
    return status;
}

static void frame_block(writing *w, uint64_t number, const char *bytes, size_t length)
{
    uint8_t head[CO_SNAP_HEAD];
    const uint64_t place = co_snap_block_place(w->n_sections, number);

    co_store_u32(head, w->n_sections);
    co_store_u32(head + 4, (uint32_t)number);
    co_store_u32(head + 8, (uint32_t)length);
    co_store_u32(head + 12, (uint32_t)length);
    co_store_u32(head + 16, 0);
    co_store_u32(head + 20, (uint32_t)co_snap_hash(w->seed, place, head, 20));
    co_store_u64(head + 24, co_snap_hash(w->seed, place, bytes, length));
    co_buffer_append(&w->framed, head, sizeof head);
    co_buffer_append(&w->framed, bytes, length);
}

static void add_entry(writing *w, co_section section, uint64_t n_blocks)
{
    co_buffer_u32(&w->table, section.kind);
    co_buffer_u32(&w->table, section.object);
    co_buffer_u32(&w->table, section.index);
    co_buffer_u32(&w->table, 0);
    co_buffer_u64(&w->table, w->offset);
    co_buffer_u64(&w->table, w->framed.length);
    co_buffer_u64(&w->table, w->raw.length);
    co_buffer_u64(&w->table, n_blocks);
    co_buffer_u64(&w->table, co_snap_hash(w->seed, w->n_sections, w->raw.bytes, w->raw.length));
}

static cohort_status write_section(writing *w, const co_version *version, co_section section)
{
    uint64_t n_blocks = 0;
    cohort_status status;

    w->raw.length = 0;
    w->framed.length = 0;
    status = co_section_write(version, section, &w->raw, w->error);
    if (status == COHORT_OK && w->raw.status != COHORT_OK)
        status = co_fail_memory(w->error);
    if (status != COHORT_OK)
        return status;
    for (size_t at = 0; at < w->raw.length; at += CO_SNAP_BLOCK) {
        const size_t left = w->raw.length - at;

        frame_block(w, n_blocks++, w->raw.bytes + at, left < CO_SNAP_BLOCK ? left : CO_SNAP_BLOCK);
    }
    add_entry(w, section, n_blocks);
    if (w->framed.status != COHORT_OK || w->table.status != COHORT_OK)
        return co_fail_memory(w->error);
    w->raw_total += w->raw.length;
    w->n_sections++;
    return put(w, w->framed.bytes, w->framed.length);
}

static cohort_status write_footer(writing *w, uint64_t table_offset)
{
    uint8_t page[CO_SNAP_PAGE] = { 0 };

    memcpy(page, co_snap_magic, sizeof co_snap_magic);
    co_store_u64(page + 8, w->seed.store);
    co_store_u64(page + 16, w->seed.generation);
    co_store_u64(page + 24, table_offset);
    co_store_u64(page + 32, w->n_sections);
    co_store_u64(page + 40, w->raw_total);
    co_store_u64(page + 48, co_snap_hash(w->seed, CO_SNAP_PLACE_TABLE, w->table.bytes, w->table.length));
    memcpy(page + 4088, co_snap_end_magic, sizeof co_snap_end_magic);
    co_store_u64(page + 4080, co_snap_hash(w->seed, CO_SNAP_PLACE_FOOTER, page, 4080));
    return put(w, page, sizeof page);
}

/* Written last, when the lengths are known; the file has its name only afterwards. */
static cohort_status write_header(writing *w, const co_version *version, uint64_t footer_offset)
{
    uint8_t page[CO_SNAP_PAGE] = { 0 };

    memcpy(page, co_snap_magic, sizeof co_snap_magic);
    co_store_u16(page + 8, CO_SNAP_MAJOR);
    co_store_u16(page + 10, CO_SNAP_MINOR);
    co_store_u64(page + 24, w->seed.store);
    co_store_u64(page + 40, w->seed.generation);
    co_store_u64(page + 48, co_version_number(version));
    co_store_u32(page + 64, CO_SNAP_MAJOR);
    co_store_u64(page + 72, w->offset);
    co_store_u64(page + 80, footer_offset);
    co_store_u64(page + 4088, co_snap_hash(w->seed, CO_SNAP_PLACE_HEADER, page, 4088));
    return co_file_write(w->descriptor, 0, page, sizeof page, w->path, w->error);
}

static cohort_status write_all(writing *w, const co_version *version)
{
    co_sections sections = co_sections_start(version);
    co_section section;
    cohort_status status = COHORT_OK;

    w->offset = CO_SNAP_PAGE;
    while (status == COHORT_OK && co_sections_next(&sections, &section))
        status = write_section(w, version, section);
    if (status != COHORT_OK)
        return status;

    const uint64_t table_offset = w->offset;

    status = put(w, w->table.bytes, w->table.length);

    const uint64_t footer_offset = w->offset;

    if (status == COHORT_OK)
        status = write_footer(w, table_offset);
    if (status == COHORT_OK)
        status = write_header(w, version, footer_offset);
    return status == COHORT_OK ? co_file_sync(w->descriptor, w->path, w->error) : status;
}

cohort_status co_snapfile_write(const char *path, co_memory *memory, const co_version *version, uint64_t generation,
                                cohort_error *error)
{
    writing w = { .path = path,
                  .descriptor = -1,
                  .memory = memory,
                  .error = error,
                  .seed = { co_version_store_id(version), generation } };
    cohort_status status;

    co_buffer_init(&w.table, memory, 0);
    co_buffer_init(&w.raw, memory, 0);
    co_buffer_init(&w.framed, memory, 0);
    status = co_file_create(path, &w.descriptor, error);
    if (status == COHORT_OK) {
        status = write_all(&w, version);
        co_file_close(w.descriptor);
        if (status != COHORT_OK)
            co_file_remove(path);
    }
    co_buffer_clear(&w.table);
    co_buffer_clear(&w.raw);
    co_buffer_clear(&w.framed);
    return status;
}

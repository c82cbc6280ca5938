/*
 * A file checked whole, and the store it holds.
 *
 * Always:  lengths are believed only as far as the file is long: a section is
 *          never given more memory than it has bytes in the file.
 */
#include "io/file.h"
#include "io/snapfile.h"
#include "io/snapformat.h"

typedef struct entry {
    co_section section;
    uint64_t offset, stored, raw, n_blocks, hash;
} entry;

typedef struct reading {
    const char *path;
    int descriptor;
    uint64_t size;
    cohort_error *error;
    co_snap_seed seed;
    uint64_t footer_offset;
    uint64_t table_offset, n_entries, table_hash;
    co_memory memory;
    uint8_t *bytes;             /* of one section, or the table */
    size_t room;
} reading;

static cohort_status damaged(reading *r, uint64_t offset, const char *what)
{
    const cohort_status status = co_fail(r->error, COHORT_CORRUPT, "'%s' is damaged at byte %llu: %s", r->path,
                                         (unsigned long long)offset, what);

    if (r->error != NULL)
        r->error->position = offset;
    return status;
}

static cohort_status read_bytes(reading *r, uint64_t offset, void *bytes, size_t length)
{
    return co_file_read(r->descriptor, offset, bytes, length, r->path, r->error);
}

/* r->bytes at least that long. */
static cohort_status make_room(reading *r, uint64_t length)
{
    void *bytes = r->bytes;

    if (length > SIZE_MAX || !co_memory_grow(&r->memory, &bytes, &r->room, (size_t)length, 1))
        return co_fail_memory(r->error);
    r->bytes = bytes;
    return COHORT_OK;
}

/* ---- header and footer ---- */

static cohort_status check_features(reading *r, const uint8_t *page, bool to_write)
{
    const unsigned major = co_load_u16(page + 8);

    if (major > CO_SNAP_MAJOR || co_load_u32(page + 64) > CO_SNAP_MAJOR || co_load_u32(page + 12) != 0)
        return co_fail(r->error, COHORT_TOO_NEW, "'%s' has format %u and needs a newer version of the library",
                       r->path, major);
    if (major != CO_SNAP_MAJOR)
        return co_fail(r->error, COHORT_UNSUPPORTED, "'%s' has format %u, from before 1.0; this version reads %d",
                       r->path, major, CO_SNAP_MAJOR);
    if (to_write && co_load_u32(page + 16) != 0)
        return co_fail(r->error, COHORT_TOO_NEW, "'%s' was written by a newer version; this one can only read it",
                       r->path);
    return COHORT_OK;
}

static cohort_status read_header(reading *r, uint64_t generation, bool to_write)
{
    uint8_t page[CO_SNAP_PAGE];
    cohort_status status;

    if (r->size < 2 * CO_SNAP_PAGE)
        return damaged(r, r->size, "the file is too short to be a store");
    status = read_bytes(r, 0, page, sizeof page);
    if (status != COHORT_OK)
        return status;
    if (memcmp(page, co_snap_magic, sizeof co_snap_magic) != 0)
        return damaged(r, 0, "it does not begin as a store does");
    r->seed = (co_snap_seed){ co_load_u64(page + 24), co_load_u64(page + 40) };
    if (co_snap_hash(r->seed, CO_SNAP_PLACE_HEADER, page, 4088) != co_load_u64(page + 4088))
        return damaged(r, 0, "the header's checksum is wrong");
    status = check_features(r, page, to_write);
    if (status != COHORT_OK)
        return status;
    if (r->seed.generation != generation)
        return damaged(r, 40, "the file has the name of another generation");
    if (co_load_u64(page + 72) != r->size)
        return damaged(r, r->size, "the file has not the length that its header tells");
    r->footer_offset = co_load_u64(page + 80);
    if (r->footer_offset != r->size - CO_SNAP_PAGE)
        return damaged(r, 80, "the footer is not at the end");
    return COHORT_OK;
}

static cohort_status read_footer(reading *r)
{
    uint8_t page[CO_SNAP_PAGE];
    const cohort_status status = read_bytes(r, r->footer_offset, page, sizeof page);

    if (status != COHORT_OK)
        return status;
    if (memcmp(page, co_snap_magic, sizeof co_snap_magic) != 0 ||
        memcmp(page + 4088, co_snap_end_magic, sizeof co_snap_end_magic) != 0 ||
        co_snap_hash(r->seed, CO_SNAP_PLACE_FOOTER, page, 4080) != co_load_u64(page + 4080))
        return damaged(r, r->footer_offset, "the footer's checksum is wrong");
    if (co_load_u64(page + 8) != r->seed.store || co_load_u64(page + 16) != r->seed.generation)
        return damaged(r, r->footer_offset, "header and footer do not belong together");
    r->table_offset = co_load_u64(page + 24);
    r->n_entries = co_load_u64(page + 32);
    r->table_hash = co_load_u64(page + 48);
    if (r->table_offset < CO_SNAP_PAGE || r->table_offset > r->footer_offset ||
        (r->footer_offset - r->table_offset) % CO_SNAP_ENTRY != 0 ||
        (r->footer_offset - r->table_offset) / CO_SNAP_ENTRY != r->n_entries || r->n_entries > UINT32_MAX)
        return damaged(r, r->footer_offset, "the section table has no sensible place");
    return COHORT_OK;
}

/* ---- sections ---- */

static entry entry_at(const uint8_t *bytes)
{
    return (entry){ .section = { co_load_u32(bytes), co_load_u32(bytes + 4), co_load_u32(bytes + 8) },
                    .offset = co_load_u64(bytes + 16),
                    .stored = co_load_u64(bytes + 24),
                    .raw = co_load_u64(bytes + 32),
                    .n_blocks = co_load_u64(bytes + 40),
                    .hash = co_load_u64(bytes + 48) };
}

/* Sections must fill the space between header and table, in order, and be no longer than their blocks. */
static cohort_status check_entry(reading *r, const entry *e, uint64_t expected_offset, uint64_t at)
{
    const uint64_t n_blocks = e->raw / CO_SNAP_BLOCK + (e->raw % CO_SNAP_BLOCK != 0);

    if (e->offset != expected_offset || e->stored > r->table_offset - e->offset)
        return damaged(r, at, "a section overlaps another or leaves a gap");
    if (e->raw > e->stored || e->n_blocks != n_blocks || e->stored != e->raw + n_blocks * CO_SNAP_HEAD)
        return damaged(r, at, "the lengths of a section contradict each other");
    return COHORT_OK;
}

static cohort_status check_block(reading *r, uint64_t number, uint64_t block, const uint8_t *head, uint64_t left,
                                 uint64_t offset)
{
    const uint64_t place = co_snap_block_place(number, block);
    const uint32_t length = co_load_u32(head + 8);

    if (co_load_u32(head + 20) != (uint32_t)co_snap_hash(r->seed, place, head, 20))
        return damaged(r, offset, "a block head's checksum is wrong");
    if (co_load_u32(head + 16) != 0)
        return co_fail(r->error, COHORT_TOO_NEW, "'%s' is compressed in a way that this version does not know",
                       r->path);
    if (co_load_u32(head) != number || co_load_u32(head + 4) != block || co_load_u32(head + 12) != length ||
        length != (left < CO_SNAP_BLOCK ? left : CO_SNAP_BLOCK))
        return damaged(r, offset, "a block is not the one that belongs here");
    if (co_load_u64(head + 24) != co_snap_hash(r->seed, place, head + CO_SNAP_HEAD, length))
        return damaged(r, offset + CO_SNAP_HEAD, "a block's checksum is wrong");
    return COHORT_OK;
}

/* The raw bytes of a section at the start of r->bytes. */
static cohort_status read_section(reading *r, uint64_t number, const entry *e)
{
    uint64_t raw = 0;
    cohort_status status = make_room(r, e->stored);

    if (status == COHORT_OK)
        status = read_bytes(r, e->offset, r->bytes, (size_t)e->stored);
    for (uint64_t block = 0; block < e->n_blocks && status == COHORT_OK; block++) {
        const uint64_t at = raw + block * CO_SNAP_HEAD;
        const uint64_t left = e->raw - raw;
        const size_t length = left < CO_SNAP_BLOCK ? (size_t)left : CO_SNAP_BLOCK;

        status = check_block(r, number, block, r->bytes + at, left, e->offset + at);
        memmove(r->bytes + raw, r->bytes + at + CO_SNAP_HEAD, length);
        raw += length;
    }
    if (status == COHORT_OK && co_snap_hash(r->seed, number, r->bytes, (size_t)e->raw) != e->hash)
        return damaged(r, e->offset, "a section's checksum is wrong");
    return status;
}

/* The table, in memory of its own because sections use r->bytes. */
static cohort_status read_table(reading *r, uint8_t **table, size_t *length)
{
    cohort_status status;

    *length = (size_t)(r->footer_offset - r->table_offset);
    *table = *length > 0 ? co_memory_new(&r->memory, *length) : NULL;
    if (*length > 0 && *table == NULL)
        return co_fail_memory(r->error);
    status = read_bytes(r, r->table_offset, *table, *length);
    if (status == COHORT_OK && co_snap_hash(r->seed, CO_SNAP_PLACE_TABLE, *table, *length) != r->table_hash)
        status = damaged(r, r->table_offset, "the section table's checksum is wrong");
    return status;
}

/* The store's own words, with the file and the place in front. */
static cohort_status refused(reading *r, uint64_t offset, const cohort_error *what)
{
    if (what->code == COHORT_CORRUPT)
        return damaged(r, offset, what->text);
    return co_fail(r->error, what->code, "'%s': %s", r->path, what->text);
}

static cohort_status restore_section(reading *r, co_restore *restore, const entry *e)
{
    cohort_error what = COHORT_ERROR_INIT;

    if (co_restore_section(restore, e->section, r->bytes, (size_t)e->raw, &what) == COHORT_OK)
        return COHORT_OK;
    return refused(r, e->offset, &what);
}

static cohort_status read_sections(reading *r, co_restore *restore)
{
    uint8_t *table;
    size_t length;
    uint64_t offset = CO_SNAP_PAGE;
    cohort_status status = read_table(r, &table, &length);

    for (uint64_t i = 0; i < r->n_entries && status == COHORT_OK; i++) {
        const entry e = entry_at(table + i * CO_SNAP_ENTRY);

        status = check_entry(r, &e, offset, r->table_offset + i * CO_SNAP_ENTRY);
        if (status == COHORT_OK)
            status = read_section(r, i, &e);
        if (status == COHORT_OK)
            status = restore_section(r, restore, &e);
        offset += e.stored;
    }
    if (status == COHORT_OK && offset != r->table_offset)
        status = damaged(r, offset, "bytes between the last section and the table");
    co_memory_free(&r->memory, table, length);
    return status;
}

static cohort_status read_all(reading *r, uint64_t generation, bool to_write, co_restore *restore)
{
    cohort_status status = read_header(r, generation, to_write);

    if (status == COHORT_OK)
        status = read_footer(r);
    return status == COHORT_OK ? read_sections(r, restore) : status;
}

/* What all sections together must be. */
static cohort_status finish(reading *r, co_restore *restore, co_store **store)
{
    cohort_error what = COHORT_ERROR_INIT;

    if (co_restore_finish(restore, store, &what) != COHORT_OK)
        return refused(r, r->table_offset, &what);
    if (co_store_id(*store) == r->seed.store)
        return COHORT_OK;
    co_store_free(*store);
    *store = NULL;
    return damaged(r, 24, "header and sections are of different stores");
}

cohort_status co_snapfile_read(const char *path, uint64_t generation, bool to_write, const cohort_allocator *allocator,
                               size_t limit_bytes, co_store **store, cohort_error *error)
{
    reading r = { .path = path, .descriptor = -1, .error = error };
    co_restore *restore = NULL;
    cohort_status status;

    *store = NULL;
    co_memory_init(&r.memory, allocator, limit_bytes);
    status = co_file_open(path, &r.descriptor, &r.size, error);
    if (status == COHORT_OK)
        status = co_restore_new(allocator, limit_bytes, &restore, error);
    if (status == COHORT_OK)
        status = read_all(&r, generation, to_write, restore);
    co_memory_free(&r.memory, r.bytes, r.room);
    co_file_close(r.descriptor);
    if (status == COHORT_OK)
        status = finish(&r, restore, store);
    co_restore_free(restore);
    return status;
}

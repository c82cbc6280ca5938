/*
 * Roaring's portable 64-bit layout, little-endian: the number of parts (u64),
 * and of each its high half (u32, rising) and its rows in the 32-bit layout.
 *
 * Parts without rows are allowed there and left out here.
 * Source:  Roaring format specification, "extension for 64-bit implementations".
 */
#include "base/bytes.h"
#include "base/error.h"
#include "bitmap/bitmap64.h"

/* A high half, and the shortest bitmap: cookie and number of tiles. */
enum { HEAD_BYTES = 8, PART_HEAD_BYTES = 4, PART_BYTES_LEAST = 12 };

size_t co_bitmap64_portable_bytes(const co_bitmap64 *bitmap)
{
    size_t bytes = HEAD_BYTES;

    for (size_t i = 0; i < bitmap->n_parts; i++)
        bytes += PART_HEAD_BYTES + co_bitmap_portable_bytes(&bitmap->parts[i].rows);
    return bytes;
}

void co_bitmap64_write_portable(const co_bitmap64 *bitmap, void *bytes)
{
    uint8_t *to = bytes;

    co_store_u64(to, bitmap->n_parts);
    to += HEAD_BYTES;
    for (size_t i = 0; i < bitmap->n_parts; i++) {
        co_store_u32(to, bitmap->parts[i].high);
        co_bitmap_write_portable(&bitmap->parts[i].rows, to + PART_HEAD_BYTES);
        to += PART_HEAD_BYTES + co_bitmap_portable_bytes(&bitmap->parts[i].rows);
    }
}

typedef cohort_status read_part(const void *bytes, size_t length, co_bitmap *rows, size_t *used, cohort_error *error);

static cohort_status corrupt(const co_reader *reader, const char *what, cohort_error *error)
{
    return co_fail_at(error, COHORT_CORRUPT, co_reader_offset(reader), "roaring bitmap of 64 bits: %s", what);
}

/* The next part; `high` must not be below least_high, which becomes one more. */
static cohort_status take_part(co_reader *reader, read_part *read, uint64_t *least_high, co_bitmap64 *result,
                               cohort_error *error)
{
    const uint32_t high = co_read_u32(reader);
    const size_t start = co_reader_offset(reader);
    co_bitmap *rows;
    size_t used = 0;
    cohort_status status;

    if (!co_reader_ok(reader))
        return corrupt(reader, "ends within the head of a part", error);
    if (high < *least_high)
        return corrupt(reader, "high halves of parts do not rise", error);
    *least_high = (uint64_t)high + 1;
    rows = co_parts_append(result, high);
    if (rows == NULL)
        return co_fail_memory(error);
    status = read(reader->next, co_reader_left(reader), rows, &used, error);
    if (status != COHORT_OK) {
        if (error != NULL && status == COHORT_CORRUPT)
            error->position += start;
        return status;
    }
    (void)co_read_bytes(reader, used);
    if (co_bitmap_is_empty(rows))
        co_parts_drop(result, result->n_parts - 1);
    return COHORT_OK;
}

static cohort_status read_all(const void *bytes, size_t length, read_part *read, co_bitmap64 *result, size_t *used,
                              cohort_error *error)
{
    co_reader reader = co_reader_of(bytes, length);
    const uint64_t n_parts = co_read_u64(&reader);
    uint64_t least_high = 0;
    cohort_status status = COHORT_OK;

    co_bitmap64_clear(result);
    if (!co_reader_ok(&reader))
        status = corrupt(&reader, "ends within the number of parts", error);
    else if (n_parts > co_reader_left(&reader) / PART_BYTES_LEAST)
        status = corrupt(&reader, "says it has more parts than there are bytes for", error);
    for (uint64_t i = 0; status == COHORT_OK && i < n_parts; i++)
        status = take_part(&reader, read, &least_high, result, error);
    if (status != COHORT_OK)
        co_bitmap64_clear(result);
    else
        *used = co_reader_offset(&reader);
    return status;
}

cohort_status co_bitmap64_read_portable(const void *bytes, size_t length, co_bitmap64 *result, size_t *used,
                                        cohort_error *error)
{
    return read_all(bytes, length, co_bitmap_read_portable, result, used, error);
}

cohort_status co_bitmap64_view_portable(const void *bytes, size_t length, co_bitmap64 *result, size_t *used,
                                        cohort_error *error)
{
    const cohort_status status = read_all(bytes, length, co_bitmap_view_portable, result, used, error);

    result->is_view = status == COHORT_OK;
    return status;
}

/*
 * The public face of sets of rows: every pointer is checked, origins are
 * compared, and the work is left to bitmap/.
 */
#include "cohort/bitmap.h"

#include <string.h>

#include "api/handles.h"
#include "base/error.h"
#include "bitmap/bitmap.h"

#define ROWS_END (UINT64_C(1) << 32)

static cohort_status refuse_null(cohort_error *error, const char *what)
{
    return co_fail(error, COHORT_INVALID, "%s is NULL", what);
}

static cohort_status pass(cohort_status status, cohort_error *error)
{
    return status == COHORT_MEMORY ? co_fail_memory(error) : status;
}

/* ---- handles ---- */

cohort_status co_handle_bitmap_new(const cohort_allocator *allocator, co_origin origin, cohort_bitmap **bitmap,
                                   cohort_error *error)
{
    co_memory memory;

    *bitmap = NULL;
    co_memory_init(&memory, allocator, 0);
    cohort_bitmap *made = co_memory_new(&memory, sizeof *made);

    if (made == NULL)
        return co_fail_memory(error);
    co_memory_init(&made->memory, allocator, 0);
    atomic_store(&made->memory.used_bytes, sizeof *made);
    made->origin = origin;
    co_bitmap_init(&made->rows, &made->memory);
    *bitmap = made;
    return COHORT_OK;
}

cohort_status cohort_bitmap_new(const cohort_allocator *allocator, cohort_bitmap **bitmap, cohort_error *error)
{
    if (bitmap == NULL)
        return refuse_null(error, "the place for a bitmap");
    return co_handle_bitmap_new(allocator, (co_origin){ 0 }, bitmap, error);
}

void cohort_bitmap_free(cohort_bitmap *bitmap)
{
    co_memory memory;

    if (bitmap == NULL)
        return;
    co_bitmap_clear(&bitmap->rows);
    /* The handle cannot be freed by the memory that lies in it. */
    co_memory_init(&memory, &bitmap->memory.allocator, 0);
    atomic_store(&memory.used_bytes, sizeof *bitmap);
    co_memory_free(&memory, bitmap, sizeof *bitmap);
}

/* Hands *made over, or frees it and passes the failure on. */
static cohort_status deliver(cohort_status status, cohort_bitmap *made, cohort_bitmap **result, cohort_error *error)
{
    if (status == COHORT_OK) {
        *result = made;
        return COHORT_OK;
    }
    cohort_bitmap_free(made);
    return pass(status, error);
}

cohort_status cohort_bitmap_copy(const cohort_bitmap *bitmap, cohort_bitmap **copy, cohort_error *error)
{
    cohort_bitmap *made;

    if (copy == NULL)
        return refuse_null(error, "the place for a copy");
    *copy = NULL;
    if (bitmap == NULL)
        return refuse_null(error, "the bitmap to copy");
    const cohort_status status = co_handle_bitmap_new(&bitmap->memory.allocator, bitmap->origin, &made, error);

    if (status != COHORT_OK)
        return status;
    return deliver(co_bitmap_copy(&bitmap->rows, &made->rows), made, copy, error);
}

/* ---- changing ---- */

cohort_status cohort_bitmap_clear(cohort_bitmap *bitmap, cohort_error *error)
{
    if (bitmap == NULL)
        return refuse_null(error, "the bitmap");
    co_bitmap_clear(&bitmap->rows);
    return COHORT_OK;
}

cohort_status cohort_bitmap_add(cohort_bitmap *bitmap, uint32_t row, cohort_error *error)
{
    if (bitmap == NULL)
        return refuse_null(error, "the bitmap");
    return pass(co_bitmap_add(&bitmap->rows, row, NULL), error);
}

cohort_status cohort_bitmap_remove(cohort_bitmap *bitmap, uint32_t row, cohort_error *error)
{
    if (bitmap == NULL)
        return refuse_null(error, "the bitmap");
    return pass(co_bitmap_remove(&bitmap->rows, row, NULL), error);
}

cohort_status cohort_bitmap_add_rows(cohort_bitmap *bitmap, const uint32_t *rows, size_t n, cohort_error *error)
{
    if (bitmap == NULL)
        return refuse_null(error, "the bitmap");
    if (rows == NULL && n != 0)
        return refuse_null(error, "the list of rows");
    return pass(co_bitmap_add_rows(&bitmap->rows, rows, n), error);
}

static cohort_status check_range(const cohort_bitmap *bitmap, uint64_t first, uint64_t end, cohort_error *error)
{
    if (bitmap == NULL)
        return refuse_null(error, "the bitmap");
    if (first > end || end > ROWS_END)
        return co_fail(error, COHORT_INVALID, "range of rows [%llu, %llu) does not rise, or leaves [0, 4294967296)",
                       (unsigned long long)first, (unsigned long long)end);
    return COHORT_OK;
}

cohort_status cohort_bitmap_add_range(cohort_bitmap *bitmap, uint64_t first, uint64_t end, cohort_error *error)
{
    const cohort_status status = check_range(bitmap, first, end, error);

    return status != COHORT_OK ? status : pass(co_bitmap_add_range(&bitmap->rows, first, end), error);
}

cohort_status cohort_bitmap_remove_range(cohort_bitmap *bitmap, uint64_t first, uint64_t end, cohort_error *error)
{
    const cohort_status status = check_range(bitmap, first, end, error);

    return status != COHORT_OK ? status : pass(co_bitmap_remove_range(&bitmap->rows, first, end), error);
}

cohort_status cohort_bitmap_optimise(cohort_bitmap *bitmap, cohort_error *error)
{
    if (bitmap == NULL)
        return refuse_null(error, "the bitmap");
    return pass(co_bitmap_optimise(&bitmap->rows), error);
}

/* ---- asking ---- */

bool cohort_bitmap_contains(const cohort_bitmap *bitmap, uint32_t row)
{
    return bitmap != NULL && co_bitmap_contains(&bitmap->rows, row);
}

uint64_t cohort_bitmap_count(const cohort_bitmap *bitmap)
{
    return bitmap == NULL ? 0 : co_bitmap_count(&bitmap->rows);
}

uint64_t cohort_bitmap_count_range(const cohort_bitmap *bitmap, uint64_t first, uint64_t end)
{
    return bitmap == NULL ? 0 : co_bitmap_count_range(&bitmap->rows, first, end);
}

bool cohort_bitmap_is_empty(const cohort_bitmap *bitmap)
{
    return bitmap == NULL || co_bitmap_is_empty(&bitmap->rows);
}

bool cohort_bitmap_equal(const cohort_bitmap *a, const cohort_bitmap *b)
{
    return a != NULL && b != NULL && co_bitmap_equal(&a->rows, &b->rows);
}

bool cohort_bitmap_subset(const cohort_bitmap *a, const cohort_bitmap *b)
{
    return a != NULL && b != NULL && co_bitmap_subset(&a->rows, &b->rows);
}

bool cohort_bitmap_intersect(const cohort_bitmap *a, const cohort_bitmap *b)
{
    return a != NULL && b != NULL && co_bitmap_intersect(&a->rows, &b->rows);
}

uint64_t cohort_bitmap_rank(const cohort_bitmap *bitmap, uint64_t row)
{
    return bitmap == NULL ? 0 : co_bitmap_rank(&bitmap->rows, row);
}

static bool give(bool found, uint32_t value, uint32_t *row)
{
    if (found && row != NULL)
        *row = value;
    return found;
}

bool cohort_bitmap_select(const cohort_bitmap *bitmap, uint64_t index, uint32_t *row)
{
    uint32_t value = 0;
    const bool found = bitmap != NULL && co_bitmap_select(&bitmap->rows, index, &value);

    return give(found, value, row);
}

bool cohort_bitmap_least(const cohort_bitmap *bitmap, uint32_t *row) { return cohort_bitmap_select(bitmap, 0, row); }

bool cohort_bitmap_greatest(const cohort_bitmap *bitmap, uint32_t *row)
{
    uint32_t value = 0;
    const bool found = bitmap != NULL && co_bitmap_greatest(&bitmap->rows, &value);

    return give(found, value, row);
}

size_t cohort_bitmap_rows(const cohort_bitmap *bitmap, uint64_t first, uint32_t *rows, size_t room)
{
    return bitmap == NULL || rows == NULL ? 0 : co_bitmap_rows(&bitmap->rows, first, rows, room);
}

size_t cohort_bitmap_memory_bytes(const cohort_bitmap *bitmap)
{
    return bitmap == NULL ? 0 : sizeof *bitmap + co_bitmap_memory_bytes(&bitmap->rows);
}

/* ---- cursors ---- */

/* The public cursor's storage holds the internal one. */
_Static_assert(sizeof(co_bitmap_cursor) <= sizeof(cohort_cursor), "a cursor outgrows its public storage");

static const co_bitmap no_rows;

static co_bitmap_cursor open_cursor(const cohort_cursor *cursor)
{
    co_bitmap_cursor opened;

    memcpy(&opened, cursor->hidden, sizeof opened);
    return opened;
}

static void close_cursor(cohort_cursor *cursor, const co_bitmap_cursor *opened)
{
    memcpy(cursor->hidden, opened, sizeof *opened);
}

void cohort_cursor_start(cohort_cursor *cursor, const cohort_bitmap *bitmap)
{
    const co_bitmap_cursor opened = co_bitmap_cursor_of(bitmap == NULL ? &no_rows : &bitmap->rows);

    if (cursor != NULL)
        close_cursor(cursor, &opened);
}

void cohort_cursor_seek(cohort_cursor *cursor, uint64_t place)
{
    if (cursor == NULL)
        return;
    co_bitmap_cursor opened = open_cursor(cursor);

    co_cursor_seek(&opened, place);
    close_cursor(cursor, &opened);
}

typedef bool step(co_bitmap_cursor *cursor, uint32_t *row);

static bool move(cohort_cursor *cursor, uint32_t *row, step *step)
{
    uint32_t value = 0;

    if (cursor == NULL)
        return false;
    co_bitmap_cursor opened = open_cursor(cursor);
    const bool moved = step(&opened, &value);

    close_cursor(cursor, &opened);
    return give(moved, value, row);
}

bool cohort_cursor_next(cohort_cursor *cursor, uint32_t *row) { return move(cursor, row, co_cursor_next); }

bool cohort_cursor_previous(cohort_cursor *cursor, uint32_t *row) { return move(cursor, row, co_cursor_previous); }

/* ---- two bitmaps ---- */

static bool has_origin(const cohort_bitmap *bitmap)
{
    return bitmap->origin.store != 0 || bitmap->origin.object != 0 || bitmap->origin.epoch != 0;
}

static bool same_origin(const co_origin *a, const co_origin *b)
{
    return a->store == b->store && a->object == b->object && a->epoch == b->epoch;
}

static cohort_status check_pair(const cohort_bitmap *a, const cohort_bitmap *b, cohort_error *error)
{
    if (a == NULL || b == NULL)
        return refuse_null(error, "one of the bitmaps");
    if (has_origin(a) && has_origin(b) && !same_origin(&a->origin, &b->origin))
        return co_fail(error, COHORT_INVALID,
                       "bitmaps hold rows of two different stores, objects or epochs, which cannot be combined");
    return COHORT_OK;
}

static co_origin joint_origin(const cohort_bitmap *a, const cohort_bitmap *b)
{
    return has_origin(a) ? a->origin : b->origin;
}

static cohort_status combine(co_set_operation operation, const cohort_bitmap *a, const cohort_bitmap *b,
                             cohort_bitmap **result, cohort_error *error)
{
    cohort_bitmap *made;
    cohort_status status;

    if (result == NULL)
        return refuse_null(error, "the place for a result");
    *result = NULL;
    status = check_pair(a, b, error);
    if (status != COHORT_OK)
        return status;
    status = co_handle_bitmap_new(&a->memory.allocator, joint_origin(a, b), &made, error);
    if (status != COHORT_OK)
        return status;
    return deliver(co_bitmap_combine(operation, &a->rows, &b->rows, &made->rows), made, result, error);
}

static cohort_status combine_into(co_set_operation operation, cohort_bitmap *a, const cohort_bitmap *b,
                                  cohort_error *error)
{
    cohort_status status = check_pair(a, b, error);

    if (status != COHORT_OK)
        return status;
    status = co_bitmap_combine_into(operation, &a->rows, &b->rows);
    if (status == COHORT_OK)
        a->origin = joint_origin(a, b);
    return pass(status, error);
}

static cohort_status combine_count(co_set_operation operation, const cohort_bitmap *a, const cohort_bitmap *b,
                                   uint64_t *count, cohort_error *error)
{
    if (count == NULL)
        return refuse_null(error, "the place for a count");
    *count = 0;
    const cohort_status status = check_pair(a, b, error);

    if (status == COHORT_OK)
        *count = co_bitmap_combine_count(operation, &a->rows, &b->rows);
    return status;
}

#define DEFINE_OPERATION(name, operation)                                                       \
    cohort_status cohort_bitmap_##name(const cohort_bitmap *a, const cohort_bitmap *b, cohort_bitmap **result, \
                                       cohort_error *error)                                     \
    {                                                                                           \
        return combine(operation, a, b, result, error);                                         \
    }                                                                                           \
                                                                                                \
    cohort_status cohort_bitmap_##name##_into(cohort_bitmap *a, const cohort_bitmap *b, cohort_error *error) \
    {                                                                                           \
        return combine_into(operation, a, b, error);                                            \
    }                                                                                           \
                                                                                                \
    cohort_status cohort_bitmap_##name##_count(const cohort_bitmap *a, const cohort_bitmap *b, uint64_t *count, \
                                               cohort_error *error)                             \
    {                                                                                           \
        return combine_count(operation, a, b, count, error);                                    \
    }

DEFINE_OPERATION(and, CO_AND)
DEFINE_OPERATION(or, CO_OR)
DEFINE_OPERATION(xor, CO_XOR)
DEFINE_OPERATION(andnot, CO_ANDNOT)

/* ---- many bitmaps ---- */

/* *common is the origin that all those have which have one. */
static cohort_status check_many(const cohort_bitmap *const *sets, size_t n, co_origin *common, cohort_error *error)
{
    const cohort_bitmap *with_origin = NULL;

    if (sets == NULL)
        return refuse_null(error, "the list of bitmaps");
    if (n == 0)
        return co_fail(error, COHORT_INVALID, "a list of 0 bitmaps, where at least 1 is needed");
    for (size_t i = 0; i < n; i++) {
        const cohort_status status = check_pair(with_origin == NULL ? sets[i] : with_origin, sets[i], error);

        if (status != COHORT_OK)
            return status;
        if (has_origin(sets[i]))
            with_origin = sets[i];
    }
    *common = with_origin == NULL ? (co_origin){ 0 } : with_origin->origin;
    return COHORT_OK;
}

typedef enum many { ALL_OF, ANY_OF, SOME_OF } many;

static cohort_status run_many(many which, const co_bitmap *const *rows, size_t n, size_t least, co_bitmap *result)
{
    if (which == ALL_OF)
        return co_bitmap_and_many(rows, n, result);
    if (which == ANY_OF)
        return co_bitmap_or_many(rows, n, result);
    return co_bitmap_at_least(rows, n, least, result);
}

static cohort_status combine_many(many which, const cohort_bitmap *const *sets, size_t n, size_t least,
                                  cohort_bitmap **result, cohort_error *error)
{
    cohort_bitmap *made;
    co_origin origin = { 0 };
    cohort_status status;

    if (result == NULL)
        return refuse_null(error, "the place for a result");
    *result = NULL;
    status = check_many(sets, n, &origin, error);
    if (status != COHORT_OK)
        return status;
    status = co_handle_bitmap_new(&sets[0]->memory.allocator, origin, &made, error);
    if (status != COHORT_OK)
        return status;

    const co_bitmap **rows = co_memory_new_array(&made->memory, n, sizeof *rows);

    for (size_t i = 0; rows != NULL && i < n; i++)
        rows[i] = &sets[i]->rows;
    status = rows == NULL ? COHORT_MEMORY : run_many(which, rows, n, least, &made->rows);
    co_memory_free(&made->memory, rows, n * sizeof *rows);
    return deliver(status, made, result, error);
}

cohort_status cohort_bitmap_and_many(const cohort_bitmap *const *sets, size_t n, cohort_bitmap **result,
                                     cohort_error *error)
{
    return combine_many(ALL_OF, sets, n, 0, result, error);
}

cohort_status cohort_bitmap_or_many(const cohort_bitmap *const *sets, size_t n, cohort_bitmap **result,
                                    cohort_error *error)
{
    return combine_many(ANY_OF, sets, n, 0, result, error);
}

cohort_status cohort_bitmap_at_least(const cohort_bitmap *const *sets, size_t n, size_t least, cohort_bitmap **result,
                                     cohort_error *error)
{
    if (result != NULL && least == 0) {
        *result = NULL;
        return co_fail(error, COHORT_INVALID, "rows in at least 0 bitmaps are asked for, where 1 is the least");
    }
    return combine_many(SOME_OF, sets, n, least, result, error);
}

/* ---- bytes ---- */

size_t cohort_bitmap_written_bytes(const cohort_bitmap *bitmap)
{
    return bitmap == NULL ? 0 : co_bitmap_portable_bytes(&bitmap->rows);
}

cohort_status cohort_bitmap_write(const cohort_bitmap *bitmap, void *bytes, size_t size, cohort_error *error)
{
    if (bitmap == NULL || bytes == NULL)
        return refuse_null(error, bitmap == NULL ? "the bitmap" : "the place for bytes");
    const size_t needed = co_bitmap_portable_bytes(&bitmap->rows);

    if (size < needed)
        return co_fail(error, COHORT_INVALID, "room for %zu bytes, where the bitmap takes %zu", size, needed);
    co_bitmap_write_portable(&bitmap->rows, bytes);
    return COHORT_OK;
}

cohort_status cohort_bitmap_read(const cohort_allocator *allocator, const void *bytes, size_t size, size_t *used,
                                 cohort_bitmap **bitmap, cohort_error *error)
{
    cohort_bitmap *made;
    size_t taken = 0;
    cohort_status status;

    if (bitmap == NULL)
        return refuse_null(error, "the place for a bitmap");
    *bitmap = NULL;
    if (bytes == NULL && size != 0)
        return refuse_null(error, "the bytes to read");
    status = co_handle_bitmap_new(allocator, (co_origin){ 0 }, &made, error);
    if (status != COHORT_OK)
        return status;
    status = co_bitmap_read_portable(bytes, size, &made->rows, &taken, error);
    if (status == COHORT_OK && used == NULL && taken != size)
        status = co_fail_at(error, COHORT_CORRUPT, taken, "roaring bitmap: %zu bytes follow its end", size - taken);
    if (status == COHORT_OK && used != NULL)
        *used = taken;
    return deliver(status, made, bitmap, error);
}

/*
 * The public functions that bitmaps of 32-bit rows and of 64-bit keys have in
 * common, written once: every pointer is checked, views are protected, origins are
 * compared, and the work is left to bitmap/.
 *
 * Used:    bitmap.c and bitmap64.c each define the names below and include this file.
 *
 *     HANDLE, FACE(name)       the public handle; a public function of it
 *     LISTS(before, after)     likewise, with the word for what is in: _rows, _keys
 *     CURSOR, WALK(name)       the public cursor; a public function of it
 *     SET, OF_SET(name)        what stands behind the handle; a function of it
 *     SET_CURSOR, STEP(name)   what stands behind the cursor; a function of it
 *     ROW                      the type of a row or key
 *     LAYOUT                   what the layout is called in errors
 */
#include "api/handles.h"
#include "api/options.h"
#include "base/error.h"

static cohort_status pass(cohort_status status, cohort_error *error)
{
    return status == COHORT_MEMORY ? co_fail_memory(error) : status;
}

/* What is to be changed is there, and ours. */
static cohort_status check_own(const HANDLE *bitmap, cohort_error *error)
{
    if (bitmap == NULL)
        return co_refuse_null("the bitmap", error);
    if (bitmap->rows.is_view)
        return co_fail(error, COHORT_READ_ONLY, "the bitmap is a view of bytes, which is never changed; change a copy");
    return COHORT_OK;
}

/* ---- handles ---- */

static cohort_status new_handle(const cohort_allocator *allocator, co_origin origin, HANDLE **bitmap,
                                cohort_error *error)
{
    co_memory memory;

    *bitmap = NULL;
    co_memory_init(&memory, allocator, 0);
    HANDLE *made = co_memory_new(&memory, sizeof *made);

    if (made == NULL)
        return co_fail_memory(error);
    co_memory_init(&made->memory, allocator, 0);
    atomic_store(&made->memory.used_bytes, sizeof *made);
    made->origin = origin;
    OF_SET(init)(&made->rows, &made->memory);
    *bitmap = made;
    return COHORT_OK;
}

cohort_status FACE(new)(const cohort_allocator *allocator, HANDLE **bitmap, cohort_error *error)
{
    if (bitmap == NULL)
        return co_refuse_null("the place for a bitmap", error);
    return new_handle(allocator, (co_origin){ 0 }, bitmap, error);
}

void FACE(free)(HANDLE *bitmap)
{
    co_memory memory;

    if (bitmap == NULL)
        return;
    OF_SET(clear)(&bitmap->rows);
    /* The handle cannot be freed by the memory that lies in it. */
    co_memory_init(&memory, &bitmap->memory.allocator, 0);
    atomic_store(&memory.used_bytes, sizeof *bitmap);
    co_memory_free(&memory, bitmap, sizeof *bitmap);
}

/* Hands *made over, or frees it and passes the failure on. */
static cohort_status deliver(cohort_status status, HANDLE *made, HANDLE **result, cohort_error *error)
{
    if (status == COHORT_OK) {
        *result = made;
        return COHORT_OK;
    }
    FACE(free)(made);
    return pass(status, error);
}

/* An empty bitmap with the allocator and origin of one that is read; *result is NULL until it is delivered. */
static cohort_status begin_result(const HANDLE *bitmap, HANDLE **made, HANDLE **result, cohort_error *error)
{
    if (result == NULL)
        return co_refuse_null("the place for a result", error);
    *result = NULL;
    if (bitmap == NULL)
        return co_refuse_null("the bitmap", error);
    return new_handle(&bitmap->memory.allocator, bitmap->origin, made, error);
}

cohort_status FACE(copy)(const HANDLE *bitmap, HANDLE **copy, cohort_error *error)
{
    HANDLE *made;
    const cohort_status status = begin_result(bitmap, &made, copy, error);

    return status != COHORT_OK ? status : deliver(OF_SET(copy)(&bitmap->rows, &made->rows), made, copy, error);
}

/* ---- changing ---- */

cohort_status FACE(clear)(HANDLE *bitmap, cohort_error *error)
{
    const cohort_status status = check_own(bitmap, error);

    if (status == COHORT_OK)
        OF_SET(clear)(&bitmap->rows);
    return status;
}

cohort_status FACE(add)(HANDLE *bitmap, ROW row, cohort_error *error)
{
    const cohort_status status = check_own(bitmap, error);

    return status != COHORT_OK ? status : pass(OF_SET(add)(&bitmap->rows, row, NULL), error);
}

cohort_status FACE(remove)(HANDLE *bitmap, ROW row, cohort_error *error)
{
    const cohort_status status = check_own(bitmap, error);

    return status != COHORT_OK ? status : pass(OF_SET(remove)(&bitmap->rows, row, NULL), error);
}

static cohort_status check_list(const HANDLE *bitmap, const ROW *rows, size_t n, cohort_error *error)
{
    const cohort_status status = check_own(bitmap, error);

    return status == COHORT_OK && rows == NULL && n != 0 ? co_refuse_null("the list to take", error) : status;
}

cohort_status LISTS(add_, )(HANDLE *bitmap, const ROW *rows, size_t n, cohort_error *error)
{
    const cohort_status status = check_list(bitmap, rows, n, error);

    return status != COHORT_OK ? status : pass(OF_SET(add_rows)(&bitmap->rows, rows, n), error);
}

cohort_status LISTS(remove_, )(HANDLE *bitmap, const ROW *rows, size_t n, cohort_error *error)
{
    const cohort_status status = check_list(bitmap, rows, n, error);

    return status != COHORT_OK ? status : pass(OF_SET(remove_rows)(&bitmap->rows, rows, n), error);
}

cohort_status FACE(shift)(const HANDLE *bitmap, int64_t by, HANDLE **result, cohort_error *error)
{
    HANDLE *made;
    const cohort_status status = begin_result(bitmap, &made, result, error);

    return status != COHORT_OK ? status : deliver(OF_SET(shift)(&bitmap->rows, by, &made->rows), made, result, error);
}

cohort_status FACE(shift_into)(HANDLE *bitmap, int64_t by, cohort_error *error)
{
    SET shifted;
    cohort_status status = check_own(bitmap, error);

    if (status != COHORT_OK)
        return status;
    OF_SET(init)(&shifted, &bitmap->memory);
    status = OF_SET(shift)(&bitmap->rows, by, &shifted);
    if (status == COHORT_OK)
        OF_SET(move)(&shifted, &bitmap->rows);
    return pass(status, error);
}

cohort_status FACE(optimise)(HANDLE *bitmap, cohort_error *error)
{
    const cohort_status status = check_own(bitmap, error);

    return status != COHORT_OK ? status : pass(OF_SET(optimise)(&bitmap->rows), error);
}

/* ---- asking ---- */

bool FACE(contains)(const HANDLE *bitmap, ROW row)
{
    return bitmap != NULL && OF_SET(contains)(&bitmap->rows, row);
}

uint64_t FACE(count)(const HANDLE *bitmap) { return bitmap == NULL ? 0 : OF_SET(count)(&bitmap->rows); }

bool FACE(is_empty)(const HANDLE *bitmap) { return bitmap == NULL || OF_SET(is_empty)(&bitmap->rows); }

bool FACE(equal)(const HANDLE *a, const HANDLE *b)
{
    return a != NULL && b != NULL && OF_SET(equal)(&a->rows, &b->rows);
}

bool FACE(subset)(const HANDLE *a, const HANDLE *b)
{
    return a != NULL && b != NULL && OF_SET(subset)(&a->rows, &b->rows);
}

bool FACE(intersect)(const HANDLE *a, const HANDLE *b)
{
    return a != NULL && b != NULL && OF_SET(intersect)(&a->rows, &b->rows);
}

uint64_t FACE(rank)(const HANDLE *bitmap, uint64_t row)
{
    return bitmap == NULL ? 0 : OF_SET(rank)(&bitmap->rows, row);
}

static bool give(bool found, ROW value, ROW *row)
{
    if (found && row != NULL)
        *row = value;
    return found;
}

bool FACE(select)(const HANDLE *bitmap, uint64_t index, ROW *row)
{
    ROW value = 0;
    const bool found = bitmap != NULL && OF_SET(select)(&bitmap->rows, index, &value);

    return give(found, value, row);
}

bool FACE(least)(const HANDLE *bitmap, ROW *row) { return FACE(select)(bitmap, 0, row); }

bool FACE(greatest)(const HANDLE *bitmap, ROW *row)
{
    ROW value = 0;
    const bool found = bitmap != NULL && OF_SET(greatest)(&bitmap->rows, &value);

    return give(found, value, row);
}

size_t LISTS(, )(const HANDLE *bitmap, uint64_t first, ROW *rows, size_t room)
{
    return bitmap == NULL || rows == NULL ? 0 : OF_SET(rows)(&bitmap->rows, first, rows, room);
}

size_t LISTS(, _at)(const HANDLE *bitmap, uint64_t offset, ROW *rows, size_t room)
{
    return bitmap == NULL || rows == NULL ? 0 : OF_SET(rows_at)(&bitmap->rows, offset, rows, room);
}

size_t FACE(memory_bytes)(const HANDLE *bitmap)
{
    return bitmap == NULL ? 0 : sizeof *bitmap + OF_SET(memory_bytes)(&bitmap->rows);
}

cohort_status FACE(measure)(const HANDLE *bitmap, cohort_bitmap_figures *figures, cohort_error *error)
{
    cohort_bitmap_figures ours = COHORT_BITMAP_FIGURES_INIT;

    if (bitmap == NULL || figures == NULL)
        return co_refuse_null(bitmap == NULL ? "the bitmap" : "the place for figures", error);
    const co_bitmap_forms forms = OF_SET(count_forms)(&bitmap->rows);

    ours.n_rows = FACE(count)(bitmap);
    ours.memory_bytes = FACE(memory_bytes)(bitmap);
    ours.written_bytes = FACE(written_bytes)(bitmap);
    ours.n_list_tiles = forms.n_slots;
    ours.n_bit_tiles = forms.n_words;
    ours.n_run_tiles = forms.n_runs;
    return co_options_give(&ours, sizeof ours, figures, "cohort_bitmap_figures", error);
}

/* ---- cursors ---- */

/*
 * The public cursor is storage for the internal one, which may alias it: copied in
 * and out, each step would wait for the one before to reach the cache.
 */
_Static_assert(sizeof(SET_CURSOR) <= sizeof(CURSOR), "a cursor outgrows its public storage");
_Static_assert(_Alignof(SET_CURSOR) <= _Alignof(CURSOR), "a cursor lies wrongly in its public storage");

static const SET nothing;

static SET_CURSOR *inside(CURSOR *cursor) { return (SET_CURSOR *)(void *)cursor->hidden; }

void WALK(start)(CURSOR *cursor, const HANDLE *bitmap)
{
    if (cursor != NULL)
        *inside(cursor) = OF_SET(cursor_of)(bitmap == NULL ? &nothing : &bitmap->rows);
}

void WALK(seek)(CURSOR *cursor, uint64_t place)
{
    if (cursor != NULL)
        STEP(seek)(inside(cursor), place);
}

bool WALK(next)(CURSOR *cursor, ROW *row)
{
    ROW unwanted;

    return cursor != NULL && STEP(next)(inside(cursor), row != NULL ? row : &unwanted);
}

bool WALK(previous)(CURSOR *cursor, ROW *row)
{
    ROW unwanted;

    return cursor != NULL && STEP(previous)(inside(cursor), row != NULL ? row : &unwanted);
}

size_t WALK(read)(CURSOR *cursor, ROW *rows, size_t room)
{
    return cursor == NULL || rows == NULL ? 0 : STEP(rows)(inside(cursor), rows, room);
}

/* ---- two bitmaps ---- */

static bool has_origin(const HANDLE *bitmap)
{
    return bitmap->origin.store != 0 || bitmap->origin.object != 0 || bitmap->origin.epoch != 0;
}

static bool same_origin(const co_origin *a, const co_origin *b)
{
    return a->store == b->store && a->object == b->object && a->epoch == b->epoch;
}

static cohort_status check_pair(const HANDLE *a, const HANDLE *b, cohort_error *error)
{
    if (a == NULL || b == NULL)
        return co_refuse_null("one of the bitmaps", error);
    if (has_origin(a) && has_origin(b) && !same_origin(&a->origin, &b->origin))
        return co_fail(error, COHORT_INVALID,
                       "bitmaps hold rows of two different stores, objects or epochs, which cannot be combined");
    return COHORT_OK;
}

static co_origin joint_origin(const HANDLE *a, const HANDLE *b) { return has_origin(a) ? a->origin : b->origin; }

static cohort_status combine(co_set_operation operation, const HANDLE *a, const HANDLE *b, HANDLE **result,
                             cohort_error *error)
{
    HANDLE *made;
    cohort_status status;

    if (result == NULL)
        return co_refuse_null("the place for a result", error);
    *result = NULL;
    status = check_pair(a, b, error);
    if (status != COHORT_OK)
        return status;
    status = new_handle(&a->memory.allocator, joint_origin(a, b), &made, error);
    if (status != COHORT_OK)
        return status;
    return deliver(OF_SET(combine)(operation, &a->rows, &b->rows, &made->rows), made, result, error);
}

static cohort_status combine_into(co_set_operation operation, HANDLE *a, const HANDLE *b, cohort_error *error)
{
    cohort_status status = check_pair(a, b, error);

    if (status == COHORT_OK)
        status = check_own(a, error);
    if (status != COHORT_OK)
        return status;
    status = OF_SET(combine_into)(operation, &a->rows, &b->rows);
    if (status == COHORT_OK)
        a->origin = joint_origin(a, b);
    return pass(status, error);
}

static cohort_status combine_count(co_set_operation operation, const HANDLE *a, const HANDLE *b, uint64_t *count,
                                   cohort_error *error)
{
    if (count == NULL)
        return co_refuse_null("the place for a count", error);
    *count = 0;
    const cohort_status status = check_pair(a, b, error);

    if (status == COHORT_OK)
        *count = OF_SET(combine_count)(operation, &a->rows, &b->rows);
    return status;
}

#define DEFINE_OPERATION(name, operation)                                                            \
    cohort_status FACE(name)(const HANDLE *a, const HANDLE *b, HANDLE **result, cohort_error *error) \
    {                                                                                                \
        return combine(operation, a, b, result, error);                                              \
    }                                                                                                \
                                                                                                     \
    cohort_status FACE(name##_into)(HANDLE *a, const HANDLE *b, cohort_error *error)                 \
    {                                                                                                \
        return combine_into(operation, a, b, error);                                                 \
    }                                                                                                \
                                                                                                     \
    cohort_status FACE(name##_count)(const HANDLE *a, const HANDLE *b, uint64_t *count, cohort_error *error) \
    {                                                                                                \
        return combine_count(operation, a, b, count, error);                                         \
    }

DEFINE_OPERATION(and, CO_AND)
DEFINE_OPERATION(or, CO_OR)
DEFINE_OPERATION(xor, CO_XOR)
DEFINE_OPERATION(andnot, CO_ANDNOT)

cohort_status FACE(jaccard)(const HANDLE *a, const HANDLE *b, double *index, cohort_error *error)
{
    uint64_t both;

    if (index == NULL)
        return co_refuse_null("the place for an index", error);
    *index = 0;
    const cohort_status status = combine_count(CO_AND, a, b, &both, error);

    if (status == COHORT_OK) {
        const uint64_t either = FACE(count)(a) + FACE(count)(b) - both;

        *index = either == 0 ? 1 : (double)both / (double)either;
    }
    return status;
}

/* ---- many bitmaps ---- */

/* *common is the origin that all those have which have one. */
static cohort_status check_many(const HANDLE *const *sets, size_t n, co_origin *common, cohort_error *error)
{
    const HANDLE *with_origin = NULL;

    if (sets == NULL)
        return co_refuse_null("the list of bitmaps", error);
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

typedef cohort_status combine_sets(const SET *const *sets, size_t n, SET *result);

/* combine is NULL where rows are wanted that `least` sets have. */
static cohort_status combine_many(combine_sets *combine, const HANDLE *const *sets, size_t n, size_t least,
                                  HANDLE **result, cohort_error *error)
{
    HANDLE *made;
    co_origin origin = { 0 };
    cohort_status status;

    if (result == NULL)
        return co_refuse_null("the place for a result", error);
    *result = NULL;
    status = check_many(sets, n, &origin, error);
    if (status != COHORT_OK)
        return status;
    status = new_handle(&sets[0]->memory.allocator, origin, &made, error);
    if (status != COHORT_OK)
        return status;

    const SET **rows = co_memory_new_array(&made->memory, n, sizeof *rows);

    for (size_t i = 0; rows != NULL && i < n; i++)
        rows[i] = &sets[i]->rows;
    if (rows == NULL)
        status = COHORT_MEMORY;
    else if (combine != NULL)
        status = combine(rows, n, &made->rows);
    else
        status = OF_SET(at_least)(rows, n, least, &made->rows);
    co_memory_free(&made->memory, rows, n * sizeof *rows);
    return deliver(status, made, result, error);
}

cohort_status FACE(and_many)(const HANDLE *const *sets, size_t n, HANDLE **result, cohort_error *error)
{
    return combine_many(OF_SET(and_many), sets, n, 0, result, error);
}

cohort_status FACE(or_many)(const HANDLE *const *sets, size_t n, HANDLE **result, cohort_error *error)
{
    return combine_many(OF_SET(or_many), sets, n, 0, result, error);
}

cohort_status FACE(xor_many)(const HANDLE *const *sets, size_t n, HANDLE **result, cohort_error *error)
{
    return combine_many(OF_SET(xor_many), sets, n, 0, result, error);
}

cohort_status FACE(at_least)(const HANDLE *const *sets, size_t n, size_t least, HANDLE **result, cohort_error *error)
{
    if (result != NULL && least == 0) {
        *result = NULL;
        return co_fail(error, COHORT_INVALID, "rows in at least 0 bitmaps are asked for, where 1 is the least");
    }
    return combine_many(NULL, sets, n, least, result, error);
}

/* ---- bytes ---- */

size_t FACE(written_bytes)(const HANDLE *bitmap)
{
    return bitmap == NULL ? 0 : OF_SET(portable_bytes)(&bitmap->rows);
}

cohort_status FACE(write)(const HANDLE *bitmap, void *bytes, size_t size, cohort_error *error)
{
    if (bitmap == NULL || bytes == NULL)
        return co_refuse_null(bitmap == NULL ? "the bitmap" : "the place for bytes", error);
    const size_t needed = OF_SET(portable_bytes)(&bitmap->rows);

    if (size < needed)
        return co_fail(error, COHORT_INVALID, "room for %zu bytes, where the bitmap takes %zu", size, needed);
    OF_SET(write_portable)(&bitmap->rows, bytes);
    return COHORT_OK;
}

typedef cohort_status read_set(const void *bytes, size_t length, SET *result, size_t *used, cohort_error *error);

static cohort_status read_or_view(read_set *read, const cohort_allocator *allocator, const void *bytes, size_t size,
                                  size_t *used, HANDLE **bitmap, cohort_error *error)
{
    HANDLE *made;
    size_t taken = 0;
    cohort_status status;

    if (bitmap == NULL)
        return co_refuse_null("the place for a bitmap", error);
    *bitmap = NULL;
    if (bytes == NULL && size != 0)
        return co_refuse_null("the bytes to read", error);
    status = new_handle(allocator, (co_origin){ 0 }, &made, error);
    if (status != COHORT_OK)
        return status;
    status = read(bytes, size, &made->rows, &taken, error);
    if (status == COHORT_OK && used == NULL && taken != size)
        status = co_fail_at(error, COHORT_CORRUPT, taken, "%s: %zu bytes follow its end", LAYOUT, size - taken);
    if (status == COHORT_OK && used != NULL)
        *used = taken;
    return deliver(status, made, bitmap, error);
}

cohort_status FACE(read)(const cohort_allocator *allocator, const void *bytes, size_t size, size_t *used,
                         HANDLE **bitmap, cohort_error *error)
{
    return read_or_view(OF_SET(read_portable), allocator, bytes, size, used, bitmap, error);
}

cohort_status FACE(view)(const cohort_allocator *allocator, const void *bytes, size_t size, size_t *used,
                         HANDLE **view, cohort_error *error)
{
    return read_or_view(OF_SET(view_portable), allocator, bytes, size, used, view, error);
}

/*
 * cohort/store.h, fourth part: the keys of many records.
 *
 * Rows are listed piece by piece on the stack and their keys written straight to
 * where the caller wants them.
 */
#include "api/planned.h"
#include "api/options.h"
#include "api/stores.h"

enum { PIECE_ROWS = 512 };

/* Whose keys are listed and where they go: numbers or texts, the other NULL. */
typedef struct listing {
    const co_version *version;
    const co_object *object;
    int64_t *numbers;
    cohort_text *texts;
} listing;

cohort_status co_api_rows_of(const cohort_snapshot *snapshot, const co_object *object, const cohort_bitmap *rows,
                             cohort_error *error)
{
    const co_origin ours = co_snapshot_origin(snapshot, object->id);
    const co_origin theirs = rows->origin;

    if ((theirs.store == 0 && theirs.object == 0 && theirs.epoch == 0) ||
        (theirs.store == ours.store && theirs.object == ours.object && theirs.epoch == ours.epoch))
        return COHORT_OK;
    return co_fail(error, COHORT_INVALID, "the bitmap holds rows of another store, object or epoch than those of " CO_FMT,
                   CO_ARG(object->name));
}

/* Finds the object; its keys must be of the kind that is asked for. */
static cohort_status begin(const cohort_snapshot *snapshot, const char *name, const cohort_bitmap *rows, bool as_texts,
                           listing *list, cohort_error *error)
{
    if (snapshot == NULL || rows == NULL)
        return co_refuse_null(snapshot == NULL ? "snapshot" : "rows", error);

    const cohort_status status = co_api_object(snapshot->version, name, &list->object, error);

    if (status != COHORT_OK)
        return status;
    list->version = snapshot->version;
    if (co_version_has_text_keys(list->version, list->object->id) != as_texts)
        return co_fail(error, COHORT_TYPE, "keys of " CO_FMT " are %s, not %s", CO_ARG(list->object->name),
                       as_texts ? "numbers" : "texts", as_texts ? "texts" : "numbers");
    return co_api_rows_of(snapshot, list->object, rows, error);
}

static bool list_texts(const listing *list, const uint32_t *rows, size_t n, cohort_text *texts, uint32_t *stranger)
{
    co_text keys[PIECE_ROWS];

    if (!co_version_text_keys(list->version, list->object->id, rows, n, keys, stranger))
        return false;
    for (size_t i = 0; i < n; i++)
        texts[i] = (cohort_text){ keys[i].bytes, keys[i].length };
    return true;
}

static bool list_piece(const listing *list, const uint32_t *rows, size_t n, size_t at, uint32_t *stranger)
{
    if (list->texts != NULL)
        return list_texts(list, rows, n, list->texts + at, stranger);
    return co_version_number_keys(list->version, list->object->id, rows, n, list->numbers + at, stranger);
}

static cohort_status list_keys(const listing *list, const co_bitmap *rows, uint64_t offset, size_t capacity, size_t *n,
                               cohort_error *error)
{
    uint32_t piece[PIECE_ROWS];
    uint32_t first;
    uint32_t stranger;
    size_t done = 0;
    uint64_t from = co_bitmap_select(rows, offset, &first) ? first : UINT64_MAX;

    while (done < capacity) {
        const size_t room = capacity - done < PIECE_ROWS ? capacity - done : PIECE_ROWS;
        const size_t listed = co_bitmap_rows(rows, from, piece, room);

        if (listed == 0)
            break;
        if (!list_piece(list, piece, listed, done, &stranger))
            return co_api_no_record(list->object, stranger, error);
        done += listed;
        from = (uint64_t)piece[listed - 1] + 1;
    }
    *n = done;
    return COHORT_OK;
}

cohort_status cohort_snapshot_int_keys(const cohort_snapshot *snapshot, const char *object, const cohort_bitmap *rows,
                                       uint64_t offset, int64_t *keys, size_t capacity, size_t *n,
                                       cohort_error *error)
{
    listing list = { .numbers = keys };

    if (n == NULL || (keys == NULL && capacity > 0))
        return co_refuse_null(n == NULL ? "n" : "keys", error);
    *n = 0;

    const cohort_status status = begin(snapshot, object, rows, false, &list, error);

    return status != COHORT_OK ? status : list_keys(&list, &rows->rows, offset, capacity, n, error);
}

cohort_status cohort_snapshot_text_keys(const cohort_snapshot *snapshot, const char *object, const cohort_bitmap *rows,
                                        uint64_t offset, cohort_text *keys, size_t capacity, size_t *n,
                                        cohort_error *error)
{
    listing list = { .texts = keys };

    if (n == NULL || (keys == NULL && capacity > 0))
        return co_refuse_null(n == NULL ? "n" : "keys", error);
    *n = 0;

    const cohort_status status = begin(snapshot, object, rows, true, &list, error);

    return status != COHORT_OK ? status : list_keys(&list, &rows->rows, offset, capacity, n, error);
}

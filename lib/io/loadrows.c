/*
 * Rows of a file into columns, and 65,536 of them at a time into a bale.
 *
 *     many usual rows ─▶ column by column ─┐
 *                                          ├─▶ staged columns ─▶ bale
 *     any one record ──▶ cell by cell ─────┘
 *
 * A row that cannot be taken (ragged, a value that is not of its type, no key)
 * is an error with its place, or is left out and reported while skip_errors
 * lasts.
 *
 * Always:  only single records fail: many rows are taken up to the first that is
 *          not good, which is then read by itself.
 */
#include "io/loading.h"

enum { PROGRESS_ROWS = 16384, FIRST_ROWS = 1024 };

/* ---- bad rows ---- */

cohort_status co_loading_locate(co_loading *l, const cohort_error *what, uint64_t line, uint32_t column,
                                const co_text *field)
{
    if (field != NULL)
        co_fail(l->error, what->code, "%s:%llu:%u: column '" CO_FMT "': %s", l->name, (unsigned long long)line, column,
                CO_ARG(*field), what->text);
    else
        co_fail(l->error, what->code, "%s:%llu:%u: %s", l->name, (unsigned long long)line, column, what->text);
    if (l->error != NULL) {
        l->error->line = (uint32_t)line;
        l->error->column = column;
    }
    return what->code;
}

/* Leaves the row out if that is allowed; else fails with it. */
static cohort_status bad_row(co_loading *l, const cohort_error *what, uint64_t line, uint32_t column,
                             const co_text *field)
{
    cohort_error local = COHORT_ERROR_INIT;
    cohort_error *callers = l->error;

    if (what->code == COHORT_MEMORY || l->report->counts.n_skipped >= l->options->skip_errors)
        return co_loading_locate(l, what, line, column, field);
    l->error = &local;
    co_loading_locate(l, what, line, column, field);
    l->error = callers;
    l->report->counts.n_skipped++;
    return co_lines_add(&l->report->skipped, l->memory, co_text_of(local.text), l->error);
}

/* A value that its column cannot take. */
static cohort_status bad_value(co_loading *l, const co_csv_record *record, const co_load_column *column,
                               const cohort_error *what)
{
    return bad_row(l, what, record->line, column->cell == CO_NONE ? 1 : co_csv_column(l->csv, column->cell),
                   &column->name);
}

/* ---- columns ---- */

static cohort_status make_columns(co_loading *l)
{
    l->columns = co_memory_new_zeroed(l->memory, l->plan.n_columns, sizeof *l->columns);
    if (l->columns == NULL)
        return co_fail_memory(l->error);
    for (uint32_t i = 0; i < l->plan.n_columns; i++) {
        const co_load_column *column = &l->plan.columns[i];
        const co_stage_form form = { .type = column->type,
                                     .is_key = column->is_key,
                                     .separator = column->separator,
                                     .keep_empty = l->options->keep_empty != 0,
                                     .nulls = l->options->nulls,
                                     .n_nulls = l->options->n_nulls,
                                     .dates = &l->dates,
                                     .zone = l->zone,
                                     .n_rounded = &l->n_rounded };
        const cohort_status status = co_stage_column_init(&l->columns[i], l->memory, &form, l->error);

        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

void co_loading_clear_rows(co_loading *l)
{
    for (uint32_t i = 0; l->columns != NULL && i < l->plan.n_columns; i++)
        co_stage_column_clear(&l->columns[i]);
    co_memory_free(l->memory, l->columns, l->plan.n_columns * sizeof *l->columns);
    co_bale_free(l->bale);
}

/* Room for `wanted` rows more, or for as many as these still take: *n. It doubles, so that a small file takes little. */
static cohort_status room_for_rows(co_loading *l, uint32_t wanted, uint32_t *n)
{
    cohort_status status = COHORT_OK;
    uint32_t room = l->room == 0 ? FIRST_ROWS : l->room;

    if (l->n_rows == CO_STAGE_ROWS)
        status = co_loading_bale(l);
    while (room < CO_STAGE_ROWS && room - l->n_rows < wanted)
        room *= 2;
    for (uint32_t i = 0; room > l->room && i < l->plan.n_columns && status == COHORT_OK; i++)
        status = co_stage_reserve(&l->columns[i], room, l->error);
    if (status != COHORT_OK)
        return status;
    l->room = room;
    *n = room - l->n_rows < wanted ? room - l->n_rows : wanted;
    return COHORT_OK;
}

/* ---- many rows ---- */

/* The first *n of the rows into the columns; fewer if one of them is not good. */
static cohort_status stage_columns(co_loading *l, const co_csv_rows *rows, uint32_t *n)
{
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < l->plan.n_columns && status == COHORT_OK; i++) {
        const co_load_column *column = &l->plan.columns[i];
        co_stage_column *stage = &l->columns[i];

        if (column->cell == CO_NONE) {
            for (uint32_t r = 0; r < *n; r++)
                co_stage_number(stage, l->n_rows + r, (int64_t)(l->n_data_rows + r + 1));
        } else if (column->longitude_cell != CO_NONE) {
            status = co_stage_point_rows(stage, l->n_rows, rows, column->cell, column->longitude_cell, n, l->error);
        } else {
            status = co_stage_rows(stage, l->n_rows, rows, column->cell, n, l->error);
        }
    }
    return status;
}

/* Which record of a key wins takes one at a time, unless it is the last. */
static bool takes_many(const co_loading *l)
{
    return !l->plan.has_key || l->options->duplicates == COHORT_DUPLICATES_LAST;
}

/* Takes as many usual rows as there are: *n, perhaps none. */
static cohort_status load_many(co_loading *l, uint32_t *n)
{
    const uint64_t n_rounded = l->n_rounded;
    co_csv_rows rows;
    uint32_t wanted;
    cohort_status status = co_csv_look(l->csv, l->plan.n_cells, &rows, l->error);

    *n = 0;
    if (status != COHORT_OK || rows.n == 0)
        return status;
    status = room_for_rows(l, rows.n, n);
    do {
        wanted = *n;
        l->n_rounded = n_rounded;
        if (status == COHORT_OK)
            status = stage_columns(l, &rows, n);
    } while (status == COHORT_OK && *n < wanted && *n > 0);
    if (status != COHORT_OK || *n == 0) {
        l->n_rounded = n_rounded;
        return status;
    }
    co_csv_pass(l->csv, &rows, *n);
    l->n_data_rows += *n;
    l->n_rows += *n;
    return COHORT_OK;
}

/* ---- one record ---- */

static cohort_status stage_value(co_loading *l, const co_load_column *column, co_stage_column *stage,
                                 const co_csv_record *record, cohort_error *what)
{
    if (column->cell == CO_NONE) {
        co_stage_number(stage, l->n_rows, (int64_t)l->n_data_rows);
        return COHORT_OK;
    }
    if (column->longitude_cell != CO_NONE)
        return co_stage_point(stage, l->n_rows, &record->cells[column->cell], &record->cells[column->longitude_cell],
                              what);
    return co_stage_cell(stage, l->n_rows, &record->cells[column->cell], what);
}

/* Whether the key of this row, which is good otherwise, was there before; fails if that is an error. */
static cohort_status check_duplicate(co_loading *l, uint64_t line, bool *drop, cohort_error *what)
{
    const co_stage_column *stage = &l->columns[0];
    uint64_t first_line;
    co_key key = { .is_text = stage->texts != NULL };

    *drop = false;
    if (takes_many(l))
        return COHORT_OK;
    if (key.is_text)
        key.text = stage->texts[l->n_rows];
    else
        key.number = stage->numbers[l->n_rows];

    const cohort_status status = co_seen_add(&l->seen, key, line, &first_line, what);

    if (status != COHORT_OK || first_line == 0)
        return status;
    if (l->options->duplicates == COHORT_DUPLICATES_ERROR)
        return co_fail(what, COHORT_EXISTS, "the key is already on line %llu", (unsigned long long)first_line);
    *drop = true;
    l->report->counts.n_duplicates++;
    return COHORT_OK;
}

static cohort_status load_record(co_loading *l, const co_csv_record *record)
{
    const uint64_t n_rounded = l->n_rounded;
    cohort_error what = COHORT_ERROR_INIT;
    cohort_status status;
    uint32_t n;
    bool drop;

    l->n_data_rows++;
    if (record->n != l->plan.n_cells) {
        co_fail(&what, COHORT_PARSE, "the row has %u cells, the header %u", record->n, l->plan.n_cells);
        return bad_row(l, &what, record->line, 1, NULL);
    }
    status = room_for_rows(l, 1, &n);
    if (status != COHORT_OK)
        return status;
    for (uint32_t i = 0; i < l->plan.n_columns; i++) {
        const co_load_column *column = &l->plan.columns[i];

        if (stage_value(l, column, &l->columns[i], record, &what) != COHORT_OK) {
            l->n_rounded = n_rounded;
            return bad_value(l, record, column, &what);
        }
    }
    if (check_duplicate(l, record->line, &drop, &what) != COHORT_OK)
        return bad_value(l, record, &l->plan.columns[0], &what);
    l->n_rows += !drop;
    return COHORT_OK;
}

cohort_status co_loading_next(co_loading *l, co_csv_record *record, bool *more, cohort_error *what)
{
    const cohort_status status = co_csv_next(l->csv, record, more, what);

    if (status == COHORT_OK || status == COHORT_PARSE)
        return status;
    return co_fail(l->error, status, "%s: %s", l->name, what->text);
}

/* ---- types ---- */

static bool is_null(const co_loading *l, co_text text)
{
    if (text.length == 0)
        return true;
    for (size_t i = 0; i < l->options->n_nulls; i++)
        if (co_text_equal(text, co_text_of(l->options->nulls[i])))
            return true;
    return false;
}

static bool is_open(const co_load_column *column)
{
    return column->type.type == COHORT_NULL && (column->inference.kinds & CO_SEEN_TEXT) == 0;
}

static void infer_record(co_loading *l, const co_csv_record *record)
{
    for (uint32_t i = 0; record->n == l->plan.n_cells && i < l->plan.n_columns; i++) {
        co_load_column *column = &l->plan.columns[i];

        if (is_open(column) && !is_null(l, record->cells[column->cell].text))
            co_infer_value(&column->inference, record->cells[column->cell].text, &l->dates);
    }
}

static cohort_status infer_column(co_loading *l, const co_csv_rows *rows, co_load_column *column)
{
    for (uint32_t r = 0; r < rows->n && is_open(column); r++) {
        co_csv_whole whole;

        if (l->options->n_nulls == 0 && co_infer_whole(&column->inference, co_csv_rows_cell(rows, r, column->cell)))
            continue;
        if (!co_csv_whole_init(&whole, l->memory, rows, r, column->cell))
            return co_fail_memory(l->error);
        if (!is_null(l, whole.cell.text))
            co_infer_value(&column->inference, whole.cell.text, &l->dates);
        co_csv_whole_clear(&whole);
    }
    return COHORT_OK;
}

/* From as many usual rows as there are: *n, perhaps none. */
static cohort_status infer_many(co_loading *l, uint32_t *n)
{
    co_csv_rows rows;
    cohort_status status = co_csv_look(l->csv, l->plan.n_cells, &rows, l->error);

    for (uint32_t i = 0; i < l->plan.n_columns && status == COHORT_OK; i++)
        status = infer_column(l, &rows, &l->plan.columns[i]);
    if (status == COHORT_OK && rows.n > 0)
        co_csv_pass(l->csv, &rows, rows.n);
    *n = rows.n;
    return status;
}

/* ---- passes over the file ---- */

/* The next record, if there is one. */
static cohort_status read_one(co_loading *l, bool infer, bool *more)
{
    cohort_error what = COHORT_ERROR_INIT;
    co_csv_record record;
    const cohort_status status = co_loading_next(l, &record, more, &what);

    if (status == COHORT_PARSE) {
        l->n_data_rows += !infer;
        return infer ? COHORT_OK : bad_row(l, &what, what.line, what.column, NULL);
    }
    if (status != COHORT_OK || !*more)
        return status;
    if (!infer)
        return load_record(l, &record);
    infer_record(l, &record);
    return COHORT_OK;
}

/* Bytes of all passes over the file: there is another before this one if types are inferred. */
static cohort_status tell_progress(co_loading *l, bool infer)
{
    const uint64_t total = co_source_total(l->source);
    const uint64_t before = l->plan.infers && !infer ? total : 0;

    if (l->options->progress == NULL)
        return COHORT_OK;
    if (l->options->progress(l->options->progress_context, before + co_source_done(l->source),
                             l->plan.infers ? 2 * total : total) == 0)
        return COHORT_OK;
    return co_fail(l->error, COHORT_CANCELLED, "%s: the load was cancelled", l->name);
}

cohort_status co_loading_read(co_loading *l, bool infer)
{
    const bool many = infer || takes_many(l);
    cohort_status status = infer ? COHORT_OK : make_columns(l);
    uint64_t n_untold = 0;
    bool more = true;

    while (status == COHORT_OK && more) {
        uint32_t n = 0;

        if (many)
            status = infer ? infer_many(l, &n) : load_many(l, &n);
        if (status == COHORT_OK && n == 0) {
            status = read_one(l, infer, &more);
            n = 1;
        }
        n_untold += n;
        if (status == COHORT_OK && n_untold >= PROGRESS_ROWS) {
            status = tell_progress(l, infer);
            n_untold = 0;
        }
    }
    return status == COHORT_OK && l->n_rows > 0 ? co_loading_bale(l) : status;
}

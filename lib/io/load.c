/*
 * Loading a CSV file into a store.
 *
 * A row that cannot be taken (ragged, a value that is not of its type, no key)
 * is an error with its place, or is left out and reported while skip_errors
 * lasts.
 */
#include "io/loading.h"
#include "io/zoneinfo.h"

enum { PROGRESS_ROWS = 16384, FIRST_CHUNK_ROWS = 1024 };

static cohort_status report_types(co_loading *l)
{
    co_buffer line;
    cohort_status status = COHORT_OK;

    co_buffer_init(&line, l->memory, 0);
    for (uint32_t i = 0; i < l->plan.n_columns && status == COHORT_OK; i++) {
        const co_load_column *column = &l->plan.columns[i];

        if (!column->inferred)
            continue;
        line.length = 0;
        co_buffer_text(&line, column->name);
        co_buffer_byte(&line, ' ');
        if (column->target != NULL)
            co_buffer_format(&line, "reference(%s)", column->target);
        else
            co_field_type_print(&column->type, &line);
        status = line.status != COHORT_OK ? co_fail_memory(l->error)
                                          : co_lines_add(&l->report->types, l->memory,
                                                     (co_text){ line.bytes, line.length }, l->error);
    }
    co_buffer_clear(&line);
    return status;
}

/* ---- bad rows ---- */

/* Puts file, line, column and field in front of what is wrong. */
static cohort_status locate(co_loading *l, const cohort_error *what, uint64_t line, uint32_t column,
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
        return locate(l, what, line, column, field);
    l->error = &local;
    locate(l, what, line, column, field);
    l->error = callers;
    l->report->counts.n_skipped++;
    return co_lines_add(&l->report->skipped, l->memory, co_text_of(local.text), l->error);
}

/* ---- the chunk: small at first, so that a small file takes little memory ---- */

/* With n columns. */
static void clear_chunk(co_loading *l, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        co_stage_column_clear(&l->chunk.columns[i]);
    co_memory_free(l->memory, l->chunk.columns, l->plan.n_columns * sizeof *l->chunk.columns);
    l->chunk = (co_load_chunk){ 0 };
}

static cohort_status make_chunk(co_loading *l)
{
    co_load_chunk *chunk = &l->chunk;
    const uint64_t n_before = l->bale == NULL ? 0 : co_bale_n_rows(l->bale);
    uint32_t room = FIRST_CHUNK_ROWS;

    while (room < n_before && room < CO_STAGE_ROWS)
        room *= 2;

    chunk->columns = co_memory_new_array(l->memory, l->plan.n_columns, sizeof *chunk->columns);
    if (chunk->columns == NULL)
        return co_fail_memory(l->error);
    for (uint32_t i = 0; i < l->plan.n_columns; i++) {
        const co_load_column *column = &l->plan.columns[i];
        const co_stage_form form = { .type = column->type,
                                     .separator = column->separator,
                                     .keep_empty = l->options->keep_empty != 0,
                                     .dates = &l->dates,
                                     .zone = l->zone };
        const cohort_status status =
            co_stage_column_init(&chunk->columns[i], l->memory, &form, room, l->error);

        if (status != COHORT_OK) {
            clear_chunk(l, i);
            return status;
        }
    }
    chunk->room = room;
    return COHORT_OK;
}

/* Full chunks are baled; the next one has as many rows as all before, until it has those of a tile. */
static cohort_status room_for_row(co_loading *l)
{
    if (l->chunk.columns != NULL && l->chunk.n_rows == l->chunk.room) {
        const cohort_status status = co_loading_bale(l);

        if (status != COHORT_OK)
            return status;
        if (l->chunk.room < CO_STAGE_ROWS)
            clear_chunk(l, l->plan.n_columns);
    }
    return l->chunk.columns == NULL ? make_chunk(l) : COHORT_OK;
}

/* ---- rows ---- */

static bool is_null(const co_loading *l, const co_load_column *column, const co_csv_cell *cell)
{
    const bool is_text = column->type.type == COHORT_STRING || column->type.type == COHORT_SET;

    if (cell->text.length == 0)
        return !(l->options->keep_empty && cell->quoted && is_text);
    for (size_t i = 0; i < l->options->n_nulls; i++)
        if (co_text_equal(cell->text, co_text_of(l->options->nulls[i])))
            return true;
    return false;
}

static cohort_status stage_value(co_loading *l, const co_load_column *column, co_stage_column *stage, uint32_t row,
                                 const co_csv_record *record, cohort_error *what)
{
    if (column->cell == CO_NONE) {
        co_stage_number(stage, row, (int64_t)l->n_data_rows);
        return COHORT_OK;
    }

    const co_csv_cell *cell = &record->cells[column->cell];
    const co_csv_cell *other = column->longitude_cell != CO_NONE ? &record->cells[column->longitude_cell] : NULL;

    if (is_null(l, column, cell) || (other != NULL && is_null(l, column, other))) {
        if (column->is_key)
            return co_fail(what, COHORT_TYPE, "the key is missing");
        co_stage_null(stage, row);
        return COHORT_OK;
    }
    if (other != NULL)
        return co_stage_point(stage, row, cell->text, other->text, what);
    return co_stage_cell(stage, row, cell->text, what);
}

/* Whether the key of this row, which is good otherwise, was there before; fails if that is an error. */
static cohort_status check_duplicate(co_loading *l, const co_stage_column *stage, uint32_t row, uint64_t line,
                                     bool *drop, cohort_error *what)
{
    uint64_t first_line;
    co_key key = { .is_text = stage->texts != NULL };

    *drop = false;
    if (!l->plan.has_key || l->options->duplicates == COHORT_DUPLICATES_LAST)
        return COHORT_OK;
    if (key.is_text)
        key.text = stage->texts[row];
    else
        key.number = stage->numbers[row];

    const cohort_status status = co_seen_add(&l->seen, key, line, &first_line, what);

    if (status != COHORT_OK || first_line == 0)
        return status;
    if (l->options->duplicates == COHORT_DUPLICATES_ERROR)
        return co_fail(what, COHORT_EXISTS, "the key is already on line %llu", (unsigned long long)first_line);
    *drop = true;
    l->report->counts.n_duplicates++;
    return COHORT_OK;
}

/* A value that its column cannot take. */
static cohort_status bad_value(co_loading *l, const co_csv_record *record, const co_load_column *column,
                               const cohort_error *what)
{
    return bad_row(l, what, record->line, column->cell == CO_NONE ? 1 : co_csv_column(l->csv, column->cell),
                   &column->name);
}

static cohort_status load_row(co_loading *l, const co_csv_record *record)
{
    cohort_error what = COHORT_ERROR_INIT;
    co_load_chunk *chunk = &l->chunk;
    cohort_status status;
    bool drop;

    l->n_data_rows++;
    if (record->n != l->plan.n_cells) {
        co_fail(&what, COHORT_PARSE, "the row has %u cells, the header %u", record->n, l->plan.n_cells);
        return bad_row(l, &what, record->line, 1, NULL);
    }
    status = room_for_row(l);
    if (status != COHORT_OK)
        return status;
    for (uint32_t i = 0; i < l->plan.n_columns; i++) {
        const co_load_column *column = &l->plan.columns[i];

        if (stage_value(l, column, &chunk->columns[i], chunk->n_rows, record, &what) != COHORT_OK)
            return bad_value(l, record, column, &what);
    }
    if (check_duplicate(l, &chunk->columns[0], chunk->n_rows, record->line, &drop, &what) != COHORT_OK)
        return bad_value(l, record, &l->plan.columns[0], &what);
    chunk->n_rows += !drop;
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

/* ---- passes over the file ---- */

static cohort_status next_record(co_loading *l, co_csv_record *record, bool *more, cohort_error *what)
{
    const cohort_status status = co_csv_next(l->csv, record, more, what);

    if (status == COHORT_OK || status == COHORT_PARSE)
        return status;
    return co_fail(l->error, status, "%s: %s", l->name, what->text);
}

static void infer_row(co_loading *l, const co_csv_record *record)
{
    for (uint32_t i = 0; i < l->plan.n_columns; i++) {
        co_load_column *column = &l->plan.columns[i];

        if (column->type.type != COHORT_NULL)
            continue;

        const co_csv_cell *cell = &record->cells[column->cell];

        if (!is_null(l, column, cell))
            co_infer_value(&column->inference, cell->text, &l->dates);
    }
}

static cohort_status read_header(co_loading *l, co_csv_record *header)
{
    cohort_error what = COHORT_ERROR_INIT;
    bool more;
    const cohort_status status = next_record(l, header, &more, &what);

    if (status == COHORT_PARSE)
        return locate(l, &what, what.line, what.column, NULL);
    if (status != COHORT_OK)
        return status;
    if (!more) {
        co_fail(&what, COHORT_PARSE, "the file is empty; its first line should name the columns");
        return locate(l, &what, 1, 1, NULL);
    }
    if (header->n == 1)
        co_csv_keep_blank_lines(l->csv);
    return COHORT_OK;
}

/* Calls `row` for every record after the header. bad: what to do with a record that cannot be read. */
static cohort_status read_rows(co_loading *l, bool infer)
{
    cohort_status status = COHORT_OK;
    bool more = true;

    for (uint64_t n = 1; status == COHORT_OK && more; n++) {
        cohort_error what = COHORT_ERROR_INIT;
        co_csv_record record;

        status = next_record(l, &record, &more, &what);
        if (status == COHORT_PARSE) {
            l->n_data_rows += !infer;
            status = infer ? COHORT_OK : bad_row(l, &what, what.line, what.column, NULL);
        } else if (status == COHORT_OK && more && !infer) {
            status = load_row(l, &record);
        } else if (status == COHORT_OK && more && record.n == l->plan.n_cells) {
            infer_row(l, &record);
        }
        if (status == COHORT_OK && n % PROGRESS_ROWS == 0)
            status = tell_progress(l, infer);
    }
    return status;
}

static cohort_status infer_types(co_loading *l)
{
    co_csv_record header;
    cohort_status status = COHORT_OK;

    if (!l->plan.infers) {
        co_source_keep_nothing(l->source);
    } else {
        status = read_rows(l, true);
        if (status == COHORT_OK)
            status = co_csv_rewind(l->csv, l->error);
        if (status == COHORT_OK)
            status = read_header(l, &header);
    }
    if (status != COHORT_OK)
        return status;
    co_load_plan_settle(&l->plan);
    return report_types(l);
}

/* ---- the whole ---- */

static cohort_status open_input(co_loading *l)
{
    const cohort_load_options *options = l->options;
    co_csv_form form = { .delimiter = ',' };
    const char *fault;
    cohort_status status;

    l->dates.layouts = options->date_format != NULL ? co_text_of(options->date_format) : (co_text){ 0 };
    fault = co_date_form_fault(&l->dates);
    if (fault != NULL)
        return co_fail(l->error, COHORT_INVALID, "date format '%s': %s", options->date_format, fault);
    if (options->delimiter != NULL && strcmp(options->delimiter, "blanks") == 0)
        form.blanks = true;
    else if (options->delimiter != NULL && strcmp(options->delimiter, "tab") == 0)
        form.delimiter = '\t';
    else if (options->delimiter != NULL && strlen(options->delimiter) == 1 &&
             strchr("\"\r\n", options->delimiter[0]) == NULL)
        form.delimiter = options->delimiter[0];
    else if (options->delimiter != NULL)
        return co_fail(l->error, COHORT_INVALID, "delimiter '%s' is not one character, tab or blanks",
                       options->delimiter);
    if (options->encoding != NULL && strcmp(options->encoding, "latin1") == 0)
        form.latin1 = true;
    else if (options->encoding != NULL && strcmp(options->encoding, "utf-8") != 0)
        return co_fail(l->error, COHORT_INVALID, "encoding '%s' is neither utf-8 nor latin1", options->encoding);

    status = co_zoneinfo_load(l->memory, options->zone != NULL ? co_text_of(options->zone) : (co_text){ 0 }, &l->zone,
                              l->error);
    if (status == COHORT_OK)
        status = co_source_open(l->memory, options->path, options->read, options->read_context, true, &l->source,
                                l->error);
    if (status == COHORT_OK)
        status = co_csv_new(l->memory, l->source, &form, &l->csv, l->error);
    return status;
}

static cohort_status make_plan(co_loading *l)
{
    co_csv_record header;
    cohort_status status = read_header(l, &header);

    if (status != COHORT_OK)
        return status;

    co_version *version = co_store_current(l->store);

    status = co_load_plan_make(&l->plan, l->memory, l->options, &header, co_version_schema(version), l->error);
    co_version_release(version);
    return status;
}

static void close_all(co_loading *l)
{
    if (l->chunk.columns != NULL)
        clear_chunk(l, l->plan.n_columns);
    co_bale_free(l->bale);
    co_seen_clear(&l->seen);
    co_csv_free(l->csv);
    co_source_close(l->source);
    co_zone_release(l->zone);
    co_load_plan_clear(&l->plan);
}

cohort_status co_load_csv(co_store *store, const cohort_load_options *options, cohort_load_report **report,
                          cohort_error *error)
{
    co_loading l = { .memory = co_store_memory(store), .options = options, .store = store, .error = error };
    cohort_status status = COHORT_OK;

    *report = NULL;
    l.name = options->name != NULL ? options->name : options->path != NULL ? options->path : "input";
    co_arena_init(&l.plan.arena, l.memory);
    co_seen_init(&l.seen, l.memory);
    l.report = co_load_report_new(l.memory);
    if (l.report == NULL)
        status = co_fail_memory(error);
    if (status == COHORT_OK)
        status = open_input(&l);
    if (status == COHORT_OK)
        status = make_plan(&l);
    if (status == COHORT_OK)
        status = infer_types(&l);
    if (status == COHORT_OK)
        status = read_rows(&l, false);
    if (status == COHORT_OK && l.chunk.n_rows > 0)
        status = co_loading_bale(&l);
    if (status == COHORT_OK)
        status = co_loading_commit(&l);
    close_all(&l);
    if (status != COHORT_OK) {
        co_load_report_free(l.report);
        return status;
    }
    *report = l.report;
    return COHORT_OK;
}

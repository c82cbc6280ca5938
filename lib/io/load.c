/*
 * Loading a CSV file into a store.
 *
 * A row that cannot be taken (ragged, a value that is not of its type, no key)
 * is an error with its place, or is left out and reported while skip_errors
 * lasts.
 */
#include "io/load.h"

#include "io/loadplan.h"
#include "io/seen.h"
#include "io/stage.h"
#include "io/zoneinfo.h"

enum { PROGRESS_ROWS = 16384 };

typedef struct chunk {
    co_stage_column *columns;   /* n_columns of the plan */
    uint32_t n_rows;
} chunk;

typedef struct loading {
    co_memory *memory;          /* the store's: batches take blocks of it */
    const cohort_load_options *options;
    co_store *store;
    cohort_error *error;
    const char *name;           /* of the input, in errors */

    co_source *source;
    co_csv *csv;
    co_load_plan plan;
    co_date_form dates;
    const co_zone *zone;

    chunk *chunks;              /* the last one is being filled */
    size_t n_chunks, chunks_room;
    co_seen seen;
    uint64_t n_data_rows;
    cohort_load_report *report;
} loading;

/* ---- reports ---- */

static cohort_status add_line(co_lines *lines, co_memory *memory, co_text text, cohort_error *error)
{
    void *starts = lines->starts;

    if (!co_memory_grow(memory, &starts, &lines->room, lines->n + 1, sizeof *lines->starts))
        return co_fail_memory(error);
    lines->starts = starts;
    lines->starts[lines->n] = lines->bytes.length;
    co_buffer_text(&lines->bytes, text);
    co_buffer_byte(&lines->bytes, 0);
    if (lines->bytes.status != COHORT_OK)
        return co_fail_memory(error);
    lines->n++;
    return COHORT_OK;
}

const char *co_lines_at(const co_lines *lines, size_t index)
{
    return index < lines->n ? lines->bytes.bytes + lines->starts[index] : NULL;
}

static void clear_lines(co_lines *lines, co_memory *memory)
{
    co_memory_free(memory, lines->starts, lines->room * sizeof *lines->starts);
    co_buffer_clear(&lines->bytes);
}

static cohort_load_report *new_report(co_memory *memory)
{
    cohort_load_report *report = co_memory_new_zeroed(memory, 1, sizeof *report);

    if (report == NULL)
        return NULL;
    report->memory = memory;
    report->counts.size = sizeof report->counts;
    co_buffer_init(&report->types.bytes, memory, 0);
    co_buffer_init(&report->skipped.bytes, memory, 0);
    return report;
}

void co_load_report_free(cohort_load_report *report)
{
    if (report == NULL)
        return;
    clear_lines(&report->types, report->memory);
    clear_lines(&report->skipped, report->memory);
    co_memory_free(report->memory, report, sizeof *report);
}

static cohort_status report_types(loading *l)
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
                                          : add_line(&l->report->types, l->memory,
                                                     (co_text){ line.bytes, line.length }, l->error);
    }
    co_buffer_clear(&line);
    return status;
}

/* ---- bad rows ---- */

/* Puts file, line, column and field in front of what is wrong. */
static cohort_status locate(loading *l, const cohort_error *what, uint64_t line, uint32_t column, const co_text *field)
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
static cohort_status bad_row(loading *l, const cohort_error *what, uint64_t line, uint32_t column,
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
    return add_line(&l->report->skipped, l->memory, co_text_of(local.text), l->error);
}

/* ---- chunks ---- */

static void clear_columns(loading *l, co_stage_column *columns, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        co_stage_column_clear(&columns[i]);
    co_memory_free(l->memory, columns, l->plan.n_columns * sizeof *columns);
}

static cohort_status add_chunk(loading *l)
{
    void *chunks = l->chunks;
    co_stage_column *columns;

    if (!co_memory_grow(l->memory, &chunks, &l->chunks_room, l->n_chunks + 1, sizeof *l->chunks))
        return co_fail_memory(l->error);
    l->chunks = chunks;
    columns = co_memory_new_array(l->memory, l->plan.n_columns, sizeof *columns);
    if (columns == NULL)
        return co_fail_memory(l->error);
    for (uint32_t i = 0; i < l->plan.n_columns; i++) {
        const co_load_column *column = &l->plan.columns[i];
        const co_stage_form form = { .type = column->type,
                                     .separator = column->separator,
                                     .keep_empty = l->options->keep_empty != 0,
                                     .dates = &l->dates,
                                     .zone = l->zone };
        const cohort_status status = co_stage_column_init(&columns[i], l->memory, &form, l->error);

        if (status != COHORT_OK) {
            clear_columns(l, columns, i);
            return status;
        }
    }
    l->chunks[l->n_chunks++] = (chunk){ columns, 0 };
    return COHORT_OK;
}

static chunk *room_for_row(loading *l)
{
    if (l->n_chunks == 0 || l->chunks[l->n_chunks - 1].n_rows == CO_STAGE_ROWS)
        if (add_chunk(l) != COHORT_OK)
            return NULL;
    return &l->chunks[l->n_chunks - 1];
}

/* ---- rows ---- */

static bool is_null(const loading *l, const co_load_column *column, const co_csv_cell *cell)
{
    const bool is_text = column->type.type == COHORT_STRING || column->type.type == COHORT_SET;

    if (cell->text.length == 0)
        return !(l->options->keep_empty && cell->quoted && is_text);
    for (size_t i = 0; i < l->options->n_nulls; i++)
        if (co_text_equal(cell->text, co_text_of(l->options->nulls[i])))
            return true;
    return false;
}

static cohort_status stage_value(loading *l, const co_load_column *column, co_stage_column *stage, uint32_t row,
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

/* Whether this row's key was there before; fails if that is an error. */
static cohort_status check_duplicate(loading *l, const co_stage_column *stage, uint32_t row, uint64_t line,
                                     bool *drop, cohort_error *what)
{
    uint64_t first_line;
    co_key key = { .is_text = stage->texts != NULL };

    *drop = false;
    if (l->options->duplicates == COHORT_DUPLICATES_LAST)
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

static cohort_status load_row(loading *l, const co_csv_record *record)
{
    cohort_error what = COHORT_ERROR_INIT;
    bool drop = false;
    chunk *chunk;

    l->n_data_rows++;
    if (record->n != l->plan.n_cells) {
        co_fail(&what, COHORT_PARSE, "the row has %u cells, the header %u", record->n, l->plan.n_cells);
        return bad_row(l, &what, record->line, 1, NULL);
    }
    chunk = room_for_row(l);
    if (chunk == NULL)
        return COHORT_MEMORY;
    for (uint32_t i = 0; i < l->plan.n_columns && !drop; i++) {
        const co_load_column *column = &l->plan.columns[i];
        cohort_status status = stage_value(l, column, &chunk->columns[i], chunk->n_rows, record, &what);

        if (status == COHORT_OK && column->is_key)
            status = check_duplicate(l, &chunk->columns[i], chunk->n_rows, record->line, &drop, &what);
        if (status != COHORT_OK)
            return bad_row(l, &what, record->line,
                           column->cell == CO_NONE ? 1 : co_csv_column(l->csv, column->cell), &column->name);
    }
    chunk->n_rows += !drop;
    return COHORT_OK;
}

/* Bytes of all passes over the file: there is another before this one if types are inferred. */
static cohort_status tell_progress(loading *l, bool infer)
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

static cohort_status next_record(loading *l, co_csv_record *record, bool *more, cohort_error *what)
{
    const cohort_status status = co_csv_next(l->csv, record, more, what);

    if (status == COHORT_OK || status == COHORT_PARSE)
        return status;
    return co_fail(l->error, status, "%s: %s", l->name, what->text);
}

static void infer_row(loading *l, const co_csv_record *record)
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

static cohort_status read_header(loading *l, co_csv_record *header)
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
static cohort_status read_rows(loading *l, bool infer)
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

static cohort_status infer_types(loading *l)
{
    co_csv_record header;
    cohort_status status = COHORT_OK;

    if (l->plan.infers) {
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

/* ---- into the store ---- */

static cohort_status declare_parents(loading *l)
{
    for (uint32_t i = 0; i < l->plan.n_columns; i++) {
        const co_load_column *column = &l->plan.columns[i];
        cohort_object parent = COHORT_OBJECT_INIT;

        if (column->target == NULL || strcmp(column->target, l->plan.object) == 0)
            continue;

        co_version *version = co_store_current(l->store);
        const co_object *known = co_schema_find(co_version_schema(version), co_text_of(column->target));
        const bool declared = known != NULL && known->declared;

        co_version_release(version);
        if (declared)
            continue;
        parent.name = column->target;
        parent.key_type = column->type.type;

        const cohort_status status = co_store_declare(l->store, &parent, l->error);

        if (status != COHORT_OK)
            return status;
    }
    return COHORT_OK;
}

static cohort_status declare_object(loading *l)
{
    const bool has_key = l->plan.has_key;
    const uint32_t n_fields = l->plan.n_columns - has_key;
    cohort_object object = COHORT_OBJECT_INIT;
    cohort_field *fields = co_arena_new(&l->plan.arena, (size_t)n_fields + 1, sizeof *fields);

    if (fields == NULL)
        return co_fail_memory(l->error);
    for (uint32_t i = 0; i < n_fields; i++) {
        const co_load_column *column = &l->plan.columns[i + has_key];

        fields[i] = (cohort_field){ .size = sizeof *fields,
                                    .type = column->target != NULL ? COHORT_REFERENCE : column->type.type,
                                    .name = column->name.bytes,
                                    .scale = column->target != NULL ? 0 : column->type.scale,
                                    .collation = column->target != NULL ? 0 : column->type.collation,
                                    .target = column->target };
    }
    object.name = l->plan.object;
    if (has_key) {
        object.key_type = l->plan.columns[0].type.type;
        object.key_name = l->plan.columns[0].name.bytes;
    }
    object.home = l->options->home;
    object.time = l->options->time;
    object.cluster = l->options->cluster;
    object.fields = fields;
    object.n_fields = n_fields;
    return co_store_declare(l->store, &object, l->error);
}

static cohort_status give_chunk(loading *l, co_batch *batch, const co_object *object, chunk *chunk,
                                co_staged_column *staged)
{
    size_t n_blocks = 0;
    size_t given = 0;

    for (uint32_t i = 0; i < l->plan.n_columns; i++) {
        const co_load_column *column = &l->plan.columns[i];

        staged[i] = (co_staged_column){ .field = co_object_find(object, column->name),
                                        .create_parents = column->target != NULL && l->options->create_parents,
                                        .cells = co_stage_cells(&chunk->columns[i], chunk->n_rows) };
        if (column->is_key)
            staged[i].cells.valid = NULL;
        n_blocks += co_stage_n_blocks(&chunk->columns[i]);
    }

    co_block *blocks = co_memory_new_array(l->memory, n_blocks + 1, sizeof *blocks);

    if (blocks == NULL)
        return co_fail_memory(l->error);
    for (uint32_t i = 0; i < l->plan.n_columns; i++) {
        co_stage_blocks(&chunk->columns[i], blocks + given);
        given += co_stage_n_blocks(&chunk->columns[i]);
    }
    /* The columns' own structs hold the valid words, so the batch takes them too. */
    blocks[given] = (co_block){ chunk->columns, l->plan.n_columns * sizeof *chunk->columns };

    const cohort_status status = co_batch_take_columns(batch, object->id, chunk->n_rows, l->plan.n_columns, staged,
                                                       n_blocks + 1, blocks, l->error);

    co_memory_free(l->memory, blocks, (n_blocks + 1) * sizeof *blocks);
    if (status == COHORT_OK)
        *chunk = (struct chunk){ 0 };
    return status;
}

static cohort_status give_chunks(loading *l, co_batch *batch)
{
    co_version *version = co_store_current(l->store);
    const co_object *object = co_schema_find(co_version_schema(version), co_text_of(l->plan.object));
    co_staged_column *staged = co_arena_new(&l->plan.arena, l->plan.n_columns, sizeof *staged);
    cohort_status status = staged == NULL ? co_fail_memory(l->error) : COHORT_OK;

    for (size_t i = 0; i < l->n_chunks && status == COHORT_OK && l->chunks[i].n_rows > 0; i++) {
        for (uint32_t c = 0; c < l->plan.n_columns; c++)
            l->report->counts.n_rounded += l->chunks[i].columns[c].n_rounded;
        status = give_chunk(l, batch, object, &l->chunks[i], staged);
    }
    co_version_release(version);
    return status;
}

static void count(loading *l, const co_commit_counts *counts)
{
    cohort_load_counts *c = &l->report->counts;
    const uint64_t touched = counts->inserted - counts->parents + counts->updated + counts->unchanged;
    const uint64_t given = l->n_data_rows - c->n_skipped - c->n_duplicates;

    c->n_rows = l->n_data_rows;
    c->n_inserted = counts->inserted - counts->parents;
    c->n_updated = counts->updated;
    c->n_unchanged = counts->unchanged;
    c->n_parents = counts->parents;
    c->n_duplicates += given - touched;
}

/* Declares and commits under the writer's place; a failure takes the declarations back. */
static cohort_status commit(loading *l)
{
    co_batch *batch = NULL;
    co_commit *prepared = NULL;
    co_commit_counts counts;
    cohort_status status;

    co_store_lock(l->store);

    co_version *before = co_store_current(l->store);

    status = l->options->create_parents ? declare_parents(l) : COHORT_OK;
    if (status == COHORT_OK)
        status = declare_object(l);
    if (status == COHORT_OK)
        status = co_batch_new(l->store, &batch, l->error);
    if (status == COHORT_OK)
        status = give_chunks(l, batch);
    if (status == COHORT_OK)
        status = co_commit_prepare(batch, &prepared, l->error);
    if (status == COHORT_OK) {
        co_commit_publish(prepared, &counts);
        count(l, &counts);
    } else {
        co_store_revert(l->store, before);
    }
    co_version_release(before);
    co_store_unlock(l->store);
    co_batch_free(batch);
    return status;
}

/* ---- the whole ---- */

static cohort_status open_input(loading *l)
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

static cohort_status make_plan(loading *l)
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

static void close_all(loading *l)
{
    for (size_t i = 0; i < l->n_chunks; i++)
        if (l->chunks[i].columns != NULL)
            clear_columns(l, l->chunks[i].columns, l->plan.n_columns);
    co_memory_free(l->memory, l->chunks, l->chunks_room * sizeof *l->chunks);
    co_seen_clear(&l->seen);
    co_csv_free(l->csv);
    co_source_close(l->source);
    co_zone_release(l->zone);
    co_load_plan_clear(&l->plan);
}

cohort_status co_load_csv(co_store *store, const cohort_load_options *options, cohort_load_report **report,
                          cohort_error *error)
{
    loading l = { .memory = co_store_memory(store), .options = options, .store = store, .error = error };
    cohort_status status = COHORT_OK;

    *report = NULL;
    l.name = options->name != NULL ? options->name : options->path != NULL ? options->path : "input";
    co_arena_init(&l.plan.arena, l.memory);
    co_seen_init(&l.seen, l.memory);
    l.report = new_report(l.memory);
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
    if (status == COHORT_OK)
        status = commit(&l);
    close_all(&l);
    if (status != COHORT_OK) {
        co_load_report_free(l.report);
        return status;
    }
    *report = l.report;
    return COHORT_OK;
}

/* Loading a CSV file into a store: its options, its header, its types, and the steps in order. */
#include "io/loading.h"
#include "io/zoneinfo.h"

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

static cohort_status read_header(co_loading *l, co_csv_record *header)
{
    cohort_error what = COHORT_ERROR_INIT;
    bool more;
    const cohort_status status = co_loading_next(l, header, &more, &what);

    if (status == COHORT_PARSE)
        return co_loading_locate(l, &what, what.line, what.column, NULL);
    if (status != COHORT_OK)
        return status;
    if (!more) {
        co_fail(&what, COHORT_PARSE, "the file is empty; its first line should name the columns");
        return co_loading_locate(l, &what, 1, 1, NULL);
    }
    if (header->n == 1)
        co_csv_keep_blank_lines(l->csv);
    return COHORT_OK;
}

static cohort_status infer_types(co_loading *l)
{
    co_csv_record header;
    cohort_status status = COHORT_OK;

    if (!l->plan.infers) {
        co_source_keep_nothing(l->source);
    } else {
        status = co_loading_read(l, true);
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
    co_loading_clear_rows(l);
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
        status = co_loading_read(&l, false);
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

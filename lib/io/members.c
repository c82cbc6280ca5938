/*
 * Who is in a segment, written out.
 *
 *     plan (condition + columns + order) ─▶ members ─▶ rows [ordered, cut] ─▶ values of a piece ─▶ writer
 */
#include "io/members.h"

#include <stdlib.h>

#include "io/datecell.h"
#include "io/ordering.h"
#include "io/rowwriter.h"

enum { PIECE_ROWS = 4096 };

typedef struct writing {
    co_eval *eval;
    co_memory *memory;
    const co_members_request *request;
    const cohort_members_options *options;
    const co_object *object;
    cohort_error *error;

    co_arena arena;             /* names, trees' list, order keys */
    co_tree **trees;            /* of columns, then of the order */
    co_text *names;             /* of columns, then the texts of the order */
    bool *descending;           /* of the order */
    uint32_t n_columns, n_order;

    co_plan *plan;
    uint32_t *rows;
    uint32_t n_rows, rows_room;
} writing;

/* ---- expressions ---- */

/* Says of which column or part of the order an error is; its position is in no text of the caller's. */
static cohort_status fail_item(writing *w, uint32_t at, const cohort_error *what)
{
    return co_fail(w->error, what->code, "%s '" CO_FMT "': %s", at < w->n_columns ? "column" : "order by",
                   CO_ARG(w->names[at]), what->text);
}

static cohort_status parse_item(writing *w, co_text text, uint32_t at)
{
    cohort_error local = COHORT_ERROR_INIT;
    const cohort_status status = co_expr_parse(w->memory, text, NULL, &w->trees[at], &local);

    return status == COHORT_OK ? COHORT_OK : fail_item(w, at, &local);
}

static uint32_t count_order(co_text rest)
{
    co_text item;
    bool descending;
    uint32_t n = 0;

    while (co_order_next(&rest, &item, &descending))
        n++;
    return n;
}

/* A name as an expression reads it: quoted where it has to be. */
static co_text name_as_expression(writing *w, co_text name)
{
    co_buffer text;
    co_text copy;

    if (co_expr_is_plain_name(name))
        return name;
    co_buffer_init(&text, w->memory, 0);
    co_buffer_byte(&text, '"');
    for (size_t i = 0; i < name.length; i++) {
        if (name.bytes[i] == '"')
            co_buffer_byte(&text, '"');
        co_buffer_byte(&text, name.bytes[i]);
    }
    co_buffer_byte(&text, '"');
    copy = text.status == COHORT_OK ? co_arena_copy(&w->arena, (co_text){ text.bytes, text.length }) : (co_text){ 0 };
    co_buffer_clear(&text);
    return copy;
}

static bool keys_only(const writing *w)
{
    return w->options->n_columns == 0 &&
           (w->options->format == COHORT_FORMAT_KEYS || w->options->format == COHORT_FORMAT_ROARING);
}

/* A field is called by its name, quoted or not, anything else as it was written. */
static cohort_status parse_column(writing *w, uint32_t i)
{
    const bool asked = w->options->n_columns > 0;
    const co_text name = asked ? co_cell_trim(co_text_of(w->options->columns[i])) : w->object->fields[i].name;
    const co_text text = asked ? name : name_as_expression(w, name);

    if (text.bytes == NULL)
        return co_fail_memory(w->error);
    w->names[i] = name;

    const cohort_status status = parse_item(w, text, i);

    if (status == COHORT_OK && w->trees[i]->root->kind == CO_NODE_PATH && w->trees[i]->root->n_names == 1)
        w->names[i] = w->trees[i]->root->names[0];
    return status;
}

static cohort_status parse_items(writing *w)
{
    const co_text order = w->options->order_by != NULL ? co_text_of(w->options->order_by) : (co_text){ 0 };
    co_text rest = order;
    co_text item;
    cohort_status status = COHORT_OK;

    w->n_columns = keys_only(w) ? 1 : w->options->n_columns > 0 ? (uint32_t)w->options->n_columns : w->object->n_fields;
    w->n_order = count_order(order);
    w->trees = co_arena_new(&w->arena, (size_t)w->n_columns + w->n_order, sizeof *w->trees);
    w->names = co_arena_new(&w->arena, (size_t)w->n_columns + w->n_order, sizeof *w->names);
    w->descending = co_arena_new(&w->arena, (size_t)w->n_order + 1, sizeof *w->descending);
    if (w->trees == NULL || w->names == NULL || w->descending == NULL)
        return co_fail_memory(w->error);
    for (uint32_t i = 0; i < w->n_columns && status == COHORT_OK; i++)
        status = parse_column(w, i);
    for (uint32_t i = 0; i < w->n_order && status == COHORT_OK; i++) {
        co_order_next(&rest, &item, &w->descending[i]);
        w->names[w->n_columns + i] = item;
        status = parse_item(w, item, w->n_columns + i);
    }
    return status;
}

/*
 * Planning failed: for the condition, then its error is there already, or for a
 * column or the order. Planned one by one, the culprit is found.
 */
static cohort_status blame(writing *w, const co_plan_request *requests, uint32_t n, cohort_status status)
{
    for (uint32_t i = 0; i < n && status != COHORT_MEMORY; i++) {
        cohort_error local = COHORT_ERROR_INIT;
        co_plan *plan = NULL;
        const cohort_status alone =
            co_plan_new(w->memory, w->request->version, w->request->when, &requests[i], 1, &plan, &local);

        co_plan_free(plan);
        if (alone != COHORT_OK)
            return i == 0 ? status : fail_item(w, i - 1, &local);
    }
    return status;
}

/* Request 0 is the condition; then columns and order, as values. */
static cohort_status make_plan(writing *w)
{
    const uint32_t n = 1 + w->n_columns + w->n_order;
    co_plan_request *requests = co_arena_new(&w->arena, n, sizeof *requests);

    if (requests == NULL)
        return co_fail_memory(w->error);
    requests[0] = (co_plan_request){ .object = w->request->object, .tree = w->request->tree, .nulls = w->request->nulls };
    for (uint32_t i = 1; i < n; i++)
        requests[i] = (co_plan_request){ .object = w->request->object, .tree = w->trees[i - 1], .is_value = true };

    const cohort_status status =
        co_plan_new(w->memory, w->request->version, w->request->when, requests, n, &w->plan, w->error);

    return status == COHORT_OK ? COHORT_OK : blame(w, requests, n, status);
}

/* ---- rows ---- */

static cohort_status find_rows(writing *w)
{
    co_bitmap members;
    uint64_t n = 0;
    cohort_status status;

    co_bitmap_init(&members, w->memory);
    status = co_eval_run(w->eval, w->plan, w->request->control, &w->plan->results[0].true_step, 1, &n, &members, NULL,
                         w->error);
    if (status == COHORT_OK) {
        w->rows_room = (uint32_t)n;
        w->rows = n > 0 ? co_memory_new_array(w->memory, n, sizeof *w->rows) : NULL;
        if (n > 0 && w->rows == NULL)
            status = co_fail_memory(w->error);
        else if (n > 0)
            w->n_rows = (uint32_t)co_bitmap_rows(&members, 0, w->rows, n);
    }
    co_bitmap_clear(&members);
    return status;
}

static co_cell_source source_of(const writing *w, uint32_t vstep, const co_vector *vector)
{
    return (co_cell_source){ w->request->version, vector, w->plan->vsteps[vstep].target };
}

/* Puts w->rows in the order asked for. */
static cohort_status order_rows(writing *w)
{
    co_arena values;
    co_order_key *keys = co_arena_new(&w->arena, (size_t)w->n_order + 1, sizeof *keys);
    uint32_t *order = co_memory_new_array(w->memory, (size_t)w->rows_room + 1, sizeof *order);
    cohort_status status = keys == NULL || order == NULL ? co_fail_memory(w->error) : COHORT_OK;

    co_arena_init(&values, w->memory);
    for (uint32_t i = 0; i < w->n_order && status == COHORT_OK; i++) {
        const uint32_t vstep = w->plan->results[1 + w->n_columns + i].value;

        keys[i].descending = w->descending[i];
        keys[i].nocase = w->plan->vsteps[vstep].nocase;
        keys[i].target = w->plan->vsteps[vstep].target;
        status = co_eval_values(w->eval, w->plan, w->object->id, vstep, w->rows, w->n_rows, CO_EVAL_STRICT, &values,
                                &keys[i].vector, w->error);
    }
    if (status == COHORT_OK)
        status = co_order_rows(w->memory, w->request->version, keys, w->n_order, order, w->n_rows, w->error);
    if (status == COHORT_OK) {
        for (uint32_t i = 0; i < w->n_rows; i++)
            order[i] = w->rows[order[i]];
        if (w->n_rows > 0)
            memcpy(w->rows, order, w->n_rows * sizeof *order);
    }
    co_arena_clear(&values);
    co_memory_free(w->memory, order, ((size_t)w->rows_room + 1) * sizeof *order);
    return status;
}

/* ---- pieces ---- */

static int compare_places(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a;
    const uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Rows of one piece ascending, and where each of the piece's rows went. */
static void sort_piece(const uint32_t *rows, uint32_t n, uint64_t *pairs, uint32_t *sorted, uint32_t *place)
{
    for (uint32_t i = 0; i < n; i++)
        pairs[i] = (uint64_t)rows[i] << 32 | i;
    qsort(pairs, n, sizeof *pairs, compare_places);
    for (uint32_t i = 0; i < n; i++) {
        sorted[i] = (uint32_t)(pairs[i] >> 32);
        place[(uint32_t)pairs[i]] = i;
    }
}

static cohort_status write_piece(writing *w, co_row_writer *writer, const uint32_t *rows, uint32_t n, bool head_only)
{
    co_arena values;

    co_arena_init(&values, w->memory);

    uint64_t *pairs = co_arena_new(&values, PIECE_ROWS, sizeof *pairs);
    uint32_t *sorted = co_arena_new(&values, PIECE_ROWS, sizeof *sorted);
    uint32_t *place = co_arena_new(&values, PIECE_ROWS, sizeof *place);
    co_vector *vectors = co_arena_new(&values, w->n_columns, sizeof *vectors);
    co_cell_source *sources = co_arena_new(&values, w->n_columns, sizeof *sources);
    cohort_status status = COHORT_OK;

    if (pairs == NULL || sorted == NULL || place == NULL || vectors == NULL || sources == NULL)
        status = co_fail_memory(w->error);
    else
        sort_piece(rows, n, pairs, sorted, place);
    for (uint32_t c = 0; c < w->n_columns && status == COHORT_OK; c++) {
        const uint32_t vstep = w->plan->results[1 + c].value;

        status = co_eval_values(w->eval, w->plan, w->object->id, vstep, sorted, n, CO_EVAL_STRICT, &values, &vectors[c],
                                w->error);
        sources[c] = source_of(w, vstep, &vectors[c]);
    }
    if (status == COHORT_OK && head_only)
        status = co_row_writer_head(writer, sources, w->error);
    for (uint32_t i = 0; i < n && !head_only && status == COHORT_OK; i++)
        status = co_row_writer_row(writer, sources, place[i], w->error);
    co_arena_clear(&values);
    return status;
}

static cohort_status write_pieces(writing *w, co_row_writer *writer)
{
    cohort_status status = COHORT_OK;

    for (uint64_t first = 0; first < w->n_rows && status == COHORT_OK; first += PIECE_ROWS) {
        const uint64_t left = w->n_rows - first;

        status = write_piece(w, writer, w->rows + first, left < PIECE_ROWS ? (uint32_t)left : PIECE_ROWS, false);
    }
    return status;
}

static cohort_status write_rows(writing *w, cohort_write write, void *context)
{
    co_row_writer writer;
    cohort_status status = co_row_writer_init(&writer, w->memory, w->options, w->n_columns, w->names, write, context,
                                              w->error);

    if (status == COHORT_OK && w->options->format == COHORT_FORMAT_TABLE)
        status = write_pieces(w, &writer);
    if (status == COHORT_OK)
        status = write_piece(w, &writer, NULL, 0, true);
    if (status == COHORT_OK)
        status = write_pieces(w, &writer);
    if (status == COHORT_OK)
        status = co_row_writer_flush(&writer, w->error);
    co_row_writer_clear(&writer);
    return status;
}

/* ---- Roaring ---- */

/* Adds keys that fit. */
static cohort_status add_keys(writing *w, const int64_t *keys, uint32_t n, co_bitmap *set)
{
    uint32_t narrow[PIECE_ROWS];

    for (uint32_t i = 0; i < n; i++) {
        if (keys[i] < 0 || keys[i] > UINT32_MAX)
            return co_fail(w->error, COHORT_OVERFLOW, "key %lld does not fit the 32 bits of a Roaring bitmap",
                           (long long)keys[i]);
        narrow[i] = (uint32_t)keys[i];
    }
    return co_bitmap_add_rows(set, narrow, n) == COHORT_OK ? COHORT_OK : co_fail_memory(w->error);
}

/* The rows may come in any order: they are put in theirs by being a set for a while. */
static cohort_status collect_keys(writing *w, co_bitmap *keys)
{
    const uint32_t object = w->request->object;
    cohort_status status = COHORT_OK;
    uint32_t rows[PIECE_ROWS];
    int64_t numbers[PIECE_ROWS];
    uint32_t stranger;
    co_bitmap members;

    if (co_version_has_text_keys(w->request->version, object))
        return co_fail(w->error, COHORT_TYPE, "keys of '" CO_FMT "' are text; a Roaring bitmap holds ints",
                       CO_ARG(w->object->name));
    co_bitmap_init(&members, w->memory);
    if (co_bitmap_add_rows(&members, w->rows, w->n_rows) != COHORT_OK)
        status = co_fail_memory(w->error);
    for (uint64_t from = 0; status == COHORT_OK;) {
        const uint32_t n = (uint32_t)co_bitmap_rows(&members, from, rows, PIECE_ROWS);

        if (n == 0)
            break;
        co_version_number_keys(w->request->version, object, rows, n, numbers, &stranger);
        status = add_keys(w, numbers, n, keys);
        from = (uint64_t)rows[n - 1] + 1;
    }
    co_bitmap_clear(&members);
    if (status == COHORT_OK && co_bitmap_optimise(keys) != COHORT_OK)
        status = co_fail_memory(w->error);
    return status;
}

static cohort_status write_roaring(writing *w, cohort_write write, void *context)
{
    co_bitmap keys;
    cohort_status status;

    co_bitmap_init(&keys, w->memory);
    status = collect_keys(w, &keys);
    if (status == COHORT_OK) {
        const size_t size = co_bitmap_portable_bytes(&keys);
        void *bytes = co_memory_new(w->memory, size);

        if (bytes == NULL) {
            status = co_fail_memory(w->error);
        } else {
            co_bitmap_write_portable(&keys, bytes);
            if (write(context, bytes, size) != 0)
                status = co_fail(w->error, COHORT_CANCELLED, "the receiver of the output asked to stop");
        }
        co_memory_free(w->memory, bytes, size);
    }
    co_bitmap_clear(&keys);
    return status;
}

/* ---- the whole ---- */

static cohort_status check_options(writing *w)
{
    const cohort_members_options *options = w->options;

    if (options->format < COHORT_FORMAT_KEYS || options->format > COHORT_FORMAT_ROARING)
        return co_fail(w->error, COHORT_INVALID, "format %d is not known", (int)options->format);
    if (options->n_columns > 0 &&
        (options->format == COHORT_FORMAT_KEYS || options->format == COHORT_FORMAT_ROARING))
        return co_fail(w->error, COHORT_INVALID, "columns can be chosen for csv, ndjson and table only");
    return COHORT_OK;
}

static void clear(writing *w)
{
    for (uint32_t i = 0; w->trees != NULL && i < w->n_columns + w->n_order; i++)
        co_tree_free(w->trees[i]);
    co_plan_free(w->plan);
    co_memory_free(w->memory, w->rows, w->rows_room * sizeof *w->rows);
    co_arena_clear(&w->arena);
}

cohort_status co_members_write(co_eval *eval, const co_members_request *request, cohort_write write, void *context,
                               uint64_t *n_written, cohort_error *error)
{
    writing w = { .eval = eval,
                  .memory = co_eval_memory(eval),
                  .request = request,
                  .options = request->options,
                  .object = co_schema_object(co_version_schema(request->version), request->object),
                  .error = error };
    cohort_status status = check_options(&w);

    *n_written = 0;
    co_arena_init(&w.arena, w.memory);
    if (status == COHORT_OK)
        status = parse_items(&w);
    if (status == COHORT_OK)
        status = make_plan(&w);
    if (status == COHORT_OK)
        status = find_rows(&w);
    if (status == COHORT_OK && w.n_order > 0)
        status = order_rows(&w);
    if (status == COHORT_OK && request->options->limit > 0 && request->options->limit < w.n_rows)
        w.n_rows = (uint32_t)request->options->limit;
    if (status == COHORT_OK)
        status = request->options->format == COHORT_FORMAT_ROARING ? write_roaring(&w, write, context)
                                                                   : write_rows(&w, write, context);
    if (status == COHORT_OK)
        *n_written = w.n_rows;
    clear(&w);
    return status;
}

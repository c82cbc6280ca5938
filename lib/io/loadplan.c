/*
 * What a load will do with each column of the file.
 *
 *     header ─▶ names (renamed) ─▶ which are wanted ─▶ role of each ─▶ type
 */
#include "io/loadplan.h"

#include <assert.h>

#include "base/utf8.h"
#include "expr/expr.h"

typedef struct planning {
    co_load_plan *plan;
    const cohort_load_options *options;
    const co_schema *schema;
    const co_object *known;     /* the object, if it is declared already */
    co_text *file_names;        /* by cell */
    co_text *names;             /* by cell, renamed */
    bool *wanted;               /* by cell */
    bool *consumed;             /* by cell: part of a point */
    cohort_error *error;
} planning;

static cohort_status no_memory(planning *p)
{
    return co_fail_memory(p->error);
}

/* ---- names ---- */

static cohort_status no_column(planning *p, const char *option, co_text wanted, const co_text *names)
{
    const co_text nearest = co_expr_nearest(wanted, names, p->plan->n_cells);

    if (nearest.bytes == NULL)
        return co_fail(p->error, COHORT_NOT_FOUND, "%s names the column '" CO_FMT "', which the file does not have",
                       option, CO_ARG(wanted));
    return co_fail(p->error, COHORT_NOT_FOUND,
                   "%s names the column '" CO_FMT "', which the file does not have; did you mean '" CO_FMT "'?",
                   option, CO_ARG(wanted), CO_ARG(nearest));
}

/* The first cell of that name, or CO_NONE. */
static uint32_t find_cell(const planning *p, const co_text *names, co_text wanted)
{
    for (uint32_t i = 0; i < p->plan->n_cells; i++)
        if (co_text_equal(names[i], wanted))
            return i;
    return CO_NONE;
}

static cohort_status read_header(planning *p, const co_csv_record *header)
{
    co_arena *arena = &p->plan->arena;

    p->plan->n_cells = header->n;
    p->file_names = co_arena_new(arena, header->n, sizeof *p->file_names);
    p->names = co_arena_new(arena, header->n, sizeof *p->names);
    p->wanted = co_arena_new(arena, header->n, sizeof *p->wanted);
    p->consumed = co_arena_new(arena, header->n, sizeof *p->consumed);
    if (p->file_names == NULL || p->names == NULL || p->wanted == NULL || p->consumed == NULL)
        return no_memory(p);
    for (uint32_t i = 0; i < header->n; i++) {
        if (!co_utf8_valid(header->cells[i].text, NULL))
            return co_fail(p->error, COHORT_PARSE,
                           "the name of column %u is not UTF-8; perhaps the file is Latin-1", i + 1);
        p->file_names[i] = co_arena_copy(arena, header->cells[i].text);
        if (p->file_names[i].bytes == NULL)
            return no_memory(p);
        p->names[i] = p->file_names[i];
    }
    for (size_t i = 0; i < p->options->n_renames; i++) {
        const co_text old = co_text_of(p->options->renames[i].name);
        const uint32_t cell = find_cell(p, p->file_names, old);

        if (cell == CO_NONE)
            return no_column(p, "--rename", old, p->file_names);
        p->names[cell] = co_arena_copy(arena, co_text_of(p->options->renames[i].value));
        if (p->names[cell].bytes == NULL)
            return no_memory(p);
    }
    return COHORT_OK;
}

/* ---- which are wanted ---- */

static cohort_status want_columns(planning *p)
{
    const bool all = p->options->n_columns == 0;
    uint32_t n = 0;

    for (uint32_t i = 0; i < p->plan->n_cells; i++)
        p->wanted[i] = all;
    for (size_t i = 0; i < p->options->n_columns; i++) {
        const co_text wanted = co_text_of(p->options->columns[i]);
        const uint32_t cell = find_cell(p, p->file_names, wanted);

        if (cell == CO_NONE)
            return no_column(p, "--columns", wanted, p->file_names);
        p->wanted[cell] = true;
    }
    if (p->options->key != NULL) {
        const uint32_t cell = find_cell(p, p->names, co_text_of(p->options->key));

        if (cell != CO_NONE)
            p->wanted[cell] = true;
    }
    for (uint32_t i = 0; i < p->plan->n_cells; i++)
        n += p->wanted[i];
    if (n > CO_MOST_FIELDS)
        return co_fail(p->error, COHORT_LIMIT, "%u columns, at most %u can be loaded; choose some with --columns", n,
                       CO_MOST_FIELDS);
    return COHORT_OK;
}

/* Every name that is loaded must be there once, and be a name. */
static cohort_status check_names(planning *p)
{
    for (uint32_t i = 0; i < p->plan->n_cells; i++) {
        if (!p->wanted[i] || p->consumed[i])
            continue;
        if (p->names[i].length == 0)
            return co_fail(p->error, COHORT_PARSE, "column %u has no name; name it or load the others with --columns",
                           i + 1);
        if (memchr(p->names[i].bytes, 0, p->names[i].length) != NULL)
            return co_fail(p->error, COHORT_PARSE, "the name of column %u has a zero byte", i + 1);
        for (uint32_t other = 0; other < p->plan->n_cells; other++)
            if (other != i && p->wanted[other] && co_text_equal(p->names[i], p->names[other]))
                return co_fail(p->error, COHORT_AMBIGUOUS, "columns %u and %u are both named '" CO_FMT "'",
                               (i < other ? i : other) + 1, (i < other ? other : i) + 1, CO_ARG(p->names[i]));
    }
    return COHORT_OK;
}

/* ---- columns ---- */

static co_load_column *add_column(planning *p, co_text name, uint32_t cell)
{
    co_load_column *column = &p->plan->columns[p->plan->n_columns++];

    column->name = name;
    column->cell = cell;
    column->longitude_cell = CO_NONE;
    return column;
}

static cohort_status add_point(planning *p, const cohort_pair *pair)
{
    const co_text both = co_text_of(pair->value);
    const char *comma = memchr(both.bytes, ',', both.length);
    const co_text name = co_arena_copy(&p->plan->arena, co_text_of(pair->name));

    if (name.bytes == NULL)
        return no_memory(p);
    if (comma == NULL)
        return co_fail(p->error, COHORT_INVALID, "--point %s wants two columns as in %s=lat,lon", pair->name,
                       pair->name);

    const co_text parts[2] = { { both.bytes, (size_t)(comma - both.bytes) },
                               { comma + 1, both.length - (size_t)(comma - both.bytes) - 1 } };
    uint32_t cells[2];

    for (int i = 0; i < 2; i++) {
        cells[i] = find_cell(p, p->names, co_cell_trim(parts[i]));
        if (cells[i] == CO_NONE)
            return no_column(p, "--point", co_cell_trim(parts[i]), p->names);
        p->consumed[cells[i]] = true;
    }

    co_load_column *column = add_column(p, name, cells[0]);

    column->longitude_cell = cells[1];
    column->type.type = COHORT_POINT;
    return COHORT_OK;
}

static cohort_status add_key(planning *p)
{
    const cohort_load_options *options = p->options;
    const char *key = options->key;
    co_load_column *column;

    if (key != NULL && options->row_number != NULL)
        return co_fail(p->error, COHORT_INVALID, "a key is either a column (--key) or the row number (--row-number)");
    if (options->row_number != NULL) {
        const co_text name = co_arena_copy(&p->plan->arena, co_text_of(options->row_number));

        if (name.bytes == NULL)
            return no_memory(p);
        column = add_column(p, name, CO_NONE);
        column->type.type = COHORT_INT;
    } else {
        if (key == NULL && p->known != NULL && !p->known->keyless) {
            key = p->known->fields[0].name.bytes;
            if (find_cell(p, p->names, p->known->fields[0].name) == CO_NONE)
                return no_column(p, "the key of the object", p->known->fields[0].name, p->names);
        }
        if (key == NULL)
            return COHORT_OK;

        const uint32_t cell = find_cell(p, p->names, co_text_of(key));

        if (cell == CO_NONE)
            return no_column(p, "--key", co_text_of(key), p->names);
        p->consumed[cell] = true;
        p->wanted[cell] = true;
        column = add_column(p, p->names[cell], cell);
    }
    column->is_key = true;
    p->plan->has_key = true;
    return COHORT_OK;
}

static cohort_status add_columns(planning *p)
{
    const size_t most = (size_t)p->plan->n_cells + p->options->n_points + 1;
    cohort_status status;

    p->plan->columns = co_arena_new(&p->plan->arena, most, sizeof *p->plan->columns);
    if (p->plan->columns == NULL)
        return no_memory(p);
    status = add_key(p);
    if (status != COHORT_OK)
        return status;
    for (size_t i = 0; i < p->options->n_points; i++) {
        status = add_point(p, &p->options->points[i]);
        if (status != COHORT_OK)
            return status;
    }
    status = check_names(p);
    if (status != COHORT_OK)
        return status;
    for (uint32_t i = 0; i < p->plan->n_cells; i++)
        if (p->wanted[i] && !p->consumed[i])
            add_column(p, p->names[i], i);
    return COHORT_OK;
}

/* ---- roles and types ---- */

static co_load_column *find_column(planning *p, const char *option, const char *name)
{
    const co_text wanted = co_text_of(name);

    for (uint32_t i = 0; i < p->plan->n_columns; i++)
        if (co_text_equal(p->plan->columns[i].name, wanted))
            return &p->plan->columns[i];
    no_column(p, option, wanted, p->names);
    return NULL;
}

static cohort_status take_options(planning *p)
{
    const cohort_load_options *options = p->options;
    co_load_column *column;

    for (size_t i = 0; i < options->n_refs; i++) {
        column = find_column(p, "--ref", options->refs[i].name);
        if (column == NULL)
            return COHORT_NOT_FOUND;
        if (column->is_key)
            return co_fail(p->error, COHORT_INVALID, "the key '%s' cannot be a reference", options->refs[i].name);
        column->target = options->refs[i].value;
    }
    for (size_t i = 0; i < options->n_types; i++) {
        column = find_column(p, "--type", options->types[i].name);
        if (column == NULL)
            return COHORT_NOT_FOUND;

        const cohort_status status =
            co_field_type_parse(co_text_of(options->types[i].value), &column->type, p->error);

        if (status != COHORT_OK)
            return status;
    }
    for (size_t i = 0; i < options->n_sets; i++) {
        column = find_column(p, "--set", options->sets[i].name);
        if (column == NULL)
            return COHORT_NOT_FOUND;
        column->separator = co_text_of(options->sets[i].value);
        if (column->separator.length == 0)
            return co_fail(p->error, COHORT_INVALID, "--set %s wants a separator, as in %s=;", options->sets[i].name,
                           options->sets[i].name);
        if (column->type.type == COHORT_NULL)
            column->type.type = COHORT_SET;
    }
    return COHORT_OK;
}

/* Takes over what the store knows of a field already. */
static void take_known(planning *p, co_load_column *column)
{
    const uint32_t id = p->known != NULL ? co_object_find(p->known, column->name) : CO_NONE;

    if (id == CO_NONE)
        return;

    const co_field *field = &p->known->fields[id];

    if (field->type == COHORT_REFERENCE && column->target == NULL)
        column->target = co_schema_object(p->schema, field->target)->name.bytes;
    else if (field->type != COHORT_REFERENCE && column->type.type == COHORT_NULL)
        column->type = (co_field_type){ field->type, field->scale, field->collation, false };
}

/* The key type that a reference's object has; unknown if nobody declared it. */
static cohort_type target_key_type(planning *p, const co_load_column *column)
{
    const co_object *target = co_schema_find(p->schema, co_text_of(column->target));

    return target != NULL && target->declared ? target->fields[0].type : COHORT_NULL;
}

static cohort_status check_role(planning *p, co_load_column *column)
{
    const cohort_type type = column->type.type;
    const bool is_name = column->is_key || column->target != NULL;

    if (is_name && type != COHORT_NULL && type != COHORT_INT && type != COHORT_STRING)
        return co_fail(p->error, COHORT_TYPE, "the %s '" CO_FMT "' must be int or string",
                       column->is_key ? "key" : "reference", CO_ARG(column->name));
    if (type == COHORT_SET && column->separator.length == 0)
        column->separator = CO_TEXT(";");
    if (type == COHORT_POINT && column->longitude_cell == CO_NONE)
        return co_fail(p->error, COHORT_INVALID,
                       "the point '" CO_FMT "' needs the columns of latitude and longitude: --point", CO_ARG(column->name));
    if (column->separator.length > 0 && type != COHORT_SET)
        return co_fail(p->error, COHORT_TYPE, "'" CO_FMT "' has a separator (--set) but is no set",
                       CO_ARG(column->name));
    return COHORT_OK;
}

static cohort_status set_roles(planning *p)
{
    cohort_status status = take_options(p);

    for (uint32_t i = 0; i < p->plan->n_columns && status == COHORT_OK; i++) {
        co_load_column *column = &p->plan->columns[i];

        take_known(p, column);
        if (column->target != NULL && column->type.type == COHORT_NULL)
            column->type.type = target_key_type(p, column);
        status = check_role(p, column);
        p->plan->infers |= column->type.type == COHORT_NULL;
    }
    return status;
}

static cohort_status check_key(planning *p)
{
    bool has_reference = false;

    for (uint32_t i = 0; i < p->plan->n_columns; i++)
        has_reference |= p->plan->columns[i].target != NULL;
    if (p->plan->has_key || has_reference)
        return COHORT_OK;
    return co_fail(p->error, COHORT_INVALID,
                   "records of '%s' need a key: --key COLUMN, or --row-number NAME to number the rows",
                   p->plan->object);
}

cohort_status co_load_plan_make(co_load_plan *plan, co_memory *memory, const cohort_load_options *options,
                                const co_csv_record *header, const co_schema *schema, cohort_error *error)
{
    planning p = { .plan = plan, .options = options, .schema = schema, .error = error };
    cohort_status status;

    memset(plan, 0, sizeof *plan);
    co_arena_init(&plan->arena, memory);
    plan->object = options->object;
    p.known = co_schema_find(schema, co_text_of(options->object));
    if (p.known != NULL && !p.known->declared)
        p.known = NULL;

    status = read_header(&p, header);
    if (status == COHORT_OK)
        status = want_columns(&p);
    if (status == COHORT_OK)
        status = add_columns(&p);
    if (status == COHORT_OK)
        status = set_roles(&p);
    if (status == COHORT_OK)
        status = check_key(&p);
    return status;
}

void co_load_plan_clear(co_load_plan *plan)
{
    co_arena_clear(&plan->arena);
}

void co_load_plan_settle(co_load_plan *plan)
{
    co_load_column *key = plan->has_key ? &plan->columns[0] : NULL;

    for (uint32_t i = 0; i < plan->n_columns; i++) {
        co_load_column *column = &plan->columns[i];

        if (column->type.type != COHORT_NULL)
            continue;
        column->inferred = true;
        column->type = column->is_key || column->target != NULL ? co_infer_key_type(&column->inference)
                                                                : co_infer_type(&column->inference);
    }
    /* A reference to the object itself has the type of its key. */
    for (uint32_t i = 0; key != NULL && i < plan->n_columns; i++)
        if (plan->columns[i].target != NULL && strcmp(plan->columns[i].target, plan->object) == 0)
            plan->columns[i].type = key->type;
    assert(key == NULL || key->type.type == COHORT_INT || key->type.type == COHORT_STRING);
}

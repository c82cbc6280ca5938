/* Values that are there: constants, fields here and over a way, keys, buckets, conditions. */
#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "base/number.h"
#include "eval/sets.h"
#include "eval/ways.h"

static void put_constant(const co_vstep *vstep, co_vector *out, uint32_t i)
{
    switch (out->type) {
    case CO_V_EXACT:
        if (vstep->is_wide)
            out->wides[i] = vstep->constant.wide;
        else
            out->numbers[i] = vstep->constant.number;
        break;
    case CO_V_DOUBLE:
        out->reals[i] = vstep->constant.real;
        break;
    case CO_V_POINT:
        out->reals[i] = vstep->constant.point.latitude;
        out->longitudes[i] = vstep->constant.point.longitude;
        break;
    case CO_V_TEXT:
        out->texts[i] = vstep->constant.text;
        break;
    case CO_V_INTERVAL:
        out->intervals[i] = vstep->constant.interval;
        break;
    default:
        out->numbers[i] = vstep->constant.number;
        break;
    }
}

static cohort_status constants(const co_task *task, co_vector *out)
{
    if (out->type == CO_V_SET)
        memset(out->ends, 0, ((size_t)out->n + 1) * sizeof *out->ends);
    if (task->vstep->is_null)
        return COHORT_OK;
    for (uint32_t i = 0; i < out->n; i++)
        put_constant(task->vstep, out, i);
    co_bits_fill(out->valid, 0, out->n);
    return COHORT_OK;
}

/* The rows where the way ends, one for each row of the task; NULL for want of memory. */
static uint32_t *ends_of_way(const co_task *task, uint32_t n_hops)
{
    uint32_t *rows = co_stack_new(&task->worker->scratch, task->choice->n, sizeof *rows);

    if (rows != NULL &&
        co_way_follow(task->worker, task->scope, &task->vstep->way, n_hops, task->choice, rows) != COHORT_OK)
        return NULL;
    return rows;
}

static void read_value(const co_field_reader *reader, uint32_t row, co_vector *out, uint32_t i)
{
    const uint32_t slot = row % CO_TILE_ROWS;

    switch (out->type) {
    case CO_V_TEXT:
        co_vector_put_text(out, i, co_column_text(reader->column, slot));
        return;
    case CO_V_DOUBLE:
        co_vector_put_real(out, i, co_ordered_to_double(co_field_number(reader, row)));
        return;
    case CO_V_POINT:
        co_column_point(reader->column, slot, &out->reals[i], &out->longitudes[i]);
        co_vector_set_valid(out, i);
        return;
    case CO_V_EXACT:
        co_vector_put_narrow(out, i, co_field_number(reader, row));
        return;
    default:
        co_vector_put(out, i, co_field_number(reader, row));
    }
}

/* A set's elements as texts, one set after the other. */
static cohort_status read_sets(const co_task *task, const uint32_t *rows, co_field_reader *reader,
                               co_vector *out)
{
    co_stack *scratch = &task->worker->scratch;
    uint32_t n_texts = 0;

    for (uint32_t i = 0; i < out->n; i++) {
        const co_column *column = rows[i] != CO_NONE ? co_field_at(reader, rows[i]) : NULL;

        out->ends[i] = n_texts;
        if (column != NULL)
            n_texts += co_column_cardinality(column, rows[i] % CO_TILE_ROWS);
    }
    out->ends[out->n] = n_texts;
    out->texts = co_stack_new(scratch, n_texts, sizeof *out->texts);
    if (out->texts == NULL)
        return COHORT_MEMORY;
    for (uint32_t i = 0; i < out->n; i++) {
        const co_column *column = rows[i] != CO_NONE ? co_field_at(reader, rows[i]) : NULL;
        const co_mark mark = co_stack_mark(scratch);
        uint32_t *codes;
        uint32_t n_codes;

        if (column == NULL)
            continue;
        if (co_set_elements(task->worker, column, rows[i] % CO_TILE_ROWS, &codes, &n_codes) != COHORT_OK)
            return COHORT_MEMORY;
        for (uint32_t k = 0; k < n_codes; k++)
            out->texts[out->ends[i] + k] = co_dictionary_text(co_column_dictionary(column), codes[k]);
        co_stack_release(scratch, mark);
        co_vector_set_valid(out, i);
    }
    return COHORT_OK;
}

static bool is_number(co_vtype type)
{
    return type != CO_V_TEXT && type != CO_V_POINT && type != CO_V_SET;
}

/* Of rows one after the other that begin with a word. */
static void copy_numbers(const int64_t *numbers, const uint64_t *valid, uint32_t first, co_vector *out)
{
    memcpy(out->numbers, numbers + first, out->n * sizeof *numbers);
    co_bits_fill(out->valid, 0, out->n);
    for (size_t i = 0; valid != NULL && i < co_words_for(out->n); i++)
        out->valid[i] &= valid[first / 64 + i];
}

/* A number of the tile itself: the common case, without looking for the tile of each row. */
static cohort_status own_numbers(const co_task *task, co_vector *out)
{
    const uint32_t field = task->vstep->field;
    const co_column *column = co_tile_column(task->scope->tile, field);
    const uint64_t *valid = column != NULL ? co_column_valid(column) : NULL;
    const int64_t *numbers;

    if (column == NULL)
        return COHORT_OK;
    if (co_scope_numbers(task->worker, task->scope, field, &numbers) != COHORT_OK)
        return COHORT_MEMORY;
    if (numbers != NULL && out->numbers != NULL && co_choice_is_run(task->choice) &&
        task->choice->slots[0] % 64 == 0) {
        copy_numbers(numbers, valid, task->choice->slots[0], out);
        return COHORT_OK;
    }
    for (uint32_t i = 0; i < out->n; i++) {
        const uint32_t slot = task->choice->slots[i];

        if (valid != NULL && !co_bit_test(valid, slot))
            continue;
        const int64_t number = numbers != NULL ? numbers[slot] : co_column_number(column, slot);

        if (out->numbers != NULL)
            co_vector_put(out, i, number);
        else if (out->reals != NULL)
            co_vector_put_real(out, i, co_ordered_to_double(number));
        else
            co_vector_put_narrow(out, i, number);
    }
    return COHORT_OK;
}

static cohort_status fields(const co_task *task, co_vector *out)
{
    const co_vstep *vstep = task->vstep;

    if (vstep->way.n == 0 && is_number(out->type))
        return own_numbers(task, out);

    const uint32_t object = co_way_object(task->worker, task->scope->object, &vstep->way, vstep->way.n);
    co_field_reader reader = co_field_reader_of(task->worker->run->plan->version, object, vstep->field);
    const uint32_t *rows = ends_of_way(task, vstep->way.n);

    if (rows == NULL)
        return COHORT_MEMORY;
    if (out->type == CO_V_SET)
        return read_sets(task, rows, &reader, out);
    for (uint32_t i = 0; i < out->n; i++) {
        if (rows[i] != CO_NONE && co_field_at(&reader, rows[i]) != NULL)
            read_value(&reader, rows[i], out, i);
    }
    return COHORT_OK;
}

/* The rows that the last field of the way names, whether or not they exist. */
static cohort_status references(const co_task *task, co_vector *out)
{
    const co_vstep *vstep = task->vstep;
    const uint32_t n_hops = vstep->way.n - 1;
    const uint32_t object = co_way_object(task->worker, task->scope->object, &vstep->way, n_hops);
    co_field_reader reader =
        co_field_reader_of(task->worker->run->plan->version, object, vstep->way.fields[n_hops]);
    const uint32_t *rows = ends_of_way(task, n_hops);

    if (rows == NULL)
        return COHORT_MEMORY;

    const uint32_t target = co_way_object(task->worker, task->scope->object, &vstep->way, vstep->way.n);

    for (uint32_t i = 0; i < out->n; i++) {
        if (rows[i] == CO_NONE || co_field_at(&reader, rows[i]) == NULL)
            continue;
        if (vstep->kind == CO_VS_REFERENCE) {
            co_vector_put(out, i, co_field_number(&reader, rows[i]));
            continue;
        }
        const co_key key = co_version_key(task->worker->run->plan->version, target,
                                          (uint32_t)co_field_number(&reader, rows[i]));

        if (key.is_text && out->type == CO_V_TEXT)
            co_vector_put_text(out, i, key.text);
        else if (!key.is_text && out->type == CO_V_EXACT)
            co_vector_put_narrow(out, i, key.number);
    }
    return COHORT_OK;
}

static cohort_status buckets(const co_task *task, co_vector *out)
{
    const co_vstep *vstep = task->vstep;
    const uint32_t object = co_way_object(task->worker, task->scope->object, &vstep->way, vstep->way.n);
    const co_salt salt = co_salt_of(vstep->constant.text);
    const uint32_t *rows = ends_of_way(task, vstep->way.n);

    if (rows == NULL)
        return COHORT_MEMORY;
    for (uint32_t i = 0; i < out->n; i++) {
        char digits[CO_INT64_TEXT];

        if (rows[i] == CO_NONE)
            continue;
        co_key key = co_version_key(task->worker->run->plan->version, object, rows[i]);

        if (!key.is_text)
            key.text = (co_text){ digits, co_print_int64(key.number, digits) };
        co_vector_put_narrow(out, i, (int64_t)(co_salt_hash(&salt, key.text) % vstep->n));
    }
    return COHORT_OK;
}

/* The operand, but only for rows from which the way leads somewhere. */
static cohort_status guarded(const co_task *task, co_vector *out)
{
    const uint32_t *rows = ends_of_way(task, task->vstep->way.n);
    uint16_t *slots = co_stack_new(&task->worker->scratch, out->n, sizeof *slots);
    uint16_t *places = co_stack_new(&task->worker->scratch, out->n, sizeof *places);
    const bool in_branch = task->scope->in_branch;
    co_choice choice = { 0, slots };
    co_vector inner;
    cohort_status status;

    if (rows == NULL || slots == NULL || places == NULL)
        return COHORT_MEMORY;
    for (uint32_t i = 0; i < out->n; i++) {
        if (rows[i] == CO_NONE)
            continue;
        places[choice.n] = (uint16_t)i;
        slots[choice.n++] = task->choice->slots[i];
    }
    if (choice.n == 0)
        return COHORT_OK;
    task->scope->in_branch = true;
    status = co_value_find(task->worker, task->scope, task->vstep->operands[0], &choice, &inner);
    task->scope->in_branch = in_branch;
    if (status == COHORT_OK)
        co_vector_scatter(out, places, &inner);
    return status;
}

/* Whether the rows are in a step's set, as bits by position. */
static cohort_status ask_step(const co_task *task, uint32_t step, uint64_t *bits)
{
    co_register within;
    co_register found;
    cohort_status status = COHORT_OK;

    if (step == CO_NO_STEP)
        return COHORT_OK;
    co_register_init(&within, &task->worker->pool, task->scope->tile->n_rows);
    co_register_init(&found, &task->worker->pool, task->scope->tile->n_rows);
    if (!co_register_set_slots(&within, task->choice->slots, task->choice->n))
        status = COHORT_MEMORY;
    if (status == COHORT_OK)
        status = co_step_find(task->worker, task->scope, step, &within, &found);
    if (status == COHORT_OK)
        co_register_test(&found, task->choice->slots, task->choice->n, bits);
    co_register_clear(&within);
    co_register_clear(&found);
    return status;
}

static cohort_status conditions(const co_task *task, co_vector *out)
{
    uint64_t yes[CO_CHUNK / 64] = { 0 };
    uint64_t no[CO_CHUNK / 64] = { 0 };
    cohort_status status = ask_step(task, task->vstep->true_step, yes);

    if (status == COHORT_OK)
        status = ask_step(task, task->vstep->false_step, no);
    for (uint32_t i = 0; i < out->n && status == COHORT_OK; i++)
        out->numbers[i] = co_bit_test(yes, i);
    for (size_t i = 0; i < co_words_for(out->n) && status == COHORT_OK; i++)
        out->valid[i] = yes[i] | no[i];
    return status;
}

static cohort_status cardinalities(const co_task *task, co_vector *out)
{
    co_vector sets;
    const cohort_status status = co_operand_find(task, 0, &sets);

    if (status != COHORT_OK)
        return status;
    for (uint32_t i = 0; i < out->n; i++) {
        if (co_vector_has(&sets, i))
            co_vector_put_narrow(out, i, (int64_t)sets.ends[i + 1] - sets.ends[i]);
    }
    return COHORT_OK;
}

cohort_status co_field_values(const co_task *task, co_vector *out)
{
    switch (task->vstep->kind) {
    case CO_VS_CONSTANT:
        return constants(task, out);
    case CO_VS_FIELD:
        return fields(task, out);
    case CO_VS_REFERENCE:
    case CO_VS_KEY:
        return references(task, out);
    case CO_VS_BUCKET:
        return buckets(task, out);
    case CO_VS_EXISTS_GUARD:
        return guarded(task, out);
    case CO_VS_CONDITION:
        return conditions(task, out);
    default:
        assert(task->vstep->function == CO_FUNCTION_CARDINALITY);
        return cardinalities(task, out);
    }
}
